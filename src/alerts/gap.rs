//! After a long time without a check, one alert for each treaty says what was missed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::acts::rank;
use super::due::{Look, blank};
use super::routing::message_id;
use super::summary;
use super::wording;
use crate::domain::alert::Alert;
use crate::domain::alert_kind::AlertKind;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::ActId;

/// After more days without a check, the late alerts of a treaty are one: the machine was off, or its clock was wrong.
const GAP_DAYS: i64 = 31;
/// So many late alerts are still sent one by one.
const LATE_MAX: usize = 3;

/// Puts the late alerts of one treaty into one with a list, where nothing was checked for more than a month. Those
/// of days to come stay as they are. `database_id` makes the ids of the list, as it makes those of messages.
pub fn gather_missed(
    look: &Look<'_>,
    alerts: Vec<Alert>,
    database_id: &str,
    now: DateTime<Utc>,
) -> Vec<Alert> {
    let Look { since, today, .. } = *look;
    // What an act brings that was recorded since was not missed: the act is news.
    let fresh: BTreeSet<&ActId> = look.watched.fresh.iter().map(|fresh| &fresh.act.id).collect();
    let is_missed = |alert: &Alert| {
        let is_past = alert.late && alert.on <= today && alert.lead_days.is_none();
        is_past && !alert.acts.iter().any(|act| fresh.contains(act))
    };
    let missed = alerts.iter().filter(|alert| is_missed(alert)).count();
    if (today - since).num_days() <= GAP_DAYS || missed <= LATE_MAX {
        return alerts;
    }
    let (missed, mut others): (Vec<Alert>, Vec<Alert>) = alerts.into_iter().partition(is_missed);
    others.insert(0, gathered(look, missed, database_id, now));
    others
}

fn gathered(look: &Look<'_>, missed: Vec<Alert>, database_id: &str, now: DateTime<Utc>) -> Alert {
    let treaty = &look.watched.treaty;
    let Look { since, today, .. } = *look;
    let last_day = missed.iter().map(|alert| alert.on).max().unwrap_or(today);
    let mut alert = blank(Some(treaty.id.clone()), format!("missed|{}|{since}|{today}", treaty.id), last_day);
    alert.late = true;
    alert.severity = missed.iter().map(|alert| alert.severity).max().unwrap_or(alert.severity);
    alert.word(wording::missed(missed.len(), since, look.scene()));
    alert.acts = missed.iter().flat_map(|alert| alert.acts.clone()).collect();
    alert.acts.sort();
    alert.acts.dedup();
    let kinds = missed.iter().flat_map(|alert| alert.also.iter().copied().chain([alert.kind]));
    let kinds: Vec<AlertKind> = kinds.collect();
    let changes = missed.iter().flat_map(|alert| alert.changes.clone()).collect();
    rank(&mut alert, changes, &kinds);
    let raised = |alert: Alert| RaisedAlert {
        id: message_id(database_id, &alert.key),
        raised_at: now,
        test: false,
        alert,
    };
    alert.items = summary::items(missed.into_iter().map(raised).collect());
    alert
}
