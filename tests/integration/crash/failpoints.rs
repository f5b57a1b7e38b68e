//! Cut off before and after each write of the outbox: what a receiver sees of it.
//!
//! The points are in the program itself, in debug builds alone: the environment names one, and there the
//! process ends at once, as if the power were lost. So the tests need no second build.

use std::os::unix::process::ExitStatusExt as _;

use super::lake::{ABORTED, Lake};
use super::peer::{Fate, Peer, WELL};
use crate::env::PATIENCE;

/// An act to tell, and a receiver that always does the same.
async fn with_one(fate: Fate) -> (Lake, Peer) {
    let mut env = Lake::new();
    env.record();
    let peer = Peer::start(move |_, _| fate);
    env.endpoint(&peer.address);
    (env, peer)
}

/// How often the receiver was asked; always with the one id that the one alert has.
async fn asked(env: &Lake, peer: &Peer) -> usize {
    // That the endpoint fails is told to others, of which there is none.
    let alerts = env.rows("select alert_id from alert_log where kind <> 'endpoint.failing'").await;
    assert!(alerts.len() <= 1, "{alerts:?}");
    let arrivals = peer.arrivals();
    for arrival in &arrivals {
        assert_eq!(alerts, [[arrival.id.as_str()]]);
        assert_eq!(arrival.body, arrivals[0].body);
    }
    arrivals.len()
}

async fn states(env: &Lake) -> Vec<String> {
    env.rows("select state from delivery_log").await.into_iter().flatten().collect()
}

/// Cut off at `point`, the message has been sent so often; in the end it was sent so often in all.
async fn cut_off(point: &str, at_first: usize, in_all: usize) {
    let (env, peer) = with_one(WELL).await;
    env.serve_until(point);
    assert_eq!(asked(&env, &peer).await, at_first, "{point}");
    env.serve_until_empty().await;
    // Nothing more comes of another start.
    env.serve_until_empty().await;
    assert_eq!(asked(&env, &peer).await, in_all, "{point}");
    assert_eq!(states(&env).await, ["delivered"]);
}

#[tokio::test]
async fn before_the_alert_is_committed_it_is_raised_again_and_sent_once() {
    let (env, _) = with_one(WELL).await;
    env.serve_until("alerts.before");
    assert_eq!(env.number("select count(*) from _alert").await, 0);
    cut_off("alerts.before", 0, 1).await;
}

#[tokio::test]
async fn after_the_alert_is_committed_it_is_sent_once() {
    let (env, _) = with_one(WELL).await;
    env.serve_until("alerts.after");
    assert_eq!(states(&env).await, ["pending"]);
    cut_off("alerts.after", 0, 1).await;
}

#[tokio::test]
async fn before_the_claim_is_committed_it_is_sent_once() {
    cut_off("claim.before", 0, 1).await;
}

#[tokio::test]
async fn after_the_claim_is_committed_it_is_sent_once() {
    cut_off("claim.after", 0, 1).await;
}

#[tokio::test]
async fn before_the_attempt_it_is_sent_once() {
    cut_off("send.before", 0, 1).await;
}

#[tokio::test]
async fn after_the_attempt_it_is_sent_twice_under_one_id() {
    cut_off("send.after", 1, 2).await;
}

#[tokio::test]
async fn before_the_result_is_committed_it_is_sent_twice_under_one_id() {
    cut_off("result.before", 1, 2).await;
}

#[tokio::test]
async fn after_the_result_is_committed_it_was_sent_once() {
    cut_off("result.after", 1, 1).await;
}

/// Four on their way side by side: what had not been written down comes again, and nothing else.
async fn group(point: &str, repeated: bool) {
    let mut env = Lake::new();
    (0..4).for_each(|_| drop(env.record()));
    let peer = Peer::start(|_, _| WELL);
    env.endpoint(&peer.address);
    env.serve_until(point);
    let written = env.rows("select alert_id from delivery_log where state = 'delivered'").await;
    let before = peer.accepted();
    env.serve_until_empty().await;
    assert_eq!(peer.accepted().len(), 4);
    for id in before {
        let times = peer.arrivals().into_iter().filter(|arrival| arrival.id == id).count();
        let is_written = written.iter().any(|row| row[0] == id);
        assert_eq!(times, if is_written { 1 } else { 2 }, "{point}");
    }
    assert_eq!(written.is_empty(), repeated, "{point}");
}

#[tokio::test]
async fn before_the_results_of_several_are_committed_all_of_them_come_again() {
    group("result.before", true).await;
}

#[tokio::test]
async fn after_the_results_of_several_are_committed_none_of_them_comes_again() {
    group("result.after", false).await;
}

/// A receiver that wants nothing more, until somebody says that it does.
async fn stopped(point: &str, at_restart: usize) {
    let (env, peer) = with_one(Fate::Answer(410)).await;
    env.serve_until(point);
    assert_eq!(asked(&env, &peer).await, 1);
    env.serve_until_empty().await;
    assert_eq!(asked(&env, &peer).await, at_restart, "{point}");
    assert_eq!(states(&env).await, ["stopped"]);
    assert_eq!(env.number("select count(*) from _endpoint where stopped_at is not null").await, 1);
    sent_again(&env, &peer).await;
}

/// What was given up is sent once more, by hand, and taken.
async fn sent_again(env: &Lake, peer: &Peer) {
    let before = asked(env, peer).await;
    peer.rule(|_, _| WELL);
    env.printed(&["deliveries", "retry", "--all"]);
    env.serve_until_empty().await;
    assert_eq!(asked(env, peer).await, before + 1);
    assert_eq!(states(env).await, ["delivered"]);
}

#[tokio::test]
async fn before_a_stop_is_committed_the_receiver_is_asked_once_more() {
    stopped("stop.before", 2).await;
}

#[tokio::test]
async fn after_a_stop_is_committed_the_receiver_is_left_alone() {
    stopped("stop.after", 1).await;
}

/// The last attempt of the schedule fails.
async fn given_up(point: &str, at_restart: usize) {
    let (env, peer) = with_one(Fate::Answer(500)).await;
    env.printed(&["check"]);
    env.execute("update _delivery set attempts = 12, failures = 12").await;
    env.serve_until(point);
    assert_eq!(asked(&env, &peer).await, 1);
    env.serve_until_empty().await;
    assert_eq!(asked(&env, &peer).await, at_restart, "{point}");
    assert_eq!(states(&env).await, ["dead"]);
    sent_again(&env, &peer).await;
}

#[tokio::test]
async fn before_a_dead_letter_is_committed_it_is_tried_once_more() {
    given_up("dead.before", 2).await;
}

#[tokio::test]
async fn after_a_dead_letter_is_committed_it_waits_for_somebody() {
    given_up("dead.after", 1).await;
}

/// A daemon is killed during an attempt, the next one while it frees what that one had.
async fn released(point: &str) {
    let (env, peer) = with_one(Fate::Hang).await;
    let daemon = env.serve();
    assert!(peer.wait_for(1, PATIENCE), "{}", daemon.log());
    daemon.kill();
    env.serve_until(point);
    peer.rule(|_, _| WELL);
    env.serve_until_empty().await;
    assert_eq!(asked(&env, &peer).await, 2, "{point}");
    assert_eq!(states(&env).await, ["delivered"]);
}

#[tokio::test]
async fn before_claims_of_a_killed_daemon_are_released_the_next_start_does_it() {
    released("release.before").await;
}

#[tokio::test]
async fn after_claims_of_a_killed_daemon_are_released_they_are_due() {
    released("release.after").await;
}

/// The command that sends a dead letter again is cut off.
async fn retried(point: &str, state: &str) {
    let (env, peer) = with_one(Fate::Answer(410)).await;
    env.serve_until_empty().await;
    let ended =
        env.command(&["deliveries", "retry", "--all"]).env("TREATYWATCH_FAILPOINT", point).status().unwrap();
    assert_eq!(ended.signal(), Some(ABORTED));
    assert_eq!(states(&env).await, [state]);
    peer.rule(|_, _| WELL);
    if state == "stopped" {
        sent_again(&env, &peer).await;
    } else {
        env.serve_until_empty().await;
    }
    assert_eq!(asked(&env, &peer).await, 2, "{point}");
    assert_eq!(states(&env).await, ["delivered"]);
}

#[tokio::test]
async fn before_a_dead_letter_is_made_due_it_stays_as_it_was() {
    retried("retry.before", "stopped").await;
}

#[tokio::test]
async fn after_a_dead_letter_is_made_due_the_next_daemon_sends_it() {
    retried("retry.after", "pending").await;
}
