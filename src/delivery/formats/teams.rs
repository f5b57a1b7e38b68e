//! Microsoft Teams: an Adaptive Card in the envelope that a workflow's webhook accepts.

use serde_json::{Value, json};

use super::card::Card;
use super::cut::{Medium, bytes, verbatim};
use crate::domain::alert_kind::Severity;
use crate::l10n::{colon, phrases};

/// A message may have 28 KB in all; its parts together stay well below, also once JSON has escaped
/// the one character of two bytes and more that it may write longer.
const SENTENCE_SIZE_MAX_BYTES: usize = 12_000;
const CHANGES_SIZE_MAX_BYTES: usize = 8_000;
const URL_SIZE_MAX_BYTES: usize = 2_048;

/// Runs of text are not Markdown: nothing needs to be escaped.
const RUNS: Medium = Medium { escape: verbatim, size: json_bytes };

/// How many bytes a text takes within JSON.
fn json_bytes(text: &str) -> usize {
    bytes(&json!(text).to_string()) - 2
}

pub(super) fn message(card: &Card) -> Value {
    let lang = card.lang;
    let run = |text: &str| json!({"type": "TextRun", "text": text});
    let bold = |text: &str| json!({"type": "TextRun", "text": text, "weight": "Bolder"});
    let block = |inlines: Vec<Value>| json!({"type": "RichTextBlock", "inlines": inlines});
    let title = json!({
        "type": "TextRun", "text": card.headline, "weight": "Bolder", "size": "Medium", "color": color(card.severity),
    });
    let mut body =
        vec![block(vec![title]), block(vec![run(&RUNS.cut(&card.sentence, SENTENCE_SIZE_MAX_BYTES, lang))])];
    let colon = colon(lang);
    for fact in &card.facts {
        body.push(block(vec![bold(fact.label), run(&format!("{colon}{}", fact.value))]));
    }
    let list = card.list();
    if !list.lines.is_empty() {
        body.push(block(vec![run(&RUNS.lines(list, "• ", CHANGES_SIZE_MAX_BYTES, lang))]));
    }
    let mut content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    });
    if let Some(source) = card.source.as_ref().filter(|source| json_bytes(source) <= URL_SIZE_MAX_BYTES) {
        content["actions"] =
            json!([{"type": "Action.OpenUrl", "title": phrases(lang).message.source, "url": source}]);
    }
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": content,
    });
    json!({"type": "message", "attachments": [attachment]})
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Default",
        Severity::Notice => "Accent",
        Severity::Warning => "Warning",
        Severity::Critical => "Attention",
    }
}
