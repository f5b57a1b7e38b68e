//! The names of states, as sentences have them.

use std::collections::BTreeMap;

use crate::domain::id::StateId;
use crate::domain::lang::{Lang, Words};
use crate::domain::state::State;

/// The names of states, for sentences.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a>(pub &'a BTreeMap<StateId, State>);

impl Names<'_> {
    /// The name in every language, or the code of a state that the catalogue does not list.
    pub(in crate::alerts) fn of(self, id: StateId) -> Words {
        let code = || Words { en: id.to_string(), zh: None, ru: None };
        self.0.get(&id).map_or_else(code, |state| state.name.clone())
    }

    /// The name in a language, English and marked where it has none there, or the code of a state
    /// that the catalogue does not list.
    pub(super) fn in_lang(self, id: StateId, lang: Lang) -> String {
        self.0.get(&id).map_or_else(|| id.to_string(), |state| state.name.in_lang(lang))
    }
}
