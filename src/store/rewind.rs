//! The way back after a clock that was ahead.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::column::Instant;
use super::{StoreError, WriteTx};

impl WriteTx {
    /// Sets the watch back to `day`, after checks by a clock that was ahead. Gives how many alerts they raised before
    /// their day: those are raised again when it comes, under other ids, since receivers know the first ones.
    /// Deliveries, sources, jobs and summaries that wait for a time after `now` wait no longer.
    pub async fn rewind(&mut self, day: NaiveDate, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let now = Instant::of(now);
        let early = sqlx::query!(
            "update alert set key = key || '|early|' || alert_id
            where told_on > ?1 and key not like '%|early|%'
              and (kind = 'facts.stale' or date(on_date, '-' || coalesce(lead_days, 0) || ' days') > ?1)",
            day
        );
        let early = early.execute(&mut *self.tx).await?.rows_affected();
        sqlx::query!(
            "update alert_key set key = key || '|early|' || alert_id
            where key not like '%|early|%'
              and alert_id in (select alert_id from alert where key like '%|early|%')"
        )
        .execute(&mut *self.tx)
        .await?;
        let database_id = Uuid::new_v4().to_string();
        sqlx::query!("update watch set checked_on = ?1, checked_at = ?2 where checked_on > ?1", day, now)
            .execute(&mut *self.tx)
            .await?;
        if 0 < early {
            sqlx::query!("update watch set database_id = ?1", database_id).execute(&mut *self.tx).await?;
        }
        sqlx::query!("delete from checked_day where on_date > ?1", day).execute(&mut *self.tx).await?;
        sqlx::query!(
            "update delivery set next_attempt_at = ?1 where state = 'pending' and next_attempt_at > ?1",
            now
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("update delivery set leased_until = null where leased_until > ?1", now)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!(
            "update endpoint set
                slowed_until = iif(slowed_until > ?1, null, slowed_until),
                digested_to = iif(digested_to > ?1, ?1, digested_to),
                reported_to = iif(reported_to > ?1, ?1, reported_to)",
            now
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("update source set next_at = null where next_at > ?1", now)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!("update job set next_at = null where next_at > ?1", now).execute(&mut *self.tx).await?;
        Ok(early)
    }
}
