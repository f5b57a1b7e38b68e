use chrono::NaiveDate;

use super::*;
use crate::answers::tests::{asked, day, json, seeds};
use crate::domain::status::{OverlayKind, StateStatus};

fn all(on: &str, known_on: &str) -> StatusView {
    let (files, states) = seeds();
    status(&files, &states, &StatusQuestion { treaty: None, asked: asked(on, known_on), reading: None })
        .unwrap()
}

fn one(treaty: &str, on: &str, known_on: &str) -> StatusView {
    let (files, states) = seeds();
    let asked = asked(on, known_on);
    let question = StatusQuestion { treaty: Some(treaty.to_owned()), asked, reading: None };
    status(&files, &states, &question).unwrap()
}

fn find<'a>(view: &'a StatusView, treaty: &str) -> &'a InstrumentView {
    view.instruments.iter().find(|it| it.treaty_id.as_str() == treaty).unwrap()
}

fn standing(view: &StatusView, treaty: &str) -> (TreatyStatus, String, Option<String>) {
    let instrument = find(view, treaty);
    let day = |day: NaiveDate| day.to_string();
    (instrument.status.unwrap(), day(instrument.starts_on.unwrap()), instrument.ends_before.map(day))
}

fn codes(states: &[StateId]) -> Vec<&str> {
    states.iter().map(StateId::as_str).collect()
}

#[test]
fn the_day_of_the_statement_is_shown_as_it_was_known() {
    let view = all("2019-06-05", "2019-06-05");
    let until = |day: &str| Some(day.to_owned());
    let expected = [
        ("abm", TreatyStatus::Terminated, "2002-06-13", None),
        ("inf", TreatyStatus::InForce, "1988-06-01", until("2019-08-02")),
        ("new-start", TreatyStatus::InForce, "2011-02-05", until("2021-02-05")),
        ("npt", TreatyStatus::InForce, "1970-03-05", None),
        ("bwc", TreatyStatus::InForce, "1975-03-26", None),
        ("cwc", TreatyStatus::InForce, "1997-04-29", None),
        ("jcpoa", TreatyStatus::InEffect, "2015-10-18", None),
    ];
    for (treaty, status, since, until) in expected {
        assert_eq!(standing(&view, treaty), (status, since.to_owned(), until), "{treaty}");
        assert!(!find(&view, treaty).last_known, "{treaty}");
    }
    assert_eq!(standing(&view, "ctbt").0, TreatyStatus::Pending);
    let ctbt = find(&view, "ctbt").progress.as_ref().unwrap();
    assert_eq!((ctbt.reached, ctbt.needed, ctbt.missing.len()), (36, 44, 8));
}

#[test]
fn a_participant_that_ceased_is_shown_under_what_goes_on() {
    let view = all("2019-06-05", "2019-06-05");
    let jcpoa = find(&view, "jcpoa");
    let left = &jcpoa.left[0];
    assert_eq!((left.state.as_str(), left.status), ("USA", StateStatus::Ceased));
    assert_eq!(left.starts_on, day("2018-05-08"));
    assert_eq!(jcpoa.counts.unwrap().parties, 7);
    // Before that day it took part.
    assert!(find(&all("2018-05-07", "2019-06-05"), "jcpoa").left.is_empty());
}

#[test]
fn contested_effects_stand_side_by_side() {
    let view = all("2026-11-24", "2026-11-24");
    let resolution = find(&view, "unscr-2231");
    assert_eq!(resolution.status, Some(TreatyStatus::Contested));
    let readings: Vec<_> = resolution.readings.iter().filter(|reading| reading.contends).collect();
    let statuses: Vec<_> = readings.iter().map(|reading| reading.status.unwrap()).collect();
    assert_eq!(statuses, [TreatyStatus::InEffect, TreatyStatus::Ended]);
    assert!(readings.iter().all(|reading| !reading.asserted_by.is_empty()));
    assert_eq!(readings[0].overlays[0].kind, OverlayKind::Reinstatement);
    // The day before, nobody contested it.
    assert_eq!(standing(&all("2025-09-27", "2026-11-24"), "unscr-2231").0, TreatyStatus::InEffect);
    // Whether anybody takes part depends on the reading.
    assert_eq!(find(&view, "jcpoa").counts, None);
}

#[test]
fn the_depositaries_count_stands_and_others_beside_it() {
    let view = all("2026-11-24", "2026-11-24");
    let npt = find(&view, "npt");
    assert_eq!(npt.counts.unwrap().parties, 191);
    let out: Vec<NaiveDate> = npt.readings.iter().map(|reading| reading.states[0].starts_on).collect();
    assert_eq!(out, [day("2003-01-11"), day("2003-04-10")]);
    assert!(npt.readings.iter().all(|reading| reading.counts.unwrap().parties == 190));
}

#[test]
fn a_disputed_suspension_names_who_disputes_it() {
    let view = one("new-start", "2024-01-01", "2024-01-01");
    let overlay = &find(&view, "new-start").overlays[0];
    assert_eq!((overlay.kind, overlay.state.unwrap().as_str()), (OverlayKind::Suspension, "RUS"));
    assert_eq!(codes(&overlay.disputed_by), ["USA"]);
    assert_eq!(find(&view, "new-start").status, Some(TreatyStatus::InForce));
    let invalid = find(&view, "new-start").readings.iter().find(|it| !it.not_recognised.is_empty());
    assert_eq!(codes(&invalid.unwrap().asserted_by), ["USA"]);
}

#[test]
fn treaties_come_first_and_those_in_force_before_those_that_ended() {
    let view = all("2026-11-24", "2026-11-24");
    let ranks: Vec<_> = view.instruments.iter().map(rank).collect();
    assert!(ranks.is_sorted());
    let place = |treaty: &str| view.instruments.iter().position(|it| it.treaty_id.as_str() == treaty);
    assert!(place("npt") < place("ctbt") && place("ctbt") < place("inf") && place("inf") < place("jcpoa"));
}

#[test]
fn a_month_is_not_made_a_day() {
    let view = one("oewg-paros", "2025-06-05", "2025-06-05");
    assert_eq!(json(&view)["instruments"][0]["since"]["last_day"], "2024-12-31");
    assert_eq!(json(&view)["instruments"][0]["starts_on"], "2024-12-01");
}

#[test]
fn programs_read_days_codes_and_all_titles() {
    let json = json(&all("2019-06-05", "2019-06-05"));
    assert_eq!((&json["on"], &json["known_on"]), (&"2019-06-05".into(), &"2019-06-05".into()));
    let instruments = json["instruments"].as_array().unwrap();
    let inf = instruments.iter().find(|it| it["treaty_id"] == "inf").unwrap();
    assert_eq!(inf["status"], "in_force");
    assert_eq!(inf["ends_before"], "2019-08-02");
    assert_eq!(inf["overlays"][0]["state"], "USA");
    assert!(inf["short_title"]["ru"].is_string());
}
