//! Which of the differences that a poll has found are opened as findings, and which the policy records.

use chrono::NaiveDate;

use crate::domain::act::Act;
use crate::domain::judge::judge;
use crate::domain::reconcile::Finding;
use crate::domain::seeds::TreatyFile;
use crate::domain::source::{NEW_ENTRIES_MAX, OPEN_ACTS_MAX, Seen};

use super::proposal::{Proposal, SourcePlace, propose};

/// Leaves as many new findings as may be opened; gives one that stands for the others.
pub(super) fn cut_to_limit(
    seen: Option<&Seen>,
    findings: &mut Vec<Finding>,
    open_acts: usize,
) -> Option<Finding> {
    match seen {
        Some(Seen::Feed { .. }) => {
            let more = findings.len().checked_sub(NEW_ENTRIES_MAX).filter(|more| 0 < *more)?;
            let cut = findings.split_off(NEW_ENTRIES_MAX);
            let first = match cut.first() {
                Some(Finding::Entry { id, .. }) => id.clone(),
                _ => String::new(),
            };
            Some(Finding::MoreEntries { count: more, first })
        }
        Some(Seen::Acts(_)) => {
            let room = OPEN_ACTS_MAX.saturating_sub(open_acts);
            let count = findings.len().checked_sub(room).filter(|more| 0 < *more)?;
            // What is about acts on record must not be crowded out by names that somebody made up.
            findings.sort_by_key(|finding| match finding {
                Finding::Corrected { .. }
                | Finding::Conflict { .. }
                | Finding::Gone { .. }
                | Finding::NotListed { .. }
                | Finding::NoLongerInEffect { .. }
                | Finding::Notes { .. } => 0,
                Finding::New { .. } => 1,
                Finding::UnknownState { .. }
                | Finding::InTheFuture { .. }
                | Finding::BeforeTheTreaty { .. }
                | Finding::Page { .. }
                | Finding::Entry { .. }
                | Finding::Varies { .. }
                | Finding::MoreActs { .. }
                | Finding::MoreEntries { .. } => 2,
            });
            findings.truncate(room);
            Some(Finding::MoreActs { count })
        }
        Some(Seen::Page { .. } | Seen::Dataset { .. }) | None => None,
    }
}

/// The acts that the policy records: new ones and corrections that the law does not doubt, each beside those
/// before it. Where source and record never agreed, somebody may know why.
pub(super) fn planned(
    mut file: TreatyFile,
    findings: Vec<Finding>,
    place: SourcePlace<'_>,
    today: NaiveDate,
) -> Vec<(Finding, Option<Proposal>)> {
    let mut plan = |finding: &Finding| {
        if !matches!(finding, Finding::New { .. } | Finding::Corrected { .. }) {
            return None;
        }
        let proposal = propose(&file, finding, place, today)?;
        let Proposal { act, supersedes } = &proposal;
        // What the law doubts, or refuses, a person decides.
        if judge(&file, act, supersedes.as_ref(), today).map_or(true, |doubts| !doubts.is_empty()) {
            return None;
        }
        file.acts.retain(|other| Some(&other.id) != supersedes.as_ref());
        file.acts.push(Act::clone(act));
        Some(proposal)
    };
    findings
        .into_iter()
        .map(|finding| (plan(&finding), finding))
        .map(|(plan, finding)| (finding, plan))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::observation::Sighting;

    fn name(number: usize) -> Finding {
        Finding::UnknownState { name: format!("Nowhere {number}"), near: Vec::new() }
    }

    #[test]
    fn a_list_of_acts_has_so_many_open_findings_and_one_for_the_rest() {
        let seen = Seen::Acts(Sighting { observations: BTreeSet::new(), ..Sighting::default() });
        let gone = Finding::NotListed { act: "npt/FRA/accession/1992-08-02".parse().unwrap() };
        let mut findings: Vec<Finding> = (0..OPEN_ACTS_MAX).map(name).collect();
        assert_eq!(cut_to_limit(Some(&seen), &mut findings, 0), None);
        findings.push(gone.clone());
        assert_eq!(cut_to_limit(Some(&seen), &mut findings, 0), Some(Finding::MoreActs { count: 1 }));
        assert_eq!((findings.len(), findings.contains(&gone)), (OPEN_ACTS_MAX, true), "names are cut first");
        // Of those that are open there are never more, however often a list changes.
        let more = Some(Finding::MoreActs { count: OPEN_ACTS_MAX });
        assert_eq!(cut_to_limit(Some(&seen), &mut findings, OPEN_ACTS_MAX), more);
        assert!(findings.is_empty());
    }

    #[test]
    fn a_feed_has_so_many_new_entries_a_poll_and_one_finding_for_the_rest() {
        let seen = Seen::Feed { entries: Vec::new() };
        let entry =
            |number: usize| Finding::Entry { id: format!("{number}"), title: String::new(), link: None };
        let mut findings: Vec<Finding> = (0..100_000).map(entry).collect();
        let more = Finding::MoreEntries { count: 99_950, first: "50".to_owned() };
        assert_eq!(cut_to_limit(Some(&seen), &mut findings, 7), Some(more));
        assert_eq!(findings.len(), NEW_ENTRIES_MAX);
        assert_eq!(cut_to_limit(Some(&seen), &mut findings, 7), None);
    }
}
