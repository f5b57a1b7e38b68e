//! What `sources` can be asked.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::super::args::{day, word};
use crate::domain::source::SourceKind;

/// `sources`
#[derive(Debug, Clone, Args)]
pub struct SourcesArgs {
    /// What to do with them; without it, they are listed.
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
    /// Read a saved page and compare it with the record; exit code 3 where they differ
    #[command(after_help = "\
Kinds:
  untc   the United Nations Treaty Collection: the XML file of a treaty, or its page
  unoda  the treaties database of the Office for Disarmament Affairs

Example:
  treatywatch sources check untc ctbt --file ViewDetails.html")]
    Check {
        /// The kind of source
        #[arg(value_parser = word::<SourceKind>([SourceKind::Untc, SourceKind::Unoda].iter().map(|kind| kind.as_str())))]
        kind: SourceKind,
        /// The treaty that the file is about
        treaty: String,
        /// The file as it was saved
        #[arg(long)]
        file: PathBuf,
        /// The day on which it was saved: what became known later is not compared [default: today]
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Option<NaiveDate>,
    },
    /// Ask one source now, whatever the schedule; exit code 3 where it fails or gives cause to look
    Ask {
        /// The source
        name: String,
    },
    /// Write an answer as it came, to look at or to check again
    #[command(after_help = "\
Example:
  treatywatch sources body ctbt-untc > ctbt.xml")]
    Body {
        /// The source
        name: String,
        /// Which answer, by its digest or the beginning of it [default: the last that said something new]
        digest: Option<String>,
    },
    /// Believe the next answer of a source, however much it differs from the last one
    #[command(after_help = "\
Of a dataset it also takes a version that is far ahead of the one on record, or an earlier one: the way back
from a version that was too high by mistake.")]
    Trust {
        /// The source
        name: String,
    },
}
