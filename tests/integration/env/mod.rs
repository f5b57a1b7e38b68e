//! What tests share: a directory of its own for each, with the program in it, a database, and the peers on loopback.

mod daemon;
mod facts;
mod page;
mod receiver;
pub mod tls;
mod tracker;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};
use tempfile::TempDir;
use tokio::net::TcpSocket;
use treatywatch::catalogue;
use treatywatch::domain::day::parse_day;
use treatywatch::domain::id::{ActId, StateId, TreatyId};
use treatywatch::domain::seeds::{Seeds, TreatyFile};
use treatywatch::jobs::SeedSource;
use treatywatch::store::{AlertFilter, DeliveryFilter, Store};

pub use daemon::{Daemon, Exit, health};
pub use facts::{act, clause, definition, evidence, known, pact, seeds, treaty, watched};
pub use page::Page;
pub use receiver::{Message, Receiver};
pub use tracker::Tracker;

/// A test that waits longer has failed. A job that failed is tried again after a minute: nothing takes three.
pub const PATIENCE: Duration = Duration::from_secs(180);
pub const SECRET: &str = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3Qga2V5IQ==";
pub const ALL_ALERTS: AlertFilter = AlertFilter { treaty: None, kind: None, since: None, limit: 10_000 };
pub const ALL_DELIVERIES: DeliveryFilter =
    DeliveryFilter { failed_only: false, endpoint: None, treaty: None, limit: 10_000 };
/// The first line of a catalogue's `acts.csv`.
pub const ACTS_HEADER: &str = "state,kind,on,effective_on,place,note,source,basis,confidence,label\n";
/// The first line of a catalogue's `states.csv`, without the columns that may be left out.
pub const STATES_HEADER: &str = "id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note\n";

/// A directory of its own, in which the program runs; removed with this value.
pub struct TestEnv {
    dir: TempDir,
    /// The environment of the program, besides the way to other programs.
    variables: Vec<(&'static str, &'static str)>,
}

impl TestEnv {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), variables: vec![("DESK_SECRET", SECRET)] }
    }

    /// With a configuration, as [`Self::configure`] writes it.
    pub fn configured(text: &str) -> Self {
        let env = Self::new();
        env.configure(text);
        env
    }

    /// Sets a variable for every program that is run in it.
    pub fn set(&mut self, name: &'static str, value: &'static str) {
        self.variables.push((name, value));
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// The database that the program takes without being given a name.
    pub fn database(&self) -> PathBuf {
        self.path("treatywatch.db")
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        write(self.dir(), name, text);
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a configuration with health on a free port.
    pub fn configure(&self, text: &str) {
        self.write("treatywatch.toml", format!("listen = \"127.0.0.1:0\"\n{text}"));
    }

    /// Every file in it, with its size.
    pub fn files(&self) -> BTreeMap<String, u64> {
        let entries = fs::read_dir(self.dir()).unwrap().map(Result::unwrap);
        entries
            .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()))
            .collect()
    }

    /// The program in this directory.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command_of(env!("CARGO_BIN_EXE_treatywatch"));
        command.args(arguments);
        command
    }

    /// Any program in this directory, as on a machine where little more is set than the secret of endpoints.
    pub fn command_of(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.dir()).env_clear().envs(self.variables.iter().copied());
        command.envs(["PATH", "TMPDIR"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn code(&self, arguments: &[&str]) -> i32 {
        self.run(arguments).status.code().expect("it ended by itself")
    }

    /// What a command prints that must succeed.
    pub fn printed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The error of a command that must fail with this code and answer nothing; the directory is `DIR` in it.
    pub fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let error = error(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
        error.replace(&self.dir().display().to_string(), "DIR")
    }

    /// The exit code of a command, and what it prints: answer and error.
    pub fn said(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.run(arguments);
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.code(), text)
    }

    pub fn serve(&self) -> Daemon {
        Daemon::start(self.command(&["serve"]))
    }

    /// Opens the database beside whoever else has it open.
    pub async fn open_store(&self) -> Store {
        Store::open(&self.database()).await.unwrap()
    }

    /// A connection of another program to the database.
    pub async fn connect(&self) -> SqliteConnection {
        connect(&self.database()).await
    }

    /// Runs statements as another program would.
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
}

/// What a command printed as its error.
pub fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The text with each run of space as one space, however lines were broken.
pub fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A connection to a database that the program may have open; the file is made if it is not there.
pub async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqliteConnection::connect_with(&options.busy_timeout(Duration::from_secs(30))).await.unwrap()
}

/// Writes a file, and makes its directory.
pub fn write(root: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Copies a directory with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

/// Overwrites pages in the middle of a database.
pub fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    fs::write(path, bytes).unwrap();
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// An endpoint for the configuration, which gets every alert.
pub fn endpoint(name: &str, url: &str) -> String {
    format!("[[endpoint]]\nname = \"{name}\"\nurl = \"{url}\"\nsecret_env = \"DESK_SECRET\"\n")
}

/// A server that takes connections, and never reads or answers; the URL of it.
pub fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    (listener, url)
}

/// A port of this machine at which connections are refused, and which no other test can get meanwhile.
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
    pub fn reserve() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Takes connections from now on.
    pub fn open(self) -> TcpListener {
        let listener = self.0.listen(128).unwrap().into_std().unwrap();
        listener.set_nonblocking(false).unwrap();
        listener
    }
}

pub fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn noon(day: &str) -> DateTime<Utc> {
    at(&format!("{day}T12:00:00Z"))
}

pub fn treaty_id(text: &str) -> TreatyId {
    text.parse().unwrap()
}

pub fn act_id(text: &str) -> ActId {
    text.parse().unwrap()
}

pub fn state(code: &str) -> StateId {
    code.parse().unwrap()
}

/// The facts in the program, read once for all tests.
pub fn embedded() -> &'static Seeds {
    static SEEDS: LazyLock<Seeds> =
        LazyLock::new(|| catalogue::embedded().unwrap_or_else(|error| panic!("{error}")));
    &SEEDS
}

/// Those of them that the statement of 5 June 2019 names or belongs with.
pub fn statement_seeds() -> &'static Seeds {
    static SEEDS: LazyLock<Seeds> = LazyLock::new(|| {
        let mut seeds = embedded().clone();
        seeds.keep_sets(&["statement".parse().unwrap()]);
        seeds
    });
    &SEEDS
}

/// A treaty of theirs.
pub fn embedded_treaty(id: &str) -> &'static TreatyFile {
    &embedded().treaties[&treaty_id(id)]
}

/// The same as a source of facts.
pub fn embedded_source() -> &'static SeedSource {
    static SOURCE: LazyLock<SeedSource> = LazyLock::new(SeedSource::embedded);
    &SOURCE
}
