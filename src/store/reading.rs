//! Opening for a command that only reads: whoever may read the file gets an answer, and nothing is made beside it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Access, access};
use sqlx::sqlite::SqliteConnectOptions;

use super::error::{StoreError, open_error, path_error};
use super::open::{APPLICATION_ID, pool_options};
use super::schema::schema_version;
use super::{Store, files, schema};

/// How a file is opened by a command that only reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As for writing: SQLite may make its log and the log's index, and puts them away again.
    Writing,
    /// Beside a program that writes, with the log and the index that it keeps.
    Beside,
    /// The file alone. SQLite otherwise wants to make a log and an index, also to read.
    Alone,
    /// There is a log, and no index of it: a program that wrote was cut off. The file alone would lack what the log
    /// holds.
    CutOff,
}

/// What decides on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    /// Whether the file and its directory can be written.
    may_write: bool,
    /// The size of the log (`-wal`), which every program that has the database open keeps; none if it is not there.
    log_bytes: Option<u64>,
    /// Whether the index of the log (`-shm`) is there.
    has_index: bool,
    /// Whether there is a journal (`-journal`): another program writes a copy that has no log yet.
    has_journal: bool,
}

impl Found {
    fn of(file: &Path) -> Self {
        // Asked of the system, which also knows of a disk that is mounted for reading only and binds root too.
        let may = |path: &Path| access(path, Access::WRITE_OK).is_ok();
        let size = |suffix| files::with_suffix(file, suffix).metadata().map(|found| found.len()).ok();
        Self {
            may_write: may(file) && file.parent().is_some_and(may),
            log_bytes: size("-wal"),
            has_index: size("-shm").is_some(),
            has_journal: size("-journal").is_some_and(|bytes| bytes > 0),
        }
    }

    fn way(self) -> Way {
        let Self { may_write, log_bytes, has_index, has_journal } = self;
        match log_bytes {
            _ if may_write => Way::Writing,
            // SQLite refuses if what is in the journal must be taken back first.
            _ if has_journal => Way::Beside,
            Some(_) if has_index => Way::Beside,
            Some(1..) => Way::CutOff,
            Some(0) | None => Way::Alone,
        }
    }
}

/// The options that read `file`, an absolute path, without making anything that this user could not put away.
pub(super) fn options(path: &Path, file: &Path) -> Result<SqliteConnectOptions, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    Ok(match Found::of(file).way() {
        Way::Writing => options,
        // No place for a large sort on a disk is sure to be found.
        Way::Beside => options.pragma("temp_store", "memory"),
        Way::Alone => options.immutable(true).pragma("temp_store", "memory"),
        Way::CutOff => return Err(StoreError::LogLeft(path.to_path_buf())),
    })
}

/// Refuses what cannot be read, with a reason that SQLite would not give.
fn check_readable(path: &Path, file: &Path) -> Result<(), StoreError> {
    access(file, Access::READ_OK).map_err(|error| match io::Error::from(error) {
        error if error.kind() == ErrorKind::PermissionDenied => StoreError::Unreadable(path.to_path_buf()),
        error => path_error(path, error),
    })
}

impl Store {
    /// Opens the database at `path` for a command that only reads.
    ///
    /// Whoever may write opens it as [`Store::open`] does, which also makes a database that is not there. For
    /// everybody else the file is read as it is: nothing is made, and a schema of before is refused.
    pub async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let file: PathBuf = match path.try_exists() {
            Ok(true) => files::resolve(path).map_err(|source| path_error(path, source))?,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(StoreError::Unreadable(path.to_path_buf()));
            }
            _ => return Self::open(path).await,
        };
        if !file.is_file() || Found::of(&file).way() == Way::Writing {
            return Self::open(path).await;
        }
        check_readable(path, &file)?;
        let readers = pool_options()
            .connect_with(options(path, &file)?.foreign_keys(true))
            .await
            .map_err(|source| read_error(path, source))?;
        let store = Self {
            path: Arc::new(path.to_path_buf()),
            writer: readers.clone(),
            readers,
            writing: Arc::default(),
            can_write: false,
        };
        match store.check_schema().await {
            Ok(()) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    /// Refuses what is not ours, and every schema but this program's.
    async fn check_schema(&self) -> Result<(), StoreError> {
        let path = self.path();
        let fault = |source| read_error(path, source);
        let mut conn = self.readers.acquire().await.map_err(fault)?;
        let application: i64 =
            sqlx::query_scalar("pragma application_id").fetch_one(&mut *conn).await.map_err(fault)?;
        if application != APPLICATION_ID {
            return Err(StoreError::Foreign(path.to_path_buf()));
        }
        schema::check_record(path, &mut conn).await?;
        let found: i64 = sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations")
            .fetch_one(&mut *conn)
            .await
            .map_err(fault)?;
        let known = schema_version();
        let path = path.to_path_buf();
        match found {
            _ if found > known => Err(StoreError::Newer { path, found, known }),
            _ if found < known => Err(StoreError::Older { path, found, known }),
            _ => Ok(()),
        }
    }
}

/// A database that may not be written is no fault here.
fn read_error(path: &Path, source: sqlx::Error) -> StoreError {
    match open_error(path, source) {
        StoreError::ReadOnly(path) => StoreError::Unreadable(path),
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: Found = Found { may_write: false, log_bytes: None, has_index: false, has_journal: false };

    #[test]
    fn who_may_not_write_reads_in_the_way_that_needs_no_new_file() {
        let cases = [
            (ALONE, Way::Alone),
            // Left by a program that read, and could not put them away.
            (Found { log_bytes: Some(0), ..ALONE }, Way::Alone),
            (Found { has_index: true, ..ALONE }, Way::Alone),
            (Found { log_bytes: Some(0), has_index: true, ..ALONE }, Way::Beside),
            (Found { log_bytes: Some(4152), has_index: true, ..ALONE }, Way::Beside),
            (Found { log_bytes: Some(4152), ..ALONE }, Way::CutOff),
            (Found { has_journal: true, ..ALONE }, Way::Beside),
        ];
        for (found, way) in cases {
            assert_eq!(found.way(), way, "{found:?}");
            assert_eq!(Found { may_write: true, ..found }.way(), Way::Writing, "{found:?}");
        }
    }

    #[test]
    fn what_is_beside_a_database_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("t.db");
        let write = |suffix, text| std::fs::write(files::with_suffix(&file, suffix), text).unwrap();
        write("", "x");
        assert_eq!(Found::of(&file), Found { may_write: true, ..ALONE });
        for (suffix, text) in [("-wal", "frames"), ("-shm", ""), ("-journal", "")] {
            write(suffix, text);
        }
        let found = Found { may_write: true, log_bytes: Some(6), has_index: true, has_journal: false };
        assert_eq!(Found::of(&file), found);
    }
}
