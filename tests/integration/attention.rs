//! What is told together, later or not at all: digests, reports, acknowledgements and snoozes, by the jobs
//! alone and then by the program. Real history, real files, real HTTP.

use std::collections::BTreeMap;
use std::ops::Deref;

use axum::http::StatusCode;
use serde_json::Value;
use treatywatch::clock::ManualClock;
use treatywatch::config::Config;
use treatywatch::domain::alert::Alert;
use treatywatch::domain::alert_kind::{AlertKind, Severity};
use treatywatch::domain::attention::{AcknowledgementEnd, Remark, SnoozeEnd};
use treatywatch::domain::delivery::{HeldFor, RaisedAlert};
use treatywatch::domain::id::DateId;
use treatywatch::jobs::{self, CheckSettings, Queue, Summaries, SummariesReport, SummaryTime};
use treatywatch::store::{DeliveryRow, DeliveryState, Held, Store};

use crate::env::{ALL_DELIVERIES, Message, Receiver, SECRET, TestEnv, Tracker, at, day, joined, treaty_id};

const DAILY: &str = "digest = 'daily 08:00 Europe/Berlin'";
const WEEKLY: &str = "report = 'weekly mon 08:00 Europe/Berlin'";

fn expiry() -> DateId {
    "new-start/expiry".parse().unwrap()
}

fn anna() -> Remark {
    Remark { author: "anna".to_owned(), note: None }
}

/// A tracker with the endpoint `desk`, which is told of New START alone, and its receiver.
struct Subscriber {
    tracker: Tracker,
    config: Config,
    receiver: Receiver,
}

impl Deref for Subscriber {
    type Target = Tracker;

    fn deref(&self) -> &Tracker {
        &self.tracker
    }
}

impl Subscriber {
    /// With these keys of the endpoint besides.
    async fn open(keys: &str) -> Self {
        let (tracker, receiver) = (Tracker::open().await, Receiver::start().await);
        let mut subscriber = Self { tracker, config: Config::default(), receiver };
        subscriber.configure(keys);
        subscriber
    }

    fn configure(&mut self, keys: &str) {
        let url = &self.receiver.url;
        let text = format!(
            "[[endpoint]]\nname = 'desk'\nurl = '{url}'\nsecret_env = 'S'\ntreaties = ['new-start']\n{keys}\n"
        );
        self.write("treatywatch.toml", text);
        self.config =
            Config::load(Some(&self.path("treatywatch.toml")), &|_| Some(SECRET.to_owned())).unwrap();
        self.tracker.settings = CheckSettings::of(&self.config);
    }

    /// A check of a day at five past midnight of it, and the summaries that are due then.
    async fn check(&self, today: &str) -> Vec<RaisedAlert> {
        let now = format!("{today}T00:05:00Z");
        let raised = self.raise(today, &now).await;
        self.summarize(&now).await;
        raised
    }

    /// A check alone.
    async fn raise(&self, today: &str, now: &str) -> Vec<RaisedAlert> {
        let report = self.check_at(day(today), at(now)).await;
        assert!(report.set_aside.is_empty(), "{report:?}");
        report.alerts.into_iter().filter(|raised| raised.alert.subject() == "new-start").collect()
    }

    async fn summarize(&self, now: &str) -> SummariesReport {
        let now = at(now);
        let time = SummaryTime { until: now, today: now.date_naive(), now };
        jobs::summarize(&self.store, &Summaries::of(&self.config), time).await.unwrap()
    }

    /// Day by day after `from` up to `to`: a check, and the summaries at noon.
    async fn live(&self, from: &str, to: &str) {
        for today in day(from).iter_days().skip(1).take_while(|today| *today <= day(to)) {
            self.check(&today.to_string()).await;
            self.summarize(&format!("{today}T12:00:00Z")).await;
        }
    }

    /// Sends what is due, and gives all that the receiver has got so far.
    async fn sent(&self, now: &str) -> Vec<Value> {
        let clock = ManualClock::new(at(now));
        for (endpoint, target) in &jobs::targets(&self.config) {
            self.deliver(Queue { endpoint, target, routes: &[] }, &clock).await;
        }
        self.receiver.received().iter().map(Message::json).collect()
    }

    /// All deliveries, the earliest first.
    async fn deliveries(&self) -> Vec<DeliveryRow> {
        let mut rows = self.tracker.deliveries().await;
        rows.reverse();
        rows
    }

    /// What became of each lead of the expiry of New START.
    async fn leads(&self) -> Vec<(u32, DeliveryState)> {
        let rows = self.deliveries().await.into_iter().filter(|row| row.alert.date == Some(expiry()));
        rows.filter_map(|row| Some((row.alert.lead_days?, row.state))).collect()
    }
}

/// What a message is, and how many items it has.
fn shape(message: &Value) -> (&str, usize) {
    let kind = message["type"].as_str().unwrap().strip_prefix("treatywatch.").unwrap();
    (kind, message["data"]["items"].as_array().unwrap().len())
}

#[tokio::test]
async fn what_is_not_critical_waits_for_the_digest_and_what_is_does_not() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-12-06").await;
    env.summarize("2025-12-06T12:00:00Z").await;
    // Sixty days before the expiry: a warning.
    assert_eq!(env.check("2025-12-07").await.len(), 1);
    assert!(env.sent("2025-12-07T06:59:59Z").await.is_empty());
    assert!(env.summarize("2025-12-07T06:59:59Z").await.is_idle(), "it is 07:59:59 in Berlin");
    assert_eq!(env.summarize("2025-12-07T07:00:00Z").await.digests, 1);
    let sent = env.sent("2025-12-07T07:00:00Z").await;
    assert_eq!(sent.iter().map(shape).collect::<Vec<_>>(), [("digest", 1)]);
    let data = &sent[0]["data"];
    assert_eq!(data["sentence"], "Digest of 7 December 2025: 1 alert (warning 1).");
    assert_eq!(
        (&data["treaty"], &data["about"], &data["severity"]),
        (&Value::Null, &"desk".into(), &"warning".into())
    );
    let item = &data["items"][0];
    assert_eq!(
        (&item["treaty"], &item["kind"], &item["on"]["first_day"]),
        (&"new-start".into(), &"date.approaching".into(), &"2026-02-05".into())
    );
    assert!(item["sentences"]["zh"].as_str().unwrap().contains("《新削减战略武器条约》"), "{item}");
    let row = &env.deliveries().await[0];
    assert_eq!(
        (row.state, row.held_for, row.digest_id.as_deref()),
        (DeliveryState::Digested, Some(HeldFor::Digest), sent[0]["id"].as_str())
    );
    assert_eq!(row.alert_id, item["id"]);

    // Thirty days before: critical.
    env.check("2026-01-06").await;
    let sent = env.sent("2026-01-06T00:05:00Z").await;
    assert_eq!(shape(sent.last().unwrap()), ("date.approaching", 0));
}

#[tokio::test]
async fn a_digest_is_made_once_and_without_anything_held_not_at_all() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-12-06").await;
    env.summarize("2025-12-06T12:00:00Z").await;
    env.check("2025-12-07").await;
    // Two processes at once, and a third later.
    let both = tokio::join!(env.summarize("2025-12-07T07:00:00Z"), env.summarize("2025-12-07T07:00:00Z"));
    assert_eq!(both.0.digests + both.1.digests, 1, "{both:?}");
    assert!(env.summarize("2025-12-07T23:00:00Z").await.is_idle());
    let next = env.summarize("2025-12-08T12:00:00Z").await;
    assert_eq!((next.digests, next.silent), (0, 1), "nothing was held");
    assert_eq!(env.sent("2025-12-09T00:00:00Z").await.len(), 1);
}

#[tokio::test]
async fn what_is_told_after_the_time_waits_for_the_next_one() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-12-06").await;
    env.summarize("2025-12-07T07:00:00Z").await;
    env.raise("2025-12-07", "2025-12-07T07:00:01Z").await;
    assert!(env.summarize("2025-12-07T18:00:00Z").await.is_idle());
    assert_eq!(env.summarize("2025-12-08T07:00:00Z").await.digests, 1);
}

#[tokio::test]
async fn after_a_pause_one_digest_stands_for_all_that_were_missed() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-11-06").await;
    env.summarize("2025-11-06T12:00:00Z").await;
    // Ninety and sixty days before the expiry; the daemon was down at every time between.
    for today in ["2025-11-07", "2025-12-07"] {
        env.raise(today, "2025-12-07T00:05:00Z").await;
    }
    assert_eq!(env.summarize("2025-12-10T12:00:00Z").await.digests, 1);
    let sent = env.sent("2025-12-10T12:00:00Z").await;
    assert_eq!(sent.iter().map(shape).collect::<Vec<_>>(), [("digest", 2)]);
    assert_eq!(sent[0]["data"]["on"]["first_day"], "2025-12-10", "the latest of them");
    assert!(env.summarize("2025-12-10T13:00:00Z").await.is_idle());
}

#[tokio::test]
async fn a_digest_whose_mark_is_lost_is_not_made_twice_and_loses_nothing() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-11-06").await;
    env.summarize("2025-11-06T12:00:00Z").await;
    env.check("2025-11-07").await;
    assert_eq!(env.summarize("2025-11-07T12:00:00Z").await.digests, 1);
    env.raise("2025-12-07", "2025-12-07T00:05:00Z").await;
    env.execute("update _endpoint set digested_to = '2025-11-06T07:00:00Z'").await;
    assert_eq!(env.summarize("2025-11-07T12:00:00Z").await.digests, 0, "its key is taken");
    assert_eq!(env.summarize("2025-12-07T12:00:00Z").await.digests, 1);
    let sent = env.sent("2025-12-07T12:00:00Z").await;
    assert_eq!(sent.iter().map(shape).collect::<Vec<_>>(), [("digest", 1), ("digest", 1)]);
    assert_ne!(sent[0]["id"], sent[1]["id"]);
}

#[tokio::test]
async fn a_clock_that_was_wrong_does_not_silence_digests_for_good() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-12-06").await;
    env.summarize("2099-01-01T12:00:00Z").await;
    env.check("2025-12-07").await;
    assert_eq!(env.summarize("2025-12-07T12:00:00Z").await.digests, 1);
}

#[tokio::test]
async fn without_its_digest_an_endpoint_gets_at_once_what_was_held() {
    let mut env = Subscriber::open(DAILY).await;
    env.check("2025-12-06").await;
    env.raise("2025-12-07", "2025-12-07T00:05:00Z").await;
    env.configure("");
    let report = env.summarize("2025-12-07T01:00:00Z").await;
    assert_eq!(report.digests, 1);
    let sent = env.sent("2025-12-07T01:00:00Z").await;
    assert_eq!(sent.iter().map(shape).collect::<Vec<_>>(), [("digest", 1)]);
    assert_eq!(sent[0]["data"]["sentence"], "Held until 7 December 2025: 1 alert (warning 1).");
    assert!(env.summarize("2025-12-07T01:01:00Z").await.is_idle());
}

#[tokio::test]
async fn what_is_held_for_an_endpoint_that_is_gone_is_a_dead_letter() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-12-06").await;
    env.raise("2025-12-07", "2025-12-07T00:05:00Z").await;
    let now = at("2025-12-07T01:00:00Z");
    assert_eq!(jobs::give_up_unknown(&env.store, &BTreeMap::new(), now).await.unwrap(), 1);
    let row = &env.deliveries().await[0];
    assert_eq!((row.state, row.held_for), (DeliveryState::Dead, None));
    assert_eq!(row.last_error.as_deref(), Some("no endpoint `desk` is configured any more"));
}

#[tokio::test]
async fn more_than_one_message_holds_is_several_and_none_is_left() {
    let env = Subscriber::open(DAILY).await;
    let first = env.check("2025-12-06").await;
    assert!(first.is_empty());
    env.summarize("2025-12-06T12:00:00Z").await;
    let like = env.check("2025-12-07").await.remove(0);
    let more: Vec<RaisedAlert> = (1..=501)
        .map(|number| RaisedAlert {
            id: format!("msg_{number}"),
            alert: Alert { key: format!("more|{number}"), ..like.alert.clone() },
            ..like.clone()
        })
        .collect();
    let held = more.iter().map(|raised| Held {
        alert_id: raised.id.clone(),
        endpoint: "desk".to_owned(),
        held_for: Some(HeldFor::Digest),
    });
    let held: Vec<Held> = held.collect();
    let mut write = env.store.begin().await.unwrap();
    let wanted = more.into_iter().map(|raised| (raised, vec!["desk".to_owned()]));
    write.insert_alerts(wanted.collect()).await.unwrap();
    write.hold(&held, at("2025-12-07T00:05:00Z")).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(env.summarize("2025-12-07T12:00:00Z").await.digests, 2);
    let mut sizes: Vec<usize> =
        env.sent("2025-12-07T12:00:00Z").await.iter().map(|sent| shape(sent).1).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [2, 500]);
}

#[tokio::test]
async fn who_knows_of_a_day_is_not_reminded_of_it_and_is_told_when_it_comes() {
    let env = Subscriber::open("").await;
    env.check("2026-01-05").await;
    env.live("2026-01-05", "2026-01-06").await;
    let days = env.store.days_ahead(&expiry(), day("2026-01-06")).await.unwrap();
    assert_eq!(days, [(treaty_id("new-start"), day("2026-02-05"))]);
    let now = at("2026-01-07T09:00:00Z");
    assert!(env.store.acknowledge(&expiry(), &days, &anna(), now).await.unwrap());
    assert!(!env.store.acknowledge(&expiry(), &days, &anna(), now).await.unwrap(), "once");
    env.live("2026-01-06", "2026-02-05").await;
    let acknowledged = DeliveryState::Acknowledged;
    let pending = DeliveryState::Pending;
    let expected =
        [(30, pending), (14, acknowledged), (7, acknowledged), (3, acknowledged), (1, acknowledged)];
    assert_eq!(env.leads().await, expected);
    let sent = env.sent("2026-02-05T12:00:00Z").await;
    let told: Vec<&str> = sent.iter().map(|message| shape(message).0).collect();
    // The last one is the nominal end of an offer, a year ahead.
    assert_eq!(told, ["date.approaching", "status.changed", "date.approaching"]);
    assert_eq!(sent[1]["data"]["on"]["first_day"], "2026-02-05");
    let rows = env.store.acknowledgements(None, true).await.unwrap();
    assert_eq!((rows.len(), rows[0].end_reason), (1, Some(AcknowledgementEnd::Reached)));
}

#[tokio::test]
async fn an_acknowledgement_that_is_taken_back_no_longer_counts() {
    let env = Subscriber::open("").await;
    env.check("2026-01-07").await;
    let days = [(treaty_id("new-start"), day("2026-02-05"))];
    let now = at("2026-01-07T09:00:00Z");
    env.store.acknowledge(&expiry(), &days, &anna(), now).await.unwrap();
    env.live("2026-01-07", "2026-01-22").await;
    assert!(env.store.undo_acknowledgement(&expiry(), "boris", at("2026-01-23T09:00:00Z")).await.unwrap());
    assert!(!env.store.undo_acknowledgement(&expiry(), "boris", at("2026-01-23T09:00:00Z")).await.unwrap());
    env.live("2026-01-22", "2026-01-29").await;
    assert_eq!(env.leads().await, [(14, DeliveryState::Acknowledged), (7, DeliveryState::Pending)]);
    let view = "select date_id, on_date, author, ended_at, ended_by, end_reason from acknowledgements";
    let row = "new-start/expiry|2026-02-05|anna|2026-01-23T09:00:00Z|boris|undone";
    assert_eq!(env.text(view).await, [row]);
}

#[tokio::test]
async fn a_move_is_told_and_makes_the_acknowledgement_void() {
    let env = Subscriber::open("").await;
    env.check("2021-01-28").await;
    let days = env.store.days_ahead(&expiry(), day("2021-01-28")).await.unwrap();
    // The extension of 3 February 2021 is in the record already; on 28 January nobody knew of it.
    assert_eq!(days, [(treaty_id("new-start"), day("2026-02-05"))]);
    let days = [(treaty_id("new-start"), day("2021-02-05"))];
    env.store.acknowledge(&expiry(), &days, &anna(), at("2021-01-28T09:00:00Z")).await.unwrap();
    env.live("2021-01-28", "2021-02-03").await;
    assert_eq!(env.leads().await, [(7, DeliveryState::Acknowledged), (3, DeliveryState::Acknowledged)]);
    let sent = env.sent("2021-02-03T12:00:00Z").await;
    assert_eq!(sent.iter().map(shape).collect::<Vec<_>>(), [("date.moved", 0)]);
    let rows = env.store.acknowledgements(None, true).await.unwrap();
    assert_eq!(rows[0].end_reason, Some(AcknowledgementEnd::Moved));
}

#[tokio::test]
async fn an_acknowledged_day_is_in_no_digest_either() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-12-06").await;
    env.summarize("2025-12-06T12:00:00Z").await;
    env.check("2025-12-07").await;
    let days = [(treaty_id("new-start"), day("2026-02-05"))];
    env.store.acknowledge(&expiry(), &days, &anna(), at("2025-12-07T06:00:00Z")).await.unwrap();
    assert_eq!(env.leads().await, [(60, DeliveryState::Acknowledged)]);
    assert_eq!(env.summarize("2025-12-07T12:00:00Z").await.digests, 0);
}

#[tokio::test]
async fn a_snoozed_treaty_is_heard_of_together_when_the_snooze_ends() {
    let env = Subscriber::open("").await;
    env.check("2025-11-06").await;
    let span = [day("2025-11-06"), day("2026-01-20")];
    let now = at("2025-11-06T09:00:00Z");
    assert!(env.store.snooze(&treaty_id("new-start"), span, &anna(), now).await.unwrap());
    assert!(!env.store.snooze(&treaty_id("new-start"), span, &anna(), now).await.unwrap(), "once");
    env.live("2025-11-06", "2026-01-19").await;
    let held = DeliveryState::Held;
    assert_eq!(env.leads().await, [(90, held), (60, held), (30, DeliveryState::Pending)], "critical at once");
    let sent = env.sent("2026-01-19T12:00:00Z").await;
    assert_eq!(sent.iter().map(shape).collect::<Vec<_>>(), [("date.approaching", 0)]);

    env.check("2026-01-20").await;
    let sent = env.sent("2026-01-20T00:06:00Z").await;
    assert_eq!(shape(&sent[1]), ("digest", 2));
    assert_eq!(sent[1]["data"]["sentence"], "Held until 20 January 2026: 2 alerts (warning 2).");
    let view = "select treaty_id, starts_on, ends_before, author, ended_by, end_reason from snoozes";
    assert_eq!(env.text(view).await, ["new-start|2025-11-06|2026-01-20|anna||expired"]);
    let log = "select state, held_for, digest_id is not null from delivery_log where held_for is not null";
    assert_eq!(env.text(log).await, ["digested|snooze|1", "digested|snooze|1"]);
}

#[tokio::test]
async fn a_snooze_can_be_ended_before_its_time() {
    let env = Subscriber::open("").await;
    env.check("2025-11-06").await;
    let span = [day("2025-11-06"), day("2026-01-20")];
    env.store.snooze(&treaty_id("new-start"), span, &anna(), at("2025-11-06T09:00:00Z")).await.unwrap();
    env.live("2025-11-06", "2025-11-07").await;
    assert!(env.summarize("2025-11-08T09:00:00Z").await.is_idle(), "it holds");
    assert!(
        env.store.end_snooze(&treaty_id("new-start"), "boris", at("2025-11-08T10:00:00Z")).await.unwrap()
    );
    assert!(
        !env.store.end_snooze(&treaty_id("new-start"), "boris", at("2025-11-08T10:00:00Z")).await.unwrap()
    );
    assert_eq!(env.summarize("2025-11-08T10:00:00Z").await.digests, 1);
    let rows = env.store.snoozes(None, true).await.unwrap();
    assert_eq!((rows[0].end_reason, rows[0].ended_by.as_deref()), (Some(SnoozeEnd::Ended), Some("boris")));
    // Another one may begin.
    let span = [day("2025-11-08"), day("2025-12-20")];
    assert!(
        env.store.snooze(&treaty_id("new-start"), span, &anna(), at("2025-11-08T11:00:00Z")).await.unwrap()
    );
}

#[tokio::test]
async fn a_digest_leaves_out_what_is_snoozed_until_the_snooze_is_over() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-11-06").await;
    env.summarize("2025-11-06T12:00:00Z").await;
    env.check("2025-11-07").await;
    let span = [day("2025-11-07"), day("2025-12-08")];
    env.store.snooze(&treaty_id("new-start"), span, &anna(), at("2025-11-07T06:00:00Z")).await.unwrap();
    assert_eq!(env.deliveries().await[0].held_for, Some(HeldFor::Snooze), "what was held before, too");
    env.live("2025-11-07", "2025-12-07").await;
    assert!(env.sent("2025-12-07T12:00:00Z").await.is_empty());
    env.check("2025-12-08").await;
    assert!(env.sent("2025-12-08T00:06:00Z").await.is_empty(), "it comes with the next digest");
    assert_eq!(env.summarize("2025-12-08T07:00:00Z").await.digests, 1);
    let sent = env.sent("2025-12-08T07:00:00Z").await;
    assert_eq!(sent.iter().map(shape).collect::<Vec<_>>(), [("digest", 2)]);
}

#[tokio::test]
async fn the_report_comes_every_week_and_says_that_nothing_fell_through() {
    let env = Subscriber::open(WEEKLY).await;
    env.check("2026-01-04").await;
    assert_eq!(env.summarize("2026-01-04T12:00:00Z").await.reports, 0, "the first time is silent");
    env.live("2026-01-04", "2026-01-11").await;
    env.sent("2026-01-11T12:00:00Z").await;
    env.check("2026-01-12").await;
    let report = env.summarize("2026-01-12T07:00:00Z").await;
    assert_eq!((report.reports, report.raised[0].alert.severity), (1, Severity::Info));
    let sent = env.sent("2026-01-12T07:00:00Z").await;
    let data = &sent.last().unwrap()["data"];
    assert_eq!(
        data["sentence"],
        "Report for 5 January 2026 to 11 January 2026: 1 alert, no delivery failed, every day was checked."
    );
    let report = &data["report"];
    assert_eq!((&report["starts_on"], &report["ends_before"]), (&"2026-01-05".into(), &"2026-01-12".into()));
    assert_eq!(report["raised"], serde_json::json!([{"kind": "date.approaching", "count": 1}]));
    assert_eq!(report["endpoints"][0]["delivered"], 1);
    assert_eq!((&report["days_checked"], &report["days_missed"]), (&7.into(), &0.into()));
    let dates: Vec<&str> =
        report["upcoming"].as_array().unwrap().iter().map(|date| date["date"].as_str().unwrap()).collect();
    assert!(dates.contains(&"new-start/expiry"), "{dates:?}");
    assert!(env.summarize("2026-01-18T12:00:00Z").await.is_idle());

    // A week in which nothing happens has one too, and says which days had no check.
    env.live("2026-01-12", "2026-01-14").await;
    env.live("2026-01-16", "2026-01-18").await;
    let report = env.summarize("2026-01-19T07:00:00Z").await;
    assert_eq!((report.reports, report.raised[0].alert.severity), (1, Severity::Warning));
    let sentence = &report.raised[0].alert.sentence;
    assert!(sentence.ends_with("0 alerts, no delivery failed, 2 of 7 days had no check."), "{sentence}");
    let missed = &report.raised[0].alert.report.as_ref().unwrap().missed;
    assert_eq!(*missed, [day("2026-01-15"), day("2026-01-16")]);
}

#[tokio::test]
async fn a_report_counts_what_failed_was_held_acknowledged_and_snoozed() {
    let env = Subscriber::open(&format!("{DAILY}\n{WEEKLY}")).await;
    env.check("2025-12-07").await;
    env.summarize("2025-12-07T12:00:00Z").await;
    env.live("2025-12-07", "2025-12-31").await;
    env.sent("2025-12-31T12:00:00Z").await;
    let received = env.receiver.received().len();
    let days = [(treaty_id("new-start"), day("2026-02-05"))];
    env.live("2025-12-31", "2026-01-06").await;
    env.store.acknowledge(&expiry(), &days, &anna(), at("2026-01-07T09:00:00Z")).await.unwrap();
    // The receiver is gone for good.
    env.receiver.answer(StatusCode::GONE);
    env.sent("2026-01-07T12:00:00Z").await;
    assert!(env.receiver.received().len() > received);
    let span = [day("2026-01-08"), day("2026-03-01")];
    env.store.snooze(&treaty_id("new-start"), span, &anna(), at("2026-01-08T09:00:00Z")).await.unwrap();
    env.live("2026-01-06", "2026-01-12").await;
    let reports = env.deliveries().await.into_iter().filter(|row| row.alert.kind == AlertKind::Report);
    let last = reports.last().unwrap();
    assert_eq!((last.state, last.alert.severity), (DeliveryState::Stopped, Severity::Warning));
    let report = last.alert.report.as_ref().unwrap();
    assert_eq!((report.endpoints[0].failed, report.acknowledged), (1, 1), "{report:?}");
    assert_eq!(report.snoozed[0].ends_before, day("2026-03-01"));
    let lines: Vec<&str> = report.lines.iter().map(|line| line.sentence.as_str()).collect();
    for line in ["desk: 1 failed", "Acknowledged dates: 1", "Snoozed: new-start until 1 March 2026"] {
        assert!(lines.contains(&line), "{line}: {lines:?}");
    }
}

#[tokio::test]
async fn after_a_pause_one_report_is_of_all_of_it() {
    let env = Subscriber::open(WEEKLY).await;
    env.check("2026-01-05").await;
    env.summarize("2026-01-05T12:00:00Z").await;
    env.raise("2026-01-27", "2026-01-27T00:05:00Z").await;
    let report = env.summarize("2026-01-27T12:00:00Z").await;
    assert_eq!(report.reports, 1);
    let report = report.raised[0].alert.report.clone().unwrap();
    assert_eq!((report.starts_on, report.ends_before), (day("2026-01-05"), day("2026-01-26")));
    assert_eq!((report.days_checked, report.days_missed, report.missed.len()), (1, 20, 7));
}

#[tokio::test]
async fn who_wants_the_critical_alone_hears_of_a_day_once_it_is_near() {
    let env = Subscriber::open("min_severity = 'critical'").await;
    env.check("2025-09-22").await;
    env.live("2025-09-22", "2026-02-05").await;
    let pending = DeliveryState::Pending;
    assert_eq!(env.leads().await, [30, 14, 7, 3, 1].map(|lead| (lead, pending)));
    assert_eq!(env.sent("2026-02-05T12:00:00Z").await.len(), 6, "and the day itself");
}

#[tokio::test]
async fn after_a_pause_the_days_that_are_left_make_it_critical() {
    let keys = "min_severity = 'critical'\nlead_days = [60, 1]";
    for (today, told) in [("2025-12-08", false), ("2026-01-10", true)] {
        let env = Subscriber::open(keys).await;
        // Nobody else wants the leads between.
        let settings = CheckSettings { leads: vec![60, 1], ..CheckSettings::of(&env.config) };
        for today in ["2025-12-06", today] {
            let now = at(&format!("{today}T00:05:00Z"));
            jobs::check(&env.store, &settings, day(today), now, false).await.unwrap();
        }
        let sent = env.sent(&format!("{today}T00:05:00Z")).await;
        assert_eq!(!sent.is_empty(), told, "{today}: {sent:?}");
        let days =
            sent.iter().map(|sent| (&sent["data"]["lead_days"], sent["data"]["sentence"].as_str().unwrap()));
        assert!(days.clone().all(|(lead, text)| *lead == 60 && text.contains("in 26 days")), "{sent:?}");
    }
}

/// The program with an endpoint that gets its digests.
fn program(keys: &str) -> TestEnv {
    let env = TestEnv::new();
    env.write(
        "treatywatch.toml",
        format!(
            "[[endpoint]]\nname = 'desk'\nformat = 'ntfy'\nurl = 'https://ntfy.example.org/t'\n\
             treaties = ['new-start']\n{keys}\n"
        ),
    );
    env
}

/// The exit code, and what was printed as one line.
fn run(env: &TestEnv, arguments: &str) -> (Option<i32>, String) {
    let (code, text) = env.said(&arguments.split(' ').collect::<Vec<_>>());
    (code, joined(&text))
}

fn fine(env: &TestEnv, arguments: &str) -> String {
    let (code, text) = run(env, arguments);
    assert_eq!(code, Some(0), "{arguments}: {text}");
    text
}

#[test]
fn a_database_that_is_led_through_history_has_its_digests_and_reports() {
    let env = program(&format!("{DAILY}\n{WEEKLY}"));
    fine(&env, "check --today 2025-12-06");
    let told = fine(&env, "check --today 2025-12-07");
    assert!(told.contains("desk: Digest of 7 December 2025: 1 alert (warning 1)."), "{told}");
    let told = fine(&env, "check --today 2025-12-08");
    assert!(told.contains("desk: Report for 6 December 2025 to 7 December 2025: 1 alert,"), "{told}");
    assert!(told.contains("every day was checked"), "nobody watched before: {told}");
    let dry = fine(&env, "check --today 2025-12-15 --dry-run");
    assert!(!dry.contains("Report"), "{dry}");
    let shown = fine(&env, "endpoints");
    assert!(
        shown.contains("digest: daily 08:00 Europe/Berlin report: weekly mon 08:00 Europe/Berlin"),
        "{shown}"
    );
    let shown = fine(&env, "deliveries");
    assert!(shown.contains("in a digest") && shown.contains("→ msg_"), "{shown}");
}

#[test]
fn ack_and_snooze_are_said_listed_explained_and_ended() {
    let env = program("");
    fine(&env, "check --today 2026-01-05");
    fine(&env, "check --today 2026-01-06");
    // By the alert that told of it, as well as by its name.
    let alerts = fine(&env, "alerts --kind date.approaching --json");
    let id: String =
        alerts.split("msg_").nth(1).unwrap().chars().take_while(char::is_ascii_hexdigit).collect();
    let told = fine(&env, &format!("ack msg_{id} --by anna --today 2026-01-06"));
    assert!(told.starts_with("Acknowledged: new-start/expiry, 2026-02-05 "), "{told}");
    fine(&env, &format!("ack msg_{id} --undo --by anna"));
    let late = run(&env, &format!("ack msg_{id} --by anna"));
    assert_eq!(late.0, Some(1), "{}", late.1);
    assert!(late.1.contains("new-start/expiry does not lie ahead on 2026-02-05 any more"), "{}", late.1);
    let refused = run(&env, "ack new-start/expires --by anna --today 2026-01-06");
    assert_eq!(refused.0, Some(4), "{}", refused.1);
    assert!(refused.1.contains("no such date to come `new-start/expires`"), "{}", refused.1);
    let told = fine(&env, "ack new-start/expiry --by anna --note known --today 2026-01-06");
    assert!(told.starts_with("Acknowledged: new-start/expiry, 2026-02-05 Reminders of this date"), "{told}");
    let again = run(&env, "ack new-start/expiry --by anna --today 2026-01-06");
    assert_eq!(again.0, Some(1), "{}", again.1);
    assert!(again.1.contains("new-start/expiry is acknowledged already"), "{}", again.1);
    let list = fine(&env, "ack --list");
    assert!(list.contains("new-start/expiry 2026-02-05 anna") && list.contains("known"), "{list}");
    fine(&env, "check --today 2026-01-22");
    let why = fine(&env, "why new-start --date expiry");
    assert!(why.contains("(desk acknowledged") && why.contains(": anna had acknowledged the day)"), "{why}");
    assert!(why.contains("acknowledged by anna: known"), "{why}");

    let told = fine(&env, "snooze new-start --until 2026-02-20 --by boris --today 2026-01-22");
    assert!(told.starts_with("Snoozed: new-start, until 2026-02-20 Critical alerts"), "{told}");
    let why = fine(&env, "why new-start");
    assert!(why.contains("snoozed until 2026-02-20 by boris"), "{why}");
    assert!(fine(&env, "snooze --list").contains("new-start 2026-01-22 2026-02-20 boris"));
    assert!(fine(&env, "snooze --end new-start --by anna").starts_with("No longer snoozed: new-start"));
    assert_eq!(fine(&env, "snooze --list"), "No treaty is snoozed.");
    assert!(fine(&env, "ack new-start/expiry --undo --by boris").starts_with("Undone: new-start/expiry"));
    assert_eq!(fine(&env, "ack --list"), "No date is acknowledged.");
    for (wrong, code, words) in [
        ("ack msg_0 --by anna", 4, "no such alert `msg_0`"),
        ("ack new-start/expiry --by anna --today 2999-01-01", 1, "2999-01-01 is in the future"),
        ("snooze start --until 2999-01-01 --by anna", 4, "no such treaty `start`"),
        ("snooze npt --until 2020-01-01 --by anna", 1, "2020-01-01 is not in the future"),
        ("snooze --end npt --by anna", 1, "npt is not snoozed"),
        ("ack new-start/expiry --undo --by anna", 1, "new-start/expiry is not acknowledged"),
    ] {
        let (got, text) = run(&env, wrong);
        assert!(got == Some(code) && text.contains(words), "{wrong}: {got:?} {text}");
    }
    assert!(env.database().exists());
}

#[tokio::test]
async fn a_copy_of_what_was_known_has_what_was_held_and_said_then() {
    let env = Subscriber::open(DAILY).await;
    env.check("2025-11-06").await;
    env.summarize("2025-11-06T12:00:00Z").await;
    let days = [(treaty_id("new-start"), day("2026-02-05"))];
    env.store.acknowledge(&expiry(), &days, &anna(), at("2025-11-08T09:00:00Z")).await.unwrap();
    env.store.undo_acknowledgement(&expiry(), "anna", at("2025-11-09T09:00:00Z")).await.unwrap();
    let span = [day("2025-11-06"), day("2025-12-01")];
    env.store.snooze(&treaty_id("new-start"), span, &anna(), at("2025-11-06T13:00:00Z")).await.unwrap();
    env.live("2025-11-06", "2025-12-02").await;
    env.store.acknowledge(&expiry(), &days, &anna(), at("2025-12-02T13:00:00Z")).await.unwrap();
    assert_eq!(env.deliveries().await[0].state, DeliveryState::Digested);

    let copy = env.path("then.db");
    env.store.backup_as_known(&copy, day("2025-11-08")).await.unwrap();
    let then = Store::open(&copy).await.unwrap();
    let rows = then.deliveries(&ALL_DELIVERIES).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [DeliveryState::Held]);
    let acknowledged = then.acknowledgements(None, true).await.unwrap();
    assert_eq!(acknowledged.iter().map(|it| it.ended_at).collect::<Vec<_>>(), [None]);
    assert_eq!(then.snoozes(None, true).await.unwrap()[0].ended_at, None);
    then.close().await;
}
