//! How an answer is written: in lines for people, or as JSON for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::terminal::escaped_json;
use crate::domain::lang::Lang;

/// The answer of a command: for people it prints itself, for programs it is JSON.
pub trait View: Serialize {
    /// Writes the answer for people, in lines of at most `width` columns.
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()>;
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// As JSON, for programs.
    pub json: bool,
    /// The language of titles, statuses and headings; JSON holds all of them.
    pub lang: Lang,
    /// The width of lines for people.
    pub width: usize,
}

/// Writes an answer.
pub fn show(view: &impl View, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if !style.json {
        return view.print(style.lang, style.width, out);
    }
    writeln!(out, "{}", escaped_json(&serde_json::to_string_pretty(view)?))
}
