//! `treaty.toml`: one instrument with its titles, clauses, acts, notes and readings.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::act::{Act, ActKind, Actor, Basis, Confidence, Evidence};
use crate::domain::clause::{Anchor, Clause, LaterFrom, Recorded, Scope, TermEnd, Terms, Threshold};
use crate::domain::day::{Counting, Delay, Period};
use crate::domain::id::{ActId, Label, StateId, TreatyId};
use crate::domain::treaty::{
    Certainty, DateKind, Form, InstrumentKind, Lang, LinkKind, Note, Reading, ScheduledDate, Treaty, Words,
};

use super::error::{CatalogueError, Faults, Source};
use super::fields::{Day, DayOrMonth, WordsText, evidence};
use super::lenient;
use super::schema::{self, Word};

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    pub value: T,
    pub at: Place,
}

/// Where something stands in the files of a treaty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the table of `treaty.toml` that begins at this byte.
    Toml(usize),
    /// On this line of `acts.csv`.
    Csv(Option<usize>),
}

/// A treaty and the acts of its own file, with their places.
pub(super) struct ReadTreaty {
    pub treaty: Treaty,
    pub acts: Vec<Placed<Act>>,
    /// Where each clause begins.
    pub clauses_at: Vec<usize>,
    pub sources: BTreeMap<String, String>,
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
    /// Short keys for addresses: `source = "list"` then means that address.
    #[serde(default)]
    sources: BTreeMap<String, String>,
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

/// What a clause orders.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ClauseKind {
    EntryIntoForceByExchange,
    EntryIntoForceByThreshold,
    EntryIntoForceByDate,
    LaterStates,
    IndefiniteDuration,
    Term,
    TacitRenewal,
    Withdrawal,
    Deadline,
    Reinstatement,
    Supersession,
}

/// One clause from which something is computed. Which keys belong to which kind, `catalogue check` tells.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ClauseText {
    /// Its name inside the treaty; by default made of its kind.
    #[schemars(with = "Option<schema::Name>")]
    id: Option<Label>,
    /// What it orders.
    kind: ClauseKind,
    /// The article, as the treaty numbers it: `XV(2)`.
    article: String,
    /// What it says, in your words.
    note: Option<String>,
    /// Where that is written: an address or a key of `[sources]`. Needed unless `basis = "memory"`.
    source: Option<String>,
    /// Whose record it is.
    #[schemars(with = "Word<Basis>")]
    basis: Basis,
    /// How sure it is.
    #[schemars(with = "Word<Confidence>")]
    confidence: Confidence,
    /// Of a threshold: how many states must have consented.
    count: Option<u32>,
    /// Of a threshold: states that must be among them.
    #[schemars(with = "Option<Vec<schema::StateCode>>")]
    named: Option<Vec<StateId>>,
    /// Of a threshold: whether `count` is besides the named states.
    beyond_named: Option<bool>,
    /// Of a threshold: the kinds of act that count; by default every consent but succession.
    #[schemars(with = "Option<Vec<Word<ActKind>>>")]
    counts: Option<Vec<ActKind>>,
    /// How long after the last instrument, or after a state's consent, it enters into force.
    #[schemars(with = "Option<schema::Period>")]
    delay: Option<Period>,
    /// Of a threshold: not before this long after the opening for signature.
    #[schemars(with = "Option<schema::Period>")]
    not_before: Option<Period>,
    /// On which day a period takes effect; by default on its last day.
    #[schemars(with = "Option<Word<Counting>>")]
    counting: Option<Counting>,
    /// The first day of the n-th month after the month in which the period has run.
    first_of_month_after: Option<u32>,
    /// Of later states: from when on a consenting state is one; by default from entry into force.
    #[schemars(with = "Option<Word<LaterFrom>>")]
    from: Option<LaterFrom>,
    /// What the period is counted from.
    #[schemars(with = "Option<schema::Anchor>")]
    anchor: Option<Anchor>,
    /// How long.
    #[schemars(with = "Option<schema::Period>")]
    period: Option<Period>,
    /// Of a term: its last day, instead of a period.
    until: Option<Day>,
    /// Of a term: how far one agreement may extend it.
    #[schemars(with = "Option<schema::Period>")]
    extension_max: Option<Period>,
    /// Of a term: how far all agreements together may extend it.
    #[schemars(with = "Option<schema::Period>")]
    extension_total: Option<Period>,
    /// Of a tacit renewal: each further term.
    #[schemars(with = "Option<schema::Period>")]
    renewal: Option<Period>,
    /// How long before the end, or before its effect, notice must be given.
    #[schemars(with = "Option<schema::Period>")]
    notice: Option<Period>,
    /// Of a withdrawal: whether it ends the treaty, as between two parties.
    ends_treaty: Option<bool>,
    /// Of a deadline: for whom it runs; by default for the treaty.
    #[schemars(with = "Option<Word<Scope>>")]
    scope: Option<Scope>,
    /// The day that a source gives, to compare with.
    recorded: Option<Day>,
    /// Where that day is written.
    recorded_source: Option<String>,
    /// Why the recorded day differs from the computed one.
    explanation: Option<String>,
    /// Of a reinstatement: the clause of the term that no longer operates.
    #[schemars(with = "Option<schema::Name>")]
    displaces: Option<Label>,
    /// Of a supersession: the treaty that is to take its place.
    #[schemars(with = "Option<schema::Name>")]
    by: Option<TreatyId>,
}

/// One legal act; of several states, one act each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ActText {
    /// When it was done.
    on: DayOrMonth,
    /// What was done.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// Whose act it is; none for an act of the treaty as such.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    states: Vec<StateId>,
    /// A name inside the treaty, for anchors and readings.
    #[schemars(with = "Option<schema::Name>")]
    label: Option<Label>,
    /// When one could know of it; by default when it was done.
    known_on: Option<Day>,
    /// The day of effect, where it is recorded. It wins over the computed day.
    effective_on: Option<Day>,
    /// Whether that day is from memory.
    #[serde(default)]
    effective_from_memory: bool,
    /// Of an extension: the first day no longer in force.
    ends_before: Option<Day>,
    /// Of a conference: the last day.
    to: Option<Day>,
    /// Where it was done or deposited.
    place: Option<String>,
    /// Of an end of statehood: who succeeds.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    successors: Vec<StateId>,
    /// Who disputes the act or its effect.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    disputed_by: Vec<StateId>,
    /// What else should be known, in your words.
    note: Option<String>,
    /// Where it is written: an address or a key of `[sources]`. Needed unless `basis = "memory"`.
    source: Option<String>,
    /// Further sources.
    #[serde(default)]
    more_sources: Vec<String>,
    /// Whose record it is.
    #[schemars(with = "Word<Basis>")]
    basis: Basis,
    /// How sure it is.
    #[schemars(with = "Word<Confidence>")]
    confidence: Confidence,
}

/// Something that changed nothing in law: an announcement, a vote, an offer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoteText {
    /// When.
    on: DayOrMonth,
    /// What sort of event, a free word.
    kind: String,
    /// Who.
    actor: String,
    /// What, in your words.
    text: String,
    /// Where sources disagree.
    disagreement: Option<String>,
    /// Where it is written.
    source: Option<String>,
    /// Further sources.
    #[serde(default)]
    more_sources: Vec<String>,
    /// Whose record it is.
    #[schemars(with = "Word<Basis>")]
    basis: Basis,
    /// How sure it is.
    #[schemars(with = "Word<Confidence>")]
    confidence: Confidence,
}

/// A day to come that no clause computes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DateText {
    /// Its name inside the treaty.
    #[schemars(with = "schema::Name")]
    id: Label,
    /// What sort of day.
    #[schemars(with = "Word<DateKind>")]
    kind: DateKind,
    /// The day, month or year.
    on: DayOrMonth,
    /// When one could know of it.
    known_on: Day,
    /// How certain it is.
    #[schemars(with = "Word<Certainty>")]
    certainty: Certainty,
    /// What happens then, in your words.
    note: Option<String>,
    /// Where it is written.
    source: Option<String>,
    /// Whose record it is.
    #[schemars(with = "Word<Basis>")]
    basis: Basis,
    /// How sure it is.
    #[schemars(with = "Word<Confidence>")]
    confidence: Confidence,
}

/// One side's view of a contested effect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadingText {
    /// Its name; `default` describes what is shown unless another one is asked for.
    #[schemars(with = "schema::Name")]
    id: Label,
    /// What it is, in a few words.
    title: String,
    /// Who asserts it.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    asserted_by: Vec<StateId>,
    /// Who disputes it.
    #[serde(default)]
    #[schemars(with = "Vec<schema::StateCode>")]
    disputed_by: Vec<StateId>,
    /// More about who asserts it.
    asserted_by_note: Option<String>,
    /// More, in your words.
    note: Option<String>,
    /// Labels of acts that have no effect in it.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    disregards: Vec<Label>,
    /// Labels of acts that have another day of effect in it, with that day.
    #[serde(default)]
    #[schemars(with = "BTreeMap<schema::Name, Day>")]
    effective: BTreeMap<Label, Day>,
    /// Where the view is written.
    #[serde(default)]
    sources: Vec<String>,
    /// Whose record it is.
    #[schemars(with = "Option<Word<Basis>>")]
    basis: Option<Basis>,
    /// How sure it is.
    #[schemars(with = "Option<Word<Confidence>>")]
    confidence: Option<Confidence>,
}

/// Reads one `treaty.toml`; `folder` is the name of its folder, which its id must equal. What is
/// wrong goes to `faults`, and what can be read is read all the same.
pub(super) fn read(source: Source<'_>, folder: &str, faults: &mut Faults) -> Option<ReadTreaty> {
    let text: TreatyText = lenient::read(source, faults)?;
    if text.id.get_ref().as_str() != folder {
        let message =
            format!("`{}` stands in the folder `{folder}`: expected the same name", text.id.get_ref());
        faults.push(source.error(text.id.span().start, "id", message));
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
    let reader = Reader { source, treaty: &id, sources: &text.sources };
    let clauses =
        sieve.keep(&text.clause, |clause| reader.clause(clause).map(|read| (read, clause.span().start)));
    let (clauses, clauses_at): (Vec<Clause>, Vec<usize>) = clauses.into_iter().unzip();
    let acts = sieve.keep(&text.act, |act| reader.acts(act)).into_iter().flatten().collect();
    let readings = sieve.keep(&text.reading, |reading| reader.reading(reading));
    let scheduled = sieve.keep(&text.date, |date| reader.date(date));
    let notes = sieve.keep(&text.note, |note| reader.note(note));
    let title = text.title.into_inner();
    let treaty = Treaty {
        kind: text.kind,
        form: text.form.unwrap_or(Form::Multilateral),
        titles_from_memory: title.from_memory,
        title: Words { en: title.en, zh: title.zh, ru: title.ru },
        short_title: text.short_title.into_inner().into(),
        facts_as_of: text.facts_as_of.0,
        depositaries: text.depositaries,
        depositary_note: text.depositary_note,
        registration: text.registration,
        participants: text.participants,
        links: text.link.into_iter().map(|link| (link.kind, link.treaty)).collect(),
        readings,
        contested_between: text.contested_between,
        scheduled,
        notes,
        missing: text.missing.into_iter().map(|missing| (missing.state, missing.what)).collect(),
        clauses,
        id: id.clone(),
    };
    Some(ReadTreaty { treaty, acts, clauses_at, sources: text.sources })
}

/// Lets through what can be read, and keeps what is wrong with the rest.
struct Sieve<'a> {
    faults: &'a mut Faults,
}

impl Sieve<'_> {
    fn keep<T, R>(&mut self, all: &[T], read: impl Fn(&T) -> Result<R, CatalogueError>) -> Vec<R> {
        all.iter().filter_map(|one| read(one).map_err(|fault| self.faults.push(fault)).ok()).collect()
    }
}

/// The address that a short key of `[sources]` stands for, or the text itself.
pub(super) fn resolve_source(sources: &BTreeMap<String, String>, text: &str) -> String {
    sources.get(text).map_or(text, String::as_str).to_owned()
}

struct Reader<'a> {
    source: Source<'a>,
    treaty: &'a TreatyId,
    sources: &'a BTreeMap<String, String>,
}

impl Reader<'_> {
    fn evidence<T>(
        &self,
        at: &Spanned<T>,
        source: Option<&String>,
        more: &[String],
        basis: Basis,
        confidence: Confidence,
    ) -> Result<Evidence, CatalogueError> {
        let all = source.into_iter().chain(more).map(|text| resolve_source(self.sources, text)).collect();
        evidence(all, basis, confidence).map_err(|message| self.error(at, "source", message))
    }

    fn error<T>(&self, at: &Spanned<T>, field: &str, message: impl std::fmt::Display) -> CatalogueError {
        self.source.error(at.span().start, field, message)
    }

    fn clause(&self, spanned: &Spanned<ClauseText>) -> Result<Clause, CatalogueError> {
        let text = spanned.get_ref();
        if text.article.trim().is_empty() {
            return Err(self.error(spanned, "article", "expected the article, as in `XV(2)`"));
        }
        let needed =
            |field: &'static str| self.error(spanned, field, "missing: a clause of this kind needs it");
        let delay = |period: Option<Period>| Delay {
            period: period.unwrap_or(Period::ZERO),
            counting: text.counting.unwrap_or(Counting::OnDay),
            first_of_month_after: text.first_of_month_after,
        };
        let (allowed, terms): (&[&str], Terms) = match text.kind {
            ClauseKind::EntryIntoForceByExchange => (&[], Terms::EntryIntoForceByExchange),
            ClauseKind::EntryIntoForceByThreshold => (
                &[
                    "count",
                    "named",
                    "beyond_named",
                    "counts",
                    "delay",
                    "not_before",
                    "counting",
                    "first_of_month_after",
                ],
                Terms::EntryIntoForceByThreshold(Threshold {
                    count: text.count.ok_or_else(|| needed("count"))?,
                    named: text.named.clone().unwrap_or_default(),
                    beyond_named: text.beyond_named.unwrap_or(false),
                    counts: text.counts.clone().unwrap_or_else(|| ActKind::COUNTED_CONSENT.to_vec()),
                    delay: delay(text.delay),
                    not_before: text.not_before,
                }),
            ),
            ClauseKind::EntryIntoForceByDate => (
                &["anchor", "period", "counting", "first_of_month_after"],
                Terms::EntryIntoForceByDate {
                    anchor: text.anchor.clone().ok_or_else(|| needed("anchor"))?,
                    delay: delay(text.period),
                },
            ),
            ClauseKind::LaterStates => (
                &["delay", "counting", "first_of_month_after", "from"],
                Terms::LaterStates {
                    delay: delay(text.delay),
                    from: text.from.unwrap_or(LaterFrom::EntryIntoForce),
                },
            ),
            ClauseKind::IndefiniteDuration => (&[], Terms::IndefiniteDuration),
            ClauseKind::Term => (
                &[
                    "anchor",
                    "period",
                    "until",
                    "extension_max",
                    "extension_total",
                    "recorded",
                    "recorded_source",
                    "explanation",
                ],
                Terms::Term {
                    end: self.term_end(spanned)?,
                    extension_max: text.extension_max,
                    extension_total: text.extension_total,
                    recorded: self.recorded(text),
                },
            ),
            ClauseKind::TacitRenewal => (
                &["period", "renewal", "notice"],
                Terms::TacitRenewal {
                    period: text.period.ok_or_else(|| needed("period"))?,
                    renewal: text.renewal.ok_or_else(|| needed("renewal"))?,
                    notice: text.notice.ok_or_else(|| needed("notice"))?,
                },
            ),
            ClauseKind::Withdrawal => (
                &["notice", "counting", "first_of_month_after", "ends_treaty"],
                Terms::Withdrawal {
                    delay: delay(Some(text.notice.ok_or_else(|| needed("notice"))?)),
                    ends_treaty: text.ends_treaty.unwrap_or(false),
                },
            ),
            ClauseKind::Deadline => (
                &[
                    "anchor",
                    "period",
                    "counting",
                    "first_of_month_after",
                    "scope",
                    "recorded",
                    "recorded_source",
                    "explanation",
                ],
                Terms::Deadline {
                    anchor: text.anchor.clone().ok_or_else(|| needed("anchor"))?,
                    delay: delay(Some(text.period.ok_or_else(|| needed("period"))?)),
                    scope: text.scope.unwrap_or(Scope::Treaty),
                    recorded: self.recorded(text),
                },
            ),
            ClauseKind::Reinstatement => (
                &["period", "counting", "displaces"],
                Terms::Reinstatement {
                    delay: delay(Some(text.period.ok_or_else(|| needed("period"))?)),
                    displaces: text.displaces.clone(),
                },
            ),
            ClauseKind::Supersession => {
                (&["by"], Terms::Supersession { by: text.by.clone().ok_or_else(|| needed("by"))? })
            }
        };
        if let Some(field) = given_fields(text).find(|field| !allowed.contains(field)) {
            let expected =
                if allowed.is_empty() { "no further field".to_owned() } else { allowed.join(", ") };
            return Err(self.error(
                spanned,
                field,
                format!("not a field of this kind of clause, expected {expected}"),
            ));
        }
        let default_id = clause_kind_slug(text.kind);
        Ok(Clause {
            id: text
                .id
                .clone()
                .map_or_else(|| default_id.parse(), Ok)
                .map_err(|error| self.error(spanned, "id", error))?,
            article: text.article.clone(),
            note: text.note.clone(),
            evidence: self.evidence(spanned, text.source.as_ref(), &[], text.basis, text.confidence)?,
            terms,
        })
    }

    fn recorded(&self, text: &ClauseText) -> Option<Recorded> {
        text.recorded.map(|on| Recorded {
            on: on.0,
            source: text.recorded_source.as_deref().map(|key| resolve_source(self.sources, key)),
            explanation: text.explanation.clone(),
        })
    }

    fn term_end(&self, spanned: &Spanned<ClauseText>) -> Result<TermEnd, CatalogueError> {
        let text = spanned.get_ref();
        match (text.period, text.until) {
            (Some(period), None) => {
                Ok(TermEnd::After { anchor: text.anchor.clone().unwrap_or(Anchor::EntryIntoForce), period })
            }
            // "Until and including" is stored as the next day.
            (None, Some(until)) if text.anchor.is_none() => {
                let end =
                    until.0.succ_opt().ok_or_else(|| self.error(spanned, "until", "outside the calendar"))?;
                Ok(TermEnd::Before(end))
            }
            (None, Some(_)) => Err(self.error(spanned, "anchor", "a term with `until` has no anchor")),
            _ => Err(self.error(spanned, "period", "expected either `period` or `until`")),
        }
    }

    /// One act for each state, except where several gave one common notice.
    fn acts(&self, spanned: &Spanned<ActText>) -> Result<Vec<Placed<Act>>, CatalogueError> {
        let text = spanned.get_ref();
        let joint = text.kind == ActKind::NoticeOfReinstatement;
        match (text.kind.actor(), text.states.is_empty()) {
            (Actor::State, true) => {
                return Err(self.error(
                    spanned,
                    "states",
                    format!("missing: {} is an act of a state", text.kind),
                ));
            }
            (Actor::Treaty, false) if !joint => {
                return Err(self.error(
                    spanned,
                    "states",
                    format!("{} is an act of the treaty, not of a state", text.kind),
                ));
            }
            _ => {}
        }
        if text.kind != ActKind::Extension && text.ends_before.is_some() {
            return Err(self.error(
                spanned,
                "ends_before",
                format!("{} has no day up to which it goes", text.kind),
            ));
        }
        if text.kind == ActKind::Extension && text.ends_before.is_none() {
            return Err(self.error(spanned, "ends_before", "missing: an extension says up to which day"));
        }
        if text.to.is_some_and(|to| to.0 < text.on.0.first_day()) {
            return Err(self.error(spanned, "to", "lies before `on`"));
        }
        let evidence =
            self.evidence(spanned, text.source.as_ref(), &text.more_sources, text.basis, text.confidence)?;
        let note = match (&text.note, text.effective_from_memory) {
            (Some(note), true) => Some(format!("{note} The day of effect is from memory.")),
            (None, true) => Some("The day of effect is from memory.".to_owned()),
            (note, false) => note.clone(),
        };
        let actors: Vec<Option<StateId>> = if text.states.is_empty() || joint {
            vec![None]
        } else {
            text.states.iter().copied().map(Some).collect()
        };
        let at = Place::Toml(spanned.span().start);
        let act = |state: Option<StateId>| Placed {
            value: Act {
                id: ActId::of(self.treaty, state, text.kind, text.on.0, text.place.as_deref()),
                kind: text.kind,
                state,
                jointly: if joint { text.states.clone() } else { Vec::new() },
                on: text.on.0,
                to: text.to.map(|day| day.0),
                known_on: text.known_on.map_or(text.on.0.first_day(), |day| day.0),
                effective_on: text.effective_on.map(|day| day.0),
                ends_before: text.ends_before.map(|day| day.0),
                place: text.place.clone(),
                label: text.label.clone(),
                successors: text.successors.clone(),
                disputed_by: text.disputed_by.clone(),
                note: note.clone(),
                evidence: evidence.clone(),
            },
            at,
        };
        Ok(actors.into_iter().map(act).collect())
    }

    fn note(&self, spanned: &Spanned<NoteText>) -> Result<Note, CatalogueError> {
        let text = spanned.get_ref();
        Ok(Note {
            on: text.on.0,
            kind: text.kind.clone(),
            actor: text.actor.clone(),
            text: text.text.clone(),
            disagreement: text.disagreement.clone(),
            evidence: self.evidence(
                spanned,
                text.source.as_ref(),
                &text.more_sources,
                text.basis,
                text.confidence,
            )?,
        })
    }

    fn date(&self, spanned: &Spanned<DateText>) -> Result<ScheduledDate, CatalogueError> {
        let text = spanned.get_ref();
        if text.kind == DateKind::Effect {
            return Err(self.error(
                spanned,
                "kind",
                "`effect` follows from an act with `effective_on`, it is not scheduled",
            ));
        }
        let id = format!("{}/{}", self.treaty, text.id)
            .parse()
            .map_err(|error| self.error(spanned, "id", error))?;
        Ok(ScheduledDate {
            id,
            kind: text.kind,
            // What is to come "in 2027" has not passed before the year has.
            on: text.on.0,
            known_on: text.known_on.0,
            certainty: text.certainty,
            note: text.note.clone(),
            evidence: self.evidence(spanned, text.source.as_ref(), &[], text.basis, text.confidence)?,
        })
    }

    fn reading(&self, spanned: &Spanned<ReadingText>) -> Result<Reading, CatalogueError> {
        let text = spanned.get_ref();
        // The default reading describes how the product shows things; only a view has evidence.
        let evidence = match (text.basis, text.confidence) {
            (Some(basis), Some(confidence)) => {
                Some(self.evidence(spanned, None, &text.sources, basis, confidence)?)
            }
            (None, None) if text.id.is_default() => None,
            (None, _) => return Err(self.error(spanned, "basis", "missing: whose record supports the view")),
            (_, None) => return Err(self.error(spanned, "confidence", "missing: how sure it is")),
        };
        let notes: Vec<&str> = text.asserted_by_note.iter().chain(&text.note).map(String::as_str).collect();
        Ok(Reading {
            id: text.id.clone(),
            title: text.title.clone(),
            asserted_by: text.asserted_by.clone(),
            disputed_by: text.disputed_by.clone(),
            note: Some(notes.join(" ")).filter(|note| !note.is_empty()),
            disregards: text.disregards.clone(),
            effective: text.effective.iter().map(|(label, day)| (label.clone(), day.0)).collect(),
            evidence,
        })
    }
}

/// The fields that are given beyond those that every clause has.
fn given_fields(text: &ClauseText) -> impl Iterator<Item = &'static str> {
    let fields = [
        ("count", text.count.is_some()),
        ("named", text.named.is_some()),
        ("beyond_named", text.beyond_named.is_some()),
        ("counts", text.counts.is_some()),
        ("delay", text.delay.is_some()),
        ("not_before", text.not_before.is_some()),
        ("counting", text.counting.is_some()),
        ("first_of_month_after", text.first_of_month_after.is_some()),
        ("from", text.from.is_some()),
        ("anchor", text.anchor.is_some()),
        ("period", text.period.is_some()),
        ("until", text.until.is_some()),
        ("extension_max", text.extension_max.is_some()),
        ("extension_total", text.extension_total.is_some()),
        ("renewal", text.renewal.is_some()),
        ("notice", text.notice.is_some()),
        ("ends_treaty", text.ends_treaty.is_some()),
        ("scope", text.scope.is_some()),
        ("recorded", text.recorded.is_some()),
        ("recorded_source", text.recorded_source.is_some()),
        ("explanation", text.explanation.is_some()),
        ("displaces", text.displaces.is_some()),
        ("by", text.by.is_some()),
    ];
    fields.into_iter().filter(|(_, given)| *given).map(|(field, _)| field)
}

fn clause_kind_slug(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::EntryIntoForceByExchange
        | ClauseKind::EntryIntoForceByThreshold
        | ClauseKind::EntryIntoForceByDate => "entry-into-force",
        ClauseKind::LaterStates => "later-states",
        ClauseKind::IndefiniteDuration => "indefinite-duration",
        ClauseKind::Term => "term",
        ClauseKind::TacitRenewal => "tacit-renewal",
        ClauseKind::Withdrawal => "withdrawal",
        ClauseKind::Deadline => "deadline",
        ClauseKind::Reinstatement => "reinstatement",
        ClauseKind::Supersession => "supersession",
    }
}
