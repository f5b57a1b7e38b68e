//! `health`: whether the daemon that runs says that all is well, for supervisors without a client of their own.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::exit;

/// A daemon that does not answer for so long is not well. A supervisor waits a second longer.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// So much of the answer is read.
const ANSWER_SIZE_MAX_BYTES: u64 = 64 * 1024;

/// Asks the daemon at the address where it listens by the configuration.
pub async fn health(listen: Option<SocketAddr>, out: &mut dyn Write) -> Result<u8> {
    let Some(listen) = listen else {
        bail!("the daemon has no health endpoint: `listen` is \"off\" in the configuration");
    };
    let address = near(listen);
    let answer = tokio::time::timeout(ANSWER_MAX, ask(address)).await;
    let answer = answer.map_err(|_| anyhow::anyhow!("no answer within {} s", ANSWER_MAX.as_secs()));
    let answer = answer.flatten().with_context(|| format!("http://{address}/healthz"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let is_well = head.split_whitespace().nth(1) == Some("200");
    writeln!(out, "{}", body.trim())?;
    Ok(if is_well { exit::FINE } else { exit::FAILED })
}

/// Where one that listens everywhere is reached from here.
fn near(listen: SocketAddr) -> SocketAddr {
    let host = match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    SocketAddr::new(host, listen.port())
}

async fn ask(address: SocketAddr) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_SIZE_MAX_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    async fn answered(answer: &'static str) -> (u8, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 512];
            let size = stream.read(&mut head).await.unwrap();
            assert!(head[..size].starts_with(b"GET /healthz HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let mut out = Vec::new();
        let (code, ()) = tokio::join!(health(Some(([0, 0, 0, 0], port).into()), &mut out), serve);
        (code.unwrap(), String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn the_exit_code_is_what_the_daemon_answers() {
        let well = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"status\":\"ok\"}";
        assert_eq!(answered(well).await, (exit::FINE, "{\"status\":\"ok\"}\n".to_owned()));
        let ill = "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"failing\"}";
        assert_eq!(answered(ill).await, (exit::FAILED, "{\"status\":\"failing\"}\n".to_owned()));
        assert_eq!(answered("200").await.0, exit::FAILED);
    }

    #[tokio::test]
    async fn without_a_daemon_it_fails() {
        let mut out = Vec::new();
        assert!(health(None, &mut out).await.is_err());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gone = listener.local_addr().unwrap();
        drop(listener);
        assert!(health(Some(gone), &mut out).await.is_err());
    }
}
