//! Values as they are written in TOML.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::domain::day::{PartialDay, parse_day};
use crate::domain::lang::Words;

/// A TOML date, without a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day(pub NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = date_text(toml::Value::deserialize(deserializer)?)?;
        parse_day(&text).map(Self).map_err(D::Error::custom)
    }
}

/// A TOML date, or a string `"2020-03"` or `"2020"` where only the month or the year is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct DayOrMonth(pub PartialDay);

impl<'de> Deserialize<'de> for DayOrMonth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = date_text(toml::Value::deserialize(deserializer)?)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

fn date_text<E: Error>(value: toml::Value) -> Result<String, E> {
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Datetime(day) if day.time.is_none() && day.offset.is_none() => Ok(day.to_string()),
        other => Err(E::custom(format!("`{other}` is not a day: expected a date, as in 2019-02-02"))),
    }
}

/// A text in up to three languages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsText {
    /// In English.
    pub en: String,
    /// In Chinese.
    zh: Option<String>,
    /// In Russian.
    ru: Option<String>,
}

impl From<WordsText> for Words {
    fn from(text: WordsText) -> Self {
        Self { en: text.en, zh: text.zh, ru: text.ru }
    }
}
