//! One attempt at a delivery, over HTTP.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, DATE, HeaderMap, PROXY_AUTHORIZATION, RETRY_AFTER, USER_AGENT};
use hyper::http::request::Builder;
use hyper::{Method, Response, StatusCode, Uri};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use url::Url;

use super::formats::Request;
use super::header::Header;
use crate::domain::delivery::Outcome;
use crate::wire::flood::{ConnectTimeout, Connector, HEADS_MAX_BYTES};
use crate::wire::{self, Authorities, Proxy, ProxyError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that nobody needs is kept for so long.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// As much of an answer is read, so that its connection can be used again; what it says does not matter.
const ANSWER_SIZE_MAX_BYTES: usize = 4096;
/// An answer that takes longer costs its connection, not our time.
const ANSWER_TIMEOUT_MS: u64 = 500;
/// Errors are kept in rows and shown in lines.
const ERROR_CHARS_MAX: usize = 200;

/// Connections, and what is sent over them.
type Connections = Client<Connector, Full<Bytes>>;
/// Connections by whom they trust and the proxy that they go through.
type Others = BTreeMap<(Option<Authorities>, Option<Proxy>), Connections>;

/// How a receiver is connected to: whom its certificate may come from, and the proxy before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConnectOptions<'a> {
    /// The authorities that its certificate may come from; none: those of this machine.
    pub authorities: Option<&'a Authorities>,
    /// The proxy; none: straight to the receiver.
    pub proxy: Option<&'a Proxy>,
}

/// Sends over HTTP/1.1: only through the proxy of its endpoint, never after a redirect, and each attempt once. To be
/// made once and shared; it keeps connections open.
#[derive(Debug, Clone)]
pub struct HttpSender {
    client: Connections,
    https_problem: Option<String>,
    /// Made when they are first used: few endpoints have authorities or a proxy of their own.
    others: Arc<Mutex<Others>>,
}

impl HttpSender {
    /// Makes a sender with the certificates of this machine. Where it has none, plain HTTP works
    /// all the same, and [`HttpSender::https_problem`] says what does not.
    pub fn new() -> Self {
        let (tls, https_problem) = match wire::tls(None) {
            Ok(tls) => (tls, None),
            Err(problem) => (wire::tls_of_nobody(), Some(problem.to_string())),
        };
        Self { client: connections(tls, None), https_problem, others: Arc::default() }
    }

    /// The client for a URL: one that trusts these authorities and no others, if there are any, and goes through this
    /// proxy alone, if there is one.
    fn client(&self, url: &Url, options: ConnectOptions<'_>) -> Result<Connections, String> {
        let authorities = options.authorities.filter(|_| url.scheme() == "https");
        match (authorities, &self.https_problem) {
            (None, Some(problem)) if url.scheme() == "https" => {
                Err(format!("https does not work on this machine: {problem}"))
            }
            _ if authorities.is_none() && options.proxy.is_none() => Ok(self.client.clone()),
            (Some(_) | None, _) => self.other(authorities, options.proxy),
        }
    }

    fn other(&self, authorities: Option<&Authorities>, proxy: Option<&Proxy>) -> Result<Connections, String> {
        let key = (authorities.cloned(), proxy.cloned());
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = others.get(&key) {
            return Ok(client.clone());
        }
        let tls = match (authorities, &self.https_problem) {
            // Over plain HTTP.
            (None, Some(_)) => wire::tls_of_nobody(),
            _ => wire::tls(authorities).map_err(|error| format!("no TLS: {error}"))?,
        };
        let client = connections(tls, key.1.clone());
        others.insert(key, client.clone());
        Ok(client)
    }

    /// Why nothing can be sent over HTTPS, if so: each such attempt will fail.
    pub fn https_problem(&self) -> Option<&str> {
        self.https_problem.as_deref()
    }

    /// Makes one attempt. `now` is what the receiver's dates are compared with.
    pub async fn send(
        &self,
        request: Request,
        own: &[Header],
        options: ConnectOptions<'_>,
        timeout: Duration,
        now: DateTime<Utc>,
    ) -> Outcome {
        let Request { url, headers, body } = request;
        let mut asked = hyper::Request::builder().method(Method::POST);
        for (name, value) in headers {
            asked = asked.header(name, value);
        }
        for header in own {
            asked = asked.header(header.name(), header.value());
        }
        let answer = self.ask(&url, asked, body, options, timeout).await;
        match answer {
            Ok(answer) => {
                let outcome = judge(answer.status(), answer.headers(), now);
                finish_reading(answer.into_body()).await;
                outcome
            }
            Err(error) => failed(error, None),
        }
    }

    /// Asks the root of a receiver for nothing but its head: whatever it answers, it is there. Gives its clock.
    pub async fn probe(
        &self,
        url: &Url,
        options: ConnectOptions<'_>,
        timeout: Duration,
    ) -> Result<Option<DateTime<Utc>>, String> {
        let mut root = url.clone();
        root.set_path("/");
        root.set_query(None);
        let asked = hyper::Request::builder().method(Method::HEAD);
        let answer = self.ask(&root, asked, Vec::new(), options, timeout).await?;
        let date = answer.headers().get(DATE).and_then(|value| value.to_str().ok());
        Ok(date.and_then(|date| httpdate::parse_http_date(date).ok()).map(DateTime::<Utc>::from))
    }

    async fn ask(
        &self,
        url: &Url,
        request: Builder,
        body: Vec<u8>,
        options: ConnectOptions<'_>,
        timeout: Duration,
    ) -> Result<Response<Incoming>, String> {
        let client = self.client(url, options)?;
        // What follows `#` is never sent.
        let address = url.as_str().split('#').next().unwrap_or_default();
        let uri: Uri = address.parse().map_err(|_| "the URL cannot be used".to_owned())?;
        let mut request = request.uri(uri).header(USER_AGENT, wire::USER_AGENT).header(ACCEPT, "*/*");
        // Through a tunnel the receiver would read it.
        if let Some(authorization) =
            options.proxy.filter(|_| url.scheme() == "http").and_then(Proxy::authorization)
        {
            request = request.header(PROXY_AUTHORIZATION, authorization);
        }
        let request =
            request.body(Full::from(body)).map_err(|error| format!("no request can be made: {error}"))?;
        match tokio::time::timeout(timeout, client.request(request)).await {
            Ok(answer) => answer.map_err(|error| describe(&error)),
            Err(_) => Err(format!("timed out after {timeout:?}")),
        }
    }
}

fn connections(tls: ClientConfig, proxy: Option<Proxy>) -> Connections {
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .http1_max_buf_size(HEADS_MAX_BYTES)
        .build(Connector::new(tls, proxy, CONNECT_TIMEOUT))
}

/// What an answer means.
fn judge(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Outcome {
    if status.is_success() {
        return Outcome::Delivered;
    }
    if status == StatusCode::GONE {
        return Outcome::Gone;
    }
    let code = status.as_u16();
    let error = if status.is_redirection() {
        format!("answered {code}, a redirect, and those are not followed")
    } else if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        ProxyError::Authorization.to_string()
    } else {
        format!("answered {code}")
    };
    let retry_after = headers.get(RETRY_AFTER).and_then(|value| wire::retry_after(value, now));
    match (status, retry_after) {
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(wait)) => {
            Outcome::Busy { error, wait }
        }
        (_, retry_after) => failed(error, retry_after),
    }
}

async fn finish_reading(mut body: Incoming) {
    let read = async {
        let mut left = ANSWER_SIZE_MAX_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    // Whether it came to its end changes nothing: the status has been read.
    let _ = tokio::time::timeout(Duration::from_millis(ANSWER_TIMEOUT_MS), read).await;
}

pub(super) fn failed(error: String, retry_after: Option<TimeDelta>) -> Outcome {
    Outcome::Failed { error: error.chars().take(ERROR_CHARS_MAX).collect(), retry_after }
}

/// What happened. No URL is in it: its path and query may hold a token.
fn describe(error: &Error) -> String {
    let cause = wire::root_cause(error);
    let is_timeout = error.source().is_some_and(|source| source.is::<ConnectTimeout>());
    match (error.is_connect(), is_timeout) {
        (true, true) => cause,
        (true, false) => format!("cannot connect: {cause}"),
        (false, _) => format!("the request failed: {cause}"),
    }
}

#[cfg(test)]
mod tests;
