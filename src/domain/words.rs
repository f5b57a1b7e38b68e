//! What statuses, acts and dates are called in English, Chinese and Russian.
//!
//! The words are those of the Vienna Convention on the Law of Treaties and of depositaries' lists,
//! in the form in which they stand alone: in a table, behind a colon. Russian adjectives and
//! participles agree with `договор`, `документ` and `государство`.

use super::act::{ActKind, Basis, Confidence};
use super::alert_kind::{AlertKind, Severity};
use super::lang::Lang;
use super::project::DeadlineStanding;
use super::state::{RegionalGroup, StateKind};
use super::statement::Overtaken;
use super::status::{OverlayKind, Rule, StateStatus, TreatyStatus};
use super::treaty::{Certainty, DateKind, Form, InstrumentKind, LinkKind};
use super::verify::Agreement;

/// Gives an enumeration its labels; a value without one stops the build.
macro_rules! labels {
    ($name:ident { $($variant:ident: $en:literal, $zh:literal, $ru:literal;)+ }) => {
        impl $name {
            /// What people call it, in their language.
            pub const fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $(
                        (Self::$variant, Lang::En) => $en,
                        (Self::$variant, Lang::Zh) => $zh,
                        (Self::$variant, Lang::Ru) => $ru,
                    )+
                }
            }
        }
    };
}

labels!(TreatyStatus {
    Draft: "draft", "草案", "проект";
    Pending: "not yet in force", "尚未生效", "не вступил в силу";
    InForce: "in force", "已生效", "действует";
    Terminated: "terminated", "已终止", "прекращён";
    Expired: "expired", "期满失效", "истёк";
    Superseded: "superseded", "已被取代", "заменён";
    Abandoned: "abandoned", "已放弃", "не состоялся";
    Proposed: "proposed", "已提出", "предложен";
    Adopted: "adopted", "已通过", "принят";
    InEffect: "in effect", "有效", "действует";
    Ended: "ended", "已失效", "прекратил действие";
    Concluded: "concluded", "工作已结束", "работа завершена";
    Contested: "contested", "有争议", "оспаривается";
});

labels!(StateStatus {
    Signatory: "signatory", "签署国", "подписавшее государство";
    Contracting: "contracting state", "已同意受约束", "дало согласие";
    Party: "party", "缔约国", "государство-участник";
    Withdrawn: "withdrawn", "已退出", "вышло";
    FormerParty: "former party", "前缔约国", "бывший участник";
    NonParty: "not a party", "非缔约国", "не участвует";
    Participating: "participating", "参加", "участвует";
    Ceased: "ceased", "已停止参加", "участие прекращено";
    Contested: "contested", "有争议", "оспаривается";
});

labels!(OverlayKind {
    Notice: "notice of withdrawal", "退出通知", "уведомление о выходе";
    Suspension: "suspension", "中止施行", "приостановление действия";
    ProvisionalApplication: "provisional application", "暂时适用", "временное применение";
    Reinstatement: "reinstatement", "恢复先前措施", "восстановление прежних мер";
    Exclusion: "exclusion of entry into force", "排除生效", "исключение вступления в силу";
    NoIntention: "does not intend to become a party", "无意成为缔约方", "намерение не становиться участником";
});

labels!(ActKind {
    Proposal: "proposal", "提出", "внесение";
    Adoption: "adoption", "通过", "принятие текста";
    Endorsement: "endorsement", "核可", "одобрение";
    OpeningForSignature: "opening for signature", "开放签署", "открытие к подписанию";
    Signature: "signature", "签署", "подписание";
    IntentionNotToBecomeParty: "declared intention not to become a party", "声明无意成为缔约方", "заявление о намерении не становиться участником";
    ProvisionalApplication: "provisional application", "暂时适用", "временное применение";
    EndOfProvisionalApplication: "notice of ending provisional application", "终止暂时适用通知", "уведомление о прекращении временного применения";
    DefinitiveSignature: "definitive signature", "确定性签署", "окончательное подписание";
    Ratification: "ratification", "批准", "ратификация";
    Acceptance: "acceptance", "接受", "принятие";
    Approval: "approval", "核准", "утверждение";
    Accession: "accession", "加入", "присоединение";
    Succession: "succession", "继承", "правопреемство";
    FormalConfirmation: "formal confirmation", "正式确认", "официальное подтверждение";
    ConsentToBeBound: "consent to be bound", "同意受约束", "согласие на обязательность договора";
    ExchangeOfInstruments: "exchange of instruments", "互换批准书", "обмен ратификационными грамотами";
    EntryIntoForce: "entry into force", "生效", "вступление в силу";
    Declaration: "declaration", "声明", "заявление";
    Reservation: "reservation", "保留", "оговорка";
    WithdrawalOfReservation: "withdrawal of a reservation", "撤回保留", "снятие оговорки";
    ModificationOfReservation: "modification of a reservation", "修改保留", "изменение оговорки";
    Objection: "objection", "反对", "возражение";
    Amendment: "amendment", "修正", "поправка";
    Extension: "extension", "延长有效期", "продление";
    IndefiniteExtension: "indefinite extension", "无限期延长", "бессрочное продление";
    Conference: "conference", "会议", "конференция";
    Suspension: "suspension", "中止施行", "приостановление действия";
    Resumption: "resumption", "恢复施行", "возобновление действия";
    NoticeOfWithdrawal: "notice of withdrawal", "退出通知", "уведомление о выходе";
    SuspensionOfNotice: "suspension of the notice", "暂停退出通知", "приостановление уведомления";
    RevocationOfNotice: "revocation of the notice", "撤回通知", "отзыв уведомления";
    Withdrawal: "withdrawal", "退出", "выход";
    RevocationOfRatification: "revocation of ratification", "撤销批准", "отзыв ратификации";
    NoticeOfReinstatement: "notice of reinstatement", "恢复措施通知", "уведомление о восстановлении мер";
    DeadlineExtension: "deadline extension", "延长期限", "продление срока";
    DeadlineMet: "declaration of completion", "履行完毕声明", "заявление о выполнении";
    EndOfStatehood: "end of statehood", "国家终止存在", "прекращение существования государства";
    Supersession: "supersession", "被取代", "замена";
    Termination: "termination", "终止", "прекращение";
});

labels!(Rule {
    Act: "by the act itself", "依行为本身", "силой самого акта";
    Recorded: "as recorded", "依来源所载", "по данным источника";
    Exchange: "instruments exchanged", "互换批准书", "обмен ратификационными грамотами";
    Threshold: "enough states had consented", "达到生效条件", "условие вступления выполнено";
    Delay: "end of the period", "期间届满", "истечение срока";
    OriginalParty: "party from the start", "原始缔约国", "изначально";
    LaterState: "consent after entry into force", "生效后加入", "согласие после вступления в силу";
    Succession: "succession", "继承", "правопреемство";
    SuccessionUndated: "succession, day of effect unknown", "继承，生效日不详", "правопреемство, дата действия неизвестна";
    Term: "end of the term", "期限届满", "истечение срока действия";
    Extension: "end of the extended term", "延长期限届满", "истечение продлённого срока";
    Renewal: "tacit renewal", "默示延长", "молчаливое продление";
    Notice: "end of the notice period", "退出通知期满", "истечение срока уведомления";
    Lapse: "too few parties left", "缔约国数目不足", "осталось слишком мало участников";
    Supersession: "another treaty took its place", "被另一条约取代", "заменён другим договором";
    StateEnded: "the state ended", "国家终止存在", "государство прекратило существование";
    TreatyEnded: "the treaty ended", "条约终止", "договор прекратился";
    Reinstatement: "earlier measures brought back", "恢复先前措施", "прежние меры восстановлены";
    ReadingsDiffer: "positions differ", "各方立场不一", "позиции расходятся";
    Scheduled: "as scheduled", "已排定", "по расписанию";
});

labels!(DateKind {
    EntryIntoForce: "entry into force", "生效", "вступление в силу";
    StateEntryIntoForce: "entry into force for the state", "对该国生效", "вступление в силу для государства";
    Expiry: "expiry", "期满失效", "истечение срока";
    LastNoticeDay: "last day for notice", "通知截止日", "последний день уведомления";
    Renewal: "renewal", "自动延长", "продление";
    WithdrawalEffect: "withdrawal takes effect", "退出生效", "выход вступает в силу";
    Effect: "act takes effect", "行为生效", "акт вступает в силу";
    Reinstatement: "earlier measures apply again", "先前措施恢复适用", "прежние меры вновь действуют";
    Deadline: "deadline", "期限", "срок";
    Conference: "conference", "会议", "конференция";
    Meeting: "meeting", "会议", "совещание";
    EndOfMandate: "end of mandate", "任务期限届满", "окончание мандата";
    OfferEnds: "offer ends", "提议到期", "предложение истекает";
    Watch: "date to watch", "须关注的日期", "контрольная дата";
});

labels!(DeadlineStanding {
    Open: "open", "未到期", "не истёк";
    Met: "met", "已履行完毕", "обязательство выполнено";
    Passed: "passed, no later decision on record", "已过期，未见其后决定的记录", "истёк, сведений о более позднем решении нет";
});

labels!(InstrumentKind {
    Treaty: "treaty", "条约", "договор";
    Resolution: "resolution", "决议", "резолюция";
    PoliticalCommitment: "political commitment", "政治承诺", "политическое обязательство";
    ExpertGroup: "expert group", "专家组", "группа экспертов";
    Draft: "draft", "草案", "проект";
    Statement: "statement", "声明", "заявление";
});

labels!(Form {
    Bilateral: "bilateral", "双边", "двусторонний";
    Multilateral: "multilateral", "多边", "многосторонний";
});

labels!(Certainty {
    Computed: "computed", "推算", "вычислено";
    Contested: "contested", "有争议", "спорно";
    Conditional: "conditional", "附条件", "при условии";
    Scheduled: "scheduled", "已排定", "назначено";
    Expected: "expected", "预计", "ожидается";
    Nominal: "nominal", "名义上", "условно";
});

/// The condition of a date that is [`Certainty::Conditional`].
pub const fn condition(lang: Lang) -> &'static str {
    match lang {
        Lang::En => {
            "if the State is engaged in an armed conflict when the notice period ends, the withdrawal does not take \
             effect before the conflict ends"
        }
        Lang::Zh => "如通知期满时该国处于武装冲突之中，则退出在武装冲突结束前不生效",
        Lang::Ru => {
            "если по истечении срока уведомления государство вовлечено в вооружённый конфликт, выход не вступает в силу \
             до окончания конфликта"
        }
    }
}

labels!(Agreement {
    Agrees: "agrees", "一致", "совпадает";
    Explained: "explained", "有说明", "объяснено";
    Differs: "differs", "不一致", "расходится";
    Unrecorded: "unrecorded", "无记录", "нет записи";
    NotComputable: "not computable", "无法推算", "не вычислить";
});

labels!(Overtaken {
    No: "no", "否", "нет";
    Partly: "partly", "部分", "отчасти";
    Yes: "yes", "是", "да";
});

labels!(LinkKind {
    Supersedes: "supersedes", "取代", "заменяет";
    SupersededBy: "superseded by", "被取代于", "заменён на";
    Follows: "follows", "承接", "продолжает";
    FollowedBy: "followed by", "后续", "продолжен";
    Endorses: "endorses", "核可", "одобряет";
    ProtocolTo: "protocol to", "所属条约", "протокол к";
    EndorsedBy: "endorsed by", "经核可", "одобрен";
    Context: "see also", "另见", "см. также";
});

labels!(Basis {
    Depositary: "depositary", "保存机关", "депозитарий";
    Text: "text of the instrument", "文书文本", "текст документа";
    Official: "official", "官方", "официально";
    Agency: "news agency", "通讯社", "информационное агентство";
    Secondary: "secondary", "二手来源", "вторичный источник";
    Weak: "weak source", "可靠性低的来源", "ненадёжный источник";
    Memory: "from memory", "凭记忆", "по памяти";
});

labels!(Confidence {
    High: "high", "高", "высокая";
    Medium: "medium", "中", "средняя";
    Low: "low", "低", "низкая";
});

labels!(StateKind {
    State: "state", "国家", "государство";
    HistoricState: "historic state", "历史国家", "историческое государство";
    Entity: "other entity", "其他实体", "иной субъект";
});

labels!(RegionalGroup {
    African: "African States", "非洲国家", "государства Африки";
    AsiaPacific: "Asia-Pacific States", "亚太国家", "государства Азии и Тихого океана";
    EasternEuropean: "Eastern European States", "东欧国家", "государства Восточной Европы";
    Grulac: "Latin American and Caribbean States", "拉丁美洲和加勒比国家",
        "государства Латинской Америки и Карибского бассейна";
    Weog: "Western European and other States", "西欧和其他国家", "государства Западной Европы и другие государства";
});

labels!(AlertKind {
    ActCorrected: "act corrected", "行为更正", "акт исправлен";
    ThresholdProgress: "progress to entry into force", "生效条件进展", "условие вступления: изменение";
    DateMoved: "date moved", "日期变更", "дата перенесена";
    DateCancelled: "date cancelled", "日期取消", "дата отменена";
    StatusChanged: "status changed", "状态变更", "статус изменён";
    DateReached: "date reached", "日期已到", "дата наступила";
    DateApproaching: "date approaching", "日期临近", "дата приближается";
    ActRecorded: "act recorded", "行为记录", "акт записан";
    FactsStale: "facts not confirmed", "事实久未核实", "сведения не подтверждены";
    SourceChanged: "source changed", "来源变动", "источник изменился";
    SourceFailing: "source failing", "来源故障", "источник недоступен";
    SourceRecovered: "source recovered", "来源恢复", "источник снова доступен";
    Digest: "digest", "摘要", "сводка";
    Report: "report", "报告", "отчёт";
    EndpointFailing: "endpoint failing", "端点故障", "получатель недоступен";
    DatabaseFailing: "database failing", "数据库故障", "база данных неисправна";
});

labels!(Severity {
    Info: "info", "信息", "сведения";
    Notice: "notice", "提示", "к сведению";
    Warning: "warning", "警告", "предупреждение";
    Critical: "critical", "紧要", "критический";
});

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LANGS: [Lang; 3] = [Lang::En, Lang::Zh, Lang::Ru];

    #[test]
    fn every_language_is_written_in_its_own_letters() {
        let cyrillic = |letter: char| ('\u{400}'..='\u{4ff}').contains(&letter);
        let han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        for kind in ActKind::ALL {
            assert!(kind.label(Lang::En).is_ascii());
            assert!(kind.label(Lang::Zh).chars().any(han) && !kind.label(Lang::Zh).chars().any(cyrillic));
            assert!(kind.label(Lang::Ru).chars().any(cyrillic) && !kind.label(Lang::Ru).chars().any(han));
        }
    }

    #[test]
    fn no_two_statuses_of_one_vocabulary_share_a_label() {
        let of_treaties = [
            TreatyStatus::Draft,
            TreatyStatus::Pending,
            TreatyStatus::InForce,
            TreatyStatus::Terminated,
            TreatyStatus::Expired,
            TreatyStatus::Superseded,
            TreatyStatus::Abandoned,
            TreatyStatus::Contested,
        ];
        for lang in LANGS {
            let labels: BTreeSet<&str> = of_treaties.iter().map(|status| status.label(lang)).collect();
            assert_eq!(labels.len(), of_treaties.len());
            let labels: BTreeSet<&str> = StateStatus::ALL.iter().map(|status| status.label(lang)).collect();
            assert_eq!(labels.len(), StateStatus::ALL.len());
            let labels: BTreeSet<&str> = Certainty::ALL.iter().map(|status| status.label(lang)).collect();
            assert_eq!(labels.len(), Certainty::ALL.len());
        }
    }

    #[test]
    fn the_words_of_the_field_are_used() {
        assert_eq!(StateStatus::Party.label(Lang::Zh), "缔约国");
        assert_eq!(StateStatus::Signatory.label(Lang::Ru), "подписавшее государство");
        assert_eq!(OverlayKind::Notice.label(Lang::Ru), "уведомление о выходе");
    }
}
