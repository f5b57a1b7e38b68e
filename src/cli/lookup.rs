//! Finding what somebody named on the command line.

use std::collections::BTreeMap;

use crate::domain::id::StateId;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;

/// A name that stands for nothing, with the names that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such {what} `{name}`{}", hint(.near))]
pub struct NoSuch {
    what: &'static str,
    name: String,
    near: Vec<String>,
}

impl NoSuch {
    /// An error for `name`, that lists those of `all` which contain it or are contained in it,
    /// or all of them where none does.
    pub fn among<'a>(what: &'static str, name: &str, all: impl Iterator<Item = &'a str>) -> Self {
        let all: Vec<&str> = all.collect();
        let wanted = name.to_lowercase();
        let is_near = |known: &str| {
            let known = known.to_lowercase();
            !wanted.is_empty() && (known.contains(&wanted) || wanted.contains(&known))
        };
        let mut near: Vec<&str> = all.iter().copied().filter(|known| is_near(known)).collect();
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
        let names = states.values().flat_map(|state| [state.id.as_str(), state.name.en.as_str()]);
        NoSuch::among("state", name, names)
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
        let error = find_treaty(&files, "xyz").unwrap_err().to_string();
        assert!(error.starts_with("no such treaty `xyz`; there is abm, bwc, "), "{error}");
    }

    #[test]
    fn a_state_is_found_by_code_name_or_alias() {
        let (_, states) = seeds();
        for name in ["rus", "Russian Federation", "俄罗斯联邦"] {
            assert_eq!(find_state(&states, name).unwrap().id.as_str(), "RUS");
        }
        assert!(find_state(&states, "Atlantis").is_err());
    }
}
