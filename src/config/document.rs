//! The file while it is read: its tables, and how a place in it becomes an error with a line and a field.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::value::Error as NoValue;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer as _, Visitor};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is not TOML, has an unknown key, lacks a key, or has a value that is not possible.
    #[error("{}:{line}: {message}", .path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// Which field, what is wrong with it, and what was expected.
        message: String,
    },
}

/// What is wrong, and where in the text that is.
#[derive(Debug)]
pub(super) struct Problem {
    at: usize,
    message: String,
}

impl Problem {
    pub(super) fn new(at: usize, message: impl Display) -> Self {
        Self { at, message: message.to_string() }
    }

    pub(super) fn of<T>(place: &Spanned<T>, message: impl Display) -> Self {
        Self::new(place.span().start, message)
    }
}

impl From<toml::de::Error> for Problem {
    fn from(error: toml::de::Error) -> Self {
        // The message alone: an excerpt of the file could hold a secret.
        Self::new(error.span().map_or(0, |span| span.start), error.message())
    }
}

/// Makes more of a value; an error names its place.
pub(super) fn read_at<T, R, E: Display>(
    place: &Spanned<T>,
    read: impl FnOnce(&T) -> Result<R, E>,
) -> Result<R, Problem> {
    read(place.get_ref()).map_err(|error| Problem::of(place, error))
}

/// A file whose form is that of TOML.
pub(super) struct Document<'a> {
    pub(super) path: &'a Path,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    pub(super) fn parse(path: &'a Path, text: &'a str) -> Result<Self, ConfigError> {
        let of = |root| Self { path, text, root };
        let no_fields = Spanned::new(0..0, DeTable::new());
        DeTable::parse(text).map(of).map_err(|error| of(no_fields).error(error.into()))
    }

    /// Reads the file as a whole.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        Ok(T::deserialize(self.root.clone().into_deserializer())?)
    }

    /// The tables of a list, as in `[[endpoint]]`.
    pub(super) fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let list = self.root.get_ref().get(key).and_then(|list| list.get_ref().as_array());
        let table = |value: &Spanned<DeValue<'a>>| {
            let rest = value.get_ref().as_table()?.clone();
            Some(Table { at: value.span().start, rest, known: Vec::new() })
        };
        list.into_iter().flatten().filter_map(table).collect()
    }

    /// The line, from 1, and the field of a place.
    pub(super) fn place(&self, at: usize) -> (usize, String) {
        let line = 1 + self.text.bytes().take(at).filter(|&byte| byte == b'\n').count();
        (line, keys_to(at, self.root.get_ref()).unwrap_or_default().join("."))
    }

    pub(super) fn error(&self, Problem { at, message }: Problem) -> ConfigError {
        let (line, field) = self.place(at);
        let message = if field.is_empty() { message } else { format!("{field}: {message}") };
        ConfigError::Content { path: self.path.to_owned(), line, message }
    }
}

/// The keys that lead to a place. What is wrong with a key itself is wrong with the table that has it.
fn keys_to<'t>(at: usize, table: &'t DeTable<'_>) -> Option<Vec<&'t str>> {
    table.iter().find_map(|(key, value)| {
        // The table of a dotted key stands where the key does.
        if key.span().contains(&at) && key.span() != value.span() {
            return Some(Vec::new());
        }
        let mut values: Vec<&Spanned<DeValue<'_>>> = vec![value];
        values.extend(value.get_ref().as_array().into_iter().flatten());
        let deeper = values.iter().find_map(|value| keys_to(at, value.get_ref().as_table()?));
        let here = || values.iter().any(|value| value.span().contains(&at)).then(Vec::new);
        let mut keys = deeper.or_else(here)?;
        keys.insert(0, key.get_ref());
        Some(keys)
    })
}

/// A table that several structures are read from: one has the keys that every such table has, others those of its
/// format or kind.
pub(super) struct Table<'a> {
    /// Where it begins.
    pub(super) at: usize,
    rest: DeTable<'a>,
    known: Vec<&'static str>,
}

impl Table<'_> {
    /// Reads a structure from its keys, and leaves the others.
    pub(super) fn take<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let keys = keys_of::<T>();
        self.known.extend(keys);
        let own: DeTable<'_> = keys.iter().filter_map(|key| self.rest.remove_entry(*key)).collect();
        let table = Spanned::new(self.at..self.at, DeValue::Table(own));
        Ok(T::deserialize(table.into_deserializer())?)
    }

    /// Reads the last structure: what else is there is no key of `what`.
    pub(super) fn take_last<T: DeserializeOwned>(mut self, what: impl Display) -> Result<T, Problem> {
        let known: Vec<&str> = self.known.iter().chain(keys_of::<T>()).copied().collect();
        match self.rest.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => self.take(),
            Some(key) => {
                let message = format!(
                    "{what} has no key `{}`, expected one of `{}`",
                    key.get_ref(),
                    known.join("`, `")
                );
                Err(Problem::of(key, message))
            }
        }
    }
}

/// The keys that a structure is read from, as its `Deserialize` asks for them.
fn keys_of<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Keys<'k>(&'k mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Keys<'_> {
        type Error = NoValue;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, NoValue> {
            *self.0 = fields;
            Err(NoValue::custom("only the keys are asked for"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NoValue> {
            Err(NoValue::custom("not a structure"))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut keys: &'static [&'static str] = &[];
    T::deserialize(Keys(&mut keys)).err();
    keys
}
