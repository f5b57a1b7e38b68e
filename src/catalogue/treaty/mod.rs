//! `treaty.toml`: one instrument with its titles, clauses, acts, notes and readings.

mod acts;
mod clauses;
mod events;
mod reader;
mod readings;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use crate::domain::act::Act;
use crate::domain::clause::Clause;
use crate::domain::id::{Label, StateId, TreatyId};
use crate::domain::lang::{Lang, Words};
use crate::domain::statehood::Statehood;
use crate::domain::treaty::{Form, InstrumentKind, LinkKind, Treaty};

use super::error::{CatalogueError, Faults, Source};
use super::evidence::{SourceText, Sources};
use super::fields::{Day, WordsText};
use super::lenient;
use super::limits::{self, ACTS_MAX, LIST_MAX};
use super::schema::{self, Word};

use acts::ActText;
use clauses::ClauseText;
use events::{DateText, NoteText};
use reader::Reader;
use readings::ReadingText;

pub(super) use reader::{Place, Placed};

/// A treaty and the acts of its own file, with their places.
pub(super) struct ReadTreaty {
    pub treaty: Treaty,
    pub acts: Vec<Placed<Act>>,
    /// Where each clause begins.
    pub clauses_at: Vec<usize>,
    pub sources: Sources,
}

/// One treaty or another instrument: its titles, clauses, acts, notes and readings.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TreatyText {
    /// Its name: that of the folder.
    #[schemars(with = "schema::Name")]
    id: Spanned<TreatyId>,
    /// What it is.
    #[schemars(with = "Word<InstrumentKind>")]
    kind: InstrumentKind,
    /// Between how many it is made; by default multilateral.
    #[schemars(with = "Option<Word<Form>>")]
    form: Option<Form>,
    /// The day up to which the facts of this file reach. Answers for later days are marked.
    facts_as_of: Day,
    /// Depositaries, where states are.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    depositaries: Vec<StateId>,
    /// The depositary in words, where no state is.
    depositary_note: Option<String>,
    /// Where it is registered.
    registration: Option<String>,
    /// The set of instruments that it belongs to, which the configuration can choose.
    #[schemars(with = "Option<schema::Name>")]
    set: Option<Label>,
    /// For what is no treaty: who takes part from its adoption on.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    participants: Vec<StateId>,
    /// Readings between which the default one does not choose.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    contested_between: Vec<Label>,
    /// The full title.
    #[schemars(with = "TitleText")]
    title: Spanned<TitleText>,
    /// The title that people use.
    #[schemars(with = "WordsText")]
    short_title: Spanned<WordsText>,
    /// What the facts cite, by short keys: `source = "list"` then means `[sources.list]`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, SourceText>")]
    sources: BTreeMap<String, Spanned<SourceText>>,
    /// Of a protocol: the treaty to which it is one. Only its parties can be bound by the protocol.
    #[schemars(with = "Option<schema::Name>")]
    parent: Option<TreatyId>,
    /// Other instruments that it is related to.
    #[serde(default)]
    link: Vec<LinkText>,
    /// The rules from which days are computed.
    #[serde(default)]
    #[schemars(with = "Vec<ClauseText>")]
    clause: Vec<Spanned<ClauseText>>,
    /// Legal acts. Those of many states may stand in `acts.csv` instead.
    #[serde(default)]
    #[schemars(with = "Vec<ActText>")]
    act: Vec<Spanned<ActText>>,
    /// What happened and changed nothing in law.
    #[serde(default)]
    #[schemars(with = "Vec<NoteText>")]
    note: Vec<Spanned<NoteText>>,
    /// Days to come that no clause computes.
    #[serde(default)]
    #[schemars(with = "Vec<DateText>")]
    date: Vec<Spanned<DateText>>,
    /// Views of a contested effect.
    #[serde(default)]
    #[schemars(with = "Vec<ReadingText>")]
    reading: Vec<Spanned<ReadingText>>,
    /// What the facts are known to lack.
    #[serde(default)]
    missing: Vec<MissingText>,
    /// Whether the acts name only some of the states that took part. Who is not named is then not known to
    /// have no part, and counts are lower bounds.
    #[serde(default)]
    participation_incomplete: bool,
}

/// The full title.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TitleText {
    /// In English.
    en: String,
    /// In Chinese.
    zh: Option<String>,
    /// In Russian.
    ru: Option<String>,
    /// Languages whose titles no source supports.
    #[serde(default)]
    #[schemars(with = "Vec<Word<Lang>>")]
    from_memory: Vec<Lang>,
}

/// A related instrument.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LinkText {
    /// How it is related.
    #[schemars(with = "Word<LinkKind>")]
    kind: LinkKind,
    /// Its name.
    #[schemars(with = "schema::Name")]
    treaty: TreatyId,
}

/// Something that the facts lack.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MissingText {
    /// About which state.
    #[schemars(with = "schema::StateCode")]
    state: StateId,
    /// What is missing.
    what: String,
}

impl TreatyText {
    /// A list that is longer than any treaty needs, and how long it may be.
    fn too_long(&self) -> Option<(&'static str, usize)> {
        // An act of many states becomes one act of each.
        let acts = self.act.iter().map(|act| act.get_ref().count()).sum();
        let lists = [
            ("acts", acts, ACTS_MAX),
            ("entries `link`", self.link.len(), LIST_MAX),
            ("entries `clause`", self.clause.len(), LIST_MAX),
            ("entries `note`", self.note.len(), LIST_MAX),
            ("entries `date`", self.date.len(), LIST_MAX),
            ("entries `reading`", self.reading.len(), LIST_MAX),
            ("entries `contested_between`", self.contested_between.len(), LIST_MAX),
        ];
        lists.into_iter().find(|(_, length, most)| most < length).map(|(list, _, most)| (list, most))
    }
}

/// Reads one `treaty.toml`; `folder` is the name of its folder, which its id must equal. What is
/// wrong goes to `faults`, and what can be read is read all the same.
pub(super) fn read(source: Source<'_>, folder: &str, faults: &mut Faults) -> Option<ReadTreaty> {
    let text: TreatyText = lenient::read(source, faults)?;
    if text.id.get_ref().as_str() != folder {
        let message = format!("`{}` must equal the folder name `{folder}`", text.id.get_ref());
        faults.push(source.error(text.id.span().start, "id", message));
        return None;
    }
    if let Some((list, most)) = text.too_long() {
        faults.push(limits::too_many(source, most, list));
        return None;
    }
    let id = text.id.into_inner();
    let mut sieve = Sieve { faults };
    let (title, short_title) = (text.title.get_ref(), text.short_title.get_ref());
    for (span, words) in [(text.title.span(), &title.en), (text.short_title.span(), &short_title.en)] {
        if words.trim().is_empty() {
            sieve.faults.push(source.error(span.start, "en", "empty: expected a title"));
        }
    }
    let form = text.form.unwrap_or(Form::Multilateral);
    let sources = text.sources.iter().map(|(key, one)| (key, one.get_ref()));
    let sources = Sources::of(sources, |key, (field, message)| {
        sieve.faults.push(source.error(text.sources[key].span().start, field, message));
    });
    let reader = Reader { source, treaty: &id, form, sources: &sources };
    let clauses =
        sieve.keep(&text.clause, |clause| reader.clause(clause).map(|read| (read, clause.span().start)));
    let (clauses, clauses_at): (Vec<Clause>, Vec<usize>) = clauses.into_iter().unzip();
    let acts = sieve.keep(&text.act, |act| reader.acts(act)).into_iter().flatten().collect();
    let readings = sieve.keep(&text.reading, |reading| reader.reading(reading));
    let scheduled = sieve.keep(&text.date, |date| reader.date(date));
    let notes = sieve.keep(&text.note, |note| reader.note(note));
    let title = text.title.into_inner();
    let parent = text.parent.into_iter().map(|parent| (LinkKind::ProtocolTo, parent));
    let treaty = Treaty {
        kind: text.kind,
        form,
        titles_from_memory: title.from_memory,
        title: Words { en: title.en, zh: title.zh, ru: title.ru },
        short_title: text.short_title.into_inner().into(),
        facts_as_of: text.facts_as_of.0,
        depositaries: text.depositaries,
        depositary_note: text.depositary_note,
        registration: text.registration,
        set: text.set,
        citations: sources.citations(),
        // The check gives them, when all files have been read.
        translations: BTreeMap::new(),
        participants: text.participants,
        links: parent.chain(text.link.into_iter().map(|link| (link.kind, link.treaty))).collect(),
        readings,
        contested_between: text.contested_between,
        scheduled,
        notes,
        missing: text.missing.into_iter().map(|missing| (missing.state, missing.what)).collect(),
        participation_incomplete: text.participation_incomplete,
        // The check gives it, when all states have been read.
        statehood: Statehood::default(),
        clauses,
        id: id.clone(),
    };
    Some(ReadTreaty { treaty, acts, clauses_at, sources })
}

/// Lets through what can be read, and keeps what is wrong with the rest.
struct Sieve<'a> {
    faults: &'a mut Faults,
}

impl Sieve<'_> {
    fn keep<T, R>(&mut self, all: &[T], read: impl Fn(&T) -> Result<R, CatalogueError>) -> Vec<R> {
        let mut kept = Vec::new();
        for one in all {
            // The place of each further fault would be looked for in vain.
            if self.faults.is_full() {
                break;
            }
            match read(one) {
                Ok(read) => kept.push(read),
                Err(fault) => self.faults.push(fault),
            }
        }
        kept
    }
}

/// The JSON Schema (draft 2020-12) of `treaty.toml`. A TOML date is a string in it.
pub fn schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<TreatyText>().to_value()
}
