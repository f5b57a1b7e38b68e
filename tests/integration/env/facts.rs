//! A made-up record: the states AAA, BBB and CCC, and treaties of two lines each.

use std::collections::BTreeSet;

use treatywatch::domain::act::{Act, ActKind, Basis, Confidence, Evidence};
use treatywatch::domain::clause::{Clause, Terms};
use treatywatch::domain::day::{Delay, PartialDay};
use treatywatch::domain::id::ActId;
use treatywatch::domain::lang::Words;
use treatywatch::domain::seeds::{Seeds, TreatyFile};
use treatywatch::domain::state::{State, StateKind};
use treatywatch::domain::statehood::Statehood;
use treatywatch::domain::treaty::{Form, InstrumentKind, Treaty};
use treatywatch::domain::watch::{Fresh, Watched};

use super::{day, state, treaty_id};

pub fn evidence() -> Evidence {
    let sources = vec!["https://example.org/a".to_owned(), "https://example.org/b".to_owned()];
    Evidence { sources, basis: Basis::Official, confidence: Confidence::High }
}

fn words(en: &str) -> Words {
    Words { en: en.to_owned(), zh: None, ru: None }
}

/// An act of a state, or of the treaty where `code` is empty.
pub fn act(treaty: &str, code: &str, kind: ActKind, on: &str) -> Act {
    let state = (!code.is_empty()).then(|| state(code));
    let on: PartialDay = on.parse().unwrap();
    Act {
        id: ActId::of(&treaty_id(treaty), state, kind, on, None),
        kind,
        state,
        jointly: vec![],
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
        successors: vec![],
        disputed_by: vec![],
        note: None,
        evidence: evidence(),
    }
}

/// The same act, known from another day on.
pub fn known(act: Act, on: &str) -> Act {
    Act { known_on: day(on), ..act }
}

/// The definition of a treaty with these clauses, and with nothing else.
pub fn definition(id: &str, clauses: Vec<Clause>) -> Treaty {
    Treaty {
        id: treaty_id(id),
        kind: InstrumentKind::Treaty,
        form: Form::Multilateral,
        title: words("A treaty"),
        short_title: words(id),
        titles_from_memory: vec![],
        facts_as_of: day("2026-01-01"),
        depositaries: vec![],
        depositary_note: None,
        registration: None,
        participants: vec![],
        links: vec![],
        clauses,
        readings: vec![],
        contested_between: vec![],
        scheduled: vec![],
        notes: vec![],
        missing: vec![],
        participation_incomplete: false,
        set: None,
        citations: Vec::new(),
        translations: std::collections::BTreeMap::new(),
        statehood: Statehood::default(),
    }
}

pub fn clause(id: &str, terms: Terms) -> Clause {
    Clause { id: id.parse().unwrap(), article: "I".to_owned(), note: None, evidence: evidence(), terms }
}

/// A treaty that enters into force by exchange and is left by six months' notice.
pub fn treaty(id: &str, acts: Vec<Act>) -> TreatyFile {
    let delay = Delay::of("P6M".parse().unwrap());
    let clauses = vec![
        clause("entry", Terms::EntryIntoForceByExchange),
        clause(
            "withdrawal",
            Terms::Withdrawal { delay, ends_treaty: false, not_before: None, not_during_conflict: false },
        ),
    ];
    TreatyFile { treaty: definition(id, clauses), acts }
}

pub fn seeds(files: Vec<TreatyFile>) -> Seeds {
    let states = ["AAA", "BBB", "CCC"].map(|code| {
        let id = state(code);
        let state = State {
            id,
            kind: StateKind::State,
            name: words(code),
            aliases: vec![code.to_lowercase()],
            began_on: None,
            ended_on: None,
            successors: vec![],
            regional_group: None,
            note: None,
        };
        (id, state)
    });
    let treaties = files.into_iter().map(|file| (file.treaty.id.clone(), file));
    Seeds { states: states.into(), treaties: treaties.collect(), statements: vec![], version: None }
}

/// A treaty of AAA and BBB in force since 2001-01-01.
pub fn pact(more: Vec<Act>) -> TreatyFile {
    let mut acts = vec![
        act("pact", "AAA", ActKind::Signature, "2000-01-01"),
        act("pact", "BBB", ActKind::Signature, "2000-01-01"),
        act("pact", "", ActKind::ExchangeOfInstruments, "2001-01-01"),
    ];
    acts.extend(more);
    treaty("pact", acts)
}

/// A treaty whose acts were `before` at the last check and are `now`: those that came are fresh, those that went are
/// retracted.
pub fn watched(treaty: &Treaty, before: Vec<Act>, now: Vec<Act>) -> Watched {
    let ids = |acts: &[Act]| acts.iter().map(|act| act.id.clone()).collect::<BTreeSet<ActId>>();
    let (old, new) = (ids(&before), ids(&now));
    let fresh = now.iter().filter(|act| !old.contains(&act.id));
    Watched {
        treaty: treaty.clone(),
        earlier: None,
        fresh: fresh.map(|act| Fresh { act: act.clone(), supersedes: None }).collect(),
        retracted: before.iter().filter(|act| !new.contains(&act.id)).cloned().collect(),
        before,
        now,
    }
}
