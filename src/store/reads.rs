//! Reading what was told and what became of it, and counting what there is.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::SqliteConnection;

use crate::domain::alert::Alert;
use crate::domain::alert_kind::AlertKind;
use crate::domain::day::{PartialDay, Precision};
use crate::domain::delivery::{HeldFor, RaisedAlert};
use crate::domain::id::{DateId, StateId, TreatyId};
use crate::domain::treaty::{Certainty, DateKind};

use super::column::{Instant, Json};
use super::outbox::DeliveryState;
use super::{Store, StoreError};

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Treaties and other instruments.
    pub treaties: u64,
    /// Acts in the version that counts.
    pub acts: u64,
    /// States and other entities.
    pub states: u64,
    /// How often a state is party to a treaty, over all treaties and on any day.
    pub parties: u64,
}

/// A day to come, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextDate {
    /// The day, month or year.
    pub on: PartialDay,
    /// Of which treaty, by its short title.
    pub treaty: String,
    /// The state concerned.
    pub state: Option<StateId>,
    /// What sort of day.
    pub kind: DateKind,
    /// Its name.
    pub id: DateId,
    /// How certain it is.
    pub certainty: Certainty,
}

/// Which alerts are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFilter {
    /// Of one treaty only.
    pub treaty: Option<TreatyId>,
    /// Of one kind only, be it the first or another of an alert's kinds.
    pub kind: Option<AlertKind>,
    /// Raised at that instant or later.
    pub since: Option<DateTime<Utc>>,
    /// At most so many, the newest.
    pub limit: u32,
}

/// Which deliveries are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only those that are dead or stopped, or whose last attempt failed.
    pub failed_only: bool,
    /// To one endpoint only.
    pub endpoint: Option<String>,
    /// Of alerts of one treaty only.
    pub treaty: Option<TreatyId>,
    /// At most so many, the newest.
    pub limit: u32,
}

/// A delivery and the alert that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its row.
    pub delivery_id: i64,
    /// The alert.
    pub alert_id: String,
    /// To whom.
    pub endpoint: String,
    /// What has become of it.
    pub state: DeliveryState,
    /// How many attempts were begun.
    pub attempts: u32,
    /// When the next one is due; none when there is none.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was delivered or given up.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it waits or waited for, if it was held back.
    pub held_for: Option<HeldFor>,
    /// The digest that it is in.
    pub digest_id: Option<String>,
    /// What is told.
    pub alert: Alert,
}

/// An endpoint that alerts were raised for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointRow {
    /// Its name.
    pub name: String,
    /// Why nothing is sent to it any more, if so.
    pub stopped_reason: Option<String>,
    /// Until when its receiver asked that nothing be sent, if it has ever asked; it may be past.
    pub slowed_until: Option<DateTime<Utc>>,
    /// Since when it fails; none if it does not.
    pub failing_since: Option<DateTime<Utc>>,
}

impl Totals {
    /// Counts what a connection sees.
    pub(super) async fn count(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let row = sqlx::query!(
            r#"select
                (select count(*) from _treaty) as "treaties!: u32",
                (select count(*) from _act where superseded_by is null and retracted_at is null) as "acts!: u32",
                (select count(*) from _state) as "states!: u32",
                (select count(*) from (
                    select distinct treaty_id, state_id from _state_period
                    where reading_id = 'default' and status = 'party'
                )) as "parties!: u32""#
        );
        let row = row.fetch_one(conn).await?;
        Ok(Self {
            treaties: row.treaties.into(),
            acts: row.acts.into(),
            states: row.states.into(),
            parties: row.parties.into(),
        })
    }
}

impl Store {
    /// How much there is.
    pub async fn totals(&self) -> Result<Totals, StoreError> {
        Totals::count(&mut *self.readers.acquire().await?).await
    }

    /// The next dates from `today` on, at most `limit`, each once whatever the readings.
    pub async fn next_dates(&self, today: NaiveDate, limit: u32) -> Result<Vec<NextDate>, StoreError> {
        let rows = sqlx::query!(
            r#"select
                d.date_id as "date_id!: DateId", t.short_title_en as "short_title!", d.state_id as "state_id: StateId", d.kind as "kind!: DateKind",
                d.from_date as "from_date!: NaiveDate", d.precision as "precision!: Precision",
                d.certainty as "certainty!: Certainty"
            from _treaty_date d join _treaty t on t.treaty_id = d.treaty_id
            where d.on_date >= ?1
            group by d.date_id, d.on_date
            order by d.on_date, d.date_id
            limit ?2"#,
            today,
            limit
        );
        let rows = rows.fetch_all(&self.readers).await?;
        let mut dates = Vec::with_capacity(rows.len());
        for row in rows {
            dates.push(NextDate {
                on: PartialDay::from_earliest(row.from_date, row.precision),
                treaty: row.short_title,
                state: row.state_id,
                kind: row.kind,
                id: row.date_id,
                certainty: row.certainty,
            });
        }
        Ok(dates)
    }

    /// Alerts, the newest first.
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Vec<RaisedAlert>, StoreError> {
        let since = filter.since.map(Instant::of);
        let rows = sqlx::query!(
            r#"select
                alert_id, raised_at as "raised_at: Instant", body as "body: Json<Alert>"
            from _alert
            where (?1 is null or treaty_id = ?1)
              and (?2 is null or kind = ?2 or ?2 in (select value from json_each(also)))
              and (?3 is null or raised_at >= ?3)
            order by raised_at desc, rowid desc
            limit ?4"#,
            filter.treaty,
            filter.kind,
            since,
            filter.limit
        );
        let mut alerts = Vec::new();
        for row in rows.fetch_all(&self.readers).await? {
            let (raised_at, alert) = (row.raised_at.0, row.body.0);
            alerts.push(RaisedAlert { id: row.alert_id, raised_at, test: false, alert });
        }
        Ok(alerts)
    }

    /// The alert with this id.
    pub async fn alert(&self, id: &str) -> Result<Option<RaisedAlert>, StoreError> {
        let row = sqlx::query!(
            r#"select alert_id, raised_at as "raised_at: Instant", body as "body: Json<Alert>"
            from _alert where alert_id = ?1"#,
            id
        );
        Ok(row.fetch_optional(&self.readers).await?.map(|row| RaisedAlert {
            id: row.alert_id,
            raised_at: row.raised_at.0,
            test: false,
            alert: row.body.0,
        }))
    }

    /// The endpoints that alerts were raised for, by name.
    pub async fn endpoints(&self) -> Result<Vec<EndpointRow>, StoreError> {
        let rows = sqlx::query!(
            r#"select
                name, stopped_reason, slowed_until as "slowed_until: Instant",
                failing_since as "failing_since: Instant"
            from _endpoint order by name"#
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter().map(|row| EndpointRow {
            name: row.name,
            stopped_reason: row.stopped_reason,
            slowed_until: row.slowed_until.map(|instant| instant.0),
            failing_since: row.failing_since.map(|instant| instant.0),
        });
        Ok(rows.collect())
    }

    /// Deliveries, the newest first.
    pub async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<DeliveryRow>, StoreError> {
        let rows = sqlx::query!(
            r#"select
                d.delivery_id as "delivery_id!", d.alert_id, d.endpoint, d.state as "state: DeliveryState",
                d.attempts as "attempts: u32", d.next_attempt_at as "next_attempt_at: Instant", d.last_error,
                d.finished_at as "finished_at: Instant", d.held_for as "held_for: HeldFor", d.digest_id,
                a.body as "body: Json<Alert>"
            from _delivery d join _alert a on a.alert_id = d.alert_id
            where (?1 is null or d.endpoint = ?1)
              and (not ?2 or d.state in ('dead', 'stopped')
                   or (d.state = 'pending' and d.last_error is not null))
              and (?4 is null or a.treaty_id = ?4)
            order by d.delivery_id desc
            limit ?3"#,
            filter.endpoint,
            filter.failed_only,
            filter.limit,
            filter.treaty
        );
        let rows = rows.fetch_all(&self.readers).await?;
        let mut deliveries = Vec::with_capacity(rows.len());
        for row in rows {
            let waits = row.state == DeliveryState::Pending;
            deliveries.push(DeliveryRow {
                delivery_id: row.delivery_id,
                alert_id: row.alert_id,
                endpoint: row.endpoint,
                state: row.state,
                attempts: row.attempts,
                next_attempt_at: waits.then_some(row.next_attempt_at.0),
                last_error: row.last_error,
                finished_at: row.finished_at.map(|instant| instant.0),
                held_for: row.held_for,
                digest_id: row.digest_id,
                alert: row.body.0,
            });
        }
        Ok(deliveries)
    }
}
