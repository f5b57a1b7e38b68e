//! The disk is full, or refuses every write, for a while: the running daemon says so, and goes on by itself once it
//! can write again.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver as Lines, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};

use super::desk::{Desk, endpoint};
use super::peer::{Fate, Peer};

/// A job that failed is tried again after a minute; a test that waits for longer than three has failed.
const PATIENCE: Duration = Duration::from_secs(180);
/// In the environment of a test that runs on a disk of its own.
const INSIDE: &str = "TREATYWATCH_TEST_ON_SMALL_DISK";

/// A daemon that is not ended by a write beyond its limit: the write fails.
struct Daemon {
    child: Child,
    lines: Lines<String>,
    seen: Vec<String>,
    address: String,
}

impl Daemon {
    fn start(desk: &Desk) -> Self {
        let plain = desk.command(&["serve"]);
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" serve"]).arg(plain.get_program());
        command.current_dir(plain.get_current_dir().unwrap());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // A pipe: a log in a file would meet the same limits.
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        let mut daemon = Self { child, lines, seen: Vec::new(), address: String::new() };
        let line = daemon.wait_for("/healthz");
        line.split("http://").nth(1).unwrap().split('/').next().unwrap().clone_into(&mut daemon.address);
        daemon
    }

    fn wait_for(&mut self, words: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("no `{words}` in {:#?}", self.seen)
            };
            self.seen.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Asks for health until it answers with this status, and gives the answer.
    fn wait_for_health(&self, status: u16) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut stream = TcpStream::connect(&self.address).unwrap();
            stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            if answer.starts_with(&format!("HTTP/1.0 {status}")) {
                return answer;
            }
            assert!(Instant::now() < deadline, "{answer}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn stop(mut self) {
        kill_process(self.pid(), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Only a test that has failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configure(desk: &Desk, peer: &Peer, more: &str) {
    let text = format!(
        "listen = \"127.0.0.1:0\"\n{more}[schedule]\ncheck = \"* * * * * *\"\n{}",
        endpoint("desk", &peer.address, 0, 5)
    );
    fs::write(desk.path("treatywatch.toml"), text).unwrap();
}

/// An alert waits for its second attempt when writing fails; it is sent once it can be written again, without a
/// restart.
async fn goes_on_by_itself(
    words: &str,
    break_it: impl FnOnce(&Daemon, &Desk),
    mend: impl FnOnce(&Daemon, &Desk),
) {
    let mut desk = Desk::new();
    desk.record();
    let peer = Peer::start(|_, _| Fate::Answer(500));
    configure(&desk, &peer, "");
    let mut daemon = Daemon::start(&desk);
    assert!(peer.wait_for(1, PATIENCE), "{:#?}", daemon.seen);
    daemon.wait_for("1 to be tried again");
    daemon.wait_for_health(200);

    break_it(&daemon, &desk);
    peer.rule(|_, _| Fate::Answer(204));
    daemon.wait_for(words);
    let answer = daemon.wait_for_health(503);
    assert!(answer.contains("\"error\":\"the database cannot be written: "), "{answer}");
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    // Refused, or in use and not put on record: the next one does not depend on it.
    daemon.wait_for("The configuration was ");

    mend(&daemon, &desk);
    daemon.wait_for_health(200);
    daemon.wait_for("1 alerts delivered, 0 to be tried again");
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    daemon.wait_for("The configuration was read anew and is in use");
    daemon.wait_for_health(200);
    daemon.stop();
    let taken: Vec<String> =
        peer.arrivals().into_iter().filter(|came| came.fate.accepts()).map(|came| came.id).collect();
    let alerts = desk.rows("select alert_id from alert_log").await;
    assert_eq!(alerts, [taken], "one alert, that arrived once");
    assert_eq!(desk.rows("select state from delivery_log").await, [["delivered"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_refuses_every_write_is_said_and_made_up_for() {
    let limit = |daemon: &Daemon, current: Option<u64>| {
        let maximum = getrlimit(Resource::Fsize).maximum;
        prlimit(Some(daemon.pid()), Resource::Fsize, Rlimit { current, maximum }).unwrap();
    };
    let before = getrlimit(Resource::Fsize).current;
    goes_on_by_itself(
        "the disk failed",
        |daemon, _| limit(daemon, Some(1)),
        |daemon, _| limit(daemon, before),
    )
    .await;
}

/// Fills the disk to the last byte.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for size in [1 << 20, 4096, 1] {
        let zeros = vec![0; size];
        while file.write_all(&zeros).is_ok() {}
    }
}

/// Runs this test again in a namespace of its own, in which it may mount a small disk; false where that is not
/// allowed.
fn runs_on_a_small_disk(name: &str) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let may_mount = |arguments: &[&str]| {
        Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c"])
            .arg("mount -t tmpfs -o size=128m tmpfs \"$TMPDIR\" && exec \"$@\"")
            .arg("sh")
            .args(arguments)
            .env("TMPDIR", dir.path())
            .env(INSIDE, "1")
            .status()
    };
    if !may_mount(&["true"]).is_ok_and(|status| status.success()) {
        return false;
    }
    let exe: PathBuf = std::env::current_exe().unwrap();
    let status = may_mount(&[exe.to_str().unwrap(), "--exact", name, "--nocapture"]).unwrap();
    assert!(status.success());
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_made_up_for() {
    if std::env::var_os(INSIDE).is_none() {
        let name = "full_disk::a_full_disk_is_said_and_made_up_for";
        if !runs_on_a_small_disk(name) {
            // Past the test harness, which keeps what a test prints that passes.
            let loudly = format!("{name} WAS NOT RUN: no small disk can be mounted here\n");
            std::io::stderr().write_all(loudly.as_bytes()).unwrap();
        }
        return;
    }
    goes_on_by_itself(
        "the disk is full, make room and try again",
        |_, desk| fill(&desk.path("fill")),
        |_, desk| fs::remove_file(desk.path("fill")).unwrap(),
    )
    .await;
}
