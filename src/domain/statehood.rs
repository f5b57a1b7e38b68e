//! Who is a state, from which day and until which: what the law must know of those that act.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::id::StateId;
use super::state::{State, StateKind};

/// What is known of the existence of states and other entities. One that is not listed is a state whose
/// first and last day are not known.
///
/// It is shared by all treaties of a catalogue or a database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<StateId, Existence>", into = "BTreeMap<StateId, Existence>")]
pub struct Statehood(Arc<BTreeMap<StateId, Existence>>);

/// The existence of one state or entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existence {
    /// What it is.
    pub kind: StateKind,
    /// Its first day; none while that is not known.
    pub began_on: Option<NaiveDate>,
    /// The first day on which it no longer existed.
    pub ended_on: Option<NaiveDate>,
    /// Who succeeded to it.
    #[serde(default)]
    pub successors: Vec<StateId>,
}

impl Statehood {
    /// What a list of states says.
    pub fn of<'a>(states: impl IntoIterator<Item = &'a State>) -> Self {
        let existence = |state: &State| Existence {
            kind: state.kind,
            began_on: state.began_on,
            ended_on: state.ended_on,
            successors: state.successors.clone(),
        };
        states.into_iter().map(|state| (state.id, existence(state))).collect::<BTreeMap<_, _>>().into()
    }

    /// Whether it is counted as a state. An organization is not additional to its members, and of other
    /// entities the product takes no position on their status: a clause that counts one names it.
    pub fn is_state(&self, id: StateId) -> bool {
        self.0.get(&id).is_none_or(|existence| match existence.kind {
            StateKind::State | StateKind::HistoricState => true,
            StateKind::Entity => false,
        })
    }

    /// Its first day, where that is known.
    pub fn began_on(&self, id: StateId) -> Option<NaiveDate> {
        self.0.get(&id)?.began_on
    }

    /// The first day on which it no longer existed, where that is known.
    pub fn ended_on(&self, id: StateId) -> Option<NaiveDate> {
        self.0.get(&id)?.ended_on
    }

    /// Whether `id` succeeded to `predecessor`.
    pub fn succeeds(&self, id: StateId, predecessor: StateId) -> bool {
        self.0.get(&predecessor).is_some_and(|existence| existence.successors.contains(&id))
    }
}

impl From<BTreeMap<StateId, Existence>> for Statehood {
    /// Keeps what is not said of any state.
    fn from(mut all: BTreeMap<StateId, Existence>) -> Self {
        all.retain(|_, existence| {
            existence.kind != StateKind::State || existence.began_on.or(existence.ended_on).is_some()
        });
        Self(Arc::new(all))
    }
}

impl From<Statehood> for BTreeMap<StateId, Existence> {
    fn from(statehood: Statehood) -> Self {
        Arc::unwrap_or_clone(statehood.0)
    }
}
