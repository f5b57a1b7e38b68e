//! What the record has beside what a source says.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::act::{Act, ActKind};
use crate::domain::id::{StateId, TreatyId};
use crate::domain::observation::Sighting;
use crate::domain::outside::folded;
use crate::domain::project::project;
use crate::domain::reconcile::{Agreement, Finding, Implausible, doubt, reconcile, strangers};
use crate::domain::seeds::TreatyFile;
use crate::domain::source::Seen;
use crate::domain::state::State;
use crate::domain::status::{TreatyStatus, span_on};
use crate::offload::offload;
use crate::sources::{Asked, Source, diff, parse_untc, unpack, untc_notes};
use crate::store::{Store, StoreError};

use super::JobError;

/// So many kept answers, the newest first, are searched for the notes that were before.
const ANSWERS_SEARCHED_MAX: u32 = 8;

/// The states, and every name that one is known by.
pub(super) struct StateNames {
    pub states: BTreeMap<StateId, State>,
    /// Names as `folded` gives them.
    names: BTreeMap<String, StateId>,
}

impl StateNames {
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        let states = store.load_states().await?;
        let mut names = State::index(&states);
        let decided = store.source_aliases().await?;
        names.extend(decided.into_iter().map(|(name, state)| (folded(&name), state)));
        Ok(Self { states, names })
    }

    /// The names, folded.
    pub fn folded(&self) -> &BTreeMap<String, StateId> {
        &self.names
    }

    fn find(&self, name: &str) -> Option<StateId> {
        self.names.get(&folded(name)).copied()
    }
}

/// What the record has, as far as a source speaks of it.
pub(super) struct Known<'a> {
    pub file: Option<TreatyFile>,
    pub names: &'a StateNames,
}

impl<'a> Known<'a> {
    pub async fn load(
        store: &Store,
        treaty: Option<&TreatyId>,
        names: &'a StateNames,
    ) -> Result<Self, JobError> {
        let file = match treaty {
            Some(treaty) => store.load_treaty(treaty).await?,
            None => None,
        };
        Ok(Self { file, names })
    }

    /// Whether the treaty has not entered into force.
    pub fn is_pending(&self, today: NaiveDate) -> bool {
        self.file.as_ref().is_some_and(|file| {
            let life = project(&file.treaty, &file.acts, today);
            let span = span_on(&life.default_life().treaty, today);
            span.is_some_and(|span| span.status == TreatyStatus::Pending)
        })
    }

    /// Where a list of acts differs from the record.
    pub fn compare(&self, before: Option<&Sighting>, now: &Sighting, today: NaiveDate) -> Vec<Finding> {
        let Some(file) = &self.file else { return Vec::new() };
        let opens = |act: &&Act| matches!(act.kind, ActKind::Adoption | ActKind::OpeningForSignature);
        let opened = file.acts.iter().filter(opens).map(Act::day).min();
        let of_states: Vec<Act> = file.acts.iter().filter(|act| act.state.is_some()).cloned().collect();
        // Of one unknown name it is worth while to ask whose it may be, not of a list of them.
        let are_strangers = self.strangers(now).is_some();
        let state_of = |name: &str| {
            let near = || if are_strangers { Vec::new() } else { State::nearest(&self.names.states, name) };
            self.names.find(name).ok_or_else(near)
        };
        reconcile(&of_states, before, now, opened, today, &state_of)
    }

    /// Why a list of acts cannot be believed, if so: beside what the source said before, and beside the names that are
    /// known.
    pub fn doubt(&self, before: Option<&Sighting>, now: &Sighting) -> Option<Implausible> {
        doubt(before, now).or_else(|| self.strangers(now))
    }

    fn strangers(&self, now: &Sighting) -> Option<Implausible> {
        strangers(now, &|name| self.names.find(name).is_some())
    }

    /// How far a list of acts and the record are of one mind; none where the record has no such treaty.
    pub fn agreement(&self, now: &Sighting, today: NaiveDate) -> Option<Agreement> {
        let file = self.file.as_ref()?;
        let state_of = |name: &str| self.names.find(name).ok_or_else(Vec::new);
        Some(Agreement::of(&file.acts, now, &self.compare(None, now, today), &state_of))
    }
}

/// Notes of a source that are others than before.
pub(super) struct NotesChange {
    /// The digest of what they are now.
    pub digest: String,
    /// What has changed, line by line; empty if what they were is not known any more.
    pub diff: String,
}

/// Whether the notes of a source have become others since its answer before, which was kept as it came.
pub(super) async fn notes_change(
    store: &Store,
    source: &Source,
    before: &Seen,
    news: &Asked,
) -> Result<Option<NotesChange>, JobError> {
    let (Seen::Acts(before), Seen::Acts(now)) = (before, &news.seen) else { return Ok(None) };
    let Some(digest) = now.notes.clone().filter(|_| now.notes != before.notes) else { return Ok(None) };
    let mut diff = String::new();
    for number in 0..ANSWERS_SEARCHED_MAX {
        let Some(kept) = store.source_body_at(&source.name, number).await? else { break };
        let (wanted, news) = (before.notes.clone(), news.packed.clone());
        // What takes too long is a change that is not shown line by line.
        let compared = offload(move || notes_diff(&kept.packed, wanted.as_ref(), &news)).await;
        if let Ok(None) = compared {
            continue;
        }
        diff = compared.ok().flatten().unwrap_or_default();
        break;
    }
    Ok(Some(NotesChange { digest, diff }))
}

/// What has changed between the notes of two answers, packed; none if those of the first are not `wanted`.
fn notes_diff(old: &[u8], wanted: Option<&String>, news: &[u8]) -> Option<String> {
    let old = unpack(old).ok()?;
    parse_untc(&old).ok().filter(|sighting| sighting.notes.as_ref() == wanted)?;
    let new = unpack(news).ok()?;
    let both = untc_notes(&old).ok().zip(untc_notes(&new).ok());
    Some(both.map(|(old, new)| diff(&old, &new)).unwrap_or_default())
}
