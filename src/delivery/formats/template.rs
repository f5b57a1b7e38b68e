//! A template of the user: the body is whatever it makes of the event.

use std::io::{self, Write};
use std::sync::Arc;

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, context};

use super::card::Card;
use crate::delivery::{event, sample};
use crate::domain::delivery::RaisedAlert;
use crate::domain::lang::Lang;

/// So many instructions a template may take; a long loop over every change takes a few thousand.
const FUEL: u64 = 100_000;
/// A body may be so long.
pub const OUTPUT_SIZE_MAX_BYTES: usize = 256 * 1024;

/// A template that was read and tried.
#[derive(Debug, Clone)]
pub struct Template {
    source: Arc<str>,
    content_type: Arc<str>,
}

/// A template that gives no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It cannot be read, or names what does not exist.
    #[error("{problem}{}", line.map(|line| format!(", in line {line} of the template")).unwrap_or_default())]
    Fault {
        /// What is wrong.
        problem: String,
        /// In which line.
        line: Option<usize>,
    },
    /// It goes on for too long.
    #[error("the template takes more than {FUEL} steps")]
    Endless,
    /// It makes too much of it.
    #[error("the template makes more than {OUTPUT_SIZE_MAX_BYTES} bytes")]
    TooLong,
    /// It says that it makes JSON.
    #[error("the template makes no valid JSON ({0}), though `content_type` says so")]
    NotJson(String),
}

impl Template {
    /// Reads a template and tries it with a date that approaches, an act that changes something, an alert that lacks
    /// whatever an alert can lack, a digest and a report.
    pub fn new(source: &str, content_type: &str) -> Result<Self, TemplateError> {
        let template = Self { source: source.into(), content_type: content_type.into() };
        for raised in
            [sample::approaching(), sample::act(), sample::bare(), sample::digest(), sample::report()]
        {
            template.render(&raised, Lang::En)?;
        }
        Ok(template)
    }

    /// The `content-type` of what it makes.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// What it makes of an alert. Values are escaped for the content type: in JSON each is written
    /// as JSON, with its quotes, in HTML and XML as text.
    pub fn render(&self, raised: &RaisedAlert, lang: Lang) -> Result<String, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        let escape = self.escape();
        environment.set_auto_escape_callback(move |_| escape.clone());
        let card = Card::of(raised, lang);
        let event = event::value(raised);
        let values = context! {
            sentence => card.sentence,
            headline => card.headline,
            changes => card.changes,
            items => card.items,
            language => lang.as_str(),
            data => Value::from(Serde(&event["data"])),
            event => Value::from(Serde(&event)),
        };
        let mut out = Limited(Vec::new());
        let rendered = environment
            .template_from_str(&self.source)
            .and_then(|template| template.render_captured_to(values, &mut out).map(|_| ()));
        match rendered {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::OutOfFuel => return Err(TemplateError::Endless),
            Err(error) if error.kind() == ErrorKind::WriteFailure => return Err(TemplateError::TooLong),
            Err(error) => return Err(fault(&error)),
        }
        let text = String::from_utf8(out.0).expect("a template writes text");
        if self.is_json()
            && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&text)
        {
            return Err(TemplateError::NotJson(error.to_string()));
        }
        Ok(text)
    }

    fn is_json(&self) -> bool {
        self.media_type().ends_with("json")
    }

    fn media_type(&self) -> String {
        self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    fn escape(&self) -> AutoEscape {
        let media_type = self.media_type();
        if media_type.ends_with("json") {
            AutoEscape::Json
        } else if media_type.ends_with("html") || media_type.ends_with("xml") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    }
}

fn fault(error: &minijinja::Error) -> TemplateError {
    let problem = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    TemplateError::Fault { problem, line: error.line() }
}

/// Takes as many bytes as a body may have.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_SIZE_MAX_BYTES {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str, content_type: &str) -> String {
        Template::new(source, content_type).unwrap_err().to_string()
    }

    #[test]
    fn values_are_escaped_for_the_content_type() {
        let mut raised = sample::approaching();
        raised.alert.sentence = "\"A\" <b> & c".to_owned();
        let made = |source: &str, content_type: &str| {
            Template::new(source, content_type).unwrap().render(&raised, Lang::En).unwrap()
        };
        let json = made(r#"{"text": {{ sentence }}, "days": {{ data.lead_days }}}"#, "application/json");
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json, serde_json::json!({"text": "\"A\" <b> & c", "days": 30}));
        assert_eq!(
            made("<p>{{ sentence }}</p>", "text/html; charset=utf-8"),
            "<p>&quot;A&quot; &lt;b&gt; &amp; c</p>"
        );
        assert_eq!(made("{{ sentence }}", "text/plain"), "\"A\" <b> & c");
    }

    #[test]
    fn a_template_that_gives_no_body_is_refused_at_once() {
        assert_eq!(
            error("\n{{ data.sentense }}", "text/plain"),
            "undefined value, in line 2 of the template"
        );
        // An act has changes; the bare sample has none.
        assert_eq!(
            error("{{ data.changes[0].kind }}", "text/plain"),
            "undefined value, in line 1 of the template"
        );
        assert!(error("{% if %}", "text/plain").starts_with("syntax error: "));
        assert_eq!(
            error(
                "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
                "text/plain"
            ),
            "the template takes more than 100000 steps"
        );
        let long = "x".repeat(30_000);
        assert_eq!(
            error(&format!("{{% for a in range(10) %}}{long}{{% endfor %}}"), "text/plain"),
            "the template makes more than 262144 bytes"
        );
        assert!(
            error(r#"{"text": "{{ sentence }}"}"#, "application/json")
                .starts_with("the template makes no valid JSON")
        );
    }
}
