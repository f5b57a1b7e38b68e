//! The acts that stand in `treaty.toml` itself.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::act::{Act, ActKind, Actor, Basis, Confidence};
use crate::domain::id::{ActId, Label, StateId};

use super::super::error::CatalogueError;
use super::super::fields::{Day, DayOrMonth};
use super::super::schema::{self, Word};
use super::reader::{Place, Placed, Reader};

/// One legal act; of several states, one act each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActText {
    /// When it was done.
    on: DayOrMonth,
    /// What was done.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// Whose act it is; none for an act of the treaty as such.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    states: Vec<StateId>,
    /// Of a suspension, its end or an objection of a state: the parties that it concerns; by default all.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    towards: Vec<StateId>,
    /// Of an objection: whether it keeps the treaty from entering into force between the two.
    #[serde(default)]
    precludes_entry_into_force: bool,
    /// A name inside the treaty, for anchors and readings.
    #[schemars(with = "Option<schema::Name>")]
    label: Option<Label>,
    /// When one could know of it; by default when it was done.
    known_on: Option<Day>,
    /// The day of effect, where it is recorded. It wins over the computed day.
    effective_on: Option<Day>,
    /// Whether that day is from memory.
    #[serde(default)]
    effective_from_memory: bool,
    /// Of an extension: the first day no longer in force.
    ends_before: Option<Day>,
    /// Of an extension of a deadline, or a declaration that it was met: the clause of the deadline.
    #[schemars(with = "Option<schema::Name>")]
    deadline: Option<Label>,
    /// Of an extension of a deadline: the new last day.
    until: Option<Day>,
    /// Of a conference: the last day.
    to: Option<Day>,
    /// Where it was done or deposited.
    place: Option<String>,
    /// Of an end of statehood: who succeeds.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    successors: Vec<StateId>,
    /// Who disputes the act or its effect.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    disputed_by: Vec<StateId>,
    /// What else should be known, in your words.
    note: Option<String>,
    /// Where it is written: an address or a key of `[sources]`. Needed unless `basis = "memory"`.
    source: Option<String>,
    /// Further sources.
    #[serde(default)]
    more_sources: Vec<String>,
    /// Whose record it is, where `source` is an address; a key says so itself.
    #[schemars(with = "Option<Word<Basis>>")]
    basis: Option<Basis>,
    /// How sure it is, where less than its sources allow.
    #[schemars(with = "Option<Word<Confidence>>")]
    confidence: Option<Confidence>,
}

impl ActText {
    /// How many acts it stands for, at most.
    pub(super) fn count(&self) -> usize {
        self.states.len().max(1)
    }
}

impl Reader<'_> {
    /// One act for each state, except where several gave one common notice.
    pub(super) fn acts(&self, spanned: &Spanned<ActText>) -> Result<Vec<Placed<Act>>, CatalogueError> {
        let text = spanned.get_ref();
        let joint = text.kind == ActKind::NoticeOfReinstatement;
        match (text.kind.actor(), text.states.is_empty()) {
            (Actor::State, true) => {
                return Err(self.error(
                    spanned,
                    "states",
                    format!("missing: {} is an act of a state", text.kind),
                ));
            }
            (Actor::Treaty, false) if !joint => {
                return Err(self.error(
                    spanned,
                    "states",
                    format!("{} is an act of the treaty, not of a state", text.kind),
                ));
            }
            _ => {}
        }
        if text.kind != ActKind::Extension && text.ends_before.is_some() {
            return Err(self.error(
                spanned,
                "ends_before",
                format!("{} has no day up to which it goes", text.kind),
            ));
        }
        if text.kind == ActKind::Extension && text.ends_before.is_none() {
            return Err(self.error(
                spanned,
                "ends_before",
                "missing: an extension needs the first day after it",
            ));
        }
        if text.to.is_some_and(|to| to.0 < text.on.0.first_day()) {
            return Err(self.error(spanned, "to", "lies before `on`"));
        }
        let evidence =
            self.evidence(spanned, text.source.as_ref(), &text.more_sources, text.basis, text.confidence)?;
        let note = match (&text.note, text.effective_from_memory) {
            (Some(note), true) => Some(format!("{note} The day of effect is from memory.")),
            (None, true) => Some("The day of effect is from memory.".to_owned()),
            (note, false) => note.clone(),
        };
        let actors: Vec<Option<StateId>> = if text.states.is_empty() || joint {
            vec![None]
        } else {
            text.states.iter().copied().map(Some).collect()
        };
        let at = Place::Toml(spanned.span().start);
        let detail = text.deadline.as_ref().map(Label::as_str).or(text.place.as_deref());
        let act = |state: Option<StateId>| Placed {
            value: Act {
                id: ActId::of(self.treaty, state, text.kind, text.on.0, detail),
                kind: text.kind,
                state,
                jointly: if joint { text.states.clone() } else { Vec::new() },
                towards: text.towards.clone(),
                precludes_entry_into_force: text.precludes_entry_into_force,
                on: text.on.0,
                to: text.to.map(|day| day.0),
                known_on: text.known_on.map_or(text.on.0.first_day(), |day| day.0),
                effective_on: text.effective_on.map(|day| day.0),
                ends_before: text.ends_before.map(|day| day.0),
                deadline: text.deadline.clone(),
                until: text.until.map(|day| day.0),
                place: text.place.clone(),
                label: text.label.clone(),
                successors: text.successors.clone(),
                disputed_by: text.disputed_by.clone(),
                note: note.clone(),
                evidence: evidence.clone(),
            },
            at,
        };
        let acts: Vec<Placed<Act>> = actors.into_iter().map(act).collect();
        for act in &acts {
            let checked = act.value.check_fields();
            checked.map_err(|error| self.error(spanned, error.field, &error))?;
        }
        Ok(acts)
    }
}
