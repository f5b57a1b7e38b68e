//! `sql`: the rows that a query gives.

use std::io::{self, Write};

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use serde_json::{Map, Value};

use super::exit;
use super::layout::Grid;
use super::run::Desk;
use super::view::View;
use crate::domain::treaty::Lang;

/// The `sql` command shows at most so many rows.
const SQL_ROWS_MAX: u32 = 100_000;

/// `sql`
#[derive(Debug, Clone, Args)]
pub struct SqlArgs {
    /// One statement; it can read and nothing else
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

/// One object for each row. Of two columns with one name the later is kept.
impl Serialize for SqlView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            let object: Map<String, Value> = self.columns.iter().cloned().zip(row.iter().cloned()).collect();
            rows.serialize_element(&object)?;
        }
        rows.end()
    }
}

impl View for SqlView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let header: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        // Any column may give way; a table of very many columns runs over all the same.
        let elastic: Vec<(usize, usize)> = (0..header.len()).map(|column| (column, 4)).collect();
        let mut grid = Grid::new(&header, &elastic);
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

impl Desk<'_> {
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
}
