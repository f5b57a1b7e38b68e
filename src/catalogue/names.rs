//! The codes and names of states, for many questions.

use std::collections::{BTreeMap, HashMap};

use crate::domain::id::StateId;
use crate::domain::outside::folded;
use crate::domain::state::State;

/// So many names that may have been meant are named.
const NEAR_MAX: usize = 3;
/// Letters of a name that stands inside of another one: of shorter ones it says nothing.
const PART_MIN: usize = 4;
/// No state has a longer name, and comparing takes as long as both are.
const NAME_CHARS_MAX: usize = 200;
/// How like two names must be for one to be a slip of the other: one wrong letter of four.
const LIKENESS_MIN: f64 = 0.75;

/// Every code and name of every state, in the form in which they are compared.
pub(super) struct Names<'a> {
    exact: HashMap<String, Vec<&'a State>>,
    /// Without codes: nothing but another code is near to those.
    names: Vec<(String, &'a State)>,
    states: &'a BTreeMap<StateId, State>,
}

impl<'a> Names<'a> {
    pub fn of(states: &'a BTreeMap<StateId, State>) -> Self {
        let mut exact: HashMap<String, Vec<&State>> = HashMap::new();
        let mut names = Vec::new();
        for state in states.values() {
            let folded_names: Vec<String> = state.names().map(folded).collect();
            let code = state.id.as_str().to_ascii_lowercase();
            for name in folded_names.iter().chain([&code]) {
                let of_name = exact.entry(name.clone()).or_default();
                if of_name.last().is_none_or(|last| last.id != state.id) {
                    of_name.push(state);
                }
            }
            names.extend(folded_names.into_iter().map(|name| (name, state)));
        }
        Self { exact, names, states }
    }

    /// The states that have this code or, in any language, this name.
    pub fn exact(&self, written: &str) -> Option<&[&'a State]> {
        self.exact.get(&folded(written)).map(Vec::as_slice)
    }

    /// The states that a text may stand for: those of that code or name, or else those that are near.
    pub fn like(&self, written: &str) -> Vec<&'a State> {
        self.exact(written).map_or_else(|| self.near(written), <[_]>::to_vec)
    }

    /// The states with a code or a name that is near to a text, the nearest first.
    pub fn near(&self, written: &str) -> Vec<&'a State> {
        let wanted = folded(written);
        let length = wanted.chars().count();
        if NAME_CHARS_MAX < length {
            return Vec::new();
        }
        let mut near: Vec<(f64, &State)> = Vec::new();
        if length == 3 {
            let codes = self.states.values().map(|state| (state.id.as_str().to_ascii_lowercase(), state));
            // Of three letters two must be right.
            near.extend(
                codes.filter(|(code, _)| distance(code, &wanted) == 1).map(|(_, state)| (1.0, state)),
            );
        }
        for (name, state) in &self.names {
            let longest = name.chars().count().max(length);
            // Where the lengths differ too much, the letters need not be compared.
            let is_comparable = name.chars().count().abs_diff(length) * 4 <= longest;
            let likeness =
                if is_comparable { 1.0 - distance(name, &wanted) as f64 / longest as f64 } else { 0.0 };
            if LIKENESS_MIN <= likeness {
                near.push((likeness, state));
            } else if has_part(name, &wanted) || has_part(&wanted, name) {
                near.push((0.0, state));
            }
        }
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.id.cmp(&b.1.id)));
        let mut states: Vec<&State> = Vec::new();
        for (_, state) in near {
            if states.len() < NEAR_MAX && states.iter().all(|other| other.id != state.id) {
                states.push(state);
            }
        }
        states
    }

    /// Every name of more than a few letters, the longest first.
    pub fn longest_first(&self) -> Vec<(&str, &'a State)> {
        let names = self.names.iter().map(|(name, state)| (name.as_str(), *state));
        let mut names: Vec<(&str, &State)> = names.filter(|(name, _)| PART_MIN <= name.len()).collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names
    }
}

fn distance(a: &str, b: &str) -> usize {
    strsim::damerau_levenshtein(a, b)
}

/// Whether a name has another one as one or several of its words.
fn has_part(name: &str, part: &str) -> bool {
    let is_end = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    PART_MIN <= part.chars().count()
        && name.match_indices(part).any(|(at, _)| {
            is_end(name[..at].chars().next_back()) && is_end(name[at + part.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn near_names_are_near() {
        let states = catalogue::embedded().unwrap().states;
        let names = Names::of(&states);
        let ids = |states: &[&State]| states.iter().map(|state| state.id.to_string()).collect::<Vec<_>>();
        let near = |name: &str| ids(&names.near(name));
        for (name, code) in [
            ("Co\u{302}te d\u{2bc}Ivoire", "CIV"),
            ("  tu\u{308}rkiye\u{a0}", "TUR"),
            ("deu", "DEU"),
            ("РОССИЯ", "RUS"),
        ] {
            assert_eq!(ids(names.exact(name).unwrap()), [code], "{name}");
        }
        assert_eq!(near("Frnace"), ["FRA"]);
        assert_eq!(near("Austrai").first().map(String::as_str), Some("AUT"));
        assert!(near("Republic of Austria").contains(&"AUT".to_owned()));
        assert!(near("DEX").contains(&"DEU".to_owned()));
        for nothing in ["Atlantis", "Frankreich", "x", "", "a"] {
            assert!(near(nothing).is_empty(), "{nothing}");
        }
    }
}
