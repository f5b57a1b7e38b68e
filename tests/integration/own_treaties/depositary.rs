//! A treaty with a threshold of 40 and 160 states, whose acts come from a spreadsheet.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};
use treatywatch::catalogue;
use treatywatch::domain::state::{State, StateKind};

use super::refused;
use crate::env::{TestEnv, day};

const TREATY: &str = r#"id = "coast-convention"
kind = "treaty"
facts_as_of = 2020-12-31

[title]
en = "Convention on the Charting of Coasts"

[short_title]
en = "Coast Convention"

[sources]
list = { kind = "depositary", title = "List", url = "https://depositary.example/coast/status" }

[[clause]]
kind = "entry_into_force_by_threshold"
article = "17(1)"
count = 40
first_of_month_after = 6
source = "list"

[[clause]]
kind = "later_states"
article = "17(2)"
from = "threshold_met"
first_of_month_after = 6
source = "list"

[[clause]]
kind = "withdrawal"
article = "20"
notice = "P6M"
source = "list"

[[act]]
on = 2000-01-01
kind = "opening_for_signature"
source = "list"
"#;

/// Notices of withdrawal by their place in the list of states, and the days on which six months have run.
const WITHDRAWALS: [(usize, &str, &str); 5] = [
    (3, "2014-03-15", "2014-09-15"),
    (41, "2015-08-31", "2016-02-29"),
    (77, "2015-10-31", "2016-04-30"),
    (110, "2016-12-31", "2017-06-30"),
    (159, "2018-02-28", "2018-08-28"),
];

/// What the depositary has of one state.
struct Deposit {
    code: String,
    /// As the spreadsheet names it: by code, or by a name in some language.
    name: String,
    signature: NaiveDate,
    ratification: NaiveDate,
}

fn deposits() -> Vec<Deposit> {
    let states = catalogue::embedded().unwrap().states;
    // They sign from 2000 on: who did not exist yet cannot.
    let exists = |state: &State| state.began_on.is_none_or(|first| first < day("2000-01-01"));
    let exist =
        states.into_values().filter(|state| state.kind == StateKind::State && exists(state)).take(160);
    let deposit = |(number, state): (usize, State)| {
        let number = number as u64;
        let names = [
            Some(state.id.to_string()),
            Some(state.name.en.clone()),
            state.name.zh.clone(),
            state.name.ru.clone(),
            state.aliases.first().cloned(),
        ];
        let name = names[number as usize % names.len()].clone().unwrap_or(state.name.en);
        Deposit {
            code: state.id.to_string(),
            name,
            signature: day("2000-01-10") + Days::new(number * 37 % 300),
            ratification: day("2001-02-01") + Days::new(number * 1013 % 2999),
        }
    };
    exist.enumerate().map(deposit).collect()
}

/// The first day of the sixth month after the month of `day`, counted in months since the year 0.
fn first_of_sixth_month_after(day: NaiveDate) -> NaiveDate {
    let months = day.year() as u32 * 12 + day.month0() + 6;
    NaiveDate::from_ymd_opt((months / 12) as i32, months % 12 + 1, 1).unwrap()
}

fn slashes(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// A text as a value of CSV.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[test]
fn a_hundred_and_sixty_states_from_a_spreadsheet() {
    let env = TestEnv::new();
    env.write("treatywatch.toml", "catalogue = [\"ours\"]\n");
    env.write("ours/treaties/coast-convention/treaty.toml", TREATY);
    let deposits = deposits();
    assert_eq!(deposits.len(), 160);
    let mut table = String::from("Participant,Signature,Ratification\n");
    for deposit in &deposits {
        let days = [deposit.signature, deposit.ratification].map(slashes);
        writeln!(table, "{},{}", cell(&deposit.name), days.join(",")).unwrap();
    }
    env.write("status.csv", &table);
    let mut table = String::from("Participant;Denunciation\n");
    for (number, notice, _) in WITHDRAWALS {
        writeln!(table, "{};{}", cell(&deposits[number].name), slashes(day(notice))).unwrap();
    }
    env.write("withdrawals.csv", &table);

    let into = ["--into", "ours", "--treaty", "coast-convention"];
    let how = ["--dates", "%d/%m/%Y", "--source", "list"];
    let import = |table: &str, columns: &str, more: &[&str]| {
        let first = ["catalogue", "import", table, "--columns", columns];
        env.printed(&[&first, &into[..], &how, more].concat())
    };
    let columns = "state=Participant,signature=Signature,ratification=Ratification";
    let told = import("status.csv", columns, &[]);
    assert!(told.starts_with("160 rows: 320 acts were written"), "{told}");
    let told = import("status.csv", columns, &["--append"]);
    assert!(told.starts_with("160 rows: 0 acts were written") && told.contains("320"), "{told}");
    let columns = "state=Participant,notice_of_withdrawal=Denunciation";
    let told = import("withdrawals.csv", columns, &["--append", "--delimiter", ";"]);
    assert!(told.starts_with("5 rows: 5 acts were written"), "{told}");
    let told = env.printed(&["catalogue", "check", "ours"]);
    assert!(told.starts_with("ours: 1 treaty, 326 acts, 0 errors, 0 warnings"), "{told}");

    // Computed apart from the program: the 40th deposit, and what follows from it for each.
    let mut days: Vec<NaiveDate> = deposits.iter().map(|deposit| deposit.ratification).collect();
    days.sort();
    let met = days[39];
    let entry = first_of_sixth_month_after(met);
    let mut expected: BTreeMap<String, (String, Option<String>)> = BTreeMap::new();
    for deposit in &deposits {
        let begins = if deposit.ratification <= met {
            entry
        } else {
            first_of_sixth_month_after(deposit.ratification)
        };
        expected.insert(deposit.code.clone(), (begins.to_string(), None));
    }
    for (number, _, effect) in WITHDRAWALS {
        expected.get_mut(&deposits[number].code).unwrap().1 = Some(effect.to_owned());
    }

    let of_treaty = "from party_history where treaty_id = 'coast-convention' and reading = 'default'";
    let query = format!("select state_id, starts_on, ends_before {of_treaty} and status = 'party'");
    let answer = env.printed(&["sql", &query, "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let found: BTreeMap<String, (String, Option<String>)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let begins = text(&row["starts_on"]).unwrap();
            (text(&row["state_id"]).unwrap(), (begins, text(&row["ends_before"])))
        })
        .collect();
    assert_eq!(found, expected);
    let query =
        "select starts_on from status_history where treaty_id = 'coast-convention' and status = 'in_force'";
    assert!(env.printed(&["sql", query]).contains(&entry.to_string()));
}

#[test]
fn rows_in_doubt_keep_the_others_from_being_written() {
    let env = TestEnv::new();
    env.write("ours/treaties/coast-convention/treaty.toml", TREATY);
    let table = "Participant,Signed,Ratified,Remarks\n\
                 Germany,2000-02-01,2001-04-03,\n\
                 Frankreich,2000-02-01,,\n\
                 日本,2000-02-01,2000-01-20,\n\
                 \n\
                 Россия,2000-02-01,3.4.2001,\n\
                 Austrai,2000-02-01,,\n\
                 Poland,1999-12-31,,\n\
                 Spain,2000-02-01,,first\n\
                 ESP,2000-02-02,,second\n\
                 ,2000-02-03,,\n\
                 ,,,an empty line\n\
                 Italy\n\
                 Kenya,2000-02-01,,\n";
    env.write("t.csv", table);
    let acts = env.path("ours/treaties/coast-convention/acts.csv");
    let into = ["catalogue", "import", "t.csv", "--into", "ours", "--treaty", "coast-convention"];
    let columns = ["--columns", "state=Participant,signature=Signed,ratification=Ratified"];
    let with = |more: &[&'static str]| [&into[..], more].concat();

    // Without a mapping it asks for one.
    let told = env.printed(&into);
    insta::assert_snapshot!("columns", told);
    let all = [&columns[..], &["--source", "list"]].concat();
    insta::assert_snapshot!("doubts", refused(&env, &with(&all)));
    assert!(!acts.exists());
    let refusals = [
        (vec!["--columns", "state=Participant,signature=Signed"], "source: missing"),
        (
            vec!["--columns", "state=Country,signature=Signed", "--source", "list"],
            "t.csv:1: 0 columns are named `Country`",
        ),
        (
            vec!["--columns", "state=Participant,signing=Signed", "--source", "list"],
            "unknown kind of act `signing`",
        ),
        (
            vec!["--columns", "state=Participant,signature=Signed", "--source", "list", "--dates", "%Q"],
            "`%Q` is no format",
        ),
    ];
    for (arguments, expected) in refusals {
        let told = refused(&env, &with(&arguments));
        assert!(told.contains(expected), "{told}");
        assert!(!acts.exists());
    }

    let told = env.printed(&with(&[&all[..], &["--skip-doubtful"]].concat()));
    assert!(told.contains("t.csv:3: Frankreich: no such state"), "{told}");
    let written = std::fs::read_to_string(&acts).unwrap();
    assert_eq!(
        written,
        "state,kind,on,source\n\
         DEU,signature,2000-02-01,list\n\
         DEU,ratification,2001-04-03,list\n\
         KEN,signature,2000-02-01,list\n"
    );
    // What is there is kept.
    let told = refused(&env, &with(&all));
    assert!(told.contains("acts.csv is there already: it is added to with --append only"), "{told}");
    env.write("t.csv", "Participant,Signed,Ratified\nKenya,2000-02-05,\nItaly,2000-02-01,\n");
    let told = refused(&env, &with(&[&all[..], &["--append"]].concat()));
    assert!(told.contains("t.csv:2: Kenya: signature on 2000-02-05, but 2000-02-01 is recorded"), "{told}");
    assert_eq!(std::fs::read_to_string(&acts).unwrap(), written);
    // Nobody's record needs no source.
    let memory = [&columns[..], &["--basis", "memory", "--append", "--skip-doubtful"]].concat();
    env.printed(&with(&memory));
    // The file gets the column that it needs besides.
    let with_basis: String =
        written.lines().zip([",basis", ",", ",", ","]).map(|(row, end)| format!("{row}{end}\n")).collect();
    assert_eq!(
        std::fs::read_to_string(&acts).unwrap(),
        format!("{with_basis}ITA,signature,2000-02-01,,memory\n")
    );
    env.printed(&["catalogue", "check", "ours"]);
}
