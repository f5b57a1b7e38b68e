//! A day that one clause sets for many states: one message, which lists them. A made-up convention, by the jobs alone.

use std::ops::Deref;

use serde_json::Value;
use treatywatch::alerts::Route;
use treatywatch::delivery::event;
use treatywatch::delivery::mail::{Mail, MailServer, Security};
use treatywatch::domain::alert_kind::AlertKind;
use treatywatch::domain::attention::Remark;
use treatywatch::domain::delivery::RaisedAlert;
use treatywatch::domain::lang::Lang;
use treatywatch::domain::state::StateKind;
use treatywatch::jobs::{self, CheckSettings, SeedSource};
use treatywatch::store::Store;

use crate::env::{ACTS_HEADER, ALL_ALERTS, Tracker, at, day, embedded};

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
list = { kind = "depositary", title = "List", url = "https://depositary.example/reports" }

[[clause]]
kind = "entry_into_force_by_threshold"
article = "20(1)"
count = 3
first_of_month_after = 6
source = "list"

[[clause]]
kind = "later_states"
article = "20(2)"
from = "threshold_met"
first_of_month_after = 6
source = "list"

[[clause]]
id = "first-report"
kind = "deadline"
article = "9"
anchor = "state_entry_into_force"
scope = "each_state"
period = "P2Y"
source = "list"
"#;

/// The codes of states that exist, in order.
fn states() -> Vec<String> {
    let seeds = embedded();
    let all =
        seeds.states.values().filter(|state| state.kind == StateKind::State && state.ended_on.is_none());
    all.filter(|state| state.began_on.is_none_or(|began_on| began_on < day("2020-01-01")))
        .map(|state| state.id.to_string())
        .collect()
}

/// A tracker of the convention, which tells one endpoint everything.
struct Convention(Tracker);

impl Deref for Convention {
    type Target = Tracker;

    fn deref(&self) -> &Tracker {
        &self.0
    }
}

impl Convention {
    /// `acts` are the states and the days of their ratifications.
    async fn open(acts: &[(&str, &str)]) -> Self {
        let mut tracker = Tracker::empty().await;
        tracker.settings = CheckSettings { leads: vec![30, 7], routes: vec![Route::of_everything("desk")] };
        let convention = Self(tracker);
        convention.seed(acts, "2026-11-24T00:00:00Z").await;
        convention
    }

    async fn seed(&self, acts: &[(&str, &str)], now: &str) {
        self.write("ours/treaties/reports/treaty.toml", CONVENTION);
        let rows = acts.iter().map(|(state, on)| format!("{state},ratification,{on},,,,list,,,\n"));
        let acts = ACTS_HEADER.to_owned() + &rows.collect::<String>();
        self.write("ours/treaties/reports/acts.csv", acts);
        let source = SeedSource::new(None, &[self.path("ours")]).unwrap();
        jobs::seed(&self.store, &source, at(now)).await.unwrap();
    }

    /// The alerts of a check about dates of the convention.
    async fn check(&self, today: &str) -> Vec<RaisedAlert> {
        let of_dates = |raised: &RaisedAlert| {
            let kinds = [AlertKind::DateApproaching, AlertKind::DateReached];
            raised.alert.subject() == "reports" && kinds.contains(&raised.alert.kind)
        };
        self.sound_check(today).await.alerts.into_iter().filter(of_dates).collect()
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
    let env = Convention::open(&parties(&codes)).await;
    env.check("2027-06-30").await;
    let checks = [
        ("2027-07-02", PARTIES, Some(30)),
        ("2027-07-25", PARTIES, Some(7)),
        ("2027-08-01", PARTIES, None),
        ("2027-09-01", 2, Some(30)),
        ("2027-10-01", 2, None),
    ];
    for (today, count, lead) in checks {
        let raised = env.check(today).await;
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
    let env = Convention::open(&parties(&codes)).await;
    env.check("2027-06-30").await;
    let reached = env.check("2027-09-05").await;
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
    let env = Convention::open(&all[..PARTIES - 1]).await;
    env.check("2027-07-01").await;
    let first = env.check("2027-07-02").await;
    assert_eq!(first.iter().map(|raised| raised.alert.states.len()).collect::<Vec<_>>(), [PARTIES - 1]);
    let deliveries = env.deliveries().await.len();
    // The same days once more, as after a database is put back or a check is cut off.
    again(&env, "2027-07-01").await;
    assert!(env.check("2027-07-02").await.is_empty());
    assert_eq!(env.deliveries().await.len(), deliveries);
    // One more party with the same day: alone.
    env.seed(&all[..PARTIES], "2027-07-02T13:00:00Z").await;
    again(&env, "2027-07-01").await;
    let joined = env.check("2027-07-02").await;
    let [joined] = joined.as_slice() else { panic!("{joined:?}") };
    assert!(joined.alert.states.is_empty() && joined.alert.lead_days == Some(30));
    assert_eq!(joined.alert.state.unwrap().as_str(), codes[PARTIES - 1]);
    // At the next lead it is one of all.
    let next = env.check("2027-07-25").await;
    assert_eq!(next.iter().map(|raised| raised.alert.states.len()).collect::<Vec<_>>(), [PARTIES]);
}

/// Lets the next check look at the days after `since` again.
async fn again(env: &Convention, since: &str) {
    let mut tx = env.store.begin().await.unwrap();
    tx.set_checked(day(since), at("2027-07-02T12:30:00Z")).await.unwrap();
    tx.commit().await.unwrap();
}

/// A version that told each state by itself has left such a row for each.
#[tokio::test]
async fn who_was_told_alone_is_in_no_list() {
    let codes = states();
    let env = Convention::open(&parties(&codes)).await;
    env.check("2027-07-01").await;
    let mut tx = env.store.begin().await.unwrap();
    for code in &codes[..3] {
        let key = format!("approaching|reports/{code}/first-report|2027-08-01|30");
        let alert = treatywatch::alerts::test_alert("reports".parse().unwrap(), day("2027-08-01"), key);
        let raised_at = at("2027-07-01T12:00:00Z");
        let raised = RaisedAlert { id: format!("msg_{code}"), raised_at, test: false, alert };
        tx.insert_alert(&raised, &[]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let raised = env.check("2027-07-02").await;
    assert_eq!(raised.iter().map(|raised| raised.alert.states.len()).collect::<Vec<_>>(), [PARTIES - 3]);
}

#[tokio::test]
async fn each_date_is_acknowledged_by_itself() {
    let codes = states();
    let env = Convention::open(&parties(&codes)).await;
    env.check("2027-06-30").await;
    let date = format!("reports/{}/first-report", codes[0]).parse().unwrap();
    let days = env.store.days_ahead(&date, day("2027-06-30")).await.unwrap();
    let anna = Remark { author: "anna".to_owned(), note: None };
    assert!(env.store.acknowledge(&date, &days, &anna, at("2027-07-01T09:00:00Z")).await.unwrap());
    let raised = env.check("2027-07-02").await;
    let told: Vec<usize> = raised.iter().map(|raised| raised.alert.states.len()).collect();
    assert_eq!(told, [0, PARTIES - 1], "the one is on record, and is not sent");
    let rows = env.deliveries().await;
    let of = |id: &str| rows.iter().find(|row| row.alert_id == id).unwrap().state.to_string();
    assert_eq!((of(&raised[0].id), of(&raised[1].id)), ("acknowledged".to_owned(), "pending".to_owned()));
    // The day itself is no reminder: all are in it.
    let reached = env.check("2027-08-01").await;
    assert_eq!(reached.last().unwrap().alert.states.len(), PARTIES);
}

#[tokio::test]
async fn a_snapshot_of_an_earlier_day_has_no_keys_of_later_alerts() {
    let codes = states();
    let env = Convention::open(&parties(&codes)).await;
    env.check("2027-06-30").await;
    env.check("2027-07-02").await;
    let target = env.path("then.db");
    env.store.backup_as_known(&target, day("2027-07-01")).await.unwrap();
    let then = Store::open(&target).await.unwrap();
    assert!(then.alerts(&ALL_ALERTS).await.unwrap().iter().all(|raised| raised.alert.states.is_empty()));
}
