//! The dates that lie ahead.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::values::{DateView, Names, Text};
use crate::domain::day::{DayError, Period};
use crate::domain::id::StateId;
use crate::domain::project::project;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpcomingQuestion {
    /// From which day on, and what is known on it.
    pub today: NaiveDate,
    /// For how long.
    pub within: Period,
}

impl UpcomingQuestion {
    /// The last day that is asked about; an error where the calendar ends before.
    pub fn until(self) -> Result<NaiveDate, DayError> {
        self.within.after(self.today)
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpcomingView {
    /// The first day.
    pub today: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// The dates, in order of day.
    pub dates: Vec<UpcomingDate>,
    /// The names of states, for printing.
    #[serde(skip)]
    pub names: Names,
}

/// A date with the title of its instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpcomingDate {
    /// The title.
    pub short_title: Text,
    /// The date.
    #[serde(flatten)]
    pub date: DateView,
}

/// Answers which dates lie ahead.
pub fn upcoming(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    question: UpcomingQuestion,
) -> Result<UpcomingView, DayError> {
    let (today, until) = (question.today, question.until()?);
    let mut dates = Vec::new();
    for file in files {
        let projection = project(&file.treaty, &file.acts, today);
        let ahead = projection.dates.iter();
        // A month or year is ahead until it has ended.
        let ahead = ahead.filter(|date| today <= date.on.last_day() && date.on.first_day() <= until);
        dates.extend(ahead.map(|date| UpcomingDate {
            short_title: (&file.treaty.short_title).into(),
            date: DateView::new(file, date, today),
        }));
    }
    dates.sort_by(|a, b| (a.date.on, &a.date.date_id).cmp(&(b.date.on, &b.date.date_id)));
    Ok(UpcomingView { today, until, dates, names: states.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::{day, seeds};
    use crate::domain::treaty::DateKind;

    fn from(today: &str, within: &str) -> UpcomingView {
        let (files, states) = seeds();
        let question = UpcomingQuestion { today: day(today), within: within.parse().unwrap() };
        upcoming(&files, &states, question).unwrap()
    }

    fn find<'a>(view: &'a UpcomingView, id: &str) -> Vec<&'a DateView> {
        let dates = view.dates.iter().map(|row| &row.date);
        dates.filter(|date| date.date_id.as_str() == id).collect()
    }

    #[test]
    fn an_expiry_is_announced_until_its_day() {
        let view = from("2025-02-05", "P1Y");
        let expiry = find(&view, "new-start/expiry");
        assert_eq!(expiry[0].on.to_string(), "2026-02-05");
        assert_eq!((expiry[0].days_left, expiry[0].kind), (365, DateKind::Expiry));
        assert_eq!(find(&from("2026-02-05", "P1D"), "new-start/expiry")[0].days_left, 0);
        assert!(find(&from("2026-02-06", "P1Y"), "new-start/expiry").is_empty());
        assert!(find(&from("2025-02-04", "P1Y"), "new-start/expiry").is_empty());
    }

    #[test]
    fn a_date_is_listed_only_once_it_could_be_known() {
        // Before the extension of 2021 the expiry was another.
        let view = from("2020-06-05", "P1Y");
        assert_eq!(find(&view, "new-start/expiry")[0].on.to_string(), "2021-02-05");
        let view = from("2019-06-05", "P2Y");
        assert_eq!(find(&view, "inf/USA/withdrawal_effect/1").len() + find(&view, "inf/expiry").len(), 1);
    }
}
