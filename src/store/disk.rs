//! How much room the disk of a database has.

use std::io;
use std::path::Path;

use rustix::fs::StatVfs;

use super::files;

/// With less room than this, the next alerts may find no place.
pub const FREE_MIN_BYTES: u64 = 64 << 20;

/// How many bytes there is room for beside `path`, for those who are not root.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    Ok(free(&disk(path)?))
}

/// The file system of a database.
pub(super) fn disk(path: &Path) -> io::Result<StatVfs> {
    let file = files::resolve(path)?;
    Ok(rustix::fs::statvfs(file.parent().unwrap_or(Path::new("/")))?)
}

/// How many bytes a file system has room for.
pub(super) fn free(disk: &StatVfs) -> u64 {
    disk.f_bavail.saturating_mul(disk.f_frsize)
}
