//! Whether an act may be put on record beside the others.

use chrono::NaiveDate;

use super::act::Act;
use super::day::PartialDay;
use super::id::ActId;
use super::project::{Problem, project};
use super::seeds::TreatyFile;

/// An act that is not put on record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// It has not been done.
    #[error("{on} is in the future: use simulate for acts that are expected")]
    ToCome {
        /// When it would be.
        on: PartialDay,
    },
    /// Nothing would change.
    #[error("nothing to correct: name what changes, with --on, --effective-on, --note, --source and others")]
    Nothing,
    /// The law refuses it.
    #[error("the law refuses it: {}", .0.join("; "))]
    Refused(Vec<String>),
}

/// What the law leaves in doubt about an act, in English, or that it refuses it. `instead_of` is the act that it corrects.
pub fn judge(
    file: &TreatyFile,
    act: &Act,
    instead_of: Option<&ActId>,
    today: NaiveDate,
) -> Result<Vec<String>, NotRecorded> {
    if today < act.day() {
        return Err(NotRecorded::ToCome { on: act.on });
    }
    act.check_fields().map_err(|error| NotRecorded::Refused(vec![format!("{}: {error}", error.field)]))?;
    let before = project(&file.treaty, &file.acts, NaiveDate::MAX);
    let others = file.acts.iter().filter(|other| Some(&other.id) != instead_of);
    let acts: Vec<Act> = others.cloned().chain([act.clone()]).collect();
    let after = project(&file.treaty, &acts, NaiveDate::MAX);
    let new = after.problems.into_iter().filter(|problem| !before.problems.contains(problem));
    let (doubts, refusals): (Vec<Problem>, Vec<Problem>) = new.partition(|problem| problem.fault.is_doubt());
    let words = |problems: Vec<Problem>| problems.iter().map(|problem| problem.fault.to_string()).collect();
    if refusals.is_empty() { Ok(words(doubts)) } else { Err(NotRecorded::Refused(words(refusals))) }
}
