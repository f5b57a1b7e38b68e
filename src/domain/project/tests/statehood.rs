//! Who counts, and from when until when.

use super::*;

#[test]
fn organizations_and_entities_outside_the_counts_count_nowhere() {
    let clauses = |entities: &[&str]| {
        let Terms::EntryIntoForceByThreshold(mut terms) = threshold(3, &[], false, "P0D") else {
            unreachable!()
        };
        terms.entities = entities.iter().map(|code| state(code)).collect();
        let mut treaty = treaty(Form::Multilateral, vec![("entry", Terms::EntryIntoForceByThreshold(terms))]);
        let entity = || existence(StateKind::Entity, "", "", &[]);
        treaty.statehood = statehood(&[("EUU", entity()), ("TWN", entity())]);
        treaty
    };
    let acts = [
        act("DEU", Ratification, "2021-01-01"),
        act("EUU", Signature, "2020-01-01"),
        act("EUU", Approval, "2021-02-01"),
        act("TWN", Ratification, "2021-03-01"),
        act("FRA", Ratification, "2022-01-01"),
    ];
    let projection = all(&clauses(&[]), &acts);
    assert_eq!(projection.progress.as_ref().unwrap().steps.last().unwrap().reached, 2);
    assert_eq!(treaty_on(&projection, "2023-01-01"), Some(TreatyStatus::Pending));
    let last = projection.default_life().counts.last().unwrap();
    assert_eq!((last.signed, last.consented), (0, 2));
    // They are shown all the same.
    assert_eq!(state_on(&projection, "EUU", "2023-01-01"), Some(StateStatus::Contracting));

    // The clause may say otherwise.
    let counted = all(&clauses(&["EUU"]), &acts);
    assert_eq!(treaty_on(&counted, "2022-01-01"), Some(TreatyStatus::InForce));
    let last = counted.default_life().counts.last().unwrap();
    assert_eq!((last.signed, last.parties), (1, 3));
}

#[test]
fn an_act_before_the_first_day_of_a_state_or_after_its_last_has_no_effect() {
    let mut treaty = multilateral();
    treaty.statehood = statehood(&[
        ("CSK", existence(StateKind::HistoricState, "1918-10-28", "1993-01-01", &["CZE", "SVK"])),
        ("SSD", existence(StateKind::State, "2011-07-09", "", &[])),
    ]);
    let parties = [act("AAA", Ratification, "1990-01-01"), act("BBB", Ratification, "1990-01-01")];
    let fault = |who: &str, on: &str| {
        let projection = all(&treaty, &[&parties[..], &[act(who, Accession, on)]].concat());
        let faults: Vec<_> = projection.problems.iter().map(|problem| problem.fault.to_string()).collect();
        assert_eq!(
            projection.default_life().states.contains_key(&state(who)),
            faults.is_empty(),
            "{who} {on}"
        );
        assert!(projection.problems.iter().all(|problem| !problem.fault.is_doubt()));
        faults.first().cloned()
    };
    assert_eq!(
        fault("CSK", "1993-01-01").as_deref(),
        Some("accession by CSK on 1993-01-01: CSK ceased to exist, its last day was 1992-12-31")
    );
    assert_eq!(fault("CSK", "1992-12-31"), None);
    assert_eq!(
        fault("SSD", "2011-07-08").as_deref(),
        Some("accession by SSD on 2011-07-08: SSD exists since 2011-07-09")
    );
    assert_eq!(fault("SSD", "2011-07-09"), None);
    // Some day of the year or the month is late, or early, enough.
    assert_eq!(fault("SSD", "2011"), None);
    assert!(fault("SSD", "2010").is_some());
    assert_eq!(fault("CSK", "1992-12"), None);
    assert!(fault("CSK", "1993").is_some());
    // Of others the days are not known.
    assert_eq!(fault("MNE", "1950-01-01"), None);
}

#[test]
fn a_state_that_has_ended_is_out_of_every_count_without_an_act() {
    let mut treaty = treaty(
        Form::Multilateral,
        vec![("entry", threshold(2, &[], false, "P0D")), ("leave", withdrawal("P1Y", false))],
    );
    treaty.statehood = statehood(&[("CSK", existence(StateKind::HistoricState, "", "1993-01-01", &["CZE"]))]);
    let acts = [
        act("CSK", Signature, "1990-01-01"),
        act("CSK", Ratification, "1991-01-01"),
        act("AAA", Ratification, "1992-01-01"),
        effective("1993-01-01", act("CZE", Succession, "1993-04-05")),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "CSK", "1992-12-31"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "CSK", "1993-01-01"), Some(StateStatus::FormerParty));
    let spans = &projection.default_life().states[&state("CSK")];
    assert_eq!(spans.last().unwrap().reason.rule, Rule::StateEnded);
    let last = projection.default_life().counts.last().unwrap();
    assert_eq!((last.on, last.signed, last.parties), (day("1993-01-01"), 0, 2));
    // On a day on which the end was not known it is not seen.
    let before = project(&treaty, &acts, day("1992-12-31"));
    assert_eq!(state_on(&before, "CSK", "1995-01-01"), Some(StateStatus::Party));
    // Nor does it count toward a threshold any more.
    let late = [acts[1].clone(), act("AAA", Ratification, "1994-01-01")];
    assert_eq!(treaty_on(&all(&treaty, &late), "2000-01-01"), Some(TreatyStatus::Pending));
    // An act that tells the end wins over the list of states.
    let told = [&acts[..], &[act("CSK", EndOfStatehood, "1992-11-25")]].concat();
    assert_eq!(state_on(&all(&treaty, &told), "CSK", "1992-11-25"), Some(StateStatus::FormerParty));
}

#[test]
fn the_notice_of_a_state_that_ends_while_it_runs_leaves_a_doubt() {
    let mut treaty = treaty(
        Form::Multilateral,
        vec![("entry", threshold(2, &[], false, "P0D")), ("leave", withdrawal("P1Y", false))],
    );
    treaty.statehood = statehood(&[("CSK", existence(StateKind::HistoricState, "", "1993-01-01", &[]))]);
    let acts = [
        act("CSK", Ratification, "1990-01-01"),
        act("AAA", Ratification, "1990-01-01"),
        act("CSK", NoticeOfWithdrawal, "1992-06-01"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(projection.default_life().overlays[0].ends_before, Some(day("1993-01-01")));
    assert_eq!(state_on(&projection, "CSK", "1993-06-01"), Some(StateStatus::FormerParty));
    assert_eq!(date(&projection, "CSK/withdrawal_effect/1"), None);
    let fault = Fault::NoticeOutlivesState {
        state: state("CSK"),
        on: "1992-06-01".parse().unwrap(),
        ended: day("1993-01-01"),
    };
    assert_eq!(projection.problems.iter().map(|problem| &problem.fault).collect::<Vec<_>>(), [&fault]);
}
