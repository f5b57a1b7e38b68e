use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;

use treatywatch::daemon::Instance;
use treatywatch::store::{Store, StoreError};

use super::*;

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_is_made_can_be_read_by_its_owner_alone() {
    let env = Tracker::empty().await;
    env.store.set_next_run("check", None).await.unwrap();
    let _instance = Instance::acquire(env.store.path(), noon("2026-11-24")).unwrap();
    env.store.backup(&env.path("copy.db")).await.unwrap();
    let found = env.files();
    for name in ["treatywatch.db-wal", "treatywatch.db.lock", "treatywatch.db.daemon", "copy.db"] {
        assert!(found.contains_key(name), "{found:?}");
    }
    for name in found.into_keys() {
        assert_eq!(mode(&env.path(&name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_restored_database_keeps_owner_and_mode() {
    let env = Tracker::empty().await;
    let (database, copy) = (env.database(), env.path("copy.db"));
    env.store.backup(&copy).await.unwrap();
    env.close().await;
    fs::set_permissions(&database, fs::Permissions::from_mode(0o640)).unwrap();
    // Only root can give a file away.
    let owner = match chown(&database, Some(65534), Some(65534)) {
        Ok(()) => 65534,
        Err(_) => database.metadata().unwrap().uid(),
    };
    let dir = TestEnv::new();
    let copy_elsewhere = dir.path("copy.db");
    fs::rename(&copy, &copy_elsewhere).unwrap();
    let kept = Store::restore(&database, &copy_elsewhere, noon("2026-11-24")).await.unwrap().kept.unwrap();
    for path in [&database, &kept] {
        assert_eq!((path.metadata().unwrap().uid(), mode(path)), (owner, 0o640), "{}", path.display());
    }
    fs::remove_file(env.path("treatywatch.db.lock")).unwrap();
    let store = Store::open(&database).await.unwrap();
    store.close().await;
    let lock = env.path("treatywatch.db.lock");
    assert_eq!((lock.metadata().unwrap().uid(), mode(&lock)), (owner, 0o640));
}

#[tokio::test]
async fn no_link_beside_the_database_is_followed() {
    for name in ["treatywatch.db.lock", "treatywatch.db.daemon"] {
        let dir = TestEnv::new();
        let (victim, database) = (dir.path("victim"), dir.path("treatywatch.db"));
        for is_there in [false, true] {
            if is_there {
                fs::write(&victim, "words of somebody else").unwrap();
            }
            let link = dir.path(name);
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
        fs::hard_link(&victim, dir.path(name)).unwrap();
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
    let env = Tracker::empty().await;
    let stolen = env.path("stolen.db");
    for name in ["link.db", "copy.db", "other.db.partial"] {
        symlink(&stolen, env.path(name)).unwrap();
    }
    let error = with_causes(&Store::open(&env.path("link.db")).await.unwrap_err());
    assert!(error.contains("link.db") && error.contains("which does not exist"), "{error}");
    let error = env.store.backup(&env.path("copy.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists(_)), "{error:?}");
    env.store.backup(&env.path("other.db")).await.unwrap();
    assert!(env.path("other.db").symlink_metadata().unwrap().is_file());
    assert!(!stolen.exists());
}

#[tokio::test]
async fn a_database_has_one_lock_by_whatever_path() {
    let env = Tracker::empty().await;
    let link = env.path("link.db");
    symlink("treatywatch.db", &link).unwrap();
    let _first = Instance::acquire(env.store.path(), noon("2026-11-24")).unwrap();
    let error = Instance::acquire(&link, noon("2026-11-24")).unwrap_err().to_string();
    assert!(error.contains("link.db is already watched by another daemon"), "{error}");
    assert!(Instance::holder(&link).unwrap().is_some());
    // Through the link it is the same database, and a copy of itself is refused.
    let store = Store::open(&link).await.unwrap();
    assert_eq!(store.watch().await.unwrap(), env.store.watch().await.unwrap());
    store.close().await;
    let error = Store::restore(env.store.path(), &link, noon("2026-11-24")).await.unwrap_err();
    assert!(matches!(error, StoreError::SameFile(_)), "{error:?}");
    assert!(!env.files().keys().any(|name| name.starts_with("link.db.")));
}

#[test]
fn a_path_is_a_path_and_no_uri() {
    let env = TestEnv::new();
    for database in ["file:a.db", ":memory:", "a?mode=ro%20#.db", "file:b.db?mode=memory"] {
        for (arguments, made) in [
            (vec!["--db", database, "status", "npt"], database),
            (vec!["--db", database, "backup", "file:copy.db?x=%41"], "file:copy.db?x=%41"),
        ] {
            env.printed(&arguments);
            assert!(env.path(made).metadata().unwrap().len() > 0, "{made}");
        }
        env.printed(&["--db", database, "restore", "file:copy.db?x=%41"]);
        fs::remove_file(env.path("file:copy.db?x=%41")).unwrap();
    }
    let stray: Vec<_> = env.files().into_keys().filter(|name| name.ends_with(".partial")).collect();
    assert!(stray.is_empty(), "{stray:?}");
}
