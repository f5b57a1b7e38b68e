//! What sums up others: the digest of what an endpoint was not told one by one, and its report. Here is
//! decided what they say; how, stands in one file for each language.

mod en;
mod ru;
#[cfg(test)]
mod tests;
mod zh;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::domain::alert::Alert;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::day::PartialDay;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::{DateId, TreatyId};
use crate::domain::lang::{Lang, Words};
use crate::domain::summary::{EndpointCount, Item, KindCount, Report, Snoozed};
use crate::domain::treaty::DateKind;
use crate::domain::wording::{Sentences, Wording};

use super::due::blank;
use super::wording::headline::{Head, fit};

/// A report names the dates of so many days to come.
pub const UPCOMING_DAYS: u32 = 90;

/// A line of a digest names so many states at most.
const STATES_LISTED_MAX: usize = 20;

/// Why a digest is made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It was due at that time. What is too long for one message is several, numbered from 1.
    Due(DateTime<Utc>, usize),
    /// What was held waits for nothing any more: the number is that of the last delivery in it.
    Released(i64),
}

/// One thing that a summary says.
#[derive(Debug)]
enum Said<'a> {
    /// So many alerts of each severity were held for a digest.
    Digest { on: NaiveDate, counts: &'a [(Severity, usize)] },
    /// So many are held no more.
    Released { on: NaiveDate, counts: &'a [(Severity, usize)] },
    /// What a report says first.
    Report { report: &'a Report, raised: u32, failed: u32 },
    /// So many alerts of each kind.
    Raised(&'a [KindCount]),
    /// What became of them at an endpoint.
    Endpoint(&'a EndpointCount),
    /// Nobody was to be told anything.
    NoDelivery,
    /// On which days was checked.
    Checks(&'a Report),
    /// So many dates are acknowledged.
    Acknowledged(u32),
    /// The treaties that are heard of later.
    Snoozed(&'a [Snoozed]),
    /// The treaties whose facts are old.
    Stale(&'a [TreatyId]),
    /// So many dates are near.
    Upcoming(u32),
    /// One of them.
    Date { on: PartialDay, title: &'a Words, kind: DateKind, date: &'a DateId },
    /// So many more of them.
    MoreDates(u32),
}

/// Says one thing in each language.
fn say(said: &Said<'_>) -> Words {
    Words { en: en::say(said), zh: Some(zh::say(said)), ru: Some(ru::say(said)) }
}

/// The headline of a digest or a report.
fn headline(said: &Said<'_>) -> Words {
    let line = |forms: Vec<String>| fit(&Head::of(""), &forms, &[]);
    Words {
        en: line(en::headline(said)),
        zh: Some(line(zh::headline(said))),
        ru: Some(line(ru::headline(said))),
    }
}

/// The alerts as items of a digest: the most severe first, then by day, then as they were raised. One that lists
/// others is its list.
pub fn items(alerts: Vec<RaisedAlert>) -> Vec<Item> {
    let item = |RaisedAlert { id, alert, .. }: RaisedAlert| {
        let with_states = |sentence: String, lang| match states_of(&alert, lang) {
            Some(states) => format!("{sentence} {states}"),
            None => sentence,
        };
        let Sentences { zh, ru } = alert.sentences.clone();
        Item {
            id,
            treaty: alert.treaty.clone(),
            kind: alert.kind,
            severity: alert.severity,
            on: alert.on,
            sentence: with_states(alert.sentence.clone(), Lang::En),
            sentences: Sentences {
                zh: zh.map(|zh| with_states(zh, Lang::Zh)),
                ru: ru.map(|ru| with_states(ru, Lang::Ru)),
            },
        }
    };
    let listed = |raised: RaisedAlert| match raised.alert.items.is_empty() {
        true => vec![item(raised)],
        false => raised.alert.items,
    };
    let mut items: Vec<Item> = alerts.into_iter().flat_map(listed).collect();
    items.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.on.cmp(&b.on)));
    items
}

/// The states that share the day of an alert, in brackets, up to as many as a line can hold.
fn states_of(alert: &Alert, lang: Lang) -> Option<String> {
    let names: Vec<String> =
        alert.states.iter().take(STATES_LISTED_MAX).map(|one| one.name.in_lang(lang)).collect();
    if names.is_empty() {
        return None;
    }
    let comma = if lang == Lang::Zh { "、" } else { ", " };
    let more = alert.states.len() - names.len();
    let more = if 0 < more { format!("{comma}+{more}") } else { String::new() };
    Some(format!("({}{more})", names.join(comma)))
}

/// The digest for an endpoint, on a day, as severe as the most severe of its items.
pub fn digest(endpoint: &str, on: NaiveDate, occasion: Occasion, items: Vec<Item>) -> Alert {
    let key = match occasion {
        Occasion::Due(at, 1) => format!("digest|{endpoint}|{}", instant(at)),
        Occasion::Due(at, part) => format!("digest|{endpoint}|{}|{part}", instant(at)),
        Occasion::Released(last) => format!("digest|{endpoint}|held|{last}"),
    };
    let count = |severity: &Severity| items.iter().filter(|item| item.severity == *severity).count();
    let counts = Severity::ALL.iter().rev().map(|severity| (*severity, count(severity)));
    let counts: Vec<(Severity, usize)> = counts.filter(|(_, count)| *count > 0).collect();
    let said = match occasion {
        Occasion::Due(..) => Said::Digest { on, counts: &counts },
        Occasion::Released(_) => Said::Released { on, counts: &counts },
    };
    let mut alert = blank(None, key, on);
    alert.word(Wording { headline: headline(&said), sentence: say(&said) });
    alert.kind = AlertKind::Digest;
    alert.about = Some(endpoint.to_owned());
    alert.severity = items.iter().map(|item| item.severity).max().unwrap_or(Severity::Info);
    alert.items = items;
    alert
}

/// The report for an endpoint that is due at a time. `titles` are those of the treaties of its dates.
pub fn report(
    endpoint: &str,
    due_at: DateTime<Utc>,
    mut report: Report,
    titles: &BTreeMap<TreatyId, Words>,
) -> Alert {
    let raised = report.raised.iter().map(|of| of.count).sum();
    let failed = report.endpoints.iter().map(|of| of.failed).sum();
    let mut alert = blank(None, format!("report|{endpoint}|{}", instant(due_at)), report.ends_before);
    let said = Said::Report { report: &report, raised, failed };
    alert.word(Wording { headline: headline(&said), sentence: say(&said) });
    alert.kind = AlertKind::Report;
    alert.about = Some(endpoint.to_owned());
    // What fell through is worth acting on.
    let fell_through = failed > 0 || report.days_missed > 0;
    alert.severity = if fell_through { Severity::Warning } else { Severity::Info };
    report.lines = lines(&report, titles).iter().map(|said| say(said).into()).collect();
    alert.report = Some(Box::new(report));
    alert
}

fn lines<'a>(report: &'a Report, titles: &'a BTreeMap<TreatyId, Words>) -> Vec<Said<'a>> {
    let mut lines = vec![Said::Raised(&report.raised)];
    lines.extend(report.endpoints.iter().map(Said::Endpoint));
    if report.endpoints.is_empty() {
        lines.push(Said::NoDelivery);
    }
    lines.extend([
        Said::Checks(report),
        Said::Acknowledged(report.acknowledged),
        Said::Snoozed(&report.snoozed),
        Said::Stale(&report.stale),
        Said::Upcoming(report.upcoming_count),
    ]);
    let dates = report.upcoming.iter().filter_map(|date| Some((date, titles.get(&date.treaty)?)));
    lines.extend(dates.map(|(date, title)| Said::Date {
        on: date.on,
        title,
        kind: date.kind,
        date: &date.date,
    }));
    let named = u32::try_from(report.upcoming.len()).unwrap_or(u32::MAX);
    lines.extend(report.upcoming_count.checked_sub(named).filter(|more| *more > 0).map(Said::MoreDates));
    lines
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The numbers of an endpoint that are not zero, with the words for them.
fn counted<'a>(
    of: &EndpointCount,
    [delivered, pending, held, acknowledged, failed]: [&'a str; 5],
) -> Vec<(&'a str, u32)> {
    let all = [
        (delivered, of.delivered),
        (pending, of.pending),
        (held, of.held),
        (acknowledged, of.acknowledged),
        (failed, of.failed),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}
