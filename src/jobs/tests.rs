//! Faults of the disk and of other programs while a job is at work: it fails with what to do, nothing is half
//! done, and the next run makes up for it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::alerts::Route;
use crate::catalogue;
use crate::clock::ManualClock;
use crate::delivery::{Channel, Sender, Target};
use crate::domain::delivery::{Claim, Outcome};
use crate::domain::lang::Lang;
use crate::domain::text::with_causes;
use crate::store::{AlertFilter, DeliveryFilter, DeliveryState, Ended, Store};

struct TestEnv {
    _dir: TempDir,
    store: Store,
    settings: CheckSettings,
}

impl TestEnv {
    /// A database that is watched since the end of 2025.
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("treatywatch.db")).await.unwrap();
        let now = "2025-12-31T12:00:00Z".parse().unwrap();
        store.seed(&catalogue::embedded().unwrap(), "seeds", "1", now).await.unwrap();
        let settings = CheckSettings { leads: vec![30, 7, 1], routes: vec![Route::of_everything("desk")] };
        let env = Self { _dir: dir, store, settings };
        env.check("2025-12-31").await.unwrap();
        env
    }

    async fn check(&self, today: &str) -> Result<CheckReport, JobError> {
        let now = format!("{today}T12:00:00Z").parse().unwrap();
        check(&self.store, &self.settings, today.parse().unwrap(), now, false).await
    }

    /// A check fails in these words, and leaves everything as it was; once the fault is over, all is told.
    async fn fails_and_is_made_up_for(&self, words: &str, mend: impl AsyncFnOnce()) {
        let error = with_causes(&self.check("2026-11-24").await.unwrap_err());
        assert!(error.contains(words), "{error}");
        let all = AlertFilter { treaty: None, kind: None, since: None, limit: 1000 };
        assert_eq!(self.store.alerts(&all).await.unwrap(), []);
        assert_eq!(self.store.watch().await.unwrap().checked_on, "2025-12-31".parse().ok());
        mend().await;
        let report = self.check("2026-11-24").await.unwrap();
        assert!(10 < report.raised, "{report:?}");
        assert_eq!(self.store.alerts(&all).await.unwrap().len(), report.raised);
    }
}

#[tokio::test]
async fn another_program_that_holds_the_database_is_said_and_made_up_for() {
    use sqlx::Connection as _;
    let env = TestEnv::open().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(env.store.path());
    let mut other = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("begin immediate").execute(&mut other).await.unwrap();
    env.store.writer_pragma("pragma busy_timeout = 0").await;
    let mend = async || {
        sqlx::query("rollback").execute(&mut other).await.unwrap();
    };
    env.fails_and_is_made_up_for("another program holds it, wait or end that program", mend).await;
}

#[tokio::test]
async fn a_file_that_can_no_longer_be_written_is_said_and_made_up_for() {
    let env = TestEnv::open().await;
    env.store.writer_pragma("pragma query_only = on").await;
    let mend = async || env.store.writer_pragma("pragma query_only = off").await;
    env.fails_and_is_made_up_for("it cannot be written", mend).await;
}

/// Takes everything; at the fifth message the database cannot be written any more.
struct Breaking<'a> {
    store: &'a Store,
    sent: Mutex<Vec<String>>,
}

impl Sender for Breaking<'_> {
    async fn send(&self, claim: &Claim, _: &Target, _: DateTime<Utc>) -> Outcome {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(claim.raised.id.clone());
            sent.len()
        };
        if number == 5 {
            self.store.writer_pragma("pragma query_only = on").await;
        }
        Outcome::Delivered
    }
}

#[tokio::test]
async fn what_has_arrived_is_not_sent_again_because_it_could_not_be_written_down() {
    let env = TestEnv::open().await;
    env.check("2026-11-24").await.unwrap();
    let all = DeliveryFilter { failed_only: false, endpoint: None, treaty: None, limit: 1000 };
    let count = env.store.deliveries(&all).await.unwrap().len();
    assert!(10 < count, "{count}");
    let target = Target {
        channel: Channel::Command(Vec::new()),
        language: Lang::En,
        timeout: Duration::from_secs(1),
        concurrency: 4,
    };
    let queue = Queue { endpoint: "desk", target: &target, routes: &[] };
    let clock = ManualClock::new("2026-11-24T12:00:00Z".parse().unwrap());
    let (mut unwritten, stop) = (Ended::default(), CancellationToken::new());
    let breaking = Breaking { store: &env.store, sent: Mutex::default() };
    let mut run = async || deliver_due(&env.store, &breaking, queue, &mut unwritten, &clock, &stop).await;
    let error = with_causes(&run().await.unwrap_err());
    assert!(error.contains("it cannot be written"), "{error}");
    assert!((5..=count).contains(&breaking.sent.lock().unwrap().len()));
    env.store.writer_pragma("pragma query_only = off").await;
    run().await.unwrap();
    let sent = breaking.sent.lock().unwrap().clone();
    let ids: BTreeSet<&String> = sent.iter().collect();
    assert_eq!((sent.len(), ids.len()), (count, count), "each was sent once");
    let rows = env.store.deliveries(&all).await.unwrap();
    assert!(rows.iter().all(|row| (row.state, row.attempts) == (DeliveryState::Delivered, 1)));
}
