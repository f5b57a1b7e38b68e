//! What the database costs: seeding and projecting beside a bare insert of the same rows, and a check
//! when nothing is due and when much is.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, Utc};
use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Row, Sqlite, SqliteConnection, TypeInfo, ValueRef};
use treatywatch::alerts::Route;
use treatywatch::config::DEFAULT_LEAD_DAYS;
use treatywatch::jobs::{CheckReport, CheckSettings, check};
use treatywatch::store::Store;

use super::synthetic;

/// Rows that one statement of the bare insert inserts, as many as the store's.
const BULK_ROWS: usize = 250;
const RUNS: usize = 9;
/// Tables in an order in which each row finds those that it refers to.
const TABLES: &[&str] = &[
    "_state",
    "_state_alias",
    "_treaty",
    "_clause",
    "_reading",
    "_link",
    "_scheduled_date",
    "_note",
    "_missing",
    "_act",
    "_treaty_period",
    "_state_period",
    "_state_override",
    "_overlay",
    "_treaty_date",
    "_party_tally",
    "_entry_progress",
];

/// Prints what it costs to seed so many treaties, and to check them and a tenth of them.
pub async fn figures(treaties: usize) {
    let dir = tempfile::tempdir().expect("a directory");
    let large = seed(&dir.path().join("large.db"), treaties).await;
    beside_bare(&large, &dir.path().join("bare.db")).await;
    let small = seed(&dir.path().join("small.db"), treaties.div_ceil(10)).await;
    for seeded in [small, large] {
        checks(&seeded).await;
    }
}

/// A database of so many treaties, and how long it took to seed.
struct Seeded {
    path: PathBuf,
    treaties: usize,
    took: Duration,
}

async fn seed(path: &Path, treaties: usize) -> Seeded {
    let seeds = synthetic::seeds(treaties);
    let store = Store::open(path).await.expect("a new database");
    let begun = Instant::now();
    let report = store.seed(&seeds, "synthetic", noon(synthetic::day(2022, 1, 1))).await.expect("seeds");
    let took = begun.elapsed();
    println!("seed {} treaties, {} acts: {took:.2?}", report.treaties, report.acts);
    store.close().await;
    Seeded { path: path.to_path_buf(), treaties, took }
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).expect("noon").and_utc()
}

/// Inserts the rows of a seeded database into a new one with the same schema, checks and indexes,
/// in one transaction, over a connection like the store's; reading them is not counted.
async fn beside_bare(seeded: &Seeded, path: &Path) {
    Store::open(path).await.expect("a new database").close().await;
    let mut from =
        SqliteConnectOptions::new().filename(&seeded.path).read_only(true).connect().await.expect("the rows");
    let to = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-32000");
    let mut to = to.connect().await.expect("the new database");
    let mut took = Duration::ZERO;
    let mut rows = 0;
    let mut tx = to.begin_with("BEGIN IMMEDIATE").await.expect("a transaction");
    for table in TABLES {
        let head = format!("insert into {table} ");
        let mut all = sqlx::query(sqlx::AssertSqlSafe(format!("select * from {table}"))).fetch(&mut from);
        let mut chunk: Vec<Vec<Value>> = Vec::with_capacity(BULK_ROWS);
        loop {
            let row = all.try_next().await.expect("a row");
            let is_last = row.is_none();
            chunk.extend(row.map(|row| values(&row)));
            if chunk.len() == BULK_ROWS || is_last && !chunk.is_empty() {
                rows += chunk.len();
                let begun = Instant::now();
                insert(&mut tx, &head, &chunk).await;
                took += begun.elapsed();
                chunk.clear();
            }
            if is_last {
                break;
            }
        }
    }
    let begun = Instant::now();
    tx.commit().await.expect("a commit");
    took += begun.elapsed();
    to.close().await.expect("closed");
    let ratio = seeded.took.as_secs_f64() / took.as_secs_f64();
    println!("bare insert of the same {rows} rows: {took:.2?}; ratio {ratio:.2}");
}

enum Value {
    Null,
    Whole(i64),
    Text(String),
}

fn values(row: &SqliteRow) -> Vec<Value> {
    let value = |at| {
        let raw = row.try_get_raw(at).expect("a value");
        match (raw.is_null(), raw.type_info().name()) {
            (true, _) => Value::Null,
            (false, "INTEGER") => Value::Whole(row.get(at)),
            (false, _) => Value::Text(row.get(at)),
        }
    };
    (0..row.len()).map(value).collect()
}

async fn insert(conn: &mut SqliteConnection, head: &str, rows: &[Vec<Value>]) {
    let mut query = QueryBuilder::<Sqlite>::new(head);
    query.push_values(rows, |mut values, row| {
        for value in row {
            match value {
                Value::Null => values.push_bind(None::<i64>),
                Value::Whole(number) => values.push_bind(*number),
                Value::Text(text) => values.push_bind(text.as_str()),
            };
        }
    });
    query.build().persistent(rows.len() == BULK_ROWS).execute(conn).await.expect("inserted");
}

/// Checks of days on which nothing is due, and of days on which a hundredth and a tenth of the
/// treaties have a date thirty days ahead.
async fn checks(seeded: &Seeded) {
    let store = Store::open(&seeded.path).await.expect("the database");
    let begun = Instant::now();
    run(&store, synthetic::day(2030, 2, 4)).await;
    println!("{} treaties: first check, in silence: {:.2?}", seeded.treaties, begun.elapsed());
    // It marks every act: the log that it leaves is not to be found in the figures of the others.
    store.close().await;
    let store = Store::open(&seeded.path).await.expect("the database");
    let idle = synthetic::day(2030, 2, 5).iter_days().take(RUNS);
    measure(&store, seeded, idle.map(|today| (today, 0)).collect()).await;
    for slots in [5..10, 0..5] {
        let ahead = |slot| synthetic::deadline_day(slot) - Days::new(30);
        let days = slots.map(|slot| (ahead(slot), synthetic::count_in(slot, seeded.treaties)));
        measure(&store, seeded, days.collect()).await;
    }
    store.close().await;
}

async fn measure(store: &Store, seeded: &Seeded, days: Vec<(NaiveDate, usize)>) {
    let mut times = Vec::new();
    let due = days[0].1;
    for (today, due) in days {
        let yesterday = today - Days::new(1);
        let mut tx = store.begin().await.expect("a transaction");
        tx.set_checked(yesterday, noon(yesterday)).await.expect("the day before");
        tx.commit().await.expect("a commit");
        let begun = Instant::now();
        let report = run(store, today).await;
        times.push(begun.elapsed());
        assert_eq!((report.looked_at, report.raised), (due, due), "{today}");
    }
    times.sort();
    println!(
        "{} treaties: check with {due} due: median {:.2?}, fastest {:.2?}",
        seeded.treaties,
        times[times.len() / 2],
        times[0]
    );
}

async fn run(store: &Store, today: NaiveDate) -> CheckReport {
    let settings =
        CheckSettings { leads: DEFAULT_LEAD_DAYS.to_vec(), routes: vec![Route::of_everything("desk")] };
    check(store, &settings, today, noon(today), false).await.expect("a check")
}
