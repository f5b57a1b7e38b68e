//! How many states had signed, had consented and were parties on a day, and how far a threshold was met.

use chrono::NaiveDate;
use serde::Serialize;

use super::super::values::{Asked, ReasonView};
use crate::domain::clause::Terms;
use crate::domain::id::StateId;
use crate::domain::project::{Life, Projection, entry_if_met_on};
use crate::domain::seeds::TreatyFile;
use crate::domain::status::{Reason, Rule, StateStatus, span_on};

/// How many had signed, had consented and were parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CountsView {
    /// States that had signed.
    pub signed: u32,
    /// States whose consent to be bound stood.
    pub consented: u32,
    /// States for which it was in force; participants, where it is not a treaty.
    pub parties: u32,
    /// The facts lack acts that must have been there: the true figures are higher.
    pub incomplete: bool,
}

/// How far a threshold is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgressView {
    /// How many states are needed.
    pub needed: usize,
    /// How many of them have consented.
    pub reached: usize,
    /// The named states that have not.
    pub missing: Vec<StateId>,
    /// Lists of which so many states are needed.
    pub among: Vec<AmongView>,
    /// What changed it last.
    pub last_change: Option<ReasonView>,
    /// When the treaty would enter into force if the last instrument that is missing were deposited on
    /// the day asked about.
    pub if_met_on_the_day: Option<NaiveDate>,
}

/// How many states of a list have consented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmongView {
    /// How many are needed.
    pub needed: u32,
    /// How many have.
    pub reached: usize,
    /// The list.
    pub of: Vec<StateId>,
}

/// The counts on a day; none before the first.
pub(in crate::answers) fn counts(life: &Life, on: NaiveDate, incomplete: bool) -> Option<CountsView> {
    let count = life.counts.iter().rfind(|count| count.on <= on)?;
    let (signed, consented, parties) = (count.signed, count.consented, count.parties);
    Some(CountsView { signed, consented, parties, incomplete })
}

pub(super) fn progress(file: &TreatyFile, projection: &Projection, asked: Asked) -> Option<ProgressView> {
    let progress = projection.progress.as_ref()?;
    let (_, threshold) = file.treaty.find_clause(|terms| match terms {
        Terms::EntryIntoForceByThreshold(threshold) => Some(threshold),
        _ => None,
    })?;
    let step = progress.steps.iter().rfind(|step| step.on <= asked.on);
    let last_change = step.map(|step| {
        let made_by = Reason {
            rule: Rule::Act,
            ground: Some(step.ground.clone()),
            article: None,
            clause: None,
            known_on: step.on,
        };
        ReasonView::new(file, &made_by)
    });
    let is_met = step.is_some_and(|step| step.reached >= step.needed);
    let entry = entry_if_met_on(&file.treaty, &file.acts, asked.known_on, asked.on);
    let states = &projection.default_life().states;
    let has_consented = |state: &&StateId| {
        let span = states.get(state).and_then(|spans| span_on(spans, asked.on));
        span.is_some_and(|span| matches!(span.status, StateStatus::Contracting | StateStatus::Party))
    };
    let among = threshold.among.iter().map(|among| AmongView {
        needed: among.count,
        reached: among.of.iter().filter(has_consented).count(),
        of: among.of.clone(),
    });
    Some(ProgressView {
        among: among.collect(),
        last_change,
        if_met_on_the_day: entry.and_then(Result::ok).filter(|_| !is_met),
        needed: step.filter(|_| is_met).map_or_else(|| threshold.needed_on(asked.on), |step| step.needed),
        reached: step.map_or(0, |step| step.reached),
        missing: step.map_or_else(|| threshold.named.clone(), |step| step.missing.clone()),
    })
}
