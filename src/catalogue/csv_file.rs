//! Reading a CSV file of a catalogue row by row: a row that is wrong is left out, and does not hide the next.

use csv::StringRecord;

use super::error::{CatalogueError, Faults, Source};
use super::limits;
use super::place::CsvRow;

/// Reads the rows with `read`, at most so many. A header that `check` refuses leaves nothing to read.
pub(super) fn rows<T>(
    source: Source<'_>,
    (most, what): (usize, &str),
    check: impl Fn(&StringRecord) -> Result<(), String>,
    read: impl Fn(&StringRecord, &StringRecord, Option<CsvRow>) -> Result<T, CatalogueError>,
    faults: &mut Faults,
) -> Vec<T> {
    let mut reader = csv::ReaderBuilder::new().from_reader(source.text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.push(csv_error(source, &error));
            return Vec::new();
        }
    };
    if let Err(message) = check(&header) {
        faults.push(source.csv_error(Some(CsvRow::HEADER), "", message));
        return Vec::new();
    }
    let mut all = Vec::new();
    for (number, record) in reader.into_records().enumerate() {
        if number == most {
            faults.push(limits::too_many(source, most, what));
            break;
        }
        let one = record.map_err(|error| csv_error(source, &error)).and_then(|record| {
            let row = record.position().and_then(|at| CsvRow::of(source.text, at));
            limits::csv_row(&header, &record)
                .map_err(|(field, message)| source.csv_error(row, field, message))?;
            read(&header, &record, row)
        });
        match one {
            Ok(one) => all.push(one),
            Err(fault) => faults.push(fault),
        }
    }
    all
}

/// What is wrong with a row, and where.
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
