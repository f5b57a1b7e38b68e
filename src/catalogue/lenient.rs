//! Reading as much of a TOML file as can be read: one entry that is wrong does not hide the next.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::error::{FAULTS_MAX, Faults, Source};

/// Each fault is found by reading what is left: a file with more of them is not worth more time.
const STEPS_MAX: usize = 2 * FAULTS_MAX;

/// Reads a TOML file and tells everything that is wrong with it.
///
/// What could not be read is left out of the result: a key that nobody knows, an entry of a list.
/// There is no result where the rest is not enough, or the file is no TOML.
pub(super) fn read<T: DeserializeOwned>(source: Source<'_>, faults: &mut Faults) -> Option<T> {
    if let Ok(value) = toml::from_str(source.text) {
        return Some(value);
    }
    let mut document = match DeTable::parse(source.text) {
        Ok(document) => document,
        Err(error) => {
            faults.push(source.toml_error(&error));
            return None;
        }
    };
    let begins = document.span().start;
    let mut removed = Vec::new();
    for _ in 0..STEPS_MAX {
        if faults.is_full() {
            return None;
        }
        let error = match T::deserialize(Deserializer::from(document.clone())) {
            // What is left of an entry says something else than the whole: it would be refused again.
            Ok(value) if !drop_spoilt(document.get_mut(), &removed) => return Some(value),
            Ok(_) => continue,
            Err(error) => error,
        };
        let missing = error.message().strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let table = error.span().map_or(begins, |span| span.start);
        let is_ours = |(of, key): &(usize, String)| *of == table && Some(key.as_str()) == missing;
        if !removed.iter().any(is_ours) {
            faults.push(source.toml_error(&error));
        }
        if !prune(document.get_mut(), begins, &error, &mut removed) {
            return None;
        }
    }
    None
}

/// A key with a bad value, and where the table begins that it was taken out of. That it is missing
/// then is our doing, and need not be told.
type Removed = Vec<(usize, String)>;

/// Takes what `error` is about out of the table that `begins` there; false if that is the table itself.
fn prune<'i>(table: &mut DeTable<'i>, begins: usize, error: &Error, removed: &mut Removed) -> bool {
    let Some(span) = error.span() else { return false };
    let is_missing = error.message().starts_with("missing field");
    // What lacks a key is named by its own place; anything else lies inside of what is wrong.
    let concerns = |value: &Spanned<DeValue<'i>>| {
        if is_missing { has_table_at(value, span.start) } else { holds(value, span.start) }
    };
    let here = |(key, value): (&Spanned<_>, &Spanned<DeValue<'i>>)| {
        !is_missing && key.span().contains(&span.start) || concerns(value)
    };
    let Some(key) = table.iter().find(|entry| here(*entry)).map(|(key, _)| key.clone()) else { return false };
    let at_key = key.span().contains(&span.start);
    match table.get_mut(&key) {
        Some(value) if !at_key && value.get_ref().is_array() && has_table(value) => {
            let DeValue::Array(items) = value.get_mut() else { return false };
            let Some(at) = items.iter().position(concerns) else { return false };
            for (number, mut item) in std::mem::replace(items, DeArray::new()).into_iter().enumerate() {
                let begins = item.span().start;
                let is_kept = match item.get_mut() {
                    _ if number != at => true,
                    DeValue::Table(entry) => !is_missing && prune(entry, begins, error, removed),
                    _ => false,
                };
                if is_kept {
                    items.push(item);
                }
            }
            return true;
        }
        Some(value) if !at_key && !is_missing && value.get_ref().is_table() => {
            let begins = value.span().start;
            if let DeValue::Table(inner) = value.get_mut() {
                return prune(inner, begins, error, removed);
            }
        }
        _ => {}
    }
    table.remove(&key);
    removed.push((begins, key.get_ref().to_string()));
    true
}

/// Takes out the entries of lists that something was taken out of, and says whether there were any.
fn drop_spoilt<'i>(table: &mut DeTable<'i>, removed: &Removed) -> bool {
    let mut any = false;
    for (_, value) in table.iter_mut() {
        let DeValue::Array(items) = value.get_mut() else { continue };
        let is_spoilt = |item: &Spanned<DeValue<'i>>| removed.iter().any(|(of, _)| *of == item.span().start);
        if items.iter().any(is_spoilt) {
            any = true;
            let kept = std::mem::replace(items, DeArray::new()).into_iter().filter(|item| !is_spoilt(item));
            *items = kept.collect();
        }
    }
    any
}

/// Whether a value is a list of tables.
fn has_table(value: &Spanned<DeValue<'_>>) -> bool {
    value.get_ref().as_array().is_some_and(|items| items.iter().any(|item| item.get_ref().is_table()))
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
        let mut faults = Faults::up_to(FAULTS_MAX);
        let read = read(Source { file: "f", text }, &mut faults);
        (read, faults.kept().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_fault_is_told_and_the_rest_is_read() {
        let text = "name = \"a\"\nsize = \"x\"\n[[part]]\nnumber = \"one\"\n[[part]]\n[[part]]\nnumber = 3\nkolor = 1\n[[part]]\nnumber = -1\nsize = 1\n[[part]]\nnumber = 7\n";
        let (read, faults) = faults_of(text);
        let places: Vec<&str> =
            faults.iter().map(|fault| fault.split(": ").next().unwrap_or_default()).collect();
        assert_eq!(places, ["f:4", "f:5", "f:8", "f:10", "f:11", "f:2"], "{faults:#?}");
        let read = read.unwrap();
        assert_eq!((read.name.as_str(), read.size, read.part.len()), ("a", None, 1));
        assert_eq!(read.part[0].number, 7);
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
    fn a_file_of_nothing_but_faults_takes_no_more_steps_than_it_has_room_for() {
        let text = "name = \"a\"\n".to_owned() + &"[[part]]\nnumber = \"x\"\n".repeat(20_000);
        let (read, faults) = faults_of(&text);
        assert!(read.is_none());
        assert_eq!(faults.len(), FAULTS_MAX);
    }

    #[test]
    fn what_is_no_toml_is_one_fault() {
        let (read, faults) = faults_of("name = \n[[part]]\nnumber = \"x\"\n");
        assert!(read.is_none());
        assert_eq!(faults.len(), 1, "{faults:#?}");
    }
}
