//! The files of a catalogue, as text: those in the program, or those of a directory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::error::{CatalogueError, Faults};
use super::limits::{self, FILE_SIZE_MAX_BYTES, FILES_MAX, FILES_SIZE_MAX_BYTES};
use super::place;

static SEEDS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/seeds");

/// The files of a catalogue, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// What errors call the directory.
    pub root: String,
    /// Each file: its path below the root, and its text.
    pub texts: BTreeMap<String, String>,
}

impl Files {
    /// The seeds that the program carries.
    pub fn embedded() -> Self {
        fn collect(dir: &Dir<'static>, texts: &mut BTreeMap<String, String>) {
            for file in dir.files().filter(|file| !is_stray(file.path())) {
                let name = file.path().to_string_lossy().into_owned();
                texts.insert(name, String::from_utf8_lossy(file.contents()).into_owned());
            }
            for dir in dir.dirs() {
                collect(dir, texts);
            }
        }
        let mut texts = BTreeMap::new();
        collect(&SEEDS, &mut texts);
        Self { root: "seeds".to_owned(), texts }
    }

    /// The latest day to which the facts about any treaty reach; none if there are no treaties.
    pub fn facts_as_of(&self) -> Option<NaiveDate> {
        let days = self.texts.values().flat_map(|text| text.lines());
        days.filter_map(|line| line.strip_prefix("facts_as_of = ")?.trim().parse().ok()).max()
    }

    /// Those of a directory. Names that begin with a dot are passed over: a directory may be kept
    /// under version control. So is what is certainly no part of a catalogue, see [`strays`].
    pub fn of_dir(root: &Path) -> Result<Self, CatalogueError> {
        let mut faults = Faults::up_to(1);
        let files = Self::readable(root, &mut faults);
        faults.or(files)
    }

    /// Those of a directory that can be read; what is wrong with the others goes to `faults`.
    pub(super) fn readable(root: &Path, faults: &mut Faults) -> Self {
        let mut texts = BTreeMap::new();
        let mut size = 0;
        for path in walk(root, faults).into_iter().filter(|path| !is_stray(path)) {
            match text_of(&path) {
                Ok(text) => {
                    size += text.len();
                    let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                    texts.insert(name, text);
                }
                Err(fault) => faults.push(fault),
            }
            if FILES_SIZE_MAX_BYTES < size {
                faults.push(too_much(&root.display().to_string()));
                break;
            }
        }
        Self { root: root.display().to_string(), texts }
    }

    /// What errors call a file.
    pub fn path_of(&self, name: &str) -> String {
        format!("{}/{name}", self.root)
    }
}

/// What lies in the directory of a catalogue and is no part of it: backups of editors, texts, tables of an office
/// program. It is not read. A README belongs there and is none of these, either. A file of TOML or CSV with a name that no catalogue has is none of these: it is refused, as
/// it is likely to be misspelt.
pub fn strays(root: &Path) -> Vec<PathBuf> {
    // What is wrong with a directory is an error elsewhere.
    let mut files = walk(root, &mut Faults::up_to(0));
    let is_readme = |path: &Path| path.file_stem().is_some_and(|name| name.eq_ignore_ascii_case("readme"));
    files.retain(|path| is_stray(path) && !is_readme(path));
    files
}

/// The files below a directory.
fn walk(root: &Path, faults: &mut Faults) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![root.to_path_buf()];
    let mut visited = 0;
    while let Some(path) = open.pop() {
        visited += 1;
        // Somebody's home, not a catalogue; or a link that leads back into it.
        if FILES_MAX < visited {
            faults.push(too_much(&root.display().to_string()));
            break;
        }
        if !path.is_dir() && path != root {
            files.push(path);
            continue;
        }
        match below(&path) {
            Ok(paths) => open.extend(paths),
            Err(error) => faults.push(cannot_be_read(&path, &error)),
        }
    }
    files
}

fn is_stray(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let is_draft = name.ends_with('~') || name.starts_with('#') && name.ends_with('#');
    // Some systems hide an ending and add one: `acts.csv.txt` was meant to be `acts.csv`.
    let name = name.strip_suffix(".txt").unwrap_or(&name);
    let is_part = [".toml", ".csv"].iter().any(|ending| name.ends_with(ending));
    is_draft || !is_part
}

/// The warning about a file that is no part of a catalogue.
pub(super) fn passed_over(path: &Path) -> CatalogueError {
    CatalogueError::of_file(&path.display().to_string(), "not a file of a catalogue, ignored")
}

fn below(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    // Faults come in an order that stays.
    paths.sort_by(|a, b| b.cmp(a));
    Ok(paths)
}

/// What no catalogue is.
pub(super) fn too_much(root: &str) -> CatalogueError {
    let message =
        format!("more than {FILES_MAX} files or {FILES_SIZE_MAX_BYTES} bytes: expected a catalogue");
    CatalogueError::of_file(root, message)
}

fn text_of(path: &Path) -> Result<String, CatalogueError> {
    let mut bytes = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(FILE_SIZE_MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| cannot_be_read(path, &error))?;
    limits::file_size(&path.display().to_string(), bytes.len())?;
    let text = String::from_utf8(bytes).map(|text| match text.strip_prefix('\u{feff}') {
        // Spreadsheets and editors put a mark before the text.
        Some(text) => text.to_owned(),
        None => text,
    });
    text.map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let mut fault =
            CatalogueError::of_file(&path.display().to_string(), "not UTF-8: expected text in UTF-8");
        fault.line = Some(place::line_of(&before, valid));
        fault.with_help("save the file as UTF-8")
    })
}

fn cannot_be_read(path: &Path, error: &io::Error) -> CatalogueError {
    CatalogueError::of_file(&path.display().to_string(), format!("cannot be read: {error}"))
}

/// A digest of catalogues: the same digest, the same content.
pub fn digest(catalogues: &[Files]) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    for (number, files) in catalogues.iter().enumerate() {
        // The first stands alone where there is no other: its digest is that of the seeds.
        if number > 0 {
            add(b"");
        }
        for (name, text) in &files.texts {
            add(name.as_bytes());
            add(text.as_bytes());
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
