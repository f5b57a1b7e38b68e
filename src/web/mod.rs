//! What the daemon shows over HTTP: whether it is well.

mod port;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;

use crate::health::Health;

pub use port::{listen, serve};

/// `GET /healthz`: 200 while all that should be done is done in time, 503 and the reasons when it is not.
pub fn router(health: Health) -> Router {
    Router::new().route("/healthz", get(healthz)).with_state(health)
}

async fn healthz(State(health): State<Health>) -> Response {
    let report = health.report().await;
    let code = if report.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(report)).into_response()
}
