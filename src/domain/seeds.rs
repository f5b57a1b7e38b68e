//! Everything that a set of seeds says, as domain values.

use std::collections::{BTreeMap, BTreeSet};

use super::act::Act;
use super::id::{Label, StateId, TreatyId};
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

impl Seeds {
    /// The sets to which the instruments belong.
    pub fn sets(&self) -> BTreeSet<&Label> {
        self.treaties.values().filter_map(|file| file.treaty.set.as_ref()).collect()
    }

    /// Leaves out the instruments of all other sets, and what names them: links, and statements. What belongs to no
    /// set stays.
    pub fn keep_sets(&mut self, sets: &[Label]) {
        self.treaties.retain(|_, file| file.treaty.set.as_ref().is_none_or(|set| sets.contains(set)));
        let kept: BTreeSet<TreatyId> = self.treaties.keys().cloned().collect();
        for file in self.treaties.values_mut() {
            file.treaty.links.retain(|(_, linked)| kept.contains(linked));
        }
        self.statements.retain(|statement| kept.contains(&statement.treaty));
        for paragraph in self.statements.iter_mut().flat_map(|statement| &mut statement.paragraphs) {
            paragraph.treaties.retain(|treaty| kept.contains(treaty));
        }
    }
}

/// A treaty and its acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreatyFile {
    /// The treaty.
    pub treaty: Treaty,
    /// Its acts, in order of day.
    pub acts: Vec<Act>,
}
