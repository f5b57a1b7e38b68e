//! Sends what is due from the outbox.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;

use crate::clock::Clock;
use crate::config::{Config, Endpoint};
use crate::delivery::{self, Sender, Target};
use crate::domain::delivery::{Claim, Outcome};
use crate::store::{Store, Verdict};

use super::JobError;

/// So many are sent side by side.
const BATCH_MAX: u32 = 16;
const LEASE_S: i64 = 90;
// A lease that ran out during an attempt would send the message twice.
const _: () = assert!(LEASE_S >= 2 * delivery::SEND_TIMEOUT_S);

/// Where each endpoint is.
pub type Targets = BTreeMap<String, Target>;

/// Where each endpoint of the configuration is.
pub fn targets(config: &Config) -> Targets {
    let target = |endpoint: &Endpoint| {
        let keys = endpoint.secrets.clone();
        (endpoint.name.clone(), Target { url: endpoint.url.clone(), keys, timeout: endpoint.timeout })
    };
    config.endpoints.iter().map(target).collect()
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DeliverReport {
    /// Accepted by the receiver.
    pub delivered: u32,
    /// Failed, to be tried again.
    pub retried: u32,
    /// Given up: dead letters.
    pub dead: u32,
    /// Endpoints that want nothing more.
    pub stopped: u32,
}

/// Sends one batch of the deliveries that are due, and marks what became of each.
///
/// No transaction is open while the network is asked. An attempt whose lease another process has
/// taken over is not counted: the receiver sees the same id again. A run that did nothing
/// ([`DeliverReport::is_idle`]) found nothing due; else there may be more.
pub async fn deliver_due(
    store: &Store,
    sender: &impl Sender,
    targets: &Targets,
    clock: &dyn Clock,
) -> Result<DeliverReport, JobError> {
    let claims = store.claim_due_many(clock.now(), TimeDelta::seconds(LEASE_S), BATCH_MAX).await?;
    let attempts = claims.iter().map(|claim| attempt(sender, targets, claim, clock));
    let verdicts = futures_util::future::join_all(attempts).await;
    let mut report = DeliverReport::default();
    for verdict in &verdicts {
        let counter = match verdict {
            Verdict::Delivered => &mut report.delivered,
            Verdict::Retry { .. } => &mut report.retried,
            Verdict::Dead { .. } => &mut report.dead,
            Verdict::Stopped { .. } => &mut report.stopped,
        };
        *counter += 1;
    }
    // One commit for the batch: a crash before it repeats what was sent, under the same ids.
    let results: Vec<(&Claim, Verdict)> = claims.iter().zip(verdicts).collect();
    store.finish_many(&results, clock.now()).await?;
    Ok(report)
}

impl DeliverReport {
    /// Whether nothing was due.
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }
}

async fn attempt(sender: &impl Sender, targets: &Targets, claim: &Claim, clock: &dyn Clock) -> Verdict {
    let Some(target) = targets.get(&claim.endpoint) else {
        let error = format!("no endpoint `{}` is configured any more", claim.endpoint);
        return Verdict::Dead { error };
    };
    match sender.send(claim, target, clock.now()).await {
        Outcome::Delivered => Verdict::Delivered,
        Outcome::Gone => {
            Verdict::Stopped { error: "the receiver answered 410: it wants nothing more".to_owned() }
        }
        Outcome::Failed { error, retry_after } => {
            let wait = delivery::wait_after(claim.failures + 1, retry_after, &claim.raised.id);
            match wait.and_then(|wait| clock.now().checked_add_signed(wait)) {
                Some(at) => Verdict::Retry { error, at },
                None => Verdict::Dead { error },
            }
        }
    }
}
