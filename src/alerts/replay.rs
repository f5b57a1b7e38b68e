//! A backtest: what would have been told, day by day, as facts became known.

use std::collections::BTreeSet;
use std::rc::Rc;

use chrono::{Days, NaiveDate};

use crate::domain::act::Act;
use crate::domain::alert::Alert;
use crate::domain::project::{Projection, project};
use crate::domain::seeds::TreatyFile;
use crate::domain::watch::{Fresh, Watched};

use super::comparison::{Apart, Look};
use super::due::raise;
use super::wording::Names;

/// Checks every day after `from` up to `to`, each with what was known on it and nothing else.
///
/// Gives the day of each check that raised something, with its alerts. Days on which nothing can
/// be due are passed over; the result is that of checking them all.
pub fn replay(
    file: &TreatyFile,
    names: Names<'_>,
    leads: &[u32],
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<(NaiveDate, Alert)> {
    let known = |until: NaiveDate| file.acts.iter().filter(move |act| act.known_on <= until).cloned();
    let scheduled = file.treaty.scheduled.iter().map(|date| date.known_on);
    let news: BTreeSet<NaiveDate> = file.acts.iter().map(|act| act.known_on).chain(scheduled).collect();
    let mut raised: Vec<(NaiveDate, Alert)> = Vec::new();
    // An event that later facts undo and others restore keeps its key, and is told once, as the
    // database tells it.
    let mut told = Apart::default();
    let mut since = from;
    let mut before: Vec<Act> = known(from).collect();
    let mut past = Rc::new(project(&file.treaty, &before, from));
    while let Some(today) = next_day(&past, &news, leads, since).filter(|day| *day <= to) {
        let now: Vec<Act> = known(today).collect();
        // Without news the life of the treaty is what it was.
        let changed = news.range(since..=today).any(|day| since < *day);
        let present = if changed { Rc::new(project(&file.treaty, &now, today)) } else { Rc::clone(&past) };
        let is_fresh = |act: &&Act| since < act.known_on;
        let fresh =
            now.iter().filter(is_fresh).map(|act| Fresh { act: act.clone(), supersedes: None }).collect();
        let watched = Watched {
            treaty: file.treaty.clone(),
            earlier: None,
            before,
            now: now.clone(),
            fresh,
            retracted: Vec::new(),
        };
        let look = Look { watched: &watched, began_on: from, since, today, leads, names };
        let mut alerts = raise(&look, &told, &past, &present);
        alerts.retain(|alert| alert.keys().any(|key| !told.keys.contains(key)));
        told.keys.extend(alerts.iter().flat_map(Alert::keys).cloned());
        raised.extend(alerts.into_iter().map(|alert| (today, alert)));
        (before, past, since) = (now, present, today);
    }
    raised
}

/// The first day after `since` on which something can be due.
fn next_day(
    life: &Projection,
    news: &BTreeSet<NaiveDate>,
    leads: &[u32],
    since: NaiveDate,
) -> Option<NaiveDate> {
    let next_news = since.succ_opt().and_then(|next| news.range(next..).next()).copied();
    let spans = life.readings.iter().flat_map(|reading| {
        let treaty = reading.treaty.iter().map(|span| span.starts_on);
        let states =
            reading.states.values().flatten().flat_map(|span| [Some(span.starts_on), span.ends_before]);
        let overlays =
            reading.overlays.iter().flat_map(|overlay| [Some(overlay.starts_on), overlay.ends_before]);
        treaty.chain(states.flatten()).chain(overlays.flatten())
    });
    let dates = life.dates.iter().map(|date| date.on.first_day());
    let due = dates.flat_map(|on| {
        let ahead = leads.iter().filter_map(move |lead| on.checked_sub_days(Days::new((*lead).into())));
        ahead.chain([on])
    });
    spans.chain(due).filter(|day| since < *day).chain(next_news).min()
}
