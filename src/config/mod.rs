//! The configuration, read from TOML and validated: what is here can be acted on as it stands.
//!
//! Every error names the file, the line and the field, and says what was expected. Secrets come
//! from files or the environment and are never shown, neither in an error nor by `Debug`.

mod channel;
mod document;
mod endpoint;
mod gateway;
mod heartbeat;
mod problem;
mod recurrence;
mod secret;
mod source;
#[cfg(test)]
mod tests;
mod timetable;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::delivery::Heartbeat;
use crate::domain::id::TreatyId;
use crate::domain::lang::Lang;

use document::{Document, read_cron};

pub use endpoint::{CONCURRENCY_MAX, CONCURRENCY_SUM_MAX, Endpoint, TIMEOUT_S_MAX};
pub use problem::{ConfigError, Problem};
pub use recurrence::Recurrence;
pub use secret::SECRETS_MAX;
pub use source::Sources;
pub use timetable::Timetable;

/// How many days before a date people are told of it, unless the configuration says otherwise.
pub const DEFAULT_LEAD_DAYS: [u32; 9] = [365, 180, 90, 60, 30, 14, 7, 3, 1];
/// The longest lead time.
pub const LEAD_DAYS_MAX: u32 = 3650;
/// How many lead times a list may hold.
pub const LEADS_MAX: usize = 32;
/// The longest time that runs of jobs are kept.
pub const RETENTION_DAYS_MAX: u32 = 36_500;
const DEFAULT_RETENTION_DAYS: u32 = 400;
const DEFAULT_CHECK: &str = "0 5 0 * * *";
const DEFAULT_SOURCES: &str = "0 20 */6 * * *";
const DEFAULT_PORT: u16 = 8490;

/// The configuration.
#[derive(Debug)]
pub struct Config {
    /// The database. A relative path starts at the working directory.
    pub database: PathBuf,
    /// Directories of treaties that are read beside the seeds. Relative paths likewise.
    pub catalogues: Vec<PathBuf>,
    /// Where the health endpoint listens; none if it is off.
    pub listen: Option<SocketAddr>,
    /// Which day "today" is, is decided here.
    pub time_zone: Tz,
    /// The language of what people read.
    pub language: Lang,
    /// How many days before a date people are told of it; descending, each once.
    pub lead_days: Vec<u32>,
    /// When jobs run.
    pub schedule: Schedule,
    /// Who is told; each name once.
    pub endpoints: Vec<Endpoint>,
    /// The official sources that are watched.
    pub sources: Sources,
    /// For how many days runs of jobs are kept.
    pub retention_days: u32,
    /// Where a monitor listens for signs of life; none if there is no such monitor.
    pub heartbeat: Option<Heartbeat>,
    /// The files that hold secrets, the configuration itself among them if a URL in it is one.
    pub secret_files: Vec<PathBuf>,
    source: PathBuf,
    routes: Vec<Route>,
}

/// When jobs run, by the clocks of the time zone.
#[derive(Debug)]
pub struct Schedule {
    /// When it is checked what a new day brings.
    pub check: Timetable,
    /// When the sources are asked; each some minutes later, so that not all who use the program ask at once.
    pub sources: Timetable,
}

/// Looks up a variable of the environment.
type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A treaty that an endpoint or a source names, and where, so that it can be reported when nobody knows it.
#[derive(Debug)]
struct Route {
    treaty: TreatyId,
    field: &'static str,
    line: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: PathBuf::from("treatywatch.db"),
            catalogues: Vec::new(),
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT))),
            time_zone: Tz::UTC,
            language: Lang::En,
            lead_days: DEFAULT_LEAD_DAYS.to_vec(),
            schedule: Schedule::default(),
            endpoints: Vec::new(),
            sources: Sources::default(),
            retention_days: DEFAULT_RETENTION_DAYS,
            heartbeat: None,
            secret_files: Vec::new(),
            source: PathBuf::new(),
            routes: Vec::new(),
        }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        let table = |pattern| {
            let pattern = read_cron(pattern).expect("a pattern that a test has read");
            Timetable { pattern, zone: Tz::UTC }
        };
        Self { check: table(DEFAULT_CHECK), sources: table(DEFAULT_SOURCES) }
    }
}

impl Config {
    /// Reads the configuration in `path`; without a file, everything has its default. `env` looks
    /// up a variable of the environment: secrets may be there.
    pub fn load(path: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let document = Document { path, text: &text };
        document.config(document.raw()?, Some(env))
    }

    /// The same without secrets, for those who only ask: endpoints then have no keys.
    pub fn load_without_secrets(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let document = Document { path, text: &text };
        document.config(document.raw()?, None)
    }

    /// Whether an endpoint or a source names a treaty.
    pub fn has_routes(&self) -> bool {
        !self.routes.is_empty()
    }

    /// Refuses an endpoint or a source that names a treaty nobody knows: it would wait for ever.
    pub fn check_treaties(&self, known: &dyn Fn(&TreatyId) -> bool) -> Result<(), ConfigError> {
        let unknown = self.routes.iter().find(|route| !known(&route.treaty));
        unknown.map_or(Ok(()), |route| {
            Err(ConfigError::Value {
                path: self.source.clone(),
                line: route.line,
                field: route.field,
                problem: Problem::UnknownTreaty(route.treaty.clone()),
            })
        })
    }

    /// The file that it was read from; none if everything has its default.
    pub fn file(&self) -> Option<&Path> {
        Some(self.source.as_path()).filter(|path| !path.as_os_str().is_empty())
    }

    /// Every lead time that somebody wants, descending, each once.
    pub fn all_leads(&self) -> Vec<u32> {
        let of_endpoints = self.endpoints.iter().filter_map(|endpoint| endpoint.lead_days.as_ref()).flatten();
        let leads: BTreeSet<u32> = self.lead_days.iter().chain(of_endpoints).copied().collect();
        leads.into_iter().rev().collect()
    }

    /// The day that `now` falls on in the configured time zone.
    pub fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.time_zone).date_naive()
    }

    /// The last second of a day in the configured time zone; none if the zone has left out that day.
    pub fn end_of(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let last = day.and_hms_opt(23, 59, 59)?;
        // Where clocks are put forward at midnight, the day ends with the hour before.
        let mut hours = (0..24).filter_map(|hours| last.checked_sub_signed(TimeDelta::hours(hours)));
        hours.find_map(|local| self.time_zone.from_local_datetime(&local).latest()).map(|end| end.to_utc())
    }
}
