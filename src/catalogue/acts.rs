//! `acts.csv`: the acts of a treaty with many parties, one line each.

use serde::Deserialize;

use crate::domain::act::{Act, ActKind, Basis, Confidence};
use crate::domain::day::parse_day;
use crate::domain::id::{ActId, Label, StateId, TreatyId};

use super::error::{CatalogueError, Faults, Source};
use super::fields::evidence;
use super::limits::{self, ACTS_MAX};
use super::place::CsvRow;
use super::treaty::{Place, Placed};

/// The columns of every file, in order.
pub(super) const COLUMNS: [&str; 10] =
    ["state", "kind", "on", "effective_on", "place", "note", "source", "basis", "confidence", "label"];

/// The columns behind them in a file with acts about deadlines.
const OF_DEADLINES: [&str; 2] = ["deadline", "until"];

#[derive(Debug, Deserialize)]
struct Row<'a> {
    state: &'a str,
    kind: &'a str,
    on: &'a str,
    effective_on: &'a str,
    place: &'a str,
    note: &'a str,
    source: &'a str,
    basis: &'a str,
    confidence: &'a str,
    label: &'a str,
    #[serde(default)]
    deadline: &'a str,
    #[serde(default)]
    until: &'a str,
}

/// Reads the acts; `source_of` turns a short key into an address. A row that is wrong is left out.
pub(super) fn read(
    source: Source<'_>,
    treaty: &TreatyId,
    source_of: &dyn Fn(&str) -> String,
    faults: &mut Faults,
) -> Vec<Placed<Act>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(source.text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.push(csv_error(source, &error));
            return Vec::new();
        }
    };
    if header.iter().ne(COLUMNS) && header.iter().ne(COLUMNS.into_iter().chain(OF_DEADLINES)) {
        let (columns, further) = (COLUMNS.join(","), OF_DEADLINES.join(","));
        let message = format!(
            "expected the columns {columns}, and {further} behind them if an act is about a deadline"
        );
        faults.push(source.csv_error(Some(CsvRow::HEADER), "", message));
        return Vec::new();
    }
    let mut acts = Vec::new();
    for (number, record) in reader.into_records().enumerate() {
        if number == ACTS_MAX {
            faults.push(limits::too_many(source, ACTS_MAX, "acts"));
            break;
        }
        let read = record.map_err(|error| csv_error(source, &error)).and_then(|record| {
            let row = record.position().and_then(|at| CsvRow::of(source.text, at));
            limits::csv_row(&header, &record)
                .map_err(|(field, message)| source.csv_error(row, field, message))?;
            let read: Row<'_> =
                record.deserialize(Some(&header)).map_err(|error| csv_error(source, &error))?;
            let act = act(&read, treaty, source_of)
                .map_err(|(field, message)| source.csv_error(row, field, message))?;
            Ok(Placed { value: act, at: Place::Csv(row) })
        });
        match read {
            Ok(act) => acts.push(act),
            Err(fault) => faults.push(fault),
        }
    }
    acts
}

pub(super) fn csv_error(source: Source<'_>, error: &csv::Error) -> CatalogueError {
    let row = error.position().and_then(|at| CsvRow::of(source.text, at));
    source.csv_error(row, "", csv_message(error))
}

/// What is wrong with a row, without its place.
pub(super) fn csv_message(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} values: expected {expected_len}, one for each column")
        }
        _ => error.to_string(),
    }
}

type FieldError = (&'static str, String);

fn act(row: &Row<'_>, treaty: &TreatyId, source_of: &dyn Fn(&str) -> String) -> Result<Act, FieldError> {
    fn read<T: std::str::FromStr<Err: std::fmt::Display>>(
        field: &'static str,
        text: &str,
    ) -> Result<T, FieldError> {
        text.parse().map_err(|error: T::Err| (field, error.to_string()))
    }
    fn given(text: &str) -> Option<&str> {
        Some(text).filter(|text| !text.is_empty())
    }

    let state: StateId = read("state", row.state)?;
    let kind: ActKind = read("kind", row.kind)?;
    let on: crate::domain::day::PartialDay = read("on", row.on)?;
    let day = |field: &'static str, text: &str| {
        given(text).map(|text| parse_day(text).map_err(|error| (field, error.to_string()))).transpose()
    };
    let basis: Basis = read("basis", row.basis)?;
    let confidence: Confidence = read("confidence", row.confidence)?;
    let sources = given(row.source).map(source_of).into_iter().collect();
    let label: Option<Label> = given(row.label).map(|text| read("label", text)).transpose()?;
    let deadline: Option<Label> = given(row.deadline).map(|text| read("deadline", text)).transpose()?;
    let detail = deadline.as_ref().map(Label::as_str).or(given(row.place));
    let act = Act {
        id: ActId::of(treaty, Some(state), kind, on, detail),
        kind,
        state: Some(state),
        jointly: Vec::new(),
        towards: Vec::new(),
        precludes_entry_into_force: false,
        on,
        to: None,
        known_on: on.first_day(),
        effective_on: day("effective_on", row.effective_on)?,
        ends_before: None,
        until: day("until", row.until)?,
        deadline,
        place: given(row.place).map(str::to_owned),
        label,
        successors: Vec::new(),
        disputed_by: Vec::new(),
        note: given(row.note).map(str::to_owned),
        evidence: evidence(sources, basis, confidence).map_err(|message| ("source", message.to_owned()))?,
    };
    act.check_fields().map_err(|error| (error.field, error.to_string()))?;
    Ok(act)
}
