//! The way to an endpoint: which keys its format has, and what they say.

use std::fs::File;
use std::io::Read;
use std::net::Ipv4Addr;

use secrecy::SecretSlice;
use toml::Spanned;
use url::{Host, Url};

use crate::delivery::formats::{Body, Template, topic_of};
use crate::delivery::{Channel, Web};
use crate::domain::delivery::Format;

use super::document::{Document, read_word};
use super::endpoint::RawEndpoint;
use super::secret::{read_secrets, secret_in_env, secret_in_file};
use super::{ConfigError, Env, Problem};

/// A file longer than this is no template.
pub(super) const TEMPLATE_SIZE_MAX_BYTES: u64 = 64 * 1024;
const DEFAULT_CONTENT_TYPE: &str = "application/json; charset=utf-8";

impl Document<'_> {
    pub(super) fn channel(&self, raw: &RawEndpoint, env: Option<Env<'_>>) -> Result<Channel, ConfigError> {
        let format = self.text_or("endpoint.format", raw.format.as_ref(), Format::CloudEvents, read_word)?;
        self.refuse_useless(raw, format)?;
        let body = match format {
            Format::CloudEvents => Body::CloudEvents,
            Format::Slack => Body::Slack,
            Format::Discord => Body::Discord,
            Format::Teams => Body::Teams,
            Format::Ntfy => Body::Ntfy,
            Format::Template => Body::Template(self.template(raw)?),
        };
        let url = self.needed("endpoint.url", raw, raw.url.as_ref(), format)?;
        let url = self.text("endpoint.url", url, |url| read_url(url, raw.allow_http, format))?;
        Ok(Channel::Web(Web { url, keys: self.secrets(raw, format, env)?, body }))
    }

    /// A key that its format does not use is a mistake.
    fn refuse_useless(&self, raw: &RawEndpoint, format: Format) -> Result<(), ConfigError> {
        let template = [Format::Template].as_slice();
        let keys = [
            ("endpoint.template", raw.template.as_ref(), template),
            ("endpoint.content_type", raw.content_type.as_ref(), template),
        ];
        for (field, value, formats) in keys {
            if let Some(value) = value
                && !formats.contains(&format)
            {
                return Err(self.error(value, field, Problem::Useless(format)));
            }
        }
        Ok(())
    }

    fn needed<'a, T>(
        &self,
        field: &'static str,
        raw: &RawEndpoint,
        value: Option<&'a Spanned<T>>,
        format: Format,
    ) -> Result<&'a Spanned<T>, ConfigError> {
        value.ok_or_else(|| self.error(&raw.name, field, Problem::Missing(format)))
    }

    fn template(&self, raw: &RawEndpoint) -> Result<Template, ConfigError> {
        let content_type = self.text_or(
            "endpoint.content_type",
            raw.content_type.as_ref(),
            DEFAULT_CONTENT_TYPE.to_owned(),
            read_content_type,
        )?;
        let file = self.needed("endpoint.template", raw, raw.template.as_ref(), Format::Template)?;
        self.text("endpoint.template", file, |path| {
            Template::new(&read_template(path)?, &content_type).map_err(Problem::Template)
        })
    }

    /// The keys to sign with. Where the URL is the secret they are optional.
    fn secrets(
        &self,
        raw: &RawEndpoint,
        format: Format,
        env: Option<Env<'_>>,
    ) -> Result<Vec<SecretSlice<u8>>, ConfigError> {
        let Some(env) = env else { return Ok(Vec::new()) };
        match (&raw.secret_file, &raw.secret_env) {
            (Some(path), None) => {
                self.text("endpoint.secret_file", path, |path| read_secrets(&secret_in_file(path)?))
            }
            (None, Some(name)) => {
                self.text("endpoint.secret_env", name, |name| read_secrets(&secret_in_env(name, env)?))
            }
            (Some(_), Some(second)) => Err(self.error(second, "endpoint.secret_env", Problem::TwoSecrets)),
            (None, None) => match format {
                Format::Slack | Format::Discord | Format::Teams | Format::Ntfy => Ok(Vec::new()),
                Format::CloudEvents | Format::Template => {
                    Err(self.error(&raw.name, "endpoint.secret_file", Problem::NoSecret))
                }
            },
        }
    }
}

fn read_template(path: &str) -> Result<String, Problem> {
    let error = |cause| Problem::TemplateFile { path: path.into(), cause };
    let mut text = String::new();
    let file = File::open(path).map_err(error)?;
    let size = file.take(TEMPLATE_SIZE_MAX_BYTES + 1).read_to_string(&mut text).map_err(error)?;
    if size as u64 > TEMPLATE_SIZE_MAX_BYTES { Err(Problem::TemplateSize(path.into())) } else { Ok(text) }
}

fn read_content_type(text: &str) -> Result<String, Problem> {
    let is_header = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let kind = text.split(';').next().unwrap_or_default().trim();
    match kind.split_once('/') {
        Some((kind, subtype)) if is_header && !kind.is_empty() && !subtype.is_empty() => Ok(text.to_owned()),
        Some(_) | None => Err(Problem::ContentType(text.to_owned())),
    }
}

fn read_url(text: &str, allow_http: bool, format: Format) -> Result<Url, Problem> {
    let url: Url = text.parse().map_err(Problem::Url)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::UrlCredentials);
    }
    if format == Format::Ntfy && topic_of(&url).is_none() {
        return Err(Problem::NoTopic);
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
