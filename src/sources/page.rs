//! Any page or file, as lines of text: what a person would read, and nothing that changes by itself.

use scraper::{ElementRef, Html, Node, Selector};
use similar::TextDiff;

use super::{SourceFault, digest_of};
use crate::domain::source::Seen;

/// A longer difference is cut, and says so.
const DIFF_LINES_MAX: usize = 200;
/// Lines of one page that are compared: more is no page that people read.
const LINES_MAX: usize = 20_000;
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
    select: Option<Selector>,
    ignore: Vec<String>,
}

/// Not a CSS selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a CSS selector: expected one as in `main` or `#content table`")]
pub struct NoSelector(String);

impl PageRules {
    /// Reads the rules: a CSS selector of what is watched, else the whole page; and words: a line that has one
    /// of them, in upper or lower case, is passed over.
    pub fn read(select: Option<&str>, ignore: &[String]) -> Result<Self, NoSelector> {
        let select = select.map(|text| Selector::parse(text).map_err(|_| NoSelector(text.to_owned())));
        Ok(Self {
            select: select.transpose()?,
            ignore: ignore.iter().map(|words| words.to_lowercase()).collect(),
        })
    }

    fn ignores(&self, line: &str) -> bool {
        let line = line.to_lowercase();
        NOISE.iter().any(|noise| line.starts_with(noise))
            || self.ignore.iter().any(|words| line.contains(words))
    }
}

/// What a page says. Of a file that is neither HTML nor text only its digest counts: that it has changed can be
/// told, and not where.
pub fn parse(body: &[u8], media_type: &str, rules: &PageRules) -> Result<Seen, SourceFault> {
    let is_html = media_type == "text/html" || media_type == "application/xhtml+xml";
    let text = match (is_html, media_type.starts_with("text/")) {
        (true, _) => html_text(&String::from_utf8_lossy(body), rules)?,
        (false, true) => String::from_utf8_lossy(body).into_owned(),
        (false, false) => return whole(body, media_type),
    };
    let words = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = words.filter(|line| !line.is_empty() && !rules.ignores(line)).collect();
    if lines.is_empty() {
        return Err(SourceFault::NotThePage("it holds no text".to_owned()));
    }
    if LINES_MAX < lines.len() {
        return Err(SourceFault::NotThePage(format!("it has more than {LINES_MAX} lines of text")));
    }
    let digest = digest_of(&lines.join("\n")).unwrap_or_default();
    Ok(Seen::Page { digest, lines })
}

fn whole(body: &[u8], media_type: &str) -> Result<Seen, SourceFault> {
    if body.is_empty() {
        return Err(SourceFault::NotThePage("it is empty".to_owned()));
    }
    if media_type == "application/pdf" && !body.starts_with(b"%PDF-") {
        return Err(SourceFault::NotThePage("it is called a PDF and is none".to_owned()));
    }
    Ok(Seen::Page { digest: super::digest(body), lines: Vec::new() })
}

fn html_text(html: &str, rules: &PageRules) -> Result<String, SourceFault> {
    let page = Html::parse_document(html);
    let mut text = String::new();
    match &rules.select {
        None => write_text(page.root_element(), &mut text),
        Some(selector) => {
            let mut found = page.select(selector).peekable();
            if found.peek().is_none() {
                return Err(SourceFault::NotThePage("nothing in it is what is selected".to_owned()));
            }
            for element in found {
                // What is selected twice, inside and outside, is read once.
                let inside = element.ancestors().filter_map(ElementRef::wrap).any(|it| selector.matches(&it));
                if !inside {
                    write_text(element, &mut text);
                    text.push('\n');
                }
            }
        }
    }
    Ok(text)
}

/// Writes the text below an element, a line for each block. Without recursion: pages may be deep.
fn write_text(element: ElementRef<'_>, text: &mut String) {
    let mut hidden = 0_usize;
    for edge in element.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                Node::Element(it) if UNSEEN.contains(&it.name()) => hidden += 1,
                Node::Element(it) if BLOCKS.contains(&it.name()) => text.push('\n'),
                Node::Element(it) if matches!(it.name(), "td" | "th") => text.push(' '),
                // Line breaks inside a text are where its source was broken.
                Node::Text(words) if hidden == 0 => text.push_str(&words.replace(['\n', '\r'], " ")),
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => match node.value() {
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
    let diff = TextDiff::from_lines(&before, &now).unified_diff().context_radius(1).to_string();
    let count = diff.lines().count();
    if count <= DIFF_LINES_MAX {
        return diff;
    }
    let mut cut: String = diff.lines().take(DIFF_LINES_MAX).map(|line| format!("{line}\n")).collect();
    cut.push_str(&format!("... and {} lines more\n", count - DIFF_LINES_MAX));
    cut
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
        assert!(diff(&[], &many).ends_with(" lines more\n"));
    }
}
