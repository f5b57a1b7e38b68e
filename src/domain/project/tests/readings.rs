//! Readings: what is contested, and what the default one makes of it.

use super::*;

#[test]
fn each_reading_of_a_contested_withdrawal_has_its_own_day() {
    // The DPRK and the NPT, 2003.
    let mut treaty = treaty(
        Form::Multilateral,
        vec![("entry", threshold(1, &[], false, "P0D")), ("leave", withdrawal("P3M", false))],
    );
    treaty.readings = vec![
        reading("default", &["notice"], &[]),
        reading("own-count", &[], &[("notice", "2003-01-11")]),
        reading("three-months", &[], &[]),
    ];
    let acts = [
        act("PRK", Accession, "1985-12-12"),
        labelled("notice", act("PRK", NoticeOfWithdrawal, "2003-01-10")),
    ];
    let projection = all(&treaty, &acts);
    let left = |name: &str| {
        let life = projection.life(&name.parse().unwrap()).unwrap();
        life.states[&state("PRK")]
            .iter()
            .find(|span| span.status == StateStatus::Withdrawn)
            .map(|span| span.starts_on)
    };
    assert_eq!(left("default"), None);
    assert_eq!(left("own-count"), Some(day("2003-01-11")));
    assert_eq!(left("three-months"), Some(day("2003-04-10")));
    assert!(
        projection
            .dates
            .iter()
            .all(|date| date.certainty == Certainty::Contested || date.reading.is_default())
    );
}

#[test]
fn where_nobody_competent_speaks_the_default_is_contested_from_the_day_readings_differ() {
    let (treaty, acts) = resolution();
    let projection = all(&treaty, &acts);
    let status = |reading: &str, on: &str| {
        let life = projection.life(&reading.parse().unwrap()).unwrap();
        span_on(&life.treaty, day(on)).map(|span| span.status)
    };
    assert_eq!(treaty_on(&projection, "2025-09-27"), Some(TreatyStatus::InEffect));
    // Thirty days from 28 August end on 27 September; the effect comes when that day has ended.
    assert_eq!(treaty_on(&projection, "2025-09-28"), Some(TreatyStatus::Contested));
    assert_eq!(status("valid", "2026-01-01"), Some(TreatyStatus::InEffect));
    assert_eq!(status("void", "2025-10-17"), Some(TreatyStatus::InEffect));
    assert_eq!(status("void", "2025-10-18"), Some(TreatyStatus::Ended));
    let certainties: Vec<(&str, Certainty)> =
        projection.dates.iter().map(|date| (date.reading.as_str(), date.certainty)).collect();
    assert_eq!(
        certainties,
        [("default", Certainty::Computed), ("valid", Certainty::Contested), ("void", Certainty::Contested)]
    );
}

#[test]
fn states_about_which_the_readings_differ_are_contested_and_not_counted() {
    let mut treaty = treaty(
        Form::Multilateral,
        vec![("entry", threshold(1, &[], false, "P0D")), ("leave", withdrawal("P3M", false))],
    );
    treaty.readings = vec![reading("left", &[], &[]), reading("stays", &["notice"], &[])];
    treaty.contested_between = vec!["left".parse().unwrap(), "stays".parse().unwrap()];
    let acts = [
        act("AAA", Accession, "1985-12-12"),
        act("PRK", Accession, "1985-12-12"),
        labelled("notice", act("PRK", NoticeOfWithdrawal, "2003-01-10")),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(state_on(&projection, "PRK", "2003-04-09"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "PRK", "2003-04-10"), Some(StateStatus::Contested));
    assert_eq!(state_on(&projection, "AAA", "2003-04-10"), Some(StateStatus::Party));
    assert_eq!(treaty_on(&projection, "2003-04-10"), Some(TreatyStatus::InForce));
    let last = projection.default_life().counts.last().copied().unwrap();
    assert_eq!((last.on, last.consented, last.parties), (day("2003-04-10"), 1, 1));
}

#[test]
fn a_reading_has_its_own_day_for_every_kind_of_act() {
    let mut treaty = multilateral();
    treaty.readings = vec![reading("default", &[], &[]), reading("later", &[], &[("end", "2031-01-01")])];
    let acts = [
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        labelled("end", effective("2030-01-01", act("", Termination, "2026-01-01"))),
    ];
    let projection = all(&treaty, &acts);
    let ended = |name: &str| {
        let life = projection.life(&name.parse().unwrap()).unwrap();
        life.treaty.last().map(|span| span.starts_on)
    };
    assert_eq!((ended("default"), ended("later")), (Some(day("2030-01-01")), Some(day("2031-01-01"))));
}

#[test]
fn what_all_readings_share_lies_over_the_default_one_as_long_as_they_do() {
    let mut treaty = multilateral();
    treaty.readings = vec![reading("over", &[], &[]), reading("goes-on", &["resumed"], &[])];
    treaty.contested_between = vec!["over".parse().unwrap(), "goes-on".parse().unwrap()];
    let acts = [
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("AAA", Suspension, "2020-01-01"),
        labelled("resumed", act("AAA", Resumption, "2024-01-01")),
    ];
    let overlays = &all(&treaty, &acts).default_life().overlays.clone();
    assert_eq!(overlays.len(), 1);
    assert_eq!(
        (overlays[0].starts_on, overlays[0].ends_before),
        (day("2020-01-01"), Some(day("2024-01-01")))
    );
}

#[test]
fn a_notice_of_reinstatement_that_is_revoked_before_its_effect_displaces_nothing() {
    let (mut treaty, mut acts) = resolution();
    treaty.readings.clear();
    treaty.contested_between.clear();
    acts.push(act("DEU", RevocationOfNotice, "2025-09-20"));
    let one_left = all(&treaty, &acts);
    assert_eq!(treaty_on(&one_left, "2025-10-18"), Some(TreatyStatus::InEffect), "the other's notice stands");
    acts.push(act("FRA", RevocationOfNotice, "2025-09-27"));
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "2025-10-18"), Some(TreatyStatus::Ended));
    assert!(projection.default_life().overlays.is_empty());
}
