//! What the workers of the daemon share.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, mpsc, watch};

use crate::clock::Clock;
use crate::delivery::{Beat, Courier};
use crate::store::Store;

use super::live::Live;
use super::progress::Progress;

/// What the workers share.
pub(super) struct Context {
    pub store: Arc<Store>,
    pub clock: Arc<dyn Clock>,
    pub check_due: Arc<Notify>,
    /// Acts were recorded: a check runs at once.
    pub record_changed: Notify,
    /// Wakes every queue, also one that is busy now.
    deliveries_due: watch::Sender<()>,
    live: RwLock<Arc<Live>>,
    /// The endpoints whose queue has a worker.
    queues: Mutex<BTreeSet<String>>,
    pub sender: Courier,
    /// Whether each worker goes on.
    pub progress: Progress,
    beats: mpsc::Sender<Beat>,
}

impl Context {
    /// The configuration in use. A worker reads it anew for each piece of work.
    pub(super) fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the configuration, and wakes the workers that use the one before.
    pub(super) fn replace(&self, live: Arc<Live>) {
        let before = std::mem::replace(&mut *self.live.write().unwrap_or_else(PoisonError::into_inner), live);
        before.retired.cancel();
        self.check_due.notify_one();
        self.deliveries_due.send_replace(());
    }

    /// The endpoints whose queue has no worker yet; from now on they count as having one.
    pub(super) fn queues_to_start(&self) -> Vec<String> {
        let mut running = self.running_queues();
        self.live().endpoints().into_iter().filter(|name| running.insert(name.clone())).collect()
    }

    /// Ends the worker of a queue, unless its endpoint is configured again.
    pub(super) fn leave_queue(&self, endpoint: &str) -> bool {
        let mut running = self.running_queues();
        !self.live().targets.contains_key(endpoint) && running.remove(endpoint)
    }

    fn running_queues(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a sign of life to the monitor, if one is configured and its queue has room.
    pub(super) fn beat(&self, beat: Beat) {
        // The queue is full if the monitor does not answer; the task that calls the monitor logs that.
        let _ = self.beats.try_send(beat);
    }

    /// A receiver that wakes when alerts were raised or deliveries became due.
    pub(super) fn deliveries(&self) -> watch::Receiver<()> {
        self.deliveries_due.subscribe()
    }

    /// Alerts were raised: wakes the queues.
    pub(super) fn alerts_raised(&self) {
        self.deliveries_due.send_replace(());
    }

    /// The day that it is.
    pub(super) fn today(&self, now: DateTime<Utc>) -> chrono::NaiveDate {
        now.with_timezone(&self.live().time_zone).date_naive()
    }

    /// Sources were polled: wakes the queues, and the check if the record has changed.
    pub(super) fn sources_asked(&self, changed: bool) {
        self.deliveries_due.send_replace(());
        if changed {
            self.record_changed.notify_one();
        }
    }

    pub(super) fn new(
        live: Live,
        store: Arc<Store>,
        sender: Courier,
        clock: Arc<dyn Clock>,
        beats: mpsc::Sender<Beat>,
    ) -> Self {
        Self {
            store,
            clock,
            check_due: Arc::new(Notify::new()),
            record_changed: Notify::new(),
            deliveries_due: watch::Sender::new(()),
            live: RwLock::new(Arc::new(live)),
            queues: Mutex::default(),
            sender,
            progress: Progress::default(),
            beats,
        }
    }
}
