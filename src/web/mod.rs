//! What the daemon shows over HTTP: whether it is well.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::store::{Run, Store};

/// A check that has not succeeded so long after it was due is a fault.
const GRACE_MIN: i64 = 15;

/// What health is judged by.
#[derive(Clone)]
pub struct Health {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    check: Arc<Cron>,
}

impl Health {
    /// Judges the check by its schedule.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>, check: Cron) -> Self {
        Self { store, clock, check: Arc::new(check) }
    }
}

#[derive(Serialize)]
struct Report {
    status: &'static str,
    last_check_at: Option<DateTime<Utc>>,
    next_check_at: Option<DateTime<Utc>>,
    error: Option<String>,
}

/// `GET /healthz`: 200 while checks succeed in time, 503 and the reason when they do not.
pub fn router(health: Health) -> Router {
    Router::new().route("/healthz", get(healthz)).with_state(health)
}

/// Serves until `stop` comes.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send + 'static) {
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
        tracing::error!("The health endpoint has failed: {error}");
    }
}

async fn healthz(State(health): State<Health>) -> Response {
    let now = health.clock.now();
    let last = health.store.last_success("check").await;
    let (last, error) = match last {
        Ok(last) => {
            let error = overdue(&health.check, last.as_ref(), now).or(ahead(&health.store, now).await);
            (last, error)
        }
        Err(error) => (None, Some(format!("the database cannot be read: {error}"))),
    };
    let code = if error.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let report = Report {
        status: if error.is_none() { "ok" } else { "failing" },
        last_check_at: last.and_then(|run| run.finished_at),
        next_check_at: health.check.find_next_occurrence(&now, false).ok(),
        error,
    };
    (code, Json(report)).into_response()
}

/// Why the check is overdue, if it is.
fn overdue(check: &Cron, last: Option<&Run>, now: DateTime<Utc>) -> Option<String> {
    let Some(last) = last else { return Some("no check has succeeded yet".to_owned()) };
    let due = check.find_previous_occurrence(&(now - TimeDelta::minutes(GRACE_MIN)), true).ok()?;
    (last.due_at < due).then(|| format!("the check due at {due} has not succeeded"))
}

/// Why no day is told, if the last check was of one to come.
async fn ahead(store: &Store, now: DateTime<Utc>) -> Option<String> {
    let checked_on = store.watch().await.ok()?.checked_on?;
    // Somewhere it is tomorrow already.
    let tomorrow = now.date_naive().succ_opt()?;
    (tomorrow < checked_on)
        .then(|| format!("the last check was of {checked_on}, a day to come: no day is told until then"))
}
