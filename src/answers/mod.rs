//! The questions that people ask about treaties, and their answers.
//!
//! An answer is computed from domain values; the day that it is about is an argument. It serializes for programs and has
//! words in each language for people. How it is laid out is the business of the command line or a page.

pub mod alerts;
mod deadlines;
pub mod evidence;
pub mod history;
pub mod lookup;
pub mod parties;
pub mod state;
pub mod statement;
pub mod status;
#[cfg(test)]
pub(crate) mod tests;
pub mod upcoming;
pub mod values;
pub mod why;
