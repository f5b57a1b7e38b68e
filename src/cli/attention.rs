//! `ack` and `snooze`: what people say about what they are told.

use std::io::{self, Write};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use serde::Serialize;

use super::alerts::{find_alert, instant};
use super::context::Context;
use super::layout::{Grid, paragraph};
use super::options::{day, line, lines};
use super::output::View;
use crate::answers::lookup::NoSuch;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::alert_kind::AlertKind;
use crate::domain::attention::{Acknowledgement, Remark, Snooze};
use crate::domain::id::{DateId, TreatyId};
use crate::domain::lang::Lang;
use crate::l10n::{colon, comma, phrases, until};
use crate::store::Store;

/// The ids of alerts begin with this.
const MESSAGE: &str = "msg_";

/// `ack`
#[derive(Debug, Clone, Args)]
pub struct AckArgs {
    /// Name of the date, or id of an alert about it
    #[arg(value_name = "DATE_ID|ALERT_ID", required_unless_present = "list")]
    pub what: Option<String>,
    /// Your name, which is stored
    #[arg(long, value_name = "NAME", required_unless_present = "list", value_parser = line)]
    pub by: Option<String>,
    /// Free text, which is stored
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["list", "undo"], value_parser = lines)]
    pub note: Option<String>,
    /// Undo the acknowledgement
    #[arg(long)]
    pub undo: bool,
    /// List acknowledged dates
    #[arg(long, conflicts_with_all = ["what", "by", "undo", "today"])]
    pub list: bool,
    /// Act as on this date, not in the future [default: today in the configured time zone]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<NaiveDate>,
}

/// `snooze`
#[derive(Debug, Clone, Args)]
pub struct SnoozeArgs {
    /// The treaty
    #[arg(required_unless_present_any = ["list", "end"], requires = "until")]
    pub treaty: Option<String>,
    /// First date on which its alerts are sent again
    #[arg(long, value_name = "DATE", value_parser = day, requires = "treaty")]
    pub until: Option<NaiveDate>,
    /// Your name, which is stored
    #[arg(long, value_name = "NAME", required_unless_present = "list", value_parser = line)]
    pub by: Option<String>,
    /// Free text, which is stored
    #[arg(long, value_name = "TEXT", requires = "treaty", value_parser = lines)]
    pub note: Option<String>,
    /// End the snooze of this treaty now
    #[arg(long, value_name = "TREATY", conflicts_with_all = ["treaty", "until"])]
    pub end: Option<String>,
    /// List snoozed treaties
    #[arg(long, conflicts_with_all = ["treaty", "until", "by", "end", "today"])]
    pub list: bool,
    /// Act as on this date, not in the future [default: today in the configured time zone]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<NaiveDate>,
}

/// When something is said, and on which day.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// The day; in the past for a database that is led through history.
    pub today: NaiveDate,
    /// The present instant.
    pub now: DateTime<Utc>,
}

/// The answer of `ack`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AckView {
    /// What was done; none for a list.
    pub done: Option<AckDone>,
    /// What was acknowledged or taken back; of a list, what holds.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// What `ack` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AckDone {
    /// A date is acknowledged.
    Acknowledged,
    /// It is so no longer.
    Undone,
}

/// The answer of `snooze`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnoozeView {
    /// What was done; none for a list.
    pub done: Option<SnoozeDone>,
    /// What was snoozed or ended; of a list, what holds.
    pub snoozes: Vec<Snooze>,
}

/// What `snooze` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeDone {
    /// A treaty is snoozed.
    Snoozed,
    /// It is so no longer.
    Ended,
}

/// Acknowledges a date, takes that back, or lists what is acknowledged.
pub async fn ack(store: &Store, args: AckArgs, said: Said) -> Result<AckView> {
    let AckArgs { what, by, note, undo, .. } = args;
    let Some((what, author)) = what.zip(by) else {
        return Ok(AckView { done: None, acknowledgements: store.acknowledgements(None, false).await? });
    };
    let author = named(author)?;
    let (date, on) = date_of(store, &what, undo).await?;
    let of_date =
        |all: Vec<Acknowledgement>| all.into_iter().filter(|it| it.date == date).collect::<Vec<_>>();
    if undo {
        if !store.undo_acknowledgement(&date, &author, said.now).await? {
            bail!("{date} is not acknowledged; see: treatywatch ack --list");
        }
        let mut all = of_date(store.acknowledgements(None, true).await?);
        all.retain(|it| it.ended_at == Some(said.now) && it.ended_by.as_ref() == Some(&author));
        return Ok(AckView { done: Some(AckDone::Undone), acknowledgements: all });
    }
    let mut days = store.days_ahead(&date, said.today).await?;
    if let Some(on) = on {
        days.retain(|(_, day)| *day == on);
        if days.is_empty() {
            bail!("{date} does not lie ahead on {on} any more; see: treatywatch upcoming");
        }
    }
    if days.is_empty() {
        let known = store.dates_ahead(said.today).await?;
        return Err(NoSuch::among("date to come", date.as_str(), known.iter().map(DateId::as_str)).into());
    }
    if !store.acknowledge(&date, &days, &Remark { author, note }, said.now).await? {
        bail!("{date} is acknowledged already; see: treatywatch ack --list");
    }
    let acknowledgements = of_date(store.acknowledgements(None, false).await?);
    Ok(AckView { done: Some(AckDone::Acknowledged), acknowledgements })
}

/// The date that is meant, and the day that an alert told of it. To take it back, any alert of the date will do.
async fn date_of(store: &Store, what: &str, undo: bool) -> Result<(DateId, Option<NaiveDate>)> {
    if !what.starts_with(MESSAGE) {
        return Ok((what.parse().context("the name of a date")?, None));
    }
    let raised = find_alert(store, what).await?;
    let Some(date) = raised.alert.date.clone() else {
        if let Some(one) = raised.alert.states.first() {
            let count = raised.alert.states.len();
            bail!(
                "{what} is about the dates of {count} states: name one of them, as in `treatywatch ack {}`",
                one.date
            );
        }
        bail!("{what} is not about a date: {}", raised.alert.sentence);
    };
    let on = raised.alert.on.first_day();
    Ok((date, (raised.alert.kind == AlertKind::DateApproaching && !undo).then_some(on)))
}

/// Snoozes a treaty, ends that, or lists what is snoozed. `treaty` is the one that the arguments name.
pub async fn snooze(
    store: &Store,
    args: SnoozeArgs,
    treaty: Option<&TreatyId>,
    said: Said,
) -> Result<SnoozeView> {
    let Some((treaty, author)) = treaty.zip(args.by) else {
        return Ok(SnoozeView { done: None, snoozes: store.snoozes(None, false).await? });
    };
    let author = named(author)?;
    let Some(ends_before) = args.until else {
        if !store.end_snooze(treaty, &author, said.now).await? {
            bail!("{treaty} is not snoozed; see: treatywatch snooze --list");
        }
        let snoozes = store.snoozes(Some(treaty), true).await?.into_iter().next_back();
        return Ok(SnoozeView { done: Some(SnoozeDone::Ended), snoozes: snoozes.into_iter().collect() });
    };
    if ends_before <= said.today {
        bail!("{ends_before} is not in the future: expected the date on which the snooze ends");
    }
    let remark = Remark { author, note: args.note };
    if !store.snooze(treaty, [said.today, ends_before], &remark, said.now).await? {
        bail!("{treaty} is snoozed already; end that first: treatywatch snooze --end {treaty} --by NAME");
    }
    Ok(SnoozeView { done: Some(SnoozeDone::Snoozed), snoozes: store.snoozes(Some(treaty), false).await? })
}

fn named(author: String) -> Result<String> {
    let author = author.trim().to_owned();
    if author.is_empty() {
        bail!("--by: expected a name");
    }
    Ok(author)
}

/// What was said, and by whom.
fn said_by(what: &str, remark: &Remark, lang: Lang) -> String {
    let text = (phrases(lang).attention.by)(what, &remark.author);
    match &remark.note {
        // A user's own words, in whatever language.
        Some(note) => format!("{text}{}{note}", colon(lang)),
        None => text,
    }
}

impl View for AckView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).attention;
        let Some(done) = self.done else { return self.list(lang, width, out) };
        for it in &self.acknowledgements {
            let what = match done {
                AckDone::Acknowledged => words.acknowledged,
                AckDone::Undone => words.undone,
            };
            let told = format!("{what}{}{}{}{}", colon(lang), it.date, comma(lang), it.on);
            paragraph(out, width, 0, 2, &told)?;
        }
        let next = match done {
            AckDone::Acknowledged => words.after_acknowledging,
            AckDone::Undone => words.after_undoing,
        };
        paragraph(out, width, 0, 2, next)
    }
}

impl AckView {
    fn list(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).attention;
        if self.acknowledgements.is_empty() {
            return writeln!(out, "{}", words.none_acknowledged);
        }
        let header = [words.date, phrases(lang).labels.day, words.who, words.said_at];
        let mut grid = Grid::new(&header, &[(0, 16), (2, 10)]);
        for it in &self.acknowledgements {
            let author = it.remark.author.clone();
            grid.row(vec![it.date.to_string(), it.on.to_string(), author, instant(it.made_at)]);
            if let Some(note) = &it.remark.note {
                grid.through(2, note.clone());
            }
        }
        grid.print(out, width)
    }
}

impl View for SnoozeView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).attention;
        let Some(done) = self.done else { return self.list(lang, width, out) };
        for it in &self.snoozes {
            let told = match done {
                SnoozeDone::Snoozed => {
                    let what = words.snoozed;
                    format!(
                        "{what}{}{}{}{}",
                        colon(lang),
                        it.treaty,
                        comma(lang),
                        until(it.ends_before, lang)
                    )
                }
                SnoozeDone::Ended => {
                    let what = words.no_longer_snoozed;
                    format!("{what}{}{}", colon(lang), it.treaty)
                }
            };
            paragraph(out, width, 0, 2, &told)?;
        }
        let next = match done {
            SnoozeDone::Snoozed => words.after_snoozing,
            SnoozeDone::Ended => words.after_ending,
        };
        paragraph(out, width, 0, 2, next)
    }
}

impl SnoozeView {
    fn list(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).attention;
        if self.snoozes.is_empty() {
            return writeln!(out, "{}", words.none_snoozed);
        }
        let header = [phrases(lang).labels.treaty, words.from, words.until, words.who];
        let mut grid = Grid::new(&header, &[(0, 16), (3, 10)]);
        for it in &self.snoozes {
            let author = it.remark.author.clone();
            grid.row(vec![
                it.treaty.to_string(),
                it.starts_on.to_string(),
                it.ends_before.to_string(),
                author,
            ]);
            if let Some(note) = &it.remark.note {
                grid.through(2, note.clone());
            }
        }
        grid.print(out, width)
    }
}

/// What holds of a date, in a line.
pub(super) fn acknowledged_words(it: &Acknowledgement, lang: Lang) -> String {
    said_by(phrases(lang).attention.is_acknowledged, &it.remark, lang)
}

/// What holds of a treaty, in a line.
pub(super) fn snoozed_words(it: &Snooze, lang: Lang) -> String {
    let until = until(it.ends_before, lang);
    said_by(&(phrases(lang).attention.is_snoozed)(&until), &it.remark, lang)
}

impl Context<'_> {
    pub(super) async fn ack(&self, args: AckArgs, out: &mut dyn Write) -> Result<u8> {
        let said = self.said(args.today)?;
        self.show(&ack(&self.store, args, said).await?, out)
    }

    pub(super) async fn snooze(&self, args: SnoozeArgs, out: &mut dyn Write) -> Result<u8> {
        let said = self.said(args.today)?;
        let treaty = self.find_id_if_named(args.treaty.as_deref().or(args.end.as_deref())).await?;
        self.show(&snooze(&self.store, args, treaty.as_ref(), said).await?, out)
    }

    /// When something is said, and on which day: as on a day that has come, or today.
    fn said(&self, today: Option<NaiveDate>) -> Result<Said> {
        let today = today.unwrap_or(self.today);
        if self.today < today {
            bail!("{today} is in the future: expected today or an earlier date");
        }
        Ok(Said { today, now: SystemClock.now() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, json, printed};

    fn anna() -> Remark {
        Remark { author: "anna".to_owned(), note: Some("the note is being written".to_owned()) }
    }

    fn acknowledged(done: Option<AckDone>) -> AckView {
        let it = Acknowledgement {
            date: "new-start/expiry".parse().unwrap(),
            treaty: "new-start".parse().unwrap(),
            on: day("2026-02-05"),
            remark: anna(),
            made_at: "2026-01-06T09:00:00Z".parse().unwrap(),
            ended_at: None,
            ended_by: None,
            end_reason: None,
        };
        AckView { done, acknowledgements: vec![it] }
    }

    fn snoozed(done: Option<SnoozeDone>) -> SnoozeView {
        let it = Snooze {
            treaty: "new-start".parse().unwrap(),
            starts_on: day("2026-02-01"),
            ends_before: day("2026-02-10"),
            remark: anna(),
            made_at: "2026-02-01T09:00:00Z".parse().unwrap(),
            ended_at: None,
            ended_by: None,
            end_reason: None,
        };
        SnoozeView { done, snoozes: vec![it] }
    }

    #[test]
    fn what_is_said_is_shown_in_each_language_with_who_said_it() {
        for lang in [Lang::En, Lang::Zh, Lang::Ru] {
            let list = printed(&acknowledged(None), lang);
            assert!(
                list.contains("2026-02-05  anna") && list.contains("the note is being written"),
                "{list}"
            );
            assert!(printed(&snoozed(None), lang).contains("2026-02-01  2026-02-10  anna"));
            for done in [AckDone::Acknowledged, AckDone::Undone] {
                assert!(printed(&acknowledged(Some(done)), lang).contains("new-start/expiry"));
            }
            for done in [SnoozeDone::Snoozed, SnoozeDone::Ended] {
                assert!(printed(&snoozed(Some(done)), lang).contains("new-start"));
            }
        }
        assert_eq!(json(&acknowledged(None))["acknowledgements"][0]["author"], "anna");
    }

    #[test]
    fn what_holds_stands_in_a_line() {
        let ack = |lang| acknowledged_words(&acknowledged(None).acknowledgements[0], lang);
        assert_eq!(ack(Lang::En), "acknowledged by anna: the note is being written");
        assert_eq!(ack(Lang::Zh), "已知悉（anna）：the note is being written");
        assert_eq!(ack(Lang::Ru), "принято к сведению (anna): the note is being written");
        let snooze = |lang| snoozed_words(&snoozed(None).snoozes[0], lang);
        assert_eq!(snooze(Lang::En), "snoozed until 2026-02-10 by anna: the note is being written");
        assert_eq!(snooze(Lang::Zh), "暂缓通报至2026年2月10日（anna）：the note is being written");
        assert_eq!(snooze(Lang::Ru), "отложено до 10 февраля 2026 года (anna): the note is being written");
    }
}
