//! Whether the database is sound: as SQLite sees it, and as we do.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Sqlite, SqliteConnection, Transaction};

use crate::domain::id::TreatyId;

use super::column::Json;
use super::error::BackupFault;
use super::seeding::project_some;
use super::{Store, StoreError, disk};

/// So many faults are named; more would say no more.
const FAULTS_MAX: usize = 20;

/// The rows of a treaty's projection, written out.
type ProjectionText = BTreeMap<TreatyId, BTreeSet<String>>;

impl Store {
    /// What is wrong with the file: pages and indexes, references, and what the program itself relies on.
    /// Readers and writers go on meanwhile.
    pub async fn faults(&self) -> Result<Vec<String>, StoreError> {
        let mut conn = self.readers.acquire().await?;
        let mut faults = damage(&mut conn).await?;
        let broken = sqlx::query_as::<_, (String, i64)>(
            r#"select "table", count(*) from pragma_foreign_key_check group by 1 order by 1"#,
        );
        for (table, rows) in broken.fetch_all(&mut *conn).await? {
            faults.push(format!("{rows} rows of {table} refer to missing rows"));
        }
        let rows = sqlx::query!(
            r#"select fault as "fault!: String", rows as "rows!: u32" from (
                select 'deliveries wait for an endpoint that is stopped' as fault, count(*) as rows
                from _delivery d join _endpoint e on e.name = d.endpoint
                where d.state = 'pending' and d.leased_until is null and e.stopped_at is not null
                union all
                select 'acts are superseded by one of another treaty', count(*)
                from _act a join _act n on n.act_id = a.superseded_by
                where n.treaty_id <> a.treaty_id
                union all
                select 'acts are both superseded and retracted', count(*)
                from _act where superseded_by is not null and retracted_at is not null
                union all
                select 'treaties have a status with a gap before the next one', count(*)
                from _treaty_period p
                where p.ends_before is not null and exists (
                    select 1 from _treaty_period n
                    where n.treaty_id = p.treaty_id and n.reading_id = p.reading_id and n.starts_on > p.starts_on)
                  and not exists (
                    select 1 from _treaty_period n
                    where n.treaty_id = p.treaty_id and n.reading_id = p.reading_id
                      and n.starts_on = p.ends_before)
            ) where rows > 0"#
        );
        let rows = rows.fetch_all(&mut *conn).await?;
        faults.extend(rows.into_iter().map(|row| format!("{} {}", row.rows, row.fault)));
        faults.truncate(FAULTS_MAX);
        Ok(faults)
    }

    /// Those of the treaties whose stored projection is not what their acts give, and those that cannot be
    /// projected. They are projected anew in a transaction that is taken back: writers wait meanwhile, so a
    /// caller asks for a few at a time.
    pub async fn misprojected(&self, ids: &[TreatyId]) -> Result<Vec<TreatyId>, StoreError> {
        let mut write = self.begin().await?;
        let stored = projection_text(&mut write.tx, ids).await?;
        project_some(&mut write.tx, ids).await?;
        let computed = projection_text(&mut write.tx, ids).await?;
        write.rollback().await?;
        Ok(ids.iter().filter(|id| stored.get(id) != computed.get(id)).cloned().collect())
    }

    /// How many bytes the database's file system has room for.
    pub fn free_bytes(&self) -> io::Result<u64> {
        disk::free_bytes(&self.path)
    }
}

/// What SQLite finds wrong with the file.
async fn damage(conn: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let mut found: Vec<String> = sqlx::query_scalar("pragma quick_check(20)").fetch_all(conn).await?;
    found.retain(|line| line != "ok");
    Ok(found)
}

/// The same, and whether indexes hold what their tables do, which takes longer.
pub(super) async fn whole_damage(conn: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let mut found: Vec<String> = sqlx::query_scalar("pragma integrity_check(20)").fetch_all(conn).await?;
    found.retain(|line| line != "ok");
    Ok(found)
}

/// Refuses a file that is damaged.
pub(super) async fn sound(path: &Path) -> Result<(), BackupFault> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut conn = SqliteConnection::connect_with(&options).await?;
    let found = whole_damage(&mut conn).await;
    conn.close().await?;
    match found?.into_iter().next() {
        Some(fault) => Err(BackupFault::Damaged(fault)),
        None => Ok(()),
    }
}

async fn projection_text(
    tx: &mut Transaction<'_, Sqlite>,
    ids: &[TreatyId],
) -> Result<ProjectionText, StoreError> {
    let ids = Json(ids);
    let rows = sqlx::query_file!("src/store/queries/projection_text.sql", ids);
    let mut text = ProjectionText::new();
    for row in rows.fetch_all(&mut **tx).await? {
        text.entry(row.treaty_id).or_default().insert(row.row);
    }
    Ok(text)
}
