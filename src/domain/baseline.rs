//! What the first response of a watched page holds: later ones are compared with it, so it must be the page that
//! somebody wants to watch, and not the frame that a script fills in.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::id::StateId;
use super::outside::folded;

/// A page of no more lines than this, with no date and no state in them, is doubted: pages that people read have more.
pub const THIN_LINES_MAX: usize = 20;
/// Between a year and the day that belongs to it there are fewer words than this.
const DATE_WORDS_MAX: usize = 4;
/// Names of states have no more words than this.
const NAME_WORDS_MAX: usize = 10;
/// Shorter names in Latin letters are codes, which are words as well.
const NAME_BYTES_MIN: usize = 4;

/// What a person would count in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Baseline {
    /// Lines of text.
    pub lines: usize,
    /// Days that are written out: a year with a number up to 31 near it.
    pub dates: usize,
    /// States that are named.
    pub states: usize,
}

impl Baseline {
    /// Counts the lines of a page; `names` are those of states, folded.
    pub fn of(lines: &[String], names: &BTreeMap<String, StateId>) -> Self {
        let first_words: BTreeSet<&str> =
            names.keys().filter_map(|name| words(name).next()).map(|(_, word)| word).collect();
        let mut states = BTreeSet::new();
        let mut dates = 0;
        for line in lines {
            let line = folded(line);
            dates += dates_in(&line);
            states_in(&line, names, &first_words, &mut states);
        }
        Self { lines: lines.len(), dates, states: states.len() }
    }

    /// Whether there is next to nothing in it that could change.
    pub fn is_thin(self) -> bool {
        self.lines <= THIN_LINES_MAX && self.dates == 0 && self.states == 0
    }
}

/// The words of a text, without the punctuation around them, and where each begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_inside = |letter: char| letter.is_alphanumeric();
    text.split(' ')
        .scan(0, |at, word| {
            let begin = *at;
            *at += word.len() + 1;
            Some((begin, word))
        })
        .filter_map(move |(at, word)| {
            let trimmed = word.trim_start_matches(|letter| !is_inside(letter));
            let at = at + word.len() - trimmed.len();
            let trimmed = trimmed.trim_end_matches(|letter| !is_inside(letter));
            (!trimmed.is_empty()).then_some((at, trimmed))
        })
}

fn states_in(
    line: &str,
    names: &BTreeMap<String, StateId>,
    first_words: &BTreeSet<&str>,
    found: &mut BTreeSet<StateId>,
) {
    let words: Vec<(usize, &str)> = words(line).collect();
    let mut at = 0;
    while at < words.len() {
        let (begin, first) = words[at];
        let last = words.len().min(at + NAME_WORDS_MAX);
        let longest = (at..last).rev().filter(|_| first_words.contains(first)).find_map(|end| {
            let (place, word) = words[end];
            let stop = place + word.len();
            // A name may end with a bracket.
            let closed = line[stop..].starts_with(')').then(|| &line[begin..=stop]);
            let state = names.get(&line[begin..stop]).or_else(|| names.get(closed?));
            let is_name = !line[begin..stop].is_ascii() || NAME_BYTES_MIN <= stop - begin;
            state.filter(|_| is_name).map(|state| (end, *state))
        });
        at = match longest {
            Some((end, state)) => {
                found.insert(state);
                end + 1
            }
            None => at + 1,
        };
    }
}

/// Years with a number up to 31 near them, in whichever order and script they are written.
fn dates_in(line: &str) -> usize {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let mut tokens: Vec<Option<&str>> = Vec::new();
    for part in line.split(|letter: char| !letter.is_alphanumeric()) {
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|letter| is_digit(letter) != is_digit(first)).unwrap_or(rest.len());
            tokens.push(Some(&rest[..end]).filter(|_| is_digit(first)));
            rest = &rest[end..];
        }
    }
    let number = |token: &Option<&str>, digits: std::ops::RangeInclusive<usize>| {
        token.filter(|text| digits.contains(&text.len())).and_then(|text| text.parse::<u32>().ok())
    };
    let is_year =
        |token: &Option<&str>| number(token, 4..=4).is_some_and(|year| (1800..2200).contains(&year));
    let is_day = |token: &Option<&str>| number(token, 1..=2).is_some_and(|day| (1..=31).contains(&day));
    let near =
        |at: usize| &tokens[at.saturating_sub(DATE_WORDS_MAX)..tokens.len().min(at + DATE_WORDS_MAX + 1)];
    (0..tokens.len()).filter(|at| is_year(&tokens[*at]) && near(*at).iter().any(is_day)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lines: &[&str]) -> (usize, usize, usize) {
        let names = [
            ("cote d'ivoire", "CIV"),
            ("côte d'ivoire", "CIV"),
            ("korea", "KOR"),
            ("bolivia (plurinational state of)", "BOL"),
            ("guinea", "GIN"),
            ("guinea-bissau", "GNB"),
            ("papua new guinea", "PNG"),
            ("can", "CAN"),
            ("中国", "CHN"),
        ];
        let names = names.map(|(name, id)| (name.to_owned(), id.parse().unwrap())).into();
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let Baseline { lines, dates, states } = Baseline::of(&lines, &names);
        (lines, dates, states)
    }

    #[test]
    fn dates_and_states_are_counted_as_they_are_written() {
        for date in [
            "1 May 2020",
            "May 1st, 2020",
            "2020-05-01",
            "01/05/2020",
            "01.05.2020",
            "2020年5月1日",
            "1er mai 2020",
            "1 de mayo de 2020",
            "1 мая 2020 года",
            "Alia: 1 May 2020 a",
        ] {
            assert_eq!(count(&[date]), (1, 1, 0), "{date}");
        }
        for none in
            ["Loading…", "© 2026", "Visits: 4711", "S/RES/2231 (2015)", "45 of 2020", "May 2020", "12020-05"]
        {
            assert_eq!(count(&[none]), (1, 0, 0), "{none}");
        }
        assert_eq!(count(&["Cote d’Ivoire 1 May 2020 2 May 2021 r", "CÔTE D'IVOIRE"]), (2, 2, 1));
        assert_eq!(count(&["Guinea, Papua New Guinea", "Bolivia (Plurinational State of): a"]), (2, 0, 3));
        assert_eq!(count(&["(Guinea-Bissau)", "中国 2020年5月1日"]), (2, 1, 2));
        assert_eq!(count(&["You can read this", "Koreans"]), (2, 0, 0));
    }

    #[test]
    fn a_page_with_next_to_nothing_is_thin() {
        let is_thin = |lines, dates, states| Baseline { lines, dates, states }.is_thin();
        assert!(is_thin(1, 0, 0) && is_thin(THIN_LINES_MAX, 0, 0));
        assert!(!is_thin(1, 1, 0) && !is_thin(1, 0, 1) && !is_thin(THIN_LINES_MAX + 1, 0, 0));
    }
}
