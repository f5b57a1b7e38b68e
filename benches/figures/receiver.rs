//! A receiver for the comparisons in `benches/peers`: it takes every message, and says how fast they came.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Json;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Serialize;

use super::server;

/// What was taken since somebody last asked for `/reset`.
struct Taken {
    begun: Instant,
    first: Option<Instant>,
    last: Instant,
    posts: usize,
}

#[derive(Serialize)]
struct Counts {
    posts: usize,
    /// Between the first and the last message, in seconds.
    seconds: f64,
    /// Between the reset and the last message, in seconds.
    whole: f64,
}

impl Taken {
    fn new() -> Self {
        let now = Instant::now();
        Self { begun: now, first: None, last: now, posts: 0 }
    }

    fn take(&mut self) {
        self.last = Instant::now();
        self.first.get_or_insert(self.last);
        self.posts += 1;
    }

    fn counts(&self) -> Counts {
        let since = |then: Instant| (self.last - then).as_secs_f64();
        Counts { posts: self.posts, seconds: self.first.map_or(0.0, since), whole: since(self.begun) }
    }
}

/// Says where it listens and takes messages, on any path, until it is ended. `/counts` and `/reset` are its own.
pub async fn serve() {
    let taken = Arc::new(Mutex::new(Taken::new()));
    let on = |what: fn(&mut Taken) -> Json<Counts>| {
        let taken = Arc::clone(&taken);
        get(async move || what(&mut taken.lock().expect("nobody panics with it")))
    };
    let count = on(|taken| Json(taken.counts()));
    let reset = on(|taken| {
        *taken = Taken::new();
        Json(taken.counts())
    });
    let router = Router::new().route("/counts", count).route("/reset", reset).fallback(async move || {
        taken.lock().expect("nobody panics with it").take();
        StatusCode::NO_CONTENT
    });
    println!("listening on {}", server::start(["127.0.0.1".to_owned()], router)[0]);
    std::future::pending::<()>().await;
}
