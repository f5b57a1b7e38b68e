//! The worker for what is done once a day to the database itself: the self-check, and forgetting old runs.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::context::Context;
use super::runner::{Done, Wake, isolated, log_alerts};
use crate::domain::text::with_causes;
use crate::jobs::{self, RetentionReport, SelfCheckReport};
use crate::store::StoreError;

/// Whether something is due is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Each job is run this often.
const EVERY: TimeDelta = TimeDelta::hours(24);
/// A run that found faults is repeated after so long.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);
/// One that could not be made, as on a full disk, after so long.
const RETRY_AFTER: TimeDelta = TimeDelta::minutes(1);

/// What is done once a day.
#[derive(Clone, Copy)]
enum Task {
    SelfCheck,
    Retention,
}

impl Task {
    fn name(self) -> &'static str {
        match self {
            Self::SelfCheck => "self-check",
            Self::Retention => "retention",
        }
    }
}

/// Runs what is due, and looks again every minute.
pub(super) async fn maintain(context: Arc<Context>, stop: CancellationToken) {
    loop {
        for task in [Task::SelfCheck, Task::Retention] {
            if stop.is_cancelled() {
                return;
            }
            context.progress.works("maintenance");
            if let Err(error) = run_if_due(&context, task).await {
                error!("The run of {} could not be recorded: {}", task.name(), with_causes(&error));
            }
        }
        if let Wake::Stopped = context.rest("maintenance", LOOK_EVERY, &stop, pending::<()>()).await {
            return;
        }
    }
}

async fn run_if_due(context: &Arc<Context>, task: Task) -> Result<(), StoreError> {
    let Context { store, clock, .. } = context.as_ref();
    let now = clock.now();
    if !is_due(store.next_run(task.name()).await?, now) {
        return Ok(());
    }
    let pulses = store.job_pulses().await?;
    let failing_since =
        pulses.into_iter().find(|job| job.name == task.name()).and_then(|job| job.failing_since);
    let Some(run) = store.begin_run(task.name(), now, now).await? else { return Ok(()) };
    let done = perform(context, task, failing_since.unwrap_or(now), now).await;
    let again = match (&done.error, &done.report) {
        (None, _) => EVERY,
        (Some(_), serde_json::Value::Null) => RETRY_AFTER,
        (Some(_), _) => AGAIN_AFTER,
    };
    context.finish_run(run, &done).await?;
    store.set_next_run(task.name(), clock.now().checked_add_signed(again)).await
}

/// Whether it is time. A time too far ahead was set by a clock that was wrong.
fn is_due(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    next.is_none_or(|next| next <= now || now + EVERY < next)
}

async fn perform(context: &Context, task: Task, since: DateTime<Utc>, now: DateTime<Utc>) -> Done {
    let live = context.live();
    match task {
        Task::SelfCheck => {
            let result = isolated(jobs::self_check(&context.store, &live.settings.routes, since, now)).await;
            let done = Done::from(&result);
            match result {
                Ok(report) => {
                    tell(&report);
                    if !report.alerts.is_empty() {
                        context.alerts_raised();
                    }
                    let error = (!report.problems.is_empty()).then(|| report.problems.join("; "));
                    Done { error, ..done }
                }
                Err(error) => {
                    error!(
                        "The database has not passed its self-check, and no alert could be raised: {error}"
                    );
                    done
                }
            }
        }
        Task::Retention => {
            let result = isolated(jobs::retain(&context.store, live.retention_days, now)).await;
            match &result {
                Ok(RetentionReport { runs, answers }) if 0 < runs + answers => info!(
                    runs,
                    answers, "Deleted {runs} old runs of jobs and {answers} old responses of sources"
                ),
                Ok(_) => {}
                Err(error) => error!("Old runs of jobs could not be deleted: {error}"),
            }
            Done::from(&result)
        }
    }
}

fn tell(report: &SelfCheckReport) {
    for problem in &report.problems {
        error!("The database has not passed its self-check: {problem}");
    }
    if let Some(problem) = &report.short_of_room {
        warn!(free_bytes = report.free_bytes, "Disk almost full: {problem}");
    }
    log_alerts(&report.alerts);
    if report.problems.is_empty() {
        info!(
            treaties = report.treaties,
            free_bytes = report.free_bytes,
            "The database has passed its self-check: {} treaties compared, {} MB free",
            report.treaties,
            report.free_bytes >> 20
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_ahead_keeps_nothing_from_being_done() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-11-24T12:00:00Z");
        let cases = [
            (None, true),
            (Some("2026-11-24T12:00:00Z"), true),
            (Some("2026-11-24T12:00:01Z"), false),
            (Some("2026-11-25T12:00:00Z"), false),
            (Some("2026-11-25T12:00:01Z"), true),
            (Some("2999-01-01T00:00:00Z"), true),
        ];
        for (next, expected) in cases {
            assert_eq!(is_due(next.map(at), now), expected, "{next:?}");
        }
    }
}
