//! What the record has beside what a source says.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::act::{Act, ActKind};
use crate::domain::id::{StateId, TreatyId};
use crate::domain::observation::Sighting;
use crate::domain::project::project;
use crate::domain::reconcile::{Agreement, Finding, reconcile};
use crate::domain::seeds::TreatyFile;
use crate::domain::source::Seen;
use crate::domain::state::State;
use crate::domain::status::{TreatyStatus, span_on};
use crate::sources::{Asked, Source, diff, parse_untc, unpack, untc_notes};
use crate::store::Store;

use super::JobError;

/// The states, and every name that one is known by.
pub(super) struct StateNames {
    pub states: BTreeMap<StateId, State>,
    /// Names in lower case.
    names: BTreeMap<String, StateId>,
}

impl StateNames {
    pub async fn load(store: &Store) -> Result<Self, JobError> {
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
        reconcile(&of_states, before, now, opened, today, &|name| self.names.find(name))
    }

    /// How far a list of acts and the record are of one mind; none where the record has no such treaty.
    pub fn agreement(&self, now: &Sighting, today: NaiveDate) -> Option<Agreement> {
        let file = self.file.as_ref()?;
        Some(Agreement::of(&file.acts, now, &self.compare(None, now, today), &|name| self.names.find(name)))
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
    let notes = |packed: &[u8]| unpack(packed).ok().and_then(|body| untc_notes(&body).ok());
    let is_before = |body: &Vec<u8>| parse_untc(body).is_ok_and(|sighting| sighting.notes == before.notes);
    let bodies = store.source_bodies(&source.name).await?;
    let old = bodies.iter().find(|kept| unpack(&kept.packed).is_ok_and(|body| is_before(&body)));
    let both = old.and_then(|kept| notes(&kept.packed)).zip(notes(&news.packed));
    Ok(Some(NotesChange { digest, diff: both.map(|(old, now)| diff(&old, &now)).unwrap_or_default() }))
}
