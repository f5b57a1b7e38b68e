//! `record`, `correct`, `retract`: acts that a user puts on record beside the seeds.

use std::io::{self, Write};

use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::context::Context;
use super::layout::paragraph;
use super::options::{day, line, lines, word};
use super::output::View;
use super::spec;
use crate::answers::lookup::NoSuch;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::act::{Act, Basis, Confidence, Evidence};
use crate::domain::correction::Correction;
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, TreatyId};
use crate::domain::judge::judge;
use crate::domain::lang::Lang;
use crate::jobs::Done;
use crate::l10n::{colon, english, phrases};

/// `record`
#[derive(Debug, Clone, Args)]
pub struct RecordArgs {
    /// The treaty
    pub treaty: String,
    /// Act as `KIND [STATE] DATE`, then if needed effective_on=DATE, ends_before=DATE, deadline=CLAUSE, until=DATE,
    /// towards=STATES, known_on=DATE, label=NAME
    pub act: String,
    /// Where it is written, and how sure it is.
    #[command(flatten)]
    pub support: SupportArgs,
    /// Place of the act or deposit
    #[arg(long, value_parser = line)]
    pub place: Option<String>,
    /// Free text, which is stored
    #[arg(long, value_parser = lines)]
    pub note: Option<String>,
}

/// What stands behind an act.
#[derive(Debug, Clone, Args)]
pub struct SupportArgs {
    /// Address of a source; may be repeated
    #[arg(long = "source", value_name = "URL", required_unless_present = "from_memory", value_parser = line)]
    pub sources: Vec<String>,
    /// Record it without a source, marked "from memory"
    #[arg(long, conflicts_with = "sources")]
    pub from_memory: bool,
    /// Kind of the source
    #[arg(long, default_value = "official", value_parser = word::<Basis>(["depositary", "official", "secondary"].into_iter()))]
    pub basis: Basis,
    /// Confidence in the fact
    #[arg(long, default_value = "medium", value_parser = word::<Confidence>(Confidence::ALL.iter().map(|word| word.as_str())))]
    pub confidence: Confidence,
}

impl SupportArgs {
    /// The evidence; what has no source is from memory.
    pub fn evidence(self) -> Evidence {
        let Self { sources, from_memory, basis, confidence } = self;
        Evidence { sources, basis: if from_memory { Basis::Memory } else { basis }, confidence }
    }
}

/// `correct`
#[derive(Debug, Clone, Args)]
pub struct CorrectArgs {
    /// Id of the act: `select act_id from acts_current`
    pub act: String,
    /// Date of the act
    #[arg(long, value_name = "DATE", value_parser = partial_day)]
    pub on: Option<PartialDay>,
    /// First date on which it was known
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub known_on: Option<NaiveDate>,
    /// Date of its effect
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub effective_on: Option<NaiveDate>,
    /// For an extension: the first date on which the treaty is no longer in force
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub ends_before: Option<NaiveDate>,
    /// For an extension of a deadline: the new last day
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<NaiveDate>,
    /// Place of the act or deposit
    #[arg(long, value_parser = line)]
    pub place: Option<String>,
    /// Free text, which is stored
    #[arg(long, value_parser = lines)]
    pub note: Option<String>,
    /// Where the correction is written, and how sure it is.
    #[command(flatten)]
    pub support: SupportArgs,
}

/// `retract`
#[derive(Debug, Clone, Args)]
pub struct RetractArgs {
    /// Id of the act: `select act_id from acts_current`
    pub act: String,
    /// Reason, which is stored with the act
    #[arg(long, value_parser = lines)]
    pub reason: String,
}

/// A day, or a month or year where only that is known.
fn partial_day(text: &str) -> Result<PartialDay, String> {
    text.parse().map_err(|error| format!("{error}"))
}

/// What was put on record or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedView {
    /// The act, in the version that counts now; the one that was taken back, by `retract`.
    pub act_id: ActId,
    /// What was done with it.
    pub done: Done,
    /// The act that it corrects.
    pub supersedes: Option<ActId>,
    /// What the law leaves in doubt about it, in English.
    pub doubts: Vec<String>,
}

/// What was done with an act.
pub(super) fn done_label(done: Done, lang: Lang) -> &'static str {
    match done {
        Done::Recorded => phrases(lang).records.recorded,
        Done::Corrected => phrases(lang).records.corrected,
        Done::Retracted => phrases(lang).records.retracted,
    }
}

impl View for RecordedView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let done = done_label(self.done, lang);
        paragraph(out, width, 0, 2, &format!("{done}{}{}", colon(lang), self.act_id))?;
        if let Some(old) = &self.supersedes {
            paragraph(out, width, 0, 2, &(phrases(lang).records.in_place_of)(old.as_str()))?;
        }
        for doubt in &self.doubts {
            let mark = phrases(lang).facts.doubtful;
            paragraph(out, width, 0, 2, &format!("{mark}{}{}", colon(lang), english(doubt, lang)))?;
        }
        paragraph(out, width, 0, 2, phrases(lang).records.next_check)
    }
}

impl Context<'_> {
    pub(super) async fn record(&self, args: RecordArgs, out: &mut dyn Write) -> Result<u8> {
        let states = self.store.load_states().await?;
        let treaty = &self.find_id(&args.treaty).await?;
        let file = self.store.load_treaty(treaty).await?.context("the treaty is there")?;
        let mut act = spec::act(&args.act, treaty, &states)?;
        act.evidence = args.support.evidence();
        act.note = args.note;
        if args.place.is_some() {
            act.place = args.place;
            act.id = ActId::of(treaty, act.state, act.kind, act.on, act.detail());
        }
        let doubts = judge(&file, &act, None, self.today)?;
        let act_id = self.store.record_act(treaty, &act, None, SystemClock.now()).await?;
        self.show(&RecordedView { act_id, done: Done::Recorded, supersedes: None, doubts }, out)
    }

    pub(super) async fn correct(&self, args: CorrectArgs, out: &mut dyn Write) -> Result<u8> {
        let (treaty, old) = self.find_act(&args.act).await?;
        let file = self.store.load_treaty(&treaty).await?.context("the treaty of an act is there")?;
        let correction = Correction {
            on: args.on,
            known_on: args.known_on,
            effective_on: args.effective_on,
            ends_before: args.ends_before,
            until: args.until,
            place: args.place,
            note: args.note,
            evidence: Some(args.support.evidence()),
        };
        let act = correction.of(&treaty, &old)?;
        let doubts = judge(&file, &act, Some(&old.id), self.today)?;
        let act_id = self.store.record_act(&treaty, &act, Some(&old.id), SystemClock.now()).await?;
        self.show(&RecordedView { act_id, done: Done::Corrected, supersedes: Some(old.id), doubts }, out)
    }

    pub(super) async fn retract(&self, args: &RetractArgs, out: &mut dyn Write) -> Result<u8> {
        let (treaty, old) = self.find_act(&args.act).await?;
        self.store.retract_act(&treaty, &old.id, &args.reason, SystemClock.now()).await?;
        let (done, doubts) = (Done::Retracted, Vec::new());
        self.show(&RecordedView { act_id: old.id, done, supersedes: None, doubts }, out)
    }

    /// The act with this name that counts, and its treaty.
    async fn find_act(&self, name: &str) -> Result<(TreatyId, Act)> {
        let id: ActId = name.parse().context("the name of an act")?;
        if let Some(found) = self.store.act(&id).await? {
            return Ok(found);
        }
        let treaty = name.split('/').next().and_then(|treaty| treaty.parse().ok());
        let file = match treaty {
            Some(treaty) => self.store.load_treaty(&treaty).await?,
            None => None,
        };
        let acts = file.iter().flat_map(|file| &file.acts);
        Err(NoSuch::among("act", name, acts.map(|act| act.id.as_str())).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::spec;
    use crate::cli::testing::{day, seeds};
    use crate::domain::judge::{NotRecorded, judge};
    use crate::domain::seeds::TreatyFile;

    fn file(treaty: &str) -> TreatyFile {
        let (files, _) = seeds();
        files.into_iter().find(|file| file.treaty.id.as_str() == treaty).unwrap()
    }

    fn act(treaty: &str, text: &str) -> Act {
        let (_, states) = seeds();
        spec::act(text, &treaty.parse().unwrap(), &states).unwrap()
    }

    #[test]
    fn the_law_and_the_calendar_refuse_what_cannot_be() {
        let today = day("2026-11-24");
        let judge = |text: &str| judge(&file("npt"), &act("npt", text), None, today);
        assert_eq!(judge("notice_of_withdrawal IRN 2026-11-24"), Ok(Vec::new()));
        let on = "2026-11-25".parse().unwrap();
        assert_eq!(judge("notice_of_withdrawal IRN 2026-11-25"), Err(NotRecorded::ToCome { on }));
        let refused = judge("notice_of_withdrawal IND 2026-11-24").unwrap_err().to_string();
        assert!(refused.contains("it was not a party then"), "{refused}");
    }

    #[test]
    fn a_correction_keeps_what_it_does_not_name() {
        let inf = file("inf");
        let is_notice = |act: &&Act| act.id.as_str().contains("notice_of_withdrawal");
        let old = inf.acts.iter().find(is_notice).unwrap();
        let correction = Correction { on: "2019-02-03".parse().ok(), ..Correction::default() };
        let new = correction.of(&inf.treaty.id, old).unwrap();
        assert_eq!(new.id.as_str(), "inf/USA/notice_of_withdrawal/2019-02-03");
        assert_eq!((new.known_on, &new.evidence), (day("2019-02-03"), &old.evidence));
        assert_eq!(Correction::default().of(&inf.treaty.id, old), Err(NotRecorded::Nothing));
        assert_eq!(judge(&inf, &new, Some(&old.id), day("2026-11-24")), Ok(Vec::new()));
        let correction = Correction { until: Some(day("2030-01-01")), ..Correction::default() };
        let no_deadline = correction.of(&inf.treaty.id, old).unwrap();
        let refused = judge(&inf, &no_deadline, Some(&old.id), day("2026-11-24")).unwrap_err().to_string();
        assert_eq!(refused, "the law refuses it: until: notice_of_withdrawal does not take it");
    }
}
