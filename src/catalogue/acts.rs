//! `acts.csv`: the acts of a treaty with many parties, one line each.

use csv::StringRecord;
use serde::Deserialize;

use crate::domain::act::{Act, ActKind, Basis, Confidence};
use crate::domain::day::parse_day;
use crate::domain::id::{ActId, Label, StateId, TreatyId};

use super::csv_file::{self, csv_error};
use super::error::{Faults, FieldError, Source};
use super::evidence::{Sources, Support};
use super::limits::ACTS_MAX;
use super::treaty::{Place, Placed};

/// The columns that the file has at least.
pub(super) const NEEDED: [&str; 4] = ["state", "kind", "on", "source"];
/// The columns that it may have besides.
const OPTIONAL: [&str; 8] =
    ["effective_on", "place", "note", "basis", "confidence", "label", "deadline", "until"];

/// A column that is not there reads as one that is empty.
#[derive(Debug, Deserialize)]
struct Row<'a> {
    state: &'a str,
    kind: &'a str,
    on: &'a str,
    source: &'a str,
    #[serde(default)]
    effective_on: &'a str,
    #[serde(default)]
    place: &'a str,
    #[serde(default)]
    note: &'a str,
    #[serde(default)]
    basis: &'a str,
    #[serde(default)]
    confidence: &'a str,
    #[serde(default)]
    label: &'a str,
    #[serde(default)]
    deadline: &'a str,
    #[serde(default)]
    until: &'a str,
}

/// Reads the acts; `sources` are those of the treaty. A row that is wrong is left out.
pub(super) fn read(
    source: Source<'_>,
    treaty: &TreatyId,
    sources: &Sources,
    faults: &mut Faults,
) -> Vec<Placed<Act>> {
    let read = |header: &StringRecord, record: &StringRecord, row| {
        let read: Row<'_> = record.deserialize(Some(header)).map_err(|error| csv_error(source, &error))?;
        let act =
            act(&read, treaty, sources).map_err(|(field, message)| source.csv_error(row, field, message))?;
        Ok(Placed { value: act, at: Place::Csv(row) })
    };
    csv_file::rows(source, (ACTS_MAX, "acts"), check_columns, read, faults)
}

fn check_columns(header: &StringRecord) -> Result<(), String> {
    let is_known = |name: &str| NEEDED.contains(&name) || OPTIONAL.contains(&name);
    let problem = if let Some(unknown) = header.iter().find(|name| !is_known(name)) {
        format!("unknown column `{unknown}`")
    } else if let Some(missing) = NEEDED.iter().find(|name| !header.iter().any(|there| there == **name)) {
        format!("the column `{missing}` is missing")
    } else if let Some((_, twice)) =
        header.iter().enumerate().find(|(at, name)| header.iter().take(*at).any(|before| before == *name))
    {
        format!("the column `{twice}` is there twice")
    } else {
        return Ok(());
    };
    let (needed, optional) = (NEEDED.join(","), OPTIONAL.join(","));
    Err(format!("{problem}: expected the columns {needed} and any of {optional}"))
}

fn act(row: &Row<'_>, treaty: &TreatyId, sources: &Sources) -> Result<Act, FieldError> {
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
    let basis: Option<Basis> = given(row.basis).map(|text| read("basis", text)).transpose()?;
    let confidence: Option<Confidence> =
        given(row.confidence).map(|text| read("confidence", text)).transpose()?;
    let support = Support { sources: row.source.split_whitespace().collect(), basis, confidence };
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
        evidence: sources.evidence(&support)?,
    };
    act.check_fields().map_err(|error| (error.field, error.to_string()))?;
    Ok(act)
}
