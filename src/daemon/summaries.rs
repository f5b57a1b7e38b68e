//! The worker that makes digests and reports whenever one is due.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::context::Context;
use super::runner::{Done, Wake, isolated};
use crate::domain::text::with_causes;
use crate::jobs::{self, Summaries, SummariesReport, SummaryTime};
use crate::store::StoreError;

/// The outbox is looked at at least this often: a snooze may have been ended.
const OUTBOX_EVERY: Duration = Duration::from_secs(60);

/// Makes digests and reports when they are due. It looks after the first check of all, so that what a pause has
/// left is in them, and then as often as the outbox is looked at: a snooze may have been ended.
pub(super) fn summarize(context: Arc<Context>, stop: CancellationToken) -> impl Future<Output = ()> + Send {
    // At once: the first check may be done before the task begins.
    let mut due = context.deliveries();
    async move {
        let mut wait = OUTBOX_EVERY;
        loop {
            if let Wake::Stopped = context.rest("digests", wait, &stop, due.changed()).await {
                return;
            }
            context.progress.works("digests");
            // What it tells the queues wakes it once more, and then it finds nothing.
            wait = run(&context).await;
        }
    }
}

/// Makes what is due, and says how long nothing will be.
async fn run(context: &Arc<Context>) -> Duration {
    let now = context.clock.now();
    let (today, live) = (context.today(now), context.live());
    let time = SummaryTime { until: now, today, now };
    let result = isolated(jobs::summarize(&context.store, &live.summaries, time)).await;
    if let Err(error) = record(context, &live.summaries, now, result).await {
        error!("The run of the digests could not be recorded: {}", with_causes(&error));
    }
    let next = live.summaries.next(context.clock.now());
    let until = next.and_then(|at| (at - context.clock.now()).to_std().ok());
    until.map_or(OUTBOX_EVERY, |until| until.clamp(Duration::from_secs(1), OUTBOX_EVERY))
}

/// Writes down a run that did something or failed.
async fn record(
    context: &Context,
    summaries: &Summaries,
    started: DateTime<Utc>,
    result: Result<SummariesReport, String>,
) -> Result<(), StoreError> {
    let Context { store, clock, .. } = context;
    let next = summaries.next(clock.now());
    if store.next_run("digest").await? != next {
        store.set_next_run("digest", next).await?;
    }
    let done = Done::from(&result);
    match result {
        Ok(report) if report.is_idle() => return Ok(()),
        Ok(report) => {
            for raised in &report.raised {
                let alert = &raised.alert;
                info!(id = %raised.id, endpoint = %alert.subject(), "{}: {}", alert.subject(), alert.sentence);
            }
            context.alerts_raised();
        }
        Err(error) => error!("Digests failed and will be retried: {error}"),
    }
    context.record_run("digest", started, started, &done).await
}
