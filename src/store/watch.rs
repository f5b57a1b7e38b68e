//! What a check needs: how far the last one came, what is new, and a mark on it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::SqliteConnection;

use crate::domain::id::{ActId, TreatyId};
use crate::domain::treaty::Treaty;
use crate::domain::watch::{Fresh, Watched};

use super::act_rows::{self, ActRow, Versions};
use super::column::{Instant, Json};
use super::facts;
use super::{Store, StoreError, WriteTx};

/// The database itself, and how far it has watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// A version 4 UUID, the same in every copy; a rewind changes it.
    pub database_id: String,
    /// Of the seeds that were recorded last.
    pub seeds_digest: Option<String>,
    /// Their version, if they have one.
    pub seeds_version: Option<u32>,
    /// The program's way of projecting by which all was projected last.
    pub projected_by: Option<String>,
    /// The day from which on changes are told; none before the first start.
    pub began_on: Option<NaiveDate>,
    /// The last day that was checked.
    pub checked_on: Option<NaiveDate>,
    /// When that was done.
    pub checked_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The database itself, and how far it has watched.
    pub async fn watch(&self) -> Result<Watch, StoreError> {
        read_watch(&mut *self.readers.acquire().await?).await
    }
}

async fn read_watch(conn: &mut SqliteConnection) -> Result<Watch, StoreError> {
    let row = sqlx::query!(
        r#"select
            database_id, seeds_digest, seeds_version as "seeds_version: u32", projected_by, began_on as "began_on: NaiveDate",
            checked_on as "checked_on: NaiveDate", checked_at as "checked_at: Instant"
        from _watch"#
    );
    let row = row.fetch_one(conn).await?;
    Ok(Watch {
        database_id: row.database_id,
        seeds_digest: row.seeds_digest,
        seeds_version: row.seeds_version,
        projected_by: row.projected_by,
        began_on: row.began_on,
        checked_on: row.checked_on,
        checked_at: row.checked_at.map(|instant| instant.0),
    })
}

impl WriteTx {
    /// The database itself, and how far it has watched.
    pub async fn watch(&mut self) -> Result<Watch, StoreError> {
        read_watch(&mut self.tx).await
    }

    /// Sets the day from which on changes are told.
    pub async fn set_began_on(&mut self, day: NaiveDate) -> Result<(), StoreError> {
        sqlx::query!("update _watch set began_on = ?1", day).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Notes that the check of `day` is done, and that what is new was told on it.
    pub async fn set_checked(&mut self, day: NaiveDate, now: DateTime<Utc>) -> Result<(), StoreError> {
        let now = Instant::of(now);
        sqlx::query!("update _watch set checked_on = ?1, checked_at = ?2", day, now)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!(
            "insert into _checked_day (on_date, checked_at) values (?1, ?2)
            on conflict (on_date) do update set checked_at = excluded.checked_at",
            day,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("update _alert set told_on = ?1 where told_on is null", day)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// The treaties that are not over and whose facts have come to be so many days old since the watch
    /// began; none that has been told.
    pub async fn grown_old(
        &mut self,
        began_on: NaiveDate,
        today: NaiveDate,
        days: u64,
    ) -> Result<Vec<(TreatyId, NaiveDate)>, StoreError> {
        let back = Days::new(days);
        let Some((first, last)) = began_on.checked_sub_days(back).zip(today.checked_sub_days(back)) else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query_file!("src/store/queries/grown_old.sql", first, last, today);
        Ok(rows.fetch_all(&mut *self.tx).await?.into_iter().map(|row| (row.treaty_id, row.day)).collect())
    }

    /// The treaties that earlier checks could not read, each with the last day that was checked for it.
    pub async fn set_aside(&mut self) -> Result<BTreeMap<TreatyId, NaiveDate>, StoreError> {
        let rows = sqlx::query!(
            r#"select treaty_id as "treaty_id!: TreatyId", since as "since!: NaiveDate" from _set_aside"#
        );
        let rows = rows.fetch_all(&mut *self.tx).await?;
        Ok(rows.into_iter().map(|row| (row.treaty_id, row.since)).collect())
    }

    /// Keeps for a treaty that cannot be read the last day that was checked for it.
    pub async fn put_aside(&mut self, id: &TreatyId, since: NaiveDate) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into _set_aside (treaty_id, since) values (?1, ?2) on conflict do nothing",
            id,
            since
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Forgets that a treaty was set aside: it has been checked.
    pub async fn take_up(&mut self, id: &TreatyId) -> Result<(), StoreError> {
        sqlx::query!("delete from _set_aside where treaty_id = ?1", id).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// A treaty as the last check saw it, and as one sees it `today`; none if there is no such treaty.
    pub async fn load_watched(
        &mut self,
        id: &TreatyId,
        today: NaiveDate,
    ) -> Result<Option<Watched>, StoreError> {
        Ok(self.load_several_watched(std::slice::from_ref(id), today).await?.remove(id))
    }

    /// The same of several treaties: a query for each table, however many there are. One that cannot
    /// be read fails all of them.
    pub async fn load_several_watched(
        &mut self,
        ids: &[TreatyId],
        today: NaiveDate,
    ) -> Result<BTreeMap<TreatyId, Watched>, StoreError> {
        let treaties = facts::treaties(&mut self.tx, ids).await?;
        let mut rows: BTreeMap<TreatyId, Vec<ActRow>> = BTreeMap::new();
        for row in act_rows::load(&mut self.tx, ids, Versions::All).await? {
            rows.entry(row.treaty_id.clone()).or_default().push(row);
        }
        let mut earlier = self.earlier_definitions(ids).await?;
        let watched = |(id, treaty): (TreatyId, Treaty)| {
            let compared = compare(treaty, rows.remove(&id).unwrap_or_default(), today);
            let watched = Watched { earlier: earlier.remove(&id), ..compared };
            (id, watched)
        };
        Ok(treaties.into_iter().map(watched).collect())
    }

    async fn earlier_definitions(
        &mut self,
        ids: &[TreatyId],
    ) -> Result<BTreeMap<TreatyId, Treaty>, StoreError> {
        let ids = Json(ids);
        let rows = sqlx::query!(
            r#"select treaty_id as "treaty_id: TreatyId", definition as "definition: Json<Treaty>"
            from _earlier_definition where treaty_id in (select value from json_each(?1))"#,
            ids
        );
        let rows = rows.fetch_all(&mut *self.tx).await?;
        Ok(rows.into_iter().map(|row| (row.treaty_id, row.definition.0)).collect())
    }

    /// Marks everything that [`Self::load_watched`] tells of one treaty as taken into account.
    pub async fn mark_watched(&mut self, id: &TreatyId, today: NaiveDate) -> Result<(), StoreError> {
        self.mark_several_watched(std::slice::from_ref(id), today).await
    }

    /// The same of several treaties.
    pub async fn mark_several_watched(
        &mut self,
        ids: &[TreatyId],
        today: NaiveDate,
    ) -> Result<(), StoreError> {
        let ids = &Json(ids);
        sqlx::query!(
            // The index holds what is new and nothing else; that of treaties leads through all their acts.
            "update _act indexed by _act_unwatched set watched_on = ?2
            where watched_on is null and known_on <= ?2
              and treaty_id in (select value from json_each(?1))",
            ids,
            today
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "update _act set retraction_watched_on = ?2
            where treaty_id in (select value from json_each(?1))
              and retracted_at is not null and retraction_watched_on is null",
            ids,
            today
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "delete from _earlier_definition where treaty_id in (select value from json_each(?1))",
            ids
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Marks everything known `today` as taken into account: a watch begins in silence.
    pub async fn mark_all_watched(&mut self, today: NaiveDate) -> Result<(), StoreError> {
        sqlx::query!("update _act set watched_on = ?1 where watched_on is null and known_on <= ?1", today)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!(
            "update _act set retraction_watched_on = ?1
            where retracted_at is not null and retraction_watched_on is null",
            today
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

fn compare(treaty: Treaty, rows: Vec<ActRow>, today: NaiveDate) -> Watched {
    let by_id: BTreeMap<&ActId, &ActRow> = rows.iter().map(|row| (&row.act_id, row)).collect();
    let later = |row: &ActRow| {
        let next = |row: &&ActRow| row.superseded_by.as_ref().and_then(|id| by_id.get(id)).copied();
        std::iter::successors(next(&row), next).collect::<Vec<_>>()
    };
    let known = |row: &ActRow| row.known_on <= today;
    let mut watched =
        Watched { treaty, earlier: None, before: vec![], now: vec![], fresh: vec![], retracted: vec![] };
    let mut seen: BTreeSet<&ActId> = BTreeSet::new();
    for row in &rows {
        let versions = later(row);
        let gone_before = row.retraction_watched
            || versions.iter().any(|version| version.watched || version.retraction_watched);
        if row.watched && !gone_before {
            seen.insert(&row.act_id);
            watched.before.push(row.clone().into_act());
            if row.retracted || versions.iter().any(|version| version.retracted) {
                watched.retracted.push(row.clone().into_act());
            }
        }
    }
    let mut corrected: BTreeMap<&ActId, &ActId> = BTreeMap::new();
    for row in rows.iter().filter(|row| seen.contains(&row.act_id)) {
        corrected.extend(later(row).into_iter().map(|version| (&version.act_id, &row.act_id)));
    }
    for row in &rows {
        // A correction that is not known yet leaves the earlier version as it is.
        let gone = row.retracted || later(row).into_iter().any(|version| version.retracted || known(version));
        if !known(row) || gone {
            continue;
        }
        let act = row.clone().into_act();
        watched.now.push(act.clone());
        if !row.watched {
            let supersedes = corrected.get(&row.act_id).map(|id| (*id).clone());
            watched.fresh.push(Fresh { act, supersedes });
        }
    }
    watched
}
