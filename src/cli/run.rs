//! Runs one command: opens what it needs, answers, and gives the exit code.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use tracing::warn;

use super::alerts::AlertsArgs;
use super::args::{Cli, Command, Options};
use super::attention::{AckArgs, Said, SnoozeArgs, ack, snooze};
use super::backup::RestoreArgs;
use super::check::{CheckArgs, CheckView};
use super::deliveries::{
    DeliveriesAction, DeliveriesArgs, DeliveriesView, DeliveryView, RetriedView, RetryArgs,
};
use super::doctor::{DoctorArgs, Patient, doctor};
use super::endpoints::{EndpointsAction, PreviewView, TestView, endpoints};
use super::history::{HistoryQuestion, history};
use super::layout::terminal_width;
use super::lookup::{NoSuch, find_treaty};
use super::parties::{PartiesQuestion, parties};
use super::records::{CorrectArgs, Correction, Done, RecordArgs, RecordedView};
use super::replay::{ReplayQuestion, replay};
use super::simulate::{SimulateQuestion, simulate};
use super::spec;
use super::sql::SqlView;
use super::state::{StateQuestion, state};
use super::statement::statement;
use super::status::{StatusQuestion, status};
use super::upcoming::{UpcomingQuestion, upcoming};
use super::verify::verify;
use super::view::{View, show};
use super::why::{Record, WhyArgs, WhyQuestion, why};
use super::{alerts, catalogue, exit};
use crate::alerts::{message_id, test_alert};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, ConfigError};
use crate::daemon;
use crate::delivery::{Courier, Sender, sample};
use crate::domain::act::Act;
use crate::domain::delivery::{Claim, Outcome, RaisedAlert};
use crate::domain::id::{ActId, TreatyId};
use crate::domain::judge::judge;
use crate::domain::seeds::TreatyFile;
use crate::domain::treaty::Lang;
use crate::jobs::{self, CheckSettings, SeedSource, Seeded, Summaries, SummariesReport, SummaryTime};
use crate::store::{AlertFilter, DeliveryFilter, Store};

/// The configuration that is read where none is named, if it is there.
const CONFIG_FILE: &str = "treatywatch.toml";
/// The `sql` command shows at most so many rows.
const SQL_ROWS_MAX: u32 = 100_000;
/// Where an alert is not found, so many of the latest are named.
const ALERTS_NAMED: usize = 5;

/// Runs a command and writes its answer to `out`.
pub async fn run(cli: Cli, out: &mut dyn Write) -> Result<u8> {
    if let Command::Doctor(args) = cli.command {
        return examine(&cli.options, args, out).await;
    }
    let config = configuration(&cli.options, needs_secrets(&cli.command))?;
    if let Command::Catalogue(args) = &cli.command {
        let today = config.today(SystemClock.now());
        return catalogue::run(args, &cli.options, &config, today, out);
    }
    if let Command::Restore(args) = &cli.command {
        return restore(&cli.options, &config, args, out).await;
    }
    let own = cli.options.seeds.as_deref().filter(|path| !path.as_os_str().is_empty());
    let seeds = SeedSource::new(own, &config.catalogues)?;
    // Who only asks of a database that is there needs its answers only.
    let seeds_now = matches!(cli.command, Command::Serve | Command::Check(_)) || !config.database.exists();
    if own.is_some() || seeds_now && !config.catalogues.is_empty() {
        seeds.check()?;
    }
    if let Command::Serve = cli.command {
        let mut options = cli.options.clone();
        // A file that was read once must be there: without it everything would have its default.
        options.config = config.file().map(Into::into).or(options.config);
        let load = Box::new(move || configuration(&options, true));
        daemon::serve(config, seeds, Arc::new(SystemClock), load).await?;
        return Ok(exit::FINE);
    }
    jobs::check_routes(&config, &seeds)?;
    let store = Store::open(&config.database).await?;
    let desk = Desk { options: &cli.options, today: config.today(SystemClock.now()), config, seeds, store };
    let result = desk.answer(cli.command, out).await;
    desk.store.close().await;
    result
}

/// Looks at everything, also where the configuration cannot be used.
async fn examine(options: &Options, args: DoctorArgs, out: &mut dyn Write) -> Result<u8> {
    let config = configuration(options, true);
    let default = Config::default();
    let usual = config.as_ref().unwrap_or(&default);
    let given = options.db.as_deref().filter(|path| !path.as_os_str().is_empty());
    let database = given.unwrap_or(&usual.database);
    let patient = Patient { config: &config, database, offline: args.offline, now: SystemClock.now() };
    let view = doctor(&patient).await;
    let style = options.style(usual.language, terminal_width());
    show(&view, style, out).map_err(broken_pipe_is_fine)?;
    Ok(view.exit_code())
}

/// Puts a copy in the place of the database, for which no daemon may watch it.
async fn restore(options: &Options, config: &Config, args: &RestoreArgs, out: &mut dyn Write) -> Result<u8> {
    let now = SystemClock.now();
    let _nobody_else = daemon::Instance::acquire(&config.database, now)?;
    let restored = Store::restore(&config.database, &args.file, now).await?;
    let (copy, database) = (args.file.display(), config.database.display());
    let lang = options.style(config.language, terminal_width()).lang;
    match lang {
        Lang::En => writeln!(out, "{database} is now what {copy} holds")?,
        Lang::Zh => writeln!(out, "{database}已恢复为{copy}的内容")?,
        Lang::Ru => writeln!(out, "{database}: восстановлено содержимое {copy}")?,
    }
    if let Some(kept) = restored.kept {
        let kept = kept.display();
        match lang {
            Lang::En => writeln!(out, "what it held before is kept in {kept}")?,
            Lang::Zh => writeln!(out, "原有内容保存在{kept}")?,
            Lang::Ru => writeln!(out, "прежнее содержимое сохранено в {kept}")?,
        }
    }
    Ok(exit::FINE)
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

fn configuration(options: &Options, with_secrets: bool) -> Result<Config, ConfigError> {
    let given = |path: &Option<PathBuf>| path.clone().filter(|path| !path.as_os_str().is_empty());
    let usual = || Some(PathBuf::from(CONFIG_FILE)).filter(|path| path.exists());
    let path = given(&options.config).or_else(usual);
    let env = |name: &str| std::env::var(name).ok();
    let mut config = if with_secrets {
        Config::load(path.as_deref(), &env)?
    } else {
        Config::load_without_secrets(path.as_deref())?
    };
    if let Some(database) = given(&options.db) {
        config.database = database;
    }
    Ok(config)
}

/// What a command works with.
pub(super) struct Desk<'a> {
    pub(super) options: &'a Options,
    pub(super) config: Config,
    pub(super) seeds: SeedSource,
    pub(super) store: Store,
    pub(super) today: NaiveDate,
}

impl Desk<'_> {
    async fn answer(&self, command: Command, out: &mut dyn Write) -> Result<u8> {
        if !matches!(command, Command::Check(_)) {
            self.seed_if_new().await?;
        }
        match command {
            Command::Status(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let asked = args.days.asked(self.today);
                let question = StatusQuestion { treaty: args.treaty, asked, reading: args.reading };
                or_no_such(status(&files, &states, &question), |view| self.show(view, out))
            }
            Command::History(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let known_on = args.known_on.unwrap_or(self.today);
                let question = HistoryQuestion { treaty: args.treaty, known_on };
                or_no_such(history(&files, &states, &question), |view| self.show(view, out))
            }
            Command::Parties(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let asked = args.days.asked(self.today);
                let question = PartiesQuestion { treaty: args.treaty, asked, status: args.status };
                or_no_such(parties(&files, &states, &question), |view| self.show(view, out))
            }
            Command::State(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let question = StateQuestion { state: args.state, asked: args.days.asked(self.today) };
                or_no_such(state(&files, &states, &question), |view| self.show(view, out))
            }
            Command::Upcoming(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let today = args.on.unwrap_or(self.today);
                let view = upcoming(&files, &states, UpcomingQuestion { today, within: args.within })?;
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
                let treaty = args.treaty.as_deref().map(|name| find_treaty(&files, name)).transpose();
                or_no_such(treaty, |treaty| {
                    let view = verify(&files, treaty.map(|file| &file.treaty.id));
                    self.show(&view, out)?;
                    Ok(view.exit_code())
                })
            }
            Command::Alerts(args) => self.alerts(&args, out).await,
            Command::Deliveries(args) => self.deliveries(&args, out).await,
            Command::Endpoints(args) => match args.action {
                None => self
                    .show(&endpoints(&self.config, &self.store.endpoints().await?, SystemClock.now()), out),
                Some(EndpointsAction::Test { name }) => self.test_endpoint(&name, out).await,
                Some(EndpointsAction::Preview { name, alert, reveal }) => {
                    self.preview(&name, alert.as_deref(), reveal, out).await
                }
            },
            Command::Sql(args) => {
                let table = self.store.sql(&args.query, SQL_ROWS_MAX).await?;
                self.show(&SqlView { columns: table.columns, rows: table.rows }, out)?;
                if table.truncated {
                    bail!("only the first {SQL_ROWS_MAX} rows are shown: add a limit");
                }
                Ok(exit::FINE)
            }
            Command::Backup(args) => {
                let (copy, original) = (args.file.display(), self.store.path().display());
                let lang = self.options.style(self.config.language, terminal_width()).lang;
                let Some(day) = args.known_on else {
                    self.store.backup(&args.file).await?;
                    match lang {
                        Lang::En => writeln!(out, "{copy} holds a copy of {original}")?,
                        Lang::Zh => writeln!(out, "{copy}为{original}的副本")?,
                        Lang::Ru => writeln!(out, "{copy}: копия {original}")?,
                    }
                    return Ok(exit::FINE);
                };
                self.store.backup_as_known(&args.file, day).await?;
                match lang {
                    Lang::En => writeln!(out, "{copy} holds what {original} has of what was known on {day}")?,
                    Lang::Zh => writeln!(out, "{copy}为{original}中截至{day}所知内容的副本")?,
                    Lang::Ru => writeln!(out, "{copy}: что {original} знает по состоянию на {day}")?,
                }
                Ok(exit::FINE)
            }
            Command::Check(args) => self.check(args, out).await,
            Command::Replay(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let question = ReplayQuestion { from: args.from, to: args.to, treaties: args.treaties };
                let leads = self.config.all_leads();
                or_no_such(replay(&files, &states, &leads, &question), |view| self.show(view, out))
            }
            Command::Simulate(args) => {
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let question = SimulateQuestion { treaty: args.treaty, acts: args.acts, today: self.today };
                let view = simulate(&files, &states, &self.config.all_leads(), &question);
                or_no_such(unless_no_such(view)?, |view| {
                    self.show(view, out)?;
                    Ok(view.exit_code())
                })
            }
            Command::Why(args) => self.why(args, out).await,
            Command::Sources(args) => self.sources(args, out).await,
            Command::Review(args) => self.review(args, out).await,
            Command::Record(args) => self.record(args, out).await,
            Command::Correct(args) => self.correct(args, out).await,
            Command::Retract(args) => {
                let (treaty, old) = match self.find_act(&args.act).await? {
                    Ok(found) => found,
                    Err(error) => return no_such(&error),
                };
                self.store.retract_act(&treaty, &old.id, &args.reason, SystemClock.now()).await?;
                let (done, doubts) = (Done::Retracted, Vec::new());
                self.show(&RecordedView { act_id: old.id, done, supersedes: None, doubts }, out)
            }
            Command::Ack(args) => self.ack(args, out).await,
            Command::Snooze(args) => self.snooze(args, out).await,
            Command::Serve | Command::Catalogue(_) | Command::Restore(_) | Command::Doctor(_) => {
                unreachable!("handled before a database is opened")
            }
        }
    }

    /// A newcomer's first question is answered from the seeds. A database that has been seeded is
    /// brought up to date by `serve` and `check` alone, so that a question never changes an answer.
    async fn seed_if_new(&self) -> Result<()> {
        match self.store.watch().await?.seeds_digest {
            None => {
                jobs::seed(&self.store, &self.seeds, SystemClock.now()).await?;
            }
            Some(digest) if self.options.seeds.is_some() && digest != self.seeds.digest() => {
                let database = self.store.path().display();
                bail!(
                    "{database} holds other seeds than those of --seeds: `check` or `serve` brings it up to date"
                );
            }
            Some(_) => {}
        }
        Ok(())
    }

    pub(super) fn show(&self, view: &impl View, out: &mut dyn Write) -> Result<u8> {
        show(view, self.options.style(self.config.language, terminal_width()), out)
            .map_err(broken_pipe_is_fine)?;
        Ok(exit::FINE)
    }

    async fn record(&self, args: RecordArgs, out: &mut dyn Write) -> Result<u8> {
        let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
        let file = match find_treaty(&files, &args.treaty) {
            Ok(file) => file,
            Err(error) => return no_such(&error),
        };
        let treaty = &file.treaty.id;
        let mut act = spec::act(&args.act, treaty, &states)?;
        act.evidence = args.support.support().into();
        act.note = args.note;
        if args.place.is_some() {
            act.id = ActId::of(treaty, act.state, act.kind, act.on, args.place.as_deref());
            act.place = args.place;
        }
        let doubts = judge(file, &act, None, self.today)?;
        let act_id = self.store.record_act(treaty, &act, None, SystemClock.now()).await?;
        self.show(&RecordedView { act_id, done: Done::Recorded, supersedes: None, doubts }, out)
    }

    async fn correct(&self, args: CorrectArgs, out: &mut dyn Write) -> Result<u8> {
        let (treaty, old) = match self.find_act(&args.act).await? {
            Ok(found) => found,
            Err(error) => return no_such(&error),
        };
        let file = self.store.load_treaty(&treaty).await?.context("the treaty of an act is there")?;
        let correction = Correction {
            on: args.on,
            known_on: args.known_on,
            effective_on: args.effective_on,
            ends_before: args.ends_before,
            place: args.place,
            note: args.note,
            support: Some(args.support.support()),
        };
        let act = correction.of(&treaty, &old)?;
        let doubts = judge(&file, &act, Some(&old.id), self.today)?;
        let act_id = self.store.record_act(&treaty, &act, Some(&old.id), SystemClock.now()).await?;
        self.show(&RecordedView { act_id, done: Done::Corrected, supersedes: Some(old.id), doubts }, out)
    }

    async fn ack(&self, args: AckArgs, out: &mut dyn Write) -> Result<u8> {
        let said = self.said(args.today)?;
        or_no_such(unless_no_such(ack(&self.store, args, said).await)?, |view| self.show(view, out))
    }

    async fn snooze(&self, args: SnoozeArgs, out: &mut dyn Write) -> Result<u8> {
        let said = self.said(args.today)?;
        let files = self.store.load_treaties().await?;
        let name = args.treaty.as_deref().or(args.end.as_deref());
        let treaty = match name.map(|name| find_treaty(&files, name)).transpose() {
            Ok(found) => found.map(|file| &file.treaty.id),
            Err(error) => return no_such(&error),
        };
        self.show(&snooze(&self.store, args, treaty, said).await?, out)
    }

    /// When something is said, and on which day: as on a day that has come, or today.
    fn said(&self, today: Option<NaiveDate>) -> Result<Said> {
        let today = today.unwrap_or(self.today);
        if self.today < today {
            bail!("{today} has not come: expected a day that has");
        }
        Ok(Said { today, now: SystemClock.now() })
    }

    /// The act with this name that counts, and its treaty.
    async fn find_act(&self, name: &str) -> Result<std::result::Result<(TreatyId, Act), NoSuch>> {
        let id: ActId = name.parse().context("the name of an act")?;
        if let Some(found) = self.store.act(&id).await? {
            return Ok(Ok(found));
        }
        let files = self.store.load_treaties().await?;
        let of_treaty = |file: &&TreatyFile| name.split('/').next() == Some(file.treaty.id.as_str());
        let acts = files.iter().filter(of_treaty).flat_map(|file| &file.acts);
        Ok(Err(NoSuch::among("act", name, acts.map(|act| act.id.as_str()))))
    }

    async fn why(&self, args: WhyArgs, out: &mut dyn Write) -> Result<u8> {
        let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
        let treaty = match find_treaty(&files, &args.treaty) {
            Ok(file) => Some(file.treaty.id.clone()),
            Err(error) => return no_such(&error),
        };
        let alerts = AlertFilter { treaty: treaty.clone(), kind: None, since: None, limit: u32::MAX };
        let acknowledgements = self.store.acknowledgements(treaty.as_ref(), true).await?;
        let snoozes = self.store.snoozes(treaty.as_ref(), true).await?;
        let deliveries = DeliveryFilter { failed_only: false, endpoint: None, treaty, limit: u32::MAX };
        let record = Record {
            watch: &self.store.watch().await?,
            leads: &self.config.all_leads(),
            alerts: &self.store.alerts(&alerts).await?,
            deliveries: &self.store.deliveries(&deliveries).await?,
            acknowledgements: &acknowledgements,
            snoozes: &snoozes,
            today: self.today,
        };
        let next = self.store.next_run("check").await?;
        let question = WhyQuestion { treaty: args.treaty, date: args.date };
        or_no_such(why(&files, &states, &record, next, &question), |view| self.show(view, out))
    }

    async fn alerts(&self, args: &AlertsArgs, out: &mut dyn Write) -> Result<u8> {
        let files = self.store.load_treaties().await?;
        let treaty = args.treaty.as_deref().map(|name| find_treaty(&files, name)).transpose();
        let treaty = match treaty {
            Ok(treaty) => treaty.map(|file| file.treaty.id.clone()),
            Err(error) => return no_such(&error),
        };
        let since = args.since.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|start| start.and_utc());
        let filter = AlertFilter { treaty, kind: args.kind, since, limit: args.limit };
        self.show(&alerts::alerts(self.store.alerts(&filter).await?), out)
    }

    async fn deliveries(&self, args: &DeliveriesArgs, out: &mut dyn Write) -> Result<u8> {
        if let Some(DeliveriesAction::Retry(retry)) = &args.action {
            return self.retry(retry, out).await;
        }
        let filter = DeliveryFilter {
            failed_only: args.failed,
            endpoint: args.endpoint.clone(),
            treaty: None,
            limit: args.limit,
        };
        let rows = self.store.deliveries(&filter).await?.into_iter();
        let view = |row: crate::store::DeliveryRow| DeliveryView {
            delivery_id: row.delivery_id,
            alert_id: row.alert_id,
            endpoint: row.endpoint,
            state: row.state.to_string(),
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            last_error: row.last_error,
            held_for: row.held_for.map(|held_for| held_for.to_string()),
            digest_id: row.digest_id,
            sentence: row.alert.sentence,
            sentences: row.alert.sentences,
        };
        self.show(&DeliveriesView { deliveries: rows.map(view).collect() }, out)
    }

    async fn retry(&self, args: &RetryArgs, out: &mut dyn Write) -> Result<u8> {
        let now = SystemClock.now();
        if let Some(name) = &args.endpoint {
            let known = self.store.endpoints().await?;
            if !known.iter().any(|endpoint| endpoint.name == *name) {
                let names = known.iter().map(|endpoint| endpoint.name.as_str());
                return no_such(&NoSuch::among("endpoint", name, names));
            }
        }
        let mut retried = 0;
        for id in &args.ids {
            if !self.store.retry_delivery(*id, now).await? {
                bail!(
                    "delivery {id} has not failed, or there is none with this number; see: deliveries --failed"
                );
            }
            retried += 1;
        }
        if args.all || args.endpoint.is_some() {
            retried += self.store.retry_failed(args.endpoint.as_deref(), now).await?;
        }
        self.show(&RetriedView { retried }, out)
    }

    async fn test_endpoint(&self, name: &str, out: &mut dyn Write) -> Result<u8> {
        let targets = jobs::targets(&self.config);
        let Some(target) = targets.get(name) else {
            return no_such(&NoSuch::among("endpoint", name, targets.keys().map(String::as_str)));
        };
        let now = SystemClock.now();
        // A test is no event of the database: each has an id of its own.
        let key = format!("test|{name}|{}", uuid::Uuid::new_v4());
        let id = message_id(&self.store.watch().await?.database_id, &key);
        let alert = test_alert("test".parse().context("the name of a test")?, self.today, key);
        let raised = RaisedAlert { id: id.clone(), raised_at: now, test: true, alert };
        let claim = Claim { delivery_id: 0, endpoint: name.to_owned(), attempt: 1, failures: 0, raised };
        let error = match Courier::new()?.send(&claim, target, now).await {
            Outcome::Delivered => None,
            Outcome::Failed { error, .. } | Outcome::Busy { error, .. } => Some(error),
            Outcome::Gone => Some("it answered 410: it wants nothing more".to_owned()),
        };
        let delivered = error.is_none();
        self.show(&TestView { endpoint: name.to_owned(), alert_id: id, delivered, error }, out)?;
        Ok(if delivered { exit::FINE } else { exit::FAILED })
    }

    async fn preview(
        &self,
        name: &str,
        alert: Option<&str>,
        reveal: bool,
        out: &mut dyn Write,
    ) -> Result<u8> {
        let targets = jobs::targets(&self.config);
        let Some(target) = targets.get(name) else {
            return no_such(&NoSuch::among("endpoint", name, targets.keys().map(String::as_str)));
        };
        let raised = match alert {
            None => sample::full(),
            Some(id) => {
                let all = AlertFilter { treaty: None, kind: None, since: None, limit: u32::MAX };
                let alerts = self.store.alerts(&all).await?;
                let Some(found) = alerts.iter().find(|raised| raised.id == id) else {
                    let last = alerts.iter().take(ALERTS_NAMED).map(|raised| raised.id.as_str());
                    return no_such(&NoSuch::among("alert", id, last));
                };
                found.clone()
            }
        };
        let preview = target.preview(&raised, SystemClock.now(), reveal)?;
        self.show(&PreviewView::of(name, preview), out)
    }

    async fn check(&self, args: CheckArgs, out: &mut dyn Write) -> Result<u8> {
        let now = SystemClock.now();
        if args.dry_run {
            // Nothing is to change: the database is checked as it stands.
            self.seed_if_new().await?;
        } else {
            let seeded = jobs::seed(&self.store, &self.seeds, now).await?;
            if let Seeded::Ahead { has, program } = seeded {
                warn!("{}", jobs::ahead(has, program));
            }
        }
        let known = self.store.treaty_ids().await?;
        self.config.check_treaties(&|id| known.contains(id))?;
        let today = args.today.unwrap_or(self.today);
        if self.today < today && !args.dry_run {
            bail!("{today} has not come: what was told of it could not be taken back; use --dry-run");
        }
        let settings = CheckSettings::of(&self.config);
        let report = jobs::check(&self.store, &settings, today, now, args.dry_run).await?;
        let summaries = if args.dry_run {
            SummariesReport::default()
        } else {
            // A day of the past is led to its end.
            let end = self.config.end_of(today).filter(|_| today < self.today);
            let until = end.map_or(now, |end| end.min(now));
            let time = SummaryTime { until, today, now };
            jobs::summarize(&self.store, &Summaries::of(&self.config), time).await?
        };
        let view = CheckView::of(report, summaries, args.dry_run);
        self.show(&view, out)?;
        Ok(if view.set_aside.is_empty() { exit::FINE } else { exit::FOUND })
    }
}

/// Tells the fault that there is no such thing from every other.
pub(super) fn unless_no_such<T>(found: Result<T>) -> Result<std::result::Result<T, NoSuch>> {
    match found {
        Ok(found) => Ok(Ok(found)),
        Err(error) => Ok(Err(error.downcast::<NoSuch>()?)),
    }
}

/// Goes on with what was found, or says that there is no such thing.
pub(super) fn or_no_such<T>(found: Result<T, NoSuch>, go_on: impl FnOnce(&T) -> Result<u8>) -> Result<u8> {
    match found {
        Ok(found) => go_on(&found),
        Err(error) => no_such(&error),
    }
}

pub(super) fn no_such(error: &NoSuch) -> Result<u8> {
    eprintln!("treatywatch: {error}");
    Ok(exit::NO_SUCH)
}

/// Whoever reads the answer may stop early, as `head` does.
pub(super) fn broken_pipe_is_fine(error: io::Error) -> anyhow::Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(i32::from(exit::FINE));
    }
    anyhow::Error::new(error).context("the answer cannot be written")
}
