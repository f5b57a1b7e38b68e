//! How sources are asked: seldom, one at a time on a host, and with a name and an address to complain to.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    RETRY_AFTER,
};
use reqwest::{Client, StatusCode, redirect, retry};
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;
use url::{Host, Url};

use crate::wire;

/// The longest body that is read, unpacked: the longest page of a depositary has some 2 MB.
pub const BODY_SIZE_MAX_BYTES: usize = 16 * 1024 * 1024;
const CONNECT_TIMEOUT_S: u64 = 10;
const REDIRECTS_MAX: usize = 5;

/// The limits that a fetcher keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Two requests to one host begin at least so far apart.
    pub spacing: Duration,
    /// A body that takes longer, as a whole, is given up.
    pub timeout: Duration,
    /// A connection on which nothing comes for so long is given up.
    pub silence: Duration,
    /// The longest body that is read, unpacked.
    pub size_max_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            spacing: Duration::from_secs(5),
            timeout: Duration::from_secs(90),
            silence: Duration::from_secs(20),
            size_max_bytes: BODY_SIZE_MAX_BYTES,
        }
    }
}

/// What is asked of a server.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Where.
    pub url: &'a Url,
    /// A question in JSON, which is posted; none for a page that is got.
    pub question: Option<&'a str>,
    /// What the server gave with its last answer: it need not send that again.
    pub etag: Option<&'a str>,
    /// The same, as a date.
    pub last_modified: Option<&'a str>,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// What it had answered before.
    NotModified,
    /// This.
    Page(Page),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// The media type, in lower case and without parameters.
    pub media_type: String,
    /// What to ask by next time.
    pub etag: Option<String>,
    /// The same, as a date.
    pub last_modified: Option<String>,
}

/// Why there is no answer that could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server refuses, or has nothing there.
    #[error("it answered {status}")]
    Status {
        /// What it answered.
        status: StatusCode,
        /// How long it asked to wait.
        retry_after: Option<TimeDelta>,
    },
    /// It sends elsewhere than this may follow.
    #[error("it redirects to another host, or away from https, or without end")]
    Redirect,
    /// The answer is longer than any page should be.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// It took too long.
    #[error("it took too long")]
    TimedOut,
    /// There was no connection, or it broke.
    #[error("{0}")]
    Broken(String),
    /// Nothing can be fetched over https on this machine.
    #[error("https does not work on this machine: {0}")]
    NoHttps(String),
}

impl FetchError {
    /// How long the server asked to wait.
    pub fn retry_after(&self) -> Option<TimeDelta> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Redirect | Self::TooLarge(_) | Self::TimedOut | Self::Broken(_) | Self::NoHttps(_) => None,
        }
    }
}

/// The hosts that were asked, each with a turn that one request holds, and when the last one began.
type Hosts = Mutex<BTreeMap<String, Arc<Turn<Option<Instant>>>>>;

/// Asks servers. To be made once and shared: it knows when each host was asked last.
#[derive(Debug)]
pub struct Fetcher {
    client: Result<Client, String>,
    plain: Client,
    limits: Limits,
    hosts: Hosts,
}

impl Fetcher {
    /// Makes a fetcher that names itself and `contact`, an address or a page where its keeper is reached.
    pub fn new(contact: &str, limits: Limits) -> Result<Self, wire::ClientError> {
        let agent = format!("{} (+{contact})", wire::USER_AGENT);
        let build = |certificates: bool| {
            let builder = Client::builder()
                .user_agent(&agent)
                .redirect(redirect::Policy::custom(follow))
                .no_proxy()
                .retry(retry::never())
                .gzip(true)
                .connect_timeout(Duration::from_secs(CONNECT_TIMEOUT_S).min(limits.timeout))
                .read_timeout(limits.silence)
                .timeout(limits.timeout);
            if certificates { builder.build() } else { builder.tls_certs_only([]).build() }
        };
        wire::choose_cryptography();
        let client = build(true).map_err(|problem| wire::root_cause(&problem));
        let plain = build(false).map_err(wire::ClientError)?;
        Ok(Self { client, plain, limits, hosts: Hosts::default() })
    }

    /// Asks once. `now` is what the server's dates are compared with.
    pub async fn fetch(&self, ask: Ask<'_>, now: DateTime<Utc>) -> Result<Fetched, FetchError> {
        let client = match (&self.client, ask.url.scheme()) {
            (Ok(client), _) => client,
            (Err(_), "http") => &self.plain,
            (Err(problem), _) => return Err(FetchError::NoHttps(problem.clone())),
        };
        let turn = self.turn_of(ask.url);
        // Held until the answer has come: one request a host at a time.
        let mut began = turn.lock().await;
        if let Some(began) = *began {
            tokio::time::sleep_until(began + self.limits.spacing).await;
        }
        *began = Some(Instant::now());
        let mut request = match ask.question {
            Some(question) => client
                .post(ask.url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header(ACCEPT, "application/json")
                .body(question.to_owned()),
            None => client.get(ask.url.clone()),
        };
        for (name, value) in [(IF_NONE_MATCH, ask.etag), (IF_MODIFIED_SINCE, ask.last_modified)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let mut answer = request.send().await.map_err(|error| broken(&error))?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Fetched::NotModified);
        }
        if status != StatusCode::OK {
            let retry_after = answer.headers().get(RETRY_AFTER).and_then(|wait| wire::retry_after(wait, now));
            return Err(FetchError::Status { status, retry_after });
        }
        let text = |name: HeaderName, headers: &HeaderMap| {
            headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let (etag, last_modified) = (text(ETAG, answer.headers()), text(LAST_MODIFIED, answer.headers()));
        let media_type = text(CONTENT_TYPE, answer.headers()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| broken(&error))? {
            if self.limits.size_max_bytes < body.len() + chunk.len() {
                return Err(FetchError::TooLarge(self.limits.size_max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched::Page(Page { body, media_type, etag, last_modified }))
    }

    fn turn_of(&self, url: &Url) -> Arc<Turn<Option<Instant>>> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(host).or_default())
    }
}

/// Whether a source may be there: over https, or on this machine.
pub fn is_allowed(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.host().is_some() && (url.scheme() == "https" || url.scheme() == "http" && is_here)
}

/// Follows within the host alone, and never away from https.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let same = attempt.previous().last().is_some_and(|before| {
        before.scheme() == attempt.url().scheme()
            && before.host_str() == attempt.url().host_str()
            && before.port_or_known_default() == attempt.url().port_or_known_default()
    });
    if same && attempt.previous().len() <= REDIRECTS_MAX { attempt.follow() } else { attempt.error(Astray) }
}

/// A redirect that is not followed.
#[derive(Debug, thiserror::Error)]
#[error("a redirect that is not followed")]
struct Astray;

fn broken(error: &reqwest::Error) -> FetchError {
    if error.is_redirect() {
        return FetchError::Redirect;
    }
    if error.is_timeout() {
        return FetchError::TimedOut;
    }
    let what = if error.is_connect() {
        "no connection"
    } else if error.is_decode() || error.is_body() {
        "the answer is not whole"
    } else {
        "no answer"
    };
    let cause = error.source().map(|_| format!(": {}", wire::root_cause(error))).unwrap_or_default();
    FetchError::Broken(format!("{what}{cause}"))
}
