//! Many rows with few statements.

use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;

/// Rows that one statement inserts. The widest table has 27 columns: far below SQLite's 32,766 values.
const BULK_ROWS: usize = 250;

/// The values of one row.
pub(super) type Values<'a> = Separated<'a, Sqlite, &'static str>;

/// Inserts `rows`; `head` is `insert into ... (...) `, and `bind` binds the columns that it names.
pub(super) async fn insert<T>(
    conn: &mut SqliteConnection,
    head: &'static str,
    rows: &[T],
    bind: impl Fn(&mut Values<'_>, &T),
) -> Result<(), StoreError> {
    insert_or(conn, head, "", rows, bind).await
}

/// The same with a tail: ` on conflict ...`.
pub(super) async fn insert_or<T>(
    conn: &mut SqliteConnection,
    head: &'static str,
    tail: &'static str,
    rows: &[T],
    bind: impl Fn(&mut Values<'_>, &T),
) -> Result<(), StoreError> {
    for chunk in rows.chunks(BULK_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(head);
        query.push_values(chunk, |mut values, row| bind(&mut values, row));
        query.push(tail);
        // Only a full chunk comes again.
        let again = chunk.len() == BULK_ROWS;
        query.build().persistent(again).execute(&mut *conn).await?;
    }
    Ok(())
}
