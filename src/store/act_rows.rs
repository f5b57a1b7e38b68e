//! Rows of acts: read with all their versions, and only ever added.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::SqliteConnection;

use crate::domain::act::{Act, ActKind, Basis, Confidence, Evidence};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::{ActId, Label, StateId, TreatyId};

use super::column::{Instant, Json, Origin};
use super::{StoreError, bulk};

/// An act as it is stored: the act, and what became of the row.
#[derive(Debug, Clone)]
pub(super) struct ActRow {
    pub act_id: ActId,
    pub natural_id: ActId,
    pub treaty_id: TreatyId,
    pub state_id: Option<StateId>,
    pub kind: ActKind,
    pub on_date: NaiveDate,
    pub precision: Precision,
    pub to_date: Option<NaiveDate>,
    pub known_on: NaiveDate,
    pub effective_on: Option<NaiveDate>,
    pub ends_before: Option<NaiveDate>,
    pub deadline: Option<Label>,
    pub until: Option<NaiveDate>,
    pub place: Option<String>,
    pub label: Option<Label>,
    pub jointly: Json<Vec<StateId>>,
    pub towards: Json<Vec<StateId>>,
    pub precludes_entry_into_force: bool,
    pub successors: Json<Vec<StateId>>,
    pub disputed_by: Json<Vec<StateId>>,
    pub note: Option<String>,
    pub sources: Json<Vec<String>>,
    pub basis: Basis,
    pub confidence: Confidence,
    pub origin: Origin,
    pub superseded_by: Option<ActId>,
    pub retracted: bool,
    pub retracted_by: Option<Origin>,
    pub watched: bool,
    pub retraction_watched: bool,
}

impl ActRow {
    /// Whether this is the version that counts.
    pub fn counts(&self) -> bool {
        self.superseded_by.is_none() && !self.retracted
    }

    /// The act, under the name of this version.
    pub fn into_act(self) -> Act {
        Act {
            id: self.act_id,
            kind: self.kind,
            state: self.state_id,
            jointly: self.jointly.0,
            towards: self.towards.0,
            precludes_entry_into_force: self.precludes_entry_into_force,
            on: PartialDay::around(self.on_date, self.precision),
            to: self.to_date,
            known_on: self.known_on,
            effective_on: self.effective_on,
            ends_before: self.ends_before,
            deadline: self.deadline,
            until: self.until,
            place: self.place,
            label: self.label,
            successors: self.successors.0,
            disputed_by: self.disputed_by.0,
            note: self.note,
            evidence: Evidence { sources: self.sources.0, basis: self.basis, confidence: self.confidence },
        }
    }
}

/// Which versions of an act are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// Those that count now.
    Current,
    /// Superseded and retracted ones as well.
    All,
}

/// The acts of some treaties, in order of treaty, day and name.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    ids: &[TreatyId],
    versions: Versions,
) -> Result<Vec<ActRow>, StoreError> {
    let (ids, all) = (Json(ids), versions == Versions::All);
    let rows = sqlx::query_file_as!(ActRow, "src/store/queries/acts.sql", ids, all);
    Ok(rows.fetch_all(conn).await?)
}

/// Acts by the names of their versions.
pub(super) async fn by_id(
    conn: &mut SqliteConnection,
    ids: BTreeSet<&ActId>,
) -> Result<BTreeMap<ActId, Act>, StoreError> {
    let ids = Json(ids);
    let rows = sqlx::query_file_as!(ActRow, "src/store/queries/acts_by_id.sql", ids);
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.act_id.clone(), row.into_act())).collect())
}

/// A row to be added.
#[derive(Debug)]
pub(super) struct NewAct<'a> {
    pub act_id: ActId,
    pub natural_id: &'a ActId,
    pub treaty_id: &'a TreatyId,
    pub act: &'a Act,
    pub supersedes: Option<ActId>,
}

/// Adds acts that seeds have brought, or a user.
pub(super) async fn insert(
    conn: &mut SqliteConnection,
    rows: &[NewAct<'_>],
    origin: Origin,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let now = Instant::of(now);
    let head = "insert into _act (act_id, natural_id, treaty_id, state_id, kind, on_date, precision, to_date, \
         known_on, effective_on, ends_before, deadline, until, place, label, jointly, towards, precludes_entry_into_force, successors, disputed_by, note, \
         sources, basis, confidence, origin, recorded_at, supersedes) ";
    bulk::insert(conn, head, rows, |values, row| {
        let act = row.act;
        values
            .push_bind(&row.act_id)
            .push_bind(row.natural_id)
            .push_bind(row.treaty_id)
            .push_bind(act.state)
            .push_bind(act.kind)
            .push_bind(act.day())
            .push_bind(act.on.precision())
            .push_bind(act.to)
            .push_bind(act.known_on)
            .push_bind(act.effective_on)
            .push_bind(act.ends_before)
            .push_bind(act.deadline.as_ref())
            .push_bind(act.until)
            .push_bind(act.place.as_deref())
            .push_bind(act.label.as_ref())
            .push_bind(Json(&act.jointly))
            .push_bind(Json(&act.towards))
            .push_bind(act.precludes_entry_into_force)
            .push_bind(Json(&act.successors))
            .push_bind(Json(&act.disputed_by))
            .push_bind(act.note.as_deref())
            .push_bind(Json(&act.evidence.sources))
            .push_bind(act.evidence.basis)
            .push_bind(act.evidence.confidence)
            .push_bind(origin)
            .push_bind(now)
            .push_bind(row.supersedes.as_ref());
    })
    .await
}
