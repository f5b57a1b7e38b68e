//! The table of participants, as the United Nations Treaty Collection prints it.

use super::{ROWS_MAX, SourceFault, name_of, no_page};
pub(super) use crate::domain::marks::tidy;
use crate::domain::marks::{Column, date, unbracketed};
use crate::domain::observation::{Observation, Sighting};

/// Columns of one table: real ones have a dozen at most.
const COLUMNS_MAX: usize = 100;

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
    fn read(&self, state: &str, entry: &str) -> Result<Option<Observation>, SourceFault> {
        let text = tidy(entry);
        if self.other || text.is_empty() {
            return Ok(None);
        }
        let fault = || SourceFault::entry(state, &self.heading, &text);
        let (bare, stands) = unbracketed(&text);
        let mut words = bare.splitn(4, ' ');
        let day = match (words.next(), words.next(), words.next()) {
            (Some(day), Some(month), Some(year)) => date(day, month, year),
            _ => None,
        };
        let mark = words.next();
        let on = day.ok_or_else(fault)?;
        let kind = self.kind(mark).ok_or_else(fault)?;
        let observed = |kind| Observation { state: state.to_owned(), kind, on, depositary: None, stands };
        Ok(kind.map(observed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::act::ActKind;

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
