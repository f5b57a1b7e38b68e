//! `doctor` on watched sources.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::sources::thin_in_words;
use super::line::{Line, Verdict, not_ok, ok, shown_instant};
use crate::domain::baseline::Baseline;
use crate::domain::source::SILENT_AFTER;
use crate::store::SourcePulse;

/// A line for each source that fails, is silent or holds next to nothing (`thin`), one for all findings that wait, and one that all is well if it is.
/// Where no source is watched, nothing.
pub(super) fn sources<'a>(
    pulses: impl Iterator<Item = &'a SourcePulse>,
    thin: &BTreeMap<String, Baseline>,
    now: DateTime<Utc>,
) -> Vec<Line> {
    let pulses: Vec<&SourcePulse> = pulses.collect();
    let line = |pulse: &&SourcePulse| source(pulse, thin.get(&pulse.name), now);
    let mut lines: Vec<Line> = pulses.iter().filter_map(line).collect();
    if lines.is_empty() && !pulses.is_empty() {
        let count = pulses.len();
        let finding = format!("watched: {count}, none fails");
        lines.push(ok("sources", finding));
    }
    let open: u32 = pulses.iter().map(|pulse| pulse.open_findings).sum();
    if 0 < open {
        let finding = format!("findings to review: {open}");
        let advice = "treatywatch review";
        lines.push(not_ok("review", Verdict::Warn, finding, advice));
    }
    lines
}

fn source(pulse: &SourcePulse, thin: Option<&Baseline>, now: DateTime<Utc>) -> Option<Line> {
    let SourcePulse { name, good_at, failures, failing_since, error, paused_since, varies, .. } = pulse;
    let finding = if 0 < *failures {
        failing(*failures, *failing_since, error.as_deref())
    } else if let Some(since) = paused_since {
        let since = shown_instant(*since);
        format!("not polled since {since}: its host asked for a pause")
    } else if *varies {
        "the page differs at every poll; set `ignore` or `select` in its configuration".to_owned()
    } else if let Some(thin) = thin {
        thin_in_words(thin)
    } else {
        let good_at = good_at.filter(|good_at| *good_at + SILENT_AFTER < now)?;
        let good_at = shown_instant(good_at);
        format!("no valid response since {good_at}")
    };
    let what = format!("source {name}");
    let command = format!("treatywatch sources ask {name}");
    Some(not_ok(what, Verdict::Warn, finding, &command))
}

/// What a source said when it failed last, how often it has, and since when.
fn failing(failures: u32, since: Option<DateTime<Utc>>, error: Option<&str>) -> String {
    let Some(since) = since.map(shown_instant) else {
        return error.unwrap_or("it fails").to_owned();
    };
    let error = error.unwrap_or("no reason given");
    format!("fails since {since} ({failures}): {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(name: &str) -> SourcePulse {
        let good_at = "2026-11-24T06:00:00Z".parse().ok();
        SourcePulse {
            name: name.to_owned(),
            good_at,
            failures: 0,
            failing_since: None,
            error: None,
            paused_since: None,
            told: false,
            varies: false,
            open_findings: 0,
        }
    }

    fn told(pulses: &[SourcePulse], now: &str) -> Vec<String> {
        let thin = BTreeMap::from([("thin".to_owned(), Baseline { lines: 1, dates: 0, states: 0 })]);
        let lines = sources(pulses.iter(), &thin, now.parse().unwrap());
        let text = |line: &Line| format!("{:?} {}: {}", line.verdict, line.what, line.finding);
        lines.iter().map(text).collect()
    }

    #[test]
    fn sources_that_fail_or_are_silent_and_what_waits_is_told() {
        let now = "2026-11-24T12:00:00Z";
        assert_eq!(told(&[], now), Vec::<String>::new());
        assert_eq!(told(&[pulse("a"), pulse("b")], now), ["Ok sources: watched: 2, none fails"]);
        let failing = SourcePulse {
            failures: 4,
            failing_since: "2026-11-24T07:00:00Z".parse().ok(),
            error: Some("answered 404".to_owned()),
            ..pulse("a")
        };
        let waits = SourcePulse { open_findings: 3, ..pulse("b") };
        let paused = SourcePulse { paused_since: "2026-11-24T08:00:00Z".parse().ok(), ..pulse("c") };
        let varies = SourcePulse { varies: true, ..pulse("d") };
        assert_eq!(
            told(&[paused, varies], now),
            [
                "Warn source c: not polled since 2026-11-24 08:00:00Z: its host asked for a pause",
                "Warn source d: the page differs at every poll; set `ignore` or `select` in its configuration",
            ]
        );
        assert_eq!(
            told(&[failing, waits], now),
            [
                "Warn source a: fails since 2026-11-24 07:00:00Z (4): answered 404",
                "Warn review: findings to review: 3",
            ]
        );
        assert_eq!(
            told(&[pulse("thin")], now),
            [
                "Warn source thin: next to nothing to compare (1 line, no date, no state): the page may be filled in by a \
                 script; watch another address or set `select`"
            ]
        );
        // Three days and not a second less.
        assert_eq!(told(&[pulse("a")], "2026-11-27T06:00:00Z").len(), 1);
        assert_eq!(
            told(&[pulse("a")], "2026-11-27T06:00:01Z"),
            ["Warn source a: no valid response since 2026-11-24 06:00:00Z"]
        );
        // One that was never asked is not silent yet.
        let new = SourcePulse { good_at: None, ..pulse("a") };
        assert_eq!(told(&[new], now), ["Ok sources: watched: 1, none fails"]);
    }
}
