//! Putting a copy in the place of the database.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::backup::AS_KNOWN;
use super::error::{BackupFault, StoreError, codes, sqlite_code};
use super::open::{APPLICATION_ID, open_error, schema_version, take_lock};
use super::{Store, integrity};

/// A database file as it is found, without changing anything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The version of its schema.
    pub version: i64,
    /// What is wrong with it; nothing if it is sound.
    pub faults: Vec<String>,
    /// Whether it holds only what was known on some day, for questions.
    pub is_partial: bool,
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the database of before is kept; none if there was none.
    pub kept: Option<PathBuf>,
}

impl Store {
    /// Looks at a database without opening it for anything else; refuses what is not ours or too new.
    pub async fn look(path: &Path) -> Result<Found, StoreError> {
        if path.is_dir() {
            return Err(StoreError::Directory(path.to_path_buf()));
        }
        if !path.exists() {
            return Err(StoreError::NoFile(path.to_path_buf()));
        }
        let fault = |source| open_error(path, source);
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut conn = SqliteConnection::connect_with(&options).await.map_err(fault)?;
        let found = look_at(path, &mut conn).await;
        conn.close().await.map_err(fault)?;
        match found {
            // So damaged that it cannot be looked through.
            Err(StoreError::Sql(error) | StoreError::Open { source: error, .. })
                if sqlite_code(&error) == Some(codes::CORRUPT) =>
            {
                Ok(Found { version: 0, faults: vec![error.to_string()], is_partial: false })
            }
            found => found,
        }
    }

    /// Puts a copy of the file `from` in the place of `database`. The database of before is kept beside it, under
    /// a name with the instant. What is damaged, too new or only part of a database is refused, and nothing is
    /// changed. No daemon may run.
    pub async fn restore(database: &Path, from: &Path, now: DateTime<Utc>) -> Result<Restored, StoreError> {
        let found = Self::look(from).await?;
        if found.is_partial {
            return Err(StoreError::Partial(from.to_path_buf()));
        }
        if let Some(fault) = found.faults.into_iter().next() {
            return Err(StoreError::Damaged { path: from.to_path_buf(), fault });
        }
        let same = |other: &Path| fs::canonicalize(other).ok();
        if database.exists() && same(database) == same(from) {
            return Err(StoreError::SameFile(from.to_path_buf()));
        }
        let _lock = take_lock(database).await?;
        let fault = |source| StoreError::Restore { path: from.to_path_buf(), source };
        let partial = with_suffix(database, ".partial");
        let copied = copy_of(from, &partial).await;
        let restored = match copied {
            Ok(()) => replace(database, &partial, now).await,
            Err(error) => Err(error),
        };
        if restored.is_err() {
            // What is left of a failed copy helps nobody; that it cannot be removed is no further harm.
            let _ = fs::remove_file(&partial);
        }
        restored.map_err(fault)
    }
}

async fn look_at(path: &Path, conn: &mut SqliteConnection) -> Result<Found, StoreError> {
    let fault = |source| open_error(path, source);
    let application: i64 =
        sqlx::query_scalar("pragma application_id").fetch_one(&mut *conn).await.map_err(fault)?;
    if application != APPLICATION_ID {
        return Err(StoreError::Foreign(path.to_path_buf()));
    }
    let faults = integrity::whole_damage(&mut *conn).await?;
    if !faults.is_empty() {
        return Ok(Found { version: 0, faults, is_partial: false });
    }
    let version: i64 = sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    let known = schema_version();
    if known < version {
        return Err(StoreError::Newer { path: path.to_path_buf(), found: version, known });
    }
    let digest: Option<String> = sqlx::query_scalar("select seeds_digest from watch")
        .fetch_optional(&mut *conn)
        .await
        .map_err(fault)?;
    let is_partial = digest.is_some_and(|digest| digest.starts_with(AS_KNOWN));
    Ok(Found { version, faults, is_partial })
}

/// Writes a whole copy and looks at it again.
async fn copy_of(from: &Path, partial: &Path) -> Result<(), BackupFault> {
    if partial.exists() {
        fs::remove_file(partial)?;
    }
    let name = partial.to_str().ok_or_else(|| io::Error::other("the name is not UTF-8"))?;
    let options = SqliteConnectOptions::new().filename(from).read_only(true);
    let mut conn = SqliteConnection::connect_with(&options).await?;
    sqlx::query("vacuum into ?1").bind(name).execute(&mut conn).await?;
    conn.close().await?;
    integrity::sound(partial).await?;
    Ok(File::open(partial)?.sync_all()?)
}

/// Moves the database away, if there is one, and the copy into its place.
async fn replace(database: &Path, partial: &Path, now: DateTime<Utc>) -> Result<Restored, BackupFault> {
    let mut kept = None;
    if database.exists() {
        let place = with_suffix(database, &format!(".before-{}", now.format("%Y%m%dT%H%M%SZ")));
        if place.exists() {
            return Err(io::Error::other(format!("{} exists", place.display())).into());
        }
        // What stands in the log goes into the file, if the file is sound; else they stay together below.
        let _ = fold(database).await;
        // A log that stayed would be taken for that of the copy: it goes first.
        for suffix in ["-wal", "-shm", ""] {
            match fs::rename(with_suffix(database, suffix), with_suffix(&place, suffix)) {
                // There is none, or whoever reads the database has just put it away.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => {}
                moved => moved?,
            }
        }
        kept = Some(place);
    }
    fs::rename(partial, database)?;
    let dir = database.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir)?.sync_all()?;
    Ok(Restored { kept })
}

async fn fold(database: &Path) -> Result<(), sqlx::Error> {
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(database)).await?;
    let folded = sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut conn).await;
    // Whatever came of it: a connection that is only dropped is closed later, and takes away what is there by then.
    conn.close().await?;
    folded.map(drop)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
