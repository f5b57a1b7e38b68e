//! The JSON Schema of `treaty.toml`, made of the same structures that read it.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::domain::act::{ActKind, Basis, Confidence};
use crate::domain::clause::{EntryOf, LaterFrom, Scope};
use crate::domain::day::Counting;
use crate::domain::lang::Lang;
use crate::domain::treaty::{Certainty, DateKind, Form, InstrumentKind, LinkKind};

use super::fields::{Day, DayOrMonth};
use super::treaty::TreatyText;

/// The JSON Schema (draft 2020-12) of `treaty.toml`. A TOML date is a string in it.
pub fn schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<TreatyText>().to_value()
}

/// An enumeration that is one word in a file.
pub(super) trait Words {
    const NAME: &'static str;
    const DESCRIPTION: &'static str;
    fn words() -> Vec<&'static str>;
}

/// Stands in the schema for a word of an enumeration.
pub(super) struct Word<T>(PhantomData<T>);

impl<T: Words> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": T::words(), "description": T::DESCRIPTION })
    }
}

macro_rules! words {
    ($($name:ident: $description:literal,)+) => {
        $(impl Words for $name {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = $description;

            fn words() -> Vec<&'static str> {
                $name::ALL.iter().map(|word| word.as_str()).collect()
            }
        })+
    };
}

words! {
    ActKind: "What was done.",
    Basis: "Whose record it is: the depositary's own, an official one (a state, the United Nations, a treaty body), a secondary one (press, research), or memory, which needs no source.",
    Certainty: "How certain an upcoming date is.",
    Confidence: "How sure it is.",
    Counting: "Whether a period takes effect on its last day, or when that day has ended.",
    DateKind: "What sort of day it is.",
    EntryOf: "Whose entry into force it is counted from: that for the state which leaves, or the treaty's.",
    Form: "Between how many the treaty is made.",
    InstrumentKind: "What the instrument is.",
    Lang: "A language.",
    LaterFrom: "From when on a consenting state is a later one.",
    LinkKind: "How this instrument is related to the other.",
    Scope: "Whether it runs once for the treaty, or for each party from its own entry into force.",
}

/// Declares what stands in the schema for a text of a certain shape.
macro_rules! shapes {
    ($($name:ident: $pattern:literal, $description:literal;)+) => {
        $(pub(super) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $description })
            }
        })+
    };
}

shapes! {
    StateCode: "^[A-Z]{3}$", "The code of a state: three capital letters, as in RUS.";
    Name: "^[a-z0-9]+(-[a-z0-9]+)*$", "A name: lower-case letters, digits and hyphens, as in new-start.";
    Period: "^P[0-9]+[DWMY]$", "A period of one unit, as in P6M, P90D or P5Y.";
    Share: "^>?[0-9]+/[0-9]+$", "A share, as in 2/3, or >1/2 for more than a half.";
    DayOfYear: "^[0-9]{2}-[0-9]{2}$", "A day that every year has, as in 12-31.";
    Anchor: "^(entry_into_force|threshold_met|state_entry_into_force|adoption|signature|opening_for_signature|(act|effect|deadline):[a-z0-9]+(-[a-z0-9]+)*)$",
        "What a period is counted from: entry_into_force, threshold_met, state_entry_into_force, adoption, signature, opening_for_signature, act:LABEL, effect:LABEL or deadline:CLAUSE.";
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": "A TOML date, as in 2019-02-02."
        })
    }
}

impl JsonSchema for DayOrMonth {
    fn schema_name() -> Cow<'static, str> {
        "DayOrMonth".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
            "description": "A TOML date, or \"2019-02\" or \"2019\" where only the month or the year is known."
        })
    }
}
