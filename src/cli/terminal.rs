//! The doors to people: what commands and the log print. Names and texts of sources, catalogues and receivers go
//! through them, and nothing in those may act on a terminal or make a line of a log.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal as _, Write, stderr, stdout};

use crate::domain::outside::{acts, visible, visible_lines};

/// Writes an error to whoever reads the errors; that nobody does is none.
pub fn complain(error: &str) {
    let _ = writeln!(stderr(), "treatywatch: {}", visible(error));
}

/// Whether colours may be written: to a terminal that has them, unless the environment says no.
pub fn has_colours() -> bool {
    stdout().is_terminal() && wants_colours(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

/// <https://no-color.org> and <https://bixense.com/clicolors>, as far as they say no.
fn wants_colours(env: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name: &str, word: &str| env(name).is_some_and(|value| value == word);
    env("NO_COLOR").is_none() && !is("CLICOLOR", "0") && !is("TERM", "dumb") && env("TERM").is_some()
}

/// Writes to somebody who may stop reading, as `head` does: the rest is dropped, and is no error.
pub struct UntilClosed<W> {
    out: W,
    is_closed: bool,
}

impl<W: Write> UntilClosed<W> {
    /// A door to `out`.
    pub fn new(out: W) -> Self {
        Self { out, is_closed: false }
    }

    fn unless_closed<T>(&mut self, rest: T, write: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.is_closed {
            return Ok(rest);
        }
        match write(&mut self.out) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(rest)
            }
            written => written,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), W::flush)
    }
}

/// Writes text with a visible mark for each character that acts, but line ends.
///
/// It may get a text in any pieces, also in the middle of a character.
pub struct Harmless<W> {
    out: W,
    /// The beginning of a character that was cut.
    held: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    /// A door to `out`.
    pub fn new(out: W) -> Self {
        Self { out, held: Vec::new() }
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let all: Cow<'_, [u8]> =
            if self.held.is_empty() { bytes.into() } else { [self.held.as_slice(), bytes].concat().into() };
        let (whole, held) = all.split_at(all.len() - cut_at_end(&all));
        self.out.write_all(visible_lines(&String::from_utf8_lossy(whole)).as_bytes())?;
        self.held = held.to_vec();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How many bytes at the end begin a character that is not whole.
fn cut_at_end(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    // What can become no character is not waited for.
    if std::str::from_utf8(last).is_err_and(|error| error.error_len().is_none()) { last.len() } else { 0 }
}

/// Writes events of the log: each write is one event, and becomes one line whatever is in it.
pub struct LogLine<W>(
    /// Where the log goes.
    pub W,
);

impl<W: Write> Write for LogLine<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let event = text.strip_suffix('\n').unwrap_or(&text);
        // Where nobody reads the log any more, nobody would read of that either.
        let _ = self.0.write_all(format!("{}\n", visible(event)).as_bytes());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// The same JSON with escapes for the characters that act: the values stay what they are.
pub fn escaped_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        // Outside of texts, line ends are all there is of them.
        if letter == '\n' || !acts(letter) {
            escaped.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outside::NASTY;

    fn printed(pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut harmless = Harmless::new(&mut out);
        for piece in pieces {
            harmless.write_all(piece).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    /// Takes so many bytes, then has gone.
    struct Head(usize);

    impl Write for Head {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken == 0 { Err(ErrorKind::BrokenPipe.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> io::Result<()> {
            if self.0 == 0 { Err(ErrorKind::BrokenPipe.into()) } else { Ok(()) }
        }
    }

    #[test]
    fn who_stops_reading_makes_no_error() {
        let mut out = UntilClosed::new(Head(3));
        for text in ["a\n", "bcd\n", "e\n"] {
            out.write_all(text.as_bytes()).unwrap();
        }
        out.flush().unwrap();
        // A full disk is one.
        let mut full = [0_u8; 2];
        let mut out = UntilClosed::new(full.as_mut_slice());
        out.write_all(b"abc").unwrap_err();
        LogLine(Head(0)).write_all(b"INFO lost\n").unwrap();
    }

    #[test]
    fn colours_are_for_terminals_that_want_them() {
        let wants = |set: &[(&str, &str)]| {
            let find = |name: &str| set.iter().find(|(known, _)| *known == name);
            wants_colours(|name| find(name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(wants(&[("TERM", "xterm")]));
        assert!(wants(&[("TERM", "xterm"), ("CLICOLOR", "1")]));
        for (name, value) in [("NO_COLOR", "1"), ("CLICOLOR", "0")] {
            assert!(!wants(&[("TERM", "xterm"), (name, value)]), "{name}");
        }
        assert!(!wants(&[("TERM", "dumb")]) && !wants(&[]));
    }

    #[test]
    fn nothing_that_is_printed_acts() {
        for text in NASTY {
            let printed = printed(&[format!("name  {text}\n").as_bytes()]);
            assert!(printed.starts_with("name  ") && printed.ends_with('\n'), "{printed:?}");
            assert!(!printed.chars().any(|letter| letter != '\n' && acts(letter)), "{printed:?}");
        }
    }

    #[test]
    fn a_text_may_come_in_any_pieces() {
        let text = "Côte d’Ivoire 中文 👩\u{9b}2J\u{202e}";
        let whole = printed(&[text.as_bytes()]);
        assert_eq!(whole, "Côte d’Ivoire 中文 👩\u{fffd}2J\u{fffd}");
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(printed(&bytes), whole);
        assert_eq!(printed(&[b"a\xffb", b"\xe4\xb8"]), "a\u{fffd}b", "what is no text is not waited for");
    }

    #[test]
    fn an_event_is_one_line() {
        for text in NASTY {
            let mut out = Vec::new();
            LogLine(&mut out).write_all(format!("WARN {text} failed\n").as_bytes()).unwrap();
            let line = String::from_utf8(out).unwrap();
            let event = line.strip_suffix('\n').unwrap();
            assert!(event.starts_with("WARN ") && event.ends_with(" failed"), "{event:?}");
            assert!(!event.chars().any(acts), "{event:?}");
        }
    }

    #[test]
    fn json_says_the_same_and_acts_no_more() {
        for text in NASTY {
            let value = serde_json::json!({"name": text, "list": [text]});
            let json = escaped_json(&serde_json::to_string_pretty(&value).unwrap());
            assert!(!json.chars().any(|letter| letter != '\n' && acts(letter)), "{json:?}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value);
        }
    }
}
