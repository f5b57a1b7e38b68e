//! `translations.csv`: the texts of a catalogue in Chinese and Russian.
//!
//! The English text is the key, so a translation whose original was changed is not shown any more.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::domain::lang::Words;

use super::acts::csv_error;
use super::error::{Faults, Source};
use super::limits::{self, ACTS_MAX};
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
    let mut reader = csv::ReaderBuilder::new().from_reader(source.text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.push(csv_error(source, &error));
            return Vec::new();
        }
    };
    let mut read = Vec::new();
    let mut seen = BTreeSet::new();
    for (number, record) in reader.into_records().enumerate() {
        if number == ACTS_MAX {
            faults.push(limits::too_many(source, ACTS_MAX, "translations"));
            break;
        }
        let one = record.map_err(|error| csv_error(source, &error)).and_then(|record| {
            let row = record.position().and_then(|at| CsvRow::of(source.text, at));
            limits::csv_row(&header, &record)
                .map_err(|(field, message)| source.csv_error(row, field, message))?;
            let Row { en, zh, ru } =
                record.deserialize(Some(&header)).map_err(|error| csv_error(source, &error))?;
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            if en.is_empty() {
                return Err(source.csv_error(row, "en", "empty: expected the text as the catalogue has it"));
            }
            if !seen.insert(en.to_owned()) {
                return Err(source.csv_error(row, "en", "this text is there twice"));
            }
            Ok(Translation { words: Words { en: en.to_owned(), zh: given(zh), ru: given(ru) }, row })
        });
        match one {
            Ok(translation) => read.push(translation),
            Err(fault) => faults.push(fault),
        }
    }
    read
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
