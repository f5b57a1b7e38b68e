//! The sources that are watched: those that the program knows, and those of one's own.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use crate::domain::id::{Label, TreatyId};
use crate::domain::source::{Policy, SourceKind};
use crate::sources::{PageRules, Shape, Source, is_allowed};
use crate::wire::Authorities;

use super::channel::read_authorities;
use super::document::{Document, read_word};
use super::{ConfigError, Problem, Route};

/// The official sources of the instruments that the statement names, in the form of the configuration.
const OFFICIAL: &str = include_str!("../../seeds/sources.toml");
const OFFICIAL_PATH: &str = "seeds/sources.toml";

/// Parameters of a URL that hold a secret, in lower case and without `-` and `_`, and as errors name them.
const SECRET_PARAMETERS: &[(&str, &str)] = &[
    ("accesskey", "access_key"),
    ("accesstoken", "access_token"),
    ("apikey", "api_key"),
    ("apitoken", "api_token"),
    ("auth", "auth"),
    ("authtoken", "auth_token"),
    ("clientsecret", "client_secret"),
    ("key", "key"),
    ("passwd", "passwd"),
    ("password", "password"),
    ("pwd", "pwd"),
    ("secret", "secret"),
    ("sig", "sig"),
    ("signature", "signature"),
    ("subscriptionkey", "subscription-key"),
    ("token", "token"),
    ("xamzcredential", "X-Amz-Credential"),
    ("xamzsecuritytoken", "X-Amz-Security-Token"),
    ("xamzsignature", "X-Amz-Signature"),
];

/// `[sources]`: whether and in whose name official sources are asked.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSources {
    contact: Option<Spanned<String>>,
    official: Option<Spanned<bool>>,
    ca_file: Option<Spanned<String>>,
}

/// `[[source]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    name: Spanned<String>,
    kind: Spanned<String>,
    treaty: Option<Spanned<String>>,
    url: Spanned<String>,
    policy: Option<Spanned<String>>,
    fallback_url: Option<Spanned<String>>,
    code: Option<Spanned<String>>,
    select: Option<Spanned<String>>,
    ignore: Option<Spanned<Vec<Spanned<String>>>>,
    words: Option<Spanned<Vec<Spanned<String>>>>,
}

/// The file of official sources: nothing but sources.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Official {
    source: Vec<RawSource>,
}

/// What is watched.
#[derive(Debug, Default)]
pub struct Sources {
    /// Where the keeper of this installation is reached: the sources' own keepers are told.
    pub contact: Option<String>,
    /// The sources, each name once.
    pub list: Vec<Source>,
    /// The authorities that their certificates may come from; none: those of this machine.
    pub authorities: Option<Authorities>,
}

impl Document<'_> {
    /// The sources, and the treaties that they name with their lines.
    pub(super) fn sources(
        &self,
        table: Option<&RawSources>,
        own: &[RawSource],
    ) -> Result<(Sources, Vec<Route>), ConfigError> {
        let mut sources = Sources::default();
        let mut routes = Vec::new();
        if let Some(table) = table {
            let contact = table.contact.as_ref();
            sources.contact =
                contact.map(|text| self.text("sources.contact", text, read_contact)).transpose()?;
            let file = table.ca_file.as_ref();
            sources.authorities =
                file.map(|file| self.text("sources.ca_file", file, read_authorities)).transpose()?;
            if table.official.as_ref().is_some_and(|official| *official.as_ref()) {
                sources.list = official()?;
            }
        }
        for raw in own {
            let source = self.source(raw)?;
            if sources.list.iter().any(|other| other.name == source.name) {
                return Err(self.error(&raw.name, "source.name", Problem::SourceTwice(source.name)));
            }
            if let (Some(treaty), Some(text)) = (&source.treaty, &raw.treaty) {
                let line = self.line(text.span().start);
                routes.push(Route { treaty: treaty.clone(), field: "source.treaty", line });
            }
            sources.list.push(source);
        }
        if sources.contact.is_none() && !sources.list.is_empty() {
            let asked = table.and_then(|table| table.official.as_ref()).map(|official| official.span().start);
            let at = own.first().map(|raw| raw.name.span().start).or(asked).unwrap_or_default();
            return Err(self.error_at(at, "sources.contact", Problem::NoContact));
        }
        Ok((sources, routes))
    }

    fn source(&self, raw: &RawSource) -> Result<Source, ConfigError> {
        let name: Label = self.text("source.name", &raw.name, read_word)?;
        let kind: SourceKind = self.text("source.kind", &raw.kind, read_word)?;
        let treaty = raw.treaty.as_ref();
        let treaty = treaty.map(|id| self.text("source.treaty", id, read_word::<TreatyId>)).transpose()?;
        let url = self.text("source.url", &raw.url, read_source_url)?;
        self.refuse_useless_of(raw, kind)?;
        let needed = |field, value: Option<Spanned<String>>| {
            value.ok_or_else(|| self.error(&raw.kind, field, Problem::SourceNeeds(kind)))
        };
        let lists_acts = matches!(kind, SourceKind::Untc | SourceKind::Unoda);
        if lists_acts && treaty.is_none() {
            return Err(self.error(&raw.kind, "source.treaty", Problem::SourceNeeds(kind)));
        }
        let shape = match kind {
            SourceKind::Untc => {
                let fallback = raw.fallback_url.as_ref();
                let fallback =
                    fallback.map(|url| self.text("source.fallback_url", url, read_source_url)).transpose()?;
                Shape::Untc { fallback }
            }
            SourceKind::Unoda => {
                let code = needed("source.code", raw.code.clone())?;
                Shape::Unoda { code: self.text("source.code", &code, read_words)? }
            }
            SourceKind::Page => {
                let ignore = self.texts("source.ignore", raw.ignore.as_ref())?;
                let read = |select: Option<&str>| PageRules::read(select, &ignore).map_err(Problem::Selector);
                let rules = match &raw.select {
                    None => PageRules::read(None, &ignore).expect("there is no selector to refuse"),
                    Some(select) => self.text("source.select", select, |select| read(Some(select)))?,
                };
                Shape::Page(rules)
            }
            SourceKind::Feed => Shape::Feed { words: self.texts("source.words", raw.words.as_ref())? },
            SourceKind::Dataset => Shape::Dataset,
        };
        // The Treaty Collection is the depositary, and a dataset was curated; what others compile, or say in
        // prose, a person reads first.
        let usual = match kind {
            SourceKind::Untc | SourceKind::Dataset => Policy::Auto,
            SourceKind::Unoda | SourceKind::Page | SourceKind::Feed => Policy::Review,
        };
        let policy = self.text_or("source.policy", raw.policy.as_ref(), usual, read_word)?;
        Ok(Source { name: name.into(), shape, treaty, url, policy })
    }

    /// A key of another kind would be obeyed by nobody.
    fn refuse_useless_of(&self, raw: &RawSource, kind: SourceKind) -> Result<(), ConfigError> {
        let at = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.span().start);
        let list =
            |value: &Option<Spanned<Vec<Spanned<String>>>>| value.as_ref().map(|value| value.span().start);
        let lists_acts: &[SourceKind] = &[SourceKind::Untc, SourceKind::Unoda];
        let of_one_treaty: &[SourceKind] =
            &[SourceKind::Untc, SourceKind::Unoda, SourceKind::Page, SourceKind::Feed];
        let keys = [
            ("source.treaty", at(&raw.treaty), of_one_treaty),
            ("source.fallback_url", at(&raw.fallback_url), &[SourceKind::Untc][..]),
            ("source.code", at(&raw.code), &[SourceKind::Unoda][..]),
            ("source.select", at(&raw.select), &[SourceKind::Page][..]),
            ("source.ignore", list(&raw.ignore), &[SourceKind::Page][..]),
            ("source.words", list(&raw.words), &[SourceKind::Feed][..]),
            ("source.policy", at(&raw.policy), lists_acts),
        ];
        let useless = keys
            .into_iter()
            .find_map(|(field, at, kinds)| at.filter(|_| !kinds.contains(&kind)).map(|at| (field, at)));
        useless.map_or(Ok(()), |(field, at)| Err(self.error_at(at, field, Problem::SourceUseless(kind))))
    }

    fn texts(
        &self,
        field: &'static str,
        list: Option<&Spanned<Vec<Spanned<String>>>>,
    ) -> Result<Vec<String>, ConfigError> {
        let texts = list.iter().flat_map(|list| list.as_ref());
        texts.map(|text| self.text(field, text, read_words)).collect()
    }
}

fn official() -> Result<Vec<Source>, ConfigError> {
    let document = Document { path: Path::new(OFFICIAL_PATH), text: OFFICIAL };
    let raw: Official = toml::from_str(OFFICIAL).map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| document.line(span.start));
        ConfigError::Form { path: OFFICIAL_PATH.into(), line, message: error.message().to_owned() }
    })?;
    raw.source.iter().map(|raw| document.source(raw)).collect()
}

fn read_contact(text: &str) -> Result<String, Problem> {
    let is_contact = text.contains('@') || text.starts_with("https://");
    // It goes into a header.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_contact && is_plain { Ok(text.to_owned()) } else { Err(Problem::Contact(text.to_owned())) }
}

fn read_source_url(text: &str) -> Result<Url, Problem> {
    let url: Url = text.parse().map_err(Problem::Url)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::SourceCredentials);
    }
    let secret = url.query_pairs().find_map(|(name, _)| {
        let name = name.to_ascii_lowercase().replace(['-', '_'], "");
        SECRET_PARAMETERS.iter().find(|(folded, _)| name == *folded).map(|(_, shown)| *shown)
    });
    if let Some(name) = secret {
        return Err(Problem::SourceSecret(name));
    }
    if is_allowed(&url) { Ok(url) } else { Err(Problem::SourceUrl) }
}

fn read_words(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() { Err(Problem::NoWords) } else { Ok(text.to_owned()) }
}
