//! Correcting an act that is on record.

use chrono::NaiveDate;

use super::act::{Act, Evidence};
use super::day::PartialDay;
use super::id::{ActId, TreatyId};
use super::judge::NotRecorded;

/// What a correction puts in place of what was recorded; what is not given stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// When it was done.
    pub on: Option<PartialDay>,
    /// When one could know of it.
    pub known_on: Option<NaiveDate>,
    /// When it takes effect.
    pub effective_on: Option<NaiveDate>,
    /// For an extension, the first day on which the treaty is no longer in force.
    pub ends_before: Option<NaiveDate>,
    /// For an extension of a deadline, the new last day.
    pub until: Option<NaiveDate>,
    /// Where it was done.
    pub place: Option<String>,
    /// What else should be known.
    pub note: Option<String>,
    /// Where the correction is written, and how sure it is.
    pub evidence: Option<Evidence>,
}

impl Correction {
    /// The act as it is corrected.
    pub fn of(self, treaty: &TreatyId, old: &Act) -> Result<Act, NotRecorded> {
        let Self { on, known_on, effective_on, ends_before, until, place, note, evidence } = self;
        let mut act = old.clone();
        if let Some(on) = on {
            // What could be known on the wrong day could be known on the right one.
            if act.known_on == act.day() {
                act.known_on = on.first_day();
            }
            act.on = on;
        }
        act.known_on = known_on.unwrap_or(act.known_on);
        act.effective_on = effective_on.or(act.effective_on);
        act.ends_before = ends_before.or(act.ends_before);
        act.until = until.or(act.until);
        act.place = place.or(act.place);
        act.note = note.or(act.note);
        act.evidence = evidence.unwrap_or(act.evidence);
        if act == *old {
            return Err(NotRecorded::Nothing);
        }
        act.id = ActId::of(treaty, act.state, act.kind, act.on, act.detail());
        Ok(act)
    }
}
