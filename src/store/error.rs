//! What can go wrong with the database, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A directory was named.
    #[error("{} is a directory: name a file in it, for example {}", .0.display(), .0.join("treatywatch.db").display())]
    Directory(PathBuf),
    /// There is no directory to put the file in.
    #[error("there is no directory {}: make it, or name another place for the database", .0.display())]
    NoDirectory(PathBuf),
    /// The file beside the database cannot be written.
    #[error("{}", unlocked(.path, .database))]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The database.
        database: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file or its directory cannot be read and written.
    #[error("cannot write {}: this command writes it, and its directory must be writable too{}", .0.display(), to_read(.0))]
    ReadOnly(PathBuf),
    /// The file or its directory cannot be read.
    #[error("cannot read {}: this user may not, see who owns it", .0.display())]
    Unreadable(PathBuf),
    /// A log without its index: to read it, an index must be made.
    #[error(
        "cannot read {}: a program that wrote it was cut off. Run any command, as `treatywatch status`, once as a user \
         who may write it",
        .0.display()
    )]
    LogLeft(PathBuf),
    /// The file was written by an older program, and cannot be brought up to date.
    #[error(
        "{} has schema version {found}, this program has {known}, and it cannot be written: run any command, as \
         `treatywatch status`, once as a user who may write it, which brings it up to date",
        .path.display()
    )]
    Older {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version that this program makes.
        known: i64,
    },
    /// The path leads nowhere, or to a file that is not used: a link that leads nowhere, for example.
    #[error("cannot use {}", .path.display())]
    Path {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no database, and a restore was cut off beside it: to begin with an empty one would lose it.
    #[error(
        "there is no database {}, but {} is there: a restore was cut off. Repeat the restore, or rename that file to \
         {} if it is whole; to begin with an empty database, move it away",
        .database.display(), .left.display(), .database.display()
    )]
    CutOff {
        /// The database.
        database: PathBuf,
        /// What the restore has left.
        left: PathBuf,
    },
    /// The schema is not as this program makes it.
    #[error(
        "{} is not as treatywatch makes a database ({difference}): name a copy that `treatywatch backup` has made",
        .path.display()
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// The first difference.
        difference: String,
    },
    /// The file is something else.
    #[error("{} is not a SQLite database: name another file, or move this one away", .0.display())]
    NotADatabase(PathBuf),
    /// The file is another program's database.
    #[error("{} is a database of another program: name another file", .0.display())]
    Foreign(PathBuf),
    /// The file was written by a newer program.
    #[error(
        "{} has schema version {found}, this program knows {known}: install the newer program again, or \
         restore a backup from before",
        .path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// The database cannot be opened for another reason.
    #[error("cannot open {}{}", .path.display(), advice(.source))]
    Open {
        /// The database.
        path: PathBuf,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The schema cannot be brought up to date.
    #[error("cannot bring {} up to date: nothing was changed", .path.display())]
    Migrate {
        /// The database.
        path: PathBuf,
        /// Why.
        #[source]
        source: MigrateError,
    },
    /// A statement failed.
    #[error("the database did not do what it was asked{}", advice(.0))]
    Sql(#[from] sqlx::Error),
    /// A statement of the user failed.
    #[error("the statement cannot be run{}", advice(.0))]
    Statement(#[source] sqlx::Error),
    /// A statement of the user is not run.
    #[error("{0}")]
    Refused(String),
    /// The target of a backup exists.
    #[error("{} exists: a backup never overwrites, name another file", .0.display())]
    Exists(PathBuf),
    /// There is nothing to restore.
    #[error("there is no file {}: name a copy that `treatywatch backup` has made", .0.display())]
    NoFile(PathBuf),
    /// A database would be restored from itself.
    #[error("{} is the database itself: name a copy of it", .0.display())]
    SameFile(PathBuf),
    /// A copy that leaves out what became known later.
    #[error("{} holds only what was known on some day: it is for questions, name a whole copy", .0.display())]
    Partial(PathBuf),
    /// A file that is not sound.
    #[error("{} is damaged ({fault}): name another copy", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first fault.
        fault: String,
    },
    /// A restore failed.
    #[error("cannot restore {}{}", .path.display(), .source.advice())]
    Restore {
        /// The copy.
        path: PathBuf,
        /// Why.
        #[source]
        source: BackupFault,
    },
    /// A backup failed.
    #[error("cannot back up to {}{}", .path.display(), .source.advice())]
    Backup {
        /// The target.
        path: PathBuf,
        /// Why.
        #[source]
        source: BackupFault,
    },
}

/// Why a backup or a restore failed.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// SQLite could not write it.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// What was written cannot be read as it should.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
    /// The database that would be replaced is in use.
    #[error("it could not be folded into one file")]
    InUse,
    /// The file system could not.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl BackupFault {
    /// What a person can do.
    fn advice(&self) -> &'static str {
        match self {
            Self::Sql(error) => advice(error),
            Self::File(error) if error.kind() == io::ErrorKind::StorageFull => DISK_FULL,
            Self::InUse => ": another program holds it, wait or end that program",
            Self::Damaged(_) | Self::File(_) => "",
        }
    }
}

const DISK_FULL: &str = ": the disk is full, make room and try again";

/// That the lock cannot be made, and what that means.
fn unlocked(lock: &Path, database: &Path) -> String {
    if !database.exists() {
        return format!("there is no {}, and its directory must be writable to make it", database.display());
    }
    let lock = lock.display();
    let hint = to_read(database);
    format!("cannot write {lock}: this command writes the database, and its directory must be writable{hint}")
}

/// What a user who may read a database and not write it can do.
fn to_read(database: &Path) -> &'static str {
    match rustix::fs::access(database, rustix::fs::Access::READ_OK) {
        Ok(()) => ". Commands that only read, as `treatywatch status` and `treatywatch sql`, work without",
        Err(_) => "",
    }
}

/// The primary result code of SQLite, where the error is SQLite's.
pub(super) fn sqlite_code(error: &sqlx::Error) -> Option<i64> {
    let code: i64 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// An error of the file system about the database itself.
pub(super) fn path_error(path: &Path, source: io::Error) -> StoreError {
    StoreError::Path { path: path.to_path_buf(), source }
}

/// An error of SQLite on opening the database.
pub(super) fn open_error(path: &Path, source: sqlx::Error) -> StoreError {
    let path = path.to_path_buf();
    match sqlite_code(&source) {
        Some(codes::READ_ONLY | codes::CANNOT_OPEN) => StoreError::ReadOnly(path),
        Some(codes::NOT_A_DATABASE) => StoreError::NotADatabase(path),
        _ => StoreError::Open { path, source },
    }
}

/// What a person can do, for the failures that are theirs to mend.
fn advice(error: &sqlx::Error) -> &'static str {
    match sqlite_code(error) {
        Some(codes::BUSY | codes::LOCKED) => ": another program holds it, wait or end that program",
        Some(codes::READ_ONLY) => ": it cannot be written",
        Some(codes::IO) => ": the disk failed",
        Some(codes::CORRUPT) => ": it is damaged: restore a backup, see docs/operations.md",
        Some(codes::FULL) => DISK_FULL,
        _ => "",
    }
}

/// Primary result codes of SQLite.
pub(super) mod codes {
    pub const BUSY: i64 = 5;
    pub const LOCKED: i64 = 6;
    pub const READ_ONLY: i64 = 8;
    pub const IO: i64 = 10;
    pub const CORRUPT: i64 = 11;
    pub const FULL: i64 = 13;
    pub const CANNOT_OPEN: i64 = 14;
    pub const NOT_A_DATABASE: i64 = 26;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_only_read_learns_what_works() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("treatywatch.db");
        let refused = || {
            let (path, database) = (dir.path().join("treatywatch.db.lock"), database.clone());
            let source = io::Error::from(io::ErrorKind::PermissionDenied);
            StoreError::Lock { path, database, source }.to_string()
        };
        assert!(
            refused().ends_with("treatywatch.db, and its directory must be writable to make it"),
            "{}",
            refused()
        );
        std::fs::write(&database, "").unwrap();
        let hint = "Commands that only read, as `treatywatch status` and `treatywatch sql`, work without";
        assert!(refused().ends_with(hint), "{}", refused());
        assert!(StoreError::ReadOnly(database.clone()).to_string().ends_with(hint));
    }

    #[test]
    fn a_backup_for_which_there_is_no_room_says_so() {
        let path = PathBuf::from("copy.db");
        let full = StoreError::Backup { path, source: io::Error::from(io::ErrorKind::StorageFull).into() };
        assert_eq!(full.to_string(), "cannot back up to copy.db: the disk is full, make room and try again");
    }
}
