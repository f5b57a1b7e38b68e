//! A receiver on loopback that several tests share.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

/// One message as a receiver got it.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub body: Bytes,
}

/// A receiver that keeps what it gets, and answers what it is told to.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Message>>>,
    answer: Arc<Mutex<StatusCode>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/alerts", listener.local_addr().unwrap()),
            received: Arc::default(),
            answer: Arc::new(Mutex::new(StatusCode::NO_CONTENT)),
        };
        let router = Router::new().route("/alerts", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub fn answer(&self, status: StatusCode) {
        *self.answer.lock().unwrap() = status;
    }

    pub fn received(&self) -> Vec<Message> {
        self.received.lock().unwrap().clone()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    receiver.received.lock().unwrap().push(Message { id, body });
    *receiver.answer.lock().unwrap()
}
