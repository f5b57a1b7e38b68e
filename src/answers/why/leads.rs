//! Which alerts about a date were raised, which will be, and why one was not.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

use crate::alerts::is_exact_enough;
use crate::domain::attention::{Acknowledgement, Snooze};
use crate::domain::delivery::{HeldFor, RaisedAlert};
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::l10n::{bracketed, colon, comma, join, phrases};
use crate::store::{DeliveryRow, DeliveryState, Watch};

/// One lead of a date, or the day itself, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeadView {
    /// How many days before; none for the day itself.
    pub lead_days: Option<u32>,
    /// The day on which it is due.
    pub due_on: NaiveDate,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// It was raised.
    Raised {
        /// Under which id.
        alert_id: String,
        /// When.
        raised_at: DateTime<Utc>,
        /// What became of it at each endpoint that wants it.
        deliveries: Vec<SentView>,
    },
    /// Its day has not come.
    Due,
    /// After a pause of the checks, the alert of a shorter lead stands for it.
    #[serde(rename = "told_with")]
    RaisedLate {
        /// Under which id.
        alert_id: String,
    },
    /// It was due before the watch began.
    BeforeTheWatch,
    /// One could not know of the date then.
    NotKnownThen {
        /// When one could.
        known_on: NaiveDate,
    },
    /// The day is not known so exactly.
    TooInexact,
    /// No check has run since: the next one raises it.
    NotChecked,
    /// It was recorded after it was due, or is part of the alert about an act.
    NotRaised,
}

/// A delivery of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentView {
    /// To whom.
    pub endpoint: String,
    /// What has become of it.
    pub state: DeliveryState,
    /// When it was delivered or given up.
    pub finished_at: Option<DateTime<Utc>>,
    /// When the next attempt is due.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// What it waits or waited for, if it was held back.
    pub held_for: Option<HeldFor>,
    /// The digest that it is in.
    pub digest_id: Option<String>,
    /// Who acknowledged the date or snoozed the treaty, if that is why it was not sent at once.
    pub said_by: Option<String>,
}

/// What the database holds about the alerts of a treaty.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// How far the watch has come.
    pub watch: &'a Watch,
    /// The lead times of the configuration, of all endpoints.
    pub leads: &'a [u32],
    /// The alerts that were raised of the treaty.
    pub alerts: &'a [RaisedAlert],
    /// Their deliveries.
    pub deliveries: &'a [DeliveryRow],
    /// Acknowledgements, those that have ended included.
    pub acknowledgements: &'a [Acknowledgement],
    /// Snoozes, those that have ended included.
    pub snoozes: &'a [Snooze],
    /// Today.
    pub today: NaiveDate,
}

impl Record<'_> {
    /// Each lead of a date, the longest first, and the day itself.
    pub fn of(&self, date: &DueDate) -> Vec<LeadView> {
        let on = date.on.first_day();
        let mut leads = self.leads.to_vec();
        leads.sort_unstable_by(|a, b| b.cmp(a));
        leads.dedup();
        let before = leads.into_iter().filter(|lead| *lead > 0).filter_map(|lead| {
            let due_on = on.checked_sub_days(Days::new(lead.into()))?;
            Some(LeadView { lead_days: Some(lead), due_on, fate: self.fate(date, Some(lead), due_on) })
        });
        let day = LeadView { lead_days: None, due_on: on, fate: self.fate(date, None, on) };
        before.chain([day]).collect()
    }

    fn fate(&self, date: &DueDate, lead: Option<u32>, due_on: NaiveDate) -> Fate {
        let on = date.on.first_day();
        let of_date = |raised: &&RaisedAlert| {
            let alert = &raised.alert;
            alert.is_about(&date.id) && alert.on.first_day() == on
        };
        let alerts = || self.alerts.iter().filter(of_date);
        // A date that an act sets is part of the alert about the act, which is of another day.
        if let Some(raised) = alerts().find(|raised| raised.alert.lead_days == lead) {
            return Fate::Raised {
                alert_id: raised.id.clone(),
                raised_at: raised.raised_at,
                deliveries: self.sent(raised),
            };
        }
        let stands_for =
            |raised: &&RaisedAlert| lead.is_some_and(|lead| raised.alert.missed_leads.contains(&lead));
        if let Some(raised) = alerts().find(stands_for) {
            return Fate::RaisedLate { alert_id: raised.id.clone() };
        }
        let known_on = date.reason.known_on;
        let inexact = lead.is_some_and(|lead| !is_exact_enough(date.on.precision(), lead));
        match (self.watch.began_on, self.watch.checked_on) {
            _ if inexact => Fate::TooInexact,
            _ if self.today < due_on => Fate::Due,
            // A watch that has not begun begins with the next check, in silence.
            (None, _) => Fate::BeforeTheWatch,
            (Some(began), _) if due_on <= began => Fate::BeforeTheWatch,
            (Some(_), Some(_)) if due_on < known_on => Fate::NotKnownThen { known_on },
            (Some(_), Some(checked)) if due_on <= checked => Fate::NotRaised,
            _ => Fate::NotChecked,
        }
    }

    fn sent(&self, raised: &RaisedAlert) -> Vec<SentView> {
        let rows = self.deliveries.iter().filter(|row| row.alert_id == raised.id);
        let view = |row: &DeliveryRow| SentView {
            endpoint: row.endpoint.clone(),
            state: row.state,
            finished_at: row.finished_at,
            next_attempt_at: row.next_attempt_at,
            last_error: row.last_error.clone(),
            held_for: row.held_for,
            digest_id: row.digest_id.clone(),
            said_by: self.said_by(raised, row),
        };
        rows.map(view).collect()
    }

    /// Who kept a delivery from being sent at once.
    fn said_by(&self, raised: &RaisedAlert, row: &DeliveryRow) -> Option<String> {
        if row.state == DeliveryState::Acknowledged {
            let of_day = |it: &&Acknowledgement| {
                raised.alert.date.as_ref() == Some(&it.date) && it.on == raised.alert.on.first_day()
            };
            let holds = |it: &&Acknowledgement| row.finished_at.is_none_or(|at| it.made_at <= at);
            let mut latest = self.acknowledgements.iter().rev().filter(of_day);
            return latest.find(holds).map(|it| it.remark.author.clone());
        }
        let held = row.held_for == Some(HeldFor::Snooze);
        // What was held already when the treaty was snoozed is held for that as well.
        let holds = |it: &&Snooze| it.ended_at.is_none_or(|ended_at| raised.raised_at <= ended_at);
        self.snoozes.iter().find(holds).filter(|_| held).map(|it| it.remark.author.clone())
    }

    /// The acknowledgement of a date that holds, for the day that it falls on now.
    pub fn acknowledged(&self, date: &DueDate) -> Option<Acknowledgement> {
        let on = date.on.first_day();
        let holds = |it: &&Acknowledgement| it.ended_at.is_none() && it.date == date.id && it.on == on;
        self.acknowledgements.iter().find(holds).cloned()
    }

    /// The snooze that holds.
    pub fn snoozed(&self) -> Option<Snooze> {
        self.snoozes.iter().find(|it| it.ended_at.is_none()).cloned()
    }
}

/// The leads and what became of them, in lines. Neighbours that were not raised for the same reason share one.
pub fn lines(leads: &[LeadView], lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for group in leads.chunk_by(|a, b| a.lead_days.is_some() && b.lead_days.is_some() && a.fate == b.fate) {
        let [first, rest @ ..] = group else { continue };
        let days: Vec<String> =
            group.iter().filter_map(|lead| lead.lead_days.map(|days| days.to_string())).collect();
        let days = join(&days, lang);
        let words = &phrases(lang).why;
        let when = match first.lead_days {
            Some(1) if rest.is_empty() => words.one_day_before.to_owned(),
            Some(_) => (words.days_before)(&days),
            None => words.on_the_day.to_owned(),
        };
        let when = if rest.is_empty() { format!("{when}{}{}", comma(lang), first.due_on) } else { when };
        lines.push(format!("{when}{}{}", colon(lang), first.fate.words(lang)));
    }
    lines
}

impl Fate {
    fn words(&self, lang: Lang) -> String {
        let words = &phrases(lang).why;
        match self {
            Self::Raised { alert_id, raised_at, deliveries } => {
                let raised = words.raised;
                let at = raised_at.format("%Y-%m-%dT%H:%M:%SZ");
                let sent: Vec<String> = deliveries.iter().map(|sent| sent.words(lang)).collect();
                let sent = if sent.is_empty() { words.no_endpoint.to_owned() } else { join(&sent, lang) };
                bracketed(&format!("{raised} {at}, {alert_id}"), &sent, lang)
            }
            Self::Due => words.to_come.to_owned(),
            Self::RaisedLate { alert_id } => {
                let with = words.raised_late;
                format!("{with}{}{alert_id}", comma(lang))
            }
            Self::BeforeTheWatch => words.before_first_check.to_owned(),
            Self::NotKnownThen { known_on } => (words.not_known_then)(*known_on),
            Self::TooInexact => words.too_inexact.to_owned(),
            Self::NotChecked => words.not_checked.to_owned(),
            Self::NotRaised => words.not_raised.to_owned(),
        }
    }
}

impl SentView {
    fn words(&self, lang: Lang) -> String {
        let at = self.finished_at.or(self.next_attempt_at);
        let at = at.map(|at| at.format(" %Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default();
        let error = self.last_error.as_ref().filter(|_| self.state != DeliveryState::Delivered);
        let error = error.map(|error| format!(": {error}")).unwrap_or_default();
        let why = self.why(lang).map(|why| format!("{}{why}", colon(lang))).unwrap_or_default();
        format!("{} {}{at}{error}{why}", self.endpoint, self.state)
    }

    /// Why it was not sent by itself.
    fn why(&self, lang: Lang) -> Option<String> {
        let by = self.said_by.as_deref().unwrap_or_default();
        let digest = self.digest_id.as_ref().map(|id| format!("{}{id}", comma(lang))).unwrap_or_default();
        let words = &phrases(lang).why;
        let why = match self.held_for {
            Some(HeldFor::Digest) => words.for_digest.to_owned(),
            Some(HeldFor::Snooze) => (words.snoozed_by)(by),
            None if self.said_by.is_none() => return None,
            None => (words.acknowledged_by)(by),
        };
        Some(format!("{why}{digest}"))
    }
}
