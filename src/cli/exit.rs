//! What the program's exit codes mean.

/// All went well.
pub const FINE: u8 = 0;
/// Something failed; the message says what.
pub const FAILED: u8 = 1;
/// The command line was not understood.
pub const USAGE: u8 = 2;
/// `verify` or `sources check` found a difference, `verify` or `simulate` a problem, `check` met problems or runs behind
/// a clock that was ahead, `sources ask` failed or found a difference, or `doctor` found something that does not work.
pub const FOUND: u8 = 3;
/// There is no such treaty, state, reading, act, date, alert, endpoint, source or finding.
pub const NO_SUCH: u8 = 4;
