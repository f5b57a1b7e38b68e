//! `endpoints`: who is told, and a message to test one.

use std::io::{self, Write};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::alerts::{find_alert, instant};
use super::context::Context;
use super::exit;
use super::layout::Grid;
use super::output::View;
use crate::alerts::{message_id, test_alert};
use crate::answers::lookup::NoSuch;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Endpoint};
use crate::delivery::{Courier, Preview, Sender as _, sample};
use crate::domain::delivery::{Claim, Outcome, RaisedAlert};
use crate::domain::lang::Lang;
use crate::health::{Unreached, unreached};
use crate::jobs;
use crate::store::EndpointRow;

/// `endpoints`
#[derive(Debug, Clone, Args)]
pub struct EndpointsArgs {
    /// An action; without one, they are listed.
    #[command(subcommand)]
    pub action: Option<EndpointsAction>,
}

/// What can be done with endpoints.
#[derive(Debug, Clone, Subcommand)]
pub enum EndpointsAction {
    /// Send a test message and show the response
    Test {
        /// Name of the endpoint in the configuration
        name: String,
    },
    /// Print a message as it would be sent, and send nothing
    Preview {
        /// Name of the endpoint in the configuration
        name: String,
        /// Id of a raised alert to show instead of a sample
        #[arg(long, value_name = "ID")]
        alert: Option<String>,
        /// Show the whole URL and the header values, which may contain secrets
        #[arg(long)]
        reveal: bool,
    },
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointsView {
    /// The endpoints, in the order of the configuration.
    pub endpoints: Vec<EndpointView>,
}

/// One endpoint, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointView {
    /// Its name.
    pub name: String,
    /// Scheme, host and port; the path may hold a token.
    pub origin: String,
    /// What it is sent.
    pub format: String,
    /// In which language, where people read it.
    pub language: String,
    /// The treaties it wants; none for all.
    pub treaties: Option<Vec<String>>,
    /// The kinds it wants; none for all.
    pub kinds: Option<Vec<String>>,
    /// The least severity it wants.
    pub min_severity: String,
    /// How many days before a date it is told.
    pub lead_days: Vec<u32>,
    /// When it gets digests, if it does.
    pub digest: Option<String>,
    /// When it gets reports, if it does.
    pub report: Option<String>,
    /// Why nothing is sent to it any more: it answered 410.
    pub stopped: Option<String>,
    /// Since when it fails: it is stopped, or a delivery to it became a dead letter.
    pub failing_since: Option<DateTime<Utc>>,
    /// Since when nothing arrives there, though nothing has been given up yet.
    pub unreached_since: Option<DateTime<Utc>>,
    /// What went wrong in the last attempt, where nothing arrives.
    pub unreached_error: Option<String>,
    /// Until when nothing is sent to it, because it asked for a pause.
    pub paused_until: Option<DateTime<Utc>>,
}

/// The endpoints of the configuration, and what the database knows of them.
pub fn endpoints(
    config: &Config,
    known: &[EndpointRow],
    unreached: &[Unreached],
    now: DateTime<Utc>,
) -> EndpointsView {
    fn words<T: ToString>(list: impl IntoIterator<Item = T>) -> Vec<String> {
        list.into_iter().map(|item| item.to_string()).collect()
    }
    let row = |endpoint: &Endpoint| known.iter().find(|row| row.name == endpoint.name);
    let waits = |endpoint: &Endpoint| unreached.iter().find(|it| it.endpoint == endpoint.name);
    let view = |endpoint: &Endpoint| EndpointView {
        name: endpoint.name.clone(),
        origin: endpoint.target.place(),
        format: endpoint.target.format().to_string(),
        language: endpoint.target.language.as_str().to_owned(),
        treaties: endpoint.treaties.as_ref().map(words),
        kinds: endpoint.kinds.as_ref().map(words),
        min_severity: endpoint.min_severity.to_string(),
        lead_days: endpoint.lead_days.clone().unwrap_or_else(|| config.lead_days.clone()),
        digest: endpoint.digest.as_ref().map(ToString::to_string),
        report: endpoint.report.as_ref().map(ToString::to_string),
        stopped: row(endpoint).and_then(|row| row.stopped_reason.clone()),
        failing_since: row(endpoint).and_then(|row| row.failing_since),
        unreached_since: waits(endpoint).map(|it| it.since),
        unreached_error: waits(endpoint).map(|it| it.error.clone()),
        paused_until: row(endpoint).and_then(|row| row.slowed_until).filter(|until| *until > now),
    };
    EndpointsView { endpoints: config.endpoints.iter().map(view).collect() }
}

impl View for EndpointsView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.endpoints.is_empty() {
            let none = "No endpoint is configured: alerts go to the log and to the view alert_log.";
            return writeln!(out, "{none}");
        }
        let header = ["Endpoint", "Where", "From severity"];
        let all = "all";
        let mut grid = Grid::new(&header, &[(0, 10), (1, 20)]);
        for endpoint in &self.endpoints {
            grid.row(vec![endpoint.name.clone(), endpoint.origin.clone(), endpoint.min_severity.clone()]);
            let list =
                |items: &Option<Vec<String>>| items.as_ref().map_or(all.to_owned(), |items| items.join(" "));
            let leads = endpoint.lead_days.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
            if let Some(reason) = &endpoint.stopped {
                grid.through(2, format!("! stopped: {reason}"));
            }
            if let Some(since) = endpoint.failing_since {
                grid.through(2, format!("! failing since {}", instant(since)));
            }
            if let (Some(since), Some(error)) = (endpoint.unreached_since, &endpoint.unreached_error) {
                let nothing = "nothing arrives since";
                let (since, error) = (instant(since), error);
                grid.through(2, format!("! {nothing} {since}: {error}"));
            }
            if let Some(until) = endpoint.paused_until {
                let paused = "paused until";
                grid.through(2, format!("! {paused} {}", instant(until)));
            }
            let format = format!("{} ({})", endpoint.format, endpoint.language);
            for (what, text) in [
                ("format", format),
                ("treaties", list(&endpoint.treaties)),
                ("kinds", list(&endpoint.kinds)),
                ("days before", leads),
            ] {
                grid.through(2, format!("{what}: {text}"));
            }
            for (what, when) in [("digest", &endpoint.digest), ("report", &endpoint.report)] {
                if let Some(when) = when {
                    grid.through(2, format!("{what}: {when}"));
                }
            }
        }
        grid.print(out, width)
    }
}

/// What became of a test message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestView {
    /// The endpoint.
    pub endpoint: String,
    /// The id that it was sent under.
    pub alert_id: String,
    /// Whether the receiver accepted it.
    pub delivered: bool,
    /// What went wrong.
    pub error: Option<String>,
}

impl View for TestView {
    fn print(&self, _lang: Lang, _width: usize, out: &mut dyn Write) -> io::Result<()> {
        let Self { endpoint, alert_id, error, .. } = self;
        match error {
            None => writeln!(out, "{endpoint} accepted the test message {alert_id}."),
            Some(error) => writeln!(out, "{endpoint} did not accept the test message {alert_id}: {error}"),
        }
    }
}

/// A message as it would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewView {
    /// The endpoint.
    pub endpoint: String,
    /// What would be done with it, and where.
    pub how: String,
    /// Its headers, in order.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub body: String,
}

impl PreviewView {
    /// The view of a message to an endpoint.
    pub fn of(endpoint: &str, preview: Preview) -> Self {
        let Preview { how, headers, body } = preview;
        Self { endpoint: endpoint.to_owned(), how, headers, body }
    }
}

impl View for PreviewView {
    /// As it goes over the wire: in no language, and not wrapped.
    fn print(&self, _lang: Lang, _width: usize, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.how)?;
        for (name, value) in &self.headers {
            writeln!(out, "{name}: {value}")?;
        }
        writeln!(out, "\n{}", self.body)
    }
}

impl Context<'_> {
    pub(super) async fn endpoints(&self, args: EndpointsArgs, out: &mut dyn Write) -> Result<u8> {
        match args.action {
            None => {
                let now = SystemClock.now();
                let (known, unreached) = (self.store.endpoints().await?, unreached(&self.store, now).await?);
                self.show(&endpoints(&self.config, &known, &unreached, now), out)
            }
            Some(EndpointsAction::Test { name }) => self.test_endpoint(&name, out).await,
            Some(EndpointsAction::Preview { name, alert, reveal }) => {
                self.preview(&name, alert.as_deref(), reveal, out).await
            }
        }
    }

    async fn test_endpoint(&self, name: &str, out: &mut dyn Write) -> Result<u8> {
        let targets = jobs::targets(&self.config);
        let Some(target) = targets.get(name) else {
            bail!(NoSuch::among("endpoint", name, targets.keys().map(String::as_str)));
        };
        let now = SystemClock.now();
        // A test is no event of the database: each has an id of its own.
        let key = format!("test|{name}|{}", uuid::Uuid::new_v4());
        let id = message_id(&self.store.watch().await?.database_id, &key);
        let alert = test_alert("test".parse().context("the name of a test")?, self.today, key);
        let raised = RaisedAlert { id: id.clone(), raised_at: now, test: true, alert };
        let claim = Claim { delivery_id: 0, endpoint: name.to_owned(), attempt: 1, failures: 0, raised };
        let error = match Courier::new().send(&claim, target, now).await {
            Outcome::Delivered => None,
            Outcome::Failed { error, .. } | Outcome::Busy { error, .. } => Some(error),
            Outcome::Gone => Some("answered 410: the endpoint is stopped".to_owned()),
        };
        let delivered = error.is_none();
        self.show(&TestView { endpoint: name.to_owned(), alert_id: id, delivered, error }, out)?;
        Ok(if delivered { exit::FINE } else { exit::FAILED })
    }

    async fn preview(
        &self,
        name: &str,
        alert: Option<&str>,
        reveal: bool,
        out: &mut dyn Write,
    ) -> Result<u8> {
        let targets = jobs::targets(&self.config);
        let Some(target) = targets.get(name) else {
            bail!(NoSuch::among("endpoint", name, targets.keys().map(String::as_str)));
        };
        let raised = match alert {
            None => sample::approaching(),
            Some(id) => find_alert(&self.store, id).await?,
        };
        let preview = target.preview(&raised, SystemClock.now(), reveal)?;
        self.show(&PreviewView::of(name, preview), out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{json, printed};

    fn row(slowed_until: &str) -> EndpointRow {
        let slowed_until = slowed_until.parse().ok();
        EndpointRow { name: "desk".to_owned(), stopped_reason: None, slowed_until, failing_since: None }
    }

    #[test]
    fn an_endpoint_is_shown_with_its_format_and_its_pause_and_without_its_token() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("treatywatch.toml");
        let text = "language = 'zh'\n[[endpoint]]\nname = 'desk'\nformat = 'slack'\nurl = 'https://hooks.example.org/token'\n";
        std::fs::write(&path, text).unwrap();
        let config = Config::load_without_secrets(Some(&path)).unwrap();
        let now = "2026-02-05T12:00:00Z".parse().unwrap();
        let view = endpoints(&config, &[row("2026-02-05T12:05:00Z")], &[], now);
        let text = printed(&view, Lang::En);
        assert!(
            text.contains("format: slack (zh)") && text.contains("! paused until 2026-02-05 12:05Z"),
            "{text}"
        );
        assert!(!text.contains("token"), "{text}");
        assert_eq!(json(&view)["endpoints"][0]["format"], "slack");
        // A pause that is over is none.
        let view = endpoints(&config, &[row("2026-02-05T12:00:00Z")], &[], now);
        assert_eq!(view.endpoints[0].paused_until, None);
        let unreached = Unreached {
            endpoint: "desk".to_owned(),
            since: "2026-02-05T09:00:00Z".parse().unwrap(),
            failures: 7,
            error: "answered 500".to_owned(),
        };
        let view = endpoints(&config, &[], &[unreached], now);
        let text = printed(&view, Lang::En);
        assert!(text.contains("! nothing arrives since 2026-02-05 09:00Z: answered 500"), "{text}");
        assert_eq!(json(&view)["endpoints"][0]["unreached_since"], "2026-02-05T09:00:00Z");
    }
}
