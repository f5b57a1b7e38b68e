//! What a catalogue may hold: so much that no real one comes near it, and so little that reading it, whoever wrote
//! it, needs neither much time nor much memory. Texts of it are shown everywhere: what would act there is refused.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::outside::acts;

use super::error::{CatalogueError, Faults, Source};

/// So many files a catalogue may have: two for each treaty.
pub(super) const FILES_MAX: usize = 25_000;
/// So long one of them may be.
pub(super) const FILE_SIZE_MAX_BYTES: usize = 4 * 1024 * 1024;
/// So long a TOML file may be, which takes up to 160 times its size of memory while it is parsed: the parser keeps each fault.
const TOML_SIZE_MAX_BYTES: usize = 256 * 1024;
/// So long they may be together.
pub(super) const FILES_SIZE_MAX_BYTES: usize = 64 * 1024 * 1024;
/// So long the path of a file below its catalogue may be.
pub(super) const PATH_SIZE_MAX_BYTES: usize = 300;
/// So many states one file may have.
pub(super) const STATES_MAX: usize = 2_000;
/// So many acts one file of a treaty may have.
pub(super) const ACTS_MAX: usize = 25_000;
/// So many entries any other list of a treaty may have.
pub(super) const LIST_MAX: usize = 500;
/// So long one text may be: a title, a note.
pub(super) const TEXT_SIZE_MAX_BYTES: usize = 8 * 1024;

/// Keys whose text may have several lines.
const OF_LINES: &[&str] = &["note", "explanation", "what", "claim", "since"];

/// A file with more of something than it may have.
pub(super) fn too_many(source: Source<'_>, most: usize, what: &str) -> CatalogueError {
    CatalogueError::of_file(source.file, format!("more than {most} {what}"))
}

/// Refuses a file that is longer than its kind may be.
pub(super) fn file_size(file: &str, bytes: usize) -> Result<(), CatalogueError> {
    let most = if file.ends_with(".toml") { TOML_SIZE_MAX_BYTES } else { FILE_SIZE_MAX_BYTES };
    if bytes <= most {
        return Ok(());
    }
    Err(CatalogueError::of_file(file, format!("longer than {most} bytes")))
}

/// What is wrong with the texts of a row, if anything is: the column, and what.
pub(super) fn csv_row<'a>(
    header: &'a csv::StringRecord,
    record: &csv::StringRecord,
) -> Result<(), (&'a str, String)> {
    let names = header.iter().chain(std::iter::repeat(""));
    names.zip(record).find_map(|(name, cell)| Some((name, fault(name, cell)?))).map_or(Ok(()), Err)
}

/// Refuses the texts of a TOML file that are too long or would act where they are shown. What is no TOML is for its
/// reader.
pub(super) fn toml(source: Source<'_>, faults: &mut Faults) {
    let text = source.text;
    // Most files have nothing of the kind: then every text is one line of the file.
    let is_plain = |line: &str| {
        line.len() <= TEXT_SIZE_MAX_BYTES
            && !line.chars().any(|letter| letter == '\\' || is_refused("", letter))
    };
    if !text.contains("\"\"\"") && !text.contains("'''") && text.lines().all(is_plain) {
        return;
    }
    if let Ok(root) = DeTable::parse(text) {
        table(source, root.get_ref(), faults);
    }
}

fn table(source: Source<'_>, table: &DeTable<'_>, faults: &mut Faults) {
    for (key, value) in table {
        if let Some(problem) = fault("", key.get_ref()) {
            faults.push_with(|| source.error_in(key.span(), "", problem));
        }
        values(source, key.get_ref(), value, faults);
    }
}

fn values(source: Source<'_>, key: &str, value: &Spanned<DeValue<'_>>, faults: &mut Faults) {
    match value.get_ref() {
        DeValue::String(text) => {
            if let Some(problem) = fault(key, text) {
                faults.push_with(|| source.error_in(value.span(), key, problem));
            }
        }
        DeValue::Array(items) => items.iter().for_each(|item| values(source, key, item, faults)),
        DeValue::Table(inner) => table(source, inner, faults),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

/// What is wrong with a text.
fn fault(key: &str, text: &str) -> Option<String> {
    if TEXT_SIZE_MAX_BYTES < text.len() {
        return Some(format!("{} bytes long: expected at most {TEXT_SIZE_MAX_BYTES}", text.len()));
    }
    let letter = text.chars().find(|letter| is_refused(key, *letter))?;
    Some(format!("has the character U+{:04X}: expected text without control characters", u32::from(letter)))
}

fn is_refused(key: &str, letter: char) -> bool {
    acts(letter) && letter != '\t' && !(letter == '\n' && OF_LINES.contains(&key))
}
