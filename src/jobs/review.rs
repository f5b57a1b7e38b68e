//! What a person decides about a finding, and what comes of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::domain::id::{ActId, StateId};
use crate::domain::judge::{NotRecorded, judge};
use crate::domain::reconcile::Finding;
use crate::domain::source::{FindingRow, FindingState};
use crate::store::{Decision, FindingFilter, SourceHealth, Store, StoreError};

use super::proposal::{Proposal, SourcePlace, is_void, propose};

/// Findings of a source that are decided in one transaction where all of them are.
const BATCH_FINDINGS: u32 = 1_000;

/// A finding that cannot be decided so.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody decided, or source and record agree again.
    #[error("already {0}")]
    NotOpen(FindingState),
    /// Its source is not configured any more.
    #[error("the source {0} is not in the configuration any more")]
    NoSource(String),
    /// A name was accepted without saying whose it is.
    #[error("name the state that `{0}` stands for with --state")]
    WhichState(String),
    /// A state was given where no name is in question.
    #[error("finding {0} is not about the name of a state: leave --state out")]
    NoName(i64),
    /// The record has no such act any more.
    #[error("the act is not on record any more")]
    NoAct,
    /// Only a person can say what was done.
    #[error(
        "what was done, and when, does not follow from it: record it with `treatywatch record`, or reject the finding"
    )]
    ByHand,
    /// The source marks the act as having no effect any more.
    #[error(
        "the source marks it as having no effect any more, so it is not recorded as an act that stands: record it and \
         what ended it with `treatywatch record`, or reject the finding"
    )]
    Void,
    /// It stands for findings that are not listed yet.
    #[error("it stands for differences that are not listed yet: decide those that are, or reject it")]
    NotListed,
    /// The law or the calendar refuses the act.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
}

/// What is done with an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It is new.
    Recorded,
    /// It takes the place of another.
    Corrected,
    /// It counts no more.
    Retracted,
}

/// A decision that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The act, and what was done with it; none where there was only something to read or to name.
    pub act: Option<(ActId, Done)>,
    /// What the law leaves in doubt about it, in English.
    pub doubts: Vec<String>,
}

/// Takes a finding into the record: an act is recorded, corrected or taken back, a name is given to a `state`;
/// what is only to be read is read.
pub async fn accept(
    store: &Store,
    row: &FindingRow,
    state: Option<StateId>,
    decision: Decision<'_>,
    today: NaiveDate,
) -> Result<Accepted, ReviewError> {
    let source = source_of(store, row).await?;
    if state.is_some() && !matches!(row.finding, Finding::UnknownState { .. }) {
        return Err(ReviewError::NoName(row.finding_id));
    }
    let file = match &source.row.treaty {
        Some(treaty) => store.load_treaty(treaty).await?,
        None => None,
    };
    if is_void(&row.finding) {
        return Err(ReviewError::Void);
    }
    let mut tx = store.begin().await?;
    let mut accepted = Accepted { act: None, doubts: Vec::new() };
    match (&row.finding, &file) {
        (Finding::New { .. } | Finding::Corrected { .. } | Finding::Conflict { .. }, Some(file)) => {
            let place = SourcePlace { kind: source.row.kind, url: &source.row.url };
            let proposal = propose(file, &row.finding, place, today);
            let Proposal { act, supersedes } = proposal.ok_or(ReviewError::NoAct)?;
            accepted.doubts = judge(file, &act, supersedes.as_ref(), today)?;
            let id = tx.record_act(&file.treaty.id, &act, supersedes.as_ref(), decision.at).await?;
            accepted.act = Some((id, if supersedes.is_some() { Done::Corrected } else { Done::Recorded }));
        }
        (Finding::Gone { act, .. } | Finding::NotListed { act }, Some(file)) => {
            let reason =
                decision.note.map_or_else(|| format!("{} does not list it", row.source), str::to_owned);
            tx.retract_act(&file.treaty.id, act, &reason, decision.at).await?;
            accepted.act = Some((act.clone(), Done::Retracted));
        }
        (Finding::UnknownState { name, .. }, _) => {
            let state = state.ok_or_else(|| ReviewError::WhichState(name.clone()))?;
            tx.add_alias(name, state, decision).await?;
            // What stands under the name is compared at once.
            tx.make_due(&row.source).await?;
        }
        (
            Finding::Notes { .. }
            | Finding::Page { .. }
            | Finding::Entry { .. }
            | Finding::Varies { .. }
            | Finding::MoreEntries { .. },
            _,
        ) => {}
        (Finding::MoreActs { .. }, _) => return Err(ReviewError::NotListed),
        (
            Finding::NoLongerInEffect { .. } | Finding::InTheFuture { .. } | Finding::BeforeTheTreaty { .. },
            _,
        ) => return Err(ReviewError::ByHand),
        (_, None) => return Err(ReviewError::NoAct),
    }
    let act = accepted.act.as_ref().map(|(id, _)| id);
    if !tx.decide_finding(row.finding_id, FindingState::Accepted, decision, act).await? {
        return Err(ReviewError::NotOpen(FindingState::Settled));
    }
    tx.commit().await?;
    Ok(accepted)
}

/// Refuses a finding: the record stays, and the source is not asked about it again. The source need not be configured
/// any more.
pub async fn reject(store: &Store, row: &FindingRow, decision: Decision<'_>) -> Result<(), ReviewError> {
    if row.state != FindingState::Open {
        return Err(ReviewError::NotOpen(row.state));
    }
    let mut tx = store.begin().await?;
    if !tx.decide_finding(row.finding_id, FindingState::Rejected, decision, None).await? {
        return Err(ReviewError::NotOpen(FindingState::Settled));
    }
    Ok(tx.commit().await?)
}

/// Has the next answer of a source believed, however much it differs from the last one: the world can change
/// at once, too. It is compared with the last one as any other, and what it changes is told.
pub async fn trust(store: &Store, source: &SourceHealth, now: DateTime<Utc>) -> Result<(), StoreError> {
    store.trust_source(&source.row.name, now).await
}

/// What came of accepting all open findings of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllAccepted {
    /// Those that were accepted, with the act and what was done with it.
    pub accepted: Vec<(i64, Option<(ActId, Done)>)>,
    /// Those that stay open, each with why.
    pub left: Vec<(i64, String)>,
}

/// Whether [`accept_all`] decides a finding of this kind: not where an act would be taken back or a state be named,
/// which is decided one at a time, nor where only a person can say what was done.
pub fn is_for_all(finding: &Finding) -> bool {
    match finding {
        Finding::New { .. } | Finding::Corrected { .. } | Finding::Conflict { .. } => !is_void(finding),
        Finding::Notes { .. }
        | Finding::Page { .. }
        | Finding::Entry { .. }
        | Finding::Varies { .. }
        | Finding::MoreEntries { .. } => true,
        Finding::Gone { .. }
        | Finding::NotListed { .. }
        | Finding::NoLongerInEffect { .. }
        | Finding::UnknownState { .. }
        | Finding::InTheFuture { .. }
        | Finding::BeforeTheTreaty { .. }
        | Finding::MoreActs { .. } => false,
    }
}

/// Takes the open findings of a source into the record that can be decided together, and leaves the others open.
///
/// An act from before the watch began counts as known on its own day, as the acts of a catalogue do: however many
/// there are, the next check raises one alert for them.
pub async fn accept_all(
    store: &Store,
    source: &SourceHealth,
    decision: Decision<'_>,
    today: NaiveDate,
) -> Result<AllAccepted, ReviewError> {
    let began_on = store.watch().await?.began_on;
    let name = source.row.name.as_str();
    let mut all = AllAccepted::default();
    let mut after = 0;
    loop {
        let filter = FindingFilter {
            state: Some(FindingState::Open),
            source: Some(name),
            after,
            limit: Some(BATCH_FINDINGS),
        };
        let rows = store.find_findings(filter).await?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = last.finding_id;
        let mut file = match &source.row.treaty {
            Some(treaty) => store.load_treaty(treaty).await?,
            None => None,
        };
        // Everything is computed before the transaction begins.
        let place = SourcePlace { kind: source.row.kind, url: &source.row.url };
        let mut planned = Vec::new();
        let mut read = Vec::new();
        for FindingRow { finding_id, finding, .. } in rows {
            if !is_for_all(&finding) {
                let why =
                    if is_void(&finding) { ReviewError::Void.to_string() } else { BY_ITSELF.to_owned() };
                all.left.push((finding_id, why));
                continue;
            }
            if !finding.is_of_record() {
                read.push(finding_id);
                continue;
            }
            let plan = match &file {
                Some(file) => propose(file, &finding, place, today).ok_or(ReviewError::NoAct),
                None => Err(ReviewError::NoAct),
            };
            let plan = plan.and_then(|mut proposal| {
                let day = proposal.act.day();
                if proposal.supersedes.is_none() && began_on.is_some_and(|began_on| day < began_on) {
                    proposal.act.known_on = day;
                }
                let Proposal { act, supersedes } = &proposal;
                if let Some(file) = &mut file {
                    judge(file, act, supersedes.as_ref(), today)?;
                    file.acts.retain(|other| Some(&other.id) != supersedes.as_ref());
                    file.acts.push(act.clone());
                }
                Ok(proposal)
            });
            match plan {
                Ok(Proposal { act, supersedes }) => planned.push((finding_id, (act, supersedes))),
                Err(error) => all.left.push((finding_id, error.to_string())),
            }
        }
        let mut tx = store.begin().await?;
        let (ids, acts): (Vec<i64>, Vec<_>) = planned.into_iter().unzip();
        let recorded = match &file {
            Some(file) if !acts.is_empty() => tx.record_acts(&file.treaty.id, &acts, decision.at).await?,
            _ => Vec::new(),
        };
        let done = acts.iter().map(|(_, old)| if old.is_some() { Done::Corrected } else { Done::Recorded });
        let done: Vec<Done> = done.collect();
        for ((id, recorded), done) in ids.into_iter().zip(recorded).zip(done) {
            match recorded {
                Ok(act) => {
                    tx.decide_finding(id, FindingState::Accepted, decision, Some(&act)).await?;
                    all.accepted.push((id, Some((act, done))));
                }
                Err(why) => all.left.push((id, why)),
            }
        }
        for id in read {
            tx.decide_finding(id, FindingState::Accepted, decision, None).await?;
            all.accepted.push((id, None));
        }
        tx.commit().await?;
    }
}

/// Why a finding is left open where all of a source are accepted.
const BY_ITSELF: &str = "it is decided by itself, with its number";

/// Rejects all open findings of a source; tells how many. The source need not be configured any more.
pub async fn reject_all(store: &Store, source: &str, decision: Decision<'_>) -> Result<u64, ReviewError> {
    let mut all = 0;
    loop {
        let mut tx = store.begin().await?;
        let rejected = tx.reject_open(source, decision, BATCH_FINDINGS).await?;
        tx.commit().await?;
        all += rejected;
        if rejected < u64::from(BATCH_FINDINGS) {
            return Ok(all);
        }
    }
}

async fn source_of(store: &Store, row: &FindingRow) -> Result<SourceHealth, ReviewError> {
    if row.state != FindingState::Open {
        return Err(ReviewError::NotOpen(row.state));
    }
    let source = store.sources().await?.into_iter().find(|health| health.row.name == row.source);
    source.ok_or_else(|| ReviewError::NoSource(row.source.clone()))
}
