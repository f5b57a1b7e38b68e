//! Bytes that no source would send, made from what sources do send: every parser says what is wrong with them,
//! says the same each time, never panics, and takes time and memory in proportion to their length.
//!
//! A few hundred cases each by default, always the same. To look for so many seconds of the processor, each time
//! elsewhere, with longer inputs and within the limits of a release build:
//!
//! ```text
//! TREATYWATCH_FUZZ_SECONDS=600 cargo test --release --test fuzz page -- --nocapture
//! ```
//!
//! What breaks a parser, or takes too much, is written to a file beside the build, and named.
//!
//! A binary of its own, apart from `tests/integration`: its allocator counts the memory of the whole process, in which
//! no other test may run meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use cpu_time::ProcessTime;
use peak_alloc::PeakAlloc;
use treatywatch::catalogue::{self, Files};
use treatywatch::domain::act::{Act, ActKind};
use treatywatch::domain::id::{StateId, TreatyId};
use treatywatch::domain::observation::{Observation, Sighting};
use treatywatch::domain::reconcile::{Agreement, doubt, reconcile, strangers};
use treatywatch::domain::state::State;
use treatywatch::sources::{
    PageRules, diff, parse_feed, parse_page, parse_unoda, parse_untc_html, parse_untc_xml, untc_notes,
};

/// Without a time to fill, so many cases are tried.
const CASES: u64 = 400;
/// Inputs with an outcome of their own are kept and changed further, up to so many.
const CORPUS_MAX: usize = 400;
/// Inputs grow no longer than this in a short run, so that it stays short.
const INPUT_MAX_BYTES: usize = 64 * 1024;
/// Inputs grow no longer than this in a long run: what takes the square of it shows.
const GROWN_MAX_BYTES: usize = MIB;
/// For each MiB of an input, or part of one, a parser may take so long in a release build.
const TIME_MAX: Duration = Duration::from_millis(50);
/// So often an input is measured again that took longer.
const REPEATS: usize = 20;
/// The same in a short run, which is a debug build beside others: what takes hours fails, and nothing else.
const SHORT_RUN_TIME_MAX: Duration = Duration::from_secs(20);
/// For each MiB of an input, or part of one, a parser may take so much memory.
const HEAP_MAX_BYTES: usize = 16 * MIB;
/// The parser of TOML keeps each fault that it finds, some 300 bytes for a line of two. A file of 256 KiB, the longest
/// that is read, comes to this.
const TOML_HEAP_MAX_BYTES: usize = 48 * MIB;
const MIB: usize = 1024 * 1024;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;
/// Memory is counted for all threads together: one target runs at a time.
static TURN: Mutex<()> = Mutex::new(());

const SECONDS: &str = "TREATYWATCH_FUZZ_SECONDS";

const XML: &[u8] = include_bytes!("fixtures/sources/untc.xml");
const HTML: &[u8] = include_bytes!("fixtures/sources/untc.html");
const JSON: &[u8] = include_bytes!("fixtures/sources/unoda.json");
const PAGE: &[u8] = include_bytes!("fixtures/sources/page.html");
const RSS: &[u8] = include_bytes!("fixtures/sources/rss.xml");
const RDF: &[u8] = include_bytes!("fixtures/sources/rdf.xml");
const ATOM: &[u8] = include_bytes!("fixtures/sources/atom.xml");

/// Pieces that mean something to one parser or another.
const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"</",
    b"/>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&#x110000;",
    b"&#0;",
    b"&a;",
    b"&",
    b";",
    b"<div>",
    b"</div>",
    b"<table>",
    b"<tr>",
    b"<td>",
    b"<p>",
    b"<sup>",
    b"</sup>",
    b"<script>",
    b"<svg>",
    b"<template>",
    b"<select>",
    b"<frameset>",
    b"<math>",
    b"<plaintext>",
    b"&lt;superscript&gt;",
    b"&lt;/superscript&gt;",
    b"<Row>",
    b"</Row>",
    b"<Entry>",
    b"<EndNotes>",
    b"Participant",
    b"Ratification(a)",
    b"Signature",
    b"[",
    b"]",
    b"31 Feb 2005",
    b"29 Feb 2004 a",
    b"1 Jan 0000",
    b"9999-12-31",
    b"99999999999999999999",
    b"{",
    b"}",
    b"[[[[[[[[",
    b"null",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"true",
    b",",
    b":",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x00",
    b"\xc3",
    b"\xf4\x8f\xbf\xbf",
    b"\xe2\x80\xae",
    b"\r\n",
    b"\xc4\xb0",
    b"charset=utf-16",
    b"encoding=\"UTF-7\"",
    b"<entry>",
    b"<item>",
    b"<guid>",
    b"<pubDate>99 Foo 9999</pubDate>",
    b"<updated>",
    b"<link href=\"//\"/>",
    b"xmlns=\"x\"",
    b"xml:base=\":\"",
];

/// Numbers that look random and are always the same for one seed (the generator SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(limit).unwrap()).unwrap()
    }

    /// A range within `length`, more often short than long.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let longest = (length - start).min(1 << self.below(9));
        start..start + self.below(longest + 1)
    }
}

/// One change of many kinds.
fn change(dice: &mut Dice, input: &mut Vec<u8>, other: &[u8], max_bytes: usize) {
    let at = dice.below(input.len() + 1);
    match dice.below(17) {
        // A piece, with a number in it or not, that comes thousands of times.
        0 => {
            let piece = if dice.below(2) == 0 {
                PIECES[dice.below(PIECES.len())].to_vec()
            } else {
                other[dice.range(other.len())].iter().copied().take(64).collect()
            };
            let times = max_bytes.min(1 << dice.below(21)) / (piece.len() + 6);
            let (before, behind) = piece.split_at(dice.below(piece.len() + 1));
            let grown: Vec<u8> = if dice.below(2) == 0 {
                piece.repeat(times)
            } else {
                let numbered = |number: usize| [before, format!("a{number:x} ").as_bytes(), behind].concat();
                (0..times).flat_map(numbered).collect()
            };
            drop(input.splice(at..at, grown));
        }
        1..3 if at < input.len() => input[at] ^= 1 << dice.below(8),
        3..5 if at < input.len() => input[at] = dice.roll().to_le_bytes()[0],
        5..7 => drop(input.drain(dice.range(input.len()))),
        7..9 => {
            let twice = input[dice.range(input.len())].to_vec();
            drop(input.splice(at..at, twice));
        }
        9..11 => {
            let part = other[dice.range(other.len())].to_vec();
            drop(input.splice(at..at, part));
        }
        11 => input.truncate(at),
        12 => {
            let piece = PIECES[dice.below(PIECES.len())].repeat(1 << dice.below(8));
            drop(input.splice(at..at, piece));
        }
        _ => drop(input.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
    }
    input.truncate(max_bytes);
}

/// What sets one outcome apart from another: the kind of fault without what it quotes, or the size of what was read.
fn class_of(outcome: &str) -> String {
    outcome.chars().filter(|letter| letter.is_ascii_alphabetic()).take(60).collect::<String>()
        + &outcome.len().ilog2().to_string()
}

/// What one input took.
struct Cost {
    /// Time of the processor, so that what else the machine does counts for nothing.
    time: Duration,
    heap_bytes: usize,
    /// MiB of the input, begun ones included.
    parts: usize,
}

impl Cost {
    fn of<T>(input: &[u8], work: impl FnOnce() -> T) -> (T, Self) {
        HEAP.reset_peak_usage();
        let (before, started) = (HEAP.current_usage(), ProcessTime::now());
        let result = work();
        let time = started.elapsed();
        let heap_bytes = HEAP.peak_usage().saturating_sub(before);
        (result, Self { time, heap_bytes, parts: input.len().div_ceil(MIB).max(1) })
    }
}

/// Feeds parsers with changed fixtures: `runs` of them with each input.
fn fuzz<T: Debug + PartialEq>(name: &str, seeds: &[&[u8]], runs: u32, parse: impl Fn(&[u8]) -> T) {
    fuzz_within(runs as usize * HEAP_MAX_BYTES, name, seeds, runs, parse);
}

/// The same with a limit on memory for each MiB of an input, or part of one.
fn fuzz_within<T: Debug + PartialEq>(
    heap_max_bytes: usize,
    name: &str,
    seeds: &[&[u8]],
    runs: u32,
    parse: impl Fn(&[u8]) -> T,
) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let seconds: Option<u64> =
        std::env::var(SECONDS).ok().map(|text| text.parse().expect("a number of seconds"));
    let seed = seconds.map_or(1, |_| u64::from(std::process::id()));
    let max_bytes = seconds.map_or(INPUT_MAX_BYTES, |_| GROWN_MAX_BYTES);
    let is_exact = seconds.is_some() && !cfg!(debug_assertions);
    let time_max = runs * if is_exact { TIME_MAX } else { SHORT_RUN_TIME_MAX };
    let mut dice = Dice(seed);
    let mut corpus: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.to_vec()).collect();
    let mut classes = BTreeSet::new();
    let (begin, mut cases) = (ProcessTime::now(), 0_u64);
    let (mut slowest, mut largest) = (Duration::ZERO, 0);
    loop {
        let goes_on = seconds.map_or(cases < CASES, |limit| begin.elapsed().as_secs() < limit);
        if !goes_on {
            break;
        }
        let mut input = corpus[dice.below(corpus.len())].clone();
        for _ in 0..=dice.below(3) {
            let other = dice.below(corpus.len());
            change(&mut dice, &mut input, &corpus[other], max_bytes);
        }
        cases += 1;
        let fail = |why: &str| -> ! {
            let path = format!("{}/fuzz-{name}-{seed}-{cases}", env!("CARGO_TARGET_TMPDIR"));
            std::fs::write(&path, &input).unwrap();
            panic!("{name}: case {cases} of seed {seed} {why}: {path}");
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let (first, cost) = Cost::of(&input, || parse(&input));
            assert_eq!(first, parse(&input), "the same bytes mean the same");
            (class_of(&format!("{first:?}")), cost)
        }));
        let Ok((class, mut cost)) = outcome else { fail("breaks it") };
        let parts = u32::try_from(cost.parts).unwrap();
        // Another program on the same core makes it slow as well: what counts is how fast it can be.
        for _ in 0..REPEATS {
            if cost.time <= time_max * parts {
                break;
            }
            let again = Cost::of(&input, || parse(&input)).1;
            cost.time = cost.time.min(again.time);
        }
        slowest = slowest.max(cost.time);
        largest = largest.max(cost.heap_bytes);
        if time_max * parts < cost.time {
            fail(&format!("takes {:?} for {} bytes", cost.time, input.len()));
        }
        if heap_max_bytes * cost.parts < cost.heap_bytes {
            fail(&format!("takes {} bytes of memory for {} bytes", cost.heap_bytes, input.len()));
        }
        if classes.insert(class) && corpus.len() < CORPUS_MAX && input.len() <= INPUT_MAX_BYTES {
            corpus.push(input);
        }
    }
    println!(
        "{name}: {cases} cases, seed {seed}, {} kinds of outcome; at most {slowest:?} and {} KiB with {runs} runs",
        classes.len(),
        largest / 1024
    );
    assert!(1 < classes.len(), "{name}: nothing but {classes:?}");
}

#[test]
fn untc_xml() {
    fuzz("untc_xml", &[XML], 2, |body| (parse_untc_xml(body), untc_notes(body)));
}

#[test]
fn untc_html() {
    // A page without its end is refused before anything in it is read.
    fuzz("untc_html", &[HTML], 3, |body| {
        let page = [body, b"</html>"].concat();
        (parse_untc_html(&page), parse_untc_html(body), untc_notes(&page))
    });
}

#[test]
fn unoda() {
    fuzz("unoda", &[JSON], 2, |body| (parse_unoda(body, true), parse_unoda(body, false)));
}

#[test]
fn page() {
    let whole = PageRules::default();
    let part = PageRules::read(Some("main, table"), &["visits".to_owned()]).unwrap();
    let types =
        ["text/html", "text/html; charset=windows-1251", "text/plain; charset=utf-16", "application/pdf", ""];
    fuzz("page", &[PAGE, HTML], 6, |body| {
        let read: Vec<_> = types.iter().map(|kind| parse_page(body, kind, &whole)).collect();
        (read, parse_page(body, types[0], &part))
    });
}

#[test]
fn difference() {
    // As many lines as a page may have: the search for the shortest difference ends after a time of its own.
    fuzz("difference", &[PAGE, HTML], 10, |body| {
        let text = String::from_utf8_lossy(body);
        let lines: Vec<String> = text.lines().take(20_000).map(str::to_owned).collect();
        diff(&lines[..lines.len() / 2], &lines)
    });
}

/// Five bytes are a row: whose, of which kind, when, and whether it stands. Some names are those of nobody.
fn sighting(bytes: &[u8], states: &[StateId]) -> Sighting {
    let first = NaiveDate::from_ymd_opt(1995, 1, 1).unwrap();
    let row = |bytes: &[u8; 5]| {
        let [low, high, kind, day, more] = bytes.map(usize::from);
        let name = low + (high << 8);
        let state =
            states.get(name % (states.len() + 40)).map_or_else(|| format!("Qx {name}"), |id| id.to_string());
        let on = first + TimeDelta::days(i64::try_from(day * 50 + more / 4).unwrap());
        let depositary = ["MOS", "WAS"].get(more % 4).map(|name| (*name).to_owned());
        Observation {
            state,
            kind: ActKind::ALL[kind % ActKind::ALL.len()],
            on,
            depositary,
            stands: 2 < more % 16,
        }
    };
    Sighting { observations: bytes.as_chunks::<5>().0.iter().map(row).collect(), ..Sighting::default() }
}

#[test]
fn comparison() {
    let seeds = catalogue::read(&[Files::embedded()]).unwrap();
    let treaty: TreatyId = "ctbt".parse().unwrap();
    let treaty = &seeds.treaties[&treaty];
    let acts: Vec<Act> = treaty.acts.iter().filter(|act| act.state.is_some()).cloned().collect();
    let states: Vec<StateId> = seeds.states.keys().copied().collect();
    let names = State::index(&seeds.states);
    let find = |name: &str| names.get(&name.to_lowercase()).copied();
    // Whose name an unknown one may be is asked once for each, and not what is measured here.
    let state_of = |name: &str| find(name).ok_or_else(Vec::new);
    let today = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    // The record as a source would list it, twice.
    let row = |act: &Act| {
        let name = u16::try_from(states.iter().position(|id| Some(*id) == act.state).unwrap()).unwrap();
        let [low, high] = name.to_le_bytes();
        let kind = ActKind::ALL.iter().position(|kind| *kind == act.kind).unwrap();
        let days =
            u16::try_from((act.day() - NaiveDate::from_ymd_opt(1995, 1, 1).unwrap()).num_days()).unwrap();
        let (day, more) = (days / 50, days % 50 * 4 + 3);
        [low, high, u8::try_from(kind).unwrap(), u8::try_from(day).unwrap(), u8::try_from(more).unwrap()]
    };
    let record: Vec<u8> = acts.iter().flat_map(row).collect();
    let twice = record.repeat(2);
    fuzz("comparison", &[&twice], 4, |body| {
        let (before, now) = body.split_at(body.len() / 10 * 5);
        let (before, now) = (sighting(before, &states), sighting(now, &states));
        let doubts =
            [doubt(None, &now), doubt(Some(&before), &now), strangers(&now, &|name| find(name).is_some())];
        let is_list = doubts[0].is_none() && doubts[2].is_none();
        let findings = is_list.then(|| reconcile(&acts, Some(&before), &now, None, today, &state_of));
        let agreement = findings.as_ref().map(|found| Agreement::of(&acts, &now, found, &state_of));
        (doubts, findings, agreement)
    });
}

#[test]
fn dataset() {
    let text = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    let texts =
        [("dataset.toml", "version = 7\n"), ("states.csv", "id,name\nAAA,\"Alia\"\n")].map(text).into();
    let bundle = Files { root: "facts".to_owned(), texts }.to_bundle().unwrap();
    fuzz("dataset", &[&bundle], 1, |body| Files::of_bundle("facts", body).and_then(|files| files.version()));
}

#[test]
fn facts() {
    let own = Files::embedded();
    let text = |name: &str| (name.to_owned(), own.texts[name].clone());
    let with = |name: &str, body: &[u8]| {
        let mut texts: BTreeMap<String, String> =
            ["states.csv", "treaties/sort/treaty.toml"].map(text).into_iter().collect();
        // What is no text is refused before it is parsed. A replaced byte is three: the text is as long as the input.
        let mut content = String::from_utf8_lossy(body).into_owned();
        content.truncate(content.floor_char_boundary(body.len()));
        texts.insert(name.to_owned(), content);
        catalogue::read(&[Files { root: "facts".to_owned(), texts }])
    };
    let (treaty, other) = (&own.texts["treaties/sort/treaty.toml"], &own.texts["treaties/inf/treaty.toml"]);
    fuzz_within(TOML_HEAP_MAX_BYTES, "facts", &[treaty.as_bytes(), other.as_bytes()], 1, |body| {
        with("treaties/sort/treaty.toml", body)
    });
    let acts: Vec<&str> = own.texts["treaties/ctbt/acts.csv"].lines().take(8).collect();
    fuzz("facts of states", &[acts.join("\n").as_bytes()], 1, |body| with("treaties/sort/acts.csv", body));
}

#[test]
fn feed() {
    let words = ["2231".to_owned(), "Notice".to_owned()];
    fuzz("feed", &[RSS, RDF, ATOM], 2, |body| (parse_feed(body, &[]), parse_feed(body, &words)));
}
