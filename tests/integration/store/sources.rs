//! What is kept of sources, and how much of it.

use chrono::TimeDelta;
use sqlx::Connection as _;
use treatywatch::domain::source::{ANSWERS_MAX, ERROR_CHARS_MAX, Policy, SourceKind, SourceState};
use treatywatch::jobs;
use treatywatch::store::{Ended, SourceRow, Store, Want};

use super::opening::migrated_up_to;
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
        let insert = "insert into source_body values ('a', ?1, ?2, zeroblob(100))";
        let at = (noon("2026-01-01") + TimeDelta::hours(number)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        sqlx::query(insert).bind(format!("{number:064}")).bind(at).execute(&mut old).await.unwrap();
    }
    let taken = "update watch set dataset = ?1";
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
    sqlx::query("update source set last_error = ?1").bind(&long).execute(&mut other).await.unwrap();
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
async fn what_an_earlier_program_has_kept_of_a_long_answer_is_cut_when_the_schema_is_renewed() {
    let (dir, mut old) = migrated_up_to(11).await;
    let long = "x".repeat(3_000_000);
    let key = "source|failing|a|2026-01-01T00:00:00+00:00";
    let sentence = format!("The source a has given nothing: {long}");
    let body = serde_json::json!({
        "key": key, "kind": "source.failing", "also": [], "treaty": null, "about": "a", "state": null,
        "reading": "default", "on": "2026-01-01", "lead_days": null, "late": false, "severity": "warning",
        "sentence": sentence, "sentences": {"zh": sentence, "ru": sentence}, "date": null, "acts": [],
        "article": null, "source": null, "changes": [],
    });
    let statements = [
        (
            "insert into source (name, kind, url, policy, configured, last_error) values ('a', 'page', 'https://a.example/', 'review', 1, ?1)",
            long.clone(),
        ),
        ("insert into job (name) select 'sources' where ?1 is not null", long.clone()),
        (
            "insert into job_run (job, due_at, started_at, finished_at, outcome, error) values ('sources', \
          '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', 'failed', ?1)",
            long.clone(),
        ),
        (
            "insert into job_run (job, due_at, started_at, finished_at, outcome, report) values ('sources', \
          '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-02T00:00:01Z', 'ok', ?1)",
            format!("\"{long}\""),
        ),
        (
            "insert into alert (alert_id, key, kind, also, about, reading_id, on_date, late, severity, sentence, body, raised_at) \
          select 'msg_1', 'source|failing|a|2026-01-01T00:00:00+00:00', 'source.failing', '[]', 'a', 'default', '2026-01-01', 0, \
          'warning', ?1 ->> '$.sentence', ?1, '2026-01-01T00:00:00Z'",
            body.to_string(),
        ),
        ("insert into endpoint (name) select 'desk' where ?1 is not null", long.clone()),
        (
            "insert into delivery (alert_id, endpoint, state, attempts, next_attempt_at) select 'msg_1', 'desk', 'pending', 0, \
          '2026-01-01T00:00:00Z' where ?1 is not null",
            long.clone(),
        ),
    ];
    for (statement, value) in statements {
        sqlx::query(statement).bind(value).execute(&mut old).await.unwrap();
    }
    old.close().await.unwrap();

    let env = Tracker::over(dir).await;
    let sizes = env
        .text(
            "select (select max(length(last_error)) from source), (select max(length(error)) from job_run),
                (select count(*) from job_run where report is not null), (select max(length(sentence)) from alert),
                (select max(length(body)) from alert) < 4000",
        )
        .await;
    assert_eq!(sizes, ["500|2000|0|2000|1"]);
    // It is sent as what it is, in short.
    let want = Want { endpoint: "desk", lease: LEASE, limit: 9 };
    let claims = turn(&env.store, &Ended::default(), want, noon("2026-01-01")).await.claims;
    let [claim] = claims.as_slice() else { panic!("{claims:?}") };
    let alert = &claim.raised.alert;
    assert_eq!((alert.key.as_str(), alert.about.as_deref()), (key, Some("a")));
    assert!(alert.sentence.starts_with("The source a has given nothing: xxx"));
}

#[tokio::test]
async fn an_alert_that_is_larger_than_any_is_given_up_and_not_read() {
    let env = Tracker::empty().await;
    raise(&env, "large", &["desk"]).await;
    raise(&env, "small", &["desk"]).await;
    let mut other = env.connect().await;
    let grow = "update alert set body = json_set(body, '$.sentence', ?1) where alert_id = 'msg-large'";
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
    let (dir, mut old) = migrated_up_to(15).await;
    // As an earlier program kept them: only the first one lists participants, has answered, and agreed.
    for (name, kind, good_at, seen) in [
        ("agrees", "untc", Some("2026-06-01T08:00:00Z"), Some("{}")),
        ("differs", "unoda", Some("2026-07-01T08:00:00Z"), Some("{}")),
        ("page", "page", Some("2026-07-01T08:00:00Z"), Some("{}")),
        ("fails", "untc", None, None),
    ] {
        let insert = "insert into source (name, kind, treaty_id, url, policy, configured, good_at, seen) \
             values (?1, ?2, 'pact', 'https://a.example/', 'review', 1, ?3, ?4)";
        let row = sqlx::query(insert).bind(name).bind(kind).bind(good_at).bind(seen);
        row.execute(&mut old).await.unwrap();
    }
    let finding = "insert into source_finding (source, key, finding, found_at, state) \
         values ('differs', 'x', '{}', '2026-06-30T08:00:00Z', 'open')";
    sqlx::query(finding).execute(&mut old).await.unwrap();
    old.close().await.unwrap();

    let env = Tracker::over(dir).await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let agreed = "select name, agreed_on from source order by name";
    assert_eq!(env.text(agreed).await, ["agrees|2026-06-01", "differs|", "fails|", "page|"]);
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
