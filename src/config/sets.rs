//! The sets of instruments that are wanted of the seeds.

use std::fmt::Display;
use std::path::PathBuf;

use toml::Spanned;

use crate::domain::id::Label;

use super::document::{ConfigError, Document, Problem};
use super::value::{Text, each_once};

/// The sets of instruments that the configuration chooses from the seeds, and where it does.
#[derive(Debug, Clone)]
pub struct Sets {
    /// Their names.
    pub names: Vec<Label>,
    path: PathBuf,
    line: usize,
}

impl Sets {
    /// That this choice cannot be followed, and why.
    pub fn refuse(&self, why: impl Display) -> ConfigError {
        ConfigError::Content { path: self.path.clone(), line: self.line, message: format!("sets: {why}") }
    }

    /// Reads the names, which are at least one.
    pub(super) fn read(
        sets: &Spanned<Vec<Spanned<Text<Label>>>>,
        document: &Document<'_>,
    ) -> Result<Self, Problem> {
        let (line, _) = document.place(sets.span().start);
        let names = each_once(sets.get_ref(), |Text(set)| set.clone())?;
        if names.is_empty() {
            let message = "empty: expected a set of instruments, or no such key, which means all";
            return Err(Problem::new(sets.span().start, message));
        }
        Ok(Self { names, path: document.path.to_owned(), line })
    }
}
