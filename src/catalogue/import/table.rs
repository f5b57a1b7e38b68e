//! The table of an import: what separates its columns, and what they are.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::super::place::CsvRow;
use super::error::ImportError;
use crate::domain::act::{ActKind, Actor};
use crate::domain::outside::{folded, plain};
use crate::domain::text::{UnknownWord, text_enum};

text_enum! {
    /// What a column of a table with one act a row can be, besides the state.
    Field ("column") {
        /// What was done.
        Kind = "kind",
        /// When.
        On = "on",
        /// When it takes effect, where that is recorded.
        EffectiveOn = "effective_on",
        /// Where it was done or deposited.
        Place = "place",
        /// With whom it was deposited.
        Depositary = "depositary",
        /// What else should be known.
        Note = "note",
        /// Where it is written.
        Source = "source",
        /// Whose record it is.
        Basis = "basis",
        /// How sure it is.
        Confidence = "confidence",
    }
}

/// What the columns of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub(super) state: String,
    pub(super) acts: Form,
}

/// How a table holds acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// A row for each state, and a column for each kind of act.
    Wide(Vec<Wide>),
    /// A row for each act.
    Long(BTreeMap<Field, String>),
}

/// A column of days on which acts of one kind were done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wide {
    pub kind: ActKind,
    /// Where they were done, if the column is of one place.
    pub place: Option<String>,
    pub column: String,
}

impl Mapping {
    /// The mapping of a table with one act a row whose headings say what they are, word for word; none of any other.
    pub fn found(headers: &[String]) -> Option<Self> {
        const NAMES: &[(&str, &[&str])] = &[
            ("state", &["state", "country", "participant", "party"]),
            ("kind", &["kind", "act", "action", "type", "kind of act", "type of act"]),
            ("on", &["on", "date", "day"]),
            ("effective_on", &["effective on", "effective date", "date of effect", "effective"]),
            ("place", &["place"]),
            ("depositary", &["depositary", "depository"]),
            ("note", &["note", "notes", "remark", "remarks"]),
            ("source", &["source"]),
            ("basis", &["basis"]),
            ("confidence", &["confidence"]),
        ];
        let mut parts: BTreeMap<&str, &String> = BTreeMap::new();
        for header in headers {
            let name = folded(header).replace('_', " ");
            if let Some((what, _)) = NAMES.iter().find(|(_, names)| names.contains(&name.as_str())) {
                // Of two columns of one name nobody can tell which is meant.
                if parts.insert(what, header).is_some() {
                    return None;
                }
            }
        }
        let state = parts.remove("state")?.clone();
        let fields =
            parts.into_iter().filter_map(|(what, header)| Some((what.parse().ok()?, header.clone())));
        let fields: BTreeMap<Field, String> = fields.collect();
        let is_long = fields.contains_key(&Field::Kind) && fields.contains_key(&Field::On);
        is_long.then_some(Self { state, acts: Form::Long(fields) })
    }

    /// Whether there is a row for each state.
    pub(super) fn is_wide(&self) -> bool {
        matches!(self.acts, Form::Wide(_))
    }

    /// The columns that are not read.
    pub fn left_out(&self, headers: &[String]) -> Vec<String> {
        let read: Vec<&String> = match &self.acts {
            Form::Wide(columns) => columns.iter().map(|wide| &wide.column).collect(),
            Form::Long(fields) => fields.values().collect(),
        };
        let is_read = |header: &&String| **header == self.state || read.contains(header);
        headers.iter().filter(|header| !is_read(header) && !header.is_empty()).cloned().collect()
    }
}

impl FromStr for Mapping {
    type Err = ImportError;

    /// Reads `state=Participant,ratification=Ratified on`, or `state=Country,kind=Act,on=Date` for a table with one
    /// act a row. A comma may be part of a column's name.
    fn from_str(text: &str) -> Result<Self, ImportError> {
        let mut parts: Vec<String> = Vec::new();
        for part in text.split(',') {
            match parts.last_mut() {
                Some(last) if !part.contains('=') => {
                    last.push(',');
                    last.push_str(part);
                }
                _ => parts.push(part.to_owned()),
            }
        }
        let mut state = None;
        let mut wide: Vec<Wide> = Vec::new();
        let mut long: BTreeMap<Field, String> = BTreeMap::new();
        for part in parts {
            let (what, column) = part.split_once('=').ok_or_else(|| ImportError::Mapping(part.clone()))?;
            let (what, column) = (what.trim(), plain(column));
            let twice = || ImportError::Twice(what.to_owned());
            if what == "state" {
                if state.replace(column).is_some() {
                    return Err(twice());
                }
                continue;
            }
            if let Ok(field) = what.parse::<Field>() {
                if long.insert(field, column).is_some() {
                    return Err(twice());
                }
                continue;
            }
            let (kind, place) = match what.split_once('@') {
                Some((kind, place)) => (kind.trim(), Some(plain(place)).filter(|place| !place.is_empty())),
                None => (what, None),
            };
            let kind = kind.parse().map_err(|mut error: UnknownWord| {
                let fields = Field::ALL.iter().map(|field| field.as_str());
                error.expected = ["state"].into_iter().chain(fields).collect::<Vec<_>>().join(", ")
                    + ", "
                    + &error.expected;
                error
            });
            let kind = of_a_state(kind.map_err(ImportError::Kind)?)?;
            if wide.iter().any(|other| other.kind == kind && other.place == place) {
                return Err(twice());
            }
            wide.push(Wide { kind, place, column });
        }
        let state = state.ok_or(ImportError::Incomplete)?;
        let acts = match (wide.is_empty(), long.contains_key(&Field::Kind) && long.contains_key(&Field::On)) {
            (false, _) if !long.is_empty() => return Err(ImportError::TwoForms),
            (false, _) => Form::Wide(wide),
            (true, true) => Form::Long(long),
            (true, false) => return Err(ImportError::Incomplete),
        };
        Ok(Self { state, acts })
    }
}

/// The kind, if states perform it.
pub(super) fn of_a_state(kind: ActKind) -> Result<ActKind, ImportError> {
    match kind.actor() {
        Actor::Treaty => Err(ImportError::OfTreaty(kind)),
        Actor::State | Actor::Either if kind.is_about_deadline() => Err(ImportError::OfDeadline(kind)),
        Actor::State | Actor::Either => Ok(kind),
    }
}

/// A table, as text.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// What errors call it.
    pub name: &'a str,
    /// Its text, from the line with the headings on.
    content: &'a str,
    /// How many lines stand before that.
    lines_before: usize,
    /// What stands between two columns.
    delimiter: u8,
}

impl<'a> Table<'a> {
    /// A table whose columns are separated by `delimiter`, or else by what the table itself says (`sep=;`) or shows.
    pub fn of(name: &'a str, text: &'a str, delimiter: Option<u8>) -> Self {
        // Spreadsheets put a mark before the text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let said = first.trim_end().trim_matches('"').strip_prefix("sep=");
        let (content, lines_before) = if said.is_some() { (rest, 1) } else { (text, 0) };
        let said = said.and_then(|said| said.bytes().next()).filter(u8::is_ascii);
        let delimiter = delimiter.or(said).unwrap_or_else(|| shown(content));
        Self { name, content, lines_before, delimiter }
    }

    pub(super) fn reader(&self) -> csv::Reader<&'a [u8]> {
        csv::ReaderBuilder::new().delimiter(self.delimiter).from_reader(self.content.as_bytes())
    }

    /// The line of a record, from 1.
    pub(super) fn line(&self, record: &csv::Position) -> Option<usize> {
        CsvRow::of(self.content, record).map(|row| row.line + self.lines_before)
    }

    /// The line with the names of the columns, from 1.
    pub(super) fn header_line(&self) -> usize {
        self.lines_before + 1
    }

    /// The names of the columns.
    pub fn headers(&self) -> Result<Vec<String>, ImportError> {
        let mut reader = self.reader();
        let headers = reader.headers();
        let headers = headers.map_err(|cause| ImportError::Csv { table: self.name.to_owned(), cause })?;
        Ok(headers.iter().map(plain).collect())
    }
}

/// The separator that a table shows: what stands equally often in each of its first rows, the rarer in prose first.
fn shown(text: &str) -> u8 {
    const DELIMITERS: [u8; 4] = *b"\t;|,";
    const ROWS: usize = 6;
    let mut rows: Vec<[usize; DELIMITERS.len()]> = Vec::new();
    let (mut row, mut is_quoted, mut is_empty) = ([0; DELIMITERS.len()], false, true);
    for byte in text.bytes().chain([b'\n']) {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => {
                if !is_empty {
                    rows.push(row);
                }
                if rows.len() == ROWS {
                    break;
                }
                (row, is_empty) = ([0; DELIMITERS.len()], true);
                continue;
            }
            _ if is_quoted => {}
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|delimiter| *delimiter == byte) {
                    row[at] += 1;
                }
            }
        }
        is_empty &= byte.is_ascii_whitespace() && byte != b'\t';
    }
    let Some((first, rest)) = rows.split_first() else { return b',' };
    let is_equal = |at: &usize| first[*at] > 0 && rest.iter().all(|row| row[*at] == first[*at]);
    let all = 0..DELIMITERS.len();
    let most = || all.clone().max_by_key(|at| first[*at]);
    all.clone().find(is_equal).or_else(most).map_or(b',', |at| DELIMITERS[at])
}

/// What each column may be: a proposal for people to confirm. None where nothing comes to mind.
pub fn propose(headers: &[String]) -> Vec<(&str, Option<&'static str>)> {
    type Signs = &'static [(&'static str, &'static [&'static str])];
    const STATE: &[&str] = &["state", "country", "participant", "party"];
    const WIDE: Signs = &[
        ("state", STATE),
        ("ratification", &["ratif"]),
        ("accession", &["access"]),
        ("acceptance", &["accept"]),
        ("approval", &["approv"]),
        ("succession", &["success"]),
        ("notice_of_withdrawal", &["withdraw", "denunc", "denounc"]),
        ("provisional_application", &["provisional"]),
        ("signature", &["sign"]),
    ];
    const LONG: Signs = &[
        ("state", STATE),
        ("kind", &["kind", "type", "action"]),
        ("effective_on", &["effect", "in force", "into force"]),
        ("on", &["date", "day"]),
        ("depositary", &["depositar", "depositor"]),
        ("place", &["place"]),
        ("note", &["note", "remark"]),
        ("source", &["source"]),
    ];
    let names: Vec<String> = headers.iter().map(|header| folded(header)).collect();
    let has = |signs: &[&str]| names.iter().any(|name| signs.iter().any(|sign| name.contains(sign)));
    let signs = if has(LONG[1].1) && has(LONG[3].1) { LONG } else { WIDE };
    let mut taken: Vec<&str> = Vec::new();
    let propose = |name: &String| {
        let fits = |(what, signs): &&(&str, &[&str])| {
            !taken.contains(what) && signs.iter().any(|sign| name.contains(sign))
        };
        let found = signs.iter().find(fits).map(|(what, _)| *what);
        taken.extend(found);
        found
    };
    let found: Vec<Option<&'static str>> = names.iter().map(propose).collect();
    headers.iter().map(String::as_str).zip(found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_the_state_and_at_least_one_act() {
        let mapping: Mapping = "state=Participant, Name,signature=Signed".parse().unwrap();
        assert_eq!(mapping.state, "Participant, Name");
        let signed = Wide { kind: ActKind::Signature, place: None, column: "Signed".to_owned() };
        assert_eq!(mapping.acts, Form::Wide(vec![signed]));
        let places: Mapping = "state=A,ratification@London=B,ratification@Moscow=C".parse().unwrap();
        let Form::Wide(columns) = places.acts else { panic!("a column for each kind") };
        let places: Vec<&str> = columns.iter().filter_map(|column| column.place.as_deref()).collect();
        assert_eq!(places, ["London", "Moscow"]);
        let long: Mapping = "state=A,kind=B,on=C,depositary=D".parse().unwrap();
        assert!(matches!(long.acts, Form::Long(fields) if fields.len() == 3));
        for bad in [
            "",
            "state=A",
            "signature=A",
            "state=A,state=B,signature=C",
            "state=A,adoption=B",
            "state=A,signed=B",
            "state=A,kind=B",
            "state=A,kind=B,on=C,signature=D",
            "state=A,signature=B,place=C",
            "state=A,ratification@London=B,ratification@London=C",
        ] {
            assert!(bad.parse::<Mapping>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_table_of_one_act_a_row_is_found_by_its_headings() {
        let found = |headers: &[&str]| {
            Mapping::found(&headers.iter().map(|header| (*header).to_owned()).collect::<Vec<_>>())
        };
        let headers = ["Country", "Act", "DATE", "Effective date", "Depositary", "Remarks", "Rank"];
        let mapping = found(&headers).unwrap();
        assert_eq!(mapping.left_out(&headers.map(str::to_owned)), ["Rank"]);
        assert_eq!(
            Some(mapping),
            "state=Country,kind=Act,on=DATE,effective_on=Effective date,depositary=Depositary,note=Remarks"
                .parse()
                .ok()
        );
        assert_eq!(found(&["Participant", "Signature", "Ratification"]), None);
        assert_eq!(found(&["State", "Kind", "Date", "Day"]), None, "two columns may be the day");
        assert_eq!(found(&["State", "Date"]), None);
    }

    #[test]
    fn a_table_says_or_shows_what_separates_its_columns() {
        for (text, expected) in [
            ("A,B\n1,2\n", b','),
            ("\u{feff}sep=;\r\nA,B;C\r\n1;2\r\n", b';'),
            ("\"sep=|\"\nA|B\n", b'|'),
            ("A;\"B, C(a), D(d)\"\n1;2\n", b';'),
            ("A;B, C(a), D(d)\n1;2\n", b';'),
            ("A\tB, C\n1\t\n", b'\t'),
            ("A,\"B;\nC\"\n1,2", b','),
            ("A;B\n1;2;3\n", b';'),
            ("A\n1\n", b','),
            ("", b','),
        ] {
            assert_eq!(Table::of("t", text, None).delimiter, expected, "{text:?}");
        }
        assert_eq!(Table::of("t", "sep=;\nA;B\n", Some(b',')).delimiter, b',', "who says it is right");
        assert_eq!(Table::of("t", "sep=;\nA;B\n", None).header_line(), 2);
    }

    #[test]
    fn a_proposal_takes_each_word_once() {
        let headers = ["Participant", "Signature", "Ratification, Accession(a)", "Remarks", "Signed at"];
        let headers: Vec<String> = headers.map(str::to_owned).into();
        let proposed: Vec<Option<&str>> = propose(&headers).into_iter().map(|(_, what)| what).collect();
        assert_eq!(proposed, [Some("state"), Some("signature"), Some("ratification"), None, None]);
        let headers = ["Country", "Type of action", "Date of deposit", "Date of effect"].map(str::to_owned);
        let proposed: Vec<Option<&str>> = propose(&headers).into_iter().map(|(_, what)| what).collect();
        assert_eq!(proposed, [Some("state"), Some("kind"), Some("on"), Some("effective_on")]);
    }
}
