//! The law of treaties as pure functions over sourced facts.
//!
//! Acts go in, [`project::Projection`]s come out: what a treaty is and what each state is in it,
//! on every day, with the act and the article behind it. There is no clock, no I/O and no logging
//! here, and no rule of law is anywhere else.

pub mod act;
pub mod alert;
pub mod alert_kind;
pub mod attention;
pub mod baseline;
pub mod clause;
pub mod correction;
pub mod day;
pub mod delivery;
pub mod grammar;
pub mod id;
pub mod judge;
pub mod lang;
pub mod marks;
pub mod observation;
pub mod outside;
pub mod project;
pub mod protocols;
pub mod reconcile;
pub mod review;
pub mod seeds;
pub mod source;
pub mod state;
pub mod statehood;
pub mod statement;
pub mod status;
pub mod summary;
pub mod text;
pub mod treaty;
pub mod verify;
pub mod watch;
pub mod wording;
pub mod words;
