//! The marks of a depositary: what the headings and the entries of its table of participants mean.
//!
//! There are more than a hundred forms of columns. The heading defines what an entry means: a letter in brackets, as in
//! `Ratification, Accession(a), Succession(d)`, explains the mark behind a date.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::act::ActKind;

/// What the entries of a column mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The heading, on one line.
    pub heading: String,
    /// What an entry without a mark is; none where the heading names marked acts alone.
    pub plain: Option<ActKind>,
    /// What a mark behind the date makes of it; none where that is no act.
    pub marked: BTreeMap<String, Option<ActKind>>,
    /// The column is about something else than a state's consent: it is not read.
    pub other: bool,
}

impl Column {
    /// Reads a heading.
    pub fn of(heading: &str) -> Self {
        let heading = tidy(heading);
        let mut plain: Vec<ActKind> = Vec::new();
        let mut marked = BTreeMap::new();
        let mut known = false;
        for part in parts(&heading) {
            let (label, mark) = split_mark(&part);
            let kind = kind_of(label);
            known |= kind.is_some();
            match mark {
                // "Acceptance(A), Acceptance ipso facto(A)": the first one says what it is.
                Some(mark) => {
                    marked.entry(mark.to_owned()).or_insert(kind);
                }
                None => plain.extend(kind),
            }
        }
        plain.dedup();
        let plain = match plain.as_slice() {
            [] => None,
            [one] => Some(*one),
            // Several acts without a mark: that consent was given is sure, how is not (VCLT, article 11).
            _ => Some(ActKind::ConsentToBeBound),
        };
        Self { heading, plain, marked, other: !known }
    }

    /// The act that an entry with this mark, or without one, stands for: `None` inside where that is no act of a
    /// state, and outside where the heading does not say.
    pub fn kind(&self, mark: Option<&str>) -> Option<Option<ActKind>> {
        let only = || self.marked.values().next().copied().filter(|_| self.marked.len() == 1);
        match mark {
            Some(mark) => self.marked.get(mark).copied(),
            // Where all acts are marked and only one is named, an entry without its mark is that one.
            None => self.plain.map(Some).or_else(only),
        }
    }
}

/// Text with single spaces, without the space that is not broken and the marks of the page's own.
pub fn tidy(text: &str) -> String {
    text.replace(['\u{a0}', '\t', '\n', '\r'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entry without its square brackets, and whether it stands: in brackets is what has no effect any more.
pub fn unbracketed(entry: &str) -> (&str, bool) {
    let bare = entry.trim_start_matches('[').trim_end_matches(']').trim();
    (bare, bare.len() == entry.len())
}

/// The marks that are in use behind dates.
pub const MARKS: &[&str] = &["a", "A", "AA", "c", "C", "d", "n", "p", "P", "s"];

/// The parts of a heading between commas. One that goes on in small letters belongs to the one before:
/// "Acceptance by virtue of the Convention of 1923, as amended(A)".
fn parts(heading: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in heading.split(", ").map(str::trim).filter(|part| !part.is_empty()) {
        match parts.last_mut() {
            Some(before) if part.starts_with(char::is_lowercase) => {
                before.push_str(", ");
                before.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

/// `Accession(a)`: the act and the mark behind a date that stands for it. Only the marks that are in use
/// are marks: "article 7 (1) (b)" ends in a bracket, too.
fn split_mark(part: &str) -> (&str, Option<&str>) {
    match part.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((label, mark)) if MARKS.contains(&mark) => (label.trim(), Some(mark)),
        _ => (part, None),
    }
}

/// The act that a heading names; none where it names none of a state's consent.
pub fn kind_of(label: &str) -> Option<ActKind> {
    const KINDS: &[(&str, ActKind)] = &[
        ("Definitive signature", ActKind::DefinitiveSignature),
        // A predecessor's signature: it makes a signatory as one's own does.
        ("Succession to signature", ActKind::Signature),
        ("Signature", ActKind::Signature),
        ("Ratification", ActKind::Ratification),
        ("Acceptance", ActKind::Acceptance),
        ("Definitive acceptance", ActKind::Acceptance),
        ("Approval", ActKind::Approval),
        ("Accession", ActKind::Accession),
        ("Succession", ActKind::Succession),
        ("Formal confirmation", ActKind::FormalConfirmation),
        ("Confirmation of signature", ActKind::Ratification),
        ("Consent to be bound", ActKind::ConsentToBeBound),
        ("Participation", ActKind::ConsentToBeBound),
        // Of a regulation under an agreement: the state applies it from then on.
        ("Application", ActKind::ConsentToBeBound),
        ("Simplified procedure", ActKind::ConsentToBeBound),
        ("Provisional application", ActKind::ProvisionalApplication),
        ("Provisional acceptance", ActKind::ProvisionalApplication),
        ("Undertaking of provisional application", ActKind::ProvisionalApplication),
    ];
    KINDS.iter().find(|(begin, _)| label.starts_with(begin)).map(|(_, kind)| *kind)
}

/// `24 Sep 1996`, with the month in short or in full.
pub fn date(day: &str, month: &str, year: &str) -> Option<NaiveDate> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let number = MONTHS.iter().position(|full| month.len() >= 3 && full.starts_with(month))? + 1;
    let is_number = |text: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(day, 1..=2) || !is_number(year, 4..=4) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, u32::try_from(number).ok()?, day.parse().ok()?)
}
