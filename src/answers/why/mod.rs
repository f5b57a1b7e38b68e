//! The acts and articles behind every period and day of a treaty, and the alerts of each.

mod chain;
mod leads;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::lookup::{NoSuch, find_treaty};
use super::values::{DateView, Names, Text};
use crate::domain::attention::{Acknowledgement, Snooze};
use crate::domain::id::{StateId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::project::{DueDate, project};
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::{ReadingId, TreatyStatus};
use crate::domain::treaty::Citation;
use crate::l10n::{comma, phrases};

pub use chain::Link;
pub use leads::{Fate, LeadView, Record, SentView, lines};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyQuestion {
    /// Which treaty.
    pub treaty: String,
    /// One date alone, by its name with or without the treaty's; else the periods and the upcoming dates.
    pub date: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyView {
    /// The treaty.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Text,
    /// The day since which alerts are raised; none before the first check.
    pub watch_began_on: Option<NaiveDate>,
    /// The last day that was checked.
    pub checked_on: Option<NaiveDate>,
    /// When the daemon checks next.
    pub next_check_at: Option<DateTime<Utc>>,
    /// The snooze that holds its alerts now.
    pub snoozed: Option<Snooze>,
    /// What the treaty was, is and will be, in each reading.
    pub periods: Vec<PeriodView>,
    /// The days asked about.
    pub dates: Vec<ExplainedDate>,
    /// Descriptions of the cited sources.
    pub citations: Vec<Citation>,
    /// The names of states, for printing.
    #[serde(skip)]
    pub names: Names,
}

/// A period and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeriodView {
    /// In which reading.
    pub reading: ReadingId,
    /// The status.
    pub status: TreatyStatus,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day on which it is no longer so.
    pub ends_before: Option<NaiveDate>,
    /// What it rests on, down to an act.
    pub because: Vec<Link>,
}

/// A dated event, what it rests on and its alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedDate {
    /// The event.
    #[serde(flatten)]
    pub date: DateView,
    /// What it rests on, down to an act.
    pub because: Vec<Link>,
    /// The acknowledgement that stops its reminders now.
    pub acknowledged: Option<Acknowledgement>,
    /// Each lead, the longest first, and the day itself.
    pub alerts: Vec<LeadView>,
}

/// Answers which acts and articles the statuses and dates of a treaty rest on, and what became of their alerts.
pub fn why(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    record: &Record<'_>,
    next_check_at: Option<DateTime<Utc>>,
    question: &WhyQuestion,
) -> Result<WhyView, NoSuch> {
    let file = find_treaty(files, &question.treaty)?;
    let treaty = &file.treaty;
    let projection = project(treaty, &file.acts, record.today);
    let wanted = |date: &&DueDate| match &question.date {
        Some(name) => {
            let id = date.id.as_str();
            id == name
                || id.strip_prefix(treaty.id.as_str()).and_then(|rest| rest.strip_prefix('/')) == Some(name)
        }
        None => record.today <= date.on.last_day(),
    };
    let dates: Vec<ExplainedDate> = projection
        .dates
        .iter()
        .filter(wanted)
        .map(|date| ExplainedDate {
            date: DateView::new(file, date, record.today),
            because: chain::chain_of(file, &projection, date),
            acknowledged: record.acknowledged(date),
            alerts: record.of(date),
        })
        .collect();
    if let Some(name) = question.date.as_ref().filter(|_| dates.is_empty()) {
        // One event may stand in several readings.
        let names: BTreeSet<&str> = projection.dates.iter().map(|date| date.id.as_str()).collect();
        return Err(NoSuch::among("date", name, names.into_iter()));
    }
    let mut periods = Vec::new();
    for life in projection.readings.iter().filter(|_| question.date.is_none()) {
        // What another reading shares with the default one is explained there.
        let shared = |status, day| {
            let spans = &projection.default_life().treaty;
            !life.reading.is_default()
                && spans.iter().any(|span| span.status == status && span.starts_on == day)
        };
        let own = life.treaty.iter().filter(|span| !shared(span.status, span.starts_on));
        periods.extend(own.map(|span| PeriodView {
            reading: life.reading.clone(),
            status: span.status,
            starts_on: span.starts_on,
            ends_before: span.ends_before,
            because: chain::chain(file, &projection, &life.reading, &span.reason),
        }));
    }
    let links = periods.iter().flat_map(|period| &period.because);
    let links = links.chain(dates.iter().flat_map(|date| &date.because));
    let cited: BTreeSet<&String> = links.flat_map(Link::sources).collect();
    let citations = treaty.citations.iter().filter(|citation| cited.contains(&citation.url));
    Ok(WhyView {
        citations: citations.cloned().collect(),
        treaty_id: treaty.id.clone(),
        short_title: (&treaty.short_title).into(),
        watch_began_on: record.watch.began_on,
        checked_on: record.watch.checked_on,
        next_check_at,
        snoozed: record.snoozed(),
        periods,
        dates,
        names: states.into(),
    })
}

impl WhyView {
    /// Since when it is watched, and when checks were and will be.
    pub fn watch_words(&self, lang: Lang) -> String {
        let words = &phrases(lang).why;
        let Some(began) = self.watch_began_on else { return words.not_watched.to_owned() };
        let mut parts = vec![(words.watched_since)(began)];
        parts.extend(self.checked_on.map(words.last_check));
        let at = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        parts.extend(self.next_check_at.map(|next| (words.next_check)(&at(next))));
        parts.join(comma(lang))
    }
}
