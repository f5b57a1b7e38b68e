//! `doctor`: diagnoses the installation and suggests fixes.

mod endpoints;
mod line;
mod machine;
mod sources;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;

use super::exit;
use super::layout::hung;
use super::output::View;
use crate::config::{Config, ConfigError};
use crate::daemon::Instance;
use crate::domain::lang::Lang;
use crate::domain::text::with_causes;
use crate::health::{About, Complaint, is_to_come, judge};
use crate::jobs::{self, FarAhead};
use crate::store::{ActsToCome, Found, Store, StoreError, schema_version};
use endpoints::{CLOCK_OFF_S, endpoints, set_clock};
pub use line::{Line, Verdict};
use line::{not_ok, ok, shown_instant};
use machine::{configuration, daemon, room, secret};
use sources::sources;

/// Findings are indented behind their verdict.
const INDENT: usize = 7;

/// `doctor`
#[derive(Debug, Clone, Copy, Args)]
pub struct DoctorArgs {
    /// Skip the checks that need the network
    #[arg(long)]
    pub offline: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorView {
    /// The checks, in order.
    pub checks: Vec<Line>,
}

/// What is diagnosed.
pub struct Installation<'a> {
    /// The configuration with its secrets, or why it cannot be used.
    pub config: &'a Result<Config, ConfigError>,
    /// The database.
    pub database: &'a Path,
    /// Whether checks that need the network are skipped.
    pub offline: bool,
    /// The instant.
    pub now: DateTime<Utc>,
}

impl DoctorView {
    /// Whether something does not work.
    pub fn exit_code(&self) -> u8 {
        let fails = self.checks.iter().any(|line| line.verdict == Verdict::Fail);
        if fails { exit::FOUND } else { exit::FINE }
    }
}

/// Diagnoses everything and changes nothing.
pub async fn doctor(installation: &Installation<'_>) -> DoctorView {
    let mut checks = vec![configuration(installation.config)];
    if let Ok(config) = installation.config {
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|dir| !dir.is_empty());
        let credentials = credentials.as_ref().map(Path::new);
        let secrets = config.secret_files.iter();
        checks.extend(secrets.filter_map(|path| secret(path, config.file(), credentials)));
    }
    checks.push(room(installation.database));
    checks.push(daemon(installation.database));
    checks.extend(database(installation).await);
    if let Ok(config) = installation.config
        && !installation.offline
    {
        checks.extend(endpoints(config, installation.now).await);
    }
    DoctorView { checks: unless_doubted(checks) }
}

/// Leaves out that a thing works where another check of it failed: a receiver can be reached, but refuses every
/// message.
fn unless_doubted(checks: Vec<Line>) -> Vec<Line> {
    let bad = checks.iter().filter(|line| line.verdict != Verdict::Ok);
    let bad: BTreeSet<String> = bad.map(|line| line.what.clone()).collect();
    let stays = |line: &Line| line.verdict != Verdict::Ok || !bad.contains(&line.what);
    checks.into_iter().filter(stays).collect()
}

async fn database(installation: &Installation<'_>) -> Vec<Line> {
    let what = || "database";
    let shown = installation.database.display();
    if !installation.database.exists() {
        let finding = format!("{shown} does not exist yet");
        let advice = "treatywatch serve creates it";
        return vec![not_ok(what(), Verdict::Warn, finding, advice)];
    }
    let restore = || "treatywatch restore COPY, with the daemon stopped";
    let found = match Store::look(installation.database).await {
        Ok(found) => found,
        Err(error) => {
            let advice = match &error {
                StoreError::Newer { .. } => "install the newer program",
                _ => restore(),
            };
            return vec![not_ok(what(), Verdict::Fail, with_causes(&error), advice)];
        }
    };
    if let Some(fault) = found.difference.as_ref().or(found.faults.first()) {
        return vec![not_ok(what(), Verdict::Fail, fault, restore())];
    }
    let Found { version, .. } = found;
    if version < schema_version() {
        let finding = format!("{shown} has schema {version}, this program has {}", schema_version());
        let advice = "make a backup, then restart the daemon, which upgrades the database";
        return vec![not_ok(what(), Verdict::Warn, finding, advice)];
    }
    let store = match Store::open_to_read(installation.database).await {
        Ok(store) => store,
        Err(error) => {
            let advice = "check who may write it";
            return vec![not_ok(what(), Verdict::Fail, with_causes(&error), advice)];
        }
    };
    let lines = opened(&store, installation, version).await;
    store.close().await;
    lines
}

async fn opened(store: &Store, installation: &Installation<'_>, version: i64) -> Vec<Line> {
    let report = jobs::inspect(store, installation.now).await;
    let what = || "database";
    let mut lines: Vec<Line> = report
        .problems
        .iter()
        .map(|problem| {
            let advice = "treatywatch restore COPY, with the daemon stopped";
            not_ok(what(), Verdict::Fail, problem, advice)
        })
        .collect();
    if lines.is_empty() {
        let count = report.treaties;
        let finding = if store.can_write() {
            format!("sound, schema {version}, treaties compared: {count}")
        } else {
            format!("sound, schema {version}, treaties not compared, as this user may only read")
        };
        lines.push(ok(what(), finding));
    }
    lines.push(match store.job_pulses().await {
        Ok(jobs) => {
            let last = jobs.iter().filter_map(|job| job.succeeded_at).max();
            clock(last, installation.now)
        }
        Err(error) => unread(&error),
    });
    if let Ok(Some(far)) = jobs::far_ahead(store).await {
        lines.push(facts(far));
    }
    let today = installation
        .config
        .as_ref()
        .map_or_else(|_| installation.now.date_naive(), |config| config.today(installation.now));
    match store.acts_to_come(today).await {
        Ok(first) => lines.extend(first.map(|first| to_come(&first, today))),
        Err(error) => lines.push(unread(&error)),
    }
    match judged(store, installation).await {
        Ok(judged) => lines.extend(judged),
        Err(error) => lines.push(unread(&error)),
    }
    lines
}

/// Facts with a version far ahead, which regular updates cannot replace.
fn facts(FarAhead { has, program }: FarAhead) -> Line {
    let what = "facts";
    let finding = format!("version {has}, far ahead of version {program} of this program, which is ignored");
    let advice = "if that is a mistake: treatywatch sources trust NAME accepts an earlier version of the data set NAME";
    not_ok(what, Verdict::Warn, finding, advice)
}

/// Overdue jobs, endpoints and sources.
async fn judged(store: &Store, installation: &Installation<'_>) -> Result<Vec<Line>, StoreError> {
    let (endpoints, watched): (Vec<String>, BTreeSet<&str>) = match installation.config {
        Ok(config) => (
            config.endpoints.iter().map(|endpoint| endpoint.name.clone()).collect(),
            config.sources.list.iter().map(|source| source.name.as_str()).collect(),
        ),
        Err(_) => Default::default(),
    };
    let report = judge(store, &endpoints, installation.now).await?;
    let is_running = matches!(Instance::holder(installation.database), Ok(Some(_)));
    let watch = store.watch().await?;
    // Without a daemon the check itself counts, whoever has run it.
    let by_hand = watch.checked_on.zip(watch.checked_at).filter(|_| !is_running);
    let by_hand = by_hand.filter(|(day, _)| !is_to_come(*day, installation.now));
    let is_told = |it: &&Complaint| match it.about {
        About::Job => by_hand.is_none() || it.what != "check",
        // A daemon that does not run uses none.
        About::Configuration => is_running,
        // They have lines of their own.
        About::Source => false,
        About::Database | About::Endpoint => true,
    };
    // Without a daemon every job is overdue; a line above reports that.
    let verdict = if is_running { Verdict::Fail } else { Verdict::Warn };
    let problems = report.problems.iter().filter(is_told).map(|problem| complaint(problem, verdict));
    let warnings = report.warnings.iter().filter(is_told).map(|warning| complaint(warning, Verdict::Warn));
    let mut lines: Vec<Line> = problems.chain(warnings).collect();
    let all = report.problems.iter().chain(&report.warnings);
    let in_time = all.filter(is_told).all(|it| it.about != About::Job);
    match (by_hand, report.last_check_at) {
        (Some((day, at)), _) => lines.insert(0, checked_by_hand(day, at, installation.now)),
        (None, Some(last)) if in_time => {
            lines.insert(0, ok("jobs", format!("in time, last check {}", shown_instant(last))))
        }
        (None, _) => {}
    }
    let pulses = store.source_pulses().await?;
    let thin = jobs::thin_pages(store).await?;
    let pulses = pulses.iter().filter(|pulse| watched.contains(pulse.name.as_str()));
    lines.extend(sources(pulses, &thin, installation.now));
    Ok(lines)
}

/// Acts that nobody can have done yet.
fn to_come(acts: &ActsToCome, today: NaiveDate) -> Line {
    let ActsToCome { act_id, on_date, count } = acts;
    let finding = format!("acts dated after today, {today}: {count}; the first, {on_date}: {act_id}");
    let advice = "correct the year in the catalogue, or remove the act until it has happened";
    not_ok("facts", Verdict::Warn, finding, advice)
}

/// The last check, where no daemon runs it. If it was for a day before yesterday it is late in every time zone.
fn checked_by_hand(day: NaiveDate, at: DateTime<Utc>, now: DateTime<Utc>) -> Line {
    let what = "check";
    let at = shown_instant(at);
    let finding = format!("the last one ran at {at}, for {day}");
    let is_late = now.date_naive().checked_sub_days(Days::new(1)).is_some_and(|yesterday| day < yesterday);
    if is_late {
        let advice = "treatywatch check, once a day, or treatywatch serve";
        not_ok(what, Verdict::Warn, finding, advice)
    } else {
        ok(what, finding)
    }
}

fn unread(error: &StoreError) -> Line {
    let advice = "try again";
    not_ok("database", Verdict::Fail, with_causes(error), advice)
}

fn complaint(complaint: &Complaint, verdict: Verdict) -> Line {
    let Complaint { what, since, error, about } = complaint;
    let finding = match since.map(shown_instant) {
        Some(since) => format!("{error} (since {since})"),
        None => error.clone(),
    };
    let what = match about {
        About::Configuration => "configuration",
        About::Job | About::Database | About::Endpoint | About::Source => what,
    };
    not_ok(what, verdict, finding, advice(complaint))
}

fn advice(complaint: &Complaint) -> String {
    match complaint.about {
        About::Endpoint => {
            let name = &complaint.what;
            let (list, retry) = (
                format!("treatywatch deliveries --failed --endpoint {name}"),
                format!("treatywatch deliveries retry --endpoint {name}"),
            );
            format!("{list}; once it works: {retry}")
        }
        About::Configuration => {
            "correct or restore the file, then send the daemon SIGHUP; or restart it to use the file as it is"
                .to_owned()
        }
        About::Job | About::Database | About::Source => {
            "see the daemon's log and the list of faults in docs/operations.md".to_owned()
        }
    }
}

/// The last run cannot lie ahead.
fn clock(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Line {
    let what = "clock";
    let ahead = last.filter(|last| now + TimeDelta::seconds(CLOCK_OFF_S) < *last);
    let at = shown_instant(now);
    match ahead.map(shown_instant) {
        None => ok(what, &at),
        Some(last) => {
            not_ok(what, Verdict::Fail, format!("it is {at}, but a job has run at {last}"), set_clock())
        }
    }
}

impl View for DoctorView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        for line in &self.checks {
            let verdict = match line.verdict {
                Verdict::Ok => "ok",
                Verdict::Warn => "warn",
                Verdict::Fail => "fail",
            };
            let text = format!("{}: {}", line.what, line.finding);
            hung(out, width, INDENT, verdict, &text)?;
            if let Some(advice) = &line.advice {
                hung(out, width, INDENT, "", &format!("-> {}", advice))?;
            }
        }
        Ok(())
    }
}
