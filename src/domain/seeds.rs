//! Everything that a set of seeds says, as domain values.

use std::collections::BTreeMap;

use super::act::Act;
use super::id::{StateId, TreatyId};
use super::state::State;
use super::statement::Statement;
use super::treaty::Treaty;

/// States, treaties with their acts, and statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seeds {
    /// States and other entities.
    pub states: BTreeMap<StateId, State>,
    /// Treaties with their acts.
    pub treaties: BTreeMap<TreatyId, TreatyFile>,
    /// Statements.
    pub statements: Vec<Statement>,
    /// Which edition of the facts they are: later ones have a higher number. None if they do not say.
    pub version: Option<u32>,
}

/// A treaty and its acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreatyFile {
    /// The treaty.
    pub treaty: Treaty,
    /// Its acts, in order of day.
    pub acts: Vec<Act>,
}
