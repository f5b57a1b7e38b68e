//! An endpoint: who is notified, of what, and how.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use crate::delivery::Target;
use crate::domain::alert_kind::{AlertKind, Severity};
use crate::domain::delivery::Format;
use crate::domain::id::{Label, TreatyId};
use crate::domain::lang::Lang;

use super::channel::read_channel;
use super::document::{Problem, Table};
use super::recurrence::Recurrence;
use super::secret::Secrets;
use super::value::{Bounded, Leads, List, Text, TreatyRef, choice, leads, name_besides};

/// The longest time that one attempt at a delivery may take.
pub const TIMEOUT_S_MAX: u32 = 30;
/// How many attempts at one endpoint may run side by side.
pub const CONCURRENCY_MAX: u32 = 16;
/// How many attempts may run side by side at all: each may hold a connection.
pub const CONCURRENCY_SUM_MAX: u32 = 512;
const DEFAULT_CONCURRENCY: u32 = 4;

/// Somebody who is notified.
#[derive(Debug)]
pub struct Endpoint {
    /// A slug that deliveries and logs name it by.
    pub name: String,
    /// Where alerts are sent, and how.
    pub target: Target,
    /// The treaties it wants to hear of; none means all.
    pub treaties: Option<BTreeSet<TreatyId>>,
    /// The kinds of alert it wants; none means all.
    pub kinds: Option<Vec<AlertKind>>,
    /// The least severity it wants.
    pub min_severity: Severity,
    /// The lead times it wants, descending; none means those of the configuration.
    pub lead_days: Option<Vec<u32>>,
    /// When it gets what is not critical, summed up; none means one by one, at once.
    pub digest: Option<Recurrence>,
    /// When it gets a report on alerts and jobs; none means never.
    pub report: Option<Recurrence>,
}

/// `[[endpoint]]`: the keys of every format.
#[derive(Deserialize)]
struct EndpointKeys {
    name: Spanned<Text<Label>>,
    format: Option<Text<Format>>,
    language: Option<Text<Lang>>,
    treaties: Option<Spanned<Vec<TreatyRef>>>,
    kinds: Option<List<Text<AlertKind>>>,
    min_severity: Option<Text<Severity>>,
    lead_days: Option<Leads>,
    digest: Option<Text<Recurrence>>,
    report: Option<Text<Recurrence>>,
    timeout_s: Option<Bounded<1, TIMEOUT_S_MAX>>,
    concurrency: Option<Spanned<Bounded<1, CONCURRENCY_MAX>>>,
}

/// Reads an endpoint besides others, and the places of its treaties. It has the language of the whole unless it has its
/// own.
pub(super) fn read_endpoint(
    mut table: Table<'_>,
    language: Lang,
    others: &[Endpoint],
    secrets: &mut Secrets<'_>,
) -> Result<(Endpoint, Vec<TreatyRef>), Problem> {
    let at = table.at;
    let keys: EndpointKeys = table.take()?;
    let format = keys.format.map_or(Format::CloudEvents, |Text(format)| format);
    let channel = read_channel(table, format, secrets)?;
    let treaties = keys.treaties.as_ref().map(choice).transpose()?;
    let kinds = keys.kinds.as_ref().map(choice).transpose()?;
    // A digest replaces alerts and a report comes in addition to them: no route leads to either.
    let is_summary =
        |kind: &&Spanned<Text<AlertKind>>| matches!(kind.get_ref().0, AlertKind::Digest | AlertKind::Report);
    if let Some(kind) = keys.kinds.iter().flat_map(|list| list.get_ref()).find(is_summary) {
        let word = kind.get_ref().0;
        let message = format!("`{word}` is not a routable kind; set the key `{word}` instead");
        return Err(Problem::of(kind, message));
    }
    let name = name_besides(others.iter().map(|other| other.name.as_str()), &keys.name, "endpoint")?;
    let concurrency = keys.concurrency.as_ref().map_or(DEFAULT_CONCURRENCY, |number| number.get_ref().0);
    let sum = concurrency + others.iter().map(|other| other.target.concurrency).sum::<u32>();
    if sum > CONCURRENCY_SUM_MAX {
        let at = keys.concurrency.map_or(at, |number| number.span().start);
        let message = format!(
            "with this endpoint {sum} attempts could run side by side: expected at most {CONCURRENCY_SUM_MAX} of \
                 all endpoints together"
        );
        return Err(Problem::new(at, message));
    }
    let timeout_s = keys.timeout_s.map_or(TIMEOUT_S_MAX, |Bounded(seconds)| seconds);
    let endpoint = Endpoint {
        name,
        target: Target {
            channel,
            language: keys.language.map_or(language, |Text(own)| own),
            timeout: Duration::from_secs(timeout_s.into()),
            concurrency,
        },
        treaties: treaties.map(BTreeSet::from_iter),
        kinds,
        min_severity: keys.min_severity.map_or(Severity::Info, |Text(severity)| severity),
        lead_days: keys.lead_days.as_ref().map(leads).transpose()?,
        digest: keys.digest.map(|Text(recurrence)| recurrence),
        report: keys.report.map(|Text(recurrence)| recurrence),
    };
    Ok((endpoint, keys.treaties.map_or(Vec::new(), Spanned::into_inner)))
}
