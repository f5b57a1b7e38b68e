//! Asks a watched source, and makes of what it says acts, corrections or questions.
//!
//! What cannot be believed changes nothing: the last good answer stands. What differs is recorded only
//! where the source's policy is `auto` and the law has no doubt; everything else waits for a person.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use croner::Cron;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;

use crate::alerts::{Names, Route, WatchedSource, source_changed};
use crate::config::Config;
use crate::domain::act::{Act, ActKind};
use crate::domain::alert::Alert;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::{ActId, StateId, TreatyId};
use crate::domain::judge::judge;
use crate::domain::observation::Sighting;
use crate::domain::project::project;
use crate::domain::reconcile::{Finding, doubt, reconcile};
use crate::domain::seeds::TreatyFile;
use crate::domain::source::{FindingState, Policy, Seen, SourceState};
use crate::domain::state::State;
use crate::domain::status::{TreatyStatus, span_on};
use crate::sources::{Asked, Fault, Fetcher, Heard, Limits, Source, ask};
use crate::store::{Decision, SourceRow, Store, StoreError, WriteTx};

use super::dataset::{self, Later};
use super::desk::Desk;
use super::proposal::{Proposal, SourcePlace, propose};
use super::seed::SeedSource;
use super::source_health::tell_health;
use super::{CheckSettings, JobError};
use crate::wire::ClientError;

/// A page that differs is looked at a second time after so long, before anybody is told.
const CONFIRM_AFTER: TimeDelta = TimeDelta::minutes(15);
/// More new acts at once than any day brings are questions, whatever the policy.
const RECORDED_MAX: usize = 10;
/// Sources of different hosts are asked side by side.
const SIDE_BY_SIDE: usize = 8;
/// Each source is asked up to so much later than the schedule says.
const SPREAD_S: u64 = 600;
/// Who decides where the policy does.
const BY_POLICY: &str = "auto";

/// What asking needs to know besides the source.
#[derive(Debug, Clone, Copy)]
pub struct AskSettings<'a> {
    /// Who wants which alerts.
    pub routes: &'a [Route],
    /// The facts that the program works by, and the catalogues beside them.
    pub seeds: &'a SeedSource,
    /// When the source is asked again, if nothing else is asked for.
    pub next_at: DateTime<Utc>,
    /// The day that it is.
    pub today: NaiveDate,
    /// The instant that it is.
    pub now: DateTime<Utc>,
}

/// What came of asking a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AskReport {
    /// The source.
    pub source: String,
    /// Why it cannot be believed or read, if so.
    pub fault: Option<String>,
    /// Whether it said something else than the last time.
    pub changed: bool,
    /// How many acts were recorded or corrected.
    pub recorded: usize,
    /// How many treaties a dataset has changed: their acts, or how they are defined.
    pub treaties: usize,
    /// How many findings wait for a person that did not before.
    pub opened: usize,
    /// The alerts that were raised.
    #[serde(skip)]
    pub alerts: Vec<RaisedAlert>,
}

impl AskReport {
    /// Whether the record is another one now: what it gives cause to tell is for the next check.
    pub fn has_changed_the_record(&self) -> bool {
        0 < self.recorded + self.treaties
    }
}

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

/// Asks one source and writes down what came of it, all in one transaction.
async fn visit(
    store: &Store,
    fetcher: &Fetcher,
    source: &Source,
    state: SourceState,
    names: &StateNames,
    settings: AskSettings<'_>,
) -> Result<AskReport, JobError> {
    let known = Known::load(store, source.treaty.as_ref(), names).await?;
    let heard = ask(fetcher, source, &state, known.is_pending(settings.today), settings.now).await;
    // An answer may take a minute: what was recorded meanwhile counts.
    let known = Known::load(store, source.treaty.as_ref(), names).await?;
    let (heard, later) = match heard {
        Ok(Heard::News(news)) if matches!(news.seen, Seen::Dataset { .. }) => {
            let is_first = state.seen.is_none();
            match dataset::read(store, settings.seeds, source, is_first, &news, settings.now).await? {
                Ok(Some(later)) => (Ok(Heard::News(news)), Some(later)),
                // It may be later than what is on record some day, although it says the same: it is read again.
                Ok(None) => {
                    let news = Asked { etag: None, last_modified: None, ..*news };
                    (Ok(Heard::News(Box::new(news))), None)
                }
                Err(fault) => (Err(fault), None),
            }
        }
        heard => (heard, None),
    };
    let report = AskReport { source: source.name.clone(), ..AskReport::default() };
    let mut visit = Visit { source, settings, known, state, later, report };
    let mut tx = store.begin().await?;
    let alerts = match heard {
        Ok(heard) => visit.take_in(&mut tx, heard).await?,
        Err(fault) => {
            visit.fail(&fault);
            Vec::new()
        }
    };
    tx.save_source(&source.name, &visit.state).await?;
    let watch = tx.watch().await?;
    let desk = Desk { routes: settings.routes, database_id: &watch.database_id, now: settings.now };
    visit.report.alerts = desk.raise(&mut tx, alerts).await?;
    tx.commit().await?;
    Ok(visit.report)
}

/// The states, and every name that one is known by.
struct StateNames {
    states: BTreeMap<StateId, State>,
    /// Names in lower case.
    names: BTreeMap<String, StateId>,
}

impl StateNames {
    async fn load(store: &Store) -> Result<Self, JobError> {
        let states = store.load_states().await?;
        let mut names = State::index(&states);
        let decided = store.source_aliases().await?;
        names.extend(decided.into_iter().map(|(name, state)| (name.to_lowercase(), state)));
        Ok(Self { states, names })
    }

    fn find(&self, name: &str) -> Result<StateId, Vec<StateId>> {
        let known = self.names.get(&name.to_lowercase()).copied();
        known.ok_or_else(|| State::nearest(&self.states, name))
    }
}

/// What the record has, as far as a source speaks of it.
struct Known<'a> {
    file: Option<TreatyFile>,
    names: &'a StateNames,
}

impl<'a> Known<'a> {
    async fn load(store: &Store, treaty: Option<&TreatyId>, names: &'a StateNames) -> Result<Self, JobError> {
        let file = match treaty {
            Some(treaty) => store.load_treaty(treaty).await?,
            None => None,
        };
        Ok(Self { file, names })
    }

    /// Whether the treaty has not entered into force.
    fn is_pending(&self, today: NaiveDate) -> bool {
        self.file.as_ref().is_some_and(|file| {
            let life = project(&file.treaty, &file.acts, today);
            let span = span_on(&life.default_life().treaty, today);
            span.is_some_and(|span| span.status == TreatyStatus::Pending)
        })
    }

    /// Where a list of acts differs from the record.
    fn compare(&self, before: Option<&Sighting>, now: &Sighting, today: NaiveDate) -> Vec<Finding> {
        let Some(file) = &self.file else { return Vec::new() };
        let opens = |act: &&Act| matches!(act.kind, ActKind::Adoption | ActKind::OpeningForSignature);
        let opened = file.acts.iter().filter(opens).map(Act::day).min();
        let of_states: Vec<Act> = file.acts.iter().filter(|act| act.state.is_some()).cloned().collect();
        let mut findings = reconcile(&of_states, before, now, opened, today, &|name| self.names.find(name));
        if let (Some(before), Some(digest)) = (before, &now.notes)
            && before.notes.as_ref() != Some(digest)
        {
            findings.push(Finding::Notes { digest: digest.clone() });
        }
        findings
    }
}

/// One look at a source.
struct Visit<'a> {
    source: &'a Source,
    settings: AskSettings<'a>,
    known: Known<'a>,
    state: SourceState,
    /// Facts that are taken, if it publishes some that are later.
    later: Option<Later>,
    report: AskReport,
}

impl Visit<'_> {
    fn watched(&self) -> WatchedSource<'_> {
        let treaty = self.known.file.as_ref().map(|file| &file.treaty);
        WatchedSource { name: &self.source.name, url: self.source.url.as_str(), treaty }
    }

    /// It cannot be read, or not be believed: what it said before stands.
    fn fail(&mut self, fault: &Fault) {
        let AskSettings { now, next_at, .. } = self.settings;
        if self.state.failures == 0 && !self.state.told {
            self.state.failing_since = Some(now);
        }
        self.state.asked_at = Some(now);
        self.state.failed_at = Some(now);
        self.state.failures = self.state.failures.saturating_add(1);
        self.state.last_error = Some(fault.message.clone());
        let asked_to_wait = fault.retry_after.and_then(|wait| now.checked_add_signed(wait));
        self.state.next_at = Some(asked_to_wait.map_or(next_at, |at| at.max(next_at)));
        self.report.fault = Some(fault.message.clone());
    }

    /// It can be read: what it says is compared, unless it cannot be true.
    async fn take_in(&mut self, tx: &mut WriteTx, heard: Heard) -> Result<Vec<Alert>, JobError> {
        let AskSettings { now, today, next_at, .. } = self.settings;
        self.state.next_at = Some(next_at);
        if let Heard::News(news) = &heard
            && let Seen::Acts(sighting) = &news.seen
        {
            let before = self.acts_before();
            if let Some(doubt) = doubt(before, sighting) {
                self.fail(&Fault { message: doubt.to_string(), retry_after: None });
                return Ok(Vec::new());
            }
        }
        let (findings, news) = match heard {
            // What it lists is as it was; the record may have changed meanwhile.
            Heard::Same => (self.acts_before().map(|seen| self.known.compare(Some(seen), seen, today)), None),
            Heard::News(news) => self.compare(*news),
        };
        self.state.asked_at = Some(now);
        self.state.good_at = Some(now);
        self.state.failures = 0;
        self.state.last_error = None;
        if !self.state.told {
            self.state.failing_since = None;
        }
        if let Some(Asked { seen, digest, packed, etag, last_modified, .. }) = news {
            self.state.etag = etag;
            self.state.last_modified = last_modified;
            if self.state.seen.as_ref() != Some(&seen) {
                self.report.changed = true;
                self.state.changed_at = Some(now);
                self.state.seen = Some(seen);
                tx.keep_body(&self.source.name, &digest, &packed, now).await?;
            }
        }
        if let Some(later) = &self.later {
            let taken = later.take(tx, now).await?;
            self.report.recorded += (taken.recorded + taken.corrected + taken.retracted) as usize;
            self.report.treaties += taken.changed_treaties.len();
        }
        match findings {
            Some(findings) => self.file_findings(tx, findings).await,
            None => Ok(Vec::new()),
        }
    }

    fn acts_before(&self) -> Option<&Sighting> {
        match &self.state.seen {
            Some(Seen::Acts(sighting)) => Some(sighting),
            _ => None,
        }
    }

    /// The findings in what was heard, and what is to be kept of it; no findings where there is nothing to
    /// compare it with, or it is not certain yet.
    fn compare(&mut self, news: Asked) -> (Option<Vec<Finding>>, Option<Asked>) {
        let today = self.settings.today;
        match &news.seen {
            Seen::Acts(sighting) => {
                (Some(self.known.compare(self.acts_before(), sighting, today)), Some(news))
            }
            Seen::Page { digest, lines } => {
                let Some(Seen::Page { digest: old_digest, lines: old }) = &self.state.seen else {
                    return (None, Some(news));
                };
                if old_digest == digest {
                    self.state.unconfirmed = None;
                    return (None, Some(news));
                }
                if self.state.unconfirmed.as_ref() != Some(digest) {
                    // The next look must get the page itself, not "unchanged".
                    self.state.unconfirmed = Some(digest.clone());
                    self.state.etag = None;
                    self.state.last_modified = None;
                    self.state.next_at = self.settings.now.checked_add_signed(CONFIRM_AFTER);
                    return (None, None);
                }
                self.state.unconfirmed = None;
                let diff = crate::sources::diff(old, lines);
                (Some(vec![Finding::Page { diff, digest: digest.clone() }]), Some(news))
            }
            // It is taken as a whole, or not at all.
            Seen::Dataset { .. } => (None, Some(news)),
            Seen::Feed { .. } => {
                let Some(Seen::Feed { entries: old }) = &self.state.seen else { return (None, Some(news)) };
                let new = news.entries.iter().filter(|entry| !old.contains(&entry.id));
                let findings = new.map(|entry| Finding::Entry {
                    id: entry.id.clone(),
                    title: entry.title.clone(),
                    link: entry.link.clone(),
                });
                let findings = findings.collect();
                // One that leaves the feed and comes back is not new again.
                let ids = news.entries.iter().map(|entry| &entry.id).chain(old);
                let seen = Seen::Feed { entries: ids.cloned().collect() };
                (Some(findings), Some(Asked { seen, ..news }))
            }
        }
    }

    /// Records what the policy allows, and opens the rest as questions: one alert for all of them.
    async fn file_findings(
        &mut self,
        tx: &mut WriteTx,
        findings: Vec<Finding>,
    ) -> Result<Vec<Alert>, JobError> {
        let AskSettings { now, today, .. } = self.settings;
        tx.settle_findings(&self.source.name, &findings, now).await?;
        let new = findings.iter().filter(|it| matches!(it, Finding::New { .. })).count();
        let by_policy = self.source.policy == Policy::Auto && new <= RECORDED_MAX;
        let elsewhere = tx.open_elsewhere(&self.source.name).await?;
        let mut open: Vec<Finding> = Vec::new();
        let mut first = None;
        for finding in findings {
            let Some(id) = tx.open_finding(&self.source.name, &finding, now).await? else { continue };
            // Where source and record never agreed, somebody may know why.
            let is_news = matches!(finding, Finding::New { .. } | Finding::Corrected { .. });
            if by_policy
                && is_news
                && let Some(act) = self.record(tx, &finding).await?
            {
                let decision = Decision { by: BY_POLICY, note: None, at: now };
                tx.decide_finding(id, FindingState::Accepted, decision, Some(&act)).await?;
                self.report.recorded += 1;
                continue;
            }
            self.report.opened += 1;
            // Another source of the treaty has said so already.
            if !elsewhere.iter().any(|other| other.is_same_surprise(&finding)) {
                first.get_or_insert(id);
                open.push(finding);
            }
        }
        let Some(first) = first else { return Ok(Vec::new()) };
        Ok(vec![source_changed(&self.watched(), first, &open, Names(&self.known.names.states), today)])
    }

    /// Puts on record what a source says, where nothing speaks against it; else none.
    async fn record(&mut self, tx: &mut WriteTx, finding: &Finding) -> Result<Option<ActId>, JobError> {
        let AskSettings { now, today, .. } = self.settings;
        let Some(file) = &mut self.known.file else { return Ok(None) };
        let place = SourcePlace { kind: self.source.shape.kind(), url: self.source.url.as_str() };
        let Some(Proposal { act, supersedes }) = propose(file, finding, place, today) else {
            return Ok(None);
        };
        // What the law doubts, or refuses, a person decides.
        if judge(file, &act, supersedes.as_ref(), today).map(|doubts| !doubts.is_empty()).unwrap_or(true) {
            return Ok(None);
        }
        let id = match tx.record_act(&file.treaty.id, &act, supersedes.as_ref(), now).await {
            Ok(id) => id,
            // Another act has its name, or took its place meanwhile: a person sees why.
            Err(StoreError::Refused(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        file.acts.retain(|other| Some(&other.id) != supersedes.as_ref());
        file.acts.push(Act { id: id.clone(), ..act });
        Ok(Some(id))
    }
}
