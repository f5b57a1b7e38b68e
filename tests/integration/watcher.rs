//! Who watches the watcher: endpoints that fail, health, the self-check, and faults of the disk.

use std::ops::Deref;

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Connection as _;
use treatywatch::alerts::Route;
use treatywatch::clock::{Clock, ManualClock};
use treatywatch::domain::alert_kind::{AlertKind, Severity};
use treatywatch::domain::delivery::RaisedAlert;
use treatywatch::domain::source::{Policy, SourceKind, SourceState, Variation};
use treatywatch::health::{judge, unreached};
use treatywatch::jobs::{self, CheckSettings, DeliverReport, Queue};
use treatywatch::store::{AlertFilter, DeliveryState, RunOutcome, SourceRow};

use crate::env::{ALL_ALERTS, Receiver, TestEnv, Tracker, at, day, statement_seeds};

/// A tracker since the end of 2025, and two receivers that want everything.
struct TwoReceivers {
    tracker: Tracker,
    clock: ManualClock,
    first: Receiver,
    second: Receiver,
}

impl Deref for TwoReceivers {
    type Target = Tracker;

    fn deref(&self) -> &Tracker {
        &self.tracker
    }
}

impl TwoReceivers {
    async fn open() -> Self {
        let mut tracker = Tracker::empty().await;
        let clock = ManualClock::new(at("2025-12-31T12:00:00Z"));
        tracker.store.seed(statement_seeds(), "seeds", clock.now()).await.unwrap();
        tracker.settings = CheckSettings {
            leads: vec![1],
            routes: vec![Route::of_everything("first"), Route::of_everything("second")],
        };
        let (first, second) = (Receiver::start().await, Receiver::start().await);
        let env = Self { tracker, clock, first, second };
        env.check("2025-12-31T12:00:00Z").await;
        env
    }

    /// Runs a check and records it as the daemon does.
    async fn check(&self, now: &str) {
        let now = at(now);
        self.clock.set(now);
        let run = self.store.begin_run("check", now, now).await.unwrap().unwrap();
        self.check_at(now.date_naive(), now).await;
        self.store.finish_run(run, RunOutcome::Ok, &serde_json::Value::Null, None, now).await.unwrap();
        self.store.set_next_run("check", Some(now + TimeDelta::hours(24))).await.unwrap();
    }

    async fn deliver(&self, endpoint: &str) -> DeliverReport {
        let target = if endpoint == "first" { &self.first } else { &self.second }.target(1);
        let queue = Queue { endpoint, target: &target, routes: &self.settings.routes };
        self.tracker.deliver(queue, &self.clock).await
    }

    async fn alerts(&self, kind: AlertKind) -> Vec<RaisedAlert> {
        self.store.alerts(&AlertFilter { kind: Some(kind), ..ALL_ALERTS }).await.unwrap()
    }

    /// To whom an alert goes, and what has become of that.
    async fn deliveries_of(&self, id: &str) -> Vec<(String, DeliveryState)> {
        let rows = self.deliveries().await;
        let mut rows: Vec<_> =
            rows.into_iter().filter(|row| row.alert_id == id).map(|row| (row.endpoint, row.state)).collect();
        rows.sort();
        rows
    }

    async fn health(&self) -> treatywatch::health::HealthReport {
        let endpoints: Vec<String> =
            self.settings.routes.iter().map(|route| route.endpoint.clone()).collect();
        judge(&self.store, &endpoints, self.clock.now()).await.unwrap()
    }
}

#[tokio::test]
async fn a_stopped_endpoint_is_told_to_the_others_once_and_never_to_itself() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    env.first.answer(StatusCode::GONE);
    let report = env.deliver("first").await;
    assert_eq!((report.stopped, report.alerts.len()), (1, 1));
    let told = env.alerts(AlertKind::EndpointFailing).await;
    let [failing] = told.as_slice() else { panic!("{told:#?}") };
    assert_eq!((failing.alert.about.as_deref(), &failing.alert.treaty), (Some("first"), &None));
    assert_eq!(failing.alert.severity, Severity::Warning);
    assert!(failing.alert.sentence.contains("first is stopped: the receiver answered 410"), "{failing:?}");
    let second = vec![("second".to_owned(), DeliveryState::Pending)];
    assert_eq!(env.deliveries_of(&failing.id).await, second);
    env.deliver("second").await;
    assert!(env.second.received().iter().any(|message| message.id == failing.id));
    // What comes later for it is no news.
    env.check("2026-11-16T00:05:00Z").await;
    env.deliver("first").await;
    assert_eq!(env.alerts(AlertKind::EndpointFailing).await.len(), 1);

    // It is retried, and fails again: that is another time.
    env.store.retry_failed(Some("first"), env.clock.now()).await.unwrap();
    assert!(env.store.endpoints().await.unwrap().iter().all(|row| row.failing_since.is_none()));
    env.deliver("first").await;
    assert_eq!(env.alerts(AlertKind::EndpointFailing).await.len(), 2);
}

#[tokio::test]
async fn a_dead_letter_is_told_once_until_the_endpoint_delivers_again() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    env.check("2026-11-16T00:05:00Z").await;
    env.first.answer(StatusCode::INTERNAL_SERVER_ERROR);
    let mut dead = 0;
    while dead == 0 {
        dead = env.deliver("first").await.dead;
        env.clock.set(env.clock.now() + TimeDelta::hours(13));
    }
    assert!(1 < dead, "several messages were given up together");
    let told = env.alerts(AlertKind::EndpointFailing).await;
    let [failing] = told.as_slice() else { panic!("{told:#?}") };
    assert!(
        failing.alert.sentence.contains("was not delivered after repeated attempts: answered 500"),
        "{failing:?}"
    );
    let second = vec![("second".to_owned(), DeliveryState::Pending)];
    assert_eq!(env.deliveries_of(&failing.id).await, second);
    let health = env.health().await;
    let warned = health.warnings.iter().any(|warning| warning.what == "first" && warning.since.is_some());
    assert!(warned, "{health:#?}");

    env.first.answer(StatusCode::NO_CONTENT);
    env.check("2027-02-05T00:05:00Z").await;
    assert!(0 < env.deliver("first").await.delivered);
    assert!(env.store.endpoints().await.unwrap().iter().all(|row| row.failing_since.is_none()));
    assert_eq!(env.health().await.warnings, []);
}

#[tokio::test]
async fn two_endpoints_that_fail_do_not_tell_of_each_other_for_ever() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    for receiver in [&env.first, &env.second] {
        receiver.answer(StatusCode::INTERNAL_SERVER_ERROR);
    }
    for _ in 0..30 {
        env.deliver("first").await;
        env.deliver("second").await;
        env.clock.set(env.clock.now() + TimeDelta::hours(13));
    }
    assert_eq!(env.alerts(AlertKind::EndpointFailing).await.len(), 2, "one for each");
    let health = env.health().await;
    let problems: Vec<&str> = health.problems.iter().map(|problem| problem.what.as_str()).collect();
    assert!(problems.contains(&"first") && problems.contains(&"second"), "nobody is told: {health:#?}");
}

/// Attempts what is due at endpoints when it is due, up to an instant.
async fn attempts(env: &TwoReceivers, endpoints: &[&str], until: DateTime<Utc>) {
    loop {
        let mut next: Option<(DateTime<Utc>, &str)> = None;
        for endpoint in endpoints {
            let at = env.store.next_delivery_at(endpoint).await.unwrap().map(|at| (at, *endpoint));
            next = next.into_iter().chain(at).min();
        }
        let Some((at, endpoint)) = next.filter(|(at, _)| *at <= until) else { break };
        env.clock.set(at.max(env.clock.now()));
        env.deliver(endpoint).await;
    }
    env.clock.set(until);
}

#[tokio::test]
async fn an_endpoint_at_which_nothing_arrives_is_named_long_before_anything_is_given_up() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    env.first.answer(StatusCode::INTERNAL_SERVER_ERROR);
    let began = env.clock.now();
    // Two failures may be a receiver that is started anew.
    attempts(&env, &["first"], began + TimeDelta::seconds(20)).await;
    assert_eq!(unreached(&env.store, env.clock.now()).await.unwrap(), []);
    attempts(&env, &["first"], began + TimeDelta::seconds(60)).await;
    let found = unreached(&env.store, env.clock.now()).await.unwrap();
    let [first] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((first.endpoint.as_str(), first.since, first.failures), ("first", began, 3));
    let health = env.health().await;
    let warned: Vec<_> = health.warnings.iter().map(|it| (it.what.as_str(), it.since)).collect();
    assert_eq!((health.is_well(), warned), (true, vec![("first", Some(began))]), "{health:#?}");
    assert_eq!(health.warnings[0].error, "nothing arrives, 3 attempts have failed: answered 500");

    // As long as the other works, somebody is told; but not once that fails for some minutes too.
    env.second.answer(StatusCode::INTERNAL_SERVER_ERROR);
    attempts(&env, &["first", "second"], began + TimeDelta::minutes(10)).await;
    let health = env.health().await;
    assert_eq!((health.problems.len(), health.warnings.len()), (0, 2), "{health:#?}");
    attempts(&env, &["first", "second"], began + TimeDelta::minutes(17)).await;
    let health = env.health().await;
    assert_eq!((health.problems.len(), health.warnings.len()), (2, 0), "{health:#?}");
    assert_eq!(env.alerts(AlertKind::EndpointFailing).await.len(), 0, "people are told when it is given up");

    // What is retried by hand is given its time.
    env.second.answer(StatusCode::NO_CONTENT);
    env.store.retry_failed(None, env.clock.now()).await.unwrap();
    let health = env.health().await;
    assert_eq!((health.problems, health.warnings), (vec![], vec![]));
    env.deliver("second").await;
    attempts(&env, &["first"], env.clock.now() + TimeDelta::minutes(1)).await;
    let named = env.health().await.warnings;
    assert_eq!(named.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["first"]);
}

#[tokio::test]
async fn an_endpoint_that_refuses_one_message_and_takes_others_is_not_named() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    let now = env.clock.now();
    env.first.answer(StatusCode::BAD_REQUEST);
    attempts(&env, &["first"], now + TimeDelta::hours(5)).await;
    assert_eq!(env.health().await.warnings.len(), 1);
    // Another one arrives, and the first goes on waiting.
    env.first.answer(StatusCode::NO_CONTENT);
    env.check("2026-11-16T00:05:00Z").await;
    let mut other = env.connect().await;
    let later = "update _delivery set next_attempt_at = '2026-11-16T06:00:00Z' where failures > 0";
    sqlx::query(later).execute(&mut other).await.unwrap();
    assert!(0 < env.deliver("first").await.delivered);
    let waits = env.store.stuck_deliveries(3).await.unwrap();
    assert_eq!(waits.len(), 1, "{waits:#?}");
    assert_eq!(unreached(&env.store, env.clock.now()).await.unwrap(), []);
}

#[tokio::test]
async fn a_source_that_has_failed_as_often_as_people_are_told_of_is_a_warning() {
    let env = TwoReceivers::open().await;
    let row = SourceRow {
        name: "gazette".to_owned(),
        kind: SourceKind::Page,
        treaty: None,
        url: "https://gazette.example/".to_owned(),
        rules: String::new(),
        policy: Policy::Review,
    };
    env.store.put_sources(std::slice::from_ref(&row)).await.unwrap();
    let since = at("2025-12-31T06:00:00Z");
    for (failures, warned) in [(2, 0), (3, 1), (0, 0)] {
        let last_error = Some("answered 404".to_owned());
        let state =
            SourceState { failures, failing_since: Some(since), last_error, ..SourceState::default() };
        let mut tx = env.store.begin().await.unwrap();
        tx.save_source(&row.name, &state).await.unwrap();
        tx.commit().await.unwrap();
        let health = env.health().await;
        assert_eq!((health.is_well(), health.warnings.len()), (true, warned), "{failures}");
        for warning in health.warnings {
            assert_eq!((warning.what.as_str(), warning.since), ("source gazette", Some(since)));
            assert_eq!(warning.error, "source gazette fails: answered 404");
        }
    }
    let variation = Variation { polls: 3, window: Vec::new(), is_told: true };
    let paused = SourceState { paused_since: Some(since), told: true, ..SourceState::default() };
    let varies = SourceState { variation: Some(variation), ..SourceState::default() };
    for (state, error) in [
        (paused, "source gazette is not polled: its host asked for a pause"),
        (varies, "source gazette differs at every poll: set `ignore` or `select` in its configuration"),
    ] {
        let mut tx = env.store.begin().await.unwrap();
        tx.save_source(&row.name, &state).await.unwrap();
        tx.commit().await.unwrap();
        let health = env.health().await;
        let errors: Vec<&str> = health.warnings.iter().map(|warning| warning.error.as_str()).collect();
        assert_eq!((health.is_well(), errors), (true, vec![error]));
    }
}

#[tokio::test]
async fn what_stands_long_in_the_outbox_makes_health_no_dearer() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    let mut other = env.connect().await;
    for query in [
        "explain query plan select w.delivery_id from _delivery w where w.endpoint = 'first' and w.state = 'pending' \
         order by w.next_attempt_at desc, w.delivery_id desc limit 100",
        "explain query plan select finished_at from _delivery where endpoint = 'first' and state = 'delivered' \
         order by delivery_id desc limit 100",
    ] {
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(query).fetch_all(&mut other).await.unwrap();
        let text: Vec<&str> = steps.iter().map(|step| step.3.as_str()).collect();
        let text = text.join("; ");
        assert!(text.contains("USING") && !text.contains("TEMP B-TREE") && !text.contains("SCAN"), "{text}");
    }
}

#[tokio::test]
async fn health_names_what_is_overdue_and_since_when() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    env.deliver("first").await;
    env.deliver("second").await;
    assert!(env.health().await.is_well());

    // The check of the next day does not come.
    env.clock.set(at("2026-02-06T00:19:59Z"));
    assert!(env.health().await.is_well());
    env.clock.set(at("2026-02-06T00:20:00Z"));
    let health = env.health().await;
    assert_eq!(health.status, "failing");
    assert_eq!(health.problems[0].what, "check");
    assert_eq!(health.problems[0].since, Some(at("2026-02-06T00:05:00Z")));
    assert_eq!(health.error.as_deref(), Some("the check due at 2026-02-06 00:05:00 UTC has not succeeded"));
    env.check("2026-02-06T00:21:00Z").await;
    assert!(env.health().await.is_well());

    // Any other job is judged in the same way.
    env.store.set_next_run("digest", Some(at("2026-02-06T00:10:00Z"))).await.unwrap();
    env.clock.set(at("2026-02-06T00:25:00Z"));
    let health = env.health().await;
    assert_eq!((health.problems.len(), health.problems[0].what.as_str()), (1, "digest"));
    // While it runs, it is not overdue.
    let run = env.store.begin_run("digest", env.clock.now(), env.clock.now()).await.unwrap().unwrap();
    assert!(env.health().await.is_well());
    let nothing = serde_json::Value::Null;
    let failed = RunOutcome::Failed;
    env.store.finish_run(run, failed, &nothing, Some("no paper"), env.clock.now()).await.unwrap();
    let health = env.health().await;
    assert!(health.error.as_deref().unwrap().ends_with("has not succeeded: no paper"), "{health:#?}");
    // Nobody runs it any more.
    env.store.forget_next_run("digest").await.unwrap();
    env.clock.set(at("2026-02-06T00:26:00Z"));
    let run = env.store.begin_run("digest", env.clock.now(), env.clock.now()).await.unwrap().unwrap();
    env.store.finish_run(run, RunOutcome::Ok, &nothing, None, env.clock.now()).await.unwrap();
    assert!(env.health().await.is_well());
}

#[tokio::test]
async fn health_is_red_when_nobody_is_at_what_is_due() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    assert!(env.health().await.is_well());
    env.clock.set(at("2026-02-05T00:20:00Z"));
    let health = env.health().await;
    let problems: Vec<(&str, Option<DateTime<Utc>>)> =
        health.problems.iter().map(|problem| (problem.what.as_str(), problem.since)).collect();
    let since = Some(at("2026-02-05T00:05:00Z"));
    assert_eq!(problems, [("deliver", since), ("deliver", since)]);
    env.deliver("first").await;
    env.deliver("second").await;
    assert!(env.health().await.is_well());
}

#[tokio::test]
async fn a_receiver_that_is_slow_or_asks_for_a_pause_is_not_our_fault() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    env.first.answer_busy(7200);
    env.deliver("first").await;
    env.deliver("second").await;
    env.clock.set(at("2026-02-05T01:05:00Z"));
    assert!(env.health().await.is_well(), "{:#?}", env.health().await);
    assert!(env.store.next_delivery_at("first").await.unwrap().is_some());
}

#[tokio::test]
async fn a_sound_database_passes_its_self_check() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    let now = env.clock.now();
    let report = jobs::self_check(&env.store, &env.settings.routes, now, now).await.unwrap();
    assert_eq!((report.problems, report.treaties, report.alerts), (vec![], 25, vec![]));
    assert!(0 < report.free_bytes);
}

#[tokio::test]
async fn what_is_not_as_projected_or_points_nowhere_is_told_once() {
    let env = TwoReceivers::open().await;
    let mut other = env.connect().await;
    let before = env.store.sql("select * from _treaty_period order by 1, 2, 3", 10_000).await.unwrap().rows;
    for meddling in [
        "pragma foreign_keys = off",
        "update _treaty_period set status = 'expired' where treaty_id = 'npt' and status = 'in_force'",
        "update _act set superseded_by = 'nothing' where act_id = (select min(act_id) from _act)",
    ] {
        sqlx::query(meddling).execute(&mut other).await.unwrap();
    }
    let now = at("2026-02-05T03:00:00Z");
    let report = jobs::self_check(&env.store, &env.settings.routes, now, now).await.unwrap();
    assert!(report.problems.contains(&"1 rows of _act refer to missing rows".to_owned()), "{report:#?}");
    let wrong = "the stored status of npt differs from what its acts imply".to_owned();
    assert!(report.problems.contains(&wrong), "{report:#?}");
    let [failing] = report.alerts.as_slice() else { panic!("{report:#?}") };
    assert_eq!(
        (failing.alert.kind, failing.alert.severity),
        (AlertKind::DatabaseFailing, Severity::Critical)
    );
    let after = env.store.sql("select * from _treaty_period order by 1, 2, 3", 10_000).await.unwrap().rows;
    assert_ne!(after, before, "the check mends nothing");

    // The next day it is the same failure.
    let tomorrow = now + TimeDelta::hours(24);
    let report = jobs::self_check(&env.store, &env.settings.routes, now, tomorrow).await.unwrap();
    assert!(!report.problems.is_empty() && report.alerts.is_empty(), "{report:#?}");
    assert_eq!(env.alerts(AlertKind::DatabaseFailing).await.len(), 1);
}

#[tokio::test]
async fn a_self_check_that_failed_makes_health_red_at_once() {
    let env = TwoReceivers::open().await;
    let now = env.clock.now();
    let run = env.store.begin_run("self-check", now, now).await.unwrap().unwrap();
    let nothing = serde_json::Value::Null;
    env.store.finish_run(run, RunOutcome::Failed, &nothing, Some("a page is torn"), now).await.unwrap();
    let health = env.health().await;
    assert_eq!((health.problems[0].what.as_str(), health.problems[0].since), ("self-check", Some(now)));
    assert_eq!(health.error.as_deref(), Some("self-check fails: a page is torn"));
}

#[tokio::test]
async fn a_refused_configuration_is_a_warning_with_its_day() {
    let env = TwoReceivers::open().await;
    let now = env.clock.now();
    let nothing = serde_json::Value::Null;
    let run = env.store.begin_run("reload", now, now).await.unwrap().unwrap();
    env.store.finish_run(run, RunOutcome::Failed, &nothing, Some("x.toml:1: no"), now).await.unwrap();
    let health = env.health().await;
    assert!(health.is_well());
    assert_eq!((health.warnings[0].what.as_str(), health.warnings[0].since), ("configuration", Some(now)));
    assert_eq!(health.warnings[0].error, "refused, the one before is in use: x.toml:1: no");
}

#[tokio::test]
async fn old_runs_are_forgotten_and_what_was_told_is_not() {
    let env = TwoReceivers::open().await;
    env.check("2026-02-05T00:05:00Z").await;
    let begin = at("2026-02-06T00:00:00Z");
    let nothing = serde_json::Value::Null;
    for minute in 0..1200 {
        let now = begin + TimeDelta::minutes(minute);
        let run = env.store.begin_run("deliver", now, now).await.unwrap().unwrap();
        let outcome = if minute == 3 { RunOutcome::Failed } else { RunOutcome::Ok };
        env.store.finish_run(run, outcome, &nothing, None, now).await.unwrap();
    }
    let counted = async || {
        let sql = "select (select count(*) from _alert), (select count(*) from _delivery), (select count(*) from _act)";
        env.store.sql(sql, 1).await.unwrap().rows
    };
    let before = counted().await;
    let now = begin + TimeDelta::days(400) + TimeDelta::minutes(1198);
    assert_eq!(jobs::retain(&env.store, 400, now).await.unwrap().runs, 1198);
    let sql = "select job, due_at, outcome from _job_run order by job, due_at";
    let left = env.store.sql(sql, 100).await.unwrap().rows;
    assert_eq!(
        left,
        [
            ["check", "2026-02-05T00:05:00Z", "ok"],
            ["deliver", "2026-02-06T00:03:00Z", "failed"],
            ["deliver", "2026-02-06T19:58:00Z", "ok"],
            ["deliver", "2026-02-06T19:59:00Z", "ok"],
        ]
        .map(|row| row.map(serde_json::Value::from).to_vec())
    );
    // A year later of each job the last runs are left.
    let later = now + TimeDelta::days(365);
    assert_eq!(jobs::retain(&env.store, 400, later).await.unwrap().runs, 1);
    assert_eq!(jobs::retain(&env.store, 400, later).await.unwrap().runs, 0);
    assert_eq!(counted().await, before);
}

/// What a program that was stopped had stored.
const STORED: &str = include_str!("../fixtures/stored.sql");

#[tokio::test]
async fn a_database_that_is_found_goes_on_with_nothing_lost_or_doubled() {
    let env = TestEnv::new();
    env.open_store().await.close().await;
    let mut old = env.connect().await;
    sqlx::raw_sql("delete from _watch").execute(&mut old).await.unwrap();
    sqlx::raw_sql(STORED).execute(&mut old).await.unwrap();
    let told: Vec<(String, String)> = sqlx::query_as("select alert_id, key from _alert order by alert_id")
        .fetch_all(&mut old)
        .await
        .unwrap();
    old.close().await.unwrap();
    assert_eq!(told.len(), 12);

    let mut env = Tracker::over(env).await;
    let store = env.store.clone();
    let states = env.text("select endpoint, state, count(*) from _delivery group by endpoint, state").await;
    assert_eq!(states, ["archive|stopped|12", "desk|delivered|12", "old|dead|1", "press|pending|12"]);
    assert_eq!(store.faults().await.unwrap(), Vec::<String>::new());
    let archive = store.endpoints().await.unwrap().into_iter().find(|row| row.name == "archive").unwrap();
    assert!(archive.stopped_reason.is_some() && archive.failing_since.is_some());

    // What was owed is sent, under the ids that receivers know.
    let receiver = Receiver::start().await;
    let clock = ManualClock::new(at("2026-11-25T12:00:00Z"));
    store.release_leases().await.unwrap();
    let target = receiver.target(1);
    let press = Queue { endpoint: "press", target: &target, routes: &[] };
    let report = env.deliver(press, &clock).await;
    assert_eq!((report.delivered, report.alerts.len()), (12, 0));
    store.retry_failed(Some("archive"), clock.now()).await.unwrap();
    let archive = Queue { endpoint: "archive", ..press };
    assert_eq!(env.deliver(archive, &clock).await.delivered, 12);
    let mut received = receiver.ids();
    received.sort();
    received.dedup();
    let ids: Vec<&String> = told.iter().map(|(id, _)| id).collect();
    assert_eq!(received.iter().collect::<Vec<_>>(), ids);

    // The next check goes on from the last one: what was told is not told again.
    env.settings = CheckSettings { leads: vec![365, 30, 7, 1], routes: vec![Route::of_everything("desk")] };
    let report = env.check_at(day("2028-09-01"), at("2028-09-01T00:05:00Z")).await;
    assert!(0 < report.raised, "{report:?}");
    let keys = store.alerts(&ALL_ALERTS).await.unwrap().into_iter().map(|raised| raised.alert.key);
    let keys: std::collections::BTreeSet<String> = keys.collect();
    assert_eq!(keys.len(), 12 + report.raised);
    assert!(told.iter().all(|(_, key)| keys.contains(key)));
}
