//! One look at a watched source: makes of what it says acts, corrections or questions.
//!
//! What cannot be believed changes nothing: the last good answer stands. What differs is recorded only
//! where the source's policy is `auto` and the law has no doubt; everything else waits for a person.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use crate::alerts::{Names, Route, WatchedSource, source_changed};
use crate::domain::act::Act;
use crate::domain::alert::Alert;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::ActId;
use crate::domain::judge::judge;
use crate::domain::observation::Sighting;
use crate::domain::reconcile::{Agreement, Finding, Implausible};
use crate::domain::source::{FindingState, Policy, Seen, SourceState};
use crate::sources::{Asked, Fault, Fetcher, Heard, Source, ask, diff};
use crate::store::{Decision, Store, StoreError, WriteTx};

use super::JobError;
use super::dataset::{self, Offer};
use super::desk::Desk;
use super::known::{Known, NotesChange, StateNames, notes_change};
use super::proposal::{Proposal, SourcePlace, propose};
use super::seed::SeedSource;

/// A page that differs is looked at a second time after so long, before anybody is told.
const CONFIRM_AFTER: TimeDelta = TimeDelta::minutes(15);
/// More new acts at once than any day brings are questions, whatever the policy.
const RECORDED_MAX: usize = 10;
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

/// Asks one source and writes down what came of it, all in one transaction.
pub(super) async fn visit(
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
        if let Some(doubt) = self.known.doubt(before.filter(|_| !trusted), sighting) {
            return Some(doubt);
        }
        if before.is_some() || trusted {
            return None;
        }
        self.known.agreement(sighting, self.settings.today).and_then(Agreement::doubt)
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
