//! Three cases in which other senders of alerts lose them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::lake::Lake;
use super::peer::{Fate, Peer, WELL};
use crate::env::{ClosedPort, Daemon, PATIENCE};

const ALERTS: usize = 10;

/// Ten alerts to come.
fn with_ten() -> (Lake, BTreeSet<String>) {
    let mut env = Lake::new();
    let acts: BTreeSet<String> = (0..ALERTS).map(|_| env.record()).collect();
    assert_eq!(acts.len(), ALERTS);
    (env, acts)
}

/// Waits until each of the ten deliveries has failed once.
async fn all_have_failed(env: &Lake, daemon: &Daemon) {
    let deadline = Instant::now() + PATIENCE;
    while env.number("select count(*) from _delivery where failures > 0").await < ALERTS as i64 {
        assert!(Instant::now() < deadline, "{}", daemon.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Delivers what waits, and compares what arrived with what was to arrive.
async fn all_arrive(case: &str, env: &Lake, acts: &BTreeSet<String>, peer: &Peer) {
    env.let_time_pass().await;
    env.serve_until_empty().await;
    let ids = env.rows("select alert_id from alert_log").await.into_iter().flatten().collect();
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
    let (env, acts) = with_ten();
    let port = ClosedPort::reserve();
    env.endpoint(&port.address().to_string());
    let daemon = env.serve();
    all_have_failed(&env, &daemon).await;
    assert_eq!(daemon.stop("TERM").code, Some(0));
    let error = "select distinct last_error from delivery_log";
    assert_eq!(env.rows(error).await, [["cannot connect: connection refused"]]);
    let peer = Peer::listen(port.open(), |_, _| WELL);
    all_arrive("the receiver is down", &env, &acts, &peer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_ten_arrive_after_the_receiver_failed() {
    let (env, acts) = with_ten();
    let peer = Peer::start(|_, _| Fate::Answer(500));
    env.endpoint(&peer.address);
    let daemon = env.serve();
    all_have_failed(&env, &daemon).await;
    assert_eq!(daemon.stop("TERM").code, Some(0));
    assert_eq!(peer.accepted(), BTreeSet::new());
    peer.rule(|_, _| WELL);
    all_arrive("the receiver answers 500 at first", &env, &acts, &peer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_ten_arrive_after_the_receiver_was_down_and_the_sender_killed() {
    let (env, acts) = with_ten();
    let port = ClosedPort::reserve();
    env.endpoint(&port.address().to_string());
    let daemon = env.serve();
    all_have_failed(&env, &daemon).await;
    daemon.kill();
    let peer = Peer::listen(port.open(), |_, _| WELL);
    all_arrive("the receiver is down, the sender is killed", &env, &acts, &peer).await;
}
