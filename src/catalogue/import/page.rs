//! A `treaty.toml` to begin with, made of what the page of a depositary says above its table.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::cell::worded;
use super::{Doubt, Order};
use crate::catalogue::names::Names;
use crate::domain::act::Basis;
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::StateId;
use crate::domain::outside::{folded, line};

/// What is shown of a note that names a state.
const NOTE_CHARS_MAX: usize = 160;
/// Notes are searched for states up to here.
const NOTES_MAX_BYTES: usize = 1 << 20;
/// The key of `[sources]` under which the address of the page stands.
pub(super) const SOURCE_KEY: &str = "page";

/// What the page of a depositary says of a treaty besides its table. What it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageHead {
    /// What errors and comments call the page.
    pub name: String,
    /// The title.
    pub title: String,
    /// Where and when it was concluded.
    pub conclusion: String,
    /// The page's text on entry into force.
    pub entry_into_force: String,
    /// When it was registered, and under which number.
    pub registration: String,
    /// The day up to which the page reaches.
    pub as_of: Option<NaiveDate>,
    /// Its notes, line by line.
    pub notes: Vec<String>,
}

impl PageHead {
    /// The file, with all that a person must decide marked.
    pub(super) fn skeleton(&self, order: &Order<'_>) -> String {
        let Order { treaty: ref id, source, basis, today, .. } = *order;
        let title = if self.title.is_empty() { id.as_str() } else { &self.title };
        let title = string(title);
        let mut text = format!(
            "# Made by `treatywatch catalogue import` of {}. DECIDE marks what a person must decide.\n\
             id = \"{id}\"\nkind = \"treaty\"\n",
            line(&self.name, NOTE_CHARS_MAX)
        );
        match self.as_of {
            Some(day) => text.push_str(&format!("facts_as_of = {day}\n")),
            None => {
                text.push_str(&format!("# DECIDE: the page does not give its date.\nfacts_as_of = {today}\n"))
            }
        }
        if !self.registration.is_empty() {
            text.push_str(&format!("registration = {}\n", string(&self.registration)));
        }
        if self.title.is_empty() {
            text.push_str("# DECIDE: the page does not give the title.\n");
        }
        text.push_str(&format!("title = {{ en = {title} }}\n# DECIDE: the title that people use.\nshort_title = {{ en = {title} }}\n"));
        if let Some(source) = source {
            let kind = basis.unwrap_or(Basis::Depositary);
            text.push_str(&format!(
                "\n[sources.{SOURCE_KEY}]\nkind = \"{kind}\"\ntitle = {title}\nurl = {}\n",
                string(source)
            ));
            if let Some(day) = self.as_of {
                text.push_str(&format!("on = {day}\n"));
            }
        }
        let evidence = match source {
            Some(_) => format!("source = \"{SOURCE_KEY}\"\n"),
            None => "basis = \"memory\"\n".to_owned(),
        };
        let commented = |text: &str| text.lines().map(|line| format!("# {line}\n")).collect::<String>();
        text.push_str(&format!("\n# Conclusion, on the page: {}\n", or_nothing(&self.conclusion)));
        text.push_str("# DECIDE: whether the treaty was adopted or opened for signature then, and what else was done.\n");
        let (place, day) = self.conclusion.split_once(',').unwrap_or(("", &self.conclusion));
        let day = day_of(day).map_or_else(|| "DECIDE".to_owned(), |day| day.to_string());
        text.push_str(&commented(&format!(
            "[[act]]\non = {day}\nkind = \"adoption\"\nplace = {}\n{evidence}",
            string(place.trim())
        )));
        text.push_str(&format!(
            "\n# Entry into force, on the page: {}\n",
            or_nothing(&self.entry_into_force)
        ));
        if let Some(day) = day_of(&self.entry_into_force) {
            text.push_str(&format!("[[act]]\non = {day}\nkind = \"entry_into_force\"\n{evidence}\n"));
        }
        text.push_str(
            "# DECIDE: the final clauses, from the text of the treaty: how many must ratify, how long until it binds them, how \
             a later\n# state joins, how one leaves. Without them nothing is computed. For example:\n",
        );
        let clauses = "[[clause]]\nkind = \"entry_into_force_by_threshold\"\narticle = \"\"\ncount = 0\ndelay = \"P90D\"\n";
        text.push_str(&commented(&format!("{clauses}{evidence}")));
        text
    }
}

/// What a person should look into, as comments of the file.
pub(super) fn questions(doubts: &[Doubt], named: &[String]) -> String {
    let mut text = String::new();
    if !doubts.is_empty() || !named.is_empty() {
        text.push_str("\n# DECIDE: what could not be read as a fact.\n");
    }
    for Doubt { problem, help, .. } in doubts {
        let help = help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        text.push_str(&format!("# - {problem}{help}\n"));
    }
    for question in named {
        text.push_str(&format!("# - {question}\n"));
    }
    text
}

/// The states that are named in notes only, each with the note: predecessors, territories, states that have left.
pub(super) fn named_in_notes(notes: &[String], names: &Names<'_>, listed: &BTreeSet<StateId>) -> Vec<String> {
    let known = names.longest_first();
    let is_end = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    let mut found: BTreeMap<StateId, String> = BTreeMap::new();
    let mut size_bytes = 0;
    for note in notes {
        size_bytes += note.len();
        if NOTES_MAX_BYTES < size_bytes {
            break;
        }
        let mut rest = folded(note);
        for (name, state) in &known {
            let mut from = 0;
            while let Some(at) = rest[from..].find(name).map(|at| from + at) {
                let end = at + name.len();
                from = end;
                if is_end(rest[..at].chars().next_back()) && is_end(rest[end..].chars().next()) {
                    // A shorter name inside of this one is not meant.
                    rest.replace_range(at..end, &"\0".repeat(name.len()));
                    if !listed.contains(&state.id) {
                        found.entry(state.id).or_insert_with(|| {
                            let shown = line(note, NOTE_CHARS_MAX);
                            format!(
                                "{} ({}) has no row, and a note names it: {shown}",
                                state.name.en, state.id
                            )
                        });
                    }
                }
            }
        }
    }
    found.into_values().collect()
}

/// The day with which a text begins.
fn day_of(text: &str) -> Option<NaiveDate> {
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    let text = words.join(" ");
    let day: PartialDay = worded(text.trim_end_matches([',', '.', ';']))?;
    (day.precision() == Precision::Day).then(|| day.first_day())
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

/// A text as TOML writes it.
fn string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
