//! What is told, to whom and in which words: pure rules over projections.

mod acts;
mod attention;
mod comparison;
mod dates;
mod due;
mod gap;
mod replay;
mod routing;
mod shared;
mod simulate;
mod sources;
pub mod summary;
mod transitions;
mod watcher;
mod wording;

pub use attention::{Attention, Manner};
pub use comparison::{Apart, Look};
pub use dates::is_exact_enough;
pub use due::{STALE_AFTER_DAYS, dates_due, due, due_apart, stale, test_alert};
pub use gap::gather_missed;
pub use replay::replay;
pub use routing::{Route, message_id};
pub use simulate::{Simulation, simulate};
pub use sources::{Failing, WatchedSource, source_changed, source_failing, source_recovered};
pub use transitions::{Subject, Transition};
pub use watcher::{database_failing, endpoint_failing};
pub use wording::source::Reason;
pub use wording::source::finding as finding_in_words;
pub use wording::{Names, article_in};
