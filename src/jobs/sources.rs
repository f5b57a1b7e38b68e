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
use crate::domain::reconcile::{Agreement, Finding, Implausible, doubt, reconcile};
use crate::domain::seeds::TreatyFile;
use crate::domain::source::{FindingState, Policy, Seen, SourceState};
use crate::domain::state::State;
use crate::domain::status::{TreatyStatus, span_on};
use crate::sources::{
    Asked, Fault, Fetcher, Heard, Limits, Source, ask, diff, parse_untc, unpack, untc_notes,
};
use crate::store::{Decision, SourceRow, Store, StoreError, WriteTx};

use super::dataset::{self, Offer};
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

/// What a source says beside what it said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The same.
    Same,
    /// It has said nothing before: what it says next is compared with this.
    First,
    /// Something else.
    New,
    /// Something else, of which nobody is told before a second look has confirmed it.
    Unconfirmed {
        /// When that is.
        again_at: DateTime<Utc>,
    },
    /// Nothing: its host has asked to be left alone, and was not asked.
    LeftAlone {
        /// Until then.
        until: DateTime<Utc>,
    },
    /// Facts of an earlier version than those on record, which are passed over.
    PassedOver {
        /// Their version.
        version: u32,
        /// That of the record.
        has: u32,
    },
}

/// What came of asking a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AskReport {
    /// The source.
    pub source: String,
    /// Why it cannot be believed or read, if so.
    pub fault: Option<String>,
    /// What it says beside what it said before; none if it cannot be believed or read.
    pub answer: Option<Answer>,
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
    let (heard, offer) = match heard {
        Ok(Heard::News(news)) if matches!(news.seen, Seen::Dataset { .. }) => {
            match dataset::read(store, settings.seeds, source, state.trusted, &news, settings.now).await? {
                Ok(offer @ Offer::Later(_)) => (Ok(Heard::News(news)), Some(offer)),
                // It may be later than what is on record some day, although it says the same: it is read again.
                Ok(offer @ (Offer::Same | Offer::Earlier { .. })) => {
                    let news = Asked { etag: None, last_modified: None, ..*news };
                    (Ok(Heard::News(Box::new(news))), Some(offer))
                }
                Err(fault) => (Err(fault), None),
            }
        }
        heard => (heard, None),
    };
    let notes = match (&heard, &state.seen) {
        (Ok(Heard::News(news)), Some(before)) => notes_change(store, source, before, news).await?,
        _ => None,
    };
    let report = AskReport { source: source.name.clone(), ..AskReport::default() };
    let mut visit = Visit { source, settings, known, state, offer, notes, report };
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
        reconcile(&of_states, before, now, opened, today, &|name| self.names.find(name))
    }

    /// How far a list of acts and the record are of one mind; none where the record has no such treaty.
    fn agreement(&self, now: &Sighting, today: NaiveDate) -> Option<Agreement> {
        let file = self.file.as_ref()?;
        Some(Agreement::of(&file.acts, now, &self.compare(None, now, today), &|name| self.names.find(name)))
    }
}

/// Notes of a source that are others than before.
struct NotesChange {
    /// The digest of what they are now.
    digest: String,
    /// What has changed, line by line; empty if what they were is not known any more.
    diff: String,
}

/// Whether the notes of a source have become others since its answer before, which was kept as it came.
async fn notes_change(
    store: &Store,
    source: &Source,
    before: &Seen,
    news: &Asked,
) -> Result<Option<NotesChange>, JobError> {
    let (Seen::Acts(before), Seen::Acts(now)) = (before, &news.seen) else { return Ok(None) };
    let Some(digest) = now.notes.clone().filter(|_| now.notes != before.notes) else { return Ok(None) };
    let notes = |packed: &[u8]| unpack(packed).ok().and_then(|body| untc_notes(&body).ok());
    let is_before = |body: &Vec<u8>| parse_untc(body).is_ok_and(|sighting| sighting.notes == before.notes);
    let bodies = store.source_bodies(&source.name).await?;
    let old = bodies.iter().find(|kept| unpack(&kept.packed).is_ok_and(|body| is_before(&body)));
    let both = old.and_then(|kept| notes(&kept.packed)).zip(notes(&news.packed));
    Ok(Some(NotesChange { digest, diff: both.map(|(old, now)| diff(&old, &now)).unwrap_or_default() }))
}

/// One look at a source.
struct Visit<'a> {
    source: &'a Source,
    settings: AskSettings<'a>,
    known: Known<'a>,
    state: SourceState,
    /// Facts, if it publishes some.
    offer: Option<Offer>,
    /// Whether its notes have become others.
    notes: Option<NotesChange>,
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
        if let Heard::News(news) = &heard
            && let Seen::Acts(sighting) = &news.seen
            && let Some(doubt) = self.doubt(sighting)
        {
            self.fail(&Fault { message: doubt.to_string(), retry_after: None });
            return Ok(Vec::new());
        }
        self.report.answer = Some(Answer::Same);
        let (findings, news) = match heard {
            Heard::LeftAlone(wait) => {
                let until = now.checked_add_signed(wait).unwrap_or(next_at);
                self.state.next_at = Some(until);
                self.report.answer = Some(Answer::LeftAlone { until });
                return Ok(Vec::new());
            }
            // What it lists is as it was; the record may have changed meanwhile.
            Heard::Same => {
                self.state.next_at = Some(next_at);
                (self.acts_before().map(|seen| self.known.compare(Some(seen), seen, today)), None)
            }
            Heard::News(news) => {
                self.state.next_at = Some(next_at);
                self.compare(*news)
            }
        };
        self.state.trusted = false;
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
                let is_first = self.state.seen.is_none();
                self.report.answer = Some(if is_first { Answer::First } else { Answer::New });
                self.state.changed_at = Some(now);
                self.state.seen = Some(seen);
                tx.keep_body(&self.source.name, &digest, &packed, now).await?;
            }
        }
        match &self.offer {
            Some(Offer::Later(later)) => {
                let taken = later.take(tx, now).await?;
                self.report.recorded += (taken.recorded + taken.corrected + taken.retracted) as usize;
                self.report.treaties += taken.changed_treaties.len();
            }
            Some(Offer::Earlier { version, has }) => {
                self.report.answer = Some(Answer::PassedOver { version: *version, has: *has });
            }
            Some(Offer::Same) | None => {}
        }
        match findings {
            Some(findings) => self.file_findings(tx, findings).await,
            None => Ok(Vec::new()),
        }
    }

    /// Why a list of acts cannot be believed, if so: after what the source said before, unless a person trusts it, and
    /// beside the record, which the first answer has to know.
    fn doubt(&self, sighting: &Sighting) -> Option<Implausible> {
        let before = self.acts_before();
        let trusted = self.state.trusted;
        let by_itself = doubt(before.filter(|_| !trusted), sighting);
        let is_first = before.is_none() && !trusted;
        by_itself.or_else(|| {
            let agreement = self.known.agreement(sighting, self.settings.today);
            agreement.filter(|_| is_first).and_then(Agreement::doubt)
        })
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
                let mut findings = self.known.compare(self.acts_before(), sighting, today);
                if let Some(NotesChange { digest, diff }) = self.notes.take() {
                    findings.push(Finding::Notes { digest, diff });
                }
                (Some(findings), Some(news))
            }
            Seen::Page { digest, lines } => {
                let Some(Seen::Page { digest: old_digest, lines: old }) = &self.state.seen else {
                    return (None, Some(news));
                };
                if old_digest == digest {
                    self.state.unconfirmed = None;
                    return (None, Some(news));
                }
                if self.state.unconfirmed.as_ref() != Some(digest) && !self.state.trusted {
                    // The next look must get the page itself, not "unchanged".
                    self.state.unconfirmed = Some(digest.clone());
                    self.state.etag = None;
                    self.state.last_modified = None;
                    let now = self.settings.now;
                    let again_at = now.checked_add_signed(CONFIRM_AFTER).unwrap_or(now);
                    self.state.next_at = Some(again_at);
                    self.report.answer = Some(Answer::Unconfirmed { again_at });
                    return (None, None);
                }
                self.state.unconfirmed = None;
                let diff = diff(old, lines);
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
        // Where the record has next to nothing of what is listed, it may be another treaty's list.
        let is_of_treaty = || {
            let agreement = self.acts_before().and_then(|seen| self.known.agreement(seen, today));
            agreement.is_some_and(Agreement::is_of_one_treaty)
        };
        let by_policy = self.source.policy == Policy::Auto && new <= RECORDED_MAX;
        let by_policy = by_policy && !findings.is_empty() && is_of_treaty();
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
