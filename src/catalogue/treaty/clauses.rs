//! The clauses of a treaty: which keys belong to which kind, and what each kind orders.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::act::{ActKind, Basis, Confidence};
use crate::domain::clause::{
    Among, Anchor, Clause, EntryOf, LaterFrom, NoticeFrom, Part, Recorded, Scope, Share, TermEnd, Terms,
    Threshold,
};
use crate::domain::day::{Counting, DayOfYear, Delay, Period};
use crate::domain::id::{Label, StateId, TreatyId};
use crate::domain::treaty::Form;

use super::super::error::CatalogueError;
use super::super::fields::Day;
use super::super::schema::{self, Word};
use super::reader::Reader;

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
    Lapse,
    Protocols,
    Supersession,
}

/// How many parties there were from a day on.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PartiesText {
    /// The first day.
    from: Day,
    /// How many.
    count: u32,
}

/// So many of some states.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AmongText {
    /// How many.
    count: u32,
    /// Of which states.
    #[schemars(with = "Vec<schema::StateCode>")]
    of: Vec<StateId>,
}

/// One clause from which something is computed. Which keys belong to which kind, `catalogue check` tells.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClauseText {
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
    /// Further sources.
    #[serde(default)]
    more_sources: Vec<String>,
    /// Whose record it is, where `source` is an address; a key says so itself.
    #[schemars(with = "Option<Word<Basis>>")]
    basis: Option<Basis>,
    /// How sure it is, where less than its sources allow.
    #[schemars(with = "Option<Word<Confidence>>")]
    confidence: Option<Confidence>,
    /// Of a threshold: how many states must have consented.
    count: Option<u32>,
    /// Of a threshold, instead of `count`: a share of the parties to another treaty, as in `2/3`, or `>1/2` for
    /// more than a half.
    #[schemars(with = "Option<schema::Share>")]
    share: Option<Part>,
    /// Of such a share: how many parties there were, from which day on. One number for a fixed day, several where
    /// the share moves with them.
    parties: Option<Vec<PartiesText>>,
    /// Of a threshold: states that must be among them.
    #[schemars(with = "Option<Vec<schema::StateCode>>")]
    named: Option<Vec<StateId>>,
    /// Of a threshold: lists of which so many states must be among them.
    among: Option<Vec<AmongText>>,
    /// Of a threshold: whether `count` is besides the named states.
    beyond_named: Option<bool>,
    /// Of a threshold: the kinds of act that count; by default every consent but succession.
    #[schemars(with = "Option<Vec<Word<ActKind>>>")]
    counts: Option<Vec<ActKind>>,
    /// How long after the last instrument, or after a state's consent, it enters into force.
    #[schemars(with = "Option<schema::Period>")]
    delay: Option<Period>,
    /// Of a threshold: entities that are no states and count all the same. Organizations are not additional to
    /// their members unless they stand here.
    #[schemars(with = "Option<Vec<schema::StateCode>>")]
    entities: Option<Vec<StateId>>,
    /// Of a threshold: not before this long after the opening for signature. Of a withdrawal: notice can be given
    /// only this long after entry into force.
    #[schemars(with = "Option<schema::Period>")]
    not_before: Option<Period>,
    /// On which day a period takes effect; by default on its last day.
    #[schemars(with = "Option<Word<Counting>>")]
    counting: Option<Counting>,
    /// The first day of the n-th month after the month in which the period has run.
    first_of_month_after: Option<u32>,
    /// The first such day of a year on or after all that: `12-31` for the end of the year, `01-01` or another.
    #[schemars(with = "Option<schema::DayOfYear>")]
    on_next: Option<DayOfYear>,
    /// Of later states: from when on a consenting state is one. Needed where states that consent between the
    /// two days are bound on different ones.
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
    /// Of a term: how far one agreement may extend it. Of a deadline for each state: how far one decision may.
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
    /// Of a withdrawal with `not_before`: whose entry into force that is counted from; by default that for the
    /// state which leaves.
    #[schemars(with = "Option<Word<EntryOf>>")]
    not_before_from: Option<EntryOf>,
    /// Of a withdrawal: whether it ends the treaty; by default it does so between two parties.
    ends_treaty: Option<bool>,
    /// Of a withdrawal: whether it takes no effect while the state is engaged in an armed conflict when the period of
    /// notice ends; by default it does.
    not_during_conflict: Option<bool>,
    /// Of a deadline: for whom it runs; by default for the treaty.
    #[schemars(with = "Option<Word<Scope>>")]
    scope: Option<Scope>,
    /// Of a deadline for each state: the states that have the duty; by default every party.
    #[schemars(with = "Option<Vec<schema::StateCode>>")]
    states: Option<Vec<StateId>>,
    /// The day that a source gives, to compare with.
    recorded: Option<Day>,
    /// Where that day is written.
    recorded_source: Option<String>,
    /// Why the recorded day differs from the computed one.
    explanation: Option<String>,
    /// Of a reinstatement: the clause of the term that no longer operates.
    #[schemars(with = "Option<schema::Name>")]
    displaces: Option<Label>,
    /// Of a lapse: the treaty ends when denunciations leave fewer parties than this.
    fewer_than: Option<u32>,
    /// Of protocols: to how many of them a state consents, at least, when it consents to the treaty.
    at_least: Option<u32>,
    /// Of a supersession: the treaty that is to take its place.
    #[schemars(with = "Option<schema::Name>")]
    by: Option<TreatyId>,
}

impl Reader<'_> {
    pub(super) fn clause(&self, spanned: &Spanned<ClauseText>) -> Result<Clause, CatalogueError> {
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
            on_next: text.on_next,
        };
        let (allowed, terms): (&[&str], Terms) = match text.kind {
            ClauseKind::EntryIntoForceByExchange => (&[], Terms::EntryIntoForceByExchange),
            ClauseKind::EntryIntoForceByThreshold => (
                &[
                    "count",
                    "share",
                    "parties",
                    "named",
                    "among",
                    "beyond_named",
                    "counts",
                    "entities",
                    "delay",
                    "not_before",
                    "counting",
                    "first_of_month_after",
                    "on_next",
                ],
                Terms::EntryIntoForceByThreshold(Threshold {
                    count: match text.share {
                        Some(_) => 0,
                        None => text.count.ok_or_else(|| needed("count"))?,
                    },
                    share: self.share(spanned)?,
                    named: text.named.clone().unwrap_or_default(),
                    among: text
                        .among
                        .iter()
                        .flatten()
                        .map(|AmongText { count, of }| Among { count: *count, of: of.clone() })
                        .collect(),
                    beyond_named: text.beyond_named.unwrap_or(false),
                    counts: text.counts.clone().unwrap_or_else(|| ActKind::COUNTED_CONSENT.to_vec()),
                    delay: delay(text.delay),
                    not_before: text.not_before,
                    entities: text.entities.clone().unwrap_or_default(),
                }),
            ),
            ClauseKind::EntryIntoForceByDate => (
                &["anchor", "period", "counting", "first_of_month_after", "on_next"],
                Terms::EntryIntoForceByDate {
                    anchor: text.anchor.clone().ok_or_else(|| needed("anchor"))?,
                    delay: delay(text.period),
                },
            ),
            ClauseKind::LaterStates => (
                &["delay", "counting", "first_of_month_after", "on_next", "from"],
                Terms::LaterStates {
                    delay: delay(text.delay),
                    // Texts differ, and no default is right for all of them.
                    from: text.from.ok_or_else(|| {
                        let message = "missing: say which states are later ones by the text: those that deposit \
                                       after the instrument that met the condition (`threshold_met`), or those that \
                                       deposit once the treaty is in force (`entry_into_force`)";
                        self.error(spanned, "from", message)
                    })?,
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
                    recorded: self.recorded(spanned)?,
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
                &[
                    "notice",
                    "counting",
                    "first_of_month_after",
                    "on_next",
                    "ends_treaty",
                    "not_before",
                    "not_before_from",
                    "not_during_conflict",
                ],
                Terms::Withdrawal {
                    delay: delay(Some(text.notice.ok_or_else(|| needed("notice"))?)),
                    ends_treaty: text.ends_treaty.unwrap_or(self.form == Form::Bilateral),
                    not_before: self.notice_from(spanned)?,
                    not_during_conflict: text.not_during_conflict.unwrap_or(false),
                },
            ),
            ClauseKind::Deadline => (
                &[
                    "anchor",
                    "period",
                    "counting",
                    "first_of_month_after",
                    "on_next",
                    "scope",
                    "states",
                    "extension_max",
                    "recorded",
                    "recorded_source",
                    "explanation",
                ],
                Terms::Deadline {
                    anchor: text.anchor.clone().ok_or_else(|| needed("anchor"))?,
                    delay: delay(Some(text.period.ok_or_else(|| needed("period"))?)),
                    scope: self.scope(spanned)?,
                    states: text.states.clone().unwrap_or_default(),
                    extension_max: text.extension_max,
                    recorded: self.recorded(spanned)?,
                },
            ),
            ClauseKind::Reinstatement => (
                &["period", "counting", "displaces"],
                Terms::Reinstatement {
                    delay: delay(Some(text.period.ok_or_else(|| needed("period"))?)),
                    displaces: text.displaces.clone(),
                },
            ),
            ClauseKind::Lapse => (
                &["fewer_than"],
                Terms::Lapse { fewer_than: text.fewer_than.ok_or_else(|| needed("fewer_than"))? },
            ),
            ClauseKind::Protocols => (
                &["at_least"],
                Terms::Protocols { at_least: text.at_least.ok_or_else(|| needed("at_least"))? },
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
            evidence: self.evidence(
                spanned,
                text.source.as_ref(),
                &text.more_sources,
                text.basis,
                text.confidence,
            )?,
            terms,
        })
    }

    /// The share of parties that is needed, with their numbers.
    fn share(&self, spanned: &Spanned<ClauseText>) -> Result<Option<Share>, CatalogueError> {
        let text = spanned.get_ref();
        let (part, parties) = match (text.share, &text.parties) {
            (None, None) => return Ok(None),
            (Some(part), Some(parties)) if !parties.is_empty() => (part, parties),
            (Some(_), _) => {
                let message =
                    "missing: a share is one of how many parties? As in [{ from = 2001-12-21, count = 88 }]";
                return Err(self.error(spanned, "parties", message));
            }
            (None, Some(_)) => {
                return Err(self.error(spanned, "share", "missing: which share of the parties, as in 2/3"));
            }
        };
        if text.count.is_some() {
            return Err(self.error(
                spanned,
                "count",
                "cannot be combined with `share`: expected one of the two",
            ));
        }
        if parties.iter().any(|parties| parties.count == 0) {
            return Err(self.error(spanned, "parties", "0 parties: expected how many there were"));
        }
        let mut parties: Vec<_> = parties.iter().map(|parties| (parties.from.0, parties.count)).collect();
        parties.sort_unstable();
        Ok(Some(Share { part, parties }))
    }

    /// From when on notice can be given.
    fn notice_from(&self, spanned: &Spanned<ClauseText>) -> Result<Option<NoticeFrom>, CatalogueError> {
        let text = spanned.get_ref();
        match (text.not_before, text.not_before_from) {
            (Some(period), from) => Ok(Some(NoticeFrom { entry: from.unwrap_or(EntryOf::State), period })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(self.error(
                spanned,
                "not_before",
                "missing: `not_before_from` says from when it is counted",
            )),
        }
    }

    /// For whom a deadline runs. `states` and `extension_max` are refused for a deadline of the treaty as such.
    fn scope(&self, spanned: &Spanned<ClauseText>) -> Result<Scope, CatalogueError> {
        let text = spanned.get_ref();
        let scope = text.scope.unwrap_or(Scope::Treaty);
        let of_states = [("states", text.states.is_some()), ("extension_max", text.extension_max.is_some())];
        match of_states.into_iter().find(|(_, is_given)| *is_given) {
            Some((field, _)) if scope == Scope::Treaty => {
                Err(self.error(spanned, field, "expected `scope = \"each_state\"` beside it"))
            }
            _ if text.states.as_ref().is_some_and(Vec::is_empty) => {
                Err(self.error(spanned, "states", "empty: expected the States that have the duty"))
            }
            _ => Ok(scope),
        }
    }

    fn recorded(&self, spanned: &Spanned<ClauseText>) -> Result<Option<Recorded>, CatalogueError> {
        let text = spanned.get_ref();
        let Some(on) = text.recorded else { return Ok(None) };
        let source = text.recorded_source.as_deref().map(|source| self.sources.url(source)).transpose();
        let source = source.map_err(|message| self.error(spanned, "recorded_source", message))?;
        Ok(Some(Recorded { on: on.0, source, explanation: text.explanation.clone() }))
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
}

/// The fields that are given beyond those that every clause has.
fn given_fields(text: &ClauseText) -> impl Iterator<Item = &'static str> {
    let fields = [
        ("count", text.count.is_some()),
        ("share", text.share.is_some()),
        ("parties", text.parties.is_some()),
        ("named", text.named.is_some()),
        ("among", text.among.is_some()),
        ("beyond_named", text.beyond_named.is_some()),
        ("counts", text.counts.is_some()),
        ("entities", text.entities.is_some()),
        ("delay", text.delay.is_some()),
        ("not_before", text.not_before.is_some()),
        ("counting", text.counting.is_some()),
        ("first_of_month_after", text.first_of_month_after.is_some()),
        ("on_next", text.on_next.is_some()),
        ("from", text.from.is_some()),
        ("anchor", text.anchor.is_some()),
        ("period", text.period.is_some()),
        ("until", text.until.is_some()),
        ("extension_max", text.extension_max.is_some()),
        ("extension_total", text.extension_total.is_some()),
        ("renewal", text.renewal.is_some()),
        ("notice", text.notice.is_some()),
        ("not_before_from", text.not_before_from.is_some()),
        ("ends_treaty", text.ends_treaty.is_some()),
        ("not_during_conflict", text.not_during_conflict.is_some()),
        ("scope", text.scope.is_some()),
        ("states", text.states.is_some()),
        ("recorded", text.recorded.is_some()),
        ("recorded_source", text.recorded_source.is_some()),
        ("explanation", text.explanation.is_some()),
        ("displaces", text.displaces.is_some()),
        ("fewer_than", text.fewer_than.is_some()),
        ("at_least", text.at_least.is_some()),
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
        ClauseKind::Lapse => "lapse",
        ClauseKind::Protocols => "protocols",
        ClauseKind::Supersession => "supersession",
    }
}
