//! Where mail goes: a server, who writes, and to whom.

use std::fmt;

use lettre::message::Mailbox;
use lettre::{Address, address::AddressError};
use secrecy::SecretString;
use url::Host;

use crate::wire::Authorities;

/// A mail server, and who writes to whom.
#[derive(Clone)]
pub struct Mail {
    /// The server.
    pub server: MailServer,
    /// A user and a password, if the server asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// Who writes.
    pub from: Mailbox,
    /// To whom; at least one.
    pub to: Vec<Mailbox>,
    /// The authorities that the server's certificate may come from; none: those of this machine.
    pub authorities: Option<Authorities>,
    /// How the machine names itself to the server; none: by its own name, or by the domain of the sender where that
    /// is a local one.
    pub helo: Option<String>,
}

/// A server that takes mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
}

/// How the way to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS; without it nothing is sent.
    StartTls,
    /// Not at all.
    Plain,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("server", &self.server).finish_non_exhaustive()
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.security {
            Security::Tls => "smtps",
            Security::StartTls => "smtp+starttls",
            Security::Plain => "smtp",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// Reads an address, with or without a name before it. Its domain becomes ASCII (IDNA), which every server takes; what
/// stands before the `@` has no such form.
pub fn address(text: &str) -> Result<Mailbox, AddressError> {
    let mut mailbox: Mailbox = text.parse()?;
    if !mailbox.email.domain().is_ascii() {
        let Ok(Host::Domain(domain)) = Host::parse(mailbox.email.domain()) else {
            return Err(AddressError::InvalidDomain);
        };
        mailbox.email = Address::new(mailbox.email.user(), domain)?;
    }
    Ok(mailbox)
}

/// A text without what would end a line of mail.
pub(super) fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
