//! Official sources: one pure parser for each, from bytes to what the source says.
//!
//! A parser decides nothing: it reads everything or says what it could not read. What is found is
//! compared with the record in `domain`.

mod feed;
mod fetch;
mod grid;
mod html;
mod page;
mod source;
mod unoda;
mod untc;

use sha2::{Digest, Sha256};

pub use feed::{Entry, parse as parse_feed};
pub use fetch::{Ask, BODY_SIZE_MAX_BYTES, FetchError, Fetched, Fetcher, Limits, Page, is_allowed};
pub use page::{NoSelector, PageRules, diff, parse as parse_page};
pub use source::{Asked, Fault, Heard, Shape, Source, ask, parse_untc, unpack};
pub use unoda::{parse as parse_unoda, question as unoda_question};
pub use untc::{
    is_xml as is_untc_xml, notes as untc_notes, parse_html as parse_untc_html, parse_xml as parse_untc_xml,
};

/// A body that is not what the source usually sends: a maintenance page, half of a page, another shape.
/// It says nothing about treaties.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// It is something else.
    #[error("this is not the page: {0}")]
    NotThePage(String),
    /// It has no rows.
    #[error("the page lists nobody")]
    Empty,
    /// A column whose meaning is unknown, or that says nothing of its entries.
    #[error("the column `{column}`: {message}")]
    Column {
        /// Its heading.
        column: String,
        /// What is wrong with it.
        message: String,
    },
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

/// The digest of notes, blind to how they are laid out.
fn digest_of(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    Some(digest(text.as_bytes()))
}

/// SHA-256, in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
