//! Alerts in words: here is decided what a sentence says, and in which order; how it is said stands
//! in one file for each language.
//!
//! Every [`Part`], and every kind inside it, is worded by a match without a wildcard: whatever is
//! new stops the build in all three languages until each has words for it.

mod article;
mod en;
mod part;
mod ru;
pub(super) mod source;
#[cfg(test)]
mod tests;
pub(super) mod watcher;
mod zh;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::act::Act;
use crate::domain::alert::{AlertKind, Change, StateDate};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar;
use crate::domain::id::{DateId, StateId};
use crate::domain::project::DueDate;
use crate::domain::state::{State, StateKind};
use crate::domain::status::{OverlayKind, ReadingId, Rule, StateStatus, TreatyStatus};
use crate::domain::treaty::{Certainty, Lang, Treaty, Words};
use crate::domain::watch::Fresh;

use super::transitions::{Subject, Transition};

use part::{Beside, Dated, Doubt, Part, Scene, Standing, Tense, Turn, When};

/// A sentence names at most so many changes; the alert lists all.
const CHANGES_MAX: usize = 5;

/// The names of states, for sentences.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a>(pub &'a BTreeMap<StateId, State>);

impl Names<'_> {
    /// The name in every language, or the code of a state that the catalogue does not list.
    pub(super) fn of(self, id: StateId) -> Words {
        let code = || Words { en: id.to_string(), zh: None, ru: None };
        self.0.get(&id).map_or_else(code, |state| state.name.clone())
    }

    /// The name in a language, English and marked where it has none there, or the code of a state
    /// that the catalogue does not list.
    fn in_lang(self, id: StateId, lang: Lang) -> String {
        self.0.get(&id).map_or_else(|| id.to_string(), |state| state.name.in_lang(lang))
    }
}

/// Says the parts in each language. The note is prose of the catalogue and exists in English alone.
fn say(scene: Scene<'_>, parts: &[Part<'_>], note: Option<&str>) -> Words {
    let mut en = en::sentence(scene, parts);
    let (mut zh, mut ru) = (zh::sentence(scene, parts), ru::sentence(scene, parts));
    if let Some(note) = note {
        en.push_str(&format!(" {note}"));
        zh.push_str(&format!("{note} [en]"));
        ru.push_str(&format!(" {note} [en]"));
    }
    Words { en, zh: Some(zh), ru: Some(ru) }
}

/// A test of an endpoint.
pub(super) fn test() -> Words {
    Words {
        en: "This is a test of the endpoint; nothing has happened.".to_owned(),
        zh: Some("这是对接收端点的测试，并未发生任何事件。".to_owned()),
        ru: Some("Это проверка получателя: ничего не произошло.".to_owned()),
    }
}

/// An act that is no longer in the record, with what that changes.
pub(super) fn act_taken_back(taken: &Act, changes: &[Change], treaty: &Treaty, names: Names<'_>) -> Words {
    let mut parts = vec![Part::TakenBack(taken)];
    parts.extend(changes_told(changes));
    say(Scene { treaty, names }, &parts, None)
}

/// An act with everything that it changes.
pub(super) fn act_told(
    fresh: &Fresh,
    changes: &[Change],
    sets: &[&DueDate],
    treaty: &Treaty,
    names: Names<'_>,
) -> Words {
    let act = &fresh.act;
    let mut parts = vec![match &fresh.supersedes {
        Some(old) => Part::Corrected(act, old),
        None => Part::Act(act),
    }];
    parts.extend(changes_told(changes));
    let mut told: Vec<&DueDate> = Vec::new();
    for date in sets {
        // Readings that agree on a day are told together.
        if told.iter().any(|other| other.on == date.on) {
            continue;
        }
        told.push(date);
        parts.push(Part::TakesEffect(date));
        let alike = sets.iter().filter(|other| other.on == date.on);
        parts.extend(alike.filter_map(|other| doubt(other, treaty)));
    }
    // A contested date has said who disputes the reading; not all need dispute the act.
    let readings = sets.iter().filter_map(|date| treaty.reading(&date.reading));
    let said: Vec<StateId> = readings.flat_map(|reading| reading.disputed_by.iter().copied()).collect();
    let by: Vec<StateId> = act.disputed_by.iter().copied().filter(|state| !said.contains(state)).collect();
    if !by.is_empty() {
        parts.push(Part::Disputed { by, also: !said.is_empty() });
    }
    say(Scene { treaty, names }, &parts, None)
}

/// Facts that nobody has confirmed for a long time.
pub(super) fn stale(treaty: &Treaty, on: NaiveDate, names: Names<'_>) -> Words {
    say(Scene { treaty, names }, &[Part::Stale(PartialDay::exact(on))], None)
}

/// So many late alerts, as nothing was checked from one day to another.
pub(super) fn missed(
    alerts: usize,
    (since, today): (NaiveDate, NaiveDate),
    treaty: &Treaty,
    names: Names<'_>,
) -> Words {
    let (since, today) = (PartialDay::exact(since), PartialDay::exact(today));
    say(Scene { treaty, names }, &[Part::Missed { alerts, since, today }], None)
}

/// Many acts from before the watch, with what they change for the treaty itself.
pub(super) fn backfill(acts: usize, changes: &[Change], treaty: &Treaty, names: Names<'_>) -> Words {
    of_treaty_first(Part::Backfill(acts), changes, treaty, names)
}

/// Many corrected acts, likewise.
pub(super) fn corrections(acts: usize, changes: &[Change], treaty: &Treaty, names: Names<'_>) -> Words {
    of_treaty_first(Part::Corrections(acts), changes, treaty, names)
}

/// Other clauses, readings or scheduled dates, and what comes of them.
pub(super) fn redefined(changes: &[Change], treaty: &Treaty, names: Names<'_>) -> Words {
    of_treaty_first(Part::Redefined, changes, treaty, names)
}

/// What happened, what that changes for the treaty itself, and how much else it changes.
fn of_treaty_first(what: Part<'_>, changes: &[Change], treaty: &Treaty, names: Names<'_>) -> Words {
    let (of_treaty, of_states): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.state.is_none());
    let mut parts = vec![what];
    parts.extend(changes_told(of_treaty));
    if !of_states.is_empty() {
        parts.push(Part::OfStates(of_states.len()));
    }
    say(Scene { treaty, names }, &parts, None)
}

/// What was told and is so no longer.
pub(super) fn undone(changes: &[Change], treaty: &Treaty, names: Names<'_>) -> Words {
    let mut parts = vec![Part::Undone];
    parts.extend(changes_told(changes));
    say(Scene { treaty, names }, &parts, None)
}

/// A change that comes by the calendar alone.
pub(super) fn change(head: &Transition, due: Option<&DueDate>, treaty: &Treaty, names: Names<'_>) -> Words {
    let reason = &head.reason;
    let precision = reason.precision();
    let on = PartialDay::from_earliest(head.on, precision);
    let on = When::no_sooner_than(on, precision != Precision::Day && reason.rule != Rule::Act);
    let standing =
        |text: &Option<String>| text.as_deref().and_then(|text| Standing::of(head.subject.state(), text));
    let to = standing(&head.to);
    let turn = match (head.subject, to) {
        (Subject::Treaty, to) => Turn::Treaty { from: standing(&head.from), to },
        (Subject::State(state), Some(to)) => Turn::Became(state, to),
        (Subject::State(state), None) => Turn::Left(state),
        (Subject::Overlay(kind, state), Some(_)) => Turn::Began(kind, state),
        (Subject::Overlay(kind, state), None) => Turn::Over(kind, state),
    };
    let mut parts = vec![match due {
        Some(due) if due.reading == head.reading && due.state == head.subject.state() => {
            Part::Date(Dated { due, tense: Tense::Come, on, beside: Beside::Nothing, reason: Some(reason) })
        }
        _ => Part::Turn { turn, on, reason },
    }];
    if reason.rule == Rule::ReadingsDiffer {
        parts.push(Part::ReadingsDiffer);
    } else if !head.reading.is_default() {
        parts.push(Part::Doubt(Doubt::Contested(treaty.reading(&head.reading))));
    }
    say(Scene { treaty, names }, &parts, None)
}

/// A day that has come.
pub(super) fn reached(due: &DueDate, late: bool, treaty: &Treaty, names: Names<'_>) -> Words {
    let tense = if late { Tense::Come } else { Tense::Today };
    let reason = Some(&due.reason);
    let date = Dated { due, tense, on: When::of(due), beside: Beside::Nothing, reason };
    dated(date, due, treaty, names)
}

/// A day to come.
pub(super) fn approaching(due: &DueDate, today: NaiveDate, treaty: &Treaty, names: Names<'_>) -> Words {
    let left = (due.on.first_day() - today).num_days().unsigned_abs();
    let beside = match due.on.precision() {
        Precision::Day => Beside::DaysLeft(left),
        Precision::Month | Precision::Year => Beside::DaysToBeginning(left),
    };
    let (on, reason) = (When::of(due), Some(&due.reason));
    dated(Dated { due, tense: Tense::Coming, on, beside, reason }, due, treaty, names)
}

/// A date of many states, as `say` words it for one of them: where its name would stand, stands how many they are.
pub(super) fn of_several(
    due: &DueDate,
    states: &[StateDate],
    names: Names<'_>,
    say: &impl Fn(&DueDate, Names<'_>) -> Words,
) -> Words {
    // Not a state whose act is named as well.
    let acting = due.reason.ground.as_ref().and_then(|ground| ground.state);
    let Some(one) = states.iter().map(|one| one.state).find(|state| Some(*state) != acting) else {
        return say(due, names);
    };
    let count = states.len();
    let name = Words {
        en: format!("{count} states"),
        zh: Some(format!("{count}个国家")),
        ru: Some(format!(
            "{count} {}",
            grammar::russian_plural(count as u64, ["государство", "государства", "государств"])
        )),
    };
    let mut counted = names.0.clone();
    let all = State {
        id: one,
        kind: StateKind::Entity,
        name,
        aliases: Vec::new(),
        began_on: None,
        ended_on: None,
        successors: Vec::new(),
        note: None,
    };
    counted.insert(one, all);
    say(&DueDate { state: Some(one), ..due.clone() }, Names(&counted))
}

/// A date on another day, or on none.
pub(super) fn moved(due: &DueDate, now: Option<&DueDate>, treaty: &Treaty, names: Names<'_>) -> Words {
    let Some(now) = now else {
        let (on, beside) = (When::exactly(due.on), Beside::Nothing);
        let date = Dated { due, tense: Tense::Cancelled, on, beside, reason: None };
        return say(Scene { treaty, names }, &[Part::Date(date)], None);
    };
    let within = due.on.first_day() <= now.on.first_day() && now.on.last_day() <= due.on.last_day();
    let beside = if within { Beside::KnownBetter } else { Beside::NoLonger(due.on) };
    let (on, reason) = (When::of(now), Some(&now.reason));
    dated(Dated { due, tense: Tense::Coming, on, beside, reason }, now, treaty, names)
}

/// A date with how certain it is and what is noted of it, as it stands now.
fn dated(date: Dated<'_>, now: &DueDate, treaty: &Treaty, names: Names<'_>) -> Words {
    let mut parts = vec![Part::Date(date)];
    parts.extend(doubt(now, treaty));
    // What somebody has fixed or named has no clause to be explained by, but a note.
    let scheduled = treaty.scheduled.iter().find(|scheduled| scheduled.id == now.id);
    say(Scene { treaty, names }, &parts, scheduled.and_then(|scheduled| scheduled.note.as_deref()))
}

/// How certain a date is, where that must be said.
fn doubt<'a>(date: &DueDate, treaty: &'a Treaty) -> Option<Part<'a>> {
    match date.certainty {
        Certainty::Computed | Certainty::Scheduled => None,
        Certainty::Contested => Some(Doubt::Contested(treaty.reading(&date.reading))),
        Certainty::Expected => Some(Doubt::Expected),
        Certainty::Nominal => Some(Doubt::Nominal),
    }
    .map(Part::Doubt)
}

/// What an act or a correction changes, in the default reading.
fn changes_told<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Vec<Part<'a>> {
    let changes: Vec<&Change> = changes.into_iter().collect();
    let contested = StateStatus::Contested.as_str();
    let is_contested = |change: &&Change| change.to.as_deref() == Some(contested);
    let all_contested = changes.iter().any(|change| change.state.is_none() && is_contested(change));
    // Where it is contested whether there is a treaty, so it is what its parties are.
    let said = |change: &&Change| all_contested && change.state.is_some() && is_contested(change);
    let mut parts: Vec<Part<'a>> =
        changes.into_iter().filter(|change| !said(change)).filter_map(change_told).collect();
    if let Some(more) = parts.len().checked_sub(CHANGES_MAX).filter(|more| *more > 0) {
        parts.truncate(CHANGES_MAX);
        parts.push(Part::MoreChanges(more));
    }
    parts
}

/// One change; nothing where the act itself has said it.
fn change_told(change: &Change) -> Option<Part<'_>> {
    let from = change.from.as_deref();
    let day = |text: &str| text.parse::<PartialDay>().ok();
    match change.kind {
        AlertKind::ThresholdProgress => {
            let (from, _) = from?.split_once(" of ")?;
            let (to, needed) = change.to.as_deref()?.split_once(" of ")?;
            Some(Part::Progress { from, to, needed })
        }
        AlertKind::DateMoved => {
            let (date, to) = (change.date.as_ref()?, day(change.to.as_deref()?)?);
            match from {
                None => Some(Part::DueAgain { date, on: to }),
                Some(from) => Some(Part::Moved { date, from: day(from)?, to }),
            }
        }
        AlertKind::DateCancelled => Some(Part::Cancelled { date: change.date.as_ref()?, on: day(from?)? }),
        AlertKind::StatusChanged => {
            let to = change.to.as_deref()?;
            if !change.reading.is_default() || goes_without_saying(from.unwrap_or_default(), to) {
                return None;
            }
            let from = from.and_then(|from| Standing::of(change.state, from));
            let to = Standing::of(change.state, to)?;
            Some(Part::Status { state: change.state, from, to, on: change.on })
        }
        AlertKind::ActCorrected
        | AlertKind::DateReached
        | AlertKind::DateApproaching
        | AlertKind::ActRecorded
        | AlertKind::FactsStale
        | AlertKind::SourceChanged
        | AlertKind::SourceFailing
        | AlertKind::SourceRecovered
        | AlertKind::Digest
        | AlertKind::Report
        | AlertKind::EndpointFailing
        | AlertKind::DatabaseFailing => None,
    }
}

/// A signature makes a signatory, an adoption makes something adopted with its participants, a
/// notice or suspension lies over a status: the act has said so.
fn goes_without_saying(from: &str, to: &str) -> bool {
    let said = [
        StateStatus::Signatory.as_str(),
        StateStatus::Participating.as_str(),
        TreatyStatus::Adopted.as_str(),
        TreatyStatus::Draft.as_str(),
        TreatyStatus::Proposed.as_str(),
    ];
    to.parse::<OverlayKind>().is_ok() || from.is_empty() && said.contains(&to)
}

/// Whose act it is, also where several acted as one.
fn actors(act: &Act) -> &[StateId] {
    act.state.as_ref().map_or(act.jointly.as_slice(), std::slice::from_ref)
}

/// The name of a date beside its treaty: `expiry`, `withdrawal_effect`, `initial-declarations`.
fn name_of(date: &DateId) -> &str {
    let is_state = |part: &&str| part.parse::<StateId>().is_ok();
    date.as_str().split('/').skip(1).find(|part| !is_state(part)).unwrap_or_default()
}

/// A name of the catalogue as English words.
fn spaced(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// The last part of a deadline's name, as English words.
fn deadline_of(date: &DueDate) -> String {
    spaced(date.id.as_str().rsplit('/').next().unwrap_or_default())
}

/// The readings between which the default one does not choose, with who asserts each.
fn contending(treaty: &Treaty) -> Vec<(&ReadingId, &[StateId])> {
    let told = |id| (id, treaty.reading(id).map_or(&[][..], |reading| reading.asserted_by.as_slice()));
    treaty.contested_between.iter().map(told).collect()
}

/// An article as the catalogue writes it, in words where the language is not English:
/// `XV(2)`, `第十五条第二款`, `пункт 2 статьи XV`.
pub fn article_in(text: &str, lang: Lang) -> String {
    match lang {
        Lang::En => text.to_owned(),
        Lang::Zh => zh::articles(text),
        Lang::Ru => ru::articles(text),
    }
}
