//! `check`: what a check raised.

use std::io::{self, Write};

use anyhow::{Result, bail};
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;
use tracing::warn;

use super::context::Context;
use super::exit;
use super::layout::paragraph;
use super::options::day;
use super::output::View;
use crate::answers::alerts::{AlertView, AlertsView, alerts};
use crate::clock::{Clock as _, SystemClock};
use crate::daemon::Instance;
use crate::domain::lang::Lang;
use crate::jobs::{self, CheckReport, CheckSettings, Seeded, Summaries, SummariesReport, SummaryTime};
use crate::l10n::{colon, english, in_text, phrases};

/// `check`
#[derive(Debug, Clone, Copy, Args)]
pub struct CheckArgs {
    /// Show the alerts that would be raised, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Check as on this date, not in the future except with --dry-run [default: today in the configured time zone]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<NaiveDate>,
    /// First undo checks made while the clock was ahead; the daemon must be stopped
    #[arg(long, conflicts_with_all = ["dry_run", "today"])]
    pub rewind: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckView {
    /// The day that was checked.
    pub today: NaiveDate,
    /// The day of the check before; none at the first one.
    pub since: Option<NaiveDate>,
    /// Whether the check before was of a day after today: date alerts are suspended until then.
    pub is_ahead: bool,
    /// With `--rewind`, where a check was ahead: how many alerts it raised before their day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early: Option<u64>,
    /// Whether nothing was kept.
    pub dry_run: bool,
    /// What was raised.
    #[serde(flatten)]
    pub raised: AlertsView,
    /// Treaties that could not be checked, and why.
    pub set_aside: Vec<(String, String)>,
    /// The digests and reports that were due.
    pub summaries: Vec<AlertView>,
}

impl CheckView {
    /// The answer of a check, with the digests and reports that came after it.
    pub fn of(report: CheckReport, summaries: SummariesReport, early: Option<u64>, dry_run: bool) -> Self {
        let set_aside = report.set_aside.into_iter().map(|(id, error)| (id.to_string(), error)).collect();
        let raised = alerts(report.alerts);
        let CheckReport { today, since, is_ahead, .. } = report;
        let summaries = alerts(summaries.raised).alerts;
        Self { today, since, is_ahead, early, dry_run, raised, set_aside, summaries }
    }
}

impl View for CheckView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).check;
        let today = in_text(self.today, lang);
        if let Some(early) = self.early {
            paragraph(out, width, 0, 2, &(words.set_back)(&today, early))?;
        }
        if self.since.is_some() {
            self.raised.print(lang, width, out)?;
        }
        for (treaty, error) in &self.set_aside {
            let error = english(error, lang);
            paragraph(out, width, 0, 2, &(words.failed)(treaty, &error))?;
        }
        paragraph(out, width, 0, 2, &self.summary(lang))?;
        for view in &self.summaries {
            let told = format!("{}{}{}", view.alert.subject(), colon(lang), view.alert.sentence_in(lang));
            paragraph(out, width, 0, 2, &told)?;
        }
        Ok(())
    }
}

impl CheckView {
    /// From when to when was checked, how much was raised, and whether it was kept.
    fn summary(&self, lang: Lang) -> String {
        let words = &phrases(lang).check;
        let raised = self.raised.alerts.len();
        let today = in_text(self.today, lang);
        let told = match self.since.map(|since| in_text(since, lang)) {
            Some(since) if self.is_ahead => (words.ahead)(&since, &today, raised),
            Some(since) => (words.checked)(&since, &today, raised),
            None => (words.watching)(&today),
        };
        let kept = if self.dry_run { words.nothing_kept } else { "" };
        format!("{told}{kept}")
    }
}

impl Context<'_> {
    pub(super) async fn check(&self, args: CheckArgs, out: &mut dyn Write) -> Result<u8> {
        let now = SystemClock.now();
        if args.dry_run {
            // Nothing is to change: the database is checked as it stands.
            self.seed_if_new().await?;
        } else {
            let seeded = jobs::seed(&self.store, &self.seeds, now).await?;
            if let Seeded::Ahead { has, program } = seeded {
                warn!("{}", jobs::ahead(has, program));
            }
        }
        let known = self.store.treaty_ids().await?;
        self.config.check_treaties(&|id| known.contains(id))?;
        let today = args.today.unwrap_or(self.today);
        if self.today < today && !args.dry_run {
            bail!("{today} is in the future, and alerts about it could not be withdrawn; use --dry-run");
        }
        if let Some(warning) = jobs::acts_to_come(&self.store, self.today).await? {
            warn!("{warning}");
        }
        // A day that was named is meant.
        if args.today.is_none() {
            jobs::check_clock(&self.store, now).await?;
        }
        let early = if args.rewind { self.rewind().await? } else { None };
        let settings = CheckSettings::of(&self.config);
        let report = jobs::check(&self.store, &settings, today, now, args.dry_run).await?;
        let summaries = if args.dry_run {
            SummariesReport::default()
        } else {
            // A day of the past is led to its end.
            let end = self.config.end_of(today).filter(|_| today < self.today);
            let until = end.map_or(now, |end| end.min(now));
            let time = SummaryTime { until, today, now };
            jobs::summarize(&self.store, &Summaries::of(&self.config), time).await?
        };
        let view = CheckView::of(report, summaries, early, args.dry_run);
        self.show(&view, out)?;
        let is_fine = view.set_aside.is_empty() && (!view.is_ahead || args.today.is_some());
        Ok(if is_fine { exit::FINE } else { exit::FOUND })
    }

    async fn rewind(&self) -> Result<Option<u64>> {
        let (database, now) = (&self.config.database, SystemClock.now());
        // No daemon starts meanwhile.
        let _instance = Instance::acquire(database, now)?;
        let mut write = self.store.begin().await?;
        let early = write.rewind(self.today, now).await?;
        write.commit().await?;
        if early.is_none() {
            warn!("No check is ahead of {}: nothing to undo", self.today);
        }
        Ok(early)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, printed};

    fn checked(since: Option<&str>, today: &str, is_ahead: bool) -> CheckView {
        let (today, since) = (day(today), since.map(day));
        let report = CheckReport { today, since, is_ahead, ..CheckReport::default() };
        CheckView::of(report, SummariesReport::default(), None, true)
    }

    #[test]
    fn a_check_is_summed_up_in_each_language() {
        let view = checked(Some("2026-02-04"), "2026-02-05", false);
        let last = |view: &CheckView, lang| printed(view, lang).lines().last().unwrap().to_owned();
        assert_eq!(last(&view, Lang::En), "Checked 2026-02-04 to 2026-02-05: 0 raised. Nothing was kept.");
        assert_eq!(last(&view, Lang::Zh), "已检查2026年2月4日至2026年2月5日：发出提醒0条。未保存任何内容。");
        let ru = printed(&view, Lang::Ru).replace("\n  ", " ");
        let told =
            "Проверено с 4 февраля 2026 года по 5 февраля 2026 года. Оповещений: 0. Ничего не сохранено.";
        assert!(ru.contains(told), "{ru}");
        for view in [checked(None, "2026-02-05", false), checked(Some("2027-02-04"), "2026-02-05", true)] {
            for lang in [Lang::Zh, Lang::Ru] {
                // The command is the same in every language.
                let command = ["treatywatch", "check", "--rewind"];
                let text = command.iter().fold(printed(&view, lang), |text, word| text.replace(word, ""));
                assert!(!text.chars().any(|letter| letter.is_ascii_alphabetic()), "{text}");
            }
        }
    }
}
