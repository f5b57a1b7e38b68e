//! What health is judged by: how the jobs and the lanes of the outbox are getting on.

use chrono::{DateTime, Utc};

use super::column::Instant;
use super::{Store, StoreError};

/// How a job is getting on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPulse {
    /// The job.
    pub name: String,
    /// When its next run is due; none if the daemon has not said.
    pub next_at: Option<DateTime<Utc>>,
    /// When a run last ended well.
    pub succeeded_at: Option<DateTime<Utc>>,
    /// When the first run was due that failed since one ended well.
    pub failing_since: Option<DateTime<Utc>>,
    /// What went wrong in the last of these.
    pub error: Option<String>,
    /// When the run began that is going on.
    pub running_since: Option<DateTime<Utc>>,
}

/// A lane in which something is due, and nobody is at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// The endpoint.
    pub endpoint: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Store {
    /// How every job is getting on, by name.
    pub async fn job_pulses(&self) -> Result<Vec<JobPulse>, StoreError> {
        let rows = sqlx::query!(
            r#"with told as (
                select
                    j.name, j.next_at,
                    (select r.due_at from job_run r where r.job = j.name and r.outcome = 'ok'
                        order by r.due_at desc limit 1) as ok_due_at
                from job j
            )
            select
                t.name as "name!", t.next_at as "next_at?: Instant",
                (select r.finished_at from job_run r where r.job = t.name and r.due_at = t.ok_due_at)
                    as "succeeded_at?: Instant",
                (select min(r.due_at) from job_run r where r.job = t.name and r.outcome = 'failed'
                    and r.due_at > coalesce(t.ok_due_at, '')) as "failing_since?: Instant",
                (select r.error from job_run r where r.job = t.name and r.outcome = 'failed'
                    and r.due_at > coalesce(t.ok_due_at, '') order by r.due_at desc limit 1) as "error?",
                (select r.started_at from job_run r where r.job = t.name and r.outcome is null
                    and r.due_at > coalesce(t.ok_due_at, '') order by r.due_at desc limit 1)
                    as "running_since?: Instant"
            from told t order by t.name"#
        );
        let instant = |at: Option<Instant>| at.map(|at| at.0);
        let rows = rows.fetch_all(&self.readers).await?.into_iter().map(|row| JobPulse {
            name: row.name,
            next_at: instant(row.next_at),
            succeeded_at: instant(row.succeeded_at),
            failing_since: instant(row.failing_since),
            error: row.error,
            running_since: instant(row.running_since),
        });
        Ok(rows.collect())
    }

    /// The lanes in which something has been due since `before`, although nothing of them is being sent at
    /// `now` and their receivers have asked for no pause.
    pub async fn lags(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<Lag>, StoreError> {
        let (before, now) = (Instant::of(before), Instant::of(now));
        let rows = sqlx::query!(
            r#"select e.name as "name!", min(d.next_attempt_at) as "since!: Instant"
            from endpoint e
            join delivery d on d.endpoint = e.name and d.state = 'pending' and d.next_attempt_at <= ?1
            where e.stopped_at is null and coalesce(e.slowed_until, '') <= ?1
              and not exists (select 1 from delivery l where l.leased_until > ?2 and l.endpoint = e.name)
            group by e.name order by e.name"#,
            before,
            now
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter();
        Ok(rows.map(|row| Lag { endpoint: row.name, since: row.since.0 }).collect())
    }

    /// Takes back when the next run of a job is due: nobody runs it any more.
    pub async fn forget_next_run(&self, job: &str) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        sqlx::query!("update job set next_at = null where name = ?1", job).execute(&mut *write.tx).await?;
        write.commit().await
    }
}
