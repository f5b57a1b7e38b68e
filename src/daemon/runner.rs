//! What all workers do alike: they rest until there is work, isolate panics, record runs and log alerts.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::FutureExt as _;
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::context::Context;
use crate::domain::alert_kind::Severity;
use crate::domain::delivery::RaisedAlert;
use crate::domain::text::with_causes;
use crate::store::{RunId, RunOutcome, StoreError};

/// How a rest ended.
pub(super) enum Wake<T> {
    /// The daemon stops, or the configuration is replaced.
    Stopped,
    /// There is work.
    Called(T),
    /// The time is over.
    TimeOver,
}

/// The report of a run, and why it failed, if it did.
pub(super) struct Done {
    pub report: Value,
    pub error: Option<String>,
}

impl<T: Serialize> From<&Result<T, String>> for Done {
    fn from(result: &Result<T, String>) -> Self {
        match result {
            Ok(report) => Self { report: serde_json::json!(report), error: None },
            Err(error) => Self { report: Value::Null, error: Some(error.clone()) },
        }
    }
}

/// Runs a job; a panic ends this run alone, and is its error.
pub(super) async fn isolated<T, E: std::error::Error>(
    job: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    match AssertUnwindSafe(job).catch_unwind().await {
        Ok(result) => result.map_err(|error| with_causes(&error)),
        Err(panic) => Err(format!("the job panicked: {}", message_of(panic.as_ref()))),
    }
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Logs raised alerts, those that need attention as warnings.
pub(super) fn log_alerts(alerts: &[RaisedAlert]) {
    for RaisedAlert { id, alert, .. } in alerts {
        let (kind, about, severity) = (alert.kind, alert.subject(), alert.severity);
        if Severity::Warning <= severity {
            warn!(%id, %kind, %about, %severity, "Alert: {}", alert.sentence);
        } else {
            info!(%id, %kind, %about, %severity, "Alert: {}", alert.sentence);
        }
    }
}

impl Context {
    /// Waits until `called` is ready or the time is over. A worker that reports nothing long after that is overdue.
    pub(super) async fn rest<T>(
        &self,
        worker: &str,
        at_most: Duration,
        stop: &CancellationToken,
        called: impl Future<Output = T>,
    ) -> Wake<T> {
        self.progress.waits(worker, at_most);
        tokio::select! {
            biased;
            () = stop.cancelled() => Wake::Stopped,
            call = called => Wake::Called(call),
            () = tokio::time::sleep(at_most) => Wake::TimeOver,
        }
    }

    /// Records how a run that has begun ended.
    pub(super) async fn finish_run(&self, run: RunId, done: &Done) -> Result<(), StoreError> {
        let Done { report, error } = done;
        let outcome = if error.is_none() { RunOutcome::Ok } else { RunOutcome::Failed };
        self.store.finish_run(run, outcome, report, error.as_deref(), self.clock.now()).await
    }

    /// Records a run that is over.
    pub(super) async fn record_run(
        &self,
        job: &str,
        due_at: DateTime<Utc>,
        started: DateTime<Utc>,
        done: &Done,
    ) -> Result<(), StoreError> {
        match self.store.begin_run(job, due_at, started).await? {
            Some(run) => self.finish_run(run, done).await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_the_error_of_its_run() {
        let fine = isolated(async { Ok::<_, std::fmt::Error>(7) }).await;
        assert_eq!(fine, Ok(7));
        let failed = isolated(async { Err::<(), _>(std::fmt::Error) }).await;
        assert_eq!(failed, Err(std::fmt::Error.to_string()));
        let number = 3;
        let panics = isolated::<(), std::fmt::Error>(async move { panic!("number {number}") }).await;
        assert_eq!(panics, Err("the job panicked: number 3".to_owned()));
        let panics = isolated::<(), std::fmt::Error>(async { panic!("a word") }).await;
        assert_eq!(panics, Err("the job panicked: a word".to_owned()));
    }
}
