//! Runs of jobs: one due time is run once, and what came of it is kept.

use chrono::{DateTime, Utc};

use crate::domain::text::text_enum;

use super::column::{Instant, Json, stored_as_text};
use super::{Store, StoreError};

text_enum! {
    /// How a run ended.
    RunOutcome ("outcome of a run") {
        /// It did what it should.
        Ok = "ok",
        /// It did not.
        Failed = "failed",
    }
}

stored_as_text!(RunOutcome);

/// A run of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(i64);

/// A run of a job, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its row.
    pub id: RunId,
    /// The job.
    pub job: String,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it is running.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended; none while it is running.
    pub outcome: Option<RunOutcome>,
    /// What it did.
    pub report: Option<serde_json::Value>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A run as its row has it.
struct RunRow {
    run_id: i64,
    job: String,
    due_at: Instant,
    started_at: Instant,
    finished_at: Option<Instant>,
    outcome: Option<RunOutcome>,
    report: Option<Json<serde_json::Value>>,
    error: Option<String>,
}

impl From<RunRow> for Run {
    fn from(row: RunRow) -> Self {
        Self {
            id: RunId(row.run_id),
            job: row.job,
            due_at: row.due_at.0,
            started_at: row.started_at.0,
            finished_at: row.finished_at.map(|instant| instant.0),
            outcome: row.outcome,
            report: row.report.map(|report| report.0),
            error: row.error,
        }
    }
}

/// What stands in a run that no process is at any more.
const ABANDONED: &str = "the program ended during the run";

impl Store {
    /// Begins the run of a job that was due at `due_at`; none if that run was begun before.
    pub async fn begin_run(
        &self,
        job: &str,
        due_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<RunId>, StoreError> {
        let (due_at, now) = (Instant::of(due_at), Instant::of(now));
        let mut write = self.begin().await?;
        sqlx::query!("insert into _job (name) values (?1) on conflict do nothing", job)
            .execute(&mut *write.tx)
            .await?;
        let run = sqlx::query_scalar!(
            r#"insert into _job_run (job, due_at, started_at) values (?1, ?2, ?3)
            on conflict (job, due_at) do nothing returning run_id as "run_id!""#,
            job,
            due_at,
            now
        );
        let run = run.fetch_optional(&mut *write.tx).await?;
        write.commit().await?;
        Ok(run.map(RunId))
    }

    /// Records how a run ended. One that has ended already keeps its first outcome.
    pub async fn finish_run(
        &self,
        id: RunId,
        outcome: RunOutcome,
        report: &serde_json::Value,
        error: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (report, now) = (Json(report), Instant::of(now));
        let mut write = self.begin().await?;
        sqlx::query!(
            "update _job_run set outcome = ?2, report = ?3, error = ?4, finished_at = ?5
            where run_id = ?1 and outcome is null",
            id.0,
            outcome,
            report,
            error,
            now
        )
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// The run of a job that was due last.
    pub async fn last_run(&self, job: &str) -> Result<Option<Run>, StoreError> {
        let row = sqlx::query_as!(
            RunRow,
            r#"select
                run_id as "run_id!", job, due_at as "due_at: Instant", started_at as "started_at: Instant",
                finished_at as "finished_at: Instant", outcome as "outcome: RunOutcome",
                report as "report: Json<serde_json::Value>", error
            from _job_run where job = ?1 order by due_at desc limit 1"#,
            job
        );
        Ok(row.fetch_optional(&self.readers).await?.map(Run::from))
    }

    /// The run of a job that was due last among those that succeeded.
    pub async fn last_success(&self, job: &str) -> Result<Option<Run>, StoreError> {
        let row = sqlx::query_as!(
            RunRow,
            r#"select
                run_id as "run_id!", job, due_at as "due_at: Instant", started_at as "started_at: Instant",
                finished_at as "finished_at: Instant", outcome as "outcome: RunOutcome",
                report as "report: Json<serde_json::Value>", error
            from _job_run where job = ?1 and outcome = 'ok' order by due_at desc limit 1"#,
            job
        );
        Ok(row.fetch_optional(&self.readers).await?.map(Run::from))
    }

    /// Ends as failed all runs that never ended; tells how many. Only for the start of the daemon,
    /// when no run can be going on.
    pub async fn fail_abandoned_runs(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let now = Instant::of(now);
        let mut write = self.begin().await?;
        let failed = sqlx::query!(
            "update _job_run set outcome = 'failed', error = ?2, finished_at = ?1 where outcome is null",
            now,
            ABANDONED
        );
        let failed = failed.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(failed)
    }

    /// Forgets up to `most` runs that were due before an instant; tells how many. Of each job stay the last run
    /// that ended well, all after it, and the last that failed.
    pub async fn forget_runs(&self, before: DateTime<Utc>, most: u32) -> Result<u64, StoreError> {
        let before = Instant::of(before);
        let mut write = self.begin().await?;
        let forgotten = sqlx::query!(
            "delete from _job_run where run_id in (
                select r.run_id from _job_run r
                where r.due_at < ?1 and r.outcome is not null
                  and r.due_at < (select max(k.due_at) from _job_run k where k.job = r.job and k.outcome = 'ok')
                  and r.run_id is not (
                      select k.run_id from _job_run k where k.job = r.job and k.outcome = 'failed'
                      order by k.due_at desc limit 1)
                limit ?2)",
            before,
            most
        );
        let forgotten = forgotten.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(forgotten)
    }

    /// When the next run of a job is due; none if the daemon has not said.
    pub async fn next_run(&self, job: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next =
            sqlx::query_scalar!(r#"select next_at as "next_at: Instant" from _job where name = ?1"#, job);
        Ok(next.fetch_optional(&self.readers).await?.flatten().map(|instant| instant.0))
    }

    /// Records when the next run of a job is due, for the `job_health` view.
    pub async fn set_next_run(&self, job: &str, next_at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let next_at = next_at.map(Instant::of);
        let mut write = self.begin().await?;
        sqlx::query!(
            "insert into _job (name, next_at) values (?1, ?2)
            on conflict (name) do update set next_at = excluded.next_at",
            job,
            next_at
        )
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }
}
