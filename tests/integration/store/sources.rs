//! What is kept of sources, and how much of it.

use chrono::TimeDelta;
use sqlx::Connection as _;
use treatywatch::domain::source::{ANSWERS_MAX, ERROR_CHARS_MAX, Policy, SourceKind, SourceState};
use treatywatch::jobs;
use treatywatch::store::{Ended, SourceRow, Store, Want};

use super::outbox::{LEASE, raise, turn};
use super::*;

fn source(name: &str) -> SourceRow {
    SourceRow {
        name: name.to_owned(),
        kind: SourceKind::Page,
        treaty: None,
        url: "https://gazette.example/".to_owned(),
        rules: "{}".to_owned(),
        policy: Policy::Review,
    }
}

async fn keep(store: &Store, name: &str, number: u32, size_bytes: usize) {
    let mut tx = store.begin().await.unwrap();
    let at = noon("2026-01-01") + TimeDelta::hours(number.into());
    tx.keep_body(name, &format!("{number:064}"), &vec![7; size_bytes], at).await.unwrap();
    tx.commit().await.unwrap();
}

async fn kept(env: &Tracker, name: &str) -> Vec<u32> {
    let bodies = env.store.source_bodies(name).await.unwrap();
    bodies.into_iter().map(|body| body.digest.parse().unwrap()).collect()
}

#[tokio::test]
async fn of_each_source_the_latest_answers_stay_as_many_as_fit() {
    let env = Tracker::empty().await;
    env.store.put_sources(&[source("a"), source("b")]).await.unwrap();
    keep(&env.store, "b", 1, 10).await;
    for number in 1..=20 {
        keep(&env.store, "a", number, 10).await;
    }
    assert_eq!(kept(&env, "a").await, (13..=20).rev().collect::<Vec<_>>());
    assert_eq!(ANSWERS_MAX, 8);
    // One that comes again is the latest, and is kept once.
    keep(&env.store, "a", 13, 10).await;
    keep(&env.store, "a", 30, 10).await;
    assert_eq!(kept(&env, "a").await[..2], [30, 20]);
    // Large ones take the place of many.
    for number in 40..44 {
        keep(&env.store, "a", number, 12 << 20).await;
    }
    assert_eq!(kept(&env, "a").await, [43, 42]);
    keep(&env.store, "a", 50, 33 << 20).await;
    assert_eq!(kept(&env, "a").await, [50], "the latest stays, whatever its size");
    assert_eq!(kept(&env, "b").await, [1]);
}

#[tokio::test]
async fn answers_that_an_earlier_program_has_left_are_cleaned_but_not_the_dataset_in_use() {
    let env = Tracker::empty().await;
    env.store.put_sources(&[source("a")]).await.unwrap();
    let mut old = env.connect().await;
    for number in 1..=100 {
        let insert = "insert into _source_body values ('a', ?1, ?2, zeroblob(100))";
        let at = (noon("2026-01-01") + TimeDelta::hours(number)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        sqlx::query(insert).bind(format!("{number:064}")).bind(at).execute(&mut old).await.unwrap();
    }
    let taken = "update _watch set dataset = ?1";
    sqlx::query(taken).bind(format!("{:064}", 3)).execute(&mut old).await.unwrap();
    let report = jobs::retain(&env.store, 400, noon("2026-06-01")).await.unwrap();
    assert_eq!(report.answers, 91);
    assert_eq!(kept(&env, "a").await, [100, 99, 98, 97, 96, 95, 94, 93, 3]);
    assert_eq!(jobs::retain(&env.store, 400, noon("2026-06-01")).await.unwrap().answers, 0);
}

#[tokio::test]
async fn errors_are_kept_and_read_up_to_a_length() {
    let env = Tracker::empty().await;
    env.store.put_sources(&[source("a")]).await.unwrap();
    let long = "é".repeat(3_000_000);
    let state = SourceState { failures: 3, last_error: Some(long.clone()), ..SourceState::default() };
    let mut tx = env.store.begin().await.unwrap();
    tx.save_source("a", &state).await.unwrap();
    tx.commit().await.unwrap();
    let error = env.source().await.state.last_error.unwrap();
    assert_eq!(error.chars().count(), ERROR_CHARS_MAX);

    // Whatever wrote it, what is only shown is not read whole.
    let mut other = env.connect().await;
    sqlx::query("update _source set last_error = ?1").bind(&long).execute(&mut other).await.unwrap();
    let error = env.source().await.state.last_error.unwrap();
    let pulse = env.store.source_pulses().await.unwrap().remove(0).error.unwrap();
    assert_eq!((error.chars().count(), pulse.chars().count()), (2_000, 2_000));
    let now = noon("2026-06-01");
    let run = env.store.begin_run("sources", now, now).await.unwrap().unwrap();
    let (failed, nothing) = (treatywatch::store::RunOutcome::Failed, serde_json::Value::Null);
    env.store.finish_run(run, failed, &nothing, Some(&long), now).await.unwrap();
    let pulse = env.store.job_pulses().await.unwrap().remove(0).error.unwrap();
    assert_eq!(pulse.chars().count(), 2_000);
}

#[tokio::test]
async fn an_alert_that_is_larger_than_any_is_given_up_and_not_read() {
    let env = Tracker::empty().await;
    raise(&env, "large", &["desk"]).await;
    raise(&env, "small", &["desk"]).await;
    let mut other = env.connect().await;
    let grow = "update _alert set body = json_set(body, '$.sentence', ?1) where alert_id = 'msg-large'";
    sqlx::query(grow).bind("x".repeat(9 << 20)).execute(&mut other).await.unwrap();
    let want = Want { endpoint: "desk", lease: LEASE, limit: 9 };
    let claims = turn(&env.store, &Ended::default(), want, noon("2019-08-02")).await.claims;
    assert_eq!(claims.iter().map(|claim| claim.raised.id.as_str()).collect::<Vec<_>>(), ["msg-small"]);
    assert_eq!(
        env.text("select state, last_error from delivery_log where alert_id = 'msg-large'").await,
        ["dead|the alert has more than 8388608 bytes, and is not sent"]
    );
}

#[tokio::test]
async fn a_source_without_an_open_finding_confirms_the_facts_of_its_treaty() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let mut conn = env.connect().await;
    // Only the first one lists participants, has answered, and agreed.
    for (name, kind, agreed_on) in
        [("agrees", "untc", Some("2026-06-01")), ("differs", "unoda", None), ("page", "page", None)]
    {
        let insert = "insert into _source (name, kind, treaty_id, url, policy, configured, agreed_on) \
             values (?1, ?2, 'pact', 'https://a.example/', 'review', 1, ?3)";
        sqlx::query(insert).bind(name).bind(kind).bind(agreed_on).execute(&mut conn).await.unwrap();
    }
    let finding = "insert into _source_finding (source, key, finding, found_at, state) \
         values ('differs', 'x', '{}', '2026-06-30T08:00:00Z', 'open')";
    sqlx::query(finding).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();

    let reach = async || {
        let treaty = env.store.load_treaty(&"pact".parse().unwrap()).await.unwrap().unwrap().treaty;
        let view = env.text("select facts_as_of from treaty_status").await;
        assert_eq!(view, [treaty.facts_as_of.to_string()], "the view says the same");
        let all = env.store.load_treaties().await.unwrap();
        assert_eq!(all[0].treaty.facts_as_of, treaty.facts_as_of);
        treaty.facts_as_of.to_string()
    };
    assert_eq!(reach().await, "2026-06-01");
    let confirm = async |name: &str, on: &str| {
        let mut tx = env.store.begin().await.unwrap();
        tx.confirm_facts(name, on.parse().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
    };
    confirm("differs", "2026-07-02").await;
    assert_eq!(reach().await, "2026-06-01");
    confirm("agrees", "2026-07-01").await;
    confirm("agrees", "2026-05-01").await;
    assert_eq!(reach().await, "2026-07-01");
    // What it confirms is no part of its definition: read again, nothing has changed.
    let again = env.seed(&seeds(vec![pact(vec![])]), "b").await;
    assert_eq!(again.changed_treaties, Vec::new(), "{again:?}");
    assert_eq!(reach().await, "2026-07-01");
    // Of what was known on a day nothing later remains.
    let copy = env.path("copy.db");
    env.store.backup_as_known(&copy, day("2026-06-15")).await.unwrap();
    let mut copy = connect(&copy).await;
    let reach: String =
        sqlx::query_scalar("select facts_as_of from treaty_status").fetch_one(&mut copy).await.unwrap();
    assert_eq!(reach, "2026-06-15");
}
