//! Terms: how they end, are extended and renew themselves.

use super::*;

/// Ten years from entry into force, extended by up to five in all: New START's clauses.
fn with_term() -> (Treaty, Vec<Act>) {
    let end = TermEnd::After { anchor: Anchor::EntryIntoForce, period: "P10Y".parse().unwrap() };
    let treaty = treaty(
        Form::Bilateral,
        vec![
            ("entry", Terms::EntryIntoForceByExchange),
            (
                "term",
                Terms::Term {
                    end,
                    extension_max: None,
                    extension_total: Some("P5Y".parse().unwrap()),
                    recorded: None,
                },
            ),
        ],
    );
    let acts = vec![
        act("USA", Signature, "2010-04-08"),
        act("RUS", Signature, "2010-04-08"),
        act("", ExchangeOfInstruments, "2011-02-05"),
    ];
    (treaty, acts)
}

fn extension(on: &str, ends_before: &str) -> Act {
    Act { ends_before: Some(day(ends_before)), ..act("", Extension, on) }
}

#[test]
fn a_term_ends_and_an_extension_moves_its_end() {
    let (treaty, mut acts) = with_term();
    assert_eq!(date(&all(&treaty, &acts), "expiry").as_deref(), Some("2021-02-05"));
    acts.push(extension("2021-02-03", "2026-02-05"));
    let projection = all(&treaty, &acts);
    assert_eq!(date(&projection, "expiry").as_deref(), Some("2026-02-05"));
    assert_eq!(treaty_on(&projection, "2026-02-04"), Some(TreatyStatus::InForce));
    assert_eq!(treaty_on(&projection, "2026-02-05"), Some(TreatyStatus::Expired));
    assert_eq!(state_on(&projection, "USA", "2026-02-05"), Some(StateStatus::FormerParty));
}

#[test]
fn an_extension_may_be_neither_too_late_nor_too_long() {
    let (treaty, acts) = with_term();
    let with = |extension: Act| all(&treaty, &[acts.clone(), vec![extension]].concat());
    let late = with(extension("2021-02-05", "2026-02-05"));
    let fault = Fault::ExtendedTooLate { on: day("2021-02-05"), ended: day("2021-02-05") };
    assert_eq!(late.problems[0].fault, fault);
    assert_eq!(date(&late, "expiry").as_deref(), Some("2021-02-05"));
    let long = with(extension("2021-02-03", "2026-02-06"));
    let fault = Fault::ExtendedTooFar { until: day("2026-02-06"), allowed: day("2026-02-05") };
    assert_eq!(long.problems[0].fault, fault);
    let forever = with(act("", IndefiniteExtension, "2021-01-01"));
    assert_eq!(date(&forever, "expiry"), None);
    assert_eq!(treaty_on(&forever, "2100-01-01"), Some(TreatyStatus::InForce));
    let too_late = with(act("", IndefiniteExtension, "2021-02-05"));
    assert!(matches!(too_late.problems[0].fault, Fault::ExtendedTooLate { .. }));
    assert_eq!(treaty_on(&too_late, "2021-02-05"), Some(TreatyStatus::Expired));
    let shorter = with(extension("2021-02-03", "2021-02-05"));
    let fault = Fault::ExtendedBackward { until: day("2021-02-05"), end: day("2021-02-05") };
    assert_eq!(shorter.problems[0].fault, fault);
}

#[test]
fn extensions_are_limited_together_or_each() {
    let (mut treaty, mut acts) = with_term();
    acts.extend([extension("2021-02-03", "2024-02-05"), extension("2024-01-01", "2027-02-05")]);
    let together = all(&treaty, &acts);
    assert_eq!(date(&together, "expiry").as_deref(), Some("2024-02-05"), "three years and three are six");
    let fault = Fault::ExtendedTooFar { until: day("2027-02-05"), allowed: day("2026-02-05") };
    assert_eq!(together.problems[0].fault, fault);

    let Terms::Term { extension_max, extension_total, .. } = &mut treaty.clauses[1].terms else {
        unreachable!()
    };
    // START I, article XVII(2): by five years, and again.
    std::mem::swap(extension_max, extension_total);
    assert_eq!(date(&all(&treaty, &acts), "expiry").as_deref(), Some("2027-02-05"));
}

#[test]
fn a_treaty_renews_itself_unless_notice_is_given_in_time() {
    let renewal = Terms::TacitRenewal {
        period: "P5Y".parse().unwrap(),
        renewal: "P5Y".parse().unwrap(),
        notice: "P6M".parse().unwrap(),
    };
    let treaty =
        treaty(Form::Bilateral, vec![("entry", Terms::EntryIntoForceByExchange), ("renewal", renewal)]);
    let mut acts = vec![
        act("DEU", Signature, "2009-05-01"),
        act("CHN", Signature, "2009-05-01"),
        act("", ExchangeOfInstruments, "2010-03-15"),
    ];
    let running = all(&treaty, &acts);
    assert_eq!(date(&running, "last_notice_day/1").as_deref(), Some("2014-09-15"));
    assert_eq!(date(&running, "renewal/1").as_deref(), Some("2015-03-15"));
    assert_eq!(date(&running, "last_notice_day/2").as_deref(), Some("2019-09-15"));
    assert_eq!(treaty_on(&running, "2099-01-01"), Some(TreatyStatus::InForce));

    // On the last day it is in time; a day later it ends the next term.
    for (given, ended) in [("2019-09-15", "2020-03-15"), ("2019-09-16", "2025-03-15")] {
        acts.push(act("CHN", NoticeOfWithdrawal, given));
        let projection = all(&treaty, &acts);
        assert_eq!(date(&projection, "expiry").as_deref(), Some(ended), "{given}");
        assert_eq!(treaty_on(&projection, ended), Some(TreatyStatus::Expired), "{given}");
        assert_eq!(date(&projection, "renewal/9"), None, "{given}");
        acts.pop();
    }
}

#[test]
fn renewals_are_counted_once_from_entry_into_force() {
    let running = |period: &str, renewal: &str, notice: &str, exchanged: &str| {
        let renewal = Terms::TacitRenewal {
            period: period.parse().unwrap(),
            renewal: renewal.parse().unwrap(),
            notice: notice.parse().unwrap(),
        };
        let clauses = vec![("entry", Terms::EntryIntoForceByExchange), ("renewal", renewal)];
        all(&treaty(Form::Bilateral, clauses), &[act("", ExchangeOfInstruments, exchanged)])
    };
    let yearly = running("P1Y", "P1Y", "P3M", "2020-02-29");
    let renewals = ["renewal/1", "renewal/2", "renewal/3", "renewal/4", "renewal/8", "last_notice_day/4"];
    assert_eq!(
        renewals.map(|name| date(&yearly, name).unwrap()),
        ["2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29", "2028-02-29", "2023-11-29"]
    );
    let half_yearly = running("P6M", "P6M", "P1M", "2004-08-31");
    assert_eq!(
        ["renewal/1", "renewal/2", "renewal/3", "renewal/4"].map(|name| date(&half_yearly, name).unwrap()),
        ["2005-02-28", "2005-08-31", "2006-02-28", "2006-08-31"]
    );
    // Days are not months: they are counted from the end of the first term.
    let mixed = running("P6M", "P30D", "P1D", "2004-08-31");
    assert_eq!(date(&mixed, "renewal/2").as_deref(), Some("2005-03-30"));
}

#[test]
fn the_longest_extension_is_counted_with_the_term() {
    let end = TermEnd::After { anchor: Anchor::EntryIntoForce, period: "P10Y".parse().unwrap() };
    for (each, total) in [(Some("P2Y"), None), (None, Some("P2Y"))] {
        let max = |period: Option<&str>| period.map(|period| period.parse().unwrap());
        let term = Terms::Term {
            end: end.clone(),
            extension_max: max(each),
            extension_total: max(total),
            recorded: None,
        };
        let treaty =
            treaty(Form::Bilateral, vec![("entry", Terms::EntryIntoForceByExchange), ("term", term)]);
        let exchange = act("", ExchangeOfInstruments, "2012-02-29");
        let until = |ends_before| all(&treaty, &[exchange.clone(), extension("2021-01-01", ends_before)]);
        assert_eq!(date(&until("2024-02-29"), "expiry").as_deref(), Some("2024-02-29"));
        assert_eq!(until("2024-03-01").problems.len(), 1);
    }
}

#[test]
fn a_treaty_lapses_when_denunciations_leave_too_few_parties() {
    // Genocide Convention, article XV, with three parties in place of sixteen; in contrast VCLT, article 55.
    let with_clause = |fewer_than: Option<u32>| {
        let mut clauses =
            vec![("entry", threshold(2, &[], false, "P0D")), ("leave", withdrawal("P6M", false))];
        clauses.extend(fewer_than.map(|fewer_than| ("lapse", Terms::Lapse { fewer_than })));
        treaty(Form::Multilateral, clauses)
    };
    let acts = |more: &[Act]| {
        let parties = ["AAA", "BBB", "CCC", "DDD"].map(|code| act(code, Ratification, "2000-01-01"));
        [&parties[..], more].concat()
    };
    let first = act("AAA", NoticeOfWithdrawal, "2010-01-01");
    let second = act("BBB", NoticeOfWithdrawal, "2012-01-01");
    let ends = |treaty: &Treaty, more: &[Act]| {
        let projection = all(treaty, &acts(more));
        let span = projection.default_life().treaty.last().unwrap().clone();
        (span.status, span.starts_on.to_string(), span.reason.rule, projection)
    };
    let both = [first.clone(), second.clone()];
    let (status, on, rule, projection) = ends(&with_clause(Some(3)), &both);
    assert_eq!((status, on.as_str(), rule), (TreatyStatus::Terminated, "2012-07-01", Rule::Lapse));
    assert_eq!(state_on(&projection, "BBB", "2012-07-01"), Some(StateStatus::Withdrawn));
    assert_eq!(state_on(&projection, "CCC", "2012-07-01"), Some(StateStatus::FormerParty));
    assert_eq!(projection.problems, []);
    // The second notice is revoked, or leaves enough, or no clause ends the treaty.
    let revoked = [first.clone(), second.clone(), act("BBB", RevocationOfNotice, "2012-06-30")];
    for (fewer_than, more) in [(Some(3), &revoked[..]), (Some(2), &both[..]), (None, &both[..])] {
        assert_eq!(ends(&with_clause(fewer_than), more).0, TreatyStatus::InForce, "{fewer_than:?}");
    }
    // Facts that name only some of the parties leave it open.
    let mut incomplete = with_clause(Some(3));
    incomplete.participation_incomplete = true;
    assert_eq!(ends(&incomplete, &both).0, TreatyStatus::InForce);
    // It had ended before.
    let ended = act("", Termination, "2012-06-30");
    assert_eq!(ends(&with_clause(Some(3)), &[first, second, ended]).1, "2012-06-30");
}
