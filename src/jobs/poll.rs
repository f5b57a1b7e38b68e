//! One poll of a watched source: makes acts, corrections or questions of its response.
//!
//! A response that cannot be believed changes nothing: the last good one stands. A difference is recorded only
//! where the source's policy is `auto` and the law has no doubt; everything else waits for a person.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use crate::alerts::{Names, Route, WatchedSource, source_changed};
use crate::domain::baseline::Baseline;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::ActId;
use crate::domain::observation::Sighting;
use crate::domain::outside::line;
use crate::domain::reconcile::{Agreement, Finding, Implausible};
use crate::domain::seeds::TreatyFile;
use crate::domain::source::{
    ERROR_CHARS_MAX, FindingState, PAST_ENTRIES_MAX, Policy, Seen, SourceState, entry_key,
};
use crate::offload::offload;
use crate::sources::{Asked, Entry, Fault, Fetcher, Heard, Shape, Source, ask, diff, marks};
use crate::store::{Decision, Store, StoreError, WriteTx};

use super::JobError;
use super::dataset::{self, Offer};
use super::known::{Known, NotesChange, StateNames, notes_change};
use super::outbox::Outbox;
use super::plan::{cut_to_limit, planned};
use super::proposal::{Proposal, SourcePlace};
use super::seed::SeedSource;
use super::variation::{Differs, Stable, Step, step};

/// A page that differs is polled a second time after so long, before it is reported.
const CONFIRM_AFTER: TimeDelta = TimeDelta::minutes(15);
/// More new acts at once than any day brings are questions, whatever the policy.
const RECORDED_MAX: usize = 10;
/// Open findings of other sources of a treaty that are compared: one surprise is one alert.
const ELSEWHERE_MAX: u32 = 2_000;
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
    /// Something else at every poll: its lines that vary are not compared.
    Varies,
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
    /// What its first response holds, if it is a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
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
    /// Whether the record is another one now: the next check raises the alerts of that.
    pub fn has_changed_the_record(&self) -> bool {
        0 < self.recorded + self.treaties
    }
}

/// Polls one source and writes down what came of it, all in one transaction.
pub(super) async fn visit(
    store: &Store,
    fetcher: &Fetcher,
    source: &Source,
    state: SourceState,
    names: &Arc<StateNames>,
    settings: AskSettings<'_>,
) -> Result<AskReport, JobError> {
    let AskSettings { today, now, next_at, .. } = settings;
    // A program that is ended by what it reads does not ask for it again as soon as it has started.
    store.begin_poll(&source.name, next_at).await?;
    let known = Known::load(store, source.treaty.as_ref(), names).await?;
    let heard = ask(fetcher, source, &state, known.is_pending(today), now).await;
    // An answer may take a minute: what was recorded meanwhile counts.
    let file = Known::load(store, source.treaty.as_ref(), names).await?.file;
    let (heard, offer) = match heard {
        Ok(Heard::News(news)) if matches!(news.seen, Seen::Dataset { .. }) => {
            match dataset::read(store, settings.seeds, source, state.trusted, &news, now).await? {
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
    let names = Arc::clone(names);
    let (source, kept) = (source.clone(), None);
    let visit = Visit { source, today, now, next_at, names, file, state, notes, kept, report };
    let (mut visit, found) = visit.compare(heard).await;
    let filing = match found {
        Some(found) => Some(visit.prepare(store, found).await?),
        None => None,
    };
    visit.write(store, settings.routes, offer, filing).await
}

/// One poll of a source.
struct Visit {
    source: Source,
    today: NaiveDate,
    now: DateTime<Utc>,
    next_at: DateTime<Utc>,
    names: Arc<StateNames>,
    /// The treaty that the source is about.
    file: Option<TreatyFile>,
    state: SourceState,
    /// Whether its notes have become others.
    notes: Option<NotesChange>,
    /// An answer that differs from the one before, to be kept as it came.
    kept: Option<Kept>,
    report: AskReport,
}

/// An answer as it came.
struct Kept {
    digest: String,
    packed: Vec<u8>,
}

/// The differences that a poll has found.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    /// Whether the policy lets be recorded what the law does not doubt.
    by_policy: bool,
    /// What is known to go on: it does not settle, and is not opened again.
    going_on: Vec<Finding>,
}

/// What is to be written of the differences.
struct Filing {
    /// The differences that there are now: open findings with other keys settle.
    keys: Vec<String>,
    /// Each with the act that is recorded for it by the policy, if one is.
    new: Vec<(Finding, Option<Proposal>)>,
    /// What findings of other sources of the treaty have in common with these.
    elsewhere: BTreeSet<String>,
}

impl Visit {
    /// The poll as it is if nothing comes of its answer.
    fn without_answer(&self) -> Self {
        let Self { source, names, file, state, report, .. } = self;
        let (source, names, file) = (source.clone(), Arc::clone(names), file.clone());
        let (state, report) = (state.clone(), report.clone());
        Self { source, names, file, state, report, notes: None, kept: None, ..*self }
    }

    /// It cannot be read, or not be believed: what it said before stands.
    fn fail(&mut self, fault: &Fault) {
        let message = line(&fault.message, ERROR_CHARS_MAX);
        if self.state.failures == 0 && !self.state.told {
            self.state.failing_since = Some(self.state.paused_since.unwrap_or(self.now));
        }
        self.state.paused_since = None;
        self.state.asked_at = Some(self.now);
        self.state.failed_at = Some(self.now);
        self.state.failures = self.state.failures.saturating_add(1);
        self.state.last_error = Some(message.clone());
        let asked_to_wait = fault.retry_after.and_then(|wait| self.now.checked_add_signed(wait));
        self.state.next_at = Some(asked_to_wait.map_or(self.next_at, |at| at.max(self.next_at)));
        self.report.fault = Some(message);
    }

    /// Compares what was heard with what the source said before and with the record, away from the runtime's thread.
    async fn compare(self, heard: Result<Heard, Fault>) -> (Self, Option<Found>) {
        let fault = match heard {
            Ok(heard) => {
                let mut unread = self.without_answer();
                let mut visit = self;
                let compared = offload(move || {
                    let found = visit.take_in(heard);
                    (visit, found)
                });
                match compared.await {
                    Ok(compared) => return compared,
                    Err(error) => {
                        unread.fail(&Fault { message: error.to_string(), retry_after: None });
                        return (unread, None);
                    }
                }
            }
            Err(fault) => fault,
        };
        let mut visit = self;
        visit.fail(&fault);
        (visit, None)
    }

    /// It can be read: what it says is compared, unless it cannot be true.
    fn take_in(&mut self, heard: Heard) -> Option<Found> {
        if let Heard::News(news) = &heard
            && let Seen::Acts(sighting) = &news.seen
            && let Some(doubt) = self.doubt(sighting)
        {
            self.fail(&Fault { message: doubt.to_string(), retry_after: None });
            return None;
        }
        self.report.answer = Some(Answer::Same);
        if let Heard::LeftAlone(wait) = heard {
            let until = self.now.checked_add_signed(wait).unwrap_or(self.next_at);
            self.state.next_at = Some(until);
            self.state.paused_since.get_or_insert(self.now);
            self.report.answer = Some(Answer::LeftAlone { until });
            return None;
        }
        self.state.next_at = Some(self.next_at);
        let (found, news) = match heard {
            Heard::News(news) => self.differences(*news),
            // What it lists is as it was; the record may have changed meanwhile.
            Heard::Same | Heard::LeftAlone(_) => {
                let known = self.known();
                let acts = self.acts_before().map(|seen| known.compare(Some(seen), seen, self.today));
                (acts.map(|findings| Found { findings, ..Found::default() }), None)
            }
        };
        self.state.trusted = false;
        self.state.asked_at = Some(self.now);
        self.state.good_at = Some(self.now);
        self.state.paused_since = None;
        self.state.failures = 0;
        self.state.last_error = None;
        if !self.state.told {
            self.state.failing_since = None;
        }
        if let Some(Asked { seen, digest, packed, etag, last_modified, .. }) = news {
            self.state.etag = etag;
            self.state.last_modified = last_modified;
            let is_other = match (&self.state.seen, &seen) {
                (None, Seen::Page { lines, .. }) if !lines.is_empty() => {
                    self.report.baseline = Some(Baseline::of(lines, self.names.folded()));
                    true
                }
                (None, _) => true,
                // An entry that has left a feed is nothing new, and of a page what a person sees counts.
                (Some(Seen::Feed { .. }), Seen::Feed { .. })
                | (Some(Seen::Page { .. }), Seen::Page { .. }) => {
                    found.as_ref().is_some_and(|found| !found.findings.is_empty())
                }
                (Some(before), now) => before != now,
            };
            if is_other {
                let is_first = self.state.seen.is_none();
                self.report.answer = Some(if is_first { Answer::First } else { Answer::New });
                self.state.changed_at = Some(self.now);
                self.kept = Some(Kept { digest, packed });
            }
            self.state.seen = Some(seen);
        }
        // After the answer has become what the source says.
        found.map(|found| Found { by_policy: self.is_for_policy(&found.findings), ..found })
    }

    fn known(&self) -> Known<'_> {
        Known { file: self.file.clone(), names: &self.names }
    }

    /// Why a list of acts cannot be believed, if so: after what the source said before, unless a person trusts it, and
    /// beside the record, which the first answer has to know.
    fn doubt(&self, sighting: &Sighting) -> Option<Implausible> {
        let before = self.acts_before();
        let trusted = self.state.trusted;
        if let Some(doubt) = self.known().doubt(before.filter(|_| !trusted), sighting) {
            return Some(doubt);
        }
        if before.is_some() || trusted {
            return None;
        }
        self.known().agreement(sighting, self.today).and_then(Agreement::doubt)
    }

    fn acts_before(&self) -> Option<&Sighting> {
        match &self.state.seen {
            Some(Seen::Acts(sighting)) => Some(sighting),
            _ => None,
        }
    }

    /// Whether the policy may record anything of this: it does not where much is new at once, and where the record
    /// has next to nothing of what is listed, since that may be another treaty's list.
    fn is_for_policy(&self, findings: &[Finding]) -> bool {
        let new = findings.iter().filter(|it| matches!(it, Finding::New { .. })).count();
        if self.source.policy != Policy::Auto || RECORDED_MAX < new || findings.is_empty() {
            return false;
        }
        let agreement = self.acts_before().and_then(|seen| self.known().agreement(seen, self.today));
        agreement.is_some_and(Agreement::is_of_one_treaty)
    }

    /// The differences in what was heard, and what is to be kept of it; no differences where there is nothing to
    /// compare it with, or it is not certain yet.
    fn differences(&mut self, news: Asked) -> (Option<Found>, Option<Asked>) {
        let of = |findings| Some(Found { findings, ..Found::default() });
        match &news.seen {
            Seen::Acts(sighting) => {
                let mut findings = self.known().compare(self.acts_before(), sighting, self.today);
                if let Some(NotesChange { digest, diff }) = self.notes.take() {
                    findings.push(Finding::Notes { digest, diff });
                }
                (of(findings), Some(news))
            }
            Seen::Page { .. } => self.page_differences(news),
            // It is taken as a whole, or not at all.
            Seen::Dataset { .. } => (None, Some(news)),
            Seen::Feed { entries } => {
                let Some(Seen::Feed { entries: old }) = &self.state.seen else { return (None, Some(news)) };
                let known: BTreeSet<Cow<'_, str>> = old.iter().map(|id| entry_key(id)).collect();
                let is_known = |entry: &&Entry| {
                    let mut ids = [Some(&entry.id), entry.former_id.as_ref()].into_iter().flatten();
                    ids.any(|id| known.contains(&entry_key(id)))
                };
                let new = news.entries.iter().filter(|entry| !is_known(entry));
                let findings = new.map(|entry| Finding::Entry {
                    id: entry.id.clone(),
                    title: entry.title.clone(),
                    link: entry.link.clone(),
                });
                let findings = findings.collect();
                // One that leaves the feed and comes back is not new again.
                let listed: BTreeSet<Cow<'_, str>> = entries.iter().map(|id| entry_key(id)).collect();
                let past = old.iter().filter(|id| !listed.contains(&entry_key(id))).take(PAST_ENTRIES_MAX);
                let seen = Seen::Feed { entries: entries.iter().chain(past).cloned().collect() };
                (of(findings), Some(Asked { seen, ..news }))
            }
        }
    }

    /// The same of a page. What differs at one poll is confirmed by a second; what differs at every poll is reported as
    /// that, and compared by the lines that stay.
    fn page_differences(&mut self, news: Asked) -> (Option<Found>, Option<Asked>) {
        let Seen::Page { digest, lines } = &news.seen else { return (None, Some(news)) };
        let (Some(Seen::Page { digest: old_digest, lines: old }), Shape::Page(rules)) =
            (&self.state.seen, &self.source.shape)
        else {
            return (None, Some(news));
        };
        let old: &Vec<String> = &rules.compared(old.iter().map(String::as_str)).collect();
        let varied = self.state.varies();
        // Of a page that varies only some lines are kept; those of an earlier program have another digest.
        if old_digest == digest || !varied && !lines.is_empty() && old == lines {
            self.state.unconfirmed = None;
            self.state.variation = None;
            return (varied.then(Found::default), Some(news));
        }
        if self.state.unconfirmed.as_ref() == Some(digest) || self.state.trusted {
            let page = Finding::Page { diff: diff(old, lines), digest: digest.clone() };
            self.state.unconfirmed = None;
            self.state.variation = None;
            return (Some(Found { findings: vec![page], ..Found::default() }), Some(news));
        }
        let (line_marks, old_marks) = (marks(lines), marks(old));
        let page = Differs { baseline: old, lines, marks: &line_marks, baseline_marks: &old_marks };
        let (variation, step) = step(self.state.variation.take(), &page);
        let old_digest = old_digest.clone();
        self.state.variation = Some(variation);
        self.state.unconfirmed = Some(digest.clone());
        // The next poll must get the page itself, not "unchanged".
        self.state.etag = None;
        self.state.last_modified = None;
        let mut found = Found::default();
        let Stable { lines: stable, diff } = match step {
            Step::Wait => {
                let again_at = self.now.checked_add_signed(CONFIRM_AFTER).unwrap_or(self.now);
                self.state.next_at = Some(again_at);
                self.report.answer = Some(Answer::Unconfirmed { again_at });
                return (None, None);
            }
            Step::Varies { lines, stable } => {
                found.findings.push(Finding::Varies { lines });
                stable
            }
            Step::Still(stable) => {
                found.going_on.push(Finding::Varies { lines: Vec::new() });
                stable
            }
        };
        self.report.answer = Some(Answer::Varies);
        if !diff.is_empty() {
            found.findings.push(Finding::Page { diff, digest: digest.clone() });
            self.state.changed_at = Some(self.now);
            self.kept = Some(Kept { digest: news.digest, packed: news.packed });
        }
        self.state.seen = Some(Seen::Page { digest: old_digest, lines: stable });
        (Some(found), None)
    }

    /// Which differences are to be written, and how: those that are open or were rejected are not opened again, and
    /// more than a person can review are one finding more.
    async fn prepare(&mut self, store: &Store, found: Found) -> Result<Filing, JobError> {
        let Found { findings, by_policy, going_on } = found;
        let mut findings: Vec<Finding> = findings.into_iter().map(Finding::bounded).collect();
        let name = &self.source.name;
        let mut keys = findings.iter().map(Finding::key).collect::<Vec<_>>();
        let asked = store.asked_findings(name, &keys).await?;
        keys.extend(going_on.iter().map(Finding::key));
        findings.retain(|finding| !asked.contains(&finding.key()));
        let open_acts = store.open_acts(name).await? as usize;
        if let Some(more) = cut_to_limit(self.state.seen.as_ref(), &mut findings, open_acts) {
            keys.push(more.key());
            findings.push(more);
        }
        let elsewhere = store.open_elsewhere(name, ELSEWHERE_MAX).await?;
        let new = match (&self.file, by_policy) {
            (Some(file), true) => {
                let (file, url) = (file.clone(), self.source.url.to_string());
                let (kind, today, by_hand) = (self.source.shape.kind(), self.today, findings.clone());
                let planned =
                    offload(move || planned(file, findings, SourcePlace { kind, url: &url }, today));
                // Without a plan everything waits for a person.
                planned.await.unwrap_or_else(|_| by_hand.into_iter().map(|finding| (finding, None)).collect())
            }
            _ => findings.into_iter().map(|finding| (finding, None)).collect(),
        };
        Ok(Filing { keys, new, elsewhere: elsewhere.iter().filter_map(Finding::surprise).collect() })
    }

    /// Writes down what came of the poll: everything is computed by now.
    async fn write(
        mut self,
        store: &Store,
        routes: &[Route],
        offer: Option<Offer>,
        filing: Option<Filing>,
    ) -> Result<AskReport, JobError> {
        let mut tx = store.begin().await?;
        self.state.poll = None;
        tx.save_source(&self.source.name, &self.state).await?;
        if let Some(Kept { digest, packed }) = &self.kept {
            tx.keep_body(&self.source.name, digest, packed, self.now).await?;
        }
        match offer.filter(|_| self.report.fault.is_none()) {
            Some(Offer::Later(later)) => {
                let taken = later.take(&mut tx, self.now).await?;
                self.report.recorded += (taken.recorded + taken.corrected + taken.retracted) as usize;
                self.report.treaties += taken.changed_treaties.len();
            }
            Some(Offer::Earlier { version, has }) => {
                self.report.answer = Some(Answer::PassedOver { version, has });
            }
            Some(Offer::Same) | None => {}
        }
        let mut alerts = Vec::new();
        let is_compared = filing.is_some() && self.file.is_some();
        if let Some(filing) = filing
            && let Some((first, open)) = self.file_findings(&mut tx, filing).await?
        {
            let treaty = self.file.as_ref().map(|file| &file.treaty);
            let watched = WatchedSource { name: &self.source.name, url: self.source.url.as_str(), treaty };
            alerts.push(source_changed(&watched, first, &open, Names(&self.names.states), self.today));
        }
        if is_compared && matches!(self.state.seen, Some(Seen::Acts(_))) {
            tx.confirm_facts(&self.source.name, self.today).await?;
        }
        let watch = tx.watch().await?;
        let outbox = Outbox { routes, database_id: &watch.database_id, now: self.now };
        self.report.alerts = outbox.raise(&mut tx, alerts).await?;
        tx.commit().await?;
        Ok(self.report)
    }

    /// Records what the policy allows, and opens the rest as questions; gives those that are alerted, with the
    /// number of the first.
    async fn file_findings(
        &mut self,
        tx: &mut WriteTx,
        filing: Filing,
    ) -> Result<Option<(i64, Vec<Finding>)>, JobError> {
        let Filing { keys, new, elsewhere } = filing;
        let name = self.source.name.clone();
        tx.settle_findings(&name, &keys, self.now).await?;
        let (findings, proposals): (Vec<Finding>, Vec<Option<Proposal>>) = new.into_iter().unzip();
        // One that somebody has decided meanwhile is not opened.
        let opened = tx.open_findings(&name, &findings, self.now).await?;
        let mut questions: Vec<Finding> = Vec::new();
        for (finding, proposal) in findings.into_iter().zip(proposals) {
            let Some(id) = opened.get(&finding.key()).copied() else { continue };
            let act = match proposal {
                Some(proposal) => self.record(tx, proposal).await?,
                None => None,
            };
            let Some(act) = act else {
                questions.push(finding);
                continue;
            };
            let decision = Decision { by: BY_POLICY, note: None, at: self.now };
            tx.decide_finding(id, FindingState::Accepted, decision, Some(&act)).await?;
            self.report.recorded += 1;
        }
        self.report.opened += questions.len();
        let mut first: Option<i64> = None;
        let mut open = Vec::new();
        for finding in questions {
            let Some(id) = opened.get(&finding.key()).copied() else { continue };
            // Another source of the treaty has said so already.
            if finding.surprise().is_none_or(|surprise| !elsewhere.contains(&surprise)) {
                first = Some(first.map_or(id, |first| first.min(id)));
                open.push(finding);
            }
        }
        Ok(first.map(|first| (first, open)))
    }

    /// Records an act by the policy; none where the record refuses it, because another act has its name or took its
    /// place meanwhile: then a person sees why.
    async fn record(&self, tx: &mut WriteTx, proposal: Proposal) -> Result<Option<ActId>, JobError> {
        let Some(file) = &self.file else { return Ok(None) };
        let Proposal { act, supersedes } = proposal;
        match tx.record_act(&file.treaty.id, &act, supersedes.as_ref(), self.now).await {
            Ok(id) => Ok(Some(id)),
            Err(StoreError::Refused(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
