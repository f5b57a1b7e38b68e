//! Calendar days, periods between them, and how treaties count.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::text::text_enum;

/// Years have four digits, in files and in SQL.
const LAST_YEAR: i32 = 9999;

/// A day or a period that cannot be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Days are written strictly: `2019-2-2` and `2019-02-30` are refused.
    #[error("`{0}` is not a day: expected YYYY-MM-DD, or YYYY-MM or YYYY where only that is known")]
    Day(String),
    /// Periods are ISO 8601 with one unit.
    #[error("`{0}` is not a period: expected one unit, as in P6M, P90D or P5Y")]
    Period(String),
    /// The calendar ends with the year 9999.
    #[error("{day} plus {period} is outside the calendar")]
    OutOfRange {
        /// The day counted from.
        day: NaiveDate,
        /// The period counted.
        period: Period,
    },
}

/// Reads a day written `YYYY-MM-DD`, and nothing else.
pub fn parse_day(text: &str) -> Result<NaiveDate, DayError> {
    match PartialDay::from_str(text) {
        Ok(PartialDay { first, precision: Precision::Day }) => Ok(first),
        _ => Err(DayError::Day(text.to_owned())),
    }
}

text_enum! {
    /// How exactly a day is known.
    Precision ("precision") {
        /// The day itself.
        Day = "day",
        /// Only the month.
        Month = "month",
        /// Only the year.
        Year = "year",
    }
}

/// A day, or a month or year where nothing more exact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDay {
    first: NaiveDate,
    precision: Precision,
}

impl PartialDay {
    /// A day that is known exactly.
    pub fn exact(day: NaiveDate) -> Self {
        Self { first: day, precision: Precision::Day }
    }

    /// The month or year around `day`, or `day` itself.
    pub fn around(day: NaiveDate, precision: Precision) -> Self {
        let first = match precision {
            Precision::Day => Some(day),
            Precision::Month => day.with_day(1),
            Precision::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        };
        Self { first: first.unwrap_or(day), precision }
    }

    /// Some day of the month or the year that begins with `first`, or `first` itself: what follows from
    /// a day that is not known exactly. It is shown as the month or year of its earliest day.
    pub fn from_earliest(first: NaiveDate, precision: Precision) -> Self {
        Self { first, precision }
    }

    /// The earliest day it can be: what an act is ordered by.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// The latest day it can be: a deadline "in 2027" has not passed before the year has.
    pub fn last_day(self) -> NaiveDate {
        let months = match self.precision {
            Precision::Day => return self.first,
            Precision::Month => Months::new(1),
            Precision::Year => Months::new(12),
        };
        self.first.checked_add_months(months).and_then(|next| next.pred_opt()).unwrap_or(self.first)
    }

    /// How exactly it is known.
    pub fn precision(self) -> Precision {
        self.precision
    }
}

impl FromStr for PartialDay {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let error = || DayError::Day(text.to_owned());
        let (padded, precision) = match text.len() {
            4 => (format!("{text}-01-01"), Precision::Year),
            7 => (format!("{text}-01"), Precision::Month),
            10 => (text.to_owned(), Precision::Day),
            _ => return Err(error()),
        };
        let shape = padded.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let first = NaiveDate::parse_from_str(&padded, "%Y-%m-%d").ok().filter(|_| shape);
        first.map(|first| Self { first, precision }).ok_or_else(error)
    }
}

impl TryFrom<String> for PartialDay {
    type Error = DayError;

    fn try_from(text: String) -> Result<Self, DayError> {
        text.parse()
    }
}

impl From<PartialDay> for String {
    fn from(day: PartialDay) -> Self {
        day.to_string()
    }
}

impl fmt::Display for PartialDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.first.to_string();
        f.pad(match self.precision {
            Precision::Day => &text,
            Precision::Month => &text[..7],
            Precision::Year => &text[..4],
        })
    }
}

/// A period of months or of days. Days are not months: 180 days are not six months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// Calendar months; a year is twelve.
    Months(u32),
    /// Days.
    Days(u32),
}

impl Period {
    /// No time at all.
    pub const ZERO: Self = Self::Days(0);

    /// The day after `self` from `day`. Months clamp at the month's end: six months from
    /// 31 August end on the last day of February.
    pub fn after(self, day: NaiveDate) -> Result<NaiveDate, DayError> {
        let sum = match self {
            Self::Months(months) => day.checked_add_months(Months::new(months)),
            Self::Days(days) => day.checked_add_days(Days::new(days.into())),
        };
        sum.filter(|day| day.year() <= LAST_YEAR).ok_or(DayError::OutOfRange { day, period: self })
    }

    /// The day that lies `self` before `day`, clamped likewise.
    pub fn before(self, day: NaiveDate) -> Result<NaiveDate, DayError> {
        let difference = match self {
            Self::Months(months) => day.checked_sub_months(Months::new(months)),
            Self::Days(days) => day.checked_sub_days(Days::new(days.into())),
        };
        difference.filter(|day| day.year() >= 0).ok_or(DayError::OutOfRange { day, period: self })
    }

    /// `times` such periods as one, so that months are added once, from the anchor.
    pub fn times(self, times: u32) -> Self {
        match self {
            Self::Months(months) => Self::Months(months.saturating_mul(times)),
            Self::Days(days) => Self::Days(days.saturating_mul(times)),
        }
    }

    /// Whether it is no time at all.
    pub fn is_zero(self) -> bool {
        matches!(self, Self::Months(0) | Self::Days(0))
    }
}

impl FromStr for Period {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let error = || DayError::Period(text.to_owned());
        let body = text.strip_prefix('P').ok_or_else(error)?;
        let unit = body.chars().last().ok_or_else(error)?;
        let digits = &body[..body.len() - unit.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        let count: u32 = digits.parse().map_err(|_| error())?;
        match unit {
            'D' => Ok(Self::Days(count)),
            'W' => count.checked_mul(7).map(Self::Days).ok_or_else(error),
            'M' => Ok(Self::Months(count)),
            'Y' => count.checked_mul(12).map(Self::Months).ok_or_else(error),
            _ => Err(error()),
        }
    }
}

impl TryFrom<String> for Period {
    type Error = DayError;

    fn try_from(text: String) -> Result<Self, DayError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Months(months) if months > 0 && months % 12 == 0 => write!(f, "P{}Y", months / 12),
            Self::Months(months) => write!(f, "P{months}M"),
            Self::Days(days) => write!(f, "P{days}D"),
        }
    }
}

text_enum! {
    /// On which day a period that has been counted takes effect.
    Counting ("way of counting") {
        /// On its last day: notice of 2 February 2019, six months, effect on 2 August 2019.
        OnDay = "on_day",
        /// When its last day has ended, that is on the next day.
        AfterLastDay = "after_last_day",
    }
}

/// A period as a clause words it: how long, how counted, and where the result is moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    /// How long.
    pub period: Period,
    /// On which day it takes effect.
    pub counting: Counting,
    /// "The first day of the n-th month after the month in which" the period has run.
    /// With `period` zero and 6, the first day of the sixth month after the month of the deposit;
    /// with `P60D` and 1, the first day of the month after the sixtieth day.
    pub first_of_month_after: Option<u32>,
}

impl Delay {
    /// No delay: effect on the day itself.
    pub const NONE: Self =
        Self { period: Period::ZERO, counting: Counting::OnDay, first_of_month_after: None };

    /// The day on which something done on `day` takes effect.
    pub fn after(&self, day: NaiveDate) -> Result<NaiveDate, DayError> {
        let mut effect = self.period.after(day)?;
        let out_of_range = || DayError::OutOfRange { day, period: self.period };
        if self.counting == Counting::AfterLastDay {
            effect = Period::Days(1).after(effect)?;
        }
        let Some(months) = self.first_of_month_after else { return Ok(effect) };
        let month = effect.with_day(1).ok_or_else(out_of_range)?;
        Period::Months(months).after(month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn delay(period: &str, counting: Counting, first_of_month_after: Option<u32>) -> Delay {
        Delay { period: period.parse().unwrap(), counting, first_of_month_after }
    }

    #[test]
    fn days_are_read_strictly() {
        for bad in ["2019-2-2", "2019-02-30", "2019-02-2x", "20190202", "+019-02-02", "2019-02-02 ", ""] {
            assert_eq!(parse_day(bad), Err(DayError::Day(bad.to_owned())), "{bad}");
        }
        assert_eq!(parse_day("2020-02"), Err(DayError::Day("2020-02".to_owned())));
        let month: PartialDay = "2020-02".parse().unwrap();
        assert_eq!((month.first_day(), month.last_day()), (day("2020-02-01"), day("2020-02-29")));
        let year: PartialDay = "2027".parse().unwrap();
        assert_eq!((year.last_day(), year.to_string()), (day("2027-12-31"), "2027".to_owned()));
    }

    #[test]
    fn periods_have_one_unit() {
        for (text, shown) in
            [("P6M", "P6M"), ("P5Y", "P5Y"), ("P12M", "P1Y"), ("P2W", "P14D"), ("P0D", "P0D")]
        {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), shown);
        }
        for bad in ["6M", "P", "PM", "P1Y6M", "P-1D", "P6", "P99999999999D", "PТ"] {
            assert_eq!(bad.parse::<Period>(), Err(DayError::Period(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn periods_are_counted_as_treaties_word_them() {
        let cases = [
            // INF Treaty, article XV(2): six months.
            ("2019-02-02", delay("P6M", Counting::OnDay, None), "2019-08-02"),
            // Resolution 2231, paragraph 12: after the thirtieth day.
            ("2025-08-28", delay("P30D", Counting::AfterLastDay, None), "2025-09-28"),
            // CFE Treaty, article XIX: at least 150 days.
            ("2023-06-09", delay("P150D", Counting::OnDay, None), "2023-11-06"),
            // Ottawa and Cluster Conventions: first day of the sixth month after the month of the deposit.
            ("2010-02-16", delay("P0D", Counting::OnDay, Some(6)), "2010-08-01"),
            ("2010-02-01", delay("P0D", Counting::OnDay, Some(6)), "2010-08-01"),
            // Rome Statute, article 126: first day of the month after the sixtieth day.
            ("2002-04-11", delay("P60D", Counting::OnDay, Some(1)), "2002-07-01"),
            // Months clamp at the end of the month.
            ("2019-08-31", delay("P6M", Counting::OnDay, None), "2020-02-29"),
            ("2018-08-31", delay("P6M", Counting::OnDay, None), "2019-02-28"),
        ];
        for (from, delay, to) in cases {
            assert_eq!(delay.after(day(from)), Ok(day(to)), "{from} {delay:?}");
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_an_error() {
        let error = Period::Months(u32::MAX).after(day("2019-02-02"));
        assert!(matches!(error, Err(DayError::OutOfRange { .. })));
        assert!(Period::Days(u32::MAX).after(NaiveDate::MAX).is_err());
        // Years have four digits.
        let last = day("9999-12-31");
        assert!(Period::Days(1).after(last).is_err());
        assert!(delay("P0D", Counting::AfterLastDay, None).after(last).is_err());
        assert!(Period::Months(12).before(day("0000-06-01")).is_err());
    }
}
