//! `statement`: the paragraphs of a joint statement beside what has become of them.

use std::io::{self, Write};

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::args::DayArgs;
use super::layout::{hung, paragraph};
use super::view::{Asked, Text, View, bracketed, colon, comma, english, in_text, say, semicolon, since};
use crate::domain::act::Confidence;
use crate::domain::id::{Label, TreatyId};
use crate::domain::project::project;
use crate::domain::seeds::TreatyFile;
use crate::domain::statement::{Overtaken, Paragraph, Statement};
use crate::domain::status::{TreatyStatus, span_on};
use crate::domain::treaty::Lang;

/// `statement`
#[derive(Debug, Clone, Copy, Args)]
pub struct StatementArgs {
    /// The days asked about.
    #[command(flatten)]
    pub days: DayArgs,
}

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
    /// Whether later facts have changed what it says.
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

impl View for StatementView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let [day, facts] = [self.asked.on, self.facts_as_of].map(|day| in_text(day, lang));
        paragraph(out, width, 0, 0, &self.title.in_lang(lang))?;
        paragraph(out, width, 0, 0, &self.source)?;
        let heading = match lang {
            Lang::En => format!("Its paragraphs against {day}; what happened since, to {facts}"),
            Lang::Zh => format!("逐段对照：条约状态为{day}，此后事实截至{facts}"),
            Lang::Ru => format!("По абзацам, статусы на {day}; события после по {facts}"),
        };
        paragraph(out, width, 0, 0, &heading)?;
        for paragraph in &self.paragraphs {
            writeln!(out)?;
            paragraph.print(lang, width, out)?;
        }
        if self.paragraphs.iter().flat_map(|paragraph| &paragraph.treaties).any(|treaty| treaty.last_known) {
            writeln!(out)?;
            let note = say(
                lang,
                "* last known: the facts of the treaty do not reach to the day",
                "* 最后所知：该条约的事实未及所问日期",
                "* последнее известное: факты о договоре не доходят до этого дня",
            );
            paragraph(out, width, 0, 2, note)?;
        }
        Ok(())
    }
}

/// Where the text of a paragraph begins, behind its number.
const INDENT: usize = 4;

impl ParagraphView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let mut named: Vec<String> = self.treaties.iter().map(|treaty| treaty.words(lang)).collect();
        named.extend(self.also_named.iter().map(|name| english(&name.as_str().replace('-', " "), lang)));
        let number = format!("{:>2}", self.number);
        hung(out, width, INDENT, &number, &named.join(semicolon(lang)))?;
        let lines = [
            (say(lang, "Claim", "主张", "Утверждение"), self.claim.in_lang(lang)),
            (say(lang, "Since", "此后", "С тех пор"), self.since.in_lang(lang)),
            (say(lang, "Overtaken", "是否已过时", "Устарело"), self.overtaken.label(lang).to_owned()),
        ];
        for (label, text) in lines {
            paragraph(out, width, INDENT, 2, &format!("{label}{}{text}", colon(lang)))?;
        }
        Ok(())
    }
}

impl NamedTreaty {
    fn words(&self, lang: Lang) -> String {
        let id = self.treaty_id.as_str();
        let title = self.short_title.as_ref().map_or_else(|| id.to_owned(), |title| title.in_lang(lang));
        let (Some(status), Some(day)) = (self.status, self.starts_on) else { return title };
        let star = if self.last_known { "*" } else { "" };
        let standing =
            format!("{}{star}{}{}", status.label(lang), comma(lang), since(&day.to_string(), lang));
        bracketed(&title, &standing, lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{asked, json, printed};

    fn view(on: &str) -> StatementView {
        let seeds = crate::catalogue::embedded().unwrap();
        let files: Vec<TreatyFile> = seeds.treaties.into_values().collect();
        statement(&seeds.statements[0], &files, asked(on, on))
    }

    fn status_of(view: &StatementView, id: &str) -> Option<TreatyStatus> {
        let mut named = view.paragraphs.iter().flat_map(|paragraph| &paragraph.treaties);
        named.find(|treaty| treaty.treaty_id.as_str() == id).unwrap().status
    }

    #[test]
    fn the_treaties_of_a_paragraph_are_shown_as_they_stand() {
        assert_eq!(status_of(&view("2019-06-05"), "inf"), Some(TreatyStatus::InForce));
        let today = view("2026-11-24");
        assert_eq!(status_of(&today, "inf"), Some(TreatyStatus::Terminated));
        assert_eq!(status_of(&today, "new-start"), Some(TreatyStatus::Expired));
        assert_eq!(json(&today)["statement_id"], "2019-06-05");
    }

    #[test]
    fn a_language_that_is_missing_falls_back_visibly() {
        let text = printed(&view("2026-11-24"), Lang::Ru);
        assert!(text.contains("[en]"), "{text}");
        // In Chinese only the things that are named and are no treaties, which have English names alone.
        let view = view("2026-11-24");
        let named: usize = view.paragraphs.iter().map(|paragraph| paragraph.also_named.len()).sum();
        let text = printed(&view, Lang::Zh);
        assert_eq!(text.matches("[en]").count(), named, "{text}");
        printed(&view, Lang::En);
    }
}
