//! What stands in the file once: days and zones, lead times, schedules, and its form.

use proptest::prelude::*;

use super::*;
use crate::config::timetable::read_cron;

#[test]
fn a_day_ends_by_the_clocks_of_its_zone() {
    let end = |zone: &str, day: &str| {
        let config = read(&format!("time_zone = '{zone}'")).unwrap();
        config.end_of(day.parse().unwrap()).map(|end| end.to_string())
    };
    assert_eq!(end("UTC", "2026-02-05").unwrap(), "2026-02-05 23:59:59 UTC");
    assert_eq!(end("Europe/Berlin", "2026-02-05").unwrap(), "2026-02-05 22:59:59 UTC");
    // Cairo goes from 00:00 to 01:00, and later from 24:00 back to 23:00.
    assert_eq!(end("Africa/Cairo", "2026-04-23").unwrap(), "2026-04-23 21:59:59 UTC");
    assert_eq!(end("Africa/Cairo", "2026-10-29").unwrap(), "2026-10-29 21:59:59 UTC");
    // Samoa had no 30 December 2011.
    assert_eq!(end("Pacific/Apia", "2011-12-30"), None);
}

#[test]
fn today_is_decided_by_the_time_zone() {
    let today = |zone: &str, hour| {
        let config = read(&format!("time_zone = '{zone}'")).unwrap();
        config.today(Utc.with_ymd_and_hms(2026, 2, 4, hour, 30, 0).unwrap()).to_string()
    };
    assert_eq!(today("UTC", 23), "2026-02-04");
    assert_eq!(today("Europe/Vienna", 22), "2026-02-04");
    assert_eq!(today("Europe/Vienna", 23), "2026-02-05");
    assert_eq!(today("America/New_York", 4), "2026-02-03");
}

#[test]
fn the_health_endpoint_can_be_off() {
    assert_eq!(read("listen = 'off'").unwrap().listen, None);
    assert_eq!(read("listen = ''").unwrap().listen, None);
}

#[test]
fn lead_times_may_be_none_at_all() {
    let config = read(&format!("lead_days = []\n{ENDPOINT}lead_days = []\n")).unwrap();
    assert!(config.all_leads().is_empty());
}

#[test]
fn a_list_of_lead_times_has_an_end() {
    let list = |most: u32| format!("lead_days = {:?}", (1..=most).collect::<Vec<_>>());
    assert_eq!(read(&list(32)).unwrap().lead_days.len(), 32);
    assert_eq!(error(&list(33)), "treatywatch.toml:1: lead_days: 33 values: expected at most 32");
}

#[test]
fn the_form_of_the_file_is_checked() {
    let cases = [
        (
            "\nlead_day = [1]\n",
            "treatywatch.toml:2: unknown field `lead_day`, expected one of `database`, `catalogue`, `sets`, `listen`, \
             `time_zone`, `language`, `lead_days`, `retention_days`, `heartbeat`, `heartbeat_env`, `heartbeat_file`, \
             `schedule`, `endpoint`, `sources`, `source`",
        ),
        (
            "[schedule]\ndaily = '0 0 0 * * *'\n",
            "treatywatch.toml:2: schedule: unknown field `daily`, expected `check` or `sources`",
        ),
        (
            "[[endpoint]]\nname = 'ops'\n",
            "treatywatch.toml:1: endpoint: no URL: expected one of `url`, `url_env` and `url_file`",
        ),
        (
            "lead_days = [\n  30,\n  '7',\n]\n",
            "treatywatch.toml:3: lead_days: invalid type: string \"7\", expected a whole number",
        ),
        ("language = 1\n", "treatywatch.toml:1: language: invalid type: integer `1`, expected a string"),
        ("schedule = 1\n", "treatywatch.toml:1: schedule: invalid type: integer `1`, expected a table"),
        ("endpoint.name = 'a'\n", "treatywatch.toml:1: endpoint: invalid type: map, expected a sequence"),
        ("[endpoint]\n", "treatywatch.toml:1: endpoint: invalid type: map, expected a sequence"),
        ("endpoint = [1]\n", "treatywatch.toml:1: endpoint: invalid type: integer `1`, expected a map"),
        ("listen = 'off'\nlisten = ''\n", "treatywatch.toml:2: duplicate key"),
        ("\n\nlisten 'off'\n", "treatywatch.toml:3: key with no value, expected `=`"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn values_of_the_whole_are_checked() {
    let cases = [
        ("database = ''", "1: database: an empty path: expected a file name, as in `treatywatch.db`"),
        (
            "listen = 'localhost:8490'",
            "1: listen: `localhost:8490` is not an address: expected an IP address and a port, as in \
             `127.0.0.1:8490`, or `off`",
        ),
        (
            "\ntime_zone = 'Mars/Olympus'",
            "2: time_zone: `Mars/Olympus` is not a time zone: expected an IANA name, as in `Europe/Vienna`",
        ),
        ("language = 'fr'", "1: language: unknown language `fr`, expected one of en, zh, ru"),
        (
            "lead_days = [\n  1,\n  0,\n]",
            "3: lead_days: 0 is out of range: expected a whole number from 1 to 3650",
        ),
        ("lead_days = [3651]", "1: lead_days: 3651 is out of range: expected a whole number from 1 to 3650"),
        (
            "retention_days = 36501",
            "1: retention_days: 36501 is out of range: expected a whole number from 1 to 36500",
        ),
        ("catalogue = ['']", "1: catalogue: an empty path: expected a file name, as in `treatywatch.db`"),
        ("sets = []", "1: sets: empty: expected a set of instruments, or no such key, which means all"),
        ("sets = ['a', 'a']", "1: sets: `a` is listed twice: expected each value once"),
        ("catalogue = ['a', 'a']", "1: catalogue: `a` is listed twice: expected each value once"),
        ("lead_days = [7, 7]", "1: lead_days: `7` is listed twice: expected each value once"),
        (
            "[schedule]\ncheck = '5 0 * * *'",
            "2: schedule.check: `5 0 * * *` has 5 fields: expected six fields, seconds first, as in \
             `0 5 0 * * *`",
        ),
        (
            "[schedule]\ncheck = '0 5 24 * * *'",
            "2: schedule.check: `0 5 24 * * *` is not a cron pattern (Component error: Number out of bounds): \
             expected six fields, seconds first, as in `0 5 0 * * *`",
        ),
        (
            "[schedule]\ncheck = '0 0 0 30 2 *'",
            "2: schedule.check: `0 0 0 30 2 *` never comes: expected a pattern that occurs",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), format!("treatywatch.toml:{expected}"), "{text}");
    }
    assert!(read("[schedule]\ncheck = '0 0 0 29 2 *'").is_ok());
}

proptest! {
    #[test]
    fn no_pattern_breaks_the_parser(pattern in r"([0-9*/,+?#LW\-A-Zé]{1,4} ){6}|[^a]{0,12}") {
        let _ = read_cron(&pattern);
    }
}
