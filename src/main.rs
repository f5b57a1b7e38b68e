//! The `treatywatch` program: reads the command line, runs the command, gives the exit code.

use std::io::{stderr, stdout};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use tokio::runtime::Builder;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;
use treatywatch::cli::args::{Cli, Command};
use treatywatch::cli::terminal::{LogLine, complain};
use treatywatch::cli::{exit, run};
use treatywatch::domain::text::with_causes;

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.check().unwrap_or_else(|error| error.exit());
    log_to_stderr(matches!(cli.command, Command::Serve));
    // One thread is enough: SQLite has threads of its own, and one sends faster than two on two cores.
    let result = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let result = runtime.block_on(run::run(cli, &mut stdout().lock()));
            // A thread that still reads what a source sent, or waits for a lock, ends with the process.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error).context("cannot start"),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&with_causes(error.as_ref()));
            ExitCode::from(exit::FAILED)
        }
    }
}

/// The daemon tells what it does; the other commands tell what goes wrong. `TREATYWATCH_LOG`
/// asks for more or less, as in `debug` or `treatywatch=debug,sqlx=info`.
fn log_to_stderr(daemon: bool) {
    let usual = if daemon { "info,tokio_cron_scheduler=warn" } else { "warn" };
    let asked = std::env::var("TREATYWATCH_LOG").ok().filter(|asked| !asked.is_empty());
    let filter = asked.as_deref().unwrap_or(usual).parse::<Targets>();
    let problem = filter.as_ref().err().map(ToString::to_string);
    let filter = filter.unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    // Without colours: of two escape sequences nobody could tell which one is ours.
    let lines = fmt::layer().with_target(false).with_writer(|| LogLine(stderr())).with_ansi(false);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    if let Some(problem) = problem {
        tracing::warn!("invalid TREATYWATCH_LOG, using info: {problem}");
    }
}
