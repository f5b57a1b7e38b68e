//! Curated facts that a source publishes: taken if they are later than those on record, and can be believed.

use chrono::{DateTime, Utc};

use crate::catalogue::Files;
use crate::domain::text::with_causes;
use crate::offload::offload;
use crate::sources::{Asked, Fault, Source, unpack};
use crate::store::{SeedReport, Store, WriteTx};

use super::JobError;
use super::seed::{SeedSource, VERSION_STEP_MAX};

/// A dataset that takes back or corrects more acts than this is looked at by a person first.
const CHANGED_MAX: u64 = 50;
/// What a dataset is beside what is on record.
pub(super) enum Offer {
    /// To be taken: later, or trusted by a person.
    Later(Box<Later>),
    /// Of the version that is on record.
    Same,
    /// Of an earlier one.
    Earlier {
        /// Its own.
        version: u32,
        /// That of the record.
        has: u32,
    },
}

/// A dataset that is later than what is on record, or trusted, read and ready to be taken.
pub(super) struct Later {
    seeds: SeedSource,
    /// Of its body, by which it is kept.
    digest: String,
    /// What was on record when it was read: an earlier version takes the place of no other.
    has: Option<u32>,
}

/// Reads what a source of datasets says, together with the user's own catalogues. One that a person trusts is
/// believed whatever it takes back, and whether its version is far ahead or an earlier one.
pub(super) async fn read(
    store: &Store,
    seeds: &SeedSource,
    source: &Source,
    is_trusted: bool,
    news: &Asked,
    now: DateTime<Utc>,
) -> Result<Result<Offer, Fault>, JobError> {
    let fault = |message: String| Ok(Err(Fault { message, retry_after: None }));
    if seeds.is_given() {
        return fault("the facts are those of --seeds: no others take their place".to_owned());
    }
    let body = unpack(&news.packed).map_err(JobError::Unpack)?;
    let (own, name) = (seeds.clone(), source.url.to_string());
    let offered = offload(move || {
        let offered = Files::of_bundle(&name, &body).map_err(JobError::from);
        offered.and_then(|files| own.with(files)).map(|offered| {
            // Whether it has an error counts only where it is to be taken.
            let checked = offered.check();
            (offered, checked)
        })
    });
    let (offered, checked) = match offered.await {
        Ok(Ok(offered)) => offered,
        Ok(Err(error)) => return fault(with_causes(&error)),
        Err(error) => return fault(error.to_string()),
    };
    let Some(version) = offered.version() else {
        return fault("it has no dataset.toml with a version".to_owned());
    };
    let has = store.watch().await?.seeds_version;
    if Some(version) == has && offered.contradicts(seeds.latest(store).await?.as_ref()) {
        return fault(format!("version {version} is on record with other contents"));
    }
    match has {
        Some(has) if version == has => return Ok(Ok(Offer::Same)),
        Some(has) if version < has && !is_trusted => return Ok(Ok(Offer::Earlier { version, has })),
        Some(_) | None => {}
    }
    let before = has.unwrap_or_default();
    if !is_trusted && before.saturating_add(VERSION_STEP_MAX) < version {
        return fault(format!(
            "version {version} is far ahead of version {before}, which is on record: if that is meant, say so with \
             `treatywatch sources trust {}`",
            source.name
        ));
    }
    if let Err(error) = checked {
        return fault(with_causes(&error));
    }
    let report = rehearse(store, &offered, now).await?;
    let changed = report.corrected + report.retracted;
    if !is_trusted && CHANGED_MAX < changed {
        return fault(format!(
            "version {version} corrects or takes back {changed} acts at once: if that is meant, say so with \
             `treatywatch sources trust {}`",
            source.name
        ));
    }
    Ok(Ok(Offer::Later(Box::new(Later { seeds: offered, digest: news.digest.clone(), has }))))
}

/// What a dataset would change.
async fn rehearse(store: &Store, seeds: &SeedSource, now: DateTime<Utc>) -> Result<SeedReport, JobError> {
    let mut tx = store.begin().await?;
    let report = tx.seed(&*seeds.read()?, &seeds.digest(), now).await?;
    tx.rollback().await?;
    Ok(report)
}

impl Later {
    /// Puts the facts on record, unless later ones came there meanwhile.
    pub(super) async fn take(&self, tx: &mut WriteTx, now: DateTime<Utc>) -> Result<SeedReport, JobError> {
        let has = tx.watch().await?.seeds_version;
        if has != self.has && self.seeds.version() <= has {
            return Ok(SeedReport::default());
        }
        let report = tx.seed(&*self.seeds.read()?, &self.seeds.digest(), now).await?;
        tx.set_dataset(&self.digest).await?;
        Ok(report)
    }
}
