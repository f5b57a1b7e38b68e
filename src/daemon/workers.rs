//! One worker for each job: it waits to be woken, runs the job, and writes down the run.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::delivery::{Beat, Sender, Target};
use crate::domain::delivery::{Claim, Outcome};
use crate::domain::text::with_causes;
use crate::failpoint;
use crate::jobs::{self, CheckReport, DeliverReport, JobError, Queue};
use crate::store::{Ended, Run, RunOutcome, StoreError};

use super::context::Context;
use super::runner::{Done, Wake, isolated, log_alerts};

/// A job that failed is tried again after so long.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// The outbox is looked at at least this often, whoever put something into it.
const OUTBOX_EVERY: Duration = Duration::from_secs(60);

/// Why a check runs.
#[derive(Clone, Copy)]
enum Cause {
    /// The daemon has started, the check before has failed, or acts were recorded.
    AtOnce,
    /// The schedule may be due: a run that is on record for it is not repeated.
    Schedule,
}

/// Checks at once, and then whenever the ticker or the watchdog wakes it.
pub(super) async fn check(context: Arc<Context>, stop: CancellationToken) {
    // Whatever the schedule: acts may have been recorded while the daemon was down.
    let mut cause = Cause::AtOnce;
    loop {
        context.progress.works("check");
        let failed = !run_check(&context, cause).await;
        if failpoint::is_named("check.panic") {
            panic!("a test has asked for it");
        }
        if failpoint::is_named("check.hang") {
            context.progress.promise("check", Duration::ZERO);
            stop.cancelled().await;
        }
        let called = async {
            tokio::select! {
                biased;
                // One that failed is tried again when its time is over, and not sooner.
                () = std::future::pending(), if failed => Cause::AtOnce,
                () = context.check_due.notified(), if !failed => Cause::Schedule,
                () = context.record_changed.notified(), if !failed => Cause::AtOnce,
            }
        };
        cause = match context.rest("check", RETRY_AFTER, &stop, called).await {
            Wake::Stopped => return,
            Wake::Called(cause) => cause,
            Wake::TimeOver if failed => Cause::AtOnce,
            Wake::TimeOver => Cause::Schedule,
        };
    }
}

/// Runs one check; false if it failed.
async fn run_check(context: &Arc<Context>, cause: Cause) -> bool {
    match try_check(context, cause).await {
        Ok(done) => done,
        Err(error) => {
            let error = with_causes(&error);
            error!("The check's run could not be recorded: {error}");
            context.beat(Beat::Failed(format!("the check failed: {error}")));
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
        (Cause::Schedule, last) => context.live().timetable.previous(now).filter(|due| {
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
    context.beat(Beat::Start);
    let today = context.today(now);
    let live = context.live();
    let result = isolated(async {
        jobs::check_clock(&context.store, now).await?;
        jobs::check(&context.store, &live.settings, today, now, false).await
    });
    let result = result.await;
    let done = Done::from(&result);
    match result {
        Ok(report) => {
            tell(&report);
            context.finish_run(run, &done).await?;
            let next = context.live().timetable.next(context.clock.now());
            context.store.set_next_run("check", next).await?;
            context.alerts_raised();
            context.beat(Beat::Well);
            Ok(true)
        }
        Err(error) => {
            error!("Check failed, retry in {} s: {error}", RETRY_AFTER.as_secs());
            context.beat(Beat::Failed(format!("the check failed: {error}")));
            context.finish_run(run, &done).await?;
            Ok(false)
        }
    }
}

fn tell(report: &CheckReport) {
    log_alerts(&report.alerts);
    for (treaty, error) in &report.set_aside {
        warn!(treaty = %treaty, "{treaty} could not be checked and will be retried: {error}");
    }
    match report.since {
        Some(since) if report.is_ahead => warn!(
            "The last check was of {since}, which is after {}: date alerts are suspended until then. If the clock was \
             ahead: stop the daemon, run treatywatch check --rewind, and start it again",
            report.today
        ),
        Some(since) => info!(
            raised = report.raised,
            "Checked {since} to {}: {} treaties checked, {} alerts raised",
            report.today,
            report.looked_at,
            report.raised
        ),
        None => info!("Watching since {}; earlier events are on record and raise no alerts", report.today),
    }
}

/// The name of the worker that sends to an endpoint.
pub(super) fn queue_name(endpoint: &str) -> String {
    format!("endpoint {endpoint}")
}

/// Sends, and notes progress at each attempt: a run has many.
struct Noted<'a> {
    context: &'a Context,
    worker: &'a str,
}

impl Sender for Noted<'_> {
    async fn send(&self, claim: &Claim, target: &Target, now: DateTime<Utc>) -> Outcome {
        self.context.progress.works(self.worker);
        self.context.sender.send(claim, target, now).await
    }
}

/// Sends what is due to one endpoint, whenever something is, until it is not configured any more.
///
/// When a configuration takes the place of another, what is on its way ends as it was begun, and the queue goes
/// on by the new one. There are never two queues for one endpoint.
pub(super) async fn deliver(context: Arc<Context>, endpoint: String, stop: CancellationToken) {
    let mut due = context.deliveries();
    let mut unwritten = Ended::default();
    let worker = queue_name(&endpoint);
    loop {
        due.mark_unchanged();
        context.progress.works(&worker);
        let live = context.live();
        let Some(target) = live.targets.get(&endpoint) else {
            if context.leave_queue(&endpoint) {
                return;
            }
            continue;
        };
        let queue = Queue { endpoint: &endpoint, target, routes: &live.settings.routes };
        let wait = match empty_queue(&context, queue, &mut unwritten, &live.retired).await {
            Ok(wait) => wait,
            Err(error) => {
                error!(endpoint = %endpoint, "Deliveries to {endpoint} failed: {}", with_causes(&error));
                RETRY_AFTER
            }
        };
        let called = async {
            tokio::select! {
                () = live.retired.cancelled() => {}
                _ = due.changed() => {}
            }
        };
        if let Wake::Stopped = context.rest(&worker, wait, &stop, called).await {
            return;
        }
    }
}

/// Gives up what waits for endpoints that are not in the configuration any more.
pub(super) async fn give_up_unknown(context: Arc<Context>, stop: CancellationToken) {
    let mut due = context.deliveries();
    loop {
        due.mark_unchanged();
        // It begins a write each time: where no endpoint is configured, this alone shows that the database can be
        // written.
        context.progress.works("outbox");
        match jobs::give_up_unknown(&context.store, &context.live().targets, context.clock.now()).await {
            Ok(0) => {}
            Ok(count) => warn!(
                "{count} deliveries to endpoints that are not configured any more were given up; see: treatywatch \
                 deliveries --failed"
            ),
            Err(error) => error!("Outbox check failed: {}", with_causes(&error)),
        }
        if let Wake::Stopped = context.rest("outbox", OUTBOX_EVERY, &stop, due.changed()).await {
            return;
        }
    }
}

/// Delivers until nothing is due, and says how long nothing will be.
async fn empty_queue(
    context: &Context,
    queue: Queue<'_>,
    unwritten: &mut Ended,
    stop: &CancellationToken,
) -> Result<Duration, JobError> {
    let Context { store, clock, .. } = context;
    let worker = queue_name(queue.endpoint);
    let sender = Noted { context, worker: &worker };
    while !stop.is_cancelled() {
        let started = clock.now();
        let report = jobs::deliver_due(store, &sender, queue, unwritten, clock.as_ref(), stop).await?;
        if report.is_idle() {
            break;
        }
        tell_delivered(queue.endpoint, &report);
        if !report.alerts.is_empty() {
            context.alerts_raised();
        }
        context.record_run("deliver", started, started, &Done::from(&Ok(report))).await?;
    }
    let next = store.next_delivery_at(queue.endpoint).await?;
    let until = next.map(|at| (at - clock.now()).to_std().unwrap_or(Duration::ZERO));
    Ok(until.map_or(OUTBOX_EVERY, |until| until.clamp(Duration::from_secs(1), OUTBOX_EVERY)))
}

fn tell_delivered(endpoint: &str, report: &DeliverReport) {
    let DeliverReport { delivered, retried, dead, stopped, alerts } = report;
    log_alerts(alerts);
    if dead + stopped > 0 {
        warn!(
            endpoint = %endpoint,
            "{endpoint}: {} deliveries became dead letters; see: treatywatch deliveries --failed",
            dead + stopped
        );
    }
    info!(
        endpoint = %endpoint,
        delivered,
        retried,
        "{endpoint}: {delivered} alerts delivered, {retried} to be retried"
    );
}
