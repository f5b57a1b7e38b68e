//! The port: few connections, each for a short time, so that nobody who holds many takes the descriptors and the
//! memory of deliveries.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// So many connections are open at a time, where there are descriptors enough. One more closes the oldest that has
/// nothing answered just now: whoever asks is answered, however many only hold theirs.
const CONNECTIONS_MAX: u64 = 256;
/// The connections take no more than this part of the descriptors: the rest is for deliveries and the database.
const DESCRIPTORS_PART: u64 = 4;
/// A client may take so long for the head of a request, the wait for it included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// A head may be so large.
const HEAD_MAX_BYTES: usize = 16 << 10;
/// A connection takes no further request after so long.
const CONNECTION_MAX: Duration = Duration::from_secs(60);
/// What is being answered then, or when the daemon stops, may take so much longer.
const LAST_ANSWER_MAX: Duration = Duration::from_secs(2);
/// So many connections may wait to be accepted: with fewer, a burst of them has others wait for a second.
const BACKLOG: u32 = 1024;
/// When no connection can be accepted, it is tried again after so long.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// Listens at an address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // What the daemon before has left in the network keeps no new one from starting.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` comes.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = (descriptors / DESCRIPTORS_PART).clamp(1, CONNECTIONS_MAX);
    serve_up_to(usize::try_from(most).unwrap_or(1), listener, router, stop).await;
}

async fn serve_up_to(connections_max: usize, listener: TcpListener, router: Router, stop: CancellationToken) {
    let service = TowerToHyperService::new(router);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_MAX_BYTES);
    let mut open = FuturesUnordered::new();
    // From the oldest to the newest; some may have ended.
    let mut held: VecDeque<Held> = VecDeque::new();
    let mut accepts = true;
    loop {
        let stream = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            // Before the next connection: one that has said all it has to say is not closed for those that come after.
            Some(()) = open.next() => {
                held.retain(|one| !one.closer.is_cancelled());
                continue;
            }
            accepted = listener.accept(), if accepts => accepted,
            () = tokio::time::sleep(ACCEPT_AGAIN), if !accepts => listener.accept().await,
        };
        let stream = match stream {
            Ok((stream, _)) => {
                if !accepts {
                    info!("Health connections are accepted again");
                }
                accepts = true;
                stream
            }
            Err(error) => {
                if accepts {
                    warn!("Health connections cannot be accepted: {error}; logged once until they can");
                }
                accepts = false;
                continue;
            }
        };
        if connections_max <= held.len() {
            let idle = held.iter().position(|one| !one.is_answered.load(Ordering::Relaxed));
            if let Some(oldest) = held.remove(idle.unwrap_or_default()) {
                oldest.closer.cancel();
            }
        }
        let one = Held::default();
        held.push_back(one.clone());
        open.push(converse(&http, service.clone(), stream, one, &stop));
    }
    while open.next().await.is_some() {}
}

/// A connection that is open.
#[derive(Clone, Default)]
struct Held {
    /// Closes it, and is cancelled once it has ended.
    closer: CancellationToken,
    /// A whole request has come, and its answer is being made.
    is_answered: Arc<AtomicBool>,
}

async fn converse(
    http: &http1::Builder,
    service: TowerToHyperService<Router>,
    stream: TcpStream,
    held: Held,
    stop: &CancellationToken,
) {
    // It says that it has ended by this.
    let _ended = held.closer.clone().drop_guard();
    let service = service_fn(|request| {
        held.is_answered.store(true, Ordering::Relaxed);
        let answer = service.call(request);
        async {
            let answer = answer.await;
            held.is_answered.store(false, Ordering::Relaxed);
            answer
        }
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // How it ended is the affair of the client.
        _ = &mut connection => return,
        () = held.closer.cancelled() => return,
        () = tokio::time::sleep(CONNECTION_MAX) => {}
        () = stop.cancelled() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(LAST_ANSWER_MAX, connection).await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// So many connections the ports of these tests have.
    const MOST: usize = 16;

    async fn started() -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = Router::new().route("/", get(async || "well"));
        (address, stop.clone(), tokio::spawn(serve_up_to(MOST, listener, router, stop)))
    }

    async fn half_a_request(address: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        stream
    }

    #[tokio::test]
    async fn what_is_being_answered_is_not_closed_for_those_who_only_hold_their_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, mut is_asked) = tokio::sync::mpsc::channel::<()>(1);
        let enough = CancellationToken::new();
        let answer = {
            let enough = enough.clone();
            async move || {
                let _ = asked.send(()).await;
                enough.cancelled().await;
                "well"
            }
        };
        let stop = CancellationToken::new();
        let served =
            tokio::spawn(serve_up_to(MOST, listener, Router::new().route("/", get(answer)), stop.clone()));
        let asking = tokio::spawn(ask(address));
        is_asked.recv().await.unwrap();
        let mut held = Vec::new();
        for _ in 0..2 * MOST {
            held.push(half_a_request(address).await);
        }
        // Until the first of them is closed, not all have been accepted.
        let _ = held[0].read(&mut [0; 64]).await;
        enough.cancel();
        assert!(asking.await.unwrap().ends_with("\r\n\r\nwell"));
        stop.cancel();
        served.await.unwrap();
    }

    async fn ask(address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn whoever_asks_is_answered_however_many_only_hold_their_connection() {
        let (address, stop, served) = started().await;
        let mut held = Vec::new();
        for _ in 0..3 * MOST {
            held.push(half_a_request(address).await);
        }
        assert!(ask(address).await.ends_with("\r\n\r\nwell"));
        let mut closed = 0;
        for stream in &mut held[..2 * MOST] {
            // It was closed, with or without what it had said being read.
            closed += usize::from(!matches!(stream.read(&mut [0; 64]).await, Ok(1..)));
        }
        assert_eq!(closed, 2 * MOST);
        stop.cancel();
        // The others do not hold it up.
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_head_without_an_end_costs_its_connection() {
        let (address, stop, served) = started().await;
        let mut stream = half_a_request(address).await;
        let more = vec![b'x'; 2 * HEAD_MAX_BYTES];
        let _ = stream.write_all(&more).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
        assert!(ask(address).await.ends_with("well"));
        stop.cancel();
        served.await.unwrap();
    }
}
