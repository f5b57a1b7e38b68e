//! Cron as a ticker: it wakes a worker and does nothing else.
//!
//! The scheduler polls the wall clock, has no guard against overlapping runs, and falls silent
//! when the clock jumps back. So its jobs only poke a [`Notify`], one worker runs each job, missed
//! occurrences are found by comparing with the record of runs, and after a jump the scheduler is
//! built anew.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::config::Timetable;

/// A difference between the wall clock and the steady one that is a jump, not drift.
const JUMP_S: i64 = 90;

/// The running scheduler.
pub(super) struct Ticker {
    scheduler: JobScheduler,
    timetable: Timetable,
    wake: Arc<Notify>,
    wall: DateTime<Utc>,
    steady: Instant,
}

impl Ticker {
    /// Pokes `wake` at every occurrence of `timetable`.
    pub(super) async fn start(
        timetable: &Timetable,
        wake: Arc<Notify>,
        now: DateTime<Utc>,
    ) -> Result<Self, JobSchedulerError> {
        let scheduler = ticking(timetable, &wake).await?;
        Ok(Self { scheduler, timetable: timetable.clone(), wake, wall: now, steady: Instant::now() })
    }

    /// Builds the scheduler anew if the wall clock has jumped since the last call.
    pub(super) async fn mend(&mut self, now: DateTime<Utc>) -> Result<bool, JobSchedulerError> {
        let steady = TimeDelta::from_std(self.steady.elapsed()).unwrap_or(TimeDelta::MAX);
        let jumped = (now - self.wall - steady).num_seconds().abs() > JUMP_S;
        (self.wall, self.steady) = (now, Instant::now());
        if jumped {
            self.scheduler.shutdown().await?;
            self.scheduler = ticking(&self.timetable, &self.wake).await?;
        }
        Ok(jumped)
    }

    /// Ticks by another pattern from now on.
    pub(super) async fn follow(&mut self, timetable: &Timetable) -> Result<(), JobSchedulerError> {
        self.scheduler.shutdown().await?;
        self.timetable = timetable.clone();
        self.scheduler = ticking(&self.timetable, &self.wake).await?;
        Ok(())
    }

    /// Stops the ticking.
    pub(super) async fn stop(mut self) -> Result<(), JobSchedulerError> {
        self.scheduler.shutdown().await
    }
}

async fn ticking(timetable: &Timetable, wake: &Arc<Notify>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let wake = Arc::clone(wake);
    // The scheduler keeps the UTC offset of today: after a change of the clocks the check of every minute is in time.
    let job = Job::new_async_tz(timetable.pattern.to_string(), timetable.zone, move |_, _| {
        let wake = Arc::clone(&wake);
        Box::pin(async move { wake.notify_one() })
    })?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[tokio::test]
    async fn a_clock_that_jumps_either_way_is_noticed_once() {
        let timetable = Config::default().schedule.check;
        let start: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let mut ticker = Ticker::start(&timetable, Arc::default(), start).await.unwrap();
        let mut mend = async |minutes| ticker.mend(start + TimeDelta::minutes(minutes)).await.unwrap();
        assert!(!mend(0).await);
        // A suspended machine, or one whose clock was put right.
        assert!(mend(600).await);
        assert!(!mend(600).await);
        assert!(mend(-600).await);
        assert!(!mend(-601).await, "drift is no jump");
        assert!(mend(-599).await, "two minutes are");
        ticker.stop().await.unwrap();
    }
}
