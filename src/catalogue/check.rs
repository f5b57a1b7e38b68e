//! What one file can only be checked for once all have been read: names of others, and the law.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::act::{Act, ActKind, Basis, Evidence};
use crate::domain::clause::{Among, Anchor, Clause, TermEnd, Terms};
use crate::domain::id::{ActId, Label, StateId, TreatyId};
use crate::domain::lang::Words;
use crate::domain::project::{Fault, Problem, Projection, project};
use crate::domain::protocols;
use crate::domain::review::{Irregularity, Question, Subject, irregularities, questions, to_come};
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::statehood::Statehood;
use crate::domain::text::nearest;
use crate::domain::treaty::Treaty;

use super::error::{CatalogueError, Faults, Source};
use super::names::Names;
use super::translations;
use super::treaty::{Place, Placed, ReadTreaty};

/// What is known when one treaty is checked.
pub(super) struct Check<'a> {
    pub toml: Source<'a>,
    /// `acts.csv`, where there is one.
    pub table: Option<Source<'a>>,
    pub states: &'a BTreeMap<StateId, State>,
    pub statehood: &'a Statehood,
    pub treaties: &'a BTreeSet<TreatyId>,
    pub translations: &'a BTreeMap<String, Words>,
}

/// A treaty that has been checked, with what its faults and questions are told by.
pub(super) struct Checked {
    pub file: TreatyFile,
    places: BTreeMap<ActId, Place>,
    clauses_at: BTreeMap<Label, usize>,
    /// None where something is wrong with the files: the law is asked about what is there only.
    projection: Option<Projection>,
}

impl Checked {
    /// Whether all of the treaty's files could be read, so that the law could be asked.
    pub fn is_whole(&self) -> bool {
        self.projection.is_some()
    }
}

impl Check<'_> {
    /// Checks a treaty. `is_whole` says that nothing was wrong with its files when they were read.
    pub fn treaty(&self, read: ReadTreaty, is_whole: bool, faults: &mut Faults) -> Checked {
        let ReadTreaty { mut treaty, acts, clauses_at, .. } = read;
        treaty.statehood = self.statehood.clone();
        let texts = treaty.texts().chain(acts.iter().flat_map(|act| act.value.texts()));
        treaty.translations = translations::of_texts(self.translations, texts);
        let before = faults.count();
        self.known_states(&treaty, faults);
        self.clauses(&treaty, &acts, &clauses_at, is_whole, faults);
        if is_whole {
            self.readings(&treaty, &acts, faults);
        }
        self.names(&treaty, faults);
        for (_, id) in treaty.links.iter().filter(|(_, id)| !self.treaties.contains(id)) {
            faults.push_with(|| {
                self.no_treaty(self.toml.error_at_word(id.as_str(), "treaty", no_treaty(id)), id)
            });
        }
        self.acts(&acts, faults);
        let places = acts.iter().map(|act| (act.value.id.clone(), act.at)).collect();
        let clauses_at = treaty.clauses.iter().map(|clause| clause.id.clone()).zip(clauses_at).collect();
        let mut acts: Vec<Act> = acts.into_iter().map(|act| act.value).collect();
        acts.sort_by(|a, b| (a.day(), &a.id).cmp(&(b.day(), &b.id)));
        let is_whole = is_whole && faults.count() == before;
        let projection = is_whole.then(|| project(&treaty, &acts, NaiveDate::MAX));
        let checked = Checked { file: TreatyFile { treaty, acts }, places, clauses_at, projection };
        self.law(&checked, faults);
        checked
    }

    /// What is wrong, or doubtful if `doubts`, about a protocol and its parent, now that the acts of both are known.
    pub fn protocols(&self, checked: &Checked, all: &[&TreatyFile], doubts: bool, faults: &mut Faults) {
        let problems = protocols::problems(&checked.file, all);
        for problem in problems.iter().filter(|problem| problem.fault.is_doubt() == doubts) {
            faults.push_with(|| self.problem(checked, problem));
        }
    }

    /// Reports doubtful facts, among them acts dated after `today`.
    pub fn questions(&self, checked: &Checked, today: NaiveDate, faults: &mut Faults) {
        let Some(projection) = &checked.projection else { return };
        let TreatyFile { treaty, acts } = &checked.file;
        let early = to_come(acts, today);
        let of_early: BTreeSet<ActId> =
            early.iter().filter_map(|(subject, _)| subject.act().cloned()).collect();
        // That the facts do not reach so far goes without saying.
        let is_early = |(subject, question): &(Subject, Question)| {
            matches!(question, Question::BeyondFacts { .. })
                && subject.act().is_some_and(|id| of_early.contains(id))
        };
        let found = questions(treaty, acts, projection).into_iter().filter(|question| !is_early(question));
        for (subject, question) in early.into_iter().chain(found) {
            faults.push_with(|| self.question(checked, subject, &question));
        }
        for problem in projection.problems.iter().filter(|problem| problem.fault.is_doubt()) {
            faults.push_with(|| self.problem(checked, problem));
        }
    }

    fn question(&self, checked: &Checked, subject: Subject, question: &Question) -> CatalogueError {
        let (field, help) = match question {
            Question::EffectBeforeClause { computed, .. } => (
                "effective_on",
                format!(
                    "leave `effective_on` out, which gives {computed}, or explain in a note why it was earlier"
                ),
            ),
            Question::Differs { computed, .. } => (
                if matches!(subject, Subject::Act(_)) { "on" } else { "recorded" },
                format!(
                    "correct the clause or the day, or explain in `explanation` or a note why it is not {computed}"
                ),
            ),
            Question::SecondConsent { .. } => {
                ("on", "keep one of the two, or give the `place` of each deposit".to_owned())
            }
            Question::LateAct { .. } => ("on", "is the day right?".to_owned()),
            Question::ToCome { .. } => (
                "on",
                "is the year right? An act is recorded once it has happened; an upcoming date is a [[date]]"
                    .to_owned(),
            ),
            Question::BeyondFacts { on, .. } => {
                ("on", format!("is the day right? If so: `facts_as_of = {on}` or later"))
            }
        };
        let fault = match subject {
            Subject::Act(id) => self.at(checked.places.get(&id).copied(), field, question),
            Subject::Clause(id) => self.at_clause(checked, &id, field, question),
        };
        fault.with_help(help)
    }

    /// What the law does not admit.
    fn law(&self, checked: &Checked, faults: &mut Faults) {
        let Some(projection) = &checked.projection else { return };
        for problem in projection.problems.iter().filter(|problem| !problem.fault.is_doubt()) {
            faults.push_with(|| self.problem(checked, problem));
        }
        let TreatyFile { treaty, acts } = &checked.file;
        let refused: BTreeSet<&ActId> =
            projection.problems.iter().filter_map(|problem| problem.act.as_ref()).collect();
        for (id, irregularity) in irregularities(treaty, acts, projection) {
            if refused.contains(&id) {
                continue;
            }
            let (field, help) = match &irregularity {
                Irregularity::BeforeTreaty { made, .. } => ("on", format!("expected {made} or later")),
                Irregularity::BeforeSignature { signed, .. } => (
                    "on",
                    format!("expected {signed} or later, or another kind: an accession follows no signature"),
                ),
                Irregularity::EffectBeforeNotice { on, .. } => {
                    ("effective_on", format!("expected {on} or later, or no such day: the clause gives it"))
                }
                Irregularity::AfterEnd { .. } => (
                    "on",
                    "correct the day, or record what kept the treaty in force, such as an extension"
                        .to_owned(),
                ),
            };
            let place = checked.places.get(&id).copied();
            faults.push_with(|| self.at(place, field, irregularity).with_help(help));
        }
    }

    fn problem(&self, checked: &Checked, problem: &Problem) -> CatalogueError {
        let place = problem.act.as_ref().and_then(|id| checked.places.get(id)).copied();
        let (field, help) = match &problem.fault {
            Fault::NotBound { state, .. } => (
                "kind",
                Some(format!(
                    "record first how {state} consented to be bound, or correct the state or the day"
                )),
            ),
            Fault::NotPartyToParent { state, parent, .. } => (
                "kind",
                Some(format!(
                    "record in `{parent}` how {state} became a party to it, or correct the state or the day"
                )),
            ),
            Fault::TooFewProtocols { .. } => {
                ("on", Some("are acts of the protocols missing, or is the day right?".to_owned()))
            }
            Fault::NotRevocable { .. } => (
                "kind",
                Some(
                    "after entry into force a state leaves by `notice_of_withdrawal` or `withdrawal`"
                        .to_owned(),
                ),
            ),
            Fault::NoWithdrawalClause { .. } => (
                "kind",
                Some("add the clause by which one leaves: kind = \"withdrawal\", with its notice".to_owned()),
            ),
            Fault::NotTakingPart { .. }
            | Fault::LeftAfterThreshold { .. }
            | Fault::NoticeOutlivesState { .. }
            | Fault::NothingToResume { .. }
            | Fault::NotAppliedProvisionally { .. } => ("kind", None),
            Fault::NotSignatory { .. } => {
                ("kind", Some("record the `signature` first, or correct the state or the day".to_owned()))
            }
            Fault::NoNotice { .. } => (
                "kind",
                Some("record the `notice_of_withdrawal` first, or correct the state or the day".to_owned()),
            ),
            Fault::NoReservation { .. } => {
                ("kind", Some("record the `reservation` first, or correct the state or the day".to_owned()))
            }
            Fault::NoticeHadRun { .. } => ("on", Some("is the day right?".to_owned())),
            Fault::ConsentDuringNotice { .. } => (
                "kind",
                Some("if it took the notice back, record that: kind = \"revocation_of_notice\"".to_owned()),
            ),
            Fault::NoticeBeforeEntry { .. } => (
                "kind",
                Some(
                    "if it took its consent back, record that: kind = \"revocation_of_ratification\""
                        .to_owned(),
                ),
            ),
            Fault::NoticeTooEarly { .. } => ("on", Some("is the day right, and the clause?".to_owned())),
            Fault::ThirdParty { .. } => {
                ("states", Some("is it `form = \"multilateral\"`, or the act another treaty's?".to_owned()))
            }
            Fault::BeforeStatehood { state, .. } | Fault::AfterStatehood { state, .. } => {
                ("on", Some(format!("correct the state or the day, or the days of {state} in states.csv")))
            }
            Fault::NoPartyLeft { .. } => {
                ("", Some("record how it ended: kind = \"termination\", or what is missing".to_owned()))
            }
            Fault::ExtendedTooLate { .. } => ("on", None),
            Fault::ExtendedBackward { end, .. } => (
                "ends_before",
                Some(format!("expected a day after {end}: the first on which it is not in force any more")),
            ),
            Fault::ExtendedTooFar { allowed, .. } => (
                "ends_before",
                Some(format!(
                    "at most `ends_before = {allowed}`, or another `extension_max` or `extension_total`"
                )),
            ),
            Fault::NoStateDeadline { .. } => {
                ("deadline", Some("name a clause `deadline` with `scope = \"each_state\"`".to_owned()))
            }
            Fault::NoDuty { clause, .. } => {
                ("states", Some(format!("correct the state, or add it to `states` of the clause `{clause}`")))
            }
            Fault::NeverParty { state, .. } => (
                "states",
                Some(format!("record first how {state} consented to be bound, or correct the state")),
            ),
            Fault::DeadlineBackward { last, .. } => ("until", Some(format!("expected a day after {last}"))),
            Fault::DeadlineTooFar { .. } => {
                ("until", Some("is the day right, and `extension_max` of the clause?".to_owned()))
            }
            Fault::Cycle(label) => {
                let fault = self.at_clause(checked, label, "anchor", &problem.fault);
                return fault.with_help("let one of them be counted from an act or from entry into force");
            }
            Fault::Day(_) => ("", None),
        };
        let fault = self.at(place, field, &problem.fault);
        match help {
            Some(help) => fault.with_help(help),
            None => fault,
        }
    }

    fn at(&self, place: Option<Place>, field: &str, message: impl std::fmt::Display) -> CatalogueError {
        match (place, self.table) {
            (Some(Place::Toml(offset)), _) => self.toml.error(offset, field, message),
            (Some(Place::Csv(row)), Some(table)) => table.csv_error(row, field, message),
            (Some(Place::Csv(_)), None) | (None, _) => CatalogueError::of_file(self.toml.file, message),
        }
    }

    fn at_clause(
        &self,
        checked: &Checked,
        clause: &Label,
        field: &str,
        message: impl std::fmt::Display,
    ) -> CatalogueError {
        self.at(checked.clauses_at.get(clause).copied().map(Place::Toml), field, message)
    }

    /// How a place is named to people.
    fn name(&self, place: Place) -> String {
        let (source, line) = match (place, self.table) {
            (Place::Csv(row), Some(table)) => (table, row.map(|row| row.line)),
            (Place::Csv(row), None) => (self.toml, row.map(|row| row.line)),
            (Place::Toml(offset), _) => (self.toml, Some(self.toml.line_of(offset))),
        };
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line}", source.file)
    }

    fn known_states(&self, treaty: &Treaty, faults: &mut Faults) {
        let lists = treaty.depositaries.iter().chain(&treaty.participants);
        let readings =
            treaty.readings.iter().flat_map(|reading| reading.asserted_by.iter().chain(&reading.disputed_by));
        let missing = treaty.missing.iter().map(|(state, _)| state);
        let all: BTreeSet<&StateId> = lists.chain(readings).chain(missing).collect();
        for state in all.into_iter().filter(|state| !self.states.contains_key(state)) {
            faults.push_with(|| self.toml.error_at_word(state.as_str(), "", no_state(*state)));
        }
    }

    /// Names that may stand once only.
    fn names(&self, treaty: &Treaty, faults: &mut Faults) {
        let readings = treaty.readings.iter().map(|reading| ("reading", reading.id.as_str()));
        let dates = treaty.scheduled.iter().map(|date| {
            let id = date.id.as_str();
            ("date", id.split_once('/').map_or(id, |(_, id)| id))
        });
        let mut seen = BTreeSet::new();
        for (what, id) in readings.chain(dates) {
            if !seen.insert((what, id)) {
                let message = format!("there are two {what}s `{id}`");
                faults.push_with(|| self.toml.error_at_word(id, "id", message));
            }
        }
    }

    fn clauses(
        &self,
        treaty: &Treaty,
        acts: &[Placed<Act>],
        places: &[usize],
        is_whole: bool,
        faults: &mut Faults,
    ) {
        let mut seen: BTreeSet<&Label> = BTreeSet::new();
        for (clause, at) in treaty.clauses.iter().zip(places) {
            let fault = if seen.insert(&clause.id) {
                self.clause(treaty, clause, acts, is_whole)
            } else {
                Some(("id", format!("there are two clauses `{}`", clause.id)))
            };
            if let Some((field, message)) = fault.or_else(|| weak(&clause.evidence)) {
                faults.push_with(|| self.toml.error(*at, field, message));
            }
        }
    }

    /// The field that is wrong, and what is wrong with it. Names that a part of the file that could
    /// not be read may have are not missed.
    fn clause(
        &self,
        treaty: &Treaty,
        clause: &Clause,
        acts: &[Placed<Act>],
        is_whole: bool,
    ) -> Option<(&'static str, String)> {
        let has_clause = |label: &Label| treaty.clauses.iter().any(|clause| clause.id == *label);
        if let Terms::Deadline { states, .. } = &clause.terms
            && let Some(state) = states.iter().find(|state| !self.states.contains_key(state))
        {
            return Some(("states", no_state(*state)));
        }
        let anchor = match &clause.terms {
            Terms::EntryIntoForceByDate { anchor, .. } | Terms::Deadline { anchor, .. } => anchor,
            Terms::Term { end: TermEnd::After { anchor, .. }, .. } => anchor,
            Terms::EntryIntoForceByThreshold(threshold) => {
                let lists = threshold.among.iter().map(|among| ("among", &among.of));
                let lists =
                    [("named", &threshold.named), ("entities", &threshold.entities)].into_iter().chain(lists);
                let mut named = BTreeSet::new();
                for (field, state) in
                    lists.flat_map(|(field, list)| list.iter().map(move |state| (field, state)))
                {
                    if !self.states.contains_key(state) {
                        return Some((field, no_state(*state)));
                    }
                    if field != "entities" && !named.insert(*state) {
                        return Some((field, format!("{state} is named twice")));
                    }
                }
                let is_too_many = |among: &&Among| among.count == 0 || among.of.len() < among.count as usize;
                if let Some(Among { count, of }) = threshold.among.iter().find(is_too_many) {
                    let most = of.len();
                    return Some(("among", format!("{count} of {most} states: expected 1 to {most}")));
                }
                let of_lists: u32 = threshold.among.iter().map(|among| among.count).sum();
                let with_named = if threshold.beyond_named { 0 } else { threshold.named.len() };
                if threshold.share.is_none() && with_named + of_lists as usize > threshold.count as usize {
                    let which = if of_lists == 0 { "" } else { " and of those that `among` needs" };
                    return Some(("count", format!("is less than the number of named states{which}")));
                }
                return (threshold.share.is_none() && threshold.needed_on(NaiveDate::MIN) == 0)
                    .then(|| ("count", "is 0: expected how many states must have consented".to_owned()));
            }
            Terms::Supersession { by } => {
                return (!self.treaties.contains(by)).then(|| ("by", no_treaty(by)));
            }
            Terms::Reinstatement { displaces: Some(label), .. } => {
                return (is_whole && !has_clause(label))
                    .then(|| ("displaces", format!("there is no clause `{label}`")));
            }
            Terms::Reinstatement { displaces: None, .. }
            | Terms::EntryIntoForceByExchange
            | Terms::LaterStates { .. }
            | Terms::IndefiniteDuration
            | Terms::Term { end: TermEnd::Before(_), .. }
            | Terms::TacitRenewal { .. }
            | Terms::Lapse { .. }
            | Terms::Protocols { .. }
            | Terms::Withdrawal { .. } => return None,
        };
        let of_entry = matches!(clause.terms, Terms::EntryIntoForceByDate { .. });
        let message = match anchor {
            Anchor::EntryIntoForce | Anchor::StateEntryIntoForce if of_entry => {
                "entry into force cannot be counted from itself".to_owned()
            }
            Anchor::Act(label) | Anchor::Effect(label) if is_whole && !has_label(acts, label) => {
                format!("there is no act with the label `{label}`")
            }
            Anchor::Deadline(label) if is_whole && !has_clause(label) => {
                format!("there is no clause `{label}`")
            }
            Anchor::EntryIntoForce
            | Anchor::StateEntryIntoForce
            | Anchor::ThresholdMet
            | Anchor::First(_)
            | Anchor::Act(_)
            | Anchor::Effect(_)
            | Anchor::Deadline(_) => return None,
        };
        Some(("anchor", message))
    }

    fn readings(&self, treaty: &Treaty, acts: &[Placed<Act>], faults: &mut Faults) {
        for reading in &treaty.readings {
            let disregards = reading.disregards.iter().map(|label| ("disregards", label));
            let effective = reading.effective.iter().map(|(label, _)| ("effective", label));
            for (field, label) in disregards.chain(effective).filter(|(_, label)| !has_label(acts, label)) {
                let message =
                    format!("there is no act with the label `{label}` for the reading `{}`", reading.id);
                faults.push_with(|| self.toml.error_at_word(label.as_str(), field, message));
            }
        }
        for id in treaty.contested_between.iter().filter(|id| treaty.reading(id).is_none()) {
            faults.push_with(|| {
                let message = format!("there is no reading `{id}`");
                let mut fault = self.toml.error_at_word(id.as_str(), "contested_between", message);
                let readings = treaty.readings.iter().map(|reading| reading.id.as_str());
                fault.pointer.help = meant(&nearest(id.as_str(), readings, 1));
                fault
            });
        }
    }

    fn acts(&self, acts: &[Placed<Act>], faults: &mut Faults) {
        let mut seen: BTreeMap<&ActId, Place> = BTreeMap::new();
        for Placed { value: act, at } in acts {
            let named = [&act.jointly, &act.towards, &act.successors, &act.disputed_by];
            let states = act.state.iter().chain(named.into_iter().flatten());
            for state in states.filter(|state| !self.states.contains_key(state)) {
                faults.push_with(|| self.at(Some(*at), "states", no_state(*state)));
            }
            if let Some((field, message)) = weak(&act.evidence) {
                faults.push_with(|| self.at(Some(*at), field, message));
            }
            if let Some(state) = act.state.filter(|state| act.towards.contains(state)) {
                faults.push_with(|| self.at(Some(*at), "towards", format!("names {state}, whose act it is")));
            }
            if let Some(other) = seen.insert(&act.id, *at) {
                let field = if act.kind == ActKind::Signature && other == *at { "states" } else { "on" };
                faults.push_with(|| {
                    let message = format!("the same act `{}` is at {}", act.id, self.name(other));
                    self.at(Some(*at), field, message)
                });
            }
        }
    }

    fn no_treaty(&self, mut fault: CatalogueError, id: &TreatyId) -> CatalogueError {
        fault.pointer.help = meant(&nearest(id.as_str(), self.treaties.iter().map(TreatyId::as_str), 1));
        fault
    }
}

/// That nobody answers for the source of an act or a clause.
fn weak(evidence: &Evidence) -> Option<(&'static str, String)> {
    let message =
        "a weak source supports no act and no clause: expected a better one, or a [[note]] in its place";
    (evidence.basis == Basis::Weak).then(|| ("source", message.to_owned()))
}

fn has_label(acts: &[Placed<Act>], label: &Label) -> bool {
    acts.iter().any(|act| act.value.label.as_ref() == Some(label))
}

fn no_state(state: StateId) -> String {
    format!("unknown state `{state}`, expected a code of states.csv")
}

pub(super) fn no_treaty(id: &TreatyId) -> String {
    format!("there is no treaty `{id}`")
}

/// Adds what may have been meant to faults that do not say it yet: known words near to the one that was
/// written, or the states with such a code or name.
pub(super) fn add_help(faults: &mut [CatalogueError], states: &Names<'_>) {
    for fault in faults.iter_mut().filter(|fault| fault.pointer.help.is_none()) {
        let Some(written) = fault.quoted() else { continue };
        let help = match fault.message.split_once("expected ") {
            Some((_, "a code of states.csv")) => state_help(written, states),
            Some((_, expected)) if expected.starts_with("three capital letters") => {
                state_help(written, states)
            }
            Some((before, expected)) if before.contains("unknown") => {
                let words =
                    expected.split([',', ' ', '`']).filter(|word| !matches!(*word, "" | "one" | "of" | "or"));
                meant(&nearest(written, words, 1))
            }
            _ => None,
        };
        fault.pointer.help = help;
    }
}

fn state_help(written: &str, states: &Names<'_>) -> Option<String> {
    let named = |state: &&State| format!("`{}` is {}", state.id, state.name.en);
    let like = states.like(written);
    (!like.is_empty()).then(|| like.iter().map(named).collect::<Vec<_>>().join(", "))
}

fn meant(words: &[&str]) -> Option<String> {
    words.first().map(|word| format!("did you mean `{word}`?"))
}
