//! Secrets, from files and the environment.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::{Env, Problem};

/// How many secrets an endpoint may have: one in use, and others while they are being replaced.
pub const SECRETS_MAX: usize = 4;
/// The shortest key of a signature (Standard Webhooks 1.0).
pub(super) const KEY_SIZE_MIN_BYTES: usize = 24;
/// The longest key of a signature (Standard Webhooks 1.0).
pub(super) const KEY_SIZE_MAX_BYTES: usize = 64;
/// A file longer than this is no secret.
pub(super) const SECRET_FILE_SIZE_MAX_BYTES: u64 = 4096;
const SECRET_PREFIX: &str = "whsec_";
/// A key has so many different bytes at least: one made by chance of 24 bytes has fewer never.
const KEY_VARIETY_MIN: usize = 8;

pub(super) fn secret_in_file(path: &str) -> Result<SecretString, Problem> {
    if path.starts_with(SECRET_PREFIX) {
        return Err(Problem::SecretItself("a file"));
    }
    let error = |cause| Problem::SecretFile { path: path.into(), cause };
    let file = File::open(path).map_err(error)?;
    let mut text = String::new();
    let size = file.take(SECRET_FILE_SIZE_MAX_BYTES + 1).read_to_string(&mut text);
    let secret = SecretString::from(text);
    match size {
        Ok(size) if size as u64 > SECRET_FILE_SIZE_MAX_BYTES => Err(Problem::SecretFileSize(path.into())),
        Ok(_) => Ok(secret),
        Err(cause) => Err(error(cause)),
    }
}

pub(super) fn secret_in_env(
    name: &str,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<SecretString, Problem> {
    if name.starts_with(SECRET_PREFIX) {
        return Err(Problem::SecretItself("a variable"));
    }
    env(name).map(SecretString::from).ok_or_else(|| Problem::SecretEnv(name.to_owned()))
}

/// The URL in a file, or what stands there instead.
pub(super) fn url_in_file(path: &str) -> Result<SecretString, Problem> {
    if is_url(path) { Err(Problem::SecretItself("a file")) } else { secret_in_file(path) }
}

/// The URL in a variable of the environment, or what stands there instead.
pub(super) fn url_in_env(name: &str, env: Env<'_>) -> Result<SecretString, Problem> {
    if is_url(name) { Err(Problem::SecretItself("a variable")) } else { secret_in_env(name, env) }
}

fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Reads secrets that stand between white space: the newline at a file's end is none, and a
/// second secret beside the first one is a key that is being replaced.
pub(super) fn read_secrets(text: &SecretString) -> Result<Vec<SecretSlice<u8>>, Problem> {
    let secrets: Vec<&str> = text.expose_secret().split_whitespace().collect();
    match secrets.len() {
        0 => Err(Problem::SecretEmpty),
        count if count > SECRETS_MAX => Err(Problem::SecretCount(count)),
        _ => secrets.into_iter().map(read_secret).collect(),
    }
}

fn read_secret(secret: &str) -> Result<SecretSlice<u8>, Problem> {
    let key = secret.strip_prefix(SECRET_PREFIX).ok_or(Problem::SecretForm)?;
    let key: SecretSlice<u8> = BASE64.decode(key).map_err(|_| Problem::SecretForm)?.into();
    let bytes = key.expose_secret();
    if !(KEY_SIZE_MIN_BYTES..=KEY_SIZE_MAX_BYTES).contains(&bytes.len()) {
        return Err(Problem::SecretSize(bytes.len()));
    }
    if bytes.iter().collect::<BTreeSet<_>>().len() < KEY_VARIETY_MIN {
        return Err(Problem::SecretWeak);
    }
    Ok(key)
}
