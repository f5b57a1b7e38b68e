//! The configuration, read from TOML and validated: what is here can be acted on as it stands.
//!
//! Every error names the file, the line and the field, and says what was expected. Secrets come
//! from files or the environment and are never shown, neither in an error nor by `Debug`.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use toml::Spanned;
use url::{Host, Url};

use crate::domain::alert::{AlertKind, Severity};
use crate::domain::id::{IdError, Label, TreatyId};
use crate::domain::text::UnknownWord;
use crate::domain::treaty::Lang;

/// How many days before a date people are told of it, unless the configuration says otherwise.
pub const DEFAULT_LEAD_DAYS: [u32; 9] = [365, 180, 90, 60, 30, 14, 7, 3, 1];
/// The longest lead time.
pub const LEAD_DAYS_MAX: u32 = 3650;
/// How many lead times a list may hold.
pub const LEADS_MAX: usize = 32;
/// The longest time that one attempt at a delivery may take.
pub const TIMEOUT_S_MAX: u32 = 30;
/// How many secrets an endpoint may have: one in use, and others while they are being replaced.
pub const SECRETS_MAX: usize = 4;
/// The shortest key of a signature (Standard Webhooks 1.0).
const KEY_SIZE_MIN_BYTES: usize = 24;
/// The longest key of a signature (Standard Webhooks 1.0).
const KEY_SIZE_MAX_BYTES: usize = 64;
/// A file longer than this is no secret.
const SECRET_FILE_SIZE_MAX_BYTES: u64 = 4096;
const SECRET_PREFIX: &str = "whsec_";
/// Second, minute, hour, day of the month, month, day of the week.
const CRON_FIELDS: usize = 6;
const DEFAULT_CHECK: &str = "0 5 0 * * *";
const DEFAULT_PORT: u16 = 8490;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is not TOML, has a key that nobody knows, lacks one, or has a value of another type.
    #[error("{}:{line}: {message}", .path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong, with the field.
        message: String,
    },
    /// A value is not among those that are possible.
    #[error("{}:{line}: {field}: {problem}", .path.display())]
    Value {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// Which key, after the name of its table.
        field: &'static str,
        /// What is wrong.
        problem: Problem,
    },
}

/// What is wrong with a value, and what was expected.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Not the shape of a name.
    #[error(transparent)]
    Id(#[from] IdError),
    /// Not one of the words there are.
    #[error(transparent)]
    Word(#[from] UnknownWord),
    /// A treaty that nobody knows.
    #[error("there is no treaty `{0}`: expected one that the database has")]
    UnknownTreaty(TreatyId),
    /// Not a path.
    #[error("an empty path: expected a file name, as in `treatywatch.db`")]
    EmptyPath,
    /// Not a socket address.
    #[error("`{0}` is not an address: expected an IP address and a port, as in `127.0.0.1:8490`, or `off`")]
    Listen(String),
    /// Not a time zone.
    #[error("`{0}` is not a time zone: expected an IANA name, as in `Europe/Vienna`")]
    TimeZone(String),
    /// Not as many fields as a cron pattern has.
    #[error("`{pattern}` has {found} fields: expected six, seconds first, as in `0 5 0 * * *`")]
    CronFields {
        /// The pattern.
        pattern: String,
        /// How many it has.
        found: usize,
    },
    /// Not a cron pattern.
    #[error(
        "`{pattern}` is not a cron pattern ({cause}): expected six fields, seconds first, as in `0 5 0 * * *`"
    )]
    Cron {
        /// The pattern.
        pattern: String,
        /// What the parser says.
        cause: String,
    },
    /// A cron pattern for days that do not exist.
    #[error("`{0}` never comes: expected a pattern that occurs")]
    CronNever(String),
    /// A number that is too small or too large.
    #[error("{found} is out of range: expected a whole number from {least} to {most}")]
    Range {
        /// The number.
        found: i64,
        /// The smallest possible.
        least: u32,
        /// The largest possible.
        most: u32,
    },
    /// A value that a list already has.
    #[error("`{0}` is listed twice: expected each value once")]
    Twice(String),
    /// A list that is too long.
    #[error("{found} values: expected at most {most}")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// An endpoint that would never be told anything.
    #[error("an empty list: expected at least one value, or no such key, which means all")]
    EmptyList,
    /// Two endpoints with one name.
    #[error("`{0}` is the name of another endpoint: expected a name of its own")]
    EndpointTwice(String),
    /// Not a URL. It is not shown: it may hold a token.
    #[error("not a URL ({0}): expected one as in `https://example.org/hook`")]
    Url(url::ParseError),
    /// A URL for something else than HTTP.
    #[error("the scheme is `{0}`: expected `https` or `http`")]
    UrlScheme(String),
    /// A URL with a user name or a password, which would end up in logs.
    #[error("holds a user name or a password: expected a URL without; the signature shows who sends")]
    UrlCredentials,
    /// Plain HTTP to a host that may be anywhere.
    #[error(
        "plain http to `{0}`, which is not a loopback or private address: expected https, or `allow_http = true`"
    )]
    PlainHttp(String),
    /// No secret.
    #[error("no secret: expected `secret_file` or `secret_env`")]
    NoSecret,
    /// Two places for a secret.
    #[error("two secrets: expected either `secret_file` or `secret_env`")]
    TwoSecrets,
    /// The secret stands in the configuration.
    #[error("holds the secret itself: expected the name of {0} that holds it")]
    SecretItself(&'static str),
    /// The file with the secret cannot be read.
    #[error("cannot read {}: {cause}", .path.display())]
    SecretFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file that is too long for a secret.
    #[error("{} is longer than {SECRET_FILE_SIZE_MAX_BYTES} bytes: expected a file that holds a secret only", .0.display())]
    SecretFileSize(PathBuf),
    /// The environment has no such variable.
    #[error("the environment has no variable `{0}`: expected one that holds a secret")]
    SecretEnv(String),
    /// There is nothing where the secret should be.
    #[error("the secret is empty: expected `whsec_` and a key in base64")]
    SecretEmpty,
    /// More secrets than are needed.
    #[error("{0} secrets: expected at most {SECRETS_MAX}")]
    SecretCount(usize),
    /// Not in the form of Standard Webhooks.
    #[error("the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64")]
    SecretForm,
    /// A key that is too short or too long.
    #[error("the secret's key has {0} bytes: expected {KEY_SIZE_MIN_BYTES} to {KEY_SIZE_MAX_BYTES}")]
    SecretSize(usize),
}

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
    source: PathBuf,
    routes: Vec<Route>,
}

/// When jobs run, in UTC.
#[derive(Debug)]
pub struct Schedule {
    /// When it is checked what a new day brings.
    pub check: Cron,
}

/// Somebody who is told.
pub struct Endpoint {
    /// A slug that deliveries and logs name it by.
    pub name: String,
    /// Where alerts are sent. Its path and query may hold a token: show the host only.
    pub url: Url,
    /// The keys that messages are signed with, in this order; at least one, and more only
    /// while a key is being replaced.
    pub secrets: Vec<SecretSlice<u8>>,
    /// The treaties it wants to hear of; none means all.
    pub treaties: Option<BTreeSet<TreatyId>>,
    /// The kinds of alert it wants; none means all.
    pub kinds: Option<Vec<AlertKind>>,
    /// The least severity it wants.
    pub min_severity: Severity,
    /// The lead times it wants, descending; none means those of the configuration.
    pub lead_days: Option<Vec<u32>>,
    /// How long one attempt may take.
    pub timeout: Duration,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("origin", &self.url.origin().ascii_serialization())
            .field("treaties", &self.treaties)
            .field("kinds", &self.kinds)
            .field("min_severity", &self.min_severity)
            .field("lead_days", &self.lead_days)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Looks up a variable of the environment.
type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A treaty that an endpoint names, and where, so that it can be reported when nobody knows it.
#[derive(Debug)]
struct Route {
    treaty: TreatyId,
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
            source: PathBuf::new(),
            routes: Vec::new(),
        }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self { check: read_cron(DEFAULT_CHECK).expect("a pattern that a test has read") }
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

    /// Whether an endpoint asks for treaties by name.
    pub fn has_routes(&self) -> bool {
        !self.routes.is_empty()
    }

    /// Refuses an endpoint that asks for a treaty nobody knows: it would wait for ever.
    pub fn check_treaties(&self, known: &dyn Fn(&TreatyId) -> bool) -> Result<(), ConfigError> {
        let unknown = self.routes.iter().find(|route| !known(&route.treaty));
        unknown.map_or(Ok(()), |route| {
            Err(ConfigError::Value {
                path: self.source.clone(),
                line: route.line,
                field: "endpoint.treaties",
                problem: Problem::UnknownTreaty(route.treaty.clone()),
            })
        })
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
}

/// The file as it is written, before anything but its form has been checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    database: Option<Spanned<String>>,
    catalogue: Option<Vec<Spanned<String>>>,
    listen: Option<Spanned<String>>,
    time_zone: Option<Spanned<String>>,
    language: Option<Spanned<String>>,
    lead_days: Option<Spanned<Vec<Spanned<Whole>>>>,
    #[serde(default)]
    schedule: RawSchedule,
    #[serde(default)]
    endpoint: Vec<RawEndpoint>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawSchedule {
    check: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEndpoint {
    name: Spanned<String>,
    url: Spanned<String>,
    secret_file: Option<Spanned<String>>,
    secret_env: Option<Spanned<String>>,
    treaties: Option<Spanned<Vec<Spanned<String>>>>,
    kinds: Option<Spanned<Vec<Spanned<String>>>>,
    min_severity: Option<Spanned<String>>,
    lead_days: Option<Spanned<Vec<Spanned<Whole>>>>,
    #[serde(default)]
    allow_http: bool,
    timeout_s: Option<Spanned<Whole>>,
}

/// A number of which an error says "a whole number", not the name of a Rust type.
#[derive(Clone, Copy)]
struct Whole(i64);

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
struct Document<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Document<'_> {
    fn raw(&self) -> Result<RawConfig, ConfigError> {
        toml::from_str(self.text).map_err(|mut error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            // Without the text, the error shows the field instead of an excerpt, which could hold a secret.
            error.set_input(None);
            let message = error.to_string().lines().collect::<Vec<_>>().join(" ");
            ConfigError::Form { path: self.path.to_owned(), line: self.line(at), message }
        })
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|&byte| byte == b'\n').count()
    }

    fn error<T>(&self, place: &Spanned<T>, field: &'static str, problem: Problem) -> ConfigError {
        let line = self.line(place.span().start);
        ConfigError::Value { path: self.path.to_owned(), line, field, problem }
    }

    fn text<T>(
        &self,
        field: &'static str,
        text: &Spanned<String>,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<T, ConfigError> {
        read(text.as_ref()).map_err(|problem| self.error(text, field, problem))
    }

    fn text_or<T>(
        &self,
        field: &'static str,
        text: Option<&Spanned<String>>,
        default: T,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<T, ConfigError> {
        text.map_or(Ok(default), |text| self.text(field, text, read))
    }

    fn number(&self, field: &'static str, number: &Spanned<Whole>, most: u32) -> Result<u32, ConfigError> {
        let Whole(found) = *number.as_ref();
        let fitting = u32::try_from(found).ok().filter(|number| (1..=most).contains(number));
        fitting.ok_or_else(|| self.error(number, field, Problem::Range { found, least: 1, most }))
    }

    fn config(&self, raw: RawConfig, env: Option<Env<'_>>) -> Result<Config, ConfigError> {
        let default = Config::default();
        let mut config = Config {
            database: self.text_or("database", raw.database.as_ref(), default.database, read_path)?,
            catalogues: self.catalogues(raw.catalogue.as_deref().unwrap_or_default())?,
            listen: self.text_or("listen", raw.listen.as_ref(), default.listen, read_listen)?,
            time_zone: self.text_or("time_zone", raw.time_zone.as_ref(), default.time_zone, read_zone)?,
            language: self.text_or("language", raw.language.as_ref(), default.language, read_word)?,
            lead_days: self.leads("lead_days", raw.lead_days.as_ref())?.unwrap_or(default.lead_days),
            schedule: Schedule {
                check: self.text_or(
                    "schedule.check",
                    raw.schedule.check.as_ref(),
                    default.schedule.check,
                    read_cron,
                )?,
            },
            endpoints: Vec::with_capacity(raw.endpoint.len()),
            source: self.path.to_owned(),
            routes: Vec::new(),
        };
        for raw in &raw.endpoint {
            let endpoint = self.endpoint(raw, env)?;
            if config.endpoints.iter().any(|other| other.name == endpoint.name) {
                return Err(self.error(&raw.name, "endpoint.name", Problem::EndpointTwice(endpoint.name)));
            }
            config.routes.extend(self.routes(raw)?);
            config.endpoints.push(endpoint);
        }
        Ok(config)
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

    fn endpoint(&self, raw: &RawEndpoint, env: Option<Env<'_>>) -> Result<Endpoint, ConfigError> {
        let name: Label = self.text("endpoint.name", &raw.name, read_word)?;
        let url = self.text("endpoint.url", &raw.url, |url| read_url(url, raw.allow_http))?;
        let secrets = self.secrets(raw, env)?;
        let treaties = self.words::<TreatyId>("endpoint.treaties", raw.treaties.as_ref())?;
        let kinds = self.words("endpoint.kinds", raw.kinds.as_ref())?;
        let severity = raw.min_severity.as_ref();
        let min_severity = self.text_or("endpoint.min_severity", severity, Severity::Info, read_word)?;
        let lead_days = self.leads("endpoint.lead_days", raw.lead_days.as_ref())?;
        let timeout_s = raw.timeout_s.as_ref().map_or(Ok(TIMEOUT_S_MAX), |timeout_s| {
            self.number("endpoint.timeout_s", timeout_s, TIMEOUT_S_MAX)
        })?;
        Ok(Endpoint {
            name: name.into(),
            url,
            secrets,
            treaties: treaties.map(|treaties| treaties.into_iter().collect()),
            kinds,
            min_severity,
            lead_days,
            timeout: Duration::from_secs(timeout_s.into()),
        })
    }

    fn routes(&self, raw: &RawEndpoint) -> Result<Vec<Route>, ConfigError> {
        let treaties = raw.treaties.iter().flat_map(|treaties| treaties.as_ref());
        let route = |treaty: &Spanned<String>| {
            let line = self.line(treaty.span().start);
            self.text("endpoint.treaties", treaty, read_word).map(|treaty| Route { treaty, line })
        };
        treaties.map(route).collect()
    }

    fn secrets(&self, raw: &RawEndpoint, env: Option<Env<'_>>) -> Result<Vec<SecretSlice<u8>>, ConfigError> {
        let Some(env) = env else { return Ok(Vec::new()) };
        match (&raw.secret_file, &raw.secret_env) {
            (Some(path), None) => {
                self.text("endpoint.secret_file", path, |path| read_secrets(&secret_in_file(path)?))
            }
            (None, Some(name)) => {
                self.text("endpoint.secret_env", name, |name| read_secrets(&secret_in_env(name, env)?))
            }
            (Some(_), Some(second)) => Err(self.error(second, "endpoint.secret_env", Problem::TwoSecrets)),
            (None, None) => Err(self.error(&raw.name, "endpoint.secret_file", Problem::NoSecret)),
        }
    }

    /// Reads a list that routes: an empty one would match nothing.
    fn words<T>(
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
    fn leads(
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

fn read_word<T>(word: &str) -> Result<T, Problem>
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

fn read_cron(pattern: &str) -> Result<Cron, Problem> {
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

fn read_url(text: &str, allow_http: bool) -> Result<Url, Problem> {
    let url: Url = text.parse().map_err(Problem::Url)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::UrlCredentials);
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if allow_http || is_near(&host) => Ok(url),
        ("http", Some(host)) => Err(Problem::PlainHttp(host.to_string())),
        (_, None) | (_, Some(_)) => Err(Problem::UrlScheme(url.scheme().to_owned())),
    }
}

/// Whether the host is this machine, or one in a network of the user's own. Link-local addresses
/// are not: cloud providers answer there. A name other than `localhost` may lead anywhere.
fn is_near(host: &Host<&str>) -> bool {
    let is_near_v4 = |address: &Ipv4Addr| address.is_loopback() || address.is_private();
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => is_near_v4(address),
        Host::Ipv6(address) => {
            address.is_loopback()
                || address.is_unique_local()
                || address.to_ipv4_mapped().as_ref().is_some_and(is_near_v4)
        }
    }
}

fn secret_in_file(path: &str) -> Result<SecretString, Problem> {
    if path.starts_with(SECRET_PREFIX) {
        return Err(Problem::SecretItself("a file"));
    }
    let error = |cause| Problem::SecretFile { path: path.into(), cause };
    let file = File::open(path).map_err(error)?;
    let mut text = String::new();
    let size = file.take(SECRET_FILE_SIZE_MAX_BYTES + 1).read_to_string(&mut text);
    let secret = SecretString::from(text);
    match size {
        Ok(size) if size as u64 > SECRET_FILE_SIZE_MAX_BYTES => Err(Problem::SecretFileSize(path.into())),
        Ok(_) => Ok(secret),
        Err(cause) => Err(error(cause)),
    }
}

fn secret_in_env(name: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<SecretString, Problem> {
    if name.starts_with(SECRET_PREFIX) {
        return Err(Problem::SecretItself("a variable"));
    }
    env(name).map(SecretString::from).ok_or_else(|| Problem::SecretEnv(name.to_owned()))
}

/// Reads secrets that stand between white space: the newline at a file's end is none, and a
/// second secret beside the first one is a key that is being replaced.
fn read_secrets(text: &SecretString) -> Result<Vec<SecretSlice<u8>>, Problem> {
    let secrets: Vec<&str> = text.expose_secret().split_whitespace().collect();
    match secrets.len() {
        0 => Err(Problem::SecretEmpty),
        count if count > SECRETS_MAX => Err(Problem::SecretCount(count)),
        _ => secrets.into_iter().map(read_secret).collect(),
    }
}

fn read_secret(secret: &str) -> Result<SecretSlice<u8>, Problem> {
    let key = secret.strip_prefix(SECRET_PREFIX).ok_or(Problem::SecretForm)?;
    let key: SecretSlice<u8> = BASE64.decode(key).map_err(|_| Problem::SecretForm)?.into();
    let size = key.expose_secret().len();
    match size {
        KEY_SIZE_MIN_BYTES..=KEY_SIZE_MAX_BYTES => Ok(key),
        _ => Err(Problem::SecretSize(size)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;
    use proptest::prelude::*;
    use std::error::Error as _;

    /// 24 bytes, the shortest key.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ENDPOINT: &str = "[[endpoint]]\nname = 'ops'\nurl = 'https://example.org'\nsecret_env = 'OPS'\n";

    fn env(name: &str) -> Option<String> {
        let key = |size| format!("whsec_{}", BASE64.encode(vec![7; size]));
        match name {
            "OPS" | "TREATYWATCH_DUTY_OFFICER_SECRET" => Some(SECRET.to_owned()),
            "ROTATING" => Some(format!("{SECRET} {}\n", key(64))),
            "BLANK" => Some(" \n".to_owned()),
            "SHORT" => Some(key(23)),
            "LONG" => Some(key(65)),
            "PLAIN" => Some("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
            "GARBLED" => Some("whsec_hunter2!".to_owned()),
            "MANY" => Some([SECRET; 5].join(" ")),
            _ => None,
        }
    }

    fn read(text: &str) -> Result<Config, ConfigError> {
        let document = Document { path: Path::new("treatywatch.toml"), text };
        document.config(document.raw()?, Some(&env))
    }

    fn error(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    fn endpoint_error(lines: &str) -> String {
        error(&format!("{ENDPOINT}{lines}"))
    }

    fn url_error(url: &str) -> String {
        error(&ENDPOINT.replace("https://example.org", url))
    }

    fn secret_error(name: &str) -> String {
        error(&ENDPOINT.replace("OPS", name))
    }

    fn words(config: &Config) -> (&Path, Option<SocketAddr>, Tz, Lang, &[u32], String) {
        let Config { database, listen, time_zone, language, lead_days, schedule, .. } = config;
        (database, *listen, *time_zone, *language, lead_days, schedule.check.to_string())
    }

    #[test]
    fn the_example_documents_every_key_with_its_default() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("treatywatch.example.toml");
        let config = Config::load(Some(&path), &env).unwrap();
        assert_eq!(words(&config), words(&Config::default()));
        let [endpoint] = config.endpoints.as_slice() else { panic!("{:?}", config.endpoints) };
        assert_eq!(endpoint.min_severity, Severity::Info);
        assert_eq!(endpoint.timeout, Duration::from_secs(30));
        assert_eq!(config.all_leads(), DEFAULT_LEAD_DAYS);

        // Its words are those of the code.
        let text = std::fs::read_to_string(&path).unwrap();
        for kind in AlertKind::ALL {
            assert!(text.contains(kind.as_str()), "{kind}");
        }
        // It has every key that the code knows: an error lists them.
        let keys = |text: &str| {
            let listed = text.split("expected one of ").nth(1).unwrap().to_owned();
            listed.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
        };
        for key in keys(&error("nothing = 1")).iter().chain(&keys(&endpoint_error("nothing = 1"))) {
            let shown = [format!("\n{key} = "), format!("\n# {key} = "), format!("[{key}]")];
            assert!(shown.iter().any(|shown| text.contains(shown)), "{key}");
        }
    }

    #[test]
    fn without_a_file_everything_has_its_default() {
        let config = Config::load(None, &|_| None).unwrap();
        assert_eq!(config.database, Path::new("treatywatch.db"));
        assert_eq!(config.listen, Some("127.0.0.1:8490".parse().unwrap()));
        assert_eq!(config.time_zone, Tz::UTC);
        assert_eq!(config.language, Lang::En);
        assert_eq!(config.schedule.check.to_string(), "0 5 0 * * *");
        assert!(config.endpoints.is_empty() && config.catalogues.is_empty());
        assert_eq!(words(&read("").unwrap()), words(&config));
    }

    #[test]
    fn a_file_that_is_named_must_be_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("none.toml");
        let error = Config::load(Some(&path), &env).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot read {}", path.display()));
        assert!(error.source().is_some());
    }

    #[test]
    fn values_are_read() {
        let config = read(concat!(
            "database = '/var/lib/treatywatch/t.db'\n",
            "catalogue = ['/etc/treatywatch/ours', 'drafts']\n",
            "listen = '[::1]:80'\n",
            "time_zone = 'Europe/Vienna'\n",
            "language = 'zh'\n",
            "lead_days = [1, 3650, 30]\n",
            "[schedule]\n",
            "check = '30 0 6 * * MON'\n",
            "[[endpoint]]\n",
            "name = 'ops'\n",
            "url = 'https://example.org/hook?token=1'\n",
            "secret_env = 'ROTATING'\n",
            "treaties = ['npt', 'new-start']\n",
            "kinds = ['date.moved', 'status.changed']\n",
            "min_severity = 'warning'\n",
            "lead_days = [7, 60]\n",
            "timeout_s = 1\n",
        ))
        .unwrap();
        assert_eq!(config.database, Path::new("/var/lib/treatywatch/t.db"));
        assert_eq!(config.catalogues, [Path::new("/etc/treatywatch/ours"), Path::new("drafts")]);
        assert_eq!(config.listen, Some("[::1]:80".parse().unwrap()));
        assert_eq!(config.language, Lang::Zh);
        assert_eq!(config.lead_days, [3650, 30, 1]);
        assert_eq!(config.all_leads(), [3650, 60, 30, 7, 1]);
        let next = config.schedule.check.find_next_occurrence(&DateTime::UNIX_EPOCH, true).unwrap();
        assert_eq!(next, Utc.with_ymd_and_hms(1970, 1, 5, 6, 0, 30).unwrap());

        let endpoint = &config.endpoints[0];
        assert_eq!(endpoint.name, "ops");
        assert_eq!(endpoint.url.as_str(), "https://example.org/hook?token=1");
        assert_eq!(
            endpoint.secrets.iter().map(|key| key.expose_secret().len()).collect::<Vec<_>>(),
            [24, 64]
        );
        let treaties = endpoint.treaties.as_ref().unwrap().iter().map(TreatyId::as_str);
        assert_eq!(treaties.collect::<Vec<_>>(), ["new-start", "npt"]);
        assert_eq!(
            endpoint.kinds.as_deref(),
            Some([AlertKind::DateMoved, AlertKind::StatusChanged].as_slice())
        );
        assert_eq!(endpoint.min_severity, Severity::Warning);
        assert_eq!(endpoint.lead_days.as_deref(), Some([60, 7].as_slice()));
        assert_eq!(endpoint.timeout, Duration::from_secs(1));
    }

    #[test]
    fn what_an_endpoint_does_not_say_means_all() {
        let config = read(ENDPOINT).unwrap();
        let endpoint = &config.endpoints[0];
        assert!(endpoint.treaties.is_none() && endpoint.kinds.is_none() && endpoint.lead_days.is_none());
        assert_eq!(endpoint.min_severity, Severity::Info);
        assert_eq!(endpoint.timeout, Duration::from_secs(30));
    }

    #[test]
    fn the_health_endpoint_can_be_off() {
        assert_eq!(read("listen = 'off'").unwrap().listen, None);
        assert_eq!(read("listen = ''").unwrap().listen, None);
    }

    #[test]
    fn lead_times_may_be_none_at_all() {
        let config = read(&format!("lead_days = []\n{ENDPOINT}lead_days = []\n")).unwrap();
        assert!(config.all_leads().is_empty());
    }

    #[test]
    fn today_is_decided_by_the_time_zone() {
        let today = |zone: &str, hour| {
            let config = read(&format!("time_zone = '{zone}'")).unwrap();
            config.today(Utc.with_ymd_and_hms(2026, 2, 4, hour, 30, 0).unwrap()).to_string()
        };
        assert_eq!(today("UTC", 23), "2026-02-04");
        assert_eq!(today("Europe/Vienna", 22), "2026-02-04");
        assert_eq!(today("Europe/Vienna", 23), "2026-02-05");
        assert_eq!(today("America/New_York", 4), "2026-02-03");
    }

    #[test]
    fn the_form_of_the_file_is_checked() {
        let cases = [
            (
                "\nlead_day = [1]\n",
                "treatywatch.toml:2: unknown field `lead_day`, expected one of `database`, `catalogue`, \
                 `listen`, `time_zone`, `language`, `lead_days`, `schedule`, `endpoint`",
            ),
            (
                "[schedule]\ndaily = '0 0 0 * * *'\n",
                "treatywatch.toml:2: unknown field `daily`, expected `check` in `schedule`",
            ),
            ("[[endpoint]]\nname = 'ops'\n", "treatywatch.toml:1: missing field `url` in `endpoint`"),
            (
                "lead_days = [\n  30,\n  '7',\n]\n",
                "treatywatch.toml:3: invalid type: string \"7\", expected a whole number in `lead_days`",
            ),
            (
                "language = 1\n",
                "treatywatch.toml:1: invalid type: integer `1`, expected a string in `language`",
            ),
            ("listen = 'off'\nlisten = ''\n", "treatywatch.toml:2: duplicate key"),
            ("\n\nlisten 'off'\n", "treatywatch.toml:3: key with no value, expected `=`"),
        ];
        for (text, expected) in cases {
            assert_eq!(error(text), expected, "{text}");
        }
    }

    #[test]
    fn values_of_the_whole_are_checked() {
        let cases = [
            ("database = ''", "1: database: an empty path: expected a file name, as in `treatywatch.db`"),
            (
                "listen = 'localhost:8490'",
                "1: listen: `localhost:8490` is not an address: expected an IP address and a port, as in \
                 `127.0.0.1:8490`, or `off`",
            ),
            (
                "\ntime_zone = 'Mars/Olympus'",
                "2: time_zone: `Mars/Olympus` is not a time zone: expected an IANA name, as in `Europe/Vienna`",
            ),
            ("language = 'fr'", "1: language: unknown language `fr`, expected one of en, zh, ru"),
            (
                "lead_days = [\n  1,\n  0,\n]",
                "3: lead_days: 0 is out of range: expected a whole number from 1 to 3650",
            ),
            (
                "lead_days = [3651]",
                "1: lead_days: 3651 is out of range: expected a whole number from 1 to 3650",
            ),
            ("catalogue = ['']", "1: catalogue: an empty path: expected a file name, as in `treatywatch.db`"),
            ("catalogue = ['a', 'a']", "1: catalogue: `a` is listed twice: expected each value once"),
            ("lead_days = [7, 7]", "1: lead_days: `7` is listed twice: expected each value once"),
            (
                "[schedule]\ncheck = '5 0 * * *'",
                "2: schedule.check: `5 0 * * *` has 5 fields: expected six, seconds first, as in \
                 `0 5 0 * * *`",
            ),
            (
                "[schedule]\ncheck = '0 5 24 * * *'",
                "2: schedule.check: `0 5 24 * * *` is not a cron pattern (Component error: Number out of bounds): \
                 expected six fields, seconds first, as in `0 5 0 * * *`",
            ),
            (
                "[schedule]\ncheck = '0 0 0 30 2 *'",
                "2: schedule.check: `0 0 0 30 2 *` never comes: expected a pattern that occurs",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(error(text), format!("treatywatch.toml:{expected}"), "{text}");
        }
        assert!(read("[schedule]\ncheck = '0 0 0 29 2 *'").is_ok());
    }

    proptest! {
        #[test]
        fn no_pattern_breaks_the_parser(pattern in r"([0-9*/,+?#LW\-A-Zé]{1,4} ){6}|[^a]{0,12}") {
            let _ = read_cron(&pattern);
        }
    }

    #[test]
    fn a_list_of_lead_times_has_an_end() {
        let list = |most: u32| format!("lead_days = {:?}", (1..=most).collect::<Vec<_>>());
        assert_eq!(read(&list(32)).unwrap().lead_days.len(), 32);
        assert_eq!(error(&list(33)), "treatywatch.toml:1: lead_days: 33 values: expected at most 32");
    }

    #[test]
    fn values_of_an_endpoint_are_checked() {
        let cases = [
            (
                "treaties = ['New START']",
                "5: endpoint.treaties: `New START` is not a name: expected lower-case letters, digits and \
                 hyphens, as in `new-start`",
            ),
            (
                "treaties = []",
                "5: endpoint.treaties: an empty list: expected at least one value, or no such key, which \
                 means all",
            ),
            (
                "treaties = ['npt',\n'npt']",
                "6: endpoint.treaties: `npt` is listed twice: expected each value once",
            ),
            (
                "kinds = [\n'date.past']",
                "6: endpoint.kinds: unknown kind of alert `date.past`, expected one of act.corrected, \
                 threshold.progress, date.moved, date.cancelled, status.changed, date.reached, \
                 date.approaching, act.recorded, facts.stale",
            ),
            (
                "min_severity = 'high'",
                "5: endpoint.min_severity: unknown severity `high`, expected one of info, notice, warning, \
                 critical",
            ),
            (
                "lead_days = [-1]",
                "5: endpoint.lead_days: -1 is out of range: expected a whole number from 1 to 3650",
            ),
            (
                "timeout_s = 0",
                "5: endpoint.timeout_s: 0 is out of range: expected a whole number from 1 to 30",
            ),
            (
                "timeout_s = 31",
                "5: endpoint.timeout_s: 31 is out of range: expected a whole number from 1 to 30",
            ),
            (
                "secret_file = 'ops.secret'",
                "4: endpoint.secret_env: two secrets: expected either `secret_file` or `secret_env`",
            ),
            (ENDPOINT, "6: endpoint.name: `ops` is the name of another endpoint: expected a name of its own"),
        ];
        for (lines, expected) in cases {
            assert_eq!(endpoint_error(lines), format!("treatywatch.toml:{expected}"), "{lines}");
        }
        assert_eq!(
            error(&ENDPOINT.replace("'ops'", "'Ops'")),
            "treatywatch.toml:2: endpoint.name: `Ops` is not a name: expected lower-case letters, digits and \
             hyphens, as in `new-start`"
        );
    }

    #[test]
    fn a_route_to_an_unknown_treaty_is_refused() {
        let config = read(&format!("{ENDPOINT}treaties = [\n  'npt',\n  'nqt',\n]")).unwrap();
        let error = config.check_treaties(&|treaty| treaty.as_str() == "npt").unwrap_err();
        assert_eq!(
            error.to_string(),
            "treatywatch.toml:7: endpoint.treaties: there is no treaty `nqt`: expected one that the \
             database has"
        );
        config.check_treaties(&|_| true).unwrap();
        Config::default().check_treaties(&|_| false).unwrap();
    }

    #[test]
    fn a_url_is_one_that_a_message_can_be_sent_to() {
        let cases = [
            (
                "hook",
                "not a URL (relative URL without a base): expected one as in `https://example.org/hook`",
            ),
            ("https://", "not a URL (empty host): expected one as in `https://example.org/hook`"),
            ("ftp://example.org", "the scheme is `ftp`: expected `https` or `http`"),
            ("mailto:a@example.org", "the scheme is `mailto`: expected `https` or `http`"),
            (
                "https://me:hunter2@example.org",
                "holds a user name or a password: expected a URL without; the signature shows who sends",
            ),
            (
                "https://token@example.org",
                "holds a user name or a password: expected a URL without; the signature shows who sends",
            ),
        ];
        for (url, expected) in cases {
            assert_eq!(url_error(url), format!("treatywatch.toml:3: endpoint.url: {expected}"), "{url}");
        }
    }

    #[test]
    fn plain_http_stays_near_unless_it_is_allowed_to_leave() {
        let far = [
            "example.org",
            "localhost.example.org",
            "8.8.8.8",
            "172.32.0.1",
            "169.254.169.254",
            "[2001:db8::1]",
            "[fe80::1]",
            "[::ffff:8.8.8.8]",
        ];
        for host in far {
            let url = format!("http://{host}/hook");
            assert!(read(&ENDPOINT.replace("https://example.org", &url)).is_err(), "{host}");
            let allowed = format!("{}allow_http = true", ENDPOINT.replace("https://example.org", &url));
            assert!(read(&allowed).is_ok(), "{host}");
        }
        let near = [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "[::1]",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
        ];
        for host in near {
            let url = format!("http://{host}/hook");
            assert!(read(&ENDPOINT.replace("https://example.org", &url)).is_ok(), "{host}");
        }
        assert_eq!(
            url_error("http://example.org/hook?token=1"),
            "treatywatch.toml:3: endpoint.url: plain http to `example.org`, which is not a loopback or private \
             address: expected https, or `allow_http = true`"
        );
    }

    #[test]
    fn a_secret_that_cannot_be_used_is_refused_and_not_shown() {
        let cases = [
            ("NOTHING", "the environment has no variable `NOTHING`: expected one that holds a secret"),
            ("BLANK", "the secret is empty: expected `whsec_` and a key in base64"),
            ("SHORT", "the secret's key has 23 bytes: expected 24 to 64"),
            ("LONG", "the secret's key has 65 bytes: expected 24 to 64"),
            (
                "PLAIN",
                "the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64",
            ),
            (
                "GARBLED",
                "the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64",
            ),
            ("MANY", "5 secrets: expected at most 4"),
            (SECRET, "holds the secret itself: expected the name of a variable that holds it"),
        ];
        for (name, expected) in cases {
            assert_eq!(
                secret_error(name),
                format!("treatywatch.toml:4: endpoint.secret_env: {expected}"),
                "{name}"
            );
        }
        assert_eq!(
            error("[[endpoint]]\nname = 'ops'\nurl = 'https://example.org'\n"),
            "treatywatch.toml:2: endpoint.secret_file: no secret: expected `secret_file` or `secret_env`"
        );
    }

    #[test]
    fn a_secret_can_be_in_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        let text = ENDPOINT.replace("secret_env = 'OPS'", &format!("secret_file = '{}'", path.display()));
        let refused = |expected: &str| {
            assert_eq!(error(&text), format!("treatywatch.toml:4: endpoint.secret_file: {expected}"));
        };
        refused(&format!("cannot read {}: No such file or directory (os error 2)", path.display()));

        std::fs::write(&path, format!("{SECRET}\r\n")).unwrap();
        let key = &read(&text).unwrap().endpoints[0].secrets[0];
        assert_eq!(key.expose_secret(), BASE64.decode(&SECRET[6..]).unwrap());

        std::fs::write(&path, "whsec_hunter2").unwrap();
        refused("the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64");
        std::fs::write(&path, " ".repeat(4097)).unwrap();
        refused(&format!(
            "{} is longer than 4096 bytes: expected a file that holds a secret only",
            path.display()
        ));
        assert_eq!(
            error(&ENDPOINT.replace("secret_env = 'OPS'", &format!("secret_file = '{SECRET}'"))),
            "treatywatch.toml:4: endpoint.secret_file: holds the secret itself: expected the name of a file \
             that holds it"
        );
    }

    #[test]
    fn debug_shows_neither_a_secret_nor_a_token() {
        let shown = format!("{:?}", read(&ENDPOINT.replace("org", "org/path-token?query-token")).unwrap());
        assert!(shown.contains("origin: \"https://example.org\""), "{shown}");
        assert!(!shown.contains("token"), "{shown}");
        // The first bytes of the key, as a list and in base64.
        assert!(!shown.contains("49, 242") && !shown.contains("MfKQ"), "{shown}");
    }
}
