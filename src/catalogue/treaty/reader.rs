//! What the parts of `treaty.toml` are read with, and where they stand.

use toml::Spanned;

use crate::catalogue::error::{CatalogueError, Source};
use crate::catalogue::evidence::{Sources, Support};
use crate::catalogue::place::CsvRow;
use crate::domain::act::{Basis, Confidence, Evidence};
use crate::domain::id::TreatyId;
use crate::domain::treaty::Form;

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(in crate::catalogue) struct Placed<T> {
    pub value: T,
    pub at: Place,
}

/// Where something stands in the files of a treaty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::catalogue) enum Place {
    /// In the table of `treaty.toml` that begins at this byte.
    Toml(usize),
    /// In this row of `acts.csv`.
    Csv(Option<CsvRow>),
}

/// What the parts of a file are read with.
pub(super) struct Reader<'a> {
    pub source: Source<'a>,
    pub treaty: &'a TreatyId,
    pub form: Form,
    pub sources: &'a Sources,
}

impl Reader<'_> {
    pub fn evidence<T>(
        &self,
        at: &Spanned<T>,
        source: Option<&String>,
        more: &[String],
        basis: Option<Basis>,
        confidence: Option<Confidence>,
    ) -> Result<Evidence, CatalogueError> {
        let sources = source.into_iter().chain(more).map(String::as_str).collect();
        let found = self.sources.evidence(&Support { sources, basis, confidence });
        found.map_err(|(field, message)| self.error(at, field, message))
    }

    pub fn error<T>(&self, at: &Spanned<T>, field: &str, message: impl std::fmt::Display) -> CatalogueError {
        self.source.error(at.span().start, field, message)
    }
}
