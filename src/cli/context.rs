//! What a command works with: the configuration, the database, and the day.

use std::io::{self, Write};

use anyhow::{Result, bail};
use chrono::NaiveDate;

use super::exit;
use super::layout::terminal_width;
use super::options::Options;
use super::output::{View, show};
use crate::answers::lookup::NoSuch;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::id::TreatyId;
use crate::domain::seeds::TreatyFile;
use crate::jobs::{self, SeedSource};
use crate::store::Store;

/// What a command works with.
pub(super) struct Context<'a> {
    pub(super) options: &'a Options,
    pub(super) config: Config,
    pub(super) seeds: SeedSource,
    pub(super) store: Store,
    pub(super) today: NaiveDate,
}

impl Context<'_> {
    /// A newcomer's first question is answered from the seeds. A database that has been seeded is
    /// brought up to date by `serve` and `check` alone, so that a question never changes an answer.
    pub(super) async fn seed_if_new(&self) -> Result<()> {
        match self.store.watch().await?.seeds_digest {
            None if !self.store.can_write() => {
                let database = self.store.path().display();
                bail!(
                    "{database} holds no facts yet: run `treatywatch check` once as a user who may write it"
                );
            }
            None => {
                jobs::seed(&self.store, &self.seeds, SystemClock.now()).await?;
            }
            Some(digest) if self.options.seeds.is_some() && digest != self.seeds.digest() => {
                let database = self.store.path().display();
                bail!(
                    "{database} holds other seeds than those of --seeds: `check` or `serve` brings it up to date"
                );
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// The treaty that somebody named, and those that it is linked to, whose titles answers show.
    pub(super) async fn find_with_linked(&self, name: &str) -> Result<Vec<TreatyFile>> {
        Ok(self.store.load_with_linked(&self.find_id(name).await?).await?)
    }

    /// The treaty that somebody named, if one was.
    pub(super) async fn find_id_if_named(&self, name: Option<&str>) -> Result<Option<TreatyId>> {
        match name {
            None => Ok(None),
            Some(name) => self.find_id(name).await.map(Some),
        }
    }

    /// The treaty that somebody named, in upper or lower case.
    pub(super) async fn find_id(&self, name: &str) -> Result<TreatyId> {
        if let Ok(id) = name.to_ascii_lowercase().parse()
            && self.store.has_treaty(&id).await?
        {
            return Ok(id);
        }
        let ids = self.store.treaty_ids().await?;
        Err(NoSuch::among("treaty", name, ids.iter().map(TreatyId::as_str)).into())
    }

    pub(super) fn show(&self, view: &impl View, out: &mut dyn Write) -> Result<u8> {
        show(view, self.options.style(self.config.language, terminal_width()), out).map_err(unwritten)?;
        Ok(exit::FINE)
    }
}

/// An answer that cannot be written: the disk is full, for example.
pub(super) fn unwritten(error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context("the answer cannot be written")
}
