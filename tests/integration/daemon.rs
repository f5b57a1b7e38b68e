//! The program itself, as a process: it starts, stops, refuses what is bad, and survives being killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::sync::mpsc::{Receiver as Lines, channel};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use treatywatch::store::{DeliveryState, RunOutcome};

use crate::env::{
    ALL_ALERTS, ALL_DELIVERIES, ClosedPort, Daemon, PATIENCE, Receiver, TestEnv, copy, endpoint, health,
    joined, silent,
};

/// Runs a command that must fail, and gives the one line that it says.
fn refused(env: &TestEnv, arguments: &[&str]) -> String {
    let error = env.refused(arguments, 1);
    assert_eq!(error.lines().count(), 1, "{error}");
    error.trim_end().to_owned()
}

#[test]
fn a_newcomer_gets_a_running_daemon_that_says_what_it_watches() {
    let env = TestEnv::configured("");
    let daemon = env.serve();
    let watching = daemon.wait_for("Watching");
    assert!(
        watching.contains("treatywatch.db") && watching.contains("33 treaties and other instruments"),
        "{watching}"
    );
    for _ in 0..5 {
        daemon.wait_for("Next: ");
    }
    daemon.wait_for("No endpoint is configured");
    daemon.wait_for("sqlite3 treatywatch.db");
    daemon.wait_for("Watching since");
    let end = daemon.stop("TERM");
    assert_eq!(end.code, Some(0));
    assert!(end.took < Duration::from_secs(10), "{:?}", end.took);
    assert!(!env.path("treatywatch.db-wal").exists(), "the log is folded into the file");
}

#[test]
fn it_stops_on_sigint_too() {
    let env = TestEnv::configured("");
    let daemon = env.serve();
    daemon.wait_for("Watching since");
    assert_eq!(daemon.stop("INT").code, Some(0));
}

#[test]
fn health_is_told_over_http() {
    let env = TestEnv::configured("");
    let daemon = env.serve();
    let address = daemon.address();
    daemon.wait_for("Watching since");
    let answer = checked_health(&address);
    assert!(answer.starts_with("HTTP/1.0 200") && answer.contains("\"status\":\"ok\""), "{answer}");
    daemon.stop("TERM");
}

#[tokio::test]
async fn a_watch_that_is_ahead_of_the_clock_is_told_and_not_well() {
    let env = TestEnv::configured("");
    env.printed(&["check"]);
    // The clock was wrong for a while: no command checks a day to come.
    let store = env.open_store().await;
    let mut write = store.begin().await.unwrap();
    write.set_checked("2999-01-01".parse().unwrap(), "2026-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
    write.commit().await.unwrap();
    store.close().await;
    let daemon = env.serve();
    let address = daemon.address();
    daemon.wait_for("The last check was of 2999-01-01, which is after");
    let answer = checked_health(&address);
    assert!(answer.starts_with("HTTP/1.0 503"), "{answer}");
    assert!(answer.contains("the last check was of 2999-01-01, a future date"), "{answer}");
    daemon.stop("TERM");
}

#[tokio::test]
async fn a_check_on_record_for_a_time_to_come_keeps_no_scheduled_one_away() {
    let env = TestEnv::configured("[schedule]\ncheck = \"* * * * * *\"\n");
    let store = env.open_store().await;
    let (ahead, now) = ("2999-01-01T00:00:00Z".parse().unwrap(), "2026-01-01T00:00:00Z".parse().unwrap());
    let run = store.begin_run("check", ahead, now).await.unwrap().unwrap();
    store.finish_run(run, RunOutcome::Ok, &serde_json::Value::Null, None, now).await.unwrap();
    store.close().await;
    let daemon = env.serve();
    daemon.wait_for("Watching since");
    daemon.wait_for("Checked");
    daemon.stop("TERM");
}

/// The health of a daemon once it has checked.
fn checked_health(address: &str) -> String {
    loop {
        let answer = health(address);
        // The run is recorded an instant after it is told.
        if !answer.contains("no check has succeeded yet") {
            return answer;
        }
    }
}

#[test]
fn a_second_daemon_is_told_who_holds_the_database() {
    let env = TestEnv::configured("");
    let daemon = env.serve();
    daemon.wait_for("Watching since");
    let error = refused(&env, &["serve"]);
    let expected =
        format!("treatywatch.db is already watched by another daemon (pid {}, since ", daemon.id());
    assert!(error.contains(&expected), "{error}");
    // Asking goes on meanwhile.
    env.printed(&["status", "npt"]);
    daemon.kill();
    let next = env.serve();
    next.wait_for("Checked");
    next.stop("TERM");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_ten_times_between_commit_and_send_every_alert_arrives_under_one_id() {
    let env = TestEnv::new();
    // It accepts connections and never answers, so that each kill falls into an attempt.
    let (silent, url) = silent();
    env.configure(&endpoint("desk", &url));
    for today in ["2026-02-04", "2026-02-05"] {
        env.printed(&["check", "--today", today]);
    }
    for _ in 0..10 {
        let daemon = env.serve();
        // An attempt has begun: its claim is committed, nothing has been received.
        silent.accept().unwrap();
        daemon.kill();
    }
    let receiver = Receiver::start().await;
    env.configure(&endpoint("desk", &receiver.url));
    let daemon = env.serve();
    // What became due since is told too, by the check at the start.
    daemon.wait_for("Checked");
    let store = env.open_store().await;
    let alerts = store.alerts(&ALL_ALERTS).await.unwrap();
    let raised: BTreeSet<String> = alerts.into_iter().map(|raised| raised.id).collect();
    let deadline = Instant::now() + PATIENCE;
    let deliveries = loop {
        let deliveries = store.deliveries(&ALL_DELIVERIES).await.unwrap();
        if deliveries.iter().all(|row| row.state == DeliveryState::Delivered) {
            break deliveries;
        }
        assert!(Instant::now() < deadline, "{deliveries:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    daemon.stop("TERM");
    assert!(raised.len() >= 2);
    assert_eq!(deliveries.len(), raised.len(), "one delivery for each alert");
    let mut received: BTreeMap<String, usize> = BTreeMap::new();
    for message in receiver.received() {
        assert_eq!(message.json()["id"], message.id.as_str());
        *received.entry(message.id).or_default() += 1;
    }
    assert_eq!(received.keys().cloned().collect::<BTreeSet<_>>(), raised);
    assert!(received.values().all(|times| *times == 1), "{received:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_raised_while_the_daemon_is_down_arrive_when_it_is_up() {
    let env = TestEnv::new();
    let receiver = Receiver::start().await;
    receiver.answer(StatusCode::NO_CONTENT);
    env.configure(&endpoint("desk", &receiver.url));
    env.run(&["check", "--today", "2026-02-04"]);
    let report = env.printed(&["check", "--today", "2026-02-05", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let expired =
        report["alerts"].as_array().unwrap().iter().find(|alert| alert["kind"] == "status.changed").unwrap();
    let id = expired["alert_id"].as_str().unwrap();
    assert_eq!(receiver.received().len(), 0);
    let daemon = env.serve();
    daemon.wait_for("alerts delivered, 0 to be retried");
    assert!(receiver.received().iter().any(|message| message.id == id));
    daemon.stop("TERM");
}

fn nothing_written(env: &TestEnv) {
    let database = env.database();
    assert!(!database.exists(), "{} was made", database.display());
}

#[test]
fn a_bad_configuration_is_one_clear_error_and_nothing_is_written() {
    let env = TestEnv::new();
    let endpoint = endpoint("desk", "https://example.org/");
    let cases = [
        (format!("{endpoint}treaty = [\"npt\"]\n"), "treatywatch.toml:6: ", "treaty"),
        (
            format!("{endpoint}kinds = [\"status.altered\"]\n"),
            "treatywatch.toml:6: endpoint.kinds: ",
            "`status.altered`",
        ),
        (
            format!("{endpoint}treaties = [\"nqt\"]\n"),
            "treatywatch.toml:6: endpoint.treaties: ",
            "no treaty `nqt`",
        ),
        (
            "[schedule]\ncheck = \"0 0 0 30 2 *\"\n".to_owned(),
            "treatywatch.toml:3: schedule.check: ",
            "never comes",
        ),
        ("time_zone = \"Mars/Olympus\"\n".to_owned(), "treatywatch.toml:2: time_zone: ", "Mars/Olympus"),
    ];
    for (text, place, words) in cases {
        env.configure(&text);
        for command in ["serve", "check"] {
            let error = refused(&env, &[command]);
            assert!(error.contains(place) && error.contains(words), "{error}");
            nothing_written(&env);
        }
    }
}

#[test]
fn bad_seeds_are_one_clear_error_and_nothing_is_written() {
    let env = TestEnv::new();
    let seeds = env.path("seeds");
    copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds")), &seeds);
    let file = seeds.join("treaties/inf/treaty.toml");
    let good = fs::read_to_string(&file).unwrap();
    let line_of = |words: &str| 1 + good.lines().position(|line| line.contains(words)).unwrap();
    fs::write(&file, good.replacen("on = 2019-02-01", "on = 2019-02-30", 1)).unwrap();
    let error = refused(&env, &["--seeds", "seeds", "serve"]);
    let place = format!("seeds/treaties/inf/treaty.toml:{}: on: ", line_of("on = 2019-02-01"));
    assert!(error.contains(&place), "{error}");
    nothing_written(&env);

    // In a database that exists, everything stays as it was.
    fs::write(&file, &good).unwrap();
    env.printed(&["--seeds", "seeds", "check", "--today", "2026-01-01"]);
    let before = fs::read(env.database()).unwrap();
    fs::write(&file, good.replacen("\"notice_of_withdrawal\"", "\"notice\"", 1)).unwrap();
    let error = refused(&env, &["--seeds", "seeds", "check"]);
    assert!(error.contains("treaty.toml:") && error.contains("kind: unknown variant `notice`"), "{error}");
    assert_eq!(fs::read(env.database()).unwrap(), before);
}

#[test]
fn a_database_that_cannot_be_used_is_one_clear_error() {
    let env = TestEnv::new();
    fs::create_dir(env.path("folder")).unwrap();
    let error = refused(&env, &["--db", "folder", "serve"]);
    assert!(error.contains("folder is a directory"), "{error}");
    let error = refused(&env, &["--db", "nowhere/treatywatch.db", "status"]);
    assert!(error.contains("nowhere"), "{error}");
    // Nobody may make files there, not even root.
    let error = refused(&env, &["--db", "/proc/treatywatch.db", "serve"]);
    let expected = "there is no /proc/treatywatch.db, and its directory must be writable to make it";
    assert!(error.contains(expected), "{error}");
    env.write("letter.db", "Dear colleague, this is not a database, and never was one.");
    let error = refused(&env, &["--db", "letter.db", "status"]);
    assert!(error.contains("letter.db"), "{error}");
}

#[test]
fn exit_codes_say_what_happened() {
    let env = TestEnv::new();
    let code = |arguments: &[&str]| Some(env.code(arguments));
    assert_eq!(code(&["status"]), Some(0));
    assert_eq!(code(&["status", "--on", "2019-2-2"]), Some(2));
    assert_eq!(code(&["status", "nqt"]), Some(4));
    assert_eq!(code(&["verify"]), Some(0));
    assert_eq!(code(&["endpoints", "test", "desk"]), Some(4));
    for (arguments, told) in [
        (["deliveries", "--endpoint", "desk"], "no such endpoint `desk`"),
        (["review", "show", "9999"], "no such finding `9999`"),
    ] {
        assert_eq!(env.refused(&arguments, 4), format!("treatywatch: {told}\n"));
    }
    assert_eq!(code(&["deliveries", "retry", "--all"]), Some(0));
    assert_eq!(code(&["catalogue", "bundle", "facts.json"]), Some(0));
    let again = env.refused(&["catalogue", "bundle", "facts.json"], 1);
    assert_eq!(again, "treatywatch: facts.json exists: a bundle never overwrites, name another file\n");
    assert_eq!(code(&["sql", "delete from _act"]), Some(1));
    assert_eq!(code(&["sql", "select count(*) from treaty_status"]), Some(0));
    assert_eq!(code(&["backup", "copy.db"]), Some(0));
    assert_eq!(code(&["backup", "copy.db"]), Some(1), "an existing file is not overwritten");
    assert_eq!(code(&["--db", "copy.db", "status", "npt"]), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_snooze_held_is_summed_up_once_it_has_been_ended() {
    let receiver = Receiver::start().await;
    let env = TestEnv::new();
    env.configure(&format!("{}treaties = [\"new-start\"]\n", endpoint("desk", &receiver.url)));
    for arguments in [
        "check --today 2025-12-06",
        "snooze new-start --until 2999-01-01 --by anna",
        "check --today 2025-12-07",
        "snooze --end new-start --by anna",
    ] {
        env.printed(&arguments.split(' ').collect::<Vec<_>>());
    }
    let daemon = env.serve();
    daemon.wait_for("desk: Held until ");
    let told = |receiver: &Receiver| {
        receiver.received().iter().any(|message| {
            let body = message.json();
            body["type"] == "treatywatch.digest" && body["data"]["items"].as_array().unwrap().len() == 1
        })
    };
    let mut count = 0;
    while !told(&receiver) {
        count += 1;
        tokio::time::timeout(PATIENCE, receiver.wait_for(count)).await.expect("a digest comes");
    }
    assert_eq!(daemon.stop("TERM").code, Some(0));
    let store = env.open_store().await;
    let rows =
        store.sql("select name, failures from job_health where name = 'digest'", 10).await.unwrap().rows;
    assert_eq!(rows, [[serde_json::json!("digest"), serde_json::json!(0)]]);
}

#[tokio::test]
async fn a_preview_shows_the_request_and_sends_nothing() {
    let receiver = Receiver::start().await;
    let env = TestEnv::configured(&endpoint("desk", &format!("{}?token=hunter2", receiver.url)));
    let preview = |arguments: &[&str]| env.printed(&[&["endpoints", "preview", "desk"], arguments].concat());
    let shown = preview(&[]);
    let origin = receiver.url.trim_end_matches("/alerts");
    assert!(shown.starts_with(&format!("POST {origin}/…\nwebhook-id: msg_")), "{shown}");
    assert!(shown.contains("\nwebhook-signature: v1,") && !shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("\n\n{\"specversion\":\"1.0\""), "{shown}");
    let revealed = preview(&["--reveal"]);
    assert!(revealed.starts_with(&format!("POST {}?token=hunter2\n", receiver.url)), "{revealed}");
    assert_eq!(env.code(&["endpoints", "preview", "desk", "--alert", "msg_none"]), 4);
    assert_eq!(receiver.received().len(), 0);
}

#[test]
fn a_test_message_goes_to_a_command_too() {
    let env = TestEnv::new();
    env.configure(
        "[[endpoint]]\nname = \"desk\"\nformat = \"command\"\ncommand = [\"sh\", \"-c\", \"cat > got.json\"]\n",
    );
    env.printed(&["endpoints", "test", "desk"]);
    let got: serde_json::Value = serde_json::from_str(&env.read("got.json")).unwrap();
    assert_eq!(got["data"]["test"], true);

    env.configure(
        "[[endpoint]]\nname = \"desk\"\nformat = \"command\"\ncommand = [\"sh\", \"-c\", \"echo no >&2; exit 75\"]\n",
    );
    let output = env.run(&["endpoints", "test", "desk"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("desk did not accept") && told.ends_with(": exit code 75: no\n"), "{told}");
}

/// A monitor that writes down what it is told: the line of each request, and its body.
struct Monitor {
    address: String,
    told: Lines<(String, String)>,
}

impl Monitor {
    fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (send, told) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let send = send.clone();
                // A connection may carry several requests.
                std::thread::spawn(move || hear(&stream, &send));
            }
        });
        Self { address, told }
    }

    /// What it is told next.
    fn next(&self) -> (String, String) {
        self.told.recv_timeout(PATIENCE).unwrap()
    }
}

fn hear(stream: &std::net::TcpStream, told: &std::sync::mpsc::Sender<(String, String)>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        lines.read_line(&mut first).ok().filter(|read| 0 < *read)?;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).ok()?;
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body).ok()?;
        told.send((first.trim().to_owned(), String::from_utf8(body).ok()?)).ok()?;
        std::io::Write::write_all(&mut &*stream, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

#[test]
fn a_monitor_hears_of_every_check_and_nobody_reads_its_url() {
    let (env, monitor) = (TestEnv::new(), Monitor::start());
    env.configure(&format!("heartbeat = \"http://{}/ping/s3cret\"\n", monitor.address));
    let daemon = env.serve();
    assert_eq!(monitor.next().0, "POST /ping/s3cret/start HTTP/1.1");
    assert_eq!(monitor.next(), ("POST /ping/s3cret HTTP/1.1".to_owned(), String::new()));
    let lines = daemon.stop("TERM").said;
    assert!(!lines.iter().any(|line| line.contains("s3cret")), "{lines:#?}");
}

#[tokio::test]
async fn a_monitor_hears_why_a_check_failed() {
    let (env, monitor) = (TestEnv::new(), Monitor::start());
    env.configure("");
    env.printed(&["check"]);
    env.execute("create trigger no before update on _watch begin select raise(abort, 'no'); end").await;
    env.write("url", format!("http://{}/ping/s3cret\n", monitor.address));
    env.configure("heartbeat_file = \"url\"\n");
    let daemon = env.serve();
    assert_eq!(monitor.next().0, "POST /ping/s3cret/start HTTP/1.1");
    let (line, text) = monitor.next();
    assert_eq!(line, "POST /ping/s3cret/fail HTTP/1.1");
    assert!(text.starts_with("the check failed: "), "{text}");
    daemon.stop("TERM");
}

#[test]
fn a_monitor_that_is_not_there_delays_no_check_and_is_named_once() {
    let env = TestEnv::new();
    let port = ClosedPort::reserve();
    let gone = port.address();
    env.configure(&format!("heartbeat = \"http://{gone}/s3cret\"\n"));
    let daemon = env.serve();
    daemon.wait_for("Watching since");
    let lines = daemon.stop("TERM").said;
    let told = lines.iter().filter(|line| line.contains("The heartbeat does not reach")).count();
    assert!(told <= 1 && !lines.iter().any(|line| line.contains("s3cret")), "{lines:#?}");
}

#[test]
fn a_heartbeat_that_others_could_read_is_refused_and_never_shown() {
    let env = TestEnv::configured("heartbeat = \"http://hc.example/s3cret\"\n");
    let error = refused(&env, &["serve"]);
    assert!(error.contains("treatywatch.toml:2: heartbeat: plain http to `hc.example`"), "{error}");
    assert!(!error.contains("s3cret"), "{error}");
    env.configure("heartbeat = \"https://hc.example/s3cret\"\nheartbeat_env = \"HC\"\n");
    let error = refused(&env, &["serve"]);
    assert!(error.contains("treatywatch.toml:3: heartbeat_env: two heartbeats"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_takes_a_good_configuration_and_keeps_the_old_one_in_place_of_a_bad_one() {
    let env = TestEnv::new();
    let (first, second) = (Receiver::start().await, Receiver::start().await);
    env.configure("");
    env.printed(&["check", "--today", "2026-02-04"]);
    env.configure(&endpoint("desk", &first.url));
    let daemon = env.serve();
    let address = daemon.address();
    daemon.wait_for("Checked");
    first.wait_for(1).await;

    // A bad one changes nothing, and it is said.
    env.configure("lead_day = [1]\n");
    daemon.signal("HUP");
    let refused = daemon.wait_for("Configuration rejected");
    assert!(refused.contains("treatywatch.toml:2: unknown field `lead_day`"), "{refused}");
    let answer = checked_health(&address);
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert!(answer.contains(r#""what":"configuration","since":"2"#), "{answer}");
    fs::remove_file(env.path("treatywatch.toml")).unwrap();
    daemon.signal("HUP");
    daemon.wait_for("Configuration rejected");
    // That there is no file is not well then.
    let said = joined(&env.said(&["doctor", "--offline"]).1);
    let refused = "configuration: refused, the one before is in use: cannot read treatywatch.toml";
    assert!(said.contains(refused) && said.contains("-> correct or restore the file"), "{said}");
    assert!(
        !said.contains("no file, using defaults") && said.contains("jobs: in time, last check "),
        "{said}"
    );

    // A good one is in use at once: what is raised for its endpoint is sent.
    env.configure(&format!("database = \"elsewhere.db\"\n{}", endpoint("press", &second.url)));
    let act = ["--db", "treatywatch.db", "record", "ctbt", "ratification CHN 2026-11-20", "--from-memory"];
    env.printed(&act);
    env.printed(&["--db", "treatywatch.db", "check"]);
    assert_eq!(second.received().len(), 0);
    daemon.signal("HUP");
    daemon.wait_for("`database` changed in the configuration: restart to apply it");
    daemon.wait_for("Configuration reloaded");
    second.wait_for(1).await;
    let answer = checked_health(&address);
    assert!(!answer.contains("configuration"), "{answer}");
    assert!(!env.path("elsewhere.db").exists());
    assert_eq!(daemon.stop("TERM").code, Some(0));
    let store = env.open_store().await;
    let rows = store.deliveries(&ALL_DELIVERIES).await.unwrap();
    assert!(rows.iter().all(|row| row.state == DeliveryState::Delivered), "{rows:#?}");
}

#[test]
fn a_set_that_is_chosen_later_waits_for_a_restart_which_takes_it_in() {
    let env = TestEnv::configured("sets = [\"statement\"]\n");
    let daemon = env.serve();
    daemon.wait_for("25 treaties and other instruments");
    env.configure("");
    daemon.signal("HUP");
    daemon.wait_for("`sets` changed in the configuration: restart to apply it");
    daemon.wait_for("Configuration reloaded");
    assert_eq!(daemon.stop("TERM").code, Some(0));
    let daemon = env.serve();
    daemon.wait_for("33 treaties and other instruments");
    assert_eq!(daemon.stop("TERM").code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_its_way_during_a_reload_is_neither_lost_nor_sent_twice_at_once() {
    let env = TestEnv::new();
    let receiver = Receiver::start().await;
    env.configure("");
    env.printed(&["check", "--today", "2026-02-04"]);
    env.configure(&endpoint("desk", &receiver.url));
    env.printed(&["check", "--today", "2026-02-05"]);
    receiver.hang();
    let daemon = env.serve();
    receiver.wait_for(1).await;
    daemon.wait_for("Checked");
    let on_their_way = receiver.received().len();
    for _ in 0..3 {
        daemon.signal("HUP");
        daemon.wait_for("Configuration reloaded");
    }
    let ids: BTreeSet<String> = receiver.ids().into_iter().collect();
    let received = receiver.received().len();
    assert_eq!(ids.len(), received, "each id once: no second queue was started");
    assert!(on_their_way <= received && received <= 4, "{received} attempts side by side");
    // It does not wait for those that never answer, and they go out again later.
    daemon.kill();
    receiver.answer(StatusCode::NO_CONTENT);
    let daemon = env.serve();
    daemon.wait_for("0 to be retried");
    daemon.stop("TERM");
    let store = env.open_store().await;
    let rows = store.deliveries(&ALL_DELIVERIES).await.unwrap();
    assert!(rows.iter().all(|row| row.state == DeliveryState::Delivered), "{rows:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_copy_tells_again_under_the_same_ids_and_never_beside_a_daemon() {
    let env = TestEnv::new();
    let receiver = Receiver::start().await;
    env.configure(&endpoint("desk", &receiver.url));
    env.printed(&["check", "--today", "2026-02-04"]);
    env.printed(&["backup", "copy.db"]);
    let daemon = env.serve();
    daemon.wait_for("alerts delivered, 0 to be retried");
    let error = refused(&env, &["restore", "copy.db"]);
    assert!(error.contains("is already watched by another daemon"), "{error}");
    daemon.stop("TERM");
    let told: BTreeSet<String> = receiver.ids().into_iter().collect();
    assert!(!told.is_empty());

    let said = env.printed(&["restore", "copy.db"]);
    assert!(
        said.starts_with("treatywatch.db was restored from copy.db\nthe previous database is kept in "),
        "{said}"
    );
    let daemon = env.serve();
    daemon.wait_for("alerts delivered, 0 to be retried");
    daemon.stop("TERM");
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for message in receiver.received() {
        *times.entry(message.id).or_default() += 1;
    }
    assert_eq!(times.keys().cloned().collect::<BTreeSet<_>>(), told, "no id is new");
    assert!(times.values().all(|times| *times == 2), "{times:?}");
}

/// The variables that compose sets to nothing where nobody has set them.
fn unset_in_compose() -> Vec<String> {
    let compose = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docker-compose.yml")).unwrap();
    let unset = compose.lines().filter(|line| line.ends_with(":-}"));
    unset.map(|line| line.trim().split(':').next().unwrap().to_owned()).collect()
}

#[test]
fn an_empty_variable_is_one_that_is_not_set() {
    let env = TestEnv::configured("");
    let names = unset_in_compose();
    assert!(names.iter().any(|name| name == "TREATYWATCH_CONFIG"), "{names:?}");
    let command = |arguments: &[&str]| {
        let mut command = env.command(arguments);
        let more = ["TREATYWATCH_SEEDS", "TREATYWATCH_LOG"].map(str::to_owned);
        command.envs(names.iter().chain(&more).map(|name| (name, "")));
        command
    };
    let mut serve = command(&["serve"]);
    // As the image sets it.
    serve.env("TREATYWATCH_DB", env.path("data.db"));
    let daemon = Daemon::start(serve);
    daemon.wait_for("Watching since");
    assert_eq!(daemon.stop("TERM").code, Some(0));
    assert!(env.path("data.db").exists());
    let output = command(&["status"]).env("TREATYWATCH_DB", "").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(env.database().exists(), "the default counts");
    // A secret that is empty is one that is not there.
    env.configure(&endpoint("desk", "http://127.0.0.1:9/"));
    let output = command(&["check"]).env("DESK_SECRET", "").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("the environment has no variable `DESK_SECRET`"), "{error}");
}

#[test]
fn nothing_in_a_database_acts_on_a_terminal_or_a_log() {
    let env = TestEnv::configured("");
    // A row from before texts were cleaned where they come in, or from somebody else's hand.
    let nasty = "char(27) || ']0;owned' || char(7) || char(8238) || char(155) || '2J'";
    let query = format!("select {nasty} as \"name\"");
    let people = env.printed(&["sql", &query]);
    assert!(people.contains("␛]0;owned␇\u{fffd}\u{fffd}2J"), "{people:?}");
    let json = env.printed(&["sql", &query, "--json"]);
    assert!(json.is_ascii() && json.contains("\\u001b]0;owned\\u0007\\u202e\\u009b2J"), "{json:?}");
    let output = env.run(&["history", "\u{1b}[2J\u{202e}"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("␛[2J\u{fffd}") && error.lines().count() == 1, "{error:?}");
}
