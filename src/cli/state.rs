//! `state`: one state across all instruments on a day.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::args::DayArgs;
use super::layout::{Grid, paragraph};
use super::lookup::{NoSuch, find_state};
use super::parties::{PartyView, party};
use super::view::{Asked, DateView, Names, Text, View, bracketed, colon, comma, english, join, partial, say};
use crate::domain::act::{Act, ActKind};
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, StateId, TreatyId};
use crate::domain::project::project;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::{TreatyStatus, span_on};
use crate::domain::treaty::{Form, Lang};

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

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateQuestion {
    /// Which state, by its code or one of its names.
    pub state: String,
    /// On which day, as known when.
    pub asked: Asked,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateView {
    /// The days asked about.
    #[serde(flatten)]
    pub asked: Asked,
    /// The state.
    pub state: StateId,
    /// Its name.
    pub name: Text,
    /// The instruments that it has or had a part in, treaties first.
    pub instruments: Vec<Standing>,
    /// Multilateral treaties in force or on their way there that it has no part in.
    pub no_part_in: Vec<TreatyId>,
    /// The same, where the facts name only some of those that took part: whether it has a part is not known.
    pub not_known: Vec<TreatyId>,
    #[serde(skip)]
    names: Names,
    #[serde(skip)]
    titles: BTreeMap<TreatyId, Text>,
}

/// Where it stands in one instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The instrument.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Text,
    /// What the instrument is on the day.
    pub treaty_status: Option<TreatyStatus>,
    /// What the state is in it.
    #[serde(flatten)]
    pub party: PartyView,
    /// What it declared, reserved and objected by then.
    pub statements: Vec<StatementLine>,
    /// Days to come that are about it.
    pub dates: Vec<DateView>,
}

/// A declaration, a reservation or an objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// The act.
    pub act_id: ActId,
    /// Which of them.
    pub kind: ActKind,
    /// When.
    #[serde(serialize_with = "partial")]
    pub on: PartialDay,
    /// What it says, in English.
    pub note: Option<String>,
}

/// Answers where a state stands.
pub fn state(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    question: &StateQuestion,
) -> Result<StateView, NoSuch> {
    let found = find_state(states, &question.state)?;
    let asked = question.asked;
    let mut instruments = Vec::new();
    let (mut no_part_in, mut not_known) = (Vec::new(), Vec::new());
    for file in files {
        let projection = project(&file.treaty, &file.acts, asked.known_on);
        let span = span_on(&projection.default_life().treaty, asked.on);
        let treaty_status = span.map(|span| span.status);
        let Some(party) = party(file, &projection, states, found.id, asked.on) else {
            let is_for_all = file.treaty.is_treaty() && file.treaty.form == Form::Multilateral;
            if is_for_all && treaty_status.is_some_and(is_open) {
                let absent = if projection.incomplete { &mut not_known } else { &mut no_part_in };
                absent.push(file.treaty.id.clone());
            }
            continue;
        };
        let dates = projection.dates.iter().filter(|date| date.state == Some(found.id));
        let to_come = dates.filter(|date| asked.on <= date.on.last_day());
        instruments.push(Standing {
            treaty_id: file.treaty.id.clone(),
            short_title: (&file.treaty.short_title).into(),
            treaty_status,
            party,
            statements: statements(file, found.id, asked),
            dates: to_come.map(|date| DateView::new(file, date, asked.on)).collect(),
        });
    }
    instruments.sort_by_key(|standing| !is_treaty(files, &standing.treaty_id));
    Ok(StateView {
        asked,
        state: found.id,
        name: (&found.name).into(),
        instruments,
        no_part_in,
        not_known,
        names: states.into(),
        titles: files
            .iter()
            .map(|file| (file.treaty.id.clone(), (&file.treaty.short_title).into()))
            .collect(),
    })
}

fn is_treaty(files: &[TreatyFile], id: &TreatyId) -> bool {
    files.iter().any(|file| file.treaty.id == *id && file.treaty.is_treaty())
}

fn statements(file: &TreatyFile, state: StateId, asked: Asked) -> Vec<StatementLine> {
    let is_statement = |act: &&Act| {
        let kinds = [
            ActKind::Declaration,
            ActKind::Reservation,
            ActKind::WithdrawalOfReservation,
            ActKind::ModificationOfReservation,
            ActKind::Objection,
        ];
        act.state == Some(state)
            && kinds.contains(&act.kind)
            && act.day() <= asked.on
            && act.known_on <= asked.known_on
    };
    let acts = file.acts.iter().filter(is_statement);
    acts.map(|act| StatementLine {
        act_id: act.id.clone(),
        kind: act.kind,
        on: act.on,
        note: act.note.clone(),
    })
    .collect()
}

/// Whether a state may have a part in it.
fn is_open(status: TreatyStatus) -> bool {
    match status {
        TreatyStatus::InForce | TreatyStatus::InEffect | TreatyStatus::Pending | TreatyStatus::Contested => {
            true
        }
        TreatyStatus::Draft
        | TreatyStatus::Proposed
        | TreatyStatus::Adopted
        | TreatyStatus::Terminated
        | TreatyStatus::Expired
        | TreatyStatus::Superseded
        | TreatyStatus::Abandoned
        | TreatyStatus::Ended
        | TreatyStatus::Concluded => false,
    }
}

impl View for StateView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let name = bracketed(&self.name.in_lang(lang), self.state.as_str(), lang);
        paragraph(out, width, 0, 2, &self.asked.heading(&name, lang))?;
        writeln!(out)?;
        let header = [
            say(lang, "Treaty", "条约", "Договор"),
            say(lang, "State", "该国", "Государство"),
            say(lang, "Since", "起始", "С"),
            say(lang, "By", "依据", "Основание"),
            say(lang, "Treaty is", "条约状态", "Договор"),
        ];
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
            for mark in party.marks(lang) {
                grid.through(2, mark);
            }
            for statement in &standing.statements {
                let text = format!("{}{}{}", statement.kind.label(lang), comma(lang), statement.on);
                let note =
                    statement.note.as_ref().map(|note| format!("{}{}", colon(lang), english(note, lang)));
                grid.through(2, format!("{text}{}", note.unwrap_or_default()));
            }
            for date in &standing.dates {
                grid.through(2, format!("{}{}{}", date.on, colon(lang), date.what(&self.names, lang)));
            }
        }
        if self.instruments.is_empty() {
            let none =
                say(lang, "It has no part in any instrument.", "未参加任何文书。", "Ни в чём не участвует.");
            paragraph(out, width, 0, 0, none)?;
        } else {
            grid.print(out, width)?;
        }
        let absent = [
            (&self.no_part_in, say(lang, "No part in", "未参加", "Не участвует")),
            (
                &self.not_known,
                say(
                    lang,
                    "Not known, as the lists are incomplete",
                    "名单不完整，是否参加不详",
                    "Неизвестно, списки неполны",
                ),
            ),
        ];
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
    use crate::cli::testing::{asked, json, printed, seeds};
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
    fn who_has_no_part_is_told_in_what() {
        let view = ask("IND", "2026-11-24");
        assert!(view.no_part_in.iter().any(|id| id.as_str() == "npt"), "{:?}", view.no_part_in);
        assert!(!view.no_part_in.iter().any(|id| id.as_str() == "inf"), "it has ended");
    }

    #[test]
    fn what_an_incomplete_list_does_not_name_is_not_denied() {
        let view = ask("USA", "2026-11-24");
        let names = |ids: &[TreatyId]| ids.iter().any(|id| id.as_str() == "outer-space-treaty");
        assert!(names(&view.not_known) && !names(&view.no_part_in));
        let text = printed(&view, Lang::En);
        assert!(text.contains("Not known, as the lists are incomplete: Outer Space Treaty"), "{text}");
        assert_eq!(json(&view)["not_known"][0], "outer-space-treaty");
        for lang in [Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
    }
}
