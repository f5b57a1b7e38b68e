//! Acts as the world has them: tables of many forms, saved pages, catalogues with other things beside them.

use std::fs;

use super::refused;
use crate::env::{ACTS_HEADER, TestEnv, joined};

const TREATY: &str = r#"id = "seabed-pact"
kind = "treaty"
facts_as_of = 2020-12-31
title = { en = "Pact on the Seabed" }
short_title = { en = "Seabed Pact" }

[sources]
list = { kind = "depositary", title = "List", url = "https://depositary.example/seabed" }

[[clause]]
kind = "entry_into_force_by_threshold"
article = "9"
count = 2
source = "list"

[[clause]]
kind = "withdrawal"
article = "10"
notice = "P3M"
source = "list"

[[act]]
on = 1965-01-15
kind = "opening_for_signature"
source = "list"
"#;

const TOML: &str = "ours/treaties/seabed-pact/treaty.toml";
const ACTS: &str = "ours/treaties/seabed-pact/acts.csv";

/// A catalogue with a treaty that has no acts of states yet.
fn seabed() -> TestEnv {
    let env = TestEnv::new();
    env.write(TOML, TREATY);
    env
}

fn arguments<'a>(table: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let into =
        ["catalogue", "import", table, "--into", "ours", "--treaty", "seabed-pact", "--source", "list"];
    [&into[..], more].concat()
}

/// The rows that an import has written, without what is the same in all of them.
fn written(env: &TestEnv) -> Vec<String> {
    let text = env.read(ACTS);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let columns = rows.headers().unwrap().clone();
    let of = |row: &csv::StringRecord, column: &str| {
        let at = columns.iter().position(|name| name == column);
        let value = at.map(|at| row[at].to_owned()).unwrap_or_default();
        if value.contains(',') { format!("\"{value}\"") } else { value }
    };
    let shown = ["state", "kind", "on", "effective_on", "place", "note"];
    let row = |row: csv::StringRecord| shown.map(|column| of(&row, column)).join(",");
    rows.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn a_table_of_one_act_a_row_is_found_by_its_headings() {
    let env = seabed();
    env.write(
        "t.csv",
        "State,Kind,Date,Effective date,Place,Note,Rank\n\
         United Kingdom,Ratification,1968-11-27,,London,,1\n\
         United Kingdom,ratification,27 Nov 1968,,Washington,,2\n\
         United Kingdom,RATIFICATION,1968-11-29,,Moscow,\"With a note,\nin two lines\",3\n\
         Nepal,Signature,1968,,,,4\n\
         Nepal,Accession,March 1970,1970-07-01,,,5\n\
         Nepal,Declaration,1970-03,,,,6\n\
         Nepal,Declaration,1971-03-01,,,,7\n\
         Kenya,Accession,1970-01-05,,,,8\n\
         Kenya,Notice of withdrawal,1980-01-05,,,,9\n\
         Kenya,Accession,1990-01-05,,,,10\n\
         ,,,,,,\n",
    );
    let said = env.printed(&arguments("t.csv", &[]));
    assert!(joined(&said).contains("11 rows: 10 acts were written"), "{said}");
    assert!(said.contains("Columns left out: Rank"), "{said}");
    assert_eq!(
        written(&env),
        [
            "GBR,ratification,1968-11-27,,London,",
            "GBR,ratification,1968-11-27,,Washington,",
            "GBR,ratification,1968-11-29,,Moscow,\"With a note, in two lines\"",
            "NPL,signature,1968,,,",
            "NPL,accession,1970-03,1970-07-01,,",
            "NPL,declaration,1970-03,,,",
            "NPL,declaration,1971-03-01,,,",
            "KEN,accession,1970-01-05,,,",
            "KEN,notice_of_withdrawal,1980-01-05,,,",
            "KEN,accession,1990-01-05,,,",
        ]
    );
    let said = env.printed(&["catalogue", "check", "ours"]);
    assert!(said.contains("0 errors"), "{said}");
    // Everything is known, and nothing is written twice.
    let said = env.printed(&arguments("t.csv", &["--append"]));
    assert!(
        joined(&said).contains("0 acts were written") && joined(&said).contains("10 were there"),
        "{said}"
    );
}

#[test]
fn rows_of_one_act_that_are_not_clear_are_listed() {
    let env = seabed();
    env.write(
        "t.csv",
        "Country;What was done;On day;Depositary;City;Effect\n\
         Kenya;ratified;1970-01-05;;;\n\
         Kenya;ratification;1971-01-05;;;\n\
         Ghana;Adoption;1970-01-05;;;\n\
         Ghana;Ratifcation;1970-01-05;;;\n\
         Ghana;;1970-01-05;;;\n\
         Ghana;accession;;;;\n\
         Ghana;accession;05/01/1970;;;\n\
         Ghana;accession;1970-01-05;;;1970-07\n\
         Ghana;accession;1970-01-05;United Kingdom;London;\n\
         Ghana;accession;1970-01-05;United Kingdom;London;\n\
         Ghana;withdrawal;1960-01-05;;;\n\
         Ghana;notice_of_withdrawal;2968-01-05;;;\n",
    );
    let columns =
        "state=Country,kind=What was done,on=On day,depositary=Depositary,place=City,effective_on=Effect";
    let with = arguments("t.csv", &["--columns", columns]);
    let said = joined(&refused(&env, &with));
    for expected in [
        "t.csv:2: Kenya: ratification on 1970-01-05, but line 3 has 1971-01-05",
        "t.csv:3: Kenya: ratification on 1971-01-05, but line 2 has 1970-01-05",
        "t.csv:4: Ghana: adoption is an act of the treaty, not of a state (it belongs into treaty.toml)",
        "t.csv:5: Ghana: `Ratifcation` is no kind of act (did you mean `ratification`?)",
        "t.csv:6: Ghana: no act is named",
        "t.csv:7: Ghana: accession: no day is given",
        "t.csv:8: Ghana: accession: `05/01/1970` is not a day",
        "t.csv:9: Ghana: accession: the day of effect `1970-07` is not a whole day",
        "t.csv:11: Ghana: accession on 1970-01-05: line 10 has 1970-01-05 (keep one of the two rows)",
        "t.csv:12: GHA: ",
        "t.csv:13: Ghana: notice_of_withdrawal on 2968-01-05 is in the future (is the year right? Today is ",
        "12 rows, 11 in doubt: nothing was written. Mend them, or write the 1 acts",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    env.printed(&[&with[..], &["--skip-doubtful"]].concat());
    assert_eq!(written(&env), ["GHA,accession,1970-01-05,,London (United Kingdom),"]);
}

#[test]
fn marks_of_the_depositary_mean_what_the_heading_says() {
    let env = seabed();
    let table = "\"sep=;\"\r\nParticipant 3;Signature;Ratification, Acceptance(A), Accession(a), Succession(d)\r\n\
                 Tu\u{308}rkiye;15.01.1966;\r\n\
                 CO\u{302}TE D\u{2bc}IVOIRE;;4 Oct 1975 a\r\n\
                 Germany 1, 2;16.01.1966;03.09.1975 A\r\n\
                 Kenya;;[30 Nov 1977 a]\r\n\
                 Ghana;;4 Oct 1975 P\r\n\
                 Fiji;\u{a0};4\u{a0}Oct 1975\u{200b} d";
    env.write("t.csv", format!("\u{feff}{table}"));
    let columns = "state=participant 3,signature=Signature,ratification=Ratification, Acceptance(A), Accession(a), Succession(d)";
    let with = arguments("t.csv", &["--dates", "%d.%m.%Y", "--columns", columns]);
    let said = joined(&refused(&env, &with));
    let bracket = "t.csv:6: Kenya: accession on 1977-11-30 is in brackets: it is no longer in effect";
    let mark = "t.csv:7: Ghana: ratification: the heading `Ratification, Acceptance(A), Accession(a), Succession(d)` does \
                not explain the mark `P`";
    assert!(said.contains(bracket) && said.contains(mark), "{said}");
    assert!(said.contains("6 rows, 2 in doubt"), "{said}");
    env.printed(&[&with[..], &["--skip-doubtful"]].concat());
    assert_eq!(
        written(&env),
        [
            "TUR,signature,1966-01-15,,,",
            "CIV,accession,1975-10-04,,,",
            "DEU,signature,1966-01-16,,,",
            "DEU,acceptance,1975-09-03,,,",
            "FJI,succession,1975-10-04,,,",
        ]
    );
}

#[test]
fn deposits_at_several_places_have_a_column_each() {
    let env = seabed();
    // As a spreadsheet saves "Unicode text".
    let table = "State\tLondon\tMoscow\nKenya\t1970-01-05\t1970-02-05\n";
    let bytes: Vec<u8> =
        "\u{feff}".encode_utf16().chain(table.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    env.write("t.txt", bytes);
    let columns = "state=State,ratification@London=London,ratification@Moscow=Moscow";
    env.printed(&arguments("t.txt", &["--columns", columns]));
    assert_eq!(
        written(&env),
        ["KEN,ratification,1970-01-05,,London,", "KEN,ratification,1970-02-05,,Moscow,"]
    );
}

#[test]
fn years_of_two_digits_are_a_question() {
    let env = seabed();
    env.write("t.csv", "Participant,Signature\nGermany,01.07.68\nAustria,15.01.04\n");
    let with = ["--columns", "state=Participant,signature=Signature", "--dates", "%d.%m.%y"];
    let said = refused(&env, &arguments("t.csv", &with));
    assert!(said.contains("68 may be 1968 or 2068") && said.contains("--years-from"), "{said}");
    assert!(!env.path(ACTS).exists());
    env.printed(&arguments("t.csv", &[&with[..], &["--years-from", "1965"]].concat()));
    assert_eq!(written(&env), ["DEU,signature,1968-07-01,,,", "AUT,signature,2004-01-15,,,"]);
}

#[test]
fn what_is_wrong_elsewhere_keeps_nobody_from_importing() {
    let env = seabed();
    // A notice by a state whose ratification is in the table that is to be imported.
    let notice = "\n[[act]]\non = 1980-01-01\nkind = \"notice_of_withdrawal\"\nstates = [\"KEN\"]\nsource = \"list\"\n";
    env.write(TOML, format!("{TREATY}{notice}"));
    env.write("ours/treaties/other/treaty.toml", TREATY.replace("seabed-pact", "other").replace("P3M", "3M"));
    env.write("ours/treaties/broken/treaty.toml", "id = \n");
    env.write("t.csv", "State,Kind,Date\nKenya,ratification,1970-01-05\nGhana,ratification,1970-01-05\n");
    let said = joined(&env.printed(&arguments("t.csv", &[])));
    assert!(
        said.contains("2 acts were written") && said.contains("The catalogue has other faults (2)"),
        "{said}"
    );
    let said = refused(&env, &["catalogue", "check", "ours"]);
    assert!(said.contains("2 errors") && !said.contains("it was not a party"), "{said}");
    // What is wrong with the treaty itself is to be corrected first, and is said once.
    env.write(TOML, TREATY.replace("P3M", "3M"));
    let said = refused(&env, &arguments("t.csv", &["--append"]));
    assert!(said.contains("treaty.toml:19: notice: `3M` is not a period"), "{said}");
    assert_eq!(said.matches("3M").count(), 1, "{said}");
}

#[test]
fn a_table_with_headings_in_quotes_gets_the_column_that_it_lacks() {
    let env = seabed();
    env.write(
        ACTS,
        "\"state\",\"kind\",\"on\",\"source\"\r\n\r\n\"KEN\",\"signature\",\"1965-02-01\",\"list\"\r\n",
    );
    env.write("t.csv", "State,Kind,Date,Note\nGhana,ratification,1970-01-05,\"Late, by post\"\n");
    env.printed(&arguments("t.csv", &["--append"]));
    let expected = "state,kind,on,source,note\nKEN,signature,1965-02-01,list,\n\
                    GHA,ratification,1970-01-05,list,\"Late, by post\"\n";
    assert_eq!(env.read(ACTS), expected);
    env.printed(&["catalogue", "check", "ours"]);
}

#[test]
fn a_saved_page_of_the_depositary_becomes_a_treaty() {
    let states = "id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note\n\
                  QRU,state,Ruritania,,,,,,\nQCO,state,Co\u{302}te d\u{2019}Or,,,,,,\nQGR,state,Graustark,,,,,,\n\
                  QMO,state,Monte Verde,,,,,,\nQSY,state,Sylvania (Kingdom of),,,,,,\n\
                  QZE,historic_state,Zenda,,,Kingdom of Zenda,,,\nQRZ,historic_state,Zenda and Ruritania,,,,,,\n";
    let xml = include_str!("../../fixtures/sources/untc.xml")
        .replace("A note &amp; another.", "The Kingdom of Zenda had ratified on 1 May 1999. See Graustark.");
    let html = include_str!("../../fixtures/sources/untc.html")
        .replace("A note.", "Zenda acceded on 1 May 1999.")
        .replace("<div>STATUS", "<span id=\"ctl00_Inner_rptTreaty_ctl00_tcTreaty\">4 .\u{a0}Convention on \"Lakes\"</span><div>STATUS");
    for (name, page, title, day, count) in [
        ("page.xml", xml, "Convention on Made-up Matters", None, 7),
        ("page.html", html, "Convention on \\\"Lakes\\\"", Some("facts_as_of = 2026-11-24"), 6),
    ] {
        let env = TestEnv::new();
        env.write("ours/states.csv", states);
        env.write(name, page);
        let address = "https://depositary.example/lakes";
        let with = ["catalogue", "import", name, "--into", "ours", "--treaty", "lakes", "--source", address];
        let said = joined(&env.printed(&with));
        let zenda = "Zenda (QZE) has no row, and a note names it: ";
        assert!(said.contains(zenda) && said.matches("has no row").count() == 1, "{said}");
        assert!(said.contains("complete what it marks with DECIDE"), "{said}");
        let toml = fs::read_to_string(env.path("ours/treaties/lakes/treaty.toml")).unwrap();
        assert!(toml.replace('\'', "\"").contains("title = { en = "), "{toml}");
        assert!(toml.contains(title) || toml.contains(&title.replace('\\', "")), "{toml}");
        assert!(toml.contains(zenda), "{toml}");
        assert!(day.is_none_or(|day| toml.contains(day)), "{toml}");
        assert!(toml.contains("on = 2006-03-01\nkind = \"entry_into_force\"\nsource = \"page\"\n"), "{toml}");
        if name == "page.xml" {
            let bracket = "# - Ruritania: ratification on 2007-11-30 is in brackets";
            assert!(toml.contains(bracket) && said.contains(&bracket[4..]), "{toml}\n{said}");
            assert!(toml.contains("# on = 1998-07-17\n# kind = \"adoption\"\n# place = "), "{toml}");
        }
        let acts = fs::read_to_string(env.path("ours/treaties/lakes/acts.csv")).unwrap();
        assert_eq!(acts.lines().count(), 1 + count, "{acts}");
        assert!(acts.contains("QCO,accession,2008-01-01,page\n"), "{acts}");
        assert!(acts.contains("QRU,ratification") == (name == "page.html"), "{acts}");
        let checked = env.printed(&["catalogue", "check", "ours"]);
        assert!(checked.contains("0 errors"), "{checked}");
        // What was completed by hand is kept, and a later page adds its acts.
        let said = refused(&env, &with);
        assert!(said.contains("is added to with --append only"), "{said}");
        let said = joined(&env.printed(&[&with[..], &["--append", "--skip-doubtful"]].concat()));
        assert!(said.contains("0 acts were written"), "{said}");
        assert_eq!(fs::read_to_string(env.path("ours/treaties/lakes/treaty.toml")).unwrap(), toml);
    }
    // Without the states, and without a catalogue: what is to be added is said once for each.
    let env = TestEnv::new();
    env.write("page.xml", include_str!("../../fixtures/sources/untc.xml"));
    let with = [
        "catalogue",
        "import",
        "page.xml",
        "--into",
        "new",
        "--treaty",
        "lakes",
        "--source",
        "https://depositary.example",
    ];
    let said = env.printed(&with);
    assert_eq!(said.matches("Monte Verde: no such state").count(), 1, "{said}");
    assert!(joined(&said).contains("8 rows, 8 in doubt") && !said.contains("other faults"), "{said}");
    env.printed(&["catalogue", "check", "new"]);

    let env = seabed();
    env.write("page.html", "<html>maintenance</html>");
    let said = refused(&env, &arguments("page.html", &["--append"]));
    assert!(said.contains("no page of the UN Treaty Collection"), "{said}");
}

#[test]
fn what_is_no_part_of_a_catalogue_is_passed_over() {
    let env = seabed();
    env.write("treatywatch.toml", "catalogue = [\"ours\"]\n");
    for name in
        ["treaties/seabed-pact/treaty.toml~", "treaties/seabed-pact/#treaty.toml#", "README.md", "list.xlsx"]
    {
        env.write(&format!("ours/{name}"), b"\xff not even text");
    }
    for name in [".DS_Store", "treaties/seabed-pact/.#treaty.toml"] {
        env.write(&format!("ours/{name}"), b"\xff");
    }
    // A mark before the text and no line end behind it are normal life.
    env.write(ACTS, format!("\u{feff}{}KEN,ratification,1970-01-05,,,,list,,,", ACTS_HEADER));
    let said = env.printed(&["catalogue", "check", "ours"]);
    assert!(said.contains("1 treaty, 2 acts, 0 errors, 3 warnings"), "{said}");
    assert!(said.contains("list.xlsx") && said.contains("not a file of a catalogue, ignored"), "{said}");
    // A directory of files may say what it is.
    assert!(!said.contains("README.md"), "{said}");
    env.printed(&["check"]);
    for name in ["treaties/seabed-pact/act.csv", "treaties/seabed-pact/acts.csv.txt", "state.csv"] {
        let path = format!("ours/{name}");
        env.write(&path, "x");
        for command in [&["check"][..], &["catalogue", "check", "ours"]] {
            let said = joined(&refused(&env, command));
            assert!(said.contains(name) && said.contains("expected states.csv"), "{said}");
        }
        fs::remove_file(env.path(&path)).unwrap();
    }
}

#[test]
fn an_act_of_a_day_to_come_is_doubted_at_every_door() {
    let env = seabed();
    env.write("treatywatch.toml", "catalogue = [\"ours\"]\n");
    env.write("t.csv", "State,Kind,Date\nKenya,ratification,2968-01-05\nGhana,ratification,1970-01-05\n");
    let said = joined(&refused(&env, &arguments("t.csv", &[])));
    assert!(said.contains("t.csv:2: Kenya: ratification on 2968-01-05 is in the future"), "{said}");
    let rows = "KEN,ratification,2968-01-05,,,,list,,,\nGHA,ratification,2968-01-06,,,,list,,,\n";
    env.write(ACTS, format!("{ACTS_HEADER}{rows}"));
    let said = env.printed(&["catalogue", "check", "ours"]);
    assert!(said.contains("warning: on: ratification on 2968-01-05 is in the future"), "{said}");
    assert!(said.contains("is the year right?") && said.contains("2 warnings"), "{said}");
    let output = env.run(&["check"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let first = "The first is of 2968-01-05: seabed-pact/KEN/ratification/2968-01-05";
    assert!(said.contains("2 acts on record are of days after today") && said.contains(first), "{said}");
    let said = String::from_utf8(env.run(&["doctor", "--offline"]).stdout).unwrap();
    assert!(
        joined(&said).contains("the first, 2968-01-05: seabed-pact/KEN/ratification/2968-01-05"),
        "{said}"
    );
}
