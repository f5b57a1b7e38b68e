//! Bad seeds: one clear error with file, line and field, and nothing else.

use std::path::Path;

use tempfile::TempDir;
use treatywatch::catalogue::{self, CatalogueError};
use treatywatch::domain::act::Confidence;
use treatywatch::domain::lang::Lang;

use crate::env::{ACTS_HEADER, day, write};

const STATES: &str = "id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note\n\
                      RUS,state,Russian Federation,,,Russia,,,\n\
                      USA,state,United States of America,,,USA,,,\n";

const TREATY: &str = r#"id = "pact"
kind = "treaty"
form = "bilateral"
facts_as_of = 2026-01-01

[title]
en = "Pact"
[short_title]
en = "Pact"

[[clause]]
kind = "entry_into_force_by_exchange"
article = "V"
basis = "memory"
confidence = "low"

[[clause]]
kind = "withdrawal"
article = "VI"
notice = "P6M"
ends_treaty = true
basis = "memory"
confidence = "low"

[[act]]
on = 2000-01-01
kind = "signature"
states = ["USA", "RUS"]
basis = "memory"
confidence = "low"

[[act]]
on = 2000-06-01
kind = "exchange_of_instruments"
basis = "memory"
confidence = "low"
"#;

/// Reads the pact after `change`, and gives the error without the directory's name.
fn refused(change: impl Fn(&str) -> String) -> String {
    refused_with(|root| write(root, "treaties/pact/treaty.toml", change(TREATY)))
}

fn refused_with(prepare: impl Fn(&Path)) -> String {
    let dir = seeds_dir();
    prepare(dir.path());
    let error: CatalogueError = catalogue::read_dir(dir.path()).expect_err("these seeds are bad");
    error.to_string().replace(&dir.path().display().to_string(), "DIR")
}

fn seeds_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "states.csv", STATES);
    write(dir.path(), "treaties/pact/treaty.toml", TREATY);
    dir
}

#[test]
fn a_file_that_is_too_long_is_refused_before_it_is_parsed() {
    let long = |text: &str, bytes: usize| format!("{text}#{}\n", "x".repeat(bytes - text.len() - 2));
    assert_eq!(
        refused(|text| long(text, 256 * 1024 + 1)),
        "DIR/treaties/pact/treaty.toml: longer than 262144 bytes"
    );
    let states = |root: &Path| write(root, "states.csv", long(STATES, 4 * 1024 * 1024 + 1));
    assert_eq!(refused_with(states), "DIR/states.csv: longer than 4194304 bytes");
    let dir = seeds_dir();
    write(dir.path(), "treaties/pact/treaty.toml", long(TREATY, 256 * 1024));
    catalogue::read_dir(dir.path()).unwrap();
}

#[test]
fn good_seeds_are_read() {
    let dir = seeds_dir();
    let seeds = catalogue::read_dir(dir.path()).unwrap();
    assert_eq!(seeds.treaties.len(), 1);
    assert_eq!(seeds.treaties[&"pact".parse().unwrap()].acts.len(), 3);
}

#[test]
fn an_unknown_key_is_refused() {
    let error = refused(|text| text.replace("registration", "").replace("form = ", "fromm = "));
    assert!(
        error.starts_with("DIR/treaties/pact/treaty.toml:3: fromm: unknown field `fromm`, expected one of"),
        "{error}"
    );
}

#[test]
fn an_unknown_kind_of_act_is_refused() {
    let error = refused(|text| text.replace("kind = \"signature\"", "kind = \"signing\""));
    assert!(
        error.starts_with(
            "DIR/treaties/pact/treaty.toml:27: kind: unknown variant `signing`, expected one of"
        ),
        "{error}"
    );
}

#[test]
fn a_day_that_does_not_exist_is_refused() {
    let error = refused(|text| text.replace("on = 2000-06-01", "on = 2019-02-30"));
    assert!(error.starts_with("DIR/treaties/pact/treaty.toml:33: on: "), "{error}");
    let error = refused(|text| text.replace("on = 2000-06-01", "on = \"2019-2-3\""));
    assert_eq!(
        error,
        "DIR/treaties/pact/treaty.toml:33: on: `2019-2-3` is not a day: expected YYYY-MM-DD, or YYYY-MM or YYYY \
         where only that is known"
    );
}

#[test]
fn an_unknown_state_is_refused() {
    let error = refused(|text| text.replace("[\"USA\", \"RUS\"]", "[\"USA\", \"XYZ\"]"));
    assert_eq!(
        error,
        "DIR/treaties/pact/treaty.toml:25: states: unknown state `XYZ`, expected a code of states.csv"
    );
}

#[test]
fn a_duplicate_act_is_refused() {
    let again = "\n[[act]]\non = 2000-01-01\nkind = \"signature\"\nstates = [\"RUS\"]\nbasis = \"memory\"\nconfidence = \"low\"\n";
    let error = refused(|text| format!("{text}{again}"));
    assert_eq!(
        error,
        "DIR/treaties/pact/treaty.toml:38: on: the same act `pact/RUS/signature/2000-01-01` is at \
         DIR/treaties/pact/treaty.toml:25"
    );
}

#[test]
fn a_withdrawal_by_a_state_that_was_not_bound_is_refused() {
    let notice = "\n[[act]]\non = 2000-03-01\nkind = \"notice_of_withdrawal\"\nstates = [\"RUS\"]\nbasis = \"memory\"\nconfidence = \"low\"\n";
    let error = refused(|text| format!("{text}{notice}"));
    assert_eq!(
        error,
        "DIR/treaties/pact/treaty.toml:38: kind: notice_of_withdrawal by RUS on 2000-03-01: it was not a party \
         then, nor had it consented to be bound"
    );
}

#[test]
fn a_clause_without_its_article_is_refused() {
    let error = refused(|text| text.replace("article = \"VI\"\n", ""));
    assert_eq!(error, "DIR/treaties/pact/treaty.toml:17: missing field `article`");
    let error = refused(|text| text.replace("article = \"VI\"", "article = \" \""));
    assert_eq!(error, "DIR/treaties/pact/treaty.toml:17: article: expected the article, as in `XV(2)`");
}

#[test]
fn a_field_of_another_kind_of_clause_is_refused() {
    let error = refused(|text| text.replace("notice = \"P6M\"", "notice = \"P6M\"\ncount = 3"));
    assert_eq!(
        error,
        "DIR/treaties/pact/treaty.toml:17: count: not a field of this kind of clause, expected notice, counting, \
         first_of_month_after, on_next, ends_treaty, not_before, not_before_from, not_during_conflict"
    );
    let error = refused(|text| text.replace("notice = \"P6M\"\n", ""));
    assert_eq!(error, "DIR/treaties/pact/treaty.toml:17: notice: missing: a clause of this kind needs it");
}

#[test]
fn entry_into_force_is_not_counted_from_itself() {
    let error = refused(|text| {
        let by_date = "kind = \"entry_into_force_by_date\"\nanchor = \"entry_into_force\"";
        text.replace("kind = \"entry_into_force_by_exchange\"", by_date)
    });
    assert_eq!(
        error,
        "DIR/treaties/pact/treaty.toml:11: anchor: entry into force cannot be counted from itself"
    );
}

#[test]
fn a_state_is_named_once() {
    let error = refused(|text| {
        let threshold = "kind = \"entry_into_force_by_threshold\"\ncount = 2\nnamed = [\"USA\", \"USA\"]";
        text.replace("kind = \"entry_into_force_by_exchange\"", threshold)
    });
    assert_eq!(error, "DIR/treaties/pact/treaty.toml:11: named: USA is named twice");
}

#[test]
fn a_fact_without_a_source_must_be_from_memory() {
    let error = refused(|text| text.replacen("basis = \"memory\"", "basis = \"official\"", 1));
    assert_eq!(
        error,
        "DIR/treaties/pact/treaty.toml:11: source: a source is missing: expected an address, a key of [sources], or basis = \"memory\""
    );
}

#[test]
fn a_weak_source_supports_no_act_and_no_clause() {
    let weak = "basis = \"weak\"\nsource = \"https://digest.example\"";
    let of_clause = refused(|text| text.replacen("basis = \"memory\"\nconfidence = \"low\"", weak, 1));
    assert!(of_clause.contains("source: a weak source supports no act and no clause"), "{of_clause}");
    let of_act = refused(|text| {
        format!("{text}\n[[act]]\non = 2001-01-01\nkind = \"declaration\"\nstates = [\"RUS\"]\n{weak}\n")
    });
    assert!(of_act.contains("source: a weak source supports no act and no clause"), "{of_act}");
    let note = format!(
        "{TREATY}\n[[note]]\non = 2001-01-01\nkind = \"announcement\"\nactor = \"Russia\"\ntext = \"Said so.\"\n{weak}\n"
    );
    let dir = seeds_dir();
    write(dir.path(), "treaties/pact/treaty.toml", note);
    let seeds = catalogue::read_dir(dir.path()).unwrap();
    let treaty = &seeds.treaties.values().next().unwrap().treaty;
    assert_eq!(treaty.notes[0].evidence.confidence, Confidence::Low);
}

#[test]
fn a_translation_is_found_by_the_english_text_and_asked_about_without_one() {
    let dir = seeds_dir();
    let note = "\n[[note]]\non = 2001-01-01\nkind = \"announcement\"\nactor = \"Russia\"\ntext = \"Said so.\"\nbasis = \"memory\"\n";
    write(dir.path(), "treaties/pact/treaty.toml", format!("{TREATY}{note}"));
    write(
        dir.path(),
        "translations.csv",
        "en,zh,ru\nSaid so.,\u{5982}\u{662f}\u{8bf4}\u{3002},\nSays so.,,\u{422}\u{430}\u{43a}.\n",
    );
    let review = catalogue::review(&[], dir.path(), day("2026-01-01"));
    assert_eq!(review.errors, []);
    let said: Vec<String> = review.warnings.iter().map(ToString::to_string).collect();
    let expected = format!(
        "{}/translations.csv:3: en: no instrument has the text `Says so.`: was it changed?",
        dir.path().display()
    );
    assert_eq!(said, [expected]);
    let treaty = &review.seeds.treaties.values().next().unwrap().treaty;
    let words = treaty.words("Said so.");
    assert_eq!((words.zh.as_deref(), words.ru), (Some("\u{5982}\u{662f}\u{8bf4}\u{3002}"), None));
    assert_eq!(treaty.words("Russia").in_lang(Lang::Ru), "Russia [en]");
    write(dir.path(), "translations.csv", "en,zh,ru\nSaid so.,x,\nSaid so.,y,\n");
    let twice = catalogue::read_dir(dir.path()).unwrap_err().to_string();
    assert!(twice.ends_with("translations.csv:3: en: this text is there twice"), "{twice}");
}

#[test]
fn a_folder_has_the_name_of_its_treaty() {
    let error = refused(|text| text.replace("id = \"pact\"", "id = \"pakt\""));
    assert_eq!(error, "DIR/treaties/pact/treaty.toml:1: id: `pakt` must equal the folder name `pact`");
}

#[test]
fn a_row_of_acts_names_its_line_and_field() {
    let row = |row: &str| {
        refused_with(|root| {
            write(
                root,
                "treaties/pact/acts.csv",
                format!("{ACTS_HEADER}USA,declaration,2001-01-01,,,,,memory,low,\n{row}\n"),
            )
        })
    };
    assert_eq!(
        row("RUS,declaration,2019-02-30,,,,,memory,low,"),
        "DIR/treaties/pact/acts.csv:3: on: `2019-02-30` is not a day: expected YYYY-MM-DD, or YYYY-MM or YYYY where \
         only that is known"
    );
    assert_eq!(
        row("XYZ,declaration,2019-02-03,,,,,memory,low,"),
        "DIR/treaties/pact/acts.csv:3: states: unknown state `XYZ`, expected a code of states.csv"
    );
    assert!(
        row("USA,declared,2019-02-03,,,,,memory,low,").starts_with(
            "DIR/treaties/pact/acts.csv:3: kind: unknown kind of act `declared`, expected one of"
        )
    );
    assert!(row("USA,declaration,2019-02-03").starts_with("DIR/treaties/pact/acts.csv:3: "));
}

#[test]
fn a_file_that_belongs_nowhere_is_refused() {
    let error = refused_with(|root| write(root, "treaties/pact/act.csv", "x"));
    assert!(error.starts_with("DIR/treaties/pact/act.csv: not a file of a catalogue: expected"), "{error}");
}

#[test]
fn a_text_that_acts_is_refused_where_it_stands() {
    let toml = |from: &str, to: &str| refused(|text| text.replacen(from, to, 1));
    let file = "DIR/treaties/pact/treaty.toml";
    for (written, code) in [
        (r"\u001b]0;owned\u0007", "001B"),
        (r"\r\nINFO all is well", "000D"),
        (r"\u0000", "0000"),
        (r"\u007f", "007F"),
        (r"\u009b2J", "009B"),
        ("\u{202e}", "202E"),
        ("\u{2066}", "2066"),
        ("\u{2028}", "2028"),
    ] {
        let error = toml("en = \"Pact\"", &format!("en = \"Pact{written}\""));
        let expected =
            format!("{file}:7: en: has the character U+{code}: expected text without control characters");
        assert_eq!(error, expected);
    }
    let error = toml("[[act]]", "[[act]]\nnote = \"two\\nlines\\u202e\"");
    assert!(error.starts_with(&format!("{file}:26: note: has the character U+202E")), "{error}");
    let table = |state: &str| refused_with(|root| write(root, "states.csv", format!("{STATES}{state}\n")));
    for state in ["CEL,state,\"Cel\r\nia\",,,,,,", "CEL,state,Celia\u{1b}[2J,,,,,,"] {
        let error = table(state);
        assert!(error.starts_with("DIR/states.csv:4: name_en: has the character U+00"), "{error}");
    }
    let error = table("CEL,state,Celia,,,\u{202e}ailec,,,");
    assert!(error.starts_with("DIR/states.csv:4: aliases: has the character U+202E"), "{error}");
}

#[test]
fn a_note_may_have_lines_and_a_text_no_more_than_its_size() {
    let dir = seeds_dir();
    let noted = TREATY.replacen("[[act]]", "[[act]]\nnote = \"\"\"\nTwo\n\tlines\"\"\"", 1);
    write(dir.path(), "treaties/pact/treaty.toml", &noted);
    catalogue::read_dir(dir.path()).unwrap();
    let long = "x".repeat(8 * 1024 + 1);
    let error = refused(|text| text.replacen("en = \"Pact\"", &format!("en = \"{long}\""), 1));
    assert_eq!(error, "DIR/treaties/pact/treaty.toml:7: en: 8193 bytes long: expected at most 8192");
}

#[test]
fn faults_without_number_cost_no_more_than_the_first_ones() {
    // Each place counted from the start of the file would take minutes here.
    let faulty =
        (0..60_000).fold(STATES.to_owned(), |text, number| text + &format!("ZZ{},bad\n", number % 10));
    let error = refused_with(|root| write(root, "states.csv", &faulty));
    assert!(error.starts_with("DIR/states.csv:4: 2 values: expected 9"), "{error}");
    let dir = seeds_dir();
    write(dir.path(), "states.csv", &faulty);
    let review = catalogue::review(&[], dir.path(), day("2026-01-01"));
    assert_eq!(review.errors.len(), 101);
    let last = review.errors.last().unwrap().to_string();
    assert!(last.contains("more, at least"), "{last}");
    assert_eq!(review.errors[99].line, Some(103));
    let acts = (0..26_000)
        .fold(ACTS_HEADER.to_owned(), |text, _| text + "RUS,ratification,2000-01-01,,,,,memory,low,\n");
    let error = refused_with(|root| write(root, "treaties/pact/acts.csv", &acts));
    assert_eq!(error, "DIR/treaties/pact/acts.csv: more than 25000 acts");
    let error = refused(|text| text.replacen("\"USA\", \"RUS\"", &"\"USA\",".repeat(25_000), 1));
    assert_eq!(error, "DIR/treaties/pact/treaty.toml: more than 25000 acts");
}
