//! One state across all instruments on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::deadlines::{DeadlineView, deadlines};
use super::lookup::{NoSuch, find_state};
use super::parties::{PartyView, party};
use super::values::{Asked, DateView, Names, Text};
use crate::domain::act::{Act, ActKind};
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, StateId, TreatyId};
use crate::domain::project::project;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::{RegionalGroup, State};
use crate::domain::status::{TreatyStatus, span_on};
use crate::domain::treaty::Form;

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
    /// In which group of the United Nations it is counted, if in any.
    pub regional_group: Option<RegionalGroup>,
    /// Its first day, where that is known and matters.
    pub began_on: Option<NaiveDate>,
    /// The first day on which it no longer existed.
    pub ended_on: Option<NaiveDate>,
    /// What else should be known, in English.
    pub note: Option<String>,
    /// The instruments that it has or had a part in, treaties first.
    pub instruments: Vec<Standing>,
    /// Multilateral treaties in force or on their way there that it has no part in.
    pub no_part_in: Vec<TreatyId>,
    /// The same, where the facts name only some of those that took part: whether it has a part is not known.
    pub not_known: Vec<TreatyId>,
    /// The names of states, for printing.
    #[serde(skip)]
    pub names: Names,
    /// The titles of all instruments, for printing.
    #[serde(skip)]
    pub titles: BTreeMap<TreatyId, Text>,
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
    /// Upcoming dates about it.
    pub dates: Vec<DateView>,
    /// Its deadlines: open, passed, met.
    pub deadlines: Vec<DeadlineView>,
}

/// A declaration, a reservation or an objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// The act.
    pub act_id: ActId,
    /// Which of them.
    pub kind: ActKind,
    /// The parties that it concerns, if it does not concern all.
    pub towards: Vec<StateId>,
    /// When.
    pub on: PartialDay,
    /// Its text in short.
    pub note: Option<Text>,
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
            deadlines: deadlines(&file.treaty, projection.default_life(), Some(found.id), asked.on),
        });
    }
    instruments.sort_by_key(|standing| !is_treaty(files, &standing.treaty_id));
    Ok(StateView {
        asked,
        state: found.id,
        name: (&found.name).into(),
        regional_group: found.regional_group,
        began_on: found.began_on,
        ended_on: found.ended_on,
        note: found.note.clone(),
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
        towards: act.towards.clone(),
        on: act.on,
        note: Text::of(&file.treaty, act.note.as_deref()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::{asked, seeds};

    fn ask(name: &str, on: &str) -> StateView {
        let (files, states) = seeds();
        state(&files, &states, &StateQuestion { state: name.to_owned(), asked: asked(on, on) }).unwrap()
    }

    #[test]
    fn treaties_without_the_state_are_listed() {
        let view = ask("IND", "2026-11-24");
        assert!(view.no_part_in.iter().any(|id| id.as_str() == "npt"), "{:?}", view.no_part_in);
        assert!(!view.no_part_in.iter().any(|id| id.as_str() == "inf"), "it has ended");
    }
}
