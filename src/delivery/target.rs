//! Where an endpoint is, and how it is reached.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretSlice;
use url::Url;

use super::client::ConnectOptions;
use super::email::Mail;
use super::event;
use super::formats::{self, Body, Request, TemplateError};
use super::header::Header;
use crate::domain::delivery::{Format, RaisedAlert};
use crate::domain::lang::Lang;
use crate::wire::{Authorities, Proxy};

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
#[derive(Clone)]
pub enum Channel {
    /// A POST over HTTP.
    Web(Web),
    /// Mail.
    Email(Box<Mail>),
    /// A program and its arguments, which may hold a token.
    Command(Vec<String>),
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Web(web) => web.fmt(f),
            Self::Email(mail) => mail.fmt(f),
            Self::Command(command) => f.debug_tuple("Command").field(&command.first()).finish(),
        }
    }
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
    /// The authorities that its certificate may come from; none: those of this machine.
    pub authorities: Option<Authorities>,
    /// The proxy before it; none: messages go straight there.
    pub proxy: Option<Box<Proxy>>,
    /// Headers of the user's own, which every message has.
    pub headers: Vec<Header>,
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

/// A message that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// By its template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// As mail.
    #[error(transparent)]
    Mail(#[from] lettre::error::Error),
}

impl Target {
    /// What is sent there.
    pub fn format(&self) -> Format {
        match &self.channel {
            Channel::Web(web) => match web.body {
                Body::CloudEvents => Format::CloudEvents,
                Body::Slack => Format::Slack,
                Body::Discord => Format::Discord,
                Body::Teams => Format::Teams,
                Body::Ntfy => Format::Ntfy,
                Body::Template(_) => Format::Template,
            },
            Channel::Email(_) => Format::Email,
            Channel::Command(_) => Format::Command,
        }
    }

    /// Where it is, in words that hold no token.
    pub fn place(&self) -> String {
        match &self.channel {
            Channel::Web(web) => web.url.origin().ascii_serialization(),
            Channel::Email(mail) => mail.server.to_string(),
            Channel::Command(command) => command.first().cloned().unwrap_or_default(),
        }
    }

    /// What would be sent at `now`. What may be a token is shown as `…` unless `reveal` says otherwise.
    pub fn preview(
        &self,
        raised: &RaisedAlert,
        now: DateTime<Utc>,
        reveal: bool,
    ) -> Result<Preview, PreviewError> {
        match &self.channel {
            Channel::Web(web) => Ok(web.preview(raised, self.language, now, reveal)?),
            Channel::Email(mail) => {
                let message = mail.message(raised, self.language)?;
                let envelope = message.envelope();
                let from = envelope.from().map(ToString::to_string).unwrap_or_default();
                let to = envelope.to().iter().map(|to| ("RCPT TO".to_owned(), to.to_string()));
                let headers = std::iter::once(("MAIL FROM".to_owned(), from)).chain(to).collect();
                let body = String::from_utf8_lossy(&message.formatted()).replace('\r', "");
                Ok(Preview { how: format!("SMTP {}", mail.server), headers, body })
            }
            Channel::Command(command) => {
                let how = match command.as_slice() {
                    [program, _, ..] if !reveal => format!("RUN {program} …"),
                    words => format!("RUN {}", words.join(" ")),
                };
                let body = String::from_utf8_lossy(&event::body(raised)).into_owned();
                Ok(Preview { how, headers: Vec::new(), body })
            }
        }
    }
}

impl Web {
    pub(super) fn connect_options(&self) -> ConnectOptions<'_> {
        ConnectOptions { authorities: self.authorities.as_ref(), proxy: self.proxy.as_deref() }
    }

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
        let own = self.headers.iter().map(|header| {
            let value =
                if reveal { String::from_utf8_lossy(header.value().as_bytes()) } else { "…".into() };
            (header.name().to_string(), value.into_owned())
        });
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(own).collect();
        let through = self.proxy.as_ref().map(|proxy| format!(" through {}", proxy.place()));
        Ok(Preview { how: format!("POST {place}{}", through.unwrap_or_default()), headers, body })
    }
}
