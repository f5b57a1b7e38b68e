//! What an official source says that states have done, before anybody has decided what to make of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::act::ActKind;

/// One thing that a source says a state did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observation {
    /// The state, as the source writes it.
    pub state: String,
    /// What it did.
    pub kind: ActKind,
    /// When.
    pub on: NaiveDate,
    /// With which depositary, where the source tells several apart.
    pub depositary: Option<String>,
    /// Whether it still has effect: the United Nations put what has none any more in square brackets.
    pub stands: bool,
}

/// Everything that one look at a source gave. Rows in another order, or twice, give the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What states have done.
    pub observations: BTreeSet<Observation>,
    /// How many states have a row.
    pub states: usize,
    /// How many have signed, by the source's own count.
    pub signatories: Option<u32>,
    /// How many are parties, by the source's own count.
    pub parties: Option<u32>,
    /// A digest of its notes: where it changes, somebody should read them.
    pub notes: Option<String>,
}
