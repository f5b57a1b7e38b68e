//! The deadlines of single states.

use chrono::NaiveDate;
use serde::Serialize;

use super::values::Names;
use crate::alerts::article_in;
use crate::domain::day::PartialDay;
use crate::domain::id::{Label, StateId};
use crate::domain::lang::Lang;
use crate::domain::project::{DeadlineStanding, Life, StateDeadline};
use crate::domain::treaty::Treaty;
use crate::l10n::{colon, comma};

/// A deadline of one state, and where it stands on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineView {
    /// Whose.
    pub state: StateId,
    /// The clause that sets it.
    pub clause: Label,
    /// The article of the clause.
    pub article: Option<String>,
    /// Its last day.
    pub last_day: Option<PartialDay>,
    /// When the state declared completion.
    pub met_on: Option<PartialDay>,
    /// Where it stands.
    pub standing: DeadlineStanding,
}

impl DeadlineView {
    fn new(treaty: &Treaty, deadline: &StateDeadline, on: NaiveDate) -> Self {
        let standing = deadline.standing_on(on);
        Self {
            state: deadline.state,
            clause: deadline.clause.clone(),
            article: treaty.clause(&deadline.clause).map(|clause| clause.article.clone()),
            last_day: deadline.last_day,
            met_on: deadline.met_on.filter(|_| standing == DeadlineStanding::Met),
            standing,
        }
    }

    /// The clause and the article, the day of completion or the last day, and where it stands.
    pub fn words(&self, lang: Lang) -> String {
        let clause = match &self.article {
            Some(article) => format!("{} [{}]", self.clause, article_in(article, lang)),
            None => self.clause.to_string(),
        };
        let day = self.met_on.or(self.last_day).map(|day| day.to_string());
        let parts = [Some(clause), day, Some(self.standing.label(lang).to_owned())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(comma(lang))
    }

    /// The same, behind the name of the state.
    pub fn words_of_state(&self, names: &Names, lang: Lang) -> String {
        format!("{}{}{}", names.of(self.state, lang), colon(lang), self.words(lang))
    }
}

/// The deadlines of all states, or of one: those that are open first, by their days.
pub(super) fn deadlines(
    treaty: &Treaty,
    life: &Life,
    state: Option<StateId>,
    on: NaiveDate,
) -> Vec<DeadlineView> {
    let asked = life.deadlines.iter().filter(|deadline| state.is_none_or(|state| deadline.state == state));
    let mut views: Vec<DeadlineView> =
        asked.map(|deadline| DeadlineView::new(treaty, deadline, on)).collect();
    let rank = |standing| match standing {
        DeadlineStanding::Open => 0,
        DeadlineStanding::Passed => 1,
        DeadlineStanding::Met => 2,
    };
    views.sort_by_key(|view| (rank(view.standing), view.last_day, view.state));
    views
}
