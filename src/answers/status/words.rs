//! The words for what the status of an instrument is made of.

use chrono::NaiveDate;

use super::super::values::Names;
use super::{CountsView, InstrumentView, LinkView, NextView, ProgressView, ReadingView, StandingView};
use crate::domain::id::StateId;
use crate::domain::treaty::{Form, Lang};
use crate::l10n::{bracketed, colon, comma, english, in_text, reading_name, say, semicolon, since};

impl InstrumentView {
    /// The status, with a star where it is only the last known one.
    pub fn status_label(&self, lang: Lang) -> String {
        let star = if self.last_known { "*" } else { "" };
        match self.status {
            Some(status) => format!("{}{star}", status.label(lang)),
            None => say(lang, "did not exist yet", "当时尚不存在", "ещё не существовал").to_owned(),
        }
    }

    /// The status, since when and until when.
    pub fn status_words(&self, lang: Lang) -> String {
        let mut text = self.status_label(lang);
        if let Some(day) = self.since {
            text = format!("{text}{}{}", comma(lang), since(&day.to_string(), lang));
        }
        if let Some(end) = self.ends_before.map(|end| in_text(end, lang)) {
            let until = match lang {
                Lang::En => format!("until {end}, the first day on which it is not"),
                Lang::Zh => format!("至{end}（当日起不再如此）"),
                Lang::Ru => format!("до {end} (с этого дня уже нет)"),
            };
            text = format!("{text}{}{until}", comma(lang));
        }
        text
    }

    /// How many are parties and have signed, where more than two sides can.
    pub fn counts_words(&self, lang: Lang) -> Option<String> {
        let counts = self.counts.filter(|_| self.form == Form::Multilateral)?;
        if counts.incomplete {
            let text =
                say(lang, "parties not all in the facts", "缔约国资料不全", "сведения об участниках неполны");
            return Some(text.to_owned());
        }
        let CountsView { signed, consented, parties, .. } = counts;
        if self.is_pending() {
            return Some(match lang {
                Lang::En => format!("{signed} signed, {consented} consented"),
                Lang::Zh => format!("{signed}国签署，{consented}国同意受约束"),
                Lang::Ru => format!("подписали: {signed}, дали согласие: {consented}"),
            });
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
        let since = since(&self.since.to_string(), lang);
        format!("{}{}{name}{}{since}", self.status.label(lang), colon(lang), comma(lang))
    }
}

impl ProgressView {
    /// How far entry into force has come, and who is missing.
    pub fn words(&self, lang: Lang) -> String {
        let ProgressView { needed, reached, missing, .. } = self;
        let text = match lang {
            Lang::En => format!("entry into force: {reached} of {needed}"),
            Lang::Zh => format!("生效条件：需{needed}国，已有{reached}国"),
            Lang::Ru => format!("условие вступления в силу: {reached} из {needed}"),
        };
        if missing.is_empty() {
            return text;
        }
        let codes: Vec<&str> = missing.iter().map(StateId::as_str).collect();
        let missing = say(lang, "missing", "尚缺", "не хватает");
        format!("{text}{}{missing} {}", comma(lang), codes.join(" "))
    }

    /// How far the condition is met, what changed that last, and when it could be met.
    pub fn lines(&self, on: NaiveDate, names: &Names, lang: Lang) -> Vec<String> {
        let mut lines = vec![self.words(lang)];
        if let Some(last) = &self.last_change {
            let by = say(lang, "last changed by ", "最近一次变化：", "последнее изменение: ");
            lines.push(format!("{by}{}", last.words(names, lang)));
        }
        lines.extend(self.if_met_on_the_day.map(|day| match lang {
            Lang::En => format!("in force on {day} if the last of them were deposited on {on}"),
            Lang::Zh => format!("如所缺文书于{on}全部交存，则于{day}生效"),
            Lang::Ru => format!("вступит в силу {day}, если недостающие документы будут сданы {on}"),
        }));
        lines
    }
}

impl ReadingView {
    /// Who says what otherwise.
    pub fn words(&self, instrument: &InstrumentView, names: &Names, lang: Lang) -> String {
        let who = if self.asserted_by.is_empty() {
            self.title.as_ref().map(|title| english(title, lang)).unwrap_or_default()
        } else {
            names.list(&self.asserted_by, lang)
        };
        let name = bracketed(&reading_name(&self.reading, lang), &who, lang);
        format!("{name}{}{}", colon(lang), self.claims(instrument, names, lang).join(semicolon(lang)))
    }

    /// The reading in full: who asserts and disputes it, what it claims and why.
    pub fn lines(&self, instrument: &InstrumentView, names: &Names, lang: Lang) -> Vec<String> {
        let title = self.title.as_ref().map(|title| english(title, lang)).unwrap_or_default();
        let mut lines = vec![format!("{}{}{title}", reading_name(&self.reading, lang), colon(lang))];
        let says = |verb: &str, text: String| format!("- {verb}{}{text}", colon(lang));
        if !self.asserted_by.is_empty() {
            let verb = say(lang, "asserted by", "主张者", "отстаивают");
            lines.push(says(verb, names.list(&self.asserted_by, lang)));
        }
        if !self.disputed_by.is_empty() {
            let verb = say(lang, "disputed by", "反对者", "оспаривают");
            lines.push(says(verb, names.list(&self.disputed_by, lang)));
        }
        let claims = self.claims(instrument, names, lang).join(semicolon(lang));
        if !claims.is_empty() {
            lines.push(says(say(lang, "therefore", "据此", "следовательно"), claims));
        }
        if let Some(reason) = self.reason.as_ref().filter(|_| self.contends) {
            lines.push(says(say(lang, "why", "依据", "основание"), reason.words(names, lang)));
        }
        lines.extend(self.note.as_ref().map(|note| format!("- {}", english(note, lang))));
        lines
    }

    /// What a reading says: the status, what lies over it, and who is something else in it.
    fn claims(&self, instrument: &InstrumentView, names: &Names, lang: Lang) -> Vec<String> {
        let mut claims = Vec::new();
        if let (Some(status), Some(day)) = (self.status, self.starts_on)
            && (self.contends || instrument.status != Some(status))
        {
            claims.push(format!("{}{}{}", status.label(lang), comma(lang), since(&day.to_string(), lang)));
        }
        claims.extend(self.overlays.iter().map(|overlay| {
            let day = overlay.since.to_string();
            format!("{}{}{}", overlay.head(names, lang), comma(lang), since(&day, lang))
        }));
        claims.extend(self.not_recognised.iter().map(|overlay| {
            let not = say(lang, "not recognised", "不承认", "не признаётся");
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
    match (lang, treaty) {
        (Lang::En, true) if parties == 1 => "1 party".to_owned(),
        (Lang::En, true) => format!("{parties} parties"),
        (Lang::En, false) => format!("{parties} taking part"),
        (Lang::Zh, true) => format!("缔约国{parties}个"),
        (Lang::Zh, false) => format!("参加方{parties}个"),
        (Lang::Ru, true) => format!("участников: {parties}"),
        (Lang::Ru, false) => format!("участвуют: {parties}"),
    }
}
