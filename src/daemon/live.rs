//! What the daemon works by, which a reload replaces as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Timetable};
use crate::delivery::Heartbeat;
use crate::jobs::{self, CheckSettings, SeedSource, SourcePoller, Summaries, Targets};
use crate::wire::ClientError;

/// What the configuration says, ready for the workers.
#[derive(Debug)]
pub(super) struct Live {
    /// When it is checked what a new day brings.
    pub timetable: Timetable,
    /// What a check needs to know.
    pub settings: CheckSettings,
    /// Where each endpoint is.
    pub targets: Targets,
    /// When each endpoint has digests and reports.
    pub summaries: Summaries,
    /// The sources that are watched; none where there are none.
    pub sources: Option<Arc<SourcePoller>>,
    /// Which day "today" is, is decided here.
    pub time_zone: Tz,
    /// For how many days runs of jobs are kept.
    pub retention_days: u32,
    /// Where a monitor listens.
    pub heartbeat: Option<Heartbeat>,
    /// Cancelled when another one is in its place, and when the daemon stops: nothing more is begun by this one.
    pub retired: CancellationToken,
}

impl Live {
    /// What `config` says; it retires with `stop` at the latest.
    pub(super) fn of(
        config: &Config,
        seeds: &Arc<SeedSource>,
        stop: &CancellationToken,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            timetable: config.schedule.check.clone(),
            settings: CheckSettings::of(config),
            targets: jobs::targets(config),
            summaries: Summaries::of(config),
            sources: SourcePoller::of(config, seeds)?.map(Arc::new),
            time_zone: config.time_zone,
            retention_days: config.retention_days,
            heartbeat: config.heartbeat.clone(),
            retired: stop.child_token(),
        })
    }

    /// The names of the endpoints.
    pub(super) fn endpoints(&self) -> Vec<String> {
        self.targets.keys().cloned().collect()
    }
}

/// What of a configuration cannot change while the daemon runs, by the key.
pub(super) fn fixed(config: &Config) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("database", config.database.display().to_string()),
        ("listen", format!("{:?}", config.listen)),
        ("catalogue", format!("{:?}", config.catalogues)),
        ("sets", format!("{:?}", config.sets.as_ref().map(|sets| &sets.names))),
    ])
}
