//! Errors that say in which file, on which line, in which field, and what was expected.

use std::fmt;
use std::ops::Range;

use super::place::{self, CsvRow};

/// A field of a fact, and what is wrong with it.
pub(super) type FieldError = (&'static str, String);

/// What is wrong in a catalogue, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// The file, as it was named to us.
    pub file: String,
    /// The line, from 1; none where the fault is not on any one line. For a value of a table, the
    /// line on which the table begins.
    pub line: Option<usize>,
    /// The field, where one is at fault.
    pub field: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
    /// For those who look at the file.
    pub pointer: Box<Pointer>,
}

/// Where exactly a fault is, and what may have been meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pointer {
    /// The bytes of the file that are at fault; none where no place in it is.
    pub span: Option<Range<usize>>,
    /// What may have been meant, or what to do.
    pub help: Option<String>,
}

impl CatalogueError {
    /// An error that is not on any one line.
    pub(super) fn of_file(file: &str, message: impl fmt::Display) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            field: None,
            message: message.to_string(),
            pointer: Box::default(),
        }
    }

    /// The same, with what to do about it.
    pub(super) fn with_help(mut self, help: impl fmt::Display) -> Self {
        self.pointer.help = Some(help.to_string());
        self
    }

    /// The first word that the message quotes: what was written.
    pub(super) fn quoted(&self) -> Option<&str> {
        self.message.split('`').nth(1)
    }

    fn pointing_at(mut self, text: &str, span: Option<Range<usize>>) -> Self {
        let quoted = self.quoted().filter(|word| !word.is_empty());
        // Of a list or a longer value, the word that the message names.
        self.pointer.span = span.map(|span| {
            let word = quoted.and_then(|word| place::word_within(text, &span, word));
            word.unwrap_or(span)
        });
        self
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for CatalogueError {}

/// So many faults are kept with their places; those behind them are counted.
pub(super) const FAULTS_MAX: usize = 100;

/// What was wrong so far. Reading goes on, so that one fault does not hide the next; to find the place of a fault
/// takes time, so that only the first ones have it.
#[derive(Debug)]
pub(super) struct Faults {
    kept: Vec<CatalogueError>,
    kept_max: usize,
    /// How many there were besides.
    more: usize,
}

impl Faults {
    /// No faults yet, of which `kept_max` at most will be kept.
    pub fn up_to(kept_max: usize) -> Self {
        Self { kept: Vec::new(), kept_max, more: 0 }
    }

    /// Adds a fault that was found; it is made only if it is kept.
    pub fn push_with(&mut self, fault: impl FnOnce() -> CatalogueError) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.kept.push(fault());
        }
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: CatalogueError) {
        self.push_with(|| fault);
    }

    /// Whether further faults are only counted.
    pub fn is_full(&self) -> bool {
        self.kept_max <= self.kept.len()
    }

    /// How many there were.
    pub fn count(&self) -> usize {
        self.kept.len() + self.more
    }

    /// How many were counted only.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Those that were kept, in the order in which they were found.
    pub fn kept(self) -> Vec<CatalogueError> {
        self.kept
    }

    /// The value, or the first fault.
    pub fn or<T>(self, value: T) -> Result<T, CatalogueError> {
        self.kept.into_iter().next().map_or(Ok(value), Err)
    }
}

/// A file of a catalogue, as text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// The line on which a byte lies, from 1.
    pub fn line_of(&self, offset: usize) -> usize {
        place::line_of(self.text, offset)
    }

    /// An error in a TOML file: in a field of the table that begins at `offset`.
    pub fn error(&self, offset: usize, field: &str, message: impl fmt::Display) -> CatalogueError {
        let span = place::toml_field(self.text, offset, field);
        self.bare(Some(self.line_of(offset)), field, message).pointing_at(self.text, span)
    }

    /// An error in a row of a CSV file, in the column `field`.
    pub fn csv_error(&self, row: Option<CsvRow>, field: &str, message: impl fmt::Display) -> CatalogueError {
        let span = row.map(|row| place::csv_field(self.text, row, field));
        self.bare(row.map(|row| row.line), field, message).pointing_at(self.text, span)
    }

    /// An error in these bytes of a TOML file, which are the value of `field`.
    pub fn error_in(&self, span: Range<usize>, field: &str, message: impl fmt::Display) -> CatalogueError {
        let line = self.line_of(span.start);
        let span = place::within_line(self.text, span);
        self.bare(Some(line), field, message).pointing_at(self.text, Some(span))
    }

    /// An error where a word of a TOML file first stands: good enough to find it by.
    pub fn error_at_word(&self, word: &str, field: &str, message: impl fmt::Display) -> CatalogueError {
        let quoted = self.text.find(&format!("\"{word}\"")).map(|at| at + 1);
        let at = quoted.or_else(|| self.text.find(word));
        let line = self.text.lines().position(|line| line.contains(word)).map(|at| at + 1);
        let span = at.map(|at| at..at + word.len());
        self.bare(line, field, message).pointing_at(self.text, span)
    }

    fn bare(&self, line: Option<usize>, field: &str, message: impl fmt::Display) -> CatalogueError {
        let field = Some(field).filter(|field| !field.is_empty()).map(str::to_owned);
        CatalogueError { line, field, ..CatalogueError::of_file(self.file, message) }
    }

    /// What the TOML reader found wrong. The field is the key on that line.
    pub fn toml_error(&self, error: &toml::de::Error) -> CatalogueError {
        let offset = error.span().map(|span| span.start);
        let line = offset.map(|offset| self.line_of(offset));
        let key = line.and_then(|line| self.text.lines().nth(line - 1)).and_then(|line| line.split_once('='));
        let field = key.map(|(key, _)| key.trim()).filter(|key| !key.is_empty() && !key.contains(' '));
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        // What a table lacks stands on no line, so not on that of another key either.
        let field = field.filter(|_| !message.starts_with("missing field"));
        let span = error.span().map(|span| place::within_line(self.text, span));
        self.bare(line, field.unwrap_or(""), message).pointing_at(self.text, span)
    }
}
