//! Contested effects: one life for each reading, and a default that decides nothing silently.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::id::Label;
use super::super::status::{OverlayKind, ReadingId, Reason, Rule, TreatyStatus, span_on, spans};
use super::super::treaty::{Certainty, Treaty};
use super::{DueDate, Life};

/// The readings of a treaty, the default one first.
pub(super) fn names(treaty: &Treaty) -> Vec<ReadingId> {
    let others = treaty.readings.iter().map(|reading| reading.id.clone()).filter(|id| !id.is_default());
    std::iter::once(Label::default_reading()).chain(others).collect()
}

/// Where no depositary speaks: makes the default status `contested` on the days on which the
/// readings named by `contested_between` differ, and takes it from them where they agree.
pub(super) fn compare(treaty: &Treaty, lives: &mut [Life]) {
    if treaty.contested_between.is_empty() {
        return;
    }
    let compared: Vec<Life> =
        lives.iter().filter(|life| treaty.contested_between.contains(&life.reading)).cloned().collect();
    let [first, rest @ ..] = compared.as_slice() else { return };
    let reinstated = |life: &Life, day: NaiveDate| {
        life.overlays
            .iter()
            .any(|overlay| overlay.kind == OverlayKind::Reinstatement && overlay.contains(day))
    };
    let view = |life: &Life, day: NaiveDate| {
        (span_on(&life.treaty, day).map(|span| span.status), reinstated(life, day))
    };
    let mut borders: BTreeSet<NaiveDate> = BTreeSet::new();
    for life in &compared {
        borders.extend(life.treaty.iter().map(|span| span.starts_on));
        borders.extend(
            life.overlays.iter().flat_map(|overlay| [Some(overlay.starts_on), overlay.ends_before]).flatten(),
        );
    }
    let mut begins = Vec::new();
    for day in borders {
        let Some(span) = span_on(&first.treaty, day) else { continue };
        let agree = rest.iter().all(|life| view(life, day) == view(first, day));
        if agree {
            begins.push((day, span.status, span.reason.clone()));
        } else {
            let begin = compared.iter().flat_map(|life| {
                let spans = life.treaty.iter().map(|span| (span.starts_on, &span.reason));
                spans.chain(life.overlays.iter().map(|overlay| (overlay.starts_on, &overlay.reason)))
            });
            let cause = begin.filter(|(start, _)| *start == day).map(|(_, reason)| reason).next();
            let reason = cause.unwrap_or(&span.reason).clone();
            begins.push((day, TreatyStatus::Contested, Reason { rule: Rule::ReadingsDiffer, ..reason }));
        }
    }
    let (default, others) = lives.split_first_mut().expect("the default reading is always there");
    default.treaty = spans(begins);
    default.states = first.states.clone();
    default.counts = first.counts.clone();
    // What only some assert lies over their readings, not over the default one.
    let asserted: Vec<&Life> =
        others.iter().filter(|life| treaty.contested_between.contains(&life.reading)).collect();
    default.overlays.clone_from(&first.overlays);
    default.overlays.retain(|overlay| asserted.iter().all(|life| life.overlays.contains(overlay)));
}

/// One list of dates: those on which all readings agree stand under `default`, the rest are contested.
pub(super) fn merge_dates(treaty: &Treaty, by_reading: Vec<Vec<DueDate>>) -> Vec<DueDate> {
    let mut by_reading = by_reading;
    let names = names(treaty);
    let compared: Vec<usize> = (0..names.len())
        .filter(|at| treaty.contested_between.is_empty() || treaty.contested_between.contains(&names[*at]))
        .collect();
    if !treaty.contested_between.is_empty() {
        // The default reading has no view of its own; it takes what the compared ones share.
        let first = compared.first().map(|at| by_reading[*at].clone()).unwrap_or_default();
        by_reading[0] = first
            .into_iter()
            .map(|date| DueDate { reading: Label::default_reading(), ..date })
            .filter(|date| compared.iter().all(|at| by_reading[*at].iter().any(|other| same(date, other))))
            .collect();
    }
    let mut merged: Vec<DueDate> = Vec::new();
    for dates in by_reading {
        for mut date in dates {
            let told = merged.iter().any(|other| other.reading.is_default() && same(other, &date));
            if told {
                continue;
            }
            if !date.reading.is_default() {
                date.certainty = Certainty::Contested;
            }
            merged.push(date);
        }
    }
    merged
}

fn same(a: &DueDate, b: &DueDate) -> bool {
    a.id == b.id && a.on == b.on
}
