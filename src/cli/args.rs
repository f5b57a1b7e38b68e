//! The arguments: what can be asked, and how it is spelled.

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

use super::alerts::AlertsArgs;
use super::attention::{AckArgs, SnoozeArgs};
use super::backup::{BackupArgs, RestoreArgs};
use super::catalogue::CatalogueArgs;
use super::check::CheckArgs;
use super::deliveries::DeliveriesArgs;
use super::doctor::DoctorArgs;
use super::endpoints::EndpointsArgs;
use super::history::HistoryArgs;
use super::options::Options;
use super::parties::PartiesArgs;
use super::records::{CorrectArgs, RecordArgs, RetractArgs};
use super::replay::ReplayArgs;
use super::review::ReviewArgs;
use super::simulate::SimulateArgs;
use super::sources::SourcesArgs;
use super::sql::SqlArgs;
use super::state::StateArgs;
use super::statement::StatementArgs;
use super::status::StatusArgs;
use super::upcoming::UpcomingArgs;
use super::verify::VerifyArgs;
use super::why::WhyArgs;

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  failure; the message says why
  2  invalid command line
  3  `verify` or `sources check` found a difference, `verify` or `simulate` a
     problem; `check` could not check a treaty; `sources ask` failed or left
     findings to review; `doctor` found something that does not work
  4  no such treaty, state, reading, act, date, alert, endpoint, source or
     finding

Dates are written YYYY-MM-DD. Any date can be asked about, past or future. An
answer for a date after the last update of the facts is marked.";

/// Shows which treaties are in force for whom on any date, and alerts before dates arrive.
#[derive(Debug, Clone, Parser)]
#[command(name = "treatywatch", version, about, after_long_help = EXIT_CODES, max_term_width = 80)]
pub struct Cli {
    /// Where the data is, and how answers are written.
    #[command(flatten, next_help_heading = "Options of every command")]
    pub options: Options,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Refuses what each argument for itself does not show to be wrong.
    pub fn check(&self) -> Result<(), clap::Error> {
        match &self.command {
            Command::Replay(ReplayArgs { from, to, .. }) if to < from => Err(Self::command().error(
                ErrorKind::ValueValidation,
                format!("the period is reversed: --from {from} is after --to {to}"),
            )),
            _ => Ok(()),
        }
    }
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Show the status of treaties on a date, with notices and suspensions
    #[command(after_help = "\
Examples:
  treatywatch status
  treatywatch status --on 2019-06-05 --known-on 2019-06-05
  treatywatch status new-start --lang zh")]
    Status(StatusArgs),
    /// List the acts and events of a treaty in order, with their sources
    History(HistoryArgs),
    /// Show the status of each state in a treaty on a date
    Parties(PartiesArgs),
    /// Show the status of one state in every treaty on a date
    State(StateArgs),
    /// List upcoming dates: expiries, withdrawals, deadlines, conferences
    Upcoming(UpcomingArgs),
    /// Compare the China-Russia statement of 5 June 2019 with today
    Statement(StatementArgs),
    /// Compare the dates computed from clauses with the recorded ones; exit code 3 where they differ
    Verify(VerifyArgs),
    /// List raised alerts, the newest first
    Alerts(AlertsArgs),
    /// List deliveries to endpoints, or retry those that failed
    Deliveries(DeliveriesArgs),
    /// List the configured endpoints, test one or preview a message
    Endpoints(EndpointsArgs),
    /// Query the database in SQL, read-only
    #[command(after_help = "\
Example:
  treatywatch sql \"select treaty_id, status from treaty_status where status = 'in_force'\"")]
    Sql(SqlArgs),
    /// Copy the database, also while the daemon runs
    Backup(BackupArgs),
    /// Replace the database by a backup; the daemon must be stopped, and the old file is kept
    Restore(RestoreArgs),
    /// Diagnose the installation and suggest fixes; exit code 3 where something does not work
    Doctor(DoctorArgs),
    /// Query the health of the daemon; exit code 1 if it is unhealthy or does not answer
    Health,
    /// Raise the alerts that are due, once; exit code 3 if a treaty could not be checked
    Check(CheckArgs),
    /// Replay the alerts of a past period, day by day, as facts became known
    #[command(after_help = "\
Example:
  treatywatch replay --from 2019-06-05 --to 2026-08-22 --treaty new-start")]
    Replay(ReplayArgs),
    /// Show what an assumed act would change: statuses, dates, alerts; nothing is stored
    #[command(after_help = "\
Examples:
  treatywatch simulate npt --act \"notice_of_withdrawal IRN 2027-01-15\"
  treatywatch simulate ctbt --act \"ratification CHN 2027-03-01\" --act \"ratification USA 2027-03-01\"")]
    Simulate(SimulateArgs),
    /// Explain the statuses and dates of a treaty: acts, articles, and the alerts about each
    #[command(after_help = "\
Examples:
  treatywatch why new-start
  treatywatch why ctbt --date ctbt/entry_into_force")]
    Why(WhyArgs),
    /// Record an act, in addition to those of the seeds
    #[command(after_help = "\
Example:
  treatywatch record ctbt \"ratification CHN 2026-11-20\" --source https://treaties.un.org/...")]
    Record(RecordArgs),
    /// Correct an act (the earlier version is kept in history)
    Correct(CorrectArgs),
    /// Retract an act (kept in history, no longer in effect)
    Retract(RetractArgs),
    /// Acknowledge an upcoming date: stop its reminders (the date itself still alerts)
    #[command(after_help = "\
Examples:
  treatywatch ack new-start/expiry --by anna --note \"the legal desk prepares a note\"
  treatywatch ack new-start/expiry --undo --by anna
  treatywatch ack --list")]
    Ack(AckArgs),
    /// Snooze a treaty: hold its non-critical alerts until a date
    #[command(after_help = "\
Examples:
  treatywatch snooze ctbt --until 2027-01-15 --by anna
  treatywatch snooze --end ctbt --by anna
  treatywatch snooze --list")]
    Snooze(SnoozeArgs),
    /// List the watched official sources and their health, or poll one
    Sources(SourcesArgs),
    /// Review differences found in sources; accept or reject each
    #[command(after_help = "\
Examples:
  treatywatch review
  treatywatch review show 7
  treatywatch review accept 7 --by 'A. Analyst' --note 'depositary notification read'
  treatywatch review reject --all-of un-security-council --by 'A. Analyst' --yes")]
    Review(ReviewArgs),
    /// Check and import treaties of your own
    Catalogue(CatalogueArgs),
    /// Run the daemon: check every day, deliver alerts, poll sources, serve health
    Serve,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::exit;
    use crate::cli::options::DayArgs;
    use crate::domain::day::parse_day;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        parse_words(line.split_whitespace())
    }

    fn parse_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Cli, clap::Error> {
        let cli = Cli::try_parse_from(std::iter::once("treatywatch").chain(words))?;
        cli.check().map(|()| cli)
    }

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_is_understood() {
        let lines = [
            "status",
            "status npt --on 2019-06-05 --known-on 2019-06-05 --lang zh --json",
            "--db x.db --config y.toml --seeds z history inf",
            "status unscr-2231 --reading FRA",
            "parties ctbt --on 2026-11-24 --status signatory",
            "state CHN --on 2019-06-05",
            "upcoming --within 90d",
            "statement",
            "verify abm",
            "alerts --treaty npt --kind status.changed --since 2026-01-01 --limit 5",
            "deliveries --failed --endpoint desk",
            "deliveries retry 1 2 3",
            "deliveries retry --endpoint desk",
            "deliveries retry --all",
            "endpoints",
            "endpoints test desk",
            "sql select",
            "backup copy.db",
            "backup then.db --known-on 2023-11-04",
            "restore copy.db",
            "doctor --offline --json",
            "health",
            "check --dry-run --today 2026-02-05",
            "replay --from 2019-06-05 --to 2026-08-22 --treaty inf --treaty new-start",
            "simulate npt --act accession",
            "sources check untc ctbt --file page.html --on 2026-02-03",
            "record ctbt ratification --source https://example.org --basis depositary --confidence high",
            "record ctbt ratification --from-memory --place Vienna",
            "correct ctbt/TON/ratification/2026-07-07 --on 2026-07 --from-memory",
            "retract ctbt/TON/ratification/2026-07-07 --reason mistaken",
            "why inf --date USA/withdrawal_effect/1",
            "ack new-start/expiry --by anna --note known --today 2026-01-10",
            "ack msg_1 --undo --by anna",
            "ack --list",
            "snooze npt --until 2027-01-15 --by anna --note later --today 2027-01-01",
            "snooze --end npt --by anna",
            "snooze --list",
            "catalogue check ours --on 2026-11-24 --json",
            "catalogue schema",
            "catalogue import t.csv --into ours --treaty pact",
            "catalogue import t.csv --into ours --treaty pact --columns state=A,ratification=B --dates %d.%m.%Y \
             --source list --basis official --confidence high --delimiter ; --append --skip-doubtful",
            "serve",
        ];
        for line in lines {
            assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
        }
    }

    #[test]
    fn what_is_not_understood_is_a_usage_error() {
        let lines = [
            "",
            "status --on 2019-6-5",
            "status --on 2019-02-29",
            "status --on 2019-06",
            "status --lang de",
            "parties",
            "parties npt --status in_force",
            "upcoming --within 2",
            "upcoming --within 2Y",
            "upcoming --within 1y6m",
            "record ctbt ratification",
            "record ctbt ratification --from-memory --source https://example.org",
            "correct ctbt/TON/ratification/2026-07-07",
            "retract ctbt/TON/ratification/2026-07-07",
            "ack",
            "ack new-start/expiry",
            "ack --list --by anna",
            "ack new-start/expiry --undo --by anna --note x",
            "snooze",
            "snooze npt --by anna",
            "snooze npt --until 2027-01-15",
            "snooze npt --end npt --by anna",
            "snooze --end npt",
            "deliveries retry",
            "deliveries retry 1 --all",
            "deliveries --failed retry --all",
            "catalogue",
            "catalogue check",
            "catalogue import t.csv --into ours",
            "record ctbt ratification --from-memory --note \u{202e}x",
            "record ctbt ratification --source https://example.org/\u{9b}2J",
            "ack new-start/expiry --by an\u{1b}[2Jna",
        ];
        for line in lines {
            let error = parse(line).unwrap_err();
            assert_eq!(error.exit_code(), i32::from(exit::USAGE), "{line}");
        }
    }

    #[test]
    fn a_reversed_period_is_a_usage_error() {
        assert!(parse("replay --from 2026-01-01 --to 2026-01-01").is_ok());
        let error = parse("replay --from 2026-01-02 --to 2026-01-01").unwrap_err();
        assert_eq!(error.exit_code(), i32::from(exit::USAGE));
        let expected = "the period is reversed: --from 2026-01-02 is after --to 2026-01-01";
        assert!(error.to_string().contains(expected), "{error}");
        let error = parse("replay --from 2026-01-02").unwrap_err().to_string();
        assert!(error.contains("--to <DATE>"), "{error}");
    }

    #[test]
    fn a_text_that_is_kept_is_not_empty() {
        let commands: [&[&str]; 9] = [
            &["retract", "x", "--reason"],
            &["record", "ctbt", "x", "--from-memory", "--note"],
            &["record", "ctbt", "x", "--source"],
            &["correct", "x", "--from-memory", "--place"],
            &["ack", "x", "--by"],
            &["snooze", "npt", "--until", "2027-01-15", "--by"],
            &["review", "accept", "1", "--by"],
            &["review", "reject", "1", "--by", "a", "--note"],
            &["ack", "x", "--by", "a", "--note"],
        ];
        for command in commands {
            assert!(parse_words(command.iter().copied().chain(["a text"])).is_ok(), "{command:?}");
            for text in ["", " ", "\u{3000}"] {
                let error = parse_words(command.iter().copied().chain([text])).unwrap_err();
                assert_eq!(error.exit_code(), i32::from(exit::USAGE), "{command:?}");
                assert!(error.to_string().contains("expected some text"), "{error}");
            }
        }
    }

    #[test]
    fn a_name_with_blanks_needs_no_quotes() {
        for (line, expected) in [
            ("state United States", "United States"),
            ("state Côte d'Ivoire --json", "Côte d'Ivoire"),
            ("state --on 2019-06-05 CHN", "CHN"),
        ] {
            let Command::State(args) = parse(line).unwrap().command else { panic!("{line}") };
            assert_eq!(args.state(), expected);
        }
    }

    #[test]
    fn what_is_empty_is_not_given() {
        let mut cli =
            Cli::try_parse_from(["treatywatch", "--db", "", "--config=", "--seeds", "", "status"]).unwrap();
        cli.options.forget_empty();
        let Options { db, config, seeds, .. } = cli.options;
        assert_eq!((db, config, seeds), (None, None, None));
    }

    #[test]
    fn the_exit_codes_are_documented() {
        let help = Cli::command().render_long_help().to_string();
        for code in [exit::FINE, exit::FAILED, exit::USAGE, exit::FOUND, exit::NO_SUCH] {
            assert!(help.contains(&format!("\n  {code}  ")), "{help}");
        }
    }

    #[test]
    fn today_stands_for_the_days_that_are_not_given() {
        let today = parse_day("2026-11-24").unwrap();
        let days = DayArgs { on: Some(parse_day("2019-06-05").unwrap()), known_on: None };
        let asked = days.asked(today);
        assert_eq!((asked.on.to_string().as_str(), asked.known_on), ("2019-06-05", today));
    }
}
