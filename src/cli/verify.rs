//! `verify`: what the clauses imply beside what was recorded.

use std::io::{self, Write};

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::exit;
use super::layout::{Grid, paragraph};
use super::output::View;
use crate::answers::values::Text;
use crate::domain::act::ActKind;
use crate::domain::day::PartialDay;
use crate::domain::id::{ActId, TreatyId};
use crate::domain::lang::Lang;
use crate::domain::project::project;
use crate::domain::protocols;
use crate::domain::seeds::TreatyFile;
use crate::domain::treaty::DateKind;
use crate::domain::verify::{self, Agreement, Finding};
use crate::l10n::{bracketed, colon, comma, english, phrases};

/// `verify`
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Only this treaty
    pub treaty: Option<String>,
    /// Show what supports the record instead: sources by rank, and what is from memory
    #[arg(long)]
    pub sources: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyView {
    /// Every day that a clause implies or a source gives.
    pub findings: Vec<FindingView>,
    /// How many agree, are explained, and so on.
    pub counts: Vec<AgreementCount>,
    /// Acts that the law refuses or leaves in doubt, and clauses that cannot be applied.
    pub problems: Vec<ProblemView>,
}

/// An act that the law refuses or leaves in doubt, or a clause that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProblemView {
    /// The treaty.
    pub treaty_id: TreatyId,
    /// The act, where there is one.
    pub act_id: Option<ActId>,
    /// What is wrong, in English.
    pub problem: String,
}

/// One day, computed and recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// The treaty.
    pub treaty_id: TreatyId,
    /// Its title.
    pub short_title: Text,
    /// Which day: the name of the date or the act.
    pub what: String,
    /// The article that was applied.
    pub article: String,
    /// What acts and clauses imply, as exactly as the acts are known.
    pub computed: Option<PartialDay>,
    /// What a source gives.
    pub recorded: Option<NaiveDate>,
    /// How the two stand to each other.
    pub agreement: Agreement,
    /// Why they differ, or why nothing was computed, in English.
    pub explanation: Option<String>,
}

/// How many findings are of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AgreementCount {
    /// Which kind.
    pub agreement: Agreement,
    /// How many.
    pub count: usize,
}

/// Answers how computed and recorded days stand to each other, in all treaties or in one.
pub fn verify(files: &[TreatyFile], only: Option<&TreatyId>) -> VerifyView {
    let all = files.iter().map(|file| (&file.treaty, file.acts.as_slice()));
    let entries = verify::computed_entries(all);
    let every: Vec<&TreatyFile> = files.iter().collect();
    let mut findings = Vec::new();
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| only.is_none_or(|only| *only == file.treaty.id)) {
        let entry_of = |id: &TreatyId| entries.get(id).copied();
        for finding in verify::verify(&file.treaty, &file.acts, &entry_of) {
            findings.push(view(finding, file));
        }
        let found = project(&file.treaty, &file.acts, NaiveDate::MAX).problems.into_iter();
        let found = found.chain(protocols::problems(file, &every));
        problems.extend(found.map(|problem| ProblemView {
            treaty_id: file.treaty.id.clone(),
            problem: problem.fault.to_string(),
            act_id: problem.act,
        }));
    }
    let count = |agreement: Agreement| AgreementCount {
        agreement,
        count: findings.iter().filter(|finding| finding.agreement == agreement).count(),
    };
    let counts = Agreement::ALL.iter().copied().map(count).collect();
    VerifyView { findings, counts, problems }
}

fn view(finding: Finding, file: &TreatyFile) -> FindingView {
    let Finding { treaty, what, article, computed, recorded, agreement, explanation } = finding;
    FindingView {
        treaty_id: treaty,
        short_title: (&file.treaty.short_title).into(),
        what,
        article,
        computed,
        recorded,
        agreement,
        explanation,
    }
}

impl VerifyView {
    /// The code to exit with: a difference that nothing explains is one that somebody should look at, and
    /// so is a problem.
    pub fn exit_code(&self) -> u8 {
        let differs = self.findings.iter().any(|finding| finding.agreement == Agreement::Differs);
        if differs || !self.problems.is_empty() { exit::FOUND } else { exit::FINE }
    }
}

impl View for VerifyView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let words = &phrases(lang).verify;
        let header =
            [phrases(lang).labels.what, words.article, words.computed, words.recorded, words.agreement];
        let mut grid = Grid::new(&header, &[(0, 26), (1, 8)]);
        let mut treaty: Option<&TreatyId> = None;
        for finding in &self.findings {
            if treaty != Some(&finding.treaty_id) {
                treaty = Some(&finding.treaty_id);
                grid.through(0, finding.short_title.in_lang(lang));
            }
            let shown = |day: Option<String>| day.unwrap_or_else(|| "-".to_owned());
            grid.row(vec![
                format!("  {}", what(&finding.what, lang)),
                finding.article.clone(),
                shown(finding.computed.map(|day| day.to_string())),
                shown(finding.recorded.map(|day| day.to_string())),
                finding.agreement.label(lang).to_owned(),
            ]);
            if let Some(explanation) = &finding.explanation {
                grid.through(4, english(explanation, lang));
            }
        }
        grid.print(out, width)?;
        writeln!(out)?;
        let told = |count: &AgreementCount| (words.count)(count.count, count.agreement.label(lang));
        let counts: Vec<String> = self.counts.iter().map(told).collect();
        paragraph(out, width, 0, 2, &counts.join(comma(lang)))?;
        for problem in &self.problems {
            let treaty = bracketed(words.problem, problem.treaty_id.as_str(), lang);
            let text = format!("{treaty}{}{}", colon(lang), english(&problem.problem, lang));
            paragraph(out, width, 0, 2, &text)?;
        }
        Ok(())
    }
}

/// The name of a date or an act, its words in the language.
fn what(name: &str, lang: Lang) -> String {
    if name == "first term" {
        return phrases(lang).verify.first_term.to_owned();
    }
    let word = |part: &str| {
        let act = part.parse::<ActKind>().map(|kind| kind.label(lang));
        let date = part.parse::<DateKind>().map(|kind| kind.label(lang));
        act.or(date).map_or_else(|_| part.to_owned(), str::to_owned)
    };
    name.split('/').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{day, json, printed, seeds};

    #[test]
    fn the_days_of_the_field_follow_from_articles_alone() {
        let (files, _) = seeds();
        let view = verify(&files, None);
        let computed = |treaty: &str, on: &str| {
            let of_treaty = view.findings.iter().filter(|finding| finding.treaty_id.as_str() == treaty);
            of_treaty.filter(|finding| finding.computed == Some(PartialDay::exact(day(on)))).count()
        };
        let days = [
            ("abm", "2002-06-13"),
            ("inf", "2019-08-02"),
            ("inf", "1991-06-01"),
            ("new-start", "2021-02-05"),
            ("new-start", "2026-02-05"),
            ("npt", "1970-03-05"),
            ("bwc", "1975-03-26"),
            ("cwc", "1997-04-29"),
            ("jcpoa", "2015-10-18"),
        ];
        for (treaty, on) in days {
            assert!(computed(treaty, on) > 0, "{treaty} {on}");
        }
        assert_eq!(view.exit_code(), exit::FINE);
        assert_eq!(json(&view)["counts"][0]["agreement"], "agrees");
        for lang in [Lang::En, Lang::Zh, Lang::Ru] {
            printed(&view, lang);
        }
    }

    #[test]
    fn a_difference_shows_in_the_exit_code() {
        let (mut files, _) = seeds();
        let abm = files.iter_mut().find(|file| file.treaty.id.as_str() == "abm").unwrap();
        for act in &mut abm.acts {
            act.effective_on = act.effective_on.and_then(|day| day.succ_opt());
        }
        let view = verify(&files, Some(&"abm".parse().unwrap()));
        assert_eq!(view.exit_code(), exit::FOUND);
        assert!(view.findings.iter().all(|finding| finding.treaty_id.as_str() == "abm"));
    }

    #[test]
    fn what_the_law_refuses_is_shown_and_is_something_to_look_at() {
        let (mut files, _) = seeds();
        assert_eq!(verify(&files, None).exit_code(), exit::FINE);
        let inf = files.iter_mut().find(|file| file.treaty.id.as_str() == "inf").unwrap();
        let mut notice = inf.acts.iter().find(|act| act.kind == ActKind::NoticeOfWithdrawal).unwrap().clone();
        notice.state = "CHN".parse().ok();
        inf.acts.push(notice);
        let view = verify(&files, None);
        assert_eq!(view.exit_code(), exit::FOUND);
        let text = printed(&view, Lang::En).replace("\n  ", " ");
        let told =
            "Problem (inf): notice_of_withdrawal by CHN on 2019-02-02: it was not a party then, nor had it";
        assert!(text.contains(told), "{text}");
    }
}
