//! The keys of the file outside of its lists.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::domain::id::Label;
use crate::domain::lang::Lang;

use super::source::SourcesKeys;
use super::value::{Bounded, FilePath, Leads, Listen, Text, Zone};

/// The longest time that runs of jobs are kept.
pub const RETENTION_DAYS_MAX: u32 = 36_500;

/// A table that is read by itself, with the keys of its format or kind.
type Later = BTreeMap<String, IgnoredAny>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileKeys {
    pub(super) database: Option<Text<FilePath>>,
    #[serde(default)]
    pub(super) catalogue: Vec<Spanned<Text<FilePath>>>,
    pub(super) sets: Option<Spanned<Vec<Spanned<Text<Label>>>>>,
    pub(super) listen: Option<Text<Listen>>,
    pub(super) time_zone: Option<Text<Zone>>,
    pub(super) language: Option<Text<Lang>>,
    pub(super) lead_days: Option<Leads>,
    pub(super) retention_days: Option<Bounded<1, RETENTION_DAYS_MAX>>,
    pub(super) heartbeat: Option<Spanned<String>>,
    pub(super) heartbeat_env: Option<Spanned<String>>,
    pub(super) heartbeat_file: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) schedule: ScheduleKeys,
    #[serde(default, rename = "endpoint")]
    _endpoint: Vec<Later>,
    #[serde(default)]
    pub(super) sources: SourcesKeys,
    #[serde(default, rename = "source")]
    _source: Vec<Later>,
}

/// `[schedule]`: cron patterns.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct ScheduleKeys {
    pub(super) check: Option<Spanned<String>>,
    pub(super) sources: Option<Spanned<String>>,
}
