//! `catalogue import`: what a table or a page would give, or what was written.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use serde::Serialize;

use super::super::exit;
use super::super::layout::paragraph;
use super::super::output::{Style, View, show};
use super::args::ImportArgs;
use crate::catalogue::Files;
use crate::catalogue::import::{Doubt, Import, Input, Mapping, Order, PageHead, Table, import, propose};
use crate::domain::lang::Lang;
use crate::sources::{UntcHead, parse_untc, untc_head, untc_notes};

/// So many doubts are printed; JSON has all.
const DOUBTS_SHOWN_MAX: usize = 200;

/// Runs the command. `others` are the seeds and what else the catalogue is read with.
pub fn run(
    args: &ImportArgs,
    others: &[Files],
    today: NaiveDate,
    style: Style,
    out: &mut dyn Write,
) -> Result<u8> {
    let name = args.file.display().to_string();
    let bytes = fs::read(&args.file).context(name.clone())?;
    let is_page = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii_start().starts_with(b"<");
    let order = Order {
        dir: &args.into,
        treaty: args.treaty.parse().context("treaty")?,
        dates: &args.dates,
        years_from: args.years_from,
        source: args.source.as_deref(),
        basis: args.basis,
        confidence: args.confidence,
        append: args.append,
        today,
    };
    let (import, left_out) = if is_page {
        let acts =
            parse_untc(&bytes).with_context(|| format!("{name}: no page of the UN Treaty Collection"))?;
        let head = head(&name, &bytes)?;
        let observations: Vec<_> = acts.observations.into_iter().collect();
        (import(Input::Page { observations: &observations, head: &head }, &order, others)?, Vec::new())
    } else {
        let Some(text) = decoded(&bytes) else {
            bail!("{name}: not UTF-8: save the table anew as CSV in UTF-8");
        };
        let table = Table::of(&name, &text, args.delimiter);
        let headers = table.headers()?;
        let mapping = match &args.columns {
            Some(columns) => Some(columns.parse()?),
            None => Mapping::found(&headers),
        };
        let Some(mapping) = mapping else {
            show(&ColumnsView::of(&args.file, &headers), style, out)?;
            return Ok(exit::FINE);
        };
        // Who names the columns knows which are not named.
        let left_out = if args.columns.is_none() { mapping.left_out(&headers) } else { Vec::new() };
        (import(Input::Table(table, &mapping), &order, others)?, left_out)
    };
    // The questions about a page are in the file that its author reads next.
    let is_written = import.doubts.is_empty() || args.skip_doubtful || import.skeleton.is_some();
    if is_written && (import.new > 0 || import.skeleton.is_some()) {
        import.write()?;
    }
    let view = ImportView { left_out, ..ImportView::of(&name, &args.into, import, is_written) };
    show(&view, style, out)?;
    Ok(if is_written { exit::FINE } else { exit::FAILED })
}

/// What a page says besides its table.
fn head(name: &str, bytes: &[u8]) -> Result<PageHead> {
    let UntcHead { title, conclusion, entry_into_force, registration, as_of } =
        untc_head(bytes).context(name.to_owned())?;
    let notes = untc_notes(bytes).context(name.to_owned())?;
    Ok(PageHead { name: name.to_owned(), title, conclusion, entry_into_force, registration, as_of, notes })
}

/// The text of a table: in UTF-8, or in UTF-16 as spreadsheets save "Unicode text".
fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().ok().map(Cow::Owned)
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

/// The columns of a table, and what they may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ColumnsView {
    table: String,
    columns: Vec<String>,
    /// A mapping to look at and copy.
    proposed: String,
    /// Columns that are not in it.
    left_out: Vec<String>,
}

impl ColumnsView {
    fn of(table: &Path, headers: &[String]) -> Self {
        let proposals = propose(headers);
        let proposed =
            proposals.iter().filter_map(|(header, what)| what.map(|what| format!("{what}={header}")));
        let left_out = proposals.iter().filter(|(_, what)| what.is_none());
        Self {
            table: table.display().to_string(),
            columns: headers.to_vec(),
            proposed: proposed.collect::<Vec<_>>().join(","),
            left_out: left_out.map(|(header, _)| (*header).to_owned()).collect(),
        }
    }
}

impl View for ColumnsView {
    fn print(&self, _: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let told = format!("{} has {} columns:", self.table, self.columns.len());
        paragraph(out, width, 0, 2, &told)?;
        for column in &self.columns {
            writeln!(out, "  {column}")?;
        }
        writeln!(out)?;
        paragraph(out, width, 0, 0, "Nothing was written: name the columns with --columns. Proposed:")?;
        writeln!(out, "\n  --columns \"{}\"\n", self.proposed)?;
        if !self.left_out.is_empty() {
            paragraph(out, width, 0, 2, &format!("Left out: {}", self.left_out.join(", ")))?;
        }
        paragraph(
            out,
            width,
            0,
            0,
            "A column is `state` or a kind of act, such as signature, ratification, accession or \
             notice_of_withdrawal. If there is one column only, name what separates them: --delimiter.",
        )
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ImportView {
    table: String,
    file: String,
    /// The `treaty.toml` that was made.
    treaty_file: Option<String>,
    rows: usize,
    doubtful_rows: usize,
    /// Acts that were written, or would be.
    acts: usize,
    already_there: usize,
    is_written: bool,
    doubts: Vec<DoubtView>,
    /// What else a person should look into.
    questions: Vec<String>,
    /// Columns that were not read, of a table whose columns were found by their names.
    left_out: Vec<String>,
    /// Faults of the catalogue that have nothing to do with these acts.
    other_faults: usize,
    #[serde(skip)]
    catalogue: String,
}

/// A row that is not clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct DoubtView {
    line: Option<usize>,
    problem: String,
    help: Option<String>,
}

impl ImportView {
    fn of(table: &str, catalogue: &Path, import: Import, is_written: bool) -> Self {
        let doubt = |Doubt { line, problem, help }| DoubtView { line, problem, help };
        Self {
            table: table.to_owned(),
            file: import.path.display().to_string(),
            treaty_file: import.skeleton.map(|(path, _)| path.display().to_string()),
            rows: import.rows,
            doubtful_rows: import.doubtful_rows,
            acts: import.new,
            already_there: import.known,
            is_written,
            doubts: import.doubts.into_iter().map(doubt).collect(),
            questions: import.named,
            left_out: Vec::new(),
            other_faults: import.other_faults,
            catalogue: catalogue.display().to_string(),
        }
    }
}

impl View for ImportView {
    fn print(&self, _: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        for DoubtView { line, problem, help } in self.doubts.iter().take(DOUBTS_SHOWN_MAX) {
            let help = help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
            let line = line.map_or_else(String::new, |line| format!(":{line}"));
            paragraph(out, width, 0, 2, &format!("{}{line}: {problem}{help}", self.table))?;
        }
        if let Some(more @ 1..) = self.doubts.len().checked_sub(DOUBTS_SHOWN_MAX) {
            paragraph(out, width, 0, 2, &format!("... and {more} more: --json lists all"))?;
        }
        for question in &self.questions {
            paragraph(out, width, 0, 2, &format!("{}: {question}", self.table))?;
        }
        if !self.left_out.is_empty() {
            paragraph(out, width, 0, 2, &format!("Columns left out: {}", self.left_out.join(", ")))?;
        }
        let Self { rows, acts, already_there, file, doubtful_rows: doubts, .. } = self;
        let result = match (self.is_written, doubts) {
            (true, 0) => format!(
                "{rows} rows: {acts} acts were written to {file}, {already_there} were there already."
            ),
            (true, _) => format!(
                "{rows} rows, {doubts} in doubt and left out: {acts} acts were written to {file}, {already_there} were \
                 there already."
            ),
            (false, _) => format!(
                "{rows} rows, {doubts} in doubt: nothing was written. Mend them, or write the {acts} acts of the others \
                 with --skip-doubtful."
            ),
        };
        paragraph(out, width, 0, 2, &result)?;
        if let Some(file) = &self.treaty_file {
            let next = format!("{file} was made: complete what it marks with DECIDE, the clauses above all.");
            paragraph(out, width, 0, 2, &next)?;
        }
        if self.other_faults > 0 {
            let faults = format!(
                "The catalogue has other faults ({}): `treatywatch catalogue check {}` shows them.",
                self.other_faults, self.catalogue
            );
            paragraph(out, width, 0, 2, &faults)?;
        }
        Ok(())
    }
}
