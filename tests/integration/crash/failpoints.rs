//! Cut off before and after each write of the outbox: what a receiver sees of it.
//!
//! The points are in the program itself, in debug builds alone: the environment names one, and there the
//! process ends at once, as if the power were lost. So the tests need no second build.

use super::desk::{Desk, PATIENCE};
use super::peer::{Fate, Peer};

const WELL: Fate = Fate::Answer(204);

/// An act to tell, and a receiver that always does the same.
async fn with_one(fate: Fate) -> (Desk, Peer) {
    let mut desk = Desk::new();
    desk.record();
    let peer = Peer::start(move |_, _| fate);
    desk.endpoint(&peer.address);
    (desk, peer)
}

/// How often the receiver was asked; always with the one id that the one alert has.
async fn asked(desk: &Desk, peer: &Peer) -> usize {
    // That the endpoint fails is told to others, of which there is none.
    let alerts = desk.rows("select alert_id from alert_log where kind <> 'endpoint.failing'").await;
    assert!(alerts.len() <= 1, "{alerts:?}");
    let arrivals = peer.arrivals();
    for arrival in &arrivals {
        assert_eq!(alerts, [[arrival.id.as_str()]]);
        assert_eq!(arrival.body, arrivals[0].body);
    }
    arrivals.len()
}

async fn states(desk: &Desk) -> Vec<String> {
    desk.rows("select state from delivery_log").await.into_iter().flatten().collect()
}

/// Cut off at `point`, the message has been sent so often; in the end it was sent so often in all.
async fn cut_off(point: &str, at_first: usize, in_all: usize) {
    let (desk, peer) = with_one(WELL).await;
    desk.serve_until(point);
    assert_eq!(asked(&desk, &peer).await, at_first, "{point}");
    desk.serve_until_empty().await;
    // Nothing more comes of another start.
    desk.serve_until_empty().await;
    assert_eq!(asked(&desk, &peer).await, in_all, "{point}");
    assert_eq!(states(&desk).await, ["delivered"]);
}

#[tokio::test]
async fn before_the_alert_is_committed_it_is_raised_again_and_sent_once() {
    let (desk, _) = with_one(WELL).await;
    desk.serve_until("alerts.before");
    assert_eq!(desk.number("select count(*) from alert").await, 0);
    cut_off("alerts.before", 0, 1).await;
}

#[tokio::test]
async fn after_the_alert_is_committed_it_is_sent_once() {
    let (desk, _) = with_one(WELL).await;
    desk.serve_until("alerts.after");
    assert_eq!(states(&desk).await, ["pending"]);
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
    let mut desk = Desk::new();
    (0..4).for_each(|_| drop(desk.record()));
    let peer = Peer::start(|_, _| WELL);
    desk.endpoint(&peer.address);
    desk.serve_until(point);
    let written = desk.rows("select alert_id from delivery_log where state = 'delivered'").await;
    let before = peer.accepted();
    desk.serve_until_empty().await;
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
    let (desk, peer) = with_one(Fate::Answer(410)).await;
    desk.serve_until(point);
    assert_eq!(asked(&desk, &peer).await, 1);
    desk.serve_until_empty().await;
    assert_eq!(asked(&desk, &peer).await, at_restart, "{point}");
    assert_eq!(states(&desk).await, ["stopped"]);
    assert_eq!(desk.number("select count(*) from endpoint where stopped_at is not null").await, 1);
    sent_again(&desk, &peer).await;
}

/// What was given up is sent once more, by hand, and taken.
async fn sent_again(desk: &Desk, peer: &Peer) {
    let before = asked(desk, peer).await;
    peer.rule(|_, _| WELL);
    desk.succeeds(&["deliveries", "retry", "--all"]);
    desk.serve_until_empty().await;
    assert_eq!(asked(desk, peer).await, before + 1);
    assert_eq!(states(desk).await, ["delivered"]);
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
    let (desk, peer) = with_one(Fate::Answer(500)).await;
    desk.succeeds(&["check"]);
    desk.execute("update delivery set attempts = 12, failures = 12").await;
    desk.serve_until(point);
    assert_eq!(asked(&desk, &peer).await, 1);
    desk.serve_until_empty().await;
    assert_eq!(asked(&desk, &peer).await, at_restart, "{point}");
    assert_eq!(states(&desk).await, ["dead"]);
    sent_again(&desk, &peer).await;
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
    let (desk, peer) = with_one(Fate::Hang).await;
    let mut daemon = desk.serve();
    assert!(peer.wait_for(1, PATIENCE), "{}", desk.log());
    daemon.kill();
    desk.serve_until(point);
    peer.rule(|_, _| WELL);
    desk.serve_until_empty().await;
    assert_eq!(asked(&desk, &peer).await, 2, "{point}");
    assert_eq!(states(&desk).await, ["delivered"]);
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
    let (desk, peer) = with_one(Fate::Answer(410)).await;
    desk.serve_until_empty().await;
    let ended =
        desk.command(&["deliveries", "retry", "--all"]).env("TREATYWATCH_FAILPOINT", point).status().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(6));
    assert_eq!(states(&desk).await, [state]);
    peer.rule(|_, _| WELL);
    if state == "stopped" {
        sent_again(&desk, &peer).await;
    } else {
        desk.serve_until_empty().await;
    }
    assert_eq!(asked(&desk, &peer).await, 2, "{point}");
    assert_eq!(states(&desk).await, ["delivered"]);
}

#[tokio::test]
async fn before_a_dead_letter_is_made_due_it_stays_as_it_was() {
    retried("retry.before", "stopped").await;
}

#[tokio::test]
async fn after_a_dead_letter_is_made_due_the_next_daemon_sends_it() {
    retried("retry.after", "pending").await;
}
