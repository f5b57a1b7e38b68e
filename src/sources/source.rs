//! A source as it is configured, and one look at it.

use std::io::{self, Read as _, Write as _};

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use url::Url;

use super::fetch::{Ask, BODY_SIZE_MAX_BYTES, FetchError, Fetched, Fetcher, Page};
use super::{
    Entry, PageRules, SourceFault, TEXT_SIZE_MAX_BYTES, digest, is_untc_xml, no_page, parse_feed, parse_page,
    parse_unoda, parse_untc_html, parse_untc_xml, unoda_question,
};
use crate::domain::id::TreatyId;
use crate::domain::source::{Policy, Seen, SourceKind, SourceState};
use crate::offload::{OffloadError, offload};

/// A source that is watched.
#[derive(Debug, Clone)]
pub struct Source {
    /// A slug that findings and alerts name it by.
    pub name: String,
    /// Its shape, and what only that shape needs.
    pub shape: Shape,
    /// The treaty that it is about.
    pub treaty: Option<TreatyId>,
    /// Where it is.
    pub url: Url,
    /// What becomes of an act that the record has not.
    pub policy: Policy,
}

/// The shape of a source, with what is needed to read it.
#[derive(Debug, Clone)]
pub enum Shape {
    /// The Treaty Collection: XML, or else the page for people, which may be elsewhere.
    Untc {
        /// Where the page is that is read where the XML cannot be.
        fallback: Option<Url>,
    },
    /// The disarmament service.
    Unoda {
        /// What it calls the treaty.
        code: String,
    },
    /// A page or file.
    Page(PageRules),
    /// A feed.
    Feed {
        /// The words that make an entry worth telling; none for every entry.
        words: Vec<String>,
    },
    /// Curated facts in one file.
    Dataset,
}

impl Shape {
    /// By which rules it is read, in JSON: where they change, what was read before cannot be compared.
    pub fn rules(&self) -> String {
        match self {
            // The page says what the XML says.
            Self::Untc { .. } | Self::Dataset => serde_json::json!({}),
            Self::Unoda { code } => serde_json::json!({ "code": code }),
            Self::Page(rules) => rules.as_json(),
            Self::Feed { words } => serde_json::json!({ "words": words }),
        }
        .to_string()
    }

    /// The longest body that is read of it, unpacked. A page may be a file, as a PDF is.
    fn size_max_bytes(&self) -> usize {
        match self {
            Self::Untc { .. } | Self::Unoda { .. } | Self::Feed { .. } => TEXT_SIZE_MAX_BYTES,
            Self::Page(_) | Self::Dataset => BODY_SIZE_MAX_BYTES,
        }
    }

    /// Its name.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::Untc { .. } => SourceKind::Untc,
            Self::Unoda { .. } => SourceKind::Unoda,
            Self::Page(_) => SourceKind::Page,
            Self::Feed { .. } => SourceKind::Feed,
            Self::Dataset => SourceKind::Dataset,
        }
    }
}

/// What a source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is compared.
    pub seen: Seen,
    /// Of a feed, the entries that are worth telling.
    pub entries: Vec<Entry>,
    /// SHA-256 of the body, in hexadecimal.
    pub digest: String,
    /// The body as it came, packed with gzip.
    pub packed: Vec<u8>,
    /// What to ask by next time.
    pub etag: Option<String>,
    /// The same, as a date.
    pub last_modified: Option<String>,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The server says that nothing has changed.
    Same,
    /// Nothing: its host has asked to be left alone for so long, and was not asked.
    LeftAlone(TimeDelta),
    /// Something that may be new.
    News(Box<Asked>),
}

/// Why a source says nothing that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In words.
    pub message: String,
    /// How long the server asked to wait.
    pub retry_after: Option<TimeDelta>,
}

impl From<FetchError> for Fault {
    fn from(error: FetchError) -> Self {
        Self { message: error.to_string(), retry_after: error.retry_after() }
    }
}

impl From<SourceFault> for Fault {
    fn from(fault: SourceFault) -> Self {
        Self { message: fault.to_string(), retry_after: None }
    }
}

impl From<OffloadError> for Fault {
    fn from(error: OffloadError) -> Self {
        Self { message: error.to_string(), retry_after: None }
    }
}

/// Asks a source, by what it gave with its last answer. `is_pending` says that its treaty is not in force yet.
pub async fn ask(
    fetcher: &Fetcher,
    source: &Source,
    state: &SourceState,
    is_pending: bool,
    now: DateTime<Utc>,
) -> Result<Heard, Fault> {
    let question = match &source.shape {
        Shape::Unoda { code } => Some(unoda_question(code)),
        Shape::Untc { .. } | Shape::Page(_) | Shape::Feed { .. } | Shape::Dataset => None,
    };
    let ask = Ask {
        url: &source.url,
        question: question.as_deref(),
        etag: state.etag.as_deref(),
        last_modified: state.last_modified.as_deref(),
        size_max_bytes: source.shape.size_max_bytes(),
    };
    let first = match fetcher.fetch(ask, now).await {
        Ok(Fetched::NotModified) => return Ok(Heard::Same),
        Ok(Fetched::Page(page)) => read_aside(source, page, is_pending).await,
        Err(FetchError::LeftAlone(wait)) => return Ok(Heard::LeftAlone(wait)),
        // Who asks to wait is not asked for something else instead.
        Err(error) if error.retry_after().is_some() => return Err(error.into()),
        Err(error) => Err(Fault::from(error)),
    };
    let (fault, fallback) = match (first, &source.shape) {
        (Ok(asked), _) => return Ok(Heard::News(Box::new(asked))),
        (Err(fault), Shape::Untc { fallback: Some(fallback) }) => (fault, fallback),
        (Err(fault), _) => return Err(fault),
    };
    let size_max_bytes = source.shape.size_max_bytes();
    let ask = Ask { url: fallback, question: None, etag: None, last_modified: None, size_max_bytes };
    match fetcher.fetch(ask, now).await {
        Ok(Fetched::Page(page)) => match read_aside(source, page, is_pending).await {
            // Next time the first is asked for anew.
            Ok(asked) => Ok(Heard::News(Box::new(Asked { etag: None, last_modified: None, ..asked }))),
            Err(second) => Err(both(fault, &second.message)),
        },
        Ok(Fetched::NotModified) => Err(both(fault, "it answered 304 to an unconditional request")),
        Err(second) => Err(both(fault, &second.to_string())),
    }
}

fn both(first: Fault, second: &str) -> Fault {
    Fault { message: format!("{}; and the page for people: {second}", first.message), ..first }
}

/// Reads and packs an answer away from the runtime's thread.
async fn read_aside(source: &Source, page: Page, is_pending: bool) -> Result<Asked, Fault> {
    let source = source.clone();
    Ok(offload(move || read(&source, page, is_pending)).await??)
}

fn read(source: &Source, page: Page, is_pending: bool) -> Result<Asked, SourceFault> {
    let Page { body, content_type, etag, last_modified } = page;
    let digest = digest(&body);
    let (seen, entries) = match &source.shape {
        Shape::Untc { .. } => (Seen::Acts(parse_untc(&body)?), Vec::new()),
        Shape::Unoda { .. } => (Seen::Acts(parse_unoda(&body, is_pending)?), Vec::new()),
        Shape::Page(_) if is_pdf(&source.url) && !body.starts_with(b"%PDF-") => {
            return Err(no_page("its address is that of a PDF, and it is none"));
        }
        Shape::Page(rules) => (parse_page(&body, &content_type, rules)?, Vec::new()),
        Shape::Feed { words } => parse_feed(&body, words)?,
        // What it says is read with what else there is; a page that is none is told here.
        Shape::Dataset if !body.trim_ascii_start().starts_with(b"{") => {
            return Err(no_page("a dataset is a file of JSON"));
        }
        Shape::Dataset => (Seen::Dataset { digest: digest.clone() }, Vec::new()),
    };
    Ok(Asked { seen, entries, digest, packed: pack(&body), etag, last_modified })
}

/// Reads what the Treaty Collection publishes of a treaty: XML, or the page for people.
pub fn parse_untc(body: &[u8]) -> Result<crate::domain::observation::Sighting, SourceFault> {
    if is_untc_xml(body) { parse_untc_xml(body) } else { parse_untc_html(body) }
}

fn is_pdf(url: &Url) -> bool {
    url.path().to_ascii_lowercase().ends_with(".pdf")
}

/// A body as it came, from one that was kept.
pub fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    GzDecoder::new(packed).take(BODY_SIZE_MAX_BYTES as u64).read_to_end(&mut body)?;
    Ok(body)
}

fn pack(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("memory can be written to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_place_of_a_pdf_is_not_the_pdf() {
        let source = |url: &str| Source {
            name: "list".to_owned(),
            shape: Shape::Page(PageRules::default()),
            treaty: None,
            url: url.parse().unwrap(),
            policy: Policy::Review,
        };
        let page = |body: &str, kind: &str| Page {
            body: body.as_bytes().to_vec(),
            content_type: kind.to_owned(),
            etag: None,
            last_modified: None,
        };
        let pdf = source("https://example.org/list.PDF?download=1");
        assert!(read(&pdf, page("<p>We are working on it</p>", "text/html"), false).is_err());
        // Whatever the server calls it.
        assert!(read(&pdf, page("%PDF-1.7 ...", "application/octet-stream"), false).is_ok());
        assert!(read(&source("https://example.org/"), page("<p>A list</p>", "text/html"), false).is_ok());
    }
}
