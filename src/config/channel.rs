//! The way to an endpoint: the keys that each format has, and what they say.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::net::Ipv4Addr;
use std::str::FromStr;

use secrecy::SecretString;
use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use crate::delivery::email::{Mail, MailServer, Security, address};
use crate::delivery::formats::{Body, Template, topic_of};
use crate::delivery::{Channel, Header, Web};
use crate::domain::delivery::Format;
use crate::wire::{Authorities, NoProxy, Proxy};

use super::document::{Problem, Table, read_at};
use super::secret::{Kept, SecretFile, Secrets, Variable, only, read_keys};
use super::value::{Text, at_most, not_empty, twice};

/// A file longer than this is no template.
const TEMPLATE_SIZE_MAX_BYTES: u64 = 64 * 1024;
/// So many people an endpoint writes to; for more there are lists.
const RECIPIENTS_MAX: usize = 50;
/// So many headers of its own an endpoint may have.
const HEADERS_MAX: usize = 16;
/// Headers whose value is a secret, whoever has written it.
const SECRET_HEADERS: [&str; 2] = ["authorization", "cookie"];
/// So much of a file with certificates is read.
const CA_FILE_SIZE_MAX_BYTES: u64 = 1024 * 1024;
/// Stands for a URL that is a secret where no secrets are read; it leads nowhere (RFC 2606).
const URL_UNREAD: &str = "https://not-read.invalid/unread";
const DEFAULT_CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// The keys of the formats that are sent over HTTP.
#[derive(Deserialize)]
struct WebKeys {
    url: Option<Spanned<String>>,
    url_env: Option<Spanned<Text<Variable>>>,
    url_file: Option<Spanned<Text<SecretFile>>>,
    #[serde(default)]
    allow_http: bool,
    secret_env: Option<Spanned<Text<Variable>>>,
    secret_file: Option<Spanned<Text<SecretFile>>>,
    ca_file: Option<Spanned<String>>,
    proxy: Option<Spanned<String>>,
    proxy_env: Option<Spanned<Text<Variable>>>,
    proxy_file: Option<Spanned<Text<SecretFile>>>,
    headers: Option<Spanned<BTreeMap<Spanned<String>, Kept>>>,
}

/// The keys that the format `template` has in addition.
#[derive(Deserialize)]
struct TemplateKeys {
    template: Spanned<String>,
    content_type: Option<Text<ContentType>>,
}

/// The keys of the format `email`.
#[derive(Deserialize)]
struct MailKeys {
    smtp: Spanned<String>,
    from: Spanned<String>,
    to: Spanned<Vec<Spanned<String>>>,
    user: Option<Spanned<String>>,
    password_env: Option<Spanned<Text<Variable>>>,
    password_file: Option<Spanned<Text<SecretFile>>>,
    helo: Option<Text<Helo>>,
    #[serde(default)]
    allow_plain: bool,
    ca_file: Option<Spanned<String>>,
}

/// The keys of the format `command`.
#[derive(Deserialize)]
struct CommandKeys {
    command: Spanned<Vec<String>>,
}

/// Reads the keys of a format.
pub(super) fn read_channel(
    mut table: Table<'_>,
    format: Format,
    secrets: &mut Secrets<'_>,
) -> Result<Channel, Problem> {
    let (what, at) = (format!("format `{format}`"), table.at);
    let body = match format {
        Format::CloudEvents => Body::CloudEvents,
        Format::Slack => Body::Slack,
        Format::Discord => Body::Discord,
        Format::Teams => Body::Teams,
        Format::Ntfy => Body::Ntfy,
        Format::Template => {
            let web: WebKeys = table.take()?;
            let keys: TemplateKeys = table.take_last(what)?;
            return web.web(Body::Template(keys.template()?), at, secrets);
        }
        Format::Email => {
            let keys: MailKeys = table.take_last(what)?;
            return Ok(Channel::Email(Box::new(keys.mail(secrets)?)));
        }
        Format::Command => {
            let keys: CommandKeys = table.take_last(what)?;
            return read_at(&keys.command, |words| read_command(words)).map(Channel::Command);
        }
    };
    table.take_last::<WebKeys>(what)?.web(body, at, secrets)
}

impl WebKeys {
    fn web(self, body: Body, at: usize, secrets: &mut Secrets<'_>) -> Result<Channel, Problem> {
        // Where the URL is the secret, keys to sign with are optional.
        let needs_keys = match body {
            Body::CloudEvents | Body::Template(_) => true,
            Body::Slack | Body::Discord | Body::Teams | Body::Ntfy => false,
        };
        let two = "two URLs: expected one of `url`, `url_env` and `url_file`";
        let kept = only(self.url, self.url_env, self.url_file, two)?
            .ok_or_else(|| Problem::new(at, "no URL: expected one of `url`, `url_env` and `url_file`"))?;
        let url = secrets.read(&kept, |text| {
            let url = read_url(text, self.allow_http, "https, or `allow_http = true`")?;
            match body {
                Body::Ntfy if topic_of(&url).is_none() => {
                    Err("ends with no topic: expected a URL as in `https://ntfy.example.org/treaties`"
                        .to_owned())
                }
                _ => Ok(url),
            }
        })?;
        let two = "two secrets: expected either `secret_env` or `secret_file`";
        let keys = only(None, self.secret_env, self.secret_file, two)?;
        if keys.is_none() && needs_keys {
            return Err(Problem::new(at, "no secret: expected `secret_env` or `secret_file`"));
        }
        // Who reads the configuration could send there.
        secrets.are_here |= keys.is_none() && matches!(kept.get_ref(), Kept::Here(_));
        let keys = keys.map(|keys| secrets.read(&keys, read_keys)).transpose()?;
        let two = "two proxies: expected one of `proxy`, `proxy_env` and `proxy_file`";
        let proxy = only(self.proxy, self.proxy_env, self.proxy_file, two)?;
        let proxy = proxy.map(|kept| {
            let is_here = matches!(kept.get_ref(), Kept::Here(_));
            secrets.read(&kept, |text| read_proxy(text, is_here))
        });
        Ok(Channel::Web(Web {
            url: url.unwrap_or_else(|| Url::parse(URL_UNREAD).expect("a URL that a test has read")),
            keys: keys.flatten().unwrap_or_default(),
            body,
            authorities: self
                .ca_file
                .map(|file| read_at(&file, |path| read_authorities(path)))
                .transpose()?,
            proxy: proxy.transpose()?.flatten().map(Box::new),
            headers: self.headers.map_or(Ok(Vec::new()), |headers| read_headers(headers, secrets))?,
        }))
    }
}

impl TemplateKeys {
    fn template(self) -> Result<Template, Problem> {
        let content_type =
            self.content_type.map_or(DEFAULT_CONTENT_TYPE.to_owned(), |Text(ContentType(text))| text);
        read_at(&self.template, |path| {
            let too_long =
                || format!("{path} is longer than {TEMPLATE_SIZE_MAX_BYTES} bytes: expected a template");
            let bytes = read_file(path, TEMPLATE_SIZE_MAX_BYTES + 1)?;
            if bytes.len() as u64 > TEMPLATE_SIZE_MAX_BYTES {
                return Err(too_long());
            }
            let text = String::from_utf8(bytes).map_err(|error| format!("cannot read {path}: {error}"))?;
            Template::new(&text, &content_type)
                .map_err(|error| format!("{error}: expected a template that works for every alert"))
        })
    }
}

impl MailKeys {
    fn mail(self, secrets: &mut Secrets<'_>) -> Result<Mail, Problem> {
        not_empty(&self.to)?;
        at_most(&self.to, self.to.get_ref().len(), RECIPIENTS_MAX)?;
        let two = "two passwords: expected either `password_env` or `password_file`";
        let password = only(None, self.password_env, self.password_file, two)?;
        let credentials = match (self.user, password) {
            (None, None) => None,
            (Some(user), Some(kept)) => {
                secrets.read(&kept, read_password)?.map(|password| (user.into_inner(), password))
            }
            (Some(user), None) => {
                let message =
                    "a user without a password: expected `password_env` or `password_file` beside it";
                return Err(Problem::of(&user, message));
            }
            (None, Some(kept)) => {
                return Err(Problem::of(&kept, "a password without a user: expected `user` beside it"));
            }
        };
        let mailbox = |text: &Spanned<String>| {
            read_at(text, |text| {
                address(text).map_err(|_| {
                    format!(
                        "`{text}` is not a mail address: expected one as in `desk@example.org` or \
                         `Desk <desk@example.org>`"
                    )
                })
            })
        };
        Ok(Mail {
            server: read_at(&self.smtp, |text| read_smtp(text, self.allow_plain))?,
            credentials,
            authorities: self
                .ca_file
                .map(|file| read_at(&file, |path| read_authorities(path)))
                .transpose()?,
            helo: self.helo.map(|Text(Helo(name))| name),
            from: mailbox(&self.from)?,
            to: self.to.get_ref().iter().map(mailbox).collect::<Result<_, _>>()?,
        })
    }
}

/// Reads the headers that every message to an endpoint has; those that are kept elsewhere only where secrets are wanted.
fn read_headers(
    table: Spanned<BTreeMap<Spanned<String>, Kept>>,
    secrets: &mut Secrets<'_>,
) -> Result<Vec<Header>, Problem> {
    at_most(&table, table.get_ref().len(), HEADERS_MAX)?;
    let mut headers: Vec<Header> = Vec::new();
    for (name, kept) in table.into_inner() {
        let of = |value: &str| Header::new(name.get_ref(), value);
        // A name that cannot be is refused before its value is looked for.
        read_at(&name, |_| of("tried"))?;
        let is_secret = |secret: &&str| name.get_ref().eq_ignore_ascii_case(secret);
        secrets.are_here |= matches!(kept, Kept::Here(_)) && SECRET_HEADERS.iter().any(is_secret);
        let Some(header) = secrets.read(&Spanned::new(name.span(), kept), of)? else { continue };
        if headers.iter().any(|other| other.name() == header.name()) {
            return Err(Problem::of(&name, twice(header.name())));
        }
        headers.push(header);
    }
    Ok(headers)
}

/// Reads a proxy; one that is written in the configuration has no password.
fn read_proxy(text: &str, is_here: bool) -> Result<Proxy, String> {
    let url: Url = text.parse().map_err(|_| NoProxy.to_string())?;
    if is_here && has_credentials(&url) {
        let message = "holds a user or a password: expected `proxy_env` or `proxy_file`, which name where such a URL \
                       is kept";
        return Err(message.to_owned());
    }
    Proxy::new(&url).map_err(|error| error.to_string())
}

pub(super) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Reads a command: a program and its arguments.
fn read_command(words: &[String]) -> Result<Vec<String>, &'static str> {
    let has_program = words.first().is_some_and(|program| !program.is_empty());
    if !has_program || words.iter().any(|word| word.contains('\0')) {
        return Err("no command: expected a program and its arguments, as in `[\"notify\", \"--urgent\"]`");
    }
    Ok(words.to_vec())
}

/// Reads a server, as in `smtps://mail.example.org` or `smtp+starttls://mail.example.org:587`.
fn read_smtp(text: &str, allow_plain: bool) -> Result<MailServer, String> {
    // It is not shown: it may hold a password.
    let malformed = || {
        "not a mail server: expected one as in `smtps://mail.example.org` or `smtp+starttls://mail.example.org:587`"
            .to_owned()
    };
    let url: Url = text.parse().map_err(|_| malformed())?;
    let (security, port) = match url.scheme() {
        "smtps" => (Security::Tls, 465),
        "smtp+starttls" => (Security::StartTls, 587),
        "smtp" => (Security::Plain, 25),
        _ => return Err(malformed()),
    };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
    let has_more = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
    if has_more || has_credentials(&url) {
        return Err(malformed());
    }
    // An address is read as one, with or without brackets; what is none is a name.
    let is_near = Host::parse(host).is_ok_and(|host| match &host {
        Host::Domain(name) => is_near(&Host::Domain(name.as_str())),
        Host::Ipv4(address) => is_near(&Host::Ipv4(*address)),
        Host::Ipv6(address) => is_near(&Host::Ipv6(*address)),
    });
    if security == Security::Plain && !allow_plain && !is_near {
        return Err(plain("smtp", host, "smtps or smtp+starttls, or `allow_plain = true`"));
    }
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(MailServer { host, port: url.port().unwrap_or(port), security })
}

fn plain(protocol: &str, host: impl Display, expected: &str) -> String {
    format!("plain {protocol} to `{host}`, which is not a loopback or private address: expected {expected}")
}

/// A name or an address by which the machine is known to a mail server.
struct Helo(String);

impl FromStr for Helo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // An address with or without its brackets.
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        match Host::parse(inner.unwrap_or(text)).or_else(|_| Host::parse(text)) {
            Ok(Host::Domain(name)) if name.contains('.') && inner.is_none() => Ok(Self(text.to_owned())),
            Ok(Host::Ipv4(address)) => Ok(Self(address.to_string())),
            Ok(Host::Ipv6(_)) => Ok(Self(text.to_owned())),
            Ok(Host::Domain(_)) | Err(_) => Err(format!(
                "`{text}` is not the full name of a machine: expected one as in `watch.example.org`"
            )),
        }
    }
}

/// Reads a password: one line. The newline at a file's end is not part of it.
fn read_password(text: &str) -> Result<SecretString, &'static str> {
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() { Err("the password is empty: expected one line") } else { Ok(line.into()) }
}

/// Reads the authorities in a file.
pub(super) fn read_authorities(path: &str) -> Result<Authorities, String> {
    let pem = read_file(path, CA_FILE_SIZE_MAX_BYTES)?;
    Authorities::read(&pem).map_err(|_| format!("{path} holds no certificate: expected one or more in PEM"))
}

fn read_file(path: &str, size_max_bytes: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = |file: File| file.take(size_max_bytes).read_to_end(&mut bytes);
    File::open(path).and_then(read).map_err(|error: io::Error| format!("cannot read {path}: {error}"))?;
    Ok(bytes)
}

/// A media type.
struct ContentType(String);

impl FromStr for ContentType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_header = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let kind = text.split(';').next().unwrap_or_default().trim();
        match kind.split_once('/') {
            Some((kind, subtype)) if is_header && !kind.is_empty() && !subtype.is_empty() => {
                Ok(Self(text.to_owned()))
            }
            Some(_) | None => {
                Err(format!("`{text}` is not a media type: expected one as in `application/json`"))
            }
        }
    }
}

/// Reads a URL that messages are sent to. It is not shown: it may hold a token. `expected` says what to write instead of
/// plain HTTP to a host that may be anywhere.
pub(super) fn read_url(text: &str, allow_http: bool, expected: &str) -> Result<Url, String> {
    let malformed = |error| format!("not a URL ({error}): expected one as in `https://example.org/hook`");
    let url: Url = text.parse().map_err(malformed)?;
    if has_credentials(&url) {
        let message =
            "holds a user name or a password: expected a URL without; the signature shows who sends";
        return Err(message.to_owned());
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if allow_http || is_near(&host) => Ok(url),
        ("http", Some(host)) => Err(plain("http", host, expected)),
        (scheme, None | Some(_)) => Err(format!("the scheme is `{scheme}`: expected `https` or `http`")),
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
