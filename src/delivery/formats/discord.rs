//! Discord: one embed, for a webhook of a channel.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::card::{Card, Fact};
use super::cut::{Medium, utf16};
use crate::domain::alert_kind::Severity;

const TITLE_CHARS_MAX: usize = 256;
const DESCRIPTION_CHARS_MAX: usize = 4096;
/// The changes get at most so much of the description.
const CHANGES_CHARS_MAX: usize = 1500;
/// What is summed up gets more of it: the sentence says little besides.
const ITEMS_CHARS_MAX: usize = 3500;
const FIELD_CHARS_MAX: usize = 1024;
const URL_CHARS_MAX: usize = 2048;

const MARKDOWN: Medium = Medium { escape, size: utf16 };

pub(super) fn message(card: &Card) -> Value {
    let lang = card.lang;
    // All of an embed may hold 6000 characters: these two hold 4096 at most, the rest below 1000.
    let most = if card.items.is_empty() { CHANGES_CHARS_MAX } else { ITEMS_CHARS_MAX };
    let changes = MARKDOWN.lines(card.list(), "• ", most, lang);
    let room = DESCRIPTION_CHARS_MAX - utf16(&changes) - 2;
    let mut description = MARKDOWN.cut(&card.sentence, room, lang);
    if !changes.is_empty() {
        description.push_str("\n\n");
        description.push_str(&changes);
    }
    let field = |fact: &Fact| json!({"name": fact.label, "value": MARKDOWN.cut(&fact.value, FIELD_CHARS_MAX / 4, lang), "inline": true});
    let mut embed = json!({
        "title": MARKDOWN.cut(&card.headline, TITLE_CHARS_MAX, lang),
        "description": description,
        "color": color(card.severity),
        "fields": card.facts.iter().map(field).collect::<Vec<_>>(),
        "footer": {"text": card.id},
        "timestamp": card.raised_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    });
    if let Some(source) = card.source.as_ref().filter(|source| utf16(source) <= URL_CHARS_MAX) {
        embed["url"] = json!(source);
    }
    // Whatever a text holds, nobody is pinged.
    json!({"embeds": [embed], "allowed_mentions": {"parse": []}})
}

fn color(severity: Severity) -> u32 {
    match severity {
        Severity::Info => 0x7f_8c_8d,
        Severity::Notice => 0x34_98_db,
        Severity::Warning => 0xe6_7e_22,
        Severity::Critical => 0xc0_39_2b,
    }
}

/// A backslash before what Markdown could take for its own.
fn escape(letter: char, out: &mut String) {
    if matches!(letter, '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '[' | ']' | '#' | '@') {
        out.push('\\');
    }
    out.push(letter);
}
