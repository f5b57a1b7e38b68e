//! Reading the configuration anew while the daemon runs: a good one replaces the one before, a bad one does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::context::Context;
use super::live::{Live, fixed};
use super::runner::Done;
use crate::config::{Config, ConfigError};
use crate::domain::id::TreatyId;
use crate::domain::text::with_causes;
use crate::jobs::{self, JobError, SeedSource};
use crate::store::StoreError;
use crate::wire::ClientError;

/// Reads the configuration anew.
pub type Load = dyn Fn() -> Result<Config, ConfigError> + Send + Sync;

/// What reads the configuration anew when the daemon is told to.
pub(super) struct Reloader {
    load: Box<Load>,
    seeds: Arc<SeedSource>,
    fixed: BTreeMap<&'static str, String>,
}

/// A configuration that is not taken.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Job(#[from] JobError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Reloader {
    /// One for a daemon that has started with `config`.
    pub(super) fn new(load: Box<Load>, seeds: Arc<SeedSource>, config: &Config) -> Self {
        Self { load, seeds, fixed: fixed(config) }
    }

    /// Reads the configuration and, if it is good, puts it in place; says whether it was. Either is put on
    /// record as a run of `reload`.
    pub(super) async fn reload(&self, context: &Context, stop: &CancellationToken) -> bool {
        let result = self.try_reload(context, stop).await.map_err(|error| with_causes(&error));
        if let Err(error) = record(context, &result).await {
            error!("The reload could not be recorded: {}", with_causes(&error));
        }
        match &result {
            Ok(()) => info!("Configuration reloaded"),
            Err(error) => error!("Configuration rejected, the previous one stays in use: {error}"),
        }
        result.is_ok()
    }

    async fn try_reload(&self, context: &Context, stop: &CancellationToken) -> Result<(), Refusal> {
        let mut config = (self.load)()?;
        let known = context.store.treaty_ids().await?;
        config.check_treaties(&|id| known.contains(id))?;
        // A set that was chosen since the start is not in the database yet, so its official sources have to wait.
        let is_known = |id: &TreatyId| known.contains(id);
        config.sources.list.retain(|source| source.treaty.as_ref().is_none_or(is_known));
        let live = Live::of(&config, &self.seeds, stop)?;
        jobs::put_sources(&context.store, &config.sources.list).await?;
        for (key, value) in fixed(&config) {
            if self.fixed.get(key) != Some(&value) {
                warn!("`{key}` changed in the configuration: restart to apply it; the rest is in use");
            }
        }
        plan(context, &live).await?;
        context.replace(Arc::new(live));
        Ok(())
    }
}

/// Puts on record when jobs are due by what the daemon is to work by.
pub(super) async fn plan(context: &Context, live: &Live) -> Result<(), StoreError> {
    let store = &context.store;
    if live.sources.is_none() {
        store.forget_next_run("sources").await?;
    }
    let now = context.clock.now();
    // A check that is overdue stays so until it is done.
    if store.next_run("check").await?.is_some_and(|next| now < next) {
        store.set_next_run("check", live.timetable.next(now)).await?;
    }
    Ok(())
}

/// Notes that the configuration is good: what was refused before is mended.
pub(super) async fn record_good(context: &Context) -> Result<(), StoreError> {
    let pulses = context.store.job_pulses().await?;
    if pulses.iter().any(|job| job.name == "reload" && job.failing_since.is_some()) {
        record(context, &Ok(())).await?;
    }
    Ok(())
}

async fn record(context: &Context, result: &Result<(), String>) -> Result<(), StoreError> {
    let (store, now) = (&context.store, context.clock.now());
    // One due time is run once; a second reload in one second is due in the next.
    let due_at = match store.last_run("reload").await? {
        Some(last) => now.max(last.due_at + TimeDelta::seconds(1)),
        None => now,
    };
    context.record_run("reload", due_at, now, &Done::from(result)).await
}
