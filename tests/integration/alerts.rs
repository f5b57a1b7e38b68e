//! What is told of the seeds, day by day, by the pure rules alone.

use chrono::NaiveDate;
use treatywatch::alerts::{Look, Names, Route, due, replay};
use treatywatch::config::DEFAULT_LEAD_DAYS;
use treatywatch::domain::act::{Act, ActKind};
use treatywatch::domain::alert::{Alert, Change, Changed};
use treatywatch::domain::alert_kind::{AlertKind, Severity};
use treatywatch::domain::clause::Terms;
use treatywatch::domain::day::PartialDay;
use treatywatch::domain::lang::Lang;
use treatywatch::domain::seeds::TreatyFile;
use treatywatch::domain::status::{Standing, StateStatus};
use treatywatch::domain::treaty::Treaty;
use treatywatch::domain::watch::{Fresh, Watched};

use crate::env::{day, embedded, embedded_treaty, watched};

/// What a check of `today` raises after one of `since`, of a watch that began on `began_on`.
fn raised(watched: &Watched, began_on: NaiveDate, since: NaiveDate, today: NaiveDate) -> Vec<Alert> {
    let names = Names(&embedded().states);
    due(&Look { watched, began_on, since, today, leads: &DEFAULT_LEAD_DAYS, names })
}

/// The same, of acts that became known in the order of their days.
fn check(file: &TreatyFile, began: NaiveDate, since: NaiveDate, today: NaiveDate) -> Vec<Alert> {
    let known =
        |until: NaiveDate| file.acts.iter().filter(move |act| act.known_on <= until).cloned().collect();
    raised(&watched(&file.treaty, known(since), known(today)), began, since, today)
}

/// A check on every day after `from`, up to `to`: the day of the check with what it raised.
fn daily(treaty: &str, from: &str, to: &str) -> Vec<(String, Alert)> {
    let file = embedded_treaty(treaty);
    let began = day(from);
    let days = began.iter_days().zip(began.iter_days().skip(1)).take_while(|(_, today)| *today <= day(to));
    days.flat_map(|(since, today)| {
        let raised = check(file, began, since, today);
        raised.into_iter().map(move |alert| (today.to_string(), alert))
    })
    .collect()
}

fn short(raised: &[(String, Alert)]) -> Vec<String> {
    let lead = |alert: &Alert| alert.lead_days.map(|lead| format!(" {lead}")).unwrap_or_default();
    raised.iter().map(|(on, alert)| format!("{on} {}{}", alert.kind, lead(alert))).collect()
}

#[test]
fn new_start_is_told_at_each_lead_and_on_the_day() {
    let raised = daily("new-start", "2025-01-01", "2026-02-06");
    let expiry: Vec<_> = raised
        .into_iter()
        .filter(|(_, alert)| alert.date.as_ref().is_some_and(|date| date.as_str() == "new-start/expiry"))
        .collect();
    assert_eq!(
        short(&expiry),
        [
            "2025-02-05 date.approaching 365",
            "2025-08-09 date.approaching 180",
            "2025-11-07 date.approaching 90",
            "2025-12-07 date.approaching 60",
            "2026-01-06 date.approaching 30",
            "2026-01-22 date.approaching 14",
            "2026-01-29 date.approaching 7",
            "2026-02-02 date.approaching 3",
            "2026-02-04 date.approaching 1",
            "2026-02-05 status.changed",
        ]
    );
    let (_, end) = expiry.last().unwrap();
    assert_eq!(end.severity, Severity::Critical);
    assert_eq!(end.also, [AlertKind::DateReached]);
    assert_eq!(
        end.sentence,
        "New START expired on 5 February 2026 (extension of 3 February 2021, article XIV(2))."
    );
    // The treaty's change names those of both parties.
    assert_eq!(end.changes.iter().filter(|change| change.state.is_some()).count(), 3);
    assert!(expiry.iter().all(|(_, alert)| !alert.late));
}

#[test]
fn an_extension_moves_the_date_and_silences_its_leads() {
    let raised = daily("new-start", "2021-01-25", "2021-02-10");
    assert_eq!(
        short(&raised),
        ["2021-01-29 date.approaching 7", "2021-02-02 date.approaching 3", "2021-02-03 date.moved"]
    );
    assert_eq!(
        raised[2].1.sentence,
        "New START was extended on 3 February 2021; New START now expires on 5 February 2026 (previously on \
         5 February 2021)."
    );
    assert_eq!(raised[2].1.also, [AlertKind::ActRecorded]);
    assert_eq!(raised[2].1.date.as_ref().map(|date| date.as_str()), Some("new-start/expiry"));
}

#[test]
fn a_notice_is_told_with_its_day_of_effect_then_its_leads_then_its_effect() {
    let raised = daily("inf", "2019-01-31", "2019-08-03");
    let of_us: Vec<_> = raised
        .into_iter()
        .filter(|(_, alert)| alert.state.is_none_or(|state| state.as_str() == "USA"))
        .filter(|(_, alert)| !alert.sentence.contains("suspended"))
        .collect();
    assert_eq!(
        short(&of_us),
        [
            "2019-02-02 status.changed",
            "2019-02-03 date.approaching 180",
            "2019-05-04 date.approaching 90",
            "2019-06-03 date.approaching 60",
            "2019-07-03 date.approaching 30",
            "2019-07-19 date.approaching 14",
            "2019-07-26 date.approaching 7",
            "2019-07-30 date.approaching 3",
            "2019-08-01 date.approaching 1",
            "2019-08-02 status.changed",
        ]
    );
    // The withdrawal's day is told as the treaty's end, and as the day that had approached.
    let (_, end) = of_us.last().unwrap();
    assert_eq!(end.also, [AlertKind::DateReached]);
    assert_eq!(end.date.as_ref().map(|date| date.as_str()), Some("inf/USA/withdrawal_effect/1"));
    assert_eq!(
        of_us[0].1.sentence,
        "The United States of America gave notice of withdrawal from the INF Treaty on 2 February 2019; \
         the withdrawal takes effect on 2 August 2019 (article XV(2))."
    );
}

#[test]
fn who_fulfils_the_condition_sets_the_day_of_entry_into_force() {
    let mut file = embedded_treaty("ctbt").clone();
    let example = file.acts.iter().find(|act| act.kind == ActKind::Ratification).unwrap().clone();
    for state in ["CHN", "EGY", "IND", "IRN", "ISR", "PAK", "PRK", "RUS", "USA"] {
        let on = if state == "USA" { "2026-11-20" } else { "2026-11-10" };
        file.acts.push(Act {
            id: format!("ctbt/{state}/again").parse().unwrap(),
            state: state.parse().ok(),
            on: on.parse().unwrap(),
            known_on: day(on),
            ..example.clone()
        });
    }
    let raised = check(&file, day("2026-11-01"), day("2026-11-19"), day("2026-11-20"));
    let alert = raised.iter().find(|alert| alert.is_any_of(&[AlertKind::ThresholdProgress])).unwrap();
    // 180 days after the last of the 44: article XIV(1).
    assert!(
        alert.sentence.contains(
            "44 of the 44 required States have now ratified (previously 43); the status of the United States of \
             America changed from signatory to contracting state on 20 November 2026; the treaty enters into force on 19 \
             May 2027"
        ),
        "{}",
        alert.sentence
    );
    assert_eq!(alert.date.as_ref().map(|date| date.as_str()), Some("ctbt/entry_into_force"));
    let zh = alert.sentences.zh.as_deref().unwrap();
    assert!(zh.contains("条约将于2027年5月19日生效"), "{zh}");
}

#[test]
fn what_is_in_force_comes_no_nearer_to_it() {
    let example = embedded_treaty("ctbt").acts.iter().find(|act| act.state.is_some()).unwrap();
    let of_iran = |kind, on: &str| Act {
        id: format!("outer-space-treaty/IRN/{kind}").parse().unwrap(),
        kind,
        state: "IRN".parse().ok(),
        on: on.parse().unwrap(),
        known_on: day(on),
        ..example.clone()
    };
    let acts = [of_iran(ActKind::Signature, "1967-01-27"), of_iran(ActKind::Ratification, "2026-11-20")];
    let mut file = embedded_treaty("outer-space-treaty").clone();
    file.acts.extend(acts);
    let raised = check(&file, day("2026-11-01"), day("2026-11-19"), day("2026-11-20"));
    let [alert] = raised.as_slice() else { panic!("{raised:?}") };
    assert_eq!(
        (alert.kind, alert.also.as_slice()),
        (AlertKind::StatusChanged, [AlertKind::ActRecorded].as_slice())
    );
    assert!(!alert.sentence.contains("condition"), "{}", alert.sentence);
}

#[test]
fn after_a_pause_each_date_is_told_once_and_late() {
    let file = embedded_treaty("new-start");
    // Forty days without a check: the leads 60, 30 and 14 were missed, the nearest one is told.
    let raised = check(file, day("2025-01-01"), day("2025-12-14"), day("2026-01-23"));
    assert_eq!(raised.len(), 1, "{raised:?}");
    assert_eq!(
        (raised[0].kind, raised[0].lead_days, raised[0].late),
        (AlertKind::DateApproaching, Some(14), true)
    );
    // A pause over the day itself: what happened, not what was approaching.
    let raised = check(file, day("2025-01-01"), day("2026-01-01"), day("2026-02-10"));
    let expiry: Vec<_> = raised.iter().filter(|alert| alert.on == day("2026-02-05").into()).collect();
    assert_eq!(expiry.len(), 1);
    assert_eq!((expiry[0].kind, expiry[0].late), (AlertKind::StatusChanged, true));
}

#[test]
fn a_catch_up_reaches_those_who_asked_for_a_lead_that_was_missed() {
    let file = embedded_treaty("new-start");
    let raised = check(file, day("2025-01-01"), day("2026-01-01"), day("2026-01-25"));
    let alert = raised.iter().find(|alert| alert.lead_days.is_some()).unwrap();
    assert_eq!((alert.lead_days, alert.missed_leads.as_slice()), (Some(14), [30].as_slice()));
    let wants = |leads: &[u32]| {
        Route { lead_days: Some(leads.to_vec()), ..Route::of_everything("desk") }.wants(alert)
    };
    assert!(wants(&[30]) && wants(&[14]) && !wants(&[60, 7]));
}

#[test]
fn a_cancelled_date_that_comes_back_is_told() {
    // The DPRK's suspension of 1993 turns out not to have happened.
    let file = embedded_treaty("npt");
    let today = day("1993-06-11");
    let known: Vec<Act> = file.acts.iter().filter(|act| act.known_on <= today).cloned().collect();
    let is_suspension = |act: &Act| act.id.as_str().contains("suspension_of_notice");
    let now = known.iter().filter(|act| !is_suspension(act)).cloned().collect();
    let raised = raised(&watched(&file.treaty, known, now), day("1993-01-01"), today, today);
    assert_eq!(raised.len(), 1, "{raised:#?}");
    assert!(
        raised[0].sentence.ends_with("the withdrawal again takes effect on 12 June 1993."),
        "{}",
        raised[0].sentence
    );
}

#[test]
fn the_same_look_gives_the_same_alerts() {
    for file in embedded().treaties.values() {
        let look = || check(file, day("2019-06-05"), day("2019-06-05"), day("2026-08-22"));
        assert_eq!(look(), look());
    }
}

#[test]
fn a_second_check_of_a_day_raises_nothing() {
    for file in embedded().treaties.values() {
        let raised = check(file, day("2019-06-05"), day("2026-02-05"), day("2026-02-05"));
        assert_eq!(raised, [], "{}", file.treaty.id);
    }
}

#[test]
fn an_act_recorded_weeks_after_its_date_is_told_and_marked_late() {
    let file = embedded_treaty("ctbt");
    let today = day("2026-08-20");
    let is_late_one = |act: &Act| act.state.is_some_and(|state| state.as_str() == "TON");
    let (late, before): (Vec<Act>, Vec<Act>) = file.acts.iter().cloned().partition(is_late_one);
    assert_eq!(late.len(), 2);
    let watched = watched(&file.treaty, before, file.acts.clone());
    let raised = raised(&watched, day("2026-06-01"), today, today);
    assert_eq!(raised.len(), 2);
    assert!(raised.iter().all(|alert| alert.late), "{raised:?}");
    assert_eq!(
        raised[1].sentence,
        "Tonga ratified the CTBT on 7 July 2026; the status of Tonga is contracting state from 7 July 2026."
    );
}

#[test]
fn a_backfill_of_old_acts_is_one_summary() {
    let file = embedded_treaty("bwc");
    let (added, before): (Vec<Act>, Vec<Act>) =
        file.acts.iter().cloned().partition(|act| act.state.is_some_and(|state| state.as_str() < "BRA"));
    assert!(added.len() > 20);
    let today = day("2026-11-24");
    let raised = raised(&watched(&file.treaty, before, file.acts.clone()), today, today, today);
    assert_eq!(raised.len(), 1, "{:?}", raised.iter().map(|alert| &alert.sentence).collect::<Vec<_>>());
    assert_eq!(raised[0].acts.len(), added.len());
}

#[test]
fn a_corrected_act_names_the_earlier_one_and_a_retracted_one_is_told() {
    let file = embedded_treaty("ctbt");
    let is_it = |act: &&Act| act.id.as_str().starts_with("ctbt/TON/ratification");
    let old = file.acts.iter().find(is_it).unwrap().clone();
    let others: Vec<Act> = file.acts.iter().filter(|act| act.id != old.id).cloned().collect();
    let corrected = Act {
        id: "ctbt/TON/ratification/2026-07-06/new-york".parse().unwrap(),
        on: "2026-07-06".parse().unwrap(),
        ..old.clone()
    };
    let today = day("2026-08-20");
    let raise = |watched: &Watched| raised(watched, day("2026-06-01"), today, today);
    let now = [others.clone(), vec![corrected.clone()]].concat();
    let raised = raise(&Watched {
        fresh: vec![Fresh { act: corrected.clone(), supersedes: Some(old.id.clone()) }],
        retracted: Vec::new(),
        ..watched(&file.treaty, file.acts.clone(), now)
    });
    assert_eq!(raised.len(), 1, "{raised:#?}");
    assert_eq!(raised[0].kind, AlertKind::ActCorrected);
    assert_eq!(raised[0].acts, [corrected.id, old.id.clone()]);

    let raised = raise(&watched(&file.treaty, file.acts.clone(), others));
    assert_eq!(raised.len(), 1);
    assert_eq!(raised[0].key, "retracted|ctbt/TON/ratification/2026-07-07/new-york");
    let state = |status| Some(Standing::State(status));
    assert_eq!(
        raised[0].changes[0].what,
        Changed::Status { from: state(StateStatus::Contracting), to: state(StateStatus::Signatory) }
    );
}

/// A check of a treaty whose acts were `before`, and are `now` from the same day on.
fn look_again(treaty: &str, today: &str, before: &[Act], now: &[Act]) -> Vec<Alert> {
    let treaty = &embedded_treaty(treaty).treaty;
    let today = day(today);
    raised(&watched(treaty, before.to_vec(), now.to_vec()), day("2018-01-01"), today, today)
}

/// A check of a treaty whose acts stayed, and whose definition was `earlier` at the last one.
fn redefined(file: &TreatyFile, earlier: Treaty, today: &str) -> Vec<Alert> {
    let same = watched(&file.treaty, file.acts.clone(), file.acts.clone());
    let today = day(today);
    raised(&Watched { earlier: Some(earlier), ..same }, day("2018-01-01"), today, today)
}

#[test]
fn a_scheduled_day_that_newer_seeds_move_or_drop_is_told() {
    let mut file = embedded_treaty("cwc").clone();
    let at = file.treaty.scheduled.iter().position(|date| date.id.as_str() == "cwc/csp-31").unwrap();
    let mut earlier = file.treaty.clone();
    earlier.scheduled[at].on = "2026-11-23".parse().unwrap();
    file.treaty.scheduled[at].on = "2026-12-07".parse().unwrap();
    let moved = redefined(&file, earlier.clone(), "2026-08-23");
    assert_eq!(moved.len(), 1, "{moved:#?}");
    assert_eq!((moved[0].kind, moved[0].severity), (AlertKind::DateMoved, Severity::Warning));
    assert!(
        moved[0]
            .sentence
            .starts_with("A meeting under the CWC is due on 7 December 2026, no longer on 23 November 2026"),
        "{}",
        moved[0].sentence
    );

    file.treaty.scheduled.remove(at);
    let dropped = redefined(&file, earlier, "2026-08-23");
    assert_eq!(dropped.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::DateCancelled]);
}

#[test]
fn a_corrected_clause_that_changes_much_is_one_summary() {
    // For every state that joined the CWC later, sixty days instead of thirty.
    let file = embedded_treaty("cwc").clone();
    let mut earlier = file.treaty.clone();
    for clause in &mut earlier.clauses {
        if let Terms::LaterStates { delay, .. } = &mut clause.terms {
            delay.period = "P60D".parse().unwrap();
        }
    }
    let raised = redefined(&file, earlier, "2026-08-23");
    assert_eq!(raised.len(), 1, "{:?}", raised.iter().map(|alert| &alert.sentence).collect::<Vec<_>>());
    assert_eq!(raised[0].kind, AlertKind::StatusChanged);
    assert!(raised[0].changes.len() > 50, "{}", raised[0].changes.len());
    assert!(
        raised[0].sentence.starts_with("The recorded clauses of the CWC were corrected; "),
        "{}",
        raised[0].sentence
    );

    let same = redefined(&file, Treaty { notes: Vec::new(), ..file.treaty.clone() }, "2026-08-23");
    assert_eq!(same, [], "notes change nothing");
}

#[test]
fn other_sources_for_acts_are_nothing_to_tell_and_many_corrections_are_one_summary() {
    let file = embedded_treaty("cwc").clone();
    let raise = |correct: &dyn Fn(&mut Act)| {
        let correction = |old: &Act| {
            let mut act = Act { id: format!("{}~2", old.id).parse().unwrap(), ..old.clone() };
            correct(&mut act);
            Fresh { act, supersedes: Some(old.id.clone()) }
        };
        let fresh: Vec<Fresh> = file.acts.iter().filter(|act| act.state.is_some()).map(correction).collect();
        let of_treaty = file.acts.iter().filter(|act| act.state.is_none()).cloned();
        let now = fresh.iter().map(|fresh| fresh.act.clone()).chain(of_treaty).collect();
        let all = watched(&file.treaty, file.acts.clone(), now);
        let today = day("2026-08-23");
        raised(&Watched { fresh, retracted: Vec::new(), ..all }, day("2018-01-01"), today, today)
    };
    let sourced = raise(&|act| act.evidence.sources = vec!["https://example.org/new".to_owned()]);
    assert_eq!(sourced, []);
    let a_day_later = raise(&|act| act.on = PartialDay::exact(act.day().succ_opt().unwrap()));
    assert_eq!(a_day_later.len(), 1, "{:?}", a_day_later.iter().map(|one| &one.key).collect::<Vec<_>>());
    assert_eq!(a_day_later[0].kind, AlertKind::ActCorrected);
    assert!(a_day_later[0].sentence.starts_with("The records of "), "{}", a_day_later[0].sentence);
}

#[test]
fn a_day_known_to_the_month_is_told_as_a_month() {
    let mut file = embedded_treaty("cwc").clone();
    let notice = Act {
        id: "cwc/FRA/notice_of_withdrawal/2026-10".parse().unwrap(),
        kind: ActKind::NoticeOfWithdrawal,
        on: "2026-10".parse().unwrap(),
        known_on: day("2026-10-01"),
        ..file.acts.iter().find(|act| act.state.is_some_and(|state| state.as_str() == "FRA")).unwrap().clone()
    };
    file.acts.push(notice);
    let raised =
        replay(&file, Names(&embedded().states), &DEFAULT_LEAD_DAYS, day("2026-09-30"), day("2027-12-31"));
    let of_notice: Vec<_> = raised
        .into_iter()
        .filter(|(_, alert)| alert.state.is_some_and(|state| state.as_str() == "FRA"))
        .collect();
    let told: Vec<String> = of_notice
        .iter()
        .map(|(on, alert)| {
            format!(
                "{on} {} {}",
                alert.kind,
                alert.lead_days.map(|lead| lead.to_string()).unwrap_or_default()
            )
        })
        .collect();
    // Ninety days from 1 October are the earliest; nobody counts the last week before what may be later.
    let expected =
        ["2026-10-01 status.changed ", "2026-10-31 date.approaching 60", "2026-11-30 date.approaching 30"];
    assert_eq!(told[..3], expected.map(str::to_owned));
    assert_eq!(of_notice.len(), 4, "{told:?}");
    assert!(
        of_notice[0]
            .1
            .sentence
            .contains("in October 2026; the withdrawal takes effect in December 2026 at the earliest ("),
        "{}",
        of_notice[0].1.sentence
    );
    assert!(
        of_notice[3].1.sentence.contains("took effect in December 2026 at the earliest ("),
        "{}",
        of_notice[3].1.sentence
    );
}

fn flipped(alert: &Alert) -> Vec<String> {
    let who = |state: Option<treatywatch::domain::id::StateId>| {
        state.map_or("treaty".to_owned(), |state| state.to_string())
    };
    let words = |status: Option<Standing>| status.map_or("", Standing::as_str);
    let changed = |change: &Change| match change.what {
        Changed::Status { from, to } => {
            Some(format!("{}: {} -> {}", who(change.state), words(from), words(to)))
        }
        Changed::Date { .. } | Changed::Progress { .. } => None,
    };
    alert.changes.iter().filter_map(changed).collect()
}

#[test]
fn an_extension_recorded_after_the_end_was_told_says_that_the_treaty_is_in_force_again() {
    let all = embedded_treaty("new-start").acts.clone();
    let known: Vec<Act> = all.iter().filter(|act| act.known_on <= day("2021-02-03")).cloned().collect();
    let before: Vec<Act> = known.iter().filter(|act| act.kind != ActKind::Extension).cloned().collect();
    let raised = look_again("new-start", "2021-02-20", &before, &known);
    assert_eq!(raised.len(), 1, "{raised:#?}");
    let expected =
        ["treaty: expired -> in_force", "RUS: former_party -> party", "USA: former_party -> party"];
    assert_eq!(flipped(&raised[0]), expected);
    assert_eq!((raised[0].severity, raised[0].kind), (Severity::Critical, AlertKind::DateMoved));
    assert!(raised[0].is_any_of(&[AlertKind::StatusChanged]));
    assert_eq!(raised[0].date.as_ref().map(|date| date.as_str()), Some("new-start/expiry"));
}

#[test]
fn a_retracted_notice_says_that_the_treaty_is_in_force_again_for_all() {
    let all = embedded_treaty("inf").acts.clone();
    let is_notice = |act: &&Act| act.kind != ActKind::NoticeOfWithdrawal;
    let now: Vec<Act> = all.iter().filter(is_notice).cloned().collect();
    let raised = look_again("inf", "2026-06-02", &all, &now);
    let told = raised.iter().find(|alert| alert.key.starts_with("retracted|")).unwrap();
    let expected =
        ["treaty: terminated -> in_force", "RUS: former_party -> party", "USA: withdrawn -> party"];
    assert_eq!(flipped(told), expected);
    assert_eq!((told.severity, told.kind), (Severity::Critical, AlertKind::ActCorrected));
    assert_eq!(told.also, [AlertKind::StatusChanged]);
}

#[test]
fn a_backfill_that_ends_a_treaty_is_not_told_in_passing() {
    let all = embedded_treaty("inf").acts.clone();
    // The record of the entry into force comes late too: it is computed from the exchange as well.
    let early = |act: &&Act| act.known_on < day("2017-01-01") && act.kind != ActKind::EntryIntoForce;
    let before: Vec<Act> = all.iter().filter(early).cloned().collect();
    let mut now = all;
    for act in &mut now {
        act.known_on = act.known_on.min(day("2017-12-31"));
    }
    let raised = look_again("inf", "2026-06-02", &before, &now);
    assert_eq!(raised.len(), 1, "{raised:#?}");
    assert_eq!(raised[0].severity, Severity::Critical);
    assert!(raised[0].sentence.contains("changed from in force to terminated"), "{}", raised[0].sentence);
}

#[test]
fn russia_and_the_ctbt_is_a_step_back_and_not_a_withdrawal() {
    let raised = daily("ctbt", "2023-11-01", "2023-11-05");
    assert_eq!(short(&raised), ["2023-11-03 threshold.progress"]);
    let (_, alert) = &raised[0];
    assert_eq!(alert.also, [AlertKind::StatusChanged, AlertKind::ActRecorded]);
    assert_eq!(
        alert.sentence,
        "The Russian Federation revoked its ratification of the CTBT on 3 November 2023, which is not a \
         withdrawal; 35 of the 44 required States have now ratified (previously 36); the status of the Russian \
         Federation changed from contracting state to signatory on 3 November 2023."
    );
    assert_eq!(
        [Lang::En, Lang::Zh, Lang::Ru].map(|lang| alert.headline_in(lang)),
        [
            "CTBT: Russia revoked its ratification, 35 of 44 required States",
            "《全面禁止核试验条约》：俄罗斯撤销批准，所需44国中已有35国批准",
            "ДВЗЯИ, Россия: ратификация отозвана, 35 из 44 ратификаций",
        ]
    );
}

#[test]
fn passing_over_quiet_days_changes_nothing() {
    for (id, from, to) in [
        ("inf", "2019-01-31", "2019-09-01"),
        ("new-start", "2021-01-20", "2021-03-01"),
        ("ctbt", "2023-10-15", "2023-12-01"),
        ("unscr-2231", "2025-08-20", "2025-11-01"),
        ("npt", "2003-01-01", "2003-05-01"),
    ] {
        let file = embedded_treaty(id);
        let leaping = replay(file, Names(&embedded().states), &DEFAULT_LEAD_DAYS, day(from), day(to));
        let leaping: Vec<(String, Alert)> =
            leaping.into_iter().map(|(on, alert)| (on.to_string(), alert)).collect();
        assert!(!leaping.is_empty(), "{id}");
        assert_eq!(leaping, daily(id, from, to), "{id}");
    }
}
