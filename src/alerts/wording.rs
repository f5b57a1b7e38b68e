//! Alerts in words.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::domain::act::{Act, ActKind};
use crate::domain::alert::{AlertKind, Change};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::id::{DateId, StateId};
use crate::domain::project::DueDate;
use crate::domain::state::State;
use crate::domain::status::{OverlayKind, ReadingId, Reason, Rule, StateStatus, TreatyStatus};
use crate::domain::treaty::{Certainty, DateKind, Treaty};
use crate::domain::watch::Fresh;

use super::transitions::{Subject, Transition};

/// The names of states, for sentences.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a>(pub &'a BTreeMap<StateId, State>);

/// Beginnings of English names of states that take the article inside a sentence.
const WITH_ARTICLE: &[&str] = &[
    "Bahamas",
    "Central African",
    "Comoros",
    "Congo",
    "Cook Islands",
    "Democratic",
    "Dominican",
    "European Union",
    "Gambia",
    "German Democratic",
    "Holy See",
    "Lao People",
    "Maldives",
    "Marshall Islands",
    "Netherlands",
    "Niger",
    "Philippines",
    "Republic of",
    "Russian Federation",
    "Socialist",
    "Solomon Islands",
    "State of",
    "Sudan",
    "Syrian Arab",
    "Union of",
    "United",
];

impl Names<'_> {
    /// The English name as it stands inside a sentence, or the code of a state that the
    /// catalogue does not list.
    pub fn of(self, id: StateId) -> String {
        let Some(state) = self.0.get(&id) else { return id.to_string() };
        let name = &state.name.en;
        // "Niger" takes the article, "Nigeria" does not: a beginning ends where a word does.
        let begins = |start: &&str| {
            name.strip_prefix(*start)
                .is_some_and(|rest| !rest.starts_with(char::is_alphabetic) || rest.starts_with("'s"))
        };
        if WITH_ARTICLE.iter().any(begins) { format!("the {name}") } else { name.clone() }
    }

    fn list(self, ids: &[StateId]) -> String {
        match ids {
            [] => String::new(),
            [one] => self.of(*one),
            [first @ .., last] => {
                let names: Vec<String> = first.iter().map(|id| self.of(*id)).collect();
                format!("{} and {}", names.join(", "), self.of(*last))
            }
        }
    }
}

/// The short title as it stands inside a sentence: the INF Treaty, the CTBT, New START.
fn title(treaty: &Treaty) -> String {
    let title = &treaty.short_title.en;
    let named = [
        "Treaty",
        "Convention",
        "Protocol",
        "Document",
        "statement",
        "Group",
        "Plan",
        "protocol",
        "Agreement",
        "Accord",
        "Charter",
        "Pact",
    ];
    let acronym = title.chars().all(|letter| letter.is_ascii_uppercase());
    let takes = acronym || named.iter().any(|word| title.split(' ').any(|part| part == *word));
    if takes { format!("the {title}") } else { title.clone() }
}

/// A day as a sentence has it: `5 February 2026`.
pub(super) fn day(on: NaiveDate) -> String {
    format!("{} {} {}", on.day(), on.format("%B"), on.year())
}

/// A day, or as much as is known of it: `5 February 2026`, `February 2026`, `2026`.
fn partial(on: PartialDay) -> String {
    let first = on.first_day();
    match on.precision() {
        Precision::Day => day(first),
        Precision::Month => format!("{} {}", first.format("%B"), first.year()),
        Precision::Year => first.year().to_string(),
    }
}

/// When something is or was: `on 5 February 2026`, `in February 2026`.
fn when(on: PartialDay) -> String {
    let preposition = if on.precision() == Precision::Day { "on" } else { "in" };
    format!("{preposition} {}", partial(on))
}

/// When a dated event is: what is counted from a month falls in the month of its earliest day, or in
/// the next one.
fn when_due(due: &DueDate) -> String {
    let computed = matches!(due.certainty, Certainty::Computed | Certainty::Contested);
    at_the_earliest(due.on, computed && due.on.precision() != Precision::Day)
}

fn at_the_earliest(on: PartialDay, may_be_later: bool) -> String {
    format!("{}{}", when(on), if may_be_later { " at the earliest" } else { "" })
}

/// A sentence names at most so many changes; the alert lists all.
const CHANGES_MAX: usize = 5;

/// What an act was: `Tonga ratified the CTBT on 7 July 2026`.
pub(super) fn act(act: &Act, treaty: &Treaty, names: Names<'_>) -> String {
    let title = title(treaty);
    let when = when(act.on);
    let who = act.state.map_or_else(|| names.list(&act.jointly), |state| names.of(state));
    let suspended = |what: &str| {
        if who.is_empty() {
            format!("{title} was {what} by its parties {when}")
        } else {
            format!("{who} {what} {title} {when}")
        }
    };
    match act.kind {
        ActKind::Proposal => format!("{title} was proposed {when}"),
        ActKind::Adoption => format!("{title} was adopted {when}"),
        ActKind::Endorsement => format!("{title} was endorsed {when}"),
        ActKind::OpeningForSignature => format!("{title} was opened for signature {when}"),
        ActKind::Signature => format!("{who} signed {title} {when}"),
        ActKind::ProvisionalApplication => format!("{who} began to apply {title} provisionally {when}"),
        ActKind::DefinitiveSignature => format!("{who} signed {title} definitively {when}"),
        ActKind::Ratification => format!("{who} ratified {title} {when}"),
        ActKind::Acceptance => format!("{who} accepted {title} {when}"),
        ActKind::Approval => format!("{who} approved {title} {when}"),
        ActKind::Accession => format!("{who} acceded to {title} {when}"),
        ActKind::Succession => format!("{who} succeeded to {title} {when}"),
        ActKind::FormalConfirmation => format!("{who} formally confirmed {title} {when}"),
        ActKind::ConsentToBeBound => format!("{who} consented to be bound by {title} {when}"),
        ActKind::ExchangeOfInstruments => format!("the instruments of {title} were exchanged {when}"),
        ActKind::EntryIntoForce => format!("the entry into force of {title} was recorded {when}"),
        ActKind::Declaration => format!("{who} made a declaration under {title} {when}"),
        ActKind::Reservation => format!("{who} made a reservation to {title} {when}"),
        ActKind::Objection => format!("{who} objected under {title} {when}"),
        ActKind::Amendment => format!("{title} was amended {when}"),
        ActKind::Extension => format!("{title} was extended {when}"),
        ActKind::IndefiniteExtension => format!("{title} was extended indefinitely {when}"),
        ActKind::Conference => format!("a conference of {title} opened {when}"),
        ActKind::Suspension => suspended("suspended"),
        ActKind::Resumption => suspended("resumed"),
        ActKind::NoticeOfWithdrawal => format!("{who} gave notice of withdrawal from {title} {when}"),
        ActKind::SuspensionOfNotice => {
            format!("{who} suspended its notice of withdrawal from {title} {when}")
        }
        ActKind::RevocationOfNotice => format!("{who} revoked its notice under {title} {when}"),
        ActKind::Withdrawal => format!("{who} withdrew from {title} {when}"),
        ActKind::RevocationOfRatification => {
            format!("{who} revoked its ratification of {title} {when}, which is not a withdrawal")
        }
        ActKind::NoticeOfReinstatement => {
            format!("{who} gave notice under {title} {when} that earlier measures are to apply again")
        }
        ActKind::EndOfStatehood => format!("{who} ceased to exist {when}, a party to {title}"),
        ActKind::Supersession => format!("{title} was superseded {when}"),
        ActKind::Termination => format!("{title} was terminated {when}"),
    }
}

/// What a dated event is, as the beginning of a sentence without its day.
pub(super) fn date(date: &DueDate, treaty: &Treaty, names: Names<'_>, past: bool) -> String {
    let title = title(treaty);
    let who = date.state.map(|state| names.of(state)).unwrap_or_default();
    let last = date.id.as_str().rsplit('/').next().unwrap_or_default().replace('-', " ");
    let either = |coming: String, come: String| if past { come } else { coming };
    match date.kind {
        DateKind::EntryIntoForce => {
            either(format!("{title} enters into force"), format!("{title} entered into force"))
        }
        DateKind::StateEntryIntoForce => either(
            format!("{title} enters into force for {who}"),
            format!("{title} entered into force for {who}"),
        ),
        DateKind::Expiry => either(format!("{title} expires"), format!("{title} expired")),
        DateKind::LastNoticeDay => either(
            format!("the last day to give notice against the renewal of {title} is"),
            format!("the last day to give notice against the renewal of {title} was"),
        ),
        DateKind::Renewal => either(format!("{title} renews itself"), format!("{title} renewed itself")),
        DateKind::WithdrawalEffect => either(
            format!("the withdrawal of {who} from {title} takes effect"),
            format!("the withdrawal of {who} from {title} took effect"),
        ),
        DateKind::Effect => {
            let act = date.reason.ground.as_ref().map(|ground| ground.kind.as_str().replace('_', " "));
            let act = act.unwrap_or_else(|| "an act".to_owned());
            let whose = if who.is_empty() { String::new() } else { format!(" by {who}") };
            let (takes, took) = ("takes effect", "took effect");
            format!("the {act} of {title}{whose} {}", if past { took } else { takes })
        }
        DateKind::Reinstatement => either(
            format!("earlier measures are to apply again under {title}"),
            format!("earlier measures were to apply again under {title}"),
        ),
        DateKind::Deadline => {
            let whom = if who.is_empty() { String::new() } else { format!(" for {who}") };
            let deadline = format!("the deadline \"{last}\" of {title}{whom}");
            either(format!("{deadline} falls"), format!("{deadline} fell"))
        }
        DateKind::Conference => {
            either(format!("a conference of {title} is due"), format!("a conference of {title} was due"))
        }
        DateKind::Meeting => {
            either(format!("a meeting of {title} is due"), format!("a meeting of {title} was due"))
        }
        DateKind::EndOfMandate => {
            either(format!("the mandate under {title} ends"), format!("the mandate under {title} ended"))
        }
        DateKind::OfferEnds => {
            either(format!("an offer about {title} runs out"), format!("an offer about {title} ran out"))
        }
        DateKind::Watch => {
            either(format!("a day to watch for {title} falls"), format!("a day to watch for {title} fell"))
        }
    }
}

/// What an act or a correction changes, in the default reading, each in a few words.
fn changes_told(changes: &[Change], names: Names<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    let contested = StateStatus::Contested.as_str();
    let is_contested = |change: &Change| change.to.as_deref() == Some(contested);
    let all_contested = changes.iter().any(|change| change.state.is_none() && is_contested(change));
    for change in changes {
        // Where it is contested whether there is a treaty, so it is what its parties are.
        if all_contested && change.state.is_some() && is_contested(change) {
            continue;
        }
        let from = change.from.as_deref().unwrap_or_default();
        let day_name = change.date.as_ref().map(name_of_date).unwrap_or_default();
        match (change.kind, &change.to) {
            (AlertKind::ThresholdProgress, Some(to)) => {
                parts.push(format!("the condition of entry into force goes from {from} to {to}"));
            }
            (AlertKind::DateMoved, Some(to)) if from.is_empty() => {
                parts.push(format!("{day_name} is due on {to} again"));
            }
            (AlertKind::DateMoved, Some(to)) => parts.push(format!("{day_name} moves from {from} to {to}")),
            (AlertKind::DateCancelled, _) => parts.push(format!("{day_name}, due on {from}, will not come")),
            (AlertKind::StatusChanged, Some(to))
                if change.reading.is_default() && !goes_without_saying(from, to) =>
            {
                parts.push(status_told(change, to, names));
            }
            _ => {}
        }
    }
    if let Some(more) = parts.len().checked_sub(CHANGES_MAX).filter(|more| *more > 0) {
        parts.truncate(CHANGES_MAX);
        parts.push(format!("and {more} more changes"));
    }
    parts
}

/// What a date is called beside its treaty: `the expiry`, `the withdrawal effect`.
fn name_of_date(date: &DateId) -> String {
    let is_state = |part: &&str| part.parse::<StateId>().is_ok();
    let name = date.as_str().split('/').skip(1).find(|part| !is_state(part)).unwrap_or_default();
    format!("the {}", name.replace(['_', '-'], " "))
}

/// An act that is no longer in the record, with what that changes.
pub(super) fn act_taken_back(taken: &Act, changes: &[Change], treaty: &Treaty, names: Names<'_>) -> String {
    let mut parts = vec![format!("this act is no longer in the record: {}", act(taken, treaty, names))];
    parts.extend(changes_told(changes, names));
    sentence(&parts.join("; "))
}

/// An act with everything that it changes.
pub(super) fn act_told(
    fresh: &Fresh,
    changes: &[Change],
    sets: &[&DueDate],
    treaty: &Treaty,
    names: Names<'_>,
) -> String {
    let mut parts = vec![act(&fresh.act, treaty, names)];
    if let Some(old) = &fresh.supersedes {
        parts[0] = format!("the record was corrected: {} (recorded before as {old})", parts[0]);
    }
    parts.extend(changes_told(changes, names));
    let mut told: Vec<&DueDate> = Vec::new();
    for date in sets {
        // Readings that agree on a day are told together.
        if told.iter().any(|other| other.on == date.on) {
            continue;
        }
        told.push(date);
        let article = date.reason.article.as_deref().map(|article| format!(" ({})", article_of(article)));
        parts.push(format!("it takes effect {}{}", when_due(date), article.unwrap_or_default()));
        let alike = sets.iter().filter(|other| other.on == date.on);
        let certain: Vec<String> = alike.filter_map(|other| certainty(other, names, treaty)).collect();
        parts.extend((!certain.is_empty()).then(|| certain.join("; ")));
    }
    // A contested date has said who disputes the reading; not all need dispute the act.
    let readings = sets.iter().filter_map(|date| treaty.reading(&date.reading));
    let said: Vec<StateId> = readings.flat_map(|reading| reading.disputed_by.iter().copied()).collect();
    let disputers: Vec<StateId> =
        fresh.act.disputed_by.iter().copied().filter(|state| !said.contains(state)).collect();
    if !disputers.is_empty() {
        let also = if said.is_empty() { "disputed" } else { "the act is disputed also" };
        parts.push(format!("{also} by {}", names.list(&disputers)));
    }
    sentence(&parts.join("; "))
}

/// A signature makes a signatory, an adoption makes something adopted with its participants, a
/// notice or suspension lies over a status: the act has said so.
fn goes_without_saying(from: &str, to: &str) -> bool {
    let said = [
        StateStatus::Signatory.as_str(),
        StateStatus::Participating.as_str(),
        TreatyStatus::Adopted.as_str(),
        TreatyStatus::Draft.as_str(),
        TreatyStatus::Proposed.as_str(),
    ];
    to.parse::<OverlayKind>().is_ok() || from.is_empty() && said.contains(&to)
}

fn status_told(change: &Change, to: &str, names: Names<'_>) -> String {
    let who = change.state.map_or_else(|| "status".to_owned(), |state| names.of(state));
    let from = change.from.as_deref().map(|from| format!("{} -> ", from.replace('_', " ")));
    format!("{who}: {}{} from {}", from.unwrap_or_default(), to.replace('_', " "), partial(change.on))
}

/// Many acts from before the watch, with what they change for the treaty itself.
pub(super) fn backfill(acts: usize, changes: &[Change], treaty: &Treaty, names: Names<'_>) -> String {
    let title = title(treaty);
    let what = format!("{acts} acts of {title} from before the watch began were added to the record");
    of_treaty_first(what, changes, names)
}

/// Many corrected acts, likewise.
pub(super) fn corrections(acts: usize, changes: &[Change], treaty: &Treaty, names: Names<'_>) -> String {
    of_treaty_first(format!("the records of {acts} acts of {} were corrected", title(treaty)), changes, names)
}

/// Other clauses, readings or scheduled dates, and what comes of them.
pub(super) fn redefined(changes: &[Change], treaty: &Treaty, names: Names<'_>) -> String {
    of_treaty_first(
        format!("what is recorded of the rules of {} was corrected", title(treaty)),
        changes,
        names,
    )
}

/// What happened, what that changes for the treaty itself, and how much else it changes.
fn of_treaty_first(what: String, changes: &[Change], names: Names<'_>) -> String {
    let (of_treaty, of_states): (Vec<Change>, Vec<Change>) =
        changes.iter().cloned().partition(|change| change.state.is_none());
    let mut parts = vec![what];
    parts.extend(changes_told(&of_treaty, names));
    if !of_states.is_empty() {
        let (changes, states) =
            if of_states.len() == 1 { ("change", "a state") } else { ("changes", "states") };
        parts.push(format!("{} {changes} for {states}", of_states.len()));
    }
    sentence(&parts.join("; "))
}

/// What was told and is so no longer.
pub(super) fn undone(changes: &[Change], treaty: &Treaty, names: Names<'_>) -> String {
    let mut parts = vec![format!("what was told of {} is so no longer", title(treaty))];
    parts.extend(changes_told(changes, names));
    sentence(&parts.join("; "))
}

/// A change that comes by the calendar alone.
pub(super) fn change(head: &Transition, due: Option<&DueDate>, treaty: &Treaty, names: Names<'_>) -> String {
    let title = title(treaty);
    let words = |status: &Option<String>| status.as_deref().unwrap_or("nothing").replace('_', " ");
    let what = match (due, head.subject, &head.to) {
        (Some(due), ..) if due.reading == head.reading && due.state == head.subject.state() => {
            date(due, treaty, names, true)
        }
        (_, Subject::Treaty, _) => {
            format!("{title} changed from {} to {}", words(&head.from), words(&head.to))
        }
        (_, Subject::State(state), Some(_)) => {
            format!("{} became {} in {title}", names.of(state), words(&head.to))
        }
        (_, Subject::State(state), None) => format!("{} left {title}", names.of(state)),
        (_, Subject::Overlay(kind, state), to) => {
            let whose = state.map(|state| format!(" by {}", names.of(state))).unwrap_or_default();
            let verb = if to.is_some() { "began" } else { "is over" };
            format!("{title}: {}{whose} {verb}", kind.as_str().replace('_', " "))
        }
    };
    let precision = head.reason.precision();
    let may_be_later = precision != Precision::Day && head.reason.rule != Rule::Act;
    let on = at_the_earliest(PartialDay::from_earliest(head.on, precision), may_be_later);
    let mut text = format!("{what} {on} ({})", why(&head.reason, names));
    if head.reason.rule == Rule::ReadingsDiffer {
        text.push_str("; the readings differ, and no depositary records either: ");
        text.push_str(&readings_told(treaty, names));
    } else if !head.reading.is_default() {
        text.push_str("; ");
        text.push_str(&contested(&head.reading, names, treaty));
    }
    sentence(&text)
}

/// A day that has come.
pub(super) fn reached(due: &DueDate, late: bool, treaty: &Treaty, names: Names<'_>) -> String {
    dated(&format!("{} {}", date(due, treaty, names, late), when_due(due)), due, treaty, names)
}

/// A day to come.
pub(super) fn approaching(due: &DueDate, today: NaiveDate, treaty: &Treaty, names: Names<'_>) -> String {
    let on = due.on.first_day();
    let left = (on - today).num_days();
    let days = if left == 1 { "day" } else { "days" };
    let left = match due.on.precision() {
        Precision::Day => format!("in {left} {days}"),
        Precision::Month | Precision::Year => format!("which begins in {left} {days}"),
    };
    let text = format!("{} {}, {left}", date(due, treaty, names, false), when_due(due));
    dated(&text, due, treaty, names)
}

/// A date on another day, or on none.
pub(super) fn moved(due: &DueDate, now: Option<&DueDate>, treaty: &Treaty, names: Names<'_>) -> String {
    let what = date(due, treaty, names, false);
    match now {
        // The same month, known better.
        Some(now) if due.on.first_day() <= now.on.first_day() && now.on.last_day() <= due.on.last_day() => {
            dated(&format!("{what} {}, as is known now", when_due(now)), now, treaty, names)
        }
        Some(now) => {
            dated(&format!("{what} {}, no longer {}", when_due(now), when(due.on)), now, treaty, names)
        }
        None => sentence(&format!("{what} no longer {}: the date is cancelled", when(due.on))),
    }
}

fn dated(text: &str, due: &DueDate, treaty: &Treaty, names: Names<'_>) -> String {
    let why = why(&due.reason, names);
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    let certainty = certainty(due, names, treaty).map(|words| format!("; {words}")).unwrap_or_default();
    // What somebody has fixed or named has no clause to be explained by, but a note.
    let scheduled = treaty.scheduled.iter().find(|scheduled| scheduled.id == due.id);
    let note = scheduled.and_then(|scheduled| scheduled.note.as_deref());
    let told = sentence(&format!("{text}{why}{certainty}"));
    note.map_or(told.clone(), |note| format!("{told} {note}"))
}

/// How certain a date is, where that must be said.
pub(super) fn certainty(date: &DueDate, names: Names<'_>, treaty: &Treaty) -> Option<String> {
    match date.certainty {
        Certainty::Computed | Certainty::Scheduled => None,
        Certainty::Contested => Some(contested(&date.reading, names, treaty)),
        Certainty::Expected => Some("expected by practice".to_owned()),
        Certainty::Nominal => Some("a nominal date, without obligation".to_owned()),
    }
}

/// The readings between which the default one does not choose, with who asserts each.
fn readings_told(treaty: &Treaty, names: Names<'_>) -> String {
    let told = |id: &ReadingId| match treaty.reading(id) {
        Some(reading) if !reading.asserted_by.is_empty() => {
            format!("`{id}` is asserted by {}", names.list(&reading.asserted_by))
        }
        _ => format!("`{id}`"),
    };
    treaty.contested_between.iter().map(told).collect::<Vec<_>>().join(", ")
}

/// Whose reading something is, and who disputes it.
pub(super) fn contested(reading: &ReadingId, names: Names<'_>, treaty: &Treaty) -> String {
    let Some(reading) = treaty.reading(reading) else { return "contested".to_owned() };
    let by = |states: &[StateId], verb: &str| {
        if states.is_empty() { String::new() } else { format!(", {verb} by {}", names.list(states)) }
    };
    format!(
        "contested: reading `{}`{}{}",
        reading.id,
        by(&reading.asserted_by, "asserted"),
        by(&reading.disputed_by, "disputed")
    )
}

/// Why, in brackets: the act behind it and the article.
pub(super) fn why(reason: &Reason, names: Names<'_>) -> String {
    let act = reason.ground.as_ref().map(|ground| {
        let who = ground.state.map(|state| format!(" by {}", names.of(state))).unwrap_or_default();
        format!("{}{who} of {}", ground.kind.as_str().replace('_', " "), partial(ground.on))
    });
    let article = reason.article.as_ref().map(|article| article_of(article));
    let rule = match reason.rule {
        Rule::SuccessionUndated => Some("the day of effect is not known".to_owned()),
        _ => None,
    };
    [act, article, rule].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// An article with the word for it, unless it says itself what it is.
pub(super) fn article_of(article: &str) -> String {
    let numbered = article.starts_with(|first: char| "IVXLC0123456789".contains(first));
    if numbered { format!("article {article}") } else { article.to_owned() }
}

/// A first letter in upper case and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
