//! Values that read themselves: text in a form, whole numbers with bounds, lists.

use std::fmt::{self, Display};
use std::fs::File;
use std::io::Read as _;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use toml::Spanned;

use crate::domain::id::{Label, TreatyId};
use crate::wire::Authorities;

use super::document::{Problem, read_at};

/// The longest lead time.
pub const LEAD_DAYS_MAX: u32 = 3650;
/// How many lead times a list may hold.
pub const LEADS_MAX: usize = 32;
/// A longer file is no list of certificates.
const CA_FILE_SIZE_MAX_BYTES: u64 = 1024 * 1024;

/// A value that is written as text. It is made while the parser is at its place: an error then has that place, also in
/// a list.
pub(super) struct Text<T>(pub(super) T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<T>(PhantomData<T>);

        impl<T: FromStr<Err: Display>> Visitor<'_> for TextVisitor<T> {
            type Value = Text<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<T>, E> {
                text.parse().map(Text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

/// A whole number from `LEAST` to `MOST`.
pub(super) struct Bounded<const LEAST: u32, const MOST: u32>(pub(super) u32);

impl<'de, const LEAST: u32, const MOST: u32> Deserialize<'de> for Bounded<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberVisitor<const LEAST: u32, const MOST: u32>;

        impl<const LEAST: u32, const MOST: u32> Visitor<'_> for NumberVisitor<LEAST, MOST> {
            type Value = Bounded<LEAST, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_i64<E: Error>(self, found: i64) -> Result<Self::Value, E> {
                let fitting = u32::try_from(found).ok().filter(|number| (LEAST..=MOST).contains(number));
                fitting.map(Bounded).ok_or_else(|| {
                    E::custom(format!(
                        "{found} is out of range: expected a whole number from {LEAST} to {MOST}"
                    ))
                })
            }
        }

        deserializer.deserialize_i64(NumberVisitor)
    }
}

/// A list whose values have places of their own.
pub(super) type List<T> = Spanned<Vec<Spanned<T>>>;

/// The name of a treaty, with its place: if the database does not have it, the error says where it is named.
pub(super) type TreatyRef = Spanned<Text<TreatyId>>;

/// Lead times, as they are written.
pub(super) type Leads = List<Bounded<1, LEAD_DAYS_MAX>>;

/// Reads lead times, descending. An empty list is one of them: nobody is notified before the day itself.
pub(super) fn leads(list: &Leads) -> Result<Vec<u32>, Problem> {
    at_most(LEADS_MAX, list, list.get_ref().len())?;
    let mut leads = each_once(list.get_ref(), |Bounded(days)| *days)?;
    leads.sort_unstable_by(|a, b| b.cmp(a));
    Ok(leads)
}

/// Reads a list that routes: an empty one would match nothing.
pub(super) fn choice<T: Clone + PartialEq + Display>(list: &List<Text<T>>) -> Result<Vec<T>, Problem> {
    not_empty(list)?;
    each_once(list.get_ref(), |Text(item)| item.clone())
}

pub(super) fn not_empty<T>(list: &Spanned<Vec<T>>) -> Result<(), Problem> {
    let message = "an empty list: expected at least one value, or no such key, which means all";
    if list.get_ref().is_empty() { Err(Problem::of(list, message)) } else { Ok(()) }
}

pub(super) fn at_most<T>(most: usize, place: &Spanned<T>, found: usize) -> Result<(), Problem> {
    let message = || format!("{found} values: expected at most {most}");
    if found > most { Err(Problem::of(place, message())) } else { Ok(()) }
}

/// The values of a list that may hold each of them once.
pub(super) fn each_once<T, V: PartialEq + Display>(
    list: &[Spanned<T>],
    value: impl Fn(&T) -> V,
) -> Result<Vec<V>, Problem> {
    let mut values = Vec::with_capacity(list.len());
    for item in list {
        let value = value(item.get_ref());
        if values.contains(&value) {
            return Err(Problem::of(item, twice(value)));
        }
        values.push(value);
    }
    Ok(values)
}

pub(super) fn twice(value: impl Display) -> String {
    format!("`{value}` is listed twice: expected each value once")
}

/// Reads the name of an endpoint or a source, which no other has.
pub(super) fn name_besides<'a>(
    mut others: impl Iterator<Item = &'a str>,
    name: &Spanned<Text<Label>>,
    what: &str,
) -> Result<String, Problem> {
    let own = name.get_ref().0.as_str();
    let message = || format!("`{own}` is the name of another {what}: expected a name of its own");
    if others.any(|other| other == own) { Err(Problem::of(name, message())) } else { Ok(own.to_owned()) }
}

/// Reads a file; `expected` says what should be there instead of a longer one.
fn read_file(path: &str, size_max_bytes: u64, expected: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = |file: File| file.take(size_max_bytes + 1).read_to_end(&mut bytes);
    let size = File::open(path).and_then(read).map_err(|error| format!("cannot read {path}: {error}"))?;
    if size as u64 > size_max_bytes {
        return Err(format!("{path} is longer than {size_max_bytes} bytes: expected {expected}"));
    }
    Ok(bytes)
}

/// Reads a file of text.
pub(super) fn read_text(path: &str, size_max_bytes: u64, expected: &str) -> Result<String, String> {
    let bytes = read_file(path, size_max_bytes, expected)?;
    String::from_utf8(bytes).map_err(|error| format!("cannot read {path}: {error}"))
}

/// Reads the authorities in a file, if there is one.
pub(super) fn read_authorities(file: Option<&Spanned<String>>) -> Result<Option<Authorities>, Problem> {
    let read = |path: &String| {
        let pem = read_file(path, CA_FILE_SIZE_MAX_BYTES, "certificates in PEM")?;
        Authorities::read(&pem)
            .map_err(|_| format!("{path} holds no certificate: expected one or more in PEM"))
    };
    file.map(|file| read_at(file, read)).transpose()
}

/// The name of a file or a directory.
#[derive(Clone, PartialEq)]
pub(super) struct FilePath(pub(super) PathBuf);

impl FromStr for FilePath {
    type Err = &'static str;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        if path.is_empty() {
            return Err("an empty path: expected a file name, as in `treatywatch.db`");
        }
        Ok(Self(path.into()))
    }
}

impl Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

/// Where the health endpoint listens, if it does.
pub(super) struct Listen(pub(super) Option<SocketAddr>);

impl FromStr for Listen {
    type Err = String;

    fn from_str(address: &str) -> Result<Self, String> {
        match address {
            "" | "off" => Ok(Self(None)),
            _ => address.parse().map(|address| Self(Some(address))).map_err(|_| {
                format!(
                    "`{address}` is not an address: expected an IP address and a port, as in `127.0.0.1:8490`, \
                     or `off`"
                )
            }),
        }
    }
}

/// A time zone.
pub(super) struct Zone(pub(super) Tz);

impl FromStr for Zone {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let error = |_| format!("`{name}` is not a time zone: expected an IANA name, as in `Europe/Vienna`");
        name.parse().map(Self).map_err(error)
    }
}

/// What is looked for in a text.
pub(super) struct Phrase(pub(super) String);

impl FromStr for Phrase {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() { Err("empty: expected a word or more") } else { Ok(Self(text.to_owned())) }
    }
}
