//! `catalogue check`: what is wrong with a catalogue, or what it says.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use chrono::NaiveDate;
use serde::Serialize;

use super::super::layout::paragraph;
use super::super::output::View;
use crate::answers::upcoming::{UpcomingQuestion, UpcomingView, upcoming};
use crate::catalogue::{CatalogueError, Review, column_of};
use crate::domain::day::{DayError, Period};
use crate::domain::id::TreatyId;
use crate::domain::lang::Lang;
use crate::domain::outside::acts;
use crate::domain::seeds::TreatyFile;

/// How far ahead the days are shown that follow.
const AHEAD: Period = Period::Months(24);

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueView {
    /// The directory.
    pub directory: String,
    /// The treaties that it has.
    pub treaties: Vec<TreatyId>,
    /// How many acts they have.
    pub acts: usize,
    /// What is wrong.
    pub errors: Vec<ProblemView>,
    /// What should be looked at again.
    pub warnings: Vec<ProblemView>,
    /// The days to come; none where something is wrong.
    pub upcoming: Option<UpcomingView>,
    #[serde(skip)]
    texts: BTreeMap<String, String>,
    /// Whether errors and warnings are written in colours.
    #[serde(skip)]
    in_colours: bool,
}

/// One error or warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProblemView {
    /// The file.
    pub file: String,
    /// The line of the value that is at fault, from 1.
    pub line: Option<usize>,
    /// Its column, from 1, in characters.
    pub column: Option<usize>,
    /// The field.
    pub field: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
    /// What may have been meant, or what to do.
    pub help: Option<String>,
    /// The bytes at fault.
    #[serde(skip)]
    span: Option<std::ops::Range<usize>>,
}

impl ProblemView {
    /// The view of an error in one of these files.
    pub fn of(error: CatalogueError, texts: &BTreeMap<String, String>) -> Self {
        let CatalogueError { file, line, field, message, pointer } = error;
        let text = texts.get(&file);
        let span = pointer.span.filter(|_| text.is_some());
        let place = text.zip(span.as_ref()).map(|(text, span)| {
            let before = text.get(..span.start).unwrap_or_default();
            (1 + before.matches('\n').count(), column_of(text, span.start))
        });
        Self {
            line: place.map(|(line, _)| line).or(line),
            column: place.map(|(_, column)| column),
            file,
            field,
            message,
            help: pointer.help,
            span,
        }
    }

    /// Writes it as a compiler does: the place, the line, and a mark under the value.
    pub fn print(
        &self,
        level: &Level<'static>,
        texts: &BTreeMap<String, String>,
        renderer: &Renderer,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        // A long list of words stands below.
        let (message, expected) = match self.message.split_once(", expected one of ") {
            Some((message, expected)) => (message, Some(format!("expected one of {expected}"))),
            None => (self.message.as_str(), None),
        };
        let title = match &self.field {
            Some(field) => format!("{field}: {message}"),
            None => message.to_owned(),
        };
        let group: Group<'_> = match (texts.get(&self.file), &self.span) {
            (Some(text), Some(span)) => {
                let mark = AnnotationKind::Primary.span(span.clone());
                let snippet = Snippet::source(text).path(&self.file).annotation(mark);
                level.clone().primary_title(title).element(snippet)
            }
            _ => {
                let origin = Origin::path(&self.file);
                let origin = self.line.map_or(origin.clone(), |line| origin.line(line));
                level.clone().primary_title(title).element(origin)
            }
        };
        // Who is told which word was meant needs no list.
        let expected = expected.filter(|_| self.help.is_none());
        let notes = expected.map(|expected| Level::NOTE.message(expected));
        let help = self.help.as_deref().map(|help| Level::HELP.message(help));
        let group = group.elements(notes).elements(help);
        writeln!(out, "{}\n", renderer.render(&[group]))
    }
}

impl CatalogueView {
    /// The answer for a review of `dir`.
    pub fn of(dir: &Path, review: Review, today: NaiveDate, in_colours: bool) -> Result<Self, DayError> {
        let Review { seeds, treaties, errors, warnings, texts } = review;
        let files: Vec<TreatyFile> = seeds
            .treaties
            .into_iter()
            .filter(|(id, _)| treaties.contains(id))
            .map(|(_, file)| file)
            .collect();
        let question = UpcomingQuestion { today, within: AHEAD };
        let upcoming = errors.is_empty().then(|| upcoming(&files, &seeds.states, question)).transpose()?;
        let views = |errors: Vec<CatalogueError>| {
            errors.into_iter().map(|error| ProblemView::of(error, &texts)).collect()
        };
        Ok(Self {
            directory: dir.display().to_string(),
            treaties: treaties.into_iter().collect(),
            acts: files.iter().map(|file| file.acts.len()).sum(),
            errors: views(errors),
            warnings: views(warnings),
            upcoming,
            texts,
            in_colours,
        })
    }
}

impl CatalogueView {
    /// Whether errors and warnings are written in colours: asked for, and nothing in the files acts itself.
    pub fn in_colours(&self) -> bool {
        let of_problem = |problem: &ProblemView| {
            let ProblemView { file, field, message, help, .. } = problem;
            [Some(file), field.as_ref(), Some(message), help.as_ref()]
                .into_iter()
                .flatten()
                .all(|text| is_tame(text))
        };
        let is_tame_file = |(file, text): (&String, &String)| is_tame(file) && is_tame(text);
        self.in_colours
            && self.texts.iter().all(is_tame_file)
            && self.errors.iter().chain(&self.warnings).all(of_problem)
    }
}

fn is_tame(text: &str) -> bool {
    text.chars().all(|letter| !acts(letter) || matches!(letter, '\n' | '\t'))
}

impl View for CatalogueView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let renderer = if self.in_colours() { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(width);
        for (level, problems) in [(Level::ERROR, &self.errors), (Level::WARNING, &self.warnings)] {
            for problem in problems {
                problem.print(&level, &self.texts, &renderer, out)?;
            }
        }
        let mut told = vec![
            count(self.treaties.len(), "treaty", "treaties"),
            count(self.acts, "act", "acts"),
            count(self.errors.len(), "error", "errors"),
            count(self.warnings.len(), "warning", "warnings"),
        ];
        // What was read of files with a fault in them says little.
        if !self.errors.is_empty() {
            told.drain(..2);
        }
        paragraph(out, width, 0, 2, &format!("{}: {}", self.directory, told.join(", ")))?;
        let Some(upcoming) = &self.upcoming else { return Ok(()) };
        writeln!(out)?;
        upcoming.print(lang, width, out)
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
