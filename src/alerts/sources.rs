//! Alerts about the watched sources themselves.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::alert::{Alert, AlertKind, Severity};
use crate::domain::reconcile::Finding;
use crate::domain::treaty::Treaty;

use super::due::blank;
use super::wording::Names;
use super::wording::source::{self as wording, Subject};

/// A watched source, as alerts speak of it.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is.
    pub url: &'a str,
    /// The treaty that it is about.
    pub treaty: Option<&'a Treaty>,
}

impl Watched<'_> {
    fn alert(&self, kind: AlertKind, key: String, on: NaiveDate) -> Alert {
        let mut alert = blank(self.treaty.map(|treaty| treaty.id.clone()), key, on);
        alert.kind = kind;
        alert.about = Some(self.name.to_owned());
        alert.source = Some(self.url.to_owned());
        alert
    }

    fn subject(&self) -> Subject<'_> {
        Subject { name: self.name, title: self.treaty.map(|treaty| &treaty.short_title) }
    }
}

/// That a source has failed since an instant, told once for that.
pub fn failing(source: &Watched<'_>, since: DateTime<Utc>, reason: &str, today: NaiveDate) -> Alert {
    let key = format!("source|failing|{}|{}", source.name, since.to_rfc3339());
    let mut alert = source.alert(AlertKind::SourceFailing, key, today);
    alert.severity = Severity::Warning;
    alert.tell(wording::failing(&source.subject(), since, reason));
    alert
}

/// That a source is back of which people were told that it failed.
pub fn recovered(source: &Watched<'_>, since: DateTime<Utc>, today: NaiveDate) -> Alert {
    let key = format!("source|recovered|{}|{}", source.name, since.to_rfc3339());
    let mut alert = source.alert(AlertKind::SourceRecovered, key, today);
    alert.severity = Severity::Info;
    alert.tell(wording::recovered(&source.subject(), since));
    alert
}

/// That a source gives cause to look: one alert for all that one look at it gave. `number` is that of the
/// first finding, as it is kept.
pub fn changed(
    source: &Watched<'_>,
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
    alert.tell(wording::changed(&source.subject(), findings, names));
    alert
}
