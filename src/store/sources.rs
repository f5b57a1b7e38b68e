//! Watched sources: how each is doing, what it gave cause to look at, and what was decided.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::id::{ActId, StateId, TreatyId};
use crate::domain::reconcile::Finding;
use crate::domain::source::{FindingRow, FindingState, Policy, Seen, SourceKind, SourceState};

use super::column::{Instant, Json};
use super::{Store, StoreError, WriteTx};

/// What the configuration says of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub kind: SourceKind,
    /// The treaty that it is about.
    pub treaty: Option<TreatyId>,
    /// Where it is.
    pub url: String,
    /// By which rules it is read.
    pub rules: String,
    /// What becomes of an act that the record has not.
    pub policy: Policy,
}

/// A source and how it is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceHealth {
    /// What it is.
    pub row: SourceRow,
    /// How it is doing.
    pub state: SourceState,
    /// How many findings nobody has decided.
    pub open_findings: u32,
}

/// An answer that was kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceBody {
    /// SHA-256 of the body, in hexadecimal.
    pub digest: String,
    /// When it came.
    pub fetched_at: DateTime<Utc>,
    /// The body, packed with gzip.
    pub packed: Vec<u8>,
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

struct HealthRow {
    name: String,
    kind: SourceKind,
    treaty_id: Option<TreatyId>,
    url: String,
    rules: String,
    policy: Policy,
    asked_at: Option<Instant>,
    good_at: Option<Instant>,
    changed_at: Option<Instant>,
    failed_at: Option<Instant>,
    next_at: Option<Instant>,
    failures: u32,
    failing_since: Option<Instant>,
    last_error: Option<String>,
    told: bool,
    etag: Option<String>,
    last_modified: Option<String>,
    seen: Option<Json<Seen>>,
    unconfirmed: Option<String>,
    trusted: bool,
    open_findings: u32,
}

impl From<HealthRow> for SourceHealth {
    fn from(row: HealthRow) -> Self {
        let at = |instant: Option<Instant>| instant.map(|instant| instant.0);
        Self {
            row: SourceRow {
                name: row.name,
                kind: row.kind,
                treaty: row.treaty_id,
                url: row.url,
                rules: row.rules,
                policy: row.policy,
            },
            state: SourceState {
                asked_at: at(row.asked_at),
                good_at: at(row.good_at),
                changed_at: at(row.changed_at),
                failed_at: at(row.failed_at),
                next_at: at(row.next_at),
                failures: row.failures,
                failing_since: at(row.failing_since),
                last_error: row.last_error,
                told: row.told,
                etag: row.etag,
                last_modified: row.last_modified,
                seen: row.seen.map(|seen| seen.0),
                unconfirmed: row.unconfirmed,
                trusted: row.trusted,
            },
            open_findings: row.open_findings,
        }
    }
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
    /// Makes the sources those of the configuration. One that it names no more keeps its history; of one
    /// that is elsewhere, or is read by other rules, nothing that it said before counts.
    pub async fn put_sources(&self, rows: &[SourceRow]) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        sqlx::query!("update source set configured = 0").execute(&mut *write.tx).await?;
        for row in rows {
            sqlx::query!(
                "insert into source (name, kind, treaty_id, url, rules, policy, configured)
                values (?1, ?2, ?3, ?4, ?5, ?6, 1)
                on conflict (name) do update set
                    seen = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then seen end,
                    unconfirmed = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then unconfirmed end,
                    etag = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then etag end,
                    last_modified = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then last_modified end,
                    next_at = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then next_at end,
                    trusted = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then trusted else 0 end,
                    kind = ?2, treaty_id = ?3, url = ?4, rules = ?5, policy = ?6, configured = 1",
                row.name,
                row.kind,
                row.treaty,
                row.url,
                row.rules,
                row.policy
            )
            .execute(&mut *write.tx)
            .await?;
        }
        write.commit().await
    }

    /// The configured sources, by name.
    pub async fn sources(&self) -> Result<Vec<SourceHealth>, StoreError> {
        let rows = sqlx::query_as!(
            HealthRow,
            r#"select
                name, kind as "kind: SourceKind", treaty_id as "treaty_id: TreatyId", url, coalesce(rules, '') as "rules!", policy as "policy: Policy",
                asked_at as "asked_at: Instant", good_at as "good_at: Instant", changed_at as "changed_at: Instant",
                failed_at as "failed_at: Instant", next_at as "next_at: Instant", failures as "failures: u32",
                failing_since as "failing_since: Instant", last_error, told as "told: bool", etag, last_modified,
                seen as "seen: Json<Seen>", unconfirmed, trusted as "trusted: bool",
                (select count(*) from source_finding f
                 where f.source = source.name and f.state = 'open') as "open_findings!: u32"
            from source where configured = 1 order by name"#
        );
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(SourceHealth::from).collect())
    }

    /// When a source is to be asked next; none if there is none. One that was never asked is due at once.
    pub async fn next_source_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next = sqlx::query_scalar!(
            r#"select min(coalesce(next_at, '0000-01-01T00:00:00Z')) as "next: Instant" from source where configured = 1"#
        );
        Ok(next.fetch_one(&self.readers).await?.map(|instant| instant.0))
    }

    /// Findings, the oldest first: those in one state, or all.
    pub async fn findings(&self, state: Option<FindingState>) -> Result<Vec<FindingRow>, StoreError> {
        let rows = sqlx::query_as!(
            FindingRecord,
            r#"select
                finding_id as "finding_id!", source, finding as "finding: Json<Finding>",
                found_at as "found_at: Instant", state as "state: FindingState",
                decided_at as "decided_at: Instant", decided_by, note, act_id as "act_id: ActId"
            from source_finding where ?1 is null or state = ?1 order by finding_id"#,
            state
        );
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(FindingRow::from).collect())
    }

    /// The answers of a source that were kept, the newest first.
    pub async fn source_bodies(&self, source: &str) -> Result<Vec<SourceBody>, StoreError> {
        let rows = sqlx::query!(
            r#"select digest, fetched_at as "fetched_at: Instant", body from source_body
            where source = ?1 order by fetched_at desc, rowid desc"#,
            source
        );
        let rows = rows.fetch_all(&self.readers).await?.into_iter().map(|row| SourceBody {
            digest: row.digest,
            fetched_at: row.fetched_at.0,
            packed: row.body,
        });
        Ok(rows.collect())
    }

    /// One kept answer of a source: the newest is number 0. None if there are not so many.
    pub async fn source_body_at(&self, source: &str, number: u32) -> Result<Option<SourceBody>, StoreError> {
        let row = sqlx::query!(
            r#"select digest, fetched_at as "fetched_at: Instant", body from source_body
            where source = ?1 order by fetched_at desc, rowid desc limit 1 offset ?2"#,
            source,
            number
        );
        let row = row.fetch_optional(&self.readers).await?;
        Ok(row.map(|row| SourceBody { digest: row.digest, fetched_at: row.fetched_at.0, packed: row.body }))
    }

    /// The names under which sources list states, besides those of the catalogue.
    pub async fn source_aliases(&self) -> Result<BTreeMap<String, StateId>, StoreError> {
        let rows = sqlx::query!(r#"select name, state_id as "state_id: StateId" from source_alias"#);
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(|row| (row.name, row.state_id)).collect())
    }
}

impl WriteTx {
    /// Writes down how a source is doing.
    pub async fn save_source(&mut self, name: &str, state: &SourceState) -> Result<(), StoreError> {
        let at = |instant: Option<DateTime<Utc>>| instant.map(Instant::of);
        let (asked, good, changed) = (at(state.asked_at), at(state.good_at), at(state.changed_at));
        let (failed, next, since) = (at(state.failed_at), at(state.next_at), at(state.failing_since));
        let seen = state.seen.as_ref().map(Json);
        sqlx::query!(
            "update source set asked_at = ?2, good_at = ?3, changed_at = ?4, failed_at = ?5, next_at = ?6,
                failures = ?7, failing_since = ?8, last_error = ?9, told = ?10, etag = ?11, last_modified = ?12,
                seen = ?13, unconfirmed = ?14, trusted = ?15
            where name = ?1",
            name,
            asked,
            good,
            changed,
            failed,
            next,
            state.failures,
            since,
            state.last_error,
            state.told,
            state.etag,
            state.last_modified,
            seen,
            state.unconfirmed,
            state.trusted
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Keeps an answer as it came.
    pub async fn keep_body(
        &mut self,
        source: &str,
        digest: &str,
        packed: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let now = Instant::of(now);
        sqlx::query!(
            "insert into source_body (source, digest, fetched_at, body) values (?1, ?2, ?3, ?4)
            on conflict (source, digest) do nothing",
            source,
            digest,
            now,
            packed
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Opens a finding; none if it is open already, or was refused.
    pub async fn open_finding(
        &mut self,
        source: &str,
        finding: &Finding,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, StoreError> {
        let (key, finding, now) = (finding.key(), Json(finding), Instant::of(now));
        let id = sqlx::query_scalar!(
            r#"insert into source_finding (source, key, finding, found_at, state) values (?1, ?2, ?3, ?4, 'open')
            on conflict do nothing returning finding_id as "finding_id!""#,
            source,
            key,
            finding,
            now
        );
        Ok(id.fetch_optional(&mut *self.tx).await?)
    }

    /// The open findings of the other sources of the same treaty.
    pub async fn open_elsewhere(&mut self, source: &str) -> Result<Vec<Finding>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"select f.finding as "finding: Json<Finding>"
            from source_finding f join source s on s.name = f.source
            where f.state = 'open' and f.source <> ?1
              and s.treaty_id = (select treaty_id from source where name = ?1)"#,
            source
        );
        Ok(rows.fetch_all(&mut *self.tx).await?.into_iter().map(|finding| finding.0).collect())
    }

    /// Ends the open findings of a source that settle by themselves and that it does not give cause for any more.
    pub async fn settle_findings(
        &mut self,
        source: &str,
        found: &[Finding],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"select finding_id as "finding_id!", key, finding as "finding: Json<Finding>"
            from source_finding where source = ?1 and state = 'open'"#,
            source
        );
        let now = Instant::of(now);
        for row in rows.fetch_all(&mut *self.tx).await? {
            if !row.finding.0.settles() || found.iter().any(|finding| finding.key() == row.key) {
                continue;
            }
            sqlx::query!(
                "update source_finding set state = 'settled', decided_at = ?2 where finding_id = ?1",
                row.finding_id,
                now
            )
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
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
            "update source_finding set state = ?2, decided_by = ?3, note = ?4, decided_at = ?5, act_id = ?6
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
            "insert into source_alias (name, state_id, decided_at, decided_by) values (?1, ?2, ?3, ?4)
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
