use chrono::NaiveDate;
use treatywatch::alerts::{LEAD_DAYS, Look, Names, due};
use treatywatch::catalogue;
use treatywatch::domain::watch::{Fresh, Watched};

#[test]
fn replay() {
    let seeds = catalogue::embedded().unwrap();
    let d = |s: &str| NaiveDate::parse_from_str(s, "%Y-%m-%d").unwrap();
    let from = d(&std::env::var("FROM").unwrap_or("2019-06-05".into()));
    let to = d(&std::env::var("TO").unwrap_or("2026-08-22".into()));
    let t = std::time::Instant::now();
    let mut all = vec![];
    for file in seeds.treaties.values() {
        let mut since = from;
        let mut before: Vec<_> = file.acts.iter().filter(|a| a.known_on <= from).cloned().collect();
        while since < to {
            let today = since.succ_opt().unwrap();
            let now: Vec<_> = file.acts.iter().filter(|a| a.known_on <= today).cloned().collect();
            let fresh: Vec<_> = now
                .iter()
                .filter(|a| a.known_on > since)
                .map(|a| Fresh { act: a.clone(), supersedes: None })
                .collect();
            let watched = Watched {
                treaty: file.treaty.clone(),
                before: before.clone(),
                now: now.clone(),
                fresh,
                retracted: vec![],
            };
            for a in due(&Look {
                watched: &watched,
                began_on: from,
                since,
                today,
                leads: LEAD_DAYS,
                names: Names(&seeds.states),
            }) {
                all.push((today, a));
            }
            before = now;
            since = today;
        }
    }
    all.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
    for (day, a) in &all {
        println!(
            "{day} {:18} {:9} {}{}",
            a.kind.as_str(),
            a.severity.as_str(),
            if a.late { "LATE " } else { "" },
            a.sentence
        );
    }
    println!("{} alerts {:?}", all.len(), t.elapsed());
}
