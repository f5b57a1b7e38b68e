//! `sql`: the rows that a query gives.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::Value;

use super::context::Context;
use super::exit;
use super::layout::Grid;
use super::output::View;
use crate::domain::lang::Lang;

/// The `sql` command shows at most so many rows.
const SQL_ROWS_MAX: u32 = 100_000;
/// A column that is wrapped keeps this much, or what it needs: narrower, nobody could read it.
const COLUMN_WIDTH_MIN: usize = 20;

/// `sql`
#[derive(Debug, Clone, Args)]
pub struct SqlArgs {
    /// One SQL statement that only reads
    pub query: String,
}

/// The rows of a query, as text, numbers and nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlView {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
}

/// One object for each row, its keys in the order of the columns.
impl Serialize for SqlView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys = keys(&self.columns);
        serializer.collect_seq(self.rows.iter().map(|row| Object { keys: &keys, row }))
    }
}

struct Object<'a> {
    keys: &'a [String],
    row: &'a [Value],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.keys.iter().zip(self.row))
    }
}

/// The names of the columns, of which no two are alike: the second `a` is `a:1`, as SQLite itself names it in a
/// table or a view.
fn keys(columns: &[String]) -> Vec<String> {
    let all: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut keys = Vec::new();
    for name in columns {
        let mut key = name.clone();
        let mut count = 0;
        while taken.contains(&key) || count > 0 && all.contains(key.as_str()) {
            count += 1;
            key = format!("{name}:{count}");
        }
        taken.insert(key.clone());
        keys.push(key);
    }
    keys
}

impl View for SqlView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let header: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        // Any column may give way.
        let elastic: Vec<_> = (0..header.len()).map(|column| (column, COLUMN_WIDTH_MIN)).collect();
        let mut grid = Grid::new(&header, &elastic).exact();
        for row in &self.rows {
            grid.row(row.iter().map(cell).collect());
        }
        grid.print(out, width)
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

impl Context<'_> {
    pub(super) async fn sql(&self, args: &SqlArgs, out: &mut dyn Write) -> Result<u8> {
        let table = self.store.sql(&args.query, SQL_ROWS_MAX).await?;
        self.show(&SqlView { columns: table.columns, rows: table.rows }, out)?;
        if table.truncated {
            bail!("only the first {SQL_ROWS_MAX} rows are shown: add a limit");
        }
        Ok(exit::FINE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{json, printed};

    #[test]
    fn rows_are_objects_and_a_table() {
        let view = SqlView {
            columns: vec!["treaty_id".to_owned(), "note".to_owned(), "parties".to_owned()],
            rows: vec![
                vec![Value::from("npt"), Value::from("long ".repeat(40)), Value::from(191)],
                vec![Value::from("ctbt"), Value::Null, Value::from(0)],
            ],
        };
        assert_eq!(json(&view)[0]["parties"], 191);
        assert_eq!(json(&view)[1]["note"], Value::Null);
        assert!(printed(&view, Lang::En).contains("\nctbt"));
    }

    fn view(columns: &[&str], rows: Vec<Vec<Value>>) -> SqlView {
        SqlView { columns: columns.iter().map(|&name| name.to_owned()).collect(), rows }
    }

    #[test]
    fn no_column_is_lost_and_the_order_is_that_of_the_query() {
        let row = [1, 2, 3, 4, 5].map(Value::from).to_vec();
        let view = view(&["b", "a", "b", "b:1", "b"], vec![row]);
        let json = serde_json::to_string(&view).unwrap();
        assert_eq!(json, r#"[{"b":1,"a":2,"b:2":3,"b:1":4,"b:3":5}]"#);
        assert!(printed(&view, Lang::En).starts_with("b  a  b  b:1  b\n"));
    }

    #[test]
    fn many_columns_are_shown_one_a_line() {
        let names: Vec<String> = (1..=13).map(|number| format!("long_column_{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let row: Vec<Value> = (1..=13).map(Value::from).collect();
        let text = printed(&view(&names, vec![row.clone(), row]), Lang::En);
        assert!(text.contains("\nlong_column_13 | 13\n-[ RECORD 2 ]---"), "{text}");
        assert_eq!(printed(&view(&names, Vec::new()), Lang::En), "(0 rows)\n");
        // Two columns of long texts have room beside one another.
        let row = vec![Value::from("a word ".repeat(30)), Value::from("another ".repeat(30))];
        assert!(printed(&view(&["one", "two"], vec![row]), Lang::En).starts_with("one  "));
    }
}
