//! How sources are asked: what is sent, what is believed, and what servers cannot make it do.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use treatywatch::domain::source::{Policy, Seen, SourceState};
use treatywatch::sources::{
    Ask, FetchError, Fetched, Fetcher, Heard, Limits, Page, Shape, Source, ask, is_allowed, unoda_question,
};
use treatywatch::wire::Authorities;
use url::Url;

use crate::env::tls;

const CONTACT: &str = "desk@example.org";
const MODIFIED: &str = "Tue, 24 Nov 2026 10:00:00 GMT";

fn now() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// Nothing is waited for between two requests.
fn limits() -> Limits {
    Limits { spacing: Duration::ZERO, ..Limits::default() }
}

fn fetcher(limits: Limits) -> Fetcher {
    Fetcher::new(CONTACT, limits, None).unwrap()
}

async fn get_with(fetcher: &Fetcher, url: &str) -> Result<Fetched, FetchError> {
    let url = url.parse().unwrap();
    fetcher.fetch(question(&url, None), now()).await
}

/// A first question, without a limit of its kind.
fn question<'a>(url: &'a Url, question: Option<&'a str>) -> Ask<'a> {
    Ask { url, question, etag: None, last_modified: None, size_max_bytes: usize::MAX }
}

async fn get(url: &str) -> Result<Fetched, FetchError> {
    get_with(&fetcher(limits()), url).await
}

fn page(fetched: Result<Fetched, FetchError>) -> Page {
    match fetched {
        Ok(Fetched::Page(page)) => page,
        other => panic!("{other:?}"),
    }
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// A request as the server sees it.
#[derive(Debug, Clone)]
struct Asked {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    at: Instant,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

#[derive(Clone)]
struct Server {
    /// As in `http://127.0.0.1:4711`.
    base: String,
    log: Arc<Mutex<Vec<Asked>>>,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { base, log: Arc::default(), open: Arc::default(), most_open: Arc::default() };
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn port(&self) -> &str {
        self.base.rsplit(':').next().unwrap()
    }

    fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    fn paths(&self) -> Vec<String> {
        self.log().into_iter().map(|asked| asked.path).collect()
    }
}

async fn answer(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let open = server.open.fetch_add(1, Ordering::SeqCst) + 1;
    server.most_open.fetch_max(open, Ordering::SeqCst);
    let is_known = headers.get("if-none-match").is_some_and(|it| it == "\"v1\"")
        || headers.get("if-modified-since").is_some_and(|it| it == MODIFIED);
    server.log.lock().unwrap().push(Asked { method, path: path.clone(), headers, body, at: Instant::now() });
    let to = |location: String| (StatusCode::FOUND, [("location", location)]).into_response();
    let response = match path.as_str() {
        "/page" if is_known => StatusCode::NOT_MODIFIED.into_response(),
        "/page" => {
            let headers = [
                ("etag", "\"v1\""),
                ("last-modified", MODIFIED),
                ("content-type", "Text/HTML; charset=windows-1251"),
                ("set-cookie", "session=1"),
            ];
            (headers, "<p>a page</p>").into_response()
        }
        "/gzip" => ([("content-encoding", "gzip")], packed(b"<p>packed</p>")).into_response(),
        // A file of two parts is one file (RFC 1952, section 2.2).
        "/gzip-in-parts" => {
            let parts = [packed(b"<p>one"), packed(b" two</p>")].concat();
            ([("content-encoding", "gzip")], parts).into_response()
        }
        "/bomb" => ([("content-encoding", "gzip")], packed(&vec![b' '; 64 << 20])).into_response(),
        "/cut-gzip" => {
            let whole = packed(b"<p>packed, and cut off before its end</p>");
            ([("content-encoding", "gzip")], whole[..whole.len() - 12].to_vec()).into_response()
        }
        "/gzip-1000" => ([("content-encoding", "gzip")], packed(&[b' '; 1000])).into_response(),
        "/brotli" => ([("content-encoding", "br")], "???").into_response(),
        "/no-gzip" => ([("content-encoding", "gzip")], "<p>as it is</p>").into_response(),
        "/long-etag" => {
            let long = "e".repeat(5_000);
            let headers = [("etag", long.clone()), ("last-modified", long.clone()), ("content-type", long)];
            (headers, "here").into_response()
        }
        "/odd-etag" => ([("etag", "\"a\tb\""), ("last-modified", "a\tb")], "here").into_response(),
        "/304" => StatusCode::NOT_MODIFIED.into_response(),
        "/429" => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "120")]).into_response(),
        "/503" => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "Tue, 24 Nov 2026 12:10:00 GMT")])
            .into_response(),
        "/429-for-ever" => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "315360000")]).into_response(),
        "/here" => to("/page".to_owned()),
        "/round" => to("/round".to_owned()),
        "/elsewhere" => to(format!("http://localhost:{}/page", server.port())),
        "/other-port" => to("http://127.0.0.1:1/page".to_owned()),
        "/yields" => {
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            "here".into_response()
        }
        path => match path.trim_start_matches('/').parse() {
            Ok(status) => StatusCode::from_u16(status).unwrap().into_response(),
            Err(_) => path.to_owned().into_response(),
        },
    };
    server.open.fetch_sub(1, Ordering::SeqCst);
    response
}

/// A server that does what no server should, to one connection after another: the head of each request is read.
async fn odd_server<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            read_head(&mut stream).await;
            serve(stream).await;
        }
    });
    url
}

async fn read_head(stream: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
}

#[tokio::test]
async fn a_request_says_who_asks_and_carries_nothing_else() {
    let server = Server::start().await;
    let fetcher = fetcher(limits());
    page(get_with(&fetcher, &server.url("/page")).await);
    page(get_with(&fetcher, &server.url("/page")).await);
    for asked in server.log() {
        assert_eq!(asked.method, Method::GET);
        let agent = concat!("treatywatch/", env!("CARGO_PKG_VERSION"), " (+desk@example.org)");
        assert_eq!(asked.header("user-agent"), Some(agent));
        assert_eq!(asked.header("accept-encoding"), Some("gzip"));
        for name in ["cookie", "if-none-match", "if-modified-since", "referer", "authorization"] {
            assert_eq!(asked.header(name), None);
        }
    }
    assert_eq!(server.log().len(), 2);
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let server = Server::start().await;
    let first = page(get(&server.url("/page")).await);
    assert_eq!(first.body, b"<p>a page</p>");
    assert_eq!((first.etag.as_deref(), first.last_modified.as_deref()), (Some("\"v1\""), Some(MODIFIED)));
    assert_eq!(first.content_type, "Text/HTML; charset=windows-1251");
    let url: Url = server.url("/page").parse().unwrap();
    let fetcher = fetcher(limits());
    let by = |etag, last_modified| Ask { etag, last_modified, ..question(&url, None) };
    for known in [by(first.etag.as_deref(), None), by(None, first.last_modified.as_deref())] {
        assert_eq!(fetcher.fetch(known, now()).await, Ok(Fetched::NotModified));
    }
    page(fetcher.fetch(by(Some("\"v0\""), None), now()).await);
    // Nobody asked whether it has changed.
    let status = StatusCode::NOT_MODIFIED;
    let refused = Err(FetchError::Status { status, retry_after: None });
    assert_eq!(get(&server.url("/304")).await, refused);
}

#[tokio::test]
async fn a_question_is_posted_as_json() {
    let server = Server::start().await;
    let url: Url = server.url("/question").parse().unwrap();
    let json = unoda_question("ctbt");
    page(fetcher(limits()).fetch(question(&url, Some(&json)), now()).await);
    let asked = &server.log()[0];
    assert_eq!(asked.method, Method::POST);
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.body, json);
}

#[tokio::test]
async fn what_is_packed_is_unpacked_up_to_a_limit() {
    let server = Server::start().await;
    assert_eq!(page(get(&server.url("/gzip")).await).body, b"<p>packed</p>");
    assert_eq!(page(get(&server.url("/gzip-in-parts")).await).body, b"<p>one two</p>");
    // 64 kilobytes on the wire, 64 megabytes in memory.
    assert_eq!(get(&server.url("/bomb")).await, Err(FetchError::TooLarge(16 << 20)));
    let of = |size_max_bytes| fetcher(Limits { size_max_bytes, ..limits() });
    assert_eq!(get_with(&of(999), &server.url("/gzip-1000")).await, Err(FetchError::TooLarge(999)));
    page(get_with(&of(1000), &server.url("/gzip-1000")).await);
    // A limit of what is asked for, packed or not.
    for path in ["/gzip-1000", "/this-is-as-long-as-it-is"] {
        let url: Url = server.url(path).parse().unwrap();
        let of_kind = |size_max_bytes| Ask { size_max_bytes, ..question(&url, None) };
        assert_eq!(fetcher(limits()).fetch(of_kind(9), now()).await, Err(FetchError::TooLarge(9)));
        page(fetcher(limits()).fetch(of_kind(1000), now()).await);
    }
    for broken in ["/cut-gzip", "/no-gzip", "/brotli"] {
        let cut = get(&server.url(broken)).await;
        assert!(matches!(cut, Err(FetchError::Cut(_))), "{broken}: {cut:?}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_left() {
    let (tx, rx) = tokio::sync::oneshot::channel();
    let tx = Mutex::new(Some(tx));
    let url = odd_server(move |mut stream| {
        let tx = tx.lock().unwrap().take();
        async move {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
            let mut sent = 0_usize;
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {
                sent += 65_536;
            }
            tx.unwrap().send(sent).unwrap();
        }
    })
    .await;
    let fetcher = fetcher(Limits { size_max_bytes: 100_000, ..limits() });
    assert_eq!(get_with(&fetcher, &url).await, Err(FetchError::TooLarge(100_000)));
    // The other side noticed: what was sent beyond that stands in the buffers of the sockets.
    assert!(rx.await.unwrap() < 64 << 20);
}

#[tokio::test]
async fn half_an_answer_is_none() {
    for half in [
        "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<html><p>A page that",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<html\r\n",
    ] {
        let url = odd_server(move |mut stream| async move {
            stream.write_all(half.as_bytes()).await.unwrap();
        })
        .await;
        let cut = get(&url).await;
        assert!(matches!(cut, Err(FetchError::Cut(_))), "{cut:?}");
        assert!(cut.unwrap_err().to_string().starts_with("the answer is not whole: "));
    }
    for no_http in ["", "220 mail.example.org\r\n", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let url = odd_server(move |mut stream| async move {
            stream.write_all(no_http.as_bytes()).await.unwrap();
        })
        .await;
        let error = get(&url).await;
        assert!(matches!(error, Err(FetchError::NoAnswer(_))), "{error:?}");
    }
}

/// The limits here are short, and the servers never end: whether this machine is busy changes nothing.
#[tokio::test]
async fn a_server_that_takes_its_time_is_left() {
    let silent = odd_server(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    });
    let stalling = odd_server(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<p>").await.unwrap();
        std::future::pending::<()>().await;
    });
    let dripping = odd_server(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let hour = Duration::from_secs(3600);
    let short = Duration::from_millis(300);
    let cases = [
        (silent.await, Limits { silence: short, timeout: hour, ..limits() }),
        (stalling.await, Limits { silence: short, timeout: hour, ..limits() }),
        (dripping.await, Limits { silence: hour, timeout: short, ..limits() }),
    ];
    for (url, limits) in cases {
        assert_eq!(get_with(&fetcher(limits), &url).await, Err(FetchError::TimedOut(limits)));
    }
    let words = FetchError::TimedOut(Limits::default()).to_string();
    assert_eq!(words, "it was silent for 20s, or took more than 90s");
}

#[tokio::test]
async fn a_refusal_says_how_long_to_wait() {
    let server = Server::start().await;
    let cases = [
        ("/404", None),
        ("/410", None),
        ("/500", None),
        ("/204", None),
        ("/206", None),
        ("/429", Some(TimeDelta::seconds(120))),
        ("/503", Some(TimeDelta::minutes(10))),
        // Ten years: nobody means that.
        ("/429-for-ever", Some(TimeDelta::days(1))),
    ];
    for (path, expected) in cases {
        let error = get(&server.url(path)).await.unwrap_err();
        assert_eq!(error.retry_after(), expected, "{path}");
        let FetchError::Status { status, .. } = &error else { panic!("{path}: {error:?}") };
        assert!(path[1..].starts_with(status.as_str()), "{path}: {status}");
    }
    let gone = get(&server.url("/410")).await.unwrap_err();
    assert_eq!(gone.to_string(), "it answered 410 Gone");
}

#[tokio::test]
async fn a_host_that_asks_to_be_left_alone_is_not_asked() {
    let server = Server::start().await;
    let fetcher = fetcher(limits());
    get_with(&fetcher, &server.url("/429")).await.unwrap_err();
    let (url, elsewhere): (Url, Url) = (
        server.url("/page").parse().unwrap(),
        format!("http://localhost:{}/b", server.port()).parse().unwrap(),
    );
    let at = |url, seconds| {
        let ask = question(url, None);
        fetcher.fetch(ask, now() + TimeDelta::seconds(seconds))
    };
    assert_eq!(at(&url, 119).await, Err(FetchError::LeftAlone(TimeDelta::seconds(1))));
    assert_eq!(server.paths(), ["/429"]);
    // Another host has not asked for anything.
    page(at(&elsewhere, 0).await);
    page(at(&url, 120).await);
    assert_eq!(server.paths(), ["/429", "/b", "/page"]);
}

/// What one server asks for binds no other: of the same name, on another port.
#[tokio::test]
async fn a_pause_belongs_to_a_port() {
    let (one, other) = (Server::start().await, Server::start().await);
    let fetcher = fetcher(limits());
    get_with(&fetcher, &one.url("/429-for-ever")).await.unwrap_err();
    let paused = get_with(&fetcher, &one.url("/page")).await;
    assert_eq!(paused, Err(FetchError::LeftAlone(TimeDelta::days(1))));
    page(get_with(&fetcher, &other.url("/page")).await);
}

/// A tag that a server refuses to read in the next request would make that fail for ever.
#[tokio::test]
async fn what_is_too_long_or_odd_is_not_sent_back() {
    let server = Server::start().await;
    for path in ["/long-etag", "/odd-etag"] {
        let page = page(get(&server.url(path)).await);
        assert_eq!((page.etag, page.last_modified), (None, None), "{path}");
        assert!(page.content_type.chars().count() <= 200);
    }
    let url: Url = server.url("/page").parse().unwrap();
    let long = format!("\"{}\"", "e".repeat(2_000));
    let kept = Ask { etag: Some(&long), last_modified: Some("a\tb"), ..question(&url, None) };
    page(fetcher(limits()).fetch(kept, now()).await);
    let asked = server.log().pop().unwrap();
    assert_eq!((asked.header("if-none-match"), asked.header("if-modified-since")), (None, None));
}

#[tokio::test]
async fn redirects_are_followed_on_the_same_host_alone() {
    let server = Server::start().await;
    assert_eq!(page(get(&server.url("/here")).await).body, b"<p>a page</p>");
    assert_eq!(server.paths(), ["/here", "/page"]);

    let far = get(&server.url("/elsewhere")).await;
    let location = format!("http://localhost:{}/page", server.port());
    assert_eq!(far, Err(FetchError::Redirect(location.clone())));
    let words = far.unwrap_err().to_string();
    assert_eq!(words, format!("it redirects to {location}, which is another host, port or scheme"));
    let port = get(&server.url("/other-port")).await;
    assert_eq!(port, Err(FetchError::Redirect("http://127.0.0.1:1/page".to_owned())));
    assert_eq!(server.paths()[2..], ["/elsewhere", "/other-port"], "nothing else was asked");

    assert_eq!(get(&server.url("/round")).await, Err(FetchError::Redirects));
    assert_eq!(server.paths()[4..], ["/round"; 6]);
}

/// A server with TLS whose certificate this machine does not know.
async fn tls_server(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // One who does not trust it leaves during the handshake.
            let Ok(mut stream) = tls::acceptor().accept(stream).await else { continue };
            read_head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn a_certificate_is_checked() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret".to_owned();
    let url = tls_server(answer).await;
    let error = get(&url).await.unwrap_err();
    assert!(
        matches!(&error, FetchError::Connect(why) if why.contains("certificate"))
            || matches!(&error, FetchError::NoHttps(_)),
        "{error:?}"
    );
    let authorities = Authorities::read(tls::AUTHORITY).unwrap();
    let trusting = Fetcher::new(CONTACT, limits(), Some(&authorities)).unwrap();
    assert_eq!(page(get_with(&trusting, &url).await).body, b"secret");
    // Nothing but HTTP is spoken there.
    let server = Server::start().await;
    let plain = get_with(&trusting, &server.url("/page").replace("http:", "https:")).await;
    assert!(matches!(plain, Err(FetchError::Connect(_))), "{plain:?}");
    page(get_with(&trusting, &server.url("/page")).await);
}

#[tokio::test]
async fn a_redirect_never_leads_away_from_https() {
    let server = Server::start().await;
    let location = server.url("/page");
    let url =
        tls_server(format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\nconnection: close\r\n\r\n")).await;
    let authorities = Authorities::read(tls::AUTHORITY).unwrap();
    let trusting = Fetcher::new(CONTACT, limits(), Some(&authorities)).unwrap();
    assert_eq!(get_with(&trusting, &url).await, Err(FetchError::Redirect(location)));
    // The same host and port, without TLS.
    let same = url.replace("https:", "http:");
    let url = tls_server(format!(
        "HTTP/1.1 301 Moved Permanently\r\nlocation: {same}\r\nconnection: close\r\n\r\n"
    ));
    assert_eq!(get_with(&trusting, &url.await).await, Err(FetchError::Redirect(same)));
    assert_eq!(server.log().len(), 0);
}

#[tokio::test]
async fn a_closed_port_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&url).await.unwrap_err();
    assert_eq!(error.to_string(), "no connection: connection refused");
}

#[tokio::test]
async fn requests_to_one_host_keep_their_distance() {
    let server = Server::start().await;
    let spacing = Duration::from_millis(200);
    let spaced = fetcher(Limits { spacing, ..limits() });
    let begin = Instant::now();
    for _ in 0..3 {
        page(get_with(&spaced, &server.url("/page")).await);
    }
    // The first may have come late, so that all are held against what was before it.
    for (asked, distance) in server.log().iter().zip(0..) {
        assert!(spacing * distance <= asked.at - begin, "{distance}");
    }
    // Another host waits for nobody: else this would take an hour.
    let spaced = fetcher(Limits { spacing: Duration::from_secs(3600), ..limits() });
    page(get_with(&spaced, &server.url("/page")).await);
    page(get_with(&spaced, &format!("http://localhost:{}/page", server.port())).await);
}

#[tokio::test]
async fn a_host_is_asked_one_thing_at_a_time() {
    let server = Server::start().await;
    let fetcher = fetcher(limits());
    let url = server.url("/yields");
    let asked = futures_util::future::join_all((0..8).map(|_| get_with(&fetcher, &url))).await;
    assert_eq!(asked.into_iter().map(page).count(), 8);
    assert_eq!(server.most_open.load(Ordering::SeqCst), 1);
}

#[test]
fn sources_are_asked_over_https_or_on_this_machine() {
    let cases = BTreeMap::from([
        ("https://example.org/", true),
        ("http://example.org/", false),
        ("http://127.0.0.1:8080/", true),
        ("http://[::1]/", true),
        ("http://localhost/", true),
        ("http://localhost.example.org/", false),
        ("http://10.0.0.1/", false),
        ("ftp://127.0.0.1/", false),
        ("file:///etc/passwd", false),
        ("data:text/plain,x", false),
    ]);
    for (url, expected) in cases {
        assert_eq!(is_allowed(&url.parse().unwrap()), expected, "{url}");
    }
}

/// A source of the Treaty Collection, whose page for people is elsewhere.
fn source(server: &Server, path: &str, fallback: &str) -> Source {
    Source {
        name: "made-up".to_owned(),
        shape: Shape::Untc { fallback: Some(server.url(fallback).parse().unwrap()) },
        treaty: None,
        url: server.url(path).parse().unwrap(),
        policy: Policy::Review,
    }
}

#[tokio::test]
async fn the_page_for_people_is_asked_where_the_file_fails_and_only_then() {
    let server = Server::start().await;
    let fetcher = fetcher(limits());
    let hear = |path, fallback, etag: Option<&str>| {
        let state = SourceState { etag: etag.map(str::to_owned), ..SourceState::default() };
        let source = source(&server, path, fallback);
        let fetcher = &fetcher;
        async move { ask(fetcher, &source, &state, false, now()).await }
    };
    assert_eq!(hear("/page", "/fallback", Some("\"v1\"")).await, Ok(Heard::Same));
    assert_eq!(server.paths(), ["/page"]);
    let fault = hear("/404", "/500", None).await.unwrap_err();
    assert_eq!(
        fault.message,
        "it answered 404 Not Found; and the page for people: it answered 500 Internal Server Error"
    );
    // Who asks to wait is not asked for something else instead.
    let fault = hear("/429", "/fallback", None).await.unwrap_err();
    assert_eq!(fault.retry_after, Some(TimeDelta::seconds(120)));
    assert_eq!(server.paths(), ["/page", "/404", "/500", "/429"]);
}

#[tokio::test]
async fn an_answer_is_kept_as_it_came() {
    const XML: &str = include_str!("../fixtures/sources/untc.xml");
    let router = Router::new().fallback(|| async { XML });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let source = Source {
        name: "made-up".to_owned(),
        shape: Shape::Untc { fallback: None },
        treaty: None,
        url: url.parse().unwrap(),
        policy: Policy::Review,
    };
    let heard = ask(&fetcher(limits()), &source, &SourceState::default(), false, now()).await.unwrap();
    let Heard::News(news) = heard else { panic!("{heard:?}") };
    let Seen::Acts(sighting) = &news.seen else { panic!("{news:?}") };
    assert_eq!((sighting.states, sighting.parties, sighting.observations.len()), (5, Some(5), 8));
    let mut unpacked = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*news.packed), &mut unpacked).unwrap();
    assert_eq!(unpacked, XML);
}
