//! Finding what somebody named in a question.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::StateId;
use crate::domain::outside::folded;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::text::nearest;

/// A name that stands for nothing, with the names that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoSuch(String);

/// So many names that are written much like the one that was meant are listed.
const NEAREST_MAX: usize = 3;
/// Of states, so many with a part of the name are listed.
const STATES_MAX: usize = 10;

impl NoSuch {
    /// An error for a name that is like no other: a number.
    pub fn at_all(what: &str, name: &str) -> Self {
        Self::beside(what, name, &[])
    }

    /// An error for `name`, that lists those of `all` which contain it or are contained in it,
    /// or all of them where none does.
    ///
    /// Where none does and some are written much like it, those are listed.
    pub fn among<'a>(what: &str, name: &str, all: impl Iterator<Item = &'a str>) -> Self {
        let all: Vec<&str> = all.collect();
        let near = near(name, &all);
        Self::beside(what, name, if near.is_empty() { &all } else { &near })
    }

    /// An error for a name that stands for several things.
    pub fn one_of(several: &str, all: &[&str]) -> Self {
        Self(format!("{several}: name one of {}", all.join(", ")))
    }

    fn beside(what: &str, name: &str, near: &[&str]) -> Self {
        let mut listed = BTreeSet::new();
        let near: Vec<&str> = near.iter().copied().filter(|known| listed.insert(*known)).collect();
        let hint = if near.is_empty() { String::new() } else { format!("; there is {}", near.join(", ")) };
        Self(format!("no such {what} `{name}`{hint}"))
    }
}

/// Those that contain a name or are contained in it; where none does, those that are written much like it.
fn near<'a>(name: &str, all: &[&'a str]) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let is_near = |known: &str| {
        let known = known.to_lowercase();
        !wanted.is_empty() && (known.contains(&wanted) || wanted.contains(&known))
    };
    let near: Vec<&str> = all.iter().copied().filter(|known| is_near(known)).collect();
    if near.is_empty() { nearest(name, all.iter().copied(), NEAREST_MAX) } else { near }
}

/// The treaty with this name, in upper or lower case.
pub fn find_treaty<'a>(files: &'a [TreatyFile], name: &str) -> Result<&'a TreatyFile, NoSuch> {
    let ids = || files.iter().map(|file| file.treaty.id.as_str());
    files
        .iter()
        .find(|file| file.treaty.id.as_str().eq_ignore_ascii_case(name))
        .ok_or_else(|| NoSuch::among("treaty", name, ids()))
}

/// The state with this code or, in any language, this name.
pub fn find_state<'a>(states: &'a BTreeMap<StateId, State>, name: &str) -> Result<&'a State, NoSuch> {
    State::named(states, name).ok_or_else(|| {
        let near = near_states(states, name);
        NoSuch::beside("state", name, &near.iter().map(String::as_str).collect::<Vec<_>>())
    })
}

/// An error for a name that stands for neither, with the readings and the states that may have been meant.
pub fn neither_state_nor_reading(states: &BTreeMap<StateId, State>, readings: &[&str], name: &str) -> NoSuch {
    let readings = match near(name, readings) {
        near if near.is_empty() => readings.to_vec(),
        near => near,
    };
    let states = near_states(states, name);
    let all: Vec<&str> = readings.into_iter().chain(states.iter().map(String::as_str)).collect();
    NoSuch::beside("reading, and no such state,", name, &all)
}

/// The states that may have been meant, each with its code.
fn near_states(states: &BTreeMap<StateId, State>, name: &str) -> Vec<String> {
    let wanted = folded(name);
    let has_part = |state: &&State| state.names().any(|it| folded(it).contains(&wanted));
    let mut near: Vec<StateId> = states.values().filter(has_part).map(|state| state.id).collect();
    if near.is_empty() || STATES_MAX < near.len() {
        near = State::nearest(states, name);
    }
    let shown = |id| states.get(&id).map(|state| format!("{} ({id})", state.name.en));
    near.into_iter().filter_map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::seeds;

    #[test]
    fn a_treaty_is_found_by_its_name() {
        let (files, _) = seeds();
        assert_eq!(find_treaty(&files, "NPT").unwrap().treaty.id.as_str(), "npt");
        let error = find_treaty(&files, "start").unwrap_err().to_string();
        assert_eq!(error, "no such treaty `start`; there is new-start, start-1");
        let error = find_treaty(&files, "ntp").unwrap_err().to_string();
        assert!(error.starts_with("no such treaty `ntp`; there is npt"), "{error}");
        let error = find_treaty(&files, "xyz").unwrap_err().to_string();
        assert!(error.starts_with("no such treaty `xyz`; there is abm, att, bwc, "), "{error}");
    }

    #[test]
    fn a_state_is_found_by_code_name_or_alias() {
        let (_, states) = seeds();
        for name in ["rus", "Russian Federation", "俄罗斯联邦"] {
            assert_eq!(find_state(&states, name).unwrap().id.as_str(), "RUS");
        }
        let refused = |name| find_state(&states, name).unwrap_err().to_string();
        assert!(refused("Frnace").starts_with("no such state `Frnace`; there is France (FRA), "));
        let koreas = refused("korea");
        assert!(koreas.contains("(PRK)") && koreas.contains("(KOR)"), "{koreas}");
        for name in ["Atlantis", "a", ""] {
            assert!(refused(name).len() < 200, "a few names and not all: {}", refused(name));
        }
    }
}
