//! `states.csv`: states and other entities, with their names and the names that sources use.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use serde::Deserialize;

use crate::domain::day::parse_day;
use crate::domain::id::StateId;
use crate::domain::lang::Words;
use crate::domain::outside::folded;
use crate::domain::state::State;

use super::csv_file::{self, csv_error};
use super::error::{Faults, Source};
use super::limits::STATES_MAX;
use super::place::CsvRow;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<'a> {
    id: &'a str,
    kind: &'a str,
    name_en: &'a str,
    name_zh: &'a str,
    name_ru: &'a str,
    aliases: &'a str,
    // Both columns may be left out.
    #[serde(default)]
    began_on: &'a str,
    #[serde(default)]
    regional_group: &'a str,
    ended_on: &'a str,
    successors: &'a str,
    note: &'a str,
}

/// A state and where it stands.
pub(super) struct ReadState {
    pub state: State,
    pub row: Option<CsvRow>,
}

/// Reads all states; a row that is wrong is left out.
pub(super) fn read(source: Source<'_>, faults: &mut Faults) -> Vec<ReadState> {
    let read = |header: &StringRecord, record: &StringRecord, row| {
        let read: Row<'_> = record.deserialize(Some(header)).map_err(|error| csv_error(source, &error))?;
        let state = state(&read).map_err(|(field, message)| source.csv_error(row, field, message))?;
        Ok(ReadState { state, row })
    };
    csv_file::rows(source, (STATES_MAX, "states"), |_| Ok(()), read, faults)
}

/// The states of several catalogues. A name or an alias may stand for one state only, and a code
/// that is there already may come again only with the same content.
#[derive(Default)]
pub(super) struct States {
    pub all: BTreeMap<StateId, State>,
    /// Where each was read.
    places: BTreeMap<StateId, String>,
    names: BTreeMap<String, StateId>,
}

impl States {
    /// Adds those of one file.
    pub fn add(&mut self, source: Source<'_>, read: Vec<ReadState>, faults: &mut Faults) {
        let mut here = BTreeSet::new();
        for ReadState { state, row } in read {
            let id = state.id;
            if !here.insert(id) {
                faults.push_with(|| source.csv_error(row, "id", format!("{id} is listed twice")));
                continue;
            }
            if let Some(known) = self.all.get(&id) {
                if *known != state {
                    let place = &self.places[&id];
                    let message = format!(
                        "`{id}` is already defined at {place} with other content: expected the same, or no such line"
                    );
                    faults.push_with(|| source.csv_error(row, "id", message));
                }
                continue;
            }
            for name in std::iter::once(&state.name.en).chain(&state.aliases) {
                // One spelled in two ways is one name.
                if let Some(other) = self.names.insert(folded(name), id).filter(|other| *other != id) {
                    let message = format!("`{name}` already names {other}");
                    faults.push_with(|| source.csv_error(row, "aliases", message));
                }
            }
            let line = row.map_or_else(String::new, |row| format!(":{}", row.line));
            self.places.insert(id, format!("{}{line}", source.file));
            self.all.insert(id, state);
        }
    }
}

fn state(row: &Row<'_>) -> Result<State, (&'static str, String)> {
    fn given(text: &str) -> Option<String> {
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }
    let day = |field: &'static str, text: &str| {
        given(text).map(|text| parse_day(&text).map_err(|error| (field, error.to_string()))).transpose()
    };
    let (began_on, ended_on) = (day("began_on", row.began_on)?, day("ended_on", row.ended_on)?);
    if began_on.zip(ended_on).is_some_and(|(began, ended)| ended <= began) {
        return Err(("ended_on", "does not come after `began_on`".to_owned()));
    }
    let regional_group = given(row.regional_group).map(|text| text.parse()).transpose();
    let successors = row.successors.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    Ok(State {
        id: row.id.parse().map_err(|error: crate::domain::id::IdError| ("id", error.to_string()))?,
        kind: row
            .kind
            .parse()
            .map_err(|error: crate::domain::text::UnknownWord| ("kind", error.to_string()))?,
        name: Words {
            en: given(row.name_en).ok_or(("name_en", "missing".to_owned()))?,
            zh: given(row.name_zh),
            ru: given(row.name_ru),
        },
        aliases: row.aliases.split(" | ").filter_map(given).collect(),
        began_on,
        ended_on,
        regional_group: regional_group
            .map_err(|error: crate::domain::text::UnknownWord| ("regional_group", error.to_string()))?,
        successors: successors
            .map_err(|error: crate::domain::id::IdError| ("successors", error.to_string()))?,
        note: given(row.note),
    })
}
