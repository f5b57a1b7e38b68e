//! Headlines: what happens and when, in one line of at most [`HEADLINE_CHARS_MAX`] characters.
//!
//! A headline is the short title of the treaty and what follows it. What follows has several forms, the fullest first:
//! the first that fits is taken. If none fits, the title is cut at a word. A date is kept whole, in a short form if need
//! be, or left out.

mod en;
mod ru;
mod zh;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use super::part::{Dated, Doubt, Part, Scene, When};
use super::{Names, actors, towards_of};
use crate::domain::act::Act;
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar;
use crate::domain::id::StateId;
use crate::domain::lang::{Lang, Words};
use crate::domain::wording::HEADLINE_CHARS_MAX;

/// A source or an endpoint is named up to this length.
pub(super) const NAME_CHARS_MAX: usize = 24;
/// A deadline is named up to this length.
const DEADLINE_CHARS_MAX: usize = 20;
/// A state is named up to this length; in Russian their names are longer.
const STATE_CHARS_MAX: usize = 18;
const STATE_CHARS_MAX_RU: usize = 21;
/// A title keeps at least so much, where something else can be left out.
const TITLE_CHARS_MIN: usize = 4;
/// What is longer past is named by its date, not by its days.
const DAYS_AGO_MAX: i64 = 366;

/// Long names of states as headlines have them.
const SHORT_NAMES: &[(&str, [&str; 3])] = &[
    ("Central African Republic", ["CAR", "中非共和国", "ЦАР"]),
    ("Democratic People's Republic of Korea", ["DPRK", "朝鲜", "КНДР"]),
    ("Democratic Republic of the Congo", ["DR Congo", "刚果民主共和国", "ДР Конго"]),
    ("German Democratic Republic", ["GDR", "民主德国", "ГДР"]),
    ("Lao People's Democratic Republic", ["Lao PDR", "老挝", "ЛНДР"]),
    ("Republic of Moldova", ["Moldova", "摩尔多瓦", "Молдова"]),
    ("Russian Federation", ["Russia", "俄罗斯", "Россия"]),
    ("Socialist Federal Republic of Yugoslavia", ["SFR Yugoslavia", "南斯拉夫", "СФРЮ"]),
    ("Syrian Arab Republic", ["Syria", "叙利亚", "Сирия"]),
    ("Union of Soviet Socialist Republics", ["USSR", "苏联", "СССР"]),
    ("United Arab Emirates", ["UAE", "阿联酋", "ОАЭ"]),
    ("United Kingdom of Great Britain and Northern Ireland", ["UK", "英国", "Великобритания"]),
    ("United Republic of Tanzania", ["Tanzania", "坦桑尼亚", "Танзания"]),
    ("United States of America", ["US", "美国", "США"]),
];

/// Words that do not end a cut title.
const SMALL_WORDS: &[&str] = &[
    "a", "and", "for", "from", "in", "of", "on", "the", "to", "в", "для", "и", "к", "на", "о", "об", "от",
    "по", "с",
];

/// The headline of a sentence that is made of these parts.
pub(super) fn of_parts(scene: Scene<'_>, parts: &[Part<'_>]) -> Words {
    Words {
        en: en::headline(scene, parts),
        zh: Some(zh::headline(scene, parts)),
        ru: Some(ru::headline(scene, parts)),
    }
}

/// What a headline begins with: a name that can be cut, in marks that stay.
#[derive(Debug)]
pub(in crate::alerts) struct Head<'a> {
    open: &'static str,
    name: &'a str,
    close: &'static str,
}

impl<'a> Head<'a> {
    pub(in crate::alerts) fn of(text: &'a str) -> Self {
        for (open, close) in [("《", "》"), ("“", "”"), ("", " [en]")] {
            let inner = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
            if let Some(name) = inner {
                return Self { open, name, close };
            }
        }
        Self { open: "", name: text, close: "" }
    }
}

/// The first of `tails` that leaves the head whole, else the first that leaves enough of it. If there is none, so with
/// `shorter` ones, which leave out more.
pub(in crate::alerts) fn fit(head: &Head<'_>, tails: &[String], shorter: &[String]) -> String {
    let Head { open, name, close } = head;
    let length = |text: &str| text.chars().count();
    let room = |tail: &str| HEADLINE_CHARS_MAX.checked_sub(length(open) + length(close) + length(tail));
    let all = length(name);
    // Its first word and the dots.
    let word = name.split(' ').next().map_or(all, |word| length(word) + 1);
    for tails in [tails, shorter] {
        for enough in [all, all.min(word), all.min(TITLE_CHARS_MIN)] {
            for tail in tails {
                if let Some(room) = room(tail).filter(|room| enough <= *room) {
                    return format!("{open}{}{close}{tail}", cut(name, room));
                }
            }
        }
    }
    // Only if all but the name is too long by itself.
    let tail = shorter.last().or(tails.last()).map_or("", String::as_str);
    cut(&format!("{open}{name}{close}{tail}"), HEADLINE_CHARS_MAX)
}

/// A tail with its day written as short as the language allows.
fn with_short_day(tail: &str, on: PartialDay, lang: Lang) -> String {
    tail.replace(&grammar::day(on, lang), &grammar::short_day(on, lang))
}

/// As much of a text as fits, cut between words.
pub(in crate::alerts) fn cut(text: &str, chars_max: usize) -> String {
    // Where the character begins that has no place beside the dots.
    let mut places = text.char_indices().map(|(at, _)| at).skip(chars_max.saturating_sub(1));
    let (Some(room), Some(_)) = (places.next(), places.next()) else { return text.to_owned() };
    let number = text.find(|letter: char| letter.is_ascii_digit()).filter(|at| 0 < *at);
    let room = number.map_or(room, |at| at.min(room));
    let ends = |mark: char| mark.is_whitespace() || ",;:(（，；：、".contains(mark);
    let mut kept = text[..cut_before(text, room)].trim_end_matches(ends);
    while let Some((before, _)) = kept.rsplit_once(' ').filter(|(_, last)| SMALL_WORDS.contains(last)) {
        kept = before.trim_end_matches(ends);
    }
    format!("{kept}…")
}

/// The last place up to `room` where a line may end: between words, or between characters of a script that writes no
/// spaces; in a word that is longer than that, between what people see as characters.
fn cut_before(text: &str, room: usize) -> usize {
    let stands_apart = |letter: char| letter.is_whitespace() || letter.width() == Some(2);
    let is_between = |at: &usize| {
        let (before, after) = (text[..*at].chars().next_back(), text[*at..].chars().next());
        before.into_iter().chain(after).any(stands_apart)
    };
    let fits = |at: &usize| 0 < *at && *at <= room;
    let mut words = text.split_word_bound_indices().map(|(at, _)| at).filter(fits);
    let mut seen = text.grapheme_indices(true).map(|(at, _)| at).filter(fits);
    words.rfind(is_between).or_else(|| seen.next_back()).unwrap_or_default()
}

/// The name of a state, without what stands in brackets behind it.
fn short_name(names: Names<'_>, id: StateId, lang: Lang) -> String {
    let full = names.of(id).en;
    if let Some((_, [en, zh, ru])) = SHORT_NAMES.iter().find(|(name, _)| *name == full) {
        let short = match lang {
            Lang::En => en,
            Lang::Zh => zh,
            Lang::Ru => ru,
        };
        return (*short).to_owned();
    }
    let name = names.in_lang(id, lang);
    let plain = name.split(['(', '（']).next().map(str::trim).filter(|plain| !plain.is_empty());
    let chars_max = if lang == Lang::Ru { STATE_CHARS_MAX_RU } else { STATE_CHARS_MAX };
    cut(plain.unwrap_or(&name), chars_max)
}

/// Whose act it was: by their names, or how many where they are too long.
fn who_acted(scene: Scene<'_>, act: &Act, lang: Lang) -> String {
    listed(scene, actors(act), lang)
}

/// Which parties it concerns, if it does not concern all.
fn towards(scene: Scene<'_>, act: &Act, lang: Lang) -> Option<String> {
    (!act.towards.is_empty()).then(|| listed(scene, &act.towards, lang))
}

/// States by their names, or how many where they are too long.
fn listed(scene: Scene<'_>, ids: &[StateId], lang: Lang) -> String {
    let each: Vec<String> = ids.iter().map(|id| short_name(scene.names, *id, lang)).collect();
    let (comma, and) = match lang {
        Lang::En => (", ", " and "),
        Lang::Zh => ("、", "和"),
        Lang::Ru => (", ", " и "),
    };
    let listed = match each.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{}{and}{last}", first.join(comma)),
        few => few.concat(),
    };
    if ids.len() > 1 && listed.chars().count() > STATE_CHARS_MAX_RU {
        return super::states_in_number(ids.len()).in_lang(lang);
    }
    listed
}

/// How many days after today something is, or before it if they are negative; none where that is not known to the
/// day, or long ago.
fn days_from_today(scene: Scene<'_>, when: When) -> Option<i64> {
    let days = (when.on.first_day() - scene.today).num_days();
    let is_exact = when.on.precision() == Precision::Day && !when.at_the_earliest;
    Some(days).filter(|days| is_exact && -DAYS_AGO_MAX <= *days)
}

/// What restricts the first part of a sentence, and towards whom it applies, to be added.
fn caveat(scene: Scene<'_>, parts: &[Part<'_>], lang: Lang) -> String {
    format!("{}{}", Caveat::of(parts).text(lang), towards_in_brackets(scene, parts, lang))
}

/// Towards whom the first part of a sentence applies, if not towards all.
fn towards_in_brackets(scene: Scene<'_>, parts: &[Part<'_>], lang: Lang) -> String {
    let whom = match parts.first() {
        Some(Part::Date(Dated { reason, .. }) | Part::Turn { reason, .. }) => towards_of(reason),
        _ => &[],
    };
    let names = listed(scene, whom, lang);
    match lang {
        _ if whom.is_empty() => String::new(),
        Lang::En => format!(" (towards {names})"),
        Lang::Zh => format!("（对{names}）"),
        Lang::Ru => format!(" (в отн.: {names})"),
    }
}

/// What restricts the first part of a sentence, so that no headline leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caveat {
    None,
    Contested,
    Conditional,
    Disputed,
    Expected,
    Nominal,
}

impl Caveat {
    fn of(parts: &[Part<'_>]) -> Self {
        let of_part = |part: &Part<'_>| match part {
            Part::Doubt(Doubt::Contested(_)) => Some(Self::Contested),
            // A notice is given whatever its effect hangs on.
            Part::Doubt(Doubt::Conditional) if !matches!(parts, [Part::Act(_), ..]) => {
                Some(Self::Conditional)
            }
            Part::Doubt(Doubt::Expected) => Some(Self::Expected),
            Part::Doubt(Doubt::Nominal) => Some(Self::Nominal),
            Part::Disputed { .. } => Some(Self::Disputed),
            _ => None,
        };
        parts.iter().find_map(of_part).unwrap_or(Self::None)
    }

    /// In brackets, to be added.
    fn text(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::None, _) => "",
            (Self::Contested, Lang::En) => " (contested)",
            (Self::Contested, Lang::Zh) => "（有争议）",
            (Self::Contested, Lang::Ru) => " (спорно)",
            (Self::Conditional, Lang::En) => " (conditional)",
            (Self::Conditional, Lang::Zh) => "（附条件）",
            (Self::Conditional, Lang::Ru) => " (с условием)",
            (Self::Disputed, Lang::En) => " (disputed)",
            (Self::Disputed, Lang::Zh) => "（有异议）",
            (Self::Disputed, Lang::Ru) => " (спорно)",
            (Self::Expected, Lang::En) => " (expected)",
            (Self::Expected, Lang::Zh) => "（预计）",
            (Self::Expected, Lang::Ru) => " (ожидается)",
            (Self::Nominal, Lang::En) => " (nominal)",
            (Self::Nominal, Lang::Zh) => "（名义日期）",
            (Self::Nominal, Lang::Ru) => " (условно)",
        }
    }
}
