//! A backtest over real history: the calendar of alerts, and a score of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::{Days, NaiveDate};
use treatywatch::alerts::{Names, replay};
use treatywatch::config::DEFAULT_LEAD_DAYS;
use treatywatch::domain::alert::{Alert, Changed};
use treatywatch::domain::alert_kind::AlertKind;
use treatywatch::domain::day::Precision;
use treatywatch::domain::id::StateId;
use treatywatch::domain::project::{Life, Projection, project};
use treatywatch::domain::seeds::TreatyFile;
use treatywatch::domain::status::Standing;

use crate::env::{day, embedded, embedded_treaty, statement_seeds};

const FROM: &str = "2019-06-05";
const TO: &str = "2026-08-22";

fn calendar(file: &TreatyFile, from: &str, to: &str) -> Vec<(NaiveDate, Alert)> {
    replay(file, Names(&embedded().states), &DEFAULT_LEAD_DAYS, day(from), day(to))
}

/// A status or overlay that begins, or an overlay that is over: reading, state, what, and the day.
type Change = (String, Option<StateId>, String, NaiveDate);

/// Every change of a projection within a time, computed apart from the code that is scored. What
/// another reading shares with the default one counts once.
fn changes(projection: &Projection, from: NaiveDate, to: NaiveDate) -> BTreeSet<Change> {
    fn of(life: &Life) -> Vec<(Option<StateId>, String, NaiveDate)> {
        let treaty = life.treaty.iter().map(|span| (None, span.status.to_string(), span.starts_on));
        let states = life.states.iter().flat_map(|(state, spans)| {
            spans.iter().map(|span| (Some(*state), span.status.to_string(), span.starts_on))
        });
        let overlays = life.overlays.iter().flat_map(|overlay| {
            let begin = (overlay.state, overlay.kind.to_string(), overlay.starts_on);
            let end = overlay.ends_before.map(|end| (overlay.state, format!("no {}", overlay.kind), end));
            [Some(begin), end].into_iter().flatten()
        });
        treaty.chain(states).chain(overlays).collect()
    }
    let default: BTreeSet<_> = of(projection.default_life()).into_iter().collect();
    let mut all = BTreeSet::new();
    for life in &projection.readings {
        for change in of(life) {
            let shared = !life.reading.is_default() && default.contains(&change);
            if !shared && from < change.2 && change.2 <= to {
                all.insert((life.reading.to_string(), change.0, change.1, change.2));
            }
        }
    }
    all
}

#[test]
fn the_story_of_the_statements_treaties() {
    let mut told: Vec<(NaiveDate, Alert)> =
        statement_seeds().treaties.values().flat_map(|file| calendar(file, FROM, TO)).collect();
    told.sort_by_key(|(on, _)| *on);
    insta::assert_snapshot!("calendar", story(&told));
}

/// The field since 2024. What comes near is left out: it is told again when it comes.
#[test]
fn the_story_of_the_field() {
    let of_field =
        embedded().treaties.values().filter(|file| !statement_seeds().treaties.contains_key(&file.treaty.id));
    let mut told: Vec<(NaiveDate, Alert)> =
        of_field.flat_map(|file| calendar(file, "2024-01-01", "2026-11-30")).collect();
    told.retain(|(_, alert)| alert.kind != AlertKind::DateApproaching);
    told.sort_by_key(|(on, _)| *on);
    insta::assert_snapshot!("field", story(&told));
}

fn story(told: &[(NaiveDate, Alert)]) -> String {
    let mut text = String::new();
    for (on, alert) in told {
        let lead = alert.lead_days.map(|lead| format!(" {lead}")).unwrap_or_default();
        writeln!(text, "{on} {}{lead} {}\n    {}", alert.kind, alert.subject(), alert.sentence).unwrap();
    }
    text
}

#[test]
fn every_legal_change_is_told_once_and_nothing_else_is() {
    for (id, file) in &embedded().treaties {
        let told = calendar(file, FROM, TO);
        let mut listed: BTreeMap<Change, usize> = BTreeMap::new();
        for change in told.iter().flat_map(|(_, alert)| &alert.changes) {
            if let Changed::Status { from, to } = change.what {
                let over = || format!("no {}", from.map_or("", Standing::as_str));
                let what = to.map_or_else(over, |to| to.to_string());
                let key = (change.reading.to_string(), change.state, what, change.on.first_day());
                *listed.entry(key).or_default() += 1;
            }
        }
        let expected = changes(&project(&file.treaty, &file.acts, day(TO)), day(FROM), day(TO));
        let found: BTreeSet<Change> = listed.keys().cloned().collect();
        assert_eq!(
            found.difference(&expected).collect::<Vec<_>>(),
            Vec::<&Change>::new(),
            "{id}: told, but did not happen"
        );
        assert_eq!(
            expected.difference(&found).collect::<Vec<_>>(),
            Vec::<&Change>::new(),
            "{id}: happened, not told"
        );
        assert!(listed.values().all(|times| *times == 1), "{id}: {listed:?}");

        let became_known = |known_on: NaiveDate| day(FROM) < known_on && known_on <= day(TO);
        for act in file.acts.iter().filter(|act| became_known(act.known_on)) {
            let own = |alert: &&Alert| alert.key == format!("act|{}", act.id);
            assert_eq!(told.iter().map(|(_, alert)| alert).filter(own).count(), 1, "{}", act.id);
        }
        let keys: BTreeSet<&str> = told.iter().map(|(_, alert)| alert.key.as_str()).collect();
        assert_eq!(keys.len(), told.len(), "{id}: no alert is doubled");
    }
}

#[test]
fn what_the_calendar_could_foresee_was_announced_at_the_first_lead() {
    let mut announced = 0;
    for (id, file) in &embedded().treaties {
        let told = calendar(file, FROM, TO);
        for date in &project(&file.treaty, &file.acts, day(TO)).dates {
            let on = date.on.first_day();
            if date.on.precision() != Precision::Day || on <= day(FROM) || day(TO) < on {
                continue;
            }
            let after = day(FROM).max(date.reason.known_on);
            let due = |lead: &u32| on.checked_sub_days(Days::new((*lead).into())).filter(|due| after < *due);
            let Some(first) = DEFAULT_LEAD_DAYS.iter().filter_map(due).min() else { continue };
            let of_it = |(_, alert): &&(NaiveDate, Alert)| {
                alert.kind == AlertKind::DateApproaching
                    && (alert.date.as_ref() == Some(&date.id)
                        || alert.states.iter().any(|one| one.date == date.id))
                    && alert.on == on.into()
            };
            assert_eq!(
                told.iter().find(of_it).map(|(told_on, _)| *told_on),
                Some(first),
                "{id}: {}",
                date.id
            );
            announced += 1;
        }
    }
    assert!(announced >= 10, "{announced}");
}

#[test]
fn new_start_is_never_told_to_end_the_day_after_it_was_extended() {
    let told = calendar(embedded_treaty("new-start"), FROM, TO);
    let leads: Vec<u32> = told
        .iter()
        .filter(|(_, alert)| alert.on == day("2021-02-05").into())
        .filter_map(|(_, alert)| alert.lead_days)
        .collect();
    assert_eq!(leads, [365, 180, 90, 60, 30, 14, 7, 3]);
}

#[test]
fn day_by_day_or_in_one_jump_the_statuses_are_the_same() {
    for (id, file) in &embedded().treaties {
        let in_days = project(&file.treaty, &file.acts, day(TO));
        let at_once = project(&file.treaty, &file.acts, NaiveDate::MAX);
        let until = |projection: &Projection| changes(projection, NaiveDate::MIN, day(TO));
        assert_eq!(until(&in_days), until(&at_once), "{id}");
    }
}
