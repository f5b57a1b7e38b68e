//! The table of an import: what its columns are.

use std::str::FromStr;

use crate::domain::act::{ActKind, Actor};

use super::ImportError;

/// What the columns of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub(super) state: String,
    pub(super) acts: Vec<(ActKind, String)>,
}

impl FromStr for Mapping {
    type Err = ImportError;

    /// Reads `state=Participant,ratification=Ratified on`. A comma may be part of a column's name.
    fn from_str(text: &str) -> Result<Self, ImportError> {
        let mut parts: Vec<String> = Vec::new();
        for part in text.split(',') {
            match parts.last_mut() {
                Some(last) if !part.contains('=') => {
                    last.push(',');
                    last.push_str(part);
                }
                _ => parts.push(part.to_owned()),
            }
        }
        let mut state = None;
        let mut acts: Vec<(ActKind, String)> = Vec::new();
        for part in parts {
            let (what, column) = part.split_once('=').ok_or_else(|| ImportError::Mapping(part.clone()))?;
            let (what, column) = (what.trim(), column.trim().to_owned());
            if what == "state" {
                if state.replace(column).is_some() {
                    return Err(ImportError::Twice(what.to_owned()));
                }
                continue;
            }
            let kind: ActKind = what.parse()?;
            if kind.actor() == Actor::Treaty {
                return Err(ImportError::OfTreaty(kind));
            }
            if acts.iter().any(|(other, _)| *other == kind) {
                return Err(ImportError::Twice(what.to_owned()));
            }
            acts.push((kind, column));
        }
        let state = state.filter(|_| !acts.is_empty()).ok_or(ImportError::Incomplete)?;
        Ok(Self { state, acts })
    }
}

/// A table, as text.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// What errors call it.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What stands between two columns.
    pub delimiter: u8,
}

impl Table<'_> {
    pub(super) fn reader(&self) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new().delimiter(self.delimiter).from_reader(self.content().as_bytes())
    }

    /// The text without the mark that spreadsheets put before it.
    pub(super) fn content(&self) -> &str {
        self.text.trim_start_matches('\u{feff}')
    }

    /// The names of the columns.
    pub fn headers(&self) -> Result<Vec<String>, ImportError> {
        let mut reader = self.reader();
        let headers = reader.headers();
        let headers = headers.map_err(|cause| ImportError::Csv { table: self.name.to_owned(), cause })?;
        Ok(headers.iter().map(|header| header.trim().to_owned()).collect())
    }
}

/// What each column may be: a proposal for people to confirm. None where nothing comes to mind.
pub fn propose(headers: &[String]) -> Vec<(&str, Option<&'static str>)> {
    const SIGNS: [(&str, &[&str]); 9] = [
        ("state", &["state", "country", "participant", "party"]),
        ("ratification", &["ratif"]),
        ("accession", &["access"]),
        ("acceptance", &["accept"]),
        ("approval", &["approv"]),
        ("succession", &["success"]),
        ("notice_of_withdrawal", &["withdraw", "denunc", "denounc"]),
        ("provisional_application", &["provisional"]),
        ("signature", &["sign"]),
    ];
    let mut taken: Vec<&str> = Vec::new();
    let propose = |header: &String| {
        let header = header.to_lowercase();
        let fits = |(what, signs): &&(&str, &[&str])| {
            !taken.contains(what) && signs.iter().any(|sign| header.contains(sign))
        };
        let found = SIGNS.iter().find(fits).map(|(what, _)| *what);
        taken.extend(found);
        found
    };
    let found: Vec<Option<&'static str>> = headers.iter().map(propose).collect();
    headers.iter().map(String::as_str).zip(found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_the_state_and_at_least_one_act() {
        let mapping: Mapping = "state=Participant, Name,signature=Signed".parse().unwrap();
        assert_eq!(mapping.state, "Participant, Name");
        assert_eq!(mapping.acts, [(ActKind::Signature, "Signed".to_owned())]);
        for bad in [
            "",
            "state=A",
            "signature=A",
            "state=A,state=B,signature=C",
            "state=A,adoption=B",
            "state=A,signed=B",
        ] {
            assert!(bad.parse::<Mapping>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_proposal_takes_each_word_once() {
        let headers = ["Participant", "Signature", "Ratification, Accession(a)", "Remarks", "Signed at"];
        let headers: Vec<String> = headers.map(str::to_owned).into();
        let proposed: Vec<Option<&str>> = propose(&headers).into_iter().map(|(_, what)| what).collect();
        assert_eq!(proposed, [Some("state"), Some("signature"), Some("ratification"), None, None]);
    }
}
