//! A treaty or another instrument: its names, clauses, readings and notes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::act::{Basis, Evidence};
use super::clause::{Clause, Terms};
use super::day::PartialDay;
use super::id::{DateId, Label, StateId, TreatyId};
use super::lang::{Lang, Words};
use super::statehood::Statehood;
use super::text::text_enum;

text_enum! {
    /// What an instrument is; it selects the vocabulary of its status.
    InstrumentKind ("kind of instrument") {
        /// A treaty in the sense of VCLT, article 2(1)(a).
        Treaty = "treaty",
        /// A resolution or decision of an international organ.
        Resolution = "resolution",
        /// A commitment that does not bind in law.
        PoliticalCommitment = "political_commitment",
        /// A body set up to work and report.
        ExpertGroup = "expert_group",
        /// A text that has been put forward, not adopted.
        Draft = "draft",
        /// A joint statement.
        Statement = "statement",
    }
}

text_enum! {
    /// Between how many a treaty is made.
    Form ("form") {
        /// Two parties, or two sides.
        Bilateral = "bilateral",
        /// More.
        Multilateral = "multilateral",
    }
}

/// One side's view where a legal effect is contested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Its name; `default` is what is shown unless another one is asked for.
    pub id: Label,
    /// What it is, in a few words.
    pub title: String,
    /// Who asserts it.
    pub asserted_by: Vec<StateId>,
    /// Who disputes it.
    pub disputed_by: Vec<StateId>,
    /// More about both, in our words.
    pub note: Option<String>,
    /// Acts that have no legal effect in this reading.
    pub disregards: Vec<Label>,
    /// Days of effect that differ in this reading.
    pub effective: Vec<(Label, NaiveDate)>,
    /// Where the view is written; the default reading is the product's way of showing things and has none.
    pub evidence: Option<Evidence>,
}

/// A source that the facts of a treaty cite. With what is known of it besides the address, a dead link still says what
/// it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Its address.
    pub url: String,
    /// Whose record it is.
    pub kind: Basis,
    /// What it is called, or what it is.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Of when it is: its own date, or that of the copy that was read.
    pub on: Option<PartialDay>,
}

impl Citation {
    /// The description of an address, if it has one.
    pub fn of<'a>(citations: &'a [Self], url: &str) -> Option<&'a Self> {
        citations.iter().find(|citation| citation.url == url)
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)?;
        let more = self.publisher.iter().cloned().chain(self.on.map(|on| on.to_string()));
        more.into_iter().try_for_each(|part| write!(f, ", {part}"))
    }
}

text_enum! {
    /// What sort of day a day is.
    DateKind ("kind of date") {
        /// The treaty enters into force.
        EntryIntoForce = "entry_into_force",
        /// The treaty enters into force for one state.
        StateEntryIntoForce = "state_entry_into_force",
        /// The treaty's term ends: the first day on which it is no longer in force.
        Expiry = "expiry",
        /// The last day on which notice against a tacit renewal counts.
        LastNoticeDay = "last_notice_day",
        /// The treaty renews itself.
        Renewal = "renewal",
        /// A withdrawal takes effect.
        WithdrawalEffect = "withdrawal_effect",
        /// An act takes effect later than it was done: a termination, a suspension, an end of statehood.
        Effect = "effect",
        /// Earlier measures apply again.
        Reinstatement = "reinstatement",
        /// Something must have been done, or lapses.
        Deadline = "deadline",
        /// A conference of the parties.
        Conference = "conference",
        /// A meeting.
        Meeting = "meeting",
        /// A body's mandate ends.
        EndOfMandate = "end_of_mandate",
        /// A political offer runs out.
        OfferEnds = "offer_ends",
        /// A day worth watching for another reason.
        Watch = "watch",
    }
}

text_enum! {
    /// How certain an upcoming date is.
    Certainty ("certainty") {
        /// It follows from acts and clauses.
        Computed = "computed",
        /// It follows from them in some readings only.
        Contested = "contested",
        /// It follows from them, unless the state is then engaged in an armed conflict: who is, nobody here says.
        Conditional = "conditional",
        /// Somebody competent has fixed it.
        Scheduled = "scheduled",
        /// It is expected by practice.
        Expected = "expected",
        /// It was named, without obligation.
        Nominal = "nominal",
    }
}

/// A day to come that no clause computes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledDate {
    /// Its name over all treaties.
    pub id: DateId,
    /// What sort of day.
    pub kind: DateKind,
    /// The day, month or year.
    pub on: PartialDay,
    /// When one could know of it.
    pub known_on: NaiveDate,
    /// How certain it is.
    pub certainty: Certainty,
    /// What happens then, in our words.
    pub note: Option<String>,
    /// Where it is written.
    pub evidence: Evidence,
}

/// Something that happened and changed no legal status: an announcement, a vote, an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub on: PartialDay,
    /// What sort of event, a free word.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// What, in our words.
    pub text: String,
    /// Where sources disagree.
    pub disagreement: Option<String>,
    /// Where it is written.
    pub evidence: Evidence,
}

text_enum! {
    /// How another instrument is related to this one.
    LinkKind ("kind of link") {
        /// This one took the other's place.
        Supersedes = "supersedes",
        /// The other took this one's place.
        SupersededBy = "superseded_by",
        /// This one continues the other's subject.
        Follows = "follows",
        /// The other continues this one's subject.
        FollowedBy = "followed_by",
        /// This one gives effect to the other.
        Endorses = "endorses",
        /// The other gives effect to this one.
        EndorsedBy = "endorsed_by",
        /// This one is a protocol, whose parties are parties to the other.
        ProtocolTo = "protocol_to",
        /// Both belong to one subject.
        Context = "context",
    }
}

/// A treaty or another instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treaty {
    /// Its name.
    pub id: TreatyId,
    /// What it is.
    pub kind: InstrumentKind,
    /// Between how many.
    pub form: Form,
    /// Full title.
    pub title: Words,
    /// The title that people use.
    pub short_title: Words,
    /// Languages whose titles no source supports.
    pub titles_from_memory: Vec<Lang>,
    /// The day up to which the facts reach: nothing later is known.
    pub facts_as_of: NaiveDate,
    /// Depositaries, where states are.
    pub depositaries: Vec<StateId>,
    /// The depositary in words, where no state is.
    pub depositary_note: Option<String>,
    /// Where it is registered.
    pub registration: Option<String>,
    /// The set of instruments that it belongs to; none for a user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<Label>,
    /// Translations of its notes, readings and gaps, by the English text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, Words>,
    /// The sources that its facts cite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// Who takes part from the adoption on, for instruments that are not treaties.
    pub participants: Vec<StateId>,
    /// Related instruments.
    pub links: Vec<(LinkKind, TreatyId)>,
    /// Its rules.
    pub clauses: Vec<Clause>,
    /// Views that differ from the default one, and the description of that.
    pub readings: Vec<Reading>,
    /// The readings between which the default one does not choose: it is `contested` where they differ.
    pub contested_between: Vec<Label>,
    /// Days to come that no clause computes.
    pub scheduled: Vec<ScheduledDate>,
    /// What happened besides.
    pub notes: Vec<Note>,
    /// What is known to be missing.
    pub missing: Vec<(StateId, String)>,
    /// Whether the facts name only some of those that took part: who is not named may be a party.
    #[serde(default)]
    pub participation_incomplete: bool,
    /// What is known of those that act.
    #[serde(default)]
    pub statehood: Statehood,
}

impl Treaty {
    /// A text of the facts in the languages that it is there in.
    pub fn words(&self, text: &str) -> Words {
        let translated = self.translations.get(text).cloned();
        translated.unwrap_or_else(|| Words { en: text.to_owned(), zh: None, ru: None })
    }

    /// Every text of the definition that people read and that may have a translation; those of its acts are besides.
    pub fn texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let is_deadline = |clause: &&Clause| matches!(clause.terms, Terms::Deadline { .. });
        let deadlines = self.clauses.iter().filter(is_deadline);
        let deadlines = deadlines.map(|clause| Cow::Owned(clause.id.as_str().replace('-', " ")));
        let of_clauses = self.clauses.iter().flat_map(|clause| &clause.note);
        let of_dates = self.scheduled.iter().flat_map(|date| &date.note);
        let of_notes = self
            .notes
            .iter()
            .flat_map(|note| [&note.kind, &note.actor, &note.text].into_iter().chain(&note.disagreement));
        let of_readings =
            self.readings.iter().flat_map(|reading| std::iter::once(&reading.title).chain(&reading.note));
        let missing = self.missing.iter().map(|(_, what)| what);
        let all = of_clauses.chain(of_dates).chain(of_notes).chain(of_readings).chain(missing);
        all.chain(&self.depositary_note).map(|text| Cow::Borrowed(text.as_str())).chain(deadlines)
    }

    /// Whether the vocabulary of treaties applies.
    pub fn is_treaty(&self) -> bool {
        match self.kind {
            InstrumentKind::Treaty | InstrumentKind::Draft => true,
            InstrumentKind::Resolution
            | InstrumentKind::PoliticalCommitment
            | InstrumentKind::ExpertGroup
            | InstrumentKind::Statement => false,
        }
    }

    /// The first clause for which `pick` gives something, with that.
    pub fn find_clause<'a, T>(&'a self, pick: impl Fn(&'a Terms) -> Option<T>) -> Option<(&'a Clause, T)> {
        self.clauses.iter().find_map(|clause| pick(&clause.terms).map(|found| (clause, found)))
    }

    /// The treaty to which this one is a protocol.
    pub fn parent(&self) -> Option<&TreatyId> {
        self.links.iter().find(|(kind, _)| *kind == LinkKind::ProtocolTo).map(|(_, id)| id)
    }

    /// The clause with this name.
    pub fn clause(&self, id: &Label) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == *id)
    }

    /// Whether it counts toward the number of its parties: states do, and whoever the instrument itself
    /// names as a participant or in its condition of entry into force.
    pub fn counts(&self, id: StateId) -> bool {
        let names = |terms: &Terms| match terms {
            Terms::EntryIntoForceByThreshold(threshold) => threshold.names(id),
            _ => false,
        };
        self.statehood.is_state(id)
            || self.participants.contains(&id)
            || self.clauses.iter().any(|clause| names(&clause.terms))
    }

    /// The description of a reading.
    pub fn reading(&self, id: &Label) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.id == *id)
    }
}
