//! What is in force on a day, as far as it could be known on another.

mod counts;
mod instrument;
mod readings;
mod side;
mod standing;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;

use super::lookup::{NoSuch, find_treaty};
use super::values::{Asked, Names};
use crate::domain::id::StateId;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::TreatyStatus;

pub(super) use counts::counts;
pub use counts::{CountsView, ProgressView};
use instrument::instrument;
pub(super) use instrument::missing;
pub use instrument::{InstrumentView, LinkView, MissingView, NextView};
pub use readings::ReadingView;
use side::Side;
pub use standing::StandingView;
pub use words::left_words;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusQuestion {
    /// One instrument in full; none for a table of all.
    pub treaty: Option<String>,
    /// On which day, as known when.
    pub asked: Asked,
    /// As read by this state, or in the reading of this name; none for the default reading.
    pub reading: Option<String>,
}

/// The answer: a table of instruments, or one in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// The days asked about.
    #[serde(flatten)]
    pub asked: Asked,
    /// Treaties first, those in force before those that are pending and those that have ended.
    pub instruments: Vec<InstrumentView>,
    /// The names of states, for printing.
    #[serde(skip)]
    pub names: Names,
    /// Whether one was asked for, which is then shown in full.
    #[serde(skip)]
    pub in_full: bool,
}

/// Answers what is in force.
pub fn status(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    question: &StatusQuestion,
) -> Result<StatusView, NoSuch> {
    let asked = question.asked;
    let side = question.reading.as_deref().map(|name| Side::find(files, states, name)).transpose()?;
    let instruments = match &question.treaty {
        Some(name) => {
            let file = find_treaty(files, name)?;
            side.as_ref().map_or(Ok(()), |side| side.one_of(&file.treaty))?;
            vec![instrument(files, file, side.as_ref(), asked)]
        }
        None => {
            let all = files.iter().map(|file| instrument(files, file, side.as_ref(), asked));
            // What did not exist yet, or was not known of, is not in the table.
            let mut there: Vec<_> = all.filter(|instrument| instrument.status.is_some()).collect();
            there.sort_by_key(|instrument| (rank(instrument), instrument.treaty_id.clone()));
            there
        }
    };
    Ok(StatusView { asked, instruments, names: states.into(), in_full: question.treaty.is_some() })
}

/// Treaties first; in force, pending, draft, ended.
fn rank(instrument: &InstrumentView) -> (bool, u8) {
    let place = instrument.status.map_or(9, |status| match status {
        TreatyStatus::InForce | TreatyStatus::InEffect => 0,
        TreatyStatus::Contested => 1,
        TreatyStatus::Pending | TreatyStatus::Adopted => 2,
        TreatyStatus::Draft | TreatyStatus::Proposed => 3,
        TreatyStatus::Terminated
        | TreatyStatus::Expired
        | TreatyStatus::Superseded
        | TreatyStatus::Abandoned
        | TreatyStatus::Ended
        | TreatyStatus::Concluded => 4,
    });
    (!instrument.is_treaty(), place)
}
