//! What is told, to whom and in which words: pure rules over projections.

mod acts;
mod due;
mod replay;
mod routing;
mod transitions;
mod wording;

pub use due::{Look, due, test_alert};
pub use replay::replay;
pub use routing::{Route, message_id};
pub use wording::Names;

/// How many days before a date people are told of it, unless they ask otherwise.
pub const LEAD_DAYS: &[u32] = &[365, 180, 90, 60, 30, 14, 7, 3, 1];
