//! What holds for any history, however odd: the law never overlaps, leaves no gap, and depends on
//! facts alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use treatywatch::alerts::{Look, Names, due};
use treatywatch::config::DEFAULT_LEAD_DAYS;
use treatywatch::domain::act::{Act, ActKind, Actor};
use treatywatch::domain::alert::{Alert, Change};
use treatywatch::domain::clause::{
    Among, Anchor, EntryOf, LaterFrom, NoticeFrom, Scope, TermEnd, Terms, Threshold,
};
use treatywatch::domain::day::{Counting, Delay, PartialDay, Period};
use treatywatch::domain::id::{ActId, StateId};
use treatywatch::domain::project::{DueDate, Life, Projection, project};
use treatywatch::domain::state::StateKind;
use treatywatch::domain::statehood::{Existence, Statehood};
use treatywatch::domain::status::{Reason, Span, StateStatus};
use treatywatch::domain::treaty::{DateKind, Form, Treaty};
use treatywatch::domain::verify::{Agreement, Finding, verify};

use crate::env::{act, clause, definition, watched};

const STATES: [&str; 4] = ["AAA", "BBB", "CCC", "DDD"];

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(1990, 1, 1).unwrap()
}

fn treaty(form: Form, terms: Vec<Terms>) -> Treaty {
    let clauses = (1..).zip(terms).map(|(number, terms)| clause(&format!("clause-{number}"), terms));
    Treaty { form, facts_as_of: start(), ..definition("test", clauses.collect()) }
}

fn delay() -> impl Strategy<Value = Delay> {
    let period = prop_oneof![(0u32..400).prop_map(Period::Days), (0u32..30).prop_map(Period::Months)];
    let counting = prop_oneof![Just(Counting::OnDay), Just(Counting::AfterLastDay)];
    let on_next = prop_oneof![Just(None), Just(Some("12-31")), Just(Some("01-01"))]
        .prop_map(|day| day.map(|day| day.parse().unwrap()));
    (period, counting, proptest::option::of(0u32..7), on_next).prop_map(
        |(period, counting, first_of_month_after, on_next)| Delay {
            period,
            counting,
            first_of_month_after,
            on_next,
        },
    )
}

/// A treaty with some clauses of each sort.
fn any_treaty() -> impl Strategy<Value = Treaty> {
    let named = proptest::collection::vec(0usize..4, 0..3).prop_map(|mut named| {
        named.sort_unstable();
        named.dedup();
        named.into_iter().map(|at| STATES[at].parse().unwrap()).collect::<Vec<StateId>>()
    });
    let among = proptest::option::of(Just(Among {
        count: 1,
        of: STATES[2..].iter().map(|code| code.parse().unwrap()).collect(),
    }));
    let threshold = (1u32..4, named, among, any::<bool>(), delay()).prop_map(
        |(count, named, among, beyond_named, delay)| {
            Terms::EntryIntoForceByThreshold(Threshold {
                count: count.max(u32::try_from(named.len()).unwrap()),
                named,
                among: among.into_iter().collect(),
                beyond_named,
                counts: ActKind::COUNTED_CONSENT.to_vec(),
                delay,
                not_before: None,
                entities: Vec::new(),
                share: None,
            })
        },
    );
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
    let not_before =
        proptest::option::of((any::<bool>(), 0u32..40).prop_map(|(of_state, months)| NoticeFrom {
            entry: if of_state { EntryOf::State } else { EntryOf::Treaty },
            period: Period::Months(months),
        }));
    let withdrawal = (delay(), any::<bool>(), not_before, any::<bool>()).prop_map(
        |(delay, ends_treaty, not_before, not_during_conflict)| Terms::Withdrawal {
            delay,
            ends_treaty,
            not_before,
            not_during_conflict,
        },
    );
    let of_treaty = (delay(), any::<bool>(), 0usize..LABELS).prop_map(|(delay, of_effect, label)| {
        let anchor = format!("{}:{}", if of_effect { "effect" } else { "act" }, label_of(label));
        Terms::Deadline {
            anchor: anchor.parse().unwrap(),
            delay,
            scope: Scope::Treaty,
            states: Vec::new(),
            extension_max: None,
            recorded: None,
        }
    });
    let of_states = (delay(), 0usize..4, proptest::option::of(0u32..60)).prop_map(|(delay, named, most)| {
        Terms::Deadline {
            anchor: Anchor::StateEntryIntoForce,
            delay,
            scope: Scope::EachState,
            states: STATES[..named].iter().map(|code| code.parse().unwrap()).collect(),
            extension_max: most.map(Period::Months),
            recorded: None,
        }
    });
    let deadline = prop_oneof![of_treaty, of_states];
    let lapse = (1u32..4).prop_map(|fewer_than| Terms::Lapse { fewer_than });
    let form = prop_oneof![Just(Form::Bilateral), Just(Form::Multilateral)];
    let option = proptest::option::of(later);
    let more =
        (proptest::option::of(withdrawal), proptest::option::of(deadline), proptest::option::of(lapse));
    (form, entry, option, duration, more).prop_map(
        |(form, entry, later, duration, (withdrawal, deadline, lapse))| {
            let terms = [Some(entry), later, Some(duration), withdrawal, deadline, lapse];
            Treaty { statehood: statehood(), ..treaty(form, terms.into_iter().flatten().collect()) }
        },
    )
}

/// So many of the acts have a label.
const LABELS: usize = 5;

fn label_of(number: usize) -> String {
    format!("act-{number}")
}

/// One of the states ends among the acts.
fn statehood() -> Statehood {
    let ended_on = start().checked_add_days(Days::new(5000));
    let existence =
        Existence { kind: StateKind::HistoricState, began_on: None, ended_on, successors: Vec::new() };
    BTreeMap::from([(STATES[3].parse().unwrap(), existence)]).into()
}

/// Any acts of any states on any days, known on the day or later.
fn any_acts() -> impl Strategy<Value = Vec<Act>> {
    let kind = proptest::sample::select(ActKind::ALL.to_vec());
    let one = (kind, 0usize..4, 0u64..7000, 0u64..60, proptest::option::of(0u64..9000));
    proptest::collection::vec(one, 0..25).prop_map(|all| {
        let mut acts: BTreeMap<ActId, Act> = BTreeMap::new();
        for (kind, who, days, later, effect) in all {
            let code = match kind.actor() {
                Actor::Treaty => "",
                Actor::State | Actor::Either => STATES[who],
            };
            let on = start() + Days::new(days);
            let effect = effect.map(|days| start() + Days::new(days));
            let act = Act {
                known_on: on + Days::new(later),
                effective_on: effect.filter(|_| who == 0),
                ends_before: effect.filter(|_| kind == ActKind::Extension),
                // That of some deadline, or of another clause.
                deadline: kind.is_about_deadline().then(|| format!("clause-{}", 3 + who).parse().unwrap()),
                until: effect.filter(|_| kind == ActKind::DeadlineExtension),
                towards: if kind.can_be_towards_some() && !code.is_empty() && days % 2 == 0 {
                    vec![STATES[(who + 1) % 4].parse().unwrap()]
                } else {
                    Vec::new()
                },
                precludes_entry_into_force: kind == ActKind::Objection && days % 4 == 0,
                ..act("test", code, kind, &on.to_string())
            };
            acts.insert(act.id.clone(), act);
        }
        let label = |(number, act)| Act {
            label: Some(label_of(number).parse().unwrap()).filter(|_| number < LABELS),
            ..act
        };
        acts.into_values().enumerate().map(label).collect()
    })
}

/// The day on which an act takes effect by the clauses, as the projection shows it.
fn computed_effect(projection: &Projection, act: &Act) -> Option<NaiveDate> {
    let rests_here = |reason: &Reason| reason.ground.as_ref().is_some_and(|ground| ground.act == act.id);
    if act.kind == ActKind::NoticeOfWithdrawal {
        let effect = |date: &&DueDate| date.kind == DateKind::WithdrawalEffect && rests_here(&date.reason);
        return projection.dates.iter().find(effect).map(|date| date.on.first_day());
    }
    if ActKind::COUNTED_CONSENT.contains(&act.kind) {
        let spans = projection.default_life().states.get(&act.state?)?;
        let party = |span: &&Span<StateStatus>| span.status == StateStatus::Party && rests_here(&span.reason);
        return spans.iter().find(party).map(|span| span.starts_on);
    }
    // No source gives the day of a succession, and nothing computes it; no clause here brings measures back.
    let has_own_day = !matches!(act.kind, ActKind::Succession | ActKind::NoticeOfReinstatement);
    has_own_day.then(|| act.day())
}

/// What a check of `today` raises that comes a day after another.
/// What a check of `today` raises after one of `since`.
fn alerts_of(treaty: &Treaty, acts: &[Act], since: NaiveDate, today: NaiveDate) -> Vec<Alert> {
    let known = |until: NaiveDate| acts.iter().filter(|act| act.known_on <= until).cloned().collect();
    let watched = watched(treaty, known(since), known(today));
    let states = BTreeMap::new();
    let (leads, names) = (&DEFAULT_LEAD_DAYS, Names(&states));
    due(&Look { watched: &watched, began_on: start(), since, today, leads, names })
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
        // The end of a state is known on its day, whatever acts are.
        let treaty = Treaty { statehood: Statehood::default(), ..treaty };
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
    // PROPTEST_CASES=10000 for a long run.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn recording_the_effect_that_is_computed_changes_nothing(treaty in any_treaty(), acts in any_acts()) {
        let bare: Vec<Act> = acts.into_iter().map(|act| Act { effective_on: None, ..act }).collect();
        let computed = all(&treaty, &bare);
        let of_clauses = |acts: &[Act]| -> Vec<_> {
            let findings = verify(&treaty, acts, &|_| None).into_iter();
            findings.map(|finding| (finding.what, finding.computed)).collect()
        };
        for (at, act) in bare.iter().enumerate() {
            let Some(effect) = computed_effect(&computed, act) else { continue };
            let mut recorded = bare.clone();
            recorded[at].effective_on = Some(effect);
            prop_assert_eq!(&all(&treaty, &recorded), &computed, "{:?} takes effect on {}", act.id, effect);
            prop_assert_eq!(of_clauses(&recorded), of_clauses(&bare));
            let differs = |finding: &Finding| finding.what.ends_with(act.id.as_str()) && finding.agreement == Agreement::Differs;
            prop_assert!(!verify(&treaty, &recorded, &|_| None).iter().any(differs));
        }
    }

    #[test]
    fn status_dates_oracle_and_alerts_name_the_same_days(treaty in any_treaty(), acts in any_acts()) {
        // The oracle passes over the days that are recorded: here there are none.
        let is_recorded = |act: &Act| matches!(act.kind, ActKind::EntryIntoForce | ActKind::Supersession);
        let acts = acts.into_iter().filter(|act| !is_recorded(act));
        let acts: Vec<Act> = acts.map(|act| Act { effective_on: None, ..act }).collect();
        let days: BTreeSet<NaiveDate> = all(&treaty, &acts).dates.iter().map(|date| date.on.first_day()).collect();
        for day in days.into_iter().take(8) {
            let present = project(&treaty, &acts, day);
            let known: Vec<Act> = acts.iter().filter(|act| act.known_on <= day).cloned().collect();
            let findings = verify(&treaty, &known, &|_| None);
            let life = present.default_life();
            let mut alerts: Option<Vec<Alert>> = None;
            for date in present.dates.iter().filter(|date| date.on == PartialDay::exact(day)) {
                let begins = match date.kind {
                    DateKind::EntryIntoForce | DateKind::Expiry => {
                        life.treaty.iter().any(|span| span.starts_on == day)
                    }
                    DateKind::StateEntryIntoForce | DateKind::WithdrawalEffect => {
                        let spans = date.state.and_then(|state| life.states.get(&state));
                        spans.is_some_and(|spans| spans.iter().any(|span| span.starts_on == day))
                    }
                    _ => continue,
                };
                prop_assert!(begins, "{:?}: no status begins on {}", date.id, day);
                if let Some(ground) = &date.reason.ground
                    && date.kind == DateKind::WithdrawalEffect
                    && ground.kind == ActKind::NoticeOfWithdrawal
                {
                    let of_act = |finding: &&Finding| ground.act.as_str() == format!("test/{}", finding.what);
                    // Without a clause on withdrawal the oracle has nothing to apply.
                    for finding in findings.iter().filter(of_act) {
                        prop_assert_eq!(finding.computed, Some(date.on), "{}", &finding.what);
                    }
                }
                let alerts = alerts.get_or_insert_with(|| alerts_of(&treaty, &acts, day.pred_opt().unwrap(), day));
                let told = alerts.iter().any(|alert| {
                    let changes = |change: &Change| change.on.first_day() == day && change.state == date.state;
                    alert.date.as_ref() == Some(&date.id) || alert.changes.iter().any(changes)
                });
                prop_assert!(told, "{:?} on {}: {:?}", date.id, day, alerts);
            }
        }
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
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for alert in alerts_of(&treaty, &acts, since, today) {
            *times.entry(alert.key).or_default() += 1;
        }
        times.retain(|_, times| *times > 1);
        prop_assert!(times.is_empty(), "{:?}", times);
    }
}
