//! `status`: what is in force on a day, as far as it could be known on another.

mod page;
mod table;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use clap::Args;

use super::options::DayArgs;
use super::output::View;
use crate::answers::status::StatusView;
use crate::domain::lang::Lang;

/// `status`
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// A treaty, shown in full; without it, a table of all
    pub treaty: Option<String>,
    /// Use the reading that this state asserts, or the reading of this name [default: the neutral one]
    #[arg(long, value_name = "STATE")]
    pub reading: Option<String>,
    /// The days asked about.
    #[command(flatten)]
    pub days: DayArgs,
}

impl View for StatusView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.in_full { page::print(self, lang, width, out) } else { table::print(self, lang, width, out) }
    }
}
