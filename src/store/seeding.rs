//! Recording seeds: what is new is added, what differs is corrected, what is gone is retracted.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::SqliteConnection;

use crate::domain::act::{Act, ActKind};
use crate::domain::id::{ActId, StateId, TreatyId};
use crate::domain::project::project;
use crate::domain::seeds::{Seeds, TreatyFile};
use crate::domain::treaty::Treaty;

use super::act_rows::{self, ActRow, NewAct, Versions};
use super::column::{Instant, Json, Origin};
use super::projection::{PROJECTED_BY, ProjectionRows};
use super::reads::Totals;
use super::{Store, StoreError, WriteTx, definition, facts};

/// Treaties that are compared, written and projected together: a bound on memory.
const CHUNK_TREATIES: usize = 200;

/// What a seeding did, and what there is after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeedReport {
    /// Treaties in the database.
    pub treaties: u64,
    /// Current acts in the database.
    pub acts: u64,
    /// States in the database.
    pub states: u64,
    /// Acts that are new.
    pub recorded: u64,
    /// Acts in whose place a corrected version was put.
    pub corrected: u64,
    /// Acts that were taken back.
    pub retracted: u64,
    /// Treaties whose definition or acts changed, in order.
    pub changed_treaties: Vec<TreatyId>,
}

impl Store {
    /// The same as [`WriteTx::seed`], in a transaction of its own.
    pub async fn seed(
        &self,
        seeds: &Seeds,
        digest: &str,
        now: DateTime<Utc>,
    ) -> Result<SeedReport, StoreError> {
        let mut write = self.begin().await?;
        let report = write.seed(seeds, digest, now).await?;
        write.commit().await?;
        Ok(report)
    }

    /// Projects everything anew, as this program does, and leaves the facts as they are.
    pub async fn project_anew(&self) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        project_all(&mut write.tx).await?;
        sqlx::query!("update _watch set projected_by = ?1", PROJECTED_BY).execute(&mut *write.tx).await?;
        write.commit().await
    }

    /// The dataset that was taken from a source last, as it came, packed with gzip.
    pub async fn dataset(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let body = sqlx::query_scalar!(
            "select b.body from _watch w join _source_body b on b.digest = w.dataset
            order by b.fetched_at desc limit 1"
        );
        Ok(body.fetch_optional(&self.readers).await?)
    }
}

impl WriteTx {
    /// Notes which dataset the facts are from, by the digest of its body.
    pub async fn set_dataset(&mut self, digest: &str) -> Result<(), StoreError> {
        sqlx::query!("update _watch set dataset = ?1", digest).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Records the seeds and projects the treaties that they change.
    ///
    /// `digest` names the content of the seeds. Where it is that of the last time nothing is compared and nothing
    /// written, unless another version of the program projected them: then all treaties are projected anew. A treaty
    /// or a state that the seeds no longer have stays, with its acts; so do the acts of users.
    pub async fn seed(
        &mut self,
        seeds: &Seeds,
        digest: &str,
        now: DateTime<Utc>,
    ) -> Result<SeedReport, StoreError> {
        let conn = &mut *self.tx;
        let last =
            sqlx::query!("select seeds_digest, projected_by from _watch").fetch_one(&mut *conn).await?;
        let same_seeds = last.seeds_digest.as_deref() == Some(digest);
        let same_program = last.projected_by.as_deref() == Some(PROJECTED_BY);
        let mut report = SeedReport::default();
        if !same_seeds {
            record(conn, seeds, now, &mut report).await?;
        }
        if !same_program {
            project_all(conn).await?;
        } else {
            for ids in report.changed_treaties.chunks(CHUNK_TREATIES) {
                project_some(conn, ids).await?;
            }
        }
        if !(same_seeds && same_program) {
            let now = Instant::of(now);
            sqlx::query!(
                "update _watch
                set seeds_digest = ?1, projected_by = ?2, created_at = coalesce(created_at, ?3), seeds_version = ?4",
                digest,
                PROJECTED_BY,
                now,
                seeds.version
            )
            .execute(&mut *conn)
            .await?;
        }
        let totals = Totals::count(conn).await?;
        report.treaties = totals.treaties;
        report.acts = totals.acts;
        report.states = totals.states;
        Ok(report)
    }
}

async fn record(
    conn: &mut SqliteConnection,
    seeds: &Seeds,
    now: DateTime<Utc>,
    report: &mut SeedReport,
) -> Result<(), StoreError> {
    let states = facts::states(conn).await?;
    let statehood = facts::statehood(conn).await?;
    let differs = |(id, state): &(&StateId, &_)| states.get(id) != Some(*state);
    let changed: Vec<_> = seeds.states.iter().filter(differs).map(|(_, state)| state).collect();
    let acting = Json(changed.iter().map(|state| state.id).collect::<Vec<_>>());
    definition::write_states(conn, &changed).await?;
    if statehood != facts::statehood(conn).await? {
        // Who is a state, from when and until when, changes what its acts come to.
        let ids = sqlx::query_scalar!(
            r#"select distinct treaty_id as "treaty_id: TreatyId" from _act
            where state_id in (select value from json_each(?1)) order by treaty_id"#,
            acting
        );
        report.changed_treaties = ids.fetch_all(&mut *conn).await?;
        for ids in report.changed_treaties.chunks(CHUNK_TREATIES) {
            let mut stored = facts::treaties(conn, ids).await?;
            stored.values_mut().for_each(|treaty| treaty.statehood = statehood.clone());
            definition::keep_earlier(conn, stored.values()).await?;
        }
    }
    let files: Vec<&TreatyFile> = seeds.treaties.values().collect();
    for chunk in files.chunks(CHUNK_TREATIES) {
        record_treaties(conn, chunk, now, report).await?;
    }
    report.changed_treaties.sort();
    report.changed_treaties.dedup();
    let mut statements = seeds.statements.clone();
    statements.sort_by(|a, b| a.id.cmp(&b.id));
    if facts::statements(conn).await? != statements {
        definition::write_statements(conn, &statements).await?;
    }
    Ok(())
}

async fn record_treaties(
    conn: &mut SqliteConnection,
    files: &[&TreatyFile],
    now: DateTime<Utc>,
    report: &mut SeedReport,
) -> Result<(), StoreError> {
    let ids: Vec<TreatyId> = files.iter().map(|file| file.treaty.id.clone()).collect();
    let stored = facts::treaties(conn, &ids).await?;
    // The states of a catalogue that is gone stay: what they are is no part of the definition.
    let differs = |treaty: &&Treaty| {
        let stored = stored.get(&treaty.id);
        !stored.is_some_and(|stored| {
            Treaty { statehood: treaty.statehood.clone(), ..stored.clone() } == **treaty
        })
    };
    let changed: Vec<&Treaty> = files.iter().map(|file| &file.treaty).filter(differs).collect();
    definition::keep_earlier(conn, changed.iter().filter_map(|treaty| stored.get(&treaty.id))).await?;
    definition::write_treaties(conn, &changed).await?;
    let mut changed: BTreeSet<&TreatyId> = changed.into_iter().map(|treaty| &treaty.id).collect();

    let mut rows: BTreeMap<TreatyId, Vec<ActRow>> = BTreeMap::new();
    for row in act_rows::load(conn, &ids, Versions::All).await? {
        rows.entry(row.treaty_id.clone()).or_default().push(row);
    }
    let mut plan = Plan::default();
    for file in files {
        let before = plan.size();
        plan.compare(file, rows.remove(&file.treaty.id).unwrap_or_default());
        if plan.size() != before {
            changed.insert(&file.treaty.id);
        }
    }
    report.recorded += plan.added.iter().filter(|row| row.supersedes.is_none()).count() as u64;
    report.corrected += plan.superseded.len() as u64;
    report.retracted += plan.retracted.len() as u64;
    report.changed_treaties.extend(changed.into_iter().cloned());
    plan.write(conn, now).await
}

/// What must be done so that the acts are those of the seeds.
#[derive(Debug, Default)]
struct Plan<'a> {
    added: Vec<NewAct<'a>>,
    /// The row, and the row that takes its place.
    superseded: Vec<(ActId, ActId)>,
    retracted: Vec<ActId>,
}

/// What users have recorded, corrected and taken back.
struct OfUsers<'a> {
    /// The acts that users recorded and that count.
    acts: Vec<(ActId, Act)>,
    /// All rows, by their names.
    rows: BTreeMap<&'a ActId, &'a ActRow>,
}

/// What a user has decided about an act that seeds bring.
enum Decision {
    /// The user has corrected it or taken it back, and the seeds say no more than they did then.
    Stands,
    /// It is the act that the user recorded, or corrected: the seeds' version takes its place.
    SameAs(ActId),
}

impl<'a> OfUsers<'a> {
    fn new(rows: &'a [ActRow]) -> Self {
        let of_users = rows.iter().filter(|row| row.origin == Origin::User && row.counts());
        let acts = of_users.map(|row| (row.natural_id.clone(), row.clone().into_act())).collect();
        Self { acts, rows: rows.iter().map(|row| (&row.act_id, row)).collect() }
    }

    /// `seeds` are all the acts that the seeds bring of the treaty.
    fn about(&self, act: &Act, seeds: &[Act]) -> Option<Decision> {
        // The last version that seeds brought of it.
        let seeded = self.rows.values().filter(|row| row.origin == Origin::Seed && row.natural_id == act.id);
        if let Some(row) = seeded.max_by_key(|row| (row.act_id.as_str().len(), row.act_id.clone())) {
            let last = self.last_version(row);
            let unchanged = Act { id: act.id.clone(), ..(*row).clone().into_act() } == *act;
            let by_user = last.origin == Origin::User || last.retracted_by == Some(Origin::User);
            if by_user && unchanged {
                return Some(Decision::Stands);
            }
            if last.origin == Origin::User && last.counts() {
                return Some(Decision::SameAs(last.act_id.clone()));
            }
        }
        let named = self.acts.iter().find(|(natural, _)| *natural == act.id);
        // The same state did the same on the same day: at another place perhaps, or in other words. Of
        // what may be done twice a day, or is there twice, nobody can say which is which.
        let is_like = |other: &Act| (other.state, other.kind, other.on) == (act.state, act.kind, act.on);
        let mut alike = self.acts.iter().filter(|(_, recorded)| is_like(recorded));
        let only = alike.next().filter(|_| alike.next().is_none() && is_done_once(act.kind));
        let is_rival = |other: &&Act| is_like(other);
        let only = only.filter(|_| seeds.iter().filter(is_rival).count() == 1);
        named.or(only).map(|(_, recorded)| Decision::SameAs(recorded.id.clone()))
    }

    fn last_version(&self, row: &'a ActRow) -> &'a ActRow {
        let next = |row: &&'a ActRow| row.superseded_by.as_ref().and_then(|id| self.rows.get(id)).copied();
        std::iter::successors(Some(row), next).last().unwrap_or(row)
    }
}

/// Whether a state does such a thing once a day at most.
fn is_done_once(kind: ActKind) -> bool {
    !matches!(
        kind,
        ActKind::Declaration
            | ActKind::Reservation
            | ActKind::WithdrawalOfReservation
            | ActKind::ModificationOfReservation
            | ActKind::Objection
            | ActKind::DeadlineExtension
            | ActKind::DeadlineMet
            | ActKind::Amendment
            | ActKind::Conference
    )
}

/// What two versions of one act have in common when its day, and so its name, has changed.
type Likeness<'a> = (Option<StateId>, ActKind, Option<&'a str>);

fn likeness(act: &Act) -> Likeness<'_> {
    let named = act.label.as_ref().map(|label| label.as_str());
    (act.state, act.kind, named.or(act.detail()))
}

impl<'a> Plan<'a> {
    fn size(&self) -> usize {
        self.added.len() + self.retracted.len()
    }

    /// Compares the acts of one treaty with all rows that there are of it.
    fn compare(&mut self, file: &'a TreatyFile, rows: Vec<ActRow>) {
        let mut versions: BTreeMap<ActId, usize> = BTreeMap::new();
        let mut current: BTreeMap<ActId, Act> = BTreeMap::new();
        for row in &rows {
            *versions.entry(row.natural_id.clone()).or_default() += 1;
            if row.origin == Origin::Seed && row.counts() {
                current.insert(row.natural_id.clone(), row.clone().into_act());
            }
        }
        let of_users = OfUsers::new(&rows);
        let mut new: Vec<&Act> = Vec::new();
        let mut pairs: Vec<(&Act, ActId)> = Vec::new();
        for act in &file.acts {
            match current.remove(&act.id) {
                None => match of_users.about(act, &file.acts) {
                    Some(Decision::Stands) => {}
                    Some(Decision::SameAs(id)) => pairs.push((act, id)),
                    None => new.push(act),
                },
                Some(stored) => {
                    let stored_id = stored.id.clone();
                    // Versions differ in their names only by a suffix.
                    if (Act { id: act.id.clone(), ..stored }) != *act {
                        pairs.push((act, stored_id));
                    }
                }
            }
        }
        let gone: Vec<Act> = current.into_values().collect();
        for old in &gone {
            let like = new.iter().filter(|act| likeness(act) == likeness(old));
            let rivals = gone.iter().filter(|other| likeness(other) == likeness(old)).count();
            match like.copied().collect::<Vec<_>>().as_slice() {
                // Only where there is no doubt which act has become which.
                [act] if rivals == 1 => pairs.push((act, old.id.clone())),
                _ => self.retracted.push(old.id.clone()),
            }
        }
        new.retain(|act| pairs.iter().all(|(paired, _)| paired.id != act.id));
        let treaty = &file.treaty.id;
        let mut add = |act: &'a Act, supersedes: Option<ActId>| {
            let count = versions.get(&act.id).copied().unwrap_or(0);
            let act_id = version_id(&act.id, count + 1);
            if let Some(old) = &supersedes {
                self.superseded.push((old.clone(), act_id.clone()));
            }
            self.added.push(NewAct { act_id, natural_id: &act.id, treaty_id: treaty, act, supersedes });
        };
        for act in new {
            add(act, None);
        }
        for (act, old) in pairs {
            add(act, Some(old));
        }
    }

    async fn write(self, conn: &mut SqliteConnection, now: DateTime<Utc>) -> Result<(), StoreError> {
        // Old versions step down first: an act has one current version at any time.
        let pairs = Json(self.superseded);
        sqlx::query!(
            "update _act set superseded_by = pair.new
            from (select json_extract(value, '$[0]') as old, json_extract(value, '$[1]') as new
                  from json_each(?1)) as pair
            where _act.act_id = pair.old",
            pairs
        )
        .execute(&mut *conn)
        .await?;
        let (retracted, at) = (Json(self.retracted), Instant::of(now));
        sqlx::query!(
            "update _act set retracted_at = ?2, retracted_by = 'seed'
            where act_id in (select value from json_each(?1))",
            retracted,
            at
        )
        .execute(&mut *conn)
        .await?;
        act_rows::insert(conn, &self.added, Origin::Seed, now).await
    }
}

/// The name of the n-th version of an act: the first has the act's own.
pub(super) fn version_id(natural: &ActId, version: usize) -> ActId {
    if version == 1 {
        return natural.clone();
    }
    format!("{natural}~{version}").parse().expect("an act's name is not empty")
}

pub(super) async fn project_all(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    for ids in facts::all(conn).await?.chunks(CHUNK_TREATIES) {
        project_some(conn, ids).await?;
    }
    Ok(())
}

/// Projects treaties anew from what is stored.
pub(super) async fn project_some(conn: &mut SqliteConnection, ids: &[TreatyId]) -> Result<(), StoreError> {
    let mut rows = ProjectionRows::default();
    for file in facts::load(conn, ids).await? {
        rows.add(&file.treaty, project(&file.treaty, &file.acts, NaiveDate::MAX));
    }
    rows.write(conn).await
}
