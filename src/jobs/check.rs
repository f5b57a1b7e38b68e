//! Turns what became known and what came due since the last check into alerts.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::alerts::{Look, Names, Route, due, message_id};
use crate::config::{Config, Endpoint};
use crate::domain::alert::Alert;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::TreatyId;
use crate::domain::text::with_causes;
use crate::store::{Store, WriteTx};

use super::JobError;

/// What a check needs to know besides the database.
#[derive(Debug, Clone)]
pub struct CheckSettings {
    /// How many days before a date anybody wants to be told.
    pub leads: Vec<u32>,
    /// Who wants which alerts.
    pub routes: Vec<Route>,
}

impl CheckSettings {
    /// What the configuration says of it.
    pub fn of(config: &Config) -> Self {
        let route = |endpoint: &Endpoint| Route {
            endpoint: endpoint.name.clone(),
            treaties: endpoint.treaties.clone(),
            kinds: endpoint.kinds.clone(),
            min_severity: endpoint.min_severity,
            // Without leads of its own an endpoint wants the configuration's, not another endpoint's.
            lead_days: Some(endpoint.lead_days.clone().unwrap_or_else(|| config.lead_days.clone())),
        };
        Self { leads: config.all_leads(), routes: config.endpoints.iter().map(route).collect() }
    }
}

/// What a check did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// The day that was checked.
    pub today: NaiveDate,
    /// The day of the check before; none at the first one, which is silent.
    pub since: Option<NaiveDate>,
    /// Whether that day lies after today: a clock was wrong. Until then no day is told, only acts that
    /// are recorded.
    pub is_ahead: bool,
    /// How many treaties had to be looked at.
    pub looked_at: usize,
    /// The alerts that were raised.
    #[serde(skip)]
    pub alerts: Vec<RaisedAlert>,
    /// How many.
    pub raised: usize,
    /// Treaties that could not be looked at, and why; the others were.
    pub set_aside: Vec<(TreatyId, String)>,
}

/// Checks the time from the last check up to `today`, in one transaction: the alerts, their
/// deliveries and the record of the check are there together or not at all.
///
/// The first check begins the watch and is silent. A day before the last check is not looked at
/// again: only acts recorded meanwhile are. With `dry_run` nothing is kept.
pub async fn check(
    store: &Store,
    settings: &CheckSettings,
    today: NaiveDate,
    now: DateTime<Utc>,
    dry_run: bool,
) -> Result<CheckReport, JobError> {
    let names = store.load_states().await?;
    let mut tx = store.begin().await?;
    let watch = tx.watch().await?;
    let mut report = CheckReport { today, since: watch.checked_on, ..CheckReport::default() };
    let (Some(began_on), Some(since)) = (watch.began_on, watch.checked_on) else {
        tx.mark_all_watched(today).await?;
        tx.set_began_on(today).await?;
        tx.set_checked(today, now).await?;
        finish(tx, dry_run).await?;
        return Ok(report);
    };
    report.is_ahead = today < since;
    let today = today.max(since);
    // What could not be read by an earlier check is looked at from where it was left.
    let aside = tx.set_aside().await?;
    let mut due_now: BTreeSet<TreatyId> = aside.keys().cloned().collect();
    due_now.extend(tx.treaties_due(since, today, &settings.leads).await?);
    for id in due_now {
        report.looked_at += 1;
        let since = aside.get(&id).copied().unwrap_or(since);
        let watched = match tx.load_watched(&id, today).await {
            Ok(Some(watched)) => watched,
            // It has gone since it was found due: there is nothing to tell of it.
            Ok(None) => continue,
            Err(error) => {
                tx.put_aside(&id, since).await?;
                report.set_aside.push((id, with_causes(&error)));
                continue;
            }
        };
        let look =
            Look { watched: &watched, began_on, since, today, leads: &settings.leads, names: Names(&names) };
        for alert in due(&look) {
            let raised = RaisedAlert {
                id: message_id(&watch.database_id, &alert.key),
                raised_at: now,
                test: false,
                alert,
            };
            if tx.insert_alert(&raised, &wanted_by(&settings.routes, &raised.alert)).await? {
                report.alerts.push(raised);
            }
        }
        tx.mark_watched(&id, today).await?;
        if aside.contains_key(&id) {
            tx.take_up(&id).await?;
        }
    }
    tx.set_checked(today, now).await?;
    finish(tx, dry_run).await?;
    report.raised = report.alerts.len();
    Ok(report)
}

fn wanted_by(routes: &[Route], alert: &Alert) -> Vec<String> {
    routes.iter().filter(|route| route.wants(alert)).map(|route| route.endpoint.clone()).collect()
}

async fn finish(tx: WriteTx, dry_run: bool) -> Result<(), JobError> {
    if dry_run {
        tx.rollback().await?
    } else {
        tx.commit().await?
    }
    Ok(())
}
