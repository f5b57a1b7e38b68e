//! What people have said about what they are told: acknowledged dates, snoozed treaties, and the
//! deliveries that are held back for it. Nothing is deleted: what holds no more has an end.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::attention::{Acknowledgement, AcknowledgementEnd, Remark, Snooze, SnoozeEnd};
use crate::domain::delivery::HeldFor;
use crate::domain::id::{DateId, TreatyId};

use super::column::{Instant, Json};
use super::{Store, StoreError, WriteTx};

/// A delivery that is not to be sent by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The alert.
    pub alert_id: String,
    /// To whom it would go.
    pub endpoint: String,
    /// What it waits for; none if it is not sent at all, as somebody knows of the date.
    pub held_for: Option<HeldFor>,
}

impl WriteTx {
    /// The dates that are acknowledged, each on its day.
    pub async fn acknowledged(&mut self) -> Result<BTreeSet<(DateId, NaiveDate)>, StoreError> {
        let rows = sqlx::query!(
            r#"select date_id as "date_id: DateId", on_date as "on_date: NaiveDate"
            from _acknowledgement where ended_at is null"#
        );
        let rows = rows.fetch_all(&mut *self.tx).await?;
        Ok(rows.into_iter().map(|row| (row.date_id, row.on_date)).collect())
    }

    /// The treaties that are snoozed.
    pub async fn snoozed(&mut self) -> Result<BTreeSet<TreatyId>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"select treaty_id as "treaty_id: TreatyId" from _snooze where ended_at is null"#
        );
        Ok(ids.fetch_all(&mut *self.tx).await?.into_iter().collect())
    }

    /// Ends the acknowledgements of days that have come, and the snoozes whose time is over.
    pub async fn end_what_is_over(&mut self, today: NaiveDate, now: DateTime<Utc>) -> Result<(), StoreError> {
        let now = Instant::of(now);
        sqlx::query!(
            "update _acknowledgement set ended_at = ?2, end_reason = 'reached'
            where ended_at is null and on_date <= ?1",
            today,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "update _snooze set ended_at = ?2, end_reason = 'expired'
            where ended_at is null and ends_before <= ?1",
            today,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Ends the acknowledgements of dates that have moved or will not come.
    pub async fn void_acknowledgements(
        &mut self,
        dates: &[&DateId],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (dates, now) = (Json(dates), Instant::of(now));
        sqlx::query!(
            "update _acknowledgement set ended_at = ?2, end_reason = 'moved'
            where ended_at is null and date_id in (select value from json_each(?1))",
            dates,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Keeps deliveries that have just been recorded from being sent by themselves. Those of a stopped
    /// endpoint stay stopped.
    pub async fn hold(&mut self, held: &[Held], now: DateTime<Utc>) -> Result<(), StoreError> {
        let rows =
            Json(held.iter().map(|held| (&held.alert_id, &held.endpoint, held.held_for)).collect::<Vec<_>>());
        let now = Instant::of(now);
        sqlx::query!(
            "update _delivery
            set state = iif(held.value ->> 2 is null, 'acknowledged', 'held'),
                held_for = held.value ->> 2,
                finished_at = iif(held.value ->> 2 is null, ?2, null)
            from json_each(?1) as held
            where _delivery.alert_id = held.value ->> 0 and _delivery.endpoint = held.value ->> 1
              and _delivery.state = 'pending'",
            rows,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

impl Store {
    /// The days ahead of `today` on which a date falls, in any reading, each once.
    pub async fn days_ahead(
        &self,
        date: &DateId,
        today: NaiveDate,
    ) -> Result<Vec<(TreatyId, NaiveDate)>, StoreError> {
        let rows = sqlx::query!(
            r#"select distinct treaty_id as "treaty_id: TreatyId", from_date as "from_date: NaiveDate"
            from _treaty_date where date_id = ?1 and from_date > ?2 order by from_date"#,
            date,
            today
        );
        let rows = rows.fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(|row| (row.treaty_id, row.from_date)).collect())
    }

    /// The names of the dates that lie ahead of `today`.
    pub async fn dates_ahead(&self, today: NaiveDate) -> Result<Vec<DateId>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"select distinct date_id as "date_id: DateId" from _treaty_date where from_date > ?1 order by date_id"#,
            today
        );
        Ok(ids.fetch_all(&self.readers).await?)
    }

    /// Records that somebody knows of a date on these days; false, and nothing is recorded, if that has been
    /// said of all of them. Reminders that still wait for a digest are not sent either.
    pub async fn acknowledge(
        &self,
        date: &DateId,
        days: &[(TreatyId, NaiveDate)],
        remark: &Remark,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let now = Instant::of(now);
        let mut write = self.begin().await?;
        let mut new = 0;
        for (treaty, on) in days {
            let inserted = sqlx::query!(
                "insert into _acknowledgement (date_id, treaty_id, on_date, author, note, made_at)
                values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
                date,
                treaty,
                on,
                remark.author,
                remark.note,
                now
            );
            new += inserted.execute(&mut *write.tx).await?.rows_affected();
            sqlx::query!(
                "update _delivery set state = 'acknowledged', held_for = null, finished_at = ?3
                where state = 'held' and alert_id in (
                    select alert_id from _alert
                    where kind = 'date.approaching' and on_date = ?2 and json_extract(body, '$.date') = ?1)",
                date,
                on,
                now
            )
            .execute(&mut *write.tx)
            .await?;
        }
        write.commit().await?;
        Ok(new > 0)
    }

    /// Takes back the acknowledgements of a date; false if there is none.
    pub async fn undo_acknowledgement(
        &self,
        date: &DateId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let now = Instant::of(now);
        let mut write = self.begin().await?;
        let undone = sqlx::query!(
            "update _acknowledgement set ended_at = ?3, ended_by = ?2, end_reason = 'undone'
            where date_id = ?1 and ended_at is null",
            date,
            by,
            now
        );
        let undone = undone.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(undone > 0)
    }

    /// Records that a treaty is to be heard of later; false, and nothing is recorded, if that has been said.
    /// What waits for a digest waits for the end of the snooze.
    pub async fn snooze(
        &self,
        treaty: &TreatyId,
        [starts_on, ends_before]: [NaiveDate; 2],
        remark: &Remark,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let now = Instant::of(now);
        let mut write = self.begin().await?;
        let inserted = sqlx::query!(
            "insert into _snooze (treaty_id, starts_on, ends_before, author, note, made_at)
            values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
            treaty,
            starts_on,
            ends_before,
            remark.author,
            remark.note,
            now
        );
        let inserted = inserted.execute(&mut *write.tx).await?.rows_affected() == 1;
        if inserted {
            sqlx::query!(
                "update _delivery set held_for = 'snooze'
                where state = 'held' and alert_id in (select alert_id from _alert where treaty_id = ?1)",
                treaty
            )
            .execute(&mut *write.tx)
            .await?;
        }
        write.commit().await?;
        Ok(inserted)
    }

    /// Ends the snooze of a treaty before its time; false if there is none. What was held for it goes out
    /// with the next summaries.
    pub async fn end_snooze(
        &self,
        treaty: &TreatyId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let now = Instant::of(now);
        let mut write = self.begin().await?;
        let ended = sqlx::query!(
            "update _snooze set ended_at = ?3, ended_by = ?2, end_reason = 'ended'
            where treaty_id = ?1 and ended_at is null",
            treaty,
            by,
            now
        );
        let ended = ended.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(ended > 0)
    }

    /// The acknowledgements, of one treaty or of all, the latest last; with those that hold no more if
    /// `with_past`.
    pub async fn acknowledgements(
        &self,
        treaty: Option<&TreatyId>,
        with_past: bool,
    ) -> Result<Vec<Acknowledgement>, StoreError> {
        let rows = sqlx::query!(
            r#"select
                date_id as "date_id: DateId", treaty_id as "treaty_id: TreatyId", on_date as "on_date: NaiveDate",
                author, note, made_at as "made_at: Instant", ended_at as "ended_at: Instant", ended_by,
                end_reason as "end_reason: AcknowledgementEnd"
            from _acknowledgement
            where (?1 is null or treaty_id = ?1) and (?2 or ended_at is null)
            order by acknowledgement_id"#,
            treaty,
            with_past
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter().map(|row| Acknowledgement {
            date: row.date_id,
            treaty: row.treaty_id,
            on: row.on_date,
            remark: Remark { author: row.author, note: row.note },
            made_at: row.made_at.0,
            ended_at: row.ended_at.map(|instant| instant.0),
            ended_by: row.ended_by,
            end_reason: row.end_reason,
        });
        Ok(rows.collect())
    }

    /// The snoozes, of one treaty or of all, the latest last; with those that hold no more if `with_past`.
    pub async fn snoozes(
        &self,
        treaty: Option<&TreatyId>,
        with_past: bool,
    ) -> Result<Vec<Snooze>, StoreError> {
        let rows = sqlx::query!(
            r#"select
                treaty_id as "treaty_id: TreatyId", starts_on as "starts_on: NaiveDate",
                ends_before as "ends_before: NaiveDate", author, note, made_at as "made_at: Instant",
                ended_at as "ended_at: Instant", ended_by, end_reason as "end_reason: SnoozeEnd"
            from _snooze
            where (?1 is null or treaty_id = ?1) and (?2 or ended_at is null)
            order by snooze_id"#,
            treaty,
            with_past
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter().map(|row| Snooze {
            treaty: row.treaty_id,
            starts_on: row.starts_on,
            ends_before: row.ends_before,
            remark: Remark { author: row.author, note: row.note },
            made_at: row.made_at.0,
            ended_at: row.ended_at.map(|instant| instant.0),
            ended_by: row.ended_by,
            end_reason: row.end_reason,
        });
        Ok(rows.collect())
    }
}
