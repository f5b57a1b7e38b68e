//! Brings the database up to the seeds: new, corrected and retracted acts, never silent edits.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};

use crate::catalogue::{self, Files, digest};
use crate::config::Config;
use crate::domain::seeds::Seeds;
use crate::store::{SeedReport, Store};

use super::JobError;

/// The program's way of projecting: when it changes, everything is projected anew, silently.
const PROJECTED_BY: &str = concat!(env!("CARGO_PKG_VERSION"), "/2");

/// The seeds that the program carries or those of a directory, and the catalogues beside them.
#[derive(Debug, Clone)]
pub struct SeedSource {
    digest: String,
    /// None for the program's own alone, which are unpacked when they are needed.
    files: Option<Vec<Files>>,
    read: OnceLock<Seeds>,
}

impl SeedSource {
    /// The seeds that the program carries.
    pub fn embedded() -> Self {
        Self { digest: digest(&[Files::embedded()]), files: None, read: OnceLock::new() }
    }

    /// The seeds of a directory in the shape of `seeds/`. They are checked here, before anything
    /// is opened or written.
    pub fn dir(path: &Path) -> Result<Self, JobError> {
        let source = Self::new(Some(path), &[])?;
        source.check()?;
        Ok(source)
    }

    /// The seeds of a directory or, without one, of the program, with users' catalogues beside them.
    /// Their files are read here, and checked by [`Self::check`].
    pub fn new(seeds: Option<&Path>, catalogues: &[PathBuf]) -> Result<Self, JobError> {
        if seeds.is_none() && catalogues.is_empty() {
            return Ok(Self::embedded());
        }
        let mut files = vec![seeds.map_or_else(|| Ok(Files::embedded()), Files::of_dir)?];
        for dir in catalogues {
            files.push(Files::of_dir(dir)?);
        }
        Ok(Self { digest: digest(&files), files: Some(files), read: OnceLock::new() })
    }

    /// Refuses seeds or catalogues with a fault in them. Nothing is written.
    pub fn check(&self) -> Result<(), JobError> {
        self.read().map(drop)
    }

    /// What identifies them.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The seeds.
    pub fn read(&self) -> Result<Cow<'_, Seeds>, JobError> {
        let Some(files) = &self.files else { return Ok(Cow::Owned(catalogue::embedded()?)) };
        if let Some(seeds) = self.read.get() {
            return Ok(Cow::Borrowed(seeds));
        }
        let seeds = catalogue::read(files)?;
        Ok(Cow::Borrowed(self.read.get_or_init(|| seeds)))
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
