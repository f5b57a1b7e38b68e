//! The tree of a page, made within limits.
//!
//! What a parser of HTML takes grows with the square of the depth of a page: a few hundred kilobytes of
//! elements that are never closed would keep it busy for hours.

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::TendrilSink as _;
use scraper::{Html, HtmlTreeSink};

use super::SourceFault;

/// Browsers go no deeper.
const DEPTH_MAX: usize = 512;
/// A page of 16 MB that people read has fewer.
const NODES_MAX: usize = 1_000_000;
/// After so much of a page it is looked how large its tree is.
const STEP_BYTES: usize = 2048;

/// Makes the tree. A page that nests more deeply than browsers show is given up.
pub(super) fn tree(text: &str) -> Result<Html, SourceFault> {
    tree_within(text, NODES_MAX)
}

fn tree_within(mut text: &str, nodes_max: usize) -> Result<Html, SourceFault> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = parse_document(sink, ParseOpts::default());
    while !text.is_empty() {
        let (step, rest) = text.split_at(text.ceil_char_boundary(STEP_BYTES));
        parser.process(step.into());
        let page = parser.tokenizer.sink.sink.0.borrow();
        let mut nodes = page.tree.nodes();
        if nodes_max < nodes.len() {
            return Err(SourceFault::NotThePage(format!("it has more than {nodes_max} elements")));
        }
        if nodes.next_back().is_some_and(|newest| DEPTH_MAX < newest.ancestors().count()) {
            return Err(SourceFault::NotThePage(format!("its elements lie more than {DEPTH_MAX} deep")));
        }
        text = rest;
    }
    Ok(parser.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_the_same_in_steps_and_as_a_whole() {
        // Steps end within tags, references and characters of more than one byte.
        let page = format!("<p title=\"é\">Côte d&rsquo;Or\r\n<b>é{}", "<i>&eacute;é</i>\r\n".repeat(500));
        assert_eq!(tree(&page).unwrap().html(), Html::parse_document(&page).html());
    }

    #[test]
    fn a_page_that_nests_without_end_is_given_up() {
        let nested = |count: usize| format!("<main>{}x", "<div>".repeat(count));
        assert!(tree(&nested(300)).is_ok());
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
    }
}
