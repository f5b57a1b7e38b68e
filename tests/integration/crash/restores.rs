//! A restore that is cut off leaves the old database or the new one in its place, and the old one is never lost.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;

use super::lake::{ABORTED, Lake};

/// How many acts a database holds, and whether the one that the copy has not.
async fn acts(env: &Lake) -> i64 {
    env.number("select count(*) from _act").await
}

/// What is beside the database and begins with its name.
fn beside(env: &Lake, part: &str) -> Vec<String> {
    let mut names: Vec<String> = env.files().into_keys().collect();
    names.retain(|name| name.contains(part) && !name.ends_with("-wal") && !name.ends_with("-shm"));
    names
}

#[tokio::test]
async fn cut_off_anywhere_a_restore_leaves_a_whole_database() {
    for (point, is_new) in [
        ("restore-copy.after", false),
        ("restore-keep.after", false),
        ("restore-log.after", false),
        ("restore-place.after", true),
    ] {
        let mut env = Lake::new();
        env.printed(&["backup", "copy.db"]);
        let of_copy = acts(&env).await;
        env.record();
        let of_database = acts(&env).await;
        assert_ne!(of_copy, of_database);
        let mut restore = env.command(&["restore", "copy.db"]);
        let status = restore.env("TREATYWATCH_FAILPOINT", point).status().unwrap();
        assert_eq!(status.signal(), Some(ABORTED), "{point}: {status}");
        let expected = if is_new { of_copy } else { of_database };
        assert_eq!(acts(&env).await, expected, "{point}");
        // Any command goes on with it, and the restore can be repeated.
        env.printed(&["status"]);
        assert_eq!(acts(&env).await, expected, "{point}");
        // Two restores in one second would give the old database one name twice.
        let kept = beside(&env, ".before-");
        kept.iter().for_each(|name| fs::rename(env.path(name), env.path("first")).unwrap());
        env.printed(&["restore", "copy.db"]);
        assert_eq!(acts(&env).await, of_copy, "{point}");
        assert_eq!(beside(&env, ".partial"), Vec::<String>::new(), "{point}");
        assert_eq!(beside(&env, ".before-").len(), 1, "{point}");
    }
}

#[tokio::test]
async fn what_a_restore_has_left_is_not_passed_over_for_an_empty_database() {
    for left in ["treatywatch.db.before-20260101T000000Z", "treatywatch.db.partial"] {
        let env = Lake::new();
        fs::rename(env.database(), env.path(left)).unwrap();
        let error = env.refused(&["status"], 1);
        assert!(
            error.contains("there is no database treatywatch.db, but ") && error.contains(left),
            "{error}"
        );
        assert!(!env.database().exists(), "nothing was begun");
        fs::rename(env.path(left), env.database()).unwrap();
        env.printed(&["status"]);
    }
}
