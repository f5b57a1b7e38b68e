//! The phrases in Russian.

use super::{
    Alerts, Attention, Calendar, Catalogue, Check, Days, Facts, History, Labels, Marks, Message, Parties,
    Phrases, Records, Simulate, State, Statement, Status, Upcoming, Verify, Why,
};
use crate::domain::grammar;
use crate::domain::lang::Lang;

pub(super) static PHRASES: Phrases = Phrases {
    marks: Marks {
        colon: ": ",
        comma: ", ",
        semicolon: "; ",
        between_items: ", ",
        bracketed: |text, remark| format!("{text} ({remark})"),
        english: |text| format!("{text} [en]"),
    },
    days: Days {
        in_text: grammar::russian_genitive,
        alone: |day| grammar::day(day, Lang::Ru),
        since: |day| format!("с {day}"),
        until: |day| format!("до {day}"),
        up_to: |day| format!("по {day}"),
        given: |day| format!("подано {day}"),
        running: |given, to| format!("подано {given}, срок до {to}"),
    },
    facts: Facts {
        heading: |what, on, known_on| format!("{what} на {on}, по данным на {known_on}"),
        from_memory: "по памяти",
        disputed_by: "оспаривают: ",
        reading: |name| format!("позиция {name}"),
        act: "акт",
        because: "основание",
        towards: |names| format!("в отношении: {names}"),
        doubtful: "Сомнение",
    },
    labels: Labels {
        treaty: "Договор",
        state: "Государство",
        status: "Статус",
        since: "С",
        by: "Основание",
        day: "День",
        what: "Что",
        kind: "Вид",
        severity: "Уровень",
    },
    status: Status {
        until: "До",
        other_instruments: "Иные документы:",
        last_known: "* последнее известное: факты о документе доходят до указанного при нём дня",
        facts_up_to: |up_to| format!("факты {up_to}"),
        did_not_exist: "ещё не существовал",
        until_first_day: |day| format!("до {day} (с этого дня уже нет)"),
        depositary: "Депозитарий",
        registered: "Регистрация",
        reading: "Позиция",
        why: "Основание",
        then: "Затем",
        in_addition: "Сверх того",
        left: "Вышли",
        counts: "Число",
        threshold: "Условие",
        readings: "Позиции",
        upcoming: "Впереди",
        deadlines: "Сроки государств",
        related: "Связи",
        missing: "Пробелы",
        doubtful: "Сомнения",
        facts: "Факты",
        parties: |count| format!("участников: {count}"),
        taking_part: |count| format!("участвуют: {count}"),
        signed_and_consented: |signed, consented| format!("подписали: {signed}, дали согласие: {consented}"),
        parties_incomplete: "сведения об участниках неполны",
        progress: |reached, needed| format!("условие вступления в силу: {reached} из {needed}"),
        states_missing: |codes| format!("не хватает {codes}"),
        among: |reached, needed, codes| format!("{reached} из {needed} необходимых среди {codes}"),
        last_changed_by: "последнее изменение: ",
        if_deposited: |effect, deposit| {
            format!("вступит в силу {effect}, если недостающие документы будут сданы {deposit}")
        },
        asserted_by: "отстаивают",
        disputed_by: "оспаривают",
        therefore: "следовательно",
        not_recognised: "не признаётся",
    },
    history: History {
        heading: |title, known_on, facts| {
            format!("История: {title}, по данным на {known_on}, факты по {facts}")
        },
        notes: "заметка: событие без влияния на правовой статус",
        sources: "Источники",
        overlay: "сверх того",
        status: "статус",
        note: "заметка",
        to: |day| format!("по {day}"),
        ends_before: |day| format!("не действует с {day}"),
        new_last_day: |day| format!("новый последний день — {day}"),
        effective: |day| format!("действует с {day}"),
        succeeded_by: "преемники: ",
        sources_disagree: "источники расходятся: ",
    },
    parties: Parties {
        last_known: |facts| format!("Последнее известное: факты доходят до {facts}."),
        code: "Код",
        listed: |count| format!("в списке: {count}"),
        counts: |parties, signed, consented| {
            format!("участников: {parties}, подписали: {signed}, дали согласие: {consented}")
        },
        counts_incomplete: "сведения неполны",
        historic_states: "Исторические государства",
        not_counted: "Не учитываются",
        incomplete: "Список неполон: не названное в нём государство также может быть участником.",
        facts_missing: "Неполные сведения",
        effect_unknown: "дата вступления в действие неизвестна",
        disputed: "оспаривается",
        contested: "спорно",
    },
    state: State {
        state: "Государство",
        treaty_is: "Договор",
        none: "Ни в чём не участвует.",
        no_part_in: "Не участвует",
        not_known: "Неизвестно, списки неполны",
    },
    upcoming: Upcoming {
        heading: |from, until| format!("Предстоящие даты, с {from} по {until}"),
        none: "Нет.",
        date: "Дата",
        days: "Дней",
        certainty: "Надёжность",
    },
    statement: Statement {
        heading: |day, facts| format!("По абзацам, статусы на {day}; события после по {facts}"),
        last_known: "* последнее известное: факты о договоре не доходят до этого дня",
        claim: "Утверждение",
        since: "С тех пор",
        overtaken: "Устарело",
    },
    why: Why {
        not_watched: "Наблюдение ещё не начато.",
        watched_since: |day| format!("наблюдение с {day}"),
        last_check: |day| format!("последняя проверка {day}"),
        next_check: |at| format!("следующая {at}"),
        one_day_before: "за 1 дн.",
        days_before: |days| format!("за {days} дн."),
        on_the_day: "в сам день",
        raised: "сообщено",
        no_endpoint: "никто не подписан",
        to_come: "предстоит",
        raised_late: "сообщено позже, с более близким сроком",
        before_first_check: "не сообщалось: до начала наблюдения",
        not_known_then: |known_on| format!("не сообщалось: известно лишь с {known_on}"),
        too_inexact: "не сообщается: день точно не известен",
        not_checked: "сообщит следующая проверка",
        not_raised: "отдельно не сообщалось: записано позже или сообщено вместе с актом",
        for_digest: "для сводки",
        snoozed_by: |name| format!("договор отложен ({name})"),
        acknowledged_by: |name| format!("день принят к сведению ({name})"),
    },
    alerts: Alerts {
        none: "Оповещений нет.",
        raised: "Когда",
        alert: "Оповещение",
        late: "с опозданием",
        test: "тестовое сообщение",
    },
    attention: Attention {
        by: |what, name| format!("{what} ({name})"),
        acknowledged: "Принято к сведению",
        undone: "Отменено",
        after_acknowledging: "Напоминания об этом дне записываются и не отправляются. О самом дне, переносе и отмене сообщается.",
        after_undoing: "О приближении снова будет сообщено.",
        none_acknowledged: "Принятых к сведению дат нет.",
        date: "Дата",
        who: "Кто",
        said_at: "Когда",
        snoozed: "Отложено",
        no_longer_snoozed: "Больше не отложено",
        after_snoozing: "Критические оповещения приходят сразу, остальные — вместе, когда срок закончится.",
        after_ending: "Отложенное придёт в течение минуты, если служба работает, иначе после следующей проверки.",
        none_snoozed: "Отложенных договоров нет.",
        from: "С",
        until: "До",
        is_acknowledged: "принято к сведению",
        is_snoozed: |until| format!("отложено {until}"),
    },
    records: Records {
        recorded: "Записано",
        corrected: "Исправлено",
        retracted: "Изъято",
        in_place_of: |act| format!("взамен {act}"),
        next_check: "Сообщит следующая проверка, сразу: treatywatch check",
    },
    calendar: Calendar {
        kind_of: |kind, lead_days| match lead_days {
            None => kind.label(Lang::Ru).to_owned(),
            Some(lead) => format!("{} ({})", kind.label(Lang::Ru), grammar::days(lead.into(), Lang::Ru)),
        },
        total: |from, to, alerts| {
            let forms = ["оповещение", "оповещения", "оповещений"];
            format!("С {from} по {to}: {alerts} {}", grammar::russian_plural(alerts as u64, forms))
        },
    },
    simulate: Simulate {
        what_if: "Если бы",
        nothing_written: "Ничего не записывается.",
        no_change: "Статусы не меняются.",
        change: "Изменение",
        no_longer: "Отпадает:",
        nothing: "ничего",
        was: "Было",
        is: "Стало",
        event: "Событие",
        reach: |until, later| match later {
            0 => format!("По {until}; позже ничего не происходит."),
            _ => format!("По {until}; позже изменений и дат: {later}, см. --within."),
        },
    },
    verify: Verify {
        article: "Статья",
        computed: "Вычислено",
        recorded: "Записано",
        agreement: "Сверка",
        count: |number, label| format!("{label}: {number}"),
        problem: "Проблема",
        first_term: "первый срок",
    },
    check: Check {
        set_back: |today, early| {
            format!(
                "Наблюдение возвращено к дате {today}. Преждевременные оповещения, которые будут повторены в срок: {early}."
            )
        },
        failed: |treaty, error| format!("{treaty}: проверка не удалась: {error}"),
        nothing_kept: " Ничего не сохранено.",
        ahead: |since, today, raised| {
            format!(
                "Последняя проверка относилась к более позднему дню, чем {today}: {since}. До тех пор оповещений о датах \
                 не будет. Если часы спешили: treatywatch check --rewind. Оповещений: {raised}."
            )
        },
        checked: |since, today, raised| format!("Проверено с {since} по {today}. Оповещений: {raised}."),
        watching: |today| format!("Наблюдение начато {today}; о том, что было раньше, не сообщается."),
    },
    catalogue: Catalogue {
        bundle: |file, version, treaties| format!("{file}: сведения версии {version}, договоров: {treaties}"),
    },
    message: Message {
        instrument: "Международный документ",
        date: "Дата",
        about: "О чём",
        reading: "Трактовка",
        source: "Источник",
        progress: |reached, needed| format!("{reached} из {needed}"),
        more_characters: |count| {
            format!("… (ещё {count} {})", grammar::russian_plural(count as u64, ["знак", "знака", "знаков"]))
        },
        more_changes: |count| more(count, ["изменение", "изменения", "изменений"]),
        more_states: |count| more(count, ["государство", "государства", "государств"]),
        more_alerts: |count| more(count, ["оповещение", "оповещения", "оповещений"]),
        more_lines: |count| more(count, ["строка", "строки", "строк"]),
    },
};

fn more(count: usize, forms: [&str; 3]) -> String {
    format!("… и ещё {count} {}", grammar::russian_plural(count as u64, forms))
}
