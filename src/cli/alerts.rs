//! `alerts`: the alerts that were raised.

use std::io::{self, Write};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;

use super::context::Context;
use super::layout::Grid;
use super::options::{day, word};
use super::output::View;
use crate::answers::alerts::{AlertsView, alerts};
use crate::answers::lookup::NoSuch;
use crate::domain::alert_kind::AlertKind;
use crate::domain::delivery::RaisedAlert;
use crate::domain::lang::Lang;
use crate::l10n::{alert_kind, comma, phrases};
use crate::store::{AlertFilter, Store};

/// Where an alert is not found, so many of the latest are named.
const LATEST_NAMED: u32 = 5;

/// `alerts`
#[derive(Debug, Clone, Args)]
pub struct AlertsArgs {
    /// Only alerts about this treaty
    #[arg(long)]
    pub treaty: Option<String>,
    /// Only alerts of this kind
    #[arg(long, value_parser = word::<AlertKind>(AlertKind::ALL.iter().map(|kind| kind.as_str())))]
    pub kind: Option<AlertKind>,
    /// Only alerts raised on this date or later
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<NaiveDate>,
    /// Maximum number of rows
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
}

/// An instant, to the minute.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%MZ").to_string()
}

impl View for AlertsView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).alerts;
        if self.alerts.is_empty() {
            return writeln!(out, "{}", words.none);
        }
        let header = [words.raised, phrases(lang).labels.severity, words.alert];
        let mut grid = Grid::new(&header, &[(2, 24)]);
        for view in &self.alerts {
            let alert = &view.alert;
            let kind = alert_kind(alert.kind, alert.late, view.test, lang);
            let severity = alert.severity.label(lang).to_owned();
            grid.row(vec![instant(view.raised_at), severity, alert.headline_in(lang)]);
            grid.through(2, alert.sentence_in(lang));
            grid.through(2, format!("{}{}{kind}", alert.subject(), comma(lang)));
            if let Some(source) = &alert.source {
                grid.through(2, source.clone());
            }
        }
        grid.print(out, width)
    }
}

/// The alert with this id, or that there is none, with the latest ones.
pub(super) async fn find_alert(store: &Store, id: &str) -> Result<RaisedAlert> {
    if let Some(raised) = store.alert(id).await? {
        return Ok(raised);
    }
    let latest = AlertFilter { treaty: None, kind: None, since: None, limit: LATEST_NAMED };
    let latest = store.alerts(&latest).await?;
    Err(NoSuch::among("alert", id, latest.iter().map(|raised| raised.id.as_str())).into())
}

impl Context<'_> {
    pub(super) async fn alerts(&self, args: &AlertsArgs, out: &mut dyn Write) -> Result<u8> {
        let treaty = self.find_id_if_named(args.treaty.as_deref()).await?;
        let since = args.since.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|start| start.and_utc());
        let filter = AlertFilter { treaty, kind: args.kind, since, limit: args.limit };
        self.show(&alerts(self.store.alerts(&filter).await?), out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, json, printed};
    use crate::domain::alert::Alert;
    use crate::domain::alert_kind::{AlertKind, Severity};

    fn raised() -> RaisedAlert {
        let alert = Alert {
            kind: AlertKind::DateApproaching,
            lead_days: Some(30),
            late: true,
            severity: Severity::Warning,
            headline: "New START: expires in 30 days".to_owned(),
            sentence: "New START expires on 5 February 2026, in 30 days (article XIV(2)).".to_owned(),
            acts: Vec::new(),
            article: Some("XIV(2)".to_owned()),
            source: Some("https://example.org/".repeat(6)),
            ..Alert::new(
                "new-start".parse().ok(),
                "new-start/expiry/2026-02-05".to_owned(),
                day("2026-02-05"),
            )
        };
        let raised_at = day("2026-01-06").and_hms_opt(8, 0, 0).unwrap().and_utc();
        RaisedAlert { id: "msg_1".to_owned(), raised_at, test: false, alert }
    }

    #[test]
    fn an_alert_is_shown_with_its_sentence() {
        let view = alerts(vec![raised()]);
        assert_eq!(json(&view)["alerts"][0]["kind"], "date.approaching");
        for lang in [Lang::En, Lang::Zh, Lang::Ru] {
            let text = printed(&view, lang);
            let line = text.lines().find(|line| line.starts_with("2026-01-06 08:00Z")).unwrap();
            assert!(line.contains("New START: expires in 30 days"), "{text}");
        }
    }
}
