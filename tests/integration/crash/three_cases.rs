//! Three cases in which other senders of alerts lose them.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::desk::{Desk, PATIENCE};
use super::peer::{Fate, Peer};

const ALERTS: usize = 10;
const WELL: Fate = Fate::Answer(204);

/// A port of which it is certain that nobody listens at it until the test does.
fn silent_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A desk with ten alerts to come.
fn with_ten() -> (Desk, BTreeSet<String>) {
    let mut desk = Desk::new();
    let acts: BTreeSet<String> = (0..ALERTS).map(|_| desk.record()).collect();
    assert_eq!(acts.len(), ALERTS);
    (desk, acts)
}

/// Waits until each of the ten deliveries has failed once.
async fn all_have_failed(desk: &Desk) {
    let deadline = Instant::now() + PATIENCE;
    while desk.number("select count(*) from delivery where failures > 0").await < ALERTS as i64 {
        assert!(Instant::now() < deadline, "{}", desk.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Delivers what waits, and compares what arrived with what was to arrive.
async fn all_arrive(case: &str, desk: &Desk, acts: &BTreeSet<String>, peer: &Peer) {
    desk.let_time_pass().await;
    desk.serve_until_empty().await;
    let ids = desk.rows("select alert_id from alert_log").await.into_iter().flatten().collect();
    println!("{case}: {} of {ALERTS}", peer.accepted().len());
    assert_eq!(peer.accepted(), ids);
    let taken: Vec<_> = peer.arrivals().into_iter().filter(|arrival| arrival.fate.accepts()).collect();
    assert_eq!(taken.len(), ALERTS, "each once");
    let told = taken.iter().map(|arrival| {
        let event: serde_json::Value = serde_json::from_slice(&arrival.body).unwrap();
        event["data"]["acts"][0].as_str().unwrap().to_owned()
    });
    assert_eq!(told.collect::<BTreeSet<_>>(), *acts);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_ten_arrive_after_the_receiver_was_down() {
    let (desk, acts) = with_ten();
    let address = silent_port();
    desk.endpoint(&address);
    let mut daemon = desk.serve();
    all_have_failed(&desk).await;
    daemon.stop();
    let error = "select distinct last_error from delivery_log";
    assert_eq!(desk.rows(error).await, [["cannot connect: connection refused"]]);
    let peer = Peer::listen(TcpListener::bind(&address).unwrap(), |_, _| WELL);
    all_arrive("the receiver is down", &desk, &acts, &peer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_ten_arrive_after_the_receiver_failed() {
    let (desk, acts) = with_ten();
    let peer = Peer::start(|_, _| Fate::Answer(500));
    desk.endpoint(&peer.address);
    let mut daemon = desk.serve();
    all_have_failed(&desk).await;
    daemon.stop();
    assert_eq!(peer.accepted(), BTreeSet::new());
    peer.rule(|_, _| WELL);
    all_arrive("the receiver answers 500 at first", &desk, &acts, &peer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_ten_arrive_after_the_receiver_was_down_and_the_sender_killed() {
    let (desk, acts) = with_ten();
    let address = silent_port();
    desk.endpoint(&address);
    let mut daemon = desk.serve();
    all_have_failed(&desk).await;
    daemon.kill();
    let peer = Peer::listen(TcpListener::bind(&address).unwrap(), |_, _| WELL);
    all_arrive("the receiver is down, the sender is killed", &desk, &acts, &peer).await;
}
