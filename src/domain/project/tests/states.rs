//! What single states do and become: suspension, revocation, succession, the end of a state.

use super::*;

#[test]
fn suspension_by_one_party_ends_nothing_and_lies_over_its_status() {
    let (treaty, mut acts) = bilateral();
    acts.push(act("USA", Suspension, "2019-02-02"));
    acts.push(act("USA", Suspension, "2019-03-04"));
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "USA", "2019-06-05"), Some(StateStatus::Party));
    let overlays = &projection.default_life().overlays;
    assert_eq!(overlays.len(), 1, "a second act confirms the suspension that has begun");
    assert_eq!((overlays[0].starts_on, overlays[0].ends_before), (day("2019-02-02"), None));

    acts.push(act("USA", Resumption, "2019-05-01"));
    assert_eq!(all(&treaty, &acts).default_life().overlays[0].ends_before, Some(day("2019-05-01")));

    acts.push(act("CHN", Suspension, "2019-06-01"));
    let refused = all(&treaty, &acts);
    let fault = Fault::NotTakingPart { kind: Suspension, state: state("CHN"), on: day("2019-06-01") };
    assert_eq!(refused.problems[0].fault, fault);
    assert_eq!(refused.default_life().overlays.len(), 1);
}

#[test]
fn a_suspension_does_not_outlive_the_membership_that_it_lay_over() {
    let acts = [
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("AAA", Suspension, "2000-01-01"),
        act("AAA", Withdrawal, "2001-01-01"),
        act("AAA", Accession, "2002-01-01"),
        act("AAA", Suspension, "2003-01-01"),
    ];
    let overlays = all(&multilateral(), &acts).default_life().overlays.clone();
    let days: Vec<_> = overlays.iter().map(|overlay| (overlay.starts_on, overlay.ends_before)).collect();
    assert_eq!(days, [(day("2000-01-01"), Some(day("2001-01-01"))), (day("2003-01-01"), None)]);
}

#[test]
fn a_state_applies_a_treaty_provisionally_until_it_is_in_force_for_it() {
    // VCLT, article 25: the treaty's entry into force for others changes nothing for a later state.
    let acts = [
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("CCC", Signature, "1993-01-13"),
        act("CCC", ProvisionalApplication, "2013-09-14"),
        act("CCC", Ratification, "2013-10-01"),
        act("DDD", ProvisionalApplication, "2013-09-14"),
    ];
    let overlays = all(&multilateral(), &acts).default_life().overlays.clone();
    let ends: Vec<_> = overlays.iter().map(|overlay| (overlay.state, overlay.ends_before)).collect();
    assert_eq!(ends, [(Some(state("CCC")), Some(day("2013-10-31"))), (Some(state("DDD")), None)]);
}

#[test]
fn of_several_depositaries_the_first_binds() {
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P0D"))]);
    let mut second = act("AAA", Ratification, "1980-12-05");
    second.place = Some("London".to_owned());
    let acts = [act("BBB", Ratification, "1975-01-01"), second, act("AAA", Ratification, "1979-11-27")];
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "AAA", "1979-11-26"), None);
    assert_eq!(state_on(&projection, "AAA", "1979-11-27"), Some(StateStatus::Party));
    assert_eq!(projection.default_life().states[&state("AAA")].len(), 1);
}

#[test]
fn a_revoked_ratification_makes_a_signer_a_signatory_again() {
    // The Russian Federation and the CTBT, 2023: not a withdrawal.
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(2, &["RUS", "USA"], false, "P180D"))]);
    let mut acts = vec![
        act("RUS", Signature, "1996-09-24"),
        act("RUS", Ratification, "2000-06-30"),
        act("RUS", RevocationOfRatification, "2023-11-03"),
        act("CHN", Accession, "2001-01-01"),
        act("CHN", RevocationOfRatification, "2002-01-01"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "RUS", "2023-11-02"), Some(StateStatus::Contracting));
    assert_eq!(state_on(&projection, "RUS", "2023-11-03"), Some(StateStatus::Signatory));
    assert_eq!(state_on(&projection, "CHN", "2002-01-01"), Some(StateStatus::NonParty));
    let reached: Vec<usize> = projection.progress.unwrap().steps.iter().map(|step| step.reached).collect();
    assert_eq!(reached, [1, 0]);

    // After entry into force it is refused.
    acts.push(act("USA", Ratification, "2001-01-01"));
    let refused = all(&treaty, &acts);
    assert!(
        refused.problems.iter().any(
            |problem| problem.fault == Fault::NotRevocable { state: state("RUS"), on: day("2023-11-03") }
        )
    );
    assert_eq!(state_on(&refused, "RUS", "2024-01-01"), Some(StateStatus::Party));
}

#[test]
fn a_succession_takes_effect_on_its_recorded_day_or_on_an_unknown_one() {
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P0D"))]);
    let acts = [
        act("CSK", Ratification, "1973-04-30"),
        act("CSK", EndOfStatehood, "1993-01-01"),
        effective("1993-01-01", act("CZE", Succession, "1993-04-05")),
        act("HRV", Succession, "1993-04-28"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "CSK", "1992-12-31"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "CSK", "1993-01-01"), Some(StateStatus::FormerParty));
    assert_eq!(state_on(&projection, "CZE", "1992-12-31"), None);
    assert_eq!(state_on(&projection, "CZE", "1993-01-01"), Some(StateStatus::Party));
    let undated = &projection.default_life().states[&state("HRV")][0];
    assert_eq!((undated.starts_on, undated.reason.rule), (day("1993-04-28"), Rule::SuccessionUndated));
    let parties: Vec<u32> = projection.default_life().counts.iter().map(|count| count.parties).collect();
    assert_eq!(parties, [1, 2], "the successor takes the predecessor's place on one day");
}

#[test]
fn a_succession_that_reaches_back_overtakes_a_signature() {
    let acts = [
        act("BBB", Ratification, "1975-01-01"),
        act("UKR", Signature, "1992-02-01"),
        effective("1991-12-25", act("UKR", Succession, "1992-06-01")),
    ];
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P0D"))]);
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "UKR", "1991-12-25"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "UKR", "2020-01-01"), Some(StateStatus::Party));
}

#[test]
fn the_end_of_a_state_ends_what_it_took_part_in_and_leaves_what_it_had_left() {
    let acts = [
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("AAA", Withdrawal, "2000-01-01"),
        act("AAA", EndOfStatehood, "2001-01-01"),
    ];
    assert_eq!(state_on(&all(&multilateral(), &acts), "AAA", "2002-01-01"), Some(StateStatus::Withdrawn));
    let mut plan = treaty(Form::Multilateral, Vec::new());
    plan.kind = InstrumentKind::PoliticalCommitment;
    plan.participants = vec![state("YUG")];
    let acts = [act("", Adoption, "1990-01-01"), act("YUG", EndOfStatehood, "1992-04-27")];
    assert_eq!(state_on(&all(&plan, &acts), "YUG", "1993-01-01"), Some(StateStatus::Ceased));
}

#[test]
fn a_suspension_towards_some_parties_leaves_the_others() {
    // CFE Treaty: NATO States towards Russia from 22 November 2011 on; VCLT, articles 58 and 60(2).
    let towards =
        |codes: &[&str], act: Act| Act { towards: codes.iter().map(|code| state(code)).collect(), ..act };
    let parties = ["DEU", "USA", "RUS", "BLR"].map(|code| act(code, Ratification, "1992-07-17"));
    let overlays = |more: &[Act]| {
        let acts = [&parties[..], more].concat();
        let projection = all(&multilateral(), &acts);
        let life = projection.default_life();
        let text = |overlay: &Overlay| {
            let ends = overlay.ends_before.map_or_else(|| "open".to_owned(), |end| end.to_string());
            format!("{:?} {} {ends}", overlay.towards, overlay.starts_on)
        };
        let told: Vec<String> = life.overlays.iter().map(text).collect();
        let parties = life.counts.last().unwrap().parties;
        (told, parties, projection.problems.len())
    };
    let begun = towards(&["RUS", "BLR"], act("DEU", Suspension, "2011-11-22"));
    let both = ["[BLR] 2011-11-22 open", "[RUS] 2011-11-22 open"].map(str::to_owned);
    assert_eq!(overlays(std::slice::from_ref(&begun)), (both.to_vec(), 4, 0));
    // It resumes towards one, or towards all.
    let one = towards(&["BLR"], act("DEU", Resumption, "2015-01-01"));
    let ended = ["[BLR] 2011-11-22 2015-01-01", "[RUS] 2011-11-22 open"].map(str::to_owned);
    assert_eq!(overlays(&[begun.clone(), one.clone()]), (ended.to_vec(), 4, 0));
    let all_ended = ["[BLR] 2011-11-22 2015-01-01", "[RUS] 2011-11-22 2015-01-01"].map(str::to_owned);
    assert_eq!(overlays(&[begun.clone(), act("DEU", Resumption, "2015-01-01")]).0, all_ended);
    // What was suspended towards others only does not resume.
    assert_eq!(overlays(&[towards(&["RUS"], act("DEU", Suspension, "2011-11-22")), one]).2, 1);
    // A suspension towards all is another one.
    let more = overlays(&[begun, act("DEU", Suspension, "2023-12-07")]).0;
    assert_eq!(more.last().unwrap(), "[] 2023-12-07 open");
}

#[test]
fn an_objection_can_keep_the_treaty_from_entering_into_force_between_two() {
    // VCLT, article 20(4)(b): only where the objecting state has said so.
    let parties = ["FRA", "USA"].map(|code| act(code, Ratification, "1992-07-17"));
    for precludes_entry_into_force in [true, false] {
        let objection = Act {
            towards: vec![state("USA")],
            precludes_entry_into_force,
            ..act("FRA", Objection, "1993-01-01")
        };
        let projection = all(&multilateral(), &[&parties[..], &[objection]].concat());
        let life = projection.default_life();
        let found: Vec<OverlayKind> = life.overlays.iter().map(|overlay| overlay.kind).collect();
        assert_eq!(found == [OverlayKind::Exclusion], precludes_entry_into_force, "{found:?}");
        assert_eq!(life.counts.last().unwrap().parties, 2);
    }
}

#[test]
fn a_signatory_can_declare_that_it_does_not_intend_to_become_a_party() {
    // VCLT, article 18(a); Arms Trade Treaty, the United States, 18 July 2019.
    let declared = act("USA", IntentionNotToBecomeParty, "2019-07-18");
    let others = ["AAA", "BBB"].map(|code| act(code, Ratification, "2014-09-25"));
    let with = |more: &[Act]| all(&multilateral(), &[&others[..], more].concat());
    let signed = act("USA", Signature, "2013-09-25");
    let projection = with(&[signed.clone(), declared.clone()]);
    let life = projection.default_life();
    let over: Vec<_> = life.overlays.iter().map(|it| (it.kind, it.starts_on, it.ends_before)).collect();
    assert_eq!(over, [(OverlayKind::NoIntention, day("2019-07-18"), None)]);
    assert_eq!(state_on(&projection, "USA", "2020-01-01"), Some(StateStatus::Signatory));
    let last = life.counts.last().unwrap();
    assert_eq!((last.signed, last.consented, projection.problems.len()), (1, 2, 0));
    // A later consent ends it.
    let joined = with(&[signed, declared.clone(), act("USA", Ratification, "2025-01-20")]);
    assert_eq!(joined.default_life().overlays[0].ends_before, Some(day("2025-01-20")));
    // Who has not signed, or is a party, has nothing to make clear.
    for before in [vec![], vec![act("USA", Accession, "2015-01-01")]] {
        let void = with(&[before, vec![declared.clone()]].concat());
        assert_eq!(void.default_life().overlays, []);
        assert!(
            matches!(void.problems[0].fault, Fault::NotSignatory { .. }) && void.problems[0].fault.is_doubt()
        );
    }
}
