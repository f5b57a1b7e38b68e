//! `treaty.toml`: one instrument with its titles, clauses, acts, notes and readings.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::act::{Act, ActKind, Actor, Basis, Confidence, Evidence};
use crate::domain::clause::{Anchor, Clause, LaterFrom, Recorded, Scope, TermEnd, Terms, Threshold};
use crate::domain::day::{Counting, Delay, Period};
use crate::domain::id::{ActId, Label, StateId, TreatyId};
use crate::domain::treaty::{
    Certainty, DateKind, Form, InstrumentKind, Lang, LinkKind, Note, Reading, ScheduledDate, Treaty, Words,
};

use super::error::{CatalogueError, Source};
use super::fields::{Day, DayOrMonth, WordsText, evidence};

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    pub value: T,
    pub file: String,
    pub line: Option<usize>,
}

/// A treaty and the acts of its own file, with their lines.
pub(super) struct ReadTreaty {
    pub treaty: Treaty,
    pub acts: Vec<Placed<Act>>,
    pub clause_lines: Vec<usize>,
    pub sources: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreatyText {
    id: Spanned<TreatyId>,
    kind: InstrumentKind,
    form: Option<Form>,
    facts_as_of: Day,
    #[serde(default)]
    depositaries: Vec<StateId>,
    depositary_note: Option<String>,
    registration: Option<String>,
    #[serde(default)]
    participants: Vec<StateId>,
    #[serde(default)]
    contested_between: Vec<Label>,
    title: TitleText,
    short_title: WordsText,
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(default)]
    link: Vec<LinkText>,
    #[serde(default)]
    clause: Vec<Spanned<ClauseText>>,
    #[serde(default)]
    act: Vec<Spanned<ActText>>,
    #[serde(default)]
    note: Vec<Spanned<NoteText>>,
    #[serde(default)]
    date: Vec<Spanned<DateText>>,
    #[serde(default)]
    reading: Vec<Spanned<ReadingText>>,
    #[serde(default)]
    missing: Vec<MissingText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleText {
    en: String,
    zh: Option<String>,
    ru: Option<String>,
    #[serde(default)]
    from_memory: Vec<Lang>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkText {
    kind: LinkKind,
    treaty: TreatyId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MissingText {
    state: StateId,
    what: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClauseText {
    id: Option<Label>,
    kind: ClauseKind,
    article: String,
    note: Option<String>,
    source: Option<String>,
    basis: Basis,
    confidence: Confidence,
    count: Option<u32>,
    named: Option<Vec<StateId>>,
    beyond_named: Option<bool>,
    counts: Option<Vec<ActKind>>,
    delay: Option<Period>,
    not_before: Option<Period>,
    counting: Option<Counting>,
    first_of_month_after: Option<u32>,
    from: Option<LaterFrom>,
    anchor: Option<Anchor>,
    period: Option<Period>,
    until: Option<Day>,
    extension_max: Option<Period>,
    extension_total: Option<Period>,
    renewal: Option<Period>,
    notice: Option<Period>,
    ends_treaty: Option<bool>,
    scope: Option<Scope>,
    recorded: Option<Day>,
    recorded_source: Option<String>,
    explanation: Option<String>,
    displaces: Option<Label>,
    by: Option<TreatyId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActText {
    on: DayOrMonth,
    kind: ActKind,
    #[serde(default)]
    states: Vec<StateId>,
    label: Option<Label>,
    known_on: Option<Day>,
    effective_on: Option<Day>,
    #[serde(default)]
    effective_from_memory: bool,
    ends_before: Option<Day>,
    to: Option<Day>,
    place: Option<String>,
    #[serde(default)]
    successors: Vec<StateId>,
    #[serde(default)]
    disputed_by: Vec<StateId>,
    note: Option<String>,
    source: Option<String>,
    #[serde(default)]
    more_sources: Vec<String>,
    basis: Basis,
    confidence: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteText {
    on: DayOrMonth,
    kind: String,
    actor: String,
    text: String,
    disagreement: Option<String>,
    source: Option<String>,
    #[serde(default)]
    more_sources: Vec<String>,
    basis: Basis,
    confidence: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DateText {
    id: Label,
    kind: DateKind,
    on: DayOrMonth,
    known_on: Day,
    certainty: Certainty,
    note: Option<String>,
    source: Option<String>,
    basis: Basis,
    confidence: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadingText {
    id: Label,
    title: String,
    #[serde(default)]
    asserted_by: Vec<StateId>,
    #[serde(default)]
    disputed_by: Vec<StateId>,
    asserted_by_note: Option<String>,
    note: Option<String>,
    #[serde(default)]
    disregards: Vec<Label>,
    #[serde(default)]
    effective: BTreeMap<Label, Day>,
    #[serde(default)]
    sources: Vec<String>,
    basis: Option<Basis>,
    confidence: Option<Confidence>,
}

/// Reads one `treaty.toml`; `folder` is the name of its folder, which its id must equal.
pub(super) fn read(source: Source<'_>, folder: &str) -> Result<ReadTreaty, CatalogueError> {
    let text: TreatyText = source.parse()?;
    if text.id.get_ref().as_str() != folder {
        let message =
            format!("`{}` stands in the folder `{folder}`: expected the same name", text.id.get_ref());
        return Err(source.error(text.id.span().start, "id", message));
    }
    let id = text.id.into_inner();
    let reader = Reader { source, treaty: &id, sources: &text.sources };
    let clauses: Vec<Clause> =
        text.clause.iter().map(|clause| reader.clause(clause)).collect::<Result<_, _>>()?;
    let mut acts = Vec::new();
    for act in &text.act {
        acts.extend(reader.acts(act)?);
    }
    let treaty = Treaty {
        kind: text.kind,
        form: text.form.unwrap_or(Form::Multilateral),
        titles_from_memory: text.title.from_memory,
        title: Words { en: text.title.en, zh: text.title.zh, ru: text.title.ru },
        short_title: text.short_title.into(),
        facts_as_of: text.facts_as_of.0,
        depositaries: text.depositaries,
        depositary_note: text.depositary_note,
        registration: text.registration,
        participants: text.participants,
        links: text.link.into_iter().map(|link| (link.kind, link.treaty)).collect(),
        readings: text.reading.iter().map(|reading| reader.reading(reading)).collect::<Result<_, _>>()?,
        contested_between: text.contested_between,
        scheduled: text.date.iter().map(|date| reader.date(date)).collect::<Result<_, _>>()?,
        notes: text.note.iter().map(|note| reader.note(note)).collect::<Result<_, _>>()?,
        missing: text.missing.into_iter().map(|missing| (missing.state, missing.what)).collect(),
        clauses,
        id: id.clone(),
    };
    let clause_lines = text.clause.iter().map(|clause| source.line_of(clause.span().start)).collect();
    Ok(ReadTreaty { treaty, acts, clause_lines, sources: text.sources })
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
        let line = Some(self.source.line_of(spanned.span().start));
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
            file: self.source.file.to_owned(),
            line,
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
