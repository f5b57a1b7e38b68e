//! treatywatch: the legal acts of treaties in SQLite, what is in force for whom on any day,
//! and signed alerts before a date arrives and when a status changes.

#![warn(clippy::unwrap_used)]

pub mod alerts;
pub mod answers;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod delivery;
pub mod domain;
mod failpoint;
pub mod health;
pub mod jobs;
mod l10n;
mod offload;
pub mod sources;
pub mod store;
pub mod web;
pub mod wire;
