//! Seeds and catalogues: files of states, treaties and statements, read into domain values.
//!
//! Everything is checked before anything is used: unknown keys, kinds and states are refused, and
//! so are acts that the law refuses. An error names file, line and field, and what was expected.

mod acts;
mod bundle;
mod check;
mod csv_file;
mod error;
mod evidence;
mod fields;
mod files;
pub mod import;
mod lenient;
mod limits;
mod names;
mod place;
mod schema;
mod statements;
mod states;
mod translations;
mod treaty;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;

use crate::domain::id::TreatyId;
use crate::domain::lang::Words;
use crate::domain::seeds::{Seeds, TreatyFile};
use crate::domain::statehood::Statehood;
use crate::domain::statement::Statement;

use check::{Check, no_treaty};
pub use error::{CatalogueError, Pointer};
use error::{FAULTS_MAX, Faults, Source};
pub use files::{Files, digest, strays};
use limits::ACTS_MAX;
use names::Names;
pub use place::column_of;
use states::States;
use translations::Translation;
use treaty::ReadTreaty;
pub use treaty::schema;

/// The file of translations in a catalogue.
const TRANSLATIONS: &str = "translations.csv";

/// The seeds that the program carries.
pub fn embedded() -> Result<Seeds, CatalogueError> {
    read(&[Files::embedded()])
}

/// The seeds of a directory that has the shape of `seeds/`.
pub fn read_dir(root: &Path) -> Result<Seeds, CatalogueError> {
    read(&[Files::of_dir(root)?])
}

/// Seeds and the catalogues beside them, the seeds first: each knows the states and the treaties of
/// the others. The first fault is the error.
pub fn read(catalogues: &[Files]) -> Result<Seeds, CatalogueError> {
    let mut faults = Faults::up_to(1);
    let seeds = Reading::of(catalogues, &mut faults).seeds();
    faults.or(seeds)
}

/// Everything that can be said about a catalogue.
#[derive(Debug, Clone)]
pub struct Review {
    /// What was read, that of the other catalogues included.
    pub seeds: Seeds,
    /// The treaties that the catalogue itself has.
    pub treaties: BTreeSet<TreatyId>,
    /// What is wrong: `serve` refuses it. Of very many faults the first ones, and how many there are besides.
    pub errors: Vec<CatalogueError>,
    /// What should be looked at again.
    pub warnings: Vec<CatalogueError>,
    /// The files, as they are named in errors and warnings, and their text.
    pub texts: BTreeMap<String, String>,
}

/// Reviews the catalogue in a directory beside `others`, the seeds first. Where there are no others
/// it is a directory of seeds itself. An act of a day after `today` is a warning.
pub fn review(others: &[Files], dir: &Path, today: NaiveDate) -> Review {
    let mut errors = Faults::up_to(FAULTS_MAX);
    let files = Files::readable(dir, &mut errors);
    let catalogues: Vec<Files> = others.iter().chain([&files]).cloned().collect();
    let reading = Reading::of(&catalogues, &mut errors);
    let mut warnings = Faults::up_to(FAULTS_MAX);
    reading.questions(&files, today, &mut warnings);
    let more = [errors.more(), warnings.more()];
    let (mut errors, mut warnings) = (errors.kept(), warnings.kept());
    // An act that is refused raises no further question.
    let is_refused = |warning: &CatalogueError| {
        let same = |error: &CatalogueError| (&error.file, error.line) == (&warning.file, warning.line);
        errors.iter().any(same)
    };
    warnings.retain(|warning| !is_refused(warning));
    let treaties = reading.treaties_of(&files);
    let texts: BTreeMap<String, String> =
        files.texts.iter().map(|(name, text)| (files.path_of(name), text.clone())).collect();
    warnings.extend(strays(dir).iter().map(|path| files::passed_over(path)));
    let names = Names::of(&reading.states.all);
    for faults in [&mut errors, &mut warnings] {
        check::add_help(faults, &names);
        let begins = |fault: &CatalogueError| fault.pointer.span.as_ref().map(|span| span.start);
        faults.sort_by(|a, b| (&a.file, a.line, begins(a)).cmp(&(&b.file, b.line, begins(b))));
    }
    for (faults, more) in [&mut errors, &mut warnings].into_iter().zip(more).filter(|(_, more)| 0 < *more) {
        faults.push(CatalogueError::of_file(&files.root, format!("and {more} more, at least")));
    }
    Review { seeds: reading.seeds(), treaties, errors, warnings, texts }
}

/// Where a treaty stands, while all are read.
struct TreatyPlace<'a> {
    catalogue: &'a Files,
    /// The name of its `treaty.toml`, for errors.
    file: String,
    text: &'a str,
    /// The name and the text of its `acts.csv`.
    table: Option<(String, &'a str)>,
}

impl TreatyPlace<'_> {
    fn toml(&self) -> Source<'_> {
        Source { file: &self.file, text: self.text }
    }

    fn table(&self) -> Option<Source<'_>> {
        self.table.as_ref().map(|(file, text)| Source { file, text })
    }
}

/// What was read of several catalogues.
struct Reading<'a> {
    states: States,
    /// All that stand in some folder, whether they could be read or not.
    places: BTreeMap<TreatyId, TreatyPlace<'a>>,
    checked: BTreeMap<TreatyId, check::Checked>,
    statements: Vec<Statement>,
    /// The translations of all catalogues, by the English text; the first wins.
    translations: BTreeMap<String, Words>,
    known: BTreeSet<TreatyId>,
    statehood: Statehood,
    version: Option<u32>,
}

impl<'a> Reading<'a> {
    fn of(catalogues: &'a [Files], faults: &mut Faults) -> Self {
        let mut reading = Self {
            states: States::default(),
            places: BTreeMap::new(),
            checked: BTreeMap::new(),
            statements: Vec::new(),
            translations: BTreeMap::new(),
            known: BTreeSet::new(),
            statehood: Statehood::default(),
            version: None,
        };
        let mut read: BTreeMap<TreatyId, (ReadTreaty, bool)> = BTreeMap::new();
        let mut statements: Vec<(String, &str, Statement)> = Vec::new();
        for (number, files) in catalogues.iter().enumerate() {
            if number == 0 && !files.texts.contains_key("states.csv") {
                let file = files.path_of("states.csv");
                faults.push(CatalogueError::of_file(&file, "missing: expected the list of states"));
            }
            for (name, text) in &files.texts {
                let file = files.path_of(name);
                let source = Source { file: &file, text };
                if let Err(fault) = limits::file_size(&file, text.len()) {
                    faults.push(fault);
                    continue;
                }
                if name.ends_with(".toml") {
                    limits::toml(source, faults);
                }
                match name.split('/').collect::<Vec<_>>().as_slice() {
                    // The configuration reads it.
                    ["sources.toml"] if number == 0 => {}
                    [bundle::EDITION] if number == 0 => match bundle::read(source) {
                        Ok(version) => reading.version = Some(version),
                        Err(fault) => faults.push(fault),
                    },
                    ["states.csv"] => {
                        let states = states::read(source, faults);
                        reading.states.add(source, states, faults);
                    }
                    ["treaties", folder, "treaty.toml"] => {
                        let table = format!("treaties/{folder}/acts.csv");
                        let table =
                            files.texts.get(&table).map(|text| (files.path_of(&table), text.as_str()));
                        let place = TreatyPlace { catalogue: files, file: file.clone(), text, table };
                        let before = faults.count();
                        let treaty = treaty::read(source, folder, faults);
                        if let Some((id, treaty)) = reading.place(folder, place, treaty, faults) {
                            read.insert(id, (treaty, faults.count() == before));
                        }
                    }
                    ["treaties", folder, "acts.csv"] => {
                        if !files.texts.contains_key(&format!("treaties/{folder}/treaty.toml")) {
                            let message = format!("treaties/{folder}/treaty.toml is missing");
                            faults.push_with(|| CatalogueError::of_file(&file, message));
                        }
                    }
                    [TRANSLATIONS] => {
                        for Translation { words, .. } in translations::read(source, faults) {
                            reading.translations.entry(words.en.clone()).or_insert(words);
                        }
                    }
                    ["statements", _] => {
                        if let Some(statement) = statements::read(source, faults) {
                            statements.push((file, text, statement));
                        }
                    }
                    _ => {
                        let message = "not a file of a catalogue: expected states.csv, translations.csv, \
                                       treaties/<id>/treaty.toml, treaties/<id>/acts.csv or statements/<id>.toml";
                        faults.push_with(|| CatalogueError::of_file(&file, message));
                    }
                }
            }
        }
        reading.known = reading.places.keys().cloned().collect();
        reading.statehood = Statehood::of(reading.states.all.values());
        for (id, (treaty, is_whole)) in read {
            reading.check(id, treaty, is_whole, faults);
        }
        // Of what could not all be read, acts may be missing.
        if faults.count() == 0 {
            let all = reading.files();
            for (id, checked) in &reading.checked {
                reading.checker(&reading.places[id]).protocols(checked, &all, false, faults);
            }
        }
        reading.add_statements(statements, faults);
        reading
    }

    /// Gives a treaty its place. A name that is taken is refused, with both places.
    fn place(
        &mut self,
        folder: &str,
        place: TreatyPlace<'a>,
        read: Option<ReadTreaty>,
        faults: &mut Faults,
    ) -> Option<(TreatyId, ReadTreaty)> {
        // Others may name a treaty that cannot be read: that is told once.
        let id: TreatyId =
            read.as_ref().map_or_else(|| folder.parse(), |read| Ok(read.treaty.id.clone())).ok()?;
        if let Some(other) = self.places.get(&id) {
            let message =
                format!("the treaty `{id}` is already defined at {}: expected a unique name", other.file);
            faults.push_with(|| place.toml().error_at_word(id.as_str(), "id", message));
            return None;
        }
        self.places.insert(id.clone(), place);
        read.map(|read| (id, read))
    }

    fn check(&mut self, id: TreatyId, treaty: ReadTreaty, is_whole: bool, faults: &mut Faults) {
        let checked = self.check_at(&self.places[&id], &id, treaty, is_whole, faults);
        self.checked.insert(id, checked);
    }

    fn check_at(
        &self,
        place: &TreatyPlace<'_>,
        id: &TreatyId,
        mut treaty: ReadTreaty,
        is_whole: bool,
        faults: &mut Faults,
    ) -> check::Checked {
        let before = faults.count();
        if let Some(table) = place.table() {
            let more = acts::read(table, id, &treaty.sources, faults);
            treaty.acts.extend(more);
        }
        let is_whole = is_whole && faults.count() == before;
        self.checker(place).treaty(treaty, is_whole, faults)
    }

    /// What is wrong with a treaty once its table of acts, `file`, has this text.
    fn faults_with(&self, id: &TreatyId, file: &str, acts: &str, names: &Names<'_>) -> Vec<CatalogueError> {
        let Some(place) = self.places.get(id) else { return Vec::new() };
        let mut faults = Faults::up_to(ACTS_MAX);
        let table = Some((file.to_owned(), acts));
        let place = TreatyPlace { table, file: place.file.clone(), ..*place };
        if let Some(treaty) = treaty::read(place.toml(), id.as_str(), &mut faults) {
            let is_whole = faults.count() == 0;
            self.check_at(&place, id, treaty, is_whole, &mut faults);
        }
        let mut faults = faults.kept();
        check::add_help(&mut faults, names);
        faults
    }

    fn checker<'b>(&'b self, place: &'b TreatyPlace<'_>) -> Check<'b> {
        Check {
            toml: place.toml(),
            table: place.table(),
            states: &self.states.all,
            statehood: &self.statehood,
            treaties: &self.known,
            translations: &self.translations,
        }
    }

    fn add_statements(&mut self, read: Vec<(String, &str, Statement)>, faults: &mut Faults) {
        for (file, text, statement) in read {
            let source = Source { file: &file, text };
            let named = statement.paragraphs.iter().flat_map(|paragraph| &paragraph.treaties);
            for id in named.chain([&statement.treaty]).filter(|id| !self.known.contains(*id)) {
                faults.push_with(|| source.error_at_word(id.as_str(), "treaties", no_treaty(id)));
            }
            if self.statements.iter().any(|other| other.id == statement.id) {
                let message = format!("there is another statement `{}`", statement.id);
                faults.push_with(|| source.error_at_word(statement.id.as_str(), "id", message));
            }
            self.statements.push(statement);
        }
    }

    fn treaties_of(&self, files: &Files) -> BTreeSet<TreatyId> {
        let here = self.places.iter().filter(|(_, place)| place.catalogue.root == files.root);
        here.map(|(id, _)| id.clone()).collect()
    }

    /// What the law asks about the treaties of one catalogue.
    fn questions(&self, files: &Files, today: NaiveDate, faults: &mut Faults) {
        let (ids, all) = (self.treaties_of(files), self.files());
        for (id, checked) in self.checked.iter().filter(|(id, _)| ids.contains(*id)) {
            let checker = self.checker(&self.places[id]);
            checker.questions(checked, today, faults);
            checker.protocols(checked, &all, true, faults);
        }
        if let Some(text) = files.texts.get(TRANSLATIONS) {
            let file = files.path_of(TRANSLATIONS);
            let source = Source { file: &file, text };
            let texts = all
                .iter()
                .flat_map(|file| file.treaty.texts().chain(file.acts.iter().flat_map(|act| act.texts())));
            // The faults of the file were reported when it was read.
            let read = translations::read(source, &mut Faults::up_to(0));
            translations::questions(source, &read, &texts.collect(), faults);
        }
    }

    fn files(&self) -> Vec<&TreatyFile> {
        self.checked.values().map(|checked| &checked.file).collect()
    }

    fn seeds(self) -> Seeds {
        Seeds {
            states: self.states.all,
            treaties: self.checked.into_iter().map(|(id, checked)| (id, checked.file)).collect(),
            statements: self.statements,
            version: self.version,
        }
    }
}
