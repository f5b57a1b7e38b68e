//! Where a monitor listens for the heartbeat. The URL is a secret, as those of endpoints are.

use secrecy::ExposeSecret;
use toml::Spanned;

use crate::delivery::Heartbeat;

use super::channel::read_secret_url;
use super::document::Document;
use super::secret::{secret_in_env, secret_in_file};
use super::{ConfigError, Env, Problem};

/// The keys of which one may be there.
#[derive(Clone, Copy)]
pub(super) struct RawHeartbeat<'a> {
    pub url: Option<&'a Spanned<String>>,
    pub env: Option<&'a Spanned<String>>,
    pub file: Option<&'a Spanned<String>>,
}

impl Document<'_> {
    pub(super) fn heartbeat(
        &self,
        raw: RawHeartbeat<'_>,
        env: Option<Env<'_>>,
    ) -> Result<Option<Heartbeat>, ConfigError> {
        let read = |text: &str| read_secret_url(text.trim()).map(Heartbeat::new);
        let secret = |text: secrecy::SecretString| read(text.expose_secret());
        match (raw.url, raw.env, raw.file) {
            (None, None, None) => Ok(None),
            (Some(url), None, None) => self.text("heartbeat", url, read).map(Some),
            (None, Some(name), None) => match env {
                Some(env) => {
                    self.text("heartbeat_env", name, |name| secret(secret_in_env(name, env)?)).map(Some)
                }
                None => Ok(None),
            },
            (None, None, Some(path)) => match env {
                Some(_) => self.text("heartbeat_file", path, |path| secret(secret_in_file(path)?)).map(Some),
                None => Ok(None),
            },
            (_, Some(second), _) => Err(self.error(second, "heartbeat_env", Problem::TwoHeartbeats)),
            (Some(_), None, Some(second)) => {
                Err(self.error(second, "heartbeat_file", Problem::TwoHeartbeats))
            }
        }
    }
}
