//! Days and numbers in running text, in the grammar of each language.

use chrono::Datelike;

use super::day::{PartialDay, Precision};
use super::lang::Lang;

/// The months in Russian: the nominative, the genitive and the prepositional case.
const MONTHS_RU: [[&str; 3]; 12] = [
    ["январь", "января", "январе"],
    ["февраль", "февраля", "феврале"],
    ["март", "марта", "марте"],
    ["апрель", "апреля", "апреле"],
    ["май", "мая", "мае"],
    ["июнь", "июня", "июне"],
    ["июль", "июля", "июле"],
    ["август", "августа", "августе"],
    ["сентябрь", "сентября", "сентябре"],
    ["октябрь", "октября", "октябре"],
    ["ноябрь", "ноября", "ноябре"],
    ["декабрь", "декабря", "декабре"],
];

/// The cases of a Russian noun that days are needed in. A period behind "в" has the accusative.
#[derive(Debug, Clone, Copy)]
enum Case {
    Nominative = 0,
    Genitive = 1,
    Prepositional = 2,
}

/// A day, or as much as is known of it, as it stands alone or behind a dash: `5 February 2026`,
/// `2026年2月5日`, `5 февраля 2026 года`; `February 2026`, `2026年2月`, `февраль 2026 года`.
///
/// Some day between two months: `July 2005 to June 2006`, `2005年7月至2006年6月`, `июль 2005 года – июнь 2006 года`.
pub fn day(on: PartialDay, lang: Lang) -> String {
    if let Some((first, last)) = on.months() {
        let to = match lang {
            Lang::En => " to ",
            Lang::Zh => "至",
            Lang::Ru => " – ",
        };
        return format!("{}{to}{}", day(first, lang), day(last, lang));
    }
    let first = on.first_day();
    match (lang, on.precision()) {
        (Lang::En, Precision::Day) => first.format("%-d %B %-Y").to_string(),
        (Lang::En, Precision::Month) => first.format("%B %-Y").to_string(),
        (Lang::En, Precision::Year) => first.year().to_string(),
        (Lang::Zh, Precision::Day) => first.format("%-Y年%-m月%-d日").to_string(),
        (Lang::Zh, Precision::Month) => first.format("%-Y年%-m月").to_string(),
        (Lang::Zh, Precision::Year) => first.format("%-Y年").to_string(),
        (Lang::Ru, _) => russian(on, Case::Nominative),
    }
}

/// A day in the genitive, behind "с", "до", "от" or "не ранее": `февраля 2026 года`.
pub fn russian_genitive(on: PartialDay) -> String {
    russian(on, Case::Genitive)
}

/// When something is, in Russian: `5 февраля 2026 года`, `в феврале 2026 года`, `в 2026 году`.
pub fn russian_when(on: PartialDay) -> String {
    match on.precision() {
        Precision::Day => russian(on, Case::Genitive),
        Precision::Month | Precision::Year => format!("в {}", russian(on, Case::Prepositional)),
    }
}

/// A day of the month is a genitive in every case, and so is the year behind a month.
fn russian(on: PartialDay, case: Case) -> String {
    if let Some((first, last)) = on.months() {
        let months = format!("с {} по {}", russian(first, Case::Genitive), russian(last, Case::Nominative));
        return match case {
            Case::Nominative => format!("период {months}"),
            Case::Genitive => format!("периода {months}"),
            Case::Prepositional => format!("период {months}"),
        };
    }
    let first = on.first_day();
    let (year, months) = (first.year(), MONTHS_RU[first.month0() as usize]);
    match on.precision() {
        Precision::Day => format!("{} {} {year} года", first.day(), months[Case::Genitive as usize]),
        Precision::Month => format!("{} {year} года", months[case as usize]),
        Precision::Year => format!("{year} {}", ["год", "года", "году"][case as usize]),
    }
}

/// The form that a Russian noun takes behind a number: 1 день, 2 дня, 5 дней, 11 дней, 21 день.
pub fn russian_plural(number: u64, [one, few, many]: [&str; 3]) -> &str {
    match (number % 10, number % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

/// A verb in the past tense, given in the masculine, as a Russian noun needs it: `вступил`, `вступила`, `вступило`.
pub fn russian_past(verb: &str, noun: &str) -> String {
    let word = noun.split(' ').next().unwrap_or_default();
    let ending = match word.chars().next_back() {
        Some('а' | 'я') => "а",
        Some('о' | 'е') => "о",
        _ => "",
    };
    format!("{verb}{ending}")
}

/// A day as short as a language writes it, where a line is short: `5 Feb 2026`, `2026年2月5日`, `05.02.2026`.
pub fn short_day(on: PartialDay, lang: Lang) -> String {
    match (lang, on.precision()) {
        (Lang::En, Precision::Day) => on.first_day().format("%-d %b %-Y").to_string(),
        (Lang::Ru, Precision::Day) => on.first_day().format("%d.%m.%Y").to_string(),
        (Lang::Zh, _) | (_, Precision::Month | Precision::Year) => day(on, lang),
    }
}

/// A number of days: `30 days`, `30天`, `30 дней`.
pub fn days(number: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{number} {}", if number == 1 { "day" } else { "days" }),
        Lang::Zh => format!("{number}天"),
        Lang::Ru => format!("{number} {}", russian_plural(number, ["день", "дня", "дней"])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_nouns_agree_with_their_numbers() {
        let cases = [
            (0, "дней"),
            (1, "день"),
            (2, "дня"),
            (4, "дня"),
            (5, "дней"),
            (11, "дней"),
            (12, "дней"),
            (14, "дней"),
            (21, "день"),
            (22, "дня"),
            (25, "дней"),
            (100, "дней"),
            (101, "день"),
            (111, "дней"),
            (112, "дней"),
            (365, "дней"),
        ];
        for (number, form) in cases {
            assert_eq!(days(number, Lang::Ru), format!("{number} {form}"));
        }
    }

    #[test]
    fn days_are_written_as_each_language_does() {
        let all = |text: &str| {
            let on: PartialDay = text.parse().unwrap();
            [Lang::En, Lang::Zh, Lang::Ru].map(|lang| day(on, lang))
        };
        assert_eq!(all("2026-02-05"), ["5 February 2026", "2026年2月5日", "5 февраля 2026 года"]);
        assert_eq!(all("2026-03"), ["March 2026", "2026年3月", "март 2026 года"]);
        assert_eq!(all("2027"), ["2027", "2027年", "2027 год"]);
    }

    #[test]
    fn some_day_between_two_months_names_both() {
        let on = PartialDay::from_earliest(
            "2005-07-01".parse::<PartialDay>().unwrap().first_day(),
            Precision::Year,
        );
        assert_eq!(day(on, Lang::En), "July 2005 to June 2006");
        assert_eq!(day(on, Lang::Zh), "2005年7月至2006年6月");
        assert_eq!(day(on, Lang::Ru), "июль 2005 года – июнь 2006 года");
        assert_eq!(russian_when(on), "в период с июля 2005 года по июнь 2006 года");
        assert_eq!(russian_genitive(on), "периода с июля 2005 года по июнь 2006 года");
    }

    #[test]
    fn a_russian_verb_agrees_with_its_noun() {
        let nouns = ["отзыв уведомления", "оговорка", "ратификация", "приостановление действия"];
        assert_eq!(
            nouns.map(|noun| russian_past("вступил", noun)),
            ["вступил", "вступила", "вступила", "вступило"]
        );
    }

    #[test]
    fn a_short_day_is_still_a_whole_day() {
        let all = |text: &str| {
            let on: PartialDay = text.parse().unwrap();
            [Lang::En, Lang::Zh, Lang::Ru].map(|lang| short_day(on, lang))
        };
        assert_eq!(all("2026-02-05"), ["5 Feb 2026", "2026年2月5日", "05.02.2026"]);
        assert_eq!(all("2026-03"), ["March 2026", "2026年3月", "март 2026 года"]);
    }

    #[test]
    fn russian_days_have_cases() {
        let on = |text: &str| text.parse::<PartialDay>().unwrap();
        assert_eq!(russian_genitive(on("2026-05-09")), "9 мая 2026 года");
        assert_eq!(russian_genitive(on("2026-05")), "мая 2026 года");
        assert_eq!(russian_genitive(on("2026")), "2026 года");
        assert_eq!(russian_when(on("2026-05-09")), "9 мая 2026 года");
        assert_eq!(russian_when(on("2026-05")), "в мае 2026 года");
        assert_eq!(russian_when(on("2026")), "в 2026 году");
    }
}
