//! The table of all instruments.

use std::io::{self, Write};

use super::super::layout::{Grid, paragraph};
use crate::answers::status::{InstrumentView, StatusView, left_words};
use crate::answers::values::Names;
use crate::domain::lang::Lang;
use crate::domain::status::TreatyStatus;
use crate::l10n::{comma, phrases, reading_name, up_to};

pub(super) fn print(view: &StatusView, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let (labels, words) = (&phrases(lang).labels, &phrases(lang).status);
    let heading = view.asked.heading(labels.status, lang);
    paragraph(out, width, 0, 0, &heading)?;
    writeln!(out)?;
    let header = [labels.treaty, labels.status, labels.since, words.until];
    let mut grid = Grid::new(&header, &[(0, 20)]);
    let (treaties, others): (Vec<_>, Vec<_>) = view.instruments.iter().partition(|it| it.is_treaty());
    for instrument in treaties {
        block(instrument, &view.names, lang, &mut grid);
    }
    if !others.is_empty() {
        grid.through(0, "");
        grid.through(0, words.other_instruments);
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
    phrases(lang).status.last_known
}

fn block(instrument: &InstrumentView, names: &Names, lang: Lang, grid: &mut Grid) {
    let day = |day: Option<String>| day.unwrap_or_default();
    grid.row(vec![
        instrument.short_title.in_lang(lang),
        instrument.status_label(lang),
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
        grid.through(2, progress.words(lang));
    }
    for reading in &instrument.readings {
        // Where the default reading is contested, those are shown that compose it.
        let composes = instrument.status != Some(TreatyStatus::Contested) || reading.contends;
        if composes {
            grid.through(2, reading.words(instrument, names, lang));
        }
    }
    let counts = instrument.counts_words(lang);
    let facts = (phrases(lang).status.facts_up_to)(&up_to(instrument.facts_as_of, lang));
    let reading = (!instrument.reading.is_default()).then(|| reading_name(&instrument.reading, lang));
    let rest = [Some(instrument.treaty_id.to_string()), reading, counts, Some(facts)];
    grid.through(2, rest.into_iter().flatten().collect::<Vec<_>>().join(comma(lang)));
}
