use serde_json::json;
use treatywatch::store::StoreError;

use super::*;

#[tokio::test]
async fn a_statement_that_reads_gives_a_table() {
    let env = Tracker::empty().await;
    let table = env.store.sql("select 1 as one, 1.5, 'x', null, x'00ff', 9e999;", 10).await.unwrap();
    assert_eq!(table.columns[0], "one");
    assert_eq!(table.rows, [[json!(1), json!(1.5), json!("x"), json!(null), json!("x'00ff'"), json!("inf")]]);
    assert!(!table.truncated);
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";
    let table = env.store.sql(endless, 3).await.unwrap();
    assert_eq!((table.rows.len(), table.truncated), (3, true));
    let empty = env.store.sql("select treaty_id, status from treaty_status", 10).await.unwrap();
    assert_eq!((empty.columns.len(), empty.rows.len()), (2, 0));
    let table = env.store.sql("pragma table_info(_act)", 100).await.unwrap();
    assert!(table.rows.len() > 20);
}

#[tokio::test]
async fn text_of_any_bytes_is_shown() {
    let env = Tracker::empty().await;
    let table = env.store.sql("select cast(x'41ff' as text), 9223372036854775807, 1.0", 1).await.unwrap();
    assert_eq!(table.rows, [[json!("A\u{fffd}"), json!(i64::MAX), json!(1.0)]]);
}

#[tokio::test]
async fn a_statement_that_does_more_is_refused() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let outside = env.path("outside.db");
    for text in [
        "insert into _note select * from _note",
        "with a as (select 1) insert into _endpoint (name) select 'x' from a",
        "with a as (select 1) delete from _act",
        "update _watch set began_on = null",
        "pragma journal_mode = delete",
        "pragma user_version = 3",
        "create temp table x (y)",
        "begin",
        "select 1; delete from _act",
        &format!("attach '{}' as other", outside.display()),
        &format!("vacuum into '{}'", outside.display()),
    ] {
        let error = env.store.sql(text, 10).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{text}: {error:?}");
    }
    assert!(!outside.exists());
    let error = env.store.sql("select * from no_such_view", 10).await.unwrap_err();
    assert!(matches!(error, StoreError::Statement(_)));
    assert_eq!(env.text("select count(*) from _act").await, ["3"]);
}
