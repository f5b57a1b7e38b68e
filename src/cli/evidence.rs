//! `verify --sources`: what supports the record.

use std::io::{self, Write};

use super::layout::{Grid, paragraph};
use super::output::View;
use crate::answers::evidence::EvidenceView;
use crate::domain::act::Basis;
use crate::domain::lang::Lang;
use crate::l10n::phrases;

impl View for EvidenceView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).evidence;
        paragraph(out, width, 0, 0, words.heading)?;
        writeln!(out)?;
        // A weak source supports no act and no clause.
        let ranks: Vec<Basis> = Basis::ALL.iter().copied().filter(|rank| *rank != Basis::Weak).collect();
        let header: Vec<&str> = [phrases(lang).labels.treaty].into_iter().chain(words.ranks).collect();
        let grid = Grid::new(&header, &[(0, 12)]);
        let mut grid = (1..=ranks.len()).fold(grid, Grid::align_right);
        for treaty in &self.treaties {
            let number = |rank: &Basis| {
                let counts = treaty.ranks.iter().filter(|count| count.basis == *rank);
                let number: usize = counts.map(|count| count.acts + count.clauses).sum();
                if number == 0 { "-".to_owned() } else { number.to_string() }
            };
            grid.row(
                [treaty.short_title.in_lang(lang)].into_iter().chain(ranks.iter().map(number)).collect(),
            );
        }
        grid.print(out, width)?;
        let open = || self.treaties.iter().filter(|treaty| !treaty.from_memory.is_empty());
        if open().next().is_some() {
            writeln!(out)?;
            paragraph(out, width, 0, 0, words.from_memory)?;
        }
        for treaty in open() {
            paragraph(out, width, 0, 2, &treaty.short_title.in_lang(lang))?;
            for fact in &treaty.from_memory {
                paragraph(out, width, 2, 2, &fact.words(&self.names, lang))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::evidence::{Subject, evidence};
    use crate::cli::testing::{printed, seeds};

    #[test]
    fn every_act_and_clause_is_counted_once_and_what_is_from_memory_is_listed() {
        let (files, states) = seeds();
        let view = evidence(&files, &states, None);
        for (treaty, file) in view.treaties.iter().zip(&files) {
            let acts: usize = treaty.ranks.iter().map(|count| count.acts).sum();
            let clauses: usize = treaty.ranks.iter().map(|count| count.clauses).sum();
            assert_eq!((acts, clauses), (file.acts.len(), file.treaty.clauses.len()), "{}", treaty.treaty_id);
            let memory = treaty.ranks.iter().find(|count| count.basis == Basis::Memory).unwrap();
            assert_eq!(treaty.from_memory.len(), memory.acts + memory.clauses);
            for fact in &treaty.from_memory {
                let is_clause = matches!(fact.subject, Subject::Clause { .. });
                assert_eq!(is_clause, fact.settled_by == Basis::Text);
            }
        }
        for lang in [Lang::En, Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
    }
}
