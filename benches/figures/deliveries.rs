//! What deliveries cost: beside a bare sender of the same messages, beside a commit for each of them, and beside an
//! endpoint that never answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};
use secrecy::SecretSlice;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use treatywatch::clock::{Clock as _, ManualClock};
use treatywatch::delivery::formats::{Body, Request};
use treatywatch::delivery::{Channel, Courier, Sender as _, Target, Web, sample};
use treatywatch::domain::delivery::{Outcome, RaisedAlert};
use treatywatch::domain::lang::Lang;
use treatywatch::jobs::{Queue, deliver_due};
use treatywatch::store::{Ended, Store, Verdict, Want};

use super::server;

/// With [`SIDE_BY_SIDE`] for each, 64 messages are on their way at once.
const ENDPOINTS: [&str; 4] = ["first", "second", "third", "fourth"];
/// As many as one endpoint may be sent side by side.
const SIDE_BY_SIDE: u32 = 16;
const SILENT: &str = "silent";

/// Prints rates and their ratios, of so many rounds with so many messages to each endpoint.
pub async fn figures(each: usize, rounds: usize) {
    let bench = Arc::new(Bench::open().await);
    let (mut one_queue, mut queues, mut bare, mut singly) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        bench.fill(each, &ENDPOINTS[..1]).await;
        one_queue.push(bench.queues(each, &ENDPOINTS[..1]).await);
        let messages = bench.fill(each, &ENDPOINTS).await;
        queues.push(bench.queues(each, &ENDPOINTS).await);
        bare.push(bench.bare(&messages).await);
        let few = each.div_ceil(4);
        bench.fill(few, &ENDPOINTS).await;
        singly.push(bench.singly(few).await);
    }
    println!("deliver to 1 endpoint, {SIDE_BY_SIDE} side by side: {:.0} per s", median(&one_queue));
    println!("deliver to {} endpoints, {SIDE_BY_SIDE} each: {:.0} per s", ENDPOINTS.len(), median(&queues));
    tell("a bare sender of the same messages", &queues, &bare);
    tell("a commit for each message", &queues, &singly);
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Who comes first changes: what else the machine does is then in both.
        for is_beside in [round % 2 == 0, round % 2 != 0] {
            let of = if is_beside { &mut beside } else { &mut alone };
            of.push(bench.three(each, is_beside).await);
        }
    }
    println!("deliver to 3 endpoints beside one that never answers: {:.0} per s", median(&beside));
    tell("the same 3 without it", &beside, &alone);
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Prints a rate, and the median of what ours was to it in each round.
fn tell(what: &str, ours: &[f64], theirs: &[f64]) {
    let mut ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
    ratios.sort_by(f64::total_cmp);
    let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
    let (rate, ratio) = (median(theirs), median(&ratios));
    println!("{what}: {rate:.0} per s; ratio {ratio:.2} ({least:.2} to {most:.2})");
}

/// An outbox, and a receiver that answers 204, or on another path nothing at all.
struct Bench {
    /// Removed with the bench.
    _dir: TempDir,
    store: Store,
    sender: Courier,
    clock: ManualClock,
    origin: String,
    /// How many messages wait for an answer that never comes.
    unanswered: watch::Receiver<usize>,
}

impl Bench {
    async fn open() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&dir.path().join("deliveries.db")).await.expect("a new database");
        let (hung, unanswered) = watch::channel(0);
        let taken = post(async || StatusCode::NO_CONTENT);
        let silent = post(async move || {
            hung.send_modify(|count| *count += 1);
            std::future::pending::<StatusCode>().await
        });
        let router = Router::new().route("/taken", taken).route("/silent", silent);
        let address = server::start(["127.0.0.1".to_owned()], router)[0];
        Self {
            _dir: dir,
            store,
            sender: Courier::new(),
            clock: ManualClock::new(now()),
            origin: format!("http://{address}"),
            unanswered,
        }
    }

    fn target(&self, path: &str) -> Target {
        let web = Web {
            url: format!("{}/{path}", self.origin).parse().expect("a URL"),
            keys: vec![SecretSlice::from(b"a key of thirty-two bytes, exact".to_vec())],
            body: Body::CloudEvents,
            authorities: None,
            proxy: None,
            headers: Vec::new(),
        };
        Target {
            channel: Channel::Web(web),
            language: Lang::En,
            timeout: Duration::from_secs(30),
            concurrency: SIDE_BY_SIDE,
        }
    }

    /// Puts new alerts into the outbox, each for all of these endpoints.
    async fn fill(&self, count: usize, endpoints: &[&str]) -> Vec<RaisedAlert> {
        let endpoints: Vec<String> = endpoints.iter().map(|name| (*name).to_owned()).collect();
        let alert = |_| {
            let mut raised = sample::approaching();
            raised.id = format!("msg_{}", uuid::Uuid::new_v4());
            raised.alert.key.clone_from(&raised.id);
            RaisedAlert { raised_at: now(), test: false, ..raised }
        };
        let alerts: Vec<RaisedAlert> = (0..count).map(alert).collect();
        let wanted = alerts.iter().map(|raised| (raised.clone(), endpoints.clone())).collect();
        let mut tx = self.store.begin().await.expect("a transaction");
        tx.insert_alerts(wanted).await.expect("new alerts");
        tx.commit().await.expect("a commit");
        alerts
    }

    /// The rate at which these queues, each in a task of its own as in the daemon, send `each` messages each.
    async fn queues(self: &Arc<Self>, each: usize, endpoints: &[&'static str]) -> f64 {
        let begun = Instant::now();
        let queue = |endpoint: &&'static str| Arc::clone(self).queue(endpoint, "taken");
        let tasks: JoinSet<usize> = endpoints.iter().map(queue).collect();
        rate(begun, tasks, each * endpoints.len()).await
    }

    /// Sends all that is due to one endpoint.
    async fn queue(self: Arc<Self>, endpoint: &'static str, path: &'static str) -> usize {
        let (target, stop, mut sent) = (self.target(path), CancellationToken::new(), 0);
        loop {
            let queue = Queue { endpoint, target: &target, routes: &[] };
            let report =
                deliver_due(&self.store, &self.sender, queue, &mut Ended::default(), &self.clock, &stop)
                    .await
                    .expect("a run");
            if report.is_idle() {
                return sent;
            }
            sent += report.delivered as usize;
        }
    }

    /// The same messages by the HTTP client alone, as often and as many side by side. They are signed before.
    async fn bare(&self, messages: &[RaisedAlert]) -> f64 {
        let Channel::Web(web) = self.target("taken").channel else { unreachable!("it is one") };
        let request = |raised| web.request(raised, Lang::En, now()).expect("a message");
        let requests: Vec<Request> = messages.iter().map(request).collect();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let begun = Instant::now();
        let tasks = ENDPOINTS.iter().map(|_| send_all(client.clone(), requests.clone())).collect();
        rate(begun, tasks, ENDPOINTS.len() * messages.len()).await
    }

    /// As many messages side by side as the queues have, but every one with a commit of its own.
    async fn singly(self: &Arc<Self>, each: usize) -> f64 {
        let begun = Instant::now();
        let workers = ENDPOINTS.iter().flat_map(|endpoint| (0..SIDE_BY_SIDE).map(move |_| endpoint));
        let tasks = workers.map(|endpoint| Arc::clone(self).worker(endpoint)).collect();
        rate(begun, tasks, each * ENDPOINTS.len()).await
    }

    async fn worker(self: Arc<Self>, endpoint: &'static str) -> usize {
        let (target, lease) = (self.target("taken"), TimeDelta::seconds(90));
        let (mut ended, mut sent) = (Ended::default(), 0);
        loop {
            let want = Want { endpoint, lease, limit: 1 };
            let mut write = self.store.begin().await.expect("a transaction");
            let turn = write.turn(&ended, want, self.clock.now()).await.expect("a turn");
            write.commit().await.expect("a commit");
            sent += turn.counted;
            let Some(claim) = turn.claims.into_iter().next() else { return sent };
            let outcome = self.sender.send(&claim, &target, self.clock.now()).await;
            assert_eq!(outcome, Outcome::Delivered, "the receiver takes everything");
            ended = Ended { results: vec![(claim, Verdict::Delivered)], slow_until: None };
        }
    }

    /// The rate of three endpoints, with messages for a fourth that never answers beside them.
    async fn three(self: &Arc<Self>, each: usize, is_beside: bool) -> f64 {
        let three = &ENDPOINTS[..3];
        self.fill(each, &[three, &[SILENT]].concat()).await;
        let mut silent = JoinSet::new();
        if is_beside {
            let side_by_side = each.min(SIDE_BY_SIDE as usize);
            let mut unanswered = self.unanswered.clone();
            let before = *unanswered.borrow();
            silent.spawn(Arc::clone(self).queue(SILENT, "silent"));
            let hung = unanswered.wait_for(|count| before + side_by_side <= *count);
            hung.await.expect("it takes as many as it may be sent");
        }
        let rate = self.queues(each, three).await;
        assert!(silent.try_join_next().is_none(), "the silent one is still waited for");
        rate
    }
}

fn now() -> DateTime<Utc> {
    "2026-02-05T12:00:00Z".parse().expect("an instant")
}

async fn send_all(client: reqwest::Client, requests: Vec<Request>) -> usize {
    let send = |request: Request| {
        let mut post = client.post(request.url);
        for (name, value) in request.headers {
            post = post.header(name, value);
        }
        let answer = post.body(request.body).send();
        async { answer.await.expect("an answer").status() }
    };
    let answers = stream::iter(requests).map(send).buffer_unordered(SIDE_BY_SIDE as usize);
    answers.filter(|status| std::future::ready(*status == StatusCode::NO_CONTENT)).count().await
}

/// How many messages a second that was, once all tasks have ended.
async fn rate(begun: Instant, tasks: JoinSet<usize>, wanted: usize) -> f64 {
    let sent: usize = tasks.join_all().await.into_iter().sum();
    let took = begun.elapsed();
    assert_eq!(sent, wanted, "each message is sent once");
    wanted as f64 / took.as_secs_f64()
}
