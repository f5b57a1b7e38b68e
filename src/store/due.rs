//! What is due between two checks, and the dates of treaties in which nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::domain::act::Act;
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::{ActId, DateId, Label, StateId, TreatyId};
use crate::domain::project::DueDate;
use crate::domain::status::{Ground, Reason, Rule};
use crate::domain::treaty::{Certainty, DateKind};
use crate::domain::watch::{Due, Watched, WatchedDates};

use super::column::Json;
use super::{StoreError, WriteTx, act_rows, facts};

/// A row of `treaty_date`.
struct DateRow {
    treaty_id: TreatyId,
    date_id: DateId,
    reading_id: Label,
    state_id: Option<StateId>,
    kind: DateKind,
    from_date: NaiveDate,
    precision: Precision,
    certainty: Certainty,
    rule: Rule,
    article: Option<String>,
    clause_id: Option<Label>,
    act_id: Option<ActId>,
    known_on: NaiveDate,
}

impl WriteTx {
    /// The names of the treaties that a check must look at, as [`Self::due`] finds them.
    pub async fn treaties_due(
        &mut self,
        after: NaiveDate,
        until: NaiveDate,
        leads: &[u32],
    ) -> Result<Vec<TreatyId>, StoreError> {
        let due = self.due(after, until, leads).await?;
        Ok(due.into_iter().map(|due| due.treaty).collect())
    }

    /// The treaties that a check of `until`, the last one being of `after`, must look at; in order.
    ///
    /// These have acts, corrections, retractions or a definition that no check has seen, statuses or overlays that
    /// begin or end in between, or dates that fall in between or lie one of `leads` days beyond. So
    /// have those with acts that become known only after `until`: in a simulated past their stored
    /// projection knows too much. The cost grows with what is due.
    pub async fn due(
        &mut self,
        after: NaiveDate,
        until: NaiveDate,
        leads: &[u32],
    ) -> Result<Vec<Due>, StoreError> {
        let spans = Json(lead_spans(after, until, leads));
        let ids = sqlx::query_file!("src/store/queries/treaties_due.sql", after, until, spans);
        let rows = ids.fetch_all(&mut *self.tx).await?;
        Ok(rows.into_iter().map(|row| Due { treaty: row.treaty_id, only_dates: row.only_dates }).collect())
    }

    /// The dates that lie ahead of `after` and within the longest lead of `until`, of treaties in which
    /// nothing else is due: as they are projected, without a computation.
    pub async fn load_dates(
        &mut self,
        ids: &[TreatyId],
        after: NaiveDate,
        until: NaiveDate,
        leads: &[u32],
    ) -> Result<BTreeMap<TreatyId, WatchedDates>, StoreError> {
        let longest = leads.iter().copied().max().unwrap_or(0);
        let last = until.checked_add_days(Days::new(longest.into())).unwrap_or(NaiveDate::MAX);
        let named = Json(ids);
        let rows = sqlx::query_file_as!(DateRow, "src/store/queries/dates.sql", named, after, last);
        let rows = rows.fetch_all(&mut *self.tx).await?;
        let grounds = rows.iter().filter_map(|row| row.act_id.as_ref()).collect();
        let acts = act_rows::by_id(&mut self.tx, grounds).await?;
        let mut found: BTreeMap<TreatyId, WatchedDates> = BTreeMap::new();
        for treaty in facts::told(&mut self.tx, ids).await?.into_values() {
            let id = treaty.id.clone();
            let (before, now, fresh, retracted) = (vec![], vec![], vec![], vec![]);
            let watched = Watched { treaty, earlier: None, before, now, fresh, retracted };
            found.insert(id, WatchedDates { watched, dates: Vec::new() });
        }
        for row in rows {
            let Some(found) = found.get_mut(&row.treaty_id) else { continue };
            let act = row.act_id.as_ref().and_then(|id| acts.get(id));
            found.watched.now.extend(act.cloned());
            found.dates.push(row.into_date(act));
        }
        Ok(found)
    }
}

impl DateRow {
    fn into_date(self, act: Option<&Act>) -> DueDate {
        // Both are known as exactly: the day follows from the act.
        let ground = act.map(|act| Ground { precision: self.precision, ..act.into() });
        DueDate {
            id: self.date_id,
            kind: self.kind,
            state: self.state_id,
            on: PartialDay::from_earliest(self.from_date, self.precision),
            certainty: self.certainty,
            reading: self.reading_id,
            reason: Reason {
                rule: self.rule,
                ground,
                article: self.article,
                clause: self.clause_id,
                known_on: self.known_on,
            },
        }
    }
}

/// For each lead, and for the day itself, the days between which a date is due.
fn lead_spans(after: NaiveDate, until: NaiveDate, leads: &[u32]) -> Vec<(NaiveDate, NaiveDate)> {
    let all: BTreeSet<u32> = leads.iter().copied().chain([0]).collect();
    let span = |lead: u32| {
        let lead = Days::new(lead.into());
        // A lead beyond the calendar has no dates.
        after.checked_add_days(lead).zip(until.checked_add_days(lead))
    };
    all.into_iter().filter_map(span).collect()
}
