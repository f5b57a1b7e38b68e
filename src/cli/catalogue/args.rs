//! What can be asked about catalogues, and how it is spelled.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::super::args::{day, word};
use crate::domain::act::{Basis, Confidence};

/// `catalogue`
#[derive(Debug, Clone, Args)]
pub struct CatalogueArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: CatalogueAction,
}

/// What can be done with catalogues.
#[derive(Debug, Clone, Subcommand)]
pub enum CatalogueAction {
    /// Tell everything that is wrong with a catalogue; exit code 1 where something is
    Check(CheckArgs),
    /// Print the JSON Schema of treaty.toml, for editors
    Schema,
    /// Pack the seeds, those of --seeds or the program's own, into one file of JSON to publish
    #[command(after_help = "\
Whoever has a source of the kind `dataset` at its address takes them, if their version is higher.

Example:
  treatywatch --seeds facts catalogue bundle dataset.json")]
    Bundle(BundleArgs),
    /// Make acts.csv of a treaty from a table, or a treaty from a saved page of its depositary
    #[command(after_help = "\
A table has a row for each state and a column for each kind of act, or one act a row. A page is that of a
treaty in the United Nations Treaty Collection, saved as HTML or XML.

Examples:
  treatywatch catalogue import acts.csv --into ours --treaty lake-convention --source list
  treatywatch catalogue import page.html --into ours --treaty lake-convention \\
    --source https://depositary.example/lake
  treatywatch catalogue import status.csv --into ours --treaty lake-convention
  treatywatch catalogue import status.csv --into ours --treaty lake-convention \\
    --columns \"state=Participant,signature=Signature,ratification=Ratification\" \\
    --dates \"%d/%m/%Y\" --source https://depositary.example/lake --basis depositary")]
    Import(ImportArgs),
}

/// `catalogue check`
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// The directory of the catalogue
    pub dir: PathBuf,
    /// Show the days to come from this day on [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<NaiveDate>,
}

/// `catalogue bundle`
#[derive(Debug, Clone, Args)]
pub struct BundleArgs {
    /// The file to write; it must not be there
    pub file: PathBuf,
}

/// `catalogue import`
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The table (CSV, its first line names the columns) or the page
    pub file: PathBuf,
    /// The directory of the catalogue
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// The treaty; for a table, its treaty.toml must be there
    #[arg(long, value_name = "ID")]
    pub treaty: String,
    /// What the columns are: `state=Participant,ratification=Ratified on`, or
    /// `state=Country,kind=Act,on=Date,place=Place` for one act a row [default: by their names, if
    /// those leave no choice]
    #[arg(long, value_name = "MAPPING")]
    pub columns: Option<String>,
    /// How days are written, as in %d/%m/%Y
    #[arg(long, value_name = "FORMAT", default_value = "%Y-%m-%d")]
    pub dates: String,
    /// The first of the hundred years in which years of two digits (%y) lie
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1000..=9900))]
    pub years_from: Option<i32>,
    /// What stands between two columns: a character, or `tab` [default: as the table shows]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<u8>,
    /// Where the acts come from: an address, or a key of `[sources]` of the treaty
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Whose record it is [default: secondary; depositary for a page]
    #[arg(long, value_parser = word::<Basis>(Basis::ALL.iter().map(|basis| basis.as_str())))]
    pub basis: Option<Basis>,
    /// How sure it is [default: medium; high for a page]
    #[arg(long, value_parser = word::<Confidence>(Confidence::ALL.iter().map(|confidence| confidence.as_str())))]
    pub confidence: Option<Confidence>,
    /// Write the rows that are clear, although others are in doubt
    #[arg(long)]
    pub skip_doubtful: bool,
    /// Add to an acts.csv that is there; what it has is passed over
    #[arg(long)]
    pub append: bool,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        (_, &[byte]) if byte.is_ascii() => Ok(byte),
        _ => Err("expected one ASCII character, as , or ; or `tab`".to_owned()),
    }
}
