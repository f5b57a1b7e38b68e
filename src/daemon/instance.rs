//! One daemon for each database: a second one is told who holds it.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::store::{open_beside, read_beside};

/// What the name of the file ends with that says who watches a database.
const SUFFIX: &str = ".daemon";

/// The database is somebody else's, or that cannot be found out.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// Another daemon runs on it.
    #[error("{} is already watched by another daemon ({holder}); stop that one first", .database.display())]
    Held {
        /// The database.
        database: PathBuf,
        /// What that daemon wrote about itself.
        holder: String,
    },
    /// The file beside the database cannot be written.
    #[error("cannot write {}, the lock of the daemon", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Says that this process watches the database, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Instance {
    file: File,
}

impl Instance {
    /// Takes the database for this process.
    ///
    /// The lock is the operating system's on the file beside the database: it ends with the
    /// process, however that ends, so that a file left behind stops nobody.
    pub fn acquire(database: &Path, now: DateTime<Utc>) -> Result<Self, InstanceError> {
        let (path, opened) = open_beside(database, SUFFIX);
        let error = |source| InstanceError::File { path: path.clone(), source };
        let mut file = opened.map_err(error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).map_err(error)?;
                let holder = holder.trim().to_owned();
                return Err(InstanceError::Held { database: database.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(error(source)),
        }
        let since = now.format("%Y-%m-%dT%H:%M:%SZ");
        file.set_len(0).map_err(error)?;
        file.rewind().map_err(error)?;
        writeln!(file, "pid {}, since {since}", std::process::id()).map_err(error)?;
        Ok(Self { file })
    }
}

impl Instance {
    /// What the daemon that watches the database wrote about itself; none if there is no such daemon. Changes
    /// nothing.
    pub fn holder(database: &Path) -> Result<Option<String>, InstanceError> {
        let (path, opened) = read_beside(database, SUFFIX);
        let error = |source| InstanceError::File { path: path.clone(), source };
        let Some(mut file) = opened.map_err(error)? else { return Ok(None) };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).map_err(error)?;
                Ok(Some(holder.trim().to_owned()))
            }
            Err(TryLockError::Error(source)) => Err(error(source)),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // Nobody is told of a daemon that has stopped. If this fails, the lock is gone all the same.
        let _ = self.file.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_is_told_who_holds_the_database() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("watch.db");
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let first = Instance::acquire(&database, now).unwrap();
        let error = Instance::acquire(&database, now).unwrap_err().to_string();
        let expected = format!("pid {}, since 2026-11-24T08:00:00Z", std::process::id());
        assert!(error.contains(&expected), "{error}");
        assert_eq!(Instance::holder(&database).unwrap(), Some(expected));
        drop(first);
        assert_eq!(Instance::holder(&database).unwrap(), None);
        Instance::acquire(&database, now).unwrap();
    }
}
