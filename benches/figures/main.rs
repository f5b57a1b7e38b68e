//! Figures of the law and of the database: medians, and ratios to what they are compared with.
//!
//!     cargo bench --bench figures
//!     TREATYWATCH_BENCH_TREATIES=200 cargo bench --bench figures     a glance
//!
//! Compare what one run prints with what the same run prints: on a machine that does other things
//! besides, a figure alone means little.

mod law;
mod store;
mod synthetic;

const TREATIES: usize = 10_000;

#[tokio::main]
async fn main() {
    let treaties = std::env::var("TREATYWATCH_BENCH_TREATIES").ok();
    let treaties = treaties.map_or(TREATIES, |text| text.parse().expect("a number of treaties"));
    law::projections();
    store::figures(treaties).await;
}
