//! The daemon is killed again and again while receivers fail in every way.
//!
//! `TREATYWATCH_KILLS` says how often, `TREATYWATCH_SEED` what is drawn; `crash.sh` makes a long run of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use super::lake::{Lake, endpoint_of};
use super::peer::{Arrival, Fate, Peer, WELL};
use crate::env::{Daemon, PATIENCE};

/// A run of `cargo test`. `.ci/run` makes one of 200, `crash.sh` by hand one of 2000.
const KILLS: usize = 20;
const SEED: u64 = 20_260_205;
/// In so many lives of the daemon acts are recorded; more of them would only make the run longer.
const ACTS_MAX: usize = 1000;
/// Nobody waits longer for a request before a kill: nothing may be due.
const LIFE_MAX: Duration = Duration::from_millis(400);

/// One of so many lives lasts until an attempt has run out of time, the first of them in the shortest run.
const LONG_EVERY: usize = 25;

/// The endpoints, and how often of a hundred requests each of them does what.
const ENDPOINTS: [(&str, &[(u64, Fate)]); 5] = [
    ("steady", &[(10, Fate::Slow(Duration::from_millis(100)))]),
    ("broken", &[(40, Fate::Answer(500)), (10, Fate::Answer(302))]),
    ("busy", &[(15, Fate::Busy), (10, Fate::Slow(Duration::from_millis(300)))]),
    ("cut-off", &[(30, Fate::Cut), (20, Fate::Reset)]),
    ("rude", &[(15, Fate::Hang), (5, Fate::Answer(410)), (10, Fate::Cut)]),
];

/// Numbers that follow from a seed (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// The fate of a request while receivers fail.
fn fate(seed: u64, name: &str, number: usize) -> Fate {
    let (_, fates) = ENDPOINTS.iter().find(|(known, _)| *known == name).unwrap();
    let mut drawn = Draw(seed ^ (number as u64) << 20).below(100);
    for (share, fate) in *fates {
        if drawn < *share {
            return *fate;
        }
        drawn -= share;
    }
    Fate::Answer(204)
}

/// Makes due what waits, and what was given up too; says whether anything was.
async fn revive(env: &Lake) -> bool {
    env.let_time_pass().await;
    let given_up = env.number("select count(*) from _delivery where state in ('dead', 'stopped')").await > 0;
    if given_up {
        env.printed(&["deliveries", "retry", "--all"]);
    }
    given_up
}

fn configure(env: &Lake, address: &str, life: usize, timeout_s: u32) {
    let endpoints = ENDPOINTS.map(|(name, _)| endpoint_of(name, address, life, timeout_s));
    env.configure(&endpoints.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_nothing_and_gives_nothing_a_second_id() {
    let kills = usize::try_from(setting("TREATYWATCH_KILLS", KILLS as u64)).unwrap();
    let seed = setting("TREATYWATCH_SEED", SEED);
    println!("seed {seed}");
    let mut draw = Draw(seed);
    let mut env = Lake::new();
    let peer = Peer::start(move |name, number| fate(seed, name, number));
    let mut timeouts = 0;
    let mut acts = BTreeSet::new();
    // What the database knew as delivered, and before which life.
    let mut delivered: HashMap<(String, String), usize> = HashMap::new();
    let (mut in_attempt, mut retried) = (0, 0);
    for life in 0..kills {
        configure(&env, &peer.address, life, 1);
        let is_long = life % LONG_EVERY == LONG_EVERY / 2;
        peer.rule(move |name, number| match name {
            "rude" if is_long => Fate::Hang,
            _ => fate(seed, name, number),
        });
        if is_long {
            // Something is due there at once, and each failure there will be a timeout.
            assert!(acts.insert(env.record()));
            env.printed(&["check"]);
            revive(&env).await;
            env.execute("update _delivery set failures = 0 where endpoint = 'rude'").await;
        }
        let came = peer.count();
        // Acts come while it is down, while it starts, and while it runs.
        let new = if env.acts < ACTS_MAX { draw.below(3) } else { 0 };
        let early = draw.below(new + 1);
        (0..early).for_each(|_| assert!(acts.insert(env.record())));
        let daemon = env.serve();
        (early..new).for_each(|_| assert!(acts.insert(env.record())));
        if draw.below(4) == 0 {
            // Raises alerts from another process.
            env.printed(&["check"]);
        }
        match draw.below(2) {
            _ if is_long => timeouts += until_one_times_out(&env, &daemon).await,
            0 => std::thread::sleep(Duration::from_millis(draw.below(150))),
            _ => drop(peer.wait_for(came + 1 + usize::try_from(draw.below(12)).unwrap(), LIFE_MAX)),
        }
        daemon.kill();
        in_attempt += usize::from(peer.count() > came);
        // In every other life the next one finds the files exactly as this one left them.
        if draw.below(2) == 0 {
            continue;
        }
        let query = "select endpoint, alert_id from delivery_log where state = 'delivered'";
        for row in env.rows(query).await {
            let [name, id] = row.try_into().unwrap();
            delivered.entry((name, id)).or_insert(life + 1);
        }
        retried += u32::from(revive(&env).await);
    }

    // Every receiver is well again.
    peer.rule(|_, _| WELL);
    configure(&env, &peer.address, kills, 30);
    revive(&env).await;
    env.serve_until_empty().await;

    let ids = |rows: Vec<Vec<String>>| rows.into_iter().flatten().collect::<BTreeSet<String>>();
    let alerts = ids(env.rows("select alert_id from alert_log where kind <> 'endpoint.failing'").await);
    // That an endpoint fails is told to the others: it is no act, and not for all.
    let failing = ids(env.rows("select alert_id from alert_log where kind = 'endpoint.failing'").await);
    let arrivals: Vec<Arrival> =
        peer.arrivals().into_iter().filter(|arrival| !failing.contains(&arrival.id)).collect();
    println!(
        "{kills} kills, {in_attempt} of them after the first request; {} acts, {} alerts, {} attempts, at least \
         {timeouts} of them timed out; dead letters were sent again {retried} times",
        acts.len(),
        alerts.len(),
        arrivals.len()
    );
    print_endpoints(&arrivals);
    assert!(in_attempt > 0 || kills == 0);
    assert_each_act_is_one_alert(&arrivals, &acts, &alerts);
    let open = "select endpoint, alert_id, state from delivery_log where state <> 'delivered'";
    assert_eq!(env.rows(open).await, Vec::<Vec<String>>::new());
    assert_eq!(
        env.number("select count(*) from delivery_log where kind <> 'endpoint.failing'").await,
        (alerts.len() * ENDPOINTS.len()) as i64
    );
    for (name, _) in ENDPOINTS {
        let taken = taken(&arrivals, name);
        assert_eq!(taken.keys().copied().collect::<BTreeSet<_>>(), alerts.iter().collect(), "{name}");
        for (id, lives) in taken {
            // Twice only where a kill kept the first answer from being written down.
            assert_eq!(lives.iter().collect::<BTreeSet<_>>().len(), lives.len(), "{name} {id}: {lives:?}");
        }
    }
    for Arrival { endpoint, id, life, .. } in arrivals {
        let known = delivered.get(&(endpoint.clone(), id.clone()));
        assert!(known.is_none_or(|known| life < *known), "{endpoint} was sent {id} again, in life {life}");
    }
}

/// Waits until an attempt has timed out at the endpoint that never answers in a long life, and tells how
/// many have.
async fn until_one_times_out(env: &Lake, daemon: &Daemon) -> i64 {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let failures = env.number("select sum(failures) from _delivery where endpoint = 'rude'").await;
        if failures > 0 {
            return failures;
        }
        assert!(Instant::now() < deadline, "{}", daemon.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The messages that an endpoint took, each with the lives of the daemon in which it was sent.
fn taken<'a>(arrivals: &'a [Arrival], name: &str) -> BTreeMap<&'a String, Vec<usize>> {
    let mut taken: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
    for arrival in arrivals.iter().filter(|arrival| arrival.endpoint == name && arrival.fate.accepts()) {
        taken.entry(&arrival.id).or_default().push(arrival.life);
    }
    taken
}

/// One message for each act, with one body, whatever endpoint and attempt it is seen at.
fn assert_each_act_is_one_alert(arrivals: &[Arrival], acts: &BTreeSet<String>, alerts: &BTreeSet<String>) {
    let mut bodies: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for arrival in arrivals.iter().filter(|arrival| arrival.fate != Fate::Reset) {
        let first = bodies.entry(&arrival.id).or_insert(&arrival.body);
        assert_eq!(*first, arrival.body, "{} has two bodies", arrival.id);
    }
    let mut told: BTreeMap<String, &str> = BTreeMap::new();
    for (id, body) in bodies {
        let event: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!(event["id"], id);
        let [act] = event["data"]["acts"].as_array().unwrap().as_slice() else { panic!("{event}") };
        let other = told.insert(act.as_str().unwrap().to_owned(), id);
        assert_eq!(other, None, "{act} was told twice");
        assert!(alerts.contains(id));
    }
    assert_eq!(told.into_keys().collect::<BTreeSet<_>>(), *acts);
    assert_eq!(acts.len(), alerts.len());
}

fn print_endpoints(arrivals: &[Arrival]) {
    println!("endpoint  attempts  taken  repeated  refused  cut or reset  no answer");
    for (name, _) in ENDPOINTS {
        let of = |this: &dyn Fn(&Arrival) -> bool| {
            arrivals.iter().filter(|arrival| arrival.endpoint == name && this(arrival)).count()
        };
        let taken = of(&|arrival| arrival.fate.accepts());
        println!(
            "{name:<8}  {:>8}  {taken:>5}  {:>8}  {:>7}  {:>12}  {:>9}",
            of(&|_| true),
            taken - self::taken(arrivals, name).len(),
            of(&|arrival| matches!(arrival.fate, Fate::Answer(300..) | Fate::Busy)),
            of(&|arrival| matches!(arrival.fate, Fate::Cut | Fate::Reset)),
            of(&|arrival| arrival.fate == Fate::Hang)
        );
    }
}
