//! Entry into force (VCLT, article 24).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::act::{Act, ActKind};
use super::super::clause::{Terms, Threshold};
use super::super::day::{DayError, PartialDay};
use super::super::id::{Label, StateId};
use super::super::status::{Ground, Provision, Reason, Rule};
use super::{Case, Fault, Told, dates, ending};

/// When a treaty entered or will enter into force.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The day on which the last instrument that was needed was deposited.
    pub met_on: NaiveDate,
    pub in_force_on: NaiveDate,
    pub reason: Reason,
}

/// How the threshold of entry into force was approached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How many states are needed; the last that is known, where that is a share of parties.
    pub needed: usize,
    /// Each act that brought entry into force nearer or further away, in order.
    pub steps: Vec<Step>,
}

/// One step toward the threshold, or back from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When: the day of the act, or that of the effect of a notice.
    pub on: NaiveDate,
    /// The act that made it.
    pub ground: Ground,
    /// How many states are needed then.
    pub needed: usize,
    /// How many of the needed states have consented after it.
    pub reached: usize,
    /// The named states that have not.
    pub missing: Vec<StateId>,
}

/// The day of entry into force: the recorded one, else the computed one.
///
/// `visited` names the clauses whose anchors are being resolved, so that a circle is found.
pub(super) fn entry_into_force(case: &Case<'_>, visited: &mut Vec<Label>, told: &mut Told) -> Option<Entry> {
    let computed = computed_entry(case, visited, told);
    let Some(recorded) = recorded_entry(case) else { return computed };
    match computed {
        // The same day from the clause tells more than the record of it.
        Some(computed) if computed.in_force_on == recorded.in_force_on => Some(computed),
        Some(computed) => Some(Entry { met_on: computed.met_on, ..recorded }),
        None => Some(recorded),
    }
}

/// The entry into force that a source records.
fn recorded_entry(case: &Case<'_>) -> Option<Entry> {
    let act = case.of_kind(ActKind::EntryIntoForce).next()?;
    let in_force_on = case.effect_or_day(act);
    Some(Entry { met_on: in_force_on, in_force_on, reason: Reason::act(Rule::Recorded, act) })
}

fn computed_entry(case: &Case<'_>, visited: &mut Vec<Label>, told: &mut Told) -> Option<Entry> {
    let (clause, terms) = case.treaty.find_clause(|terms| match terms {
        Terms::EntryIntoForceByExchange
        | Terms::EntryIntoForceByThreshold(_)
        | Terms::EntryIntoForceByDate { .. } => Some(terms),
        Terms::LaterStates { .. }
        | Terms::IndefiniteDuration
        | Terms::Term { .. }
        | Terms::TacitRenewal { .. }
        | Terms::Withdrawal { .. }
        | Terms::Deadline { .. }
        | Terms::Reinstatement { .. }
        | Terms::Lapse { .. }
        | Terms::Protocols { .. }
        | Terms::Supersession { .. } => None,
    })?;
    match terms {
        Terms::EntryIntoForceByExchange => {
            // VCLT, article 16(a): the exchange establishes consent.
            let act = case.of_kind(ActKind::ExchangeOfInstruments).next_back()?;
            let on = case.effect_or_day(act);
            let reason = Reason::act(Rule::Exchange, act).under(Provision::Clause(clause));
            Some(Entry { met_on: on, in_force_on: on, reason })
        }
        Terms::EntryIntoForceByThreshold(threshold) => {
            let (met, act) = threshold_met(case, threshold)?;
            let met_on = if met == act.day() { act.on } else { PartialDay::exact(met) };
            let in_force = told.check(Some(act), after_threshold(case, threshold, met_on))?;
            let in_force_on = in_force.first_day();
            let reason = Reason::act(Rule::Threshold, act).under(Provision::Clause(clause));
            let reason = reason.known_to(in_force.precision());
            let entry = Entry { met_on: met, in_force_on, reason };
            let recorded = recorded_entry(case).map(|recorded| Entry { met_on: met, ..recorded });
            revoked_meanwhile(case, threshold, recorded.as_ref().unwrap_or(&entry), told);
            Some(entry)
        }
        Terms::EntryIntoForceByDate { anchor, delay } => {
            if visited.contains(&clause.id) {
                told.problem(None, Fault::Cycle(clause.id.clone()));
                return None;
            }
            visited.push(clause.id.clone());
            let (from, mut reason) = dates::resolve(case, anchor, None, visited, told)?;
            let known = PartialDay::from_earliest(from, reason.precision());
            let in_force = told.check(None, delay.after_known(known))?;
            let in_force_on = in_force.first_day();
            if in_force_on != from {
                reason.rule = Rule::Delay;
            }
            let reason = reason.known_to(in_force.precision());
            Some(Entry { met_on: from, in_force_on, reason: reason.under(Provision::Clause(clause)) })
        }
        _ => None,
    }
}

fn after_threshold(case: &Case<'_>, threshold: &Threshold, met: PartialDay) -> Result<PartialDay, DayError> {
    let in_force = threshold.delay.after_known(met)?;
    let opening = case.of_kind(ActKind::OpeningForSignature).next();
    let Some((period, opening)) = threshold.not_before.zip(opening) else { return Ok(in_force) };
    let earliest = period.after(opening.day())?;
    if in_force.first_day() < earliest { Ok(PartialDay::exact(earliest)) } else { Ok(in_force) }
}

/// Whether the condition still stands when a state that fulfilled it goes before the treaty is in
/// force, no rule of the VCLT says. The treaty enters into force here, and the doubt is a problem.
fn revoked_meanwhile(case: &Case<'_>, threshold: &Threshold, entry: &Entry, told: &mut Told) {
    let meanwhile = entry.met_on..entry.in_force_on;
    let mut bound: BTreeSet<StateId> = BTreeSet::new();
    for change in changes(case, threshold, Some(entry)) {
        let changed = if change.joins { bound.insert(change.state) } else { bound.remove(&change.state) };
        let needed = threshold.needed_on(change.on);
        let fails = reached(threshold, needed, &bound).0 < needed;
        if changed && fails && meanwhile.contains(&change.on) && !change.joins {
            let fault =
                Fault::LeftAfterThreshold { state: change.state, on: change.on, met: meanwhile.start };
            told.problem(Some(change.act), fault);
        }
    }
}

/// How many of the needed states have consented, and which named ones have not. The places of those that are named,
/// or needed of a list, nobody else fills.
fn reached(threshold: &Threshold, needed: usize, bound: &BTreeSet<StateId>) -> (usize, Vec<StateId>) {
    let missing: Vec<StateId> =
        threshold.named.iter().copied().filter(|named| !bound.contains(named)).collect();
    let lacking = threshold.among.iter().map(|among| {
        let consented = among.of.iter().filter(|state| bound.contains(state)).count();
        (among.count as usize).saturating_sub(consented)
    });
    let kept = missing.len() + lacking.sum::<usize>();
    (bound.len().min(needed.saturating_sub(kept)), missing)
}

/// When the treaty would enter into force if its threshold were met on `day`.
pub(super) fn if_met_on(case: &Case<'_>, day: NaiveDate) -> Option<Result<NaiveDate, DayError>> {
    let (_, threshold) = case.treaty.find_clause(|terms| match terms {
        Terms::EntryIntoForceByThreshold(threshold) => Some(threshold),
        _ => None,
    })?;
    let in_force = after_threshold(case, threshold, PartialDay::exact(day));
    Some(in_force.map(PartialDay::first_day))
}

/// The day on which the threshold was first met, and the act that met it.
pub(super) fn threshold_met<'a>(case: &Case<'a>, threshold: &Threshold) -> Option<(NaiveDate, &'a Act)> {
    let (act, last) = steps(case, threshold).pop()?;
    (last.reached >= last.needed).then_some((last.on, act))
}

/// How the threshold was approached, where the treaty has one.
pub(super) fn progress(case: &Case<'_>) -> Option<Progress> {
    let (_, threshold) = case.treaty.find_clause(|terms| match terms {
        Terms::EntryIntoForceByThreshold(threshold) => Some(threshold),
        _ => None,
    })?;
    let steps: Vec<Step> = steps(case, threshold).into_iter().map(|(_, step)| step).collect();
    let is_met = steps.last().filter(|step| step.reached >= step.needed);
    let needed = is_met.map_or_else(|| threshold.needed_on(NaiveDate::MAX), |step| step.needed);
    Some(Progress { needed, steps })
}

/// A state that begins or ceases to count toward a threshold.
struct Change<'a> {
    on: NaiveDate,
    act: &'a Act,
    state: StateId,
    joins: bool,
}

/// Consents, and what takes them back: revocation, leaving, the end of the state. In order of day. Of those that
/// are no states only whom the clause names counts.
fn changes<'a>(case: &Case<'a>, threshold: &Threshold, entry: Option<&Entry>) -> Vec<Change<'a>> {
    // When a notice takes effect may hang on entry into force, where that is known.
    let quiet = &mut Told::default();
    let renewable = ending::renewable_terms(case, entry, quiet);
    let runs = ending::notices(case, entry, renewable.as_ref(), quiet);
    let counts = |state: StateId| case.treaty.statehood.is_state(state) || threshold.names(state);
    let mut changes = Vec::new();
    for &act in &case.acts {
        let Some(state) = act.state.filter(|state| counts(*state)) else { continue };
        let (on, joins) = match act.kind {
            kind if threshold.counts.contains(&kind) => (act.day(), true),
            ActKind::RevocationOfRatification => (act.day(), false),
            ActKind::Withdrawal | ActKind::EndOfStatehood => {
                (case.effective_on(act).unwrap_or_else(|| act.day()), false)
            }
            ActKind::NoticeOfWithdrawal => {
                let run = runs.iter().find(|run| run.act.id == act.id && run.stopped_on.is_none());
                let Some(run) = run else { continue };
                (run.effect, false)
            }
            _ => continue,
        };
        changes.push(Change { on, act, state, joins });
        // The end of a state that no act tells takes back what it had consented to.
        if joins && let Some(on) = case.listed_end(state) {
            changes.push(Change { on, act, state, joins: false });
        }
    }
    changes.sort_by_key(|change| change.on);
    changes
}

/// The steps up to the one that meets the threshold: what comes later changes nothing about it. A share of
/// parties may also be met, or come nearer, on a day on which their number falls: the last consent meets it then.
fn steps<'a>(case: &Case<'a>, threshold: &Threshold) -> Vec<(&'a Act, Step)> {
    let parties = threshold.share.iter().flat_map(|share| share.parties.iter().skip(1));
    let mut moves = parties.map(|(day, _)| *day).filter(|day| *day <= case.known_on).peekable();
    let mut bound: BTreeSet<StateId> = BTreeSet::new();
    let mut steps: Vec<(&Act, Step)> = Vec::new();
    let mut changes = changes(case, threshold, recorded_entry(case).as_ref()).into_iter().peekable();
    loop {
        let next = changes.peek().map(|change| change.on);
        let (on, act) = match moves.next_if(|day| next.is_none_or(|next| *day <= next)) {
            Some(day) => {
                let Some((act, _)) = steps.last() else { continue };
                (day, *act)
            }
            None => {
                let Some(Change { on, act, state, joins }) = changes.next() else { return steps };
                // Of several depositaries the first binds, so a second deposit changes nothing.
                let changed = if joins { bound.insert(state) } else { bound.remove(&state) };
                if !changed {
                    continue;
                }
                (on, act)
            }
        };
        let needed = threshold.needed_on(on);
        let (reached, missing) = reached(threshold, needed, &bound);
        let before = steps.last().map(|(_, step)| (step.needed, step.reached, step.missing.len()));
        if before.unwrap_or((needed, 0, threshold.named.len())) != (needed, reached, missing.len()) {
            steps.push((act, Step { on, ground: act.into(), needed, reached, missing }));
        }
        if reached >= needed {
            return steps;
        }
    }
}
