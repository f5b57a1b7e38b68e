//! Watched sources: what is configured, how each is doing, and its last answers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::id::{StateId, TreatyId};
use crate::domain::outside::line;
use crate::domain::source::{
    ANSWERS_MAX, ANSWERS_MAX_BYTES, ERROR_CHARS_MAX, INTERRUPTED, Policy, PollMark, Seen, SourceKind,
    SourceState, Variation,
};

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
    poll: Option<PollMark>,
    paused_since: Option<Instant>,
    variation: Option<Json<Variation>>,
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
                poll: row.poll,
                paused_since: at(row.paused_since),
                variation: row.variation.map(|variation| variation.0),
            },
            open_findings: row.open_findings,
        }
    }
}

impl Store {
    /// Makes the sources those of the configuration. One that it names no more keeps its history; of one
    /// that is elsewhere, or is read by other rules, nothing that it said before counts.
    pub async fn put_sources(&self, rows: &[SourceRow]) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        sqlx::query!("update _source set configured = 0").execute(&mut *write.tx).await?;
        for row in rows {
            sqlx::query!(
                "insert into _source (name, kind, treaty_id, url, rules, policy, configured)
                values (?1, ?2, ?3, ?4, ?5, ?6, 1)
                on conflict (name) do update set
                    seen = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then seen end,
                    variation = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then variation end,
                    unconfirmed = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then unconfirmed end,
                    etag = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then etag end,
                    last_modified = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then last_modified end,
                    next_at = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then next_at end,
                    trusted = case when (kind, treaty_id, url, coalesce(rules, ?5)) is (?2, ?3, ?4, ?5) then trusted else 0 end,
                    agreed_on = case when treaty_id is ?3 then agreed_on end,
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
                failing_since as "failing_since: Instant", substr(last_error, 1, 2000) as "last_error?: String",
                told as "told: bool", etag, last_modified,
                seen as "seen: Json<Seen>", unconfirmed, trusted as "trusted: bool", poll as "poll: PollMark",
                paused_since as "paused_since: Instant", variation as "variation: Json<Variation>",
                (select count(*) from _source_finding f
                 where f.source = _source.name and f.state = 'open') as "open_findings!: u32"
            from _source where configured = 1 order by name"#
        );
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(SourceHealth::from).collect())
    }

    /// When a source is to be asked next; none if there is none. One that was never asked is due at once.
    pub async fn next_source_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next = sqlx::query_scalar!(
            r#"select min(coalesce(next_at, '0000-01-01T00:00:00Z')) as "next: Instant" from _source where configured = 1"#
        );
        Ok(next.fetch_one(&self.readers).await?.map(|instant| instant.0))
    }

    /// Marks a source as being polled, and writes down when it is polled the next time: before anything of its
    /// answer is read, so that a program that is ended by it does not begin with it again.
    pub async fn begin_poll(&self, source: &str, next_at: DateTime<Utc>) -> Result<(), StoreError> {
        let next_at = Instant::of(next_at);
        let mut write = self.begin().await?;
        sqlx::query!("update _source set poll = 'running', next_at = ?2 where name = ?1", source, next_at)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Takes the mark from polls that were given up on purpose: one of them, or all. They are due at once.
    pub async fn release_polls(&self, source: Option<&str>) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        sqlx::query!(
            "update _source set poll = null, next_at = null
            where poll = 'running' and (?1 is null or name = ?1)",
            source
        )
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// Counts polls that have not ended as failures: the program ended during them. They keep the time at which they
    /// are next. Only for when no poll can be going on.
    pub async fn fail_interrupted_polls(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let now = Instant::of(now);
        let mut write = self.begin().await?;
        let failed = sqlx::query!(
            "update _source set
                poll = 'interrupted', asked_at = ?1, failed_at = ?1, last_error = ?2,
                failing_since = case when failures = 0 and told = 0 then coalesce(paused_since, ?1)
                    else coalesce(failing_since, ?1) end,
                failures = failures + 1, paused_since = null
            where poll = 'running'",
            now,
            INTERRUPTED
        );
        let failed = failed.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(failed)
    }

    /// Has the next answer of a source believed, and asks for it at `now`: for the answer itself, not "unchanged".
    pub async fn trust_source(&self, source: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let now = Instant::of(now);
        let mut write = self.begin().await?;
        sqlx::query!(
            "update _source set trusted = 1, etag = null, last_modified = null, next_at = ?2 where name = ?1",
            source,
            now
        )
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// Deletes answers that are more than are kept of their source, no more than `most`; tells how many.
    pub async fn forget_answers(&self, most: u32) -> Result<u64, StoreError> {
        let mut write = self.begin().await?;
        let forgotten = sqlx::query_file!(
            "src/store/queries/forget_answers.sql",
            None::<&str>,
            ANSWERS_MAX,
            ANSWERS_MAX_BYTES,
            most
        );
        let forgotten = forgotten.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(forgotten)
    }

    /// The answers of a source that were kept, the newest first.
    pub async fn source_bodies(&self, source: &str) -> Result<Vec<SourceBody>, StoreError> {
        let rows = sqlx::query!(
            r#"select digest, fetched_at as "fetched_at: Instant", body from _source_body
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
            r#"select digest, fetched_at as "fetched_at: Instant", body from _source_body
            where source = ?1 order by fetched_at desc, rowid desc limit 1 offset ?2"#,
            source,
            number
        );
        let row = row.fetch_optional(&self.readers).await?;
        Ok(row.map(|row| SourceBody { digest: row.digest, fetched_at: row.fetched_at.0, packed: row.body }))
    }

    /// The names under which sources list states, besides those of the catalogue.
    pub async fn source_aliases(&self) -> Result<BTreeMap<String, StateId>, StoreError> {
        let rows = sqlx::query!(r#"select name, state_id as "state_id: StateId" from _source_alias"#);
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
        let paused = at(state.paused_since);
        let variation = state.variation.as_ref().map(Json);
        let last_error = state.last_error.as_deref().map(|error| line(error, ERROR_CHARS_MAX));
        sqlx::query!(
            "update _source set asked_at = ?2, good_at = ?3, changed_at = ?4, failed_at = ?5, next_at = ?6,
                failures = ?7, failing_since = ?8, last_error = ?9, told = ?10, etag = ?11, last_modified = ?12,
                seen = ?13, unconfirmed = ?14, trusted = ?15, poll = ?16, paused_since = ?17, variation = ?18
            where name = ?1",
            name,
            asked,
            good,
            changed,
            failed,
            next,
            state.failures,
            since,
            last_error,
            state.told,
            state.etag,
            state.last_modified,
            seen,
            state.unconfirmed,
            state.trusted,
            state.poll,
            paused,
            variation
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Writes down whether an alert was raised that a source fails, and since when it does.
    pub async fn set_told(
        &mut self,
        source: &str,
        told: bool,
        since: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let since = since.map(Instant::of);
        sqlx::query!("update _source set told = ?2, failing_since = ?3 where name = ?1", source, told, since)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Has a source polled at once.
    pub async fn make_due(&mut self, source: &str) -> Result<(), StoreError> {
        sqlx::query!("update _source set next_at = null where name = ?1", source)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Keeps an answer as it came, and deletes those of the source that are too old or too much beside it.
    pub async fn keep_body(
        &mut self,
        source: &str,
        digest: &str,
        packed: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let now = Instant::of(now);
        // One that comes again is the latest.
        sqlx::query!("delete from _source_body where source = ?1 and digest = ?2", source, digest)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!(
            "insert into _source_body (source, digest, fetched_at, body) values (?1, ?2, ?3, ?4)",
            source,
            digest,
            now,
            packed
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query_file!(
            "src/store/queries/forget_answers.sql",
            source,
            ANSWERS_MAX,
            ANSWERS_MAX_BYTES,
            u32::MAX
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Has a source confirm the facts of its treaty on a day, unless it has an open finding: then it and the record
    /// differ.
    pub async fn confirm_facts(&mut self, source: &str, on: NaiveDate) -> Result<(), StoreError> {
        sqlx::query!(
            "update _source set agreed_on = max(coalesce(agreed_on, ?2), ?2)
            where name = ?1
              and not exists (select 1 from _source_finding f where f.source = ?1 and f.state = 'open')",
            source,
            on
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
