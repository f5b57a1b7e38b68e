//! The paragraphs of a joint statement beside what has become of them.

use chrono::NaiveDate;
use serde::Serialize;

use super::values::{Asked, Text};
use crate::domain::act::Confidence;
use crate::domain::id::{Label, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::project::project;
use crate::domain::seeds::TreatyFile;
use crate::domain::statement::{Overtaken, Paragraph, Statement};
use crate::domain::status::{TreatyStatus, span_on};
use crate::l10n::{bracketed, comma, since};

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementView {
    /// The days asked about.
    #[serde(flatten)]
    pub asked: Asked,
    /// The statement, named by its day.
    pub statement_id: Label,
    /// The instrument that it is.
    pub treaty_id: TreatyId,
    /// Its title.
    pub title: Text,
    /// Where it can be read.
    pub source: String,
    /// The day up to which what has happened since reaches.
    pub facts_as_of: NaiveDate,
    /// Its paragraphs.
    pub paragraphs: Vec<ParagraphView>,
}

/// One paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParagraphView {
    /// Its number.
    pub number: u32,
    /// The instruments that it names, as they stand on the day.
    pub treaties: Vec<NamedTreaty>,
    /// Other instruments and subjects that it names.
    pub also_named: Vec<Label>,
    /// Whether later facts have overtaken it.
    pub overtaken: Overtaken,
    /// What it claims.
    pub claim: Text,
    /// What has happened since.
    pub since: Text,
    /// Where that is written.
    pub sources: Vec<String>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// An instrument that a paragraph names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedTreaty {
    /// Which.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Option<Text>,
    /// Its status on the day.
    pub status: Option<TreatyStatus>,
    /// Since when.
    pub starts_on: Option<NaiveDate>,
    /// The day lies after those that its facts reach.
    pub last_known: bool,
}

/// Answers what has become of a statement.
pub fn statement(statement: &Statement, files: &[TreatyFile], asked: Asked) -> StatementView {
    let paragraphs = statement.paragraphs.iter().map(|paragraph| read(paragraph, files, asked)).collect();
    StatementView {
        asked,
        statement_id: statement.id.clone(),
        treaty_id: statement.treaty.clone(),
        title: (&statement.title).into(),
        source: statement.source.clone(),
        facts_as_of: statement.facts_as_of,
        paragraphs,
    }
}

fn read(paragraph: &Paragraph, files: &[TreatyFile], asked: Asked) -> ParagraphView {
    ParagraphView {
        number: paragraph.number,
        treaties: paragraph.treaties.iter().map(|id| named(id, files, asked)).collect(),
        also_named: paragraph.also_named.clone(),
        overtaken: paragraph.overtaken,
        claim: (&paragraph.claim).into(),
        since: (&paragraph.since).into(),
        sources: paragraph.sources.clone(),
        confidence: paragraph.confidence,
    }
}

fn named(id: &TreatyId, files: &[TreatyFile], asked: Asked) -> NamedTreaty {
    let file = files.iter().find(|file| file.treaty.id == *id);
    let span = file.and_then(|file| {
        let projection = project(&file.treaty, &file.acts, asked.known_on);
        span_on(&projection.default_life().treaty, asked.on).cloned()
    });
    NamedTreaty {
        treaty_id: id.clone(),
        short_title: file.map(|file| (&file.treaty.short_title).into()),
        status: span.as_ref().map(|span| span.status),
        starts_on: span.as_ref().map(|span| span.starts_on),
        last_known: file.is_some_and(|file| asked.reach(file.treaty.facts_as_of) < asked.on),
    }
}

impl NamedTreaty {
    /// Its title, with its status on the day.
    pub fn words(&self, lang: Lang) -> String {
        let id = self.treaty_id.as_str();
        let title = self.short_title.as_ref().map_or_else(|| id.to_owned(), |title| title.in_lang(lang));
        let (Some(status), Some(day)) = (self.status, self.starts_on) else { return title };
        let star = if self.last_known { "*" } else { "" };
        let standing = format!("{}{star}{}{}", status.label(lang), comma(lang), since(day, lang));
        bracketed(&title, &standing, lang)
    }
}
