//! One attempt at a delivery, over HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect, retry};
use url::Url;

use super::formats::Request;
use crate::domain::delivery::Outcome;
use crate::wire::{self, Authorities, ClientError};

const CONNECT_TIMEOUT_S: u64 = 5;
/// As much of an answer is read, so that its connection can be used again; what it says does not matter.
const ANSWER_SIZE_MAX_BYTES: usize = 4096;
/// An answer that takes longer costs its connection, not our time.
const ANSWER_TIMEOUT_MS: u64 = 500;
/// Errors are kept in rows and shown in lines.
const ERROR_CHARS_MAX: usize = 200;

/// Sends over HTTP/1.1 and HTTP/2: never through a proxy, never after a redirect, and each attempt
/// once. To be made once and shared; it keeps connections open.
#[derive(Debug, Clone)]
pub struct HttpSender {
    client: Client,
    https_problem: Option<String>,
    /// Made when they are first used: few endpoints have authorities of their own.
    others: Arc<Mutex<BTreeMap<Authorities, Client>>>,
}

impl HttpSender {
    /// Makes a sender with the certificates of this machine. Where it has none, plain HTTP works
    /// all the same, and [`HttpSender::https_problem`] says what does not.
    pub fn new() -> Result<Self, ClientError> {
        wire::choose_cryptography();
        match client_builder().build() {
            Ok(client) => Ok(Self { client, https_problem: None, others: Arc::default() }),
            Err(problem) => {
                let client = client_builder().tls_certs_only([]).build().map_err(ClientError)?;
                Ok(Self { client, https_problem: Some(wire::root_cause(&problem)), others: Arc::default() })
            }
        }
    }

    /// The client that trusts these authorities and no others.
    fn trusting(&self, authorities: &Authorities) -> Result<Client, reqwest::Error> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = others.get(authorities) {
            return Ok(client.clone());
        }
        let client = authorities.only(client_builder())?.build()?;
        others.insert(authorities.clone(), client.clone());
        Ok(client)
    }

    /// Why nothing can be sent over HTTPS, if so: each such attempt will fail.
    pub fn https_problem(&self) -> Option<&str> {
        self.https_problem.as_deref()
    }
}

impl HttpSender {
    /// Makes one attempt. `now` is what the receiver's dates are compared with.
    pub async fn send(
        &self,
        request: Request,
        authorities: Option<&Authorities>,
        timeout: Duration,
        now: DateTime<Utc>,
    ) -> Outcome {
        let client = match (authorities, &self.https_problem, request.url.scheme()) {
            (Some(authorities), _, "https") => match self.trusting(authorities) {
                Ok(client) => client,
                Err(error) => return failed(format!("no TLS: {}", wire::root_cause(&error)), None),
            },
            (None, Some(problem), "https") => {
                return failed(format!("https does not work on this machine: {problem}"), None);
            }
            (Some(_) | None, _, _) => self.client.clone(),
        };
        let mut post = client.post(request.url).timeout(timeout);
        for (name, value) in request.headers {
            post = post.header(name, value);
        }
        match post.body(request.body).send().await {
            Ok(answer) => {
                let outcome = judge(answer.status(), answer.headers(), now);
                finish_reading(answer).await;
                outcome
            }
            Err(error) => failed(describe(&error, timeout), None),
        }
    }
}

impl HttpSender {
    /// Asks the root of a receiver for nothing but its head: whatever it answers, it is there. Gives its clock.
    pub async fn probe(
        &self,
        url: &Url,
        authorities: Option<&Authorities>,
        timeout: Duration,
    ) -> Result<Option<DateTime<Utc>>, String> {
        let client = match (authorities, &self.https_problem, url.scheme()) {
            (Some(authorities), _, "https") => {
                self.trusting(authorities).map_err(|error| format!("no TLS: {}", wire::root_cause(&error)))?
            }
            (None, Some(problem), "https") => {
                return Err(format!("https does not work on this machine: {problem}"));
            }
            (Some(_) | None, _, _) => self.client.clone(),
        };
        let mut root = url.clone();
        root.set_path("/");
        root.set_query(None);
        root.set_fragment(None);
        let answer = client.head(root).timeout(timeout).send().await;
        let answer = answer.map_err(|error| describe(&error, timeout))?;
        let date = answer.headers().get(DATE).and_then(|value| value.to_str().ok());
        Ok(date.and_then(|date| httpdate::parse_http_date(date).ok()).map(DateTime::<Utc>::from))
    }
}

fn client_builder() -> ClientBuilder {
    Client::builder()
        .user_agent(wire::USER_AGENT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .retry(retry::never())
        .connect_timeout(Duration::from_secs(CONNECT_TIMEOUT_S))
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

async fn finish_reading(mut answer: Response) {
    let read = async {
        let mut left = ANSWER_SIZE_MAX_BYTES;
        while let Ok(Some(chunk)) = answer.chunk().await {
            match left.checked_sub(chunk.len()) {
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

/// What happened, without the URL that reqwest would add: its path and query may hold a token.
fn describe(error: &reqwest::Error, timeout: Duration) -> String {
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => format!("connecting timed out after {CONNECT_TIMEOUT_S}s"),
        (false, true) => format!("timed out after {timeout:?}"),
        (true, false) => format!("cannot connect: {}", wire::root_cause(error)),
        (false, false) => format!("the request failed: {}", wire::root_cause(error)),
    }
}

#[cfg(test)]
mod tests;
