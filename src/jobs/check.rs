//! Turns what became known and what came due since the last check into alerts.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::alerts::{
    Apart, Look, Names, Route, STALE_AFTER_DAYS, dates_due, due_apart, gather_missed, stale,
};
use crate::catalogue::Files;
use crate::config::{Config, Endpoint};
use crate::domain::alert::{Alert, StateDate};
use crate::domain::alert_kind::AlertKind;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::TreatyId;
use crate::domain::text::with_causes;
use crate::domain::watch::{Watched, WatchedDates};
use crate::failpoint;
use crate::store::{Store, StoreError, WriteTx};

use super::JobError;
use super::outbox::Outbox;

/// Treaties that are loaded and told of together: a bound on memory.
const CHUNK_TREATIES: usize = 250;

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
            digest: endpoint.digest.is_some(),
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

/// Refuses to begin a watch while the clock is not set: on a day before the facts of this program were gathered, all
/// that happened since would count as news once the clock is right.
pub async fn check_clock(store: &Store, now: DateTime<Utc>) -> Result<(), JobError> {
    let today = now.date_naive();
    match Files::embedded().facts_as_of() {
        Some(facts_as_of) if today < facts_as_of && store.watch().await?.checked_on.is_none() => {
            Err(JobError::Clock { today, facts_as_of })
        }
        _ => Ok(()),
    }
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
    tx.end_what_is_over(today, now).await?;
    // What could not be read by an earlier check is looked at from where it was left.
    let aside = tx.set_aside().await?;
    let due_now = tx.due(since, today, &settings.leads).await?;
    let due_now = due_now.into_iter().map(|due| (due.treaty, due.only_dates));
    let mut due_now: BTreeMap<TreatyId, bool> = due_now.collect();
    due_now.extend(aside.keys().map(|id| (id.clone(), false)));
    let outbox = Outbox { routes: &settings.routes, database_id: &watch.database_id, now };
    let mut marked: Vec<TreatyId> = Vec::new();
    for chunk in due_now.into_iter().collect::<Vec<_>>().chunks(CHUNK_TREATIES) {
        report.looked_at += chunk.len();
        let mut alerts: Vec<Alert> = Vec::new();
        for (id, found) in load(&mut tx, chunk, since, today, &settings.leads).await {
            let since = aside.get(&id).copied().unwrap_or(since);
            let look = |watched| {
                let (leads, names) = (&settings.leads[..], Names(&names));
                Look { watched, began_on, since, today, leads, names }
            };
            match found {
                Ok(Found::Dates(WatchedDates { watched, dates })) => {
                    let look = look(&watched);
                    let due = |apart: &Apart| dates_due(&look, apart, dates.clone());
                    let found = apart(&mut tx, due).await?;
                    alerts.extend(gather_missed(&look, found, &watch.database_id, now));
                    continue;
                }
                Ok(Found::All(watched)) => {
                    let look = look(&watched);
                    let found = apart(&mut tx, |apart| due_apart(&look, apart)).await?;
                    alerts.extend(gather_missed(&look, found, &watch.database_id, now));
                }
                Err(error) => {
                    tx.put_aside(&id, since).await?;
                    report.set_aside.push((id, with_causes(&error)));
                    continue;
                }
            }
            if aside.contains_key(&id) {
                tx.take_up(&id).await?;
            }
            marked.push(id);
        }
        report.alerts.extend(outbox.raise(&mut tx, alerts).await?);
    }
    for (id, confirmed_on) in tx.grown_old(began_on, today, STALE_AFTER_DAYS).await? {
        match tx.load_watched(&id, today).await {
            Ok(Some(watched)) => {
                let alert = stale(&watched.treaty, confirmed_on, Names(&names), today);
                report.alerts.extend(outbox.raise(&mut tx, vec![alert]).await?);
            }
            Ok(None) => {}
            // It is told once it can be read: nothing notes that it was.
            Err(error) if report.set_aside.iter().all(|(aside, _)| *aside != id) => {
                report.set_aside.push((id, with_causes(&error)));
            }
            Err(_) => {}
        }
    }
    tx.mark_several_watched(&marked, today).await?;
    tx.set_checked(today, now).await?;
    report.raised = report.alerts.len();
    let writes = [("alerts", report.raised > 0 && !dry_run)];
    failpoint::before(&writes);
    finish(tx, dry_run).await?;
    failpoint::after(&writes);
    Ok(report)
}

/// What is due of a treaty. Of a day that many states share, states with an alert of their own stay apart, and so do those
/// whose date is acknowledged: no alert is raised twice, and each date is acknowledged by itself.
async fn apart(tx: &mut WriteTx, due: impl Fn(&Apart) -> Vec<Alert>) -> Result<Vec<Alert>, StoreError> {
    let alerts = due(&Apart::default());
    let shared: Vec<&StateDate> = alerts.iter().flat_map(|alert| &alert.states).collect();
    if shared.is_empty() {
        return Ok(alerts);
    }
    let keys = tx.keys_told(shared.iter().map(|one| &one.key).collect()).await?;
    let known = tx.acknowledged().await?;
    let is_known = |alert: &&Alert| alert.kind == AlertKind::DateApproaching;
    let dates = alerts.iter().filter(is_known).flat_map(|alert| {
        let of_alert = alert.states.iter().map(|one| &one.date);
        of_alert.filter(|date| known.contains(&((*date).clone(), alert.on))).cloned()
    });
    let apart = Apart { keys, dates: dates.collect() };
    Ok(if apart.is_empty() { alerts } else { due(&apart) })
}

/// A treaty that is due.
enum Found {
    /// With the dates that alone are due.
    Dates(WatchedDates),
    /// With all its acts.
    All(Watched),
}

/// The treaties of a chunk, each with whether only dates are due in it; or why one cannot be read. One
/// that has gone since it was found due is left out: there is nothing to tell of it.
async fn load(
    tx: &mut WriteTx,
    chunk: &[(TreatyId, bool)],
    since: NaiveDate,
    today: NaiveDate,
    leads: &[u32],
) -> BTreeMap<TreatyId, Result<Found, StoreError>> {
    let of = |only_dates: bool| {
        let some = chunk.iter().filter(move |(_, only)| *only == only_dates);
        some.map(|(id, _)| id.clone()).collect::<Vec<_>>()
    };
    let (by_dates, mut by_acts) = (of(true), of(false));
    let mut found = BTreeMap::new();
    match tx.load_dates(&by_dates, since, today, leads).await {
        Ok(dates) => found.extend(dates.into_iter().map(|(id, dates)| (id, Ok(Found::Dates(dates))))),
        Err(_) => by_acts.extend(by_dates),
    }
    if let Ok(all) = tx.load_several_watched(&by_acts, today).await {
        found.extend(all.into_iter().map(|(id, watched)| (id, Ok(Found::All(watched)))));
        return found;
    }
    // One of them cannot be read: the others are told of all the same.
    for id in by_acts {
        if let Some(watched) = tx.load_watched(&id, today).await.transpose() {
            found.insert(id, watched.map(Found::All));
        }
    }
    found
}

async fn finish(tx: WriteTx, dry_run: bool) -> Result<(), JobError> {
    if dry_run {
        tx.rollback().await?
    } else {
        tx.commit().await?
    }
    Ok(())
}
