use chrono::NaiveDate;

use super::*;
use crate::alerts::{Names as AlertNames, replay};
use crate::cli::testing::{day, json, printed, seeds};
use crate::config::DEFAULT_LEAD_DAYS;
use crate::domain::delivery::RaisedAlert;
use crate::domain::status::TreatyStatus;
use crate::store::{DeliveryRow, DeliveryState, Watch};

fn watch(began: &str, checked: &str) -> Watch {
    Watch {
        database_id: "a-database".to_owned(),
        seeds_digest: None,
        seeds_version: None,
        projected_by: None,
        began_on: Some(day(began)),
        checked_on: Some(day(checked)),
        checked_at: None,
    }
}

/// What a watch from `began` on has raised by `today`.
fn raised(treaty: &str, began: &str, today: &str) -> Vec<RaisedAlert> {
    let (files, states) = seeds();
    let file = files.iter().find(|file| file.treaty.id.as_str() == treaty).unwrap();
    let told = replay(file, AlertNames(&states), &DEFAULT_LEAD_DAYS, day(began), day(today));
    let raise = |(on, alert): (NaiveDate, _)| RaisedAlert {
        id: format!("msg_{on}"),
        raised_at: on.and_hms_opt(6, 0, 0).unwrap().and_utc(),
        test: false,
        alert,
    };
    told.into_iter().map(raise).collect()
}

fn ask(treaty: &str, date: Option<&str>, began: &str, today: &str) -> WhyView {
    let (files, states) = seeds();
    let watch = watch(began, today);
    let alerts = raised(treaty, began, today);
    let deliveries: Vec<DeliveryRow> = alerts
        .iter()
        .map(|raised| DeliveryRow {
            delivery_id: 1,
            alert_id: raised.id.clone(),
            endpoint: "desk".to_owned(),
            state: DeliveryState::Delivered,
            attempts: 1,
            next_attempt_at: None,
            last_error: None,
            finished_at: Some(raised.raised_at),
            held_for: None,
            digest_id: None,
            alert: raised.alert.clone(),
        })
        .collect();
    let record = Record {
        watch: &watch,
        leads: &DEFAULT_LEAD_DAYS,
        alerts: &alerts,
        deliveries: &deliveries,
        acknowledgements: &[],
        snoozes: &[],
        today: day(today),
    };
    let question = WhyQuestion { treaty: treaty.to_owned(), date: date.map(str::to_owned) };
    why(&files, &states, &record, None, &question).unwrap()
}

fn steps(links: &[Link]) -> Vec<String> {
    let step = |link: &Link| match link {
        Link::Clause { article, .. } => article.clone(),
        Link::Act { act_id, .. } => act_id.to_string(),
    };
    links.iter().map(step).collect()
}

#[test]
fn a_chain_goes_from_the_day_through_articles_to_an_act() {
    // The deadline of the JCPOA's transition day hangs on its adoption day, that on the endorsement.
    let view = ask("jcpoa", Some("transition-day"), "2023-01-01", "2023-06-01");
    let links = steps(&view.dates[0].because);
    assert!(links.len() >= 3, "{links:?}");
    assert!(links.last().unwrap().starts_with("jcpoa/endorsement/2015-07-20"), "{links:?}");

    let inf = ask("inf", None, "2019-01-01", "2019-06-05");
    let ended = inf.periods.iter().find(|period| period.status == TreatyStatus::Terminated).unwrap();
    assert_eq!(steps(&ended.because), ["XV(2)", "inf/USA/notice_of_withdrawal/2019-02-02"]);
}

#[test]
fn every_lead_says_what_became_of_it() {
    let view = ask("new-start", Some("new-start/expiry"), "2025-08-20", "2026-01-10");
    let fates: Vec<(Option<u32>, String)> = view.dates[0]
        .alerts
        .iter()
        .map(|lead| (lead.lead_days, json(lead)["fate"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [
        (Some(365), "before_the_watch"),
        (Some(180), "before_the_watch"),
        (Some(90), "raised"),
        (Some(60), "raised"),
        (Some(30), "raised"),
        (Some(14), "due"),
        (Some(7), "due"),
        (Some(3), "due"),
        (Some(1), "due"),
        (None, "due"),
    ];
    assert_eq!(fates, expected.map(|(lead, fate)| (lead, fate.to_owned())));
    let text = printed(&view, Lang::En).replace("\n    ", " ");
    let told = "30 days before, 2026-01-06: raised 2026-01-06T06:00:00Z, msg_2026-01-06 (desk delivered";
    assert!(text.contains(told), "{text}");
    for lang in [Lang::Zh, Lang::Ru] {
        printed(&view, lang);
    }
}

#[test]
fn a_date_that_was_not_known_has_missed_nothing() {
    // The notice of 2 February 2019 is six months long: no lead of a year was possible.
    let view = ask("inf", Some("USA/withdrawal_effect/1"), "2018-01-01", "2019-06-05");
    let first = json(&view.dates[0].alerts[0]);
    assert_eq!((first["lead_days"].as_u64(), first["fate"].as_str()), (Some(365), Some("not_known_then")));
}

#[test]
fn a_date_that_does_not_exist_is_refused_with_those_that_do() {
    let (files, states) = seeds();
    let watch = watch("2026-01-01", "2026-01-02");
    let record = Record {
        watch: &watch,
        leads: &[1],
        alerts: &[],
        deliveries: &[],
        acknowledgements: &[],
        snoozes: &[],
        today: day("2026-01-02"),
    };
    let question = WhyQuestion { treaty: "inf".to_owned(), date: Some("expiry".to_owned()) };
    let error = why(&files, &states, &record, None, &question).unwrap_err().to_string();
    assert!(error.starts_with("no such date `expiry`; there is inf/"), "{error}");
}

#[test]
fn everything_of_every_treaty_can_be_explained() {
    let (files, _) = seeds();
    for file in &files {
        let view = ask(file.treaty.id.as_str(), None, "2026-06-01", "2026-11-24");
        for period in &view.periods {
            assert!(matches!(period.because.last(), Some(Link::Act { .. })), "{} {period:?}", file.treaty.id);
        }
        for lang in [Lang::En, Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
    }
}
