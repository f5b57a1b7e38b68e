//! `catalogue import`: what a table would give, or what was written.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::super::exit;
use super::super::layout::paragraph;
use super::super::view::{Style, View, show};
use super::args::ImportArgs;
use crate::catalogue::Files;
use crate::catalogue::import::{Doubt, Import, Order, Table, import, propose};
use crate::domain::treaty::Lang;

/// Runs the command. `others` are the seeds and what else the catalogue is read with.
pub fn run(args: &ImportArgs, others: &[Files], style: Style, out: &mut dyn Write) -> Result<u8> {
    let name = args.csv.display().to_string();
    let bytes = fs::read(&args.csv).context(name.clone())?;
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{name}: not UTF-8: save the table anew as CSV in UTF-8");
    };
    let Ok(delimiter) = u8::try_from(args.delimiter) else {
        bail!("delimiter: `{}` is no ASCII character: expected one as , or ;", args.delimiter);
    };
    let table = Table { name: &name, text: &text, delimiter };
    let Some(columns) = &args.columns else {
        show(&ColumnsView::of(&args.csv, &table.headers()?), style, out)?;
        return Ok(exit::FINE);
    };
    let order = Order {
        dir: &args.into,
        treaty: args.treaty.parse().context("treaty")?,
        mapping: columns.parse()?,
        dates: &args.dates,
        source: args.source.as_deref(),
        basis: args.basis,
        confidence: args.confidence,
        append: args.append,
    };
    let import = import(table, &order, others)?;
    let is_written = import.doubts.is_empty() || args.skip_doubtful;
    if is_written && import.new > 0 {
        import.write()?;
    }
    show(&ImportView::of(&name, import, is_written), style, out)?;
    Ok(if is_written { exit::FINE } else { exit::FAILED })
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
        paragraph(
            out,
            width,
            0,
            0,
            "Nothing was written: say with --columns what they are. By their names, it may be:",
        )?;
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
    rows: usize,
    /// Acts that were written, or would be.
    acts: usize,
    already_there: usize,
    is_written: bool,
    doubts: Vec<DoubtView>,
}

/// A row that is not clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct DoubtView {
    line: usize,
    problem: String,
    help: Option<String>,
}

impl ImportView {
    fn of(table: &str, import: Import, is_written: bool) -> Self {
        let doubt = |Doubt { line, problem, help }| DoubtView { line, problem, help };
        Self {
            table: table.to_owned(),
            file: import.path.display().to_string(),
            rows: import.rows,
            acts: import.new,
            already_there: import.known,
            is_written,
            doubts: import.doubts.into_iter().map(doubt).collect(),
        }
    }
}

impl View for ImportView {
    fn print(&self, _: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        for DoubtView { line, problem, help } in &self.doubts {
            let help = help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
            paragraph(out, width, 0, 2, &format!("{}:{line}: {problem}{help}", self.table))?;
        }
        let Self { rows, acts, already_there, file, .. } = self;
        let mut lines: Vec<usize> = self.doubts.iter().map(|doubt| doubt.line).collect();
        lines.dedup();
        let doubts = lines.len();
        let told = match (self.is_written, doubts) {
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
        paragraph(out, width, 0, 2, &told)
    }
}
