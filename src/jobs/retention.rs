//! Forgets old runs of jobs. Acts, alerts and deliveries stay: they are what happened and what was told, and a
//! date that moves after years is told to those who were told of it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::store::Store;

use super::JobError;

/// So many runs are forgotten in one transaction: nobody waits long.
const BATCH_ROWS: u32 = 500;
/// The same of answers of sources, each up to some megabytes.
const BATCH_ANSWERS: u32 = 20;

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RetentionReport {
    /// How many runs.
    pub runs: u64,
    /// How many answers of sources: more than an earlier program should have kept.
    pub answers: u64,
}

/// Forgets the answers of sources that are older than the last few, and the runs that were due more than `days` days ago, but of each job neither the last that ended well
/// with all that came after it, nor the last that failed.
pub async fn retain(store: &Store, days: u32, now: DateTime<Utc>) -> Result<RetentionReport, JobError> {
    let before = now.checked_sub_signed(TimeDelta::days(days.into())).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let mut report = RetentionReport::default();
    loop {
        let forgotten = store.forget_answers(BATCH_ANSWERS).await?;
        report.answers += forgotten;
        if forgotten < u64::from(BATCH_ANSWERS) {
            break;
        }
    }
    loop {
        let forgotten = store.forget_runs(before, BATCH_ROWS).await?;
        report.runs += forgotten;
        if forgotten < u64::from(BATCH_ROWS) {
            return Ok(report);
        }
    }
}
