//! `replay`: the alert calendar of a time, as facts became known in it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::layout::{Grid, paragraph};
use super::options::day;
use super::output::View;
use crate::alerts::{Names, replay as replay_treaty};
use crate::answers::lookup::{NoSuch, find_treaty};
use crate::domain::alert::Alert;
use crate::domain::id::StateId;
use crate::domain::lang::Lang;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::l10n::{in_text, phrases};

/// `replay`
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// First date; events before it raise no alerts
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: NaiveDate,
    /// Last date
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: NaiveDate,
    /// Only this treaty; may be repeated
    #[arg(long = "treaty", value_name = "TREATY")]
    pub treaties: Vec<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayQuestion {
    /// The day on which the watch begins; it tells nothing of what is known then.
    pub from: NaiveDate,
    /// The last day that is checked.
    pub to: NaiveDate,
    /// Only these treaties; all, if empty.
    pub treaties: Vec<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayView {
    /// The day on which the watch begins.
    pub from: NaiveDate,
    /// The last day that is checked.
    pub to: NaiveDate,
    /// What each day's check would have told, in order.
    pub calendar: Vec<Told>,
}

/// One alert and the day of the check that raised it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The day of the check.
    pub checked_on: NaiveDate,
    /// The alert.
    #[serde(flatten)]
    pub alert: Alert,
}

/// Checks every day of a time, each with what was known on it and nothing else.
pub fn replay(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    leads: &[u32],
    question: &ReplayQuestion,
) -> Result<ReplayView, NoSuch> {
    let ReplayQuestion { from, to, treaties } = question;
    let asked: Vec<&TreatyFile> = if treaties.is_empty() {
        files.iter().collect()
    } else {
        treaties.iter().map(|name| find_treaty(files, name)).collect::<Result<_, _>>()?
    };
    let told = asked.iter().flat_map(|file| replay_treaty(file, Names(states), leads, *from, *to));
    let mut calendar: Vec<Told> = told.map(|(checked_on, alert)| Told { checked_on, alert }).collect();
    calendar.sort_by_key(|told| told.checked_on);
    Ok(ReplayView { from: *from, to: *to, calendar })
}

impl View for ReplayView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        calendar(&self.calendar, lang, width, out)?;
        let [from, to] = [self.from, self.to].map(|day| in_text(day, lang));
        let told = self.calendar.len();
        paragraph(out, width, 0, 2, &(phrases(lang).calendar.total)(&from, &to, told))
    }
}

/// Alerts by the day of their check.
pub(super) fn calendar(told: &[Told], lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let words = &phrases(lang).calendar;
    let labels = &phrases(lang).labels;
    let header = [labels.day, labels.treaty, labels.kind];
    let mut grid = Grid::new(&header, &[(1, 12), (2, 12)]);
    for Told { checked_on, alert } in told {
        let kind = (words.kind_of)(alert.kind, alert.lead_days);
        grid.row(vec![checked_on.to_string(), alert.subject().to_owned(), kind]);
        grid.through(12, alert.sentence_in(lang));
    }
    grid.print(out, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, json, printed, seeds};

    #[test]
    fn a_calendar_fits_the_page_in_each_language() {
        let (files, states) = seeds();
        let treaties = vec!["new-start".to_owned(), "unscr-2231".to_owned()];
        let question = ReplayQuestion { from: day("2025-08-01"), to: day("2026-08-22"), treaties };
        let view = replay(&files, &states, &[30], &question).unwrap();
        assert!(printed(&view, Lang::En).contains("date.approaching 30"));
        let zh = printed(&view, Lang::Zh);
        assert!(zh.contains("日期临近（30天）") && zh.contains("2025年8月1日至2026年8月22日：提醒"), "{zh}");
        let ru = printed(&view, Lang::Ru);
        assert!(ru.contains("дата приближается (30 дней)") && ru.contains("С 1 августа 2025 года"), "{ru}");
        let first = &json(&view)["calendar"][0]["sentences"];
        assert!(first["zh"].is_string() && first["ru"].is_string());
    }
}
