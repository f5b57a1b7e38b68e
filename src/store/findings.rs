//! Findings: where a source differs from the record, until somebody decides.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::id::{ActId, StateId};
use crate::domain::reconcile::Finding;
use crate::domain::source::{FindingRow, FindingState};

use super::column::{Instant, Json};
use super::{Store, StoreError, WriteTx};

/// Findings that one statement opens.
const OPENED_ROWS: usize = 500;

/// Which findings are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct FindingFilter<'a> {
    /// Those in one state; all, if there is none.
    pub state: Option<FindingState>,
    /// Those of one source.
    pub source: Option<&'a str>,
    /// Those with a higher number.
    pub after: i64,
    /// No more than these; all, if there is no number.
    pub limit: Option<u32>,
}

/// Whose decision it is, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Who.
    pub by: &'a str,
    /// Why, in their words.
    pub note: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

struct FindingRecord {
    finding_id: i64,
    source: String,
    finding: Json<Finding>,
    found_at: Instant,
    state: FindingState,
    decided_at: Option<Instant>,
    decided_by: Option<String>,
    note: Option<String>,
    act_id: Option<ActId>,
}

impl From<FindingRecord> for FindingRow {
    fn from(row: FindingRecord) -> Self {
        Self {
            finding_id: row.finding_id,
            source: row.source,
            finding: row.finding.0,
            found_at: row.found_at.0,
            state: row.state,
            decided_at: row.decided_at.map(|instant| instant.0),
            decided_by: row.decided_by,
            note: row.note,
            act_id: row.act_id,
        }
    }
}

impl Store {
    /// Findings, the oldest first: those in one state, or all.
    pub async fn findings(&self, state: Option<FindingState>) -> Result<Vec<FindingRow>, StoreError> {
        self.find_findings(FindingFilter { state, ..FindingFilter::default() }).await
    }

    /// The findings that pass a filter, the oldest first.
    pub async fn find_findings(&self, filter: FindingFilter<'_>) -> Result<Vec<FindingRow>, StoreError> {
        let FindingFilter { state, source, after, limit } = filter;
        let limit = limit.map_or(-1, i64::from);
        let rows = sqlx::query_as!(
            FindingRecord,
            r#"select
                finding_id as "finding_id!", source, finding as "finding: Json<Finding>",
                found_at as "found_at: Instant", state as "state: FindingState",
                decided_at as "decided_at: Instant", decided_by, note, act_id as "act_id: ActId"
            from _source_finding
            where (?1 is null or state = ?1) and (?2 is null or source = ?2) and finding_id > ?3
            order by finding_id limit ?4"#,
            state,
            source,
            after,
            limit
        );
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(FindingRow::from).collect())
    }

    /// How many findings pass a filter, whatever its limit.
    pub async fn count_findings(&self, filter: FindingFilter<'_>) -> Result<u32, StoreError> {
        let FindingFilter { state, source, after, .. } = filter;
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!: u32" from _source_finding
            where (?1 is null or state = ?1) and (?2 is null or source = ?2) and finding_id > ?3"#,
            state,
            source,
            after
        );
        Ok(count.fetch_one(&self.readers).await?)
    }

    /// One finding by its number.
    pub async fn finding(&self, id: i64) -> Result<Option<FindingRow>, StoreError> {
        let filter =
            FindingFilter { after: id.saturating_sub(1), limit: Some(1), ..FindingFilter::default() };
        let row = self.find_findings(filter).await?.pop();
        Ok(row.filter(|row| row.finding_id == id))
    }

    /// Those of the keys of findings of a source that are open or were rejected.
    pub async fn asked_findings(
        &self,
        source: &str,
        keys: &[String],
    ) -> Result<BTreeSet<String>, StoreError> {
        let keys = Json(keys);
        let asked = sqlx::query_scalar!(
            "select key from _source_finding
            where source = ?1 and state in ('open', 'rejected') and key in (select value from json_each(?2))",
            source,
            keys
        );
        Ok(asked.fetch_all(&self.readers).await?.into_iter().collect())
    }

    /// How many findings about acts a source has open.
    pub async fn open_acts(&self, source: &str) -> Result<u32, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!: u32" from _source_finding
            where source = ?1 and state = 'open'
              and finding ->> '$.finding' not in ('notes', 'page', 'entry', 'varies', 'more_acts', 'more_entries')"#,
            source
        );
        Ok(count.fetch_one(&self.readers).await?)
    }

    /// The open findings of the other sources of the same treaty, the latest first, no more than `most`.
    pub async fn open_elsewhere(&self, source: &str, most: u32) -> Result<Vec<Finding>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"select f.finding as "finding: Json<Finding>"
            from _source_finding f join _source s on s.name = f.source
            where f.state = 'open' and f.source <> ?1
              and s.treaty_id = (select treaty_id from _source where name = ?1)
            order by f.finding_id desc limit ?2"#,
            source,
            most
        );
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(|finding| finding.0).collect())
    }
}

impl WriteTx {
    /// Opens findings of a source; gives the numbers of those that were not open or rejected already, by their keys.
    pub async fn open_findings(
        &mut self,
        source: &str,
        findings: &[Finding],
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let now = Instant::of(now);
        let mut opened = BTreeMap::new();
        for chunk in findings.chunks(OPENED_ROWS) {
            let rows = Json(chunk.iter().map(|finding| (finding.key(), finding)).collect::<Vec<_>>());
            // `where true` keeps the parser from reading `on conflict` as a join.
            let rows = sqlx::query!(
                r#"insert into _source_finding (source, key, finding, found_at, state)
                select ?1, value ->> 0, value -> 1, ?3, 'open' from json_each(?2) where true order by json_each.key
                on conflict do nothing
                returning finding_id as "finding_id!", key"#,
                source,
                rows,
                now
            );
            let rows = rows.fetch_all(&mut *self.tx).await?;
            opened.extend(rows.into_iter().map(|row| (row.key, row.finding_id)));
        }
        Ok(opened)
    }

    /// Ends the open findings of a source that settle by themselves and that it gives no more cause for: those whose
    /// keys are not among `keys`. What is only to be read waits for a reader.
    pub async fn settle_findings(
        &mut self,
        source: &str,
        keys: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (keys, now) = (Json(keys), Instant::of(now));
        sqlx::query!(
            "update _source_finding set state = 'settled', decided_at = ?3
            where source = ?1 and state = 'open'
              and finding ->> '$.finding' not in ('notes', 'page', 'entry', 'more_entries')
              and key not in (select value from json_each(?2))",
            source,
            keys,
            now
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Rejects open findings of a source, at most `most`; returns how many.
    pub async fn reject_open(
        &mut self,
        source: &str,
        decision: Decision<'_>,
        most: u32,
    ) -> Result<u64, StoreError> {
        let Decision { by, note, at } = decision;
        let at = Instant::of(at);
        let rejected = sqlx::query!(
            "update _source_finding set state = 'rejected', decided_by = ?2, note = ?3, decided_at = ?4
            where finding_id in (
                select finding_id from _source_finding where source = ?1 and state = 'open' limit ?5)",
            source,
            by,
            note,
            at,
            most
        );
        Ok(rejected.execute(&mut *self.tx).await?.rows_affected())
    }

    /// Decides an open finding; false if it is not open any more.
    pub async fn decide_finding(
        &mut self,
        id: i64,
        state: FindingState,
        decision: Decision<'_>,
        act: Option<&ActId>,
    ) -> Result<bool, StoreError> {
        let Decision { by, note, at } = decision;
        let at = Instant::of(at);
        let decided = sqlx::query!(
            "update _source_finding set state = ?2, decided_by = ?3, note = ?4, decided_at = ?5, act_id = ?6
            where finding_id = ?1 and state = 'open'",
            id,
            state,
            by,
            note,
            at,
            act
        );
        Ok(decided.execute(&mut *self.tx).await?.rows_affected() == 1)
    }

    /// Has a state known under one more name.
    pub async fn add_alias(
        &mut self,
        name: &str,
        state: StateId,
        decision: Decision<'_>,
    ) -> Result<(), StoreError> {
        let at = Instant::of(decision.at);
        sqlx::query!(
            "insert into _source_alias (name, state_id, decided_at, decided_by) values (?1, ?2, ?3, ?4)
            on conflict (name) do update set
                state_id = excluded.state_id, decided_at = excluded.decided_at, decided_by = excluded.decided_by",
            name,
            state,
            at,
            decision.by
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
