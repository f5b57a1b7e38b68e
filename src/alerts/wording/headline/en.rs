//! Headlines in English: `INF Treaty: US withdrawal takes effect in 30 days`.

use super::{
    DEADLINE_CHARS_MAX, Head, caveat, cut, days_from_today, fit, short_name, towards, who_acted,
    with_short_day,
};
use crate::alerts::wording::en::{self, CEASES, ENDS, ENTERS, EXPIRES, Event, IS_RENEWED, TAKES_EFFECT};
use crate::alerts::wording::part::{Beside, Dated, Part, Scene, Tense, Turn, When};
use crate::alerts::wording::{deadline_of, is_deadline, name_of};
use crate::domain::act::{Act, ActKind};
use crate::domain::day::PartialDay;
use crate::domain::grammar;
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::domain::status::{OverlayKind, Standing, StateStatus};
use crate::domain::treaty::{Certainty, DateKind, InstrumentKind};

pub(super) fn headline(scene: Scene<'_>, parts: &[Part<'_>]) -> String {
    let title = &scene.treaty.short_title.en;
    let caveat = caveat(scene, parts, Lang::En);
    let Some(first) = parts.first() else { return title.clone() };
    let record = |what: &str, done: &Act| {
        let act = act(scene, done);
        let dated = format!(" ({what}): {act} {}", en::on(done.on));
        vec![dated.clone(), with_short_day(&dated, done.on, Lang::En), format!(" ({what}): {act}")]
    };
    let mut tails = match first {
        Part::Act(done) => {
            let act = act(scene, done);
            // What is contested about the effect has no place in one line.
            let effect =
                if caveat.is_empty() { parts.iter().find_map(|part| effect(scene, part)) } else { None };
            let effect = effect.map(|effect| format!(": {act}, {effect}"));
            let dated = format!(": {act} {}{caveat}", en::on(done.on));
            let short = with_short_day(&dated, done.on, Lang::En);
            effect.into_iter().chain([dated, short, format!(": {act}{caveat}")]).collect()
        }
        Part::Corrected(done, _) => record("corrected", done),
        Part::TakenBack(done) => record("retracted", done),
        Part::Date(dated) => {
            let whole = format!(": {}{caveat}", date(scene, dated, true));
            vec![whole.clone(), with_short_day(&whole, dated.on.on, Lang::En)]
        }
        Part::Turn { turn, on, .. } => {
            vec![format!(": {} {}{caveat}", turned(scene, *turn), when(scene, *on))]
        }
        Part::Backfill(acts) => vec![format!(": {acts} earlier acts added to the record")],
        Part::Missed { alerts, since, .. } => {
            vec![format!(": {alerts} late alerts, no check since {}", en::day(*since))]
        }
        Part::Corrections(acts) => vec![format!(": records of {acts} acts corrected")],
        Part::Redefined => vec![": recorded clauses corrected".to_owned()],
        Part::Stale(on) => vec![format!(": facts last confirmed on {}", en::day(*on))],
        Part::Undone => vec![": an earlier alert no longer holds".to_owned()],
        Part::Progress { .. }
        | Part::Moved { .. }
        | Part::DueAgain { .. }
        | Part::Cancelled { .. }
        | Part::Status { .. }
        | Part::MoreChanges(_)
        | Part::OfStates(_)
        | Part::TakesEffect(_)
        | Part::Doubt(_)
        | Part::Disputed { .. }
        | Part::ReadingsDiffer => Vec::new(),
    };
    // A title is cut before a day that comes is left out, but not for a day on which nothing happens any more.
    let undated = match first {
        Part::Act(done) => vec![format!(": {}{caveat}", short_act(scene, done))],
        Part::Corrected(done, _) => vec![format!(" (corrected): {}", short_act(scene, done))],
        Part::TakenBack(done) => vec![format!(" (retracted): {}", short_act(scene, done))],
        Part::Date(dated) if dated.tense == Tense::Cancelled => {
            tails.push(format!(": {}{caveat}", date(scene, dated, false)));
            Vec::new()
        }
        Part::Date(dated) => vec![format!(": {}{caveat}", date(scene, dated, false))],
        _ => Vec::new(),
    };
    fit(&Head::of(title), &tails, &undated)
}

/// `today`, `tomorrow`, `in 30 days`, `yesterday`, `in December 2026`, `on 2 August 2019`.
fn when(scene: Scene<'_>, on: When) -> String {
    match days_from_today(scene, on) {
        None => en::when(on),
        Some(0) => "today".to_owned(),
        Some(1) => "tomorrow".to_owned(),
        Some(-1) => "yesterday".to_owned(),
        Some(days) if days > 0 => format!("in {}", grammar::days(days.unsigned_abs(), Lang::En)),
        Some(days) => format!("{} ago", grammar::days(days.unsigned_abs(), Lang::En)),
    }
}

/// `US withdrawal`, `withdrawal by Russia`: an abbreviation alone stands before the noun.
fn by(what: &str, who: &str) -> String {
    if who.is_empty() {
        what.to_owned()
    } else if who.chars().all(|letter| letter.is_ascii_uppercase()) {
        format!("{who} {what}")
    } else {
        format!("{what} by {who}")
    }
}

/// A dated event, with its day or without.
fn date(scene: Scene<'_>, dated: &Dated<'_>, with_day: bool) -> String {
    let Event { subject, coming, come, no_longer, now } = event(scene, dated.due);
    let is_moved = matches!(dated.beside, Beside::KnownBetter | Beside::NoLonger(_));
    let verb = match dated.tense {
        Tense::Coming if is_moved => now,
        Tense::Coming | Tense::Today => coming,
        Tense::Come => come,
        Tense::Cancelled if !with_day && coming.is_empty() => "no longer applies".to_owned(),
        Tense::Cancelled => no_longer,
    };
    let when = match dated.tense {
        _ if !with_day => String::new(),
        Tense::Coming if is_moved => en::when(dated.on),
        Tense::Cancelled => en::when(dated.on),
        Tense::Coming | Tense::Today | Tense::Come => when(scene, dated.on),
    };
    let words = [subject, verb, when];
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A dated event. The subject is missing where the title is it.
fn event(scene: Scene<'_>, date: &DueDate) -> Event {
    let who = date.state.map(|state| short_name(scene.names, state, Lang::En)).unwrap_or_default();
    let due = ["due", "was due"];
    match date.kind {
        DateKind::EntryIntoForce => Event::of("", ENTERS),
        DateKind::StateEntryIntoForce => Event::of("", ENTERS).behind_verbs(&format!(" for {who}")),
        DateKind::Expiry => Event::of("", EXPIRES),
        DateKind::LastNoticeDay => Event::of("period for notice against renewal", ENDS),
        DateKind::Renewal => Event::of("", IS_RENEWED),
        DateKind::WithdrawalEffect => Event::of(by("withdrawal", &who), TAKES_EFFECT),
        DateKind::Effect => match date.reason.ground.as_ref().map(|ground| ground.kind) {
            Some(ActKind::EndOfStatehood) => Event::of(who, CEASES),
            act => Event::of(by(act.map_or("act", |kind| kind.label(Lang::En)), &who), TAKES_EFFECT),
        },
        DateKind::Reinstatement => Event {
            no_longer: "will not return".to_owned(),
            ..Event::of("earlier measures", ["to return", "were to return"])
        },
        DateKind::Deadline => {
            let whom = if who.is_empty() { who } else { format!(" for {who}") };
            let name = cut(&deadline_of(date, scene.treaty).en, DEADLINE_CHARS_MAX);
            Event::of(format!("deadline \"{name}\"{whom}"), ["", "was"])
        }
        DateKind::Conference => Event::of("conference", due),
        DateKind::Meeting => Event::of("meeting", due),
        DateKind::EndOfMandate => Event::of("mandate", ENDS),
        DateKind::OfferEnds => Event::of("offer", EXPIRES),
        DateKind::Watch => Event::of("date to watch", ["", "was"]),
    }
}

/// What follows from an act, in a few words.
fn effect(scene: Scene<'_>, part: &Part<'_>) -> Option<String> {
    let day = |on: PartialDay| en::day(on);
    match part {
        Part::Status { state: None, to, .. } => Some(format!("status now {}", to.label(Lang::En))),
        // The condition has no place in one line.
        Part::TakesEffect(due) if due.certainty == Certainty::Conditional => None,
        Part::TakesEffect(due) if due.kind == DateKind::EntryIntoForce => {
            Some(format!("entry into force {}", en::when(When::of(due))))
        }
        Part::TakesEffect(due) if due.kind == DateKind::Deadline => Some(format!("now {}", day(due.on))),
        Part::TakesEffect(due) if !When::of(due).at_the_earliest => {
            Some(format!("effective {}", day(due.on)))
        }
        Part::Moved { date, to, .. } if name_of(date) == DateKind::Expiry.as_str() => {
            Some(format!("expiry now {}", day(*to)))
        }
        Part::Moved { date, to, .. } if is_deadline(date, scene.treaty) => Some(format!("now {}", day(*to))),
        Part::Progress { to, needed, .. } => Some(format!("{to} of {needed} required States")),
        _ => None,
    }
}

fn turned(scene: Scene<'_>, turn: Turn) -> String {
    let who = |state| short_name(scene.names, state, Lang::En);
    let overlay = |kind: OverlayKind, state: Option<_>| {
        let what = match kind {
            OverlayKind::Notice => "notice of withdrawal",
            OverlayKind::Suspension => "suspension",
            OverlayKind::ProvisionalApplication => "provisional application",
            OverlayKind::Reinstatement => "reinstatement of measures",
            OverlayKind::NoIntention => "intention not to become a party",
            OverlayKind::Exclusion => "exclusion of entry into force",
        };
        by(what, &state.map(who).unwrap_or_default())
    };
    match turn {
        Turn::Treaty { to: Some(to), .. } => format!("status changed to {}", to.label(Lang::En)),
        Turn::Treaty { to: None, .. } => "status ended".to_owned(),
        Turn::Became(state, to) => became(&who(state), to),
        Turn::Left(state) => format!("status of {} ended", who(state)),
        Turn::Began(kind, state) => format!("{} began", overlay(kind, state)),
        Turn::Over(kind, state) => format!("{} ended", overlay(kind, state)),
    }
}

fn became(who: &str, to: Standing) -> String {
    match to {
        Standing::State(StateStatus::Signatory) => format!("{who} became a signatory"),
        Standing::State(StateStatus::Contracting) => format!("{who} became a contracting State"),
        Standing::State(StateStatus::Party) => format!("{who} became a party"),
        Standing::State(StateStatus::Withdrawn) => format!("{} took effect", by("withdrawal", who)),
        Standing::State(StateStatus::FormerParty) => format!("{who} ceased to be a party"),
        Standing::State(StateStatus::Participating) => format!("{who} began to participate"),
        Standing::State(StateStatus::Ceased) => format!("{who} ceased to participate"),
        Standing::State(StateStatus::NonParty | StateStatus::Contested)
        | Standing::Treaty(_)
        | Standing::Overlay(_) => format!("status of {who} is {}", to.label(Lang::En)),
    }
}

/// An act in fewer words, where a line has no room for more.
fn short_act(scene: Scene<'_>, done: &Act) -> String {
    let who = who_acted(scene, done, Lang::En);
    match done.kind {
        ActKind::EndOfProvisionalApplication => format!("{who} to end provisional application"),
        ActKind::SuspensionOfNotice => format!("{who} suspended its notice"),
        _ => act(scene, done),
    }
}

/// An act without its treaty and its day.
fn act(scene: Scene<'_>, act: &Act) -> String {
    let who = who_acted(scene, act, Lang::En);
    let whom = || towards(scene, act, Lang::En).map(|whom| format!(" towards {whom}")).unwrap_or_default();
    match act.kind {
        ActKind::Proposal if scene.treaty.kind == InstrumentKind::Draft => "introduced".to_owned(),
        ActKind::Proposal => "proposed".to_owned(),
        ActKind::Adoption => match scene.treaty.kind {
            InstrumentKind::Treaty | InstrumentKind::Resolution | InstrumentKind::PoliticalCommitment => {
                "adopted"
            }
            InstrumentKind::Draft => "text adopted",
            InstrumentKind::ExpertGroup => "established",
            InstrumentKind::Statement => "issued",
        }
        .to_owned(),
        ActKind::Endorsement => "endorsed".to_owned(),
        ActKind::OpeningForSignature => "opened for signature".to_owned(),
        ActKind::Signature => format!("{who} signed"),
        ActKind::IntentionNotToBecomeParty => format!("{who} declared its intention not to join"),
        ActKind::ProvisionalApplication => format!("{who} began provisional application"),
        ActKind::EndOfProvisionalApplication => {
            format!("{who} gave notice of ending provisional application")
        }
        ActKind::DefinitiveSignature => format!("{who} signed definitively"),
        ActKind::Ratification => format!("{who} ratified"),
        ActKind::Acceptance => format!("{who} accepted"),
        ActKind::Approval => format!("{who} approved"),
        ActKind::Accession => format!("{who} acceded"),
        ActKind::Succession => format!("{who} succeeded to the treaty"),
        ActKind::FormalConfirmation => format!("{who} formally confirmed"),
        ActKind::ConsentToBeBound => format!("{who} consented to be bound"),
        ActKind::ExchangeOfInstruments => "instruments of ratification exchanged".to_owned(),
        ActKind::EntryIntoForce => "entered into force".to_owned(),
        ActKind::Declaration => format!("{who} made a declaration"),
        ActKind::Reservation => format!("{who} made a reservation"),
        ActKind::WithdrawalOfReservation => format!("{who} withdrew a reservation"),
        ActKind::ModificationOfReservation => format!("{who} modified a reservation"),
        ActKind::Objection => format!("{who} raised an objection"),
        ActKind::Amendment => "amended".to_owned(),
        ActKind::Extension => "extended".to_owned(),
        ActKind::IndefiniteExtension => "extended indefinitely".to_owned(),
        ActKind::Conference => "conference opened".to_owned(),
        ActKind::Suspension if who.is_empty() => "operation suspended by its parties".to_owned(),
        ActKind::Suspension => format!("operation suspended by {who}{}", whom()),
        ActKind::Resumption if who.is_empty() => "operation resumed by its parties".to_owned(),
        ActKind::Resumption => format!("operation resumed by {who}{}", whom()),
        ActKind::NoticeOfWithdrawal => format!("{who} gave notice of withdrawal"),
        ActKind::SuspensionOfNotice => format!("{who} suspended its notice of withdrawal"),
        ActKind::RevocationOfNotice if !scene.treaty.is_treaty() => format!("{who} revoked its notice"),
        ActKind::RevocationOfNotice => format!("{who} revoked its notice of withdrawal"),
        ActKind::Withdrawal => format!("{who} withdrew"),
        ActKind::RevocationOfRatification => format!("{who} revoked its ratification"),
        ActKind::NoticeOfReinstatement => by("notice of reinstatement", &who),
        ActKind::DeadlineExtension => format!("deadline extended for {who}"),
        ActKind::DeadlineMet => format!("{who} declared completion"),
        ActKind::EndOfStatehood => format!("{who} ceased to exist"),
        ActKind::Supersession => "superseded".to_owned(),
        ActKind::Termination if scene.treaty.kind == InstrumentKind::ExpertGroup => {
            "work concluded".to_owned()
        }
        ActKind::Termination => "terminated".to_owned(),
    }
}
