//! `doctor`, as a process: what it finds, what it says to do, and its exit code.

use chrono::TimeDelta;
use treatywatch::store::{Ended, Verdict, Want};

use crate::env::{ClosedPort, Receiver, SECRET, TestEnv, damage, set_mode};

fn write(env: &TestEnv, name: &str, text: &str, mode: u32) {
    env.write(name, text);
    set_mode(&env.path(name), mode);
}

/// The exit code, and the answer.
fn doctor(env: &TestEnv, arguments: &[&str]) -> (Option<i32>, serde_json::Value) {
    let output = env.run(&[&["doctor", "--json"], arguments].concat());
    let said = serde_json::from_slice(&output.stdout);
    (output.status.code(), said.unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

/// The lines about something: verdict, finding, advice.
fn lines(said: &serde_json::Value, what: &str) -> Vec<(String, String, String)> {
    let lines = said["checks"].as_array().unwrap().iter().filter(|line| line["what"] == what);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    lines.map(|line| (text(&line["verdict"]), text(&line["finding"]), text(&line["advice"]))).collect()
}

#[test]
fn a_new_machine_lacks_a_database_and_a_daemon_and_nothing_fails() {
    let env = TestEnv::new();
    let (code, said) = doctor(&env, &[]);
    assert_eq!(code, Some(0), "{said:#}");
    assert_eq!(lines(&said, "configuration")[0].1, "no file, using defaults");
    assert_eq!(lines(&said, "daemon")[0].0, "warn");
    let (verdict, finding, advice) = lines(&said, "database").remove(0);
    assert_eq!((verdict.as_str(), advice.as_str()), ("warn", "treatywatch serve creates it"));
    assert_eq!(finding, "treatywatch.db does not exist yet");
    assert!(!env.database().exists() && !env.path("treatywatch.db.daemon").exists());
}

#[test]
fn a_sound_database_is_told_and_what_no_daemon_does_too() {
    let env = TestEnv::new();
    env.printed(&["check"]);
    let (code, said) = doctor(&env, &["--offline"]);
    let (verdict, finding, _) = lines(&said, "database").remove(0);
    assert_eq!(verdict, "ok");
    assert!(finding.starts_with("sound, schema ") && finding.ends_with("treaties compared: 33"), "{finding}");
    assert_eq!(lines(&said, "clock")[0].0, "ok");
    // Where no daemon runs, a check by hand is the check.
    let checks = lines(&said, "check");
    let [(verdict, finding, _)] = checks.as_slice() else { panic!("{said:#}") };
    assert_eq!(verdict, "ok", "{said:#}");
    assert!(finding.starts_with("the last one ran at "), "{finding}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_check_by_hand_that_is_days_old_is_late_and_none_at_all_is_said() {
    let env = TestEnv::new();
    env.printed(&["verify", "abm"]);
    let never = lines(&doctor(&env, &["--offline"]).1, "check").remove(0);
    assert_eq!((never.0.as_str(), never.1.as_str()), ("warn", "no check has succeeded yet"));
    env.printed(&["check", "--today", "2026-01-10"]);
    let late = lines(&doctor(&env, &["--offline"]).1, "check").remove(0);
    assert_eq!(late.0, "warn", "{late:?}");
    assert!(late.1.ends_with(", for 2026-01-10"), "{late:?}");
    assert_eq!(late.2, "treatywatch check, once a day, or treatywatch serve");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_can_be_reached_and_takes_nothing_is_not_well() {
    let env = TestEnv::new();
    env.printed(&["check"]);
    let receiver = Receiver::start().await;
    write(&env, "key", SECRET, 0o600);
    let config =
        format!("[[endpoint]]\nname = \"desk\"\nurl = \"{}\"\nsecret_file = \"key\"\n", receiver.url);
    write(&env, "treatywatch.toml", &config, 0o600);
    assert_eq!(lines(&doctor(&env, &[]).1, "desk")[0].0, "ok");
    let mut raised = treatywatch::delivery::sample::approaching();
    raised.raised_at = "2026-01-10T00:05:00Z".parse().unwrap();
    let store = env.open_store().await;
    let mut tx = store.begin().await.unwrap();
    assert!(tx.insert_alert(&raised, &["desk".to_owned()]).await.unwrap());
    tx.commit().await.unwrap();
    let want = |limit| Want { endpoint: "desk", lease: TimeDelta::seconds(90), limit };
    let mut now = raised.raised_at;
    for _ in 0..3 {
        let mut tx = store.begin().await.unwrap();
        let claims = tx.turn(&Ended::default(), want(1), now).await.unwrap().claims;
        let retry = Verdict::Retry { error: "answered 500".to_owned(), at: now + TimeDelta::seconds(30) };
        let results = claims.into_iter().map(|claim| (claim, retry.clone())).collect();
        tx.turn(&Ended { results, slow_until: None }, want(0), now).await.unwrap();
        tx.commit().await.unwrap();
        now += TimeDelta::seconds(30);
    }
    store.close().await;
    let said = doctor(&env, &[]).1;
    let about = lines(&said, "desk");
    let [(verdict, finding, advice)] = about.as_slice() else { panic!("{said:#}") };
    assert_eq!(verdict, "warn");
    assert!(finding.starts_with("nothing arrives, 3 attempts have failed: answered 500 (since 2026-01-10 "));
    assert!(advice.ends_with("treatywatch deliveries retry --endpoint desk"), "{advice}");
}

#[test]
fn a_configuration_that_cannot_be_used_fails_with_its_line_and_the_rest_is_looked_at() {
    let env = TestEnv::new();
    write(&env, "treatywatch.toml", "language = \"en\"\nlead_day = [1]\n", 0o600);
    let (code, said) = doctor(&env, &["--offline"]);
    assert_eq!(code, Some(3));
    let (verdict, finding, _) = lines(&said, "configuration").remove(0);
    assert_eq!(verdict, "fail");
    assert!(finding.starts_with("treatywatch.toml:2: unknown field `lead_day`"), "{finding}");
    assert_eq!(lines(&said, "database").len(), 1);
}

#[test]
fn a_secret_that_others_can_read_is_named_with_what_to_do() {
    let env = TestEnv::new();
    write(&env, "key", SECRET, 0o644);
    let config = "[[endpoint]]\nname = \"desk\"\nurl = \"http://127.0.0.1:9/token\"\nsecret_file = \"key\"\n";
    write(&env, "treatywatch.toml", config, 0o644);
    let (code, said) = doctor(&env, &["--offline"]);
    let warned = ("warn".to_owned(), "other users can read key".to_owned(), "chmod 600 key".to_owned());
    assert_eq!((code, lines(&said, "secret")), (Some(0), vec![warned]));
    write(&env, "key", SECRET, 0o600);
    assert_eq!(lines(&doctor(&env, &["--offline"]).1, "secret"), []);
    // Here the URL is the secret.
    write(
        &env,
        "treatywatch.toml",
        "[[endpoint]]\nname = \"chat\"\nformat = \"slack\"\nurl = \"https://chat.example/token\"\n",
        0o640,
    );
    // A service with a user of its own could not read the configuration then: so that is the second advice.
    assert_eq!(
        lines(&doctor(&env, &["--offline"]).1, "secret")[0].2,
        "keep URLs that are secrets in files of their own (url_file, heartbeat_file), or: chmod 600 treatywatch.toml"
    );
}

#[test]
fn a_damaged_database_fails_and_says_how_to_restore() {
    let env = TestEnv::new();
    env.printed(&["check"]);
    damage(&env.database());
    let (code, said) = doctor(&env, &["--offline"]);
    let (verdict, _, advice) = lines(&said, "database").remove(0);
    assert_eq!((code, verdict.as_str()), (Some(3), "fail"));
    assert_eq!(advice, "treatywatch restore COPY, with the daemon stopped");
    // What SQLite says is said once, and what to do before it.
    let refused = env.refused(&["backup", "copy.db"], 1);
    let told =
        "treatywatch: cannot back up to copy.db: it is damaged: restore a backup, see docs/operations.md: ";
    assert!(refused.starts_with(told), "{refused}");
    assert_eq!(refused.matches("database disk image is malformed").count(), 1, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_are_reached_without_a_message() {
    let env = TestEnv::new();
    let receiver = Receiver::start().await;
    let port = ClosedPort::reserve();
    let gone = port.address();
    write(&env, "key", SECRET, 0o600);
    let endpoint = |name: &str, url: &str| {
        format!("[[endpoint]]\nname = \"{name}\"\nurl = \"{url}\"\nsecret_file = \"key\"\n")
    };
    let command = |name: &str, program: &str| {
        format!("[[endpoint]]\nname = \"{name}\"\nformat = \"command\"\ncommand = [\"{program}\"]\n")
    };
    let config = [
        endpoint("desk", &receiver.url),
        endpoint("gone", &format!("http://{gone}/s3cret")),
        command("here", "sh"),
        command("nowhere", "no-such-program-anywhere"),
    ];
    write(&env, "treatywatch.toml", &config.concat(), 0o600);
    let (code, said) = doctor(&env, &[]);
    assert_eq!(code, Some(3));
    let origin = receiver.url.trim_end_matches("/alerts");
    assert_eq!(lines(&said, "desk")[0].1, format!("{origin} can be reached"));
    let (verdict, finding, _) = lines(&said, "gone").remove(0);
    assert_eq!(
        (verdict.as_str(), finding),
        ("fail", format!("http://{gone}: cannot connect: connection refused"))
    );
    assert_eq!(lines(&said, "here")[0].0, "ok");
    assert_eq!(lines(&said, "nowhere")[0].1, "no-such-program-anywhere: there is no such program");
    assert_eq!(receiver.received().len(), 0);
    assert_eq!(lines(&doctor(&env, &["--offline"]).1, "gone"), []);
}

#[test]
fn operators_read_it_in_english() {
    let env = TestEnv::new();
    for lang in ["en", "zh", "ru"] {
        let said = env.printed(&["doctor", "--offline", "--lang", lang]);
        assert!(said.starts_with("ok     configuration: no file, using defaults\n"), "{said}");
        assert!(said.contains("warn   daemon: not running\n       -> treatywatch serve\n"), "{said}");
    }
}
