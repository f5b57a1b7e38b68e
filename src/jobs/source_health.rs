//! Tells which watched sources fail, and which are back.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::alerts::{Failing, Route, WatchedSource, source_failing, source_recovered};
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::TreatyId;
use crate::domain::seeds::TreatyFile;
use crate::domain::source::{FAILURES_TOLD, SourceState};
use crate::store::{SourceHealth, Store};

use super::JobError;
use super::desk::Desk;

/// Tells of sources that have failed three times in a row, and of those that are back: one alert for
/// all that fail, and one for all that are back. To be run after sources were asked.
pub async fn tell_health(
    store: &Store,
    routes: &[Route],
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<RaisedAlert>, JobError> {
    let health = store.sources().await?;
    let fails = |it: &&SourceHealth| !it.state.told && FAILURES_TOLD <= it.state.failures;
    let is_back = |it: &&SourceHealth| it.state.told && it.state.failures == 0;
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
        tx.save_source(&it.row.name, &SourceState { told: true, ..it.state.clone() }).await?;
    }
    for it in &back {
        let state = SourceState { told: false, failing_since: None, ..it.state.clone() };
        tx.save_source(&it.row.name, &state).await?;
    }
    let watch = tx.watch().await?;
    let desk = Desk { routes, database_id: &watch.database_id, now };
    let raised = desk.raise(&mut tx, alerts).await?;
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
    Failing {
        source: WatchedSource { name: &row.name, url: &row.url, treaty },
        since: state.failing_since.unwrap_or(now),
        reason: state.last_error.as_deref().unwrap_or_default(),
    }
}
