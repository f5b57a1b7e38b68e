//! Whether what an endpoint wants is sent to it at once, later, or not at all.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::alert::Alert;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::delivery::HeldFor;
use crate::domain::id::{DateId, TreatyId};

use super::Route;

/// What people have said and holds: which coming days they know of, which treaties they want to hear of
/// later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attention {
    /// The dates that are acknowledged, each on its day.
    pub acknowledged: BTreeSet<(DateId, NaiveDate)>,
    /// The treaties that are snoozed.
    pub snoozed: BTreeSet<TreatyId>,
}

/// How an alert goes to an endpoint that wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// By itself, at once.
    AtOnce,
    /// In a digest.
    Held(HeldFor),
    /// Not at all: somebody knows of the day already.
    Acknowledged,
}

impl Attention {
    /// How an alert goes to the endpoint of a route. Nothing critical waits; but of a day that somebody knows of
    /// nobody is reminded, however near it is. The day itself, a move and a cancellation are no reminders.
    pub fn manner(&self, alert: &Alert, route: &Route) -> Manner {
        if self.is_known(alert) {
            return Manner::Acknowledged;
        }
        if alert.severity == Severity::Critical {
            return Manner::AtOnce;
        }
        if alert.treaty.as_ref().is_some_and(|treaty| self.snoozed.contains(treaty)) {
            return Manner::Held(HeldFor::Snooze);
        }
        if route.digest { Manner::Held(HeldFor::Digest) } else { Manner::AtOnce }
    }

    fn is_known(&self, alert: &Alert) -> bool {
        let known = |date: &DateId| self.acknowledged.contains(&(date.clone(), alert.on));
        alert.kind == AlertKind::DateApproaching && alert.date.as_ref().is_some_and(known)
    }
}
