//! A ministry keeps three agreements of its own beside the seeds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use treatywatch::alerts::{Names, replay};
use treatywatch::config::{Config, DEFAULT_LEAD_DAYS};
use treatywatch::domain::alert_kind::AlertKind;
use treatywatch::domain::id::TreatyId;
use treatywatch::domain::project::project;
use treatywatch::domain::treaty::DateKind;
use treatywatch::jobs::{self, CheckSettings, SeedSource, Seeded};
use treatywatch::store::{SeedReport, Store};

use super::refused;
use crate::env::{TestEnv, copy, day};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ministry")
}

/// A ministry's directory, with its configuration and its catalogue in `ours`.
fn ministry() -> TestEnv {
    let env = TestEnv::new();
    copy(&fixture(), &env.path("ours"));
    env.write("treatywatch.toml", "catalogue = [\"ours\"]\n");
    env
}

/// The configuration as a program in that directory reads it.
fn configuration(env: &TestEnv) -> Config {
    let mut config = Config::load(Some(&env.path("treatywatch.toml")), &|_| None).unwrap();
    config.database = env.database();
    config.catalogues = config.catalogues.iter().map(|dir| env.dir().join(dir)).collect();
    config
}

async fn seed(store: &Store, config: &Config) -> Option<SeedReport> {
    let source = SeedSource::new(None, &config.catalogues).unwrap();
    match jobs::seed(store, &source, "2024-12-31T00:00:00Z".parse().unwrap()).await.unwrap() {
        Seeded::Now(report) => Some(report),
        Seeded::Current => None,
        Seeded::Ahead { .. } => panic!("nobody has seeded it before"),
    }
}

/// The days of one kind over twenty years.
async fn days(store: &Store, treaty: &str, kind: DateKind) -> Vec<String> {
    let files = store.load_treaties().await.unwrap();
    let file = files.iter().find(|file| file.treaty.id.as_str() == treaty).unwrap();
    let dates = project(&file.treaty, &file.acts, NaiveDate::MAX).dates;
    let within = |on: &NaiveDate| *on < day("2024-12-31");
    let of_kind = dates.iter().filter(|date| date.kind == kind).map(|date| date.on.first_day());
    of_kind.filter(within).map(|on| on.to_string()).collect()
}

#[tokio::test]
async fn twenty_years_of_three_agreements() {
    let env = ministry();
    let config = configuration(&env);
    let store = Store::open(&config.database).await.unwrap();
    let report = seed(&store, &config).await.unwrap();
    assert_eq!(report.treaties, 36);

    // Renewed every five years; six months before 31 August end with February.
    let transit = "alia-boria-transit";
    assert_eq!(
        days(&store, transit, DateKind::Renewal).await,
        ["2009-08-31", "2014-08-31", "2019-08-31", "2024-08-31"]
    );
    assert_eq!(
        days(&store, transit, DateKind::LastNoticeDay).await,
        ["2009-02-28", "2014-02-28", "2019-02-28", "2024-02-29"]
    );
    assert!(days(&store, transit, DateKind::Expiry).await.is_empty());

    // Ten years, and five more by agreement.
    assert_eq!(days(&store, "alia-celia-research", DateKind::EntryIntoForce).await, ["2005-05-01"]);
    assert_eq!(days(&store, "alia-celia-research", DateKind::Expiry).await, ["2020-05-01"]);

    // A year after 29 February is 28 February.
    assert_eq!(days(&store, "alia-boria-fishing", DateKind::WithdrawalEffect).await, ["2017-02-28"]);
    store.close().await;
}

#[tokio::test]
async fn the_last_day_for_notice_is_told_ahead() {
    let env = ministry();
    let config = configuration(&env);
    let store = Store::open(&config.database).await.unwrap();
    seed(&store, &config).await.unwrap();
    let settings = CheckSettings { leads: DEFAULT_LEAD_DAYS.to_vec(), routes: Vec::new() };
    let last = day("2024-02-29");
    // The day of each lead, and those before and after it.
    let days = DEFAULT_LEAD_DAYS.into_iter().chain([0]).flat_map(|lead| {
        let on = last - Days::new(lead.into());
        [on - Days::new(1), on, on + Days::new(1)]
    });
    let days: BTreeSet<NaiveDate> = days.collect();
    let mut told: Vec<(NaiveDate, AlertKind, Option<u32>)> = Vec::new();
    for today in days {
        let now = today.and_hms_opt(12, 0, 0).unwrap().and_utc();
        let report = jobs::check(&store, &settings, today, now, false).await.unwrap();
        assert!(report.set_aside.is_empty(), "{report:?}");
        let of_date = report.alerts.into_iter().map(|raised| raised.alert).filter(|alert| {
            alert.date.as_ref().is_some_and(|date| date.as_str() == "alia-boria-transit/last_notice_day/4")
        });
        told.extend(of_date.map(|alert| (today, alert.kind, alert.lead_days)));
    }
    let approaching =
        DEFAULT_LEAD_DAYS.map(|lead| (last - Days::new(lead.into()), AlertKind::DateApproaching, Some(lead)));
    let expected: Vec<_> = approaching.into_iter().chain([(last, AlertKind::DateReached, None)]).collect();
    assert_eq!(told, expected);

    // The same, day by day.
    let (files, states) = (store.load_treaties().await.unwrap(), store.load_states().await.unwrap());
    let file = files.iter().find(|file| file.treaty.id.as_str() == "alia-boria-transit").unwrap();
    let told =
        replay(file, Names(&states), &DEFAULT_LEAD_DAYS, day("2023-01-01"), day("2024-03-05")).into_iter();
    let of_date = told.filter(|(_, alert)| {
        alert.date.as_ref().is_some_and(|date| date.as_str() == "alia-boria-transit/last_notice_day/4")
    });
    assert_eq!(of_date.map(|(on, alert)| (on, alert.kind, alert.lead_days)).collect::<Vec<_>>(), expected);
    store.close().await;
}

#[tokio::test]
async fn a_catalogue_is_followed_as_seeds_are() {
    let env = ministry();
    let config = configuration(&env);
    let store = Store::open(&config.database).await.unwrap();
    seed(&store, &config).await.unwrap();
    assert_eq!(seed(&store, &config).await, None, "nothing has changed");

    let file = "ours/treaties/alia-boria-transit/treaty.toml";
    let text = fs::read_to_string(env.path(file)).unwrap();
    env.write(file, text.replace("2004-08-31", "2004-09-01"));
    let report = seed(&store, &config).await.unwrap();
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 1, 0));
    assert_eq!(days(&store, "alia-boria-transit", DateKind::LastNoticeDay).await[3], "2024-03-01");

    env.write(file, text.split("[[act]]\non = 2004-08-31").next().unwrap());
    let report = seed(&store, &config).await.unwrap();
    assert_eq!((report.recorded, report.corrected, report.retracted), (0, 0, 1));

    // A catalogue that is gone from the configuration leaves its treaties.
    let alone = Config::default();
    let report = seed(&store, &alone).await.unwrap();
    assert_eq!((report.retracted, report.treaties), (0, 36));
    let id: TreatyId = "alia-boria-fishing".parse().unwrap();
    assert!(store.treaty_ids().await.unwrap().contains(&id));
    store.close().await;
}

#[test]
fn commands_know_the_agreements() {
    let env = ministry();
    let status =
        env.printed(&["status", "alia-boria-transit", "--on", "2024-01-01", "--known-on", "2024-01-01"]);
    assert!(status.contains("2024-02-29 last day for notice"), "{status}");
    assert!(env.printed(&["status", "npt"]).contains("npt"));
    env.printed(&["check", "--today", "2024-01-01"]);
    let told = env.printed(&["check", "--today", "2024-02-28"]);
    assert!(told.contains("alia-boria-transit"), "{told}");
    let told = env.printed(&[
        "replay",
        "--from",
        "2023-01-01",
        "--to",
        "2024-03-01",
        "--treaty",
        "alia-boria-transit",
    ]);
    assert!(told.contains("last day for notice") || told.contains("notice"), "{told}");

    let checked = env.printed(&["catalogue", "check", "ours", "--on", "2024-01-01"]);
    assert!(checked.starts_with("ours: 3 treaties, 11 acts, 0 errors, 0 warnings\n"), "{checked}");
    let json = env.printed(&["catalogue", "check", "ours", "--on", "2024-01-01", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["upcoming"]["dates"][0]["on_date"]["first_day"], "2024-02-29");
}

#[test]
fn endpoints_may_name_the_agreements() {
    let env = ministry();
    let secret = env.path("secret");
    env.write("secret", "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3Qga2V5IQ==");
    let configure = |treaty: &str| {
        let endpoint = format!(
            "catalogue = [\"ours\"]\n[[endpoint]]\nname = \"desk\"\nurl = \"https://hooks.example.org/\"\n\
             secret_file = '{}'\ntreaties = [\"{treaty}\"]\n",
            secret.display()
        );
        env.write("treatywatch.toml", endpoint);
    };
    configure("alia-boria-transit");
    env.printed(&["check", "--today", "2024-01-01"]);
    configure("alia-boria-transport");
    let error = refused(&env, &["check", "--today", "2024-01-02"]);
    assert!(error.contains("there is no treaty `alia-boria-transport`"), "{error}");
}

#[test]
fn a_bad_catalogue_is_one_clear_error_and_nothing_is_written() {
    let env = ministry();
    let file = "ours/treaties/alia-boria-fishing/treaty.toml";
    let text = fs::read_to_string(env.path(file)).unwrap();
    env.write(file, text.replace("notice = \"P1Y\"", "notice = \"one year\""));
    for command in [&["serve"][..], &["check"], &["status"]] {
        let error = refused(&env, command);
        assert_eq!(
            error,
            "treatywatch: ours/treaties/alia-boria-fishing/treaty.toml:29: notice: `one year` is not a period: expected \
             one unit, as in P6M, P90D or P5Y\n"
        );
        assert!(!env.path("treatywatch.db").exists(), "{command:?}");
    }
}

#[test]
fn a_name_stands_once_and_a_state_has_one_content() {
    let env = ministry();
    let other = env.path("other");
    copy(&fixture(), &other);
    env.write("treatywatch.toml", "catalogue = [\"ours\", \"other\"]\n");
    let error = refused(&env, &["status"]);
    assert_eq!(
        error,
        "treatywatch: other/treaties/alia-boria-fishing/treaty.toml:1: id: the treaty `alia-boria-fishing` is already \
         defined at ours/treaties/alia-boria-fishing/treaty.toml: expected a unique name\n"
    );
    fs::remove_dir_all(other.join("treaties")).unwrap();
    env.printed(&["status"]);

    env.write(
        "other/states.csv",
        fs::read_to_string(other.join("states.csv")).unwrap().replace("Celia", "Cela"),
    );
    let error = refused(&env, &["check"]);
    assert_eq!(
        error,
        "treatywatch: other/states.csv:4: id: `CEL` is already defined at ours/states.csv:4 with other content: expected the \
         same, or no such line\n"
    );
}

#[test]
fn seeds_and_catalogues_know_each_other() {
    let env = ministry();
    let file = "ours/treaties/alia-boria-fishing/treaty.toml";
    let text = fs::read_to_string(env.path(file)).unwrap();
    env.write(file, text.replace("treaty = \"alia-boria-transit\"", "treaty = \"npt\""));
    env.printed(&["catalogue", "check", "ours"]);
    env.write(file, text.replace("id = \"alia-boria-fishing\"", "id = \"npt\""));
    fs::rename(env.path("ours/treaties/alia-boria-fishing"), env.path("ours/treaties/npt")).unwrap();
    let error = refused(&env, &["catalogue", "check", "ours"]);
    assert!(
        error.contains("the treaty `npt` is already defined at seeds/treaties/npt/treaty.toml"),
        "{error}"
    );
}
