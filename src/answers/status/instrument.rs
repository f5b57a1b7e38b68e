//! One instrument on a day: all that is answered about it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::super::deadlines::{DeadlineView, deadlines};
use super::super::values::{Asked, DateView, OverlayView, ReasonView, Text, beginning};
use super::counts::{CountsView, ProgressView, counts, progress};
use super::readings::{ReadingView, reading};
use super::side::Side;
use super::standing::{StandingView, overlays};
use crate::domain::day::PartialDay;
use crate::domain::id::{StateId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::project::{DueDate, Life, project};
use crate::domain::seeds::TreatyFile;
use crate::domain::status::{ReadingId, Rule, StateStatus, TreatyStatus, span_on};
use crate::domain::treaty::{Form, InstrumentKind, LinkKind, Treaty};

/// A page shows so many upcoming dates.
const DATES_MAX: usize = 5;

/// One instrument on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstrumentView {
    /// Its name.
    pub treaty_id: TreatyId,
    /// What it is.
    pub kind: InstrumentKind,
    /// Between how many.
    pub form: Form,
    /// The full title.
    pub title: Text,
    /// The title that people use.
    pub short_title: Text,
    /// Languages whose titles no source supports.
    pub titles_from_memory: Vec<Lang>,
    /// The reading that is shown.
    pub reading: ReadingId,
    /// The status in it; none before its first act.
    pub status: Option<TreatyStatus>,
    /// Since when.
    pub starts_on: Option<NaiveDate>,
    /// Since when, no more exact than the facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDay>,
    /// The first day on which it is no longer so, where that is known.
    pub ends_before: Option<NaiveDate>,
    /// Why.
    pub reason: Option<ReasonView>,
    /// What it becomes then.
    pub next: Option<NextView>,
    /// The day lies after those that the facts reach: this is the last that was known.
    pub last_known: bool,
    /// The day up to which the facts reach, and knowledge was asked for.
    pub facts_as_of: NaiveDate,
    /// Depositary states.
    pub depositaries: Vec<StateId>,
    /// The depositary in words.
    pub depositary_note: Option<Text>,
    /// Where it is registered.
    pub registration: Option<String>,
    /// Notices, suspensions and the like, in addition to the status.
    pub overlays: Vec<OverlayView>,
    /// States that have left.
    pub left: Vec<StandingView>,
    /// How many had signed, had consented and were parties.
    pub counts: Option<CountsView>,
    /// How far the condition of entry into force is met, where it is a threshold.
    pub progress: Option<ProgressView>,
    /// Readings that differ from the default one on the day.
    pub readings: Vec<ReadingView>,
    /// Upcoming dates.
    pub dates: Vec<DateView>,
    /// Deadlines of single states: open, passed, met.
    pub deadlines: Vec<DeadlineView>,
    /// Related instruments.
    pub links: Vec<LinkView>,
    /// What the facts lack.
    pub missing: Vec<MissingView>,
    /// Acts that the law refuses or leaves in doubt, and clauses that cannot be applied, in English.
    pub problems: Vec<String>,
}

/// The status that follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextView {
    /// Which.
    pub status: TreatyStatus,
    /// From when on.
    pub starts_on: NaiveDate,
    /// Why.
    pub reason: ReasonView,
}

/// A related instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// How it is related.
    pub kind: LinkKind,
    /// Which.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Option<Text>,
}

/// Something that the facts lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingView {
    /// Whose.
    pub state: StateId,
    /// What.
    pub what: Text,
}

impl InstrumentView {
    /// Whether the vocabulary of treaties applies.
    pub fn is_treaty(&self) -> bool {
        matches!(self.kind, InstrumentKind::Treaty | InstrumentKind::Draft)
    }

    /// Whether it is still on its way into force.
    pub fn is_pending(&self) -> bool {
        matches!(self.status, Some(TreatyStatus::Pending | TreatyStatus::Draft))
    }
}

pub(super) fn instrument(
    files: &[TreatyFile],
    file: &TreatyFile,
    side: Option<&Side>,
    asked: Asked,
) -> InstrumentView {
    let treaty = &file.treaty;
    let projection = project(treaty, &file.acts, asked.known_on);
    let default = projection.default_life();
    let life = side.map_or(default, |side| side.life(treaty, &projection));
    let span = span_on(&life.treaty, asked.on);
    let facts_as_of = asked.reach(treaty.facts_as_of);
    let incomplete = projection.incomplete;
    let is_here = |date: &&DueDate| {
        let is_shown = date.reading.is_default() || life.reading.is_default() || date.reading == life.reading;
        is_shown && asked.on <= date.on.last_day()
    };
    let dates = projection.dates.iter().filter(is_here);
    // A default reading without a status of its own, because the others differ, is not listed beside them.
    let says_nothing = |other: &&Life| other.reading.is_default() && !treaty.contested_between.is_empty();
    let others = projection.readings.iter().filter(|other| other.reading != life.reading);
    let others = others.filter(|other| !says_nothing(other));
    let readings: Vec<_> = others.filter_map(|other| reading(file, life, other, asked)).collect();
    // Of two contending readings neither's count is the treaty's.
    let contending = readings.iter().filter(|reading| reading.contends);
    let counts_are_contested = contending.map(|reading| reading.counts).collect::<BTreeSet<_>>().len() > 1;
    InstrumentView {
        treaty_id: treaty.id.clone(),
        kind: treaty.kind,
        form: treaty.form,
        title: (&treaty.title).into(),
        short_title: (&treaty.short_title).into(),
        titles_from_memory: treaty.titles_from_memory.clone(),
        reading: life.reading.clone(),
        status: span.map(|span| span.status),
        starts_on: span.map(|span| span.starts_on),
        since: span.map(|span| beginning(span.starts_on, &span.reason)),
        ends_before: span.and_then(|span| span.ends_before),
        reason: span.map(|span| ReasonView::new(file, &span.reason)),
        next: span.and_then(|span| span.ends_before).and_then(|day| {
            let next = span_on(&life.treaty, day)?;
            let reason = ReasonView::new(file, &next.reason);
            Some(NextView { status: next.status, starts_on: day, reason })
        }),
        last_known: span.is_some() && facts_as_of < asked.on,
        facts_as_of,
        depositaries: treaty.depositaries.clone(),
        depositary_note: Text::of(treaty, treaty.depositary_note.as_deref()),
        registration: treaty.registration.clone(),
        overlays: overlays(file, life, asked.on),
        left: left(life, asked.on),
        counts: counts(life, asked.on, incomplete).filter(|_| !counts_are_contested),
        progress: progress(file, &projection, asked).filter(|_| !incomplete),
        readings,
        dates: dates.take(DATES_MAX).map(|date| DateView::new(file, date, asked.on)).collect(),
        deadlines: deadlines(treaty, life, None, asked.on),
        links: treaty
            .links
            .iter()
            .map(|(kind, id)| LinkView {
                kind: *kind,
                treaty_id: id.clone(),
                short_title: files
                    .iter()
                    .find(|file| file.treaty.id == *id)
                    .map(|file| (&file.treaty.short_title).into()),
            })
            .collect(),
        missing: missing(treaty),
        problems: projection.problems.iter().map(|problem| problem.fault.to_string()).collect(),
    }
}

/// What the facts lack about an instrument.
pub(in crate::answers) fn missing(treaty: &Treaty) -> Vec<MissingView> {
    let missing = treaty.missing.iter();
    missing
        .map(|(state, what)| MissingView { state: *state, what: Text::from(&treaty.words(what)) })
        .collect()
}

/// The states that left the instrument while it went on.
fn left(life: &Life, on: NaiveDate) -> Vec<StandingView> {
    let standings = life.states.iter().filter_map(|(state, spans)| Some((*state, span_on(spans, on)?)));
    standings
        .filter(|(_, span)| match span.status {
            StateStatus::Withdrawn => true,
            StateStatus::Ceased => span.reason.rule != Rule::TreatyEnded,
            StateStatus::Signatory
            | StateStatus::Contracting
            | StateStatus::Party
            | StateStatus::FormerParty
            | StateStatus::NonParty
            | StateStatus::Participating
            | StateStatus::Contested => false,
        })
        .map(|(state, span)| StandingView::of(state, span))
        .collect()
}
