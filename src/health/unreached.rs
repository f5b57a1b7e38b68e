//! Endpoints at which nothing arrives, known long before the first message is given up.

use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::wait_after;
use crate::store::{Store, StoreError, StuckDelivery};

/// One attempt fails because of the network, and two because a receiver is started anew.
const FAILURES_MIN: u32 = 3;

/// An endpoint at which nothing arrives: attempts at one message have failed again and again, and no other has
/// arrived meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// Its name.
    pub endpoint: String,
    /// Since when: the first of these failures, or a little later where attempts were made late.
    pub since: DateTime<Utc>,
    /// How many there were.
    pub failures: u32,
    /// What went wrong in the last one.
    pub error: String,
}

/// The endpoints at which nothing arrives, each once, by name.
///
/// None that only refuses one message while it takes others, and none that is stopped: nothing waits for it. What is
/// retried by hand is known again when it has failed as often once more.
pub async fn unreached(store: &Store, now: DateTime<Utc>) -> Result<Vec<Unreached>, StoreError> {
    let stuck = store.stuck_deliveries(FAILURES_MIN).await?;
    let mut found = Vec::new();
    for of_one in stuck.chunk_by(|one, next| one.endpoint == next.endpoint) {
        let Some(endpoint) = of_one.first().map(|delivery| &delivery.endpoint) else { continue };
        let arrived = store.last_arrival(endpoint).await?;
        let began = of_one.iter().map(|delivery| (began_to_fail(delivery, now), delivery));
        let waits = began.filter(|(began, _)| arrived.is_none_or(|arrived| arrived <= *began));
        if let Some((since, delivery)) = waits.min_by_key(|(since, _)| *since) {
            found.push(Unreached {
                endpoint: endpoint.clone(),
                since,
                failures: delivery.failures,
                error: delivery.error.clone(),
            });
        }
    }
    Ok(found)
}

/// When the first attempt failed: the waits between the failures are known, so it is reckoned back from the next one.
/// Where the receiver has asked for a longer wait, all that is known is that it was after the alert was raised.
fn began_to_fail(delivery: &StuckDelivery, now: DateTime<Utc>) -> DateTime<Utc> {
    let StuckDelivery { alert_id, raised_at, failures, next_attempt_at, .. } = delivery;
    let wait = |failure| wait_after(failure, None, alert_id).unwrap_or_default();
    let last = *next_attempt_at - wait(*failures);
    if now < last {
        return *raised_at;
    }
    let earlier: TimeDelta = (1..*failures).map(wait).sum();
    (last - earlier).max(*raised_at)
}
