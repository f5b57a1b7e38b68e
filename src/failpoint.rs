//! Points at which a test ends the process, as a loss of power would: before and after each write of
//! the outbox. In a release build they do nothing.

/// The points of one write: its name, and whether there is anything to write this time.
pub type Write = (&'static str, bool);

/// Ends the process if the environment names this side of one of these writes.
#[inline]
pub fn before(writes: &[Write]) {
    pass(writes, "before");
}

/// The same, once it is done.
#[inline]
pub fn after(writes: &[Write]) {
    pass(writes, "after");
}

fn pass(writes: &[Write], side: &str) {
    if writes.iter().any(|(write, happens)| *happens && is_named(&format!("{write}.{side}"))) {
        std::process::abort();
    }
}

/// Whether the environment names a point at which a test wants something else to go wrong.
#[cfg(debug_assertions)]
pub fn is_named(point: &str) -> bool {
    std::env::var_os("TREATYWATCH_FAILPOINT").is_some_and(|named| *named == *point)
}

/// Whether the environment names a point at which a test wants something else to go wrong.
#[cfg(not(debug_assertions))]
#[inline]
pub fn is_named(_point: &str) -> bool {
    false
}
