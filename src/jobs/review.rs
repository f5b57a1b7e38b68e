//! What a person decides about a finding, and what comes of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::domain::id::{ActId, StateId};
use crate::domain::judge::{NotRecorded, judge};
use crate::domain::reconcile::Finding;
use crate::domain::source::{FindingRow, FindingState, SourceState};
use crate::store::{Decision, SourceHealth, Store, StoreError};

use super::proposal::{Proposal, SourcePlace, propose};

/// A finding that cannot be decided so.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody decided, or source and record agree again.
    #[error("it is not open: it is {0}")]
    NotOpen(FindingState),
    /// Its source is not configured any more.
    #[error("the source {0} is not in the configuration any more")]
    NoSource(String),
    /// A name was accepted without saying whose it is.
    #[error("say which state `{0}` is, with --state")]
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
            tx.save_source(&row.source, &SourceState { next_at: None, ..source.state.clone() }).await?;
        }
        (Finding::Notes { .. } | Finding::Page { .. } | Finding::Entry { .. }, _) => {}
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
    let mut tx = store.begin().await?;
    let state = SourceState {
        trusted: true,
        // The next look must get the answer itself, not "unchanged".
        etag: None,
        last_modified: None,
        next_at: Some(now),
        ..source.state.clone()
    };
    tx.save_source(&source.row.name, &state).await?;
    tx.commit().await
}

async fn source_of(store: &Store, row: &FindingRow) -> Result<SourceHealth, ReviewError> {
    if row.state != FindingState::Open {
        return Err(ReviewError::NotOpen(row.state));
    }
    let source = store.sources().await?.into_iter().find(|health| health.row.name == row.source);
    source.ok_or_else(|| ReviewError::NoSource(row.source.clone()))
}
