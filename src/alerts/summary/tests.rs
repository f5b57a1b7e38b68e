use super::*;
use crate::domain::day::parse_day;
use crate::domain::lang::Lang;
use crate::domain::summary::Upcoming;
use crate::domain::wording::Sentences;

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn raised(id: &str, severity: Severity, on: &str) -> RaisedAlert {
    let mut alert = blank("new-start".parse().ok(), id.to_owned(), day(on));
    alert.severity = severity;
    alert.sentence = format!("What {id} tells.");
    RaisedAlert { id: id.to_owned(), raised_at: at("2026-01-05T00:05:00Z"), test: false, alert }
}

/// What an alert says in each language.
fn told(alert: &Alert) -> [String; 3] {
    Lang::ALL.iter().map(|lang| alert.sentence_in(*lang)).collect::<Vec<_>>().try_into().unwrap()
}

/// The headline of an alert in each language.
fn headlines(alert: &Alert) -> [String; 3] {
    Lang::ALL.iter().map(|lang| alert.headline_in(*lang)).collect::<Vec<_>>().try_into().unwrap()
}

fn facts() -> Report {
    Report {
        starts_on: day("2025-12-29"),
        ends_before: day("2026-01-05"),
        raised: vec![
            KindCount { kind: AlertKind::DateApproaching, count: 7 },
            KindCount { kind: AlertKind::StatusChanged, count: 2 },
        ],
        endpoints: vec![EndpointCount {
            endpoint: "desk".to_owned(),
            delivered: 6,
            pending: 1,
            held: 1,
            acknowledged: 1,
            failed: 0,
        }],
        days_checked: 7,
        days_missed: 0,
        missed: Vec::new(),
        acknowledged: 1,
        snoozed: Vec::new(),
        stale: Vec::new(),
        upcoming_count: 1,
        upcoming: vec![Upcoming {
            date: "new-start/expiry".parse().unwrap(),
            treaty: "new-start".parse().unwrap(),
            state: None,
            kind: DateKind::Expiry,
            on: PartialDay::exact(day("2026-02-05")),
        }],
        lines: Vec::new(),
    }
}

fn titles() -> BTreeMap<TreatyId, Words> {
    let title = Words {
        en: "New START".to_owned(),
        zh: Some("新削减战略武器条约".to_owned()),
        ru: Some("ДСНВ".to_owned()),
    };
    BTreeMap::from([("new-start".parse().unwrap(), title)])
}

/// The lines of a report in a language.
fn lines(alert: &Alert, lang: Lang) -> Vec<String> {
    alert.report.as_ref().unwrap().lines.iter().map(|line| line.in_lang(lang)).collect()
}

#[test]
fn a_digest_has_the_most_severe_first_and_then_goes_by_day() {
    let alerts = vec![
        raised("a", Severity::Info, "2026-01-01"),
        raised("b", Severity::Warning, "2026-03-01"),
        raised("c", Severity::Warning, "2026-02-01"),
        raised("d", Severity::Notice, "2026-01-01"),
    ];
    let due = at("2026-01-05T07:00:00Z");
    let alert = digest("desk", day("2026-01-05"), Occasion::Due(due, 1), items(alerts));
    let order: Vec<&str> = alert.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(order, ["c", "b", "d", "a"]);
    assert_eq!(
        (alert.kind, alert.severity, alert.treaty.as_ref()),
        (AlertKind::Digest, Severity::Warning, None)
    );
    assert_eq!((alert.key.as_str(), alert.subject()), ("digest|desk|2026-01-05T07:00:00Z", "desk"));
    assert_eq!(
        headlines(&alert),
        [
            "Digest of 5 January 2026: 4 alerts",
            "2026年1月5日摘要：提醒4条",
            "Сводка за 5 января 2026 года: 4 оповещения"
        ]
    );
    assert_eq!(
        told(&alert),
        [
            "Digest of 5 January 2026: 4 alerts (warning 2, notice 1, info 1).",
            "2026年1月5日摘要：提醒4条（警告2条，提示1条，信息1条）。",
            "Сводка за 5 января 2026 года: 4 оповещения (предупреждение — 2, к сведению — 1, сведения — 1).",
        ]
    );
}

#[test]
fn what_is_held_no_more_says_so() {
    let one = items(vec![raised("a", Severity::Notice, "2026-01-01")]);
    let alert = digest("desk", day("2026-01-05"), Occasion::Released(17), one);
    assert_eq!(alert.key, "digest|desk|held|17");
    assert_eq!(
        told(&alert),
        [
            "Held until 5 January 2026: 1 alert (notice 1).",
            "暂缓至2026年1月5日的提醒：提醒1条（提示1条）。",
            "Отложено до 5 января 2026 года: 1 оповещение (к сведению — 1).",
        ]
    );
}

#[test]
fn a_week_in_which_nothing_fell_through() {
    let alert = report("desk", at("2026-01-05T07:00:00Z"), facts(), &titles());
    assert_eq!((alert.key.as_str(), alert.severity), ("report|desk|2026-01-05T07:00:00Z", Severity::Info));
    assert_eq!(
        told(&alert),
        [
            "Report for 29 December 2025 to 4 January 2026: 9 alerts, no delivery failed, every day was checked.",
            "2025年12月29日至2026年1月4日报告：发出提醒9条，投递无失败，每日均已检查。",
            "Отчёт с 29 декабря 2025 года по 4 января 2026 года: оповещений — 9, неудачных доставок нет, проверки \
             проводились каждый день.",
        ]
    );
    assert_eq!(
        lines(&alert, Lang::En),
        [
            "Raised: date approaching 7, status changed 2",
            "desk: 6 delivered, 1 pending, 1 held, 1 not sent as acknowledged",
            "Checked: every day",
            "Acknowledged dates: 1",
            "Snoozed: none",
            "Facts: all confirmed within a year",
            "Within 90 days: 1 date",
            "5 February 2026: New START, expiry (new-start/expiry)",
        ]
    );
    assert_eq!(
        lines(&alert, Lang::Zh),
        [
            "发出的提醒：日期临近7条，状态变更2条",
            "desk：已送达6条，待投递1条，暂缓1条，因已知悉而未投递1条",
            "检查：每日均已进行",
            "已知悉的日期：1个",
            "暂缓通报：无",
            "事实：一年内均已核实",
            "今后90天：日期1个",
            "2026年2月5日：新削减战略武器条约，期满失效（new-start/expiry）",
        ]
    );
    assert_eq!(
        lines(&alert, Lang::Ru),
        [
            "Оповещения: дата приближается — 7, статус изменён — 2",
            "desk: доставлено — 6, ожидает — 1, отложено — 1, не отправлено, так как принято к сведению — 1",
            "Проверки: каждый день",
            "Даты, принятые к сведению: 1",
            "Отложенные договоры: нет",
            "Сведения: все подтверждены в течение года",
            "В ближайшие 90 дней: дат — 1",
            "5 февраля 2026 года: ДСНВ, истечение срока (new-start/expiry)",
        ]
    );
}

#[test]
fn a_week_in_which_something_did() {
    let mut facts = facts();
    facts.endpoints[0].failed = 2;
    (facts.days_checked, facts.days_missed) = (4, 3);
    facts.missed = vec![day("2025-12-30"), day("2025-12-31")];
    facts.snoozed = vec![Snoozed { treaty: "npt".parse().unwrap(), ends_before: day("2026-01-20") }];
    facts.stale = vec!["ctbt".parse().unwrap(), "cwc".parse().unwrap()];
    facts.upcoming_count = 3;
    let alert = report("desk", at("2026-01-05T07:00:00Z"), facts, &titles());
    assert_eq!(alert.severity, Severity::Warning);
    assert_eq!(
        headlines(&alert),
        [
            "Report for 29 December 2025 to 4 January 2026: 9 alerts, 2 failed",
            "2025年12月29日至2026年1月4日报告：提醒9条，投递失败2次",
            "Отчёт с 29 декабря 2025 года по 4 января 2026 года: 9 оповещений",
        ]
    );
    let [en, zh, ru] = told(&alert);
    assert!(en.ends_with(": 9 alerts, 2 deliveries failed, 3 of 7 days had no check."), "{en}");
    assert!(zh.ends_with("报告：发出提醒9条，投递失败2次，7天中有3天未检查。"), "{zh}");
    assert!(ru.ends_with(": оповещений — 9, неудачных доставок — 2, дней без проверки — 3 из 7."), "{ru}");
    let en = lines(&alert, Lang::En);
    for line in [
        "Not checked: 30 December 2025, 31 December 2025, 1 day more",
        "Snoozed: npt until 20 January 2026",
        "Facts not confirmed for a year: ctbt, cwc",
        "and 2 more dates",
    ] {
        assert!(en.contains(&line.to_owned()), "{line}: {en:?}");
    }
    let zh = lines(&alert, Lang::Zh);
    for line in
        ["未检查：2025年12月30日、2025年12月31日、另有1天", "暂缓通报：npt至2026年1月20日", "另有日期2个"]
    {
        assert!(zh.contains(&line.to_owned()), "{line}: {zh:?}");
    }
    let ru = lines(&alert, Lang::Ru);
    for line in [
        "Без проверки: 30 декабря 2025 года, 31 декабря 2025 года, ещё 1 день",
        "Отложенные договоры: npt до 20 января 2026 года",
        "и ещё дат — 2",
    ] {
        assert!(ru.contains(&line.to_owned()), "{line}: {ru:?}");
    }
}

#[test]
fn nothing_is_said_too() {
    let mut facts = facts();
    (facts.raised, facts.endpoints) = (Vec::new(), Vec::new());
    (facts.upcoming_count, facts.upcoming) = (0, Vec::new());
    let alert = report("desk", at("2026-01-05T07:00:00Z"), facts, &BTreeMap::new());
    let en = lines(&alert, Lang::En);
    assert_eq!(en[..2], ["Raised: nothing", "Deliveries: none"]);
    assert_eq!(en.last().unwrap(), "Within 90 days: no date");
    for lang in [Lang::Zh, Lang::Ru] {
        let text = lines(&alert, lang).join(" ");
        assert!(!text.chars().any(|letter| letter.is_ascii_alphabetic()), "{text}");
    }
    assert_ne!(alert.sentences, Sentences::default());
}

/// A report of one day names one day.
#[test]
fn one_day_is_no_span() {
    let mut facts = facts();
    facts.starts_on = day("2026-01-04");
    let alert = report("desk", at("2026-01-05T07:00:00Z"), facts, &titles());
    assert!(told(&alert)[0].starts_with("Report for 4 January 2026: "), "{}", told(&alert)[0]);
}
