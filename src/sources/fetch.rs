//! How sources are asked: seldom, one at a time on a host, and with a name and an address to complain to. A host
//! that asks to be left alone is.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::io::Read as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::read::MultiGzDecoder;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, RequestBuilder, StatusCode, redirect, retry};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::SHOWN_CHARS_MAX;
use crate::domain::outside::line;
use crate::offload::{OffloadError, offload};
use crate::wire::{self, Authorities};

/// The longest body that is read, unpacked: a dataset or a file. Pages, lists and feeds are shorter.
pub const BODY_SIZE_MAX_BYTES: usize = 16 * 1024 * 1024;
const CONNECT_TIMEOUT_S: u64 = 10;
const REDIRECTS_MAX: usize = 5;
/// A server that asks for a longer pause is asked again all the same: numbers get mistyped, and a pause must not hide
/// that a source has died.
const LEFT_ALONE_MAX: TimeDelta = TimeDelta::days(1);
/// An `ETag` or a date that is longer is not sent back: a server may refuse the request for it, and again each time.
const VALIDATOR_MAX_BYTES: usize = 1024;

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

impl Limits {
    fn connect_timeout(self) -> Duration {
        Duration::from_secs(CONNECT_TIMEOUT_S).min(self.timeout)
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
    /// The longest body of its kind, unpacked.
    pub size_max_bytes: usize,
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
    /// What the server says that it is, as in `text/html; charset=utf-8`; empty if it does not.
    pub content_type: String,
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
        /// How long it asked to wait, a day at most.
        retry_after: Option<TimeDelta>,
    },
    /// Its host was asked before, and wants to be left alone: it was not asked.
    #[error("its host asked for a pause of {} s more", .0.num_seconds())]
    LeftAlone(TimeDelta),
    /// It sends to another host, or away from https.
    #[error("it redirects to {0}, which is another host, port or scheme")]
    Redirect(String),
    /// It sends from one place to the next.
    #[error("it redirects more than {REDIRECTS_MAX} times")]
    Redirects,
    /// The answer is longer than any page should be.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// It took too long.
    #[error("it was silent for {:?}, or took more than {:?}", .0.silence, .0.timeout)]
    TimedOut(Limits),
    /// There was no connection, or none that can be trusted.
    #[error("no connection: {0}")]
    Connect(String),
    /// The answer ended before its end, or cannot be unpacked.
    #[error("the answer is not whole: {0}")]
    Cut(String),
    /// It speaks something else than HTTP.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// What was packed could not be unpacked in time.
    #[error("{0}")]
    Unread(OffloadError),
    /// Nothing can be fetched over https on this machine.
    #[error("https does not work on this machine: {0}")]
    NoHttps(String),
}

impl FetchError {
    /// How long the server asked to wait.
    pub fn retry_after(&self) -> Option<TimeDelta> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::LeftAlone(wait) => Some(*wait),
            Self::Redirect(_)
            | Self::Redirects
            | Self::TooLarge(_)
            | Self::TimedOut(_)
            | Self::Connect(_)
            | Self::Cut(_)
            | Self::NoAnswer(_)
            | Self::Unread(_)
            | Self::NoHttps(_) => None,
        }
    }
}

/// What is known of a host.
#[derive(Debug, Default)]
struct Host {
    /// When the last request to it began.
    began: Option<Instant>,
    /// Until when it wants no more of them.
    left_alone_until: Option<DateTime<Utc>>,
}

/// The hosts that were asked, by name and port, each with a turn that one request holds.
type Hosts = Mutex<BTreeMap<(String, Option<u16>), Arc<Turn<Host>>>>;

/// Asks servers. To be made once and shared: it knows when each host was asked last.
#[derive(Debug)]
pub struct Fetcher {
    client: Result<Client, String>,
    plain: Client,
    limits: Limits,
    hosts: Hosts,
    thread: Thread,
}

/// Where requests are made: on a thread of their own. The HTTP client reads informational answers (1xx) in one go for as
/// long as they come, and everything else on its thread waits; here that is other sources alone.
#[derive(Debug)]
struct Thread(Option<Runtime>);

impl Thread {
    fn start() -> std::io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("sources").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// Does the work there. Dropped, it is given up.
    async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let runtime = self.0.as_ref()?;
        AbortOnDropHandle::new(runtime.spawn(work)).await.ok()
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // Nobody waits for a server that does not end.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// An answer as it came. The body is read where the status is 200.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Why there is none.
enum Unanswered {
    Broken(reqwest::Error),
    TooLarge,
}

async fn exchange(request: RequestBuilder, size_max_bytes: usize) -> Result<Answer, Unanswered> {
    let mut answer = request.send().await.map_err(Unanswered::Broken)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut body = Vec::new();
    if status == StatusCode::OK {
        while let Some(chunk) = answer.chunk().await.map_err(Unanswered::Broken)? {
            if size_max_bytes < body.len() + chunk.len() {
                return Err(Unanswered::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
    }
    Ok(Answer { status, headers, body })
}

impl Fetcher {
    /// Makes a fetcher that names itself and `contact`, an address or a page where its keeper is reached. It trusts
    /// the authorities of this machine, unless others are given.
    pub fn new(
        contact: &str,
        limits: Limits,
        authorities: Option<&Authorities>,
    ) -> Result<Self, wire::ClientError> {
        let agent = format!("{} (+{contact})", wire::USER_AGENT);
        let builder = || {
            Client::builder()
                .user_agent(&agent)
                .redirect(redirect::Policy::custom(follow))
                .no_proxy()
                .retry(retry::never())
                .connect_timeout(limits.connect_timeout())
                .read_timeout(limits.silence)
                .timeout(limits.timeout)
        };
        wire::choose_cryptography();
        let client = match authorities {
            Some(authorities) => authorities.only(builder()).and_then(ClientBuilder::build),
            None => builder().build(),
        };
        let client = client.map_err(|problem| wire::root_cause(&problem));
        let plain = builder().tls_certs_only([]).build().map_err(wire::ClientError::Client)?;
        let thread = Thread::start().map_err(wire::ClientError::Thread)?;
        Ok(Self { client, plain, limits, hosts: Hosts::default(), thread })
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
        let mut host = turn.lock().await;
        if let Some(until) = host.left_alone_until.filter(|until| now < *until) {
            return Err(FetchError::LeftAlone(until - now));
        }
        if let Some(began) = host.began {
            tokio::time::sleep_until(began + self.limits.spacing).await;
        }
        host.began = Some(Instant::now());
        let mut request = match ask.question {
            Some(question) => client
                .post(ask.url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header(ACCEPT, "application/json")
                .body(question.to_owned()),
            None => client.get(ask.url.clone()),
        };
        request = request.header(ACCEPT_ENCODING, "gzip");
        for (name, value) in [(IF_NONE_MATCH, ask.etag), (IF_MODIFIED_SINCE, ask.last_modified)] {
            // One that was kept by an earlier version may be too long.
            if let Some(value) = value.filter(|value| is_validator(value)) {
                request = request.header(name, value);
            }
        }
        let size_max_bytes = self.limits.size_max_bytes.min(ask.size_max_bytes);
        let answered = match self.thread.run(exchange(request, size_max_bytes)).await {
            Some(answered) => answered,
            None => return Err(FetchError::NoAnswer("the request was cancelled".to_owned())),
        };
        let Answer { status, headers, body } = match answered {
            Ok(answer) => answer,
            Err(Unanswered::Broken(error)) => return Err(self.broken(&error)),
            Err(Unanswered::TooLarge) => return Err(FetchError::TooLarge(size_max_bytes)),
        };
        let is_conditional = ask.etag.is_some() || ask.last_modified.is_some();
        // Without having been asked whether there is news, "none" says nothing.
        if status == StatusCode::NOT_MODIFIED && is_conditional {
            return Ok(Fetched::NotModified);
        }
        if status != StatusCode::OK {
            let asked = headers.get(RETRY_AFTER).and_then(|wait| wire::retry_after(wait, now));
            let retry_after = asked.map(|wait| wait.min(LEFT_ALONE_MAX));
            // The whole host is busy, not one of its pages.
            if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
                host.left_alone_until = retry_after.and_then(|wait| now.checked_add_signed(wait));
            }
            return Err(FetchError::Status { status, retry_after });
        }
        let text =
            |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let validator = |name| text(name).filter(|value| is_validator(value));
        let (etag, last_modified) = (validator(ETAG), validator(LAST_MODIFIED));
        let short = |name| text(name).map(|value| line(&value, SHOWN_CHARS_MAX));
        let content_type = short(CONTENT_TYPE).unwrap_or_default();
        let packed_by = short(CONTENT_ENCODING).unwrap_or_default().to_ascii_lowercase();
        let body = match packed_by.as_str() {
            "" | "identity" => body,
            "gzip" | "x-gzip" => {
                offload(move || unpack(&body, size_max_bytes)).await.map_err(FetchError::Unread)??
            }
            other => {
                return Err(FetchError::Cut(format!(
                    "packed by `{other}`, an encoding that was not requested"
                )));
            }
        };
        Ok(Fetched::Page(Page { body, content_type, etag, last_modified }))
    }

    fn broken(&self, error: &reqwest::Error) -> FetchError {
        let astray = std::iter::successors(error.source(), |cause| (*cause).source())
            .find_map(|cause| cause.downcast_ref::<Astray>());
        let cause = || line(&wire::root_cause(error), SHOWN_CHARS_MAX);
        match astray {
            Some(Astray::Far(location)) => FetchError::Redirect(location.clone()),
            Some(Astray::Long) => FetchError::Redirects,
            None if error.is_connect() && error.is_timeout() => {
                FetchError::Connect(format!("none after {:?}", self.limits.connect_timeout()))
            }
            None if error.is_timeout() => FetchError::TimedOut(self.limits),
            None if error.is_connect() => FetchError::Connect(cause()),
            None if error.is_decode() || error.is_body() => FetchError::Cut(cause()),
            None => FetchError::NoAnswer(cause()),
        }
    }

    fn turn_of(&self, url: &Url) -> Arc<Turn<Host>> {
        let host = (url.host_str().unwrap_or_default().to_owned(), url.port_or_known_default());
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(host).or_default())
    }
}

/// Whether a server may have it back with the next request.
fn is_validator(value: &str) -> bool {
    value.len() <= VALIDATOR_MAX_BYTES && value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Unpacks up to a limit: a few kilobytes can hold gigabytes.
fn unpack(packed: &[u8], size_max_bytes: usize) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    let more_than_max = u64::try_from(size_max_bytes).map_or(u64::MAX, |max| max.saturating_add(1));
    let mut decoder = MultiGzDecoder::new(packed).take(more_than_max);
    decoder.read_to_end(&mut body).map_err(|error| FetchError::Cut(error.to_string()))?;
    if size_max_bytes < body.len() { Err(FetchError::TooLarge(size_max_bytes)) } else { Ok(body) }
}

/// Whether a source may be there: over https, or on this machine.
pub fn is_allowed(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(url::Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
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
    if !same {
        let location = line(attempt.url().as_str(), SHOWN_CHARS_MAX);
        return attempt.error(Astray::Far(location));
    }
    if attempt.previous().len() <= REDIRECTS_MAX { attempt.follow() } else { attempt.error(Astray::Long) }
}

/// A redirect that is not followed.
#[derive(Debug, thiserror::Error)]
#[error("a redirect that is not followed")]
enum Astray {
    Far(String),
    Long,
}
