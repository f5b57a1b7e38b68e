//! Whose view of what is contested is shown.

use std::collections::BTreeMap;

use super::super::lookup::{NoSuch, find_state, neither_state_nor_reading};
use crate::domain::id::StateId;
use crate::domain::project::{Life, Projection};
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::ReadingId;
use crate::domain::treaty::Treaty;

/// A reading by its name, or those that a state asserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Side {
    /// The reading with this name, where a treaty has one.
    Reading(ReadingId),
    /// What this state asserts.
    State(StateId),
}

impl Side {
    /// What `name` stands for: a reading of one of the treaties, or a state.
    pub fn find(files: &[TreatyFile], states: &BTreeMap<StateId, State>, name: &str) -> Result<Self, NoSuch> {
        let readings = || files.iter().flat_map(|file| &file.treaty.readings).map(|reading| &reading.id);
        if let Some(reading) = readings().find(|reading| reading.as_str().eq_ignore_ascii_case(name)) {
            return Ok(Self::Reading(reading.clone()));
        }
        match find_state(states, name) {
            Ok(state) => Ok(Self::State(state.id)),
            Err(_) => {
                // The default one is shown without asking.
                let named = readings().filter(|reading| !reading.is_default()).map(ReadingId::as_str);
                Err(neither_state_nor_reading(states, &named.collect::<Vec<_>>(), name))
            }
        }
    }

    /// The readings of a treaty that are this side's.
    fn of<'a>(&self, treaty: &'a Treaty) -> Vec<&'a ReadingId> {
        let is_this = |reading: &&'a crate::domain::treaty::Reading| match self {
            Self::Reading(name) => reading.id == *name,
            Self::State(state) => reading.asserted_by.contains(state),
        };
        treaty.readings.iter().filter(is_this).map(|reading| &reading.id).collect()
    }

    /// The life of a treaty in the reading of this side; the default one where it has none, or several.
    pub fn life<'a>(&self, treaty: &Treaty, projection: &'a Projection) -> &'a Life {
        match self.of(treaty).as_slice() {
            [one] => projection.life(one).unwrap_or_else(|| projection.default_life()),
            _ => projection.default_life(),
        }
    }

    /// Refuses to choose between several readings of one treaty, and a reading that it does not have.
    pub fn one_of(&self, treaty: &Treaty) -> Result<(), NoSuch> {
        let found: Vec<&str> = self.of(treaty).into_iter().map(ReadingId::as_str).collect();
        match (self, found.as_slice()) {
            (Self::State(state), [_, _, ..]) => {
                Err(NoSuch::one_of(&format!("{state} asserts several readings of {}", treaty.id), &found))
            }
            (Self::Reading(reading), []) if !reading.is_default() => {
                let all = treaty.readings.iter().map(|reading| reading.id.as_str());
                Err(NoSuch::among(&format!("reading of {}", treaty.id), reading.as_str(), all))
            }
            _ => Ok(()),
        }
    }
}
