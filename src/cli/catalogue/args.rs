//! What can be asked about catalogues, and how it is spelled.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::super::options::{day, word};
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
    /// Validate a catalogue: list errors and warnings; exit code 1 if there are errors
    Check(CheckArgs),
    /// Print the JSON Schema of treaty.toml, for editors
    Schema,
    /// Bundle the seeds (built-in or --seeds) into one JSON file to publish
    #[command(after_help = "\
Installations with a source of kind `dataset` at its address adopt it, if its version is higher.

Example:
  treatywatch --seeds facts catalogue bundle dataset.json")]
    Bundle(BundleArgs),
    /// Import acts from a table, or a treaty from a saved page of its depositary
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
    /// Directory of the catalogue
    pub dir: PathBuf,
    /// Show upcoming dates from this date on [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<NaiveDate>,
}

/// `catalogue bundle`
#[derive(Debug, Clone, Args)]
pub struct BundleArgs {
    /// File to write; it must not exist
    pub file: PathBuf,
}

/// `catalogue import`
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The table (CSV whose first line names the columns) or the saved page
    pub file: PathBuf,
    /// Directory of the catalogue
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// The treaty; for a table, its treaty.toml must exist
    #[arg(long, value_name = "ID")]
    pub treaty: String,
    /// Mapping of columns: `state=Participant,ratification=Ratified on`, or, for one act a row,
    /// `state=Country,kind=Act,on=Date,place=Place` [default: detected from the names, if unambiguous]
    #[arg(long, value_name = "MAPPING")]
    pub columns: Option<String>,
    /// Format of dates, such as %d/%m/%Y
    #[arg(long, value_name = "FORMAT", default_value = "%Y-%m-%d")]
    pub dates: String,
    /// First year of the century for two-digit years (%y)
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1000..=9900))]
    pub years_from: Option<i32>,
    /// Column separator: a character, or `tab` [default: detected]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<u8>,
    /// Source of the acts: an address, or a key of `[sources]` of the treaty
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Kind of the source, if that is an address [default: secondary; depositary for a page]
    #[arg(long, value_parser = word::<Basis>(Basis::ALL.iter().map(|basis| basis.as_str())))]
    pub basis: Option<Basis>,
    /// Confidence in the facts, if less than the kind of the source allows
    #[arg(long, value_parser = word::<Confidence>(Confidence::ALL.iter().map(|confidence| confidence.as_str())))]
    pub confidence: Option<Confidence>,
    /// Import the valid rows and leave out the doubtful ones
    #[arg(long)]
    pub skip_doubtful: bool,
    /// Append to an existing acts.csv; acts that it has are skipped
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
