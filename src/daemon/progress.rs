//! Whether each worker goes on: it notes by when it will be heard of again, and systemd is notified only while all are.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// One piece of work takes so long at most: a check, an attempt with its record, the self-check of a large database.
const WORK_MAX: Duration = Duration::from_secs(15 * 60);
/// A worker that waits wakes up so much late at most, on a machine that is busy.
const LATE_MAX: Duration = Duration::from_secs(120);

/// By when each worker will be heard of again.
#[derive(Debug, Default)]
pub(super) struct Progress {
    workers: Mutex<Workers>,
    is_lost: Notify,
}

#[derive(Debug, Default)]
struct Workers {
    due: BTreeMap<String, Instant>,
    lost: Option<String>,
}

impl Progress {
    /// A worker begins a piece of work.
    pub(super) fn works(&self, worker: &str) {
        self.promise(worker, WORK_MAX);
    }

    /// A worker waits, for so long at most.
    pub(super) fn waits(&self, worker: &str, at_most: Duration) {
        self.promise(worker, at_most + LATE_MAX);
    }

    /// A worker is heard of again within a time.
    pub(super) fn promise(&self, worker: &str, within: Duration) {
        self.workers().due.insert(worker.to_owned(), Instant::now() + within);
    }

    /// A worker has nothing to do any more.
    pub(super) fn rests(&self, worker: &str) {
        self.workers().due.remove(worker);
    }

    /// A worker has panicked.
    pub(super) fn lose(&self, worker: &str) {
        let mut workers = self.workers();
        workers.due.remove(worker);
        workers.lost.get_or_insert_with(|| worker.to_owned());
        self.is_lost.notify_one();
    }

    /// The first worker that has panicked, once one has.
    pub(super) async fn lost(&self) -> String {
        loop {
            if let Some(worker) = self.workers().lost.clone() {
                return worker;
            }
            self.is_lost.notified().await;
        }
    }

    /// A worker that has not kept its word, if there is one.
    pub(super) fn overdue(&self, now: Instant) -> Option<String> {
        let workers = self.workers();
        workers
            .lost
            .clone()
            .or_else(|| workers.due.iter().find(|(_, due)| **due < now).map(|(worker, _)| worker.clone()))
    }

    /// The workers that have not ended.
    pub(super) fn at_work(&self) -> Vec<String> {
        self.workers().due.keys().cloned().collect()
    }

    fn workers(&self) -> MutexGuard<'_, Workers> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_is_not_heard_of_in_time_is_named_until_it_is() {
        let progress = Progress::default();
        let after = |seconds| progress.overdue(Instant::now() + Duration::from_secs(seconds));
        assert_eq!(after(0), None);
        progress.works("check");
        progress.waits("sources", Duration::from_secs(60));
        assert_eq!(after(170), None);
        assert_eq!(after(181).as_deref(), Some("sources"));
        progress.works("sources");
        assert_eq!(after(181), None);
        progress.rests("sources");
        assert_eq!(after(901).as_deref(), Some("check"));
        progress.rests("check");
        assert_eq!(after(901), None);
    }

    #[tokio::test]
    async fn a_worker_that_has_panicked_is_known_to_whoever_asks_later() {
        let progress = Progress::default();
        progress.works("check");
        progress.lose("check");
        assert_eq!(progress.lost().await, "check");
        assert_eq!(progress.overdue(Instant::now()).as_deref(), Some("check"));
    }
}
