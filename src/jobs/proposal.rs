//! The act that a finding of a source would put on record.

use chrono::NaiveDate;

use crate::domain::act::{Act, Basis, Confidence, Evidence};
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, StateId};
use crate::domain::observation::Observation;
use crate::domain::reconcile::Finding;
use crate::domain::seeds::TreatyFile;
use crate::domain::source::SourceKind;

/// Where a source is, and whose record it is.
#[derive(Debug, Clone, Copy)]
pub struct SourcePlace<'a> {
    /// Its shape, which says whose record it is.
    pub kind: SourceKind,
    /// Where it is.
    pub url: &'a str,
}

/// An act that a finding would put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The act.
    pub act: Act,
    /// The act that it takes the place of.
    pub supersedes: Option<ActId>,
}

/// The act that a finding speaks for: a new one, or one on another day or of another kind.
pub fn propose(
    file: &TreatyFile,
    finding: &Finding,
    place: SourcePlace<'_>,
    today: NaiveDate,
) -> Option<Proposal> {
    // The Treaty Collection is the depositary's own record; the disarmament service compiles what
    // depositaries report.
    let (basis, confidence) = match place.kind {
        SourceKind::Untc => (Basis::Depositary, Confidence::High),
        SourceKind::Unoda | SourceKind::Page | SourceKind::Feed | SourceKind::Dataset => {
            (Basis::Official, Confidence::Medium)
        }
    };
    let evidence = || Evidence { sources: vec![place.url.to_owned()], basis, confidence };
    let act = |state: StateId, observed: &Observation| {
        let on = PartialDay::exact(observed.on);
        Act {
            id: ActId::of(&file.treaty.id, Some(state), observed.kind, on, observed.depositary.as_deref()),
            kind: observed.kind,
            state: Some(state),
            jointly: Vec::new(),
            on,
            to: None,
            known_on: today,
            effective_on: None,
            ends_before: None,
            place: observed.depositary.clone(),
            label: None,
            successors: Vec::new(),
            disputed_by: Vec::new(),
            note: None,
            evidence: evidence(),
        }
    };
    match finding {
        Finding::New { state, observed } => Some(Proposal { act: act(*state, observed), supersedes: None }),
        Finding::Corrected { act: old, observed, .. } | Finding::Conflict { act: old, observed } => {
            let before = file.acts.iter().find(|act| act.id == *old)?;
            let new = act(before.state?, observed);
            // What was known of it, and everything but kind and day, stays.
            let mut act = Act { kind: new.kind, on: new.on, evidence: new.evidence, ..before.clone() };
            act.id = ActId::of(&file.treaty.id, act.state, act.kind, act.on, act.place.as_deref());
            Some(Proposal { act, supersedes: Some(old.clone()) })
        }
        Finding::Gone { .. }
        | Finding::NotListed { .. }
        | Finding::NoLongerInEffect { .. }
        | Finding::UnknownState { .. }
        | Finding::InTheFuture { .. }
        | Finding::BeforeTheTreaty { .. }
        | Finding::Notes { .. }
        | Finding::Page { .. }
        | Finding::Entry { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::act::ActKind;
    use crate::domain::day::parse_day;

    #[test]
    fn only_the_depositary_is_called_one() {
        let seeds = catalogue::embedded().unwrap();
        let file = &seeds.treaties[&"npt".parse().unwrap()];
        let day = |text| parse_day(text).unwrap();
        let observed = Observation {
            state: "Alia".to_owned(),
            kind: ActKind::Accession,
            on: day("2026-11-20"),
            depositary: None,
            stands: true,
        };
        let finding = Finding::New { state: "ALI".parse().unwrap(), observed };
        let basis = |kind| {
            let place = SourcePlace { kind, url: "https://example.org/status" };
            let Evidence { basis, confidence, .. } =
                propose(file, &finding, place, day("2026-11-24")).unwrap().act.evidence;
            (basis, confidence)
        };
        assert_eq!(basis(SourceKind::Untc), (Basis::Depositary, Confidence::High));
        assert_eq!(basis(SourceKind::Unoda), (Basis::Official, Confidence::Medium));
    }
}
