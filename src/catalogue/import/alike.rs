//! Acts that may be one and the same: those on record, and those of rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::domain::act::{Act, ActKind};
use crate::domain::day::PartialDay;
use crate::domain::id::StateId;
use crate::domain::outside::folded;

use super::rows::RowAct;

/// An act that another one may repeat: where it stands, and by what the two differ.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    pub on: PartialDay,
    /// As places are compared.
    place: Option<String>,
    /// None for one that is recorded.
    pub row: Option<usize>,
}

impl Alike {
    /// Whether two acts may be one and the same: their places do not differ.
    pub fn may_be(&self, place: Option<&String>) -> bool {
        match (&self.place, place) {
            (Some(one), Some(other)) => one == other,
            (None, _) | (_, None) => true,
        }
    }
}

/// Whether an act is new beside the others.
pub(super) enum Found {
    /// It is.
    New,
    /// It is the same as this one.
    Known(Alike),
    /// There is another one of its kind on another day, and only one can be right.
    Differs(Alike),
}

/// The acts that are recorded, and those of the rows so far, for comparing.
pub(super) struct AlikeActs {
    all: HashMap<(StateId, ActKind), BTreeMap<PartialDay, Vec<Alike>>>,
    /// When states consented, and when they left.
    turns: HashMap<StateId, BTreeSet<(NaiveDate, ActKind)>>,
}

impl AlikeActs {
    pub fn of(recorded: &[Act]) -> Self {
        let mut alike = Self { all: HashMap::new(), turns: HashMap::new() };
        for act in recorded {
            if let Some(state) = act.state {
                alike.turn(state, act.kind, act.on);
                alike.put(
                    state,
                    act.kind,
                    Alike { on: act.on, place: act.place.as_deref().map(folded), row: None },
                );
            }
        }
        alike
    }

    pub fn add(&mut self, state: StateId, act: &RowAct, row: Option<usize>) {
        self.put(state, act.kind, Alike { on: act.on, place: act.place.as_deref().map(folded), row });
    }

    /// Notes when a state consented or left.
    pub fn turn(&mut self, state: StateId, kind: ActKind, on: PartialDay) {
        if kind.is_consent() || is_leaving(kind) {
            self.turns.entry(state).or_default().insert((on.first_day(), kind));
        }
    }

    pub fn put(&mut self, state: StateId, kind: ActKind, act: Alike) {
        self.all.entry((state, kind)).or_default().entry(act.on).or_default().push(act);
    }

    pub fn find(&self, state: StateId, act: &RowAct) -> Found {
        let Some(of_kind) = self.all.get(&(state, act.kind)) else { return Found::New };
        let place = act.place.as_deref().map(folded);
        let same =
            of_kind.get(&act.on).and_then(|same| same.iter().find(|other| other.may_be(place.as_ref())));
        if let Some(same) = same {
            return Found::Known(same.clone());
        }
        if !is_done_once(act.kind) {
            return Found::New;
        }
        let differs = |other: &&Alike| other.may_be(place.as_ref()) && !self.is_turned(state, act, other.on);
        match of_kind.values().flatten().find(differs) {
            Some(other) => Found::Differs(other.clone()),
            None => Found::New,
        }
    }

    /// Whether between the two days the state did what lets it do the same again: left, or consented anew.
    pub fn is_turned(&self, state: StateId, act: &RowAct, other: PartialDay) -> bool {
        let (one, other) = (act.on.first_day(), other.first_day());
        let between = one.min(other)..=one.max(other);
        let turns = self.turns.get(&state).into_iter().flatten();
        let mut between = turns.filter(|(day, _)| between.contains(day));
        between.any(|(_, kind)| is_leaving(*kind) != is_leaving(act.kind))
    }
}

/// Whether a state does it once, unless it leaves or comes back in between or deposits it at several places.
pub(super) fn is_done_once(kind: ActKind) -> bool {
    kind.is_consent()
        || is_leaving(kind)
        || matches!(kind, ActKind::Signature | ActKind::ProvisionalApplication)
}

pub(super) fn is_leaving(kind: ActKind) -> bool {
    matches!(kind, ActKind::NoticeOfWithdrawal | ActKind::Withdrawal | ActKind::RevocationOfRatification)
}
