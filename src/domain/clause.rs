//! Clauses: the rules of a treaty as data, each with its article.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::act::{ActKind, Evidence};
use super::day::{Delay, Period};
use super::id::{Label, StateId, TreatyId};
use super::text::text_enum;

/// One clause of a treaty that something can be computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Its name inside the treaty.
    pub id: Label,
    /// The article, as the treaty numbers it: `XV(2)`.
    pub article: String,
    /// What it says, in our words.
    pub note: Option<String>,
    /// Where that is written.
    pub evidence: Evidence,
    /// What it orders.
    pub terms: Terms,
}

/// What a clause orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Terms {
    /// In force on the day on which the instruments are exchanged.
    EntryIntoForceByExchange,
    /// In force once enough states have expressed their consent.
    EntryIntoForceByThreshold(Threshold),
    /// In force a fixed time after something else.
    EntryIntoForceByDate {
        /// What is counted from.
        anchor: Anchor,
        /// How long after.
        delay: Delay,
    },
    /// When the treaty enters into force for a state that consents later.
    LaterStates {
        /// How long after its consent.
        delay: Delay,
        /// Which states are "later" ones.
        from: LaterFrom,
    },
    /// Unlimited duration.
    IndefiniteDuration,
    /// A limited term.
    Term {
        /// Where it ends.
        end: TermEnd,
        /// How far one agreement may extend it, at most.
        extension_max: Option<Period>,
        /// How far all agreements together may extend it, at most.
        #[serde(default)]
        extension_total: Option<Period>,
        /// The day that a source gives for the end of the first term, to compare with.
        recorded: Option<Recorded>,
    },
    /// A term that renews itself unless somebody gives notice in time.
    TacitRenewal {
        /// The first term, from entry into force.
        period: Period,
        /// Each further term.
        renewal: Period,
        /// How long before the end of a term notice must have been given.
        notice: Period,
    },
    /// Withdrawal by notice.
    Withdrawal {
        /// How long after the notice it takes effect.
        delay: Delay,
        /// Whether it ends the treaty, as it does between two parties.
        ends_treaty: bool,
    },
    /// Something must be done, or lapses, a fixed time after something else.
    Deadline {
        /// What is counted from.
        anchor: Anchor,
        /// How long after.
        delay: Delay,
        /// Whether it runs for the treaty or for each party.
        scope: Scope,
        /// The day that a source gives, to compare with.
        recorded: Option<Recorded>,
    },
    /// A notice brings earlier measures back after a period ("snapback").
    Reinstatement {
        /// How long after the notice.
        delay: Delay,
        /// The clause of the term that no longer operates from then on.
        displaces: Option<Label>,
    },
    /// Another treaty takes this one's place when it enters into force.
    Supersession {
        /// That treaty.
        by: TreatyId,
    },
}

/// How many and which states must have consented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// How many states.
    pub count: u32,
    /// States that must be among them.
    pub named: Vec<StateId>,
    /// Whether `count` is beyond the named states; else they are part of it.
    pub beyond_named: bool,
    /// The kinds of act that count; whether successions do is the treaty's choice.
    pub counts: Vec<ActKind>,
    /// How long after the last instrument the treaty enters into force.
    pub delay: Delay,
    /// Not before this long after the opening for signature.
    pub not_before: Option<Period>,
}

impl Threshold {
    /// How many states are needed in all.
    pub fn needed(&self) -> usize {
        let named = if self.beyond_named { self.named.len() } else { 0 };
        self.count as usize + named
    }
}

text_enum! {
    /// From when on a consenting state is a later one.
    LaterFrom ("start of later states") {
        /// It consented after the treaty entered into force.
        EntryIntoForce = "entry_into_force",
        /// It consented after the threshold was met.
        ThresholdMet = "threshold_met",
    }
}

text_enum! {
    /// For whom a deadline runs.
    Scope ("scope") {
        /// For the treaty, once.
        Treaty = "treaty",
        /// For each party, from its own date.
        EachState = "each_state",
    }
}

/// Where a term ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermEnd {
    /// A period after something.
    After {
        /// What is counted from.
        anchor: Anchor,
        /// How long.
        period: Period,
    },
    /// On a fixed day: the first on which the treaty is no longer in force.
    Before(NaiveDate),
}

/// A day that a source gives for something that can be computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The day.
    pub on: NaiveDate,
    /// Where it is written; none from memory.
    pub source: Option<String>,
    /// Why it differs from the computed day, if it does.
    pub explanation: Option<String>,
}

/// What a period is counted from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Anchor {
    /// The treaty's entry into force.
    EntryIntoForce,
    /// The day on which the last instrument that was needed was deposited.
    ThresholdMet,
    /// The entry into force for one party.
    StateEntryIntoForce,
    /// The first act of a kind: adoption, signature, opening for signature.
    First(ActKind),
    /// A labelled act.
    Act(Label),
    /// The day that another deadline computes.
    Deadline(Label),
}

/// An anchor that is none of those known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown anchor `{0}`, expected entry_into_force, threshold_met, state_entry_into_force, adoption, \
     signature, opening_for_signature, act:<label> or deadline:<clause>"
)]
pub struct UnknownAnchor(String);

impl std::str::FromStr for Anchor {
    type Err = UnknownAnchor;

    fn from_str(text: &str) -> Result<Self, UnknownAnchor> {
        let error = || UnknownAnchor(text.to_owned());
        match text.split_once(':') {
            Some(("act", label)) => label.parse().map(Self::Act).map_err(|_| error()),
            Some(("deadline", label)) => label.parse().map(Self::Deadline).map_err(|_| error()),
            Some(_) => Err(error()),
            None => match text {
                "entry_into_force" => Ok(Self::EntryIntoForce),
                "threshold_met" => Ok(Self::ThresholdMet),
                "state_entry_into_force" => Ok(Self::StateEntryIntoForce),
                "adoption" => Ok(Self::First(ActKind::Adoption)),
                "signature" => Ok(Self::First(ActKind::Signature)),
                "opening_for_signature" => Ok(Self::First(ActKind::OpeningForSignature)),
                _ => Err(error()),
            },
        }
    }
}

impl TryFrom<String> for Anchor {
    type Error = UnknownAnchor;

    fn try_from(text: String) -> Result<Self, UnknownAnchor> {
        text.parse()
    }
}

impl From<Anchor> for String {
    fn from(anchor: Anchor) -> Self {
        match anchor {
            Anchor::EntryIntoForce => "entry_into_force".to_owned(),
            Anchor::ThresholdMet => "threshold_met".to_owned(),
            Anchor::StateEntryIntoForce => "state_entry_into_force".to_owned(),
            Anchor::First(kind) => kind.as_str().to_owned(),
            Anchor::Act(label) => format!("act:{label}"),
            Anchor::Deadline(label) => format!("deadline:{label}"),
        }
    }
}
