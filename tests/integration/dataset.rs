//! Curated facts that are published at a URL: later ones are taken, whatever cannot be believed is not.

use std::io::Write as _;
use std::ops::Deref;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use sqlx::Connection as _;
use treatywatch::alerts::Route;
use treatywatch::catalogue::Files;
use treatywatch::domain::alert_kind::AlertKind;
use treatywatch::domain::delivery::RaisedAlert;
use treatywatch::domain::source::Policy;
use treatywatch::jobs::{
    self, Answer, AskReport, AskSettings, CheckReport, CheckSettings, SeedSource, Seeded, ask_source,
    put_sources,
};
use treatywatch::sources::{Fetcher, Limits, Shape, Source};

use crate::env::{Page, Tracker, embedded_source, noon};

/// The version of the facts that the program has.
fn own() -> u32 {
    Files::embedded().version().unwrap().unwrap()
}

/// The facts of the program, as somebody goes on with them.
struct Facts(Files);

impl Facts {
    fn of_version(version: u32) -> Self {
        let mut facts = Self(Files::embedded());
        let edition = facts.text("dataset.toml");
        *edition = edition.replace(&format!("version = {}", own()), &format!("version = {version}"));
        facts
    }

    fn text(&mut self, name: &str) -> &mut String {
        self.0.texts.get_mut(name).unwrap()
    }

    /// The rows of a treaty's acts, the first of which names the columns.
    fn acts(mut self, treaty: &str, change: impl FnOnce(&mut Vec<String>)) -> Self {
        let text = self.text(&format!("treaties/{treaty}/acts.csv"));
        let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
        change(&mut rows);
        *text = rows.join("\n") + "\n";
        self
    }

    fn bundle(&self) -> String {
        String::from_utf8(self.0.to_bundle().unwrap()).unwrap()
    }
}

/// Afghanistan has ratified a day later than was thought.
fn later(facts: Facts) -> Facts {
    facts.acts("ctbt", |rows| {
        let row = rows.iter_mut().find(|row| row.starts_with("AFG,ratification,2003-09-24,")).unwrap();
        *row = row.replace("2003-09-24", "2003-09-25");
    })
}

/// A tracker that goes by a dataset.
struct Publication {
    tracker: Tracker,
    page: Page,
    source: Source,
    fetcher: Fetcher,
    now: DateTime<Utc>,
}

impl Deref for Publication {
    type Target = Tracker;

    fn deref(&self) -> &Tracker {
        &self.tracker
    }
}

impl Publication {
    /// A database with the facts of the program, and a dataset that says the same.
    async fn open() -> Self {
        let page = Page::start("/dataset.json").await;
        page.says("text/plain", &Facts::of_version(own()).bundle());
        let source = Source {
            name: "facts".to_owned(),
            shape: Shape::Dataset,
            treaty: None,
            url: page.url.parse().unwrap(),
            policy: Policy::Auto,
        };
        let mut tracker = Tracker::empty().await;
        let now = noon("2026-11-24");
        jobs::seed(&tracker.store, embedded_source(), now).await.unwrap();
        put_sources(&tracker.store, std::slice::from_ref(&source)).await.unwrap();
        let limits = Limits { spacing: Duration::ZERO, ..Limits::default() };
        let fetcher = Fetcher::new("desk@example.org", limits, None).unwrap();
        tracker.settings = CheckSettings { leads: vec![30], routes: vec![Route::of_everything("desk")] };
        let publication = Self { tracker, page, source, fetcher, now };
        publication.check().await;
        publication
    }

    async fn check(&self) -> CheckReport {
        self.check_at(self.now.date_naive(), self.now).await
    }

    fn publish(&mut self, bundle: impl Into<String>) {
        self.page.says("text/plain", &bundle.into());
        self.now += TimeDelta::days(1);
    }

    async fn ask(&self) -> AskReport {
        self.ask_with(embedded_source()).await
    }

    async fn ask_with(&self, seeds: &SeedSource) -> AskReport {
        let settings = AskSettings {
            routes: &self.settings.routes,
            seeds,
            next_at: self.now + TimeDelta::hours(6),
            today: self.now.date_naive(),
            now: self.now,
        };
        ask_source(&self.store, &self.fetcher, &self.source, settings).await.unwrap()
    }

    async fn fault(&self) -> String {
        let before = self.day_of_afghanistan().await;
        let report = self.ask().await;
        assert_eq!((report.recorded, self.day_of_afghanistan().await), (0, before));
        report.fault.expect("it is refused")
    }

    async fn day_of_afghanistan(&self) -> String {
        let query =
            "select on_date from _act where treaty_id = 'ctbt' and state_id = 'AFG' and kind = 'ratification'
            and superseded_by is null and retracted_at is null";
        self.store.sql(query, 9).await.unwrap().rows[0][0].as_str().unwrap().to_owned()
    }

    async fn trust(&self) {
        let health = self.tracker.source().await;
        jobs::trust(&self.store, &health, self.now).await.unwrap();
    }

    async fn version(&self) -> Option<u32> {
        self.store.watch().await.unwrap().seeds_version
    }
}

#[tokio::test]
async fn later_facts_are_taken_told_and_kept() {
    let mut env = Publication::open().await;
    assert_eq!((env.ask().await.fault, env.day_of_afghanistan().await), (None, "2003-09-24".to_owned()));
    env.publish(later(Facts::of_version(own() + 1)).bundle());
    let report = env.ask().await;
    assert_eq!((report.fault, report.recorded, report.treaties), (None, 1, 1));
    assert_eq!(env.day_of_afghanistan().await, "2003-09-25");
    let alerts = env.check().await.alerts;
    let told = |raised: &RaisedAlert| {
        raised.alert.kind == AlertKind::ActCorrected
            && raised
                .alert
                .sentence
                .starts_with("The record was corrected: Afghanistan ratified the CTBT on 25 September")
    };
    assert_eq!(alerts.iter().filter(|raised| told(raised)).count(), 1);
    // The same again is nothing new, also to a program that starts with the earlier facts in it.
    assert_eq!(env.ask().await.recorded, 0);
    assert_eq!(jobs::seed(&env.store, &SeedSource::embedded(), env.now).await.unwrap(), Seeded::Current);
    assert_eq!(env.day_of_afghanistan().await, "2003-09-25");
    // An earlier edition is passed over; it is no fault, the program may be ahead of the dataset.
    env.publish(Facts::of_version(own()).bundle());
    let report = env.ask().await;
    assert_eq!((report.fault, report.recorded), (None, 0));
    assert_eq!(report.answer, Some(Answer::PassedOver { version: own(), has: own() + 1 }));
    assert_eq!(env.check().await.raised, 0);
}

#[tokio::test]
async fn a_definition_that_changes_is_told_as_acts_are() {
    let mut env = Publication::open().await;
    assert!(!env.ask().await.has_changed_the_record());
    let mut moved = Facts::of_version(own() + 1);
    let definition = moved.text("treaties/bwc/treaty.toml");
    let session = definition.find("id = \"meeting-2026\"").unwrap();
    let on = session + definition[session..].find("on = \"").unwrap() + "on = \"".len();
    let was = definition[on..].split_once('"').unwrap().0.to_owned();
    definition.replace_range(on..on + was.len(), "2027-03");
    env.publish(moved.bundle());
    let report = env.ask().await;
    assert_eq!((report.fault.as_ref(), report.recorded, report.treaties), (None, 0, 1), "{was}");
    assert!(report.has_changed_the_record(), "the next check is not waited for");
    let alerts = env.check().await.alerts;
    let moved = alerts.iter().filter(|raised| raised.alert.kind == AlertKind::DateMoved);
    assert_eq!(moved.map(|raised| raised.alert.subject()).collect::<Vec<_>>(), ["bwc"]);
}

#[tokio::test]
async fn a_catalogue_stands_beside_the_dataset_as_it_did_beside_the_seeds() {
    let mut env = Publication::open().await;
    let ours = "ours/treaties/lake-convention/treaty.toml";
    let sort =
        Files::embedded().texts["treaties/sort/treaty.toml"].replace("\"sort\"", "\"lake-convention\"");
    env.write(ours, sort);
    let seeds = SeedSource::new(None, &[env.path("ours")]).unwrap();
    jobs::seed(&env.store, &seeds, env.now).await.unwrap();
    env.publish(later(Facts::of_version(own() + 1)).bundle());
    assert_eq!(env.ask_with(&seeds).await.recorded, 1);
    assert_eq!(jobs::seed(&env.store, &seeds, env.now).await.unwrap(), Seeded::Current);
    // The catalogue is edited and recorded by hand, while the daemon still has what it read at its start.
    env.write(ours, env.read(ours).replace("2002-05-24", "2002-05-23"));
    let anew = SeedSource::new(None, &[env.path("ours")]).unwrap();
    assert!(matches!(jobs::seed(&env.store, &anew, env.now).await.unwrap(), Seeded::Now(_)));
    let signed = "select count(*) from _act where treaty_id = 'lake-convention' and on_date = '2002-05-23'
        and superseded_by is null and retracted_at is null";
    let signed = async || env.store.sql(signed, 1).await.unwrap().rows[0][0].as_i64().unwrap();
    let by_hand = signed().await;
    assert_ne!(by_hand, 0);
    env.page.says("text/plain", &Facts::of_version(own() + 2).bundle());
    assert_eq!((env.ask_with(&seeds).await.recorded, signed().await), (1, by_hand));
    // A treaty of the same name in the dataset: nothing of it is taken, and the error says where both stand.
    let mut other = later(Facts::of_version(own() + 3));
    let theirs = other.0.texts["treaties/sort/treaty.toml"].replace("\"sort\"", "\"lake-convention\"");
    other.0.texts.insert("treaties/lake-convention/treaty.toml".to_owned(), theirs);
    env.publish(other.bundle());
    let fault = env.ask_with(&seeds).await.fault.unwrap();
    assert!(
        fault.contains("ours/treaties/lake-convention/treaty.toml")
            && fault.contains("is already defined at"),
        "{fault}"
    );
}

#[tokio::test]
async fn what_cannot_be_believed_is_not_taken() {
    let mut env = Publication::open().await;
    assert_eq!(env.ask().await.fault, None);
    let (good, url) = (later(Facts::of_version(own() + 1)), env.source.url.clone());
    env.publish("<html>We are moving</html>");
    assert!(env.fault().await.contains("a dataset is a file of JSON"));
    env.publish(&good.bundle()[..1000]);
    assert!(env.fault().await.starts_with(&format!("{url}: not a dataset: EOF")));
    env.publish(good.bundle().replace("2003-09-25", "2003-09-26"));
    assert_eq!(env.fault().await, format!("{url}: checksum mismatch: the file was changed in transit"));
    env.publish(later(Facts::of_version(own())).bundle());
    let same = format!("version {} is on record with other contents", own());
    assert_eq!(env.fault().await, same);
    let wrong = good.0.texts["treaties/ctbt/acts.csv"].replace("AFG,ratification", "AFG,ratificashun");
    let mut faulty = later(Facts::of_version(own() + 1));
    *faulty.text("treaties/ctbt/acts.csv") = wrong;
    env.publish(faulty.bundle());
    let fault = env.fault().await;
    assert!(
        fault.starts_with(&format!("{url}/treaties/ctbt/acts.csv:")) && fault.contains("ratificashun"),
        "{fault}"
    );
    // Half of the world cannot have left on one day.
    let short = later(Facts::of_version(own() + 1))
        .acts("ctbt", |rows| rows.retain(|row| !row.contains(",signature,")));
    env.publish(short.bundle());
    let fault = env.fault().await;
    assert!(fault.contains("acts at once") && fault.contains("sources trust facts"), "{fault}");
    env.trust().await;
    assert!(100 < env.ask().await.recorded);
}

#[tokio::test]
async fn a_version_that_is_far_ahead_is_a_question_and_trust_is_the_way_there_and_back() {
    let mut env = Publication::open().await;
    env.publish(later(Facts::of_version(u32::MAX)).bundle());
    let far = format!(
        "version 4294967295 is far ahead of version {}, which is on record: if that is meant, say so with \
         `treatywatch sources trust facts`",
        own()
    );
    assert_eq!(env.fault().await, far);
    env.publish(later(Facts::of_version(own() + 10_001)).bundle());
    assert!(env.fault().await.starts_with(&format!(
        "version {} is far ahead of version {},",
        own() + 10_001,
        own()
    )));
    assert_eq!(jobs::far_ahead(&env.store).await.unwrap(), None);
    // A person says that it is meant.
    env.publish(later(Facts::of_version(u32::MAX)).bundle());
    env.trust().await;
    assert_eq!((env.ask().await.fault, env.version().await), (None, Some(u32::MAX)));
    assert_eq!(env.day_of_afghanistan().await, "2003-09-25");
    let far = jobs::far_ahead(&env.store).await.unwrap().unwrap();
    assert_eq!((far.has, far.program), (u32::MAX, own()));
    // It was not: nothing takes its place by itself, and the next answer does once somebody trusts it.
    env.publish(Facts::of_version(own() + 2).bundle());
    let passed_over = Some(Answer::PassedOver { version: own() + 2, has: u32::MAX });
    assert_eq!(env.ask().await.answer, passed_over);
    env.trust().await;
    let report = env.ask().await;
    assert_eq!((report.fault, report.recorded, env.version().await), (None, 1, Some(own() + 2)));
    assert_eq!(env.day_of_afghanistan().await, "2003-09-24");
    assert_eq!(jobs::seed(&env.store, &SeedSource::embedded(), env.now).await.unwrap(), Seeded::Current);
    assert_eq!(jobs::far_ahead(&env.store).await.unwrap(), None);
    // From there on versions count as ever: trust was for one answer.
    env.publish(later(Facts::of_version(own() + 1)).bundle());
    assert_eq!(env.ask().await.answer, Some(Answer::PassedOver { version: own() + 1, has: own() + 2 }));
    env.publish(later(Facts::of_version(own() + 3)).bundle());
    assert_eq!((env.ask().await.recorded, env.version().await), (1, Some(own() + 3)));
    env.publish(Facts::of_version(u32::MAX).bundle());
    assert!(env.fault().await.contains(&format!("is far ahead of version {}", own() + 3)));
}

#[tokio::test]
async fn facts_that_the_user_names_are_not_replaced() {
    let mut env = Publication::open().await;
    env.publish(later(Facts::of_version(own() + 1)).bundle());
    let given = SeedSource::dir(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))).unwrap();
    let fault = env.ask_with(&given).await.fault.unwrap();
    assert_eq!(fault, "the facts are those of --seeds: no others take their place");
}

#[tokio::test]
async fn a_dataset_that_this_program_cannot_read_keeps_it_from_nothing() {
    let mut env = Publication::open().await;
    env.publish(later(Facts::of_version(own() + 1)).bundle());
    assert_eq!(env.ask().await.recorded, 1);
    // As a newer program may have taken it: whole, and with a word that this one does not know.
    let mut newer = later(Facts::of_version(own() + 1));
    let acts = newer.text("treaties/ctbt/acts.csv");
    *acts = acts.replace("AFG,ratification", "AFG,ratificashun");
    for bundle in [newer.bundle(), "{}".to_owned()] {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bundle.as_bytes()).unwrap();
        let mut conn = env.connect().await;
        let update = "update _source_body set body = ?1 where digest = (select dataset from _watch)";
        sqlx::query(update).bind(packed.finish().unwrap()).execute(&mut conn).await.unwrap();
        sqlx::query("update _watch set projected_by = 'another'").execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let seeded = jobs::seed(&env.store, &SeedSource::embedded(), env.now).await.unwrap();
        assert_eq!(seeded, Seeded::Ahead { has: own() + 1, program: Some(own()) });
        assert_eq!(env.day_of_afghanistan().await, "2003-09-25");
        assert_ne!(env.store.watch().await.unwrap().projected_by.as_deref(), Some("another"));
    }
}

#[tokio::test]
async fn an_older_program_takes_nothing_back() {
    let env = Tracker::empty().await;
    let now = noon("2026-11-24");
    // A newer program has seeded it: its facts are in no dataset.
    for (name, text) in later(Facts::of_version(own() + 8)).0.texts {
        env.write(&format!("newer/{name}"), text);
    }
    jobs::seed(&env.store, &SeedSource::dir(&env.path("newer")).unwrap(), now).await.unwrap();
    let acts = env.store.totals().await.unwrap().acts;
    let seeded = jobs::seed(&env.store, &SeedSource::embedded(), now).await.unwrap();
    assert_eq!(seeded, Seeded::Ahead { has: own() + 8, program: Some(own()) });
    assert_eq!(env.store.totals().await.unwrap().acts, acts);
    assert_eq!(
        jobs::ahead(9, Some(1)),
        "The database has facts of version 9, and this program can read those of version 1: those of the database \
         stay, and catalogues are not read anew. Take a newer program, or name the facts with --seeds"
    );
}
