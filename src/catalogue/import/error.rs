//! What cannot be imported, and what is in doubt.

use std::io;
use std::path::PathBuf;

use crate::catalogue::error::CatalogueError;
use crate::domain::act::ActKind;
use crate::domain::text::UnknownWord;

/// A table that cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file that cannot be read or written.
    #[error("{}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The table is no CSV.
    #[error("{table}: {cause}")]
    Csv {
        /// The table.
        table: String,
        /// Why.
        cause: csv::Error,
    },
    /// A part of the mapping without `=`.
    #[error(
        "columns: `{0}` is no mapping: expected `state=` or a kind of act, `=`, and the name of a column"
    )]
    Mapping(String),
    /// A kind of act that nobody knows.
    #[error("columns: {0}")]
    Kind(UnknownWord),
    /// A kind of act that no state performs.
    #[error("columns: {0} is an act of the treaty, not of a state: it belongs into treaty.toml")]
    OfTreaty(ActKind),
    /// A kind of act that names a deadline.
    #[error("columns: {0} names a deadline, which no column holds: it belongs into treaty.toml or acts.csv")]
    OfDeadline(ActKind),
    /// Something is mapped twice.
    #[error(
        "columns: `{0}` is mapped twice: expected each once, or each with its place, as in `ratification@London=...`"
    )]
    Twice(String),
    /// Nothing says which column names the state, or none is an act.
    #[error(
        "columns: expected `state=...` and at least one kind of act, or `state=...`, `kind=...` and `on=...`"
    )]
    Incomplete,
    /// A column for each kind, and a column with the kind.
    #[error(
        "columns: expected a column for each kind of act, or `kind=...` and `on=...` for one act a row, not both"
    )]
    TwoForms,
    /// A column that the table does not have once.
    #[error("{table}:{line}: {found} columns are named `{column}`, of {headers}")]
    Column {
        /// The table.
        table: String,
        /// The line of the headings.
        line: usize,
        /// The column.
        column: String,
        /// How many there are.
        found: usize,
        /// All columns.
        headers: String,
    },
    /// A format of days that is none.
    #[error("dates: `{0}` is no format of days: expected one as %d/%m/%Y")]
    Format(String),
    /// Years of two digits.
    #[error(
        "dates: `{0}` has years of two digits, and 68 may be 1968 or 2068: write them with four, or name the first of the \
         hundred years in which they lie, as in --years-from 1930"
    )]
    Century(String),
    /// No source.
    #[error("source: missing: expected an address or a key of [sources], or the basis `memory`")]
    NoSource,
    /// The treaty is not there.
    #[error("{0} is missing: write it first, with the title and the clauses of the treaty")]
    NoTreaty(String),
    /// There is a table of acts.
    #[error("{0} is there already: it is added to with --append only")]
    Exists(String),
    /// A file of the treaty has a fault.
    #[error("{0}: correct that first; `catalogue check` shows all that is wrong")]
    Catalogue(CatalogueError),
    /// What is there does not go together with the new acts.
    #[error("with these acts, {0}: correct that, or leave out the row it concerns")]
    Contradicts(CatalogueError),
}

/// A row that is not clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Its line in the table, from 1; none on a page.
    pub line: Option<usize>,
    /// What is not clear.
    pub problem: String,
    /// What may have been meant.
    pub help: Option<String>,
}
