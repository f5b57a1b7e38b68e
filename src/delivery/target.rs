//! Where an endpoint is, and how it is reached.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretSlice;
use url::Url;

use super::formats::{self, Body, Request, TemplateError};
use crate::domain::delivery::RaisedAlert;
use crate::domain::treaty::Lang;

/// Where a message goes, and how.
#[derive(Debug, Clone)]
pub struct Target {
    /// The way there.
    pub channel: Channel,
    /// The language of what people read there.
    pub language: Lang,
    /// How long an attempt may take; at most [`super::SEND_TIMEOUT_S`] count.
    pub timeout: Duration,
    /// How many attempts may run side by side.
    pub concurrency: u32,
}

/// The ways to a receiver.
#[derive(Debug, Clone)]
pub enum Channel {
    /// A POST over HTTP.
    Web(Web),
}

/// A receiver that speaks HTTP.
#[derive(Clone)]
pub struct Web {
    /// Where. Its path and query may hold a token: show the origin only.
    pub url: Url,
    /// The keys to sign with, in this order; none where the URL is the secret.
    pub keys: Vec<SecretSlice<u8>>,
    /// What is sent.
    pub body: Body,
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Web")
            .field("origin", &self.url.origin().ascii_serialization())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl Web {
    /// The request that tells of an alert.
    pub fn request(
        &self,
        raised: &RaisedAlert,
        lang: Lang,
        now: DateTime<Utc>,
    ) -> Result<Request, TemplateError> {
        formats::request(&self.body, &self.url, &self.keys, raised, lang, now)
    }
}

/// A message as it would be sent, for people to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What is done with it, and where.
    pub how: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub body: String,
}

impl Target {
    /// Where it is, in words that hold no token.
    pub fn place(&self) -> String {
        match &self.channel {
            Channel::Web(web) => web.url.origin().ascii_serialization(),
        }
    }

    /// What would be sent at `now`. What may be a token is shown as `…` unless `reveal` says otherwise.
    pub fn preview(
        &self,
        raised: &RaisedAlert,
        now: DateTime<Utc>,
        reveal: bool,
    ) -> Result<Preview, TemplateError> {
        match &self.channel {
            Channel::Web(web) => web.preview(raised, self.language, now, reveal),
        }
    }
}

impl Web {
    fn preview(
        &self,
        raised: &RaisedAlert,
        lang: Lang,
        now: DateTime<Utc>,
        reveal: bool,
    ) -> Result<Preview, TemplateError> {
        let Request { url, headers, body } = self.request(raised, lang, now)?;
        let mut body = String::from_utf8_lossy(&body).into_owned();
        let mut place = url.to_string();
        if !reveal {
            place = format!("{}/…", url.origin().ascii_serialization());
            if let (Body::Ntfy, Some(topic)) = (&self.body, formats::topic_of(&self.url)) {
                let field = |topic: &str| format!("\"topic\":{}", serde_json::json!(topic));
                body = body.replace(&field(topic), &field("…"));
            }
        }
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Preview { how: format!("POST {place}"), headers, body })
    }
}
