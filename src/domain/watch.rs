//! What a check compares: a treaty as the previous check saw it, and as it is known now.

use super::act::Act;
use super::id::{ActId, TreatyId};
use super::project::DueDate;
use super::treaty::Treaty;

/// A treaty that a check must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub treaty: TreatyId,
    /// Whether only dates are due in it: nothing has become known, and nothing begins or ends.
    pub only_dates: bool,
}

/// A treaty in which only dates are due, with as much of it as it takes to tell of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedDates {
    /// The treaty without its rules but for deadlines, and of its acts those that the dates rest on.
    pub watched: Watched,
    /// The dates that lie ahead.
    pub dates: Vec<DueDate>,
}

/// A treaty's acts before and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The treaty.
    pub treaty: Treaty,
    /// Its definition at the previous check, where it has been replaced since.
    pub earlier: Option<Treaty>,
    /// The acts that the previous check saw.
    pub before: Vec<Act>,
    /// The acts that are known now.
    pub now: Vec<Act>,
    /// Those of `now` that no check has seen.
    pub fresh: Vec<Fresh>,
    /// Those of `before` that were taken back and replaced by nothing.
    pub retracted: Vec<Act>,
}

/// An act that no check has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// The act.
    pub act: Act,
    /// The recorded act that it corrects.
    pub supersedes: Option<ActId>,
}
