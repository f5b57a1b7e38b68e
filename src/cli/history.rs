//! `history`: everything that happened to an instrument, in order of day.

use std::io::{self, Write};

use chrono::NaiveDate;
use clap::Args;

use super::layout::{Grid, hung, paragraph};
use super::options::day;
use super::output::View;
use crate::answers::history::{Event, HistoryView};
use crate::domain::lang::Lang;
use crate::domain::treaty::Citation;
use crate::l10n::{bracketed, in_text, phrases};

/// `history`
#[derive(Debug, Clone, Args)]
pub struct HistoryArgs {
    /// The treaty
    pub treaty: String,
    /// Leave out facts that became known after this date [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub known_on: Option<NaiveDate>,
}

/// Sources by number: each address is written once.
#[derive(Default)]
struct Numbered<'a>(Vec<&'a str>);

impl<'a> Numbered<'a> {
    fn marks(&mut self, sources: &'a [String]) -> String {
        let mut marks = String::new();
        for source in sources {
            let known = self.0.iter().position(|other| *other == source);
            let number = known.unwrap_or_else(|| {
                self.0.push(source);
                self.0.len() - 1
            });
            marks.push_str(&format!("[{}]", number + 1));
        }
        marks
    }
}

impl View for HistoryView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let title = bracketed(&self.short_title.in_lang(lang), self.treaty_id.as_str(), lang);
        let facts = self.facts_as_of.min(self.known_on);
        let [known_on, facts] = [self.known_on, facts].map(|day| in_text(day, lang));
        let words = &phrases(lang).history;
        paragraph(out, width, 0, 0, &(words.heading)(&title, &known_on, &facts))?;
        writeln!(out)?;
        let labels = &phrases(lang).labels;
        let header = [labels.day, "", labels.what];
        let mut grid = Grid::new(&header, &[(2, 20)]);
        let mut sources = Numbered::default();
        let mut at = 0;
        while let Some(entry) = self.entries.get(at) {
            let run = 1 + self.entries[at + 1..].iter().take_while(|other| entry.goes_with(other)).count();
            let together = &self.entries[at..at + run];
            at += run;
            let marks = sources.marks(&entry.sources);
            let what = self.words(together, &marks, lang);
            grid.row(vec![entry.on.to_string(), entry.event.heading(lang).to_owned(), what]);
        }
        grid.print(out, width)?;
        if self.entries.iter().any(|entry| matches!(entry.event, Event::Note { .. })) {
            writeln!(out)?;
            paragraph(out, width, 0, 2, words.notes)?;
        }
        if !sources.0.is_empty() {
            writeln!(out, "\n{}", words.sources)?;
        }
        for (index, source) in sources.0.iter().enumerate() {
            let described = Citation::of(&self.citations, source).map(ToString::to_string);
            hung(out, width, 6, &format!("[{}]", index + 1), described.as_deref().unwrap_or(source))?;
            if described.is_some() {
                paragraph(out, width, 6, 0, source)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::history::{HistoryQuestion, history};
    use crate::cli::testing::{day, json, printed, seeds};

    fn of(treaty: &str, known_on: &str) -> HistoryView {
        let (files, states) = seeds();
        let question = HistoryQuestion { treaty: treaty.to_owned(), known_on: day(known_on) };
        history(&files, &states, &question).unwrap()
    }

    #[test]
    fn notes_are_marked_and_readings_named() {
        let view = of("unscr-2231", "2026-11-24");
        let text = printed(&view, Lang::En);
        assert!(text.contains("no effect on any legal status"), "{text}");
        assert!(text.contains("reading iran-russia-china: ended"), "{text}");
        assert!(text.contains("disputed by"), "{text}");
        let json = json(&view);
        assert!(json["entries"].as_array().unwrap().iter().any(|entry| entry["entry"] == "note"));
    }

    #[test]
    fn every_history_fits_the_page() {
        let (files, _) = seeds();
        for file in &files {
            let view = of(file.treaty.id.as_str(), "2026-11-24");
            for lang in [Lang::En, Lang::Zh, Lang::Ru] {
                printed(&view, lang);
            }
        }
    }
}
