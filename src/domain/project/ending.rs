//! Withdrawal, term, renewal, supersession: how a treaty ends (VCLT, articles 54 to 68).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::super::act::{Act, ActKind};
use super::super::clause::{TermEnd, Terms};
use super::super::day::{Counting, Delay, Period};
use super::super::id::{Label, StateId};
use super::super::status::{Overlay, OverlayKind, Reason, Rule, TreatyStatus};
use super::super::treaty::{DateKind, Form, InstrumentKind};
use super::entry::Entry;
use super::{Case, End, Fault, Told, dates};

/// Tacit renewals are computed up to this year: a treaty that renews itself has no last day.
const LAST_YEAR: i32 = 2150;

/// VCLT, article 56(2): twelve months' notice where the treaty says nothing.
const NOTICE_WITHOUT_CLAUSE: Delay =
    Delay { period: Period::Months(12), counting: Counting::OnDay, first_of_month_after: None };

/// A notice of withdrawal that runs, has run, or was stopped.
pub(super) struct NoticeRun<'a> {
    pub act: &'a Act,
    /// First, second, ... notice of the state.
    pub ordinal: usize,
    /// The day of its effect, if nothing stops it.
    pub effect: NaiveDate,
    /// When it was suspended or revoked, before its effect (VCLT, article 68).
    pub stopped_on: Option<NaiveDate>,
    pub reason: Reason,
}

/// One term of a treaty that renews itself.
pub(super) struct RenewableTerm {
    last_notice_day: NaiveDate,
    /// The first day of the next term, or after the treaty.
    ends_before: NaiveDate,
}

/// The terms of a treaty that renews itself, up to [`LAST_YEAR`], with the clause's article.
pub(super) fn renewable_terms<'a>(
    case: &Case<'a>,
    entry: Option<&Entry>,
    told: &mut Told,
) -> Option<(&'a str, Vec<RenewableTerm>)> {
    let (clause, (period, renewal, notice)) = case.treaty.find_clause(|terms| match terms {
        Terms::TacitRenewal { period, renewal, notice } => Some((*period, *renewal, *notice)),
        _ => None,
    })?;
    let first_end = told.check(None, period.after(entry?.in_force_on))?;
    let mut terms = Vec::new();
    for number in 0.. {
        // Months are added once, from the end of the first term, so that clamping never adds up.
        let ends_before = told.check(None, renewal.times(number).after(first_end))?;
        if ends_before.year() > LAST_YEAR || renewal.is_zero() && number > 0 {
            break;
        }
        let last_notice_day = told.check(None, notice.before(ends_before))?;
        terms.push(RenewableTerm { last_notice_day, ends_before });
    }
    Some((clause.article.as_str(), terms))
}

/// Whether a state had consented to be bound by `day`, by an act of consent or, where signature and
/// exchange bind, with the treaty's entry into force.
fn had_consented(case: &Case<'_>, entry: Option<&Entry>, state: StateId, day: NaiveDate) -> bool {
    let by_signature = case.treaty.find_clause(|terms| match terms {
        Terms::EntryIntoForceByExchange | Terms::EntryIntoForceByDate { .. } => Some(()),
        _ => None,
    });
    let in_force = by_signature.is_some() && entry.is_some_and(|entry| entry.in_force_on <= day);
    let binds = |act: &&Act| act.kind.is_consent() || act.kind == ActKind::Signature && in_force;
    case.acts.iter().any(|act| act.state == Some(state) && act.day() <= day && binds(act))
}

/// The notices of withdrawal of all states that had consented, in order. The others' have no effect.
pub(super) fn notices<'a>(
    case: &Case<'a>,
    entry: Option<&Entry>,
    renewable: Option<&(&'a str, Vec<RenewableTerm>)>,
    told: &mut Told,
) -> Vec<NoticeRun<'a>> {
    let mut ordinals: BTreeMap<StateId, usize> = BTreeMap::new();
    let mut runs = Vec::new();
    for act in case.of_kind(ActKind::NoticeOfWithdrawal) {
        let Some(state) = act.state.filter(|state| had_consented(case, entry, *state, act.day())) else {
            continue;
        };
        // Notice against renewal takes effect when the term ends, if it was given in time.
        let term = renewable.and_then(|(article, terms)| {
            let term = terms.iter().find(|term| act.day() <= term.last_notice_day)?;
            Some((term.ends_before, *article))
        });
        let (computed, article) = match (case.withdrawal_clause(), term) {
            (Some((delay, _, article)), _) => (delay.after(act.day()), article),
            (None, Some((end, article))) => (Ok(end), article),
            (None, None) => {
                told.problem(Some(act), Fault::NoWithdrawalClause { state, on: act.day() });
                (NOTICE_WITHOUT_CLAUSE.after(act.day()), "VCLT 56(2), if 56(1) lets the state leave")
            }
        };
        let Some(computed) = told.check(Some(act), computed) else { continue };
        let recorded = case.effective_on(act);
        let effect = recorded.unwrap_or(computed);
        let rule = if effect == computed { Rule::Notice } else { Rule::Recorded };
        let stops = |other: &&&Act| {
            matches!(other.kind, ActKind::RevocationOfNotice | ActKind::SuspensionOfNotice)
                && other.state == Some(state)
                && act.day() <= other.day()
                && other.day() < effect
        };
        let reason = Reason::act(rule, act).under(article);
        let ordinal = ordinals.entry(state).and_modify(|count| *count += 1).or_insert(1);
        runs.push(NoticeRun {
            act,
            ordinal: *ordinal,
            effect,
            stopped_on: case.acts.iter().find(stops).map(|other| other.day()),
            reason: if recorded.is_some() { reason.exact() } else { reason },
        });
    }
    runs
}

/// A notice that brings earlier measures back.
pub(super) struct ReinstatementRun<'a> {
    act: &'a Act,
    effect: NaiveDate,
    revoked_on: Option<NaiveDate>,
    displaces: Option<&'a Label>,
    reason: Reason,
}

impl ReinstatementRun<'_> {
    fn takes_effect(&self) -> bool {
        self.revoked_on.is_none_or(|revoked| self.effect < revoked)
    }

    /// The overlay from its effect on, unless the instrument had ended before.
    pub(super) fn overlay(&self, end: Option<&End>) -> Option<Overlay> {
        if !self.takes_effect() || end.is_some_and(|end| end.on <= self.effect) {
            return None;
        }
        let ends = [self.revoked_on, end.map(|end| end.on)].into_iter().flatten().min();
        Some(Overlay {
            kind: OverlayKind::Reinstatement,
            state: None,
            jointly: self.act.jointly.clone(),
            starts_on: self.effect,
            ends_before: ends,
            disputed_by: self.act.disputed_by.clone(),
            reason: self.reason.clone(),
        })
    }
}

/// The notices of reinstatement, in order.
pub(super) fn reinstatements<'a>(case: &Case<'a>, told: &mut Told) -> Vec<ReinstatementRun<'a>> {
    let clause = case.treaty.find_clause(|terms| match terms {
        Terms::Reinstatement { delay, displaces } => Some((*delay, displaces.as_ref())),
        _ => None,
    });
    let Some((clause, (delay, displaces))) = clause else { return Vec::new() };
    let mut runs = Vec::new();
    for act in case.of_kind(ActKind::NoticeOfReinstatement) {
        let Some(computed) = told.check(Some(act), delay.after(act.day())) else { continue };
        // One participant's notice is enough: a common one stands until the last of them revokes it.
        let revoked_by = |state: &StateId| {
            let later = |other: &&Act| other.state == Some(*state) && act.day() <= other.day();
            case.of_kind(ActKind::RevocationOfNotice).find(later).map(Act::day)
        };
        let revocations: Option<Vec<NaiveDate>> = act.jointly.iter().map(revoked_by).collect();
        runs.push(ReinstatementRun {
            act,
            effect: case.effective_on(act).unwrap_or(computed),
            revoked_on: revocations.and_then(|days| days.into_iter().max()),
            displaces,
            reason: Reason::act(Rule::Reinstatement, act).under(&clause.article),
        });
    }
    runs
}

/// How the treaty ends: the first of everything that would end it.
pub(super) fn end(
    case: &Case<'_>,
    entry: Option<&Entry>,
    renewable: Option<&(&str, Vec<RenewableTerm>)>,
    notices: &[NoticeRun<'_>],
    reinstatements: &[ReinstatementRun<'_>],
    told: &mut Told,
) -> Option<End> {
    let mut ends: Vec<End> = Vec::new();
    for act in &case.acts {
        let status = match act.kind {
            ActKind::Supersession => TreatyStatus::Superseded,
            ActKind::Termination => ended_status(case, entry, case.effect_or_day(act)),
            _ => continue,
        };
        let rule = if act.kind == ActKind::Supersession { Rule::Supersession } else { Rule::Act };
        told.dates.extend(case.later_effect(act));
        ends.push(End { on: case.effect_or_day(act), status, reason: Reason::act(rule, act) });
    }
    // Between two parties a withdrawal leaves no treaty; a notice against renewal ends the term below.
    if case.withdrawal_clause().is_some_and(|(_, ends_treaty, _)| ends_treaty) {
        let first = notices.iter().filter(|run| run.stopped_on.is_none()).min_by_key(|run| run.effect);
        ends.extend(first.map(|run| End {
            on: run.effect,
            status: ended_status(case, entry, run.effect),
            reason: run.reason.clone(),
        }));
    }
    if case.treaty.is_treaty() && case.treaty.form == Form::Bilateral {
        let withdrawals = case.of_kind(ActKind::Withdrawal);
        let by_party = withdrawals
            .filter(|act| act.state.is_some_and(|state| had_consented(case, entry, state, act.day())));
        ends.extend(by_party.map(|act| {
            let on = case.effective_on(act).unwrap_or_else(|| act.day());
            End { on, status: ended_status(case, entry, on), reason: Reason::act(Rule::Act, act) }
        }));
    }
    let before_term = ends.into_iter().min_by_key(|end| end.on);
    let by_term = match renewable {
        Some(renewable) => tacit_renewal(case, entry, renewable, before_term.as_ref(), notices, told),
        None => term(case, before_term.as_ref(), reinstatements, told),
    };
    let end = [before_term, by_term].into_iter().flatten().min_by_key(|end| end.on);
    reinstatement_dates(case, reinstatements, end.as_ref(), told);
    end
}

fn ended_status(case: &Case<'_>, entry: Option<&Entry>, on: NaiveDate) -> TreatyStatus {
    match case.treaty.kind {
        InstrumentKind::Treaty | InstrumentKind::Draft => {
            if entry.is_some_and(|entry| entry.in_force_on <= on) {
                TreatyStatus::Terminated
            } else {
                TreatyStatus::Abandoned
            }
        }
        InstrumentKind::ExpertGroup => TreatyStatus::Concluded,
        InstrumentKind::Resolution | InstrumentKind::PoliticalCommitment | InstrumentKind::Statement => {
            TreatyStatus::Ended
        }
    }
}

fn term(
    case: &Case<'_>,
    ended: Option<&End>,
    reinstatements: &[ReinstatementRun<'_>],
    told: &mut Told,
) -> Option<End> {
    let (clause, (end, each_max, total_max)) = case.treaty.find_clause(|terms| match terms {
        Terms::Term { end, extension_max, extension_total, .. } => {
            Some((end, *extension_max, *extension_total))
        }
        _ => None,
    })?;
    let (mut on, mut reason) = match end {
        TermEnd::Before(day) => {
            let made = case.acts.first()?;
            (*day, Reason::act(Rule::Term, made).exact())
        }
        TermEnd::After { anchor, period } => {
            let (from, reason) = dates::resolve(case, anchor, None, &mut vec![clause.id.clone()], told)?;
            (told.check(None, period.after(from))?, reason)
        }
    };
    reason = Reason { rule: Rule::Term, ..reason }.under(&clause.article);
    let longest = total_max.and_then(|max| told.check(None, max.after(on)));
    for act in &case.acts {
        if !matches!(act.kind, ActKind::Extension | ActKind::IndefiniteExtension) {
            continue;
        }
        if on <= act.day() {
            told.problem(Some(act), Fault::ExtendedTooLate { on: act.day(), ended: on });
            continue;
        }
        // Without a day it is indefinite.
        let until = act.ends_before?;
        if until <= on {
            told.problem(Some(act), Fault::ExtendedBackward { until, end: on });
            continue;
        }
        let each = each_max.and_then(|max| told.check(Some(act), max.after(on)));
        let allowed = each.into_iter().chain(longest).min();
        if let Some(allowed) = allowed.filter(|allowed| until > *allowed) {
            told.problem(Some(act), Fault::ExtendedTooFar { until, allowed });
            continue;
        }
        on = until;
        reason = Reason::act(Rule::Extension, act).exact().under(&clause.article);
    }
    let displaced = |run: &ReinstatementRun<'_>| {
        run.displaces == Some(&clause.id)
            && run.takes_effect()
            && run.effect < on
            && run.revoked_on.is_none_or(|revoked| on <= revoked)
    };
    // What has ended otherwise does not expire any more, and the date is not told.
    if reinstatements.iter().any(displaced) || ended.is_some_and(|end| end.on < on) {
        return None;
    }
    told.dates.push(case.date(&["expiry"], DateKind::Expiry, on, reason.clone()));
    let status = if case.treaty.is_treaty() { TreatyStatus::Expired } else { ended_status(case, None, on) };
    Some(End { on, status, reason })
}

fn tacit_renewal(
    case: &Case<'_>,
    entry: Option<&Entry>,
    (article, terms): &(&str, Vec<RenewableTerm>),
    ended: Option<&End>,
    notices: &[NoticeRun<'_>],
    told: &mut Told,
) -> Option<End> {
    let reason = Reason { rule: Rule::Renewal, ..entry?.reason.clone() }.under(article);
    let stopping =
        notices.iter().filter(|run| run.stopped_on.is_none() && case.treaty.form == Form::Bilateral);
    let stop = stopping.min_by_key(|run| run.effect);
    for (number, term) in terms.iter().enumerate() {
        if ended.is_some_and(|end| end.on <= term.ends_before) {
            return None;
        }
        let ordinal = (number + 1).to_string();
        let path = ["last_notice_day", &ordinal];
        told.dates.push(case.date(&path, DateKind::LastNoticeDay, term.last_notice_day, reason.clone()));
        if let Some(run) = stop.filter(|run| run.effect <= term.ends_before) {
            told.dates.push(case.date(&["expiry"], DateKind::Expiry, run.effect, run.reason.clone()));
            return Some(End { on: run.effect, status: TreatyStatus::Expired, reason: run.reason.clone() });
        }
        let path = ["renewal", &ordinal];
        told.dates.push(case.date(&path, DateKind::Renewal, term.ends_before, reason.clone()));
    }
    None
}

fn reinstatement_dates(case: &Case<'_>, runs: &[ReinstatementRun<'_>], end: Option<&End>, told: &mut Told) {
    for run in runs {
        if run.takes_effect() && end.is_none_or(|end| run.effect < end.on) {
            // The label, so that a notice that a reading disregards changes no other's name.
            let day = run.act.on.to_string();
            let name = run.act.label.as_ref().map_or(day.as_str(), Label::as_str);
            let path = ["reinstatement", name];
            told.dates.push(case.date(&path, DateKind::Reinstatement, run.effect, run.reason.clone()));
        }
    }
}
