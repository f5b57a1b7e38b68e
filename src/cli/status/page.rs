//! One instrument in full.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::super::layout::{fields, paragraph};
use super::super::view::{
    DateView, Names, bracketed, colon, comma, english, from_memory, in_text, reading_name, say, semicolon,
    since, up_to,
};
use super::table::{claims, counts_words, last_known_note, left_words, progress_words, status_label};
use super::{InstrumentView, LinkView, NextView, ProgressView, ReadingView, StatusView};
use crate::domain::treaty::{Certainty, Lang};

pub(super) fn print(view: &StatusView, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let heading = view.asked.heading(say(lang, "Status", "状态", "Статус"), lang);
    for instrument in &view.instruments {
        let title = bracketed(&instrument.short_title.in_lang(lang), instrument.treaty_id.as_str(), lang);
        paragraph(out, width, 0, 0, &title)?;
        let mut title = instrument.title.in_lang(lang);
        if instrument.titles_from_memory.contains(&lang) {
            title = bracketed(&title, from_memory(lang), lang);
        }
        paragraph(out, width, 0, 0, &title)?;
        writeln!(out)?;
        paragraph(out, width, 0, 0, &heading)?;
        writeln!(out)?;
        fields(out, width, &rows(instrument, view.asked.on, &view.names, lang))?;
        if instrument.last_known {
            writeln!(out)?;
            paragraph(out, width, 0, 2, last_known_note(lang))?;
        }
    }
    Ok(())
}

fn rows(
    instrument: &InstrumentView,
    on: NaiveDate,
    names: &Names,
    lang: Lang,
) -> Vec<(&'static str, Vec<String>)> {
    let kind = format!("{}{}{}", instrument.kind.label(lang), comma(lang), instrument.form.label(lang));
    let kind = if instrument.is_treaty() { kind } else { instrument.kind.label(lang).to_owned() };
    let note = instrument.depositary_note.as_deref().filter(|note| !note.is_empty());
    let depositary = if instrument.depositaries.is_empty() {
        note.map(|note| english(note, lang))
    } else {
        Some(names.list(&instrument.depositaries, lang))
    };
    let text = |list: &[String]| list.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>();
    let registration = instrument.registration.clone();
    let left = (!instrument.left.is_empty()).then(|| left_words(&instrument.left, names, lang));
    let progress = instrument.progress.as_ref().filter(|_| instrument.is_pending());
    let missing = instrument.missing.iter().map(|missing| {
        format!("{}{}{}", names.of(missing.state, lang), colon(lang), english(&missing.what, lang))
    });
    let shown = (!instrument.reading.is_default()).then(|| instrument.reading.to_string());
    vec![
        (say(lang, "Kind", "类别", "Вид"), vec![kind]),
        (say(lang, "Depositary", "保存机关", "Депозитарий"), depositary.into_iter().collect()),
        (say(lang, "Registered", "登记", "Регистрация"), text(&registration.into_iter().collect::<Vec<_>>())),
        (say(lang, "Reading", "立场", "Позиция"), shown.into_iter().collect()),
        (say(lang, "Status", "状态", "Статус"), vec![status_words(instrument, lang)]),
        (
            say(lang, "Why", "依据", "Основание"),
            instrument.reason.iter().map(|reason| reason.words(names, lang)).collect(),
        ),
        (
            say(lang, "Then", "其后", "Затем"),
            instrument.next.iter().map(|next| next_words(next, names, lang)).collect(),
        ),
        (
            say(lang, "In addition", "附加状态", "Сверх того"),
            instrument.overlays.iter().map(|overlay| overlay.words(names, lang)).collect(),
        ),
        (say(lang, "Left", "离开", "Вышли"), left.into_iter().collect()),
        (say(lang, "Counts", "计数", "Число"), counts_words(instrument, lang).into_iter().collect()),
        (
            say(lang, "Threshold", "生效条件", "Условие"),
            progress.map(|progress| progress_lines(progress, on, names, lang)).unwrap_or_default(),
        ),
        (
            say(lang, "Readings", "各方立场", "Позиции"),
            instrument
                .readings
                .iter()
                .flat_map(|reading| reading_lines(reading, instrument, names, lang))
                .collect(),
        ),
        (
            say(lang, "Upcoming", "后续日期", "Впереди"),
            instrument.dates.iter().map(|date| date_words(date, names, lang)).collect(),
        ),
        (
            say(lang, "Related", "相关文书", "Связи"),
            instrument.links.iter().map(|link| link_words(link, lang)).collect(),
        ),
        (say(lang, "Missing", "缺漏", "Пробелы"), missing.collect()),
        (
            say(lang, "Doubtful", "存疑", "Сомнения"),
            instrument.problems.iter().map(|problem| english(problem, lang)).collect(),
        ),
        (say(lang, "Facts", "事实", "Факты"), vec![up_to(instrument.facts_as_of, lang)]),
    ]
}

/// How far the condition is met, what changed that last, and when it could be met.
fn progress_lines(progress: &ProgressView, on: NaiveDate, names: &Names, lang: Lang) -> Vec<String> {
    let mut lines = vec![progress_words(progress, lang)];
    if let Some(last) = &progress.last_change {
        let by = say(lang, "last changed by ", "最近一次变化：", "последнее изменение: ");
        lines.push(format!("{by}{}", last.words(names, lang)));
    }
    lines.extend(progress.if_met_on_the_day.map(|day| match lang {
        Lang::En => format!("in force on {day} if the last of them were deposited on {on}"),
        Lang::Zh => format!("如所缺文书于{on}全部交存，则于{day}生效"),
        Lang::Ru => format!("вступит в силу {day}, если недостающие документы будут сданы {on}"),
    }));
    lines
}

fn status_words(instrument: &InstrumentView, lang: Lang) -> String {
    let mut text = status_label(instrument, lang);
    if let Some(day) = instrument.since {
        text = format!("{text}{}{}", comma(lang), since(&day.to_string(), lang));
    }
    if let Some(end) = instrument.ends_before.map(|end| in_text(end, lang)) {
        let until = match lang {
            Lang::En => format!("until {end}, the first day on which it is not"),
            Lang::Zh => format!("至{end}（当日起不再如此）"),
            Lang::Ru => format!("до {end} (с этого дня уже нет)"),
        };
        text = format!("{text}{}{until}", comma(lang));
    }
    text
}

fn next_words(next: &NextView, names: &Names, lang: Lang) -> String {
    let status = format!("{}{}{}", in_text(next.starts_on, lang), comma(lang), next.status.label(lang));
    format!("{status}{}{}", colon(lang), next.reason.words(names, lang))
}

fn reading_lines(
    reading: &ReadingView,
    instrument: &InstrumentView,
    names: &Names,
    lang: Lang,
) -> Vec<String> {
    let title = reading.title.as_ref().map(|title| english(title, lang)).unwrap_or_default();
    let mut lines = vec![format!("{}{}{title}", reading_name(&reading.reading, lang), colon(lang))];
    let says = |verb: &str, text: String| format!("- {verb}{}{text}", colon(lang));
    if !reading.asserted_by.is_empty() {
        let verb = say(lang, "asserted by", "主张者", "отстаивают");
        lines.push(says(verb, names.list(&reading.asserted_by, lang)));
    }
    if !reading.disputed_by.is_empty() {
        let verb = say(lang, "disputed by", "反对者", "оспаривают");
        lines.push(says(verb, names.list(&reading.disputed_by, lang)));
    }
    let claims = claims(reading, instrument, names, lang).join(semicolon(lang));
    if !claims.is_empty() {
        lines.push(says(say(lang, "therefore", "据此", "следовательно"), claims));
    }
    if let Some(reason) = reading.reason.as_ref().filter(|_| reading.contends) {
        lines.push(says(say(lang, "why", "依据", "основание"), reason.words(names, lang)));
    }
    lines.extend(reading.note.as_ref().map(|note| format!("- {}", english(note, lang))));
    lines
}

fn date_words(date: &DateView, names: &Names, lang: Lang) -> String {
    let mut text = format!("{} {}", date.on, date.what(names, lang));
    if date.certainty != Certainty::Computed {
        text = bracketed(&text, date.certainty.label(lang), lang);
    }
    match date.note_in(lang) {
        Some(note) => format!("{text}{}{note}", colon(lang)),
        None => text,
    }
}

fn link_words(link: &LinkView, lang: Lang) -> String {
    let id = link.treaty_id.as_str();
    let title = link.short_title.as_ref().map_or_else(|| id.to_owned(), |title| title.in_lang(lang));
    format!("{}{}{}", link.kind.label(lang), colon(lang), bracketed(&title, id, lang))
}
