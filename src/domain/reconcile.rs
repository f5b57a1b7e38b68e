//! What a source says beside what is on record: pure comparison, and the doubts that it raises.
//!
//! Nothing here writes or decides: a finding is for a policy or a person to act on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::act::{Act, ActKind};
use super::id::{ActId, StateId};
use super::observation::{Observation, Sighting};

/// Rows that a page may lose from one look to the next without being suspected of being half a page.
const LOST_MAX: usize = 3;
/// Acts on record that a source may lack, where it lists no more than these of them, without the treaty being in question.
const MISSING_MAX: usize = 5;
/// Days that may move in one look without the source being suspected of a mistake.
const MOVED_MAX: usize = 5;

/// Where a source and the record differ, or what somebody should look at in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// The source has an act that the record has not.
    New {
        /// Whose.
        state: StateId,
        /// What the source says.
        observed: Observation,
    },
    /// The source now gives another day or kind for an act that it gave before, and that is on record as it was.
    Corrected {
        /// The act on record.
        act: ActId,
        /// What the source said before.
        before: Observation,
        /// What it says now.
        observed: Observation,
    },
    /// The record has the act on another day or as another kind, and the source never said so.
    Conflict {
        /// The act on record.
        act: ActId,
        /// What the source says.
        observed: Observation,
    },
    /// The source no longer lists an act that it listed before.
    Gone {
        /// The act on record.
        act: ActId,
        /// What the source said before.
        before: Observation,
    },
    /// The record has an act that the source does not list.
    NotListed {
        /// The act on record.
        act: ActId,
    },
    /// The source marks the act as having no effect any more, and the record has no act that says why.
    NoLongerInEffect {
        /// The act on record.
        act: ActId,
        /// What the source says.
        observed: Observation,
    },
    /// Nobody knows who that is.
    UnknownState {
        /// The name as the source writes it.
        name: String,
        /// Whose name it may be, the likeliest first: of whom the record has exactly what the source lists under
        /// it, else of whose names it comes nearest to.
        near: Vec<StateId>,
    },
    /// The act is said to be done on a day to come.
    InTheFuture {
        /// What the source says.
        observed: Observation,
    },
    /// The act was done before there was a treaty to do it to.
    BeforeTheTreaty {
        /// What the source says.
        observed: Observation,
    },
    /// The notes of the source have changed: a withdrawal may be in them.
    Notes {
        /// What has changed in them, line by line: `-` what they said, `+` what they say. Empty if what they said
        /// is not known any more.
        #[serde(default)]
        diff: String,
        /// The digest of what they are now.
        digest: String,
    },
    /// A page that is no list of acts says something else.
    Page {
        /// What has changed in it, line by line: `-` what it said, `+` what it says.
        diff: String,
        /// The digest of what it says now.
        digest: String,
    },
    /// A feed has an entry that speaks of what is watched.
    Entry {
        /// The entry's own name.
        id: String,
        /// Its title.
        title: String,
        /// Where it leads.
        link: Option<String>,
    },
}

impl Finding {
    /// What it is about: what a source says again, in the same words or because it still differs, is
    /// one finding.
    pub fn key(&self) -> String {
        let act_of = |it: &Observation| {
            let depositary = it.depositary.as_deref().unwrap_or_default();
            format!("{}|{}|{}|{depositary}", it.state, it.kind, it.on)
        };
        match self {
            Self::New { observed, .. } => format!("act|{}", act_of(observed)),
            Self::Corrected { act, observed, .. } | Self::Conflict { act, observed } => {
                format!("differs|{act}|{}|{}", observed.kind, observed.on)
            }
            Self::Gone { act, .. } | Self::NotListed { act } => format!("missing|{act}"),
            Self::NoLongerInEffect { act, .. } => format!("void|{act}"),
            Self::UnknownState { name, .. } => format!("name|{name}"),
            Self::InTheFuture { observed } | Self::BeforeTheTreaty { observed } => {
                format!("odd|{}", act_of(observed))
            }
            Self::Notes { digest, .. } => format!("notes|{digest}"),
            Self::Page { digest, .. } => format!("page|{digest}"),
            Self::Entry { id, .. } => format!("entry|{id}"),
        }
    }

    /// Whether another finding, of another source of the same treaty, is about the same: two that agree are one
    /// surprise.
    pub fn is_same_surprise(&self, other: &Self) -> bool {
        let same = |one: &Observation, two: &Observation| {
            (&one.state, one.kind, one.on) == (&two.state, two.kind, two.on)
        };
        match (self, other) {
            (Self::New { observed: one, .. }, Self::New { observed: two, .. })
            | (Self::InTheFuture { observed: one }, Self::InTheFuture { observed: two })
            | (Self::BeforeTheTreaty { observed: one }, Self::BeforeTheTreaty { observed: two }) => {
                same(one, two)
            }
            (one, two) => one.settles() && one.key() == two.key(),
        }
    }

    /// Whether it ends by itself once the source and the record agree. What only says that something is
    /// new to read waits for a reader.
    pub fn settles(&self) -> bool {
        !matches!(self, Self::Notes { .. } | Self::Page { .. } | Self::Entry { .. })
    }
}

/// A sighting that must not be believed: a fault of the source, not a change of the world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Implausible {
    /// Nobody is on it.
    #[error("it lists no act of any state")]
    Empty,
    /// It is shorter than a real page becomes at once.
    #[error("it has lost {lost} of {of} entries at once")]
    Shrunk {
        /// How many entries are gone.
        lost: usize,
        /// Of how many.
        of: usize,
    },
    /// It counts otherwise than it lists.
    #[error("it says {said} {what} and lists {listed}")]
    Miscounted {
        /// What it counts.
        what: &'static str,
        /// Its own count.
        said: u32,
        /// How many are listed.
        listed: usize,
    },
    /// More days move than anybody corrects at once.
    #[error("{0} days have moved at once")]
    Redated(usize),
    /// It has next to nothing of what is on record.
    #[error("of the {of} acts on record it lists {listed}: it may be about another treaty")]
    Elsewhere {
        /// How many of them it lists.
        listed: usize,
        /// How many there are of the kinds that it lists.
        of: usize,
    },
}

/// How far a sighting and the record are of one mind, whatever it has besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// How many acts on record it lists.
    pub listed: usize,
    /// How many it does not list, or otherwise, although it lists acts of their kind.
    pub missing: usize,
}

impl Agreement {
    /// Between the acts on record and what a source lists, with its differences as [`reconcile`] finds them.
    pub fn of(
        acts: &[Act],
        now: &Sighting,
        findings: &[Finding],
        state_of: &dyn Fn(&str) -> Result<StateId, Vec<StateId>>,
    ) -> Self {
        let is_listed = |act: &&Act| {
            now.observations.iter().any(|it| {
                act.state.is_some_and(|state| state_of(&it.state) == Ok(state) && is_same(act, state, it))
            })
        };
        let is_missing = |finding: &&Finding| {
            matches!(
                finding,
                Finding::Corrected { .. }
                    | Finding::Conflict { .. }
                    | Finding::Gone { .. }
                    | Finding::NotListed { .. }
            )
        };
        Self {
            listed: acts.iter().filter(is_listed).count(),
            missing: findings.iter().filter(is_missing).count(),
        }
    }

    /// Whether the source speaks of this treaty, as far as the record can tell.
    pub fn is_of_one_treaty(self) -> bool {
        0 < self.listed && self.missing <= self.listed
    }

    /// That the source speaks of something else, if the record can tell.
    pub fn doubt(self) -> Option<Implausible> {
        let Self { listed, missing } = self;
        let is_elsewhere = MISSING_MAX < missing && !self.is_of_one_treaty();
        is_elsewhere.then_some(Implausible::Elsewhere { listed, of: listed + missing })
    }
}

/// Whether a sighting can be true, after the last one that was.
///
/// Order and repetition never matter: a sighting has neither.
pub fn doubt(before: Option<&Sighting>, now: &Sighting) -> Option<Implausible> {
    if now.observations.is_empty() {
        return Some(Implausible::Empty);
    }
    let standing = |kinds: &dyn Fn(ActKind) -> bool| {
        let acts = now.observations.iter().filter(|it| it.stands && kinds(it.kind));
        acts.map(|it| it.state.as_str()).collect::<BTreeSet<&str>>().len()
    };
    let counted = [
        ("signatories", now.signatories, standing(&|kind| kind == ActKind::Signature)),
        ("parties", now.parties, standing(&ActKind::is_consent)),
    ];
    for (what, said, listed) in counted {
        let Some(said) = said.filter(|said| *said as usize != listed) else { continue };
        return Some(Implausible::Miscounted { what, said, listed });
    }
    let before = before?;
    let gone = before.observations.difference(&now.observations);
    let moved = gone.clone().filter(|old| successor(old, before, now).is_some()).count();
    if moved > MOVED_MAX {
        return Some(Implausible::Redated(moved));
    }
    let (lost, of) = (gone.count() - moved, before.observations.len());
    (lost > LOST_MAX).then_some(Implausible::Shrunk { lost, of })
}

/// What an observation that is gone has become: the same state's act with the same depositary that is
/// new, of the same kind or of another kind of consent.
fn successor<'a>(old: &Observation, before: &Sighting, now: &'a Sighting) -> Option<&'a Observation> {
    let is_like = |new: &&Observation| {
        new.state == old.state
            && new.depositary == old.depositary
            && (new.kind == old.kind || new.kind.is_consent() && old.kind.is_consent())
            && !before.observations.contains(*new)
    };
    now.observations.iter().find(is_like)
}

/// Compares a sighting that can be true with the acts on record.
///
/// `opened_on` is the first day on which a state could act; `state_of` knows the names of states.
pub fn reconcile(
    acts: &[Act],
    before: Option<&Sighting>,
    now: &Sighting,
    opened_on: Option<NaiveDate>,
    today: NaiveDate,
    state_of: &dyn Fn(&str) -> Result<StateId, Vec<StateId>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut matched: BTreeSet<&ActId> = BTreeSet::new();
    let mut unknown: BTreeMap<&str, (Vec<&Observation>, Vec<StateId>)> = BTreeMap::new();
    // First what is the same on both sides, so that nothing else is taken for it.
    let mut open: Vec<(StateId, &Observation)> = Vec::new();
    for observed in &now.observations {
        let state = match state_of(&observed.state) {
            Ok(state) => state,
            Err(near) => {
                unknown.entry(&observed.state).or_insert_with(|| (Vec::new(), near)).0.push(observed);
                continue;
            }
        };
        let same: Vec<&Act> = acts.iter().filter(|act| is_same(act, state, observed)).collect();
        if same.is_empty() {
            open.push((state, observed));
        }
        if let Some(act) = same.first().filter(|_| !observed.stands && !is_undone(acts, state, observed)) {
            findings.push(Finding::NoLongerInEffect { act: act.id.clone(), observed: observed.clone() });
        }
        matched.extend(same.into_iter().map(|act| &act.id));
    }
    for (name, (rows, mut near)) in unknown {
        // Under a new spelling stands what stood under the old one.
        if let Some((state, same)) = renamed(acts, &matched, &rows) {
            near.retain(|other| *other != state);
            near.insert(0, state);
            matched.extend(same);
        }
        findings.push(Finding::UnknownState { name: name.to_owned(), near });
    }
    for (state, observed) in open {
        let (observed, is_consent) = (observed.clone(), observed.kind.is_consent());
        if today < observed.on {
            findings.push(Finding::InTheFuture { observed });
            continue;
        }
        if opened_on.is_some_and(|opened| observed.on < opened) {
            findings.push(Finding::BeforeTheTreaty { observed });
            continue;
        }
        let is_like = |act: &&Act| {
            let same_kind = act.kind == observed.kind || is_consent && act.kind.is_consent();
            act.state == Some(state) && same_kind && !matched.contains(&act.id)
        };
        let Some(act) = acts.iter().find(is_like) else {
            findings.push(Finding::New { state, observed });
            continue;
        };
        matched.insert(&act.id);
        // A typing error that the source mends, or two sources that never agreed?
        let said = before.and_then(|before| before.observations.iter().find(|it| is_same(act, state, it)));
        findings.push(match said.filter(|said| !now.observations.contains(said)) {
            Some(said) => Finding::Corrected { act: act.id.clone(), before: said.clone(), observed },
            None => Finding::Conflict { act: act.id.clone(), observed },
        });
    }
    let listed: BTreeSet<ActKind> = now.observations.iter().map(|it| it.kind).collect();
    for act in acts.iter().filter(|act| !matched.contains(&act.id)) {
        let Some(state) = act.state else { continue };
        // A source that lists no signatures says nothing about them.
        let is_listed_kind =
            listed.contains(&act.kind) || act.kind.is_consent() && listed.iter().any(|it| it.is_consent());
        if !is_listed_kind {
            continue;
        }
        let said = before.and_then(|before| {
            before.observations.iter().find(|it| state_of(&it.state) == Ok(state) && is_same(act, state, it))
        });
        findings.push(match said {
            Some(said) => Finding::Gone { act: act.id.clone(), before: said.clone() },
            // Another depositary's row of the same consent, or a consent taken back, is in the record.
            None if has_other(acts, &matched, act) => continue,
            None => Finding::NotListed { act: act.id.clone() },
        });
    }
    findings
}

/// The state of whom the record has every act of `rows`, not found under its own name.
fn renamed<'a>(
    acts: &'a [Act],
    matched: &BTreeSet<&ActId>,
    rows: &[&Observation],
) -> Option<(StateId, Vec<&'a ActId>)> {
    let states: BTreeSet<StateId> = acts.iter().filter_map(|act| act.state).collect();
    let of_state = |state: StateId| {
        let same = |row: &&Observation| {
            let found = acts.iter().find(|act| is_same(act, state, row) && !matched.contains(&act.id));
            found.map(|act| &act.id)
        };
        rows.iter().map(same).collect::<Option<Vec<_>>>().map(|same| (state, same))
    };
    let mut found = states.into_iter().filter_map(of_state);
    // Of two who did the same on the same days nobody can say which it is.
    found.next().filter(|_| found.next().is_none())
}

/// The act is what the source says: of one state and kind, on one day as far as that is known.
fn is_same(act: &Act, state: StateId, observed: &Observation) -> bool {
    act.state == Some(state)
        && (act.kind == observed.kind || is_called(act.kind, observed.kind))
        && act.on.first_day() <= observed.on
        && observed.on <= act.on.last_day()
}

/// Sources that know one word for consent after signature call acceptance and approval ratification: their
/// conditions and effects are alike (VCLT, article 14(2)).
fn is_called(kind: ActKind, by_source: ActKind) -> bool {
    by_source == ActKind::Ratification && matches!(kind, ActKind::Acceptance | ActKind::Approval)
}

/// Whether the record says why something has no effect any more: the state left, took its consent back
/// or ended.
fn is_undone(acts: &[Act], state: StateId, observed: &Observation) -> bool {
    acts.iter().any(|act| {
        let undoes = matches!(
            act.kind,
            ActKind::NoticeOfWithdrawal
                | ActKind::Withdrawal
                | ActKind::RevocationOfRatification
                | ActKind::EndOfStatehood
        );
        undoes && act.state == Some(state) && observed.on <= act.day()
    })
}

/// Whether another act of the same state and sort is matched, or the act was taken back later.
fn has_other(acts: &[Act], matched: &BTreeSet<&ActId>, act: &Act) -> bool {
    acts.iter().any(|other| {
        let same_sort = other.kind == act.kind || other.kind.is_consent() && act.kind.is_consent();
        let revoked = other.kind == ActKind::RevocationOfRatification && act.kind.is_consent();
        other.state == act.state
            && (same_sort && matched.contains(&other.id) || revoked && act.day() <= other.day())
    })
}

#[cfg(test)]
mod tests;
