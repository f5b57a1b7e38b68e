//! Summaries in English.

use chrono::NaiveDate;

use super::{Said, UPCOMING_DAYS, counted};
use crate::domain::alert_kind::Severity;
use crate::domain::day::PartialDay;
use crate::domain::grammar;
use crate::domain::lang::Lang;
use crate::domain::summary::Report;

/// One thing that a summary says.
pub(super) fn say(said: &Said<'_>) -> String {
    match said {
        Said::Digest { on, counts } => format!("Digest of {}: {}.", day(*on), alerts(counts)),
        Said::Released { on, counts } => format!("Held until {}: {}.", day(*on), alerts(counts)),
        Said::Report { report, raised, failed } => {
            let days = days(report);
            let failed = match failed {
                0 => "no delivery failed".to_owned(),
                1 => "1 delivery failed".to_owned(),
                many => format!("{many} deliveries failed"),
            };
            let checked = match report.days_missed {
                0 => "every day was checked".to_owned(),
                missed => format!("{missed} of {} days had no check", report.days()),
            };
            format!("Report for {days}: {}, {failed}, {checked}.", plural(u64::from(*raised), "alert"))
        }
        Said::Raised([]) => "Raised: nothing".to_owned(),
        Said::Raised(kinds) => {
            let each = kinds.iter().map(|of| format!("{} {}", of.kind.label(Lang::En), of.count));
            format!("Raised: {}", each.collect::<Vec<_>>().join(", "))
        }
        Said::Endpoint(of) => {
            let words = ["delivered", "pending", "held", "not sent as acknowledged", "failed"];
            let each = counted(of, words).into_iter().map(|(word, count)| format!("{count} {word}"));
            format!("{}: {}", of.endpoint, each.collect::<Vec<_>>().join(", "))
        }
        Said::NoDelivery => "Deliveries: none".to_owned(),
        Said::Checks(report) if report.days_missed == 0 => "Checked: every day".to_owned(),
        Said::Checks(report) => {
            let mut days: Vec<String> = report.missed.iter().map(|on| day(*on)).collect();
            if report.days_not_named() > 0 {
                days.push(format!("{} more", grammar::days(report.days_not_named(), Lang::En)));
            }
            format!("Not checked: {}", days.join(", "))
        }
        Said::Acknowledged(count) => format!("Acknowledged dates: {count}"),
        Said::Snoozed([]) => "Snoozed: none".to_owned(),
        Said::Snoozed(treaties) => {
            let each = treaties.iter().map(|of| format!("{} until {}", of.treaty, day(of.ends_before)));
            format!("Snoozed: {}", each.collect::<Vec<_>>().join(", "))
        }
        Said::Stale([]) => "Facts: all confirmed within a year".to_owned(),
        Said::Stale(treaties) => {
            let names: Vec<&str> = treaties.iter().map(|treaty| treaty.as_str()).collect();
            format!("Facts not confirmed for a year: {}", names.join(", "))
        }
        Said::Upcoming(0) => format!("Within {UPCOMING_DAYS} days: no date"),
        Said::Upcoming(count) => {
            format!("Within {UPCOMING_DAYS} days: {}", plural(u64::from(*count), "date"))
        }
        Said::MoreDates(more) => format!("and {}", plural(u64::from(*more), "more date")),
        Said::Date { on, title, kind, date } => {
            let on = grammar::day(*on, Lang::En);
            format!("{on}: {}, {} ({date})", title.in_lang(Lang::En), kind.label(Lang::En))
        }
    }
}

/// The forms of a headline, the fullest first.
pub(super) fn headline(said: &Said<'_>) -> Vec<String> {
    let total = |counts: &[(Severity, usize)]| {
        let total: usize = counts.iter().map(|(_, count)| count).sum();
        plural(total as u64, "alert")
    };
    match said {
        Said::Digest { on, counts } => vec![format!("Digest of {}: {}", day(*on), total(counts))],
        Said::Released { on, counts } => vec![format!("Held until {}: {}", day(*on), total(counts))],
        Said::Report { report, raised, failed } => {
            let days = days(report);
            let alerts = plural(u64::from(*raised), "alert");
            let failed = if *failed > 0 { format!(", {failed} failed") } else { String::new() };
            vec![format!("Report for {days}: {alerts}{failed}"), format!("Report for {days}")]
        }
        other => vec![say(other)],
    }
}

fn days(report: &Report) -> String {
    let (first, last) = (day(report.starts_on), day(report.last_day()));
    if first == last { first } else { format!("{first} to {last}") }
}

fn day(on: NaiveDate) -> String {
    grammar::day(PartialDay::exact(on), Lang::En)
}

fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// So many alerts, and how many of each severity.
fn alerts(counts: &[(Severity, usize)]) -> String {
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let each = counts.iter().map(|(severity, count)| format!("{} {count}", severity.label(Lang::En)));
    format!("{} ({})", plural(total as u64, "alert"), each.collect::<Vec<_>>().join(", "))
}
