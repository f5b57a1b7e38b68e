use chrono::NaiveDate;

use super::super::act::{Act, ActKind, Basis, Confidence, Evidence};
use super::super::clause::{Anchor, Clause, LaterFrom, Recorded, Scope, TermEnd, Terms, Threshold};
use super::super::day::{Counting, Delay, PartialDay, Precision, parse_day};
use super::super::id::{ActId, StateId};
use super::super::status::{OverlayKind, Rule, StateStatus, TreatyStatus, span_on};
use super::super::treaty::{Certainty, Form, InstrumentKind, Reading, ScheduledDate, Treaty, Words};
use super::{Fault, Projection, project};

pub(in crate::domain) fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

fn state(code: &str) -> StateId {
    code.parse().unwrap()
}

fn evidence() -> Evidence {
    Evidence {
        sources: vec!["https://example.org".to_owned()],
        basis: Basis::Secondary,
        confidence: Confidence::High,
    }
}

fn period(period: &str) -> Delay {
    Delay { period: period.parse().unwrap(), ..Delay::NONE }
}

/// An act: `act("USA", Ratification, "1970-03-05")`; an empty state makes it the treaty's.
pub(in crate::domain) fn act(who: &str, kind: ActKind, on: &str) -> Act {
    let on: PartialDay = on.parse().unwrap();
    let state = (!who.is_empty()).then(|| state(who));
    Act {
        id: ActId::of(&"test".parse().unwrap(), state, kind, on, None),
        kind,
        state,
        jointly: Vec::new(),
        on,
        to: None,
        known_on: on.first_day(),
        effective_on: None,
        ends_before: None,
        place: None,
        label: None,
        successors: Vec::new(),
        disputed_by: Vec::new(),
        note: None,
        evidence: evidence(),
    }
}

fn labelled(label: &str, act: Act) -> Act {
    Act { label: Some(label.parse().unwrap()), ..act }
}

pub(in crate::domain) fn effective(on: &str, act: Act) -> Act {
    Act { effective_on: Some(day(on)), ..act }
}

pub(in crate::domain) fn treaty(form: Form, clauses: Vec<(&str, Terms)>) -> Treaty {
    let title = Words { en: "Test Treaty".to_owned(), zh: None, ru: None };
    let clause = |(id, terms): (&str, Terms)| Clause {
        id: id.parse().unwrap(),
        article: format!("article of {id}"),
        note: None,
        evidence: evidence(),
        terms,
    };
    Treaty {
        id: "test".parse().unwrap(),
        kind: InstrumentKind::Treaty,
        form,
        title: title.clone(),
        short_title: title,
        titles_from_memory: Vec::new(),
        facts_as_of: day("2026-01-01"),
        depositaries: Vec::new(),
        depositary_note: None,
        registration: None,
        participants: Vec::new(),
        links: Vec::new(),
        clauses: clauses.into_iter().map(clause).collect(),
        readings: Vec::new(),
        contested_between: Vec::new(),
        scheduled: Vec::new(),
        notes: Vec::new(),
        missing: Vec::new(),
    }
}

fn threshold(count: u32, named: &[&str], beyond_named: bool, delay: &str) -> Terms {
    Terms::EntryIntoForceByThreshold(Threshold {
        count,
        named: named.iter().map(|code| state(code)).collect(),
        beyond_named,
        counts: ActKind::COUNTED_CONSENT.to_vec(),
        delay: period(delay),
        not_before: None,
    })
}

fn later(delay: &str, from: LaterFrom) -> Terms {
    Terms::LaterStates { delay: period(delay), from }
}

pub(in crate::domain) fn withdrawal(notice: &str, ends_treaty: bool) -> Terms {
    Terms::Withdrawal { delay: period(notice), ends_treaty }
}

fn deadline(anchor: &str, after: &str) -> Terms {
    Terms::Deadline {
        anchor: anchor.parse().unwrap(),
        delay: period(after),
        scope: Scope::Treaty,
        recorded: None::<Recorded>,
    }
}

fn all(treaty: &Treaty, acts: &[Act]) -> Projection {
    project(treaty, acts, NaiveDate::MAX)
}

fn treaty_on(projection: &Projection, on: &str) -> Option<TreatyStatus> {
    span_on(&projection.default_life().treaty, day(on)).map(|span| span.status)
}

fn state_on(projection: &Projection, who: &str, on: &str) -> Option<StateStatus> {
    let spans = projection.default_life().states.get(&state(who))?;
    span_on(spans, day(on)).map(|span| span.status)
}

fn date(projection: &Projection, name: &str) -> Option<String> {
    projection
        .dates
        .iter()
        .find(|date| date.id.as_str() == format!("test/{name}"))
        .map(|date| date.on.to_string())
}

use ActKind::{
    Accession, Adoption, EndOfStatehood, EntryIntoForce, ExchangeOfInstruments, Extension,
    IndefiniteExtension, NoticeOfReinstatement, NoticeOfWithdrawal, OpeningForSignature,
    ProvisionalApplication, Ratification, Resumption, RevocationOfNotice, RevocationOfRatification,
    Signature, Succession, Suspension, SuspensionOfNotice, Termination, Withdrawal,
};

/// Two parties, in force by exchange, ended by six months' notice: the INF Treaty's clauses.
fn bilateral() -> (Treaty, Vec<Act>) {
    let treaty = treaty(
        Form::Bilateral,
        vec![("entry", Terms::EntryIntoForceByExchange), ("leave", withdrawal("P6M", true))],
    );
    let acts = vec![
        act("USA", Signature, "1987-12-08"),
        act("RUS", Signature, "1987-12-08"),
        act("", ExchangeOfInstruments, "1988-06-01"),
    ];
    (treaty, acts)
}

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

/// Twenty deposits, 180 days, later states thirty days after their deposit: the CWC's clauses.
fn multilateral() -> Treaty {
    treaty(
        Form::Multilateral,
        vec![
            ("entry", threshold(2, &[], false, "P180D")),
            ("later", later("P30D", LaterFrom::EntryIntoForce)),
            ("leave", withdrawal("P90D", false)),
        ],
    )
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

/// Ten years from entry into force, extended by up to five in all: New START's clauses.
fn with_term() -> (Treaty, Vec<Act>) {
    let end = TermEnd::After { anchor: Anchor::EntryIntoForce, period: "P10Y".parse().unwrap() };
    let treaty = treaty(
        Form::Bilateral,
        vec![
            ("entry", Terms::EntryIntoForceByExchange),
            (
                "term",
                Terms::Term {
                    end,
                    extension_max: None,
                    extension_total: Some("P5Y".parse().unwrap()),
                    recorded: None,
                },
            ),
        ],
    );
    let acts = vec![
        act("USA", Signature, "2010-04-08"),
        act("RUS", Signature, "2010-04-08"),
        act("", ExchangeOfInstruments, "2011-02-05"),
    ];
    (treaty, acts)
}

fn extension(on: &str, ends_before: &str) -> Act {
    Act { ends_before: Some(day(ends_before)), ..act("", Extension, on) }
}

#[test]
fn a_term_ends_and_an_extension_moves_its_end() {
    let (treaty, mut acts) = with_term();
    assert_eq!(date(&all(&treaty, &acts), "expiry").as_deref(), Some("2021-02-05"));
    acts.push(extension("2021-02-03", "2026-02-05"));
    let projection = all(&treaty, &acts);
    assert_eq!(date(&projection, "expiry").as_deref(), Some("2026-02-05"));
    assert_eq!(treaty_on(&projection, "2026-02-04"), Some(TreatyStatus::InForce));
    assert_eq!(treaty_on(&projection, "2026-02-05"), Some(TreatyStatus::Expired));
    assert_eq!(state_on(&projection, "USA", "2026-02-05"), Some(StateStatus::FormerParty));
}

#[test]
fn an_extension_may_be_neither_too_late_nor_too_long() {
    let (treaty, acts) = with_term();
    let with = |extension: Act| all(&treaty, &[acts.clone(), vec![extension]].concat());
    let late = with(extension("2021-02-05", "2026-02-05"));
    let fault = Fault::ExtendedTooLate { on: day("2021-02-05"), ended: day("2021-02-05") };
    assert_eq!(late.problems[0].fault, fault);
    assert_eq!(date(&late, "expiry").as_deref(), Some("2021-02-05"));
    let long = with(extension("2021-02-03", "2026-02-06"));
    let fault = Fault::ExtendedTooFar { until: day("2026-02-06"), allowed: day("2026-02-05") };
    assert_eq!(long.problems[0].fault, fault);
    let forever = with(act("", IndefiniteExtension, "2021-01-01"));
    assert_eq!(date(&forever, "expiry"), None);
    assert_eq!(treaty_on(&forever, "2100-01-01"), Some(TreatyStatus::InForce));
    let too_late = with(act("", IndefiniteExtension, "2021-02-05"));
    assert!(matches!(too_late.problems[0].fault, Fault::ExtendedTooLate { .. }));
    assert_eq!(treaty_on(&too_late, "2021-02-05"), Some(TreatyStatus::Expired));
    let shorter = with(extension("2021-02-03", "2021-02-05"));
    let fault = Fault::ExtendedBackward { until: day("2021-02-05"), end: day("2021-02-05") };
    assert_eq!(shorter.problems[0].fault, fault);
}

#[test]
fn extensions_are_limited_together_or_each() {
    let (mut treaty, mut acts) = with_term();
    acts.extend([extension("2021-02-03", "2024-02-05"), extension("2024-01-01", "2027-02-05")]);
    let together = all(&treaty, &acts);
    assert_eq!(date(&together, "expiry").as_deref(), Some("2024-02-05"), "three years and three are six");
    let fault = Fault::ExtendedTooFar { until: day("2027-02-05"), allowed: day("2026-02-05") };
    assert_eq!(together.problems[0].fault, fault);

    let Terms::Term { extension_max, extension_total, .. } = &mut treaty.clauses[1].terms else {
        unreachable!()
    };
    // START I, article XVII(2): by five years, and again.
    std::mem::swap(extension_max, extension_total);
    assert_eq!(date(&all(&treaty, &acts), "expiry").as_deref(), Some("2027-02-05"));
}

#[test]
fn a_treaty_renews_itself_unless_notice_is_given_in_time() {
    let renewal = Terms::TacitRenewal {
        period: "P5Y".parse().unwrap(),
        renewal: "P5Y".parse().unwrap(),
        notice: "P6M".parse().unwrap(),
    };
    let treaty =
        treaty(Form::Bilateral, vec![("entry", Terms::EntryIntoForceByExchange), ("renewal", renewal)]);
    let mut acts = vec![
        act("DEU", Signature, "2009-05-01"),
        act("CHN", Signature, "2009-05-01"),
        act("", ExchangeOfInstruments, "2010-03-15"),
    ];
    let running = all(&treaty, &acts);
    assert_eq!(date(&running, "last_notice_day/1").as_deref(), Some("2014-09-15"));
    assert_eq!(date(&running, "renewal/1").as_deref(), Some("2015-03-15"));
    assert_eq!(date(&running, "last_notice_day/2").as_deref(), Some("2019-09-15"));
    assert_eq!(treaty_on(&running, "2099-01-01"), Some(TreatyStatus::InForce));

    // On the last day it is in time; a day later it ends the next term.
    for (given, ended) in [("2019-09-15", "2020-03-15"), ("2019-09-16", "2025-03-15")] {
        acts.push(act("CHN", NoticeOfWithdrawal, given));
        let projection = all(&treaty, &acts);
        assert_eq!(date(&projection, "expiry").as_deref(), Some(ended), "{given}");
        assert_eq!(treaty_on(&projection, ended), Some(TreatyStatus::Expired), "{given}");
        assert_eq!(date(&projection, "renewal/9"), None, "{given}");
        acts.pop();
    }
}

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
    let Terms::Deadline { anchor: _, delay, recorded, .. } = deadline("adoption", "P30D") else {
        unreachable!()
    };
    let each =
        Terms::Deadline { anchor: Anchor::StateEntryIntoForce, delay, scope: Scope::EachState, recorded };
    let treaty =
        treaty(Form::Multilateral, vec![("entry", threshold(1, &[], false, "P0D")), ("report", each)]);
    let acts = [act("AAA", Ratification, "2000-01-01"), act("BBB", Accession, "2010-01-01")];
    let projection = all(&treaty, &acts);
    assert_eq!(date(&projection, "AAA/report").as_deref(), Some("2000-01-31"));
    assert_eq!(date(&projection, "BBB/report").as_deref(), Some("2010-01-31"));
}

fn reading(id: &str, disregards: &[&str], effective: &[(&str, &str)]) -> Reading {
    Reading {
        id: id.parse().unwrap(),
        title: id.to_owned(),
        asserted_by: Vec::new(),
        disputed_by: Vec::new(),
        note: None,
        disregards: disregards.iter().map(|label| label.parse().unwrap()).collect(),
        effective: effective.iter().map(|(label, on)| (label.parse().unwrap(), day(on))).collect(),
        evidence: None,
    }
}

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

/// A resolution that ends after ten years unless a notice brings earlier measures back.
fn resolution() -> (Treaty, Vec<Act>) {
    let end = TermEnd::After { anchor: "adoption".parse().unwrap(), period: "P10Y".parse().unwrap() };
    let delay = Delay {
        period: "P30D".parse().unwrap(),
        counting: Counting::AfterLastDay,
        first_of_month_after: None,
    };
    let mut treaty = treaty(
        Form::Multilateral,
        vec![
            (
                "entry",
                Terms::EntryIntoForceByDate { anchor: "adoption".parse().unwrap(), delay: Delay::NONE },
            ),
            ("term", Terms::Term { end, extension_max: None, extension_total: None, recorded: None }),
            ("snapback", Terms::Reinstatement { delay, displaces: Some("term".parse().unwrap()) }),
        ],
    );
    treaty.kind = InstrumentKind::Resolution;
    treaty.readings = vec![reading("valid", &[], &[]), reading("void", &["notice"], &[])];
    treaty.contested_between = vec!["valid".parse().unwrap(), "void".parse().unwrap()];
    let mut notice = labelled("notice", act("", NoticeOfReinstatement, "2025-08-28"));
    notice.jointly = vec![state("FRA"), state("DEU")];
    (treaty, vec![act("", Adoption, "2015-10-18"), notice])
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

#[test]
fn what_became_known_later_is_not_seen_before() {
    let (treaty, mut acts) = bilateral();
    let mut notice = act("USA", NoticeOfWithdrawal, "2019-02-02");
    notice.known_on = day("2019-02-04");
    acts.push(notice);
    let before = project(&treaty, &acts, day("2019-02-03"));
    assert_eq!(treaty_on(&before, "2019-08-02"), Some(TreatyStatus::InForce));
    let after = project(&treaty, &acts, day("2019-02-04"));
    assert_eq!(treaty_on(&after, "2019-08-02"), Some(TreatyStatus::Terminated));

    let mut scheduled = treaty;
    scheduled.scheduled = vec![ScheduledDate {
        id: "test/conference".parse().unwrap(),
        kind: super::DateKind::Conference,
        on: "2027".parse().unwrap(),
        known_on: day("2022-12-16"),
        certainty: Certainty::Scheduled,
        note: None,
        evidence: evidence(),
    }];
    assert_eq!(date(&project(&scheduled, &acts, day("2022-12-15")), "conference"), None);
    assert_eq!(date(&project(&scheduled, &acts, day("2022-12-16")), "conference").as_deref(), Some("2027"));
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
fn the_order_in_which_acts_are_given_changes_nothing() {
    let (treaty, acts) = resolution();
    let reversed: Vec<Act> = acts.iter().rev().cloned().collect();
    assert_eq!(all(&treaty, &acts), all(&treaty, &reversed));
}
