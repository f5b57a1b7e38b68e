//! Brings the database up to the seeds: new, corrected and retracted acts, never silent edits.

use std::borrow::Cow;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::catalogue;
use crate::config::Config;
use crate::domain::seeds::Seeds;
use crate::store::{SeedReport, Store};

use super::JobError;

/// The program's way of projecting: when it changes, everything is projected anew, silently.
const PROJECTED_BY: &str = concat!(env!("CARGO_PKG_VERSION"), "/2");

/// Seeds that have been read and checked, or those that the program carries.
#[derive(Debug, Clone)]
pub struct SeedSource {
    digest: String,
    /// None for the program's own, which are read when they are needed.
    read: Option<Seeds>,
}

impl SeedSource {
    /// The seeds that the program carries.
    pub fn embedded() -> Self {
        Self { digest: catalogue::embedded_digest(), read: None }
    }

    /// The seeds of a directory in the shape of `seeds/`. They are checked here, before anything
    /// is opened or written.
    pub fn dir(path: &Path) -> Result<Self, JobError> {
        Ok(Self { digest: catalogue::dir_digest(path)?, read: Some(catalogue::read_dir(path)?) })
    }

    /// What identifies them.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The seeds.
    pub fn read(&self) -> Result<Cow<'_, Seeds>, JobError> {
        Ok(match &self.read {
            Some(seeds) => Cow::Borrowed(seeds),
            None => Cow::Owned(catalogue::embedded()?),
        })
    }
}

/// Refuses a route to a treaty that neither the seeds nor an existing database have, before a
/// database is made. Where there is one, [`seed`] comes first, and the routes are checked again.
pub fn check_routes(config: &Config, source: &SeedSource) -> Result<(), JobError> {
    if config.database.exists() || !config.has_routes() {
        return Ok(());
    }
    let seeds = source.read()?;
    Ok(config.check_treaties(&|id| seeds.treaties.contains_key(id))?)
}

/// Brings the database up to the seeds; nothing is read or written if it is already there.
pub async fn seed(
    store: &Store,
    source: &SeedSource,
    now: DateTime<Utc>,
) -> Result<Option<SeedReport>, JobError> {
    let watch = store.watch().await?;
    let current = watch.seeds_digest.as_ref() == Some(&source.digest)
        && watch.projected_by.as_deref() == Some(PROJECTED_BY);
    if current {
        return Ok(None);
    }
    Ok(Some(store.seed(&*source.read()?, &source.digest, PROJECTED_BY, now).await?))
}
