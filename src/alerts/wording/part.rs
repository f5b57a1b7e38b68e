//! What a sentence can say: its parts, which each language words.

use chrono::NaiveDate;

use crate::domain::act::{Act, ActKind};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::{DateId, StateId};
use crate::domain::project::DueDate;
use crate::domain::status::{Ground, OverlayKind, Reason, Standing};
use crate::domain::treaty::{Certainty, DateKind, Reading, Treaty};

use super::names::Names;

/// What a sentence is about, whatever it says.
#[derive(Debug, Clone, Copy)]
pub(in crate::alerts) struct Scene<'a> {
    pub treaty: &'a Treaty,
    pub names: Names<'a>,
    /// The day of the check: headlines count the days from it.
    pub today: NaiveDate,
}

/// One thing that a sentence says.
#[derive(Debug)]
pub(super) enum Part<'a> {
    /// An act was done.
    Act(&'a Act),
    /// An act takes the place of an earlier record of it, which differs in its kind or its day.
    Corrected(&'a Act, Option<&'a Act>),
    /// An act is no longer in the record.
    TakenBack(&'a Act),
    /// So many acts from before the watch are in the record now.
    Backfill(usize),
    /// So many alerts are late, as nothing was checked in between.
    Missed { alerts: usize, since: PartialDay, today: PartialDay },
    /// The records of so many acts are others now.
    Corrections(usize),
    /// Clauses, readings or scheduled dates are others now.
    Redefined,
    /// An earlier alert no longer holds.
    Undone,
    /// The facts were last confirmed on a day long past.
    Stale(PartialDay),
    /// A date is to come, has come or no longer applies.
    Date(Dated<'a>),
    /// A status or an overlay begins or ends by the calendar.
    Turn { turn: Turn, on: When, reason: &'a Reason },
    /// The condition of entry into force came nearer or went further away.
    Progress { from: usize, to: usize, needed: usize },
    /// A date falls on another day.
    Moved { date: &'a DateId, from: PartialDay, to: PartialDay },
    /// A date that had gone is ahead again.
    DueAgain { date: &'a DateId, on: PartialDay },
    /// A date no longer applies.
    Cancelled { date: &'a DateId, on: PartialDay },
    /// The treaty, or a state in it, is something else now.
    Status { state: Option<StateId>, from: Option<Standing>, to: Standing, on: PartialDay },
    /// So many changes more, which the sentence does not name.
    MoreChanges(usize),
    /// So many changes for states, which the sentence does not name.
    OfStates(usize),
    /// The day that an act sets.
    TakesEffect(&'a DueDate),
    /// How certain a date is.
    Doubt(Doubt<'a>),
    /// Who disputes an act; `also`, where it has been said who disputes a reading.
    Disputed { by: Vec<StateId>, also: bool },
    /// The readings between which the default one does not choose.
    ReadingsDiffer,
}

/// A date with what is said about it.
#[derive(Debug)]
pub(super) struct Dated<'a> {
    pub due: &'a DueDate,
    pub tense: Tense,
    pub on: When,
    pub beside: Beside,
    /// Why it is on that day; why it was, where it is cancelled.
    pub reason: &'a Reason,
}

impl Dated<'_> {
    /// The act behind it, unless the date is nothing but the day of that act.
    pub(super) fn ground(&self) -> Option<&Ground> {
        let is_other =
            |ground: &&Ground| self.due.kind != DateKind::Effect || ground.kind != ActKind::EndOfStatehood;
        self.reason.ground.as_ref().filter(is_other)
    }
}

/// Whether a date is to come, comes, has come or no longer applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    Coming,
    Today,
    Come,
    Cancelled,
}

/// What is said of a day beside the day itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Beside {
    Nothing,
    /// So many days are left.
    DaysLeft(u64),
    /// So many days are left to the beginning of the month or year.
    DaysToBeginning(u64),
    /// The same month or year, known better.
    KnownBetter,
    /// Not on the day of before.
    NoLonger(PartialDay),
}

/// A day, and whether it may also be a later one: what is counted from a month falls in the month of its
/// earliest day, or in the next one.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub on: PartialDay,
    pub at_the_earliest: bool,
}

/// What the calendar changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    Treaty { from: Option<Standing>, to: Option<Standing> },
    Became(StateId, Standing),
    Left(StateId),
    Began(OverlayKind, Option<StateId>),
    Over(OverlayKind, Option<StateId>),
}

/// Why a date is not as certain as others.
#[derive(Debug, Clone, Copy)]
pub(super) enum Doubt<'a> {
    /// With the reading in which it is so, where that is described.
    Contested(Option<&'a Reading>),
    /// It takes no effect during an armed conflict.
    Conditional,
    Expected,
    Nominal,
    /// A deadline of a state has come about which decisions are put on record, and there is no later one.
    NoDecision,
}

impl When {
    pub(super) fn exactly(on: PartialDay) -> Self {
        Self { on, at_the_earliest: false }
    }

    /// A day, or the first month of those that it can be in, where it may also be a later one.
    pub(super) fn no_sooner_than(on: PartialDay, at_the_earliest: bool) -> Self {
        let first = on.months().filter(|_| at_the_earliest).map(|(first, _)| first);
        Self { on: first.unwrap_or(on), at_the_earliest }
    }

    pub(super) fn of(due: &DueDate) -> Self {
        let computed =
            matches!(due.certainty, Certainty::Computed | Certainty::Contested | Certainty::Conditional);
        Self::no_sooner_than(due.on, computed && due.on.precision() != Precision::Day)
    }
}
