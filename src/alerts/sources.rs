//! Alerts about the watched sources themselves.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::alert::Alert;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::reconcile::Finding;
use crate::domain::treaty::Treaty;

use super::due::blank;
use super::wording::Names;
use super::wording::source::{self as wording, Subject};

/// A watched source, as alerts speak of it.
#[derive(Debug, Clone, Copy)]
pub struct WatchedSource<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is.
    pub url: &'a str,
    /// The treaty that it is about.
    pub treaty: Option<&'a Treaty>,
}

impl<'a> WatchedSource<'a> {
    fn alert(&self, kind: AlertKind, key: String, on: NaiveDate) -> Alert {
        let mut alert = blank(self.treaty.map(|treaty| treaty.id.clone()), key, on);
        alert.kind = kind;
        alert.about = Some(self.name.to_owned());
        alert.source = Some(self.url.to_owned());
        alert
    }

    fn subject(&self) -> Subject<'a> {
        Subject { name: self.name, title: self.treaty.map(|treaty| &treaty.short_title) }
    }
}

/// A source that fails, or had failed.
#[derive(Debug, Clone, Copy)]
pub struct Failing<'a> {
    /// The source.
    pub source: WatchedSource<'a>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why.
    pub reason: Reason<'a>,
}

/// Why a source gives nothing that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// It has failed: what the last failure was.
    Failed(&'a str),
    /// Its host asked for a pause, and it was not polled.
    Paused,
}

/// That sources fail: one alert for those of which it is told together, as when the network is down. There is
/// at least one.
pub fn source_failing(failing: &[Failing<'_>], today: NaiveDate) -> Alert {
    let mut alert = together(AlertKind::SourceFailing, "failing", failing, today);
    alert.severity = Severity::Warning;
    alert.word(wording::failing(&subjects(failing), since(failing), reason(failing)));
    alert
}

/// That sources are back of which people were told that they failed.
pub fn source_recovered(failed: &[Failing<'_>], today: NaiveDate) -> Alert {
    let mut alert = together(AlertKind::SourceRecovered, "recovered", failed, today);
    alert.word(wording::recovered(&subjects(failed), since(failed)));
    alert
}

fn together(kind: AlertKind, word: &str, failing: &[Failing<'_>], today: NaiveDate) -> Alert {
    let names = failing.iter().map(|it| it.source.name).collect::<Vec<_>>().join(",");
    let key = format!("source|{word}|{names}|{}", since(failing).to_rfc3339());
    match failing {
        [one] => one.source.alert(kind, key, today),
        several => {
            let mut alert = blank(None, key, today);
            alert.kind = kind;
            alert.about = Some(several.iter().map(|it| it.source.name).collect::<Vec<_>>().join(", "));
            alert
        }
    }
}

fn subjects<'a>(failing: &[Failing<'a>]) -> Vec<Subject<'a>> {
    failing.iter().map(|it| it.source.subject()).collect()
}

fn since(failing: &[Failing<'_>]) -> DateTime<Utc> {
    failing.iter().map(|it| it.since).min().unwrap_or_default()
}

fn reason<'a>(failing: &[Failing<'a>]) -> Reason<'a> {
    failing.first().map_or(Reason::Failed(""), |it| it.reason)
}

/// That a source has findings to review: one alert for all of one poll. `number` is that of the first finding, as it
/// is kept.
pub fn source_changed(
    source: &WatchedSource<'_>,
    number: i64,
    findings: &[Finding],
    names: Names<'_>,
    today: NaiveDate,
) -> Alert {
    let key = format!("source|changed|{}|{number}", source.name);
    let mut alert = source.alert(AlertKind::SourceChanged, key, today);
    // What may be a withdrawal or a new party is worth acting on; a page that changed is worth reading.
    let is_legal = findings.iter().any(Finding::settles);
    alert.severity = if is_legal { Severity::Warning } else { Severity::Notice };
    alert.word(wording::changed(&source.subject(), findings, names));
    alert
}
