//! Notes and scheduled dates: what happened and changed nothing in law, and what no clause computes.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::act::{Basis, Confidence};
use crate::domain::id::Label;
use crate::domain::treaty::{Certainty, DateKind, Note, ScheduledDate};

use super::super::error::CatalogueError;
use super::super::fields::{Day, DayOrMonth};
use super::super::schema::{self, Word};
use super::reader::Reader;

/// Something that changed nothing in law: an announcement, a vote, an offer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteText {
    /// When.
    on: DayOrMonth,
    /// What sort of event, a free word.
    kind: String,
    /// Who.
    actor: String,
    /// What, in your words.
    text: String,
    /// Where sources disagree.
    disagreement: Option<String>,
    /// Where it is written.
    source: Option<String>,
    /// Further sources.
    #[serde(default)]
    more_sources: Vec<String>,
    /// Whose record it is, where `source` is an address; a key says so itself.
    #[schemars(with = "Option<Word<Basis>>")]
    basis: Option<Basis>,
    /// How sure it is, where less than its sources allow.
    #[schemars(with = "Option<Word<Confidence>>")]
    confidence: Option<Confidence>,
}

/// A day to come that no clause computes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DateText {
    /// Its name inside the treaty.
    #[schemars(with = "schema::Name")]
    id: Label,
    /// What sort of day.
    #[schemars(with = "Word<DateKind>")]
    kind: DateKind,
    /// The day, month or year.
    on: DayOrMonth,
    /// When one could know of it.
    known_on: Day,
    /// How certain it is.
    #[schemars(with = "Word<Certainty>")]
    certainty: Certainty,
    /// What happens then, in your words.
    note: Option<String>,
    /// Where it is written.
    source: Option<String>,
    /// Whose record it is, where `source` is an address; a key says so itself.
    #[schemars(with = "Option<Word<Basis>>")]
    basis: Option<Basis>,
    /// How sure it is, where less than its sources allow.
    #[schemars(with = "Option<Word<Confidence>>")]
    confidence: Option<Confidence>,
}

impl Reader<'_> {
    pub(super) fn note(&self, spanned: &Spanned<NoteText>) -> Result<Note, CatalogueError> {
        let text = spanned.get_ref();
        Ok(Note {
            on: text.on.0,
            kind: text.kind.clone(),
            actor: text.actor.clone(),
            text: text.text.clone(),
            disagreement: text.disagreement.clone(),
            evidence: self.evidence(
                spanned,
                text.source.as_ref(),
                &text.more_sources,
                text.basis,
                text.confidence,
            )?,
        })
    }

    pub(super) fn date(&self, spanned: &Spanned<DateText>) -> Result<ScheduledDate, CatalogueError> {
        let text = spanned.get_ref();
        if text.kind == DateKind::Effect {
            return Err(self.error(
                spanned,
                "kind",
                "`effect` follows from an act with `effective_on`, it is not scheduled",
            ));
        }
        if text.certainty == Certainty::Conditional {
            return Err(self.error(
                spanned,
                "certainty",
                "`conditional` follows from a clause with `not_during_conflict`, it is not scheduled",
            ));
        }
        let id = format!("{}/{}", self.treaty, text.id)
            .parse()
            .map_err(|error| self.error(spanned, "id", error))?;
        Ok(ScheduledDate {
            id,
            kind: text.kind,
            // What is to come "in 2027" has not passed before the year has.
            on: text.on.0,
            known_on: text.known_on.0,
            certainty: text.certainty,
            note: text.note.clone(),
            evidence: self.evidence(spanned, text.source.as_ref(), &[], text.basis, text.confidence)?,
        })
    }
}
