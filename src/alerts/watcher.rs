//! Alerts about the program itself: that somebody cannot be told, or that the database is not sound.

use chrono::{DateTime, Utc};

use crate::domain::alert::Alert;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::delivery::EndpointFailure;

use super::due::blank;
use super::wording::watcher as wording;

/// That an endpoint fails, told once for each time that it does. Its day is that of the failure in UTC.
pub fn endpoint_failing(failure: &EndpointFailure) -> Alert {
    let EndpointFailure { endpoint, since, .. } = failure;
    let key = format!("endpoint|failing|{endpoint}|{}", since.to_rfc3339());
    let mut alert = blank(None, key, since.date_naive());
    alert.kind = AlertKind::EndpointFailing;
    alert.about = Some(endpoint.clone());
    alert.severity = Severity::Warning;
    alert.word(wording::endpoint_failing(failure));
    alert
}

/// That the database has not passed its self-check since an instant, told once for that.
pub fn database_failing(since: DateTime<Utc>, problem: &str) -> Alert {
    let key = format!("database|failing|{}", since.to_rfc3339());
    let mut alert = blank(None, key, since.date_naive());
    alert.kind = AlertKind::DatabaseFailing;
    alert.severity = Severity::Critical;
    alert.word(wording::database_failing(since, problem));
    alert
}
