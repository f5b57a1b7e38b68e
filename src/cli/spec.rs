//! Acts as they are written on the command line: `"notice_of_withdrawal RUS 2027-01-15"`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::exit;
use crate::answers::lookup::{NoSuch, find_state};
use crate::domain::act::{Act, ActKind, Actor, BadField, Basis, Confidence, Evidence};
use crate::domain::day::{DayError, PartialDay, parse_day};
use crate::domain::id::{ActId, Label, StateId, TreatyId};
use crate::domain::state::State;
use crate::domain::text::UnknownWord;

/// How an act is written.
pub const FORM: &str = "KIND [STATE] DATE [effective_on=DATE] [ends_before=DATE] [deadline=CLAUSE] [until=DATE] [towards=STATES] [known_on=DATE] [label=NAME]";

/// An act that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}`: {fault}; expected {FORM}")]
pub struct BadAct {
    text: String,
    fault: Fault,
}

impl BadAct {
    /// The code to exit with: there is no such state, or the argument was not understood.
    pub fn exit_code(&self) -> u8 {
        if matches!(self.fault, Fault::State(_)) { exit::NO_SUCH } else { exit::USAGE }
    }
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing is there.
    #[error("the kind of act is missing")]
    NoKind,
    /// No day is there.
    #[error("the day is missing")]
    NoDay,
    /// It is a state's act.
    #[error("the state is missing: {0} is an act of a state")]
    NoState(ActKind),
    /// It is no state's act.
    #[error("{0} is an act of the treaty, not of a state")]
    NotOfState(ActKind),
    /// Where it ends is missing.
    #[error("ends_before is missing: an extension needs the first day after it")]
    NoEnd,
    /// It has no end.
    #[error("{0} has no day up to which it goes")]
    NotExtending(ActKind),
    /// What an act about a deadline names.
    #[error("{field}: {0}", field = .0.field)]
    Deadline(#[from] BadField),
    /// A word that stands for nothing.
    #[error("`{0}` is not expected")]
    Unexpected(String),
    /// An unknown kind.
    #[error(transparent)]
    Kind(#[from] UnknownWord),
    /// Not a day.
    #[error(transparent)]
    Day(#[from] DayError),
    /// Not the name of an act or a clause.
    #[error("{0}: {1}")]
    Label(&'static str, String),
    /// An unknown state.
    #[error(transparent)]
    State(#[from] NoSuch),
}

/// Reads an act of `treaty`. Nothing stands behind it yet: it is from memory, without a source.
pub fn act(text: &str, treaty: &TreatyId, states: &BTreeMap<StateId, State>) -> Result<Act, BadAct> {
    read(text, treaty, states).map_err(|fault| BadAct { text: text.to_owned(), fault })
}

fn read(text: &str, treaty: &TreatyId, states: &BTreeMap<StateId, State>) -> Result<Act, Fault> {
    let mut words = text.split_whitespace().peekable();
    let kind: ActKind = words.next().ok_or(Fault::NoKind)?.parse()?;
    // A name may have several words; none begins with a figure.
    let is_name =
        |word: &&str| !word.starts_with(|first: char| first.is_ascii_digit()) && !word.contains('=');
    let mut names: Vec<&str> = Vec::new();
    while let Some(word) = words.next_if(is_name) {
        names.push(word);
    }
    let on: PartialDay = words.next().ok_or(Fault::NoDay)?.parse()?;
    let who = those_named(&names.join(" "), states)?;
    let joint = kind == ActKind::NoticeOfReinstatement;
    match (kind.actor(), who.as_slice()) {
        (Actor::State, []) => return Err(Fault::NoState(kind)),
        (Actor::Treaty, [_, ..]) if !joint => return Err(Fault::NotOfState(kind)),
        (_, [_, more, ..]) if !joint => return Err(Fault::Unexpected(more.to_string())),
        _ => {}
    }
    let state = if joint { None } else { who.first().copied() };
    let mut act = Act {
        id: ActId::of(treaty, state, kind, on, None),
        kind,
        state,
        jointly: if joint { who } else { Vec::new() },
        towards: Vec::new(),
        precludes_entry_into_force: false,
        on,
        to: None,
        known_on: on.first_day(),
        effective_on: None,
        ends_before: None,
        deadline: None,
        until: None,
        place: None,
        label: None,
        successors: Vec::new(),
        disputed_by: Vec::new(),
        note: None,
        evidence: Evidence { sources: Vec::new(), basis: Basis::Memory, confidence: Confidence::Medium },
    };
    for word in words {
        let day = |value: &str| -> Result<Option<NaiveDate>, Fault> { Ok(Some(parse_day(value)?)) };
        let label = |field: &'static str, value: &str| -> Result<Option<Label>, Fault> {
            Ok(Some(value.parse().map_err(|error| Fault::Label(field, format!("{error}")))?))
        };
        match word.split_once('=') {
            Some(("effective_on", value)) => act.effective_on = day(value)?,
            Some(("ends_before", value)) => act.ends_before = day(value)?,
            Some(("known_on", value)) => act.known_on = parse_day(value)?,
            Some(("towards", value)) => act.towards = those_named(value, states)?,
            Some(("until", value)) => act.until = day(value)?,
            Some(("label", value)) => act.label = label("label", value)?,
            Some(("deadline", value)) => act.deadline = label("deadline", value)?,
            _ => return Err(Fault::Unexpected(word.to_owned())),
        }
    }
    act.check_fields()?;
    act.id = ActId::of(treaty, state, kind, on, act.detail());
    match (kind, act.ends_before) {
        (ActKind::Extension, None) => Err(Fault::NoEnd),
        (ActKind::Extension, Some(_)) | (_, None) => Ok(act),
        (kind, Some(_)) => Err(Fault::NotExtending(kind)),
    }
}

/// The states with these names, which a comma separates; a name may have one of its own.
fn those_named(names: &str, states: &BTreeMap<StateId, State>) -> Result<Vec<StateId>, NoSuch> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    match State::named(states, names) {
        Some(state) => Ok(vec![state.id]),
        None => names.split(',').map(|name| Ok(find_state(states, name.trim())?.id)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, seeds};

    fn read_one(text: &str) -> Result<Act, BadAct> {
        let (_, states) = seeds();
        act(text, &"new-start".parse().unwrap(), &states)
    }

    #[test]
    fn an_act_is_read() {
        let notice = read_one("notice_of_withdrawal RUS 2027-01-15 effective_on=2027-05-01").unwrap();
        assert_eq!(notice.id.as_str(), "new-start/RUS/notice_of_withdrawal/2027-01-15");
        assert_eq!((notice.effective_on, notice.known_on), (Some(day("2027-05-01")), day("2027-01-15")));
        let extension = read_one("extension 2026-01 ends_before=2031-02-05 known_on=2026-01-20").unwrap();
        assert_eq!((extension.on.to_string().as_str(), extension.known_on), ("2026-01", day("2026-01-20")));
        let longer =
            read_one("deadline_extension RUS 2026-01-20 deadline=clearance until=2031-02-05").unwrap();
        assert_eq!(longer.id.as_str(), "new-start/RUS/deadline_extension/2026-01-20/clearance");
        assert_eq!(longer.until, Some(day("2031-02-05")));
        let joint = read_one("notice_of_reinstatement FRA,DEU 2025-08-28 label=e3").unwrap();
        assert_eq!((joint.state, joint.jointly.len()), (None, 2));
        let joint =
            read_one("notice_of_reinstatement United Kingdom, DEU,France 2025-08-28 label=e3").unwrap();
        assert_eq!(joint.jointly.len(), 3);
    }

    #[test]
    fn a_state_is_named_as_it_is_written() {
        let names = [
            ("United States", "USA"),
            ("united states of america", "USA"),
            ("Cote d'Ivoire", "CIV"),
            ("Co\u{302}te  d\u{2019}Ivoire", "CIV"),
            ("Российская Федерация", "RUS"),
            ("Iran (Islamic Republic of)", "IRN"),
        ];
        for (name, code) in names {
            let act = read_one(&format!("ratification {name} 2027-01-15 known_on=2027-01-16")).unwrap();
            assert_eq!(act.state.unwrap().as_str(), code, "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("", "the kind of act is missing"),
            ("withdraw RUS 2027-01-15", "unknown kind of act `withdraw`"),
            ("notice_of_withdrawal RUS", "the day is missing"),
            ("notice_of_withdrawal United States", "the day is missing"),
            ("notice_of_withdrawal", "the day is missing"),
            (
                "notice_of_withdrawal Untied States 2027-01-15",
                "no such state `Untied States`; there is United States",
            ),
            ("notice_of_withdrawal 2027-01-15", "the state is missing"),
            ("notice_of_withdrawal RUS 2027-1-15", "`2027-1-15` is not a day"),
            ("notice_of_withdrawal Ruritania 2027-01-15", "no such state `Ruritania`"),
            ("notice_of_withdrawal RUS,USA 2027-01-15", "`USA` is not expected"),
            ("extension RUS 2027-01-15", "extension is an act of the treaty"),
            ("extension 2027-01-15", "ends_before is missing"),
            ("accession RUS 2027-01-15 ends_before=2030-01-01", "accession has no day"),
            ("accession RUS 2027-01-15 tomorrow", "`tomorrow` is not expected"),
            ("deadline_met RUS 2027-01-15", "deadline: missing: deadline_met needs it"),
            ("deadline_extension RUS 2027-01-15 deadline=x", "until: missing: deadline_extension needs it"),
            ("accession RUS 2027-01-15 deadline=x", "deadline: accession does not take it"),
            ("deadline_met RUS 2027-01-15 deadline=X", "deadline: `X` is not a name"),
        ];
        for (text, expected) in cases {
            let error = read_one(text).unwrap_err().to_string();
            assert!(error.contains(expected) && error.ends_with(FORM), "{text}: {error}");
        }
        let code = |text| read_one(text).unwrap_err().exit_code();
        assert_eq!(code("notice_of_withdrawal Ruritania 2027-01-15"), exit::NO_SUCH);
        assert_eq!(code("notice_of_withdrawal RUS"), exit::USAGE);
    }
}
