//! A server of one page, as a source is.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use tokio::net::TcpListener;

/// One address, which answers with what it was last given, and with 404 before.
#[derive(Clone)]
pub struct Page {
    pub url: String,
    answer: Arc<Mutex<Option<(String, String)>>>,
}

impl Page {
    /// `path` begins with a slash.
    pub async fn start(path: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}{path}", listener.local_addr().unwrap());
        let page = Self { url, answer: Arc::default() };
        let given = Arc::clone(&page.answer);
        let answer = move || async move {
            let (media_type, body) = given.lock().unwrap().clone().ok_or(StatusCode::NOT_FOUND)?;
            Ok::<_, StatusCode>(([("content-type", media_type)], body))
        };
        let router = Router::new().route(path, any(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        page
    }

    pub fn says(&self, media_type: &str, body: &str) {
        *self.answer.lock().unwrap() = Some((media_type.to_owned(), body.to_owned()));
    }
}
