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

/// Where files may need each other in a circle: when a treaty enters into force, when it ends and what its States are
/// rest on each other in law.
const MUTUAL: &str = "domain/project";

/// The names from the root of the crate to a file, or to something in it.
type Names = Vec<String>;

/// What a file imports, and what it exports from elsewhere.
#[derive(Default)]
struct Module {
    imports: Vec<Names>,
    exports: BTreeMap<String, Names>,
}

/// The paths of a tree such as `a::{b, c::{d, e as f}}`.
fn leaves(prefix: &[String], tree: &str) -> Vec<Names> {
    let with = |path: &str| {
        let names = path.split("::").map(str::trim).filter(|name| !name.is_empty() && *name != "self");
        prefix.iter().cloned().chain(names.map(str::to_owned)).collect::<Names>()
    };
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![with(tree.split(" as ").next().unwrap_or_default())];
    };
    let prefix = with(head);
    let (mut depth, mut branch, mut found) = (0_i32, String::new(), Vec::new());
    for letter in rest.rsplit_once('}').map_or(rest, |(inner, _)| inner).chars().chain([',']) {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if letter == ',' && depth == 0 {
            if !branch.trim().is_empty() {
                found.extend(leaves(&prefix, &branch));
            }
            branch.clear();
        } else {
            branch.push(letter);
        }
    }
    found
}

/// A path from the root of the crate; none if it leads to another crate.
fn absolute(at: &[String], path: &[String], modules: &BTreeSet<Names>) -> Option<Names> {
    let up = path.iter().take_while(|name| *name == "super").count();
    if path.first().is_some_and(|name| name == "crate") {
        return Some(path[1..].to_vec());
    }
    let base = &at[..at.len() - up];
    let whole: Names = base.iter().chain(&path[up..]).cloned().collect();
    let is_ours = up > 0 || modules.contains(&whole[..(at.len() + 1).min(whole.len())]);
    is_ours.then_some(whole)
}

fn module(at: &[String], text: &str, modules: &BTreeSet<Names>) -> Module {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut module = Module::default();
    // `pub(in crate::room)` needs nothing.
    for piece in code.join("\n").replace("(in crate::", "(in ").split(';') {
        let begins = piece.rfind("use ");
        let before = |begins: usize| piece[..begins].rsplit('\n').next().unwrap_or_default().trim();
        let begins = begins.filter(|at| before(*at).is_empty() || before(*at).starts_with("pub"));
        let (inline, tree) = begins.map_or((piece, None), |at| (&piece[..at], Some(&piece[at + 4..])));
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
        let paths = inline.split(|letter| !is_name(letter));
        let paths = paths.filter(|path| path.starts_with("super::") || path.starts_with("crate::"));
        let used = paths.flat_map(|path| leaves(&[], path));
        module.imports.extend(used.filter_map(|path| absolute(at, &path, modules)));
        let Some((begins, tree)) = begins.zip(tree) else { continue };
        for path in leaves(&[], tree).into_iter().filter_map(|path| absolute(at, &path, modules)) {
            match path.last() {
                Some(name) if before(begins).starts_with("pub") => {
                    module.exports.insert(name.clone(), path);
                }
                _ => module.imports.push(path),
            }
        }
    }
    module
}

/// The file in which something stands, through what other files export.
fn home(path: &[String], modules: &BTreeMap<Names, Module>) -> Option<Names> {
    let (at, rest) = (1..=path.len()).rev().find_map(|length| {
        let (at, rest) = path.split_at(length);
        modules.contains_key(at).then_some((at, rest))
    })?;
    let exported = rest.first().and_then(|name| modules[at].exports.get(name));
    match exported.filter(|exported| exported[..] != path[..]) {
        Some(exported) => home(&exported.iter().chain(&rest[1..]).cloned().collect::<Names>(), modules),
        None => Some(at.to_vec()),
    }
}

#[test]
fn files_need_each_other_one_way_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let texts: BTreeMap<Names, String> = sources()
        .into_iter()
        .map(|source| {
            let below = source.path.strip_prefix(&root).unwrap().with_extension("");
            let names = below.iter().map(|name| name.to_string_lossy().into_owned());
            (names.filter(|name| name != "mod").collect(), source.text)
        })
        .collect();
    let names: BTreeSet<Names> = texts.keys().cloned().collect();
    let modules: BTreeMap<Names, Module> =
        texts.iter().map(|(at, text)| (at.clone(), module(at, text, &names))).collect();
    let mut needs: BTreeMap<Names, BTreeSet<Names>> = modules
        .iter()
        .filter(|(at, _)| !at.join("/").starts_with(MUTUAL))
        .map(|(at, module)| {
            let homes = module.imports.iter().filter_map(|path| home(path, &modules));
            (at.clone(), homes.filter(|home| home != at).collect())
        })
        .collect();
    assert!(needs.values().map(BTreeSet::len).sum::<usize>() > 500, "the imports are found");
    // What needs nothing that is left, and what nothing left needs, stands in no circle.
    loop {
        let left: BTreeSet<Names> = needs.keys().cloned().collect();
        let needed: BTreeSet<Names> = needs.values().flatten().cloned().collect();
        needs.retain(|at, homes| {
            homes.retain(|home| left.contains(home));
            !homes.is_empty() && needed.contains(at)
        });
        if needs.len() == left.len() {
            break;
        }
    }
    let circles = needs.iter().map(|(at, homes)| {
        let homes: Vec<String> = homes.iter().map(|home| home.join("/")).collect();
        format!("{} needs {}", at.join("/"), homes.join(", "))
    });
    let circles: Vec<String> = circles.collect();
    assert!(circles.is_empty(), "{circles:#?}");
}
