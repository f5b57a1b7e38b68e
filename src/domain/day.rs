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
    /// A day that every year has.
    #[error("`{0}` is not a day that every year has: expected MM-DD, as in 12-31")]
    DayOfYear(String),
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
    /// a day that is not known exactly. A year that begins in July is shown as `2005-07/2006-06`.
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

    /// Whether `day` may be meant.
    pub fn may_be(self, day: NaiveDate) -> bool {
        self.first <= day && day <= self.last_day()
    }

    /// The first and the last month that it can be in, where it is neither a day nor one month or year of
    /// the calendar: some day of the twelve months that begin in July 2005.
    pub fn months(self) -> Option<(Self, Self)> {
        let is_of_calendar = match self.precision {
            Precision::Day => true,
            Precision::Month => self.first.day() == 1,
            Precision::Year => self.first.ordinal() == 1,
        };
        let month = |day| Self::around(day, Precision::Month);
        (!is_of_calendar).then(|| (month(self.first), month(self.last_day())))
    }

    /// Reads what [`Display`](fmt::Display) writes of some day between two months.
    fn between(first: Self, last: Self) -> Option<Self> {
        let months = |day: Self| i64::from(day.first.year()) * 12 + i64::from(day.first.month0());
        let later = months(last) - months(first);
        let (precision, aligned) = match later {
            1 => (Precision::Month, false),
            11 => (Precision::Year, true),
            12 => (Precision::Year, false),
            _ => return None,
        };
        let first = if aligned { Some(first.first) } else { first.first.succ_opt() };
        Some(Self { first: first?, precision })
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

impl From<NaiveDate> for PartialDay {
    fn from(day: NaiveDate) -> Self {
        Self::exact(day)
    }
}

impl TryFrom<String> for PartialDay {
    type Error = DayError;

    fn try_from(text: String) -> Result<Self, DayError> {
        let Some((first, last)) = text.split_once('/') else { return text.parse() };
        let between = first.parse().ok().zip(last.parse().ok());
        between.and_then(|(first, last)| Self::between(first, last)).ok_or(DayError::Day(text))
    }
}

impl From<PartialDay> for String {
    fn from(day: PartialDay) -> Self {
        day.to_string()
    }
}

impl fmt::Display for PartialDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((first, last)) = self.months() {
            return f.pad(&format!("{first}/{last}"));
        }
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

    /// Both periods as one, where they are of one unit: what is counted after a first period is added with
    /// it, once, from the anchor.
    pub fn plus(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Months(first), Self::Months(second)) => Some(Self::Months(first.saturating_add(second))),
            (Self::Days(first), Self::Days(second)) => Some(Self::Days(first.saturating_add(second))),
            (Self::Months(_), Self::Days(_)) | (Self::Days(_), Self::Months(_)) => None,
        }
    }

    /// The end of `more` that begins when `self` from `anchor` has ended. A year and a year from 29 February
    /// 2020 end on 28 February 2022; four years, however they are added up, on 29 February 2024.
    pub fn then(self, more: Self, anchor: NaiveDate) -> Result<NaiveDate, DayError> {
        match self.plus(more) {
            Some(both) => both.after(anchor),
            None => more.after(self.after(anchor)?),
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

/// A day that every year has, written `12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayOfYear {
    month: u32,
    day: u32,
}

impl DayOfYear {
    /// The first such day that is `day` or comes later.
    fn on_or_after(self, day: NaiveDate) -> Option<NaiveDate> {
        let years = [day.year(), day.year() + 1].into_iter();
        let mut days = years.filter_map(|year| NaiveDate::from_ymd_opt(year, self.month, self.day));
        days.find(|other| day <= *other && other.year() <= LAST_YEAR)
    }
}

impl FromStr for DayOfYear {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        // In a year without 29 February.
        let day = parse_day(&format!("2001-{text}")).map_err(|_| DayError::DayOfYear(text.to_owned()))?;
        Ok(Self { month: day.month(), day: day.day() })
    }
}

impl TryFrom<String> for DayOfYear {
    type Error = DayError;

    fn try_from(text: String) -> Result<Self, DayError> {
        text.parse()
    }
}

impl From<DayOfYear> for String {
    fn from(day: DayOfYear) -> Self {
        day.to_string()
    }
}

impl fmt::Display for DayOfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
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
    /// The first such day on or after all that: a notice takes effect at the end of a year (`12-31`), on
    /// 1 January or on another fixed day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_next: Option<DayOfYear>,
}

impl Delay {
    /// No delay: effect on the day itself.
    pub const NONE: Self = Self::of(Period::ZERO);

    /// A period, counted to its last day.
    pub const fn of(period: Period) -> Self {
        Self { period, counting: Counting::OnDay, first_of_month_after: None, on_next: None }
    }

    /// Whether everything takes effect on the day on which it is done.
    pub fn is_none(&self) -> bool {
        self.period.is_zero()
            && self.counting == Counting::OnDay
            && self.first_of_month_after.is_none()
            && self.on_next.is_none()
    }

    /// The day on which something done on `day` takes effect.
    pub fn after(&self, day: NaiveDate) -> Result<NaiveDate, DayError> {
        let mut effect = self.period.after(day)?;
        let out_of_range = || DayError::OutOfRange { day, period: self.period };
        if self.counting == Counting::AfterLastDay {
            effect = Period::Days(1).after(effect)?;
        }
        if let Some(months) = self.first_of_month_after {
            let month = effect.with_day(1).ok_or_else(out_of_range)?;
            effect = Period::Months(months).after(month)?;
        }
        match self.on_next {
            Some(fixed) => fixed.on_or_after(effect).ok_or_else(out_of_range),
            None => Ok(effect),
        }
    }

    /// When what was done on a day that is known as `on` takes effect: on the first day or later, and
    /// exactly then where whatever day is meant gives the same.
    pub fn after_known(&self, on: PartialDay) -> Result<PartialDay, DayError> {
        let (first, last) = (self.after(on.first_day())?, self.after(on.last_day())?);
        let precision = if first == last { Precision::Day } else { on.precision() };
        Ok(PartialDay::from_earliest(first, precision))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn delay(period: &str, counting: Counting, first_of_month_after: Option<u32>) -> Delay {
        Delay { period: period.parse().unwrap(), counting, first_of_month_after, on_next: None }
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
    fn effects_are_moved_to_the_fixed_day_of_a_year() {
        let on_next = |period: &str, fixed: &str| Delay {
            on_next: Some(fixed.parse().unwrap()),
            ..Delay::of(period.parse().unwrap())
        };
        let cases = [
            // Constitution of UNESCO, article II(6): on 31 December of the year following the notice.
            ("2025-07-22", on_next("P1Y", "12-31"), "2026-12-31"),
            ("2025-12-31", on_next("P1Y", "12-31"), "2026-12-31"),
            ("2025-01-01", on_next("P1Y", "12-31"), "2026-12-31"),
            // The end of the year itself, and the first day of the next.
            ("2025-07-22", on_next("P0D", "12-31"), "2025-12-31"),
            ("2025-07-22", on_next("P6M", "01-01"), "2027-01-01"),
            ("2025-07-01", on_next("P6M", "01-01"), "2026-01-01"),
            ("2025-07-22", on_next("P6M", "06-30"), "2026-06-30"),
        ];
        for (from, delay, to) in cases {
            assert_eq!(delay.after(day(from)), Ok(day(to)), "{from} {delay:?}");
        }
        for bad in ["02-29", "13-01", "1-1", "12-31-", ""] {
            assert!(bad.parse::<DayOfYear>().is_err(), "{bad}");
        }
        // Whatever day of 2025 is meant, the effect is the same.
        let known = on_next("P1Y", "12-31").after_known("2025".parse().unwrap()).unwrap();
        assert_eq!(known, PartialDay::exact(day("2026-12-31")));
    }

    #[test]
    fn what_follows_from_a_year_or_a_month_is_as_wide_as_that() {
        let known = |period: &str, on: &str| {
            let known = Delay::of(period.parse().unwrap()).after_known(on.parse().unwrap()).unwrap();
            (known.to_string(), known.first_day().to_string(), known.last_day().to_string())
        };
        let expected =
            |shown: &str, first: &str, last: &str| (shown.to_owned(), first.to_owned(), last.to_owned());
        assert_eq!(known("P6M", "2005"), expected("2005-07/2006-06", "2005-07-01", "2006-06-30"));
        assert_eq!(known("P1Y", "2005"), expected("2006", "2006-01-01", "2006-12-31"));
        assert_eq!(known("P6M", "2006-03"), expected("2006-09", "2006-09-01", "2006-09-30"));
        assert_eq!(known("P90D", "2006-03"), expected("2006-05/2006-06", "2006-05-30", "2006-06-29"));
        assert_eq!(known("P6M", "2006-03-31"), expected("2006-09-30", "2006-09-30", "2006-09-30"));
        // Programs read back what they were given; people cannot write it.
        for text in ["2005-07/2006-06", "2005-07/2006-07", "2006-05/2006-06", "2005", "2006-05"] {
            assert_eq!(PartialDay::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        for bad in ["2005-07/2005-07", "2005-07/2009-01", "2005-07/", "2006-06/2006-05"] {
            assert!(PartialDay::try_from(bad.to_owned()).is_err(), "{bad}");
        }
        assert!("2005-07/2006-06".parse::<PartialDay>().is_err());
    }

    #[test]
    fn periods_of_one_unit_are_added_once() {
        let then = |first: &str, more: &str, anchor: &str| {
            let (first, more): (Period, Period) = (first.parse().unwrap(), more.parse().unwrap());
            first.then(more, day(anchor)).unwrap().to_string()
        };
        assert_eq!(then("P1Y", "P3Y", "2020-02-29"), "2024-02-29");
        assert_eq!(then("P6M", "P6M", "2004-08-31"), "2005-08-31");
        assert_eq!(then("P6M", "P10D", "2004-08-31"), "2005-03-10");
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
