//! What several tests share: a database with the seeds, and receivers on loopback.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::{DateTime, NaiveDate, Utc};
use secrecy::SecretSlice;
use tempfile::TempDir;
use treatywatch::alerts::Route;
use treatywatch::config::DEFAULT_LEAD_DAYS;
use treatywatch::delivery::Target;
use treatywatch::domain::alert::Severity;
use treatywatch::domain::day::parse_day;
use treatywatch::jobs::{self, CheckReport, CheckSettings, SeedSource, Targets};
use treatywatch::store::Store;

pub fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A database in a directory of its own, with the seeds.
pub struct Desk {
    pub dir: TempDir,
    pub store: Store,
    pub settings: CheckSettings,
}

impl Desk {
    pub async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("treatywatch.db")).await.unwrap();
        jobs::seed(&store, &SeedSource::embedded(), instant("2019-01-01T00:00:00Z")).await.unwrap().unwrap();
        let settings = CheckSettings { leads: DEFAULT_LEAD_DAYS.to_vec(), routes: Vec::new() };
        Self { dir, store, settings }
    }

    pub fn database(&self) -> PathBuf {
        self.dir.path().join("treatywatch.db")
    }

    /// A check of one day, at noon of it.
    pub async fn check(&self, today: &str) -> CheckReport {
        let now = instant(&format!("{today}T12:00:00Z"));
        jobs::check(&self.store, &self.settings, day(today), now, false).await.unwrap()
    }

    /// A check of every day after `from`, up to `to`: the day with what was told of `treaty`.
    pub async fn daily(&self, from: &str, to: &str, treaty: &str) -> Vec<String> {
        let mut told = Vec::new();
        for today in day(from).iter_days().skip(1).take_while(|today| *today <= day(to)) {
            let report = self.check(&today.to_string()).await;
            assert!(report.set_aside.is_empty(), "{report:?}");
            let of_treaty = report.alerts.iter().filter(|raised| raised.alert.treaty.as_str() == treaty);
            told.extend(of_treaty.map(|raised| {
                let lead = raised.alert.lead_days.map(|lead| format!(" {lead}")).unwrap_or_default();
                let late = if raised.alert.late { " late" } else { "" };
                format!("{today} {}{lead}{late}", raised.alert.kind)
            }));
        }
        told
    }

    /// Routes every alert to an endpoint of this name.
    pub fn route(&mut self, endpoint: &str) {
        self.settings.routes.push(Route {
            endpoint: endpoint.to_owned(),
            treaties: None,
            kinds: None,
            min_severity: Severity::Info,
            lead_days: None,
        });
    }
}

/// One message as a receiver got it.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub body: Bytes,
}

/// A receiver that keeps what it gets, and answers what it is told to.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Message>>>,
    answer: Arc<Mutex<StatusCode>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/alerts", listener.local_addr().unwrap()),
            received: Arc::default(),
            answer: Arc::new(Mutex::new(StatusCode::NO_CONTENT)),
        };
        let router = Router::new().route("/alerts", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub fn answer(&self, status: StatusCode) {
        *self.answer.lock().unwrap() = status;
    }

    pub fn received(&self) -> Vec<Message> {
        self.received.lock().unwrap().clone()
    }

    pub fn targets(&self, endpoint: &str) -> Targets {
        let target = Target {
            url: self.url.parse().unwrap(),
            keys: vec![SecretSlice::from(b"a key of thirty-two bytes, exact".to_vec())],
            timeout: std::time::Duration::from_secs(5),
        };
        Targets::from([(endpoint.to_owned(), target)])
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    receiver.received.lock().unwrap().push(Message { id, body });
    *receiver.answer.lock().unwrap()
}
