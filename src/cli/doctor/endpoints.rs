//! What `doctor` says of endpoints and of the clock beside theirs.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{CLOCK_OFF_S, Line, Verdict, not_ok, ok, only_english, words};
use crate::config::Config;
use crate::delivery::{Courier, Target};
use crate::domain::treaty::Words;

/// An endpoint that does not answer for so long is not there.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn set_clock() -> Words {
    words("set the clock (NTP)", "请校准时钟（NTP）", "настройте часы (NTP)")
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
    let what = words(name, name, name);
    let place = target.place();
    match courier.probe(target, PROBE_TIMEOUT).await {
        Err(error) => not_ok(
            what,
            Verdict::Fail,
            only_english(format!("{place}: {error}")),
            words(
                "see whether it is up, and the way there",
                "请检查其是否在线及网络",
                "проверьте, работает ли он, и сеть",
            ),
        ),
        Ok(Some(date)) if CLOCK_OFF_S < (date - now).num_seconds().abs() => {
            let seconds = (now - date).num_seconds();
            let finding = words(
                format!("{place} can be reached; its clock differs from this one by {seconds} s"),
                format!("{place}可连接；两端时钟相差{seconds}秒"),
                format!("{place} доступен; его часы расходятся с этими на {seconds} с"),
            );
            not_ok(what, Verdict::Warn, finding, set_clock())
        }
        Ok(_) => ok(
            what,
            words(format!("{place} can be reached"), format!("{place}可连接"), format!("{place} доступен")),
        ),
    }
}
