//! Acts: what states and treaties did, as sourced facts.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::day::PartialDay;
use super::id::{ActId, Label, StateId, TreatyId};
use super::text::text_enum;

text_enum! {
    /// The kinds of legal act, in the words of the Vienna Convention on the Law of Treaties (VCLT).
    ActKind ("kind of act") {
        /// A draft is put forward.
        Proposal = "proposal",
        /// The text is adopted (VCLT, article 9); for other instruments, they are adopted.
        Adoption = "adoption",
        /// A body gives effect to an instrument that others concluded.
        Endorsement = "endorsement",
        /// The treaty is opened for signature.
        OpeningForSignature = "opening_for_signature",
        /// Signature subject to ratification (VCLT, articles 12 and 18).
        Signature = "signature",
        /// A signatory makes clear that it does not intend to become a party (VCLT, article 18(a)).
        IntentionNotToBecomeParty = "intention_not_to_become_party",
        /// Provisional application (VCLT, article 25).
        ProvisionalApplication = "provisional_application",
        /// A state ends its provisional application by notifying that it will not become a party (VCLT,
        /// article 25(2)).
        EndOfProvisionalApplication = "end_of_provisional_application",
        /// Signature that binds by itself (VCLT, article 12).
        DefinitiveSignature = "definitive_signature",
        /// Ratification (VCLT, article 14).
        Ratification = "ratification",
        /// Acceptance (VCLT, article 14).
        Acceptance = "acceptance",
        /// Approval (VCLT, article 14).
        Approval = "approval",
        /// Accession (VCLT, article 15).
        Accession = "accession",
        /// Succession to the predecessor's participation.
        Succession = "succession",
        /// Formal confirmation, by international organisations.
        FormalConfirmation = "formal_confirmation",
        /// Consent to be bound by any other agreed means (VCLT, article 11).
        ConsentToBeBound = "consent_to_be_bound",
        /// Instruments of ratification are exchanged (VCLT, article 16).
        ExchangeOfInstruments = "exchange_of_instruments",
        /// Entry into force, as a source records it.
        EntryIntoForce = "entry_into_force",
        /// A declaration.
        Declaration = "declaration",
        /// A reservation (VCLT, articles 19 to 23).
        Reservation = "reservation",
        /// A reservation is withdrawn (VCLT, article 22(1)).
        WithdrawalOfReservation = "withdrawal_of_reservation",
        /// A reservation is withdrawn in part, or modified with the others' consent.
        ModificationOfReservation = "modification_of_reservation",
        /// An objection to a reservation or to another act.
        Objection = "objection",
        /// An amendment (VCLT, articles 39 and 40).
        Amendment = "amendment",
        /// The term is extended up to a day.
        Extension = "extension",
        /// The term is extended without limit.
        IndefiniteExtension = "indefinite_extension",
        /// A conference of the parties.
        Conference = "conference",
        /// Suspension of operation (VCLT, articles 57 to 60).
        Suspension = "suspension",
        /// The end of a suspension.
        Resumption = "resumption",
        /// Notice of withdrawal or denunciation (VCLT, articles 54, 56 and 67).
        NoticeOfWithdrawal = "notice_of_withdrawal",
        /// A notice is suspended before it took effect.
        SuspensionOfNotice = "suspension_of_notice",
        /// A notice is revoked before it took effect (VCLT, article 68).
        RevocationOfNotice = "revocation_of_notice",
        /// Withdrawal without a notice period.
        Withdrawal = "withdrawal",
        /// Consent is taken back before the treaty is in force for the state.
        RevocationOfRatification = "revocation_of_ratification",
        /// Earlier measures are to apply again after a period ("snapback").
        NoticeOfReinstatement = "notice_of_reinstatement",
        /// The parties give a state more time for something that it must do (Ottawa Convention, article 5(6)).
        DeadlineExtension = "deadline_extension",
        /// A state declares that it has done what a deadline was set for.
        DeadlineMet = "deadline_met",
        /// The state ceases to exist, with its successors.
        EndOfStatehood = "end_of_statehood",
        /// Another treaty takes its place (VCLT, article 59).
        Supersession = "supersession",
        /// The treaty ends (VCLT, article 54), or a body's work does.
        Termination = "termination",
    }
}

impl ActKind {
    /// Whether the act expresses consent to be bound (VCLT, article 11).
    pub fn is_consent(self) -> bool {
        self == Self::Succession || Self::COUNTED_CONSENT.contains(&self)
    }

    /// The kinds that count toward a threshold unless the clause says otherwise.
    pub const COUNTED_CONSENT: &'static [Self] = &[
        Self::DefinitiveSignature,
        Self::Ratification,
        Self::Acceptance,
        Self::Approval,
        Self::Accession,
        Self::FormalConfirmation,
        Self::ConsentToBeBound,
    ];

    /// Whose act it is: always a state's, never a state's, or either's.
    pub fn actor(self) -> Actor {
        match self {
            Self::Proposal
            | Self::Adoption
            | Self::Endorsement
            | Self::OpeningForSignature
            | Self::ExchangeOfInstruments
            | Self::EntryIntoForce
            | Self::Amendment
            | Self::Extension
            | Self::IndefiniteExtension
            | Self::Conference
            | Self::NoticeOfReinstatement
            | Self::Supersession
            | Self::Termination => Actor::Treaty,
            Self::Suspension | Self::Resumption => Actor::Either,
            Self::Signature
            | Self::IntentionNotToBecomeParty
            | Self::ProvisionalApplication
            | Self::EndOfProvisionalApplication
            | Self::DefinitiveSignature
            | Self::Ratification
            | Self::Acceptance
            | Self::Approval
            | Self::Accession
            | Self::Succession
            | Self::FormalConfirmation
            | Self::ConsentToBeBound
            | Self::Declaration
            | Self::Reservation
            | Self::WithdrawalOfReservation
            | Self::ModificationOfReservation
            | Self::Objection
            | Self::NoticeOfWithdrawal
            | Self::SuspensionOfNotice
            | Self::RevocationOfNotice
            | Self::Withdrawal
            | Self::RevocationOfRatification
            | Self::DeadlineExtension
            | Self::DeadlineMet
            | Self::EndOfStatehood => Actor::State,
        }
    }

    /// Whether it can concern some of the parties only.
    pub fn can_be_towards_some(self) -> bool {
        matches!(self, Self::Suspension | Self::Resumption | Self::Objection)
    }

    /// Whether it is about a deadline of a state, which it names.
    pub fn is_about_deadline(self) -> bool {
        matches!(self, Self::DeadlineExtension | Self::DeadlineMet)
    }
}

/// Whose act a kind of act is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The treaty's as such: all of its parties', its conference's, its depositary's.
    Treaty,
    /// One state's.
    State,
    /// One state's, or all parties' together.
    Either,
}

text_enum! {
    /// Whose record supports a fact, the best first.
    Basis ("basis") {
        /// The depositary's own record.
        Depositary = "depositary",
        /// The text of the instrument, or a copy of it.
        Text = "text",
        /// A state, the United Nations or a treaty body.
        Official = "official",
        /// A news agency.
        Agency = "agency",
        /// Newspapers, research, encyclopaedias, compilations.
        Secondary = "secondary",
        /// What nobody answers for: an automated digest, a forum. It supports no legal act and no clause.
        Weak = "weak",
        /// Nobody's that was at hand: written down from memory.
        Memory = "memory",
    }
}

text_enum! {
    /// How sure a fact is.
    Confidence ("confidence") {
        /// Several sources or the authoritative one agree.
        High = "high",
        /// One good source, or a detail was inferred.
        Medium = "medium",
        /// Sources disagree or are weak, or there is none.
        Low = "low",
    }
}

impl Confidence {
    /// How sure a fact is at most, by the rank of its sources: a depositary's record, the text and an official
    /// document are enough alone; of news agencies it takes two.
    pub fn of(sources: &[Basis]) -> Self {
        let agencies = sources.iter().filter(|rank| **rank == Basis::Agency).count();
        match sources.iter().min() {
            Some(Basis::Depositary | Basis::Text | Basis::Official) => Self::High,
            Some(Basis::Agency) if 1 < agencies => Self::High,
            Some(Basis::Agency | Basis::Secondary) => Self::Medium,
            Some(Basis::Weak | Basis::Memory) | None => Self::Low,
        }
    }
}

/// Where a fact is written, and how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Addresses, best first; none for a fact from memory.
    pub sources: Vec<String>,
    /// Whose record it is.
    pub basis: Basis,
    /// How sure it is.
    pub confidence: Confidence,
}

/// One legal act: who did what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its name, derived from what it is.
    pub id: ActId,
    /// What was done.
    pub kind: ActKind,
    /// The state whose act it is; none for an act of the treaty as such.
    pub state: Option<StateId>,
    /// The states that gave a common notice, where no single state acted.
    pub jointly: Vec<StateId>,
    /// The parties that a suspension, its end or an objection concerns; empty: all (VCLT, articles 20, 58 and 60).
    pub towards: Vec<StateId>,
    /// Whether an objection keeps the treaty from entering into force between the two (VCLT, article 20(4)(b)).
    pub precludes_entry_into_force: bool,
    /// When it was done.
    pub on: PartialDay,
    /// The last day, for a conference.
    pub to: Option<NaiveDate>,
    /// The day on which one could know of it: nothing computed for an earlier day sees it.
    pub known_on: NaiveDate,
    /// The day of its effect, where that is recorded. It wins over the computed day.
    pub effective_on: Option<NaiveDate>,
    /// The first day on which the treaty is no longer in force, for an extension.
    pub ends_before: Option<NaiveDate>,
    /// The clause of the deadline, for an act about one.
    pub deadline: Option<Label>,
    /// The new last day, for an extension of a deadline.
    pub until: Option<NaiveDate>,
    /// Where it was done or deposited.
    pub place: Option<String>,
    /// A name inside the treaty, where a clause or a reading refers to the act.
    pub label: Option<Label>,
    /// The states that succeed, at an end of statehood.
    pub successors: Vec<StateId>,
    /// Who disputes the act or its effect.
    pub disputed_by: Vec<StateId>,
    /// What else should be known, in our words.
    pub note: Option<String>,
    /// Where it is written.
    pub evidence: Evidence,
}

impl Act {
    /// The day that orders the act and that periods are counted from.
    pub fn day(&self) -> NaiveDate {
        self.on.first_day()
    }

    /// Whether two versions record the same act with the same effect, so that only its name, its
    /// wording, its source or the trust in it differ.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let legal = |act: &Self| {
            let days = (act.on, act.to, act.effective_on, act.ends_before, act.until);
            let others = (act.towards.clone(), act.precludes_entry_into_force);
            let states = (act.state, act.jointly.clone(), act.successors.clone(), act.disputed_by.clone());
            (act.kind, days, states, others, act.deadline.clone())
        };
        legal(self) == legal(other)
    }

    /// What tells it from other acts of its kind, state and day: the deadline that it is about, else its place.
    pub fn detail(&self) -> Option<&str> {
        self.deadline.as_ref().map(Label::as_str).or(self.place.as_deref())
    }

    /// Refuses an act that lacks a field which its kind needs, or has one which it does not take.
    pub fn check_fields(&self) -> Result<(), BadField> {
        let Self { kind, deadline, until, towards, precludes_entry_into_force: precludes, .. } = self;
        let (decides, extends) = (kind.is_about_deadline(), *kind == ActKind::DeadlineExtension);
        let of_one = self.state.is_some() && kind.can_be_towards_some();
        // Whether each is given, needed and taken.
        let fields = [
            ("deadline", deadline.is_some(), decides, decides),
            ("until", until.is_some(), extends, extends),
            ("precludes_entry_into_force", *precludes, false, *kind == ActKind::Objection),
            ("towards", !towards.is_empty(), *precludes, of_one),
        ];
        let is_wrong = |(_, is_given, is_needed, is_taken): &(_, bool, bool, bool)| {
            if *is_given { !is_taken } else { *is_needed }
        };
        let wrong = fields.into_iter().find(is_wrong);
        wrong.map_or(Ok(()), |(field, is_given, ..)| {
            Err(BadField { kind: *kind, field, is_needed: !is_given })
        })
    }

    /// Every text of it that people read and that may have a translation.
    pub fn texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.place.iter().chain(&self.note).map(|text| Cow::Borrowed(text.as_str()))
    }

    /// The recorded day of effect, or the day of the act.
    pub fn effect_or_day(&self) -> NaiveDate {
        self.effective_on.unwrap_or_else(|| self.day())
    }
}

/// A field that an act of its kind needs and lacks, or has and does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", if *.is_needed { format!("missing: {kind} needs it") } else { format!("{kind} does not take it") })]
pub struct BadField {
    kind: ActKind,
    /// The field.
    pub field: &'static str,
    is_needed: bool,
}

impl ActId {
    /// The name of an act, made of what it is: `npt/AFG/ratification/1970-02-04/moscow-or-washington`. `detail` is
    /// [`Act::detail`].
    pub fn of(
        treaty: &TreatyId,
        state: Option<StateId>,
        kind: ActKind,
        on: PartialDay,
        detail: Option<&str>,
    ) -> Self {
        let mut name = treaty.as_str().to_owned();
        if let Some(state) = state {
            name.push('/');
            name.push_str(state.as_str());
        }
        name.push_str(&format!("/{kind}/{on}"));
        if let Some(detail) = detail {
            let words =
                detail.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
            name.push('/');
            name.push_str(&words.collect::<Vec<_>>().join("-").to_lowercase());
        }
        name.parse().expect("an act's name is not empty")
    }
}
