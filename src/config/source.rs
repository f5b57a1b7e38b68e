//! The sources that are watched: those that the program knows, and those of one's own.

use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use crate::domain::id::Label;
use crate::domain::source::{Policy, SourceKind};
use crate::sources::{PageRules, Shape, Source, is_allowed};
use crate::wire::Authorities;

use super::document::{Document, Problem, Table, read_at};
use super::host::has_credentials;
use super::sets::Sets;
use super::value::{Phrase, Text, TreatyRef, name_besides, read_authorities};

/// The official sources of the instruments that the statement names, in the form of the configuration.
const OFFICIAL: &str = include_str!("../../seeds/sources.toml");

/// Parameters of a URL that hold a secret, in lower case and without `-` and `_`.
const SECRET_PARAMETERS: &str = "accesskey accesstoken apikey apitoken auth authtoken clientsecret key passwd password \
                                 pwd secret sig signature subscriptionkey token xamzcredential xamzsecuritytoken \
                                 xamzsignature";

/// What is watched.
#[derive(Debug, Default)]
pub struct Sources {
    /// Where the keeper of this installation is reached: it is sent to the sources.
    pub contact: Option<String>,
    /// The sources, each name once.
    pub list: Vec<Source>,
    /// The authorities that their certificates may come from; none: those of this machine.
    pub authorities: Option<Authorities>,
}

/// `[sources]`: whether and in whose name official sources are polled.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct SourcesKeys {
    contact: Option<Text<Contact>>,
    official: Option<Spanned<bool>>,
    ca_file: Option<Spanned<String>>,
}

/// `[[source]]`: the keys of every kind.
#[derive(Deserialize)]
struct SourceKeys {
    name: Spanned<Text<Label>>,
    kind: Text<SourceKind>,
    url: Text<SourceUrl>,
}

/// The key that an official source has besides.
#[derive(Deserialize)]
struct SetKey {
    /// The set of its instrument.
    set: Text<Label>,
}

/// The keys of the kind `untc`.
#[derive(Deserialize)]
struct UntcKeys {
    treaty: TreatyRef,
    fallback_url: Option<Text<SourceUrl>>,
    policy: Option<Text<Policy>>,
}

/// The keys of the kind `unoda`.
#[derive(Deserialize)]
struct UnodaKeys {
    treaty: TreatyRef,
    code: Text<Phrase>,
    policy: Option<Text<Policy>>,
}

/// The keys of the kind `page`.
#[derive(Deserialize)]
struct PageKeys {
    treaty: Option<TreatyRef>,
    select: Option<Spanned<String>>,
    #[serde(default)]
    ignore: Vec<Text<Phrase>>,
}

/// The keys of the kind `feed`.
#[derive(Deserialize)]
struct FeedKeys {
    treaty: Option<TreatyRef>,
    #[serde(default)]
    words: Vec<Text<Phrase>>,
}

/// The keys of the kind `dataset`: none of its own.
#[derive(Deserialize)]
struct DatasetKeys {}

/// Reads the sources, those in the program among them if they are wanted, and the places of their treaties.
pub(super) fn read_sources(
    document: &Document<'_>,
    keys: SourcesKeys,
    sets: Option<&Sets>,
) -> Result<(Sources, Vec<TreatyRef>), Problem> {
    let mut sources = Sources {
        contact: keys.contact.map(|Text(Contact(contact))| contact),
        list: Vec::new(),
        authorities: read_authorities(keys.ca_file.as_ref())?,
    };
    if keys.official.as_ref().is_some_and(|official| *official.get_ref()) {
        sources.list = official(sets);
    }
    let own = document.tables("source");
    let first = own.first().map(|table| table.at).or(keys.official.map(|official| official.span().start));
    let mut treaties = Vec::new();
    for table in own {
        let (source, treaty) = read_source(table, &sources.list)?;
        sources.list.push(source);
        treaties.extend(treaty);
    }
    if sources.contact.is_none() && !sources.list.is_empty() {
        let message = "`sources.contact` is missing: expected an address or a page under which the keeper of this \
                       installation is reached; it is sent to the sources";
        return Err(Problem::new(first.unwrap_or_default(), message));
    }
    Ok((sources, treaties))
}

/// Reads a source besides others, with the place of its treaty.
fn read_source(mut table: Table<'_>, others: &[Source]) -> Result<(Source, Option<TreatyRef>), Problem> {
    let SourceKeys { name, kind: Text(kind), url: Text(SourceUrl(url)) } = table.take()?;
    let name = name_besides(others.iter().map(|other| other.name.as_str()), &name, "source")?;
    let what = format!("a source of the kind `{kind}`");
    // The Treaty Collection is the depositary, and a dataset was curated; what others compile, or say in
    // prose, a person reads first.
    let (shape, treaty, policy) = match kind {
        SourceKind::Untc => {
            let UntcKeys { treaty, fallback_url, policy } = table.take_last(what)?;
            let fallback = fallback_url.map(|Text(SourceUrl(url))| url);
            (Shape::Untc { fallback }, Some(treaty), policy.map_or(Policy::Auto, |Text(policy)| policy))
        }
        SourceKind::Unoda => {
            let UnodaKeys { treaty, code: Text(Phrase(code)), policy } = table.take_last(what)?;
            (Shape::Unoda { code }, Some(treaty), policy.map_or(Policy::Review, |Text(policy)| policy))
        }
        SourceKind::Page => {
            let PageKeys { treaty, select, ignore } = table.take_last(what)?;
            let ignore = phrases(ignore);
            let rules = match select {
                None => PageRules::read(None, &ignore).expect("there is no selector to refuse"),
                Some(select) => read_at(&select, |select| PageRules::read(Some(select), &ignore))?,
            };
            (Shape::Page(rules), treaty, Policy::Review)
        }
        SourceKind::Feed => {
            let FeedKeys { treaty, words } = table.take_last(what)?;
            (Shape::Feed { words: phrases(words) }, treaty, Policy::Review)
        }
        SourceKind::Dataset => {
            let DatasetKeys {} = table.take_last(what)?;
            (Shape::Dataset, None, Policy::Auto)
        }
    };
    let id = treaty.as_ref().map(|treaty| treaty.get_ref().0.clone());
    Ok((Source { name, shape, treaty: id, url, policy }, treaty))
}

fn phrases(list: Vec<Text<Phrase>>) -> Vec<String> {
    list.into_iter().map(|Text(Phrase(phrase))| phrase).collect()
}

/// The official sources of the instruments that are wanted.
fn official(sets: Option<&Sets>) -> Vec<Source> {
    let document =
        Document::parse(Path::new("seeds/sources.toml"), OFFICIAL).expect("a file that a test has read");
    let source = |mut table: Table<'_>| {
        let SetKey { set: Text(set) } = table.take().expect("a source that a test has read");
        let is_wanted = sets.is_none_or(|sets| sets.names.contains(&set));
        is_wanted.then(|| read_source(table, &[]).expect("a source that a test has read").0)
    };
    document.tables("source").into_iter().filter_map(source).collect()
}

/// Where the keeper of this installation is reached.
struct Contact(String);

impl FromStr for Contact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_contact = text.contains('@') || text.starts_with("https://");
        // It goes into a header.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_contact && is_plain {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "`{text}` is no contact: expected an address as in `desk@example.org`, or a page as in \
             `https://example.org/contact`"
        ))
    }
}

/// Where a source is. An error does not show it: it may hold a secret, which it must not.
struct SourceUrl(Url);

impl FromStr for SourceUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const NO_SECRETS: &str = "a source's URL is stored and sent to receivers, and must not hold secrets";
        let malformed =
            |error| format!("not a URL ({error}): expected one as in `https://example.org/status`");
        let url: Url = text.parse().map_err(malformed)?;
        if has_credentials(&url) {
            return Err(format!("holds a user name or a password: {NO_SECRETS}"));
        }
        let is_secret = |name: &str| {
            let folded = name.to_ascii_lowercase().replace(['-', '_'], "");
            SECRET_PARAMETERS.split(' ').any(|secret| secret == folded)
        };
        if let Some((name, _)) = url.query_pairs().find(|(name, _)| is_secret(name)) {
            return Err(format!("the parameter `{name}` looks like a secret: {NO_SECRETS}"));
        }
        if !is_allowed(&url) {
            let message =
                "not over https: expected a URL as in `https://example.org/status`, or one of this machine";
            return Err(message.to_owned());
        }
        Ok(Self(url))
    }
}
