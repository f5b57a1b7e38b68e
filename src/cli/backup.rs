//! `backup` and `restore`: copies of the database.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;

use super::args::{Options, day};
use super::exit;
use super::layout::terminal_width;
use super::run::Desk;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::daemon;
use crate::domain::treaty::Lang;
use crate::store::Store;

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

impl Desk<'_> {
    pub(super) async fn backup(&self, args: &BackupArgs, out: &mut dyn Write) -> Result<u8> {
        let (copy, original) = (args.file.display(), self.store.path().display());
        let lang = self.options.style(self.config.language, terminal_width()).lang;
        let Some(day) = args.known_on else {
            self.store.backup(&args.file).await?;
            match lang {
                Lang::En => writeln!(out, "{copy} holds a copy of {original}")?,
                Lang::Zh => writeln!(out, "{copy}为{original}的副本")?,
                Lang::Ru => writeln!(out, "{copy}: копия {original}")?,
            }
            return Ok(exit::FINE);
        };
        self.store.backup_as_known(&args.file, day).await?;
        match lang {
            Lang::En => writeln!(out, "{copy} holds what {original} has of what was known on {day}")?,
            Lang::Zh => writeln!(out, "{copy}为{original}中截至{day}所知内容的副本")?,
            Lang::Ru => writeln!(out, "{copy}: что {original} знает по состоянию на {day}")?,
        }
        Ok(exit::FINE)
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
    let (copy, database) = (args.file.display(), config.database.display());
    let lang = options.style(config.language, terminal_width()).lang;
    match lang {
        Lang::En => writeln!(out, "{database} is now what {copy} holds")?,
        Lang::Zh => writeln!(out, "{database}已恢复为{copy}的内容")?,
        Lang::Ru => writeln!(out, "{database}: восстановлено содержимое {copy}")?,
    }
    if let Some(kept) = restored.kept {
        let kept = kept.display();
        match lang {
            Lang::En => writeln!(out, "what it held before is kept in {kept}")?,
            Lang::Zh => writeln!(out, "原有内容保存在{kept}")?,
            Lang::Ru => writeln!(out, "прежнее содержимое сохранено в {kept}")?,
        }
    }
    Ok(exit::FINE)
}
