//! Finding what somebody named on the command line.

use std::collections::BTreeMap;

use crate::domain::id::StateId;
use crate::domain::outside::folded;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::text::nearest;

/// A name that stands for nothing, with the names that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such {what} `{name}`{}", hint(.near))]
pub struct NoSuch {
    what: &'static str,
    name: String,
    near: Vec<String>,
}

/// So many names that are written much like the one that was meant are listed.
const NEAREST_MAX: usize = 3;
/// Of states, so many with a part of the name are listed.
const STATES_MAX: usize = 10;

impl NoSuch {
    /// An error for a name that is like no other: a number.
    pub fn at_all(what: &'static str, name: &str) -> Self {
        Self { what, name: name.to_owned(), near: Vec::new() }
    }

    /// An error for `name`, that lists those of `all` which contain it or are contained in it,
    /// or all of them where none does.
    ///
    /// Where none does and some are written much like it, those are listed.
    pub fn among<'a>(what: &'static str, name: &str, all: impl Iterator<Item = &'a str>) -> Self {
        let all: Vec<&str> = all.collect();
        let wanted = name.to_lowercase();
        let is_near = |known: &str| {
            let known = known.to_lowercase();
            !wanted.is_empty() && (known.contains(&wanted) || wanted.contains(&known))
        };
        let mut near: Vec<&str> = all.iter().copied().filter(|known| is_near(known)).collect();
        if near.is_empty() {
            near = nearest(name, all.iter().copied(), NEAREST_MAX);
        }
        if near.is_empty() {
            near = all;
        }
        Self { what, name: name.to_owned(), near: near.into_iter().map(str::to_owned).collect() }
    }
}

fn hint(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; there is {}", near.join(", ")) }
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
        let wanted = folded(name);
        let has_part = |state: &&State| state.names().any(|it| folded(it).contains(&wanted));
        let mut near: Vec<StateId> = states.values().filter(has_part).map(|state| state.id).collect();
        if near.is_empty() || STATES_MAX < near.len() {
            near = State::nearest(states, name);
        }
        let shown = |id| states.get(&id).map(|state| format!("{} ({id})", state.name.en));
        NoSuch { what: "state", name: name.to_owned(), near: near.into_iter().filter_map(shown).collect() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::seeds;

    #[test]
    fn a_treaty_is_found_by_its_name() {
        let (files, _) = seeds();
        assert_eq!(find_treaty(&files, "NPT").unwrap().treaty.id.as_str(), "npt");
        let error = find_treaty(&files, "start").unwrap_err().to_string();
        assert_eq!(error, "no such treaty `start`; there is new-start, start-1");
        let error = find_treaty(&files, "ntp").unwrap_err().to_string();
        assert!(error.starts_with("no such treaty `ntp`; there is npt"), "{error}");
        let error = find_treaty(&files, "xyz").unwrap_err().to_string();
        assert!(error.starts_with("no such treaty `xyz`; there is abm, bwc, "), "{error}");
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
