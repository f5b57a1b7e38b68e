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
        /// From when on notice can be given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<NoticeFrom>,
        /// Whether it takes no effect while the state is engaged in an armed conflict when the period ends (Ottawa
        /// Convention, article 20(3); CCM, article 20(3)).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        not_during_conflict: bool,
    },
    /// Something must be done, or lapses, a fixed time after something else.
    Deadline {
        /// What is counted from.
        anchor: Anchor,
        /// How long after.
        delay: Delay,
        /// Whether it runs for the treaty or for each party.
        scope: Scope,
        /// Of those that run for each party, the states that have the duty; empty: every party.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        states: Vec<StateId>,
        /// How far one decision may extend it for a state, at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extension_max: Option<Period>,
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
    /// The treaty ends when denunciations leave too few parties (Genocide Convention, article XV). Without such a
    /// clause it does not (VCLT, article 55).
    Lapse {
        /// It ends with fewer parties than this.
        fewer_than: u32,
    },
    /// Who consents to be bound by the treaty consents to so many of its protocols (CCW, article 4(3)).
    Protocols {
        /// How many, at least.
        at_least: u32,
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
    /// Lists of which so many states must be among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub among: Vec<Among>,
    /// The kinds of act that count; whether successions do is the treaty's choice.
    pub counts: Vec<ActKind>,
    /// How long after the last instrument the treaty enters into force.
    pub delay: Delay,
    /// Not before this long after the opening for signature.
    pub not_before: Option<Period>,
    /// Entities that are no states and count all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<StateId>,
    /// Which share of the parties to another treaty must have consented, in place of `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}

/// So many of some states: "seventeen States, each having at least one nuclear installation" (Convention on Nuclear
/// Safety, article 31(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Among {
    /// How many.
    pub count: u32,
    /// Of which states.
    pub of: Vec<StateId>,
}

impl Threshold {
    /// Whether it names somebody, who then counts even if it is no state.
    pub fn names(&self, id: StateId) -> bool {
        let lists = self.among.iter().map(|among| &among.of);
        lists.chain([&self.named, &self.entities]).any(|list| list.contains(&id))
    }

    /// How many states are needed in all on a day: a share of parties moves with their number.
    pub fn needed_on(&self, day: NaiveDate) -> usize {
        let named = if self.beyond_named { self.named.len() } else { 0 };
        let count = self.share.as_ref().map_or(self.count, |share| share.of_parties_on(day));
        count as usize + named
    }
}

/// A share of the parties to another treaty: amendments enter into force so (NPT, article VIII(2); CWC, article
/// XV(3)). The number of those parties is a fact that sources give, on one day or on several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// What part.
    pub part: Part,
    /// From which day on there were how many parties, in order of day. The first number also holds before.
    pub parties: Vec<(NaiveDate, u32)>,
}

impl Share {
    /// How many states that is on a day.
    fn of_parties_on(&self, day: NaiveDate) -> u32 {
        let known = self.parties.iter().rfind(|(from, _)| *from <= day).or_else(|| self.parties.first());
        self.part.of(known.map_or(0, |(_, parties)| *parties))
    }
}

/// A part of a number, written `2/3`, or `>1/2` where it must be exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Part {
    numerator: u32,
    denominator: u32,
    is_exceeded: bool,
}

/// A part that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a share: expected a fraction, as in 2/3, or >1/2 for more than a half")]
pub struct BadPart(String);

impl Part {
    /// The least whole number that is as much of `whole`, or more.
    fn of(self, whole: u32) -> u32 {
        let (product, by) = (u64::from(self.numerator) * u64::from(whole), u64::from(self.denominator));
        let least = if self.is_exceeded { product / by + 1 } else { product.div_ceil(by) };
        u32::try_from(least).unwrap_or(u32::MAX)
    }
}

impl std::str::FromStr for Part {
    type Err = BadPart;

    fn from_str(text: &str) -> Result<Self, BadPart> {
        let bad = || BadPart(text.to_owned());
        let (is_exceeded, fraction) = match text.strip_prefix('>') {
            Some(fraction) => (true, fraction),
            None => (false, text),
        };
        let (numerator, denominator) = fraction.split_once('/').ok_or_else(bad)?;
        let number = |digits: &str| digits.parse::<u32>().map_err(|_| bad());
        let (numerator, denominator) = (number(numerator)?, number(denominator)?);
        // All parties, and never more than all.
        let is_share =
            0 < numerator && numerator <= denominator && !(is_exceeded && numerator == denominator);
        if is_share { Ok(Self { numerator, denominator, is_exceeded }) } else { Err(bad()) }
    }
}

impl TryFrom<String> for Part {
    type Error = BadPart;

    fn try_from(text: String) -> Result<Self, BadPart> {
        text.parse()
    }
}

impl From<Part> for String {
    fn from(part: Part) -> Self {
        let Part { numerator, denominator, is_exceeded } = part;
        format!("{}{numerator}/{denominator}", if is_exceeded { ">" } else { "" })
    }
}

/// From when on notice of withdrawal can be given: "after three years from the date on which this Agreement
/// has entered into force for a Party" (Paris Agreement, article 28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFrom {
    /// From whose entry into force it is counted.
    pub entry: EntryOf,
    /// How long after.
    pub period: Period,
}

text_enum! {
    /// Whose entry into force is meant.
    EntryOf ("entry into force") {
        /// That for the state which leaves.
        State = "state_entry_into_force",
        /// The treaty's.
        Treaty = "entry_into_force",
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
    /// The day on which a labelled act was done.
    Act(Label),
    /// The day on which a labelled act takes effect, recorded or computed.
    Effect(Label),
    /// The day that another deadline computes.
    Deadline(Label),
}

/// An anchor that is none of those known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown anchor `{0}`, expected entry_into_force, threshold_met, state_entry_into_force, adoption, \
     signature, opening_for_signature, act:<label>, effect:<label> or deadline:<clause>"
)]
pub struct UnknownAnchor(String);

impl std::str::FromStr for Anchor {
    type Err = UnknownAnchor;

    fn from_str(text: &str) -> Result<Self, UnknownAnchor> {
        let error = || UnknownAnchor(text.to_owned());
        match text.split_once(':') {
            Some(("act", label)) => label.parse().map(Self::Act).map_err(|_| error()),
            Some(("effect", label)) => label.parse().map(Self::Effect).map_err(|_| error()),
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
            Anchor::Effect(label) => format!("effect:{label}"),
            Anchor::Deadline(label) => format!("deadline:{label}"),
        }
    }
}
