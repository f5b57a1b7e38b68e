//! Tables with a row for each state, made into `acts.csv`: what is in doubt is told, never guessed.

mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::format::{Item, StrftimeItems};
use chrono::{Datelike, NaiveDate};

use crate::domain::act::{Act, ActKind, Basis, Confidence};
use crate::domain::day::{PartialDay, parse_day};
use crate::domain::id::{StateId, TreatyId};
use crate::domain::text::UnknownWord;

use super::acts::{COLUMNS, csv_message};
use super::check::states_like;
use super::error::{CatalogueError, Faults};
use super::files::Files;
use super::limits::ACTS_MAX;
use super::place::CsvRow;
use super::states::States;
use super::{Reading, check};

pub use table::{Mapping, Table, propose};

/// How days are written in our own files.
const ISO: &str = "%Y-%m-%d";
/// A year of another length is an abbreviation.
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9999;

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
    #[error("columns: {0}, or `state`")]
    Kind(#[from] UnknownWord),
    /// A kind of act that no state performs.
    #[error("columns: {0} is an act of the treaty, not of a state: it belongs into treaty.toml")]
    OfTreaty(ActKind),
    /// Something is mapped twice.
    #[error("columns: `{0}` is mapped twice: expected each once")]
    Twice(String),
    /// Nothing says which column names the state, or none is an act.
    #[error("columns: expected `state=...` and at least one kind of act")]
    Incomplete,
    /// A column that the table does not have once.
    #[error("{table}:1: {found} columns are named `{column}`, of {headers}")]
    Column {
        /// The table.
        table: String,
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
    /// No source.
    #[error("source: missing: expected an address or a key of [sources], or the basis `memory`")]
    NoSource,
    /// The treaty is not there.
    #[error("{0} is missing: write it first, with the title and the clauses of the treaty")]
    NoTreaty(String),
    /// There is a table of acts.
    #[error("{0} is there already: it is added to with --append only")]
    Exists(String),
    /// The catalogue has a fault of its own.
    #[error("{0}: mend the catalogue first, `catalogue check` shows all that is wrong")]
    Catalogue(#[from] CatalogueError),
}

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The directory of the catalogue.
    pub dir: &'a Path,
    /// The treaty.
    pub treaty: TreatyId,
    /// What the columns are.
    pub mapping: Mapping,
    /// How days are written.
    pub dates: &'a str,
    /// Where the table comes from; none from memory.
    pub source: Option<&'a str>,
    /// Whose record it is.
    pub basis: Basis,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whether an `acts.csv` that is there is added to.
    pub append: bool,
}

/// A row that is not clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Its line in the table, from 1.
    pub line: usize,
    /// What is not clear.
    pub problem: String,
    /// What may have been meant.
    pub help: Option<String>,
}

/// What an import would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The file.
    pub path: PathBuf,
    /// What it would hold.
    pub text: String,
    /// How many rows the table has.
    pub rows: usize,
    /// How many acts are new.
    pub new: usize,
    /// How many were there already.
    pub known: usize,
    /// The rows that are not clear, in order; nothing of them is in `text`.
    pub doubts: Vec<Doubt>,
}

impl Import {
    /// Writes the file, whole or not at all.
    pub fn write(&self) -> Result<(), ImportError> {
        // A catalogue passes over names that begin with a dot.
        let draft = self.path.with_file_name(".acts.csv.new");
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ImportError::File { path, source }
        };
        fs::write(&draft, &self.text).map_err(failed(&draft))?;
        fs::rename(&draft, &self.path).map_err(failed(&self.path))
    }
}

/// A new act of a row.
#[derive(Debug, Clone, Copy)]
struct NewAct {
    line: usize,
    state: StateId,
    kind: ActKind,
    on: NaiveDate,
}

/// Reads a table into acts of a treaty. `others` are the seeds and what else the catalogue is read with.
/// Nothing is written.
pub fn import(table: Table<'_>, order: &Order<'_>, others: &[Files]) -> Result<Import, ImportError> {
    if StrftimeItems::new(order.dates).any(|item| item == Item::Error) {
        return Err(ImportError::Format(order.dates.to_owned()));
    }
    if order.source.is_none() && order.basis != Basis::Memory {
        return Err(ImportError::NoSource);
    }
    let files = Files::of_dir(order.dir)?;
    let toml = format!("treaties/{}/treaty.toml", order.treaty);
    let acts = format!("treaties/{}/acts.csv", order.treaty);
    if !files.texts.contains_key(&toml) {
        return Err(ImportError::NoTreaty(files.path_of(&toml)));
    }
    let there = files.texts.get(&acts).cloned();
    if there.is_some() && !order.append {
        return Err(ImportError::Exists(files.path_of(&acts)));
    }
    let mut desk = Desk { order, others, files, acts_name: acts, there, doubts: Vec::new() };
    let (rows, mut new, known) = desk.read(table)?;
    // What the law refuses in the file as it would be is in doubt, row by row.
    let text = loop {
        let text = desk.text(&new);
        let refused = desk.refused(&text)?;
        if refused.is_empty() {
            break text;
        }
        let first_line = desk.lines_before() + 1;
        let mut lines = Vec::new();
        for fault in refused {
            let number = fault.line.and_then(|line| line.checked_sub(first_line));
            let Some(act) = number.and_then(|number| new.get(number)) else { return Err(fault.into()) };
            lines.push(act.line);
            let problem = format!("{}: {}", act.state, fault.message);
            desk.doubts.push(Doubt { line: act.line, problem, help: fault.pointer.help });
        }
        new.retain(|act| !lines.contains(&act.line));
    };
    desk.doubts.sort_by_key(|doubt| doubt.line);
    let path = order.dir.join(&desk.acts_name);
    Ok(Import { path, text, rows, new: new.len(), known, doubts: desk.doubts })
}

/// An import while it is made.
struct Desk<'a> {
    order: &'a Order<'a>,
    others: &'a [Files],
    files: Files,
    acts_name: String,
    /// The text of `acts.csv`, where it is there.
    there: Option<String>,
    doubts: Vec<Doubt>,
}

impl Desk<'_> {
    /// Gives the number of rows, the new acts of those that are clear, and how many acts were known.
    fn read(&mut self, table: Table<'_>) -> Result<(usize, Vec<NewAct>, usize), ImportError> {
        let (states, recorded) = self.catalogue()?;
        let headers = table.headers()?;
        let column = |name: &String| {
            let mut found = headers.iter().enumerate().filter(|(_, header)| *header == name);
            match (found.next(), found.count()) {
                (Some((at, _)), 0) => Ok(at),
                (first, more) => Err(ImportError::Column {
                    table: table.name.to_owned(),
                    column: name.clone(),
                    found: more + usize::from(first.is_some()),
                    headers: headers.join(", "),
                }),
            }
        };
        let state_column = column(&self.order.mapping.state)?;
        let mut act_columns = Vec::new();
        for (kind, name) in &self.order.mapping.acts {
            act_columns.push((*kind, column(name)?));
        }
        let mut seen: BTreeMap<StateId, Vec<usize>> = BTreeMap::new();
        let (mut rows, mut new, mut known) = (0, Vec::new(), 0);
        for record in table.reader().into_records() {
            rows += 1;
            let record = match record {
                Ok(record) => record,
                Err(cause) => {
                    let line = line_of(table, cause.position());
                    self.doubts.push(Doubt { line, problem: csv_message(&cause), help: None });
                    continue;
                }
            };
            let line = line_of(table, record.position());
            let cell = |at: usize| record.get(at).unwrap_or_default().trim();
            let cells = act_columns.iter().map(|(kind, at)| (*kind, cell(*at))).collect::<Vec<_>>();
            let row = Row { line, name: cell(state_column), cells: &cells };
            let state = row.state(&states);
            if let Ok(state) = state {
                seen.entry(state).or_default().push(line);
            }
            match row.acts(state, self.order.dates, &recorded) {
                Ok(acts) => {
                    let is_known = |act: &NewAct| recorded.iter().any(|other| same(act, other));
                    let fresh: Vec<NewAct> = acts.iter().filter(|act| !is_known(act)).copied().collect();
                    known += acts.len() - fresh.len();
                    new.extend(fresh);
                }
                Err(doubts) => self.doubts.extend(doubts),
            }
        }
        // Which of two rows is meant, nobody can tell: neither is clear.
        for (state, lines) in seen.iter().filter(|(_, lines)| lines.len() > 1) {
            let listed = lines.iter().map(usize::to_string).collect::<Vec<_>>().join(" and ");
            new.retain(|act: &NewAct| act.state != *state);
            let problem = format!("{state} stands on the lines {listed}");
            self.doubts.extend(lines.iter().map(|line| Doubt {
                line: *line,
                problem: problem.clone(),
                help: None,
            }));
        }
        Ok((rows, new, known))
    }

    /// The states, and the acts that the treaty has.
    fn catalogue(&self) -> Result<(States, Vec<Act>), ImportError> {
        let mut faults = Faults::up_to(1);
        let catalogues = self.catalogues(self.files.clone());
        let reading = Reading::of(&catalogues, &mut faults);
        faults.or(())?;
        let Reading { states, mut checked, .. } = reading;
        let acts = checked.remove(&self.order.treaty).map(|checked| checked.file.acts);
        Ok((states, acts.unwrap_or_default()))
    }

    fn catalogues(&self, files: Files) -> Vec<Files> {
        self.others.iter().cloned().chain([files]).collect()
    }

    /// What is wrong with the catalogue once `acts.csv` has this text.
    fn refused(&self, text: &str) -> Result<Vec<CatalogueError>, ImportError> {
        let mut files = self.files.clone();
        files.texts.insert(self.acts_name.clone(), text.to_owned());
        let name = files.path_of(&self.acts_name);
        let mut faults = Faults::up_to(ACTS_MAX);
        let catalogues = self.catalogues(files);
        let reading = Reading::of(&catalogues, &mut faults);
        let mut faults = faults.kept();
        check::add_help(&mut faults, &reading.states.all);
        match faults.iter().find(|fault| fault.file != name) {
            Some(fault) => Err(fault.clone().into()),
            None => Ok(faults),
        }
    }

    /// How many lines stand before the new acts.
    fn lines_before(&self) -> usize {
        self.there.as_ref().map_or(1, |text| text.lines().count())
    }

    fn text(&self, new: &[NewAct]) -> String {
        let mut text = self.there.clone().unwrap_or_else(|| COLUMNS.join(","));
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let source = quoted(self.order.source.unwrap_or_default());
        let (basis, confidence) = (self.order.basis, self.order.confidence);
        for NewAct { state, kind, on, .. } in new {
            text.push_str(&format!("{state},{kind},{on},,,,{source},{basis},{confidence},\n"));
        }
        text
    }
}

/// The line of a record of a table, from 1.
fn line_of(table: Table<'_>, position: Option<&csv::Position>) -> usize {
    position.and_then(|at| CsvRow::of(table.content(), at)).map_or(0, |row| row.line)
}

/// A value of a CSV file, in quotes where it needs them.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// Whether an act is recorded, wherever it was done.
fn same(act: &NewAct, recorded: &Act) -> bool {
    recorded.state == Some(act.state) && recorded.kind == act.kind && recorded.on == PartialDay::exact(act.on)
}

/// One row of a table.
struct Row<'a> {
    line: usize,
    name: &'a str,
    cells: &'a [(ActKind, &'a str)],
}

impl Row<'_> {
    /// The acts of the row, or everything that is not clear about it. An empty row has none.
    fn acts(
        &self,
        state: Result<StateId, (String, Option<String>)>,
        dates: &str,
        recorded: &[Act],
    ) -> Result<Vec<NewAct>, Vec<Doubt>> {
        if self.name.is_empty() && self.cells.iter().all(|(_, cell)| cell.is_empty()) {
            return Ok(Vec::new());
        }
        let mut doubts = Vec::new();
        let mut doubt = |problem: String, help: Option<String>| {
            doubts.push(Doubt { line: self.line, problem, help });
        };
        let state = state.map_err(|(problem, help)| doubt(problem, help)).ok();
        let mut days: Vec<(ActKind, NaiveDate)> = Vec::new();
        for (kind, cell) in self.cells.iter().filter(|(_, cell)| !cell.is_empty()) {
            match read_day(cell, dates) {
                Some(day) => days.push((*kind, day)),
                None => {
                    let problem = format!("{}: {kind}: `{cell}` is not a day", self.name);
                    doubt(
                        problem,
                        Some(format!("expected a day written {dates}; --dates names another format")),
                    );
                }
            }
        }
        let signed = days.iter().find(|(kind, _)| *kind == ActKind::Signature).map(|(_, day)| *day);
        for (kind, day) in days.iter().filter(|(kind, _)| kind.is_consent()) {
            if let Some(signed) = signed.filter(|signed| day < signed) {
                doubt(format!("{}: {kind} on {day}, before the signature on {signed}", self.name), None);
            }
        }
        if let Some(state) = state {
            for (kind, day) in &days {
                let alike: Vec<&Act> =
                    recorded.iter().filter(|act| act.state == Some(state) && act.kind == *kind).collect();
                let act = NewAct { line: self.line, state, kind: *kind, on: *day };
                if let Some(other) = alike.first()
                    && !alike.iter().any(|other| same(&act, other))
                {
                    let problem = format!("{}: {kind} on {day}, but {} is recorded", self.name, other.on);
                    doubt(problem, Some("a correction is made in the file by hand".to_owned()));
                }
            }
        }
        match state {
            Some(state) if doubts.is_empty() => {
                let act = |(kind, on)| NewAct { line: self.line, state, kind, on };
                Ok(days.into_iter().map(act).collect())
            }
            _ => Err(doubts),
        }
    }

    fn state(&self, states: &States) -> Result<StateId, (String, Option<String>)> {
        let name = self.name;
        if name.is_empty() {
            return Err(("no state is named".to_owned(), None));
        }
        let like = states_like(name, &states.all);
        let named = |and: &str| {
            let names = like.states.iter().map(|state| format!("{} ({})", state.name.en, state.id));
            names.collect::<Vec<_>>().join(and)
        };
        match like.states.as_slice() {
            [state] if like.is_exact => Ok(state.id),
            [] => Err((format!("{name}: no such state"), None)),
            _ if like.is_exact => Err((format!("{name}: may be {}", named(" or ")), None)),
            _ => Err((format!("{name}: no such state"), Some(format!("near to it: {}", named(", "))))),
        }
    }
}

fn read_day(text: &str, format: &str) -> Option<NaiveDate> {
    if format == ISO {
        return parse_day(text).ok();
    }
    let day = NaiveDate::parse_from_str(text, format).ok()?;
    // `3/4/21` is no day of the year 21.
    YEARS.contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_strictly() {
        assert!(read_day("2019-02-02", ISO).is_some());
        assert!(read_day("2019-2-2", ISO).is_none());
        assert_eq!(read_day("02/03/2019", "%d/%m/%Y"), NaiveDate::from_ymd_opt(2019, 3, 2));
        assert!(read_day("02/03/19", "%d/%m/%Y").is_none());
        assert!(read_day("31/02/2019", "%d/%m/%Y").is_none());
    }
}
