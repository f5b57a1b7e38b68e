//! The table of participants, as the United Nations Treaty Collection prints it.
//!
//! Its columns come in more than a hundred forms: what an entry means is said by the heading, where a
//! letter in brackets explains the mark behind a date: `Ratification, Accession(a), Succession(d)`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{ROWS_MAX, SourceFault, name_of, no_page, tidy};
use crate::domain::act::ActKind;
use crate::domain::observation::{Observation, Sighting};

/// Columns of one table: real ones have a dozen at most.
const COLUMNS_MAX: usize = 100;

/// What the entries of a column mean.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    heading: String,
    /// What an entry without a mark is; none where the heading names marked acts alone.
    plain: Option<ActKind>,
    /// What a mark behind the date makes of it; none where that is no act.
    marked: BTreeMap<String, Option<ActKind>>,
    /// The column is about something else than a state's consent: it is not read.
    other: bool,
}

/// Reads a table: the headings, and rows of entries, all as plain text.
pub(super) fn read(headings: &[String], rows: &[Vec<String>]) -> Result<Sighting, SourceFault> {
    let [first, rest @ ..] = headings else { return Err(SourceFault::Empty) };
    if tidy(first) != "Participant" {
        return Err(SourceFault::column(first, "expected `Participant` first"));
    }
    if COLUMNS_MAX < headings.len() {
        return Err(no_page(format_args!("its table has more than {COLUMNS_MAX} columns")));
    }
    let columns: Vec<Column> = rest.iter().map(|heading| Column::of(heading)).collect();
    let mut sighting = Sighting::default();
    for row in rows {
        let [state, entries @ ..] = row.as_slice() else { continue };
        let state = name_of(state).ok_or_else(|| SourceFault::name(state))?;
        if state.is_empty() {
            continue;
        }
        sighting.states += 1;
        for (column, entry) in columns.iter().zip(entries) {
            sighting.observations.extend(column.read(&state, entry)?);
        }
        if ROWS_MAX < sighting.observations.len() {
            return Err(no_page(format_args!("its table has more than {ROWS_MAX} entries")));
        }
    }
    if sighting.states == 0 {
        return Err(SourceFault::Empty);
    }
    Ok(sighting)
}

impl Column {
    fn of(heading: &str) -> Self {
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

    fn read(&self, state: &str, entry: &str) -> Result<Option<Observation>, SourceFault> {
        let text = tidy(entry);
        if self.other || text.is_empty() {
            return Ok(None);
        }
        let fault = || SourceFault::entry(state, &self.heading, &text);
        let bare = text.trim_start_matches('[').trim_end_matches(']').trim();
        let stands = bare.len() == text.len();
        let mut words = bare.splitn(4, ' ');
        let day = match (words.next(), words.next(), words.next()) {
            (Some(day), Some(month), Some(year)) => date(day, month, year),
            _ => None,
        };
        let mark = words.next();
        let on = day.ok_or_else(fault)?;
        let only = || self.marked.values().next().copied().filter(|_| self.marked.len() == 1);
        let kind = match mark {
            Some(mark) => self.marked.get(mark).copied(),
            // Where all acts are marked and only one is named, an entry without its mark is that one.
            None => self.plain.map(Some).or_else(only),
        };
        let kind = kind.ok_or_else(fault)?;
        let observed = |kind| Observation { state: state.to_owned(), kind, on, depositary: None, stands };
        Ok(kind.map(observed))
    }
}

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
    const MARKS: &[&str] = &["a", "A", "AA", "c", "C", "d", "n", "p", "P", "s"];
    match part.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((label, mark)) if MARKS.contains(&mark) => (label.trim(), Some(mark)),
        _ => (part, None),
    }
}

/// The act that a heading names; none where it names none of a state's consent.
fn kind_of(label: &str) -> Option<ActKind> {
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
fn date(day: &str, month: &str, year: &str) -> Option<NaiveDate> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn one(heading: &str, entry: &str) -> Result<Option<Observation>, SourceFault> {
        Column::of(heading).read("Ruritania", entry)
    }

    fn kind(heading: &str, entry: &str) -> ActKind {
        one(heading, entry).unwrap().unwrap().kind
    }

    #[test]
    fn a_mark_means_what_the_heading_says() {
        let heading = "Ratification, Acceptance(A), Approval(AA), Accession(a), Succession(d)";
        assert_eq!(kind(heading, "24 Sep\t 1996 "), ActKind::Ratification);
        assert_eq!(kind(heading, " 4 Feb\t 2005 A"), ActKind::Acceptance);
        assert_eq!(kind(heading, "4 Feb 2005 AA"), ActKind::Approval);
        assert_eq!(kind(heading, "4 Feb 2005 a"), ActKind::Accession);
        assert_eq!(kind(heading, "4 Feb 2005 d"), ActKind::Succession);
        assert!(one(heading, "4 Feb 2005 P").is_err(), "a mark that the heading does not explain");
        assert_eq!(kind("Signature, Succession to signature(d)", "23 Oct 2006 d"), ActKind::Signature);
        assert_eq!(kind("Signature ad referendum (s)", "1 Jan 1950 s"), ActKind::Signature);
        assert_eq!(
            kind("Participation under articles 3 (2) and (3)(P)", "1 Jan 1950 P"),
            ActKind::ConsentToBeBound
        );
        assert_eq!(kind("Acceptance(A)", "1 Jan 1950"), ActKind::Acceptance);
        assert_eq!(
            kind("Definitive signature of the Protocol, Acceptance of the Protocol", "1 Jan 1950"),
            ActKind::ConsentToBeBound
        );
        assert_eq!(one("Notification under article 21 (1)", "1 Jan 1950"), Ok(None));
        let old = "Acceptance of the Protocol, Acceptance by virtue of the Convention of 1923, as amended(A), \
                   Notification in respect of the Agreement(d)";
        assert_eq!(kind(old, "1 Jan 1950 A"), ActKind::Acceptance);
        assert_eq!(one(old, "1 Jan 1950 d"), Ok(None), "no act of consent");
    }

    #[test]
    fn brackets_say_that_it_has_no_effect_any_more() {
        let left = one("Ratification", "[21 Sep\t 2004 ]").unwrap().unwrap();
        assert_eq!((left.on.to_string().as_str(), left.stands), ("2004-09-21", false));
        assert!(one("Ratification", "21 Sep 2004").unwrap().unwrap().stands);
    }

    #[test]
    fn months_are_short_or_full_and_nothing_else_is_a_date() {
        for month in ["Sep", "Sept", "September"] {
            assert!(one("Ratification", &format!("2 {month} 2004")).unwrap().is_some(), "{month}");
        }
        assert_eq!(one("Ratification", "\u{a0} "), Ok(None));
        for bad in
            ["2 Se 2004", "31 Feb 2004", "2004", "2 Sep 04", "Sep 2004", "2 Sep 2004 or 3 Sep 2004", "x"]
        {
            assert!(one("Ratification", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_table_without_entries_is_no_table() {
        let headings = ["Participant".to_owned(), "Ratification".to_owned()];
        assert_eq!(read(&headings, &[]), Err(SourceFault::Empty));
        let rows = [vec!["Ruritania".to_owned(), String::new()]];
        let sighting = read(&headings, &rows).unwrap();
        assert_eq!((sighting.states, sighting.observations.len()), (1, 0));
        let other = ["State".to_owned(), "Ratification".to_owned()];
        assert!(matches!(read(&other, &rows), Err(SourceFault::Column { .. })));
    }
}
