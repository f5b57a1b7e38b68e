//! The way to an endpoint: the keys that each format has, and what they say.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use crate::delivery::formats::{Body, Template, topic_of};
use crate::delivery::{Channel, Header, Web};
use crate::domain::delivery::Format;
use crate::wire::{NoProxy, Proxy};

use super::document::{Problem, Table, read_at};
use super::host::{has_credentials, read_url};
use super::mail::MailKeys;
use super::secret::{Kept, Secrets, only, read_keys};
use super::value::{Text, at_most, read_authorities, read_text, twice};

/// A longer file is no template.
const TEMPLATE_SIZE_MAX_BYTES: u64 = 64 * 1024;
/// How many headers an endpoint may have.
const HEADERS_MAX: usize = 16;
/// Headers whose value is a secret.
const SECRET_HEADERS: [&str; 2] = ["authorization", "cookie"];
/// Stands for a URL that is a secret where no secrets are read; it leads nowhere (RFC 2606).
const URL_UNREAD: &str = "https://not-read.invalid/unread";
const DEFAULT_CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// The keys of the formats that are sent over HTTP.
#[derive(Deserialize)]
struct WebKeys {
    url: Option<Spanned<String>>,
    url_env: Option<Spanned<String>>,
    url_file: Option<Spanned<String>>,
    #[serde(default)]
    allow_http: bool,
    secret_env: Option<Spanned<String>>,
    secret_file: Option<Spanned<String>>,
    ca_file: Option<Spanned<String>>,
    proxy: Option<Spanned<String>>,
    proxy_env: Option<Spanned<String>>,
    proxy_file: Option<Spanned<String>>,
    headers: Option<Spanned<BTreeMap<Spanned<String>, Kept>>>,
}

/// The keys that the format `template` has in addition.
#[derive(Deserialize)]
struct TemplateKeys {
    template: Spanned<String>,
    content_type: Option<Text<ContentType>>,
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
        let url = secrets.read(Some(&kept), |text| {
            let url = read_url(text, self.allow_http, "https, or `allow_http = true`")?;
            let has_topic = !matches!(body, Body::Ntfy) || topic_of(&url).is_some();
            let message = "ends with no topic: expected a URL as in `https://ntfy.example.org/treaties`";
            if has_topic { Ok(url) } else { Err(message.to_owned()) }
        })?;
        let two = "two secrets: expected either `secret_env` or `secret_file`";
        let keys = only(None, self.secret_env, self.secret_file, two)?;
        if keys.is_none() && needs_keys {
            return Err(Problem::new(at, "no secret: expected `secret_env` or `secret_file`"));
        }
        // Who reads the configuration could send there.
        secrets.are_here |= keys.is_none() && kept.get_ref().is_here();
        let keys = secrets.read(keys.as_ref(), read_keys)?;
        let two = "two proxies: expected one of `proxy`, `proxy_env` and `proxy_file`";
        let proxy = only(self.proxy, self.proxy_env, self.proxy_file, two)?;
        let is_here = proxy.as_ref().is_some_and(|kept| kept.get_ref().is_here());
        let proxy = secrets.read(proxy.as_ref(), |text| read_proxy(text, is_here))?;
        Ok(Channel::Web(Web {
            url: url.unwrap_or_else(|| Url::parse(URL_UNREAD).expect("a URL that a test has read")),
            keys: keys.unwrap_or_default(),
            body,
            authorities: read_authorities(self.ca_file.as_ref())?,
            proxy: proxy.map(Box::new),
            headers: self.headers.map_or(Ok(Vec::new()), |headers| read_headers(headers, secrets))?,
        }))
    }
}

impl TemplateKeys {
    fn template(self) -> Result<Template, Problem> {
        let content_type =
            self.content_type.map_or(DEFAULT_CONTENT_TYPE.to_owned(), |Text(ContentType(text))| text);
        read_at(&self.template, |path| {
            Template::new(&read_text(path, TEMPLATE_SIZE_MAX_BYTES, "a template")?, &content_type)
                .map_err(|error| format!("{error}: expected a template that works for every alert"))
        })
    }
}

/// Reads the headers that every message to an endpoint has; those that are kept elsewhere only where secrets are wanted.
fn read_headers(
    table: Spanned<BTreeMap<Spanned<String>, Kept>>,
    secrets: &mut Secrets<'_>,
) -> Result<Vec<Header>, Problem> {
    at_most(HEADERS_MAX, &table, table.get_ref().len())?;
    let mut headers: Vec<Header> = Vec::new();
    for (name, kept) in table.into_inner() {
        let of = |value: &str| Header::new(name.get_ref(), value);
        // A name that cannot be is refused before its value is looked for.
        read_at(&name, |_| of("tried"))?;
        let is_secret = |secret: &&str| name.get_ref().eq_ignore_ascii_case(secret);
        secrets.are_here |= kept.is_here() && SECRET_HEADERS.iter().any(is_secret);
        let Some(header) = secrets.read(Some(&Spanned::new(name.span(), kept)), of)? else { continue };
        if headers.iter().any(|other| other.name() == header.name()) {
            return Err(Problem::of(&name, twice(header.name())));
        }
        headers.push(header);
    }
    Ok(headers)
}

/// Reads a proxy. In the configuration itself it has no password: others may read that.
fn read_proxy(text: &str, is_here: bool) -> Result<Proxy, String> {
    let url: Url = text.parse().map_err(|_| NoProxy.to_string())?;
    if is_here && has_credentials(&url) {
        let message = "holds a user or a password: expected `proxy_env` or `proxy_file`, which name where such a URL \
                       is kept";
        return Err(message.to_owned());
    }
    Proxy::new(&url).map_err(|error| error.to_string())
}

/// Reads a command: a program and its arguments.
fn read_command(words: &[String]) -> Result<Vec<String>, &'static str> {
    let has_program = words.first().is_some_and(|program| !program.is_empty());
    if !has_program || words.iter().any(|word| word.contains('\0')) {
        return Err("no command: expected a program and its arguments, as in `[\"notify\", \"--urgent\"]`");
    }
    Ok(words.to_vec())
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
