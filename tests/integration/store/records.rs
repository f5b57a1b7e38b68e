use chrono::NaiveDate;
use treatywatch::domain::act::ActKind::{Objection, Ratification};
use treatywatch::domain::project::project;

use super::*;

async fn record(env: &Tracker, act: &Act) -> ActId {
    env.store.record_act(&treaty_id("pact"), act, None, noon("2020-02-01")).await.unwrap()
}

async fn correct(env: &Tracker, old: &str, act: &Act) -> ActId {
    let old = act_id(old);
    env.store.record_act(&treaty_id("pact"), act, Some(&old), noon("2020-02-01")).await.unwrap()
}

async fn retract(env: &Tracker, id: &str) {
    env.store.retract_act(&treaty_id("pact"), &act_id(id), "mistaken", noon("2020-02-02")).await.unwrap();
}

/// The rows of the acts of AAA: name, origin, what took its place, who took it back.
async fn rows(env: &Tracker) -> Vec<String> {
    env.text(
        "select act_id, origin, superseded_by, retracted_by from _act
        where state_id = 'AAA' and kind = 'notice_of_withdrawal' order by rowid",
    )
    .await
}

const NAME: &str = "pact/AAA/notice_of_withdrawal/2019-02-02";

#[tokio::test]
async fn a_recorded_act_counts_at_once_and_is_new_to_the_next_check() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let mut write = env.store.begin().await.unwrap();
    write.mark_all_watched(day("2019-01-31")).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(record(&env, &notice("2019-02-02")).await, act_id(NAME));
    let left = "select starts_on from party_history where state_id = 'AAA' and status = 'withdrawn'";
    assert_eq!(env.text(left).await, ["2019-08-02"]);
    let mut write = env.store.begin().await.unwrap();
    let watched = write.load_watched(&treaty_id("pact"), day("2019-02-02")).await.unwrap().unwrap();
    assert_eq!(watched.fresh.iter().map(|fresh| fresh.act.id.as_str()).collect::<Vec<_>>(), [NAME]);
    write.rollback().await.unwrap();

    let again =
        env.store.record_act(&treaty_id("pact"), &notice("2019-02-02"), None, noon("2020-02-01")).await;
    assert!(again.unwrap_err().to_string().contains("is there already"));
    retract(&env, NAME).await;
    assert!(env.text(left).await.is_empty());
    assert_eq!(rows(&env).await, [format!("{NAME}|user||user")]);
    // What was taken back may be recorded again.
    assert_eq!(record(&env, &notice("2019-02-02")).await.as_str(), format!("{NAME}~2"));
}

#[tokio::test]
async fn an_act_that_seeds_bring_later_is_the_one_that_the_user_recorded() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    record(&env, &notice("2019-02-02")).await;
    // The seeds know the place, and have another note and source.
    let mut seeded = notice("2019-02-02");
    seeded.place = Some("Geneva".to_owned());
    seeded.id = ActId::of(&treaty_id("pact"), seeded.state, seeded.kind, seeded.on, seeded.place.as_deref());
    let report = env.seed(&seeds(vec![pact(vec![seeded.clone()])]), "b").await;
    assert_eq!((report.recorded, report.corrected), (0, 1));
    assert_eq!(rows(&env).await, [format!("{NAME}|user|{NAME}/geneva|"), format!("{NAME}/geneva|seed||")]);
    let report = env.seed(&seeds(vec![pact(vec![seeded])]), "c").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 0, 0));

    // Another state, or the same on another day, is another act.
    record(&env, &act("pact", "CCC", Ratification, "2005-01-01")).await;
    let other = act("pact", "CCC", Ratification, "2006-01-01");
    let report = env.seed(&seeds(vec![pact(vec![other])]), "d").await;
    assert_eq!((report.recorded, report.corrected), (1, 0));
}

#[tokio::test]
async fn what_a_user_corrected_or_took_back_stands_until_the_seeds_say_something_new() {
    let env = Tracker::empty().await;
    let with = |on: &str| seeds(vec![pact(vec![notice(on)])]);
    env.seed(&with("2019-02-02"), "a").await;
    correct(&env, NAME, &notice("2019-02-05")).await;
    let corrected = "pact/AAA/notice_of_withdrawal/2019-02-05";
    let report = env.seed(&with("2019-02-02"), "b").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 0, 0));
    assert_eq!(rows(&env).await, [format!("{NAME}|seed|{corrected}|"), format!("{corrected}|user||")]);

    // The seeds come to say what the user said.
    let report = env.seed(&with("2019-02-05"), "c").await;
    assert_eq!((report.recorded, report.corrected), (0, 1));
    assert_eq!(rows(&env).await.last().unwrap(), &format!("{corrected}~2|seed||"));

    retract(&env, &format!("{corrected}~2")).await;
    let report = env.seed(&with("2019-02-05"), "d").await;
    assert_eq!((report.recorded, report.corrected), (0, 0), "it stays taken back");
    let mut news = notice("2019-02-05");
    news.note = Some("a second source has it".to_owned());
    let report = env.seed(&seeds(vec![pact(vec![news])]), "e").await;
    assert_eq!(report.recorded, 1, "with news it is back, and told");
}

#[tokio::test]
async fn two_corrections_of_one_act_cannot_both_count() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "a").await;
    correct(&env, NAME, &notice("2019-02-05")).await;
    let (old, treaty) = (act_id(NAME), treaty_id("pact"));
    let late = env.store.record_act(&treaty, &notice("2019-02-06"), Some(&old), noon("2020-02-01")).await;
    assert!(late.unwrap_err().to_string().contains("is no longer in effect"));
    let late = env.store.retract_act(&treaty, &old, "mistaken", noon("2020-02-01")).await;
    assert!(late.unwrap_err().to_string().contains("is no longer in effect"));
    assert_eq!(rows(&env).await.len(), 2);
}

#[tokio::test]
async fn seeds_take_no_other_act_for_a_user_s() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    let objection = |place: &str| {
        let mut act = act("pact", "AAA", Objection, "2019-02-02");
        act.place = Some(place.to_owned());
        act.id = ActId::of(&treaty_id("pact"), act.state, act.kind, act.on, act.place.as_deref());
        act
    };
    record(&env, &objection("to BBB")).await;
    let report = env.seed(&seeds(vec![pact(vec![objection("to CCC"), objection("to DDD")])]), "b").await;
    assert_eq!((report.recorded, report.corrected), (2, 0));
    let current = "select count(*) from acts_current where kind = 'objection'";
    assert_eq!(env.text(current).await, ["3"]);
}

#[tokio::test]
async fn a_copy_as_known_then_has_one_version_of_an_act_that_was_corrected_and_corrected_back() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "a").await;
    let second = correct(&env, NAME, &known(notice("2019-02-03"), "2020-06-01")).await;
    correct(&env, second.as_str(), &known(notice("2019-02-04"), "2019-02-04")).await;
    let then = TestEnv::new();
    env.store.backup_as_known(&then.database(), day("2019-12-31")).await.unwrap();
    let then = Tracker::over(then).await;
    let current = "select on_date from acts_current where kind = 'notice_of_withdrawal'";
    assert_eq!(then.text(current).await, ["2019-02-04"]);
}

#[tokio::test]
async fn a_treaty_is_loaded_with_those_that_it_is_linked_to_and_no_others() {
    let env = Tracker::empty().await;
    env.seed(embedded(), "a").await;
    let id = treaty_id("inf");
    let files = env.store.load_with_linked(&id).await.unwrap();
    let treaty = &files.iter().find(|file| file.treaty.id == id).unwrap().treaty;
    let mut expected: Vec<_> = treaty.links.iter().map(|(_, linked)| linked.clone()).chain([id]).collect();
    expected.sort();
    expected.dedup();
    assert_eq!(files.iter().map(|file| file.treaty.id.clone()).collect::<Vec<_>>(), expected);
    let all = env.store.load_treaties().await.unwrap();
    assert!(files.iter().all(|file| all.contains(file)) && files.len() < all.len());
    assert_eq!(env.store.load_with_linked(&treaty_id("no-such")).await.unwrap(), []);
}

#[tokio::test]
async fn treaties_with_a_date_in_a_period_are_loaded_and_not_many_others() {
    let env = Tracker::empty().await;
    env.seed(embedded(), "a").await;
    let all = env.store.load_treaties().await.unwrap();
    let dated = |from: NaiveDate, until: NaiveDate| {
        all.iter().filter(move |file| {
            let dates = project(&file.treaty, &file.acts, from).dates;
            dates.iter().any(|date| from <= date.on.last_day() && date.on.first_day() <= until)
        })
    };
    for (from, until) in [
        ("1968-07-01", "1970-03-06"),
        ("2018-10-20", "2019-08-02"),
        ("2021-02-02", "2021-02-06"),
        ("2025-08-28", "2025-10-18"),
        ("2026-11-24", "2028-11-24"),
        ("2200-01-01", "2300-01-01"),
    ] {
        let (from, until) = (day(from), day(until));
        let found = env.store.load_dated(from, until).await.unwrap();
        assert!(dated(from, until).all(|file| found.contains(file)), "{from} to {until}");
        assert!(found.iter().all(|file| all.contains(file)));
    }
    let (from, until) = (day("2026-11-24"), day("2028-11-24"));
    assert!(env.store.load_dated(from, until).await.unwrap().len() < all.len());
    assert_eq!(env.store.load_dated(day("2200-01-01"), day("2300-01-01")).await.unwrap(), []);
    // The projections of another version of the program name none.
    env.execute("update _watch set projected_by = 'another'").await;
    assert_eq!(env.store.load_dated(from, until).await.unwrap(), all);
}
