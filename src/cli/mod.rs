//! The command line: arguments, output and exit codes, one file a command.
//!
//! A command computes a view from domain values, and the view prints itself for people or is
//! written as JSON for programs. What it is asked about, and on which day, are arguments.

pub mod alerts;
pub mod args;
pub mod attention;
pub mod backup;
pub mod catalogue;
pub mod check;
pub mod deliveries;
mod descriptors;
pub mod doctor;
pub mod endpoints;
pub mod exit;
pub mod health;
pub mod history;
pub mod layout;
pub mod lookup;
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
pub mod view;
pub mod why;
