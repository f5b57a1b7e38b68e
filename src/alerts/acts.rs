//! Acts that became known, were corrected or taken back: one alert each, with all that it changes.

use std::collections::BTreeSet;

use chrono::Days;

use crate::domain::act::{Act, ActKind};
use crate::domain::alert::{Alert, Change, Changed};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::id::ActId;
use crate::domain::project::DueDate;
use crate::domain::status::{OverlayKind, ReadingId, Standing, TreatyStatus};
use crate::domain::treaty::DateKind;
use crate::domain::watch::Fresh;

use super::comparison::{Comparison, can_cancel, change, rests_on, status_on};
use super::dates::moved;
use super::transitions::{Subject, Transition};
use super::wording;

/// An act that was already past at the last check is late after so many days.
const LATE_AFTER_DAYS: u64 = 7;
/// More than these of one cause are told as one summary: acts from before the watch began, corrections,
/// and what a changed definition changes.
const SEVERAL_MAX: usize = 3;

impl Comparison<'_> {
    /// Tells every act that no check has seen, and every one that was taken back.
    pub(super) fn acts(&mut self) {
        let watched = self.look.watched;
        let is_old = |fresh: &&Fresh| fresh.supersedes.is_none() && fresh.act.known_on < self.look.began_on;
        let mut fresh: Vec<&Fresh> = watched.fresh.iter().collect();
        fresh.sort_by_key(|fresh| (fresh.act.day(), fresh.act.kind));
        // Another source or other words for the same act are in the record, and nothing to tell.
        let is_news = |fresh: &&Fresh| !self.repeats(fresh);
        let (old, new): (Vec<&Fresh>, Vec<&Fresh>) = fresh.into_iter().filter(is_news).partition(is_old);
        let (corrected, new): (Vec<&Fresh>, Vec<&Fresh>) =
            new.into_iter().partition(|fresh| fresh.supersedes.is_some());
        for group in [old, corrected] {
            if group.len() > SEVERAL_MAX {
                self.summary(&group);
            } else {
                group.into_iter().for_each(|fresh| self.fresh_act(fresh));
            }
        }
        new.into_iter().for_each(|fresh| self.fresh_act(fresh));
        watched.retracted.iter().for_each(|act| self.retracted_act(act));
    }

    /// Whether a correction says of the act what was said before.
    fn repeats(&self, fresh: &Fresh) -> bool {
        self.replaced_by(fresh).is_some_and(|old| old.says_the_same_as(&fresh.act))
    }

    /// The act that a correction replaces, as it was recorded.
    fn replaced_by(&self, fresh: &Fresh) -> Option<&Act> {
        let before = &self.look.watched.before;
        fresh.supersedes.as_ref().and_then(|id| before.iter().find(|act| act.id == *id))
    }

    /// Many acts from before the watch are one event, the record became more complete; so are many
    /// corrections.
    fn summary(&mut self, group: &[&Fresh]) {
        let told = self.take(|open| group.iter().any(|fresh| rests_on(&open.reason, &fresh.act)));
        let corrected = group.iter().any(|fresh| fresh.supersedes.is_some());
        let (name, own_kind) = if corrected {
            ("corrected", AlertKind::ActCorrected)
        } else {
            ("backfill", AlertKind::ActRecorded)
        };
        let mut changes: Vec<Change> = self.flips.drain(..).chain(told.iter().map(change)).collect();
        if corrected {
            changes.extend(self.brought_back());
        }
        for fresh in group {
            changes.extend(self.dates_moved_by(&fresh.act));
        }
        let treaty = &self.look.watched.treaty;
        let acts: Vec<ActId> = group.iter().map(|fresh| fresh.act.id.clone()).collect();
        let listed = acts.iter().map(ActId::as_str).collect::<Vec<_>>().join(",");
        let mut alert = self.blank(format!("{name}|{}|{listed}", treaty.id), self.look.today);
        alert.late = !corrected;
        alert.severity = changes.iter().map(severity_of_change).max().unwrap_or(Severity::Info);
        alert.word(if corrected {
            wording::corrections(acts.len(), &changes, self.look.scene())
        } else {
            wording::backfill(acts.len(), &changes, self.look.scene())
        });
        let corrected = group.iter().filter_map(|fresh| fresh.supersedes.clone());
        alert.acts = acts.into_iter().chain(corrected).collect();
        rank(&mut alert, changes, &[own_kind]);
        self.alerts.push(alert);
    }

    /// Tells as one what a changed definition changes, where that is much: clauses, readings and
    /// scheduled dates are corrected as acts are.
    pub(super) fn redefined(&mut self) {
        if self.look.watched.earlier.is_none() {
            return;
        }
        let since = self.look.since;
        let gone = self.dates_gone_and_near();
        let past = self.open.values().filter(|open| open.on <= since).count();
        if gone.len() + past + self.flips.len() <= SEVERAL_MAX {
            return;
        }
        let mut changes = std::mem::take(&mut self.flips);
        changes.extend(self.take(|open| open.on <= since).iter().map(change));
        for date in gone {
            self.settled.insert((date.id.clone(), date.on.first_day()));
            changes.push(moved(date, self.successor_of(date), self.look.today));
        }
        let treaty = &self.look.watched.treaty;
        // A definition may change twice a day: what it changes is a part of the name.
        let told: Vec<String> = changes.iter().map(fingerprint).collect();
        let key = format!("redefined|{}|{}|{}", treaty.id, self.look.today, told.join(","));
        let mut alert = self.blank(key, self.look.today);
        alert.severity = changes.iter().map(severity_of_change).max().unwrap_or(Severity::Info);
        alert.word(wording::redefined(&changes, self.look.scene()));
        let first = changes.iter().map(Change::kind).min().unwrap_or(AlertKind::StatusChanged);
        rank(&mut alert, changes, &[first]);
        self.alerts.push(alert);
    }

    fn fresh_act(&mut self, fresh: &Fresh) {
        let act = &fresh.act;
        let mut effects = self.take(|open| rests_on(&open.reason, act));
        // What a notice or suspension began rests on that act; it is over by the act of this day.
        effects.extend(self.take(|open| {
            let over = open.to.is_none() && open.on == act.effect_or_day();
            over && match open.subject {
                Subject::Overlay(OverlayKind::Reinstatement, _) => act.kind == ActKind::RevocationOfNotice,
                Subject::Overlay(_, state) => state == act.state,
                Subject::Treaty | Subject::State(_) => false,
            }
        }));
        effects.sort_by_key(|effect| (effect.on, effect.subject, !effect.reading.is_default()));
        let mut changes: Vec<Change> = Vec::new();
        let (key, own_kind) = match &fresh.supersedes {
            Some(old) => (format!("corrected|{old}|{}", act.id), AlertKind::ActCorrected),
            None => (format!("act|{}", act.id), AlertKind::ActRecorded),
        };
        match fresh.supersedes {
            Some(_) => changes.extend(self.brought_back()),
            None => changes.extend(self.progress(act)),
        }
        if fresh.supersedes.is_some() || can_undo(act.kind) {
            changes.append(&mut self.flips);
            changes.extend(self.moved_from_the_past(act));
        }
        changes.extend(self.dates_moved_by(act));
        changes.extend(effects.iter().map(change));

        let mut alert = self.blank(key, act.on);
        alert.state = act.state;
        alert.late = self.is_late(act);
        let of_changes = changes.iter().map(severity_of_change).max().unwrap_or(Severity::Info);
        alert.severity = severity_of_act(act.kind).max(of_changes);
        let mut sets = self.dates_set_by(act);
        // A deadline that the act moves is not told twice.
        let is_moved = |date: &DueDate| changes.iter().any(|change| change.date() == Some(&date.id));
        sets.retain(|date| date.kind != DateKind::Deadline || !is_moved(date));
        let told = changes.iter().find_map(|change| change.date().cloned());
        alert.date = told.or_else(|| sets.first().map(|date| date.id.clone()));
        let of_effect = effects.iter().find_map(|effect| effect.reason.article.clone());
        let of_deadline = || Some(self.look.watched.treaty.clause(act.deadline.as_ref()?)?.article.clone());
        alert.article = of_effect.or_else(of_deadline);
        alert.acts = std::iter::once(act.id.clone()).chain(fresh.supersedes.clone()).collect();
        alert.source = act.evidence.sources.first().cloned();
        alert.word(wording::act(fresh, self.replaced_by(fresh), &changes, &sets, self.look.scene()));
        rank(&mut alert, changes, &[own_kind]);
        self.alerts.push(alert);
    }

    fn retracted_act(&mut self, act: &Act) {
        // What stood behind the act comes to light with it.
        let revealed = self.take(|open| act.state.is_some() && open.subject.state() == act.state);
        let mut alert = self.blank(format!("retracted|{}", act.id), act.on);
        alert.state = act.state;
        alert.acts = vec![act.id.clone()];
        // What it was is what was told, not what the reduced record says.
        let from_told = |revealed: &Transition| match revealed.subject {
            Subject::State(state) if revealed.reading.is_default() => {
                let from = status_on(self.past, Some(state), self.look.since);
                Change { what: Changed::Status { from, to: revealed.to }, ..change(revealed) }
            }
            Subject::State(_) | Subject::Treaty | Subject::Overlay(..) => change(revealed),
        };
        let revealed: Vec<Change> = revealed.iter().map(from_told).collect();
        let mut changes: Vec<Change> = self.flips.drain(..).chain(revealed).collect();
        changes.extend(self.brought_back());
        alert.severity =
            changes.iter().map(severity_of_change).max().unwrap_or(Severity::Info).max(Severity::Warning);
        alert.date = changes.iter().find_map(|change| change.date().cloned());
        alert.word(wording::act_retracted(act, &changes, self.look.scene()));
        rank(&mut alert, changes, &[AlertKind::ActCorrected]);
        self.alerts.push(alert);
    }

    /// Told late: after a pause of the checks, or long after it could be known.
    fn is_late(&self, act: &Act) -> bool {
        let known = act.known_on;
        let allowed = if self.look.since < known { 0 } else { LATE_AFTER_DAYS };
        known.checked_add_days(Days::new(allowed)).is_some_and(|last| last < self.look.today)
    }

    /// The days to come that an act sets: one, or one for each reading.
    fn dates_set_by(&self, act: &Act) -> Vec<&DueDate> {
        let sets = |date: &&DueDate| {
            let is_set = match date.kind {
                DateKind::WithdrawalEffect | DateKind::Effect | DateKind::Reinstatement => true,
                // Once it has come, the status tells of it.
                DateKind::EntryIntoForce => self.look.today < date.on.first_day(),
                DateKind::Deadline => act.kind == ActKind::DeadlineExtension,
                DateKind::StateEntryIntoForce
                | DateKind::Expiry
                | DateKind::LastNoticeDay
                | DateKind::Renewal
                | DateKind::Conference
                | DateKind::Meeting
                | DateKind::EndOfMandate
                | DateKind::OfferEnds
                | DateKind::Watch => false,
            };
            is_set && rests_on(&date.reason, act)
        };
        self.present.dates.iter().filter(sets).collect()
    }

    /// Whether an act brought entry into force nearer or further away. Once the treaty has entered into force, however
    /// that is known, no act does.
    fn progress(&self, act: &Act) -> Option<Change> {
        let progress = self.present.progress.as_ref()?;
        let spans =
            self.past.default_life().treaty.iter().take_while(|span| span.starts_on <= self.look.since);
        if spans.into_iter().any(|span| span.status == TreatyStatus::InForce) {
            return None;
        }
        let at = progress.steps.iter().position(|step| step.ground.act == act.id)?;
        let before = at.checked_sub(1).map_or(0, |before| progress.steps[before].reached);
        let step = &progress.steps[at];
        Some(Change {
            state: act.state,
            reading: ReadingId::default_reading(),
            on: act.on,
            what: Changed::Progress { from: before, to: step.reached, needed: step.needed },
        })
    }

    /// The dates that were ahead at the last check and that this act moved or cancelled.
    fn dates_moved_by(&mut self, act: &Act) -> Vec<Change> {
        let mut changes = Vec::new();
        for date in self.gone_from_ahead() {
            let on = date.on.first_day();
            let now = self.successor_of(date);
            let by_this = match now {
                Some(now) => rests_on(&now.reason, act),
                // A declaration of completion cancels one deadline, however far away it is.
                None if act.kind == ActKind::DeadlineMet => {
                    let is_this = (date.state, &date.reason.clause) == (act.state, &act.deadline);
                    date.kind == DateKind::Deadline && is_this
                }
                None => can_cancel(act.kind) && self.is_near(on),
            };
            if by_this && self.settled.insert((date.id.clone(), on)) {
                changes.push(moved(date, now, act.day()));
            }
        }
        changes
    }

    /// The dates that had come, and that this act puts ahead again: an extension recorded after the end.
    fn moved_from_the_past(&self, act: &Act) -> Vec<Change> {
        let (since, today) = (self.look.since, self.look.today);
        let came = self.gone.iter().copied().filter(|date| date.on.first_day() <= since);
        let ahead = came.filter_map(|date| Some((date, self.successor_of(date)?)));
        ahead
            .filter(|(_, now)| today < now.on.first_day() && rests_on(&now.reason, act))
            .map(|(date, now)| moved(date, Some(now), act.day()))
            .collect()
    }
}

/// A change in short, for the name of an alert.
fn fingerprint(change: &Change) -> String {
    let (from, to) = match &change.what {
        Changed::Status { from, to } => (from.map(|it| it.to_string()), to.map(|it| it.to_string())),
        Changed::Date { from, to, .. } => (from.map(|it| it.to_string()), to.map(|it| it.to_string())),
        Changed::Progress { from, to, .. } => (Some(from.to_string()), Some(to.to_string())),
    };
    let state = change.state.map(|state| state.to_string()).unwrap_or_default();
    let date = change.date().map(|date| date.to_string()).unwrap_or_default();
    format!("{state}{date}:{}:{}", from.unwrap_or_default(), to.unwrap_or_default())
}

/// Lists what an alert tells, and ranks its kinds: told under the first, named under all.
pub(super) fn rank(alert: &mut Alert, changes: Vec<Change>, own_kinds: &[AlertKind]) {
    let own = own_kinds.iter().copied();
    let kinds: BTreeSet<AlertKind> = changes.iter().map(Change::kind).chain(own).collect();
    let mut ranked = kinds.into_iter();
    alert.kind = ranked.next().unwrap_or(alert.kind);
    alert.also = ranked.collect();
    alert.changes = changes;
}

/// Whether an act can undo what has come about: it may be recorded after its effect was told.
fn can_undo(kind: ActKind) -> bool {
    can_cancel(kind)
        || matches!(
            kind,
            ActKind::Extension | ActKind::DeadlineExtension | ActKind::EntryIntoForce | ActKind::Resumption
        )
}

/// How much a change asks for attention: most, where a treaty begins or ends.
fn severity_of_change(change: &Change) -> Severity {
    match &change.what {
        Changed::Status { to: Some(Standing::Treaty(status)), .. } if begins_or_ends(*status) => {
            Severity::Critical
        }
        Changed::Status { .. } => Severity::Info,
        Changed::Date { .. } | Changed::Progress { .. } => Severity::Warning,
    }
}

/// Whether a status is more than a stage of a text.
fn begins_or_ends(status: TreatyStatus) -> bool {
    match status {
        TreatyStatus::InForce
        | TreatyStatus::Terminated
        | TreatyStatus::Expired
        | TreatyStatus::Superseded
        | TreatyStatus::Abandoned
        | TreatyStatus::InEffect
        | TreatyStatus::Ended
        | TreatyStatus::Contested => true,
        TreatyStatus::Draft
        | TreatyStatus::Pending
        | TreatyStatus::Proposed
        | TreatyStatus::Adopted
        | TreatyStatus::Concluded => false,
    }
}

/// How much an act by itself asks for attention.
fn severity_of_act(kind: ActKind) -> Severity {
    match kind {
        ActKind::NoticeOfWithdrawal
        | ActKind::Withdrawal
        | ActKind::RevocationOfRatification
        | ActKind::Suspension
        | ActKind::Resumption
        | ActKind::SuspensionOfNotice
        | ActKind::RevocationOfNotice
        | ActKind::NoticeOfReinstatement
        | ActKind::Extension
        | ActKind::IndefiniteExtension
        | ActKind::Supersession
        | ActKind::Termination
        | ActKind::EndOfStatehood => Severity::Warning,
        ActKind::Signature
        | ActKind::DefinitiveSignature
        | ActKind::Ratification
        | ActKind::Acceptance
        | ActKind::Approval
        | ActKind::Accession
        | ActKind::Succession
        | ActKind::FormalConfirmation
        | ActKind::ConsentToBeBound
        | ActKind::IntentionNotToBecomeParty
        | ActKind::ProvisionalApplication
        | ActKind::EndOfProvisionalApplication
        | ActKind::WithdrawalOfReservation
        | ActKind::ModificationOfReservation
        | ActKind::DeadlineExtension
        | ActKind::DeadlineMet
        | ActKind::Adoption
        | ActKind::Endorsement
        | ActKind::OpeningForSignature
        | ActKind::ExchangeOfInstruments
        | ActKind::EntryIntoForce
        | ActKind::Amendment
        | ActKind::Objection => Severity::Notice,
        ActKind::Proposal | ActKind::Declaration | ActKind::Reservation | ActKind::Conference => {
            Severity::Info
        }
    }
}
