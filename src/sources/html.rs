//! The tree of a page, made within limits.
//!
//! What a parser of HTML takes grows with the square of the depth of a page, and with the square of the attributes of
//! one tag: a few hundred kilobytes would keep it busy for hours.

use std::cell::Cell;

use ego_tree::NodeId;
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink as _};
use scraper::{Html, HtmlTreeSink};

use super::{SourceFault, no_page};

/// Browsers go no deeper than 512; pages that people read stay below 100.
const DEPTH_MAX: usize = 256;
/// Nodes and attributes for each MiB of a page: the densest pages of depositaries have 32,000.
const PARTS_PER_MIB_MAX: usize = 40_000;
/// The attributes of one tag: each is compared with all before it. Pages have some dozens at most.
const TAG_ATTRIBUTES_MAX: usize = 100;
/// After so much of a page it is measured how large its tree is.
const STEP_BYTES: usize = 2048;
const MIB: usize = 1024 * 1024;

/// Makes the tree. A page that nests more deeply than browsers show is given up, and so is one with more elements or
/// attributes than a page for people has.
pub(super) fn tree(text: &str) -> Result<Html, SourceFault> {
    tree_within(text, PARTS_PER_MIB_MAX * text.len().div_ceil(MIB))
}

fn tree_within(text: &str, parts_max: usize) -> Result<Html, SourceFault> {
    let builder = TreeBuilder::new(HtmlTreeSink::new(Html::new_document()), TreeBuilderOpts::default());
    let zero = || Cell::new(0);
    let sink = Counted { builder, tokens: zero(), ends: zero(), attributes: zero(), crowd: zero() };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let feed = |piece: &str| {
        queue.push_back(piece.into());
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
    };
    let counted = &tokenizer.sink;
    // Where they are no tags and no references, each is an error that takes as long as one, and so is a NUL. A tag is
    // followed by one end at most.
    let marks_max = 2 * parts_max;
    for (mark, what) in [(b'<', "tags"), (b'&', "character references"), (b'\0', "NUL characters")] {
        if marks_max < text.bytes().filter(|byte| *byte == mark).count() {
            return Err(no_page(format_args!("it has more than {marks_max} {what}")));
        }
    }
    // The tag that goes on without having ended, if there is one.
    let mut open: Option<OpenTag> = None;
    let (mut rest, mut unmeasured) = (text, 0);
    while !rest.is_empty() {
        // Each `<` goes alone: what follows it either ends something or is inside something.
        let end = match rest.as_bytes() {
            [b'<', ..] => 1,
            bytes => {
                let step = &bytes[..rest.ceil_char_boundary(STEP_BYTES).min(bytes.len())];
                step.iter().position(|byte| *byte == b'<').unwrap_or(step.len())
            }
        };
        let (piece, behind) = rest.split_at(end);
        let before = counted.tokens.get();
        feed(piece);
        rest = behind;
        unmeasured += piece.len();
        if before != counted.tokens.get() {
            open = None;
        } else if piece != "<" {
            let open = open.get_or_insert_with(|| OpenTag::at(piece));
            if TAG_ATTRIBUTES_MAX < open.read(piece) {
                return Err(crowded());
            }
        } else if let Some(tag) = &mut open {
            tag.read(piece);
            // What is no tag may have ended without a trace, as `</>` does.
            open = open.filter(|tag| tag.at != At::Elsewhere);
        }
        if unmeasured < STEP_BYTES && !rest.is_empty() {
            continue;
        }
        unmeasured = 0;
        if TAG_ATTRIBUTES_MAX < counted.crowd.get() {
            return Err(crowded());
        }
        let page = counted.builder.sink.0.borrow();
        let mut nodes = page.tree.nodes();
        // Each end of an element is looked for in all that are open.
        let parts = (nodes.len() + counted.attributes.get()).max(counted.ends.get());
        if parts_max < parts {
            return Err(no_page(format_args!("it has more than {parts_max} elements and attributes")));
        }
        if nodes.next_back().is_some_and(|newest| DEPTH_MAX < newest.ancestors().count()) {
            return Err(no_page(format_args!("its elements lie more than {DEPTH_MAX} deep")));
        }
    }
    tokenizer.end();
    Ok(tokenizer.sink.builder.sink.finish())
}

fn crowded() -> SourceFault {
    no_page(format_args!("a tag in it has more than {TAG_ATTRIBUTES_MAX} attributes"))
}

/// Counts what goes into the tree.
struct Counted {
    builder: TreeBuilder<NodeId, HtmlTreeSink>,
    /// What has ended: tags, comments, text.
    tokens: Cell<usize>,
    /// The ends of elements, also of those that have not begun.
    ends: Cell<usize>,
    /// The attributes of all tags.
    attributes: Cell<usize>,
    /// The most attributes that one element has. Those of each `<html>` and `<body>` go to one element, however many
    /// there are.
    crowd: Cell<usize>,
}

impl Counted {
    fn count(&self, tag: &Tag) {
        let count = tag.attrs.len();
        if tag.kind == TagKind::EndTag {
            self.ends.set(self.ends.get() + 1);
        }
        self.attributes.set(self.attributes.get() + count);
        let crowd = self.crowd.get();
        let is_one_element = matches!(&*tag.name, "html" | "body");
        self.crowd.set(if is_one_element { crowd + count } else { crowd.max(count) });
    }
}

impl TokenSink for Counted {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<NodeId> {
        match &token {
            // An error says nothing of where the parser is.
            Token::ParseError(_) => {}
            Token::TagToken(tag) => {
                self.tokens.set(self.tokens.get() + 1);
                self.count(tag);
            }
            _ => self.tokens.set(self.tokens.get() + 1),
        }
        self.builder.process_token(token, line_number)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Counts the attributes of a tag while it goes on (HTML Standard, sections 13.2.5.8 to 13.2.5.40).
struct OpenTag {
    at: At,
    attributes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// In no tag: in a comment, say.
    Elsewhere,
    TagName,
    /// Where a name begins.
    Gap,
    Name,
    BehindName,
    BeforeValue,
    Bare,
    Quoted(u8),
}

impl OpenTag {
    /// What follows a `<`.
    fn at(piece: &str) -> Self {
        let name = piece.strip_prefix('/').unwrap_or(piece);
        let is_tag = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
        Self { at: if is_tag { At::TagName } else { At::Elsewhere }, attributes: 0 }
    }

    /// Goes on, and gives how many attributes have begun.
    fn read(&mut self, piece: &str) -> usize {
        for byte in piece.bytes() {
            let is_space = byte.is_ascii_whitespace();
            self.at = match (self.at, byte) {
                (At::Elsewhere, _) => return 0,
                // A tag would have ended here: it stands in a comment.
                (At::Quoted(quote), _) if quote != byte => At::Quoted(quote),
                (At::TagName | At::Gap | At::Name | At::BehindName | At::BeforeValue | At::Bare, b'>') => {
                    At::Elsewhere
                }
                (At::TagName, _) if is_space => At::Gap,
                (At::TagName | At::Gap | At::Name | At::BehindName, b'/') => At::Gap,
                (At::Gap, _) if is_space => At::Gap,
                (At::TagName, _) => At::TagName,
                (At::Name | At::BehindName, b'=') => At::BeforeValue,
                (At::Name | At::BehindName, _) if is_space => At::BehindName,
                (At::Name, _) => At::Name,
                (At::Gap | At::BehindName, _) => {
                    self.attributes += 1;
                    At::Name
                }
                (At::BeforeValue, _) if is_space => At::BeforeValue,
                (At::BeforeValue, b'"' | b'\'') => At::Quoted(byte),
                (At::Bare, _) if is_space => At::Gap,
                (At::BeforeValue | At::Bare, _) => At::Bare,
                (At::Quoted(_), _) => At::Gap,
            };
        }
        self.attributes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_the_same_in_steps_and_as_a_whole() {
        // Steps end within tags, references and characters of more than one byte.
        let page = format!("<p title=\"é\">Côte d&rsquo;Or\r\n<b>é{}", "<i>&eacute;é</i>\r\n".repeat(500));
        assert_eq!(tree(&page).unwrap().html(), Html::parse_document(&page).html());
        let odd = "a &am<b>x</b> 1<2 << </ <!-- <p a --> <script>if (a<b) { '</scr' }</script><p a='<b'>";
        assert_eq!(tree(odd).unwrap().html(), Html::parse_document(odd).html());
    }

    #[test]
    fn a_page_that_nests_without_end_is_given_up() {
        let nested = |count: usize| format!("<main>{}x", "<div>".repeat(count));
        assert!(tree(&nested(200)).is_ok());
        // Each would keep the parser busy for hours.
        for bomb in [nested(2_000_000), "<svg><g>".repeat(500_000), "<table><td>".repeat(500_000)] {
            assert!(matches!(tree(&bomb), Err(SourceFault::NotThePage(_))));
        }
        // Elements that go on in each paragraph once they were not closed.
        let going_on: String = (0..2_000).map(|number| format!("<div><b id={number}>x</div>")).collect();
        assert!(matches!(tree(&going_on), Err(SourceFault::NotThePage(_))));
        let wide = "<br>".repeat(3_000);
        assert!(tree_within(&wide, 5_000).is_ok());
        assert!(matches!(tree_within(&wide, 2_000), Err(SourceFault::NotThePage(_))));
        let ends = format!("{}{}", "<span>".repeat(200), "</x>".repeat(6_000));
        assert!(tree_within(&ends, 7_000).is_ok());
        assert!(tree_within(&ends, 5_000).is_err());
        let no_tags = "<".repeat(6_000);
        assert!(tree_within(&no_tags, 3_000).is_ok());
        assert!(tree_within(&no_tags, 2_000).is_err());
        for piece in ["&ae a;", " \0a1"] {
            let pieces = piece.repeat(6_000);
            assert!(tree_within(&pieces, 3_000).is_ok());
            assert!(tree_within(&pieces, 2_000).is_err());
        }
        let attributes = "<br a b c d e>".repeat(1_000);
        assert!(tree_within(&attributes, 7_000).is_ok());
        assert!(tree_within(&attributes, 5_000).is_err());
    }

    #[test]
    fn a_tag_with_attributes_without_end_is_given_up() {
        let names = |count: usize| (0..count).map(|number| format!("a{number:x} ")).collect::<String>();
        let many = names(60_000);
        let values = names(60_000).replace(' ', "='<b'\"");
        for bomb in [
            format!("<html><body><p {many}>x</p>"),
            format!("<p {many}"),
            format!("<p {values}"),
            format!("x&am<p {many}>"),
            format!("</><p {many}>"),
            format!("\u{feff}<p {many}>"),
            format!("<svg><![CDATA[]]><p {many}>"),
            format!("<!-- x --><p a=\"<i b c d>\" {many}>"),
            format!("<title>x</title {many}>"),
            format!("<p/{}", many.replace(' ', "/")),
            // One element gets the attributes of all.
            (0..60_000).map(|number| format!("<body a{number:x}>")).collect(),
        ] {
            let fault = tree(&bomb).unwrap_err().to_string();
            assert!(fault.ends_with("a tag in it has more than 100 attributes"), "{fault}");
        }
        // What only looks like such a tag is none; what is in one value is one attribute.
        for page in [
            format!("<!-- <p>{many}<b title='<i>'> -->x"),
            format!("<!-- {many} -->x"),
            format!("<script>1 <b {many}</script>x"),
            format!("<input value=\"{many}\">x"),
            format!("<input value='<p {many}'>x"),
            format!("<p {}>x", names(90)),
        ] {
            assert!(tree(&page).is_ok(), "{}", &page[..20]);
        }
    }
}
