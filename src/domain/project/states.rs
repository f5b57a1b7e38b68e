//! What each state is in a treaty: consent, entry into force for it, leaving.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::act::{Act, ActKind};
use super::super::clause::{LaterFrom, Terms};
use super::super::day::{Delay, PartialDay};
use super::super::id::{ActId, StateId};
use super::super::status::{Ground, Overlay, OverlayKind, Provision, Reason, Rule, Span, StateStatus, spans};
use super::super::treaty::{Certainty, DateKind};
use super::ending::NoticeRun;
use super::entry::Entry;
use super::{Case, End, Fault, Leaving, Told};

type Begin = (NaiveDate, StateStatus, Reason);
type States = BTreeMap<StateId, Vec<Span<StateStatus>>>;

/// The spans of every state, and what lies over them.
pub(super) fn states(
    case: &Case<'_>,
    entry: Option<&Entry>,
    notices: &[NoticeRun<'_>],
    end: Option<&End>,
    told: &mut Told,
) -> (States, Vec<Overlay>) {
    let mut by_state: BTreeMap<StateId, Vec<&Act>> = BTreeMap::new();
    for state in &case.treaty.participants {
        by_state.entry(*state).or_default();
    }
    for act in &case.acts {
        if let Some(state) = act.state {
            by_state.entry(state).or_default().push(act);
        }
    }
    let mut states = States::new();
    let mut overlays = treaty_suspensions(case, end, told);
    for (state, acts) in by_state {
        let mut participation = Participation {
            case,
            entry,
            notices,
            end,
            state,
            begins: Vec::new(),
            overlays: Vec::new(),
            suspensions: Vec::new(),
        };
        participation.participate();
        for act in acts {
            participation.take(act, told);
        }
        if let Some(ended) = case.listed_end(state).filter(|_| !participation.begins.is_empty()) {
            let reason =
                Reason { rule: Rule::StateEnded, ground: None, article: None, clause: None, known_on: ended };
            participation.end_of_state(ended, reason);
        }
        let (state_spans, state_overlays) = participation.close(told);
        if !state_spans.is_empty() {
            states.insert(state, state_spans);
        }
        overlays.extend(state_overlays);
    }
    (states, overlays)
}

/// Suspension of the treaty as a whole, between all parties (VCLT, article 57).
fn treaty_suspensions(case: &Case<'_>, end: Option<&End>, told: &mut Told) -> Vec<Overlay> {
    let acts: Vec<&Act> = case.acts.iter().copied().filter(|act| act.state.is_none()).collect();
    let mut overlays = suspensions(case, None, &acts, &[], told);
    cut(&mut overlays, end.map(|end| end.on));
    overlays
}

/// One overlay from the first act of suspension until the act of resumption or the day on which the
/// state has left, for each such pair, towards all parties and towards each that an act names alone. `left_on` is in
/// order.
fn suspensions(
    case: &Case<'_>,
    state: Option<StateId>,
    acts: &[&Act],
    left_on: &[NaiveDate],
    told: &mut Told,
) -> Vec<Overlay> {
    let mut overlays: Vec<Overlay> = Vec::new();
    let mut with_effect: BTreeSet<&ActId> = BTreeSet::new();
    let named: BTreeSet<StateId> = acts.iter().flat_map(|act| act.towards.iter().copied()).collect();
    for towards in std::iter::once(None).chain(named.into_iter().map(Some)) {
        let concerns = |act: &&&Act| match towards {
            None => act.towards.is_empty(),
            // What resumes towards all does so towards each.
            Some(party) => {
                act.towards.contains(&party) || act.kind == ActKind::Resumption && act.towards.is_empty()
            }
        };
        let mut own: Vec<Overlay> = Vec::new();
        for act in acts.iter().filter(concerns) {
            let day = case.effect_or_day(act);
            let open = own.last_mut().filter(|overlay| overlay.ends_before.is_none_or(|end| day < end));
            match (act.kind, open) {
                (ActKind::Suspension, None) => own.push(Overlay {
                    kind: OverlayKind::Suspension,
                    state,
                    jointly: Vec::new(),
                    towards: towards.into_iter().collect(),
                    starts_on: day,
                    ends_before: left_on.iter().copied().find(|left| day < *left),
                    disputed_by: act.disputed_by.clone(),
                    reason: Reason::act(Rule::Act, act),
                }),
                (ActKind::Resumption, Some(open)) => open.ends_before = Some(day),
                // A further act confirms a suspension that has begun.
                _ => continue,
            }
            with_effect.insert(&act.id);
        }
        overlays.extend(own);
    }
    for act in acts {
        if with_effect.contains(&act.id) {
            told.dates.extend(case.later_effect(act));
        } else if act.kind == ActKind::Resumption {
            told.problem(Some(act), Fault::NothingToResume { state, on: act.on });
        }
    }
    overlays
}

/// Ends every overlay on `end` at the latest, and drops those that had not begun.
fn cut(overlays: &mut Vec<Overlay>, end: Option<NaiveDate>) {
    let Some(end) = end else { return };
    overlays.retain(|overlay| overlay.starts_on < end);
    for overlay in overlays {
        overlay.ends_before = Some(overlay.ends_before.map_or(end, |before| before.min(end)));
    }
}

/// One state's file while its acts are taken in, in order.
struct Participation<'a, 'b> {
    case: &'b Case<'a>,
    entry: Option<&'b Entry>,
    notices: &'b [NoticeRun<'a>],
    end: Option<&'b End>,
    state: StateId,
    begins: Vec<Begin>,
    overlays: Vec<Overlay>,
    suspensions: Vec<&'a Act>,
}

impl<'a> Participation<'a, '_> {
    /// Takes part from the adoption on, where the instrument is not a treaty.
    fn participate(&mut self) {
        if !self.case.treaty.participants.contains(&self.state) {
            return;
        }
        if let Some(act) = self.case.of_kind(ActKind::Adoption).next() {
            self.begins.push((act.day(), StateStatus::Participating, Reason::act(Rule::Act, act)));
        }
    }

    /// What the state is on `day`, as far as its acts have been taken in.
    fn status_on(&self, day: NaiveDate) -> Option<StateStatus> {
        let latest = self.begins.iter().filter(|(start, _, _)| *start <= day);
        // Of two that begin on one day the later entry wins, as in `spans`.
        latest.max_by_key(|(start, _, _)| *start).map(|(_, status, _)| *status)
    }

    /// Forgets what would have begun on `day` or later, and begins `status` instead.
    fn turn(&mut self, day: NaiveDate, status: StateStatus, reason: Reason) {
        self.begins.retain(|(start, _, _)| *start < day);
        self.begins.push((day, status, reason));
    }

    fn take(&mut self, act: &'a Act, told: &mut Told) {
        let day = act.day();
        match act.kind {
            ActKind::Signature => self.sign(act),
            ActKind::DefinitiveSignature
            | ActKind::Ratification
            | ActKind::Acceptance
            | ActKind::Approval
            | ActKind::Accession
            | ActKind::Succession
            | ActKind::FormalConfirmation
            | ActKind::ConsentToBeBound => self.consent(act, told),
            ActKind::RevocationOfRatification => match self.status_on(day) {
                Some(StateStatus::Contracting) => {
                    let signed = self.begins.iter().any(|(_, status, _)| *status == StateStatus::Signatory);
                    let left = if signed { StateStatus::Signatory } else { StateStatus::NonParty };
                    self.turn(day, left, Reason::act(Rule::Act, act));
                }
                _ => told.problem(Some(act), Fault::NotRevocable { state: self.state, on: day }),
            },
            ActKind::NoticeOfWithdrawal => self.give_notice(act, told),
            ActKind::Withdrawal => {
                let left = match self.status_on(day) {
                    Some(StateStatus::Participating) => StateStatus::Ceased,
                    Some(status) if is_bound(status) => StateStatus::Withdrawn,
                    _ => return self.not_bound(act, told),
                };
                let effect = self.case.effective_on(act).unwrap_or(day);
                self.turn(effect, left, Reason::act(Rule::Act, act));
                told.dates.extend(self.case.later_effect(act));
            }
            ActKind::EndOfStatehood => {
                self.end_of_state(self.case.effect_or_day(act), Reason::act(Rule::StateEnded, act));
                told.dates.extend(self.case.later_effect(act));
            }
            ActKind::ProvisionalApplication => {
                // Until the treaty is in force for it (VCLT, article 25): `close` knows when.
                self.overlays.push(self.of_act(OverlayKind::ProvisionalApplication, act));
                told.dates.extend(self.case.later_effect(act));
            }
            ActKind::EndOfProvisionalApplication => self.end_provisional_application(act, told),
            ActKind::Suspension | ActKind::Resumption => match self.status_on(day) {
                Some(status) if is_bound(status) || status == StateStatus::Participating => {
                    self.suspensions.push(act);
                }
                _ => {
                    let fault = Fault::NotTakingPart { kind: act.kind, state: self.state, on: day };
                    told.problem(Some(act), fault);
                }
            },
            // What it stops is handled with the notice.
            ActKind::SuspensionOfNotice | ActKind::RevocationOfNotice => self.stop_notice(act, told),
            ActKind::WithdrawalOfReservation | ActKind::ModificationOfReservation => {
                let made = self.case.of_kind(ActKind::Reservation);
                let before = made.filter(|made| made.state == act.state && made.day() <= day).count();
                if before == 0 && !self.case.is_incomplete() {
                    let fault = Fault::NoReservation { kind: act.kind, state: self.state, on: act.on };
                    told.problem(Some(act), fault);
                }
            }
            ActKind::IntentionNotToBecomeParty => {
                if self.status_on(day) != Some(StateStatus::Signatory) {
                    return told.problem(Some(act), Fault::NotSignatory { state: self.state, on: act.on });
                }
                // Until it consents all the same: `close` knows when.
                self.overlays.push(self.of_act(OverlayKind::NoIntention, act));
            }
            ActKind::Objection if act.precludes_entry_into_force => {
                self.overlays.push(self.of_act(OverlayKind::Exclusion, act));
            }
            // These leave the status as it is.
            ActKind::Declaration
            | ActKind::Reservation
            | ActKind::Objection
            | ActKind::DeadlineExtension
            | ActKind::DeadlineMet => {}
            // Acts of the treaty: the catalogue lets no state perform them.
            ActKind::Proposal
            | ActKind::Adoption
            | ActKind::Endorsement
            | ActKind::OpeningForSignature
            | ActKind::ExchangeOfInstruments
            | ActKind::EntryIntoForce
            | ActKind::Amendment
            | ActKind::Extension
            | ActKind::IndefiniteExtension
            | ActKind::Conference
            | ActKind::NoticeOfReinstatement
            | ActKind::Supersession
            | ActKind::Termination => {}
        }
    }

    /// What begins with an act and has no end yet.
    fn of_act(&self, kind: OverlayKind, act: &Act) -> Overlay {
        Overlay {
            kind,
            state: Some(self.state),
            jointly: Vec::new(),
            towards: act.towards.clone(),
            starts_on: self.case.effect_or_day(act),
            ends_before: None,
            disputed_by: act.disputed_by.clone(),
            reason: Reason::act(Rule::Act, act),
        }
    }

    /// What becomes of its part when the state ends.
    fn end_of_state(&mut self, on: NaiveDate, reason: Reason) {
        let left = match self.status_on(on) {
            Some(StateStatus::Party) => StateStatus::FormerParty,
            Some(StateStatus::Participating) => StateStatus::Ceased,
            // Who has left stays one that has left.
            Some(left) if is_over(left) => left,
            _ => StateStatus::NonParty,
        };
        self.turn(on, left, reason);
    }

    /// VCLT, article 25(2): the state notifies that it does not intend to become a party.
    fn end_provisional_application(&mut self, act: &Act, told: &mut Told) {
        let on = self.case.effect_or_day(act);
        let is_open = |overlay: &&mut Overlay| {
            overlay.kind == OverlayKind::ProvisionalApplication
                && overlay.starts_on <= on
                && overlay.ends_before.is_none()
        };
        let Some(open) = self.overlays.iter_mut().find(is_open) else {
            let fault = Fault::NotAppliedProvisionally { state: self.state, on: act.on };
            return told.problem(Some(act), fault);
        };
        open.ends_before = Some(on);
        told.dates.extend(self.case.later_effect(act));
    }

    /// A notice that is revoked or suspended must be running (VCLT, article 68). What one does to the notice of
    /// reinstatement that it gave with others is handled there.
    fn stop_notice(&self, act: &Act, told: &mut Told) {
        let (kind, state, on, day) = (act.kind, self.state, act.on, act.day());
        let gave = |notice: &&Act| {
            let with_others =
                notice.kind == ActKind::NoticeOfReinstatement && notice.jointly.contains(&state);
            let alone = notice.kind == ActKind::NoticeOfWithdrawal && notice.state == Some(state);
            (with_others || alone) && notice.day() <= day
        };
        // Nor is what stops a notice void where a reading gives that notice no effect.
        let returns = self.case.of_kind(ActKind::NoticeOfReinstatement);
        if returns.chain(self.case.disregarded.iter().copied()).any(|notice| gave(&notice)) {
            return;
        }
        let given = self.notices.iter().rfind(|run| run.act.state == Some(state) && run.act.day() <= day);
        match given {
            None => told.problem(Some(act), Fault::NoNotice { kind, state, on }),
            Some(run) if run.effect <= day && run.stopped_on.is_none() => {
                told.problem(Some(act), Fault::NoticeHadRun { kind, state, on, effect: run.effect });
            }
            // One that is suspended can still be revoked.
            Some(run) if run.stopped_on.is_some_and(|stopped| stopped < day) => {
                let mut suspensions = self.case.of_kind(ActKind::SuspensionOfNotice);
                if !suspensions.any(|other| other.state == Some(state) && Some(other.day()) == run.stopped_on)
                {
                    told.problem(Some(act), Fault::NoNotice { kind, state, on });
                }
            }
            Some(_) => {}
        }
    }

    fn sign(&mut self, act: &Act) {
        let status = self.status_on(act.day());
        // Who is bound, be it until a notice has run, does not become a signatory by signing.
        if !status.is_some_and(is_bound) && status != Some(StateStatus::Signatory) {
            let reason = Reason::act(Rule::Act, act);
            // VCLT, articles 12, 13 and 16: where exchange or signature binds, signatories become parties.
            match self.bound_with_the_treaty() {
                Some((in_force_on, _)) if in_force_on <= act.day() => {
                    self.begins.push((act.day(), StateStatus::Party, reason));
                }
                Some((in_force_on, with_the_treaty)) => {
                    self.begins.push((act.day(), StateStatus::Signatory, reason));
                    self.begins.push((in_force_on, StateStatus::Party, with_the_treaty));
                }
                None => self.begins.push((act.day(), StateStatus::Signatory, reason)),
            }
        }
    }

    fn bound_with_the_treaty(&self) -> Option<(NaiveDate, Reason)> {
        let entry = self.entry?;
        if !self.case.treaty.is_treaty() {
            return None;
        }
        self.case.treaty.find_clause(|terms| match terms {
            Terms::EntryIntoForceByExchange | Terms::EntryIntoForceByDate { .. } => Some(()),
            _ => None,
        })?;
        Some((entry.in_force_on, Reason { rule: Rule::OriginalParty, ..entry.reason.clone() }))
    }

    fn consent(&mut self, act: &Act, told: &mut Told) {
        let day = act.day();
        // Of several depositaries the first binds: a second deposit changes nothing.
        if self.status_on(day).is_some_and(is_bound) {
            let is_running = |run: &&NoticeRun<'_>| {
                let given = run.act.state == Some(self.state) && run.act.day() <= day;
                given && day < run.effect && run.stopped_on.is_none_or(|stopped| day < stopped)
            };
            if let Some(run) = self.notices.iter().find(is_running) {
                let (kind, state, on, effect) = (act.kind, self.state, act.on, run.effect);
                told.problem(Some(act), Fault::ConsentDuringNotice { kind, state, on, effect });
            }
            return;
        }
        self.begins.retain(|(start, _, _)| *start <= day);
        let in_force = in_force_for(self.case, self.entry, act, told);
        // A succession may reach back before the day of its deposit.
        if in_force.as_ref().is_none_or(|(on, _)| day < *on) {
            self.begins.push((day, StateStatus::Contracting, Reason::act(Rule::Act, act)));
        }
        match in_force {
            // What began between the day of effect and the deposit, a signature, is overtaken.
            Some((on, reason)) if on < day => self.turn(on, StateStatus::Party, reason),
            Some((on, reason)) => self.begins.push((on, StateStatus::Party, reason)),
            None => {}
        }
    }

    fn not_bound(&self, act: &Act, told: &mut Told) {
        let fault = Fault::NotBound { kind: act.kind, state: self.state, on: act.day() };
        told.problem(Some(act), fault);
    }

    fn give_notice(&mut self, act: &Act, told: &mut Told) {
        if !self.status_on(act.day()).is_some_and(is_bound) {
            return self.not_bound(act, told);
        }
        let Some(run) = self.notices.iter().find(|run| run.act.id == act.id) else { return };
        self.overlays.push(Overlay {
            kind: OverlayKind::Notice,
            state: Some(self.state),
            jointly: Vec::new(),
            towards: Vec::new(),
            starts_on: act.day(),
            ends_before: Some(run.stopped_on.unwrap_or(run.effect)),
            disputed_by: act.disputed_by.clone(),
            reason: run.reason.clone(),
        });
        if run.stopped_on.is_some() || self.end.is_some_and(|end| end.on < run.effect) {
            return;
        }
        self.turn(run.effect, StateStatus::Withdrawn, run.reason.clone());
        let ordinal = run.ordinal.to_string();
        let path = [self.state.as_str(), "withdrawal_effect", &ordinal];
        let mut date = self.case.date(&path, DateKind::WithdrawalEffect, run.effect, run.reason.clone());
        date.state = Some(self.state);
        let by_clause = |leaving: &Leaving<'_>| run.reason.clause.as_ref() == Some(&leaving.clause.id);
        if self.case.leaving().filter(by_clause).is_some_and(|leaving| leaving.not_during_conflict) {
            date.certainty = Certainty::Conditional;
        }
        told.dates.push(date);
    }

    /// Ends what the treaty's end ends, and hands over the file.
    fn close(mut self, told: &mut Told) -> (Vec<Span<StateStatus>>, Vec<Overlay>) {
        if let Some(end) = self.end {
            let last = self.status_on(end.on.pred_opt().unwrap_or(end.on));
            let leaves_now = self
                .begins
                .iter()
                .any(|(start, status, _)| *start == end.on && *status == StateStatus::Withdrawn);
            let left = match last {
                _ if leaves_now => None,
                Some(StateStatus::Party) => Some(StateStatus::FormerParty),
                Some(StateStatus::Participating) => Some(StateStatus::Ceased),
                // There is nothing left to be bound by, nor to ratify.
                Some(StateStatus::Contracting | StateStatus::Signatory) => Some(StateStatus::NonParty),
                _ => None,
            };
            if !leaves_now {
                self.begins.retain(|(start, _, _)| *start < end.on);
            }
            if let Some(left) = left {
                let reason = Reason { rule: Rule::TreatyEnded, ..end.reason.clone() };
                self.begins.push((end.on, left, reason));
            }
        }
        let state_spans = spans(self.begins);
        let left_on: Vec<NaiveDate> =
            state_spans.iter().filter(|span| is_over(span.status)).map(|span| span.starts_on).collect();
        for overlay in &mut self.overlays {
            let begun = overlay.starts_on;
            let ends_it = |span: &&Span<StateStatus>| match overlay.kind {
                OverlayKind::ProvisionalApplication => {
                    span.status == StateStatus::Party && span.ends_before.is_none_or(|end| begun < end)
                }
                OverlayKind::NoIntention => is_bound(span.status) && begun < span.starts_on,
                OverlayKind::Notice
                | OverlayKind::Suspension
                | OverlayKind::Reinstatement
                | OverlayKind::Exclusion => false,
            };
            let ended = state_spans.iter().find(ends_it).map(|span| span.starts_on);
            overlay.ends_before = overlay.ends_before.into_iter().chain(ended).min();
            // Nothing of a state lies over a treaty that it has left.
            let left = left_on.iter().copied().find(|left| begun < *left);
            overlay.ends_before = overlay.ends_before.into_iter().chain(left).min();
        }
        let takes_part = |day: NaiveDate| {
            let span = super::super::status::span_on(&state_spans, day);
            span.is_some_and(|span| is_bound(span.status) || span.status == StateStatus::Participating)
        };
        // A suspension whose effect comes after the state has left suspends nothing.
        self.suspensions.retain(|act| takes_part(self.case.effect_or_day(act)));
        self.overlays.extend(suspensions(self.case, Some(self.state), &self.suspensions, &left_on, told));
        cut(&mut self.overlays, self.end.map(|end| end.on));
        let entries = state_spans.windows(2).filter_map(|pair| match pair {
            // With the treaty itself, its own date says so.
            [before, party] if party.reason.rule != Rule::OriginalParty => {
                (before.status == StateStatus::Contracting && party.status == StateStatus::Party)
                    .then_some(party)
            }
            _ => None,
        });
        for (number, party) in (1..).zip(entries) {
            let ordinal = format!("entry_into_force/{number}");
            // A state that has returned has a second day.
            let name = if number == 1 { "entry_into_force" } else { &ordinal };
            let path = [self.state.as_str(), name];
            let kind = DateKind::StateEntryIntoForce;
            let mut date = self.case.date(&path, kind, party.starts_on, party.reason.clone());
            date.state = Some(self.state);
            told.dates.push(date);
        }
        (state_spans, self.overlays)
    }
}

/// From when the treaty is in force for a state by an act of consent, recorded or computed (VCLT, article 24).
pub(super) fn in_force_for(
    case: &Case<'_>,
    entry: Option<&Entry>,
    act: &Act,
    told: &mut Told,
) -> Option<(NaiveDate, Reason)> {
    let entry = entry?;
    let computed = by_consent(case, entry, act, told);
    let Some(recorded) = case.effective_on(act).map(|on| on.max(entry.in_force_on)) else { return computed };
    // The same day from the clause tells more than the record of it.
    if let Some((on, reason)) = computed.filter(|(on, _)| *on == recorded && act.kind != ActKind::Succession)
    {
        return Some((on, reason.exact()));
    }
    let rule = if act.kind == ActKind::Succession { Rule::Succession } else { Rule::Recorded };
    Some((recorded, Reason::act(rule, act).exact()))
}

/// The same, whatever was recorded.
fn by_consent(case: &Case<'_>, entry: &Entry, act: &Act, told: &mut Told) -> Option<(NaiveDate, Reason)> {
    let day = act.day();
    let known_to = |reason: Reason, on: PartialDay| {
        if on.first_day() < entry.in_force_on {
            return (entry.in_force_on, reason.exact());
        }
        (on.first_day(), reason.known_to(on.precision()))
    };
    if act.kind == ActKind::Succession {
        return Some(known_to(Reason::act(Rule::SuccessionUndated, act), act.on));
    }
    // VCLT, article 24(3): without a clause, on the day of consent.
    let clause = case.treaty.find_clause(|terms| match terms {
        Terms::LaterStates { delay, from } => Some((*delay, *from)),
        _ => None,
    });
    let law = (Delay::NONE, LaterFrom::EntryIntoForce, Provision::Law("VCLT 24(3)"));
    let (delay, from, provision) =
        clause.map_or(law, |(clause, (delay, from))| (delay, from, Provision::Clause(clause)));
    // Cuba deposited on the very day on which the CWC entered into force, and was a later state.
    let original = day <= entry.met_on || from == LaterFrom::EntryIntoForce && day < entry.in_force_on;
    if original {
        let known_on = entry.reason.known_on.max(act.known_on);
        // The day is the treaty's, whatever is known of the deposit's.
        let ground = Ground { precision: entry.reason.precision(), ..act.into() };
        let reason =
            Reason { rule: Rule::OriginalParty, ground: Some(ground), known_on, ..entry.reason.clone() };
        return Some((entry.in_force_on, reason));
    }
    let on = told.check(Some(act), delay.after_known(act.on))?;
    Some(known_to(Reason::act(Rule::LaterState, act).under(provision), on))
}

/// Whether the state has consented to be bound, in force for it or not.
fn is_bound(status: StateStatus) -> bool {
    match status {
        StateStatus::Contracting | StateStatus::Party => true,
        StateStatus::Signatory
        | StateStatus::Withdrawn
        | StateStatus::FormerParty
        | StateStatus::NonParty
        | StateStatus::Participating
        | StateStatus::Ceased
        | StateStatus::Contested => false,
    }
}

/// Whether what bound the state or lay before it is over.
fn is_over(status: StateStatus) -> bool {
    match status {
        StateStatus::Withdrawn | StateStatus::FormerParty | StateStatus::NonParty | StateStatus::Ceased => {
            true
        }
        StateStatus::Signatory
        | StateStatus::Contracting
        | StateStatus::Party
        | StateStatus::Participating
        | StateStatus::Contested => false,
    }
}
