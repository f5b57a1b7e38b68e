//! An endpoint: who is told, of what, and how.

use std::collections::BTreeSet;
use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

use secrecy::SecretSlice;
use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use crate::domain::alert::{AlertKind, Severity};
use crate::domain::id::{Label, TreatyId};

use super::document::{Document, Whole, read_word};
use super::secret::{read_secrets, secret_in_env, secret_in_file};
use super::{ConfigError, Env, Problem, Route};

/// The longest time that one attempt at a delivery may take.
pub const TIMEOUT_S_MAX: u32 = 30;
/// How many attempts at one endpoint may run side by side.
pub const CONCURRENCY_MAX: u32 = 16;
/// How many attempts may run side by side at all: each may hold a connection.
pub const CONCURRENCY_SUM_MAX: u32 = 512;
const DEFAULT_CONCURRENCY: u32 = 4;

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
    /// How many attempts may run side by side.
    pub concurrency: u32,
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
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEndpoint {
    pub(super) name: Spanned<String>,
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
    concurrency: Option<Spanned<Whole>>,
}

impl Document<'_> {
    pub(super) fn endpoint(&self, raw: &RawEndpoint, env: Option<Env<'_>>) -> Result<Endpoint, ConfigError> {
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
        let concurrency = raw.concurrency.as_ref().map_or(Ok(DEFAULT_CONCURRENCY), |concurrency| {
            self.number("endpoint.concurrency", concurrency, CONCURRENCY_MAX)
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
            concurrency,
        })
    }

    pub(super) fn routes(&self, raw: &RawEndpoint) -> Result<Vec<Route>, ConfigError> {
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
