//! `review`: differences found in sources, and what is decided about each.

mod all;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::alerts::instant;
use super::context::Context;
use super::exit;
use super::layout::{Grid, paragraph};
use super::options::{line, lines};
use super::output::View;
use super::records::done_label;
use crate::alerts::{Names, finding_in_words};
use crate::answers::lookup::{NoSuch, find_state};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::day::PartialDay;
use crate::domain::grammar;
use crate::domain::id::{ActId, StateId};
use crate::domain::lang::Lang;
use crate::domain::reconcile::Finding;
use crate::domain::source::{FindingRow, FindingState, Seen};
use crate::domain::state::State;
use crate::jobs::{self, Accepted, Done};
use crate::l10n::phrases;
use crate::store::{Decision, FindingFilter};

/// `review`
#[derive(Debug, Clone, Args)]
pub struct ReviewArgs {
    /// Also list findings that were reviewed
    #[arg(long)]
    pub all: bool,
    /// Only findings of this source
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Maximum number of findings, the oldest first
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
    /// An action; without one, they are listed.
    #[command(subcommand)]
    pub action: Option<ReviewAction>,
}

impl ReviewArgs {
    /// Whether nothing in the database changes.
    pub fn only_reads(&self) -> bool {
        match &self.action {
            None | Some(ReviewAction::Show { .. }) => true,
            Some(ReviewAction::Accept { all_of, yes, .. } | ReviewAction::Reject { all_of, yes, .. }) => {
                all_of.is_some() && !yes
            }
        }
    }
}

/// What can be decided.
#[derive(Debug, Clone, Subcommand)]
pub enum ReviewAction {
    /// Show a finding beside the record and the other sources
    Show {
        /// Number of the finding
        id: i64,
    },
    /// Accept findings: record the act, retract one that the source no longer lists, or mark as read
    Accept {
        /// Numbers of the findings
        #[arg(required_unless_present = "all_of", conflicts_with = "all_of", value_name = "ID")]
        ids: Vec<i64>,
        /// The state that an unknown name stands for
        #[arg(long, value_name = "STATE", conflicts_with = "all_of")]
        state: Option<String>,
        /// All open findings of this source that can be accepted together; without --yes they are only shown
        #[arg(long, value_name = "SOURCE")]
        all_of: Option<String>,
        /// Confirm --all-of
        #[arg(long, requires = "all_of")]
        yes: bool,
        /// Your name, which is stored
        #[arg(long, value_name = "NAME", value_parser = line)]
        by: String,
        /// Reason, which is stored with the finding
        #[arg(long, value_parser = lines)]
        note: Option<String>,
    },
    /// Reject findings; they are not raised again
    Reject {
        /// Numbers of the findings
        #[arg(required_unless_present = "all_of", conflicts_with = "all_of", value_name = "ID")]
        ids: Vec<i64>,
        /// All open findings of this source; without --yes they are only shown
        #[arg(long, value_name = "SOURCE")]
        all_of: Option<String>,
        /// Confirm --all-of
        #[arg(long, requires = "all_of")]
        yes: bool,
        /// Your name, which is stored
        #[arg(long, value_name = "NAME", value_parser = line)]
        by: String,
        /// Reason, which is stored with the finding
        #[arg(long, value_parser = lines)]
        note: Option<String>,
    },
}

/// The findings that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewView {
    /// The findings, the oldest first.
    pub findings: Vec<FindingRow>,
    /// How many more there are.
    pub more: u32,
    #[serde(skip)]
    states: BTreeMap<StateId, State>,
}

fn state_label(state: FindingState) -> &'static str {
    match state {
        FindingState::Open => "open",
        FindingState::Accepted => "accepted",
        FindingState::Rejected => "rejected",
        FindingState::Settled => "settled",
    }
}

impl View for ReviewView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.findings.is_empty() {
            return writeln!(out, "Nothing to review.");
        }
        let header = ["No.", "Source", "Found", "State", "By"];
        let mut grid = Grid::new(&header, &[(1, 12)]).align_right(0);
        for row in &self.findings {
            grid.row(vec![
                row.finding_id.to_string(),
                row.source.clone(),
                instant(row.found_at),
                state_label(row.state).to_owned(),
                row.decided_by.clone().unwrap_or_default(),
            ]);
            grid.through(2, finding_in_words(&row.finding, Names(&self.states), Lang::En));
            if let Some(note) = &row.note {
                grid.through(2, format!("# {note}"));
            }
        }
        grid.print(out, width)?;
        if self.more == 0 {
            return Ok(());
        }
        writeln!(out, "and {} more; see --source and --limit", self.more)
    }
}

/// One finding, with what the record and every source of its treaty say of the state that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// The finding.
    #[serde(flatten)]
    pub row: FindingRow,
    /// Who says what.
    pub beside: Vec<Said>,
    #[serde(skip)]
    states: BTreeMap<StateId, State>,
}

/// What one of them says of the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The source; none for the record.
    pub source: Option<String>,
    /// What was done.
    pub kind: crate::domain::act::ActKind,
    /// When.
    pub on: PartialDay,
    /// The name of the act on record; or the depositary.
    pub what: String,
}

impl View for FindingView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        ReviewView { findings: vec![self.row.clone()], more: 0, states: self.states.clone() }
            .print(lang, width, out)?;
        let lines: Vec<&str> = match &self.row.finding {
            Finding::Page { diff, .. } | Finding::Notes { diff, .. } => diff.lines().collect(),
            Finding::Varies { lines } => lines.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        if !lines.is_empty() {
            writeln!(out)?;
        }
        for line in lines {
            writeln!(out, "  {line}")?;
        }
        if let Finding::Entry { link: Some(link), .. } = &self.row.finding {
            writeln!(out, "\n  {link}")?;
        }
        if self.beside.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        let header = ["Source", "What", "Day", ""];
        let mut grid = Grid::new(&header, &[(3, 12)]);
        for said in &self.beside {
            let record = "record";
            grid.row(vec![
                said.source.clone().unwrap_or_else(|| record.to_owned()),
                said.kind.label(Lang::En).to_owned(),
                grammar::day(said.on, Lang::En),
                said.what.clone(),
            ]);
        }
        grid.print(out, width)?;
        let takes_back = matches!(self.row.finding, Finding::Gone { .. } | Finding::NotListed { .. });
        if !takes_back || self.row.state != FindingState::Open {
            return Ok(());
        }
        let what = "Accepting it retracts the act; rejecting it leaves the record unchanged.";
        writeln!(out)?;
        paragraph(out, width, 0, 0, what)
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecidedView {
    /// The finding.
    pub finding_id: i64,
    /// What it is now.
    pub state: FindingState,
    /// The act that was recorded, corrected or taken back.
    pub act_id: Option<ActId>,
    /// Which of these.
    pub done: Option<Done>,
    /// What the law leaves in doubt about it, in English.
    pub doubts: Vec<String>,
}

impl View for DecidedView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let what = state_label(self.state);
        paragraph(out, width, 0, 2, &format!("{} {what}", self.finding_id))?;
        if let (Some(act), Some(done)) = (&self.act_id, self.done) {
            paragraph(out, width, 0, 2, &format!("{}: {act}", done_label(done, Lang::En)))?;
        }
        for doubt in &self.doubts {
            paragraph(out, width, 0, 2, &format!("Doubtful: {doubt}"))?;
        }
        if self.act_id.is_none() {
            return Ok(());
        }
        paragraph(out, width, 0, 2, phrases(Lang::En).records.next_check)
    }
}

impl Context<'_> {
    /// Answers `review`.
    pub(super) async fn review(&self, args: ReviewArgs, out: &mut dyn Write) -> Result<u8> {
        let states = self.store.load_states().await?;
        let Some(action) = args.action else {
            let state = (!args.all).then_some(FindingState::Open);
            let (source, limit) = (args.source.as_deref(), Some(args.limit));
            let filter = FindingFilter { state, source, limit, ..FindingFilter::default() };
            let findings = self.store.find_findings(filter).await?;
            let count = self.store.count_findings(filter).await?;
            let more = count.saturating_sub(u32::try_from(findings.len()).unwrap_or(u32::MAX));
            return self.show(&ReviewView { findings, more, states }, out);
        };
        let now = SystemClock.now();
        match &action {
            ReviewAction::Accept { all_of: Some(source), yes, by, note, .. } => {
                let decision = Decision { by, note: note.as_deref(), at: now };
                return self.accept_all(source, *yes, decision, states, out).await;
            }
            ReviewAction::Reject { all_of: Some(source), yes, by, note, .. } => {
                let decision = Decision { by, note: note.as_deref(), at: now };
                return self.reject_all(source, *yes, decision, states, out).await;
            }
            ReviewAction::Show { .. } | ReviewAction::Accept { .. } | ReviewAction::Reject { .. } => {}
        }
        let ids = match &action {
            ReviewAction::Show { id } => std::slice::from_ref(id),
            ReviewAction::Accept { ids, .. } | ReviewAction::Reject { ids, .. } => ids.as_slice(),
        };
        let mut rows = Vec::new();
        for id in ids {
            let Some(row) = self.store.finding(*id).await? else {
                bail!(NoSuch::at_all("finding", &id.to_string()));
            };
            rows.push(row);
        }
        match action {
            ReviewAction::Show { .. } => {
                for row in rows {
                    let beside = self.beside(&row, &states).await?;
                    self.show(&FindingView { row, beside, states: states.clone() }, out)?;
                }
            }
            ReviewAction::Accept { state, by, note, .. } => {
                ensure!(
                    state.is_none() || rows.len() == 1,
                    "--state applies to one finding only: accept the others without it"
                );
                let state = state.map(|name| find_state(&states, &name).map(|state| state.id)).transpose()?;
                let decision = Decision { by: &by, note: note.as_deref(), at: now };
                for row in rows {
                    let accepted = jobs::accept(&self.store, &row, state, decision, self.today).await;
                    let Accepted { act, doubts } =
                        accepted.with_context(|| format!("finding {}", row.finding_id))?;
                    let (act_id, done) = act.unzip();
                    let (finding_id, state) = (row.finding_id, FindingState::Accepted);
                    self.show(&DecidedView { finding_id, state, act_id, done, doubts }, out)?;
                }
            }
            ReviewAction::Reject { by, note, .. } => {
                let decision = Decision { by: &by, note: note.as_deref(), at: now };
                for row in rows {
                    let rejected = jobs::reject(&self.store, &row, decision).await;
                    rejected.with_context(|| format!("finding {}", row.finding_id))?;
                    let (finding_id, state) = (row.finding_id, FindingState::Rejected);
                    let view =
                        DecidedView { finding_id, state, act_id: None, done: None, doubts: Vec::new() };
                    self.show(&view, out)?;
                }
            }
        }
        Ok(exit::FINE)
    }

    /// What the record and every source of the same treaty say of the state that a finding is about.
    async fn beside(&self, row: &FindingRow, states: &BTreeMap<StateId, State>) -> Result<Vec<Said>> {
        let sources = self.store.sources().await?;
        let treaty = sources.iter().find(|it| it.row.name == row.source).and_then(|it| it.row.treaty.clone());
        let Some(treaty) = treaty else { return Ok(Vec::new()) };
        let Some(file) = self.store.load_treaty(&treaty).await? else { return Ok(Vec::new()) };
        let aliases = self.store.source_aliases().await?;
        let state_of =
            |name: &str| aliases.get(name).copied().or(State::named(states, name).map(|state| state.id));
        let of_act = |id: &ActId| file.acts.iter().find(|act| act.id == *id).and_then(|act| act.state);
        let state = match &row.finding {
            Finding::New { state, .. } => Some(*state),
            Finding::Corrected { act, .. }
            | Finding::Conflict { act, .. }
            | Finding::Gone { act, .. }
            | Finding::NotListed { act }
            | Finding::NoLongerInEffect { act, .. } => of_act(act),
            Finding::UnknownState { near, .. } => near.first().copied(),
            Finding::InTheFuture { observed } | Finding::BeforeTheTreaty { observed } => {
                state_of(&observed.state)
            }
            Finding::Notes { .. }
            | Finding::Page { .. }
            | Finding::Entry { .. }
            | Finding::Varies { .. }
            | Finding::MoreActs { .. }
            | Finding::MoreEntries { .. } => None,
        };
        let Some(state) = state else { return Ok(Vec::new()) };
        let acts = file.acts.iter().filter(|act| act.state == Some(state));
        let mut beside: Vec<Said> = acts
            .map(|act| Said { source: None, kind: act.kind, on: act.on, what: act.id.to_string() })
            .collect();
        let unknown = match &row.finding {
            Finding::UnknownState { name, .. } => Some(name.as_str()),
            _ => None,
        };
        for source in sources.iter().filter(|it| it.row.treaty.as_ref() == Some(&treaty)) {
            let Some(Seen::Acts(sighting)) = &source.state.seen else { continue };
            let is_it = |name: &str| state_of(name) == Some(state) || Some(name) == unknown;
            beside.extend(sighting.observations.iter().filter(|it| is_it(&it.state)).map(|it| Said {
                source: Some(source.row.name.clone()),
                kind: it.kind,
                on: PartialDay::exact(it.on),
                what: it.depositary.clone().unwrap_or_default(),
            }));
        }
        Ok(beside)
    }
}
