//! Days and times that come again, by the clocks of a place: `daily 08:00 Europe/Berlin`.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveTime, Timelike as _};

use super::timetable::{Timetable, read_cron};
use super::value::Zone;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A time of every day, or of one day of every week, by the clocks of a place.
#[derive(Debug, Clone)]
pub struct Recurrence {
    text: String,
    /// When that is.
    pub timetable: Timetable,
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Recurrence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || {
            format!(
                "`{text}` is no time that comes again: expected `daily HH:MM ZONE` or `weekly DAY HH:MM ZONE`, as in \
                 `daily 08:00 Europe/Berlin` or `weekly mon 08:00 Europe/Berlin`"
            )
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let (weekday, time, zone) = match *words {
            ["daily", time, zone] => ("*", time, zone),
            ["weekly", weekday, time, zone] if WEEKDAYS.contains(&weekday) => (weekday, time, zone),
            _ => return Err(malformed()),
        };
        let time = read_time(time).ok_or_else(malformed)?;
        let Zone(zone) = zone.parse()?;
        let pattern = read_cron(&format!("0 {} {} * * {weekday}", time.minute(), time.hour()))?;
        Ok(Self { text: words.join(" "), timetable: Timetable { pattern, zone } })
    }
}

/// `08:00`, and nothing else that can be taken for it.
fn read_time(text: &str) -> Option<NaiveTime> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    (time.format("%H:%M").to_string() == text).then_some(time)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    fn recurrence(text: &str) -> Recurrence {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn around(recurrence: &Recurrence, instant: &str) -> [String; 2] {
        let shown = |found: Option<DateTime<Utc>>| found.unwrap().format("%m-%dT%H:%MZ").to_string();
        let Recurrence { timetable, .. } = recurrence;
        [shown(timetable.previous(at(instant))), shown(timetable.next(at(instant)))]
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
            let error = text.parse::<Recurrence>().unwrap_err();
            let expected =
                "expected `daily HH:MM ZONE` or `weekly DAY HH:MM ZONE`, as in `daily 08:00 Europe/Berlin`";
            assert!(error.starts_with(&format!("`{text}` ")) && error.contains(expected), "{error}");
        }
        let error = "daily 08:00 Berlin".parse::<Recurrence>().unwrap_err();
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
        let friday = recurrence("weekly fri 08:00 Pacific/Apia");
        assert_eq!(around(&friday, "2011-12-30T10:00:00Z"), ["12-30T10:00Z", "01-05T18:00Z"]);
    }

    #[test]
    fn a_time_that_comes_twice_counts_once() {
        // On 25 October 2026 clocks in Berlin go from 03:00 back to 02:00.
        let night = recurrence("daily 02:30 Europe/Berlin");
        assert_eq!(around(&night, "2026-10-25T00:30:00Z"), ["10-25T00:30Z", "10-26T01:30Z"]);
        assert_eq!(around(&night, "2026-10-25T01:30:00Z"), ["10-25T00:30Z", "10-26T01:30Z"]);
    }
}
