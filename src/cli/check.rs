//! `check`: what a check raised.

use std::io::{self, Write};

use chrono::NaiveDate;
use serde::Serialize;

use super::alerts::{AlertsView, alerts};
use super::layout::paragraph;
use super::view::View;
use crate::domain::treaty::Lang;
use crate::jobs::CheckReport;

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckView {
    /// The day that was checked.
    pub today: NaiveDate,
    /// The day of the check before; none at the first one.
    pub since: Option<NaiveDate>,
    /// Whether the check before was of a day after today: no day is told until then.
    pub is_ahead: bool,
    /// Whether nothing was kept.
    pub dry_run: bool,
    /// What was raised.
    #[serde(flatten)]
    pub raised: AlertsView,
    /// Treaties that could not be checked, and why.
    pub set_aside: Vec<(String, String)>,
}

impl CheckView {
    /// The answer of a check.
    pub fn of(report: CheckReport, dry_run: bool) -> Self {
        let set_aside = report.set_aside.into_iter().map(|(id, error)| (id.to_string(), error)).collect();
        let raised = alerts(report.alerts);
        let CheckReport { today, since, is_ahead, .. } = report;
        Self { today, since, is_ahead, dry_run, raised, set_aside }
    }
}

impl View for CheckView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.since.is_some() {
            self.raised.print(lang, width, out)?;
        }
        for (treaty, error) in &self.set_aside {
            paragraph(out, width, 0, 2, &format!("{treaty} could not be checked: {error}"))?;
        }
        let kept = if self.dry_run { " Nothing was kept." } else { "" };
        let told = match self.since {
            Some(since) if self.is_ahead => format!(
                "The last check was of {since}, which is after {}: until then no day is told, only acts that are \
                 recorded. {} raised.{kept}",
                self.today,
                self.raised.alerts.len()
            ),
            Some(since) => {
                format!("Checked {since} to {}: {} raised.{kept}", self.today, self.raised.alerts.len())
            }
            None => format!("The watch begins on {}; what came before is not told.{kept}", self.today),
        };
        paragraph(out, width, 0, 2, &told)
    }
}
