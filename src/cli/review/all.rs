//! `review accept --all-of` and `review reject --all-of`: the open findings of one source, decided together.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use super::super::context::Context;
use super::super::exit;
use super::super::layout::{Grid, paragraph};
use super::super::output::View;
use crate::alerts::{Names, finding_in_words};
use crate::answers::lookup::NoSuch;
use crate::domain::id::StateId;
use crate::domain::lang::Lang;
use crate::domain::reconcile::Finding;
use crate::domain::source::{FindingRow, FindingState};
use crate::domain::state::State;
use crate::jobs::{self, AllAccepted, Done};
use crate::l10n::phrases;
use crate::store::{Decision, FindingFilter};

/// Findings that are shown before they are decided.
const EXAMPLES_MAX: usize = 10;
/// Findings that stay open are named with the reason, up to so many.
const LEFT_SHOWN_MAX: usize = 20;
/// Findings that are read at once.
const PAGE_ROWS: u32 = 1_000;

/// What is decided of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Accept,
    Reject,
}

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct KindCount {
    /// Their kind, as in the view `source_findings`.
    kind: &'static str,
    /// Whether they are decided; else they stay open.
    decided: bool,
    /// How many.
    count: usize,
}

/// What is decided, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct AllView {
    source: String,
    verdict: Verdict,
    /// Whether it was done.
    done: bool,
    kinds: Vec<KindCount>,
    examples: Vec<FindingRow>,
    /// How many acts were recorded.
    recorded: usize,
    /// How many acts were corrected.
    corrected: usize,
    /// What could not be accepted, with why.
    left: Vec<Left>,
    #[serde(skip)]
    states: BTreeMap<StateId, State>,
}

/// A finding that stays open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Left {
    finding_id: i64,
    why: String,
}

impl View for AllView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let header = ["Kind", "Count", "Becomes"];
        let mut grid = Grid::new(&header, &[]).align_right(1);
        for KindCount { kind, decided, count } in &self.kinds {
            let becomes = match (decided, self.verdict) {
                (false, _) => "stays open",
                (true, Verdict::Accept) => "accepted",
                (true, Verdict::Reject) => "rejected",
            };
            grid.row(vec![(*kind).to_owned(), count.to_string(), becomes.to_owned()]);
        }
        grid.print(out, width)?;
        if self.done {
            return self.print_done(width, out);
        }
        for row in &self.examples {
            let words = finding_in_words(&row.finding, Names(&self.states), Lang::En);
            paragraph(out, width, 2, 4, &format!("{}: {words}", row.finding_id))?;
        }
        let nothing = "Nothing has been changed: repeat the command with --yes.";
        paragraph(out, width, 0, 0, nothing)
    }
}

impl AllView {
    fn print_done(&self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let counts = [
            (self.recorded, "acts recorded"),
            (self.corrected, "acts corrected"),
            (self.left.len(), "stay open"),
        ];
        for (count, what) in counts.into_iter().filter(|(count, _)| 0 < *count) {
            paragraph(out, width, 0, 2, &format!("{what}: {count}"))?;
        }
        for Left { finding_id, why } in self.left.iter().take(LEFT_SHOWN_MAX) {
            paragraph(out, width, 2, 4, &format!("{finding_id}: {why}"))?;
        }
        if self.recorded + self.corrected == 0 {
            return Ok(());
        }
        paragraph(out, width, 0, 2, phrases(Lang::En).records.next_check)
    }
}

impl Context<'_> {
    /// Answers `review accept --all-of`.
    pub(super) async fn accept_all(
        &self,
        source: &str,
        yes: bool,
        decision: Decision<'_>,
        states: BTreeMap<StateId, State>,
        out: &mut dyn Write,
    ) -> Result<u8> {
        let sources = self.store.sources().await?;
        let Some(health) = sources.iter().find(|health| health.row.name == source) else {
            let names = sources.iter().map(|health| health.row.name.as_str());
            bail!(NoSuch::among("source", source, names));
        };
        let mut view = self.all_view(source, Verdict::Accept, jobs::is_for_all, states).await?;
        if yes {
            let accepted = jobs::accept_all(&self.store, health, decision, self.today).await;
            let AllAccepted { accepted, left } = accepted.with_context(|| format!("source {source}"))?;
            let count = |wanted: Done| {
                accepted
                    .iter()
                    .filter(|(_, act)| act.as_ref().is_some_and(|(_, done)| *done == wanted))
                    .count()
            };
            (view.recorded, view.corrected) = (count(Done::Recorded), count(Done::Corrected));
            view.left = left.into_iter().map(|(finding_id, why)| Left { finding_id, why }).collect();
            view.done = true;
        }
        self.show(&view, out)?;
        Ok(exit::FINE)
    }

    /// Answers `review reject --all-of`.
    pub(super) async fn reject_all(
        &self,
        source: &str,
        yes: bool,
        decision: Decision<'_>,
        states: BTreeMap<StateId, State>,
        out: &mut dyn Write,
    ) -> Result<u8> {
        let mut view = self.all_view(source, Verdict::Reject, |_| true, states).await?;
        if yes {
            jobs::reject_all(&self.store, source, decision).await?;
            view.done = true;
        }
        self.show(&view, out)?;
        Ok(exit::FINE)
    }

    /// What would be decided.
    async fn all_view(
        &self,
        source: &str,
        verdict: Verdict,
        is_decided: impl Fn(&Finding) -> bool,
        states: BTreeMap<StateId, State>,
    ) -> Result<AllView> {
        let mut counts: BTreeMap<(&'static str, bool), usize> = BTreeMap::new();
        let mut examples = Vec::new();
        let mut after = 0;
        loop {
            let (state, limit) = (Some(FindingState::Open), Some(PAGE_ROWS));
            let filter = FindingFilter { state, source: Some(source), after, limit };
            let rows = self.store.find_findings(filter).await?;
            let Some(last) = rows.last() else { break };
            after = last.finding_id;
            for row in rows {
                let decided = is_decided(&row.finding);
                *counts.entry((row.finding.kind(), decided)).or_default() += 1;
                if decided && examples.len() < EXAMPLES_MAX {
                    examples.push(row);
                }
            }
        }
        let kinds =
            counts.into_iter().map(|((kind, decided), count)| KindCount { kind, decided, count }).collect();
        let source = source.to_owned();
        let (done, recorded, corrected, left) = (false, 0, 0, Vec::new());
        Ok(AllView { source, verdict, done, kinds, examples, recorded, corrected, left, states })
    }
}
