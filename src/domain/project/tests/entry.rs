//! How a treaty enters into force, and who has consented by then.

use super::*;

#[test]
fn an_exchange_of_instruments_brings_a_bilateral_treaty_into_force() {
    // VCLT, article 16(a).
    let (treaty, acts) = bilateral();
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "1988-05-31"), Some(TreatyStatus::Pending));
    assert_eq!(treaty_on(&projection, "1988-06-01"), Some(TreatyStatus::InForce));
    assert_eq!(state_on(&projection, "RUS", "1988-05-31"), Some(StateStatus::Signatory));
    assert_eq!(state_on(&projection, "RUS", "1988-06-01"), Some(StateStatus::Party));
    assert_eq!(treaty_on(&projection, "1987-12-07"), None);
}

#[test]
fn states_that_consent_before_entry_into_force_are_parties_from_that_day() {
    // CWC, article XXI: the threshold is met on 31 October 1996, 180 days later is 29 April 1997.
    let acts = [
        act("AAA", Ratification, "1994-01-01"),
        act("BBB", Accession, "1996-10-31"),
        act("CCC", Ratification, "1997-04-25"),
        act("DDD", Ratification, "1997-04-29"),
        act("EEE", Ratification, "1997-04-30"),
    ];
    let projection = all(&multilateral(), &acts);
    assert_eq!(treaty_on(&projection, "1997-04-28"), Some(TreatyStatus::Pending));
    assert_eq!(treaty_on(&projection, "1997-04-29"), Some(TreatyStatus::InForce));
    for who in ["AAA", "BBB", "CCC"] {
        assert_eq!(state_on(&projection, who, "1997-04-29"), Some(StateStatus::Party), "{who}");
    }
    assert_eq!(state_on(&projection, "CCC", "1997-04-28"), Some(StateStatus::Contracting));
    // Cuba's case: a deposit on the day of entry into force is a later one.
    assert_eq!(state_on(&projection, "DDD", "1997-05-28"), Some(StateStatus::Contracting));
    assert_eq!(state_on(&projection, "DDD", "1997-05-29"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "EEE", "1997-05-29"), Some(StateStatus::Contracting));
    assert_eq!(state_on(&projection, "EEE", "1997-05-30"), Some(StateStatus::Party));
}

#[test]
fn later_states_can_be_counted_from_the_threshold() {
    // Rome Statute, article 126(2): states that consent after the sixtieth instrument.
    let terms = Terms::LaterStates {
        delay: Delay {
            period: "P60D".parse().unwrap(),
            counting: Counting::OnDay,
            first_of_month_after: Some(1),
            on_next: None,
        },
        from: LaterFrom::ThresholdMet,
    };
    let treaty =
        treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P100D")), ("later", terms)]);
    let acts = [
        act("AAA", Ratification, "2002-04-11"),
        act("BBB", Ratification, "2002-04-12"),
        act("CCC", Ratification, "2002-06-28"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "AAA", "2002-07-20"), Some(StateStatus::Party));
    // Its own delay would end on 1 July, before the treaty is in force.
    assert_eq!(state_on(&projection, "BBB", "2002-07-19"), Some(StateStatus::Contracting));
    assert_eq!(state_on(&projection, "BBB", "2002-07-20"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "CCC", "2002-08-31"), Some(StateStatus::Contracting));
    assert_eq!(state_on(&projection, "CCC", "2002-09-01"), Some(StateStatus::Party));
}

#[test]
fn named_states_must_be_among_those_that_consent() {
    // BWC, article XIV(3): twenty-two governments, the depositaries among them.
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(3, &["GBR", "USA"], false, "P0D"))]);
    let mut acts = vec![
        act("AAA", Ratification, "1972-01-01"),
        act("BBB", Ratification, "1972-01-02"),
        act("GBR", Ratification, "1972-01-03"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "1980-01-01"), Some(TreatyStatus::Pending));
    let progress = projection.progress.unwrap();
    let last = progress.steps.last().unwrap();
    // Two states that are not named fill one place.
    assert_eq!((progress.needed, last.reached, last.missing.as_slice()), (3, 2, [state("USA")].as_slice()));

    acts.push(act("USA", Ratification, "1975-03-26"));
    assert_eq!(treaty_on(&all(&treaty, &acts), "1975-03-26"), Some(TreatyStatus::InForce));
}

#[test]
fn a_count_beyond_the_named_states_is_reached_without_them() {
    // NPT, article IX(3): the depositaries and forty other signatories.
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(2, &["GBR"], true, "P0D"))]);
    let acts = [
        act("GBR", Ratification, "1968-11-27"),
        act("AAA", Ratification, "1969-01-01"),
        act("BBB", Ratification, "1970-03-05"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "1970-03-04"), Some(TreatyStatus::Pending));
    assert_eq!(treaty_on(&projection, "1970-03-05"), Some(TreatyStatus::InForce));
}

#[test]
fn who_has_left_or_ended_counts_no_more_toward_the_threshold() {
    let treaty = treaty(
        Form::Multilateral,
        vec![("entry", threshold(3, &[], false, "P90D")), ("leave", withdrawal("P3M", false))],
    );
    let acts = [
        act("YUG", Ratification, "1990-01-01"),
        act("YUG", EndOfStatehood, "1992-04-27"),
        act("AAA", Ratification, "1993-01-01"),
        act("AAA", NoticeOfWithdrawal, "1994-01-15"),
        act("BBB", Ratification, "1994-02-01"),
        act("CCC", Ratification, "1995-01-01"),
        act("DDD", Ratification, "1996-01-01"),
        act("EEE", Ratification, "1997-01-01"),
    ];
    let projection = all(&treaty, &acts);
    let progress = projection.progress.as_ref().unwrap();
    let steps: Vec<(String, usize)> =
        progress.steps.iter().map(|step| (step.on.to_string(), step.reached)).collect();
    let expected = [
        ("1990-01-01", 1),
        ("1992-04-27", 0),
        ("1993-01-01", 1),
        ("1994-02-01", 2),
        ("1994-04-15", 1),
        ("1995-01-01", 2),
        ("1996-01-01", 3),
    ];
    assert_eq!(steps, expected.map(|(on, reached)| (on.to_owned(), reached)));
    assert_eq!(date(&projection, "entry_into_force").as_deref(), Some("1996-03-31"));
}

#[test]
fn a_condition_that_is_taken_back_after_it_was_met_is_a_doubt_that_shows() {
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(2, &[], false, "P180D"))]);
    let acts = [
        act("AAA", Ratification, "2000-01-01"),
        act("BBB", Ratification, "2001-01-01"),
        act("AAA", RevocationOfRatification, "2001-02-01"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "2001-06-30"), Some(TreatyStatus::InForce));
    assert_eq!(state_on(&projection, "AAA", "2001-06-30"), Some(StateStatus::NonParty));
    assert_eq!(projection.progress.unwrap().steps.last().unwrap().reached, 2);
    let fault =
        Fault::LeftAfterThreshold { state: state("AAA"), on: day("2001-02-01"), met: day("2001-01-01") };
    assert_eq!(projection.problems.iter().map(|problem| &problem.fault).collect::<Vec<_>>(), [&fault]);
}

#[test]
fn only_a_condition_that_fails_is_a_doubt() {
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P180D"))]);
    let acts = [
        act("USA", Ratification, "2001-01-01"),
        act("FRA", Ratification, "2001-01-15"),
        act("FRA", RevocationOfRatification, "2001-02-01"),
    ];
    assert_eq!(all(&treaty, &acts).problems, []);
}

#[test]
fn anchors_that_lead_back_to_the_entry_into_force_are_a_problem_and_no_endless_loop() {
    let entry = Terms::EntryIntoForceByDate { anchor: "deadline:wait".parse().unwrap(), delay: Delay::NONE };
    let treaty = treaty(
        Form::Multilateral,
        vec![
            ("entry", entry),
            ("wait", deadline("deadline:more", "P1M")),
            ("more", deadline("entry_into_force", "P1M")),
        ],
    );
    let projection = all(&treaty, &[act("AAA", Ratification, "2000-01-01")]);
    assert!(projection.problems.iter().any(|problem| matches!(problem.fault, Fault::Cycle(_))));
    assert_eq!(treaty_on(&projection, "2100-01-01"), Some(TreatyStatus::Pending));
}

#[test]
fn entry_into_force_waits_for_the_earliest_day_allowed() {
    // CWC, article XXI(1): in no case earlier than two years after the opening for signature.
    let Terms::EntryIntoForceByThreshold(mut terms) = threshold(1, &[], false, "P180D") else {
        unreachable!()
    };
    terms.not_before = Some("P2Y".parse().unwrap());
    let treaty = treaty(Form::Multilateral, vec![("entry", Terms::EntryIntoForceByThreshold(terms))]);
    let acts = [act("", OpeningForSignature, "1993-01-13"), act("AAA", Ratification, "1993-02-01")];
    assert_eq!(date(&all(&treaty, &acts), "entry_into_force").as_deref(), Some("1995-01-13"));
}

#[test]
fn a_recorded_entry_into_force_stands_where_deposits_are_missing() {
    // The Outer Space Treaty's deposits of 1967 are not in the seeds.
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(5, &["GBR"], false, "P0D"))]);
    let projection =
        all(&treaty, &[act("", EntryIntoForce, "1967-10-10"), act("CHN", Accession, "1983-12-30")]);
    assert_eq!(treaty_on(&projection, "1967-10-10"), Some(TreatyStatus::InForce));
    assert_eq!(projection.default_life().treaty[0].reason.rule, Rule::Recorded);
    assert_eq!(state_on(&projection, "CHN", "1983-12-30"), Some(StateStatus::Party));
}

#[test]
fn who_signs_a_treaty_in_force_that_signature_binds_to_is_a_party_from_then_on() {
    // VCLT, article 12.
    let entry = Terms::EntryIntoForceByDate {
        anchor: "opening_for_signature".parse().unwrap(),
        delay: period("P1M"),
    };
    let treaty = treaty(Form::Multilateral, vec![("entry", entry)]);
    let acts = [
        act("", OpeningForSignature, "2000-01-01"),
        act("AAA", Signature, "2000-01-01"),
        act("CHN", Signature, "2000-06-01"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "AAA", "2000-02-01"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "CHN", "2000-05-31"), None);
    assert_eq!(state_on(&projection, "CHN", "2000-06-01"), Some(StateStatus::Party));
}

#[test]
fn nobody_is_bound_by_a_treaty_that_ended_before_it_was_in_force() {
    let mut acts = vec![
        act("AAA", Signature, "1993-01-13"),
        act("AAA", Ratification, "1994-01-01"),
        act("BBB", Signature, "1993-01-13"),
    ];
    acts.push(act("", Termination, "2002-06-14"));
    let projection = all(&multilateral(), &acts);
    assert_eq!(treaty_on(&projection, "2002-06-14"), Some(TreatyStatus::Abandoned));
    for who in ["AAA", "BBB"] {
        assert_eq!(state_on(&projection, who, "2002-06-14"), Some(StateStatus::NonParty), "{who}");
    }
    let last = projection.default_life().counts.last().copied().unwrap();
    assert_eq!((last.signed, last.consented), (2, 0));
}

#[test]
fn a_threshold_can_be_a_share_of_the_parties_to_another_treaty() {
    // NPT, article VIII(2): a majority; CWC and CTBT amendments: of those on a day; others move.
    let with = |part: &str, parties: &[(&str, u32)], acts: &[Act]| {
        let Terms::EntryIntoForceByThreshold(terms) = threshold(0, &[], false, "P0D") else { unreachable!() };
        let parties = parties.iter().map(|(from, count)| (day(from), *count)).collect();
        let share = Some(Share { part: part.parse().unwrap(), parties });
        let terms = Terms::EntryIntoForceByThreshold(Threshold { share, ..terms });
        all(&treaty(Form::Multilateral, vec![("entry", terms)]), acts)
    };
    let acts: Vec<Act> = ["AAA", "BBB", "CCC", "DDD"]
        .iter()
        .zip(["2001-01-01", "2002-01-01", "2003-01-01", "2004-01-01"])
        .map(|(who, on)| act(who, Acceptance, on))
        .collect();
    let entered = |projection: &Projection| date(projection, "entry_into_force");
    assert_eq!(entered(&with("2/3", &[("2000-01-01", 4)], &acts)).as_deref(), Some("2003-01-01"));
    assert_eq!(entered(&with("1/2", &[("2000-01-01", 4)], &acts)).as_deref(), Some("2002-01-01"));
    assert_eq!(entered(&with(">1/2", &[("2000-01-01", 4)], &acts)).as_deref(), Some("2003-01-01"));
    assert_eq!(entered(&with("2/3", &[("2000-01-01", 7)], &acts)), None);
    // It moves with the number of parties: further away, or nearer without any consent.
    let moving = with("2/3", &[("2000-01-01", 3), ("2001-06-01", 6)], &acts);
    assert_eq!(entered(&moving).as_deref(), Some("2004-01-01"));
    let steps: Vec<(usize, usize)> =
        moving.progress.unwrap().steps.iter().map(|step| (step.reached, step.needed)).collect();
    assert_eq!(steps, [(1, 2), (1, 4), (2, 4), (3, 4), (4, 4)]);
    let fallen = with("2/3", &[("2000-01-01", 6), ("2003-06-01", 4)], &acts);
    assert_eq!(entered(&fallen).as_deref(), Some("2003-06-01"));
    for bad in ["3/2", "0/3", "1/0", "two thirds", ">1/1", "2", ""] {
        assert!(bad.parse::<Part>().is_err(), "{bad}");
    }
}

#[test]
fn so_many_states_of_a_list_must_have_consented() {
    // Convention on Nuclear Safety, article 31(1): 22 instruments, among them those of 17 States with a nuclear
    // installation; here four, among them two of AAA, BBB and CCC.
    let mut entry = threshold(4, &[], false, "P90D");
    let Terms::EntryIntoForceByThreshold(terms) = &mut entry else { unreachable!() };
    terms.among = vec![Among { count: 2, of: ["AAA", "BBB", "CCC"].map(state).to_vec() }];
    let treaty = treaty(Form::Multilateral, vec![("entry", entry)]);
    let ratified = |codes: &[&str]| {
        let acts: Vec<Act> = codes
            .iter()
            .enumerate()
            .map(|(at, code)| act(code, Ratification, &format!("2000-01-{:02}", at + 1)))
            .collect();
        let projection = all(&treaty, &acts);
        let reached: Vec<usize> =
            projection.progress.iter().flat_map(|it| &it.steps).map(|it| it.reached).collect();
        (reached, date(&projection, "entry_into_force"))
    };
    // Whoever is not on the list fills two of the four places.
    assert_eq!(ratified(&["DDD", "EEE", "FFF", "GGG", "AAA"]), (vec![1, 2, 3], None));
    let met = ratified(&["DDD", "EEE", "FFF", "GGG", "AAA", "CCC"]);
    assert_eq!(met, (vec![1, 2, 3, 4], Some("2000-04-05".to_owned())));
    // Those on the list fill any place.
    assert_eq!(ratified(&["AAA", "BBB", "CCC", "DDD"]).1.as_deref(), Some("2000-04-03"));
    assert_eq!(ratified(&["AAA", "BBB", "CCC"]), (vec![1, 2, 3], None));
}
