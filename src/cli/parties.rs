//! `parties`: what each state is in an instrument on a day.

use std::io::{self, Write};

use clap::Args;

use super::layout::{Grid, paragraph};
use super::options::{DayArgs, word};
use super::output::View;
use crate::answers::parties::{PartiesView, PartyView};
use crate::domain::id::StateId;
use crate::domain::lang::Lang;
use crate::domain::state::StateKind;
use crate::domain::status::StateStatus;
use crate::l10n::{bracketed, colon, in_text, phrases};

/// Where the remarks about a state begin, below its name.
const MARK: usize = 6;

/// `parties`
#[derive(Debug, Clone, Args)]
pub struct PartiesArgs {
    /// The treaty
    pub treaty: String,
    /// The days asked about.
    #[command(flatten)]
    pub days: DayArgs,
    /// Only states with this status
    #[arg(long, value_parser = word::<StateStatus>(StateStatus::ALL.iter().map(|status| status.as_str())))]
    pub status: Option<StateStatus>,
}

impl View for PartiesView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let title = bracketed(&self.short_title.in_lang(lang), self.treaty_id.as_str(), lang);
        paragraph(out, width, 0, 0, &self.asked.heading(&title, lang))?;
        let words = &phrases(lang).parties;
        if self.last_known {
            let facts = in_text(self.facts_as_of, lang);
            paragraph(out, width, 0, 0, &(words.last_known)(&facts))?;
        }
        writeln!(out)?;
        let labels = &phrases(lang).labels;
        let header = [words.code, labels.state, labels.status, labels.since, labels.by];
        let mut grid = Grid::new(&header, &[(1, 14), (2, 10), (4, 10)]);
        for party in &self.states {
            grid.row(vec![
                party.state.to_string(),
                self.names.of(party.state, lang),
                party.status.label(lang).to_owned(),
                party.since.to_string(),
                party.by(lang),
            ]);
            for mark in party.marks(&self.names, lang) {
                grid.through(MARK, mark);
            }
        }
        if !self.states.is_empty() {
            grid.print(out, width)?;
            writeln!(out)?;
        }
        paragraph(out, width, 0, 2, &(words.listed)(self.states.len()))?;
        for count in &self.counts {
            paragraph(out, width, 0, 2, &self.count_words(count, lang))?;
        }
        let named = |out: &mut dyn Write, label: &str, states: &[StateId]| {
            if states.is_empty() {
                return Ok(());
            }
            let text = format!("{label}{}{}", colon(lang), self.names.list(states, lang));
            paragraph(out, width, 0, 2, &text)
        };
        let those = |is_one: fn(&PartyView) -> bool| -> Vec<StateId> {
            self.states.iter().filter(|party| is_one(party)).map(|party| party.state).collect()
        };
        named(out, words.historic_states, &those(|party| party.kind == StateKind::HistoricState))?;
        named(out, words.not_counted, &those(|party| !party.counted))?;
        if self.incomplete {
            paragraph(out, width, 0, 2, words.incomplete)?;
        }
        let mut missing: Vec<StateId> = self.missing.iter().map(|missing| missing.state).collect();
        missing.dedup();
        named(out, words.facts_missing, &missing)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::parties::{PartiesQuestion, parties};
    use crate::cli::testing::{asked, printed, seeds};

    fn of(treaty: &str, on: &str, status: Option<StateStatus>) -> PartiesView {
        let (files, states) = seeds();
        let question = PartiesQuestion { treaty: treaty.to_owned(), asked: asked(on, "2026-11-24"), status };
        parties(&files, &states, &question).unwrap()
    }

    fn party(view: &PartiesView, code: &str) -> PartyView {
        view.states.iter().find(|party| party.state.as_str() == code).cloned().unwrap()
    }

    #[test]
    fn a_running_notice_and_suspensions_are_marked() {
        let view = of("inf", "2019-06-05", None);
        let usa = party(&view, "USA");
        assert_eq!(usa.overlays.len(), 2);
        let text = printed(&view, Lang::En);
        assert!(text.contains("running") && text.contains("2019-08-02"), "{text}");
    }

    #[test]
    fn an_unknown_day_of_effect_is_marked() {
        let view = of("npt", "2026-11-24", None);
        let undated: Vec<_> = view.states.iter().filter(|party| party.effect_unknown).collect();
        assert!(!undated.is_empty());
        assert!(printed(&view, Lang::Zh).contains("生效日不详"));
    }

    #[test]
    fn every_list_fits_the_page() {
        let (files, _) = seeds();
        for file in &files {
            let view = of(file.treaty.id.as_str(), "2026-11-24", None);
            for lang in [Lang::En, Lang::Zh, Lang::Ru] {
                printed(&view, lang);
            }
        }
    }
}
