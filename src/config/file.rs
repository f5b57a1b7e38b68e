//! The keys of the file outside of its lists, and the configuration that all of it makes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::delivery::Heartbeat;
use crate::domain::treaty::Lang;

use super::channel::read_url;
use super::document::{Document, Problem, read_at};
use super::secret::{Secrets, only};
use super::source::SourcesKeys;
use super::timetable::read_cron;
use super::value::{Bounded, FilePath, Leads, Listen, Text, Zone, each_once, leads};
use super::{Config, Env, RETENTION_DAYS_MAX};

/// A table that is read by itself, with the keys of its format or kind.
type Later = BTreeMap<String, IgnoredAny>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKeys {
    database: Option<Text<FilePath>>,
    #[serde(default)]
    catalogue: Vec<Spanned<Text<FilePath>>>,
    listen: Option<Text<Listen>>,
    time_zone: Option<Text<Zone>>,
    language: Option<Text<Lang>>,
    lead_days: Option<Leads>,
    retention_days: Option<Bounded<1, RETENTION_DAYS_MAX>>,
    heartbeat: Option<Spanned<String>>,
    heartbeat_env: Option<Spanned<String>>,
    heartbeat_file: Option<Spanned<String>>,
    #[serde(default)]
    schedule: ScheduleKeys,
    #[serde(default, rename = "endpoint")]
    _endpoint: Vec<Later>,
    #[serde(default)]
    sources: SourcesKeys,
    #[serde(default, rename = "source")]
    _source: Vec<Later>,
}

/// `[schedule]`: cron patterns.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct ScheduleKeys {
    check: Option<Spanned<String>>,
    sources: Option<Spanned<String>>,
}

/// Reads the configuration; secrets only with an environment.
pub(super) fn config(document: &Document<'_>, env: Option<Env<'_>>) -> Result<Config, Problem> {
    let keys: FileKeys = document.read()?;
    let mut config = Config::default();
    let mut secrets = Secrets { env, files: Vec::new(), are_here: false };
    if let Some(Text(FilePath(path))) = keys.database {
        config.database = path;
    }
    let catalogues = each_once(&keys.catalogue, |Text(path)| path.clone())?;
    config.catalogues = catalogues.into_iter().map(|FilePath(path)| path).collect();
    if let Some(Text(Listen(address))) = keys.listen {
        config.listen = address;
    }
    if let Some(Text(Zone(zone))) = keys.time_zone {
        config.time_zone = zone;
    }
    if let Some(Text(language)) = keys.language {
        config.language = language;
    }
    if let Some(list) = keys.lead_days {
        config.lead_days = leads(&list)?;
    }
    if let Some(Bounded(days)) = keys.retention_days {
        config.retention_days = days;
    }
    let schedule = &mut config.schedule;
    for (timetable, pattern) in
        [(&mut schedule.check, keys.schedule.check), (&mut schedule.sources, keys.schedule.sources)]
    {
        timetable.zone = config.time_zone;
        if let Some(pattern) = pattern {
            timetable.pattern = read_at(&pattern, |pattern| read_cron(pattern))?;
        }
    }
    for table in document.tables("endpoint") {
        config.add_endpoint(document, table, &mut secrets)?;
    }
    config.add_sources(document, keys.sources)?;
    let two = "two heartbeats: expected one of `heartbeat`, `heartbeat_env` and `heartbeat_file`";
    let heartbeat = only(keys.heartbeat, keys.heartbeat_env, keys.heartbeat_file, two)?;
    // The URL is a secret, as those of endpoints are.
    secrets.are_here |= heartbeat.as_ref().is_some_and(|kept| kept.get_ref().is_here());
    let url = secrets.read(heartbeat.as_ref(), |text| read_url(text, false, "https"))?;
    config.heartbeat = url.map(Heartbeat::new);
    config.secret_files = secrets.files;
    if secrets.are_here {
        config.secret_files.push(document.path.to_owned());
    }
    Ok(config)
}
