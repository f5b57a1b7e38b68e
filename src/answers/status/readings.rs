//! The readings beside the one that is shown: what differs in them on a day.

use chrono::NaiveDate;
use serde::Serialize;

use super::super::values::{Asked, OverlayView, ReasonView, Text};
use super::counts::{CountsView, counts};
use super::standing::{StandingView, overlays};
use crate::domain::id::StateId;
use crate::domain::project::Life;
use crate::domain::seeds::TreatyFile;
use crate::domain::status::{ReadingId, Rule, TreatyStatus, span_on};

/// A view that differs from the default one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadingView {
    /// Its name.
    pub reading: ReadingId,
    /// What it is.
    pub title: Option<Text>,
    /// Who asserts it.
    pub asserted_by: Vec<StateId>,
    /// Who disputes it.
    pub disputed_by: Vec<StateId>,
    /// More about both.
    pub note: Option<Text>,
    /// Whether the default reading is contested between this one and others.
    pub contends: bool,
    /// The status in it.
    pub status: Option<TreatyStatus>,
    /// Since when.
    pub starts_on: Option<NaiveDate>,
    /// Up to when.
    pub ends_before: Option<NaiveDate>,
    /// Why.
    pub reason: Option<ReasonView>,
    /// Notices, suspensions and the like that hold in it, and not in the default reading.
    pub overlays: Vec<OverlayView>,
    /// Those that hold in the default reading, and not in this one.
    pub not_recognised: Vec<OverlayView>,
    /// States that are something else in it.
    pub states: Vec<StandingView>,
    /// The counts in it, where they differ.
    pub counts: Option<CountsView>,
}

/// How a reading differs from the default one on a day; none where it does not.
pub(super) fn reading(file: &TreatyFile, default: &Life, other: &Life, asked: Asked) -> Option<ReadingView> {
    let treaty = &file.treaty;
    let on = asked.on;
    let contends = treaty.contested_between.contains(&other.reading);
    let described = treaty.reading(&other.reading);
    let span = span_on(&other.treaty, on);
    let status = |life: &Life| span_on(&life.treaty, on).map(|span| span.status);
    let only_in = |one: &Life, another: &Life| {
        let here = overlays(file, one, on);
        let there = overlays(file, another, on);
        here.into_iter().filter(|overlay| !there.contains(overlay)).collect::<Vec<_>>()
    };
    let standing = |(state, spans): (&StateId, &Vec<_>)| {
        let span = span_on(spans, on)?;
        let usual = default.states.get(state).and_then(|spans| span_on(spans, on));
        let view = StandingView::of(*state, span);
        // The end of the treaty is shown once, not for each state.
        let with_the_treaty = span.reason.rule == Rule::TreatyEnded;
        (!with_the_treaty && usual.map(|span| span.status) != Some(span.status)).then_some(view)
    };
    let view = ReadingView {
        reading: other.reading.clone(),
        title: described.and_then(|reading| Text::of(treaty, Some(&reading.title))),
        asserted_by: described.map(|reading| reading.asserted_by.clone()).unwrap_or_default(),
        disputed_by: described.map(|reading| reading.disputed_by.clone()).unwrap_or_default(),
        note: described.and_then(|reading| Text::of(treaty, reading.note.as_deref())),
        contends,
        status: status(other),
        starts_on: span.map(|span| span.starts_on),
        ends_before: span.and_then(|span| span.ends_before),
        reason: span.map(|span| ReasonView::new(file, &span.reason)),
        overlays: only_in(other, default),
        not_recognised: only_in(default, other),
        states: other.states.iter().filter_map(standing).collect(),
        counts: counts(other, on, false)
            .filter(|count| contends || counts(default, on, false) != Some(*count)),
    };
    let differs = view.status != status(default)
        || !view.overlays.is_empty()
        || !view.not_recognised.is_empty()
        || !view.states.is_empty();
    differs.then_some(view)
}
