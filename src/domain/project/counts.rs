//! How many states had signed, had consented and were parties, on any day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::act::ActKind;
use super::super::id::StateId;
use super::super::status::{Span, StateStatus};
use super::Case;

/// The counts from a day on, until the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The first day.
    pub on: NaiveDate,
    /// States that had signed and still existed.
    pub signed: u32,
    /// States whose consent to be bound stood, in force for them or not. Nobody about whom the
    /// readings differ is counted, here or below.
    pub consented: u32,
    /// States for which the treaty was in force; participants, where it is not a treaty.
    pub parties: u32,
}

/// A row for each day on which one of the counts changes.
pub(super) fn counts(case: &Case<'_>, states: &BTreeMap<StateId, Vec<Span<StateStatus>>>) -> Vec<Count> {
    let mut changes: BTreeMap<NaiveDate, [i64; 3]> = BTreeMap::new();
    let mut change = |day: NaiveDate, which: usize, by: i64| {
        changes.entry(day).or_default()[which] += by;
    };
    let mut signed: BTreeMap<StateId, NaiveDate> = BTreeMap::new();
    for act in &case.acts {
        let Some(state) = act.state.filter(|state| case.treaty.counts(*state)) else { continue };
        if matches!(act.kind, ActKind::Signature | ActKind::DefinitiveSignature) {
            signed.entry(state).or_insert(act.day());
        }
    }
    for (state, on) in signed {
        change(on, 0, 1);
        if let Some(ended) = case.ended_on(state).filter(|ended| on <= *ended) {
            change(ended, 0, -1);
        }
    }
    let counted = states.iter().filter(|(state, _)| case.treaty.counts(**state));
    for span in counted.flat_map(|(_, spans)| spans) {
        let (consented, party) = match span.status {
            StateStatus::Party | StateStatus::Participating => (1, 1),
            StateStatus::Contracting => (1, 0),
            StateStatus::Signatory
            | StateStatus::Withdrawn
            | StateStatus::FormerParty
            | StateStatus::NonParty
            | StateStatus::Ceased
            | StateStatus::Contested => (0, 0),
        };
        for (which, by) in [(1, consented), (2, party)] {
            change(span.starts_on, which, by);
            if let Some(end) = span.ends_before {
                change(end, which, -by);
            }
        }
    }
    let mut totals = [0_i64; 3];
    let mut rows: Vec<Count> = Vec::with_capacity(changes.len());
    for (on, by) in changes {
        if by == [0; 3] {
            continue;
        }
        for (total, by) in totals.iter_mut().zip(by) {
            *total += by;
        }
        let [signed, consented, parties] = totals.map(|total| u32::try_from(total).unwrap_or(0));
        rows.push(Count { on, signed, consented, parties });
    }
    rows
}
