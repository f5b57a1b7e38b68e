//! What each state is in an instrument on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::lookup::{NoSuch, find_treaty};
use super::status::{CountsView, MissingView, counts, missing};
use super::values::{Asked, Names, OverlayView, ReasonView, Text, beginning};
use crate::domain::day::PartialDay;
use crate::domain::id::{StateId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::project::{Life, Projection, project};
use crate::domain::seeds::TreatyFile;
use crate::domain::state::{State, StateKind};
use crate::domain::status::{OverlayKind, ReadingId, Rule, StateStatus, span_on};
use crate::domain::treaty::InstrumentKind;
use crate::l10n::{bracketed, colon, comma, phrases, reading_name, running, since, until};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartiesQuestion {
    /// Which instrument.
    pub treaty: String,
    /// On which day, as known when.
    pub asked: Asked,
    /// Only states with this status.
    pub status: Option<StateStatus>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartiesView {
    /// The days asked about.
    #[serde(flatten)]
    pub asked: Asked,
    /// The instrument.
    pub treaty_id: TreatyId,
    /// What it is.
    pub kind: InstrumentKind,
    /// Its title.
    pub short_title: Text,
    /// The day up to which the facts reach, and knowledge was asked for.
    pub facts_as_of: NaiveDate,
    /// The day lies after that one.
    pub last_known: bool,
    /// How many, in each reading in which the counts differ; the default one first.
    pub counts: Vec<ReadingCount>,
    /// The states, in order of their codes.
    pub states: Vec<PartyView>,
    /// Whether the facts name only some of those that took part: who is not listed may be a party.
    pub incomplete: bool,
    /// What the facts lack about states.
    pub missing: Vec<MissingView>,
    /// The names of states, for printing.
    #[serde(skip)]
    pub names: Names,
}

/// The counts in a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadingCount {
    /// Which reading.
    pub reading: ReadingId,
    /// How many.
    #[serde(flatten)]
    pub counts: CountsView,
}

/// What a state is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartyView {
    /// Its code.
    pub state: StateId,
    /// Its name.
    pub name: Option<Text>,
    /// What sort of entity.
    pub kind: StateKind,
    /// Whether it is among those that are counted.
    pub counted: bool,
    /// When it ceased to exist.
    pub ended_on: Option<NaiveDate>,
    /// What it is, in the default reading.
    pub status: StateStatus,
    /// Since when.
    pub starts_on: NaiveDate,
    /// Since when, no more exact than the facts.
    pub since: PartialDay,
    /// The first day on which it is no longer so.
    pub ends_before: Option<NaiveDate>,
    /// Why.
    pub reason: ReasonView,
    /// No source gives the day of effect of its succession: the day of its deposit stands for it.
    pub effect_unknown: bool,
    /// Notices, suspensions and the like, in addition to the status.
    pub overlays: Vec<OverlayView>,
    /// Readings in which it is something else.
    pub readings: Vec<ReadingStatus>,
}

/// What a state is in a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadingStatus {
    /// Which reading.
    pub reading: ReadingId,
    /// What it is.
    pub status: StateStatus,
    /// Since when.
    pub starts_on: NaiveDate,
}

/// Answers what each state is.
pub fn parties(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    question: &PartiesQuestion,
) -> Result<PartiesView, NoSuch> {
    let file = find_treaty(files, &question.treaty)?;
    let asked = question.asked;
    let projection = project(&file.treaty, &file.acts, asked.known_on);
    let default = projection.default_life();
    let incomplete = projection.incomplete;
    let all = default.states.keys().filter_map(|id| party(file, &projection, states, *id, asked.on));
    let asked_for = |party: &PartyView| question.status.is_none_or(|status| status == party.status);
    let all: Vec<PartyView> = all.filter(asked_for).collect();
    let mut by_reading: Vec<ReadingCount> = Vec::new();
    for life in &projection.readings {
        let Some(counts) = counts(life, asked.on, incomplete) else { continue };
        if by_reading.first().is_none_or(|first| first.counts != counts) {
            by_reading.push(ReadingCount { reading: life.reading.clone(), counts });
        }
    }
    let facts_as_of = asked.reach(file.treaty.facts_as_of);
    Ok(PartiesView {
        asked,
        treaty_id: file.treaty.id.clone(),
        kind: file.treaty.kind,
        short_title: (&file.treaty.short_title).into(),
        facts_as_of,
        last_known: facts_as_of < asked.on,
        counts: by_reading,
        states: all,
        incomplete,
        missing: missing(&file.treaty),
        names: states.into(),
    })
}

/// What a state is on a day; none before its first act.
pub(super) fn party(
    file: &TreatyFile,
    projection: &Projection,
    states: &BTreeMap<StateId, State>,
    id: StateId,
    on: NaiveDate,
) -> Option<PartyView> {
    let default = projection.default_life();
    let span = span_on(default.states.get(&id)?, on)?;
    let state = states.get(&id);
    let overlays = default.overlays.iter().filter(|over| over.state == Some(id) && over.contains(on));
    let others = projection.readings.iter().skip(1);
    let readings = others.filter_map(|life| in_reading(life, id, on));
    Some(PartyView {
        state: id,
        name: state.map(|state| (&state.name).into()),
        kind: state.map_or(StateKind::Entity, |state| state.kind),
        counted: file.treaty.counts(id),
        ended_on: state.and_then(|state| state.ended_on),
        status: span.status,
        starts_on: span.starts_on,
        since: beginning(span.starts_on, &span.reason),
        ends_before: span.ends_before,
        reason: ReasonView::new(file, &span.reason),
        effect_unknown: span.reason.rule == Rule::SuccessionUndated,
        overlays: overlays.map(|overlay| OverlayView::new(file, overlay)).collect(),
        readings: readings.filter(|reading| reading.status != span.status).collect(),
    })
}

fn in_reading(life: &Life, state: StateId, on: NaiveDate) -> Option<ReadingStatus> {
    let span = span_on(life.states.get(&state)?, on)?;
    Some(ReadingStatus { reading: life.reading.clone(), status: span.status, starts_on: span.starts_on })
}

impl PartiesView {
    /// How many take part in a reading.
    pub fn count_words(&self, count: &ReadingCount, lang: Lang) -> String {
        let CountsView { signed, consented, parties, incomplete } = count.counts;
        let treaty = matches!(self.kind, InstrumentKind::Treaty | InstrumentKind::Draft);
        let text = if treaty {
            (phrases(lang).parties.counts)(parties, signed, consented)
        } else {
            (phrases(lang).status.taking_part)(parties)
        };
        let text =
            if incomplete { bracketed(&text, phrases(lang).parties.counts_incomplete, lang) } else { text };
        if count.reading.is_default() {
            return text;
        }
        format!("{}{}{text}", reading_name(&count.reading, lang), colon(lang))
    }
}

impl PartyView {
    /// What made it so, in a word or two.
    pub fn by(&self, lang: Lang) -> String {
        let act = self.reason.act.as_ref().map(|act| act.kind.label(lang));
        let rule = self.reason.rule;
        let label = match rule {
            Rule::Act | Rule::Recorded | Rule::LaterState | Rule::Notice | Rule::Succession => act,
            Rule::SuccessionUndated => Some(Rule::Succession.label(lang)),
            Rule::Exchange
            | Rule::Threshold
            | Rule::Delay
            | Rule::OriginalParty
            | Rule::Term
            | Rule::Extension
            | Rule::Renewal
            | Rule::Lapse
            | Rule::Supersession
            | Rule::StateEnded
            | Rule::TreatyEnded
            | Rule::Reinstatement
            | Rule::ReadingsDiffer
            | Rule::Scheduled => None,
        };
        label.unwrap_or_else(|| rule.label(lang)).to_owned()
    }

    /// What must be shown beside the status.
    pub fn marks(&self, names: &Names, lang: Lang) -> Vec<String> {
        let mut marks = Vec::new();
        if self.effect_unknown {
            marks.push(phrases(lang).parties.effect_unknown.to_owned());
        }
        for overlay in &self.overlays {
            let label = overlay.kind.label(lang);
            let day = if overlay.kind == OverlayKind::Notice {
                running(overlay.since, overlay.effective, lang)
            } else {
                since(overlay.since, lang)
            };
            let parts = [Some(label.to_owned()), Some(day), overlay.towards_words(names, lang)];
            let mut text = parts.into_iter().flatten().collect::<Vec<_>>().join(comma(lang));
            if !overlay.disputed_by.is_empty() {
                text = bracketed(&text, phrases(lang).parties.disputed, lang);
            }
            marks.push(text);
        }
        for reading in &self.readings {
            let name = reading_name(&reading.reading, lang);
            let since = since(reading.starts_on, lang);
            let contested = phrases(lang).parties.contested;
            let status = reading.status.label(lang);
            marks.push(format!(
                "{contested}{}{name}{}{status}{}{since}",
                comma(lang),
                colon(lang),
                comma(lang)
            ));
        }
        if self.kind == StateKind::HistoricState {
            let label = self.kind.label(lang);
            marks.push(match self.ended_on {
                Some(day) => bracketed(label, &until(day, lang), lang),
                None => label.to_owned(),
            });
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::{asked, json, seeds};

    fn of(treaty: &str, on: &str, status: Option<StateStatus>) -> PartiesView {
        let (files, states) = seeds();
        let question = PartiesQuestion { treaty: treaty.to_owned(), asked: asked(on, "2026-11-24"), status };
        parties(&files, &states, &question).unwrap()
    }

    fn party(view: &PartiesView, code: &str) -> PartyView {
        view.states.iter().find(|party| party.state.as_str() == code).cloned().unwrap()
    }

    #[test]
    fn a_contested_withdrawal_is_shown_in_each_reading() {
        let view = of("npt", "2026-11-24", None);
        let prk = party(&view, "PRK");
        assert_eq!(prk.status, StateStatus::Party);
        assert!(prk.readings.iter().all(|reading| reading.status == StateStatus::Withdrawn));
        assert_eq!(prk.readings.len(), 2);
        assert_eq!(view.counts[0].counts.parties, 191);
        assert!(view.counts.iter().skip(1).all(|count| count.counts.parties == 190));
        assert_eq!(json(&view)["counts"][0]["parties"], 191);
    }

    #[test]
    fn a_revoked_ratification_leaves_a_signatory() {
        let before = of("ctbt", "2023-11-02", None);
        assert_eq!(party(&before, "RUS").status, StateStatus::Contracting);
        let after = of("ctbt", "2023-11-03", Some(StateStatus::Signatory));
        assert_eq!(party(&after, "RUS").status, StateStatus::Signatory);
        assert!(after.states.iter().all(|party| party.status == StateStatus::Signatory));
    }
}
