//! The store, on real files.

mod files;
mod opening;
mod outbox;
mod records;
mod restore;
mod seeding;
mod sources;
mod sql;
mod views;
mod watch;

use chrono::{DateTime, Utc};
use treatywatch::domain::act::{Act, ActKind};
use treatywatch::domain::id::ActId;
use treatywatch::domain::text::with_causes;

use crate::env::{
    TestEnv, Tracker, act, act_id, at, connect, damage, day, embedded, evidence, known, noon, pact, seeds,
    state, treaty, treaty_id,
};

/// A notice by which AAA leaves the pact.
fn notice(on: &str) -> Act {
    act("pact", "AAA", ActKind::NoticeOfWithdrawal, on)
}
