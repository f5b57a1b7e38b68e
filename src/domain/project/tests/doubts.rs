//! What is shown all the same, and what the law leaves in doubt about it.

use super::*;

fn faults(projection: &Projection) -> Vec<String> {
    projection.problems.iter().map(|problem| problem.fault.to_string()).collect()
}

/// Two parties since 29 April 1997, and more acts.
fn with(more: &[Act]) -> Projection {
    let parties = [act("AAA", Ratification, "1996-10-30"), act("BBB", Ratification, "1996-10-31")];
    all(&multilateral(), &[&parties[..], more].concat())
}

#[test]
fn what_was_not_suspended_does_not_resume() {
    // VCLT, articles 57, 58 and 72.
    let void = with(&[act("AAA", Resumption, "2005-01-01")]);
    assert_eq!(faults(&void), ["resumption by AAA on 2005-01-01: nothing was suspended; it is void"]);
    let void = with(&[act("", Resumption, "2005-01")]);
    assert_eq!(faults(&void), ["resumption on 2005-01: nothing was suspended; it is void"]);
    let twice = with(&[
        act("AAA", Suspension, "2004-01-01"),
        act("AAA", Resumption, "2005-01-01"),
        act("AAA", Resumption, "2006-01-01"),
    ]);
    assert_eq!(faults(&twice), ["resumption by AAA on 2006-01-01: nothing was suspended; it is void"]);
    assert!(void.problems.iter().all(|problem| problem.fault.is_doubt()));
}

#[test]
fn only_a_notice_that_runs_can_be_revoked() {
    // VCLT, article 68.
    let notice = || act("AAA", NoticeOfWithdrawal, "2004-01-01");
    for stop in [RevocationOfNotice, SuspensionOfNotice] {
        let never = with(&[act("AAA", stop, "2004-02-01")]);
        assert_eq!(
            faults(&never),
            [format!("{stop} by AAA on 2004-02-01: no notice of it was running; it is void")]
        );
        assert_eq!(faults(&with(&[notice(), act("AAA", stop, "2004-03-30")])), [""; 0]);
        let late = with(&[notice(), act("AAA", stop, "2004-03-31")]);
        assert_eq!(
            faults(&late),
            [format!("{stop} by AAA on 2004-03-31: its notice had taken effect on 2004-03-31; it is void")]
        );
        assert_eq!(state_on(&late, "AAA", "2004-03-31"), Some(StateStatus::Withdrawn));
    }
    let twice = [act("AAA", RevocationOfNotice, "2004-02-01"), act("AAA", RevocationOfNotice, "2004-03-01")];
    let twice = with(&[&[notice()][..], &twice].concat());
    assert_eq!(
        faults(&twice),
        ["revocation_of_notice by AAA on 2004-03-01: no notice of it was running; it is void"]
    );
    // One that is suspended can still be revoked.
    let both = [act("AAA", SuspensionOfNotice, "2004-02-01"), act("AAA", RevocationOfNotice, "2004-03-01")];
    assert_eq!(faults(&with(&[&[notice()][..], &both].concat())), [""; 0]);
}

#[test]
fn a_participant_revokes_its_notice_of_reinstatement() {
    let (treaty, mut acts) = resolution();
    acts.push(act("FRA", RevocationOfNotice, "2025-09-01"));
    assert_eq!(faults(&all(&treaty, &acts)), [""; 0]);
    acts.push(act("CHN", RevocationOfNotice, "2025-09-01"));
    assert_eq!(faults(&all(&treaty, &acts)).len(), 1);
}

#[test]
fn who_joins_while_its_notice_runs_leaves_a_doubt() {
    let notice = act("AAA", NoticeOfWithdrawal, "2005-01-01");
    let during = with(&[notice.clone(), act("AAA", Accession, "2005-03-01")]);
    assert_eq!(
        faults(&during),
        [
            "accession by AAA on 2005-03-01: its notice of withdrawal is running until 2005-04-01; the notice is \
             shown as running on"
        ]
    );
    assert_eq!(state_on(&during, "AAA", "2005-04-01"), Some(StateStatus::Withdrawn));
    // Another depositary's copy before the notice, and a return after its effect.
    assert_eq!(faults(&with(&[act("AAA", Accession, "2000-01-01"), notice.clone()])), [""; 0]);
    assert_eq!(faults(&with(&[notice, act("AAA", Accession, "2005-04-01")])), [""; 0]);
}

#[test]
fn a_treaty_that_nobody_is_left_in_is_in_force_with_a_doubt() {
    let left =
        with(&[act("AAA", NoticeOfWithdrawal, "2003-01-01"), act("BBB", NoticeOfWithdrawal, "2003-02-01")]);
    assert_eq!(treaty_on(&left, "2010-01-01"), Some(TreatyStatus::InForce));
    assert!(
        matches!(left.problems[..], [super::super::Problem { act: None, fault: Fault::NoPartyLeft { on } }]
        if on == day("2003-05-02"))
    );
    // One that is left is enough for a treaty to be in force: VCLT, article 55.
    assert_eq!(faults(&with(&[act("AAA", NoticeOfWithdrawal, "2003-01-01")])), [""; 0]);
    // Of a treaty that has ended nobody need be left.
    let ended = with(&[
        act("AAA", NoticeOfWithdrawal, "2003-01-01"),
        act("BBB", NoticeOfWithdrawal, "2003-02-01"),
        act("", Termination, "2003-05-02"),
    ]);
    assert_eq!(faults(&ended), [""; 0]);
    // Where the facts name only some of the parties, others are left.
    let mut some = multilateral();
    some.participation_incomplete = true;
    let acts = [
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("AAA", Withdrawal, "2003-01-01"),
        act("BBB", Withdrawal, "2003-01-01"),
    ];
    assert!(all(&some, &acts).incomplete && faults(&all(&some, &acts)).is_empty());
    assert_eq!(faults(&all(&multilateral(), &acts)).len(), 1);
}

#[test]
fn a_third_state_in_a_bilateral_treaty_is_a_doubt() {
    let (treaty, mut acts) = bilateral();
    acts.push(act("CHN", Accession, "1990-01-01"));
    let projection = all(&treaty, &acts);
    assert_eq!(
        faults(&projection),
        ["accession by CHN on 1990-01-01: the treaty is bilateral, and two others are its parties"]
    );
    // A successor takes the place of its predecessor.
    let (mut treaty, mut acts) = bilateral();
    let successor = existence(StateKind::HistoricState, "", "2000-01-01", &["CHN"]);
    treaty.statehood = statehood(&[("RUS", successor)]);
    acts.push(act("CHN", Signature, "2001-01-01"));
    assert_eq!(faults(&all(&treaty, &acts)), [""; 0]);
}

#[test]
fn a_bilateral_treaty_without_a_clause_ends_when_one_leaves() {
    let treaty = treaty(Form::Bilateral, vec![("entry", Terms::EntryIntoForceByExchange)]);
    let (_, mut acts) = bilateral();
    acts.push(act("USA", NoticeOfWithdrawal, "2019-02-02"));
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "2020-02-01"), Some(TreatyStatus::InForce));
    assert_eq!(treaty_on(&projection, "2020-02-02"), Some(TreatyStatus::Terminated));
    assert_eq!(state_on(&projection, "RUS", "2020-02-02"), Some(StateStatus::FormerParty));
}

#[test]
fn provisional_application_ends_by_notice() {
    // VCLT, article 25(2); Energy Charter Treaty, article 45(3)(a): sixty days after the notice.
    let begun = act("CCC", ProvisionalApplication, "1996-12-17");
    let ended = effective("2009-10-18", act("CCC", EndOfProvisionalApplication, "2009-08-20"));
    let projection = with(&[begun.clone(), ended.clone()]);
    assert_eq!(faults(&projection), [""; 0]);
    let overlay = &projection.default_life().overlays[0];
    assert_eq!(
        (overlay.kind, overlay.ends_before),
        (OverlayKind::ProvisionalApplication, Some(day("2009-10-18")))
    );
    assert_eq!(
        date(&projection, "CCC/end_of_provisional_application/effect/1").as_deref(),
        Some("2009-10-18")
    );
    // Entry into force for the state had ended it before.
    let joined = with(&[begun, act("CCC", Ratification, "2000-01-01"), ended.clone()]);
    assert_eq!(joined.default_life().overlays[0].ends_before, Some(day("2000-01-31")));
    assert_eq!(
        faults(&with(&[ended])),
        [
            "end_of_provisional_application by CCC on 2009-08-20: it did not apply the treaty provisionally; it is void"
        ]
    );
}

#[test]
fn a_reservation_is_withdrawn_or_modified_once_it_was_made() {
    // VCLT, article 22.
    for kind in [WithdrawalOfReservation, ModificationOfReservation] {
        let made = act("AAA", Reservation, "2001-01-01");
        let projection = with(&[made, act("AAA", kind, "2010-01-01")]);
        assert_eq!(faults(&projection), [""; 0]);
        assert_eq!(state_on(&projection, "AAA", "2010-01-01"), Some(StateStatus::Party));
        let none = with(&[act("AAA", kind, "2010-01-01")]);
        assert_eq!(
            faults(&none),
            [format!("{kind} by AAA on 2010-01-01: no reservation of it is on record")]
        );
    }
}

#[test]
fn notice_can_be_given_from_a_day_on_only() {
    // Paris Agreement, article 28: three years after entry into force for the party, and one year more.
    let from = |entry, more: &[Act]| {
        let leave = Terms::Withdrawal {
            delay: period("P1Y"),
            ends_treaty: false,
            not_before: Some(NoticeFrom { entry, period: "P3Y".parse().unwrap() }),
            not_during_conflict: false,
        };
        let clauses = vec![
            ("entry", threshold(2, &[], false, "P30D")),
            ("later", later("P30D", LaterFrom::EntryIntoForce)),
            ("leave", leave),
        ];
        let parties = [act("AAA", Ratification, "2016-10-05"), act("USA", Ratification, "2016-10-05")];
        all(&treaty(Form::Multilateral, clauses), &[&parties[..], more].concat())
    };
    let effect = |projection: &Projection, who: &str| date(projection, &format!("{who}/withdrawal_effect/1"));
    let early = from(EntryOf::State, &[act("USA", NoticeOfWithdrawal, "2017-08-04")]);
    assert_eq!(effect(&early, "USA").as_deref(), Some("2020-11-04"));
    assert_eq!(
        faults(&early),
        [
            "notice_of_withdrawal by USA on 2017-08-04: notice can be given from 2019-11-04 on [article of leave]; it \
             is shown as if it had been given then"
        ]
    );
    let in_time = from(EntryOf::State, &[act("USA", NoticeOfWithdrawal, "2019-11-04")]);
    assert_eq!((effect(&in_time, "USA").as_deref(), faults(&in_time).len()), (Some("2020-11-04"), 0));
    // Who joined later must wait longer, unless the clause counts from the treaty's own entry into force.
    let later = [act("CCC", Accession, "2018-01-01"), act("CCC", NoticeOfWithdrawal, "2020-01-01")];
    assert_eq!(effect(&from(EntryOf::State, &later), "CCC").as_deref(), Some("2022-01-31"));
    assert_eq!(effect(&from(EntryOf::Treaty, &later), "CCC").as_deref(), Some("2021-01-01"));
    // Who has returned waits again.
    let returned = [
        act("USA", NoticeOfWithdrawal, "2019-11-04"),
        act("USA", Accession, "2021-01-20"),
        act("USA", NoticeOfWithdrawal, "2022-01-01"),
    ];
    let again = from(EntryOf::State, &returned);
    assert_eq!(date(&again, "USA/withdrawal_effect/2").as_deref(), Some("2025-02-19"));
    // Of a year in which notice can be given from some day on nobody knows that it was too early.
    let some_day = from(EntryOf::State, &[act("USA", NoticeOfWithdrawal, "2019")]);
    assert_eq!((effect(&some_day, "USA").as_deref(), faults(&some_day).len()), (Some("2020-11-04"), 0));
}
