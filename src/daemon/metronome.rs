//! Cron as a metronome: it wakes a worker and does nothing else.
//!
//! The scheduler polls the wall clock, has no guard against overlapping runs, and falls silent
//! when the clock jumps back. So its jobs only poke a [`Notify`], one worker runs each job, missed
//! occurrences are found by comparing with the record of runs, and after a jump the scheduler is
//! built anew.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// A difference between the wall clock and the steady one that is a jump, not drift.
const JUMP_S: i64 = 90;

/// The running scheduler.
pub(super) struct Metronome {
    scheduler: JobScheduler,
    cron: Cron,
    wake: Arc<Notify>,
    wall: DateTime<Utc>,
    steady: Instant,
}

impl Metronome {
    /// Pokes `wake` at every occurrence of `cron`, in UTC.
    pub(super) async fn start(
        cron: &Cron,
        wake: Arc<Notify>,
        now: DateTime<Utc>,
    ) -> Result<Self, JobSchedulerError> {
        let scheduler = ticking(cron, &wake).await?;
        Ok(Self { scheduler, cron: cron.clone(), wake, wall: now, steady: Instant::now() })
    }

    /// Builds the scheduler anew if the wall clock has jumped since the last call.
    pub(super) async fn mend(&mut self, now: DateTime<Utc>) -> Result<bool, JobSchedulerError> {
        let steady = TimeDelta::from_std(self.steady.elapsed()).unwrap_or(TimeDelta::MAX);
        let jumped = (now - self.wall - steady).num_seconds().abs() > JUMP_S;
        (self.wall, self.steady) = (now, Instant::now());
        if jumped {
            self.scheduler.shutdown().await?;
            self.scheduler = ticking(&self.cron, &self.wake).await?;
        }
        Ok(jumped)
    }

    /// Ticks by another pattern from now on.
    pub(super) async fn follow(&mut self, cron: &Cron) -> Result<(), JobSchedulerError> {
        self.scheduler.shutdown().await?;
        self.cron = cron.clone();
        self.scheduler = ticking(&self.cron, &self.wake).await?;
        Ok(())
    }

    /// Stops the ticking.
    pub(super) async fn stop(mut self) -> Result<(), JobSchedulerError> {
        self.scheduler.shutdown().await
    }
}

async fn ticking(cron: &Cron, wake: &Arc<Notify>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let wake = Arc::clone(wake);
    let job = Job::new_async(cron.to_string(), move |_, _| {
        let wake = Arc::clone(&wake);
        Box::pin(async move { wake.notify_one() })
    })?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// The last occurrence at or before `now`; none if the pattern has none.
pub(super) fn previous(cron: &Cron, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    cron.find_previous_occurrence(&now, true).ok()
}

/// The next occurrence after `now`; none if the pattern has none.
pub(super) fn next(cron: &Cron, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    cron.find_next_occurrence(&now, false).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[tokio::test]
    async fn a_clock_that_jumps_either_way_is_noticed_once() {
        let cron = Config::default().schedule.check;
        let start: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let mut metronome = Metronome::start(&cron, Arc::default(), start).await.unwrap();
        let mut mend = async |minutes| metronome.mend(start + TimeDelta::minutes(minutes)).await.unwrap();
        assert!(!mend(0).await);
        // A suspended machine, or one whose clock was put right.
        assert!(mend(600).await);
        assert!(!mend(600).await);
        assert!(mend(-600).await);
        assert!(!mend(-601).await, "drift is no jump");
        assert!(mend(-599).await, "two minutes are");
        metronome.stop().await.unwrap();
    }

    #[test]
    fn what_was_missed_is_found_and_nothing_is_due_twice() {
        let cron = Config::default().schedule.check;
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(previous(&cron, at("2026-11-24T00:04:59Z")), Some(at("2026-11-23T00:05:00Z")));
        assert_eq!(previous(&cron, at("2026-11-24T00:05:00Z")), Some(at("2026-11-24T00:05:00Z")));
        assert_eq!(next(&cron, at("2026-11-24T00:05:00Z")), Some(at("2026-11-25T00:05:00Z")));
    }
}
