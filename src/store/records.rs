//! Acts that users record, correct and take back. Nothing is edited: each is a row or a mark of its own.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::domain::act::Act;
use crate::domain::id::{ActId, TreatyId};

use super::act_rows::{self, ActRow, NewAct, Versions};
use super::column::{Instant, Origin};
use super::seeding::{project_some, version_id};
use super::{Store, StoreError, WriteTx};

impl Store {
    /// The act with this name, in the version that counts, and its treaty.
    pub async fn act(&self, id: &ActId) -> Result<Option<(TreatyId, Act)>, StoreError> {
        let row = sqlx::query!(
            r#"select treaty_id as "treaty_id: TreatyId" from act
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
        let conn = &mut *self.tx;
        let rows = act_rows::load(conn, std::slice::from_ref(treaty), Versions::All).await?;
        let rival = |row: &&ActRow| row.natural_id == act.id && Some(&row.act_id) != supersedes;
        if let Some(row) = rows.iter().filter(|row| row.counts()).find(rival) {
            return Err(StoreError::Refused(format!("{} is there already: correct it", row.act_id)));
        }
        let versions = rows.iter().filter(|row| row.natural_id == act.id).count();
        let act_id = version_id(&act.id, versions + 1);
        if let Some(old) = supersedes {
            let replaced = sqlx::query!(
                "update act set superseded_by = ?2
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
        project_some(conn, std::slice::from_ref(treaty)).await?;
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
            "update act set retracted_at = ?2, retracted_by = 'user', retraction_note = ?3
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
    StoreError::Refused(format!("{id} counts no more: it was corrected or taken back meanwhile"))
}
