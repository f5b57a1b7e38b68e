//! `sources check`: a saved page of an official source beside the record, by hand.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDate;
use serde::Serialize;

use crate::alerts::{Names as AlertNames, finding_in_words};
use crate::answers::lookup::find_treaty;
use crate::answers::values::Text;
use crate::cli::exit;
use crate::cli::layout::paragraph;
use crate::cli::output::View;
use crate::domain::act::{Act, ActKind};
use crate::domain::id::{StateId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::observation::Sighting;
use crate::domain::outside::folded;
use crate::domain::project::project;
use crate::domain::reconcile::{Agreement, Finding, doubt, reconcile, strangers};
use crate::domain::seeds::TreatyFile;
use crate::domain::source::SourceKind;
use crate::domain::state::State;
use crate::domain::status::{TreatyStatus, span_on};
use crate::sources::{SourceFault, parse_unoda, parse_untc};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcesQuestion<'a> {
    /// The shape of the file.
    pub kind: SourceKind,
    /// The treaty that it is about.
    pub treaty: String,
    /// The file as it was saved.
    pub body: &'a [u8],
    /// The day on which it was.
    pub today: NaiveDate,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourcesView {
    /// The treaty.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Text,
    /// How many states the source lists.
    pub states: usize,
    /// How many acts of each kind.
    pub acts: BTreeMap<ActKind, usize>,
    /// How many have signed, by the source's own count.
    pub signatories: Option<u32>,
    /// How many are parties, by the source's own count.
    pub parties: Option<u32>,
    /// Why the source must not be believed, if so, in English. Then nothing is compared.
    pub doubt: Option<String>,
    /// Where it differs from the record.
    pub findings: Vec<Finding>,
    #[serde(skip)]
    known: BTreeMap<StateId, State>,
}

/// Reads a saved file and compares it with the record. Nothing is written.
pub fn sources(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    question: &SourcesQuestion<'_>,
) -> anyhow::Result<SourcesView> {
    let file = find_treaty(files, &question.treaty)?;
    let life = project(&file.treaty, &file.acts, question.today);
    let status = span_on(&life.default_life().treaty, question.today).map(|span| span.status);
    let sighting = read(question, status == Some(TreatyStatus::Pending))?;
    let mut acts = BTreeMap::new();
    for observed in &sighting.observations {
        *acts.entry(observed.kind).or_default() += 1;
    }
    let names = State::index(states);
    let find = |name: &str| names.get(&folded(name)).copied();
    let strangers = strangers(&sighting, &|name| find(name).is_some());
    // Of one unknown name it is worth while to ask whose it may be, not of a list of them.
    let near = |name: &str| if strangers.is_some() { Vec::new() } else { State::nearest(states, name) };
    let state_of = |name: &str| find(name).ok_or_else(|| near(name));
    let is_listed = |act: &&Act| act.kind.is_consent() || act.kind == ActKind::Signature;
    let known = file.acts.iter().filter(|act| act.known_on <= question.today);
    let of_states: Vec<Act> = known.filter(|act| is_listed(act) || act.state.is_some()).cloned().collect();
    let opens = |act: &&Act| matches!(act.kind, ActKind::Adoption | ActKind::OpeningForSignature);
    let opened = file.acts.iter().filter(opens).map(Act::day).min();
    let mut findings = reconcile(&of_states, None, &sighting, opened, question.today, &state_of);
    let agreement = Agreement::of(&of_states, &sighting, &findings, &state_of);
    let doubt = doubt(None, &sighting).or(strangers.clone()).or_else(|| agreement.doubt());
    if doubt.is_some() {
        findings.clear();
    }
    Ok(SourcesView {
        treaty_id: file.treaty.id.clone(),
        short_title: (&file.treaty.short_title).into(),
        states: sighting.states,
        acts,
        signatories: sighting.signatories,
        parties: sighting.parties,
        doubt: doubt.map(|doubt| doubt.to_string()),
        findings,
        known: states.clone(),
    })
}

fn read(question: &SourcesQuestion<'_>, is_pending: bool) -> Result<Sighting, SourceFault> {
    let body = question.body;
    match question.kind {
        SourceKind::Unoda => parse_unoda(body, is_pending),
        SourceKind::Untc => parse_untc(body),
        kind @ (SourceKind::Page | SourceKind::Feed | SourceKind::Dataset) => {
            Err(SourceFault::NotThePage(format!("a {kind} lists no acts of states")))
        }
    }
}

impl SourcesView {
    /// The code to exit with: a difference is something to look at.
    pub fn exit_code(&self) -> u8 {
        if self.findings.is_empty() && self.doubt.is_none() { exit::FINE } else { exit::FOUND }
    }
}

impl View for SourcesView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let title = format!("{} ({})", self.short_title.in_lang(Lang::En), self.treaty_id);
        paragraph(out, width, 0, 0, &title)?;
        let listed: Vec<String> =
            self.acts.iter().map(|(kind, count)| format!("{} {count}", kind.label(Lang::En))).collect();
        paragraph(out, width, 0, 2, &format!("{} states, {}", self.states, listed.join(", ")))?;
        let counts = [(self.signatories, "signatories"), (self.parties, "parties")];
        let own: Vec<String> =
            counts.iter().filter_map(|(count, what)| count.map(|count| format!("{what} {count}"))).collect();
        if !own.is_empty() {
            paragraph(out, width, 0, 2, &format!("{} (by its own count)", own.join(", ")))?;
        }
        if let Some(doubt) = &self.doubt {
            return paragraph(out, width, 0, 2, &format!("Rejected: {doubt}"));
        }
        writeln!(out)?;
        if self.findings.is_empty() {
            let none = "It agrees with the record.";
            return paragraph(out, width, 0, 0, none);
        }
        for finding in &self.findings {
            paragraph(out, width, 0, 2, &finding_in_words(finding, AlertNames(&self.known), Lang::En))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, json, printed, seeds};

    /// What the service would answer if it had the record of a treaty.
    fn answer(treaty: &str, change: impl Fn(&Act) -> Option<(String, NaiveDate)>) -> String {
        let (files, states) = seeds();
        let file = files.iter().find(|file| file.treaty.id.as_str() == treaty).unwrap();
        let codes = [
            (ActKind::Signature, "SIG"),
            (ActKind::Ratification, "RAT"),
            (ActKind::Accession, "ACC"),
            (ActKind::Succession, "SUC"),
            (ActKind::RevocationOfRatification, "WTW"),
        ];
        let row = |act: &Act| {
            let (_, code) = codes.iter().find(|(kind, _)| *kind == act.kind)?;
            let (state, on) = change(act)?;
            let name = states.get(&state.parse().ok()?).map_or(state.clone(), |known| known.name.en.clone());
            Some(serde_json::json!({"date": format!("{on} 00:00:00"), "type": code, "state": {"name": name},
                "depositary": {"short_name": "UNSG"}}))
        };
        let rows: Vec<_> = file.acts.iter().filter_map(row).collect();
        serde_json::json!({"data": {"treaty_": {"data": {"actions_": rows}}}}).to_string()
    }

    fn ask(body: &str) -> SourcesView {
        let (files, states) = seeds();
        let question = SourcesQuestion {
            kind: SourceKind::Unoda,
            treaty: "ctbt".to_owned(),
            body: body.as_bytes(),
            today: day("2026-11-24"),
        };
        sources(&files, &states, &question).unwrap()
    }

    fn as_recorded(act: &Act) -> Option<(String, NaiveDate)> {
        act.state.map(|state| (state.to_string(), act.day()))
    }

    #[test]
    fn a_source_that_says_what_the_record_says_finds_nothing() {
        let view = ask(&answer("ctbt", as_recorded));
        assert_eq!((view.findings.as_slice(), view.exit_code()), (&[][..], exit::FINE));
        assert!(printed(&view, Lang::En).contains("It agrees with the record."));
    }

    #[test]
    fn each_difference_is_a_finding_of_its_own() {
        let other = answer("ctbt", |act| match act.state?.as_str() {
            "TON" => None,
            "AFG" => Some(("AFG".to_owned(), act.day().succ_opt()?)),
            _ => as_recorded(act),
        });
        let view = ask(&other);
        let kinds: Vec<String> = view
            .findings
            .iter()
            .map(|finding| json(finding)["finding"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(kinds, ["conflict", "conflict", "not_listed", "not_listed"]);
        assert_eq!(view.exit_code(), exit::FOUND);
        assert!(printed(&view, Lang::En).contains("Afghanistan"));
    }
}
