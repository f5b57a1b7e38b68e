//! Alerts in English.

use crate::domain::act::{Act, ActKind};
use crate::domain::day::{PartialDay, Precision};
use crate::domain::grammar;
use crate::domain::id::{DateId, StateId};
use crate::domain::lang::{Lang, Words};
use crate::domain::project::DueDate;
use crate::domain::status::{Ground, OverlayKind, Reason, Rule, Standing, StateStatus};
use crate::domain::treaty::{DateKind, InstrumentKind, Reading, Treaty};
use crate::domain::words;

use super::part::{Beside, Dated, Doubt, Part, Scene, Tense, Turn, When};
use super::{
    Names, actors, contending, deadline_of, deadline_of_act, grounds, is_deadline, name_of, spaced,
    towards_of,
};

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
            let old = old
                .map(|old| format!(" (previously recorded: {})", deed(scene, old.kind, actors(old), old.on)));
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
            format!(
                "{} {}{}",
                turned(scene, *turn, reason),
                when(*on),
                because(scene, reason, reason.ground.as_ref())
            )
        }
        Part::Progress { from, to, needed } => {
            let have = if *to == 1 { "has" } else { "have" };
            format!("{to} of the {needed} required States {have} now ratified (previously {from})")
        }
        Part::Moved { date, from, to } => {
            let Event { subject, now, .. } = event_of(scene, date);
            format!("{subject} {now} {} (previously {})", on(*to), on(*from))
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
                DateKind::Deadline => "the deadline now falls",
                DateKind::StateEntryIntoForce
                | DateKind::Expiry
                | DateKind::LastNoticeDay
                | DateKind::Renewal
                | DateKind::Effect
                | DateKind::Reinstatement
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
        Part::Doubt(Doubt::Conditional) => words::condition(Lang::En).to_owned(),
        Part::Doubt(Doubt::Expected) => "expected from past practice".to_owned(),
        Part::Doubt(Doubt::Nominal) => "a nominal date, without obligation".to_owned(),
        Part::Doubt(Doubt::NoDecision) => "no later decision is on record".to_owned(),
        Part::Disputed { by, also: false } => format!("disputed by {}", list(names, by)),
        Part::Disputed { by, also: true } => format!("the act is also disputed by {}", list(names, by)),
        Part::ReadingsDiffer => {
            let told = contending(treaty).into_iter().enumerate().map(|(place, (reading, by))| {
                let one = if place == 0 { "one" } else { "another" };
                match by {
                    [] => format!("{one} is named \"{}\"", spaced(reading.as_str())),
                    by => format!("{one} is asserted by {}", list(names, by)),
                }
            });
            let told = told.collect::<Vec<_>>().join("; ");
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
    let is_described = matches!(treaty.kind, InstrumentKind::Draft | InstrumentKind::ExpertGroup);
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
    let takes =
        acronym || is_described || named.iter().any(|word| title.split(' ').any(|part| part == *word));
    match treaty.kind {
        _ if takes => format!("the {title}"),
        InstrumentKind::PoliticalCommitment => format!("the \"{title}\" commitment"),
        InstrumentKind::Treaty
        | InstrumentKind::Resolution
        | InstrumentKind::ExpertGroup
        | InstrumentKind::Draft
        | InstrumentKind::Statement => title.clone(),
    }
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

/// An act with its day, behind a date that rests on it: `ratification of 5 March 1970 by Hungary`.
fn deed(scene: Scene<'_>, kind: ActKind, by: &[StateId], done: PartialDay) -> String {
    let by = list(scene.names, by);
    let label = match (kind, scene.treaty.kind) {
        (ActKind::EndOfStatehood, _) if !by.is_empty() => {
            return format!("{by} ceased to exist {}", on(done));
        }
        (ActKind::ExchangeOfInstruments, _) => {
            return format!("exchange of instruments of ratification {}", on(done));
        }
        (ActKind::DeadlineExtension, _) => {
            return format!("{} of {} for {by}", kind.label(Lang::En), day(done));
        }
        (ActKind::Adoption, InstrumentKind::ExpertGroup) => "establishment",
        (ActKind::Adoption, InstrumentKind::Statement) => "issue",
        _ => kind.label(Lang::En),
    };
    let by = if by.is_empty() { by } else { format!(" by {by}") };
    format!("{label} of {}{by}", day(done))
}

/// What an act was: `Tonga ratified the CTBT on 7 July 2026`.
fn act(scene: Scene<'_>, act: &Act) -> String {
    let title = title(scene.treaty);
    let when = on(act.on);
    let who = list(scene.names, actors(act));
    let suspended = |what: &str| {
        if who.is_empty() {
            format!("the operation of {title} was {what} by its parties {when}")
        } else {
            format!("{who} {what} the operation of {title}{} {when}", towards(scene, &act.towards))
        }
    };
    match act.kind {
        ActKind::Proposal if scene.treaty.kind == InstrumentKind::Draft => {
            format!("{title} was introduced {when}")
        }
        ActKind::Proposal => format!("{title} was proposed {when}"),
        ActKind::Adoption => match scene.treaty.kind {
            InstrumentKind::Treaty | InstrumentKind::Resolution | InstrumentKind::PoliticalCommitment => {
                format!("{title} was adopted {when}")
            }
            InstrumentKind::Draft => format!("the text of {title} was adopted {when}"),
            InstrumentKind::ExpertGroup => format!("{title} was established {when}"),
            InstrumentKind::Statement => format!("{title} was issued {when}"),
        },
        ActKind::Endorsement => format!("{title} was endorsed {when}"),
        ActKind::OpeningForSignature => format!("{title} was opened for signature {when}"),
        ActKind::Signature => format!("{who} signed {title} {when}"),
        ActKind::IntentionNotToBecomeParty => {
            format!("{who} declared {when} that it does not intend to become a party to {title}")
        }
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
        ActKind::ExchangeOfInstruments => {
            format!("the instruments of ratification of {title} were exchanged {when}")
        }
        ActKind::EntryIntoForce => format!("{title} entered into force {when}, according to the source"),
        ActKind::Declaration => format!("{who} made a declaration under {title} {when}"),
        ActKind::Reservation => format!("{who} made a reservation to {title} {when}"),
        ActKind::WithdrawalOfReservation => format!("{who} withdrew a reservation to {title} {when}"),
        ActKind::ModificationOfReservation => format!("{who} modified a reservation to {title} {when}"),
        ActKind::Objection => {
            let effect = if act.precludes_entry_into_force {
                ", which keeps the treaty from entering into force between them"
            } else {
                ""
            };
            format!(
                "{who} raised an objection in respect of {title} {when}{}{effect}",
                towards(scene, &act.towards)
            )
        }
        ActKind::Amendment => format!("{title} was amended {when}"),
        ActKind::Extension => format!("{title} was extended {when}"),
        ActKind::IndefiniteExtension => format!("{title} was extended indefinitely {when}"),
        ActKind::Conference => format!("a conference under {title} opened {when}"),
        ActKind::Suspension => suspended("suspended"),
        ActKind::Resumption => suspended("resumed"),
        ActKind::NoticeOfWithdrawal => format!("{who} gave notice of withdrawal from {title} {when}"),
        ActKind::SuspensionOfNotice => {
            format!("{who} suspended its notice of withdrawal from {title} {when}")
        }
        ActKind::RevocationOfNotice if scene.treaty.is_treaty() => {
            format!("{who} revoked its notice of withdrawal from {title} {when}")
        }
        ActKind::RevocationOfNotice => format!("{who} revoked its notice under {title} {when}"),
        ActKind::Withdrawal => format!("{who} withdrew from {title} {when}"),
        ActKind::RevocationOfRatification => {
            format!("{who} revoked its ratification of {title} {when}, which is not a withdrawal")
        }
        ActKind::NoticeOfReinstatement => {
            format!("{who} gave notice under {title} {when} that earlier measures are to apply again")
        }
        ActKind::DeadlineExtension => {
            format!("the deadline {} for {who} was extended {when}", deadline_label(scene, act))
        }
        ActKind::DeadlineMet => {
            format!("{who} declared {when} that it has met the deadline {}", deadline_label(scene, act))
        }
        ActKind::EndOfStatehood => format!("{who}, a party to {title}, ceased to exist {when}"),
        ActKind::Supersession => format!("{title} was superseded {when}"),
        ActKind::Termination => match scene.treaty.kind {
            InstrumentKind::ExpertGroup => format!("{title} concluded its work {when}"),
            InstrumentKind::Treaty
            | InstrumentKind::Draft
            | InstrumentKind::Resolution
            | InstrumentKind::PoliticalCommitment
            | InstrumentKind::Statement => format!("{title} was terminated {when}"),
        },
    }
}

/// Which parties something concerns, if it does not concern all.
fn towards(scene: Scene<'_>, states: &[StateId]) -> String {
    if states.is_empty() { String::new() } else { format!(" towards {}", list(scene.names, states)) }
}

/// The name of a deadline in quotes, its treaty and its article: `"mine clearance" of the Ottawa Convention (article 5)`.
fn deadline_label(scene: Scene<'_>, act: &Act) -> String {
    let (Words { en: name, .. }, of) = deadline_of_act(act, scene.treaty);
    let of = of.map(|of| format!(" ({})", article(of))).unwrap_or_default();
    format!("\"{name}\" of {}{of}", title(scene.treaty))
}

/// A dated event with its day and why it is on that day.
fn dated(scene: Scene<'_>, dated: &Dated<'_>) -> String {
    let Event { subject, coming, come, no_longer, .. } = event(scene, dated.due);
    let in_days = |left| match left {
        1 => "tomorrow".to_owned(),
        _ => format!("in {}", grammar::days(left, Lang::En)),
    };
    let beside = match dated.beside {
        Beside::Nothing => String::new(),
        Beside::DaysLeft(left) => format!(", {}", in_days(left)),
        Beside::DaysToBeginning(left) => format!(", which begins {}", in_days(left)),
        Beside::KnownBetter if dated.on.on.precision() == Precision::Day => {
            " (the date is now known)".to_owned()
        }
        Beside::KnownBetter => " (the date is now known more exactly)".to_owned(),
        Beside::NoLonger(before) => format!(", no longer {}", on(before)),
    };
    let verb = match dated.tense {
        Tense::Coming | Tense::Today => coming,
        Tense::Come => come,
        Tense::Cancelled => no_longer,
    };
    let why = match dated.tense {
        Tense::Cancelled => because_of("previous basis: ", scene, dated.reason, dated.ground()),
        Tense::Coming | Tense::Today | Tense::Come => because(scene, dated.reason, dated.ground()),
    };
    format!("{subject} {verb} {}{beside}{why}", when(dated.on))
}

/// A dated event as a subject and the verb to which its day is added.
pub(super) struct Event {
    pub subject: String,
    pub coming: String,
    pub come: String,
    pub no_longer: String,
    pub now: String,
}

impl Event {
    /// Where the adverbs stand behind "is", and before every other verb.
    pub(super) fn of(subject: impl Into<String>, [coming, come]: [&str; 2]) -> Self {
        let (is, rest) = coming.strip_prefix("is").map_or(("", coming), |rest| ("is ", rest.trim_start()));
        let with = |adverb: &str| format!("{is}{adverb} {rest}").trim_end().to_owned();
        Self {
            subject: subject.into(),
            coming: coming.to_owned(),
            come: come.to_owned(),
            no_longer: with("no longer"),
            now: with("now"),
        }
    }

    /// The same with its object or place behind each verb.
    pub(super) fn behind_verbs(mut self, object: &str) -> Self {
        for verb in [&mut self.coming, &mut self.come, &mut self.no_longer, &mut self.now] {
            verb.push_str(object);
        }
        self
    }

    /// Earlier measures, which nobody knows to have returned.
    fn reinstatement() -> Self {
        Self {
            no_longer: "will not return".to_owned(),
            now: "are now to apply again".to_owned(),
            ..Self::of("earlier measures", ["are to apply again", "were to apply again"])
        }
    }
}

pub(super) const EXPIRES: [&str; 2] = ["expires", "expired"];
pub(super) const IS_RENEWED: [&str; 2] = ["is renewed automatically", "was renewed automatically"];
pub(super) const TAKES_EFFECT: [&str; 2] = ["takes effect", "took effect"];
const FALLS: [&str; 2] = ["falls", "fell"];
const IS: [&str; 2] = ["is", "was"];
const IS_DUE: [&str; 2] = ["is due", "was due"];
pub(super) const ENDS: [&str; 2] = ["ends", "ended"];
pub(super) const CEASES: [&str; 2] = ["ceases to exist", "ceased to exist"];
pub(super) const ENTERS: [&str; 2] = ["enters into force", "entered into force"];

/// What an act is called whose effect comes: the suspension of the INF Treaty is one of its operation.
fn act_upon(kind: Option<ActKind>, title: &str) -> String {
    let act = kind.map_or("act", |kind| kind.label(Lang::En));
    match kind {
        Some(ActKind::Suspension | ActKind::Resumption) => format!("the {act} of the operation of {title}"),
        _ => format!("the {act} of {title}"),
    }
}

/// An event with the treaty and the state that it concerns.
fn event(scene: Scene<'_>, date: &DueDate) -> Event {
    let title = title(scene.treaty);
    let who = date.state.map(|state| name(scene.names, state)).unwrap_or_default();
    match date.kind {
        DateKind::EntryIntoForce => Event::of(title, ENTERS),
        DateKind::StateEntryIntoForce => Event::of(title, ENTERS).behind_verbs(&format!(" for {who}")),
        DateKind::Expiry => Event::of(title, EXPIRES),
        DateKind::LastNoticeDay => {
            Event::of(format!("the last day to give notice against the renewal of {title}"), IS)
        }
        DateKind::Renewal => Event::of(title, IS_RENEWED),
        DateKind::WithdrawalEffect => {
            Event::of(format!("the withdrawal of {who} from {title}"), TAKES_EFFECT)
        }
        DateKind::Effect => {
            let act = date.reason.ground.as_ref().map(|ground| ground.kind);
            if act == Some(ActKind::EndOfStatehood) && !who.is_empty() {
                return Event::of(format!("{who}, a party to {title},"), CEASES);
            }
            let whose = if who.is_empty() { String::new() } else { format!(" by {who}") };
            let whom = towards_of(&date.reason);
            let whom = towards(scene, whom);
            Event::of(format!("{}{whose}{whom}", act_upon(act, &title)), TAKES_EFFECT)
        }
        DateKind::Reinstatement => Event::reinstatement().behind_verbs(&format!(" under {title}")),
        DateKind::Deadline => {
            let whom = if who.is_empty() { String::new() } else { format!(" for {who}") };
            Event::of(
                format!("the deadline \"{}\" of {title}{whom}", deadline_of(date, scene.treaty).en),
                FALLS,
            )
        }
        DateKind::Conference => Event::of(format!("a conference under {title}"), IS_DUE),
        DateKind::Meeting if scene.treaty.kind == InstrumentKind::ExpertGroup => {
            Event::of(format!("a meeting of {title}"), IS_DUE)
        }
        DateKind::Meeting => Event::of(format!("a meeting under {title}"), IS_DUE),
        DateKind::EndOfMandate if scene.treaty.kind == InstrumentKind::ExpertGroup => {
            Event::of(format!("the mandate of {title}"), ENDS)
        }
        DateKind::EndOfMandate => Event::of(format!("a mandate given under {title}"), ENDS),
        DateKind::OfferEnds => Event::of(format!("an offer concerning {title}"), EXPIRES),
        DateKind::Watch => Event::of(format!("a date to watch concerning {title}"), FALLS),
    }
}

/// An event behind the act that moves it.
fn event_of(scene: Scene<'_>, date: &DateId) -> Event {
    let name = name_of(date);
    let Ok(kind) = name.parse::<DateKind>() else {
        let what = if is_deadline(date, scene.treaty) { "deadline" } else { "date" };
        return Event::of(format!("the {what} \"{}\"", spaced(name)), FALLS);
    };
    match kind {
        DateKind::EntryIntoForce => Event::of(title(scene.treaty), ENTERS),
        DateKind::StateEntryIntoForce => {
            Event::of(title(scene.treaty), ENTERS).behind_verbs(" for the State")
        }
        DateKind::Expiry => Event::of(title(scene.treaty), EXPIRES),
        DateKind::LastNoticeDay => Event::of("the last day to give notice against renewal", IS),
        DateKind::Renewal => Event::of(title(scene.treaty), IS_RENEWED),
        DateKind::WithdrawalEffect => Event::of("the withdrawal", TAKES_EFFECT),
        DateKind::Effect => Event::of("the act", TAKES_EFFECT),
        DateKind::Reinstatement => Event::reinstatement(),
        DateKind::Deadline => Event::of("the deadline", FALLS),
        DateKind::Conference => Event::of("the conference", IS_DUE),
        DateKind::Meeting => Event::of("the meeting", IS_DUE),
        DateKind::EndOfMandate => Event::of("the mandate", ENDS),
        DateKind::OfferEnds => Event::of("the offer", EXPIRES),
        DateKind::Watch => Event::of("the date to watch", FALLS),
    }
}

fn turned(scene: Scene<'_>, turn: Turn, reason: &Reason) -> String {
    let title = title(scene.treaty);
    let who = |state: StateId| name(scene.names, state);
    let by = |state: Option<StateId>| state.map(|state| format!(" by {}", who(state))).unwrap_or_default();
    let label = |standing: Standing| standing.label(Lang::En);
    let whom = || towards(scene, towards_of(reason));
    match turn {
        Turn::Treaty { from: Some(from), to: Some(to) } => {
            format!("the status of {title} changed from {} to {}", label(from), label(to))
        }
        Turn::Treaty { from: None, to: Some(to) } => format!("the status of {title} became {}", label(to)),
        Turn::Treaty { to: None, .. } => format!("{title} ceased to have a status"),
        Turn::Became(state, to) => became(&who(state), to, &title),
        Turn::Left(state) => format!("{} ceased to have a status in {title}", who(state)),
        Turn::Began(kind, state) => format!("{}{} began", overlay(kind, &title, &by(state)), whom()),
        Turn::Over(kind, state) => format!("{}{} ended", overlay(kind, &title, &by(state)), whom()),
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
        OverlayKind::Suspension => format!("the suspension of the operation of {title}{by}"),
        OverlayKind::ProvisionalApplication => format!("the provisional application of {title}{by}"),
        OverlayKind::Reinstatement => format!("the reinstatement of earlier measures under {title}{by}"),
        OverlayKind::NoIntention => format!("the declared intention not to become a party to {title}{by}"),
        OverlayKind::Exclusion => format!("the exclusion of the entry into force of {title}{by}"),
    }
}

/// Whose reading something is, and who disputes it.
fn contested(reading: &Reading, names: Names<'_>) -> String {
    let by = |states: &[StateId], verb: &str| {
        (!states.is_empty()).then(|| format!("{verb} by {}", list(names, states)))
    };
    let who = [by(&reading.asserted_by, "asserted"), by(&reading.disputed_by, "disputed")];
    let who = who.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if who.is_empty() { "contested".to_owned() } else { format!("contested: {who}") }
}

/// Why, in brackets: the act behind it and the article.
fn because(scene: Scene<'_>, reason: &Reason, ground: Option<&Ground>) -> String {
    because_of("", scene, reason, ground)
}

/// The same, behind what it is.
fn because_of(label: &str, scene: Scene<'_>, reason: &Reason, ground: Option<&Ground>) -> String {
    let act = ground.map(|ground| deed(scene, ground.kind, grounds(ground), ground.on));
    let article = reason.article.as_ref().map(|text| article(text));
    let rule = (reason.rule == Rule::SuccessionUndated).then(|| "date of effect unknown".to_owned());
    let why = [act, article, rule].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if why.is_empty() { why } else { format!(" ({label}{why})") }
}

/// An article with the word for it, unless it says itself what it is.
fn article(article: &str) -> String {
    let numbered = article.starts_with(|first: char| "IVXLC0123456789".contains(first));
    if numbered { format!("article {article}") } else { article.to_owned() }
}
