//! The file while it is read: its keys, and how a place in it becomes an error with a line.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::DateTime;
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use toml::Spanned;

use super::endpoint::RawEndpoint;
use super::heartbeat::RawHeartbeat;
use super::source::{RawSource, RawSources};
use super::timetable::Timetable;
use super::{
    CONCURRENCY_SUM_MAX, Config, ConfigError, Env, LEAD_DAYS_MAX, LEADS_MAX, Problem, RETENTION_DAYS_MAX,
    Schedule,
};

/// Second, minute, hour, day of the month, month, day of the week.
const CRON_FIELDS: usize = 6;

/// The file as it is written, before anything but its form has been checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConfig {
    database: Option<Spanned<String>>,
    catalogue: Option<Vec<Spanned<String>>>,
    listen: Option<Spanned<String>>,
    time_zone: Option<Spanned<String>>,
    language: Option<Spanned<String>>,
    lead_days: Option<Spanned<Vec<Spanned<Whole>>>>,
    retention_days: Option<Spanned<Whole>>,
    heartbeat: Option<Spanned<String>>,
    heartbeat_env: Option<Spanned<String>>,
    heartbeat_file: Option<Spanned<String>>,
    #[serde(default)]
    schedule: RawSchedule,
    #[serde(default)]
    endpoint: Vec<RawEndpoint>,
    sources: Option<RawSources>,
    #[serde(default)]
    source: Vec<RawSource>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSchedule {
    check: Option<Spanned<String>>,
    sources: Option<Spanned<String>>,
}

/// A number of which an error says "a whole number", not the name of a Rust type.
#[derive(Clone, Copy)]
pub(super) struct Whole(i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WholeVisitor;

        impl Visitor<'_> for WholeVisitor {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_i64<E>(self, number: i64) -> Result<Whole, E> {
                Ok(Whole(number))
            }
        }

        deserializer.deserialize_i64(WholeVisitor)
    }
}

/// A file while it is read: turns a place in it into an error that names the line.
pub(super) struct Document<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Document<'_> {
    pub(super) fn raw(&self) -> Result<RawConfig, ConfigError> {
        toml::from_str(self.text).map_err(|mut error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            // Without the text, the error shows the field instead of an excerpt, which could hold a secret.
            error.set_input(None);
            let message = error.to_string().lines().collect::<Vec<_>>().join(" ");
            ConfigError::Form { path: self.path.to_owned(), line: self.line(at), message }
        })
    }

    pub(super) fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|&byte| byte == b'\n').count()
    }

    pub(super) fn error<T>(&self, place: &Spanned<T>, field: &'static str, problem: Problem) -> ConfigError {
        self.error_at(place.span().start, field, problem)
    }

    pub(super) fn error_at(&self, at: usize, field: &'static str, problem: Problem) -> ConfigError {
        ConfigError::Value { path: self.path.to_owned(), line: self.line(at), field, problem }
    }

    pub(super) fn text<T>(
        &self,
        field: &'static str,
        text: &Spanned<String>,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<T, ConfigError> {
        read(text.as_ref()).map_err(|problem| self.error(text, field, problem))
    }

    pub(super) fn text_or<T>(
        &self,
        field: &'static str,
        text: Option<&Spanned<String>>,
        default: T,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<T, ConfigError> {
        text.map_or(Ok(default), |text| self.text(field, text, read))
    }

    pub(super) fn number(
        &self,
        field: &'static str,
        number: &Spanned<Whole>,
        most: u32,
    ) -> Result<u32, ConfigError> {
        let Whole(found) = *number.as_ref();
        let fitting = u32::try_from(found).ok().filter(|number| (1..=most).contains(number));
        fitting.ok_or_else(|| self.error(number, field, Problem::Range { found, least: 1, most }))
    }

    fn schedule(&self, raw: &RawSchedule, zone: Tz, default: Schedule) -> Result<Schedule, ConfigError> {
        let timetable = |field, raw: Option<&Spanned<String>>, default: Timetable| {
            let pattern = self.text_or(field, raw, default.pattern, read_cron)?;
            Ok::<_, ConfigError>(Timetable { pattern, zone })
        };
        Ok(Schedule {
            check: timetable("schedule.check", raw.check.as_ref(), default.check)?,
            sources: timetable("schedule.sources", raw.sources.as_ref(), default.sources)?,
        })
    }

    pub(super) fn config(&self, raw: RawConfig, env: Option<Env<'_>>) -> Result<Config, ConfigError> {
        let default = Config::default();
        let zone = self.text_or("time_zone", raw.time_zone.as_ref(), default.time_zone, read_zone)?;
        let mut config = Config {
            database: self.text_or("database", raw.database.as_ref(), default.database, read_path)?,
            catalogues: self.catalogues(raw.catalogue.as_deref().unwrap_or_default())?,
            listen: self.text_or("listen", raw.listen.as_ref(), default.listen, read_listen)?,
            time_zone: zone,
            language: self.text_or("language", raw.language.as_ref(), default.language, read_word)?,
            lead_days: self.leads("lead_days", raw.lead_days.as_ref())?.unwrap_or(default.lead_days),
            schedule: self.schedule(&raw.schedule, zone, default.schedule)?,
            endpoints: Vec::with_capacity(raw.endpoint.len()),
            sources: Default::default(),
            retention_days: raw.retention_days.as_ref().map_or(Ok(default.retention_days), |days| {
                self.number("retention_days", days, RETENTION_DAYS_MAX)
            })?,
            heartbeat: self.heartbeat(
                RawHeartbeat {
                    url: raw.heartbeat.as_ref(),
                    env: raw.heartbeat_env.as_ref(),
                    file: raw.heartbeat_file.as_ref(),
                },
                env,
            )?,
            secret_files: self.secret_files(&raw),
            source: self.path.to_owned(),
            routes: Vec::new(),
        };
        for raw in &raw.endpoint {
            let endpoint = self.endpoint(raw, config.language, env)?;
            if config.endpoints.iter().any(|other| other.name == endpoint.name) {
                return Err(self.error(&raw.name, "endpoint.name", Problem::EndpointTwice(endpoint.name)));
            }
            let sum = endpoint.target.concurrency
                + config.endpoints.iter().map(|other| other.target.concurrency).sum::<u32>();
            if sum > CONCURRENCY_SUM_MAX {
                return Err(self.error(&raw.name, "endpoint.concurrency", Problem::ConcurrencySum(sum)));
            }
            config.routes.extend(self.routes(raw)?);
            config.endpoints.push(endpoint);
        }
        let (sources, routes) = self.sources(raw.sources.as_ref(), &raw.source)?;
        config.sources = sources;
        config.routes.extend(routes);
        Ok(config)
    }

    /// The files that others should not read.
    fn secret_files(&self, raw: &RawConfig) -> Vec<PathBuf> {
        let heartbeat = raw.heartbeat_file.iter().map(|file| file.as_ref().as_str());
        let named = raw.endpoint.iter().flat_map(RawEndpoint::secret_files).chain(heartbeat);
        let mut files: Vec<PathBuf> = named.map(PathBuf::from).collect();
        if raw.heartbeat.is_some() || raw.endpoint.iter().any(RawEndpoint::holds_secret) {
            files.push(self.path.to_owned());
        }
        files
    }

    fn catalogues(&self, raw: &[Spanned<String>]) -> Result<Vec<PathBuf>, ConfigError> {
        let mut paths: Vec<PathBuf> = Vec::with_capacity(raw.len());
        for text in raw {
            let path = self.text("catalogue", text, read_path)?;
            if paths.contains(&path) {
                return Err(self.error(text, "catalogue", Problem::Twice(path.display().to_string())));
            }
            paths.push(path);
        }
        Ok(paths)
    }

    /// Reads a list that routes: an empty one would match nothing.
    pub(super) fn words<T>(
        &self,
        field: &'static str,
        list: Option<&Spanned<Vec<Spanned<String>>>>,
    ) -> Result<Option<Vec<T>>, ConfigError>
    where
        T: FromStr + PartialEq,
        Problem: From<T::Err>,
    {
        let Some(list) = list else { return Ok(None) };
        if list.as_ref().is_empty() {
            return Err(self.error(list, field, Problem::EmptyList));
        }
        let mut words = Vec::with_capacity(list.as_ref().len());
        for item in list.as_ref() {
            let word = self.text(field, item, read_word)?;
            if words.contains(&word) {
                return Err(self.error(item, field, Problem::Twice(item.as_ref().clone())));
            }
            words.push(word);
        }
        Ok(Some(words))
    }

    /// Reads lead times. An empty list is one of them: nobody is told before the day itself.
    pub(super) fn leads(
        &self,
        field: &'static str,
        list: Option<&Spanned<Vec<Spanned<Whole>>>>,
    ) -> Result<Option<Vec<u32>>, ConfigError> {
        let Some(list) = list else { return Ok(None) };
        let found = list.as_ref().len();
        if found > LEADS_MAX {
            return Err(self.error(list, field, Problem::TooMany { found, most: LEADS_MAX }));
        }
        let mut leads = BTreeSet::new();
        for item in list.as_ref() {
            let days = self.number(field, item, LEAD_DAYS_MAX)?;
            if !leads.insert(days) {
                return Err(self.error(item, field, Problem::Twice(days.to_string())));
            }
        }
        Ok(Some(leads.into_iter().rev().collect()))
    }
}

pub(super) fn read_word<T>(word: &str) -> Result<T, Problem>
where
    T: FromStr,
    Problem: From<T::Err>,
{
    Ok(word.parse()?)
}

fn read_path(path: &str) -> Result<PathBuf, Problem> {
    if path.is_empty() { Err(Problem::EmptyPath) } else { Ok(path.into()) }
}

fn read_listen(address: &str) -> Result<Option<SocketAddr>, Problem> {
    match address {
        "" | "off" => Ok(None),
        _ => address.parse().map(Some).map_err(|_| Problem::Listen(address.to_owned())),
    }
}

fn read_zone(name: &str) -> Result<Tz, Problem> {
    name.parse().map_err(|_| Problem::TimeZone(name.to_owned()))
}

pub(super) fn read_cron(pattern: &str) -> Result<Cron, Problem> {
    let found = pattern.split_whitespace().count();
    if found != CRON_FIELDS {
        return Err(Problem::CronFields { pattern: pattern.to_owned(), found });
    }
    // Without years, so that whether a pattern ever comes does not depend on when one asks.
    let parser = CronParser::builder().seconds(Seconds::Required).year(Year::Disallowed).build();
    let cron = parser.parse(pattern).map_err(|error| Problem::Cron {
        pattern: pattern.to_owned(),
        cause: error.to_string().trim_end_matches('.').to_owned(),
    })?;
    // The scheduler would take a 30 February, and silently drop it.
    match cron.find_next_occurrence(&DateTime::UNIX_EPOCH, true) {
        Ok(_) => Ok(cron),
        Err(_) => Err(Problem::CronNever(pattern.to_owned())),
    }
}
