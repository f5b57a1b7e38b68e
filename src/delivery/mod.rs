//! How an alert reaches a receiver: what is sent, its signature, one attempt, and when to try again.
//!
//! Nothing here keeps state or reads the clock. Formats, signatures and waits are pure functions;
//! a [`Courier`] alone speaks to the outside, and knows one attempt at a time.

mod client;
mod command;
mod courier;
mod email;
pub mod event;
pub mod formats;
mod header;
mod heartbeat;
pub mod mail;
pub mod retry;
pub mod sample;
pub mod signature;
mod smtp;
mod target;
#[cfg(test)]
#[path = "../../tests/integration/env/tls.rs"]
mod testing;

pub use courier::{Courier, SEND_TIMEOUT_S, Sender};
pub use header::{HEADER_VALUE_MAX_BYTES, Header, HeaderError};
pub use heartbeat::{Beat, Heartbeat};
pub use retry::{wait_after, within_limit};
pub use target::{Channel, Preview, PreviewError, Target, Web};
