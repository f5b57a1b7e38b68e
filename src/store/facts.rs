//! Facts as they are stored: treaties with their clauses and acts, states, statements.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use crate::domain::act::{Basis, Confidence, Evidence};
use crate::domain::clause::{Clause, Terms};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::{ActId, DateId, Label, StateId, TreatyId};
use crate::domain::lang::{Lang, Words};
use crate::domain::seeds::TreatyFile;
use crate::domain::state::{RegionalGroup, State, StateKind};
use crate::domain::statehood::{Existence, Statehood};
use crate::domain::statement::{Overtaken, Paragraph, Statement};
use crate::domain::treaty::{
    Certainty, Citation, DateKind, Form, InstrumentKind, LinkKind, Note, Reading, ScheduledDate, Treaty,
};

use super::act_rows::{self, Versions};
use super::column::Json;
use super::projection::PROJECTED_BY;
use super::{Store, StoreError};

/// Acts of days to come, which nobody can have done: a year with a slip in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActsToCome {
    /// The first.
    pub act_id: ActId,
    /// When it would be done.
    pub on_date: NaiveDate,
    /// How many there are.
    pub count: u32,
}

impl Store {
    /// The names of all treaties, in order.
    pub async fn treaty_ids(&self) -> Result<Vec<TreatyId>, StoreError> {
        all(&mut *self.readers.acquire().await?).await
    }

    /// One treaty with its current acts, in order of day. Its facts reach to the day on which a source confirmed them
    /// last, if that is later than the day of its catalogue.
    pub async fn load_treaty(&self, id: &TreatyId) -> Result<Option<TreatyFile>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let mut files = load(&mut tx, std::slice::from_ref(id)).await?;
        confirm(&mut tx, &mut files).await?;
        Ok(files.pop())
    }

    /// One treaty as [`Self::load_treaty`] gives it, and those that it is linked to, in order of name; nothing if there
    /// is no such treaty.
    pub async fn load_with_linked(&self, id: &TreatyId) -> Result<Vec<TreatyFile>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let ids = sqlx::query_scalar!(
            r#"select treaty_id as "treaty_id!: TreatyId" from _treaty where treaty_id = ?1
            union select linked_id from _link where treaty_id = ?1"#,
            id
        );
        let ids = ids.fetch_all(&mut *tx).await?;
        let mut files = load(&mut tx, &ids).await?;
        confirm(&mut tx, &mut files).await?;
        Ok(files)
    }

    /// A treaty of a set that is none of these, with that set; none if there is no such treaty.
    pub async fn treaty_of_other_set(&self, sets: &[Label]) -> Result<Option<(TreatyId, Label)>, StoreError> {
        let sets = Json(sets);
        let found = sqlx::query!(
            r#"select treaty_id as "treaty_id: TreatyId", set_id as "set_id!: Label" from _treaty
            where set_id is not null and set_id not in (select value from json_each(?1)) order by treaty_id limit 1"#,
            sets
        );
        let found = found.fetch_optional(&self.readers).await?;
        Ok(found.map(|row| (row.treaty_id, row.set_id)))
    }

    /// Whether there is a treaty of this name.
    pub async fn has_treaty(&self, id: &TreatyId) -> Result<bool, StoreError> {
        let count = sqlx::query_scalar!("select count(*) from _treaty where treaty_id = ?1", id);
        Ok(0 < count.fetch_one(&self.readers).await?)
    }

    /// All treaties as [`Self::load_treaty`] gives them, in order of name. Everything is in memory at
    /// once: for more than some thousand treaties, ask for one at a time.
    pub async fn load_treaties(&self) -> Result<Vec<TreatyFile>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let ids = all(&mut tx).await?;
        let mut files = load(&mut tx, &ids).await?;
        confirm(&mut tx, &mut files).await?;
        Ok(files)
    }

    /// The treaties that have a date between two days, both included, as one knows it on `from`; others may be among
    /// them. The stored projection names them, except where it knows more than one could know then, or comes from
    /// another version of the program: those treaties are all among them.
    pub async fn load_dated(&self, from: NaiveDate, until: NaiveDate) -> Result<Vec<TreatyFile>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let ids = sqlx::query_scalar!(
            r#"select treaty_id as "treaty_id!: TreatyId" from _treaty_date where on_date >= ?1 and from_date <= ?2
            union select treaty_id from _act where known_on > ?1 and superseded_by is null and retracted_at is null
            union select treaty_id from _scheduled_date where known_on > ?1
            union select treaty_id from _treaty where (select projected_by from _watch) is not ?3"#,
            from,
            until,
            PROJECTED_BY
        );
        let ids = ids.fetch_all(&mut *tx).await?;
        let mut files = load(&mut tx, &ids).await?;
        confirm(&mut tx, &mut files).await?;
        Ok(files)
    }

    /// The acts of days after `today` that the facts of their treaty do not reach either, as no facts do: how many
    /// there are, and the first of them.
    pub async fn acts_to_come(&self, today: NaiveDate) -> Result<Option<ActsToCome>, StoreError> {
        let first = sqlx::query_as!(
            ActsToCome,
            r#"select act_id as "act_id: ActId", on_date as "on_date: NaiveDate", count(*) over () as "count!: u32"
            from _act join _treaty using (treaty_id)
            where _act.known_on > ?1 and on_date > ?1 and on_date > facts_as_of
              and superseded_by is null and retracted_at is null
            order by on_date, act_id limit 1"#,
            today
        );
        Ok(first.fetch_optional(&mut *self.readers.acquire().await?).await?)
    }

    /// All states and other entities.
    pub async fn load_states(&self) -> Result<BTreeMap<StateId, State>, StoreError> {
        let mut tx = self.readers.begin().await?;
        states(&mut tx).await
    }

    /// All statements, in order of name.
    pub async fn load_statements(&self) -> Result<Vec<Statement>, StoreError> {
        let mut tx = self.readers.begin().await?;
        statements(&mut tx).await
    }
}

/// The names of all treaties, in order.
pub(super) async fn all(conn: &mut SqliteConnection) -> Result<Vec<TreatyId>, StoreError> {
    let ids =
        sqlx::query_scalar!(r#"select treaty_id as "treaty_id: TreatyId" from _treaty order by treaty_id"#);
    Ok(ids.fetch_all(conn).await?)
}

/// Treaties with their current acts, in order of name.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    ids: &[TreatyId],
) -> Result<Vec<TreatyFile>, StoreError> {
    let mut files: BTreeMap<TreatyId, TreatyFile> = BTreeMap::new();
    for treaty in treaties(conn, ids).await?.into_values() {
        files.insert(treaty.id.clone(), TreatyFile { treaty, acts: Vec::new() });
    }
    for row in act_rows::load(conn, ids, Versions::Current).await? {
        if let Some(file) = files.get_mut(&row.treaty_id) {
            file.acts.push(row.into_act());
        }
    }
    Ok(files.into_values().collect())
}

/// Treaties without their acts. A query for each table, however many treaties there are.
pub(super) async fn treaties(
    conn: &mut SqliteConnection,
    ids: &[TreatyId],
) -> Result<BTreeMap<TreatyId, Treaty>, StoreError> {
    let ids = &Json(ids);
    let mut treaties = heads(conn, ids).await?;
    clauses(conn, ids, None, &mut treaties).await?;
    readings(conn, ids, &mut treaties).await?;
    scheduled(conn, ids, &mut treaties).await?;
    notes(conn, ids, &mut treaties).await?;
    let links = sqlx::query!(
        r#"select treaty_id as "treaty_id: TreatyId", kind as "kind: LinkKind", linked_id as "linked_id: TreatyId"
        from _link where treaty_id in (select value from json_each(?1)) order by treaty_id, ordinal"#,
        ids
    );
    for row in links.fetch_all(&mut *conn).await? {
        if let Some(treaty) = treaties.get_mut(&row.treaty_id) {
            treaty.links.push((row.kind, row.linked_id));
        }
    }
    let missing = sqlx::query!(
        r#"select treaty_id as "treaty_id: TreatyId", state_id as "state_id: StateId", text
        from _missing where treaty_id in (select value from json_each(?1)) order by treaty_id, ordinal"#,
        ids
    );
    for row in missing.fetch_all(&mut *conn).await? {
        if let Some(treaty) = treaties.get_mut(&row.treaty_id) {
            treaty.missing.push((row.state_id, row.text));
        }
    }
    Ok(treaties)
}

/// Has the facts of treaties reach to the day on which a source agreed with them. Not for comparing with a catalogue.
async fn confirm(conn: &mut SqliteConnection, files: &mut [TreatyFile]) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"select treaty_id as "treaty_id!: TreatyId", max(agreed_on) as "on!: NaiveDate"
        from _source where treaty_id is not null and agreed_on is not null group by 1"#
    );
    let confirmed = rows.fetch_all(conn).await?.into_iter().map(|row| (row.treaty_id, row.on));
    let confirmed: BTreeMap<TreatyId, NaiveDate> = confirmed.collect();
    for TreatyFile { treaty, .. } in files {
        let on = confirmed.get(&treaty.id).copied();
        treaty.facts_as_of = on.map_or(treaty.facts_as_of, |on| on.max(treaty.facts_as_of));
    }
    Ok(())
}

/// Treaties as far as it takes to tell of a date: names, readings, deadlines, and days that somebody has
/// named.
pub(super) async fn told(
    conn: &mut SqliteConnection,
    ids: &[TreatyId],
) -> Result<BTreeMap<TreatyId, Treaty>, StoreError> {
    let ids = &Json(ids);
    let mut treaties = heads(conn, ids).await?;
    readings(conn, ids, &mut treaties).await?;
    scheduled(conn, ids, &mut treaties).await?;
    // The words of an alert about a deadline depend on the states that its clause names.
    clauses(conn, ids, Some("deadline"), &mut treaties).await?;
    Ok(treaties)
}

async fn heads(
    conn: &mut SqliteConnection,
    ids: &Json<&[TreatyId]>,
) -> Result<BTreeMap<TreatyId, Treaty>, StoreError> {
    let rows = sqlx::query!(
        r#"select
            treaty_id as "treaty_id: TreatyId", kind as "kind: InstrumentKind", form as "form: Form",
            title_en, title_zh, title_ru, short_title_en, short_title_zh, short_title_ru,
            titles_from_memory as "titles_from_memory: Json<Vec<Lang>>",
            facts_as_of as "facts_as_of: NaiveDate",
            depositaries as "depositaries: Json<Vec<StateId>>", depositary_note, registration,
            set_id as "set_id: Label", citations as "citations: Json<Vec<Citation>>",
            translations as "translations: Json<BTreeMap<String, Words>>",
            participants as "participants: Json<Vec<StateId>>",
            contested_between as "contested_between: Json<Vec<Label>>",
            participation_incomplete as "participation_incomplete: bool"
        from _treaty where treaty_id in (select value from json_each(?1))"#,
        ids
    );
    let statehood = statehood(&mut *conn).await?;
    let mut treaties = BTreeMap::new();
    for row in rows.fetch_all(conn).await? {
        let head = Treaty {
            id: row.treaty_id.clone(),
            kind: row.kind,
            form: row.form,
            title: Words { en: row.title_en, zh: row.title_zh, ru: row.title_ru },
            short_title: Words { en: row.short_title_en, zh: row.short_title_zh, ru: row.short_title_ru },
            titles_from_memory: row.titles_from_memory.0,
            facts_as_of: row.facts_as_of,
            depositaries: row.depositaries.0,
            depositary_note: row.depositary_note,
            registration: row.registration,
            set: row.set_id,
            citations: row.citations.0,
            translations: row.translations.0,
            participants: row.participants.0,
            links: Vec::new(),
            clauses: Vec::new(),
            readings: Vec::new(),
            contested_between: row.contested_between.0,
            scheduled: Vec::new(),
            notes: Vec::new(),
            missing: Vec::new(),
            participation_incomplete: row.participation_incomplete,
            statehood: statehood.clone(),
        };
        treaties.insert(row.treaty_id, head);
    }
    Ok(treaties)
}

/// Adds the clauses, or those of one kind.
async fn clauses(
    conn: &mut SqliteConnection,
    ids: &Json<&[TreatyId]>,
    kind: Option<&str>,
    treaties: &mut BTreeMap<TreatyId, Treaty>,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"select
            treaty_id as "treaty_id: TreatyId", clause_id as "clause_id: Label", article,
            terms as "terms: Json<Terms>", note, sources as "sources: Json<Vec<String>>",
            basis as "basis: Basis", confidence as "confidence: Confidence"
        from _clause where treaty_id in (select value from json_each(?1)) and (?2 is null or kind = ?2)
        order by treaty_id, ordinal"#,
        ids,
        kind
    );
    for row in rows.fetch_all(conn).await? {
        if let Some(treaty) = treaties.get_mut(&row.treaty_id) {
            treaty.clauses.push(Clause {
                id: row.clause_id,
                article: row.article,
                note: row.note,
                evidence: Evidence { sources: row.sources.0, basis: row.basis, confidence: row.confidence },
                terms: row.terms.0,
            });
        }
    }
    Ok(())
}

async fn readings(
    conn: &mut SqliteConnection,
    ids: &Json<&[TreatyId]>,
    treaties: &mut BTreeMap<TreatyId, Treaty>,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"select
            treaty_id as "treaty_id: TreatyId", reading_id as "reading_id: Label", title,
            asserted_by as "asserted_by: Json<Vec<StateId>>",
            disputed_by as "disputed_by: Json<Vec<StateId>>", note,
            disregards as "disregards: Json<Vec<Label>>",
            effective as "effective: Json<Vec<(Label, NaiveDate)>>",
            sources as "sources: Json<Vec<String>>", basis as "basis: Basis",
            confidence as "confidence: Confidence"
        from _reading where treaty_id in (select value from json_each(?1)) order by treaty_id, ordinal"#,
        ids
    );
    for row in rows.fetch_all(conn).await? {
        let evidence = match (row.sources, row.basis, row.confidence) {
            (Some(Json(sources)), Some(basis), Some(confidence)) => {
                Some(Evidence { sources, basis, confidence })
            }
            _ => None,
        };
        if let Some(treaty) = treaties.get_mut(&row.treaty_id) {
            treaty.readings.push(Reading {
                id: row.reading_id,
                title: row.title,
                asserted_by: row.asserted_by.0,
                disputed_by: row.disputed_by.0,
                note: row.note,
                disregards: row.disregards.0,
                effective: row.effective.0,
                evidence,
            });
        }
    }
    Ok(())
}

async fn scheduled(
    conn: &mut SqliteConnection,
    ids: &Json<&[TreatyId]>,
    treaties: &mut BTreeMap<TreatyId, Treaty>,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"select
            treaty_id as "treaty_id: TreatyId", date_id as "date_id: DateId", kind as "kind: DateKind",
            on_date as "on_date: NaiveDate", precision as "precision: Precision",
            known_on as "known_on: NaiveDate", certainty as "certainty: Certainty", note,
            sources as "sources: Json<Vec<String>>", basis as "basis: Basis",
            confidence as "confidence: Confidence"
        from _scheduled_date where treaty_id in (select value from json_each(?1)) order by treaty_id, ordinal"#,
        ids
    );
    for row in rows.fetch_all(conn).await? {
        if let Some(treaty) = treaties.get_mut(&row.treaty_id) {
            treaty.scheduled.push(ScheduledDate {
                id: row.date_id,
                kind: row.kind,
                on: PartialDay::around(row.on_date, row.precision),
                known_on: row.known_on,
                certainty: row.certainty,
                note: row.note,
                evidence: Evidence { sources: row.sources.0, basis: row.basis, confidence: row.confidence },
            });
        }
    }
    Ok(())
}

async fn notes(
    conn: &mut SqliteConnection,
    ids: &Json<&[TreatyId]>,
    treaties: &mut BTreeMap<TreatyId, Treaty>,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"select
            treaty_id as "treaty_id: TreatyId", on_date as "on_date: NaiveDate",
            precision as "precision: Precision", kind, actor, text, disagreement,
            sources as "sources: Json<Vec<String>>", basis as "basis: Basis",
            confidence as "confidence: Confidence"
        from _note where treaty_id in (select value from json_each(?1)) order by treaty_id, ordinal"#,
        ids
    );
    for row in rows.fetch_all(conn).await? {
        if let Some(treaty) = treaties.get_mut(&row.treaty_id) {
            treaty.notes.push(Note {
                on: PartialDay::around(row.on_date, row.precision),
                kind: row.kind,
                actor: row.actor,
                text: row.text,
                disagreement: row.disagreement,
                evidence: Evidence { sources: row.sources.0, basis: row.basis, confidence: row.confidence },
            });
        }
    }
    Ok(())
}

/// First and last days, kinds and successors, for the few states whose acts they matter to.
pub(super) async fn statehood(conn: &mut SqliteConnection) -> Result<Statehood, StoreError> {
    let rows = sqlx::query!(
        r#"select
            state_id as "state_id: StateId", kind as "kind: StateKind", began_on as "began_on: NaiveDate",
            ended_on as "ended_on: NaiveDate", successors as "successors: Json<Vec<StateId>>"
        from _state where kind <> 'state' or began_on is not null or ended_on is not null"#
    );
    let mut all = BTreeMap::new();
    for row in rows.fetch_all(conn).await? {
        let existence = Existence {
            kind: row.kind,
            began_on: row.began_on,
            ended_on: row.ended_on,
            successors: row.successors.0,
        };
        all.insert(row.state_id, existence);
    }
    Ok(all.into())
}

/// All states.
pub(super) async fn states(conn: &mut SqliteConnection) -> Result<BTreeMap<StateId, State>, StoreError> {
    let rows = sqlx::query!(
        r#"select
            state_id as "state_id: StateId", kind as "kind: StateKind", name_en, name_zh, name_ru,
            began_on as "began_on: NaiveDate", ended_on as "ended_on: NaiveDate", successors as "successors: Json<Vec<StateId>>", note,
            regional_group as "regional_group: RegionalGroup"
        from _state"#
    );
    let mut states = BTreeMap::new();
    for row in rows.fetch_all(&mut *conn).await? {
        let state = State {
            id: row.state_id,
            kind: row.kind,
            name: Words { en: row.name_en, zh: row.name_zh, ru: row.name_ru },
            aliases: Vec::new(),
            began_on: row.began_on,
            ended_on: row.ended_on,
            successors: row.successors.0,
            note: row.note,
            regional_group: row.regional_group,
        };
        states.insert(row.state_id, state);
    }
    let aliases = sqlx::query!(
        r#"select state_id as "state_id: StateId", alias from _state_alias order by state_id, ordinal"#
    );
    for row in aliases.fetch_all(conn).await? {
        if let Some(state) = states.get_mut(&row.state_id) {
            state.aliases.push(row.alias);
        }
    }
    Ok(states)
}

/// All statements.
pub(super) async fn statements(conn: &mut SqliteConnection) -> Result<Vec<Statement>, StoreError> {
    let rows = sqlx::query!(
        r#"select
            statement_id as "statement_id: Label", treaty_id as "treaty_id: TreatyId",
            title_en, title_zh, title_ru, source, facts_as_of as "facts_as_of: NaiveDate"
        from _statement"#
    );
    let mut statements: BTreeMap<Label, Statement> = BTreeMap::new();
    for row in rows.fetch_all(&mut *conn).await? {
        let statement = Statement {
            id: row.statement_id.clone(),
            treaty: row.treaty_id,
            title: Words { en: row.title_en, zh: row.title_zh, ru: row.title_ru },
            source: row.source,
            facts_as_of: row.facts_as_of,
            paragraphs: Vec::new(),
        };
        statements.insert(row.statement_id, statement);
    }
    let rows = sqlx::query!(
        r#"select
            statement_id as "statement_id: Label", number as "number: u32",
            also_named as "also_named: Json<Vec<Label>>", claim_en, claim_zh, claim_ru,
            since_en, since_zh, since_ru, overtaken as "overtaken: Overtaken",
            sources as "sources: Json<Vec<String>>", confidence as "confidence: Confidence"
        from _statement_paragraph order by statement_id, number"#
    );
    for row in rows.fetch_all(&mut *conn).await? {
        if let Some(statement) = statements.get_mut(&row.statement_id) {
            statement.paragraphs.push(Paragraph {
                number: row.number,
                treaties: Vec::new(),
                also_named: row.also_named.0,
                claim: Words { en: row.claim_en, zh: row.claim_zh, ru: row.claim_ru },
                since: Words { en: row.since_en, zh: row.since_zh, ru: row.since_ru },
                overtaken: row.overtaken,
                sources: row.sources.0,
                confidence: row.confidence,
            });
        }
    }
    let rows = sqlx::query!(
        r#"select
            statement_id as "statement_id: Label", number as "number: u32",
            treaty_id as "treaty_id: TreatyId"
        from _statement_treaty order by statement_id, number, ordinal"#
    );
    for row in rows.fetch_all(conn).await? {
        let paragraphs = statements.get_mut(&row.statement_id).map(|statement| &mut statement.paragraphs);
        let mut paragraphs = paragraphs.into_iter().flatten();
        if let Some(paragraph) = paragraphs.find(|paragraph| paragraph.number == row.number) {
            paragraph.treaties.push(row.treaty_id);
        }
    }
    Ok(statements.into_values().collect())
}
