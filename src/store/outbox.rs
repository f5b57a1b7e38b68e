//! The outbox: alerts and their deliveries commit together, and each attempt has its delivery alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use crate::domain::delivery::{Claim, RaisedAlert};
use crate::domain::id::{ActId, DateId, TreatyId};
use crate::domain::text::text_enum;
use crate::failpoint;

use super::column::{Instant, Json, stored_as_text};
use super::{Store, StoreError, WriteTx, bulk};

text_enum! {
    /// What has become of a delivery.
    DeliveryState ("state of a delivery") {
        /// It waits for its next attempt, or an attempt is running.
        Pending = "pending",
        /// The receiver has it.
        Delivered = "delivered",
        /// It was given up, and can be sent again.
        Dead = "dead",
        /// The receiver wants nothing more from this endpoint.
        Stopped = "stopped",
        /// It waits for a digest, or for the end of a snooze.
        Held = "held",
        /// It is in a digest.
        Digested = "digested",
        /// It is not sent: somebody knows of the date already.
        Acknowledged = "acknowledged",
    }
}

stored_as_text!(DeliveryState);

/// What is to become of a delivery after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// It is tried again.
    Retry {
        /// What went wrong, in words that hold no secret.
        error: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// It is given up.
    Dead {
        /// What went wrong, in words that hold no secret.
        error: String,
    },
    /// The receiver wants nothing more: the endpoint is stopped.
    Stopped {
        /// What it said, in words that hold no secret.
        error: String,
    },
    /// The attempt has not begun, and counts as none: it is due as before.
    Unsent,
}

/// What stands in a delivery of an endpoint that was stopped before.
const ENDPOINT_STOPPED: &str = "the endpoint is stopped";

impl WriteTx {
    /// Records an alert and a pending delivery for each endpoint; false, and nothing is recorded, if
    /// an alert has its key already.
    ///
    /// For an endpoint that is stopped the delivery is recorded as stopped, and goes out when the
    /// endpoint is retried.
    pub async fn insert_alert(
        &mut self,
        raised: &RaisedAlert,
        endpoints: &[String],
    ) -> Result<bool, StoreError> {
        let inserted = self.insert_alerts(vec![(raised.clone(), endpoints.to_vec())]).await?;
        Ok(!inserted.is_empty())
    }

    /// The same of many, with few statements; gives those that were recorded.
    pub async fn insert_alerts(
        &mut self,
        alerts: Vec<(RaisedAlert, Vec<String>)>,
    ) -> Result<Vec<RaisedAlert>, StoreError> {
        let mut told = self.keys_told(alerts.iter().map(|(raised, _)| &raised.alert.key).collect()).await?;
        // Of two with one key the first counts.
        let new = alerts.into_iter().filter(|(raised, _)| told.insert(raised.alert.key.clone()));
        let (new, endpoints): (Vec<_>, Vec<_>) = new.unzip();
        let head = "insert into _alert (alert_id, key, kind, also, treaty_id, about, state_id, reading_id, on_date, \
             lead_days, late, severity, sentence, body, raised_at) ";
        bulk::insert(&mut self.tx, head, &new, |values, raised| {
            let alert = &raised.alert;
            values
                .push_bind(&raised.id)
                .push_bind(&alert.key)
                .push_bind(alert.kind)
                .push_bind(Json(&alert.also))
                .push_bind(&alert.treaty)
                .push_bind(&alert.about)
                .push_bind(alert.state)
                .push_bind(&alert.reading)
                .push_bind(alert.on.first_day())
                .push_bind(alert.lead_days)
                .push_bind(alert.late)
                .push_bind(alert.severity)
                .push_bind(&alert.sentence)
                .push_bind(Json(alert))
                .push_bind(Instant::of(raised.raised_at));
        })
        .await?;
        let shared = |raised: &RaisedAlert| {
            let keys = raised.alert.states.iter().map(|of_state| of_state.key.clone());
            keys.map(|key| (key, raised.id.clone())).collect::<Vec<_>>()
        };
        let shared: Vec<(String, String)> = new.iter().flat_map(shared).collect();
        bulk::insert(
            &mut self.tx,
            "insert into _alert_key (key, alert_id) ",
            &shared,
            |values, (key, id)| {
                values.push_bind(key).push_bind(id);
            },
        )
        .await?;
        self.insert_deliveries(&new, &endpoints).await?;
        Ok(new)
    }

    /// The messages that told of acts: of each act its own message, not those of days that followed from it.
    pub async fn messages_about(
        &mut self,
        treaty: &TreatyId,
        acts: &[ActId],
    ) -> Result<Vec<String>, StoreError> {
        let acts = Json(acts);
        let ids = sqlx::query_scalar!(
            "select a.alert_id
            from _alert a join json_each(?2) told
              on a.key = 'act|' || told.value
              or (a.key glob 'corrected|*' and substr(a.key, -length(told.value) - 1) = '|' || told.value)
            where a.treaty_id = ?1
            order by a.raised_at, a.alert_id",
            treaty,
            acts
        );
        Ok(ids.fetch_all(&mut *self.tx).await?)
    }

    /// The endpoints that a lead of one of these dates was raised for.
    pub async fn endpoints_told_of(
        &mut self,
        treaty: &TreatyId,
        dates: &[&DateId],
    ) -> Result<Vec<String>, StoreError> {
        let dates = Json(dates);
        let names = sqlx::query_scalar!(
            "select distinct d.endpoint
            from _alert a join _delivery d on d.alert_id = a.alert_id
            where a.treaty_id = ?1 and a.lead_days is not null
              and (json_extract(a.body, '$.date') in (select value from json_each(?2))
                or exists (
                    select 1 from json_each(a.body, '$.states') of_state
                    where json_extract(of_state.value, '$.date') in (select value from json_each(?2))))",
            treaty,
            dates
        );
        Ok(names.fetch_all(&mut *self.tx).await?)
    }

    /// Those of the keys that an alert has already, or stands for.
    pub async fn keys_told(&mut self, keys: Vec<&String>) -> Result<BTreeSet<String>, StoreError> {
        let keys = Json(keys);
        let told = sqlx::query_scalar!(
            "select key from _alert where key in (select value from json_each(?1))
            union all
            select key from _alert_key where key in (select value from json_each(?1))",
            keys
        );
        Ok(told.fetch_all(&mut *self.tx).await?.into_iter().collect())
    }

    async fn insert_deliveries(
        &mut self,
        alerts: &[RaisedAlert],
        endpoints: &[Vec<String>],
    ) -> Result<(), StoreError> {
        let names = Json(endpoints.iter().flatten().collect::<BTreeSet<_>>());
        // `where true` keeps the parser from reading `on conflict` as a join.
        sqlx::query!(
            "insert into _endpoint (name) select value from json_each(?1) where true on conflict do nothing",
            names
        )
        .execute(&mut *self.tx)
        .await?;
        let wanted = alerts.iter().zip(endpoints);
        let wanted = wanted.map(|(raised, names)| (&raised.id, names.iter().collect::<BTreeSet<_>>()));
        let wanted = Json(wanted.collect::<Vec<_>>());
        sqlx::query_file!("src/store/queries/insert_deliveries.sql", wanted, ENDPOINT_STOPPED)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}

impl Store {
    /// Makes claimed deliveries due again, whose attempts no process is at any more. Only for the
    /// start of the one daemon of a database.
    pub async fn release_leases(&self) -> Result<u64, StoreError> {
        let released =
            sqlx::query!("update _delivery set leased_until = null where leased_until is not null");
        let mut write = self.begin().await?;
        let released = released.execute(&mut *write.tx).await?.rows_affected();
        let writes = [("release", released > 0)];
        failpoint::before(&writes);
        write.commit().await?;
        failpoint::after(&writes);
        Ok(released)
    }

    /// Makes a delivery due now, under the same alert id, and lets its endpoint be served again at once: one that
    /// is dead or stopped, or that waits after a failure. False, and nothing changes, if it is none of these, or is on
    /// its way: then somebody has a lease on it that has not run out.
    ///
    /// Attempts go on being counted, so that no result of an old attempt can be taken for a new one's. Failures are
    /// counted anew, also of one that waits: it is tried as long as at first, and the waits begin with the shortest.
    /// One that is due already keeps its place.
    pub async fn retry_delivery(&self, delivery_id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let now = Instant::of(now);
        let retried = sqlx::query!(
            "update _delivery
            set state = 'pending', finished_at = null, failures = 0,
                next_attempt_at = iif(state = 'pending', min(next_attempt_at, ?2), ?2)
            where delivery_id = ?1
              and (state in ('dead', 'stopped')
                   or (state = 'pending' and last_error is not null and (leased_until is null or leased_until <= ?2)))",
            delivery_id,
            now
        );
        let retried = retried.execute(&mut *write.tx).await?.rows_affected() == 1;
        if retried {
            sqlx::query!(
                "update _endpoint set stopped_at = null, stopped_reason = null, slowed_until = null, failing_since = null
                where name = (select endpoint from _delivery where delivery_id = ?1)",
                delivery_id
            )
            .execute(&mut *write.tx)
            .await?;
        }
        write.commit().await?;
        Ok(retried)
    }

    /// The same for all that can be retried, of one endpoint or of all; tells how many.
    pub async fn retry_failed(&self, endpoint: Option<&str>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut write = self.begin().await?;
        let now = Instant::of(now);
        let retried = sqlx::query!(
            "update _delivery
            set state = 'pending', finished_at = null, failures = 0,
                next_attempt_at = iif(state = 'pending', min(next_attempt_at, ?2), ?2)
            where (?1 is null or endpoint = ?1)
              and (state in ('dead', 'stopped')
                   or (state = 'pending' and last_error is not null and (leased_until is null or leased_until <= ?2)))",
            endpoint,
            now
        );
        let retried = retried.execute(&mut *write.tx).await?.rows_affected();
        sqlx::query!(
            "update _endpoint set stopped_at = null, stopped_reason = null, slowed_until = null, failing_since = null
            where coalesce(stopped_at, slowed_until, failing_since) is not null and (?1 is null or name = ?1)",
            endpoint
        )
        .execute(&mut *write.tx)
        .await?;
        let writes = [("retry", retried > 0)];
        failpoint::before(&writes);
        write.commit().await?;
        failpoint::after(&writes);
        Ok(retried)
    }
}

/// Records what became of attempts of one endpoint; gives those verdicts that counted. One does not if its
/// attempt is not the latest any more.
pub(super) async fn finish<'a>(
    conn: &mut SqliteConnection,
    endpoint: &str,
    results: &'a [(Claim, Verdict)],
    now: Instant,
) -> Result<Vec<&'a Verdict>, StoreError> {
    if results.is_empty() {
        return Ok(Vec::new());
    }
    let rows = results.iter().map(|(claim, verdict)| {
        let (state, error, again_at) = match verdict {
            Verdict::Delivered => (DeliveryState::Delivered, None, None),
            Verdict::Retry { error, at } => (DeliveryState::Pending, Some(error), Some(Instant::of(*at))),
            Verdict::Dead { error } => (DeliveryState::Dead, Some(error), None),
            Verdict::Stopped { error } => (DeliveryState::Stopped, Some(error), None),
            Verdict::Unsent => (DeliveryState::Pending, None, None),
        };
        (claim.delivery_id, claim.attempt, state.as_str(), error, again_at, *verdict == Verdict::Unsent)
    });
    let rows = Json(rows.collect::<Vec<_>>());
    let ids = sqlx::query_file_scalar!("src/store/queries/finish.sql", rows, now);
    let ids: BTreeSet<i64> = ids.fetch_all(&mut *conn).await?.into_iter().collect();
    // Of two attempts at one delivery the later one counted.
    let mut counted: BTreeMap<i64, &(Claim, Verdict)> = BTreeMap::new();
    for result in results.iter().filter(|(claim, _)| ids.contains(&claim.delivery_id)) {
        let latest = counted.entry(result.0.delivery_id).or_insert(result);
        if latest.0.attempt < result.0.attempt {
            *latest = result;
        }
    }
    let counted: Vec<&Verdict> = counted.into_values().map(|(_, verdict)| verdict).collect();
    let reason = counted.iter().find_map(|verdict| match verdict {
        Verdict::Stopped { error } => Some(error),
        _ => None,
    });
    if let Some(reason) = reason {
        stop_endpoint(conn, endpoint, reason, now).await?;
    }
    let is_waiting = |verdict: &&Verdict| matches!(verdict, Verdict::Retry { .. } | Verdict::Unsent);
    if reason.is_some() || counted.iter().any(is_waiting) {
        // Another attempt may have stopped the endpoint before.
        stop_waiting(conn, endpoint, now).await?;
    }
    Ok(counted)
}

async fn stop_endpoint(
    conn: &mut SqliteConnection,
    name: &str,
    reason: &str,
    now: Instant,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update _endpoint set stopped_at = ?2, stopped_reason = ?3 where name = ?1 and stopped_at is null",
        name,
        now,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stops what waits for a stopped endpoint. Attempts that are running report for themselves.
async fn stop_waiting(conn: &mut SqliteConnection, name: &str, now: Instant) -> Result<(), StoreError> {
    sqlx::query!(
        "update _delivery
        set state = 'stopped', last_error = coalesce(last_error, ?3), finished_at = ?2, leased_until = null
        where endpoint = ?1 and state = 'pending' and (leased_until is null or leased_until <= ?2)
          and exists (select 1 from _endpoint where name = ?1 and stopped_at is not null)",
        name,
        now,
        ENDPOINT_STOPPED
    )
    .execute(conn)
    .await?;
    Ok(())
}
