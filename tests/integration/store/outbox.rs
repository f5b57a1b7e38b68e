use chrono::TimeDelta;
use serde_json::json;
use treatywatch::domain::alert::Alert;
use treatywatch::domain::alert_kind::{AlertKind, Severity};
use treatywatch::domain::delivery::{Claim, RaisedAlert};
use treatywatch::domain::id::Label;
use treatywatch::store::{
    AlertFilter, DeliveryFilter, DeliveryState, Ended, RunOutcome, Store, Turn, Verdict, Want,
};

use super::*;

pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);

pub(super) fn raised(name: &str) -> RaisedAlert {
    let alert = Alert {
        key: format!("key-{name}"),
        kind: AlertKind::StatusChanged,
        also: vec![AlertKind::DateReached],
        treaty: Some(treaty_id("pact")),
        about: None,
        state: Some(state("AAA")),
        reading: Label::default_reading(),
        on: day("2019-08-02"),
        lead_days: None,
        missed_leads: Vec::new(),
        late: false,
        severity: Severity::Critical,
        headline: "Something".to_owned(),
        headlines: Default::default(),
        sentence: "Something happened.".to_owned(),
        sentences: Default::default(),
        date: None,
        acts: vec![act_id("pact/AAA/notice_of_withdrawal/2019-02-02")],
        corrects: Vec::new(),
        article: Some("XV(2)".to_owned()),
        source: None,
        changes: vec![],
        states: Vec::new(),
        items: Vec::new(),
        report: None,
    };
    RaisedAlert { id: format!("msg-{name}"), raised_at: noon("2019-08-02"), test: false, alert }
}

pub(super) async fn raise(env: &Tracker, name: &str, endpoints: &[&str]) -> bool {
    let endpoints: Vec<String> = endpoints.iter().map(|name| (*name).to_owned()).collect();
    let mut write = env.store.begin().await.unwrap();
    let inserted = write.insert_alert(&raised(name), &endpoints).await.unwrap();
    write.commit().await.unwrap();
    inserted
}

async fn states(env: &Tracker) -> Vec<String> {
    env.text("select alert_id, endpoint, state, attempts from delivery_log order by delivery_id").await
}

pub(super) async fn turn(store: &Store, ended: &Ended, want: Want<'_>, now: DateTime<Utc>) -> Turn {
    let mut write = store.begin().await.unwrap();
    let turn = write.turn(ended, want, now).await.unwrap();
    write.commit().await.unwrap();
    turn
}

/// Takes up to `limit` deliveries of an endpoint.
async fn claim(store: &Store, endpoint: &str, limit: u32, now: DateTime<Utc>) -> Vec<Claim> {
    turn(store, &Ended::default(), Want { endpoint, lease: LEASE, limit }, now).await.claims
}

/// Takes the delivery of `ops` that is due first.
async fn claim_one(env: &Tracker, now: DateTime<Utc>) -> Option<Claim> {
    claim(&env.store, "ops", 1, now).await.pop()
}

/// Records results of attempts of one endpoint; tells how many counted.
async fn finish<const COUNT: usize>(
    env: &Tracker,
    results: [(&Claim, Verdict); COUNT],
    now: DateTime<Utc>,
) -> usize {
    let endpoint = results[0].0.endpoint.clone();
    let results = results.into_iter().map(|(claim, verdict)| (claim.clone(), verdict)).collect();
    let want = Want { endpoint: &endpoint, lease: LEASE, limit: 0 };
    turn(&env.store, &Ended { results, slow_until: None }, want, now).await.counted
}

async fn next(env: &Tracker, endpoint: &str) -> Option<DateTime<Utc>> {
    env.store.next_delivery_at(endpoint).await.unwrap()
}

fn error(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn an_alert_is_recorded_once_with_its_deliveries() {
    let env = Tracker::empty().await;
    assert!(raise(&env, "a", &["ops", "press"]).await);
    assert!(!raise(&env, "a", &["ops", "press", "new"]).await);
    // The key decides, not the id.
    let mut again = raised("a");
    again.id = "msg-other".to_owned();
    let mut write = env.store.begin().await.unwrap();
    assert!(!write.insert_alert(&again, &["ops".to_owned()]).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(states(&env).await, ["msg-a|ops|pending|0", "msg-a|press|pending|0"]);

    let mut write = env.store.begin().await.unwrap();
    write.insert_alert(&raised("b"), &["ops".to_owned()]).await.unwrap();
    write.rollback().await.unwrap();
    assert_eq!(states(&env).await.len(), 2, "an alert and its deliveries come and go together");
}

#[tokio::test]
async fn a_claim_is_exclusive_and_carries_the_alert() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["ops"]).await;
    let now = noon("2019-08-02");
    let claim = claim_one(&env, now).await.unwrap();
    assert_eq!((claim.endpoint.as_str(), claim.attempt), ("ops", 1));
    assert_eq!(claim.raised, raised("a"));
    assert_eq!(claim_one(&env, now).await, None);
    assert_eq!(next(&env, "ops").await, Some(now + LEASE));
    assert_eq!(finish(&env, [(&claim, Verdict::Delivered)], now).await, 1);
    assert_eq!(finish(&env, [(&claim, Verdict::Delivered)], now).await, 0, "a result counts once");
    assert_eq!(states(&env).await, ["msg-a|ops|delivered|1"]);
    assert_eq!(next(&env, "ops").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_claimers_get_each_delivery_once() {
    let env = Tracker::empty().await;
    for number in 0..20 {
        raise(&env, &number.to_string(), &["ops", "press"]).await;
    }
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = env.store.clone();
            tokio::spawn(async move {
                let mut ids = Vec::new();
                for endpoint in ["ops", "press"] {
                    while let Some(claim) = claim(&store, endpoint, 1, noon("2019-08-02")).await.pop() {
                        ids.push(claim.delivery_id);
                    }
                }
                ids
            })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.extend(task.await.unwrap());
    }
    ids.sort_unstable();
    let claimed = ids.len();
    ids.dedup();
    assert_eq!((claimed, ids.len()), (40, 40));
}

#[tokio::test]
async fn a_lease_that_has_run_out_fences_the_attempt_off() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["ops"]).await;
    let now = noon("2019-08-02");
    let stale = claim_one(&env, now).await.unwrap();
    assert_eq!(claim_one(&env, now + LEASE - TimeDelta::seconds(1)).await, None);
    let later = now + LEASE;
    let claim = claim_one(&env, later).await.unwrap();
    assert_eq!((claim.delivery_id, claim.attempt), (stale.delivery_id, 2));
    assert_eq!(finish(&env, [(&stale, Verdict::Delivered)], later).await, 0);
    assert_eq!(states(&env).await, ["msg-a|ops|pending|2"]);
    let verdict = Verdict::Retry { error: error("503"), at: later + TimeDelta::seconds(5) };
    assert_eq!(finish(&env, [(&claim, verdict)], later).await, 1);
    assert_eq!(claim_one(&env, later).await, None);
    assert_eq!(next(&env, "ops").await, Some(later + TimeDelta::seconds(5)));
    let claim = claim_one(&env, later + TimeDelta::seconds(5)).await.unwrap();
    assert_eq!(claim.attempt, 3);
    // Late, but nobody else has it: its result counts.
    let much_later = later + TimeDelta::days(1);
    assert_eq!(finish(&env, [(&claim, Verdict::Delivered)], much_later).await, 1);
}

#[tokio::test]
async fn a_batch_is_claimed_in_order_and_finished_in_one_commit() {
    let env = Tracker::empty().await;
    for name in ["a", "b", "c"] {
        raise(&env, name, &["ops"]).await;
    }
    let now = noon("2019-08-02");
    let claims = claim(&env.store, "ops", 2, now).await;
    let ids: Vec<&str> = claims.iter().map(|claim| claim.raised.id.as_str()).collect();
    assert_eq!(ids, ["msg-a", "msg-b"]);
    let stale = Claim { attempt: 0, ..claims[0].clone() };
    let results = [
        (&stale, Verdict::Stopped { error: error("410") }),
        (&claims[0], Verdict::Delivered),
        (&claims[1], Verdict::Dead { error: error("404") }),
    ];
    assert_eq!(finish(&env, results, now).await, 2);
    assert_eq!(states(&env).await, ["msg-a|ops|delivered|1", "msg-b|ops|dead|1", "msg-c|ops|pending|0"]);
}

#[tokio::test]
async fn a_stopped_endpoint_is_not_served_until_it_is_retried() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["gone", "ops"]).await;
    raise(&env, "b", &["gone"]).await;
    let now = noon("2019-08-02");
    let first = claim(&env.store, "gone", 1, now).await.pop().unwrap();
    assert_eq!(finish(&env, [(&first, Verdict::Stopped { error: error("410 Gone") })], now).await, 1);
    // What comes later is kept, not sent.
    raise(&env, "c", &["gone"]).await;
    assert_eq!(
        states(&env).await,
        ["msg-a|gone|stopped|1", "msg-a|ops|pending|0", "msg-b|gone|stopped|0", "msg-c|gone|stopped|0"]
    );
    let other = claim_one(&env, now).await.unwrap();
    assert_eq!(other.endpoint, "ops");
    assert_eq!(claim(&env.store, "gone", 9, now).await, []);
    finish(&env, [(&other, Verdict::Delivered)], now).await;
    assert_eq!((next(&env, "ops").await, next(&env, "gone").await), (None, None));

    assert_eq!(env.store.retry_failed(Some("ops"), now).await.unwrap(), 0);
    assert_eq!(env.store.retry_failed(Some("gone"), now).await.unwrap(), 3);
    let claims = claim(&env.store, "gone", 10, now).await;
    let ids: Vec<&str> = claims.iter().map(|claim| claim.raised.id.as_str()).collect();
    assert_eq!(ids, ["msg-a", "msg-b", "msg-c"]);
}

#[tokio::test]
async fn an_attempt_that_runs_while_its_endpoint_is_stopped_reports_for_itself() {
    let env = Tracker::empty().await;
    for name in ["a", "b", "c"] {
        raise(&env, name, &["gone"]).await;
    }
    let now = noon("2019-08-02");
    let claims = claim(&env.store, "gone", 3, now).await;
    let retry = Verdict::Retry { error: error("503"), at: now };
    let stop = Verdict::Stopped { error: error("410") };
    let results = [(&claims[0], stop), (&claims[1], Verdict::Delivered), (&claims[2], retry)];
    assert_eq!(finish(&env, results, now).await, 3);
    assert_eq!(
        states(&env).await,
        ["msg-a|gone|stopped|1", "msg-b|gone|delivered|1", "msg-c|gone|stopped|1"]
    );
}

#[tokio::test]
async fn an_endpoint_that_asks_for_a_pause_gets_nothing_before_its_end() {
    let env = Tracker::empty().await;
    for name in ["a", "b"] {
        raise(&env, name, &["ops", "press"]).await;
    }
    let now = noon("2019-08-02");
    let first = claim_one(&env, now).await.unwrap();
    let until = now + TimeDelta::seconds(60);
    let want = Want { endpoint: "ops", lease: LEASE, limit: 1 };
    // Its own wait is the shorter one.
    let retry = Verdict::Retry { error: error("429"), at: now + TimeDelta::seconds(5) };
    let ended = Ended { results: vec![(first, retry)], slow_until: Some(until) };
    let Turn { counted, claims, .. } = turn(&env.store, &ended, want, now).await;
    assert_eq!((counted, claims.len()), (1, 0), "what waits behind it waits too");
    // Also what is raised later; and a shorter pause does not shorten it.
    raise(&env, "c", &["ops"]).await;
    let shorter = Ended { results: vec![], slow_until: Some(now + TimeDelta::seconds(1)) };
    assert_eq!(turn(&env.store, &shorter, want, now).await.claims, []);
    assert_eq!(claim_one(&env, until - TimeDelta::seconds(1)).await, None);
    assert_eq!(next(&env, "ops").await, Some(until));
    assert_eq!(claim(&env.store, "press", 9, now).await.len(), 2, "another queue goes on");
    assert_eq!(claim(&env.store, "ops", 9, until).await.len(), 3);
}

#[tokio::test]
async fn a_pause_ends_when_somebody_retries_by_hand() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["ops"]).await;
    let now = noon("2019-08-02");
    let want = Want { endpoint: "ops", lease: LEASE, limit: 0 };
    let slow = Ended { results: vec![], slow_until: Some(now + TimeDelta::days(1)) };
    turn(&env.store, &slow, want, now).await;
    assert_eq!(claim_one(&env, now).await, None);
    env.store.retry_failed(Some("ops"), now).await.unwrap();
    assert!(claim_one(&env, now).await.is_some());
}

#[tokio::test]
async fn what_waits_for_an_endpoint_that_is_no_more_is_given_up() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["ops", "press"]).await;
    let now = noon("2019-08-02");
    assert_eq!(env.store.give_up_unknown(&["ops", "press"], now).await.unwrap(), 0);
    assert_eq!(env.store.give_up_unknown(&["ops"], now).await.unwrap(), 1);
    assert_eq!(states(&env).await, ["msg-a|ops|pending|0", "msg-a|press|dead|0"]);
    assert_eq!(
        env.text("select last_error from delivery_log where endpoint = 'press'").await,
        ["no endpoint `press` is configured any more"]
    );
}

#[tokio::test]
async fn a_retry_goes_out_under_the_same_alert_id() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["ops"]).await;
    let now = noon("2019-08-02");
    let claim = claim_one(&env, now).await.unwrap();
    assert!(!env.store.retry_delivery(claim.delivery_id, now).await.unwrap(), "it is on its way");
    finish(&env, [(&claim, Verdict::Dead { error: error("404") })], now).await;
    let tomorrow = noon("2019-08-03");
    assert!(env.store.retry_delivery(claim.delivery_id, tomorrow).await.unwrap());
    assert_eq!(claim_one(&env, now).await, None);
    let again = claim_one(&env, tomorrow).await.unwrap();
    assert_eq!((again.raised, again.attempt), (claim.raised, 2));
    assert!(!env.store.retry_delivery(999, now).await.unwrap());
}

#[tokio::test]
async fn what_waits_after_a_failure_is_due_at_once_when_it_is_retried_unless_it_is_on_its_way() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["ops"]).await;
    raise(&env, "b", &["ops"]).await;
    let (now, tomorrow) = (noon("2019-08-02"), noon("2019-08-03"));
    let retry = |at| Verdict::Retry { error: error("500"), at };
    let first = claim_one(&env, now).await.unwrap();
    finish(&env, [(&first, retry(tomorrow))], now).await;
    // `b` has not failed: it keeps its place, and nothing is said of it.
    assert_eq!(env.store.retry_failed(None, now).await.unwrap(), 1);
    let claims = claim(&env.store, "ops", 9, now).await;
    assert_eq!(claims.len(), 2);
    let again = claims.iter().find(|claim| claim.delivery_id == first.delivery_id).unwrap();
    assert_eq!((again.attempt, again.failures), (2, 0), "attempts are counted on, failures anew");

    // While an attempt has it, it is nobody else's.
    assert!(!env.store.retry_delivery(first.delivery_id, now).await.unwrap());
    assert_eq!(env.store.retry_failed(Some("ops"), now).await.unwrap(), 0);
    assert!(env.store.retry_delivery(first.delivery_id, now + LEASE).await.unwrap());
    finish(&env, [(again, retry(tomorrow))], now).await;
    assert_eq!(next(&env, "ops").await, Some(now + LEASE), "`b` alone is next: its lease runs out");
    assert!(!env.store.retry_delivery(claims[1].delivery_id, tomorrow).await.unwrap(), "it has not failed");
    assert!(env.store.retry_delivery(first.delivery_id, now).await.unwrap());
    assert_eq!(next(&env, "ops").await, Some(now));
    // What is due already does not lose its place.
    assert!(env.store.retry_delivery(first.delivery_id, tomorrow).await.unwrap());
    assert_eq!(next(&env, "ops").await, Some(now));
}

#[tokio::test]
async fn alerts_and_deliveries_are_found_by_what_they_are() {
    let env = Tracker::empty().await;
    raise(&env, "a", &["ops"]).await;
    raise(&env, "b", &["press"]).await;
    let all = AlertFilter { treaty: None, kind: None, since: None, limit: 10 };
    let ids = |alerts: Vec<RaisedAlert>| alerts.into_iter().map(|raised| raised.id).collect::<Vec<_>>();
    assert_eq!(ids(env.store.alerts(&all).await.unwrap()), ["msg-b", "msg-a"]);
    assert_eq!(env.store.alerts(&AlertFilter { limit: 1, ..all.clone() }).await.unwrap(), [raised("b")]);
    for (kind, count) in
        [(AlertKind::StatusChanged, 2), (AlertKind::DateReached, 2), (AlertKind::DateMoved, 0)]
    {
        let found = env.store.alerts(&AlertFilter { kind: Some(kind), ..all.clone() }).await.unwrap();
        assert_eq!(found.len(), count, "{kind}");
    }
    let none = AlertFilter { treaty: Some(treaty_id("other")), ..all.clone() };
    assert!(env.store.alerts(&none).await.unwrap().is_empty());
    let since = AlertFilter { since: Some(at("2019-08-02T12:00:01Z")), ..all };
    assert!(env.store.alerts(&since).await.unwrap().is_empty());

    let now = noon("2019-08-02");
    let claim = claim_one(&env, now).await.unwrap();
    finish(&env, [(&claim, Verdict::Dead { error: error("404") })], now).await;
    let every = DeliveryFilter { failed_only: false, endpoint: None, treaty: None, limit: 10 };
    let rows = env.store.deliveries(&every).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.endpoint.as_str()).collect::<Vec<_>>(), ["press", "ops"]);
    assert_eq!(rows[0].next_attempt_at, Some(now));
    let failed = DeliveryFilter { failed_only: true, ..every.clone() };
    let rows = env.store.deliveries(&failed).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].state, rows[0].last_error.as_deref()), (DeliveryState::Dead, Some("404")));
    let press = DeliveryFilter { endpoint: Some("press".to_owned()), ..failed };
    assert!(env.store.deliveries(&press).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_due_time_is_run_once() {
    let env = Tracker::empty().await;
    let store = &env.store;
    let (due, now) = (noon("2019-08-02"), at("2019-08-02T12:00:01Z"));
    let run = store.begin_run("check", due, now).await.unwrap().unwrap();
    assert_eq!(store.begin_run("check", due, now).await.unwrap(), None);
    assert!(store.last_run("check").await.unwrap().unwrap().outcome.is_none());
    store.finish_run(run, RunOutcome::Ok, &json!({"alerts": 2}), None, now).await.unwrap();
    let last = store.last_run("check").await.unwrap().unwrap();
    assert_eq!((last.id, last.outcome, last.report), (run, Some(RunOutcome::Ok), Some(json!({"alerts": 2}))));
    assert_eq!(store.last_run("other").await.unwrap(), None);

    let second = store.begin_run("check", noon("2019-08-03"), now).await.unwrap().unwrap();
    store.set_next_run("check", Some(noon("2019-08-04"))).await.unwrap();
    assert_eq!(store.fail_abandoned_runs(noon("2019-08-05")).await.unwrap(), 1);
    store.finish_run(second, RunOutcome::Ok, &json!({}), None, now).await.unwrap();
    let last = store.last_run("check").await.unwrap().unwrap();
    assert_eq!(last.outcome, Some(RunOutcome::Failed), "what was given up stays so");
    assert_eq!(
        env.text("select * from job_health").await,
        ["check|2019-08-02T12:00:01Z|2019-08-05T12:00:00Z|1|2019-08-04T12:00:00Z"]
    );
}
