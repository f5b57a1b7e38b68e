//! `why`: the acts and articles behind every period and day, and the alerts of each.

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;

use super::attention::{acknowledged_words, snoozed_words};
use super::context::Context;
use super::layout::paragraph;
use super::output::View;
use crate::answers::why::{Link, Record, WhyQuestion, WhyView, lines, why};
use crate::domain::lang::Lang;
use crate::domain::treaty::Citation;
use crate::l10n::{bracketed, colon, comma, reading_name, since, until};
use crate::store::{AlertFilter, DeliveryFilter};

/// `why`
#[derive(Debug, Clone, Args)]
pub struct WhyArgs {
    /// The treaty
    pub treaty: String,
    /// Explain only this date, past or upcoming; the treaty's name may be left out
    #[arg(long, value_name = "ID")]
    pub date: Option<String>,
}

impl WhyView {
    fn because(&self, links: &[Link], lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        for link in links {
            paragraph(out, width, 2, 2, &link.words(&self.names, lang))?;
            let Some(source) = link.sources().first() else { continue };
            if let Some(described) = Citation::of(&self.citations, source) {
                paragraph(out, width, 4, 2, &described.to_string())?;
            }
            paragraph(out, width, 4, 2, source)?;
        }
        Ok(())
    }
}

impl View for WhyView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let title = bracketed(&self.short_title.in_lang(lang), self.treaty_id.as_str(), lang);
        paragraph(out, width, 0, 0, &title)?;
        paragraph(out, width, 0, 2, &self.watch_words(lang))?;
        if let Some(snoozed) = &self.snoozed {
            paragraph(out, width, 0, 2, &snoozed_words(snoozed, lang))?;
        }
        for period in &self.periods {
            writeln!(out)?;
            let mut parts = vec![period.status.label(lang).to_owned()];
            if !period.reading.is_default() {
                parts.push(reading_name(&period.reading, lang));
            }
            parts.push(since(period.starts_on, lang));
            parts.extend(period.ends_before.map(|end| until(end, lang)));
            paragraph(out, width, 0, 2, &parts.join(comma(lang)))?;
            self.because(&period.because, lang, width, out)?;
        }
        for explained in &self.dates {
            writeln!(out)?;
            let date = &explained.date;
            let text = format!("{}{}{}", date.on, colon(lang), date.what(&self.names, lang));
            paragraph(out, width, 0, 2, &bracketed(&text, date.date_id.as_str(), lang))?;
            if let Some(note) = date.note_in(lang) {
                paragraph(out, width, 2, 2, &note)?;
            }
            self.because(&explained.because, lang, width, out)?;
            if let Some(acknowledged) = &explained.acknowledged {
                paragraph(out, width, 2, 2, &acknowledged_words(acknowledged, lang))?;
            }
            for line in lines(&explained.alerts, lang) {
                paragraph(out, width, 2, 2, &line)?;
            }
        }
        Ok(())
    }
}

impl Context<'_> {
    pub(super) async fn why(&self, args: WhyArgs, out: &mut dyn Write) -> Result<u8> {
        let states = self.store.load_states().await?;
        let treaty = self.find_id(&args.treaty).await?;
        let files = self.store.load_with_linked(&treaty).await?;
        let treaty = Some(treaty);
        let alerts = AlertFilter { treaty: treaty.clone(), kind: None, since: None, limit: u32::MAX };
        let acknowledgements = self.store.acknowledgements(treaty.as_ref(), true).await?;
        let snoozes = self.store.snoozes(treaty.as_ref(), true).await?;
        let deliveries = DeliveryFilter { failed_only: false, endpoint: None, treaty, limit: u32::MAX };
        let record = Record {
            watch: &self.store.watch().await?,
            leads: &self.config.all_leads(),
            alerts: &self.store.alerts(&alerts).await?,
            deliveries: &self.store.deliveries(&deliveries).await?,
            acknowledgements: &acknowledgements,
            snoozes: &snoozes,
            today: self.today,
        };
        let next = self.store.next_run("check").await?;
        let question = WhyQuestion { treaty: args.treaty, date: args.date };
        self.show(&why(&files, &states, &record, next, &question)?, out)
    }
}

#[cfg(test)]
mod tests;
