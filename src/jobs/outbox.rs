//! From alerts to messages: who wants them, under which id.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::alerts::{Attention, Manner, Route, message_id};
use crate::domain::alert::Alert;
use crate::domain::alert_kind::AlertKind;
use crate::domain::delivery::RaisedAlert;
use crate::domain::id::DateId;
use crate::store::{Held, StoreError, WriteTx};

/// What turns alerts into messages to endpoints.
pub(super) struct Outbox<'a> {
    /// Who wants which alerts.
    pub routes: &'a [Route],
    /// Of the database: it makes the ids of messages its own.
    pub database_id: &'a str,
    /// When they are raised.
    pub now: DateTime<Utc>,
}

impl Outbox<'_> {
    /// Records alerts with their deliveries; gives those that had not been told.
    pub(super) async fn raise(
        &self,
        tx: &mut WriteTx,
        alerts: Vec<Alert>,
    ) -> Result<Vec<RaisedAlert>, StoreError> {
        if alerts.is_empty() {
            return Ok(Vec::new());
        }
        let mut raised = Vec::with_capacity(alerts.len());
        for mut alert in alerts {
            let mut endpoints = self.wanted_by(&alert);
            let treaty = alert.treaty.clone();
            if let Some(treaty) = treaty.as_ref().filter(|_| alert.is_any_of(&[AlertKind::ActCorrected])) {
                alert.corrects = tx.messages_about(treaty, &alert.acts).await?;
            }
            let is_moved = alert.is_any_of(&[AlertKind::DateMoved, AlertKind::DateCancelled]);
            if let Some(treaty) = treaty.as_ref().filter(|_| is_moved) {
                // Who was told that a day comes near is told that it does not, whatever else is wanted.
                let dates: Vec<&DateId> = alert.changes.iter().filter_map(|change| change.date()).collect();
                let told = tx.endpoints_told_of(treaty, &dates).await?;
                endpoints.extend(told.into_iter().filter(|name| self.is_configured(name)));
                // On another day the date is news.
                tx.void_acknowledgements(&dates, self.now).await?;
            }
            let id = message_id(self.database_id, &alert.key);
            let message = RaisedAlert { id, raised_at: self.now, test: false, alert };
            raised.push((message, endpoints.into_iter().collect()));
        }
        let held = self.held(tx, &raised).await?;
        let new = tx.insert_alerts(raised).await?;
        if !held.is_empty() {
            tx.hold(&held, self.now).await?;
        }
        Ok(new)
    }

    /// What is not to be sent by itself, of alerts with those who want them.
    async fn held(
        &self,
        tx: &mut WriteTx,
        wanted: &[(RaisedAlert, Vec<String>)],
    ) -> Result<Vec<Held>, StoreError> {
        let attention = Attention { acknowledged: tx.acknowledged().await?, snoozed: tx.snoozed().await? };
        let mut held = Vec::new();
        for (raised, endpoints) in wanted {
            let routes = self.routes.iter().filter(|route| endpoints.contains(&route.endpoint));
            for route in routes {
                let held_for = match attention.manner(&raised.alert, route) {
                    Manner::AtOnce => continue,
                    Manner::Held(held_for) => Some(held_for),
                    Manner::Acknowledged => None,
                };
                held.push(Held { alert_id: raised.id.clone(), endpoint: route.endpoint.clone(), held_for });
            }
        }
        Ok(held)
    }

    fn wanted_by(&self, alert: &Alert) -> BTreeSet<String> {
        let routes = self.routes.iter().filter(|route| route.wants(alert));
        routes.map(|route| route.endpoint.clone()).collect()
    }

    fn is_configured(&self, name: &str) -> bool {
        self.routes.iter().any(|route| route.endpoint == name)
    }
}
