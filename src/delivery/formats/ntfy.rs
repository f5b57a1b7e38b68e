//! ntfy: a message in JSON, published to the topic that ends the URL.

use serde_json::{Value, json};
use url::Url;

use super::card::Card;
use super::cut::{Medium, bytes, verbatim};
use crate::domain::alert_kind::Severity;

/// A longer message would become an attached file.
const MESSAGE_SIZE_MAX_BYTES: usize = 4096;
/// The changes get at most so much of it.
const CHANGES_SIZE_MAX_BYTES: usize = 1500;
/// What is summed up gets more of it: the sentence says little besides.
const ITEMS_SIZE_MAX_BYTES: usize = 3500;

const PLAIN: Medium = Medium { escape: verbatim, size: bytes };

pub(super) fn message(card: &Card, topic: &str) -> Value {
    let lang = card.lang;
    let most = if card.items.is_empty() { CHANGES_SIZE_MAX_BYTES } else { ITEMS_SIZE_MAX_BYTES };
    let changes = PLAIN.lines(card.list(), "• ", most, lang);
    let room = MESSAGE_SIZE_MAX_BYTES - changes.len() - 2;
    let mut text = PLAIN.cut(&card.sentence, room, lang);
    if !changes.is_empty() {
        text.push_str("\n\n");
        text.push_str(&changes);
    }
    let mut message = json!({
        "topic": topic,
        "title": card.headline,
        "message": text,
        "priority": priority(card.severity),
        "tags": [card.subject, card.kind.as_str()],
    });
    if let Some(source) = &card.source {
        message["click"] = json!(source);
    }
    message
}

fn priority(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 2,
        Severity::Notice => 3,
        Severity::Warning => 4,
        Severity::Critical => 5,
    }
}

/// The topic that a URL ends with, if it ends with one.
pub fn topic_of(url: &Url) -> Option<&str> {
    let topic = url.path_segments()?.next_back()?;
    (!topic.is_empty()).then_some(topic)
}

/// The server, to which messages in JSON are sent, and the topic, which stands in them.
pub(super) fn split(url: &Url) -> (Url, String) {
    let topic = topic_of(url).unwrap_or_default().to_owned();
    let mut server = url.clone();
    if let Ok(mut segments) = server.path_segments_mut() {
        segments.pop().push("");
    }
    (server, topic)
}
