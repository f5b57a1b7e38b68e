//! Days that follow from clauses: deadlines by anchor and period, and what was scheduled.

use chrono::NaiveDate;

use super::super::act::{Act, ActKind};
use super::super::clause::{Anchor, Scope, Terms};
use super::super::day::PartialDay;
use super::super::id::Label;
use super::super::status::{Provision, ReadingId, Reason, Rule, Span, StateStatus};
use super::super::treaty::{DateKind, Treaty};
use super::entry::Entry;
use super::{Case, DueDate, End, Fault, Told, ending, entry, states};

/// The day that an anchor stands for, and why; nothing while it has not come about.
///
/// `state` is the party whose entry into force is meant, for deadlines that run for each of them.
pub(super) fn resolve(
    case: &Case<'_>,
    anchor: &Anchor,
    state: Option<&Span<StateStatus>>,
    visited: &mut Vec<Label>,
    told: &mut Told,
) -> Option<(NaiveDate, Reason)> {
    match anchor {
        Anchor::EntryIntoForce => {
            let entry = entry::entry_into_force(case, visited, told)?;
            Some((entry.in_force_on, entry.reason))
        }
        Anchor::ThresholdMet => {
            let (_, threshold) = case.treaty.find_clause(|terms| match terms {
                Terms::EntryIntoForceByThreshold(threshold) => Some(threshold),
                _ => None,
            })?;
            let (met_on, act) = entry::threshold_met(case, threshold)?;
            Some((met_on, Reason::act(Rule::Threshold, act)))
        }
        Anchor::StateEntryIntoForce => state.map(|party| (party.starts_on, party.reason.clone())),
        // A signature counts when the last side has signed.
        Anchor::First(ActKind::Signature) => {
            let act = case.of_kind(ActKind::Signature).next_back()?;
            Some((act.day(), Reason::act(Rule::Act, act)))
        }
        Anchor::First(kind) => {
            let act = case.of_kind(*kind).next()?;
            Some((act.day(), done(act)))
        }
        Anchor::Act(label) => {
            let act = case.acts.iter().find(|act| act.label.as_ref() == Some(label))?;
            Some((act.day(), done(act)))
        }
        Anchor::Effect(label) => {
            if visited.contains(label) {
                told.problem(None, Fault::Cycle(label.clone()));
                return None;
            }
            visited.push(label.clone());
            let act = case.acts.iter().find(|act| act.label.as_ref() == Some(label))?;
            effect_of(case, act, visited, told)
        }
        Anchor::Deadline(label) => {
            if visited.contains(label) {
                told.problem(None, Fault::Cycle(label.clone()));
                return None;
            }
            visited.push(label.clone());
            let clause = case.treaty.clauses.iter().find(|clause| clause.id == *label)?;
            let Terms::Deadline { anchor, delay, .. } = &clause.terms else { return None };
            let (from, reason) = resolve(case, anchor, state, visited, told)?;
            let known = PartialDay::from_earliest(from, reason.precision());
            let due = told.check(None, delay.after_known(known))?;
            let reason = Reason { rule: Rule::Delay, ..reason }.under(Provision::Clause(clause));
            Some((due.first_day(), reason.known_to(due.precision())))
        }
    }
}

/// That an act was done, whatever is known of its effect.
fn done(act: &Act) -> Reason {
    Reason::act(Rule::Act, act).known_to(act.on.precision())
}

/// The day on which an act takes effect, recorded or computed.
fn effect_of(
    case: &Case<'_>,
    act: &Act,
    visited: &mut Vec<Label>,
    told: &mut Told,
) -> Option<(NaiveDate, Reason)> {
    if act.kind != ActKind::NoticeOfWithdrawal && !act.kind.is_consent() {
        return Some((case.effect_or_day(act), Reason::act(Rule::Act, act)));
    }
    let entry = entry::entry_into_force(case, visited, told);
    if act.kind.is_consent() {
        return states::in_force_for(case, entry.as_ref(), act, told);
    }
    // A void notice is a doubt of the notice itself, not of this date.
    let quiet = &mut Told::default();
    let renewable = ending::renewable_terms(case, entry.as_ref(), quiet);
    let notices = ending::notices(case, entry.as_ref(), renewable.as_ref(), quiet);
    let run = notices.into_iter().find(|run| run.act.id == act.id && run.stopped_on.is_none())?;
    Some((run.effect, run.reason))
}

/// Collects the entry into force and the deadlines of the treaty as such.
pub(super) fn collect(case: &Case<'_>, entry: Option<&Entry>, end: Option<&End>, told: &mut Told) {
    if let Some(entry) = entry {
        let date = case.date(
            &["entry_into_force"],
            DateKind::EntryIntoForce,
            entry.in_force_on,
            entry.reason.clone(),
        );
        told.dates.push(date);
    }
    for clause in &case.treaty.clauses {
        let Terms::Deadline { scope: Scope::Treaty, .. } = &clause.terms else { continue };
        let anchor = Anchor::Deadline(clause.id.clone());
        let found = resolve(case, &anchor, None, &mut Vec::new(), told);
        // A deadline of a treaty that has ended binds nobody.
        let due = found.filter(|(day, _)| end.is_none_or(|end| *day < end.on));
        let path = [clause.id.as_str()];
        told.dates.extend(due.map(|(day, reason)| case.date(&path, DateKind::Deadline, day, reason)));
    }
}

/// Adds the days that somebody has fixed or named, as far as they were known.
pub(super) fn add_scheduled(treaty: &Treaty, known_on: NaiveDate, dates: &mut Vec<DueDate>) {
    for scheduled in treaty.scheduled.iter().filter(|date| date.known_on <= known_on) {
        let reason = Reason {
            rule: Rule::Scheduled,
            ground: None,
            article: None,
            clause: None,
            known_on: scheduled.known_on,
        };
        dates.push(DueDate {
            id: scheduled.id.clone(),
            kind: scheduled.kind,
            state: None,
            on: scheduled.on,
            certainty: scheduled.certainty,
            reading: ReadingId::default_reading(),
            reason,
        });
    }
    dates.sort_by(|a, b| (a.on, &a.id, &a.reading).cmp(&(b.on, &b.id, &b.reading)));
}
