//! `backup` and `restore`: copies of the database.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::context::{Context, unwritten};
use super::exit;
use super::layout::terminal_width;
use super::options::{Options, day};
use super::output::{View, show};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::daemon;
use crate::domain::lang::Lang;
use crate::store::Store;

/// `backup`
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// File to write; it must not exist
    pub file: PathBuf,
    /// Copy only facts known on this date: a snapshot for queries, which cannot be restored
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub known_on: Option<NaiveDate>,
}

/// `restore`
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// File that `backup` wrote
    pub file: PathBuf,
}

/// The copy that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupView {
    /// The copy.
    pub copy: String,
    /// What it is a copy of.
    pub database: String,
    /// The day up to which it holds what was known; none for a whole copy.
    pub known_on: Option<NaiveDate>,
}

impl View for BackupView {
    fn print(&self, _lang: Lang, _width: usize, out: &mut dyn Write) -> io::Result<()> {
        let Self { copy, database, known_on } = self;
        // A path stays on one line, to be copied.
        match known_on {
            None => writeln!(out, "{copy} is a copy of {database}"),
            Some(day) => writeln!(out, "{copy} is a snapshot of {database} as known on {day}"),
        }
    }
}

/// The database that was put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RestoreView {
    /// The database.
    pub database: String,
    /// The copy that it holds now.
    pub copy: String,
    /// Where the database of before is kept; none if there was none.
    pub kept: Option<String>,
}

impl View for RestoreView {
    fn print(&self, _lang: Lang, _width: usize, out: &mut dyn Write) -> io::Result<()> {
        let Self { database, copy, kept } = self;
        // Paths stay on one line, to be copied.
        writeln!(out, "{database} was restored from {copy}")?;
        match kept {
            Some(kept) => writeln!(out, "the previous database is kept in {kept}"),
            None => Ok(()),
        }
    }
}

impl Context<'_> {
    pub(super) async fn backup(&self, args: &BackupArgs, out: &mut dyn Write) -> Result<u8> {
        let BackupArgs { file, known_on } = args;
        match known_on {
            None => self.store.backup(file).await?,
            Some(day) => self.store.backup_as_known(file, *day).await?,
        }
        let shown = |path: &Path| path.display().to_string();
        let (copy, database) = (shown(file), shown(self.store.path()));
        self.show(&BackupView { copy, database, known_on: *known_on }, out)
    }
}

/// Puts a copy in the place of the database, for which no daemon may watch it.
pub(super) async fn restore(
    options: &Options,
    config: &Config,
    args: &RestoreArgs,
    out: &mut dyn Write,
) -> Result<u8> {
    let now = SystemClock.now();
    let _nobody_else = daemon::Instance::acquire(&config.database, now)?;
    let restored = Store::restore(&config.database, &args.file, now).await?;
    let shown = |path: &Path| path.display().to_string();
    let (database, copy) = (shown(&config.database), shown(&args.file));
    let view = RestoreView { database, copy, kept: restored.kept.as_deref().map(shown) };
    show(&view, options.style(config.language, terminal_width()), out).map_err(unwritten)?;
    Ok(exit::FINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, json, printed};

    #[test]
    fn a_copy_and_its_way_back_are_shown() {
        let copy = BackupView { copy: "c.db".to_owned(), database: "t.db".to_owned(), known_on: None };
        assert_eq!(printed(&copy, Lang::En), "c.db is a copy of t.db\n");
        assert_eq!(json(&copy)["known_on"], serde_json::Value::Null);
        let then = BackupView { known_on: Some(day("2023-11-04")), ..copy };
        assert_eq!(json(&then)["known_on"], "2023-11-04");
        let (database, copy) = ("t.db".to_owned(), "c.db".to_owned());
        let back = RestoreView { database, copy, kept: Some("t.db.before-1".to_owned()) };
        // A path is not cut, however narrow the terminal.
        let told = |view: &dyn Fn(&mut Vec<u8>) -> io::Result<()>| {
            let mut out = Vec::new();
            view(&mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        for lang in [Lang::En, Lang::Zh, Lang::Ru] {
            assert!(told(&|out| then.print(lang, 20, out)).contains("2023-11-04"));
            assert!(told(&|out| back.print(lang, 20, out)).ends_with("t.db.before-1\n"));
        }
        assert_eq!(json(&back)["kept"], "t.db.before-1");
    }
}
