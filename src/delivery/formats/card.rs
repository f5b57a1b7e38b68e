//! What an alert says to people, whatever the medium.

use chrono::{DateTime, Utc};

use crate::domain::alert::{Alert, Change, Changed};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::day::PartialDay;
use crate::domain::delivery::RaisedAlert;
use crate::domain::grammar;
use crate::domain::lang::Lang;
use crate::domain::outside::visible;
use crate::domain::status::Standing;
use crate::domain::summary::Item;
use crate::l10n::{alert_kind, colon, comma, phrases};

/// An alert in one language, in parts that each medium lays out in its own way. Nothing is escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The language of all of it.
    pub lang: Lang,
    /// The id that every attempt has.
    pub id: String,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// How much attention it asks for.
    pub severity: Severity,
    /// The main kind.
    pub kind: AlertKind,
    /// What happens and when: the title of a message.
    pub headline: String,
    /// What happens, when, by which act and article.
    pub sentence: String,
    /// The name of the instrument in the catalogue.
    pub subject: String,
    /// What it is about, as labels and values.
    pub facts: Vec<Fact>,
    /// Everything that it changes, a line each.
    pub changes: Vec<String>,
    /// The states that share it, by name.
    pub states: Vec<String>,
    /// What it sums up: the alerts of a digest, or what a report says, a line each.
    pub items: Vec<String>,
    /// Where it is written, if that is an address on the web.
    pub source: Option<String>,
}

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// What it is here.
    pub value: String,
}

impl Card {
    /// The card of an alert.
    pub fn of(raised: &RaisedAlert, lang: Lang) -> Self {
        let alert = &raised.alert;
        let is_address = |source: &&String| source.starts_with("https://") || source.starts_with("http://");
        Self {
            lang,
            id: raised.id.clone(),
            raised_at: raised.raised_at,
            severity: alert.severity,
            kind: alert.kind,
            headline: harmless(alert.headline_in(lang)),
            sentence: harmless(alert.sentence_in(lang)),
            subject: harmless(alert.subject().to_owned()),
            facts: facts(raised, lang),
            changes: alert.changes.iter().map(|change| harmless(line(alert, change, lang))).collect(),
            states: alert.states.iter().map(|one| harmless(one.name.in_lang(lang))).collect(),
            items: items(alert, lang),
            source: alert.source.as_ref().filter(is_address).cloned().map(harmless),
        }
    }
}

/// Texts of sources and catalogues are in it: nothing in them acts in any medium.
fn harmless(text: String) -> String {
    visible(&text).into_owned()
}

/// Lines that an alert lists, and what they are.
#[derive(Debug, Clone, Copy)]
pub(in crate::delivery) struct List<'a> {
    /// The lines.
    pub lines: &'a [String],
    /// What is counted where they do not fit.
    pub of: Listed,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::delivery) enum Listed {
    Changes,
    States,
    Alerts,
    Lines,
}

impl Card {
    /// What it lists: nothing that sums up others changes anything itself.
    pub(in crate::delivery) fn list(&self) -> List<'_> {
        if !self.states.is_empty() {
            return List { lines: &self.states, of: Listed::States };
        }
        if self.items.is_empty() {
            return List { lines: &self.changes, of: Listed::Changes };
        }
        let of = if self.kind == AlertKind::Report { Listed::Lines } else { Listed::Alerts };
        List { lines: &self.items, of }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn facts(raised: &RaisedAlert, lang: Lang) -> Vec<Fact> {
    let alert = &raised.alert;
    let mut facts = Vec::new();
    let mut add = |label, value: String| facts.push(Fact { label, value: harmless(value) });
    let (labels, words) = (&phrases(lang).labels, &phrases(lang).message);
    add(labels.severity, alert.severity.label(lang).to_owned());
    add(labels.kind, alert_kind(alert.kind, alert.late, raised.test, lang));
    if let Some(treaty) = &alert.treaty {
        add(words.instrument, treaty.to_string());
    }
    if let Some(about) = &alert.about {
        add(words.about, about.clone());
    }
    if let Some(state) = alert.state {
        add(labels.state, state.to_string());
    }
    add(words.date, grammar::day(alert.on, lang));
    if alert.reading.as_str() != "default" {
        add(words.reading, alert.reading.to_string());
    }
    facts
}

/// What it sums up.
fn items(alert: &Alert, lang: Lang) -> Vec<String> {
    let item = |item: &Item| {
        let severity = capitalized(item.severity.label(lang));
        harmless(format!("{severity}{}{}", colon(lang), item.sentence_in(lang)))
    };
    let lines = alert.report.iter().flat_map(|report| &report.lines).map(|line| harmless(line.in_lang(lang)));
    alert.items.iter().map(item).chain(lines).collect()
}

/// One change: what, from what to what, from which day.
fn line(alert: &Alert, change: &Change, lang: Lang) -> String {
    let subject = match (change.date(), change.state) {
        (Some(date), _) => date.to_string(),
        (None, Some(state)) => state.to_string(),
        (None, None) => alert.subject().to_owned(),
    };
    let standing = |standing: Option<Standing>| standing.map(|standing| standing.label(lang).to_owned());
    let day = |day: Option<PartialDay>| day.map(|day| grammar::day(day, lang));
    let count = phrases(lang).message.progress;
    let (from, to) = match &change.what {
        Changed::Status { from, to } => (standing(*from), standing(*to)),
        Changed::Date { from, to, .. } => (day(*from), day(*to)),
        Changed::Progress { from, to, needed } => (Some(count(*from, *needed)), Some(count(*to, *needed))),
    };
    let nothing = || "∅".to_owned();
    let colon = colon(lang);
    let (from, to) = (from.unwrap_or_else(nothing), to.unwrap_or_else(nothing));
    let mut line = format!("{subject}{colon}{from} → {to}");
    // A date that moves states its day.
    if change.date().is_none() {
        line.push_str(&format!("{}{}", comma(lang), grammar::day(change.on, lang)));
    }
    if change.reading.as_str() != "default" {
        line.push_str(&format!(" [{}]", change.reading));
    }
    line
}
