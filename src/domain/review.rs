//! What the law cannot admit in the record of a treaty, and what it asks to be looked at again.
//!
//! [`project`](super::project::project) refuses acts that have no effect, one by one. Here acts are
//! held against each other and against the life of the treaty. What is certainly wrong is an
//! [`Irregularity`]; what may be right, if unusual, is a [`Question`].

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::act::{Act, ActKind};
use super::clause::Terms;
use super::day::PartialDay;
use super::id::{ActId, Label, StateId};
use super::project::Projection;
use super::status::TreatyStatus;
use super::treaty::{Form, Treaty};
use super::verify::{Agreement, Finding, verify};

/// What cannot have been so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Irregularity {
    /// There was nothing yet that could be signed or ratified (VCLT, articles 9 to 12).
    #[error("{kind} on {on}: the treaty was made on {made}, by {by}")]
    BeforeTreaty {
        /// What was done.
        kind: ActKind,
        /// When.
        on: NaiveDate,
        /// When the treaty was adopted, opened for signature or first signed.
        made: NaiveDate,
        /// By which act.
        by: ActKind,
    },
    /// What is ratified is a signature (VCLT, article 14(1)).
    #[error("ratification by {state} on {on}: it signed on {signed} only")]
    BeforeSignature {
        /// Who.
        state: StateId,
        /// When it ratified.
        on: NaiveDate,
        /// When it signed first.
        signed: NaiveDate,
    },
    /// A notice works forward (VCLT, articles 56(2) and 65).
    #[error("{kind} on {on}: its effect is recorded on {effect}, before it was given")]
    EffectBeforeNotice {
        /// What was done.
        kind: ActKind,
        /// When.
        on: NaiveDate,
        /// The recorded day of effect.
        effect: NaiveDate,
    },
    /// What has ended can neither be joined nor left (VCLT, article 70(1)).
    #[error("{kind} on {on}: the treaty had ended on {ended}")]
    AfterEnd {
        /// What was done.
        kind: ActKind,
        /// When.
        on: NaiveDate,
        /// The first day on which it was no longer in force.
        ended: NaiveDate,
    },
}

/// What may be right, and should be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Question {
    /// A notice that takes effect before it has run.
    #[error("{kind} on {on}: its effect is recorded on {effect}, the clause [{article}] gives {computed}")]
    EffectBeforeClause {
        /// What was done.
        kind: ActKind,
        /// When.
        on: NaiveDate,
        /// The recorded day of effect.
        effect: NaiveDate,
        /// The day that the clause gives.
        computed: PartialDay,
        /// The article of the clause.
        article: String,
    },
    /// A recorded day that the clauses do not give.
    #[error("{what} is recorded on {recorded}, the clause [{article}] gives {computed}")]
    Differs {
        /// Which day.
        what: String,
        /// The day that a source gives.
        recorded: NaiveDate,
        /// The day that the clause gives.
        computed: PartialDay,
        /// The article of the clause.
        article: String,
    },
    /// A second consent of a state that is bound already.
    #[error(
        "{kind} by {state} on {on}: {state} already consented on {before}; decide whether this is the same act"
    )]
    SecondConsent {
        /// What was done.
        kind: ActKind,
        /// Who.
        state: StateId,
        /// When.
        on: NaiveDate,
        /// When it had consented before.
        before: NaiveDate,
    },
    /// Termination or succession after the end: agreed late, or a wrong day.
    #[error("{kind} on {on}: the treaty had ended on {ended}")]
    LateAct {
        /// What was done.
        kind: ActKind,
        /// When.
        on: NaiveDate,
        /// The first day on which it was no longer in force.
        ended: NaiveDate,
    },
    /// An act that has not been done: a year with a slip in it, or a plan.
    #[error("{kind} on {on} is in the future: today is {today}")]
    ToCome {
        /// What was done.
        kind: ActKind,
        /// When.
        on: PartialDay,
        /// The day of the question.
        today: NaiveDate,
    },
    /// An act of which the file says that it cannot know.
    #[error("{kind} on {on}: the facts of this treaty reach to {facts_as_of}")]
    BeyondFacts {
        /// What was done.
        kind: ActKind,
        /// When.
        on: NaiveDate,
        /// The day up to which they reach.
        facts_as_of: NaiveDate,
    },
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An act.
    Act(ActId),
    /// A clause.
    Clause(Label),
}

impl Subject {
    /// The act, if it is one.
    pub fn act(&self) -> Option<&ActId> {
        match self {
            Self::Act(id) => Some(id),
            Self::Clause(_) => None,
        }
    }
}

/// How an act stands to the making and the end of the treaty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It needs a treaty that has been made and has not ended.
    NeedsTreaty,
    /// It needs a treaty that has been made; after the end it is unusual.
    NeedsMaking,
    /// It makes the treaty, or is independent of it.
    Free,
}

fn standing(kind: ActKind) -> Standing {
    match kind {
        ActKind::Signature
        | ActKind::IntentionNotToBecomeParty
        | ActKind::DefinitiveSignature
        | ActKind::Ratification
        | ActKind::Acceptance
        | ActKind::Approval
        | ActKind::Accession
        | ActKind::FormalConfirmation
        | ActKind::ConsentToBeBound
        | ActKind::ExchangeOfInstruments
        | ActKind::Suspension
        | ActKind::NoticeOfWithdrawal
        | ActKind::SuspensionOfNotice
        | ActKind::Withdrawal
        | ActKind::RevocationOfRatification => Standing::NeedsTreaty,
        ActKind::Succession
        | ActKind::EntryIntoForce
        | ActKind::Reservation
        | ActKind::WithdrawalOfReservation
        | ActKind::ModificationOfReservation
        | ActKind::EndOfProvisionalApplication
        | ActKind::Amendment
        | ActKind::Extension
        | ActKind::IndefiniteExtension
        | ActKind::Resumption
        | ActKind::RevocationOfNotice
        | ActKind::NoticeOfReinstatement
        | ActKind::DeadlineExtension
        | ActKind::DeadlineMet
        | ActKind::Supersession
        | ActKind::Termination => Standing::NeedsMaking,
        ActKind::Proposal
        | ActKind::Adoption
        | ActKind::Endorsement
        | ActKind::OpeningForSignature
        // What is applied may have been agreed before it was signed.
        | ActKind::ProvisionalApplication
        | ActKind::Declaration
        | ActKind::Objection
        | ActKind::Conference
        | ActKind::EndOfStatehood => Standing::Free,
    }
}

/// What cannot have been so, in order of `acts`. `projection` is that of these acts.
pub fn irregularities(treaty: &Treaty, acts: &[Act], projection: &Projection) -> Vec<(ActId, Irregularity)> {
    let made = made(treaty, acts);
    let signed = first_signatures(acts);
    let ended = ended(projection);
    let mut found = Vec::new();
    for act in acts {
        let (kind, on) = (act.kind, act.day());
        let mut tell = |irregularity| found.push((act.id.clone(), irregularity));
        // Of a month or a year that is not over it is not certain that it was before.
        let is_before = |day: NaiveDate| act.on.last_day() < day;
        if let Some((made, by)) = made
            && standing(kind) != Standing::Free
            && is_before(made)
        {
            tell(Irregularity::BeforeTreaty { kind, on, made, by });
            continue;
        }
        if let (ActKind::Ratification, Some(state)) = (kind, act.state)
            && let Some(signed) = signed.get(&state).copied().filter(|signed| is_before(*signed))
            && treaty.is_treaty()
        {
            tell(Irregularity::BeforeSignature { state, on, signed });
        }
        if let Some(effect) = act.effective_on.filter(|effect| *effect < on)
            && matches!(kind, ActKind::NoticeOfWithdrawal | ActKind::NoticeOfReinstatement)
        {
            tell(Irregularity::EffectBeforeNotice { kind, on, effect });
            continue;
        }
        if let Some(ended) = ended.filter(|ended| *ended < on)
            && standing(kind) == Standing::NeedsTreaty
        {
            tell(Irregularity::AfterEnd { kind, on, ended });
        }
    }
    found
}

/// What should be looked at again: the acts first, then the clauses.
pub fn questions(treaty: &Treaty, acts: &[Act], projection: &Projection) -> Vec<(Subject, Question)> {
    let ended = ended(projection);
    let mut consents: BTreeMap<StateId, &Act> = BTreeMap::new();
    let mut found = Vec::new();
    for act in acts {
        let (kind, on) = (act.kind, act.day());
        let mut tell = |question| found.push((Subject::Act(act.id.clone()), question));
        if treaty.facts_as_of < act.known_on {
            tell(Question::BeyondFacts { kind, on, facts_as_of: treaty.facts_as_of });
        }
        if let Some(ended) = ended.filter(|ended| *ended < on)
            && standing(kind) == Standing::NeedsMaking
        {
            tell(Question::LateAct { kind, on, ended });
        }
        let Some(state) = act.state else { continue };
        match kind {
            // Who has left may come back.
            ActKind::NoticeOfWithdrawal | ActKind::Withdrawal | ActKind::RevocationOfRatification => {
                consents.remove(&state);
            }
            // Several depositaries have their places.
            kind if kind.is_consent() => match consents.get(&state) {
                Some(before) if before.place.is_none() && act.place.is_none() => {
                    tell(Question::SecondConsent { kind, state, on, before: before.day() });
                }
                Some(_) => {}
                None => drop(consents.insert(state, act)),
            },
            _ => {}
        }
    }
    found
        .extend(verify(treaty, acts, &|_| None).into_iter().filter_map(|found| differs(treaty, acts, found)));
    found
}

/// The acts of days after `today`. What has not been done cannot be on record.
pub fn to_come(acts: &[Act], today: NaiveDate) -> Vec<(Subject, Question)> {
    let early = acts.iter().filter(|act| today < act.day());
    early
        .map(|act| (Subject::Act(act.id.clone()), Question::ToCome { kind: act.kind, on: act.on, today }))
        .collect()
}

/// The question that a difference between clause and record raises, if it raises one.
fn differs(treaty: &Treaty, acts: &[Act], finding: Finding) -> Option<(Subject, Question)> {
    let Finding { what, article, computed: Some(computed), recorded: Some(recorded), .. } = finding else {
        return None;
    };
    if finding.agreement != Agreement::Differs {
        return None;
    }
    let id = format!("{}/{what}", treaty.id);
    if let Some(act) = acts.iter().find(|act| act.id.as_str() == id) {
        // An agreement may extend by less than it could, and a notice give more time than it must.
        let gives_less = act.kind != ActKind::Extension && recorded < computed.first_day();
        let question = Question::EffectBeforeClause {
            kind: act.kind,
            on: act.day(),
            effect: recorded,
            computed,
            article,
        };
        return gives_less.then(|| (Subject::Act(act.id.clone()), question));
    }
    let recorded_act =
        acts.iter().find(|act| what == "entry_into_force" && act.kind == ActKind::EntryIntoForce);
    let clause = treaty.clauses.iter().find(|clause| {
        clause.id.as_str() == what || what == "first term" && matches!(clause.terms, Terms::Term { .. })
    });
    let subject = match (recorded_act, clause) {
        (Some(act), _) => Subject::Act(act.id.clone()),
        (None, Some(clause)) => Subject::Clause(clause.id.clone()),
        (None, None) => return None,
    };
    Some((subject, Question::Differs { what: what.replace('_', " "), recorded, computed, article }))
}

/// When the treaty was made, and by what: adopted or opened for signature; between two, else first
/// signed. Of many signatories some may not be recorded.
fn made(treaty: &Treaty, acts: &[Act]) -> Option<(NaiveDate, ActKind)> {
    let first = |kinds: &[ActKind]| {
        let acts = acts.iter().filter(|act| kinds.contains(&act.kind));
        acts.map(|act| (act.day(), act.kind)).min()
    };
    first(&[ActKind::Adoption, ActKind::OpeningForSignature]).or_else(|| match treaty.form {
        Form::Bilateral => first(&[ActKind::Signature, ActKind::DefinitiveSignature]),
        Form::Multilateral => None,
    })
}

fn first_signatures(acts: &[Act]) -> BTreeMap<StateId, NaiveDate> {
    let mut first: BTreeMap<StateId, NaiveDate> = BTreeMap::new();
    for act in acts.iter().filter(|act| act.kind == ActKind::Signature) {
        let Some(state) = act.state else { continue };
        first.entry(state).and_modify(|day| *day = (*day).min(act.day())).or_insert(act.day());
    }
    first
}

/// The first day on which the treaty was no more in force in any reading.
fn ended(projection: &Projection) -> Option<NaiveDate> {
    let ends = projection.readings.iter().map(|life| {
        let last = life.treaty.last()?;
        is_over(last.status).then_some(last.starts_on)
    });
    let ends: Option<Vec<NaiveDate>> = ends.collect();
    ends.and_then(|ends| ends.into_iter().max())
}

fn is_over(status: TreatyStatus) -> bool {
    match status {
        TreatyStatus::Terminated
        | TreatyStatus::Expired
        | TreatyStatus::Superseded
        | TreatyStatus::Abandoned
        | TreatyStatus::Ended
        | TreatyStatus::Concluded => true,
        TreatyStatus::Draft
        | TreatyStatus::Pending
        | TreatyStatus::InForce
        | TreatyStatus::Proposed
        | TreatyStatus::Adopted
        | TreatyStatus::InEffect
        | TreatyStatus::Contested => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::project::project;
    use crate::domain::project::tests::{act, day, effective, treaty, withdrawal};

    const OPENING: ActKind = ActKind::OpeningForSignature;

    fn irregular(treaty: &Treaty, acts: &[Act]) -> Vec<String> {
        let projection = project(treaty, acts, NaiveDate::MAX);
        irregularities(treaty, acts, &projection).into_iter().map(|(_, found)| found.to_string()).collect()
    }

    fn asked(treaty: &Treaty, acts: &[Act]) -> Vec<String> {
        let projection = project(treaty, acts, NaiveDate::MAX);
        questions(treaty, acts, &projection).into_iter().map(|(_, found)| found.to_string()).collect()
    }

    #[test]
    fn nothing_is_signed_or_ratified_before_there_is_a_treaty() {
        // VCLT, articles 9 to 15.
        let many = treaty(Form::Multilateral, Vec::new());
        let opened = act("", OPENING, "2000-02-01");
        let on = |on| vec![opened.clone(), act("USA", ActKind::Ratification, on)];
        assert_eq!(
            irregular(&many, &on("2000-01-31")),
            ["ratification on 2000-01-31: the treaty was made on 2000-02-01, by opening_for_signature"]
        );
        assert!(irregular(&many, &on("2000-02-01")).is_empty());
        // Some day of the year is late enough.
        assert!(irregular(&many, &on("2000")).is_empty());
        // A declaration may come first.
        assert!(irregular(&many, &[opened, act("USA", ActKind::Declaration, "1999-01-01")]).is_empty());
    }

    #[test]
    fn of_many_signatories_some_may_not_be_recorded() {
        let acts =
            [act("USA", ActKind::Ratification, "2000-01-31"), act("RUS", ActKind::Signature, "2000-02-01")];
        assert!(irregular(&treaty(Form::Multilateral, Vec::new()), &acts).is_empty());
        assert_eq!(irregular(&treaty(Form::Bilateral, Vec::new()), &acts).len(), 1);
    }

    #[test]
    fn a_signature_comes_before_its_ratification() {
        // VCLT, article 14.
        let many = treaty(Form::Multilateral, Vec::new());
        let signed = act("USA", ActKind::Signature, "2000-02-01");
        let with = |kind, on| irregular(&many, &[signed.clone(), act("USA", kind, on)]);
        assert_eq!(
            with(ActKind::Ratification, "2000-01-31"),
            ["ratification by USA on 2000-01-31: it signed on 2000-02-01 only"]
        );
        assert!(with(ActKind::Ratification, "2000-02-01").is_empty());
        // Who accedes need not have signed.
        assert!(with(ActKind::Accession, "2000-01-31").is_empty());
    }

    #[test]
    fn what_has_ended_can_neither_be_joined_nor_left() {
        // VCLT, article 70(1).
        let many = treaty(Form::Multilateral, Vec::new());
        let ended = [
            act("", OPENING, "2000-02-01"),
            act("", ActKind::EntryIntoForce, "2001-01-01"),
            act("", ActKind::Termination, "2010-01-01"),
        ];
        let with = |kind, on| {
            let acts = [&ended[..], &[act("USA", kind, on)]].concat();
            (irregular(&many, &acts), asked(&many, &acts))
        };
        assert_eq!(
            with(ActKind::Accession, "2010-01-02").0,
            ["accession on 2010-01-02: the treaty had ended on 2010-01-01"]
        );
        assert!(with(ActKind::Accession, "2010-01-01").0.is_empty());
        // A succession may be declared late.
        let (irregular, asked) = with(ActKind::Succession, "2010-01-02");
        assert!(irregular.is_empty());
        assert_eq!(asked, ["succession on 2010-01-02: the treaty had ended on 2010-01-01"]);
    }

    #[test]
    fn a_notice_that_takes_effect_early_is_a_question() {
        let two = treaty(Form::Bilateral, vec![("exit", withdrawal("P6M", true))]);
        let with = |effect| {
            let notice = effective(effect, act("USA", ActKind::NoticeOfWithdrawal, "2002-01-01"));
            let acts = [
                act("USA", ActKind::Signature, "2000-01-01"),
                act("", ActKind::EntryIntoForce, "2000-02-01"),
                notice,
            ];
            (irregular(&two, &acts), asked(&two, &acts))
        };
        assert_eq!(
            with("2002-06-30").1,
            [
                "notice_of_withdrawal on 2002-01-01: its effect is recorded on 2002-06-30, the clause [article of exit] \
              gives 2002-07-01"
            ]
        );
        // A longer notice may be given.
        for fine in ["2002-07-01", "2003-01-01"] {
            assert_eq!(with(fine), (Vec::new(), Vec::new()), "{fine}");
        }
        assert_eq!(
            with("2001-12-31").0,
            ["notice_of_withdrawal on 2002-01-01: its effect is recorded on 2001-12-31, before it was given"]
        );
    }

    #[test]
    fn a_second_consent_is_a_question_unless_the_state_had_left() {
        let many = treaty(Form::Multilateral, vec![("exit", withdrawal("P6M", false))]);
        let acts = [
            act("USA", ActKind::Ratification, "2000-01-01"),
            act("USA", ActKind::NoticeOfWithdrawal, "2005-01-01"),
            act("USA", ActKind::Accession, "2010-01-01"),
        ];
        assert!(asked(&many, &acts).is_empty());
        let twice = [acts[0].clone(), acts[2].clone()];
        assert_eq!(
            asked(&many, &twice),
            [
                "accession by USA on 2010-01-01: USA already consented on 2000-01-01; decide whether this is the same act"
            ]
        );
        let depositaries = twice.map(|act| Act { place: Some(act.kind.to_string()), ..act });
        assert!(asked(&many, &depositaries).is_empty());
    }

    #[test]
    fn an_act_of_a_day_to_come_is_a_question() {
        let on = |on| to_come(&[act("USA", ActKind::Accession, on)], day("2026-11-30")).len();
        assert_eq!([on("2026-11-30"), on("2026-12-01"), on("2068-07-01")], [0, 1, 1]);
        // Some day of this year, or of this month, may have been.
        assert_eq!([on("2026"), on("2026-11"), on("2026-12"), on("2027")], [0, 0, 1, 1]);
    }

    #[test]
    fn facts_reach_no_further_than_they_say() {
        let mut many = treaty(Form::Multilateral, Vec::new());
        many.facts_as_of = day("2010-01-01");
        assert!(asked(&many, &[act("USA", ActKind::Accession, "2010-01-01")]).is_empty());
        assert_eq!(
            asked(&many, &[act("USA", ActKind::Accession, "2010-01-02")]),
            ["accession on 2010-01-02: the facts of this treaty reach to 2010-01-01"]
        );
    }
}
