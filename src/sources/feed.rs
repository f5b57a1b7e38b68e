//! Feeds, Atom and RSS: which entries speak of what is watched.

use crate::domain::source::Seen;

use super::{NAME_CHARS_MAX, SHOWN_CHARS_MAX, SourceFault, TEXT_SIZE_MAX_BYTES, digest, no_page, within};
use crate::domain::outside::{acts, line};

/// Marks of elements, `<` or `{`, in one feed: each element that is opened takes up to a kilobyte in memory. The feeds of
/// a depositary have some thousand.
const MARKS_MAX: usize = 20_000;
/// Marks of attributes, `=`, in one feed: each takes a hundred bytes in memory, however short it is.
const ATTRIBUTES_MAX: usize = 50_000;
/// Entries of one feed.
const ENTRIES_MAX: usize = 5_000;
/// A longer link is left out: a part of one leads nowhere.
const LINK_CHARS_MAX: usize = 1_000;

/// An entry that speaks of what is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its own name; of one that has none, a digest of its address and title, or else of its text.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// The entries of a feed that have one of `words`, in upper or lower case, and as a whole: `2231` is not in
/// `22310`. All entries, where no words are given.
pub fn parse(body: &[u8], words: &[String]) -> Result<(Seen, Vec<Entry>), SourceFault> {
    within(body, TEXT_SIZE_MAX_BYTES)?;
    // Whatever letters it is written in, each element and attribute has such a byte.
    let count = |marks: &[u8]| body.iter().filter(|byte| marks.contains(byte)).count();
    if MARKS_MAX < count(b"<{") || ATTRIBUTES_MAX < count(b"=") {
        return Err(no_page(format_args!(
            "it has more than {MARKS_MAX} marks of elements, or {ATTRIBUTES_MAX} of attributes"
        )));
    }
    // A name made up at random would be a new entry each time.
    let parser = feed_rs::parser::Builder::new().id_generator(|_, _, _| String::new()).build();
    let feed = parser.parse(body).map_err(|error| no_page(format_args!("it is no feed: {error}")))?;
    if ENTRIES_MAX < feed.entries.len() {
        return Err(no_page(format_args!("it has more than {ENTRIES_MAX} entries")));
    }
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let mut entries: Vec<Entry> = Vec::new();
    for item in feed.entries {
        let content = |text: Option<feed_rs::model::Text>| text.map(|text| text.content).unwrap_or_default();
        let title = super::tidy(&content(item.title));
        let link = item.links.into_iter().next().map(|link| link.href);
        let (summary, place) = (content(item.summary), link.as_deref().unwrap_or_default());
        let id = match item.id.as_str() {
            "" if place.is_empty() && title.is_empty() => digest(summary.as_bytes()),
            "" => digest(format!("{place}\n{title}").as_bytes()),
            // Names that are too long to keep differ as their digests do.
            own if own.chars().any(acts) || NAME_CHARS_MAX < own.chars().count() => digest(own.as_bytes()),
            own => own.to_owned(),
        };
        let text = format!("{title} {summary} {place}").to_lowercase();
        if words.is_empty() || words.iter().any(|word| has_word(&text, word)) {
            let is_whole = |link: &String| link.len() <= LINK_CHARS_MAX && !link.chars().any(acts);
            entries.push(Entry { id, title: line(&title, SHOWN_CHARS_MAX), link: link.filter(is_whole) });
        }
    }
    // Again and in another order, they are the same.
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    entries.dedup_by(|a, b| a.id == b.id);
    let ids = entries.iter().map(|entry| entry.id.clone()).collect();
    Ok((Seen::Feed { entries: ids }, entries))
}

/// Both are in lower case.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
            !is_part(before) && !is_part(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Documents</title><link>https://example.org/</link>
        <item><title>S/RES/2231 (2015): letter</title><link>https://example.org/1</link><guid>one</guid></item>
        <item><title>S/2026/22310</title><link>https://example.org/2</link><guid>two</guid></item>
        <item><title>Report</title><description>on resolution 2231 (2015)</description><guid>three</guid></item>
        </channel></rss>"#;
    const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>d</title><id>f</id><updated>2026-01-01T00:00:00Z</updated>
        <entry><id>one</id><title>Resolution 2231</title><updated>2026-01-01T00:00:00Z</updated>
        <link href="https://example.org/a"/></entry></feed>"#;

    const RDF: &str = include_str!("../../tests/fixtures/sources/rdf.xml");
    const NAMELESS: &str = r#"<rss version="2.0"><channel><title>d</title><item><title>One</title></item>
        <item><title>Two</title></item><item><description>Three</description></item>
        <item><title>Two</title></item></channel></rss>"#;

    fn ids(body: &str, words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        parse(body.as_bytes(), &words).unwrap().1.into_iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn entries_are_found_by_whole_words_and_numbers() {
        assert_eq!(ids(RSS, &["2231 (2015)"]), ["one", "three"]);
        assert_eq!(ids(RSS, &["s/res/2231"]), ["one"]);
        assert_eq!(ids(RSS, &["2231"]), ["one", "three"], "22310 is another number");
        assert_eq!(ids(RSS, &[]), ["one", "three", "two"]);
        assert_eq!(ids(ATOM, &["2231"]), ["one"]);
        assert_eq!(ids(RDF, &["notice 2231"]).len(), 1);
        let (_, entries) = parse(ATOM.as_bytes(), &[]).unwrap();
        assert_eq!(entries[0].link.as_deref(), Some("https://example.org/a"));
    }

    #[test]
    fn an_entry_without_a_name_keeps_the_one_that_is_made_for_it() {
        assert_eq!(ids(NAMELESS, &[]).len(), 3);
        assert_eq!(ids(NAMELESS, &[]), ids(NAMELESS, &[]));
        let later = NAMELESS.replace("<item><title>One</title></item>", "");
        assert!(ids(&later, &[]).iter().all(|id| ids(NAMELESS, &[]).contains(id)));
    }

    #[test]
    fn what_is_no_feed_says_nothing() {
        for body in ["", "<html><body>Maintenance</body></html>", &RSS[..200]] {
            assert!(matches!(parse(body.as_bytes(), &[]), Err(SourceFault::NotThePage(_))), "{body}");
        }
    }

    #[test]
    fn entries_without_end_are_refused_before_they_take_room() {
        let feed =
            |items: &str| format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>");
        let json = format!(
            r#"{{"version":"https://jsonfeed.org/version/1","title":"x","items":[{}{{}}]}}"#,
            "{},".repeat(300_000)
        );
        let wide: Vec<u8> = feed(&"<item/>".repeat(100_000)).bytes().flat_map(|byte| [byte, 0]).collect();
        for body in [
            feed(&"<item/>".repeat(500_000)).into_bytes(),
            json.into_bytes(),
            [vec![0xff, 0xfe], wide].concat(),
        ] {
            let fault = parse(&body, &[]).unwrap_err().to_string();
            assert!(
                fault.ends_with("it has more than 20000 marks of elements, or 50000 of attributes"),
                "{fault}"
            );
        }
        let fault = parse(feed(&"<item/>".repeat(6_000)).as_bytes(), &[]).unwrap_err().to_string();
        assert!(fault.ends_with("it has more than 5000 entries"), "{fault}");
    }

    #[test]
    fn text_of_entries_is_short_and_harmless() {
        let long = "x".repeat(100_000);
        let item = |id: &str, title: &str, link: &str| {
            format!("<item><guid>{id}</guid><title>{title}</title><link>{link}</link></item>")
        };
        let items = [
            item(&format!("{long}a"), &long, "https://example.org/1"),
            item(&format!("{long}b"), "a &#x1b;]0;x&#7; &#x202e;b", &format!("https://example.org/{long}")),
        ];
        let feed =
            format!("<rss version=\"2.0\"><channel><title>d</title>{}</channel></rss>", items.concat());
        let (_, entries) = parse(feed.as_bytes(), &[]).unwrap();
        assert_eq!(entries.len(), 2, "names that are too long stay distinct");
        for entry in &entries {
            assert!(entry.id.len() <= 200 && entry.title.chars().count() <= 200);
            assert!(!entry.title.chars().any(acts));
        }
        let links: std::collections::BTreeSet<_> =
            entries.iter().map(|entry| entry.link.as_deref()).collect();
        assert_eq!(links, [None, Some("https://example.org/1")].into());
    }
}
