//! The sources that the file of a treaty describes, and the evidence that its facts name.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::act::{Basis, Confidence, Evidence};
use crate::domain::treaty::Citation;

use super::error::FieldError;
use super::fields::DayOrMonth;
use super::schema::Word;

/// A source, described so that a dead link still says what it was.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceText {
    /// Whose record it is.
    #[schemars(with = "Word<Basis>")]
    kind: Basis,
    /// What it is called, or what it is.
    title: String,
    /// Who published it.
    publisher: Option<String>,
    /// Its address.
    url: String,
    /// Of when it is: its own date, or that of the copy that was read.
    on: Option<DayOrMonth>,
}

/// The sources of a file, by the key that its facts name them with.
pub(super) struct Sources(BTreeMap<String, Citation>);

/// What a fact says of its evidence.
pub(super) struct Support<'a> {
    /// Keys of sources, or addresses.
    pub sources: Vec<&'a str>,
    /// Whose record the addresses are; what has a key says so itself. Memory: the sources support a part only.
    pub basis: Option<Basis>,
    /// How sure it is, where less than its sources allow.
    pub confidence: Option<Confidence>,
}

impl SourceText {
    fn citation(&self) -> Result<Citation, FieldError> {
        if self.kind == Basis::Memory {
            return Err(("kind", "memory is no source: leave it out".to_owned()));
        }
        if self.title.trim().is_empty() {
            return Err(("title", "empty: expected what the source is called".to_owned()));
        }
        if !is_address(&self.url) {
            return Err(("url", format!("`{}` is not an address, as https://example.org/list is", self.url)));
        }
        Ok(Citation {
            url: self.url.clone(),
            kind: self.kind,
            title: self.title.clone(),
            publisher: self.publisher.clone(),
            on: self.on.map(|on| on.0),
        })
    }
}

impl Sources {
    /// Takes those that are in order; the faults of the others go to `refuse`, with the key.
    pub fn of<'a>(
        texts: impl Iterator<Item = (&'a String, &'a SourceText)>,
        mut refuse: impl FnMut(&str, FieldError),
    ) -> Self {
        let mut all = BTreeMap::new();
        for (key, text) in texts {
            match text.citation() {
                Ok(citation) => drop(all.insert(key.clone(), citation)),
                Err(fault) => refuse(key, fault),
            }
        }
        Self(all)
    }

    /// All that are described.
    pub fn citations(&self) -> Vec<Citation> {
        self.0.values().cloned().collect()
    }

    /// The address that a key or an address stands for.
    pub fn url(&self, text: &str) -> Result<String, String> {
        match self.0.get(text) {
            Some(citation) => Ok(citation.url.clone()),
            None if is_address(text) => Ok(text.to_owned()),
            None => Err(self.unknown(text)),
        }
    }

    /// The evidence of a fact: its sources with the best first, and a confidence that they allow. What is from memory
    /// may have sources for a part of it.
    pub fn evidence(&self, support: &Support<'_>) -> Result<Evidence, FieldError> {
        let is_from_memory = support.basis == Some(Basis::Memory);
        let mut sources: Vec<(Basis, &str)> = Vec::new();
        for text in &support.sources {
            match (self.0.get(*text), support.basis) {
                (Some(citation), _) => sources.push((citation.kind, &citation.url)),
                (None, _) if !is_address(text) => return Err(("source", self.unknown(text))),
                (None, None) => return Err(("basis", format!("missing: whose record is `{text}`?"))),
                (None, Some(basis)) => sources.push((basis, text)),
            }
        }
        if sources.is_empty() && !is_from_memory {
            return Err(("source", MISSING.to_owned()));
        }
        if support.basis.is_some() && !is_from_memory && support.sources.iter().all(|text| !is_address(text))
        {
            let message = "the kind of the source says it already: leave `basis` out";
            return Err(("basis", message.to_owned()));
        }
        sources.sort_by_key(|(rank, _)| *rank);
        let ranks: Vec<Basis> = sources.iter().map(|(rank, _)| *rank).filter(|_| !is_from_memory).collect();
        let basis = ranks.first().copied().unwrap_or(Basis::Memory);
        let allowed = Confidence::of(&ranks);
        let confidence = support.confidence.unwrap_or(allowed);
        if confidence < allowed {
            let message = format!(
                "`{confidence}` is more than its sources allow ({basis}): expected {allowed} or less, or none"
            );
            return Err(("confidence", message));
        }
        Ok(Evidence {
            sources: sources.into_iter().map(|(_, url)| url.to_owned()).collect(),
            basis,
            confidence,
        })
    }

    fn unknown(&self, text: &str) -> String {
        let keys: Vec<&str> = self.0.keys().map(String::as_str).collect();
        let keys = if keys.is_empty() { String::new() } else { format!(" ({})", keys.join(", ")) };
        format!("unknown source `{text}`, expected an address or a key of [sources]{keys}")
    }
}

const MISSING: &str = "a source is missing: expected an address, a key of [sources], or basis = \"memory\"";

/// Whether a text begins with the scheme of an address, as `https:` or `urn:`.
pub(super) fn is_address(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        !scheme.is_empty() && scheme.chars().all(|letter| letter.is_ascii_alphanumeric())
    }) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let source = |kind, name: &str| Citation {
            url: format!("https://{name}.example"),
            kind,
            title: name.to_owned(),
            publisher: None,
            on: None,
        };
        let all = [
            ("un", Basis::Depositary),
            ("text", Basis::Text),
            ("tass", Basis::Agency),
            ("dpa", Basis::Agency),
            ("paper", Basis::Secondary),
            ("digest", Basis::Weak),
        ];
        Sources(all.map(|(key, kind)| (key.to_owned(), source(kind, key))).into())
    }

    fn evidence(
        named: &[&str],
        basis: Option<Basis>,
        confidence: Option<Confidence>,
    ) -> Result<(String, Basis, Confidence), String> {
        let support = Support { sources: named.to_vec(), basis, confidence };
        let found = sources().evidence(&support).map_err(|(field, message)| format!("{field}: {message}"))?;
        Ok((found.sources.join(" "), found.basis, found.confidence))
    }

    #[test]
    fn confidence_follows_from_the_rank_of_the_sources() {
        for (named, best, confidence) in [
            (&["un"][..], Basis::Depositary, Confidence::High),
            (&["text"], Basis::Text, Confidence::High),
            (&["tass"], Basis::Agency, Confidence::Medium),
            (&["tass", "dpa"], Basis::Agency, Confidence::High),
            (&["tass", "paper"], Basis::Agency, Confidence::Medium),
            (&["paper"], Basis::Secondary, Confidence::Medium),
            (&["digest", "digest"], Basis::Weak, Confidence::Low),
        ] {
            let (_, basis, allowed) = evidence(named, None, None).unwrap();
            assert_eq!((basis, allowed), (best, confidence), "{named:?}");
        }
        assert_eq!(
            evidence(&[], Some(Basis::Memory), None),
            Ok((String::new(), Basis::Memory, Confidence::Low))
        );
    }

    #[test]
    fn the_best_source_comes_first() {
        let (all, basis, _) = evidence(&["paper", "un", "tass"], None, None).unwrap();
        assert_eq!(
            (all.as_str(), basis),
            ("https://un.example https://tass.example https://paper.example", Basis::Depositary)
        );
    }

    #[test]
    fn an_address_needs_a_basis_and_a_key_has_one() {
        let there = "https://there.example";
        let found = evidence(&[there], Some(Basis::Official), Some(Confidence::Low));
        assert_eq!(found, Ok((there.to_owned(), Basis::Official, Confidence::Low)));
        let in_part = evidence(&["un"], Some(Basis::Memory), None);
        assert_eq!(in_part, Ok(("https://un.example".to_owned(), Basis::Memory, Confidence::Low)));
        for (named, basis, confidence, error) in [
            (&[there][..], None, None, "basis: missing: whose record is `https://there.example`?"),
            (
                &["un"],
                Some(Basis::Depositary),
                None,
                "basis: the kind of the source says it already: leave `basis` out",
            ),
            (
                &["uno"],
                None,
                None,
                "source: unknown source `uno`, expected an address or a key of [sources] (digest, dpa, paper, tass, text, un)",
            ),
            (
                &[],
                Some(Basis::Official),
                None,
                "source: a source is missing: expected an address, a key of [sources], or basis = \"memory\"",
            ),
            (
                &["paper"],
                None,
                Some(Confidence::High),
                "confidence: `high` is more than its sources allow (secondary): expected medium or less, or none",
            ),
        ] {
            assert_eq!(evidence(named, basis, confidence), Err(error.to_owned()), "{named:?}");
        }
    }
}
