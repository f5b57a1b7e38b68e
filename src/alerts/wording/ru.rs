//! Alerts in Russian.
//!
//! Names of states and titles are kept in the nominative: they head the sentence ("ДВЗЯИ, Тонга:
//! договор ратифицирован 7 июля 2026 года"), stand behind a colon or in brackets, and no verb has to
//! agree with them. What comes behind them are clauses, whose verbs agree with nouns of this file.

use crate::domain::act::{Act, ActKind};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar::{self, russian_genitive, russian_plural, russian_when};
use crate::domain::id::{DateId, StateId};
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::domain::status::{Ground, OverlayKind, Reason, Rule, Standing};
use crate::domain::treaty::{DateKind, InstrumentKind, Reading};
use crate::domain::words;

use super::article::Article;
use super::part::{Beside, Dated, Doubt, Part, Scene, Tense, Turn, When};
use super::{
    Names, actors, contending, deadline_of, deadline_of_act, grounds, is_deadline, name_of, quoted, spaced,
    towards_of,
};

/// All parts as one sentence, behind the treaty and the state that it is about.
pub(super) fn sentence(scene: Scene<'_>, parts: &[Part<'_>]) -> String {
    let about = parts.first().map(about).unwrap_or_default();
    let text = parts.iter().map(|one| part(scene, one, &about)).collect::<Vec<_>>().join("; ");
    let title = scene.treaty.short_title.in_lang(Lang::Ru);
    let mut head = format!("{}{title}", parts.first().map(before_head).unwrap_or_default());
    if !about.is_empty() {
        head.push_str(&format!(", {}", list(scene.names, &about)));
    }
    format!("{head}: {text}.")
}

/// The states that a sentence is about, which begins with this.
fn about(first: &Part<'_>) -> Vec<StateId> {
    match first {
        Part::Act(act) | Part::Corrected(act, _) | Part::TakenBack(act) => actors(act).to_vec(),
        Part::Date(date) => date.due.state.into_iter().collect(),
        Part::Turn { turn, .. } => match turn {
            Turn::Treaty { .. } => Vec::new(),
            Turn::Became(state, _) | Turn::Left(state) => vec![*state],
            Turn::Began(_, state) | Turn::Over(_, state) => state.iter().copied().collect(),
        },
        Part::Backfill(_)
        | Part::Missed { .. }
        | Part::Corrections(_)
        | Part::Redefined
        | Part::Undone
        | Part::Stale(_)
        | Part::Progress { .. }
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
    }
}

/// What is said before the treaty's name: that it is about the record.
fn before_head(first: &Part<'_>) -> &'static str {
    match first {
        Part::Corrected(..) => "Запись исправлена — ",
        Part::TakenBack(_) => "Запись аннулирована — ",
        Part::Act(_)
        | Part::Backfill(_)
        | Part::Missed { .. }
        | Part::Corrections(_)
        | Part::Redefined
        | Part::Undone
        | Part::Stale(_)
        | Part::Date(_)
        | Part::Turn { .. }
        | Part::Progress { .. }
        | Part::Moved { .. }
        | Part::DueAgain { .. }
        | Part::Cancelled { .. }
        | Part::Status { .. }
        | Part::MoreChanges(_)
        | Part::OfStates(_)
        | Part::TakesEffect(_)
        | Part::Doubt(_)
        | Part::Disputed { .. }
        | Part::ReadingsDiffer => "",
    }
}

/// One part of a sentence that is about `about`.
fn part(scene: Scene<'_>, part: &Part<'_>, about: &[StateId]) -> String {
    let Scene { treaty, names, .. } = scene;
    match part {
        Part::Act(done) | Part::TakenBack(done) => act(scene, done),
        Part::Corrected(done, old) => {
            let old = old.map(|old| format!(" (прежняя запись: {})", deed(scene, old.kind, old.on)));
            format!("{}{}", act(scene, done), old.unwrap_or_default())
        }
        Part::Backfill(acts) => {
            let forms = ["акт, предшествующий", "акта, предшествующих", "актов, предшествующих"];
            format!("записи дополнены ({} началу наблюдения)", counted(*acts, forms))
        }
        Part::Missed { alerts, since, today } => {
            let alerts =
                counted(*alerts, ["оповещение запоздало", "оповещения запоздали", "оповещений запоздало"]);
            let (since, today) = (russian_genitive(*since), grammar::day(*today, Lang::Ru));
            format!("{alerts}: с {since} по {today} проверок не было")
        }
        Part::Corrections(acts) => {
            format!("записи исправлены ({})", counted(*acts, ["акт", "акта", "актов"]))
        }
        Part::Redefined => "исправлены записи о его положениях".to_owned(),
        Part::Stale(on) => format!(
            "сведения в последний раз подтверждены {}; обновите набор данных или сверьтесь с депозитарием",
            grammar::day(*on, Lang::Ru)
        ),
        Part::Undone => "одно из прежних оповещений утратило силу".to_owned(),
        Part::Date(date) => dated(scene, date, about),
        Part::Turn { turn, on, reason } => {
            let whom = towards(scene, towards_of(reason));
            let whom = if matches!(turn, Turn::Began(..) | Turn::Over(..)) { whom } else { String::new() };
            format!(
                "{}{whom}{}",
                turned(*turn, *on),
                because("", scene, reason, reason.ground.as_ref(), about)
            )
        }
        Part::Progress { from, to, needed } => {
            format!("ратификации, необходимые для вступления в силу: {to} из {needed} (ранее — {from})")
        }
        Part::Moved { date, from, to } => {
            let (from, to) = (russian_genitive(*from), grammar::day(*to, Lang::Ru));
            format!("{} переносится с {from} на {to}", date_name(scene, date))
        }
        Part::DueAgain { date, on } => {
            format!("{} вновь ожидается {}", date_name(scene, date), russian_when(*on))
        }
        Part::Cancelled { date, on } => cancelled(&date_name(scene, date), *on),
        Part::Status { state, from, to, on } => {
            let of_whom = match state {
                Some(state) if !about.contains(state) => format!("{}: ", name(names, *state)),
                Some(_) | None => String::new(),
            };
            let what = if state.is_none() && !about.is_empty() {
                format!("статус {}", instrument(scene).1)
            } else {
                "статус".to_owned()
            };
            format!("{of_whom}{what} {}", becomes(*from, *to, When::exactly(*on)))
        }
        Part::MoreChanges(more) => {
            format!("и ещё {}", counted(*more, ["изменение", "изменения", "изменений"]))
        }
        Part::OfStates(changes) => {
            let changes = counted(*changes, ["изменение", "изменения", "изменений"]);
            format!("ещё {changes} в статусе государств")
        }
        Part::TakesEffect(due) => {
            let article = due.reason.article.as_deref().map(|text| format!(" ({})", articles(text)));
            format!("{}{}", date(scene, due, Tense::Coming, When::of(due)), article.unwrap_or_default())
        }
        Part::Doubt(Doubt::Contested(Some(reading))) => contested(reading, names),
        Part::Doubt(Doubt::Contested(None)) => "оспаривается".to_owned(),
        Part::Doubt(Doubt::Conditional) => words::condition(Lang::Ru).to_owned(),
        Part::Doubt(Doubt::Expected) => "ожидается по сложившейся практике".to_owned(),
        Part::Doubt(Doubt::Nominal) => "дата условная, обязательств не влечёт".to_owned(),
        Part::Doubt(Doubt::NoDecision) => "сведений о более позднем решении нет".to_owned(),
        Part::Disputed { by, also: false } => format!("оспаривают: {}", list(names, by)),
        Part::Disputed { by, also: true } => format!("сам акт оспаривают также: {}", list(names, by)),
        Part::ReadingsDiffer => {
            let told = contending(treaty).into_iter().enumerate().map(|(place, (reading, by))| match by {
                [] => {
                    let one = if place == 0 { "одна из них" } else { "другая" };
                    format!("{one} — «{}» [en]", spaced(reading.as_str()))
                }
                by => {
                    let one = if place == 0 { "одну из них" } else { "другую" };
                    format!("{one} отстаивают: {}", list(names, by))
                }
            });
            let told = told.collect::<Vec<_>>().join("; ");
            format!("позиции расходятся, и ни одна не подтверждена депозитарием; {told}")
        }
    }
}

fn counted(number: usize, forms: [&str; 3]) -> String {
    format!("{number} {}", russian_plural(number as u64, forms))
}

fn name(names: Names<'_>, id: StateId) -> String {
    names.in_lang(id, Lang::Ru)
}

fn list(names: Names<'_>, ids: &[StateId]) -> String {
    let each: Vec<String> = ids.iter().map(|id| name(names, *id)).collect();
    match each.as_slice() {
        // Several names have an "и" of their own.
        [first @ .., last] if !first.is_empty() && !last.contains(" и ") => {
            format!("{} и {last}", first.join(", "))
        }
        many => many.join(", "),
    }
}

/// When something is: `5 февраля 2026 года`, `не ранее марта 2026 года`.
pub(super) fn at(when: When) -> String {
    if when.at_the_earliest {
        format!("не ранее {}", russian_genitive(when.on))
    } else {
        russian_when(when.on)
    }
}

/// Since when something is: `с 5 февраля 2026 года`.
pub(super) fn since(when: When) -> String {
    let than = if when.at_the_earliest { "не ранее чем " } else { "" };
    format!("{than}с {}", russian_genitive(when.on))
}

/// What an act concerns, as a masculine noun: in the nominative, with which verbs agree, and in the genitive.
pub(super) fn instrument(scene: Scene<'_>) -> (&'static str, &'static str) {
    match scene.treaty.kind {
        InstrumentKind::Treaty => ("договор", "договора"),
        InstrumentKind::Draft => ("проект", "проекта"),
        InstrumentKind::Resolution
        | InstrumentKind::PoliticalCommitment
        | InstrumentKind::ExpertGroup
        | InstrumentKind::Statement => ("документ", "документа"),
    }
}

/// What an act was, behind the treaty and whose act it was.
pub(super) fn act(scene: Scene<'_>, act: &Act) -> String {
    let when = russian_when(act.on);
    let is_anyones = !actors(act).is_empty();
    let kind = scene.treaty.kind;
    let (text, of_text) = instrument(scene);
    match act.kind {
        ActKind::Proposal => format!("{text} внесён на рассмотрение {when}"),
        ActKind::Adoption => match kind {
            InstrumentKind::Treaty | InstrumentKind::Draft => format!("текст принят {when}"),
            InstrumentKind::Resolution | InstrumentKind::PoliticalCommitment => {
                format!("документ принят {when}")
            }
            InstrumentKind::Statement => format!("документ опубликован {when}"),
            InstrumentKind::ExpertGroup => format!("группа учреждена {when}"),
        },
        ActKind::Endorsement => format!("{text} одобрен {when}"),
        ActKind::OpeningForSignature => format!("{text} открыт для подписания {when}"),
        ActKind::Signature => format!("{text} подписан {when}"),
        ActKind::IntentionNotToBecomeParty => {
            format!("заявление о намерении не становиться участником {of_text} сделано {when}")
        }
        ActKind::ProvisionalApplication => {
            format!("{text} временно применяется {}", since(When::exactly(act.on)))
        }
        ActKind::EndOfProvisionalApplication => {
            format!("уведомление о прекращении временного применения {of_text} подано {when}")
        }
        ActKind::DefinitiveSignature => format!("{text} подписан окончательно {when}"),
        ActKind::Ratification => format!("{text} ратифицирован {when}"),
        ActKind::Acceptance => {
            format!("согласие на обязательность {of_text} выражено путём принятия {when}")
        }
        ActKind::Approval => format!("{text} утверждён {when}"),
        ActKind::Accession => format!("присоединение к договору оформлено {when}"),
        ActKind::Succession => format!("правопреемство в отношении {of_text} оформлено {when}"),
        ActKind::FormalConfirmation => format!("{text} официально подтверждён {when}"),
        ActKind::ConsentToBeBound => format!("согласие на обязательность {of_text} выражено {when}"),
        ActKind::ExchangeOfInstruments => format!("обмен ратификационными грамотами состоялся {when}"),
        ActKind::EntryIntoForce => format!("{text} вступил в силу {when} (по данным источника)"),
        ActKind::Declaration => format!("заявление сделано {when}"),
        ActKind::Reservation => format!("оговорка сделана {when}"),
        ActKind::WithdrawalOfReservation => format!("оговорка снята {when}"),
        ActKind::ModificationOfReservation => format!("оговорка изменена {when}"),
        ActKind::Objection => {
            let effect = if act.precludes_entry_into_force {
                ", договор между ними в силу не вступает"
            } else {
                ""
            };
            format!("возражение заявлено {when}{}{effect}", towards(scene, &act.towards))
        }
        ActKind::Amendment => format!("поправки внесены {when}"),
        ActKind::Extension => format!("действие {of_text} продлено {when}"),
        ActKind::IndefiniteExtension => format!("действие {of_text} бессрочно продлено {when}"),
        ActKind::Conference => format!("конференция открылась {when}"),
        ActKind::Suspension if is_anyones => {
            format!("действие {of_text} приостановлено {when}{}", towards(scene, &act.towards))
        }
        ActKind::Suspension => format!("действие {of_text} приостановлено сторонами {when}"),
        ActKind::Resumption if is_anyones => {
            format!("действие {of_text} возобновлено {when}{}", towards(scene, &act.towards))
        }
        ActKind::Resumption => format!("действие {of_text} возобновлено сторонами {when}"),
        ActKind::NoticeOfWithdrawal => format!("уведомление о выходе подано {when}"),
        ActKind::SuspensionOfNotice => format!("действие уведомления о выходе приостановлено {when}"),
        ActKind::RevocationOfNotice if scene.treaty.is_treaty() => {
            format!("уведомление о выходе отозвано {when}")
        }
        ActKind::RevocationOfNotice => format!("уведомление отозвано {when}"),
        ActKind::Withdrawal => format!("выход из {of_text} состоялся {when}"),
        ActKind::RevocationOfRatification => format!("ратификация отозвана {when}, что не означает выхода"),
        ActKind::NoticeOfReinstatement => {
            format!("уведомление о восстановлении прежних мер подано {when}")
        }
        ActKind::DeadlineExtension => format!("срок {} продлён {when}", deadline_label(scene, act)),
        ActKind::DeadlineMet => {
            format!(
                "заявление о выполнении обязательства со сроком {} сделано {when}",
                deadline_label(scene, act)
            )
        }
        ActKind::EndOfStatehood => format!("государство-участник прекратило существование {when}"),
        ActKind::Supersession => format!("{text} заменён другим {when}"),
        ActKind::Termination => match kind {
            InstrumentKind::Treaty
            | InstrumentKind::Draft
            | InstrumentKind::Resolution
            | InstrumentKind::PoliticalCommitment
            | InstrumentKind::Statement => format!("действие {of_text} прекращено {when}"),
            InstrumentKind::ExpertGroup => format!("работа группы завершена {when}"),
        },
    }
}

/// Which parties something concerns, if it does not concern all.
fn towards(scene: Scene<'_>, states: &[StateId]) -> String {
    if states.is_empty() {
        String::new()
    } else {
        format!(" (в отношении: {})", list(scene.names, states))
    }
}

/// The name of a deadline in quotes, and its article.
fn deadline_label(scene: Scene<'_>, act: &Act) -> String {
    let (name, of) = deadline_of_act(act, scene.treaty);
    format!("{}{}", quoted(&name, Lang::Ru), of.map(|of| format!(" ({})", articles(of))).unwrap_or_default())
}

/// An act with its day, behind a date that rests on it: documents are "от", deeds are not.
fn deed(scene: Scene<'_>, kind: ActKind, on: PartialDay) -> String {
    let label = kind.label(Lang::Ru);
    match kind {
        ActKind::Proposal
        | ActKind::Declaration
        | ActKind::IntentionNotToBecomeParty
        | ActKind::Reservation
        | ActKind::Objection
        | ActKind::Amendment
        | ActKind::Extension
        | ActKind::IndefiniteExtension
        | ActKind::EndOfProvisionalApplication
        | ActKind::NoticeOfWithdrawal
        | ActKind::DeadlineExtension
        | ActKind::DeadlineMet
        | ActKind::NoticeOfReinstatement => format!("{label} от {}", russian_genitive(on)),
        ActKind::ProvisionalApplication => format!("{label} с {}", russian_genitive(on)),
        // Not of a text alone, as the label has it.
        ActKind::Adoption if !scene.treaty.is_treaty() => {
            let label = match scene.treaty.kind {
                InstrumentKind::ExpertGroup => "учреждение",
                InstrumentKind::Statement => "опубликование",
                InstrumentKind::Treaty
                | InstrumentKind::Draft
                | InstrumentKind::Resolution
                | InstrumentKind::PoliticalCommitment => "принятие",
            };
            format!("{label} {}", russian_when(on))
        }
        ActKind::Adoption
        | ActKind::Endorsement
        | ActKind::OpeningForSignature
        | ActKind::Signature
        | ActKind::DefinitiveSignature
        | ActKind::Ratification
        | ActKind::Acceptance
        | ActKind::Approval
        | ActKind::Accession
        | ActKind::WithdrawalOfReservation
        | ActKind::ModificationOfReservation
        | ActKind::Succession
        | ActKind::FormalConfirmation
        | ActKind::ConsentToBeBound
        | ActKind::ExchangeOfInstruments
        | ActKind::EntryIntoForce
        | ActKind::Conference
        | ActKind::Suspension
        | ActKind::Resumption
        | ActKind::SuspensionOfNotice
        | ActKind::RevocationOfNotice
        | ActKind::Withdrawal
        | ActKind::RevocationOfRatification
        | ActKind::EndOfStatehood
        | ActKind::Supersession
        | ActKind::Termination => format!("{label} {}", russian_when(on)),
    }
}

/// A dated event with its day and why it is on that day.
fn dated(scene: Scene<'_>, dated: &Dated<'_>, about: &[StateId]) -> String {
    let beside = match dated.beside {
        Beside::Nothing => String::new(),
        Beside::DaysLeft(1) => ", завтра".to_owned(),
        Beside::DaysLeft(left) => format!(", через {}", grammar::days(left, Lang::Ru)),
        Beside::DaysToBeginning(left) => {
            let [period, of_period] = if dated.on.on.precision() == Precision::Year {
                ["год", "года"]
            } else {
                ["месяц", "месяца"]
            };
            match left {
                1 => format!(", {period} начинается завтра"),
                _ => format!(", до начала {of_period} — {}", grammar::days(left, Lang::Ru)),
            }
        }
        Beside::KnownBetter => " (дата уточнена)".to_owned(),
        Beside::NoLonger(before) => format!(", а не {}, как прежде", russian_when(before)),
    };
    let basis = if dated.tense == Tense::Cancelled { "прежнее основание — " } else { "" };
    let why = because(basis, scene, dated.reason, dated.ground(), about);
    format!("{}{beside}{why}", date(scene, dated.due, dated.tense, dated.on))
}

/// A dated event on its day, behind the treaty and the state.
fn date(scene: Scene<'_>, date: &DueDate, tense: Tense, on: When) -> String {
    let Event { what, coming, come } = event(scene, date);
    match tense {
        Tense::Coming | Tense::Today => format!("{what} {coming} {}", at(on)),
        Tense::Come => format!("{what} {come} {}", at(on)),
        Tense::Cancelled => cancelled(&what_of(scene, date), on.on),
    }
}

/// A dated event as a noun and its verb, to come and past.
pub(super) struct Event {
    pub what: String,
    pub coming: String,
    pub come: String,
}

fn event(scene: Scene<'_>, date: &DueDate) -> Event {
    let (text, of_text) = instrument(scene);
    let of = |what: &str, [coming, come]: [&str; 2]| Event {
        what: what.to_owned(),
        coming: coming.to_owned(),
        come: come.to_owned(),
    };
    let expires = ["истекает", "истёк"];
    match date.kind {
        DateKind::EntryIntoForce => of(text, ["вступает в силу", "вступил в силу"]),
        DateKind::StateEntryIntoForce => {
            // So many of them, where they share the date.
            let name = date.state.map(|state| name(scene.names, state)).unwrap_or_default();
            let are_many = name.starts_with(|first: char| first.is_ascii_digit());
            let whom =
                if are_many { "этих государств" } else { "этого государства" };
            let verbs = ["вступает", "вступил"].map(|verb| format!("{verb} в силу для {whom}"));
            of(text, verbs.each_ref().map(String::as_str))
        }
        DateKind::Expiry => of("срок действия", expires),
        DateKind::LastNoticeDay => of("срок уведомления об отказе от продления", expires),
        DateKind::Renewal => {
            of(&format!("действие {of_text}"), ["автоматически продлевается", "автоматически продлено"])
        }
        DateKind::WithdrawalEffect => of(&format!("выход из {of_text}"), TAKES_EFFECT),
        DateKind::Effect => {
            let whom = towards_of(&date.reason);
            let Event { what, coming, come } = effect(date);
            Event { what: format!("{what}{}", towards(scene, whom)), coming, come }
        }
        DateKind::Reinstatement => {
            of("действие прежних мер", ["должно возобновиться", "должно было возобновиться"])
        }
        DateKind::Deadline => {
            of(&format!("срок {}", quoted(&deadline_of(date, scene.treaty), Lang::Ru)), expires)
        }
        DateKind::Conference => of("конференция", IS_DUE_FEMININE),
        DateKind::Meeting => of("совещание", IS_DUE_NEUTER),
        DateKind::EndOfMandate => of("мандат", expires),
        DateKind::OfferEnds => of("срок предложения", expires),
        DateKind::Watch => of("контрольная дата", ["наступает", "наступила"]),
    }
}

pub(super) const TAKES_EFFECT: [&str; 2] = ["вступает в силу", "вступил в силу"];
pub(super) const IS_DUE_FEMININE: [&str; 2] = ["должна состояться", "должна была состояться"];
pub(super) const IS_DUE_NEUTER: [&str; 2] = ["должно состояться", "должно было состояться"];

/// An act that takes effect, by its name; of a state that ends, that.
pub(super) fn effect(date: &DueDate) -> Event {
    let act = date.reason.ground.as_ref().map(|ground| ground.kind);
    if act == Some(ActKind::EndOfStatehood) {
        return Event {
            what: "государство".to_owned(),
            coming: "прекращает существование".to_owned(),
            come: "прекратило существование".to_owned(),
        };
    }
    let what = act.map_or("акт", |kind| kind.label(Lang::Ru)).to_owned();
    let come = format!("{} в силу", grammar::russian_past("вступил", &what));
    Event { what, coming: "вступает в силу".to_owned(), come }
}

fn cancelled(what: &str, on: PartialDay) -> String {
    format!("{what} {} больше не ожидается", russian_when(on))
}

/// A date as a noun.
fn what_of(scene: Scene<'_>, date: &DueDate) -> String {
    match (date.kind, date.reason.ground.as_ref().map(|ground| ground.kind)) {
        (DateKind::Deadline, _) => {
            format!("истечение срока {}", quoted(&deadline_of(date, scene.treaty), Lang::Ru))
        }
        (
            DateKind::Effect,
            Some(act @ (ActKind::Suspension | ActKind::Resumption | ActKind::EndOfStatehood)),
        ) => act.label(Lang::Ru).to_owned(),
        (kind, _) => noun(kind).to_owned(),
    }
}

/// What a date is called beside its treaty.
fn date_name(scene: Scene<'_>, date: &DateId) -> String {
    let name = name_of(date);
    let what = if is_deadline(date, scene.treaty) { "истечение срока" } else { "дата" };
    let other = || format!("{what} {}", quoted(&scene.treaty.words(&spaced(name)), Lang::Ru));
    name.parse().map_or_else(|_| other(), |kind| noun(kind).to_owned())
}

/// A singular, which a verb in the present tense can follow whatever its gender.
pub(super) fn noun(kind: DateKind) -> &'static str {
    match kind {
        DateKind::EntryIntoForce => "вступление в силу",
        DateKind::StateEntryIntoForce => "вступление в силу для государства",
        DateKind::Expiry => "истечение срока действия",
        DateKind::LastNoticeDay => "истечение срока уведомления об отказе от продления",
        DateKind::Renewal => "автоматическое продление",
        DateKind::WithdrawalEffect => "вступление выхода в силу",
        DateKind::Effect => "вступление акта в силу",
        DateKind::Reinstatement => "возобновление прежних мер",
        DateKind::Deadline => "истечение срока",
        DateKind::Conference => "проведение конференции",
        DateKind::Meeting => "проведение совещания",
        DateKind::EndOfMandate => "истечение мандата",
        DateKind::OfferEnds => "истечение срока предложения",
        DateKind::Watch => "наступление контрольной даты",
    }
}

/// From one standing to another, behind "статус": the labels are of all parts of speech, and so they are quoted.
fn becomes(from: Option<Standing>, to: Standing, on: When) -> String {
    let to = to.label(Lang::Ru);
    match from {
        Some(from) => format!("изменился {} с «{}» на «{to}»", at(on), from.label(Lang::Ru)),
        None => format!("{} — «{to}»", since(on)),
    }
}

fn turned(turn: Turn, on: When) -> String {
    match turn {
        Turn::Treaty { from, to: Some(to) } => format!("статус {}", becomes(from, to, on)),
        Turn::Treaty { to: None, .. } => format!("статус утрачен {}", at(on)),
        Turn::Became(_, to) => format!("статус {}", becomes(None, to, on)),
        Turn::Left(_) => format!("участие прекращено {}", at(on)),
        Turn::Began(kind, _) => format!("{} началось {}", overlay(kind), at(on)),
        Turn::Over(kind, _) => format!("{} завершилось {}", overlay(kind), at(on)),
    }
}

/// What begins and ends, as a neuter: of a notice, that it runs.
pub(super) fn overlay(kind: OverlayKind) -> &'static str {
    match kind {
        OverlayKind::Notice => "действие уведомления о выходе",
        OverlayKind::Suspension
        | OverlayKind::ProvisionalApplication
        | OverlayKind::Reinstatement
        | OverlayKind::Exclusion
        | OverlayKind::NoIntention => kind.label(Lang::Ru),
    }
}

/// Whose reading something is, and who disputes it.
fn contested(reading: &Reading, names: Names<'_>) -> String {
    let by = |states: &[StateId], verb: &str| {
        (!states.is_empty()).then(|| format!("{verb}: {}", list(names, states)))
    };
    let who = [by(&reading.asserted_by, "отстаивают"), by(&reading.disputed_by, "оспаривают")];
    let who = who.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if who.is_empty() {
        "оспаривается".to_owned()
    } else {
        format!("эта позиция спорна ({who})")
    }
}

/// Why, in brackets behind what it is: the act behind it and the article. Whose act it was is not said again.
fn because(
    basis: &str,
    scene: Scene<'_>,
    reason: &Reason,
    ground: Option<&Ground>,
    about: &[StateId],
) -> String {
    let act = ground.map(|ground| {
        let act = deed(scene, ground.kind, ground.on);
        match grounds(ground) {
            [] => act,
            who if who.iter().all(|state| about.contains(state)) => act,
            who => format!("{}: {act}", list(scene.names, who)),
        }
    });
    let article = reason.article.as_deref().map(articles);
    let rule =
        (reason.rule == Rule::SuccessionUndated).then(|| "дата вступления в действие неизвестна".to_owned());
    let why = [act, article, rule].into_iter().flatten().collect::<Vec<_>>().join("; ");
    if why.is_empty() { why } else { format!(" ({basis}{why})") }
}

pub(super) fn articles(text: &str) -> String {
    let article = |article: &Article<'_>| match article {
        Article::Numbered(_, name, None) => format!("статья {name}"),
        Article::Numbered(_, name, Some(paragraph)) => format!("пункт {paragraph} статьи {name}"),
        Article::Annex(annex) => format!("приложение {annex}"),
        Article::Paragraph(paragraph, false) => format!("пункт {paragraph}"),
        Article::Paragraph(paragraphs, true) => match paragraphs.rsplit_once(", ") {
            Some((first, last)) => format!("пункты {first} и {last}"),
            None => format!("пункты {paragraphs}"),
        },
        Article::Resolution(number) => format!("резолюция {number}"),
        Article::Decision(number) => format!("решение {number}"),
        Article::FinalClauses => "заключительные положения".to_owned(),
        Article::Other(text) => format!("{text} [en]"),
    };
    Article::list(text).iter().map(article).collect::<Vec<_>>().join(", ")
}
