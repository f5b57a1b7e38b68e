//! What lies between an endpoint and its receiver: a proxy, and headers that a gateway asks for.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use toml::Spanned;
use url::Url;

use crate::delivery::Header;
use crate::wire::{NoProxy, Proxy};

use super::document::Document;
use super::endpoint::RawEndpoint;
use super::secret::{secret_in_env, secret_in_file, url_in_env, url_in_file};
use super::{ConfigError, Env, Problem};

/// So many headers of its own an endpoint may have.
pub(super) const HEADERS_MAX: usize = 16;
/// Headers whose value is a secret, whoever has written it.
const SECRET_HEADERS: [&str; 2] = ["authorization", "cookie"];

/// The headers of an endpoint, as they are written.
pub(super) type RawHeaders = BTreeMap<Spanned<String>, RawHeader>;

/// Where the value of a header stands.
pub(super) enum RawHeader {
    /// In the configuration.
    Text(String),
    /// In a variable of the environment.
    Env(String),
    /// In a file.
    File(String),
}

impl<'de> Deserialize<'de> for RawHeader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HeaderVisitor;

        impl<'de> Visitor<'de> for HeaderVisitor {
            type Value = RawHeader;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`")
            }

            fn visit_str<E>(self, text: &str) -> Result<RawHeader, E> {
                Ok(RawHeader::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawHeader, A::Error> {
                let expected =
                    || A::Error::custom("expected either `{ env = \"NAME\" }` or `{ file = \"PATH\" }`");
                let (key, place) = map.next_entry::<String, String>()?.ok_or_else(expected)?;
                if map.next_key::<String>()?.is_some() {
                    return Err(expected());
                }
                match key.as_str() {
                    "env" => Ok(RawHeader::Env(place)),
                    "file" => Ok(RawHeader::File(place)),
                    _ => Err(expected()),
                }
            }
        }

        deserializer.deserialize_any(HeaderVisitor)
    }
}

/// The files among the values of headers.
pub(super) fn header_files(headers: &RawHeaders) -> impl Iterator<Item = &str> {
    headers.values().filter_map(|value| match value {
        RawHeader::File(path) => Some(path.as_str()),
        RawHeader::Text(_) | RawHeader::Env(_) => None,
    })
}

/// Whether a secret stands among them.
pub(super) fn hold_secret(headers: &RawHeaders) -> bool {
    let is_secret = |name: &str| SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    headers.iter().any(|(name, value)| matches!(value, RawHeader::Text(_)) && is_secret(name.as_ref()))
}

impl Document<'_> {
    /// The proxy before a receiver: with a user and a password it stands in the environment or a file.
    pub(super) fn proxy(
        &self,
        raw: &RawEndpoint,
        env: Option<Env<'_>>,
    ) -> Result<Option<Proxy>, ConfigError> {
        match (&raw.proxy, &raw.proxy_env, &raw.proxy_file) {
            (None, None, None) => Ok(None),
            (Some(url), None, None) => self.text("endpoint.proxy", url, read_open_proxy).map(Some),
            (None, Some(name), None) => {
                let Some(env) = env else { return Ok(None) };
                let read = |name: &str| read_proxy(url_in_env(name, env)?.expose_secret());
                self.text("endpoint.proxy_env", name, read).map(Some)
            }
            (None, None, Some(path)) => {
                if env.is_none() {
                    return Ok(None);
                }
                let read = |path: &str| read_proxy(url_in_file(path)?.expose_secret());
                self.text("endpoint.proxy_file", path, read).map(Some)
            }
            (_, Some(second), _) => Err(self.error(second, "endpoint.proxy_env", Problem::TwoProxies)),
            (Some(_), None, Some(second)) => {
                Err(self.error(second, "endpoint.proxy_file", Problem::TwoProxies))
            }
        }
    }

    /// The headers that every message to an endpoint has; those from outside of the configuration only where secrets
    /// are read.
    pub(super) fn headers(
        &self,
        raw: &RawEndpoint,
        env: Option<Env<'_>>,
    ) -> Result<Vec<Header>, ConfigError> {
        const FIELD: &str = "endpoint.headers";
        let Some(table) = &raw.headers else { return Ok(Vec::new()) };
        let found = table.as_ref().len();
        if found > HEADERS_MAX {
            let problem = Problem::TooMany { found, most: HEADERS_MAX };
            return Err(self.error(table, FIELD, problem));
        }
        let mut headers: Vec<Header> = Vec::with_capacity(found);
        for (name, value) in table.as_ref() {
            let of = |value: &str| Header::new(name.as_ref(), value).map_err(Problem::from);
            // A name that cannot be is refused before its value is looked for.
            of("tried")
                .and_then(|_| match (value, env) {
                    (RawHeader::Text(text), _) => of(text).map(Some),
                    (RawHeader::Env(_) | RawHeader::File(_), None) => Ok(None),
                    (RawHeader::Env(name), Some(env)) => {
                        of(secret_in_env(name, env)?.expose_secret()).map(Some)
                    }
                    (RawHeader::File(path), Some(_)) => of(secret_in_file(path)?.expose_secret()).map(Some),
                })
                .and_then(|header| {
                    let Some(header) = header else { return Ok(()) };
                    if headers.iter().any(|other| other.name() == header.name()) {
                        return Err(Problem::Twice(header.name().to_string()));
                    }
                    headers.push(header);
                    Ok(())
                })
                .map_err(|problem| self.error(name, FIELD, problem))?;
        }
        Ok(headers)
    }
}

/// Reads a proxy that everybody may know.
fn read_open_proxy(text: &str) -> Result<Proxy, Problem> {
    let url: Url = text.parse().map_err(|_| NoProxy)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::ProxyCredentials);
    }
    Ok(Proxy::new(&url)?)
}

fn read_proxy(text: &str) -> Result<Proxy, Problem> {
    let url: Url = text.trim().parse().map_err(|_| NoProxy)?;
    Ok(Proxy::new(&url)?)
}
