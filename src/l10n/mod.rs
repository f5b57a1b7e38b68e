//! The words of answers and messages, one file for each language.
//!
//! Each language fills in all of [`Phrases`], so that a phrase without a translation does not compile. What statuses, acts
//! and dates are called is in `domain::words`; the sentences of alerts are in `alerts::wording`.

mod en;
mod ru;
mod zh;

use chrono::NaiveDate;

use crate::domain::alert_kind::AlertKind;
use crate::domain::day::PartialDay;
use crate::domain::lang::Lang;
use crate::domain::status::ReadingId;

/// The phrases of a language.
pub fn phrases(lang: Lang) -> &'static Phrases {
    match lang {
        Lang::En => &en::PHRASES,
        Lang::Zh => &zh::PHRASES,
        Lang::Ru => &ru::PHRASES,
    }
}

/// Every phrase, by the answer that it belongs to. A sentence with values is a function.
pub struct Phrases {
    pub marks: Marks,
    pub days: Days,
    pub facts: Facts,
    pub labels: Labels,
    pub status: Status,
    pub history: History,
    pub parties: Parties,
    pub state: State,
    pub upcoming: Upcoming,
    pub statement: Statement,
    pub why: Why,
    pub alerts: Alerts,
    pub attention: Attention,
    pub records: Records,
    pub calendar: Calendar,
    pub simulate: Simulate,
    pub verify: Verify,
    pub check: Check,
    pub catalogue: Catalogue,
    pub message: Message,
}

/// Punctuation between the parts of a sentence, and what stands around a part.
pub struct Marks {
    /// Behind a label.
    pub colon: &'static str,
    pub comma: &'static str,
    pub semicolon: &'static str,
    /// Between two items of a list.
    pub between_items: &'static str,
    /// A remark behind a text.
    pub bracketed: fn(text: &str, remark: &str) -> String,
    /// A text that exists in English alone.
    pub english: fn(text: &str) -> String,
}

/// Days in running text. A day that a function takes is worded already, by `in_text`.
pub struct Days {
    /// In figures in English, as in tables. In Russian it is a genitive, or any case of a day that is known exactly.
    pub in_text: fn(day: PartialDay) -> String,
    /// A day between commas.
    pub alone: fn(day: PartialDay) -> String,
    pub since: fn(day: &str) -> String,
    /// The day is the first on which it is no longer so.
    pub until: fn(day: &str) -> String,
    /// The day is the last.
    pub up_to: fn(day: &str) -> String,
    /// When a notice was given.
    pub given: fn(day: &str) -> String,
    /// When a notice was given, and when it takes effect.
    pub running: fn(given: &str, to: &str) -> String,
}

/// What is remarked about facts in every answer.
pub struct Facts {
    /// What is shown, on which day, as known when.
    pub heading: fn(what: &str, on: &str, known_on: &str) -> String,
    /// Of a fact that no source at hand supports.
    pub from_memory: &'static str,
    /// Before names.
    pub disputed_by: &'static str,
    /// A reading of what is contested, by its name.
    pub reading: fn(name: &str) -> String,
    /// Before an act.
    pub act: &'static str,
    /// Before a reason.
    pub because: &'static str,
    /// Which parties something concerns.
    pub towards: fn(names: &str) -> String,
    /// Before what the law leaves in doubt.
    pub doubtful: &'static str,
}

/// Labels of columns and lines that several answers have.
pub struct Labels {
    pub treaty: &'static str,
    pub state: &'static str,
    pub status: &'static str,
    pub since: &'static str,
    /// The act or the rule behind a status.
    pub by: &'static str,
    pub day: &'static str,
    pub what: &'static str,
    pub kind: &'static str,
    pub severity: &'static str,
}

/// `status`
pub struct Status {
    pub until: &'static str,
    pub other_instruments: &'static str,
    /// What the star behind a status means.
    pub last_known: &'static str,
    /// Takes `days.up_to`.
    pub facts_up_to: fn(up_to: &str) -> String,
    pub did_not_exist: &'static str,
    pub until_first_day: fn(day: &str) -> String,
    pub depositary: &'static str,
    pub registered: &'static str,
    pub reading: &'static str,
    pub why: &'static str,
    pub then: &'static str,
    /// Notices, suspensions and provisional application.
    pub in_addition: &'static str,
    pub left: &'static str,
    pub counts: &'static str,
    pub threshold: &'static str,
    pub readings: &'static str,
    pub upcoming: &'static str,
    /// Of single states.
    pub deadlines: &'static str,
    pub related: &'static str,
    pub missing: &'static str,
    pub doubtful: &'static str,
    pub facts: &'static str,
    pub parties: fn(count: u32) -> String,
    /// Of what is no treaty.
    pub taking_part: fn(count: u32) -> String,
    pub signed_and_consented: fn(signed: u32, consented: u32) -> String,
    pub parties_incomplete: &'static str,
    pub progress: fn(reached: usize, needed: usize) -> String,
    pub states_missing: fn(codes: &str) -> String,
    /// How many states of a list have consented, and how many of them are needed.
    pub among: fn(reached: usize, needed: u32, codes: &str) -> String,
    /// Before an act.
    pub last_changed_by: &'static str,
    pub if_deposited: fn(effect: NaiveDate, deposit: NaiveDate) -> String,
    pub asserted_by: &'static str,
    pub disputed_by: &'static str,
    pub therefore: &'static str,
    pub not_recognised: &'static str,
}

/// `history`
pub struct History {
    pub heading: fn(title: &str, known_on: &str, facts: &str) -> String,
    /// What a note is.
    pub notes: &'static str,
    pub sources: &'static str,
    pub overlay: &'static str,
    pub status: &'static str,
    pub note: &'static str,
    /// The last day of a conference.
    pub to: fn(day: &str) -> String,
    pub ends_before: fn(day: &str) -> String,
    /// The last day of an extended deadline.
    pub new_last_day: fn(day: &str) -> String,
    pub effective: fn(day: &str) -> String,
    /// Before names.
    pub succeeded_by: &'static str,
    pub sources_disagree: &'static str,
}

/// `parties`
pub struct Parties {
    pub last_known: fn(facts: &str) -> String,
    pub code: &'static str,
    pub listed: fn(count: usize) -> String,
    pub counts: fn(parties: u32, signed: u32, consented: u32) -> String,
    pub counts_incomplete: &'static str,
    pub historic_states: &'static str,
    pub not_counted: &'static str,
    pub incomplete: &'static str,
    pub facts_missing: &'static str,
    pub effect_unknown: &'static str,
    pub disputed: &'static str,
    pub contested: &'static str,
}

/// `state`
pub struct State {
    pub state: &'static str,
    /// The status of the treaty.
    pub treaty_is: &'static str,
    pub none: &'static str,
    pub no_part_in: &'static str,
    pub not_known: &'static str,
}

/// `upcoming`
pub struct Upcoming {
    pub heading: fn(from: &str, until: &str) -> String,
    pub none: &'static str,
    pub date: &'static str,
    pub days: &'static str,
    pub certainty: &'static str,
}

/// `statement`
pub struct Statement {
    pub heading: fn(day: &str, facts: &str) -> String,
    pub last_known: &'static str,
    pub claim: &'static str,
    pub since: &'static str,
    pub overtaken: &'static str,
}

/// `why`
pub struct Why {
    pub not_watched: &'static str,
    pub watched_since: fn(day: NaiveDate) -> String,
    pub last_check: fn(day: NaiveDate) -> String,
    pub next_check: fn(at: &str) -> String,
    pub one_day_before: &'static str,
    /// Takes one number or a list of them.
    pub days_before: fn(days: &str) -> String,
    pub on_the_day: &'static str,
    pub raised: &'static str,
    pub no_endpoint: &'static str,
    pub to_come: &'static str,
    pub raised_late: &'static str,
    pub before_first_check: &'static str,
    pub not_known_then: fn(known_on: NaiveDate) -> String,
    pub too_inexact: &'static str,
    pub not_checked: &'static str,
    pub not_raised: &'static str,
    pub for_digest: &'static str,
    pub snoozed_by: fn(name: &str) -> String,
    pub acknowledged_by: fn(name: &str) -> String,
}

/// `alerts`, and the remarks about an alert in messages.
pub struct Alerts {
    pub none: &'static str,
    pub raised: &'static str,
    pub alert: &'static str,
    pub late: &'static str,
    pub test: &'static str,
}

/// `ack` and `snooze`
pub struct Attention {
    pub by: fn(what: &str, name: &str) -> String,
    /// Before a date.
    pub acknowledged: &'static str,
    /// Before a date.
    pub undone: &'static str,
    pub after_acknowledging: &'static str,
    pub after_undoing: &'static str,
    pub none_acknowledged: &'static str,
    /// The name of the date.
    pub date: &'static str,
    pub who: &'static str,
    pub said_at: &'static str,
    /// Before a treaty.
    pub snoozed: &'static str,
    /// Before a treaty.
    pub no_longer_snoozed: &'static str,
    pub after_snoozing: &'static str,
    pub after_ending: &'static str,
    pub none_snoozed: &'static str,
    pub from: &'static str,
    pub until: &'static str,
    pub is_acknowledged: &'static str,
    /// Takes `days.until`.
    pub is_snoozed: fn(until: &str) -> String,
}

/// `record`, `correct`, `retract`
pub struct Records {
    pub recorded: &'static str,
    pub corrected: &'static str,
    pub retracted: &'static str,
    pub in_place_of: fn(act: &str) -> String,
    /// When an alert is raised about what was just recorded.
    pub next_check: &'static str,
}

/// `replay`, and the alerts of `simulate`.
pub struct Calendar {
    /// The kind of an alert, and how many days before a date it is raised.
    pub kind_of: fn(kind: AlertKind, lead_days: Option<u32>) -> String,
    pub total: fn(from: &str, to: &str, alerts: usize) -> String,
}

/// `simulate`
pub struct Simulate {
    /// Before what is assumed.
    pub what_if: &'static str,
    pub nothing_written: &'static str,
    pub no_change: &'static str,
    pub change: &'static str,
    pub no_longer: &'static str,
    /// No status before or after a change.
    pub nothing: &'static str,
    pub was: &'static str,
    pub is: &'static str,
    pub event: &'static str,
    /// The last day, and how many changes and days come later.
    pub reach: fn(until: &str, later: usize) -> String,
}

/// `verify`
pub struct Verify {
    pub article: &'static str,
    pub computed: &'static str,
    pub recorded: &'static str,
    pub agreement: &'static str,
    /// How many findings are of a kind.
    pub count: fn(number: usize, label: &str) -> String,
    pub problem: &'static str,
    pub first_term: &'static str,
}

/// `check`
pub struct Check {
    /// `early` alerts were raised before their day and will be raised again.
    pub set_back: fn(today: &str, early: u64) -> String,
    pub failed: fn(treaty: &str, error: &str) -> String,
    /// Behind the last sentence.
    pub nothing_kept: &'static str,
    /// The last check was of a later day than today.
    pub ahead: fn(since: &str, today: &str, raised: usize) -> String,
    pub checked: fn(since: &str, today: &str, raised: usize) -> String,
    /// The first check.
    pub watching: fn(today: &str) -> String,
}

/// `catalogue bundle`
pub struct Catalogue {
    pub bundle: fn(file: &str, version: u32, treaties: usize) -> String,
}

/// Messages to endpoints.
pub struct Message {
    pub instrument: &'static str,
    pub date: &'static str,
    pub about: &'static str,
    pub reading: &'static str,
    /// The text of a link.
    pub source: &'static str,
    /// How far a threshold is met.
    pub progress: fn(reached: usize, needed: usize) -> String,
    /// How much of a text does not fit.
    pub more_characters: fn(count: usize) -> String,
    /// How many lines of a list do not fit; and so the next ones.
    pub more_changes: fn(count: usize) -> String,
    pub more_states: fn(count: usize) -> String,
    pub more_alerts: fn(count: usize) -> String,
    pub more_lines: fn(count: usize) -> String,
}

/// Joins the items of a list.
pub fn join(items: &[String], lang: Lang) -> String {
    items.join(phrases(lang).marks.between_items)
}

/// Stands between a label and its text.
pub fn colon(lang: Lang) -> &'static str {
    phrases(lang).marks.colon
}

/// Stands between two parts of a sentence.
pub fn comma(lang: Lang) -> &'static str {
    phrases(lang).marks.comma
}

/// Stands between two parts of a sentence that have commas themselves.
pub fn semicolon(lang: Lang) -> &'static str {
    phrases(lang).marks.semicolon
}

/// A remark in brackets behind a text.
pub fn bracketed(text: &str, remark: &str, lang: Lang) -> String {
    (phrases(lang).marks.bracketed)(text, remark)
}

/// A text that exists in English alone: the fallback shows.
pub fn english(text: &str, lang: Lang) -> String {
    (phrases(lang).marks.english)(text)
}

/// A day in running text. Some day between two months stays in figures: it fits behind no preposition.
pub fn in_text(day: impl Into<PartialDay>, lang: Lang) -> String {
    let day = day.into();
    if day.months().is_some() { day.to_string() } else { (phrases(lang).days.in_text)(day) }
}

/// "Since" a day.
pub fn since(day: impl Into<PartialDay>, lang: Lang) -> String {
    (phrases(lang).days.since)(&in_text(day, lang))
}

/// "Until" a day, on which it is no longer so.
pub fn until(day: impl Into<PartialDay>, lang: Lang) -> String {
    (phrases(lang).days.until)(&in_text(day, lang))
}

/// "Up to and including" a day.
pub fn up_to(day: impl Into<PartialDay>, lang: Lang) -> String {
    (phrases(lang).days.up_to)(&in_text(day, lang))
}

/// When a notice was given, and when it takes effect.
pub fn running(given: PartialDay, to: Option<PartialDay>, lang: Lang) -> String {
    let days = &phrases(lang).days;
    let given = in_text(given, lang);
    to.map_or_else(|| (days.given)(&given), |to| (days.running)(&given, &in_text(to, lang)))
}

/// A reading, by its name.
pub fn reading_name(reading: &ReadingId, lang: Lang) -> String {
    (phrases(lang).facts.reading)(reading.as_str())
}

/// The kind of an alert, and whether it is late or a test.
pub fn alert_kind(kind: AlertKind, late: bool, test: bool, lang: Lang) -> String {
    let words = &phrases(lang).alerts;
    let remarks = [late.then_some(words.late), test.then_some(words.test)];
    remarks
        .into_iter()
        .flatten()
        .fold(kind.label(lang).to_owned(), |kind, remark| bracketed(&kind, remark, lang))
}
