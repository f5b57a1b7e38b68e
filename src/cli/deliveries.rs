//! `deliveries`: what was sent, and what failed.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::alerts::instant;
use super::layout::Grid;
use super::view::{View, english, say};
use crate::domain::treaty::Lang;

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveriesView {
    /// The deliveries, in the order in which they were given.
    pub deliveries: Vec<DeliveryView>,
}

/// One alert on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryView {
    /// Its number, by which it is retried.
    pub delivery_id: i64,
    /// The alert.
    pub alert_id: String,
    /// The endpoint.
    pub endpoint: String,
    /// Pending, delivered, failed and so on, as the database has it.
    pub state: String,
    /// How often it was attempted.
    pub attempts: u32,
    /// When it is attempted again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// What the alert says.
    pub sentence: String,
}

impl View for DeliveriesView {
    fn print(&self, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if self.deliveries.is_empty() {
            return writeln!(out, "{}", say(lang, "No deliveries.", "没有投递。", "Доставок нет."));
        }
        let header = [
            say(lang, "No.", "编号", "№"),
            say(lang, "Endpoint", "端点", "Получатель"),
            say(lang, "State", "状态", "Состояние"),
            say(lang, "Tries", "次数", "Попыток"),
            say(lang, "Next", "下次", "Следующая"),
        ];
        let mut grid = Grid::new(&header, &[(1, 12)]).align_right(0).align_right(3);
        for delivery in &self.deliveries {
            grid.row(vec![
                delivery.delivery_id.to_string(),
                delivery.endpoint.clone(),
                delivery.state.clone(),
                delivery.attempts.to_string(),
                delivery.next_attempt_at.map(instant).unwrap_or_default(),
            ]);
            grid.through(2, english(&delivery.sentence, lang));
            if let Some(error) = &delivery.last_error {
                grid.through(2, format!("! {error}"));
            }
        }
        grid.print(out, width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{json, printed};

    #[test]
    fn a_failure_is_shown_with_its_error() {
        let view = DeliveriesView {
            deliveries: vec![DeliveryView {
                delivery_id: 17,
                alert_id: "msg_1".to_owned(),
                endpoint: "desk".to_owned(),
                state: "failed".to_owned(),
                attempts: 12,
                next_attempt_at: None,
                last_error: Some("the receiver answered 503".to_owned()),
                sentence: "New START expired on 2026-02-05.".to_owned(),
            }],
        };
        assert!(printed(&view, Lang::En).contains("  ! the receiver answered 503"));
        assert_eq!(json(&view)["deliveries"][0]["delivery_id"], 17);
        printed(&view, Lang::Ru);
    }
}
