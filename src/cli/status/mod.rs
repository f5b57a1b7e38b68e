//! `status`: what is in force on a day, as far as it could be known on another.

mod page;
mod side;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use chrono::NaiveDate;
use serde::Serialize;

use super::lookup::{NoSuch, find_treaty};
use super::view::{Asked, DateView, Names, OverlayView, ReasonView, Text, View, beginning, partial_or_none};
use crate::domain::clause::Terms;
use crate::domain::day::PartialDay;
use crate::domain::id::{StateId, TreatyId};
use crate::domain::project::{DueDate, Life, Projection, entry_if_met_on, project};
use crate::domain::seeds::TreatyFile;
use crate::domain::state::State;
use crate::domain::status::{ReadingId, Reason, Rule, StateStatus, TreatyStatus, span_on};
use crate::domain::treaty::{Form, InstrumentKind, Lang, LinkKind, Treaty};

use side::Side;

/// A page shows so many of the days to come.
const DATES_MAX: usize = 5;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusQuestion {
    /// One instrument in full; none for a table of all.
    pub treaty: Option<String>,
    /// On which day, as known when.
    pub asked: Asked,
    /// As read by this state, or in the reading of this name; none for the default reading.
    pub reading: Option<String>,
}

/// The answer: a table of instruments, or one in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// The days asked about.
    #[serde(flatten)]
    pub asked: Asked,
    /// Treaties first, those in force before those to come and those that have ended.
    pub instruments: Vec<InstrumentView>,
    #[serde(skip)]
    names: Names,
    #[serde(skip)]
    in_full: bool,
}

/// One instrument on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstrumentView {
    /// Its name.
    pub treaty_id: TreatyId,
    /// What it is.
    pub kind: InstrumentKind,
    /// Between how many.
    pub form: Form,
    /// The full title.
    pub title: Text,
    /// The title that people use.
    pub short_title: Text,
    /// Languages whose titles no source supports.
    pub titles_from_memory: Vec<Lang>,
    /// The reading that is shown.
    pub reading: ReadingId,
    /// The status in it; none before its first act.
    pub status: Option<TreatyStatus>,
    /// Since when.
    pub starts_on: Option<NaiveDate>,
    /// Since when, no more exact than the facts.
    #[serde(serialize_with = "partial_or_none", skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDay>,
    /// The first day on which it is no longer so, where that is known.
    pub ends_before: Option<NaiveDate>,
    /// Why.
    pub reason: Option<ReasonView>,
    /// What it becomes then.
    pub next: Option<NextView>,
    /// The day lies after those that the facts reach: this is the last that was known.
    pub last_known: bool,
    /// The day up to which the facts reach, and knowledge was asked for.
    pub facts_as_of: NaiveDate,
    /// Depositary states.
    pub depositaries: Vec<StateId>,
    /// The depositary in words.
    pub depositary_note: Option<String>,
    /// Where it is registered.
    pub registration: Option<String>,
    /// Notices, suspensions and what else lies over the status.
    pub overlays: Vec<OverlayView>,
    /// States that have left.
    pub left: Vec<StandingView>,
    /// How many had signed, had consented and were parties.
    pub counts: Option<CountsView>,
    /// How far the condition of entry into force is met, where it is a threshold.
    pub progress: Option<ProgressView>,
    /// Readings that differ from the default one on the day.
    pub readings: Vec<ReadingView>,
    /// Days to come.
    pub dates: Vec<DateView>,
    /// Related instruments.
    pub links: Vec<LinkView>,
    /// What the facts lack.
    pub missing: Vec<MissingView>,
    /// Acts that the law refuses or leaves in doubt, and clauses that cannot be applied, in English.
    pub problems: Vec<String>,
}

/// The status that follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextView {
    /// Which.
    pub status: TreatyStatus,
    /// From when on.
    pub starts_on: NaiveDate,
    /// Why.
    pub reason: ReasonView,
}

/// What a state is, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandingView {
    /// Which state.
    pub state: StateId,
    /// What it is.
    pub status: StateStatus,
    /// Since when.
    pub starts_on: NaiveDate,
}

/// How many had signed, had consented and were parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CountsView {
    /// States that had signed.
    pub signed: u32,
    /// States whose consent to be bound stood.
    pub consented: u32,
    /// States for which it was in force; participants, where it is not a treaty.
    pub parties: u32,
    /// The facts lack acts that must have been there: the true figures are higher.
    pub incomplete: bool,
}

/// How far a threshold is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgressView {
    /// How many states are needed.
    pub needed: usize,
    /// How many of them have consented.
    pub reached: usize,
    /// The named states that have not.
    pub missing: Vec<StateId>,
    /// What changed it last.
    pub last_change: Option<ReasonView>,
    /// When the treaty would enter into force if the last instrument that is missing were deposited on
    /// the day asked about.
    pub if_met_on_the_day: Option<NaiveDate>,
}

/// A view that differs from the default one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadingView {
    /// Its name.
    pub reading: ReadingId,
    /// What it is, in English.
    pub title: Option<String>,
    /// Who asserts it.
    pub asserted_by: Vec<StateId>,
    /// Who disputes it.
    pub disputed_by: Vec<StateId>,
    /// More about both, in English.
    pub note: Option<String>,
    /// Whether the default reading is contested between this one and others.
    pub contends: bool,
    /// The status in it.
    pub status: Option<TreatyStatus>,
    /// Since when.
    pub starts_on: Option<NaiveDate>,
    /// Up to when.
    pub ends_before: Option<NaiveDate>,
    /// Why.
    pub reason: Option<ReasonView>,
    /// What lies over the status in it, and not in the default reading.
    pub overlays: Vec<OverlayView>,
    /// What lies over the status in the default reading, and not in this one.
    pub not_recognised: Vec<OverlayView>,
    /// States that are something else in it.
    pub states: Vec<StandingView>,
    /// The counts in it, where they differ.
    pub counts: Option<CountsView>,
}

/// A related instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// How it is related.
    pub kind: LinkKind,
    /// Which.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Option<Text>,
}

/// Something that the facts lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingView {
    /// Whose.
    pub state: StateId,
    /// What, in English.
    pub what: String,
}

/// Answers what is in force.
pub fn status(
    files: &[TreatyFile],
    states: &BTreeMap<StateId, State>,
    question: &StatusQuestion,
) -> Result<StatusView, NoSuch> {
    let asked = question.asked;
    let side = question.reading.as_deref().map(|name| Side::find(files, states, name)).transpose()?;
    let instruments = match &question.treaty {
        Some(name) => {
            let file = find_treaty(files, name)?;
            side.as_ref().map_or(Ok(()), |side| side.one_of(&file.treaty))?;
            vec![instrument(files, file, side.as_ref(), asked)]
        }
        None => {
            let all = files.iter().map(|file| instrument(files, file, side.as_ref(), asked));
            // What did not exist yet, or was not known of, is not in the table.
            let mut there: Vec<_> = all.filter(|instrument| instrument.status.is_some()).collect();
            there.sort_by_key(|instrument| (rank(instrument), instrument.treaty_id.clone()));
            there
        }
    };
    Ok(StatusView { asked, instruments, names: states.into(), in_full: question.treaty.is_some() })
}

impl View for StatusView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.in_full { page::print(self, lang, width, out) } else { table::print(self, lang, width, out) }
    }
}

impl InstrumentView {
    /// Whether the vocabulary of treaties applies.
    fn is_treaty(&self) -> bool {
        matches!(self.kind, InstrumentKind::Treaty | InstrumentKind::Draft)
    }

    /// Whether it is still on its way into force.
    fn is_pending(&self) -> bool {
        matches!(self.status, Some(TreatyStatus::Pending | TreatyStatus::Draft))
    }
}

/// Treaties first; in force, pending, draft, ended.
fn rank(instrument: &InstrumentView) -> (bool, u8) {
    let place = instrument.status.map_or(9, |status| match status {
        TreatyStatus::InForce | TreatyStatus::InEffect => 0,
        TreatyStatus::Contested => 1,
        TreatyStatus::Pending | TreatyStatus::Adopted => 2,
        TreatyStatus::Draft | TreatyStatus::Proposed => 3,
        TreatyStatus::Terminated
        | TreatyStatus::Expired
        | TreatyStatus::Superseded
        | TreatyStatus::Abandoned
        | TreatyStatus::Ended
        | TreatyStatus::Concluded => 4,
    });
    (!instrument.is_treaty(), place)
}

fn instrument(files: &[TreatyFile], file: &TreatyFile, side: Option<&Side>, asked: Asked) -> InstrumentView {
    let treaty = &file.treaty;
    let projection = project(treaty, &file.acts, asked.known_on);
    let default = projection.default_life();
    let life = side.map_or(default, |side| side.life(treaty, &projection));
    let span = span_on(&life.treaty, asked.on);
    let facts_as_of = asked.reach(treaty.facts_as_of);
    let incomplete = lacks_acts(&projection);
    let is_here = |date: &&DueDate| {
        let is_shown = date.reading.is_default() || life.reading.is_default() || date.reading == life.reading;
        is_shown && asked.on <= date.on.last_day()
    };
    let dates = projection.dates.iter().filter(is_here);
    // A default reading that only says that the others differ is no other view.
    let says_nothing = |other: &&Life| other.reading.is_default() && !treaty.contested_between.is_empty();
    let others = projection.readings.iter().filter(|other| other.reading != life.reading);
    let others = others.filter(|other| !says_nothing(other));
    let readings: Vec<_> = others.filter_map(|other| reading(file, life, other, asked)).collect();
    // Of two contending readings neither's count is the treaty's.
    let contending = readings.iter().filter(|reading| reading.contends);
    let counts_are_contested = contending.map(|reading| reading.counts).collect::<BTreeSet<_>>().len() > 1;
    InstrumentView {
        treaty_id: treaty.id.clone(),
        kind: treaty.kind,
        form: treaty.form,
        title: (&treaty.title).into(),
        short_title: (&treaty.short_title).into(),
        titles_from_memory: treaty.titles_from_memory.clone(),
        reading: life.reading.clone(),
        status: span.map(|span| span.status),
        starts_on: span.map(|span| span.starts_on),
        since: span.map(|span| beginning(span.starts_on, &span.reason)),
        ends_before: span.and_then(|span| span.ends_before),
        reason: span.map(|span| ReasonView::new(file, &span.reason)),
        next: span.and_then(|span| span.ends_before).and_then(|day| {
            let next = span_on(&life.treaty, day)?;
            let reason = ReasonView::new(file, &next.reason);
            Some(NextView { status: next.status, starts_on: day, reason })
        }),
        last_known: span.is_some() && facts_as_of < asked.on,
        facts_as_of,
        depositaries: treaty.depositaries.clone(),
        depositary_note: treaty.depositary_note.clone(),
        registration: treaty.registration.clone(),
        overlays: overlays(file, life, asked.on),
        left: left(life, asked.on),
        counts: counts(life, asked.on, incomplete).filter(|_| !counts_are_contested),
        progress: progress(file, &projection, asked).filter(|_| !incomplete),
        readings,
        dates: dates.take(DATES_MAX).map(|date| DateView::new(file, date, asked.on)).collect(),
        links: treaty
            .links
            .iter()
            .map(|(kind, id)| LinkView {
                kind: *kind,
                treaty_id: id.clone(),
                short_title: files
                    .iter()
                    .find(|file| file.treaty.id == *id)
                    .map(|file| (&file.treaty.short_title).into()),
            })
            .collect(),
        missing: missing(treaty),
        problems: projection.problems.iter().map(|problem| problem.fault.to_string()).collect(),
    }
}

/// What the facts lack about an instrument.
pub(super) fn missing(treaty: &Treaty) -> Vec<MissingView> {
    let missing = treaty.missing.iter();
    missing.map(|(state, what)| MissingView { state: *state, what: what.clone() }).collect()
}

/// Whether fewer states have consented than the treaty needed to enter into force, as it did.
pub(super) fn lacks_acts(projection: &Projection) -> bool {
    let entered = projection.default_life().treaty.iter().any(|span| span.status == TreatyStatus::InForce);
    let Some(progress) = projection.progress.as_ref().filter(|_| entered) else { return false };
    progress.steps.iter().all(|step| step.reached < progress.needed)
}

fn overlays(file: &TreatyFile, life: &Life, on: NaiveDate) -> Vec<OverlayView> {
    let here = life.overlays.iter().filter(|overlay| overlay.contains(on));
    let mut views: Vec<OverlayView> = here.map(|overlay| OverlayView::new(file, overlay)).collect();
    views.sort_by_key(|overlay| (overlay.kind, overlay.starts_on, overlay.state));
    views
}

/// The states that left the instrument while it went on.
fn left(life: &Life, on: NaiveDate) -> Vec<StandingView> {
    let standings = life.states.iter().filter_map(|(state, spans)| Some((*state, span_on(spans, on)?)));
    standings
        .filter(|(_, span)| match span.status {
            StateStatus::Withdrawn => true,
            StateStatus::Ceased => span.reason.rule != Rule::TreatyEnded,
            StateStatus::Signatory
            | StateStatus::Contracting
            | StateStatus::Party
            | StateStatus::FormerParty
            | StateStatus::NonParty
            | StateStatus::Participating
            | StateStatus::Contested => false,
        })
        .map(|(state, span)| StandingView { state, status: span.status, starts_on: span.starts_on })
        .collect()
}

/// The counts on a day; none before the first.
pub(super) fn counts(life: &Life, on: NaiveDate, incomplete: bool) -> Option<CountsView> {
    let count = life.counts.iter().rfind(|count| count.on <= on)?;
    let (signed, consented, parties) = (count.signed, count.consented, count.parties);
    Some(CountsView { signed, consented, parties, incomplete })
}

fn progress(file: &TreatyFile, projection: &Projection, asked: Asked) -> Option<ProgressView> {
    let progress = projection.progress.as_ref()?;
    let (_, threshold) = file.treaty.find_clause(|terms| match terms {
        Terms::EntryIntoForceByThreshold(threshold) => Some(threshold),
        _ => None,
    })?;
    let step = progress.steps.iter().rfind(|step| step.on <= asked.on);
    let last_change = step.map(|step| {
        let made_by =
            Reason { rule: Rule::Act, ground: Some(step.ground.clone()), article: None, known_on: step.on };
        ReasonView::new(file, &made_by)
    });
    let is_met = step.is_some_and(|step| step.reached >= progress.needed);
    let entry = entry_if_met_on(&file.treaty, &file.acts, asked.known_on, asked.on);
    Some(ProgressView {
        last_change,
        if_met_on_the_day: entry.and_then(Result::ok).filter(|_| !is_met),
        needed: progress.needed,
        reached: step.map_or(0, |step| step.reached),
        missing: step.map_or_else(|| threshold.named.clone(), |step| step.missing.clone()),
    })
}

/// What a reading says otherwise than the default one on a day; nothing where it does not.
fn reading(file: &TreatyFile, default: &Life, other: &Life, asked: Asked) -> Option<ReadingView> {
    let treaty = &file.treaty;
    let on = asked.on;
    let contends = treaty.contested_between.contains(&other.reading);
    let described = treaty.reading(&other.reading);
    let span = span_on(&other.treaty, on);
    let status = |life: &Life| span_on(&life.treaty, on).map(|span| span.status);
    let only_in = |one: &Life, another: &Life| {
        let here = overlays(file, one, on);
        let there = overlays(file, another, on);
        here.into_iter().filter(|overlay| !there.contains(overlay)).collect::<Vec<_>>()
    };
    let standing = |(state, spans): (&StateId, &Vec<_>)| {
        let span = span_on(spans, on)?;
        let usual = default.states.get(state).and_then(|spans| span_on(spans, on));
        let view = StandingView { state: *state, status: span.status, starts_on: span.starts_on };
        // That the treaty ended for all is said once.
        let with_the_treaty = span.reason.rule == Rule::TreatyEnded;
        (!with_the_treaty && usual.map(|span| span.status) != Some(span.status)).then_some(view)
    };
    let view = ReadingView {
        reading: other.reading.clone(),
        title: described.map(|reading| reading.title.clone()),
        asserted_by: described.map(|reading| reading.asserted_by.clone()).unwrap_or_default(),
        disputed_by: described.map(|reading| reading.disputed_by.clone()).unwrap_or_default(),
        note: described.and_then(|reading| reading.note.clone()),
        contends,
        status: status(other),
        starts_on: span.map(|span| span.starts_on),
        ends_before: span.and_then(|span| span.ends_before),
        reason: span.map(|span| ReasonView::new(file, &span.reason)),
        overlays: only_in(other, default),
        not_recognised: only_in(default, other),
        states: other.states.iter().filter_map(standing).collect(),
        counts: counts(other, on, false)
            .filter(|count| contends || counts(default, on, false) != Some(*count)),
    };
    let differs = view.status != status(default)
        || !view.overlays.is_empty()
        || !view.not_recognised.is_empty()
        || !view.states.is_empty();
    differs.then_some(view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{asked, day, json, printed, seeds};
    use crate::domain::status::OverlayKind;

    const LANGS: [Lang; 3] = [Lang::En, Lang::Zh, Lang::Ru];

    fn all(on: &str, known_on: &str) -> StatusView {
        let (files, states) = seeds();
        status(&files, &states, &StatusQuestion { treaty: None, asked: asked(on, known_on), reading: None })
            .unwrap()
    }

    fn one(treaty: &str, on: &str, known_on: &str) -> StatusView {
        let (files, states) = seeds();
        let asked = asked(on, known_on);
        let question = StatusQuestion { treaty: Some(treaty.to_owned()), asked, reading: None };
        status(&files, &states, &question).unwrap()
    }

    fn as_read_by(side: &str, treaty: Option<&str>, on: &str) -> Result<StatusView, NoSuch> {
        let (files, states) = seeds();
        let (treaty, asked) = (treaty.map(str::to_owned), asked(on, on));
        status(&files, &states, &StatusQuestion { treaty, asked, reading: Some(side.to_owned()) })
    }

    #[test]
    fn one_side_s_reading_is_shown_and_the_other_stays_beside_it() {
        let on = "2026-01-01";
        for (side, reading, status) in [
            ("FRA", "e3", TreatyStatus::InEffect),
            ("China", "iran-russia-china", TreatyStatus::Ended),
            ("iran-russia-china", "iran-russia-china", TreatyStatus::Ended),
            ("BRA", "default", TreatyStatus::Contested),
        ] {
            let view = as_read_by(side, Some("unscr-2231"), on).unwrap();
            let resolution = find(&view, "unscr-2231");
            assert_eq!((resolution.reading.as_str(), resolution.status), (reading, Some(status)), "{side}");
            let others: Vec<&str> = resolution.readings.iter().map(|other| other.reading.as_str()).collect();
            assert!(!others.contains(&reading) && !others.is_empty(), "{side}: {others:?}");
            for lang in LANGS {
                printed(&view, lang);
            }
        }
        // The United States asserted one reading in 2020 and another in 2025.
        let error = as_read_by("USA", Some("unscr-2231"), on).unwrap_err().to_string();
        assert_eq!(error, "no such single reading of `USA, which asserts several`; there is e3, us-2020");
        let table = as_read_by("USA", None, on).unwrap();
        assert_eq!(find(&table, "unscr-2231").status, Some(TreatyStatus::Contested));
        assert_eq!(find(&table, "ctbt").status, Some(TreatyStatus::Pending));
        assert!(as_read_by("Atlantis", None, on).is_err());
    }

    #[test]
    fn a_pending_treaty_says_what_changed_last_and_when_it_could_enter_into_force() {
        let view = one("ctbt", "2026-11-24", "2026-11-24");
        let progress = find(&view, "ctbt").progress.as_ref().unwrap();
        assert_eq!((progress.reached, progress.needed, progress.missing.len()), (35, 44, 9));
        let last = progress.last_change.as_ref().unwrap().act.as_ref().unwrap();
        assert_eq!(last.act_id.as_str(), "ctbt/RUS/revocation_of_ratification/2023-11-03/new-york");
        assert_eq!(progress.if_met_on_the_day, Some(day("2027-05-23")));
        let text = printed(&view, Lang::En).replace('\n', " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains("last changed by revocation of ratification, Russian Federation, 2023-11-03"),
            "{text}"
        );
        assert!(
            text.contains("in force on 2027-05-23 if the last of them were deposited on 2026-11-24"),
            "{text}"
        );
    }

    fn find<'a>(view: &'a StatusView, treaty: &str) -> &'a InstrumentView {
        view.instruments.iter().find(|it| it.treaty_id.as_str() == treaty).unwrap()
    }

    fn standing(view: &StatusView, treaty: &str) -> (TreatyStatus, String, Option<String>) {
        let instrument = find(view, treaty);
        let day = |day: NaiveDate| day.to_string();
        (instrument.status.unwrap(), day(instrument.starts_on.unwrap()), instrument.ends_before.map(day))
    }

    fn codes(states: &[StateId]) -> Vec<&str> {
        states.iter().map(StateId::as_str).collect()
    }

    #[test]
    fn the_day_of_the_statement_is_shown_as_it_was_known() {
        let view = all("2019-06-05", "2019-06-05");
        let until = |day: &str| Some(day.to_owned());
        let expected = [
            ("abm", TreatyStatus::Terminated, "2002-06-13", None),
            ("inf", TreatyStatus::InForce, "1988-06-01", until("2019-08-02")),
            ("new-start", TreatyStatus::InForce, "2011-02-05", until("2021-02-05")),
            ("npt", TreatyStatus::InForce, "1970-03-05", None),
            ("bwc", TreatyStatus::InForce, "1975-03-26", None),
            ("cwc", TreatyStatus::InForce, "1997-04-29", None),
            ("jcpoa", TreatyStatus::InEffect, "2015-10-18", None),
        ];
        for (treaty, status, since, until) in expected {
            assert_eq!(standing(&view, treaty), (status, since.to_owned(), until), "{treaty}");
            assert!(!find(&view, treaty).last_known, "{treaty}");
        }
        assert_eq!(standing(&view, "ctbt").0, TreatyStatus::Pending);
        let ctbt = find(&view, "ctbt").progress.as_ref().unwrap();
        assert_eq!((ctbt.reached, ctbt.needed, ctbt.missing.len()), (36, 44, 8));
    }

    #[test]
    fn a_notice_and_suspensions_lie_over_a_treaty_in_force() {
        let view = all("2019-06-05", "2019-06-05");
        let inf = find(&view, "inf");
        let over = |kind| inf.overlays.iter().filter(move |overlay| overlay.kind == kind);
        let notice: Vec<_> = over(OverlayKind::Notice).collect();
        assert_eq!(notice.len(), 1);
        assert_eq!(
            (notice[0].state.unwrap().as_str(), notice[0].ends_before),
            ("USA", Some(day("2019-08-02")))
        );
        let by: Vec<StateId> = over(OverlayKind::Suspension).filter_map(|overlay| overlay.state).collect();
        assert_eq!(codes(&by), ["USA", "RUS"]);
        let text = printed(&view, Lang::En);
        assert!(text.contains("running to\n    2019-08-02"), "{text}");
    }

    #[test]
    fn a_participant_that_ceased_is_shown_under_what_goes_on() {
        let view = all("2019-06-05", "2019-06-05");
        let jcpoa = find(&view, "jcpoa");
        let left = &jcpoa.left[0];
        assert_eq!((left.state.as_str(), left.status), ("USA", StateStatus::Ceased));
        assert_eq!(left.starts_on, day("2018-05-08"));
        assert_eq!(jcpoa.counts.unwrap().parties, 7);
        // Before that day it took part.
        assert!(find(&all("2018-05-07", "2019-06-05"), "jcpoa").left.is_empty());
    }

    #[test]
    fn what_came_to_pass_since_is_shown_today() {
        let view = all("2026-11-24", "2026-11-24");
        assert_eq!(standing(&view, "new-start"), (TreatyStatus::Expired, "2026-02-05".to_owned(), None));
        let ctbt = find(&view, "ctbt");
        assert_eq!(ctbt.status, Some(TreatyStatus::Pending));
        let progress = ctbt.progress.as_ref().unwrap();
        assert_eq!((progress.reached, progress.needed), (35, 44));
        let missing = ["CHN", "EGY", "IND", "IRN", "ISR", "PAK", "PRK", "RUS", "USA"];
        assert_eq!(codes(&progress.missing), missing);
        assert!(printed(&view, Lang::En).contains("35 of 44, missing CHN EGY IND IRN ISR PAK PRK RUS USA"));
        assert!(find(&view, "npt").last_known);
    }

    #[test]
    fn contested_effects_stand_side_by_side() {
        let view = all("2026-11-24", "2026-11-24");
        let resolution = find(&view, "unscr-2231");
        assert_eq!(resolution.status, Some(TreatyStatus::Contested));
        let readings: Vec<_> = resolution.readings.iter().filter(|reading| reading.contends).collect();
        let statuses: Vec<_> = readings.iter().map(|reading| reading.status.unwrap()).collect();
        assert_eq!(statuses, [TreatyStatus::InEffect, TreatyStatus::Ended]);
        assert!(readings.iter().all(|reading| !reading.asserted_by.is_empty()));
        assert_eq!(readings[0].overlays[0].kind, OverlayKind::Reinstatement);
        // The day before, nobody contested it.
        assert_eq!(standing(&all("2025-09-27", "2026-11-24"), "unscr-2231").0, TreatyStatus::InEffect);
        // Whether anybody takes part depends on the reading.
        assert_eq!(find(&view, "jcpoa").counts, None);
    }

    #[test]
    fn the_depositaries_count_stands_and_others_beside_it() {
        let view = all("2026-11-24", "2026-11-24");
        let npt = find(&view, "npt");
        assert_eq!(npt.counts.unwrap().parties, 191);
        let out: Vec<NaiveDate> = npt.readings.iter().map(|reading| reading.states[0].starts_on).collect();
        assert_eq!(out, [day("2003-01-11"), day("2003-04-10")]);
        assert!(npt.readings.iter().all(|reading| reading.counts.unwrap().parties == 190));
    }

    #[test]
    fn a_disputed_suspension_names_who_disputes_it() {
        let view = one("new-start", "2024-01-01", "2024-01-01");
        let overlay = &find(&view, "new-start").overlays[0];
        assert_eq!((overlay.kind, overlay.state.unwrap().as_str()), (OverlayKind::Suspension, "RUS"));
        assert_eq!(codes(&overlay.disputed_by), ["USA"]);
        assert_eq!(find(&view, "new-start").status, Some(TreatyStatus::InForce));
        let invalid = find(&view, "new-start").readings.iter().find(|it| !it.not_recognised.is_empty());
        assert_eq!(codes(&invalid.unwrap().asserted_by), ["USA"]);
    }

    #[test]
    fn treaties_come_first_and_those_in_force_before_those_that_ended() {
        let view = all("2026-11-24", "2026-11-24");
        let ranks: Vec<_> = view.instruments.iter().map(rank).collect();
        assert!(ranks.is_sorted());
        let place = |treaty: &str| view.instruments.iter().position(|it| it.treaty_id.as_str() == treaty);
        assert!(
            place("npt") < place("ctbt") && place("ctbt") < place("inf") && place("inf") < place("jcpoa")
        );
    }

    #[test]
    fn what_did_not_exist_yet_is_said_only_when_asked_for() {
        let early = all("2000-01-01", "2026-11-24");
        assert!(early.instruments.iter().all(|it| it.treaty_id.as_str() != "new-start"));
        let view = one("new-start", "2000-01-01", "2026-11-24");
        assert_eq!(find(&view, "new-start").status, None);
        assert!(printed(&view, Lang::En).contains("did not exist yet"));
    }

    #[test]
    fn a_month_is_not_made_a_day() {
        let view = one("bwc-protocol", "2019-06-05", "2019-06-05");
        assert_eq!(json(&view)["instruments"][0]["since"], "2001-03");
        assert_eq!(json(&view)["instruments"][0]["starts_on"], "2001-03-01");
    }

    #[test]
    fn missing_acts_make_no_count() {
        let view = all("2026-11-24", "2026-11-24");
        assert!(find(&view, "outer-space-treaty").counts.is_some_and(|counts| counts.incomplete));
        assert!(!printed(&view, Lang::En).contains("1 party"));
    }

    #[test]
    fn programs_read_days_codes_and_all_titles() {
        let json = json(&all("2019-06-05", "2019-06-05"));
        assert_eq!((&json["on"], &json["known_on"]), (&"2019-06-05".into(), &"2019-06-05".into()));
        let instruments = json["instruments"].as_array().unwrap();
        let inf = instruments.iter().find(|it| it["treaty_id"] == "inf").unwrap();
        assert_eq!(inf["status"], "in_force");
        assert_eq!(inf["ends_before"], "2019-08-02");
        assert_eq!(inf["overlays"][0]["state"], "USA");
        assert!(inf["short_title"]["ru"].is_string());
    }

    #[test]
    fn every_page_fits_in_every_language() {
        let (files, _) = seeds();
        for lang in LANGS {
            for on in ["2001-01-01", "2019-06-05", "2024-01-01", "2026-11-24", "2030-01-01"] {
                printed(&all(on, "2026-11-24"), lang);
            }
            for file in &files {
                printed(&one(file.treaty.id.as_str(), "2026-11-24", "2026-11-24"), lang);
                printed(&one(file.treaty.id.as_str(), "2019-06-05", "2019-06-05"), lang);
            }
        }
    }
}
