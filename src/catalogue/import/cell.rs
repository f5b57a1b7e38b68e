//! The cells of a table: days in the ways that people and depositaries write them.

use chrono::format::{Item, Numeric, StrftimeItems};
use chrono::{Datelike, NaiveDate};

use super::error::ImportError;
use crate::domain::day::{PartialDay, Precision};
use crate::domain::marks::{MARKS, date, unbracketed};

/// How days are written in our own files.
const ISO: &str = "%Y-%m-%d";
/// A year of another length is an abbreviation.
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9999;

/// How the days of a table are written.
#[derive(Debug, Clone)]
pub(super) struct Days<'a> {
    /// In the letters of `strftime`.
    format: &'a str,
    /// How exact a day of this format is.
    precision: Precision,
    /// The first of the hundred years in which years of two digits lie.
    years_from: Option<i32>,
}

/// A day as a depositary prints it: `[30 Nov 2007 a]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    pub on: PartialDay,
    pub mark: Option<&'a str>,
    /// Whether it still has effect: it stands in no brackets.
    pub stands: bool,
}

impl<'a> Days<'a> {
    /// Refuses a format that is none, and one of years with two digits of which nobody has said in which century
    /// they lie.
    pub fn of(format: &'a str, years_from: Option<i32>) -> Result<Self, ImportError> {
        let (mut has_day, mut has_month, mut is_short) = (false, false, false);
        for item in StrftimeItems::new(format) {
            match item {
                Item::Error => return Err(ImportError::Format(format.to_owned())),
                Item::Numeric(Numeric::YearMod100 | Numeric::IsoYearMod100, _) => is_short = true,
                Item::Numeric(Numeric::Month, _) => has_month = true,
                Item::Numeric(Numeric::Day, _) => has_day = true,
                // Months by their names, and ways to count days that nobody uses for a part of a date.
                Item::Fixed(_) => has_month = true,
                Item::Numeric(Numeric::Ordinal, _) => (has_day, has_month) = (true, true),
                _ => {}
            }
        }
        if is_short && years_from.is_none() {
            return Err(ImportError::Century(format.to_owned()));
        }
        let precision = match (has_day, has_month) {
            (false, true) => Precision::Month,
            _ => Precision::Day,
        };
        Ok(Self { format, precision, years_from: years_from.filter(|_| is_short) })
    }

    /// Reads a cell with the mark behind the day and the brackets around it.
    pub fn cell<'t>(&self, text: &'t str) -> Option<Cell<'t>> {
        let (bare, stands) = unbracketed(text);
        if let Some(on) = self.day(bare) {
            return Some(Cell { on, mark: None, stands });
        }
        let (day, mark) = bare.rsplit_once(' ')?;
        let on = self.day(day.trim_end()).filter(|_| MARKS.contains(&mark))?;
        Some(Cell { on, mark: Some(mark), stands })
    }

    /// What a cell should have held.
    pub fn expected(&self) -> String {
        format!(
            "expected a day written {}, 2025-05-02 or 2 May 2025; --dates names another format",
            self.format
        )
    }

    /// Reads a day, or a month or a year where nothing more is given: as ISO 8601 writes it, in the format of the
    /// table, or with the name of the month (`4 Oct 2025`, `October 2025`).
    pub fn day(&self, text: &str) -> Option<PartialDay> {
        let day = text.parse().ok().or_else(|| self.formatted(text)).or_else(|| worded(text))?;
        YEARS.contains(&day.first_day().year()).then_some(day)
    }

    fn formatted(&self, text: &str) -> Option<PartialDay> {
        // Read already, and strictly: `2019-2-2` is a slip.
        if self.format == ISO {
            return None;
        }
        let day = match self.precision {
            Precision::Day => NaiveDate::parse_from_str(text, self.format),
            Precision::Month | Precision::Year => {
                NaiveDate::parse_from_str(&format!("1 {text}"), &format!("%d {}", self.format))
            }
        };
        let day = day.ok()?;
        let day = match self.years_from {
            Some(first) => day.with_year(first + (day.year() - first).rem_euclid(100))?,
            None => day,
        };
        Some(PartialDay::around(day, self.precision))
    }
}

/// `4 Oct 2025`, or `October 2025`.
pub(super) fn worded(text: &str) -> Option<PartialDay> {
    let month = |word: &str| {
        let word = word.trim_end_matches('.');
        let (first, rest) = word.split_at_checked(1)?;
        Some(first.to_ascii_uppercase() + &rest.to_ascii_lowercase())
    };
    match text.split(' ').collect::<Vec<_>>().as_slice() {
        [day, name, year] => date(day.trim_end_matches('.'), &month(name)?, year).map(PartialDay::exact),
        [name, year] => {
            date("1", &month(name)?, year).map(|first| PartialDay::around(first, Precision::Month))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, text: &str) -> Option<String> {
        Days::of(format, None).unwrap().day(text).map(|day| day.to_string())
    }

    #[test]
    fn days_are_read_strictly() {
        for (format, text, expected) in [
            ("%Y-%m-%d", "2019-02-02", Some("2019-02-02")),
            ("%Y-%m-%d", "2019-2-2", None),
            ("%d/%m/%Y", "02/03/2019", Some("2019-03-02")),
            ("%d/%m/%Y", "02/03/19", None),
            ("%d/%m/%Y", "31/02/2019", None),
            ("%d/%m/%Y", "2019-03-02", Some("2019-03-02")),
            ("%d/%m/%Y", "2 Mar 2019", Some("2019-03-02")),
            ("%d/%m/%Y", "2. MARCH 2019", Some("2019-03-02")),
            ("%d/%m/%Y", "2 Mrz 2019", None),
            ("%d/%m/%Y", "2 Mar 19", None),
            ("%d/%m/%Y", "03/2019", None),
        ] {
            assert_eq!(read(format, text).as_deref(), expected, "{format} {text}");
        }
    }

    #[test]
    fn a_month_or_a_year_stays_one() {
        for (format, text, expected) in [
            ("%Y-%m-%d", "2019-02", Some("2019-02")),
            ("%Y-%m-%d", "2019", Some("2019")),
            ("%Y-%m-%d", "Feb. 2019", Some("2019-02")),
            ("%m/%Y", "02/2019", Some("2019-02")),
            ("%B %Y", "February 2019", Some("2019-02")),
            ("%m/%Y", "13/2019", None),
            ("%Y-%m-%d", "0019", None),
        ] {
            assert_eq!(read(format, text).as_deref(), expected, "{format} {text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_a_question() {
        for format in ["%d.%m.%y", "%D"] {
            assert!(matches!(Days::of(format, None), Err(ImportError::Century(_))), "{format}");
        }
        assert!(matches!(Days::of("%Q", None), Err(ImportError::Format(_))));
        let days = Days::of("%d.%m.%y", Some(1950)).unwrap();
        for (text, expected) in [
            ("01.07.68", "1968-07-01"),
            ("15.01.24", "2024-01-15"),
            ("1.1.50", "1950-01-01"),
            ("1.1.49", "2049-01-01"),
        ] {
            assert_eq!(days.day(text).unwrap().to_string(), expected, "{text}");
        }
        assert_eq!(days.day("1968-07-01").unwrap().to_string(), "1968-07-01");
    }

    #[test]
    fn a_cell_has_the_marks_of_the_depositary() {
        let days = Days::of("%d.%m.%Y", None).unwrap();
        let cell =
            |text| days.cell(text).map(|cell| (cell.on.to_string(), cell.mark.unwrap_or("-"), cell.stands));
        assert_eq!(cell("4 Oct 2025 a"), Some(("2025-10-04".to_owned(), "a", true)));
        assert_eq!(cell("04.10.2025 AA"), Some(("2025-10-04".to_owned(), "AA", true)));
        assert_eq!(cell("[30 Nov 2007 ]"), Some(("2007-11-30".to_owned(), "-", false)));
        assert_eq!(cell("[30 Nov 2007 A]"), Some(("2007-11-30".to_owned(), "A", false)));
        for bad in ["4 Oct 2025 x", "4 Oct 2025 or later", "a", "", "[]"] {
            assert_eq!(cell(bad), None, "{bad}");
        }
    }
}
