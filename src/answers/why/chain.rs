//! The acts and articles behind a day, one after the other.

use serde::Serialize;

use super::super::values::{Names, Text};
use crate::domain::act::{Act, ActKind, Basis, Confidence};
use crate::domain::clause::{Anchor, Clause, TermEnd, Terms};
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, StateId};
use crate::domain::lang::Lang;
use crate::domain::project::{DueDate, Projection};
use crate::domain::seeds::TreatyFile;
use crate::domain::status::{ReadingId, Reason, Rule};
use crate::domain::treaty::DateKind;
use crate::l10n::{bracketed, colon, comma, phrases};

/// One step of an explanation: a rule with its article, or an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Link {
    /// A clause that was applied.
    Clause {
        /// Which rule of the law.
        rule: Rule,
        /// The article.
        article: String,
        /// Its text in short.
        says: Option<Text>,
        /// Where that is written.
        sources: Vec<String>,
        /// Whose record that is.
        basis: Option<Basis>,
    },
    /// The act that it was applied to.
    Act {
        /// Its name.
        act_id: ActId,
        /// What was done.
        kind: ActKind,
        /// Whose act it was.
        state: Option<StateId>,
        /// When.
        on: PartialDay,
        /// Where it is written.
        sources: Vec<String>,
        /// Whose record that is.
        basis: Basis,
        /// How sure it is.
        confidence: Confidence,
    },
}

/// What a reason rests on, down to an act.
pub fn chain(file: &TreatyFile, projection: &Projection, reading: &ReadingId, reason: &Reason) -> Vec<Link> {
    let mut links = Vec::new();
    follow(file, projection, reading, reason, &mut links);
    links
}

/// What a dated event rests on, down to an act.
pub fn chain_of(file: &TreatyFile, projection: &Projection, date: &DueDate) -> Vec<Link> {
    let mut links = Vec::new();
    follow(file, projection, &date.reading, &date.reason, &mut links);
    links
}

fn follow(
    file: &TreatyFile,
    projection: &Projection,
    reading: &ReadingId,
    reason: &Reason,
    links: &mut Vec<Link>,
) {
    let clause = reason.clause.as_ref();
    let clause = clause.and_then(|id| file.treaty.clauses.iter().find(|clause| clause.id == *id));
    if let Some(article) = &reason.article {
        links.push(Link::Clause {
            rule: reason.rule,
            article: article.clone(),
            says: clause.and_then(|clause| Text::of(&file.treaty, clause.note.as_deref())),
            sources: clause.map(|clause| clause.evidence.sources.clone()).unwrap_or_default(),
            basis: clause.map(|clause| clause.evidence.basis),
        });
    }
    // An extended term is counted from nothing any more: the extension has set its end.
    let anchor = clause.filter(|_| reason.rule != Rule::Extension).and_then(anchor_of);
    // Anchors that lead in a circle set no date, so this ends.
    if let Some(date) = anchor.and_then(|anchor| date_of(file, projection, reading, anchor)) {
        return follow(file, projection, reading, &date.reason, links);
    }
    let ground = reason.ground.as_ref();
    let act = ground.and_then(|ground| file.acts.iter().find(|act| act.id == ground.act));
    links.extend(act.map(Link::act));
}

fn anchor_of(clause: &Clause) -> Option<&Anchor> {
    match &clause.terms {
        Terms::Deadline { anchor, .. }
        | Terms::EntryIntoForceByDate { anchor, .. }
        | Terms::Term { end: TermEnd::After { anchor, .. }, .. } => Some(anchor),
        Terms::TacitRenewal { .. } => Some(&Anchor::EntryIntoForce),
        _ => None,
    }
}

/// The dated event that an anchor stands for, if it is one.
fn date_of<'a>(
    file: &TreatyFile,
    projection: &'a Projection,
    reading: &ReadingId,
    anchor: &Anchor,
) -> Option<&'a DueDate> {
    let in_reading = |dates: &mut dyn Iterator<Item = &'a DueDate>| {
        let dates: Vec<&DueDate> = dates.collect();
        dates.iter().find(|date| date.reading == *reading).or_else(|| dates.first()).copied()
    };
    let name = match anchor {
        // An act that takes effect later has a date of its own.
        Anchor::Effect(label) => {
            let act = file.acts.iter().find(|act| act.label.as_ref() == Some(label))?;
            let is_effect = |date: &&DueDate| {
                let kinds = [DateKind::WithdrawalEffect, DateKind::StateEntryIntoForce, DateKind::Effect];
                kinds.contains(&date.kind) && date.reason.ground.as_ref().is_some_and(|it| it.act == act.id)
            };
            return in_reading(&mut projection.dates.iter().filter(is_effect));
        }
        Anchor::EntryIntoForce => format!("{}/entry_into_force", file.treaty.id),
        Anchor::Deadline(clause) => format!("{}/{clause}", file.treaty.id),
        Anchor::ThresholdMet | Anchor::StateEntryIntoForce | Anchor::First(_) | Anchor::Act(_) => {
            return None;
        }
    };
    in_reading(&mut projection.dates.iter().filter(|date| date.id.as_str() == name))
}

impl Link {
    fn act(act: &Act) -> Self {
        Self::Act {
            act_id: act.id.clone(),
            kind: act.kind,
            state: act.state,
            on: act.on,
            sources: act.evidence.sources.clone(),
            basis: act.evidence.basis,
            confidence: act.evidence.confidence,
        }
    }

    /// Where it is written, the best source first.
    pub fn sources(&self) -> &[String] {
        match self {
            Self::Clause { sources, .. } | Self::Act { sources, .. } => sources,
        }
    }

    /// The step in a line.
    pub fn words(&self, names: &Names, lang: Lang) -> String {
        match self {
            Self::Clause { rule, article, says, basis, .. } => {
                let mut text = format!("{article}{}{}", colon(lang), rule.label(lang));
                if let Some(says) = says {
                    text = format!("{text}. {}", says.in_lang(lang));
                }
                marked(text, *basis, lang)
            }
            Self::Act { kind, state, on, basis, .. } => {
                let whose = state.map(|state| names.of(state, lang));
                let parts = [Some(kind.label(lang).to_owned()), whose, Some(on.to_string())];
                let text = parts.into_iter().flatten().collect::<Vec<_>>().join(comma(lang));
                let text = format!("{}{}{text}", phrases(lang).facts.act, colon(lang));
                marked(text, Some(*basis), lang)
            }
        }
    }
}

fn marked(text: String, basis: Option<Basis>, lang: Lang) -> String {
    if basis == Some(Basis::Memory) { bracketed(&text, phrases(lang).facts.from_memory, lang) } else { text }
}
