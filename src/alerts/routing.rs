//! Which endpoint wants which alert, and under which id it gets it.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::domain::alert::Alert;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::id::TreatyId;

/// What an endpoint wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The endpoint's name.
    pub endpoint: String,
    /// Only these treaties; all, if absent.
    pub treaties: Option<BTreeSet<TreatyId>>,
    /// Only alerts of one of these kinds; all, if absent.
    pub kinds: Option<Vec<AlertKind>>,
    /// Nothing less severe.
    pub min_severity: Severity,
    /// Approaching dates at these leads only; at all leads, if absent.
    pub lead_days: Option<Vec<u32>>,
    /// Whether it gets what is not critical in digests.
    pub digest: bool,
}

impl Route {
    /// Every alert, at once, to this endpoint.
    pub fn of_everything(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            treaties: None,
            kinds: None,
            min_severity: Severity::Info,
            lead_days: None,
            digest: false,
        }
    }

    /// Whether the endpoint wants `alert`.
    pub fn wants(&self, alert: &Alert) -> bool {
        // What is about no treaty concerns everybody.
        let is_of = |treaty: &TreatyId| self.treaties.as_ref().is_none_or(|wanted| wanted.contains(treaty));
        alert.treaty.as_ref().is_none_or(is_of)
            && self.kinds.as_ref().is_none_or(|kinds| alert.is_any_of(kinds))
            && self.min_severity <= alert.severity
            && match (&self.lead_days, alert.lead_days) {
                (Some(wanted), Some(lead)) => {
                    wanted.contains(&lead) || alert.missed_leads.iter().any(|lead| wanted.contains(lead))
                }
                (None, _) | (_, None) => true,
            }
    }
}

/// The id that receivers see: the same for one event of one database, however often it is
/// raised, restored or replayed, and another one in every other database.
pub fn message_id(database_id: &str, key: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(database_id.as_bytes());
    hash.update([0]);
    hash.update(key.as_bytes());
    let digest = hash.finalize();
    let half = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    format!("msg_{}", half.collect::<String>())
}
