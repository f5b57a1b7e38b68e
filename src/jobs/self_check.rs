//! Looks at the database itself once a day: whether SQLite, the program's own rules and the disk agree with it.

use chrono::{DateTime, Datelike as _, Utc};
use serde::Serialize;

use crate::alerts::{Route, database_failing};
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::TreatyId;
use crate::domain::text::with_causes;
use crate::store::{FREE_MIN_BYTES, Store, StoreError};

use super::JobError;
use super::outbox::Outbox;

/// So many treaties are projected anew in one transaction, which others wait for.
const CHUNK_TREATIES: usize = 50;
/// So many treaties are looked at in one run; where there are more, each has its turn every few days.
const TREATIES_MAX: usize = 1000;

/// What a self-check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SelfCheckReport {
    /// What is wrong with the database; nothing if it is sound.
    pub problems: Vec<String>,
    /// That its file system has too little room, if so. Health finds that by itself, and sees sooner when it is over.
    pub short_of_room: Option<String>,
    /// How many treaties were projected anew and compared.
    pub treaties: usize,
    /// How much room the file system has.
    pub free_bytes: u64,
    /// The alert that was raised, if this is new.
    #[serde(skip)]
    pub alerts: Vec<RaisedAlert>,
}

/// Looks at the database and changes nothing. What cannot be looked at is a problem too.
pub async fn inspect(store: &Store, now: DateTime<Utc>) -> SelfCheckReport {
    let mut report = SelfCheckReport::default();
    match store.faults().await {
        Ok(faults) => report.problems.extend(faults),
        Err(error) => report.problems.push(with_causes(&error)),
    }
    // To compare, they are projected anew, in a transaction that is taken back.
    let wrong = match store.can_write() {
        true => misprojected(store, now, &mut report.treaties).await,
        false => Ok(Vec::new()),
    };
    match wrong {
        Ok(wrong) => {
            let told = |id: TreatyId| format!("the stored status of {id} differs from what its acts imply");
            report.problems.extend(wrong.into_iter().map(told));
        }
        Err(error) => report.problems.push(format!("treaties cannot be projected: {}", with_causes(&error))),
    }
    match store.free_bytes() {
        Ok(free) => {
            report.free_bytes = free;
            if free < FREE_MIN_BYTES {
                report.short_of_room = Some(format!("the disk has room for {} MB only", free >> 20));
            }
        }
        Err(error) => report.problems.push(format!("the free space on the disk cannot be read: {error}")),
    }
    report
}

/// Looks at the database, and tells of what is wrong with it once: for all runs that fail in a row, `since` is
/// when the first of them was due.
pub async fn self_check(
    store: &Store,
    routes: &[Route],
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<SelfCheckReport, JobError> {
    let mut report = inspect(store, now).await;
    let all: Vec<&String> = report.problems.iter().chain(&report.short_of_room).collect();
    let Some(problem) = all.first() else { return Ok(report) };
    let problem = match all.len() {
        1 => (*problem).clone(),
        several => format!("{problem} (and {} more)", several - 1),
    };
    let mut tx = store.begin().await?;
    let watch = tx.watch().await?;
    let outbox = Outbox { routes, database_id: &watch.database_id, now };
    report.alerts = outbox.raise(&mut tx, vec![database_failing(since, &problem)]).await?;
    tx.commit().await?;
    Ok(report)
}

/// Those whose stored projection is wrong, among those whose turn it is today.
async fn misprojected(
    store: &Store,
    now: DateTime<Utc>,
    looked_at: &mut usize,
) -> Result<Vec<TreatyId>, StoreError> {
    let all = store.treaty_ids().await?;
    let turns = all.len().div_ceil(TREATIES_MAX).max(1);
    let day = usize::try_from(now.num_days_from_ce()).unwrap_or_default();
    let mut wrong = Vec::new();
    for ids in all.chunks(TREATIES_MAX).nth(day % turns).unwrap_or_default().chunks(CHUNK_TREATIES) {
        wrong.extend(store.misprojected(ids).await?);
        *looked_at += ids.len();
    }
    Ok(wrong)
}
