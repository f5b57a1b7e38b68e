//! The way to receivers: each channel its own.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::net::TcpStream;

use super::client::{HttpSender, failed};
use super::target::{Channel, Target};
use super::{command, event};
use crate::domain::delivery::{Claim, Outcome};

/// The longest time that one attempt takes, whatever its target allows. A lease that is shorter
/// than this sends messages twice.
pub const SEND_TIMEOUT_S: i64 = 30;

/// The way to receivers.
pub trait Sender: Send + Sync {
    /// Makes one attempt. `now` is what the receiver is told and what its dates are compared with.
    fn send(
        &self,
        claim: &Claim,
        target: &Target,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Outcome> + Send;
}

/// Sends to real receivers. To be made once and shared; it keeps connections open.
#[derive(Debug, Clone)]
pub struct Courier {
    http: HttpSender,
}

impl Default for Courier {
    fn default() -> Self {
        Self::new()
    }
}

impl Courier {
    /// Makes one with the certificates of this machine.
    pub fn new() -> Self {
        Self { http: HttpSender::new() }
    }

    pub(super) fn http(&self) -> &HttpSender {
        &self.http
    }

    /// Whether a receiver is there, told without sending it a message: a connection with TLS where its way has
    /// it, or a program that is there. Gives what the receiver says the time is, if it does.
    pub async fn probe(&self, target: &Target, timeout: Duration) -> Result<Option<DateTime<Utc>>, String> {
        match &target.channel {
            Channel::Web(web) => self.http.probe(&web.url, web.connect_options(), timeout).await,
            Channel::Email(mail) => {
                let address = (mail.server.host.as_str(), mail.server.port);
                match tokio::time::timeout(timeout, TcpStream::connect(address)).await {
                    Ok(Ok(_)) => Ok(None),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err(format!("no answer within {timeout:?}")),
                }
            }
            Channel::Command(command) => {
                let program = command.first().map(String::as_str).unwrap_or_default();
                if command::is_there(program) { Ok(None) } else { Err("there is no such program".to_owned()) }
            }
        }
    }

    /// Why nothing can be sent over HTTPS, if so: each such attempt will fail.
    pub fn https_problem(&self) -> Option<&str> {
        self.http.https_problem()
    }
}

impl Sender for Courier {
    async fn send(&self, claim: &Claim, target: &Target, now: DateTime<Utc>) -> Outcome {
        let timeout = target.timeout.min(Duration::from_secs(SEND_TIMEOUT_S.unsigned_abs()));
        match &target.channel {
            Channel::Web(web) => match web.request(&claim.raised, target.language, now) {
                Ok(request) => {
                    self.http.send(request, &web.headers, web.connect_options(), timeout, now).await
                }
                Err(error) => failed(error.to_string(), None),
            },
            Channel::Email(mail) => mail.send(&claim.raised, target.language, timeout).await,
            Channel::Command(command) => command::run(command, event::body(&claim.raised), timeout).await,
        }
    }
}
