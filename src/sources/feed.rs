//! Feeds, Atom and RSS: which entries speak of what is watched.

use std::borrow::Cow;
use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8};

use super::{NAME_CHARS_MAX, SHOWN_CHARS_MAX, SourceFault, TEXT_SIZE_MAX_BYTES, digest, no_page, within};
use super::{html, page};
use crate::domain::outside::{acts, folded, line};
use crate::domain::source::{Seen, entry_key};

/// Marks of elements, `<` or `{`, in one feed: each element that is opened takes up to a kilobyte in memory. The feeds of
/// a depositary have some thousand.
const MARKS_MAX: usize = 20_000;
/// Marks of attributes, `=`, in one feed: each takes a hundred bytes in memory, however short it is.
const ATTRIBUTES_MAX: usize = 50_000;
/// Marks, `&` and `<`, that stand for themselves in one feed: each is written out.
const BARE_MARKS_MAX: usize = 20_000;
/// Entries of one feed.
const ENTRIES_MAX: usize = 5_000;
/// A longer link is left out: a part of one leads nowhere.
const LINK_CHARS_MAX: usize = 1_000;
/// Within so much of its beginning a feed says how it is written.
const DECLARATION_BYTES: usize = 256;
/// Longer references to characters are none: the longest name in HTML has 31 letters.
const REFERENCE_BYTES_MAX: usize = 32;
/// Elements of HTML that texts of feeds have; other names in angle brackets are words.
const MARKUP: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "link",
    "main",
    "mark",
    "meta",
    "nav",
    "nobr",
    "noscript",
    "object",
    "ol",
    "option",
    "p",
    "param",
    "picture",
    "pre",
    "q",
    "s",
    "samp",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// An entry that speaks of what is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its own name; of one that has none, a digest of its address and title, or else of its text.
    pub id: String,
    /// The digest by which earlier programs named it, if that is another.
    pub former_id: Option<String>,
    /// Its title.
    pub title: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// The entries of a feed that have one of `words` in what a person reads of them: title, summary, content, categories;
/// or in their link. Words are compared folded, and as a whole: `2231` is not in `22310`. All entries, where no words
/// are given.
pub fn parse(body: &[u8], words: &[String]) -> Result<(Seen, Vec<Entry>), SourceFault> {
    within(body, TEXT_SIZE_MAX_BYTES)?;
    // Whatever letters it is written in, each element and attribute has such a byte.
    let count = |marks: &[u8]| body.iter().filter(|byte| marks.contains(byte)).count();
    if MARKS_MAX < count(b"<{") || ATTRIBUTES_MAX < count(b"=") {
        return Err(no_page(format_args!(
            "it has more than {MARKS_MAX} marks of elements, or {ATTRIBUTES_MAX} of attributes"
        )));
    }
    let text = decode(body);
    let text = match text.find(['<', '{']) {
        Some(at) if text[at..].starts_with('<') => mended(&text[at..])?,
        _ => Cow::Borrowed(&*text),
    };
    // A name made up at random would be a new entry each time.
    let parser = feed_rs::parser::Builder::new().id_generator(|_, _, _| String::new()).build();
    let feed =
        parser.parse(text.as_bytes()).map_err(|error| no_page(format_args!("it is no feed: {error}")))?;
    if ENTRIES_MAX < feed.entries.len() {
        return Err(no_page(format_args!("it has more than {ENTRIES_MAX} entries")));
    }
    let is_atom = feed.feed_type == feed_rs::model::FeedType::Atom;
    let words: Vec<String> = words.iter().map(|word| folded(word)).collect();
    // Again and in another order, they are the same.
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for item in feed.entries {
        if !words.is_empty() && !speaks_of(&item, &words) {
            continue;
        }
        // Entries without a name of their own go by their title as it is written.
        let raw_title = item.title.as_ref().map(|title| super::tidy(&title.content)).unwrap_or_default();
        let summary = item.summary.as_ref().map_or("", |summary| &summary.content);
        let link = item.links.into_iter().next().map(|link| link.href);
        let place = link.as_deref().unwrap_or_default();
        let named = |place: &str| digest(format!("{place}\n{raw_title}").as_bytes());
        let (id, former_id) = match item.id.as_str() {
            "" if place.is_empty() && raw_title.is_empty() => (digest(summary.as_bytes()), None),
            "" => (named(&entry_key(place)), Some(named(place))),
            // Names that are too long to keep differ as their digests do.
            own if own.chars().any(acts) || NAME_CHARS_MAX < own.chars().count() => {
                (digest(entry_key(own).as_bytes()), Some(digest(own.as_bytes())))
            }
            own => (own.to_owned(), None),
        };
        let former_id = former_id.filter(|former| *former != id);
        let title = item.title.as_ref().map(|title| title_of(title, is_atom)).unwrap_or_default();
        let title = line(&title, SHOWN_CHARS_MAX);
        let is_whole = |link: &String| link.len() <= LINK_CHARS_MAX && !link.chars().any(acts);
        let entry = Entry { id, former_id, title, link: link.filter(is_whole) };
        entries.entry(entry_key(&entry.id).into_owned()).or_insert(entry);
    }
    let entries: Vec<Entry> = entries.into_values().collect();
    let ids = entries.iter().map(|entry| entry.id.clone()).collect();
    Ok((Seen::Feed { entries: ids }, entries))
}

/// Whether one of the words, which are folded, stands in what a person reads of an entry, or in its link.
fn speaks_of(item: &feed_rs::model::Entry, words: &[String]) -> bool {
    // Each for itself: what ends one text and begins another is no word.
    let has = |text: &str| {
        let text = folded(text);
        words.iter().any(|word| has_word(&text, word))
    };
    let texts = [&item.title, &item.summary].into_iter().flatten().map(|text| &text.content);
    let content = item.content.iter().filter_map(|content| content.body.as_ref());
    let categories = item.categories.iter().flat_map(|it| [Some(&it.term), it.label.as_ref()]).flatten();
    texts.chain(content).chain(categories).any(|text| has(&seen(text)))
        || item.links.first().is_some_and(|link| has(&link.href))
}

/// The title of an entry as a person sees it. Only of Atom it is certain that a plain text is none in HTML (RFC 4287,
/// section 3.1.1.1).
fn title_of(title: &feed_rs::model::Text, is_atom: bool) -> Cow<'_, str> {
    let is_plain = title.content_type.ty() == "text" && title.content_type.subty() == "plain";
    if is_atom && is_plain { Cow::Borrowed(&title.content) } else { seen(&title.content) }
}

/// What a person sees of a text in HTML.
fn seen(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&']) {
        return Cow::Borrowed(text);
    }
    // What is beyond the limits of a page is read as it is written.
    html::tree(&escaped(text)).map_or(Cow::Borrowed(text), |tree| Cow::Owned(page::text_of(&tree)))
}

/// Whether a `<`, which `rest` follows, begins or ends an element of HTML, or a comment.
fn is_markup(rest: &str) -> bool {
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let end = name.bytes().take(REFERENCE_BYTES_MAX).take_while(u8::is_ascii_alphanumeric).count();
    let name = &name[..end];
    rest.starts_with('!') || MARKUP.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The text with each `<` written out that is no markup.
fn escaped(text: &str) -> Cow<'_, str> {
    let mut escaped = String::new();
    let mut kept = 0;
    for (at, _) in text.match_indices('<').filter(|(at, _)| !is_markup(&text[at + 1..])) {
        escaped.push_str(&text[kept..at]);
        escaped.push_str("&lt;");
        kept = at + 1;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    escaped.push_str(&text[kept..]);
    Cow::Owned(escaped)
}

/// The text of a feed: in the encoding of its first bytes, else in the one that it declares, else in UTF-8. A byte that
/// is no letter in it becomes a visible mark.
fn decode(body: &[u8]) -> Cow<'_, str> {
    let declaration = body[..body.len().min(DECLARATION_BYTES)].trim_ascii_start();
    let declared = || {
        const NAME: &[u8] = b"encoding=";
        let declaration = declaration.strip_prefix(b"<?xml")?;
        let declaration = declaration.split(|byte| *byte == b'>').next()?;
        let at = declaration.windows(NAME.len()).position(|part| part == NAME)? + NAME.len();
        let (quote, name) = declaration[at..].split_first()?;
        let found = Encoding::for_label(name.split(|byte| byte == quote).next()?)?;
        // A feed of whose declaration one could read the letters is not in UTF-16, whatever it says.
        Some(if found.is_ascii_compatible() { found } else { UTF_8 })
    };
    // The first bytes decide before both.
    let wide = match declaration {
        [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    wide.or_else(declared).unwrap_or(UTF_8).decode(body).0
}

/// The text of a feed in XML as readers of feeds take it: without its declaration, as it is decoded by now, and with
/// each `&` and `<` written out that stands for itself.
fn mended(text: &str) -> Result<Cow<'_, str>, SourceFault> {
    let declared = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    let text = declared.map_or(text, |(_, rest)| rest);
    let mut mended = String::new();
    let (mut kept, mut at, mut bare) = (0, 0, 0);
    while let Some(found) = text[at..].find(['&', '<']) {
        at += found;
        let rest = &text[at..];
        // Inside of these nothing is a reference.
        let whole =
            [("<![CDATA[", "]]>"), ("<!--", "-->")].into_iter().find(|(begins, _)| rest.starts_with(begins));
        if let Some((_, ends)) = whole {
            at = rest.find(ends).map_or(text.len(), |end| at + end + ends.len());
            continue;
        }
        let written = match rest.as_bytes() {
            [b'&', ..] if !is_reference(&rest[1..]) => "&amp;",
            [b'<', next, ..]
                if next.is_ascii_whitespace() || next.is_ascii_digit() || b"<=&".contains(next) =>
            {
                "&lt;"
            }
            _ => {
                at += 1;
                continue;
            }
        };
        bare += 1;
        if BARE_MARKS_MAX < bare {
            return Err(no_page(format_args!("it has more than {BARE_MARKS_MAX} unescaped `&`")));
        }
        mended.push_str(&text[kept..at]);
        mended.push_str(written);
        at += 1;
        kept = at;
    }
    if kept == 0 {
        return Ok(Cow::Borrowed(text));
    }
    mended.push_str(&text[kept..]);
    Ok(Cow::Owned(mended))
}

/// Whether `rest` ends what `&` began as a reference to a character or an entity (XML 1.0, section 4.1).
fn is_reference(rest: &str) -> bool {
    let head = &rest.as_bytes()[..rest.len().min(REFERENCE_BYTES_MAX)];
    let Some(end) = head.iter().position(|byte| *byte == b';') else { return false };
    let is_character = |digits: &[u8], radix| {
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'));
        let letter =
            digits.and_then(|digits| u32::from_str_radix(digits, radix).ok()).and_then(char::from_u32);
        // No text of XML has the character 0.
        letter.is_some_and(|letter| letter != '\0')
    };
    match &head[..end] {
        [b'#', b'x', digits @ ..] => is_character(digits, 16),
        [b'#', digits @ ..] => is_character(digits, 10),
        // Whatever it is, a reader of HTML may know it.
        [first, name @ ..] => first.is_ascii_alphabetic() && name.iter().all(u8::is_ascii_alphanumeric),
        [] => false,
    }
}

/// Both are folded.
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

    /// A feed of entries, each with what stands inside of it.
    fn rss(items: &[&str]) -> String {
        let items: String = items.iter().map(|inside| format!("<item>{inside}</item>\n")).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
             xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>d</title>{items}</channel></rss>"
        )
    }

    #[test]
    fn words_match_the_text_that_a_person_sees() {
        let found =
            |inside: &str, words: &[&str]| ids(&rss(&[&format!("<guid>x</guid>{inside}")]), words).len();
        for inside in [
            "<title>Letter</title><description>\n resolution 2231\n    (2015), with an annex</description>",
            "<description>&lt;p&gt;Resolution 2231&amp;nbsp;(2015)&lt;/p&gt;</description>",
            "<description>Resolution 2231&nbsp;(2015)</description>",
            "<description><![CDATA[<b>2231</b>\u{a0}<i>(2015)</i>]]></description>",
            "<description><![CDATA[<p title='a > b'>2231<br>(2015)]]></description>",
            "<title>22&amp;#51;1 &amp;#40;2015)</title>",
            "<title>2\u{200b}2\u{ad}31  (2015)</title>",
            "<description>none</description><content:encoded><![CDATA[<table><tr><td>2231</td><td>(2015)]]></content:encoded>",
            "<title>Letter</title><category>Resolution 2231 (2015)</category>",
        ] {
            assert_eq!(found(inside, &["2231 (2015)"]), 1, "{inside}");
        }
        for inside in [
            // What nobody sees, and what stands in two places.
            "<description><![CDATA[<script>2231 (2015)</script><p title='2231 (2015)'>]]></description>",
            "<title>Resolution 2231</title><description>(2015)</description>",
            "<description>22231 (2015)</description>",
        ] {
            assert_eq!(found(inside, &["2231 (2015)"]), 0, "{inside}");
        }
        assert_eq!(found("<title>CO\u{302}TE D\u{2019}IVOIRE</title>", &["C\u{f4}te d'Ivoire"]), 1);
        assert_eq!(
            found("<title>C&amp;ocirc;te d&amp;rsquo;Ivoire</title>", &["co\u{302}te D\u{2bc}ivoire"]),
            1
        );
        let atom = ATOM.replace(
            "<title>Resolution 2231</title>",
            "<title>d</title><category term='iaea' label='Safeguards'/><content type='xhtml'>\
             <div xmlns='http://www.w3.org/1999/xhtml'>Notice <b>of</b> withdrawal</div></content>",
        );
        for word in ["iaea", "safeguards", "notice of withdrawal"] {
            assert_eq!(ids(&atom, &[word]), ["one"], "{word}");
        }
    }

    #[test]
    fn one_bad_byte_or_ampersand_loses_no_entry() {
        let odd = rss(&[
            "<title>R&D note & <![CDATA[a & b &amp; c]]></title><guid>1</guid><link>https://example.org/?a=1&b=2&lt=3</link>",
            "<title>a &nbsp; b &#160; &#x; &;</title><guid>2</guid>",
            "<title>1 < 2 and 3<4</title><guid>3</guid>",
        ]);
        assert_eq!(ids(&odd, &[]), ["1", "2", "3"]);
        let (_, entries) = parse(odd.as_bytes(), &[]).unwrap();
        assert_eq!(entries[0].title, "R&D note & a & b & c");
        assert_eq!(entries[0].link.as_deref(), Some("https://example.org/?a=1&b=2&lt=3"));
        assert_eq!(entries[2].title, "1 < 2 and 3<4");
        let mut bytes =
            rss(&["<title>one @</title><guid>1</guid>", "<title>two</title><guid>2</guid>"]).into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'@').unwrap();
        bytes[at] = 0xff;
        let (_, entries) = parse(&bytes, &[]).unwrap();
        assert_eq!(
            entries.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(),
            ["one \u{fffd}", "two"]
        );
        // A feed in another encoding is read as that, and not as bad bytes.
        let mut russian = b"<?xml version='1.0' encoding='windows-1251'?><rss version='2.0'><channel><title>d</title><item><guid>1</guid><title>".to_vec();
        russian.extend(b"\xcc\xe8\xf0 & </title></item></channel></rss>");
        assert_eq!(
            parse(&russian, &["\u{43c}\u{438}\u{440}".to_owned()]).unwrap().1[0].title,
            "\u{41c}\u{438}\u{440} &"
        );
        let wide: Vec<u8> = rss(&["<guid>1</guid>"])
            .replace("UTF-8", "UTF-16")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(parse(&[vec![0xff, 0xfe], wide].concat(), &[]).unwrap().1.len(), 1);
        let json = b"{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"x\",\"items\":[{\"id\":\"1\",\"title\":\"R&D \xff\"}]}";
        assert_eq!(parse(json, &[]).unwrap().1[0].title, "R&D \u{fffd}");
    }

    #[test]
    fn titles_are_shown_as_text() {
        let title = |inside: &str| parse(rss(&[inside]).as_bytes(), &[]).unwrap().1.remove(0).title;
        assert_eq!(
            title("<title>C&amp;ocirc;te &lt;b&gt;d&lt;/b&gt; &amp;amp; &amp;lt;withdrawal&amp;gt;</title>"),
            "C\u{f4}te d & <withdrawal>"
        );
        assert_eq!(
            title("<title>Notice of &lt;withdrawal&gt;, AT&amp;T</title>"),
            "Notice of <withdrawal>, AT&T"
        );
        let html = r#"<entry><id>1</id><title type="html">Notice of &amp;lt;withdrawal&amp;gt; by C&amp;ocirc;te &amp;amp; &lt;b&gt;others&lt;/b&gt;</title></entry>"#;
        let text = r#"<entry><id>2</id><title type="text">A &lt;b&gt; &amp;amp; C</title></entry>"#;
        let xhtml = r#"<entry><id>3</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>b</b> &amp; C</div></title></entry>"#;
        let atom = format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>d</title><id>f</id>{html}{text}{xhtml}</feed>"
        );
        let (_, entries) = parse(atom.as_bytes(), &[]).unwrap();
        let titles: Vec<&str> = entries.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, ["Notice of <withdrawal> by C\u{f4}te & others", "A <b> &amp; C", "A b & C"]);
    }
}
