//! Statements of the user: one at a time, and reading only.

use futures_util::TryStreamExt;
use serde_json::Value;
use sqlx::sqlite::{SqliteRow, SqliteValueRef};
use sqlx::{AssertSqlSafe, Column, Decode, Executor, Row, SqlSafeStr, Sqlite, Statement, TypeInfo, ValueRef};

use super::error::{codes, sqlite_code};
use super::{Store, StoreError};

/// The rows that a statement gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Each row in the order of the columns: text, numbers and null; a blob as `x'53'`.
    pub rows: Vec<Vec<Value>>,
    /// Whether there were more rows than were asked for.
    pub truncated: bool,
}

/// Pragmas that tell something and change nothing.
const PRAGMAS: &[&str] = &[
    "application_id",
    "collation_list",
    "compile_options",
    "database_list",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "freelist_count",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "journal_mode",
    "page_count",
    "page_size",
    "pragma_list",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

/// Those that take what they tell about in parentheses; the others would be set by it.
const PRAGMAS_ABOUT: &[&str] = &[
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

impl Store {
    /// Runs one statement that only reads, and gives its first `max_rows` rows.
    ///
    /// `select`, `with`, `values`, `explain` and pragmas that tell something are run, on a connection
    /// that cannot write; everything else is refused.
    pub async fn sql(&self, text: &str, max_rows: u32) -> Result<Table, StoreError> {
        let text = only_statement(text)?;
        check_verb(text)?;
        let mut conn = self.readers.acquire().await?;
        let statement = AssertSqlSafe(text).into_sql_str();
        let statement = conn.prepare(statement).await.map_err(statement_error)?;
        let columns = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let mut table = Table { columns, rows: Vec::new(), truncated: false };
        let mut rows = statement.query().persistent(false).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await.map_err(statement_error)? {
            if table.rows.len() >= max_rows as usize {
                table.truncated = true;
                break;
            }
            table.rows.push(values(&row)?);
        }
        Ok(table)
    }
}

fn statement_error(error: sqlx::Error) -> StoreError {
    match sqlite_code(&error) {
        Some(codes::READ_ONLY) => refused("the statement writes: only statements that read are run here"),
        _ => StoreError::Statement(error),
    }
}

fn refused(why: &str) -> StoreError {
    StoreError::Refused(why.to_owned())
}

fn values(row: &SqliteRow) -> Result<Vec<Value>, StoreError> {
    (0..row.len()).map(|at| value(row.try_get_raw(at)?)).collect()
}

fn value(raw: SqliteValueRef<'_>) -> Result<Value, StoreError> {
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let fault = |source| StoreError::Statement(sqlx::Error::Decode(source));
    let kind = raw.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "INTEGER" => <i64 as Decode<'_, Sqlite>>::decode(raw).map_err(fault)?.into(),
        "REAL" => {
            let number = <f64 as Decode<'_, Sqlite>>::decode(raw).map_err(fault)?;
            // JSON has no infinity.
            serde_json::Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
        }
        "BLOB" => {
            let bytes = <&[u8] as Decode<'_, Sqlite>>::decode(raw).map_err(fault)?;
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("x'{digits}'").into()
        }
        // SQLite takes any bytes for text; those that are none become visible.
        _ => {
            let bytes = <&[u8] as Decode<'_, Sqlite>>::decode(raw).map_err(fault)?;
            String::from_utf8_lossy(bytes).into()
        }
    })
}

/// The one statement in `text`, without the semicolon that may end it.
///
/// Knows the words of SQLite only as far as a semicolon may hide in them: strings, quoted names and
/// comments. Parameters are refused, nothing could be bound to them.
fn only_statement(text: &str) -> Result<&str, StoreError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut end = None;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if let Some(length) = comment_length(rest) {
            at += length;
            continue;
        }
        match rest[0] {
            b';' if end.is_none() => end = Some(at),
            b';' => {}
            byte if byte.is_ascii_whitespace() => {}
            _ if end.is_some() => return Err(refused("more than one statement: run them one at a time")),
            b'?' | b':' | b'@' | b'$' | b'#' => {
                return Err(refused("parameters cannot be bound here: write the values themselves"));
            }
            0 => return Err(refused("the statement holds a character with the code 0")),
            quote @ (b'\'' | b'"' | b'`') => at += quoted_length(rest, quote) - 1,
            b'[' => at += quoted_length(rest, b']') - 1,
            _ => {}
        }
        at += 1;
    }
    Ok(&text[..end.unwrap_or(text.len())])
}

/// How long a comment at the beginning is, if there is one.
fn comment_length(rest: &[u8]) -> Option<usize> {
    let (head, close): (usize, &[u8]) = match rest {
        [b'-', b'-', ..] => (2, b"\n"),
        [b'/', b'*', ..] => (2, b"*/"),
        _ => return None,
    };
    let found = rest[head..].windows(close.len()).position(|window| window == close);
    Some(found.map_or(rest.len(), |found| head + found + close.len()))
}

/// How long a string or a quoted name at the beginning is. A doubled quote begins the next one.
fn quoted_length(rest: &[u8], close: u8) -> usize {
    rest[1..].iter().position(|byte| *byte == close).map_or(rest.len(), |found| found + 2)
}

fn check_verb(statement: &str) -> Result<(), StoreError> {
    let (verb, rest) = next_word(statement);
    match verb.as_str() {
        "" => Err(refused("there is no statement")),
        "select" | "with" | "values" => Ok(()),
        "pragma" => check_pragma(rest),
        "explain" => {
            let (first, rest) = next_word(rest);
            let explained = if first == "query" { next_word(next_word(rest).1).0 } else { first };
            // Some pragmas act even when they are only explained.
            match explained.as_str() {
                "select" | "with" | "values" => Ok(()),
                _ => Err(refused("explain is for select, with and values")),
            }
        }
        "attach" | "detach" => Err(refused("other databases cannot be attached here")),
        other => {
            Err(StoreError::Refused(format!("`{other}` is refused: only statements that read are run here")))
        }
    }
}

fn check_pragma(rest: &str) -> Result<(), StoreError> {
    let (mut name, mut rest) = next_word(rest);
    if let Some(after) = rest.trim_start().strip_prefix('.') {
        (name, rest) = next_word(after);
    }
    let argument = skip_blank(rest);
    let tells = if argument.is_empty() {
        PRAGMAS.contains(&name.as_str())
    } else {
        argument.starts_with('(') && PRAGMAS_ABOUT.contains(&name.as_str())
    };
    if tells { Ok(()) } else { Err(refused("this pragma may change something: it is refused")) }
}

/// The first word, in lower case, and what follows it.
fn next_word(text: &str) -> (String, &str) {
    let text = skip_blank(text);
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    (text[..end].to_ascii_lowercase(), &text[end..])
}

/// The text without white space and comments at its beginning.
fn skip_blank(mut text: &str) -> &str {
    loop {
        text = text.trim_ascii_start();
        match comment_length(text.as_bytes()) {
            Some(length) => text = &text[length..],
            None => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> bool {
        only_statement(text).and_then(check_verb).is_ok()
    }

    #[test]
    fn statements_that_read_are_run() {
        for text in [
            "select 1",
            " -- why\n/* ; */ Select ';', \"a;b\", [c;d], 'it''s; so' ; -- done;\n ;",
            "with a as (select 1) select * from a",
            "values (1)",
            "explain query plan select 1",
            "pragma table_info(act)",
            "pragma main.table_list",
            "pragma journal_mode",
        ] {
            assert!(allowed(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            " ; ",
            "-- only a comment",
            "insert into _state values (1)",
            "select 1; attach 'x' as y",
            "select 1 /* unclosed */ ; delete from _act",
            "select '1'; delete from _act --'",
            "select $a('), 1; attach 'x' as y --'",
            "attach 'x' as y",
            "vacuum into 'x'",
            "create temp table x (y)",
            "pragma journal_mode = delete",
            "pragma journal_mode(delete)",
            "pragma /* */ writable_schema=1",
            "explain pragma journal_mode=delete",
            "begin immediate",
            "select ?1",
        ] {
            assert!(!allowed(text), "{text}");
        }
    }
}
