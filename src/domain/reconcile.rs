//! What a source says beside what is on record: pure comparison, and the doubts that it raises.
//!
//! Nothing here writes or decides: a finding is for a policy or a person to act on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::act::{Act, ActKind};
use super::id::{ActId, StateId};
use super::observation::{Observation, Sighting};
use super::outside::line;

/// Rows that a page may lose from one look to the next without being suspected of being half a page.
const LOST_MAX: usize = 3;
/// Acts on record that a source may lack, where it lists no more than these of them, without the treaty being in question.
const MISSING_MAX: usize = 5;
/// Days that may move in one look without the source being suspected of a mistake.
const MOVED_MAX: usize = 5;
/// Rows of one list: the longest real one has some 200 states, each with a row for each of three depositaries and acts.
const ROWS_MAX: usize = 10_000;
/// Names that nobody knows in one list. Where all states have another name, as in another language, the list is not
/// read as it should be.
const UNKNOWN_MAX: usize = 300;

/// A name, a title or a depositary of a finding is kept up to this length.
const NAME_CHARS_MAX: usize = 300;
/// A longer link is left out: a part of one leads nowhere.
const LINK_CHARS_MAX: usize = 2_000;
/// A difference is kept up to this size.
const DIFF_MAX_BYTES: usize = 128 * 1024;

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
    /// A page differs at every poll.
    Varies {
        /// Lines that have not been in all of the last polls, as the last one had them.
        lines: Vec<String>,
    },
    /// A list of acts has more differences than are listed at once.
    MoreActs {
        /// How many more.
        count: usize,
    },
    /// A feed has more new entries than are listed at once.
    MoreEntries {
        /// How many more.
        count: usize,
        /// The own name of the first of them.
        first: String,
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
            Self::Varies { .. } => "varies".to_owned(),
            Self::MoreActs { .. } => "more-acts".to_owned(),
            Self::MoreEntries { first, .. } => format!("more-entries|{first}"),
        }
    }

    /// What another finding, of another source of the same treaty, has in common with it where both are one surprise;
    /// none where there is nothing in common.
    pub fn surprise(&self) -> Option<String> {
        let act_of = |what: &str, it: &Observation| format!("{what}|{}|{}|{}", it.state, it.kind, it.on);
        match self {
            Self::New { observed, .. } => Some(act_of("new", observed)),
            Self::InTheFuture { observed } => Some(act_of("future", observed)),
            Self::BeforeTheTreaty { observed } => Some(act_of("before", observed)),
            Self::Varies { .. } | Self::MoreActs { .. } => None,
            other => other.settles().then(|| other.key()),
        }
    }

    /// The name of its kind, as in JSON and in the view `source_findings`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Corrected { .. } => "corrected",
            Self::Conflict { .. } => "conflict",
            Self::Gone { .. } => "gone",
            Self::NotListed { .. } => "not_listed",
            Self::NoLongerInEffect { .. } => "no_longer_in_effect",
            Self::UnknownState { .. } => "unknown_state",
            Self::InTheFuture { .. } => "in_the_future",
            Self::BeforeTheTreaty { .. } => "before_the_treaty",
            Self::Notes { .. } => "notes",
            Self::Page { .. } => "page",
            Self::Entry { .. } => "entry",
            Self::Varies { .. } => "varies",
            Self::MoreActs { .. } => "more_acts",
            Self::MoreEntries { .. } => "more_entries",
        }
    }

    /// Whether it is about an act on record, or one that would be; else there is only something to read.
    pub fn is_of_record(&self) -> bool {
        !matches!(
            self,
            Self::Notes { .. }
                | Self::Page { .. }
                | Self::Entry { .. }
                | Self::Varies { .. }
                | Self::MoreEntries { .. }
        )
    }

    /// The finding with every text of the source cut to the length that is kept and sent, whatever the parser let
    /// through.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let cut = |text: &mut String| {
            if NAME_CHARS_MAX < text.chars().count() {
                *text = line(text, NAME_CHARS_MAX);
            }
        };
        let cut_observed = |it: &mut Observation| {
            cut(&mut it.state);
            it.depositary.iter_mut().for_each(cut);
        };
        match &mut self {
            Self::New { observed, .. }
            | Self::Conflict { observed, .. }
            | Self::NoLongerInEffect { observed, .. }
            | Self::InTheFuture { observed }
            | Self::BeforeTheTreaty { observed } => cut_observed(observed),
            Self::Corrected { before, observed, .. } => {
                cut_observed(before);
                cut_observed(observed);
            }
            Self::Gone { before, .. } => cut_observed(before),
            Self::UnknownState { name, .. } => cut(name),
            Self::Notes { diff, .. } | Self::Page { diff, .. } => {
                diff.truncate(diff.floor_char_boundary(DIFF_MAX_BYTES));
            }
            Self::Entry { id, title, link } => {
                cut(id);
                cut(title);
                if link.as_ref().is_some_and(|link| LINK_CHARS_MAX < link.len()) {
                    *link = None;
                }
            }
            Self::Varies { lines } => lines.iter_mut().for_each(cut),
            Self::MoreEntries { first, .. } => cut(first),
            Self::NotListed { .. } | Self::MoreActs { .. } => {}
        }
        self
    }

    /// Whether it ends by itself once the source and the record agree. What only says that something is
    /// new to read waits for a reader.
    pub fn settles(&self) -> bool {
        !matches!(
            self,
            Self::Notes { .. } | Self::Page { .. } | Self::Entry { .. } | Self::MoreEntries { .. }
        )
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
    /// It has more rows than any list of states.
    #[error("it has {0} rows, and no list of states has more than {ROWS_MAX}")]
    TooLong(usize),
    /// Most of those that it lists are unknown.
    #[error("{unknown} of {of} names are unknown: {}", .names.join(", "))]
    Strangers {
        /// How many names are unknown.
        unknown: usize,
        /// Of how many.
        of: usize,
        /// The first of them.
        names: Vec<String>,
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
        let listed = rows_by_state(now, &Names::of([now], state_of));
        let is_listed = |act: &&Act| {
            act.state.is_some_and(|state| of_state(&listed, state).iter().any(|it| is_same(act, state, it)))
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
    if ROWS_MAX < now.observations.len() {
        return Some(Implausible::TooLong(now.observations.len()));
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
    // What an observation that is gone has become: the same state's act with the same depositary that is new, of the
    // same kind or of another kind of consent.
    let sort = |it: &Observation| Some(it.kind).filter(|kind| !kind.is_consent());
    let news = now.observations.difference(&before.observations);
    let news: BTreeSet<_> = news.map(|it| (it.state.as_str(), it.depositary.as_deref(), sort(it))).collect();
    let has_moved =
        |old: &&Observation| news.contains(&(old.state.as_str(), old.depositary.as_deref(), sort(old)));
    let gone = before.observations.difference(&now.observations);
    let moved = gone.clone().filter(has_moved).count();
    if moved > MOVED_MAX {
        return Some(Implausible::Redated(moved));
    }
    let (lost, of) = (gone.count() - moved, before.observations.len());
    (lost > LOST_MAX).then_some(Implausible::Shrunk { lost, of })
}

/// That more of the listed names are unknown than a list can have that is read as it should be.
pub fn strangers(now: &Sighting, is_known: &dyn Fn(&str) -> bool) -> Option<Implausible> {
    const SHOWN: usize = 3;
    let names: BTreeSet<&str> = now.observations.iter().map(|it| it.state.as_str()).collect();
    let mut unknown = names.iter().filter(|name| !is_known(name));
    let shown = unknown.by_ref().take(SHOWN).map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let unknown = shown.len() + unknown.count();
    (UNKNOWN_MAX < unknown).then_some(Implausible::Strangers { unknown, of: names.len(), names: shown })
}

/// Who is meant by each name, asked once for each.
struct Names<'a>(BTreeMap<&'a str, Result<StateId, Vec<StateId>>>);

impl<'a> Names<'a> {
    fn of(
        sightings: impl IntoIterator<Item = &'a Sighting>,
        state_of: &dyn Fn(&str) -> Result<StateId, Vec<StateId>>,
    ) -> Self {
        let rows = sightings.into_iter().flat_map(|sighting| &sighting.observations);
        let names: BTreeSet<&str> = rows.map(|it| it.state.as_str()).collect();
        Self(names.into_iter().map(|name| (name, state_of(name))).collect())
    }

    fn state(&self, name: &str) -> Option<StateId> {
        self.0.get(name).and_then(|known| known.as_ref().ok()).copied()
    }
}

/// The rows of each state, in their order.
fn rows_by_state<'a>(sighting: &'a Sighting, names: &Names<'_>) -> BTreeMap<StateId, Vec<&'a Observation>> {
    let mut rows: BTreeMap<StateId, Vec<&Observation>> = BTreeMap::new();
    for row in &sighting.observations {
        if let Some(state) = names.state(&row.state) {
            rows.entry(state).or_default().push(row);
        }
    }
    rows
}

fn of_state<'a, 'b, T>(all: &'b BTreeMap<StateId, Vec<&'a T>>, state: StateId) -> &'b [&'a T] {
    all.get(&state).map_or(&[], Vec::as_slice)
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
    let mut unknown: BTreeMap<&str, Vec<&Observation>> = BTreeMap::new();
    let mut by_state: BTreeMap<StateId, Vec<&Act>> = BTreeMap::new();
    for act in acts {
        if let Some(state) = act.state {
            by_state.entry(state).or_default().push(act);
        }
    }
    let names = Names::of([now].into_iter().chain(before), state_of);
    let said = before.map(|before| rows_by_state(before, &names)).unwrap_or_default();
    // First what is the same on both sides, so that nothing else is taken for it.
    let mut open: Vec<(StateId, &Observation)> = Vec::new();
    for observed in &now.observations {
        let Some(state) = names.state(&observed.state) else {
            unknown.entry(&observed.state).or_default().push(observed);
            continue;
        };
        let of_state = of_state(&by_state, state);
        let mut same = of_state.iter().filter(|act| is_same(act, state, observed)).peekable();
        match same.peek() {
            None => open.push((state, observed)),
            Some(act) if !observed.stands && !is_undone(of_state, observed) => {
                findings.push(Finding::NoLongerInEffect { act: act.id.clone(), observed: observed.clone() });
            }
            Some(_) => {}
        }
        matched.extend(same.map(|act| &act.id));
    }
    for (name, rows) in unknown {
        let mut near = names.0.get(name).and_then(|known| known.clone().err()).unwrap_or_default();
        // Under a new spelling stands what stood under the old one.
        if let Some((state, same)) = renamed(&by_state, &matched, &rows) {
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
        let is_like = |act: &&&Act| {
            let same_kind = act.kind == observed.kind || is_consent && act.kind.is_consent();
            same_kind && !matched.contains(&act.id)
        };
        let Some(act) = of_state(&by_state, state).iter().find(is_like) else {
            findings.push(Finding::New { state, observed });
            continue;
        };
        matched.insert(&act.id);
        // A typing error that the source mends, or two sources that never agreed?
        let said = of_state(&said, state).iter().find(|it| is_same(act, state, it));
        findings.push(match said.filter(|said| !now.observations.contains(**said)) {
            Some(said) => Finding::Corrected { act: act.id.clone(), before: (*said).clone(), observed },
            None => Finding::Conflict { act: act.id.clone(), observed },
        });
    }
    let listed: BTreeSet<ActKind> = now.observations.iter().map(|it| it.kind).collect();
    let lists_consent = listed.iter().any(|kind| kind.is_consent());
    for act in acts.iter().filter(|act| !matched.contains(&act.id)) {
        let Some(state) = act.state else { continue };
        // A source that lists no signatures says nothing about them.
        let is_listed_kind = listed.contains(&act.kind) || act.kind.is_consent() && lists_consent;
        if !is_listed_kind {
            continue;
        }
        let said = of_state(&said, state).iter().find(|it| is_same(act, state, it));
        findings.push(match said {
            Some(said) => Finding::Gone { act: act.id.clone(), before: (*said).clone() },
            // Another depositary's row of the same consent, or a consent taken back, is in the record.
            None if has_other(of_state(&by_state, state), &matched, act) => continue,
            None => Finding::NotListed { act: act.id.clone() },
        });
    }
    findings
}

/// The state of whom the record has every act of `rows`, not found under its own name.
fn renamed<'a>(
    by_state: &BTreeMap<StateId, Vec<&'a Act>>,
    matched: &BTreeSet<&ActId>,
    rows: &[&Observation],
) -> Option<(StateId, Vec<&'a ActId>)> {
    let of_state = |(state, acts): (&StateId, &Vec<&'a Act>)| {
        let same = |row: &&Observation| {
            let found = acts.iter().find(|act| is_same(act, *state, row) && !matched.contains(&act.id));
            found.map(|act| &act.id)
        };
        rows.iter().map(same).collect::<Option<Vec<_>>>().map(|same| (*state, same))
    };
    let mut found = by_state.iter().filter_map(of_state);
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
/// or ended. `acts` are those of the state.
fn is_undone(acts: &[&Act], observed: &Observation) -> bool {
    acts.iter().any(|act| {
        let undoes = matches!(
            act.kind,
            ActKind::NoticeOfWithdrawal
                | ActKind::Withdrawal
                | ActKind::RevocationOfRatification
                | ActKind::EndOfStatehood
        );
        undoes && observed.on <= act.day()
    })
}

/// Whether another act of the same state and sort is matched, or the act was taken back later. `acts` are those of the
/// state.
fn has_other(acts: &[&Act], matched: &BTreeSet<&ActId>, act: &Act) -> bool {
    acts.iter().any(|other| {
        let same_sort = other.kind == act.kind || other.kind.is_consent() && act.kind.is_consent();
        let revoked = other.kind == ActKind::RevocationOfRatification && act.kind.is_consent();
        same_sort && matched.contains(&other.id) || revoked && act.day() <= other.day()
    })
}

#[cfg(test)]
mod tests;
