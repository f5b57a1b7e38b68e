//! Summaries in Russian.

use chrono::NaiveDate;

use super::{Said, UPCOMING_DAYS, counted};
use crate::domain::alert_kind::Severity;
use crate::domain::day::PartialDay;
use crate::domain::grammar::{self, russian_genitive, russian_plural};
use crate::domain::lang::Lang;
use crate::domain::summary::Report;

/// One thing that a summary says. Numbers stand behind a dash, so that no noun has to agree with them.
pub(super) fn say(said: &Said<'_>) -> String {
    match said {
        Said::Digest { on, counts } => format!("Сводка за {}: {}.", day(*on), alerts(counts)),
        Said::Released { on, counts } => format!("Отложено до {}: {}.", genitive(*on), alerts(counts)),
        Said::Report { report, raised, failed } => {
            let days = days(report);
            let failed = match failed {
                0 => "неудачных доставок нет".to_owned(),
                many => format!("неудачных доставок — {many}"),
            };
            let checked = match report.days_missed {
                0 => "проверки проводились каждый день".to_owned(),
                missed => format!("дней без проверки — {missed} из {}", report.days()),
            };
            format!("Отчёт {days}: оповещений — {raised}, {failed}, {checked}.")
        }
        Said::Raised([]) => "Оповещения: нет".to_owned(),
        Said::Raised(kinds) => {
            let each = kinds.iter().map(|of| format!("{} — {}", of.kind.label(Lang::Ru), of.count));
            format!("Оповещения: {}", each.collect::<Vec<_>>().join(", "))
        }
        Said::Endpoint(of) => {
            let words = [
                "доставлено",
                "ожидает",
                "отложено",
                "не отправлено, так как принято к сведению",
                "не доставлено",
            ];
            let each = counted(of, words).into_iter().map(|(word, count)| format!("{word} — {count}"));
            format!("{}: {}", of.endpoint, each.collect::<Vec<_>>().join(", "))
        }
        Said::NoDelivery => "Доставки: нет".to_owned(),
        Said::Checks(report) if report.days_missed == 0 => "Проверки: каждый день".to_owned(),
        Said::Checks(report) => {
            let mut days: Vec<String> = report.missed.iter().map(|on| day(*on)).collect();
            if report.days_not_named() > 0 {
                days.push(format!("ещё {}", grammar::days(report.days_not_named(), Lang::Ru)));
            }
            format!("Без проверки: {}", days.join(", "))
        }
        Said::Acknowledged(count) => format!("Даты, принятые к сведению: {count}"),
        Said::Snoozed([]) => "Отложенные договоры: нет".to_owned(),
        Said::Snoozed(treaties) => {
            let each = treaties.iter().map(|of| format!("{} до {}", of.treaty, genitive(of.ends_before)));
            format!("Отложенные договоры: {}", each.collect::<Vec<_>>().join(", "))
        }
        Said::Stale([]) => "Сведения: все подтверждены в течение года".to_owned(),
        Said::Stale(treaties) => {
            let names: Vec<&str> = treaties.iter().map(|treaty| treaty.as_str()).collect();
            format!("Сведения не подтверждены больше года: {}", names.join(", "))
        }
        Said::Upcoming(0) => format!("В ближайшие {UPCOMING_DAYS} дней: дат нет"),
        Said::Upcoming(count) => format!("В ближайшие {UPCOMING_DAYS} дней: дат — {count}"),
        Said::MoreDates(more) => format!("и ещё дат — {more}"),
        Said::Date { on, title, kind, date } => {
            let on = grammar::day(*on, Lang::Ru);
            format!("{on}: {}, {} ({date})", title.in_lang(Lang::Ru), kind.label(Lang::Ru))
        }
    }
}

/// The forms of a headline, the fullest first.
pub(super) fn headline(said: &Said<'_>) -> Vec<String> {
    let counted =
        |count: u64| format!("{count} {}", russian_plural(count, ["оповещение", "оповещения", "оповещений"]));
    let total = |counts: &[(Severity, usize)]| {
        let total: usize = counts.iter().map(|(_, count)| count).sum();
        counted(total as u64)
    };
    match said {
        Said::Digest { on, counts } => vec![format!("Сводка за {}: {}", day(*on), total(counts))],
        Said::Released { on, counts } => {
            vec![format!("Отложено до {}: {}", genitive(*on), total(counts))]
        }
        Said::Report { report, raised, failed } => {
            let (days, alerts) = (days(report), counted(u64::from(*raised)));
            let failed =
                if *failed > 0 { format!(", не доставлено — {failed}") } else { String::new() };
            vec![
                format!("Отчёт {days}: {alerts}{failed}"),
                format!("Отчёт {days}: {alerts}"),
                format!("Отчёт {days}"),
            ]
        }
        other => vec![say(other)],
    }
}

fn days(report: &Report) -> String {
    let (first, last) = (report.starts_on, report.last_day());
    if first == last {
        format!("за {}", day(first))
    } else {
        format!("с {} по {}", genitive(first), day(last))
    }
}

fn day(on: NaiveDate) -> String {
    grammar::day(PartialDay::exact(on), Lang::Ru)
}

fn genitive(on: NaiveDate) -> String {
    russian_genitive(PartialDay::exact(on))
}

/// So many alerts, and how many of each severity.
fn alerts(counts: &[(Severity, usize)]) -> String {
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let noun = russian_plural(total as u64, ["оповещение", "оповещения", "оповещений"]);
    let each = counts.iter().map(|(severity, count)| format!("{} — {count}", severity.label(Lang::Ru)));
    format!("{total} {noun} ({})", each.collect::<Vec<_>>().join(", "))
}
