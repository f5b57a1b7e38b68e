//! Deadlines of single states: as the clause sets them, extended, met (Ottawa Convention, articles 4 and 5; CCM,
//! articles 3 and 4; CWC, article IV(6)).

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::act::{Act, ActKind};
use super::super::clause::{Anchor, Clause, Scope, Terms};
use super::super::day::{PartialDay, Period};
use super::super::id::{Label, StateId};
use super::super::status::{Provision, Reason, Rule, Span, StateStatus};
use super::super::text::text_enum;
use super::super::treaty::DateKind;
use super::{Case, End, Fault, Told, dates};

text_enum! {
    /// Where a deadline of a state stands. That it has passed is no finding of a breach: a later decision may not be
    /// on record.
    DeadlineStanding ("standing of a deadline") {
        /// Its last day has not passed.
        Open = "open",
        /// The state has declared that it has done what was due.
        Met = "met",
        /// Its last day has passed, and neither an extension nor completion is on record.
        Passed = "passed",
    }
}

/// A deadline of one state under a clause that names its states, or about which a decision is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDeadline {
    /// Whose.
    pub state: StateId,
    /// The clause that sets it.
    pub clause: Label,
    /// Its last day; none where it was met and nothing gives one.
    pub last_day: Option<PartialDay>,
    /// When the state declared completion, unless the deadline was extended after that.
    pub met_on: Option<PartialDay>,
}

impl StateDeadline {
    /// Where it stands on a day.
    pub fn standing_on(&self, day: NaiveDate) -> DeadlineStanding {
        if self.met_on.is_some_and(|met| met.first_day() <= day) {
            DeadlineStanding::Met
        } else if self.last_day.is_some_and(|last| last.last_day() < day) {
            DeadlineStanding::Passed
        } else {
            DeadlineStanding::Open
        }
    }
}

/// A clause that sets a deadline for each of some states, or of all parties.
struct Duty<'a> {
    clause: &'a Clause,
    /// Empty: every party.
    states: &'a [StateId],
    extension_max: Option<Period>,
}

impl<'a> Duty<'a> {
    fn of(clause: &'a Clause) -> Option<Self> {
        match &clause.terms {
            Terms::Deadline { scope: Scope::EachState, states, extension_max, .. } => {
                Some(Self { clause, states, extension_max: *extension_max })
            }
            _ => None,
        }
    }

    fn binds(&self, state: StateId) -> bool {
        self.states.is_empty() || self.states.contains(&state)
    }
}

/// Collects the deadlines that run for single states, and the dates that they set.
pub(super) fn collect(
    case: &Case<'_>,
    states: &BTreeMap<StateId, Vec<Span<StateStatus>>>,
    end: Option<&End>,
    told: &mut Told,
) -> Vec<StateDeadline> {
    let party = |state: StateId| states.get(&state)?.iter().rfind(|span| span.status == StateStatus::Party);
    let decisions = decisions(case, |state| party(state).is_some(), told);
    let mut deadlines = Vec::new();
    for duty in case.treaty.clauses.iter().filter_map(Duty::of) {
        for state in states.keys().copied().filter(|state| duty.binds(*state)) {
            let Some(party) = party(state) else { continue };
            let decisions = decisions
                .iter()
                .copied()
                .filter(|act| (act.state, act.deadline.as_ref()) == (Some(state), Some(&duty.clause.id)));
            let decisions: Vec<&Act> = decisions.collect();
            let (due, met) = decided(case, &duty, (state, party), &decisions, told);
            // A deadline of a treaty that has ended, or for a state that has left, binds nobody.
            let over = end.map(|end| end.on).into_iter().chain(party.ends_before).min();
            let due = due.filter(|(day, _)| over.is_none_or(|over| *day < over));
            let is_told = !duty.states.is_empty() || !decisions.is_empty();
            if is_told && (due.is_some() || met.is_some()) {
                deadlines.push(StateDeadline {
                    state,
                    clause: duty.clause.id.clone(),
                    last_day: due
                        .as_ref()
                        .map(|(day, reason)| PartialDay::from_earliest(*day, reason.precision())),
                    met_on: met.map(|act| act.on),
                });
            }
            let Some((day, reason)) = due.filter(|_| met.is_none()) else { continue };
            let path = [state.as_str(), duty.clause.id.as_str()];
            let mut date = case.date(&path, DateKind::Deadline, day, reason);
            date.state = Some(state);
            told.dates.push(date);
        }
    }
    deadlines
}

/// The acts about deadlines of states, in order. Those that the law refuses have no effect.
fn decisions<'a>(case: &Case<'a>, was_party: impl Fn(StateId) -> bool, told: &mut Told) -> Vec<&'a Act> {
    let mut decisions = Vec::new();
    for &act in case.acts.iter().filter(|act| act.kind.is_about_deadline()) {
        let (Some(state), Some(label)) = (act.state, &act.deadline) else { continue };
        let (kind, on) = (act.kind, act.on);
        let duty = case.treaty.clauses.iter().filter(|clause| clause.id == *label).find_map(Duty::of);
        let fault = match duty {
            None => Fault::NoStateDeadline { kind, state, on, clause: label.clone() },
            Some(duty) if !duty.binds(state) => Fault::NoDuty { kind, state, on, clause: label.clone() },
            Some(_) if !was_party(state) => Fault::NeverParty { kind, state, on },
            Some(_) => {
                decisions.push(act);
                continue;
            }
        };
        told.problem(Some(act), fault);
    }
    decisions
}

/// The last day of a deadline as the clause sets it and `decisions` move it, and the act by which it was met. An
/// extension after that opens it again: new areas were found in Mauritania, Nigeria and Guinea-Bissau.
fn decided<'a>(
    case: &Case<'_>,
    duty: &Duty<'_>,
    (state, party): (StateId, &Span<StateStatus>),
    decisions: &[&'a Act],
    told: &mut Told,
) -> (Option<(NaiveDate, Reason)>, Option<&'a Act>) {
    let anchor = Anchor::Deadline(duty.clause.id.clone());
    let mut due = dates::resolve(case, &anchor, Some(party), &mut Vec::new(), told);
    let mut met = None;
    for &act in decisions {
        let Some(until) = act.until.filter(|_| act.kind == ActKind::DeadlineExtension) else {
            met = Some(act);
            continue;
        };
        if let Some((last, _)) = &due {
            let (on, last) = (act.on, *last);
            if until <= last {
                told.problem(Some(act), Fault::DeadlineBackward { state, on, until, last });
                continue;
            }
            // What was met and is open again is another task.
            let max = duty.extension_max.filter(|_| met.is_none());
            let allowed = max.and_then(|max| told.check(Some(act), max.after(last)));
            if let Some(allowed) = allowed.filter(|allowed| *allowed < until) {
                let article = duty.clause.article.clone();
                told.problem(Some(act), Fault::DeadlineTooFar { state, on, until, allowed, article });
            }
        }
        let reason = Reason::act(Rule::Extension, act).exact().under(Provision::Clause(duty.clause));
        (due, met) = (Some((until, reason)), None);
    }
    (due, met)
}
