use std::fs;

use sqlx::Connection as _;
use treatywatch::store::{Store, StoreError};

use super::*;

#[tokio::test]
async fn a_copy_takes_the_place_of_the_database_which_is_kept() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let (database, copy) = (env.database(), env.path("copy.db"));
    env.store.backup(&copy).await.unwrap();
    let id = env.store.watch().await.unwrap().database_id;
    env.store.set_next_run("later", None).await.unwrap();
    // Somebody has it open, so that what was written last stands in the log alone.
    let restored = Store::restore(&database, &copy, noon("2026-11-24")).await.unwrap();
    env.close().await;
    let kept = restored.kept.unwrap();
    assert_eq!(kept, env.path("treatywatch.db.before-20261124T120000Z"));
    let jobs = "select count(*) from _job where name = 'later'";
    let now = Store::open(&database).await.unwrap();
    assert_eq!(now.sql(jobs, 1).await.unwrap().rows, [[0]]);
    // The same id, so that what is sent again is known as sent before.
    assert_eq!(now.watch().await.unwrap().database_id, id);
    now.close().await;
    let before = Store::open(&kept).await.unwrap();
    assert_eq!(before.sql(jobs, 1).await.unwrap().rows, [[1]]);
    before.close().await;
    let left = fs::read_dir(env.dir()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains("partial")));
}

#[tokio::test]
async fn a_copy_is_restored_where_there_is_no_database_or_a_damaged_one() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let copy = env.path("copy.db");
    env.store.backup(&copy).await.unwrap();
    env.close().await;
    let elsewhere = env.path("new.db");
    assert_eq!(Store::restore(&elsewhere, &copy, noon("2026-11-24")).await.unwrap().kept, None);
    let damaged = env.path("treatywatch.db");
    damage(&damaged);
    let kept = Store::restore(&damaged, &copy, noon("2026-11-24")).await.unwrap().kept.unwrap();
    assert!(kept.exists());
    for path in [elsewhere, damaged] {
        let store = Store::open(&path).await.unwrap();
        assert_eq!(store.faults().await.unwrap(), Vec::<String>::new());
        store.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_trusted_is_not_restored_and_nothing_changes() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let (database, copy) = (env.database(), env.path("copy.db"));
    env.store.backup(&copy).await.unwrap();
    let then = env.path("then.db");
    env.store.backup_as_known(&then, day("2019-01-01")).await.unwrap();
    env.close().await;
    let before = fs::read(&database).unwrap();
    let restore =
        async |from: &str| Store::restore(&database, &env.path(from), noon("2026-11-24")).await.unwrap_err();
    assert!(matches!(restore("nothing.db").await, StoreError::NoFile(_)));
    assert!(matches!(restore("treatywatch.db").await, StoreError::SameFile(_)));
    let error = restore("then.db").await;
    assert!(error.to_string().contains("holds only what was known on some day"), "{error}");

    let torn = env.path("torn.db");
    fs::copy(&copy, &torn).unwrap();
    damage(&torn);
    let error = restore("torn.db").await;
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    let cut = env.path("cut.db");
    let whole = fs::read(&copy).unwrap();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let error = restore("cut.db").await;
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");

    let newer = env.path("newer.db");
    fs::copy(&copy, &newer).unwrap();
    let mut conn = connect(&newer).await;
    let insert = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (99, 'later', 1, x'00', 0)";
    sqlx::query(insert).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert!(matches!(restore("newer.db").await, StoreError::Newer { found: 99, .. }));

    let other = env.path("other.db");
    let mut conn = connect(&other).await;
    sqlx::query("create table places (url text)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert!(matches!(restore("other.db").await, StoreError::Foreign(_)));
    let notes = env.path("notes.txt");
    fs::write(&notes, "these are notes, and rather long ones, ".repeat(40)).unwrap();
    assert!(matches!(restore("notes.txt").await, StoreError::NotADatabase(_)));

    assert!(fs::read(&database).unwrap() == before, "not a byte was written");
    let left = fs::read_dir(env.dir()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("before")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_copy_with_another_schema_is_refused_and_nothing_of_it_is_run() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let (database, copy) = (env.database(), env.path("copy.db"));
    env.store.backup(&copy).await.unwrap();
    env.close().await;
    let cases = [
        (
            "create trigger forgets after insert on _delivery begin delete from _delivery; end",
            "trigger forgets is not ours",
        ),
        ("create view more as select 1", "view more is not ours"),
        ("create table more (a)", "table more is not ours"),
        ("create index more on _act (kind)", "index more is not ours"),
        ("drop view alert_log; create view alert_log as select 1", "view alert_log is another one"),
        ("drop view alert_log", "view alert_log is missing"),
        (
            "alter table _sqlx_migrations rename to kept;
            create view _sqlx_migrations as with recursive endless (version) as
                (select 1 union all select version + 1 from endless) select version from endless",
            "_sqlx_migrations is not a table",
        ),
    ];
    for (change, words) in cases {
        let changed = env.path("changed.db");
        fs::copy(&copy, &changed).unwrap();
        let mut conn = connect(&changed).await;
        sqlx::raw_sql(change).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let error = Store::restore(&database, &changed, noon("2026-11-24")).await.unwrap_err();
        assert!(matches!(error, StoreError::Schema { .. }), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
    // A view that never ends keeps no command waiting.
    let endless = env.path("changed.db");
    assert!(matches!(Store::look(&endless).await.unwrap_err(), StoreError::Schema { .. }));
    assert!(matches!(Store::open(&endless).await.unwrap_err(), StoreError::Schema { .. }));
}

#[tokio::test]
async fn a_copy_that_litestream_or_analyze_has_been_at_is_restored() {
    let env = Tracker::empty().await;
    let copy = env.path("copy.db");
    env.store.backup(&copy).await.unwrap();
    env.close().await;
    let mut conn = connect(&copy).await;
    let more = "create table _litestream_seq (id integer primary key, seq integer);
        create table _litestream_lock (id integer); analyze";
    sqlx::raw_sql(more).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let database = env.path("treatywatch.db");
    Store::restore(&database, &copy, noon("2026-11-24")).await.unwrap();
}
