//! Alerts in words: here is decided what a sentence says, and in which order; how it is said stands
//! in one file for each language.
//!
//! Every [`Part`], and every kind inside it, is worded by a match without a wildcard: whatever is
//! new stops the build in all three languages until each has words for it.

mod article;
mod en;
pub(super) mod headline;
mod names;
mod part;
mod ru;
pub(super) mod source;
#[cfg(test)]
mod tests;
pub(super) mod watcher;
mod zh;

use chrono::NaiveDate;

use crate::domain::act::Act;
use crate::domain::alert::{Change, Changed, StateDate};
use crate::domain::clause::{Clause, Terms};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar;
use crate::domain::id::{DateId, StateId};
use crate::domain::lang::{Lang, Words};
use crate::domain::project::DueDate;
use crate::domain::state::{State, StateKind};
use crate::domain::status::{Ground, ReadingId, Reason, Rule, Standing, StateStatus, TreatyStatus};
use crate::domain::treaty::{Certainty, DateKind, Treaty};
use crate::domain::watch::Fresh;
use crate::domain::wording::Wording;

use super::transitions::{Subject, Transition};

pub use names::Names;
pub(super) use part::Scene;
use part::{Beside, Dated, Doubt, Part, Tense, Turn, When};

/// A sentence names at most so many changes; the alert lists all.
const CHANGES_MAX: usize = 5;

/// Words the parts in each language. The note is prose of the catalogue and exists in English alone.
fn say(scene: Scene<'_>, parts: &[Part<'_>], note: Option<&str>) -> Wording {
    let mut en = en::sentence(scene, parts);
    let (mut zh, mut ru) = (zh::sentence(scene, parts), ru::sentence(scene, parts));
    if let Some(note) = note.map(|note| scene.treaty.words(note)) {
        en.push_str(&format!(" {}", note.en));
        match &note.zh {
            Some(note) => zh.push_str(note),
            None => zh.push_str(&format!("（英文说明：{}）", note.en)),
        }
        match &note.ru {
            Some(note) => ru.push_str(&format!(" {note}")),
            None => ru.push_str(&format!(" (По-английски: {})", note.en)),
        }
    }
    let sentence = Words { en, zh: Some(zh), ru: Some(ru) };
    Wording { headline: headline::of_parts(scene, parts), sentence }
}

/// A test of an endpoint.
pub(super) fn test() -> Wording {
    let headline = Words {
        en: "Test message: nothing has happened".to_owned(),
        zh: Some("测试消息：并未发生任何事件".to_owned()),
        ru: Some("Проверка получателя: ничего не произошло".to_owned()),
    };
    let sentence = Words {
        en: "This is a test of the endpoint; nothing has happened.".to_owned(),
        zh: Some("这是对接收端点的测试，并未发生任何事件。".to_owned()),
        ru: Some("Это проверка получателя: ничего не произошло.".to_owned()),
    };
    Wording { headline, sentence }
}

/// An act whose record was retracted, with what that changes.
pub(super) fn act_retracted(act: &Act, changes: &[Change], scene: Scene<'_>) -> Wording {
    let mut parts = vec![Part::TakenBack(act)];
    parts.extend(parts_of(changes));
    say(scene, &parts, None)
}

/// An act with everything that it changes. `replaced` is the act as it was recorded before a correction.
pub(super) fn act(
    fresh: &Fresh,
    replaced: Option<&Act>,
    changes: &[Change],
    sets: &[&DueDate],
    scene: Scene<'_>,
) -> Wording {
    let act = &fresh.act;
    let mut parts = vec![match fresh.supersedes {
        Some(_) => Part::Corrected(act, replaced.filter(|old| (old.kind, old.on) != (act.kind, act.on))),
        None => Part::Act(act),
    }];
    parts.extend(parts_of(changes));
    let mut told: Vec<&DueDate> = Vec::new();
    for date in sets {
        // Readings that agree on a day share a part.
        if told.iter().any(|other| other.on == date.on) {
            continue;
        }
        told.push(date);
        parts.push(Part::TakesEffect(date));
        let alike = sets.iter().filter(|other| other.on == date.on);
        parts.extend(alike.filter_map(|other| doubt(other, scene.treaty)));
    }
    // A contested date has named who disputes the reading; not all need dispute the act.
    let readings = sets.iter().filter_map(|date| scene.treaty.reading(&date.reading));
    let named: Vec<StateId> = readings.flat_map(|reading| reading.disputed_by.iter().copied()).collect();
    let by: Vec<StateId> = act.disputed_by.iter().copied().filter(|state| !named.contains(state)).collect();
    if !by.is_empty() {
        parts.push(Part::Disputed { by, also: !named.is_empty() });
    }
    say(scene, &parts, None)
}

/// Facts that nobody has confirmed for a long time.
pub(super) fn stale(scene: Scene<'_>, on: NaiveDate) -> Wording {
    say(scene, &[Part::Stale(PartialDay::exact(on))], None)
}

/// So many late alerts, as no check ran since a day.
pub(super) fn missed(alerts: usize, since: NaiveDate, scene: Scene<'_>) -> Wording {
    let (since, today) = (PartialDay::exact(since), PartialDay::exact(scene.today));
    say(scene, &[Part::Missed { alerts, since, today }], None)
}

/// Many acts from before the watch, with what they change for the treaty itself.
pub(super) fn backfill(acts: usize, changes: &[Change], scene: Scene<'_>) -> Wording {
    of_treaty_first(Part::Backfill(acts), changes, scene)
}

/// Many corrected acts, likewise.
pub(super) fn corrections(acts: usize, changes: &[Change], scene: Scene<'_>) -> Wording {
    of_treaty_first(Part::Corrections(acts), changes, scene)
}

/// Other clauses, readings or scheduled dates, and what comes of them.
pub(super) fn redefined(changes: &[Change], scene: Scene<'_>) -> Wording {
    of_treaty_first(Part::Redefined, changes, scene)
}

/// What happened, what that changes for the treaty itself, and how much else it changes.
fn of_treaty_first(what: Part<'_>, changes: &[Change], scene: Scene<'_>) -> Wording {
    let (of_treaty, of_states): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.state.is_none());
    let mut parts = vec![what];
    parts.extend(parts_of(of_treaty));
    if !of_states.is_empty() {
        parts.push(Part::OfStates(of_states.len()));
    }
    say(scene, &parts, None)
}

/// Statuses that an earlier alert named and that no longer hold.
pub(super) fn undone(changes: &[Change], scene: Scene<'_>) -> Wording {
    let mut parts = vec![Part::Undone];
    parts.extend(parts_of(changes));
    say(scene, &parts, None)
}

/// A change that comes by the calendar alone.
pub(super) fn change(head: &Transition, due: Option<&DueDate>, scene: Scene<'_>) -> Wording {
    let reason = &head.reason;
    let precision = reason.precision();
    let on = PartialDay::from_earliest(head.on, precision);
    let on = When::no_sooner_than(on, precision != Precision::Day && reason.rule != Rule::Act);
    let turn = match (head.subject, head.to) {
        (Subject::Treaty, to) => Turn::Treaty { from: head.from, to },
        (Subject::State(state), Some(to)) => Turn::Became(state, to),
        (Subject::State(state), None) => Turn::Left(state),
        (Subject::Overlay(kind, state), Some(_)) => Turn::Began(kind, state),
        (Subject::Overlay(kind, state), None) => Turn::Over(kind, state),
    };
    let mut parts = vec![match due {
        Some(due) if due.reading == head.reading && due.state == head.subject.state() => {
            Part::Date(Dated { due, tense: Tense::Come, on, beside: Beside::Nothing, reason })
        }
        _ => Part::Turn { turn, on, reason },
    }];
    if reason.rule == Rule::ReadingsDiffer {
        parts.push(Part::ReadingsDiffer);
    } else if !head.reading.is_default() {
        parts.push(Part::Doubt(Doubt::Contested(scene.treaty.reading(&head.reading))));
    }
    say(scene, &parts, None)
}

/// A day that has come.
pub(super) fn reached(due: &DueDate, scene: Scene<'_>) -> Wording {
    let tense = if due.on.first_day() < scene.today { Tense::Come } else { Tense::Today };
    let date = Dated { due, tense, on: When::of(due), beside: Beside::Nothing, reason: &due.reason };
    // The State may have done what was due: no sentence speaks of a breach.
    let is_followed = due.kind == DateKind::Deadline && is_followed(due, scene.treaty);
    dated(date, due, is_followed.then_some(Part::Doubt(Doubt::NoDecision)), scene)
}

/// A day to come.
pub(super) fn approaching(due: &DueDate, scene: Scene<'_>) -> Wording {
    let left = (due.on.first_day() - scene.today).num_days().unsigned_abs();
    let beside = match due.on.precision() {
        Precision::Day => Beside::DaysLeft(left),
        Precision::Month | Precision::Year => Beside::DaysToBeginning(left),
    };
    let (on, reason) = (When::of(due), &due.reason);
    dated(Dated { due, tense: Tense::Coming, on, beside, reason }, due, None, scene)
}

/// A date of many states, as `say` words it for one of them: where its name would stand, stands how many they are.
pub(super) fn of_several(
    due: &DueDate,
    states: &[StateDate],
    names: Names<'_>,
    say: &impl Fn(&DueDate, Names<'_>) -> Wording,
) -> Wording {
    // Not a state whose act is named as well.
    let acting = due.reason.ground.as_ref().and_then(|ground| ground.state);
    let Some(one) = states.iter().map(|one| one.state).find(|state| Some(*state) != acting) else {
        return say(due, names);
    };
    let name = states_in_number(states.len());
    let mut counted = names.0.clone();
    let all = State {
        id: one,
        kind: StateKind::Entity,
        name,
        aliases: Vec::new(),
        began_on: None,
        ended_on: None,
        successors: Vec::new(),
        regional_group: None,
        note: None,
    };
    counted.insert(one, all);
    say(&DueDate { state: Some(one), ..due.clone() }, Names(&counted))
}

fn states_in_number(count: usize) -> Words {
    let forms = ["государство", "государства", "государств"];
    Words {
        en: format!("{count} States"),
        zh: Some(format!("{count}个国家")),
        ru: Some(format!("{count} {}", grammar::russian_plural(count as u64, forms))),
    }
}

/// A date on another day, or on none.
pub(super) fn moved(due: &DueDate, now: Option<&DueDate>, scene: Scene<'_>) -> Wording {
    let Some(now) = now else {
        let (on, beside) = (When::exactly(due.on), Beside::Nothing);
        let date = Dated { due, tense: Tense::Cancelled, on, beside, reason: &due.reason };
        return say(scene, &[Part::Date(date)], None);
    };
    let within = due.on.first_day() <= now.on.first_day() && now.on.last_day() <= due.on.last_day();
    let beside = if within { Beside::KnownBetter } else { Beside::NoLonger(due.on) };
    let (on, reason) = (When::of(now), &now.reason);
    dated(Dated { due, tense: Tense::Coming, on, beside, reason }, now, None, scene)
}

/// A date with how certain it is and what is noted of it, as it stands now.
fn dated(date: Dated<'_>, now: &DueDate, remark: Option<Part<'_>>, scene: Scene<'_>) -> Wording {
    let mut parts = vec![Part::Date(date)];
    parts.extend(doubt(now, scene.treaty));
    parts.extend(remark);
    // What somebody has fixed or named has no clause to be explained by, but a note.
    let scheduled = scene.treaty.scheduled.iter().find(|scheduled| scheduled.id == now.id);
    say(scene, &parts, scheduled.and_then(|scheduled| scheduled.note.as_deref()))
}

/// How certain a date is, where that must be said.
fn doubt<'a>(date: &DueDate, treaty: &'a Treaty) -> Option<Part<'a>> {
    match date.certainty {
        Certainty::Computed | Certainty::Scheduled => None,
        Certainty::Contested => Some(Doubt::Contested(treaty.reading(&date.reading))),
        Certainty::Conditional => Some(Doubt::Conditional),
        Certainty::Expected => Some(Doubt::Expected),
        Certainty::Nominal => Some(Doubt::Nominal),
    }
    .map(Part::Doubt)
}

/// What an act or a correction changes, in the default reading.
fn parts_of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Vec<Part<'a>> {
    let changes: Vec<&Change> = changes.into_iter().collect();
    let becomes = |change: &&Change, status: Standing| matches!(change.what, Changed::Status { to: Some(to), .. } if to == status);
    let of_treaty = Standing::Treaty(TreatyStatus::Contested);
    let all_contested = changes.iter().any(|change| becomes(change, of_treaty));
    // Where it is contested whether there is a treaty, so it is what its parties are.
    let follows =
        |change: &&Change| all_contested && becomes(change, Standing::State(StateStatus::Contested));
    let mut parts: Vec<Part<'a>> =
        changes.into_iter().filter(|change| !follows(change)).filter_map(part_of).collect();
    if let Some(more) = parts.len().checked_sub(CHANGES_MAX).filter(|more| *more > 0) {
        parts.truncate(CHANGES_MAX);
        parts.push(Part::MoreChanges(more));
    }
    parts
}

/// One change; nothing where the act implies it.
fn part_of(change: &Change) -> Option<Part<'_>> {
    match &change.what {
        Changed::Progress { from, to, needed } => {
            Some(Part::Progress { from: *from, to: *to, needed: *needed })
        }
        Changed::Date { date, from: Some(from), to: Some(to) } => {
            Some(Part::Moved { date, from: *from, to: *to })
        }
        Changed::Date { date, from: None, to: Some(to) } => Some(Part::DueAgain { date, on: *to }),
        Changed::Date { date, from, to: None } => Some(Part::Cancelled { date, on: (*from)? }),
        Changed::Status { from, to } => {
            let to = (*to)?;
            if !change.reading.is_default() || goes_without_saying(*from, to) {
                return None;
            }
            Some(Part::Status { state: change.state, from: *from, to, on: change.on })
        }
    }
}

/// A signature makes a signatory, an adoption makes something adopted with its participants, a
/// notice or suspension is in addition to a status: the act implies it.
fn goes_without_saying(from: Option<Standing>, to: Standing) -> bool {
    match to {
        Standing::Overlay(_) => true,
        Standing::State(StateStatus::Signatory | StateStatus::Participating)
        | Standing::Treaty(TreatyStatus::Adopted | TreatyStatus::Draft | TreatyStatus::Proposed) => {
            from.is_none()
        }
        Standing::State(_) | Standing::Treaty(_) => false,
    }
}

/// Whose act it is, also where several acted as one.
fn actors(act: &Act) -> &[StateId] {
    act.state.as_ref().map_or(act.jointly.as_slice(), std::slice::from_ref)
}

/// Whose act a reason names, likewise.
fn grounds(ground: &Ground) -> &[StateId] {
    ground.state.as_ref().map_or(ground.jointly.as_slice(), std::slice::from_ref)
}

/// The parties that what a reason rests on concerns; none: all.
fn towards_of(reason: &Reason) -> &[StateId] {
    reason.ground.as_ref().map_or(&[][..], |ground| &ground.towards)
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

/// The name of a deadline: the last part of the date's.
fn deadline_of(date: &DueDate, treaty: &Treaty) -> Words {
    treaty.words(&spaced(date.id.as_str().rsplit('/').next().unwrap_or_default()))
}

/// The name of the deadline that an act is about, and its article.
fn deadline_of_act<'a>(act: &Act, treaty: &'a Treaty) -> (Words, Option<&'a str>) {
    let id = act.deadline.as_ref();
    let clause = id.and_then(|id| treaty.clause(id)).map(|clause| clause.article.as_str());
    (treaty.words(&id.map(|id| spaced(id.as_str())).unwrap_or_default()), clause)
}

/// A name in quotes, marked if it is there in English only.
fn quoted(name: &Words, lang: Lang) -> String {
    let [open, close] = if lang == Lang::Zh { ["“", "”"] } else { ["«", "»"] };
    match name.get(lang) {
        Some(name) => format!("{open}{name}{close}"),
        None => format!("{open}{}{close} [en]", name.en),
    }
}

/// Whether decisions about a deadline are put on record: of one that is extended, or that the clause sets for some
/// states.
fn is_followed(due: &DueDate, treaty: &Treaty) -> bool {
    let clause = due.reason.clause.as_ref().and_then(|id| treaty.clause(id));
    let names_states = |terms: &Terms| matches!(terms, Terms::Deadline { states, .. } if !states.is_empty());
    due.reason.rule == Rule::Extension || clause.is_some_and(|clause| names_states(&clause.terms))
}

/// Whether a date is the day of a clause `deadline`.
fn is_deadline(date: &DateId, treaty: &Treaty) -> bool {
    let is_clause = |clause: &&Clause| clause.id.as_str() == name_of(date);
    let clause = treaty.clauses.iter().find(is_clause);
    clause.is_some_and(|clause| matches!(clause.terms, Terms::Deadline { .. }))
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
