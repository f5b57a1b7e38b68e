//! The begins and ends in a projection, as a set that two checks can compare.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::id::StateId;
use crate::domain::project::{Life, Projection};
use crate::domain::status::{OverlayKind, ReadingId, Reason, Span, Standing};

/// What a transition happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The treaty.
    Treaty,
    /// A state in it.
    State(StateId),
    /// What lies over the treaty or a state.
    Overlay(OverlayKind, Option<StateId>),
}

impl Subject {
    /// The state concerned.
    pub fn state(self) -> Option<StateId> {
        match self {
            Self::Treaty => None,
            Self::State(state) => Some(state),
            Self::Overlay(_, state) => state,
        }
    }
}

/// What makes two transitions the same.
pub(super) type Key = (NaiveDate, Subject, ReadingId, Option<Standing>);

/// A status or an overlay that begins or ends on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The day.
    pub on: NaiveDate,
    /// What it happens to.
    pub subject: Subject,
    /// In which reading.
    pub reading: ReadingId,
    /// The status that ends, or the overlay that does.
    pub from: Option<Standing>,
    /// The status or the overlay that begins.
    pub to: Option<Standing>,
    /// Why.
    pub reason: Reason,
}

impl Transition {
    fn key(&self) -> Key {
        (self.on, self.subject, self.reading.clone(), self.to)
    }
}

/// Every transition up to and including `until`. What another reading shares with the default
/// one stands there once.
pub(super) fn until(projection: &Projection, until: NaiveDate) -> BTreeMap<Key, Transition> {
    let mut all = BTreeMap::new();
    let mut shared: BTreeSet<(NaiveDate, Subject, Option<Standing>)> = BTreeSet::new();
    for life in &projection.readings {
        for transition in of_life(life) {
            let bare = (transition.on, transition.subject, transition.to);
            if transition.on > until || shared.contains(&bare) {
                continue;
            }
            if life.reading.is_default() {
                shared.insert(bare);
            }
            all.insert(transition.key(), transition);
        }
    }
    all
}

fn of_life(life: &Life) -> Vec<Transition> {
    let mut found = Vec::new();
    let reading = &life.reading;
    of_spans(reading, Subject::Treaty, &life.treaty, Standing::Treaty, &mut found);
    for (state, spans) in &life.states {
        of_spans(reading, Subject::State(*state), spans, Standing::State, &mut found);
    }
    for overlay in &life.overlays {
        let subject = Subject::Overlay(overlay.kind, overlay.state);
        let begins = Transition {
            on: overlay.starts_on,
            subject,
            reading: reading.clone(),
            from: None,
            to: Some(Standing::Overlay(overlay.kind)),
            reason: overlay.reason.clone(),
        };
        if let Some(end) = overlay.ends_before {
            let ends = Transition { on: end, from: begins.to, to: None, ..begins.clone() };
            found.push(ends);
        }
        found.push(begins);
    }
    found
}

fn of_spans<S: Copy>(
    reading: &ReadingId,
    subject: Subject,
    spans: &[Span<S>],
    standing: impl Fn(S) -> Standing,
    found: &mut Vec<Transition>,
) {
    let mut from = None;
    for span in spans {
        let to = Some(standing(span.status));
        found.push(Transition {
            on: span.starts_on,
            subject,
            reading: reading.clone(),
            from,
            to,
            reason: span.reason.clone(),
        });
        from = to;
    }
}
