//! Text within the limits of a receiver: escaped, and cut with a count of what is left out.

use crate::domain::lang::Lang;
use crate::l10n::phrases;

use super::card::{List, Listed};

/// A medium: how it writes a character, and how it counts what is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Medium {
    /// Writes a character so that it means nothing but itself.
    pub escape: fn(char, &mut String),
    /// How much of the limit a written text takes.
    pub size: fn(&str) -> usize,
}

/// Counts as JavaScript does, which many limits are meant in.
pub(super) fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Counts bytes.
pub(super) fn bytes(text: &str) -> usize {
    text.len()
}

/// Writes a character as it is.
pub(super) fn verbatim(letter: char, out: &mut String) {
    out.push(letter);
}

impl Medium {
    /// All of a text, escaped.
    pub(super) fn escaped(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        text.chars().for_each(|letter| (self.escape)(letter, &mut out));
        out
    }

    /// As much of a text as fits, escaped; if something is left out, it ends with how many
    /// characters that are.
    pub(super) fn cut(self, text: &str, size_max: usize, lang: Lang) -> String {
        let whole = self.escaped(text);
        if (self.size)(&whole) <= size_max {
            return whole;
        }
        let total = text.chars().count();
        let room = size_max.saturating_sub((self.size)(&self.escaped(&left_out(widest(total), lang))));
        let (mut kept, mut used, mut out) = (0, 0, String::new());
        for letter in text.chars() {
            let before = out.len();
            (self.escape)(letter, &mut out);
            used += (self.size)(&out[before..]);
            if used > room {
                out.truncate(before);
                break;
            }
            kept += 1;
        }
        out.push_str(&self.escaped(&left_out(total - kept, lang)));
        out
    }

    /// As many lines as fit, each after `bullet`; if some are left out, the last one says how many.
    pub(super) fn lines(self, list: List<'_>, bullet: &str, size_max: usize, lang: Lang) -> String {
        let lines: Vec<String> =
            list.lines.iter().map(|line| format!("{bullet}{}", self.escaped(line))).collect();
        let whole = lines.join("\n");
        if (self.size)(&whole) <= size_max {
            return whole;
        }
        let note = |count: usize| self.escaped(&lines_left_out(count, list.of, lang));
        let line_break = (self.size)("\n");
        let room = size_max.saturating_sub((self.size)(&note(widest(lines.len()))));
        let (mut kept, mut used) = (0, 0);
        for line in &lines {
            used += (self.size)(line) + line_break;
            if used > room {
                break;
            }
            kept += 1;
        }
        let mut out = lines[..kept].iter().fold(String::new(), |out, line| out + line + "\n");
        out.push_str(&note(lines.len() - kept));
        out
    }
}

/// A number with as many digits, that makes a note as long as any that is not greater.
fn widest(number: usize) -> usize {
    let digits = number.checked_ilog10().map_or(1, |log| log + 1);
    (0..digits).fold(0, |number, _| number * 10 + 5)
}

fn left_out(count: usize, lang: Lang) -> String {
    (phrases(lang).message.more_characters)(count)
}

fn lines_left_out(count: usize, of: Listed, lang: Lang) -> String {
    let words = &phrases(lang).message;
    match of {
        Listed::Changes => (words.more_changes)(count),
        Listed::States => (words.more_states)(count),
        Listed::Alerts => (words.more_alerts)(count),
        Listed::Lines => (words.more_lines)(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Medium = Medium { escape: verbatim, size: utf16 };
    const DOUBLED: Medium = Medium {
        escape: |letter, out| {
            if letter == '*' {
                out.push('\\');
            }
            out.push(letter);
        },
        size: bytes,
    };

    #[test]
    fn what_fits_is_left_as_it_is() {
        assert_eq!(PLAIN.cut("abc", 3, Lang::En), "abc");
        assert_eq!(DOUBLED.cut("a*b", 4, Lang::En), r"a\*b");
    }

    #[test]
    fn what_does_not_fit_is_cut_with_a_count() {
        let text = "a".repeat(100);
        assert_eq!(PLAIN.cut(&text, 40, Lang::En), format!("{}… (83 more characters)", "a".repeat(17)));
        assert!(PLAIN.cut(&text, 40, Lang::Zh).ends_with("……（另有72个字符）"));
        assert!(PLAIN.cut(&text, 37, Lang::Ru).ends_with("… (ещё 81 знак)"));
    }

    #[test]
    fn lines_that_do_not_fit_are_counted() {
        let lines: Vec<String> = (0..10).map(|number| format!("line {number}")).collect();
        let list = |lines, of| List { lines, of };
        let shown = |most| PLAIN.lines(list(&lines, Listed::Changes), "- ", most, Lang::En);
        assert_eq!(shown(200).lines().count(), 10);
        assert_eq!(shown(40), "- line 0\n- line 1\n… and 8 more changes");
        assert_eq!(PLAIN.lines(list(&lines[..2], Listed::Changes), "- ", 17, Lang::En), "- line 0\n- line 1");
        let alerts = PLAIN.lines(list(&lines, Listed::Alerts), "- ", 40, Lang::Ru);
        assert_eq!(alerts, "- line 0\n- line 1\n… и ещё 8 оповещений");
    }

    proptest! {
        #[test]
        fn nothing_is_longer_than_its_limit(text in "[a*é中😀]{0,120}", most in 60_usize..200) {
            for medium in [PLAIN, DOUBLED] {
                for lang in [Lang::En, Lang::Zh, Lang::Ru] {
                    let cut = medium.cut(&text, most, lang);
                    prop_assert!((medium.size)(&cut) <= most, "{cut}");
                    let lines: Vec<String> = text.split('a').map(str::to_owned).collect();
                    let cut = medium.lines(List { lines: &lines, of: Listed::Alerts }, "- ", most, lang);
                    prop_assert!((medium.size)(&cut) <= most, "{cut}");
                }
            }
        }
    }
}
