//! States and other entities that can perform acts.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::id::StateId;
use super::lang::Words;
use super::outside::folded;
use super::text::text_enum;

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

text_enum! {
    /// The regional groups of the United Nations.
    RegionalGroup ("regional group") {
        /// African States.
        African = "african",
        /// Asia-Pacific States.
        AsiaPacific = "asia-pacific",
        /// Eastern European States.
        EasternEuropean = "eastern-european",
        /// Latin American and Caribbean States.
        Grulac = "grulac",
        /// Western European and other States.
        Weog = "weog",
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
    /// Its first day; none while that is not known.
    pub began_on: Option<NaiveDate>,
    /// The first day on which it no longer existed.
    pub ended_on: Option<NaiveDate>,
    /// Who succeeded to it.
    pub successors: Vec<StateId>,
    /// In which group of the United Nations it is counted, if in any.
    pub regional_group: Option<RegionalGroup>,
    /// What else should be known.
    pub note: Option<String>,
}

/// So many of the names that come nearest are named.
const NEAREST: usize = 3;
/// A name is compared up to this length: what comparing takes grows with the square of it.
const COMPARED_CHARS_MAX: usize = 100;

impl State {
    /// Every name that it is known by.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let words = [Some(&self.name.en), self.name.zh.as_ref(), self.name.ru.as_ref()];
        words.into_iter().flatten().chain(&self.aliases).map(String::as_str)
    }

    /// The state with this code or, in any language, this name.
    pub fn named<'a>(states: &'a BTreeMap<StateId, Self>, name: &str) -> Option<&'a Self> {
        let wanted = folded(name);
        let is_named = |state: &&Self| {
            state.id.as_str().eq_ignore_ascii_case(&wanted) || state.names().any(|it| folded(it) == wanted)
        };
        states.values().find(is_named)
    }

    /// Every code and name as [`folded`] gives it, with its state: for many questions. Of two states of one name the
    /// first by code has it, as for [`State::named`].
    pub fn index(states: &BTreeMap<StateId, Self>) -> BTreeMap<String, StateId> {
        let names = |state: &Self| {
            let names = state.names().map(folded).collect::<Vec<_>>();
            names.into_iter().chain([state.id.as_str().to_lowercase()]).map(|name| (name, state.id)).collect()
        };
        // The last that is put in stays.
        states.values().rev().flat_map(|state| -> Vec<(String, StateId)> { names(state) }).collect()
    }

    /// The states with a name that comes nearest to `name`, the nearest first.
    pub fn nearest(states: &BTreeMap<StateId, Self>, name: &str) -> Vec<StateId> {
        let wanted: String = name.chars().take(COMPARED_CHARS_MAX).flat_map(char::to_lowercase).collect();
        let likeness = |state: &Self| {
            let each = state.names().map(|it| strsim::jaro_winkler(&it.to_lowercase(), &wanted));
            each.fold(0.0, f64::max)
        };
        let mut found: Vec<(f64, StateId)> =
            states.values().map(|state| (likeness(state), state.id)).collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().take(NEAREST).map(|(_, id)| id).collect()
    }
}
