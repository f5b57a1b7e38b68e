use super::*;
use crate::delivery::formats::Body;
use crate::delivery::{Channel, Courier, Sender as _, Target, Web, event, signature};
use crate::domain::delivery::Claim;
use crate::domain::lang::Lang;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{AppendHeaders, IntoResponse};
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::process::Command;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::domain::alert::Alert;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::Label;

/// A request as a receiver sees it.
struct Received {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

type Log = Arc<Mutex<Vec<Received>>>;

impl Received {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

async fn answer(State(log): State<Log>, uri: Uri, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let path = uri.path().to_owned();
    log.lock().unwrap().push(Received { path: path.clone(), headers, body });
    let header = |name: &'static str, value: &'static str| [(name, value)].into_iter().collect();
    let (status, headers): (u16, Vec<_>) = match path.as_str() {
        "/204" => (204, vec![]),
        "/302" => (302, header("location", "/204?token=hunter2")),
        "/410" => (410, vec![]),
        "/429-seconds" => (429, header("retry-after", "120")),
        "/429-date" => (429, header("retry-after", "Thu, 29 Jan 2026 00:15:00 GMT")),
        "/503-seconds" => (503, header("retry-after", "60")),
        "/503" => (503, header("retry-after", "soon")),
        "/404" => (404, header("retry-after", "7")),
        "/never" => std::future::pending().await,
        _ => (500, vec![]),
    };
    (StatusCode::from_u16(status).unwrap(), AppendHeaders(headers))
}

async fn receiver() -> (SocketAddr, Log) {
    let log = Log::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(answer).with_state(log.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, log)
}

fn now() -> DateTime<Utc> {
    "2026-01-29T00:05:00Z".parse().unwrap()
}

fn target(address: SocketAddr, path: &str) -> Target {
    let web = Web {
        url: format!("http://{address}{path}?token=hunter2").parse().unwrap(),
        keys: vec![b"a key of twenty-four byte".to_vec().into()],
        body: Body::CloudEvents,
        authorities: None,
        proxy: None,
        headers: Vec::new(),
    };
    Target {
        channel: Channel::Web(web),
        language: Lang::En,
        timeout: Duration::from_secs(10),
        concurrency: 4,
    }
}

fn web(target: &mut Target) -> &mut Web {
    let Channel::Web(web) = &mut target.channel else { panic!("another channel") };
    web
}

fn claim() -> Claim {
    Claim {
        delivery_id: 1,
        endpoint: "ops".to_owned(),
        attempt: 1,
        failures: 0,
        raised: RaisedAlert {
            id: "msg_1".to_owned(),
            raised_at: now(),
            test: false,
            alert: Alert {
                key: "key".to_owned(),
                kind: AlertKind::DateReached,
                also: vec![],
                treaty: "new-start".parse().ok(),
                about: None,
                state: None,
                reading: Label::default_reading(),
                on: now().date_naive(),
                lead_days: None,
                missed_leads: Vec::new(),
                late: false,
                severity: Severity::Critical,
                headline: "New START: expires today".to_owned(),
                headlines: Default::default(),
                sentence: "New START expires today.".to_owned(),
                sentences: Default::default(),
                date: None,
                acts: vec![],
                corrects: Vec::new(),
                article: None,
                source: None,
                changes: vec![],
                states: Vec::new(),
                items: Vec::new(),
                report: None,
            },
        },
    }
}

/// Sends to the receiver of this module, and reports what it saw.
async fn send(path: &str) -> (Outcome, Log) {
    let (address, log) = receiver().await;
    let outcome = Courier::new().send(&claim(), &target(address, path), now()).await;
    (outcome, log)
}

fn failure(error: &str, retry_after_s: Option<i64>) -> Outcome {
    Outcome::Failed { error: error.to_owned(), retry_after: retry_after_s.map(TimeDelta::seconds) }
}

fn busy(error: &str, wait_s: i64) -> Outcome {
    Outcome::Busy { error: error.to_owned(), wait: TimeDelta::seconds(wait_s) }
}

#[tokio::test]
async fn a_message_arrives_signed() {
    let (outcome, log) = send("/204").await;
    assert_eq!(outcome, Outcome::Delivered);
    let received = &log.lock().unwrap()[0];
    assert_eq!(received.header("webhook-id"), "msg_1");
    assert_eq!(received.header("webhook-timestamp"), "1769645100");
    assert_eq!(received.header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!(received.header("user-agent"), concat!("treatywatch/", env!("CARGO_PKG_VERSION")));
    assert_eq!(received.body, event::body(&claim().raised));
    let keys = web(&mut target(([127, 0, 0, 1], 1).into(), "")).keys.clone();
    assert_eq!(
        received.header("webhook-signature"),
        signature::sign(&keys, "msg_1", 1_769_645_100, &received.body)
    );
}

/// Answers 200 with `size` bytes, says that there are more, and returns how many were taken.
async fn answer_at_length(listener: TcpListener, size: usize) -> usize {
    let (mut stream, _) = listener.accept().await.unwrap();
    stream.read_exact(&mut [0; 1]).await.unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n").await.unwrap();
    let mut taken = 0;
    while taken < size {
        match stream.write(&[b'x'; 65_536][..(size - taken).min(65_536)]).await {
            Ok(count) => taken += count,
            Err(_) => return taken,
        }
    }
    // Kept open until the other side leaves.
    while stream.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {}
    taken
}

#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    const ENDLESS: usize = 32 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(answer_at_length(listener, ENDLESS));
    let outcome = Courier::new().send(&claim(), &target(address, "/"), now()).await;
    assert_eq!(outcome, Outcome::Delivered);
    // Besides what was read, the buffers of both sockets took some.
    assert!(served.await.unwrap() < ENDLESS);
}

#[tokio::test]
async fn an_answer_that_stalls_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(answer_at_length(listener, 10));
    let (sender, claim, target) = (Courier::new(), claim(), target(address, "/"));
    let attempt = sender.send(&claim, &target, now());
    // The attempt as a whole could take ten seconds.
    let outcome = tokio::time::timeout(Duration::from_secs(5), attempt).await;
    assert_eq!(outcome, Ok(Outcome::Delivered));
    assert_eq!(served.await.unwrap(), 10);
}

#[tokio::test]
async fn a_second_attempt_repeats_the_first() {
    let (address, log) = receiver().await;
    let sender = Courier::new();
    let target = target(address, "/500");
    for minute in 0..2 {
        sender.send(&claim(), &target, now() + TimeDelta::minutes(minute)).await;
    }
    let log = log.lock().unwrap();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].body, log[1].body);
    assert_eq!(log[0].header("webhook-id"), log[1].header("webhook-id"));
    // The time of the attempt is not that of the message.
    assert_ne!(log[0].header("webhook-signature"), log[1].header("webhook-signature"));
}

#[tokio::test]
async fn an_answer_is_judged_by_its_status() {
    let cases = [
        ("/410", Outcome::Gone),
        ("/500", failure("answered 500", None)),
        ("/429-seconds", busy("answered 429", 120)),
        ("/429-date", busy("answered 429", 600)),
        ("/503-seconds", busy("answered 503", 60)),
        // Not a time: nothing was asked for.
        ("/503", failure("answered 503", None)),
        ("/404", failure("answered 404", Some(7))),
    ];
    for (path, expected) in cases {
        let (outcome, log) = send(path).await;
        assert_eq!(outcome, expected, "{path}");
        assert_eq!(log.lock().unwrap().len(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_not_followed() {
    let (outcome, log) = send("/302").await;
    assert_eq!(outcome, failure("answered 302, a redirect, and those are not followed", None));
    let paths: Vec<String> = log.lock().unwrap().iter().map(|request| request.path.clone()).collect();
    assert_eq!(paths, ["/302"]);
}

#[tokio::test]
async fn a_closed_port_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let outcome = Courier::new().send(&claim(), &target(address, "/"), now()).await;
    assert_eq!(outcome, failure("cannot connect: connection refused", None));
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_left() {
    let (address, log) = receiver().await;
    let target = Target { timeout: Duration::from_millis(200), ..target(address, "/never") };
    let outcome = Courier::new().send(&claim(), &target, now()).await;
    assert_eq!(outcome, failure("timed out after 200ms", None));
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_receiver_that_speaks_no_http_fails_without_a_word_of_the_url() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
        stream.try_write(b"220 mail.example.org\r\n").unwrap();
    });
    let outcome = Courier::new().send(&claim(), &target(address, "/"), now()).await;
    served.await.unwrap();
    let Outcome::Failed { error, retry_after: None } = outcome else { panic!("{outcome:?}") };
    assert!(error.starts_with("the request failed: "), "{error}");
    assert!(!error.contains("token") && !error.contains("127.0.0.1"), "{error}");
}

#[test]
fn retry_after_has_two_forms() {
    let cases = [
        ("0", Some(0)),
        (" 120 ", Some(120)),
        ("Thu, 29 Jan 2026 00:05:01 GMT", Some(1)),
        // RFC 9110, section 5.6.7: the obsolete forms must be read as well.
        ("Thursday, 29-Jan-26 00:06:00 GMT", Some(60)),
        ("Thu Jan 29 00:06:00 2026", Some(60)),
        // What has passed asks for nothing.
        ("Thu, 29 Jan 2026 00:04:00 GMT", Some(0)),
        ("99999999999999999999", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("tomorrow", None),
    ];
    for (value, expected) in cases {
        let header = reqwest::header::HeaderValue::from_str(value).unwrap();
        assert_eq!(wire::retry_after(&header, now()), expected.map(TimeDelta::seconds), "{value}");
    }
}

#[test]
fn debug_shows_neither_a_key_nor_a_token() {
    let mut target = target(([127, 0, 0, 1], 80).into(), "/path");
    assert_eq!(
        format!("{target:?}"),
        "Target { channel: Web { origin: \"http://127.0.0.1\", body: CloudEvents, .. }, language: En, timeout: 10s, concurrency: 4 }"
    );
    assert!(!web(&mut target).keys[0].expose_secret().is_empty());
}

#[tokio::test]
async fn a_receiver_of_a_private_authority_is_trusted_if_that_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let mut requests = 0;
        while requests < 2 {
            let (stream, _) = listener.accept().await.unwrap();
            // One who does not trust it leaves during the handshake.
            let Ok(mut stream) = crate::delivery::testing::acceptor().accept(stream).await else {
                continue;
            };
            let mut start = [0; 4096];
            if stream.read(&mut start).await.is_ok_and(|count| count > 0) {
                stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.unwrap();
                stream.shutdown().await.unwrap();
                requests += 1;
            }
        }
    });
    let sender = Courier::new();
    let mut target = target(address, "/");
    web(&mut target).url.set_scheme("https").unwrap();
    let Outcome::Failed { error, .. } = sender.send(&claim(), &target, now()).await else {
        panic!("nobody knows this authority")
    };
    assert!(!error.contains("token"), "{error}");
    web(&mut target).authorities = Some(Authorities::read(crate::delivery::testing::AUTHORITY).unwrap());
    for _ in 0..2 {
        assert_eq!(sender.send(&claim(), &target, now()).await, Outcome::Delivered);
    }
    served.await.unwrap();
}

#[tokio::test]
async fn a_receiver_without_tls_fails_over_https() {
    let (address, log) = receiver().await;
    let mut target = target(address, "/204");
    web(&mut target).url.set_scheme("https").unwrap();
    let outcome = Courier::new().send(&claim(), &target, now()).await;
    let Outcome::Failed { error, retry_after: None } = outcome else { panic!("{outcome:?}") };
    assert!(!error.contains("token") && !error.contains("127.0.0.1"), "{error}");
    assert!(log.lock().unwrap().is_empty());
}

/// Certificates and proxies are found through the environment, so this test runs itself in a
/// process whose environment leads to no certificates and to a proxy that is not there.
#[test]
fn without_certificates_plain_http_still_works_and_past_any_proxy() {
    const CHILD: &str = "TREATYWATCH_TEST_WITHOUT_CERTIFICATES";
    const NAME: &str =
        "delivery::client::tests::without_certificates_plain_http_still_works_and_past_any_proxy";
    if std::env::var_os(CHILD).is_none() {
        let child = Command::new(std::env::current_exe().unwrap())
            .args([NAME, "--exact"])
            .env(CHILD, "1")
            .env("SSL_CERT_FILE", "/dev/null")
            .env("SSL_CERT_DIR", "/nonexistent")
            .env("http_proxy", "http://127.0.0.1:1")
            .env("no_proxy", "")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && text.contains("1 passed"), "{text}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (address, _) = receiver().await;
        let sender = Courier::new();
        let problem = "No CA certificates were loaded from the system";
        assert!(sender.https_problem().unwrap().contains(problem));
        let http = target(address, "/204");
        assert_eq!(sender.send(&claim(), &http, now()).await, Outcome::Delivered);

        let mut https = target(address, "/204");
        web(&mut https).url.set_scheme("https").unwrap();
        let Outcome::Failed { error, .. } = sender.send(&claim(), &https, now()).await else { panic!() };
        assert!(error.starts_with("https does not work on this machine: "), "{error}");
    });
}

/// A receiver that answers with the same bytes for as long as they are read; gives how many that were.
async fn flood(piece: &'static [u8]) -> (SocketAddr, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        let (mut sent, more) = (0, piece.repeat(2000));
        while sent < FLOOD_BYTES && stream.write_all(&more).await.is_ok() {
            sent += more.len();
        }
        sent
    });
    (address, sent)
}

/// More than the operating system holds of what nobody reads.
const FLOOD_BYTES: usize = 64 << 20;

#[tokio::test]
async fn a_receiver_that_floods_in_place_of_an_answer_is_left_at_once() {
    let cases: [(&[u8], &str); 4] = [
        (b"HTTP/1.1 100 Continue\r\n\r\n", "more than 10 informational answers came in place of one"),
        (
            b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n",
            "more than 10 informational answers came in place of one",
        ),
        (b"\r\n\r\n\r\n", "more than 64 KiB came before the answer"),
        (b"HTTP/1.1 200 OK ", ""),
    ];
    for (piece, error) in cases {
        let (address, sent) = flood(piece).await;
        let outcome = Courier::new().send(&claim(), &target(address, "/"), now()).await;
        let Outcome::Failed { error: told, retry_after: None } = outcome else { panic!("{outcome:?}") };
        assert!(told.starts_with("the request failed: ") && told.contains(error), "{told}");
        let sent = sent.await.unwrap();
        assert!(sent < FLOOD_BYTES, "{sent} bytes were read: {told}");
    }
}

mod proxied;
