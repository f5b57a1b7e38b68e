//! The daemon: every task, signal and wake-up. The work is in `jobs`; cron is only a metronome.

mod heart;
mod instance;
mod live;
mod metronome;
mod reload;
mod sources;
mod summaries;
mod upkeep;
mod workers;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::delivery::Courier;
use crate::domain::id::TreatyId;
use crate::domain::treaty::Lang;
use crate::jobs::{self, JobError, SeedSource, Seeded};
use crate::store::{Store, StoreError};
use crate::web;
use crate::wire::ClientError;

pub use instance::{Instance, InstanceError};
pub use reload::Load;

use live::Live;
use metronome::Metronome;
use reload::Reloader;
use workers::Context;

/// Tasks that run when the daemon is told to stop may go on for so long.
const STOP_MAX: Duration = Duration::from_secs(9);
/// So many of the next dates are named at the start.
const NEXT_DATES: u32 = 5;
/// How often missed runs and jumps of the clock are looked for.
const WATCHDOG_EVERY: Duration = Duration::from_secs(60);

/// A daemon that cannot start, or did not stop as it should.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first seeding.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The configuration names what does not exist.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Another daemon has the database.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The health endpoint's address cannot be had.
    #[error("cannot listen on {address}; choose another with `listen` in the configuration")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The scheduler.
    #[error("the scheduler cannot be started")]
    Scheduler(#[from] tokio_cron_scheduler::JobSchedulerError),
    /// Signals cannot be received.
    #[error("signals cannot be received")]
    Signals(#[source] std::io::Error),
    /// Some task did not end in time.
    #[error("a task was still running {} s after the daemon was told to stop", STOP_MAX.as_secs())]
    Stuck,
}

/// Runs until the process is told to stop by SIGTERM or SIGINT. On SIGHUP `load` reads the configuration anew.
pub async fn serve(
    config: Config,
    seeds: SeedSource,
    clock: Arc<dyn Clock>,
    load: Box<Load>,
) -> Result<(), DaemonError> {
    let (now, seeds) = (clock.now(), Arc::new(seeds));
    jobs::check_routes(&config, &seeds)?;
    let store = Arc::new(Store::open(&config.database).await?);
    let instance = Instance::acquire(&config.database, now)?;
    let seeded = jobs::seed(&store, &seeds, now).await?;
    let known: BTreeSet<TreatyId> = store.treaty_ids().await?.into_iter().collect();
    config.check_treaties(&|id| known.contains(id))?;
    let listener = match config.listen {
        Some(address) => {
            let bound = TcpListener::bind(address).await;
            let listener = bound.map_err(|source| DaemonError::Listen { address, source })?;
            let address = listener.local_addr().map_err(|source| DaemonError::Listen { address, source })?;
            info!("Health is told at http://{address}/healthz");
            Some(listener)
        }
        None => None,
    };
    let mut stop_signals = StopSignals::new().map_err(DaemonError::Signals)?;
    match seeded {
        Seeded::Current => {}
        Seeded::Now(report) => info!(
            recorded = report.recorded,
            corrected = report.corrected,
            retracted = report.retracted,
            "Seeds were read: {} acts recorded, {} corrected, {} retracted",
            report.recorded,
            report.corrected,
            report.retracted
        ),
        Seeded::Ahead { has, program } => warn!("{}", jobs::ahead(has, program)),
    }
    let sender = Courier::new()?;
    if let Some(problem) = sender.https_problem() {
        warn!("Alerts cannot be sent over https: {problem}");
    }
    let mut hangup = signal(SignalKind::hangup()).map_err(DaemonError::Signals)?;
    let stop = CancellationToken::new();
    jobs::put_sources(&store, &config.sources.list).await?;
    let (heart, beats) = heart::queue();
    let live = Live::of(&config, &seeds, &stop)?;
    let context = Arc::new(Context::new(live, Arc::clone(&store), sender, Arc::clone(&clock), heart));
    reload::plan(&context, &context.live()).await?;
    announce(&config, &store, clock.as_ref()).await?;

    let tasks = TaskTracker::new();
    store.fail_abandoned_runs(now).await?;
    reload::record_good(&context).await?;
    // No other daemon is at work: what a crash left claimed is due at once.
    store.release_leases().await?;
    tasks.spawn(summaries::summarize(Arc::clone(&context), stop.clone()));
    tasks.spawn(workers::check(Arc::clone(&context), stop.clone()));
    start_lanes(&context, &tasks, &stop);
    tasks.spawn(sources::watch(Arc::clone(&context), stop.clone()));
    tasks.spawn(upkeep::upkeep(Arc::clone(&context), stop.clone()));
    tasks.spawn(workers::give_up_unknown(Arc::clone(&context), stop.clone()));
    let mut metronome = Metronome::start(&config.schedule.check, Arc::clone(&context.check_due), now).await?;
    let shared = Arc::clone(&context);
    let health =
        web::Health::new(Arc::clone(&store), Arc::clone(&clock), Arc::new(move || shared.live().endpoints()));
    tasks.spawn(heart::beat(Arc::clone(&context), health.clone(), beats, stop.clone()));
    if let Some(listener) = listener {
        tasks.spawn(web::serve(listener, web::router(health), stop.clone().cancelled_owned()));
    }
    let reloader = Reloader::new(load, seeds, &config);
    tell_systemd(&[NotifyState::Ready]);

    let mut watchdog = tokio::time::interval(WATCHDOG_EVERY);
    loop {
        tokio::select! {
            name = stop_signals.recv() => {
                info!("Stopping on {name}");
                break;
            }
            _ = hangup.recv() => {
                tell_reloading();
                if reloader.reload(&context, &stop).await {
                    start_lanes(&context, &tasks, &stop);
                    metronome.follow(&context.live().cron).await?;
                }
                tell_systemd(&[NotifyState::Ready]);
            }
            _ = watchdog.tick() => {
                if metronome.mend(clock.now()).await? {
                    warn!("The clock has jumped: the scheduler was built anew");
                }
                // A missed occurrence is found by the record of runs; the worker skips one that is done.
                context.check_due.notify_one();
            }
        }
    }
    tell_systemd(&[NotifyState::Stopping]);
    stop.cancel();
    metronome.stop().await?;
    tasks.close();
    let ended = tokio::time::timeout(STOP_MAX, tasks.wait()).await.is_ok();
    drop(context);
    if let Ok(store) = Arc::try_unwrap(store) {
        store.close().await;
    }
    drop(instance);
    if ended {
        info!("Stopped");
        Ok(())
    } else {
        error!("A task did not end in time; what it was sending will be sent again under the same id");
        Err(DaemonError::Stuck)
    }
}

/// Says what is watched, what comes next, and how to ask.
async fn announce(config: &Config, store: &Store, clock: &dyn Clock) -> Result<(), DaemonError> {
    let totals = store.totals().await?;
    let today = config.today(clock.now());
    let database = config.database.display();
    info!(
        treaties = totals.treaties,
        acts = totals.acts,
        parties = totals.parties,
        "Watching {database}: {} treaties and other instruments, {} acts, {} parties",
        totals.treaties,
        totals.acts,
        totals.parties
    );
    for date in store.next_dates(today, NEXT_DATES).await? {
        let state = date.state.map(|state| format!(" for {state}")).unwrap_or_default();
        let (what, certainty) = (date.kind.label(Lang::En), date.certainty.label(Lang::En));
        info!("Next: {} {}, {what}{state} ({}, {certainty})", date.on, date.treaty, date.id);
    }
    for endpoint in &config.endpoints {
        info!(endpoint = %endpoint.name, "Alerts go to {} at {}", endpoint.name, endpoint.target.place());
    }
    match config.sources.list.len() {
        0 => info!("No source is watched: facts come with the program; see docs/sources.md"),
        count => info!("{count} official sources are watched; to see how they do: treatywatch sources"),
    }
    if config.endpoints.is_empty() {
        info!("No endpoint is configured: alerts go to this log and to the view alert_log");
    }
    info!("To ask: treatywatch --db {database} status, or sqlite3 {database} 'SELECT * FROM treaty_status'");
    Ok(())
}

/// Starts the lanes of endpoints that have none.
fn start_lanes(context: &Arc<Context>, tasks: &TaskTracker, stop: &CancellationToken) {
    for endpoint in context.lanes_to_start() {
        tasks.spawn(workers::deliver(Arc::clone(context), endpoint, stop.clone()));
    }
}

/// Tells systemd that the configuration is being read anew, and when that began.
fn tell_reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell_systemd(&[NotifyState::Reloading, now]),
        Err(error) => warn!("systemd could not be told: {error}"),
    }
}

/// Tells systemd, where the daemon runs under it.
fn tell_systemd(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!("systemd could not be told: {error}");
    }
}

/// SIGTERM and SIGINT.
struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn recv(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
