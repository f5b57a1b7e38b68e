//! What a treaty is and what a state is in it, on which days, and why.

use std::fmt;

use chrono::NaiveDate;

use super::act::{Act, ActKind};
use super::clause::Clause;
use super::day::{PartialDay, Precision};
use super::id::{ActId, Label, StateId};
use super::lang::Lang;
use super::text::{UnknownWord, text_enum};

text_enum! {
    /// Where a treaty or another instrument stands. One at a time, without gap.
    TreatyStatus ("status of an instrument") {
        /// A text has been put forward.
        Draft = "draft",
        /// Adopted or signed, not yet in force.
        Pending = "pending",
        /// In force.
        InForce = "in_force",
        /// Ended by withdrawal or by agreement.
        Terminated = "terminated",
        /// Its term has ended.
        Expired = "expired",
        /// Another treaty has taken its place.
        Superseded = "superseded",
        /// Given up before it was in force.
        Abandoned = "abandoned",
        /// Not a treaty: put forward.
        Proposed = "proposed",
        /// Not a treaty: adopted.
        Adopted = "adopted",
        /// Not a treaty: in effect.
        InEffect = "in_effect",
        /// Not a treaty: no longer in effect.
        Ended = "ended",
        /// A body's work is done.
        Concluded = "concluded",
        /// The readings differ, and no depositary's record settles between them.
        Contested = "contested",
    }
}

text_enum! {
    /// Where a state stands in a treaty. One at a time, without gap from its first act on.
    StateStatus ("status of a state") {
        /// Signed, not bound (VCLT, article 18(a)).
        Signatory = "signatory",
        /// Has consented; the treaty is not yet in force for it (VCLT, article 2(1)(f)).
        Contracting = "contracting",
        /// Bound; the treaty is in force for it (VCLT, article 2(1)(g)).
        Party = "party",
        /// Has left.
        Withdrawn = "withdrawn",
        /// The treaty or the state has ended.
        FormerParty = "former_party",
        /// Took its consent back and had not signed, or the treaty ended before it was bound: no
        /// relation is left.
        NonParty = "non_party",
        /// Not a treaty: takes part.
        Participating = "participating",
        /// Not a treaty: no longer takes part.
        Ceased = "ceased",
        /// The readings differ about it, and no depositary's record settles between them.
        Contested = "contested",
    }
}

text_enum! {
    /// What may lie over a status, together with others.
    OverlayKind ("kind of overlay") {
        /// A notice of withdrawal is running.
        Notice = "notice",
        /// Operation is suspended, by whom it says.
        Suspension = "suspension",
        /// Applied before entry into force.
        ProvisionalApplication = "provisional_application",
        /// Earlier measures apply again.
        Reinstatement = "reinstatement",
        /// Not in force between a state and those whose reservations it objected to so (VCLT, article 20(4)(b)).
        Exclusion = "exclusion",
        /// A signatory has declared that it does not intend to become a party (VCLT, article 18(a)).
        NoIntention = "no_intention",
    }
}

/// The status of a treaty, the status of a State in it, or a condition in addition to either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The status of a treaty.
    Treaty(TreatyStatus),
    /// The status of a State.
    State(StateStatus),
    /// A condition in addition to a status.
    Overlay(OverlayKind),
}

impl Standing {
    /// Reads the spelling that [`Standing::as_str`] gives. `contested` is a status of treaties and of States, so
    /// `state` decides.
    pub fn parse(word: &str, state: Option<StateId>) -> Result<Self, UnknownWord> {
        if let Ok(kind) = word.parse() {
            return Ok(Self::Overlay(kind));
        }
        match state {
            None => word.parse().map(Self::Treaty),
            Some(_) => word.parse().map(Self::State),
        }
    }

    /// The spelling in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Treaty(status) => status.as_str(),
            Self::State(status) => status.as_str(),
            Self::Overlay(kind) => kind.as_str(),
        }
    }

    /// What people call it, in their language.
    pub const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Treaty(status) => status.label(lang),
            Self::State(status) => status.label(lang),
            Self::Overlay(kind) => kind.label(lang),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

text_enum! {
    /// The rule that a day or a status follows from.
    Rule ("rule") {
        /// An act has this effect at once.
        Act = "act",
        /// A source records the day.
        Recorded = "recorded",
        /// The instruments were exchanged.
        Exchange = "exchange",
        /// Enough states had consented.
        Threshold = "threshold",
        /// A fixed time after something.
        Delay = "delay",
        /// In force for those that had consented when the treaty entered into force.
        OriginalParty = "original_party",
        /// In force for a state that consented later.
        LaterState = "later_state",
        /// Succession on a recorded day.
        Succession = "succession",
        /// Succession whose day of effect no source gives: shown from the deposit on.
        SuccessionUndated = "succession_undated",
        /// The term ended.
        Term = "term",
        /// The extended term ended.
        Extension = "extension",
        /// The term renewed itself.
        Renewal = "renewal",
        /// A notice has run its time.
        Notice = "notice",
        /// Denunciations left too few parties.
        Lapse = "lapse",
        /// Another treaty took its place.
        Supersession = "supersession",
        /// The state ended.
        StateEnded = "state_ended",
        /// The treaty ended.
        TreatyEnded = "treaty_ended",
        /// A notice brought earlier measures back.
        Reinstatement = "reinstatement",
        /// Readings differ.
        ReadingsDiffer = "readings_differ",
        /// Somebody has fixed or named the day.
        Scheduled = "scheduled",
    }
}

/// The act that a reason rests on, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Which act.
    pub act: ActId,
    /// What it was.
    pub kind: ActKind,
    /// Whose.
    pub state: Option<StateId>,
    /// Whose, where several acted as one.
    pub jointly: Vec<StateId>,
    /// The parties that it concerns; empty: all.
    pub towards: Vec<StateId>,
    /// When.
    pub on: PartialDay,
    /// How exactly the day is known that periods are counted from: the recorded day of effect
    /// always is, the day of the act may be known to the month only.
    pub precision: Precision,
}

impl From<&Act> for Ground {
    fn from(act: &Act) -> Self {
        let precision = if act.effective_on.is_some() { Precision::Day } else { act.on.precision() };
        Self {
            act: act.id.clone(),
            kind: act.kind,
            state: act.state,
            jointly: act.jointly.clone(),
            towards: act.towards.clone(),
            on: act.on,
            precision,
        }
    }
}

/// Why something is so: a rule, the act that it was applied to, and the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// The act, the last one where several were needed.
    pub ground: Option<Ground>,
    /// The article, where one was applied.
    pub article: Option<String>,
    /// The clause that says so; none where the general law does.
    pub clause: Option<Label>,
    /// When one could know of it: when the last of the acts behind it was known.
    pub known_on: NaiveDate,
}

impl Reason {
    /// The reason that lies in an act itself.
    pub fn act(rule: Rule, act: &Act) -> Self {
        Self { rule, ground: Some(act.into()), article: None, clause: None, known_on: act.known_on }
    }

    /// How exactly a day is known that follows from this.
    pub fn precision(&self) -> Precision {
        self.ground.as_ref().map_or(Precision::Day, |ground| ground.precision)
    }

    /// The same reason, for a day that is known exactly whatever is known of the act.
    #[must_use]
    pub fn exact(self) -> Self {
        self.known_to(Precision::Day)
    }

    /// The same reason, for a day that is known as exactly as this.
    #[must_use]
    pub fn known_to(mut self, precision: Precision) -> Self {
        if let Some(ground) = &mut self.ground {
            ground.precision = precision;
        }
        self
    }

    /// The same reason by what provides for it.
    #[must_use]
    pub fn under(self, provision: Provision<'_>) -> Self {
        let clause = match provision {
            Provision::Clause(clause) => Some(clause.id.clone()),
            Provision::Law(_) => None,
        };
        Self { article: Some(provision.article().to_owned()), clause, ..self }
    }
}

/// What provides for a legal effect.
#[derive(Debug, Clone, Copy)]
pub enum Provision<'a> {
    /// A clause of the treaty.
    Clause(&'a Clause),
    /// An article of the Vienna Convention on the Law of Treaties, where the treaty says nothing.
    Law(&'static str),
}

impl<'a> Provision<'a> {
    /// The article.
    pub fn article(self) -> &'a str {
        match self {
            Self::Clause(clause) => &clause.article,
            Self::Law(article) => article,
        }
    }
}

/// A reason in a few words of English: the act, and what the rule makes of it. The article is told
/// beside it.
pub fn reason_text(reason: &Reason) -> String {
    let Some(ground) = &reason.ground else {
        return match reason.rule {
            Rule::Scheduled => "scheduled".to_owned(),
            rule => rule.as_str().replace('_', " "),
        };
    };
    let act = ground_text(ground);
    match reason.rule {
        Rule::Act | Rule::Exchange => act,
        Rule::Recorded => format!("as recorded: {act}"),
        Rule::Threshold => format!("threshold met by {act}"),
        Rule::Delay => format!("end of the period counted from {act}"),
        Rule::OriginalParty => format!("original party: {act}"),
        Rule::LaterState => format!("joined later: {act}"),
        Rule::Succession => format!("{act}, with effect from its recorded day"),
        Rule::SuccessionUndated => format!("{act}; no source gives its day of effect"),
        Rule::Term => format!("end of the term counted from {act}"),
        Rule::Extension => format!("end of the term set by {act}"),
        Rule::Renewal => format!("renews itself; terms counted from {act}"),
        Rule::Notice => format!("effect of {act}"),
        Rule::Lapse => format!("too few parties left after {act}"),
        Rule::Supersession => format!("another treaty took its place: {act}"),
        Rule::StateEnded => format!("the state ended: {act}"),
        Rule::TreatyEnded => format!("the treaty ended: {act}"),
        Rule::Reinstatement => format!("earlier measures apply again: {act}"),
        Rule::ReadingsDiffer => format!("readings differ since {act}"),
        Rule::Scheduled => format!("scheduled by {act}"),
    }
}

/// An act in a few words: `notice of withdrawal by USA of 2019-02-02`.
fn ground_text(ground: &Ground) -> String {
    let kind = ground.kind.as_str().replace('_', " ");
    match ground.state {
        Some(state) if ground.kind == ActKind::EndOfStatehood => {
            format!("{kind} of {state} on {}", ground.on)
        }
        Some(state) => format!("{kind} by {state} of {}", ground.on),
        None => format!("{kind} of {}", ground.on),
    }
}

/// A status from one day until before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span<S> {
    /// The status.
    pub status: S,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day on which it is no longer so; none while no end is known.
    pub ends_before: Option<NaiveDate>,
    /// Why it began.
    pub reason: Reason,
}

impl<S> Span<S> {
    /// Whether it holds on `day`.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && self.ends_before.is_none_or(|end| day < end)
    }
}

/// The span that holds on `day`, if any.
pub fn span_on<S>(spans: &[Span<S>], day: NaiveDate) -> Option<&Span<S>> {
    spans.iter().find(|span| span.contains(day))
}

/// Something that lies over the status of a treaty or a state for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// What.
    pub kind: OverlayKind,
    /// Whose; none for the treaty as such.
    pub state: Option<StateId>,
    /// The states that caused it jointly.
    pub jointly: Vec<StateId>,
    /// The parties that it concerns, if it does not concern all.
    pub towards: Vec<StateId>,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day on which it is over.
    pub ends_before: Option<NaiveDate>,
    /// Who disputes it.
    pub disputed_by: Vec<StateId>,
    /// Why it began.
    pub reason: Reason,
}

impl Overlay {
    /// Whether it lies there on `day`.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && self.ends_before.is_none_or(|end| day < end)
    }
}

/// Statuses in the order in which they begin, made into spans without overlap or gap.
///
/// Of two that begin on one day the later entry wins; one that repeats its predecessor is dropped.
pub fn spans<S: Copy + PartialEq>(mut begins: Vec<(NaiveDate, S, Reason)>) -> Vec<Span<S>> {
    begins.sort_by_key(|(day, _, _)| *day);
    let mut spans: Vec<Span<S>> = Vec::with_capacity(begins.len());
    for (day, status, reason) in begins {
        if spans.last().is_some_and(|last| last.starts_on == day) {
            spans.pop();
            if let Some(before) = spans.last_mut() {
                before.ends_before = None;
            }
        }
        if spans.last().is_some_and(|last| last.status == status) {
            continue;
        }
        if let Some(before) = spans.last_mut() {
            before.ends_before = Some(day);
        }
        spans.push(Span { status, starts_on: day, ends_before: None, reason });
    }
    spans
}

/// A label that says whose reading something belongs to.
pub type ReadingId = Label;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::day::parse_day;

    #[test]
    fn a_reason_names_the_act_and_what_the_rule_makes_of_it() {
        let day = parse_day("2019-02-02").unwrap();
        let reason = |rule, kind, code: &str| {
            let act = "an-act".parse().unwrap();
            let on = PartialDay::exact(day);
            let (state, precision) = (code.parse().ok(), on.precision());
            let (jointly, towards) = (Vec::new(), Vec::new());
            let ground = Some(Ground { act, kind, state, jointly, towards, on, precision });
            reason_text(&Reason { rule, ground, article: None, clause: None, known_on: day })
        };
        let notice = ActKind::NoticeOfWithdrawal;
        assert_eq!(
            reason(Rule::Notice, notice, "USA"),
            "effect of notice of withdrawal by USA of 2019-02-02"
        );
        assert_eq!(reason(Rule::Act, ActKind::Extension, ""), "extension of 2019-02-02");
        assert_eq!(
            reason(Rule::StateEnded, ActKind::EndOfStatehood, "CSK"),
            "the state ended: end of statehood of CSK on 2019-02-02"
        );
        let scheduled =
            Reason { rule: Rule::Scheduled, ground: None, article: None, clause: None, known_on: day };
        assert_eq!(reason_text(&scheduled), "scheduled");
    }
}
