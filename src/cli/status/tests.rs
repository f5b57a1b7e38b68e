use chrono::NaiveDate;

use super::*;
use crate::answers::lookup::NoSuch;
use crate::answers::state::{Standing, StateQuestion, state};
use crate::answers::status::{InstrumentView, StatusQuestion, status};
use crate::cli::spec;
use crate::cli::testing::{asked, day, json, printed, seeds};
use crate::domain::clause::Terms;
use crate::domain::id::StateId;
use crate::domain::status::{OverlayKind, TreatyStatus};

const LANGS: [Lang; 3] = [Lang::En, Lang::Zh, Lang::Ru];

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

fn as_read_by(side: &str, treaty: Option<&str>, on: &str) -> Result<StatusView, NoSuch> {
    let (files, states) = seeds();
    let (treaty, asked) = (treaty.map(str::to_owned), asked(on, on));
    status(&files, &states, &StatusQuestion { treaty, asked, reading: Some(side.to_owned()) })
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
fn one_side_s_reading_is_shown_and_the_other_stays_beside_it() {
    let on = "2026-01-01";
    for (side, reading, status) in [
        ("FRA", "e3", TreatyStatus::InEffect),
        ("China", "iran-russia-china", TreatyStatus::Ended),
        ("iran-russia-china", "iran-russia-china", TreatyStatus::Ended),
        ("BRA", "default", TreatyStatus::Contested),
    ] {
        let view = as_read_by(side, Some("unscr-2231"), on).unwrap();
        let resolution = find(&view, "unscr-2231");
        assert_eq!((resolution.reading.as_str(), resolution.status), (reading, Some(status)), "{side}");
        let others: Vec<&str> = resolution.readings.iter().map(|other| other.reading.as_str()).collect();
        assert!(!others.contains(&reading) && !others.is_empty(), "{side}: {others:?}");
        for lang in LANGS {
            printed(&view, lang);
        }
    }
    // The United States asserted one reading in 2020 and another in 2025.
    let error = as_read_by("USA", Some("unscr-2231"), on).unwrap_err().to_string();
    assert_eq!(error, "USA asserts several readings of unscr-2231: name one of e3, us-2020");
    let table = as_read_by("USA", None, on).unwrap();
    assert_eq!(find(&table, "unscr-2231").status, Some(TreatyStatus::Contested));
    assert_eq!(find(&table, "ctbt").status, Some(TreatyStatus::Pending));
    let refused = |side, treaty| as_read_by(side, treaty, on).unwrap_err().to_string();
    let unknown = refused("Atlantis", None);
    assert!(
        unknown.starts_with("no such reading, and no such state, `Atlantis`; there is e3, "),
        "{unknown}"
    );
    assert_eq!(unknown.matches(" default").count(), 0, "{unknown}");
    let near = refused("Frnace", Some("npt"));
    assert!(near.contains("France (FRA)"), "{near}");
    let other = refused("e3", Some("npt"));
    assert_eq!(other, "no such reading of npt `e3`; there is default, prk-own-count, three-months");
    assert!(as_read_by("default", Some("ctbt"), on).is_ok(), "as every treaty has one");
}

#[test]
fn a_pending_treaty_says_what_changed_last_and_when_it_could_enter_into_force() {
    let view = one("ctbt", "2026-11-24", "2026-11-24");
    let progress = find(&view, "ctbt").progress.as_ref().unwrap();
    assert_eq!((progress.reached, progress.needed, progress.missing.len()), (35, 44, 9));
    let last = progress.last_change.as_ref().unwrap().act.as_ref().unwrap();
    assert_eq!(last.act_id.as_str(), "ctbt/RUS/revocation_of_ratification/2023-11-03/new-york");
    assert_eq!(progress.if_met_on_the_day, Some(day("2027-05-23")));
    let text = printed(&view, Lang::En).replace('\n', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("last changed by revocation of ratification, Russian Federation, 2023-11-03"),
        "{text}"
    );
    assert!(
        text.contains("in force on 2027-05-23 if the last of them were deposited on 2026-11-24"),
        "{text}"
    );
}

#[test]
fn a_notice_and_suspensions_lie_over_a_treaty_in_force() {
    let view = all("2019-06-05", "2019-06-05");
    let inf = find(&view, "inf");
    let over = |kind| inf.overlays.iter().filter(move |overlay| overlay.kind == kind);
    let notice: Vec<_> = over(OverlayKind::Notice).collect();
    assert_eq!(notice.len(), 1);
    assert_eq!((notice[0].state.unwrap().as_str(), notice[0].ends_before), ("USA", Some(day("2019-08-02"))));
    let by: Vec<StateId> = over(OverlayKind::Suspension).filter_map(|overlay| overlay.state).collect();
    assert_eq!(codes(&by), ["USA", "RUS"]);
    let text = printed(&view, Lang::En);
    assert!(text.contains("running to\n    2019-08-02"), "{text}");
}

#[test]
fn what_came_to_pass_since_is_shown_today() {
    let view = all("2026-11-24", "2026-11-24");
    assert_eq!(standing(&view, "new-start"), (TreatyStatus::Expired, "2026-02-05".to_owned(), None));
    let ctbt = find(&view, "ctbt");
    assert_eq!(ctbt.status, Some(TreatyStatus::Pending));
    let progress = ctbt.progress.as_ref().unwrap();
    assert_eq!((progress.reached, progress.needed), (35, 44));
    let missing = ["CHN", "EGY", "IND", "IRN", "ISR", "PAK", "PRK", "RUS", "USA"];
    assert_eq!(codes(&progress.missing), missing);
    assert!(printed(&view, Lang::En).contains("35 of 44, missing CHN EGY IND IRN ISR PAK PRK RUS USA"));
    assert!(find(&view, "npt").last_known);
}

#[test]
fn what_did_not_exist_yet_is_said_only_when_asked_for() {
    let early = all("2000-01-01", "2026-11-24");
    assert!(early.instruments.iter().all(|it| it.treaty_id.as_str() != "new-start"));
    let view = one("new-start", "2000-01-01", "2026-11-24");
    assert_eq!(find(&view, "new-start").status, None);
    assert!(printed(&view, Lang::En).contains("did not exist yet"));
}

#[test]
fn missing_acts_make_no_count() {
    let view = all("2026-11-24", "2026-11-24");
    assert!(find(&view, "outer-space-treaty").counts.is_some_and(|counts| counts.incomplete));
    assert!(!printed(&view, Lang::En).contains("1 party"));
}

#[test]
fn a_deadline_of_a_state_stands_open_passed_or_met() {
    let (mut files, states) = seeds();
    let cwc = files.iter_mut().find(|file| file.treaty.id.as_str() == "cwc").unwrap();
    let clause = cwc.treaty.clauses.iter_mut().find(|clause| clause.id.as_str() == "initial-declarations");
    let Terms::Deadline { states: with_duty, .. } = &mut clause.unwrap().terms else { unreachable!() };
    *with_duty = ["FRA", "RUS", "USA"].map(|code| code.parse().unwrap()).to_vec();
    for decision in [
        "deadline_extension FRA 2021-11-15 deadline=initial-declarations until=2030-12-31",
        "deadline_met USA 2020-01-02 deadline=initial-declarations",
    ] {
        cwc.acts.push(spec::act(decision, &cwc.treaty.id, &states).unwrap());
    }
    let asked = asked("2026-11-24", "2026-11-24");
    let question = StatusQuestion { treaty: Some("cwc".to_owned()), asked, reading: None };
    let view = status(&files, &states, &question).unwrap();
    let deadlines = json(&view)["instruments"][0]["deadlines"].clone();
    let all = deadlines.as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let all = all.map(|it| [&it["state"], &it["standing"], &it["last_day"]["last_day"]].map(text));
    let expected = [
        ["FRA", "open", "2030-12-31"],
        ["RUS", "passed", "1998-01-04"],
        ["USA", "met", "1997-05-29"],
        ["RUS", "met", "2012-04-29"],
        ["USA", "met", "2012-04-29"],
    ];
    assert_eq!(all.collect::<Vec<_>>(), expected);
    let printed_page = printed(&view, Lang::En).split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "France: initial-declarations [III(1)], 2030-12-31, open",
        "Russian Federation: initial-declarations [III(1)], 1998-01-04, passed, no later decision on record",
        "United States of America: initial-declarations [III(1)], 2020-01-02, met",
    ] {
        assert!(printed_page.contains(line), "{printed_page}");
    }
    let of_state = StateQuestion { state: "RUS".to_owned(), asked };
    let view = state(&files, &states, &of_state).unwrap();
    let line = "deadline: initial-declarations [III(1)], 1998-01-04, passed, no later decision on record";
    let page = printed(&view, Lang::En).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(line), "{page}");
    let is_cwc = |it: &&Standing| it.treaty_id.as_str() == "cwc";
    assert_eq!(view.instruments.iter().find(is_cwc).unwrap().deadlines.len(), 2);
    for lang in [Lang::Zh, Lang::Ru] {
        printed(&view, lang);
    }
}

#[test]
fn every_page_fits_in_every_language() {
    let (files, _) = seeds();
    for lang in LANGS {
        for on in ["2001-01-01", "2019-06-05", "2024-01-01", "2026-11-24", "2030-01-01"] {
            printed(&all(on, "2026-11-24"), lang);
        }
        for file in &files {
            printed(&one(file.treaty.id.as_str(), "2026-11-24", "2026-11-24"), lang);
            printed(&one(file.treaty.id.as_str(), "2019-06-05", "2019-06-05"), lang);
        }
    }
}
