//! The rows of a table, and the acts that stand in them.

use chrono::NaiveDate;

use super::cell::Days;
use super::error::{Doubt, ImportError};
use super::table::{Field, Form, Mapping, Table, of_a_state};
use crate::catalogue::csv_file::csv_message;
use crate::domain::act::{ActKind, Basis, Confidence};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::marks::Column;
use crate::domain::observation::Observation;
use crate::domain::outside::{folded, line, plain};
use crate::domain::text::nearest;

/// A note is for reading beside an act, not a file.
const NOTE_CHARS_MAX: usize = 2000;
/// A place, a source.
const TEXT_CHARS_MAX: usize = 500;

/// What a row says that a state has done.
#[derive(Debug, Clone)]
pub(super) struct RowAct {
    pub kind: ActKind,
    pub on: PartialDay,
    pub effective_on: Option<NaiveDate>,
    pub place: Option<String>,
    pub note: String,
    /// None for that of the whole table.
    pub source: Option<String>,
    pub basis: Option<Basis>,
    pub confidence: Option<Confidence>,
}

impl RowAct {
    fn new(kind: ActKind, on: PartialDay) -> Self {
        Self {
            kind,
            on,
            effective_on: None,
            place: None,
            note: String::new(),
            source: None,
            basis: None,
            confidence: None,
        }
    }
}

/// One row: a state and its acts, or what is not clear about them.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// Its line, from 1; none where it comes from a page.
    pub line: Option<usize>,
    /// The state, as it is written.
    pub name: String,
    pub acts: Vec<RowAct>,
    pub doubts: Vec<Doubt>,
    /// Nothing stands in it.
    pub is_empty: bool,
}

impl Row {
    pub fn doubt(&mut self, problem: String, help: Option<String>) {
        self.doubts.push(Doubt { line: self.line, problem, help });
    }
}

/// Reads the cells of a row.
type Reader<'a> = dyn Fn(&[String], &mut Row) + 'a;

/// The rows of a table.
pub(super) fn of_table(
    table: &Table<'_>,
    mapping: &Mapping,
    days: &Days<'_>,
) -> Result<Vec<Row>, ImportError> {
    let headers = table.headers()?;
    let folded_headers: Vec<String> = headers.iter().map(|header| folded(header)).collect();
    let column = |name: &String| {
        let wanted = folded(name);
        let mut found = folded_headers.iter().enumerate().filter(|(_, header)| **header == wanted);
        match (found.next(), found.count()) {
            (Some((at, _)), 0) => Ok(at),
            (first, more) => Err(ImportError::Column {
                table: table.name.to_owned(),
                line: table.header_line(),
                column: name.clone(),
                found: more + usize::from(first.is_some()),
                headers: headers.join(", "),
            }),
        }
    };
    let state = column(&mapping.state)?;
    let reader: Box<Reader<'_>> = match &mapping.acts {
        Form::Wide(columns) => {
            let mut wide = Vec::new();
            for one in columns {
                let at = column(&one.column)?;
                wide.push(WideColumn {
                    at,
                    kind: one.kind,
                    place: one.place.as_deref(),
                    heading: Column::of(&headers[at]),
                });
            }
            Box::new(move |cells, row| wide.iter().for_each(|column| column.read(cells, days, row)))
        }
        Form::Long(fields) => {
            let mut long = Vec::new();
            for (field, name) in fields {
                long.push((*field, column(name)?));
            }
            Box::new(move |cells, row| read_act(&long, cells, days, row))
        }
    };
    let mut rows = Vec::new();
    for record in table.reader().into_records() {
        let mut row = Row::default();
        match record {
            Ok(record) => {
                row.line = record.position().and_then(|at| table.line(at));
                let cells: Vec<String> = record.iter().map(plain).collect();
                row.name = cells.get(state).cloned().unwrap_or_default();
                reader(&cells, &mut row);
                row.is_empty = row.name.is_empty() && row.acts.is_empty() && row.doubts.is_empty();
            }
            Err(cause) => {
                row.line = cause.position().and_then(|at| table.line(at));
                row.doubt(csv_message(&cause), None);
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The rows of the page of a depositary: each of what it says that states have done.
pub(super) fn of_page(observations: &[Observation]) -> Vec<Row> {
    let row = |observed: &Observation| {
        let mut row = Row { name: plain(&observed.state), ..Row::default() };
        let on = PartialDay::exact(observed.on);
        if observed.stands {
            let place = observed.depositary.clone();
            row.acts.push(RowAct { place, ..RowAct::new(observed.kind, on) });
        } else {
            in_brackets(&mut row, observed.kind, on);
        }
        row
    };
    observations.iter().map(row).collect()
}

fn in_brackets(row: &mut Row, kind: ActKind, on: PartialDay) {
    let problem = format!("{}: {kind} on {on} is in brackets: it is no longer in effect", row.name);
    row.doubt(problem, Some("record by hand what was done, and what ended it".to_owned()));
}

/// A column of days on which acts of one kind were done.
struct WideColumn<'a> {
    at: usize,
    kind: ActKind,
    place: Option<&'a str>,
    heading: Column,
}

impl WideColumn<'_> {
    fn read(&self, cells: &[String], days: &Days<'_>, row: &mut Row) {
        let text = cells.get(self.at).map(String::as_str).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        let (name, kind) = (&row.name, self.kind);
        let Some(cell) = days.cell(text) else {
            let problem = format!("{name}: {kind}: `{}` is not a day", line(text, TEXT_CHARS_MAX));
            return row.doubt(problem, Some(days.expected()));
        };
        let kind = match cell.mark {
            None => kind,
            // What a mark means, its heading says.
            Some(mark) => match self.heading.marked.get(mark) {
                Some(Some(kind)) => *kind,
                Some(None) => {
                    let problem =
                        format!("{name}: {kind}: the mark `{mark}` stands for no act of a state here");
                    return row.doubt(problem, None);
                }
                None => {
                    let problem = format!(
                        "{name}: {kind}: the heading `{}` does not explain the mark `{mark}`",
                        self.heading.heading
                    );
                    let help = format!(
                        "head the column as the depositary does, as in `Ratification, Accession({mark})`"
                    );
                    return row.doubt(problem, Some(help));
                }
            },
        };
        if cell.stands {
            row.acts.push(RowAct { place: self.place.map(str::to_owned), ..RowAct::new(kind, cell.on) });
        } else {
            in_brackets(row, kind, cell.on);
        }
    }
}

/// Reads a row that is one act.
fn read_act(columns: &[(Field, usize)], cells: &[String], days: &Days<'_>, row: &mut Row) {
    let text = |wanted: Field| {
        let at = columns.iter().find(|(field, _)| *field == wanted).map(|(_, at)| *at);
        at.and_then(|at| cells.get(at)).map(String::as_str).filter(|text| !text.is_empty())
    };
    if row.name.is_empty() && columns.iter().all(|(field, _)| text(*field).is_none()) {
        return;
    }
    let name = row.name.clone();
    let kind = match text(Field::Kind) {
        None => Err((format!("{name}: no act is named"), None)),
        Some(word) => kind_of(word).map_err(|(problem, help)| (format!("{name}: {problem}"), help)),
    };
    let kind = kind.map_err(|(problem, help)| row.doubt(problem, help)).ok();
    let what = kind.map_or("act", ActKind::as_str);
    let cell = match text(Field::On) {
        None => {
            row.doubt(format!("{name}: {what}: no day is given"), Some(days.expected()));
            None
        }
        Some(text) => days.cell(text).filter(|cell| cell.mark.is_none()).or_else(|| {
            row.doubt(
                format!("{name}: {what}: `{}` is not a day", line(text, TEXT_CHARS_MAX)),
                Some(days.expected()),
            );
            None
        }),
    };
    let mut effective_on = None;
    if let Some(text) = text(Field::EffectiveOn) {
        match days.day(text) {
            Some(day) if day.precision() == Precision::Day => effective_on = Some(day.first_day()),
            _ => {
                let text = line(text, TEXT_CHARS_MAX);
                row.doubt(
                    format!("{name}: {what}: the day of effect `{text}` is not a whole day"),
                    Some(days.expected()),
                );
            }
        }
    }
    let word = |field: Field| text(field).map(|text| folded(text).replace(' ', "_"));
    let basis = word(Field::Basis).map(|word| word.parse::<Basis>()).transpose();
    let confidence = word(Field::Confidence).map(|word| word.parse::<Confidence>()).transpose();
    let basis = basis.unwrap_or_else(|error| {
        row.doubt(format!("{name}: {error}"), None);
        None
    });
    let confidence = confidence.unwrap_or_else(|error| {
        row.doubt(format!("{name}: {error}"), None);
        None
    });
    let (Some(kind), Some(cell)) = (kind, cell) else { return };
    if !cell.stands {
        return in_brackets(row, kind, cell.on);
    }
    let place = match (text(Field::Place), text(Field::Depositary)) {
        (Some(place), Some(depositary)) if folded(place) != folded(depositary) => {
            Some(format!("{place} ({depositary})"))
        }
        (place, depositary) => place.or(depositary).map(str::to_owned),
    };
    row.acts.push(RowAct {
        kind,
        on: cell.on,
        effective_on,
        place: place.map(|place| line(&place, TEXT_CHARS_MAX)),
        note: line(text(Field::Note).unwrap_or_default(), NOTE_CHARS_MAX),
        source: text(Field::Source).map(|source| line(source, TEXT_CHARS_MAX)),
        basis,
        confidence,
    });
}

/// The kind of act that a word names: in our spelling, with spaces or capitals, or as lists of treaties put it.
fn kind_of(word: &str) -> Result<ActKind, (String, Option<String>)> {
    let spelled = folded(word).replace([' ', '-'], "_");
    let kind = match spelled.as_str() {
        "denunciation" | "notice_of_denunciation" | "notification_of_withdrawal" => {
            ActKind::NoticeOfWithdrawal
        }
        "signed" => ActKind::Signature,
        "ratified" => ActKind::Ratification,
        "acceded" => ActKind::Accession,
        _ => spelled.parse::<ActKind>().map_err(|_| {
            let kinds = ActKind::ALL.iter().map(|kind| kind.as_str());
            let near = nearest(&spelled, kinds, 1).first().map(|near| format!("did you mean `{near}`?"));
            let help = near
                .unwrap_or_else(|| "a kind of act is a word such as signature or ratification".to_owned());
            (format!("`{}` is no kind of act", line(word, TEXT_CHARS_MAX)), Some(help))
        })?,
    };
    of_a_state(kind).map_err(|error| match error {
        ImportError::OfDeadline(_) => {
            let problem = format!("{kind} names a deadline, which no column holds");
            (problem, Some("it belongs into treaty.toml or acts.csv".to_owned()))
        }
        _ => {
            let problem = format!("{kind} is an act of the treaty, not of a state");
            (problem, Some("it belongs into treaty.toml".to_owned()))
        }
    })
}
