//! Text and tables that fit the terminal, in scripts of any width.

use std::io::{self, IsTerminal, Write};

use comfy_table::{CellAlignment, ColumnConstraint, LineStyle, Table, TableStyle, Width};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The width of everything that does not go to a terminal.
pub const WIDTH: usize = 80;

/// A narrower terminal breaks the lines itself.
const WIDTH_MIN: usize = 40;

/// The space between two columns.
const GAP: usize = 2;

/// The width to write for: the terminal's, or [`WIDTH`] where there is none.
pub fn terminal_width() -> usize {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return WIDTH;
    }
    let size = terminal_size::terminal_size_of(&stdout);
    size.map_or(WIDTH, |(width, _)| usize::from(width.0).max(WIDTH_MIN))
}

/// The columns that a text takes up: two for a Chinese character.
pub fn width_of(text: &str) -> usize {
    text.width()
}

/// Punctuation that no line may begin with.
fn closes(letter: char) -> bool {
    "。，、；：！？）》」』】〉〕”’…·".contains(letter)
}

/// Punctuation that no line may end with.
fn opens(letter: char) -> bool {
    "（《「『【〈〔“‘".contains(letter)
}

fn is_wide(letter: char) -> bool {
    letter.width() == Some(2)
}

/// A piece of text that stays on one line.
struct Atom {
    text: String,
    width: usize,
    /// Whether a space stands before it, unless it begins a line.
    spaced: bool,
}

/// Cuts a text into pieces: words, and single characters where the script has no spaces.
fn atoms(text: &str) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut spaced = false;
    let mut last: Option<char> = None;
    for letter in text.chars() {
        if letter.is_whitespace() {
            spaced = true;
            last = None;
            continue;
        }
        let joins = last.is_some_and(|last| {
            opens(last) || closes(letter) || !(is_wide(last) || is_wide(letter) || opens(letter))
        });
        match atoms.last_mut() {
            Some(atom) if joins => atom.text.push(letter),
            _ => atoms.push(Atom { text: letter.to_string(), width: 0, spaced }),
        }
        spaced = false;
        last = Some(letter);
    }
    for atom in &mut atoms {
        atom.width = atom.text.width();
    }
    atoms
}

/// Breaks a text into lines of at most `width` columns, between words or Chinese characters.
/// A word that is longer than a line, such as an address, is cut.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_hanging(text, width, width)
}

/// Where to cut a line that is one long word: behind its last stroke or hyphen, if that leaves half.
fn cut(line: &str) -> usize {
    let behind = line.rfind(['/', '-', '_', '?', '&', '=']).map_or(0, |at| at + 1);
    if behind * 2 >= line.len() { behind } else { line.len() }
}

/// The same, with another width for the lines after the first.
fn wrap_hanging(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for atom in atoms(paragraph) {
            let room = |lines: &[String]| if lines.is_empty() { first } else { rest }.max(2);
            let space = usize::from(atom.spaced && used > 0);
            if used > 0 && used + space + atom.width > room(&lines) {
                lines.push(std::mem::take(&mut line));
                used = 0;
            } else if space == 1 {
                line.push(' ');
                used += 1;
            }
            for letter in atom.text.chars() {
                let columns = letter.width().unwrap_or(0);
                if used + columns > room(&lines) {
                    let rest = line.split_off(cut(&line));
                    lines.push(std::mem::replace(&mut line, rest));
                    used = line.width();
                }
                line.push(letter);
                used += columns;
            }
        }
        lines.push(line);
    }
    lines
}

/// Writes a text below an indent; its further lines are indented by `hang` more.
pub fn paragraph(
    out: &mut dyn Write,
    width: usize,
    indent: usize,
    hang: usize,
    text: &str,
) -> io::Result<()> {
    let room = width.saturating_sub(indent);
    for (number, line) in wrap_hanging(text, room, room.saturating_sub(hang)).iter().enumerate() {
        let left = if number == 0 { indent } else { indent + hang };
        writeln!(out, "{:left$}{line}", "")?;
    }
    Ok(())
}

/// Writes a text behind a mark, all of its lines below one another.
pub fn hung(out: &mut dyn Write, width: usize, indent: usize, mark: &str, text: &str) -> io::Result<()> {
    let mut mark = mark;
    for line in wrap(text, width.saturating_sub(indent)) {
        let pad = indent.saturating_sub(width_of(mark));
        writeln!(out, "{mark}{:pad$}{line}", "")?;
        mark = "";
    }
    Ok(())
}

/// Writes rows of a label and lines of text, the texts below one another.
pub fn fields(out: &mut dyn Write, width: usize, rows: &[(&str, Vec<String>)]) -> io::Result<()> {
    let rows: Vec<_> = rows.iter().filter(|(_, texts)| !texts.is_empty()).collect();
    let label = rows.iter().map(|(label, _)| width_of(label)).max().unwrap_or(0) + GAP;
    for (name, texts) in rows {
        let mut name = *name;
        for text in texts {
            for (number, line) in wrap(text, width.saturating_sub(label + GAP)).iter().enumerate() {
                let pad = label - width_of(name);
                // Lines that go on are indented, so that each text can be told from the next.
                let hang = if number == 0 { 0 } else { GAP };
                writeln!(out, "{name}{:pad$}{:hang$}{line}", "", "")?;
                name = "";
            }
        }
    }
    Ok(())
}

/// What stands between the name of a column and its value, where each has a line of its own.
const BETWEEN: &str = " | ";

/// A table: a heading, a rule, rows, and lines between them that run through.
///
/// Where it is too wide although its elastic columns have given way, each row is a record: a line for each column.
pub struct Grid {
    header: Vec<String>,
    lines: Vec<Line>,
    /// Columns that give way when the table is too wide, and how far.
    elastic: Vec<(usize, usize)>,
    right: Vec<usize>,
    /// Whether empty cells are shown in records too, and records counted.
    is_exact: bool,
}

enum Line {
    Cells(Vec<String>),
    Through { indent: usize, text: String },
}

impl Grid {
    /// A table with these headings, whose `elastic` columns are wrapped when there is no room:
    /// each with the width that it keeps.
    pub fn new(header: &[&str], elastic: &[(usize, usize)]) -> Self {
        let header = header.iter().map(|&title| title.to_owned()).collect();
        Self { header, lines: Vec::new(), elastic: elastic.to_vec(), right: Vec::new(), is_exact: false }
    }

    /// The same table, whose records are numbered and leave out nothing.
    #[must_use]
    pub fn exact(mut self) -> Self {
        self.is_exact = true;
        self
    }

    /// The same table with a column of numbers.
    #[must_use]
    pub fn align_right(mut self, column: usize) -> Self {
        self.right.push(column);
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.lines.push(Line::Cells(cells));
    }

    /// Adds a line that runs through all columns.
    pub fn through(&mut self, indent: usize, text: impl Into<String>) {
        self.lines.push(Line::Through { indent, text: text.into() });
    }

    /// Writes the table, no wider than `width`.
    pub fn print(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let Some(widths) = self.widths(width) else { return self.print_records(out, width) };
        let mut table = Table::new();
        table.set_header(cells(&self.header, &widths));
        self.print_part(out, table, &widths)?;
        let mut lines = self.lines.iter().peekable();
        while let Some(line) = lines.next() {
            match line {
                Line::Through { indent, text } => paragraph(out, width, *indent, GAP, text)?,
                Line::Cells(first) => {
                    let mut table = Table::new();
                    table.add_row(cells(first, &widths));
                    while let Some(Line::Cells(more)) = lines.peek() {
                        table.add_row(cells(more, &widths));
                        lines.next();
                    }
                    self.print_part(out, table, &widths)?;
                }
            }
        }
        Ok(())
    }

    /// Writes each row as a record: a line for each column, under a line that begins it.
    fn print_records(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let half = (width / 2).saturating_sub(BETWEEN.len());
        let label = self.header.iter().map(|title| width_of(title)).max().unwrap_or(0).min(half);
        let room = width.saturating_sub(label + BETWEEN.len());
        let mut count = 0;
        for line in &self.lines {
            let cells = match line {
                Line::Through { indent, text } => {
                    paragraph(out, width, (*indent).min(GAP), GAP, text)?;
                    continue;
                }
                Line::Cells(cells) => cells,
            };
            count += 1;
            let number = if self.is_exact { format!("-[ RECORD {count} ]") } else { String::new() };
            writeln!(out, "{number}{}", "-".repeat(width.saturating_sub(width_of(&number))))?;
            for (title, cell) in self.header.iter().zip(cells) {
                if cell.is_empty() && !self.is_exact {
                    continue;
                }
                let (title, cell) = (wrap(title, label), wrap(cell, room));
                for at in 0..title.len().max(cell.len()) {
                    let part = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
                    let title = part(&title);
                    let pad = label.saturating_sub(width_of(&title));
                    writeln!(out, "{}", format!("{title}{:pad$}{BETWEEN}{}", "", part(&cell)).trim_end())?;
                }
            }
        }
        if self.is_exact && count == 0 {
            writeln!(out, "(0 rows)")?;
        }
        Ok(())
    }

    /// Writes a heading or some rows, their columns as wide as everywhere else.
    fn print_part(&self, out: &mut dyn Write, mut table: Table, widths: &[usize]) -> io::Result<()> {
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('-')));
        for (index, width) in widths.iter().enumerate() {
            let Some(column) = table.column_mut(index) else { continue };
            let gap = if index + 1 < widths.len() { GAP } else { 0 };
            let fixed = |width: usize| u16::try_from(width).unwrap_or(u16::MAX);
            column.set_padding((0, fixed(gap)));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(fixed(width + gap))));
            if self.right.contains(&index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in table.trim_fmt().lines() {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// The width of each column: what its longest cell needs, less what the elastic ones give up. None if they
    /// cannot give up so much.
    fn widths(&self, width: usize) -> Option<Vec<usize>> {
        let mut widths: Vec<usize> = self.header.iter().map(|title| width_of(title)).collect();
        for line in &self.lines {
            let Line::Cells(cells) = line else { continue };
            for (column, cell) in widths.iter_mut().zip(cells) {
                let longest = cell.split('\n').map(width_of).max().unwrap_or(0);
                *column = longest.max(*column);
            }
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        // The widest elastic column gives way first, one step at a time: none is starved.
        while excess > 0 {
            let able = self.elastic.iter().filter(|(column, least)| widths[*column] > *least);
            let (column, _) = able.max_by_key(|(column, _)| widths[*column])?;
            widths[*column] -= 1;
            excess -= 1;
        }
        Some(widths)
    }
}

fn cells(row: &[String], widths: &[usize]) -> Vec<String> {
    // A cell that begins with spaces is indented as a whole.
    let indented = |cell: &String, width: usize| {
        let indent = " ".repeat(cell.len() - cell.trim_start().len());
        let lines = wrap(cell, width.saturating_sub(indent.len()));
        lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
    };
    row.iter().zip(widths).map(|(cell, width)| indented(cell, *width)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_chinese_characters() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("中导条约于2019年终止", 8), ["中导条约", "于2019年", "终止"]);
        assert_eq!(wrap("a\nb", 8), ["a", "b"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn punctuation_stays_with_its_word() {
        assert_eq!(wrap("条约终止。", 8), ["条约终", "止。"]);
        assert_eq!(wrap("终止《条约》", 6), ["终止", "《条", "约》"]);
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(wrap("see https://example.org/long", 10), ["see", "https://", "example.or", "g/long"]);
    }

    #[test]
    fn tables_are_no_wider_than_they_may_be() {
        let mut grid = Grid::new(&["Name", "Days", "Text"], &[(0, 8), (2, 8)]).align_right(1);
        grid.row(vec!["Ирландия".repeat(3), "7".to_owned(), "много слов ".repeat(9)]);
        grid.through(2, "a line that runs through the columns of the table, and is wrapped itself");
        grid.row(vec!["中文".repeat(9), "365".to_owned(), "条约".repeat(20)]);
        let mut out = Vec::new();
        grid.print(&mut out, 40).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| width_of(line) <= 40), "{text}");
        assert!(text.lines().nth(1).unwrap().chars().all(|letter| letter == '-'), "{text}");
        assert!(text.contains("\n  a line that runs"), "{text}");
    }

    fn drawn(grid: &Grid, width: usize) -> String {
        let mut out = Vec::new();
        grid.print(&mut out, width).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| width_of(line) <= width), "{text}");
        text
    }

    #[test]
    fn a_table_that_is_too_wide_is_shown_as_records() {
        let mut grid = Grid::new(&["Name", "状态", "Note"], &[(0, 10), (2, 10)]);
        grid.row(vec![
            "Ireland".to_owned(),
            "当事国当事国".to_owned(),
            "one two three four five six".to_owned(),
        ]);
        grid.through(12, "! a remark");
        grid.row(vec!["Chad".to_owned(), "当事国".to_owned(), String::new()]);
        assert!(drawn(&grid, 40).starts_with("Name     状态"), "it fits");
        let expected = "\
------------------------------
Name | Ireland
状态 | 当事国当事国
Note | one two three four five
     | six
  ! a remark
------------------------------
Name | Chad
状态 | 当事国
";
        assert_eq!(drawn(&grid, 30), expected);
        let exact = drawn(&grid.exact(), 30);
        assert!(exact.starts_with("-[ RECORD 1 ]-----------------\nName | Ireland\n"), "{exact}");
        assert!(exact.contains("\n-[ RECORD 2 ]---") && exact.ends_with("\nNote |\n"), "{exact}");
    }

    #[test]
    fn records_have_room_for_long_names_of_columns() {
        let title = "count(distinct treaty_id) filter (where status = 'in_force')";
        let mut grid = Grid::new(&[title, "b"], &[]).exact();
        assert_eq!(drawn(&grid, 40), "(0 rows)\n");
        grid.row(vec!["25".to_owned(), "x".repeat(90)]);
        let text = drawn(&grid, 40);
        assert!(text.contains("count(distinct    | 25\n"), "{text}");
    }
}
