//! `backup` and `restore`: copies of the database.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::args::day;

/// `backup`
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    pub file: PathBuf,
    /// Only what could be known on this day, for questions in SQL about what was believed then
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub known_on: Option<NaiveDate>,
}

/// `restore`
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// The copy that `backup` has made
    pub file: PathBuf,
}
