//! Withdrawal, term, renewal, supersession: how a treaty ends (VCLT, articles 54 to 68).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::super::act::{Act, ActKind};
use super::super::clause::{Clause, EntryOf, NoticeFrom, TermEnd, Terms};
use super::super::day::{DayError, Delay, PartialDay, Period, Precision};
use super::super::id::{Label, StateId};
use super::super::status::{Overlay, OverlayKind, Provision, Reason, Rule, Span, StateStatus, TreatyStatus};
use super::super::treaty::{DateKind, Form, InstrumentKind};
use super::entry::Entry;
use super::{Case, Count, End, Fault, Told, counts, dates, entry, states};

/// Tacit renewals are computed up to this year: a treaty that renews itself has no last day.
const LAST_YEAR: i32 = 2150;

/// VCLT, article 56(2): twelve months' notice where the treaty says nothing.
const NOTICE_WITHOUT_CLAUSE: Delay = Delay::of(Period::Months(12));

/// A notice of withdrawal that runs, has run, or was stopped.
pub(super) struct NoticeRun<'a> {
    pub act: &'a Act,
    /// First, second, ... notice of the state.
    pub ordinal: usize,
    /// The day of its effect, if nothing stops it.
    pub effect: NaiveDate,
    /// The day of effect that the clause gives, whatever was recorded.
    pub computed: PartialDay,
    /// When it was suspended or revoked, before its effect (VCLT, article 68), or its state ended.
    pub stopped_on: Option<NaiveDate>,
    pub reason: Reason,
}

/// One term of a treaty that renews itself.
pub(super) struct RenewableTerm {
    last_notice_day: NaiveDate,
    /// The first day of the next term, or after the treaty.
    ends_before: NaiveDate,
}

/// The terms of a treaty that renews itself, up to [`LAST_YEAR`], with the clause.
pub(super) fn renewable_terms<'a>(
    case: &Case<'a>,
    entry: Option<&Entry>,
    told: &mut Told,
) -> Option<(&'a Clause, Vec<RenewableTerm>)> {
    let (clause, (period, renewal, notice)) = case.treaty.find_clause(|terms| match terms {
        Terms::TacitRenewal { period, renewal, notice } => Some((*period, *renewal, *notice)),
        _ => None,
    })?;
    let entry = entry?;
    let mut terms = Vec::new();
    for number in 0.. {
        // All terms are added once, from entry into force, so that clamping at a month's end never stays.
        let ends_before = told.check(None, period.then(renewal.times(number), entry.in_force_on))?;
        if ends_before.year() > LAST_YEAR || renewal.is_zero() && number > 0 {
            break;
        }
        let last_notice_day = told.check(None, notice.before(ends_before))?;
        terms.push(RenewableTerm { last_notice_day, ends_before });
    }
    Some((clause, terms))
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

/// The notices of withdrawal, with all that they depend on.
pub(super) fn notices_of<'a>(case: &Case<'a>, told: &mut Told) -> Vec<NoticeRun<'a>> {
    let entry = entry::entry_into_force(case, &mut Vec::new(), told);
    let renewable = renewable_terms(case, entry.as_ref(), told);
    notices(case, entry.as_ref(), renewable.as_ref(), told)
}

/// The notices of withdrawal of all states that had consented, in order. The others' have no effect.
pub(super) fn notices<'a>(
    case: &Case<'a>,
    entry: Option<&Entry>,
    renewable: Option<&(&'a Clause, Vec<RenewableTerm>)>,
    told: &mut Told,
) -> Vec<NoticeRun<'a>> {
    let mut ordinals: BTreeMap<StateId, usize> = BTreeMap::new();
    let mut runs = Vec::new();
    for act in case.of_kind(ActKind::NoticeOfWithdrawal) {
        let Some(state) = act.state.filter(|state| had_consented(case, entry, *state, act.day())) else {
            continue;
        };
        // No rule of the VCLT covers a notice before entry into force: its article 54 speaks of parties, and article
        // 24(4) does not name withdrawal among what applies before. Neither a term nor an earliest day exists then, so
        // the day of effect never depends on an entry into force that this very notice may prevent.
        let in_force = is_given_in_force(act, entry);
        if !in_force {
            told.problem(Some(act), Fault::NoticeBeforeEntry { state, on: act.on });
        }
        // Notice against renewal takes effect when the term ends, if it was given in time.
        let against = renewable.filter(|_| in_force);
        let against = against.map(|(clause, terms)| (term_left(terms, act.on), *clause));
        let (computed, provision) = match (case.leaving(), against) {
            (Some(leaving), _) => {
                let from = leaving.not_before.filter(|_| in_force);
                let from = notice_from(case, entry, from, act, state, told).filter(|from| act.day() < *from);
                if let Some(from) = from.filter(|from| act.on.last_day() < *from) {
                    let article = leaving.clause.article.clone();
                    told.problem(Some(act), Fault::NoticeTooEarly { state, on: act.on, from, article });
                }
                let computed = leaving.delay.after_known(from.map_or(act.on, PartialDay::exact));
                (computed, Provision::Clause(leaving.clause))
            }
            (None, Some((Some(end), clause))) => (Ok(end), Provision::Clause(clause)),
            (None, Some((None, _)) | None) => {
                // What a treaty that renews itself says of notice, it says of one in force.
                if in_force || renewable.is_none() {
                    told.problem(Some(act), Fault::NoWithdrawalClause { state, on: act.day() });
                }
                let law = Provision::Law("VCLT 56(2), if 56(1) lets the state leave");
                (NOTICE_WITHOUT_CLAUSE.after_known(act.on), law)
            }
        };
        let Some(computed) = told.check(Some(act), computed) else { continue };
        let recorded = case.effective_on(act);
        let effect = recorded.unwrap_or_else(|| computed.first_day());
        let rule = if computed.may_be(effect) { Rule::Notice } else { Rule::Recorded };
        let later = case.acts.iter().copied().filter(|other| other.state == Some(state));
        let stops =
            later.filter(|other| act.day() <= other.day()).filter_map(|other| stops_on(case, entry, other));
        let stopped_on = stops.filter(|stopped| act.day() <= *stopped && *stopped < effect).min();
        // Nobody is left to leave.
        let ended = case.ended_on(state).filter(|ended| act.day() < *ended && *ended <= effect);
        if let Some(ended) = ended.filter(|ended| stopped_on.is_none_or(|stopped| *ended < stopped)) {
            told.problem(Some(act), Fault::NoticeOutlivesState { state, on: act.on, ended });
        }
        let reason = Reason::act(rule, act).under(provision);
        let ordinal = ordinals.entry(state).and_modify(|count| *count += 1).or_insert(1);
        runs.push(NoticeRun {
            act,
            ordinal: *ordinal,
            effect,
            computed,
            stopped_on: stopped_on.into_iter().chain(ended).min(),
            reason: if recorded.is_some() { reason.exact() } else { reason.known_to(computed.precision()) },
        });
    }
    runs
}

/// Whether the treaty was in force when a notice was given.
fn is_given_in_force(notice: &Act, entry: Option<&Entry>) -> bool {
    entry.is_some_and(|entry| entry.in_force_on <= notice.day())
}

/// From when on an act of the state keeps its notice from taking effect: it takes the notice back (VCLT,
/// article 68), or has left before.
fn stops_on(case: &Case<'_>, entry: Option<&Entry>, act: &Act) -> Option<NaiveDate> {
    match act.kind {
        ActKind::RevocationOfNotice | ActKind::SuspensionOfNotice => Some(act.day()),
        ActKind::Withdrawal => Some(case.effect_or_day(act)),
        ActKind::RevocationOfRatification => {
            let mut consents =
                case.acts.iter().filter(|other| other.state == act.state && other.kind.is_consent());
            let consent = consents.rfind(|other| other.day() <= act.day())?;
            // In force for the state, its ratification cannot be revoked any more.
            let in_force = states::in_force_for(case, entry, consent, &mut Told::default());
            in_force.is_none_or(|(on, _)| act.day() < on).then(|| act.day())
        }
        _ => None,
    }
}

/// The end of the term that a notice leaves: the first for which it is in time. Known as exactly as the
/// notice, unless whatever day is meant is in time for the same.
fn term_left(terms: &[RenewableTerm], given: PartialDay) -> Option<PartialDay> {
    let end =
        |day: NaiveDate| terms.iter().find(|term| day <= term.last_notice_day).map(|term| term.ends_before);
    let first = end(given.first_day())?;
    let is_exact = end(given.last_day()) == Some(first);
    Some(if is_exact {
        PartialDay::exact(first)
    } else {
        PartialDay::from_earliest(first, given.precision())
    })
}

/// From when on a state can give notice, where the clause says so.
fn notice_from(
    case: &Case<'_>,
    entry: Option<&Entry>,
    from: Option<NoticeFrom>,
    notice: &Act,
    state: StateId,
    told: &mut Told,
) -> Option<NaiveDate> {
    let NoticeFrom { entry: of, period } = from?;
    let in_force_on = match of {
        EntryOf::Treaty => entry?.in_force_on,
        EntryOf::State => {
            let consents =
                case.acts.iter().filter(|act| act.state == Some(state) && act.day() <= notice.day());
            // Of several depositaries the first binds, and who has returned is bound by the later consent; the
            // last that had not been left is the one.
            let mut bound: Option<&Act> = None;
            for &act in consents {
                match act.kind {
                    ActKind::Withdrawal | ActKind::RevocationOfRatification => bound = None,
                    ActKind::NoticeOfWithdrawal if act.id != notice.id => bound = None,
                    kind if kind.is_consent() => bound = bound.or(Some(act)),
                    _ => {}
                }
            }
            match bound {
                Some(consent) => states::in_force_for(case, entry, consent, told)?.0,
                None => entry?.in_force_on,
            }
        }
    };
    told.check(Some(notice), period.after(in_force_on))
}

/// A notice that brings earlier measures back.
pub(super) struct ReinstatementRun<'a> {
    pub act: &'a Act,
    effect: NaiveDate,
    /// The day of effect that the clause gives, whatever was recorded.
    pub computed: PartialDay,
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
            towards: Vec::new(),
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
        let Some(computed) = told.check(Some(act), delay.after_known(act.on)) else { continue };
        // One participant's notice is enough: a common one stands until the last of them revokes it.
        let revoked_by = |state: &StateId| {
            let later = |other: &&Act| other.state == Some(*state) && act.day() <= other.day();
            case.of_kind(ActKind::RevocationOfNotice).find(later).map(Act::day)
        };
        let revocations: Option<Vec<NaiveDate>> = act.jointly.iter().map(revoked_by).collect();
        let recorded = case.effective_on(act);
        let precision = if recorded.is_some() { Precision::Day } else { computed.precision() };
        runs.push(ReinstatementRun {
            act,
            effect: recorded.unwrap_or_else(|| computed.first_day()),
            computed,
            revoked_on: revocations.and_then(|days| days.into_iter().max()),
            displaces,
            reason: Reason::act(Rule::Reinstatement, act)
                .under(Provision::Clause(clause))
                .known_to(precision),
        });
    }
    runs
}

/// How the treaty ends: the first of everything that would end it.
pub(super) fn end(
    case: &Case<'_>,
    entry: Option<&Entry>,
    renewable: Option<&(&Clause, Vec<RenewableTerm>)>,
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
    // Between two parties a withdrawal leaves no treaty, unless the clause says otherwise: a treaty is made
    // between states (VCLT, article 2(1)(a)). A notice against renewal ends the term below.
    let is_bilateral = case.treaty.is_treaty() && case.treaty.form == Form::Bilateral;
    let ends_treaty = |run: &&NoticeRun<'_>| match case.leaving() {
        Some(leaving) => leaving.ends_treaty,
        None => is_bilateral && (renewable.is_none() || !is_given_in_force(run.act, entry)),
    };
    let running = notices.iter().filter(|run| run.stopped_on.is_none());
    let first = running.filter(ends_treaty).min_by_key(|run| run.effect);
    ends.extend(first.map(|run| End {
        on: run.effect,
        status: ended_status(case, entry, run.effect),
        reason: run.reason.clone(),
    }));
    if is_bilateral {
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

/// The day on which denunciations leave fewer parties than the treaty needs, where a clause ends it then and nothing
/// has ended it before.
pub(super) fn lapse(
    case: &Case<'_>,
    entry: Option<&Entry>,
    notices: &[NoticeRun<'_>],
    end: Option<&End>,
) -> Option<End> {
    let (clause, fewer_than) = case.treaty.find_clause(|terms| match terms {
        Terms::Lapse { fewer_than } => Some(*fewer_than),
        _ => None,
    })?;
    // Those whom the facts do not name may be enough.
    if case.is_incomplete() {
        return None;
    }
    let (states, _) = states::states(case, entry, notices, end, &mut Told::default());
    let counts = counts::counts(case, &states);
    let falls = |pair: &&[Count]| pair[1].parties < fewer_than && fewer_than <= pair[0].parties;
    let on = counts.windows(2).find(falls)?[1].on;
    if end.is_some_and(|end| end.on <= on) {
        return None;
    }
    let leaves = |span: &&Span<StateStatus>| span.starts_on == on && span.status == StateStatus::Withdrawn;
    // Not when States cease to exist: the number then falls without a denunciation.
    let left = states.values().flatten().find(leaves)?;
    let reason = Reason { rule: Rule::Lapse, ..left.reason.clone() }.under(Provision::Clause(clause));
    Some(End { on, status: ended_status(case, entry, on), reason })
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

/// The first term of a treaty.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct FirstTerm {
    /// What it is counted from.
    pub anchor: NaiveDate,
    /// How long it is.
    pub period: Period,
}

impl FirstTerm {
    /// The first day after it.
    pub fn end(self) -> Result<NaiveDate, DayError> {
        self.period.after(self.anchor)
    }

    /// The end of the term with all that it may be extended by: both are added once, from the anchor.
    pub fn longest(self, more: Period) -> Result<NaiveDate, DayError> {
        self.period.then(more, self.anchor)
    }

    /// The end of one extension from `end` on. That of the first term is counted with it; one that was agreed
    /// is a day of its own.
    pub fn longer(self, end: NaiveDate, more: Period) -> Result<NaiveDate, DayError> {
        if self.end()? == end { self.longest(more) } else { more.after(end) }
    }
}

/// The first term, where there is one, and what it is counted from.
pub(super) fn first_term(case: &Case<'_>, told: &mut Told) -> Option<(FirstTerm, Reason)> {
    let (clause, end) = case.treaty.find_clause(|terms| match terms {
        Terms::Term { end, .. } => Some(end),
        _ => None,
    })?;
    Some(match end {
        TermEnd::Before(day) => {
            let made = case.acts.first()?;
            (FirstTerm { anchor: *day, period: Period::ZERO }, Reason::act(Rule::Term, made).exact())
        }
        TermEnd::After { anchor, period } => {
            let (anchor, reason) = dates::resolve(case, anchor, None, &mut vec![clause.id.clone()], told)?;
            (FirstTerm { anchor, period: *period }, reason)
        }
    })
}

fn term(
    case: &Case<'_>,
    ended: Option<&End>,
    reinstatements: &[ReinstatementRun<'_>],
    told: &mut Told,
) -> Option<End> {
    let (clause, (each_max, total_max)) = case.treaty.find_clause(|terms| match terms {
        Terms::Term { extension_max, extension_total, .. } => Some((*extension_max, *extension_total)),
        _ => None,
    })?;
    let (first_term, mut reason) = first_term(case, told)?;
    let mut on = told.check(None, first_term.end())?;
    reason = Reason { rule: Rule::Term, ..reason }.under(Provision::Clause(clause));
    let longest = total_max.and_then(|max| told.check(None, first_term.longest(max)));
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
        let each = each_max.and_then(|max| told.check(Some(act), first_term.longer(on, max)));
        let allowed = each.into_iter().chain(longest).min();
        if let Some(allowed) = allowed.filter(|allowed| until > *allowed) {
            told.problem(Some(act), Fault::ExtendedTooFar { until, allowed });
            continue;
        }
        on = until;
        reason = Reason::act(Rule::Extension, act).exact().under(Provision::Clause(clause));
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
    (clause, terms): &(&Clause, Vec<RenewableTerm>),
    ended: Option<&End>,
    notices: &[NoticeRun<'_>],
    told: &mut Told,
) -> Option<End> {
    let reason = Reason { rule: Rule::Renewal, ..entry?.reason.clone() }.under(Provision::Clause(clause));
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
