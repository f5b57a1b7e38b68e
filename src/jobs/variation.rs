//! Pages that differ at every poll: by a counter, a date or an advertisement.
//!
//! Such a page is never confirmed by a second poll. The lines that stay are compared all the same, so that nobody can
//! hide a change behind a counter.

use std::collections::BTreeSet;

use crate::domain::source::{VARIES_AFTER_POLLS, Variation};

/// So many of the lines that vary are shown.
const SHOWN_LINES_MAX: usize = 20;

/// A page that differs from the last poll and from the baseline.
pub(super) struct Differs<'a> {
    /// The lines of the baseline.
    pub baseline: &'a [String],
    /// Its lines now.
    pub lines: &'a [String],
    /// Their marks, in the same order.
    pub marks: &'a [u64],
    /// The marks of the lines of the baseline, in the same order.
    pub baseline_marks: &'a [u64],
}

/// What is made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The next poll may confirm it.
    Wait,
    /// It has differed at as many polls as are reported; the lines that vary.
    Varies {
        /// Some of them.
        lines: Vec<String>,
        /// What is compared from now on.
        stable: Stable,
    },
    /// It goes on varying.
    Still(Stable),
}

/// The lines that do not vary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stable {
    /// The lines.
    pub lines: Vec<String>,
    /// What has changed in them, `-` and `+`; empty if nothing has.
    pub diff: String,
}

/// Notes a poll at which a page differs from the one before and from the baseline.
pub(super) fn step(before: Option<Variation>, page: &Differs<'_>) -> (Variation, Step) {
    let mut variation = before.unwrap_or(Variation { polls: 0, window: Vec::new(), is_told: false });
    variation.polls = variation.polls.saturating_add(1);
    variation.window.insert(0, page.marks.to_vec());
    variation.window.truncate(VARIES_AFTER_POLLS as usize);
    if variation.polls < VARIES_AFTER_POLLS {
        return (variation, Step::Wait);
    }
    let window: Vec<BTreeSet<u64>> =
        variation.window.iter().map(|marks| marks.iter().copied().collect()).collect();
    let in_all = |mark: u64| window.iter().all(|poll| poll.contains(&mark));
    let in_any = |mark: u64| window.iter().any(|poll| poll.contains(&mark));
    let known: BTreeSet<u64> = page.baseline_marks.iter().copied().collect();
    let with_marks = || page.lines.iter().zip(page.marks.iter().copied());
    let added: Vec<&String> = with_marks()
        .filter(|(_, mark)| in_all(*mark) && !known.contains(mark))
        .map(|(line, _)| line)
        .collect();
    let old = page.baseline.iter().zip(page.baseline_marks.iter().copied());
    let removed: Vec<&String> =
        old.clone().filter(|(_, mark)| !in_any(*mark)).map(|(line, _)| line).collect();
    let varying: Vec<&String> =
        with_marks().filter(|(_, mark)| !in_all(*mark)).map(|(line, _)| line).collect();
    if variation.is_told {
        // Of what is compared now nothing has varied: what has left it has changed.
        let stays = |mark: u64| in_all(mark) || known.contains(&mark) && in_any(mark);
        let mut lines: Vec<String> =
            with_marks().filter(|(_, mark)| stays(*mark)).map(|(line, _)| line.clone()).collect();
        // What is missing at this poll alone may be back at the next.
        let is_missing = |mark: u64| in_any(mark) && !window[0].contains(&mark);
        lines.extend(old.filter(|(_, mark)| is_missing(*mark)).map(|(line, _)| line.clone()));
        let diff = changes(&removed, &added);
        return (variation, Step::Still(Stable { lines, diff }));
    }
    variation.is_told = true;
    // Each line that varies has stood otherwise in the baseline: only more than these are gone.
    let has_changed = !added.is_empty() || varying.len() < removed.len();
    let diff = if has_changed { changes(&removed, &added) } else { String::new() };
    let stable = with_marks().filter(|(_, mark)| in_all(*mark)).map(|(line, _)| line.clone()).collect();
    let lines = varying.into_iter().take(SHOWN_LINES_MAX).cloned().collect();
    (variation, Step::Varies { lines, stable: Stable { lines: stable, diff } })
}

fn changes(removed: &[&String], added: &[&String]) -> String {
    let removed = removed.iter().map(|line| format!("-{line}\n"));
    removed.chain(added.iter().map(|line| format!("+{line}\n"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::marks;

    /// A page whose polls are noted one after the other.
    struct Page {
        baseline: Vec<String>,
        variation: Option<Variation>,
    }

    impl Page {
        fn poll(&mut self, lines: &[&str]) -> Step {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let (marks, baseline_marks) = (marks(&lines), marks(&self.baseline));
            let page = Differs {
                baseline: &self.baseline,
                lines: &lines,
                marks: &marks,
                baseline_marks: &baseline_marks,
            };
            let (variation, step) = step(self.variation.take(), &page);
            self.variation = Some(variation);
            if let Step::Varies { stable, .. } | Step::Still(stable) = &step {
                self.baseline.clone_from(&stable.lines);
            }
            step
        }

        fn of(lines: &[&str]) -> Self {
            Self { baseline: lines.iter().map(|line| (*line).to_owned()).collect(), variation: None }
        }
    }

    #[test]
    fn a_counter_is_reported_at_the_third_poll_with_its_line() {
        let mut page = Page::of(&["Alia", "Visitor 1"]);
        assert_eq!(page.poll(&["Alia", "Visitor 2"]), Step::Wait);
        assert_eq!(page.poll(&["Alia", "Visitor 3"]), Step::Wait);
        let stable = Stable { lines: vec!["Alia".to_owned()], diff: String::new() };
        let lines = vec!["Visitor 4".to_owned()];
        assert_eq!(page.poll(&["Alia", "Visitor 4"]), Step::Varies { lines, stable: stable.clone() });
        assert_eq!(page.poll(&["Alia", "Visitor 5"]), Step::Still(stable));
    }

    #[test]
    fn a_change_among_the_lines_that_stay_is_found_behind_a_counter() {
        let mut page = Page::of(&["Alia", "Boria", "Visitor 1"]);
        for count in ["Visitor 2", "Visitor 3"] {
            page.poll(&["Alia", "Boria", "Celia", count]);
        }
        let Step::Varies { stable, .. } = page.poll(&["Alia", "Boria", "Celia", "Visitor 4"]) else {
            panic!()
        };
        assert_eq!(stable.diff, "-Visitor 1\n+Celia\n");
        // Later: one leaves, another comes; each counts once no poll, or each, has had it.
        let later = |count| ["Boria", "Celia", "Delia", count];
        for count in ["Visitor 5", "Visitor 6"] {
            let Step::Still(stable) = page.poll(&later(count)) else { panic!() };
            assert_eq!(stable.diff, "", "{count}");
        }
        let Step::Still(stable) = page.poll(&later("Visitor 7")) else { panic!() };
        assert_eq!(stable.diff, "-Alia\n+Delia\n");
        let Step::Still(stable) = page.poll(&later("Visitor 8")) else { panic!() };
        assert_eq!((stable.diff.as_str(), stable.lines.join(" ").as_str()), ("", "Boria Celia Delia"));
    }

    #[test]
    fn a_line_that_has_gone_without_another_in_its_place_is_a_change() {
        let mut page = Page::of(&["Alia", "Boria", "Visitor 1"]);
        page.poll(&["Alia", "Visitor 2"]);
        page.poll(&["Alia", "Visitor 3"]);
        let Step::Varies { stable, .. } = page.poll(&["Alia", "Visitor 4"]) else { panic!() };
        assert_eq!(stable.diff, "-Boria\n-Visitor 1\n");
    }
}
