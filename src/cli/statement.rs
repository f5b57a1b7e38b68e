//! `statement`: the paragraphs of a joint statement beside what has become of them.

use std::io::{self, Write};

use clap::Args;

use super::layout::{hung, paragraph};
use super::options::DayArgs;
use super::output::View;
use crate::answers::statement::{ParagraphView, StatementView};
use crate::domain::lang::Lang;
use crate::l10n::{colon, english, in_text, phrases, semicolon};

/// `statement`
#[derive(Debug, Clone, Copy, Args)]
pub struct StatementArgs {
    /// The days asked about.
    #[command(flatten)]
    pub days: DayArgs,
}

impl View for StatementView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let [day, facts] = [self.asked.on, self.facts_as_of].map(|day| in_text(day, lang));
        paragraph(out, width, 0, 0, &self.title.in_lang(lang))?;
        paragraph(out, width, 0, 0, &self.source)?;
        paragraph(out, width, 0, 0, &(phrases(lang).statement.heading)(&day, &facts))?;
        for paragraph in &self.paragraphs {
            writeln!(out)?;
            paragraph.print(lang, width, out)?;
        }
        if self.paragraphs.iter().flat_map(|paragraph| &paragraph.treaties).any(|treaty| treaty.last_known) {
            writeln!(out)?;
            paragraph(out, width, 0, 2, phrases(lang).statement.last_known)?;
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
            (phrases(lang).statement.claim, self.claim.in_lang(lang)),
            (phrases(lang).statement.since, self.since.in_lang(lang)),
            (phrases(lang).statement.overtaken, self.overtaken.label(lang).to_owned()),
        ];
        for (label, text) in lines {
            paragraph(out, width, INDENT, 2, &format!("{label}{}{text}", colon(lang)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::statement::statement;
    use crate::cli::testing::{asked, json, printed};
    use crate::domain::seeds::TreatyFile;
    use crate::domain::status::TreatyStatus;

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
