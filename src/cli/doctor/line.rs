//! One line of a diagnosis.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// The result of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It works.
    Ok,
    /// It needs attention.
    Warn,
    /// It does not work.
    Fail,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What was checked.
    pub what: String,
    /// The result.
    pub verdict: Verdict,
    /// What was found.
    pub finding: String,
    /// What to do about it; none if it works.
    pub advice: Option<String>,
}

pub(super) fn ok(what: impl Into<String>, finding: impl Into<String>) -> Line {
    Line { what: what.into(), verdict: Verdict::Ok, finding: finding.into(), advice: None }
}

pub(super) fn not_ok(
    what: impl Into<String>,
    verdict: Verdict,
    finding: impl Into<String>,
    advice: impl Into<String>,
) -> Line {
    Line { what: what.into(), verdict, finding: finding.into(), advice: Some(advice.into()) }
}

pub(super) fn shown_instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}
