//! A database that is open in the process of the tests, and the jobs over it.

use std::ops::Deref;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use treatywatch::clock::ManualClock;
use treatywatch::config::DEFAULT_LEAD_DAYS;
use treatywatch::delivery::Courier;
use treatywatch::domain::seeds::Seeds;
use treatywatch::jobs::{self, CheckReport, CheckSettings, DeliverReport, Queue};
use treatywatch::store::{DeliveryRow, Ended, SeedReport, SourceHealth, Store};

use super::{ALL_DELIVERIES, TestEnv, at, day, embedded_source, noon, statement_seeds};

/// A database in a directory of its own, and what its checks go by: the usual leads, and no endpoint.
pub struct Tracker {
    env: TestEnv,
    pub store: Store,
    pub settings: CheckSettings,
}

impl Deref for Tracker {
    type Target = TestEnv;

    fn deref(&self) -> &TestEnv {
        &self.env
    }
}

impl Tracker {
    /// Without any facts.
    pub async fn empty() -> Self {
        Self::over(TestEnv::new()).await
    }

    /// With what the directory holds.
    pub async fn over(env: TestEnv) -> Self {
        let store = env.open_store().await;
        let settings = CheckSettings { leads: DEFAULT_LEAD_DAYS.to_vec(), routes: Vec::new() };
        Self { env, store, settings }
    }

    /// With the facts in the program.
    pub async fn open() -> Self {
        let tracker = Self::empty().await;
        jobs::seed(&tracker.store, embedded_source(), at("2019-01-01T00:00:00Z")).await.unwrap();
        tracker
    }

    /// With the instruments of the statement alone, where a test counts what is told of a day.
    pub async fn of_statement() -> Self {
        let tracker = Self::empty().await;
        tracker.seed(statement_seeds(), "statement").await;
        tracker
    }

    /// Closes the database, as the program does at its end.
    pub async fn close(&self) {
        self.store.clone().close().await;
    }

    pub async fn seed(&self, seeds: &Seeds, digest: &str) -> SeedReport {
        self.store.seed(seeds, digest, noon("2020-01-01")).await.unwrap()
    }

    /// A check of one day, at noon of it.
    pub async fn check(&self, today: &str) -> CheckReport {
        self.check_at(day(today), noon(today)).await
    }

    /// A check that can read every treaty.
    pub async fn sound_check(&self, today: &str) -> CheckReport {
        let report = self.check(today).await;
        assert!(report.set_aside.is_empty(), "{report:?}");
        report
    }

    pub async fn check_at(&self, today: NaiveDate, now: DateTime<Utc>) -> CheckReport {
        jobs::check(&self.store, &self.settings, today, now, false).await.unwrap()
    }

    /// Attempts what is due at an endpoint.
    pub async fn deliver(&self, queue: Queue<'_>, clock: &ManualClock) -> DeliverReport {
        let (sender, stop) = (Courier::new(), CancellationToken::new());
        jobs::deliver_due(&self.store, &sender, queue, &mut Ended::default(), clock, &stop).await.unwrap()
    }

    /// All deliveries, the latest first.
    pub async fn deliveries(&self) -> Vec<DeliveryRow> {
        self.store.deliveries(&ALL_DELIVERIES).await.unwrap()
    }

    /// What is known of its only source.
    pub async fn source(&self) -> SourceHealth {
        self.store.sources().await.unwrap().remove(0)
    }

    /// The rows of a query.
    pub async fn values(&self, sql: &str) -> Vec<Vec<Value>> {
        self.store.sql(sql, 100_000).await.unwrap().rows
    }

    /// The rows with their values written out: `a|b` and nothing for NULL.
    pub async fn text(&self, sql: &str) -> Vec<String> {
        let show = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let rows = self.values(sql).await;
        rows.iter().map(|row| row.iter().map(show).collect::<Vec<_>>().join("|")).collect()
    }
}
