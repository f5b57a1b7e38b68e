//! Text from outside (sources, catalogues, datasets, receivers): short where it is kept, harmless where it is shown.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

/// Ends a text that was cut.
const CUT: char = '…';
/// Stands for a character that acts and has no picture of its own.
const MARK: char = '\u{fffd}';

/// Returns the text on one line, with a visible mark in the place of each character that would act on a terminal, a
/// log or the direction of writing. For names, titles, links, errors; for text of several lines see [`visible_lines`].
pub fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, |_| false)
}

/// Returns the text with its line ends, and otherwise as [`visible`] does. For diffs, notes, descriptions.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |letter| letter == '\n')
}

/// Returns the text as one tidy line: runs of white space become one blank, what acts becomes visible, and what is
/// longer than `chars_max` characters is cut and ends with `…`.
///
/// Takes time and memory in proportion to `chars_max`, unless the text is mostly white space: a text of many megabytes
/// costs no more than a short one.
pub fn line(text: &str, chars_max: usize) -> String {
    let mut kept = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        if count > 0 {
            if count == chars_max {
                return cut(kept);
            }
            kept.push(' ');
            count += 1;
        }
        for letter in word.chars() {
            if count == chars_max {
                return cut(kept);
            }
            kept.push(mark_of(letter).unwrap_or(letter));
            count += 1;
        }
    }
    kept
}

/// Returns the form in which names and words from outside are compared and looked up: composed (NFC), in lower case,
/// with single spaces, one kind of apostrophe and hyphen, and without characters that nobody sees.
///
/// It is for comparing only, never for showing or storing.
pub fn folded(text: &str) -> String {
    let plain = plain(text);
    if plain.is_ascii() {
        return plain.to_ascii_lowercase();
    }
    let lower: String = plain.chars().map(one_of_its_kind).collect::<String>().to_lowercase();
    // A letter in lower case may have another composed form.
    ComposingNormalizerBorrowed::new_nfc().normalize(&lower).into_owned()
}

/// Returns the text as a reader sees it: composed (NFC), with single spaces, without characters that nobody sees.
/// For cells of tables, whose letters mean something in capitals.
pub fn plain(text: &str) -> String {
    if text.is_ascii() {
        return joined(text.split_ascii_whitespace());
    }
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let seen: String = text.chars().filter(|letter| !ignorable.contains(*letter)).collect();
    joined(ComposingNormalizerBorrowed::new_nfc().normalize(&seen).split_whitespace())
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// The one character that stands for all that are written alike.
fn one_of_its_kind(letter: char) -> char {
    match letter {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bb}' | '\u{2bc}' | '\u{2b9}' | '\u{2032}'
        | '\u{ff07}' | '\u{b4}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        // The capital of `i` in Turkish: in lower case it would keep its dot as a character of its own.
        '\u{130}' => 'i',
        _ => letter,
    }
}

/// Whether [`visible`] would show the character as something else.
pub fn acts(letter: char) -> bool {
    mark_of(letter).is_some()
}

fn cut(mut text: String) -> String {
    text.pop();
    text.truncate(text.trim_end().len());
    text.push(CUT);
    text
}

fn replaced(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    let mark = |letter: char| mark_of(letter).filter(|_| !is_kept(letter));
    if !text.chars().any(|letter| mark(letter).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|letter| mark(letter).unwrap_or(letter)).collect())
}

/// The mark of a character that acts; none for one that is only shown.
fn mark_of(letter: char) -> Option<char> {
    match letter {
        // The pictures of the control characters lie in their order.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)),
        '\u{7f}' => Some('\u{2421}'),
        '\u{80}'..='\u{9f}' => Some(MARK),
        // Line and paragraph separators end a line for some readers.
        '\u{2028}' | '\u{2029}' => Some('\u{2424}'),
        // What turns the direction of writing (Unicode Standard Annex 9).
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(MARK),
        // Tags: letters that nobody sees.
        '\u{e0000}'..='\u{e007f}' => Some(MARK),
        _ => None,
    }
}

/// What somebody may put into a name so that it acts where it is shown. Every door is tried with all of them.
#[cfg(test)]
pub(crate) const NASTY: &[&str] = &[
    "\u{1b}]0;owned\u{7}",
    "\u{1b}[2J",
    "Chad\r\n2026-11-30T00:00:00Z  INFO Alert: all is well",
    "\u{202e}daolnwod",
    "\u{2066}x",
    "nul\0",
    "del\u{7f}",
    "\u{9b}2J",
    "line\u{2028}separator",
    "tag\u{e0041}",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_becomes_visible() {
        let title = "Chad\u{1b}]0;owned\u{7}\u{202e}daolnwod\0\u{9b}2J\r\nINFO\t\u{7f}\u{2028}";
        let shown = "Chad␛]0;owned␇\u{fffd}daolnwod␀\u{fffd}2J␍␊INFO␉␡␤";
        assert_eq!(visible(title), shown);
        assert_eq!(visible_lines("- a\n+ b\u{1b}[2J\n"), "- a\n+ b␛[2J\n");
        assert!(!visible(title).chars().any(acts));
    }

    #[test]
    fn words_of_every_script_stay_as_they_are() {
        for text in ["Côte d’Ivoire", "Бёрн", "俄罗斯联邦", "السودان", "ישראל", "नेपाल", "👩‍🚀"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
            assert_eq!(line(text, 40), text);
        }
    }

    #[test]
    fn a_line_is_tidy_and_no_longer_than_asked() {
        assert_eq!(line("  a\n\tb\u{a0} c ", 5), "a b c");
        assert_eq!(line("a b c", 5), "a b c");
        assert_eq!(line("a b cd", 5), "a b…", "the blank before the cut goes");
        assert_eq!(line("abcdef", 5), "abcd…");
        assert_eq!(line("abcde f", 5), "abcd…");
        assert_eq!(line("\u{1b}[2J", 9), "␛[2J");
        assert_eq!(line("", 5), "");
        assert_eq!(line(&"é".repeat(5_000_000), 200).chars().count(), 200);
    }

    #[test]
    fn names_that_are_read_alike_are_folded_alike() {
        for (name, others) in [
            (
                "côte d'ivoire",
                &[
                    "Côte d’Ivoire",
                    "CO\u{302}TE D\u{2bc}IVOIRE",
                    " Co\u{302}te\u{a0}\td\u{2018}I\u{ad}voire\u{200b}",
                    "\u{feff}Côte\r\nd\u{b4}Ivoire",
                ][..],
            ),
            ("türkiye", &["TÜRKİYE", "Tu\u{308}rkiye", "Türkiye"]),
            ("guinea-bissau", &["Guinea\u{2011}Bissau", "GUINEA-BISSAU", "  guinea-bissau "]),
            ("россия", &["РОССИЯ", "Росси\u{200d}я"]),
            ("", &[" \u{200b}", "\u{feff}"]),
        ] {
            assert_eq!(folded(name), name);
            for other in others {
                assert_eq!(folded(other), name, "{other:?}");
            }
        }
        assert_eq!(plain("\u{feff} 4\u{a0}Oct\t2025\u{200b} AA\n"), "4 Oct 2025 AA");
        // What is read differently stays apart.
        assert_ne!(folded("Niger"), folded("Nigeria"));
        assert_ne!(folded("Republic of Korea"), folded("Republic ofKorea"));
    }
}
