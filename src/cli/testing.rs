//! What the tests of the commands share.

use super::layout::{WIDTH, width_of};
use super::output::View;
use crate::domain::lang::Lang;

pub use crate::answers::tests::{asked, day, json, seeds};

/// What people see. No line may be wider than the terminal, whatever its width, and none may end in spaces.
pub fn printed(view: &impl View, lang: Lang) -> String {
    printed_in(view, lang, 40);
    printed_in(view, lang, 60);
    let text = printed_in(view, lang, WIDTH);
    if std::env::var_os("SHOW").is_some() {
        println!("{text}\n{}", "=".repeat(WIDTH));
    }
    text
}

fn printed_in(view: &impl View, lang: Lang, width: usize) -> String {
    let mut out = Vec::new();
    view.print(lang, width, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    for line in text.lines() {
        assert!(width_of(line) <= width, "{} of {width} columns: {line}", width_of(line));
        assert_eq!(line.trim_end(), line);
    }
    text
}
