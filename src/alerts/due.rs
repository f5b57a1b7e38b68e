//! What a check raises: one alert for each act that became known and each day that came or is near.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::domain::act::{Act, ActKind};
use crate::domain::alert::{Alert, Change, Changed};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, DateId, StateId, TreatyId};
use crate::domain::project::{DueDate, Life, Projection, project};
use crate::domain::status::{ReadingId, Reason, Rule, Standing, span_on};
use crate::domain::treaty::Treaty;
use crate::domain::watch::Watched;
use crate::domain::wording::Sentences;

use super::dates::{changes_status, one_of_each};
use super::transitions::{self, Key, Subject, Transition};
use super::wording::{self, Names, Scene};

/// What a check of one treaty looks at.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The treaty, as the previous check saw it and as it is known now.
    pub watched: &'a Watched,
    /// The day on which the watch began: nothing before it is told on its own.
    pub began_on: NaiveDate,
    /// The day of the previous check.
    pub since: NaiveDate,
    /// The day of this check.
    pub today: NaiveDate,
    /// How many days before a date people want to be told, of any endpoint.
    pub leads: &'a [u32],
    /// The names of states.
    pub names: Names<'a>,
}

impl<'a> Look<'a> {
    /// What the words of its alerts are about.
    pub(super) fn scene(&self) -> Scene<'a> {
        Scene { treaty: &self.watched.treaty, names: self.names, today: self.today }
    }
}

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

/// What stands by itself, though others share its day: the alert was raised before, or somebody knows of the date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Apart {
    /// By the keys of alerts.
    pub keys: BTreeSet<String>,
    /// By the names of dates.
    pub dates: BTreeSet<DateId>,
}

impl Apart {
    /// Whether anything does.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.dates.is_empty()
    }
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
    let mut alert = blank(Some(treaty.id.clone()), format!("stale|{}|{on}", treaty.id), on);
    alert.kind = AlertKind::FactsStale;
    let due_on = on.checked_add_days(Days::new(STALE_AFTER_DAYS));
    alert.late = due_on.is_some_and(|due_on| due_on < today);
    alert.word(wording::stale(Scene { treaty, names, today }, on));
    alert
}

/// A marked alert that tests whether an endpoint receives.
pub fn test_alert(treaty: TreatyId, today: NaiveDate, key: String) -> Alert {
    let mut alert = blank(Some(treaty), key, today);
    alert.word(wording::test());
    alert
}

pub(super) fn blank(treaty: Option<TreatyId>, key: String, on: NaiveDate) -> Alert {
    Alert {
        key,
        kind: AlertKind::DateReached,
        also: Vec::new(),
        treaty,
        about: None,
        state: None,
        reading: ReadingId::default_reading(),
        on,
        lead_days: None,
        missed_leads: Vec::new(),
        late: false,
        severity: Severity::Info,
        headline: String::new(),
        headlines: Sentences::default(),
        sentence: String::new(),
        sentences: Sentences::default(),
        date: None,
        acts: Vec::new(),
        corrects: Vec::new(),
        article: None,
        source: None,
        changes: Vec::new(),
        states: Vec::new(),
        items: Vec::new(),
        report: None,
    }
}

/// The work of one look. What has been told leaves `open`, or enters `settled`.
pub(super) struct Comparison<'a> {
    pub look: &'a Look<'a>,
    pub apart: &'a Apart,
    pub past: &'a Projection,
    pub present: &'a Projection,
    /// The transitions that no check has told.
    pub open: BTreeMap<Key, Transition>,
    /// What was told and is so no longer, though nothing new began: an act has undone it.
    pub flips: Vec<Change>,
    /// The dates of the previous check that no longer fall on their day in any reading.
    pub gone: Vec<&'a DueDate>,
    /// The dates, on their earlier day, whose move or cancellation has been told.
    pub settled: BTreeSet<(DateId, NaiveDate)>,
    pub alerts: Vec<Alert>,
}

impl<'a> Comparison<'a> {
    pub(super) fn blank(&self, key: String, on: NaiveDate) -> Alert {
        blank(Some(self.look.watched.treaty.id.clone()), key, on)
    }

    /// Takes out of `open` what `which` picks.
    pub(super) fn take(&mut self, which: impl Fn(&Transition) -> bool) -> Vec<Transition> {
        let picked = |(key, open): (&Key, &Transition)| which(open).then(|| key.clone());
        let keys: Vec<Key> = self.open.iter().filter_map(picked).collect();
        keys.iter().filter_map(|key| self.open.remove(key)).collect()
    }

    /// What was undone by none of the acts that could: a definition has changed. It is never silent.
    fn flips_left(&mut self) {
        let changes = std::mem::take(&mut self.flips);
        let Some(first) = changes.first() else { return };
        let treaty = &self.look.watched.treaty;
        let state = first.state.map(|state| state.to_string()).unwrap_or_default();
        let (from, to) = match &first.what {
            Changed::Status { from, to } => (spelling(*from), spelling(*to)),
            Changed::Date { .. } | Changed::Progress { .. } => ("", ""),
        };
        let mut alert = self
            .blank(format!("undone|{}|{state}|{from}|{to}|{}", treaty.id, first.on), first.on.first_day());
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

/// The status of a state, or of the treaty, in the default reading.
pub(super) fn status_on(projection: &Projection, state: Option<StateId>, on: NaiveDate) -> Option<Standing> {
    let life = projection.default_life();
    match state {
        None => span_on(&life.treaty, on).map(|span| Standing::Treaty(span.status)),
        Some(state) => span_on(life.states.get(&state)?, on).map(|span| Standing::State(span.status)),
    }
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

/// A transition as an alert lists it.
pub(super) fn change(transition: &Transition) -> Change {
    Change {
        state: transition.subject.state(),
        reading: transition.reading.clone(),
        on: PartialDay::from_earliest(transition.on, transition.reason.precision()),
        what: Changed::Status { from: transition.from, to: transition.to },
    }
}

/// Whether a reason rests on this act.
pub(super) fn rests_on(reason: &Reason, act: &Act) -> bool {
    reason.ground.as_ref().is_some_and(|ground| ground.act == act.id)
}

/// Whether an act can make dates to come fall away.
pub(super) fn can_cancel(kind: ActKind) -> bool {
    matches!(
        kind,
        ActKind::SuspensionOfNotice
            | ActKind::RevocationOfNotice
            | ActKind::RevocationOfRatification
            | ActKind::NoticeOfWithdrawal
            | ActKind::Withdrawal
            | ActKind::NoticeOfReinstatement
            | ActKind::IndefiniteExtension
            | ActKind::Supersession
            | ActKind::Termination
            | ActKind::EndOfStatehood
    )
}
