//! What `catalogue check` says about acts that are void or doubtful, and about texts that leave a choice.

use treatywatch::catalogue::{self, Review};
use treatywatch::domain::clause::{Anchor, Terms};
use treatywatch::domain::treaty::Form;

use crate::env::{TestEnv, day, embedded, embedded_treaty};

const STATES: &str = "id,kind,name_en,name_zh,name_ru,aliases,began_on,ended_on,successors,note\n\
                      ALI,state,Alia,,,,,,,\n\
                      BOR,state,Boria,,,,,,,\n\
                      CEL,historic_state,Celia,,,,1950-01-01,1990-01-01,ALI,\n\
                      UNI,entity,Union of the Lake,,,,,,,\n";

const HEAD: &str = r#"id = "lake"
kind = "treaty"
facts_as_of = 2026-01-01
title = { en = "Lake Convention" }
short_title = { en = "Lake" }
"#;

/// A clause or an act, from memory.
fn part(table: &str, text: &str) -> String {
    format!("\n[[{table}]]\n{text}\nbasis = \"memory\"\nconfidence = \"low\"\n")
}

fn clause(text: &str) -> String {
    part("clause", &format!("article = \"1\"\n{text}"))
}

fn act(text: &str) -> String {
    part("act", text)
}

fn entry() -> String {
    clause("kind = \"entry_into_force_by_threshold\"\ncount = 2\ndelay = \"P90D\"")
}

fn ratified(states: &str) -> String {
    act(&format!("on = 1980-01-01\nkind = \"ratification\"\nstates = [{states}]"))
}

fn review(head: &str, parts: &[String]) -> Review {
    let env = TestEnv::new();
    env.write("ours/states.csv", STATES);
    env.write("ours/treaties/lake/treaty.toml", format!("{head}{}", parts.concat()));
    catalogue::review(&[], &env.path("ours"), day("2026-12-01"))
}

fn errors(review: &Review) -> Vec<String> {
    review.errors.iter().map(|fault| fault.message.clone()).collect()
}

fn warnings(review: &Review) -> Vec<String> {
    review.warnings.iter().map(|fault| fault.message.clone()).collect()
}

#[test]
fn later_states_have_no_default() {
    let later = |from: &str| clause(&format!("kind = \"later_states\"\ndelay = \"P90D\"\n{from}"));
    let asked = errors(&review(HEAD, &[entry(), later("")]));
    assert_eq!(asked.len(), 1);
    assert!(asked[0].contains("`threshold_met`") && asked[0].contains("`entry_into_force`"), "{asked:?}");
    for from in ["from = \"threshold_met\"", "from = \"entry_into_force\""] {
        assert_eq!(errors(&review(HEAD, &[entry(), later(from)])), [""; 0]);
    }
}

#[test]
fn leaving_a_bilateral_treaty_ends_it_unless_the_clause_says_otherwise() {
    let ends = |head: &str, more: &str| {
        let leave = clause(&format!("kind = \"withdrawal\"\nnotice = \"P1Y\"\n{more}"));
        let review = review(head, &[leave]);
        let (_, ends) = review.seeds.treaties[&"lake".parse().unwrap()]
            .treaty
            .find_clause(|terms| match terms {
                Terms::Withdrawal { ends_treaty, .. } => Some(*ends_treaty),
                _ => None,
            })
            .unwrap();
        ends
    };
    let bilateral = HEAD.replace("facts_as_of", "form = \"bilateral\"\nfacts_as_of");
    assert!(ends(&bilateral, "") && !ends(&bilateral, "ends_treaty = false"));
    assert!(!ends(HEAD, "") && ends(HEAD, "ends_treaty = true"));
}

#[test]
fn void_and_doubtful_acts_are_warnings() {
    let leave = || clause("kind = \"withdrawal\"\nnotice = \"P6M\"");
    let with = |more: &str| {
        let review = review(HEAD, &[entry(), leave(), ratified("\"ALI\", \"BOR\""), act(more)]);
        assert_eq!(errors(&review), [""; 0], "{more}");
        warnings(&review)
    };
    for (kind, doubt) in [
        ("resumption", "nothing was suspended; it is void"),
        ("revocation_of_notice", "no notice of it was running; it is void"),
        ("suspension_of_notice", "no notice of it was running; it is void"),
        ("end_of_provisional_application", "it did not apply the treaty provisionally; it is void"),
        ("withdrawal_of_reservation", "no reservation of it is on record"),
    ] {
        let found = with(&format!("on = 2005-01-01\nkind = \"{kind}\"\nstates = [\"ALI\"]"));
        assert_eq!(found, [format!("{kind} by ALI on 2005-01-01: {doubt}")]);
    }
    let bilateral = HEAD.replace("facts_as_of", "form = \"bilateral\"\nfacts_as_of");
    let third = review(&bilateral, &[entry(), ratified("\"ALI\", \"BOR\", \"CEL\"")]);
    assert_eq!(
        warnings(&third),
        ["ratification by CEL on 1980-01-01: the treaty is bilateral, and two others are its parties"]
    );
}

#[test]
fn an_act_outside_the_days_of_a_state_is_an_error_that_names_the_day() {
    let on = |on: &str| {
        let joins = act(&format!("on = {on}\nkind = \"accession\"\nstates = [\"CEL\"]"));
        errors(&review(HEAD, &[entry(), joins]))
    };
    assert_eq!(
        on("1990-01-01"),
        ["accession by CEL on 1990-01-01: CEL ceased to exist, its last day was 1989-12-31"]
    );
    assert_eq!(on("1949-12-31"), ["accession by CEL on 1949-12-31: CEL exists since 1950-01-01"]);
    assert_eq!(on("1989-12-31"), [""; 0]);
    assert_eq!(on("1950-01-01"), [""; 0]);
}

#[test]
fn an_entity_counts_where_the_clause_names_it() {
    let review = |entities: &str| {
        let entry = format!("kind = \"entry_into_force_by_threshold\"\ncount = 2\n{entities}");
        review(HEAD, &[clause(&entry), ratified("\"ALI\", \"UNI\"")])
    };
    let met = |review: &Review| {
        let file = &review.seeds.treaties[&"lake".parse().unwrap()];
        let last = chrono::NaiveDate::MAX;
        treatywatch::domain::project::project(&file.treaty, &file.acts, last)
            .progress
            .unwrap()
            .steps
            .pop()
            .unwrap()
    };
    assert_eq!(met(&review("")).reached, 1);
    assert_eq!(met(&review("entities = [\"UNI\"]")).reached, 2);
    assert_eq!(
        errors(&review("entities = [\"UNA\"]")),
        ["unknown state `UNA`, expected a code of states.csv"]
    );
}

#[test]
fn clauses_say_from_when_notice_can_be_given_and_on_which_day_it_takes_effect() {
    let with = |more: &str| {
        let leave = clause(&format!("kind = \"withdrawal\"\nnotice = \"P1Y\"\n{more}"));
        let notice = act("on = 1981-02-01\nkind = \"notice_of_withdrawal\"\nstates = [\"ALI\"]");
        review(HEAD, &[entry(), leave, ratified("\"ALI\", \"BOR\""), notice])
    };
    assert_eq!(warnings(&with("on_next = \"12-31\"")), [""; 0]);
    assert_eq!(
        warnings(&with("not_before = \"P3Y\"")),
        [
            "notice_of_withdrawal by ALI on 1981-02-01: notice can be given from 1983-03-31 on [1]; it is shown as if \
             it had been given then"
        ]
    );
    let refused = errors(&with("not_before_from = \"entry_into_force\""));
    assert_eq!(refused, ["missing: `not_before_from` says from when it is counted"]);
    let refused = errors(&with("on_next = \"02-29\""));
    assert!(refused[0].contains("is not a day that every year has"), "{refused:?}");
}

#[test]
fn an_anchor_on_the_effect_of_no_act_is_an_error() {
    let due = clause("kind = \"deadline\"\nanchor = \"effect:notice\"\nperiod = \"P1Y\"");
    assert_eq!(errors(&review(HEAD, &[due])), ["there is no act with the label `notice`"]);
    assert_eq!("effect:notice".parse::<Anchor>().map(String::from), Ok("effect:notice".to_owned()));
}

#[test]
fn days_of_states_are_kept_and_files_without_first_days_are_read() {
    let seeds = embedded();
    let days = |code: &str| {
        let state = &seeds.states[&code.parse().unwrap()];
        [state.began_on, state.ended_on].map(|day| day.map(|day| day.to_string()))
    };
    assert_eq!(days("CSK"), [None, Some("1993-01-01".to_owned())]);
    assert_eq!(days("SSD"), [Some("2011-07-09".to_owned()), None]);
    let inf = &embedded_treaty("inf").treaty;
    assert_eq!((inf.form, inf.participation_incomplete), (Form::Bilateral, false));
    assert!(embedded_treaty("outer-space-treaty").treaty.participation_incomplete);
}

#[test]
fn a_threshold_is_a_number_or_a_share_of_known_numbers() {
    let with = |text: &str| {
        let entry = format!("kind = \"entry_into_force_by_threshold\"\n{text}");
        review(HEAD, &[clause(&entry), ratified("\"ALI\", \"BOR\"")])
    };
    let parties = "parties = [{ from = 1970-01-01, count = 3 }]";
    let read = with(&format!("share = \"2/3\"\n{parties}"));
    assert_eq!(errors(&read), [""; 0]);
    let file = &read.seeds.treaties[&"lake".parse().unwrap()];
    let projection = treatywatch::domain::project::project(&file.treaty, &file.acts, chrono::NaiveDate::MAX);
    assert_eq!(projection.progress.unwrap().needed, 2);
    let refused = |text: &str, part: &str| {
        let found = errors(&with(text));
        assert!(found.len() == 1 && found[0].contains(part), "{text}: {found:?}");
    };
    refused("", "missing: a clause of this kind needs it");
    refused("share = \"2/3\"", "missing: a share is one of how many parties?");
    refused(parties, "missing: a clause of this kind needs it");
    refused(&format!("count = 2\n{parties}"), "missing: which share of the parties");
    refused(&format!("count = 2\nshare = \"2/3\"\n{parties}"), "expected one of the two");
    refused(&format!("share = \"two thirds\"\n{parties}"), "is not a share");
    refused("share = \"2/3\"\nparties = [{ from = 1970-01-01, count = 0 }]", "0 parties");
}

#[test]
fn an_act_about_a_deadline_names_one_that_its_state_has() {
    let clearance = |more: &str| {
        clause(&format!(
            "id = \"clearance\"\nkind = \"deadline\"\nanchor = \"entry_into_force\"\nperiod = \"P10Y\"\n{more}"
        ))
    };
    let of_ali = "scope = \"each_state\"\nstates = [\"ALI\"]\nextension_max = \"P4Y\"";
    let decided = |kind: &str, state: &str, more: &str| {
        act(&format!("on = 1989-05-01\nkind = \"{kind}\"\nstates = [\"{state}\"]\n{more}"))
    };
    let longer = |until: &str| {
        decided("deadline_extension", "ALI", &format!("deadline = \"clearance\"\nuntil = {until}"))
    };
    let found = |clause: String, decision: String| {
        let review = review(HEAD, &[entry(), ratified("\"ALI\", \"BOR\""), clause, decision]);
        (errors(&review), warnings(&review))
    };
    let none: (Vec<String>, Vec<String>) = (vec![], vec![]);
    // In force on 1980-03-31, so due on 1990-03-31.
    assert_eq!(found(clearance(of_ali), longer("1994-03-31")), none);
    let doubt = "deadline_extension by ALI on 1989-05-01 to 1994-04-01: 1994-03-31 at most can be given at once [1]; it \
                 is shown as decided";
    assert_eq!(found(clearance(of_ali), longer("1994-04-01")), (vec![], vec![doubt.to_owned()]));
    for (clause, decision, error) in [
        (
            clearance(of_ali),
            longer("1990-03-31"),
            "deadline_extension by ALI on 1989-05-01 to 1990-03-31: the deadline is 1990-03-31 without it",
        ),
        (
            clearance(of_ali),
            decided("deadline_met", "BOR", "deadline = \"clearance\""),
            "deadline_met by BOR on 1989-05-01: the deadline `clearance` does not name BOR among its states",
        ),
        (
            clearance(""),
            decided("deadline_met", "ALI", "deadline = \"clearance\""),
            "deadline_met by ALI on 1989-05-01: no clause `clearance` sets a deadline for each State",
        ),
        (clearance(of_ali), decided("deadline_met", "ALI", ""), "missing: deadline_met needs it"),
        (
            clearance(of_ali),
            decided("deadline_extension", "ALI", "deadline = \"clearance\""),
            "missing: deadline_extension needs it",
        ),
        (
            clearance(of_ali),
            decided("declaration", "ALI", "until = 1999-01-01"),
            "declaration does not take it",
        ),
        (
            clearance("states = [\"ALI\"]"),
            longer("1994-03-31"),
            "expected `scope = \"each_state\"` beside it",
        ),
        (
            clearance("scope = \"each_state\"\nstates = []"),
            longer("1994-03-31"),
            "empty: expected the States that have the duty",
        ),
        (
            clearance("scope = \"each_state\"\nstates = [\"QZZ\"]"),
            decided("declaration", "ALI", ""),
            "unknown state `QZZ`, expected a code of states.csv",
        ),
    ] {
        assert_eq!(found(clause, decision).0, [error]);
    }
}

#[test]
fn acts_about_deadlines_stand_in_two_further_columns() {
    let deadline = clause(
        "id = \"clearance\"\nkind = \"deadline\"\nanchor = \"entry_into_force\"\nperiod = \"P10Y\"\n\
         scope = \"each_state\"",
    );
    let review = |table: &str| {
        let env = TestEnv::new();
        env.write("ours/states.csv", STATES);
        let parts = [entry(), ratified("\"ALI\", \"BOR\""), deadline.clone()].concat();
        env.write("ours/treaties/lake/treaty.toml", format!("{HEAD}{parts}"));
        env.write("ours/treaties/lake/acts.csv", table);
        errors(&catalogue::review(&[], &env.path("ours"), day("2026-12-01")))
    };
    let columns = "state,kind,on,effective_on,place,note,source,basis,confidence,label";
    let extended = "ALI,deadline_extension,1989-05-01,,,,,memory,low,";
    let none: [&str; 0] = [];
    assert_eq!(review(&format!("{columns},deadline,until\n{extended},clearance,1994-03-31\n")), none);
    assert_eq!(review(&format!("{columns}\n{extended}\n")), ["missing: deadline_extension needs it"]);
    assert_eq!(
        review(&format!("{columns},deadline\n{extended},clearance\n")),
        ["missing: deadline_extension needs it"],
        "a column that is not there is empty"
    );
}

#[test]
fn a_list_of_states_in_a_threshold_is_as_long_as_it_must_be() {
    let among = |text: &str| {
        let threshold = format!("kind = \"entry_into_force_by_threshold\"\ncount = 2\namong = [{text}]");
        errors(&review(HEAD, &[clause(&threshold)]))
    };
    assert_eq!(among("{ count = 1, of = [\"ALI\", \"BOR\"] }"), [""; 0]);
    for (text, error) in [
        ("{ count = 3, of = [\"ALI\", \"BOR\"] }", "3 of 2 states: expected 1 to 2"),
        ("{ count = 0, of = [\"ALI\"] }", "0 of 1 states: expected 1 to 1"),
        ("{ count = 1, of = [\"ALI\", \"ALI\"] }", "ALI is named twice"),
        ("{ count = 1, of = [\"QZZ\"] }", "unknown state `QZZ`, expected a code of states.csv"),
        (
            "{ count = 2, of = [\"ALI\", \"BOR\"] }, { count = 1, of = [\"CEL\"] }",
            "is less than the number of named states and of those that `among` needs",
        ),
    ] {
        assert_eq!(among(text), [error]);
    }
}

#[test]
fn what_concerns_some_parties_only_names_them() {
    let with = |more: &str| {
        let parts = [entry(), ratified("\"ALI\", \"BOR\""), act(&format!("on = 1985-01-01\n{more}"))];
        let review = review(HEAD, &parts);
        (errors(&review), warnings(&review))
    };
    let none: (Vec<String>, Vec<String>) = (vec![], vec![]);
    assert_eq!(with("kind = \"suspension\"\nstates = [\"ALI\"]\ntowards = [\"BOR\"]"), none);
    let precludes = "towards = [\"BOR\"]\nprecludes_entry_into_force = true";
    assert_eq!(with(&format!("kind = \"objection\"\nstates = [\"ALI\"]\n{precludes}")), none);
    for (text, error) in [
        ("kind = \"suspension\"\ntowards = [\"BOR\"]", "suspension does not take it"),
        ("kind = \"declaration\"\nstates = [\"ALI\"]\ntowards = [\"BOR\"]", "declaration does not take it"),
        ("kind = \"suspension\"\nstates = [\"ALI\"]\ntowards = [\"ALI\"]", "names ALI, whose act it is"),
        (
            "kind = \"suspension\"\nstates = [\"ALI\"]\ntowards = [\"QZZ\"]",
            "unknown state `QZZ`, expected a code of states.csv",
        ),
        (
            "kind = \"objection\"\nstates = [\"ALI\"]\nprecludes_entry_into_force = true",
            "missing: objection needs it",
        ),
    ] {
        assert_eq!(with(text).0, [error], "{text}");
    }
}

#[test]
fn a_protocol_binds_parties_to_its_treaty_only() {
    let review = |parent: &str, state: &str, protocols: &str| {
        let env = TestEnv::new();
        env.write("ours/states.csv", STATES);
        let lake = [entry(), ratified("\"ALI\", \"BOR\""), protocols.to_owned()].concat();
        env.write("ours/treaties/lake/treaty.toml", format!("{HEAD}{lake}"));
        let head = HEAD.replace("id = \"lake\"", "id = \"protocol\"");
        let head = head.replace("facts_as_of", &format!("parent = \"{parent}\"\nfacts_as_of"));
        let parts = [
            clause("kind = \"entry_into_force_by_threshold\"\ncount = 1\ndelay = \"P90D\""),
            ratified(&format!("\"{state}\"")),
        ];
        env.write("ours/treaties/protocol/treaty.toml", format!("{head}{}", parts.concat()));
        catalogue::review(&[], &env.path("ours"), day("2026-12-01"))
    };
    assert_eq!(errors(&review("lake", "ALI", "")), [""; 0]);
    assert_eq!(
        errors(&review("lake", "CEL", "")),
        ["CEL is a party to the protocol from 1980-03-31: it was not a party to `lake` then"]
    );
    assert_eq!(errors(&review("pond", "ALI", "")), ["there is no treaty `pond`"]);
    let consent = clause("kind = \"protocols\"\nat_least = 1");
    let found = review("lake", "ALI", &consent);
    assert_eq!(errors(&found), [""; 0]);
    assert_eq!(
        warnings(&found),
        [
            "ratification by BOR on 1980-01-01: it had consented to 0 of the protocols on record, 1 are needed [1]"
        ]
    );
}
