//! One worker for each job: it waits to be woken, runs the job, and writes down the run.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Courier;
use crate::domain::text::with_causes;
use crate::jobs::{self, CheckReport, CheckSettings, DeliverReport, JobError, Lane, Targets};
use crate::store::{Run, RunOutcome, Store, StoreError};

use super::metronome;

/// A job that failed is tried again after so long.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// The outbox is looked at at least this often, whoever put something into it.
const OUTBOX_EVERY: Duration = Duration::from_secs(60);

/// What the workers share.
pub(super) struct Context {
    pub store: Arc<Store>,
    pub clock: Arc<dyn Clock>,
    pub check_due: Arc<Notify>,
    /// Every lane hears of it, also one that is busy just now.
    deliveries_due: watch::Sender<()>,
    cron: Cron,
    settings: CheckSettings,
    targets: Targets,
    sender: Courier,
    time_zone: chrono_tz::Tz,
}

impl Context {
    /// The names of the endpoints.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &String> {
        self.targets.keys()
    }

    pub(super) fn new(config: &Config, store: Arc<Store>, sender: Courier, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            check_due: Arc::new(Notify::new()),
            deliveries_due: watch::Sender::new(()),
            cron: config.schedule.check.clone(),
            settings: CheckSettings::of(config),
            targets: jobs::targets(config),
            sender,
            time_zone: config.time_zone,
        }
    }
}

/// Why a check runs.
#[derive(Clone, Copy)]
enum Cause {
    /// The daemon has started, or the check before has failed.
    AtOnce,
    /// The schedule may be due: a run that is on record for it is not repeated.
    Schedule,
}

/// Checks at once, and then whenever the metronome or the watchdog wakes it.
pub(super) async fn check(context: Arc<Context>, stop: CancellationToken) {
    // Whatever the schedule: acts may have been recorded while the daemon was down.
    let mut cause = Cause::AtOnce;
    loop {
        let failed = !run_check(&context, cause).await;
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = context.check_due.notified(), if !failed => cause = Cause::Schedule,
            () = tokio::time::sleep(RETRY_AFTER), if failed => cause = Cause::AtOnce,
        }
    }
}

/// Runs one check; false if it failed.
async fn run_check(context: &Arc<Context>, cause: Cause) -> bool {
    match try_check(context, cause).await {
        Ok(done) => done,
        Err(error) => {
            error!("The check's run could not be recorded: {}", with_causes(&error));
            false
        }
    }
}

/// The occurrence that a check is run for; none if it has been.
async fn occurrence(
    context: &Context,
    cause: Cause,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let last = context.store.last_run("check").await?;
    Ok(match (cause, last) {
        (Cause::AtOnce, None) => Some(now),
        // One due time is run once; a second check in one second is due in the next.
        (Cause::AtOnce, Some(last)) => Some(now.max(last.due_at + TimeDelta::seconds(1))),
        (Cause::Schedule, last) => metronome::previous(&context.cron, now).filter(|due| {
            // A run on record for a time to come says nothing of this one: a clock was ahead, or there
            // were more starts than seconds.
            let is_open = |last: Run| last.due_at < *due || last.due_at > now;
            last.is_none_or(|last| last.outcome != Some(RunOutcome::Ok) || is_open(last))
        }),
    })
}

async fn try_check(context: &Arc<Context>, cause: Cause) -> Result<bool, StoreError> {
    let now = context.clock.now();
    let Some(due_at) = occurrence(context, cause, now).await? else { return Ok(true) };
    let Some(run) = context.store.begin_run("check", due_at, now).await? else { return Ok(true) };
    let today = now.with_timezone(&context.time_zone).date_naive();
    let shared = Arc::clone(context);
    // In a task of its own: a panic ends this run alone.
    let task =
        tokio::spawn(async move { jobs::check(&shared.store, &shared.settings, today, now, false).await });
    let result = match task.await {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(error)) => Err(with_causes(&error)),
        Err(error) => Err(format!("the job panicked: {error}")),
    };
    let finished = context.clock.now();
    match result {
        Ok(report) => {
            tell(&report);
            let summary = serde_json::json!(report);
            context.store.finish_run(run, RunOutcome::Ok, &summary, None, finished).await?;
            context.store.set_next_run("check", metronome::next(&context.cron, finished)).await?;
            context.deliveries_due.send_replace(());
            Ok(true)
        }
        Err(error) => {
            error!("The check failed and will be tried again in {} s: {error}", RETRY_AFTER.as_secs());
            let nothing = serde_json::Value::Null;
            context.store.finish_run(run, RunOutcome::Failed, &nothing, Some(&error), finished).await?;
            Ok(false)
        }
    }
}

fn tell(report: &CheckReport) {
    for raised in &report.alerts {
        let alert = &raised.alert;
        info!(id = %raised.id, kind = %alert.kind, about = %alert.subject(), severity = %alert.severity, "Alert: {}", alert.sentence);
    }
    for (treaty, error) in &report.set_aside {
        warn!(treaty = %treaty, "{treaty} could not be checked and was set aside: {error}");
    }
    match report.since {
        Some(since) if report.is_ahead => warn!(
            "The last check was of {since}, which is after {}: until then no day is told, only acts that are \
             recorded. Was the clock wrong?",
            report.today
        ),
        Some(since) => info!(
            raised = report.raised,
            "Checked {since} to {}: {} treaties looked at, {} alerts raised",
            report.today,
            report.looked_at,
            report.raised
        ),
        None => info!("The watch begins on {}: what came before is known and not told", report.today),
    }
}

/// Sends what is due to one endpoint, whenever something is.
pub(super) async fn deliver(context: Arc<Context>, endpoint: String, stop: CancellationToken) {
    let Some(target) = context.targets.get(&endpoint) else { return };
    let lane = Lane { endpoint: &endpoint, target };
    let mut due = context.deliveries_due.subscribe();
    loop {
        due.mark_unchanged();
        let wait = match empty_lane(&context, lane, &stop).await {
            Ok(wait) => wait,
            Err(error) => {
                error!(endpoint = %endpoint, "Deliveries to {endpoint} could not be made: {}", with_causes(&error));
                RETRY_AFTER
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = due.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Gives up what waits for endpoints that are not in the configuration any more.
pub(super) async fn give_up_unknown(context: Arc<Context>, stop: CancellationToken) {
    let mut due = context.deliveries_due.subscribe();
    loop {
        due.mark_unchanged();
        match jobs::give_up_unknown(&context.store, &context.targets, context.clock.now()).await {
            Ok(0) => {}
            Ok(count) => warn!(
                "{count} deliveries to endpoints that are not configured any more were given up; see: treatywatch \
                 deliveries --failed"
            ),
            Err(error) => error!("The outbox could not be looked through: {}", with_causes(&error)),
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = due.changed() => {}
            () = tokio::time::sleep(OUTBOX_EVERY) => {}
        }
    }
}

/// Delivers until nothing is due, and says how long nothing will be.
async fn empty_lane(
    context: &Context,
    lane: Lane<'_>,
    stop: &CancellationToken,
) -> Result<Duration, JobError> {
    let Context { store, sender, clock, .. } = context;
    while !stop.is_cancelled() {
        let started = clock.now();
        let report = jobs::deliver_due(store, sender, lane, clock.as_ref(), stop).await?;
        if report.is_idle() {
            break;
        }
        tell_delivered(lane.endpoint, report);
        if let Some(run) = store.begin_run("deliver", started, started).await? {
            store.finish_run(run, RunOutcome::Ok, &serde_json::json!(report), None, clock.now()).await?;
        }
    }
    let next = store.next_delivery_at(lane.endpoint).await?;
    let until = next.map(|at| (at - clock.now()).to_std().unwrap_or(Duration::ZERO));
    Ok(until.map_or(OUTBOX_EVERY, |until| until.clamp(Duration::from_secs(1), OUTBOX_EVERY)))
}

fn tell_delivered(endpoint: &str, report: DeliverReport) {
    let DeliverReport { delivered, retried, dead, stopped } = report;
    if dead + stopped > 0 {
        warn!(
            endpoint = %endpoint,
            "{endpoint}: {} deliveries were given up; see: treatywatch deliveries --failed",
            dead + stopped
        );
    }
    info!(
        endpoint = %endpoint,
        delivered,
        retried,
        "{endpoint}: {delivered} alerts delivered, {retried} to be tried again"
    );
}
