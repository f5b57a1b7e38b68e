//! What watching costs: 200 pages on hosts of their own, read for the first time, and again when none has changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use treatywatch::config::Config;
use treatywatch::domain::source::Policy;
use treatywatch::jobs::{Answer, SeedSource, SourcePoller, ask_due, put_sources};
use treatywatch::sources::{Fetcher, Limits, PageRules, Shape, Source};
use treatywatch::store::Store;

use super::{server, synthetic};

/// Each on an address of its own, 127.0.1.1 and so on: a host is asked one question at a time.
const PAGES: usize = 200;
const ROUNDS: usize = 5;
const TREATIES: usize = 10;
const ETAG_OF_ALL: &str = "\"first\"";

/// What the server has sent.
#[derive(Debug, Default)]
struct Sent {
    bodies: AtomicUsize,
    unchanged: AtomicUsize,
}

impl Sent {
    fn counts(&self) -> (usize, usize) {
        (self.bodies.load(Ordering::SeqCst), self.unchanged.load(Ordering::SeqCst))
    }
}

/// Prints what a first pass costs, and one without news.
pub async fn figures() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(&dir.path().join("sources.db")).await.expect("a new database");
    let mut now: DateTime<Utc> = "2026-02-05T12:00:00Z".parse().expect("an instant");
    store.seed(&synthetic::seeds(TREATIES), "synthetic", now).await.expect("seeds");
    let sent = Arc::new(Sent::default());
    let desk = desk(&sent);
    put_sources(&store, &desk.sources).await.expect("sources");
    let acts = store.totals().await.expect("totals").acts;

    let first = pass(&store, &desk, now, true).await;
    assert_eq!(sent.counts(), (PAGES, 0), "the first pass reads every page");
    let mut times = Vec::new();
    for round in 1..=ROUNDS {
        now += TimeDelta::hours(7);
        times.push(pass(&store, &desk, now, false).await);
        assert_eq!(sent.counts(), (PAGES, round * PAGES), "what has not changed is not sent again");
    }
    assert_eq!(store.totals().await.expect("totals").acts, acts, "no act is written");
    store.close().await;
    times.sort();
    let again = times[ROUNDS / 2];
    let ratio = again.as_secs_f64() / first.as_secs_f64();
    println!("ask {PAGES} pages for the first time: {first:.2?}");
    println!("ask {PAGES} pages that have not changed: {again:.2?}, no body, no act; ratio {ratio:.2}");
}

fn desk(sent: &Arc<Sent>) -> SourcePoller {
    let page = Arc::new(body());
    let sent = Arc::clone(sent);
    let answer = get(async move |headers: HeaderMap| answer(&headers, &sent, &page));
    let hosts = (1..=PAGES).map(|number| format!("127.0.1.{number}"));
    let addresses = server::start(hosts, Router::new().route("/status", answer));
    let source = |(number, address)| Source {
        name: format!("page-{number}"),
        shape: Shape::Page(PageRules::read(None, &[]).expect("no selector, no words")),
        treaty: None,
        url: format!("http://{address}/status").parse().expect("a URL"),
        policy: Policy::Review,
    };
    let limits = Limits { spacing: Duration::ZERO, ..Limits::default() };
    SourcePoller {
        sources: addresses.into_iter().enumerate().map(source).collect(),
        schedule: Config::default().schedule.sources,
        routes: Vec::new(),
        seeds: Arc::new(SeedSource::embedded()),
        fetcher: Fetcher::new("desk@example.org", limits, None).expect("a fetcher"),
    }
}

fn answer(headers: &HeaderMap, sent: &Sent, page: &str) -> Response {
    if headers.get(IF_NONE_MATCH).is_some_and(|etag| etag == ETAG_OF_ALL) {
        sent.unchanged.fetch_add(1, Ordering::SeqCst);
        return StatusCode::NOT_MODIFIED.into_response();
    }
    sent.bodies.fetch_add(1, Ordering::SeqCst);
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (ETAG, ETAG_OF_ALL)], page.to_owned()).into_response()
}

/// A table with a row for each state, as depositaries publish them.
fn body() -> String {
    let row = |number| format!("<tr><td>State {number}</td><td>5 Feb 2011</td><td>22 Jan 2021 a</td></tr>\n");
    let rows: String = (0..synthetic::STATES).map(row).collect();
    format!("<!doctype html>\n<title>Status</title>\n<main><table>\n{rows}</table></main>\n")
}

/// Asks all that is due, and checks what came of it.
async fn pass(store: &Store, desk: &SourcePoller, now: DateTime<Utc>, is_first: bool) -> Duration {
    let begun = Instant::now();
    let reports = ask_due(store, desk, now.date_naive(), now).await.expect("a pass");
    let took = begun.elapsed();
    let by_name: BTreeMap<&str, _> = reports.iter().map(|report| (report.source.as_str(), report)).collect();
    for source in &desk.sources {
        let report = by_name[source.name.as_str()];
        let answer = if is_first { Answer::First } else { Answer::Same };
        assert_eq!((&report.fault, report.answer), (&None, Some(answer)), "{report:?}");
        assert_eq!((report.recorded, report.opened, report.alerts.len()), (0, 0, 0), "{report:?}");
    }
    took
}
