//! Headers of the user's own, for gateways before a receiver.

use hyper::header::{HeaderName, HeaderValue};

/// The longest value.
pub const HEADER_VALUE_MAX_BYTES: usize = 4096;
/// What begins the names of headers that belong to the message.
const OWNED_PREFIXES: [&str; 3] = ["ce-", "proxy-", "webhook-"];
/// Headers that belong to the message, to the connection or to the program.
const OWNED: [&str; 14] = [
    "accept",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// A header that every message to an endpoint has. Its value is a secret, wherever it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    name: HeaderName,
    value: HeaderValue,
}

/// A header that cannot be sent. Its value is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not a name.
    #[error("`{0}` is not the name of a header: expected letters, digits and hyphens, as in `X-Gateway`")]
    Name(String),
    /// A name that is taken.
    #[error("`{0}` is a header that treatywatch sets itself: expected another name")]
    Owned(String),
    /// Not a value.
    #[error(
        "the value of `{0}` is not one line of 1 to {HEADER_VALUE_MAX_BYTES} printable ASCII characters: expected one"
    )]
    Value(String),
}

impl Header {
    /// Reads a header. White space around the value is no part of it, as the newline at the end of a file is none.
    pub fn new(name: &str, value: &str) -> Result<Self, HeaderError> {
        let is_owned = |name: &HeaderName| {
            let name = name.as_str();
            OWNED.contains(&name) || OWNED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        };
        let header: HeaderName = name.parse().map_err(|_| HeaderError::Name(name.to_owned()))?;
        if is_owned(&header) {
            return Err(HeaderError::Owned(header.to_string()));
        }
        let value = value.trim();
        let is_line = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let fits = (1..=HEADER_VALUE_MAX_BYTES).contains(&value.len());
        let value = HeaderValue::from_str(value).ok().filter(|_| is_line && fits);
        let mut value = value.ok_or_else(|| HeaderError::Value(header.to_string()))?;
        value.set_sensitive(true);
        Ok(Self { name: header, value })
    }

    /// Its name, in lower case.
    pub fn name(&self) -> &HeaderName {
        &self.name
    }

    /// Its value: not to be shown unless somebody asks for it.
    pub fn value(&self) -> &HeaderValue {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_message_is_refused_by_its_name() {
        for name in [
            "Content-Type",
            "content-length",
            "HOST",
            "webhook-id",
            "Webhook-Signature",
            "ce-id",
            "Transfer-Encoding",
            "Connection",
            "Proxy-Authorization",
            "User-Agent",
        ] {
            let owned = HeaderError::Owned(name.to_lowercase());
            assert_eq!(Header::new(name, "x"), Err(owned), "{name}");
        }
        for name in ["", "X Gateway", "X-Gateway:", "Ключ", "x\r\ny"] {
            assert_eq!(Header::new(name, "x"), Err(HeaderError::Name(name.to_owned())), "{name}");
        }
    }

    #[test]
    fn a_value_is_one_line_and_never_shown() {
        let header = Header::new("Authorization", " Bearer hunter2\r\n").unwrap();
        assert_eq!(header.value().to_str().unwrap(), "Bearer hunter2");
        assert!(!format!("{header:?}").contains("hunter2"));
        let long = "x".repeat(HEADER_VALUE_MAX_BYTES);
        assert!(Header::new("x-a", &long).is_ok());
        for value in ["", " ", "a\r\nb: c", "a\0", "ключ", &format!("{long}x")] {
            assert_eq!(Header::new("X-A", value), Err(HeaderError::Value("x-a".to_owned())), "{value}");
        }
    }
}
