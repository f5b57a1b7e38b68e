//! When jobs run: a cron pattern by the clocks of a place.

use std::fmt;

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::{GapInfo, Tz};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// Second, minute, hour, day of the month, month, day of the week.
const CRON_FIELDS: usize = 6;

/// A cron pattern by the clocks of a time zone. A time that clocks are put forward over comes when they go on; one that
/// comes twice, as they are put back, counts once, the first time.
#[derive(Debug, Clone)]
pub struct Timetable {
    /// Six fields, seconds first.
    pub pattern: Cron,
    /// Whose clocks count.
    pub zone: Tz,
}

impl Timetable {
    /// The last time at or before an instant; none if the pattern has none.
    pub fn previous(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let shown = at.with_timezone(&self.zone).naive_local();
        // In an hour that comes a second time, the clocks have shown later times before.
        let ahead = match self.zone.from_local_datetime(&shown) {
            LocalResult::Ambiguous(first, second) => second - first,
            LocalResult::Single(_) | LocalResult::None => TimeDelta::zero(),
        };
        let mut local = shown.checked_add_signed(ahead)?;
        loop {
            local = self.pattern.find_previous_occurrence(&local.and_utc(), true).ok()?.naive_utc();
            let time = self.instant(local)?;
            if time <= at {
                return Some(time);
            }
            local -= TimeDelta::seconds(1);
        }
    }

    /// The first time after an instant; none if the pattern has none.
    pub fn next(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut local = at.with_timezone(&self.zone).naive_local();
        loop {
            local = self.pattern.find_next_occurrence(&local.and_utc(), false).ok()?.naive_utc();
            let time = self.instant(local)?;
            if at < time {
                return Some(time);
            }
        }
    }

    /// The day that an instant falls on in that place.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// When the clocks show a time. The parser of patterns counts in local time alone: what it knows of clocks that are
    /// put forward ends after two hours, and Samoa has left out a day.
    fn instant(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        let shown = self.zone.from_local_datetime(&local).earliest();
        let time = shown.or_else(|| GapInfo::new(&local, &self.zone)?.end)?;
        Some(time.to_utc())
    }
}

impl fmt::Display for Timetable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.pattern, self.zone)
    }
}

/// Reads a pattern that comes at some time.
pub(super) fn read_cron(pattern: &str) -> Result<Cron, String> {
    const SIX: &str = "six fields, seconds first, as in `0 5 0 * * *`";
    let found = pattern.split_whitespace().count();
    if found != CRON_FIELDS {
        return Err(format!("`{pattern}` has {found} fields: expected {SIX}"));
    }
    // Without years, so that whether a pattern ever comes does not depend on when one asks.
    let parser = CronParser::builder().seconds(Seconds::Required).year(Year::Disallowed).build();
    let cron = parser.parse(pattern).map_err(|error| {
        let cause = error.to_string();
        format!("`{pattern}` is not a cron pattern ({}): expected {SIX}", cause.trim_end_matches('.'))
    })?;
    // The scheduler would take a 30 February, and silently drop it.
    match cron.find_next_occurrence(&DateTime::UNIX_EPOCH, true) {
        Ok(_) => Ok(cron),
        Err(_) => Err(format!("`{pattern}` never comes: expected a pattern that occurs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn times(pattern: &str, zone: Tz, from: &str, count: usize) -> Vec<String> {
        let table = Timetable { pattern: read_cron(pattern).unwrap(), zone };
        let times = std::iter::successors(table.next(at(from)), |time| table.next(*time));
        let times: Vec<DateTime<Utc>> = times.take(count).collect();
        assert!(times.is_sorted() && at(from) < times[0], "{times:?}");
        for pair in times.windows(2) {
            assert_eq!(table.previous(pair[1]), Some(pair[1]));
            assert_eq!(table.previous(pair[1] - TimeDelta::seconds(1)), Some(pair[0]));
        }
        times.iter().map(|time| time.format("%dT%H:%M").to_string()).collect()
    }

    #[test]
    fn a_day_is_checked_when_it_begins_in_the_zone() {
        assert_eq!(
            times("0 5 0 * * *", Tz::Asia__Vladivostok, "2026-11-24T12:00:00Z", 2),
            ["24T14:05", "25T14:05"]
        );
        assert_eq!(times("0 5 0 * * *", Tz::UTC, "2026-11-24T00:05:00Z", 1), ["25T00:05"]);
    }

    #[test]
    fn a_change_of_the_clocks_neither_skips_nor_repeats_a_day() {
        // In Chile midnight of 6 September 2026 is left out; on 5 April the hour before midnight comes twice.
        let chile = Tz::America__Santiago;
        assert_eq!(
            times("0 5 0 * * *", chile, "2026-09-05T12:00:00Z", 3),
            ["06T04:00", "07T03:05", "08T03:05"]
        );
        assert_eq!(times("0 30 23 * * *", chile, "2026-04-04T12:00:00Z", 2), ["05T02:30", "06T03:30"]);
        let berlin = Tz::Europe__Berlin;
        assert_eq!(times("0 30 2 * * *", berlin, "2026-03-28T12:00:00Z", 2), ["29T01:00", "30T00:30"]);
        assert_eq!(times("0 30 2 * * *", berlin, "2026-10-24T12:00:00Z", 2), ["25T00:30", "26T01:30"]);
        // In the second of two hours with the same name.
        let azores = Tz::Atlantic__Azores;
        assert_eq!(times("0 55 * * * *", berlin, "2026-10-25T01:01:40Z", 2), ["25T02:55", "25T03:55"]);
        assert_eq!(times("0 5 0 * * *", azores, "2026-10-25T01:02:00Z", 1), ["26T01:05"]);
        // Also of what comes each hour.
        assert_eq!(
            times("0 0 * * * *", berlin, "2026-10-24T23:30:00Z", 4),
            ["25T00:00", "25T02:00", "25T03:00", "25T04:00"]
        );
    }
}
