//! Acts that users record, correct and take back. Nothing is edited: each is a row or a mark of its own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::act::Act;
use crate::domain::id::{ActId, TreatyId};

use super::act_rows::{self, NewAct, Versions};
use super::column::{Instant, Origin};
use super::seeding::{project_some, version_id};
use super::{Store, StoreError, WriteTx};

impl Store {
    /// The act with this name, in the version that counts, and its treaty.
    pub async fn act(&self, id: &ActId) -> Result<Option<(TreatyId, Act)>, StoreError> {
        let row = sqlx::query!(
            r#"select treaty_id as "treaty_id: TreatyId" from _act
            where act_id = ?1 and superseded_by is null and retracted_at is null"#,
            id
        );
        let mut conn = self.readers.acquire().await?;
        let Some(row) = row.fetch_optional(&mut *conn).await? else { return Ok(None) };
        let act = act_rows::by_id(&mut conn, BTreeSet::from([id])).await?.remove(id);
        Ok(act.map(|act| (row.treaty_id, act)))
    }

    /// [`WriteTx::record_act`], in a transaction of its own.
    pub async fn record_act(
        &self,
        treaty: &TreatyId,
        act: &Act,
        supersedes: Option<&ActId>,
        now: DateTime<Utc>,
    ) -> Result<ActId, StoreError> {
        let mut write = self.begin().await?;
        let id = write.record_act(treaty, act, supersedes, now).await?;
        write.commit().await?;
        Ok(id)
    }

    /// [`WriteTx::retract_act`], in a transaction of its own.
    pub async fn retract_act(
        &self,
        treaty: &TreatyId,
        id: &ActId,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        write.retract_act(treaty, id, reason, now).await?;
        write.commit().await
    }
}

/// The versions of an act.
#[derive(Default)]
struct Named {
    /// How many there are.
    count: usize,
    /// Those that count: neither superseded nor retracted.
    counting: Vec<ActId>,
}

/// By the name of the act without the number of the version.
type Names = BTreeMap<ActId, Named>;

impl WriteTx {
    /// Records an act, or in place of `supersedes` its correction, and projects the treaty anew. Gives
    /// the name of the row: that of the act, with a number behind it where the act had versions before.
    ///
    /// The act that `supersedes` names must be one that counts; no other one may have the new name.
    pub async fn record_act(
        &mut self,
        treaty: &TreatyId,
        act: &Act,
        supersedes: Option<&ActId>,
        now: DateTime<Utc>,
    ) -> Result<ActId, StoreError> {
        let mut names = self.names_of(treaty).await?;
        let id = self.insert_act(treaty, &mut names, act, supersedes, now).await?;
        project_some(&mut self.tx, std::slice::from_ref(treaty)).await?;
        Ok(id)
    }

    /// The same of many acts of one treaty, which is projected once. One that the record refuses is given as that, and
    /// changes nothing; the others are recorded.
    pub async fn record_acts(
        &mut self,
        treaty: &TreatyId,
        acts: &[(Act, Option<ActId>)],
        now: DateTime<Utc>,
    ) -> Result<Vec<Result<ActId, String>>, StoreError> {
        let mut names = self.names_of(treaty).await?;
        let mut recorded = Vec::with_capacity(acts.len());
        for (act, supersedes) in acts {
            let inserted = self.insert_act(treaty, &mut names, act, supersedes.as_ref(), now).await;
            recorded.push(match inserted {
                Ok(id) => Ok(id),
                Err(StoreError::Refused(why)) => Err(why),
                Err(error) => return Err(error),
            });
        }
        project_some(&mut self.tx, std::slice::from_ref(treaty)).await?;
        Ok(recorded)
    }

    /// The names that the acts of a treaty have, in all their versions.
    async fn names_of(&mut self, treaty: &TreatyId) -> Result<Names, StoreError> {
        let rows = act_rows::load(&mut self.tx, std::slice::from_ref(treaty), Versions::All).await?;
        let mut names = Names::new();
        for row in rows {
            let counts = row.counts();
            let versions = names.entry(row.natural_id).or_default();
            versions.count += 1;
            versions.counting.extend(counts.then_some(row.act_id));
        }
        Ok(names)
    }

    async fn insert_act(
        &mut self,
        treaty: &TreatyId,
        names: &mut Names,
        act: &Act,
        supersedes: Option<&ActId>,
        now: DateTime<Utc>,
    ) -> Result<ActId, StoreError> {
        let conn = &mut *self.tx;
        let own = names.entry(act.id.clone()).or_default();
        if let Some(rival) = own.counting.iter().find(|rival| Some(*rival) != supersedes) {
            return Err(StoreError::Refused(format!("{rival} is there already: correct it")));
        }
        let act_id = version_id(&act.id, own.count + 1);
        if let Some(old) = supersedes {
            let replaced = sqlx::query!(
                "update _act set superseded_by = ?2
                where act_id = ?1 and superseded_by is null and retracted_at is null",
                old,
                act_id
            );
            if replaced.execute(&mut *conn).await?.rows_affected() != 1 {
                return Err(gone(old));
            }
        }
        let row = NewAct {
            act_id: act_id.clone(),
            natural_id: &act.id,
            treaty_id: treaty,
            act,
            supersedes: supersedes.cloned(),
        };
        act_rows::insert(conn, &[row], Origin::User, now).await?;
        own.count += 1;
        own.counting.push(act_id.clone());
        if let Some(old) = supersedes {
            names.values_mut().for_each(|versions| versions.counting.retain(|id| id != old));
        }
        Ok(act_id)
    }

    /// Takes an act back, and projects its treaty anew.
    pub async fn retract_act(
        &mut self,
        treaty: &TreatyId,
        id: &ActId,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let conn = &mut *self.tx;
        let now = Instant::of(now);
        let retracted = sqlx::query!(
            "update _act set retracted_at = ?2, retracted_by = 'user', retraction_note = ?3
            where act_id = ?1 and superseded_by is null and retracted_at is null",
            id,
            now,
            reason
        );
        if retracted.execute(&mut *conn).await?.rows_affected() != 1 {
            return Err(gone(id));
        }
        project_some(conn, std::slice::from_ref(treaty)).await
    }
}

/// Another correction came first, or newer seeds did.
fn gone(id: &ActId) -> StoreError {
    StoreError::Refused(format!("{id} is no longer in effect: it was corrected or retracted meanwhile"))
}
