//! What people are told: one alert for one event.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::day::PartialDay;
use super::id::{ActId, DateId, StateId, TreatyId};
use super::lang::{Lang, Words};
use super::status::{ReadingId, Standing};
use super::summary::{Item, Report};
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
    /// What happens and when, in English, in at most [`HEADLINE_CHARS_MAX`] characters.
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

/// A headline stands in the list of a mailbox and on the screen of a phone: it has at most so many characters.
pub const HEADLINE_CHARS_MAX: usize = 70;

/// The text of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What happens and when, in at most [`HEADLINE_CHARS_MAX`] characters.
    pub headline: Words,
    /// What changes, when, by which act and under which article.
    pub sentence: Words,
}

/// A text in the languages besides English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentences {
    /// Chinese, in simplified characters.
    pub zh: Option<String>,
    /// Russian.
    pub ru: Option<String>,
}

impl Sentences {
    /// Takes a text apart: the English one, and the other languages.
    pub fn split(words: Words) -> (String, Self) {
        let Words { en, zh, ru } = words;
        (en, Self { zh, ru })
    }

    /// The text in `lang`, or `english`, which is marked `[en]` where another language was requested.
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

/// A change in JSON: the same fields for every kind, `from` and `to` as text.
#[derive(Debug, Serialize, Deserialize)]
struct ChangeFields {
    kind: AlertKind,
    state: Option<StateId>,
    date: Option<DateId>,
    reading: ReadingId,
    from: Option<String>,
    to: Option<String>,
    on: PartialDay,
}

impl From<Change> for ChangeFields {
    fn from(change: Change) -> Self {
        let kind = change.kind();
        let Change { state, reading, on, what } = change;
        let (date, from, to) = match what {
            Changed::Status { from, to } => {
                (None, from.map(|from| from.to_string()), to.map(|to| to.to_string()))
            }
            Changed::Date { date, from, to } => {
                (Some(date), from.map(|from| from.to_string()), to.map(|to| to.to_string()))
            }
            Changed::Progress { from, to, needed } => {
                (None, Some(format!("{from} of {needed}")), Some(format!("{to} of {needed}")))
            }
        };
        Self { kind, state, date, reading, from, to, on }
    }
}

impl TryFrom<ChangeFields> for Change {
    type Error = String;

    fn try_from(fields: ChangeFields) -> Result<Self, String> {
        let ChangeFields { kind, state, date, reading, from, to, on } = fields;
        let day = |text: Option<String>| {
            text.map(|text| text.parse::<PartialDay>().map_err(|error| error.to_string())).transpose()
        };
        let standing = |text: Option<String>| {
            text.map(|text| Standing::parse(&text, state).map_err(|error| error.to_string())).transpose()
        };
        let what = match (kind, date) {
            (AlertKind::ThresholdProgress, None) => {
                let count = |text: Option<String>| {
                    let text = text.unwrap_or_default();
                    let counts = text
                        .split_once(" of ")
                        .and_then(|(count, needed)| Some((count.parse().ok()?, needed.parse().ok()?)));
                    counts.ok_or_else(|| format!("`{text}` is not a count such as `36 of 44`"))
                };
                let ((from, _), (to, needed)) = (count(from)?, count(to)?);
                Changed::Progress { from, to, needed }
            }
            (AlertKind::StatusChanged, None) => Changed::Status { from: standing(from)?, to: standing(to)? },
            (AlertKind::DateMoved | AlertKind::DateCancelled, Some(date)) => {
                Changed::Date { date, from: day(from)?, to: day(to)? }
            }
            (kind, _) => return Err(format!("`{kind}` is not a kind of change, or its `date` is wrong")),
        };
        Ok(Self { state, reading, on, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_back_visibly() {
        let words = Words { en: "It came.".to_owned(), zh: Some("已到。".to_owned()), ru: None };
        let (english, others) = Sentences::split(words);
        let text = [Lang::En, Lang::Zh, Lang::Ru].map(|lang| others.or_english(&english, lang));
        assert_eq!(text, ["It came.", "已到。", "It came. [en]"]);
    }

    #[test]
    fn a_change_is_the_same_after_json() {
        for json in [
            r#"{"kind":"status.changed","state":"RUS","date":null,"reading":"default","from":"contracting","to":"contested","on":"2023-11-03"}"#,
            r#"{"kind":"status.changed","state":null,"date":null,"reading":"e3","from":null,"to":"contested","on":"2023-11"}"#,
            r#"{"kind":"status.changed","state":"USA","date":null,"reading":"default","from":"notice","to":null,"on":"2019-08-02"}"#,
            r#"{"kind":"date.moved","state":null,"date":"new-start/expiry","reading":"default","from":"2021-02-05","to":"2026-02","on":"2021-02-03"}"#,
            r#"{"kind":"date.cancelled","state":null,"date":"new-start/expiry","reading":"default","from":"2021","to":null,"on":"2021-02-03"}"#,
            r#"{"kind":"threshold.progress","state":"RUS","date":null,"reading":"default","from":"36 of 44","to":"35 of 44","on":"2023-11-03"}"#,
        ] {
            let change: Change = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&change).unwrap(), json);
        }
        for wrong in [
            r#"{"kind":"status.changed","state":"RUS","date":null,"reading":"default","from":"expired","to":null,"on":"2023-11-03"}"#,
            r#"{"kind":"threshold.progress","state":null,"date":null,"reading":"default","from":"36","to":"35 of 44","on":"2023-11-03"}"#,
            r#"{"kind":"digest","state":null,"date":null,"reading":"default","from":null,"to":null,"on":"2023-11-03"}"#,
        ] {
            assert!(serde_json::from_str::<Change>(wrong).is_err(), "{wrong}");
        }
    }
}
