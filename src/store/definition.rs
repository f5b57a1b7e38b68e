//! Writing what treaties, states and statements are. The definition of a treaty is replaced as a whole.

use sqlx::SqliteConnection;

use crate::domain::act::Evidence;
use crate::domain::clause::{Clause, Terms};
use crate::domain::id::TreatyId;
use crate::domain::state::State;
use crate::domain::statement::Statement;
use crate::domain::treaty::Treaty;

use super::column::Json;
use super::{StoreError, bulk};

/// A part of a treaty, with the treaty's name and the place of the part in its list.
type Part<'a, T> = (&'a TreatyId, i64, &'a T);

/// The parts of one kind of all the treaties.
fn parts<'a, T>(treaties: &[&'a Treaty], of: impl Fn(&'a Treaty) -> &'a [T]) -> Vec<Part<'a, T>> {
    let numbered = |treaty: &'a Treaty| (0..).zip(of(treaty)).map(|(at, part)| (&treaty.id, at, part));
    treaties.iter().copied().flat_map(numbered).collect()
}

/// Keeps definitions that are about to be replaced for the next check, which compares. Before the watch
/// begins nobody has been told anything; what the last check used is kept once.
pub(super) async fn keep_earlier(
    conn: &mut SqliteConnection,
    treaties: impl Iterator<Item = &Treaty>,
) -> Result<(), StoreError> {
    for treaty in treaties {
        let definition = Json(treaty);
        sqlx::query!(
            "insert into _earlier_definition (treaty_id, definition)
            select ?1, ?2 from _watch where began_on is not null
            on conflict do nothing",
            treaty.id,
            definition
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Writes the definitions of treaties in place of those that are there. Their acts stay.
pub(super) async fn write_treaties(
    conn: &mut SqliteConnection,
    treaties: &[&Treaty],
) -> Result<(), StoreError> {
    clear(conn, treaties).await?;
    write_heads(conn, treaties).await?;
    write_clauses(conn, treaties).await?;
    write_readings(conn, treaties).await?;
    write_events(conn, treaties).await?;
    let links = parts(treaties, |treaty| &treaty.links);
    let head = "insert into _link (treaty_id, ordinal, kind, linked_id) ";
    bulk::insert(conn, head, &links, |values, (id, at, (kind, linked))| {
        values.push_bind(*id).push_bind(at).push_bind(kind).push_bind(linked);
    })
    .await?;
    let missing = parts(treaties, |treaty| &treaty.missing);
    let head = "insert into _missing (treaty_id, ordinal, state_id, text) ";
    bulk::insert(conn, head, &missing, |values, (id, at, (state, text))| {
        values.push_bind(*id).push_bind(at).push_bind(state).push_bind(text);
    })
    .await
}

async fn clear(conn: &mut SqliteConnection, treaties: &[&Treaty]) -> Result<(), StoreError> {
    let ids = &Json(treaties.iter().map(|treaty| &treaty.id).collect::<Vec<_>>());
    sqlx::query!("delete from _clause where treaty_id in (select value from json_each(?1))", ids)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from _reading where treaty_id in (select value from json_each(?1))", ids)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from _link where treaty_id in (select value from json_each(?1))", ids)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from _scheduled_date where treaty_id in (select value from json_each(?1))", ids)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from _note where treaty_id in (select value from json_each(?1))", ids)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from _missing where treaty_id in (select value from json_each(?1))", ids)
        .execute(&mut *conn)
        .await?;
    Ok(())
}

async fn write_heads(conn: &mut SqliteConnection, treaties: &[&Treaty]) -> Result<(), StoreError> {
    let head = "insert into _treaty (treaty_id, kind, form, title_en, title_zh, title_ru, short_title_en, \
         short_title_zh, short_title_ru, titles_from_memory, facts_as_of, depositaries, depositary_note, \
         registration, set_id, citations, translations, participants, contested_between, participation_incomplete) ";
    let tail = " on conflict (treaty_id) do update set kind = excluded.kind, form = excluded.form, \
         title_en = excluded.title_en, title_zh = excluded.title_zh, title_ru = excluded.title_ru, \
         short_title_en = excluded.short_title_en, short_title_zh = excluded.short_title_zh, \
         short_title_ru = excluded.short_title_ru, titles_from_memory = excluded.titles_from_memory, \
         facts_as_of = excluded.facts_as_of, depositaries = excluded.depositaries, \
         depositary_note = excluded.depositary_note, registration = excluded.registration, \
         set_id = excluded.set_id, citations = excluded.citations, \
         translations = excluded.translations, \
         participants = excluded.participants, contested_between = excluded.contested_between, \
         participation_incomplete = excluded.participation_incomplete";
    bulk::insert_or(conn, head, tail, treaties, |values, treaty| {
        values
            .push_bind(&treaty.id)
            .push_bind(treaty.kind)
            .push_bind(treaty.form)
            .push_bind(&treaty.title.en)
            .push_bind(treaty.title.zh.as_deref())
            .push_bind(treaty.title.ru.as_deref())
            .push_bind(&treaty.short_title.en)
            .push_bind(treaty.short_title.zh.as_deref())
            .push_bind(treaty.short_title.ru.as_deref())
            .push_bind(Json(&treaty.titles_from_memory))
            .push_bind(treaty.facts_as_of)
            .push_bind(Json(&treaty.depositaries))
            .push_bind(treaty.depositary_note.as_deref())
            .push_bind(treaty.registration.as_deref())
            .push_bind(treaty.set.as_ref())
            .push_bind(Json(&treaty.citations))
            .push_bind(Json(&treaty.translations))
            .push_bind(Json(&treaty.participants))
            .push_bind(Json(&treaty.contested_between))
            .push_bind(treaty.participation_incomplete);
    })
    .await
}

async fn write_clauses(conn: &mut SqliteConnection, treaties: &[&Treaty]) -> Result<(), StoreError> {
    let clauses = parts(treaties, |treaty| &treaty.clauses);
    let head = "insert into _clause (treaty_id, clause_id, ordinal, article, kind, terms, note, sources, \
         basis, confidence) ";
    bulk::insert(conn, head, &clauses, |values, (id, at, clause)| {
        let Clause { id: clause_id, article, note, evidence, terms } = clause;
        values
            .push_bind(*id)
            .push_bind(clause_id)
            .push_bind(at)
            .push_bind(article)
            .push_bind(terms_kind(terms))
            .push_bind(Json(terms))
            .push_bind(note.as_deref())
            .push_bind(Json(&evidence.sources))
            .push_bind(evidence.basis)
            .push_bind(evidence.confidence);
    })
    .await
}

/// The kind of a clause, as its JSON has it: the schema checks that both are the same.
fn terms_kind(terms: &Terms) -> &'static str {
    match terms {
        Terms::EntryIntoForceByExchange => "entry_into_force_by_exchange",
        Terms::EntryIntoForceByThreshold(_) => "entry_into_force_by_threshold",
        Terms::EntryIntoForceByDate { .. } => "entry_into_force_by_date",
        Terms::LaterStates { .. } => "later_states",
        Terms::IndefiniteDuration => "indefinite_duration",
        Terms::Term { .. } => "term",
        Terms::TacitRenewal { .. } => "tacit_renewal",
        Terms::Withdrawal { .. } => "withdrawal",
        Terms::Deadline { .. } => "deadline",
        Terms::Lapse { .. } => "lapse",
        Terms::Protocols { .. } => "protocols",
        Terms::Reinstatement { .. } => "reinstatement",
        Terms::Supersession { .. } => "supersession",
    }
}

async fn write_readings(conn: &mut SqliteConnection, treaties: &[&Treaty]) -> Result<(), StoreError> {
    let readings = parts(treaties, |treaty| &treaty.readings);
    let head = "insert into _reading (treaty_id, reading_id, ordinal, title, asserted_by, disputed_by, note, \
         disregards, effective, sources, basis, confidence) ";
    bulk::insert(conn, head, &readings, |values, (id, at, reading)| {
        let evidence = reading.evidence.as_ref();
        values
            .push_bind(*id)
            .push_bind(&reading.id)
            .push_bind(at)
            .push_bind(&reading.title)
            .push_bind(Json(&reading.asserted_by))
            .push_bind(Json(&reading.disputed_by))
            .push_bind(reading.note.as_deref())
            .push_bind(Json(&reading.disregards))
            .push_bind(Json(&reading.effective))
            .push_bind(evidence.map(|evidence| Json(&evidence.sources)))
            .push_bind(evidence.map(|evidence| evidence.basis))
            .push_bind(evidence.map(|evidence| evidence.confidence));
    })
    .await
}

async fn write_events(conn: &mut SqliteConnection, treaties: &[&Treaty]) -> Result<(), StoreError> {
    let scheduled = parts(treaties, |treaty| &treaty.scheduled);
    let head = "insert into _scheduled_date (treaty_id, date_id, ordinal, kind, on_date, precision, known_on, \
         certainty, note, sources, basis, confidence) ";
    bulk::insert(conn, head, &scheduled, |values, (id, at, date)| {
        values
            .push_bind(*id)
            .push_bind(&date.id)
            .push_bind(at)
            .push_bind(date.kind)
            .push_bind(date.on.first_day())
            .push_bind(date.on.precision())
            .push_bind(date.known_on)
            .push_bind(date.certainty)
            .push_bind(date.note.as_deref())
            .push_bind(Json(&date.evidence.sources))
            .push_bind(date.evidence.basis)
            .push_bind(date.evidence.confidence);
    })
    .await?;
    let notes = parts(treaties, |treaty| &treaty.notes);
    let head = "insert into _note (treaty_id, ordinal, on_date, precision, kind, actor, text, disagreement, \
         sources, basis, confidence) ";
    bulk::insert(conn, head, &notes, |values, (id, at, note)| {
        let Evidence { sources, basis, confidence } = &note.evidence;
        values
            .push_bind(*id)
            .push_bind(at)
            .push_bind(note.on.first_day())
            .push_bind(note.on.precision())
            .push_bind(&note.kind)
            .push_bind(&note.actor)
            .push_bind(&note.text)
            .push_bind(note.disagreement.as_deref())
            .push_bind(Json(sources))
            .push_bind(basis)
            .push_bind(confidence);
    })
    .await
}

/// Writes states in place of those with the same codes. Others stay: acts may name them.
pub(super) async fn write_states(conn: &mut SqliteConnection, states: &[&State]) -> Result<(), StoreError> {
    let ids = Json(states.iter().map(|state| state.id).collect::<Vec<_>>());
    sqlx::query!("delete from _state_alias where state_id in (select value from json_each(?1))", ids)
        .execute(&mut *conn)
        .await?;
    let head = "insert into _state (state_id, kind, name_en, name_zh, name_ru, began_on, ended_on, successors, \
         note, regional_group) ";
    let tail = " on conflict (state_id) do update set kind = excluded.kind, name_en = excluded.name_en, \
         name_zh = excluded.name_zh, name_ru = excluded.name_ru, began_on = excluded.began_on, ended_on = excluded.ended_on, \
         successors = excluded.successors, note = excluded.note, regional_group = excluded.regional_group";
    bulk::insert_or(conn, head, tail, states, |values, state| {
        values
            .push_bind(state.id)
            .push_bind(state.kind)
            .push_bind(&state.name.en)
            .push_bind(state.name.zh.as_deref())
            .push_bind(state.name.ru.as_deref())
            .push_bind(state.began_on)
            .push_bind(state.ended_on)
            .push_bind(Json(&state.successors))
            .push_bind(state.note.as_deref())
            .push_bind(state.regional_group);
    })
    .await?;
    let numbered = |state: &&State| {
        let id = state.id;
        let names: Vec<(_, i64, String)> =
            (0..).zip(state.aliases.clone()).map(|(at, name)| (id, at, name)).collect();
        names
    };
    let aliases: Vec<_> = states.iter().flat_map(numbered).collect();
    let head = "insert into _state_alias (state_id, ordinal, alias) ";
    bulk::insert(conn, head, &aliases, |values, (state, at, alias)| {
        values.push_bind(*state).push_bind(at).push_bind(alias);
    })
    .await
}

/// Writes all statements in place of all that are there.
pub(super) async fn write_statements(
    conn: &mut SqliteConnection,
    statements: &[Statement],
) -> Result<(), StoreError> {
    sqlx::query!("delete from _statement_treaty").execute(&mut *conn).await?;
    sqlx::query!("delete from _statement_paragraph").execute(&mut *conn).await?;
    sqlx::query!("delete from _statement").execute(&mut *conn).await?;
    let head = "insert into _statement (statement_id, treaty_id, title_en, title_zh, title_ru, source, \
         facts_as_of) ";
    bulk::insert(conn, head, statements, |values, statement| {
        values
            .push_bind(&statement.id)
            .push_bind(&statement.treaty)
            .push_bind(&statement.title.en)
            .push_bind(statement.title.zh.as_deref())
            .push_bind(statement.title.ru.as_deref())
            .push_bind(&statement.source)
            .push_bind(statement.facts_as_of);
    })
    .await?;
    let paragraphs: Vec<_> = statements
        .iter()
        .flat_map(|statement| statement.paragraphs.iter().map(move |paragraph| (&statement.id, paragraph)))
        .collect();
    let head = "insert into _statement_paragraph (statement_id, number, also_named, claim_en, claim_zh, \
         claim_ru, since_en, since_zh, since_ru, overtaken, sources, confidence) ";
    bulk::insert(conn, head, &paragraphs, |values, (id, paragraph)| {
        values
            .push_bind(*id)
            .push_bind(paragraph.number)
            .push_bind(Json(&paragraph.also_named))
            .push_bind(&paragraph.claim.en)
            .push_bind(paragraph.claim.zh.as_deref())
            .push_bind(paragraph.claim.ru.as_deref())
            .push_bind(&paragraph.since.en)
            .push_bind(paragraph.since.zh.as_deref())
            .push_bind(paragraph.since.ru.as_deref())
            .push_bind(paragraph.overtaken)
            .push_bind(Json(&paragraph.sources))
            .push_bind(paragraph.confidence);
    })
    .await?;
    let mut named = Vec::new();
    for (id, paragraph) in &paragraphs {
        let number = paragraph.number;
        named.extend((0_i64..).zip(&paragraph.treaties).map(|(at, treaty)| (*id, number, at, treaty)));
    }
    let head = "insert into _statement_treaty (statement_id, number, ordinal, treaty_id) ";
    bulk::insert(conn, head, &named, |values, (id, number, at, treaty)| {
        values.push_bind(*id).push_bind(number).push_bind(at).push_bind(*treaty);
    })
    .await
}
