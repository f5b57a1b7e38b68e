//! What people are told: one alert for one event.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::day::PartialDay;
use super::id::{ActId, DateId, StateId, TreatyId};
use super::status::ReadingId;
use super::summary::{Item, Report};
use super::text::text_enum;
use super::treaty::{Lang, Words};

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
        /// A watched source differs from what it was, and somebody should look.
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

/// One event, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What it is, over all time: two alerts with one key are one alert.
    pub key: String,
    /// The kind it is told under.
    pub kind: AlertKind,
    /// The other kinds that it is as well; routing asks for any of them.
    pub also: Vec<AlertKind>,
    /// The treaty; none if it is about no single one.
    pub treaty: Option<TreatyId>,
    /// The source or the endpoint that it is about, by its name.
    #[serde(default)]
    pub about: Option<String>,
    /// The state, if it is about one.
    pub state: Option<StateId>,
    /// The reading in which it is so; `default` where nothing is contested.
    pub reading: ReadingId,
    /// The day that it is about.
    pub on: NaiveDate,
    /// How many days before that day it was due, for an approaching date.
    pub lead_days: Option<u32>,
    /// Longer leads that a pause of the checks made this one stand for: who wants one of them wants it.
    #[serde(default)]
    pub missed_leads: Vec<u32>,
    /// Told later than it should have been, or of something long past.
    pub late: bool,
    /// How much attention it asks for.
    pub severity: Severity,
    /// What happened, why, and under which article: one sentence in English.
    pub sentence: String,
    /// The same in the other languages.
    #[serde(default)]
    pub sentences: Sentences,
    /// The dated event, if it is about one.
    pub date: Option<DateId>,
    /// The acts behind it.
    pub acts: Vec<ActId>,
    /// The ids of the messages that told of the acts as they were before they were corrected or taken back.
    #[serde(default)]
    pub corrects: Vec<String>,
    /// The article behind it.
    pub article: Option<String>,
    /// Where it is written.
    pub source: Option<String>,
    /// Everything that it changes.
    pub changes: Vec<Change>,
    /// Of a date that many states share: the states, each with its own date.
    #[serde(default)]
    pub states: Vec<StateDate>,
    /// Of a digest, and of late alerts after a long pause: the alerts that it sums up.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Of a report: what it reports.
    #[serde(default)]
    pub report: Option<Box<Report>>,
}

impl Alert {
    /// Whether it sums up other alerts, and so is never held or summed up itself.
    pub fn is_summary(&self) -> bool {
        matches!(self.kind, AlertKind::Digest | AlertKind::Report)
    }

    /// Whether it is of one of the kinds, by its first or any other.
    pub fn is_any_of(&self, kinds: &[AlertKind]) -> bool {
        kinds.contains(&self.kind) || self.also.iter().any(|kind| kinds.contains(kind))
    }

    /// What it is about, as closely as there is a name for it: the source or endpoint, else the treaty.
    pub fn subject(&self) -> &str {
        self.about.as_deref().or(self.treaty.as_ref().map(TreatyId::as_str)).unwrap_or("treatywatch")
    }

    /// Whether it is about a date, by itself or together with those of other states.
    pub fn is_about(&self, date: &DateId) -> bool {
        self.date.as_ref() == Some(date) || self.states.iter().any(|of_state| of_state.date == *date)
    }

    /// The keys of all that it stands for: its own, or those of the states that share it.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        let own = self.states.is_empty().then_some(&self.key);
        own.into_iter().chain(self.states.iter().map(|of_state| &of_state.key))
    }

    /// Gives it its sentence in every language.
    pub fn tell(&mut self, words: Words) {
        let Words { en, zh, ru } = words;
        self.sentence = en;
        self.sentences = Sentences { zh, ru };
    }

    /// The sentence in `lang`, or the English one marked `[en]`.
    pub fn sentence_in(&self, lang: Lang) -> String {
        self.sentences.or_english(&self.sentence, lang)
    }
}

/// A sentence in the languages besides English. Alerts that an earlier version raised have none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentences {
    /// Chinese, in simplified characters.
    pub zh: Option<String>,
    /// Russian.
    pub ru: Option<String>,
}

impl Sentences {
    /// The sentence in `lang`, or `english`, which is marked `[en]` where another was asked for.
    pub fn or_english(&self, english: &str, lang: Lang) -> String {
        let Self { zh, ru } = self.clone();
        Words { en: english.to_owned(), zh, ru }.in_lang(lang)
    }
}

/// A date of one state, in an alert that is about many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateDate {
    /// The state.
    pub state: StateId,
    /// Its name, for people.
    pub name: Words,
    /// Its date.
    pub date: DateId,
    /// The key that the alert of this state alone would have.
    pub key: String,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What kind of change.
    pub kind: AlertKind,
    /// For which state; none for the treaty as such.
    pub state: Option<StateId>,
    /// The dated event that moved, was cancelled or is due again.
    #[serde(default)]
    pub date: Option<DateId>,
    /// In which reading.
    pub reading: ReadingId,
    /// What it was: a status, a day, a count; none where there was nothing.
    pub from: Option<String>,
    /// What it is now; none where nothing is left.
    pub to: Option<String>,
    /// From which day, or in which month or year where only that is known.
    pub on: PartialDay,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_an_earlier_version_can_be_read_and_falls_back_visibly() {
        let stored = r#"{"key":"date.reached|x","kind":"date.reached","also":[],"treaty":"npt","state":null,
            "reading":"default","on":"2026-02-05","lead_days":null,"late":false,"severity":"info",
            "sentence":"A day has come.","date":null,"acts":[],"article":null,"source":null,"changes":[]}"#;
        let mut alert: Alert = serde_json::from_str(stored).unwrap();
        assert_eq!(alert.sentences, Sentences::default());
        assert_eq!(alert.sentence_in(Lang::En), "A day has come.");
        assert_eq!(alert.sentence_in(Lang::Ru), "A day has come. [en]");
        let words = Words { en: "It came.".to_owned(), zh: Some("已到。".to_owned()), ru: None };
        alert.tell(words);
        assert_eq!((alert.sentence_in(Lang::Zh).as_str(), alert.sentence.as_str()), ("已到。", "It came."));
    }
}
