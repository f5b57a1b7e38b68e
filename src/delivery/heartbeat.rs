//! A heartbeat: an outside monitor hears that the program lives, and misses it when it does not.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::client::ConnectOptions;
use super::courier::Courier;
use super::formats::Request;
use crate::domain::delivery::Outcome;

/// A monitor that does not answer for so long is not heard.
const TIMEOUT: Duration = Duration::from_secs(10);
/// So much is said about a failure.
const TEXT_CHARS_MAX: usize = 500;

/// Where a monitor listens. The URL is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Heartbeat(Url);

/// What a monitor is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beat {
    /// A check begins.
    Start,
    /// All is well.
    Well,
    /// Something is not, in words that hold no secret.
    Failed(String),
}

impl fmt::Debug for Heartbeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Heartbeat").field(&self.place()).finish()
    }
}

impl Heartbeat {
    /// One at a URL.
    pub fn new(url: Url) -> Self {
        Self(url)
    }

    /// Scheme, host and port, for people.
    pub fn place(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The path says what is told: `/start`, nothing, `/fail`. That is the manner of Healthchecks.
    fn request(&self, beat: &Beat) -> Request {
        let (word, body) = match beat {
            Beat::Start => ("/start", String::new()),
            Beat::Well => ("", String::new()),
            Beat::Failed(text) => ("/fail", text.chars().take(TEXT_CHARS_MAX).collect()),
        };
        let mut url = self.0.clone();
        if !word.is_empty() {
            let path = format!("{}{word}", url.path().trim_end_matches('/'));
            url.set_path(&path);
        }
        let headers = vec![("content-type", "text/plain; charset=utf-8".to_owned())];
        Request { url, headers, body: body.into_bytes() }
    }
}

impl Courier {
    /// Tells a monitor something, once; an error says why it has not heard, without the URL.
    pub async fn beat(&self, heartbeat: &Heartbeat, beat: &Beat, now: DateTime<Utc>) -> Result<(), String> {
        match self.http().send(heartbeat.request(beat), &[], ConnectOptions::default(), TIMEOUT, now).await {
            Outcome::Delivered => Ok(()),
            Outcome::Failed { error, .. } | Outcome::Busy { error, .. } => Err(error),
            Outcome::Gone => Err("answered 410".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_says_what_is_told_and_nobody_else_reads_it() {
        let heartbeat = Heartbeat::new("https://hc.example/ping/s3cret/?rid=1".parse().unwrap());
        let said = |beat| {
            let request = heartbeat.request(&beat);
            (request.url.to_string(), String::from_utf8(request.body).unwrap())
        };
        assert_eq!(said(Beat::Start).0, "https://hc.example/ping/s3cret/start?rid=1");
        assert_eq!(said(Beat::Well).0, "https://hc.example/ping/s3cret/?rid=1");
        let (url, text) = said(Beat::Failed("é".repeat(600)));
        assert_eq!(url, "https://hc.example/ping/s3cret/fail?rid=1");
        assert_eq!(text.chars().count(), TEXT_CHARS_MAX);
        assert_eq!(format!("{heartbeat:?}"), "Heartbeat(\"https://hc.example\")");
    }
}
