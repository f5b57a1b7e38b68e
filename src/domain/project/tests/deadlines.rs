//! Deadlines of single states: extended, met, passed.

use super::*;

/// Ten years for each state with mined areas, which one decision extends by ten more at most: the Ottawa
/// Convention's article 5.
fn clearance(states: &[&str], extension_max: Option<&str>) -> Treaty {
    let clearance = Terms::Deadline {
        anchor: Anchor::StateEntryIntoForce,
        delay: period("P10Y"),
        scope: Scope::EachState,
        states: states.iter().map(|code| state(code)).collect(),
        extension_max: extension_max.map(|max| max.parse().unwrap()),
        recorded: None,
    };
    let clauses = vec![
        ("entry", threshold(2, &[], false, "P0D")),
        ("later", later("P0D", LaterFrom::EntryIntoForce)),
        ("clearance", clearance),
        ("review", deadline("entry_into_force", "P5Y")),
    ];
    treaty(Form::Multilateral, clauses)
}

/// The kind of a decision, its day, and the new last day.
type Decision<'a> = (ActKind, &'a str, &'a str);

/// The parties, and what was decided about the deadline of one.
fn decided(who: &str, decisions: &[Decision<'_>]) -> Vec<Act> {
    let mut acts = vec![
        act("AGO", Ratification, "1999-03-01"),
        act("HRV", Ratification, "1999-03-01"),
        act("FRA", Ratification, "2001-01-01"),
    ];
    acts.extend(decisions.iter().map(|(kind, on, until)| Act {
        deadline: Some("clearance".parse().unwrap()),
        until: (!until.is_empty()).then(|| day(until)),
        ..act(who, *kind, on)
    }));
    acts
}

/// The name of the standing on a day, and the last day.
fn standing(projection: &Projection, who: &str, on: &str) -> Option<(String, Option<String>)> {
    let deadlines = &projection.default_life().deadlines;
    let deadline = deadlines.iter().find(|deadline| deadline.state == state(who))?;
    let last_day = deadline.last_day.map(|day| day.to_string());
    Some((deadline.standing_on(day(on)).to_string(), last_day))
}

#[test]
fn a_deadline_moves_with_extensions_and_ends_when_it_is_met() {
    let (extension, met) = (DeadlineExtension, DeadlineMet);
    // The decisions, the date that is left, the last day, and where it stands on 30 November 2026.
    let cases: [(&[Decision<'_>], Option<&str>, &str, &str); 8] = [
        (&[], Some("2009-03-01"), "2009-03-01", "passed"),
        (&[(extension, "2008-11-28", "2013-01-01")], Some("2013-01-01"), "2013-01-01", "passed"),
        (
            &[(extension, "2008-11-28", "2013-01-01"), (extension, "2012-12-07", "2026-11-30")],
            Some("2026-11-30"),
            "2026-11-30",
            "open",
        ),
        (&[(extension, "2008-11-28", "2026-11-29")], Some("2026-11-29"), "2026-11-29", "passed"),
        (&[(met, "2008-12-05", "")], None, "2009-03-01", "met"),
        (&[(extension, "2008-11-28", "2013-01-01"), (met, "2012-12", "")], None, "2013-01-01", "met"),
        // New mined areas were found after completion: Guinea-Bissau, Mauritania, Nigeria.
        (
            &[(met, "2008-12-05", ""), (extension, "2021-11-19", "2027-12-31")],
            Some("2027-12-31"),
            "2027-12-31",
            "open",
        ),
        (&[(met, "2027-01-01", "")], None, "2009-03-01", "passed"),
    ];
    for (decisions, date_left, last_day, stands) in cases {
        let projection = all(&clearance(&["AGO"], Some("P10Y")), &decided("AGO", decisions));
        assert_eq!(date(&projection, "AGO/clearance").as_deref(), date_left, "{decisions:?}");
        let expected = (stands.to_owned(), Some(last_day.to_owned()));
        assert_eq!(standing(&projection, "AGO", "2026-11-30"), Some(expected), "{decisions:?}");
        let refused = projection.problems.iter().any(|problem| !problem.fault.is_doubt());
        assert!(!refused, "{:?}", projection.problems);
    }
}

#[test]
fn a_decision_counts_from_the_day_on_which_it_could_be_known() {
    let treaty = clearance(&["AGO"], None);
    let acts = decided("AGO", &[(DeadlineExtension, "2008-11-28", "2013-01-01")]);
    let on = |known_on: &str| date(&project(&treaty, &acts, day(known_on)), "AGO/clearance");
    assert_eq!(on("2008-11-27").as_deref(), Some("2009-03-01"));
    assert_eq!(on("2008-11-28").as_deref(), Some("2013-01-01"));
}

#[test]
fn only_the_states_that_a_clause_names_have_its_duty() {
    let named = all(&clearance(&["AGO", "HRV"], None), &decided("AGO", &[]));
    assert_eq!(date(&named, "HRV/clearance").as_deref(), Some("2009-03-01"));
    assert_eq!(date(&named, "FRA/clearance"), None);
    assert_eq!(named.default_life().deadlines.len(), 2);
    // Of a clause for every party, those are followed about which a decision is on record.
    let everyone = all(&clearance(&[], None), &decided("AGO", &[(DeadlineMet, "2008-12-05", "")]));
    assert_eq!(date(&everyone, "FRA/clearance").as_deref(), Some("2011-01-01"));
    assert_eq!((everyone.default_life().deadlines.len(), date(&everyone, "AGO/clearance")), (1, None));
}

#[test]
fn a_state_that_has_left_has_no_deadline() {
    let mut acts = decided("AGO", &[(DeadlineExtension, "2008-11-28", "2013-01-01")]);
    acts.push(act("AGO", Withdrawal, "2012-12-31"));
    let left = all(&clearance(&["AGO"], None), &acts);
    assert_eq!((date(&left, "AGO/clearance"), standing(&left, "AGO", "2012-01-01")), (None, None));
    let last = acts.len() - 1;
    acts[last] = act("AGO", Withdrawal, "2013-01-02");
    assert_eq!(date(&all(&clearance(&["AGO"], None), &acts), "AGO/clearance").as_deref(), Some("2013-01-01"));
}

#[test]
fn an_extension_counts_although_the_clause_gives_no_day() {
    // CCM, article 4: the day depends on an act that is not on record.
    let mut treaty = clearance(&["AGO"], None);
    let Terms::Deadline { anchor, .. } = &mut treaty.clauses[2].terms else { unreachable!() };
    *anchor = "effect:end-of-hostilities".parse().unwrap();
    let with = |decisions| all(&treaty, &decided("AGO", decisions));
    assert_eq!(standing(&with(&[]), "AGO", "2020-01-01"), None);
    let extended = with(&[(DeadlineExtension, "2008-11-28", "2013-01-01")]);
    assert_eq!(date(&extended, "AGO/clearance").as_deref(), Some("2013-01-01"));
    assert_eq!(standing(&with(&[(DeadlineMet, "2012-01-01", "")]), "AGO", "2020-01-01").unwrap().1, None);
}

#[test]
fn what_cannot_be_decided_about_a_deadline_is_refused() {
    let extension = |who, on, until| decided(who, &[(DeadlineExtension, on, until)]);
    let other = |clause: &str| {
        let mut acts = extension("AGO", "2008-11-28", "2013-01-01");
        acts[3].deadline = Some(clause.parse().unwrap());
        acts
    };
    let cases = [
        (
            other("review"),
            "deadline_extension by AGO on 2008-11-28: no clause `review` sets a deadline for each State",
        ),
        (
            other("entry"),
            "deadline_extension by AGO on 2008-11-28: no clause `entry` sets a deadline for each State",
        ),
        (
            extension("FRA", "2008-11-28", "2013-01-01"),
            "deadline_extension by FRA on 2008-11-28: the deadline `clearance` does not name FRA among its states",
        ),
        (
            extension("USA", "2008-11-28", "2013-01-01"),
            "deadline_extension by USA on 2008-11-28: it was never a party",
        ),
        (
            decided("USA", &[(DeadlineMet, "2008-11-28", "")]),
            "deadline_met by USA on 2008-11-28: it was never a party",
        ),
        (
            extension("AGO", "2008-11-28", "2009-03-01"),
            "deadline_extension by AGO on 2008-11-28 to 2009-03-01: the deadline is 2009-03-01 without it",
        ),
    ];
    for (acts, expected) in cases {
        let projection = all(&clearance(&["AGO", "USA"], None), &acts);
        let faults: Vec<String> =
            projection.problems.iter().map(|problem| problem.fault.to_string()).collect();
        assert_eq!(faults, [expected]);
        assert!(!projection.problems[0].fault.is_doubt());
        assert_eq!(date(&projection, "AGO/clearance").as_deref(), Some("2009-03-01"));
    }
}

#[test]
fn a_longer_extension_than_the_clause_allows_is_a_doubt() {
    // CCM, article 3(3): four years. Ottawa Convention, article 4: none at all.
    for (max, until, is_doubtful) in [
        (Some("P4Y"), "2013-03-01", false),
        (Some("P4Y"), "2013-03-02", true),
        (Some("P0D"), "2009-03-02", true),
        (None, "2100-01-01", false),
    ] {
        let acts = decided("AGO", &[(DeadlineExtension, "2008-11-28", until)]);
        let projection = all(&clearance(&["AGO"], max), &acts);
        assert_eq!(date(&projection, "AGO/clearance").as_deref(), Some(until), "{max:?}");
        let doubts: Vec<bool> = projection.problems.iter().map(|problem| problem.fault.is_doubt()).collect();
        assert_eq!(doubts, vec![true; usize::from(is_doubtful)], "{max:?} {until}");
    }
}
