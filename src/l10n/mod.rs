//! The words of answers and messages in each language.

use chrono::NaiveDate;

use crate::domain::day::PartialDay;
use crate::domain::grammar;
use crate::domain::status::ReadingId;
use crate::domain::treaty::Lang;

/// One of three phrases.
pub fn say<'a>(lang: Lang, en: &'a str, zh: &'a str, ru: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
        Lang::Ru => ru,
    }
}

/// Joins items of a list.
pub fn join(items: &[String], lang: Lang) -> String {
    items.join(say(lang, ", ", "、", ", "))
}

/// Text and what is meant by it, separated as the language does.
pub fn colon(lang: Lang) -> &'static str {
    say(lang, ": ", "：", ": ")
}

/// A comma between two parts of a sentence.
pub fn comma(lang: Lang) -> &'static str {
    say(lang, ", ", "，", ", ")
}

/// A semicolon between two parts of a sentence.
pub fn semicolon(lang: Lang) -> &'static str {
    say(lang, "; ", "；", "; ")
}

/// A remark in brackets behind a text.
pub fn bracketed(text: &str, remark: &str, lang: Lang) -> String {
    match lang {
        Lang::En | Lang::Ru => format!("{text} ({remark})"),
        Lang::Zh => format!("{text}（{remark}）"),
    }
}

/// A day in running text: in figures in English, as in tables, and in words elsewhere. In Russian
/// it is a genitive, or any case of a day that is known exactly.
pub fn in_text(day: impl ToString, lang: Lang) -> String {
    let figures = day.to_string();
    match (lang, figures.parse::<PartialDay>()) {
        (Lang::En, _) | (_, Err(_)) => figures,
        (Lang::Zh, Ok(day)) => grammar::day(day, lang),
        (Lang::Ru, Ok(day)) => grammar::russian_genitive(day),
    }
}

/// "Since" a day.
pub fn since(day: &str, lang: Lang) -> String {
    let day = in_text(day, lang);
    match lang {
        Lang::En => format!("since {day}"),
        Lang::Zh => format!("自{day}起"),
        Lang::Ru => format!("с {day}"),
    }
}

/// "Until" a day, on which it is no longer so.
pub fn until(day: NaiveDate, lang: Lang) -> String {
    let day = in_text(day, lang);
    match lang {
        Lang::En => format!("until {day}"),
        Lang::Zh => format!("至{day}"),
        Lang::Ru => format!("до {day}"),
    }
}

/// "Up to and including" a day.
pub fn up_to(day: NaiveDate, lang: Lang) -> String {
    let day = in_text(day, lang);
    match lang {
        Lang::En => format!("to {day}"),
        Lang::Zh => format!("截至{day}"),
        Lang::Ru => format!("по {day}"),
    }
}

/// "From memory", of a fact that no source at hand supports.
pub fn from_memory(lang: Lang) -> &'static str {
    say(lang, "from memory", "凭记忆", "по памяти")
}

/// A notice that was given on one day and runs to another.
pub fn running(given: PartialDay, to: Option<PartialDay>, lang: Lang) -> String {
    let given = in_text(given, lang);
    match (to.map(|to| in_text(to, lang)), lang) {
        (Some(to), Lang::En) => format!("given {given}, running to {to}"),
        (Some(to), Lang::Zh) => format!("{given}发出，至{to}届满"),
        (Some(to), Lang::Ru) => format!("подано {given}, срок до {to}"),
        (None, Lang::En) => format!("given {given}"),
        (None, Lang::Zh) => format!("{given}发出"),
        (None, Lang::Ru) => format!("подано {given}"),
    }
}

/// When people hear of what was just put on record.
pub fn told_by_next_check(lang: Lang) -> &'static str {
    say(
        lang,
        "The next check raises the alert; to raise it now: treatywatch check",
        "下次检查时告知；立即告知：treatywatch check",
        "Сообщит следующая проверка, сразу: treatywatch check",
    )
}

/// A text that exists in English alone: the fallback shows.
pub fn english(text: &str, lang: Lang) -> String {
    match lang {
        Lang::En => text.to_owned(),
        Lang::Zh | Lang::Ru => format!("{text} [en]"),
    }
}

/// A reading, by its name.
pub fn reading_name(reading: &ReadingId, lang: Lang) -> String {
    match lang {
        Lang::En => format!("reading {reading}"),
        Lang::Zh => format!("立场{reading}"),
        Lang::Ru => format!("позиция {reading}"),
    }
}
