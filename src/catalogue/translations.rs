//! `translations.csv`: the texts of a catalogue in Chinese and Russian.
//!
//! The English text is the key, so a translation whose original was changed is not shown any more.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use serde::Deserialize;

use crate::domain::lang::Words;

use super::csv_file::{self, csv_error};
use super::error::{Faults, Source};
use super::limits::ACTS_MAX;
use super::place::CsvRow;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<'a> {
    en: &'a str,
    zh: &'a str,
    ru: &'a str,
}

/// A text in several languages, and where it stands.
pub(super) struct Translation {
    pub words: Words,
    row: Option<CsvRow>,
}

/// Reads all translations; a row that is wrong is left out.
pub(super) fn read(source: Source<'_>, faults: &mut Faults) -> Vec<Translation> {
    let read = |header: &StringRecord, record: &StringRecord, row| {
        let Row { en, zh, ru } =
            record.deserialize(Some(header)).map_err(|error| csv_error(source, &error))?;
        if en.is_empty() {
            return Err(source.csv_error(row, "en", "empty: expected the text as the catalogue has it"));
        }
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(Translation { words: Words { en: en.to_owned(), zh: given(zh), ru: given(ru) }, row })
    };
    let mut all = csv_file::rows(source, (ACTS_MAX, "translations"), |_| Ok(()), read, faults);
    let mut seen = BTreeSet::new();
    all.retain(|Translation { words, row }| {
        let is_new = seen.insert(words.en.clone());
        if !is_new {
            faults.push(source.csv_error(*row, "en", "this text is there twice"));
        }
        is_new
    });
    all
}

/// Asks about the translations of texts that the catalogue has no more.
pub(super) fn questions(
    source: Source<'_>,
    translations: &[Translation],
    texts: &BTreeSet<Cow<'_, str>>,
    faults: &mut Faults,
) {
    for Translation { words, row } in translations.iter().filter(|one| !texts.contains(one.words.en.as_str()))
    {
        let message = format!("no instrument has the text `{}`: was it changed?", words.en);
        faults.push_with(|| source.csv_error(*row, "en", message));
    }
}

/// Of all translations, those of some texts.
pub(super) fn of_texts<'a>(
    all: &BTreeMap<String, Words>,
    texts: impl Iterator<Item = Cow<'a, str>>,
) -> BTreeMap<String, Words> {
    texts
        .filter_map(|text| all.get_key_value(&*text))
        .map(|(en, words)| (en.clone(), words.clone()))
        .collect()
}
