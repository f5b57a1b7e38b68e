//! Catalogues with one fault each, and what is said about it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use treatywatch::catalogue::{self, Files};
use treatywatch::cli::catalogue::CatalogueView;
use treatywatch::cli::output::View;
use treatywatch::domain::lang::Lang;

use super::refused;
use crate::env::{ACTS_HEADER, TestEnv, day, write};

const STATES: &str = "id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note\n\
                      ALI,state,Alia,,,Republic of Alia,,,\n\
                      BOR,state,Boria,,,,,,\n\
                      CEL,state,Celia,,,,,,\n";

/// A treaty of the seeds.
const OLD: &str = r#"id = "old-pact"
kind = "treaty"
facts_as_of = 2020-01-01
title = { en = "Old Pact" }
short_title = { en = "Old Pact" }
"#;

const TOML: &str = "treaties/pact/treaty.toml";

const PACT: &str = r#"id = "pact"
kind = "treaty"
form = "bilateral"
facts_as_of = 2020-01-01

[title]
en = "Pact of Alia and Boria"

[short_title]
en = "Pact"

[[clause]]
kind = "entry_into_force_by_exchange"
article = "V"
basis = "memory"
confidence = "low"

[[clause]]
kind = "term"
article = "VI"
period = "P10Y"
extension_max = "P5Y"
basis = "memory"
confidence = "low"

[[clause]]
kind = "withdrawal"
article = "VII"
notice = "P6M"
ends_treaty = true
basis = "memory"
confidence = "low"

[[act]]
on = 2000-01-01
kind = "signature"
states = ["ALI", "BOR"]
basis = "memory"
confidence = "low"

[[act]]
on = 2000-06-01
kind = "exchange_of_instruments"
label = "exchange"
basis = "memory"
confidence = "low"
"#;

const MANY: &str = r#"id = "pact"
kind = "treaty"
facts_as_of = 2020-01-01

[title]
en = "Pact of Many"

[short_title]
en = "Pact"

[[clause]]
kind = "entry_into_force_by_threshold"
article = "V"
count = 2
basis = "memory"
confidence = "low"

[[clause]]
kind = "withdrawal"
article = "VII"
notice = "P6M"
basis = "memory"
confidence = "low"

[[act]]
on = 2000-01-01
kind = "opening_for_signature"
basis = "memory"
confidence = "low"
"#;

/// A further act of the treaty.
fn act(text: &str) -> String {
    format!("\n[[act]]\n{text}\nbasis = \"memory\"\nconfidence = \"low\"\n")
}

/// What is written into a catalogue.
type Change = Box<dyn Fn(&Path)>;

/// The pact with a text replaced.
fn replaced(from: &'static str, to: &'static str) -> Change {
    assert!(PACT.contains(from), "{from}");
    Box::new(move |root| write(root, TOML, PACT.replacen(from, to, 1)))
}

/// The pact and more.
fn added(more: impl Into<String>) -> Change {
    let more = more.into();
    Box::new(move |root| write(root, TOML, format!("{PACT}{more}")))
}

/// The pact of many with a table of acts.
fn table(rows: &'static str) -> Change {
    Box::new(move |root| {
        write(root, TOML, MANY);
        write(root, "treaties/pact/acts.csv", format!("{ACTS_HEADER}{rows}"));
    })
}

/// The pact of many with a text replaced.
fn many(from: &'static str, to: &'static str) -> Change {
    assert!(MANY.contains(from), "{from}");
    Box::new(move |root| write(root, TOML, MANY.replacen(from, to, 1)))
}

/// The pact and another file.
fn beside(name: &'static str, text: &'static [u8]) -> Change {
    Box::new(move |root| {
        write(root, TOML, PACT);
        write(root, name, text);
    })
}

fn cases() -> Vec<(&'static str, Change)> {
    vec![
        ("an unknown key", replaced("form = ", "fromm = ")),
        ("an unknown kind of act", replaced("\"signature\"", "\"signatur\"")),
        ("an unknown kind of clause", replaced("\"withdrawal\"", "\"withdrawl\"")),
        ("a day that does not exist", replaced("on = 2000-06-01", "on = \"2000-02-30\"")),
        ("an unknown state", replaced("\"BOR\"", "\"BOA\"")),
        ("a name instead of a code", replaced("\"BOR\"", "\"Boria\"")),
        ("a missing article", replaced("article = \"VI\"\n", "")),
        ("a missing source", replaced("basis = \"memory\"", "basis = \"official\"")),
        ("the same act twice", added(act("on = 2000-01-01\nkind = \"signature\"\nstates = [\"BOR\"]"))),
        ("a treaty that the seeds have", Box::new(|root| write(root, "treaties/old-pact/treaty.toml", OLD))),
        ("another folder name", Box::new(|root| write(root, "treaties/packt/treaty.toml", PACT))),
        (
            "an anchor to nothing",
            replaced("period = \"P10Y\"", "period = \"P10Y\"\nanchor = \"act:exchanges\""),
        ),
        (
            "anchors in a circle",
            added(
                "\n[[clause]]\nid = \"one\"\nkind = \"deadline\"\narticle = \"IX\"\nanchor = \"deadline:two\"\nperiod = \"P1Y\"\n\
                 basis = \"memory\"\nconfidence = \"low\"\n\n[[clause]]\nid = \"two\"\nkind = \"deadline\"\narticle = \"X\"\n\
                 anchor = \"deadline:one\"\nperiod = \"P1Y\"\nbasis = \"memory\"\nconfidence = \"low\"\n",
            ),
        ),
        (
            "a withdrawal by a state that was no party",
            added(act("on = 2001-01-01\nkind = \"notice_of_withdrawal\"\nstates = [\"CEL\"]")),
        ),
        (
            "an extension too far",
            added(act("on = 2009-01-01\nkind = \"extension\"\nends_before = 2016-06-01")),
        ),
        (
            "an extension too late",
            added(act("on = 2011-01-01\nkind = \"extension\"\nends_before = 2012-06-01")),
        ),
        (
            "an act after the end",
            added(act("on = 2011-01-01\nkind = \"notice_of_withdrawal\"\nstates = [\"BOR\"]")),
        ),
        (
            "ratification before signature",
            table("ALI,signature,2001-02-01,,,,,memory,low,\nALI,ratification,2000-12-01,,,,,memory,low,\n"),
        ),
        ("ratification before the opening", table("ALI,accession,1999-12-01,,,,,memory,low,\n")),
        (
            "other columns",
            Box::new(|root| {
                write(root, TOML, MANY);
                write(root, "treaties/pact/acts.csv", "state,kind,date\nALI,signature,2001-02-01\n");
            }),
        ),
        (
            "a row too short, and a bad day behind it",
            table(
                "ALI,signature\nBOR,signature,2001-2-1,,,,,memory,low,\nCEL,signatory,2001-02-01,,,,,memory,low,\n",
            ),
        ),
        (
            "bad states",
            beside(
                "states.csv",
                b"id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note\n\
                  DOR,kingdom,Doria,,,,,,\n\
                  Eli,state,Elia,,,,,,\n\
                  FIR,state,Firia,,,Celia,,,\n\
                  ALI,state,Alia the Great,,,,,,\n",
            ),
        ),
        ("a bad period", replaced("notice = \"P6M\"", "notice = \"P1Y6M\"")),
        ("a field of another kind of clause", replaced("notice = \"P6M\"", "notice = \"P6M\"\ncount = 3")),
        (
            "a reading of no act",
            added(
                "\n[[reading]]\nid = \"other\"\ntitle = \"Other\"\ndisregards = [\"notice\"]\nbasis = \"memory\"\nconfidence = \"low\"\n",
            ),
        ),
        (
            "a day of effect for no act",
            added(
                "\n[[reading]]\nid = \"other\"\ntitle = \"Other\"\neffective = { \"notice\" = 2001-01-01 }\nbasis = \"memory\"\nconfidence = \"low\"\n",
            ),
        ),
        (
            "contested between readings that are not there",
            Box::new(|root| {
                let text = PACT.replacen("form = ", "contested_between = [\"othr\"]\nform = ", 1);
                let reading = "\n[[reading]]\nid = \"other\"\ntitle = \"Other\"\nbasis = \"memory\"\nconfidence = \"low\"\n";
                write(root, TOML, format!("{text}{reading}"));
            }),
        ),
        ("a threshold of none", many("count = 2", "count = 0")),
        ("fewer than are named", many("count = 2", "count = 1\nnamed = [\"ALI\", \"BOR\"]")),
        ("a link to nothing", added("\n[[link]]\nkind = \"context\"\ntreaty = \"olt-pact\"\n")),
        (
            "a scheduled day of effect",
            added(
                "\n[[date]]\nid = \"end\"\nkind = \"effect\"\non = 2021-01-01\nknown_on = 2019-01-01\ncertainty = \"scheduled\"\nbasis = \"memory\"\nconfidence = \"low\"\n",
            ),
        ),
        ("an empty title", replaced("en = \"Pact\"", "en = \" \"")),
        ("no TOML", replaced("[short_title]", "[short_title")),
        ("not UTF-8", beside("treaties/pact/acts.csv", b"state,kind\nALI,signature\nBOR,\xff\n")),
        ("a file that belongs nowhere", beside("treaties/pact/act.csv", b"x")),
        ("a table without its treaty", beside("treaties/packt/acts.csv", ACTS_HEADER.as_bytes())),
        (
            "a notice that takes effect before it has run",
            added(act(
                "on = 2005-01-01\nkind = \"notice_of_withdrawal\"\nstates = [\"BOR\"]\neffective_on = 2005-03-01",
            )),
        ),
        (
            "a notice that takes effect before it was given",
            added(act(
                "on = 2005-01-01\nkind = \"notice_of_withdrawal\"\nstates = [\"BOR\"]\neffective_on = 2004-03-01",
            )),
        ),
        ("an entry into force on another day", added(act("on = 2000-07-01\nkind = \"entry_into_force\""))),
        (
            "a second consent, and an act that the facts do not reach",
            table("ALI,ratification,2001-02-01,,,,,memory,low,\nALI,accession,2021-02-01,,,,,memory,low,\n"),
        ),
        (
            "several at once",
            Box::new(|root| {
                let text = PACT.replacen("form = ", "fromm = ", 1).replacen("\"term\"", "\"terms\"", 1);
                let text =
                    text.replacen("on = 2000-01-01", "on = \"2000-1-1\"", 1).replacen("\"P6M\"", "\"6M\"", 1);
                write(root, TOML, text);
            }),
        ),
    ]
}

/// What is said about a catalogue beside seeds of three states and one treaty.
fn said(root: &Path) -> String {
    let texts = [("states.csv", STATES), ("treaties/old-pact/treaty.toml", OLD)];
    let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let seeds = Files { root: "seeds".to_owned(), texts: BTreeMap::from(texts) };
    let review = catalogue::review(&[seeds], root, day("2026-01-01"));
    let view = CatalogueView::of(root, review, day("2020-01-01"), false).unwrap();
    let mut out = Vec::new();
    view.print(Lang::En, 200, &mut out).unwrap();
    String::from_utf8(out).unwrap().replace(&root.display().to_string(), "DIR")
}

#[test]
fn each_fault_is_told_where_it_stands() {
    let cases = cases();
    assert!(cases.len() >= 30);
    let mut all = String::new();
    for (name, change) in cases {
        let dir = tempfile::tempdir().unwrap();
        change(dir.path());
        writeln!(all, "=== {name}\n\n{}", said(dir.path())).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_is_sound_has_neither_errors_nor_warnings() {
    for text in [PACT, MANY] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), TOML, text);
        // A directory may be kept under version control.
        write(dir.path(), ".git/HEAD", "ref");
        let said = said(dir.path());
        assert!(said.contains(" 0 errors, 0 warnings"), "{said}");
    }
}

#[test]
fn warnings_do_not_stop_anybody() {
    let env = TestEnv::new();
    env.write("treatywatch.toml", "catalogue = [\"ours\"]\n");
    env.write("ours/states.csv", STATES);
    let early = act(
        "on = 2005-01-01\nkind = \"notice_of_withdrawal\"\nstates = [\"BOR\"]\neffective_on = 2005-03-01",
    );
    env.write(&format!("ours/{TOML}"), format!("{PACT}{early}"));
    let said = env.printed(&["catalogue", "check", "ours"]);
    assert!(said.contains("warning: effective_on: "), "{said}");
    env.printed(&["check"]);
    // Without a clause it is in doubt whether one can leave: shown as if, and said.
    let late = early.replace("effective_on = 2005-03-01", "");
    let (before, clause) = PACT.split_once("[[clause]]\nkind = \"withdrawal\"").unwrap();
    let after = clause.split_once("[[").map(|(_, after)| format!("[[{after}")).unwrap_or_default();
    env.write(&format!("ours/{TOML}"), format!("{before}{after}{late}"));
    let said = env.printed(&["catalogue", "check", "ours"]);
    assert!(said.contains("warning: kind: ") && said.contains("no withdrawal clause"), "{said}");
    env.printed(&["check"]);
    fs::remove_file(env.path("ours").join(TOML)).unwrap();
    env.write(&format!("ours/{TOML}"), PACT.replace("\"P6M\"", "\"6M\""));
    let said = refused(&env, &["catalogue", "check", "ours", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["errors"][0]["line"], 29);
    assert_eq!(said["errors"][0]["column"], 11);
    assert_eq!(said["errors"][0]["field"], "notice");
}
