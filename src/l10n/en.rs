//! The phrases in English.

use super::{
    Alerts, Attention, Calendar, Catalogue, Check, Days, Facts, History, Labels, Marks, Message, Parties,
    Phrases, Records, Simulate, State, Statement, Status, Upcoming, Verify, Why,
};

pub(super) static PHRASES: Phrases = Phrases {
    marks: Marks {
        colon: ": ",
        comma: ", ",
        semicolon: "; ",
        between_items: ", ",
        bracketed: |text, remark| format!("{text} ({remark})"),
        english: |text| text.to_owned(),
    },
    days: Days {
        in_text: |day| day.to_string(),
        alone: |day| day.to_string(),
        since: |day| format!("since {day}"),
        until: |day| format!("until {day}"),
        up_to: |day| format!("to {day}"),
        given: |day| format!("given {day}"),
        running: |given, to| format!("given {given}, running to {to}"),
    },
    facts: Facts {
        heading: |what, on, known_on| format!("{what} on {on}, as known on {known_on}"),
        from_memory: "from memory",
        disputed_by: "disputed by ",
        reading: |name| format!("reading {name}"),
        act: "act",
        because: "why",
        towards: |names| format!("towards {names}"),
        doubtful: "Doubtful",
    },
    labels: Labels {
        treaty: "Treaty",
        state: "State",
        status: "Status",
        since: "Since",
        by: "By",
        day: "Day",
        what: "What",
        kind: "Kind",
        severity: "Severity",
    },
    status: Status {
        until: "Until",
        other_instruments: "Other instruments:",
        last_known: "* last known status: the facts end on the date shown after `facts to`",
        facts_up_to: |up_to| format!("facts {up_to}"),
        did_not_exist: "did not exist yet",
        until_first_day: |day| format!("until {day} (exclusive)"),
        depositary: "Depositary",
        registered: "Registered",
        reading: "Reading",
        why: "Why",
        then: "Then",
        in_addition: "In addition",
        left: "Left",
        counts: "Counts",
        threshold: "Threshold",
        readings: "Readings",
        upcoming: "Upcoming",
        deadlines: "Deadlines",
        related: "Related",
        missing: "Missing",
        doubtful: "Doubtful",
        facts: "Facts",
        parties: |count| if count == 1 { "1 party".to_owned() } else { format!("{count} parties") },
        taking_part: |count| format!("{count} taking part"),
        signed_and_consented: |signed, consented| format!("{signed} signed, {consented} consented"),
        parties_incomplete: "list of parties incomplete",
        progress: |reached, needed| format!("entry into force: {reached} of {needed}"),
        states_missing: |codes| format!("missing {codes}"),
        among: |reached, needed, codes| format!("{reached} of the {needed} needed among {codes}"),
        last_changed_by: "last changed by ",
        if_deposited: |effect, deposit| {
            format!("in force on {effect} if the last of them were deposited on {deposit}")
        },
        asserted_by: "asserted by",
        disputed_by: "disputed by",
        therefore: "therefore",
        not_recognised: "not recognised",
    },
    history: History {
        heading: |title, known_on, facts| {
            format!("History of {title}, as known on {known_on}, facts up to {facts}")
        },
        notes: "note: an event that has no effect on any legal status",
        sources: "Sources",
        overlay: "in addition",
        status: "status",
        note: "note",
        to: |day| format!("to {day}"),
        ends_before: |day| format!("first day no longer in force {day}"),
        new_last_day: |day| format!("new last day {day}"),
        effective: |day| format!("effect on {day}"),
        succeeded_by: "succeeded by ",
        sources_disagree: "sources disagree: ",
    },
    parties: Parties {
        last_known: |facts| format!("Last known: the facts on record end on {facts}."),
        code: "Code",
        listed: |count| format!("states listed: {count}"),
        counts: |parties, signed, consented| {
            format!("{parties} parties, {signed} signed, {consented} consented")
        },
        counts_incomplete: "the list is incomplete",
        historic_states: "Historic states",
        not_counted: "Not counted",
        incomplete: "The list is incomplete: a state that is not listed may be a party.",
        facts_missing: "Facts missing for",
        effect_unknown: "day of effect unknown",
        disputed: "disputed",
        contested: "contested",
    },
    state: State {
        state: "State",
        treaty_is: "Treaty is",
        none: "It has no part in any instrument.",
        no_part_in: "No part in",
        not_known: "Not known, as the lists are incomplete",
    },
    upcoming: Upcoming {
        heading: |from, until| format!("Upcoming dates, from {from} to {until}"),
        none: "None.",
        date: "Date",
        days: "Days",
        certainty: "Certainty",
    },
    statement: Statement {
        heading: |day, facts| {
            format!("Its paragraphs compared with {day}; what happened since, up to {facts}")
        },
        last_known: "* last known: the facts on the treaty end before this date",
        claim: "Claim",
        since: "Since",
        overtaken: "Overtaken",
    },
    why: Why {
        not_watched: "Nothing is watched yet.",
        watched_since: |day| format!("watched since {day}"),
        last_check: |day| format!("last check {day}"),
        next_check: |at| format!("next {at}"),
        one_day_before: "1 day before",
        days_before: |days| format!("{days} days before"),
        on_the_day: "on the day",
        raised: "raised",
        no_endpoint: "no endpoint matches",
        to_come: "to come",
        raised_late: "raised late, with a shorter lead time",
        before_first_check: "not raised: before the first check",
        not_known_then: |known_on| format!("not raised: known only since {known_on}"),
        too_inexact: "not raised: only the month or year is known",
        not_checked: "due: the next check raises it",
        not_raised: "no alert of its own: recorded later, or part of the alert about an act",
        for_digest: "for a digest",
        snoozed_by: |name| format!("{name} had snoozed the treaty"),
        acknowledged_by: |name| format!("{name} had acknowledged the day"),
    },
    alerts: Alerts { none: "No alerts.", raised: "Raised", alert: "Alert", late: "late", test: "test" },
    attention: Attention {
        by: |what, name| format!("{what} by {name}"),
        acknowledged: "Acknowledged",
        undone: "Undone",
        after_acknowledging: "Reminders of this date are recorded but not sent. The date itself, a move or a cancellation still are.",
        after_undoing: "Reminders are sent again.",
        none_acknowledged: "No date is acknowledged.",
        date: "Date",
        who: "By",
        said_at: "Said",
        snoozed: "Snoozed",
        no_longer_snoozed: "No longer snoozed",
        after_snoozing: "Critical alerts come at once; the others come together when it ends.",
        after_ending: "Held alerts are sent within a minute if the daemon runs, else after the next check.",
        none_snoozed: "No treaty is snoozed.",
        from: "From",
        until: "Until",
        is_acknowledged: "acknowledged",
        is_snoozed: |until| format!("snoozed {until}"),
    },
    records: Records {
        recorded: "Recorded",
        corrected: "Corrected",
        retracted: "Retracted",
        in_place_of: |act| format!("in place of {act}"),
        next_check: "The next check raises the alert; to raise it now: treatywatch check",
    },
    calendar: Calendar {
        kind_of: |kind, lead_days| match lead_days {
            None => kind.to_string(),
            Some(lead) => format!("{kind} {lead}"),
        },
        total: |from, to, alerts| format!("{from} to {to}: {alerts} alerts"),
    },
    simulate: Simulate {
        what_if: "What if",
        nothing_written: "Nothing is written.",
        no_change: "It changes no status.",
        change: "Change",
        no_longer: "No longer:",
        nothing: "nothing",
        was: "Was",
        is: "Is",
        event: "Event",
        reach: |until, later| match later {
            0 => format!("To {until}; nothing comes later."),
            1 => format!("To {until}; 1 change or day comes later: see --within."),
            _ => format!("To {until}; {later} changes and days come later: see --within."),
        },
    },
    verify: Verify {
        article: "Article",
        computed: "Computed",
        recorded: "Recorded",
        agreement: "Agreement",
        count: |number, label| format!("{number} {label}"),
        problem: "Problem",
        first_term: "first term",
    },
    check: Check {
        set_back: |today, early| {
            format!(
                "The watch was set back to {today}. Alerts raised before their day, which will be raised again: {early}."
            )
        },
        failed: |treaty, error| format!("{treaty} could not be checked: {error}"),
        nothing_kept: " Nothing was kept.",
        ahead: |since, today, raised| {
            format!(
                "The last check was of {since}, which is after {today}: date alerts are suspended until then. If the \
                 clock was ahead: treatywatch check --rewind. {raised} raised."
            )
        },
        checked: |since, today, raised| format!("Checked {since} to {today}: {raised} raised."),
        watching: |today| {
            format!("Watching since {today}; earlier events are on record and raise no alerts.")
        },
    },
    catalogue: Catalogue {
        bundle: |file, version, treaties| {
            format!("{file} holds version {version} of the facts: {treaties} treaties")
        },
    },
    message: Message {
        instrument: "Instrument",
        date: "Date",
        about: "About",
        reading: "Reading",
        source: "Source",
        progress: |reached, needed| format!("{reached} of {needed}"),
        more_characters: |count| match count {
            1 => "… (1 more character)".to_owned(),
            _ => format!("… ({count} more characters)"),
        },
        more_changes: |count| more(count, "change"),
        more_states: |count| more(count, "state"),
        more_alerts: |count| more(count, "alert"),
        more_lines: |count| more(count, "line"),
    },
};

fn more(count: usize, one: &str) -> String {
    match count {
        1 => format!("… and 1 more {one}"),
        _ => format!("… and {count} more {one}s"),
    }
}
