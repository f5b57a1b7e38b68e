//! What a check raises: one alert for each act that became known and each day that came or is near.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::domain::alert::{Alert, Change, Changed};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, DateId, StateId, TreatyId};
use crate::domain::project::{DueDate, Life, Projection, project};
use crate::domain::status::{ReadingId, Reason, Rule, Standing};
use crate::domain::treaty::Treaty;
use crate::domain::watch::Watched;

use super::comparison::{Apart, Comparison, Look, change, status_on};
use super::dates::{changes_status, one_of_each};
use super::transitions::{self, Key, Subject, Transition};
use super::wording::{self, Names, Scene};

/// The alerts that are due for one treaty, in order of day.
///
/// Each event raises one alert. The alert of an act lists everything that the act changes. Changes on one day with one
/// cause share an alert. A date on which a status changes raises the alert of that change and none of its own. A day
/// that one clause sets for many states raises one alert, which lists the states.
///
/// The result depends on nothing else than `look`: the same look gives the same alerts under the
/// same keys, so that a check may be run twice or repeated after a crash.
pub fn due(look: &Look<'_>) -> Vec<Alert> {
    due_apart(look, &Apart::default())
}

/// The same where not all states that share a day share its alert.
pub fn due_apart(look: &Look<'_>, apart: &Apart) -> Vec<Alert> {
    let Watched { treaty, earlier, before, now, .. } = look.watched;
    let present = project(treaty, now, look.today);
    if !has_news(look) {
        // The life of the treaty is what it was.
        return raise(look, apart, &present, &present);
    }
    let earlier = earlier.as_ref().unwrap_or(treaty);
    raise(look, apart, &project(earlier, before, look.since), &present)
}

/// The same of a treaty in which nothing but dates is due: nothing has become known, and no status or
/// overlay begins or ends. So it takes no law: `dates` are those ahead, as they were projected.
pub fn dates_due(look: &Look<'_>, apart: &Apart, dates: Vec<DueDate>) -> Vec<Alert> {
    let life = Life {
        reading: ReadingId::default_reading(),
        treaty: Vec::new(),
        states: BTreeMap::new(),
        overlays: Vec::new(),
        counts: Vec::new(),
        deadlines: Vec::new(),
    };
    let unchanged =
        Projection { readings: vec![life], dates, progress: None, incomplete: false, problems: Vec::new() };
    raise(look, apart, &unchanged, &unchanged)
}

/// Whether anything has become known since the previous check, or is known otherwise.
fn has_news(look: &Look<'_>) -> bool {
    let Watched { treaty, earlier, before, now, .. } = look.watched;
    let scheduled = treaty.scheduled.iter().map(|date| date.known_on);
    let mut known_on = now.iter().map(|act| act.known_on).chain(scheduled);
    earlier.is_some() || before != now || known_on.any(|day| look.since < day && day <= look.today)
}

/// The same, with the projections of what was known at the previous check and of what is known now.
pub(super) fn raise(look: &Look<'_>, apart: &Apart, past: &Projection, present: &Projection) -> Vec<Alert> {
    let told = transitions::until(past, look.since);
    let mut open = transitions::until(present, look.today);
    open.retain(|key, _| !told.contains_key(key));

    let flips = flips(look, past, present, &open);
    let days: BTreeSet<(&DateId, PartialDay)> = present.dates.iter().map(|now| (&now.id, now.on)).collect();
    let gone = one_of_each(&past.dates).filter(|date| !days.contains(&(&date.id, date.on))).collect();
    let settled = BTreeSet::new();
    let mut comparison =
        Comparison { look, apart, past, present, open, flips, gone, settled, alerts: Vec::new() };
    comparison.acts();
    comparison.redefined();
    comparison.flips_left();
    comparison.changes_by_calendar();
    comparison.days_reached();
    comparison.days_approaching();
    comparison.dates_gone();
    comparison.alerts.sort_by_key(|alert| alert.on);
    comparison.alerts
}

/// Facts count as old when nobody has confirmed them for so many days.
pub const STALE_AFTER_DAYS: u64 = 365;

/// Makes the alert that nobody, neither its catalogue nor a source, has confirmed the facts of a treaty since `on`, which
/// is [`STALE_AFTER_DAYS`] ago or more. It is raised once for each such day.
pub fn stale(treaty: &Treaty, on: NaiveDate, names: Names<'_>, today: NaiveDate) -> Alert {
    let mut alert = Alert::new(Some(treaty.id.clone()), format!("stale|{}|{on}", treaty.id), on);
    alert.kind = AlertKind::FactsStale;
    let due_on = on.checked_add_days(Days::new(STALE_AFTER_DAYS));
    alert.late = due_on.is_some_and(|due_on| due_on < today);
    alert.word(wording::stale(Scene { treaty, names, today }, on));
    alert
}

/// A marked alert that tests whether an endpoint receives.
pub fn test_alert(treaty: TreatyId, today: NaiveDate, key: String) -> Alert {
    let mut alert = Alert::new(Some(treaty), key, today);
    alert.word(wording::test());
    alert
}

impl Comparison<'_> {
    /// Raises an alert for statuses that changed without an act, because a definition changed.
    fn flips_left(&mut self) {
        let changes = std::mem::take(&mut self.flips);
        let Some(first) = changes.first() else { return };
        let treaty = &self.look.watched.treaty;
        let state = first.state.map(|state| state.to_string()).unwrap_or_default();
        let (from, to) = match &first.what {
            Changed::Status { from, to } => (spelling(*from), spelling(*to)),
            Changed::Date { .. } | Changed::Progress { .. } => ("", ""),
        };
        let mut alert =
            self.blank(format!("undone|{}|{state}|{from}|{to}|{}", treaty.id, first.on), first.on);
        alert.kind = AlertKind::StatusChanged;
        alert.state = first.state;
        alert.severity = Severity::Critical;
        alert.word(wording::undone(&changes, self.look.scene()));
        alert.changes = changes;
        self.alerts.push(alert);
    }

    /// What remains comes by the calendar alone: one alert for each day and cause.
    fn changes_by_calendar(&mut self) {
        while let Some(first) = self.open.values().next() {
            let on = first.on;
            let of_treaty = self.take(|open| open.on == on && open.subject == Subject::Treaty);
            let group = if of_treaty.is_empty() {
                let state =
                    self.open.values().find(|open| open.on == on).and_then(|open| open.subject.state());
                self.take(|open| open.on == on && open.subject.state() == state)
            } else {
                let follows = |open: &Transition| {
                    matches!(open.reason.rule, Rule::TreatyEnded | Rule::OriginalParty)
                        || open.to.is_none()
                        || of_treaty.iter().any(|treaty| treaty.reason.ground == open.reason.ground)
                };
                let following = self.take(|open| open.on == on && follows(open));
                of_treaty.into_iter().chain(following).collect()
            };
            self.change_by_calendar(on, group);
        }
    }

    fn change_by_calendar(&mut self, on: NaiveDate, mut group: Vec<Transition>) {
        group.sort_by_key(|open| (open.subject, !open.reading.is_default()));
        let Some(head) = group.first() else { return };
        let treaty = &self.look.watched.treaty;
        let state = head.subject.state();
        let act = head.reason.ground.as_ref().map(|ground| ground.act.clone());
        let key = format!(
            "status|{}|{}|{}|{}|{on}|{}",
            treaty.id,
            state.map(|state| state.to_string()).unwrap_or_default(),
            head.reading,
            head.to.map_or("over", Standing::as_str),
            act.as_ref().map(ActId::as_str).unwrap_or_default(),
        );
        // A withdrawal that ends a treaty is a state's date, and the treaty's change.
        let of = |state: Option<StateId>| {
            let due = |date: &&DueDate| {
                changes_status(date.kind) && date.on.first_day() == on && date.state == state
            };
            self.present.dates.iter().find(due)
        };
        let date = of(state).or_else(|| group.iter().find_map(|open| of(open.subject.state())));
        let mut alert = self.blank(key, on);
        alert.kind = AlertKind::StatusChanged;
        alert.also = date.map(|_| AlertKind::DateReached).into_iter().collect();
        alert.state = state;
        alert.reading = head.reading.clone();
        alert.late = on < self.look.today;
        alert.severity = match head.subject {
            Subject::Treaty => Severity::Critical,
            Subject::State(_) if head.reason.rule == Rule::Notice => Severity::Warning,
            Subject::State(_) | Subject::Overlay(..) => Severity::Notice,
        };
        alert.date = date.map(|date| date.id.clone());
        alert.article = head.reason.article.clone();
        alert.source = self.source_of(&head.reason);
        alert.acts = act.into_iter().collect();
        alert.word(wording::change(head, date, self.look.scene()));
        alert.changes = group.iter().map(change).collect();
        self.alerts.push(alert);
    }

    /// Where the act behind a reason is written.
    pub(super) fn source_of(&self, reason: &Reason) -> Option<String> {
        let ground = reason.ground.as_ref()?;
        let act = self.look.watched.now.iter().find(|act| act.id == ground.act)?;
        act.evidence.sources.first().cloned()
    }
}

fn spelling(standing: Option<Standing>) -> &'static str {
    standing.map_or("", Standing::as_str)
}

/// The statuses that differ from those of the previous check without a transition that tells of it.
fn flips(
    look: &Look<'_>,
    past: &Projection,
    present: &Projection,
    open: &BTreeMap<Key, Transition>,
) -> Vec<Change> {
    let (before, now) = (past.default_life(), present.default_life());
    let states: BTreeSet<StateId> = before.states.keys().chain(now.states.keys()).copied().collect();
    let begun: BTreeSet<Subject> =
        open.values().filter(|open| open.reading.is_default()).map(|open| open.subject).collect();
    let flip = |state: Option<StateId>| {
        let (from, to) = (status_on(past, state, look.since), status_on(present, state, look.today));
        let told = begun.contains(&state.map_or(Subject::Treaty, Subject::State));
        (from != to && !told).then(|| Change {
            state,
            reading: ReadingId::default_reading(),
            on: PartialDay::exact(look.today),
            what: Changed::Status { from, to },
        })
    };
    std::iter::once(None).chain(states.into_iter().map(Some)).filter_map(flip).collect()
}
