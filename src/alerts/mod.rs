//! What is told, to whom and in which words: pure rules over projections.

mod acts;
mod due;
mod replay;
mod routing;
mod transitions;
mod wording;

pub use due::{Look, dates_due, due, test_alert};
pub use replay::replay;
pub use routing::{Route, message_id};
pub use wording::Names;
