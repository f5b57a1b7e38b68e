//! Everything that happened to an instrument, in order of day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::lookup::{NoSuch, find_treaty};
use super::values::{Names, OverlayView, ReasonView, Text, beginning};
use crate::domain::act::{Act, ActKind, Basis, Evidence};
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, Label, StateId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::project::{Life, project};
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::{OverlayKind, ReadingId, TreatyStatus};
use crate::domain::treaty::{Citation, DateKind, Note, Treaty};
use crate::l10n::{bracketed, colon, comma, in_text, phrases, reading_name, semicolon};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryQuestion {
    /// Which instrument.
    pub treaty: String,
    /// Facts that became known later are left out.
    pub known_on: NaiveDate,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryView {
    /// The instrument.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Text,
    /// Facts that became known later are left out.
    pub known_on: NaiveDate,
    /// The day up to which the facts reach.
    pub facts_as_of: NaiveDate,
    /// Acts, statuses, notices and suspensions, and notes.
    pub entries: Vec<Entry>,
    /// Descriptions of the cited sources.
    pub citations: Vec<Citation>,
    /// The names of states, for printing.
    #[serde(skip)]
    pub names: Names,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When, as exactly as is known.
    pub on: PartialDay,
    /// What.
    #[serde(flatten)]
    pub event: Event,
    /// Where it is written.
    pub sources: Vec<String>,
    /// Whether no source at hand supports it.
    pub from_memory: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Event {
    /// A legal act.
    Act(ActView),
    /// A notice, a suspension or the like begins.
    Overlay {
        /// In which reading.
        reading: ReadingId,
        /// What.
        overlay: OverlayView,
    },
    /// A status begins.
    Status {
        /// In which reading.
        reading: ReadingId,
        /// Which.
        status: TreatyStatus,
        /// Why.
        reason: ReasonView,
    },
    /// Something that changed no legal status.
    Note {
        /// What sort of event, a free word.
        kind: String,
        /// The same for people.
        #[serde(skip)]
        kind_in_words: Text,
        /// Who.
        actor: Text,
        /// What.
        text: Text,
        /// Where sources disagree.
        disagreement: Option<Text>,
    },
}

/// A legal act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActView {
    /// Its name.
    pub act_id: ActId,
    /// What was done.
    pub kind: ActKind,
    /// Whose act it is; several for a common notice.
    pub states: Vec<StateId>,
    /// The parties that it concerns, if it does not concern all.
    pub towards: Vec<StateId>,
    /// Whether an objection keeps the treaty from entering into force between the two.
    pub precludes_entry_into_force: bool,
    /// When one could know of it.
    pub known_on: NaiveDate,
    /// The recorded day of effect.
    pub effective_on: Option<NaiveDate>,
    /// The first day no longer in force, for an extension.
    pub ends_before: Option<NaiveDate>,
    /// The clause of the deadline, for an act about one.
    pub deadline: Option<Label>,
    /// The new last day, for an extension of a deadline.
    pub until: Option<NaiveDate>,
    /// The last day, for a conference.
    pub to: Option<NaiveDate>,
    /// Where it was done.
    pub place: Option<Text>,
    /// The states that succeed.
    pub successors: Vec<StateId>,
    /// Who disputes it.
    pub disputed_by: Vec<StateId>,
    /// What else should be known.
    pub note: Option<Text>,
}

/// Answers what happened to an instrument.
pub fn history(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    question: &HistoryQuestion,
) -> Result<HistoryView, NoSuch> {
    let file = find_treaty(files, &question.treaty)?;
    let known_on = question.known_on;
    let projection = project(&file.treaty, &file.acts, known_on);
    let mut entries: Vec<Entry> = file
        .acts
        .iter()
        .filter(|act| act.known_on <= known_on)
        .map(|act| Entry::of_act(&file.treaty, act))
        .collect();
    let notes = file.treaty.notes.iter();
    entries.extend(
        notes.filter(|note| note.on.first_day() <= known_on).map(|note| Entry::of_note(&file.treaty, note)),
    );
    let default = projection.default_life();
    for life in &projection.readings {
        entries.extend(statuses(file, default, life));
        entries.extend(overlays(file, default, life));
    }
    entries.sort_by(|a, b| (a.on.first_day(), a.event.order()).cmp(&(b.on.first_day(), b.event.order())));
    let cited: BTreeSet<&String> = entries.iter().flat_map(|entry| &entry.sources).collect();
    let citations = file.treaty.citations.iter().filter(|citation| cited.contains(&citation.url));
    Ok(HistoryView {
        citations: citations.cloned().collect(),
        treaty_id: file.treaty.id.clone(),
        short_title: (&file.treaty.short_title).into(),
        known_on,
        facts_as_of: file.treaty.facts_as_of,
        entries,
        names: states.into(),
    })
}

/// The statuses of a reading; of another than the default one, those that only it knows.
fn statuses(file: &TreatyFile, default: &Life, life: &Life) -> Vec<Entry> {
    let usual =
        |status, day| default.treaty.iter().any(|span| (span.status, span.starts_on) == (status, day));
    let spans = life.treaty.iter();
    let spans = spans.filter(|span| life.reading == default.reading || !usual(span.status, span.starts_on));
    spans
        .map(|span| Entry {
            on: beginning(span.starts_on, &span.reason),
            event: Event::Status {
                reading: life.reading.clone(),
                status: span.status,
                reason: ReasonView::new(file, &span.reason),
            },
            sources: Vec::new(),
            from_memory: false,
        })
        .collect()
}

fn overlays(file: &TreatyFile, default: &Life, life: &Life) -> Vec<Entry> {
    let overlays = life.overlays.iter();
    let overlays =
        overlays.filter(|overlay| life.reading == default.reading || !default.overlays.contains(overlay));
    overlays
        .map(|overlay| Entry {
            on: beginning(overlay.starts_on, &overlay.reason),
            event: Event::Overlay { reading: life.reading.clone(), overlay: OverlayView::new(file, overlay) },
            sources: Vec::new(),
            from_memory: false,
        })
        .collect()
}

impl Entry {
    fn of_act(treaty: &Treaty, act: &Act) -> Self {
        let event = Event::Act(ActView {
            act_id: act.id.clone(),
            kind: act.kind,
            states: act.state.into_iter().chain(act.jointly.iter().copied()).collect(),
            towards: act.towards.clone(),
            precludes_entry_into_force: act.precludes_entry_into_force,
            known_on: act.known_on,
            effective_on: act.effective_on,
            ends_before: act.ends_before,
            deadline: act.deadline.clone(),
            until: act.until,
            to: act.to,
            place: Text::of(treaty, act.place.as_deref()),
            successors: act.successors.clone(),
            disputed_by: act.disputed_by.clone(),
            note: Text::of(treaty, act.note.as_deref()),
        });
        Self::with_evidence(act.on, event, &act.evidence)
    }

    fn of_note(treaty: &Treaty, note: &Note) -> Self {
        let text = |text: &str| Text::from(&treaty.words(text));
        let event = Event::Note {
            kind: note.kind.clone(),
            kind_in_words: text(&note.kind),
            actor: text(&note.actor),
            text: text(&note.text),
            disagreement: Text::of(treaty, note.disagreement.as_deref()),
        };
        Self::with_evidence(note.on, event, &note.evidence)
    }

    fn with_evidence(on: PartialDay, event: Event, evidence: &Evidence) -> Self {
        let sources = evidence.sources.clone();
        Self { on, event, from_memory: evidence.basis == Basis::Memory, sources }
    }

    /// Whether both can stand in one line, as the signatures of a day do.
    pub fn goes_with(&self, other: &Self) -> bool {
        let (Event::Act(a), Event::Act(b)) = (&self.event, &other.event) else { return false };
        let states = |act: &ActView| act.states.len() == 1 && act.successors.is_empty();
        let same = ActView { act_id: b.act_id.clone(), states: b.states.clone(), ..a.clone() };
        states(a) && states(b) && same == *b && (self.on, &self.sources) == (other.on, &other.sources)
    }
}

impl Event {
    /// On one day: acts, by kind and place; what begins with them; notes.
    fn order(&self) -> (u8, Option<ActKind>, Option<&Text>) {
        match self {
            Self::Act(act) => (0, Some(act.kind), act.place.as_ref()),
            Self::Overlay { .. } => (1, None, None),
            Self::Status { .. } => (2, None, None),
            Self::Note { .. } => (3, None, None),
        }
    }
}

impl Event {
    /// What sort of entry it is.
    pub fn heading(&self, lang: Lang) -> &'static str {
        match self {
            Self::Act(_) => phrases(lang).facts.act,
            Self::Overlay { .. } => phrases(lang).history.overlay,
            Self::Status { .. } => phrases(lang).history.status,
            Self::Note { .. } => phrases(lang).history.note,
        }
    }
}

impl HistoryView {
    /// The words of an entry, or of several that differ only in the state.
    pub fn words(&self, entries: &[Entry], marks: &str, lang: Lang) -> String {
        let Some(entry) = entries.first() else { return String::new() };
        let names = &self.names;
        let in_reading = |text: String, reading: &ReadingId| {
            if reading.is_default() {
                text
            } else {
                format!("{}{}{text}", reading_name(reading, lang), colon(lang))
            }
        };
        let mut text = match &entry.event {
            Event::Act(act) => {
                let states: Vec<StateId> = entries.iter().flat_map(|entry| entry.event.states()).collect();
                self.act(act, &states, lang)
            }
            Event::Overlay { reading, overlay } => in_reading(overlay.words(names, lang), reading),
            Event::Status { reading, status, reason } => {
                let reason = reason.words(names, lang);
                in_reading(format!("{}{}{reason}", status.label(lang), colon(lang)), reading)
            }
            Event::Note { kind_in_words: kind, actor, text, .. } => {
                let [kind, actor, text] = [kind, actor, text].map(|text| text.in_lang(lang));
                format!("{actor}{}{}{}{text}", comma(lang), kind.replace('_', " "), colon(lang))
            }
        };
        let remarks = entry.remarks(names, lang);
        for remark in &remarks {
            text.push_str(&format!("\n{remark}"));
        }
        if !marks.is_empty() {
            text.push_str(&format!(" {marks}"));
        }
        text
    }

    fn act(&self, act: &ActView, states: &[StateId], lang: Lang) -> String {
        let mut text = act.kind.label(lang).to_owned();
        if !states.is_empty() {
            text.push_str(&format!("{}{}", colon(lang), self.names.list(states, lang)));
        }
        if let Some(place) = &act.place {
            text = bracketed(&text, &place.in_lang(lang), lang);
        }
        let words = &phrases(lang).history;
        let on =
            |clause: fn(&str) -> String, day: Option<NaiveDate>| day.map(|day| clause(&in_text(day, lang)));
        let towards = phrases(lang).facts.towards;
        let facts = [
            (!act.towards.is_empty()).then(|| towards(&self.names.list(&act.towards, lang))),
            act.precludes_entry_into_force.then(|| OverlayKind::Exclusion.label(lang).to_owned()),
            on(words.to, act.to),
            on(words.ends_before, act.ends_before),
            act.deadline
                .as_ref()
                .map(|clause| format!("{}{}{clause}", DateKind::Deadline.label(lang), colon(lang))),
            on(words.new_last_day, act.until),
            on(words.effective, act.effective_on),
            (!act.successors.is_empty()).then(|| {
                let succeeded = words.succeeded_by;
                format!("{succeeded}{}", self.names.list(&act.successors, lang))
            }),
        ];
        for fact in facts.into_iter().flatten() {
            text.push_str(&format!("{}{fact}", semicolon(lang)));
        }
        text
    }
}

impl Event {
    fn states(&self) -> Vec<StateId> {
        match self {
            Self::Act(act) => act.states.clone(),
            Self::Overlay { .. } | Self::Status { .. } | Self::Note { .. } => Vec::new(),
        }
    }
}

impl Entry {
    /// Who disputes it, what else should be known, and whether a source is missing.
    fn remarks(&self, names: &Names, lang: Lang) -> Vec<String> {
        let mut remarks = Vec::new();
        match &self.event {
            Event::Act(act) => {
                if !act.disputed_by.is_empty() {
                    let disputed = phrases(lang).facts.disputed_by;
                    remarks.push(format!("{disputed}{}", names.list(&act.disputed_by, lang)));
                }
                remarks.extend(act.note.as_ref().map(|note| note.in_lang(lang)));
            }
            Event::Note { disagreement, .. } => {
                remarks.extend(disagreement.as_ref().map(|text| {
                    let disagree = phrases(lang).history.sources_disagree;
                    format!("{disagree}{}", text.in_lang(lang))
                }));
            }
            Event::Overlay { .. } | Event::Status { .. } => {}
        }
        if self.from_memory {
            remarks.push(bracketed("", phrases(lang).facts.from_memory, lang).trim_start().to_owned());
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::{day, seeds};

    fn of(treaty: &str, known_on: &str) -> HistoryView {
        let (files, states) = seeds();
        let question = HistoryQuestion { treaty: treaty.to_owned(), known_on: day(known_on) };
        history(&files, &states, &question).unwrap()
    }

    fn statuses_of(view: &HistoryView) -> Vec<(String, TreatyStatus)> {
        let entries = view.entries.iter();
        entries
            .filter_map(|entry| match &entry.event {
                Event::Status { status, reading, .. } if reading.is_default() => {
                    Some((entry.on.to_string(), *status))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn entries_are_in_order_of_day() {
        let view = of("inf", "2026-11-24");
        let days: Vec<NaiveDate> = view.entries.iter().map(|entry| entry.on.first_day()).collect();
        assert!(days.is_sorted());
        let expected = [
            ("1987-12-08".to_owned(), TreatyStatus::Pending),
            ("1988-06-01".to_owned(), TreatyStatus::InForce),
            ("2019-08-02".to_owned(), TreatyStatus::Terminated),
        ];
        assert_eq!(statuses_of(&view), expected);
        let notices = view.entries.iter().filter(
            |entry| matches!(&entry.event, Event::Act(act) if act.kind == ActKind::NoticeOfWithdrawal),
        );
        assert_eq!(notices.count(), 1);
    }

    #[test]
    fn facts_that_were_not_known_are_left_out() {
        let view = of("inf", "2018-12-31");
        assert_eq!(statuses_of(&view).last().unwrap().1, TreatyStatus::InForce);
        assert!(view.entries.iter().all(|entry| entry.on.first_day() <= day("2018-12-31")));
        // The end of a term that runs out by itself could be known.
        assert_eq!(statuses_of(&of("new-start", "2019-06-05")).last().unwrap().0, "2021-02-05");
    }
}
