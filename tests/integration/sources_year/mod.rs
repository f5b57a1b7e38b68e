//! A year in the life of two official sources: what changes in the world is told once, and what breaks
//! at the source is not taken for a change of the world.

mod doubts;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use treatywatch::config::Timetable;
use treatywatch::domain::act::{Act, ActKind};
use treatywatch::domain::alert_kind::AlertKind;
use treatywatch::domain::delivery::RaisedAlert;
use treatywatch::domain::id::{ActId, StateId};
use treatywatch::domain::reconcile::Finding;
use treatywatch::domain::source::{FindingState, Policy};
use treatywatch::jobs::{self, SeedSource, SourcePoller};
use treatywatch::sources::{Fetcher, Limits, Shape, Source};
use treatywatch::store::{Decision, Store};

use crate::env::{Tracker, at, day, embedded_source};

/// What the upstream does with a question.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Well,
    Maintenance,
    /// The body ends early, and the connection with it.
    CutOff,
    /// As many bytes as were promised, and not the whole page.
    Half,
    Bomb,
    /// Four in ten rows are missing.
    Short,
    Status(u16, Option<&'static str>),
    /// The beginning, and then nothing.
    Slow,
}

/// What the Treaty Collection has of a treaty, and the disarmament service as well.
#[derive(Debug, Clone)]
struct World {
    /// By name: the signature and the consent as they are printed.
    rows: BTreeMap<String, (String, String)>,
    /// Rows of the service alone.
    more: Vec<(String, &'static str, NaiveDate)>,
    notes: String,
    with_territories: bool,
    mood: Mood,
    asked: u64,
    /// Another treaty, which the service alone has.
    other: Option<Box<World>>,
}

type Upstream = Arc<Mutex<World>>;

fn printed(day: NaiveDate) -> String {
    day.format("%e %b\t %Y").to_string()
}

impl World {
    /// The rows in an order that differs each time.
    fn shuffled(&self) -> Vec<(&String, &(String, String))> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        let mut seed = self.asked.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        for at in (1..rows.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows.swap(at, usize::try_from(seed >> 33).unwrap() % (at + 1));
        }
        rows
    }

    /// What depositaries would publish of the record of a treaty.
    async fn of(store: &Store, treaty: &str) -> Self {
        let names = store.load_states().await.unwrap();
        let acts = store.load_treaty(&treaty.parse().unwrap()).await.unwrap().unwrap().acts;
        let mut world = Self {
            rows: BTreeMap::new(),
            more: Vec::new(),
            notes: "1. Note one.".to_owned(),
            with_territories: false,
            mood: Mood::Well,
            asked: 0,
            other: None,
        };
        let of_state = |state: StateId, is: &dyn Fn(ActKind) -> bool| {
            acts.iter().find(|act| act.state == Some(state) && is(act.kind))
        };
        for state in acts.iter().filter_map(|act| act.state) {
            let text = |act: Option<&Act>| act.map(|act| printed(act.day())).unwrap_or_default();
            let signature = text(of_state(state, &|kind| kind == ActKind::Signature));
            let consent = of_state(state, &ActKind::is_consent);
            let mark = match consent.map(|act| act.kind) {
                Some(ActKind::Accession) => " a",
                Some(ActKind::Succession) => " d",
                _ => "",
            };
            let mut printed_consent = format!("{}{mark}", text(consent));
            if let Some(revoked) = of_state(state, &|kind| kind == ActKind::RevocationOfRatification) {
                printed_consent = format!("[{printed_consent}]");
                world.more.push((names[&state].name.en.clone(), "WTW", revoked.day()));
            }
            world.rows.insert(names[&state].name.en.clone(), (signature, printed_consent));
        }
        world
    }

    fn xml(&self, part: f64) -> String {
        let stands = |text: &str| !text.is_empty() && !text.starts_with('[');
        let signed = self.rows.values().filter(|(signature, _)| stands(signature)).count();
        let parties = self.rows.values().filter(|(_, consent)| stands(consent)).count();
        let rows = self.shuffled();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of some rows")]
        let kept = (rows.len() as f64 * part) as usize;
        let territory = if self.with_territories { "<Entry>-</Entry>" } else { "" };
        let heading = if self.with_territories { "<Entry>Territorial scope</Entry>" } else { "" };
        let row = |(name, (signature, consent)): &(&String, &(String, String))| {
            format!(
                "<Row><Entry>{name}&lt;superscript&gt;3,4&lt;/superscript&gt;</Entry>{territory}<Entry>{signature}\
                 </Entry><Entry>{consent}</Entry></Row>"
            )
        };
        let rows: String = rows.iter().take(kept).map(row).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Treaties><Treaty><Header><ExternalData><Status><Signatories>\
             {signed}</Signatories><Parties>{parties}</Parties></Status></ExternalData></Header><Participants><Table>\
             <TGroup><Thead><Row><Entry>Participant</Entry>{heading}<Entry>Signature</Entry><Entry>Ratification, \
             Acceptance(A), Approval(AA), Accession(a), Succession(d)</Entry></Row></Thead><Tbody><Rows>{rows}</Rows>\
             </Tbody></TGroup></Table></Participants><EndNotes>{}</EndNotes></Treaty></Treaties>",
            self.notes
        )
    }

    /// The service knows no brackets: what was taken back is a row of its own.
    fn json(&self) -> String {
        let row = |name: &str, kind: &str, day: NaiveDate| {
            serde_json::json!({"date": format!("{day} 00:00:00"), "type": kind, "state": {"name": name},
                "depositary": {"short_name": "UNSG"}})
        };
        let mut rows = Vec::new();
        for (name, (signature, consent)) in self.shuffled() {
            for (text, kind) in [(signature, "SIG"), (consent, "RAT")] {
                let text = text.trim_matches(['[', ']']);
                let kind = match text.chars().last() {
                    Some('a') => "ACC",
                    Some('d') => "SUC",
                    _ => kind,
                };
                let words: Vec<&str> = text.split_whitespace().take(3).collect();
                if let Ok(day) = NaiveDate::parse_from_str(&words.join(" "), "%d %b %Y") {
                    rows.push(row(name, kind, day));
                }
            }
        }
        rows.extend(self.more.iter().map(|(name, kind, day)| row(name, kind, *day)));
        serde_json::json!({"data": {"treaty_": {"data": {"actions_": rows}}}}).to_string()
    }
}

async fn answer(State(upstream): State<Upstream>, Path(page): Path<String>, headers: HeaderMap) -> Response {
    let mut world = upstream.lock().unwrap();
    world.asked += 1;
    assert!(headers["user-agent"].to_str().unwrap().ends_with("(+desk@example.org)"));
    match page.as_str() {
        "service" => return world.json().into_response(),
        "other" => return world.other.as_ref().unwrap().json().into_response(),
        _ => {}
    }
    let xml = world.xml(1.0);
    match world.mood {
        Mood::Well => xml.into_response(),
        Mood::Maintenance => {
            "<html><body>The site is under urgent maintenance.</body></html>".into_response()
        }
        Mood::CutOff => {
            let half = xml[..xml.len() / 2].to_owned();
            let broken = stream::iter([Ok(half), Err(std::io::Error::other("cut off"))]);
            Response::new(Body::from_stream(broken))
        }
        Mood::Half => xml[..xml.len() / 2].to_owned().into_response(),
        Mood::Bomb => {
            let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
            bomb.write_all(xml.as_bytes()).unwrap();
            for _ in 0..64 {
                bomb.write_all(&[b' '; 1 << 20]).unwrap();
            }
            ([("content-encoding", "gzip")], bomb.finish().unwrap()).into_response()
        }
        Mood::Short => world.xml(0.6).into_response(),
        Mood::Status(code, wait) => {
            let status = StatusCode::from_u16(code).unwrap();
            match wait {
                Some(wait) => (status, [("retry-after", wait)], "no").into_response(),
                None => (status, "no").into_response(),
            }
        }
        Mood::Slow => {
            let start = stream::iter([Ok::<_, std::io::Error>(xml[..40].to_owned())]);
            let never = stream::once(std::future::pending());
            Response::new(Body::from_stream(futures_util::StreamExt::chain(start, never)))
        }
    }
}

/// The tracker, its two sources, and what it has told.
struct Simulation {
    tracker: Tracker,
    upstream: Upstream,
    sources: SourcePoller,
    now: DateTime<Utc>,
    checked: NaiveDate,
    told: Vec<String>,
}

const HOUR: TimeDelta = TimeDelta::hours(1);

impl Deref for Simulation {
    type Target = Tracker;

    fn deref(&self) -> &Tracker {
        &self.tracker
    }
}

impl Simulation {
    async fn open() -> Self {
        let tracker = Tracker::empty().await;
        let now = at("2026-09-01T00:30:00Z");
        jobs::seed(&tracker.store, embedded_source(), now).await.unwrap();
        let mut world = World::of(&tracker.store, "ctbt").await;
        world.other = Some(Box::new(World::of(&tracker.store, "cwc").await));
        let upstream = Arc::new(Mutex::new(world));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/{page}", any(answer)).with_state(Arc::clone(&upstream));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let source = |name: &str, shape, url: String, policy| Source {
            name: name.to_owned(),
            shape,
            treaty: "ctbt".parse().ok(),
            url: url.parse().unwrap(),
            policy,
        };
        let untc = Shape::Untc { fallback: None };
        let unoda = Shape::Unoda { code: "ctbt".to_owned() };
        // What speaks plain HTTP where TLS is expected.
        let tls = source("no-tls", untc.clone(), format!("https://{address}/xml"), Policy::Auto);
        let other = Shape::Unoda { code: "cwc".to_owned() };
        // The service is another host, as it is: who asks to be left alone speaks for one of them.
        let service = format!("http://localhost:{}", address.port());
        let other = source("other", other, format!("{service}/other"), Policy::Review);
        let sources = vec![
            Source { treaty: "cwc".parse().ok(), ..other },
            source("collection", untc, format!("http://{address}/xml"), Policy::Auto),
            source("service", unoda, format!("{service}/service"), Policy::Review),
            tls,
        ];
        let limits = Limits {
            spacing: Duration::ZERO,
            timeout: Duration::from_secs(20),
            silence: Duration::from_millis(500),
            size_max_bytes: 1 << 20,
        };
        jobs::put_sources(&tracker.store, &sources).await.unwrap();
        let sources = SourcePoller {
            sources,
            schedule: Timetable { pattern: "0 0 */6 * * *".parse().unwrap(), zone: Tz::UTC },
            routes: Vec::new(),
            seeds: Arc::new(SeedSource::embedded()),
            fetcher: Fetcher::new("desk@example.org", limits, None).unwrap(),
        };
        let checked = now.date_naive();
        tracker.check_at(checked, now).await;
        Self { tracker, upstream, sources, now, checked, told: Vec::new() }
    }

    fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.upstream.lock().unwrap());
    }

    /// Lets so many hours pass, by steps of six; what is due is asked, and acts are told.
    async fn pass(&mut self, hours: i32) {
        self.pass_until(self.now + HOUR * hours, HOUR * 6).await;
    }

    async fn pass_until(&mut self, end: DateTime<Utc>, step: TimeDelta) {
        while self.now < end {
            self.now = (self.now + step).min(end);
            let today = self.now.date_naive();
            let reports = jobs::ask_due(&self.store, &self.sources, today, self.now).await.unwrap();
            let recorded = reports.iter().any(|report| 0 < report.recorded);
            for report in reports {
                self.keep(report.alerts);
            }
            if recorded || self.checked < today {
                self.checked = today;
                let report = self.check_at(today, self.now).await;
                assert!(report.set_aside.is_empty(), "{report:?}");
                self.keep(report.alerts);
            }
        }
    }

    /// What the sources gave cause for: not what the calendar brings.
    fn keep(&mut self, alerts: Vec<RaisedAlert>) {
        let by_calendar = [AlertKind::FactsStale, AlertKind::DateApproaching, AlertKind::DateReached];
        for RaisedAlert { alert, .. } in alerts {
            let of_others = alert.treaty.as_ref().is_some_and(|it| !["ctbt", "cwc"].contains(&it.as_str()));
            if of_others || by_calendar.contains(&alert.kind) && alert.state.is_none() {
                continue;
            }
            self.told.push(format!("{} {}: {}", self.now.format("%F %H:%M"), alert.kind, alert.sentence));
        }
    }

    async fn open_findings(&self) -> Vec<String> {
        let open = self.store.findings(Some(FindingState::Open)).await.unwrap();
        open.iter().map(|row| format!("{} {}", row.source, row.finding.key())).collect()
    }

    /// Fails with all that was told, where findings wait.
    async fn nothing_is_open(&self) {
        let open = self.open_findings().await;
        assert!(open.is_empty(), "{open:#?}\n{}", self.told.join("\n"));
    }

    async fn accept(&self, is: impl Fn(&Finding) -> bool, state: Option<&str>) {
        let open = self.store.findings(Some(FindingState::Open)).await.unwrap();
        let row = open
            .iter()
            .find(|row| is(&row.finding))
            .unwrap_or_else(|| panic!("{open:?}\n{}", self.told.join("\n")));
        let decision = Decision { by: "analyst", note: None, at: self.now };
        let state = state.map(|state| state.parse().unwrap());
        jobs::accept(&self.store, row, state, decision, self.now.date_naive()).await.unwrap();
    }

    async fn acts_of(&self, state: &str) -> Vec<ActId> {
        let file = self.store.load_treaty(&"ctbt".parse().unwrap()).await.unwrap().unwrap();
        let state: StateId = state.parse().unwrap();
        file.acts.into_iter().filter(|act| act.state == Some(state)).map(|act| act.id).collect()
    }
}

#[tokio::test]
async fn a_year_is_told_as_a_careful_human_would() {
    let mut env = Simulation::open().await;
    const DAY: i32 = 24;
    // Weeks in which only the order of the rows changes, and one source that nobody can read.
    env.pass(9 * DAY).await;
    env.nothing_is_open().await;

    // A new ratification.
    env.change(|world| world.rows.get_mut("Nepal").unwrap().1 = printed(day("2026-09-08")));
    env.pass(10 * DAY).await;

    // It is taken back: brackets at one, a row at the other, and a person accepts that row.
    env.change(|world| {
        world.rows.get_mut("Nepal").unwrap().1 = format!("[{}]", printed(day("2026-09-08")));
        world.more.push(("Nepal".to_owned(), "WTW", day("2026-09-18")));
    });
    env.pass(2 * DAY).await;
    env.accept(|it| matches!(it, Finding::New { .. }), None).await;
    env.pass(DAY).await;
    env.nothing_is_open().await;

    // A date in the future, mended three hours later; the schedule sees it once.
    env.change(|world| world.rows.get_mut("Egypt").unwrap().1 = printed(day("2028-01-15")));
    env.pass(6).await;
    env.change(|world| world.rows.get_mut("Egypt").unwrap().1 = printed(day("2026-09-22")));
    env.pass(3 * DAY).await;
    // A date in the past, mended within the day.
    env.change(|world| world.rows.get_mut("Yemen").unwrap().1 = printed(day("2026-09-12")));
    env.pass(12).await;
    env.change(|world| world.rows.get_mut("Yemen").unwrap().1 = printed(day("2026-09-21")));
    env.pass(3 * DAY).await;

    // A state is spelled otherwise, at both, for months; a person says who it is.
    env.change(|world| {
        let row = world.rows.remove("Tonga").unwrap();
        world.rows.insert("Tonga (Kingdom of)".to_owned(), row);
    });
    env.pass(5 * DAY).await;
    env.accept(|it| matches!(it, Finding::UnknownState { .. }), Some("TON")).await;
    env.pass(20 * DAY).await;
    env.nothing_is_open().await;

    // A column comes in between.
    env.change(|world| world.with_territories = true);
    env.pass(20 * DAY).await;

    // A note changes: a withdrawal may hide there. It is read, and the notice is recorded by hand.
    env.change(|world| world.notes.push_str(" 2. A communication was received on 12 November 2026."));
    env.pass(2 * DAY).await;
    env.accept(|it| matches!(it, Finding::Notes { .. }), None).await;

    // The service lists a withdrawal from a treaty in force, which takes effect ninety days later.
    env.change(|world| {
        world.other.as_mut().unwrap().more.push(("Samoa".to_owned(), "WTW", day("2026-11-14")));
    });
    env.pass(2 * DAY).await;
    env.accept(|it| matches!(it, Finding::New { .. }), None).await;
    env.pass(DAY).await;

    // Each of these once, with good days between: nothing to tell.
    let moods = [
        Mood::Maintenance,
        Mood::CutOff,
        Mood::Half,
        Mood::Bomb,
        Mood::Short,
        Mood::Status(404, None),
        Mood::Status(410, None),
        Mood::Status(500, None),
        Mood::Slow,
    ];
    for mood in moods {
        env.change(|world| world.mood = mood);
        env.pass(6).await;
        let health = env.store.sources().await.unwrap();
        let collection = health.iter().find(|it| it.row.name == "collection").unwrap();
        assert_eq!(collection.state.failures, 1, "{mood:?}");
        assert!(collection.state.seen.is_some(), "the last good answer stands");
        env.change(|world| world.mood = Mood::Well);
        env.pass(DAY).await;
    }
    // One after the other, for days: told once, and once that it is over.
    for mood in moods {
        env.change(|world| world.mood = mood);
        env.pass(6).await;
    }
    env.change(|world| world.mood = Mood::Well);
    env.pass(3 * DAY).await;

    // It asks for two days of peace, and gets the one that a server may have.
    env.change(|world| world.mood = Mood::Status(429, Some("172800")));
    env.pass(7).await;
    env.change(|world| world.mood = Mood::Well);
    let before = env.upstream.lock().unwrap().asked;
    env.pass(16).await;
    let service_alone = env.upstream.lock().unwrap().asked - before;
    assert!((4..=6).contains(&service_alone), "{service_alone}: the other sources go on");
    env.pass(24).await;
    let all = env.upstream.lock().unwrap().asked - before - service_alone;
    assert!((10..=13).contains(&all), "{all}: it is asked again");
    env.pass(3 * DAY).await;

    // The rest of the year: nothing happens, in ever another order.
    env.pass_until(at("2027-09-01T00:30:00Z"), HOUR * 24).await;
    env.nothing_is_open().await;
    assert_eq!(env.acts_of("YEM").await.last().unwrap().as_str(), "ctbt/YEM/ratification/2026-09-21");
    insta::assert_snapshot!("year", env.told.join("\n"));
}
