//! Holds the rooms apart: names point down only, each crate has one home, time is an argument.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may name. Rooms on one level never name each other.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &[]),
    // Where tests cut the program off.
    ("failpoint", &[]),
    ("offload", &[]),
    // What an endpoint or a source is, is defined where it is used: the configuration only fills it in.
    ("config", &["domain", "delivery", "sources", "wire"]),
    ("catalogue", &["domain"]),
    ("store", &["domain", "failpoint"]),
    ("l10n", &["domain"]),
    ("alerts", &["domain"]),
    ("delivery", &["domain", "l10n", "wire"]),
    ("wire", &[]),
    ("sources", &["domain", "offload", "wire"]),
    (
        "jobs",
        &[
            "domain",
            "clock",
            "config",
            "catalogue",
            "store",
            "alerts",
            "delivery",
            "sources",
            "wire",
            "failpoint",
            "offload",
        ],
    ),
    // What people ask, for the command line and for pages.
    ("answers", &["domain", "l10n", "store", "alerts"]),
    // Whether all that should be done is done.
    ("health", &["domain", "clock", "store", "delivery"]),
    ("web", &["health"]),
    (
        "daemon",
        &[
            "domain",
            "clock",
            "config",
            "catalogue",
            "store",
            "alerts",
            "delivery",
            "jobs",
            "health",
            "web",
            "sources",
            "wire",
            // A worker that hangs or fails, for tests of what the daemon then does.
            "failpoint",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "l10n",
            "clock",
            "config",
            "catalogue",
            "store",
            "alerts",
            "delivery",
            "sources",
            "answers",
            "jobs",
            "health",
            "daemon",
        ],
    ),
];

/// Each crate or call with the rooms that may use it.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx::", &["store"]),
    ("reqwest::", &["delivery", "sources", "wire"]),
    ("ego_tree::", &["sources"]),
    ("encoding_rs::", &["sources"]),
    ("feed_rs::", &["sources"]),
    ("flate2::", &["cli", "sources"]),
    ("html5ever::", &["sources"]),
    ("icu_normalizer::", &["domain"]),
    ("icu_properties::", &["domain"]),
    ("scraper::", &["sources"]),
    ("similar::", &["sources"]),
    ("lettre::", &["delivery"]),
    ("minijinja::", &["delivery"]),
    ("rustix::", &["cli", "delivery", "store", "web"]),
    ("rustls::", &["delivery", "wire"]),
    ("tokio_rustls::", &["delivery"]),
    ("hyper::", &["delivery", "web", "wire"]),
    ("hyper_util::", &["delivery", "web", "wire"]),
    ("axum::", &["web"]),
    ("clap::", &["cli", "main"]),
    ("anyhow::", &["cli", "main"]),
    ("annotate_snippets::", &["cli"]),
    ("schemars::", &["catalogue"]),
    ("csv::", &["catalogue"]),
    ("tokio_cron_scheduler::", &["daemon"]),
    ("tokio::spawn", &["daemon"]),
    ("Utc::now", &["clock"]),
    ("tracing::", &["delivery", "jobs", "web", "daemon", "cli", "main"]),
];

/// What the pure room never does.
const IMPURE: &[&str] =
    &["std::fs", "std::net", "std::env", "tokio", "async fn", ".await", ".unwrap()", "println!"];

struct Source {
    room: String,
    path: PathBuf,
    /// The text without its tests: they may do more.
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
            if is_test {
                continue;
            }
            if path.is_dir() {
                open.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let below = path.strip_prefix(&root).unwrap();
            let first = below.iter().next().unwrap().to_string_lossy();
            let room = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
            found.push(Source { room, path, text });
        }
    }
    found
}

/// The rooms that a file names by `crate::room`.
fn named_rooms(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let names = code.flat_map(|line| line.split("crate::").skip(1));
    let ends = |letter: char| !letter.is_alphanumeric() && letter != '_';
    names.map(|rest| rest.split(ends).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn names_point_down_only() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ROOMS.iter().map(|(room, below)| (*room, below.iter().copied().collect())).collect();
    let mut faults = Vec::new();
    for source in sources() {
        let Some(below) = allowed.get(source.room.as_str()) else { continue };
        for name in named_rooms(&source.text) {
            let is_room = allowed.contains_key(name.as_str());
            if is_room && name != source.room && !below.contains(name.as_str()) {
                faults.push(format!("{}: {} names {name}", source.path.display(), source.room));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_folder_is_a_room_that_this_test_knows() {
    let known: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).chain(["lib", "main"]).collect();
    let found: BTreeSet<String> = sources().into_iter().map(|source| source.room).collect();
    let rooms: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(rooms, known);
}

#[test]
fn each_crate_has_one_home() {
    let mut faults = Vec::new();
    for source in sources() {
        for (name, homes) in HOMES {
            let code = source.text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let used = code.clone().any(|line| line.contains(name));
            if used && !homes.contains(&source.room.as_str()) {
                faults.push(format!("{} uses {name}", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_law_is_pure() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| matches!(source.room.as_str(), "domain" | "alerts")) {
        for word in IMPURE {
            if source.text.contains(word) {
                faults.push(format!("{} has {word}", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
