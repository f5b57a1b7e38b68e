//! What kinds of alert there are, and how much attention they ask for.

use super::text::text_enum;

text_enum! {
    /// The kinds of alert. An event that is several of them is told once, under the first that
    /// applies in this order, and names the others as well.
    AlertKind ("kind of alert") {
        /// A recorded act is superseded; names the earlier one.
        ActCorrected = "act.corrected",
        /// A condition of entry into force came nearer or further away.
        ThresholdProgress = "threshold.progress",
        /// A date people could know of falls on another day.
        DateMoved = "date.moved",
        /// A date people could know of will not come.
        DateCancelled = "date.cancelled",
        /// A status or an overlay begins or ends, by an act or by the calendar alone.
        StatusChanged = "status.changed",
        /// A day has come.
        DateReached = "date.reached",
        /// A day is so many days away.
        DateApproaching = "date.approaching",
        /// An act enters the database after the watch began.
        ActRecorded = "act.recorded",
        /// Nobody has confirmed the facts of a treaty for a long time.
        FactsStale = "facts.stale",
        /// A watched source has findings to review.
        SourceChanged = "source.changed",
        /// A watched source cannot be read or not be believed.
        SourceFailing = "source.failing",
        /// It can be again.
        SourceRecovered = "source.recovered",
        /// What an endpoint was not told one by one.
        Digest = "digest",
        /// What was told, done and left undone over a time.
        Report = "report",
        /// An endpoint wants nothing more, or a delivery to it became a dead letter.
        EndpointFailing = "endpoint.failing",
        /// The database has not passed its self-check.
        DatabaseFailing = "database.failing",
    }
}

text_enum! {
    /// How much an alert asks for attention.
    Severity ("severity") {
        /// For the record.
        Info = "info",
        /// Worth reading.
        Notice = "notice",
        /// Worth acting on.
        Warning = "warning",
        /// A treaty begins, ends or is about to.
        Critical = "critical",
    }
}
