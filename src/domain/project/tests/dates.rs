//! The days that follow from clauses and acts.

use super::super::super::verify::{Agreement, verify};
use super::*;

#[test]
fn deadlines_chain_and_never_run_in_circles() {
    // JCPOA, Annex V, and resolution 2231, paragraph 8: ninety days, then ten years.
    let chained = treaty(
        Form::Multilateral,
        vec![("first", deadline("adoption", "P90D")), ("second", deadline("deadline:first", "P10Y"))],
    );
    let acts = [act("", Adoption, "2015-07-20")];
    let projection = all(&chained, &acts);
    assert_eq!(date(&projection, "first").as_deref(), Some("2015-10-18"));
    assert_eq!(date(&projection, "second").as_deref(), Some("2025-10-18"));

    let circle = treaty(
        Form::Multilateral,
        vec![("a", deadline("deadline:b", "P1D")), ("b", deadline("deadline:a", "P1D"))],
    );
    let problems = all(&circle, &acts).problems;
    assert!(!problems.is_empty() && problems.iter().all(|problem| matches!(problem.fault, Fault::Cycle(_))));
}

#[test]
fn a_deadline_can_run_for_each_party_from_its_own_day() {
    let mut each = deadline("state_entry_into_force", "P30D");
    let Terms::Deadline { scope, .. } = &mut each else { unreachable!() };
    *scope = Scope::EachState;
    let treaty =
        treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P0D")), ("report", each)]);
    let acts = [act("AAA", Ratification, "2000-01-01"), act("BBB", Accession, "2010-01-01")];
    let projection = all(&treaty, &acts);
    assert_eq!(date(&projection, "AAA/report").as_deref(), Some("2000-01-31"));
    assert_eq!(date(&projection, "BBB/report").as_deref(), Some("2010-01-31"));
}

#[test]
fn an_act_that_takes_effect_later_sets_a_date() {
    let mut acts = vec![
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        effective("2027-01-01", act("AAA", Withdrawal, "2026-06-01")),
        effective("2026-09-01", act("BBB", Suspension, "2026-06-01")),
        effective("2030-01-01", act("", Termination, "2026-06-01")),
    ];
    let projection = all(&multilateral(), &acts);
    let on = |name: &str| date(&projection, name);
    assert_eq!(on("AAA/withdrawal/effect/1").as_deref(), Some("2027-01-01"));
    assert_eq!(on("BBB/suspension/effect/1").as_deref(), Some("2026-09-01"));
    assert_eq!(on("termination/effect/1").as_deref(), Some("2030-01-01"));

    // What would take effect after the end takes none.
    acts.push(act("", Termination, "2026-12-01"));
    let ended = all(&multilateral(), &acts);
    assert_eq!(date(&ended, "AAA/withdrawal/effect/1"), None);
    assert_eq!(date(&ended, "termination/effect/1"), None);
}

#[test]
fn a_day_that_something_else_has_overtaken_announces_nothing() {
    let parties = || vec![act("AAA", Ratification, "1996-10-30"), act("BBB", Ratification, "1996-10-31")];
    let with = |more: Vec<Act>| all(&multilateral(), &[parties(), more].concat());
    let called_off = with(vec![
        effective("2020-06-01", act("AAA", Suspension, "2020-01-01")),
        act("AAA", Resumption, "2020-03-01"),
    ]);
    assert_eq!(date(&called_off, "AAA/suspension/effect/1"), None);
    let ended_meanwhile =
        with(vec![act("AAA", NoticeOfWithdrawal, "2020-01-01"), act("AAA", EndOfStatehood, "2020-02-15")]);
    assert_eq!(date(&ended_meanwhile, "AAA/withdrawal_effect/1"), None);
    let second = with(vec![
        act("AAA", NoticeOfWithdrawal, "2020-01-01"),
        act("AAA", NoticeOfWithdrawal, "2020-02-01"),
    ]);
    assert_eq!(date(&second, "AAA/withdrawal_effect/1").as_deref(), Some("2020-03-31"));
    assert_eq!(date(&second, "AAA/withdrawal_effect/2"), None);
    let given_up = all(&multilateral(), &[parties(), vec![act("", Termination, "1996-12-01")]].concat());
    assert_eq!(treaty_on(&given_up, "1997-06-01"), Some(TreatyStatus::Abandoned));
    assert_eq!(date(&given_up, "entry_into_force"), None);
    let gone = with(vec![
        effective("2021-01-01", act("AAA", Suspension, "2020-01-01")),
        act("AAA", Withdrawal, "2020-05-01"),
    ]);
    assert_eq!(gone.default_life().overlays, []);
    assert_eq!(date(&gone, "AAA/suspension/effect/1"), None);
}

#[test]
fn a_day_that_follows_from_a_month_is_known_to_the_month() {
    let treaty = treaty(
        Form::Multilateral,
        vec![
            ("entry", threshold(2, &[], false, "P3M")),
            ("report", deadline("entry_into_force", "P30D")),
            ("leave", withdrawal("P1Y", false)),
        ],
    );
    let acts = [
        act("AAA", Ratification, "2000-01"),
        act("BBB", Ratification, "2001-05-07"),
        act("AAA", NoticeOfWithdrawal, "2026-10"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(date(&projection, "entry_into_force").as_deref(), Some("2001-08-07"));
    assert_eq!(date(&projection, "report").as_deref(), Some("2001-09-06"));
    assert_eq!(date(&projection, "AAA/withdrawal_effect/1").as_deref(), Some("2027-10"));
    // AAA became a party on the treaty's own day, which is known.
    let party = &projection.default_life().states[&state("AAA")][1];
    assert_eq!(party.reason.precision(), Precision::Day);
}

#[test]
fn a_day_that_follows_from_a_year_is_known_to_twelve_months() {
    let treaty = treaty(
        Form::Multilateral,
        vec![
            ("entry", threshold(2, &[], false, "P0D")),
            ("leave", withdrawal("P6M", false)),
            ("settle", deadline("effect:notice", "P1Y")),
        ],
    );
    let acts = [
        act("AAA", Ratification, "2000-01-01"),
        act("BBB", Ratification, "2000-01-01"),
        labelled("notice", act("AAA", NoticeOfWithdrawal, "2005")),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(date(&projection, "AAA/withdrawal_effect/1").as_deref(), Some("2005-07/2006-06"));
    assert_eq!(date(&projection, "settle").as_deref(), Some("2006-07/2007-06"));
    let findings = verify(&treaty, &acts, &|_| None);
    let computed: Vec<String> =
        findings.iter().filter_map(|finding| Some(finding.computed?.to_string())).collect();
    assert_eq!(computed, ["2000-01-01", "2005-07/2006-06", "2006-07/2007-06"]);

    // Any of its days agrees, and none beside them.
    for (on, agreement) in [
        ("2005-06-30", Agreement::Differs),
        ("2005-07-01", Agreement::Agrees),
        ("2006-06-30", Agreement::Agrees),
        ("2006-07-01", Agreement::Differs),
    ] {
        let mut recorded = acts.clone();
        recorded[2].effective_on = Some(day(on));
        assert_eq!(verify(&treaty, &recorded, &|_| None)[1].agreement, agreement, "{on}");
    }
}

#[test]
fn an_anchor_says_whether_it_is_the_act_or_its_effect() {
    let treaty = treaty(
        Form::Multilateral,
        vec![
            ("entry", threshold(2, &[], false, "P0D")),
            ("later", later("P30D", LaterFrom::EntryIntoForce)),
            ("leave", withdrawal("P6M", false)),
            ("conference", deadline("act:notice", "P60D")),
            ("settle", deadline("effect:notice", "P60D")),
            ("report", deadline("effect:accession", "P1Y")),
        ],
    );
    let mut acts = [
        act("AAA", Ratification, "1992-03-24"),
        act("BBB", Ratification, "1992-03-24"),
        labelled("accession", act("CCC", Accession, "2010-01-01")),
        labelled("notice", act("AAA", NoticeOfWithdrawal, "2020-05-22")),
    ];
    let days = |acts: &[Act]| {
        let projection = all(&treaty, acts);
        ["conference", "settle", "report"].map(|name| date(&projection, name).unwrap())
    };
    let computed = ["2020-07-21", "2021-01-21", "2011-01-31"];
    assert_eq!(days(&acts), computed);
    // Recording what is computed changes nothing.
    acts[2].effective_on = Some(day("2010-01-31"));
    acts[3].effective_on = Some(day("2020-11-22"));
    assert_eq!(days(&acts), computed);
    // Another effect moves what is counted from it.
    acts[3].effective_on = Some(day("2020-12-31"));
    assert_eq!(days(&acts), ["2020-07-21", "2021-03-01", "2011-01-31"]);
    // A notice that was revoked takes no effect, and was given all the same.
    let revoked = [&acts[..], &[act("AAA", RevocationOfNotice, "2020-06-01")]].concat();
    let projection = all(&treaty, &revoked);
    assert_eq!(date(&projection, "conference").as_deref(), Some("2020-07-21"));
    assert_eq!(date(&projection, "settle"), None);
}

#[test]
fn an_anchor_on_the_effect_of_what_hangs_on_it_is_a_problem_and_no_endless_loop() {
    let entry = Terms::EntryIntoForceByDate { anchor: "effect:consent".parse().unwrap(), delay: Delay::NONE };
    let treaty = treaty(Form::Multilateral, vec![("entry", entry)]);
    let projection = all(&treaty, &[labelled("consent", act("AAA", Ratification, "2000-01-01"))]);
    assert!(projection.problems.iter().any(|problem| matches!(problem.fault, Fault::Cycle(_))));
}
