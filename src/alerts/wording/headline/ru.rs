//! Headlines in Russian: `ДРСМД, США: выход вступает в силу через 30 дней`. As in sentences, titles and names of states
//! are in the nominative and head the line.

use super::{Caveat, DEADLINE_CHARS_MAX, Head, cut, days_from_today, fit, short_name, who_acted};
use crate::alerts::wording::part::{Beside, Dated, Part, Scene, Tense, Turn, When};
use crate::alerts::wording::{deadline_of, name_of, ru};
use crate::domain::act::{Act, ActKind};
use crate::domain::grammar::{self, russian_genitive, russian_plural, russian_when};
use crate::domain::id::StateId;
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::domain::treaty::{DateKind, InstrumentKind};

pub(super) fn headline(scene: Scene<'_>, parts: &[Part<'_>]) -> String {
    let title = scene.treaty.short_title.in_lang(Lang::Ru);
    let caveat = Caveat::of(parts).text(Lang::Ru);
    let Some(first) = parts.first() else { return title };
    // Whom it is about stands behind the title.
    let behind = |who: String, what: String| {
        if who.is_empty() { format!(": {what}") } else { format!(", {who}: {what}") }
    };
    let name = |state: Option<StateId>| {
        state.map(|state| short_name(scene.names, state, Lang::Ru)).unwrap_or_default()
    };
    let record = |what: &str, done: &Act| {
        let (who, act) = (who_acted(scene, done, Lang::Ru), act(scene, done));
        let tail = |act: String| format!(" ({what}){}", behind(who.clone(), act));
        vec![tail(format!("{act} {}", russian_when(done.on))), tail(act)]
    };
    let tails = match first {
        Part::Act(done) => {
            let (who, act) = (who_acted(scene, done, Lang::Ru), act(scene, done));
            let effect = if caveat.is_empty() { parts.iter().find_map(effect) } else { None };
            let effect = effect.map(|effect| behind(who.clone(), format!("{act}, {effect}")));
            let dated = behind(who.clone(), format!("{act} {}{caveat}", russian_when(done.on)));
            effect.into_iter().chain([dated, behind(who, format!("{act}{caveat}"))]).collect()
        }
        Part::Corrected(done, _) => record("исправлено", done),
        Part::TakenBack(done) => record("отменено", done),
        Part::Date(dated) => {
            vec![behind(name(dated.due.state), format!("{}{caveat}", date(scene, dated)))]
        }
        Part::Turn { turn, on, .. } => {
            let when = when(scene, *on);
            let (state, what) = match turn {
                Turn::Treaty { to: Some(to), .. } => {
                    (None, format!("статус «{}» {when}", to.label(Lang::Ru)))
                }
                Turn::Treaty { to: None, .. } => (None, format!("статус утрачен {when}")),
                Turn::Became(state, to) => (Some(*state), format!("теперь «{}», {when}", to.label(Lang::Ru))),
                Turn::Left(state) => (Some(*state), format!("участие прекращено {when}")),
                Turn::Began(kind, state) => (*state, format!("{} — начало {when}", kind.label(Lang::Ru))),
                Turn::Over(kind, state) => (*state, format!("{} — окончание {when}", kind.label(Lang::Ru))),
            };
            vec![behind(name(state), format!("{what}{caveat}"))]
        }
        Part::Backfill(acts) => {
            let acts = counted(*acts, ["прежний акт", "прежних акта", "прежних актов"]);
            vec![format!(": записи дополнены ({acts})")]
        }
        Part::Missed { alerts, since, .. } => {
            let late = ["запоздалое оповещение", "запоздалых оповещения", "запоздалых оповещений"];
            let late = counted(*alerts, late);
            vec![format!(": {late}, проверок нет с {}", russian_genitive(*since)), format!(": {late}")]
        }
        Part::Corrections(acts) => {
            vec![format!(": записи исправлены ({})", counted(*acts, ["акт", "акта", "актов"]))]
        }
        Part::Redefined => vec![": исправлены записи о положениях".to_owned()],
        Part::Stale(on) => vec![format!(": сведения подтверждены {}", russian_when(*on))],
        Part::Undone => vec![": прежнее оповещение утратило силу".to_owned()],
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
    // A title is cut before a day is left out.
    let undated = match first {
        Part::Date(dated) => vec![behind(name(dated.due.state), format!("{}{caveat}", undated(dated)))],
        Part::Turn { turn: Turn::Became(state, to), on, .. } => {
            let (state, to) = (name(Some(*state)), to.label(Lang::Ru));
            let with_day = format!("«{to}» {}{caveat}", when(scene, *on));
            vec![behind(state.clone(), with_day), behind(state, format!("теперь «{to}»{caveat}"))]
        }
        _ => Vec::new(),
    };
    fit(&Head::of(&title), &tails, &undated)
}

fn counted(number: usize, forms: [&str; 3]) -> String {
    format!("{number} {}", russian_plural(number as u64, forms))
}

/// `сегодня`, `через 30 дней`, `1 день назад`, `в декабре 2026 года`.
fn when(scene: Scene<'_>, on: When) -> String {
    match days_from_today(scene, on) {
        None => ru::at(on),
        Some(0) => "сегодня".to_owned(),
        Some(days) if days > 0 => format!("через {}", grammar::days(days.unsigned_abs(), Lang::Ru)),
        Some(days) => format!("{} назад", grammar::days(days.unsigned_abs(), Lang::Ru)),
    }
}

fn date(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let is_moved = matches!(dated.beside, Beside::KnownBetter | Beside::NoLonger(_));
    let when = match dated.tense {
        Tense::Cancelled => {
            let (what, ..) = event(dated.due);
            return format!("дата отменена ({what}, {})", grammar::day(dated.on.on, Lang::Ru));
        }
        Tense::Coming if is_moved => ru::at(dated.on),
        Tense::Coming | Tense::Today | Tense::Come => when(scene, dated.on),
    };
    format!("{} {when}", undated(dated))
}

fn undated(dated: &Dated<'_>) -> String {
    let (what, coming, come) = event(dated.due);
    let verb = match dated.tense {
        Tense::Come => come,
        Tense::Coming | Tense::Today => coming,
        Tense::Cancelled => return format!("дата отменена ({what})"),
    };
    if verb.is_empty() { what } else { format!("{what} {verb}") }
}

/// A dated event as a noun and its verb, to come and past.
fn event(date: &DueDate) -> (String, &'static str, &'static str) {
    let act = date.reason.ground.as_ref().map(|ground| ground.kind);
    let (what, coming, come) = match date.kind {
        DateKind::EntryIntoForce | DateKind::StateEntryIntoForce => ("вступление в силу", "", ""),
        DateKind::Expiry => ("срок действия", "истекает", "истёк"),
        DateKind::LastNoticeDay => ("срок уведомления об отказе", "истекает", "истёк"),
        DateKind::Renewal => ("автоматическое продление", "", ""),
        DateKind::WithdrawalEffect => ("выход", "вступает в силу", "вступил в силу"),
        DateKind::Effect if act == Some(ActKind::EndOfStatehood) => ("прекращение существования", "", ""),
        DateKind::Effect => ("акт", "вступает в силу", "вступил в силу"),
        DateKind::Reinstatement => ("прежние меры", "возобновятся", "должны были возобновиться"),
        DateKind::Deadline => {
            return (format!("срок «{}»", cut(&deadline_of(date), DEADLINE_CHARS_MAX)), "", "");
        }
        DateKind::Conference => ("конференция", "состоится", "должна была состояться"),
        DateKind::Meeting => ("заседание", "состоится", "должно было состояться"),
        DateKind::EndOfMandate => ("мандат", "истекает", "истёк"),
        DateKind::OfferEnds => ("срок предложения", "истекает", "истёк"),
        DateKind::Watch => ("контрольная дата", "наступает", "наступила"),
    };
    (what.to_owned(), coming, come)
}

fn effect(part: &Part<'_>) -> Option<String> {
    match part {
        Part::Status { state: None, to, .. } => Some(format!("статус — «{}»", to.label(Lang::Ru))),
        Part::TakesEffect(due) if due.kind == DateKind::EntryIntoForce => {
            Some(format!("вступление в силу {}", ru::at(When::of(due))))
        }
        Part::TakesEffect(due) if due.kind == DateKind::WithdrawalEffect => {
            Some(format!("выход — {}", ru::at(When::of(due))))
        }
        Part::TakesEffect(due) => Some(format!("действует {}", ru::since(When::of(due)))),
        Part::Moved { date, to, .. } if name_of(date) == DateKind::Expiry.as_str() => {
            Some(format!("срок — до {}", russian_genitive(*to)))
        }
        Part::Progress { to, needed, .. } => Some(format!("{to} из {needed} ратификаций")),
        _ => None,
    }
}

/// An act without its treaty, whose it was and its day.
fn act(scene: Scene<'_>, act: &Act) -> String {
    let kind = scene.treaty.kind;
    match act.kind {
        ActKind::Adoption if kind == InstrumentKind::ExpertGroup => "группа учреждена",
        ActKind::Adoption if !scene.treaty.is_treaty() => "документ принят",
        ActKind::Termination if kind == InstrumentKind::ExpertGroup => "работа группы завершена",
        ActKind::Proposal => "документ внесён",
        ActKind::Endorsement => "документ одобрен",
        ActKind::EndOfProvisionalApplication => "конец временного применения",
        ActKind::ConsentToBeBound => "согласие на обязательность",
        ActKind::Declaration => "заявление сделано",
        ActKind::Reservation => "оговорка сделана",
        ActKind::WithdrawalOfReservation => "оговорка снята",
        ActKind::ModificationOfReservation => "оговорка изменена",
        ActKind::Objection => "возражение заявлено",
        ActKind::Amendment => "поправки внесены",
        ActKind::Extension => "действие продлено",
        ActKind::IndefiniteExtension => "бессрочное продление",
        ActKind::Conference => "конференция открылась",
        ActKind::Suspension => "действие приостановлено",
        ActKind::Resumption => "действие возобновлено",
        ActKind::NoticeOfWithdrawal => "уведомление о выходе подано",
        ActKind::SuspensionOfNotice => "уведомление приостановлено",
        ActKind::RevocationOfNotice => "уведомление отозвано",
        ActKind::RevocationOfRatification => "ратификация отозвана",
        ActKind::NoticeOfReinstatement => "уведомление о прежних мерах",
        ActKind::EndOfStatehood => "прекращение существования",
        ActKind::Supersession => "документ заменён",
        ActKind::Termination => "действие прекращено",
        ActKind::Adoption
        | ActKind::OpeningForSignature
        | ActKind::Signature
        | ActKind::ProvisionalApplication
        | ActKind::DefinitiveSignature
        | ActKind::Ratification
        | ActKind::Acceptance
        | ActKind::Approval
        | ActKind::Accession
        | ActKind::Succession
        | ActKind::FormalConfirmation
        | ActKind::ExchangeOfInstruments
        | ActKind::EntryIntoForce
        | ActKind::Withdrawal => act.kind.label(Lang::Ru),
    }
    .to_owned()
}
