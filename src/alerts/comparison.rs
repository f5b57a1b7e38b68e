//! What a check of one treaty compares, and what it has found so far.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::act::{Act, ActKind};
use crate::domain::alert::{Alert, Change, Changed};
use crate::domain::day::PartialDay;
use crate::domain::id::{DateId, StateId};
use crate::domain::project::{DueDate, Projection};
use crate::domain::status::{Reason, Standing, span_on};
use crate::domain::watch::Watched;

use super::transitions::{Key, Transition};
use super::wording::{Names, Scene};

/// The input of a check of one treaty.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The treaty, as the previous check saw it and as it is known now.
    pub watched: &'a Watched,
    /// The day of the first check: an event before it raises no alert of its own.
    pub began_on: NaiveDate,
    /// The day of the previous check.
    pub since: NaiveDate,
    /// The day of this check.
    pub today: NaiveDate,
    /// The lead times of all endpoints: how many days before a date an alert is due.
    pub leads: &'a [u32],
    /// The names of states.
    pub names: Names<'a>,
}

impl<'a> Look<'a> {
    /// What the words of its alerts are about.
    pub(super) fn scene(&self) -> Scene<'a> {
        Scene { treaty: &self.watched.treaty, names: self.names, today: self.today }
    }
}

/// What stands by itself, though others share its day: the alert was raised before, or somebody knows of the date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Apart {
    /// By the keys of alerts.
    pub keys: BTreeSet<String>,
    /// By the names of dates.
    pub dates: BTreeSet<DateId>,
}

impl Apart {
    /// Whether anything does.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.dates.is_empty()
    }
}

/// One comparison of a treaty before and now. An event that has its alert is taken out of `open`, or put into `settled`.
pub(super) struct Comparison<'a> {
    pub look: &'a Look<'a>,
    pub apart: &'a Apart,
    pub past: &'a Projection,
    pub present: &'a Projection,
    /// The transitions that have no alert yet.
    pub open: BTreeMap<Key, Transition>,
    /// Statuses that an earlier alert reported and that an act has undone, without a new transition.
    pub flips: Vec<Change>,
    /// The dates of the previous check that no longer fall on their day in any reading.
    pub gone: Vec<&'a DueDate>,
    /// The dates, on their earlier day, whose move or cancellation has its alert.
    pub settled: BTreeSet<(DateId, NaiveDate)>,
    pub alerts: Vec<Alert>,
}

impl<'a> Comparison<'a> {
    pub(super) fn blank(&self, key: String, on: impl Into<PartialDay>) -> Alert {
        Alert::new(Some(self.look.watched.treaty.id.clone()), key, on)
    }

    /// Takes out of `open` what `which` picks.
    pub(super) fn take(&mut self, which: impl Fn(&Transition) -> bool) -> Vec<Transition> {
        let picked = |(key, open): (&Key, &Transition)| which(open).then(|| key.clone());
        let keys: Vec<Key> = self.open.iter().filter_map(picked).collect();
        keys.iter().filter_map(|key| self.open.remove(key)).collect()
    }
}

/// The status of a state, or of the treaty, in the default reading.
pub(super) fn status_on(projection: &Projection, state: Option<StateId>, on: NaiveDate) -> Option<Standing> {
    let life = projection.default_life();
    match state {
        None => span_on(&life.treaty, on).map(|span| Standing::Treaty(span.status)),
        Some(state) => span_on(life.states.get(&state)?, on).map(|span| Standing::State(span.status)),
    }
}

/// A transition as an alert lists it.
pub(super) fn change(transition: &Transition) -> Change {
    Change {
        state: transition.subject.state(),
        reading: transition.reading.clone(),
        on: PartialDay::from_earliest(transition.on, transition.reason.precision()),
        what: Changed::Status { from: transition.from, to: transition.to },
    }
}

/// Whether a reason rests on this act.
pub(super) fn rests_on(reason: &Reason, act: &Act) -> bool {
    reason.ground.as_ref().is_some_and(|ground| ground.act == act.id)
}

/// Whether an act can make dates to come fall away.
pub(super) fn can_cancel(kind: ActKind) -> bool {
    matches!(
        kind,
        ActKind::SuspensionOfNotice
            | ActKind::RevocationOfNotice
            | ActKind::RevocationOfRatification
            | ActKind::NoticeOfWithdrawal
            | ActKind::Withdrawal
            | ActKind::NoticeOfReinstatement
            | ActKind::IndefiniteExtension
            | ActKind::Supersession
            | ActKind::Termination
            | ActKind::DeadlineMet
            | ActKind::EndOfStatehood
    )
}
