//! URLs and hosts: what an endpoint, a proxy, a monitor or a source may have of them.

use std::fmt::Display;
use std::net::Ipv4Addr;

use url::{Host, Url};

/// Whether a URL holds a user name or a password.
pub(super) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Reads a URL that messages are sent to. It is not shown: it may hold a token. `expected` says what to write instead of
/// plain HTTP to a host that may be anywhere.
pub(super) fn read_url(text: &str, allow_http: bool, expected: &str) -> Result<Url, String> {
    let malformed = |error| format!("not a URL ({error}): expected one as in `https://example.org/hook`");
    let url: Url = text.parse().map_err(malformed)?;
    if has_credentials(&url) {
        let message =
            "holds a user name or a password: expected a URL without; the signature shows who sends";
        return Err(message.to_owned());
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if allow_http || is_near(&host) => Ok(url),
        ("http", Some(host)) => Err(plain("http", host, expected)),
        (scheme, None | Some(_)) => Err(format!("the scheme is `{scheme}`: expected `https` or `http`")),
    }
}

/// The error of a way without TLS to a host that may be anywhere.
pub(super) fn plain(protocol: &str, host: impl Display, expected: &str) -> String {
    format!("plain {protocol} to `{host}`, which is not a loopback or private address: expected {expected}")
}

/// Whether the host is this machine, or one in a network of the user's own. Link-local addresses
/// are not: cloud providers answer there. A name other than `localhost` may lead anywhere.
pub(super) fn is_near(host: &Host<&str>) -> bool {
    let is_near_v4 = |address: &Ipv4Addr| address.is_loopback() || address.is_private();
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => is_near_v4(address),
        Host::Ipv6(address) => {
            address.is_loopback()
                || address.is_unique_local()
                || address.to_ipv4_mapped().as_ref().is_some_and(is_near_v4)
        }
    }
}
