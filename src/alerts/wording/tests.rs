use std::fmt::Write;
use std::sync::LazyLock;

use super::*;
use crate::alerts::replay;
use crate::catalogue;
use crate::domain::act::{ActKind, Actor, Basis, Confidence, Evidence};
use crate::domain::alert::{Alert, Sentences};
use crate::domain::day::parse_day;
use crate::domain::id::ActId;
use crate::domain::seeds::{Seeds, TreatyFile};
use crate::domain::status::{Ground, Reason};
use crate::domain::treaty::{DateKind, ScheduledDate};

static SEEDS: LazyLock<Seeds> = LazyLock::new(|| catalogue::embedded().unwrap());

fn treaty(id: &str) -> &'static Treaty {
    &SEEDS.treaties[&id.parse().unwrap()].treaty
}

fn names() -> Names<'static> {
    Names(&SEEDS.states)
}

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

fn partial(text: &str) -> PartialDay {
    text.parse().unwrap()
}

fn act(kind: ActKind, state: &str, on: &str) -> Act {
    let evidence = Evidence { sources: Vec::new(), basis: Basis::Official, confidence: Confidence::High };
    let (treaty, state) = ("ctbt".parse().unwrap(), state.parse().ok());
    Act {
        id: ActId::of(&treaty, state, kind, partial(on), None),
        kind,
        state,
        jointly: Vec::new(),
        on: partial(on),
        to: None,
        known_on: day("2026-07-07"),
        effective_on: None,
        ends_before: None,
        place: None,
        label: None,
        successors: Vec::new(),
        disputed_by: Vec::new(),
        note: None,
        evidence,
    }
}

fn reason(rule: Rule, ground: Option<Act>, article: Option<&str>) -> Reason {
    let ground = ground.as_ref().map(Ground::from);
    Reason { rule, ground, article: article.map(str::to_owned), known_on: day("2021-02-03") }
}

fn due(id: &str, kind: DateKind, state: &str, on: &str, reason: Reason) -> DueDate {
    DueDate {
        id: id.parse().unwrap(),
        kind,
        state: state.parse().ok(),
        on: partial(on),
        certainty: Certainty::Computed,
        reading: ReadingId::default_reading(),
        reason,
    }
}

/// A date of its kind, as the seeds have them.
fn sample(kind: DateKind, on: &str) -> DueDate {
    let notice = || Some(act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-02"));
    let extension = || Some(act(ActKind::Extension, "", "2021-02-03"));
    match kind {
        DateKind::EntryIntoForce => {
            let last = act(ActKind::Ratification, "HUN", "1970-03-05");
            due("npt/entry_into_force", kind, "", on, reason(Rule::Threshold, Some(last), Some("IX(3)")))
        }
        DateKind::StateEntryIntoForce => {
            let own = act(ActKind::Accession, "KIR", "2025-05-20");
            due(
                "cwc/KIR/state_entry_into_force",
                kind,
                "KIR",
                on,
                reason(Rule::LaterState, Some(own), Some("XXI(2)")),
            )
        }
        DateKind::Expiry => {
            due("new-start/expiry", kind, "", on, reason(Rule::Extension, extension(), Some("XIV(2)")))
        }
        DateKind::LastNoticeDay => {
            due("npt/last_notice_day", kind, "", on, reason(Rule::Renewal, extension(), Some("X")))
        }
        DateKind::Renewal => due("npt/renewal", kind, "", on, reason(Rule::Renewal, extension(), Some("22"))),
        DateKind::WithdrawalEffect => {
            due("inf/USA/withdrawal_effect/1", kind, "USA", on, reason(Rule::Notice, notice(), Some("XV(2)")))
        }
        DateKind::Effect => {
            let own = act(ActKind::Suspension, "RUS", "2007-07-14");
            due("cfe/RUS/effect/1", kind, "RUS", on, reason(Rule::Recorded, Some(own), None))
        }
        DateKind::Reinstatement => {
            let own = act(ActKind::NoticeOfReinstatement, "", "2025-08-28");
            due(
                "unscr-2231/reinstatement/e3-notice-2025",
                kind,
                "",
                on,
                reason(Rule::Reinstatement, Some(own), Some("paras 11, 12")),
            )
        }
        DateKind::Deadline => {
            let adopted = act(ActKind::Adoption, "", "2015-07-20");
            due(
                "unscr-2231/arms-restrictions",
                kind,
                "",
                on,
                reason(Rule::Delay, Some(adopted), Some("Annex B")),
            )
        }
        DateKind::Conference
        | DateKind::Meeting
        | DateKind::EndOfMandate
        | DateKind::OfferEnds
        | DateKind::Watch => due("bwc/some-day", kind, "", on, reason(Rule::Scheduled, None, None)),
    }
}

fn treaty_of(date: &DueDate) -> &'static Treaty {
    let id = date.id.as_str().split('/').next().unwrap();
    if id == "cfe" { treaty("abm") } else { treaty(id) }
}

/// What is said, in the three languages one below another.
fn tell(out: &mut String, what: &str, words: &Words) {
    let Words { en, zh, ru } = words;
    let (zh, ru) = (zh.as_deref().unwrap(), ru.as_deref().unwrap());
    writeln!(out, "{what}\n    {en}\n    {zh}\n    {ru}").unwrap();
}

fn told(act: &Act, supersedes: Option<ActId>, changes: &[Change], treaty: &Treaty) -> Words {
    act_told(&Fresh { act: act.clone(), supersedes }, changes, &[], treaty, names())
}

fn change_of(kind: AlertKind, state: &str, from: Option<&str>, to: Option<&str>) -> Change {
    Change {
        kind,
        state: state.parse().ok(),
        date: None,
        reading: ReadingId::default_reading(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        on: partial("2023-11-03"),
    }
}

fn of_date(kind: AlertKind, date: &str, from: Option<&str>, to: Option<&str>) -> Change {
    Change { date: date.parse().ok(), ..change_of(kind, "", from, to) }
}

#[test]
fn every_kind_of_act_is_told_in_three_languages() {
    let mut out = String::new();
    for kind in ActKind::ALL.iter().copied() {
        let states: &[&str] = match kind.actor() {
            Actor::State => &["RUS"],
            Actor::Treaty => &[""],
            Actor::Either => &["RUS", ""],
        };
        for state in states {
            let mut act = act(kind, state, "2026-07-07");
            if kind == ActKind::NoticeOfReinstatement {
                act.jointly = ["FRA", "DEU", "GBR"].map(|code| code.parse().unwrap()).to_vec();
            }
            tell(&mut out, kind.as_str(), &told(&act, None, &[], treaty("inf")));
        }
    }
    for id in [
        "new-start",
        "unscr-2231",
        "jcpoa",
        "gge-paros",
        "ppwt",
        "cn-ru-statement-2025",
        "no-first-placement",
    ] {
        for kind in [ActKind::Adoption, ActKind::Termination] {
            let words = told(&act(kind, "", "2025-05"), None, &[], treaty(id));
            tell(&mut out, &format!("{kind}, {}", treaty(id).kind), &words);
        }
    }
    insta::assert_snapshot!("acts", out);
}

#[test]
fn every_kind_of_date_is_told_in_three_languages() {
    let mut out = String::new();
    for kind in DateKind::ALL.iter().copied() {
        let date = sample(kind, "2026-02-05");
        let treaty = treaty_of(&date);
        tell(
            &mut out,
            &format!("{kind}, 30 days ahead"),
            &approaching(&date, day("2026-01-06"), treaty, names()),
        );
        tell(&mut out, &format!("{kind}, late"), &reached(&date, true, treaty, names()));
        tell(&mut out, &format!("{kind}, cancelled"), &moved(&date, None, treaty, names()));
    }
    let expiry = sample(DateKind::Expiry, "2026-02-05");
    let new_start = treaty("new-start");
    for left in ["2026-02-04", "2026-02-03", "2026-01-31", "2026-01-15", "2025-02-05"] {
        tell(&mut out, &format!("seen from {left}"), &approaching(&expiry, day(left), new_start, names()));
    }
    tell(&mut out, "on the day", &reached(&expiry, false, new_start, names()));
    let later = sample(DateKind::Expiry, "2027-02-05");
    tell(&mut out, "moved", &moved(&expiry, Some(&later), new_start, names()));

    let mut meeting = sample(DateKind::Meeting, "2026-12");
    let bwc = treaty("bwc");
    meeting.certainty = Certainty::Expected;
    tell(&mut out, "a month, expected", &approaching(&meeting, day("2026-06-04"), bwc, names()));
    tell(&mut out, "a month that has begun", &reached(&meeting, false, bwc, names()));
    let exact = DueDate { on: partial("2026-12-07"), certainty: Certainty::Scheduled, ..meeting.clone() };
    tell(&mut out, "known better", &moved(&meeting, Some(&exact), bwc, names()));
    let computed = sample(DateKind::WithdrawalEffect, "2019-08");
    tell(
        &mut out,
        "counted from a month",
        &approaching(&computed, day("2019-01-01"), treaty("inf"), names()),
    );
    let mut conference = sample(DateKind::Conference, "2027");
    conference.certainty = Certainty::Expected;
    tell(&mut out, "a year, expected", &approaching(&conference, day("2026-01-01"), bwc, names()));

    let offer = new_start.scheduled.iter().find(|date| date.kind == DateKind::OfferEnds).unwrap();
    tell(
        &mut out,
        "nominal, with a note",
        &approaching(&scheduled(offer), day("2026-08-09"), new_start, names()),
    );
    let unscr = treaty("unscr-2231");
    let mut back = sample(DateKind::Reinstatement, "2025-09-28");
    back.certainty = Certainty::Contested;
    back.reading = "e3".parse().unwrap();
    tell(&mut out, "contested", &approaching(&back, day("2025-08-29"), unscr, names()));
    let deadline = due(
        "cwc/KIR/initial-declarations",
        DateKind::Deadline,
        "KIR",
        "2000-11-01",
        reason(Rule::Delay, None, Some("III(1)")),
    );
    tell(&mut out, "a state's deadline", &approaching(&deadline, day("2000-10-10"), treaty("cwc"), names()));
    let ended = act(ActKind::EndOfStatehood, "CSK", "1992-12-31");
    let ended = due(
        "npt/CSK/effect/1",
        DateKind::Effect,
        "CSK",
        "1993-01-01",
        reason(Rule::StateEnded, Some(ended), None),
    );
    tell(&mut out, "a state's end", &reached(&ended, true, treaty("npt"), names()));
    insta::assert_snapshot!("dates", out);
}

fn scheduled(date: &ScheduledDate) -> DueDate {
    let reason = reason(Rule::Scheduled, None, None);
    let due = due(date.id.as_str(), date.kind, "", "2027", reason);
    DueDate { on: date.on, certainty: date.certainty, ..due }
}

#[test]
fn every_form_of_alert_is_told_in_three_languages() {
    let mut out = String::new();
    let (ctbt, new_start, unscr) = (treaty("ctbt"), treaty("new-start"), treaty("unscr-2231"));
    let progress = change_of(AlertKind::ThresholdProgress, "RUS", Some("36 of 44"), Some("35 of 44"));
    let revoked = change_of(AlertKind::StatusChanged, "RUS", Some("contracting"), Some("signatory"));
    let revocation = act(ActKind::RevocationOfRatification, "RUS", "2023-11-03");
    tell(&mut out, "recorded, with progress", &told(&revocation, None, &[progress, revoked], ctbt));

    let extension = act(ActKind::Extension, "", "2021-02-03");
    let later = of_date(AlertKind::DateMoved, "new-start/expiry", Some("2021-02-05"), Some("2026-02-05"));
    tell(&mut out, "recorded, moves a date", &told(&extension, None, &[later], new_start));
    let never = of_date(AlertKind::DateCancelled, "inf/USA/withdrawal_effect/1", Some("2019-08-02"), None);
    let taken = act(ActKind::RevocationOfNotice, "USA", "2019-05-05");
    tell(&mut out, "recorded, cancels a date", &told(&taken, None, &[never], treaty("inf")));
    let again = of_date(AlertKind::DateMoved, "npt/PRK/withdrawal_effect/1", None, Some("1993-06-12"));
    let suspended = act(ActKind::SuspensionOfNotice, "PRK", "1993-06-11");
    tell(
        &mut out,
        "retracted, brings a date back",
        &act_taken_back(&suspended, &[again], treaty("npt"), names()),
    );

    let notice = act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-02");
    let fresh = Fresh { act: notice.clone(), supersedes: None };
    let effect = sample(DateKind::WithdrawalEffect, "2019-08-02");
    tell(&mut out, "recorded, sets a date", &act_told(&fresh, &[], &[&effect], treaty("inf"), names()));
    let old = ActId::of(&"inf".parse().unwrap(), notice.state, notice.kind, partial("2019-02-01"), None);
    tell(&mut out, "corrected", &told(&notice, Some(old), &[], treaty("inf")));

    let mut snapback = act(ActKind::NoticeOfReinstatement, "", "2025-08-28");
    snapback.jointly = ["FRA", "DEU", "GBR"].map(|code| code.parse().unwrap()).to_vec();
    snapback.disputed_by = ["CHN", "BLR"].map(|code| code.parse().unwrap()).to_vec();
    let mut back = sample(DateKind::Reinstatement, "2025-09-28");
    (back.certainty, back.reading) = (Certainty::Contested, "e3".parse().unwrap());
    let fresh = Fresh { act: snapback, supersedes: None };
    tell(&mut out, "recorded, contested", &act_told(&fresh, &[], &[&back], unscr, names()));
    let mut alone = act(ActKind::Suspension, "RUS", "2023-02-28");
    alone.disputed_by = vec!["USA".parse().unwrap()];
    let contested = change_of(AlertKind::StatusChanged, "", Some("in_force"), Some("contested"));
    tell(&mut out, "recorded, disputed", &told(&alone, None, std::slice::from_ref(&contested), new_start));

    let begins = change_of(AlertKind::StatusChanged, "", Some("pending"), Some("in_force"));
    let joins = |code| change_of(AlertKind::StatusChanged, code, Some("signatory"), Some("party"));
    let states = [begins.clone(), joins("CHN"), joins("FRA")];
    tell(&mut out, "backfill", &backfill(5, &states, treaty("npt"), names()));
    tell(&mut out, "backfill of 21", &backfill(21, &states[..2], treaty("npt"), names()));
    tell(&mut out, "corrections", &corrections(22, &states[..1], treaty("npt"), names()));
    tell(&mut out, "redefined", &redefined(&states, treaty("npt"), names()));
    tell(&mut out, "undone", &undone(&[contested], new_start, names()));
    let many: Vec<Change> = ["CHN", "FRA", "GBR", "USA", "RUS", "IND", "PAK"].map(joins).to_vec();
    tell(&mut out, "more than a sentence names", &undone(&many, treaty("npt"), names()));
    let scheduled =
        of_date(AlertKind::DateMoved, "new-start/russian-offer-ends", Some("2027-02"), Some("2028"));
    tell(&mut out, "a scheduled date moves", &redefined(&[scheduled], new_start, names()));

    let notice =
        || reason(Rule::Notice, Some(act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-02")), Some("XV(2)"));
    let usa = "USA".parse().unwrap();
    let turn = |subject: Subject, from: Option<&str>, to: Option<&str>, reason: Reason| Transition {
        on: day("2019-08-02"),
        subject,
        reading: ReadingId::default_reading(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        reason,
    };
    let inf = treaty("inf");
    let mut say = |what: &str, turn: &Transition, treaty: &Treaty| {
        tell(&mut out, what, &change(turn, None, treaty, names()));
    };
    say("the treaty changes", &turn(Subject::Treaty, Some("in_force"), Some("terminated"), notice()), inf);
    say("a state changes", &turn(Subject::State(usa), Some("party"), Some("withdrawn"), notice()), inf);
    say("a state leaves", &turn(Subject::State(usa), Some("party"), None, notice()), inf);
    for kind in OverlayKind::ALL {
        let subject = Subject::Overlay(*kind, Some(usa));
        say(&format!("{kind} begins"), &turn(subject, None, Some(kind.as_str()), notice()), inf);
        say(&format!("{kind} is over"), &turn(subject, Some(kind.as_str()), None, notice()), inf);
    }
    let undated = act(ActKind::Succession, "BHS", "1976-08");
    let undated = reason(Rule::SuccessionUndated, Some(undated), None);
    say(
        "undated",
        &turn(Subject::State("BHS".parse().unwrap()), None, Some("party"), undated),
        treaty("npt"),
    );
    let differ = reason(
        Rule::ReadingsDiffer,
        Some(act(ActKind::NoticeOfReinstatement, "", "2025-08-28")),
        Some("paras 11, 12"),
    );
    say("readings differ", &turn(Subject::Treaty, Some("in_effect"), Some("contested"), differ), unscr);
    let mut of_one =
        turn(Subject::Treaty, Some("in_effect"), Some("ended"), reason(Rule::Term, None, Some("para 8")));
    of_one.reading = "iran-russia-china".parse().unwrap();
    say("in one reading", &of_one, unscr);
    tell(&mut out, "a test", &test());
    insta::assert_snapshot!("forms", out);
}

#[test]
fn a_title_that_is_missing_falls_back_visibly() {
    let mut lake = treaty("inf").clone();
    lake.short_title = Words { en: "Lake Convention".to_owned(), zh: None, ru: None };
    let words = told(&act(ActKind::Ratification, "FRA", "2026-07-07"), None, &[], &lake);
    assert_eq!(words.en, "France ratified the Lake Convention on 7 July 2026.");
    assert_eq!(words.zh.unwrap(), "法国于2026年7月7日批准Lake Convention [en]。");
    assert_eq!(words.ru.unwrap(), "Lake Convention [en], Франция: ратификация 7 июля 2026 года.");
}

/// All that is told of real history from its beginning on, with the notes of the catalogue taken away.
fn history() -> Vec<Alert> {
    let told = |file: &TreatyFile| {
        let alerts = replay(file, names(), &[365, 30, 1], day("1960-01-01"), day("2028-01-01"));
        let notes: Vec<String> = file.treaty.scheduled.iter().filter_map(|date| date.note.clone()).collect();
        alerts
            .into_iter()
            .map(move |(_, mut alert)| {
                let Sentences { zh, ru } = &mut alert.sentences;
                for text in [zh, ru].into_iter().flatten() {
                    for note in &notes {
                        *text = text.replace(&format!("{note} [en]"), "");
                    }
                }
                alert
            })
            .collect::<Vec<_>>()
    };
    SEEDS.treaties.values().flat_map(told).collect()
}

#[test]
fn real_history_is_told_in_the_letters_of_each_language() {
    let han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let history = history();
    assert!(history.len() > 1000);
    for alert in &history {
        let zh = alert.sentences.zh.as_deref().unwrap();
        let letters: Vec<char> = zh.chars().collect();
        for three in letters.windows(3) {
            let between = han(three[0]) && han(three[2]);
            assert!(!(between && (three[1].is_ascii_punctuation() || three[1] == ' ')), "{zh}");
        }
        assert!(zh.ends_with('。') && !zh.contains("。。") && !zh.contains("（）"), "{zh}");

        let title = SEEDS.treaties[alert.treaty.as_ref().unwrap()].treaty.short_title.in_lang(Lang::Ru);
        let ru = alert.sentences.ru.as_deref().unwrap().replacen(&title, "", 1);
        let words = ru
            .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
            .filter(|word| word.chars().any(|letter| letter.is_ascii_alphabetic()));
        // Roman numbers of articles, the letter of an annex, the names of readings, what is marked.
        let mut pieces: Vec<&str> = ru.split(" [en]").collect();
        pieces.pop();
        let marked: String =
            pieces.iter().filter_map(|piece| piece.rsplit(['(', '«', ';', ':']).next()).collect();
        for word in words {
            let is_number = word.chars().all(|letter| "IVXLC".contains(letter));
            let is_name = ru.contains(&format!("«{word}»")) || ru.contains(&format!("приложение {word}"));
            assert!(is_number || is_name || word == "en" || marked.contains(word), "{word}: {ru}");
        }
        assert!(!ru.contains("  ") && !ru.contains("()"), "{ru}");
    }
}
