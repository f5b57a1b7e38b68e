//! Putting a copy in the place of the database.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::failpoint;

use super::backup::AS_KNOWN;
use super::error::{BackupFault, StoreError, codes, open_error, path_error, sqlite_code};
use super::files::{resolve, with_suffix};
use super::open::{APPLICATION_ID, take_lock};
use super::schema::schema_version;
use super::{Store, files, integrity, reading, schema};

/// A database file as it is found, without changing anything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The version of its schema.
    pub version: i64,
    /// Where its schema is not the one that this program makes at that version; nothing in it is run then.
    pub difference: Option<String>,
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
        let file = resolve(path).map_err(|source| path_error(path, source))?;
        let mut conn = SqliteConnection::connect_with(&of_others(path, &file)?).await.map_err(fault)?;
        let found = look_at(path, &mut conn).await;
        conn.close().await.map_err(fault)?;
        match found {
            // So damaged that it cannot be looked through.
            Err(StoreError::Sql(error) | StoreError::Open { source: error, .. })
                if sqlite_code(&error) == Some(codes::CORRUPT) =>
            {
                Ok(Found::damaged(vec![error.to_string()]))
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
        if let Some(difference) = found.difference {
            return Err(StoreError::Schema { path: from.to_path_buf(), difference });
        }
        if let Some(fault) = found.faults.into_iter().next() {
            return Err(StoreError::Damaged { path: from.to_path_buf(), fault });
        }
        let place = resolve(database).map_err(|source| path_error(database, source))?;
        let copy = resolve(from).map_err(|source| path_error(from, source))?;
        if is_same(&place, &copy) {
            return Err(StoreError::SameFile(from.to_path_buf()));
        }
        let _lock = take_lock(database).await?;
        let fault = |source| StoreError::Restore { path: from.to_path_buf(), source };
        let partial = with_suffix(&place, ".partial");
        let copied = copy_of(&of_others(from, &copy)?, &partial, &place).await;
        let restored = match copied {
            Ok(()) => replace(&place, &partial, now).await,
            Err(error) => Err(error),
        };
        if restored.is_err() {
            // What is left of a failed copy helps nobody; that it cannot be removed is no further harm.
            let _ = fs::remove_file(&partial);
        }
        restored.map_err(fault)
    }
}

impl Found {
    fn damaged(faults: Vec<String>) -> Self {
        Self { version: 0, difference: None, faults, is_partial: false }
    }
}

/// How a file is read of which nobody knows who made it.
fn of_others(path: &Path, file: &Path) -> Result<SqliteConnectOptions, StoreError> {
    let options = reading::options(path, file)?;
    Ok(options.pragma("trusted_schema", "off").pragma("cell_size_check", "on"))
}

/// Whether two paths are one file: by its number too, as it may have two names.
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let number = |path: &Path| path.metadata().map(|found| (found.dev(), found.ino())).ok();
    one == other || number(one).is_some_and(|found| number(other) == Some(found))
}

async fn look_at(path: &Path, conn: &mut SqliteConnection) -> Result<Found, StoreError> {
    let fault = |source| open_error(path, source);
    let application: i64 =
        sqlx::query_scalar("pragma application_id").fetch_one(&mut *conn).await.map_err(fault)?;
    if application != APPLICATION_ID {
        return Err(StoreError::Foreign(path.to_path_buf()));
    }
    schema::check_record(path, &mut *conn).await?;
    let version: i64 = sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    let known = schema_version();
    if known < version {
        return Err(StoreError::Newer { path: path.to_path_buf(), found: version, known });
    }
    let difference = schema::difference(path, &mut *conn, version).await?;
    if difference.is_some() {
        return Ok(Found { version, difference, faults: Vec::new(), is_partial: false });
    }
    let faults = integrity::whole_damage(&mut *conn).await?;
    if !faults.is_empty() {
        return Ok(Found::damaged(faults));
    }
    let digest: Option<String> = sqlx::query_scalar("select seeds_digest from _watch")
        .fetch_optional(&mut *conn)
        .await
        .map_err(fault)?;
    let is_partial = digest.is_some_and(|digest| digest.starts_with(AS_KNOWN));
    Ok(Found { version, difference, faults, is_partial })
}

/// Writes a whole copy, looks at it again, and gives it the owner and the mode of the database that it replaces:
/// whoever restores may be another user than the daemon's.
async fn copy_of(from: &SqliteConnectOptions, partial: &Path, database: &Path) -> Result<(), BackupFault> {
    write_copy(from, partial).await?;
    let copy = File::open(partial)?;
    match database.metadata() {
        Ok(before) => files::take_owner_and_mode(&copy, &before).map_err(|source| {
            let message =
                format!("the copy cannot be given the owner of the database, restore as that user: {source}");
            io::Error::new(source.kind(), message)
        })?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    copy.sync_all()?;
    failpoint::after(&[("restore-copy", true)]);
    Ok(())
}

async fn write_copy(from: &SqliteConnectOptions, partial: &Path) -> Result<(), BackupFault> {
    let mut conn = SqliteConnection::connect_with(from).await?;
    let written = files::vacuum_into(&mut conn, partial).await;
    conn.close().await?;
    written?;
    integrity::sound(partial).await
}

/// Puts the copy into the place of the database, which keeps another name beside it.
///
/// Wherever this is cut off, the place holds the old database or the new one: the old one gets its second name
/// before the copy takes the first. Where a file can have one name only, the place is empty for an instant; the
/// program then refuses to begin with an empty database.
async fn replace(database: &Path, partial: &Path, now: DateTime<Utc>) -> Result<Restored, BackupFault> {
    let mut kept = None;
    if database.exists() {
        let place = with_suffix(database, &format!(".before-{}", now.format("%Y%m%dT%H%M%SZ")));
        if place.symlink_metadata().is_ok() {
            return Err(io::Error::other(format!("{} exists", place.display())).into());
        }
        fold(database).await?;
        let is_linked = fs::hard_link(database, &place).is_ok();
        failpoint::after(&[("restore-keep", true)]);
        // A log that stayed would be taken for that of the copy: it goes first. It is empty by now, unless the
        // database is damaged; then the two stay together under the other name.
        for suffix in ["-journal", "-wal", "-shm"] {
            match fs::rename(with_suffix(database, suffix), with_suffix(&place, suffix)) {
                // There is none, or whoever reads the database has just put it away.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                moved => moved?,
            }
        }
        failpoint::after(&[("restore-log", true)]);
        if !is_linked {
            fs::rename(database, &place)?;
        }
        kept = Some(place);
    }
    fs::rename(partial, database)?;
    failpoint::after(&[("restore-place", true)]);
    let dir = database.parent().unwrap_or(Path::new("/"));
    File::open(dir)?.sync_all()?;
    Ok(Restored { kept })
}

/// Brings what stands in the log into the file. A database that is damaged keeps its log; one that somebody else
/// reads or writes just now is left alone.
async fn fold(database: &Path) -> Result<(), BackupFault> {
    let Ok(mut conn) = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(database)).await
    else {
        return Ok(());
    };
    let folded = sqlx::query_scalar::<_, i64>("pragma wal_checkpoint(truncate)").fetch_one(&mut conn).await;
    // Whatever came of it: a connection that is only dropped is closed later, and takes away what is there by then.
    conn.close().await?;
    match folded {
        Ok(busy) if busy != 0 => Err(BackupFault::InUse),
        Err(error) if matches!(sqlite_code(&error), Some(codes::BUSY | codes::LOCKED)) => {
            Err(BackupFault::InUse)
        }
        Ok(_) | Err(_) => Ok(()),
    }
}
