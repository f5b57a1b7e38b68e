//! What the tests of the commands share.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Serialize;

use super::layout::{WIDTH, width_of};
use super::view::{Asked, View};
use crate::domain::day::parse_day;
use crate::domain::id::StateId;
use crate::domain::seeds::{Seeds, TreatyFile};
use crate::domain::state::State;
use crate::domain::treaty::Lang;

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

/// What people see. No line may be wider than the terminal, whatever its width, and none may end in spaces.
pub fn printed(view: &impl View, lang: Lang) -> String {
    printed_in(view, lang, 40);
    printed_in(view, lang, 60);
    let text = printed_in(view, lang, WIDTH);
    if std::env::var_os("SHOW").is_some() {
        println!("{text}\n{}", "=".repeat(WIDTH));
    }
    text
}

fn printed_in(view: &impl View, lang: Lang, width: usize) -> String {
    let mut out = Vec::new();
    view.print(lang, width, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    for line in text.lines() {
        assert!(width_of(line) <= width, "{} of {width} columns: {line}", width_of(line));
        assert_eq!(line.trim_end(), line);
    }
    text
}

/// What programs read.
pub fn json(view: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(view).unwrap()
}
