//! Writing projections: what the law has made of the acts of some treaties, in place of what was there.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use crate::domain::clause::Terms;
use crate::domain::id::{ActId, StateId, TreatyId};
use crate::domain::project::{Count, DueDate, Projection};
use crate::domain::status::{
    Overlay, OverlayKind, ReadingId, Reason, Rule, Span, StateStatus, TreatyStatus, reason_text,
};
use crate::domain::treaty::Treaty;

use super::StoreError;
use super::bulk::{self, Values};
use super::column::Json;

/// This program's way of projecting: after it changes, everything is projected anew, without alerts.
pub const PROJECTED_BY: &str = concat!(env!("CARGO_PKG_VERSION"), "/4");

/// Rows of projections, collected so that many treaties are written with few statements.
#[derive(Debug, Default)]
pub(super) struct ProjectionRows {
    treaties: Vec<TreatyId>,
    treaty_periods: Vec<(TreatyId, ReadingId, Span<TreatyStatus>)>,
    state_periods: Vec<(TreatyId, ReadingId, StateId, Span<StateStatus>)>,
    overrides: Vec<(TreatyId, ReadingId, StateId)>,
    overlays: Vec<(TreatyId, ReadingId, i64, Overlay)>,
    dates: Vec<(TreatyId, i64, DueDate)>,
    tallies: Vec<(TreatyId, ReadingId, Count, bool)>,
    steps: Vec<StepRow>,
}

#[derive(Debug)]
struct StepRow {
    treaty: TreatyId,
    ordinal: i64,
    needed: i64,
    reached: i64,
    missing: Vec<StateId>,
    made_by: Option<(ActId, NaiveDate)>,
}

impl ProjectionRows {
    /// Takes in the projection of one treaty.
    pub fn add(&mut self, treaty: &Treaty, projection: Projection) {
        let id = &treaty.id;
        self.treaties.push(id.clone());
        self.add_progress(treaty, &projection);
        let incomplete = projection.incomplete;
        self.dates.extend((0..).zip(projection.dates).map(|(at, date)| (id.clone(), at, date)));
        let mut lives = projection.readings.into_iter();
        let default = lives.next();
        let default_states = default.as_ref().map(|life| life.states.clone()).unwrap_or_default();
        for life in default.into_iter().chain(lives) {
            let reading = life.reading;
            let mut states = life.states;
            if !reading.is_default() {
                let named: BTreeSet<StateId> = default_states.keys().chain(states.keys()).copied().collect();
                let differs = |state: &StateId| default_states.get(state) != states.get(state);
                let overridden: BTreeSet<StateId> = named.into_iter().filter(differs).collect();
                states.retain(|state, _| overridden.contains(state));
                self.overrides
                    .extend(overridden.into_iter().map(|state| (id.clone(), reading.clone(), state)));
            }
            for (state, spans) in states {
                let row = |span| (id.clone(), reading.clone(), state, span);
                self.state_periods.extend(spans.into_iter().map(row));
            }
            let row = |span| (id.clone(), reading.clone(), span);
            self.treaty_periods.extend(life.treaty.into_iter().map(row));
            let row = |(at, overlay)| (id.clone(), reading.clone(), at, overlay);
            self.overlays.extend((0..).zip(life.overlays).map(row));
            let row = |count| (id.clone(), reading.clone(), count, incomplete);
            self.tallies.extend(life.counts.into_iter().map(row));
        }
    }

    fn add_progress(&mut self, treaty: &Treaty, projection: &Projection) {
        let Some(progress) = &projection.progress else { return };
        let threshold = treaty.find_clause(|terms| match terms {
            Terms::EntryIntoForceByThreshold(threshold) => Some(threshold),
            _ => None,
        });
        let row = |ordinal, needed, reached, missing, made_by| StepRow {
            treaty: treaty.id.clone(),
            ordinal,
            needed: whole(needed),
            reached,
            missing,
            made_by,
        };
        let named = threshold.map(|(_, threshold)| threshold.named.clone()).unwrap_or_default();
        let first = progress.steps.first().map_or(progress.needed, |step| step.needed);
        self.steps.push(row(0, first, 0, named, None));
        self.steps.extend((1..).zip(&progress.steps).map(|(at, step)| {
            let made_by = Some((step.ground.act.clone(), step.on));
            row(at, step.needed, whole(step.reached), step.missing.clone(), made_by)
        }));
    }

    /// Writes everything that was taken in, and forgets it.
    pub async fn write(&mut self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let rows = std::mem::take(self);
        rows.clear(conn).await?;
        rows.write_periods(conn).await?;
        rows.write_overlays(conn).await?;
        rows.write_dates(conn).await?;
        rows.write_counts(conn).await
    }

    async fn clear(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let ids = &Json(&self.treaties);
        sqlx::query!("delete from _treaty_period where treaty_id in (select value from json_each(?1))", ids)
            .execute(&mut *conn)
            .await?;
        sqlx::query!("delete from _state_period where treaty_id in (select value from json_each(?1))", ids)
            .execute(&mut *conn)
            .await?;
        sqlx::query!("delete from _state_override where treaty_id in (select value from json_each(?1))", ids)
            .execute(&mut *conn)
            .await?;
        sqlx::query!("delete from _overlay where treaty_id in (select value from json_each(?1))", ids)
            .execute(&mut *conn)
            .await?;
        sqlx::query!("delete from _treaty_date where treaty_id in (select value from json_each(?1))", ids)
            .execute(&mut *conn)
            .await?;
        sqlx::query!("delete from _party_tally where treaty_id in (select value from json_each(?1))", ids)
            .execute(&mut *conn)
            .await?;
        sqlx::query!("delete from _entry_progress where treaty_id in (select value from json_each(?1))", ids)
            .execute(&mut *conn)
            .await?;
        Ok(())
    }

    async fn write_periods(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let head = "insert into _treaty_period (treaty_id, reading_id, starts_on, ends_before, status, \
             reason, rule, article, act_id, known_on) ";
        bulk::insert(conn, head, &self.treaty_periods, |values, (treaty, reading, span)| {
            values
                .push_bind(treaty)
                .push_bind(reading)
                .push_bind(span.starts_on)
                .push_bind(span.ends_before)
                .push_bind(span.status);
            bind_reason(values, &span.reason);
        })
        .await?;
        let head = "insert into _state_period (treaty_id, reading_id, state_id, starts_on, ends_before, \
             status, reason, rule, article, act_id, known_on) ";
        bulk::insert(conn, head, &self.state_periods, |values, (treaty, reading, state, span)| {
            values
                .push_bind(treaty)
                .push_bind(reading)
                .push_bind(state)
                .push_bind(span.starts_on)
                .push_bind(span.ends_before)
                .push_bind(span.status);
            bind_reason(values, &span.reason);
        })
        .await?;
        let head = "insert into _state_override (treaty_id, reading_id, state_id) ";
        bulk::insert(conn, head, &self.overrides, |values, (treaty, reading, state)| {
            values.push_bind(treaty).push_bind(reading).push_bind(state);
        })
        .await
    }

    async fn write_overlays(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let head = "insert into _overlay (treaty_id, reading_id, ordinal, kind, state_id, jointly, \
             towards, starts_on, ends_before, disputed_by, reason, rule, article, act_id, known_on) ";
        bulk::insert(conn, head, &self.overlays, |values, (treaty, reading, at, overlay)| {
            values
                .push_bind(treaty)
                .push_bind(reading)
                .push_bind(at)
                .push_bind(overlay.kind)
                .push_bind(overlay.state)
                .push_bind(Json(&overlay.jointly))
                .push_bind(Json(&overlay.towards))
                .push_bind(overlay.starts_on)
                .push_bind(overlay.ends_before)
                .push_bind(Json(&overlay.disputed_by));
            if overlay.kind == OverlayKind::Notice {
                // The notice begins with the act; that it has run is why it ends.
                bind_reason(values, &Reason { rule: Rule::Act, ..overlay.reason.clone() });
            } else {
                bind_reason(values, &overlay.reason);
            }
        })
        .await
    }

    async fn write_dates(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let head = "insert into _treaty_date (treaty_id, ordinal, date_id, reading_id, state_id, kind, \
             on_date, from_date, precision, certainty, clause_id, reason, rule, article, act_id, known_on) ";
        bulk::insert(conn, head, &self.dates, |values, (treaty, at, date)| {
            values
                .push_bind(treaty)
                .push_bind(at)
                .push_bind(&date.id)
                .push_bind(&date.reading)
                .push_bind(date.state)
                .push_bind(date.kind)
                .push_bind(date.on.last_day())
                .push_bind(date.on.first_day())
                .push_bind(date.on.precision())
                .push_bind(date.certainty)
                .push_bind(date.reason.clause.as_ref());
            bind_reason(values, &date.reason);
        })
        .await
    }

    async fn write_counts(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let head = "insert into _party_tally (treaty_id, reading_id, on_date, signed, consented, parties, \
             incomplete) ";
        bulk::insert(conn, head, &self.tallies, |values, (treaty, reading, count, incomplete)| {
            values
                .push_bind(treaty)
                .push_bind(reading)
                .push_bind(count.on)
                .push_bind(count.signed)
                .push_bind(count.consented)
                .push_bind(count.parties)
                .push_bind(*incomplete);
        })
        .await?;
        let head =
            "insert into _entry_progress (treaty_id, ordinal, needed, reached, missing, act_id, on_date) ";
        bulk::insert(conn, head, &self.steps, |values, step| {
            values
                .push_bind(&step.treaty)
                .push_bind(step.ordinal)
                .push_bind(step.needed)
                .push_bind(step.reached)
                .push_bind(Json(&step.missing))
                .push_bind(step.made_by.as_ref().map(|(act, _)| act))
                .push_bind(step.made_by.as_ref().map(|(_, day)| *day));
        })
        .await
    }
}

/// Binds reason, rule, article, act_id and known_on.
fn bind_reason(values: &mut Values<'_>, reason: &Reason) {
    values
        .push_bind(reason_text(reason))
        .push_bind(reason.rule)
        .push_bind(reason.article.as_deref())
        .push_bind(reason.ground.as_ref().map(|ground| &ground.act))
        .push_bind(reason.known_on);
}

/// A count of states, as SQLite keeps whole numbers.
fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
