//! Asks watched sources when they are due, a few side by side.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};

use crate::alerts::Route;
use crate::config::{Config, Timetable};
use crate::domain::baseline::{Baseline, THIN_LINES_MAX};
use crate::domain::delivery::RaisedAlert;
use crate::domain::source::{Policy, PollMark, Seen, SourceState};
use crate::sources::{Fetcher, Limits, Source};
use crate::store::{SourceRow, Store, StoreError};
use crate::wire::ClientError;

use super::known::StateNames;
use super::poll::{AskReport, AskSettings, visit};
use super::seed::SeedSource;
use super::source_health::tell_health;
use super::{CheckSettings, JobError};

/// Sources of different hosts are asked side by side.
const SIDE_BY_SIDE: usize = 8;
/// Each source is asked up to so much later than the schedule says.
const SPREAD_S: u64 = 600;

/// What is watched, and for whom.
#[derive(Debug)]
pub struct SourcePoller {
    /// The sources.
    pub sources: Vec<Source>,
    /// When they are asked.
    pub schedule: Timetable,
    /// Who wants which alerts.
    pub routes: Vec<Route>,
    /// The facts that the program works by, and the catalogues beside them.
    pub seeds: Arc<SeedSource>,
    /// Asks them.
    pub fetcher: Fetcher,
}

impl SourcePoller {
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
        let next = self.schedule.next(now).unwrap_or(DateTime::<Utc>::MAX_UTC);
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
    poller: &SourcePoller,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<AskReport>, JobError> {
    let database_id = store.watch().await?.database_id;
    let health = store.sources().await?;
    let is_due = |source: &&Source| {
        let known = health.iter().find(|health| health.row.name == source.name);
        known.is_some_and(|health| health.state.next_at.is_none_or(|at| at <= now))
    };
    if !poller.sources.iter().any(|source| is_due(&source)) {
        return Ok(Vec::new());
    }
    let names = Arc::new(StateNames::load(store).await?);
    let mut asked: Vec<Result<AskReport, JobError>> = Vec::new();
    // Who may record comes first: what the others say of the same is then no question any more. A source whose last
    // poll ended the program is polled alone, after all others: they are not to be ended with it again.
    let passes = [(Some(Policy::Auto), SIDE_BY_SIDE), (Some(Policy::Review), SIDE_BY_SIDE), (None, 1)];
    for (policy, side_by_side) in passes {
        let mut asking = Vec::new();
        for source in poller.sources.iter().filter(is_due) {
            let state = health.iter().find(|health| health.row.name == source.name);
            let state = state.map(|health| health.state.clone()).unwrap_or_default();
            let is_apart = state.poll == Some(PollMark::Interrupted);
            if policy != (!is_apart).then_some(source.policy) {
                continue;
            }
            let next_at = poller.next_at(&source.name, &database_id, now);
            let settings = AskSettings { routes: &poller.routes, seeds: &poller.seeds, next_at, today, now };
            asking.push(poll(store, &poller.fetcher, source, state, &names, settings).boxed());
        }
        asked.extend(stream::iter(asking).buffered(side_by_side).collect::<Vec<_>>().await);
    }
    let mut reports: Vec<AskReport> = asked.into_iter().collect::<Result<_, _>>()?;
    let alerts = tell_health(store, &poller.routes, today, now).await?;
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

/// The watched pages that hold next to nothing to compare, by name.
pub async fn thin_pages(store: &Store) -> Result<BTreeMap<String, Baseline>, StoreError> {
    let mut pages: Vec<(String, Vec<String>)> = Vec::new();
    for health in store.sources().await? {
        // Of a file there are no lines, and of a page that varies only some are kept.
        let is_whole = !health.state.varies();
        if let Some(Seen::Page { lines, .. }) = health.state.seen
            && is_whole
            && (1..=THIN_LINES_MAX).contains(&lines.len())
        {
            pages.push((health.row.name, lines));
        }
    }
    if pages.is_empty() {
        return Ok(BTreeMap::new());
    }
    let names = StateNames::load(store).await?;
    let baselines = pages.into_iter().map(|(name, lines)| (name, Baseline::of(&lines, names.folded())));
    Ok(baselines.filter(|(_, baseline)| baseline.is_thin()).collect())
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
    poll(store, fetcher, source, state, &Arc::new(StateNames::load(store).await?), settings).await
}

/// Polls a source. Where nothing can be written down it is polled again as soon as that may work.
async fn poll(
    store: &Store,
    fetcher: &Fetcher,
    source: &Source,
    state: SourceState,
    names: &Arc<StateNames>,
    settings: AskSettings<'_>,
) -> Result<AskReport, JobError> {
    let result = visit(store, fetcher, source, state, names, settings).await;
    if result.is_err() {
        // What cannot be written cannot be released either: then the next start counts it as interrupted.
        let _ = store.release_polls(Some(&source.name)).await;
    }
    result
}

/// Counts the polls during which the program ended as failures of their sources, and raises the alert of those that
/// fail by that. Only for when no poll can be going on.
pub async fn note_interrupted(
    store: &Store,
    routes: &[Route],
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<RaisedAlert>, JobError> {
    if store.fail_interrupted_polls(now).await? == 0 {
        return Ok(Vec::new());
    }
    tell_health(store, routes, today, now).await
}
