//! Options that several commands have, and how their values are read.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::Args;
use clap::builder::{OsStringValueParser, PossibleValuesParser, TypedValueParser};

use super::output::Style;
use crate::answers::values::Asked;
use crate::domain::day::parse_day;
use crate::domain::lang::Lang;
use crate::domain::outside::acts;

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Database file [default: `database` of the configuration, else treatywatch.db]
    #[arg(long, global = true, value_name = "PATH", env = "TREATYWATCH_DB", value_parser = path())]
    pub db: Option<PathBuf>,
    /// Configuration file [default: treatywatch.toml, if it exists]
    #[arg(long, global = true, value_name = "PATH", env = "TREATYWATCH_CONFIG", value_parser = path())]
    pub config: Option<PathBuf>,
    /// Directory of seeds to use instead of the built-in ones
    #[arg(long, global = true, value_name = "DIR", env = "TREATYWATCH_SEEDS", value_parser = path())]
    pub seeds: Option<PathBuf>,
    /// Write the answer as JSON; errors are written as text
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of titles and statuses [default: `language` of the configuration, else en]; text that has
    /// no translation is shown in English and marked
    #[arg(long, global = true, value_parser = word::<Lang>(Lang::ALL.iter().map(|lang| lang.as_str())))]
    pub lang: Option<Lang>,
}

/// A path, which may be empty: clap's own parser refuses that.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// A text that is kept and shown: a name, a place, an address.
pub(super) fn line(text: &str) -> Result<String, String> {
    harmless(text, |_| false)
}

/// The same, of several lines: a note.
pub(super) fn lines(text: &str) -> Result<String, String> {
    harmless(text, |letter| letter == '\n')
}

fn harmless(text: &str, is_allowed: impl Fn(char) -> bool) -> Result<String, String> {
    if text.chars().all(char::is_whitespace) {
        return Err("expected some text".to_owned());
    }
    match text.chars().find(|letter| acts(*letter) && !is_allowed(*letter)) {
        None => Ok(text.to_owned()),
        Some(letter) => Err(format!(
            "has the character U+{:04X}: expected text without control characters",
            u32::from(letter)
        )),
    }
}

impl Options {
    /// Drops what is empty: an empty variable of the environment is one that is not set.
    pub(super) fn forget_empty(&mut self) {
        for path in [&mut self.db, &mut self.config, &mut self.seeds] {
            path.take_if(|path| path.as_os_str().is_empty());
        }
    }

    /// How answers are written, for a terminal of this width, in `usual` unless another language is asked for.
    pub fn style(&self, usual: Lang, width: usize) -> Style {
        Style { json: self.json, lang: self.lang.unwrap_or(usual), width }
    }
}

/// The days that a question is about.
#[derive(Debug, Clone, Copy, Args)]
pub struct DayArgs {
    /// Date of the answer [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<NaiveDate>,
    /// Leave out facts that became known after this date [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub known_on: Option<NaiveDate>,
}

impl DayArgs {
    /// The days asked about, where `today` stands for those that were not given.
    pub fn asked(self, today: NaiveDate) -> Asked {
        Asked { on: self.on.unwrap_or(today), known_on: self.known_on.unwrap_or(today) }
    }
}

/// A day, strictly: `2019-2-2` and `20190202` are refused.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    parse_day(text).map_err(|_| "expected a day of the calendar as YYYY-MM-DD".to_owned())
}

/// One of the words of an enumeration.
pub(super) fn word<T>(words: impl Iterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    PossibleValuesParser::from(words.collect::<Vec<_>>()).try_map(|word: String| word.parse::<T>())
}
