//! Where a value stands in a file. Asked only once something is wrong with it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line on which a byte lies, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The column of a byte in its line, from 1, in characters.
pub fn column_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    1 + before.rsplit('\n').next().unwrap_or_default().chars().count()
}

/// The bytes of a line, from 1, without the line break.
pub(super) fn line(text: &str, number: usize) -> Option<Range<usize>> {
    let line = text.split_inclusive('\n').nth(number.checked_sub(1)?)?;
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    Some(start..start + line.trim_end().len())
}

/// As much of a span as stands on its first line: the name of a table, not what is in it.
pub(super) fn within_line(text: &str, span: Range<usize>) -> Range<usize> {
    let Some(line) = line(text, line_of(text, span.start)) else { return span };
    span.start..span.end.min(line.end).max(span.start)
}

/// Where a word stands inside a span.
pub(super) fn word_within(text: &str, span: &Range<usize>, word: &str) -> Option<Range<usize>> {
    let start = span.start + text.get(span.clone())?.find(word)?;
    Some(start..start + word.len())
}

/// The value of `field` in the table that begins at `offset`, else the first line of that table.
pub(super) fn toml_field(text: &str, offset: usize, field: &str) -> Option<Range<usize>> {
    let header = || line(text, line_of(text, offset)).map(|line| offset.max(line.start)..line.end);
    // Who asks has read the file before, so it can be read.
    let Ok(root) = DeTable::parse(text) else { return header() };
    let found = find_in_table(root.get_ref(), root.span().start, offset, field);
    found.map(|span| within_line(text, span)).or_else(header)
}

/// A field of a table and its value.
fn entry<'a, 'i>(table: &'a DeTable<'i>, field: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    table.iter().find(|(key, _)| key.get_ref() == field).map(|(_, value)| value)
}

fn find_in_table(table: &DeTable<'_>, begins: usize, offset: usize, field: &str) -> Option<Range<usize>> {
    let here = entry(table, field).filter(|value| begins == offset || value.span().start == offset);
    let below = || table.values().find_map(|value| find_in_value(value, offset, field));
    here.map(Spanned::span).or_else(below)
}

fn find_in_value(value: &Spanned<DeValue<'_>>, offset: usize, field: &str) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::Table(table) => find_in_table(table, value.span().start, offset, field),
        DeValue::Array(items) => items.iter().find_map(|item| find_in_value(item, offset, field)),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    }
}

/// Where a row of a CSV file begins. Both are known while it is read: to find the one from the other takes time for
/// all that stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CsvRow {
    /// Its line, from 1.
    pub line: usize,
    /// Its first byte.
    pub start: usize,
}

impl CsvRow {
    /// The row that names the columns.
    pub const HEADER: Self = Self { line: 1, start: 0 };

    /// The row of a record, whose position is before the empty lines above it.
    pub fn of(text: &str, record: &csv::Position) -> Option<Self> {
        let (at, line) = (usize::try_from(record.byte()).ok()?, usize::try_from(record.line()).ok()?);
        let above: &[u8] = &text.as_bytes()[at.min(text.len())..];
        let above = above.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let (breaks, bytes) =
            above.fold((0, 0), |(breaks, bytes), byte| (breaks + usize::from(*byte == b'\n'), bytes + 1));
        Some(Self { line: line + breaks, start: at + bytes })
    }
}

/// The value in the column `field` of a row, else the whole line.
pub(super) fn csv_field(text: &str, row: CsvRow, field: &str) -> Range<usize> {
    let header = text.lines().next().unwrap_or_default();
    let column = header.split(',').position(|name| name.trim() == field);
    let whole = || {
        let line = text.get(row.start..).unwrap_or_default().lines().next().unwrap_or_default();
        row.start..row.start + line.trim_end().len()
    };
    column.and_then(|column| csv_values(text, row.start).nth(column)).unwrap_or_else(whole)
}

/// The values of the row that begins at `start`, with their quotes.
fn csv_values(text: &str, start: usize) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(start);
    std::iter::from_fn(move || {
        let start = next?;
        let mut quoted = false;
        let end = text.get(start..)?.find(|letter| {
            quoted ^= letter == '"';
            !quoted && matches!(letter, ',' | '\n' | '\r')
        });
        let end = end.map_or(text.len(), |length| start + length);
        next = text[end..].starts_with(',').then_some(end + 1);
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_in_the_table_that_begins_there() {
        let text = "id = \"a\"\n[[act]]\non = 1\n[[act]]\nkind = \"x\"\non = 2\n";
        let second = text.rfind("[[act]]").unwrap();
        assert_eq!(&text[toml_field(text, second, "on").unwrap()], "2");
        assert_eq!(&text[toml_field(text, second, "place").unwrap()], "[[act]]");
        assert_eq!(&text[toml_field(text, text.find("\"a\"").unwrap(), "id").unwrap()], "\"a\"");
    }

    #[test]
    fn a_column_is_found_behind_quotes() {
        let text = "state,note,on\nRUS,\"one, two\",2019\nUSA,,\n";
        let row = |line, word| CsvRow { line, start: text.find(word).unwrap() };
        let (second, third) = (row(2, "RUS"), row(3, "USA"));
        assert_eq!(&text[csv_field(text, second, "on")], "2019");
        assert_eq!(&text[csv_field(text, second, "note")], "\"one, two\"");
        assert_eq!(csv_field(text, third, "on").len(), 0);
        assert_eq!(&text[csv_field(text, third, "kind")], "USA,,");
    }

    #[test]
    fn a_column_is_counted_in_characters() {
        assert_eq!(column_of("x\nдва = 1", 2 + "два = ".len()), 7);
        assert_eq!(column_of("x", 0), 1);
    }
}
