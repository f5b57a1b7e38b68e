//! Slack: blocks of Block Kit, for an incoming webhook.

use serde_json::{Value, json};

use super::card::Card;
use super::cut::{Medium, utf16};
use crate::l10n::phrases;

/// A text object of a section holds so many characters.
const TEXT_CHARS_MAX: usize = 3000;
/// The text of a header is plain and holds so many.
const HEADER_CHARS_MAX: usize = 150;

/// Slack asks for three characters to be escaped: with them, nothing is a link or a mention.
const MRKDWN: Medium = Medium { escape, size: utf16 };

pub(super) fn message(card: &Card) -> Value {
    let lang = card.lang;
    let text = |text: String| json!({"type": "mrkdwn", "text": text, "verbatim": true});
    let headline = MRKDWN.cut(&card.headline, HEADER_CHARS_MAX, lang);
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": &headline, "emoji": false}}),
        json!({"type": "section", "text": text(MRKDWN.cut(&card.sentence, TEXT_CHARS_MAX, lang))}),
    ];
    let list = card.list();
    if !list.lines.is_empty() {
        let lines = MRKDWN.lines(list, "• ", TEXT_CHARS_MAX, lang);
        blocks.push(json!({"type": "section", "text": text(lines)}));
    }
    let mut foot: Vec<String> = card.facts.iter().map(|fact| MRKDWN.escaped(&fact.value)).collect();
    if let Some(link) = card.source.as_deref().and_then(|source| link(source, card)) {
        foot.push(link);
    }
    let foot = text(foot.join("  ·  "));
    blocks.push(json!({"type": "context", "elements": [foot]}));
    json!({"text": headline, "blocks": blocks})
}

fn escape(letter: char, out: &mut String) {
    match letter {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        _ => out.push(letter),
    }
}

/// A link; none if the address is too long for the block.
fn link(source: &str, card: &Card) -> Option<String> {
    // What ends the address within the brackets is not left in it.
    let address = MRKDWN.escaped(&source.replace('|', "%7C").replace('<', "%3C").replace('>', "%3E"));
    let link = format!("<{address}|{}>", phrases(card.lang).message.source);
    (utf16(&link) < TEXT_CHARS_MAX / 2).then_some(link)
}
