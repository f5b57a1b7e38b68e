//! The way to an endpoint: which keys its format has, and what they say.

use std::fs::File;
use std::io::Read;
use std::net::Ipv4Addr;

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use toml::Spanned;
use url::{Host, Url};

use crate::delivery::formats::{Body, Template, topic_of};
use crate::delivery::mail::{Mail, MailServer, Security, address};
use crate::delivery::{Channel, Web};
use crate::domain::delivery::Format;
use crate::wire::Authorities;

use super::document::{Document, read_word};
use super::endpoint::RawEndpoint;
use super::secret::{read_secrets, secret_in_env, secret_in_file, url_in_env, url_in_file};
use super::{ConfigError, Env, Problem};

/// A file longer than this is no template.
pub(super) const TEMPLATE_SIZE_MAX_BYTES: u64 = 64 * 1024;
/// So many people an endpoint writes to; for more there are lists.
const RECIPIENTS_MAX: usize = 50;
/// So much of a file with certificates is read.
const CA_FILE_SIZE_MAX_BYTES: u64 = 1024 * 1024;
/// The formats that may go over TLS.
const TLS: &[Format] = &[
    Format::CloudEvents,
    Format::Slack,
    Format::Discord,
    Format::Teams,
    Format::Ntfy,
    Format::Template,
    Format::Email,
];
/// The formats that are sent over HTTP.
const WEB: &[Format] =
    &[Format::CloudEvents, Format::Slack, Format::Discord, Format::Teams, Format::Ntfy, Format::Template];
/// Stands for a URL that is a secret where no secrets are read; it leads nowhere (RFC 2606).
const URL_UNREAD: &str = "https://not-read.invalid/unread";
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
            Format::Email => return Ok(Channel::Email(Box::new(self.mail(raw, env)?))),
            Format::Command => return Ok(Channel::Command(self.command(raw)?)),
        };
        Ok(Channel::Web(Web {
            url: self.url(raw, format, env)?,
            keys: self.secrets(raw, format, env)?,
            body,
            authorities: self.authorities(raw)?,
            proxy: self.proxy(raw, env)?.map(Box::new),
            headers: self.headers(raw, env)?,
        }))
    }

    /// Where messages go: that stands in the configuration, or, where it is a secret, in the environment or a file.
    fn url(&self, raw: &RawEndpoint, format: Format, env: Option<Env<'_>>) -> Result<Url, ConfigError> {
        let read = |url: &str| read_url(url.trim(), raw.allow_http(), format);
        let unread = || Ok(Url::parse(URL_UNREAD).expect("a URL that a test has read"));
        match (&raw.url, &raw.url_env, &raw.url_file) {
            (Some(url), None, None) => {
                self.text("endpoint.url", url, |url| read_url(url, raw.allow_http(), format))
            }
            (None, Some(name), None) => {
                let Some(env) = env else { return unread() };
                self.text("endpoint.url_env", name, |name| read(url_in_env(name, env)?.expose_secret()))
            }
            (None, None, Some(path)) => {
                if env.is_none() {
                    return unread();
                }
                self.text("endpoint.url_file", path, |path| read(url_in_file(path)?.expose_secret()))
            }
            (None, None, None) => Err(self.error(&raw.name, "endpoint.url", Problem::Missing(format))),
            (_, Some(second), _) => Err(self.error(second, "endpoint.url_env", Problem::TwoUrls)),
            (Some(_), None, Some(second)) => Err(self.error(second, "endpoint.url_file", Problem::TwoUrls)),
        }
    }

    /// A key that its format does not use is a mistake.
    fn refuse_useless(&self, raw: &RawEndpoint, format: Format) -> Result<(), ConfigError> {
        fn at<T>(value: &Option<Spanned<T>>) -> Option<usize> {
            value.as_ref().map(|value| value.span().start)
        }
        let keys = [
            ("endpoint.url", at(&raw.url), WEB),
            ("endpoint.url_file", at(&raw.url_file), WEB),
            ("endpoint.url_env", at(&raw.url_env), WEB),
            ("endpoint.secret_file", at(&raw.secret_file), WEB),
            ("endpoint.secret_env", at(&raw.secret_env), WEB),
            ("endpoint.allow_http", at(&raw.allow_http), WEB),
            ("endpoint.ca_file", at(&raw.ca_file), TLS),
            ("endpoint.proxy", at(&raw.proxy), WEB),
            ("endpoint.proxy_file", at(&raw.proxy_file), WEB),
            ("endpoint.proxy_env", at(&raw.proxy_env), WEB),
            ("endpoint.headers", at(&raw.headers), WEB),
            ("endpoint.template", at(&raw.template), &[Format::Template]),
            ("endpoint.content_type", at(&raw.content_type), &[Format::Template]),
            ("endpoint.smtp", at(&raw.smtp), &[Format::Email]),
            ("endpoint.from", at(&raw.from), &[Format::Email]),
            ("endpoint.to", at(&raw.to), &[Format::Email]),
            ("endpoint.user", at(&raw.user), &[Format::Email]),
            ("endpoint.password_file", at(&raw.password_file), &[Format::Email]),
            ("endpoint.password_env", at(&raw.password_env), &[Format::Email]),
            ("endpoint.helo", at(&raw.helo), &[Format::Email]),
            ("endpoint.allow_plain", at(&raw.allow_plain), &[Format::Email]),
            ("endpoint.command", at(&raw.command), &[Format::Command]),
        ];
        let useless = keys.into_iter().find(|(_, at, formats)| at.is_some() && !formats.contains(&format));
        match useless {
            Some((field, Some(at), _)) => Err(self.error_at(at, field, Problem::Useless(format))),
            Some((_, None, _)) | None => Ok(()),
        }
    }

    fn authorities(&self, raw: &RawEndpoint) -> Result<Option<Authorities>, ConfigError> {
        let read = |file| self.text("endpoint.ca_file", file, read_authorities);
        raw.ca_file.as_ref().map(read).transpose()
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

    fn mail(&self, raw: &RawEndpoint, env: Option<Env<'_>>) -> Result<Mail, ConfigError> {
        let format = Format::Email;
        let smtp = self.needed("endpoint.smtp", raw, raw.smtp.as_ref(), format)?;
        let from = self.needed("endpoint.from", raw, raw.from.as_ref(), format)?;
        let to = self.needed("endpoint.to", raw, raw.to.as_ref(), format)?;
        if to.as_ref().is_empty() {
            return Err(self.error(to, "endpoint.to", Problem::EmptyList));
        }
        if to.as_ref().len() > RECIPIENTS_MAX {
            let problem = Problem::TooMany { found: to.as_ref().len(), most: RECIPIENTS_MAX };
            return Err(self.error(to, "endpoint.to", problem));
        }
        let allow_plain = raw.allow_plain.as_ref().is_some_and(|allow| *allow.as_ref());
        let address = |text: &str| address(text).map_err(|_| Problem::Address(text.to_owned()));
        Ok(Mail {
            server: self.text("endpoint.smtp", smtp, |text| read_smtp(text, allow_plain))?,
            credentials: self.credentials(raw, env)?,
            authorities: self.authorities(raw)?,
            helo: raw.helo.as_ref().map(|helo| self.text("endpoint.helo", helo, read_helo)).transpose()?,
            from: self.text("endpoint.from", from, address)?,
            to: to
                .as_ref()
                .iter()
                .map(|to| self.text("endpoint.to", to, address))
                .collect::<Result<_, _>>()?,
        })
    }

    fn credentials(
        &self,
        raw: &RawEndpoint,
        env: Option<Env<'_>>,
    ) -> Result<Option<(String, SecretString)>, ConfigError> {
        let Some(user) = &raw.user else {
            let password = [
                ("endpoint.password_file", raw.password_file.as_ref()),
                ("endpoint.password_env", raw.password_env.as_ref()),
            ];
            return match password.into_iter().find_map(|(field, value)| Some((field, value?))) {
                Some((field, value)) => Err(self.error(value, field, Problem::NoUser)),
                None => Ok(None),
            };
        };
        let Some(env) = env else { return Ok(None) };
        let password = match (&raw.password_file, &raw.password_env) {
            (Some(path), None) => {
                self.text("endpoint.password_file", path, |path| read_password(&secret_in_file(path)?))
            }
            (None, Some(name)) => {
                self.text("endpoint.password_env", name, |name| read_password(&secret_in_env(name, env)?))
            }
            (Some(_), Some(second)) => {
                Err(self.error(second, "endpoint.password_env", Problem::TwoPasswords))
            }
            (None, None) => Err(self.error(user, "endpoint.user", Problem::NoPassword)),
        }?;
        Ok(Some((user.as_ref().clone(), password)))
    }

    fn command(&self, raw: &RawEndpoint) -> Result<Vec<String>, ConfigError> {
        let command = self.needed("endpoint.command", raw, raw.command.as_ref(), Format::Command)?;
        let words = command.as_ref();
        let has_program = words.first().is_some_and(|program| !program.is_empty());
        if !has_program || words.iter().any(|word| word.contains('\0')) {
            return Err(self.error(command, "endpoint.command", Problem::Command));
        }
        Ok(words.clone())
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
                Format::CloudEvents | Format::Template | Format::Email | Format::Command => {
                    Err(self.error(&raw.name, "endpoint.secret_file", Problem::NoSecret))
                }
            },
        }
    }
}

/// Reads a server, as in `smtps://mail.example.org` or `smtp+starttls://mail.example.org:587`.
fn read_smtp(text: &str, allow_plain: bool) -> Result<MailServer, Problem> {
    let url: Url = text.parse().map_err(|_| Problem::SmtpForm)?;
    let (security, port) = match url.scheme() {
        "smtps" => (Security::Tls, 465),
        "smtp+starttls" => (Security::StartTls, 587),
        "smtp" => (Security::Plain, 25),
        _ => return Err(Problem::SmtpForm),
    };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Problem::SmtpForm)?;
    let has_more = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
    if has_more || !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::SmtpForm);
    }
    // An address is read as one, with or without brackets; what is none is a name.
    let is_near = Host::parse(host).is_ok_and(|host| match &host {
        Host::Domain(name) => is_near(&Host::Domain(name.as_str())),
        Host::Ipv4(address) => is_near(&Host::Ipv4(*address)),
        Host::Ipv6(address) => is_near(&Host::Ipv6(*address)),
    });
    if security == Security::Plain && !allow_plain && !is_near {
        return Err(Problem::PlainSmtp(host.to_owned()));
    }
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(MailServer { host, port: url.port().unwrap_or(port), security })
}

/// Reads a name or an address by which the machine is known to a mail server.
fn read_helo(text: &str) -> Result<String, Problem> {
    // An address with or without its brackets.
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match Host::parse(inner.unwrap_or(text)).or_else(|_| Host::parse(text)) {
        Ok(Host::Domain(name)) if name.contains('.') && inner.is_none() => Ok(text.to_owned()),
        Ok(Host::Ipv4(address)) => Ok(address.to_string()),
        Ok(Host::Ipv6(_)) => Ok(text.to_owned()),
        Ok(Host::Domain(_)) | Err(_) => Err(Problem::Helo(text.to_owned())),
    }
}

/// A password is one line; the newline at a file's end is not part of it.
fn read_password(text: &SecretString) -> Result<SecretString, Problem> {
    let line = text.expose_secret().trim_end_matches(['\r', '\n']);
    if line.is_empty() { Err(Problem::PasswordEmpty) } else { Ok(line.to_owned().into()) }
}

pub(super) fn read_authorities(path: &str) -> Result<Authorities, Problem> {
    let error = |cause| Problem::CaFile { path: path.into(), cause };
    let mut pem = Vec::new();
    let file = File::open(path).map_err(error)?;
    file.take(CA_FILE_SIZE_MAX_BYTES).read_to_end(&mut pem).map_err(error)?;
    Authorities::read(&pem).map_err(|_| Problem::CaForm(path.into()))
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

/// Reads a URL that is a secret as a whole.
pub(super) fn read_secret_url(text: &str) -> Result<Url, Problem> {
    read_url(text, false, Format::CloudEvents).map_err(|problem| match problem {
        Problem::PlainHttp(host) => Problem::PlainHeartbeat(host),
        other => other,
    })
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
