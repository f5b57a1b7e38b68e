//! Reading as much of a TOML file as can be read: one entry that is wrong does not hide the next.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::error::{Faults, Source};

/// A file that has more faults than this is not worth more time.
const FAULTS_MAX: usize = 1000;

/// Reads a TOML file and tells everything that is wrong with it.
///
/// What could not be read is left out of the result: a key that nobody knows, an entry of a list.
/// There is no result where the rest is not enough, or the file is no TOML.
pub(super) fn read<T: DeserializeOwned>(source: Source<'_>, faults: &mut Faults) -> Option<T> {
    let mut document = match DeTable::parse(source.text) {
        Ok(document) => document,
        Err(error) => {
            faults.push(source.toml_error(&error));
            return None;
        }
    };
    // Of a required key with a bad value enough has been told: that it is missing then is our doing.
    let mut removed: Vec<String> = Vec::new();
    for _ in 0..FAULTS_MAX {
        let error = match T::deserialize(Deserializer::from(document.clone())) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let missing = error.message().strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        if missing.is_some_and(|key| removed.iter().any(|removed| removed == key)) {
            return None;
        }
        faults.push(source.toml_error(&error));
        if !prune(document.get_mut(), &error, &mut removed) {
            return None;
        }
    }
    None
}

/// Takes what `error` is about out of a table; false if that is the table itself.
fn prune<'i>(table: &mut DeTable<'i>, error: &Error, removed: &mut Vec<String>) -> bool {
    let Some(span) = error.span() else { return false };
    let is_missing = error.message().starts_with("missing field");
    let is_unknown = error.message().starts_with("unknown field");
    // What lacks a key is named by its own place; anything else lies inside of what is wrong.
    let concerns = |value: &Spanned<DeValue<'i>>| {
        if is_missing { has_table_at(value, span.start) } else { holds(value, span.start) }
    };
    let here = |(key, value): (&Spanned<_>, &Spanned<DeValue<'i>>)| {
        !is_missing && key.span().contains(&span.start) || concerns(value)
    };
    let Some(key) = table.iter().find(|entry| here(*entry)).map(|(key, _)| key.clone()) else { return false };
    let at_key = key.span().contains(&span.start);
    match table.get_mut(&key).map(Spanned::get_mut) {
        Some(DeValue::Array(items)) if !at_key && items.iter().any(|item| item.get_ref().is_table()) => {
            let Some(at) = items.iter().position(concerns) else { return false };
            let mut is_pruned = true;
            for (number, mut item) in std::mem::replace(items, DeArray::new()).into_iter().enumerate() {
                match item.get_mut() {
                    DeValue::Table(entry) if number == at && is_unknown => {
                        is_pruned = prune(entry, error, removed)
                    }
                    _ if number == at => continue,
                    _ => {}
                }
                items.push(item);
            }
            return is_pruned;
        }
        Some(DeValue::Table(inner)) if !at_key && is_unknown => return prune(inner, error, removed),
        _ => {
            table.remove(&key);
            if !is_unknown {
                removed.push(key.get_ref().to_string());
            }
        }
    }
    true
}

/// Whether a byte lies in a value: that of a table has its name only, and its fields lie apart.
fn holds(value: &Spanned<DeValue<'_>>, offset: usize) -> bool {
    let below = match value.get_ref() {
        DeValue::Table(table) => {
            table.iter().any(|(key, value)| key.span().contains(&offset) || holds(value, offset))
        }
        DeValue::Array(items) => items.iter().any(|item| holds(item, offset)),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => false,
    };
    below || value.span().contains(&offset)
}

/// Whether a value is a table that begins at a byte, or has one that does.
fn has_table_at(value: &Spanned<DeValue<'_>>, offset: usize) -> bool {
    match value.get_ref() {
        DeValue::Table(table) => {
            value.span().start == offset || table.values().any(|value| has_table_at(value, offset))
        }
        DeValue::Array(items) => items.iter().any(|item| has_table_at(item, offset)),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        size: Option<u32>,
        #[serde(default)]
        part: Vec<Part>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        number: u32,
    }

    fn faults_of(text: &str) -> (Option<Outer>, Vec<String>) {
        let mut faults = Faults::new();
        let read = read(Source { file: "f", text }, &mut faults);
        (read, faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_fault_is_told_and_the_rest_is_read() {
        let text = "name = \"a\"\nsize = \"x\"\n[[part]]\nnumber = \"one\"\n[[part]]\n[[part]]\nnumber = 3\nkolor = 1\n";
        let (read, faults) = faults_of(text);
        let places: Vec<&str> =
            faults.iter().map(|fault| fault.split(": ").next().unwrap_or_default()).collect();
        assert_eq!(places, ["f:4", "f:5", "f:8", "f:2"], "{faults:#?}");
        let read = read.unwrap();
        assert_eq!((read.name.as_str(), read.size, read.part.len()), ("a", None, 1));
        assert_eq!(read.part[0].number, 3);
    }

    #[test]
    fn a_bad_value_is_not_missing_besides() {
        let (read, faults) = faults_of("name = 1\n[[part]]\nnumber = -1\n");
        assert!(read.is_none());
        assert_eq!(faults.len(), 2, "{faults:#?}");
        let (read, faults) = faults_of("size = 1\n[[part]]\nnumber = 1\n");
        assert!(read.is_none());
        assert_eq!(faults, ["f:1: missing field `name`"]);
    }

    #[test]
    fn what_is_no_toml_is_one_fault() {
        let (read, faults) = faults_of("name = \n[[part]]\nnumber = \"x\"\n");
        assert!(read.is_none());
        assert_eq!(faults.len(), 1, "{faults:#?}");
    }
}
