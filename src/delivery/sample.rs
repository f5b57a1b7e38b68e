//! Alerts that show what a message looks like. They are marked as tests and name no event of a database.

use chrono::NaiveDate;

use crate::domain::alert::{Alert, Change, Changed};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::day::PartialDay;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::{Label, TreatyId};
use crate::domain::lang::Words;
use crate::domain::status::{OverlayKind, Standing};
use crate::domain::summary::{EndpointCount, Item, KindCount, Line, Report, Snoozed, Upcoming};
use crate::domain::treaty::DateKind;
use crate::domain::wording::{Sentences, Wording};

/// A date that approaches: the alert that is raised 30 days before the United States' withdrawal from the INF Treaty.
pub fn approaching() -> RaisedAlert {
    let mut alert = Alert {
        kind: AlertKind::DateApproaching,
        state: "USA".parse().ok(),
        lead_days: Some(30),
        severity: Severity::Critical,
        date: "inf/USA/withdrawal_effect/1".parse().ok(),
        acts: "inf/USA/notice_of_withdrawal/2019-02-02".parse().into_iter().collect(),
        article: Some("XV(2)".to_owned()),
        source: Some("https://example.org/inf/notice".to_owned()),
        ..Alert::new("inf".parse().ok(), "sample|approaching".to_owned(), day(2019, 8, 2))
    };
    alert.word(wording(
        [
            "INF Treaty: US withdrawal takes effect in 30 days",
            "《中导条约》：美国退出将于30天后生效",
            "ДРСМД, США: выход вступает в силу через 30 дней",
        ],
        [
            "The withdrawal of the United States of America from the INF Treaty takes effect on 2 August 2019, in 30 days \
             (notice of withdrawal of 2 February 2019 by the United States of America, article XV(2)).",
            "美国退出《中导条约》将于2019年8月2日生效，还有30天（依据：美国2019年2月2日的退出通知，第十五条第二款）。",
            "ДРСМД, Соединённые Штаты Америки: выход из договора вступает в силу 2 августа 2019 года, через 30 дней \
             (уведомление о выходе от 2 февраля 2019 года; пункт 2 статьи XV).",
        ],
    ));
    raised(alert)
}

/// An act that changes something and sets a date: that notice of withdrawal.
pub fn act() -> RaisedAlert {
    let on = day(2019, 2, 2);
    let notice = Changed::Status { from: None, to: Some(Standing::Overlay(OverlayKind::Notice)) };
    let of = approaching().alert;
    let mut alert = Alert {
        key: "sample|act".to_owned(),
        kind: AlertKind::StatusChanged,
        also: vec![AlertKind::ActRecorded],
        on: on.into(),
        lead_days: None,
        severity: Severity::Warning,
        changes: vec![Change {
            state: of.state,
            reading: Label::default_reading(),
            on: PartialDay::exact(on),
            what: notice,
        }],
        ..of
    };
    alert.word(wording(
        [
            "INF Treaty: US gave notice of withdrawal, effective 2 August 2019",
            "《中导条约》：美国发出退出通知，将于2019年8月2日生效",
            "ДРСМД, США: уведомление о выходе подано, выход — 2 августа 2019 года",
        ],
        [
            "The United States of America gave notice of withdrawal from the INF Treaty on 2 February 2019; the withdrawal \
             takes effect on 2 August 2019 (article XV(2)).",
            "美国于2019年2月2日发出退出《中导条约》的通知；退出将于2019年8月2日生效（第十五条第二款）。",
            "ДРСМД, Соединённые Штаты Америки: уведомление о выходе подано 2 февраля 2019 года; выход из договора \
             вступает в силу 2 августа 2019 года (пункт 2 статьи XV).",
        ],
    ));
    raised(alert)
}

/// One that lacks whatever an alert can lack.
pub fn bare() -> RaisedAlert {
    let mut alert = Alert::new("inf".parse().ok(), "sample|bare".to_owned(), day(2019, 8, 2));
    alert.kind = AlertKind::ActCorrected;
    alert.headline = "INF Treaty: records of 4 acts corrected".to_owned();
    alert.sentence = "The records of 4 acts under the INF Treaty were corrected.".to_owned();
    raised(alert)
}

/// A digest of three alerts.
pub fn digest() -> RaisedAlert {
    let of = approaching().alert;
    let item = |severity: Severity, on: NaiveDate| Item {
        id: "msg_00000000000000000000000000000000".to_owned(),
        treaty: of.treaty.clone(),
        kind: of.kind,
        severity,
        on: on.into(),
        sentence: of.sentence.clone(),
        sentences: of.sentences.clone(),
    };
    let on = day(2019, 7, 3);
    let items = vec![
        item(Severity::Warning, day(2019, 8, 2)),
        item(Severity::Notice, day(2019, 7, 9)),
        item(Severity::Notice, day(2019, 7, 10)),
    ];
    let mut alert = Alert {
        kind: AlertKind::Digest,
        about: Some("desk".to_owned()),
        severity: Severity::Warning,
        items,
        ..Alert::new(None, "sample|digest".to_owned(), on)
    };
    alert.word(wording(
        [
            "Digest of 3 July 2019: 3 alerts",
            "2019年7月3日摘要：提醒3条",
            "Сводка за 3 июля 2019 года: 3 оповещения",
        ],
        [
            "Digest of 3 July 2019: 3 alerts (warning 1, notice 2).",
            "2019年7月3日摘要：提醒3条（警告1条，提示2条）。",
            "Сводка за 3 июля 2019 года: 3 оповещения (предупреждение — 1, к сведению — 2).",
        ],
    ));
    raised(alert)
}

/// A report with a date to come.
pub fn report() -> RaisedAlert {
    let (starts_on, ends_before) = (day(2019, 6, 24), day(2019, 7, 1));
    let line = |en: &str, zh: &str, ru: &str| Line {
        sentence: en.to_owned(),
        sentences: Sentences { zh: Some(zh.to_owned()), ru: Some(ru.to_owned()) },
    };
    let treaty: TreatyId = "inf".parse().expect("a name");
    let report = Report {
        starts_on,
        ends_before,
        raised: vec![KindCount { kind: AlertKind::DateApproaching, count: 2 }],
        endpoints: vec![EndpointCount {
            endpoint: "desk".to_owned(),
            delivered: 2,
            ..EndpointCount::default()
        }],
        days_checked: 6,
        days_missed: 1,
        missed: vec![day(2019, 6, 29)],
        acknowledged: 0,
        snoozed: vec![Snoozed { treaty: "npt".parse().expect("a name"), ends_before: day(2019, 7, 15) }],
        stale: vec!["ctbt".parse().expect("a name")],
        upcoming_count: 1,
        upcoming: vec![Upcoming {
            date: "inf/USA/withdrawal_effect/1".parse().expect("a name"),
            treaty,
            state: "USA".parse().ok(),
            kind: DateKind::WithdrawalEffect,
            on: PartialDay::exact(day(2019, 8, 2)),
        }],
        lines: vec![
            line(
                "Raised: date approaching 2",
                "发出的提醒：日期临近2条",
                "Оповещения: дата приближается — 2",
            ),
            line("desk: 2 delivered", "desk：已送达2条", "desk: доставлено — 2"),
        ],
    };
    let mut alert = Alert {
        kind: AlertKind::Report,
        about: Some("desk".to_owned()),
        severity: Severity::Warning,
        report: Some(Box::new(report)),
        ..Alert::new(None, "sample|report".to_owned(), ends_before)
    };
    alert.word(wording(
        [
            "Report for 24 June 2019 to 30 June 2019: 2 alerts",
            "2019年6月24日至2019年6月30日报告：提醒2条",
            "Отчёт с 24 июня 2019 года по 30 июня 2019 года: 2 оповещения",
        ],
        [
            "Report for 24 June 2019 to 30 June 2019: 2 alerts, no delivery failed, 1 of 7 days had no check.",
            "2019年6月24日至2019年6月30日报告：发出提醒2条，投递无失败，7天中有1天未检查。",
            "Отчёт с 24 июня 2019 года по 30 июня 2019 года: оповещений — 2, неудачных доставок нет, дней без проверки \
             — 1 из 7.",
        ],
    ));
    raised(alert)
}

fn wording(headline: [&str; 3], sentence: [&str; 3]) -> Wording {
    let words = |[en, zh, ru]: [&str; 3]| Words {
        en: en.to_owned(),
        zh: Some(zh.to_owned()),
        ru: Some(ru.to_owned()),
    };
    Wording { headline: words(headline), sentence: words(sentence) }
}

fn raised(alert: Alert) -> RaisedAlert {
    let raised_at = day(2019, 7, 3).and_hms_opt(0, 5, 0).expect("a time").and_utc();
    RaisedAlert { id: "msg_00000000000000000000000000000000".to_owned(), raised_at, test: true, alert }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}
