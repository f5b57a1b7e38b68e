//! Names of treaties, states, acts and readings.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A name that does not have the shape it must have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A slug has lower-case letters, digits and single hyphens.
    #[error("`{0}` is not a name: expected lower-case letters, digits and hyphens, as in `new-start`")]
    Slug(String),
    /// A state is named by three capital letters.
    #[error("`{0}` is not a state code: expected three capital letters, as in `RUS`")]
    State(String),
}

/// A state or another entity that can perform acts: ISO 3166 alpha-3 where there is one,
/// else a code of `seeds/states.csv` (`CSK`, `EUU`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StateId([u8; 3]);

impl StateId {
    /// The code, three capital letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters, checked when it was made")
    }
}

impl FromStr for StateId {
    type Err = IdError;

    fn from_str(code: &str) -> Result<Self, IdError> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(IdError::State(code.to_owned())),
        }
    }
}

impl TryFrom<String> for StateId {
    type Error = IdError;

    fn try_from(code: String) -> Result<Self, IdError> {
        code.parse()
    }
}

impl From<StateId> for String {
    fn from(id: StateId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for StateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for StateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_slug(name: &str) -> bool {
    !name.is_empty()
        && name.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

macro_rules! name_type {
    ($(#[$meta:meta])* $name:ident, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(name: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> bool = $check;
                if check(name) { Ok(Self(name.into())) } else { Err(IdError::Slug(name.to_owned())) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(name: String) -> Result<Self, IdError> {
                name.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_type!(
    /// A treaty or another instrument: a slug such as `new-start`, the name of its seed folder.
    TreatyId,
    is_slug
);
name_type!(
    /// A slug inside one treaty: a clause, a reading, an act that others refer to.
    Label,
    is_slug
);
name_type!(
    /// An act: `npt/PRK/notice_of_withdrawal/2003-01-10`, the same in every database that holds it.
    ActId,
    |name| !name.is_empty()
);
name_type!(
    /// A dated event, whatever day it falls on: `new-start/expiry` stays the same when the day moves.
    DateId,
    |name| !name.is_empty()
);

impl Label {
    /// The reading that is shown unless another one is asked for.
    pub fn default_reading() -> Self {
        Self("default".into())
    }

    /// Whether this names the default reading.
    pub fn is_default(&self) -> bool {
        self.as_str() == "default"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_three_capital_letters() {
        assert_eq!("RUS".parse::<StateId>().unwrap().as_str(), "RUS");
        for bad in ["rus", "RU", "RUSS", "R1S", "РУС", ""] {
            assert_eq!(bad.parse::<StateId>(), Err(IdError::State(bad.to_owned())));
        }
    }

    #[test]
    fn a_treaty_is_a_slug() {
        assert!("unscr-2231".parse::<TreatyId>().is_ok());
        for bad in ["New-START", "a--b", "-a", "a-", "", "a b", "a/b"] {
            assert_eq!(bad.parse::<TreatyId>(), Err(IdError::Slug(bad.to_owned())));
        }
    }
}
