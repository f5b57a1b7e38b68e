use super::*;
use crate::domain::act::ActKind::{Accession, Ratification, RevocationOfRatification, Signature};
use crate::domain::project::tests::{act, day};

fn seen(state: &str, kind: ActKind, on: &str) -> Observation {
    Observation { state: state.to_owned(), kind, on: day(on), depositary: None, stands: true }
}

fn sighting(observations: impl IntoIterator<Item = Observation>) -> Sighting {
    Sighting { observations: observations.into_iter().collect(), ..Sighting::default() }
}

/// The names here are codes.
fn state_of(name: &str) -> Result<StateId, Vec<StateId>> {
    name.parse().map_err(|_| vec!["AAA".parse().unwrap()])
}

fn compare(acts: &[Act], before: Option<&Sighting>, now: &Sighting) -> Vec<Finding> {
    reconcile(acts, before, now, Some(day("1990-01-01")), day("2026-01-01"), &state_of)
}

fn record() -> Vec<Act> {
    vec![
        act("AAA", Signature, "1993-01-13"),
        act("AAA", Ratification, "1995-05-01"),
        act("BBB", Accession, "1996-06"),
    ]
}

fn page() -> Sighting {
    sighting([
        seen("AAA", Signature, "1993-01-13"),
        seen("AAA", Ratification, "1995-05-01"),
        seen("BBB", Accession, "1996-06-20"),
    ])
}

#[test]
fn what_is_the_same_is_no_finding() {
    assert_eq!(compare(&record(), None, &page()), []);
    assert_eq!(compare(&record(), Some(&page()), &page()), []);
}

#[test]
fn a_new_act_is_new_and_one_that_cannot_be_is_a_question() {
    let mut now = page();
    let new = seen("CCC", Ratification, "2025-12-24");
    let future = seen("DDD", Ratification, "2026-03-01");
    let early = seen("EEE", Ratification, "1895-12-24");
    now.observations.extend([
        new.clone(),
        future.clone(),
        early.clone(),
        seen("Atlantis", Accession, "2000-01-01"),
    ]);
    let findings = compare(&record(), Some(&page()), &now);
    assert_eq!(
        findings,
        [
            Finding::UnknownState { name: "Atlantis".to_owned(), near: vec!["AAA".parse().unwrap()] },
            Finding::New { state: "CCC".parse().unwrap(), observed: new },
            Finding::InTheFuture { observed: future },
            Finding::BeforeTheTreaty { observed: early },
        ]
    );
}

#[test]
fn a_mended_typing_error_is_a_correction_and_an_old_difference_a_conflict() {
    let mut now = page();
    let (old, new) = (seen("AAA", Ratification, "1995-05-01"), seen("AAA", Ratification, "1995-05-03"));
    now.observations.remove(&old);
    now.observations.insert(new.clone());
    let act = record()[1].id.clone();
    let corrected = Finding::Corrected { act: act.clone(), before: old, observed: new.clone() };
    assert_eq!(compare(&record(), Some(&page()), &now), [corrected]);
    assert_eq!(compare(&record(), None, &now), [Finding::Conflict { act, observed: new }]);
    // A signature that turns out to be an accession: another kind of consent on the same row.
    let mut retyped = page();
    retyped.observations.remove(&seen("BBB", Accession, "1996-06-20"));
    retyped.observations.insert(seen("BBB", Ratification, "1996-06-20"));
    assert!(matches!(compare(&record(), Some(&page()), &retyped)[..], [Finding::Corrected { .. }]));
}

#[test]
fn what_is_listed_no_more_is_gone_and_what_never_was_is_not_listed() {
    let mut now = page();
    let old = seen("AAA", Ratification, "1995-05-01");
    now.observations.remove(&old);
    let act = record()[1].id.clone();
    assert_eq!(compare(&record(), Some(&page()), &now), [Finding::Gone { act: act.clone(), before: old }]);
    assert_eq!(compare(&record(), None, &now), [Finding::NotListed { act }]);
    // A source of consents alone says nothing about signatures.
    let consents = sighting([seen("AAA", Ratification, "1995-05-01"), seen("BBB", Accession, "1996-06-20")]);
    assert_eq!(compare(&record(), None, &consents), []);
}

#[test]
fn brackets_ask_for_the_act_that_explains_them() {
    let left = Observation { stands: false, ..seen("AAA", Ratification, "1995-05-01") };
    let mut now = page();
    now.observations.remove(&seen("AAA", Ratification, "1995-05-01"));
    now.observations.insert(left.clone());
    let act_id = record()[1].id.clone();
    let expected = Finding::NoLongerInEffect { act: act_id, observed: left };
    assert_eq!(compare(&record(), Some(&page()), &now), [expected]);
    let explained = [record(), vec![act("AAA", RevocationOfRatification, "2023-11-03")]].concat();
    assert_eq!(compare(&explained, Some(&page()), &now), []);
}

#[test]
fn a_broken_page_is_no_changed_world() {
    let many = |states: std::ops::Range<u8>| {
        states.map(|number| {
            seen(
                &format!("A{}{}", char::from(b'A' + number / 26), char::from(b'A' + number % 26)),
                Ratification,
                "2000-01-01",
            )
        })
    };
    let before = sighting(many(0..100));
    assert_eq!(doubt(None, &sighting([])), Some(Implausible::Empty));
    assert_eq!(doubt(Some(&before), &sighting(many(0..97))), None, "three may go at once");
    assert_eq!(doubt(Some(&before), &sighting(many(0..60))), Some(Implausible::Shrunk { lost: 40, of: 100 }));
    let redated = |count: u8| {
        let moved = many(0..count).map(|it| Observation { on: day("2000-01-02"), ..it });
        sighting(moved.chain(many(count..100)))
    };
    assert_eq!(doubt(Some(&before), &redated(5)), None);
    assert_eq!(doubt(Some(&before), &redated(60)), Some(Implausible::Redated(60)));
    let counted = Sighting { parties: Some(100), ..sighting(many(0..99)) };
    assert_eq!(
        doubt(Some(&before), &counted),
        Some(Implausible::Miscounted { what: "parties", said: 100, listed: 99 })
    );
}

#[test]
fn a_new_spelling_is_a_question_about_one_name_and_nothing_is_gone() {
    let renamed =
        |it: Observation| if it.state == "BBB" { Observation { state: "Bebe".to_owned(), ..it } } else { it };
    let now = sighting(page().observations.into_iter().map(renamed));
    let near = vec!["BBB".parse().unwrap(), "AAA".parse().unwrap()];
    assert_eq!(
        compare(&record(), Some(&page()), &now),
        [Finding::UnknownState { name: "Bebe".to_owned(), near }]
    );
}

#[test]
fn what_is_said_again_is_one_finding() {
    let (old, new) = (seen("AAA", Ratification, "1995-05-01"), seen("AAA", Ratification, "1995-05-03"));
    let act = record()[1].id.clone();
    let corrected = Finding::Corrected { act: act.clone(), before: old.clone(), observed: new.clone() };
    assert_eq!(corrected.key(), Finding::Conflict { act: act.clone(), observed: new }.key());
    let gone = Finding::Gone { act: act.clone(), before: old.clone() };
    assert_eq!(gone.key(), Finding::NotListed { act }.key());
    assert_ne!(gone.key(), Finding::InTheFuture { observed: old }.key());
}

#[test]
fn one_word_for_every_consent_after_signature_is_no_difference() {
    let accepted = [act("AAA", ActKind::Acceptance, "1995-05-01")];
    let row = |kind, on| sighting([seen("AAA", kind, on)]);
    assert_eq!(compare(&accepted, None, &row(Ratification, "1995-05-01")), []);
    assert!(matches!(
        compare(&accepted, None, &row(Ratification, "1995-05-02"))[..],
        [Finding::Conflict { .. }]
    ));
    assert!(matches!(
        compare(&accepted, None, &row(Accession, "1995-05-01"))[..],
        [Finding::Conflict { .. }]
    ));
}

#[test]
fn a_list_that_cannot_be_one_of_states_is_not_believed() {
    let named = |count: usize| {
        sighting((0..count).map(|number| seen(&format!("Qx {number}"), Ratification, "2000-01-01")))
    };
    let rows = |count: u32| {
        sighting((0..count).map(|number| {
            let on = day("1990-01-01") + chrono::TimeDelta::days(number.into());
            Observation { on, ..seen("AAA", Ratification, "2000-01-01") }
        }))
    };
    assert_eq!(doubt(None, &rows(10_000)), None);
    assert_eq!(doubt(None, &rows(10_001)), Some(Implausible::TooLong(10_001)));
    let is_known = |name: &str| state_of(name).is_ok();
    assert_eq!(strangers(&named(300), &is_known), None);
    let many =
        strangers(&sighting(named(4_990).observations.into_iter().chain(page().observations)), &is_known);
    assert_eq!(many.unwrap().to_string(), "4990 of 4992 names are unknown: Qx 0, Qx 1, Qx 10");
}

#[test]
fn each_name_is_looked_up_once() {
    let asked = std::cell::RefCell::new(std::collections::BTreeMap::<String, u32>::new());
    let count = |name: &str| {
        *asked.borrow_mut().entry(name.to_owned()).or_default() += 1;
        state_of(name)
    };
    let unknown = (0..100).flat_map(|number| {
        ["2000-01-01", "2000-01-02"].map(|on| seen(&format!("Qx {number}"), Ratification, on))
    });
    let now = sighting(page().observations.into_iter().chain(unknown));
    let findings = reconcile(&record(), Some(&page()), &now, None, day("2026-01-01"), &count);
    assert_eq!(findings.len(), 100);
    assert!(asked.borrow().values().all(|times| *times == 1), "{asked:?}");
    asked.borrow_mut().clear();
    let agreement = Agreement::of(&record(), &now, &findings, &count);
    assert_eq!(agreement, Agreement { listed: 3, missing: 0 });
    assert!(asked.borrow().values().all(|times| *times == 1), "{asked:?}");
}

/// What another state did on the same day, and still does, is not what this one's row was before.
#[test]
fn a_mended_row_is_a_correction_whoever_else_acted_on_that_day() {
    let with = |acts: Vec<Observation>| sighting(acts);
    let other = seen("AAA", Accession, "1996-06-20");
    let (old, new) = (seen("BBB", Accession, "1996-06-20"), seen("BBB", Accession, "1996-07-20"));
    let record = [act("AAA", Accession, "1996-06-20"), act("BBB", Accession, "1996-06-20")];
    let (before, now) = (with(vec![other.clone(), old.clone()]), with(vec![other, new.clone()]));
    let corrected = Finding::Corrected { act: record[1].id.clone(), before: old, observed: new };
    assert_eq!(compare(&record, Some(&before), &now), [corrected]);
}
