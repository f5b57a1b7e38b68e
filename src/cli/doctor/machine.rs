//! `doctor` on the machine: the configuration, secrets, the disk, the daemon.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::line::{Line, Verdict, not_ok, ok};
use crate::config::{Config, ConfigError};
use crate::daemon::Instance;
use crate::domain::text::with_causes;
use crate::store::{FREE_MIN_BYTES, free_bytes};

/// With less room than this, a warning asks for more.
const FREE_FEW_BYTES: u64 = 256 << 20;

pub(super) fn configuration(config: &Result<Config, ConfigError>) -> Line {
    let what = "configuration";
    match config {
        Ok(config) => match config.file() {
            Some(path) => {
                let (path, count) = (path.display(), config.endpoints.len());
                let finding = format!("{path}, endpoints: {count}");
                ok(what, finding)
            }
            None => ok(what, "no file, using defaults"),
        },
        Err(error) => {
            let advice = "correct it; a running daemon keeps the previous configuration";
            not_ok(what, Verdict::Fail, with_causes(error), advice)
        }
    }
}

/// Where systemd puts what `LoadCredential=` names: for the service alone, whatever the mode of the file.
const CREDENTIALS: &str = "/run/credentials";

/// Says nothing of a file that only its owner can read. Of the configuration itself, which a service with a user of
/// its own must be able to read, the advice is to keep the secret elsewhere.
pub(super) fn secret(path: &Path, config: Option<&Path>, credentials: Option<&Path>) -> Option<Line> {
    if credentials.into_iter().chain([Path::new(CREDENTIALS)]).any(|dir| path.starts_with(dir))
        && path.exists()
    {
        return None;
    }
    let what = "secret";
    let shown = path.display();
    match path.metadata() {
        Ok(meta) if meta.permissions().mode() & 0o077 == 0 => None,
        Ok(_) => {
            let finding = format!("other users can read {shown}");
            let command = format!("chmod 600 {shown}");
            let advice = if config == Some(path) {
                format!(
                    "keep URLs that are secrets in files of their own (url_file, heartbeat_file), or: {command}"
                )
            } else {
                command
            };
            Some(not_ok(what, Verdict::Warn, finding, advice))
        }
        Err(error) => {
            let advice = "check that the file exists";
            Some(not_ok(what, Verdict::Fail, format!("{shown}: {error}"), advice))
        }
    }
}

pub(super) fn room(database: &Path) -> Line {
    let what = "disk";
    let size = database.metadata().map_or(0, |meta| meta.len());
    match free_bytes(database) {
        Ok(free) => {
            let megabytes = free >> 20;
            let finding = format!("{megabytes} MB free");
            let advice = "free some space: a backup needs as much as the database";
            if free < FREE_MIN_BYTES {
                not_ok(what, Verdict::Fail, finding, advice)
            } else if free < FREE_FEW_BYTES.max(size.saturating_mul(2)) {
                not_ok(what, Verdict::Warn, finding, advice)
            } else {
                ok(what, finding)
            }
        }
        Err(error) => {
            let advice = "check that the directory exists";
            not_ok(what, Verdict::Fail, error.to_string(), advice)
        }
    }
}

pub(super) fn daemon(database: &Path) -> Line {
    let what = "daemon";
    match Instance::holder(database) {
        Ok(Some(holder)) => ok(what, format!("running ({holder})")),
        Ok(None) => not_ok(what, Verdict::Warn, "not running", "treatywatch serve"),
        Err(error) => not_ok(what, Verdict::Warn, with_causes(&error), "check who may read it"),
    }
}
