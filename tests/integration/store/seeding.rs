use std::time::Instant;

use treatywatch::domain::act::ActKind::{ExchangeOfInstruments, Ratification};
use treatywatch::domain::clause::Terms;

use super::*;

async fn acts(env: &Tracker) -> Vec<String> {
    env.text(
        "select act_id, supersedes, superseded_by, retracted_at from _act where treaty_id = 'pact'
        and kind <> 'signature' order by recorded_at, act_id",
    )
    .await
}

#[tokio::test]
async fn what_is_stored_is_what_the_seeds_say() {
    let env = Tracker::empty().await;
    let seeds = embedded();
    let started = Instant::now();
    let report = env.seed(seeds, "a").await;
    eprintln!("seeded in {:?}", started.elapsed());
    let acts: usize = seeds.treaties.values().map(|file| file.acts.len()).sum();
    assert_eq!((report.acts, report.recorded), (acts as u64, acts as u64));
    assert_eq!((report.corrected, report.retracted), (0, 0));
    assert_eq!(report.treaties, seeds.treaties.len() as u64);
    assert_eq!(report.states, seeds.states.len() as u64);
    assert_eq!(report.changed_treaties.len(), seeds.treaties.len());

    let files: Vec<_> = seeds.treaties.values().cloned().collect();
    assert_eq!(env.store.load_treaties().await.unwrap(), files);
    assert_eq!(env.store.load_states().await.unwrap(), seeds.states);
    assert_eq!(env.store.load_statements().await.unwrap(), seeds.statements);
    let npt = treaty_id("npt");
    assert_eq!(env.store.load_treaty(&npt).await.unwrap().as_ref(), seeds.treaties.get(&npt));
    assert_eq!(env.store.load_treaty(&treaty_id("no-such")).await.unwrap(), None);
    let ids: Vec<_> = seeds.treaties.keys().cloned().collect();
    assert_eq!(env.store.treaty_ids().await.unwrap(), ids);
    let size = std::fs::metadata(env.database()).unwrap().len();
    let log = std::fs::metadata(env.path("treatywatch.db-wal")).unwrap().len();
    eprintln!("{size} bytes, and {log} in the log");
    assert!(env.values("pragma foreign_key_check").await.is_empty());
    assert_eq!(env.text("pragma integrity_check").await, ["ok"]);
}

#[tokio::test]
async fn seeds_that_are_known_write_nothing() {
    let env = Tracker::empty().await;
    let seeds = embedded();
    env.seed(seeds, "a").await;
    let log = || std::fs::read(env.path("treatywatch.db-wal")).unwrap();
    let before = log();
    let report = env.seed(seeds, "a").await;
    assert_eq!((report.recorded, report.changed_treaties.len()), (0, 0));
    assert_eq!(report.treaties, seeds.treaties.len() as u64);
    assert!(log() == before, "not a byte was written");
    // The same content under another digest: only the digest is new.
    let report = env.seed(seeds, "b").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 0, 0));
    assert_eq!(report.changed_treaties, vec![]);
    assert_eq!(env.store.watch().await.unwrap().seeds_digest.as_deref(), Some("b"));
}

#[tokio::test]
async fn a_changed_day_is_a_correction_that_keeps_the_old_row() {
    let env = Tracker::empty().await;
    env.seed(&seeds(vec![pact(vec![notice("2019-02-02")])]), "a").await;
    let report = env.seed(&seeds(vec![pact(vec![notice("2019-03-03")])]), "b").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 1, 0));
    assert_eq!(report.changed_treaties, [treaty_id("pact")]);
    assert_eq!(
        acts(&env).await,
        [
            "pact/AAA/notice_of_withdrawal/2019-02-02||pact/AAA/notice_of_withdrawal/2019-03-03|",
            "pact/AAA/notice_of_withdrawal/2019-03-03|pact/AAA/notice_of_withdrawal/2019-02-02||",
            "pact/exchange_of_instruments/2001-01-01|||",
        ]
    );
    let periods =
        "select status, starts_on, reason from party_history where state_id = 'AAA' order by starts_on";
    assert_eq!(
        env.text(periods).await.last().unwrap(),
        "withdrawn|2019-09-03|effect of notice of withdrawal by AAA of 2019-03-03"
    );
}

#[tokio::test]
async fn changed_content_is_a_new_version_under_the_same_natural_name() {
    let env = Tracker::empty().await;
    let exchange = |note: &str| {
        let note = (!note.is_empty()).then(|| note.to_owned());
        Act { note, ..act("pact", "", ExchangeOfInstruments, "2001-01-01") }
    };
    let with = |note: &str| seeds(vec![treaty("pact", vec![exchange(note)])]);
    env.seed(&with(""), "a").await;
    env.seed(&with("one"), "b").await;
    let report = env.seed(&with("two"), "c").await;
    assert_eq!((report.corrected, report.acts), (1, 1));
    let name = "pact/exchange_of_instruments/2001-01-01";
    assert_eq!(
        env.text("select act_id, supersedes, superseded_by, note from _act order by act_id").await,
        [
            format!("{name}||{name}~2|"),
            format!("{name}~2|{name}|{name}~3|one"),
            format!("{name}~3|{name}~2||two"),
        ]
    );
    // Back to the first wording is a further version, too: what was once said stays.
    let report = env.seed(&with(""), "d").await;
    assert_eq!(report.corrected, 1);
    assert_eq!(env.text("select act_id from acts_current").await, [format!("{name}~4")]);
    assert_eq!(env.seed(&with(""), "e").await.corrected, 0);
}

#[tokio::test]
async fn an_act_that_is_gone_is_retracted_and_may_return() {
    let env = Tracker::empty().await;
    let notice = notice("2019-02-02");
    env.seed(&seeds(vec![pact(vec![notice.clone()])]), "a").await;
    let report = env.seed(&seeds(vec![pact(vec![])]), "b").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 0, 1));
    assert_eq!(acts(&env).await[0], "pact/AAA/notice_of_withdrawal/2019-02-02|||2020-01-01T12:00:00Z");
    assert_eq!(env.text("select count(*) from overlays").await, ["0"]);
    let report = env.seed(&seeds(vec![pact(vec![notice])]), "c").await;
    assert_eq!((report.recorded, report.corrected), (1, 0));
    assert_eq!(acts(&env).await[1], "pact/AAA/notice_of_withdrawal/2019-02-02~2|||");
}

#[tokio::test]
async fn only_an_unmistakable_change_is_a_correction() {
    let env = Tracker::empty().await;
    let consent = |on: &str| act("pact", "CCC", Ratification, on);
    let first = vec![consent("2005-01-01"), consent("2006-01-01")];
    env.seed(&seeds(vec![pact(first)]), "a").await;
    // Two are gone and one is new: nobody can say which of them it was.
    let report = env.seed(&seeds(vec![pact(vec![consent("2007-01-01")])]), "b").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (1, 0, 2));
    // An act of another state is no correction.
    let other = act("pact", "AAA", Ratification, "2007-01-01");
    let report = env.seed(&seeds(vec![pact(vec![other])]), "c").await;
    assert_eq!((report.recorded, report.corrected, report.retracted), (1, 0, 1));
}

#[tokio::test]
async fn a_treaty_that_the_seeds_no_longer_have_stays() {
    let env = Tracker::empty().await;
    let other = treaty("other", vec![act("other", "", ExchangeOfInstruments, "2002-01-01")]);
    env.seed(&seeds(vec![other.clone(), pact(vec![])]), "a").await;
    let report = env.seed(&seeds(vec![pact(vec![])]), "b").await;
    assert_eq!((report.treaties, report.retracted), (2, 0));
    assert_eq!(env.store.load_treaty(&treaty_id("other")).await.unwrap(), Some(other));
}

#[tokio::test]
async fn a_new_definition_is_projected_anew_and_so_is_everything_by_a_new_program() {
    let env = Tracker::empty().await;
    let notice = notice("2019-02-02");
    let mut file = pact(vec![notice]);
    env.seed(&seeds(vec![file.clone()]), "a").await;
    let left = "select starts_on from party_history where status = 'withdrawn'";
    assert_eq!(env.text(left).await, ["2019-08-02"]);
    let Terms::Withdrawal { delay, .. } = &mut file.treaty.clauses[1].terms else { unreachable!() };
    delay.period = "P1Y".parse().unwrap();
    let report = env.seed(&seeds(vec![file.clone()]), "b").await;
    assert_eq!((report.changed_treaties.len(), report.corrected), (1, 0));
    assert_eq!(env.text(left).await, ["2020-02-02"]);
    assert_eq!(env.store.load_treaties().await.unwrap(), [file.clone()]);

    let mut raw = env.connect().await;
    sqlx::query("delete from _state_period").execute(&mut raw).await.unwrap();
    env.seed(&seeds(vec![file.clone()]), "b").await;
    assert!(env.text(left).await.is_empty());
    sqlx::query("update _watch set projected_by = 'another'").execute(&mut raw).await.unwrap();
    let report = env.seed(&seeds(vec![file]), "b").await;
    assert!(report.changed_treaties.is_empty(), "facts did not change");
    assert_eq!(env.text(left).await, ["2020-02-02"]);
}

#[tokio::test]
async fn acts_of_users_are_left_alone_by_seeds() {
    let env = Tracker::empty().await;
    let notice = notice("2019-02-02");
    env.seed(&seeds(vec![pact(vec![notice])]), "a").await;
    let mut raw = env.connect().await;
    sqlx::query("update _act set origin = 'user' where kind = 'notice_of_withdrawal'")
        .execute(&mut raw)
        .await
        .unwrap();
    let report = env.seed(&seeds(vec![pact(vec![])]), "b").await;
    assert_eq!(report.retracted, 0);
    assert_eq!(report.acts, 4);
}
