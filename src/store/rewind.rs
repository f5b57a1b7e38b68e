//! The way back after a clock that was ahead.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::column::Instant;
use super::{StoreError, WriteTx};

/// Nothing waits longer for its next attempt, unless the clock was ahead.
const WAIT_MAX: TimeDelta = TimeDelta::days(1);

impl WriteTx {
    /// Sets the watch back to `day`, after checks of later days by a clock that was ahead. Returns how many alerts of
    /// days to come they raised; none if no check is ahead of `day`, and then nothing changes.
    ///
    /// What was sent of these alerts stays on record, and is raised again on its day under another id, because
    /// receivers know the first one. What was not sent is taken back.
    pub async fn rewind(&mut self, day: NaiveDate, now: DateTime<Utc>) -> Result<Option<u64>, StoreError> {
        if self.watch().await?.checked_on.is_none_or(|checked_on| checked_on <= day) {
            return Ok(None);
        }
        let early = self.free_keys(day).await?;
        if 0 < early {
            // Ids of messages are made of it and of the key.
            let database_id = Uuid::new_v4().to_string();
            sqlx::query!("update _watch set database_id = ?1", database_id).execute(&mut *self.tx).await?;
        }
        self.set_back(day, Instant::of(now)).await?;
        self.wait_no_longer(now).await?;
        Ok(Some(early))
    }

    /// Frees the keys of alerts that were raised before their day.
    async fn free_keys(&mut self, day: NaiveDate) -> Result<u64, StoreError> {
        let early = sqlx::query!(
            "update _alert set key = key || '|early|' || alert_id
            where told_on > ?1 and key not like '%|early|%'
              and (kind = 'facts.stale'
                or kind in ('status.changed', 'date.reached', 'date.approaching')
                  and date(on_date, '-' || coalesce(lead_days, 0) || ' days') > ?1)",
            day
        );
        let early = early.execute(&mut *self.tx).await?.rows_affected();
        sqlx::query!(
            "update _alert_key set key = key || '|early|' || alert_id
            where key not like '%|early|%'
              and alert_id in (select alert_id from _alert where key like '%|early|%')"
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "delete from _delivery where state in ('pending', 'held')
              and alert_id in (select alert_id from _alert where key like '%|early|%')"
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(early)
    }

    /// Makes nothing known, checked, confirmed or ended on a day after `day`.
    async fn set_back(&mut self, day: NaiveDate, now: Instant) -> Result<(), StoreError> {
        sqlx::query!(
            "update _watch set checked_on = ?1, checked_at = ?2, began_on = min(began_on, ?1), projected_by = null",
            day,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("delete from _checked_day where on_date > ?1", day).execute(&mut *self.tx).await?;
        sqlx::query!("update _set_aside set since = ?1 where since > ?1", day).execute(&mut *self.tx).await?;
        // An act of a day to come stays one: its year may be wrong.
        sqlx::query!("update _act set known_on = ?1 where known_on > ?1 and on_date <= ?1", day)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!("update _source set agreed_on = ?1 where agreed_on > ?1", day)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!(
            "update or ignore _acknowledgement set ended_at = null, end_reason = null
            where end_reason = 'reached' and on_date > ?1",
            day
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "update or ignore _snooze set ended_at = null, end_reason = null
            where end_reason = 'expired' and ends_before > ?1",
            day
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Makes due what waits longer than anything waits by a clock that is right.
    async fn wait_no_longer(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (late, now) = (Instant::of(now + WAIT_MAX), Instant::of(now));
        sqlx::query!(
            "update _delivery set next_attempt_at = iif(next_attempt_at > ?2, ?1, next_attempt_at), leased_until = null
            where state = 'pending' and (next_attempt_at > ?2 or leased_until > ?2)",
            now,
            late
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "update _endpoint set
                slowed_until = iif(slowed_until > ?2, null, slowed_until),
                digested_to = min(digested_to, ?1),
                reported_to = min(reported_to, ?1)",
            now,
            late
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("update _source set next_at = null where next_at > ?1", late)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!("update _job set next_at = null where next_at > ?1", late)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
