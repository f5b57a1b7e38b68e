//! `--reading`: whose view of what is contested is shown.

use std::collections::BTreeMap;

use super::super::lookup::{NoSuch, find_state};
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
            Err(_) => Err(NoSuch::among("state or reading", name, readings().map(ReadingId::as_str))),
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

    /// The life of a treaty as this side reads it; the default one where it reads nothing otherwise, or
    /// more than one thing.
    pub fn life<'a>(&self, treaty: &Treaty, projection: &'a Projection) -> &'a Life {
        match self.of(treaty).as_slice() {
            [one] => projection.life(one).unwrap_or_else(|| projection.default_life()),
            _ => projection.default_life(),
        }
    }

    /// Refuses to choose between several readings of one treaty.
    pub fn one_of(&self, treaty: &Treaty) -> Result<(), NoSuch> {
        let readings = self.of(treaty);
        match (self, readings.as_slice()) {
            (Self::State(state), [_, _, ..]) => {
                let name = format!("{state}, which asserts several");
                Err(NoSuch::among("single reading of", &name, readings.into_iter().map(ReadingId::as_str)))
            }
            _ => Ok(()),
        }
    }
}
