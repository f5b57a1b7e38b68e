use treatywatch::domain::act::ActKind::{Accession, ExchangeOfInstruments};
use treatywatch::domain::watch::Watched;

use super::*;

const LEADS: &[u32] = &[30, 7, 1];

async fn due(env: &Tracker, after: &str, until: &str) -> Vec<String> {
    let mut write = env.store.begin().await.unwrap();
    let ids = write.treaties_due(day(after), day(until), LEADS).await.unwrap();
    ids.iter().map(|id| id.to_string()).collect()
}

async fn mark_all(env: &Tracker, today: &str) {
    let mut write = env.store.begin().await.unwrap();
    write.mark_all_watched(day(today)).await.unwrap();
    write.commit().await.unwrap();
}

async fn look(env: &Tracker, today: &str) -> Watched {
    let mut write = env.store.begin().await.unwrap();
    write.load_watched(&treaty_id("pact"), day(today)).await.unwrap().unwrap()
}

async fn mark(env: &Tracker, today: &str) {
    let mut write = env.store.begin().await.unwrap();
    write.mark_watched(&treaty_id("pact"), day(today)).await.unwrap();
    write.commit().await.unwrap();
}

fn names(acts: &[Act]) -> Vec<&str> {
    acts.iter().map(|act| act.id.as_str()).filter(|name| name.contains("notice")).collect()
}

fn fresh(watched: &Watched) -> Vec<(&str, Option<&str>)> {
    watched.fresh.iter().map(|f| (f.act.id.as_str(), f.supersedes.as_ref().map(|id| id.as_str()))).collect()
}

const OLD: &str = "pact/AAA/notice_of_withdrawal/2019-02-02";
const NEW: &str = "pact/AAA/notice_of_withdrawal/2019-03-03";
const NEWER: &str = "pact/AAA/notice_of_withdrawal/2019-04-04";

#[tokio::test]
async fn what_is_due_is_found_and_nothing_else() {
    let env = Tracker::empty().await;
    let other = treaty("other", vec![act("other", "", ExchangeOfInstruments, "1990-01-01")]);
    env.seed(&seeds(vec![other, pact(vec![notice("2019-02-02")])]), "a").await;
    // Before anything is marked, all of it is new.
    assert_eq!(due(&env, "2019-05-01", "2019-05-02").await, ["other", "pact"]);
    mark_all(&env, "2019-05-02").await;
    assert_eq!(due(&env, "2019-05-02", "2019-05-03").await, [""; 0]);
    // The withdrawal takes effect on 2 August: thirty, seven and one days before, and on the day.
    for (until, expected) in [
        ("2019-07-02", 0),
        ("2019-07-03", 1),
        ("2019-07-04", 0),
        ("2019-07-26", 1),
        ("2019-07-27", 0),
        ("2019-08-01", 1),
        ("2019-08-02", 1),
        ("2019-08-03", 0),
    ] {
        let after = day(until).pred_opt().unwrap().to_string();
        let found = due(&env, &after, until).await;
        assert_eq!(found, vec!["pact"; expected], "{until}");
    }
    // A pause that spans one of these days finds it.
    assert_eq!(due(&env, "2019-07-01", "2019-07-20").await, ["pact"]);
    // In a simulated past the notice is not known yet.
    assert_eq!(due(&env, "2018-01-01", "2018-01-02").await, ["pact"]);
}

#[tokio::test]
async fn what_is_due_is_found_without_a_scan() {
    let env = Tracker::empty().await;
    env.seed(embedded(), "a").await;
    let query = include_str!("../../../src/store/queries/treaties_due.sql");
    let query = query.replace("?1", "'2019-01-01'").replace("?2", "'2019-01-02'");
    let query = query.replace("?3", r#"'[["2019-01-01","2019-01-02"]]'"#);
    let plan = env.text(&format!("explain query plan {query}")).await;
    for table in ["_act", "_treaty_period", "_state_period", "_overlay", "d"] {
        // The partial index holds only what is due.
        let scan = |line: &&String| {
            line.contains(&format!("SCAN {table}")) && !line.contains("act_retraction_unwatched")
        };
        let search = format!("SEARCH {table} USING");
        assert!(!plan.iter().any(|line| scan(&line)), "{plan:#?}");
        assert!(plan.iter().any(|line| line.contains(&search)), "{plan:#?}");
    }
}

#[tokio::test]
async fn facts_that_have_grown_old_are_found_without_a_scan() {
    let env = Tracker::empty().await;
    env.seed(embedded(), "a").await;
    let query = include_str!("../../../src/store/queries/grown_old.sql");
    let query =
        query.replace("?1", "'2018-01-01'").replace("?2", "'2018-01-02'").replace("?3", "'2019-01-02'");
    let plan = env.text(&format!("explain query plan {query}")).await;
    for search in ["t USING INDEX _treaty_facts_as_of", "s USING COVERING INDEX _source_agreed_on"] {
        assert!(plan.iter().any(|line| line.contains(&format!("SEARCH {search}"))), "{search}: {plan:#?}");
    }
    // Of those that have just grown old there are few.
    let is_scan = |line: &&String| {
        line.contains("SCAN") && !line.contains("SCAN old") && !line.contains("SCAN (subquery")
    };
    assert!(!plan.iter().any(|line| is_scan(&line)), "{plan:#?}");
}

#[tokio::test]
async fn claims_are_found_without_a_scan() {
    let env = Tracker::empty().await;
    let query = include_str!("../../../src/store/queries/claim_due.sql");
    let inner = query.split("in (\n").nth(1).unwrap().split("\n)\nreturning").next().unwrap();
    let inner = inner.replace("?1", "'2019-01-01T00:00:00Z'").replace("?3", "'ops'").replace("?4", "1");
    let plan = env.text(&format!("explain query plan {inner}")).await;
    assert!(
        plan.iter().any(|line| line.contains("SEARCH d USING") && line.contains("delivery_due")),
        "{plan:#?}"
    );
    assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE FOR ORDER BY")), "{plan:#?}");
}

#[tokio::test]
async fn a_new_act_is_fresh_until_it_is_marked() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    mark_all(&env, "2019-01-01").await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "b").await;
    let watched = look(&env, "2019-02-03").await;
    assert_eq!((watched.before.len(), watched.now.len()), (3, 4));
    assert_eq!(fresh(&watched), [(OLD, None)]);
    mark(&env, "2019-02-03").await;
    let watched = look(&env, "2019-02-04").await;
    assert_eq!(watched.before, watched.now);
    assert!(watched.fresh.is_empty() && watched.retracted.is_empty());
    assert_eq!(due(&env, "2019-02-03", "2019-02-04").await, [""; 0]);
}

#[tokio::test]
async fn an_act_is_not_seen_before_it_could_be_known() {
    let env = Tracker::empty().await;
    let late = known(notice("2019-02-02"), "2019-05-05");
    env.seed(&seeds(vec![pact(vec![late])]), "a").await;
    mark_all(&env, "2019-05-04").await;
    assert!(look(&env, "2019-05-04").await.fresh.is_empty());
    assert_eq!(due(&env, "2019-05-04", "2019-05-05").await, ["pact"]);
    assert_eq!(fresh(&look(&env, "2019-05-05").await), [(OLD, None)]);
}

#[tokio::test]
async fn a_correction_names_what_it_corrects() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "a").await;
    mark_all(&env, "2019-06-01").await;
    env.seed(&seeds(vec![pact(vec![notice("2019-03-03")])]), "b").await;
    let watched = look(&env, "2019-06-02").await;
    assert_eq!((names(&watched.before), names(&watched.now)), (vec![OLD], vec![NEW]));
    assert_eq!(fresh(&watched), [(NEW, Some(OLD))]);
    assert!(watched.retracted.is_empty());
    // A second correction before the first was seen corrects what was seen.
    env.seed(&seeds(vec![pact(vec![notice("2019-04-04")])]), "c").await;
    let watched = look(&env, "2019-06-02").await;
    assert_eq!((names(&watched.before), names(&watched.now)), (vec![OLD], vec![NEWER]));
    assert_eq!(fresh(&watched), [(NEWER, Some(OLD))]);
    mark(&env, "2019-06-02").await;
    let watched = look(&env, "2019-06-02").await;
    assert_eq!((names(&watched.before), names(&watched.now)), (vec![NEWER], vec![NEWER]));
    assert_eq!(due(&env, "2019-06-02", "2019-06-03").await, [""; 0]);
}

#[tokio::test]
async fn a_correction_counts_from_the_day_on_which_it_is_known() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "a").await;
    mark_all(&env, "2019-06-01").await;
    let later = known(notice("2019-03-03"), "2019-06-10");
    env.seed(&seeds(vec![pact(vec![later])]), "b").await;
    let watched = look(&env, "2019-06-09").await;
    assert_eq!((names(&watched.before), names(&watched.now)), (vec![OLD], vec![OLD]));
    mark(&env, "2019-06-09").await;
    let watched = look(&env, "2019-06-10").await;
    assert_eq!((names(&watched.before), names(&watched.now)), (vec![OLD], vec![NEW]));
    assert_eq!(fresh(&watched), [(NEW, Some(OLD))]);
}

#[tokio::test]
async fn a_retraction_is_told_once() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "a").await;
    mark_all(&env, "2019-06-01").await;
    env.seed(&seeds(vec![pact(vec![])]), "b").await;
    assert_eq!(due(&env, "2019-06-01", "2019-06-01").await, ["pact"]);
    let watched = look(&env, "2019-06-02").await;
    assert_eq!((names(&watched.before), names(&watched.now)), (vec![OLD], vec![]));
    assert_eq!(names(&watched.retracted), [OLD]);
    mark(&env, "2019-06-02").await;
    let watched = look(&env, "2019-06-02").await;
    assert!(names(&watched.before).is_empty() && watched.retracted.is_empty());
    assert_eq!(due(&env, "2019-06-02", "2019-06-03").await, [""; 0]);
}

#[tokio::test]
async fn a_correction_that_was_retracted_unseen_retracts_what_was_seen() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "a").await;
    mark_all(&env, "2019-06-01").await;
    env.seed(&seeds(vec![pact(vec![notice("2019-03-03")])]), "b").await;
    env.seed(&seeds(vec![pact(vec![])]), "c").await;
    let watched = look(&env, "2019-06-02").await;
    assert_eq!((names(&watched.before), names(&watched.now)), (vec![OLD], vec![]));
    assert_eq!((names(&watched.retracted), fresh(&watched).len()), (vec![OLD], 0));
    mark(&env, "2019-06-02").await;
    let watched = look(&env, "2019-06-02").await;
    assert!(names(&watched.before).is_empty() && watched.retracted.is_empty());
}

#[tokio::test]
async fn an_act_that_came_and_went_unseen_is_not_told() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![])]), "a").await;
    mark_all(&env, "2019-06-01").await;
    env.seed(&seeds(vec![pact(vec![act("pact", "CCC", Accession, "2005-01-01")])]), "b").await;
    env.seed(&seeds(vec![pact(vec![])]), "c").await;
    let watched = look(&env, "2019-06-02").await;
    assert_eq!(watched.before, watched.now);
    assert!(watched.fresh.is_empty() && watched.retracted.is_empty());
}

#[tokio::test]
async fn the_watch_remembers_how_far_it_came() {
    let env = Tracker::empty().await;
    let mut write = env.store.begin().await.unwrap();
    write.set_began_on(day("2019-06-01")).await.unwrap();
    write.set_checked(day("2019-06-02"), at("2019-06-02T03:04:05.678Z")).await.unwrap();
    let watch = write.watch().await.unwrap();
    assert_eq!((watch.began_on, watch.checked_on), (Some(day("2019-06-01")), Some(day("2019-06-02"))));
    assert_eq!(watch.checked_at, Some(at("2019-06-02T03:04:05Z")));
    write.rollback().await.unwrap();
    let watch = env.store.watch().await.unwrap();
    assert_eq!((watch.began_on, watch.checked_at), (None, None));
}

#[tokio::test]
async fn an_unknown_treaty_is_none() {
    let env = Tracker::empty().await;
    let mut write = env.store.begin().await.unwrap();
    assert_eq!(write.load_watched(&treaty_id("pact"), day("2019-06-01")).await.unwrap(), None);
}
