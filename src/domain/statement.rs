//! Statements whose paragraphs name treaties, and what has become of what they say.

use chrono::NaiveDate;

use super::act::Confidence;
use super::id::{Label, TreatyId};
use super::lang::Words;
use super::text::text_enum;

text_enum! {
    /// Whether later facts have changed what a paragraph says.
    Overtaken ("answer") {
        /// They have not.
        No = "no",
        /// In part.
        Partly = "partly",
        /// They have.
        Yes = "yes",
    }
}

/// A statement, paragraph by paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name, the day on which it was made.
    pub id: Label,
    /// The instrument that it is.
    pub treaty: TreatyId,
    /// Its title.
    pub title: Words,
    /// Where it can be read.
    pub source: String,
    /// The day up to which `since` reaches.
    pub facts_as_of: NaiveDate,
    /// Its paragraphs, from the first after the title.
    pub paragraphs: Vec<Paragraph>,
}

/// One paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its number.
    pub number: u32,
    /// The instruments of the catalogue that it names.
    pub treaties: Vec<TreatyId>,
    /// Other instruments and subjects that it names.
    pub also_named: Vec<Label>,
    /// What it claims, in our words.
    pub claim: Words,
    /// What has happened since, in our words.
    pub since: Words,
    /// Whether that has changed what it says.
    pub overtaken: Overtaken,
    /// Where that is written.
    pub sources: Vec<String>,
    /// How sure it is.
    pub confidence: Confidence,
}
