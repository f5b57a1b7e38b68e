//! Treaties that nobody made, the same in every run, with everything in them that costs something:
//! thresholds, later states, notices, terms, renewals, deadlines, readings that differ.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use treatywatch::domain::act::{Act, ActKind, Basis, Confidence, Evidence};
use treatywatch::domain::clause::{Anchor, Clause, LaterFrom, Scope, TermEnd, Terms, Threshold};
use treatywatch::domain::day::{Delay, PartialDay, Period};
use treatywatch::domain::id::{ActId, StateId, TreatyId};
use treatywatch::domain::lang::Words;
use treatywatch::domain::seeds::{Seeds, TreatyFile};
use treatywatch::domain::state::{State, StateKind};
use treatywatch::domain::statehood::Statehood;
use treatywatch::domain::treaty::{Form, InstrumentKind, Reading, Treaty};

/// As many as there are in the world, about.
pub const STATES: usize = 200;
/// Acts of each treaty of [`seeds`].
pub const ACTS_PER_TREATY: usize = 50;
const PARTIES_PER_TREATY: usize = 22;

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

fn later(day: NaiveDate, days: usize) -> NaiveDate {
    day + Days::new(days as u64)
}

/// `count` treaties of [`ACTS_PER_TREATY`] acts each, and the states.
pub fn seeds(count: usize) -> Seeds {
    let file = |number| treaty(number, PARTIES_PER_TREATY, ACTS_PER_TREATY);
    Seeds {
        states: states(),
        treaties: (0..count).map(file).map(|file| (file.treaty.id.clone(), file)).collect(),
        statements: Vec::new(),
        version: None,
    }
}

fn states() -> BTreeMap<StateId, State> {
    let state = |number| State {
        id: state_id(number),
        kind: StateKind::State,
        name: Words { en: format!("State {}", state_id(number)), zh: None, ru: None },
        aliases: Vec::new(),
        began_on: None,
        ended_on: None,
        successors: Vec::new(),
        regional_group: None,
        note: None,
    };
    (0..STATES).map(|number| (state_id(number), state(number))).collect()
}

fn state_id(number: usize) -> StateId {
    let letter = |value: usize| char::from(b'A' + u8::try_from(value % 26).expect("below 26"));
    let code: String = [number / 676, number / 26, number].map(letter).iter().collect();
    code.parse().expect("three capital letters")
}

/// The day on which the deadline of a treaty falls that [`seeds`] gives to each. Days 0 to 4 have a
/// tenth of the treaties each, days 5 to 9 a hundredth, and day 10 the rest.
pub fn deadline_day(slot: usize) -> NaiveDate {
    later(day(2030, 6, 6), slot)
}

/// How many of so many treaties have their deadline there.
pub fn count_in(wanted: usize, treaties: usize) -> usize {
    (0..treaties).filter(|number| slot(*number) == wanted).count()
}

fn slot(number: usize) -> usize {
    match (number % 10, number % 100) {
        (tenth @ 0..5, _) => tenth,
        (_, hundredth @ 55..60) => hundredth - 50,
        _ => 10,
    }
}

/// A treaty between `parties` states with `acts` acts, of one of four sorts. Nothing in it becomes
/// known after 2021, and what it leaves to the calendar falls on first days of months, but for the
/// one deadline.
pub fn treaty(number: usize, parties: usize, acts: usize) -> TreatyFile {
    let id: TreatyId = format!("treaty-{number:05}").parse().expect("a slug");
    let opened = later(day(1950 + i32::try_from(number % 50).expect("small"), 1, 1), number * 7 % 365);
    let mut list = vec![act(&id, None, ActKind::OpeningForSignature, opened)];
    for party in 0..parties {
        let state = state_id((number * 13 + party) % STATES);
        list.push(act(&id, Some(state), ActKind::Signature, later(opened, party % 90)));
        // Some at once, some long after the threshold.
        let consented = later(opened, 120 + (party * party * 31 + number * 17) % 7000);
        let kind = if party % 5 == 4 { ActKind::Accession } else { ActKind::Ratification };
        list.push(act(&id, Some(state), kind, consented));
        if party % 11 == 10 {
            let left = later(day(2019, 1, 1), (party + number) % 500);
            let label = (party == 10).then(|| "notice".parse().expect("a label"));
            list.push(Act { label, ..act(&id, Some(state), ActKind::NoticeOfWithdrawal, left) });
        }
    }
    let review = "review".parse().expect("a label");
    let reviewed = deadline_day(slot(number)).checked_sub_months(Months::new(120)).expect("a day");
    list.push(Act { label: Some(review), ..act(&id, None, ActKind::Conference, reviewed) });
    let others = acts.saturating_sub(list.len());
    list.extend((0..others).map(|at| act(&id, None, ActKind::Conference, later(day(2000, 1, 1), at * 30))));
    list.sort_by_key(Act::day);
    TreatyFile { treaty: definition(id, number, parties), acts: list }
}

fn act(treaty: &TreatyId, state: Option<StateId>, kind: ActKind, on: NaiveDate) -> Act {
    Act {
        id: ActId::of(treaty, state, kind, PartialDay::exact(on), None),
        kind,
        state,
        jointly: Vec::new(),
        towards: Vec::new(),
        precludes_entry_into_force: false,
        on: PartialDay::exact(on),
        to: None,
        known_on: on,
        effective_on: None,
        ends_before: None,
        deadline: None,
        until: None,
        place: None,
        label: None,
        successors: Vec::new(),
        disputed_by: Vec::new(),
        note: None,
        evidence: evidence(treaty),
    }
}

fn evidence(treaty: &TreatyId) -> Evidence {
    Evidence {
        sources: vec![format!("https://treaties.example/{treaty}")],
        basis: Basis::Depositary,
        confidence: Confidence::High,
    }
}

fn definition(id: TreatyId, number: usize, parties: usize) -> Treaty {
    let named = |text: &str| Words { en: format!("{text} {number}"), zh: None, ru: None };
    let clause = |(article, terms): (usize, Terms)| Clause {
        id: format!("clause-{article}").parse().expect("a label"),
        article: format!("{article}(1)"),
        note: None,
        evidence: evidence(&id),
        terms,
    };
    let readings =
        if number % 4 == 3 { ["one-side", "other-side"].map(reading).to_vec() } else { Vec::new() };
    Treaty {
        kind: InstrumentKind::Treaty,
        form: Form::Multilateral,
        title: named("Treaty on the Measuring of Time, Number"),
        short_title: named("Treaty"),
        titles_from_memory: Vec::new(),
        facts_as_of: day(2022, 1, 1),
        depositaries: vec![state_id(0)],
        depositary_note: None,
        registration: None,
        participants: Vec::new(),
        links: Vec::new(),
        clauses: (1..).zip(terms(number, parties)).map(clause).collect(),
        contested_between: readings.iter().map(|reading| reading.id.clone()).collect(),
        readings,
        scheduled: Vec::new(),
        notes: Vec::new(),
        missing: Vec::new(),
        participation_incomplete: false,
        set: None,
        citations: Vec::new(),
        translations: std::collections::BTreeMap::new(),
        statehood: Statehood::default(),
        id,
    }
}

/// One side says that the labelled notice had no effect.
fn reading(name: &str) -> Reading {
    Reading {
        id: name.parse().expect("a label"),
        title: format!("The view of {name}"),
        asserted_by: vec![state_id(0)],
        disputed_by: vec![state_id(1)],
        note: None,
        disregards: if name == "one-side" { vec!["notice".parse().expect("a label")] } else { Vec::new() },
        effective: Vec::new(),
        evidence: None,
    }
}

fn terms(number: usize, parties: usize) -> Vec<Terms> {
    let years = |count: u32| Period::Months(12 * count);
    let delay = Delay::of;
    let deadline = |anchor, period, scope| Terms::Deadline {
        anchor,
        delay: delay(period),
        scope,
        states: Vec::new(),
        extension_max: None,
        recorded: None,
    };
    let mut terms = vec![
        Terms::EntryIntoForceByThreshold(Threshold {
            count: u32::try_from(parties / 2).expect("small"),
            named: Vec::new(),
            among: Vec::new(),
            beyond_named: false,
            counts: ActKind::COUNTED_CONSENT.to_vec(),
            delay: Delay { first_of_month_after: Some(1), ..delay(Period::Days(90)) },
            not_before: None,
            entities: Vec::new(),
            share: None,
        }),
        Terms::LaterStates { delay: delay(Period::Days(30)), from: LaterFrom::EntryIntoForce },
        Terms::Withdrawal {
            delay: delay(Period::Months(6)),
            ends_treaty: false,
            not_before: None,
            not_during_conflict: false,
        },
        deadline(Anchor::Act("review".parse().expect("a label")), years(10), Scope::Treaty),
    ];
    match number % 4 {
        0 => {
            let end = TermEnd::After { anchor: Anchor::EntryIntoForce, period: years(100) };
            terms.push(Terms::Term { end, extension_max: None, extension_total: None, recorded: None });
        }
        1 => terms.push(deadline(Anchor::StateEntryIntoForce, years(2), Scope::EachState)),
        2 => {
            let (period, renewal, notice) = (years(25), years(10), Period::Months(6));
            terms.push(Terms::TacitRenewal { period, renewal, notice });
        }
        _ => terms.push(Terms::IndefiniteDuration),
    }
    terms
}
