//! What the outbox hands to a sender, and what the sender reports back.

use chrono::{DateTime, TimeDelta, Utc};

use super::alert::Alert;
use super::text::text_enum;

text_enum! {
    /// What a message looks like to its receiver.
    Format ("format") {
        /// A CloudEvent in JSON, signed as Standard Webhooks says.
        CloudEvents = "cloudevents",
        /// Slack's Block Kit.
        Slack = "slack",
        /// An embed of Discord.
        Discord = "discord",
        /// An Adaptive Card for Microsoft Teams.
        Teams = "teams",
        /// A message for ntfy.
        Ntfy = "ntfy",
        /// Whatever a template of the user makes of it.
        Template = "template",
        /// Mail.
        Email = "email",
        /// The event on the input of a program.
        Command = "command",
    }
}

text_enum! {
    /// What a delivery waits for that is held back.
    HeldFor ("reason to hold") {
        /// The next digest of its endpoint.
        Digest = "digest",
        /// The end of a snooze.
        Snooze = "snooze",
    }
}

/// An alert that has been raised: it has an id and an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedAlert {
    /// The id that receivers see (`webhook-id`), the same for every delivery and every attempt.
    pub id: String,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// Whether it only tests an endpoint: such a one is sent, and not stored.
    pub test: bool,
    /// What it says.
    pub alert: Alert,
}

/// A delivery that this process alone may attempt until its lease runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The delivery's row.
    pub delivery_id: i64,
    /// The name of the endpoint.
    pub endpoint: String,
    /// Which attempt this is, from 1. A result is accepted for this attempt only.
    pub attempt: u32,
    /// How many attempts have failed before it, since the delivery was last made due.
    pub failures: u32,
    /// What is delivered.
    pub raised: RaisedAlert,
}

/// An endpoint that has begun to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointFailure {
    /// Its name.
    pub endpoint: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether its receiver wants nothing more; else a delivery to it became a dead letter.
    pub is_stopped: bool,
    /// What went wrong, in words that hold no secret.
    pub error: String,
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver answered 2xx.
    Delivered,
    /// Anything else, to be tried again.
    Failed {
        /// What happened, in words that hold no secret.
        error: String,
        /// How long the receiver asked to wait.
        retry_after: Option<TimeDelta>,
    },
    /// The receiver is there and wants nothing before some time has passed: this is tried again, and
    /// nothing else is sent to it until then.
    Busy {
        /// What happened, in words that hold no secret.
        error: String,
        /// How long it asked to wait.
        wait: TimeDelta,
    },
    /// The receiver answered 410: it wants nothing more.
    Gone,
}
