//! Secrets, from files and the environment: what the configuration says of them, and what is there.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use toml::Spanned;

use super::document::{Problem, read_at};
use super::value::read_text;

/// How many secrets an endpoint may have: one in use, and others while they are being replaced.
pub const SECRETS_MAX: usize = 4;
/// The shortest key of a signature (Standard Webhooks 1.0).
const KEY_SIZE_MIN_BYTES: usize = 24;
/// The longest key of a signature (Standard Webhooks 1.0).
const KEY_SIZE_MAX_BYTES: usize = 64;
/// A longer file is no secret.
const SECRET_FILE_SIZE_MAX_BYTES: u64 = 4096;
const SECRET_PREFIX: &str = "whsec_";
/// How many different bytes a key has at least: 24 random bytes never have fewer.
const KEY_VARIETY_MIN: usize = 8;

/// Looks up a variable of the environment.
pub(super) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where a value is kept that may be a secret.
pub(super) enum Kept {
    /// In the configuration.
    Here(String),
    /// In the variable of the environment that has this name.
    Env(String),
    /// In the file that has this path.
    File(String),
}

impl Kept {
    pub(super) fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeptVisitor;

        impl<'de> Visitor<'de> for KeptVisitor {
            type Value = Kept;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`")
            }

            fn visit_str<E>(self, text: &str) -> Result<Kept, E> {
                Ok(Kept::Here(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kept, A::Error> {
                let expected =
                    || A::Error::custom("expected either `{ env = \"NAME\" }` or `{ file = \"PATH\" }`");
                let kept = match map.next_key::<String>()?.ok_or_else(expected)?.as_str() {
                    "env" => Kept::Env(map.next_value()?),
                    "file" => Kept::File(map.next_value()?),
                    _ => return Err(expected()),
                };
                if map.next_key::<String>()?.is_some() { Err(expected()) } else { Ok(kept) }
            }
        }

        deserializer.deserialize_any(KeptVisitor)
    }
}

/// The only one of three keys that say where one value is kept; `two` is the error of more of them.
pub(super) fn only(
    here: Option<Spanned<String>>,
    env: Option<Spanned<String>>,
    file: Option<Spanned<String>>,
    two: &str,
) -> Result<Option<Spanned<Kept>>, Problem> {
    let kinds: [fn(String) -> Kept; 3] = [Kept::Here, Kept::Env, Kept::File];
    let mut given = [here, env, file].into_iter().zip(kinds).filter_map(|(value, kept)| {
        let value = value?;
        Some(Spanned::new(value.span(), kept(value.into_inner())))
    });
    let first = given.next();
    given.next().map_or(Ok(first), |second| Err(Problem::of(&second, two)))
}

/// Reads secrets where they are wanted, and notes where they are.
pub(super) struct Secrets<'a> {
    /// Looks up a variable of the environment; none where no secrets are wanted.
    pub(super) env: Option<Env<'a>>,
    /// The files that hold secrets.
    pub(super) files: Vec<PathBuf>,
    /// Whether the configuration itself holds one.
    pub(super) are_here: bool,
}

impl Secrets<'_> {
    /// Reads a value from where it is kept; none if that is elsewhere, and no secrets are wanted.
    pub(super) fn read<T, E: Display>(
        &mut self,
        kept: Option<&Spanned<Kept>>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let Some(kept) = kept else { return Ok(None) };
        let text = match kept.get_ref() {
            Kept::Here(text) => return read_at(kept, |_| read(text).map(Some)),
            Kept::Env(name) if is_secret(name) => Err(itself("a variable")),
            Kept::File(path) if is_secret(path) => Err(itself("a file")),
            Kept::Env(name) => self.env.map_or(Ok(None), |env| secret_in_env(name, env).map(Some)),
            Kept::File(path) => {
                self.files.push(path.into());
                self.env.map_or(Ok(None), |_| secret_in_file(path).map(Some))
            }
        };
        match text.map_err(|error| Problem::of(kept, error))? {
            Some(text) => read_at(kept, |_| read(text.expose_secret()).map(Some)),
            None => Ok(None),
        }
    }
}

fn is_secret(text: &str) -> bool {
    [SECRET_PREFIX, "https://", "http://"].iter().any(|prefix| text.starts_with(prefix))
}

fn itself(what: &str) -> String {
    format!("holds the secret itself: expected the name of {what} that holds it")
}

fn secret_in_env(name: &str, env: Env<'_>) -> Result<SecretString, String> {
    let none = || format!("the environment has no variable `{name}`: expected one that holds a secret");
    env(name).map(SecretString::from).ok_or_else(none)
}

fn secret_in_file(path: &str) -> Result<SecretString, String> {
    read_text(path, SECRET_FILE_SIZE_MAX_BYTES, "a file that holds a secret only").map(SecretString::from)
}

/// Reads secrets that stand between white space: the newline at a file's end is none, and a
/// second secret beside the first one is a key that is being replaced.
pub(super) fn read_keys(text: &str) -> Result<Vec<SecretSlice<u8>>, String> {
    let secrets: Vec<&str> = text.split_whitespace().collect();
    match secrets.len() {
        0 => Err("the secret is empty: expected `whsec_` and a key in base64".to_owned()),
        count if count > SECRETS_MAX => Err(format!("{count} secrets: expected at most {SECRETS_MAX}")),
        _ => secrets.into_iter().map(read_key).collect(),
    }
}

fn read_key(secret: &str) -> Result<SecretSlice<u8>, String> {
    let key = secret.strip_prefix(SECRET_PREFIX).and_then(|key| BASE64.decode(key).ok());
    let key: SecretSlice<u8> = key
        .ok_or("the secret is not in the form of Standard Webhooks: expected `whsec_` and a key in base64")?
        .into();
    let bytes = key.expose_secret();
    if !(KEY_SIZE_MIN_BYTES..=KEY_SIZE_MAX_BYTES).contains(&bytes.len()) {
        let size = bytes.len();
        return Err(format!(
            "the secret's key has {size} bytes: expected {KEY_SIZE_MIN_BYTES} to {KEY_SIZE_MAX_BYTES}"
        ));
    }
    if bytes.iter().collect::<BTreeSet<_>>().len() < KEY_VARIETY_MIN {
        let error =
            "the secret's key repeats a few bytes: expected random ones, as `openssl rand -base64 32` makes";
        return Err(error.to_owned());
    }
    Ok(key)
}
