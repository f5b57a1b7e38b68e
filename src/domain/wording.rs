//! The text of an alert.

use serde::{Deserialize, Serialize};

use super::lang::{Lang, Words};

/// A headline stands in the list of a mailbox and on the screen of a phone: it has at most so many characters.
pub const HEADLINE_CHARS_MAX: usize = 70;

/// The text of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What happens and when, in at most [`HEADLINE_CHARS_MAX`] characters.
    pub headline: Words,
    /// What changes, when, by which act and under which article.
    pub sentence: Words,
}

/// A text in the languages besides English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentences {
    /// Chinese, in simplified characters.
    pub zh: Option<String>,
    /// Russian.
    pub ru: Option<String>,
}

impl Sentences {
    /// Takes a text apart: the English one, and the other languages.
    pub fn split(words: Words) -> (String, Self) {
        let Words { en, zh, ru } = words;
        (en, Self { zh, ru })
    }

    /// The text in `lang`, or `english`, which is marked `[en]` where another language was requested.
    pub fn or_english(&self, english: &str, lang: Lang) -> String {
        let Self { zh, ru } = self.clone();
        Words { en: english.to_owned(), zh, ru }.in_lang(lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_back_visibly() {
        let words = Words { en: "It came.".to_owned(), zh: Some("已到。".to_owned()), ru: None };
        let (english, others) = Sentences::split(words);
        let text = [Lang::En, Lang::Zh, Lang::Ru].map(|lang| others.or_english(&english, lang));
        assert_eq!(text, ["It came.", "已到。", "It came. [en]"]);
    }
}
