//! What one source says, and what is made of it: believed, doubted, trusted, left for a person.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::any;
use treatywatch::domain::reconcile::Finding;
use treatywatch::domain::source::{FindingState, Policy};
use treatywatch::jobs::{self, Answer, AskReport, AskSettings, ask_source};
use treatywatch::sources::{PageRules, Shape, Source};
use treatywatch::store::{Decision, Store};

use super::{Desk, HOUR, Mood, World, day, printed};

/// A server that answers with what it is given, and a desk that watches it.
struct Watch {
    desk: Desk,
    body: Arc<Mutex<(String, String)>>,
}

impl Watch {
    async fn of(shape: Shape, treaty: &str, policy: Policy) -> Self {
        let mut desk = Desk::open().await;
        let body: Arc<Mutex<(String, String)>> = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/status", listener.local_addr().unwrap());
        let given = Arc::clone(&body);
        let answer = move || async move {
            let (media_type, body) = given.lock().unwrap().clone();
            ([("content-type", media_type)], body)
        };
        let router = Router::new().route("/status", any(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let name = "watched".to_owned();
        let source = Source { name, shape, treaty: treaty.parse().ok(), url: url.parse().unwrap(), policy };
        desk.sources.sources = vec![source];
        jobs::put_sources(&desk.store, &desk.sources.sources).await.unwrap();
        Self { desk, body }
    }

    fn says(&self, media_type: &str, body: &str) {
        *self.body.lock().unwrap() = (media_type.to_owned(), body.to_owned());
    }

    /// Asks at once, whatever the schedule.
    async fn ask(&self) -> AskReport {
        let Desk { store, sources, now, .. } = &self.desk;
        let (now, next_at) = (*now, *now + HOUR * 6);
        let (routes, seeds) = (&sources.routes, sources.seeds.as_ref());
        let settings = AskSettings { routes, seeds, next_at, today: now.date_naive(), now };
        ask_source(store, &sources.fetcher, &sources.sources[0], settings).await.unwrap()
    }

    async fn trust(&self) {
        let health = self.desk.store.sources().await.unwrap().remove(0);
        jobs::trust(&self.desk.store, &health, self.desk.now).await.unwrap();
    }

    async fn open(&self) -> Vec<Finding> {
        let open = self.desk.store.findings(Some(FindingState::Open)).await.unwrap();
        open.into_iter().map(|row| row.finding).collect()
    }

    /// What was told by the time so many hours have passed.
    async fn told_in(&mut self, hours: i32) -> Vec<String> {
        self.desk.told.clear();
        self.desk.pass(hours).await;
        let without_day =
            |line: &String| line.split_once(' ').unwrap().1.split_once(' ').unwrap().1.to_owned();
        self.desk.told.iter().map(without_day).collect()
    }
}

fn page(line: &str) -> String {
    format!("<html><body><nav>Home</nav><main><p>States: 3</p><p>{line}</p></main></body></html>")
}

#[tokio::test]
async fn a_page_is_told_once_its_change_is_confirmed() {
    let rules = PageRules::read(Some("main"), &[]).unwrap();
    let mut watch = Watch::of(Shape::Page(rules), "ctbt", Policy::Review).await;
    watch.says("text/html", &page("Alia"));
    assert_eq!(watch.told_in(12).await, Vec::<String>::new(), "what was there before is not told");
    // For one look it says something else.
    watch.says("text/html", &page("Error 17"));
    watch.desk.pass_until(watch.desk.now + HOUR * 6, HOUR * 6).await;
    watch.says("text/html", &page("Alia"));
    assert_eq!(watch.told_in(12).await, Vec::<String>::new(), "nobody is told of one look");
    watch.says("text/html", &page("Boria"));
    let told = watch.told_in(18).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with(
            "source.changed: The source watched (CTBT) gives cause to look: the page has changed"
        )
    );
    let findings = watch.desk.store.findings(Some(FindingState::Open)).await.unwrap();
    let Finding::Page { diff, .. } = &findings[0].finding else { panic!("{findings:?}") };
    assert!(diff.contains("-Alia\n+Boria\n"), "{diff}");
    // What each change was made of is kept as it came.
    assert_eq!(watch.desk.store.source_bodies("watched").await.unwrap().len(), 2);
    watch.desk.accept(|_| true, None).await;
    assert_eq!(watch.told_in(24).await, Vec::<String>::new());

    // By other rules it is another page: what it said before counts no more, and is not asked by.
    let seen = async |store: &Store| store.sources().await.unwrap().remove(0).state.seen.is_some();
    jobs::put_sources(&watch.desk.store, &watch.desk.sources.sources).await.unwrap();
    assert!(seen(&watch.desk.store).await, "by the same rules it is the same");
    watch.desk.sources.sources[0].shape = Shape::Page(PageRules::read(Some("nav"), &[]).unwrap());
    jobs::put_sources(&watch.desk.store, &watch.desk.sources.sources).await.unwrap();
    assert!(!seen(&watch.desk.store).await);
    assert_eq!(watch.told_in(24).await, Vec::<String>::new(), "what is there now is where it begins");
}

#[tokio::test]
async fn entries_of_a_feed_are_told_once_and_what_was_refused_is_not_asked_again() {
    let item = |id: u32, title: &str| format!("<item><guid>{id}</guid><title>{title}</title></item>");
    let feed = |items: &str| format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>");
    let shape = Shape::Feed { words: vec!["2231".to_owned()] };
    let mut watch = Watch::of(shape, "unscr-2231", Policy::Review).await;
    let old = item(1, "S/RES/2231 (2015)");
    watch.says("application/rss+xml", &feed(&old));
    assert_eq!(watch.told_in(12).await, Vec::<String>::new());
    let new = format!("{}{}{old}", item(2, "On 2231: a letter"), item(3, "On 2232"));
    watch.says("application/rss+xml", &feed(&new));
    watch.desk.told.clear();
    watch.desk.pass(12).await;
    let open = watch.desk.store.findings(Some(FindingState::Open)).await.unwrap();
    assert_eq!(open.iter().map(|row| row.finding.key()).collect::<Vec<_>>(), ["entry|2"]);
    let decision = Decision { by: "analyst", note: Some("read"), at: watch.desk.now };
    jobs::reject(&watch.desk.store, &open[0], decision).await.unwrap();
    // It leaves the feed, and comes back.
    watch.says("application/rss+xml", &feed(&old));
    watch.desk.pass(12).await;
    watch.says("application/rss+xml", &feed(&new));
    watch.desk.pass(12).await;
    assert!(watch.desk.open_findings().await.is_empty());
}

#[tokio::test]
async fn a_doubted_source_can_be_trusted_and_many_new_acts_are_questions() {
    let mut watch = Watch::of(Shape::Untc { fallback: None }, "ctbt", Policy::Auto).await;
    let mut world = World::of(&watch.desk.store, "ctbt").await;
    watch.says("text/xml", &world.xml(1.0));
    assert_eq!(watch.told_in(12).await, Vec::<String>::new());
    // Nine ratifications, as no day brings them and a year might.
    let without: Vec<String> = world
        .rows
        .iter()
        .filter(|(_, (_, consent))| consent.is_empty())
        .map(|(name, _)| name.clone())
        .collect();
    for name in without.iter().chain(world.rows.keys().cloned().collect::<Vec<_>>().iter()).take(9) {
        world.rows.get_mut(name).unwrap().1 = printed(day("2026-08-30"));
    }
    watch.says("text/xml", &world.xml(1.0));
    let told = watch.told_in(12).await;
    assert!(
        told.iter().any(|line| line.starts_with("status.changed") || line.contains("progress")),
        "{told:?}"
    );
    // Half of the rows leave: it is not believed, until somebody says that it is so.
    let names: Vec<String> = world.rows.keys().take(100).cloned().collect();
    for name in names {
        world.rows.remove(&name);
    }
    watch.says("text/xml", &world.xml(1.0));
    let told = watch.told_in(24).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("source.failing: ") && told[0].contains("entries at once"), "{told:?}");
    watch.trust().await;
    let told = watch.told_in(6).await;
    assert_eq!(told.len(), 2, "{told:?}");
    let open = watch.open().await;
    let gone = open.iter().filter(|finding| matches!(finding, Finding::Gone { .. }));
    assert_eq!(
        (gone.count(), open.len()),
        (open.len(), open.len()),
        "all that it listed before and lists no more"
    );
    assert!(100 < open.len(), "{}", open.len());
    assert!(told.iter().any(|line| line.starts_with("source.changed: ")), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("source.recovered: ")), "{told:?}");
}

#[tokio::test]
async fn what_a_trusted_source_says_is_told_like_any_other() {
    let rules = PageRules::read(Some("main"), &[]).unwrap();
    let watch = Watch::of(Shape::Page(rules), "ctbt", Policy::Review).await;
    watch.says("text/html", &page("Alia"));
    assert_eq!(watch.ask().await.answer, Some(Answer::First));
    assert_eq!(watch.ask().await.answer, Some(Answer::Same));
    watch.says("text/html", &page("Boria"));
    let again_at = watch.desk.now + HOUR / 4;
    assert_eq!(watch.ask().await.answer, Some(Answer::Unconfirmed { again_at }));
    assert!(watch.open().await.is_empty());
    // Who trusts it has looked already.
    watch.says("text/html", &page("Celia"));
    watch.trust().await;
    let report = watch.ask().await;
    assert_eq!((report.answer, report.opened, report.alerts.len()), (Some(Answer::New), 1, 1));
    let open = watch.open().await;
    assert!(
        matches!(open.as_slice(), [Finding::Page { diff, .. }] if diff.contains("-Alia\n+Celia\n")),
        "{open:?}"
    );
    // Once, and no longer.
    watch.says("text/html", &page("Delia"));
    assert_eq!(watch.ask().await.answer, Some(Answer::Unconfirmed { again_at }));

    let feed = |titles: &[&str]| {
        let item = |title: &&str| format!("<item><guid>{title}</guid><title>{title}</title></item>");
        let items: String = titles.iter().map(item).collect();
        format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>")
    };
    let mut watch = Watch::of(Shape::Feed { words: Vec::new() }, "ctbt", Policy::Review).await;
    watch.says("application/rss+xml", &feed(&["Old"]));
    assert_eq!(watch.told_in(6).await, Vec::<String>::new());
    watch.says("application/rss+xml", &feed(&["New", "Old"]));
    watch.trust().await;
    assert_eq!(watch.ask().await.opened, 1);
    assert!(matches!(watch.open().await.as_slice(), [Finding::Entry { title, .. }] if title == "New"));
}

#[tokio::test]
async fn a_list_of_another_treaty_is_no_list_of_this_one() {
    let watch = Watch::of(Shape::Untc { fallback: None }, "cwc", Policy::Auto).await;
    let world = World::of(&watch.desk.store, "ctbt").await;
    watch.says("text/xml", &world.xml(1.0));
    let fault = watch.ask().await.fault.unwrap();
    assert!(fault.ends_with("it may be about another treaty"), "{fault}");
    assert!(watch.open().await.is_empty());
    // A person can insist: then each difference is a question.
    watch.trust().await;
    let report = watch.ask().await;
    assert_eq!((report.fault, report.recorded), (None, 0));
    assert!(100 < report.opened, "{}", report.opened);
    // Whoever takes the source out of the configuration can still say what became of its findings.
    jobs::put_sources(&watch.desk.store, &[]).await.unwrap();
    let decision = Decision { by: "analyst", note: Some("wrong address"), at: watch.desk.now };
    for row in watch.desk.store.findings(Some(FindingState::Open)).await.unwrap() {
        jobs::reject(&watch.desk.store, &row, decision).await.unwrap();
    }
    assert!(watch.open().await.is_empty());

    // Of some treaties the record has no act of a state that could tell one list from another.
    let watch = Watch::of(Shape::Untc { fallback: None }, "outer-space-treaty", Policy::Auto).await;
    let mut few = world;
    few.rows.retain(|name, _| ["Austria", "Benin", "Chile"].contains(&name.as_str()));
    watch.says("text/xml", &few.xml(1.0));
    let report = watch.ask().await;
    assert_eq!((report.fault, report.recorded), (None, 0), "nothing is recorded by itself");
    let open = watch.open().await;
    assert_eq!(open.iter().filter(|finding| matches!(finding, Finding::New { .. })).count(), 6, "{open:?}");
}

#[tokio::test]
async fn what_has_changed_in_notes_can_be_read() {
    let mut watch = Watch::of(Shape::Untc { fallback: None }, "ctbt", Policy::Auto).await;
    let mut world = World::of(&watch.desk.store, "ctbt").await;
    let notes =
        |notes: &[&str]| notes.iter().map(|note| format!("<EndNote>{note}</EndNote>")).collect::<String>();
    world.notes = notes(&["1 A note.", "2 Another."]);
    watch.says("text/xml", &world.xml(1.0));
    assert_eq!(watch.told_in(6).await, Vec::<String>::new());
    world.notes = notes(&["1 A note.", "2 Another.", "3 On 12 November 2026 Alia gave notice."]);
    watch.says("text/xml", &world.xml(1.0));
    assert_eq!(watch.told_in(6).await.len(), 1);
    let open = watch.open().await;
    let [Finding::Notes { diff, .. }] = open.as_slice() else { panic!("{open:?}") };
    assert!(diff.ends_with(" 2 Another.\n+3 On 12 November 2026 Alia gave notice.\n"), "{diff}");
}

#[tokio::test]
async fn a_pause_that_a_host_asks_for_is_no_failure_of_its_other_sources() {
    let mut desk = Desk::open().await;
    let collection = desk.sources.sources.iter().find(|it| it.name == "collection").unwrap().clone();
    desk.sources.sources = vec![collection.clone(), Source { name: "beside".to_owned(), ..collection }];
    jobs::put_sources(&desk.store, &desk.sources.sources).await.unwrap();
    desk.change(|world| world.mood = Mood::Status(429, Some("900")));
    desk.pass(6).await;
    assert_eq!(desk.upstream.lock().unwrap().asked, 1);
    let mut states: Vec<_> = desk.store.sources().await.unwrap().into_iter().map(|it| it.state).collect();
    states.sort_by_key(|state| state.failures);
    let [left_alone, asked] = states.try_into().unwrap();
    assert_eq!((asked.failures, asked.last_error.as_deref()), (1, Some("it answered 429 Too Many Requests")));
    assert_eq!((left_alone.failures, left_alone.last_error, left_alone.asked_at), (0, None, None));
    assert_eq!(left_alone.next_at, Some(desk.now + HOUR / 4));
    desk.change(|world| world.mood = Mood::Well);
    desk.pass_until(desk.now + HOUR / 4, HOUR / 4).await;
    let health = desk.store.sources().await.unwrap();
    assert!(health.iter().any(|it| it.state.failures == 0 && it.state.seen.is_some()), "{health:?}");
}
