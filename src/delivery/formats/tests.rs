//! The same alerts in every format.

use serde_json::Value;

use super::*;
use crate::delivery::sample;
use crate::domain::alert::{Change, Changed};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::day::PartialDay;
use crate::domain::status::{OverlayKind, Standing, StateStatus};
use crate::domain::wording::Sentences;

/// What may be said in a snapshot of a long text.
const SHOWN_CHARS: usize = 160;

fn approaching() -> RaisedAlert {
    RaisedAlert { test: false, ..sample::approaching() }
}

/// An act that changes the status of a hundred states, and a name that every medium must escape.
fn changes() -> RaisedAlert {
    let mut raised = RaisedAlert { test: false, ..sample::act() };
    let alert = &mut raised.alert;
    let letter = |number: u32| char::from(b'A' + u8::try_from(number % 26).unwrap());
    let code = |number: u32| format!("X{}{}", letter(number / 26), letter(number));
    let (party, suspension) =
        (Standing::State(StateStatus::Party), Standing::Overlay(OverlayKind::Suspension));
    let change = |number: u32| Change {
        state: code(number).parse().ok(),
        reading: "default".parse().unwrap(),
        on: PartialDay::exact(alert.on),
        what: match number % 3 {
            0 => Changed::Status { from: number.is_multiple_of(2).then_some(party), to: Some(suspension) },
            1 => Changed::Status { from: Some(suspension), to: None },
            _ => Changed::Progress { from: 35, to: 36, needed: 44 },
        },
    };
    alert.changes = (0..100).map(change).collect();
    alert.kind = AlertKind::ActRecorded;
    alert.severity = Severity::Notice;
    alert.late = true;
    alert.headline = "INF Treaty: \"A & B\" <@everyone> *at once* [x](http://evil.example)".to_owned();
    alert.sentence =
        "An act of \"A & B\" <@everyone> *at once* [x](http://evil.example) | \\ changes 100 statuses."
            .to_owned();
    raised
}

fn long() -> RaisedAlert {
    let mut raised = approaching();
    let text = "美国退出《中导条约》将于2019年8月2日生效，还有30天。".repeat(400);
    raised.alert.sentences = Sentences { zh: Some(text), ru: None };
    raised
}

fn contested() -> RaisedAlert {
    let mut raised = approaching();
    let alert = &mut raised.alert;
    alert.kind = AlertKind::DateMoved;
    alert.severity = Severity::Warning;
    alert.reading = "announcement".parse().unwrap();
    alert.source = Some("Treaty Series, vol. 1".to_owned());
    alert.changes = vec![Change {
        state: alert.state,
        reading: alert.reading.clone(),
        on: PartialDay::exact(alert.on),
        what: Changed::Date {
            date: alert.date.clone().unwrap(),
            from: Some(PartialDay::exact(alert.on)),
            to: Some("2019-09".parse().unwrap()),
        },
    }];
    raised
}

/// More alerts than any chat takes.
fn long_digest() -> RaisedAlert {
    let mut raised = sample::digest();
    let items = raised.alert.items.iter().cycle().take(120).cloned();
    raised.alert.items = items.collect();
    raised
}

/// An approaching date, an act with many changes, a very long sentence, a contested date, a test message,
/// digests and a report.
pub(in crate::delivery) fn samples() -> [(&'static str, RaisedAlert, Lang); 9] {
    [
        ("an approaching date", approaching(), Lang::En),
        ("an act with many changes", changes(), Lang::En),
        ("a very long sentence in Chinese", long(), Lang::Zh),
        ("a contested date", contested(), Lang::Ru),
        ("a test message", sample::bare(), Lang::En),
        ("a digest", sample::digest(), Lang::En),
        ("a digest in Chinese", sample::digest(), Lang::Zh),
        ("a long digest", long_digest(), Lang::Ru),
        ("a report", sample::report(), Lang::En),
    ]
}

fn made(body: &Body, raised: &RaisedAlert, lang: Lang) -> Request {
    let url: Url = "https://hooks.example.org/services/token".parse().unwrap();
    let now = "2019-07-03T00:05:01Z".parse().unwrap();
    request(body, &url, &[], raised, lang, now).unwrap()
}

/// A long text by its ends.
pub(in crate::delivery) fn ends(text: &str) -> String {
    let count = text.chars().count();
    if count <= 2 * SHOWN_CHARS {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN_CHARS).collect();
    let end: String = text.chars().skip(count - SHOWN_CHARS).collect();
    format!("{start} [{count} characters] {end}")
}

/// Long texts by their ends, long lists by their first items.
fn shortened(value: &mut Value) {
    match value {
        Value::String(text) => *text = ends(text),
        Value::Array(items) => {
            items.iter_mut().for_each(shortened);
            if items.len() > 8 {
                let count = items.len();
                items.truncate(2);
                items.push(format!("[{count} items]").into());
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(shortened),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn shown(body: &Body) -> String {
    let show = |(name, raised, lang): (&str, RaisedAlert, Lang)| {
        let Request { headers, body, .. } = made(body, &raised, lang);
        let mut value: Value = serde_json::from_slice(&body).unwrap();
        shortened(&mut value);
        let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let text = serde_json::to_string_pretty(&value).unwrap();
        format!("# {name} ({}, {} bytes)\n{}\n{text}\n", lang.as_str(), body.len(), headers.join("\n"))
    };
    samples().map(show).join("\n")
}

#[test]
fn cloudevents() {
    insta::assert_snapshot!(shown(&Body::CloudEvents));
}

#[test]
fn slack() {
    insta::assert_snapshot!(shown(&Body::Slack));
}

#[test]
fn discord() {
    insta::assert_snapshot!(shown(&Body::Discord));
}

#[test]
fn teams() {
    insta::assert_snapshot!(shown(&Body::Teams));
}

#[test]
fn ntfy() {
    insta::assert_snapshot!(shown(&Body::Ntfy));
}

#[test]
fn template() {
    let source =
        r#"{"text": {{ headline ~ "\n" ~ sentence }}, "n": {{ changes|length }}, "id": {{ event.id }}}"#;
    let template = Template::new(source, "application/json").unwrap();
    insta::assert_snapshot!(shown(&Body::Template(template)));
}

/// Every text in a value, with where it stands.
fn texts(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, path, found)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| texts(value, &format!("{path}.{name}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn the_limits_of_each_receiver_are_kept() {
    for (name, raised, lang) in samples() {
        let all_long = {
            let mut raised = raised.clone();
            let long = "*&<世界\"\u{1}".repeat(9_000);
            raised.alert.sentence = long.clone();
            raised.alert.sentences = Sentences { zh: Some(long.clone()), ru: Some(long) };
            let change = changes().alert.changes;
            raised.alert.changes = change.iter().cycle().take(2_000).cloned().collect();
            let items = raised.alert.items.iter().cycle().take(2_000).cloned().collect();
            raised.alert.items = items;
            raised.alert.source = Some(format!("https://example.org/{}", "x".repeat(9_000)));
            raised
        };
        for raised in [raised, all_long] {
            let utf16 = |text: &str| text.encode_utf16().count();
            let slack: Value = serde_json::from_slice(&made(&Body::Slack, &raised, lang).body).unwrap();
            assert!(slack["blocks"].as_array().unwrap().len() <= 50, "{name}");
            let mut found = Vec::new();
            texts(&slack, "", &mut found);
            for (path, text) in found {
                let most = if path.contains(".text.text") { 3000 } else { 4000 };
                assert!(utf16(&text) <= most, "{name}: {path}");
            }

            let discord: Value = serde_json::from_slice(&made(&Body::Discord, &raised, lang).body).unwrap();
            let embed = &discord["embeds"][0];
            let length = |value: &Value| utf16(value.as_str().unwrap());
            assert!(length(&embed["title"]) <= 256 && length(&embed["description"]) <= 4096, "{name}");
            let mut found = Vec::new();
            texts(embed, "", &mut found);
            let counted = found.iter().filter(|(path, _)| path != ".url" && path != ".timestamp");
            assert!(counted.map(|(_, text)| utf16(text)).sum::<usize>() <= 6000, "{name}");

            assert!(made(&Body::Teams, &raised, lang).body.len() <= 28 * 1024, "{name}");

            let ntfy: Value = serde_json::from_slice(&made(&Body::Ntfy, &raised, lang).body).unwrap();
            assert!(ntfy["message"].as_str().unwrap().len() <= 4096, "{name}");
        }
    }
}

#[test]
fn nothing_in_a_text_acts_in_its_medium() {
    let body = |body: &Body| String::from_utf8(made(body, &changes(), Lang::En).body).unwrap();
    let slack = body(&Body::Slack);
    assert!(slack.contains("A &amp; B") && slack.contains("&lt;@everyone&gt;"), "{slack}");
    let discord = body(&Body::Discord);
    assert!(discord.contains(r"\\*at once\\*") && discord.contains(r"\\[x\\](http"), "{discord}");
    assert!(discord.contains(r#""allowed_mentions":{"parse":[]}"#), "{discord}");
}

#[test]
fn nothing_from_outside_acts_in_any_message() {
    let text =
        "{{ headline }} {{ sentence }} {{ changes }} {{ items }} {{ data.source }} {{ event.subject }}";
    let json = r#"{"text": {{ sentence }}, "data": {{ data }}}"#;
    let template = |source: &str, kind: &str| Body::Template(Template::new(source, kind).unwrap());
    let bodies = [
        Body::CloudEvents,
        Body::Slack,
        Body::Discord,
        Body::Teams,
        Body::Ntfy,
        template(text, "text/plain"),
        template(json, "application/json"),
    ];
    for nasty in crate::domain::outside::NASTY {
        let mut raised = sample::digest();
        let mut full = changes();
        for raised in [&mut raised, &mut full] {
            let alert = &mut raised.alert;
            let sentence = format!("Chad{nasty} ratified.");
            alert.sentences = Sentences { zh: Some(sentence.clone()), ru: Some(sentence.clone()) };
            (alert.headline, alert.headlines) = (sentence.clone(), alert.sentences.clone());
            alert.sentence = sentence;
            alert.about = Some(nasty.to_string());
            alert.article = Some(nasty.to_string());
            alert.source = Some(format!("https://example.org/{nasty}"));
            for item in &mut alert.items {
                item.sentence = nasty.to_string();
                item.sentences = Sentences { zh: Some(nasty.to_string()), ru: None };
            }
        }
        for raised in [raised, full] {
            for body in &bodies {
                for lang in [Lang::En, Lang::Zh, Lang::Ru] {
                    let made = String::from_utf8(made(body, &raised, lang).body).unwrap();
                    assert!(!made.chars().any(crate::domain::outside::acts), "{nasty:?}: {made}");
                    assert!(!made.contains("\\u0") && !made.contains("\\r"), "{nasty:?}: {made}");
                    assert!(made.contains("Chad"), "{made}");
                }
            }
        }
    }
}

#[test]
fn the_topic_of_ntfy_is_not_in_the_url() {
    let Request { url, body, .. } = made(&Body::Ntfy, &approaching(), Lang::En);
    assert_eq!(url.as_str(), "https://hooks.example.org/services/");
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["topic"], "token");
}

#[test]
fn a_key_signs_every_format() {
    let keys = [SecretSlice::from(b"a key of twenty-four byte".to_vec())];
    let url: Url = "https://hooks.example.org/services/token".parse().unwrap();
    let now = "2019-07-03T00:05:01Z".parse().unwrap();
    let made = request(&Body::Slack, &url, &keys, &approaching(), Lang::En, now).unwrap();
    let names: Vec<&str> = made.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["webhook-id", "webhook-timestamp", "webhook-signature", "content-type"]);
    let id = &approaching().id;
    assert_eq!(made.headers[2].1, signature::sign(&keys, id, now.timestamp(), &made.body));
}
