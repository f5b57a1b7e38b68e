//! How an alert reaches a receiver: its body, its signature, one attempt, and when to try again.
//!
//! Nothing here keeps state or reads the clock. Formats, signatures and waits are pure functions;
//! [`HttpSender`] alone speaks to the network, and knows one attempt at a time.

pub mod client;
pub mod event;
pub mod retry;
pub mod signature;

pub use client::{HttpSender, SEND_TIMEOUT_S, Sender, SenderError, Target};
pub use retry::{wait_after, within_limit};
