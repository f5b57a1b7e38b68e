//! The table of all instruments.

use std::io::{self, Write};

use super::super::layout::{Grid, paragraph};
use super::super::view::{
    Names, bracketed, colon, comma, english, reading_name, say, semicolon, since, up_to,
};
use super::{CountsView, InstrumentView, ProgressView, ReadingView, StandingView, StatusView};
use crate::domain::id::StateId;
use crate::domain::status::TreatyStatus;
use crate::domain::treaty::{Form, Lang};

pub(super) fn print(view: &StatusView, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let heading = view.asked.heading(say(lang, "Status", "状态", "Статус"), lang);
    paragraph(out, width, 0, 0, &heading)?;
    writeln!(out)?;
    let header = [
        say(lang, "Treaty", "条约", "Договор"),
        say(lang, "Status", "状态", "Статус"),
        say(lang, "Since", "起始", "С"),
        say(lang, "Until", "截止", "До"),
    ];
    let mut grid = Grid::new(&header, &[(0, 20)]);
    let (treaties, others): (Vec<_>, Vec<_>) = view.instruments.iter().partition(|it| it.is_treaty());
    for instrument in treaties {
        block(instrument, &view.names, lang, &mut grid);
    }
    if !others.is_empty() {
        grid.through(0, "");
        grid.through(0, say(lang, "Other instruments:", "其他文书：", "Иные документы:"));
    }
    for instrument in others {
        block(instrument, &view.names, lang, &mut grid);
    }
    grid.print(out, width)?;
    if view.instruments.iter().any(|instrument| instrument.last_known) {
        writeln!(out)?;
        paragraph(out, width, 0, 2, last_known_note(lang))?;
    }
    Ok(())
}

/// What the star behind a status means.
pub(super) fn last_known_note(lang: Lang) -> &'static str {
    say(
        lang,
        "* last known: the facts of an instrument reach to the day that is given with it",
        "* 最后所知：各文书的事实截至所注日期",
        "* последнее известное: факты о документе доходят до указанного при нём дня",
    )
}

fn block(instrument: &InstrumentView, names: &Names, lang: Lang, grid: &mut Grid) {
    let day = |day: Option<String>| day.unwrap_or_default();
    grid.row(vec![
        instrument.short_title.in_lang(lang),
        status_label(instrument, lang),
        day(instrument.since.map(|day| day.to_string())),
        day(instrument.ends_before.map(|day| day.to_string())),
    ]);
    for overlay in &instrument.overlays {
        grid.through(2, overlay.words(names, lang));
    }
    if !instrument.left.is_empty() {
        grid.through(2, left_words(&instrument.left, names, lang));
    }
    if let Some(progress) = instrument.progress.as_ref().filter(|_| instrument.is_pending()) {
        grid.through(2, progress_words(progress, lang));
    }
    for reading in &instrument.readings {
        // Where the default reading is contested, those are shown that compose it.
        let composes = instrument.status != Some(TreatyStatus::Contested) || reading.contends;
        if composes {
            grid.through(2, reading_words(reading, instrument, names, lang));
        }
    }
    let counts = counts_words(instrument, lang);
    let facts = format!("{}{}", say(lang, "facts ", "事实", "факты "), up_to(instrument.facts_as_of, lang));
    let reading = (!instrument.reading.is_default()).then(|| reading_name(&instrument.reading, lang));
    let rest = [Some(instrument.treaty_id.to_string()), reading, counts, Some(facts)];
    grid.through(2, rest.into_iter().flatten().collect::<Vec<_>>().join(comma(lang)));
}

/// The status, with a star where it is only the last known one.
pub(super) fn status_label(instrument: &InstrumentView, lang: Lang) -> String {
    let star = if instrument.last_known { "*" } else { "" };
    match instrument.status {
        Some(status) => format!("{}{star}", status.label(lang)),
        None => say(lang, "did not exist yet", "当时尚不存在", "ещё не существовал").to_owned(),
    }
}

/// Those who have left: what they are, who, since when.
pub(super) fn left_words(left: &[StandingView], names: &Names, lang: Lang) -> String {
    let words: Vec<String> = left.iter().map(|standing| standing_words(standing, names, lang)).collect();
    words.join(semicolon(lang))
}

fn standing_words(standing: &StandingView, names: &Names, lang: Lang) -> String {
    let name = names.of(standing.state, lang);
    let since = since(&standing.since.to_string(), lang);
    format!("{}{}{name}{}{since}", standing.status.label(lang), colon(lang), comma(lang))
}

/// How many are parties and have signed, where more than two sides can.
pub(super) fn counts_words(instrument: &InstrumentView, lang: Lang) -> Option<String> {
    let counts = instrument.counts.filter(|_| instrument.form == Form::Multilateral)?;
    if counts.incomplete {
        let text =
            say(lang, "parties not all in the facts", "缔约国资料不全", "сведения об участниках неполны");
        return Some(text.to_owned());
    }
    let CountsView { signed, consented, parties, .. } = counts;
    if instrument.is_pending() {
        return Some(match lang {
            Lang::En => format!("{signed} signed, {consented} consented"),
            Lang::Zh => format!("{signed}国签署，{consented}国同意受约束"),
            Lang::Ru => format!("подписали: {signed}, дали согласие: {consented}"),
        });
    }
    (parties > 0).then(|| parties_words(parties, instrument.is_treaty(), lang))
}

/// How many are bound, or take part.
pub(super) fn parties_words(parties: u32, treaty: bool, lang: Lang) -> String {
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

/// How far entry into force has come, and who is missing.
pub(super) fn progress_words(progress: &ProgressView, lang: Lang) -> String {
    let ProgressView { needed, reached, missing, .. } = progress;
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

/// Who says what otherwise.
fn reading_words(reading: &ReadingView, instrument: &InstrumentView, names: &Names, lang: Lang) -> String {
    let who = if reading.asserted_by.is_empty() {
        reading.title.as_ref().map(|title| english(title, lang)).unwrap_or_default()
    } else {
        names.list(&reading.asserted_by, lang)
    };
    let name = bracketed(&reading_name(&reading.reading, lang), &who, lang);
    format!("{name}{}{}", colon(lang), claims(reading, instrument, names, lang).join(semicolon(lang)))
}

/// What a reading says: the status, what lies over it, and who is something else in it.
pub(super) fn claims(
    reading: &ReadingView,
    instrument: &InstrumentView,
    names: &Names,
    lang: Lang,
) -> Vec<String> {
    let mut claims = Vec::new();
    if let (Some(status), Some(day)) = (reading.status, reading.starts_on)
        && (reading.contends || instrument.status != Some(status))
    {
        claims.push(format!("{}{}{}", status.label(lang), comma(lang), since(&day.to_string(), lang)));
    }
    claims.extend(reading.overlays.iter().map(|overlay| {
        let day = overlay.since.to_string();
        format!("{}{}{}", overlay.head(names, lang), comma(lang), since(&day, lang))
    }));
    claims.extend(reading.not_recognised.iter().map(|overlay| {
        let not = say(lang, "not recognised", "不承认", "не признаётся");
        format!("{not}{}{}", colon(lang), overlay.head(names, lang))
    }));
    claims.extend(reading.states.iter().map(|standing| standing_words(standing, names, lang)));
    claims.extend(reading.counts.map(|counts| parties_words(counts.parties, instrument.is_treaty(), lang)));
    claims
}
