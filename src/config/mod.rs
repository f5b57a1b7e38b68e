//! The configuration, read from TOML and validated: what is here can be acted on as it stands.
//!
//! Every error names the file, the line and the field, and says what was expected. Secrets come
//! from files or the environment and are never shown, neither in an error nor by `Debug`.

mod channel;
mod document;
mod endpoint;
mod file;
mod host;
mod mail;
mod recurrence;
mod secret;
mod sets;
mod source;
#[cfg(test)]
mod tests;
mod timetable;
mod value;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use toml::Spanned;

use crate::delivery::Heartbeat;
use crate::domain::id::TreatyId;
use crate::domain::lang::Lang;

use document::{Document, Problem, read_at};
use endpoint::read_endpoint;
use file::{FileKeys, ScheduleKeys};
use host::read_url;
use secret::{Env, Secrets, only};
pub use sets::Sets;
use source::read_sources;
use timetable::read_cron;
use value::{Bounded, FilePath, Listen, Text, TreatyRef, Zone, each_once, leads};

pub use document::ConfigError;
pub use endpoint::{CONCURRENCY_MAX, CONCURRENCY_SUM_MAX, Endpoint, TIMEOUT_S_MAX};
pub use file::RETENTION_DAYS_MAX;
pub use recurrence::Recurrence;
pub use secret::SECRETS_MAX;
pub use source::Sources;
pub use timetable::Timetable;
pub use value::{LEAD_DAYS_MAX, LEADS_MAX};

/// How many days before a date alerts are raised, unless the configuration says otherwise.
pub const DEFAULT_LEAD_DAYS: [u32; 9] = [365, 180, 90, 60, 30, 14, 7, 3, 1];
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
    /// The sets of the seeds that are wanted; none for all.
    pub sets: Option<Sets>,
    /// Where the health endpoint listens; none if it is off.
    pub listen: Option<SocketAddr>,
    /// Decides which day "today" is.
    pub time_zone: Tz,
    /// The language of what people read.
    pub language: Lang,
    /// How many days before a date alerts are raised; descending, each once.
    pub lead_days: Vec<u32>,
    /// When jobs run.
    pub schedule: Schedule,
    /// Who is notified; each name once.
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
    /// When checks run.
    pub check: Timetable,
    /// When the sources are polled; each some minutes later, so that not all installations poll at once.
    pub sources: Timetable,
}

/// A treaty that an endpoint or a source names, and where, for the error if the database does not have it.
#[derive(Debug)]
struct Route {
    treaty: TreatyId,
    line: usize,
    field: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: PathBuf::from("treatywatch.db"),
            catalogues: Vec::new(),
            sets: None,
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

impl Schedule {
    fn of(keys: &ScheduleKeys, zone: Tz) -> Result<Self, Problem> {
        let timetable = |pattern: &Option<Spanned<String>>, default: Timetable| {
            let own = pattern.as_ref().map(|pattern| read_at(pattern, |pattern| read_cron(pattern)));
            own.transpose().map(|own| Timetable { pattern: own.unwrap_or(default.pattern), zone })
        };
        let default = Self::default();
        let check = timetable(&keys.check, default.check)?;
        Ok(Self { check, sources: timetable(&keys.sources, default.sources)? })
    }
}

impl Config {
    /// Reads the configuration in `path`; without a file, everything has its default. `env` looks
    /// up a variable of the environment: secrets may be there.
    pub fn load(path: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::read(path, Some(env))
    }

    /// The same without secrets, for commands that only read the database: endpoints then have no keys.
    pub fn load_without_secrets(path: Option<&Path>) -> Result<Self, ConfigError> {
        Self::read(path, None)
    }

    fn read(path: Option<&Path>, env: Option<Env<'_>>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        Self::parse(path, &text, env)
    }

    fn parse(path: &Path, text: &str, env: Option<Env<'_>>) -> Result<Self, ConfigError> {
        let document = Document::parse(path, text)?;
        Self::of(&document, env).map_err(|problem| document.error(problem))
    }

    fn of(document: &Document<'_>, env: Option<Env<'_>>) -> Result<Self, Problem> {
        let keys: FileKeys = document.read()?;
        let mut config = Self::default();
        let mut secrets = Secrets { env, files: Vec::new(), are_here: false };
        if let Some(Text(FilePath(path))) = keys.database {
            config.database = path;
        }
        let catalogues = each_once(&keys.catalogue, |Text(path)| path.clone())?;
        config.catalogues = catalogues.into_iter().map(|FilePath(path)| path).collect();
        config.sets = keys.sets.as_ref().map(|sets| Sets::read(sets, document)).transpose()?;
        if let Some(Text(Listen(address))) = keys.listen {
            config.listen = address;
        }
        if let Some(Text(Zone(zone))) = keys.time_zone {
            config.time_zone = zone;
        }
        if let Some(Text(language)) = keys.language {
            config.language = language;
        }
        if let Some(list) = keys.lead_days {
            config.lead_days = leads(&list)?;
        }
        if let Some(Bounded(days)) = keys.retention_days {
            config.retention_days = days;
        }
        config.schedule = Schedule::of(&keys.schedule, config.time_zone)?;
        let route = |treaty: TreatyRef| {
            let (line, field) = document.place(treaty.span().start);
            Route { treaty: treaty.into_inner().0, line, field }
        };
        for table in document.tables("endpoint") {
            let (endpoint, treaties) =
                read_endpoint(table, config.language, &config.endpoints, &mut secrets)?;
            config.endpoints.push(endpoint);
            config.routes.extend(treaties.into_iter().map(route));
        }
        let (sources, treaties) = read_sources(document, keys.sources, config.sets.as_ref())?;
        config.sources = sources;
        config.routes.extend(treaties.into_iter().map(route));
        let two = "two heartbeats: expected one of `heartbeat`, `heartbeat_env` and `heartbeat_file`";
        // The URL is a secret, as those of endpoints are.
        let heartbeat = only(keys.heartbeat, keys.heartbeat_env, keys.heartbeat_file, two)?;
        secrets.are_here |= heartbeat.as_ref().is_some_and(|kept| kept.get_ref().is_here());
        let url = secrets.read(heartbeat.as_ref(), |text| read_url(text, false, "https"))?;
        config.heartbeat = url.map(Heartbeat::new);
        config.source = document.path.to_owned();
        config.secret_files = secrets.files;
        if secrets.are_here {
            config.secret_files.push(config.source.clone());
        }
        Ok(config)
    }

    /// Whether an endpoint or a source names a treaty.
    pub fn has_routes(&self) -> bool {
        !self.routes.is_empty()
    }

    /// Refuses an endpoint or a source that names an unknown treaty: it would wait for ever.
    pub fn check_treaties(&self, known: &dyn Fn(&TreatyId) -> bool) -> Result<(), ConfigError> {
        let unknown = self.routes.iter().find(|route| !known(&route.treaty));
        unknown.map_or(Ok(()), |Route { treaty, line, field }| {
            let message =
                format!("{field}: there is no treaty `{treaty}`: expected one that the database has");
            Err(ConfigError::Content { path: self.source.clone(), line: *line, message })
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
