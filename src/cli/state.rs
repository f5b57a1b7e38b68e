//! `state`: one state across all instruments on a day.

use std::io::{self, Write};

use clap::Args;

use super::layout::{Grid, paragraph};
use super::options::DayArgs;
use super::output::View;
use crate::answers::state::StateView;
use crate::domain::lang::Lang;
use crate::domain::project::DeadlineStanding;
use crate::domain::treaty::DateKind;
use crate::l10n::{bracketed, colon, comma, english, join, phrases, since, until};

/// `state`
#[derive(Debug, Clone, Args)]
pub struct StateArgs {
    /// Code or name of the state; a name may have several words
    #[arg(required = true)]
    pub state: Vec<String>,
    /// The days asked about.
    #[command(flatten)]
    pub days: DayArgs,
}

impl StateArgs {
    /// The name, with or without quotes around its words.
    pub fn state(&self) -> String {
        self.state.join(" ")
    }
}

impl View for StateView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let name = bracketed(&self.name.in_lang(lang), self.state.as_str(), lang);
        paragraph(out, width, 0, 2, &self.asked.heading(&name, lang))?;
        let group = self.regional_group.map(|group| {
            format!("{}{}{}", phrases(lang).state.regional_group, colon(lang), group.label(lang))
        });
        let existed = [self.began_on.map(|day| since(day, lang)), self.ended_on.map(|day| until(day, lang))];
        let note = self.note.as_ref().map(|note| english(note, lang));
        for line in group.into_iter().chain(existed.into_iter().flatten()).chain(note) {
            paragraph(out, width, 0, 2, &line)?;
        }
        writeln!(out)?;
        let (labels, words) = (&phrases(lang).labels, &phrases(lang).state);
        let header = [labels.treaty, words.state, labels.since, labels.by, words.treaty_is];
        let mut grid = Grid::new(&header, &[(0, 16), (1, 10), (3, 12), (4, 10)]);
        for standing in &self.instruments {
            let party = &standing.party;
            let treaty = standing.treaty_status.map(|status| status.label(lang)).unwrap_or_default();
            grid.row(vec![
                standing.short_title.in_lang(lang),
                party.status.label(lang).to_owned(),
                party.since.to_string(),
                party.by(lang),
                treaty.to_owned(),
            ]);
            for mark in party.marks(&self.names, lang) {
                grid.through(2, mark);
            }
            for statement in &standing.statements {
                let mut text = format!("{}{}{}", statement.kind.label(lang), comma(lang), statement.on);
                if !statement.towards.is_empty() {
                    let towards = (phrases(lang).facts.towards)(&self.names.list(&statement.towards, lang));
                    text.push_str(&format!("{}{towards}", comma(lang)));
                }
                let note =
                    statement.note.as_ref().map(|note| format!("{}{}", colon(lang), note.in_lang(lang)));
                grid.through(2, format!("{text}{}", note.unwrap_or_default()));
            }
            for date in &standing.dates {
                grid.through(2, format!("{}{}{}", date.on, colon(lang), date.what(&self.names, lang)));
            }
            let label = DateKind::Deadline.label(lang);
            for deadline in standing.deadlines.iter().filter(|it| it.standing != DeadlineStanding::Open) {
                grid.through(2, format!("{label}{}{}", colon(lang), deadline.words(lang)));
            }
        }
        if self.instruments.is_empty() {
            paragraph(out, width, 0, 0, words.none)?;
        } else {
            grid.print(out, width)?;
        }
        let absent = [(&self.no_part_in, words.no_part_in), (&self.not_known, words.not_known)];
        for (treaties, label) in absent.into_iter().filter(|(treaties, _)| !treaties.is_empty()) {
            let titles = treaties.iter().filter_map(|id| self.titles.get(id));
            let titles: Vec<String> = titles.map(|title| title.in_lang(lang)).collect();
            writeln!(out)?;
            paragraph(out, width, 0, 2, &format!("{label}{}{}", colon(lang), join(&titles, lang)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::state::{StateQuestion, state};
    use crate::cli::testing::{asked, json, printed, seeds};
    use crate::domain::id::TreatyId;
    use crate::domain::status::StateStatus;

    fn ask(name: &str, on: &str) -> StateView {
        let (files, states) = seeds();
        state(&files, &states, &StateQuestion { state: name.to_owned(), asked: asked(on, on) }).unwrap()
    }

    #[test]
    fn a_state_stands_somewhere_in_each_treaty() {
        let view = ask("China", "2026-11-24");
        let status = |view: &StateView, treaty: &str| {
            let found = view.instruments.iter().find(|standing| standing.treaty_id.as_str() == treaty);
            found.map(|standing| standing.party.status)
        };
        assert_eq!(status(&view, "npt"), Some(StateStatus::Party));
        assert_eq!(status(&view, "ctbt"), Some(StateStatus::Signatory));
        assert_eq!(status(&view, "inf"), None);
        let text = printed(&view, Lang::En);
        assert!(text.contains("China (CHN) on 2026-11-24, as known on 2026-11-24"), "{text}");
        for lang in [Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
        let then = ask("RUS", "2019-06-05");
        assert_eq!(status(&then, "inf"), Some(StateStatus::Party));
        let inf = then.instruments.iter().find(|standing| standing.treaty_id.as_str() == "inf").unwrap();
        assert_eq!(inf.party.overlays.len(), 1, "its suspension lies over it");
        assert_eq!(json(&then)["state"], "RUS");
    }

    #[test]
    fn what_an_incomplete_list_does_not_name_is_not_denied() {
        let view = ask("KAZ", "2026-11-24");
        let names = |ids: &[TreatyId]| ids.iter().any(|id| id.as_str() == "outer-space-treaty");
        assert!(names(&view.not_known) && !names(&view.no_part_in));
        let text = printed(&view, Lang::En);
        let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let lists = "Not known, as the lists are incomplete: Outer Space Treaty, Partial Test Ban Treaty";
        assert!(said.contains(lists), "{text}");
        assert_eq!(json(&view)["not_known"][0], "outer-space-treaty");
        for lang in [Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
    }
}
