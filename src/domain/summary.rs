//! What sums up others: the items of a digest, and a report.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::alert_kind::{AlertKind, Severity};
use super::day::PartialDay;
use super::id::{DateId, StateId, TreatyId};
use super::lang::{Lang, Words};
use super::treaty::DateKind;
use super::wording::Sentences;

/// An alert in a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The id of the message that it would have been.
    pub id: String,
    /// The treaty; none if it is about no single one.
    pub treaty: Option<TreatyId>,
    /// The main kind.
    pub kind: AlertKind,
    /// How much attention it asks for.
    pub severity: Severity,
    /// The day that it is about, or the month or year where only that is known.
    pub on: PartialDay,
    /// What happened, in English.
    pub sentence: String,
    /// The same in the other languages.
    pub sentences: Sentences,
}

/// What was told, done and left undone over some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day that is not in it.
    pub ends_before: NaiveDate,
    /// How many alerts of each kind were raised.
    pub raised: Vec<KindCount>,
    /// What became of them at each endpoint.
    pub endpoints: Vec<EndpointCount>,
    /// How many days had a check of their own.
    pub days_checked: u32,
    /// How many had none.
    pub days_missed: u32,
    /// The first of those.
    pub missed: Vec<NaiveDate>,
    /// How many coming dates somebody has acknowledged.
    pub acknowledged: u32,
    /// The treaties that are heard of later.
    pub snoozed: Vec<Snoozed>,
    /// The treaties whose facts nobody has confirmed for a long time.
    pub stale: Vec<TreatyId>,
    /// How many days to come are near.
    pub upcoming_count: u32,
    /// The first of them.
    pub upcoming: Vec<Upcoming>,
    /// All of it in words, a line each.
    pub lines: Vec<Line>,
}

/// How many alerts of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCount {
    /// The kind.
    pub kind: AlertKind,
    /// How many.
    pub count: u32,
}

/// What became of alerts at an endpoint. One that went out in a digest counts as the digest does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointCount {
    /// Its name.
    pub endpoint: String,
    /// The receiver has them.
    pub delivered: u32,
    /// They are still being tried.
    pub pending: u32,
    /// They wait for a digest or the end of a snooze.
    pub held: u32,
    /// They were not sent, as somebody had acknowledged the date.
    pub acknowledged: u32,
    /// They were given up, or the endpoint wants nothing more.
    pub failed: u32,
}

/// A treaty that is heard of later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snoozed {
    /// The treaty.
    pub treaty: TreatyId,
    /// The first day on which it is heard of again.
    pub ends_before: NaiveDate,
}

/// A day to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upcoming {
    /// The name of the date.
    pub date: DateId,
    /// The treaty.
    pub treaty: TreatyId,
    /// The state, if it is about one.
    pub state: Option<StateId>,
    /// What sort of day.
    pub kind: DateKind,
    /// The day, month or year.
    pub on: PartialDay,
}

/// A line of text in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// In English.
    pub sentence: String,
    /// In the other languages.
    pub sentences: Sentences,
}

impl Item {
    /// The sentence in `lang`, or the English one marked `[en]`.
    pub fn sentence_in(&self, lang: Lang) -> String {
        self.sentences.or_english(&self.sentence, lang)
    }
}

impl Report {
    /// The last day that it is of.
    pub fn last_day(&self) -> NaiveDate {
        self.ends_before.pred_opt().unwrap_or(self.ends_before).max(self.starts_on)
    }

    /// How many days it is of.
    pub fn days(&self) -> u32 {
        self.days_checked + self.days_missed
    }

    /// How many days without a check it does not name.
    pub fn days_not_named(&self) -> u64 {
        u64::from(self.days_missed).saturating_sub(self.missed.len() as u64)
    }
}

impl Line {
    /// The line in `lang`, or the English one marked `[en]`.
    pub fn in_lang(&self, lang: Lang) -> String {
        self.sentences.or_english(&self.sentence, lang)
    }
}

impl From<Words> for Line {
    fn from(words: Words) -> Self {
        let Words { en, zh, ru } = words;
        Self { sentence: en, sentences: Sentences { zh, ru } }
    }
}
