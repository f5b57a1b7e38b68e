//! The United Nations Treaty Collection: the XML of the Multilateral Treaties, and the page of a treaty.

use ego_tree::iter::Edge;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use scraper::{ElementRef, Node, Selector};

use super::{ROWS_MAX, SourceFault, TEXT_SIZE_MAX_BYTES, digest_of, grid, html, no_page, tidy, within};
use crate::domain::observation::Sighting;

/// The files of the Treaty Collection nest a dozen elements.
const DEPTH_MAX: usize = 100;
/// Entries and notes of a file, empty ones too: the longest real list has some thousand.
const ENTRIES_MAX: usize = 50_000;

/// Reads `.../MTDSG/Volume I/Chapter VI/VI-1.en.xml`. An answer that does not begin as XML is no answer.
pub fn parse_xml(body: &[u8]) -> Result<Sighting, SourceFault> {
    read_xml(body).map(|(sighting, _)| sighting)
}

/// The notes of the XML or of the page, line by line.
pub fn notes(body: &[u8]) -> Result<Vec<String>, SourceFault> {
    let (_, notes) = if is_xml(body) { read_xml(body)? } else { read_html(body)? };
    let lines = notes.lines().map(tidy).filter(|line| !line.is_empty());
    Ok(lines.collect())
}

/// Whether an answer is the XML, and not the page for people.
pub fn is_xml(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<?xml")
}

fn read_xml(body: &[u8]) -> Result<(Sighting, String), SourceFault> {
    within(body, TEXT_SIZE_MAX_BYTES)?;
    let text = decode(body);
    let text = text.trim_start_matches('\u{feff}');
    if !text.starts_with("<?xml") {
        return Err(no_page("it does not begin with <?xml"));
    }
    let mut found = Xml::default();
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => found.open(Element::of(tag.name().as_ref())),
            Ok(Event::Empty(tag)) => {
                found.open(Element::of(tag.name().as_ref()));
                found.close();
            }
            Ok(Event::Text(text)) => found.text(&text.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(entity)) => found.text(&resolve(&entity.decode().unwrap_or_default())),
            Ok(Event::CData(text)) => found.text(&String::from_utf8_lossy(&text)),
            Ok(Event::End(_)) => found.close(),
            Ok(Event::Eof) => break,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(error) => return Err(no_page(format_args!("it is not whole: {error}"))),
        }
        // Each text is looked up in all the elements around it.
        if DEPTH_MAX < found.path.len() {
            return Err(no_page(format_args!("its elements lie more than {DEPTH_MAX} deep")));
        }
        if ROWS_MAX < found.rows.len() || ENTRIES_MAX < found.entries + found.notes.len() {
            return Err(no_page(format_args!(
                "it has more than {ROWS_MAX} rows, or {ENTRIES_MAX} entries and notes"
            )));
        }
    }
    if !found.path.is_empty() {
        return Err(no_page("it is not whole: it ends inside an element"));
    }
    if found.headings.is_empty() {
        return Err(no_page("it has no table of participants"));
    }
    let mut sighting = grid::read(&found.headings, &found.rows)?;
    sighting.signatories = found.signatories.trim().parse().ok();
    sighting.parties = found.parties.trim().parse().ok();
    sighting.notes = digest_of(&found.notes.concat());
    Ok((sighting, found.notes.join("\n")))
}

/// The elements that mean something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Participants,
    Thead,
    Tbody,
    Row,
    Entry,
    EndNotes,
    EndNote,
    Signatories,
    Parties,
    Other,
}

impl Element {
    fn of(name: &[u8]) -> Self {
        match name {
            b"Participants" => Self::Participants,
            b"Thead" => Self::Thead,
            b"Tbody" => Self::Tbody,
            b"Row" => Self::Row,
            b"Entry" => Self::Entry,
            b"EndNotes" => Self::EndNotes,
            b"EndNote" => Self::EndNote,
            b"Signatories" => Self::Signatories,
            b"Parties" => Self::Parties,
            _ => Self::Other,
        }
    }
}

/// What is collected while the elements pass by.
#[derive(Default)]
struct Xml {
    path: Vec<Element>,
    entry: String,
    /// How many entries there were.
    entries: usize,
    row: Vec<String>,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    signatories: String,
    parties: String,
    /// One after the other.
    notes: Vec<String>,
}

impl Xml {
    fn open(&mut self, element: Element) {
        self.path.push(element);
        match element {
            Element::Row => self.row.clear(),
            Element::Entry => {
                self.entries += 1;
                self.entry.clear();
            }
            Element::EndNote => self.notes.push(String::new()),
            _ => {}
        }
    }

    fn is_in(&self, element: Element) -> bool {
        self.path.contains(&element)
    }

    fn text(&mut self, text: &str) {
        match self.path.last() {
            Some(Element::Signatories) => self.signatories.push_str(text),
            Some(Element::Parties) => self.parties.push_str(text),
            _ if self.is_in(Element::Entry) => self.entry.push_str(text),
            _ if self.is_in(Element::EndNotes) => match self.notes.last_mut() {
                Some(note) => note.push_str(text),
                None => self.notes.push(text.to_owned()),
            },
            _ => {}
        }
    }

    fn close(&mut self) {
        let in_table = self.is_in(Element::Participants);
        match self.path.pop() {
            // Taken, not copied: of entries in one another each text counts once.
            Some(Element::Entry) if in_table => {
                self.row.push(without_notes(&std::mem::take(&mut self.entry)))
            }
            Some(Element::Row) if in_table && self.is_in(Element::Thead) => {
                self.headings = std::mem::take(&mut self.row);
            }
            Some(Element::Row) if in_table && self.is_in(Element::Tbody) => {
                self.rows.push(std::mem::take(&mut self.row));
            }
            _ => {}
        }
    }
}

/// A character by its name or number. What is unknown stays as it is written.
pub(super) fn resolve(entity: &str) -> String {
    let numbered = entity.strip_prefix('#').and_then(|number| match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    let named = match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    };
    match named.or_else(|| numbered.and_then(char::from_u32)) {
        Some(letter) => letter.to_string(),
        None => format!("&{entity};"),
    }
}

/// The file says ISO-8859-1 and may be UTF-8 all the same.
pub(super) fn decode(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) => body.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Text without `<superscript>4,7</superscript>`, which refers to notes.
pub(super) fn without_notes(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once("<superscript>") {
        kept.push_str(before);
        rest = after.split_once("</superscript>").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// Reads `.../ViewDetails.aspx?...`. A page without a treaty's entry into force is no treaty's page.
pub fn parse_html(body: &[u8]) -> Result<Sighting, SourceFault> {
    read_html(body).map(|(sighting, _)| sighting)
}

fn read_html(body: &[u8]) -> Result<(Sighting, String), SourceFault> {
    within(body, TEXT_SIZE_MAX_BYTES)?;
    let text = String::from_utf8_lossy(body);
    if !text.contains("tcrptEIF") {
        return Err(no_page("it shows no entry into force"));
    }
    // What is missing may be the notes, and nothing else would tell.
    const END: &[u8] = b"</html>";
    let is_whole = text
        .trim_end()
        .as_bytes()
        .last_chunk()
        .is_some_and(|end: &[u8; END.len()]| end.eq_ignore_ascii_case(END));
    if !is_whole {
        return Err(no_page("it is not whole: it does not end with </html>"));
    }
    let page = html::tree(&text)?;
    let find = |selector: &str| {
        let selector = Selector::parse(selector).ok()?;
        page.select(&selector).next()
    };
    let table = find("table[id$=_tblgrid]").ok_or_else(|| no_page("it has no table of participants"))?;
    let mut rows = rows_of(table);
    let headings = rows.next().ok_or(SourceFault::Empty)?;
    let rows: Vec<Vec<String>> = rows.take(ROWS_MAX + 1).collect();
    if ROWS_MAX < rows.len() {
        return Err(no_page(format_args!("its table has more than {ROWS_MAX} rows")));
    }
    let mut sighting = grid::read(&headings, &rows)?;
    let status = find("[id$=rptStatus_ctl00_tcText]").map(text_of).unwrap_or_default();
    let status = tidy(&status);
    sighting.signatories = number_behind(&status, "Signatories");
    sighting.parties = number_behind(&status, "Parties");
    // Notes keep their numbers: a note that becomes another one is a change, too.
    let notes = find("[id$=_dgNotesAll]").map(|notes| notes.text().collect::<String>()).unwrap_or_default();
    sighting.notes = digest_of(&notes);
    Ok((sighting, notes))
}

/// The rows of a table: its own, and not those of tables that lie in its cells. A page in HTML has each row in a part of
/// the table, whether that was written or not.
fn rows_of<'a>(table: ElementRef<'a>) -> impl Iterator<Item = Vec<String>> + 'a {
    let is_any = |element: &ElementRef<'_>, names: &[&str]| names.contains(&element.value().name());
    let parts = table.child_elements().filter(move |part| is_any(part, &["tbody", "thead", "tfoot"]));
    let rows = parts.flat_map(|part| part.child_elements()).filter(move |row| is_any(row, &["tr"]));
    rows.map(move |row| {
        row.child_elements().filter(|cell| is_any(cell, &["td", "th"])).map(text_of).collect()
    })
}

/// The text of a cell without the numbers of its notes.
fn text_of(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    let mut notes = 0_usize;
    let is_note = |node: &Node| node.as_element().is_some_and(|it| it.name() == "sup");
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) if is_note(node.value()) => notes += 1,
            Edge::Close(node) if is_note(node.value()) => notes -= 1,
            Edge::Open(node) if notes == 0 => text.push_str(node.value().as_text().map_or("", |part| part)),
            Edge::Open(_) | Edge::Close(_) => {}
        }
    }
    text
}

/// The number in `Signatories : 187. Parties : 178`.
fn number_behind(text: &str, word: &str) -> Option<u32> {
    let rest = text.split_once(word)?.1.trim_start_matches([' ', ':', '\u{a0}']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::act::ActKind::{Accession, Ratification, Signature, Succession};

    /// A treaty of the Ruritanian kind, in the shape of the XML.
    fn xml(rows: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<Treaties><Treaty><Header><ExternalData><Status>\
             <Signatories>2</Signatories><Parties>3</Parties></Status></ExternalData></Header><Participants><Table>\
             <TGroup><Thead><Row><Entry>Participant&lt;superscript&gt;1,2&lt;/superscript&gt;</Entry>\
             <Entry>Signature</Entry><Entry>Ratification, Accession(a), Succession(d)</Entry></Row></Thead><Tbody>\
             <Rows>{rows}</Rows></Tbody></TGroup></Table></Participants><EndNotes><EndNote>1 A note.</EndNote>\
             </EndNotes></Treaty></Treaties>"
        )
    }

    const ROWS: &str = "<Row><Entry>Ruritania&lt;superscript&gt;4,7,18&lt;/superscript&gt;</Entry><Entry> 4 Feb\t 2005 \
         </Entry><Entry>[30 Nov\t 2007 ]</Entry></Row><Row><Entry>C&#244;te d'Or</Entry><Entry></Entry><Entry>1 Jan 2008 \
         a</Entry></Row><Row><Entry>Graustark</Entry><Entry>5 Feb 2005</Entry><Entry></Entry></Row>";

    fn short(sighting: &Sighting) -> Vec<String> {
        let one = |it: &crate::domain::observation::Observation| {
            format!("{} {} {} {}", it.state, it.kind, it.on, if it.stands { "stands" } else { "gone" })
        };
        sighting.observations.iter().map(one).collect()
    }

    #[test]
    fn the_xml_is_read_with_its_notes_marks_and_brackets() {
        let sighting = parse_xml(xml(ROWS).as_bytes()).unwrap();
        let expected = [
            "C\u{f4}te d'Or accession 2008-01-01 stands",
            "Graustark signature 2005-02-05 stands",
            "Ruritania signature 2005-02-04 stands",
            "Ruritania ratification 2007-11-30 gone",
        ];
        assert_eq!(short(&sighting), expected);
        assert_eq!((sighting.states, sighting.signatories, sighting.parties), (3, Some(2), Some(3)));
        // Latin-1, as the file says it is.
        let latin: Vec<u8> = xml(&ROWS.replace("&#244;", "\u{f4}")).chars().map(|it| it as u8).collect();
        assert_eq!(short(&parse_xml(&latin).unwrap()), expected);
        // A note of its own changes, and nothing else.
        let other = xml(ROWS).replace("A note.", "A withdrawal.");
        let other = parse_xml(other.as_bytes()).unwrap();
        assert_eq!(other.observations, sighting.observations);
        assert_ne!(other.notes, sighting.notes);
    }

    #[test]
    fn what_is_not_the_file_says_nothing() {
        for body in ["", "<html>maintenance</html>", "<?xml version=\"1.0\"?><Treaties></Treaties>"] {
            assert!(matches!(parse_xml(body.as_bytes()), Err(SourceFault::NotThePage(_))), "{body}");
        }
        let whole = xml(ROWS);
        let half = &whole[..whole.len() / 2];
        assert!(matches!(parse_xml(half.as_bytes()), Err(SourceFault::NotThePage(_))));
        assert!(matches!(parse_xml(xml("").as_bytes()), Err(SourceFault::Empty)));
        let deep = format!("<?xml version=\"1.0\"?>{}", "<Entry>a".repeat(100_000));
        assert!(parse_xml(deep.as_bytes()).unwrap_err().to_string().ends_with("more than 100 deep"));
        let odd = xml(ROWS).replace("5 Feb 2005", "5 Fevr 2005");
        let error = parse_xml(odd.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error,
            "Graustark, column `Signature`: `5 Fevr 2005` is not a date as the source writes it"
        );
    }

    /// The same treaty, in the shape of the page.
    fn page(rows: &str) -> String {
        let id = "ctl00_ContentPlaceHolderInnerPage";
        format!(
            "<html><body><div>STATUS AS AT : 01-02-2026</div><table><tr><td class=\"tcrptEIF\">\
             <div id=\"{id}_rptEIF_ctl00_tcText\">1 March 2006</div></td></tr></table>\
             <div id=\"{id}_rptStatus_ctl00_tcText\">Signatories :\n 2. \n Parties :\n 3</div>\
             <table><tr><td>Participant</td><td>Territories</td></tr><tr><td>Nowhere</td><td>1 Jan 1900</td></tr></table>\
             <table id=\"{id}_tblgrid\"><tr class=\"thead-one\"><td>Participant<br></td><td>Signature, Succession to \
             signature(d)<br></td><td>Ratification, Accession(a), Succession(d)<br></td></tr>{rows}</table>\
             <table id=\"{id}_dgNotesAll\"><tr><td>1.</td><td>A note.</td></tr></table></body></html>"
        )
    }

    #[test]
    fn the_page_is_read_and_its_decoys_are_not() {
        let rows = "<tr><td><a class='noteIndex'>Ruritania</a> <sup>3 , 18</sup><br></td><td> &nbsp;4 Feb\t 2005 <br></td>\
                    <td>30 Nov\t 2007 <br></td></tr><tr><td>Monte Verde<br></td><td>23 Oct\t 2006 d<br></td>\
                    <td>23 Oct\t 2006 d<br></td></tr><tr><td>Graustark<br></td><td>&nbsp;</td><td>1 Jan\t 2008 a<br></td></tr>";
        let sighting = parse_html(page(rows).as_bytes()).unwrap();
        let kinds: Vec<_> = sighting.observations.iter().map(|it| (it.state.as_str(), it.kind)).collect();
        let expected = [
            ("Graustark", Accession),
            ("Monte Verde", Signature),
            ("Monte Verde", Succession),
            ("Ruritania", Signature),
            ("Ruritania", Ratification),
        ];
        assert_eq!(kinds, expected);
        assert_eq!((sighting.states, sighting.signatories, sighting.parties), (3, Some(2), Some(3)));
        assert!(sighting.notes.is_some());
        // Whatever changes daily outside the table changes nothing.
        let tomorrow = page(rows).replace("01-02-2026", "02-02-2026");
        assert_eq!(parse_html(tomorrow.as_bytes()).unwrap(), sighting);
        // A page that ends behind its table has all its rows, and may lack the note that tells of a withdrawal.
        let whole = page(rows);
        for end in whole.find("_dgNotesAll").into_iter().chain(whole.find("A note.")) {
            let cut = parse_html(&whole.as_bytes()[..end]).unwrap_err();
            assert!(cut.to_string().ends_with("it does not end with </html>"), "{cut}");
        }
        assert_eq!(notes(whole.as_bytes()).unwrap(), ["1.A note."]);
    }

    #[test]
    fn a_page_of_another_kind_says_nothing() {
        for body in ["", "<html>urgent maintenance</html>", "<p class=tcrptEIF>no table</p>"] {
            assert!(matches!(parse_html(body.as_bytes()), Err(SourceFault::NotThePage(_))), "{body}");
        }
        assert_eq!(parse_html(page("").as_bytes()), Err(SourceFault::Empty));
    }

    #[test]
    fn what_lies_in_a_cell_is_read_once() {
        // A hundred tables in one another, each of which would count the text in the innermost again.
        let text = "x".repeat(200_000);
        let (open, close) = ("<table><tr><td>".repeat(60), "</table>".repeat(60));
        let nested = format!("<tr><td>Ruritania{open}{text}{close}</td><td></td><td>30 Nov 2007</td></tr>");
        let fault = parse_html(page(&nested).as_bytes()).unwrap_err().to_string();
        assert!(fault.starts_with("a row names no state, but `Ruritaniaxxx"), "{fault}");
        assert!(fault.len() < 1_000);
        // Rows of a table in a cell are none of this one.
        let inner = "<table><tr><td>Graustark</td><td></td><td>1 Jan 1900</td></tr></table>";
        let row = format!("<tr><td>Ruritania</td><td></td><td>30 Nov 2007</td><td>{inner}</td></tr>");
        let sighting = parse_html(page(&row).as_bytes()).unwrap();
        assert_eq!((sighting.states, sighting.observations.len()), (1, 1));
        let entries = xml(&format!(
            "<Row>{}<Entry>{text}</Entry>{}</Row>",
            "<Entry>".repeat(80),
            "</Entry>".repeat(80)
        ));
        assert!(parse_xml(entries.as_bytes()).unwrap_err().to_string().len() < 1_000);
    }

    #[test]
    fn rows_and_text_without_end_are_refused() {
        let long = "x".repeat(1_000_000);
        let row = |state: &str, entry: &str| {
            format!("<Row><Entry>{state}</Entry><Entry></Entry><Entry>{entry}</Entry></Row>")
        };
        for (rows, expected) in [
            ("<Row/>".repeat(300_000), "it has more than 10000 rows, or 50000 entries and notes"),
            (format!("<Row>{}</Row>", "<Entry/>".repeat(300_000)), "10000 rows, or 50000 entries and notes"),
            (row("Ruritania", &long), "is not a date as the source writes it"),
            (row(&long, "30 Nov 2007"), "xxx…`"),
            ("x".repeat(5_000_000), "it has more than 4194304 bytes"),
        ] {
            let fault = parse_xml(xml(&rows).as_bytes()).unwrap_err().to_string();
            assert!(fault.ends_with(expected), "{fault:.900}");
            assert!(fault.len() < 1_000);
        }
        let rows = "<tr><td>a".repeat(12_000);
        let fault = parse_html(page(&rows).as_bytes()).unwrap_err().to_string();
        assert!(fault.ends_with("its table has more than 10000 rows"), "{fault}");
    }
}
