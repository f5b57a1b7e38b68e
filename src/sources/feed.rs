//! Feeds, Atom and RSS: which entries speak of what is watched.

use crate::domain::source::Seen;

use super::{SourceFault, digest};

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
    let fault = |why: String| SourceFault::NotThePage(why);
    // A name made up at random would be a new entry each time.
    let parser = feed_rs::parser::Builder::new().id_generator(|_, _, _| String::new()).build();
    let feed = parser.parse(body).map_err(|error| fault(format!("it is no feed: {error}")))?;
    let mut entries: Vec<Entry> = Vec::new();
    for item in feed.entries {
        let content = |text: Option<feed_rs::model::Text>| text.map(|text| text.content).unwrap_or_default();
        let title = content(item.title).split_whitespace().collect::<Vec<_>>().join(" ");
        let link = item.links.into_iter().next().map(|link| link.href);
        let (summary, place) = (content(item.summary), link.as_deref().unwrap_or_default());
        let id = match item.id.as_str() {
            "" if place.is_empty() && title.is_empty() => digest(summary.as_bytes()),
            "" => digest(format!("{place}\n{title}").as_bytes()),
            own => own.to_owned(),
        };
        let text = format!("{title} {summary} {place}");
        if words.is_empty() || words.iter().any(|word| has_word(&text, word)) {
            entries.push(Entry { id, title, link });
        }
    }
    // Again and in another order, they are the same.
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    entries.dedup_by(|a, b| a.id == b.id);
    let ids = entries.iter().map(|entry| entry.id.clone()).collect();
    Ok((Seen::Feed { entries: ids }, entries))
}

fn has_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(&word).any(|(at, _)| {
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
}
