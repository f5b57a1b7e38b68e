//! Bytes that no source would send, made from what sources do send: every parser says what is wrong with them,
//! says the same each time, and never panics.
//!
//! A few hundred cases each by default, always the same. To look for longer, and each time elsewhere:
//!
//! ```text
//! TREATYWATCH_FUZZ_SECONDS=600 cargo test --test fuzz page -- --nocapture
//! ```
//!
//! What breaks a parser is written to a file beside the build, and named.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use treatywatch::catalogue::{self, Files};
use treatywatch::sources::{
    PageRules, diff, parse_feed, parse_page, parse_unoda, parse_untc_html, parse_untc_xml, untc_notes,
};

/// Without a time to fill, so many cases are tried.
const CASES: u64 = 400;
/// Inputs with an outcome of their own are kept and changed further, up to so many.
const CORPUS_MAX: usize = 400;
/// Inputs grow no longer than this.
const INPUT_MAX_BYTES: usize = 64 * 1024;
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
fn change(dice: &mut Dice, input: &mut Vec<u8>, other: &[u8]) {
    let at = dice.below(input.len() + 1);
    match dice.below(16) {
        0..3 if at < input.len() => input[at] ^= 1 << dice.below(8),
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
    input.truncate(INPUT_MAX_BYTES);
}

/// What sets one outcome apart from another: the kind of fault without what it quotes, or the size of what was read.
fn class_of(outcome: &str) -> String {
    outcome.chars().filter(|letter| letter.is_ascii_alphabetic()).take(60).collect::<String>()
        + &outcome.len().ilog2().to_string()
}

/// Feeds a parser with changed fixtures.
fn fuzz<T: Debug + PartialEq>(name: &str, seeds: &[&[u8]], parse: impl Fn(&[u8]) -> T) {
    let seconds: Option<u64> =
        std::env::var(SECONDS).ok().map(|text| text.parse().expect("a number of seconds"));
    let seed = seconds.map_or(1, |_| u64::from(std::process::id()));
    let mut dice = Dice(seed);
    let mut corpus: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.to_vec()).collect();
    let mut classes = BTreeSet::new();
    let (begin, mut cases, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    loop {
        let goes_on = seconds.map_or(cases < CASES, |limit| begin.elapsed().as_secs() < limit);
        if !goes_on {
            break;
        }
        let mut input = corpus[dice.below(corpus.len())].clone();
        for _ in 0..=dice.below(3) {
            let other = dice.below(corpus.len());
            change(&mut dice, &mut input, &corpus[other]);
        }
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let first = parse(&input);
            assert_eq!(first, parse(&input), "the same bytes mean the same");
            format!("{first:?}")
        }));
        slowest = slowest.max(started.elapsed());
        cases += 1;
        let Ok(outcome) = outcome else {
            let path = format!("{}/fuzz-{name}-{seed}-{cases}", env!("CARGO_TARGET_TMPDIR"));
            std::fs::write(&path, &input).unwrap();
            panic!("{name}: case {cases} of seed {seed} breaks it: {path}");
        };
        if classes.insert(class_of(&outcome)) && corpus.len() < CORPUS_MAX {
            corpus.push(input);
        }
    }
    println!("{name}: {cases} cases, seed {seed}, {} kinds of outcome, slowest {slowest:?}", classes.len());
    assert!(1 < classes.len(), "{name}: nothing but {classes:?}");
}

#[test]
fn untc_xml() {
    fuzz("untc_xml", &[XML], |body| (parse_untc_xml(body), untc_notes(body)));
}

#[test]
fn untc_html() {
    // A page without its end is refused before anything in it is read.
    fuzz("untc_html", &[HTML], |body| {
        let page = [body, b"</html>"].concat();
        (parse_untc_html(&page), parse_untc_html(body), untc_notes(&page))
    });
}

#[test]
fn unoda() {
    fuzz("unoda", &[JSON], |body| (parse_unoda(body, true), parse_unoda(body, false)));
}

#[test]
fn page() {
    let whole = PageRules::default();
    let part = PageRules::read(Some("main, table"), &["visits".to_owned()]).unwrap();
    let types =
        ["text/html", "text/html; charset=windows-1251", "text/plain; charset=utf-16", "application/pdf", ""];
    fuzz("page", &[PAGE, HTML], |body| {
        let read: Vec<_> = types.iter().map(|kind| parse_page(body, kind, &whole)).collect();
        let lines: Vec<String> = String::from_utf8_lossy(body).lines().map(str::to_owned).collect();
        (read, parse_page(body, types[0], &part), diff(&lines[..lines.len() / 2], &lines))
    });
}

#[test]
fn dataset() {
    let text = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    let texts =
        [("dataset.toml", "version = 7\n"), ("states.csv", "id,name\nAAA,\"Alia\"\n")].map(text).into();
    let bundle = Files { root: "facts".to_owned(), texts }.to_bundle().unwrap();
    fuzz("dataset", &[&bundle], |body| Files::of_bundle("facts", body).and_then(|files| files.version()));
}

#[test]
fn facts() {
    let own = Files::embedded();
    let text = |name: &str| (name.to_owned(), own.texts[name].clone());
    let with = |name: &str, body: &[u8]| {
        let mut texts: BTreeMap<String, String> =
            ["states.csv", "treaties/sort/treaty.toml"].map(text).into_iter().collect();
        texts.insert(name.to_owned(), String::from_utf8_lossy(body).into_owned());
        catalogue::read(&[Files { root: "facts".to_owned(), texts }])
    };
    let (treaty, other) = (&own.texts["treaties/sort/treaty.toml"], &own.texts["treaties/inf/treaty.toml"]);
    fuzz("facts", &[treaty.as_bytes(), other.as_bytes()], |body| with("treaties/sort/treaty.toml", body));
    let acts: Vec<&str> = own.texts["treaties/ctbt/acts.csv"].lines().take(8).collect();
    fuzz("facts of states", &[acts.join("\n").as_bytes()], |body| with("treaties/sort/acts.csv", body));
}

#[test]
fn feed() {
    let words = ["2231".to_owned(), "Notice".to_owned()];
    fuzz("feed", &[RSS, RDF, ATOM], |body| (parse_feed(body, &[]), parse_feed(body, &words)));
}
