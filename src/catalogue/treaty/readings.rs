//! Readings: each side's view of a contested effect.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::act::{Basis, Confidence};
use crate::domain::id::{Label, StateId};
use crate::domain::treaty::Reading;

use super::super::error::CatalogueError;
use super::super::fields::Day;
use super::super::schema::{self, Word};
use super::reader::Reader;

/// One side's view of a contested effect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadingText {
    /// Its name; `default` describes what is shown unless another one is asked for.
    #[schemars(with = "schema::Name")]
    id: Label,
    /// What it is, in a few words.
    title: String,
    /// Who asserts it.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    asserted_by: Vec<StateId>,
    /// Who disputes it.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    disputed_by: Vec<StateId>,
    /// More about who asserts it.
    asserted_by_note: Option<String>,
    /// More, in your words.
    note: Option<String>,
    /// Labels of acts that have no effect in it.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    disregards: Vec<Label>,
    /// Labels of acts that have another day of effect in it, with that day.
    #[serde(default)]
    #[schemars(with = "BTreeMap<schema::Name, Day>")]
    effective: BTreeMap<Label, Day>,
    /// Where the view is written.
    #[serde(default)]
    sources: Vec<String>,
    /// Whose record it is, where `sources` are addresses.
    #[schemars(with = "Option<Word<Basis>>")]
    basis: Option<Basis>,
    /// How sure it is, where less than its sources allow.
    #[schemars(with = "Option<Word<Confidence>>")]
    confidence: Option<Confidence>,
}

impl Reader<'_> {
    pub(super) fn reading(&self, spanned: &Spanned<ReadingText>) -> Result<Reading, CatalogueError> {
        let text = spanned.get_ref();
        // The default reading describes how the product shows things; only a view has evidence.
        let is_bare = text.sources.is_empty() && text.basis.is_none() && text.confidence.is_none();
        let evidence = if text.id.is_default() && is_bare {
            None
        } else {
            Some(self.evidence(spanned, None, &text.sources, text.basis, text.confidence)?)
        };
        let notes: Vec<&str> = text.asserted_by_note.iter().chain(&text.note).map(String::as_str).collect();
        Ok(Reading {
            id: text.id.clone(),
            title: text.title.clone(),
            asserted_by: text.asserted_by.clone(),
            disputed_by: text.disputed_by.clone(),
            note: Some(notes.join(" ")).filter(|note| !note.is_empty()),
            disregards: text.disregards.clone(),
            effective: text.effective.iter().map(|(label, day)| (label.clone(), day.0)).collect(),
            evidence,
        })
    }
}
