//! A copy of the database while it is in use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::BackupFault;
use super::{Store, StoreError};

impl Store {
    /// Writes a copy of the database to a file that must not exist. Nobody waits for it.
    ///
    /// The file appears under its name when it is complete and on the disk. The copy has the same
    /// database id, so that what is sent from it is recognised as sent before.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::Exists(to.to_path_buf()));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(".partial");
        let partial = PathBuf::from(name);
        // Takes the name, so that nothing else can appear under it meanwhile.
        let backup =
            |source: std::io::Error| StoreError::Backup { path: to.to_path_buf(), source: source.into() };
        File::create_new(to).map_err(backup)?;
        let result = self.copy(&partial, to).await;
        if result.is_err() {
            // What is left of a failed copy helps nobody; that it cannot be removed is no further harm.
            let _ = fs::remove_file(&partial);
            let _ = fs::remove_file(to);
        }
        result.map_err(|source| StoreError::Backup { path: to.to_path_buf(), source })
    }

    async fn copy(&self, partial: &Path, to: &Path) -> Result<(), BackupFault> {
        if partial.exists() {
            fs::remove_file(partial)?;
        }
        let name = partial.to_str().ok_or_else(|| std::io::Error::other("the name is not UTF-8"))?;
        sqlx::query("vacuum into ?1").bind(name).execute(&self.readers).await?;
        File::open(partial)?.sync_all()?;
        Ok(fs::rename(partial, to)?)
    }
}
