//! When an attempt that failed is made again, and when no more.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

/// How long to wait after the first failure, the second and so on: three days in all, so that a
/// receiver that fails on a Friday evening can be mended on Monday. After the failure that follows
/// the last of them, the delivery is given up.
pub const WAITS_S: [i64; 12] = [
    5,
    30,
    2 * MINUTE_S,
    10 * MINUTE_S,
    30 * MINUTE_S,
    HOUR_S,
    2 * HOUR_S,
    4 * HOUR_S,
    8 * HOUR_S,
    12 * HOUR_S,
    20 * HOUR_S,
    24 * HOUR_S,
];
/// The longest wait that a receiver can ask for.
pub const RETRY_AFTER_MAX_S: i64 = 24 * HOUR_S;
/// A wait differs from the schedule by at most one part in so many.
const SPREAD_PART: i64 = 10;
const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 3600;

/// How long to wait after an attempt has failed, in whole seconds; none if it was the last one.
///
/// `failure` counts from 1, since the delivery was last made due. `retry_after` is what the receiver asked for: it can lengthen a wait,
/// up to [`RETRY_AFTER_MAX_S`], and never shortens it. Waits are spread by a tenth, so that messages
/// that failed together do not all come back together; by how much follows from the message and the
/// number, so that the same question always has the same answer.
pub fn wait_after(failure: u32, retry_after: Option<TimeDelta>, message_id: &str) -> Option<TimeDelta> {
    let nth = usize::try_from(failure.saturating_sub(1)).ok()?;
    let wait_s = WAITS_S.get(nth)?;
    let wait = TimeDelta::seconds(wait_s + spread_s(wait_s / SPREAD_PART, failure, message_id));
    Some(retry_after.map_or(wait, |asked| wait.max(within_limit(asked))))
}

/// As much of what a receiver asked for as it gets.
pub fn within_limit(asked: TimeDelta) -> TimeDelta {
    asked.min(TimeDelta::seconds(RETRY_AFTER_MAX_S))
}

/// A number of seconds from `-most_s` to `most_s`.
fn spread_s(most_s: i64, failure: u32, message_id: &str) -> i64 {
    let hash = Sha256::new().chain_update(failure.to_be_bytes()).chain_update(message_id).finalize();
    let number = hash.iter().take(7).fold(0_i64, |number, &byte| number << 8 | i64::from(byte));
    number % (2 * most_s + 1) - most_s
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAST: u32 = WAITS_S.len() as u32;

    fn wait_s(attempt: u32, retry_after_s: Option<i64>) -> Option<i64> {
        let wait = wait_after(attempt, retry_after_s.map(TimeDelta::seconds), "msg_1")?;
        assert_eq!(wait.subsec_nanos(), 0);
        Some(wait.num_seconds())
    }

    #[test]
    fn waits_are_those_of_the_schedule_give_or_take_a_tenth() {
        for id in (0..200).map(|number| format!("msg_{number}")) {
            for (attempt, wait_s) in (1..).zip(WAITS_S) {
                let wait = wait_after(attempt, None, &id).unwrap().num_milliseconds();
                assert!((900 * wait_s..=1100 * wait_s).contains(&wait), "{id} {attempt}: {wait} ms");
            }
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_tenth() {
        let waits = || (0..2000).map(|number| wait_after(2, None, &format!("msg_{number}")).unwrap());
        assert_eq!(waits().min(), Some(TimeDelta::seconds(27)));
        assert_eq!(waits().max(), Some(TimeDelta::seconds(33)));
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        assert_eq!(wait_after(9, None, "msg_1"), wait_after(9, None, "msg_1"));
        assert_ne!(wait_after(9, None, "msg_1"), wait_after(9, None, "msg_2"));
        // Neither lengthened nor shortened by the same share each time.
        let shares = |attempt: u32| wait_s(attempt, None).unwrap() * 1000 / WAITS_S[attempt as usize - 1];
        assert_ne!(shares(11), shares(12));
    }

    #[test]
    fn the_thirteenth_failure_is_the_last() {
        assert!(wait_s(LAST, None).is_some());
        assert_eq!(wait_s(LAST + 1, None), None);
        assert_eq!(wait_s(u32::MAX, None), None);
        // A receiver cannot ask for more attempts.
        assert_eq!(wait_s(LAST + 1, Some(60)), None);
    }

    #[test]
    fn a_delivery_is_tried_for_three_days() {
        let total_s: i64 = WAITS_S.iter().sum();
        assert!((70 * HOUR_S..=74 * HOUR_S).contains(&total_s), "{total_s}");
        for id in ["msg_1", "msg_2", "msg_3"] {
            let total = (1..=LAST).filter_map(|attempt| wait_after(attempt, None, id)).sum::<TimeDelta>();
            assert!((64..=80).contains(&total.num_hours()), "{id}: {total}");
        }
    }

    #[test]
    fn a_receiver_can_lengthen_a_wait_and_not_shorten_it() {
        assert_eq!(wait_s(1, None), Some(5));
        assert_eq!(wait_s(1, Some(4)), Some(5));
        assert_eq!(wait_s(1, Some(6)), Some(6));
        assert_eq!(wait_s(1, Some(0)), Some(5));
        assert_eq!(wait_s(1, Some(-60)), Some(5));
    }

    #[test]
    fn a_receiver_can_ask_for_a_day_and_no_more() {
        assert_eq!(wait_s(1, Some(RETRY_AFTER_MAX_S)), Some(RETRY_AFTER_MAX_S));
        assert_eq!(wait_s(1, Some(RETRY_AFTER_MAX_S + 1)), Some(RETRY_AFTER_MAX_S));
        assert_eq!(wait_after(1, Some(TimeDelta::MAX), "msg_1"), Some(TimeDelta::hours(24)));
        // The limit is one on what is asked for: it does not cut the schedule's own last wait.
        let own = (0..50).filter_map(|number| wait_after(LAST, None, &format!("msg_{number}")));
        assert!(own.max() > Some(TimeDelta::hours(24)));
    }
}
