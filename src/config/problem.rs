//! What can be wrong with a configuration.

use std::io;
use std::path::PathBuf;

use crate::delivery::HeaderError;
use crate::delivery::formats::TemplateError;
use crate::domain::alert_kind::AlertKind;
use crate::domain::delivery::Format;
use crate::domain::id::{IdError, TreatyId};
use crate::domain::source::SourceKind;
use crate::domain::text::UnknownWord;
use crate::sources::NoSelector;
use crate::wire::NoProxy;

use super::channel::TEMPLATE_SIZE_MAX_BYTES;
use super::endpoint::CONCURRENCY_SUM_MAX;
use super::secret::{KEY_SIZE_MAX_BYTES, KEY_SIZE_MIN_BYTES, SECRET_FILE_SIZE_MAX_BYTES, SECRETS_MAX};

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
    /// Not a time that comes again.
    #[error(
        "`{0}` is no time that comes again: expected `daily HH:MM ZONE` or `weekly DAY HH:MM ZONE`, as in \
         `daily 08:00 Europe/Berlin` or `weekly mon 08:00 Europe/Berlin`"
    )]
    Recurrence(String),
    /// Kinds that nobody asks for by their name.
    #[error("`{0}` is not a routable kind; set the key `{0}` instead")]
    SummaryKind(AlertKind),
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
    /// More connections than a process should hold.
    #[error(
        "with this endpoint {0} attempts could run side by side: expected at most {CONCURRENCY_SUM_MAX} of all endpoints together"
    )]
    ConcurrencySum(u32),
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
    /// A heartbeat whose URL others could read.
    #[error("plain http to `{0}`, which is not a loopback or private address: expected https")]
    PlainHeartbeat(String),
    /// Several heartbeats.
    #[error("two heartbeats: expected one of `heartbeat`, `heartbeat_env` and `heartbeat_file`")]
    TwoHeartbeats,
    /// Two sources with one name.
    #[error("`{0}` is the name of another source: expected a name of its own")]
    SourceTwice(String),
    /// Sources without somebody to turn to.
    #[error(
        "missing: expected an address or a page under which the keeper of this installation is reached; it is sent to the sources"
    )]
    NoContact,
    /// Nobody can be reached there.
    #[error(
        "`{0}` is no contact: expected an address as in `desk@example.org`, or a page as in `https://example.org/contact`"
    )]
    Contact(String),
    /// A source that is neither on the web nor here.
    #[error("not over https: expected a URL as in `https://example.org/status`, or one of this machine")]
    SourceUrl,
    /// A source's URL with a user name or a password. It is not shown.
    #[error(
        "holds a user name or a password: a source's URL is stored and sent to receivers, and must not hold secrets"
    )]
    SourceCredentials,
    /// A source's URL with a parameter that holds a secret. Its value is not shown.
    #[error(
        "the parameter `{0}` looks like a secret: a source's URL is stored and sent to receivers, and must not hold secrets"
    )]
    SourceSecret(&'static str),
    /// A key that a kind of source needs.
    #[error("missing: expected one, which a source of the kind `{0}` needs")]
    SourceNeeds(SourceKind),
    /// A key that a kind of source does not have.
    #[error("is not valid for a source of kind `{0}`; remove it")]
    SourceUseless(SourceKind),
    /// Not a CSS selector.
    #[error(transparent)]
    Selector(NoSelector),
    /// Nothing to look for.
    #[error("empty: expected a word or more")]
    NoWords,
    /// A key that the format needs.
    #[error("missing: expected one, which the format `{0}` needs")]
    Missing(Format),
    /// A key that the format does not have.
    #[error("is not valid for format `{0}`; remove it")]
    Useless(Format),
    /// An ntfy server without a topic.
    #[error("ends with no topic: expected a URL as in `https://ntfy.example.org/treaties`")]
    NoTopic,
    /// Not a mail server. It is not shown: it may hold a password.
    #[error(
        "not a mail server: expected one as in `smtps://mail.example.org` or `smtp+starttls://mail.example.org:587`"
    )]
    SmtpForm,
    /// Mail without TLS to a host that may be anywhere.
    #[error(
        "plain smtp to `{0}`, which is not a loopback or private address: expected smtps or smtp+starttls, or \
         `allow_plain = true`"
    )]
    PlainSmtp(String),
    /// Not a name for a machine.
    #[error("`{0}` is not the full name of a machine: expected one as in `watch.example.org`")]
    Helo(String),
    /// Not a mail address.
    #[error(
        "`{0}` is not a mail address: expected one as in `desk@example.org` or `Desk <desk@example.org>`"
    )]
    Address(String),
    /// A user without a password.
    #[error("a user without a password: expected `password_file` or `password_env` beside it")]
    NoPassword,
    /// A password without a user.
    #[error("a password without a user: expected `user` beside it")]
    NoUser,
    /// Two places for a password.
    #[error("two passwords: expected either `password_file` or `password_env`")]
    TwoPasswords,
    /// There is nothing where the password should be.
    #[error("the password is empty: expected one line")]
    PasswordEmpty,
    /// Nothing that can be run.
    #[error("no command: expected a program and its arguments, as in `[\"notify\", \"--urgent\"]`")]
    Command,
    /// Not a media type.
    #[error("`{0}` is not a media type: expected one as in `application/json`")]
    ContentType(String),
    /// The file with the certificates cannot be read.
    #[error("cannot read {}: {cause}", .path.display())]
    CaFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file without a certificate.
    #[error("{} holds no certificate: expected one or more in PEM", .0.display())]
    CaForm(PathBuf),
    /// The file with the template cannot be read.
    #[error("cannot read {}: {cause}", .path.display())]
    TemplateFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file that is too long for a template.
    #[error("{} is longer than {TEMPLATE_SIZE_MAX_BYTES} bytes: expected a template", .0.display())]
    TemplateSize(PathBuf),
    /// A template that gives no body.
    #[error("{0}: expected a template that works for every alert")]
    Template(#[source] TemplateError),
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
    /// A key that nobody has made by chance.
    #[error("the secret's key repeats a few bytes: expected random ones, as `openssl rand -base64 32` makes")]
    SecretWeak,
    /// Several places for a URL.
    #[error("two URLs: expected one of `url`, `url_env` and `url_file`")]
    TwoUrls,
    /// Not a proxy. It is not shown: it may hold a password.
    #[error(transparent)]
    Proxy(#[from] NoProxy),
    /// A proxy with a user or a password, where others read it.
    #[error(
        "holds a user or a password: expected `proxy_env` or `proxy_file`, which name where such a URL is kept"
    )]
    ProxyCredentials,
    /// Several places for a proxy.
    #[error("two proxies: expected one of `proxy`, `proxy_env` and `proxy_file`")]
    TwoProxies,
    /// A header that cannot be sent.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A key that is too short or too long.
    #[error("the secret's key has {0} bytes: expected {KEY_SIZE_MIN_BYTES} to {KEY_SIZE_MAX_BYTES}")]
    SecretSize(usize),
}
