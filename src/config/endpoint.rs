//! An endpoint: who is told, of what, and how.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use crate::delivery::Target;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::id::{Label, TreatyId};
use crate::domain::lang::Lang;

use super::document::{Document, Whole, read_word};
use super::gateway::{RawHeaders, header_files, hold_secret};
use super::recurrence::read_recurrence;
use super::{ConfigError, Env, Problem, Recurrence, Route};

/// The longest time that one attempt at a delivery may take.
pub const TIMEOUT_S_MAX: u32 = 30;
/// How many attempts at one endpoint may run side by side.
pub const CONCURRENCY_MAX: u32 = 16;
/// How many attempts may run side by side at all: each may hold a connection.
pub const CONCURRENCY_SUM_MAX: u32 = 512;
const DEFAULT_CONCURRENCY: u32 = 4;

/// Somebody who is told.
#[derive(Debug)]
pub struct Endpoint {
    /// A slug that deliveries and logs name it by.
    pub name: String,
    /// Where alerts are sent, and how.
    pub target: Target,
    /// The treaties it wants to hear of; none means all.
    pub treaties: Option<BTreeSet<TreatyId>>,
    /// The kinds of alert it wants; none means all.
    pub kinds: Option<Vec<AlertKind>>,
    /// The least severity it wants.
    pub min_severity: Severity,
    /// The lead times it wants, descending; none means those of the configuration.
    pub lead_days: Option<Vec<u32>>,
    /// When it gets what is not critical, summed up; none means one by one, at once.
    pub digest: Option<Recurrence>,
    /// When it gets a report on what was told and done; none means never.
    pub report: Option<Recurrence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEndpoint {
    pub(super) name: Spanned<String>,
    pub(super) format: Option<Spanned<String>>,
    pub(super) language: Option<Spanned<String>>,
    pub(super) url: Option<Spanned<String>>,
    pub(super) url_file: Option<Spanned<String>>,
    pub(super) url_env: Option<Spanned<String>>,
    pub(super) secret_file: Option<Spanned<String>>,
    pub(super) secret_env: Option<Spanned<String>>,
    pub(super) template: Option<Spanned<String>>,
    pub(super) content_type: Option<Spanned<String>>,
    pub(super) ca_file: Option<Spanned<String>>,
    pub(super) proxy: Option<Spanned<String>>,
    pub(super) proxy_file: Option<Spanned<String>>,
    pub(super) proxy_env: Option<Spanned<String>>,
    pub(super) headers: Option<Spanned<RawHeaders>>,
    pub(super) smtp: Option<Spanned<String>>,
    pub(super) from: Option<Spanned<String>>,
    pub(super) to: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) user: Option<Spanned<String>>,
    pub(super) password_file: Option<Spanned<String>>,
    pub(super) password_env: Option<Spanned<String>>,
    pub(super) helo: Option<Spanned<String>>,
    pub(super) allow_plain: Option<Spanned<bool>>,
    pub(super) command: Option<Spanned<Vec<String>>>,
    treaties: Option<Spanned<Vec<Spanned<String>>>>,
    kinds: Option<Spanned<Vec<Spanned<String>>>>,
    min_severity: Option<Spanned<String>>,
    lead_days: Option<Spanned<Vec<Spanned<Whole>>>>,
    digest: Option<Spanned<String>>,
    report: Option<Spanned<String>>,
    pub(super) allow_http: Option<Spanned<bool>>,
    timeout_s: Option<Spanned<Whole>>,
    concurrency: Option<Spanned<Whole>>,
}

impl RawEndpoint {
    pub(super) fn secret_files(&self) -> impl Iterator<Item = &str> {
        let own = [&self.secret_file, &self.password_file, &self.url_file, &self.proxy_file];
        let headers = self.headers.iter().flat_map(|headers| header_files(headers.as_ref()));
        own.into_iter().flatten().map(|file| file.as_ref().as_str()).chain(headers)
    }

    /// Whether who reads the configuration may send there.
    pub(super) fn holds_secret(&self) -> bool {
        let is_url_secret = self.secret_file.is_none() && self.secret_env.is_none();
        self.url.is_some() && is_url_secret
            || self.headers.as_ref().is_some_and(|headers| hold_secret(headers.as_ref()))
    }

    pub(super) fn allow_http(&self) -> bool {
        self.allow_http.as_ref().is_some_and(|allow| *allow.as_ref())
    }
}

impl Document<'_> {
    /// Reads an endpoint; `language` is that of the whole.
    pub(super) fn endpoint(
        &self,
        raw: &RawEndpoint,
        language: Lang,
        env: Option<Env<'_>>,
    ) -> Result<Endpoint, ConfigError> {
        let name: Label = self.text("endpoint.name", &raw.name, read_word)?;
        let channel = self.channel(raw, env)?;
        let language = self.text_or("endpoint.language", raw.language.as_ref(), language, read_word)?;
        let treaties = self.words::<TreatyId>("endpoint.treaties", raw.treaties.as_ref())?;
        let kinds: Option<Vec<AlertKind>> = self.words("endpoint.kinds", raw.kinds.as_ref())?;
        self.refuse_summary_kinds(raw)?;
        let severity = raw.min_severity.as_ref();
        let min_severity = self.text_or("endpoint.min_severity", severity, Severity::Info, read_word)?;
        let lead_days = self.leads("endpoint.lead_days", raw.lead_days.as_ref())?;
        let recurrence = |field, text: &Option<Spanned<String>>| {
            text.as_ref().map(|text| self.text(field, text, read_recurrence)).transpose()
        };
        let digest = recurrence("endpoint.digest", &raw.digest)?;
        let report = recurrence("endpoint.report", &raw.report)?;
        let timeout_s = raw.timeout_s.as_ref().map_or(Ok(TIMEOUT_S_MAX), |timeout_s| {
            self.number("endpoint.timeout_s", timeout_s, TIMEOUT_S_MAX)
        })?;
        let concurrency = raw.concurrency.as_ref().map_or(Ok(DEFAULT_CONCURRENCY), |concurrency| {
            self.number("endpoint.concurrency", concurrency, CONCURRENCY_MAX)
        })?;
        Ok(Endpoint {
            name: name.into(),
            target: Target { channel, language, timeout: Duration::from_secs(timeout_s.into()), concurrency },
            treaties: treaties.map(|treaties| treaties.into_iter().collect()),
            kinds,
            min_severity,
            lead_days,
            digest,
            report,
        })
    }

    /// A digest is what an endpoint is told instead, a report what it is told besides: no route leads to either.
    fn refuse_summary_kinds(&self, raw: &RawEndpoint) -> Result<(), ConfigError> {
        for word in raw.kinds.iter().flat_map(|kinds| kinds.as_ref()) {
            let kind: AlertKind = self.text("endpoint.kinds", word, read_word)?;
            if matches!(kind, AlertKind::Digest | AlertKind::Report) {
                return Err(self.error(word, "endpoint.kinds", Problem::SummaryKind(kind)));
            }
        }
        Ok(())
    }

    pub(super) fn routes(&self, raw: &RawEndpoint) -> Result<Vec<Route>, ConfigError> {
        let treaties = raw.treaties.iter().flat_map(|treaties| treaties.as_ref());
        let route = |treaty: &Spanned<String>| {
            let line = self.line(treaty.span().start);
            self.text("endpoint.treaties", treaty, read_word).map(|treaty| Route {
                treaty,
                field: "endpoint.treaties",
                line,
            })
        };
        treaties.map(route).collect()
    }
}
