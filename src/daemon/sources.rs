//! The worker that polls watched sources whenever one is due.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::context::Context;
use super::runner::{Done, Wake, isolated, log_alerts};
use crate::domain::baseline::Baseline;
use crate::domain::outside::line;
use crate::domain::text::with_causes;
use crate::jobs::{self, AskReport, SourcePoller};
use crate::store::StoreError;

/// The schedule is looked at at least this often.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// What came of a poll could not be written down: the sources are left alone for so long.
const LEFT_ALONE: Duration = Duration::from_secs(15 * 60);
/// One pass over all sources takes so long at most.
const PASS_MAX: Duration = Duration::from_secs(3600);
/// What failed is written down up to this length.
const ERROR_CHARS_MAX: usize = 2_000;

/// Watches the sources of the configuration, and after a reload those of the new one.
pub(super) async fn watch(context: Arc<Context>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let live = context.live();
        match &live.sources {
            Some(poller) => ask(&context, poller, &live.retired, &stop).await,
            None => {
                context.progress.rests("sources");
                live.retired.cancelled().await;
            }
        }
    }
}

/// Asks what is due, and sleeps until something is, until these sources are retired.
async fn ask(
    context: &Arc<Context>,
    poller: &Arc<SourcePoller>,
    retired: &CancellationToken,
    stop: &CancellationToken,
) {
    // No poll is going on now: one that has not ended was going on when the program ended.
    let now = context.clock.now();
    match jobs::note_interrupted(&context.store, &poller.routes, context.today(now), now).await {
        Ok(alerts) => {
            tell(&AskReport { alerts, ..AskReport::default() });
            context.alerts_raised();
        }
        Err(error) => error!("Interrupted polls could not be recorded: {}", with_causes(&error)),
    }
    while !retired.is_cancelled() {
        context.progress.promise("sources", PASS_MAX);
        let wait = match pass(context, poller, stop).await {
            Ok(wait) => wait,
            Err(error) => {
                error!("Sources could not be polled: {}", with_causes(&error));
                LEFT_ALONE
            }
        };
        if let Wake::Stopped = context.rest("sources", wait, retired, pending::<()>()).await {
            return;
        }
    }
}

/// One pass over the sources that are due; says how long none will be.
async fn pass(
    context: &Arc<Context>,
    poller: &Arc<SourcePoller>,
    stop: &CancellationToken,
) -> Result<Duration, StoreError> {
    let Context { store, clock, .. } = context.as_ref();
    let now = clock.now();
    if store.next_source_at().await?.is_some_and(|next| next <= now)
        && let Some(run) = store.begin_run("sources", now, now).await?
    {
        let asked = tokio::select! {
            asked = isolated(jobs::ask_due(store, poller, context.today(now), now)) => Some(asked),
            () = stop.cancelled() => None,
        };
        let result = match asked {
            Some(result) => result,
            // A slow source holds up nothing: it is due again at the next start.
            None => {
                store.release_polls(None).await?;
                Ok(Vec::new())
            }
        };
        let result = result.map_err(|error| line(&error, ERROR_CHARS_MAX));
        // Before the run is recorded: if that fails, as on a full disk, the check and the queues are woken all the same.
        match &result {
            Ok(reports) => {
                reports.iter().for_each(tell);
                context.sources_asked(reports.iter().any(AskReport::has_changed_the_record));
            }
            Err(error) => error!("Poll of the sources failed: {error}"),
        }
        context.finish_run(run, &Done::from(&result)).await?;
        if result.is_err() {
            return Ok(LEFT_ALONE);
        }
    }
    // What is due at once has not been due for long.
    let next = store.next_source_at().await?.map(|next| next.max(now));
    store.set_next_run("sources", next).await?;
    let until = next.map(|next| (next - clock.now()).to_std().unwrap_or_default());
    Ok(until.unwrap_or(LOOK_EVERY).clamp(Duration::from_secs(1), LOOK_EVERY))
}

fn tell(report: &AskReport) {
    log_alerts(&report.alerts);
    let source = &report.source;
    if let Some(fault) = &report.fault {
        warn!(source = %source, "{source}: response rejected: {fault}");
    }
    if let Some(baseline) = report.baseline {
        let Baseline { lines, dates, states } = baseline;
        if baseline.is_thin() {
            warn!(
                source = %source, lines, dates, states,
                "{source}: baseline has next to nothing to compare: the page may be filled in by a script; watch another address, or set `select`"
            );
        } else {
            info!(source = %source, lines, dates, states, "{source}: baseline taken");
        }
    }
    if report.has_changed_the_record() || 0 < report.opened {
        info!(
            source = %source,
            recorded = report.recorded,
            treaties = report.treaties,
            opened = report.opened,
            "{source}: {} acts recorded or corrected, {} findings to review; see: treatywatch review",
            report.recorded,
            report.opened
        );
    }
}
