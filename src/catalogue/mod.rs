//! Seeds: files of states, treaties and statements, read into domain values.
//!
//! Everything is checked before anything is used: unknown keys, kinds and states are refused, and
//! so are acts that the law refuses. An error names file, line and field, and what was expected.

mod acts;
mod error;
mod fields;
mod statements;
mod states;
mod treaty;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use crate::domain::act::Act;
use crate::domain::clause::{Anchor, Terms};
use crate::domain::id::{ActId, Label, StateId, TreatyId};
use crate::domain::project::project;
use crate::domain::seeds::{Seeds, TreatyFile};
use crate::domain::state::State;
use crate::domain::treaty::Treaty;

pub use error::CatalogueError;
use error::Source;
use treaty::{Placed, ReadTreaty};

static SEEDS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/seeds");

/// The files of a catalogue: path below its root, and text.
type Files = BTreeMap<String, String>;

/// The seeds that the program carries.
pub fn embedded() -> Result<Seeds, CatalogueError> {
    parse("seeds", &embedded_files())
}

/// The seeds of a directory that has the shape of `seeds/`.
pub fn read_dir(root: &Path) -> Result<Seeds, CatalogueError> {
    parse(&root.display().to_string(), &dir_files(root)?)
}

/// A digest of the seeds that the program carries: the same digest, the same seeds.
pub fn embedded_digest() -> String {
    digest(&embedded_files())
}

/// A digest of the seeds of a directory.
pub fn dir_digest(root: &Path) -> Result<String, CatalogueError> {
    Ok(digest(&dir_files(root)?))
}

fn embedded_files() -> Files {
    fn collect(dir: &Dir<'static>, files: &mut Files) {
        for file in dir.files() {
            let name = file.path().to_string_lossy().into_owned();
            files.insert(name, String::from_utf8_lossy(file.contents()).into_owned());
        }
        for dir in dir.dirs() {
            collect(dir, files);
        }
    }
    let mut files = Files::new();
    collect(&SEEDS, &mut files);
    files
}

fn dir_files(root: &Path) -> Result<Files, CatalogueError> {
    let fault = |path: &Path, error: std::io::Error| CatalogueError {
        file: path.display().to_string(),
        line: None,
        field: None,
        message: format!("cannot be read: {error}"),
    };
    let mut files = Files::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).map_err(|error| fault(&dir, error))? {
            let path = entry.map_err(|error| fault(&dir, error))?.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|error| fault(&path, error))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, text);
        }
    }
    Ok(files)
}

fn digest(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name.as_bytes(), text.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse(root: &str, files: &Files) -> Result<Seeds, CatalogueError> {
    let mut states = None;
    let mut read: BTreeMap<TreatyId, (String, ReadTreaty)> = BTreeMap::new();
    let mut tables: BTreeMap<String, (String, &str)> = BTreeMap::new();
    let mut statements = Vec::new();
    for (name, text) in files {
        let file = format!("{root}/{name}");
        let source = Source { file: &file, text };
        match name.split('/').collect::<Vec<_>>().as_slice() {
            ["states.csv"] => states = Some(states::read(source)?),
            ["treaties", folder, "treaty.toml"] => {
                let treaty = treaty::read(source, folder)?;
                read.insert(treaty.treaty.id.clone(), (file, treaty));
            }
            ["treaties", folder, "acts.csv"] => {
                tables.insert((*folder).to_owned(), (file, text));
            }
            ["statements", _] => statements.push((file.clone(), statements::read(source)?)),
            _ => {
                let expected = "expected states.csv, treaties/<id>/treaty.toml, treaties/<id>/acts.csv or statements/<id>.toml";
                return Err(source.error_on(None, "", format!("not a file of a catalogue: {expected}")));
            }
        }
    }
    let no_states = || CatalogueError {
        file: format!("{root}/states.csv"),
        line: None,
        field: None,
        message: "missing: expected the list of states".to_owned(),
    };
    let states = states.ok_or_else(no_states)?;
    let known: BTreeSet<TreatyId> = read.keys().cloned().collect();
    let mut treaties = BTreeMap::new();
    for (id, (file, mut treaty)) in read {
        if let Some((table_file, text)) = tables.remove(id.as_str()) {
            let source_of = |key: &str| treaty::resolve_source(&treaty.sources, key);
            let table = Source { file: &table_file, text };
            let more = acts::read(table, &id, &source_of)?;
            treaty.acts.extend(more);
        }
        let text = files.iter().find(|(name, _)| file.ends_with(name.as_str())).map_or("", |(_, text)| text);
        let check = Check { source: Source { file: &file, text }, states: &states, treaties: &known };
        treaties.insert(id, check.treaty(treaty)?);
    }
    if let Some((folder, (file, text))) = tables.into_iter().next() {
        let message = format!("treaties/{folder}/treaty.toml is missing");
        return Err(Source { file: &file, text }.error_on(None, "", message));
    }
    for (file, statement) in &statements {
        let named = statement.paragraphs.iter().flat_map(|paragraph| &paragraph.treaties);
        if let Some(id) = named.chain([&statement.treaty]).find(|id| !known.contains(*id)) {
            let message = format!("there is no treaty `{id}`");
            return Err(Source { file, text: "" }.error_on(None, "treaties", message));
        }
    }
    let statements = statements.into_iter().map(|(_, statement)| statement).collect();
    Ok(Seeds { states, treaties, statements })
}

/// What one file can only be checked for once all have been read.
struct Check<'a> {
    source: Source<'a>,
    states: &'a BTreeMap<StateId, State>,
    treaties: &'a BTreeSet<TreatyId>,
}

impl Check<'_> {
    fn treaty(&self, read: ReadTreaty) -> Result<TreatyFile, CatalogueError> {
        let ReadTreaty { treaty, acts, clause_lines, .. } = read;
        self.known_states(&treaty)?;
        self.clauses(&treaty, &acts, &clause_lines)?;
        self.readings(&treaty, &acts)?;
        for id in treaty.links.iter().map(|(_, id)| id) {
            if !self.treaties.contains(id) {
                return Err(self.source.error_on(self.line_with(id.as_str()), "treaty", no_treaty(id)));
            }
        }
        let acts = self.acts(&treaty, acts)?;
        Ok(TreatyFile { treaty, acts })
    }

    fn known_states(&self, treaty: &Treaty) -> Result<(), CatalogueError> {
        let lists = treaty.depositaries.iter().chain(&treaty.participants);
        let readings =
            treaty.readings.iter().flat_map(|reading| reading.asserted_by.iter().chain(&reading.disputed_by));
        let missing = treaty.missing.iter().map(|(state, _)| state);
        for state in lists.chain(readings).chain(missing) {
            if !self.states.contains_key(state) {
                return Err(self.source.error_on(self.line_with(state.as_str()), "", no_state(*state)));
            }
        }
        Ok(())
    }

    fn clauses(&self, treaty: &Treaty, acts: &[Placed<Act>], lines: &[usize]) -> Result<(), CatalogueError> {
        let mut seen: BTreeSet<&Label> = BTreeSet::new();
        for (clause, line) in treaty.clauses.iter().zip(lines) {
            let error = |field: &str, message: String| self.source.error_on(Some(*line), field, message);
            if !seen.insert(&clause.id) {
                return Err(error("id", format!("there are two clauses `{}`", clause.id)));
            }
            let anchor = match &clause.terms {
                Terms::EntryIntoForceByDate { anchor, .. } | Terms::Deadline { anchor, .. } => Some(anchor),
                Terms::Term { end: crate::domain::clause::TermEnd::After { anchor, .. }, .. } => Some(anchor),
                Terms::EntryIntoForceByThreshold(threshold) => {
                    if let Some(state) = threshold.named.iter().find(|state| !self.states.contains_key(state))
                    {
                        return Err(error("named", no_state(*state)));
                    }
                    let mut named = BTreeSet::new();
                    if let Some(state) = threshold.named.iter().find(|state| !named.insert(**state)) {
                        return Err(error("named", format!("{state} is named twice")));
                    }
                    if !threshold.beyond_named && threshold.named.len() > threshold.count as usize {
                        return Err(error("count", "is less than the number of named states".to_owned()));
                    }
                    None
                }
                Terms::Supersession { by } => {
                    if !self.treaties.contains(by) {
                        return Err(error("by", no_treaty(by)));
                    }
                    None
                }
                Terms::Reinstatement { displaces: Some(label), .. } => {
                    if !treaty.clauses.iter().any(|clause| clause.id == *label) {
                        return Err(error("displaces", format!("there is no clause `{label}`")));
                    }
                    None
                }
                _ => None,
            };
            let of_entry = matches!(clause.terms, Terms::EntryIntoForceByDate { .. });
            match anchor {
                Some(Anchor::EntryIntoForce | Anchor::StateEntryIntoForce) if of_entry => {
                    return Err(error("anchor", "entry into force cannot be counted from itself".to_owned()));
                }
                Some(Anchor::Act(label)) if !has_label(acts, label) => {
                    return Err(error("anchor", format!("there is no act with the label `{label}`")));
                }
                Some(Anchor::Deadline(label)) if !treaty.clauses.iter().any(|clause| clause.id == *label) => {
                    return Err(error("anchor", format!("there is no clause `{label}`")));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn readings(&self, treaty: &Treaty, acts: &[Placed<Act>]) -> Result<(), CatalogueError> {
        for reading in &treaty.readings {
            let labels = reading.disregards.iter().chain(reading.effective.iter().map(|(label, _)| label));
            for label in labels {
                if !has_label(acts, label) {
                    let message =
                        format!("reading `{}`: there is no act with the label `{label}`", reading.id);
                    return Err(self.source.error_on(self.line_with(label.as_str()), "disregards", message));
                }
            }
        }
        for id in &treaty.contested_between {
            if treaty.reading(id).is_none() {
                let line = self.line_with("contested_between");
                return Err(self.source.error_on(
                    line,
                    "contested_between",
                    format!("there is no reading `{id}`"),
                ));
            }
        }
        Ok(())
    }

    fn acts(&self, treaty: &Treaty, mut placed: Vec<Placed<Act>>) -> Result<Vec<Act>, CatalogueError> {
        let mut seen: BTreeMap<ActId, (String, Option<usize>)> = BTreeMap::new();
        let error = |at: &Placed<Act>, field: &str, message: String| {
            Source { file: &at.file, text: "" }.error_on(at.line, field, message)
        };
        for at in &placed {
            let act = &at.value;
            let states = act.state.iter().chain(&act.jointly).chain(&act.successors).chain(&act.disputed_by);
            if let Some(state) = states.into_iter().find(|state| !self.states.contains_key(state)) {
                return Err(error(at, "states", no_state(*state)));
            }
            if let Some((file, line)) = seen.insert(act.id.clone(), (at.file.clone(), at.line)) {
                let line = line.map_or_else(String::new, |line| format!(":{line}"));
                return Err(error(at, "on", format!("the same act `{}` stands at {file}{line}", act.id)));
            }
        }
        placed.sort_by(|a, b| (a.value.day(), &a.value.id).cmp(&(b.value.day(), &b.value.id)));
        let acts: Vec<Act> = placed.iter().map(|at| at.value.clone()).collect();
        let projection = project(treaty, &acts, NaiveDate::MAX);
        if let Some(problem) = projection.problems.first() {
            let at = placed.iter().find(|at| Some(&at.value.id) == problem.act.as_ref());
            let message = problem.fault.to_string();
            return Err(at.map_or_else(
                || self.source.error_on(None, "", &message),
                |at| error(at, "kind", message.clone()),
            ));
        }
        Ok(acts)
    }

    /// The first line on which a word stands: good enough to find it by.
    fn line_with(&self, word: &str) -> Option<usize> {
        self.source.text.lines().position(|line| line.contains(word)).map(|at| at + 1)
    }
}

fn has_label(acts: &[Placed<Act>], label: &Label) -> bool {
    acts.iter().any(|at| at.value.label.as_ref() == Some(label))
}

fn no_state(state: StateId) -> String {
    format!("unknown state `{state}`, expected a code of states.csv")
}

fn no_treaty(id: &TreatyId) -> String {
    format!("there is no treaty `{id}`")
}
