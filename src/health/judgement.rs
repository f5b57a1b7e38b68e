//! Whether the program does what it should, told from what the database knows of its jobs.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use super::unreached::{Unreached, unreached};
use crate::domain::source::FAILURES_TOLD;
use crate::store::{EndpointRow, JobPulse, SourcePulse, Store, StoreError};

/// What has not been done so long after it was due is a fault.
const GRACE: TimeDelta = TimeDelta::minutes(15);
/// A run may go on for so long.
const RUN_MAX: TimeDelta = TimeDelta::hours(1);

/// How the program is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HealthReport {
    /// `ok` or `failing`.
    pub status: &'static str,
    /// When a check last ended well.
    pub last_check_at: Option<DateTime<Utc>>,
    /// When the next one is due.
    pub next_check_at: Option<DateTime<Utc>>,
    /// The first problem, in words.
    pub error: Option<String>,
    /// What is not done that should be.
    pub problems: Vec<Complaint>,
    /// What somebody should look at, although everything is done.
    pub warnings: Vec<Complaint>,
}

/// What sort of thing a complaint is about: what to do depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A job, or what it should have done.
    Job,
    /// The database.
    Database,
    /// The configuration.
    Configuration,
    /// An endpoint.
    Endpoint,
    /// A watched source.
    Source,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// What: a job, `database`, `configuration`, an endpoint by its name, or `source` and the name of a source.
    pub what: String,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// What is wrong with it.
    pub error: String,
    /// What sort of thing it is.
    #[serde(skip)]
    pub about: About,
}

impl Complaint {
    /// One about a job.
    fn new(what: &str, since: Option<DateTime<Utc>>, error: String) -> Self {
        Self { what: what.to_owned(), since, error, about: About::Job }
    }
}

impl HealthReport {
    /// Whether all that should be done is done.
    pub fn is_well(&self) -> bool {
        self.problems.is_empty()
    }

    fn of(problems: Vec<Complaint>, warnings: Vec<Complaint>, check: Option<&JobPulse>) -> Self {
        Self {
            status: if problems.is_empty() { "ok" } else { "failing" },
            last_check_at: check.and_then(|check| check.succeeded_at),
            next_check_at: check.and_then(|check| check.next_at),
            error: problems.first().map(|problem| problem.error.clone()),
            problems,
            warnings,
        }
    }

    /// That the database cannot be read, known since an instant.
    pub fn unreadable(error: &StoreError, since: DateTime<Utc>) -> Self {
        let error = format!("the database cannot be read: {error}");
        let complaint =
            Complaint { about: About::Database, ..Complaint::new("database", Some(since), error) };
        Self::of(vec![complaint], Vec::new(), None)
    }

    /// That the disk has too little room: health is red before nothing can be written any more.
    pub fn short_of_room(mut self, free_bytes: u64) -> Self {
        let error = format!("the disk has room for {} MB only", free_bytes >> 20);
        self.error.get_or_insert_with(|| error.clone());
        self.problems.push(Complaint { about: About::Database, ..Complaint::new("disk", None, error) });
        self.status = "failing";
        self
    }

    /// That nothing can be written. That comes first: the rest may follow from it.
    pub fn unwritable(mut self, fault: &str, since: Option<DateTime<Utc>>) -> Self {
        let error = format!("the database cannot be written: {fault}");
        self.error = Some(error.clone());
        let complaint = Complaint { about: About::Database, ..Complaint::new("database", since, error) };
        self.problems.insert(0, complaint);
        self.status = "failing";
        self
    }
}

/// Judges jobs, queues and the endpoints of the configuration.
pub async fn judge(
    store: &Store,
    endpoints: &[String],
    now: DateTime<Utc>,
) -> Result<HealthReport, StoreError> {
    let jobs = store.job_pulses().await?;
    let check = jobs.iter().find(|job| job.name == "check");
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    if check.is_none_or(|check| check.succeeded_at.is_none()) {
        problems.push(Complaint::new("check", None, "no check has succeeded yet".to_owned()));
    }
    for job in &jobs {
        match job.name.as_str() {
            // A configuration that was refused changes nothing: the one before is in use.
            "reload" => warnings.extend(refused(job)),
            "self-check" => problems.extend(failing(job, now, TimeDelta::zero()).or(overdue(job, now))),
            // Nobody runs it any more.
            _ if job.next_at.is_none() && job.succeeded_at.is_some() => {}
            _ => problems.extend(overdue(job, now).or(failing(job, now, GRACE))),
        }
    }
    if let Some(checked_on) = store.watch().await?.checked_on.filter(|day| is_to_come(*day, now)) {
        let error = format!(
            "the last check was of {checked_on}, a future date: date alerts are suspended until then"
        );
        problems.push(Complaint::new("check", None, error));
    }
    for lag in store.lags(now - GRACE, now).await? {
        // What waits for others is given up within a minute.
        if endpoints.contains(&lag.endpoint) {
            let error = format!("what was due to {} at {} has not been attempted", lag.endpoint, lag.since);
            problems.push(Complaint::new("deliver", Some(lag.since), error));
        }
    }
    let (failing, nobody_is_told) = failing_endpoints(store, endpoints, now).await?;
    // As long as one endpoint works, somebody is told.
    if nobody_is_told {
        problems.extend(failing);
    } else {
        warnings.extend(failing);
    }
    warnings.extend(store.source_pulses().await?.iter().filter_map(source_failing));
    Ok(HealthReport::of(problems, warnings, check))
}

/// Whether a day has not begun anywhere: somewhere it is tomorrow already.
pub fn is_to_come(day: NaiveDate, now: DateTime<Utc>) -> bool {
    now.date_naive().succ_opt().is_some_and(|tomorrow| tomorrow < day)
}

fn refused(job: &JobPulse) -> Option<Complaint> {
    let error = job.error.as_deref().unwrap_or("no reason is known");
    let error = format!("refused, the one before is in use: {error}");
    let since = job.failing_since?;
    Some(Complaint { about: About::Configuration, ..Complaint::new("configuration", Some(since), error) })
}

/// That a job has failed for longer than `grace`.
fn failing(job: &JobPulse, now: DateTime<Utc>, grace: TimeDelta) -> Option<Complaint> {
    let since = job.failing_since.filter(|since| *since + grace <= now)?;
    let error = job.error.as_deref().unwrap_or("no reason is known");
    Some(Complaint::new(&job.name, Some(since), format!("{} fails: {error}", job.name)))
}

/// That a job was due and has not been done.
fn overdue(job: &JobPulse, now: DateTime<Utc>) -> Option<Complaint> {
    let due = job.next_at.filter(|due| *due + GRACE <= now)?;
    if job.running_since.is_some_and(|since| now < since + RUN_MAX) {
        return None;
    }
    let error = job.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    let error = format!("the {} due at {due} has not succeeded{error}", job.name);
    Some(Complaint::new(&job.name, Some(due), error))
}

/// The endpoints that fail, and whether these are all of them, and not only for the moment.
async fn failing_endpoints(
    store: &Store,
    endpoints: &[String],
    now: DateTime<Utc>,
) -> Result<(Vec<Complaint>, bool), StoreError> {
    let (known, unreached) = (store.endpoints().await?, unreached(store, now).await?);
    let mut failing = Vec::new();
    let mut lasting = 0;
    for name in endpoints {
        let given_up = known.iter().find(|row| row.name == *name).and_then(endpoint_failing);
        let waits = unreached.iter().find(|it| it.endpoint == *name);
        // A receiver that is started anew is back in some minutes.
        lasting += usize::from(given_up.is_some() || waits.is_some_and(|it| it.since + GRACE <= now));
        failing.extend(given_up.or_else(|| waits.map(endpoint_unreached)));
    }
    let nobody_is_told = !endpoints.is_empty() && lasting == endpoints.len();
    Ok((failing, nobody_is_told))
}

/// That a message to an endpoint was given up, or that its receiver wants nothing more.
fn endpoint_failing(row: &EndpointRow) -> Option<Complaint> {
    let since = row.failing_since?;
    let error =
        row.stopped_reason.clone().unwrap_or_else(|| "a delivery to it became a dead letter".to_owned());
    Some(Complaint { about: About::Endpoint, ..Complaint::new(&row.name, Some(since), error) })
}

/// That nothing arrives at an endpoint.
fn endpoint_unreached(unreached: &Unreached) -> Complaint {
    let Unreached { endpoint, since, failures, error } = unreached;
    let error = format!("nothing arrives, {failures} attempts have failed: {error}");
    Complaint { about: About::Endpoint, ..Complaint::new(endpoint, Some(*since), error) }
}

/// That a source has failed as often, or given nothing for as long, as an alert is raised for; or that it is a page
/// that differs at every poll.
fn source_failing(source: &SourcePulse) -> Option<Complaint> {
    let what = format!("source {}", source.name);
    let fails = FAILURES_TOLD <= source.failures || source.told && 0 < source.failures;
    let (since, error) = match source.paused_since.filter(|_| source.told) {
        _ if fails => {
            let error = source.error.as_deref().unwrap_or("no reason is known");
            (source.failing_since, format!("{what} fails: {error}"))
        }
        Some(since) => (
            source.failing_since.or(Some(since)),
            format!("{what} is not polled: its host asked for a pause"),
        ),
        None if source.varies => {
            (None, format!("{what} differs at every poll: set `ignore` or `select` in its configuration"))
        }
        None => return None,
    };
    let complaint = Complaint::new(&what, since, error);
    Some(Complaint { about: About::Source, ..complaint })
}
