//! Users' own treaties, from files in a directory to days and alerts.

mod depositary;
mod import;
mod law;
mod malformed;
mod ministry;
mod schema;
mod watched;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use chrono::NaiveDate;
use tempfile::TempDir;
use treatywatch::domain::day::parse_day;

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

fn write(root: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// A directory in which the program is run.
struct Desk {
    dir: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treatywatch"));
        command.args(arguments).current_dir(self.path());
        for name in ["TREATYWATCH_DB", "TREATYWATCH_CONFIG", "TREATYWATCH_SEEDS", "TREATYWATCH_LOG"] {
            command.env_remove(name);
        }
        command.output().unwrap()
    }

    /// What a command prints that must succeed.
    fn printed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command prints that must fail with code 1: on both channels.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        format!("{}{}", String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}
