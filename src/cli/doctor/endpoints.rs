//! What `doctor` says of endpoints and of the clock beside theirs.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::line::{Line, Verdict, not_ok, ok};
use crate::config::Config;
use crate::delivery::{Courier, Target};

/// The tolerated difference between the clocks of this machine and a receiver.
pub(super) const CLOCK_OFF_S: i64 = 60;

/// An endpoint that does not answer for so long is not there.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn set_clock() -> &'static str {
    "set the clock (NTP)"
}

pub(super) async fn endpoints(config: &Config, now: DateTime<Utc>) -> Vec<Line> {
    let mut lines = Vec::new();
    let courier = Courier::new();
    for endpoint in &config.endpoints {
        lines.push(endpoint_line(&courier, &endpoint.name, &endpoint.target, now).await);
    }
    lines
}

async fn endpoint_line(courier: &Courier, name: &str, target: &Target, now: DateTime<Utc>) -> Line {
    let what = name;
    let place = target.place();
    match courier.probe(target, PROBE_TIMEOUT).await {
        Err(error) => not_ok(
            what,
            Verdict::Fail,
            format!("{place}: {error}"),
            "check that it is up and can be reached from here",
        ),
        Ok(Some(date)) if CLOCK_OFF_S < (date - now).num_seconds().abs() => {
            let seconds = (now - date).num_seconds();
            let finding = format!("{place} can be reached; its clock differs from this one by {seconds} s");
            not_ok(what, Verdict::Warn, finding, set_clock())
        }
        Ok(_) => ok(what, format!("{place} can be reached")),
    }
}
