//! Deliveries through proxies, each a real one on loopback.

use super::*;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

/// What a proxy does with those who come.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// It serves everybody.
    Serve,
    /// It serves those who say this of themselves.
    Ask(&'static str),
    /// It answers these bytes, and closes.
    Answer(&'static [u8]),
    /// It takes what is sent, and says nothing.
    Silent,
}

/// The heads that a proxy has read.
type Heads = Arc<Mutex<Vec<String>>>;

async fn proxy(manner: Manner) -> (SocketAddr, Heads) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Heads::default();
    let log = heads.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, manner, log.clone()));
        }
    });
    (address, heads)
}

async fn serve(mut stream: TcpStream, manner: Manner, log: Heads) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(char::from(byte));
    }
    log.lock().unwrap().push(head.clone());
    match manner {
        Manner::Answer(bytes) => {
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
            // What else comes is taken, so that the answer is not lost with the connection.
            while stream.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {}
            return;
        }
        Manner::Silent => return std::future::pending().await,
        Manner::Ask(wanted) if !head.contains(&format!("proxy-authorization: {wanted}\r\n")) => {
            let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\
                content-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer).await;
            while stream.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {}
            return;
        }
        Manner::Serve | Manner::Ask(_) => {}
    }
    let (line, rest) = head.split_once("\r\n").unwrap();
    let place = line.split(' ').nth(1).unwrap();
    let mut there = if line.starts_with("CONNECT ") {
        let there = TcpStream::connect(place).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 Connection established\r\nvia: 1.1 gateway\r\n\r\n").await.unwrap();
        there
    } else {
        let url: Url = place.parse().expect("the absolute form");
        let address = (url.host_str().unwrap(), url.port().unwrap());
        let mut there = TcpStream::connect(address).await.unwrap();
        // What is for the proxy stays here.
        let rest: Vec<&str> = rest.split("\r\n").filter(|line| !line.starts_with("proxy-")).collect();
        let path = &url[url::Position::BeforePath..];
        let asked = format!("POST {path} HTTP/1.1\r\n{}", rest.join("\r\n"));
        there.write_all(asked.as_bytes()).await.unwrap();
        there
    };
    let _ = copy_bidirectional(&mut stream, &mut there).await;
}

fn through(mut target: Target, proxy: &str) -> Target {
    web(&mut target).proxy = Some(Box::new(Proxy::new(&proxy.parse().unwrap()).unwrap()));
    target
}

/// A receiver over TLS that keeps the head of each request, and answers 204 to it.
async fn tls_receiver() -> (SocketAddr, Heads) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Heads::default();
    let log = heads.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = crate::delivery::testing::acceptor().accept(stream).await else { continue };
            let mut start = vec![0; 16384];
            let count = stream.read(&mut start).await.unwrap_or_default();
            log.lock().unwrap().push(String::from_utf8_lossy(&start[..count]).into_owned());
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            let _ = stream.shutdown().await;
        }
    });
    (address, heads)
}

fn over_tls(mut target: Target) -> Target {
    web(&mut target).url.set_scheme("https").unwrap();
    web(&mut target).authorities = Some(Authorities::read(crate::delivery::testing::AUTHORITY).unwrap());
    target
}

#[tokio::test]
async fn a_receiver_over_http_is_asked_for_in_absolute_form() {
    let (receiver, log) = receiver().await;
    let (gateway, heads) = proxy(Manner::Ask("Basic ZGVzazpodW50ZXIy")).await;
    let mut target = through(target(receiver, "/204"), &format!("http://desk:hunter2@{gateway}"));
    web(&mut target).headers = vec![
        Header::new("X-Gateway", "desk-7").unwrap(),
        Header::new("Authorization", "Bearer gateway-token").unwrap(),
    ];
    // Twice: the second goes over the connection of the first.
    let courier = Courier::new();
    for _ in 0..2 {
        assert_eq!(courier.send(&claim(), &target, now()).await, Outcome::Delivered);
    }
    let heads = heads.lock().unwrap();
    assert_eq!(heads.len(), 1, "{heads:?}");
    let line = format!("POST http://{receiver}/204?token=hunter2 HTTP/1.1\r\n");
    assert!(heads[0].starts_with(&line), "{heads:?}");
    let log = log.lock().unwrap();
    let received = &log[0];
    assert_eq!(received.header("x-gateway"), "desk-7");
    assert_eq!(received.header("authorization"), "Bearer gateway-token");
    assert_eq!(received.header("webhook-id"), "msg_1");
    assert_eq!(received.body, event::body(&claim().raised));
}

#[tokio::test]
async fn a_receiver_over_https_is_reached_through_a_tunnel() {
    let (receiver, requests) = tls_receiver().await;
    let (gateway, heads) = proxy(Manner::Ask("Basic ZGVzazpodW50ZXIy")).await;
    let mut target = over_tls(through(target(receiver, "/"), &format!("http://desk:hunter2@{gateway}")));
    web(&mut target).headers = vec![Header::new("X-Gateway", "desk-7").unwrap()];
    assert_eq!(Courier::new().send(&claim(), &target, now()).await, Outcome::Delivered);
    let heads = heads.lock().unwrap();
    assert_eq!(
        *heads,
        [format!(
            "CONNECT {receiver} HTTP/1.1\r\nhost: {receiver}\r\nproxy-authorization: Basic ZGVzazpodW50ZXIy\r\n\r\n"
        )]
    );
    let requests = requests.lock().unwrap();
    assert!(requests[0].starts_with("POST /?token=hunter2 HTTP/1.1\r\n"), "{requests:?}");
    // Headers for the proxy do not reach the receiver.
    assert!(requests[0].contains("x-gateway: desk-7\r\n") && !requests[0].contains("proxy-"), "{requests:?}");
}

#[tokio::test]
async fn what_a_proxy_refuses_is_a_failure_with_its_reason_and_no_secret() {
    const ENDLESS: &[u8] = &[b'x'; 32 << 10];
    let target =
        |gateway| through(target(([127, 0, 0, 1], 1).into(), "/"), &format!("http://desk:hunter2@{gateway}"));
    let refused = async |target: &Target, expected: &str| {
        let outcome = Courier::new().send(&claim(), target, now()).await;
        let Outcome::Failed { error, retry_after: None } = outcome else { panic!("{outcome:?}: {expected}") };
        assert_eq!(error, expected);
        assert!(!error.contains("hunter2") && !error.contains("ZGVzaz"), "{error}");
    };
    let asks = "the proxy answered 407: it asks for a user and a password that it knows";
    let bad_gateway = Manner::Answer(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    for (manner, expected) in [(Manner::Ask("Basic other"), asks), (bad_gateway, "answered 502")] {
        refused(&target(proxy(manner).await.0), expected).await;
    }
    let cases = [
        (Manner::Ask("Basic other"), asks),
        (bad_gateway, "the proxy answered 502 to CONNECT"),
        (Manner::Answer(b"220 mail.example.org\r\n\r\n"), "the proxy answered with something else than HTTP"),
        (Manner::Answer(b"HTTP/1.1 200 OK\r\n"), "the proxy closed the connection before it had answered"),
        (Manner::Answer(ENDLESS), "the proxy answered with more than 16 KiB to CONNECT"),
        // An informational answer is no tunnel.
        (Manner::Answer(b"HTTP/1.1 100 Continue\r\n\r\n"), "the proxy answered 100 to CONNECT"),
    ];
    for (manner, expected) in cases {
        refused(&over_tls(target(proxy(manner).await.0)), &format!("cannot connect: {expected}")).await;
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_never_answers_is_left() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (silent, _) = proxy(Manner::Silent).await;
    let refused = "cannot connect: the proxy cannot be reached: connection refused";
    for (gateway, expected) in [(closed, refused), (silent, "timed out after 200ms")] {
        let target = through(target(([127, 0, 0, 1], 1).into(), "/"), &format!("http://{gateway}"));
        let target = Target { timeout: Duration::from_millis(200), ..target };
        for target in [target.clone(), over_tls(target)] {
            let outcome = Courier::new().send(&claim(), &target, now()).await;
            assert_eq!(outcome, failure(expected, None));
        }
    }
}

/// Connecting has a limit of its own, which the answer to CONNECT counts against.
#[tokio::test]
async fn a_tunnel_is_not_waited_for_longer_than_a_connection() {
    let (silent, _) = proxy(Manner::Silent).await;
    let target = over_tls(through(target(([127, 0, 0, 1], 1).into(), "/"), &format!("http://{silent}")));
    let target = Target { timeout: Duration::from_secs(30), ..target };
    let outcome = Courier::new().send(&claim(), &target, now()).await;
    assert_eq!(outcome, failure("connecting timed out after 5s", None));
}

#[tokio::test]
async fn a_receiver_behind_a_proxy_cannot_flood_either() {
    for over_https in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let more = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(20);
            if over_https {
                let mut stream = crate::delivery::testing::acceptor().accept(stream).await.unwrap();
                assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
                let _ = stream.write_all(&more).await;
                let _ = stream.flush().await;
                std::future::pending::<()>().await;
            } else {
                let mut stream = stream;
                assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
                let _ = stream.write_all(&more).await;
                std::future::pending::<()>().await;
            }
        });
        let (gateway, _) = proxy(Manner::Serve).await;
        let target = through(target(receiver, "/"), &format!("http://{gateway}"));
        let target = if over_https { over_tls(target) } else { target };
        let outcome = Courier::new().send(&claim(), &target, now()).await;
        let flood = "the request failed: more than 10 informational answers came in place of one";
        assert_eq!(outcome, failure(flood, None));
    }
}

#[tokio::test]
async fn a_probe_goes_through_the_proxy_and_tells_no_header() {
    let (receiver, requests) = tls_receiver().await;
    let (gateway, heads) = proxy(Manner::Serve).await;
    let mut target = over_tls(through(target(receiver, "/"), &format!("http://{gateway}")));
    web(&mut target).headers = vec![Header::new("Authorization", "Bearer gateway-token").unwrap()];
    assert_eq!(Courier::new().probe(&target, Duration::from_secs(10)).await, Ok(None));
    assert_eq!(heads.lock().unwrap().len(), 1);
    let requests = requests.lock().unwrap();
    assert!(requests[0].starts_with("HEAD / HTTP/1.1\r\n") && !requests[0].contains("token"), "{requests:?}");
}

#[test]
fn a_preview_shows_headers_and_not_their_values() {
    let mut target = through(target(([127, 0, 0, 1], 1).into(), "/"), "http://desk:hunter2@gateway:3128");
    web(&mut target).headers = vec![Header::new("Authorization", "Bearer gateway-token").unwrap()];
    let preview = |reveal| target.preview(&claim().raised, now(), reveal).unwrap();
    let hidden = preview(false);
    assert_eq!(hidden.how, "POST http://127.0.0.1:1/… through http://gateway:3128");
    assert_eq!(hidden.headers.last().unwrap(), &("authorization".to_owned(), "…".to_owned()));
    let shown = preview(true);
    assert_eq!(shown.headers.last().unwrap().1, "Bearer gateway-token");
    assert!(!shown.how.contains("desk"), "{}", shown.how);
    let debug = format!("{target:?}");
    assert!(!debug.contains("gateway-token") && !debug.contains("hunter2"), "{debug}");
}
