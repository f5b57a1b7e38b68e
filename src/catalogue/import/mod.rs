//! Tables of acts and pages of depositaries, made into `acts.csv`: what is in doubt is listed, never guessed.

mod alike;
mod cell;
mod error;
mod page;
mod rows;
mod state_name;
mod table;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::domain::act::{Act, ActKind, Basis, Confidence};
use crate::domain::id::{StateId, TreatyId};
use crate::domain::observation::Observation;
use crate::domain::outside::line;

use super::Reading;
use super::acts::NEEDED;
use super::error::{CatalogueError, Faults};
use super::evidence::is_address;
use super::files::Files;
use super::limits::ACTS_MAX;
use super::names::Names;

use alike::{Alike, AlikeActs, Found};
use cell::Days;
use rows::{Row, RowAct};
use state_name::{NAME_CHARS_MAX, state_of, without_note_numbers};

pub use error::{Doubt, ImportError};
pub use page::PageHead;
pub use table::{Mapping, Table, propose};

/// Names that nobody knows and that are compared with all that are known; of further ones it is only said that they
/// are unknown. Each takes as long as reading a thousand rows.
const COMPARED_NAMES_MAX: usize = 200;
/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The directory of the catalogue.
    pub dir: &'a Path,
    /// The treaty.
    pub treaty: TreatyId,
    /// How days are written.
    pub dates: &'a str,
    /// The first of the hundred years in which years of two digits lie.
    pub years_from: Option<i32>,
    /// Where the acts come from; none from memory.
    pub source: Option<&'a str>,
    /// Whose record it is; by default the depositary's for a page, and a secondary one for a table. A key of a source
    /// says so itself.
    pub basis: Option<Basis>,
    /// How sure it is, where less than its sources allow.
    pub confidence: Option<Confidence>,
    /// Whether an `acts.csv` that is there is added to.
    pub append: bool,
    /// Acts of later days are in doubt.
    pub today: NaiveDate,
}

/// Where acts are imported from.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A table, and what its columns are.
    Table(Table<'a>, &'a Mapping),
    /// What the page of a depositary says.
    Page {
        /// The acts.
        observations: &'a [Observation],
        /// What it says besides.
        head: &'a PageHead,
    },
}

/// What an import would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The file.
    pub path: PathBuf,
    /// What it would hold.
    pub text: String,
    /// Where a `treaty.toml` is to be made, and what it would hold; none where there is one.
    pub skeleton: Option<(PathBuf, String)>,
    /// States that are named in the notes of a page only.
    pub named: Vec<String>,
    /// How many rows the table has.
    pub rows: usize,
    /// How many rows are not clear.
    pub doubtful_rows: usize,
    /// How many acts are new.
    pub new: usize,
    /// How many were there already.
    pub known: usize,
    /// What is not clear, in the order of the rows; nothing of these rows is in `text`.
    pub doubts: Vec<Doubt>,
    /// How many faults the catalogue has that have nothing to do with these acts.
    pub other_faults: usize,
}

impl Import {
    /// Writes the files, each whole or not at all.
    pub fn write(&self) -> Result<(), ImportError> {
        write_whole(&self.path, &self.text)?;
        // A table without its treaty is an error that says so; a treaty without its table would look complete.
        self.skeleton.iter().try_for_each(|(path, text)| write_whole(path, text))
    }
}

fn write_whole(path: &Path, text: &str) -> Result<(), ImportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ImportError::File { path, source }
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    // A catalogue passes over names that begin with a dot.
    let draft = path.with_file_name(".import.new");
    fs::write(&draft, text).map_err(failed(&draft))?;
    fs::rename(&draft, path).map_err(failed(path))
}

/// A new act of a row.
#[derive(Debug, Clone)]
struct NewAct {
    row: usize,
    state: StateId,
    act: RowAct,
}

/// Reads acts of a treaty. `others` are the seeds and what else the catalogue is read with. Nothing is written.
pub fn import(input: Input<'_>, order: &Order<'_>, others: &[Files]) -> Result<Import, ImportError> {
    let days = Days::of(order.dates, order.years_from)?;
    let toml = format!("treaties/{}/treaty.toml", order.treaty);
    let acts = format!("treaties/{}/acts.csv", order.treaty);
    let mut unreadable = Faults::up_to(ACTS_MAX);
    // The first treaty of a catalogue may make its directory.
    let mut files = match order.dir.exists() {
        true => Files::readable(order.dir, &mut unreadable),
        false => Files { root: order.dir.display().to_string(), texts: BTreeMap::new() },
    };
    let own = [files.path_of(&toml), files.path_of(&acts)];
    let is_own = |fault: &CatalogueError| own.contains(&fault.file);
    let mut other = unreadable.kept();
    if let Some(at) = other.iter().position(is_own) {
        return Err(ImportError::Catalogue(other.swap_remove(at)));
    }
    let skeleton = match input {
        _ if files.texts.contains_key(&toml) => None,
        Input::Page { head, .. } => Some(head.skeleton(order)),
        Input::Table(..) => return Err(ImportError::NoTreaty(own[0].clone())),
    };
    if let Some(text) = &skeleton {
        files.texts.insert(toml.clone(), text.clone());
    }
    let source = match (&skeleton, order.source) {
        (Some(_), Some(_)) => Some(page::SOURCE_KEY),
        (_, source) => source,
    };
    let there = files.texts.get(&acts).cloned();
    if there.is_some() && !order.append {
        return Err(ImportError::Exists(own[1].clone()));
    }
    let catalogues: Vec<Files> = others.iter().cloned().chain([files]).collect();
    let mut faults = Faults::up_to(ACTS_MAX);
    let reading = Reading::of(&catalogues, &mut faults);
    let (before, of_others): (Vec<_>, Vec<_>) = faults.kept().into_iter().partition(is_own);
    other.extend(of_others);
    let said_before: HashSet<String> = before.iter().map(ToString::to_string).collect();
    // What can be read is enough: that some act of the treaty has no effect yet, the new ones may mend.
    let is_read = reading.places.get(&order.treaty).is_some_and(|place| place.file == own[0]);
    let checked = reading.checked.get(&order.treaty).filter(|checked| is_read && checked.is_whole());
    let Some(checked) = checked else {
        let fault = before.into_iter().next();
        return Err(fault.map_or_else(|| ImportError::NoTreaty(own[0].clone()), ImportError::Catalogue));
    };
    let rows = match input {
        Input::Table(table, mapping) => rows::of_table(&table, mapping, &days)?,
        Input::Page { observations, .. } => rows::of_page(observations),
    };
    let no_source = order.source.is_none() && order.basis != Some(Basis::Memory);
    if no_source && rows.iter().flat_map(|row| &row.acts).all(|act| act.source.is_none()) {
        return Err(ImportError::NoSource);
    }
    let names = Names::of(&reading.states.all);
    let mut importer = Importer {
        order,
        source,
        there: there.as_deref(),
        recorded: &checked.file.acts,
        is_wide: matches!(input, Input::Table(_, mapping) if mapping.is_wide()),
        is_page: matches!(input, Input::Page { .. }),
        rows,
        known: 0,
    };
    let mut new = importer.acts(&names);
    // What the law refuses in the file as it would be is in doubt, row by row.
    let text = loop {
        let (text, lines_before) = importer.text(&new);
        let refused = reading.faults_with(&order.treaty, &own[1], &text, &names);
        let mut refused =
            refused.into_iter().filter(|fault| !said_before.contains(&fault.to_string())).peekable();
        if refused.peek().is_none() {
            break text;
        }
        let first_line = lines_before + 1;
        let mut doubted = HashSet::new();
        for fault in refused {
            let number =
                fault.line.filter(|_| fault.file == own[1]).and_then(|line| line.checked_sub(first_line));
            let Some(act) = number.and_then(|number| new.get(number)) else {
                return Err(ImportError::Contradicts(fault));
            };
            doubted.insert(act.row);
            let problem = format!("{}: {}", act.state, fault.message);
            importer.rows[act.row].doubt(problem, fault.pointer.help);
        }
        new.retain(|act| !doubted.contains(&act.row));
    };
    let named = match input {
        Input::Table(..) => Vec::new(),
        Input::Page { head, .. } => {
            let listed = importer
                .rows
                .iter()
                .filter_map(|row| names.exact(without_note_numbers(&row.name)))
                .flatten()
                .map(|state| state.id);
            page::named_in_notes(&head.notes, &names, &listed.collect())
        }
    };
    let (rows, known) = (importer.rows.len(), importer.known);
    let doubtful_rows = importer.rows.iter().filter(|row| !row.doubts.is_empty()).count();
    let mut doubts: Vec<Doubt> = importer.rows.into_iter().flat_map(|row| row.doubts).collect();
    // Rows of a page have no line numbers, so equal doubts would only repeat each other.
    let mut said = HashSet::new();
    doubts.retain(|doubt| doubt.line.is_some() || said.insert(doubt.problem.clone()));
    let skeleton = skeleton.map(|text| (order.dir.join(&toml), text + &page::questions(&doubts, &named)));
    Ok(Import {
        path: order.dir.join(&acts),
        text,
        skeleton,
        named,
        rows,
        doubtful_rows,
        new: new.len(),
        known,
        doubts,
        other_faults: other.len(),
    })
}

/// An import while it is made.
struct Importer<'a> {
    order: &'a Order<'a>,
    /// Where the acts come from, as the file writes it.
    source: Option<&'a str>,
    /// The text of `acts.csv`, where it is there.
    there: Option<&'a str>,
    recorded: &'a [Act],
    /// Whether each state has one row.
    is_wide: bool,
    is_page: bool,
    rows: Vec<Row>,
    known: usize,
}

impl Importer<'_> {
    /// Gives the new acts of the rows that are clear.
    fn acts(&mut self, names: &Names<'_>) -> Vec<NewAct> {
        let states = self.states(names);
        if self.is_wide {
            self.doubt_states_with_two_rows(&states);
        }
        self.doubt_days(&states);
        let mut alike = AlikeActs::of(self.recorded);
        for (row, state) in self.rows.iter().zip(&states) {
            if let Some(state) = *state {
                row.acts.iter().for_each(|act| alike.turn(state, act.kind, act.on));
            }
        }
        let mut new: Vec<NewAct> = Vec::new();
        for (number, state) in states.iter().enumerate() {
            let Some(state) = *state else { continue };
            let (mut fresh, mut known) = (Vec::new(), 0);
            for act in std::mem::take(&mut self.rows[number].acts) {
                match alike.find(state, &act) {
                    Found::New => fresh.push(act),
                    Found::Known(Alike { row: None, .. }) => known += 1,
                    Found::Known(other) => {
                        let problem = format!(
                            "{}: {} on {}: {}",
                            self.name(number),
                            act.kind,
                            act.on,
                            self.place(&other)
                        );
                        self.rows[number].doubt(problem, Some("keep one of the two rows".to_owned()));
                    }
                    Found::Differs(other) => {
                        let problem = format!(
                            "{}: {} on {}, but {}",
                            self.name(number),
                            act.kind,
                            act.on,
                            self.place(&other)
                        );
                        let help = match other.row {
                            None => "a correction is made in the file by hand",
                            Some(_) => "keep one of the two, or give the place of each deposit",
                        };
                        self.rows[number].doubt(problem, Some(help.to_owned()));
                        if let Some(row) = other.row.filter(|row| *row != number) {
                            let on = self.line_of(number);
                            let problem = format!(
                                "{}: {} on {}, but {on} has {}",
                                self.name(row),
                                act.kind,
                                other.on,
                                act.on
                            );
                            self.rows[row].doubt(problem, None);
                        }
                    }
                }
            }
            if self.rows[number].doubts.is_empty() {
                self.known += known;
                for act in fresh {
                    alike.add(state, &act, Some(number));
                    new.push(NewAct { row: number, state, act });
                }
            }
        }
        new.retain(|act| self.rows[act.row].doubts.is_empty());
        new
    }

    /// The state of each row; none where it is in doubt, or the row is empty.
    fn states(&mut self, names: &Names<'_>) -> Vec<Option<StateId>> {
        let mut found: HashMap<String, Result<StateId, (String, Option<String>)>> = HashMap::new();
        let (mut states, mut compared) = (Vec::with_capacity(self.rows.len()), 0);
        for row in &mut self.rows {
            // A row that is no row of CSV, or has nothing in it.
            if row.is_empty || row.name.is_empty() && row.acts.is_empty() && !row.doubts.is_empty() {
                states.push(None);
                continue;
            }
            let state = found.entry(row.name.clone()).or_insert_with(|| {
                let is_compared = compared < COMPARED_NAMES_MAX;
                let state = state_of(&row.name, names, is_compared);
                compared += usize::from(state.is_err());
                state
            });
            match state {
                Ok(state) => states.push(Some(*state)),
                Err((problem, help)) => {
                    // First of all: who it is.
                    row.doubts
                        .insert(0, Doubt { line: row.line, problem: problem.clone(), help: help.clone() });
                    states.push(None);
                }
            }
        }
        states
    }

    /// Which of two rows is meant, nobody can tell: neither is clear.
    fn doubt_states_with_two_rows(&mut self, states: &[Option<StateId>]) {
        const LINES_MAX: usize = 5;
        let mut seen: BTreeMap<StateId, Vec<usize>> = BTreeMap::new();
        for (number, state) in states.iter().enumerate() {
            seen.entry(match state {
                Some(state) => *state,
                None => continue,
            })
            .or_default()
            .push(number);
        }
        for (state, numbers) in seen.into_iter().filter(|(_, numbers)| numbers.len() > 1) {
            let lines = numbers.iter().take(LINES_MAX).filter_map(|number| self.rows[*number].line);
            let mut listed = lines.map(|line| line.to_string()).collect::<Vec<_>>().join(" and ");
            if LINES_MAX < numbers.len() {
                listed.push_str(&format!(" and {} more", numbers.len() - LINES_MAX));
            }
            for number in numbers {
                self.rows[number].doubt(format!("{state} stands on the lines {listed}"), None);
            }
        }
    }

    /// Days that cannot be right: to come, or before the signature that was to be ratified.
    fn doubt_days(&mut self, states: &[Option<StateId>]) {
        let today = self.order.today;
        let mut signed: HashMap<StateId, NaiveDate> = HashMap::new();
        for (row, state) in self.rows.iter().zip(states) {
            for act in row.acts.iter().filter(|act| act.kind == ActKind::Signature) {
                let Some(state) = *state else { continue };
                let day = act.on.first_day();
                signed.entry(state).and_modify(|first| *first = day.min(*first)).or_insert(day);
            }
        }
        for (row, state) in self.rows.iter_mut().zip(states) {
            let signed = state.and_then(|state| signed.get(&state));
            let name = line(&row.name, NAME_CHARS_MAX);
            let mut doubts = Vec::new();
            for act in &row.acts {
                let (kind, on) = (act.kind, act.on);
                if today < on.first_day() {
                    let help =
                        format!("is the year right? Today is {today}; an act is recorded once it was done");
                    doubts.push((format!("{name}: {kind} on {on} is in the future"), Some(help)));
                }
                if let Some(signed) = signed.filter(|signed| kind.is_consent() && on.last_day() < **signed) {
                    doubts.push((format!("{name}: {kind} on {on}, before the signature on {signed}"), None));
                }
            }
            for (problem, help) in doubts {
                row.doubt(problem, help);
            }
        }
    }

    fn name(&self, row: usize) -> String {
        line(&self.rows[row].name, NAME_CHARS_MAX)
    }

    /// How an act is named that may be the same.
    fn place(&self, other: &Alike) -> String {
        match other.row {
            None => format!("{} is recorded", other.on),
            Some(row) => format!("{} has {}", self.line_of(row), other.on),
        }
    }

    fn line_of(&self, row: usize) -> String {
        self.rows[row].line.map_or_else(|| "the page".to_owned(), |line| format!("line {line}"))
    }

    /// The file with the new acts, and how many lines stand before them. A file that is there keeps its columns, and gets
    /// those that the acts need besides.
    fn text(&self, new: &[NewAct]) -> (String, usize) {
        let rows: Vec<[String; COLUMNS.len()]> = new.iter().map(|act| self.values(act)).collect();
        let is_used = |at: usize| rows.iter().any(|row| !row[at].is_empty());
        let mut columns: Vec<String> = match self.there {
            Some(text) => header_of(text),
            None => NEEDED.map(str::to_owned).to_vec(),
        };
        let lacking =
            |(at, name): &(usize, &&str)| is_used(*at) && !columns.iter().any(|there| there == **name);
        let more: Vec<&str> = COLUMNS.iter().enumerate().filter(lacking).map(|(_, name)| *name).collect();
        let mut text = match self.there {
            Some(text) if more.is_empty() => text.to_owned(),
            Some(text) => with_columns(text, &more),
            None => String::new(),
        };
        columns.extend(more.into_iter().map(str::to_owned));
        if self.there.is_none() {
            columns.sort_by_key(|name| COLUMNS.iter().position(|known| known == name));
            text = columns.join(",");
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let lines_before = text.lines().count();
        for row in &rows {
            let value =
                |name: &String| COLUMNS.iter().position(|known| known == name).map_or("", |at| &row[at]);
            text.push_str(&columns.iter().map(value).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        (text, lines_before)
    }

    /// What an act has in each of the [`COLUMNS`].
    fn values(&self, NewAct { state, act, .. }: &NewAct) -> [String; COLUMNS.len()] {
        let RowAct { kind, on, effective_on, place, note, source, basis, confidence } = act;
        let source = source.as_deref().or(self.source).unwrap_or_default();
        // The kind of a source that has a key is on record with it.
        let default = if self.is_page { Basis::Depositary } else { Basis::Secondary };
        let default = is_address(source).then_some(default);
        let basis = basis.or(self.order.basis).or(default);
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        [
            state.to_string(),
            kind.to_string(),
            on.to_string(),
            effective_on.map(|day| day.to_string()).unwrap_or_default(),
            quoted(place.as_deref().unwrap_or_default()),
            quoted(note),
            quoted(source),
            word(basis.map(Basis::as_str)),
            word(confidence.or(self.order.confidence).map(Confidence::as_str)),
        ]
    }
}

/// The columns that an import fills, in the order of a new file.
const COLUMNS: [&str; 9] =
    ["state", "kind", "on", "effective_on", "place", "note", "source", "basis", "confidence"];

/// The columns of a file that was read as CSV before.
fn header_of(text: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.headers().map(|header| header.iter().map(str::to_owned).collect()).unwrap_or_default()
}

/// A file that was read as CSV before, with further columns that are empty.
fn with_columns(text: &str, more: &[&str]) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut lines = String::new();
    for (number, record) in reader.records().flatten().enumerate() {
        let added = more.iter().map(|name| if number == 0 { *name } else { "" });
        lines.push_str(&record.iter().chain(added).map(quoted).collect::<Vec<_>>().join(","));
        lines.push('\n');
    }
    lines
}

/// A value of a CSV file, in quotes where it needs them.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}
