//! Asks watched sources when they are due, a few side by side.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use croner::Cron;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};

use crate::alerts::Route;
use crate::config::Config;
use crate::domain::source::Policy;
use crate::sources::{Fetcher, Limits, Source};
use crate::store::{SourceRow, Store};
use crate::wire::ClientError;

use super::known::StateNames;
use super::seed::SeedSource;
use super::source_health::tell_health;
use super::visit::{AskReport, AskSettings, visit};
use super::{CheckSettings, JobError};

/// Sources of different hosts are asked side by side.
const SIDE_BY_SIDE: usize = 8;
/// Each source is asked up to so much later than the schedule says.
const SPREAD_S: u64 = 600;

/// What is watched, and for whom.
#[derive(Debug)]
pub struct SourceDesk {
    /// The sources.
    pub sources: Vec<Source>,
    /// When they are asked.
    pub schedule: Cron,
    /// Who wants which alerts.
    pub routes: Vec<Route>,
    /// The facts that the program works by, and the catalogues beside them.
    pub seeds: Arc<SeedSource>,
    /// Asks them.
    pub fetcher: Fetcher,
}

impl SourceDesk {
    /// What the configuration says of it; none where nothing is watched.
    pub fn of(config: &Config, seeds: &Arc<SeedSource>) -> Result<Option<Self>, ClientError> {
        let Some(contact) = config.sources.contact.as_ref().filter(|_| !config.sources.list.is_empty())
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            sources: config.sources.list.clone(),
            schedule: config.schedule.sources.clone(),
            routes: CheckSettings::of(config).routes,
            seeds: Arc::clone(seeds),
            fetcher: Fetcher::new(contact, Limits::default(), config.sources.authorities.as_ref())?,
        }))
    }

    /// When a source is asked after `now`: at the next time of the schedule, and some minutes later that differ
    /// from source to source and from database to database. Never, if the schedule has no more times.
    fn next_at(&self, name: &str, database_id: &str, now: DateTime<Utc>) -> DateTime<Utc> {
        let next = self.schedule.find_next_occurrence(&now, false).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut hasher = DefaultHasher::new();
        (database_id, name).hash(&mut hasher);
        let later = TimeDelta::seconds((hasher.finish() % SPREAD_S).cast_signed());
        next.checked_add_signed(later).unwrap_or(next)
    }
}

/// Asks the sources that are due, a few side by side, and tells which fail and which are back. What cannot be
/// written down for one source keeps no other from being asked; the first such error is given.
pub async fn ask_due(
    store: &Store,
    desk: &SourceDesk,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<AskReport>, JobError> {
    let database_id = store.watch().await?.database_id;
    let health = store.sources().await?;
    let is_due = |source: &&Source| {
        let known = health.iter().find(|health| health.row.name == source.name);
        known.is_some_and(|health| health.state.next_at.is_none_or(|at| at <= now))
    };
    if !desk.sources.iter().any(|source| is_due(&source)) {
        return Ok(Vec::new());
    }
    let names = StateNames::load(store).await?;
    let mut asked: Vec<Result<AskReport, JobError>> = Vec::new();
    // Who may record comes first: what the others say of the same is then no question any more.
    for policy in [Policy::Auto, Policy::Review] {
        let mut asking = Vec::new();
        for source in desk.sources.iter().filter(|source| source.policy == policy).filter(is_due) {
            let next_at = desk.next_at(&source.name, &database_id, now);
            let settings = AskSettings { routes: &desk.routes, seeds: &desk.seeds, next_at, today, now };
            let state = health.iter().find(|health| health.row.name == source.name);
            let state = state.map(|health| health.state.clone()).unwrap_or_default();
            asking.push(visit(store, &desk.fetcher, source, state, &names, settings).boxed());
        }
        asked.extend(stream::iter(asking).buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await);
    }
    let mut reports: Vec<AskReport> = asked.into_iter().collect::<Result<_, _>>()?;
    let alerts = tell_health(store, &desk.routes, today, now).await?;
    reports.push(AskReport { alerts, ..AskReport::default() });
    Ok(reports)
}

/// Makes the sources of the database those of the configuration.
pub async fn put_sources(store: &Store, sources: &[Source]) -> Result<(), JobError> {
    let row = |source: &Source| SourceRow {
        name: source.name.clone(),
        kind: source.shape.kind(),
        treaty: source.treaty.clone(),
        url: source.url.to_string(),
        rules: source.shape.rules(),
        policy: source.policy,
    };
    Ok(store.put_sources(&sources.iter().map(row).collect::<Vec<_>>()).await?)
}

/// Asks one source now, whatever the schedule, and writes down what came of it.
pub async fn ask_source(
    store: &Store,
    fetcher: &Fetcher,
    source: &Source,
    settings: AskSettings<'_>,
) -> Result<AskReport, JobError> {
    let health = store.sources().await?.into_iter().find(|health| health.row.name == source.name);
    let state = health.map(|health| health.state).unwrap_or_default();
    visit(store, fetcher, source, state, &StateNames::load(store).await?, settings).await
}
