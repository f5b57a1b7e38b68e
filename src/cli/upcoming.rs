//! `upcoming`: the dates that lie ahead.

use std::io::{self, Write};

use chrono::NaiveDate;
use clap::Args;

use super::layout::{Grid, paragraph};
use super::options::day;
use super::output::View;
use crate::answers::upcoming::UpcomingView;
use crate::answers::values::DateView;
use crate::domain::day::Period;
use crate::domain::lang::Lang;
use crate::domain::status::Rule;
use crate::l10n::{colon, in_text, phrases};

/// `upcoming`
#[derive(Debug, Clone, Copy, Args)]
pub struct UpcomingArgs {
    /// Period to show: 2y, 18m, 6w or 90d
    #[arg(long, default_value = "2y", value_name = "PERIOD", value_parser = period)]
    pub within: Period,
    /// First date of the period; only facts known on it count [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<NaiveDate>,
}

impl View for UpcomingView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let [today, until] = [self.today, self.until].map(|day| in_text(day, lang));
        let words = &phrases(lang).upcoming;
        paragraph(out, width, 0, 0, &(words.heading)(&today, &until))?;
        writeln!(out)?;
        if self.dates.is_empty() {
            return paragraph(out, width, 0, 0, words.none);
        }
        let labels = &phrases(lang).labels;
        let header = [words.date, words.days, labels.treaty, labels.what, words.certainty];
        let mut grid = Grid::new(&header, &[(2, 12), (3, 12)]).align_right(1);
        for row in &self.dates {
            let date = &row.date;
            grid.row(vec![
                date.on.to_string(),
                days(date),
                row.short_title.in_lang(lang),
                date.what(&self.names, lang),
                date.certainty.label(lang).to_owned(),
            ]);
            if let Some(note) = date.note_in(lang) {
                grid.through(12, note);
            }
            if date.reason.rule != Rule::Scheduled {
                let why = phrases(lang).facts.because;
                grid.through(12, format!("{why}{}{}", colon(lang), date.reason.words(&self.names, lang)));
            }
        }
        grid.print(out, width)
    }
}

/// How many days are left: at least so many, where only a month or a year is known.
fn days(date: &DateView) -> String {
    match (date.is_inexact(), date.days_left) {
        (false, days) => days.to_string(),
        (true, days) if days > 0 => format!("{days}+"),
        (true, _) => String::new(),
    }
}

/// A period as people write it: `2y`, `18m`, `6w`, `90d`.
pub(super) fn period(text: &str) -> Result<Period, String> {
    let expected = || "expected a number and y, m, w or d, as in 2y, 18m, 6w or 90d".to_owned();
    let lower = text.bytes().last().is_some_and(|unit| unit.is_ascii_lowercase());
    if !lower {
        return Err(expected());
    }
    format!("P{}", text.to_ascii_uppercase()).parse().map_err(|_| expected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::upcoming::{UpcomingQuestion, upcoming};
    use crate::cli::testing::{day, json, printed, seeds};
    use crate::domain::treaty::Certainty;

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
    fn contested_days_are_marked() {
        let view = from("2025-09-01", "P2M");
        let back = find(&view, "unscr-2231/reinstatement/e3-notice-2025");
        assert_eq!(back[0].certainty, Certainty::Contested);
        assert_eq!(back[0].on.to_string(), "2025-09-28");
        assert!(printed(&view, Lang::En).contains("contested"));
    }

    #[test]
    fn a_year_is_ahead_until_it_has_ended() {
        let view = from("2026-11-24", "P2Y");
        let inexact: Vec<_> = view.dates.iter().filter(|row| row.date.is_inexact()).collect();
        assert!(inexact.iter().any(|row| row.date.on.to_string() == "2027"));
        assert!(
            json(&view)["dates"]
                .as_array()
                .unwrap()
                .iter()
                .any(|date| date["on_date"]["precision"] == "year")
        );
        for lang in [Lang::En, Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
    }

    #[test]
    fn periods_are_written_in_short() {
        for (text, period_text) in [("2y", "P2Y"), ("18m", "P18M"), ("6w", "P42D"), ("90d", "P90D")] {
            assert_eq!(period(text), Ok(period_text.parse().unwrap()));
        }
    }
}
