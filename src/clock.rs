//! The system clock, and one that tests set by hand.

use std::sync::Mutex;
use std::time::SystemTime;

use chrono::{DateTime, SubsecRound, Utc};

/// Where the present instant comes from. Everything below `jobs` takes it as an argument.
pub trait Clock: Send + Sync {
    /// The present instant, in whole seconds.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        // `Utc::now` panics where the clock shows a time before 1970.
        instant(SystemTime::now())
    }
}

fn instant(time: SystemTime) -> DateTime<Utc> {
    DateTime::<Utc>::from(time).trunc_subsecs(0)
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Shows another instant from now on.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_shows_a_time() {
        let before = SystemTime::UNIX_EPOCH - std::time::Duration::from_secs(60);
        assert_eq!(instant(before).to_rfc3339(), "1969-12-31T23:59:00+00:00");
    }
}
