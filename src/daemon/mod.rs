//! The daemon: every task, signal and wake-up. The work is in `jobs`; cron is only a ticker.

mod heartbeat;
mod instance;
mod live;
mod maintenance;
mod progress;
mod reload;
mod runner;
mod signals;
mod sources;
mod summaries;
mod ticker;
mod workers;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::FutureExt as _;
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::delivery::Courier;
use crate::domain::id::TreatyId;
use crate::domain::lang::Lang;
use crate::jobs::{self, JobError, SeedSource, Seeded};
use crate::store::{Store, StoreError};
use crate::web;
use crate::wire::ClientError;

pub use instance::{Instance, InstanceError};
pub use reload::Load;
pub use signals::Signals;

use live::Live;
use reload::Reloader;
use runner::log_alerts;
use signals::Asked;
use ticker::Ticker;
use workers::Context;

/// What is under way when the daemon is asked to stop may go on for so long.
const STOP_MAX: Duration = Duration::from_secs(7);
/// Closing the database may take so long after that: another program may hold it.
const CLOSE_MAX: Duration = Duration::from_secs(1);
/// So many of the next dates are named at the start.
const NEXT_DATES: u32 = 5;
/// How often missed runs and jumps of the clock are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// systemd is notified so many times in the time after which it takes the daemon for dead.
const NOTIFICATIONS: u32 = 3;

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
    /// No schedule can be reckoned from there.
    #[error("the system clock shows {0}, which is before 1970: set it first")]
    Clock(chrono::DateTime<chrono::Utc>),
    /// The daemon has stopped because it could not go on without one of its workers.
    #[error("the worker `{0}` failed (a bug in treatywatch); see the log")]
    Lost(String),
}

/// Runs until SIGTERM or SIGINT comes. On SIGHUP `load` reads the configuration anew.
pub async fn serve(
    config: Config,
    seeds: SeedSource,
    clock: Arc<dyn Clock>,
    load: Box<Load>,
    mut signals: Signals,
) -> Result<(), DaemonError> {
    let started = tokio::select! {
        biased;
        name = signals.stop() => {
            // All that is written by then is in transactions.
            info!("Stopped on {name}, before the start was complete");
            return Ok(());
        }
        started = Daemon::start(config, seeds, clock, load) => started,
    };
    started?.run(signals).await
}

/// A daemon at work.
struct Daemon {
    context: Arc<Context>,
    ticker: Ticker,
    reloader: Arc<Reloader>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Held until the end.
    instance: Instance,
}

impl Daemon {
    async fn start(
        config: Config,
        seeds: SeedSource,
        clock: Arc<dyn Clock>,
        load: Box<Load>,
    ) -> Result<Self, DaemonError> {
        let (now, seeds) = (clock.now(), Arc::new(seeds));
        if now.timestamp() < 0 {
            return Err(DaemonError::Clock(now));
        }
        jobs::check_routes(&config, &seeds)?;
        let store = Arc::new(Store::open(&config.database).await?);
        let instance = Instance::acquire(&config.database, now)?;
        let seeded = jobs::seed(&store, &seeds, now).await?;
        let known: BTreeSet<TreatyId> = store.treaty_ids().await?.into_iter().collect();
        config.check_treaties(&|id| known.contains(id))?;
        let listener = listen(&config)?;
        tell_seeded(&seeded);
        for path in seeds.strays() {
            warn!("{} is not a file of a catalogue, ignored", path.display());
        }
        if let Some(warning) = jobs::acts_to_come(&store, config.today(now)).await? {
            warn!("{warning}");
        }
        let sender = Courier::new();
        if let Some(problem) = sender.https_problem() {
            warn!("Alerts cannot be sent over https: {problem}");
        }
        let stop = CancellationToken::new();
        jobs::put_sources(&store, &config.sources.list).await?;
        let (sends, beats) = heartbeat::queue();
        let live = Live::of(&config, &seeds, &stop)?;
        let context = Arc::new(Context::new(live, Arc::clone(&store), sender, Arc::clone(&clock), sends));
        reload::plan(&context, &context.live()).await?;
        announce(&config, &store, clock.as_ref()).await?;
        store.fail_abandoned_runs(now).await?;
        reload::record_good(&context).await?;
        // No other daemon is at work: what a crash left claimed is due again.
        log_alerts(&jobs::release_interrupted(&store, &context.live().settings.routes, now).await?);
        let ticker = Ticker::start(&config.schedule.check, Arc::clone(&context.check_due), now).await?;
        let reloader = Arc::new(Reloader::new(load, seeds, &config));
        let daemon = Self { context, ticker, reloader, tasks: TaskTracker::new(), stop, instance };
        // From here on nothing is waited for: a start that is cut off leaves no task behind.
        daemon.start_workers(listener, beats);
        Ok(daemon)
    }

    fn start_workers(&self, listener: Option<TcpListener>, beats: heartbeat::Beats) {
        let (context, stop) = (|| Arc::clone(&self.context), || self.stop.clone());
        self.spawn("digests", summaries::summarize(context(), stop()));
        self.spawn("check", workers::check(context(), stop()));
        self.start_queues();
        self.spawn("sources", sources::watch(context(), stop()));
        self.spawn("maintenance", maintenance::maintain(context(), stop()));
        self.spawn("outbox", workers::give_up_unknown(context(), stop()));
        let shared = context();
        let endpoints = Arc::new(move || shared.live().endpoints());
        let health =
            web::Health::new(Arc::clone(&self.context.store), Arc::clone(&self.context.clock), endpoints);
        self.spawn("heartbeat", heartbeat::beat(context(), health.clone(), beats, stop()));
        if let Some(listener) = listener {
            self.spawn("health", web::serve(listener, web::router(health), stop()));
        }
    }

    /// Starts a worker for each queue that has none.
    fn start_queues(&self) {
        for endpoint in self.context.queues_to_start() {
            let name = workers::queue_name(&endpoint);
            self.spawn(&name, workers::deliver(Arc::clone(&self.context), endpoint, self.stop.clone()));
        }
    }

    /// Starts a worker. The daemon does not go on without one that has panicked.
    fn spawn(&self, name: &str, work: impl Future<Output = ()> + Send + 'static) {
        let (name, context) = (name.to_owned(), Arc::clone(&self.context));
        self.tasks.spawn(async move {
            match AssertUnwindSafe(work).catch_unwind().await {
                Ok(()) => context.progress.rests(&name),
                Err(_) => context.progress.lose(&name),
            }
        });
    }

    async fn run(mut self, mut signals: Signals) -> Result<(), DaemonError> {
        tell_systemd(&[NotifyState::Ready]);
        // One at most. It may wait for another program that writes, and the daemon is to hear signals meanwhile.
        let mut reloads: JoinSet<bool> = JoinSet::new();
        let mut look = tokio::time::interval(LOOK_EVERY);
        let watchdog = sd_notify::watchdog_enabled();
        let mut alive = tokio::time::interval(watchdog.map_or(LOOK_EVERY, |within| within / NOTIFICATIONS));
        alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_well = true;
        let result = loop {
            tokio::select! {
                biased;
                asked = signals.next(reloads.is_empty()) => match asked {
                    Asked::Stop(name) => {
                        info!("Stopping on {name}");
                        break Ok(());
                    }
                    Asked::Reload => {
                        tell_reloading();
                        self.begin_reload(&mut reloads);
                    }
                },
                worker = self.context.progress.lost() => break Err(DaemonError::Lost(worker)),
                Some(done) = reloads.join_next() => {
                    if done.is_ok_and(|is_replaced| is_replaced) {
                        self.start_queues();
                        if let Err(error) = self.ticker.follow(&self.context.live().timetable).await {
                            break Err(error.into());
                        }
                    }
                    tell_systemd(&[NotifyState::Ready]);
                }
                _ = alive.tick(), if watchdog.is_some() => is_well = self.tell_alive(is_well),
                _ = look.tick() => match self.ticker.mend(self.context.clock.now()).await {
                    Ok(jumped) => {
                        if jumped {
                            warn!("Clock jumped: scheduler rebuilt");
                        }
                        // A missed occurrence is found by the record of runs; the worker skips one that is done.
                        self.context.check_due.notify_one();
                    }
                    Err(error) => break Err(error.into()),
                },
            }
        };
        drop(reloads);
        self.end().await;
        result
    }

    fn begin_reload(&self, reloads: &mut JoinSet<bool>) {
        let (reloader, context) = (Arc::clone(&self.reloader), Arc::clone(&self.context));
        let stop = self.stop.clone();
        reloads.spawn(async move { reloader.reload(&context, &stop).await });
    }

    /// Notifies systemd while every worker goes on; says once if one does not.
    fn tell_alive(&self, was_well: bool) -> bool {
        let overdue = self.context.progress.overdue(Instant::now());
        match &overdue {
            None => tell_systemd(&[NotifyState::Watchdog]),
            Some(worker) if was_well => {
                error!(
                    "The worker `{worker}` makes no progress: systemd is no longer notified, and restarts the daemon"
                );
            }
            Some(_) => {}
        }
        overdue.is_none()
    }

    /// Ends within [`STOP_MAX`] and [`CLOSE_MAX`], whatever the network and other programs do.
    async fn end(self) {
        let Self { context, ticker, reloader, tasks, stop, instance } = self;
        tell_systemd(&[NotifyState::Stopping]);
        let deadline = Instant::now() + STOP_MAX;
        stop.cancel();
        tasks.close();
        if let Ok(Err(error)) = tokio::time::timeout_at(deadline, ticker.stop()).await {
            warn!("The scheduler could not be stopped: {error}");
        }
        let ended = tokio::time::timeout_at(deadline, tasks.wait()).await.is_ok();
        let at_work = context.progress.at_work();
        let store = Store::clone(&context.store);
        drop((reloader, context));
        if !ended {
            // They still use the database: it is left to the operating system, as after a kill, and nothing is lost.
            info!(
                "Stopped without waiting for: {}; interrupted attempts are repeated under the same ids",
                at_work.join(", ")
            );
        } else if tokio::time::timeout(CLOSE_MAX, store.close()).await.is_err() {
            info!("The database was busy at exit; nothing is lost");
        }
        drop(instance);
        info!("Stopped");
    }
}

fn listen(config: &Config) -> Result<Option<TcpListener>, DaemonError> {
    let Some(address) = config.listen else { return Ok(None) };
    let error = |source| DaemonError::Listen { address, source };
    let listener = web::listen(address).map_err(error)?;
    let address = listener.local_addr().map_err(error)?;
    info!("Health endpoint listening on http://{address}/healthz");
    Ok(Some(listener))
}

fn tell_seeded(seeded: &Seeded) {
    match seeded {
        Seeded::Current => {}
        Seeded::Now(report) => info!(
            recorded = report.recorded,
            corrected = report.corrected,
            retracted = report.retracted,
            "Seeds loaded: {} acts recorded, {} corrected, {} retracted",
            report.recorded,
            report.corrected,
            report.retracted
        ),
        Seeded::Ahead { has, program } => warn!("{}", jobs::ahead(*has, *program)),
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
        count => info!("{count} official sources are watched; see: treatywatch sources"),
    }
    if config.endpoints.is_empty() {
        info!("No endpoint is configured: alerts go to this log and to the view alert_log");
    }
    info!(
        "To query: treatywatch --db {database} status, or sqlite3 {database} 'SELECT * FROM treaty_status'"
    );
    Ok(())
}

/// Tells systemd that the configuration is being read anew, and when that began.
fn tell_reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell_systemd(&[NotifyState::Reloading, now]),
        Err(error) => warn!("systemd notification failed: {error}"),
    }
}

/// Tells systemd, where the daemon runs under it.
fn tell_systemd(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!("systemd notification failed: {error}");
    }
}
