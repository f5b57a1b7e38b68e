//! What the parts of `treaty.toml` are read with, and where they stand.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::catalogue::error::{CatalogueError, Source};
use crate::catalogue::fields::evidence;
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

/// The address that a short key of `[sources]` stands for, or the text itself.
pub(in crate::catalogue) fn resolve_source(sources: &BTreeMap<String, String>, text: &str) -> String {
    sources.get(text).map_or(text, String::as_str).to_owned()
}

/// What the parts of a file are read with.
pub(super) struct Reader<'a> {
    pub source: Source<'a>,
    pub treaty: &'a TreatyId,
    pub form: Form,
    pub sources: &'a BTreeMap<String, String>,
}

impl Reader<'_> {
    pub fn evidence<T>(
        &self,
        at: &Spanned<T>,
        source: Option<&String>,
        more: &[String],
        basis: Basis,
        confidence: Confidence,
    ) -> Result<Evidence, CatalogueError> {
        let all = source.into_iter().chain(more).map(|text| resolve_source(self.sources, text)).collect();
        evidence(all, basis, confidence).map_err(|message| self.error(at, "source", message))
    }

    pub fn error<T>(&self, at: &Spanned<T>, field: &str, message: impl std::fmt::Display) -> CatalogueError {
        self.source.error(at.span().start, field, message)
    }
}
