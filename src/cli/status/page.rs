//! One instrument in full.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::super::layout::{fields, paragraph};
use super::table::last_known_note;
use crate::answers::status::{InstrumentView, StatusView, left_words};
use crate::answers::values::Names;
use crate::domain::treaty::Lang;
use crate::l10n::{bracketed, colon, comma, english, from_memory, say, up_to};

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
        (say(lang, "Status", "状态", "Статус"), vec![instrument.status_words(lang)]),
        (
            say(lang, "Why", "依据", "Основание"),
            instrument.reason.iter().map(|reason| reason.words(names, lang)).collect(),
        ),
        (
            say(lang, "Then", "其后", "Затем"),
            instrument.next.iter().map(|next| next.words(names, lang)).collect(),
        ),
        (
            say(lang, "In addition", "附加状态", "Сверх того"),
            instrument.overlays.iter().map(|overlay| overlay.words(names, lang)).collect(),
        ),
        (say(lang, "Left", "离开", "Вышли"), left.into_iter().collect()),
        (say(lang, "Counts", "计数", "Число"), instrument.counts_words(lang).into_iter().collect()),
        (
            say(lang, "Threshold", "生效条件", "Условие"),
            progress.map(|progress| progress.lines(on, names, lang)).unwrap_or_default(),
        ),
        (
            say(lang, "Readings", "各方立场", "Позиции"),
            instrument.readings.iter().flat_map(|reading| reading.lines(instrument, names, lang)).collect(),
        ),
        (
            say(lang, "Upcoming", "后续日期", "Впереди"),
            instrument.dates.iter().map(|date| date.words(names, lang)).collect(),
        ),
        (
            say(lang, "Related", "相关文书", "Связи"),
            instrument.links.iter().map(|link| link.words(lang)).collect(),
        ),
        (say(lang, "Missing", "缺漏", "Пробелы"), missing.collect()),
        (
            say(lang, "Doubtful", "存疑", "Сомнения"),
            instrument.problems.iter().map(|problem| english(problem, lang)).collect(),
        ),
        (say(lang, "Facts", "事实", "Факты"), vec![up_to(instrument.facts_as_of, lang)]),
    ]
}
