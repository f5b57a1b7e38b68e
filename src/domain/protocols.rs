//! Protocols and the treaty that they belong to: what the acts of one say about those of the other.

use chrono::NaiveDate;

use super::act::{Act, ActKind};
use super::clause::Terms;
use super::project::{Fault, Problem, project};
use super::seeds::TreatyFile;
use super::status::{StateStatus, span_on};

/// What is wrong or doubtful about the parties to a protocol, or to a treaty with protocols, beside the acts of the
/// others in `all`. Nothing is asked of facts that name only some of the parties.
pub fn problems(file: &TreatyFile, all: &[&TreatyFile]) -> Vec<Problem> {
    let mut problems = without_parent(file, all).unwrap_or_default();
    problems.extend(with_too_few_protocols(file, all));
    problems
}

/// Parties to a protocol that are none to its treaty.
fn without_parent(file: &TreatyFile, all: &[&TreatyFile]) -> Option<Vec<Problem>> {
    let parent = file.treaty.parent()?;
    let known = all.iter().find(|other| other.treaty.id == *parent)?;
    let of_parent = project(&known.treaty, &known.acts, NaiveDate::MAX);
    if of_parent.incomplete {
        return None;
    }
    let is_party = |span: &StateStatus| *span == StateStatus::Party;
    let projection = project(&file.treaty, &file.acts, NaiveDate::MAX);
    let mut problems = Vec::new();
    for (state, spans) in &projection.default_life().states {
        let there = of_parent.default_life().states.get(state).map_or(&[][..], Vec::as_slice);
        for span in spans.iter().filter(|span| is_party(&span.status)) {
            let (state, on) = (*state, span.starts_on);
            if !span_on(there, on).is_some_and(|span| is_party(&span.status)) {
                // What brought the treaty into force for all may be another's act.
                let ground = span.reason.ground.as_ref().map(|ground| ground.act.clone());
                let own = |act: &&Act| act.state == Some(state) && act.kind.is_consent() && act.day() <= on;
                let act = file.acts.iter().rfind(own).map(|act| act.id.clone()).or(ground);
                problems.push(Problem {
                    act,
                    fault: Fault::NotPartyToParent { state, on, parent: parent.clone() },
                });
            }
        }
    }
    Some(problems)
}

/// States that consented to a treaty and to fewer of its protocols than it asks for.
fn with_too_few_protocols(file: &TreatyFile, all: &[&TreatyFile]) -> Vec<Problem> {
    let clause = file.treaty.find_clause(|terms| match terms {
        Terms::Protocols { at_least } => Some(*at_least),
        _ => None,
    });
    let Some((clause, at_least)) = clause else { return Vec::new() };
    let protocols: Vec<&&TreatyFile> =
        all.iter().filter(|other| other.treaty.parent() == Some(&file.treaty.id)).collect();
    let incomplete = protocols.iter().any(|protocol| protocol.treaty.participation_incomplete);
    if incomplete || protocols.len() < at_least as usize {
        return Vec::new();
    }
    let mut problems = Vec::new();
    // A successor takes over what its predecessor consented to.
    let consents = |act: &&Act| act.kind.is_consent() && act.kind != ActKind::Succession;
    for act in file.acts.iter().filter(consents) {
        let Some(state) = act.state else { continue };
        let by_then = |other: &Act| {
            other.state == Some(state) && other.kind.is_consent() && other.day() <= act.on.last_day()
        };
        let consented = protocols.iter().filter(|protocol| protocol.acts.iter().any(by_then)).count();
        if consented < at_least as usize {
            let (kind, on, article) = (act.kind, act.on, clause.article.clone());
            let fault = Fault::TooFewProtocols { kind, state, on, consented, at_least, article };
            problems.push(Problem { act: Some(act.id.clone()), fault });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::act::ActKind::{Accession, EntryIntoForce, Ratification, Succession, Withdrawal};
    use crate::domain::project::tests::{act, treaty};
    use crate::domain::treaty::{Form, LinkKind};

    fn file(id: &str, clauses: Vec<(&str, Terms)>, acts: &[Act]) -> TreatyFile {
        let mut treaty = treaty(Form::Multilateral, clauses);
        treaty.id = id.parse().unwrap();
        if id != "ccw" {
            treaty.links = vec![(LinkKind::ProtocolTo, "ccw".parse().unwrap())];
        }
        let entry = act("", EntryIntoForce, "1983-12-02");
        TreatyFile { treaty, acts: [&[entry], acts].concat() }
    }

    fn told(file: &TreatyFile, all: &[&TreatyFile]) -> Vec<(String, bool)> {
        let problems = problems(file, all).into_iter();
        problems.map(|problem| (problem.fault.to_string(), problem.fault.is_doubt())).collect()
    }

    #[test]
    fn only_a_party_to_its_treaty_is_bound_by_a_protocol() {
        let joined = [act("FRA", Ratification, "1988-03-04"), act("USA", Ratification, "1995-03-24")];
        let ccw = file("ccw", vec![], &joined);
        let told = |acts: &[Act]| {
            let protocol = file("ccw-p4", vec![], acts);
            told(&protocol, &[&ccw, &protocol])
        };
        assert_eq!(told(&[act("FRA", Ratification, "1998-06-30"), act("USA", Accession, "1995-03-24")]), []);
        let early = "USA is a party to the protocol from 1995-03-23: it was not a party to `ccw` then";
        assert_eq!(told(&[act("USA", Accession, "1995-03-23")]), [(early.to_owned(), false)]);
        let never = "IND is a party to the protocol from 2000-01-01: it was not a party to `ccw` then";
        assert_eq!(told(&[act("IND", Accession, "2000-01-01")]), [(never.to_owned(), false)]);
        // Facts that name only some of the parties prove nothing, nor do facts that are not there.
        let mut some = ccw.clone();
        some.treaty.participation_incomplete = true;
        let protocol = file("ccw-p4", vec![], &[act("IND", Accession, "2000-01-01")]);
        assert_eq!((problems(&protocol, &[&some]), problems(&protocol, &[])), (vec![], vec![]));
        // Who has left the treaty since was a party then.
        let left =
            file("ccw", vec![], &[joined.to_vec(), vec![act("FRA", Withdrawal, "2010-01-01")]].concat());
        let protocol = file("ccw-p4", vec![], &[act("FRA", Ratification, "1998-06-30")]);
        assert_eq!(problems(&protocol, &[&left]), []);
    }

    #[test]
    fn who_joins_with_fewer_protocols_than_needed_is_a_question() {
        // CCW, article 4(3).
        let joined = [
            act("FRA", Ratification, "1988-03-04"),
            act("MAR", Ratification, "2002-03-19"),
            act("SRB", Succession, "2001-03-12"),
        ];
        let ccw = file("ccw", vec![("consent", Terms::Protocols { at_least: 2 })], &joined);
        let both = |id: &str, more: &[Act]| {
            file(id, vec![], &[&[act("FRA", Ratification, "1988-03-04")][..], more].concat())
        };
        let (first, second) =
            (both("ccw-p1", &[]), both("ccw-p2", &[act("MAR", Ratification, "2002-03-19")]));
        let doubt = "ratification by MAR on 2002-03-19: it had consented to 1 of the protocols on record, 2 are needed \
                     [article of consent]";
        assert_eq!(told(&ccw, &[&ccw, &first, &second]), [(doubt.to_owned(), true)]);
        // One protocol alone on record cannot tell.
        assert_eq!(told(&ccw, &[&ccw, &first]), []);
        let third = both("ccw-p4", &[act("MAR", Ratification, "2002-03-19")]);
        assert_eq!(told(&ccw, &[&ccw, &first, &second, &third]), []);
    }
}
