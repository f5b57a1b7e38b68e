//! Contested effects: one life for each reading, and a default that decides nothing silently.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::day::PartialDay;
use super::super::id::{DateId, Label, StateId};
use super::super::status::{
    Overlay, OverlayKind, ReadingId, Reason, Rule, Span, StateStatus, TreatyStatus, span_on, spans,
};
use super::super::treaty::{Certainty, Treaty};
use super::{Case, DueDate, Life, counts};

/// The readings of a treaty, the default one first.
pub(super) fn names(treaty: &Treaty) -> Vec<ReadingId> {
    let others = treaty.readings.iter().map(|reading| reading.id.clone()).filter(|id| !id.is_default());
    std::iter::once(Label::default_reading()).chain(others).collect()
}

/// Where no depositary speaks: makes the default statuses `contested` on the days on which the
/// readings named by `contested_between` differ, and takes them from those where they agree.
pub(super) fn compare(cases: &[Case<'_>], lives: &mut [Life]) {
    let Some(treaty) = cases.first().map(|case| case.treaty) else { return };
    let is_compared = |id: &ReadingId| treaty.contested_between.contains(id);
    let compared: Vec<Life> = lives.iter().filter(|life| is_compared(&life.reading)).cloned().collect();
    let Some(first) = compared.first() else { return };
    let Some(case) = cases.iter().find(|case| case.id == first.reading) else { return };
    let default = &mut lives[0];
    let views = compared.iter().map(|life| View { spans: &life.treaty, over: reinstatements(life) });
    default.treaty = common(&views.collect::<Vec<_>>(), TreatyStatus::Contested);
    let states: BTreeSet<StateId> = compared.iter().flat_map(|life| life.states.keys().copied()).collect();
    let in_common = |state: StateId| {
        let spans = compared.iter().map(|life| life.states.get(&state).map_or(&[][..], Vec::as_slice));
        let views: Vec<View<'_, _>> = spans.map(|spans| View { spans, over: Vec::new() }).collect();
        (state, common(&views, StateStatus::Contested))
    };
    default.states = states.into_iter().map(in_common).collect();
    default.counts = counts::counts(case, &default.states);
    default.overlays = shared(&compared);
}

/// What lies over every one of the lives, and as long as it does: what only some assert lies over their
/// readings, not over the default one.
fn shared(lives: &[Life]) -> Vec<Overlay> {
    let Some((first, rest)) = lives.split_first() else { return Vec::new() };
    let mut shared = first.overlays.clone();
    for life in rest {
        let both = |one: &Overlay| {
            let alike = life.overlays.iter().filter(|other| {
                (other.kind, other.state, &other.towards) == (one.kind, one.state, &one.towards)
            });
            let parts = alike.map(|other| Overlay {
                starts_on: one.starts_on.max(other.starts_on),
                ends_before: one.ends_before.into_iter().chain(other.ends_before).min(),
                ..one.clone()
            });
            parts.filter(|part| part.ends_before.is_none_or(|end| part.starts_on < end)).collect::<Vec<_>>()
        };
        shared = shared.iter().flat_map(both).collect();
    }
    shared
}

/// The reinstatements of a life. Where they differ the treaty is not the same, whatever its status.
fn reinstatements(life: &Life) -> Vec<&Overlay> {
    life.overlays.iter().filter(|overlay| overlay.kind == OverlayKind::Reinstatement).collect()
}

/// What is compared of a life: statuses, and what makes a difference by lying over them.
struct View<'a, S> {
    spans: &'a [Span<S>],
    over: Vec<&'a Overlay>,
}

/// The statuses on which all views agree, and `contested` on the days on which they do not.
fn common<S: Copy + PartialEq>(views: &[View<'_, S>], contested: S) -> Vec<Span<S>> {
    let mut borders: BTreeMap<NaiveDate, Option<&Reason>> = BTreeMap::new();
    for view in views {
        for span in view.spans {
            borders.entry(span.starts_on).or_default().get_or_insert(&span.reason);
        }
        for overlay in &view.over {
            borders.entry(overlay.starts_on).or_default().get_or_insert(&overlay.reason);
            overlay.ends_before.map(|end| borders.entry(end).or_default());
        }
    }
    let mut begins = Vec::new();
    for (day, cause) in borders {
        let on_day = |view: &View<'_, S>| {
            let lies_over = view.over.iter().any(|overlay| overlay.contains(day));
            (span_on(view.spans, day).map(|span| span.status), lies_over)
        };
        let Some(span) = views.iter().find_map(|view| span_on(view.spans, day)) else { continue };
        if views.iter().all(|view| on_day(view) == on_day(&views[0])) {
            begins.push((day, span.status, span.reason.clone()));
        } else {
            let reason = cause.unwrap_or(&span.reason).clone();
            begins.push((day, contested, Reason { rule: Rule::ReadingsDiffer, ..reason }));
        }
    }
    spans(begins)
}

/// One list of dates: those on which all readings agree stand under `default`, the rest are contested.
pub(super) fn merge_dates(treaty: &Treaty, by_reading: Vec<Vec<DueDate>>) -> Vec<DueDate> {
    let mut by_reading = by_reading;
    let names = names(treaty);
    let compared: Vec<usize> = (0..names.len())
        .filter(|at| treaty.contested_between.is_empty() || treaty.contested_between.contains(&names[*at]))
        .collect();
    let days_of = |dates: &[DueDate]| -> BTreeSet<(DateId, PartialDay)> {
        dates.iter().map(|date| (date.id.clone(), date.on)).collect()
    };
    if !treaty.contested_between.is_empty() {
        // The default reading has no view of its own; it takes what the compared ones share.
        let days: Vec<_> = compared.iter().map(|at| days_of(&by_reading[*at])).collect();
        let first = compared.first().map(|at| by_reading[*at].clone()).unwrap_or_default();
        by_reading[0] = first
            .into_iter()
            .map(|date| DueDate { reading: Label::default_reading(), ..date })
            .filter(|date| days.iter().all(|days| days.contains(&(date.id.clone(), date.on))))
            .collect();
    }
    let by_default = days_of(by_reading.first().map_or(&[][..], Vec::as_slice));
    let mut merged: Vec<DueDate> = Vec::new();
    for mut date in by_reading.into_iter().flatten() {
        if !date.reading.is_default() {
            if by_default.contains(&(date.id.clone(), date.on)) {
                continue;
            }
            date.certainty = Certainty::Contested;
        }
        merged.push(date);
    }
    merged
}
