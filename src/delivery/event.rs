//! The body of a message: an alert as a CloudEvent 1.0 in structured JSON.

use std::io;

use chrono::{NaiveDate, SecondsFormat};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::domain::alert::{Alert, Change, StateDate};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::{ActId, DateId, StateId, TreatyId};
use crate::domain::lang::Words;
use crate::domain::outside::visible;
use crate::domain::status::ReadingId;
use crate::domain::summary::{Item, Report};
use crate::domain::wording::Sentences;

/// The `content-type` of a body.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// The body that tells of an alert. The same alert always gives the same bytes, so that a second
/// attempt repeats the first one. What an alert does not have is `null`, never missing.
pub fn body(raised: &RaisedAlert) -> Vec<u8> {
    let mut body = Vec::new();
    let mut json = serde_json::Serializer::with_formatter(&mut body, Harmless);
    Event::of(raised).serialize(&mut json).expect("text, numbers and days can always be written as JSON");
    body
}

/// The same as a value, for templates.
pub fn value(raised: &RaisedAlert) -> serde_json::Value {
    serde_json::from_slice(&body(raised)).expect("it was written as JSON")
}

/// Writes JSON with visible marks for characters that act: a receiver may print a text, or keep it where U+0000 is
/// refused.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, to: &mut W, text: &str) -> io::Result<()> {
        to.write_all(visible(text).as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, to: &mut W, escape: CharEscape) -> io::Result<()> {
        let control = match escape {
            CharEscape::Quote | CharEscape::ReverseSolidus | CharEscape::Solidus => {
                return CompactFormatter.write_char_escape(to, escape);
            }
            CharEscape::Backspace => 8,
            CharEscape::FormFeed => 12,
            CharEscape::LineFeed => b'\n',
            CharEscape::CarriageReturn => b'\r',
            CharEscape::Tab => b'\t',
            CharEscape::AsciiControl(byte) => byte,
        };
        self.write_string_fragment(to, char::from(control).encode_utf8(&mut [0; 4]))
    }
}

/// The attributes of CloudEvents 1.0, in the order in which they are written.
#[derive(Serialize)]
struct Event<'a> {
    specversion: &'static str,
    id: &'a str,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    time: String,
    subject: &'a str,
    datacontenttype: &'static str,
    data: Data<'a>,
}

/// The text of the alert comes first, for those who read the body themselves.
#[derive(Serialize)]
struct Data<'a> {
    headline: &'a str,
    headlines: &'a Sentences,
    sentence: &'a str,
    sentences: &'a Sentences,
    treaty: Option<&'a TreatyId>,
    about: Option<&'a str>,
    state: Option<StateId>,
    reading: &'a ReadingId,
    on: NaiveDate,
    lead_days: Option<u32>,
    late: bool,
    severity: Severity,
    kinds: Vec<AlertKind>,
    date: Option<&'a DateId>,
    acts: &'a [ActId],
    corrects: &'a [String],
    article: Option<&'a str>,
    source: Option<&'a str>,
    changes: &'a [Change],
    states: Vec<OfState<'a>>,
    items: &'a [Item],
    report: Option<&'a Report>,
    test: bool,
}

/// A state that shares the date, and its own date.
#[derive(Serialize)]
struct OfState<'a> {
    state: StateId,
    name: &'a Words,
    date: &'a DateId,
}

impl<'a> OfState<'a> {
    fn of(one: &'a StateDate) -> Self {
        Self { state: one.state, name: &one.name, date: &one.date }
    }
}

impl<'a> Event<'a> {
    fn of(raised: &'a RaisedAlert) -> Self {
        let alert = &raised.alert;
        Self {
            specversion: "1.0",
            id: &raised.id,
            source: origin(alert),
            kind: format!("treatywatch.{}", alert.kind),
            time: raised.raised_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            subject: subject(alert),
            datacontenttype: "application/json",
            data: Data::of(alert, raised.test),
        }
    }
}

impl<'a> Data<'a> {
    fn of(alert: &'a Alert, test: bool) -> Self {
        Self {
            headline: &alert.headline,
            headlines: &alert.headlines,
            sentence: &alert.sentence,
            sentences: &alert.sentences,
            treaty: alert.treaty.as_ref(),
            about: alert.about.as_deref(),
            state: alert.state,
            reading: &alert.reading,
            on: alert.on,
            lead_days: alert.lead_days,
            late: alert.late,
            severity: alert.severity,
            kinds: std::iter::once(alert.kind).chain(alert.also.iter().copied()).collect(),
            date: alert.date.as_ref(),
            acts: &alert.acts,
            corrects: &alert.corrects,
            article: alert.article.as_deref(),
            source: alert.source.as_deref(),
            changes: &alert.changes,
            states: alert.states.iter().map(OfState::of).collect(),
            items: &alert.items,
            report: alert.report.as_deref(),
            test,
        }
    }
}

/// Who speaks: the register of a treaty, or the tracker itself.
fn origin(alert: &Alert) -> String {
    alert
        .treaty
        .as_ref()
        .map_or("treatywatch:/".to_owned(), |treaty| format!("treatywatch:/treaties/{treaty}"))
}

/// What in the treaty the alert is about, as closely as there is a name for it.
fn subject(alert: &Alert) -> &str {
    let date = alert.date.as_ref().map(DateId::as_str);
    date.or(alert.state.as_ref().map(StateId::as_str)).unwrap_or(alert.subject())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::Changed;
    use crate::domain::alert_kind::AlertKind::{ActRecorded, DateApproaching, StatusChanged};
    use crate::domain::day::{PartialDay, parse_day};
    use crate::domain::id::Label;
    use crate::domain::status::{Standing, StateStatus};

    fn approaching() -> RaisedAlert {
        let on = parse_day("2026-02-05").unwrap();
        RaisedAlert {
            id: "msg_2fd4e1c67a2d28fc".to_owned(),
            raised_at: "2026-01-29T00:05:00.25Z".parse().unwrap(),
            test: false,
            alert: Alert {
                key: "date.approaching:new-start/expiry:2026-02-05:7".to_owned(),
                kind: DateApproaching,
                also: vec![],
                treaty: "new-start".parse().ok(),
                about: None,
                state: None,
                reading: Label::default_reading(),
                on,
                lead_days: Some(7),
                missed_leads: Vec::new(),
                late: false,
                severity: Severity::Critical,
                headline: "New START: expires in 7 days".to_owned(),
                headlines: Sentences {
                    zh: Some("7天后".to_owned()), ru: Some("через 7 дней".to_owned())
                },
                sentence: "New START expires on 5 February 2026, in 7 days (article XIV(2)).".to_owned(),
                sentences: Sentences {
                    zh: Some("还有7天。".to_owned()),
                    ru: Some("Через 7 дней.".to_owned()),
                },
                date: Some("new-start/expiry".parse().unwrap()),
                acts: vec!["new-start/extension/2021-02-03".parse().unwrap()],
                corrects: Vec::new(),
                article: Some("XIV(2)".to_owned()),
                source: Some("https://example.org/new-start".to_owned()),
                changes: vec![],
                states: Vec::new(),
                items: Vec::new(),
                report: None,
            },
        }
    }

    fn changed() -> RaisedAlert {
        let on = parse_day("2003-01-10").unwrap();
        let mut raised = approaching();
        raised.test = true;
        raised.alert = Alert {
            key: "status.changed:npt:PRK".to_owned(),
            kind: StatusChanged,
            also: vec![ActRecorded],
            treaty: "npt".parse().ok(),
            about: None,
            state: Some("PRK".parse().unwrap()),
            on,
            lead_days: None,
            late: true,
            severity: Severity::Warning,
            headline: "\"Notice\"".to_owned(),
            headlines: Sentences::default(),
            sentence: "Notice of \"withdrawal\" — 退出通知.".to_owned(),
            sentences: Sentences::default(),
            date: None,
            acts: vec![],
            article: None,
            source: None,
            changes: vec![Change {
                state: Some("PRK".parse().unwrap()),
                reading: "announcement".parse().unwrap(),
                on: PartialDay::exact(on),
                what: Changed::Status { from: Some(Standing::State(StateStatus::Party)), to: None },
            }],
            ..raised.alert
        };
        raised
    }

    fn text(raised: &RaisedAlert) -> String {
        String::from_utf8(body(raised)).unwrap()
    }

    #[test]
    fn a_date_is_told_byte_for_byte_like_this() {
        assert_eq!(
            text(&approaching()),
            concat!(
                r#"{"specversion":"1.0","id":"msg_2fd4e1c67a2d28fc","source":"treatywatch:/treaties/new-start","#,
                r#""type":"treatywatch.date.approaching","time":"2026-01-29T00:05:00Z","#,
                r#""subject":"new-start/expiry","datacontenttype":"application/json","data":{"#,
                r#""headline":"New START: expires in 7 days","headlines":{"zh":"7天后","ru":"через 7 дней"},"#,
                r#""sentence":"New START expires on 5 February 2026, in 7 days (article XIV(2)).","#,
                r#""sentences":{"zh":"还有7天。","ru":"Через 7 дней."},"#,
                r#""treaty":"new-start","about":null,"state":null,"reading":"default","on":"2026-02-05","lead_days":7,"#,
                r#""late":false,"severity":"critical","kinds":["date.approaching"],"#,
                r#""date":"new-start/expiry","acts":["new-start/extension/2021-02-03"],"corrects":[],"#,
                r#""article":"XIV(2)","source":"https://example.org/new-start","changes":[],"states":[],"items":[],"report":null,"#,
                r#""test":false}}"#,
            )
        );
    }

    #[test]
    fn a_change_is_told_byte_for_byte_like_this() {
        assert_eq!(
            text(&changed()),
            concat!(
                r#"{"specversion":"1.0","id":"msg_2fd4e1c67a2d28fc","source":"treatywatch:/treaties/npt","#,
                r#""type":"treatywatch.status.changed","time":"2026-01-29T00:05:00Z","#,
                r#""subject":"PRK","datacontenttype":"application/json","data":{"#,
                r#""headline":"\"Notice\"","headlines":{"zh":null,"ru":null},"#,
                r#""sentence":"Notice of \"withdrawal\" — 退出通知.","sentences":{"zh":null,"ru":null},"#,
                r#""treaty":"npt","about":null,"state":"PRK","#,
                r#""reading":"default","on":"2003-01-10","lead_days":null,"late":true,"#,
                r#""severity":"warning","kinds":["status.changed","act.recorded"],"date":null,"acts":[],"corrects":[],"#,
                r#""article":null,"source":null,"changes":[{"kind":"status.changed","state":"PRK","#,
                r#""date":null,"reading":"announcement","from":"party","to":null,"on":"2003-01-10"}],"#,
                r#""states":[],"items":[],"report":null,"test":true}}"#,
            )
        );
    }

    #[test]
    fn the_subject_is_the_date_else_the_state_else_the_treaty() {
        let mut alert = approaching().alert;
        alert.state = Some("RUS".parse().unwrap());
        assert_eq!(subject(&alert), "new-start/expiry");
        alert.date = None;
        assert_eq!(subject(&alert), "RUS");
        alert.state = None;
        assert_eq!(subject(&alert), "new-start");
    }
}
