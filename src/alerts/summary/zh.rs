//! Summaries in Chinese.

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
        Said::Digest { on, counts } => format!("{}摘要：{}。", day(*on), alerts(counts)),
        Said::Released { on, counts } => format!("暂缓至{}的提醒：{}。", day(*on), alerts(counts)),
        Said::Report { report, raised, failed } => {
            let days = days(report);
            let failed = match failed {
                0 => "投递无失败".to_owned(),
                many => format!("投递失败{many}次"),
            };
            let checked = match report.days_missed {
                0 => "每日均已检查".to_owned(),
                missed => format!("{}天中有{missed}天未检查", report.days()),
            };
            format!("{days}报告：发出提醒{raised}条，{failed}，{checked}。")
        }
        Said::Raised([]) => "发出的提醒：无".to_owned(),
        Said::Raised(kinds) => {
            let each = kinds.iter().map(|of| format!("{}{}条", of.kind.label(Lang::Zh), of.count));
            format!("发出的提醒：{}", each.collect::<Vec<_>>().join("，"))
        }
        Said::Endpoint(of) => {
            let words = ["已送达", "待投递", "暂缓", "因已知悉而未投递", "失败"];
            let each = counted(of, words).into_iter().map(|(word, count)| format!("{word}{count}条"));
            format!("{}：{}", of.endpoint, each.collect::<Vec<_>>().join("，"))
        }
        Said::NoDelivery => "投递：无".to_owned(),
        Said::Checks(report) if report.days_missed == 0 => "检查：每日均已进行".to_owned(),
        Said::Checks(report) => {
            let mut days: Vec<String> = report.missed.iter().map(|on| day(*on)).collect();
            if report.days_not_named() > 0 {
                days.push(format!("另有{}", grammar::days(report.days_not_named(), Lang::Zh)));
            }
            format!("未检查：{}", days.join("、"))
        }
        Said::Acknowledged(count) => format!("已知悉的日期：{count}个"),
        Said::Snoozed([]) => "暂缓通报：无".to_owned(),
        Said::Snoozed(treaties) => {
            let each = treaties.iter().map(|of| format!("{}至{}", of.treaty, day(of.ends_before)));
            format!("暂缓通报：{}", each.collect::<Vec<_>>().join("，"))
        }
        Said::Stale([]) => "事实：一年内均已核实".to_owned(),
        Said::Stale(treaties) => {
            let names: Vec<&str> = treaties.iter().map(|treaty| treaty.as_str()).collect();
            format!("事实逾一年未核实：{}", names.join("、"))
        }
        Said::Upcoming(0) => format!("今后{UPCOMING_DAYS}天：无日期"),
        Said::Upcoming(count) => format!("今后{UPCOMING_DAYS}天：日期{count}个"),
        Said::MoreDates(more) => format!("另有日期{more}个"),
        Said::Date { on, title, kind, date } => {
            let on = grammar::day(*on, Lang::Zh);
            format!("{on}：{}，{}（{date}）", title.in_lang(Lang::Zh), kind.label(Lang::Zh))
        }
    }
}

/// The forms of a headline, the fullest first.
pub(super) fn headline(said: &Said<'_>) -> Vec<String> {
    let total = |counts: &[(Severity, usize)]| -> usize { counts.iter().map(|(_, count)| count).sum() };
    match said {
        Said::Digest { on, counts } => vec![format!("{}摘要：提醒{}条", day(*on), total(counts))],
        Said::Released { on, counts } => {
            vec![format!("暂缓至{}的提醒：{}条", day(*on), total(counts))]
        }
        Said::Report { report, raised, failed } => {
            let days = days(report);
            let failed = if *failed > 0 { format!("，投递失败{failed}次") } else { String::new() };
            vec![format!("{days}报告：提醒{raised}条{failed}")]
        }
        other => vec![say(other)],
    }
}

fn days(report: &Report) -> String {
    let (first, last) = (day(report.starts_on), day(report.last_day()));
    if first == last { first } else { format!("{first}至{last}") }
}

fn day(on: NaiveDate) -> String {
    grammar::day(PartialDay::exact(on), Lang::Zh)
}

/// So many alerts, and how many of each severity.
fn alerts(counts: &[(Severity, usize)]) -> String {
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let each = counts.iter().map(|(severity, count)| format!("{}{count}条", severity.label(Lang::Zh)));
    format!("提醒{total}条（{}）", each.collect::<Vec<_>>().join("，"))
}
