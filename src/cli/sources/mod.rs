//! `sources`: the official sources that are watched, and what they say.

mod args;
mod check;

use std::io::{self, Write};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::alerts::instant;
use super::context::{Context, unwritten};
use super::exit;
use super::layout::{Grid, paragraph};
use super::output::View;
use crate::answers::lookup::NoSuch;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::baseline::Baseline;
use crate::domain::id::TreatyId;
use crate::domain::lang::Lang;
use crate::domain::source::{Policy, SILENT_AFTER, SourceKind};
use crate::jobs::{self, Answer, AskReport, AskSettings, CheckSettings};
use crate::l10n::phrases;
use crate::sources::{Fetcher, Limits, unpack};
use crate::store::SourceHealth;

use args::SourcesAction;
pub use args::SourcesArgs;
use check::{SourcesQuestion, sources};

/// The sources that are watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourcesList {
    /// The sources, by name.
    pub sources: Vec<SourceLine>,
}

/// How one is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub kind: SourceKind,
    /// The treaty that it is about.
    pub treaty_id: Option<TreatyId>,
    /// Where it is.
    pub url: String,
    /// What becomes of an act that the record has not.
    pub policy: Policy,
    /// When it was asked last.
    pub last_asked_at: Option<DateTime<Utc>>,
    /// When it last answered well.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it last said something else than before.
    pub last_change_at: Option<DateTime<Utc>>,
    /// Failures since it last answered well.
    pub failures: u32,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// When it is asked next; none for at once.
    pub next_at: Option<DateTime<Utc>>,
    /// Since when it is not polled because its host asked for a pause; none if it was polled since.
    pub paused_since: Option<DateTime<Utc>>,
    /// Whether it is a page that differs at every poll.
    pub varies: bool,
    /// What it holds, if it is a page with next to nothing to compare.
    pub thin: Option<Baseline>,
    /// Whether it has not answered well for days.
    pub silent: bool,
    /// How many findings wait for a person.
    pub open_findings: u32,
}

impl SourceLine {
    fn of(health: SourceHealth, thin: Option<Baseline>, now: DateTime<Utc>) -> Self {
        let SourceHealth { row, state, open_findings } = health;
        let last = state.good_at.or(state.failing_since);
        let varies = state.varies();
        Self {
            name: row.name,
            kind: row.kind,
            treaty_id: row.treaty,
            url: row.url,
            policy: row.policy,
            last_asked_at: state.asked_at,
            last_success_at: state.good_at,
            last_change_at: state.changed_at,
            failures: state.failures,
            last_error: state.last_error,
            next_at: state.next_at,
            paused_since: state.paused_since,
            varies,
            thin,
            silent: last.is_some_and(|last| last + SILENT_AFTER < now),
            open_findings,
        }
    }
}

impl View for SourcesList {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.sources.is_empty() {
            let none = "No source is watched. In the configuration, [sources] switches the official ones on.";
            return paragraph(out, width, 0, 0, none);
        }
        let header = ["Source", "Last good", "Last change", "Fails", "Next"];
        let mut grid = Grid::new(&header, &[(0, 12)]).align_right(3);
        for source in &self.sources {
            let at = |instant_at: Option<DateTime<Utc>>| instant_at.map(instant).unwrap_or_default();
            grid.row(vec![
                source.name.clone(),
                at(source.last_success_at),
                at(source.last_change_at),
                source.failures.to_string(),
                at(source.next_at),
            ]);
            if let Some(error) = &source.last_error {
                grid.through(2, format!("! {}", error));
            }
            if let Some(since) = source.paused_since.map(instant) {
                grid.through(2, format!("! not polled since {since}: its host asked for a pause"));
            }
            if source.varies {
                let varies = "the page differs at every poll: set `ignore` or `select`";
                grid.through(2, format!("! {varies}"));
            }
            if let Some(thin) = &source.thin {
                grid.through(2, format!("! {}", thin_in_words(thin)));
            }
            if source.silent {
                let silent = "no valid response for days";
                grid.through(2, format!("! {silent}"));
            }
            if 0 < source.open_findings {
                let found = "to review";
                grid.through(2, format!("? {found}: {}", source.open_findings));
            }
        }
        grid.print(out, width)
    }
}

/// What came of asking one source by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AskView(AskReport);

impl View for AskView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let AskReport { source, fault, answer, baseline, recorded, treaties, opened, alerts } = &self.0;
        if let Some(fault) = fault {
            paragraph(out, width, 0, 2, &format!("{source}: response rejected: {fault}"))?;
        }
        if let Some(answer) = answer {
            paragraph(out, width, 0, 2, &format!("{source}: {}", answer_in_words(*answer)))?;
        }
        if let Some(baseline) = baseline {
            paragraph(out, width, 2, 2, &format!("baseline: {}", counts_in_words(baseline)))?;
            if baseline.is_thin() {
                paragraph(out, width, 2, 2, &format!("! {}", thin_in_words(baseline)))?;
            }
        }
        let counts = [
            (*recorded, "acts recorded or corrected"),
            (*treaties, "treaties changed"),
            (*opened, "findings to review"),
        ];
        for (count, what) in counts.into_iter().filter(|(count, _)| 0 < *count) {
            paragraph(out, width, 2, 2, &format!("{what}: {count}"))?;
        }
        for raised in alerts {
            paragraph(out, width, 2, 2, &raised.alert.sentence_in(Lang::En))?;
        }
        if self.0.has_changed_the_record() {
            paragraph(out, width, 2, 2, phrases(Lang::En).records.next_check)?;
        }
        Ok(())
    }
}

/// What a page holds, as in `3 lines, no date, no state`.
fn counts_in_words(baseline: &Baseline) -> String {
    let Baseline { lines, dates, states } = *baseline;
    let some = |count: usize, one: &str, more: &str| match count {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        count => format!("{count} {more}"),
    };
    let parts = [some(lines, "line", "lines"), some(dates, "date", "dates"), some(states, "state", "states")];
    parts.join(", ")
}

/// That a page holds next to nothing to compare, and what to do.
pub(super) fn thin_in_words(baseline: &Baseline) -> String {
    format!(
        "next to nothing to compare ({}): the page may be filled in by a script; watch another address or set `select`",
        counts_in_words(baseline)
    )
}

fn answer_in_words(answer: Answer) -> String {
    match answer {
        Answer::Same => "no change".to_owned(),
        Answer::First => "first response stored as baseline".to_owned(),
        Answer::New => "changed".to_owned(),
        Answer::Unconfirmed { again_at } => {
            format!("differs; polled again at {} to confirm the change", instant(again_at))
        }
        Answer::Varies => {
            "differs at every poll: set `ignore` or `select`; the lines that stay are compared".to_owned()
        }
        Answer::LeftAlone { until } => {
            format!("not polled: its host asked for a pause until {}", instant(until))
        }
        Answer::PassedOver { version, has } => {
            format!("version {version} of the facts is ignored: version {has} is on record")
        }
    }
}

/// The source whose next response will be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct TrustView {
    trusted: String,
}

impl View for TrustView {
    fn print(&self, _lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        paragraph(out, width, 0, 2, &format!("{}: the next response will be accepted", self.trusted))
    }
}

impl Context<'_> {
    /// Answers `sources`.
    pub(super) async fn sources(&self, args: SourcesArgs, out: &mut dyn Write) -> Result<u8> {
        // Who may only read gets the answer for the sources of the last daemon or command that could write.
        if self.store.can_write() {
            jobs::put_sources(&self.store, &self.config.sources.list).await?;
        }
        let now = SystemClock.now();
        match args.action {
            None => {
                let health = self.store.sources().await?;
                let mut thin = jobs::thin_pages(&self.store).await?;
                let line = |health: SourceHealth| {
                    let thin = thin.remove(&health.row.name);
                    SourceLine::of(health, thin, now)
                };
                let sources = health.into_iter().map(line).collect();
                self.show(&SourcesList { sources }, out)
            }
            Some(SourcesAction::Check { kind, treaty, file, on }) => {
                let body = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                let (files, states) = (self.store.load_treaties().await?, self.store.load_states().await?);
                let question = SourcesQuestion { kind, treaty, body: &body, today: on.unwrap_or(self.today) };
                let name = file.display();
                let view =
                    sources(&files, &states, &question).map_err(|error| match error.is::<NoSuch>() {
                        true => error,
                        false => error.context(format!("{name} cannot be compared")),
                    })?;
                self.show(&view, out)?;
                Ok(view.exit_code())
            }
            Some(SourcesAction::Ask { name }) => self.ask(&name, now, out).await,
            Some(SourcesAction::Body { name, digest }) => {
                self.find_source(&name).await?;
                let bodies = self.store.source_bodies(&name).await?;
                let is_wanted = |body: &&crate::store::SourceBody| {
                    digest.as_ref().is_none_or(|digest| body.digest.starts_with(digest.as_str()))
                };
                let Some(body) = bodies.iter().find(is_wanted) else {
                    let digests = bodies.iter().map(|body| body.digest.as_str());
                    bail!(NoSuch::among("answer", digest.as_deref().unwrap_or(&name), digests));
                };
                let unpacked =
                    unpack(&body.packed).context("the answer as it was kept cannot be unpacked")?;
                out.write_all(&unpacked).map_err(unwritten)?;
                Ok(exit::FINE)
            }
            Some(SourcesAction::Trust { name }) => {
                jobs::trust(&self.store, &self.find_source(&name).await?, now).await?;
                self.show(&TrustView { trusted: name }, out)
            }
        }
    }

    async fn find_source(&self, name: &str) -> Result<SourceHealth> {
        let sources = self.store.sources().await?;
        let found = sources.iter().find(|health| health.row.name == name).cloned();
        let names = sources.iter().map(|health| health.row.name.as_str());
        found.ok_or_else(|| NoSuch::among("source", name, names).into())
    }

    async fn ask(&self, name: &str, now: DateTime<Utc>, out: &mut dyn Write) -> Result<u8> {
        let list = &self.config.sources.list;
        let Some(source) = list.iter().find(|source| source.name == name) else {
            bail!(NoSuch::among("source", name, list.iter().map(|source| source.name.as_str())));
        };
        let Some(contact) = &self.config.sources.contact else { bail!("no contact is configured") };
        let fetcher = Fetcher::new(contact, Limits::default(), self.config.sources.authorities.as_ref())?;
        let routes = CheckSettings::of(&self.config).routes;
        let next_at = self.config.schedule.sources.next(now).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let settings = AskSettings { routes: &routes, seeds: &self.seeds, next_at, today: self.today, now };
        let mut report = jobs::ask_source(&self.store, &fetcher, source, settings).await?;
        report.alerts.extend(jobs::tell_health(&self.store, &routes, self.today, now).await?);
        let is_fine = report.fault.is_none() && report.opened == 0;
        self.show(&AskView(report), out)?;
        Ok(if is_fine { exit::FINE } else { exit::FOUND })
    }
}
