//! Headlines in Russian: `ДРСМД, США: выход вступает в силу через 30 дней`. As in sentences, titles and names of states
//! are in the nominative and head the line.

use super::{
    DEADLINE_CHARS_MAX, Head, caveat, cut, days_from_today, fit, short_name, towards, towards_in_brackets,
    who_acted, with_short_day,
};
use crate::alerts::wording::part::{Beside, Dated, Part, Scene, Tense, Turn, When};
use crate::alerts::wording::ru::{self, Event, IS_DUE_FEMININE, IS_DUE_NEUTER, TAKES_EFFECT};
use crate::alerts::wording::{deadline_of, is_deadline, name_of};
use crate::domain::act::{Act, ActKind};
use crate::domain::grammar::{self, russian_genitive, russian_plural, russian_when};
use crate::domain::id::StateId;
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::domain::treaty::{Certainty, DateKind, InstrumentKind};

pub(super) fn headline(scene: Scene<'_>, parts: &[Part<'_>]) -> String {
    let title = scene.treaty.short_title.in_lang(Lang::Ru);
    let caveat = caveat(scene, parts, Lang::Ru);
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
        let dated = tail(format!("{act} {}", on(done)));
        let short = with_short_day(&dated, done.on, Lang::Ru);
        vec![tail(ru::act(scene, done)), dated, short, tail(act)]
    };
    let mut tails = match first {
        Part::Act(done) => {
            let (who, act) = (who_acted(scene, done, Lang::Ru), act(scene, done));
            let effect =
                if caveat.is_empty() { parts.iter().find_map(|part| effect(scene, part)) } else { None };
            let effect = effect.map(|effect| behind(who.clone(), format!("{act}, {effect}")));
            let dated = behind(who.clone(), format!("{act} {}{caveat}", on(done)));
            let short = with_short_day(&dated, done.on, Lang::Ru);
            let clause = behind(who.clone(), format!("{}{caveat}", ru::act(scene, done)));
            let undated = behind(who.clone(), format!("{act}{caveat}"));
            // That several acted is left out before a title is cut.
            let several = (!done.jointly.is_empty()).then(|| behind(String::new(), format!("{act}{caveat}")));
            effect.into_iter().chain([clause, dated, short, undated]).chain(several).collect()
        }
        Part::Corrected(done, _) => record("исправлено", done),
        Part::TakenBack(done) => record("отменено", done),
        Part::Date(dated) => {
            let whole = behind(name(dated.due.state), format!("{}{caveat}", date(scene, dated)));
            let mut tails = vec![whole.clone(), with_short_day(&whole, dated.on.on, Lang::Ru)];
            if dated.tense != Tense::Cancelled {
                let day = format!("{} — {}{caveat}", short_noun(scene, dated.due), when(scene, dated.on));
                tails.push(behind(name(dated.due.state), day));
            }
            tails
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
                Turn::Began(kind, state) => (*state, format!("{} началось {when}", ru::overlay(*kind))),
                Turn::Over(kind, state) => (*state, format!("{} завершилось {when}", ru::overlay(*kind))),
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
    // Towards whom it applies is left out before its day is.
    let whom = towards_in_brackets(scene, parts, Lang::Ru);
    if !whom.is_empty() {
        tails.extend(tails.iter().map(|tail| tail.replace(&whom, "")).collect::<Vec<_>>());
    }
    // A title is cut before a day that comes is left out, but not for a day on which nothing happens any more.
    let short = |done: &Act| behind(who_acted(scene, done, Lang::Ru), short_act(scene, done));
    let undated = match first {
        Part::Act(done) => vec![format!("{}{caveat}", short(done))],
        Part::Corrected(done, _) => vec![format!(" (исправлено){}", short(done))],
        Part::TakenBack(done) => vec![format!(" (отменено){}", short(done))],
        Part::Date(dated) if dated.tense == Tense::Cancelled => {
            tails.push(behind(name(dated.due.state), format!("{}{caveat}", undated(scene, dated))));
            vec![behind(name(dated.due.state), format!("{} отпадает{caveat}", short_noun(scene, dated.due)))]
        }
        Part::Date(dated) => [undated(scene, dated), short_noun(scene, dated.due)]
            .map(|what| behind(name(dated.due.state), format!("{what}{caveat}")))
            .to_vec(),
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

/// `сегодня`, `завтра`, `через 30 дней`, `вчера`, `в декабре 2026 года`.
fn when(scene: Scene<'_>, on: When) -> String {
    match days_from_today(scene, on) {
        None => ru::at(on),
        Some(0) => "сегодня".to_owned(),
        Some(1) => "завтра".to_owned(),
        Some(-1) => "вчера".to_owned(),
        Some(days) if days > 0 => format!("через {}", grammar::days(days.unsigned_abs(), Lang::Ru)),
        Some(days) => format!("{} назад", grammar::days(days.unsigned_abs(), Lang::Ru)),
    }
}

fn date(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let is_moved = matches!(dated.beside, Beside::KnownBetter | Beside::NoLonger(_));
    let Event { what, coming, .. } = event(scene, dated.due);
    match dated.tense {
        Tense::Cancelled => {
            format!("{} {} больше не ожидается", noun(scene, dated.due), russian_when(dated.on.on))
        }
        Tense::Coming if is_moved => format!("{what} теперь {coming} {}", ru::at(dated.on)),
        Tense::Coming | Tense::Today | Tense::Come => {
            format!("{} {}", undated(scene, dated), when(scene, dated.on))
        }
    }
}

fn undated(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let Event { what, coming, come } = event(scene, dated.due);
    match dated.tense {
        Tense::Come => format!("{what} {come}"),
        Tense::Coming | Tense::Today => format!("{what} {coming}"),
        Tense::Cancelled if matches!(dated.due.kind, DateKind::Deadline | DateKind::LastNoticeDay) => {
            format!("{} больше не действует", short_noun(scene, dated.due))
        }
        Tense::Cancelled => format!("{} больше не ожидается", noun(scene, dated.due)),
    }
}

/// A date as a noun that is short.
fn short_noun(scene: Scene<'_>, date: &DueDate) -> String {
    match date.kind {
        DateKind::Deadline => event(scene, date).what,
        DateKind::LastNoticeDay => "срок отказа от продления".to_owned(),
        _ => noun(scene, date),
    }
}

fn deadline_name(scene: Scene<'_>, date: &DueDate) -> String {
    let name = deadline_of(date, scene.treaty);
    name.ru.unwrap_or(name.en)
}

/// A date as a noun.
fn noun(scene: Scene<'_>, date: &DueDate) -> String {
    match date.kind {
        DateKind::Deadline => {
            format!("истечение срока «{}»", cut(&deadline_name(scene, date), DEADLINE_CHARS_MAX))
        }
        DateKind::StateEntryIntoForce => ru::noun(DateKind::EntryIntoForce).to_owned(),
        DateKind::Effect => match date.reason.ground.as_ref().map(|ground| ground.kind) {
            Some(ActKind::EndOfStatehood) => "прекращение существования".to_owned(),
            _ => event(scene, date).what,
        },
        kind => ru::noun(kind).to_owned(),
    }
}

/// A dated event as a noun and its verb, to come and past.
fn event(scene: Scene<'_>, date: &DueDate) -> Event {
    let of = |what: &str, [coming, come]: [&str; 2]| Event {
        what: what.to_owned(),
        coming: coming.to_owned(),
        come: come.to_owned(),
    };
    let expires = ["истекает", "истёк"];
    match date.kind {
        DateKind::EntryIntoForce | DateKind::StateEntryIntoForce => of("договор", TAKES_EFFECT),
        DateKind::Expiry => of("срок действия", expires),
        DateKind::LastNoticeDay => of("срок уведомления об отказе от продления", expires),
        DateKind::Renewal => of("действие", ["автоматически продлевается", "автоматически продлено"]),
        DateKind::WithdrawalEffect => of("выход", TAKES_EFFECT),
        DateKind::Effect => ru::effect(date),
        DateKind::Reinstatement => of("прежние меры", ["должны возобновиться", "должны были возобновиться"]),
        DateKind::Deadline => {
            of(&format!("срок «{}»", cut(&deadline_name(scene, date), DEADLINE_CHARS_MAX)), expires)
        }
        DateKind::Conference => of("конференция", IS_DUE_FEMININE),
        DateKind::Meeting => of("совещание", IS_DUE_NEUTER),
        DateKind::EndOfMandate => of("мандат", expires),
        DateKind::OfferEnds => of("срок предложения", expires),
        DateKind::Watch => of("контрольная дата", ["наступает", "наступила"]),
    }
}

fn effect(scene: Scene<'_>, part: &Part<'_>) -> Option<String> {
    match part {
        Part::Status { state: None, to, .. } => Some(format!("статус — «{}»", to.label(Lang::Ru))),
        // The condition has no place in one line.
        Part::TakesEffect(due) if due.certainty == Certainty::Conditional => None,
        Part::TakesEffect(due) if due.kind == DateKind::EntryIntoForce => {
            Some(format!("вступление в силу {}", ru::at(When::of(due))))
        }
        Part::TakesEffect(due) if due.kind == DateKind::WithdrawalEffect => {
            Some(format!("выход — {}", ru::at(When::of(due))))
        }
        Part::TakesEffect(due) if due.kind == DateKind::Deadline => {
            Some(format!("теперь до {}", russian_genitive(due.on)))
        }
        Part::TakesEffect(due) => Some(format!("действует {}", ru::since(When::of(due)))),
        Part::Moved { date, to, .. } if name_of(date) == DateKind::Expiry.as_str() => {
            Some(format!("срок — до {}", russian_genitive(*to)))
        }
        Part::Moved { date, to, .. } if is_deadline(date, scene.treaty) => {
            Some(format!("теперь до {}", russian_genitive(*to)))
        }
        Part::Progress { to, needed, .. } => Some(format!("{to} из {needed} ратификаций")),
        _ => None,
    }
}

/// When an act was, or since when.
fn on(act: &Act) -> String {
    match act.kind {
        ActKind::ProvisionalApplication => ru::since(When::exactly(act.on)),
        _ => russian_when(act.on),
    }
}

/// An act in fewer words, where a line has no room for more.
fn short_act(scene: Scene<'_>, done: &Act) -> String {
    match done.kind {
        ActKind::EndOfProvisionalApplication => "отзыв временного применения".to_owned(),
        ActKind::IntentionNotToBecomeParty => "отказ от участия".to_owned(),
        ActKind::ConsentToBeBound => "согласие на обязательность".to_owned(),
        ActKind::SuspensionOfNotice => "уведомление приостановлено".to_owned(),
        ActKind::RevocationOfNotice => "уведомление отозвано".to_owned(),
        ActKind::NoticeOfReinstatement => "уведомление о прежних мерах".to_owned(),
        _ => act(scene, done),
    }
}

/// An act without its treaty, whose it was and its day.
fn act(scene: Scene<'_>, act: &Act) -> String {
    let kind = scene.treaty.kind;
    let (text, _) = ru::instrument(scene);
    let whom = || towards(scene, act, Lang::Ru).map(|whom| format!(" (в отн.: {whom})")).unwrap_or_default();
    match act.kind {
        ActKind::Proposal => return format!("{text} внесён"),
        ActKind::Endorsement => return format!("{text} одобрен"),
        ActKind::Supersession => return format!("{text} заменён"),
        ActKind::Adoption if kind == InstrumentKind::ExpertGroup => "группа учреждена",
        ActKind::Adoption if kind == InstrumentKind::Statement => "документ опубликован",
        ActKind::Adoption if !scene.treaty.is_treaty() => "документ принят",
        ActKind::Termination if kind == InstrumentKind::ExpertGroup => "работа группы завершена",
        ActKind::IntentionNotToBecomeParty => "заявлено намерение не участвовать",
        ActKind::Declaration => "заявление сделано",
        ActKind::Reservation => "оговорка сделана",
        ActKind::WithdrawalOfReservation => "оговорка снята",
        ActKind::ModificationOfReservation => "оговорка изменена",
        ActKind::Objection => "возражение заявлено",
        ActKind::Amendment => "поправки внесены",
        ActKind::Extension => "действие продлено",
        ActKind::IndefiniteExtension => "бессрочное продление",
        ActKind::Conference => "конференция открылась",
        ActKind::Suspension => return format!("действие приостановлено{}", whom()),
        ActKind::Resumption => return format!("действие возобновлено{}", whom()),
        ActKind::NoticeOfWithdrawal => "уведомление о выходе подано",
        ActKind::SuspensionOfNotice => "уведомление о выходе приостановлено",
        ActKind::RevocationOfNotice if !scene.treaty.is_treaty() => "уведомление отозвано",
        ActKind::RevocationOfNotice => "уведомление о выходе отозвано",
        ActKind::RevocationOfRatification => "ратификация отозвана",
        ActKind::DeadlineExtension => "срок продлён",
        ActKind::EndOfStatehood => "прекращение существования",
        ActKind::Termination => "действие прекращено",
        ActKind::Adoption
        | ActKind::OpeningForSignature
        | ActKind::Signature
        | ActKind::ProvisionalApplication
        | ActKind::EndOfProvisionalApplication
        | ActKind::ConsentToBeBound
        | ActKind::DefinitiveSignature
        | ActKind::Ratification
        | ActKind::Acceptance
        | ActKind::Approval
        | ActKind::Accession
        | ActKind::Succession
        | ActKind::FormalConfirmation
        | ActKind::ExchangeOfInstruments
        | ActKind::EntryIntoForce
        | ActKind::NoticeOfReinstatement
        | ActKind::DeadlineMet
        | ActKind::Withdrawal => act.kind.label(Lang::Ru),
    }
    .to_owned()
}
