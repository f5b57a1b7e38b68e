//! Secrets, from files and the environment: what the configuration says of them, and what is there.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use toml::Spanned;

use super::Env;
use super::document::{Problem, read_at};
use super::value::Text;

/// How many secrets an endpoint may have: one in use, and others while they are being replaced.
pub const SECRETS_MAX: usize = 4;
/// The shortest key of a signature (Standard Webhooks 1.0).
const KEY_SIZE_MIN_BYTES: usize = 24;
/// The longest key of a signature (Standard Webhooks 1.0).
const KEY_SIZE_MAX_BYTES: usize = 64;
/// A file longer than this is no secret.
const SECRET_FILE_SIZE_MAX_BYTES: u64 = 4096;
const SECRET_PREFIX: &str = "whsec_";
/// A key has so many different bytes at least: one made by chance of 24 bytes has fewer never.
const KEY_VARIETY_MIN: usize = 8;

/// The name of a variable of the environment that holds a secret.
pub(super) struct Variable(String);

impl FromStr for Variable {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if is_secret(name) {
            return Err("holds the secret itself: expected the name of a variable that holds it");
        }
        Ok(Self(name.to_owned()))
    }
}

/// The path of a file that holds a secret.
pub(super) struct SecretFile(String);

impl FromStr for SecretFile {
    type Err = &'static str;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        if is_secret(path) {
            return Err("holds the secret itself: expected the name of a file that holds it");
        }
        Ok(Self(path.to_owned()))
    }
}

fn is_secret(text: &str) -> bool {
    [SECRET_PREFIX, "https://", "http://"].iter().any(|prefix| text.starts_with(prefix))
}

/// Where a value is kept that may be a secret.
pub(super) enum Kept {
    /// In the configuration.
    Here(String),
    /// In a variable of the environment.
    Env(Variable),
    /// In a file.
    File(SecretFile),
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
                    "env" => Kept::Env(map.next_value::<Text<_>>()?.0),
                    "file" => Kept::File(map.next_value::<Text<_>>()?.0),
                    _ => return Err(expected()),
                };
                if map.next_key::<String>()?.is_some() { Err(expected()) } else { Ok(kept) }
            }
        }

        deserializer.deserialize_any(KeptVisitor)
    }
}

/// The only one of three keys that say where one value is kept; `two` says what is wrong with more of them.
pub(super) fn only(
    here: Option<Spanned<String>>,
    env: Option<Spanned<Text<Variable>>>,
    file: Option<Spanned<Text<SecretFile>>>,
    two: &str,
) -> Result<Option<Spanned<Kept>>, Problem> {
    fn place<T>(value: Option<Spanned<T>>, kept: impl FnOnce(T) -> Kept) -> Option<Spanned<Kept>> {
        value.map(|value| Spanned::new(value.span(), kept(value.into_inner())))
    }
    let places = [
        place(here, Kept::Here),
        place(env, |Text(name)| Kept::Env(name)),
        place(file, |Text(path)| Kept::File(path)),
    ];
    let mut given = places.into_iter().flatten();
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
        kept: &Spanned<Kept>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        if let Kept::File(SecretFile(path)) = kept.get_ref() {
            self.files.push(path.into());
        }
        let text = match (kept.get_ref(), self.env) {
            (Kept::Here(text), _) => return read_at(kept, |_| read(text).map(Some)),
            (Kept::Env(_) | Kept::File(_), None) => return Ok(None),
            (Kept::Env(Variable(name)), Some(env)) => {
                let none =
                    || format!("the environment has no variable `{name}`: expected one that holds a secret");
                env(name).map(SecretString::from).ok_or_else(none)
            }
            (Kept::File(SecretFile(path)), Some(_)) => secret_in_file(path),
        };
        let text = text.map_err(|error| Problem::of(kept, error))?;
        read_at(kept, |_| read(text.expose_secret()).map(Some))
    }
}

fn secret_in_file(path: &str) -> Result<SecretString, String> {
    let error = |cause| format!("cannot read {path}: {cause}");
    let file = File::open(path).map_err(error)?;
    let mut text = String::new();
    let size = file.take(SECRET_FILE_SIZE_MAX_BYTES + 1).read_to_string(&mut text);
    let secret = SecretString::from(text);
    if size.map_err(error)? as u64 > SECRET_FILE_SIZE_MAX_BYTES {
        return Err(format!(
            "{path} is longer than {SECRET_FILE_SIZE_MAX_BYTES} bytes: expected a file that holds a secret only"
        ));
    }
    Ok(secret)
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
