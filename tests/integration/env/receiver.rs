//! A receiver on loopback, within the runtime of the test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use secrecy::SecretSlice;
use serde_json::Value;
use tokio::sync::watch;
use treatywatch::delivery::formats::Body;
use treatywatch::delivery::{Channel, Target, Web};
use treatywatch::domain::lang::Lang;

/// One message as a receiver got it.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub body: Bytes,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A receiver that keeps what it gets, and answers what it is told to.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    received: Arc<watch::Sender<Vec<Message>>>,
    answer: Arc<Mutex<Answer>>,
}

/// What a receiver answers.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Status(StatusCode),
    /// 429, and for how many seconds nothing more is wanted.
    Busy(u32),
    Never,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/alerts", listener.local_addr().unwrap()),
            received: Arc::default(),
            answer: Arc::new(Mutex::new(Answer::Status(StatusCode::NO_CONTENT))),
        };
        let router = Router::new().route("/alerts", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// Where an endpoint is that sends to it, so many messages side by side.
    pub fn target(&self, concurrency: u32) -> Target {
        let web = Web {
            url: self.url.parse().unwrap(),
            keys: vec![SecretSlice::from(b"a key of thirty-two bytes, exact".to_vec())],
            body: Body::CloudEvents,
            authorities: None,
            proxy: None,
            headers: Vec::new(),
        };
        Target {
            channel: Channel::Web(web),
            language: Lang::En,
            timeout: Duration::from_secs(5),
            concurrency,
        }
    }

    pub fn answer(&self, status: StatusCode) {
        *self.answer.lock().unwrap() = Answer::Status(status);
    }

    /// Answers 429 from now on, with a `Retry-After`.
    pub fn answer_busy(&self, seconds: u32) {
        *self.answer.lock().unwrap() = Answer::Busy(seconds);
    }

    /// Takes messages from now on, and never answers.
    pub fn hang(&self) {
        *self.answer.lock().unwrap() = Answer::Never;
    }

    pub fn received(&self) -> Vec<Message> {
        self.received.borrow().clone()
    }

    /// The ids of the messages that have come, in the order in which they came.
    pub fn ids(&self) -> Vec<String> {
        self.received().into_iter().map(|message| message.id).collect()
    }

    /// Returns once so many messages have come.
    pub async fn wait_for(&self, count: usize) {
        self.received.subscribe().wait_for(|received| received.len() >= count).await.unwrap();
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    receiver.received.send_modify(|received| received.push(Message { id, body }));
    let answer = *receiver.answer.lock().unwrap();
    match answer {
        Answer::Status(status) => status.into_response(),
        Answer::Busy(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())]).into_response()
        }
        Answer::Never => std::future::pending().await,
    }
}
