//! treatywatch: the legal acts of treaties in SQLite, what is in force for whom on any day,
//! and signed alerts before a date arrives and when a status changes.

pub mod catalogue;
pub mod cli;
pub mod domain;
