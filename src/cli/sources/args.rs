//! What `sources` can be asked.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::super::options::{day, word};
use crate::domain::source::SourceKind;

/// `sources`
#[derive(Debug, Clone, Args)]
pub struct SourcesArgs {
    /// An action; without one, they are listed.
    #[command(subcommand)]
    pub action: Option<SourcesAction>,
}

impl SourcesArgs {
    /// Whether nothing in the database changes.
    pub fn only_reads(&self) -> bool {
        match &self.action {
            None | Some(SourcesAction::Check { .. } | SourcesAction::Body { .. }) => true,
            Some(SourcesAction::Ask { .. } | SourcesAction::Trust { .. }) => false,
        }
    }

    /// Whether an answer is written as it came.
    pub fn writes_body(&self) -> bool {
        matches!(self.action, Some(SourcesAction::Body { .. }))
    }
}

/// What can be done with sources.
#[derive(Debug, Clone, Subcommand)]
pub enum SourcesAction {
    /// Compare a saved page with the record; exit code 3 if they differ
    #[command(after_help = "\
Kinds:
  untc   the United Nations Treaty Collection: the XML file of a treaty, or its page
  unoda  the treaties database of the Office for Disarmament Affairs

Example:
  treatywatch sources check untc ctbt --file ViewDetails.html")]
    Check {
        /// Kind of the source
        #[arg(value_parser = word::<SourceKind>([SourceKind::Untc, SourceKind::Unoda].iter().map(|kind| kind.as_str())))]
        kind: SourceKind,
        /// Treaty of the page
        treaty: String,
        /// Saved file
        #[arg(long)]
        file: PathBuf,
        /// Date on which it was saved; facts known only later are not compared [default: today]
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Option<NaiveDate>,
    },
    /// Poll a source now; exit code 3 if it fails or leaves findings to review
    Ask {
        /// Name of the source in the configuration
        name: String,
    },
    /// Print a stored response as it was received
    #[command(after_help = "\
Example:
  treatywatch sources body ctbt-untc > ctbt.xml")]
    Body {
        /// Name of the source in the configuration
        name: String,
        /// Digest of the response, or its beginning [default: the last that changed]
        digest: Option<String>,
    },
    /// Accept the next response of a source, however much it differs from the baseline
    #[command(after_help = "\
For a data set it also accepts a version far ahead of the recorded one, or an earlier one: use it to recover
from a version that was too high by mistake.")]
    Trust {
        /// Name of the source in the configuration
        name: String,
    },
}
