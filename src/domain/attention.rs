//! What people have said about what they are told: that they know of a date, or want to hear of a
//! treaty later.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::id::{DateId, TreatyId};
use super::text::text_enum;

text_enum! {
    /// Why an acknowledgement holds no more.
    AcknowledgementEnd ("end of an acknowledgement") {
        /// Somebody took it back.
        Undone = "undone",
        /// The date falls on another day, or will not come.
        Moved = "moved",
        /// The day has come.
        Reached = "reached",
    }
}

text_enum! {
    /// Why a snooze holds no more.
    SnoozeEnd ("end of a snooze") {
        /// Somebody ended it before its time.
        Ended = "ended",
        /// Its time is over.
        Expired = "expired",
    }
}

/// Who says something, and with which remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Who.
    pub author: String,
    /// What else should be known.
    pub note: Option<String>,
}

/// A coming date that somebody knows of: nobody is reminded of that day before it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledgement {
    /// The date.
    pub date: DateId,
    /// Its treaty.
    pub treaty: TreatyId,
    /// The day: on another one it is news.
    pub on: NaiveDate,
    /// Who knows.
    #[serde(flatten)]
    pub remark: Remark,
    /// When that was said.
    pub made_at: DateTime<Utc>,
    /// When it ended, if it holds no more.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who took it back.
    pub ended_by: Option<String>,
    /// Why it holds no more.
    pub end_reason: Option<AcknowledgementEnd>,
}

/// A treaty that somebody wants to hear of later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snooze {
    /// The treaty.
    pub treaty: TreatyId,
    /// From which day on.
    pub starts_on: NaiveDate,
    /// The first day on which it is heard of again.
    pub ends_before: NaiveDate,
    /// Who wants that.
    #[serde(flatten)]
    pub remark: Remark,
    /// When that was said.
    pub made_at: DateTime<Utc>,
    /// When it ended, if it holds no more.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
    /// Why it holds no more.
    pub end_reason: Option<SnoozeEnd>,
}
