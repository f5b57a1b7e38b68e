//! The work of the daemon, one file a job: each can be run by hand, and reports what it did.
//!
//! A job reads the state and does what is missing, so running it twice is harmless. None of them
//! knows who woke it.

mod check;
mod dataset;
mod deliver;
mod known;
mod outbox;
mod plan;
mod poll;
mod proposal;
mod retention;
mod review;
mod seed;
mod self_check;
mod source_health;
mod sources;
mod summarize;
#[cfg(test)]
mod tests;
mod variation;

pub use check::{CheckReport, CheckSettings, check, check_clock};
pub use deliver::{
    DeliverReport, Queue, Targets, deliver_due, give_up_unknown, release_interrupted, targets,
};
pub use poll::{Answer, AskReport, AskSettings};
pub use proposal::{Proposal, SourcePlace, propose};
pub use retention::{RetentionReport, retain};
pub use review::{
    Accepted, AllAccepted, Done, ReviewError, accept, accept_all, is_for_all, reject, reject_all, trust,
};
pub use seed::{FarAhead, SeedSource, Seeded, acts_to_come, ahead, check_routes, far_ahead, seed};
pub use self_check::{SelfCheckReport, inspect, self_check};
pub use source_health::tell_health;
pub use sources::{SourcePoller, ask_due, ask_source, note_interrupted, put_sources, thin_pages};
pub use summarize::{Summaries, SummariesReport, SummaryTime, summarize};

use chrono::NaiveDate;

use crate::catalogue::CatalogueError;
use crate::config::ConfigError;
use crate::store::StoreError;

/// A job that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The seeds.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// What a source sent was kept, and is damaged.
    #[error("what a source sent cannot be unpacked")]
    Unpack(#[source] std::io::Error),
    /// The first check would be of a day on which this program did not exist.
    #[error(
        "the clock is not set: it says {today}, and the facts of this program are of {facts_as_of}; the watch begins \
         once the clock is right"
    )]
    Clock {
        /// The day by the clock.
        today: NaiveDate,
        /// The day to which the facts of the program reach.
        facts_as_of: NaiveDate,
    },
    /// The configuration names what does not exist.
    #[error(transparent)]
    Config(#[from] ConfigError),
}
