//! Raises the alerts about watched sources that fail, and about those that are back.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::alerts::{Failing, Reason, Route, WatchedSource, source_failing, source_recovered};
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::TreatyId;
use crate::domain::seeds::TreatyFile;
use crate::domain::source::FAILURES_TOLD;
use crate::store::{SourceHealth, Store};

use super::JobError;
use super::outbox::Outbox;

/// Raises an alert about sources that have failed three times in a row or have given nothing for three days, whatever
/// the reason, and about those that are back: one for all that fail, and one for all that are back. To be run after
/// sources were polled.
pub async fn tell_health(
    store: &Store,
    routes: &[Route],
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<RaisedAlert>, JobError> {
    let health = store.sources().await?;
    let fails = |it: &&SourceHealth| {
        !it.state.told && (FAILURES_TOLD <= it.state.failures || it.state.is_silent(now))
    };
    let is_back = |it: &&SourceHealth| it.state.told && it.state.troubled_since().is_none();
    let (failing, back): (Vec<_>, Vec<_>) =
        (health.iter().filter(fails).collect(), health.iter().filter(is_back).collect());
    if failing.is_empty() && back.is_empty() {
        return Ok(Vec::new());
    }
    let mut treaties = BTreeMap::new();
    for id in failing.iter().chain(&back).filter_map(|it| it.row.treaty.as_ref()) {
        treaties.insert(id, store.load_treaty(id).await?);
    }
    let mut alerts = Vec::new();
    if !failing.is_empty() {
        alerts.push(source_failing(&all(&failing, &treaties, now), today));
    }
    if !back.is_empty() {
        alerts.push(source_recovered(&all(&back, &treaties, now), today));
    }
    let mut tx = store.begin().await?;
    for it in &failing {
        // When it is back, people read since when it had given nothing.
        tx.set_told(&it.row.name, true, it.state.troubled_since()).await?;
    }
    for it in &back {
        tx.set_told(&it.row.name, false, None).await?;
    }
    let watch = tx.watch().await?;
    let outbox = Outbox { routes, database_id: &watch.database_id, now };
    let raised = outbox.raise(&mut tx, alerts).await?;
    tx.commit().await?;
    Ok(raised)
}

fn all<'a>(
    health: &[&'a SourceHealth],
    treaties: &'a BTreeMap<&TreatyId, Option<TreatyFile>>,
    now: DateTime<Utc>,
) -> Vec<Failing<'a>> {
    health.iter().map(|it| failing_of(it, treaties, now)).collect()
}

fn failing_of<'a>(
    health: &'a SourceHealth,
    treaties: &'a BTreeMap<&TreatyId, Option<TreatyFile>>,
    now: DateTime<Utc>,
) -> Failing<'a> {
    let SourceHealth { row, state, .. } = health;
    let file = row.treaty.as_ref().and_then(|id| treaties.get(id)).and_then(Option::as_ref);
    let treaty = file.map(|file| &file.treaty);
    let reason = match &state.paused_since {
        Some(_) => Reason::Paused,
        None => Reason::Failed(state.last_error.as_deref().unwrap_or_default()),
    };
    Failing {
        source: WatchedSource { name: &row.name, url: &row.url, treaty },
        since: state.troubled_since().or(state.failing_since).unwrap_or(now),
        reason,
    }
}
