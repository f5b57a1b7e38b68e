//! `statements/*.toml`: what a statement says about treaties, and what has happened since.

use serde::Deserialize;

use crate::domain::act::Confidence;
use crate::domain::id::{Label, TreatyId};
use crate::domain::statement::{Overtaken, Paragraph, Statement};

use super::error::{Faults, Source};
use super::fields::{Day, WordsText};
use super::lenient;
use super::limits::{self, LIST_MAX};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementText {
    id: Label,
    treaty: TreatyId,
    title: WordsText,
    source: String,
    facts_as_of: Day,
    #[serde(default)]
    paragraph: Vec<toml::Spanned<ParagraphText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParagraphText {
    number: u32,
    #[serde(default)]
    treaties: Vec<TreatyId>,
    #[serde(default)]
    also_named: Vec<Label>,
    claim: WordsText,
    since: WordsText,
    overtaken: Overtaken,
    #[serde(default)]
    sources: Vec<String>,
    confidence: Confidence,
}

/// Reads one statement; its paragraphs are numbered 1, 2, 3, ...
pub(super) fn read(source: Source<'_>, faults: &mut Faults) -> Option<Statement> {
    let text: StatementText = lenient::read(source, faults)?;
    if LIST_MAX < text.paragraph.len() {
        faults.push(limits::too_many(source, LIST_MAX, "paragraphs"));
        return None;
    }
    let mut paragraphs = Vec::with_capacity(text.paragraph.len());
    for (number, spanned) in (1..).zip(text.paragraph) {
        let at = spanned.span().start;
        let paragraph = spanned.into_inner();
        if paragraph.number != number {
            let message = format!("`{}` follows {}: expected {number}", paragraph.number, number - 1);
            faults.push(source.error(at, "number", message));
            return None;
        }
        paragraphs.push(Paragraph {
            number,
            treaties: paragraph.treaties,
            also_named: paragraph.also_named,
            claim: paragraph.claim.into(),
            since: paragraph.since.into(),
            overtaken: paragraph.overtaken,
            sources: paragraph.sources,
            confidence: paragraph.confidence,
        });
    }
    Some(Statement {
        id: text.id,
        treaty: text.treaty,
        title: text.title.into(),
        source: text.source,
        facts_as_of: text.facts_as_of.0,
        paragraphs,
    })
}
