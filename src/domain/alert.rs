//! One alert for one event.

use serde::{Deserialize, Serialize};

use super::alert_kind::{AlertKind, Severity};
use super::day::PartialDay;
use super::id::{ActId, DateId, StateId, TreatyId};
use super::lang::{Lang, Words};
use super::status::{ReadingId, Standing};
use super::summary::{Item, Report};
use super::wording::{Sentences, Wording};

/// The alert about one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What it is, over all time: two alerts with one key are one alert.
    pub key: String,
    /// The main kind.
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
    /// The day that it is about, or the month or year where only that is known.
    pub on: PartialDay,
    /// How many days before that day it was due, for an approaching date.
    pub lead_days: Option<u32>,
    /// Longer leads that fell into a pause of the checks: an endpoint that wants one of them gets this alert.
    #[serde(default)]
    pub missed_leads: Vec<u32>,
    /// Raised later than it was due, or about an event long past.
    pub late: bool,
    /// How much attention it asks for.
    pub severity: Severity,
    /// What happens and when, in English, in at most [`HEADLINE_CHARS_MAX`](super::wording::HEADLINE_CHARS_MAX) characters.
    pub headline: String,
    /// The headline in the other languages.
    pub headlines: Sentences,
    /// What changes, when, by which act and under which article: one sentence in English.
    pub sentence: String,
    /// The sentence in the other languages.
    pub sentences: Sentences,
    /// The dated event, if it is about one.
    pub date: Option<DateId>,
    /// The acts behind it.
    pub acts: Vec<ActId>,
    /// The ids of the messages about the acts before these were corrected or retracted.
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
    /// An alert with a key about a day, of the first kind and the least severity, and nothing else yet.
    pub fn new(treaty: Option<TreatyId>, key: String, on: impl Into<PartialDay>) -> Self {
        Self {
            key,
            kind: AlertKind::DateReached,
            also: Vec::new(),
            treaty,
            about: None,
            state: None,
            reading: ReadingId::default_reading(),
            on: on.into(),
            lead_days: None,
            missed_leads: Vec::new(),
            late: false,
            severity: Severity::Info,
            headline: String::new(),
            headlines: Sentences::default(),
            sentence: String::new(),
            sentences: Sentences::default(),
            date: None,
            acts: Vec::new(),
            corrects: Vec::new(),
            article: None,
            source: None,
            changes: Vec::new(),
            states: Vec::new(),
            items: Vec::new(),
            report: None,
        }
    }

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

    /// Sets its headline and its sentence in every language.
    pub fn word(&mut self, Wording { headline, sentence }: Wording) {
        (self.headline, self.headlines) = Sentences::split(headline);
        (self.sentence, self.sentences) = Sentences::split(sentence);
    }

    /// The headline in `lang`, or the English one marked `[en]`.
    pub fn headline_in(&self, lang: Lang) -> String {
        self.headlines.or_english(&self.headline, lang)
    }

    /// The sentence in `lang`, or the English one marked `[en]`.
    pub fn sentence_in(&self, lang: Lang) -> String {
        self.sentences.or_english(&self.sentence, lang)
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
#[serde(into = "ChangeFields", try_from = "ChangeFields")]
pub struct Change {
    /// For which state; none for the treaty as such.
    pub state: Option<StateId>,
    /// In which reading.
    pub reading: ReadingId,
    /// From which day, or in which month or year where only that is known.
    pub on: PartialDay,
    /// What changed, from what to what.
    pub what: Changed,
}

/// What changed, from what to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A status, or a condition in addition to it, begins or ends.
    Status {
        /// What ends; none where there was nothing.
        from: Option<Standing>,
        /// What begins; none where nothing is left.
        to: Option<Standing>,
    },
    /// A dated event falls on another day.
    Date {
        /// The event.
        date: DateId,
        /// Its day before; none where it had been cancelled or was unknown.
        from: Option<PartialDay>,
        /// Its day now; none where it is cancelled.
        to: Option<PartialDay>,
    },
    /// Entry into force came nearer or further away.
    Progress {
        /// How many of the required consents there were.
        from: usize,
        /// How many there are.
        to: usize,
        /// How many are required.
        needed: usize,
    },
}

impl Change {
    /// What kind of change it is.
    pub fn kind(&self) -> AlertKind {
        match self.what {
            Changed::Status { .. } => AlertKind::StatusChanged,
            Changed::Date { to: Some(_), .. } => AlertKind::DateMoved,
            Changed::Date { to: None, .. } => AlertKind::DateCancelled,
            Changed::Progress { .. } => AlertKind::ThresholdProgress,
        }
    }

    /// The dated event that moved, was cancelled or is due again.
    pub fn date(&self) -> Option<&DateId> {
        match &self.what {
            Changed::Date { date, .. } => Some(date),
            Changed::Status { .. } | Changed::Progress { .. } => None,
        }
    }
}

/// A change in JSON: the same fields for every kind.
#[derive(Debug, Serialize, Deserialize)]
struct ChangeFields {
    kind: AlertKind,
    state: Option<StateId>,
    date: Option<DateId>,
    reading: ReadingId,
    from: Option<Value>,
    to: Option<Value>,
    /// How many consents are required, where `from` and `to` count them.
    needed: Option<usize>,
    on: PartialDay,
}

/// What something was before a change, or is after it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Count(usize),
    Date(PartialDay),
    /// A [`Standing`].
    Status(String),
}

impl Value {
    fn of_standing(standing: Option<Standing>) -> Option<Self> {
        standing.map(|standing| Self::Status(standing.to_string()))
    }

    fn of_date(date: Option<PartialDay>) -> Option<Self> {
        date.map(Self::Date)
    }

    fn standing(value: Option<Self>, state: Option<StateId>) -> Result<Option<Standing>, String> {
        match value {
            None => Ok(None),
            Some(Self::Status(word)) => {
                Standing::parse(&word, state).map(Some).map_err(|error| error.to_string())
            }
            Some(value) => Err(format!("{value:?} is not a status")),
        }
    }

    fn date(value: Option<Self>) -> Result<Option<PartialDay>, String> {
        match value {
            None => Ok(None),
            Some(Self::Date(date)) => Ok(Some(date)),
            Some(value) => Err(format!("{value:?} is not a date")),
        }
    }
}

impl From<Change> for ChangeFields {
    fn from(change: Change) -> Self {
        let kind = change.kind();
        let Change { state, reading, on, what } = change;
        let fields = Self { kind, state, date: None, reading, from: None, to: None, needed: None, on };
        match what {
            Changed::Status { from, to } => {
                Self { from: Value::of_standing(from), to: Value::of_standing(to), ..fields }
            }
            Changed::Date { date, from, to } => {
                Self { date: Some(date), from: Value::of_date(from), to: Value::of_date(to), ..fields }
            }
            Changed::Progress { from, to, needed } => {
                let (from, to) = (Some(Value::Count(from)), Some(Value::Count(to)));
                Self { from, to, needed: Some(needed), ..fields }
            }
        }
    }
}

impl TryFrom<ChangeFields> for Change {
    type Error = String;

    fn try_from(fields: ChangeFields) -> Result<Self, String> {
        let ChangeFields { kind, state, date, reading, from, to, needed, on } = fields;
        let what = match (kind, date, needed) {
            (AlertKind::ThresholdProgress, None, Some(needed)) => match (from, to) {
                (Some(Value::Count(from)), Some(Value::Count(to))) => Changed::Progress { from, to, needed },
                (from, to) => return Err(format!("{from:?} and {to:?} are not counts")),
            },
            (AlertKind::StatusChanged, None, None) => {
                Changed::Status { from: Value::standing(from, state)?, to: Value::standing(to, state)? }
            }
            (AlertKind::DateMoved | AlertKind::DateCancelled, Some(date), None) => {
                Changed::Date { date, from: Value::date(from)?, to: Value::date(to)? }
            }
            (kind, ..) => {
                return Err(format!("`{kind}` is not a kind of change, or its `date` or `needed` is wrong"));
            }
        };
        Ok(Self { state, reading, on, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_the_same_after_json() {
        let exact = |day: &str| format!(r#"{{"first_day":"{day}","last_day":"{day}","precision":"day"}}"#);
        let expiry = exact("2021-02-05");
        let month = r#"{"first_day":"2026-02-01","last_day":"2026-02-28","precision":"month"}"#;
        let year = r#"{"first_day":"2021-01-01","last_day":"2021-12-31","precision":"year"}"#;
        let json = |kind: &str, state: &str, date: &str, [from, to]: [&str; 2], needed: &str, on: &str| {
            format!(
                r#"{{"kind":"{kind}","state":{state},"date":{date},"reading":"default","from":{from},"to":{to},"needed":{needed},"on":{on}}}"#
            )
        };
        let status = |state, ends, on: &str| json("status.changed", state, "null", ends, "null", on);
        let date =
            |kind, ends| json(kind, "null", r#""new-start/expiry""#, ends, "null", &exact("2021-02-03"));
        let count =
            |ends, needed| json("threshold.progress", r#""RUS""#, "null", ends, needed, &exact("2023-11-03"));
        for text in [
            status(r#""RUS""#, [r#""contracting""#, r#""contested""#], &exact("2023-11-03")),
            status("null", ["null", r#""contested""#], month),
            status(r#""USA""#, [r#""notice""#, "null"], &exact("2019-08-02")),
            date("date.moved", [&expiry, month]),
            date("date.cancelled", [year, "null"]),
            count(["36", "35"], "44"),
        ] {
            let change: Change = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&change).unwrap(), text);
        }
        for wrong in [
            status(r#""RUS""#, [r#""expired""#, "null"], &exact("2023-11-03")),
            status(r#""RUS""#, ["36", "null"], &exact("2023-11-03")),
            status("null", ["null", r#""contested""#], r#""2023-11""#),
            date("date.moved", [r#""2021-02-05""#, month]),
            count(["36", r#""35 of 44""#], "44"),
            count(["36", "35"], "null"),
            json("digest", "null", "null", ["null", "null"], "null", year),
        ] {
            assert!(serde_json::from_str::<Change>(&wrong).is_err(), "{wrong}");
        }
    }
}
