//! A restore that is cut off leaves the old database or the new one in its place, and the old one is never lost.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;

use super::desk::Desk;

/// How many acts a database holds, and whether the one that the copy has not.
async fn acts(desk: &Desk) -> i64 {
    desk.number("select count(*) from act").await
}

/// What is beside the database and begins with its name.
fn beside(desk: &Desk, part: &str) -> Vec<String> {
    let names = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
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
        let mut desk = Desk::new();
        desk.succeeds(&["backup", "copy.db"]);
        let of_copy = acts(&desk).await;
        desk.record();
        let of_database = acts(&desk).await;
        assert_ne!(of_copy, of_database);
        let mut restore = desk.command(&["restore", "copy.db"]);
        let status = restore.env("TREATYWATCH_FAILPOINT", point).status().unwrap();
        assert_eq!(status.signal(), Some(6), "{point}: {status}");
        let expected = if is_new { of_copy } else { of_database };
        assert_eq!(acts(&desk).await, expected, "{point}");
        // Any command goes on with it, and the restore can be repeated.
        desk.succeeds(&["status"]);
        assert_eq!(acts(&desk).await, expected, "{point}");
        // Two restores in one second would give the old database one name twice.
        let kept = beside(&desk, ".before-");
        kept.iter().for_each(|name| fs::rename(desk.path(name), desk.path("first")).unwrap());
        desk.succeeds(&["restore", "copy.db"]);
        assert_eq!(acts(&desk).await, of_copy, "{point}");
        assert_eq!(beside(&desk, ".partial"), Vec::<String>::new(), "{point}");
        assert_eq!(beside(&desk, ".before-").len(), 1, "{point}");
    }
}

#[tokio::test]
async fn what_a_restore_has_left_is_not_passed_over_for_an_empty_database() {
    for left in ["treatywatch.db.before-20260101T000000Z", "treatywatch.db.partial"] {
        let desk = Desk::new();
        fs::rename(desk.path("treatywatch.db"), desk.path(left)).unwrap();
        let output = desk.command(&["status"]).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(
            error.contains("there is no database treatywatch.db, but ") && error.contains(left),
            "{error}"
        );
        assert!(!desk.path("treatywatch.db").exists(), "nothing was begun");
        fs::rename(desk.path(left), desk.path("treatywatch.db")).unwrap();
        desk.succeeds(&["status"]);
    }
}
