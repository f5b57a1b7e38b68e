//! One conversation with a mail server. lettre speaks the protocol; how much the server may say is limited here, as
//! lettre reads a line for as long as it goes on.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::Message;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::{ClientId, Extension};
use rustix::system::uname;
use rustls::pki_types::ServerName;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Host;

use super::mail::{Mail, Security, one_line};
use crate::domain::text::with_causes;
use crate::wire;

/// All that a mail server may say while it takes one message; some 3 KiB are usual. lettre parses an answer of many
/// lines anew with each line: this much costs it milliseconds.
const ANSWERS_MAX_BYTES: usize = 16 << 10;
/// So much more may come where TLS is around it: certificates, perhaps a list of authorities, the frames.
const TLS_MAX_BYTES: usize = 48 << 10;
/// A server that has taken a message may take so long to say goodbye.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);
/// The last labels of names that mean something only on the machine or in its network.
const LOCAL_LABELS: [&str; 6] = ["home", "internal", "lan", "local", "localdomain", "localhost"];

/// Hands over a message within a time; an error says why it was not taken.
pub(super) async fn hand_over(mail: &Mail, message: &Message, timeout: Duration) -> Result<(), String> {
    let conversation = async {
        let mut connection = connect(mail).await?;
        refuse_unspeakable(message.envelope(), &connection)?;
        log_in(mail, &mut connection).await?;
        connection.send(message.envelope(), &message.formatted()).await.map_err(in_words)?;
        Ok::<_, String>(connection)
    };
    let mut connection = match tokio::time::timeout(timeout, conversation).await {
        Ok(result) => result?,
        Err(_) => return Err(format!("timed out after {timeout:?}")),
    };
    // The message is taken, whatever comes of this.
    let _ = tokio::time::timeout(QUIT_TIMEOUT, connection.quit()).await;
    Ok(())
}

async fn connect(mail: &Mail) -> Result<AsyncSmtpConnection, String> {
    let server = &mail.server;
    let name = own_name(mail);
    let stream = TcpStream::connect((server.host.as_str(), server.port)).await;
    let stream = stream.map_err(|error| format!("cannot connect: {error}"))?;
    let peer = stream.peer_addr().map_err(|error| format!("cannot connect: {error}"))?;
    let allowance = Allowance::new(ANSWERS_MAX_BYTES);
    let stream = Metered { stream, peer, allowance: allowance.clone() };
    let connected = match server.security {
        Security::Tls => {
            allowance.add(TLS_MAX_BYTES);
            let stream = handshake(mail, stream).await?;
            let stream = Metered { stream, peer, allowance: Allowance::new(ANSWERS_MAX_BYTES) };
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &name).await
        }
        Security::StartTls | Security::Plain => {
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &name).await
        }
    };
    let mut connection = connected.map_err(in_words)?;
    if server.security == Security::StartTls {
        allowance.add(TLS_MAX_BYTES);
        let parameters = parameters(mail).map_err(|error| format!("no TLS: {}", in_words(error)))?;
        connection.starttls(parameters, &name).await.map_err(in_words)?;
    }
    Ok(connection)
}

type Tls<S> = tokio_rustls::client::TlsStream<S>;

/// TLS from the first byte. lettre has no way to it over a stream of somebody else's.
async fn handshake(mail: &Mail, stream: Metered<TcpStream>) -> Result<Tls<Metered<TcpStream>>, String> {
    let config = wire::tls(mail.authorities.as_ref()).map_err(|error| format!("no TLS: {error}"))?;
    let host = mail.server.host.clone();
    let name = ServerName::try_from(host).map_err(|error| format!("no TLS: {error}"))?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    connecting.map_err(|error| format!("cannot connect: {error}"))
}

fn parameters(mail: &Mail) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder = TlsParameters::builder(mail.server.host.clone());
    if let Some(authorities) = &mail.authorities {
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(authorities.pem())?);
    }
    builder.build_rustls()
}

/// RFC 6531: an address with letters beyond ASCII before the `@` goes to a server that offers SMTPUTF8, or nowhere.
fn refuse_unspeakable(envelope: &Envelope, connection: &AsyncSmtpConnection) -> Result<(), String> {
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    match addresses.find(|address| !address.user().is_ascii()) {
        Some(address) if !connection.server_info().supports_feature(Extension::SmtpUtfEight) => Err(format!(
            "the address `{address}` needs SMTPUTF8, which the server does not offer: expected an address with ASCII \
             before the `@`"
        )),
        Some(_) | None => Ok(()),
    }
}

async fn log_in(mail: &Mail, connection: &mut AsyncSmtpConnection) -> Result<(), String> {
    let Some((user, password)) = &mail.credentials else { return Ok(()) };
    if connection.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
        return Err(format!("{}; treatywatch knows PLAIN and LOGIN", offered(mail, connection).await?));
    }
    let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
    connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(in_words)?;
    Ok(())
}

/// The ways to log in that a server offers: lettre keeps only those that it knows, so it is asked once more.
async fn offered(mail: &Mail, connection: &mut AsyncSmtpConnection) -> Result<String, String> {
    let answer = connection.command(Ehlo::new(own_name(mail))).await.map_err(in_words)?;
    let line = answer
        .message()
        .find(|line| line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("AUTH")));
    let ways = line.and_then(|line| line.split_once(' ')).map(|(_, ways)| one_line(ways));
    Ok(match ways.filter(|ways| !ways.is_empty()) {
        Some(ways) => format!("the server offers only these ways to log in: {ways}"),
        None => "the server offers no way to log in over this connection".to_owned(),
    })
}

/// How this machine names itself to a mail server: many refuse one that names itself `localhost`, or by a loopback
/// address.
fn own_name(mail: &Mail) -> ClientId {
    let machine = uname();
    name_among(mail.helo.as_deref(), &machine.nodename().to_string_lossy(), mail.from.email.domain())
}

fn name_among(configured: Option<&str>, machine: &str, sender: &str) -> ClientId {
    let is_known = |name: &&str| {
        let last = name.trim_end_matches('.').rsplit_once('.').map(|(_, last)| last.to_lowercase());
        last.is_some_and(|last| !LOCAL_LABELS.contains(&last.as_str())) && Host::parse(name).is_ok()
    };
    let name = configured.or(Some(machine).filter(is_known)).unwrap_or(sender);
    match Host::parse(name) {
        Ok(Host::Domain(name)) => ClientId::Domain(name),
        Ok(Host::Ipv4(address)) => ClientId::Ipv4(address),
        Ok(Host::Ipv6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(name.to_owned()),
    }
}

fn in_words(error: lettre::transport::smtp::Error) -> String {
    one_line(&with_causes(&error))
}

/// More than one conversation needs.
#[derive(Debug, thiserror::Error)]
#[error("the server said more than one message needs")]
struct TooMuch;

/// How many bytes may still come.
#[derive(Debug, Clone)]
struct Allowance(Arc<AtomicUsize>);

impl Allowance {
    fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    fn spend(&self, bytes: usize) -> io::Result<()> {
        let spent = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        spent.map(drop).map_err(|_| io::Error::other(TooMuch))
    }
}

/// A stream that fails once more has come than it is allowed.
#[derive(Debug)]
struct Metered<S> {
    stream: S,
    peer: SocketAddr,
    allowance: Allowance,
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = out.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, out))?;
        let read = out.filled().len() - before;
        Poll::Ready(this.allowance.spend(read))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> AsyncTokioStream for Metered<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_names_itself_as_others_know_it() {
        let name = |configured, machine, sender| name_among(configured, machine, sender).to_string();
        assert_eq!(name(None, "watch.example.org", "example.com"), "watch.example.org");
        for machine in ["", "watch", "localhost", "watch.localdomain", "watch.local", "watch.lan.", "a b.org"]
        {
            assert_eq!(name(None, machine, "example.com"), "example.com", "{machine}");
        }
        assert_eq!(name(Some("mx.example.net"), "watch.example.org", "example.com"), "mx.example.net");
        assert_eq!(name(Some("192.0.2.1"), "localhost", "example.com"), "[192.0.2.1]");
        assert_eq!(name(Some("192.0.2.1"), "watch", "example.com"), "[192.0.2.1]");
        assert_eq!(name(None, "watch", "пример.рф"), "xn--e1afmkfd.xn--p1ai");
    }
}
