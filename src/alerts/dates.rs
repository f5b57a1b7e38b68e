//! The days that come, are near, have moved or are gone.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::domain::alert::{Alert, Change, Changed};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::{ActId, DateId};
use crate::domain::project::{DueDate, Projection};
use crate::domain::treaty::DateKind;

use super::due::{Comparison, Look};
use super::shared::Shared;
use super::wording::{self, Names, Scene};

impl<'a> Comparison<'a> {
    pub(super) fn days_reached(&mut self) {
        let Look { since, today, .. } = *self.look;
        let mut shared = Shared::new(self.apart);
        for date in one_of_each(&self.present.dates) {
            let on = date.on.first_day();
            if changes_status(date.kind) || on <= since || today < on {
                continue;
            }
            let mut alert = self.of_date(date, format!("reached|{}|{}", date.id, date.on), on);
            alert.kind = AlertKind::DateReached;
            alert.late = on < today && date.on.precision() == Precision::Day;
            alert.severity = severity_of(date.kind, 0);
            shared.add(date, alert);
        }
        let scene = self.look.scene();
        let say = |date: &DueDate, names: Names<'_>| wording::reached(date, Scene { names, ..scene });
        self.alerts.extend(shared.alerts(self.look.names, say));
    }

    pub(super) fn days_approaching(&mut self) {
        let Look { since, today, leads, .. } = *self.look;
        let mut shared = Shared::new(self.apart);
        for date in one_of_each(&self.present.dates) {
            let on = date.on.first_day();
            if on <= today {
                continue;
            }
            let known = self.past.dates.iter().any(|past| past.id == date.id && past.on == date.on);
            // A date that has just become known has missed no lead.
            let after = if known { since } else { since.max(date.reason.known_on) };
            let due_on = |lead: u32| on.checked_sub_days(Days::new(lead.into()));
            let is_due = |lead: &u32| {
                is_exact_enough(date.on.precision(), *lead)
                    && due_on(*lead).is_some_and(|day| after < day && day <= today)
            };
            // After a pause the nearest lead alone, for those as well who asked for another one.
            let Some(lead) = leads.iter().copied().filter(is_due).min() else { continue };
            let missed = leads.iter().copied().filter(|other| lead < *other && is_due(other)).collect();
            let mut alert = self.of_date(date, format!("approaching|{}|{}|{lead}", date.id, date.on), on);
            alert.kind = AlertKind::DateApproaching;
            alert.lead_days = Some(lead);
            alert.missed_leads = missed;
            alert.late = due_on(lead) != Some(today);
            // After a pause the day is nearer than the lead says.
            let left = (on - today).num_days().unsigned_abs();
            alert.severity = severity_of(date.kind, left);
            shared.add(date, alert);
        }
        let scene = self.look.scene();
        let say = |date: &DueDate, names: Names<'_>| wording::approaching(date, Scene { names, ..scene });
        self.alerts.extend(shared.alerts(self.look.names, say));
    }

    /// Dates that moved or went without an act that could be told with it: a record was taken back.
    pub(super) fn dates_gone(&mut self) {
        for date in self.dates_gone_and_near() {
            let on = date.on.first_day();
            self.settled.insert((date.id.clone(), on));
            let now = self.successor_of(date);
            let to = now.map(|now| now.on.to_string());
            let act = now.and_then(|now| now.reason.ground.as_ref()).map(|ground| ground.act.clone());
            let key = format!(
                "moved|{}|{}|{}|{}",
                date.id,
                date.on,
                to.as_deref().unwrap_or_default(),
                act.as_ref().map(ActId::as_str).unwrap_or_default()
            );
            let mut alert = self.of_date(date, key, on);
            let change = moved(date, now, self.look.today);
            alert.kind = change.kind();
            alert.severity = Severity::Warning;
            alert.word(wording::moved(date, now, self.look.scene()));
            alert.acts = act.into_iter().collect();
            alert.changes = vec![change];
            self.alerts.push(alert);
        }
    }

    /// The dates that the previous check had ahead of it and that are gone.
    pub(super) fn gone_from_ahead(&self) -> Vec<&'a DueDate> {
        self.gone.iter().copied().filter(|date| self.look.since < date.on.first_day()).collect()
    }

    /// Those of them that people have been told of or could have been, and whose move or cancellation
    /// has not been told.
    pub(super) fn dates_gone_and_near(&self) -> Vec<&'a DueDate> {
        let untold = |date: &&DueDate| {
            let on = date.on.first_day();
            self.is_near(on) && !self.settled.contains(&(date.id.clone(), on))
        };
        self.gone_from_ahead().into_iter().filter(untold).collect()
    }

    /// The dates ahead that nobody had ahead of them: what a correction brings back.
    pub(super) fn brought_back(&self) -> Vec<Change> {
        let had = |date: &DueDate| self.past.dates.iter().any(|past| past.id == date.id);
        let ahead = one_of_each(&self.present.dates).filter(|date| self.look.today < date.on.first_day());
        ahead.filter(|date| !had(date)).map(|date| due_again(date, self.look.today)).collect()
    }

    /// Where a date that is gone has moved to, in its own reading if that still has it.
    pub(super) fn successor_of(&self, date: &DueDate) -> Option<&'a DueDate> {
        let present: &'a Projection = self.present;
        let same = || present.dates.iter().filter(|now| now.id == date.id);
        same().find(|now| now.reading == date.reading).or_else(|| same().next())
    }

    /// Whether people have been told of a day, or could have been.
    pub(super) fn is_near(&self, on: NaiveDate) -> bool {
        let longest = self.look.leads.iter().max().copied().unwrap_or(0);
        on.checked_sub_days(Days::new(longest.into())).is_none_or(|first| first <= self.look.today)
    }

    fn of_date(&self, date: &DueDate, key: String, on: NaiveDate) -> Alert {
        let mut alert = self.blank(key, on);
        alert.state = date.state;
        alert.reading = date.reading.clone();
        alert.date = Some(date.id.clone());
        alert.article = date.reason.article.clone();
        alert.acts = date.reason.ground.iter().map(|ground| ground.act.clone()).collect();
        alert.source = self.source_of(&date.reason);
        alert
    }
}

/// Whether a lead says more than is known of the day: nobody counts the last week before "in 2027".
pub fn is_exact_enough(precision: Precision, lead: u32) -> bool {
    match precision {
        Precision::Day => true,
        Precision::Month => lead >= 30,
        Precision::Year => lead >= 365,
    }
}

/// A date that several readings put on one day is one date.
pub(super) fn one_of_each(dates: &[DueDate]) -> impl Iterator<Item = &DueDate> {
    let mut seen: BTreeSet<(&DateId, NaiveDate)> = BTreeSet::new();
    dates.iter().filter(move |date| seen.insert((&date.id, date.on.first_day())))
}

/// Whether a day of this kind changes a status, so that the change tells of it.
pub(super) fn changes_status(kind: DateKind) -> bool {
    match kind {
        DateKind::EntryIntoForce
        | DateKind::StateEntryIntoForce
        | DateKind::Expiry
        | DateKind::WithdrawalEffect
        | DateKind::Effect
        | DateKind::Reinstatement => true,
        DateKind::LastNoticeDay
        | DateKind::Renewal
        | DateKind::Deadline
        | DateKind::Conference
        | DateKind::Meeting
        | DateKind::EndOfMandate
        | DateKind::OfferEnds
        | DateKind::Watch => false,
    }
}

/// How much a date asks for attention so many days before it.
fn severity_of(kind: DateKind, days_left: u64) -> Severity {
    match kind {
        DateKind::EntryIntoForce
        | DateKind::Expiry
        | DateKind::LastNoticeDay
        | DateKind::WithdrawalEffect
        | DateKind::Effect => {
            if days_left <= 30 {
                Severity::Critical
            } else {
                Severity::Warning
            }
        }
        DateKind::Reinstatement | DateKind::Renewal | DateKind::Deadline | DateKind::EndOfMandate => {
            if days_left <= 30 {
                Severity::Warning
            } else {
                Severity::Notice
            }
        }
        DateKind::StateEntryIntoForce
        | DateKind::Conference
        | DateKind::Meeting
        | DateKind::OfferEnds
        | DateKind::Watch => Severity::Info,
    }
}

/// A date that has moved, or that will not come.
pub(super) fn moved(date: &DueDate, now: Option<&DueDate>, on: NaiveDate) -> Change {
    change_of(date, on, Some(date.on), now.map(|now| now.on))
}

/// A date that had been cancelled, or that nobody had known of, and that lies ahead.
fn due_again(date: &DueDate, on: NaiveDate) -> Change {
    change_of(date, on, None, Some(date.on))
}

fn change_of(date: &DueDate, on: NaiveDate, from: Option<PartialDay>, to: Option<PartialDay>) -> Change {
    Change {
        state: date.state,
        reading: date.reading.clone(),
        on: PartialDay::exact(on),
        what: Changed::Date { date: date.id.clone(), from, to },
    }
}
