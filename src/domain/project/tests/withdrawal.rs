//! Notices and withdrawals: what they end, for whom and when.

use super::*;

#[test]
fn a_notice_between_two_parties_ends_the_treaty_when_it_has_run() {
    // INF Treaty, article XV(2): six months from 2 February 2019.
    let (treaty, mut acts) = bilateral();
    acts.push(act("USA", NoticeOfWithdrawal, "2019-02-02"));
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "2019-08-01"), Some(TreatyStatus::InForce));
    assert_eq!(treaty_on(&projection, "2019-08-02"), Some(TreatyStatus::Terminated));
    assert_eq!(state_on(&projection, "USA", "2019-08-02"), Some(StateStatus::Withdrawn));
    assert_eq!(state_on(&projection, "RUS", "2019-08-02"), Some(StateStatus::FormerParty));
    assert_eq!(date(&projection, "USA/withdrawal_effect/1").as_deref(), Some("2019-08-02"));
    let notice = &projection.default_life().overlays[0];
    assert_eq!((notice.kind, notice.state), (OverlayKind::Notice, Some(state("USA"))));
    assert_eq!((notice.starts_on, notice.ends_before), (day("2019-02-02"), Some(day("2019-08-02"))));
}

#[test]
fn a_withdrawal_without_notice_ends_a_treaty_between_two_parties() {
    let (treaty, mut acts) = bilateral();
    acts.push(act("USA", Withdrawal, "2019-08-02"));
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "2019-08-01"), Some(TreatyStatus::InForce));
    assert_eq!(treaty_on(&projection, "2019-08-02"), Some(TreatyStatus::Terminated));
    assert_eq!(state_on(&projection, "RUS", "2019-08-02"), Some(StateStatus::FormerParty));
}

#[test]
fn a_recorded_day_of_effect_wins_over_the_computed_one() {
    let (treaty, mut acts) = bilateral();
    acts.push(effective("2019-08-05", act("USA", NoticeOfWithdrawal, "2019-02-02")));
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "2019-08-04"), Some(TreatyStatus::InForce));
    assert_eq!(treaty_on(&projection, "2019-08-05"), Some(TreatyStatus::Terminated));
    assert_eq!(projection.default_life().treaty.last().unwrap().reason.rule, Rule::Recorded);
}

#[test]
fn a_notice_that_is_revoked_or_suspended_in_time_ends_nothing() {
    // VCLT, article 68.
    for stop in [RevocationOfNotice, SuspensionOfNotice] {
        let (treaty, mut acts) = bilateral();
        acts.push(act("USA", NoticeOfWithdrawal, "2019-02-02"));
        acts.push(act("USA", stop, "2019-08-01"));
        let projection = all(&treaty, &acts);
        assert_eq!(treaty_on(&projection, "2030-01-01"), Some(TreatyStatus::InForce), "{stop}");
        assert_eq!(date(&projection, "USA/withdrawal_effect/1"), None, "{stop}");
        assert_eq!(projection.default_life().overlays[0].ends_before, Some(day("2019-08-01")), "{stop}");

        acts.pop();
        acts.push(act("USA", stop, "2019-08-02"));
        assert_eq!(
            treaty_on(&all(&treaty, &acts), "2030-01-01"),
            Some(TreatyStatus::Terminated),
            "{stop} too late"
        );
    }
}

#[test]
fn only_a_state_that_is_bound_can_give_notice() {
    let (treaty, mut acts) = bilateral();
    acts.push(act("CHN", NoticeOfWithdrawal, "2019-02-02"));
    let projection = all(&treaty, &acts);
    assert_eq!(
        treaty_on(&projection, "2030-01-01"),
        Some(TreatyStatus::InForce),
        "what is refused has no effect"
    );
    let fault = Fault::NotBound { kind: NoticeOfWithdrawal, state: state("CHN"), on: day("2019-02-02") };
    assert_eq!(projection.problems.iter().map(|problem| &problem.fault).collect::<Vec<_>>(), [&fault]);
}

#[test]
fn a_notice_by_a_mere_signatory_ends_nothing() {
    let treaty = treaty(
        Form::Multilateral,
        vec![("entry", threshold(2, &[], false, "P0D")), ("leave", withdrawal("P6M", true))],
    );
    let acts = [
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("CHN", Signature, "1996-01-01"),
        act("CHN", NoticeOfWithdrawal, "2020-01-01"),
    ];
    let projection = all(&treaty, &acts);
    assert_eq!(treaty_on(&projection, "2030-01-01"), Some(TreatyStatus::InForce));
    assert!(matches!(projection.problems[0].fault, Fault::NotBound { .. }));
}

#[test]
fn a_party_whose_notice_runs_does_not_become_a_signatory_by_signing() {
    let acts = [
        act("AAA", Accession, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("AAA", NoticeOfWithdrawal, "2020-01-01"),
        act("AAA", Signature, "2020-02-01"),
    ];
    let projection = all(&multilateral(), &acts);
    assert_eq!(state_on(&projection, "AAA", "2020-02-01"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "AAA", "2020-03-31"), Some(StateStatus::Withdrawn));
}

#[test]
fn withdrawal_from_a_multilateral_treaty_leaves_the_others_bound() {
    let mut acts = vec![
        act("AAA", Ratification, "1996-10-30"),
        act("BBB", Ratification, "1996-10-31"),
        act("AAA", NoticeOfWithdrawal, "2020-01-01"),
    ];
    let projection = all(&multilateral(), &acts);
    assert_eq!(state_on(&projection, "AAA", "2020-03-30"), Some(StateStatus::Party));
    assert_eq!(state_on(&projection, "AAA", "2020-03-31"), Some(StateStatus::Withdrawn));
    assert_eq!(state_on(&projection, "BBB", "2030-01-01"), Some(StateStatus::Party));
    assert_eq!(treaty_on(&projection, "2030-01-01"), Some(TreatyStatus::InForce));

    // It may come back.
    acts.push(act("AAA", Accession, "2021-01-01"));
    let returned = all(&multilateral(), &acts);
    assert_eq!(state_on(&returned, "AAA", "2021-01-01"), Some(StateStatus::Contracting));
    assert_eq!(state_on(&returned, "AAA", "2021-01-31"), Some(StateStatus::Party));
}

#[test]
fn without_a_clause_a_withdrawal_takes_twelve_months() {
    // VCLT, article 56(2).
    let treaty = treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P0D"))]);
    let acts = [act("AAA", Ratification, "2000-01-01"), act("AAA", NoticeOfWithdrawal, "2020-02-29")];
    let projection = all(&treaty, &acts);
    let date = projection.dates.iter().find(|date| date.id.as_str().contains("withdrawal")).unwrap();
    assert_eq!(date.on.to_string(), "2021-02-28");
    // Whether one may leave at all is not said by twelve months of notice: the doubt shows.
    assert_eq!(date.reason.article.as_deref(), Some("VCLT 56(2), if 56(1) lets the state leave"));
    let fault = Fault::NoWithdrawalClause { state: state("AAA"), on: day("2020-02-29") };
    assert_eq!(projection.problems[0].fault, fault);
}

#[test]
fn no_term_and_no_earliest_day_applies_to_a_notice_given_before_entry_into_force() {
    // Otherwise its day of effect would hang on an entry into force that it may itself prevent.
    let [five_years, half_a_year] = ["P5Y", "P6M"].map(|period| period.parse().unwrap());
    let renewal = Terms::TacitRenewal { period: five_years, renewal: five_years, notice: half_a_year };
    let not_before = Some(NoticeFrom { entry: EntryOf::Treaty, period: five_years });
    let leaving = Terms::Withdrawal {
        delay: period("P12M"),
        ends_treaty: false,
        not_before,
        not_during_conflict: false,
    };
    for (clause, is_bilateral) in [(renewal, true), (leaving, false)] {
        let form = if is_bilateral { Form::Bilateral } else { Form::Multilateral };
        let treaty = treaty(form, vec![("entry", threshold(2, &[], false, "P6M")), ("leaving", clause)]);
        let mut acts = vec![
            act("USA", Ratification, "2000-01-01"),
            act("USA", NoticeOfWithdrawal, "2000-03-01"),
            act("RUS", Ratification, "2000-05-01"),
        ];
        let projection = all(&treaty, &acts);
        assert_eq!(date(&projection, "entry_into_force").as_deref(), Some("2000-11-01"));
        assert_eq!(date(&projection, "USA/withdrawal_effect/1").as_deref(), Some("2001-03-01"));
        assert_eq!(state_on(&projection, "USA", "2001-03-01"), Some(StateStatus::Withdrawn));
        let after = if is_bilateral { TreatyStatus::Terminated } else { TreatyStatus::InForce };
        assert_eq!(treaty_on(&projection, "2001-03-01"), Some(after));
        let fault =
            Fault::NoticeBeforeEntry { state: state("USA"), on: PartialDay::exact(day("2000-03-01")) };
        assert_eq!(projection.problems.iter().map(|problem| &problem.fault).collect::<Vec<_>>(), [&fault]);

        // Where the second consent comes after that day, the first is not counted any more.
        acts[2] = act("RUS", Ratification, "2001-03-01");
        let never = all(&treaty, &acts);
        assert_eq!(date(&never, "entry_into_force"), None);
        assert_eq!(date(&never, "USA/withdrawal_effect/1").as_deref(), Some("2001-03-01"));
    }
}

#[test]
fn a_withdrawal_that_waits_for_the_end_of_a_conflict_is_conditional() {
    // Ottawa Convention, article 20(3).
    let parties = [act("EST", Accession, "2004-05-12"), act("FIN", Accession, "2012-01-09")];
    for (not_during_conflict, certainty) in [(true, Certainty::Conditional), (false, Certainty::Computed)] {
        let leave = Terms::Withdrawal {
            delay: period("P6M"),
            ends_treaty: false,
            not_before: None,
            not_during_conflict,
        };
        let clauses = vec![("entry", threshold(1, &[], false, "P6M")), ("leave", leave)];
        let notice = act("EST", NoticeOfWithdrawal, "2025-06-27");
        let projection = all(&treaty(Form::Multilateral, clauses), &[&parties[..], &[notice]].concat());
        let effects: Vec<(String, Certainty)> = projection
            .dates
            .iter()
            .filter(|date| date.kind == super::super::DateKind::WithdrawalEffect)
            .map(|date| (date.on.to_string(), date.certainty))
            .collect();
        assert_eq!(effects, [("2025-12-27".to_owned(), certainty)]);
        assert_eq!(state_on(&projection, "EST", "2025-12-27"), Some(StateStatus::Withdrawn));
        assert_eq!(projection.problems, []);
    }
}
