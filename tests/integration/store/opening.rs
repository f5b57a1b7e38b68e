use std::fs;

use sqlx::Connection as _;
use treatywatch::domain::project::project;
use treatywatch::store::{Store, StoreError};

use super::*;

#[tokio::test]
async fn a_directory_is_no_database() {
    let dir = TestEnv::new();
    let error = Store::open(dir.dir()).await.unwrap_err();
    assert!(matches!(error, StoreError::Directory(_)));
    assert!(error.to_string().contains("is a directory: name a file in it"), "{error}");
    let error = Store::open(&dir.path("missing/x.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::NoDirectory(_)));
}

#[tokio::test]
async fn other_files_are_left_alone() {
    let dir = TestEnv::new();
    let path = dir.path("notes.txt");
    fs::write(&path, "these are notes, and rather long ones, ".repeat(40)).unwrap();
    let before = fs::read(&path).unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::NotADatabase(_)), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), before);

    let path = dir.path("other.db");
    let mut other = connect(&path).await;
    sqlx::query("create table places (url text)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    let before = fs::read(&path).unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Foreign(_)), "{error:?}");
    assert!(fs::read(&path).unwrap() == before, "not a byte was written");
}

/// The number of the newest migration.
const KNOWN: i64 = 1;

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let env = Tracker::empty().await;
    let path = env.database();
    env.close().await;
    let mut conn = connect(&path).await;
    let insert = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (99, 'later', 1, x'00', 0)";
    sqlx::query(insert).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, known: KNOWN, .. }), "{error:?}");
    assert!(error.to_string().contains("install the newer program again"), "{error}");
}

#[tokio::test]
async fn the_log_is_folded_into_the_file_at_the_end() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    assert!(env.path("treatywatch.db-wal").exists());
    env.close().await;
    assert!(!env.path("treatywatch.db-wal").exists());
}

#[tokio::test]
async fn the_schema_is_durable_and_checked() {
    let env = Tracker::empty().await;
    assert_eq!(env.text("pragma journal_mode").await, ["wal"]);
    let mut conn = env.connect().await;
    for bad in [
        "update _watch set began_on = '2019-02-30'",
        "update _watch set began_on = '2019-2-2'",
        "update _watch set checked_at = '2019-02-02 12:00:00'",
        "insert into _watch (one, database_id) values (2, '00000000-0000-4000-8000-000000000000')",
        "insert into _state (state_id, kind, name_en, successors) values ('abc', 'state', 'x', '[]')",
        "insert into _state (state_id, kind, name_en, successors) values ('ABC', 'planet', 'x', '[]')",
        "insert into _state (state_id, kind, name_en, successors) values ('ABC', 'state', 'x', 'RUS')",
    ] {
        assert!(sqlx::query(bad).execute(&mut conn).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_database_keeps_its_id_and_opens_again() {
    let env = Tracker::empty().await;
    let path = env.database();
    let watch = env.store.watch().await.unwrap();
    assert_eq!((watch.database_id.len(), watch.began_on, watch.seeds_digest), (36, None, None));
    env.close().await;
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.watch().await.unwrap().database_id, watch.database_id);
}

#[tokio::test]
async fn a_copy_as_known_on_a_day_holds_what_was_believed_then() {
    let env = Tracker::empty().await;
    let seeds = embedded();
    env.seed(seeds, "a").await;
    let to = env.path("then.db");
    env.store.backup_as_known(&to, day("2021-02-01")).await.unwrap();
    let then = Store::open(&to).await.unwrap();
    let ask = async |store: &Store, sql: &str| store.sql(sql, 10).await.unwrap().rows;
    let expiry = "select on_date from upcoming_dates where date_id = 'new-start/expiry'";
    let expiry = expiry.replace("upcoming_dates", "_treaty_date");
    // Two days before the extension people counted with the end of the first term.
    assert_eq!(ask(&then, &expiry).await, [["2021-02-05"]]);
    assert_eq!(ask(&env.store, &expiry).await, [["2026-02-05"]]);
    let reached = "select max(reached) from _entry_progress where treaty_id = 'ctbt' and ordinal =
        (select max(ordinal) from _entry_progress where treaty_id = 'ctbt')";
    assert_eq!(ask(&then, reached).await, [[36]]);
    assert_eq!(ask(&env.store, reached).await, [[35]]);
    let later = "select count(*) from _act where known_on > '2021-02-01'";
    assert_eq!(ask(&then, later).await, [[0]]);
    // It is what projecting with that knowledge gives.
    let expected = project(
        &seeds.treaties[&treaty_id("npt")].treaty,
        &seeds.treaties[&treaty_id("npt")].acts,
        day("2021-02-01"),
    );
    let parties = expected.default_life().counts.last().unwrap().parties;
    let counted = "select parties from party_count where treaty_id = 'npt' and reading = 'default'
        order by on_date desc limit 1";
    assert_eq!(ask(&then, counted).await, [[parties]]);
    then.close().await;
}

#[tokio::test]
async fn a_backup_is_a_whole_database_and_never_overwrites() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let to = env.path("copy.db");
    env.store.backup(&to).await.unwrap();
    let error = env.store.backup(&to).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists(_)));
    let copy = Store::open(&to).await.unwrap();
    assert_eq!(copy.watch().await.unwrap(), env.store.watch().await.unwrap());
    assert_eq!(copy.load_treaties().await.unwrap(), env.store.load_treaties().await.unwrap());
    assert!(env.store.backup(&env.path("missing/copy.db")).await.is_err());
    let mut left: Vec<_> = fs::read_dir(env.dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.retain(|name| name.to_string_lossy().contains("partial"));
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn no_check_takes_null_for_json() {
    let env = Tracker::empty().await;
    // To SQLite before 3.42 json_valid(NULL) is 0.
    let nullable = "select t.name, c.name from sqlite_schema t join pragma_table_info(t.name) c
        where t.type = 'table' and not c.\"notnull\" and t.sql like '%json_valid(' || c.name || ')%'
            and t.sql not like '%' || c.name || ' is null or json_valid(' || c.name || ')%'";
    assert_eq!(env.text(nullable).await, Vec::<String>::new());
}
