//! The command line: arguments, output and exit codes, one file a command.
//!
//! A command asks a question and lays its answer out for people, or writes it as JSON for programs. What diplomats
//! ask is answered by [`crate::answers`]; what only operators ask is answered here.

pub mod alerts;
pub mod args;
pub mod attention;
pub mod backup;
pub mod catalogue;
pub mod check;
mod context;
pub mod deliveries;
mod descriptors;
pub mod doctor;
pub mod endpoints;
mod evidence;
pub mod exit;
pub mod health;
pub mod history;
pub mod layout;
pub mod options;
pub mod output;
pub mod parties;
pub mod records;
pub mod replay;
pub mod review;
pub mod run;
pub mod simulate;
pub mod sources;
pub mod spec;
pub mod sql;
pub mod state;
pub mod statement;
pub mod status;
pub mod terminal;
#[cfg(test)]
pub(crate) mod testing;
pub mod upcoming;
pub mod verify;
pub mod why;
