//! What supports the record: sources by rank, and what no source supports.

use std::collections::BTreeMap;

use serde::Serialize;

use super::values::{Names, Text};
use crate::domain::act::{Act, ActKind, Basis};
use crate::domain::clause::Clause;
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, Label, StateId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::treaty::Treaty;
use crate::l10n::{colon, comma, phrases};

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceView {
    /// Each instrument, in order of name.
    pub treaties: Vec<TreatyEvidence>,
    /// The names of states, for printing.
    #[serde(skip)]
    pub names: Names,
}

/// What supports the facts of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreatyEvidence {
    /// The instrument.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Text,
    /// How many acts and clauses have a best source of each rank, the best rank first.
    pub ranks: Vec<RankCount>,
    /// Acts and clauses from memory: whoever finds a source settles them.
    pub from_memory: Vec<Unsupported>,
}

/// The number of acts and clauses whose best source has a certain rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RankCount {
    /// The rank.
    pub basis: Basis,
    /// Acts.
    pub acts: usize,
    /// Clauses.
    pub clauses: usize,
}

/// An act or a clause from memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsupported {
    /// What it is.
    #[serde(flatten)]
    pub subject: Subject,
    /// The kind of source that would settle it.
    pub settled_by: Basis,
}

/// An act or a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An act.
    Act {
        /// Its name.
        act_id: ActId,
        /// What was done.
        kind: ActKind,
        /// Whose act it was.
        state: Option<StateId>,
        /// When.
        on: PartialDay,
    },
    /// A clause.
    Clause {
        /// Its name in the treaty.
        clause_id: Label,
        /// The article.
        article: String,
    },
}

/// Answers what supports the acts and clauses of all treaties, or of one.
pub fn evidence(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    only: Option<&TreatyId>,
) -> EvidenceView {
    let wanted = files.iter().filter(|file| only.is_none_or(|only| *only == file.treaty.id));
    EvidenceView { treaties: wanted.map(of_treaty).collect(), names: states.into() }
}

fn of_treaty(file: &TreatyFile) -> TreatyEvidence {
    let TreatyFile { treaty, acts } = file;
    let count = |basis: Basis| RankCount {
        basis,
        acts: acts.iter().filter(|act| act.evidence.basis == basis).count(),
        clauses: treaty.clauses.iter().filter(|clause| clause.evidence.basis == basis).count(),
    };
    let is_open = |basis: Basis| basis == Basis::Memory;
    let clauses = treaty.clauses.iter().filter(|clause| is_open(clause.evidence.basis));
    let open_acts = acts.iter().filter(|act| is_open(act.evidence.basis));
    TreatyEvidence {
        treaty_id: treaty.id.clone(),
        short_title: (&treaty.short_title).into(),
        ranks: Basis::ALL.iter().copied().map(count).collect(),
        from_memory: clauses.map(of_clause).chain(open_acts.map(|act| of_act(act, treaty))).collect(),
    }
}

fn of_clause(clause: &Clause) -> Unsupported {
    let subject = Subject::Clause { clause_id: clause.id.clone(), article: clause.article.clone() };
    Unsupported { subject, settled_by: Basis::Text }
}

fn of_act(act: &Act, treaty: &Treaty) -> Unsupported {
    let has_depositary = !treaty.depositaries.is_empty() || treaty.depositary_note.is_some();
    let is_deposited = act.state.is_some()
        || matches!(act.kind, ActKind::OpeningForSignature | ActKind::EntryIntoForce | ActKind::Amendment);
    let settled_by = if has_depositary && is_deposited { Basis::Depositary } else { Basis::Official };
    let subject = Subject::Act { act_id: act.id.clone(), kind: act.kind, state: act.state, on: act.on };
    Unsupported { subject, settled_by }
}

impl Unsupported {
    /// What it is, and what would settle it.
    pub fn words(&self, names: &Names, lang: Lang) -> String {
        let words = &phrases(lang).evidence;
        let what = match &self.subject {
            Subject::Clause { article, .. } => (words.article)(article),
            Subject::Act { kind, state, on, .. } => {
                let state = state.map(|state| names.of(state, lang));
                let parts = [Some(on.to_string()), Some(kind.label(lang).to_owned()), state];
                parts.into_iter().flatten().collect::<Vec<_>>().join(comma(lang))
            }
        };
        let by = match self.settled_by {
            Basis::Text => words.by_text,
            Basis::Depositary => words.by_depositary,
            _ => words.by_official,
        };
        format!("{what}{}{by}", colon(lang))
    }
}
