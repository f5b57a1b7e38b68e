//! Headlines in Chinese: `《中导条约》：美国退出将于30天后生效`.

use super::{DEADLINE_CHARS_MAX, Head, caveat, cut, days_from_today, fit, short_name, towards, who_acted};
use crate::alerts::wording::part::{Beside, Dated, Part, Scene, Tense, Turn, When};
use crate::alerts::wording::{deadline_of, is_deadline, name_of, zh};
use crate::domain::act::{Act, ActKind};
use crate::domain::grammar;
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::domain::status::OverlayKind;
use crate::domain::treaty::{Certainty, DateKind, InstrumentKind};

pub(super) fn headline(scene: Scene<'_>, parts: &[Part<'_>]) -> String {
    let title = zh::title(scene.treaty);
    let caveat = caveat(scene, parts, Lang::Zh);
    let Some(first) = parts.first() else { return title };
    let record = |what: &str, done: &Act| {
        let act = act(scene, done);
        vec![format!("（{what}）：{act}（{}）", zh::day(done.on)), format!("（{what}）：{act}")]
    };
    let tails = match first {
        Part::Act(done) => {
            let act = act(scene, done);
            let effect =
                if caveat.is_empty() { parts.iter().find_map(|part| effect(scene, part)) } else { None };
            let effect = effect.map(|effect| format!("：{act}，{effect}"));
            let dated = format!("：{act}（{}）{caveat}", zh::day(done.on));
            effect.into_iter().chain([dated, format!("：{act}{caveat}")]).collect()
        }
        Part::Corrected(done, _) => record("记录已更正", done),
        Part::TakenBack(done) => record("记录已撤销", done),
        Part::Date(dated) => vec![format!("：{}{caveat}", date(scene, dated))],
        Part::Turn { turn, on, .. } => vec![format!("：{}{caveat}", turned(scene, *turn, *on))],
        Part::Backfill(acts) => vec![format!("：补录{acts}项先前行为")],
        Part::Missed { alerts, since, .. } => {
            vec![format!("：{alerts}条提醒延迟发出，自{}起未作检查", zh::day(*since))]
        }
        Part::Corrections(acts) => vec![format!("：{acts}项行为的记录已更正")],
        Part::Redefined => vec!["：条款记录已更正".to_owned()],
        Part::Stale(on) => vec![format!("：事实最近一次核实于{}", zh::day(*on))],
        Part::Undone => vec!["：此前一条提醒不再成立".to_owned()],
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
    fit(&Head::of(&title), &tails, &[])
}

/// `今天`, `明天`, `30天后`, `昨天`, `2026年12月`.
fn when(scene: Scene<'_>, on: When) -> String {
    match days_from_today(scene, on) {
        None => zh::day(on.on),
        Some(0) => "今天".to_owned(),
        Some(1) => "明天".to_owned(),
        Some(-1) => "昨天".to_owned(),
        Some(days) if days > 0 => format!("{}后", grammar::days(days.unsigned_abs(), Lang::Zh)),
        Some(days) => format!("{}前", grammar::days(days.unsigned_abs(), Lang::Zh)),
    }
}

fn date(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let Dated { due, tense, on, beside, .. } = dated;
    let (what, verb) = event(scene, due);
    if *tense == Tense::Cancelled {
        return format!("{what}不再于{}{verb}", zh::day(on.on));
    }
    if matches!(beside, Beside::KnownBetter | Beside::NoLonger(_)) {
        return format!("{what}现定于{}{verb}", zh::day(on.on));
    }
    let when = when(scene, *on);
    let earliest = if on.at_the_earliest { "最早" } else { "" };
    let (coming, come) = if is_only_planned(due.kind) { ("预定", "应") } else { ("将", "已") };
    match tense {
        Tense::Come => format!("{what}{come}于{when}{verb}"),
        Tense::Today if when == "今天" && is_only_planned(due.kind) => format!("{what}预定今天{verb}"),
        Tense::Today if when == "今天" => format!("{what}今天{verb}"),
        Tense::Coming | Tense::Today | Tense::Cancelled => format!("{what}{earliest}{coming}于{when}{verb}"),
    }
}

/// Whether it is not known that it took place.
fn is_only_planned(kind: DateKind) -> bool {
    matches!(kind, DateKind::Conference | DateKind::Meeting | DateKind::Reinstatement)
}

/// A dated event before and behind its day.
fn event(scene: Scene<'_>, date: &DueDate) -> (String, String) {
    let who = date.state.map(|state| short_name(scene.names, state, Lang::Zh)).unwrap_or_default();
    let of = |what: &str, verb: &str| (what.to_owned(), verb.to_owned());
    match date.kind {
        DateKind::EntryIntoForce => of("", "生效"),
        DateKind::StateEntryIntoForce => of("", &format!("对{who}生效")),
        DateKind::Expiry => of("", "期满失效"),
        DateKind::LastNoticeDay => of("反对自动延长的通知期限", "截止"),
        DateKind::Renewal => of("", "自动延长"),
        DateKind::WithdrawalEffect => of(&format!("{who}退出"), "生效"),
        DateKind::Effect => match date.reason.ground.as_ref().map(|ground| ground.kind) {
            Some(ActKind::EndOfStatehood) => of(&who, "不复存在"),
            Some(kind @ (ActKind::Suspension | ActKind::Resumption)) if !who.is_empty() => {
                of(&format!("{who}{}的决定", kind.label(Lang::Zh)), "生效")
            }
            act => of(&format!("{who}{}", act.map_or("行为", |kind| kind.label(Lang::Zh))), "生效"),
        },
        DateKind::Reinstatement => of("先前措施", "恢复适用"),
        DateKind::Deadline => {
            let whom = if who.is_empty() { who } else { format!("对{who}的") };
            let name = deadline_of(date, scene.treaty);
            let name = name.zh.as_ref().unwrap_or(&name.en);
            of(&format!("{whom}期限“{}”", cut(name, DEADLINE_CHARS_MAX)), "届满")
        }
        DateKind::Conference => of("会议", "举行"),
        DateKind::Meeting => of("会议", "举行"),
        DateKind::EndOfMandate => of("任务期限", "届满"),
        DateKind::OfferEnds => of("提议", "到期"),
        DateKind::Watch => of("须关注的日期", "到来"),
    }
}

fn earliest(due: &DueDate) -> &'static str {
    if When::of(due).at_the_earliest { "最早" } else { "" }
}

fn effect(scene: Scene<'_>, part: &Part<'_>) -> Option<String> {
    match part {
        Part::Status { state: None, to, .. } => Some(format!("状态变为“{}”", to.label(Lang::Zh))),
        // The condition has no place in one line.
        Part::TakesEffect(due) if due.certainty == Certainty::Conditional => None,
        Part::TakesEffect(due) if due.kind == DateKind::EntryIntoForce => {
            Some(format!("条约{}将于{}生效", earliest(due), zh::day(When::of(due).on)))
        }
        Part::TakesEffect(due) if due.kind == DateKind::Deadline => {
            Some(format!("现定于{}届满", zh::day(due.on)))
        }
        Part::TakesEffect(due) => Some(format!("{}将于{}生效", earliest(due), zh::day(When::of(due).on))),
        Part::Moved { date, to, .. } if name_of(date) == DateKind::Expiry.as_str() => {
            Some(format!("期满失效日改为{}", zh::day(*to)))
        }
        Part::Moved { date, to, .. } if is_deadline(date, scene.treaty) => {
            Some(format!("现定于{}届满", zh::day(*to)))
        }
        Part::Progress { to, needed, .. } => Some(format!("所需{needed}国中已有{to}国批准")),
        _ => None,
    }
}

fn turned(scene: Scene<'_>, turn: Turn, on: When) -> String {
    let who = |state| short_name(scene.names, state, Lang::Zh);
    let overlay = |kind: OverlayKind, state: Option<_>| {
        format!("{}{}", state.map(who).unwrap_or_default(), zh::overlay(kind))
    };
    let when = match when(scene, on) {
        today if today == "今天" => today,
        other => format!("{}于{other}", if on.at_the_earliest { "最早" } else { "" }),
    };
    match turn {
        Turn::Treaty { to: Some(to), .. } => format!("状态{when}变为“{}”", to.label(Lang::Zh)),
        Turn::Treaty { to: None, .. } => format!("状态{when}终止"),
        Turn::Became(state, to) => format!("{}的地位{when}变为“{}”", who(state), to.label(Lang::Zh)),
        Turn::Left(state) => format!("{}的地位{when}终止", who(state)),
        Turn::Began(kind, state) => format!("{}{when}开始", overlay(kind, state)),
        Turn::Over(kind, state) => format!("{}{when}结束", overlay(kind, state)),
    }
}

/// An act without its treaty and its day.
fn act(scene: Scene<'_>, act: &Act) -> String {
    let who = who_acted(scene, act, Lang::Zh);
    let whom = || towards(scene, act, Lang::Zh).map(|whom| format!("对{whom}")).unwrap_or_default();
    match act.kind {
        ActKind::Adoption => match scene.treaty.kind {
            InstrumentKind::ExpertGroup => "设立".to_owned(),
            InstrumentKind::Statement => "发表".to_owned(),
            InstrumentKind::Treaty
            | InstrumentKind::Draft
            | InstrumentKind::Resolution
            | InstrumentKind::PoliticalCommitment => "通过".to_owned(),
        },
        ActKind::IntentionNotToBecomeParty => format!("{who}声明无意成为缔约方"),
        ActKind::ProvisionalApplication => format!("{who}开始暂时适用"),
        ActKind::EndOfProvisionalApplication => format!("{who}发出终止暂时适用的通知"),
        ActKind::Declaration => format!("{who}作出声明"),
        ActKind::Reservation => format!("{who}提出保留"),
        ActKind::Objection => format!("{who}提出反对意见"),
        ActKind::Amendment => "经修正".to_owned(),
        ActKind::Extension => "有效期获得延长".to_owned(),
        ActKind::IndefiniteExtension => "有效期获得无限期延长".to_owned(),
        ActKind::RevocationOfNotice if scene.treaty.is_treaty() => format!("{who}撤回退出通知"),
        ActKind::Conference => "会议开幕".to_owned(),
        ActKind::Suspension if who.is_empty() => "由缔约方中止施行".to_owned(),
        ActKind::Suspension => format!("{who}{}中止施行", whom()),
        ActKind::Resumption if who.is_empty() => "由缔约方恢复施行".to_owned(),
        ActKind::Resumption => format!("{who}{}恢复施行", whom()),
        ActKind::NoticeOfWithdrawal => format!("{who}发出退出通知"),
        ActKind::NoticeOfReinstatement => format!("{who}发出恢复先前措施的通知"),
        ActKind::DeadlineExtension => format!("{who}的期限获得延长"),
        ActKind::DeadlineMet => format!("{who}宣布履行完毕"),
        ActKind::EndOfStatehood => format!("{who}不复存在"),
        ActKind::Termination if scene.treaty.kind == InstrumentKind::ExpertGroup => "结束工作".to_owned(),
        ActKind::Proposal
        | ActKind::Endorsement
        | ActKind::OpeningForSignature
        | ActKind::Signature
        | ActKind::DefinitiveSignature
        | ActKind::Ratification
        | ActKind::Acceptance
        | ActKind::Approval
        | ActKind::Accession
        | ActKind::Succession
        | ActKind::FormalConfirmation
        | ActKind::ConsentToBeBound
        | ActKind::ExchangeOfInstruments
        | ActKind::EntryIntoForce
        | ActKind::WithdrawalOfReservation
        | ActKind::ModificationOfReservation
        | ActKind::SuspensionOfNotice
        | ActKind::RevocationOfNotice
        | ActKind::Withdrawal
        | ActKind::RevocationOfRatification
        | ActKind::Supersession
        | ActKind::Termination => format!("{who}{}", act.kind.label(Lang::Zh)),
    }
}
