//! Official sources: one pure parser for each, from bytes to what the source says.
//!
//! A parser decides nothing: it reads everything or says what it could not read. What is found is
//! compared with the record in `domain`.

mod feed;
mod fetch;
mod grid;
mod head;
mod html;
mod page;
mod source;
mod unoda;
mod untc;

use std::fmt::Display;

use sha2::{Digest, Sha256};

use crate::domain::outside::line;

pub use feed::{Entry, parse as parse_feed};
pub use fetch::{Ask, BODY_SIZE_MAX_BYTES, FetchError, Fetched, Fetcher, Limits, Page, is_allowed};
pub use head::{UntcHead, untc_head};
pub use page::{NoSelector, PageRules, diff, marks, parse as parse_page};
pub use source::{Asked, Fault, Heard, Shape, Source, ask, parse_untc, unpack};
pub use unoda::{parse as parse_unoda, question as unoda_question};
pub use untc::{
    is_xml as is_untc_xml, notes as untc_notes, parse_html as parse_untc_html, parse_xml as parse_untc_xml,
};

/// The longest page, list or feed that is read: the longest real one has some 2 MB.
const TEXT_SIZE_MAX_BYTES: usize = 4 * 1024 * 1024;
/// What a source sent is shown up to so much of it.
const SHOWN_CHARS_MAX: usize = 200;
/// The longest name of a state or depositary: the longest real one has some 100 characters.
const NAME_CHARS_MAX: usize = 200;
/// Rows of one list: the longest real one has some 200 states, each with a row for each of three depositaries and acts.
const ROWS_MAX: usize = 10_000;

/// A body that is not what the source usually sends: a maintenance page, half of a page, another shape.
/// It says nothing about treaties.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// It is something else.
    #[error("this is not the page: {0}")]
    NotThePage(String),
    /// It has no rows.
    #[error("the page lists no participants")]
    Empty,
    /// A column whose meaning is unknown, or that says nothing of its entries.
    #[error("the column `{column}`: {message}")]
    Column {
        /// Its heading.
        column: String,
        /// What is wrong with it.
        message: String,
    },
    /// A state has no name, or a longer one than states have.
    #[error("a row names no state, but `{0}`")]
    Name(String),
    /// An entry that cannot be read.
    #[error("{state}, column `{column}`: `{entry}` is not a date as the source writes it")]
    Entry {
        /// Whose row.
        state: String,
        /// Which column.
        column: String,
        /// What stands there.
        entry: String,
    },
}

impl SourceFault {
    /// A column that cannot be read.
    fn column(column: &str, message: &str) -> Self {
        Self::Column { column: line(column, SHOWN_CHARS_MAX), message: message.to_owned() }
    }

    /// A row whose state has no name, or a longer one than states have.
    fn name(name: &str) -> Self {
        Self::Name(line(name, SHOWN_CHARS_MAX))
    }

    /// An entry that cannot be read.
    fn entry(state: &str, column: &str, entry: &str) -> Self {
        let shown = |text| line(text, SHOWN_CHARS_MAX);
        Self::Entry { state: shown(state), column: shown(column), entry: shown(entry) }
    }
}

/// The fault of a body that is something else; what a library says of it may quote all of it.
fn no_page(why: impl Display) -> SourceFault {
    SourceFault::NotThePage(line(&why.to_string(), SHOWN_CHARS_MAX))
}

/// Refuses a body that is longer than any of its kind.
fn within(body: &[u8], size_max_bytes: usize) -> Result<(), SourceFault> {
    if body.len() <= size_max_bytes {
        return Ok(());
    }
    Err(no_page(format_args!("it has more than {size_max_bytes} bytes")))
}

/// The name of a state or depositary on one line, with nothing that acts; none for what is too long to be one.
fn name_of(text: &str) -> Option<String> {
    let name = line(text, NAME_CHARS_MAX + 1);
    (name.chars().count() <= NAME_CHARS_MAX).then_some(name)
}

/// The text with single blanks between its words.
fn tidy(text: &str) -> String {
    let mut tidy = String::new();
    for word in text.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

/// The digest of notes, blind to how they are laid out.
fn digest_of(text: &str) -> Option<String> {
    let text = tidy(text);
    if text.is_empty() {
        return None;
    }
    Some(digest(text.as_bytes()))
}

/// SHA-256, in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
