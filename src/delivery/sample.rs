//! Alerts that show what a message looks like. They are marked as tests and name no event of a database.

use chrono::NaiveDate;

use crate::domain::alert::{Alert, AlertKind, Change, Sentences, Severity};
use crate::domain::day::PartialDay;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::Label;

/// One that has everything that an alert can have.
pub fn full() -> RaisedAlert {
    let on = day(2019, 8, 2);
    let state = "USA".parse().ok();
    let alert = Alert {
        key: "sample|full".to_owned(),
        kind: AlertKind::DateApproaching,
        also: vec![AlertKind::StatusChanged],
        treaty: "inf".parse().ok(),
        about: None,
        state,
        reading: Label::default_reading(),
        on,
        lead_days: Some(30),
        missed_leads: Vec::new(),
        late: false,
        severity: Severity::Critical,
        sentence: "The withdrawal of the United States of America from the INF Treaty takes effect on 2 August 2019, \
                   in 30 days (notice of withdrawal by the United States of America of 2 February 2019, article XV(2))."
            .to_owned(),
        sentences: Sentences {
            zh: Some(
                "美国退出《中导条约》将于2019年8月2日生效，还有30天（依据：美国2019年2月2日的退出通知，第十五条第二款）。".to_owned(),
            ),
            ru: Some(
                "ДРСМД, Соединённые Штаты Америки: выход вступает в силу 2 августа 2019 года, через 30 дней \
                 (уведомление о выходе от 2 февраля 2019 года; пункт 2 статьи XV)."
                    .to_owned(),
            ),
        },
        date: "inf/USA/withdrawal_effect/1".parse().ok(),
        acts: "inf/USA/notice_of_withdrawal/2019-02-02".parse().into_iter().collect(),
        corrects: Vec::new(),
        article: Some("XV(2)".to_owned()),
        source: Some("https://example.org/inf/notice".to_owned()),
        changes: vec![Change {
            kind: AlertKind::StatusChanged,
            state,
            date: None,
            reading: Label::default_reading(),
            from: Some("party".to_owned()),
            to: Some("withdrawn".to_owned()),
            on: PartialDay::exact(on),
        }],
    };
    raised(alert)
}

/// One that lacks whatever an alert can lack.
pub fn bare() -> RaisedAlert {
    let alert = Alert {
        key: "sample|bare".to_owned(),
        also: Vec::new(),
        state: None,
        lead_days: None,
        severity: Severity::Info,
        sentences: Sentences::default(),
        date: None,
        acts: Vec::new(),
        corrects: Vec::new(),
        article: None,
        source: None,
        changes: Vec::new(),
        ..full().alert
    };
    raised(alert)
}

fn raised(alert: Alert) -> RaisedAlert {
    let raised_at = day(2019, 7, 3).and_hms_opt(0, 5, 0).expect("a time").and_utc();
    RaisedAlert { id: "msg_00000000000000000000000000000000".to_owned(), raised_at, test: true, alert }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}
