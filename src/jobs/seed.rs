//! Brings the database up to the seeds: new, corrected and retracted acts, never silent edits.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::catalogue;
use crate::domain::seeds::Seeds;
use crate::store::{SeedReport, Store};

use super::JobError;

/// The program's way of projecting: when it changes, everything is projected anew, silently.
const PROJECTED_BY: &str = concat!(env!("CARGO_PKG_VERSION"), "/1");

/// Where seeds come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedSource {
    /// Those that the program carries.
    Embedded,
    /// A directory in the shape of `seeds/`.
    Dir(PathBuf),
}

impl SeedSource {
    fn digest(&self) -> Result<String, JobError> {
        Ok(match self {
            Self::Embedded => catalogue::embedded_digest(),
            Self::Dir(path) => catalogue::dir_digest(path)?,
        })
    }

    /// Reads and checks everything.
    pub fn read(&self) -> Result<Seeds, JobError> {
        Ok(match self {
            Self::Embedded => catalogue::embedded()?,
            Self::Dir(path) => catalogue::read_dir(path)?,
        })
    }
}

/// Brings the database up to the seeds; nothing is read or written if it is already there.
pub async fn seed(
    store: &Store,
    source: &SeedSource,
    now: DateTime<Utc>,
) -> Result<Option<SeedReport>, JobError> {
    let digest = source.digest()?;
    let watch = store.watch().await?;
    let current =
        watch.seeds_digest.as_deref() == Some(&digest) && watch.projected_by.as_deref() == Some(PROJECTED_BY);
    if current {
        return Ok(None);
    }
    let seeds = source.read()?;
    Ok(Some(store.seed(&seeds, &digest, PROJECTED_BY, now).await?))
}
