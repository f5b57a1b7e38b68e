//! Languages, and texts in several of them.

use serde::{Deserialize, Serialize};

use super::text::text_enum;

text_enum! {
    /// A language of titles, statuses and alerts.
    Lang ("language") {
        /// English.
        En = "en",
        /// Chinese, in simplified characters.
        Zh = "zh",
        /// Russian.
        Ru = "ru",
    }
}

/// A text in up to three languages; English is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese, in simplified characters.
    pub zh: Option<String>,
    /// Russian.
    pub ru: Option<String>,
}

impl Words {
    /// The text in `lang`, if there is one.
    pub fn get(&self, lang: Lang) -> Option<&str> {
        match lang {
            Lang::En => Some(&self.en),
            Lang::Zh => self.zh.as_deref(),
            Lang::Ru => self.ru.as_deref(),
        }
    }

    /// The text in `lang`, or the English text marked `[en]`: a fallback shows.
    pub fn in_lang(&self, lang: Lang) -> String {
        self.get(lang).map_or_else(|| format!("{} [en]", self.en), str::to_owned)
    }
}
