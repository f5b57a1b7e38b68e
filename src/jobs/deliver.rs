//! Sends what is due from the outbox: one queue for each endpoint, so that none waits for another.

use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::alerts::{Route, endpoint_failing};
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::{self, Sender, Target};
use crate::domain::delivery::{Claim, EndpointFailure, Outcome, RaisedAlert};
use crate::failpoint;
use crate::store::{Ended, Store, StoreError, Turn, Verdict, Want, WriteTx};

use super::JobError;
use super::outbox::Outbox;

/// A run ends after so many attempts; the next run takes up the rest.
const RUN_MAX: usize = 1000;
/// So many may be claimed ahead of their attempts.
const AHEAD_MAX: usize = 256;
const LEASE_S: i64 = 90;
/// So many times an attempt may be cut short by the end of the program and count for nothing, as crashes are nobody's
/// fault. Each further one is a failure: it may be the message, or what answers it, that ends the program.
const INTERRUPTIONS_MAX: u32 = 20;
// A lease that ran out during an attempt would send the message twice. What is claimed has a third of it to wait,
// a third for its attempt, and a third to be written down.
const _: () = assert!(LEASE_S >= 3 * delivery::SEND_TIMEOUT_S);

/// The attempt itself, which happens always.
const SEND: [failpoint::Write; 1] = [("send", true)];

/// Where each endpoint is.
pub type Targets = BTreeMap<String, Target>;

/// Where each endpoint of the configuration is.
pub fn targets(config: &Config) -> Targets {
    config.endpoints.iter().map(|endpoint| (endpoint.name.clone(), endpoint.target.clone())).collect()
}

/// The queue of one endpoint: its target, and the routes of the alert that it is failing.
#[derive(Debug, Clone, Copy)]
pub struct Queue<'a> {
    /// The name of the endpoint.
    pub endpoint: &'a str,
    /// Where it is.
    pub target: &'a Target,
    /// The routes of all endpoints: the others get the alert that this one is failing.
    pub routes: &'a [Route],
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeliverReport {
    /// Accepted by the receiver.
    pub delivered: u32,
    /// Failed, to be tried again.
    pub retried: u32,
    /// Given up: dead letters.
    pub dead: u32,
    /// Endpoints that want nothing more.
    pub stopped: u32,
    /// The alerts that were raised: that the endpoint has begun to fail.
    #[serde(skip)]
    pub alerts: Vec<RaisedAlert>,
}

/// The writes of a turn, for those who cut the program off at one.
fn writes(ended: &Ended, turn: &Turn) -> [failpoint::Write; 4] {
    let of = |this: fn(&Verdict) -> bool| ended.results.iter().any(|(_, verdict)| this(verdict));
    [
        ("claim", !turn.claims.is_empty()),
        ("result", !ended.results.is_empty()),
        ("stop", of(|verdict| matches!(verdict, Verdict::Stopped { .. }))),
        ("dead", of(|verdict| matches!(verdict, Verdict::Dead { .. }))),
    ]
}

/// Sends what is due to one endpoint, as many side by side as it takes, and marks what became of each.
///
/// One commit writes down what has ended and claims what comes next; the network is asked meanwhile, and no
/// transaction waits for it. To a receiver that answers faster than the disk writes, as many are claimed ahead as
/// has ended since the last commit, twice over; what has no attempt in the end is given back. An attempt whose lease
/// another process has taken over is not counted: the receiver sees the same id again. If the endpoint has begun to
/// fail, the alert about that is raised in the same transaction. Once `stop` is cancelled no attempt begins. A run that did
/// nothing ([`DeliverReport::is_idle`]) found nothing due; else there may be more.
///
/// Where the database cannot be written, what has ended is left in `unwritten`: the next run of the queue writes it
/// down, and nothing is sent twice for that.
pub async fn deliver_due(
    store: &Store,
    sender: &impl Sender,
    queue: Queue<'_>,
    unwritten: &mut Ended,
    clock: &dyn Clock,
    stop: &CancellationToken,
) -> Result<DeliverReport, JobError> {
    let Queue { endpoint, target, routes } = queue;
    let attempt = async |claim: Claim, now: DateTime<Utc>| {
        failpoint::before(&SEND);
        let outcome = sender.send(&claim, target, now).await;
        failpoint::after(&SEND);
        (claim, outcome)
    };
    let mut flight = Flight {
        attempt,
        concurrency: target.concurrency as usize,
        clock,
        waiting: VecDeque::new(),
        running: FuturesUnordered::new(),
        ended: std::mem::take(unwritten),
        stop,
        is_refused: false,
    };
    let lease = TimeDelta::seconds(LEASE_S);
    let mut report = DeliverReport::default();
    let mut left = RUN_MAX;
    loop {
        let mut ended = Ended::default();
        let written: Result<_, StoreError> = async {
            let mut tx = flight.meanwhile(store.begin()).await?;
            ended = flight.take_ended();
            let limit = flight.wanted(ended.results.len()).min(left);
            let now = clock.now();
            let want = Want { endpoint, lease, limit: u32::try_from(limit).unwrap_or(u32::MAX) };
            let turn = flight.meanwhile(tx.turn(&ended, want, now)).await?;
            let alerts = match &turn.failure {
                Some(failure) => tell_others(&mut tx, failure, routes, now).await?,
                None => Vec::new(),
            };
            let writes = writes(&ended, &turn);
            failpoint::before(&writes);
            flight.meanwhile(tx.commit()).await?;
            failpoint::after(&writes);
            Ok((turn.claims, alerts, now))
        }
        .await;
        let (claims, alerts, now) = match written {
            Ok(written) => written,
            Err(error) => {
                *unwritten = flight.land(ended).await;
                return Err(error.into());
            }
        };
        report.alerts.extend(alerts);
        report.count(&ended);
        left = left.saturating_sub(claims.len());
        flight.take(claims, now + TimeDelta::seconds(LEASE_S - 2 * delivery::SEND_TIMEOUT_S));
        if !flight.wait().await {
            return Ok(report);
        }
    }
}

/// What has been claimed, is on its way, or has ended and is not written down yet.
struct Flight<'a, Begin, Attempt> {
    attempt: Begin,
    concurrency: usize,
    clock: &'a dyn Clock,
    /// What has no attempt yet, and until when one may begin.
    waiting: VecDeque<(Claim, DateTime<Utc>)>,
    running: FuturesUnordered<Attempt>,
    ended: Ended,
    stop: &'a CancellationToken,
    /// The receiver wants nothing now.
    is_refused: bool,
}

impl<Begin, Attempt> Flight<'_, Begin, Attempt>
where
    Begin: Fn(Claim, DateTime<Utc>) -> Attempt,
    Attempt: Future<Output = (Claim, Outcome)>,
{
    /// Whether no attempt begins any more.
    fn is_over(&self) -> bool {
        self.is_refused || self.stop.is_cancelled()
    }

    /// How many to claim, when so many have ended since the last claim.
    fn wanted(&self, ended: usize) -> usize {
        if self.is_over() {
            return 0;
        }
        let window = self.concurrency + AHEAD_MAX.min(2 * ended);
        window.saturating_sub(self.running.len() + self.waiting.len())
    }

    /// Begins attempts, as many as may run side by side; the others wait.
    fn take(&mut self, claims: Vec<Claim>, begins_by: DateTime<Utc>) {
        self.waiting.extend(claims.into_iter().map(|claim| (claim, begins_by)));
        self.begin();
    }

    fn begin(&mut self) {
        while self.is_over() || self.running.len() < self.concurrency {
            let Some((claim, begins_by)) = self.waiting.pop_front() else { return };
            let now = self.clock.now();
            if self.is_over() || begins_by < now {
                self.ended.results.push((claim, Verdict::Unsent));
            } else {
                self.running.push((self.attempt)(claim, now));
            }
        }
    }

    /// Does something else, and hears what ends meanwhile.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some((claim, outcome)) = self.running.next() => self.end(claim, outcome),
            }
        }
    }

    /// Waits until something is to be written down; false if nothing is, and nothing is on its way any more.
    async fn wait(&mut self) -> bool {
        if self.ended.results.is_empty() {
            match self.running.next().await {
                Some((claim, outcome)) => self.end(claim, outcome),
                None => return false,
            }
        }
        true
    }

    /// Begins nothing more and waits for what is on its way: all that is still to be written down.
    async fn land(&mut self, mut ended: Ended) -> Ended {
        self.is_refused = true;
        while let Some((claim, outcome)) = self.running.next().await {
            self.end(claim, outcome);
        }
        self.begin();
        ended.results.append(&mut self.ended.results);
        ended.slow_until = ended.slow_until.max(self.ended.slow_until);
        ended
    }

    /// What has ended by now.
    fn take_ended(&mut self) -> Ended {
        while let Some(Some((claim, outcome))) = self.running.next().now_or_never() {
            self.end(claim, outcome);
        }
        self.begin();
        std::mem::take(&mut self.ended)
    }

    /// Takes what became of an attempt, and begins the next one.
    fn end(&mut self, claim: Claim, outcome: Outcome) {
        let now = self.clock.now();
        if let Outcome::Busy { wait, .. } = outcome {
            let until = now.checked_add_signed(delivery::within_limit(wait));
            self.ended.slow_until = self.ended.slow_until.max(until);
        }
        self.is_refused |= matches!(outcome, Outcome::Busy { .. } | Outcome::Gone);
        let verdict = verdict(&claim, outcome, now);
        self.ended.results.push((claim, verdict));
        self.begin();
    }
}

/// Tells everybody else who wants to know that an endpoint has begun to fail.
async fn tell_others(
    tx: &mut WriteTx,
    failure: &EndpointFailure,
    routes: &[Route],
    now: DateTime<Utc>,
) -> Result<Vec<RaisedAlert>, StoreError> {
    let others = routes.iter().filter(|route| route.endpoint != failure.endpoint);
    let others: Vec<Route> = others.cloned().collect();
    let watch = tx.watch().await?;
    let outbox = Outbox { routes: &others, database_id: &watch.database_id, now };
    outbox.raise(tx, vec![endpoint_failing(failure)]).await
}

/// Makes due again what was claimed when the program ended. Only for the start of the one daemon of a database.
///
/// What has been cut short more than `INTERRUPTIONS_MAX` times waits as after a failure, and is given up in the end:
/// else a message that ends the program would do so at each start, for ever.
pub async fn release_interrupted(
    store: &Store,
    routes: &[Route],
    now: DateTime<Utc>,
) -> Result<Vec<RaisedAlert>, JobError> {
    let mut alerts = Vec::new();
    let claims = store.interrupted(INTERRUPTIONS_MAX).await?;
    for of_one in claims.chunk_by(|one, next| one.endpoint == next.endpoint) {
        let Some(endpoint) = of_one.first().map(|claim| claim.endpoint.as_str()) else { continue };
        let results = of_one.iter().map(|claim| {
            let times = claim.attempt.saturating_sub(claim.failures);
            let error = format!("treatywatch ended in the middle of the attempt, {times} times by now");
            (claim.clone(), verdict(claim, Outcome::Failed { error, retry_after: None }, now))
        });
        let ended = Ended { results: results.collect(), slow_until: None };
        let mut tx = store.begin().await?;
        let turn = tx.turn(&ended, Want { endpoint, lease: TimeDelta::zero(), limit: 0 }, now).await?;
        if let Some(failure) = &turn.failure {
            alerts.extend(tell_others(&mut tx, failure, routes, now).await?);
        }
        tx.commit().await?;
    }
    store.release_leases().await?;
    Ok(alerts)
}

/// Gives up what waits for endpoints that are not in the configuration any more; tells how many
/// deliveries that were.
pub async fn give_up_unknown(store: &Store, targets: &Targets, now: DateTime<Utc>) -> Result<u64, JobError> {
    let known: Vec<&str> = targets.keys().map(String::as_str).collect();
    Ok(store.give_up_unknown(&known, now).await?)
}

impl DeliverReport {
    /// Whether nothing was due.
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }

    fn count(&mut self, ended: &Ended) {
        for (_, verdict) in &ended.results {
            let counter = match verdict {
                Verdict::Delivered => &mut self.delivered,
                Verdict::Retry { .. } => &mut self.retried,
                Verdict::Dead { .. } => &mut self.dead,
                Verdict::Stopped { .. } => &mut self.stopped,
                Verdict::Unsent => continue,
            };
            *counter += 1;
        }
    }
}

fn verdict(claim: &Claim, outcome: Outcome, now: DateTime<Utc>) -> Verdict {
    let (error, retry_after) = match outcome {
        Outcome::Delivered => return Verdict::Delivered,
        Outcome::Gone => {
            let error = "the receiver answered 410: the endpoint is stopped".to_owned();
            return Verdict::Stopped { error };
        }
        Outcome::Busy { error, wait } => (error, Some(wait)),
        Outcome::Failed { error, retry_after } => (error, retry_after),
    };
    let wait = delivery::wait_after(claim.failures + 1, retry_after, &claim.raised.id);
    match wait.and_then(|wait| now.checked_add_signed(wait)) {
        Some(at) => Verdict::Retry { error, at },
        None => Verdict::Dead { error },
    }
}
