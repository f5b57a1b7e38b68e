//! The heartbeat: tells an outside monitor of checks, and at least once an hour whether all is well.
//!
//! Nothing waits for it: beats go through a short queue, and a beat that finds it full is dropped, because the next
//! one is newer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::context::Context;
use crate::delivery::Beat;
use crate::health::Health;

/// So many beats may wait.
const WAITING_MAX: usize = 8;
/// Whether all is well is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A monitor hears at least this often: it then misses a machine that is gone within hours, not the next day.
const BEAT_EVERY: Duration = Duration::from_secs(3600);

/// The signs of life that wait to be sent to the monitor.
pub(super) type Beats = Receiver<Beat>;

/// A queue of beats for the monitor.
pub(super) fn queue() -> (Sender<Beat>, Beats) {
    channel(WAITING_MAX)
}

/// What the monitor was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nothing that has arrived.
    Nothing,
    /// That all is well.
    Well(Instant),
    /// That a check has failed: a check that ends well takes it back.
    CheckFailed(Instant),
    /// That something else is not well: that it is well again takes it back.
    Unwell(Instant),
}

/// Tells the monitor of the configuration what there is to tell, until the daemon stops.
pub(super) async fn beat(context: Arc<Context>, health: Health, mut beats: Beats, stop: CancellationToken) {
    let mut told = Told::Nothing;
    let mut is_heard = true;
    let mut look = tokio::time::interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
    loop {
        context.progress.waits("heartbeat", LOOK_EVERY);
        let (beat, is_of_check) = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            beat = beats.recv() => match beat {
                Some(beat) => (beat, true),
                None => return,
            },
            _ = look.tick() => match due(&health, told).await {
                Some(beat) => (beat, false),
                None => continue,
            },
        };
        let Some(heartbeat) = context.live().heartbeat.clone() else { continue };
        let result = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            result = context.sender.beat(&heartbeat, &beat, context.clock.now()) => result,
        };
        let place = heartbeat.place();
        match &result {
            Ok(()) if !is_heard => info!("The heartbeat reaches {place} again"),
            Err(error) if is_heard => {
                warn!("The heartbeat does not reach {place}: {error}; logged once until it does");
            }
            Ok(()) | Err(_) => {}
        }
        is_heard = result.is_ok();
        let now = Instant::now();
        told = match (result, beat) {
            (Err(_), _) => Told::Nothing,
            (Ok(()), Beat::Start) => told,
            (Ok(()), Beat::Well) => Told::Well(now),
            (Ok(()), Beat::Failed(_)) if is_of_check => Told::CheckFailed(now),
            (Ok(()), Beat::Failed(_)) => Told::Unwell(now),
        };
    }
}

/// What is to be told now, if anything.
async fn due(health: &Health, told: Told) -> Option<Beat> {
    let report = health.report().await;
    let is_well = report.is_well();
    let error = || report.error.clone().unwrap_or_default();
    told.is_outdated(is_well, Instant::now())
        .then(|| if is_well { Beat::Well } else { Beat::Failed(error()) })
}

impl Told {
    /// Whether the monitor is to hear how the program is now.
    fn is_outdated(self, is_well: bool, now: Instant) -> bool {
        let is_old = |at: Instant| BEAT_EVERY <= now.duration_since(at);
        match self {
            Self::Nothing => true,
            Self::Well(at) => !is_well || is_old(at),
            Self::CheckFailed(at) => !is_well && is_old(at),
            Self::Unwell(at) => is_well || is_old(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_hears_of_a_change_at_once_and_of_none_once_an_hour() {
        let at = Instant::now();
        let cases = [
            // What was told, whether all is well, and whether that is told after a minute and after an hour.
            (Told::Nothing, true, true, true),
            (Told::Nothing, false, true, true),
            (Told::Well(at), true, false, true),
            (Told::Well(at), false, true, true),
            (Told::Unwell(at), true, true, true),
            (Told::Unwell(at), false, false, true),
            // Health forgives a check for some minutes: only one that ends well takes the failure back.
            (Told::CheckFailed(at), true, false, false),
            (Told::CheckFailed(at), false, false, true),
        ];
        for (told, is_well, soon, later) in cases {
            let tells = |after| told.is_outdated(is_well, at + Duration::from_secs(after));
            assert_eq!((tells(60), tells(3600)), (soon, later), "{told:?}, well: {is_well}");
        }
    }
}
