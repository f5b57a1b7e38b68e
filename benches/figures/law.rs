//! What the law costs: the projection of one treaty with 200 parties, beside one with 20.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use treatywatch::domain::project::project;

use super::synthetic;

const RUNS: usize = 201;

/// Prints the medians for treaties of four sorts.
pub fn projections() {
    let mut medians = Vec::new();
    for (parties, acts) in [(20, 50), (200, 450)] {
        for (number, sort) in
            ["a term", "a deadline for each state", "tacit renewal", "readings"].iter().enumerate()
        {
            let file = synthetic::treaty(number, parties, acts);
            let life = project(&file.treaty, &file.acts, NaiveDate::MAX);
            assert_eq!(life.problems, [], "the law accepts what is measured");
            let took = median(|| {
                black_box(project(black_box(&file.treaty), &file.acts, NaiveDate::MAX));
            });
            println!("project {parties} parties, {} acts, {sort}: {took:.1?}", file.acts.len());
            medians.push(took.as_secs_f64());
        }
    }
    let (small, large) = medians.split_at(medians.len() / 2);
    let growth = large.iter().sum::<f64>() / small.iter().sum::<f64>();
    println!("ten times the parties cost {growth:.1} times as much");
}

/// The median time of a call.
fn median(mut call: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let begun = Instant::now();
        call();
        times.push(begun.elapsed());
    }
    times.sort();
    times[RUNS / 2]
}
