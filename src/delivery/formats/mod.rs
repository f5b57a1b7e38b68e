//! What a message looks like to its receiver: one file a format, each a pure function of the alert.
//!
//! Chats get a [`Card`] in the endpoint's language, within the receiver's own limits and escaped for
//! its medium; what is cut says how much is left out.

mod card;
mod cut;
mod discord;
mod ntfy;
mod slack;
mod teams;
mod template;
#[cfg(test)]
pub(super) mod tests;

pub use card::{Card, Fact};
pub use ntfy::topic_of;
pub use template::{Template, TemplateError};

use chrono::{DateTime, Utc};
use secrecy::SecretSlice;
use url::Url;

use crate::domain::delivery::RaisedAlert;
use crate::domain::lang::Lang;

use super::{event, signature};

const JSON: &str = "application/json; charset=utf-8";

/// What the body of a POST is.
#[derive(Debug, Clone)]
pub enum Body {
    /// A CloudEvent in JSON.
    CloudEvents,
    /// Blocks of Slack's Block Kit.
    Slack,
    /// An embed of Discord.
    Discord,
    /// An Adaptive Card in the envelope that workflows of Teams accept.
    Teams,
    /// A message for ntfy, whose topic ends the URL.
    Ntfy,
    /// Whatever a template of the user makes of the event.
    Template(Template),
}

/// A POST, ready to be sent or shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Where. Its path and query may hold a token: show the origin only.
    pub url: Url,
    /// The headers that matter, in this order.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes that were signed.
    pub body: Vec<u8>,
}

/// The request that tells of an alert. Without keys it is not signed: then the URL is the secret.
pub fn request(
    body: &Body,
    url: &Url,
    keys: &[SecretSlice<u8>],
    raised: &RaisedAlert,
    lang: Lang,
    now: DateTime<Utc>,
) -> Result<Request, TemplateError> {
    let (mut url, mut content_type) = (url.clone(), JSON.to_owned());
    let json = |value: serde_json::Value| value.to_string().into_bytes();
    let body = match body {
        Body::CloudEvents => {
            event::CONTENT_TYPE.clone_into(&mut content_type);
            event::body(raised)
        }
        Body::Slack => json(slack::message(&Card::of(raised, lang))),
        Body::Discord => json(discord::message(&Card::of(raised, lang))),
        Body::Teams => json(teams::message(&Card::of(raised, lang))),
        Body::Ntfy => {
            let (server, topic) = ntfy::split(&url);
            url = server;
            json(ntfy::message(&Card::of(raised, lang), &topic))
        }
        Body::Template(template) => {
            template.content_type().clone_into(&mut content_type);
            template.render(raised, lang)?.into_bytes()
        }
    };
    let mut headers = Vec::new();
    if !keys.is_empty() {
        let (id, at) = (raised.id.clone(), now.timestamp());
        let signed = signature::sign(keys, &id, at, &body);
        headers.extend([
            ("webhook-id", id),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signed),
        ]);
    }
    headers.push(("content-type", content_type));
    Ok(Request { url, headers, body })
}
