//! What kinds of alert there are, and how much attention they ask for.

use super::text::text_enum;

text_enum! {
    /// The kinds of alert. An event of several kinds raises one alert, under the first kind that applies
    /// in this order, and lists the others as well.
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
        /// An act was recorded after the first check.
        ActRecorded = "act.recorded",
        /// Nobody has confirmed the facts of a treaty for a long time.
        FactsStale = "facts.stale",
        /// A watched source has findings to review.
        SourceChanged = "source.changed",
        /// A watched source cannot be read or not be believed.
        SourceFailing = "source.failing",
        /// It can be again.
        SourceRecovered = "source.recovered",
        /// A summary of alerts that were not sent to an endpoint one by one.
        Digest = "digest",
        /// A summary of alerts, deliveries and checks over a period.
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
