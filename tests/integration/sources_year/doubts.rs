//! What one source says, and what is made of it: believed, doubted, trusted, left for a person.

use axum::Router;
use axum::routing::any;
use chrono::{Days, NaiveDate};
use sha2::{Digest as _, Sha256};
use treatywatch::domain::alert_kind::AlertKind;
use treatywatch::domain::baseline::Baseline;
use treatywatch::domain::reconcile::Finding;
use treatywatch::domain::source::{FindingState, INTERRUPTED, Policy, PollMark, Seen};
use treatywatch::jobs::{self, Answer, AskReport, AskSettings, ask_source};
use treatywatch::sources::{PageRules, Shape, Source, unpack};
use treatywatch::store::{Decision, Store};

use super::{HOUR, Mood, Simulation, World, printed};
use crate::env::{Page, at, day};

/// One page, and a tracker that polls it.
struct Watch {
    env: Simulation,
    page: Page,
}

impl Watch {
    async fn of(shape: Shape, treaty: &str, policy: Policy) -> Self {
        let mut env = Simulation::open().await;
        let page = Page::start("/status").await;
        let name = "watched".to_owned();
        let source =
            Source { name, shape, treaty: treaty.parse().ok(), url: page.url.parse().unwrap(), policy };
        env.sources.sources = vec![source];
        jobs::put_sources(&env.store, &env.sources.sources).await.unwrap();
        Self { env, page }
    }

    /// Asks at once, whatever the schedule.
    async fn ask(&self) -> AskReport {
        let Simulation { tracker, sources, now, .. } = &self.env;
        let (now, next_at) = (*now, *now + HOUR * 6);
        let (routes, seeds) = (&sources.routes, sources.seeds.as_ref());
        let settings = AskSettings { routes, seeds, next_at, today: now.date_naive(), now };
        ask_source(&tracker.store, &sources.fetcher, &sources.sources[0], settings).await.unwrap()
    }

    async fn trust(&self) {
        let health = self.env.source().await;
        jobs::trust(&self.env.store, &health, self.env.now).await.unwrap();
    }

    /// Has the source say what an earlier program had kept of it.
    async fn kept(&self, seen: Seen) {
        let mut state = self.env.source().await.state;
        state.seen = Some(seen);
        let mut tx = self.env.store.begin().await.unwrap();
        tx.save_source("watched", &state).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Up to which day the facts of the CTBT reach.
    async fn reach(&self) -> NaiveDate {
        let file = self.env.store.load_treaty(&"ctbt".parse().unwrap()).await.unwrap();
        file.unwrap().treaty.facts_as_of
    }

    /// Since when nobody has confirmed the facts of the CTBT, if a check of a day says that.
    async fn stale_since(&self, today: NaiveDate) -> Option<NaiveDate> {
        let report = self.env.check_at(today, self.env.now).await;
        let is_stale = |kind, subject: &str| kind == AlertKind::FactsStale && subject == "ctbt";
        let stale = report.alerts.iter().find(|raised| is_stale(raised.alert.kind, raised.alert.subject()));
        stale.map(|raised| raised.alert.on.first_day())
    }

    async fn open(&self) -> Vec<Finding> {
        let open = self.env.store.findings(Some(FindingState::Open)).await.unwrap();
        open.into_iter().map(|row| row.finding).collect()
    }

    /// What was told by the time so many hours have passed.
    async fn told_in(&mut self, hours: i32) -> Vec<String> {
        self.env.told.clear();
        self.env.pass(hours).await;
        let without_day =
            |line: &String| line.split_once(' ').unwrap().1.split_once(' ').unwrap().1.to_owned();
        self.env.told.iter().map(without_day).collect()
    }
}

fn page(line: &str) -> String {
    format!("<html><body><nav>Home</nav><main><p>States: 3</p><p>{line}</p></main></body></html>")
}

#[tokio::test]
async fn a_page_is_told_once_its_change_is_confirmed() {
    let rules = PageRules::read(Some("main"), &[]).unwrap();
    let mut watch = Watch::of(Shape::Page(rules), "ctbt", Policy::Review).await;
    watch.page.says("text/html", &page("Alia"));
    assert_eq!(watch.told_in(12).await, Vec::<String>::new(), "what was there before is not told");
    // For one look it says something else.
    watch.page.says("text/html", &page("Error 17"));
    watch.env.pass_until(watch.env.now + HOUR * 6, HOUR * 6).await;
    watch.page.says("text/html", &page("Alia"));
    assert_eq!(watch.told_in(12).await, Vec::<String>::new(), "nobody is told of one look");
    watch.page.says("text/html", &page("Boria"));
    let told = watch.told_in(18).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(
        "source.changed: The source watched (CTBT) has findings to review: the page has changed"
    ));
    let findings = watch.env.store.findings(Some(FindingState::Open)).await.unwrap();
    let Finding::Page { diff, .. } = &findings[0].finding else { panic!("{findings:?}") };
    assert!(diff.contains("-Alia\n+Boria\n"), "{diff}");
    // What each change was made of is kept as it came.
    assert_eq!(watch.env.store.source_bodies("watched").await.unwrap().len(), 2);
    watch.env.accept(|_| true, None).await;
    assert_eq!(watch.told_in(24).await, Vec::<String>::new());

    // By other rules it is another page: what it said before counts no more, and is not asked by.
    let seen = async |store: &Store| store.sources().await.unwrap().remove(0).state.seen.is_some();
    jobs::put_sources(&watch.env.store, &watch.env.sources.sources).await.unwrap();
    assert!(seen(&watch.env.store).await, "by the same rules it is the same");
    watch.env.sources.sources[0].shape = Shape::Page(PageRules::read(Some("nav"), &[]).unwrap());
    jobs::put_sources(&watch.env.store, &watch.env.sources.sources).await.unwrap();
    assert!(!seen(&watch.env.store).await);
    assert_eq!(watch.told_in(24).await, Vec::<String>::new(), "what is there now is where it begins");
}

#[tokio::test]
async fn entries_of_a_feed_are_told_once_and_what_was_refused_is_not_asked_again() {
    let item = |id: u32, title: &str| format!("<item><guid>{id}</guid><title>{title}</title></item>");
    let feed = |items: &str| format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>");
    let shape = Shape::Feed { words: vec!["2231".to_owned()] };
    let mut watch = Watch::of(shape, "unscr-2231", Policy::Review).await;
    let old = item(1, "S/RES/2231 (2015)");
    watch.page.says("application/rss+xml", &feed(&old));
    assert_eq!(watch.told_in(12).await, Vec::<String>::new());
    let new = format!("{}{}{old}", item(2, "On 2231: a letter"), item(3, "On 2232"));
    watch.page.says("application/rss+xml", &feed(&new));
    watch.env.told.clear();
    watch.env.pass(12).await;
    let open = watch.env.store.findings(Some(FindingState::Open)).await.unwrap();
    assert_eq!(open.iter().map(|row| row.finding.key()).collect::<Vec<_>>(), ["entry|2"]);
    let decision = Decision { by: "analyst", note: Some("read"), at: watch.env.now };
    jobs::reject(&watch.env.store, &open[0], decision).await.unwrap();
    // It leaves the feed, and comes back.
    watch.page.says("application/rss+xml", &feed(&old));
    watch.env.pass(12).await;
    watch.page.says("application/rss+xml", &feed(&new));
    watch.env.pass(12).await;
    assert!(watch.env.open_findings().await.is_empty());
}

#[tokio::test]
async fn a_doubted_source_can_be_trusted_and_many_new_acts_are_questions() {
    let mut watch = Watch::of(Shape::Untc { fallback: None }, "ctbt", Policy::Auto).await;
    let mut world = World::of(&watch.env.store, "ctbt").await;
    watch.page.says("text/xml", &world.xml(1.0));
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
    watch.page.says("text/xml", &world.xml(1.0));
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
    watch.page.says("text/xml", &world.xml(1.0));
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
    watch.page.says("text/html", &page("Alia"));
    assert_eq!(watch.ask().await.answer, Some(Answer::First));
    assert_eq!(watch.ask().await.answer, Some(Answer::Same));
    watch.page.says("text/html", &page("Boria"));
    let again_at = watch.env.now + HOUR / 4;
    assert_eq!(watch.ask().await.answer, Some(Answer::Unconfirmed { again_at }));
    assert!(watch.open().await.is_empty());
    // Who trusts it has looked already.
    watch.page.says("text/html", &page("Celia"));
    watch.trust().await;
    let report = watch.ask().await;
    assert_eq!((report.answer, report.opened, report.alerts.len()), (Some(Answer::New), 1, 1));
    let open = watch.open().await;
    assert!(
        matches!(open.as_slice(), [Finding::Page { diff, .. }] if diff.contains("-Alia\n+Celia\n")),
        "{open:?}"
    );
    // Once, and no longer.
    watch.page.says("text/html", &page("Delia"));
    assert_eq!(watch.ask().await.answer, Some(Answer::Unconfirmed { again_at }));

    let feed = |titles: &[&str]| {
        let item = |title: &&str| format!("<item><guid>{title}</guid><title>{title}</title></item>");
        let items: String = titles.iter().map(item).collect();
        format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>")
    };
    let mut watch = Watch::of(Shape::Feed { words: Vec::new() }, "ctbt", Policy::Review).await;
    watch.page.says("application/rss+xml", &feed(&["Old"]));
    assert_eq!(watch.told_in(6).await, Vec::<String>::new());
    watch.page.says("application/rss+xml", &feed(&["New", "Old"]));
    watch.trust().await;
    assert_eq!(watch.ask().await.opened, 1);
    assert!(matches!(watch.open().await.as_slice(), [Finding::Entry { title, .. }] if title == "New"));
}

#[tokio::test]
async fn a_list_of_another_treaty_is_no_list_of_this_one() {
    let watch = Watch::of(Shape::Untc { fallback: None }, "cwc", Policy::Auto).await;
    let world = World::of(&watch.env.store, "ctbt").await;
    watch.page.says("text/xml", &world.xml(1.0));
    let fault = watch.ask().await.fault.unwrap();
    assert!(fault.ends_with("it may be about another treaty"), "{fault}");
    assert!(watch.open().await.is_empty());
    // A person can insist: then each difference is a question.
    watch.trust().await;
    let report = watch.ask().await;
    assert_eq!((report.fault, report.recorded), (None, 0));
    assert!(100 < report.opened, "{}", report.opened);
    // Whoever takes the source out of the configuration can still say what became of its findings.
    jobs::put_sources(&watch.env.store, &[]).await.unwrap();
    let decision = Decision { by: "analyst", note: Some("wrong address"), at: watch.env.now };
    for row in watch.env.store.findings(Some(FindingState::Open)).await.unwrap() {
        jobs::reject(&watch.env.store, &row, decision).await.unwrap();
    }
    assert!(watch.open().await.is_empty());

    // Of some treaties the record has no act of a state that could tell one list from another.
    let watch = Watch::of(Shape::Untc { fallback: None }, "ppwt", Policy::Auto).await;
    let mut few = world;
    few.rows.retain(|name, _| ["Austria", "Benin", "Chile"].contains(&name.as_str()));
    watch.page.says("text/xml", &few.xml(1.0));
    let report = watch.ask().await;
    assert_eq!((report.fault, report.recorded), (None, 0), "nothing is recorded by itself");
    let open = watch.open().await;
    assert_eq!(open.iter().filter(|finding| matches!(finding, Finding::New { .. })).count(), 6, "{open:?}");
}

#[tokio::test]
async fn what_has_changed_in_notes_can_be_read() {
    let mut watch = Watch::of(Shape::Untc { fallback: None }, "ctbt", Policy::Auto).await;
    let mut world = World::of(&watch.env.store, "ctbt").await;
    let notes =
        |notes: &[&str]| notes.iter().map(|note| format!("<EndNote>{note}</EndNote>")).collect::<String>();
    world.notes = notes(&["1 A note.", "2 Another."]);
    watch.page.says("text/xml", &world.xml(1.0));
    assert_eq!(watch.told_in(6).await, Vec::<String>::new());
    world.notes = notes(&["1 A note.", "2 Another.", "3 On 12 November 2026 Alia gave notice."]);
    watch.page.says("text/xml", &world.xml(1.0));
    assert_eq!(watch.told_in(6).await.len(), 1);
    let open = watch.open().await;
    let [Finding::Notes { diff, .. }] = open.as_slice() else { panic!("{open:?}") };
    assert!(diff.ends_with(" 2 Another.\n+3 On 12 November 2026 Alia gave notice.\n"), "{diff}");
}

#[tokio::test]
async fn a_pause_that_a_host_asks_for_is_no_failure_of_its_other_sources() {
    let mut env = Simulation::open().await;
    let collection = env.sources.sources.iter().find(|it| it.name == "collection").unwrap().clone();
    env.sources.sources = vec![collection.clone(), Source { name: "beside".to_owned(), ..collection }];
    jobs::put_sources(&env.store, &env.sources.sources).await.unwrap();
    env.change(|world| world.mood = Mood::Status(429, Some("900")));
    env.pass(6).await;
    assert_eq!(env.upstream.lock().unwrap().asked, 1);
    let mut states: Vec<_> = env.store.sources().await.unwrap().into_iter().map(|it| it.state).collect();
    states.sort_by_key(|state| state.failures);
    let [left_alone, asked] = states.try_into().unwrap();
    assert_eq!((asked.failures, asked.last_error.as_deref()), (1, Some("it answered 429 Too Many Requests")));
    assert_eq!((left_alone.failures, left_alone.last_error, left_alone.asked_at), (0, None, None));
    assert_eq!(left_alone.next_at, Some(env.now + HOUR / 4));
    env.change(|world| world.mood = Mood::Well);
    env.pass_until(env.now + HOUR / 4, HOUR / 4).await;
    let health = env.store.sources().await.unwrap();
    assert!(health.iter().any(|it| it.state.failures == 0 && it.state.seen.is_some()), "{health:?}");
}

#[tokio::test]
async fn a_page_that_differs_at_every_poll_is_reported_once_and_polled_as_scheduled() {
    let rules = PageRules::read(Some("main"), &[]).unwrap();
    let watch = Watch::of(Shape::Page(rules), "ctbt", Policy::Review).await;
    let mut count = 0;
    let mut says = |watch: &Watch, lines: &str| {
        count += 1;
        watch.page.says("text/html", &page(&format!("{lines}</p><p>Visitor {count}")));
    };
    says(&watch, "Alia");
    assert_eq!(watch.ask().await.answer, Some(Answer::First));
    for _ in 0..2 {
        says(&watch, "Alia");
        assert!(matches!(watch.ask().await.answer, Some(Answer::Unconfirmed { .. })));
    }
    says(&watch, "Alia");
    let report = watch.ask().await;
    assert_eq!((report.answer, report.opened, report.alerts.len()), (Some(Answer::Varies), 1, 1));
    let sentence = &report.alerts[0].alert.sentence;
    assert!(sentence.contains("differs at every poll; set `ignore` or `select`"), "{sentence}");
    assert_eq!(watch.open().await, [Finding::Varies { lines: vec!["Visitor 4".to_owned()] }]);
    let state = watch.env.source().await.state;
    assert_eq!(state.next_at, Some(watch.env.now + HOUR * 6), "not every quarter of an hour");
    let pulses = watch.env.store.source_pulses().await.unwrap();
    assert!(pulses[0].varies);
    // It is read, and not raised again.
    watch.env.accept(|_| true, None).await;
    says(&watch, "Alia");
    let report = watch.ask().await;
    assert_eq!((report.answer, report.opened, report.alerts.len()), (Some(Answer::Varies), 0, 0));
    // What changes among the lines that stay is reported, behind the counter as well.
    let mut opened = Vec::new();
    for _ in 0..4 {
        says(&watch, "Boria");
        opened.push(watch.ask().await.opened);
    }
    assert_eq!(opened, [0, 0, 1, 0]);
    let open = watch.open().await;
    let [Finding::Page { diff, .. }] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!(diff, "-Alia\n+Boria\n");
    // Two polls that are the same, and it is a page like any other.
    assert_eq!(watch.ask().await.answer, Some(Answer::New));
    assert!(!watch.env.store.source_pulses().await.unwrap()[0].varies);
    assert_eq!(watch.ask().await.answer, Some(Answer::Same));
}

#[tokio::test]
async fn what_the_depositary_marks_as_without_effect_is_a_question_and_never_an_act() {
    let mut watch = Watch::of(Shape::Untc { fallback: None }, "ctbt", Policy::Auto).await;
    let mut world = World::of(&watch.env.store, "ctbt").await;
    watch.page.says("text/xml", &world.xml(1.0));
    assert_eq!(watch.told_in(6).await, Vec::<String>::new());
    // It ratified, and withdrew that, before anybody had seen either.
    world.rows.get_mut("Nepal").unwrap().1 = format!("[{}]", printed(day("2026-08-28")));
    watch.page.says("text/xml", &world.xml(1.0));
    let told = watch.told_in(12).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("Nepal: ratification of 28 August 2026 (marked as no longer in effect)"),
        "{told:?}"
    );
    assert!(watch.env.acts_of("NPL").await.iter().all(|act| !act.as_str().contains("ratification")));
    // Nobody takes it in as one that stands, one by one or with others.
    let rows = watch.env.store.findings(Some(FindingState::Open)).await.unwrap();
    let decision = Decision { by: "analyst", note: None, at: watch.env.now };
    let today = watch.env.now.date_naive();
    let refused = jobs::accept(&watch.env.store, &rows[0], None, decision, today).await.unwrap_err();
    assert!(
        refused.to_string().contains("record it and what ended it with `treatywatch record`"),
        "{refused}"
    );
    let health = watch.env.source().await;
    let all = jobs::accept_all(&watch.env.store, &health, decision, today).await.unwrap();
    assert_eq!((all.accepted.len(), all.left.len()), (0, 1), "{all:?}");
    assert_eq!(watch.open().await.len(), 1);
}

#[tokio::test]
async fn all_findings_of_a_source_are_decided_at_once_and_old_acts_are_one_alert() {
    let watch = Watch::of(Shape::Untc { fallback: None }, "ppwt", Policy::Review).await;
    let world = World::of(&watch.env.store, "ctbt").await;
    watch.page.says("text/xml", &world.xml(1.0));
    watch.trust().await;
    let opened = watch.ask().await.opened;
    assert!(300 < opened, "each act of a first list can be reviewed: {opened}");
    let (now, today) = (watch.env.now, watch.env.now.date_naive());
    let decision = Decision { by: "analyst", note: Some("first list"), at: now };
    let health = watch.env.source().await;
    let all = jobs::accept_all(&watch.env.store, &health, decision, today).await.unwrap();
    assert_eq!(all.accepted.len() + all.left.len(), opened);
    assert!(300 < all.accepted.len(), "{:?}", &all.left[..all.left.len().min(5)]);
    assert_eq!(watch.open().await.len(), all.left.len());
    let checked = jobs::check(&watch.env.store, &watch.env.settings, today, now, false).await.unwrap();
    let of_acts: Vec<_> = checked
        .alerts
        .iter()
        .map(|it| &it.alert)
        .filter(|it| it.about.is_none() && !it.acts.is_empty())
        .collect();
    assert_eq!(of_acts.len(), 1, "{:#?}", of_acts.iter().map(|it| &it.sentence).collect::<Vec<_>>());

    // Rejected at once, in the same way.
    let mut world = world;
    for (number, name) in world.rows.keys().cloned().collect::<Vec<_>>().into_iter().take(40).enumerate() {
        world.rows.get_mut(&name).unwrap().1 = printed(day(&format!("2026-08-{:02}", 1 + number % 20)));
    }
    watch.page.says("text/xml", &world.xml(1.0));
    watch.trust().await;
    watch.ask().await;
    let open = watch.open().await.len();
    assert!(20 < open, "{open}");
    assert_eq!(jobs::reject_all(&watch.env.store, "watched", decision).await.unwrap(), open as u64);
    assert!(watch.open().await.is_empty());
    watch.trust().await;
    assert_eq!(watch.ask().await.opened, 0, "what was refused is not asked again");
}

#[tokio::test]
async fn a_feed_keeps_few_of_the_entries_that_have_left_it() {
    let feed = |from: usize, count: usize| {
        let item = |id: usize| format!("<item><guid>{id:06}</guid><title>Entry {id}</title></item>");
        let items: String = (from..from + count).map(item).collect();
        format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>")
    };
    let watch = Watch::of(Shape::Feed { words: Vec::new() }, "ctbt", Policy::Review).await;
    watch.page.says("application/rss+xml", &feed(0, 10));
    assert_eq!(watch.ask().await.answer, Some(Answer::First));
    for poll in 1..5 {
        watch.page.says("application/rss+xml", &feed(poll * 1_000, 1_000));
        let report = watch.ask().await;
        assert_eq!((report.answer, report.opened, report.alerts.len()), (Some(Answer::New), 51, 1));
    }
    let open = watch.open().await;
    let more = open.iter().filter(|it| matches!(it, Finding::MoreEntries { count: 950, .. })).count();
    assert_eq!((open.len(), more), (4 * 51, 4));
    let state = watch.env.source().await.state;
    let Some(Seen::Feed { entries }) = state.seen else { panic!("{state:?}") };
    assert_eq!(entries.len(), 3_000, "those of the feed, and the latest of the others");
    assert!(entries.contains(&"004000".to_owned()) && entries.contains(&"002999".to_owned()));
    assert!(!entries.contains(&"001000".to_owned()));
    // An entry that only leaves is nothing new, and one that comes back is none either.
    watch.page.says("application/rss+xml", &feed(4_000, 900));
    assert_eq!(watch.ask().await.answer, Some(Answer::Same));
    watch.page.says("application/rss+xml", &feed(4_000, 1_000));
    assert_eq!(watch.ask().await.answer, Some(Answer::Same));
}

#[tokio::test]
async fn answers_are_kept_up_to_a_number() {
    let rules = PageRules::read(Some("main"), &[]).unwrap();
    let watch = Watch::of(Shape::Page(rules), "ctbt", Policy::Review).await;
    for number in 0..12 {
        watch.page.says("text/html", &page(&format!("Answer {number}")));
        watch.trust().await;
        watch.ask().await;
    }
    let kept = watch.env.store.source_bodies("watched").await.unwrap();
    assert_eq!(kept.len(), 8);
    let texts = kept.iter().map(|kept| String::from_utf8(unpack(&kept.packed).unwrap()).unwrap());
    let texts: Vec<String> = texts.collect();
    let latest =
        texts.iter().filter(|text| (4..12).any(|number| text.contains(&format!("Answer {number}<"))));
    assert_eq!(latest.count(), 8, "{texts:?}");
}

#[tokio::test]
async fn a_source_that_its_host_keeps_from_being_polled_for_days_is_failing_once() {
    let mut env = Simulation::open().await;
    let collection = env.sources.sources.iter().find(|it| it.name == "collection").unwrap().clone();
    // Who may record is polled first, and so is the one that is answered.
    let beside = Source { name: "beside".to_owned(), policy: Policy::Review, ..collection.clone() };
    env.sources.sources = vec![collection, beside];
    jobs::put_sources(&env.store, &env.sources.sources).await.unwrap();
    env.pass(6).await;
    env.change(|world| world.mood = Mood::Status(503, Some("86400")));
    env.told.clear();
    env.pass(2 * 24).await;
    let health = env.store.sources().await.unwrap();
    let beside = &health.iter().find(|it| it.row.name == "beside").unwrap().state;
    assert_eq!((beside.paused_since.is_some(), beside.failures, beside.told), (true, 0, false));
    env.pass(3 * 24).await;
    let failing: Vec<&String> = env.told.iter().filter(|line| line.contains("source.failing")).collect();
    assert_eq!(env.told.len(), failing.len(), "{:?}", env.told);
    assert_eq!(failing.iter().filter(|line| line.contains("beside")).count(), 1, "{failing:?}");
    assert!(env.store.sources().await.unwrap().iter().all(|it| it.state.told));
    env.pass(10 * 24).await;
    assert_eq!(env.told.iter().filter(|line| line.contains("beside")).count(), 1, "once: {:?}", env.told);
    env.change(|world| world.mood = Mood::Well);
    env.told.clear();
    env.pass(3 * 24).await;
    assert!(env.told.iter().all(|line| line.contains("source.recovered")), "{:?}", env.told);
    assert!(env.told.iter().any(|line| line.contains("beside")), "{:?}", env.told);
    assert!(env.store.sources().await.unwrap().iter().all(|it| !it.state.told));
}

#[tokio::test]
async fn a_poll_that_ends_the_program_is_not_the_first_thing_of_the_next_start() {
    let rules = PageRules::read(Some("main"), &[]).unwrap();
    let mut watch = Watch::of(Shape::Page(rules), "ctbt", Policy::Review).await;
    watch.page.says("text/html", &page("Alia"));
    watch.env.pass(6).await;
    // Its next time stands in the database before the answer has come.
    let (asked, mut questions) = tokio::sync::mpsc::channel::<()>(1);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route(
        "/status",
        any(move || async move {
            asked.send(()).await.unwrap();
            std::future::pending::<()>().await
        }),
    );
    tokio::spawn(async move { axum::serve(listener, router).await });
    watch.env.sources.sources[0].url = format!("http://{address}/status").parse().unwrap();
    jobs::put_sources(&watch.env.store, &watch.env.sources.sources).await.unwrap();
    watch.env.now += HOUR * 6;
    let (now, today) = (watch.env.now, watch.env.now.date_naive());
    {
        let polling = jobs::ask_due(&watch.env.store, &watch.env.sources, today, now);
        tokio::select! {
            _ = polling => panic!("nothing has been answered"),
            _ = questions.recv() => {}
        }
    }
    let state = watch.env.source().await.state;
    assert_eq!(state.poll, Some(PollMark::Running));
    let next_at = state.next_at.unwrap();
    assert!(now + HOUR < next_at, "{next_at}");
    // The program ended there. At the next start that is a failure, and nothing is due.
    let routes = &watch.env.sources.routes;
    assert!(jobs::note_interrupted(&watch.env.store, routes, today, now).await.unwrap().is_empty());
    let state = watch.env.source().await.state;
    assert_eq!((state.poll, state.failures), (Some(PollMark::Interrupted), 1));
    assert_eq!((state.next_at, state.last_error.as_deref()), (Some(next_at), Some(INTERRUPTED)));
    assert!(jobs::ask_due(&watch.env.store, &watch.env.sources, today, now).await.unwrap().is_empty());
    // Three times, and people know of it.
    let mut alerts = Vec::new();
    for _ in 0..2 {
        watch.env.store.begin_poll("watched", next_at).await.unwrap();
        alerts.extend(jobs::note_interrupted(&watch.env.store, routes, today, now).await.unwrap());
    }
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].alert.sentence.contains(INTERRUPTED), "{}", alerts[0].alert.sentence);
    // By hand it is asked at once, and that it answers ends it.
    let own = watch.env.sources.sources[0].clone();
    let healthy = Watch::of(own.shape, "ctbt", Policy::Review).await;
    watch.env.sources.sources[0].url = healthy.env.sources.sources[0].url.clone();
    healthy.page.says("text/html", &page("Alia"));
    assert_eq!(watch.ask().await.fault, None);
    let state = watch.env.source().await.state;
    assert_eq!((state.poll, state.failures, state.last_error), (None, 0, None));
}

#[tokio::test]
async fn a_list_that_agrees_confirms_the_facts_of_its_treaty() {
    let mut watch = Watch::of(Shape::Untc { fallback: None }, "ctbt", Policy::Review).await;
    let world = World::of(&watch.env.store, "ctbt").await;
    let mut other = world.clone();
    let joined = other.rows.values_mut().find(|(_, consent)| consent.is_empty()).unwrap();
    joined.1 = printed(day("2026-11-20"));
    let of_catalogue = watch.reach().await;
    let agreed = day("2026-12-01");
    assert!(of_catalogue < agreed);
    let polls = [
        // What cannot be read confirms nothing, nor does what differs.
        ("2026-11-29", "<html>Maintenance</html>".to_owned(), of_catalogue),
        ("2026-11-30", other.xml(1.0), of_catalogue),
        ("2026-12-01", world.xml(1.0), agreed),
        ("2026-12-02", "<html>Maintenance</html>".to_owned(), agreed),
        ("2026-12-03", other.xml(1.0), agreed),
    ];
    for (on, body, reach) in polls {
        watch.env.now = at(&format!("{on}T12:00:00Z"));
        watch.page.says("text/xml", &body);
        watch.ask().await;
        assert_eq!(watch.reach().await, reach, "{on}");
    }
    // A year after that, and not a day less; not a year after the day of the catalogue.
    let due = agreed.checked_add_days(Days::new(365)).unwrap();
    assert_eq!(watch.stale_since(due.pred_opt().unwrap()).await, None);
    assert_eq!(watch.stale_since(due).await, Some(agreed));
    assert_eq!(watch.stale_since(due.succ_opt().unwrap()).await, None, "once");
    // What a person has refused is no difference any more.
    let open = watch.env.store.findings(Some(FindingState::Open)).await.unwrap();
    let decision = Decision { by: "analyst", note: Some("a misprint"), at: watch.env.now };
    jobs::reject(&watch.env.store, &open[0], decision).await.unwrap();
    assert_eq!(watch.reach().await, agreed);
    watch.env.now = at("2026-12-04T12:00:00Z");
    watch.ask().await;
    assert_eq!(watch.reach().await, day("2026-12-04"));
    // One that is taken out of the configuration has confirmed them all the same, and not those of another treaty.
    jobs::put_sources(&watch.env.store, &[]).await.unwrap();
    assert_eq!(watch.reach().await, day("2026-12-04"));
    let source = Source { treaty: "cwc".parse().ok(), ..watch.env.sources.sources[0].clone() };
    jobs::put_sources(&watch.env.store, &[source]).await.unwrap();
    assert_eq!(watch.reach().await, of_catalogue);

    // A page lists nobody.
    let watch = Watch::of(Shape::Page(PageRules::default()), "ctbt", Policy::Review).await;
    watch.page.says("text/html", &page("Alia"));
    assert_eq!(watch.ask().await.answer, Some(Answer::First));
    assert_eq!(watch.reach().await, of_catalogue);
}

#[tokio::test]
async fn entries_stay_the_same_when_their_addresses_only_look_different() {
    let long = "x".repeat(300);
    let feed = |site: &str, slash: &str| {
        let item = |id: &String| format!("<item><title>Letter</title>{id}</item>");
        let guids = [
            format!("<guid isPermaLink=\"false\">{site}/?p=1</guid>"),
            format!("<guid>{site}/b{slash}</guid>"),
            format!("<guid>{site}/{long}</guid>"),
            format!("<link>{site}/c{slash}</link>"),
        ];
        let items: String = guids.iter().map(item).collect();
        format!("<rss version=\"2.0\"><channel><title>d</title>{items}</channel></rss>")
    };
    let watch = Watch::of(Shape::Feed { words: Vec::new() }, "ctbt", Policy::Review).await;
    watch.page.says("application/rss+xml", &feed("http://example.org", ""));
    assert_eq!(watch.ask().await.answer, Some(Answer::First));
    for (site, slash) in [
        ("https://example.org", ""),
        ("https://www.example.org", "/"),
        ("http://www.example.org", ""),
        ("HTTPS://example.org", "/"),
        ("http://example.org", ""),
    ] {
        watch.page.says("application/rss+xml", &feed(site, slash));
        let report = watch.ask().await;
        assert_eq!((report.answer, report.opened), (Some(Answer::Same), 0), "{site}");
    }
    watch.page.says("application/rss+xml", &feed("https://example.com", ""));
    assert_eq!(watch.ask().await.opened, 4, "another host is another place");
}

#[tokio::test]
async fn entries_that_an_earlier_program_has_kept_are_not_new() {
    let item = |site: &str| {
        format!(
            "<rss version=\"2.0\"><channel><title>d</title><item><title>C&amp;ocirc;te</title><link>{site}/1</link></item>\
             <item><guid>{site}/{}</guid></item><item><guid>{site}/2</guid></item></channel></rss>",
            "x".repeat(300)
        )
    };
    let digest =
        |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let watch = Watch::of(Shape::Feed { words: Vec::new() }, "ctbt", Policy::Review).await;
    watch.page.says("application/rss+xml", &item("http://example.org"));
    watch.ask().await;
    let entries = vec![
        digest("http://example.org/1\nC&ocirc;te"),
        digest(&format!("http://example.org/{}", "x".repeat(300))),
        "http://example.org/2".to_owned(),
    ];
    watch.kept(Seen::Feed { entries }).await;
    for site in ["http://example.org", "https://example.org"] {
        watch.page.says("application/rss+xml", &item(site));
        let report = watch.ask().await;
        assert_eq!((report.answer, report.opened), (Some(Answer::Same), 0), "{site}");
    }
}

#[tokio::test]
async fn a_page_that_an_earlier_program_has_kept_is_compared_as_a_person_sees_it() {
    let watch = Watch::of(Shape::Page(PageRules::default()), "ctbt", Policy::Review).await;
    watch.page.says("text/html", "<p>C\u{f4}te: with\u{ad}drawal</p><p>Alia</p>");
    watch.ask().await;
    let lines = ["Co\u{302}te: withdrawal\u{200b}", "\u{feff}", "Alia"];
    let kept = Seen::Page { digest: "0".repeat(64), lines: lines.map(str::to_owned).to_vec() };
    watch.kept(kept.clone()).await;
    let report = watch.ask().await;
    assert_eq!((report.answer, report.opened), (Some(Answer::Same), 0));
    // A change shows as before.
    watch.kept(kept).await;
    watch.page.says("text/html", "<p>C\u{f4}te: withdrawal</p><p>Boria</p>");
    watch.ask().await;
    assert_eq!(watch.ask().await.opened, 1);
    let Finding::Page { diff, .. } = &watch.open().await[0] else { panic!() };
    assert!(diff.ends_with("-Alia\n+Boria\n") && !diff.contains("-C"), "{diff}");
}

#[tokio::test]
async fn a_page_that_a_script_fills_in_is_doubted_at_its_first_response() {
    let watch = Watch::of(Shape::Page(PageRules::default()), "ctbt", Policy::Review).await;
    watch.page.says(
        "text/html",
        "<html><body><div id=\"app\">Loading\u{2026}</div><script>fetch('/list')</script></body></html>",
    );
    let baseline = watch.ask().await.baseline.unwrap();
    assert_eq!(baseline, Baseline { lines: 1, dates: 0, states: 0 });
    assert_eq!(jobs::thin_pages(&watch.env.store).await.unwrap(), [("watched".to_owned(), baseline)].into());
    assert_eq!(watch.ask().await.baseline, None, "once");

    let watch = Watch::of(Shape::Page(PageRules::default()), "ctbt", Policy::Review).await;
    watch
        .page
        .says("text/html", "<table><tr><td>C\u{f4}te d\u{2019}Ivoire<td>1 May 2020<tr><td>Chad<td></table>");
    let baseline = watch.ask().await.baseline.unwrap();
    assert_eq!(baseline, Baseline { lines: 2, dates: 1, states: 2 });
    assert!(jobs::thin_pages(&watch.env.store).await.unwrap().is_empty());
    // Of a file nobody can count anything.
    let watch = Watch::of(Shape::Page(PageRules::default()), "ctbt", Policy::Review).await;
    watch.page.says("application/pdf", "%PDF-1.7 ...");
    assert_eq!(watch.ask().await.baseline, None);
    assert!(jobs::thin_pages(&watch.env.store).await.unwrap().is_empty());
}
