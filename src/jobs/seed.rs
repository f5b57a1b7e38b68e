//! Brings the database up to the seeds: new, corrected and retracted acts, never silent edits.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use tracing::warn;

use crate::catalogue::{self, Files, digest};
use crate::config::{Config, Sets};
use crate::domain::id::Label;
use crate::domain::seeds::Seeds;
use crate::sources::unpack;
use crate::store::{ActsToCome, PROJECTED_BY, SeedReport, Store};

use super::JobError;

/// A dataset whose version is further ahead of the one on record is looked at by a person first: nothing but a still
/// higher version would ever take its place. Versions that are days (20261231, 20270101) come within a year.
pub(super) const VERSION_STEP_MAX: u32 = 10_000;
/// What errors call the dataset that was taken last.
const TAKEN: &str = "the dataset that was taken last";

/// The seeds that the program carries or those of a directory, and the catalogues beside them.
#[derive(Debug, Clone)]
pub struct SeedSource {
    digest: String,
    /// Of the seeds alone.
    facts: String,
    /// Of the seeds.
    version: Option<u32>,
    /// Whether the user has named the seeds: then no others take their place.
    is_given: bool,
    /// The directories of the catalogues.
    catalogues: Vec<PathBuf>,
    /// The sets of instruments that are wanted; none for all.
    sets: Option<Sets>,
    /// None for the program's own alone, which are unpacked when they are needed.
    files: Option<Vec<Files>>,
    read: OnceLock<Seeds>,
}

/// What bringing the database up to the seeds came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seeded {
    /// It was there already.
    Current,
    /// It was brought there.
    Now(SeedReport),
    /// It has later facts than the program, and keeps them.
    Ahead {
        /// The version that it has.
        has: u32,
        /// That of the program.
        program: Option<u32>,
    },
}

impl SeedSource {
    /// The seeds that the program carries.
    pub fn embedded() -> Self {
        let own = Self::of(Files::embedded(), &[], false).expect("tests read the program's own seeds");
        Self { files: None, ..own }
    }

    /// The seeds of a directory in the shape of `seeds/`. They are checked here, before anything
    /// is opened or written.
    pub fn dir(path: &Path) -> Result<Self, JobError> {
        let source = Self::new(Some(path), &[])?;
        source.check()?;
        Ok(source)
    }

    /// The seeds of a directory or, without one, of the program, with users' catalogues beside them.
    /// Their files are read here, and checked by [`Self::check`].
    pub fn new(seeds: Option<&Path>, catalogues: &[PathBuf]) -> Result<Self, JobError> {
        if seeds.is_none() && catalogues.is_empty() {
            return Ok(Self::embedded());
        }
        let facts = seeds.map_or_else(|| Ok(Files::embedded()), Files::of_dir)?;
        Self::of(facts, catalogues, seeds.is_some())
    }

    /// Of these seeds, the sets that the configuration chooses.
    pub fn of_sets(self, sets: Option<Sets>) -> Self {
        Self { sets, ..self }
    }

    /// Those of a dataset in the place of the program's own. The catalogues are read anew: they may have been edited
    /// since the program has started, and are on record as they stand.
    pub(super) fn with(&self, dataset: Files) -> Result<Self, JobError> {
        Ok(Self::of(dataset, &self.catalogues, false)?.of_sets(self.sets.clone()))
    }

    fn of(facts: Files, catalogues: &[PathBuf], is_given: bool) -> Result<Self, JobError> {
        let version = facts.version()?;
        let mut files = vec![facts];
        let facts = digest(&files);
        for dir in catalogues {
            files.push(Files::of_dir(dir)?);
        }
        Ok(Self {
            digest: digest(&files),
            facts,
            version,
            is_given,
            catalogues: catalogues.to_vec(),
            sets: None,
            files: Some(files),
            read: OnceLock::new(),
        })
    }

    /// Refuses seeds or catalogues with a fault in them. Nothing is written.
    pub fn check(&self) -> Result<(), JobError> {
        self.read().map(drop)
    }

    /// What lies in the catalogues and is no part of them.
    pub fn strays(&self) -> Vec<PathBuf> {
        self.catalogues.iter().flat_map(|dir| catalogue::strays(dir)).collect()
    }

    /// What identifies them: their content, and which sets of it are wanted.
    pub fn digest(&self) -> Cow<'_, str> {
        match &self.sets {
            None => Cow::Borrowed(&self.digest),
            Some(Sets { names, .. }) => {
                let mut names: Vec<&str> = names.iter().map(Label::as_str).collect();
                names.sort_unstable();
                Cow::Owned(format!("{} {}", self.digest, names.join(" ")))
            }
        }
    }

    /// Whether these are other facts of the same version.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        self.version == other.version && self.facts != other.facts
    }

    /// Which edition of the facts they are.
    pub(super) fn version(&self) -> Option<u32> {
        self.version
    }

    /// Whether the user has named them.
    pub(super) fn is_given(&self) -> bool {
        self.is_given
    }

    /// The seeds.
    pub fn read(&self) -> Result<Cow<'_, Seeds>, JobError> {
        let Some(files) = &self.files else { return Ok(Cow::Owned(self.chosen(catalogue::embedded()?)?)) };
        if let Some(seeds) = self.read.get() {
            return Ok(Cow::Borrowed(seeds));
        }
        let seeds = self.chosen(catalogue::read(files)?)?;
        Ok(Cow::Borrowed(self.read.get_or_init(|| seeds)))
    }

    fn chosen(&self, mut seeds: Seeds) -> Result<Seeds, JobError> {
        let Some(sets) = &self.sets else { return Ok(seeds) };
        let known = seeds.sets();
        if let Some(unknown) = sets.names.iter().find(|name| !known.contains(name)) {
            let known = known.into_iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
            return Err(sets.refuse(format_args!("unknown set `{unknown}`, expected one of {known}")).into());
        }
        seeds.keep_sets(&sets.names);
        Ok(seeds)
    }

    /// The same, with a dataset in the place of the program's seeds if one was taken that is later.
    pub(super) async fn latest(&self, store: &Store) -> Result<Cow<'_, Self>, JobError> {
        if self.is_given {
            return Ok(Cow::Borrowed(self));
        }
        let Some(packed) = store.dataset().await? else { return Ok(Cow::Borrowed(self)) };
        // What this program cannot read counts as not there: the facts from it stay on record, see `Seeded::Ahead`.
        let taken = unpack(&packed).ok().and_then(|body| Files::of_bundle(TAKEN, &body).ok());
        let Some(taken) = taken.filter(|taken| taken.version().is_ok()) else {
            return Ok(Cow::Borrowed(self));
        };
        if taken.version()? <= self.version {
            return Ok(Cow::Borrowed(self));
        }
        Ok(Cow::Owned(self.with(taken)?))
    }
}

/// Why a database was not brought up to the seeds of this program.
pub fn ahead(has: u32, program: Option<u32>) -> String {
    let program = program.map_or("none".to_owned(), |version| version.to_string());
    format!(
        "The database has facts of version {has}, and this program can read those of version {program}: those of \
         the database stay, and catalogues are not read anew. Take a newer program, or name the facts with --seeds"
    )
}

/// A version of the facts on record that is so far ahead that the program's own are out of reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FarAhead {
    /// The version on record.
    pub has: u32,
    /// That of the facts in the program.
    pub program: u32,
}

/// Whether the facts on record have a version that is too high by mistake, as it seems: then neither a newer program
/// nor a dataset in order would ever be taken. None where all is well.
pub async fn far_ahead(store: &Store) -> Result<Option<FarAhead>, JobError> {
    let program = Files::embedded().version()?.unwrap_or_default();
    let has = store.watch().await?.seeds_version.unwrap_or_default();
    Ok((program.saturating_add(VERSION_STEP_MAX) < has).then_some(FarAhead { has, program }))
}

/// A warning about acts of days to come: nobody can have done them, and until then they have no effect.
pub async fn acts_to_come(store: &Store, today: NaiveDate) -> Result<Option<String>, JobError> {
    let first = store.acts_to_come(today).await?;
    Ok(first.map(|ActsToCome { act_id, on_date, count }| {
        format!(
            "{count} acts on record are of days after today, {today}, and have no effect until then. Is the year right? \
             The first is of {on_date}: {act_id}"
        )
    }))
}

/// Refuses a route to a treaty that neither the seeds nor an existing database have, before a
/// database is made. Where there is one, [`seed`] comes first, and the routes are checked again.
pub fn check_routes(config: &Config, source: &SeedSource) -> Result<(), JobError> {
    if config.database.exists() || !config.has_routes() {
        return Ok(());
    }
    let seeds = source.read()?;
    Ok(config.check_treaties(&|id| seeds.treaties.contains_key(id))?)
}

/// Brings the database up to the seeds, or to the dataset that was taken last if that is later; nothing is read or
/// written if it is already there. A database that has later facts than both, by a newer program, keeps them.
pub async fn seed(store: &Store, source: &SeedSource, now: DateTime<Utc>) -> Result<Seeded, JobError> {
    let watch = store.watch().await?;
    if !source.is_given
        && let Some(FarAhead { has, program }) = far_ahead(store).await?
    {
        warn!(
            has,
            program,
            "The facts on record have version {has}, far ahead of version {program} of this program: its own facts and \
             those of datasets are passed over up to there. If that is a mistake: treatywatch sources trust NAME takes \
             an earlier version of the dataset NAME"
        );
    }
    let mut chosen = source.latest(store).await?;
    let is_projected = watch.projected_by.as_deref() == Some(PROJECTED_BY);
    if is_projected && watch.seeds_digest.as_deref() == Some(&*chosen.digest()) {
        return Ok(Seeded::Current);
    }
    if let Some(sets) = &chosen.sets
        && let Some((treaty, set)) = store.treaty_of_other_set(&sets.names).await?
    {
        let why = format_args!(
            "the database has instruments of the set `{set}`, such as {treaty}, and none is ever taken out: name that set \
             too, or create a new database"
        );
        return Err(sets.refuse(why).into());
    }
    // A dataset that an earlier program has taken, and this one cannot read, keeps nobody from starting.
    if chosen.version != source.version && chosen.check().is_err() {
        chosen = Cow::Borrowed(source);
    }
    if let Some(has) = watch.seeds_version.filter(|has| !chosen.is_given && chosen.version < Some(*has)) {
        if !is_projected {
            store.project_anew().await?;
        }
        return Ok(Seeded::Ahead { has, program: chosen.version });
    }
    Ok(Seeded::Now(store.seed(&*chosen.read()?, &chosen.digest(), now).await?))
}
