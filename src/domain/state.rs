//! States and other entities that can perform acts.

use chrono::NaiveDate;

use super::id::StateId;
use super::text::text_enum;
use super::treaty::Words;

text_enum! {
    /// What an entity is. The product takes no position on anybody's statehood: this says only
    /// under which heading the sources list it.
    StateKind ("kind of state") {
        /// A state that exists.
        State = "state",
        /// A state that no longer exists.
        HistoricState = "historic_state",
        /// Another entity.
        Entity = "entity",
    }
}

/// A state or another entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its code.
    pub id: StateId,
    /// What it is.
    pub kind: StateKind,
    /// Its name.
    pub name: Words,
    /// Other names under which sources list it.
    pub aliases: Vec<String>,
    /// The first day on which it no longer existed.
    pub ended_on: Option<NaiveDate>,
    /// Who succeeded to it.
    pub successors: Vec<StateId>,
    /// What else should be known.
    pub note: Option<String>,
}
