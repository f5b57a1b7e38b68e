//! The keys of an endpoint that sends mail.

use std::str::FromStr;

use secrecy::SecretString;
use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use crate::delivery::mail::{Mail, MailServer, Security, address};

use super::document::{Problem, read_at};
use super::host::{has_credentials, is_near, plain};
use super::secret::{Secrets, only};
use super::value::{Text, at_most, not_empty, read_authorities};

/// How many addresses an endpoint may write to; a mailing list serves more.
const RECIPIENTS_MAX: usize = 50;

/// The keys of the format `email`.
#[derive(Deserialize)]
pub(super) struct MailKeys {
    smtp: Spanned<String>,
    from: Spanned<String>,
    to: Spanned<Vec<Spanned<String>>>,
    user: Option<Spanned<String>>,
    password_env: Option<Spanned<String>>,
    password_file: Option<Spanned<String>>,
    helo: Option<Text<Helo>>,
    #[serde(default)]
    allow_plain: bool,
    ca_file: Option<Spanned<String>>,
}

impl MailKeys {
    pub(super) fn mail(self, secrets: &mut Secrets<'_>) -> Result<Mail, Problem> {
        not_empty(&self.to)?;
        at_most(RECIPIENTS_MAX, &self.to, self.to.get_ref().len())?;
        let two = "two passwords: expected either `password_env` or `password_file`";
        let password = only(None, self.password_env, self.password_file, two)?;
        let credentials = match (self.user, password) {
            (None, None) => None,
            (Some(user), Some(kept)) => {
                secrets.read(Some(&kept), read_password)?.map(|password| (user.into_inner(), password))
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
            authorities: read_authorities(self.ca_file.as_ref())?,
            helo: self.helo.map(|Text(Helo(name))| name),
            from: mailbox(&self.from)?,
            to: self.to.get_ref().iter().map(mailbox).collect::<Result<_, _>>()?,
        })
    }
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
