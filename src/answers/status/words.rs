//! The words for what the status of an instrument is made of.

use chrono::NaiveDate;

use super::super::values::Names;
use super::{CountsView, InstrumentView, LinkView, NextView, ProgressView, ReadingView, StandingView};
use crate::domain::id::StateId;
use crate::domain::lang::Lang;
use crate::domain::treaty::Form;
use crate::l10n::{bracketed, colon, comma, in_text, phrases, reading_name, semicolon, since};

impl InstrumentView {
    /// The status, with a star where it is only the last known one.
    pub fn status_label(&self, lang: Lang) -> String {
        let star = if self.last_known { "*" } else { "" };
        match self.status {
            Some(status) => format!("{}{star}", status.label(lang)),
            None => phrases(lang).status.did_not_exist.to_owned(),
        }
    }

    /// The status, since when and until when.
    pub fn status_words(&self, lang: Lang) -> String {
        let mut text = self.status_label(lang);
        if let Some(day) = self.since {
            text = format!("{text}{}{}", comma(lang), since(day, lang));
        }
        if let Some(end) = self.ends_before.map(|end| in_text(end, lang)) {
            let until = (phrases(lang).status.until_first_day)(&end);
            text = format!("{text}{}{until}", comma(lang));
        }
        text
    }

    /// How many are parties and have signed, where more than two sides can.
    pub fn counts_words(&self, lang: Lang) -> Option<String> {
        let counts = self.counts.filter(|_| self.form == Form::Multilateral)?;
        if counts.incomplete {
            return Some(phrases(lang).status.parties_incomplete.to_owned());
        }
        let CountsView { signed, consented, parties, .. } = counts;
        if self.is_pending() {
            return Some((phrases(lang).status.signed_and_consented)(signed, consented));
        }
        (parties > 0).then(|| parties_words(parties, self.is_treaty(), lang))
    }
}

impl NextView {
    /// The day, the status and why.
    pub fn words(&self, names: &Names, lang: Lang) -> String {
        let status = format!("{}{}{}", in_text(self.starts_on, lang), comma(lang), self.status.label(lang));
        format!("{status}{}{}", colon(lang), self.reason.words(names, lang))
    }
}

impl StandingView {
    fn words(&self, names: &Names, lang: Lang) -> String {
        let name = names.of(self.state, lang);
        let since = since(self.since, lang);
        format!("{}{}{name}{}{since}", self.status.label(lang), colon(lang), comma(lang))
    }
}

impl ProgressView {
    /// How far entry into force has come, and who is missing.
    pub fn words(&self, lang: Lang) -> String {
        let ProgressView { needed, reached, missing, among, .. } = self;
        let words = &phrases(lang).status;
        let codes = |states: &[StateId]| states.iter().map(StateId::as_str).collect::<Vec<_>>().join(" ");
        let mut parts = vec![(words.progress)(*reached, *needed)];
        parts.extend((!missing.is_empty()).then(|| (words.states_missing)(&codes(missing))));
        parts.extend(among.iter().map(|list| (words.among)(list.reached, list.needed, &codes(&list.of))));
        parts.join(comma(lang))
    }

    /// How far the condition is met, what changed that last, and when it could be met.
    pub fn lines(&self, on: NaiveDate, names: &Names, lang: Lang) -> Vec<String> {
        let mut lines = vec![self.words(lang)];
        if let Some(last) = &self.last_change {
            let by = phrases(lang).status.last_changed_by;
            lines.push(format!("{by}{}", last.words(names, lang)));
        }
        lines.extend(self.if_met_on_the_day.map(|day| (phrases(lang).status.if_deposited)(day, on)));
        lines
    }
}

impl ReadingView {
    /// Who asserts the reading, and what it claims.
    pub fn words(&self, instrument: &InstrumentView, names: &Names, lang: Lang) -> String {
        let who = if self.asserted_by.is_empty() {
            self.title.as_ref().map(|title| title.in_lang(lang)).unwrap_or_default()
        } else {
            names.list(&self.asserted_by, lang)
        };
        let name = bracketed(&reading_name(&self.reading, lang), &who, lang);
        format!("{name}{}{}", colon(lang), self.claims(instrument, names, lang).join(semicolon(lang)))
    }

    /// The reading in full: who asserts and disputes it, what it claims and why.
    pub fn lines(&self, instrument: &InstrumentView, names: &Names, lang: Lang) -> Vec<String> {
        let title = self.title.as_ref().map(|title| title.in_lang(lang)).unwrap_or_default();
        let mut lines = vec![format!("{}{}{title}", reading_name(&self.reading, lang), colon(lang))];
        let says = |verb: &str, text: String| format!("- {verb}{}{text}", colon(lang));
        if !self.asserted_by.is_empty() {
            lines.push(says(phrases(lang).status.asserted_by, names.list(&self.asserted_by, lang)));
        }
        if !self.disputed_by.is_empty() {
            lines.push(says(phrases(lang).status.disputed_by, names.list(&self.disputed_by, lang)));
        }
        let claims = self.claims(instrument, names, lang).join(semicolon(lang));
        if !claims.is_empty() {
            lines.push(says(phrases(lang).status.therefore, claims));
        }
        if let Some(reason) = self.reason.as_ref().filter(|_| self.contends) {
            lines.push(says(phrases(lang).facts.because, reason.words(names, lang)));
        }
        lines.extend(self.note.as_ref().map(|note| format!("- {}", note.in_lang(lang))));
        lines
    }

    /// What the reading claims: the status, notices and suspensions, and the states whose status differs in it.
    fn claims(&self, instrument: &InstrumentView, names: &Names, lang: Lang) -> Vec<String> {
        let mut claims = Vec::new();
        if let (Some(status), Some(day)) = (self.status, self.starts_on)
            && (self.contends || instrument.status != Some(status))
        {
            claims.push(format!("{}{}{}", status.label(lang), comma(lang), since(day, lang)));
        }
        claims.extend(self.overlays.iter().map(|overlay| {
            format!("{}{}{}", overlay.head(names, lang), comma(lang), since(overlay.since, lang))
        }));
        claims.extend(self.not_recognised.iter().map(|overlay| {
            let not = phrases(lang).status.not_recognised;
            format!("{not}{}{}", colon(lang), overlay.head(names, lang))
        }));
        claims.extend(self.states.iter().map(|standing| standing.words(names, lang)));
        claims.extend(self.counts.map(|counts| parties_words(counts.parties, instrument.is_treaty(), lang)));
        claims
    }
}

impl LinkView {
    /// How it is related, and its title.
    pub fn words(&self, lang: Lang) -> String {
        let id = self.treaty_id.as_str();
        let title = self.short_title.as_ref().map_or_else(|| id.to_owned(), |title| title.in_lang(lang));
        format!("{}{}{}", self.kind.label(lang), colon(lang), bracketed(&title, id, lang))
    }
}

/// Those who have left: what they are, who, since when.
pub fn left_words(left: &[StandingView], names: &Names, lang: Lang) -> String {
    let words: Vec<String> = left.iter().map(|standing| standing.words(names, lang)).collect();
    words.join(semicolon(lang))
}

/// How many are bound, or take part.
fn parties_words(parties: u32, treaty: bool, lang: Lang) -> String {
    let words = &phrases(lang).status;
    if treaty { (words.parties)(parties) } else { (words.taking_part)(parties) }
}
