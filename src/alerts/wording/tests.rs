use std::fmt::Write;
use std::sync::LazyLock;

use super::*;
use crate::alerts::replay;
use crate::catalogue;
use crate::domain::act::{ActKind, Actor, Basis, Confidence, Evidence};
use crate::domain::alert::Alert;
use crate::domain::day::parse_day;
use crate::domain::id::ActId;
use crate::domain::seeds::{Seeds, TreatyFile};
use crate::domain::status::{Ground, OverlayKind, Reason};
use crate::domain::treaty::{DateKind, ScheduledDate};
use crate::domain::wording::{HEADLINE_CHARS_MAX, Sentences};

static SEEDS: LazyLock<Seeds> = LazyLock::new(|| catalogue::embedded().unwrap());

fn treaty(id: &str) -> &'static Treaty {
    &SEEDS.treaties[&id.parse().unwrap()].treaty
}

fn names() -> Names<'static> {
    Names(&SEEDS.states)
}

/// A treaty as a check on a day words its alerts.
fn on_day(treaty: &Treaty, today: NaiveDate) -> Scene<'_> {
    Scene { treaty, names: names(), today }
}

/// The same on the day of most examples.
fn scene(treaty: &Treaty) -> Scene<'_> {
    on_day(treaty, day("2026-07-07"))
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
        towards: Vec::new(),
        precludes_entry_into_force: false,
        on: partial(on),
        to: None,
        known_on: day("2026-07-07"),
        effective_on: None,
        ends_before: None,
        deadline: kind.is_about_deadline().then(|| "mine-clearance".parse().unwrap()),
        until: None,
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
    Reason { rule, ground, article: article.map(str::to_owned), clause: None, known_on: day("2021-02-03") }
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
            let own = act(ActKind::Suspension, "RUS", "2025-12-05");
            due("new-start/RUS/effect/1", kind, "RUS", on, reason(Rule::Recorded, Some(own), None))
        }
        DateKind::Reinstatement => {
            let mut own = act(ActKind::NoticeOfReinstatement, "", "2025-08-28");
            own.jointly = ["FRA", "DEU", "GBR"].map(|code| code.parse().unwrap()).to_vec();
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
    treaty(date.id.as_str().split('/').next().unwrap())
}

/// The headline and the sentence, in the three languages one below another.
fn tell(out: &mut String, what: &str, wording: &Wording) {
    writeln!(out, "{what}").unwrap();
    for Words { en, zh, ru } in [&wording.headline, &wording.sentence] {
        let (zh, ru) = (zh.as_deref().unwrap(), ru.as_deref().unwrap());
        writeln!(out, "    {en}\n    {zh}\n    {ru}").unwrap();
    }
}

fn told(act: &Act, replaced: Option<&Act>, changes: &[Change], treaty: &Treaty) -> Wording {
    let fresh = Fresh { act: act.clone(), supersedes: replaced.map(|old| old.id.clone()) };
    super::act(&fresh, replaced, changes, &[], scene(treaty))
}

fn change_of(state: &str, what: Changed) -> Change {
    Change {
        state: state.parse().ok(),
        reading: ReadingId::default_reading(),
        on: partial("2023-11-03"),
        what,
    }
}

/// A status that changes, by its names.
fn of_status(state: &str, from: Option<&str>, to: Option<&str>) -> Change {
    let standing = |word: &str| Standing::parse(word, state.parse().ok()).unwrap();
    change_of(state, Changed::Status { from: from.map(standing), to: to.map(standing) })
}

fn of_date(date: &str, from: Option<&str>, to: Option<&str>) -> Change {
    let (from, to) = (from.map(partial), to.map(partial));
    change_of("", Changed::Date { date: date.parse().unwrap(), from, to })
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
            let mut id = "inf";
            if kind == ActKind::NoticeOfReinstatement {
                id = "unscr-2231";
                act.jointly = ["FRA", "DEU", "GBR"].map(|code| code.parse().unwrap()).to_vec();
            }
            tell(&mut out, kind.as_str(), &told(&act, None, &[], treaty(id)));
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
        for kind in [ActKind::Proposal, ActKind::Adoption, ActKind::Termination] {
            let words = told(&act(kind, "", "2025-05"), None, &[], treaty(id));
            tell(&mut out, &format!("{kind}, {}", treaty(id).kind), &words);
        }
    }
    // Of a resolution, which nobody withdraws from, it is another notice.
    let revoked = act(ActKind::RevocationOfNotice, "USA", "2021-02-18");
    tell(&mut out, "revocation_of_notice, resolution", &told(&revoked, None, &[], treaty("unscr-2231")));
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
            &approaching(&date, on_day(treaty, day("2026-01-06"))),
        );
        tell(&mut out, &format!("{kind}, late"), &reached(&date, on_day(treaty, day("2026-02-08"))));
        tell(&mut out, &format!("{kind}, cancelled"), &moved(&date, None, scene(treaty)));
    }
    let expiry = sample(DateKind::Expiry, "2026-02-05");
    let new_start = treaty("new-start");
    for left in ["2026-02-04", "2026-02-03", "2026-01-31", "2026-01-15", "2025-02-05"] {
        tell(&mut out, &format!("seen from {left}"), &approaching(&expiry, on_day(new_start, day(left))));
    }
    tell(&mut out, "on the day", &reached(&expiry, on_day(new_start, day("2026-02-05"))));
    let later = sample(DateKind::Expiry, "2027-02-05");
    tell(&mut out, "moved", &moved(&expiry, Some(&later), scene(new_start)));

    let mut meeting = sample(DateKind::Meeting, "2026-12");
    let bwc = treaty("bwc");
    meeting.certainty = Certainty::Expected;
    tell(&mut out, "a month, expected", &approaching(&meeting, on_day(bwc, day("2026-06-04"))));
    tell(&mut out, "a month that has begun", &reached(&meeting, on_day(bwc, day("2026-12-01"))));
    let exact = DueDate { on: partial("2026-12-07"), certainty: Certainty::Scheduled, ..meeting.clone() };
    tell(&mut out, "known better", &moved(&meeting, Some(&exact), scene(bwc)));
    let computed = sample(DateKind::WithdrawalEffect, "2019-08");
    tell(&mut out, "counted from a month", &approaching(&computed, on_day(treaty("inf"), day("2019-01-01"))));
    let mut conference = sample(DateKind::Conference, "2027");
    conference.certainty = Certainty::Expected;
    tell(&mut out, "a year, expected", &approaching(&conference, on_day(bwc, day("2026-01-01"))));

    let offer = new_start.scheduled.iter().find(|date| date.kind == DateKind::OfferEnds).unwrap();
    tell(
        &mut out,
        "nominal, with a note",
        &approaching(&scheduled(offer), on_day(new_start, day("2026-08-09"))),
    );
    let unscr = treaty("unscr-2231");
    let mut back = sample(DateKind::Reinstatement, "2025-09-28");
    back.certainty = Certainty::Contested;
    back.reading = "e3".parse().unwrap();
    tell(&mut out, "contested", &approaching(&back, on_day(unscr, day("2025-08-29"))));
    let deadline = due(
        "cwc/KIR/initial-declarations",
        DateKind::Deadline,
        "KIR",
        "2000-11-01",
        reason(Rule::Delay, None, Some("III(1)")),
    );
    tell(&mut out, "a state's deadline", &approaching(&deadline, on_day(treaty("cwc"), day("2000-10-10"))));
    // Nobody records who has handed in its declarations; of a deadline that was extended decisions are on record.
    let come = reached(&deadline, on_day(treaty("cwc"), day("2000-11-01"))).sentence.en;
    assert!(!come.contains("decision"), "{come}");
    let extended = DueDate { reason: reason(Rule::Extension, None, Some("III(1)")), ..deadline };
    let come = reached(&extended, on_day(treaty("cwc"), day("2000-11-01")));
    tell(&mut out, "a state's deadline that has come", &come);
    let conditional =
        DueDate { certainty: Certainty::Conditional, ..sample(DateKind::WithdrawalEffect, "2019-08-02") };
    let inf = treaty("inf");
    tell(&mut out, "on a condition", &approaching(&conditional, on_day(inf, day("2019-07-03"))));
    tell(&mut out, "on a condition, cancelled", &moved(&conditional, None, on_day(inf, day("2019-07-03"))));
    let notice = act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-02");
    let fresh = Fresh { act: notice, supersedes: None };
    tell(&mut out, "recorded, sets it", &super::act(&fresh, None, &[], &[&conditional], scene(inf)));
    let ended = act(ActKind::EndOfStatehood, "CSK", "1992-12-31");
    let ended = due(
        "npt/CSK/effect/1",
        DateKind::Effect,
        "CSK",
        "1993-01-01",
        reason(Rule::StateEnded, Some(ended), None),
    );
    tell(&mut out, "a state's end", &reached(&ended, on_day(treaty("npt"), day("1993-01-02"))));
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
    let progress = change_of("RUS", Changed::Progress { from: 36, to: 35, needed: 44 });
    let revoked = of_status("RUS", Some("contracting"), Some("signatory"));
    let revocation = act(ActKind::RevocationOfRatification, "RUS", "2023-11-03");
    tell(&mut out, "recorded, with progress", &told(&revocation, None, &[progress, revoked], ctbt));

    let extension = act(ActKind::Extension, "", "2021-02-03");
    let later = of_date("new-start/expiry", Some("2021-02-05"), Some("2026-02-05"));
    tell(&mut out, "recorded, moves a date", &told(&extension, None, &[later], new_start));
    let never = of_date("inf/USA/withdrawal_effect/1", Some("2019-08-02"), None);
    let taken = act(ActKind::RevocationOfNotice, "USA", "2019-05-05");
    tell(&mut out, "recorded, cancels a date", &told(&taken, None, &[never], treaty("inf")));
    let again = of_date("npt/PRK/withdrawal_effect/1", None, Some("1993-06-12"));
    let suspended = act(ActKind::SuspensionOfNotice, "PRK", "1993-06-11");
    tell(
        &mut out,
        "retracted, brings a date back",
        &act_retracted(&suspended, &[again], scene(treaty("npt"))),
    );

    let towards = |act: Act| Act { towards: vec!["RUS".parse().unwrap()], ..act };
    let alone = towards(act(ActKind::Suspension, "DEU", "2011-11-22"));
    tell(&mut out, "recorded, towards one party", &told(&alone, None, &[], new_start));
    let again = towards(act(ActKind::Resumption, "DEU", "2012-11-22"));
    tell(&mut out, "recorded, towards one party again", &told(&again, None, &[], new_start));
    let objection =
        Act { precludes_entry_into_force: true, ..towards(act(ActKind::Objection, "DEU", "2011-11-22")) };
    tell(&mut out, "recorded, precludes entry into force", &told(&objection, None, &[], new_start));
    let coming = due(
        "new-start/DEU/suspension/effect/1",
        DateKind::Effect,
        "DEU",
        "2011-12-01",
        reason(Rule::Recorded, Some(alone.clone()), None),
    );
    tell(
        &mut out,
        "takes effect towards one party",
        &approaching(&coming, on_day(new_start, day("2011-11-23"))),
    );
    let begins = Transition {
        on: day("2011-12-01"),
        subject: Subject::Overlay(OverlayKind::Suspension, "DEU".parse().ok()),
        reading: ReadingId::default_reading(),
        from: None,
        to: Some(Standing::Overlay(OverlayKind::Suspension)),
        reason: reason(Rule::Act, Some(alone), None),
    };
    tell(&mut out, "begins towards one party", &change(&begins, None, on_day(new_start, day("2011-12-01"))));
    let cwc = treaty("cwc");
    let name = |act: Act| Act { deadline: "initial-declarations".parse().ok(), ..act };
    let extended = name(act(ActKind::DeadlineExtension, "RUS", "2021-11-15"));
    let later = of_date("cwc/RUS/initial-declarations", Some("2021-12-31"), Some("2030-12-31"));
    tell(&mut out, "recorded, extends a deadline", &told(&extended, None, &[later], cwc));
    let met = name(act(ActKind::DeadlineMet, "RUS", "2026-01-15"));
    let never = of_date("cwc/RUS/initial-declarations", Some("2030-12-31"), None);
    tell(&mut out, "recorded, a deadline is met", &told(&met, None, &[never], cwc));
    let fresh = Fresh { act: extended.clone(), supersedes: None };
    let due = due(
        "cwc/RUS/initial-declarations",
        DateKind::Deadline,
        "RUS",
        "2030-12-31",
        reason(Rule::Extension, Some(extended), Some("III(1)")),
    );
    tell(&mut out, "recorded, opens a deadline", &super::act(&fresh, None, &[], &[&due], scene(cwc)));

    let notice = act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-02");
    let fresh = Fresh { act: notice.clone(), supersedes: None };
    let effect = sample(DateKind::WithdrawalEffect, "2019-08-02");
    tell(&mut out, "recorded, sets a date", &super::act(&fresh, None, &[], &[&effect], scene(treaty("inf"))));
    let old = act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-01");
    tell(&mut out, "corrected", &told(&notice, Some(&old), &[], treaty("inf")));
    let alike = act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-02");
    tell(&mut out, "corrected, but not its day", &told(&notice, Some(&alike), &[], treaty("inf")));

    let mut snapback = act(ActKind::NoticeOfReinstatement, "", "2025-08-28");
    snapback.jointly = ["FRA", "DEU", "GBR"].map(|code| code.parse().unwrap()).to_vec();
    snapback.disputed_by = ["CHN", "BLR"].map(|code| code.parse().unwrap()).to_vec();
    let mut back = sample(DateKind::Reinstatement, "2025-09-28");
    (back.certainty, back.reading) = (Certainty::Contested, "e3".parse().unwrap());
    let fresh = Fresh { act: snapback, supersedes: None };
    tell(&mut out, "recorded, contested", &super::act(&fresh, None, &[], &[&back], scene(unscr)));
    let mut alone = act(ActKind::Suspension, "RUS", "2023-02-28");
    alone.disputed_by = vec!["USA".parse().unwrap()];
    let contested = of_status("", Some("in_force"), Some("contested"));
    tell(&mut out, "recorded, disputed", &told(&alone, None, std::slice::from_ref(&contested), new_start));

    let begins = of_status("", Some("pending"), Some("in_force"));
    let joins = |code| of_status(code, Some("signatory"), Some("party"));
    let states = [begins.clone(), joins("CHN"), joins("FRA")];
    tell(&mut out, "backfill", &backfill(5, &states, scene(treaty("npt"))));
    tell(&mut out, "backfill of 21", &backfill(21, &states[..2], scene(treaty("npt"))));
    tell(&mut out, "corrections", &corrections(22, &states[..1], scene(treaty("npt"))));
    tell(&mut out, "redefined", &redefined(&states, scene(treaty("npt"))));
    tell(&mut out, "undone", &undone(&[contested], scene(new_start)));
    let many: Vec<Change> = ["CHN", "FRA", "GBR", "USA", "RUS", "IND", "PAK"].map(joins).to_vec();
    tell(&mut out, "more than a sentence names", &undone(&many, scene(treaty("npt"))));
    let scheduled = of_date("new-start/russian-offer-ends", Some("2027-02"), Some("2028"));
    tell(&mut out, "a scheduled date moves", &redefined(&[scheduled], scene(new_start)));

    let notice =
        || reason(Rule::Notice, Some(act(ActKind::NoticeOfWithdrawal, "USA", "2019-02-02")), Some("XV(2)"));
    let usa = "USA".parse().unwrap();
    let turn = |subject: Subject, from: Option<&str>, to: Option<&str>, reason: Reason| Transition {
        on: day("2019-08-02"),
        subject,
        reading: ReadingId::default_reading(),
        from: from.map(|word| Standing::parse(word, subject.state()).unwrap()),
        to: to.map(|word| Standing::parse(word, subject.state()).unwrap()),
        reason,
    };
    let inf = treaty("inf");
    let mut say = |what: &str, turn: &Transition, treaty: &Treaty| {
        tell(&mut out, what, &change(turn, None, on_day(treaty, day("2019-08-02"))));
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
    tell(&mut out, "stale", &stale(scene(treaty("npt")), day("2025-07-07")));
    tell(&mut out, "missed", &missed(12, day("2026-05-01"), scene(treaty("npt"))));
    tell(&mut out, "a test", &test());
    insta::assert_snapshot!("forms", out);
}

#[test]
fn a_deadline_of_a_state_is_told_when_it_moves_comes_or_is_met() {
    let mut file = SEEDS.treaties[&"cwc".parse().unwrap()].clone();
    let id = "initial-declarations";
    let clause = file.treaty.clauses.iter_mut().find(|clause| clause.id.as_str() == id).unwrap();
    let Terms::Deadline { states, .. } = &mut clause.terms else { unreachable!() };
    *states = vec!["RUS".parse().unwrap()];
    let decided = |kind, on: &str, until: &str| Act {
        known_on: day(on),
        deadline: id.parse().ok(),
        until: (!until.is_empty()).then(|| day(until)),
        ..act(kind, "RUS", on)
    };
    let extended = decided(ActKind::DeadlineExtension, "2020-06-01", "2021-12-31");
    let again = decided(ActKind::DeadlineExtension, "2021-11-15", "2030-12-31");
    let met = decided(ActKind::DeadlineMet, "2026-01-15", "");
    let found = decided(ActKind::DeadlineExtension, "2026-02-01", "2031-01-31");
    let told = |acts: &[&Act]| {
        let mut file = file.clone();
        file.acts.extend(acts.iter().copied().cloned());
        let alerts = replay(&file, names(), &[30], day("2020-01-01"), day("2026-12-31"));
        let of_state = alerts.into_iter().map(|(_, alert)| alert);
        let of_state = of_state.filter(|alert| alert.state.is_some_and(|state| state.as_str() == "RUS"));
        of_state.map(|alert| (alert.kind.to_string(), alert.headline, alert.sentence)).collect::<Vec<_>>()
    };
    let line =
        |(kind, headline, sentence): &(String, String, String)| format!("{kind}\n{headline}\n{sentence}");
    let lines = |acts: &[&Act]| told(acts).iter().map(line).collect::<Vec<_>>();
    assert_eq!(
        lines(&[&extended, &again, &met, &found]),
        [
            "date.moved\nCWC: deadline extended for Russia, now 31 December 2021\nThe deadline \"initial \
             declarations\" of the CWC (article III(1)) for the Russian Federation was extended on 1 June 2020; the \
             deadline \"initial declarations\" now falls on 31 December 2021 (previously on 4 January 1998).",
            "date.moved\nCWC: deadline extended for Russia, now 31 December 2030\nThe deadline \"initial \
             declarations\" of the CWC (article III(1)) for the Russian Federation was extended on 15 November 2021; \
             the deadline \"initial declarations\" now falls on 31 December 2030 (previously on 31 December 2021).",
            "date.cancelled\nCWC: Russia declared completion on 15 January 2026\nThe Russian Federation declared on \
             15 January 2026 that it has met the deadline \"initial declarations\" of the CWC (article III(1)); the \
             deadline \"initial declarations\" no longer falls on 31 December 2030.",
            "act.recorded\nCWC: deadline extended for Russia, now 31 January 2031\nThe deadline \"initial \
             declarations\" of the CWC (article III(1)) for the Russian Federation was extended on 1 February 2026; \
             the deadline now falls on 31 January 2031 (article III(1)).",
        ]
    );
    let reached = told(&[&extended]).pop().unwrap();
    assert_eq!(
        line(&reached),
        "date.reached\nCWC: deadline \"initial declarations\" for Russia today\nThe deadline \"initial declarations\" \
         of the CWC for the Russian Federation falls on 31 December 2021 (deadline extension of 1 June 2020 for the \
         Russian Federation, article III(1)); no later decision is on record."
    );
}

#[test]
fn a_title_that_is_missing_falls_back_visibly() {
    let mut lake = treaty("inf").clone();
    lake.short_title = Words { en: "Lake Convention".to_owned(), zh: None, ru: None };
    let Wording { headline, sentence: words } =
        told(&act(ActKind::Ratification, "FRA", "2026-07-07"), None, &[], &lake);
    assert_eq!(headline.zh.unwrap(), "Lake Convention [en]：法国批准（2026年7月7日）");
    assert_eq!(words.en, "France ratified the Lake Convention on 7 July 2026.");
    assert_eq!(words.zh.unwrap(), "法国于2026年7月7日批准Lake Convention [en]。");
    assert_eq!(words.ru.unwrap(), "Lake Convention [en], Франция: договор ратифицирован 7 июля 2026 года.");
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
                        *text = text.replace(&format!("（英文说明：{note}）"), "");
                        *text = text.replace(&format!(" (По-английски: {note})"), "");
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
        // Roman numbers of articles, their parts in brackets, the letter of an annex, the names of readings, what is marked.
        let mut pieces: Vec<&str> = ru.split(" [en]").collect();
        pieces.pop();
        let marked: String =
            pieces.iter().filter_map(|piece| piece.rsplit(['(', '«', ';', ':']).next()).collect();
        for word in words {
            let is_number = word.chars().all(|letter| "IVXLC".contains(letter));
            let is_name = ru.contains(&format!("«{word}»")) || ru.contains(&format!("приложение {word}"));
            let is_part = ru.contains(&format!("({word})"));
            assert!(is_number || is_part || is_name || word == "en" || marked.contains(word), "{word}: {ru}");
        }
        assert!(!ru.contains("  ") && !ru.contains("()"), "{ru}");
    }
}

/// The headlines of an alert, one in each language.
fn headlines(wording: &Wording) -> [&str; 3] {
    let Words { en, zh, ru } = &wording.headline;
    [en, zh.as_deref().unwrap(), ru.as_deref().unwrap()]
}

/// Checks a headline by all that holds for every headline.
fn check_headline(text: &str) {
    let length = text.chars().count();
    assert!((8..=HEADLINE_CHARS_MAX).contains(&length), "{length}: {text}");
    assert!(!text.contains("  ") && !text.contains(['\n', '_', '/']), "{text}");
    assert!(!text.ends_with([':', '：', ',', '，', ' ']) && !text.contains(": :"), "{text}");
}

/// The states with the longest names in each language.
fn long_named() -> Vec<StateId> {
    let mut found = Vec::new();
    for lang in Lang::ALL.iter().copied() {
        let mut by_length: Vec<(usize, StateId)> =
            SEEDS.states.values().map(|state| (state.name.in_lang(lang).chars().count(), state.id)).collect();
        by_length.sort();
        found.extend(by_length.iter().rev().take(5).map(|(_, id)| *id));
    }
    found.extend(["BIH", "DOM", "PSE", "TTO"].map(|code| code.parse::<StateId>().unwrap()));
    found.sort();
    found.dedup();
    found
}

/// Every kind of act and date of the states with long names in every treaty, seen from many days.
#[test]
fn every_headline_is_short_in_every_language() {
    let states = long_named();
    for file in SEEDS.treaties.values() {
        let scene = on_day(&file.treaty, day("2026-11-30"));
        for state in &states {
            let mut wordings = Vec::new();
            for kind in ActKind::ALL.iter().copied() {
                let code = if kind.actor() == Actor::Treaty { "" } else { state.as_str() };
                let mut done = act(kind, code, "2026-09-28");
                done.disputed_by = vec!["USA".parse().unwrap()];
                wordings.push(told(&done, None, &[], &file.treaty));
                wordings.push(told(&done, Some(&act(kind, code, "2026-09-27")), &[], &file.treaty));
                wordings.push(act_retracted(&done, &[], scene));
            }
            for kind in DateKind::ALL.iter().copied() {
                for on in ["2027-11-30", "2026-11-30", "2025-12-01", "1999-09-30", "2028-09"] {
                    let mut date = sample(kind, on);
                    let of_state = [DateKind::StateEntryIntoForce, DateKind::WithdrawalEffect];
                    if of_state.contains(&kind) || [DateKind::Effect, DateKind::Deadline].contains(&kind) {
                        date.state = Some(*state);
                    }
                    let sure = [approaching(&date, scene), reached(&date, scene), moved(&date, None, scene)];
                    if on == "2027-11-30" {
                        // The day is never left out for the sake of the title.
                        for text in sure[..2].iter().flat_map(headlines) {
                            let days = text.rsplit(['：', ':']).next().unwrap();
                            assert!(days.contains(|letter: char| letter.is_ascii_digit()), "{text}");
                        }
                    }
                    wordings.extend(sure);
                    date.certainty = Certainty::Contested;
                    wordings.push(approaching(&date, scene));
                    wordings.push(moved(&sample(kind, "2027-01-01"), Some(&date), scene));
                }
            }
            for status in StateStatus::ALL.iter().copied() {
                let turn = Transition {
                    on: day("2026-11-01"),
                    subject: Subject::State(*state),
                    reading: "e3".parse().unwrap(),
                    from: None,
                    to: Some(Standing::State(status)),
                    reason: reason(Rule::Notice, None, None),
                };
                wordings.push(change(&turn, None, scene));
            }
            for wording in &wordings {
                headlines(wording).into_iter().for_each(check_headline);
            }
        }
    }
}

#[test]
fn the_headlines_of_real_history_are_short_and_differ_from_their_sentences() {
    for alert in history() {
        for lang in Lang::ALL.iter().copied() {
            check_headline(&alert.headline_in(lang));
            assert_ne!(alert.headline_in(lang), alert.sentence_in(lang));
        }
        assert!(!alert.headline.contains("[en]"), "{}", alert.headline);
    }
}

#[test]
fn a_long_title_is_cut_at_a_word_and_never_in_a_date() {
    use super::headline::{Head, cut, fit};
    let statement = "China-Russia statement of 21 March 2023";
    assert_eq!(cut(statement, 39), statement);
    for room in 23..39 {
        assert_eq!(cut(statement, room), "China-Russia statement…", "{room}");
    }
    assert_eq!(cut("Заявление России и Китая от 21 марта 2023 года", 40), "Заявление России и Китая…");
    assert_eq!(cut("中俄2026年5月20日联合声明", 10), "中俄…");
    // What people see as one character stays one, also in one endless word.
    for piece in ["e\u{301}", "👩\u{200d}🚀", "🇨🇳"] {
        let cut = cut(&piece.repeat(200), HEADLINE_CHARS_MAX);
        let kept = cut.strip_suffix('…').unwrap();
        assert!(!kept.is_empty() && kept.replace(piece, "").is_empty(), "{cut}");
    }
    let tails = [
        ": expires in 30 days, as was agreed at length in 2020".to_owned(),
        ": expires in 30 days".to_owned(),
    ];
    assert_eq!(fit(&Head::of("INF Treaty"), &tails, &[]), format!("INF Treaty{}", tails[0]));
    assert_eq!(
        fit(
            &Head::of("《制止生化恐怖主义行为国际公约（草案）》"),
            &["：".to_owned() + &"美".repeat(55)],
            &[]
        ),
        format!("《制止生化恐怖主义行为国…》：{}", "美".repeat(55))
    );
    let long = "A Convention on the Prevention of Many Things that Everybody Would Like to Prevent";
    assert_eq!(
        fit(&Head::of(long), &tails[1..], &[]),
        "A Convention on the Prevention of Many Things…: expires in 30 days"
    );
    let whole = fit(&Head::of("NPT"), &["x".repeat(100)], &[]);
    assert_eq!(whole.chars().count(), HEADLINE_CHARS_MAX);
}

#[test]
fn days_are_counted_in_words() {
    let expiry = sample(DateKind::Expiry, "2026-02-05");
    let seen = |from: &str| {
        let scene = on_day(treaty("new-start"), day(from));
        let today = scene.today;
        let wording =
            if today < expiry.on.first_day() { approaching(&expiry, scene) } else { reached(&expiry, scene) };
        headlines(&wording).map(str::to_owned)
    };
    assert_eq!(
        seen("2026-02-04"),
        [
            "New START: expires tomorrow",
            "《新削减战略武器条约》：将于明天期满失效",
            "ДСНВ: срок действия истекает завтра"
        ]
    );
    assert_eq!(
        seen("2026-02-05"),
        [
            "New START: expires today",
            "《新削减战略武器条约》：今天期满失效",
            "ДСНВ: срок действия истекает сегодня"
        ]
    );
    assert_eq!(
        seen("2026-02-07"),
        [
            "New START: expired 2 days ago",
            "《新削减战略武器条约》：已于2天前期满失效",
            "ДСНВ: срок действия истёк 2 дня назад"
        ]
    );
    assert_eq!(seen("2026-02-26")[2], "ДСНВ: срок действия истёк 21 день назад");
    assert_eq!(seen("2030-02-05")[0], "New START: expired on 5 February 2026");
    let withdrawal = sample(DateKind::WithdrawalEffect, "2019-08-02");
    let wording = approaching(&withdrawal, on_day(treaty("inf"), day("2019-07-03")));
    assert_eq!(
        headlines(&wording),
        [
            "INF Treaty: US withdrawal takes effect in 30 days",
            "《中导条约》：美国退出将于30天后生效",
            "ДРСМД, США: выход вступает в силу через 30 дней",
        ]
    );
}
