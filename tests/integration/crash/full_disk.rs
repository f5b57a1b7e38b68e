//! The disk is full, or refuses every write, for a while: the running daemon says so, and goes on by itself once it
//! can write again.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use super::lake::{Lake, endpoint_of};
use super::peer::{Fate, Peer, WELL};
use crate::env::{Daemon, PATIENCE, TestEnv, error, health};

/// In the environment of a test that runs on a disk of its own.
const INSIDE: &str = "TREATYWATCH_TEST_ON_SMALL_DISK";

/// Starts a daemon that is not ended by a write beyond its limit: the write fails.
fn serve(env: &Lake) -> Daemon {
    let mut command = env.command_of("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" serve", env!("CARGO_BIN_EXE_treatywatch")]);
    Daemon::start(command)
}

fn pid(daemon: &Daemon) -> Pid {
    Pid::from_raw(daemon.id().try_into().unwrap()).unwrap()
}

/// Asks for health until it answers with this status, and gives the answer.
fn wait_for_health(address: &str, status: u16) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = health(address);
        if answer.starts_with(&format!("HTTP/1.0 {status}")) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{answer}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// An alert waits for its second attempt when writing fails; it is sent once it can be written again, without a
/// restart.
async fn goes_on_by_itself(
    words: &str,
    break_it: impl FnOnce(&Daemon, &Lake),
    mend: impl FnOnce(&Daemon, &Lake),
) {
    let mut env = Lake::new();
    env.record();
    let peer = Peer::start(|_, _| Fate::Answer(500));
    let endpoint = endpoint_of("desk", &peer.address, 0, 5);
    // Health is asked here: not the configuration of the other tests.
    TestEnv::configure(&env, &format!("[schedule]\ncheck = \"* * * * * *\"\n{endpoint}"));
    let daemon = serve(&env);
    let address = daemon.address();
    assert!(peer.wait_for(1, PATIENCE), "{}", daemon.log());
    daemon.wait_for("1 to be retried");
    wait_for_health(&address, 200);

    break_it(&daemon, &env);
    peer.rule(|_, _| WELL);
    daemon.wait_for(words);
    let answer = wait_for_health(&address, 503);
    assert!(answer.contains("\"error\":\"the database cannot be written: "), "{answer}");
    daemon.signal("HUP");
    // Refused, or in use and not put on record: the next one does not depend on it.
    daemon.wait_for("Configuration re");

    mend(&daemon, &env);
    wait_for_health(&address, 200);
    daemon.wait_for("1 alerts delivered, 0 to be retried");
    daemon.signal("HUP");
    daemon.wait_for("Configuration reloaded");
    wait_for_health(&address, 200);
    assert_eq!(daemon.stop("TERM").code, Some(0));
    let taken: Vec<String> =
        peer.arrivals().into_iter().filter(|came| came.fate.accepts()).map(|came| came.id).collect();
    let alerts = env.rows("select alert_id from alert_log").await;
    assert_eq!(alerts, [taken], "one alert, that arrived once");
    assert_eq!(env.rows("select state from delivery_log").await, [["delivered"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_refuses_every_write_is_said_and_made_up_for() {
    let limit = |daemon: &Daemon, current: Option<u64>| {
        let maximum = getrlimit(Resource::Fsize).maximum;
        prlimit(Some(pid(daemon)), Resource::Fsize, Rlimit { current, maximum }).unwrap();
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
            .output()
    };
    if !may_mount(&["true"]).is_ok_and(|output| output.status.success()) {
        return false;
    }
    let exe: PathBuf = std::env::current_exe().unwrap();
    let output = may_mount(&[exe.to_str().unwrap(), "--exact", name, "--nocapture"]).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", error(&output));
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_made_up_for() {
    if std::env::var_os(INSIDE).is_none() {
        let name = concat!(module_path!(), "::a_full_disk_is_said_and_made_up_for");
        let (_, name) = name.split_once("::").expect("tests are named from their binary on");
        if !runs_on_a_small_disk(name) {
            // Past the test harness, which keeps what a test prints that passes.
            let loudly = format!("{name} WAS NOT RUN: no small disk can be mounted here\n");
            std::io::stderr().write_all(loudly.as_bytes()).unwrap();
        }
        return;
    }
    goes_on_by_itself(
        "the disk is full, make room and try again",
        |_, env| fill(&env.path("fill")),
        |_, env| fs::remove_file(env.path("fill")).unwrap(),
    )
    .await;
}
