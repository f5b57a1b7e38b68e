//! What digests and reports are made of, and how far they have come.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::domain::alert::Alert;
use crate::domain::alert_kind::AlertKind;
use crate::domain::day::{PartialDay, Precision};
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::{DateId, StateId, TreatyId};
use crate::domain::lang::Words;
use crate::domain::summary::{EndpointCount, KindCount, Report, Snoozed, Upcoming};
use crate::domain::treaty::DateKind;

use super::column::{Instant, Json};
use super::outbox::DeliveryState;
use super::{Store, StoreError, WriteTx};

/// A report names at most so many days without a check.
const MISSED_MAX: u32 = 7;
/// A report names at most so many dates to come.
const UPCOMING_MAX: u32 = 50;

/// How far the summaries of an endpoint have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SummaryMark {
    /// The occurrence up to which it has got digests; none before its first.
    pub digested_to: Option<DateTime<Utc>>,
    /// The same of reports.
    pub reported_to: Option<DateTime<Utc>>,
    /// Whether anything is held for it that no snooze holds.
    pub has_held: bool,
}

/// Deliveries to one endpoint that wait for a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Their rows.
    pub deliveries: Vec<i64>,
    /// What they tell, in the same order.
    pub alerts: Vec<RaisedAlert>,
}

/// What a report is of.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day that is not in it.
    pub ends_before: NaiveDate,
    /// Only these treaties; all, if absent.
    pub treaties: Option<&'a [TreatyId]>,
    /// Facts are old that were confirmed on this day or before.
    pub stale_from: NaiveDate,
    /// So many days from its end on are looked ahead.
    pub ahead_days: u32,
}

impl Store {
    /// How far the summaries of an endpoint have come.
    pub async fn summary_mark(&self, endpoint: &str) -> Result<SummaryMark, StoreError> {
        let row = sqlx::query_file!("src/store/queries/summary_mark.sql", endpoint);
        let row = row.fetch_one(&self.readers).await?;
        let at = |instant: Option<Instant>| instant.map(|instant| instant.0);
        Ok(SummaryMark {
            digested_to: at(row.digested_to),
            reported_to: at(row.reported_to),
            has_held: row.has_held,
        })
    }
}

impl WriteTx {
    /// How far the summaries of an endpoint have come.
    pub async fn summary_mark(&mut self, endpoint: &str) -> Result<SummaryMark, StoreError> {
        let row = sqlx::query_file!("src/store/queries/summary_mark.sql", endpoint);
        let row = row.fetch_one(&mut *self.tx).await?;
        let at = |instant: Option<Instant>| instant.map(|instant| instant.0);
        Ok(SummaryMark {
            digested_to: at(row.digested_to),
            reported_to: at(row.reported_to),
            has_held: row.has_held,
        })
    }

    /// Notes that an endpoint has got its digests up to an occurrence.
    pub async fn set_digested(&mut self, endpoint: &str, to: DateTime<Utc>) -> Result<(), StoreError> {
        let to = Instant::of(to);
        sqlx::query!(
            "insert into _endpoint (name, digested_to) values (?1, ?2)
            on conflict (name) do update set digested_to = excluded.digested_to",
            endpoint,
            to
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The same of its reports.
    pub async fn set_reported(&mut self, endpoint: &str, to: DateTime<Utc>) -> Result<(), StoreError> {
        let to = Instant::of(to);
        sqlx::query!(
            "insert into _endpoint (name, reported_to) values (?1, ?2)
            on conflict (name) do update set reported_to = excluded.reported_to",
            endpoint,
            to
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What is held for an endpoint and by no snooze, the oldest first, at most `limit`.
    pub async fn waiting(&mut self, endpoint: &str, limit: u32) -> Result<Waiting, StoreError> {
        let rows = sqlx::query!(
            r#"select
                d.delivery_id as "delivery_id!", a.alert_id, a.raised_at as "raised_at: Instant",
                a.body as "body: Json<Alert>"
            from _delivery d join _alert a on a.alert_id = d.alert_id
            where d.endpoint = ?1 and d.state = 'held'
              and not exists (select 1 from _snooze s where s.treaty_id = a.treaty_id and s.ended_at is null)
            order by d.delivery_id
            limit ?2"#,
            endpoint,
            limit
        );
        let mut waiting = Waiting::default();
        for row in rows.fetch_all(&mut *self.tx).await? {
            let (raised_at, alert) = (row.raised_at.0, row.body.0);
            waiting.deliveries.push(row.delivery_id);
            waiting.alerts.push(RaisedAlert { id: row.alert_id, raised_at, test: false, alert });
        }
        Ok(waiting)
    }

    /// Notes that held deliveries are in a digest.
    pub async fn set_digest(
        &mut self,
        deliveries: &[i64],
        digest_id: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (deliveries, now) = (Json(deliveries), Instant::of(now));
        sqlx::query!(
            "update _delivery set state = 'digested', digest_id = ?2, finished_at = ?3
            where state = 'held' and delivery_id in (select value from json_each(?1))",
            deliveries,
            digest_id,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The first day that had a check: of what was before it nothing can be said.
    pub async fn first_checked_day(&mut self) -> Result<Option<NaiveDate>, StoreError> {
        let first = sqlx::query_scalar!(r#"select min(on_date) as "first: NaiveDate" from _checked_day"#);
        Ok(first.fetch_one(&mut *self.tx).await?)
    }

    /// What a report is made of, but for its words; and the titles of the treaties of its dates.
    pub async fn report(
        &mut self,
        scope: Scope<'_>,
    ) -> Result<(Report, BTreeMap<TreatyId, Words>), StoreError> {
        let Scope { starts_on, ends_before, .. } = scope;
        let treaties = Json(scope.treaties);
        let raised = sqlx::query!(
            r#"select kind as "kind: AlertKind", count(*) as "count!: u32" from _alert
            where told_on >= ?1 and told_on < ?2 and kind not in ('digest', 'report')
              and (?3 = 'null' or treaty_id is null or treaty_id in (select value from json_each(?3)))
            group by kind order by count(*) desc, kind"#,
            starts_on,
            ends_before,
            treaties
        );
        let raised = raised.fetch_all(&mut *self.tx).await?.into_iter();
        let raised = raised.map(|row| KindCount { kind: row.kind, count: row.count }).collect();
        let endpoints = self.endpoint_counts(scope).await?;
        let days = u32::try_from((ends_before - starts_on).num_days()).unwrap_or(0);
        let days_checked = sqlx::query_scalar!(
            r#"select count(*) as "count!: u32" from _checked_day where on_date >= ?1 and on_date < ?2"#,
            starts_on,
            ends_before
        );
        let days_checked = days_checked.fetch_one(&mut *self.tx).await?;
        let missed = self.days_missed(starts_on, ends_before).await?;
        let acknowledged = sqlx::query_scalar!(
            r#"select count(*) as "count!: u32" from _acknowledgement
            where ended_at is null
              and (?1 = 'null' or treaty_id in (select value from json_each(?1)))"#,
            treaties
        );
        let acknowledged = acknowledged.fetch_one(&mut *self.tx).await?;
        let snoozed = sqlx::query!(
            r#"select treaty_id as "treaty_id: TreatyId", ends_before as "ends_before: NaiveDate" from _snooze
            where ended_at is null and (?1 = 'null' or treaty_id in (select value from json_each(?1)))
            order by ends_before, treaty_id"#,
            treaties
        );
        let snoozed = snoozed.fetch_all(&mut *self.tx).await?.into_iter();
        let snoozed = snoozed.map(|row| Snoozed { treaty: row.treaty_id, ends_before: row.ends_before });
        let snoozed = snoozed.collect();
        let stale = sqlx::query_scalar!(
            r#"select t.treaty_id as "treaty_id: TreatyId"
            from _treaty t
            join _treaty_period p
              on p.treaty_id = t.treaty_id and p.reading_id = 'default'
              and p.starts_on <= ?2 and (p.ends_before is null or p.ends_before > ?2)
            where t.facts_as_of <= ?1
              and not exists (select 1 from _source s where s.treaty_id = t.treaty_id and s.agreed_on > ?1)
              and p.status not in
                ('terminated', 'expired', 'superseded', 'abandoned', 'adopted', 'ended', 'concluded')
              and (?3 = 'null' or t.treaty_id in (select value from json_each(?3)))
            order by t.treaty_id"#,
            scope.stale_from,
            ends_before,
            treaties
        );
        let stale = stale.fetch_all(&mut *self.tx).await?;
        let (upcoming_count, upcoming, titles) = self.upcoming(scope).await?;
        let report = Report {
            starts_on,
            ends_before,
            raised,
            endpoints,
            days_checked,
            days_missed: days.saturating_sub(days_checked),
            missed,
            acknowledged,
            snoozed,
            stale,
            upcoming_count,
            upcoming,
            lines: Vec::new(),
        };
        Ok((report, titles))
    }

    /// What became of the alerts of some days at each endpoint; of one in a digest, what became of the digest.
    async fn endpoint_counts(&mut self, scope: Scope<'_>) -> Result<Vec<EndpointCount>, StoreError> {
        let treaties = Json(scope.treaties);
        let rows = sqlx::query!(
            r#"select
                d.endpoint as "endpoint!", coalesce(s.state, d.state) as "state!: DeliveryState",
                count(*) as "count!: u32"
            from _alert a
            join _delivery d on d.alert_id = a.alert_id
            left join _delivery s on s.alert_id = d.digest_id and s.endpoint = d.endpoint
            where a.told_on >= ?1 and a.told_on < ?2 and a.kind not in ('digest', 'report')
              and (?3 = 'null' or a.treaty_id is null or a.treaty_id in (select value from json_each(?3)))
            group by 1, 2 order by 1"#,
            scope.starts_on,
            scope.ends_before,
            treaties
        );
        let mut counts: BTreeMap<String, EndpointCount> = BTreeMap::new();
        for row in rows.fetch_all(&mut *self.tx).await? {
            let of = counts.entry(row.endpoint.clone()).or_default();
            of.endpoint = row.endpoint;
            let counter = match row.state {
                DeliveryState::Delivered => &mut of.delivered,
                DeliveryState::Pending => &mut of.pending,
                DeliveryState::Held | DeliveryState::Digested => &mut of.held,
                DeliveryState::Acknowledged => &mut of.acknowledged,
                DeliveryState::Dead | DeliveryState::Stopped => &mut of.failed,
            };
            *counter += row.count;
        }
        Ok(counts.into_values().collect())
    }

    /// The first days without a check.
    async fn days_missed(
        &mut self,
        starts_on: NaiveDate,
        ends_before: NaiveDate,
    ) -> Result<Vec<NaiveDate>, StoreError> {
        let days = sqlx::query_scalar!(
            r#"with recursive day (on_date) as (
                select ?1 where ?1 < ?2
                union all
                select date(on_date, '+1 day') from day where date(on_date, '+1 day') < ?2
            )
            select on_date as "on_date!: NaiveDate" from day
            where on_date not in (select on_date from _checked_day)
            limit ?3"#,
            starts_on,
            ends_before,
            MISSED_MAX
        );
        Ok(days.fetch_all(&mut *self.tx).await?)
    }

    /// The days to come, each once whatever the readings: how many, the first of them, and the titles of their treaties.
    async fn upcoming(
        &mut self,
        scope: Scope<'_>,
    ) -> Result<(u32, Vec<Upcoming>, BTreeMap<TreatyId, Words>), StoreError> {
        let last =
            scope.ends_before.checked_add_days(Days::new(scope.ahead_days.into())).unwrap_or(NaiveDate::MAX);
        let treaties = Json(scope.treaties);
        let rows = sqlx::query!(
            r#"select
                d.date_id as "date_id!: DateId", d.treaty_id as "treaty_id!: TreatyId",
                d.state_id as "state_id: StateId", d.kind as "kind!: DateKind",
                d.from_date as "from_date!: NaiveDate", d.precision as "precision!: Precision",
                t.short_title_en as "title_en!", t.short_title_zh as title_zh, t.short_title_ru as title_ru,
                count(*) over () as "total!: u32"
            from _treaty_date d join _treaty t on t.treaty_id = d.treaty_id
            where d.from_date >= ?1 and d.from_date <= ?2 and d.known_on <= ?1
              and (?3 = 'null' or d.treaty_id in (select value from json_each(?3)))
            group by d.date_id, d.from_date
            order by d.from_date, d.date_id
            limit ?4"#,
            scope.ends_before,
            last,
            treaties,
            UPCOMING_MAX
        );
        let (mut count, mut upcoming, mut titles) = (0, Vec::new(), BTreeMap::new());
        for row in rows.fetch_all(&mut *self.tx).await? {
            count = row.total;
            let title = Words { en: row.title_en, zh: row.title_zh, ru: row.title_ru };
            titles.insert(row.treaty_id.clone(), title);
            upcoming.push(Upcoming {
                date: row.date_id,
                treaty: row.treaty_id,
                state: row.state_id,
                kind: row.kind,
                on: PartialDay::from_earliest(row.from_date, row.precision),
            });
        }
        Ok((count, upcoming, titles))
    }
}
