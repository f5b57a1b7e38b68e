//! Alerts in Chinese, in simplified characters.

use crate::domain::act::{Act, ActKind};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar;
use crate::domain::id::{DateId, StateId};
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::domain::status::{Ground, OverlayKind, Reason, Rule, Standing};
use crate::domain::treaty::{DateKind, InstrumentKind, Reading, Treaty};
use crate::domain::words;

use super::article::{Article, roman};
use super::part::{Beside, Dated, Doubt, Part, Scene, Tense, Turn, When};
use super::{
    Names, actors, contending, deadline_of, deadline_of_act, grounds, is_deadline, name_of, quoted, spaced,
    towards_of,
};

/// All parts as one sentence.
pub(super) fn sentence(scene: Scene<'_>, parts: &[Part<'_>]) -> String {
    let text = parts.iter().map(|one| part(scene, one)).collect::<Vec<_>>().join("；");
    format!("{text}。")
}

fn part(scene: Scene<'_>, part: &Part<'_>) -> String {
    let Scene { treaty, names, .. } = scene;
    match part {
        Part::Act(done) => act(scene, done),
        Part::Corrected(done, old) => {
            let old = old.map(|old| {
                format!("（原记录为：{}{}）", list(names, actors(old)), deed(scene, old.kind, day(old.on)))
            });
            format!("记录已更正：{}{}", act(scene, done), old.unwrap_or_default())
        }
        Part::TakenBack(done) => format!("以下行为的记录已撤销：{}", act(scene, done)),
        Part::Backfill(acts) => format!("监测开始前{}的{acts}项行为已补入记录", title(treaty)),
        Part::Missed { alerts, since, today } => {
            format!("{}至{}未作检查，关于{}的{alerts}条提醒延迟发出", day(*since), day(*today), title(treaty))
        }
        Part::Corrections(acts) => format!("{}的{acts}项行为的记录已更正", title(treaty)),
        Part::Redefined => format!("{}条款的记录已更正", title(treaty)),
        Part::Stale(on) => {
            format!("{}的事实最近一次核实是在{}，请更新数据集或向保存机关核实", title(treaty), day(*on))
        }
        Part::Undone => format!("此前关于{}的一条提醒不再成立", title(treaty)),
        Part::Date(date) => dated(scene, date),
        Part::Turn { turn, on, reason } => {
            format!(
                "{}{}",
                turned(scene, *turn, *on, reason),
                because("依据", scene, reason, reason.ground.as_ref())
            )
        }
        Part::Progress { from, to, needed } => {
            format!("生效所需的{needed}个国家中，现已有{to}国批准（此前为{from}国）")
        }
        Part::Moved { date, from, to } => {
            format!("{}由{}改为{}", date_name(scene, date), day(*from), day(*to))
        }
        Part::DueAgain { date, on } => format!("{}重新定为{}", date_name(scene, date), day(*on)),
        Part::Cancelled { date, on } => format!("原定于{}的{}不再有效", day(*on), date_name(scene, date)),
        Part::Status { state, from, to, on } => {
            let whose = match state {
                Some(state) => format!("{}的地位", name(names, *state)),
                None if treaty.is_treaty() => "该条约的状态".to_owned(),
                None => "该文书的状态".to_owned(),
            };
            format!("自{}起，{whose}{}", day(*on), becomes(*from, *to))
        }
        Part::MoreChanges(more) => format!("另有{more}项变化"),
        Part::OfStates(changes) => format!("各国地位另有{changes}项变化"),
        Part::TakesEffect(due) => {
            let what = match due.kind {
                DateKind::WithdrawalEffect => "退出将",
                DateKind::Reinstatement => "先前措施预定",
                DateKind::EntryIntoForce => "条约将",
                DateKind::Deadline => "期限现定",
                DateKind::StateEntryIntoForce
                | DateKind::Expiry
                | DateKind::LastNoticeDay
                | DateKind::Renewal
                | DateKind::Effect
                | DateKind::Conference
                | DateKind::Meeting
                | DateKind::EndOfMandate
                | DateKind::OfferEnds
                | DateKind::Watch => "将",
            };
            let verb = match due.kind {
                DateKind::Reinstatement => "恢复适用",
                DateKind::Deadline => "届满",
                _ => "生效",
            };
            let article = due.reason.article.as_deref().map(|text| format!("（{}）", articles(text)));
            format!("{what}{}{verb}{}", at(When::of(due)), article.unwrap_or_default())
        }
        Part::Doubt(Doubt::Contested(Some(reading))) => contested(reading, names),
        Part::Doubt(Doubt::Contested(None)) => "有争议".to_owned(),
        Part::Doubt(Doubt::Conditional) => words::condition(Lang::Zh).to_owned(),
        Part::Doubt(Doubt::Expected) => "此为按惯例预计的日期".to_owned(),
        Part::Doubt(Doubt::Nominal) => "此为名义日期，不产生义务".to_owned(),
        Part::Doubt(Doubt::NoDecision) => "未见其后决定的记录".to_owned(),
        Part::Disputed { by, also: false } => format!("{}对此提出异议", list(names, by)),
        Part::Disputed { by, also: true } => format!("{}也对该行为提出异议", list(names, by)),
        Part::ReadingsDiffer => {
            let told = contending(treaty).into_iter().enumerate().map(|(place, (reading, by))| {
                let one = if place == 0 { "一种立场" } else { "另一种立场" };
                match by {
                    [] => format!("{one}为“{}” [en]", spaced(reading.as_str())),
                    by => format!("{one}由{}主张", list(names, by)),
                }
            });
            let told = told.collect::<Vec<_>>().join("，");
            format!("各方立场不一，保存机关对各立场均无记录：{told}")
        }
    }
}

fn name(names: Names<'_>, id: StateId) -> String {
    names.in_lang(id, Lang::Zh)
}

fn list(names: Names<'_>, ids: &[StateId]) -> String {
    let each: Vec<String> = ids.iter().map(|id| name(names, *id)).collect();
    match each.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{}和{last}", first.join("、")),
        few => few.concat(),
    }
}

/// The short title as it stands inside a sentence: a text that was signed or drafted stands in marks, a
/// body or a statement that the words only describe does not.
pub(super) fn title(treaty: &Treaty) -> String {
    let title = treaty.short_title.in_lang(Lang::Zh);
    let described = ["决议", "声明", "文件", "协议", "计划", "宣言", "承诺", "组", "委员会"];
    let name = title.split('（').next().unwrap_or_default();
    if treaty.short_title.zh.is_none() || title.starts_with('《') {
        return title;
    }
    match treaty.kind {
        InstrumentKind::Treaty | InstrumentKind::Draft => format!("《{title}》"),
        InstrumentKind::Resolution
        | InstrumentKind::PoliticalCommitment
        | InstrumentKind::ExpertGroup
        | InstrumentKind::Statement => {
            if described.iter().any(|ending| name.ends_with(ending)) {
                title
            } else {
                format!("“{title}”")
            }
        }
    }
}

pub(super) fn day(on: PartialDay) -> String {
    grammar::day(on, Lang::Zh)
}

/// At a time: `于2026年2月5日`, `最早于2026年3月`.
fn at(when: When) -> String {
    format!("{}于{}", if when.at_the_earliest { "最早" } else { "" }, day(when.on))
}

/// What an act was: `汤加于2026年7月7日批准《全面禁止核试验条约》`.
fn act(scene: Scene<'_>, act: &Act) -> String {
    let title = title(scene.treaty);
    let on = day(act.on);
    let who = list(scene.names, actors(act));
    let by_parties = |what: &str| {
        if who.is_empty() {
            format!("{title}于{on}由缔约方{what}")
        } else {
            format!("{who}于{on}{}{what}{title}", towards(scene, &act.towards))
        }
    };
    match act.kind {
        ActKind::Proposal => format!("{title}于{on}提出"),
        ActKind::Adoption => match scene.treaty.kind {
            InstrumentKind::Treaty
            | InstrumentKind::Draft
            | InstrumentKind::Resolution
            | InstrumentKind::PoliticalCommitment => format!("{title}于{on}通过"),
            InstrumentKind::ExpertGroup => format!("{title}于{on}设立"),
            InstrumentKind::Statement => format!("{title}于{on}发表"),
        },
        ActKind::Endorsement => format!("{title}于{on}获得核可"),
        ActKind::OpeningForSignature => format!("{title}于{on}开放签署"),
        ActKind::Signature => format!("{who}于{on}签署{title}"),
        ActKind::IntentionNotToBecomeParty => format!("{who}于{on}声明无意成为{title}的缔约方"),
        ActKind::ProvisionalApplication => format!("{who}自{on}起暂时适用{title}"),
        ActKind::EndOfProvisionalApplication => format!("{who}于{on}发出终止暂时适用{title}的通知"),
        ActKind::DefinitiveSignature => format!("{who}于{on}确定性签署{title}"),
        ActKind::Ratification => format!("{who}于{on}批准{title}"),
        ActKind::Acceptance => format!("{who}于{on}接受{title}"),
        ActKind::Approval => format!("{who}于{on}核准{title}"),
        ActKind::Accession => format!("{who}于{on}加入{title}"),
        ActKind::Succession => format!("{who}于{on}继承{title}"),
        ActKind::FormalConfirmation => format!("{who}于{on}正式确认{title}"),
        ActKind::ConsentToBeBound => format!("{who}于{on}同意受{title}约束"),
        ActKind::ExchangeOfInstruments => format!("{title}的批准书于{on}互换"),
        ActKind::EntryIntoForce => format!("据来源记载，{title}于{on}生效"),
        ActKind::Declaration => format!("{who}于{on}就{title}作出声明"),
        ActKind::Reservation => format!("{who}于{on}对{title}提出保留"),
        ActKind::WithdrawalOfReservation => format!("{who}于{on}撤回对{title}的保留"),
        ActKind::ModificationOfReservation => format!("{who}于{on}修改对{title}的保留"),
        ActKind::Objection => {
            let effect =
                if act.precludes_entry_into_force { "，该条约因此在两国间不生效" } else { "" };
            format!("{who}于{on}就{title}{}提出反对意见{effect}", towards(scene, &act.towards))
        }
        ActKind::Amendment => format!("{title}于{on}经修正"),
        ActKind::Extension => format!("{title}的有效期于{on}获得延长"),
        ActKind::IndefiniteExtension => format!("{title}的有效期于{on}获得无限期延长"),
        ActKind::Conference => format!("{title}会议于{on}开幕"),
        ActKind::Suspension => by_parties("中止施行"),
        ActKind::Resumption => by_parties("恢复施行"),
        ActKind::NoticeOfWithdrawal => format!("{who}于{on}发出退出{title}的通知"),
        ActKind::SuspensionOfNotice => format!("{who}于{on}暂停其退出{title}通知的效力"),
        ActKind::RevocationOfNotice if scene.treaty.is_treaty() => {
            format!("{who}于{on}撤回其退出{title}的通知")
        }
        ActKind::RevocationOfNotice => format!("{who}于{on}撤回其根据{title}发出的通知"),
        ActKind::Withdrawal => format!("{who}于{on}退出{title}"),
        ActKind::RevocationOfRatification => format!("{who}于{on}撤销对{title}的批准，但这不构成退出"),
        ActKind::NoticeOfReinstatement => format!("{who}于{on}根据{title}发出恢复先前措施的通知"),
        ActKind::DeadlineExtension => {
            format!("{who}在{title}下的期限{}于{on}获得延长", deadline_label(scene, act))
        }
        ActKind::DeadlineMet => {
            format!("{who}于{on}宣布已履行完毕{title}期限{}所定的义务", deadline_label(scene, act))
        }
        ActKind::EndOfStatehood => format!("{title}缔约国{who}于{on}不复存在"),
        ActKind::Supersession => format!("{title}于{on}被取代"),
        ActKind::Termination => match scene.treaty.kind {
            InstrumentKind::Treaty
            | InstrumentKind::Draft
            | InstrumentKind::Resolution
            | InstrumentKind::PoliticalCommitment
            | InstrumentKind::Statement => format!("{title}于{on}终止"),
            InstrumentKind::ExpertGroup => format!("{title}于{on}结束工作"),
        },
    }
}

/// Which parties something concerns, if it does not concern all.
fn towards(scene: Scene<'_>, states: &[StateId]) -> String {
    if states.is_empty() { String::new() } else { format!("对{}", list(scene.names, states)) }
}

/// The name of a deadline in quotes, and its article.
fn deadline_label(scene: Scene<'_>, act: &Act) -> String {
    let (name, of) = deadline_of_act(act, scene.treaty);
    format!("{}{}", quoted(&name, Lang::Zh), of.map(|of| format!("（{}）", articles(of))).unwrap_or_default())
}

/// A dated event with its day and why it is on that day.
fn dated(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let beside = match dated.beside {
        Beside::Nothing => String::new(),
        Beside::DaysLeft(1) => "，即明天".to_owned(),
        Beside::DaysLeft(left) => format!("，还有{}", grammar::days(left, Lang::Zh)),
        Beside::DaysToBeginning(left) => {
            let period = if dated.on.on.precision() == Precision::Year { "年" } else { "月" };
            match left {
                1 => format!("，该{period}明天开始"),
                _ => format!("，距该{period}开始还有{}", grammar::days(left, Lang::Zh)),
            }
        }
        Beside::KnownBetter if dated.on.on.precision() == Precision::Day => "，日期现已确定".to_owned(),
        Beside::KnownBetter => "，日期现已更加确切".to_owned(),
        Beside::NoLonger(before) => format!("，不再是原定的{}", day(before)),
    };
    let is_cancelled = dated.tense == Tense::Cancelled;
    let (cancelled, basis) =
        if is_cancelled { ("，该日期不再有效", "原依据") } else { ("", "依据") };
    let why = because(basis, scene, dated.reason, dated.ground());
    format!("{}{beside}{cancelled}{why}", date(scene, dated.due, dated.tense, dated.on))
}

/// A dated event on its day.
fn date(scene: Scene<'_>, date: &DueDate, tense: Tense, on: When) -> String {
    let title = title(scene.treaty);
    let who = date.state.map(|state| name(scene.names, state)).unwrap_or_default();
    let on = at(on);
    // "Was to be" where it has been called off, and of what is only known to have been due.
    let (when, due) = match tense {
        Tense::Coming => (format!("将{on}"), format!("预定{on}")),
        Tense::Today => (on.clone(), format!("预定{on}")),
        Tense::Come => (format!("已{on}"), format!("应{on}")),
        Tense::Cancelled => (format!("原定{on}"), format!("原定{on}")),
    };
    let is = match tense {
        Tense::Coming | Tense::Today | Tense::Come => "为",
        Tense::Cancelled => "原定为",
    };
    let plain = on.strip_prefix('于').unwrap_or(&on);
    match date.kind {
        DateKind::EntryIntoForce => format!("{title}{when}生效"),
        DateKind::StateEntryIntoForce => format!("{title}{when}对{who}生效"),
        DateKind::Expiry => format!("{title}{when}期满失效"),
        DateKind::LastNoticeDay => format!("就{title}自动延长提出反对通知的截止日{is}{plain}"),
        DateKind::Renewal => format!("{title}{when}自动延长"),
        DateKind::WithdrawalEffect => format!("{who}退出{title}{when}生效"),
        DateKind::Effect => {
            let act = date.reason.ground.as_ref().map(|ground| ground.kind);
            let whom = towards_of(&date.reason);
            let label = act.map_or("行为", |kind| kind.label(Lang::Zh));
            let label = format!("{}{label}", towards(scene, whom));
            match (act, who.is_empty()) {
                (Some(ActKind::Suspension | ActKind::Resumption), false) => {
                    format!("{who}{label}{title}的决定{when}生效")
                }
                (Some(ActKind::EndOfStatehood), false) => format!("{title}缔约国{who}{when}不复存在"),
                (_, true) => format!("{title}的{label}{when}生效"),
                (_, false) => format!("{who}对{title}的{label}{when}生效"),
            }
        }
        DateKind::Reinstatement => format!("根据{title}，先前措施{due}恢复适用"),
        DateKind::Deadline => {
            let whom = if who.is_empty() { String::new() } else { format!("对{who}") };
            format!("{title}{whom}规定的期限{}{when}届满", quoted(&deadline_of(date, scene.treaty), Lang::Zh))
        }
        DateKind::Conference | DateKind::Meeting => format!("{title}会议{due}举行"),
        DateKind::EndOfMandate if scene.treaty.kind == InstrumentKind::ExpertGroup => {
            format!("{title}的任务期限{when}届满")
        }
        DateKind::EndOfMandate => format!("根据{title}授权的任务期限{when}届满"),
        DateKind::OfferEnds => format!("关于{title}的提议{when}到期"),
        DateKind::Watch => format!("与{title}有关的须关注日期{is}{plain}"),
    }
}

/// What a date is called beside its treaty.
fn date_name(scene: Scene<'_>, date: &DateId) -> String {
    let name = name_of(date);
    let Ok(kind) = name.parse::<DateKind>() else {
        let name = quoted(&scene.treaty.words(&spaced(name)), Lang::Zh);
        let is_deadline = is_deadline(date, scene.treaty);
        return if is_deadline { format!("期限{name}") } else { format!("{name}的日期") };
    };
    match kind {
        DateKind::EntryIntoForce => "生效日",
        DateKind::StateEntryIntoForce => "对该国的生效日",
        DateKind::Expiry => "期满失效日",
        DateKind::LastNoticeDay => "通知截止日",
        DateKind::Renewal => "自动延长日",
        DateKind::WithdrawalEffect => "退出生效日",
        DateKind::Effect => "行为生效日",
        DateKind::Reinstatement => "先前措施恢复适用日",
        DateKind::Deadline => "期限",
        DateKind::Conference => "会议日期",
        DateKind::Meeting => "会议日期",
        DateKind::EndOfMandate => "任务期限届满日",
        DateKind::OfferEnds => "提议到期日",
        DateKind::Watch => "须关注的日期",
    }
    .to_owned()
}

/// From one standing to another: the labels are nouns and verbs, and so they are quoted.
fn becomes(from: Option<Standing>, to: Standing) -> String {
    let to = to.label(Lang::Zh);
    match from {
        Some(from) => format!("由“{}”变为“{to}”", from.label(Lang::Zh)),
        None => format!("为“{to}”"),
    }
}

fn turned(scene: Scene<'_>, turn: Turn, on: When, reason: &Reason) -> String {
    let title = title(scene.treaty);
    let who = |state: StateId| name(scene.names, state);
    let whose = |state: Option<StateId>| state.map(|state| format!("{}对", who(state))).unwrap_or_default();
    let on = at(on);
    let whom = towards_of(reason);
    let whom = if whom.is_empty() { String::new() } else { format!("（对{}）", list(scene.names, whom)) };
    match turn {
        Turn::Treaty { from, to: Some(to) } => format!("{title}的状态{on}{}", becomes(from, to)),
        Turn::Treaty { to: None, .. } => format!("{title}的状态{on}不再成立"),
        Turn::Became(state, to) => {
            format!("{}在{title}中的地位{on}变为“{}”", who(state), to.label(Lang::Zh))
        }
        Turn::Left(state) => format!("{}在{title}中的地位{on}终止", who(state)),
        Turn::Began(kind, state) => format!("{}{title}的{}{whom}{on}开始", whose(state), overlay(kind)),
        Turn::Over(kind, state) => format!("{}{title}的{}{whom}{on}结束", whose(state), overlay(kind)),
    }
}

/// What begins and ends: of a notice, its period.
pub(super) fn overlay(kind: OverlayKind) -> &'static str {
    match kind {
        OverlayKind::Notice => "退出通知期",
        OverlayKind::Suspension
        | OverlayKind::ProvisionalApplication
        | OverlayKind::Reinstatement
        | OverlayKind::Exclusion
        | OverlayKind::NoIntention => kind.label(Lang::Zh),
    }
}

/// Whose reading something is, and who disputes it.
fn contested(reading: &Reading, names: Names<'_>) -> String {
    let by = |states: &[StateId], verb: &str| {
        (!states.is_empty()).then(|| format!("由{}{verb}", list(names, states)))
    };
    let who = [by(&reading.asserted_by, "主张"), by(&reading.disputed_by, "反对")];
    let who = who.into_iter().flatten().collect::<Vec<_>>().join("，");
    if who.is_empty() { "有争议".to_owned() } else { format!("此立场有争议：{who}") }
}

/// Why, in brackets behind what it is: the act behind it and the article.
fn because(basis: &str, scene: Scene<'_>, reason: &Reason, ground: Option<&Ground>) -> String {
    let act = ground.map(|ground| {
        format!("{}{}", list(scene.names, grounds(ground)), deed(scene, ground.kind, day(ground.on)))
    });
    let article = reason.article.as_deref().map(articles);
    let rule = (reason.rule == Rule::SuccessionUndated).then(|| "生效日不详".to_owned());
    let why = [act, article, rule].into_iter().flatten().collect::<Vec<_>>().join("，");
    if why.is_empty() { why } else { format!("（{basis}：{why}）") }
}

/// An act with its day: what is a document has its day before a "的", what was done has none.
fn deed(scene: Scene<'_>, kind: ActKind, day: String) -> String {
    let label = kind.label(Lang::Zh);
    match kind {
        ActKind::Adoption if scene.treaty.kind == InstrumentKind::ExpertGroup => format!("{day}设立"),
        ActKind::Adoption if scene.treaty.kind == InstrumentKind::Statement => format!("{day}发表"),
        ActKind::Declaration
        | ActKind::Reservation
        | ActKind::Conference
        | ActKind::EndOfProvisionalApplication
        | ActKind::NoticeOfWithdrawal
        | ActKind::DeadlineMet
        | ActKind::NoticeOfReinstatement => format!("{day}的{label}"),
        ActKind::EndOfStatehood => format!("{day}终止存在"),
        ActKind::Proposal
        | ActKind::Adoption
        | ActKind::Endorsement
        | ActKind::OpeningForSignature
        | ActKind::Signature
        | ActKind::IntentionNotToBecomeParty
        | ActKind::ProvisionalApplication
        | ActKind::WithdrawalOfReservation
        | ActKind::ModificationOfReservation
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
        | ActKind::Objection
        | ActKind::Amendment
        | ActKind::Extension
        | ActKind::IndefiniteExtension
        | ActKind::Suspension
        | ActKind::Resumption
        | ActKind::SuspensionOfNotice
        | ActKind::RevocationOfNotice
        | ActKind::Withdrawal
        | ActKind::RevocationOfRatification
        | ActKind::DeadlineExtension
        | ActKind::Supersession
        | ActKind::Termination => format!("{day}{label}"),
    }
}

pub(super) fn articles(text: &str) -> String {
    let article = |article: &Article<'_>| match article {
        Article::Numbered(number, _, None) => format!("第{}条", numeral(*number)),
        Article::Numbered(number, _, Some(paragraph)) => {
            format!("第{}条第{}款", numeral(*number), numeral(*paragraph))
        }
        Article::Annex(annex) => format!("附件{}", roman(annex).map_or((*annex).to_owned(), numeral)),
        Article::Paragraph(paragraph, _) => format!("第{}段", paragraph.replace(", ", "、")),
        Article::Resolution(number) => format!("第{number}号决议"),
        Article::Decision(number) => format!("第{number}号决定"),
        Article::FinalClauses => "最后条款".to_owned(),
        Article::Other(text) => format!("{text} [en]"),
    };
    Article::list(text).iter().map(article).collect::<Vec<_>>().join("、")
}

/// A number below a hundred in Chinese, as articles are numbered; larger ones in digits.
fn numeral(number: u32) -> String {
    let digit = |digit: u32| ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"][digit as usize];
    match (number / 10, number % 10) {
        (0, 1..) => digit(number).to_owned(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens @ 2..=9, ones) => format!("{}十{}", digit(tens), digit(ones)),
        (0, 0) | (10.., _) => number.to_string(),
    }
}
