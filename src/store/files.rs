//! The database's file and the files beside it: which file a path names, who owns it, and that nothing follows a
//! link that somebody else may have put there.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use sqlx::SqliteConnection;

use super::error::BackupFault;

/// A file that we make can be read by its owner alone. The umask may take away more.
const MODE: u32 = 0o600;
/// Of a mode, who may read and write.
const READ_WRITE: u32 = 0o666;

/// The file that a path names, as an absolute path without links.
///
/// A link to a database is followed once, so that one database has one lock whatever it is called. SQLite takes
/// an absolute path for a path, never for a URI or a database in memory. A link to nothing is an error: SQLite
/// would make a file where it points.
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!("it is a link to {}, which does not exist", target.display()),
            )),
            Err(_) => place(path),
        },
        // A directory that may not be searched, for example: whoever opens the file says so.
        Err(_) => std::path::absolute(path),
    }
}

/// The absolute path of a file that is yet to be made.
pub(super) fn place(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::from(ErrorKind::IsADirectory))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(fs::canonicalize(parent)?.join(name))
}

/// A path with something added to its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Opens the file beside a database whose name ends with `suffix`, to read and write, and makes it if it is not
/// there. Gives its path too.
///
/// A new one belongs to whoever owns the database and can be used by whoever can use the database. What is not a
/// plain file with one name is refused: whoever may write to the directory could have put a link there, to have
/// another file emptied.
pub fn open_beside(database: &Path, suffix: &str) -> (PathBuf, io::Result<File>) {
    let file = match resolve(database) {
        Ok(file) => file,
        Err(error) => return (database.to_path_buf(), Err(error)),
    };
    let path = with_suffix(&file, suffix);
    let owner = fs::metadata(&file).ok();
    let opened = match create(&path, owner.as_ref().map_or(MODE, |owner| owner.mode() & READ_WRITE)) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => open_plain(&path, true),
        Ok(file) => {
            // Only root can; for everybody else it is their own already, or their group's.
            let _ = owner.as_ref().map(|owner| take_owner(&file, owner));
            Ok(file)
        }
        failed => failed,
    };
    (path, opened)
}

/// Opens the file beside a database whose name ends with `suffix`, to read it; none if it is not there.
pub fn read_beside(database: &Path, suffix: &str) -> (PathBuf, io::Result<Option<File>>) {
    let file = match resolve(database) {
        Ok(file) => file,
        Err(error) => return (database.to_path_buf(), Err(error)),
    };
    let path = with_suffix(&file, suffix);
    let opened = match open_plain(&path, false) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    };
    (path, opened)
}

/// Makes a file that is not there yet, for its owner alone. Follows no link.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    create(path, MODE)
}

fn create(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(mode).open(path)
}

fn open_plain(path: &Path, write: bool) -> io::Result<File> {
    // Not to wait for the other end of a pipe either.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = match OpenOptions::new().read(true).write(write).custom_flags(flags).open(path) {
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            return Err(not_plain("it is a link"));
        }
        opened => opened?,
    };
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(not_plain("it is not a plain file"));
    }
    if found.nlink() > 1 {
        return Err(not_plain("it is another name of a file"));
    }
    Ok(file)
}

fn not_plain(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, format!("{what}: remove it"))
}

/// Has SQLite write a whole copy of a connection's database to `partial`, an absolute path. What was left there
/// by a copy that was cut off is removed.
pub(super) async fn vacuum_into(conn: &mut SqliteConnection, partial: &Path) -> Result<(), BackupFault> {
    match fs::remove_file(partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    // SQLite takes an empty file that is there, and would follow a link to make one.
    create_private(partial)?;
    let name = partial.to_str().ok_or_else(|| io::Error::other("the name is not UTF-8"))?;
    sqlx::query("vacuum into ?1").bind(name).execute(conn).await?;
    Ok(())
}

/// Gives a file the owner and the mode of another one.
pub(super) fn take_owner_and_mode(file: &File, of: &Metadata) -> io::Result<()> {
    take_owner(file, of)?;
    file.set_permissions(fs::Permissions::from_mode(of.mode() & READ_WRITE))
}

fn take_owner(file: &File, of: &Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    let changed = |own: u32, other: u32| (own != other).then_some(other);
    match (changed(own.uid(), of.uid()), changed(own.gid(), of.gid())) {
        (None, None) => Ok(()),
        (user, group) => fchown(file, user, group),
    }
}

/// What a restore that was cut off has left beside a database that is not there: its name.
pub(super) fn left_of_a_restore(database: &Path) -> io::Result<Option<PathBuf>> {
    let (Some(parent), Some(name)) = (database.parent(), database.file_name()) else { return Ok(None) };
    let begins_with = |suffix: &str| {
        let mut begin = OsString::from(name);
        begin.push(suffix);
        begin
    };
    let (partial, before) = (begins_with(".partial"), begins_with(".before-"));
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(parent)? {
        let name = entry?.file_name();
        let bytes = name.as_encoded_bytes();
        let is_log = bytes.ends_with(b"-wal") || bytes.ends_with(b"-shm");
        if name == partial || (bytes.starts_with(before.as_encoded_bytes()) && !is_log) {
            found.push(parent.join(name));
        }
    }
    // `.before-` with the latest instant, or else `.partial`: the database of before is what people want back.
    found.sort_by_key(|path| (!path.as_os_str().as_encoded_bytes().ends_with(b".partial"), path.clone()));
    Ok(found.pop())
}
