//! Connections that no server can flood: what comes before an answer is little, or the connection fails.
//!
//! hyper skips informational answers (1xx) for as long as they come, in one go as long as there is something to read,
//! and hands out none of its connections to a client of reqwest. So it is counted here, below hyper and above TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{Connected, Connection};
use rustls::ClientConfig;
use tower_service::Service;

use super::proxy::{Proxy, ProxyConnector};

/// So much comes before an answer at most, its own head and those of informational answers taken together.
pub const HEADS_MAX_BYTES: usize = 64 << 10;
/// So many informational answers may come before an answer.
pub const INFORMATIONAL_MAX: u32 = 10;
/// So much is read at a time: whatever it holds, it is parsed within a millisecond or two.
const READ_MAX_BYTES: usize = 16 << 10;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What a server sent in place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flood {
    /// Informational answers.
    #[error("more than {INFORMATIONAL_MAX} informational answers came in place of one")]
    Informational,
    /// A head without an end.
    #[error("more than {} KiB came before the answer", HEADS_MAX_BYTES >> 10)]
    Head,
}

/// No connection within the time for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("connecting timed out after {}s", .0.as_secs())]
pub struct ConnectTimeout(pub Duration);

/// Connects to servers over HTTP and HTTPS, straight or through a proxy, within a time, with connections that are
/// [`Guarded`].
#[derive(Clone)]
pub struct Connector {
    inner: HttpsConnector<ProxyConnector>,
    timeout: Duration,
    has_proxy: bool,
}

impl Connector {
    /// One that trusts whom `tls` trusts.
    pub fn new(tls: ClientConfig, proxy: Option<Proxy>, timeout: Duration) -> Self {
        let connector = ProxyConnector::new(proxy);
        let has_proxy = connector.has_proxy();
        let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1();
        Self { inner: https.wrap_connector(connector), timeout, has_proxy }
    }
}

impl Service<Uri> for Connector {
    type Response = Guarded<<HttpsConnector<ProxyConnector> as Service<Uri>>::Response>;
    type Error = Cause;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Cause>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // Over TLS the receiver answers at the end of a tunnel, and knows of no proxy.
        let has_proxy = self.has_proxy && uri.scheme_str() == Some("http");
        let (connecting, timeout) = (self.inner.call(uri), self.timeout);
        Box::pin(async move {
            let connected = tokio::time::timeout(timeout, connecting).await;
            let stream = connected.map_err(|_| ConnectTimeout(timeout))??;
            Ok(Guarded { has_proxy, ..Guarded::new(stream) })
        })
    }
}

/// A connection of HTTP/1 that fails when too much comes before an answer.
#[derive(Debug)]
pub struct Guarded<S> {
    stream: S,
    heads: Heads,
    /// Requests then have their absolute form.
    has_proxy: bool,
}

impl<S> Guarded<S> {
    /// Guards a stream on which nothing has been sent or read yet.
    pub fn new(stream: S) -> Self {
        Self { stream, heads: Heads::default(), has_proxy: false }
    }
}

impl<S: Read + Unpin> Read for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut out: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut space = [0; READ_MAX_BYTES];
        let most = out.remaining().min(READ_MAX_BYTES);
        let mut buffer = ReadBuf::new(&mut space[..most]);
        std::task::ready!(Pin::new(&mut this.stream).poll_read(cx, buffer.unfilled()))?;
        this.heads.read(buffer.filled()).map_err(io::Error::other)?;
        out.put_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: Write + Unpin> Write for Guarded<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.heads.written();
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.heads.written();
        Pin::new(&mut this.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: Connection> Connection for Guarded<S> {
    fn connected(&self) -> Connected {
        self.stream.connected().proxy(self.has_proxy)
    }
}

/// The heads that have come since something was asked.
#[derive(Debug, Default)]
struct Heads {
    size_bytes: usize,
    informational: u32,
    /// What the answer is: it is known from the twelfth byte of its head on.
    line: Vec<u8>,
    /// How many bytes of an empty line the last ones are.
    ending: usize,
    /// The head of the answer itself has come: its body is for others to limit.
    is_complete: bool,
}

/// `HTTP/1.1 100`.
const STATUS_LINE_BYTES: usize = 12;

impl Heads {
    /// Something is asked. Not a new question while the answer to the one before has not come.
    fn written(&mut self) {
        if self.is_complete {
            *self = Self::default();
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), Flood> {
        for byte in bytes {
            if self.is_complete {
                return Ok(());
            }
            self.size_bytes += 1;
            if HEADS_MAX_BYTES < self.size_bytes {
                return Err(Flood::Head);
            }
            // hyper passes over empty lines before a head.
            if self.line.is_empty() && matches!(byte, b'\r' | b'\n') {
                continue;
            }
            if self.line.len() < STATUS_LINE_BYTES {
                self.line.push(*byte);
            }
            // A line may end with a line feed alone.
            match byte {
                b'\n' => self.ending += 1,
                b'\r' => {}
                _ => self.ending = 0,
            }
            if self.ending == 2 {
                self.end_of_head()?;
            }
        }
        Ok(())
    }

    fn end_of_head(&mut self) -> Result<(), Flood> {
        let status = self.line.get(STATUS_LINE_BYTES - 3..).unwrap_or_default();
        // After 101 the connection is another one.
        if status.first() != Some(&b'1') || status == b"101" {
            self.is_complete = true;
            return Ok(());
        }
        self.informational += 1;
        (self.line, self.ending) = (Vec::new(), 0);
        if INFORMATIONAL_MAX < self.informational { Err(Flood::Informational) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
    const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";

    /// What comes of a connection on which all this arrives, in pieces of any size.
    fn read(text: &str) -> Result<Heads, Flood> {
        let of_size = |size: usize| {
            let mut heads = Heads::default();
            text.as_bytes().chunks(size).try_for_each(|piece| heads.read(piece)).map(|()| heads)
        };
        let (one, some) = (of_size(1), of_size(7));
        assert_eq!(one.as_ref().err(), some.as_ref().err());
        of_size(usize::MAX)
    }

    #[test]
    fn ten_informational_answers_may_come_and_no_eleventh() {
        assert!(read(&format!("{}{ANSWER}", CONTINUE.repeat(10))).unwrap().is_complete);
        assert_eq!(read(&CONTINUE.repeat(11)).err(), Some(Flood::Informational));
        let hints = "HTTP/1.1 103 Early Hints\nlink: <a>; rel=preload\n\n";
        assert_eq!(read(&hints.repeat(11)).err(), Some(Flood::Informational));
    }

    #[test]
    fn a_head_has_an_end_and_a_body_is_for_others_to_limit() {
        assert_eq!(
            read(&format!("HTTP/1.1 200 OK\r\na: {}", "b".repeat(HEADS_MAX_BYTES))).err(),
            Some(Flood::Head)
        );
        assert_eq!(read(&"\r\n".repeat(HEADS_MAX_BYTES)).err(), Some(Flood::Head));
        assert_eq!(read(&format!("\r\n\r\n{}", CONTINUE.repeat(11))).err(), Some(Flood::Informational));
        let body = CONTINUE.repeat(HEADS_MAX_BYTES);
        assert!(read(&format!("{ANSWER}{body}")).unwrap().is_complete);
        assert!(read("HTTP/1.1 101 Switching Protocols\r\n\r\n").unwrap().is_complete);
    }

    #[test]
    fn a_new_question_begins_anew_and_one_that_goes_on_does_not() {
        let mut heads = read(&CONTINUE.repeat(10)).unwrap();
        heads.written();
        assert_eq!(heads.read(CONTINUE.as_bytes()), Err(Flood::Informational));
        let mut heads = read(&format!("{}{ANSWER}", CONTINUE.repeat(10))).unwrap();
        heads.written();
        assert_eq!(heads.read(CONTINUE.repeat(10).as_bytes()), Ok(()));
    }
}
