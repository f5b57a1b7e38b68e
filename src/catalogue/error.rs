//! Errors that say in which file, on which line, in which field, and what was expected.

use std::fmt;

/// What is wrong in a catalogue, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// The file, as it was named to us.
    pub file: String,
    /// The line, from 1; none where the fault is not on any one line.
    pub line: Option<usize>,
    /// The field, where one is at fault.
    pub field: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
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

/// A file of a catalogue, as text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// The line on which a byte lies, from 1.
    pub fn line_of(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    /// An error on the line on which `offset` lies.
    pub fn error(&self, offset: usize, field: &str, message: impl fmt::Display) -> CatalogueError {
        self.error_on(Some(self.line_of(offset)), field, message)
    }

    /// An error on a line.
    pub fn error_on(&self, line: Option<usize>, field: &str, message: impl fmt::Display) -> CatalogueError {
        let field = Some(field).filter(|field| !field.is_empty()).map(str::to_owned);
        CatalogueError { file: self.file.to_owned(), line, field, message: message.to_string() }
    }

    /// What the TOML reader found wrong. The field is the key on that line.
    pub fn toml_error(&self, error: &toml::de::Error) -> CatalogueError {
        let offset = error.span().map(|span| span.start);
        let line = offset.map(|offset| self.line_of(offset));
        let key = line.and_then(|line| self.text.lines().nth(line - 1)).and_then(|line| line.split_once('='));
        let field = key.map(|(key, _)| key.trim()).filter(|key| !key.is_empty() && !key.contains(' '));
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        self.error_on(line, field.unwrap_or(""), message)
    }

    /// Reads a whole TOML file.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, CatalogueError> {
        toml::from_str(self.text).map_err(|error| self.toml_error(&error))
    }
}
