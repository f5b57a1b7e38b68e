//! What if: the life of a treaty with acts that nobody has done, beside its life without them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::act::Act;
use crate::domain::alert::Alert;
use crate::domain::day::PartialDay;
use crate::domain::id::DateId;
use crate::domain::project::{DueDate, Problem, Projection, project};
use crate::domain::seeds::TreatyFile;
use crate::domain::status::ReadingId;

use super::replay::replay;
use super::transitions::{self, Transition};
use super::wording::Names;

/// What assumed acts change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Statuses and overlays that begin or end because of them, in order of day.
    pub comes: Vec<Transition>,
    /// Those that do not begin or end because of them.
    pub falls_away: Vec<Transition>,
    /// Dated events that are new, on another day or no longer there: before and after, in order of day.
    pub dates: Vec<(Option<DueDate>, Option<DueDate>)>,
    /// What the law refuses or leaves in doubt, and did not without them.
    pub problems: Vec<Problem>,
    /// The day of each check that would tell of it, with what it would tell.
    pub alerts: Vec<(NaiveDate, Alert)>,
    /// How many of the transitions and dated events are left out, as they come later.
    pub later: usize,
}

/// Compares the life of a treaty with and without acts that are assumed, and the alerts of a watch
/// that checks every day from the day before `today`, or before the first assumed act if that is earlier. What
/// comes after `until` is only counted.
pub fn simulate(
    file: &TreatyFile,
    names: Names<'_>,
    leads: &[u32],
    assumed: &[Act],
    today: NaiveDate,
    until: NaiveDate,
) -> Simulation {
    let mut with = file.clone();
    with.acts.extend(assumed.iter().cloned());
    let before = project(&file.treaty, &file.acts, NaiveDate::MAX);
    let after = project(&file.treaty, &with.acts, NaiveDate::MAX);
    let (mut comes, mut falls_away) = (only_in(&after, &before), only_in(&before, &after));
    let mut dates = moved(&before, &after);
    let all = comes.len() + falls_away.len() + dates.len();
    comes.retain(|transition| transition.on <= until);
    falls_away.retain(|transition| transition.on <= until);
    dates.retain(|(before, after)| before.iter().chain(after).any(|date| date.on.first_day() <= until));
    let later = all - comes.len() - falls_away.len() - dates.len();
    let problems: Vec<Problem> =
        after.problems.iter().filter(|problem| !before.problems.contains(problem)).cloned().collect();

    let first = assumed.iter().map(|act| act.known_on).chain([today]).min().unwrap_or(today);
    let days = comes.iter().map(|transition| transition.on);
    let due = dates.iter().filter_map(|(_, after)| after.as_ref()).map(|date| date.on.first_day());
    let acts = assumed.iter().map(|act| act.known_on);
    let last = days.chain(due).chain(acts).chain([today]).max().unwrap_or(today).min(until);
    let told = |file: &TreatyFile| replay(file, names, leads, first.pred_opt().unwrap_or(first), last);
    let usual = told(file);
    let usual: BTreeSet<&String> = usual.iter().flat_map(|(_, alert)| alert.keys()).collect();
    let is_new = |alert: &Alert| alert.keys().any(|key| !usual.contains(key));
    let alerts = told(&with).into_iter().filter(|(_, alert)| is_new(alert)).collect();
    Simulation { comes, falls_away, dates, problems, alerts, later }
}

fn only_in(one: &Projection, other: &Projection) -> Vec<Transition> {
    let mut here = transitions::until(one, NaiveDate::MAX);
    let there = transitions::until(other, NaiveDate::MAX);
    here.retain(|key, _| !there.contains_key(key));
    here.into_values().collect()
}

fn moved(before: &Projection, after: &Projection) -> Vec<(Option<DueDate>, Option<DueDate>)> {
    let by_name = |projection: &Projection| -> BTreeMap<(DateId, ReadingId), DueDate> {
        let dates = projection.dates.iter().cloned();
        dates.map(|date| ((date.id.clone(), date.reading.clone()), date)).collect()
    };
    let (mut before, after) = (by_name(before), by_name(after));
    let mut pairs: Vec<_> =
        after.into_iter().map(|(name, date)| (before.remove(&name), Some(date))).collect();
    pairs.extend(before.into_values().map(|date| (Some(date), None)));
    let day = |date: &Option<DueDate>| -> Option<PartialDay> { date.as_ref().map(|date| date.on) };
    pairs.retain(|(before, after)| day(before) != day(after));
    pairs.sort_by_key(|(before, after)| day(after).or(day(before)));
    pairs
}
