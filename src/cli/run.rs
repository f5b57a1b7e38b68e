//! Runs one command: opens what it needs, answers, and gives the exit code.

use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::args::{Cli, Command};
use super::backup::restore;
use super::context::{Context, unwritten};
use super::doctor::{DoctorArgs, Installation, doctor};
use super::health::health;
use super::layout::terminal_width;
use super::options::Options;
use super::output::show;
use super::replay::{ReplayQuestion, replay};
use super::simulate::{SimulateArgs, SimulateQuestion, simulate};
use super::spec::BadAct;
use super::terminal::{Harmless, UntilClosed, complain};
use super::verify::verify;
use super::{catalogue, descriptors, exit};
use crate::answers::evidence::evidence;
use crate::answers::history::{HistoryQuestion, history};
use crate::answers::lookup::{NoSuch, find_treaty};
use crate::answers::parties::{PartiesQuestion, parties};
use crate::answers::state::{StateQuestion, state};
use crate::answers::statement::statement;
use crate::answers::status::{StatusQuestion, status};
use crate::answers::upcoming::{UpcomingQuestion, upcoming};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, ConfigError};
use crate::daemon::{self, Signals};
use crate::jobs::{self, SeedSource};
use crate::store::Store;

/// The configuration that is read where none is named, if it is there.
const CONFIG_FILE: &str = "treatywatch.toml";

/// Runs a command and writes its answer to `out`, as far as somebody reads it.
pub async fn run(cli: Cli, out: &mut dyn Write) -> Result<u8> {
    let mut out = UntilClosed::new(out);
    let code = match run_command(cli, &mut out).await {
        Ok(code) => code,
        Err(error) => {
            let Some(code) = own_exit_code(&error) else { return Err(error) };
            complain(&error.to_string());
            code
        }
    };
    out.flush().map_err(unwritten)?;
    Ok(code)
}

async fn run_command(mut cli: Cli, out: &mut dyn Write) -> Result<u8> {
    descriptors::raise()?;
    // Before anything slow.
    let signals = match cli.command {
        Command::Serve => Some(Signals::receive().context("signals cannot be received")?),
        _ => None,
    };
    cli.options.forget_empty();
    let mut harmless;
    let out: &mut dyn Write = if is_raw(&cli.command) {
        out
    } else {
        harmless = Harmless::new(out);
        &mut harmless
    };
    if let Command::Doctor(args) = cli.command {
        return examine(&cli.options, args, out).await;
    }
    let config = configuration(&cli.options, needs_secrets(&cli.command))?;
    if let Command::Health = cli.command {
        return health(config.listen, out).await;
    }
    if let Command::Catalogue(args) = &cli.command {
        let today = config.today(SystemClock.now());
        return catalogue::run(args, &cli.options, &config, today, out);
    }
    if let Command::Restore(args) = &cli.command {
        return restore(&cli.options, &config, args, out).await;
    }
    let own = cli.options.seeds.as_deref();
    let seeds = SeedSource::new(own, &config.catalogues)?.of_sets(config.sets.clone());
    // Who only asks of a database that is there needs its answers only.
    let seeds_now = matches!(cli.command, Command::Serve | Command::Check(_)) || !config.database.exists();
    if own.is_some() || seeds_now && (!config.catalogues.is_empty() || config.sets.is_some()) {
        seeds.check()?;
    }
    if let Some(signals) = signals {
        let mut options = cli.options.clone();
        // A file that was read once must be there: without it everything would have its default.
        options.config = config.file().map(Into::into).or(options.config);
        let load = Box::new(move || configuration(&options, true));
        daemon::serve(config, seeds, Arc::new(SystemClock), load, signals).await?;
        return Ok(exit::FINE);
    }
    jobs::check_routes(&config, &seeds)?;
    let store = if only_reads(&cli.command) {
        Store::open_to_read(&config.database).await?
    } else {
        Store::open(&config.database).await?
    };
    let context =
        Context { options: &cli.options, today: config.today(SystemClock.now()), config, seeds, store };
    let result = context.answer(cli.command, out).await;
    context.store.close().await;
    result
}

/// Whether a command sees itself to what it prints: an answer of a source goes into a file as it came, and errors of
/// a catalogue may have colours.
fn is_raw(command: &Command) -> bool {
    match command {
        Command::Catalogue(_) => true,
        Command::Sources(args) => args.writes_body() && !io::stdout().is_terminal(),
        _ => false,
    }
}

/// Looks at everything, also where the configuration cannot be used.
async fn examine(options: &Options, args: DoctorArgs, out: &mut dyn Write) -> Result<u8> {
    let config = configuration(options, true);
    let default = Config::default();
    let usual = config.as_ref().unwrap_or(&default);
    let database = options.db.as_deref().unwrap_or(&usual.database);
    let installation =
        Installation { config: &config, database, offline: args.offline, now: SystemClock.now() };
    let view = doctor(&installation).await;
    let style = options.style(usual.language, terminal_width());
    show(&view, style, out).map_err(unwritten)?;
    Ok(view.exit_code())
}

/// Whether a command sends anything. Who only asks needs no secret.
fn needs_secrets(command: &Command) -> bool {
    match command {
        Command::Serve | Command::Check(_) => true,
        Command::Endpoints(args) => args.action.is_some(),
        Command::Status(_)
        | Command::History(_)
        | Command::Parties(_)
        | Command::State(_)
        | Command::Upcoming(_)
        | Command::Statement(_)
        | Command::Verify(_)
        | Command::Alerts(_)
        | Command::Deliveries(_)
        | Command::Sql(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Doctor(_)
        | Command::Health
        | Command::Replay(_)
        | Command::Simulate(_)
        | Command::Why(_)
        | Command::Sources(_)
        | Command::Review(_)
        | Command::Record(_)
        | Command::Correct(_)
        | Command::Retract(_)
        | Command::Ack(_)
        | Command::Snooze(_)
        | Command::Catalogue(_) => false,
    }
}

/// Whether a command only reads the database, so that it works for whoever may not write it.
fn only_reads(command: &Command) -> bool {
    match command {
        Command::Status(_)
        | Command::History(_)
        | Command::Parties(_)
        | Command::State(_)
        | Command::Upcoming(_)
        | Command::Statement(_)
        | Command::Verify(_)
        | Command::Alerts(_)
        | Command::Sql(_)
        | Command::Backup(_)
        | Command::Replay(_)
        | Command::Simulate(_)
        | Command::Why(_)
        | Command::Endpoints(_) => true,
        Command::Deliveries(args) => args.action.is_none(),
        Command::Sources(args) => args.only_reads(),
        Command::Review(args) => args.only_reads(),
        Command::Ack(args) => args.list,
        Command::Snooze(args) => args.list,
        Command::Restore(_)
        | Command::Doctor(_)
        | Command::Health
        | Command::Check(_)
        | Command::Record(_)
        | Command::Correct(_)
        | Command::Retract(_)
        | Command::Catalogue(_)
        | Command::Serve => false,
    }
}

fn configuration(options: &Options, with_secrets: bool) -> Result<Config, ConfigError> {
    let usual = || Some(PathBuf::from(CONFIG_FILE)).filter(|path| path.exists());
    let path = options.config.clone().or_else(usual);
    // Compose passes variables that nobody has set as empty ones.
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut config = if with_secrets {
        Config::load(path.as_deref(), &env)?
    } else {
        Config::load_without_secrets(path.as_deref())?
    };
    if let Some(database) = &options.db {
        config.database.clone_from(database);
    }
    Ok(config)
}

impl Context<'_> {
    async fn answer(&self, command: Command, out: &mut dyn Write) -> Result<u8> {
        if !matches!(command, Command::Check(_)) {
            self.seed_if_new().await?;
        }
        match command {
            Command::Status(args) => {
                let states = self.store.load_states().await?;
                // A reading may be named that another treaty has.
                let files = match &args.treaty {
                    Some(name) if args.reading.is_none() => self.find_with_linked(name).await?,
                    _ => self.store.load_treaties().await?,
                };
                let asked = args.days.asked(self.today);
                let question = StatusQuestion { treaty: args.treaty, asked, reading: args.reading };
                self.show(&status(&files, &states, &question)?, out)
            }
            Command::History(args) => {
                let states = self.store.load_states().await?;
                let files = self.find_with_linked(&args.treaty).await?;
                let known_on = args.known_on.unwrap_or(self.today);
                let question = HistoryQuestion { treaty: args.treaty, known_on };
                self.show(&history(&files, &states, &question)?, out)
            }
            Command::Parties(args) => {
                let states = self.store.load_states().await?;
                let files = self.find_with_linked(&args.treaty).await?;
                let asked = args.days.asked(self.today);
                let question = PartiesQuestion { treaty: args.treaty, asked, status: args.status };
                self.show(&parties(&files, &states, &question)?, out)
            }
            Command::State(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let question = StateQuestion { state: args.state(), asked: args.days.asked(self.today) };
                self.show(&state(&files, &states, &question)?, out)
            }
            Command::Upcoming(args) => {
                let today = args.on.unwrap_or(self.today);
                let question = UpcomingQuestion { today, within: args.within };
                let files = self.store.load_dated(today, question.until()?).await?;
                let view = upcoming(&files, &self.store.load_states().await?, question)?;
                self.show(&view, out)
            }
            Command::Statement(args) => {
                let files = self.store.load_treaties().await?;
                let asked = args.days.asked(self.today);
                for text in self.store.load_statements().await? {
                    self.show(&statement(&text, &files, asked), out)?;
                }
                Ok(exit::FINE)
            }
            Command::Verify(args) => {
                let files = self.store.load_treaties().await?;
                let treaty = args.treaty.as_deref().map(|name| find_treaty(&files, name)).transpose()?;
                let only = treaty.map(|file| &file.treaty.id);
                if args.sources {
                    let view = evidence(&files, &self.store.load_states().await?, only);
                    self.show(&view, out)?;
                    return Ok(exit::FINE);
                }
                let view = verify(&files, only);
                self.show(&view, out)?;
                Ok(view.exit_code())
            }
            Command::Alerts(args) => self.alerts(&args, out).await,
            Command::Deliveries(args) => self.deliveries(&args, out).await,
            Command::Endpoints(args) => self.endpoints(args, out).await,
            Command::Sql(args) => self.sql(&args, out).await,
            Command::Backup(args) => self.backup(&args, out).await,
            Command::Check(args) => self.check(args, out).await,
            Command::Replay(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let question = ReplayQuestion { from: args.from, to: args.to, treaties: args.treaties };
                let leads = self.config.all_leads();
                self.show(&replay(&files, &states, &leads, &question)?, out)
            }
            Command::Simulate(args) => {
                let states = self.store.load_states().await?;
                let files = self.find_with_linked(&args.treaty).await?;
                let SimulateArgs { treaty, acts, within } = args;
                let question = SimulateQuestion { treaty, acts, today: self.today, within };
                let view = simulate(&files, &states, &self.config.all_leads(), &question)?;
                self.show(&view, out)?;
                Ok(view.exit_code())
            }
            Command::Why(args) => self.why(args, out).await,
            Command::Sources(args) => self.sources(args, out).await,
            Command::Review(args) => self.review(args, out).await,
            Command::Record(args) => self.record(args, out).await,
            Command::Correct(args) => self.correct(args, out).await,
            Command::Retract(args) => self.retract(&args, out).await,
            Command::Ack(args) => self.ack(args, out).await,
            Command::Snooze(args) => self.snooze(args, out).await,
            Command::Serve
            | Command::Catalogue(_)
            | Command::Restore(_)
            | Command::Doctor(_)
            | Command::Health => {
                unreachable!("handled before a database is opened")
            }
        }
    }
}

/// The code of an error that has one of its own.
fn own_exit_code(error: &anyhow::Error) -> Option<u8> {
    if error.is::<NoSuch>() {
        return Some(exit::NO_SUCH);
    }
    error.downcast_ref::<BadAct>().map(BadAct::exit_code)
}
