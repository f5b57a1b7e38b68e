//! The values that several answers share.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::alerts::article_in;
use crate::domain::act::{Act, ActKind, Basis};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::{ActId, DateId, StateId, TreatyId};
use crate::domain::lang::{Lang, Words};
use crate::domain::project::DueDate;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::{Overlay, OverlayKind, ReadingId, Reason, Rule};
use crate::domain::treaty::{Certainty, DateKind, Treaty};
use crate::domain::words;
use crate::l10n::{
    bracketed, colon, comma, in_text, join, phrases, reading_name, running, semicolon, since, until,
};

/// The days that a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The day whose state of affairs is asked for.
    pub on: NaiveDate,
    /// Nothing that became known later is seen.
    pub known_on: NaiveDate,
}

impl Asked {
    /// The state of affairs on `on`, as it can be known today.
    pub fn on(on: NaiveDate, today: NaiveDate) -> Self {
        Self { on, known_on: today }
    }

    /// The last day that both the facts and the asked knowledge reach.
    pub fn reach(self, facts_as_of: NaiveDate) -> NaiveDate {
        facts_as_of.min(self.known_on)
    }

    /// The heading: what is shown, on which day, as known when.
    pub fn heading(self, what: &str, lang: Lang) -> String {
        let [on, known_on] = [self.on, self.known_on].map(|day| in_text(day, lang));
        (phrases(lang).facts.heading)(what, &on, &known_on)
    }
}

/// A text in all the languages it is there in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Text {
    en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    zh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ru: Option<String>,
}

impl From<&Words> for Text {
    fn from(words: &Words) -> Self {
        let Words { en, zh, ru } = words.clone();
        Self { en, zh, ru }
    }
}

impl Text {
    /// A text of the facts about a treaty, with its translations.
    pub fn of(treaty: &Treaty, text: Option<&str>) -> Option<Self> {
        text.map(|text| Self::from(&treaty.words(text)))
    }

    /// The text in `lang`, or the English one marked `[en]`.
    pub fn in_lang(&self, lang: Lang) -> String {
        let Self { en, zh, ru } = self.clone();
        Words { en, zh, ru }.in_lang(lang)
    }
}

/// The names of states, for printing. JSON has codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<StateId, Text>);

impl From<&BTreeMap<StateId, State>> for Names {
    fn from(states: &BTreeMap<StateId, State>) -> Self {
        Self(states.iter().map(|(id, state)| (*id, Text::from(&state.name))).collect())
    }
}

impl Names {
    /// The name of a state, or its code where it has none.
    pub fn of(&self, state: StateId, lang: Lang) -> String {
        self.0.get(&state).map_or_else(|| state.to_string(), |name| name.in_lang(lang))
    }

    /// The names of several, as a list.
    pub fn list(&self, states: &[StateId], lang: Lang) -> String {
        let names: Vec<String> = states.iter().map(|state| self.of(*state, lang)).collect();
        join(&names, lang)
    }
}

/// The day on which something begins, no more exact than the act that it follows from.
///
/// A period that begins with an act "of March 2001" starts on its first day, for the computer.
pub fn beginning(starts_on: NaiveDate, reason: &Reason) -> PartialDay {
    PartialDay::from_earliest(starts_on, reason.precision())
}

fn act_of<'a>(file: &'a TreatyFile, id: &ActId) -> Option<&'a Act> {
    file.acts.iter().find(|act| act.id == *id)
}

/// Why something is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonView {
    /// The rule that was applied.
    pub rule: Rule,
    /// The article, where a clause was.
    pub article: Option<String>,
    /// The act that it was applied to.
    pub act: Option<GroundView>,
    /// When one could know of it.
    pub known_on: NaiveDate,
}

/// The act that a reason rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroundView {
    /// Which act.
    pub act_id: ActId,
    /// What it was.
    pub kind: ActKind,
    /// Whose.
    pub state: Option<StateId>,
    /// When, as exactly as is known.
    pub on: PartialDay,
    /// Whether no source at hand supports it.
    pub from_memory: bool,
}

impl ReasonView {
    /// The reason, with what the file knows about the act behind it.
    pub fn new(file: &TreatyFile, reason: &Reason) -> Self {
        let act = reason.ground.as_ref().map(|ground| {
            let act = act_of(file, &ground.act);
            GroundView {
                act_id: ground.act.clone(),
                kind: ground.kind,
                state: ground.state,
                on: ground.on,
                from_memory: act.is_some_and(|act| act.evidence.basis == Basis::Memory),
            }
        });
        Self { rule: reason.rule, article: reason.article.clone(), act, known_on: reason.known_on }
    }

    /// The rule, the act and the article, in a few words.
    pub fn words(&self, names: &Names, lang: Lang) -> String {
        let act = self.act.as_ref().map(|act| {
            let whose = act.state.map(|state| names.of(state, lang));
            let memory = act.from_memory.then(|| phrases(lang).facts.from_memory.to_owned());
            let on = (phrases(lang).days.alone)(act.on);
            let parts = [Some(act.kind.label(lang).to_owned()), whose, Some(on), memory];
            parts.into_iter().flatten().collect::<Vec<_>>().join(comma(lang))
        });
        let text = match (self.rule, act) {
            // The rule adds nothing to the act.
            (Rule::Act | Rule::Exchange, Some(act)) => act,
            (rule, Some(act)) => format!("{}{}{act}", rule.label(lang), colon(lang)),
            (rule, None) => rule.label(lang).to_owned(),
        };
        match &self.article {
            // Square, because articles have round brackets of their own.
            Some(article) => format!("{text} [{}]", article_in(article, lang)),
            None => text,
        }
    }
}

/// A notice, a suspension or another state of affairs in addition to a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverlayView {
    /// What.
    pub kind: OverlayKind,
    /// Whose; none for the instrument as such.
    pub state: Option<StateId>,
    /// The states that caused it jointly.
    pub jointly: Vec<StateId>,
    /// The parties that it concerns, if it does not concern all.
    pub towards: Vec<StateId>,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The same, no more exact than the act that it follows from.
    pub since: PartialDay,
    /// The first day on which it is over; for a notice, the day of its effect.
    pub ends_before: Option<NaiveDate>,
    /// Of a notice, the same, no more exact than the act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<PartialDay>,
    /// Who disputes it.
    pub disputed_by: Vec<StateId>,
    /// Why it began.
    pub reason: ReasonView,
}

impl OverlayView {
    /// The overlay, with what the file knows about the act behind it.
    pub fn new(file: &TreatyFile, overlay: &Overlay) -> Self {
        Self {
            kind: overlay.kind,
            state: overlay.state,
            jointly: overlay.jointly.clone(),
            towards: overlay.towards.clone(),
            starts_on: overlay.starts_on,
            since: beginning(overlay.starts_on, &overlay.reason),
            ends_before: overlay.ends_before,
            effective: overlay
                .ends_before
                .filter(|_| overlay.kind == OverlayKind::Notice)
                .map(|end| beginning(end, &overlay.reason)),
            disputed_by: overlay.disputed_by.clone(),
            reason: ReasonView::new(file, &overlay.reason),
        }
    }

    /// What it is, whose, from when to when, and who disputes it.
    pub fn words(&self, names: &Names, lang: Lang) -> String {
        let mut parts = vec![self.head(names, lang)];
        if self.kind == OverlayKind::Notice {
            parts.push(running(self.since, self.effective, lang));
        } else {
            parts.push(since(self.since, lang));
            parts.extend(self.ends_before.map(|end| until(end, lang)));
        }
        let text = parts.join(comma(lang));
        if self.disputed_by.is_empty() {
            return text;
        }
        let disputed = phrases(lang).facts.disputed_by;
        format!("{text}{}{disputed}{}", semicolon(lang), names.list(&self.disputed_by, lang))
    }

    /// Which parties it concerns, if it does not concern all.
    pub fn towards_words(&self, names: &Names, lang: Lang) -> Option<String> {
        let towards = phrases(lang).facts.towards;
        (!self.towards.is_empty()).then(|| towards(&names.list(&self.towards, lang)))
    }

    /// What it is, whose, and towards whom.
    pub fn head(&self, names: &Names, lang: Lang) -> String {
        let whose: Vec<StateId> = self.state.into_iter().chain(self.jointly.iter().copied()).collect();
        if whose.is_empty() {
            return self.kind.label(lang).to_owned();
        }
        let head = format!("{}{}{}", self.kind.label(lang), colon(lang), names.list(&whose, lang));
        [Some(head), self.towards_words(names, lang)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(comma(lang))
    }
}

/// What a date depends on beside acts and clauses.
fn condition(certainty: Certainty) -> Option<Text> {
    let words = |lang| words::condition(lang).to_owned();
    let text = || Text { en: words(Lang::En), zh: Some(words(Lang::Zh)), ru: Some(words(Lang::Ru)) };
    (certainty == Certainty::Conditional).then(text)
}

/// A dated event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateView {
    /// Its name, which stays when the day moves.
    pub date_id: DateId,
    /// The instrument.
    pub treaty_id: TreatyId,
    /// The state, if it is about one.
    pub state: Option<StateId>,
    /// What sort of day.
    pub kind: DateKind,
    /// The day, month or year.
    #[serde(rename = "on_date")]
    pub on: PartialDay,
    /// Days from the day asked about to its first day; 0 once a month or year has begun.
    pub days_left: i64,
    /// How certain it is.
    pub certainty: Certainty,
    /// The reading in which it falls on this day.
    pub reading: ReadingId,
    /// Why.
    pub reason: ReasonView,
    /// The clause that computes it, where it has one of its own.
    pub clause: Option<String>,
    /// What happens then.
    pub note: Option<Text>,
}

impl DateView {
    /// The dated event, as seen from `from`.
    pub fn new(file: &TreatyFile, date: &DueDate, from: NaiveDate) -> Self {
        let treaty = &file.treaty;
        let scheduled = treaty.scheduled.iter().find(|scheduled| scheduled.id == date.id);
        let of_deadline = date.reason.clause.as_ref().filter(|_| date.kind == DateKind::Deadline);
        let clause = of_deadline.and_then(|id| treaty.clauses.iter().find(|clause| clause.id == *id));
        Self {
            date_id: date.id.clone(),
            treaty_id: treaty.id.clone(),
            state: date.state,
            kind: date.kind,
            on: date.on,
            days_left: (date.on.first_day() - from).num_days().max(0),
            certainty: date.certainty,
            reading: date.reading.clone(),
            reason: ReasonView::new(file, &date.reason),
            clause: clause.map(|clause| clause.id.to_string()),
            note: scheduled
                .and_then(|scheduled| Text::of(treaty, scheduled.note.as_deref()))
                .or_else(|| condition(date.certainty))
                .or_else(|| clause.and_then(|clause| Text::of(treaty, clause.note.as_deref()))),
        }
    }

    /// What sort of day, for whom, and in which reading.
    pub fn what(&self, names: &Names, lang: Lang) -> String {
        let mut text = self.kind.label(lang).to_owned();
        if let Some(clause) = &self.clause {
            text.push_str(&format!("{}{clause}", colon(lang)));
        }
        if let Some(state) = self.state {
            text.push_str(&format!("{}{}", colon(lang), names.of(state, lang)));
        }
        if !self.reading.is_default() {
            text.push_str(&format!("{}{}", comma(lang), reading_name(&self.reading, lang)));
        }
        text
    }

    /// The day, what it is, how certain and what happens then.
    pub fn words(&self, names: &Names, lang: Lang) -> String {
        let mut text = format!("{} {}", self.on, self.what(names, lang));
        if self.certainty != Certainty::Computed {
            text = bracketed(&text, self.certainty.label(lang), lang);
        }
        match self.note_in(lang) {
            Some(note) => format!("{text}{}{note}", colon(lang)),
            None => text,
        }
    }

    /// The note, marked as English where the language is another and has no words for it.
    pub fn note_in(&self, lang: Lang) -> Option<String> {
        self.note.as_ref().map(|note| note.in_lang(lang))
    }

    /// Whether only a month or a year is known.
    pub fn is_inexact(&self) -> bool {
        self.on.precision() != Precision::Day
    }
}
