//! What health is judged by: how the jobs and the queues of the outbox are getting on.

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

/// A queue in which something is due, and nobody is at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// The endpoint.
    pub endpoint: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// How a watched source is getting on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePulse {
    /// Its name.
    pub name: String,
    /// When it last answered well.
    pub good_at: Option<DateTime<Utc>>,
    /// Failures since then.
    pub failures: u32,
    /// Since when it fails; not to be believed where there are no failures.
    pub failing_since: Option<DateTime<Utc>>,
    /// What the last failure was.
    pub error: Option<String>,
    /// Since when it is not polled because its host asked for a pause.
    pub paused_since: Option<DateTime<Utc>>,
    /// Whether an alert was raised that it fails, or sends nothing.
    pub told: bool,
    /// Whether it is a page that differs at every poll.
    pub varies: bool,
    /// How many findings nobody has decided.
    pub open_findings: u32,
}

/// A delivery that waits for its next attempt after several have failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckDelivery {
    /// To whom.
    pub endpoint: String,
    /// The alert.
    pub alert_id: String,
    /// When that was raised.
    pub raised_at: DateTime<Utc>,
    /// How many attempts have failed since it was last made due.
    pub failures: u32,
    /// When the next one is due.
    pub next_attempt_at: DateTime<Utc>,
    /// What went wrong last.
    pub error: String,
}

/// So many of the deliveries that wait the longest, and of the latest that arrived, are looked at of each endpoint:
/// health must be cheap to ask for, however much has been told.
const LOOKED_AT_MAX: u32 = 100;

impl Store {
    /// How every job is getting on, by name.
    pub async fn job_pulses(&self) -> Result<Vec<JobPulse>, StoreError> {
        let rows = sqlx::query!(
            r#"with told as (
                select
                    j.name, j.next_at,
                    (select r.due_at from _job_run r where r.job = j.name and r.outcome = 'ok'
                        order by r.due_at desc limit 1) as ok_due_at
                from _job j
            )
            select
                t.name as "name!", t.next_at as "next_at?: Instant",
                (select r.finished_at from _job_run r where r.job = t.name and r.due_at = t.ok_due_at)
                    as "succeeded_at?: Instant",
                (select min(r.due_at) from _job_run r where r.job = t.name and r.outcome = 'failed'
                    and r.due_at > coalesce(t.ok_due_at, '')) as "failing_since?: Instant",
                (select substr(r.error, 1, 2000) from _job_run r where r.job = t.name and r.outcome = 'failed'
                    and r.due_at > coalesce(t.ok_due_at, '') order by r.due_at desc limit 1) as "error?: String",
                (select r.started_at from _job_run r where r.job = t.name and r.outcome is null
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

    /// The queues in which something has been due since `before`, although nothing of them is being sent at
    /// `now` and their receivers have asked for no pause.
    pub async fn lags(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<Lag>, StoreError> {
        let (before, now) = (Instant::of(before), Instant::of(now));
        let rows = sqlx::query!(
            r#"select e.name as "name!", min(d.next_attempt_at) as "since!: Instant"
            from _endpoint e
            join _delivery d on d.endpoint = e.name and d.state = 'pending' and d.next_attempt_at <= ?1
            where e.stopped_at is null and coalesce(e.slowed_until, '') <= ?1
              and not exists (select 1 from _delivery l where l.leased_until > ?2 and l.endpoint = e.name)
            group by e.name order by e.name"#,
            before,
            now
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter();
        Ok(rows.map(|row| Lag { endpoint: row.name, since: row.since.0 }).collect())
    }

    /// The deliveries that wait after at least so many failures, by endpoint; of each endpoint no more than
    /// `LOOKED_AT_MAX` are looked at, those whose next attempt is the farthest away.
    pub async fn stuck_deliveries(&self, failures: u32) -> Result<Vec<StuckDelivery>, StoreError> {
        let rows = sqlx::query!(
            r#"select
                d.endpoint, d.alert_id, a.raised_at as "raised_at: Instant", d.failures as "failures: u32",
                d.next_attempt_at as "next_attempt_at: Instant", coalesce(d.last_error, '') as "error!: String"
            from _endpoint e
            join _delivery d on d.delivery_id in (
                select w.delivery_id from _delivery w
                where w.endpoint = e.name and w.state = 'pending'
                order by w.next_attempt_at desc, w.delivery_id desc limit ?2
            )
            join _alert a on a.alert_id = d.alert_id
            where d.failures >= ?1
            order by d.endpoint, d.delivery_id"#,
            failures,
            LOOKED_AT_MAX
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter().map(|row| StuckDelivery {
            endpoint: row.endpoint,
            alert_id: row.alert_id,
            raised_at: row.raised_at.0,
            failures: row.failures,
            next_attempt_at: row.next_attempt_at.0,
            error: row.error,
        });
        Ok(rows.collect())
    }

    /// When something last arrived at an endpoint, of the `LOOKED_AT_MAX` latest alerts that have arrived there.
    pub async fn last_arrival(&self, endpoint: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let last = sqlx::query_scalar!(
            r#"select max(finished_at) as "last: Instant" from (
                select finished_at from _delivery where endpoint = ?1 and state = 'delivered'
                order by delivery_id desc limit ?2
            )"#,
            endpoint,
            LOOKED_AT_MAX
        );
        Ok(last.fetch_one(&self.readers).await?.map(|instant| instant.0))
    }

    /// How every configured source is getting on, by name.
    pub async fn source_pulses(&self) -> Result<Vec<SourcePulse>, StoreError> {
        let rows = sqlx::query!(
            r#"select
                name, good_at as "good_at: Instant", failures as "failures: u32",
                failing_since as "failing_since: Instant", substr(last_error, 1, 2000) as "last_error?: String",
                paused_since as "paused_since: Instant", told as "told: bool",
                coalesce(variation ->> '$.is_told', 0) as "varies!: bool",
                (select count(*) from _source_finding f
                 where f.source = _source.name and f.state = 'open') as "open_findings!: u32"
            from _source where configured = 1 order by name"#
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter().map(|row| SourcePulse {
            name: row.name,
            good_at: row.good_at.map(|instant| instant.0),
            failures: row.failures,
            failing_since: row.failing_since.map(|instant| instant.0),
            error: row.last_error,
            paused_since: row.paused_since.map(|instant| instant.0),
            told: row.told,
            varies: row.varies,
            open_findings: row.open_findings,
        });
        Ok(rows.collect())
    }

    /// Takes back when the next run of a job is due: nobody runs it any more.
    pub async fn forget_next_run(&self, job: &str) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        sqlx::query!("update _job set next_at = null where name = ?1", job).execute(&mut *write.tx).await?;
        write.commit().await
    }
}
