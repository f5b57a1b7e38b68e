//! The database: every statement of SQL, and rows made into domain values and back.
//!
//! One connection writes, with `BEGIN IMMEDIATE`; a few others read and never wait. The projection
//! is rewritten in the transaction that changes a treaty's acts, and an alert commits together with
//! its deliveries. No rule of law is here, and no clock: the day and the instant are arguments.

mod act_rows;
mod attention;
mod backup;
mod bulk;
mod column;
mod definition;
mod disk;
mod due;
mod error;
mod facts;
mod files;
mod findings;
mod health;
mod integrity;
mod open;
mod outbox;
mod projection;
mod queue;
mod reading;
mod reads;
mod records;
mod restore;
mod rewind;
mod runs;
mod schema;
mod seeding;
mod sources;
mod sql;
mod summaries;
mod watch;
mod writing;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::SqlitePool;

pub use attention::Held;
pub use column::Origin;
pub use disk::{FREE_MIN_BYTES, free_bytes};
pub use error::{BackupFault, StoreError};
pub use facts::ActsToCome;
pub use files::{open_beside, read_beside};
pub use findings::{Decision, FindingFilter};
pub use health::{JobPulse, Lag, SourcePulse, StuckDelivery};
pub use outbox::{DeliveryState, Verdict};
pub use projection::PROJECTED_BY;
pub use queue::{Ended, Turn, Want};
pub use reads::{AlertFilter, DeliveryFilter, DeliveryRow, EndpointRow, NextDate, Totals};
pub use restore::{Found, Restored};
pub use runs::{Run, RunId, RunOutcome};
pub use schema::schema_version;
pub use seeding::SeedReport;
pub use sources::{SourceBody, SourceHealth, SourceRow};
pub use sql::Table;
pub use summaries::{Scope, SummaryMark, Waiting};
pub use watch::Watch;
pub use writing::WriteTx;

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    path: Arc<PathBuf>,
    writer: SqlitePool,
    readers: SqlitePool,
    writing: Arc<Writing>,
    /// Whether this user may write the file; what writes fails otherwise.
    can_write: bool,
}

/// What is known of the last writes.
#[derive(Debug, Default)]
struct Writing {
    /// A transaction was not committed, for whatever reason: it is to be tried out whether one can be. One that
    /// is committed later proves nothing, as it may have had nothing to write.
    in_doubt: AtomicBool,
    /// Why the last trial failed.
    fault: Mutex<Option<String>>,
    /// One trial at a time.
    trial: tokio::sync::Mutex<()>,
}

impl Writing {
    fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_fault(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

impl Store {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file can be written, or only read: see [`Store::open_to_read`].
    pub fn can_write(&self) -> bool {
        self.can_write
    }

    /// Makes the writing connection meet a fault.
    #[cfg(test)]
    pub(crate) async fn writer_pragma(&self, pragma: &'static str) {
        sqlx::query(pragma).execute(&self.writer).await.unwrap();
    }

    /// Closes all connections, the readers first: the last writer then folds the log into the file.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
