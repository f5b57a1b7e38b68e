//! Alerts in English.

use crate::domain::act::{Act, ActKind};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar;
use crate::domain::id::{DateId, StateId};
use crate::domain::lang::Lang;
use crate::domain::project::DueDate;
use crate::domain::status::{OverlayKind, Reason, Rule, Standing, StateStatus};
use crate::domain::treaty::{DateKind, Reading, Treaty};

use super::part::{Beside, Dated, Doubt, Part, Scene, Tense, Turn, When};
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
    let Scene { treaty, names, .. } = scene;
    match part {
        Part::Act(done) => act(scene, done),
        Part::Corrected(done, old) => {
            let old = old.map(|old| format!(" (previously recorded: {})", deed(names, old)));
            format!("the record was corrected: {}{}", act(scene, done), old.unwrap_or_default())
        }
        Part::TakenBack(done) => format!("the record of this act was retracted: {}", act(scene, done)),
        Part::Backfill(acts) => {
            format!(
                "{acts} acts under {} from before monitoring began were added to the record",
                title(treaty)
            )
        }
        Part::Missed { alerts, since, today } => format!(
            "{alerts} alerts about {} are late: no check ran from {} to {}",
            title(treaty),
            day(*since),
            day(*today)
        ),
        Part::Corrections(acts) => {
            format!("the records of {acts} acts under {} were corrected", title(treaty))
        }
        Part::Redefined => format!("the recorded clauses of {} were corrected", title(treaty)),
        Part::Stale(on) => format!(
            "the facts of {} were last confirmed on {}; update the data set or check with the depositary",
            title(treaty),
            day(*on)
        ),
        Part::Undone => format!("an earlier alert about {} no longer holds", title(treaty)),
        Part::Date(date) => dated(scene, date),
        Part::Turn { turn, on, reason } => {
            format!("{} {}{}", turned(scene, *turn), when(*on), because(reason, names))
        }
        Part::Progress { from, to, needed } => {
            let have = if *to == 1 { "has" } else { "have" };
            format!("{to} of the {needed} required States {have} now ratified (previously {from})")
        }
        Part::Moved { date, from, to } => {
            let Event { subject, coming, .. } = event_of(scene, date);
            let now = if coming.starts_with("is ") { "" } else { "now " };
            format!("{subject} {now}{coming} {} (previously {})", on(*to), on(*from))
        }
        Part::DueAgain { date, on: day } => {
            let Event { subject, coming, .. } = event_of(scene, date);
            format!("{subject} again {coming} {}", on(*day))
        }
        Part::Cancelled { date, on: day } => {
            let Event { subject, no_longer, .. } = event_of(scene, date);
            format!("{subject} {no_longer} {}", on(*day))
        }
        Part::Status { state, from, to, on: day } => {
            let whose = state.map_or_else(|| title(treaty), |state| name(names, state));
            let to = to.label(Lang::En);
            match from {
                Some(from) => {
                    let from = from.label(Lang::En);
                    format!("the status of {whose} changed from {from} to {to} {}", on(*day))
                }
                None => format!("the status of {whose} is {to} from {}", grammar::day(*day, Lang::En)),
            }
        }
        Part::MoreChanges(1) => "and 1 more change".to_owned(),
        Part::MoreChanges(more) => format!("and {more} more changes"),
        Part::OfStates(1) => "the status of 1 State changed".to_owned(),
        Part::OfStates(changes) => format!("the status of {changes} States changed"),
        Part::TakesEffect(due) => {
            let article = due.reason.article.as_deref().map(|text| format!(" ({})", article(text)));
            let what = match due.kind {
                DateKind::EntryIntoForce => "the treaty enters into force",
                DateKind::WithdrawalEffect => "the withdrawal takes effect",
                DateKind::StateEntryIntoForce
                | DateKind::Expiry
                | DateKind::LastNoticeDay
                | DateKind::Renewal
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
        Part::Disputed { by, also: true } => format!("the act is also disputed by {}", list(names, by)),
        Part::ReadingsDiffer => {
            let told = contending(treaty).into_iter().map(|(reading, by)| match by {
                [] => format!("`{reading}`"),
                by => format!("`{reading}` is asserted by {}", list(names, by)),
            });
            let told = told.collect::<Vec<_>>().join(", ");
            format!("positions differ, and no depositary has recorded either: {told}")
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

pub(super) fn day(on: PartialDay) -> String {
    grammar::day(on, Lang::En)
}

/// When something is or was: `on 5 February 2026`, `in February 2026`.
pub(super) fn on(on: PartialDay) -> String {
    if let Some((first, last)) = on.months() {
        return format!("between {} and {}", day(first), day(last));
    }
    let preposition = if on.precision() == Precision::Day { "on" } else { "in" };
    format!("{preposition} {}", day(on))
}

pub(super) fn when(when: When) -> String {
    format!("{}{}", on(when.on), if when.at_the_earliest { " at the earliest" } else { "" })
}

/// An act with its day, behind a date that rests on it: `ratification by Hungary of 5 March 1970`.
fn deed(names: Names<'_>, act: &Act) -> String {
    let by = list(names, actors(act));
    let by = if by.is_empty() { by } else { format!(" by {by}") };
    format!("{}{by} of {}", act.kind.label(Lang::En), day(act.on))
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
            format!("{who} gave notice {when} of the end of its provisional application of {title}")
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
        ActKind::EntryIntoForce => format!("{title} entered into force {when}, as its source records"),
        ActKind::Declaration => format!("{who} made a declaration under {title} {when}"),
        ActKind::Reservation => format!("{who} made a reservation to {title} {when}"),
        ActKind::WithdrawalOfReservation => format!("{who} withdrew a reservation to {title} {when}"),
        ActKind::ModificationOfReservation => format!("{who} modified a reservation to {title} {when}"),
        ActKind::Objection => format!("{who} raised an objection under {title} {when}"),
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
        ActKind::EndOfStatehood => format!("{who}, a party to {title}, ceased to exist {when}"),
        ActKind::Supersession => format!("{title} was superseded {when}"),
        ActKind::Termination => format!("{title} was terminated {when}"),
    }
}

/// A dated event with its day and why it is on that day.
fn dated(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let Event { subject, coming, come, no_longer } = event(scene, dated.due);
    let beside = match dated.beside {
        Beside::Nothing => String::new(),
        Beside::DaysLeft(left) => format!(", in {}", grammar::days(left, Lang::En)),
        Beside::DaysToBeginning(left) => format!(", which begins in {}", grammar::days(left, Lang::En)),
        Beside::KnownBetter => ", as is known now".to_owned(),
        Beside::NoLonger(before) => format!(", no longer {}", on(before)),
    };
    let verb = match dated.tense {
        Tense::Coming | Tense::Today => coming,
        Tense::Come => come,
        Tense::Cancelled => no_longer,
    };
    let why = dated.reason.map(|reason| because(reason, scene.names)).unwrap_or_default();
    format!("{subject} {verb} {}{beside}{why}", when(dated.on))
}

/// A dated event as a subject and the verb to which its day is added.
struct Event {
    subject: String,
    coming: String,
    come: String,
    no_longer: String,
}

impl Event {
    fn of(subject: String, [coming, come, no_longer]: [&str; 3]) -> Self {
        let owned = str::to_owned;
        Self { subject, coming: owned(coming), come: owned(come), no_longer: owned(no_longer) }
    }
}

const EXPIRES: [&str; 3] = ["expires", "expired", "no longer expires"];
const RENEWS: [&str; 3] = ["renews itself", "renewed itself", "no longer renews itself"];
const TAKES_EFFECT: [&str; 3] = ["takes effect", "took effect", "no longer takes effect"];
const FALLS: [&str; 3] = ["falls", "fell", "no longer falls"];
const IS: [&str; 3] = ["is", "was", "is no longer"];
const IS_DUE: [&str; 3] = ["is due", "was due", "is no longer due"];
const ENDS: [&str; 3] = ["ends", "ended", "no longer ends"];
const CEASES: [&str; 3] = ["ceases to exist", "ceased to exist", "no longer ceases to exist"];
const ENTERS: [&str; 3] = ["enters into force", "entered into force", "no longer enters into force"];

/// An event with the treaty and the state that it concerns.
fn event(scene: Scene<'_>, date: &DueDate) -> Event {
    let title = title(scene.treaty);
    let who = date.state.map(|state| name(scene.names, state)).unwrap_or_default();
    match date.kind {
        DateKind::EntryIntoForce => Event::of(title, ENTERS),
        DateKind::StateEntryIntoForce => {
            let enters = ENTERS.map(|verb| format!("{verb} for {who}"));
            Event::of(title, enters.each_ref().map(String::as_str))
        }
        DateKind::Expiry => Event::of(title, EXPIRES),
        DateKind::LastNoticeDay => {
            Event::of(format!("the last day to give notice against the renewal of {title}"), IS)
        }
        DateKind::Renewal => Event::of(title, RENEWS),
        DateKind::WithdrawalEffect => {
            Event::of(format!("the withdrawal of {who} from {title}"), TAKES_EFFECT)
        }
        DateKind::Effect => {
            let act = date.reason.ground.as_ref().map(|ground| ground.kind);
            if act == Some(ActKind::EndOfStatehood) && !who.is_empty() {
                return Event::of(format!("{who}, a party to {title},"), CEASES);
            }
            let act = act.map_or("act", |kind| kind.label(Lang::En));
            let whose = if who.is_empty() { String::new() } else { format!(" by {who}") };
            Event::of(format!("the {act} of {title}{whose}"), TAKES_EFFECT)
        }
        DateKind::Reinstatement => {
            let apply = ["are to apply again", "were to apply again", "are no longer to apply again"];
            let apply = apply.map(|verb| format!("{verb} under {title}"));
            Event::of("earlier measures".to_owned(), apply.each_ref().map(String::as_str))
        }
        DateKind::Deadline => {
            let whom = if who.is_empty() { String::new() } else { format!(" for {who}") };
            Event::of(format!("the deadline \"{}\" of {title}{whom}", deadline_of(date)), FALLS)
        }
        DateKind::Conference => Event::of(format!("a conference of {title}"), IS_DUE),
        DateKind::Meeting => Event::of(format!("a meeting of {title}"), IS_DUE),
        DateKind::EndOfMandate => Event::of(format!("the mandate under {title}"), ENDS),
        DateKind::OfferEnds => Event::of(format!("an offer concerning {title}"), ENDS),
        DateKind::Watch => Event::of(format!("a day to watch for {title}"), FALLS),
    }
}

/// An event behind the act that moves it.
fn event_of(scene: Scene<'_>, date: &DateId) -> Event {
    let name = name_of(date);
    let Ok(kind) = name.parse::<DateKind>() else {
        return Event::of(format!("the date \"{}\"", spaced(name)), FALLS);
    };
    let the = |subject: &str| subject.to_owned();
    match kind {
        DateKind::EntryIntoForce => Event::of(title(scene.treaty), ENTERS),
        DateKind::StateEntryIntoForce => {
            let enters = ENTERS.map(|verb| format!("{verb} for the State"));
            Event::of(title(scene.treaty), enters.each_ref().map(String::as_str))
        }
        DateKind::Expiry => Event::of(title(scene.treaty), EXPIRES),
        DateKind::LastNoticeDay => Event::of(the("the last day to give notice against renewal"), IS),
        DateKind::Renewal => Event::of(title(scene.treaty), RENEWS),
        DateKind::WithdrawalEffect => Event::of(the("the withdrawal"), TAKES_EFFECT),
        DateKind::Effect => Event::of(the("the act"), TAKES_EFFECT),
        DateKind::Reinstatement => {
            let apply = ["are to apply again", "were to apply again", "are no longer to apply again"];
            Event::of(the("earlier measures"), apply)
        }
        DateKind::Deadline => Event::of(the("the deadline"), FALLS),
        DateKind::Conference => Event::of(the("the conference"), IS_DUE),
        DateKind::Meeting => Event::of(the("the meeting"), IS_DUE),
        DateKind::EndOfMandate => Event::of(the("the mandate"), ENDS),
        DateKind::OfferEnds => Event::of(the("the offer"), ENDS),
        DateKind::Watch => Event::of(the("the day to watch"), FALLS),
    }
}

fn turned(scene: Scene<'_>, turn: Turn) -> String {
    let title = title(scene.treaty);
    let who = |state: StateId| name(scene.names, state);
    let by = |state: Option<StateId>| state.map(|state| format!(" by {}", who(state))).unwrap_or_default();
    let label = |standing: Standing| standing.label(Lang::En);
    match turn {
        Turn::Treaty { from: Some(from), to: Some(to) } => {
            format!("the status of {title} changed from {} to {}", label(from), label(to))
        }
        Turn::Treaty { from: None, to: Some(to) } => format!("the status of {title} became {}", label(to)),
        Turn::Treaty { to: None, .. } => format!("{title} ceased to have a status"),
        Turn::Became(state, to) => became(&who(state), to, &title),
        Turn::Left(state) => format!("{} ceased to have a status in {title}", who(state)),
        Turn::Began(kind, state) => format!("{} began", overlay(kind, &title, &by(state))),
        Turn::Over(kind, state) => format!("{} ended", overlay(kind, &title, &by(state))),
    }
}

/// What a state became, by the calendar alone.
fn became(who: &str, to: Standing, title: &str) -> String {
    let label = to.label(Lang::En);
    match to {
        Standing::State(status) => match status {
            StateStatus::Signatory => format!("{who} became a signatory of {title}"),
            StateStatus::Contracting => format!("{who} became a contracting State of {title}"),
            StateStatus::Party => format!("{who} became a party to {title}"),
            StateStatus::Withdrawn => format!("the withdrawal of {who} from {title} took effect"),
            StateStatus::FormerParty => format!("{who} ceased to be a party to {title}"),
            StateStatus::NonParty => {
                format!("{who} ceased to be a signatory or contracting State of {title}")
            }
            StateStatus::Participating => format!("{who} began to participate in {title}"),
            StateStatus::Ceased => format!("{who} ceased to participate in {title}"),
            StateStatus::Contested => format!("the status of {who} in {title} became {label}"),
        },
        Standing::Treaty(_) | Standing::Overlay(_) => {
            format!("the status of {who} in {title} became {label}")
        }
    }
}

fn overlay(kind: OverlayKind, title: &str, by: &str) -> String {
    match kind {
        OverlayKind::Notice => format!("the period of the notice of withdrawal from {title}{by}"),
        OverlayKind::Suspension => format!("the suspension of {title}{by}"),
        OverlayKind::ProvisionalApplication => format!("the provisional application of {title}{by}"),
        OverlayKind::Reinstatement => format!("the reinstatement of earlier measures under {title}{by}"),
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
        format!("{}{who} of {}", ground.kind.label(Lang::En), day(ground.on))
    });
    let article = reason.article.as_ref().map(|text| article(text));
    let rule = (reason.rule == Rule::SuccessionUndated).then(|| "date of effect unknown".to_owned());
    let why = [act, article, rule].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if why.is_empty() { why } else { format!(" ({why})") }
}

/// An article with the word for it, unless it says itself what it is.
fn article(article: &str) -> String {
    let numbered = article.starts_with(|first: char| "IVXLC0123456789".contains(first));
    if numbered { format!("article {article}") } else { article.to_owned() }
}
