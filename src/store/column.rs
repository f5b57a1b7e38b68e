//! Domain values as columns: each has one spelling in SQL, and is checked when it is read.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Sqlite, Type};

use crate::domain::act::{ActKind, Basis, Confidence};
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::attention::{AcknowledgementEnd, SnoozeEnd};
use crate::domain::day::Precision;
use crate::domain::delivery::HeldFor;
use crate::domain::id::{ActId, DateId, Label, StateId, TreatyId};
use crate::domain::source::{FindingState, Policy, PollMark, SourceKind};
use crate::domain::state::{RegionalGroup, StateKind};
use crate::domain::statement::Overtaken;
use crate::domain::status::{OverlayKind, Rule, StateStatus, TreatyStatus};
use crate::domain::text::text_enum;
use crate::domain::treaty::{Certainty, DateKind, Form, InstrumentKind, LinkKind};

text_enum! {
    /// Who recorded an act.
    Origin ("origin") {
        /// A set of seeds: later seeds may correct and retract it.
        Seed = "seed",
        /// A user: seeds leave it alone.
        User = "user",
    }
}

/// Stores types as the text that they display, and reads them back by parsing it.
macro_rules! stored_as_text {
    ($($name:ty),+ $(,)?) => { $(
        impl sqlx::Type<sqlx::Sqlite> for $name {
            fn type_info() -> sqlx::sqlite::SqliteTypeInfo {
                <str as sqlx::Type<sqlx::Sqlite>>::type_info()
            }
        }

        impl sqlx::Encode<'_, sqlx::Sqlite> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut sqlx::sqlite::SqliteArgumentsBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                <&str as sqlx::Encode<'_, sqlx::Sqlite>>::encode(self.as_str(), buffer)
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::Sqlite> for $name {
            fn decode(value: sqlx::sqlite::SqliteValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(<&str as sqlx::Decode<'r, sqlx::Sqlite>>::decode(value)?.parse()?)
            }
        }
    )+ };
}
pub(super) use stored_as_text;

stored_as_text!(
    AcknowledgementEnd,
    ActId,
    ActKind,
    AlertKind,
    Basis,
    Certainty,
    Confidence,
    DateId,
    DateKind,
    FindingState,
    Form,
    HeldFor,
    InstrumentKind,
    Label,
    LinkKind,
    Origin,
    Overtaken,
    OverlayKind,
    Policy,
    PollMark,
    Precision,
    RegionalGroup,
    Rule,
    Severity,
    SourceKind,
    SnoozeEnd,
    StateId,
    StateKind,
    StateStatus,
    TreatyId,
    TreatyStatus,
);

/// An instant as `YYYY-MM-DDTHH:MM:SSZ`: in UTC and whole seconds, so that it compares as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant(pub DateTime<Utc>);

const INSTANT: &str = "%Y-%m-%dT%H:%M:%SZ";

impl Instant {
    /// The instant, with what is below a second cut off, as it will be read back.
    pub fn of(instant: DateTime<Utc>) -> Self {
        Self(instant.trunc_subsecs(0))
    }
}

impl Type<Sqlite> for Instant {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Instant {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <String as Encode<'_, Sqlite>>::encode(self.0.format(INSTANT).to_string(), buffer)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format(INSTANT))
    }
}

impl<'r> Decode<'r, Sqlite> for Instant {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = <&str as Decode<'r, Sqlite>>::decode(value)?;
        Ok(Self(NaiveDateTime::parse_from_str(text, INSTANT)?.and_utc()))
    }
}

/// A value as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Json<T>(pub T);

impl<T> Type<Sqlite> for Json<T> {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl<T: Serialize> Encode<'_, Sqlite> for Json<T> {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <String as Encode<'_, Sqlite>>::encode(serde_json::to_string(&self.0)?, buffer)
    }
}

impl<'r, T: DeserializeOwned> Decode<'r, Sqlite> for Json<T> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = <&str as Decode<'r, Sqlite>>::decode(value)?;
        Ok(Self(serde_json::from_str(text)?))
    }
}
