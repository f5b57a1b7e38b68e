//! The law, on small treaties of two or three states; each subject has its file.

mod dates;
mod deadlines;
mod doubts;
mod entry;
mod readings;
mod statehood;
mod states;
mod term;
mod withdrawal;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::act::{Act, ActKind, Basis, Confidence, Evidence};
use super::super::clause::{
    Among, Anchor, Clause, EntryOf, LaterFrom, NoticeFrom, Part, Recorded, Scope, Share, TermEnd, Terms,
    Threshold,
};
use super::super::day::{Counting, Delay, PartialDay, Precision, parse_day};
use super::super::id::{ActId, StateId};
use super::super::lang::Words;
use super::super::state::StateKind;
use super::super::statehood::{Existence, Statehood};
use super::super::status::{Overlay, OverlayKind, Rule, StateStatus, TreatyStatus, span_on};
use super::super::treaty::{Certainty, Form, InstrumentKind, Reading, ScheduledDate, Treaty};
use super::{Fault, Projection, project};
use ActKind::{
    Acceptance, Accession, Adoption, Approval, DeadlineExtension, DeadlineMet, EndOfProvisionalApplication,
    EndOfStatehood, EntryIntoForce, ExchangeOfInstruments, Extension, IndefiniteExtension,
    IntentionNotToBecomeParty, ModificationOfReservation, NoticeOfReinstatement, NoticeOfWithdrawal,
    Objection, OpeningForSignature, ProvisionalApplication, Ratification, Reservation, Resumption,
    RevocationOfNotice, RevocationOfRatification, Signature, Succession, Suspension, SuspensionOfNotice,
    Termination, Withdrawal, WithdrawalOfReservation,
};

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
    Delay::of(period.parse().unwrap())
}

/// The existence of a state; an empty day is not known.
fn existence(kind: StateKind, began_on: &str, ended_on: &str, successors: &[&str]) -> Existence {
    let known = |text: &str| (!text.is_empty()).then(|| day(text));
    let successors = successors.iter().map(|code| state(code)).collect();
    Existence { kind, began_on: known(began_on), ended_on: known(ended_on), successors }
}

fn statehood(all: &[(&str, Existence)]) -> Statehood {
    all.iter().map(|(code, existence)| (state(code), existence.clone())).collect::<BTreeMap<_, _>>().into()
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
        towards: Vec::new(),
        precludes_entry_into_force: false,
        on,
        to: None,
        known_on: on.first_day(),
        effective_on: None,
        ends_before: None,
        deadline: None,
        until: None,
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
        participation_incomplete: false,
        set: None,
        citations: Vec::new(),
        translations: std::collections::BTreeMap::new(),
        statehood: Statehood::default(),
    }
}

fn threshold(count: u32, named: &[&str], beyond_named: bool, delay: &str) -> Terms {
    Terms::EntryIntoForceByThreshold(Threshold {
        count,
        named: named.iter().map(|code| state(code)).collect(),
        among: Vec::new(),
        beyond_named,
        counts: ActKind::COUNTED_CONSENT.to_vec(),
        delay: period(delay),
        not_before: None,
        entities: Vec::new(),
        share: None,
    })
}

fn later(delay: &str, from: LaterFrom) -> Terms {
    Terms::LaterStates { delay: period(delay), from }
}

pub(in crate::domain) fn withdrawal(notice: &str, ends_treaty: bool) -> Terms {
    Terms::Withdrawal { delay: period(notice), ends_treaty, not_before: None, not_during_conflict: false }
}

fn deadline(anchor: &str, after: &str) -> Terms {
    Terms::Deadline {
        anchor: anchor.parse().unwrap(),
        delay: period(after),
        scope: Scope::Treaty,
        states: Vec::new(),
        extension_max: None,
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

/// A resolution that ends after ten years unless a notice brings earlier measures back.
fn resolution() -> (Treaty, Vec<Act>) {
    let end = TermEnd::After { anchor: "adoption".parse().unwrap(), period: "P10Y".parse().unwrap() };
    let delay = Delay {
        period: "P30D".parse().unwrap(),
        counting: Counting::AfterLastDay,
        first_of_month_after: None,
        on_next: None,
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
fn the_order_in_which_acts_are_given_changes_nothing() {
    let (treaty, acts) = resolution();
    let reversed: Vec<Act> = acts.iter().rev().cloned().collect();
    assert_eq!(all(&treaty, &acts), all(&treaty, &reversed));
}
