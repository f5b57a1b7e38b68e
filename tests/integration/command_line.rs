//! The program as people and scripts call it: what it prints, with which exit code, and for whom.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::env::{TestEnv, error, set_mode};

/// The user and group `nobody`.
const NOBODY: u32 = 65_534;
const WHAT_IF: &str = "accession India 2027-01-01";

/// A directory with a database in it.
fn with_database() -> TestEnv {
    let env = TestEnv::new();
    env.printed(&["status", "npt"]);
    env
}

/// Commands that only read a database.
const READING: &[&[&str]] = &[
    &["status"],
    &["status", "npt"],
    &["history", "npt"],
    &["parties", "npt"],
    &["state", "United", "States"],
    &["upcoming"],
    &["statement"],
    &["verify"],
    &["alerts"],
    &["deliveries"],
    &["endpoints"],
    &["sql", "select * from acts_current order by note"],
    &["doctor", "--offline"],
    &["replay", "--from", "2026-01-01", "--to", "2026-03-01"],
    &["simulate", "npt", "--act", WHAT_IF],
    &["why", "npt"],
    &["ack", "--list"],
    &["snooze", "--list"],
    &["sources"],
    &["review"],
];

/// Others, in an order in which each succeeds.
const WRITING: &[&[&str]] = &[
    &["check", "--dry-run"],
    &["check"],
    &["record", "npt", "accession IND 2026-01-05", "--from-memory"],
    &["correct", "npt/IND/accession/2026-01-05", "--on", "2026-01-06", "--from-memory"],
    &["retract", "npt/IND/accession/2026-01-06", "--reason", "it was a test"],
    &["ack", "new-start/expiry", "--by", "anna", "--today", "2025-12-06"],
    &["ack", "new-start/expiry", "--undo", "--by", "anna", "--today", "2025-12-06"],
    &["snooze", "npt", "--until", "2999-01-01", "--by", "anna"],
    &["snooze", "--end", "npt", "--by", "anna"],
    &["deliveries", "retry", "--all"],
    &["backup", "copy.db"],
    &["restore", "copy.db"],
    &["catalogue", "schema"],
    &["catalogue", "bundle", "facts.json"],
];

#[test]
fn every_command_that_prints_something_prints_json_for_programs() {
    let env = with_database();
    for arguments in READING.iter().chain(WRITING) {
        let text = env.printed(&[*arguments, &["--json"]].concat());
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{arguments:?}: {text}");
    }
}

#[test]
fn a_query_loses_no_column() {
    let env = with_database();
    let query = "select 1 as b, 2 as a, 3 as b, null as n, 1.5 as r, x'0a' as z";
    let json: String = env.printed(&["sql", query, "--json"]).split_whitespace().collect();
    assert_eq!(json, r#"[{"b":1,"a":2,"b:1":3,"n":null,"r":1.5,"z":"x'0a'"}]"#);
    let wide = env.printed(&["sql", "select * from acts_current limit 1"]);
    assert!(
        wide.starts_with("-[ RECORD 1 ]---") && wide.contains("\ntreaty_id                  | abm\n"),
        "{wide}"
    );
    assert_eq!(env.printed(&["sql", "select * from source_health"]), "(0 rows)\n");
}

#[test]
fn an_answer_that_nobody_reads_to_its_end_is_no_error() {
    let env = with_database();
    for arguments in READING.iter().chain(WRITING).chain(&[&["status", "--json"][..]]) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = env.command(arguments);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), error(&output)), (Some(0), String::new()), "{arguments:?}");
    }
    assert!(!env.files().keys().any(|name| name.ends_with("-wal")), "the database is put away");
    // Nor is an error that nobody reads.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = env.command(&["status", "nqt"]);
    assert_eq!(command.stderr(writer).output().unwrap().status.code(), Some(4));
}

#[test]
fn an_answer_for_which_there_is_no_room_is_an_error() {
    let env = with_database();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = env.command(&["status"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).contains("the answer cannot be written"), "{}", error(&output));
}

#[test]
fn what_is_not_right_on_the_command_line_is_one_clear_message() {
    let env = with_database();
    let cases: &[(&[&str], i32, &str)] = &[
        (
            &["replay", "--from", "2026-01-02", "--to", "2026-01-01"],
            2,
            "the period is reversed: --from 2026-01-02 is after --to 2026-01-01",
        ),
        (&["replay", "--from", "2026-01-02"], 2, "--to <DATE>"),
        (
            &["retract", "npt/IND/accession/2026-01-05", "--reason", ""],
            2,
            "'--reason <REASON>': expected some text",
        ),
        (&["ack", "new-start/expiry", "--by", " "], 2, "'--by <NAME>': expected some text"),
        (&["status", "--reading", "X"], 4, "no such reading, and no such state, `X`; there is e3, "),
        (&["status", "npt", "--reading", "e3"], 4, "no such reading of npt `e3`; there is default, "),
        (
            &["state", "Untied", "States"],
            4,
            "no such state `Untied States`; there is United States of America (USA)",
        ),
        (&["simulate", "npt", "--act", "accession Atlantis 2027-01-01"], 4, "no such state `Atlantis`"),
        (&["simulate", "npt", "--act", "accession India"], 2, "the day is missing"),
        (&["record", "npt", "accession IND", "--from-memory"], 2, "the day is missing"),
    ];
    for (arguments, code, expected) in cases {
        let told = env.refused(arguments, *code);
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}

#[test]
fn a_name_of_several_words_needs_no_code() {
    let env = with_database();
    for name in ["Côte d'Ivoire", "Co\u{302}te d\u{2019}Ivoire", "CÔTE  D'IVOIRE", "civ"] {
        for arguments in [vec!["state", name], ["state"].into_iter().chain(name.split(' ')).collect()] {
            let arguments: Vec<&str> = arguments.into_iter().filter(|word| !word.is_empty()).collect();
            assert!(env.printed(&arguments).starts_with("Côte d'Ivoire (CIV) on "), "{arguments:?}");
        }
        let act = format!("notice_of_withdrawal {name} 2027-01-15");
        let told = env.printed(&["simulate", "npt", "--act", &act, "--within", "1y"]);
        assert!(told.contains("Côte d'Ivoire: party -> withdrawn"), "{told}");
    }
}

#[test]
fn no_colours_reach_a_pipe() {
    let env = with_database();
    env.write("ours/pact/treaty.toml", "nonsense = 1\n");
    for variables in [&[("TERM", "xterm")][..], &[("TERM", "xterm"), ("CLICOLOR", "1")]] {
        for arguments in [&["catalogue", "check", "ours"][..], &["status"], &["--help"], &["nonsense"]] {
            let mut command = env.command(arguments);
            let output = command.envs(variables.iter().copied()).output().unwrap();
            assert!(![output.stdout, output.stderr].concat().contains(&0x1b), "{arguments:?}");
        }
    }
}

/// The program, run by a user who may read a database and write neither it nor its directory.
struct Reader {
    env: TestEnv,
    /// Where this user finds the program.
    program: PathBuf,
    /// Holds it.
    _elsewhere: TempDir,
    is_root: bool,
}

impl Reader {
    fn new(env: TestEnv) -> Self {
        let elsewhere = tempfile::tempdir().unwrap();
        let program = elsewhere.path().join("treatywatch");
        // Not by this process: what it has open for writing while another test forks cannot be run.
        assert!(
            Command::new("cp")
                .arg(env!("CARGO_BIN_EXE_treatywatch"))
                .arg(&program)
                .status()
                .unwrap()
                .success()
        );
        set_mode(elsewhere.path(), 0o755);
        set_mode(&program, 0o755);
        let id = Command::new("id").arg("-u").output().unwrap();
        Self { env, program, _elsewhere: elsewhere, is_root: id.stdout == b"0\n" }
    }

    /// Lets the user read everything and write nothing.
    fn lock(&self) {
        for name in self.env.files().into_keys() {
            set_mode(&self.env.path(&name), 0o444);
        }
        set_mode(self.env.dir(), 0o555);
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.env.command_of(&self.program);
        command.args(arguments);
        if self.is_root {
            // No mode binds root.
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().unwrap()
    }

    fn fine(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert_eq!((output.status.code(), error(&output)), (Some(0), String::new()), "{arguments:?}");
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // So that it can be removed.
        set_mode(self.env.dir(), 0o755);
    }
}

#[test]
fn who_may_only_read_gets_every_answer() {
    let reader = Reader::new(with_database());
    reader.lock();
    let before = reader.env.files();
    for arguments in READING {
        reader.fine(arguments);
    }
    assert_eq!(reader.env.files(), before, "nothing is made beside the database");
    let output = reader.run(&["record", "npt", "accession IND 2026-01-05", "--from-memory"]);
    let hint = "Commands that only read, as `treatywatch status` and `treatywatch sql`, work without";
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).contains(hint), "{}", error(&output));
    // Without a database there is nothing to read, and nowhere to make one.
    let output = reader.run(&["--db", "none.db", "status"]);
    assert!(error(&output).contains("there is no none.db"), "{}", error(&output));
    if !reader.is_root {
        return;
    }
    set_mode(&reader.env.database(), 0o600);
    let output = reader.run(&["status"]);
    assert!(error(&output).contains("cannot read treatywatch.db"), "{}", error(&output));
}

#[test]
fn who_may_only_read_sees_what_a_daemon_that_was_killed_has_written() {
    let reader = Reader::new(with_database());
    let env = &reader.env;
    let record = ["record", "npt", "accession IND 2026-01-05", "--from-memory"];
    let query = ["sql", "select count(*) as n from _act where origin <> 'seed'", "--json"];
    env.configure("");
    let daemon = env.serve();
    daemon.wait_for("Next: ");
    assert_eq!(env.code(&record), 0);
    reader.lock();
    reader.fine(&["status"]);
    let count = || String::from_utf8(reader.run(&query).stdout).unwrap().replace(['\n', ' '], "");
    assert_eq!(count(), r#"[{"n":1}]"#, "beside a daemon");
    set_mode(env.dir(), 0o755);
    daemon.kill();
    assert!(env.files().contains_key("treatywatch.db-wal"));
    set_mode(env.dir(), 0o555);
    assert_eq!(count(), r#"[{"n":1}]"#, "after its end");
    // Without its index, the log cannot be read, and the file alone would not tell the truth.
    set_mode(env.dir(), 0o755);
    fs::remove_file(env.path("treatywatch.db-shm")).unwrap();
    set_mode(env.dir(), 0o555);
    let output = reader.run(&query);
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).contains("was cut off"), "{}", error(&output));
}
