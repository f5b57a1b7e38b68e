//! Whether the program does what it should: judged from the record of its jobs, for the health port, the heartbeat,
//! systemd and `doctor`.

mod judgement;
mod unreached;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::store::{FREE_MIN_BYTES, Store};

pub use judgement::{About, Complaint, HealthReport, is_to_come, judge};
pub use unreached::{Unreached, unreached};

/// The names of the endpoints, as they are configured at the time.
pub type EndpointNames = dyn Fn() -> Vec<String> + Send + Sync;

/// What health is judged by.
#[derive(Clone)]
pub struct Health {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    endpoints: Arc<EndpointNames>,
    unreadable_since: Arc<Mutex<Option<DateTime<Utc>>>>,
    unwritable_since: Arc<Mutex<Option<DateTime<Utc>>>>,
}

impl Health {
    /// Judges by the record of a database.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>, endpoints: Arc<EndpointNames>) -> Self {
        let (unreadable_since, unwritable_since) = (Arc::default(), Arc::default());
        Self { store, clock, endpoints, unreadable_since, unwritable_since }
    }

    /// How the program is now.
    pub async fn report(&self) -> HealthReport {
        let now = self.clock.now();
        let report = judge(&self.store, &(self.endpoints)(), now).await;
        let fault = self.store.write_fault().await;
        let unwritable = since(&self.unwritable_since, fault.is_some(), now);
        let unreadable = since(&self.unreadable_since, report.is_err(), now);
        let report =
            report.unwrap_or_else(|error| HealthReport::unreadable(&error, unreadable.unwrap_or(now)));
        match (fault, self.store.free_bytes()) {
            (Some(fault), _) => report.unwritable(&fault, unwritable),
            (None, Ok(free)) if free < FREE_MIN_BYTES => report.short_of_room(free),
            // A disk that cannot be asked: the self-check reports that.
            (None, Ok(_) | Err(_)) => report,
        }
    }
}

/// Since when something is so, which is forgotten once it is not.
fn since(known: &Mutex<Option<DateTime<Utc>>>, is_so: bool, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    *known = is_so.then(|| known.unwrap_or(now));
    *known
}
