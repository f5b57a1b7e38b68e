//! Any page or file, as lines of text: what a person would read, and nothing that changes by itself.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use ego_tree::iter::Edge;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use scraper::{ElementRef, Html, Node, Selector};
use sha2::{Digest as _, Sha256};
use similar::TextDiff;

use super::{SourceFault, TEXT_SIZE_MAX_BYTES, digest_of, html, no_page, within};
use crate::domain::outside::{folded, plain, visible_lines};
use crate::domain::source::Seen;

/// A longer difference is cut, and says so.
const DIFF_LINES_MAX: usize = 200;
const DIFF_SIZE_MAX_BYTES: usize = 64 * 1024;
/// Of texts that have little in common the shortest difference is not searched for longer: it may then be a longer one.
const DIFF_TIMEOUT: Duration = Duration::from_millis(500);
/// Within so much of its beginning a page says how it is written.
const DECLARATION_BYTES: usize = 1024;
/// Lines of one page that are compared: more is no page that people read.
const LINES_MAX: usize = 20_000;
/// The rest of a longer line is kept as its digest: that it has changed shows, and not how.
const LINE_MAX_BYTES: usize = 8 * 1024;
/// Elements side by side where the selector looks from one to the others: each would be compared with all before it.
const SIBLINGS_MAX: usize = 1_000;
/// The longest value of an attribute of an element that has others in it, where there is a selector: it would be read
/// again for each of them.
const VALUE_MAX_BYTES: usize = 4 * 1024;
/// What no reader sees.
const UNSEEN: &[&str] = &["script", "style", "noscript", "template", "head", "svg", "iframe"];
/// What begins a new line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];
/// The beginnings of lines that tell nothing but the day on which a page was made.
const NOISE: &[&str] = &[
    "status as at",
    "last updated",
    "last update",
    "page last updated",
    "page updated",
    "last modified",
    "generated on",
    "printed on",
    "retrieved on",
];

/// Which part of a page is watched, and which lines in it are not.
#[derive(Debug, Clone, Default)]
pub struct PageRules {
    select: Option<(String, Selector)>,
    ignore: Vec<String>,
    /// The same words, folded.
    ignored: Vec<String>,
}

/// Not a CSS selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a CSS selector: expected one as in `main` or `#content table`")]
pub struct NoSelector(String);

impl PageRules {
    /// Reads the rules: a CSS selector of what is watched, else the whole page; and words: a line that has one
    /// of them, in upper or lower case, is passed over.
    pub fn read(select: Option<&str>, ignore: &[String]) -> Result<Self, NoSelector> {
        let read = |text: &str| match Selector::parse(text) {
            Ok(selector) => Ok((text.to_owned(), selector)),
            Err(_) => Err(NoSelector(text.to_owned())),
        };
        let select = select.map(read);
        Ok(Self {
            select: select.transpose()?,
            ignore: ignore.iter().map(|words| words.to_lowercase()).collect(),
            ignored: ignore.iter().map(|words| folded(words)).filter(|words| !words.is_empty()).collect(),
        })
    }

    /// The rules, to be compared with others.
    pub(super) fn as_json(&self) -> serde_json::Value {
        let select = self.select.as_ref().map(|(text, _)| text);
        serde_json::json!({ "select": select, "ignore": self.ignore })
    }

    fn ignores(&self, line: &str) -> bool {
        let line = folded(line);
        NOISE.iter().any(|noise| line.starts_with(noise))
            || self.ignored.iter().any(|words| line.contains(words))
    }

    /// The lines as a person sees them, without those that are empty or passed over. So also lines are compared that an
    /// earlier program has kept.
    pub fn compared<'a>(&self, lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
        lines.map(plain).filter(|line| !line.is_empty() && !self.ignores(line))
    }
}

/// What a page says. Of a file that is neither HTML nor text only its digest counts: that it has changed can be
/// told, and not where.
pub fn parse(body: &[u8], content_type: &str, rules: &PageRules) -> Result<Seen, SourceFault> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_html = match media_type.as_str() {
        "text/html" | "application/xhtml+xml" => true,
        "" => body.trim_ascii_start().starts_with(b"<"),
        _ => false,
    };
    if is_html || media_type.starts_with("text/") {
        within(body, TEXT_SIZE_MAX_BYTES)?;
    }
    let text = match (is_html, media_type.starts_with("text/")) {
        (true, _) => html_text(&decode(body, content_type, true), rules)?,
        (false, true) => decode(body, content_type, false).into_owned(),
        (false, false) => return whole(body, &media_type),
    };
    let lines = rules.compared(text.lines()).map(shortened);
    let lines: Vec<String> = lines.take(LINES_MAX + 1).collect();
    if lines.is_empty() {
        return Err(no_page("it holds no text"));
    }
    if LINES_MAX < lines.len() {
        return Err(no_page(format_args!("it has more than {LINES_MAX} lines of text")));
    }
    let digest = digest_of(&lines.join("\n")).unwrap_or_default();
    Ok(Seen::Page { digest, lines })
}

/// A line up to the length that is kept, and a digest of what follows.
fn shortened(mut line: String) -> String {
    if LINE_MAX_BYTES < line.len() {
        let rest = line.split_off(line.floor_char_boundary(LINE_MAX_BYTES));
        line.push_str(&format!("… ({} bytes more, SHA-256 {})", rest.len(), super::digest(rest.as_bytes())));
    }
    line
}

/// The text in the encoding that is declared: by its first bytes, by the server, by the page itself. Else it is UTF-8,
/// or what the western web was written in before. Guessed wrongly, all letters would look the same, and no change show.
fn decode<'a>(body: &'a [u8], content_type: &str, is_html: bool) -> Cow<'a, str> {
    let declared = encoding_in(content_type.as_bytes());
    let inside = || encoding_in(&body[..body.len().min(DECLARATION_BYTES)]).filter(|_| is_html);
    // A page of whose declaration one could read the letters is not in UTF-16, whatever it says.
    let inside = || inside().map(|found| if found.is_ascii_compatible() { found } else { UTF_8 });
    let usual = || if std::str::from_utf8(body).is_ok() { UTF_8 } else { WINDOWS_1252 };
    declared.or_else(inside).unwrap_or_else(usual).decode(body).0
}

/// What stands behind the first `charset=`.
fn encoding_in(text: &[u8]) -> Option<&'static Encoding> {
    const NAME: &[u8] = b"charset=";
    let at = text.windows(NAME.len()).position(|part| part.eq_ignore_ascii_case(NAME))? + NAME.len();
    let rest = text[at..].trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
    Encoding::for_label(&rest[..rest.iter().take_while(|byte| is_part(byte)).count()])
}

fn whole(body: &[u8], media_type: &str) -> Result<Seen, SourceFault> {
    if body.is_empty() {
        return Err(no_page("it is empty"));
    }
    if media_type == "application/pdf" && !body.starts_with(b"%PDF-") {
        return Err(no_page("it is not a PDF"));
    }
    Ok(Seen::Page { digest: super::digest(body), lines: Vec::new() })
}

/// What a person reads of a page, a line for each block.
pub(super) fn text_of(page: &Html) -> String {
    let mut text = String::new();
    write_text(page.root_element(), &mut text);
    text
}

fn html_text(text: &str, rules: &PageRules) -> Result<String, SourceFault> {
    let page = html::tree(text)?;
    let mut text = String::new();
    let Some((written, selector)) = &rules.select else { return Ok(text_of(&page)) };
    refuse_costly(page.root_element(), written)?;
    let selected: BTreeSet<_> = page.select(selector).map(|element| element.id()).collect();
    if selected.is_empty() {
        return Err(no_page("nothing in it is what is selected"));
    }
    // What is selected twice, inside and outside, is read once.
    let mut around = 0_usize;
    for edge in page.root_element().traverse() {
        match edge {
            Edge::Open(node) if selected.contains(&node.id()) => {
                if let Some(element) = ElementRef::wrap(node).filter(|_| around == 0) {
                    write_text(element, &mut text);
                    text.push('\n');
                }
                around += 1;
            }
            Edge::Close(node) if selected.contains(&node.id()) => around -= 1,
            Edge::Open(_) | Edge::Close(_) => {}
        }
    }
    Ok(text)
}

/// Refuses a page in which finding what is selected would take time without proportion to its length.
fn refuse_costly(root: ElementRef<'_>, selector: &str) -> Result<(), SourceFault> {
    let compares_siblings = selector.contains('~') || selector.to_ascii_lowercase().contains(":has");
    for element in root.descendent_elements() {
        let mut children = element.child_elements();
        if children.next().is_none() {
            continue;
        }
        if compares_siblings && SIBLINGS_MAX <= children.count() {
            return Err(no_page(format_args!(
                "more than {SIBLINGS_MAX} elements lie side by side, which is too many for a selector with `~` or `:has`"
            )));
        }
        if element.value().attrs().any(|(_, value)| VALUE_MAX_BYTES < value.len()) {
            return Err(no_page(format_args!("an attribute in it has more than {VALUE_MAX_BYTES} bytes")));
        }
    }
    Ok(())
}

/// Writes the text below an element, a line for each block. Without recursion: pages may be deep.
fn write_text(element: ElementRef<'_>, text: &mut String) {
    let mut hidden = 0_usize;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(it) if UNSEEN.contains(&it.name()) => hidden += 1,
                Node::Element(it) if BLOCKS.contains(&it.name()) => text.push('\n'),
                Node::Element(it) if matches!(it.name(), "td" | "th") => text.push(' '),
                // Line breaks inside a text are where its source was broken.
                Node::Text(words) if hidden == 0 => text.push_str(&words.replace(['\n', '\r'], " ")),
                _ => {}
            },
            Edge::Close(node) => match node.value() {
                Node::Element(it) if UNSEEN.contains(&it.name()) => hidden = hidden.saturating_sub(1),
                Node::Element(it) if BLOCKS.contains(&it.name()) => text.push('\n'),
                _ => {}
            },
        }
    }
}

/// What has changed from one text to another, line by line: `-` what it said, `+` what it says, with a line
/// around each change. Of a file without text nothing can be told.
pub fn diff(before: &[String], now: &[String]) -> String {
    let (before, now) = (joined(before), joined(now));
    let diff = TextDiff::configure().timeout(DIFF_TIMEOUT).diff_lines(&before, &now);
    let diff = diff.unified_diff().context_radius(1).to_string();
    let diff = visible_lines(&diff);
    let mut kept = String::new();
    for (number, line) in diff.lines().enumerate() {
        let room = DIFF_SIZE_MAX_BYTES.saturating_sub(kept.len());
        if number == DIFF_LINES_MAX || room == 0 {
            kept.push_str(&format!("... and {} lines more\n", diff.lines().count() - number));
            break;
        }
        kept.push_str(&line[..line.floor_char_boundary(room)]);
        kept.push_str(if room < line.len() { "…\n" } else { "\n" });
    }
    kept
}

/// A mark of each line, by which lines of several polls are compared without being kept.
pub fn marks(lines: &[String]) -> Vec<u64> {
    let mark = |line: &String| {
        let hash = Sha256::digest(line.as_bytes());
        u64::from_be_bytes(hash[..8].try_into().expect("SHA-256 has 32 bytes"))
    };
    lines.iter().map(mark).collect()
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(html: &str, select: Option<&str>, ignore: &[&str]) -> Result<Vec<String>, SourceFault> {
        let ignore: Vec<String> = ignore.iter().map(|words| (*words).to_owned()).collect();
        match parse(html.as_bytes(), "text/html", &PageRules::read(select, &ignore).unwrap())? {
            Seen::Page { lines, .. } => Ok(lines),
            other => panic!("{other:?}"),
        }
    }

    const PAGE: &str = "<html><head><title>Status</title></head><body><nav>Home</nav><script>now()</script>
        <main><h1>States  Parties</h1><p>Status as at: 24-11-2026</p><table><tr><td>Alia<td>1 May\n2020</tr>
        <tr><td>Boria</td><td>2 May 2021</td></tr></table><p>Visits: 4711</p></main></body></html>";

    #[test]
    fn a_page_is_what_a_person_reads() {
        let all = ["Home", "States Parties", "Alia 1 May 2020", "Boria 2 May 2021", "Visits: 4711"];
        assert_eq!(lines(PAGE, None, &[]).unwrap(), all);
        assert_eq!(lines(PAGE, Some("main"), &["VISITS"]).unwrap(), all[1..4]);
        assert_eq!(lines(PAGE, Some("main, td"), &["visits"]).unwrap(), all[1..4], "nothing is read twice");
    }

    #[test]
    fn what_is_not_the_page_says_nothing() {
        for (html, select) in [(PAGE, Some("#list")), ("<html><script>x</script></html>", None), ("", None)] {
            assert!(matches!(lines(html, select, &[]), Err(SourceFault::NotThePage(_))), "{html}");
        }
        assert!(PageRules::read(Some("ma in["), &[]).is_err());
        let rules = PageRules::default();
        assert!(parse(b"<html>", "application/pdf", &rules).is_err());
        assert!(parse(b"", "application/octet-stream", &rules).is_err());
    }

    #[test]
    fn letters_are_read_as_they_were_written() {
        let rules = PageRules::default();
        let read = |body: &[u8], kind: &str| parse(body, kind, &rules).unwrap();
        let line = |seen: Seen| match seen {
            Seen::Page { mut lines, .. } if lines.len() == 1 => lines.remove(0),
            other => panic!("{other:?}"),
        };
        // "Мир" and "Бор" in windows-1251: as UTF-8 neither has a letter, and both would look the same.
        let (peace, wood) = (b"<p>\xcc\xe8\xf0", b"<p>\xc1\xee\xf0");
        assert_eq!(line(read(peace, "text/html; charset=windows-1251")), "Мир");
        assert_eq!(line(read(wood, "text/html;charset=\"Windows-1251\"")), "Бор");
        let mut declared =
            b"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>".to_vec();
        declared.extend(peace);
        assert_eq!(line(read(&declared, "text/html")), "Мир");
        assert_ne!(read(peace, "text/html"), read(wood, "text/html"), "whatever they are, they differ");
        assert_eq!(line(read("<meta charset=utf-16><p>Мир".as_bytes(), "text/html")), "Мир");
        assert_eq!(line(read("\u{feff}Мир".as_bytes(), "text/plain; charset=windows-1251")), "Мир");
        assert_eq!(line(read("Мир".as_bytes(), "TEXT/Plain; charset=unheard-of")), "Мир");
        assert_eq!(line(read(b"C\xf4te", "text/plain")), "Côte");
        // A server that does not say what it sends.
        assert_eq!(line(read(b"\n<p>a<b>b</b>", "")), "ab");
    }

    #[test]
    fn of_a_file_only_the_digest_counts() {
        let rules = PageRules::default();
        let read = |body: &[u8]| parse(body, "application/pdf", &rules).unwrap();
        assert_eq!(read(b"%PDF-1.7 a"), read(b"%PDF-1.7 a"));
        assert_ne!(read(b"%PDF-1.7 a"), read(b"%PDF-1.7 b"));
    }

    #[test]
    fn a_difference_shows_what_was_and_what_is() {
        let before = lines(PAGE, Some("main"), &["visits"]).unwrap();
        let now = lines(&PAGE.replace("2 May 2021", "3 May 2021"), Some("main"), &["visits"]).unwrap();
        let shown = diff(&before, &now);
        assert!(shown.contains("-Boria 2 May 2021\n+Boria 3 May 2021\n"), "{shown}");
        assert_eq!(diff(&now, &now), "");
        let many: Vec<String> = (0..500).map(|number| number.to_string()).collect();
        assert!(diff(&[], &many).ends_with("+198\n... and 301 lines more\n"), "{}", diff(&[], &many));
        let long = ["é".repeat(DIFF_SIZE_MAX_BYTES), "end".to_owned()];
        let shown = diff(&[], &long);
        assert!(shown.ends_with("é…\n... and 1 lines more\n"), "{}", &shown[shown.len() - 40..]);
        assert!(shown.len() < DIFF_SIZE_MAX_BYTES + 100);
    }

    #[test]
    fn a_selector_costs_no_more_than_the_page_is_long() {
        let fault = |html: &str, select: &str| lines(html, Some(select), &[]).unwrap_err().to_string();
        let siblings = format!("<body><h1>x</h1>{}<p>x", "<br>".repeat(20_000));
        for select in ["h2 ~ br", "body:has(~ p)", "br:not(:HAS(~ h2))"] {
            let fault = fault(&siblings, select);
            assert!(fault.contains("more than 1000 elements lie side by side"), "{fault}");
        }
        assert_eq!(lines(&siblings, Some("p:nth-last-of-type(1)"), &[]).unwrap(), ["x"]);
        assert_eq!(lines(&siblings, Some("h1 + br, p"), &[]).unwrap(), ["x"]);
        assert_eq!(lines(PAGE, Some("h1 ~ table"), &[]).unwrap(), ["Alia 1 May 2020", "Boria 2 May 2021"]);
        let classes = format!("<body class='{}'>{}", "a ".repeat(100_000), "<p>x".repeat(10_000));
        assert!(fault(&classes, "body.b p").ends_with("an attribute in it has more than 4096 bytes"));
        // Each is selected, and read once.
        let deep = format!("{}x{}", "<div>".repeat(200), "<p>y</p>".repeat(2_000));
        assert_eq!(lines(&deep, Some("div, p"), &[]).unwrap().len(), 2_001);
    }

    #[test]
    fn a_long_line_is_kept_in_part_and_its_change_shows() {
        let page = |end: &str| lines(&format!("<p>{}{end}", "é ".repeat(100_000)), None, &[]).unwrap();
        let (one, two) = (page("one"), page("two"));
        assert!(one[0].len() < LINE_MAX_BYTES + 200);
        assert_ne!(one, two);
        assert_eq!(one, page("one"));
        let fault = |html: &str| lines(html, None, &[]).unwrap_err().to_string();
        assert!(
            fault(&"<p>one of the lines of a page, as long as they often are".repeat(24_000))
                .ends_with("it has more than 20000 lines of text")
        );
        assert!(fault(&"x".repeat(5_000_000)).ends_with("it has more than 4194304 bytes"));
    }

    #[test]
    fn a_difference_shows_nothing_that_acts() {
        let shown = diff(&["a".to_owned()], &["a\u{1b}[2J\u{202e}b".to_owned()]);
        assert!(shown.ends_with("-a\n+a␛[2J\u{fffd}b\n"), "{shown}");
    }

    #[test]
    fn what_nobody_sees_is_no_change() {
        let before = lines("<p>Alia: withdrawal</p><p>Boria: C\u{f4}te line</p>", None, &[]).unwrap();
        let now = "<p>Alia: with\u{ad}drawal\u{200b}</p><p>\u{feff}</p><p>Boria: Co\u{302}te\u{a0}line</p>";
        assert_eq!(lines(now, None, &[]).unwrap(), before);
        let rules = PageRules::default();
        assert_eq!(
            parse(now.as_bytes(), "text/plain", &rules).unwrap(),
            parse(now.replace('\u{ad}', "").as_bytes(), "text/plain", &rules).unwrap()
        );
        // Lines are passed over by the words that a person sees in them, too.
        assert_eq!(lines(now, None, &["co\u{302}te LINE"]).unwrap(), before[..1]);
        assert_eq!(lines("<p>Vi\u{ad}sits: 1</p><p>Alia</p>", None, &["visits"]).unwrap(), ["Alia"]);
    }
}
