//! Opening: the lock, the connections, the schema.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqlitePool};
use uuid::Uuid;

use super::error::{StoreError, codes, open_error, path_error, sqlite_code};
use super::schema::{MIGRATIONS, schema_version};
use super::{Store, files, schema};

/// How long a writer waits for another process; [`check_writable`] sets it back to the same.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a task waits for a connection: longer than SQLite waits for a lock.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(60);
const READERS_MAX: u32 = 4;
/// So many rows a connection reads before it waits for the task that wants them: more than a queue claims at once.
/// Each wait costs two changes of thread.
const ROWS_AHEAD: usize = 512;
/// What the writer keeps of the file, in KiB and negative as SQLite has it. With SQLite's own 2 MB a large
/// transaction reads and writes most pages again and again; a small database takes no more than it has.
const CACHE: &str = "-32000";
/// "trty", as the first migration writes it.
pub(super) const APPLICATION_ID: i64 = 1_953_657_977;

impl Store {
    /// Opens the database at `path`, makes it if it is not there, and brings its schema up to date.
    ///
    /// Makes no directories. Several processes may open a new file at once: a lock file beside it
    /// (`.lock` is added to its name) lets one migrate while the others wait. A schema newer than
    /// this program's is refused, and so is a missing database beside which a restore was cut off.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        if path.is_dir() {
            return Err(StoreError::Directory(path.to_path_buf()));
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent.filter(|parent| !parent.is_dir()) {
            return Err(StoreError::NoDirectory(parent.to_path_buf()));
        }
        let file = files::resolve(path).map_err(|source| path_error(path, source))?;
        // Released when it is dropped, whatever happens until then.
        let lock = take_lock(path).await?;
        make_if_missing(path, &file)?;
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .row_buffer_size(ROWS_AHEAD);
        let writer = open_writer(path, options.clone()).await?;
        if let Err(error) = prepare(path, &writer).await {
            writer.close().await;
            return Err(error);
        }
        let readers = pool_options()
            .connect_with(options.read_only(true))
            .await
            .map_err(|source| open_error(path, source))?;
        drop(lock);
        Ok(Self {
            path: Arc::new(path.to_path_buf()),
            writer,
            readers,
            writing: Arc::default(),
            can_write: true,
        })
    }
}

/// What the connections of all pools have in common: the readers are as many, the writer is alone.
pub(super) fn pool_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
}

/// Makes an empty file for a database that is not there, for its owner alone; SQLite would make one that others
/// may read, and follow a link to do so.
fn make_if_missing(path: &Path, file: &Path) -> Result<(), StoreError> {
    match file.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        // SQLite says what is wrong with it, if anything is.
        _ => return Ok(()),
    }
    if let Ok(Some(left)) = files::left_of_a_restore(file) {
        return Err(StoreError::CutOff { database: path.to_path_buf(), left });
    }
    match files::create_private(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            Err(StoreError::ReadOnly(path.to_path_buf()))
        }
        Err(source) => Err(path_error(path, source)),
    }
}

pub(super) async fn take_lock(database: &Path) -> Result<File, StoreError> {
    let (path, opened) = files::open_beside(database, ".lock");
    let lock = match opened {
        // Blocks while another process migrates.
        Ok(file) => tokio::task::spawn_blocking(move || file.lock().map(|()| file))
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error))),
        Err(error) => Err(error),
    };
    lock.map_err(|source| match source.kind() {
        ErrorKind::InvalidInput => path_error(&path, source),
        _ => StoreError::Lock { path, database: database.to_path_buf(), source },
    })
}

async fn open_writer(path: &Path, options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let options = options
        // What was told must still be known as told after a power failure.
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", CACHE);
    pool_options()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_release(|conn, _| {
            Box::pin(async move {
                // Where a full disk or a failing one ends a transaction, SQLite has rolled it back before sqlx does,
                // whose own rollback then fails, so that it takes every later transaction for a nested one. Such a
                // connection is closed, and the pool opens another. What was begun before has been done by the ping.
                conn.ping().await?;
                Ok(!conn.is_in_transaction())
            })
        })
        .connect_with(options)
        .await
        .map_err(|source| open_error(path, source))
}

/// Fails if the file cannot be written. SQLite opens such a file without a word and fails much later.
///
/// Asked through SQLite: to open and close the file by ourselves would drop the locks that another
/// connection of this process has on it.
async fn check_writable(path: &Path, writer: &SqlitePool) -> Result<(), StoreError> {
    let fault = |source| open_error(path, source);
    let mut conn = writer.acquire().await.map_err(fault)?;
    // Another writer may well be at work: that is no failure, and nothing to wait for.
    sqlx::query("pragma busy_timeout = 0").execute(&mut *conn).await.map_err(fault)?;
    // `begin immediate` would be content with reading.
    let written = sqlx::query!("delete from _watch where false").execute(&mut *conn).await;
    if let Err(error) = written
        && sqlite_code(&error) != Some(codes::BUSY)
    {
        return Err(fault(error));
    }
    sqlx::query("pragma busy_timeout = 30000").execute(&mut *conn).await.map_err(fault)?;
    Ok(())
}

/// Refuses what is not ours or too new, migrates, and gives a new database its id.
async fn prepare(path: &Path, writer: &SqlitePool) -> Result<(), StoreError> {
    let fault = |source| open_error(path, source);
    let application: i64 =
        sqlx::query_scalar("pragma application_id").fetch_one(writer).await.map_err(fault)?;
    // The migrator makes its own table first: with that one alone, a first start was cut off.
    let tables: i64 =
        sqlx::query_scalar("select count(*) from sqlite_schema where name not like '%sqlx_migrations%'")
            .fetch_one(writer)
            .await
            .map_err(fault)?;
    if application != APPLICATION_ID && tables > 0 {
        return Err(StoreError::Foreign(path.to_path_buf()));
    }
    let known = schema_version();
    if application == APPLICATION_ID {
        let mut conn = writer.acquire().await.map_err(fault)?;
        schema::check_record(path, &mut conn).await?;
        drop(conn);
        let found: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations")
            .fetch_one(writer)
            .await
            .map_err(fault)?;
        if let Some(found) = found.filter(|found| *found > known) {
            return Err(StoreError::Newer { path: path.to_path_buf(), found, known });
        }
        check_writable(path, writer).await?;
    }
    // Only now: the mode stays in the file, and another program's file is not ours to change.
    sqlx::query("pragma journal_mode = wal").execute(writer).await.map_err(fault)?;
    MIGRATIONS.run(writer).await.map_err(|source| match source {
        MigrateError::Execute(source) if sqlite_code(&source).is_some() => open_error(path, source),
        source => StoreError::Migrate { path: path.to_path_buf(), source },
    })?;
    // Asked first: an insert that finds nothing to do would still wait for another writer.
    let named = sqlx::query!("select database_id from _watch").fetch_optional(writer).await.map_err(fault)?;
    if named.is_none() {
        let database_id = Uuid::new_v4().to_string();
        sqlx::query!("insert into _watch (one, database_id) values (1, ?1)", database_id)
            .execute(writer)
            .await
            .map_err(fault)?;
    }
    Ok(())
}
