//! A watched source: what it is, how it is doing, and what it said last.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::observation::Sighting;
use super::reconcile::Finding;
use super::text::text_enum;

/// People are told of a source that failed so many times in a row: once is the network, or the night.
pub const FAILURES_TOLD: u32 = 3;
/// A source that has not answered well for so long is silent.
pub const SILENT_AFTER: TimeDelta = TimeDelta::days(3);
/// Findings of one list of acts that may be open: a first list of all states is reviewed act by act, a list of
/// made-up ones is one finding more.
pub const OPEN_ACTS_MAX: usize = 1_000;
/// Entries of a feed that one poll opens findings for; the rest is one finding.
pub const NEW_ENTRIES_MAX: usize = 50;
/// Polls in a row that each differ from the one before and from the baseline, until a page is reported as one that
/// varies.
pub const VARIES_AFTER_POLLS: u32 = 3;
/// Entries that have left a feed and are still known, so that they are not new again.
pub const PAST_ENTRIES_MAX: usize = 2_000;
/// Answers of one source that are kept as they came, the latest.
pub const ANSWERS_MAX: u32 = 8;
/// What the kept answers of one source may take together, packed; the latest is always kept.
pub const ANSWERS_MAX_BYTES: u32 = 32 * 1024 * 1024;
/// An error of a source is kept and shown up to this length.
pub const ERROR_CHARS_MAX: usize = 500;
/// What is kept in place of the error of a poll that ended the program.
pub const INTERRUPTED: &str = "the program ended while this source was read";

text_enum! {
    /// The shapes of official sources.
    SourceKind ("kind of source") {
        /// The United Nations Treaty Collection: the XML file of a treaty, or its page.
        Untc = "untc",
        /// The treaties database of the Office for Disarmament Affairs.
        Unoda = "unoda",
        /// Any page or PDF.
        Page = "page",
        /// An Atom or RSS feed.
        Feed = "feed",
        /// Curated facts in one file, as the seeds are.
        Dataset = "dataset",
    }
}

text_enum! {
    /// What becomes of an act that a source has and the record has not.
    Policy ("policy") {
        /// It is recorded, and told like any act.
        Auto = "auto",
        /// A person decides.
        Review = "review",
    }
}

text_enum! {
    /// What became of a finding.
    FindingState ("state of a finding") {
        /// Nobody has decided.
        Open = "open",
        /// It was taken into the record, or read.
        Accepted = "accepted",
        /// It was refused, and is not asked again.
        Rejected = "rejected",
        /// The source and the record agree again.
        Settled = "settled",
    }
}

text_enum! {
    /// A poll that has not ended as polls do.
    PollMark ("mark of a poll") {
        /// It is going on.
        Running = "running",
        /// The program ended during it. Perhaps by what it read: the source is polled alone the next time.
        Interrupted = "interrupted",
    }
}

/// A page that has differed at each of its last polls, from the one before and from the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variation {
    /// How many polls that were.
    pub polls: u32,
    /// The lines of the last of these polls, by their marks, the latest first.
    pub window: Vec<Vec<u64>>,
    /// Whether an alert was raised: from then on the baseline holds only the lines that do not vary.
    pub is_told: bool,
}

/// What a source said, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Seen {
    /// A list of acts.
    Acts(Sighting),
    /// A page, line by line.
    Page {
        /// SHA-256 of the lines, in hexadecimal.
        digest: String,
        /// The lines; none of a file whose text cannot be read.
        lines: Vec<String>,
    },
    /// A feed: the names of its entries.
    Feed {
        /// Those that are in it, and then those that have left it, the latest first.
        entries: Vec<String>,
    },
    /// A dataset.
    Dataset {
        /// SHA-256 of the file as it came, in hexadecimal.
        digest: String,
    },
}

/// By what an entry of a feed is known again: its name, and where that is an address, without what tells no two places
/// apart: the scheme, `www.` and a slash at its end.
pub fn entry_key(name: &str) -> Cow<'_, str> {
    let after = |text: &'_ str, start: &str| -> Option<usize> {
        text.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start)).map(str::len)
    };
    let Some(scheme) = after(name, "https://").or(after(name, "http://")) else { return Cow::Borrowed(name) };
    let rest = &name[scheme..];
    let rest = &rest[after(rest, "www.").unwrap_or(0)..];
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    Cow::Owned(format!("//{rest}"))
}

/// How a source is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    /// When it was asked last.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it last answered well.
    pub good_at: Option<DateTime<Utc>>,
    /// When it last said something else than before.
    pub changed_at: Option<DateTime<Utc>>,
    /// When it last failed.
    pub failed_at: Option<DateTime<Utc>>,
    /// When it is asked next; none for at once.
    pub next_at: Option<DateTime<Utc>>,
    /// Failures since it last answered well.
    pub failures: u32,
    /// Since when it fails; or had failed, until people have been told that it is back.
    pub failing_since: Option<DateTime<Utc>>,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// Whether people were told that it fails, and not yet that it is back.
    pub told: bool,
    /// What it gave to ask by whether it has changed (RFC 9110, `ETag`).
    pub etag: Option<String>,
    /// The same (`Last-Modified`).
    pub last_modified: Option<String>,
    /// What it said last and was believed.
    pub seen: Option<Seen>,
    /// The digest of a page that differs, before a second look has confirmed it.
    pub unconfirmed: Option<String>,
    /// Whether a person has said that the next answer is to be believed, however much it differs from this.
    pub trusted: bool,
    /// That its last poll has not ended, if so.
    pub poll: Option<PollMark>,
    /// Since when it is not polled because its host asked for a pause; none if it was polled since.
    pub paused_since: Option<DateTime<Utc>>,
    /// How it varies, if it is a page that has differed at each poll.
    pub variation: Option<Variation>,
}

impl SourceState {
    /// Since when no poll has brought an answer that counts, whatever the reason; none if the last one has.
    pub fn troubled_since(&self) -> Option<DateTime<Utc>> {
        let failing_since = self.failing_since.filter(|_| 0 < self.failures);
        [failing_since, self.paused_since].into_iter().flatten().min()
    }

    /// Whether that has lasted for [`SILENT_AFTER`].
    pub fn is_silent(&self, now: DateTime<Utc>) -> bool {
        self.troubled_since().is_some_and(|since| since + SILENT_AFTER <= now)
    }

    /// Whether an alert was raised that the page differs at every poll.
    pub fn varies(&self) -> bool {
        self.variation.as_ref().is_some_and(|variation| variation.is_told)
    }
}

/// A finding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// Its number.
    pub finding_id: i64,
    /// The source.
    pub source: String,
    /// What was found.
    pub finding: Finding,
    /// When.
    pub found_at: DateTime<Utc>,
    /// What became of it.
    pub state: FindingState,
    /// When that was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<String>,
    /// Why, in their words.
    pub note: Option<String>,
    /// The act that was recorded, corrected or taken back for it.
    pub act_id: Option<super::id::ActId>,
}
