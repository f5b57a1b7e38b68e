//! What everything that speaks HTTP has in common.

mod authority;
pub mod flood;
mod proxy;

use std::error::Error;
use std::io;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderValue;

pub use authority::{Authorities, NoCertificate, tls, tls_of_nobody};
pub use proxy::{NoProxy, Proxy, ProxyError};

/// How the program names itself.
pub const USER_AGENT: &str = concat!("treatywatch/", env!("CARGO_PKG_VERSION"));

/// Nothing can be asked of servers.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The HTTP client refuses its settings.
    #[error("cannot set up the HTTP client")]
    Client(#[source] reqwest::Error),
    /// There is no thread for it.
    #[error("cannot start a thread for the HTTP client")]
    Thread(#[source] io::Error),
}

/// The process has one provider of cryptography. Refused if there is one: then that one is used.
pub fn choose_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Reads both forms of RFC 9110, section 10.2.3: seconds from now, or a date. A date in the past
/// asks for nothing.
pub fn retry_after(value: &HeaderValue, now: DateTime<Utc>) -> Option<TimeDelta> {
    let value = value.to_str().ok()?.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return TimeDelta::try_seconds(value.parse().ok()?);
    }
    let date = DateTime::<Utc>::from(httpdate::parse_http_date(value).ok()?);
    Some((date - now).max(TimeDelta::zero()))
}

/// The innermost cause; the outer ones say no more than that a request failed.
pub fn root_cause(error: &dyn Error) -> String {
    let Some(mut cause) = error.source() else { return "no reason is known".to_owned() };
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        _ => cause.to_string(),
    }
}
