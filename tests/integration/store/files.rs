use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::{Command, Output};

use treatywatch::daemon::Instance;
use treatywatch::store::{Store, StoreError};

use super::*;

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().permissions().mode() & 0o777
}

/// A program of this crate in a directory, by relative names as people use them.
fn run(dir: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_treatywatch"));
    for name in ["TREATYWATCH_DB", "TREATYWATCH_CONFIG", "TREATYWATCH_SEEDS", "TREATYWATCH_LOG"] {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(dir).output().unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_made_can_be_read_by_its_owner_alone() {
    let desk = Desk::open().await;
    desk.store.set_next_run("check", None).await.unwrap();
    let _instance = Instance::acquire(desk.store.path(), noon("2026-11-24")).unwrap();
    desk.store.backup(&desk.path("copy.db")).await.unwrap();
    let found = names(desk.dir.path());
    for name in ["treatywatch.db-wal", "treatywatch.db.lock", "treatywatch.db.daemon", "copy.db"] {
        assert!(found.contains(&name.to_owned()), "{found:?}");
    }
    for name in found {
        assert_eq!(mode(&desk.path(&name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_restored_database_keeps_owner_and_mode() {
    let desk = Desk::open().await;
    let (database, copy) = (desk.path("treatywatch.db"), desk.path("copy.db"));
    desk.store.backup(&copy).await.unwrap();
    desk.store.close().await;
    fs::set_permissions(&database, fs::Permissions::from_mode(0o640)).unwrap();
    // Only root can give a file away.
    let owner = match chown(&database, Some(65534), Some(65534)) {
        Ok(()) => 65534,
        Err(_) => database.metadata().unwrap().uid(),
    };
    let dir = tempfile::tempdir().unwrap();
    let copy_elsewhere = dir.path().join("copy.db");
    fs::rename(&copy, &copy_elsewhere).unwrap();
    let kept = Store::restore(&database, &copy_elsewhere, noon("2026-11-24")).await.unwrap().kept.unwrap();
    for path in [&database, &kept] {
        assert_eq!((path.metadata().unwrap().uid(), mode(path)), (owner, 0o640), "{}", path.display());
    }
    fs::remove_file(desk.dir.path().join("treatywatch.db.lock")).unwrap();
    let store = Store::open(&database).await.unwrap();
    store.close().await;
    let lock = desk.dir.path().join("treatywatch.db.lock");
    assert_eq!((lock.metadata().unwrap().uid(), mode(&lock)), (owner, 0o640));
}

#[tokio::test]
async fn no_link_beside_the_database_is_followed() {
    for name in ["treatywatch.db.lock", "treatywatch.db.daemon"] {
        let dir = tempfile::tempdir().unwrap();
        let (victim, database) = (dir.path().join("victim"), dir.path().join("treatywatch.db"));
        for is_there in [false, true] {
            if is_there {
                fs::write(&victim, "words of somebody else").unwrap();
            }
            let link = dir.path().join(name);
            symlink(&victim, &link).unwrap();
            let error = match name {
                "treatywatch.db.lock" => with_causes(&Store::open(&database).await.unwrap_err()),
                _ => with_causes(&Instance::acquire(&database, noon("2026-11-24")).unwrap_err()),
            };
            assert!(error.contains(name) && error.contains("it is a link: remove it"), "{error}");
            assert_eq!(victim.exists(), is_there);
            fs::remove_file(&link).unwrap();
        }
        // A second name of a file would be emptied all the same.
        fs::hard_link(&victim, dir.path().join(name)).unwrap();
        let error = match name {
            "treatywatch.db.lock" => with_causes(&Store::open(&database).await.unwrap_err()),
            _ => with_causes(&Instance::acquire(&database, noon("2026-11-24")).unwrap_err()),
        };
        assert!(error.contains("it is another name of a file: remove it"), "{error}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "words of somebody else");
    }
}

#[tokio::test]
async fn a_database_or_a_copy_that_is_a_link_to_nothing_is_not_made_elsewhere() {
    let desk = Desk::open().await;
    let stolen = desk.path("stolen.db");
    for name in ["link.db", "copy.db", "other.db.partial"] {
        symlink(&stolen, desk.path(name)).unwrap();
    }
    let error = with_causes(&Store::open(&desk.path("link.db")).await.unwrap_err());
    assert!(error.contains("link.db") && error.contains("which does not exist"), "{error}");
    let error = desk.store.backup(&desk.path("copy.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists(_)), "{error:?}");
    desk.store.backup(&desk.path("other.db")).await.unwrap();
    assert!(desk.path("other.db").symlink_metadata().unwrap().is_file());
    assert!(!stolen.exists());
}

#[tokio::test]
async fn a_database_has_one_lock_by_whatever_path() {
    let desk = Desk::open().await;
    let link = desk.path("link.db");
    symlink("treatywatch.db", &link).unwrap();
    let _first = Instance::acquire(desk.store.path(), noon("2026-11-24")).unwrap();
    let error = Instance::acquire(&link, noon("2026-11-24")).unwrap_err().to_string();
    assert!(error.contains("link.db is already watched by another daemon"), "{error}");
    assert!(Instance::holder(&link).unwrap().is_some());
    // Through the link it is the same database, and a copy of itself is refused.
    let store = Store::open(&link).await.unwrap();
    assert_eq!(store.watch().await.unwrap(), desk.store.watch().await.unwrap());
    store.close().await;
    let error = Store::restore(desk.store.path(), &link, noon("2026-11-24")).await.unwrap_err();
    assert!(matches!(error, StoreError::SameFile(_)), "{error:?}");
    assert!(!names(desk.dir.path()).iter().any(|name| name.starts_with("link.db.")));
}

#[test]
fn a_path_is_a_path_and_no_uri() {
    let dir = tempfile::tempdir().unwrap();
    for database in ["file:a.db", ":memory:", "a?mode=ro%20#.db", "file:b.db?mode=memory"] {
        for (arguments, made) in [
            (vec!["--db", database, "status", "npt"], database),
            (vec!["--db", database, "backup", "file:copy.db?x=%41"], "file:copy.db?x=%41"),
        ] {
            let output = run(dir.path(), &arguments);
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            assert!(dir.path().join(made).metadata().unwrap().len() > 0, "{made}");
        }
        let output = run(dir.path(), &["--db", database, "restore", "file:copy.db?x=%41"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let copy = dir.path().join("file:copy.db?x=%41");
        fs::remove_file(copy).unwrap();
    }
    let stray: Vec<_> = names(dir.path()).into_iter().filter(|name| name.ends_with(".partial")).collect();
    assert!(stray.is_empty(), "{stray:?}");
}
