//! Alerts in English.

use crate::domain::act::{Act, ActKind};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar;
use crate::domain::id::StateId;
use crate::domain::project::DueDate;
use crate::domain::status::{Reason, Rule};
use crate::domain::treaty::{DateKind, Lang, Reading, Treaty};

use super::part::{Beside, Dated, Doubt, Part, Scene, Standing, Tense, Turn, When};
use super::{Names, actors, contending, deadline_of, name_of, spaced};

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

/// All parts as one sentence: a first letter in upper case and a full stop.
pub(super) fn sentence(scene: Scene<'_>, parts: &[Part<'_>]) -> String {
    let text = parts.iter().map(|one| part(scene, one)).collect::<Vec<_>>().join("; ");
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn part(scene: Scene<'_>, part: &Part<'_>) -> String {
    let Scene { treaty, names } = scene;
    match part {
        Part::Act(done) => act(scene, done),
        Part::Corrected(done, old) => {
            format!("the record was corrected: {} (recorded before as {old})", act(scene, done))
        }
        Part::TakenBack(done) => format!("this act is no longer in the record: {}", act(scene, done)),
        Part::Backfill(acts) => {
            format!("{acts} acts of {} from before the watch began were added to the record", title(treaty))
        }
        Part::Missed { alerts, since, today } => format!(
            "{alerts} alerts about {} are late, because nothing was checked from {} to {}",
            title(treaty),
            day(*since),
            day(*today)
        ),
        Part::Corrections(acts) => format!("the records of {acts} acts of {} were corrected", title(treaty)),
        Part::Redefined => format!("what is recorded of the rules of {} was corrected", title(treaty)),
        Part::Stale(on) => format!(
            "the facts of {} were last confirmed on {}: newer seeds, or a look at its depositary, would confirm them",
            title(treaty),
            day(*on)
        ),
        Part::Undone => format!("what was told of {} is so no longer", title(treaty)),
        Part::Date(date) => dated(scene, date),
        Part::Turn { turn, on, reason } => {
            format!("{} {}{}", turned(scene, *turn), when(*on), because(reason, names))
        }
        Part::Progress { from, to, needed } => {
            format!("the condition of entry into force goes from {from} of {needed} to {to} of {needed}")
        }
        Part::Moved { date, from, to } => {
            format!("the {} moves from {from} to {to}", spaced(name_of(date)))
        }
        Part::DueAgain { date, on } => format!("the {} is due on {on} again", spaced(name_of(date))),
        Part::Cancelled { date, on } => {
            format!("the {}, due on {on}, will not come", spaced(name_of(date)))
        }
        Part::Status { state, from, to, on } => {
            let who = state.map_or_else(|| "status".to_owned(), |state| name(names, state));
            let from = from.map(|from| format!("{} -> ", words(from))).unwrap_or_default();
            format!("{who}: {from}{} from {}", words(*to), day(*on))
        }
        Part::MoreChanges(more) => format!("and {more} more changes"),
        Part::OfStates(1) => "1 change for a state".to_owned(),
        Part::OfStates(changes) => format!("{changes} changes for states"),
        Part::TakesEffect(due) => {
            let article = due.reason.article.as_deref().map(|text| format!(" ({})", article(text)));
            let what = match due.kind {
                DateKind::EntryIntoForce => "the treaty enters into force",
                DateKind::StateEntryIntoForce
                | DateKind::Expiry
                | DateKind::LastNoticeDay
                | DateKind::Renewal
                | DateKind::WithdrawalEffect
                | DateKind::Effect
                | DateKind::Reinstatement
                | DateKind::Deadline
                | DateKind::Conference
                | DateKind::Meeting
                | DateKind::EndOfMandate
                | DateKind::OfferEnds
                | DateKind::Watch => "it takes effect",
            };
            format!("{what} {}{}", when(When::of(due)), article.unwrap_or_default())
        }
        Part::Doubt(Doubt::Contested(Some(reading))) => contested(reading, names),
        Part::Doubt(Doubt::Contested(None)) => "contested".to_owned(),
        Part::Doubt(Doubt::Expected) => "expected by practice".to_owned(),
        Part::Doubt(Doubt::Nominal) => "a nominal date, without obligation".to_owned(),
        Part::Disputed { by, also: false } => format!("disputed by {}", list(names, by)),
        Part::Disputed { by, also: true } => format!("the act is disputed also by {}", list(names, by)),
        Part::ReadingsDiffer => {
            let told = contending(treaty).into_iter().map(|(reading, by)| match by {
                [] => format!("`{reading}`"),
                by => format!("`{reading}` is asserted by {}", list(names, by)),
            });
            let told = told.collect::<Vec<_>>().join(", ");
            format!("the readings differ, and no depositary records either: {told}")
        }
    }
}

/// The name of a state as it stands inside a sentence.
fn name(names: Names<'_>, id: StateId) -> String {
    let name = names.in_lang(id, Lang::En);
    // "Niger" takes the article, "Nigeria" does not: a beginning ends where a word does.
    let begins = |start: &&str| {
        name.strip_prefix(*start)
            .is_some_and(|rest| !rest.starts_with(char::is_alphabetic) || rest.starts_with("'s"))
    };
    if WITH_ARTICLE.iter().any(begins) { format!("the {name}") } else { name }
}

fn list(names: Names<'_>, ids: &[StateId]) -> String {
    match ids {
        [] => String::new(),
        [one] => name(names, *one),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|id| name(names, *id)).collect();
            format!("{} and {}", first.join(", "), name(names, *last))
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

fn day(on: PartialDay) -> String {
    grammar::day(on, Lang::En)
}

/// When something is or was: `on 5 February 2026`, `in February 2026`.
fn on(on: PartialDay) -> String {
    if let Some((first, last)) = on.months() {
        return format!("between {} and {}", day(first), day(last));
    }
    let preposition = if on.precision() == Precision::Day { "on" } else { "in" };
    format!("{preposition} {}", day(on))
}

fn when(when: When) -> String {
    format!("{}{}", on(when.on), if when.at_the_earliest { " at the earliest" } else { "" })
}

fn words(standing: Standing) -> String {
    spaced(standing.as_str())
}

/// What an act was: `Tonga ratified the CTBT on 7 July 2026`.
fn act(scene: Scene<'_>, act: &Act) -> String {
    let title = title(scene.treaty);
    let when = on(act.on);
    let who = list(scene.names, actors(act));
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
        ActKind::EndOfProvisionalApplication => {
            format!("{who} gave notice {when} that it ends its provisional application of {title}")
        }
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
        ActKind::WithdrawalOfReservation => format!("{who} withdrew a reservation to {title} {when}"),
        ActKind::ModificationOfReservation => format!("{who} modified a reservation to {title} {when}"),
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

/// A dated event with its day and why it is on that day.
fn dated(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let what = date(scene, dated.due, dated.tense == Tense::Come);
    if dated.tense == Tense::Cancelled {
        return format!("{what} no longer {}: the date is cancelled", when(dated.on));
    }
    let beside = match dated.beside {
        Beside::Nothing => String::new(),
        Beside::DaysLeft(left) => format!(", in {}", grammar::days(left, Lang::En)),
        Beside::DaysToBeginning(left) => format!(", which begins in {}", grammar::days(left, Lang::En)),
        Beside::KnownBetter => ", as is known now".to_owned(),
        Beside::NoLonger(before) => format!(", no longer {}", on(before)),
    };
    let why = dated.reason.map(|reason| because(reason, scene.names)).unwrap_or_default();
    format!("{what} {}{beside}{why}", when(dated.on))
}

/// What a dated event is, as the beginning of a sentence without its day.
fn date(scene: Scene<'_>, date: &DueDate, past: bool) -> String {
    let title = title(scene.treaty);
    let who = date.state.map(|state| name(scene.names, state)).unwrap_or_default();
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
            let act = date.reason.ground.as_ref().map(|ground| spaced(ground.kind.as_str()));
            let act = act.unwrap_or_else(|| "an act".to_owned());
            let whose = if who.is_empty() { String::new() } else { format!(" by {who}") };
            format!("the {act} of {title}{whose} {}", if past { "took effect" } else { "takes effect" })
        }
        DateKind::Reinstatement => either(
            format!("earlier measures are to apply again under {title}"),
            format!("earlier measures were to apply again under {title}"),
        ),
        DateKind::Deadline => {
            let whom = if who.is_empty() { String::new() } else { format!(" for {who}") };
            let deadline = format!("the deadline \"{}\" of {title}{whom}", deadline_of(date));
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

fn turned(scene: Scene<'_>, turn: Turn) -> String {
    let title = title(scene.treaty);
    let who = |state: StateId| name(scene.names, state);
    let whose = |state: Option<StateId>| state.map(|state| format!(" by {}", who(state))).unwrap_or_default();
    let status = |standing: Option<Standing>| standing.map_or_else(|| "nothing".to_owned(), words);
    match turn {
        Turn::Treaty { from, to } => format!("{title} changed from {} to {}", status(from), status(to)),
        Turn::Became(state, to) => format!("{} became {} in {title}", who(state), words(to)),
        Turn::Left(state) => format!("{} left {title}", who(state)),
        Turn::Began(kind, state) => format!("{title}: {}{} began", spaced(kind.as_str()), whose(state)),
        Turn::Over(kind, state) => format!("{title}: {}{} is over", spaced(kind.as_str()), whose(state)),
    }
}

/// Whose reading something is, and who disputes it.
fn contested(reading: &Reading, names: Names<'_>) -> String {
    let by = |states: &[StateId], verb: &str| {
        if states.is_empty() { String::new() } else { format!(", {verb} by {}", list(names, states)) }
    };
    let (asserted, disputed) = (by(&reading.asserted_by, "asserted"), by(&reading.disputed_by, "disputed"));
    format!("contested: reading `{}`{asserted}{disputed}", reading.id)
}

/// Why, in brackets: the act behind it and the article.
fn because(reason: &Reason, names: Names<'_>) -> String {
    let act = reason.ground.as_ref().map(|ground| {
        let who = ground.state.map(|state| format!(" by {}", name(names, state))).unwrap_or_default();
        format!("{}{who} of {}", spaced(ground.kind.as_str()), day(ground.on))
    });
    let article = reason.article.as_ref().map(|text| article(text));
    let rule = (reason.rule == Rule::SuccessionUndated).then(|| "the day of effect is not known".to_owned());
    let why = [act, article, rule].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if why.is_empty() { why } else { format!(" ({why})") }
}

/// An article with the word for it, unless it says itself what it is.
fn article(article: &str) -> String {
    let numbered = article.starts_with(|first: char| "IVXLC0123456789".contains(first));
    if numbered { format!("article {article}") } else { article.to_owned() }
}
