use treatywatch::domain::act::ActKind::{NoticeOfWithdrawal, Ratification};

use super::*;

async fn record(desk: &Desk, act: &Act) -> ActId {
    desk.store.record_act(&treaty_id("pact"), act, None, noon("2020-02-01")).await.unwrap()
}

async fn correct(desk: &Desk, old: &str, act: &Act) -> ActId {
    let old = act_id(old);
    desk.store.record_act(&treaty_id("pact"), act, Some(&old), noon("2020-02-01")).await.unwrap()
}

async fn retract(desk: &Desk, id: &str) {
    desk.store.retract_act(&treaty_id("pact"), &act_id(id), "mistaken", noon("2020-02-02")).await.unwrap();
}

/// The rows of the acts of AAA: name, origin, what took its place, who took it back.
async fn rows(desk: &Desk) -> Vec<String> {
    desk.text(
        "select act_id, origin, superseded_by, retracted_by from act
        where state_id = 'AAA' and kind = 'notice_of_withdrawal' order by rowid",
    )
    .await
}

fn notice(on: &str) -> Act {
    act("pact", "AAA", NoticeOfWithdrawal, on)
}

const NAME: &str = "pact/AAA/notice_of_withdrawal/2019-02-02";

#[tokio::test]
async fn a_recorded_act_counts_at_once_and_is_new_to_the_next_check() {
    let desk = Desk::open().await;
    desk.seed(&seeds(vec![pact(vec![])]), "a").await;
    let mut write = desk.store.begin().await.unwrap();
    write.mark_all_watched(day("2019-01-31")).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(record(&desk, &notice("2019-02-02")).await, act_id(NAME));
    let left = "select starts_on from party_history where state_id = 'AAA' and status = 'withdrawn'";
    assert_eq!(desk.text(left).await, ["2019-08-02"]);
    let mut write = desk.store.begin().await.unwrap();
    let watched = write.load_watched(&treaty_id("pact"), day("2019-02-02")).await.unwrap().unwrap();
    assert_eq!(watched.fresh.iter().map(|fresh| fresh.act.id.as_str()).collect::<Vec<_>>(), [NAME]);
    write.rollback().await.unwrap();

    let again =
        desk.store.record_act(&treaty_id("pact"), &notice("2019-02-02"), None, noon("2020-02-01")).await;
    assert!(again.unwrap_err().to_string().contains("is there already"));
    retract(&desk, NAME).await;
    assert!(desk.text(left).await.is_empty());
    assert_eq!(rows(&desk).await, [format!("{NAME}|user||user")]);
    // What was taken back may be recorded again.
    assert_eq!(record(&desk, &notice("2019-02-02")).await.as_str(), format!("{NAME}~2"));
}

#[tokio::test]
async fn an_act_that_seeds_bring_later_is_the_one_that_the_user_recorded() {
    let desk = Desk::open().await;
    desk.seed(&seeds(vec![pact(vec![])]), "a").await;
    record(&desk, &notice("2019-02-02")).await;
    // The seeds know the place, and have another note and source.
    let mut seeded = notice("2019-02-02");
    seeded.place = Some("Geneva".to_owned());
    seeded.id = ActId::of(&treaty_id("pact"), seeded.state, seeded.kind, seeded.on, seeded.place.as_deref());
    let report = desk.seed(&seeds(vec![pact(vec![seeded.clone()])]), "b").await;
    assert_eq!((report.recorded, report.corrected), (0, 1));
    assert_eq!(rows(&desk).await, [format!("{NAME}|user|{NAME}/geneva|"), format!("{NAME}/geneva|seed||")]);
    let report = desk.seed(&seeds(vec![pact(vec![seeded])]), "c").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 0, 0));

    // Another state, or the same on another day, is another act.
    record(&desk, &act("pact", "CCC", Ratification, "2005-01-01")).await;
    let other = act("pact", "CCC", Ratification, "2006-01-01");
    let report = desk.seed(&seeds(vec![pact(vec![other])]), "d").await;
    assert_eq!((report.recorded, report.corrected), (1, 0));
}

#[tokio::test]
async fn what_a_user_corrected_or_took_back_stands_until_the_seeds_say_something_new() {
    let desk = Desk::open().await;
    let with = |on: &str| seeds(vec![pact(vec![notice(on)])]);
    desk.seed(&with("2019-02-02"), "a").await;
    correct(&desk, NAME, &notice("2019-02-05")).await;
    let corrected = "pact/AAA/notice_of_withdrawal/2019-02-05";
    let report = desk.seed(&with("2019-02-02"), "b").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 0, 0));
    assert_eq!(rows(&desk).await, [format!("{NAME}|seed|{corrected}|"), format!("{corrected}|user||")]);

    // The seeds come to say what the user said.
    let report = desk.seed(&with("2019-02-05"), "c").await;
    assert_eq!((report.recorded, report.corrected), (0, 1));
    assert_eq!(rows(&desk).await.last().unwrap(), &format!("{corrected}~2|seed||"));

    retract(&desk, &format!("{corrected}~2")).await;
    let report = desk.seed(&with("2019-02-05"), "d").await;
    assert_eq!((report.recorded, report.corrected), (0, 0), "it stays taken back");
    let mut news = notice("2019-02-05");
    news.note = Some("a second source has it".to_owned());
    let report = desk.seed(&seeds(vec![pact(vec![news])]), "e").await;
    assert_eq!(report.recorded, 1, "with news it is back, and told");
}
