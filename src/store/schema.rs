//! Whether a file has the schema that this program makes. Asked before anything in the file is run: a view may
//! never end, and a trigger may delete what is written.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};

use super::error::{StoreError, open_error};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!();

/// The migrator's own table.
const RECORD: &str = "_sqlx_migrations";

/// What each object is made by, by its kind and name.
type Schema = BTreeMap<(String, String), String>;

/// The version of the schema that this program makes.
pub fn schema_version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Refuses a file whose record of migrations is no table, before it is read.
pub(super) async fn check_record(path: &Path, conn: &mut SqliteConnection) -> Result<(), StoreError> {
    // A view and a virtual table have no page of their own.
    let others = sqlx::query_scalar::<_, i64>(
        "select count(*) from sqlite_schema where name = ?1 and not (type = 'table' and rootpage > 0)",
    );
    let others = others.bind(RECORD).fetch_one(conn).await.map_err(|source| open_error(path, source))?;
    if others == 0 {
        return Ok(());
    }
    let difference = format!("{RECORD} is not a table");
    Err(StoreError::Schema { path: path.to_path_buf(), difference })
}

/// The first difference between the schema of a file and the one that the migrations up to `version` make.
pub(super) async fn difference(
    path: &Path,
    conn: &mut SqliteConnection,
    version: i64,
) -> Result<Option<String>, StoreError> {
    let found = schema_of(conn).await.map_err(|source| open_error(path, source))?;
    let expected = match expected(version).await {
        Ok(expected) => expected,
        Err(_) => return Ok(Some(format!("no schema has the version {version}"))),
    };
    let extra = found.iter().find_map(|(object, sql)| match expected.get(object) {
        None => Some(format!("{} {} is not ours", object.0, object.1)),
        Some(ours) if ours != sql => Some(format!("{} {} is another one", object.0, object.1)),
        Some(_) => None,
    });
    let missing = || expected.keys().find(|object| !found.contains_key(object));
    Ok(extra.or_else(|| missing().map(|(kind, name)| format!("{kind} {name} is missing"))))
}

async fn expected(version: i64) -> Result<Schema, sqlx::migrate::MigrateError> {
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().in_memory(true)).await?;
    MIGRATIONS.run_to(version, &mut conn).await?;
    let schema = schema_of(&mut conn).await?;
    conn.close().await?;
    Ok(schema)
}

/// Without what SQLite and Litestream keep for themselves in tables of their own.
async fn schema_of(conn: &mut SqliteConnection) -> Result<Schema, sqlx::Error> {
    let rows = sqlx::query(
        "select type, name, coalesce(sql, '') from sqlite_schema
        where not (type = 'table' and rootpage > 0
                and (name glob 'sqlite_stat[0-9]' or name in ('_litestream_seq', '_litestream_lock')))
            and name not glob 'sqlite_autoindex_*'",
    );
    let mut schema = Schema::new();
    for row in rows.fetch_all(conn).await? {
        let (kind, name, sql): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        // Another version of the migrator may make its table in other words.
        let is_record = kind == "table" && name == RECORD;
        let sql =
            if is_record { String::new() } else { sql.split_whitespace().collect::<Vec<_>>().join(" ") };
        schema.insert((kind, name), sql);
    }
    Ok(schema)
}
