//! `states.csv`: states and other entities, with their names and the names that sources use.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::day::parse_day;
use crate::domain::id::StateId;
use crate::domain::state::State;
use crate::domain::treaty::Words;

use super::acts::csv_error;
use super::error::{CatalogueError, Source};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<'a> {
    id: &'a str,
    kind: &'a str,
    name_en: &'a str,
    name_zh: &'a str,
    name_ru: &'a str,
    aliases: &'a str,
    ended_on: &'a str,
    successors: &'a str,
    note: &'a str,
}

/// Reads all states. A name or an alias may stand for one state only.
pub(super) fn read(source: Source<'_>) -> Result<BTreeMap<StateId, State>, CatalogueError> {
    let mut reader = csv::ReaderBuilder::new().from_reader(source.text.as_bytes());
    let header = reader.headers().map_err(|error| csv_error(source, &error))?.clone();
    let mut states = BTreeMap::new();
    let mut names: BTreeMap<String, StateId> = BTreeMap::new();
    for record in reader.into_records() {
        let record = record.map_err(|error| csv_error(source, &error))?;
        let line = record.position().and_then(|at| usize::try_from(at.line()).ok());
        let row: Row<'_> = record.deserialize(Some(&header)).map_err(|error| csv_error(source, &error))?;
        let state = state(&row).map_err(|(field, message)| source.error_on(line, field, message))?;
        for name in std::iter::once(&state.name.en).chain(&state.aliases) {
            if let Some(other) = names.insert(name.to_lowercase(), state.id) {
                return Err(source.error_on(line, "aliases", format!("`{name}` already names {other}")));
            }
        }
        let id = state.id;
        if states.insert(id, state).is_some() {
            return Err(source.error_on(line, "id", format!("{id} is listed twice")));
        }
    }
    Ok(states)
}

fn state(row: &Row<'_>) -> Result<State, (&'static str, String)> {
    fn given(text: &str) -> Option<String> {
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }
    let ended_on = given(row.ended_on)
        .map(|text| parse_day(&text).map_err(|error| ("ended_on", error.to_string())))
        .transpose()?;
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
        ended_on,
        successors: successors
            .map_err(|error: crate::domain::id::IdError| ("successors", error.to_string()))?,
        note: given(row.note),
    })
}
