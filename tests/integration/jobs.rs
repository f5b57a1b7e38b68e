//! From seeds to a delivered alert, by the jobs alone: real files, real HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use axum::http::StatusCode;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use treatywatch::alerts::{Look, Names, Route, due, test_alert};
use treatywatch::clock::{Clock, ManualClock};
use treatywatch::delivery::{Courier, Sender, Target};
use treatywatch::domain::act::{Act, ActKind};
use treatywatch::domain::alert::Alert;
use treatywatch::domain::alert_kind::{AlertKind, Severity};
use treatywatch::domain::day::PartialDay;
use treatywatch::domain::delivery::{Claim, Outcome, RaisedAlert};
use treatywatch::domain::treaty::ScheduledDate;
use treatywatch::jobs::{self, CheckReport, DeliverReport, Queue, SeedSource, Seeded, Targets};
use treatywatch::store::{DeliveryFilter, DeliveryRow, DeliveryState, Ended, Store};

use crate::env::{
    ALL_ALERTS, ALL_DELIVERIES, Receiver, Tracker, at, day, embedded, embedded_treaty, noon, statement_seeds,
};

/// Noon of the day on which New START ended.
fn clock() -> ManualClock {
    ManualClock::new(noon("2026-02-05"))
}

/// Routes every alert to an endpoint of this name.
fn route(env: &mut Tracker, endpoint: &str) {
    env.settings.routes.push(Route::of_everything(endpoint));
}

/// A tracker that has raised two alerts for each of these endpoints on the day of [`clock`].
async fn with_two_alerts(endpoints: &[&str]) -> (Tracker, Vec<RaisedAlert>) {
    let mut env = Tracker::open().await;
    endpoints.iter().for_each(|endpoint| route(&mut env, endpoint));
    env.check("2026-02-04").await;
    let raised = env.check("2026-02-05").await.alerts;
    (env, raised)
}

/// Sets the watch back to a day, at noon of it.
async fn rewind(env: &Tracker, to: &str) -> Option<u64> {
    let mut write = env.store.begin().await.unwrap();
    let early = write.rewind(day(to), noon(to)).await.unwrap();
    write.commit().await.unwrap();
    early
}

/// A check of every day after `from`, up to `to`: the day with what was told of `treaty`.
async fn daily(env: &Tracker, from: &str, to: &str, treaty: &str) -> Vec<String> {
    let mut told = Vec::new();
    for today in day(from).iter_days().skip(1).take_while(|today| *today <= day(to)) {
        let report = env.sound_check(&today.to_string()).await;
        let of_treaty = report.alerts.iter().filter(|raised| raised.alert.subject() == treaty);
        told.extend(of_treaty.map(|raised| {
            let lead = raised.alert.lead_days.map(|lead| format!(" {lead}")).unwrap_or_default();
            let late = if raised.alert.late { " late" } else { "" };
            format!("{today} {}{lead}{late}", raised.alert.kind)
        }));
    }
    told
}

/// Where an endpoint of this name is: at the receiver.
fn targets(receiver: &Receiver, endpoint: &str) -> Targets {
    Targets::from([(endpoint.to_owned(), receiver.target(4))])
}

/// Runs every queue until nothing is due, one after the other.
async fn empty_outbox(env: &Tracker, targets: &Targets, clock: &ManualClock) -> DeliverReport {
    let mut total = DeliverReport::default();
    for (endpoint, target) in targets {
        let report = env.deliver(Queue { endpoint, target, routes: &[] }, clock).await;
        total.delivered += report.delivered;
        total.retried += report.retried;
        total.dead += report.dead;
        total.stopped += report.stopped;
    }
    total
}

#[tokio::test]
async fn the_first_check_begins_the_watch_and_is_silent() {
    let env = Tracker::open().await;
    let report = env.check("2026-11-24").await;
    assert_eq!((report.since, report.raised), (None, 0));
    assert_eq!(env.store.alerts(&ALL_ALERTS).await.unwrap(), []);
    let second = env.check("2026-11-24").await;
    assert_eq!((second.since, second.raised, second.looked_at), (Some(day("2026-11-24")), 0, 0));
}

#[tokio::test]
async fn new_start_is_told_at_each_lead_and_on_the_day_and_never_again() {
    let env = Tracker::open().await;
    env.check("2025-09-22").await;
    let told = daily(&env, "2025-09-22", "2026-02-06", "new-start").await;
    let expected = [
        "2025-11-07 date.approaching 90",
        "2025-12-07 date.approaching 60",
        "2026-01-06 date.approaching 30",
        "2026-01-22 date.approaching 14",
        "2026-01-29 date.approaching 7",
        "2026-02-02 date.approaching 3",
        "2026-02-04 date.approaching 1",
        "2026-02-05 status.changed",
        // The nominal end of Russia's offer lies 365 days ahead on that very day.
        "2026-02-05 date.approaching 365",
    ];
    assert_eq!(told, expected);
    let before = env.store.alerts(&ALL_ALERTS).await.unwrap().len();
    assert_eq!(daily(&env, "2025-09-22", "2026-02-06", "new-start").await, [""; 0]);
    assert_eq!(env.store.alerts(&ALL_ALERTS).await.unwrap().len(), before);
}

#[tokio::test]
async fn the_notice_under_the_inf_treaty_is_told_then_its_leads_then_its_effect() {
    let env = Tracker::open().await;
    env.check("2019-01-31").await;
    let told = daily(&env, "2019-01-31", "2019-08-03", "inf").await;
    let expected = [
        "2019-02-02 status.changed",
        "2019-02-02 status.changed",
        "2019-02-03 date.approaching 180",
        "2019-03-04 status.changed",
        "2019-05-04 date.approaching 90",
        "2019-06-03 date.approaching 60",
        "2019-07-03 date.approaching 30",
        "2019-07-19 date.approaching 14",
        "2019-07-26 date.approaching 7",
        "2019-07-30 date.approaching 3",
        "2019-08-01 date.approaching 1",
        "2019-08-02 status.changed",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn after_a_pause_of_forty_days_there_is_one_catch_up_marked_late() {
    let env = Tracker::open().await;
    env.check("2025-12-14").await;
    let report = env.check("2026-01-23").await;
    let told: Vec<_> = report
        .alerts
        .iter()
        .filter(|raised| raised.alert.subject() == "new-start")
        .map(|raised| (raised.alert.lead_days, raised.alert.late))
        .collect();
    assert_eq!(told, [(Some(14), true)]);
}

#[tokio::test]
async fn who_was_told_that_a_day_comes_near_is_told_that_it_moved() {
    let mut env = Tracker::of_statement().await;
    // It wants leads and nothing else.
    env.settings
        .routes
        .push(Route { kinds: Some(vec![AlertKind::DateApproaching]), ..Route::of_everything("leads") });
    env.check("2021-01-28").await;
    env.check("2021-01-29").await;
    let report = env.check("2021-02-03").await;
    let moved = report.alerts.iter().find(|raised| raised.alert.kind == AlertKind::DateMoved).unwrap();
    let deliveries = env.deliveries().await;
    let to: Vec<&str> = deliveries
        .iter()
        .filter(|delivery| delivery.alert_id == moved.id)
        .map(|delivery| delivery.endpoint.as_str())
        .collect();
    assert_eq!(to, ["leads"]);
}

#[tokio::test]
async fn a_correction_names_the_message_that_told_what_it_corrects() {
    let env = Tracker::of_statement().await;
    env.check("2026-11-01").await;
    let treaty = "ctbt".parse().unwrap();
    let file = env.store.load_treaty(&treaty).await.unwrap().unwrap();
    let like = file.acts.iter().find(|act| act.id.as_str().starts_with("ctbt/TON/ratification")).unwrap();
    let act = |on: &str| Act {
        id: format!("ctbt/TCD/accession/{on}").parse().unwrap(),
        kind: ActKind::Accession,
        state: "DMA".parse().ok(),
        on: on.parse().unwrap(),
        known_on: day(on),
        ..like.clone()
    };
    let now = at("2026-11-02T00:00:00Z");
    let first = env.store.record_act(&treaty, &act("2026-11-02"), None, now).await.unwrap();
    let told = env.check("2026-11-02").await;
    let second = env.store.record_act(&treaty, &act("2026-11-01"), Some(&first), now).await.unwrap();
    let corrected = env.check("2026-11-03").await;
    assert_eq!(corrected.alerts.len(), 1, "{corrected:?}");
    assert_eq!(corrected.alerts[0].alert.kind, AlertKind::ActCorrected);
    assert_eq!(corrected.alerts[0].alert.corrects, [told.alerts[0].id.clone()]);
    env.store.retract_act(&treaty, &second, "mistaken", now).await.unwrap();
    let retracted = env.check("2026-11-04").await;
    assert_eq!(retracted.alerts[0].alert.corrects, [corrected.alerts[0].id.clone()]);
}

#[tokio::test]
async fn facts_that_nobody_has_confirmed_for_a_year_are_told_once_and_quietly() {
    let env = Tracker::open().await;
    let reach = embedded_treaty("cwc").treaty.facts_as_of;
    let old = reach.checked_add_days(chrono::Days::new(365)).unwrap();
    env.check(&old.pred_opt().unwrap().to_string()).await;
    let told = env.check(&old.to_string()).await.alerts;
    let stale: Vec<_> = told.iter().filter(|raised| raised.alert.kind == AlertKind::FactsStale).collect();
    assert!(stale.iter().any(|raised| raised.alert.subject() == "cwc"), "{told:?}");
    // What has ended needs no confirmation.
    assert!(stale.iter().all(|raised| raised.alert.subject() != "abm"));
    assert!(stale.iter().all(|raised| raised.alert.severity == Severity::Info && !raised.alert.late));
    let again = env.check(&old.succ_opt().unwrap().to_string()).await.alerts;
    assert!(again.iter().all(|raised| raised.alert.kind != AlertKind::FactsStale), "{again:?}");
}

#[tokio::test]
async fn a_day_that_newer_seeds_move_is_told_once_by_the_next_check() {
    let env = Tracker::of_statement().await;
    env.check("2026-08-22").await;
    let mut seeds = statement_seeds().clone();
    // Two sets of newer seeds before the next check: what was told stays what it compares with.
    for (digest, on) in [("newer", "2026-11-30"), ("newest", "2026-11-23")] {
        let cwc = seeds.treaties.get_mut(&"cwc".parse().unwrap()).unwrap();
        let session = cwc.treaty.scheduled.iter_mut().find(|date| date.id.as_str() == "cwc/csp-31").unwrap();
        session.on = on.parse().unwrap();
        env.store.seed(&seeds, digest, at("2026-08-23T00:00:00Z")).await.unwrap();
    }
    let sentences = |report: &CheckReport| {
        report.alerts.iter().map(|raised| raised.alert.sentence.clone()).collect::<Vec<_>>()
    };
    let told = sentences(&env.check("2026-08-23").await);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("A meeting under the CWC is due on 23 November 2026 (the date is now known)"),
        "{told:?}"
    );
    assert_eq!(sentences(&env.check("2026-08-24").await), [""; 0], "and once");
}

#[tokio::test]
async fn one_treaty_that_cannot_be_read_keeps_no_other_from_being_told_that_its_facts_are_old() {
    let env = Tracker::open().await;
    env.check("2026-08-22").await;
    env.execute("update _clause set terms = json_object('kind', kind) where treaty_id = 'cwc'").await;
    let report = env.check("2027-08-23").await;
    assert!(report.set_aside.iter().any(|(id, _)| id.as_str() == "cwc"), "{:?}", report.set_aside);
    let stale = report.alerts.iter().filter(|raised| raised.alert.kind == AlertKind::FactsStale);
    let stale: Vec<&str> = stale.map(|raised| raised.alert.subject()).collect();
    assert!(stale.contains(&"npt") && !stale.contains(&"cwc"), "{stale:?}");
    assert_eq!(env.check("2027-08-24").await.since, Some(day("2027-08-23")), "and the next check goes on");
}

#[tokio::test]
async fn a_treaty_that_cannot_be_read_for_a_time_is_told_once_it_can() {
    let env = Tracker::of_statement().await;
    env.check("2026-01-20").await;
    let is_told =
        |report: &CheckReport| report.alerts.iter().any(|raised| raised.alert.subject() == "new-start");
    env.execute(
        "create table kept as select * from _clause where treaty_id = 'new-start' and clause_id = 'term'",
    )
    .await;
    env.execute("update _clause set terms = json_object('kind', 'term') where treaty_id = 'new-start' and clause_id = 'term'").await;
    let report = env.check("2026-02-10").await;
    assert_eq!(report.set_aside.len(), 1, "{report:?}");
    assert!(report.set_aside[0].1.contains("missing field `end`"), "it says what cannot be read: {report:?}");
    assert_eq!(report.raised, 0);
    assert_eq!(env.check("2026-02-11").await.set_aside.len(), 1, "it is tried again, due or not");

    env.execute("update _clause set terms = (select terms from kept) where treaty_id = 'new-start' and clause_id = 'term'").await;
    let told = env.check("2026-02-12").await;
    let end = "New START expired on 5 February 2026 (extension of 3 February 2021, article XIV(2)).";
    assert!(told.alerts.iter().any(|raised| raised.alert.sentence == end), "{told:?}");
    assert!(!is_told(&env.check("2026-02-13").await), "and once");
}

#[tokio::test]
async fn a_dry_run_tells_and_keeps_nothing() {
    let env = Tracker::open().await;
    env.check("2026-02-04").await;
    let now = noon("2026-02-05");
    let dry = jobs::check(&env.store, &env.settings, day("2026-02-05"), now, true).await.unwrap();
    assert_eq!(dry.raised, 2);
    assert_eq!(env.store.alerts(&ALL_ALERTS).await.unwrap(), []);
    let real = env.check("2026-02-05").await;
    assert_eq!(real.alerts, dry.alerts);
}

#[tokio::test]
async fn a_clock_that_jumps_back_tells_nothing_twice() {
    let env = Tracker::open().await;
    env.check("2026-02-04").await;
    assert_eq!(env.check("2026-02-05").await.raised, 2);
    assert_eq!(env.check("2026-02-01").await.raised, 0);
    assert_eq!(env.check("2026-02-05").await.raised, 0);
}

#[tokio::test]
async fn seeding_again_changes_nothing_and_needs_no_reading() {
    let env = Tracker::open().await;
    let again = jobs::seed(&env.store, &SeedSource::embedded(), at("2026-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(again, Seeded::Current);
}

#[tokio::test]
async fn an_alert_arrives_signed_under_one_id_and_once() {
    let receiver = Receiver::start().await;
    let (env, raised) = with_two_alerts(&["desk"]).await;
    let clock = clock();
    let report = empty_outbox(&env, &targets(&receiver, "desk"), &clock).await;
    assert_eq!(report, DeliverReport { delivered: 2, ..DeliverReport::default() });
    assert!(empty_outbox(&env, &targets(&receiver, "desk"), &clock).await.is_idle());
    let mut sent = receiver.ids();
    let mut ids: Vec<String> = raised.into_iter().map(|raised| raised.id).collect();
    sent.sort();
    ids.sort();
    assert_eq!(sent, ids);
}

#[tokio::test]
async fn a_failure_is_tried_again_later_under_the_same_id_with_the_same_body() {
    let receiver = Receiver::start().await;
    let (env, _) = with_two_alerts(&["desk"]).await;
    let clock = clock();
    let targets = targets(&receiver, "desk");
    receiver.answer(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(empty_outbox(&env, &targets, &clock).await.retried, 2);
    assert!(empty_outbox(&env, &targets, &clock).await.is_idle(), "nothing is due before its time");

    receiver.answer(StatusCode::NO_CONTENT);
    clock.set(env.store.next_delivery_at("desk").await.unwrap().unwrap());
    while receiver.received().len() < 4 {
        clock.set(clock.now() + chrono::TimeDelta::seconds(1));
        empty_outbox(&env, &targets, &clock).await;
    }
    let received = receiver.received();
    for first in &received[..2] {
        let again = received[2..].iter().find(|message| message.id == first.id).unwrap();
        assert_eq!(first.body, again.body);
    }
}

#[tokio::test]
async fn an_endpoint_that_never_recovers_becomes_a_dead_letter_and_can_be_sent_again() {
    let receiver = Receiver::start().await;
    let (env, _) = with_two_alerts(&["desk"]).await;
    let clock = clock();
    let targets = targets(&receiver, "desk");
    receiver.answer(StatusCode::BAD_GATEWAY);
    let started = clock.now();
    let mut dead = 0;
    while let Some(next) = env.store.next_delivery_at("desk").await.unwrap() {
        clock.set(clock.now().max(next));
        dead += empty_outbox(&env, &targets, &clock).await.dead;
    }
    assert_eq!(dead, 2);
    let tried = clock.now() - started;
    assert!((60..=84).contains(&tried.num_hours()), "three days, more or less: {tried}");
    let failed = env.store.deliveries(&DeliveryFilter { failed_only: true, ..ALL_DELIVERIES }).await.unwrap();
    assert!(
        failed.iter().all(|row| row.state == DeliveryState::Dead && row.last_error.is_some()),
        "{failed:?}"
    );

    receiver.answer(StatusCode::NO_CONTENT);
    assert_eq!(env.store.retry_failed(Some("desk"), clock.now()).await.unwrap(), 2);
    assert_eq!(empty_outbox(&env, &targets, &clock).await.delivered, 2);
    let ids: std::collections::BTreeSet<String> = receiver.ids().into_iter().collect();
    assert_eq!(ids.len(), 2);
}

#[tokio::test]
async fn an_endpoint_that_answers_410_is_stopped_and_asked_no_more() {
    let receiver = Receiver::start().await;
    let (env, _) = with_two_alerts(&["desk"]).await;
    let clock = clock();
    receiver.answer(StatusCode::GONE);
    let report = empty_outbox(&env, &targets(&receiver, "desk"), &clock).await;
    assert_eq!((report.delivered, report.stopped > 0), (0, true));
    let asked = receiver.received().len();
    env.check("2026-02-20").await;
    clock.set(noon("2026-03-20"));
    empty_outbox(&env, &targets(&receiver, "desk"), &clock).await;
    assert_eq!(receiver.received().len(), asked);
}

#[tokio::test]
async fn one_dead_endpoint_hides_nothing_from_another() {
    let (good, bad) = (Receiver::start().await, Receiver::start().await);
    bad.answer(StatusCode::INTERNAL_SERVER_ERROR);
    let (env, _) = with_two_alerts(&["good", "bad"]).await;
    let clock = clock();
    let mut both = targets(&good, "good");
    both.extend(targets(&bad, "bad"));
    let report = empty_outbox(&env, &both, &clock).await;
    assert_eq!((report.delivered, report.retried), (2, 2));
    assert_eq!(good.received().len(), 2);
}

/// What a check would tell if it read all treaties with all their acts.
async fn the_long_way(env: &Tracker, began_on: NaiveDate, since: NaiveDate, today: NaiveDate) -> Vec<Alert> {
    let names = env.store.load_states().await.unwrap();
    let mut told = Vec::new();
    for id in env.store.treaty_ids().await.unwrap() {
        let mut tx = env.store.begin().await.unwrap();
        let watched = tx.load_watched(&id, today).await.unwrap().unwrap();
        let (watched, leads, names) = (&watched, &env.settings.leads[..], Names(&names));
        told.extend(due(&Look { watched, began_on, since, today, leads, names }));
    }
    told
}

#[tokio::test]
async fn dates_are_told_from_the_projection_as_they_are_from_the_acts() {
    let mut by_dates = 0;
    for began in ["1984-01-01", "1994-06-01", "2003-01-15", "2012-01-01", "2020-11-25", "2026-12-01"] {
        let began_on = day(began);
        let env = Tracker::empty().await;
        let mut seeds = statement_seeds().clone();
        for file in seeds.treaties.values_mut() {
            file.acts.retain(|act| act.known_on <= began_on);
        }
        env.store.seed(&seeds, "cut", at("2026-12-01T00:00:00Z")).await.unwrap();
        env.check(began).await;
        let (mut since, mut told) = (began_on, BTreeSet::new());
        for days in [1, 2, 30, 1, 60, 7, 300, 20, 14, 500, 90].repeat(2) {
            let today = since + Days::new(days);
            let mut expected = the_long_way(&env, began_on, since, today).await;
            expected.retain(|alert| told.insert(alert.key.clone()));
            let due = env.store.begin().await.unwrap().due(since, today, &env.settings.leads).await.unwrap();
            by_dates += due.iter().filter(|due| due.only_dates).count();
            let report = env.check(&today.to_string()).await;
            let raised = report.alerts.into_iter().map(|raised| raised.alert);
            // How old the facts are is asked of the database alone.
            let raised: Vec<Alert> = raised.filter(|alert| alert.kind != AlertKind::FactsStale).collect();
            assert_eq!(raised, expected, "{since} to {today}");
            since = today;
        }
    }
    assert!(by_dates > 25, "{by_dates}");
}

/// Alerts of nothing in particular, each with a delivery to each of the endpoints.
async fn raise(store: &Store, count: u32, endpoints: &[&str]) {
    let endpoints: Vec<String> = endpoints.iter().map(|name| (*name).to_owned()).collect();
    let mut write = store.begin().await.unwrap();
    for number in 0..count {
        let alert = test_alert("test".parse().unwrap(), day("2026-02-05"), format!("test|{number}"));
        let raised_at = noon("2026-02-05");
        let raised = RaisedAlert { id: format!("msg_{number}"), raised_at, test: false, alert };
        write.insert_alert(&raised, &endpoints).await.unwrap();
    }
    write.commit().await.unwrap();
}

#[tokio::test]
async fn a_receiver_that_never_answers_delays_no_other() {
    let (fast, slow) = (Receiver::start().await, Receiver::start().await);
    slow.hang();
    let env = Tracker::open().await;
    raise(&env.store, 50, &["fast", "slow"]).await;
    let clock = clock();
    let (sender, stop) = (Courier::new(), CancellationToken::new());
    let mut all = targets(&fast, "fast");
    all.extend(targets(&slow, "slow"));
    all.get_mut("slow").unwrap().timeout = Duration::from_secs(30);
    let run = async |endpoint| {
        let queue = Queue { endpoint, target: &all[endpoint], routes: &[] };
        jobs::deliver_due(&env.store, &sender, queue, &mut Ended::default(), &clock, &stop).await
    };
    let told = tokio::select! {
        report = run("slow") => panic!("the slow one never answers: {report:?}"),
        report = async {
            slow.wait_for(4).await;
            run("fast").await
        } => report.unwrap(),
    };
    assert_eq!(told, DeliverReport { delivered: 50, ..DeliverReport::default() });
    let ids: BTreeSet<String> = fast.ids().into_iter().collect();
    assert_eq!((ids.len(), fast.received().len()), (50, 50));
    assert_eq!(slow.received().len(), 4, "as many as may run side by side, and no more");
}

#[tokio::test]
async fn a_receiver_that_asks_for_a_pause_gets_it_and_then_everything() {
    let receiver = Receiver::start().await;
    let env = Tracker::open().await;
    raise(&env.store, 20, &["desk"]).await;
    let clock = clock();
    let targets = targets(&receiver, "desk");
    receiver.answer_busy(90);
    assert_eq!(empty_outbox(&env, &targets, &clock).await.retried, 4, "those that were on their way");
    receiver.answer(StatusCode::NO_CONTENT);
    clock.set(at("2026-02-05T12:01:29Z"));
    assert!(empty_outbox(&env, &targets, &clock).await.is_idle());
    clock.set(at("2026-02-05T12:01:30Z"));
    assert_eq!(empty_outbox(&env, &targets, &clock).await.delivered, 20);
}

#[tokio::test]
async fn a_lane_that_is_told_to_stop_begins_nothing() {
    let receiver = Receiver::start().await;
    let env = Tracker::open().await;
    raise(&env.store, 3, &["desk"]).await;
    let clock = clock();
    let (sender, stop) = (Courier::new(), CancellationToken::new());
    stop.cancel();
    let targets = targets(&receiver, "desk");
    let queue = Queue { endpoint: "desk", target: &targets["desk"], routes: &[] };
    assert!(
        jobs::deliver_due(&env.store, &sender, queue, &mut Ended::default(), &clock, &stop)
            .await
            .unwrap()
            .is_idle()
    );
    assert_eq!(receiver.received().len(), 0);
}

/// A receiver that answers at once what `answer` says to the message of this number, from 1.
struct Script<Answer> {
    sent: Mutex<Vec<String>>,
    answer: Answer,
}

impl<Answer: Fn(usize) -> Outcome + Send + Sync> Sender for Script<Answer> {
    async fn send(&self, claim: &Claim, _: &Target, _: DateTime<Utc>) -> Outcome {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(claim.raised.id.clone());
            sent.len()
        };
        (self.answer)(number)
    }
}

/// Sends 200 alerts to one endpoint: how many attempts were made, once with these answers and then until all have
/// arrived. Whatever was claimed ahead and not attempted is as if nobody had claimed it.
async fn claimed_ahead(
    answer: impl Fn(usize, &ManualClock, &CancellationToken) -> Outcome + Send + Sync,
) -> usize {
    let (clock, stop) = (clock(), CancellationToken::new());
    let env = Tracker::open().await;
    raise(&env.store, 200, &["desk"]).await;
    let targets = targets(&Receiver::start().await, "desk");
    let queue = Queue { endpoint: "desk", target: &targets["desk"], routes: &[] };
    let script = Script { sent: Mutex::default(), answer: |number| answer(number, &clock, &stop) };
    let first =
        jobs::deliver_due(&env.store, &script, queue, &mut Ended::default(), &clock, &stop).await.unwrap();
    let sent = script.sent.lock().unwrap().len();
    assert_eq!(usize::try_from(first.delivered + first.retried).unwrap(), sent);
    let rows = env.deliveries().await;
    assert_eq!(
        rows.iter().map(|row| row.attempts as usize).sum::<usize>(),
        sent,
        "an attempt that did not begin is none"
    );
    let waiting = |row: &&DeliveryRow| row.attempts == 0 && row.state == DeliveryState::Pending;
    assert_eq!(rows.iter().filter(waiting).count(), 200 - sent);
    clock.set(clock.now() + TimeDelta::seconds(60));
    let all = Script { sent: Mutex::default(), answer: |_| Outcome::Delivered };
    let rest =
        jobs::deliver_due(&env.store, &all, queue, &mut Ended::default(), &clock, &CancellationToken::new())
            .await
            .unwrap();
    assert_eq!(first.delivered + rest.delivered, 200);
    sent
}

#[tokio::test]
async fn what_was_claimed_ahead_of_a_pause_waits_it_out() {
    let busy = || Outcome::Busy { error: "429".to_owned(), wait: TimeDelta::seconds(60) };
    let sent = claimed_ahead(|number, _, _| if number < 100 { Outcome::Delivered } else { busy() }).await;
    assert!((100..=103).contains(&sent), "{sent}: the others were on their way");
}

#[tokio::test]
async fn what_was_claimed_ahead_of_a_stop_is_given_back() {
    let sent = claimed_ahead(|number, _, stop| {
        if number == 100 {
            stop.cancel();
        }
        Outcome::Delivered
    });
    let sent = sent.await;
    assert!((100..=103).contains(&sent), "{sent}: the others were on their way");
}

/// Takes everything, and wants no message for which its sender has less than 30 seconds left.
struct Patient<'a> {
    store: &'a Store,
    clock: &'a ManualClock,
    sent: Mutex<u32>,
}

impl Sender for Patient<'_> {
    async fn send(&self, claim: &Claim, _: &Target, now: DateTime<Utc>) -> Outcome {
        let query = format!("select leased_until from _delivery where delivery_id = {}", claim.delivery_id);
        let lease = self.store.sql(&query, 1).await.unwrap().rows[0][0].as_str().map(at).unwrap();
        assert!(TimeDelta::seconds(30) <= lease - now, "{lease} {now}");
        let mut sent = self.sent.lock().unwrap();
        *sent += 1;
        if *sent == 100 {
            // What waits by now has no time left for an attempt before somebody else may claim it.
            self.clock.set(now + TimeDelta::seconds(61));
        }
        Outcome::Delivered
    }
}

#[tokio::test]
async fn what_was_claimed_ahead_of_a_long_wait_is_claimed_anew() {
    let env = Tracker::open().await;
    raise(&env.store, 200, &["desk"]).await;
    let clock = clock();
    let targets = targets(&Receiver::start().await, "desk");
    let queue = Queue { endpoint: "desk", target: &targets["desk"], routes: &[] };
    let patient = Patient { store: &env.store, clock: &clock, sent: Mutex::default() };
    let (mut unwritten, stop) = (Ended::default(), CancellationToken::new());
    let report = jobs::deliver_due(&env.store, &patient, queue, &mut unwritten, &clock, &stop).await.unwrap();
    assert_eq!((report.delivered, *patient.sent.lock().unwrap()), (200, 200));
}

#[tokio::test]
async fn a_date_known_to_the_month_is_told_whichever_way_it_is_found() {
    let env = Tracker::empty().await;
    let mut seeds = embedded().clone();
    let cwc = seeds.treaties.get_mut(&"cwc".parse().unwrap()).unwrap();
    let of_france = |act: &&Act| act.state.is_some_and(|state| state.as_str() == "FRA");
    let notice = Act {
        id: "cwc/FRA/notice_of_withdrawal/2026-09".parse().unwrap(),
        kind: ActKind::NoticeOfWithdrawal,
        on: "2026-09".parse().unwrap(),
        known_on: day("2026-09-01"),
        ..cwc.acts.iter().find(of_france).unwrap().clone()
    };
    cwc.acts.push(notice);
    env.store.seed(&seeds, "more", at("2026-09-01T00:00:00Z")).await.unwrap();
    env.check("2026-09-15").await;
    let (began_on, mut since) = (day("2026-09-15"), day("2026-09-15"));
    let mut of_france = 0;
    while since < day("2026-12-15") {
        let today = since.succ_opt().unwrap();
        let is_of_cwc = |alert: &Alert| alert.subject() == "cwc" && alert.kind != AlertKind::FactsStale;
        let mut expected = the_long_way(&env, began_on, since, today).await;
        expected.retain(is_of_cwc);
        let report = env.check(&today.to_string()).await;
        let raised = report.alerts.into_iter().map(|raised| raised.alert);
        let raised: Vec<Alert> = raised.filter(is_of_cwc).collect();
        of_france += raised
            .iter()
            .filter(|alert| alert.acts.iter().any(|act| act.as_str().ends_with("2026-09")))
            .count();
        assert_eq!(raised, expected, "{today}");
        since = today;
    }
    // Sixty and thirty days before 30 November, the earliest that ninety days from September can end, and then.
    assert_eq!(of_france, 3);
}

#[tokio::test]
async fn a_definition_that_changes_twice_a_day_is_told_twice() {
    let env = Tracker::open().await;
    env.check("2026-08-22").await;
    let mut seeds = embedded().clone();
    for (digest, month) in [("newer", "10"), ("newest", "11")] {
        let cwc = seeds.treaties.get_mut(&"cwc".parse().unwrap()).unwrap();
        let session =
            cwc.treaty.scheduled.iter().find(|date| date.id.as_str() == "cwc/csp-31").unwrap().clone();
        cwc.treaty.scheduled.retain(|date| !date.id.as_str().starts_with("cwc/more-"));
        for number in 1..6 {
            let mut meeting = session.clone();
            meeting.id = format!("cwc/more-{number}").parse().unwrap();
            meeting.on = format!("2026-{month}-0{number}").parse().unwrap();
            meeting.known_on = day("2026-08-01");
            cwc.treaty.scheduled.push(meeting);
        }
        env.store.seed(&seeds, &format!("{digest}-first"), at("2026-08-23T00:00:00Z")).await.unwrap();
        env.check("2026-08-23").await;
        let cwc = seeds.treaties.get_mut(&"cwc".parse().unwrap()).unwrap();
        for meeting in
            cwc.treaty.scheduled.iter_mut().filter(|date| date.id.as_str().starts_with("cwc/more-"))
        {
            meeting.on = PartialDay::exact(meeting.on.first_day() + Days::new(10));
        }
        env.store.seed(&seeds, digest, at("2026-08-23T00:00:00Z")).await.unwrap();
        let told = env.check("2026-08-23").await.alerts;
        let summaries = told.iter().filter(|raised| raised.alert.key.starts_with("redefined|")).count();
        assert_eq!(summaries, 1, "{digest}: {told:?}");
    }
}

#[tokio::test]
async fn a_watch_begins_once_the_clock_is_set() {
    let env = Tracker::open().await;
    let unset = jobs::check_clock(&env.store, at("1970-01-01T00:00:20Z")).await.unwrap_err().to_string();
    assert!(
        unset
            .starts_with("the clock is not set: it says 1970-01-01, and the facts of this program are of 20"),
        "{unset}"
    );
    jobs::check_clock(&env.store, at("2036-01-01T00:00:00Z")).await.unwrap();
    // Once it has begun, the day of the last check is what a clock is compared with.
    env.check("2026-02-01").await;
    jobs::check_clock(&env.store, at("2026-02-02T00:00:00Z")).await.unwrap();
}

#[tokio::test]
async fn what_a_long_gap_missed_is_one_alert_a_treaty() {
    let mut env = Tracker::empty().await;
    let mut seeds = embedded().clone();
    let cwc = seeds.treaties.get_mut(&"cwc".parse().unwrap()).unwrap();
    let like = cwc.treaty.scheduled[0].clone();
    for month in 1..=5 {
        let on = format!("2026-0{month}-01");
        let id = format!("cwc/meeting-{month}").parse().unwrap();
        let date = ScheduledDate { id, on: on.parse().unwrap(), known_on: day("2025-01-01"), ..like.clone() };
        cwc.treaty.scheduled.push(date);
    }
    env.store.seed(&seeds, "more", at("2025-12-01T00:00:00Z")).await.unwrap();
    env.settings.leads.clear();
    env.check("2025-12-20").await;
    // A pause of some weeks hides nothing in a list.
    assert!(env.check("2026-01-10").await.alerts.iter().all(|raised| raised.alert.items.is_empty()));
    let report = env.check("2026-06-01").await;
    let of_cwc: Vec<&Alert> =
        report.alerts.iter().map(|raised| &raised.alert).filter(|alert| alert.subject() == "cwc").collect();
    let [missed] = of_cwc.as_slice() else { panic!("{of_cwc:#?}") };
    assert!(missed.late && missed.is_any_of(&[AlertKind::DateReached]), "{missed:?}");
    let told = " are late: no check ran from 10 January 2026 to 1 June 2026.";
    assert!(
        missed.sentence.starts_with("4 alerts about the ") && missed.sentence.ends_with(told),
        "{}",
        missed.sentence
    );
    let ids: BTreeSet<&str> = missed.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn a_watch_that_was_ahead_is_set_back_and_raises_its_alerts_again_on_their_day() {
    let mut env = Tracker::of_statement().await;
    route(&mut env, "desk");
    env.check("2026-01-20").await;
    let early = env.check("2026-02-05").await;
    assert!(early.alerts.iter().any(|raised| raised.alert.subject() == "new-start"), "{early:?}");
    assert!(env.check("2026-01-21").await.is_ahead);
    let ids = |report: &CheckReport| {
        let alerts = report.alerts.iter().filter(|raised| raised.alert.on == day("2026-02-05").into());
        alerts.map(|raised| (raised.alert.key.clone(), raised.id.clone())).collect::<BTreeMap<_, _>>()
    };
    let mut known = vec![ids(&early)];
    assert!(!known[0].is_empty());
    // Each time that the clock was ahead.
    for _ in 0..2 {
        let early = rewind(&env, "2026-01-21").await.unwrap();
        assert!(0 < early);
        let waits = env.deliveries().await;
        let sent_early =
            known[known.len() - 1].values().any(|id| waits.iter().any(|row| row.alert_id == *id));
        assert!(!sent_early, "{waits:?}");
        assert_eq!(rewind(&env, "2026-01-21").await, None, "nothing is ahead any more");
        assert!(!env.check("2026-01-21").await.is_ahead);
        known.push(ids(&env.check("2026-02-05").await));
    }
    let keys = |told: &BTreeMap<String, String>| told.keys().cloned().collect::<Vec<_>>();
    assert!(known.iter().all(|told| keys(told) == keys(&known[0])), "{known:?}");
    let all: BTreeSet<&String> = known.iter().flat_map(BTreeMap::values).collect();
    assert_eq!(all.len(), known.iter().map(BTreeMap::len).sum::<usize>());
    assert_eq!(env.check("2026-02-06").await.raised, 0);
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_made_known_is_known_after_it_was_set_back() {
    let env = Tracker::open().await;
    env.check("2026-01-20").await;
    let treaty = "npt".parse().unwrap();
    let npt = env.store.load_treaty(&treaty).await.unwrap().unwrap();
    let like = npt.acts.iter().find(|act| act.kind == ActKind::Accession).unwrap();
    let act = Act {
        id: "npt/SSD/accession/2026-01-19".parse().unwrap(),
        state: "SSD".parse().ok(),
        on: "2026-01-19".parse().unwrap(),
        known_on: day("2027-01-20"),
        ..like.clone()
    };
    env.store.record_act(&treaty, &act, None, noon("2027-01-20")).await.unwrap();
    env.check("2027-01-20").await;
    rewind(&env, "2026-01-21").await.unwrap();
    let npt = env.store.load_treaty(&treaty).await.unwrap().unwrap();
    let act = npt.acts.iter().find(|known| known.id == act.id).unwrap();
    assert_eq!(act.known_on, day("2026-01-21"));
    assert_eq!(env.store.watch().await.unwrap().began_on, Some(day("2026-01-20")));
}
