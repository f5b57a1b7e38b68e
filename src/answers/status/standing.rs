//! What a state is, and what holds in addition to its status or that of the treaty.

use chrono::NaiveDate;
use serde::Serialize;

use super::super::values::{OverlayView, beginning};
use crate::domain::day::PartialDay;
use crate::domain::id::StateId;
use crate::domain::project::Life;
use crate::domain::seeds::TreatyFile;
use crate::domain::status::{Span, StateStatus};

/// What a state is, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandingView {
    /// Which state.
    pub state: StateId,
    /// What it is.
    pub status: StateStatus,
    /// Since when.
    pub starts_on: NaiveDate,
    /// The same, no more exact than the act that it follows from.
    pub since: PartialDay,
}

impl StandingView {
    /// What a state is, in a span of its own.
    pub fn of(state: StateId, span: &Span<StateStatus>) -> Self {
        let since = beginning(span.starts_on, &span.reason);
        Self { state, status: span.status, starts_on: span.starts_on, since }
    }
}

/// What holds on a day in addition to the statuses.
pub(super) fn overlays(file: &TreatyFile, life: &Life, on: NaiveDate) -> Vec<OverlayView> {
    let here = life.overlays.iter().filter(|overlay| overlay.contains(on));
    let mut views: Vec<OverlayView> = here.map(|overlay| OverlayView::new(file, overlay)).collect();
    views.sort_by_key(|overlay| (overlay.kind, overlay.starts_on, overlay.state));
    views
}
