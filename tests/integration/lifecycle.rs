//! The daemon as a process that is started, signalled, watched and stopped, with a network that does not cooperate.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc::{Receiver as Lines, channel};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tempfile::TempDir;
use treatywatch::alerts::Route;
use treatywatch::jobs;
use treatywatch::store::{DeliveryState, Ended, Want};

use crate::env::{
    ALL_DELIVERIES, Daemon, Exit, PATIENCE, Receiver, TestEnv, endpoint, error, health, noon, silent,
};

/// systemd kills a daemon that takes longer to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// Raises alerts for the endpoints of the configuration: a treaty ends between these days.
fn raise_alerts(env: &TestEnv) {
    for today in ["2026-02-04", "2026-02-05"] {
        env.printed(&["check", "--today", today]);
    }
}

/// Waits until it obeys signals.
fn wait_until_it_obeys(daemon: &Daemon) {
    const HANGUP: u64 = 1;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0");
        if u64::from_str_radix(caught.trim(), 16).unwrap() & HANGUP != 0 {
            return;
        }
        assert!(Instant::now() < deadline, "{status}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A start that waits: another process is just bringing the schema up to date.
fn held_start(env: &TestEnv) -> (File, Daemon) {
    let lock = File::create(env.path("treatywatch.db.lock")).unwrap();
    lock.lock().unwrap();
    let daemon = env.serve();
    wait_until_it_obeys(&daemon);
    (lock, daemon)
}

#[test]
fn sighup_during_the_start_is_obeyed_after_it() {
    let env = TestEnv::configured("");
    let (lock, daemon) = held_start(&env);
    daemon.signal("HUP");
    drop(lock);
    daemon.wait_for("Watching");
    daemon.wait_for("Configuration reloaded");
    assert_eq!(daemon.stop("TERM").code, Some(0));
}

#[test]
fn signals_to_stop_are_obeyed_during_the_start() {
    for signal in ["TERM", "INT"] {
        let env = TestEnv::configured("");
        // It cannot go on, whatever else it does.
        let (_lock, daemon) = held_start(&env);
        let Exit { code, took, said, .. } = daemon.stop(signal);
        assert_eq!(code, Some(0), "{said:?}");
        assert!(took < STOP_TIMEOUT, "{took:?}");
        assert!(said.iter().any(|line| line.contains("before the start was complete")), "{said:?}");
    }
}

#[test]
fn no_moment_of_the_start_is_one_at_which_sighup_ends_it() {
    let env = TestEnv::configured("");
    let daemon = env.serve();
    wait_until_it_obeys(&daemon);
    for _ in 0..50 {
        daemon.signal("HUP");
    }
    daemon.wait_for("Configuration reloaded");
    assert_eq!(daemon.stop("TERM").code, Some(0));
}

#[test]
fn sigterm_at_any_moment_of_the_start_ends_it_well_and_the_next_start_goes_on() {
    let env = TestEnv::configured("");
    for wait_ms in [0, 3, 10, 30, 60, 100, 200, 400] {
        let daemon = env.serve();
        wait_until_it_obeys(&daemon);
        std::thread::sleep(Duration::from_millis(wait_ms));
        let Exit { code, said, .. } = daemon.stop("TERM");
        assert_eq!(code, Some(0), "after {wait_ms} ms: {said:?}");
    }
    let daemon = env.serve();
    daemon.wait_for("Watching");
    assert_eq!(daemon.stop("TERM").code, Some(0));
}

/// Half a request on each of so many connections.
fn half_requests(address: &str, count: usize) -> Vec<TcpStream> {
    let connect = |_| {
        let mut stream = TcpStream::connect(address).unwrap();
        // Some are closed by then: one more is too many.
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n");
        stream
    };
    (0..count).map(connect).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn held_connections_and_a_slow_source_cost_neither_health_nor_deliveries_nor_the_stop() {
    let receiver = Receiver::start().await;
    let (source, source_url) = silent();
    let env = TestEnv::configured(&format!(
        "[sources]\ncontact = \"desk@example.org\"\n[[source]]\nname = \"slow\"\nkind = \"page\"\nurl = \"{source_url}\"\n{}",
        endpoint("desk", &receiver.url)
    ));
    // More than its limit of descriptors, with the others that it needs.
    let mut command = env.command_of("sh");
    command.args(["-c", "ulimit -n 160; exec \"$0\" serve", env!("CARGO_BIN_EXE_treatywatch")]);
    let daemon = Daemon::start(command);
    let address = daemon.address();
    let held = half_requests(&address, 400);
    daemon.wait_for("Watching since");
    // The source is being asked.
    let _asked = source.accept().unwrap();

    let answer = health(&address);
    assert!(answer.starts_with("HTTP/1.0 "), "{answer}");
    let act = ["record", "ctbt", "ratification CHN 2026-11-20", "--from-memory"];
    for arguments in [&act[..], &["check"]] {
        env.printed(arguments);
    }
    daemon.signal("HUP");
    receiver.wait_for(1).await;
    let Exit { code, took, said, .. } = daemon.stop("TERM");
    assert_eq!(code, Some(0), "{said:?}");
    assert!(took < STOP_TIMEOUT, "{took:?}");
    assert!(said.last().unwrap().ends_with("Stopped"), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("Stopped without waiting for")), "{said:?}");
    assert!(!env.path("treatywatch.db-wal").exists(), "the log is folded into the file");
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_in_time_while_receivers_are_silent_and_another_program_writes() {
    let (receiver, url) = silent();
    let env = TestEnv::configured(&endpoint("desk", &url));
    raise_alerts(&env);
    let daemon = env.serve();
    daemon.wait_for("Checked");
    let _attempt = receiver.accept().unwrap();
    let store = env.open_store().await;
    let _write = store.begin().await.unwrap();
    // It waits for the other program, and the daemon does not wait for it.
    daemon.signal("HUP");
    let Exit { code, took, said, .. } = daemon.stop("TERM");
    assert_eq!(code, Some(0), "{said:?}");
    assert!(took < STOP_TIMEOUT, "{took:?}");
    assert!(said.last().unwrap().ends_with("Stopped"), "{said:?}");
    assert!(said.iter().any(|line| line.contains("repeated under the same ids")), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("ERROR")), "{said:?}");
}

/// What systemd is notified of.
struct Supervisor {
    messages: Lines<String>,
    _dir: TempDir,
}

impl Supervisor {
    /// Starts a daemon that must show signs of life ten times in a second.
    fn start(env: &TestEnv, failpoint: &str) -> (Self, Daemon) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        // Read at once, as systemd does: a queue that is full would hold up the daemon.
        let (send, messages) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 256];
            while let Ok(count) = socket.recv(&mut buffer) {
                let message = String::from_utf8_lossy(&buffer[..count]).trim().to_owned();
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let mut command = env.command(&["serve"]);
        command.env("NOTIFY_SOCKET", path).env("WATCHDOG_USEC", "300000");
        command.env("TREATYWATCH_FAILPOINT", failpoint);
        let daemon = Daemon::start(command);
        (Self { messages, _dir: dir }, daemon)
    }

    fn next(&self) -> String {
        self.messages.recv_timeout(PATIENCE).unwrap()
    }
}

#[test]
fn systemd_is_notified_while_every_worker_goes_on() {
    let env = TestEnv::configured("");
    let (systemd, daemon) = Supervisor::start(&env, "");
    assert_eq!(systemd.next(), "READY=1");
    for _ in 0..5 {
        assert_eq!(systemd.next(), "WATCHDOG=1");
    }
    daemon.signal("TERM");
    let last = std::iter::repeat_with(|| systemd.next()).find(|message| message != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
    assert_eq!(daemon.end().code, Some(0));
}

#[test]
fn systemd_is_not_notified_once_a_worker_hangs() {
    let env = TestEnv::configured("");
    let (systemd, daemon) = Supervisor::start(&env, "check.hang");
    assert_eq!(systemd.next(), "READY=1");
    daemon.wait_for("The worker `check` makes no progress");
    // What was sent before may still be there to read; then there is nothing for ten times the time between two.
    let is_silent = |_| systemd.messages.recv_timeout(Duration::from_secs(1)).is_err();
    assert!((0..100).any(is_silent));
    // It is no reason not to stop.
    assert_eq!(daemon.stop("TERM").code, Some(0));
}

#[test]
fn the_daemon_does_not_go_on_without_one_of_its_workers() {
    let env = TestEnv::configured("");
    let mut command = env.command(&["serve"]);
    command.env("TREATYWATCH_FAILPOINT", "check.panic");
    let Exit { code, said, .. } = Daemon::start(command).end();
    assert_eq!(code, Some(1), "{said:?}");
    let (last, before) = said.split_last().unwrap();
    assert!(last.starts_with("treatywatch: the worker `check` failed (a bug in treatywatch)"), "{said:?}");
    assert!(before.last().unwrap().ends_with("Stopped"), "{said:?}");
}

#[test]
fn too_few_descriptors_are_named_as_such() {
    let env = TestEnv::configured("");
    let mut command = env.command_of("sh");
    command.args(["-c", "ulimit -n 12; exec \"$0\" status", env!("CARGO_BIN_EXE_treatywatch")]);
    let output = command.output().unwrap();
    let said = error(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("only 12 files may be open at a time, and treatywatch needs 20"), "{said}");
}

#[tokio::test]
async fn a_message_that_ends_the_program_at_each_attempt_becomes_a_dead_letter() {
    let env = TestEnv::configured(&endpoint("desk", "https://desk.example.org/"));
    raise_alerts(&env);
    let store = env.open_store().await;
    let others = [Route::of_everything("press")];
    let mut now = noon("2026-02-05");
    let want = Want { endpoint: "desk", lease: TimeDelta::seconds(90), limit: 100 };
    let (mut starts, mut alerts) = (0, Vec::new());
    while let Some(due) = store.next_delivery_at("desk").await.unwrap() {
        now = now.max(due);
        let mut write = store.begin().await.unwrap();
        let claims = write.turn(&Ended::default(), want, now).await.unwrap().claims;
        write.commit().await.unwrap();
        assert!(!claims.is_empty());
        // The process ends in the middle of the attempts, and is started again.
        alerts.extend(jobs::release_interrupted(&store, &others, now).await.unwrap());
        starts += 1;
        let rows = store.deliveries(&ALL_DELIVERIES).await.unwrap();
        let errors = rows.iter().filter(|row| row.last_error.is_some()).count();
        assert!(20 < starts || errors == 0, "a crash is nobody's fault: {rows:#?}");
    }
    let rows = store.deliveries(&ALL_DELIVERIES).await.unwrap();
    assert!(!rows.is_empty());
    for row in rows.iter().filter(|row| row.endpoint == "desk") {
        assert_eq!(row.state, DeliveryState::Dead);
        let error = row.last_error.as_deref().unwrap();
        assert_eq!(error, "treatywatch ended in the middle of the attempt, 21 times by now");
    }
    assert!(now - noon("2026-02-05") > TimeDelta::days(2));
    assert_eq!(alerts.len(), 1, "the others are notified, once");
}
