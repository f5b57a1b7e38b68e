//! The seeds: what they say is what the law gives, and counts are the official ones.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use treatywatch::catalogue::{self, Files};
use treatywatch::domain::act::Basis;
use treatywatch::domain::project::{Projection, project};
use treatywatch::domain::seeds::TreatyFile;
use treatywatch::domain::status::{OverlayKind, StateStatus, TreatyStatus, span_on};
use treatywatch::domain::treaty::Citation;
use treatywatch::domain::verify::{Agreement, Finding, computed_entries, verify};

use crate::env::{TestEnv, day, embedded, embedded_treaty};

fn life(treaty: &str, known_on: NaiveDate) -> Projection {
    let file = embedded_treaty(treaty);
    project(&file.treaty, &file.acts, known_on)
}

fn findings() -> Vec<Finding> {
    let seeds = embedded();
    let entries = computed_entries(seeds.treaties.values().map(|file| (&file.treaty, file.acts.as_slice())));
    let of = |file: &TreatyFile| verify(&file.treaty, &file.acts, &|id| entries.get(id).copied());
    seeds.treaties.values().flat_map(of).collect()
}

/// Whoever takes facts from elsewhere goes by their version.
#[test]
fn facts_that_have_changed_are_a_new_version() {
    let files = Files::embedded();
    let digest = catalogue::digest(std::slice::from_ref(&files));
    let edition = (files.version().unwrap(), digest.as_str());
    let known = (Some(4), "0002b0b749d25baff1d8b6c035a5d6d346ed6067446e47cd2c96dbe2b32ed554");
    assert_eq!(edition, known, "raise the version in seeds/dataset.toml, and name the new digest here");
}

#[test]
fn the_oracle_computes_what_history_recorded() {
    let findings = findings();
    let computed = |treaty: &str, what: &str| {
        let found = findings.iter().find(|finding| finding.treaty.as_str() == treaty && finding.what == what);
        found
            .unwrap_or_else(|| panic!("{treaty} {what}"))
            .computed
            .map(|on| on.to_string())
            .unwrap_or_default()
    };
    let expected = [
        ("abm", "entry_into_force", "1972-10-03"),
        ("abm", "USA/notice_of_withdrawal/2001-12-13", "2002-06-13"),
        ("inf", "USA/notice_of_withdrawal/2019-02-02", "2019-08-02"),
        ("inf", "elimination-intermediate", "1991-06-01"),
        ("new-start", "first term", "2021-02-05"),
        ("new-start", "extension/2021-02-03", "2026-02-05"),
        ("new-start", "central-limits", "2018-02-05"),
        ("npt", "entry_into_force", "1970-03-05"),
        ("npt", "extension-conference", "1995-03-05"),
        ("bwc", "entry_into_force", "1975-03-26"),
        ("cwc", "entry_into_force", "1997-04-29"),
        ("jcpoa", "entry_into_force", "2015-10-18"),
        ("jcpoa", "transition-day", "2023-10-18"),
        ("unscr-2231", "first term", "2025-10-18"),
        ("unscr-2231", "notice_of_reinstatement/2025-08-28", "2025-09-28"),
        ("sort", "supersession", "2011-02-05"),
        ("start-1", "first term", "2009-12-05"),
    ];
    for (treaty, what, on) in expected {
        assert_eq!(computed(treaty, what), on, "{treaty} {what}");
    }
    let differing: Vec<_> =
        findings.iter().filter(|finding| finding.agreement == Agreement::Differs).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert!(findings.iter().filter(|finding| finding.computed.is_some()).count() >= 25);
}

#[test]
fn the_law_refuses_nothing_in_the_seeds() {
    for (id, file) in &embedded().treaties {
        assert_eq!(project(&file.treaty, &file.acts, NaiveDate::MAX).problems, [], "{id}");
    }
}

#[test]
fn the_official_counts_are_reproduced() {
    let today = day("2026-11-24");
    let counts = |treaty: &str, reading: &str| {
        let projection = life(treaty, NaiveDate::MAX);
        let life = projection.life(&reading.parse().unwrap()).unwrap();
        let last = life.counts.iter().rfind(|count| count.on <= today).unwrap();
        (last.signed, last.consented, last.parties)
    };
    // With the DPRK, as the depositaries list it, and without it.
    assert_eq!(counts("npt", "default"), (93, 191, 191));
    assert_eq!(counts("npt", "prk-own-count").2, 190);
    assert_eq!(counts("npt", "three-months").2, 190);
    assert_eq!(counts("bwc", "default"), (109, 189, 189));
    assert_eq!(counts("cwc", "default"), (165, 193, 193));
    // Net of the ratification that Russia revoked.
    assert_eq!(counts("ctbt", "default"), (188, 179, 0));
}

#[test]
fn the_day_of_the_statement_reads_as_it_was_known_then() {
    let then = day("2019-06-05");
    let status = |treaty: &str| {
        let projection = life(treaty, then);
        span_on(&projection.default_life().treaty, then).map(|span| (span.status, span.ends_before))
    };
    assert_eq!(status("abm"), Some((TreatyStatus::Terminated, None)));
    assert_eq!(status("inf"), Some((TreatyStatus::InForce, Some(day("2019-08-02")))));
    assert_eq!(status("new-start"), Some((TreatyStatus::InForce, Some(day("2021-02-05")))));
    assert_eq!(status("ctbt"), Some((TreatyStatus::Pending, None)));
    for treaty in ["npt", "bwc", "cwc"] {
        assert_eq!(status(treaty), Some((TreatyStatus::InForce, None)), "{treaty}");
    }
    assert_eq!(status("jcpoa").map(|(status, _)| status), Some(TreatyStatus::InEffect));
    let jcpoa = life("jcpoa", then);
    let us = &jcpoa.default_life().states[&"USA".parse().unwrap()];
    assert_eq!(span_on(us, then).map(|span| span.status), Some(StateStatus::Ceased));

    let inf = life("inf", then);
    let over: Vec<(OverlayKind, String)> = inf
        .default_life()
        .overlays
        .iter()
        .filter(|overlay| overlay.contains(then))
        .map(|overlay| (overlay.kind, overlay.state.map(|state| state.to_string()).unwrap_or_default()))
        .collect();
    let expected = [
        (OverlayKind::Notice, "USA".to_owned()),
        (OverlayKind::Suspension, "USA".to_owned()),
        (OverlayKind::Suspension, "RUS".to_owned()),
    ];
    assert_eq!(over, expected);
}

#[test]
fn today_reads_as_far_as_the_facts_reach() {
    let today = day("2026-11-24");
    let status = |treaty: &str| {
        let projection = life(treaty, today);
        span_on(&projection.default_life().treaty, today).map(|span| (span.status, span.starts_on))
    };
    assert_eq!(status("new-start"), Some((TreatyStatus::Expired, day("2026-02-05"))));
    assert_eq!(status("ctbt").map(|(status, _)| status), Some(TreatyStatus::Pending));
    assert_eq!(status("unscr-2231"), Some((TreatyStatus::Contested, day("2025-09-28"))));
    assert_eq!(status("jcpoa"), Some((TreatyStatus::Contested, day("2025-10-18"))));
    // The United States supported the notice of 2025: its view of 2020 must not end the resolution.
    let resolution = life("unscr-2231", today);
    let us_2020 = resolution.life(&"us-2020".parse().unwrap()).unwrap();
    assert_eq!(span_on(&us_2020.treaty, today).map(|span| span.status), Some(TreatyStatus::InEffect));
    let back: Vec<_> =
        us_2020.overlays.iter().map(|overlay| (overlay.starts_on, overlay.ends_before)).collect();
    let expected = [(day("2020-09-20"), Some(day("2021-02-18"))), (day("2025-09-28"), None)];
    assert_eq!(back, expected);
    let progress = life("ctbt", today).progress.unwrap();
    let last = progress.steps.last().unwrap();
    let missing: Vec<String> = last.missing.iter().map(ToString::to_string).collect();
    assert_eq!((last.reached, progress.needed), (35, 44));
    assert_eq!(missing, ["CHN", "EGY", "IND", "IRN", "ISR", "PAK", "PRK", "RUS", "USA"]);
}

#[test]
fn every_fact_says_where_it_is_from() {
    for file in embedded().treaties.values() {
        for act in &file.acts {
            let sourced = !act.evidence.sources.is_empty() || act.evidence.basis == Basis::Memory;
            assert!(sourced, "{}", act.id);
            assert!(act.evidence.sources.iter().all(|source| source.starts_with("http")), "{}", act.id);
        }
        assert!(file.treaty.title.zh.is_some() && file.treaty.title.ru.is_some(), "{}", file.treaty.id);
    }
}

#[test]
fn the_statement_has_twenty_two_paragraphs_in_two_languages() {
    let [statement] = embedded().statements.as_slice() else { panic!("one statement") };
    assert_eq!(statement.paragraphs.len(), 22);
    let in_chinese = |words: &treatywatch::domain::lang::Words| words.zh.is_some();
    assert!(
        statement
            .paragraphs
            .iter()
            .all(|paragraph| in_chinese(&paragraph.claim) && in_chinese(&paragraph.since))
    );
    let named: BTreeMap<&str, u32> = statement
        .paragraphs
        .iter()
        .flat_map(|paragraph| paragraph.treaties.iter().map(|treaty| (treaty.as_str(), paragraph.number)))
        .collect();
    for (treaty, number) in [("abm", 7), ("inf", 8), ("new-start", 9), ("ctbt", 13), ("bwc", 18), ("cwc", 19)]
    {
        assert_eq!(named.get(treaty), Some(&number), "{treaty}");
    }
}

#[tokio::test]
async fn the_configuration_chooses_sets_and_adds_them_but_takes_none_out() {
    let env = TestEnv::configured(
        "sets = [\"statement\"]\n[sources]\ncontact = \"desk@example.org\"\nofficial = true\n",
    );
    env.printed(&["check", "--today", "2026-11-24"]);
    let of_others = "select count(*) from treaty_status where set_id <> 'statement'";
    assert_eq!(
        (env.number(of_others).await, env.number("select count(*) from treaty_status").await),
        (0, 25)
    );
    let sources = env.printed(&["sources"]);
    assert!(sources.contains("cwc-untc") && !sources.contains("ottawa-untc"), "{sources}");
    env.configure("sets = [\"statement\", \"arms-control\"]\n");
    env.printed(&["check", "--today", "2026-11-24"]);
    assert!(0 < env.number(of_others).await);
    env.configure("\nsets = [\"statement\"]\n");
    let refused = env.refused(&["check", "--today", "2026-11-24"], 1);
    let said =
        "treatywatch.toml:3: sets: the database has instruments of the set `arms-control`, such as att";
    assert!(refused.contains(said), "{refused}");
}

#[test]
fn a_set_that_does_not_exist_is_refused_with_its_line() {
    let env = TestEnv::configured("\nsets = [\"statment\"]\n");
    let refused = env.refused(&["check"], 1);
    let said = "treatywatch.toml:3: sets: unknown set `statment`, expected one of arms-control, statement";
    assert!(refused.contains(said), "{refused}");
}

#[test]
fn every_instrument_of_the_program_belongs_to_a_set_and_describes_its_sources() {
    for file in embedded().treaties.values() {
        let treaty = &file.treaty;
        assert!(treaty.set.is_some(), "{}", treaty.id);
        let facts = treaty.clauses.iter().map(|clause| &clause.evidence);
        let facts = facts.chain(file.acts.iter().map(|act| &act.evidence));
        let facts = facts.chain(treaty.notes.iter().map(|note| &note.evidence));
        for url in facts.flat_map(|evidence| &evidence.sources) {
            let cited = Citation::of(&treaty.citations, url);
            assert!(cited.is_some_and(|cited| !cited.title.contains("://")), "{}: {url}", treaty.id);
        }
    }
}
