//! The oracle: what the clauses imply, beside what was recorded.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::act::{Act, ActKind};
use super::clause::{Clause, Recorded, TermEnd, Terms};
use super::day::{Delay, PartialDay, Period};
use super::id::{ActId, Label, TreatyId};
use super::project::{DueDate, Projection, computed_effects, first_term_of, project};
use super::text::text_enum;
use super::treaty::{DateKind, Treaty};

text_enum! {
    /// How a computed day stands to the recorded one.
    Agreement ("agreement") {
        /// Both are the same day.
        Agrees = "agrees",
        /// They differ, and the catalogue says why.
        Explained = "explained",
        /// They differ.
        Differs = "differs",
        /// No source gives a day: the computed one stands alone.
        Unrecorded = "unrecorded",
        /// Acts are missing, so that nothing can be computed.
        NotComputable = "not_computable",
    }
}

/// One day, computed and recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The treaty.
    pub treaty: TreatyId,
    /// Which day: the name of the date or the act.
    pub what: String,
    /// The article that was applied.
    pub article: String,
    /// What acts and clauses imply, as exactly as the acts are known.
    pub computed: Option<PartialDay>,
    /// What a source gives.
    pub recorded: Option<NaiveDate>,
    /// How the two stand to each other.
    pub agreement: Agreement,
    /// Why they differ, or why nothing was computed.
    pub explanation: Option<String>,
}

/// Computes every day that the clauses of `treaty` imply, ignoring the recorded ones, and compares.
///
/// `entry_of` gives the computed entry into force of another treaty, for supersession.
pub fn verify(
    treaty: &Treaty,
    acts: &[Act],
    entry_of: &dyn Fn(&TreatyId) -> Option<NaiveDate>,
) -> Vec<Finding> {
    let unrecorded = without_recorded(acts);
    let bare = project(treaty, &unrecorded, NaiveDate::MAX);
    let effects = computed_effects(treaty, &unrecorded);
    let mut findings = Vec::new();
    for clause in &treaty.clauses {
        match &clause.terms {
            Terms::EntryIntoForceByExchange
            | Terms::EntryIntoForceByThreshold(_)
            | Terms::EntryIntoForceByDate { .. } => {
                let recorded = acts.iter().find(|act| act.kind == ActKind::EntryIntoForce);
                let explanation = recorded.and_then(|act| act.note.clone());
                let computed = date_of(&bare, DateKind::EntryIntoForce);
                let recorded = recorded.map(Act::effect_or_day);
                if computed.is_some() || recorded.is_some() {
                    findings.push(finding(
                        treaty,
                        clause,
                        "entry_into_force",
                        computed,
                        recorded,
                        explanation,
                    ));
                }
            }
            Terms::Term { end: TermEnd::After { .. }, extension_max, extension_total, recorded } => {
                let max = [*extension_max, *extension_total];
                findings.extend(term(treaty, acts, clause, max, recorded.as_ref()));
            }
            Terms::Withdrawal { delay, .. } => {
                let kind = ActKind::NoticeOfWithdrawal;
                findings.extend(notices(treaty, acts, &effects, (clause, delay), kind));
            }
            Terms::Reinstatement { delay, .. } => {
                let kind = ActKind::NoticeOfReinstatement;
                findings.extend(notices(treaty, acts, &effects, (clause, delay), kind));
            }
            Terms::Deadline { recorded, .. } => {
                findings.extend(deadline(treaty, &bare, clause, recorded.as_ref()));
            }
            Terms::Supersession { by } => {
                let recorded =
                    acts.iter().find(|act| act.kind == ActKind::Supersession).map(Act::effect_or_day);
                let computed = entry_of(by).map(PartialDay::exact);
                let mut found = finding(treaty, clause, "supersession", computed, recorded, None);
                // The clause alone ends nothing, so the act must not be missing.
                if found.agreement == Agreement::Unrecorded {
                    found.agreement = Agreement::Differs;
                    found.explanation =
                        Some(format!("{by} is in force, and no act of supersession is recorded"));
                }
                findings.push(found);
            }
            Terms::Term { end: TermEnd::Before(_), .. }
            | Terms::LaterStates { .. }
            | Terms::Lapse { .. }
            | Terms::Protocols { .. }
            | Terms::IndefiniteDuration
            | Terms::TacitRenewal { .. } => {}
        }
    }
    findings
}

/// The computed entry into force of a treaty, whatever was recorded.
pub fn computed_entry(treaty: &Treaty, acts: &[Act]) -> Option<NaiveDate> {
    let bare = project(treaty, &without_recorded(acts), NaiveDate::MAX);
    date_of(&bare, DateKind::EntryIntoForce).map(PartialDay::first_day)
}

/// The computed entries into force of many treaties, for [`verify`].
pub fn computed_entries<'a>(
    treaties: impl Iterator<Item = (&'a Treaty, &'a [Act])>,
) -> BTreeMap<TreatyId, NaiveDate> {
    treaties
        .filter_map(|(treaty, acts)| computed_entry(treaty, acts).map(|day| (treaty.id.clone(), day)))
        .collect()
}

fn without_recorded(acts: &[Act]) -> Vec<Act> {
    let recorded = |kind: ActKind| matches!(kind, ActKind::EntryIntoForce | ActKind::Supersession);
    // The day of effect of a succession is a fact: no clause gives it.
    let computes = |kind: ActKind| {
        matches!(kind, ActKind::NoticeOfWithdrawal | ActKind::NoticeOfReinstatement)
            || ActKind::COUNTED_CONSENT.contains(&kind)
    };
    let bare = |act: &Act| {
        let effective_on = if computes(act.kind) { None } else { act.effective_on };
        Act { effective_on, ..act.clone() }
    };
    acts.iter().filter(|act| !recorded(act.kind)).map(bare).collect()
}

/// The end of the first term, and of each extension at its longest, beside the agreed one.
fn term(
    treaty: &Treaty,
    acts: &[Act],
    clause: &Clause,
    [each_max, total_max]: [Option<Period>; 2],
    recorded: Option<&Recorded>,
) -> Vec<Finding> {
    let ends = |kind: ActKind| {
        matches!(
            kind,
            ActKind::Extension
                | ActKind::IndefiniteExtension
                | ActKind::Termination
                | ActKind::NoticeOfWithdrawal
                | ActKind::NoticeOfReinstatement
        )
    };
    let mut first_term = without_recorded(acts);
    first_term.retain(|act| !ends(act.kind));
    let Some(first_end) = date_of(&project(treaty, &first_term, NaiveDate::MAX), DateKind::Expiry) else {
        return Vec::new();
    };
    let explanation = recorded.and_then(|recorded| recorded.explanation.clone());
    let recorded = recorded.map(|recorded| recorded.on);
    let mut findings = vec![finding(treaty, clause, "first term", Some(first_end), recorded, explanation)];
    let Some(first_term) = first_term_of(treaty, &first_term) else { return findings };
    let mut end = first_end.first_day();
    let longest = total_max.and_then(|max| first_term.longest(max).ok());
    for act in acts.iter().filter(|act| act.kind == ActKind::Extension) {
        let each = each_max.and_then(|max| first_term.longer(end, max).ok());
        let computed = each.into_iter().chain(longest).min().map(PartialDay::exact);
        findings.push(finding(treaty, clause, tail(act.id.as_str()), computed, act.ends_before, None));
        end = act.ends_before.unwrap_or(end);
    }
    findings
}

fn deadline(
    treaty: &Treaty,
    bare: &Projection,
    clause: &Clause,
    recorded: Option<&Recorded>,
) -> Option<Finding> {
    let name = format!("{}/{}", treaty.id, clause.id);
    let date = bare.dates.iter().find(|date| date.id.as_str() == name);
    let computed = date.map(|date| date.on);
    let explanation = recorded.and_then(|recorded| recorded.explanation.clone());
    let recorded = recorded.map(|recorded| recorded.on);
    (computed.is_some() || recorded.is_some())
        .then(|| finding(treaty, clause, clause.id.as_str(), computed, recorded, explanation))
}

fn readings_of<'a>(treaty: &'a Treaty, act: &'a Act) -> impl Iterator<Item = (&'a Label, NaiveDate)> {
    treaty.readings.iter().flat_map(move |reading| {
        let here = reading.effective.iter().filter(move |(label, _)| Some(label) == act.label.as_ref());
        here.map(move |(_, day)| (&reading.id, *day))
    })
}

fn date_of(projection: &Projection, kind: DateKind) -> Option<PartialDay> {
    let of_treaty = |date: &&DueDate| date.kind == kind && date.state.is_none();
    projection.dates.iter().find(of_treaty).map(|date| date.on)
}

/// The effect of each notice of a kind. One that the law refuses is held against the period alone.
fn notices(
    treaty: &Treaty,
    acts: &[Act],
    effects: &BTreeMap<ActId, PartialDay>,
    (clause, delay): (&Clause, &Delay),
    kind: ActKind,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for act in acts.iter().filter(|act| act.kind == kind) {
        let computed = effects.get(&act.id).copied().or_else(|| delay.after_known(act.on).ok());
        let what = tail(act.id.as_str());
        findings.push(finding(treaty, clause, what, computed, act.effective_on, None));
        findings.extend(readings_of(treaty, act).map(|(reading, day)| {
            let why = format!("the day that the reading `{reading}` asserts");
            finding(treaty, clause, what, computed, Some(day), Some(why))
        }));
    }
    findings
}

fn tail(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, tail)| tail)
}

fn finding(
    treaty: &Treaty,
    clause: &Clause,
    what: &str,
    computed: Option<PartialDay>,
    recorded: Option<NaiveDate>,
    explanation: Option<String>,
) -> Finding {
    let (agreement, explanation) = match (computed, recorded) {
        // Of a month or a year, any of its days agrees.
        (Some(computed), Some(recorded)) if computed.may_be(recorded) => (Agreement::Agrees, None),
        (Some(_), Some(_)) if explanation.is_some() => (Agreement::Explained, explanation),
        (Some(_), Some(_)) => (Agreement::Differs, None),
        (Some(_), None) => (Agreement::Unrecorded, None),
        (None, _) => {
            let why = explanation
                .unwrap_or_else(|| "the acts that it would be computed from are missing".to_owned());
            (Agreement::NotComputable, Some(why))
        }
    };
    Finding {
        treaty: treaty.id.clone(),
        what: what.to_owned(),
        article: clause.article.clone(),
        computed,
        recorded,
        agreement,
        explanation,
    }
}
