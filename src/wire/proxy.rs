//! HTTP proxies: a request goes to one in absolute form, and TLS goes through a tunnel (`CONNECT`, RFC 9110, 9.3.6).

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::Uri;
use hyper::header::HeaderValue;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower_service::Service;
use url::Url;

/// A proxy answers `CONNECT` with so much at most.
pub const TUNNEL_ANSWER_MAX_BYTES: usize = 16 << 10;
/// `HTTP/1.1 200`.
const STATUS_LINE_BYTES: usize = 12;
/// The port of a URL that names none.
const HTTPS_PORT: u16 = 443;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An HTTP proxy, with the user and the password that it asks for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proxy {
    /// Without user and password.
    url: Url,
    authorization: Option<HeaderValue>,
}

/// A URL that names no proxy. It is not shown: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an HTTP proxy: expected its scheme, host and port alone, as in `http://gateway.example.org:3128`"
)]
pub struct NoProxy;

/// Why there is no way through a proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// There is no connection to it.
    #[error("the proxy cannot be reached: {0}")]
    Unreached(String),
    /// The connection to it broke.
    #[error("the connection to the proxy broke: {0}")]
    Broken(String),
    /// It refuses user and password, or the lack of them.
    #[error("the proxy answered 407: it asks for a user and a password that it knows")]
    Authorization,
    /// It makes no tunnel.
    #[error("the proxy answered {0} to CONNECT")]
    Refused(u16),
    /// What it says is no answer.
    #[error("the proxy answered with something else than HTTP")]
    NotHttp,
    /// Its answer has no end.
    #[error("the proxy answered with more than {} KiB to CONNECT", TUNNEL_ANSWER_MAX_BYTES >> 10)]
    Endless,
    /// It has closed the connection.
    #[error("the proxy closed the connection before it had answered")]
    Closed,
}

impl Proxy {
    /// Reads a URL, which may hold a user and a password in percent encoding.
    pub fn new(url: &Url) -> Result<Self, NoProxy> {
        let mut bare = url.clone();
        bare.set_username("").and_then(|()| bare.set_password(None)).map_err(|()| NoProxy)?;
        let has_more = bare.path() != "/" || bare.query().is_some() || bare.fragment().is_some();
        let is_usable = bare.as_str().parse::<Uri>().is_ok();
        if bare.scheme() != "http" || !bare.has_host() || has_more || !is_usable {
            return Err(NoProxy);
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        Ok(Self { url: bare, authorization: has_user.then(|| basic(url)) })
    }

    /// Scheme, host and port.
    pub fn place(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// What a request in absolute form says of user and password.
    pub fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.place()).finish()
    }
}

/// User and password as RFC 7617 writes them.
fn basic(url: &Url) -> HeaderValue {
    let mut pair: Vec<u8> = percent_decode_str(url.username()).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(url.password().unwrap_or_default()));
    let value = format!("Basic {}", BASE64.encode(pair));
    let mut value = HeaderValue::try_from(value).expect("base64 is printable ASCII");
    value.set_sensitive(true);
    value
}

/// Connects to servers over TCP, straight or through a proxy.
#[derive(Clone)]
pub struct ProxyConnector {
    http: HttpConnector,
    proxy: Option<Proxy>,
}

impl ProxyConnector {
    /// One that leads through `proxy`, if there is one.
    pub fn new(proxy: Option<Proxy>) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        Self { http, proxy }
    }

    /// Whether a proxy is on it.
    pub fn has_proxy(&self) -> bool {
        self.proxy.is_some()
    }
}

impl Service<Uri> for ProxyConnector {
    type Response = TokioIo<TcpStream>;
    type Error = Cause;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Cause>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        self.http.poll_ready(cx).map_err(Cause::from)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Some(proxy) = self.proxy.clone() else {
            let connecting = self.http.call(uri);
            return Box::pin(async { Ok(connecting.await?) });
        };
        let address: Uri = proxy.url.as_str().parse().expect("tried when it was read");
        let connecting = self.http.call(address);
        Box::pin(async move {
            let connected = connecting.await;
            let connected = connected.map_err(|error| ProxyError::Unreached(super::root_cause(&error)))?;
            let mut stream = connected.into_inner();
            if uri.scheme_str() == Some("https") {
                tunnel(&mut stream, &uri, proxy.authorization()).await?;
            }
            Ok(TokioIo::new(stream))
        })
    }
}

/// Asks a proxy for a way to the host of `uri`; what is sent afterwards goes there.
async fn tunnel(
    stream: &mut TcpStream,
    uri: &Uri,
    authorization: Option<&HeaderValue>,
) -> Result<(), ProxyError> {
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(HTTPS_PORT);
    let mut asked = format!("CONNECT {host}:{port} HTTP/1.1\r\nhost: {host}:{port}\r\n").into_bytes();
    if let Some(authorization) = authorization {
        asked.extend([b"proxy-authorization: ", authorization.as_bytes(), b"\r\n"].concat());
    }
    asked.extend(b"\r\n");
    let broken = |error: std::io::Error| ProxyError::Broken(error.to_string());
    stream.write_all(&asked).await.map_err(broken)?;
    let head = read_head(stream).await?;
    let line = head.get(..STATUS_LINE_BYTES).filter(|line| line.starts_with(b"HTTP/1."));
    let status = line.and_then(|line| std::str::from_utf8(&line[STATUS_LINE_BYTES - 3..]).ok());
    match status.and_then(|status| status.parse().ok()) {
        Some(200..300) => Ok(()),
        Some(407) => Err(ProxyError::Authorization),
        Some(status) => Err(ProxyError::Refused(status)),
        None => Err(ProxyError::NotHttp),
    }
}

/// The head of an answer. Byte by byte, so that nothing of what follows is taken: it is short, and read once.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, ProxyError> {
    let mut head = Vec::new();
    // A line may end with a line feed alone.
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        if head.len() == TUNNEL_ANSWER_MAX_BYTES {
            return Err(ProxyError::Endless);
        }
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(ProxyError::Closed);
            }
            Err(error) => return Err(ProxyError::Broken(error.to_string())),
        }
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(url: &str) -> Result<Proxy, NoProxy> {
        Proxy::new(&url.parse().unwrap())
    }

    #[test]
    fn a_proxy_is_a_scheme_a_host_and_a_port() {
        for url in ["http://gateway:3128", "http://gateway.example.org/", "http://[::1]:3128"] {
            assert!(proxy(url).is_ok(), "{url}");
        }
        for url in [
            "https://gateway:3128",
            "socks5://gateway:1080",
            "http://gateway:3128/path",
            "http://gateway:3128?a=b",
            "http://gateway:3128#a",
            "gateway:3128",
        ] {
            assert_eq!(proxy(url), Err(NoProxy), "{url}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_not_shown() {
        let proxy = proxy("http://me%40desk:hunter2%3A%C3%A9@gateway:3128").unwrap();
        let expected = format!("Basic {}", BASE64.encode("me@desk:hunter2:é"));
        assert_eq!(proxy.authorization().unwrap().to_str().unwrap(), expected);
        assert_eq!(format!("{proxy:?}"), "Proxy(\"http://gateway:3128\")");
        assert!(!format!("{:?}", proxy.authorization()).contains("Basic"));
    }

    #[tokio::test]
    async fn an_answer_to_connect_has_an_end() {
        let read = async |bytes: &[u8]| read_head(&mut std::io::Cursor::new(bytes.to_vec())).await;
        let answer = b"HTTP/1.1 200 OK\r\nvia: 1.1 gateway\r\n\r\n";
        assert_eq!(read(&[answer.as_slice(), b"more"].concat()).await, Ok(answer.to_vec()));
        assert_eq!(read(b"HTTP/1.1 200 OK\n\nmore").await, Ok(b"HTTP/1.1 200 OK\n\n".to_vec()));
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n").await, Err(ProxyError::Closed));
        assert_eq!(read(&b"HTTP/1.1 200 OK\r\n".repeat(2000)).await, Err(ProxyError::Endless));
    }
}
