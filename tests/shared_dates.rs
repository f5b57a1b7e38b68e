//! A day that one clause sets for many states: one message, which lists them. A made-up convention, by the jobs alone.

use std::fs;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use tempfile::TempDir;
use treatywatch::alerts::Route;
use treatywatch::catalogue;
use treatywatch::delivery::email::{Mail, MailServer, Security};
use treatywatch::delivery::event;
use treatywatch::domain::alert::AlertKind;
use treatywatch::domain::attention::Remark;
use treatywatch::domain::day::parse_day;
use treatywatch::domain::delivery::RaisedAlert;
use treatywatch::domain::state::StateKind;
use treatywatch::domain::treaty::Lang;
use treatywatch::jobs::{self, CheckSettings, SeedSource};
use treatywatch::store::{AlertFilter, DeliveryFilter, Store};

const PARTIES: usize = 190;
const CONVENTION: &str = r#"
id = "reports"
kind = "treaty"
facts_as_of = 2026-11-24

[title]
en = "Convention on Reports"

[short_title]
en = "Reports Convention"

[sources]
list = "https://depositary.example/reports"

[[clause]]
kind = "entry_into_force_by_threshold"
article = "20(1)"
count = 3
first_of_month_after = 6
source = "list"
basis = "depositary"
confidence = "high"

[[clause]]
kind = "later_states"
article = "20(2)"
from = "threshold_met"
first_of_month_after = 6
source = "list"
basis = "depositary"
confidence = "high"

[[clause]]
id = "first-report"
kind = "deadline"
article = "9"
anchor = "state_entry_into_force"
scope = "each_state"
period = "P2Y"
source = "list"
basis = "depositary"
confidence = "high"
"#;

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The codes of states that exist, in order.
fn states() -> Vec<String> {
    let seeds = catalogue::embedded().unwrap();
    let all =
        seeds.states.into_values().filter(|state| state.kind == StateKind::State && state.ended_on.is_none());
    all.filter(|state| state.began_on.is_none_or(|day| day < parse_day("2020-01-01").unwrap()))
        .map(|state| state.id.to_string())
        .collect()
}

/// A database with the convention; `acts` are the states and the days of their ratifications.
struct Desk {
    dir: TempDir,
    store: Store,
    settings: CheckSettings,
}

impl Desk {
    async fn open(acts: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("treatywatch.db")).await.unwrap();
        let settings = CheckSettings { leads: vec![30, 7], routes: vec![Route::of_everything("desk")] };
        let desk = Self { dir, store, settings };
        desk.seed(acts, "2026-11-24T00:00:00Z").await;
        desk
    }

    async fn seed(&self, acts: &[(&str, &str)], now: &str) {
        let dir = self.dir.path().join("ours");
        let treaty = dir.join("treaties/reports");
        fs::create_dir_all(&treaty).unwrap();
        fs::write(treaty.join("treaty.toml"), CONVENTION).unwrap();
        let rows =
            acts.iter().map(|(state, on)| format!("{state},ratification,{on},,,,list,depositary,high,\n"));
        let head = "state,kind,on,effective_on,place,note,source,basis,confidence,label\n".to_owned();
        fs::write(treaty.join("acts.csv"), head + &rows.collect::<String>()).unwrap();
        let source = SeedSource::new(None, &[dir]).unwrap();
        jobs::seed(&self.store, &source, at(now)).await.unwrap();
    }

    async fn check(&self, today: &str) -> Vec<RaisedAlert> {
        let now = at(&format!("{today}T12:00:00Z"));
        let report = jobs::check(&self.store, &self.settings, day(today), now, false).await.unwrap();
        assert!(report.set_aside.is_empty(), "{report:?}");
        let of_dates = |raised: &RaisedAlert| {
            let kinds = [AlertKind::DateApproaching, AlertKind::DateReached];
            raised.alert.subject() == "reports" && kinds.contains(&raised.alert.kind)
        };
        report.alerts.into_iter().filter(of_dates).collect()
    }

    async fn deliveries(&self) -> usize {
        let all = DeliveryFilter { failed_only: false, endpoint: None, treaty: None, limit: 10_000 };
        self.store.deliveries(&all).await.unwrap().len()
    }
}

/// All but two ratified on one day, two on a later one: reports are due on 1 August 2027 and 1 October 2027.
fn parties(codes: &[String]) -> Vec<(&str, &str)> {
    let on = |number: usize| if number < PARTIES { "2025-02-10" } else { "2025-04-10" };
    codes.iter().take(PARTIES + 2).enumerate().map(|(number, code)| (code.as_str(), on(number))).collect()
}

#[tokio::test]
async fn a_day_of_many_states_is_one_message_that_lists_them() {
    let codes = states();
    let desk = Desk::open(&parties(&codes)).await;
    desk.check("2027-06-30").await;
    let checks = [
        ("2027-07-02", PARTIES, Some(30)),
        ("2027-07-25", PARTIES, Some(7)),
        ("2027-08-01", PARTIES, None),
        ("2027-09-01", 2, Some(30)),
        ("2027-10-01", 2, None),
    ];
    for (today, count, lead) in checks {
        let raised = desk.check(today).await;
        let [raised] = raised.as_slice() else { panic!("{today}: {} alerts", raised.len()) };
        let alert = &raised.alert;
        let kind = if lead.is_some() { AlertKind::DateApproaching } else { AlertKind::DateReached };
        assert_eq!((alert.kind, alert.lead_days), (kind, lead));
        assert_eq!((alert.state, &alert.date, alert.states.len()), (None, &None, count));
        assert!(alert.sentence.starts_with("The deadline \"first report\" of the Reports Convention for "));
        assert!(alert.sentence.contains(&format!(" for {count} States falls on 1 ")), "{}", alert.sentence);
        let left = lead.map(|days| format!(", in {days} days")).unwrap_or_default();
        assert!(alert.sentence.ends_with(&format!("2027{left} (article 9).")), "{}", alert.sentence);
        let (zh, ru) = (alert.sentence_in(Lang::Zh), alert.sentence_in(Lang::Ru));
        assert!(
            zh.contains(&format!("{count}个国家")) && ru.contains(&format!("{count} государств")),
            "{zh} {ru}"
        );
        assert_eq!(alert.acts.len(), count);

        let event: Value = serde_json::from_slice(&event::body(raised)).unwrap();
        let listed = event["data"]["states"].as_array().unwrap();
        assert_eq!(listed.len(), count);
        let first = listed[0]["state"].as_str().unwrap();
        assert_eq!(listed[0]["date"], format!("reports/{first}/first-report"));
        assert!(listed[0]["name"]["en"].is_string());

        let server = MailServer { host: "localhost".to_owned(), port: 25, security: Security::Plain };
        let mail = Mail {
            server,
            credentials: None,
            from: "a@example.org".parse().unwrap(),
            to: vec!["b@example.org".parse().unwrap()],
            authorities: None,
            helo: None,
        };
        let text = String::from_utf8(mail.message(raised, Lang::En).unwrap().formatted()).unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with("- ")).count(), count);
    }
}

#[tokio::test]
async fn a_pause_and_the_day_itself_are_one_message_each() {
    let codes = states();
    let desk = Desk::open(&parties(&codes)).await;
    desk.check("2027-06-30").await;
    let reached = desk.check("2027-09-05").await;
    let told: Vec<(AlertKind, usize, bool)> = reached
        .iter()
        .map(|raised| (raised.alert.kind, raised.alert.states.len(), raised.alert.late))
        .collect();
    assert_eq!(told, [(AlertKind::DateReached, PARTIES, true), (AlertKind::DateApproaching, 2, true)]);
}

#[tokio::test]
async fn nobody_is_told_twice_and_who_joins_later_is_told() {
    let codes = states();
    let all = parties(&codes);
    let desk = Desk::open(&all[..PARTIES - 1]).await;
    desk.check("2027-07-01").await;
    let first = desk.check("2027-07-02").await;
    assert_eq!(first.iter().map(|raised| raised.alert.states.len()).collect::<Vec<_>>(), [PARTIES - 1]);
    let deliveries = desk.deliveries().await;
    // The same days once more, as after a database is put back or a check is cut off.
    again(&desk, "2027-07-01").await;
    assert!(desk.check("2027-07-02").await.is_empty());
    assert_eq!(desk.deliveries().await, deliveries);
    // One more party with the same day: alone.
    desk.seed(&all[..PARTIES], "2027-07-02T13:00:00Z").await;
    again(&desk, "2027-07-01").await;
    let joined = desk.check("2027-07-02").await;
    let [joined] = joined.as_slice() else { panic!("{joined:?}") };
    assert!(joined.alert.states.is_empty() && joined.alert.lead_days == Some(30));
    assert_eq!(joined.alert.state.unwrap().as_str(), codes[PARTIES - 1]);
    // At the next lead it is one of all.
    let next = desk.check("2027-07-25").await;
    assert_eq!(next.iter().map(|raised| raised.alert.states.len()).collect::<Vec<_>>(), [PARTIES]);
}

/// Lets the next check look at the days after `since` again.
async fn again(desk: &Desk, since: &str) {
    let mut tx = desk.store.begin().await.unwrap();
    tx.set_checked(day(since), at("2027-07-02T12:30:00Z")).await.unwrap();
    tx.commit().await.unwrap();
}

/// A version that told each state by itself has left such a row for each.
#[tokio::test]
async fn who_was_told_alone_is_in_no_list() {
    let codes = states();
    let desk = Desk::open(&parties(&codes)).await;
    desk.check("2027-07-01").await;
    let mut tx = desk.store.begin().await.unwrap();
    for code in &codes[..3] {
        let key = format!("approaching|reports/{code}/first-report|2027-08-01|30");
        let alert = treatywatch::alerts::test_alert("reports".parse().unwrap(), day("2027-08-01"), key);
        let raised_at = at("2027-07-01T12:00:00Z");
        let raised = RaisedAlert { id: format!("msg_{code}"), raised_at, test: false, alert };
        tx.insert_alert(&raised, &[]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let raised = desk.check("2027-07-02").await;
    assert_eq!(raised.iter().map(|raised| raised.alert.states.len()).collect::<Vec<_>>(), [PARTIES - 3]);
}

#[tokio::test]
async fn each_date_is_acknowledged_by_itself() {
    let codes = states();
    let desk = Desk::open(&parties(&codes)).await;
    desk.check("2027-06-30").await;
    let date = format!("reports/{}/first-report", codes[0]).parse().unwrap();
    let days = desk.store.days_ahead(&date, day("2027-06-30")).await.unwrap();
    let anna = Remark { author: "anna".to_owned(), note: None };
    assert!(desk.store.acknowledge(&date, &days, &anna, at("2027-07-01T09:00:00Z")).await.unwrap());
    let raised = desk.check("2027-07-02").await;
    let told: Vec<usize> = raised.iter().map(|raised| raised.alert.states.len()).collect();
    assert_eq!(told, [0, PARTIES - 1], "the one is on record, and is not sent");
    let all = DeliveryFilter { failed_only: false, endpoint: None, treaty: None, limit: 10 };
    let rows = desk.store.deliveries(&all).await.unwrap();
    let of = |id: &str| rows.iter().find(|row| row.alert_id == id).unwrap().state.to_string();
    assert_eq!((of(&raised[0].id), of(&raised[1].id)), ("acknowledged".to_owned(), "pending".to_owned()));
    // The day itself is no reminder: all are in it.
    let reached = desk.check("2027-08-01").await;
    assert_eq!(reached.last().unwrap().alert.states.len(), PARTIES);
}

#[tokio::test]
async fn a_snapshot_of_an_earlier_day_has_no_keys_of_later_alerts() {
    let codes = states();
    let desk = Desk::open(&parties(&codes)).await;
    desk.check("2027-06-30").await;
    desk.check("2027-07-02").await;
    let target = desk.dir.path().join("then.db");
    desk.store.backup_as_known(&target, day("2027-07-01")).await.unwrap();
    let then = Store::open(Path::new(&target)).await.unwrap();
    let all = AlertFilter { treaty: None, kind: None, since: None, limit: 100 };
    assert!(then.alerts(&all).await.unwrap().iter().all(|raised| raised.alert.states.is_empty()));
}
