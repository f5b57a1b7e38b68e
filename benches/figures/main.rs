//! Figures of the law, the database, deliveries and sources: medians, and ratios to what they are compared with.
//!
//!     cargo bench --bench figures
//!     cargo bench --bench figures -- deliveries                      of `law`, `sources`, `deliveries`, `store`
//!     TREATYWATCH_BENCH_TREATIES=200 cargo bench --bench figures     a glance
//!
//! Compare what one run prints with what the same run prints: on a machine that does other things
//! besides, a figure alone means little.

mod deliveries;
mod law;
mod receiver;
mod server;
mod sources;
mod store;
mod synthetic;

const TREATIES: usize = 10_000;
/// Rounds of deliveries; a glance has one.
const ROUNDS: usize = 7;
/// So many treaties for each message that an endpoint is sent in a round.
const TREATIES_PER_MESSAGE: usize = 10;

/// One thread, as in the daemon.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let treaties = std::env::var("TREATYWATCH_BENCH_TREATIES").ok();
    let treaties = treaties.map_or(TREATIES, |text| text.parse().expect("a number of treaties"));
    // What cargo itself adds begins with a dash.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    if wanted == ["receiver"] {
        return receiver::serve().await;
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if is_wanted("law") {
        law::projections();
    }
    if is_wanted("sources") {
        sources::figures().await;
    }
    let rounds = if treaties < TREATIES { 1 } else { ROUNDS };
    if is_wanted("deliveries") {
        deliveries::figures(treaties.div_ceil(TREATIES_PER_MESSAGE), rounds).await;
    }
    if is_wanted("store") {
        store::figures(treaties).await;
    }
}
