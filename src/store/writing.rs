//! Writing: transactions, and whether anything can be written at all.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::fs::StatVfsMountFlags;
use sqlx::{Sqlite, Transaction};

use crate::domain::text::with_causes;

use super::error::{codes, sqlite_code};
use super::{Store, StoreError, Writing, disk};

/// With less room than this, what a check raises finds no place: SQLite's log alone grows to 4 MiB.
const ROOM_MIN_BYTES: u64 = 4 << 20;
/// Whoever asks whether anything can be written waits no longer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// A transaction that writes.
#[derive(Debug)]
pub struct WriteTx {
    pub(super) tx: Transaction<'static, Sqlite>,
    end: End,
}

/// Raises the doubt when a transaction ends that was neither committed nor taken back on purpose.
#[derive(Debug)]
struct End {
    writing: Arc<Writing>,
    is_well: bool,
}

impl Drop for End {
    fn drop(&mut self) {
        if !self.is_well {
            self.writing.in_doubt.store(true, Ordering::Release);
        }
    }
}

impl Store {
    /// Begins a transaction that writes; it waits until no other one does. Dropped, it is rolled back.
    pub async fn begin(&self) -> Result<WriteTx, StoreError> {
        // First, as it counts that no transaction could be begun too.
        let end = End { writing: Arc::clone(&self.writing), is_well: false };
        Ok(WriteTx { tx: self.writer.begin_with("BEGIN IMMEDIATE").await?, end })
    }

    /// Why nothing can be written, as far as is known; none if something can.
    ///
    /// After a transaction that was not committed, one that changes next to nothing is tried out. A full disk and
    /// one that is mounted for reading only are seen without that.
    pub async fn write_fault(&self) -> Option<String> {
        // A disk that cannot be asked says nothing of the database.
        if let Ok(found) = disk::disk(&self.path) {
            if found.f_flag.contains(StatVfsMountFlags::RDONLY) {
                return Some("the disk can only be read".to_owned());
            }
            // Some file systems do not say how large they are.
            if found.f_blocks > 0 && disk::free(&found) < ROOM_MIN_BYTES {
                return Some("the disk is full, make room".to_owned());
            }
        }
        let Ok(_only) = self.writing.trial.try_lock() else { return self.writing.fault() };
        // Before the trial, which raises the doubt again if it does not end well, however that comes.
        if !self.writing.in_doubt.swap(false, Ordering::AcqRel) {
            return None;
        }
        match tokio::time::timeout(PROBE_TIMEOUT, self.try_to_write()).await {
            Ok(Ok(())) => {
                self.writing.set_fault(None);
                None
            }
            // Somebody else is writing: that says nothing new.
            Ok(Err(StoreError::Sql(error)))
                if matches!(sqlite_code(&error), Some(codes::BUSY | codes::LOCKED)) =>
            {
                self.writing.fault()
            }
            Err(_) => self.writing.fault(),
            Ok(Err(error)) => {
                let fault = with_causes(&error);
                self.writing.set_fault(Some(fault.clone()));
                Some(fault)
            }
        }
    }

    async fn try_to_write(&self) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        sqlx::query!("update _watch set probe = 1 - probe").execute(&mut *write.tx).await?;
        write.commit().await
    }
}

impl WriteTx {
    /// Makes everything in it last.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { tx, mut end } = self;
        tx.commit().await?;
        end.is_well = true;
        Ok(())
    }

    /// Undoes everything in it.
    pub async fn rollback(self) -> Result<(), StoreError> {
        let Self { tx, mut end } = self;
        tx.rollback().await?;
        end.is_well = true;
        Ok(())
    }
}
