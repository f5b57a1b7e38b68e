//! One instrument in full.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::super::layout::{fields, paragraph};
use super::table::last_known_note;
use crate::answers::status::{InstrumentView, StatusView, left_words};
use crate::answers::values::Names;
use crate::domain::lang::Lang;
use crate::l10n::{bracketed, colon, comma, english, phrases, up_to};

pub(super) fn print(view: &StatusView, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let heading = view.asked.heading(phrases(lang).labels.status, lang);
    for instrument in &view.instruments {
        let title = bracketed(&instrument.short_title.in_lang(lang), instrument.treaty_id.as_str(), lang);
        paragraph(out, width, 0, 0, &title)?;
        let mut title = instrument.title.in_lang(lang);
        if instrument.titles_from_memory.contains(&lang) {
            title = bracketed(&title, phrases(lang).facts.from_memory, lang);
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
    let note = instrument.depositary_note.as_ref();
    let depositary = if instrument.depositaries.is_empty() {
        note.map(|note| note.in_lang(lang))
    } else {
        Some(names.list(&instrument.depositaries, lang))
    };
    let text = |list: &[String]| list.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>();
    let registration = instrument.registration.clone();
    let left = (!instrument.left.is_empty()).then(|| left_words(&instrument.left, names, lang));
    let progress = instrument.progress.as_ref().filter(|_| instrument.is_pending());
    let missing = instrument.missing.iter().map(|missing| {
        format!("{}{}{}", names.of(missing.state, lang), colon(lang), missing.what.in_lang(lang))
    });
    let shown = (!instrument.reading.is_default()).then(|| instrument.reading.to_string());
    let (labels, words) = (&phrases(lang).labels, &phrases(lang).status);
    vec![
        (labels.kind, vec![kind]),
        (words.depositary, depositary.into_iter().collect()),
        (words.registered, text(&registration.into_iter().collect::<Vec<_>>())),
        (words.reading, shown.into_iter().collect()),
        (labels.status, vec![instrument.status_words(lang)]),
        (words.why, instrument.reason.iter().map(|reason| reason.words(names, lang)).collect()),
        (words.then, instrument.next.iter().map(|next| next.words(names, lang)).collect()),
        (words.in_addition, instrument.overlays.iter().map(|overlay| overlay.words(names, lang)).collect()),
        (words.left, left.into_iter().collect()),
        (words.counts, instrument.counts_words(lang).into_iter().collect()),
        (words.threshold, progress.map(|progress| progress.lines(on, names, lang)).unwrap_or_default()),
        (
            words.readings,
            instrument.readings.iter().flat_map(|reading| reading.lines(instrument, names, lang)).collect(),
        ),
        (words.upcoming, instrument.dates.iter().map(|date| date.words(names, lang)).collect()),
        (
            words.deadlines,
            instrument.deadlines.iter().map(|deadline| deadline.words_of_state(names, lang)).collect(),
        ),
        (words.related, instrument.links.iter().map(|link| link.words(lang)).collect()),
        (words.missing, missing.collect()),
        (words.doubtful, instrument.problems.iter().map(|problem| english(problem, lang)).collect()),
        (words.facts, vec![up_to(instrument.facts_as_of, lang)]),
    ]
}
