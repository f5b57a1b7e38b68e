//! The queues of the outbox, one for each endpoint: claims of deliveries, and results of attempts.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;

use crate::domain::alert::Alert;
use crate::domain::delivery::{Claim, EndpointFailure, RaisedAlert};

use super::column::{Instant, Json};
use super::outbox::{Verdict, finish};
use super::{Store, StoreError, WriteTx};

/// A request for deliveries to send next.
#[derive(Debug, Clone, Copy)]
pub struct Want<'a> {
    /// The endpoint.
    pub endpoint: &'a str,
    /// How long a claim holds. After that the delivery can be claimed again, and a result of the earlier attempt is
    /// refused.
    pub lease: TimeDelta,
    /// How many deliveries, at most.
    pub limit: u32,
}

/// Attempts of a queue that have ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// The result of each.
    pub results: Vec<(Claim, Verdict)>,
    /// The end of the pause that the receiver asked for, if it did.
    pub slow_until: Option<DateTime<Utc>>,
}

/// The outcome of recording results and claiming the next deliveries.
#[derive(Debug)]
pub struct Turn {
    /// How many of the results counted: one does not if its attempt is not the latest any more.
    pub counted: usize,
    /// The deliveries to attempt next.
    pub claims: Vec<Claim>,
    /// That the endpoint has begun to fail, if it has.
    pub failure: Option<EndpointFailure>,
}

/// A larger alert is not read and not sent: it is given up, so that it does not end the program at each attempt. A
/// digest of 500 alerts in three languages is far smaller.
const BODY_MAX_BYTES: u32 = 8 * 1024 * 1024;

/// A delivery that has just been claimed.
struct ClaimRow {
    delivery_id: i64,
    endpoint: String,
    attempts: u32,
    failures: u32,
    next_attempt_at: Instant,
    alert_id: String,
    raised_at: Instant,
    /// None if it is larger than an alert may be.
    body: Option<Json<Alert>>,
}

impl Store {
    /// When the next attempt of a queue is due, or a lease runs out; none if nothing waits.
    pub async fn next_delivery_at(&self, endpoint: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query!(
            r#"select
                (select max(d.next_attempt_at, coalesce(e.slowed_until, d.next_attempt_at)) from _delivery d
                    where d.endpoint = ?1 and d.state = 'pending' and d.leased_until is null
                    order by d.next_attempt_at limit 1) as "attempt?: Instant",
                (select max(d.leased_until, coalesce(e.slowed_until, d.leased_until)) from _delivery d
                    where d.endpoint = ?1 and d.state = 'pending' and d.leased_until is not null
                    order by d.leased_until limit 1) as "lease?: Instant"
            from _endpoint e where e.name = ?1 and e.stopped_at is null"#,
            endpoint
        );
        let Some(row) = row.fetch_optional(&self.readers).await? else { return Ok(None) };
        Ok([row.attempt, row.lease].into_iter().flatten().min().map(|instant| instant.0))
    }

    /// The deliveries whose attempt the end of a process has cut short, more than `most` times each. Only for the
    /// start of the one daemon of a database, before [`Store::release_leases`].
    pub async fn interrupted(&self, most: u32) -> Result<Vec<Claim>, StoreError> {
        let rows = sqlx::query_file_as!(ClaimRow, "src/store/queries/interrupted.sql", most, BODY_MAX_BYTES);
        // One that is too large is given up where it is claimed.
        Ok(rows.fetch_all(&self.readers).await?.into_iter().filter_map(ClaimRow::claim).collect())
    }

    /// Gives up what is due for endpoints that are not among `known`; tells how many deliveries that were.
    pub async fn give_up_unknown(&self, known: &[&str], now: DateTime<Utc>) -> Result<u64, StoreError> {
        let (known, now) = (Json(known), Instant::of(now));
        let mut write = self.begin().await?;
        let given_up = sqlx::query!(
            "update _delivery
            set state = 'dead', finished_at = ?2, leased_until = null, held_for = null,
                last_error = 'no endpoint `' || endpoint || '` is configured any more'
            where state in ('pending', 'held') and next_attempt_at <= ?2 and (leased_until is null or leased_until <= ?2)
              and endpoint not in (select value from json_each(?1))
              and endpoint not in (select name from _endpoint where stopped_at is not null)",
            known,
            now
        );
        let given_up = given_up.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(given_up)
    }
}

impl WriteTx {
    /// Records what became of attempts, and takes deliveries that are due, each for one attempt, the one due first at
    /// the front: one commit for all of it, and for what the failure of an endpoint is told by.
    pub async fn turn(
        &mut self,
        ended: &Ended,
        want: Want<'_>,
        now: DateTime<Utc>,
    ) -> Result<Turn, StoreError> {
        let counted = finish(&mut self.tx, want.endpoint, &ended.results, Instant::of(now)).await?;
        if let Some(until) = ended.slow_until {
            slow(&mut self.tx, want.endpoint, Instant::of(until)).await?;
        }
        let failure = note_failure(&mut self.tx, want.endpoint, &counted, now).await?;
        let claims = match want.limit {
            0 => Vec::new(),
            _ => claim(&mut self.tx, want, now).await?,
        };
        Ok(Turn { counted: counted.len(), claims, failure })
    }
}

/// Notes whether an endpoint fails: what arrives ends a failure, and what is given up begins one.
async fn note_failure(
    conn: &mut SqliteConnection,
    endpoint: &str,
    verdicts: &[&Verdict],
    now: DateTime<Utc>,
) -> Result<Option<EndpointFailure>, StoreError> {
    if verdicts.contains(&&Verdict::Delivered) {
        // What was on its way when the receiver said that it wants nothing more changes nothing of that.
        sqlx::query!(
            "update _endpoint set failing_since = null
            where name = ?1 and failing_since is not null and stopped_at is null",
            endpoint
        )
        .execute(&mut *conn)
        .await?;
    }
    let given_up = verdicts.iter().find_map(|verdict| match verdict {
        Verdict::Stopped { error } => Some((true, error)),
        Verdict::Dead { error } => Some((false, error)),
        Verdict::Delivered | Verdict::Retry { .. } | Verdict::Unsent => None,
    });
    let Some((is_stopped, error)) = given_up else { return Ok(None) };
    let since = Instant::of(now);
    let begun = sqlx::query!(
        "update _endpoint set failing_since = ?2 where name = ?1 and failing_since is null",
        endpoint,
        since
    );
    let begun = begun.execute(&mut *conn).await?.rows_affected() == 1;
    Ok(begun.then(|| EndpointFailure {
        endpoint: endpoint.to_owned(),
        since: since.0,
        is_stopped,
        error: error.clone(),
    }))
}

/// Pauses a queue until an instant; a longer pause that was set before stays.
async fn slow(conn: &mut SqliteConnection, endpoint: &str, until: Instant) -> Result<(), StoreError> {
    sqlx::query!(
        "update _endpoint set slowed_until = ?2
        where name = ?1 and (slowed_until is null or slowed_until < ?2)",
        endpoint,
        until
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn claim(
    conn: &mut SqliteConnection,
    want: Want<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Claim>, StoreError> {
    let until = Instant::of(now.checked_add_signed(want.lease).unwrap_or(DateTime::<Utc>::MAX_UTC));
    let now = Instant::of(now);
    let Want { endpoint, limit, .. } = want;
    let rows = sqlx::query_file_as!(
        ClaimRow,
        "src/store/queries/claim_due.sql",
        now,
        until,
        endpoint,
        limit,
        BODY_MAX_BYTES
    );
    let mut rows = rows.fetch_all(&mut *conn).await?;
    // `returning` gives rows in no order of its own.
    rows.sort_by_key(|row| (row.next_attempt_at, row.delivery_id));
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        let delivery_id = row.delivery_id;
        match row.claim() {
            Some(claim) => claims.push(claim),
            None => give_up_too_large(conn, delivery_id, now).await?,
        }
    }
    Ok(claims)
}

/// Makes a claimed delivery a dead letter, because its alert is larger than one that is sent.
async fn give_up_too_large(
    conn: &mut SqliteConnection,
    delivery_id: i64,
    now: Instant,
) -> Result<(), StoreError> {
    let error = format!("the alert has more than {BODY_MAX_BYTES} bytes, and is not sent");
    sqlx::query!(
        "update _delivery set state = 'dead', finished_at = ?2, leased_until = null, last_error = ?3
        where delivery_id = ?1",
        delivery_id,
        now,
        error
    )
    .execute(conn)
    .await?;
    Ok(())
}

impl ClaimRow {
    fn claim(self) -> Option<Claim> {
        let row = self;
        let alert = row.body?.0;
        Some(Claim {
            delivery_id: row.delivery_id,
            endpoint: row.endpoint,
            attempt: row.attempts,
            failures: row.failures,
            raised: RaisedAlert { id: row.alert_id, raised_at: row.raised_at.0, test: false, alert },
        })
    }
}
