//! A copy of the database while it is in use.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use chrono::NaiveDate;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::error::BackupFault;
use super::seeding::project_all;
use super::{Store, StoreError, files, integrity};

/// How the digest of the seeds begins in a copy that holds only what was known on some day.
pub(super) const AS_KNOWN: &str = "as known on ";

impl Store {
    /// Writes a copy of the database to a file that must not exist. Nobody waits for it.
    ///
    /// The file appears under its name when it is complete, looked through and on the disk. The copy has the same
    /// database id, so that what is sent from it is recognised as sent before.
    /// Only its owner may read it.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let backup = |source: io::Error| StoreError::Backup { path: to.to_path_buf(), source: source.into() };
        let place = files::place(to).map_err(backup)?;
        // Takes the name, so that nothing else can appear under it meanwhile. A link is a name that is taken.
        files::create_private(&place).map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => StoreError::Exists(to.to_path_buf()),
            _ => backup(source),
        })?;
        let partial = files::with_suffix(&place, ".partial");
        let result = self.copy(&partial, &place).await;
        if result.is_err() {
            // What is left of a failed copy helps nobody; that it cannot be removed is no further harm.
            let _ = fs::remove_file(&partial);
            let _ = fs::remove_file(&place);
        }
        result.map_err(|source| StoreError::Backup { path: to.to_path_buf(), source })
    }

    /// Writes a copy that holds what could be known on `day` and nothing else: acts, dates and alerts of
    /// later days are left out, and every treaty is projected from what is left. It is for asking, not
    /// for a daemon, which would bring the later acts back.
    pub async fn backup_as_known(&self, to: &Path, day: NaiveDate) -> Result<(), StoreError> {
        self.backup(to).await?;
        let result = match files::resolve(to) {
            Ok(copy) => forget_after(&copy, day).await,
            Err(source) => Err(StoreError::Path { path: to.to_path_buf(), source }),
        };
        if result.is_err() {
            // Half of it would be taken for the whole.
            let _ = fs::remove_file(to);
        }
        result
    }

    async fn copy(&self, partial: &Path, to: &Path) -> Result<(), BackupFault> {
        let mut conn = self.readers.acquire().await?;
        files::vacuum_into(&mut conn, partial).await?;
        drop(conn);
        integrity::sound(partial).await?;
        File::open(partial)?.sync_all()?;
        Ok(fs::rename(partial, to)?)
    }
}

async fn forget_after(path: &Path, day: NaiveDate) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(true);
    let mut conn = SqliteConnection::connect_with(&options).await?;
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    // The projection still names the acts that go, until it is made anew below.
    sqlx::query("pragma defer_foreign_keys = on").execute(&mut *tx).await?;
    // A row whose correction goes is corrected by the next version that stays, or by none.
    sqlx::query!(
        "with recursive later (act_id, next_id) as (
            select a.act_id, a.superseded_by from _act a
            where a.known_on <= ?1 and a.superseded_by is not null
            union
            select l.act_id, n.superseded_by from later l join _act n on n.act_id = l.next_id
            where n.known_on > ?1 and n.superseded_by is not null
        )
        update _act set superseded_by = (
            select l.next_id from later l join _act k on k.act_id = l.next_id
            where l.act_id = _act.act_id and k.known_on <= ?1)
        where superseded_by is not null and known_on <= ?1",
        day
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update _act set supersedes = null where supersedes in (select act_id from _act where known_on > ?1)",
        day
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("delete from _act where known_on > ?1", day).execute(&mut *tx).await?;
    sqlx::query!("delete from _scheduled_date where known_on > ?1", day).execute(&mut *tx).await?;
    sqlx::query!("delete from _note where on_date > ?1", day).execute(&mut *tx).await?;
    sqlx::query!("update _treaty set facts_as_of = min(facts_as_of, ?1)", day).execute(&mut *tx).await?;
    sqlx::query!("update _source set agreed_on = min(agreed_on, ?1)", day).execute(&mut *tx).await?;
    sqlx::query!(
        "delete from _delivery where alert_id in (select alert_id from _alert where date(raised_at) > ?1)",
        day
    )
    .execute(&mut *tx)
    .await?;
    // What is in a digest that was made later was still held then.
    sqlx::query!(
        "update _delivery set state = 'held', digest_id = null, finished_at = null
        where digest_id in (select alert_id from _alert where date(raised_at) > ?1)",
        day
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from _alert_key where alert_id in (select alert_id from _alert where date(raised_at) > ?1)",
        day
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("delete from _alert where date(raised_at) > ?1", day).execute(&mut *tx).await?;
    sqlx::query!("delete from _acknowledgement where date(made_at) > ?1", day).execute(&mut *tx).await?;
    sqlx::query!(
        "update _acknowledgement set ended_at = null, ended_by = null, end_reason = null where date(ended_at) > ?1",
        day
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("delete from _snooze where date(made_at) > ?1", day).execute(&mut *tx).await?;
    sqlx::query!(
        "update _snooze set ended_at = null, ended_by = null, end_reason = null where date(ended_at) > ?1",
        day
    )
    .execute(&mut *tx)
    .await?;
    let digest = format!("{AS_KNOWN}{day}");
    sqlx::query!("update _watch set seeds_digest = ?1", digest).execute(&mut *tx).await?;
    project_all(&mut tx).await?;
    tx.commit().await?;
    Ok(conn.close().await?)
}
