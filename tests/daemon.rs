//! The program itself, as a process: it starts, stops, refuses what is bad, and survives being killed.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver as Lines, channel};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use common::Receiver;
use tempfile::TempDir;
use treatywatch::store::{AlertFilter, DeliveryFilter, DeliveryState, RunOutcome, Store};

const SECRET: &str = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3Qga2V5IQ==";
/// Nothing here takes so long; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

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

    fn configure(&self, endpoint: &str) {
        let text = format!("listen = \"127.0.0.1:0\"\n{endpoint}");
        fs::write(self.path("treatywatch.toml"), text).unwrap();
    }

    /// An endpoint that is told everything.
    fn endpoint(&self, url: &str) {
        self.configure(&format!(
            "[[endpoint]]\nname = \"desk\"\nurl = \"{url}\"\nsecret_env = \"DESK_SECRET\"\n"
        ));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treatywatch"));
        command.args(arguments).current_dir(self.dir.path()).env("DESK_SECRET", SECRET);
        for name in ["TREATYWATCH_DB", "TREATYWATCH_CONFIG", "TREATYWATCH_SEEDS", "TREATYWATCH_LOG"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must fail, and gives the one line that it says.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        error.trim_end().replace(&self.dir.path().display().to_string(), "DIR")
    }

    fn serve(&self) -> Daemon {
        Daemon::start(self.command(&["serve"]))
    }

    async fn store(&self) -> Store {
        Store::open(&self.path("treatywatch.db")).await.unwrap()
    }
}

struct Daemon {
    child: Child,
    lines: Lines<String>,
}

impl Daemon {
    fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines }
    }

    /// The first line of the log that has these words.
    fn wait_for(&self, words: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else { panic!("no `{words}` in {seen:#?}") };
            if line.contains(words) {
                return line;
            }
            seen.push(line);
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Stops it as systemd does, and gives its exit code and how long that took.
    fn stop(mut self, signal: &str) -> (Option<i32>, Duration) {
        let started = Instant::now();
        self.signal(signal);
        let status = self.child.wait().unwrap();
        (status.code(), started.elapsed())
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Only a test that has failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_newcomer_gets_a_running_daemon_that_says_what_it_watches() {
    let desk = Desk::new();
    desk.configure("");
    let daemon = desk.serve();
    let watching = daemon.wait_for("Watching");
    assert!(
        watching.contains("treatywatch.db") && watching.contains("25 treaties and other instruments"),
        "{watching}"
    );
    for _ in 0..5 {
        daemon.wait_for("Next: ");
    }
    daemon.wait_for("No endpoint is configured");
    daemon.wait_for("sqlite3 treatywatch.db");
    daemon.wait_for("The watch begins");
    let (code, took) = daemon.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(!desk.path("treatywatch.db-wal").exists(), "the log is folded into the file");
}

#[test]
fn it_stops_on_sigint_too() {
    let desk = Desk::new();
    desk.configure("");
    let daemon = desk.serve();
    daemon.wait_for("The watch begins");
    assert_eq!(daemon.stop("INT").0, Some(0));
}

#[test]
fn health_is_told_over_http() {
    let desk = Desk::new();
    desk.configure("");
    let daemon = desk.serve();
    let line = daemon.wait_for("Health is told at");
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    daemon.wait_for("The watch begins");
    let answer = health(&daemon, &address);
    assert!(answer.starts_with("HTTP/1.0 200") && answer.contains("\"status\":\"ok\""), "{answer}");
    daemon.stop("TERM");
}

#[tokio::test]
async fn a_watch_that_is_ahead_of_the_clock_is_told_and_not_well() {
    let desk = Desk::new();
    desk.configure("");
    assert!(desk.run(&["check"]).status.success());
    // The clock was wrong for a while: no command checks a day to come.
    let store = Store::open(&desk.path("treatywatch.db")).await.unwrap();
    let mut write = store.begin().await.unwrap();
    write.set_checked("2999-01-01".parse().unwrap(), "2026-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
    write.commit().await.unwrap();
    store.close().await;
    let daemon = desk.serve();
    let line = daemon.wait_for("Health is told at");
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    daemon.wait_for("The last check was of 2999-01-01, which is after");
    let answer = health(&daemon, &address);
    assert!(answer.starts_with("HTTP/1.0 503"), "{answer}");
    assert!(answer.contains("the last check was of 2999-01-01, a day to come"), "{answer}");
    daemon.stop("TERM");
}

#[tokio::test]
async fn a_check_on_record_for_a_time_to_come_keeps_no_scheduled_one_away() {
    let desk = Desk::new();
    desk.configure("[schedule]\ncheck = \"* * * * * *\"\n");
    let store = desk.store().await;
    let (ahead, now) = ("2999-01-01T00:00:00Z".parse().unwrap(), "2026-01-01T00:00:00Z".parse().unwrap());
    let run = store.begin_run("check", ahead, now).await.unwrap().unwrap();
    store.finish_run(run, RunOutcome::Ok, &serde_json::Value::Null, None, now).await.unwrap();
    store.close().await;
    let daemon = desk.serve();
    daemon.wait_for("The watch begins");
    daemon.wait_for("Checked");
    daemon.stop("TERM");
}

/// What the daemon says of its health once it has checked.
fn health(_running: &Daemon, address: &str) -> String {
    loop {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        // The run is recorded an instant after it is told.
        if !answer.contains("no check has succeeded yet") {
            return answer;
        }
    }
}

#[test]
fn a_second_daemon_is_told_who_holds_the_database() {
    let desk = Desk::new();
    desk.configure("");
    let daemon = desk.serve();
    daemon.wait_for("The watch begins");
    let error = desk.refused(&["serve"]);
    let expected =
        format!("treatywatch.db is already watched by another daemon (pid {}, since ", daemon.child.id());
    assert!(error.contains(&expected), "{error}");
    // Asking goes on meanwhile.
    assert!(desk.run(&["status", "npt"]).status.success());
    daemon.kill();
    let next = desk.serve();
    next.wait_for("Checked");
    next.stop("TERM");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_ten_times_between_commit_and_send_every_alert_arrives_under_one_id() {
    let desk = Desk::new();
    // It accepts connections and never answers, so that each kill falls into an attempt.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    desk.endpoint(&format!("http://{}/", silent.local_addr().unwrap()));
    for today in ["2026-02-04", "2026-02-05"] {
        assert!(desk.run(&["check", "--today", today]).status.success());
    }
    for _ in 0..10 {
        let daemon = desk.serve();
        // An attempt has begun: its claim is committed, nothing has been received.
        silent.accept().unwrap();
        daemon.kill();
    }
    let receiver = Receiver::start().await;
    desk.endpoint(&receiver.url);
    let daemon = desk.serve();
    // What became due since is told too, by the check at the start.
    daemon.wait_for("Checked");
    let store = desk.store().await;
    let filter = AlertFilter { treaty: None, kind: None, since: None, limit: 1000 };
    let alerts = store.alerts(&filter).await.unwrap();
    let raised: BTreeSet<String> = alerts.into_iter().map(|raised| raised.id).collect();
    let all = DeliveryFilter { failed_only: false, endpoint: None, treaty: None, limit: 1000 };
    let deadline = Instant::now() + PATIENCE;
    let deliveries = loop {
        let deliveries = store.deliveries(&all).await.unwrap();
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
        let event: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
        assert_eq!(event["id"], message.id.as_str());
        *received.entry(message.id).or_default() += 1;
    }
    assert_eq!(received.keys().cloned().collect::<BTreeSet<_>>(), raised);
    assert!(received.values().all(|times| *times == 1), "{received:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_raised_while_the_daemon_is_down_arrive_when_it_is_up() {
    let desk = Desk::new();
    let receiver = Receiver::start().await;
    receiver.answer(StatusCode::NO_CONTENT);
    desk.endpoint(&receiver.url);
    desk.run(&["check", "--today", "2026-02-04"]);
    let output = desk.run(&["check", "--today", "2026-02-05", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expired =
        report["alerts"].as_array().unwrap().iter().find(|alert| alert["kind"] == "status.changed").unwrap();
    let id = expired["alert_id"].as_str().unwrap();
    assert_eq!(receiver.received().len(), 0);
    let daemon = desk.serve();
    daemon.wait_for("alerts delivered, 0 to be tried again");
    assert!(receiver.received().iter().any(|message| message.id == id));
    daemon.stop("TERM");
}

fn nothing_written(desk: &Desk) {
    let database = desk.path("treatywatch.db");
    assert!(!database.exists(), "{} was made", database.display());
}

#[test]
fn a_bad_configuration_is_one_clear_error_and_nothing_is_written() {
    let desk = Desk::new();
    let endpoint =
        "[[endpoint]]\nname = \"desk\"\nurl = \"https://example.org/\"\nsecret_env = \"DESK_SECRET\"\n";
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
        desk.configure(&text);
        for command in ["serve", "check"] {
            let error = desk.refused(&[command]);
            assert!(error.contains(place) && error.contains(words), "{error}");
            nothing_written(&desk);
        }
    }
}

#[test]
fn bad_seeds_are_one_clear_error_and_nothing_is_written() {
    let desk = Desk::new();
    let seeds = desk.path("seeds");
    copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds")), &seeds);
    let file = seeds.join("treaties/inf/treaty.toml");
    let good = fs::read_to_string(&file).unwrap();
    let line_of = |words: &str| 1 + good.lines().position(|line| line.contains(words)).unwrap();
    fs::write(&file, good.replacen("on = 2019-02-01", "on = 2019-02-30", 1)).unwrap();
    let error = desk.refused(&["--seeds", "seeds", "serve"]);
    let place = format!("seeds/treaties/inf/treaty.toml:{}: on: ", line_of("on = 2019-02-01"));
    assert!(error.contains(&place), "{error}");
    nothing_written(&desk);

    // In a database that exists, everything stays as it was.
    fs::write(&file, &good).unwrap();
    assert!(desk.run(&["--seeds", "seeds", "check", "--today", "2026-01-01"]).status.success());
    let before = fs::read(desk.path("treatywatch.db")).unwrap();
    fs::write(&file, good.replacen("\"notice_of_withdrawal\"", "\"notice\"", 1)).unwrap();
    let error = desk.refused(&["--seeds", "seeds", "check"]);
    assert!(error.contains("treaty.toml:") && error.contains("kind: unknown variant `notice`"), "{error}");
    assert_eq!(fs::read(desk.path("treatywatch.db")).unwrap(), before);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

#[test]
fn a_database_that_cannot_be_used_is_one_clear_error() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder")).unwrap();
    let error = desk.refused(&["--db", "folder", "serve"]);
    assert!(error.contains("folder is a directory"), "{error}");
    let error = desk.refused(&["--db", "nowhere/treatywatch.db", "status"]);
    assert!(error.contains("nowhere"), "{error}");
    fs::write(desk.path("letter.db"), "Dear colleague, this is not a database, and never was one.").unwrap();
    let error = desk.refused(&["--db", "letter.db", "status"]);
    assert!(error.contains("letter.db"), "{error}");
}

#[test]
fn exit_codes_say_what_happened() {
    let desk = Desk::new();
    let code = |arguments: &[&str]| desk.run(arguments).status.code();
    assert_eq!(code(&["status"]), Some(0));
    assert_eq!(code(&["status", "--on", "2019-2-2"]), Some(2));
    assert_eq!(code(&["status", "nqt"]), Some(4));
    assert_eq!(code(&["verify"]), Some(0));
    assert_eq!(code(&["endpoints", "test", "desk"]), Some(4));
    assert_eq!(code(&["sql", "delete from act"]), Some(1));
    assert_eq!(code(&["sql", "select count(*) from treaty_status"]), Some(0));
    assert_eq!(code(&["backup", "copy.db"]), Some(0));
    assert_eq!(code(&["backup", "copy.db"]), Some(1), "an existing file is not overwritten");
    assert_eq!(code(&["--db", "copy.db", "status", "npt"]), Some(0));
}

#[tokio::test]
async fn a_preview_shows_the_request_and_sends_nothing() {
    let receiver = Receiver::start().await;
    let desk = Desk::new();
    desk.endpoint(&format!("{}?token=hunter2", receiver.url));
    let preview = |arguments: &[&str]| {
        let output = desk.run(&[&["endpoints", "preview", "desk"], arguments].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = preview(&[]);
    let origin = receiver.url.trim_end_matches("/alerts");
    assert!(shown.starts_with(&format!("POST {origin}/…\nwebhook-id: msg_")), "{shown}");
    assert!(shown.contains("\nwebhook-signature: v1,") && !shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("\n\n{\"specversion\":\"1.0\""), "{shown}");
    let revealed = preview(&["--reveal"]);
    assert!(revealed.starts_with(&format!("POST {}?token=hunter2\n", receiver.url)), "{revealed}");
    let unknown = desk.run(&["endpoints", "preview", "desk", "--alert", "msg_none"]);
    assert_eq!(unknown.status.code(), Some(4));
    assert_eq!(receiver.received().len(), 0);
}

#[test]
fn a_test_message_goes_to_a_command_too() {
    let desk = Desk::new();
    desk.configure(
        "[[endpoint]]\nname = \"desk\"\nformat = \"command\"\ncommand = [\"sh\", \"-c\", \"cat > got.json\"]\n",
    );
    let output = desk.run(&["endpoints", "test", "desk"]);
    assert!(output.status.success(), "{output:?}");
    let got: serde_json::Value = serde_json::from_slice(&fs::read(desk.path("got.json")).unwrap()).unwrap();
    assert_eq!(got["data"]["test"], true);

    desk.configure(
        "[[endpoint]]\nname = \"desk\"\nformat = \"command\"\ncommand = [\"sh\", \"-c\", \"echo no >&2; exit 75\"]\n",
    );
    let output = desk.run(&["endpoints", "test", "desk"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("desk did not accept") && told.ends_with(": exit code 75: no\n"), "{told}");
}
