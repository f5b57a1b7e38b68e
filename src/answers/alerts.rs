//! The alerts that were raised.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::alert::Alert;
use crate::domain::delivery::RaisedAlert;

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertsView {
    /// The alerts, in the order in which they were given.
    pub alerts: Vec<AlertView>,
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertView {
    /// The id that receivers see.
    pub alert_id: String,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// Whether it only tests an endpoint.
    pub test: bool,
    /// The alert.
    #[serde(flatten)]
    pub alert: Alert,
}

/// The answer, from alerts in the order in which they are to be shown.
pub fn alerts(raised: Vec<RaisedAlert>) -> AlertsView {
    let view = |raised: RaisedAlert| {
        let RaisedAlert { id, raised_at, test, alert } = raised;
        AlertView { alert_id: id, raised_at, test, alert }
    };
    AlertsView { alerts: raised.into_iter().map(view).collect() }
}
