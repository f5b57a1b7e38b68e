//! The worker that makes digests and reports whenever one is due.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::workers::Context;
use crate::domain::text::with_causes;
use crate::jobs::{self, Summaries, SummariesReport, SummaryTime};
use crate::store::{RunOutcome, StoreError};

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
            context.progress.waits("digests", wait);
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = due.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
            context.progress.works("digests");
            // What it tells the lanes wakes it once more, and then it finds nothing.
            wait = run(&context).await;
        }
    }
}

/// Makes what is due, and says how long nothing will be.
async fn run(context: &Arc<Context>) -> Duration {
    let now = context.clock.now();
    let (today, live) = (context.today(now), context.live());
    let (store, shared) = (Arc::clone(&context.store), Arc::clone(&live));
    // In a task of its own: a panic ends this run alone.
    let task = tokio::spawn(async move {
        jobs::summarize(&store, &shared.summaries, SummaryTime { until: now, today, now }).await
    });
    let result = match task.await {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(error)) => Err(with_causes(&error)),
        Err(error) => Err(format!("the job panicked: {error}")),
    };
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
    let (outcome, report, error) = match result {
        Ok(report) if report.is_idle() => return Ok(()),
        Ok(report) => {
            for raised in &report.raised {
                let alert = &raised.alert;
                info!(id = %raised.id, endpoint = %alert.subject(), "{}: {}", alert.subject(), alert.sentence);
            }
            context.alerts_raised();
            (RunOutcome::Ok, serde_json::json!(report), None)
        }
        Err(error) => {
            error!("Digests failed and will be retried: {error}");
            (RunOutcome::Failed, serde_json::Value::Null, Some(error))
        }
    };
    if let Some(run) = store.begin_run("digest", started, started).await? {
        store.finish_run(run, outcome, &report, error.as_deref(), clock.now()).await?;
    }
    Ok(())
}
