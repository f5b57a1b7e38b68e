//! How an alert reaches a receiver: its body, its signature, and when to try again.
//!
//! Nothing here keeps state or reads the clock: formats, signatures and waits are pure functions.

pub mod event;
pub mod retry;
pub mod signature;

pub use retry::wait_after;
