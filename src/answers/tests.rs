//! What the tests of answers and commands share.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Serialize;

use super::values::Asked;
use crate::domain::day::parse_day;
use crate::domain::id::StateId;
use crate::domain::seeds::{Seeds, TreatyFile};
use crate::domain::state::State;

/// The seeds that the program carries.
pub fn seeds() -> (Vec<TreatyFile>, BTreeMap<StateId, State>) {
    static SEEDS: LazyLock<Seeds> = LazyLock::new(|| crate::catalogue::embedded().unwrap());
    (SEEDS.treaties.values().cloned().collect(), SEEDS.states.clone())
}

pub fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

/// A day as it was known on another.
pub fn asked(on: &str, known_on: &str) -> Asked {
    Asked { on: day(on), known_on: day(known_on) }
}

/// What programs read.
pub fn json(view: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(view).unwrap()
}
