//! Days and times that come again, by the clocks of a place: `daily 08:00 Europe/Berlin`.

use std::fmt;

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;

use super::Problem;

/// So far is looked for an occurrence: the days of a week, one that a zone may have left out, and the two
/// days by which calendars around the world differ.
const SEARCH_DAYS: u64 = 10;
/// The longest time that clocks have been put forward by is a day, with an hour more.
const GAP_MAX_MINUTES: i64 = 25 * 60;

/// A time of every day, or of one day of every week, by the clocks of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recurrence {
    /// The day of the week; none for every day.
    weekday: Option<Weekday>,
    time: NaiveTime,
    zone: Tz,
}

impl Recurrence {
    /// The last occurrence at or before `at`; none where the calendar begins.
    pub fn previous(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let last = self.day_of(at).checked_add_days(Days::new(1))?;
        let days = (0..SEARCH_DAYS).filter_map(|back| last.checked_sub_days(Days::new(back)));
        self.occurrences(days).filter(|occurrence| *occurrence <= at).max()
    }

    /// The first occurrence after `at`; none where the calendar ends.
    pub fn next(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = self.day_of(at).checked_sub_days(Days::new(2))?;
        let days = (0..SEARCH_DAYS).filter_map(|ahead| first.checked_add_days(Days::new(ahead)));
        self.occurrences(days).filter(|occurrence| at < *occurrence).min()
    }

    /// The day that an instant falls on in that place.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    fn occurrences(&self, days: impl Iterator<Item = NaiveDate>) -> impl Iterator<Item = DateTime<Utc>> {
        let wanted = move |day: &NaiveDate| self.weekday.is_none_or(|weekday| day.weekday() == weekday);
        days.filter(wanted).filter_map(|day| self.on(day))
    }

    /// When the time comes on a day. Where clocks are put forward over it, that is when they go on; where
    /// they are put back, it comes once, the first time.
    fn on(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let wanted = day.and_time(self.time);
        let later =
            (0..GAP_MAX_MINUTES).filter_map(|minutes| wanted.checked_add_signed(TimeDelta::minutes(minutes)));
        let mut instants = later.filter_map(|local| match self.zone.from_local_datetime(&local) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Some(instant.to_utc()),
            LocalResult::None => None,
        });
        instants.next()
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.weekday {
            None => f.write_str("daily")?,
            Some(weekday) => write!(f, "weekly {}", weekday.to_string().to_ascii_lowercase())?,
        }
        write!(f, " {} {}", self.time.format("%H:%M"), self.zone)
    }
}

pub(super) fn read_recurrence(text: &str) -> Result<Recurrence, Problem> {
    let malformed = || Problem::Recurrence(text.to_owned());
    let words: Vec<&str> = text.split_whitespace().collect();
    let (weekday, time, zone) = match words.as_slice() {
        ["daily", time, zone] => (None, time, zone),
        ["weekly", weekday, time, zone] => (Some(read_weekday(weekday).ok_or_else(malformed)?), time, zone),
        _ => return Err(malformed()),
    };
    let time = read_time(time).ok_or_else(malformed)?;
    let zone = zone.parse().map_err(|_| Problem::TimeZone((*zone).to_owned()))?;
    Ok(Recurrence { weekday, time, zone })
}

fn read_weekday(word: &str) -> Option<Weekday> {
    let all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let number = all.iter().position(|weekday| *weekday == word)?;
    Weekday::try_from(u8::try_from(number).ok()?).ok()
}

/// `08:00`, and nothing else that can be taken for it.
fn read_time(text: &str) -> Option<NaiveTime> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    (time.format("%H:%M").to_string() == text).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recurrence(text: &str) -> Recurrence {
        read_recurrence(text).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn around(recurrence: &Recurrence, instant: &str) -> [String; 2] {
        let shown = |found: Option<DateTime<Utc>>| found.unwrap().format("%m-%dT%H:%MZ").to_string();
        [shown(recurrence.previous(at(instant))), shown(recurrence.next(at(instant)))]
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        for text in ["daily 08:00 Europe/Berlin", "weekly mon 00:00 UTC", "weekly sun 23:59 Asia/Shanghai"] {
            assert_eq!(recurrence(text).to_string(), text);
        }
        for text in [
            "",
            "daily",
            "daily 08:00",
            "daily 8:00 UTC",
            "daily 08:60 UTC",
            "daily 24:00 UTC",
            "daily mon 08:00 UTC",
            "weekly 08:00 UTC",
            "weekly monday 08:00 UTC",
            "monthly 08:00 UTC",
        ] {
            let error = read_recurrence(text).unwrap_err().to_string();
            let expected =
                "expected `daily HH:MM ZONE` or `weekly DAY HH:MM ZONE`, as in `daily 08:00 Europe/Berlin`";
            assert!(error.starts_with(&format!("`{text}` ")) && error.contains(expected), "{error}");
        }
        let error = read_recurrence("daily 08:00 Berlin").unwrap_err().to_string();
        assert!(error.starts_with("`Berlin` is not a time zone"), "{error}");
    }

    #[test]
    fn an_occurrence_is_at_its_time_in_its_place() {
        let berlin = recurrence("daily 08:00 Europe/Berlin");
        // Seven hours UTC in winter, six in summer.
        assert_eq!(around(&berlin, "2026-01-05T06:59:59Z"), ["01-04T07:00Z", "01-05T07:00Z"]);
        assert_eq!(around(&berlin, "2026-01-05T07:00:00Z"), ["01-05T07:00Z", "01-06T07:00Z"]);
        assert_eq!(around(&berlin, "2026-07-05T06:00:00Z"), ["07-05T06:00Z", "07-06T06:00Z"]);
        // The day is that of the place: 5 January begins there while it is the fourth in UTC.
        let auckland = recurrence("weekly mon 00:30 Pacific/Auckland");
        assert_eq!(around(&auckland, "2026-01-04T12:00:00Z"), ["01-04T11:30Z", "01-11T11:30Z"]);
    }

    #[test]
    fn a_week_has_one() {
        let monday = recurrence("weekly mon 08:00 Europe/Berlin");
        assert_eq!(around(&monday, "2026-01-05T06:59:59Z"), ["12-29T07:00Z", "01-05T07:00Z"]);
        assert_eq!(around(&monday, "2026-01-11T23:59:59Z"), ["01-05T07:00Z", "01-12T07:00Z"]);
    }

    #[test]
    fn a_time_that_clocks_leave_out_comes_when_they_go_on() {
        // On 29 March 2026 clocks in Berlin go from 02:00 to 03:00.
        let night = recurrence("daily 02:30 Europe/Berlin");
        assert_eq!(around(&night, "2026-03-29T00:59:59Z"), ["03-28T01:30Z", "03-29T01:00Z"]);
        assert_eq!(around(&night, "2026-03-29T01:00:00Z"), ["03-29T01:00Z", "03-30T00:30Z"]);
        // Samoa had no 30 December 2011.
        let apia = recurrence("daily 08:00 Pacific/Apia");
        assert_eq!(around(&apia, "2011-12-30T10:00:00Z"), ["12-30T10:00Z", "12-30T18:00Z"]);
    }

    #[test]
    fn a_time_that_comes_twice_counts_once() {
        // On 25 October 2026 clocks in Berlin go from 03:00 back to 02:00.
        let night = recurrence("daily 02:30 Europe/Berlin");
        assert_eq!(around(&night, "2026-10-25T00:30:00Z"), ["10-25T00:30Z", "10-26T01:30Z"]);
        assert_eq!(around(&night, "2026-10-25T01:30:00Z"), ["10-25T00:30Z", "10-26T01:30Z"]);
    }
}
