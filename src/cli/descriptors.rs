//! How many files may be open at a time.

use anyhow::{Result, ensure};
use rustix::process::{Resource, getrlimit, setrlimit};

/// More than deliveries, the port and the database need together.
const WANTED: u64 = 4096;
/// With fewer the database cannot be opened.
const NEEDED: u64 = 20;

/// Raises the limit, as far as that may be: many systems begin with 1024. A limit that is too low is an error here,
/// as what fails later for want of a descriptor names other causes.
pub(super) fn raise() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    // None is no limit.
    let highest = limit.maximum.unwrap_or(u64::MAX);
    let current = limit.current.unwrap_or(u64::MAX);
    ensure!(
        NEEDED <= highest,
        "only {highest} files may be open at a time, and treatywatch needs {NEEDED}: raise the limit (`ulimit -n`, or \
         `LimitNOFILE=` of the unit)"
    );
    let wanted = WANTED.min(highest);
    if current < wanted {
        // Refused where a sandbox forbids it: then the limit is as it was.
        let _ = setrlimit(Resource::Nofile, rustix::process::Rlimit { current: Some(wanted), ..limit });
    }
    Ok(())
}
