//! Days that many states share: one alert, which lists them.

use crate::domain::alert::{Alert, StateDate};
use crate::domain::project::DueDate;
use crate::domain::treaty::DateKind;
use crate::domain::wording::Wording;

use super::due::{Apart, blank};
use super::wording::{self, Names};

/// The alerts of dates that are due in one check, those together that differ by their state alone.
pub(super) struct Shared<'a> {
    apart: &'a Apart,
    groups: Vec<Vec<(&'a DueDate, Alert)>>,
}

impl<'a> Shared<'a> {
    /// One with no dates yet, which leaves those alone that stand apart.
    pub(super) fn new(apart: &'a Apart) -> Self {
        Self { apart, groups: Vec::new() }
    }

    /// Adds the alert of a date, which has no words yet.
    pub(super) fn add(&mut self, date: &'a DueDate, alert: Alert) {
        let stands_apart =
            !is_shared(date) || self.apart.keys.contains(&alert.key) || self.apart.dates.contains(&date.id);
        let alike = |group: &&mut Vec<(&DueDate, Alert)>| {
            group.first().is_some_and(|(first, told)| {
                !self.apart.keys.contains(&told.key)
                    && !self.apart.dates.contains(&first.id)
                    && differ_by_state_alone((first, told), (date, &alert))
            })
        };
        match self.groups.iter_mut().rev().find(alike).filter(|_| !stands_apart) {
            Some(group) => group.push((date, alert)),
            None => self.groups.push(vec![(date, alert)]),
        }
    }

    /// The alerts, in words.
    pub(super) fn alerts(
        self,
        names: Names<'_>,
        say: impl Fn(&DueDate, Names<'_>) -> Wording,
    ) -> impl Iterator<Item = Alert> {
        self.groups.into_iter().filter_map(move |group| {
            let (first, _) = group.first()?;
            if group.len() > 1 {
                return Some(together(&group, names, &say));
            }
            let words = say(first, names);
            let (_, mut alert) = group.into_iter().next()?;
            alert.word(words);
            Some(alert)
        })
    }
}

/// Whether a date of this kind is the same for every state but for whose it is.
fn is_shared(date: &DueDate) -> bool {
    date.state.is_some()
        && match date.kind {
            DateKind::Deadline | DateKind::StateEntryIntoForce | DateKind::WithdrawalEffect => true,
            DateKind::EntryIntoForce
            | DateKind::Expiry
            | DateKind::LastNoticeDay
            | DateKind::Renewal
            | DateKind::Effect
            | DateKind::Reinstatement
            | DateKind::Conference
            | DateKind::Meeting
            | DateKind::EndOfMandate
            | DateKind::OfferEnds
            | DateKind::Watch => false,
        }
}

fn differ_by_state_alone((one, told): (&DueDate, &Alert), (other, alert): (&DueDate, &Alert)) -> bool {
    is_shared(one)
        && (one.kind, one.on, one.certainty) == (other.kind, other.on, other.certainty)
        && clause(one) == clause(other)
        && told.kind == alert.kind
        && told.reading == alert.reading
        && (told.lead_days, &told.missed_leads) == (alert.lead_days, &alert.missed_leads)
        && (told.severity, told.late) == (alert.severity, alert.late)
        && told.article == alert.article
}

/// The parts of a date's name without its state.
fn clause(date: &DueDate) -> Vec<&str> {
    let is_state = |part: &&str| date.state.as_ref().is_some_and(|state| state.as_str() == *part);
    date.id.as_str().split('/').filter(|part| !is_state(part)).collect()
}

/// One alert for all. A key is of one check for ever, and so is the key that is made of the first one.
fn together(
    group: &[(&DueDate, Alert)],
    names: Names<'_>,
    say: &impl Fn(&DueDate, Names<'_>) -> Wording,
) -> Alert {
    let (first, head) = &group[0];
    let mut alert = blank(head.treaty.clone(), format!("together|{}", head.key), head.on);
    alert.kind = head.kind;
    alert.reading = head.reading.clone();
    alert.lead_days = head.lead_days;
    alert.missed_leads = head.missed_leads.clone();
    alert.late = head.late;
    alert.severity = head.severity;
    alert.article = head.article.clone();
    alert.source = head.source.clone().filter(|_| group.iter().all(|(_, one)| one.source == head.source));
    for act in group.iter().flat_map(|(_, one)| &one.acts) {
        if !alert.acts.contains(act) {
            alert.acts.push(act.clone());
        }
    }
    let state_date = |(date, one): &(&DueDate, Alert)| {
        let state = date.state?;
        Some(StateDate { state, name: names.of(state), date: date.id.clone(), key: one.key.clone() })
    };
    alert.states = group.iter().filter_map(state_date).collect();
    let mut said: DueDate = (*first).clone();
    // Each state has consented by an act of its own: the sentence names none of them.
    if group.iter().any(|(date, _)| date.reason.ground != first.reason.ground) {
        said.reason.ground = None;
    }
    alert.word(wording::of_several(&said, &alert.states, names, say));
    alert
}
