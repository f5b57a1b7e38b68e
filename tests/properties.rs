//! What holds for any history, however odd: the law never overlaps, leaves no gap, and depends on
//! facts alone.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use treatywatch::alerts::{Look, Names, due};
use treatywatch::config::DEFAULT_LEAD_DAYS;
use treatywatch::domain::act::{Act, ActKind, Actor, Basis, Confidence, Evidence};
use treatywatch::domain::clause::{Anchor, Clause, LaterFrom, TermEnd, Terms, Threshold};
use treatywatch::domain::day::{Counting, Delay, PartialDay, Period};
use treatywatch::domain::id::{ActId, StateId};
use treatywatch::domain::project::{Life, Projection, project};
use treatywatch::domain::status::Span;
use treatywatch::domain::treaty::{Form, InstrumentKind, Treaty, Words};
use treatywatch::domain::watch::{Fresh, Watched};

const STATES: [&str; 4] = ["AAA", "BBB", "CCC", "DDD"];

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(1990, 1, 1).unwrap()
}

fn evidence() -> Evidence {
    Evidence { sources: Vec::new(), basis: Basis::Memory, confidence: Confidence::Low }
}

fn treaty(form: Form, terms: Vec<Terms>) -> Treaty {
    let title = Words { en: "Test Treaty".to_owned(), zh: None, ru: None };
    let clause = |(number, terms)| Clause {
        id: format!("clause-{number}").parse().unwrap(),
        article: format!("article {number}"),
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
        facts_as_of: start(),
        depositaries: Vec::new(),
        depositary_note: None,
        registration: None,
        participants: Vec::new(),
        links: Vec::new(),
        clauses: (1..).zip(terms).map(clause).collect(),
        readings: Vec::new(),
        contested_between: Vec::new(),
        scheduled: Vec::new(),
        notes: Vec::new(),
        missing: Vec::new(),
    }
}

fn delay() -> impl Strategy<Value = Delay> {
    let period = prop_oneof![(0u32..400).prop_map(Period::Days), (0u32..30).prop_map(Period::Months)];
    let counting = prop_oneof![Just(Counting::OnDay), Just(Counting::AfterLastDay)];
    (period, counting, proptest::option::of(0u32..7))
        .prop_map(|(period, counting, first_of_month_after)| Delay { period, counting, first_of_month_after })
}

/// A treaty with some clauses of each sort.
fn any_treaty() -> impl Strategy<Value = Treaty> {
    let named = proptest::collection::vec(0usize..4, 0..3).prop_map(|mut named| {
        named.sort_unstable();
        named.dedup();
        named.into_iter().map(|at| STATES[at].parse().unwrap()).collect::<Vec<StateId>>()
    });
    let threshold =
        (1u32..4, named, any::<bool>(), delay()).prop_map(|(count, named, beyond_named, delay)| {
            Terms::EntryIntoForceByThreshold(Threshold {
                count: count.max(u32::try_from(named.len()).unwrap()),
                named,
                beyond_named,
                counts: ActKind::COUNTED_CONSENT.to_vec(),
                delay,
                not_before: None,
            })
        });
    let entry = prop_oneof![threshold, Just(Terms::EntryIntoForceByExchange)];
    let later = (delay(), any::<bool>()).prop_map(|(delay, met)| Terms::LaterStates {
        delay,
        from: if met { LaterFrom::ThresholdMet } else { LaterFrom::EntryIntoForce },
    });
    let term = (1u32..200).prop_map(|months| Terms::Term {
        end: TermEnd::After { anchor: Anchor::EntryIntoForce, period: Period::Months(months) },
        extension_max: None,
        extension_total: None,
        recorded: None,
    });
    let renewal = (1u32..80, 1u32..80, 0u32..12).prop_map(|(period, renewal, notice)| Terms::TacitRenewal {
        period: Period::Months(period),
        renewal: Period::Months(renewal),
        notice: Period::Months(notice),
    });
    let duration = prop_oneof![Just(Terms::IndefiniteDuration), term, renewal];
    let withdrawal =
        (delay(), any::<bool>()).prop_map(|(delay, ends_treaty)| Terms::Withdrawal { delay, ends_treaty });
    let form = prop_oneof![Just(Form::Bilateral), Just(Form::Multilateral)];
    (form, entry, proptest::option::of(later), duration, proptest::option::of(withdrawal)).prop_map(
        |(form, entry, later, duration, withdrawal)| {
            let terms = [Some(entry), later, Some(duration), withdrawal];
            treaty(form, terms.into_iter().flatten().collect())
        },
    )
}

/// Any acts of any states on any days, known on the day or later.
fn any_acts() -> impl Strategy<Value = Vec<Act>> {
    let kind = proptest::sample::select(ActKind::ALL.to_vec());
    let one = (kind, 0usize..4, 0u64..7000, 0u64..60, proptest::option::of(0u64..9000));
    proptest::collection::vec(one, 0..25).prop_map(|all| {
        let mut acts: BTreeMap<ActId, Act> = BTreeMap::new();
        for (kind, who, days, later, effect) in all {
            let state: Option<StateId> = match kind.actor() {
                Actor::Treaty => None,
                Actor::State | Actor::Either => Some(STATES[who].parse().unwrap()),
            };
            let on = PartialDay::exact(start() + Days::new(days));
            let id = ActId::of(&"test".parse().unwrap(), state, kind, on, None);
            let effect = effect.map(|days| start() + Days::new(days));
            let act = Act {
                id: id.clone(),
                kind,
                state,
                jointly: Vec::new(),
                on,
                to: None,
                known_on: on.first_day() + Days::new(later),
                effective_on: effect.filter(|_| who == 0),
                ends_before: effect.filter(|_| kind == ActKind::Extension),
                place: None,
                label: None,
                successors: Vec::new(),
                disputed_by: Vec::new(),
                note: None,
                evidence: evidence(),
            };
            acts.insert(id, act);
        }
        acts.into_values().collect()
    })
}

fn all(treaty: &Treaty, acts: &[Act]) -> Projection {
    project(treaty, acts, NaiveDate::MAX)
}

/// Each span ends where the next begins, only the last may be open, and none repeats its predecessor.
fn partitions_time<S: PartialEq + std::fmt::Debug>(spans: &[Span<S>]) -> Result<(), TestCaseError> {
    for pair in spans.windows(2) {
        prop_assert_eq!(pair[0].ends_before, Some(pair[1].starts_on));
        prop_assert!(pair[0].starts_on < pair[1].starts_on);
        prop_assert_ne!(&pair[0].status, &pair[1].status);
    }
    if let Some(last) = spans.last() {
        prop_assert_eq!(last.ends_before, None);
    }
    Ok(())
}

fn counts_agree(life: &Life) -> Result<(), TestCaseError> {
    for count in &life.counts {
        let party = |spans: &&Vec<Span<_>>| {
            spans.iter().any(|span| {
                span.contains(count.on) && span.status == treatywatch::domain::status::StateStatus::Party
            })
        };
        prop_assert_eq!(usize::try_from(count.parties).unwrap(), life.states.values().filter(party).count());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn periods_partition_time(treaty in any_treaty(), acts in any_acts()) {
        for life in all(&treaty, &acts).readings {
            partitions_time(&life.treaty)?;
            for spans in life.states.values() {
                partitions_time(spans)?;
            }
            for overlay in &life.overlays {
                prop_assert!(overlay.ends_before.is_none_or(|end| overlay.starts_on < end), "{:?}", overlay);
            }
            counts_agree(&life)?;
        }
    }

    #[test]
    fn the_order_of_acts_changes_nothing(
        (treaty, acts, shuffled) in (any_treaty(), any_acts())
            .prop_flat_map(|(treaty, acts)| (Just(treaty), Just(acts.clone()), Just(acts).prop_shuffle()))
    ) {
        prop_assert_eq!(all(&treaty, &acts), all(&treaty, &shuffled));
    }

    #[test]
    fn a_day_on_which_all_is_known_tells_what_the_end_of_time_tells(treaty in any_treaty(), acts in any_acts()) {
        let last = acts.iter().map(|act| act.known_on).max().unwrap_or_else(start);
        prop_assert_eq!(project(&treaty, &acts, last), all(&treaty, &acts));
        let known: Vec<Act> = acts.iter().filter(|act| act.known_on < last).cloned().collect();
        let before = last.pred_opt().unwrap();
        prop_assert_eq!(project(&treaty, &acts, before), all(&treaty, &known));
    }

    #[test]
    fn an_act_that_is_simulated_gives_what_recording_it_gives(treaty in any_treaty(), acts in any_acts()) {
        let Some((act, recorded)) = acts.split_last() else { return Ok(()) };
        let simulated = [recorded, std::slice::from_ref(act)].concat();
        prop_assert_eq!(all(&treaty, &simulated), all(&treaty, &acts));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_check_never_raises_an_alert_twice(
        treaty in any_treaty(),
        acts in any_acts(),
        since in 0u64..9000,
        pause in 1u64..400,
    ) {
        let (since, today) = (start() + Days::new(since), start() + Days::new(since + pause));
        let known = |until: NaiveDate| acts.iter().filter(move |act| act.known_on <= until).cloned();
        let fresh = known(today).filter(|act| since < act.known_on);
        let watched = Watched {
        earlier: None,
            treaty,
            before: known(since).collect(),
            now: known(today).collect(),
            fresh: fresh.map(|act| Fresh { act, supersedes: None }).collect(),
            retracted: Vec::new(),
        };
        let states = BTreeMap::new();
        let (leads, names) = (&DEFAULT_LEAD_DAYS, Names(&states));
        let look = Look { watched: &watched, began_on: start(), since, today, leads, names };
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for alert in due(&look) {
            *times.entry(alert.key).or_default() += 1;
        }
        times.retain(|_, times| *times > 1);
        prop_assert!(times.is_empty(), "{:?}", times);
    }
}
