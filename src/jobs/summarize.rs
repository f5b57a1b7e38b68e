//! Sums up what endpoints were not told one by one, and reports what was told and done.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

use crate::alerts::summary::{self, Occasion, UPCOMING_DAYS};
use crate::alerts::{STALE_AFTER_DAYS, message_id};
use crate::config::{Config, Recurrence, Timetable};
use crate::domain::alert::Alert;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::TreatyId;
use crate::store::{Scope, Store, StoreError, SummaryMark, Waiting, WriteTx};

use super::JobError;

/// A digest holds at most so many alerts; more of them make another one.
const ITEMS_MAX: u32 = 500;
/// A run makes at most so many digests for an endpoint; the next run takes up the rest.
const DIGESTS_MAX: usize = 100;

/// Who gets which summaries.
#[derive(Debug, Clone, Default)]
pub struct Summaries {
    endpoints: Vec<Subscriber>,
}

/// An endpoint, and when it gets summaries.
#[derive(Debug, Clone)]
struct Subscriber {
    name: String,
    treaties: Option<Vec<TreatyId>>,
    digest: Option<Timetable>,
    report: Option<Timetable>,
}

/// When it is.
#[derive(Debug, Clone, Copy)]
pub struct SummaryTime {
    /// What was due until then is made; in the past for a database that is led through history.
    pub until: DateTime<Utc>,
    /// The day that this is.
    pub today: NaiveDate,
    /// The present instant.
    pub now: DateTime<Utc>,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SummariesReport {
    /// The digests and reports that were raised.
    #[serde(skip)]
    pub raised: Vec<RaisedAlert>,
    /// How many digests.
    pub digests: u32,
    /// How many reports.
    pub reports: u32,
    /// How many occurrences had nothing to be summed up, or were the first.
    pub silent: u32,
}

impl SummariesReport {
    /// Whether nothing was due.
    pub fn is_idle(&self) -> bool {
        self.digests + self.reports + self.silent == 0
    }
}

impl Summaries {
    /// What the configuration says of it.
    pub fn of(config: &Config) -> Self {
        let timetable = |recurrence: &Option<Recurrence>| Some(recurrence.as_ref()?.timetable.clone());
        let endpoints = config.endpoints.iter().map(|endpoint| Subscriber {
            name: endpoint.name.clone(),
            treaties: endpoint.treaties.as_ref().map(|treaties| treaties.iter().cloned().collect()),
            digest: timetable(&endpoint.digest),
            report: timetable(&endpoint.report),
        });
        Self { endpoints: endpoints.collect() }
    }

    /// When the next one is due after `now`; none if nobody gets any.
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let all = self.endpoints.iter().flat_map(|of| [&of.digest, &of.report]).flatten();
        all.filter_map(|timetable| timetable.next(now)).min()
    }
}

/// Makes the digests and reports that are due, each with one transaction for the message and everything that
/// is in it: whenever the program is stopped, it is made once or not at all.
///
/// The first time that an endpoint is seen begins its summaries, in silence. However many occurrences were
/// missed, one message stands for them. What is held for an endpoint without digests, and by no snooze, goes
/// out at once.
pub async fn summarize(
    store: &Store,
    summaries: &Summaries,
    time: SummaryTime,
) -> Result<SummariesReport, JobError> {
    let mut report = SummariesReport::default();
    for subscriber in &summaries.endpoints {
        let mark = store.summary_mark(&subscriber.name).await?;
        // Who has nothing to be done is not written to.
        if subscriber.is_due(mark, time) {
            let mut tx = store.begin().await?;
            let database_id = tx.watch().await?.database_id;
            let summarizer = Summarizer { subscriber, time, database_id: &database_id };
            summarizer.work(&mut tx, &mut report).await?;
            tx.commit().await?;
        }
    }
    Ok(report)
}

/// What is due of one timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Nothing,
    /// It begins with the occurrence that is past.
    First(DateTime<Utc>),
    /// An occurrence, and the one that was done before it.
    Now {
        at: DateTime<Utc>,
        since: DateTime<Utc>,
    },
}

fn due(timetable: Option<&Timetable>, done: Option<DateTime<Utc>>, time: SummaryTime) -> Due {
    let Some(at) = timetable.and_then(|timetable| timetable.previous(time.until)) else {
        return Due::Nothing;
    };
    match done {
        None => Due::First(at),
        Some(since) if since < at => Due::Now { at, since },
        // A clock was wrong: from now on it counts as it is now.
        Some(since) if time.now < since => Due::First(at),
        Some(_) => Due::Nothing,
    }
}

impl Subscriber {
    fn is_due(&self, mark: SummaryMark, time: SummaryTime) -> bool {
        due(self.digest.as_ref(), mark.digested_to, time) != Due::Nothing
            || due(self.report.as_ref(), mark.reported_to, time) != Due::Nothing
            || (self.digest.is_none() && mark.has_held)
    }
}

/// The work for one endpoint, in one transaction.
struct Summarizer<'a> {
    subscriber: &'a Subscriber,
    time: SummaryTime,
    database_id: &'a str,
}

impl Summarizer<'_> {
    async fn work(&self, tx: &mut WriteTx, report: &mut SummariesReport) -> Result<(), StoreError> {
        let Subscriber { name, digest, report: reporting, .. } = self.subscriber;
        // Another process may have been here since it was found due.
        let mark = tx.summary_mark(name).await?;
        match (digest, due(digest.as_ref(), mark.digested_to, self.time)) {
            (None, _) => self.digests(tx, None, report).await?,
            (Some(_), Due::Nothing) => {}
            (Some(_), Due::First(at)) => {
                report.silent += 1;
                tx.set_digested(name, at).await?;
            }
            (Some(timetable), Due::Now { at, .. }) => {
                self.digests(tx, Some((timetable, at)), report).await?;
                tx.set_digested(name, at).await?;
            }
        }
        match (reporting, due(reporting.as_ref(), mark.reported_to, self.time)) {
            (None, _) | (_, Due::Nothing) => {}
            (Some(_), Due::First(at)) => {
                report.silent += 1;
                tx.set_reported(name, at).await?;
            }
            (Some(timetable), Due::Now { at, since }) => {
                self.report(tx, timetable, [since, at], report).await?;
                tx.set_reported(name, at).await?;
            }
        }
        Ok(())
    }

    /// Sums up what is held: for an occurrence, or because it waits for nothing any more.
    async fn digests(
        &self,
        tx: &mut WriteTx,
        due: Option<(&Timetable, DateTime<Utc>)>,
        report: &mut SummariesReport,
    ) -> Result<(), StoreError> {
        let name = &self.subscriber.name;
        for part in 1..=DIGESTS_MAX {
            let Waiting { deliveries, alerts } = tx.waiting(name, ITEMS_MAX).await?;
            let Some(last) = deliveries.last() else {
                report.silent += u32::from(part == 1 && due.is_some());
                break;
            };
            let (on, occasion) = match due {
                Some((timetable, at)) => (timetable.day_of(at), Occasion::Due(at, part)),
                None => (self.time.today, Occasion::Released(*last)),
            };
            let digest = summary::digest(name, on, occasion, summary::items(alerts));
            let Some(raised) = self.raise(tx, digest).await? else { break };
            tx.set_digest(&deliveries, &raised.id, self.time.now).await?;
            report.digests += 1;
            report.raised.push(raised);
        }
        Ok(())
    }

    async fn report(
        &self,
        tx: &mut WriteTx,
        timetable: &Timetable,
        [since, at]: [DateTime<Utc>; 2],
        report: &mut SummariesReport,
    ) -> Result<(), StoreError> {
        let Subscriber { name, treaties, .. } = self.subscriber;
        let ends_before = timetable.day_of(at);
        let first = tx.first_checked_day().await?;
        let starts_on = first.map_or(timetable.day_of(since), |first| first.max(timetable.day_of(since)));
        let starts_on = starts_on.min(ends_before);
        let back = Days::new(STALE_AFTER_DAYS);
        let scope = Scope {
            starts_on,
            ends_before,
            treaties: treaties.as_deref(),
            stale_from: ends_before.checked_sub_days(back).unwrap_or(NaiveDate::MIN),
            ahead_days: UPCOMING_DAYS,
        };
        let (facts, titles) = tx.report(scope).await?;
        if let Some(raised) = self.raise(tx, summary::report(name, at, facts, &titles)).await? {
            report.reports += 1;
            report.raised.push(raised);
        }
        Ok(())
    }

    /// Records a summary with its delivery; none if there is one of its key.
    async fn raise(&self, tx: &mut WriteTx, alert: Alert) -> Result<Option<RaisedAlert>, StoreError> {
        let id = message_id(self.database_id, &alert.key);
        let raised = RaisedAlert { id, raised_at: self.time.now, test: false, alert };
        let is_new = tx.insert_alert(&raised, std::slice::from_ref(&self.subscriber.name)).await?;
        Ok(is_new.then_some(raised))
    }
}
