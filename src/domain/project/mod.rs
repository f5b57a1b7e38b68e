//! From acts to the life of a treaty: [`project`].

mod counts;
mod dates;
mod deadlines;
mod ending;
mod entry;
mod readings;
mod states;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::act::{Act, ActKind};
use super::clause::{Clause, NoticeFrom, Terms};
use super::day::Delay;
use super::day::{DayError, PartialDay};
use super::id::{ActId, DateId, Label, StateId, TreatyId};
use super::status::{
    Overlay, OverlayKind, ReadingId, Reason, Rule, Span, StateStatus, TreatyStatus, span_on, spans,
};
use super::treaty::{Certainty, DateKind, Form, InstrumentKind, Reading, Treaty};

pub use counts::Count;
pub use deadlines::{DeadlineStanding, StateDeadline};
use ending::FirstTerm;
pub use entry::{Progress, Step};

/// The whole life of a treaty, past and future, as far as the given acts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// One life for each reading, the default one first.
    pub readings: Vec<Life>,
    /// Every dated event that follows from acts and clauses, or was scheduled, in order of day.
    pub dates: Vec<DueDate>,
    /// How the condition of entry into force was approached, where it is a threshold.
    pub progress: Option<Progress>,
    /// Whether the facts name only some of those that took part: who is not named above may be a party, and
    /// the true counts are higher.
    pub incomplete: bool,
    /// Acts that the law refuses, clauses that cannot be applied: they have no effect above. And
    /// effects above that the law leaves in doubt.
    pub problems: Vec<Problem>,
}

impl Projection {
    /// The reading that is shown unless another one is asked for.
    pub fn default_life(&self) -> &Life {
        &self.readings[0]
    }

    /// The life in one reading.
    pub fn life(&self, reading: &ReadingId) -> Option<&Life> {
        self.readings.iter().find(|life| life.reading == *reading)
    }
}

/// The life of a treaty in one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Which reading.
    pub reading: ReadingId,
    /// What the treaty is, from its first act on, without overlap or gap.
    pub treaty: Vec<Span<TreatyStatus>>,
    /// What each state is in it, likewise.
    pub states: BTreeMap<StateId, Vec<Span<StateStatus>>>,
    /// What lies over these: notices, suspensions, provisional application, reinstatement.
    pub overlays: Vec<Overlay>,
    /// How many had signed, had consented and were parties: a row at each change.
    pub counts: Vec<Count>,
    /// The deadlines of single states that are followed one by one, in order of the clauses.
    pub deadlines: Vec<StateDeadline>,
}

/// A dated event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDate {
    /// Its name, which stays when the day moves.
    pub id: DateId,
    /// What sort of day.
    pub kind: DateKind,
    /// For whom; none for the treaty as such.
    pub state: Option<StateId>,
    /// The day, month or year.
    pub on: PartialDay,
    /// How certain it is.
    pub certainty: Certainty,
    /// The reading in which it falls on this day; `default` where all agree.
    pub reading: ReadingId,
    /// Why.
    pub reason: Reason,
}

/// An act that the law refuses or whose effect it leaves in doubt, or a clause that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The act, where there is one.
    pub act: Option<ActId>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with an act or a clause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Only a state that has consented can leave (VCLT, article 54).
    #[error("{kind} by {state} on {on}: it was not a party then, nor had it consented to be bound")]
    NotBound {
        /// What it did.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: NaiveDate,
    },
    /// After entry into force a state leaves by withdrawal, not by taking its consent back.
    #[error(
        "revocation_of_ratification by {state} on {on}: the treaty was in force for it, or it had not consented"
    )]
    NotRevocable {
        /// Who.
        state: StateId,
        /// When.
        on: NaiveDate,
    },
    /// Only a state that takes part can suspend its part.
    #[error("{kind} by {state} on {on}: it did not take part then")]
    NotTakingPart {
        /// What it did.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: NaiveDate,
    },
    /// Whether a treaty without a clause on withdrawal can be left at all, VCLT, article 56(1)
    /// makes depend on what the parties intended.
    #[error(
        "notice_of_withdrawal by {state} on {on}: no withdrawal clause; it is shown as if VCLT 56(2) applied"
    )]
    NoWithdrawalClause {
        /// Who.
        state: StateId,
        /// When.
        on: NaiveDate,
    },
    /// A condition that was met and is not any more when the treaty enters into force.
    #[error(
        "{state} no longer counts from {on}: the threshold was met on {met} and the treaty not yet in force; it is \
         shown as entering into force all the same"
    )]
    LeftAfterThreshold {
        /// Who.
        state: StateId,
        /// From when.
        on: NaiveDate,
        /// When the threshold was met.
        met: NaiveDate,
    },
    /// Who does not exist yet performs no acts.
    #[error("{kind} by {state} on {on}: {state} exists since {first}")]
    BeforeStatehood {
        /// The kind of its act.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
        /// Its first day.
        first: NaiveDate,
    },
    /// Who has ceased to exist performs no acts any more.
    #[error("{kind} by {state} on {on}: {state} ceased to exist, its last day was {last}")]
    AfterStatehood {
        /// The kind of its act.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
        /// Its last day.
        last: NaiveDate,
    },
    /// Whether a notice that runs when the state ends binds its successors, neither the VCLT (article 73)
    /// nor the Vienna Convention on Succession of States in respect of Treaties says.
    #[error(
        "notice_of_withdrawal by {state} on {on}: {state} ended on {ended}, while it was running; it is shown as \
         without effect for its successors"
    )]
    NoticeOutlivesState {
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
        /// The first day on which the state no longer existed.
        ended: NaiveDate,
    },
    /// A notice before the clause lets one give it.
    #[error(
        "notice_of_withdrawal by {state} on {on}: notice can be given from {from} on [{article}]; it is shown as if \
         it had been given then"
    )]
    NoticeTooEarly {
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
        /// The first day on which it can be given.
        from: NaiveDate,
        /// The article of the clause.
        article: String,
    },
    /// A notice before entry into force, on which the VCLT has no rule (articles 24(4) and 54).
    #[error(
        "notice_of_withdrawal by {state} on {on}: the treaty was not in force yet; the notice counts from the day on \
         which it was given"
    )]
    NoticeBeforeEntry {
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
    },
    /// Only a notice that has been given and has not run can be revoked or suspended (VCLT, article 68).
    #[error("{kind} by {state} on {on}: no notice of it was running; it is void")]
    NoNotice {
        /// What it did.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
    },
    /// A notice can be revoked at any time before it takes effect (VCLT, article 68).
    #[error("{kind} by {state} on {on}: its notice had taken effect on {effect}; it is void")]
    NoticeHadRun {
        /// What it did.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
        /// The day on which the notice took effect.
        effect: NaiveDate,
    },
    /// Whether who joins while its own notice runs takes that notice back (VCLT, article 68), it alone can say.
    #[error(
        "{kind} by {state} on {on}: its notice of withdrawal is running until {effect}; the notice is shown as \
         running on"
    )]
    ConsentDuringNotice {
        /// What it did.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
        /// The day on which the notice takes effect.
        effect: NaiveDate,
    },
    /// What was not suspended does not resume (VCLT, articles 57, 58 and 72).
    #[error("resumption{} on {on}: nothing was suspended; it is void", by(*.state))]
    NothingToResume {
        /// Who; none for the parties together.
        state: Option<StateId>,
        /// When.
        on: PartialDay,
    },
    /// What was not applied provisionally does not cease to be (VCLT, article 25(2)).
    #[error(
        "end_of_provisional_application by {state} on {on}: it did not apply the treaty provisionally; it is void"
    )]
    NotAppliedProvisionally {
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
    },
    /// Only a signatory need make clear that it does not intend to become a party (VCLT, article 18(a)).
    #[error("intention_not_to_become_party by {state} on {on}: it was not a signatory then; it is void")]
    NotSignatory {
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
    },
    /// Only a reservation that was made can be withdrawn (VCLT, article 22).
    #[error("{kind} by {state} on {on}: no reservation of it is on record")]
    NoReservation {
        /// What it did.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
    },
    /// A treaty is made between states (VCLT, article 2(1)(a)). That their number falls below the one needed
    /// for entry into force ends none (article 55); that nobody is left, no article speaks of.
    #[error(
        "from {on} on the treaty has no party: whether it is in force all the same, VCLT 54, 55 and 70 do not say; \
         it is shown as in force"
    )]
    NoPartyLeft {
        /// From when.
        on: NaiveDate,
    },
    /// A bilateral treaty has two parties.
    #[error("{kind} by {state} on {on}: the treaty is bilateral, and two others are its parties")]
    ThirdParty {
        /// What it did.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
    },
    /// What has ended cannot be extended.
    #[error("extension on {on}: the term had ended on {ended}")]
    ExtendedTooLate {
        /// When it was agreed.
        on: NaiveDate,
        /// When the term had ended.
        ended: NaiveDate,
    },
    /// An extension that ends before the term does anyway.
    #[error("extension to {until}: the term runs until {end} without it")]
    ExtendedBackward {
        /// To when.
        until: NaiveDate,
        /// When the term ends.
        end: NaiveDate,
    },
    /// An extension beyond what the clause allows.
    #[error("extension to {until}: the clause allows {allowed} at most")]
    ExtendedTooFar {
        /// To when.
        until: NaiveDate,
        /// To when at most.
        allowed: NaiveDate,
    },
    /// Only a deadline that runs for each state can be extended for one, or met by it.
    #[error("{kind} by {state} on {on}: no clause `{clause}` sets a deadline for each State")]
    NoStateDeadline {
        /// What was decided.
        kind: ActKind,
        /// For whom.
        state: StateId,
        /// When.
        on: PartialDay,
        /// The clause that the act names.
        clause: Label,
    },
    /// A state that the clause does not bind.
    #[error("{kind} by {state} on {on}: the deadline `{clause}` does not name {state} among its states")]
    NoDuty {
        /// What was decided.
        kind: ActKind,
        /// For whom.
        state: StateId,
        /// When.
        on: PartialDay,
        /// The clause that the act names.
        clause: Label,
    },
    /// A deadline runs for parties only.
    #[error("{kind} by {state} on {on}: it was never a party")]
    NeverParty {
        /// What was decided.
        kind: ActKind,
        /// For whom.
        state: StateId,
        /// When.
        on: PartialDay,
    },
    /// An extension that ends before the deadline does anyway.
    #[error("deadline_extension by {state} on {on} to {until}: the deadline is {last} without it")]
    DeadlineBackward {
        /// For whom.
        state: StateId,
        /// When it was decided.
        on: PartialDay,
        /// To when.
        until: NaiveDate,
        /// The last day before.
        last: NaiveDate,
    },
    /// An extension beyond what the clause allows: the parties decide on it, and may decide so.
    #[error(
        "deadline_extension by {state} on {on} to {until}: {allowed} at most can be given at once [{article}]; it is \
         shown as decided"
    )]
    DeadlineTooFar {
        /// For whom.
        state: StateId,
        /// When it was decided.
        on: PartialDay,
        /// To when.
        until: NaiveDate,
        /// To when at most.
        allowed: NaiveDate,
        /// The article of the clause.
        article: String,
    },
    /// A protocol binds parties to its treaty only.
    #[error("{state} is a party to the protocol from {on}: it was not a party to `{parent}` then")]
    NotPartyToParent {
        /// Who.
        state: StateId,
        /// From when.
        on: NaiveDate,
        /// The treaty to which it is a protocol.
        parent: TreatyId,
    },
    /// Consent to fewer protocols than the treaty asks for with consent to itself: CCW, article 4(3).
    #[error(
        "{kind} by {state} on {on}: it had consented to {consented} of the protocols on record, {at_least} are needed \
         [{article}]"
    )]
    TooFewProtocols {
        /// How it consented.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: PartialDay,
        /// To how many protocols it had consented by then.
        consented: usize,
        /// To how many it must.
        at_least: u32,
        /// The article of the clause.
        article: String,
    },
    /// Anchors that wait for each other.
    #[error("the anchors of clause `{0}` refer to each other")]
    Cycle(Label),
    /// A day outside the calendar.
    #[error(transparent)]
    Day(#[from] DayError),
}

impl Fault {
    /// Whether the effect is shown all the same, and the law only leaves it in doubt.
    pub fn is_doubt(&self) -> bool {
        match self {
            Self::NoWithdrawalClause { .. }
            | Self::LeftAfterThreshold { .. }
            | Self::NoticeOutlivesState { .. }
            | Self::NoticeTooEarly { .. }
            | Self::NoticeBeforeEntry { .. }
            | Self::NoNotice { .. }
            | Self::NoticeHadRun { .. }
            | Self::ConsentDuringNotice { .. }
            | Self::NothingToResume { .. }
            | Self::NotAppliedProvisionally { .. }
            | Self::NotSignatory { .. }
            | Self::NoReservation { .. }
            | Self::NoPartyLeft { .. }
            | Self::DeadlineTooFar { .. }
            | Self::TooFewProtocols { .. }
            | Self::ThirdParty { .. } => true,
            Self::BeforeStatehood { .. }
            | Self::AfterStatehood { .. }
            | Self::NotBound { .. }
            | Self::NotRevocable { .. }
            | Self::NotTakingPart { .. }
            | Self::ExtendedTooLate { .. }
            | Self::ExtendedBackward { .. }
            | Self::ExtendedTooFar { .. }
            | Self::NoStateDeadline { .. }
            | Self::NoDuty { .. }
            | Self::NeverParty { .. }
            | Self::DeadlineBackward { .. }
            | Self::NotPartyToParent { .. }
            | Self::Cycle(_)
            | Self::Day(_) => false,
        }
    }
}

/// ` by USA`, or nothing for the parties together.
fn by(state: Option<StateId>) -> String {
    state.map(|state| format!(" by {state}")).unwrap_or_default()
}

/// Derives the whole life of a treaty from its acts, as it could be known on `known_on`.
///
/// Acts and scheduled dates that became known later are not seen; `NaiveDate::MAX` sees all.
/// The result does not depend on the order of `acts`, nor on any clock.
pub fn project(treaty: &Treaty, acts: &[Act], known_on: NaiveDate) -> Projection {
    let mut problems = Vec::new();
    let known = known_acts(treaty, acts, known_on, &mut problems);
    let cases: Vec<Case<'_>> =
        readings::names(treaty).into_iter().map(|id| Case::new(treaty, &known, id, known_on)).collect();
    let mut lives = Vec::with_capacity(cases.len());
    let mut dates = Vec::with_capacity(cases.len());
    for case in &cases {
        let mut told = Told::default();
        lives.push(case.life(&mut told));
        dates.push(told.dates);
        for problem in told.problems {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    let progress = entry::progress(&cases[0]);
    let incomplete = cases[0].is_incomplete();
    readings::compare(&cases, &mut lives);
    let mut dates = readings::merge_dates(treaty, dates);
    dates::add_scheduled(treaty, known_on, &mut dates);
    Projection { readings: lives, dates, progress, incomplete, problems }
}

/// The acts that are known on a day, in order, without those of states that did not exist then.
fn known_acts<'a>(
    treaty: &Treaty,
    acts: &'a [Act],
    known_on: NaiveDate,
    problems: &mut Vec<Problem>,
) -> Vec<&'a Act> {
    let mut known: Vec<&Act> = acts.iter().filter(|act| act.known_on <= known_on).collect();
    known.sort_by(|a, b| (a.day(), a.kind, &a.id).cmp(&(b.day(), b.kind, &b.id)));
    known.retain(|act| {
        let fault = outside_statehood(treaty, act);
        problems.extend(fault.clone().map(|fault| Problem { act: Some(act.id.clone()), fault }));
        fault.is_none()
    });
    known
}

/// An act on a day on which its state certainly did not exist: the first and the last day of a state have
/// legal effect (VCLT, article 6).
fn outside_statehood(treaty: &Treaty, act: &Act) -> Option<Fault> {
    let (kind, state, on) = (act.kind, act.state?, act.on);
    if kind == ActKind::EndOfStatehood {
        return None;
    }
    let first = treaty.statehood.began_on(state).filter(|first| on.last_day() < *first);
    let ended = treaty.statehood.ended_on(state).filter(|ended| *ended <= on.first_day());
    let before = first.map(|first| Fault::BeforeStatehood { kind, state, on, first });
    before.or(ended.and_then(|ended| ended.pred_opt()).map(|last| Fault::AfterStatehood {
        kind,
        state,
        on,
        last,
    }))
}

/// The computed days of effect of notices, whatever was recorded: what [`verify`](super::verify::verify)
/// compares. Notices that the law refuses have none.
pub(super) fn computed_effects(treaty: &Treaty, acts: &[Act]) -> BTreeMap<ActId, PartialDay> {
    let known = known_acts(treaty, acts, NaiveDate::MAX, &mut Vec::new());
    let case = Case::new(treaty, &known, Label::default_reading(), NaiveDate::MAX);
    let told = &mut Told::default();
    let notices = ending::notices_of(&case, told);
    let effects = notices.iter().map(|run| (run.act.id.clone(), run.computed));
    let returns = ending::reinstatements(&case, told);
    effects.chain(returns.iter().map(|run| (run.act.id.clone(), run.computed))).collect()
}

/// The first term of a treaty, whatever ended or extended it.
pub(super) fn first_term_of(treaty: &Treaty, acts: &[Act]) -> Option<FirstTerm> {
    let known = known_acts(treaty, acts, NaiveDate::MAX, &mut Vec::new());
    let case = Case::new(treaty, &known, Label::default_reading(), NaiveDate::MAX);
    ending::first_term(&case, &mut Told::default()).map(|(term, _)| term)
}

/// When a treaty would enter into force if the last instrument that its threshold still needs were
/// deposited on `day`; none where entry into force does not hang on a threshold.
pub fn entry_if_met_on(
    treaty: &Treaty,
    acts: &[Act],
    known_on: NaiveDate,
    day: NaiveDate,
) -> Option<Result<NaiveDate, DayError>> {
    let known = known_acts(treaty, acts, known_on, &mut Vec::new());
    entry::if_met_on(&Case::new(treaty, &known, Label::default_reading(), known_on), day)
}

/// What a projection finds besides the spans.
#[derive(Debug, Default)]
struct Told {
    dates: Vec<DueDate>,
    problems: Vec<Problem>,
}

impl Told {
    fn problem(&mut self, act: Option<&Act>, fault: Fault) {
        self.problems.push(Problem { act: act.map(|act| act.id.clone()), fault });
    }

    /// The value, or nothing and a problem.
    fn check<T>(&mut self, act: Option<&Act>, result: Result<T, impl Into<Fault>>) -> Option<T> {
        result.map_err(|fault| self.problem(act, fault.into())).ok()
    }
}

/// A treaty, the acts that count in one reading, and that reading.
struct Case<'a> {
    treaty: &'a Treaty,
    id: ReadingId,
    reading: Option<&'a Reading>,
    /// In order of day, kind and name.
    acts: Vec<&'a Act>,
    /// Those that have no effect in the reading.
    disregarded: Vec<&'a Act>,
    /// Nothing that became known later is seen.
    known_on: NaiveDate,
}

/// The rule by which one leaves.
#[derive(Debug, Clone, Copy)]
struct Leaving<'a> {
    delay: Delay,
    ends_treaty: bool,
    not_before: Option<NoticeFrom>,
    not_during_conflict: bool,
    clause: &'a Clause,
}

/// Whether what a date announces comes about: a notice, a suspension or an entry into force that
/// something else has overtaken sets no day.
fn comes_about(date: &DueDate, life: &Life) -> bool {
    let Some(ground) = &date.reason.ground else { return true };
    let on = date.on.first_day();
    let rests_here = |reason: &Reason| reason.ground.as_ref().is_some_and(|other| other.act == ground.act);
    let of_treaty = || life.treaty.iter().any(|span| span.starts_on == on);
    let of_state = || {
        let spans = date.state.and_then(|state| life.states.get(&state)).map_or(&[][..], Vec::as_slice);
        spans.iter().any(|span| span.starts_on == on && rests_here(&span.reason))
    };
    let over_it = |overlay: &Overlay| {
        let ends = match ground.kind {
            ActKind::Resumption => true,
            ActKind::EndOfProvisionalApplication => overlay.kind == OverlayKind::ProvisionalApplication,
            _ => false,
        };
        let ended = ends && overlay.state == date.state && overlay.ends_before == Some(on);
        overlay.starts_on == on && rests_here(&overlay.reason) || ended
    };
    match date.kind {
        DateKind::EntryIntoForce => of_treaty(),
        DateKind::Effect | DateKind::WithdrawalEffect => {
            of_treaty() || of_state() || life.overlays.iter().any(over_it)
        }
        _ => true,
    }
}

/// How and when the treaty ends.
#[derive(Debug, Clone)]
struct End {
    on: NaiveDate,
    status: TreatyStatus,
    reason: Reason,
}

impl<'a> Case<'a> {
    fn new(treaty: &'a Treaty, acts: &[&'a Act], id: ReadingId, known_on: NaiveDate) -> Self {
        let reading = treaty.reading(&id);
        let counts = |act: &&Act| match (&act.label, reading) {
            (Some(label), Some(reading)) => !reading.disregards.contains(label),
            _ => true,
        };
        let (acts, disregarded) = acts.iter().copied().partition(counts);
        Self { treaty, id, reading, acts, disregarded, known_on }
    }

    /// Whether the facts certainly lack acts, so that who is not named may be a party: they say so, or fewer
    /// states have consented than the treaty needed to enter into force, as it did.
    fn is_incomplete(&self) -> bool {
        let threshold = self.treaty.find_clause(|terms| match terms {
            Terms::EntryIntoForceByThreshold(threshold) => Some(threshold),
            _ => None,
        });
        let entered = self.of_kind(ActKind::EntryIntoForce).next().is_some();
        let is_met = threshold.is_none_or(|(_, threshold)| entry::threshold_met(self, threshold).is_some());
        self.treaty.participation_incomplete || entered && !is_met
    }

    /// The first day on which a state no longer existed: by an act, else by the list of states.
    fn ended_on(&self, state: StateId) -> Option<NaiveDate> {
        let act = self.of_kind(ActKind::EndOfStatehood).find(|act| act.state == Some(state));
        act.map(|act| self.effect_or_day(act)).or_else(|| self.listed_end(state))
    }

    /// The end of a state that no act tells.
    fn listed_end(&self, state: StateId) -> Option<NaiveDate> {
        let told = self.of_kind(ActKind::EndOfStatehood).any(|act| act.state == Some(state));
        self.treaty.statehood.ended_on(state).filter(|ended| !told && *ended <= self.known_on)
    }

    fn of_kind(&self, kind: ActKind) -> impl DoubleEndedIterator<Item = &'a Act> + '_ {
        self.acts.iter().copied().filter(move |act| act.kind == kind)
    }

    /// The recorded day of effect in this reading.
    fn effective_on(&self, act: &Act) -> Option<NaiveDate> {
        let here = self.reading.zip(act.label.as_ref()).and_then(|(reading, label)| {
            reading.effective.iter().find(|(named, _)| named == label).map(|(_, day)| *day)
        });
        here.or(act.effective_on)
    }

    /// The recorded day of effect in this reading, or the day of the act.
    fn effect_or_day(&self, act: &Act) -> NaiveDate {
        self.effective_on(act).unwrap_or_else(|| act.day())
    }

    fn date(&self, path: &[&str], kind: DateKind, on: NaiveDate, reason: Reason) -> DueDate {
        let name = std::iter::once(self.treaty.id.as_str()).chain(path.iter().copied());
        let name = name.collect::<Vec<_>>().join("/");
        DueDate {
            id: name.parse().expect("begins with the name of the treaty"),
            kind,
            state: None,
            on: PartialDay::from_earliest(on, reason.precision()),
            certainty: Certainty::Computed,
            reading: self.id.clone(),
            reason,
        }
    }

    /// The day on which an act takes effect, where that is later than the act.
    fn later_effect(&self, act: &Act) -> Option<DueDate> {
        let effect = self.effective_on(act).filter(|effect| act.day() < *effect)?;
        let alike = self.of_kind(act.kind).filter(|other| other.state == act.state);
        let number = alike.take_while(|other| other.id != act.id).count() + 1;
        let ordinal = number.to_string();
        let state = act.state.as_ref().map(|state| state.as_str());
        let path: Vec<&str> = state.into_iter().chain([act.kind.as_str(), "effect", &ordinal]).collect();
        let kind =
            if act.kind == ActKind::Withdrawal { DateKind::WithdrawalEffect } else { DateKind::Effect };
        let reason = Reason::act(Rule::Recorded, act).exact();
        Some(DueDate { state: act.state, ..self.date(&path, kind, effect, reason) })
    }

    fn life(&self, told: &mut Told) -> Life {
        let entry = entry::entry_into_force(self, &mut Vec::new(), told);
        self.third_parties(told);
        let renewable = ending::renewable_terms(self, entry.as_ref(), told);
        let notices = ending::notices(self, entry.as_ref(), renewable.as_ref(), told);
        let reinstatements = ending::reinstatements(self, told);
        let mut end = ending::end(self, entry.as_ref(), renewable.as_ref(), &notices, &reinstatements, told);
        if let Some(lapse) = ending::lapse(self, entry.as_ref(), &notices, end.as_ref()) {
            // What would have come later comes no more.
            told.dates.retain(|date| date.on.first_day() <= lapse.on);
            end = Some(lapse);
        }
        let treaty = self.treaty_spans(entry.as_ref(), end.as_ref());
        let (states, mut overlays) = states::states(self, entry.as_ref(), &notices, end.as_ref(), told);
        overlays.extend(reinstatements.iter().filter_map(|run| run.overlay(end.as_ref())));
        // What was over before it began never lay there: a provisional application after entry into force.
        overlays.retain(|overlay| overlay.ends_before.is_none_or(|end| overlay.starts_on < end));
        overlays.sort_by_key(|overlay| (overlay.starts_on, overlay.state, overlay.kind));
        let counts = counts::counts(self, &states);
        self.no_party_left(&treaty, &counts, told);
        dates::collect(self, entry.as_ref(), end.as_ref(), told);
        let deadlines = deadlines::collect(self, &states, end.as_ref(), told);
        let life = Life { reading: self.id.clone(), treaty, states, overlays, counts, deadlines };
        told.dates.retain(|date| comes_about(date, &life));
        life
    }

    fn treaty_spans(&self, entry: Option<&entry::Entry>, end: Option<&End>) -> Vec<Span<TreatyStatus>> {
        let (put_forward, made, in_force) = match self.treaty.kind {
            InstrumentKind::Treaty | InstrumentKind::Draft => {
                (TreatyStatus::Draft, TreatyStatus::Pending, TreatyStatus::InForce)
            }
            InstrumentKind::Resolution
            | InstrumentKind::PoliticalCommitment
            | InstrumentKind::ExpertGroup
            | InstrumentKind::Statement => {
                (TreatyStatus::Proposed, TreatyStatus::Adopted, TreatyStatus::InEffect)
            }
        };
        let mut begins = Vec::new();
        if let Some(act) = self.of_kind(ActKind::Proposal).next() {
            begins.push((act.day(), put_forward, Reason::act(Rule::Act, act)));
        }
        let makes = |act: &&&Act| {
            matches!(act.kind, ActKind::Adoption | ActKind::OpeningForSignature | ActKind::Signature)
                || act.kind.is_consent()
        };
        if let Some(act) = self.acts.iter().find(makes) {
            begins.push((act.day(), made, Reason::act(Rule::Act, act)));
        }
        if let Some(entry) = entry {
            begins.push((entry.in_force_on, in_force, entry.reason.clone()));
        }
        if let Some(end) = end {
            begins.retain(|(day, _, _)| *day < end.on);
            begins.push((end.on, end.status, end.reason.clone()));
        }
        spans(begins)
    }

    /// A treaty in force that has lost its last party.
    fn no_party_left(&self, treaty: &[Span<TreatyStatus>], counts: &[Count], told: &mut Told) {
        if !self.treaty.is_treaty() || self.is_incomplete() {
            return;
        }
        let is_in_force =
            |on: NaiveDate| span_on(treaty, on).is_some_and(|it| it.status == TreatyStatus::InForce);
        let lost = counts
            .windows(2)
            .find(|pair| pair[0].parties > 0 && pair[1].parties == 0 && is_in_force(pair[1].on));
        if let Some(pair) = lost {
            told.problem(None, Fault::NoPartyLeft { on: pair[1].on });
        }
    }

    /// Who signs or joins a bilateral treaty beside the two that did so first. A successor takes the place of
    /// its predecessor (Vienna Convention on Succession of States in respect of Treaties, articles 24 and 34).
    fn third_parties(&self, told: &mut Told) {
        if self.treaty.form != Form::Bilateral {
            return;
        }
        let mut sides: Vec<StateId> = Vec::new();
        for &act in &self.acts {
            let Some(state) = act.state else { continue };
            let joins = act.kind == ActKind::Signature || ActKind::COUNTED_CONSENT.contains(&act.kind);
            let succeeds = sides.iter().any(|side| self.treaty.statehood.succeeds(state, *side));
            if !joins || succeeds || sides.contains(&state) {
                continue;
            }
            if sides.len() < 2 {
                sides.push(state);
            } else {
                told.problem(Some(act), Fault::ThirdParty { kind: act.kind, state, on: act.on });
            }
        }
    }

    /// The clause of withdrawal.
    fn leaving(&self) -> Option<Leaving<'a>> {
        self.treaty.clauses.iter().find_map(|clause| match clause.terms {
            Terms::Withdrawal { delay, ends_treaty, not_before, not_during_conflict } => {
                Some(Leaving { delay, ends_treaty, not_before, not_during_conflict, clause })
            }
            _ => None,
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
