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
    /// Make acts.csv of a treaty from a table with a row for each state
    #[command(after_help = "\
Examples:
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
    /// The table: CSV in UTF-8, its first line names the columns
    pub csv: PathBuf,
    /// The directory of the catalogue
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// The treaty; its treaty.toml must be there
    #[arg(long, value_name = "ID")]
    pub treaty: String,
    /// What the columns are: `state=Participant,ratification=Ratified on`. Without this, the
    /// columns that were found are shown, and nothing is written
    #[arg(long, value_name = "MAPPING")]
    pub columns: Option<String>,
    /// How days are written, as in %d/%m/%Y
    #[arg(long, value_name = "FORMAT", default_value = "%Y-%m-%d")]
    pub dates: String,
    /// What stands between two columns
    #[arg(long, value_name = "CHARACTER", default_value = ",")]
    pub delimiter: char,
    /// Where the table comes from: an address, or a key of `[sources]` of the treaty
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Whose record it is
    #[arg(long, default_value = "secondary")]
    #[arg(value_parser = word::<Basis>(Basis::ALL.iter().map(|basis| basis.as_str())))]
    pub basis: Basis,
    /// How sure it is
    #[arg(long, default_value = "medium")]
    #[arg(value_parser = word::<Confidence>(Confidence::ALL.iter().map(|confidence| confidence.as_str())))]
    pub confidence: Confidence,
    /// Write the rows that are clear, although others are in doubt
    #[arg(long)]
    pub skip_doubtful: bool,
    /// Add to an acts.csv that is there; what it has is passed over
    #[arg(long)]
    pub append: bool,
}
