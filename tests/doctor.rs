//! `doctor`, as a process: what it finds, what it says to do, and its exit code.

#[expect(dead_code, reason = "this test uses a part of it")]
mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use chrono::TimeDelta;
use common::Receiver;
use tempfile::TempDir;
use treatywatch::store::{Ended, Store, Verdict, Want};

const SECRET: &str = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3Qga2V5IQ==";

struct Desk {
    dir: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treatywatch"));
        command.args(arguments).current_dir(self.dir.path());
        for name in ["TREATYWATCH_DB", "TREATYWATCH_CONFIG", "TREATYWATCH_SEEDS", "TREATYWATCH_LOG"] {
            command.env_remove(name);
        }
        command.output().unwrap()
    }

    /// The exit code, and what is said, with a width that breaks no line.
    fn doctor(&self, arguments: &[&str]) -> (Option<i32>, serde_json::Value) {
        let output = self.run(&[&["doctor", "--json"], arguments].concat());
        let said = serde_json::from_slice(&output.stdout);
        (output.status.code(), said.unwrap_or_else(|error| panic!("{error}: {output:?}")))
    }
}

/// The lines about something: verdict, finding, advice.
fn lines(said: &serde_json::Value, what: &str) -> Vec<(String, String, String)> {
    let lines = said["checks"].as_array().unwrap().iter().filter(|line| line["what"]["en"] == what);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    lines
        .map(|line| (text(&line["verdict"]), text(&line["finding"]["en"]), text(&line["advice"]["en"])))
        .collect()
}

#[test]
fn a_new_machine_lacks_a_database_and_a_daemon_and_nothing_fails() {
    let desk = Desk::new();
    let (code, said) = desk.doctor(&[]);
    assert_eq!(code, Some(0), "{said:#}");
    assert_eq!(lines(&said, "configuration")[0].1, "no file: defaults");
    assert_eq!(lines(&said, "daemon")[0].0, "warn");
    let (verdict, finding, advice) = lines(&said, "database").remove(0);
    assert_eq!((verdict.as_str(), advice.as_str()), ("warn", "treatywatch serve makes it"));
    assert_eq!(finding, "treatywatch.db is not there yet");
    assert!(!desk.path("treatywatch.db").exists() && !desk.path("treatywatch.db.daemon").exists());
}

#[test]
fn a_sound_database_is_told_and_what_no_daemon_does_too() {
    let desk = Desk::new();
    assert!(desk.run(&["check"]).status.success());
    let (code, said) = desk.doctor(&["--offline"]);
    let (verdict, finding, _) = lines(&said, "database").remove(0);
    assert_eq!(verdict, "ok");
    assert!(finding.starts_with("sound, schema ") && finding.ends_with("treaties compared: 25"), "{finding}");
    assert_eq!(lines(&said, "clock")[0].0, "ok");
    // Where no daemon runs, a check by hand is the check.
    let checks = lines(&said, "check");
    let [(verdict, finding, _)] = checks.as_slice() else { panic!("{said:#}") };
    assert_eq!(verdict, "ok", "{said:#}");
    assert!(finding.starts_with("the last one was made at "), "{finding}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_check_by_hand_that_is_days_old_is_late_and_none_at_all_is_said() {
    let desk = Desk::new();
    assert!(desk.run(&["verify", "abm"]).status.success());
    let never = lines(&desk.doctor(&["--offline"]).1, "check").remove(0);
    assert_eq!((never.0.as_str(), never.1.as_str()), ("warn", "no check has succeeded yet"));
    assert!(desk.run(&["check", "--today", "2026-01-10"]).status.success());
    let late = lines(&desk.doctor(&["--offline"]).1, "check").remove(0);
    assert_eq!(late.0, "warn", "{late:?}");
    assert!(late.1.ends_with(", of 2026-01-10"), "{late:?}");
    assert_eq!(late.2, "treatywatch check, once a day, or treatywatch serve");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_can_be_reached_and_takes_nothing_is_not_well() {
    let desk = Desk::new();
    assert!(desk.run(&["check"]).status.success());
    let receiver = Receiver::start().await;
    desk.write("key", SECRET, 0o600);
    let config =
        format!("[[endpoint]]\nname = \"desk\"\nurl = \"{}\"\nsecret_file = \"key\"\n", receiver.url);
    desk.write("treatywatch.toml", &config, 0o600);
    assert_eq!(lines(&desk.doctor(&[]).1, "desk")[0].0, "ok");
    let mut raised = treatywatch::delivery::sample::approaching();
    raised.raised_at = "2026-01-10T00:05:00Z".parse().unwrap();
    let store = Store::open(&desk.path("treatywatch.db")).await.unwrap();
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
    let said = desk.doctor(&[]).1;
    let about = lines(&said, "desk");
    let [(verdict, finding, advice)] = about.as_slice() else { panic!("{said:#}") };
    assert_eq!(verdict, "warn");
    assert!(finding.starts_with("nothing arrives, 3 attempts have failed: answered 500 (since 2026-01-10 "));
    assert!(advice.ends_with("treatywatch deliveries retry --endpoint desk"), "{advice}");
}

#[test]
fn a_configuration_that_cannot_be_used_fails_with_its_line_and_the_rest_is_looked_at() {
    let desk = Desk::new();
    desk.write("treatywatch.toml", "language = \"en\"\nlead_day = [1]\n", 0o600);
    let (code, said) = desk.doctor(&["--offline"]);
    assert_eq!(code, Some(3));
    let (verdict, finding, _) = lines(&said, "configuration").remove(0);
    assert_eq!(verdict, "fail");
    assert!(finding.starts_with("treatywatch.toml:2: unknown field `lead_day`"), "{finding}");
    assert_eq!(lines(&said, "database").len(), 1);
}

#[test]
fn a_secret_that_others_can_read_is_named_with_what_to_do() {
    let desk = Desk::new();
    desk.write("key", SECRET, 0o644);
    let config = "[[endpoint]]\nname = \"desk\"\nurl = \"http://127.0.0.1:9/token\"\nsecret_file = \"key\"\n";
    desk.write("treatywatch.toml", config, 0o644);
    let (code, said) = desk.doctor(&["--offline"]);
    let warned = ("warn".to_owned(), "others can read key".to_owned(), "chmod 600 key".to_owned());
    assert_eq!((code, lines(&said, "secret")), (Some(0), vec![warned]));
    desk.write("key", SECRET, 0o600);
    assert_eq!(lines(&desk.doctor(&["--offline"]).1, "secret"), []);
    // Here the URL is the secret.
    desk.write(
        "treatywatch.toml",
        "[[endpoint]]\nname = \"chat\"\nformat = \"slack\"\nurl = \"https://chat.example/token\"\n",
        0o640,
    );
    // A service with a user of its own could not read the configuration then: so that is the second advice.
    assert_eq!(
        lines(&desk.doctor(&["--offline"]).1, "secret")[0].2,
        "keep URLs that are secrets in files of their own (url_file, heartbeat_file), or: chmod 600 treatywatch.toml"
    );
}

#[test]
fn a_damaged_database_fails_and_says_how_to_restore() {
    let desk = Desk::new();
    assert!(desk.run(&["check"]).status.success());
    let mut bytes = fs::read(desk.path("treatywatch.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    fs::write(desk.path("treatywatch.db"), bytes).unwrap();
    let (code, said) = desk.doctor(&["--offline"]);
    let (verdict, _, advice) = lines(&said, "database").remove(0);
    assert_eq!((code, verdict.as_str()), (Some(3), "fail"));
    assert_eq!(advice, "treatywatch restore COPY, with the daemon stopped");
    // What SQLite says is said once, and what to do before it.
    let refused = String::from_utf8(desk.run(&["backup", "copy.db"]).stderr).unwrap();
    let told =
        "treatywatch: cannot back up to copy.db: it is damaged: restore a backup, see docs/operations.md: ";
    assert!(refused.starts_with(told), "{refused}");
    assert_eq!(refused.matches("database disk image is malformed").count(), 1, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_are_reached_without_a_message() {
    let desk = Desk::new();
    let receiver = Receiver::start().await;
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    desk.write("key", SECRET, 0o600);
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
    desk.write("treatywatch.toml", &config.concat(), 0o600);
    let (code, said) = desk.doctor(&[]);
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
    assert_eq!(lines(&desk.doctor(&["--offline"]).1, "gone"), []);
}

#[test]
fn people_read_it_in_three_languages() {
    let desk = Desk::new();
    let said = |lang: &str| {
        let output = desk.run(&["doctor", "--offline", "--lang", lang]);
        String::from_utf8(output.stdout).unwrap()
    };
    let english = said("en");
    assert!(english.starts_with("ok     configuration: no file: defaults\n"), "{english}");
    assert!(english.contains("warn   daemon: not running\n       -> treatywatch serve\n"), "{english}");
    assert!(said("zh").contains("注意   守护进程：未运行\n"), "{}", said("zh"));
    assert!(said("ru").contains("важно  служба: не работает\n"), "{}", said("ru"));
}
