//! `simulate`: what an act that nobody has done would change.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::exit;
use super::layout::{Grid, paragraph};
use super::output::View;
use super::replay::Told;
use super::spec;
use super::upcoming::period;
use crate::alerts::{Names as AlertNames, Subject, Transition, simulate as simulate_acts};
use crate::answers::lookup::find_treaty;
use crate::answers::values::{DateView, Names, ReasonView, Text};
use crate::domain::act::{Act, ActKind};
use crate::domain::day::{PartialDay, Period};
use crate::domain::id::{StateId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::{OverlayKind, ReadingId, Rule, StateStatus, TreatyStatus};
use crate::domain::treaty::Form;
use crate::l10n::{colon, comma, english, in_text, phrases, reading_name};

/// `simulate`
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// The treaty
    pub treaty: String,
    /// Assumed act as `KIND [STATE] DATE`, then if needed effective_on=DATE, ends_before=DATE, deadline=CLAUSE,
    /// until=DATE, towards=STATES, known_on=DATE, label=NAME; may be repeated
    #[arg(long = "act", value_name = "ACT", required = true)]
    pub acts: Vec<String>,
    /// Period to show, from today or from the last assumed act
    #[arg(long, default_value = "10y", value_name = "PERIOD", value_parser = period)]
    pub within: Period,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulateQuestion {
    /// Which treaty.
    pub treaty: String,
    /// The acts that are assumed, each as [`spec::FORM`].
    pub acts: Vec<String>,
    /// The day from which on alerts are raised.
    pub today: NaiveDate,
    /// For how long after that day, or after the last act that is assumed.
    pub within: Period,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulateView {
    /// The treaty.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Text,
    /// What is assumed.
    pub assumed: Vec<AssumedView>,
    /// The last day that is looked at.
    pub until: NaiveDate,
    /// How many changes and days come later.
    pub later: usize,
    /// What the law refuses or leaves in doubt, in English.
    pub problems: Vec<String>,
    /// What begins and ends because of it.
    pub comes: Vec<TransitionView>,
    /// What does not begin or end because of it.
    pub falls_away: Vec<TransitionView>,
    /// Days that are new, that move or that fall away.
    pub dates: Vec<MovedView>,
    /// The alerts that would be sent, each with the day of its check.
    pub alerts: Vec<Told>,
    #[serde(skip)]
    names: Names,
    #[serde(skip)]
    is_bilateral: bool,
}

/// An act that is assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssumedView {
    /// What is done.
    pub kind: ActKind,
    /// Whose act it is.
    pub state: Option<StateId>,
    /// When.
    pub on: PartialDay,
}

/// Something that begins or ends on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransitionView {
    /// The day.
    pub on: NaiveDate,
    /// For which state; none for the treaty as such.
    pub state: Option<StateId>,
    /// In which reading.
    pub reading: ReadingId,
    /// The status or the overlay that ends.
    pub from: Option<String>,
    /// The one that begins.
    pub to: Option<String>,
    /// Why.
    pub reason: ReasonView,
}

/// A dated event before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedView {
    /// The event, where it will be; where it was, if it falls away.
    #[serde(flatten)]
    pub date: DateView,
    /// The day without the assumed acts.
    pub before: Option<PartialDay>,
    /// The day with them.
    pub after: Option<PartialDay>,
}

/// Answers what the acts would change. Nothing is written.
pub fn simulate(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    leads: &[u32],
    question: &SimulateQuestion,
) -> anyhow::Result<SimulateView> {
    let file = find_treaty(files, &question.treaty)?;
    let treaty = &file.treaty;
    let mut assumed: Vec<Act> = Vec::new();
    for text in &question.acts {
        let mut act = spec::act(text, &treaty.id, states)?;
        act.evidence.sources = vec!["assumed".to_owned()];
        if file.acts.iter().chain(&assumed).any(|other| other.id == act.id) {
            anyhow::bail!("`{text}` is there already, as {}", act.id);
        }
        assumed.push(act);
    }
    let last = assumed.iter().map(|act| act.on.last_day()).chain([question.today]).max();
    let until = question.within.after(last.unwrap_or(question.today))?;
    let found = simulate_acts(file, AlertNames(states), leads, &assumed, question.today, until);
    // The reasons speak of the assumed acts as well.
    let mut with = file.clone();
    with.acts.extend(assumed.iter().cloned());
    let views = |transitions: Vec<Transition>| {
        transitions.into_iter().map(|transition| TransitionView::new(&with, transition)).collect()
    };
    let moved = |(before, after): (Option<_>, Option<_>)| {
        let date = after.as_ref().or(before.as_ref())?;
        Some(MovedView {
            date: DateView::new(&with, date, question.today),
            before: before.map(|date| date.on),
            after: after.map(|date| date.on),
        })
    };
    Ok(SimulateView {
        treaty_id: treaty.id.clone(),
        short_title: (&treaty.short_title).into(),
        until,
        later: found.later,
        problems: found.problems.iter().map(|problem| problem.fault.to_string()).collect(),
        comes: views(found.comes),
        falls_away: views(found.falls_away),
        dates: found.dates.into_iter().filter_map(moved).collect(),
        alerts: found.alerts.into_iter().map(|(checked_on, alert)| Told { checked_on, alert }).collect(),
        assumed: assumed
            .iter()
            .map(|act| AssumedView { kind: act.kind, state: act.state, on: act.on })
            .collect(),
        names: Names::from(states),
        is_bilateral: treaty.form == Form::Bilateral,
    })
}

impl TransitionView {
    fn new(file: &TreatyFile, transition: Transition) -> Self {
        let state = transition.subject.state();
        let mut reason = ReasonView::new(file, &transition.reason);
        if matches!(transition.subject, Subject::Overlay(..)) && transition.to.is_some() {
            // A notice begins with the act; that it has run is why it ends.
            reason.rule = Rule::Act;
        }
        Self {
            on: transition.on,
            state,
            reading: transition.reading,
            from: transition.from.map(|from| from.to_string()),
            to: transition.to.map(|to| to.to_string()),
            reason,
        }
    }

    /// Whether the treaty as such is over.
    fn ends_treaty(&self) -> bool {
        let status = self.to.as_deref().filter(|_| self.state.is_none());
        match status.and_then(|word| word.parse().ok()) {
            Some(
                TreatyStatus::Terminated
                | TreatyStatus::Expired
                | TreatyStatus::Superseded
                | TreatyStatus::Abandoned
                | TreatyStatus::Ended
                | TreatyStatus::Concluded,
            ) => true,
            Some(
                TreatyStatus::InForce
                | TreatyStatus::InEffect
                | TreatyStatus::Contested
                | TreatyStatus::Pending
                | TreatyStatus::Adopted
                | TreatyStatus::Draft
                | TreatyStatus::Proposed,
            )
            | None => false,
        }
    }

    fn words(&self, names: &Names, lang: Lang) -> String {
        let label = |word: Option<&str>| {
            word.map_or(phrases(lang).simulate.nothing, |word| status_label(word, lang)).to_owned()
        };
        let mut text = format!("{} -> {}", label(self.from.as_deref()), label(self.to.as_deref()));
        if let Some(state) = self.state {
            text = format!("{}{}{text}", names.of(state, lang), colon(lang));
        }
        if !self.reading.is_default() {
            text = format!("{text}{}{}", comma(lang), reading_name(&self.reading, lang));
        }
        text
    }
}

/// A status or an overlay in the language.
fn status_label(word: &str, lang: Lang) -> &str {
    let treaty = word.parse::<TreatyStatus>().map(|status| status.label(lang));
    let state = word.parse::<StateStatus>().map(|status| status.label(lang));
    let overlay = word.parse::<OverlayKind>().map(|kind| kind.label(lang));
    treaty.or(state).or(overlay).unwrap_or(word)
}

impl SimulateView {
    /// The code to exit with: what the law refuses or leaves in doubt is something to look at.
    pub fn exit_code(&self) -> u8 {
        if self.problems.is_empty() { exit::FINE } else { exit::FOUND }
    }

    /// The last day that is looked at, and how much comes later.
    fn reach(&self, lang: Lang) -> String {
        (phrases(lang).simulate.reach)(&in_text(self.until, lang), self.later)
    }

    fn transitions(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let header = [phrases(lang).labels.day, phrases(lang).simulate.change];
        let groups = [(None, &self.comes), (Some(phrases(lang).simulate.no_longer), &self.falls_away)];
        let mut grid = Grid::new(&header, &[(1, 30)]);
        for (heading, transitions) in groups {
            if let Some(heading) = heading.filter(|_| !transitions.is_empty()) {
                grid.through(0, heading);
            }
            // A bilateral treaty that ends does so for both parties, with all that lies over them.
            let ends: Vec<_> =
                transitions.iter().filter(|it| self.is_bilateral && it.ends_treaty()).collect();
            let is_part = |it: &&TransitionView| {
                it.state.is_some() && ends.iter().any(|end| (end.on, &end.reading) == (it.on, &it.reading))
            };
            for transition in transitions.iter().filter(|it| !is_part(it)) {
                grid.row(vec![transition.on.to_string(), transition.words(&self.names, lang)]);
                grid.through(12, transition.reason.words(&self.names, lang));
            }
        }
        grid.print(out, width)
    }

    fn moved_dates(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let header = [phrases(lang).simulate.was, phrases(lang).simulate.is, phrases(lang).simulate.event];
        let mut grid = Grid::new(&header, &[(2, 30)]);
        let day = |day: Option<PartialDay>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        for moved in &self.dates {
            let what = moved.date.what(&self.names, lang);
            grid.row(vec![day(moved.before), day(moved.after), what]);
            if moved.after.is_some() {
                grid.through(12, moved.date.reason.words(&self.names, lang));
            }
        }
        grid.print(out, width)
    }
}

impl View for SimulateView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let act = |act: &AssumedView| {
            let whose = act.state.map(|state| self.names.of(state, lang));
            let parts = [Some(act.kind.label(lang).to_owned()), whose, Some(act.on.to_string())];
            parts.into_iter().flatten().collect::<Vec<_>>().join(comma(lang))
        };
        let title = self.short_title.in_lang(lang);
        let what_if = phrases(lang).simulate.what_if;
        for assumed in &self.assumed {
            paragraph(
                out,
                width,
                0,
                2,
                &format!("{what_if}{}{title}{}{}", colon(lang), comma(lang), act(assumed)),
            )?;
        }
        paragraph(out, width, 0, 0, phrases(lang).simulate.nothing_written)?;
        for problem in &self.problems {
            let doubt = phrases(lang).facts.doubtful;
            paragraph(out, width, 0, 2, &format!("{doubt}{}{}", colon(lang), english(problem, lang)))?;
        }
        writeln!(out)?;
        if self.comes.is_empty() && self.falls_away.is_empty() {
            paragraph(out, width, 0, 0, phrases(lang).simulate.no_change)?;
        } else {
            self.transitions(lang, width, out)?;
        }
        if !self.dates.is_empty() {
            writeln!(out)?;
            self.moved_dates(lang, width, out)?;
        }
        writeln!(out)?;
        super::replay::calendar(&self.alerts, lang, width, out)?;
        writeln!(out)?;
        paragraph(out, width, 0, 2, &self.reach(lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, json, printed, seeds};
    use crate::config::DEFAULT_LEAD_DAYS;

    fn what_if(treaty: &str, acts: &[&str]) -> SimulateView {
        what_if_on("2026-11-24", "P10Y", treaty, acts)
    }

    fn what_if_on(today: &str, within: &str, treaty: &str, acts: &[&str]) -> SimulateView {
        let (files, states) = seeds();
        let question = SimulateQuestion {
            treaty: treaty.to_owned(),
            acts: acts.iter().map(|act| (*act).to_owned()).collect(),
            today: day(today),
            within: within.parse().unwrap(),
        };
        simulate(&files, &states, &DEFAULT_LEAD_DAYS, &question).unwrap()
    }

    #[test]
    fn a_notice_sets_its_day_and_the_leads_before_it() {
        let view = what_if("npt", &["notice_of_withdrawal IRN 2027-01-15"]);
        let comes: Vec<_> =
            view.comes.iter().map(|it| (it.on.to_string(), it.to.as_deref().unwrap_or_default())).collect();
        let expected = [("2027-01-15", "notice"), ("2027-04-15", "withdrawn"), ("2027-04-15", "")];
        for (on, to) in expected {
            assert!(comes.contains(&(on.to_owned(), to)), "{comes:?}");
        }
        let withdrawn = view.comes.iter().find(|it| it.to.as_deref() == Some("withdrawn")).unwrap();
        assert_eq!(withdrawn.reason.article.as_deref(), Some("X(1)"));
        let told: Vec<_> =
            view.alerts.iter().map(|told| (told.checked_on.to_string(), told.alert.lead_days)).collect();
        let leads = [
            ("2027-01-15", None),
            ("2027-02-14", Some(60)),
            ("2027-03-16", Some(30)),
            ("2027-04-01", Some(14)),
            ("2027-04-08", Some(7)),
            ("2027-04-12", Some(3)),
            ("2027-04-14", Some(1)),
            ("2027-04-15", None),
        ];
        assert_eq!(told, leads.map(|(on, lead)| (on.to_owned(), lead)));
        assert_eq!(view.exit_code(), exit::FINE);
        let text = printed(&view, Lang::En);
        assert!(text.contains("Iran (Islamic Republic of): party -> withdrawn"), "{text}");
        for lang in [Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
        assert_eq!(json(&view)["dates"][0]["date_id"], "npt/IRN/withdrawal_effect/1");
    }

    #[test]
    fn the_last_ratification_brings_the_ctbt_into_force() {
        let missing = ["CHN", "PRK", "EGY", "IND", "IRN", "ISR", "PAK", "RUS", "USA"];
        let acts: Vec<String> =
            missing.iter().map(|state| format!("ratification {state} 2027-01-01")).collect();
        let view = what_if("ctbt", &acts.iter().map(String::as_str).collect::<Vec<_>>());
        let entry = view.dates.iter().find(|moved| moved.date.date_id.as_str() == "ctbt/entry_into_force");
        assert_eq!(entry.unwrap().after.unwrap().to_string(), "2027-06-30");
        let treaty = view.comes.iter().find(|it| it.state.is_none()).unwrap();
        assert_eq!((treaty.on, treaty.to.as_deref()), (day("2027-06-30"), Some("in_force")));
    }

    #[test]
    fn ten_years_are_shown_unless_more_are_asked_for() {
        let far = ["notice_of_withdrawal IRN 2027-01-15 effective_on=2050-01-01"];
        let view = what_if("npt", &far);
        assert_eq!(view.until, day("2037-01-15"), "from the last act that is assumed");
        assert!(view.comes.iter().all(|it| it.on <= view.until) && view.dates.is_empty());
        assert!(view.alerts.iter().all(|told| told.checked_on <= view.until));
        // The withdrawal, the end of the notice, and the day.
        assert_eq!((view.later, json(&view)["later"].as_u64()), (3, Some(3)));
        let text = printed(&view, Lang::En);
        assert!(text.ends_with("To 2037-01-15; 3 changes and days come later: see --within.\n"), "{text}");
        for lang in [Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
        let view = what_if_on("2026-11-24", "P30Y", "npt", &far);
        assert_eq!((view.later, view.dates.len()), (0, 1));
        assert!(printed(&view, Lang::En).ends_with("To 2057-01-15; nothing comes later.\n"));
    }

    #[test]
    fn the_end_of_a_bilateral_is_shown_once() {
        let view = what_if_on("2025-01-01", "P1Y", "new-start", &["notice_of_withdrawal RUS 2025-03-01"]);
        let text = printed(&view, Lang::En);
        let changes: Vec<&str> = text.lines().filter(|line| line.contains(" -> ")).collect();
        let expected = [
            "2025-03-01  Russian Federation: nothing -> notice of withdrawal",
            "2025-06-01  in force -> terminated",
            "2026-02-05  in force -> expired",
        ];
        assert_eq!(changes, expected, "{text}");
        // Programs get what becomes of each party.
        assert!(view.comes.iter().any(|it| it.to.as_deref() == Some("withdrawn")));
    }

    #[test]
    fn what_the_law_refuses_is_said_and_changes_nothing() {
        let view = what_if("ctbt", &["withdrawal RUS 2027-01-01"]);
        assert_eq!(view.exit_code(), exit::FOUND);
        assert_eq!(view.comes, []);
        assert!(view.problems[0].contains("withdrawal by RUS on 2027-01-01"), "{:?}", view.problems);
        let text = printed(&view, Lang::En);
        assert!(text.contains("It changes no status."), "{text}");
    }
}
