//! A database, a configuration, and the program as a process that can be killed.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};
use tempfile::TempDir;

/// Nothing here takes so long; a test that waits longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

const SECRET: &str = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3Qga2V5IQ==";
/// States of the treaty: one declaration of each on each day is an event of its own.
const STATES: usize = 26;

pub struct Desk {
    dir: TempDir,
    /// How many acts were recorded.
    pub acts: usize,
}

impl Desk {
    /// A treaty of its own, watched since a fixed day and with nothing to tell.
    pub fn new() -> Self {
        let desk = Self { dir: tempfile::tempdir().unwrap(), acts: 0 };
        let folder = desk.path("seeds/treaties/lake");
        fs::create_dir_all(&folder).unwrap();
        let mut states = "id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note\n".to_owned();
        for state in (0..STATES).map(code) {
            states.push_str(&format!("{state},state,{state}ia,,,,,,\n"));
        }
        fs::write(desk.path("seeds/states.csv"), states).unwrap();
        let treaty = "id = \"lake\"\nkind = \"treaty\"\nfacts_as_of = 2026-01-01\n\
            [title]\nen = \"Convention on the Lake\"\n[short_title]\nen = \"Lake Convention\"\n[sources]\nlist = \"https://lake.example/status\"\n\
            [[act]]\non = 2025-05-10\nkind = \"adoption\"\nsource = \"list\"\nbasis = \"depositary\"\n\
            confidence = \"high\"\n";
        fs::write(folder.join("treaty.toml"), treaty).unwrap();
        desk.configure("");
        desk.succeeds(&["check", "--today", "2026-01-01"]);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Checks every second, and sends to these endpoints.
    pub fn configure(&self, endpoints: &str) {
        let text = format!("listen = \"off\"\n[schedule]\ncheck = \"* * * * * *\"\n{endpoints}");
        fs::write(self.path("treatywatch.toml"), text).unwrap();
    }

    /// One endpoint.
    pub fn endpoint(&self, address: &str) {
        self.configure(&endpoint("desk", address, 0, 5));
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treatywatch"));
        command.args(arguments).current_dir(self.dir.path()).env("DESK_SECRET", SECRET);
        for name in ["TREATYWATCH_DB", "TREATYWATCH_CONFIG", "TREATYWATCH_LOG", "TREATYWATCH_FAILPOINT"] {
            command.env_remove(name);
        }
        command.env("TREATYWATCH_SEEDS", "seeds");
        command
    }

    pub fn succeeds(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Puts an act on record that no other is like, and gives its name. It changes nothing in the
    /// treaty, so that there is exactly one thing to tell of it.
    pub fn record(&mut self) -> String {
        let day = "2026-01-02".parse::<chrono::NaiveDate>().unwrap();
        let day = day + chrono::Days::new((self.acts / STATES).try_into().unwrap());
        let state = code(self.acts % STATES);
        let act = format!("declaration {state} {day}");
        self.succeeds(&["record", "lake", &act, "--source", "https://lake.example/status"]);
        self.acts += 1;
        format!("lake/{state}/declaration/{day}")
    }

    pub fn serve(&self) -> Daemon {
        Daemon::start(self, None)
    }

    /// Runs the daemon up to this point, at which it dies.
    pub fn serve_until(&self, point: &str) {
        let mut daemon = Daemon::start(self, Some(point));
        let status = daemon.wait();
        assert_eq!(status.signal(), Some(6), "not ended at {point}: {status}\n{}", self.log());
    }

    /// Runs the daemon until nothing is left to deliver, and stops it.
    pub async fn serve_until_empty(&self) {
        // Nothing waits before the check at the start either.
        let run = "select coalesce(max(run_id), 0) from job_run where job = 'check' and outcome = 'ok'";
        let before = self.number(run).await;
        let mut daemon = self.serve();
        let deadline = Instant::now() + PATIENCE;
        while self.number(run).await == before
            || self.number("select count(*) from delivery where state = 'pending'").await > 0
        {
            assert!(Instant::now() < deadline, "{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        daemon.stop();
    }

    /// What the daemons said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("daemon.log")).unwrap()
    }

    async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.path("treatywatch.db"));
        SqliteConnection::connect_with(&options.busy_timeout(Duration::from_secs(30))).await.unwrap()
    }

    /// Runs statements.
    pub async fn execute(&self, statements: &'static str) {
        let mut conn = self.connect().await;
        sqlx::raw_sql(statements).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// The rows of a query of text columns.
    pub async fn rows(&self, query: &'static str) -> Vec<Vec<String>> {
        let mut conn = self.connect().await;
        let rows = sqlx::query(query).fetch_all(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        rows.iter().map(|row| (0..row.len()).map(|column| row.get(column)).collect()).collect()
    }

    /// The one number that a query gives.
    pub async fn number(&self, query: &'static str) -> i64 {
        let mut conn = self.connect().await;
        let number = sqlx::query_scalar(query).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        number
    }

    /// Makes everything due that waits for its next attempt: hours of the schedule, at once.
    pub async fn let_time_pass(&self) {
        self.execute(
            "update delivery set next_attempt_at = '2026-01-01T00:00:00Z' where state = 'pending';
            update endpoint set slowed_until = null",
        )
        .await;
    }
}

fn code(number: usize) -> String {
    format!("A{}A", char::from(b'A' + u8::try_from(number).unwrap()))
}

/// An endpoint for the configuration. Its path tells the receiver which life of the daemon is calling.
pub fn endpoint(name: &str, address: &str, life: usize, timeout_s: u32) -> String {
    format!(
        "[[endpoint]]\nname = \"{name}\"\nurl = \"http://{address}/{name}/{life}\"\nsecret_env = \"DESK_SECRET\"\n\
         timeout_s = {timeout_s}\n"
    )
}

/// A running daemon.
pub struct Daemon {
    child: Child,
}

impl Daemon {
    fn start(desk: &Desk, failpoint: Option<&str>) -> Self {
        let log = File::options().create(true).append(true).open(desk.path("daemon.log")).unwrap();
        let mut command = desk.command(&["serve"]);
        command.envs(failpoint.map(|point| ("TREATYWATCH_FAILPOINT", point)));
        Self { child: command.stderr(log).stdout(Stdio::null()).spawn().unwrap() }
    }

    /// Waits until it ends by itself.
    fn wait(&mut self) -> std::process::ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it runs and runs");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it as systemd does.
    pub fn stop(&mut self) {
        let sent = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        assert!(self.wait().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Only a test that has failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
