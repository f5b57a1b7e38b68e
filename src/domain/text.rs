//! Enumerations that have one spelling everywhere: in Rust, SQL, JSON, TOML and the docs.

/// A word that is none of an enumeration's spellings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{word}`, expected one of {expected}")]
pub struct UnknownWord {
    /// What the word should have been, for example `act kind`.
    pub what: &'static str,
    /// The word as it was written.
    pub word: String,
    /// All spellings, separated by commas.
    pub expected: String,
}

/// A longer word is no misspelt one: what comparing takes grows with the square of the length.
const COMPARED_CHARS_MAX: usize = 100;

/// The words that a misspelt one may stand for, best first: at most `most`. None for a word that is longer than words
/// are.
pub fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    if word.chars().nth(COMPARED_CHARS_MAX).is_some() {
        return Vec::new();
    }
    let wanted = word.to_lowercase();
    // A third of the letters may be wrong.
    let distance_max = wanted.chars().count().div_ceil(3);
    let distance = |known: &str| strsim::damerau_levenshtein(&wanted, &known.to_lowercase());
    let words = words.filter(|known| known.chars().nth(2 * COMPARED_CHARS_MAX).is_none());
    let mut near: Vec<(usize, &str)> = words.map(|known| (distance(known), known)).collect();
    near.retain(|(distance, _)| *distance <= distance_max);
    near.sort();
    near.dedup();
    near.into_iter().take(most).map(|(_, known)| known).collect()
}

/// An error with its causes, on one line. A cause that the text before ends with is not said again: errors of other
/// crates repeat it often.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        let before = text.strip_suffix(&said);
        if before.is_none_or(|before| before.ends_with(char::is_alphanumeric)) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = inner.source();
    }
    text
}

/// Declares an enumeration together with its spellings.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident ($what:literal) {
        $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The spelling used in SQL, JSON, TOML and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::domain::text::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($text => Ok($name::$variant),)+
                    _ => Err(crate::domain::text::UnknownWord {
                        what: $what,
                        word: word.to_owned(),
                        expected: [$($text,)+].join(", "),
                    }),
                }
            }
        }
    };
}
pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Told {
        text: &'static str,
        source: Option<Box<Told>>,
    }

    fn told(texts: &[&'static str]) -> Option<Box<Told>> {
        let (text, causes) = texts.split_first()?;
        Some(Box::new(Told { text, source: told(causes) }))
    }

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let text = |texts: &[&'static str]| with_causes(told(texts).unwrap().as_ref());
        assert_eq!(text(&["cannot open x", "no such file"]), "cannot open x: no such file");
        let malformed = "(code: 11) database disk image is malformed";
        assert_eq!(
            text(&[
                "cannot open x",
                "error returned from database: (code: 11) database disk image is malformed",
                malformed
            ]),
            "cannot open x: error returned from database: (code: 11) database disk image is malformed"
        );
        // What merely ends with the same letters is something else; what comes after a repetition is told.
        assert_eq!(text(&["it is unbound", "bound", "bound", "by whom"]), "it is unbound: bound: by whom");
    }

    #[test]
    fn a_misspelt_word_is_near_to_the_right_one() {
        let words = ["signature", "ratification", "declaration"];
        let near = |word| nearest(word, words.into_iter(), 2);
        assert_eq!(near("signatur"), ["signature"]);
        assert_eq!(near("Ratifcation"), ["ratification"]);
        assert_eq!(nearest("fromm", ["id", "form", "notes"].into_iter(), 1), ["form"]);
        assert_eq!(near("xyz"), Vec::<&str>::new());
        // Comparing takes the square of the length: this would not come to an end.
        assert_eq!(near(&"x".repeat(10_000_000)), Vec::<&str>::new());
    }
}
