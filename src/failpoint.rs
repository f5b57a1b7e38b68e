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

#[cfg(debug_assertions)]
fn pass(writes: &[Write], side: &str) {
    let Some(named) = std::env::var_os("TREATYWATCH_FAILPOINT") else { return };
    if writes.iter().any(|(write, happens)| *happens && *named == *format!("{write}.{side}")) {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
fn pass(_writes: &[Write], _side: &str) {}
