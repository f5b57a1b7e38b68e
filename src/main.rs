//! The `treatywatch` program: reads the command line, runs the command, gives the exit code.

use std::io::{IsTerminal, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;
use treatywatch::cli::args::{Cli, Command};
use treatywatch::cli::{exit, run};

// One thread is enough: SQLite has threads of its own, and one sends faster than two on two cores.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(matches!(cli.command, Command::Serve));
    match run::run(cli, &mut stdout().lock()).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("treatywatch: {error:#}");
            ExitCode::from(exit::FAILED)
        }
    }
}

/// The daemon tells what it does; the other commands tell what goes wrong. `TREATYWATCH_LOG`
/// asks for more or less, as in `debug` or `treatywatch=debug,sqlx=info`.
fn log_to_stderr(daemon: bool) {
    let usual = if daemon { "info,tokio_cron_scheduler=warn" } else { "warn" };
    let asked = EnvFilter::builder().with_env_var("TREATYWATCH_LOG").try_from_env();
    let filter = asked.unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(stderr);
    log.with_ansi(stderr().is_terminal()).init();
}
