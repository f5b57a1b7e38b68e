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

/// The act that a finding speaks for: a new one, or one on another day or of another kind. None where the source marks
/// it as without effect: that it was done once says neither what ended it nor when, so that only a person can record it.
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
            towards: Vec::new(),
            precludes_entry_into_force: false,
            on,
            to: None,
            known_on: today,
            effective_on: None,
            ends_before: None,
            deadline: None,
            until: None,
            place: observed.depositary.clone(),
            label: None,
            successors: Vec::new(),
            disputed_by: Vec::new(),
            note: None,
            evidence: evidence(),
        }
    };
    if is_void(finding) {
        return None;
    }
    match finding {
        Finding::New { state, observed } => Some(Proposal { act: act(*state, observed), supersedes: None }),
        Finding::Corrected { act: old, observed, .. } | Finding::Conflict { act: old, observed } => {
            let before = file.acts.iter().find(|act| act.id == *old)?;
            let new = act(before.state?, observed);
            // What was known of it, and everything but kind and day, stays.
            let mut act = Act { kind: new.kind, on: new.on, evidence: new.evidence, ..before.clone() };
            act.id = ActId::of(&file.treaty.id, act.state, act.kind, act.on, act.detail());
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
        | Finding::Entry { .. }
        | Finding::Varies { .. }
        | Finding::MoreActs { .. }
        | Finding::MoreEntries { .. } => None,
    }
}

/// Whether a finding is about an act that the source marks as having no effect any more.
pub(super) fn is_void(finding: &Finding) -> bool {
    match finding {
        Finding::New { observed, .. }
        | Finding::Corrected { observed, .. }
        | Finding::Conflict { observed, .. } => !observed.stands,
        Finding::Gone { .. }
        | Finding::NotListed { .. }
        | Finding::NoLongerInEffect { .. }
        | Finding::UnknownState { .. }
        | Finding::InTheFuture { .. }
        | Finding::BeforeTheTreaty { .. }
        | Finding::Notes { .. }
        | Finding::Page { .. }
        | Finding::Entry { .. }
        | Finding::Varies { .. }
        | Finding::MoreActs { .. }
        | Finding::MoreEntries { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::act::ActKind;
    use crate::domain::day::parse_day;

    #[test]
    fn what_a_source_marks_as_without_effect_is_no_act_to_record() {
        let seeds = catalogue::embedded().unwrap();
        let file = &seeds.treaties[&"npt".parse().unwrap()];
        let observed = |stands| Observation {
            state: "Alia".to_owned(),
            kind: ActKind::Accession,
            on: parse_day("2004-05-12").unwrap(),
            depositary: None,
            stands,
        };
        let place = SourcePlace { kind: SourceKind::Untc, url: "https://example.org/status" };
        let today = parse_day("2026-11-24").unwrap();
        let act = file.acts.iter().find(|act| act.state.is_some()).unwrap().id.clone();
        for (stands, proposed) in [(true, true), (false, false)] {
            let new = Finding::New { state: "ALI".parse().unwrap(), observed: observed(stands) };
            let conflict = Finding::Conflict { act: act.clone(), observed: observed(stands) };
            let before = observed(true);
            let corrected = Finding::Corrected { act: act.clone(), before, observed: observed(stands) };
            for finding in [new, conflict, corrected] {
                assert_eq!(propose(file, &finding, place, today).is_some(), proposed, "{finding:?}");
            }
        }
    }

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
