//! `deliveries`: what was sent, and what failed.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anyhow::{Result, bail, ensure};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::alerts::instant;
use super::context::Context;
use super::layout::{Grid, paragraph};
use super::output::View;
use crate::answers::lookup::NoSuch;
use crate::clock::{Clock as _, SystemClock};
use crate::daemon::Instance;
use crate::domain::delivery::HeldFor;
use crate::domain::lang::Lang;
use crate::domain::wording::Sentences;
use crate::store::{DeliveryFilter, DeliveryRow, DeliveryState};

/// `deliveries`
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DeliveriesArgs {
    /// Only deliveries that failed
    #[arg(long)]
    pub failed: bool,
    /// Only deliveries to this endpoint
    #[arg(long, value_name = "NAME")]
    pub endpoint: Option<String>,
    /// Maximum number of rows
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// An action; without one, they are listed.
    #[command(subcommand)]
    pub action: Option<DeliveriesAction>,
}

/// What can be done with deliveries.
#[derive(Debug, Clone, Subcommand)]
pub enum DeliveriesAction {
    /// Retry failed deliveries now, dead letters included, under the same message id
    Retry(RetryArgs),
}

/// `deliveries retry`
#[derive(Debug, Clone, Args)]
#[group(id = "which", required = true, multiple = true)]
pub struct RetryArgs {
    /// Ids, as `deliveries --failed` lists them
    #[arg(value_name = "ID", group = "which", conflicts_with = "all")]
    pub ids: Vec<i64>,
    /// All failed deliveries to this endpoint
    #[arg(long, value_name = "NAME", group = "which")]
    pub endpoint: Option<String>,
    /// All failed deliveries
    #[arg(long, group = "which")]
    pub all: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveriesView {
    /// The deliveries, in the order in which they were given.
    pub deliveries: Vec<DeliveryView>,
}

/// One alert on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryView {
    /// Its number, by which it is retried.
    pub delivery_id: i64,
    /// The alert.
    pub alert_id: String,
    /// The endpoint.
    pub endpoint: String,
    /// Pending, delivered, failed and so on, as the database has it.
    pub state: DeliveryState,
    /// How often it was attempted.
    pub attempts: u32,
    /// When it is attempted again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// What it waits or waited for, if it was held back: `digest` or `snooze`.
    pub held_for: Option<HeldFor>,
    /// The digest that it is in.
    pub digest_id: Option<String>,
    /// What the alert says, in English.
    pub sentence: String,
    /// The same in the other languages.
    pub sentences: Sentences,
}

/// What a state of a delivery is called.
fn state_label(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "pending",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Dead => "dead",
        DeliveryState::Stopped => "stopped",
        DeliveryState::Held => "held",
        DeliveryState::Digested => "in a digest",
        DeliveryState::Acknowledged => "acknowledged",
    }
}

impl View for DeliveriesView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.deliveries.is_empty() {
            return writeln!(out, "No deliveries.");
        }
        let header = ["No.", "Endpoint", "State", "Tries", "Next"];
        let mut grid = Grid::new(&header, &[(1, 12)]).align_right(0).align_right(3);
        for delivery in &self.deliveries {
            grid.row(vec![
                delivery.delivery_id.to_string(),
                delivery.endpoint.clone(),
                state_label(delivery.state).to_owned(),
                delivery.attempts.to_string(),
                delivery.next_attempt_at.map(instant).unwrap_or_default(),
            ]);
            grid.through(2, delivery.sentences.or_english(&delivery.sentence, lang));
            if let Some(digest) = &delivery.digest_id {
                grid.through(2, format!("→ {digest}"));
            }
            if let Some(error) = &delivery.last_error {
                grid.through(2, format!("! {}", error));
            }
        }
        grid.print(out, width)
    }
}

/// What `deliveries retry` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RetriedView {
    /// How many deliveries will be sent again.
    pub retried: u64,
    /// Whether a daemon runs that sends them.
    #[serde(skip)]
    pub daemon_runs: bool,
}

impl View for RetriedView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let Self { retried, daemon_runs } = *self;
        if retried == 0 {
            let none = "No delivery to retry.";
            return paragraph(out, width, 0, 0, none);
        }
        let what = if retried == 1 { "delivery" } else { "deliveries" };
        let when = if daemon_runs { "within a minute" } else { "when the daemon runs" };
        let told = format!("{retried} {what} will be sent again {when}, under the same message id.");
        paragraph(out, width, 0, 0, &told)
    }
}

impl Context<'_> {
    pub(super) async fn deliveries(&self, args: &DeliveriesArgs, out: &mut dyn Write) -> Result<u8> {
        if let Some(DeliveriesAction::Retry(retry)) = &args.action {
            return self.retry(retry, out).await;
        }
        self.check_endpoint(args.endpoint.as_deref()).await?;
        let filter = DeliveryFilter {
            failed_only: args.failed,
            endpoint: args.endpoint.clone(),
            treaty: None,
            limit: args.limit,
        };
        let rows = self.store.deliveries(&filter).await?.into_iter();
        let view = |row: DeliveryRow| DeliveryView {
            delivery_id: row.delivery_id,
            alert_id: row.alert_id,
            endpoint: row.endpoint,
            state: row.state,
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            last_error: row.last_error,
            held_for: row.held_for,
            digest_id: row.digest_id,
            sentence: row.alert.sentence,
            sentences: row.alert.sentences,
        };
        self.show(&DeliveriesView { deliveries: rows.map(view).collect() }, out)
    }

    /// Refuses the name of an endpoint that is neither in the configuration nor one that something was raised for.
    async fn check_endpoint(&self, name: Option<&str>) -> Result<()> {
        let Some(name) = name else { return Ok(()) };
        let known = self.store.endpoints().await?;
        let known = known.iter().map(|row| row.name.as_str());
        let configured = self.config.endpoints.iter().map(|endpoint| endpoint.name.as_str());
        let names: BTreeSet<&str> = known.chain(configured).collect();
        ensure!(names.contains(name), NoSuch::among("endpoint", name, names.into_iter()));
        Ok(())
    }

    async fn retry(&self, args: &RetryArgs, out: &mut dyn Write) -> Result<u8> {
        let now = SystemClock.now();
        self.check_endpoint(args.endpoint.as_deref()).await?;
        let mut retried = 0;
        for id in &args.ids {
            if !self.store.retry_delivery(*id, now).await? {
                bail!(
                    "delivery {id} does not exist, has not failed, or is being sent; see: treatywatch deliveries --failed"
                );
            }
            retried += 1;
        }
        if args.all || args.endpoint.is_some() {
            retried += self.store.retry_failed(args.endpoint.as_deref(), now).await?;
        }
        let daemon_runs = matches!(Instance::holder(self.store.path()), Ok(Some(_)));
        self.show(&RetriedView { retried, daemon_runs }, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{json, printed};

    #[test]
    fn a_failure_is_shown_with_its_error() {
        let view = DeliveriesView {
            deliveries: vec![DeliveryView {
                delivery_id: 17,
                alert_id: "msg_1".to_owned(),
                endpoint: "desk".to_owned(),
                state: DeliveryState::Dead,
                attempts: 12,
                next_attempt_at: None,
                last_error: Some("the receiver answered 503".to_owned()),
                held_for: None,
                digest_id: None,
                sentence: "New START expired on 2026-02-05.".to_owned(),
                sentences: Sentences { zh: None, ru: Some("ДСНВ истёк.".to_owned()) },
            }],
        };
        assert!(printed(&view, Lang::En).contains("  ! the receiver answered 503"));
        assert_eq!(json(&view)["deliveries"][0]["delivery_id"], 17);
        let text = printed(&view, Lang::Ru);
        assert!(text.contains("dead") && text.contains("ДСНВ истёк."), "{text}");
        assert!(printed(&view, Lang::Zh).contains("New START expired on 2026-02-05. [en]"));
    }

    #[test]
    fn what_was_retried_is_counted() {
        let told = |retried, daemon_runs| printed(&RetriedView { retried, daemon_runs }, Lang::En);
        let one = "1 delivery will be sent again within a minute, under the same message id.\n";
        assert_eq!(told(1, true), one);
        let later = "2 deliveries will be sent again when the daemon runs, under the same message id.\n";
        assert_eq!(told(2, false), later);
        assert_eq!(told(0, true), "No delivery to retry.\n");
    }
}
