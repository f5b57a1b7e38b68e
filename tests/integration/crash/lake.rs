//! A treaty of its own, and the program as a process that can be cut off.

use std::ops::Deref;
use std::time::{Duration, Instant};

use chrono::Days;

use crate::env::{Daemon, PATIENCE, STATES_HEADER, TestEnv, day, endpoint};

/// The signal of a process that has reached its failpoint.
pub const ABORTED: i32 = 6;

/// States of the treaty: one declaration of each on each day is an event of its own.
const STATES: usize = 26;

pub struct Lake {
    env: TestEnv,
    /// How many acts were recorded.
    pub acts: usize,
}

impl Deref for Lake {
    type Target = TestEnv;

    fn deref(&self) -> &TestEnv {
        &self.env
    }
}

impl Lake {
    /// Watched since a fixed day and with nothing to tell.
    pub fn new() -> Self {
        let mut env = TestEnv::new();
        env.set("TREATYWATCH_SEEDS", "seeds");
        let lake = Self { env, acts: 0 };
        let mut states = STATES_HEADER.to_owned();
        for state in (0..STATES).map(code) {
            states.push_str(&format!("{state},state,{state}ia,,,,,,\n"));
        }
        lake.write("seeds/states.csv", states);
        let treaty = "id = \"lake\"\nkind = \"treaty\"\nfacts_as_of = 2026-01-01\n\
            [title]\nen = \"Convention on the Lake\"\n[short_title]\nen = \"Lake Convention\"\n[sources]\nlist = { kind = \"depositary\", title = \"List\", url = \"https://lake.example/status\" }\n\
            [[act]]\non = 2025-05-10\nkind = \"adoption\"\nsource = \"list\"\n";
        lake.write("seeds/treaties/lake/treaty.toml", treaty);
        lake.configure("");
        lake.printed(&["check", "--today", "2026-01-01"]);
        lake
    }

    /// Checks every second, and sends to these endpoints.
    pub fn configure(&self, endpoints: &str) {
        let text = format!("listen = \"off\"\n[schedule]\ncheck = \"* * * * * *\"\n{endpoints}");
        self.write("treatywatch.toml", text);
    }

    /// One endpoint.
    pub fn endpoint(&self, address: &str) {
        self.configure(&endpoint_of("desk", address, 0, 5));
    }

    /// Puts an act on record that no other is like, and gives its name. It changes nothing in the
    /// treaty, so that there is exactly one thing to tell of it.
    pub fn record(&mut self) -> String {
        let day = day("2026-01-02") + Days::new((self.acts / STATES).try_into().unwrap());
        let state = code(self.acts % STATES);
        let act = format!("declaration {state} {day}");
        self.printed(&["record", "lake", &act, "--source", "https://lake.example/status"]);
        self.acts += 1;
        format!("lake/{state}/declaration/{day}")
    }

    /// Runs the daemon up to this point, at which it dies.
    pub fn serve_until(&self, point: &str) {
        let mut command = self.command(&["serve"]);
        command.env("TREATYWATCH_FAILPOINT", point);
        let end = Daemon::start(command).end();
        assert_eq!(end.signal, Some(ABORTED), "not ended at {point}: {end:#?}");
    }

    /// Runs the daemon until nothing is left to deliver, and stops it.
    pub async fn serve_until_empty(&self) {
        // Nothing waits before the check at the start either.
        let run = "select coalesce(max(run_id), 0) from _job_run where job = 'check' and outcome = 'ok'";
        let before = self.number(run).await;
        let daemon = self.serve();
        let deadline = Instant::now() + PATIENCE;
        while self.number(run).await == before
            || self.number("select count(*) from _delivery where state = 'pending'").await > 0
        {
            assert!(Instant::now() < deadline, "{}", daemon.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(daemon.stop("TERM").code, Some(0));
    }

    /// Makes everything due that waits for its next attempt: hours of the schedule, at once.
    pub async fn let_time_pass(&self) {
        self.execute(
            "update _delivery set next_attempt_at = '2026-01-01T00:00:00Z' where state = 'pending';
            update _endpoint set slowed_until = null",
        )
        .await;
    }
}

fn code(number: usize) -> String {
    format!("A{}A", char::from(b'A' + u8::try_from(number).unwrap()))
}

/// An endpoint for the configuration. Its path tells the receiver which life of the daemon is calling.
pub fn endpoint_of(name: &str, address: &str, life: usize, timeout_s: u32) -> String {
    format!("{}timeout_s = {timeout_s}\n", endpoint(name, &format!("http://{address}/{name}/{life}")))
}
