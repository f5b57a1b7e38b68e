use treatywatch::domain::act::{ActKind, Basis, Confidence};
use treatywatch::domain::alert_kind::{AlertKind, Severity};
use treatywatch::domain::attention::{AcknowledgementEnd, SnoozeEnd};
use treatywatch::domain::day::Precision;
use treatywatch::domain::delivery::HeldFor;
use treatywatch::domain::source::PollMark;
use treatywatch::domain::state::StateKind;
use treatywatch::domain::statement::Overtaken;
use treatywatch::domain::status::{OverlayKind, Rule, StateStatus, TreatyStatus};
use treatywatch::domain::treaty::{Certainty, DateKind, Form, InstrumentKind, LinkKind, ScheduledDate};
use treatywatch::store::{DeliveryState, Origin, RunOutcome};

use super::*;

async fn seeded() -> Tracker {
    let env = Tracker::empty().await;
    env.seed(embedded(), "a").await;
    env
}

/// The columns that the contract promises, view by view.
const CONTRACT: &[(&str, &str)] = &[
    (
        "treaty_status",
        "treaty_id title kind status starts_on ends_before reason article notices suspensions readings facts_as_of",
    ),
    (
        "party_status",
        "treaty_id state_id state status starts_on ends_before reason notice_effective_on suspended readings",
    ),
    (
        "upcoming_dates",
        "date_id treaty_id state_id kind on_date days_left certainty reason article precision reading known_on \
         first_day last_day",
    ),
    (
        "status_history",
        "treaty_id reading status starts_on ends_before reason article asserted_by disputed_by",
    ),
    (
        "party_history",
        "treaty_id state_id reading status starts_on ends_before reason article asserted_by disputed_by",
    ),
    (
        "overlays",
        "treaty_id state_id reading kind starts_on ends_before reason article asserted_by disputed_by",
    ),
    ("party_count", "treaty_id reading on_date signed consented parties incomplete"),
    ("entry_into_force_progress", "treaty_id needed reached missing last_change_on last_act_id"),
    (
        "acts_current",
        "act_id treaty_id state_id kind on_date effective_on place disputed_by note source_url confidence recorded_at \
         precision known_on ends_before jointly basis origin supersedes first_day last_day",
    ),
    (
        "reservations",
        "treaty_id state_id state kind on_date note source_url basis confidence precision act_id first_day last_day",
    ),
    ("statement_claims", "statement_id paragraph treaty_id claim since_then"),
    (
        "alert_log",
        "alert_id kind treaty_id raised_at severity sentence state_id reading on_date lead_days late also about \
         headline precision first_day last_day",
    ),
    ("delivery_log", "alert_id endpoint state attempts next_attempt_at last_error"),
    ("job_health", "name last_success_at last_failure_at failures next_at"),
    (
        "acknowledgements",
        "acknowledgement_id date_id treaty_id on_date author note made_at ended_at ended_by end_reason",
    ),
    (
        "source_health",
        "name treaty_id kind url policy last_asked_at last_success_at last_failure_at last_change_at failures \
         last_error next_at silent_days open_findings",
    ),
    (
        "source_findings",
        "finding_id source treaty_id kind state found_at decided_at decided_by note act_id finding",
    ),
    ("citations", "treaty_id url kind title publisher first_day last_day precision"),
    ("states", "state_id kind name_en name_zh name_ru regional_group began_on ended_on successors note"),
    ("snoozes", "snooze_id treaty_id starts_on ends_before author note made_at ended_at ended_by end_reason"),
];

#[tokio::test]
async fn every_view_has_the_columns_of_the_contract() {
    let env = seeded().await;
    let views = env.text("select name from sqlite_schema where type = 'view' order by name").await;
    let mut promised: Vec<&str> = CONTRACT.iter().map(|(view, _)| *view).collect();
    promised.sort_unstable();
    assert_eq!(views, promised);
    for (view, columns) in CONTRACT {
        let table = env.store.sql(&format!("select * from {view}"), 100_000).await.unwrap();
        let columns: Vec<&str> = columns.split(' ').collect();
        assert_eq!(table.columns[..columns.len()], columns, "{view}");
        let empty = [
            "alert_log",
            "delivery_log",
            "job_health",
            "acknowledgements",
            "snoozes",
            "source_health",
            "source_findings",
        ]
        .contains(view);
        assert_eq!(table.rows.is_empty(), empty, "{view}");
    }
}

#[tokio::test]
async fn counts_are_those_of_the_depositaries() {
    let env = seeded().await;
    let counts = "with asked (treaty_id, reading) as (
            select distinct treaty_id, reading from party_count where treaty_id in ('npt', 'bwc', 'cwc', 'ctbt'))
        select a.treaty_id, a.reading, c.signed, c.consented, c.parties
        from asked a join party_count c on c.treaty_id = a.treaty_id and c.reading = a.reading
          and c.on_date = (select max(on_date) from party_count m where m.treaty_id = a.treaty_id
                             and m.reading = a.reading and m.on_date <= '2026-08-22')
        order by a.treaty_id, a.reading = 'default' desc, a.reading";
    let rows = env.text(counts).await;
    let find = |treaty: &str, reading: &str| {
        let head = format!("{treaty}|{reading}|");
        rows.iter().find_map(|row| row.strip_prefix(&head)).unwrap_or_else(|| panic!("{head} in {rows:?}"))
    };
    let parties = |treaty, reading| find(treaty, reading).rsplit('|').next().unwrap().to_owned();
    assert_eq!(parties("npt", "default"), "191");
    assert_eq!(parties("bwc", "default"), "189");
    assert_eq!(parties("cwc", "default"), "193");
    assert!(find("ctbt", "default").starts_with("188|179|"), "{rows:?}");
    let others: Vec<_> =
        rows.iter().filter(|row| row.starts_with("npt|") && !row.contains("|default|")).collect();
    assert!(!others.is_empty() && others.iter().all(|row| row.ends_with("|190")), "{others:?}");
}

#[tokio::test]
async fn each_reading_of_party_history_is_complete() {
    let env = seeded().await;
    let on = "starts_on <= '2026-06-29' and (ends_before is null or ends_before > '2026-06-29')";
    let members = format!(
        "select reading, count(*) from party_history
        where treaty_id = 'npt' and status = 'party' and {on} group by reading order by 2 desc, 1"
    );
    let rows = env.text(&members).await;
    assert_eq!(rows[0], "default|191");
    assert!(rows.len() > 1 && rows[1..].iter().all(|row| row.ends_with("|190")), "{rows:?}");
    // Without overlap: no state is two things on one day in one reading.
    let doubled = "select a.treaty_id, a.state_id, a.reading from party_history a join party_history b
        on a.treaty_id = b.treaty_id and a.state_id = b.state_id and a.reading = b.reading
        and a.starts_on < b.starts_on and (a.ends_before is null or a.ends_before > b.starts_on)";
    assert!(env.values(doubled).await.is_empty());
    // Only what differs is stored twice.
    let stored = env.text("select count(distinct state_id) from _state_period where treaty_id = 'npt' and reading_id <> 'default'").await;
    assert_eq!(stored, ["1"]);
}

#[tokio::test]
async fn a_state_without_a_part_in_a_reading_is_not_filled_in() {
    let env = Tracker::empty().await;
    let label = "joined".parse().unwrap();
    let joined = Act { label: Some(label), ..act("pact", "CCC", ActKind::Accession, "2005-01-01") };
    let mut file = pact(vec![joined]);
    file.treaty.readings.push(treatywatch::domain::treaty::Reading {
        id: "void".parse().unwrap(),
        title: "The accession is void".to_owned(),
        asserted_by: vec![state("BBB")],
        disputed_by: vec![],
        note: None,
        disregards: vec!["joined".parse().unwrap()],
        effective: vec![],
        evidence: Some(evidence()),
    });
    env.seed(&seeds(vec![file.clone()]), "a").await;
    assert_eq!(env.store.load_treaties().await.unwrap(), [file]);
    let parties = "select reading, group_concat(state_id) from
        (select reading, state_id from party_history where status = 'party' order by state_id)
        group by reading order by reading";
    assert_eq!(env.text(parties).await, ["default|AAA,BBB,CCC", "void|AAA,BBB"]);
    let here = "select state_id, readings, suspended from party_status order by state_id";
    assert_eq!(env.text(here).await, ["AAA||0", "BBB||0", "CCC|void: none|0"]);
    let asserted = "select distinct asserted_by, disputed_by from party_history where reading = 'void'";
    assert_eq!(env.text(asserted).await, ["[\"BBB\"]|"]);
}

#[tokio::test]
async fn statuses_of_today() {
    let env = seeded().await;
    let status = |id: &'static str| {
        let env = &env;
        async move {
            let sql =
                format!("select status, starts_on, readings from treaty_status where treaty_id = '{id}'");
            env.text(&sql).await.concat()
        }
    };
    // These have ended: no later day changes them.
    assert_eq!(status("abm").await, "terminated|2002-06-13|");
    assert_eq!(status("inf").await, "terminated|2019-08-02|");
    assert_eq!(status("new-start").await, "expired|2026-02-05|");
    assert_eq!(status("sort").await, "superseded|2011-02-05|");
    assert_eq!(status("npt").await, "in_force|1970-03-05|");
    // 2025-10-18: the resolution's own end, which some say a notice had prevented.
    assert!(status("unscr-2231").await.starts_with("contested|"));
    let readings = env.text("select readings from treaty_status where treaty_id = 'unscr-2231'").await;
    assert_eq!(readings, ["e3: in_effect; iran-russia-china: ended"]);
    let prk = env
        .text("select status, readings from party_status where treaty_id = 'npt' and state_id = 'PRK'")
        .await;
    assert!(prk[0].starts_with("party|") && prk[0].contains(": withdrawn; "), "{prk:?}");
    let pending = env.text("select treaty_id, needed, reached, missing from entry_into_force_progress").await;
    assert!(pending.iter().any(|row| row.starts_with("ctbt|44|")), "{pending:?}");
}

#[tokio::test]
async fn a_day_of_the_past_is_one_query() {
    let env = seeded().await;
    let on = "starts_on <= '2019-06-05' and (ends_before is null or ends_before > '2019-06-05')";
    let sql = format!(
        "select status from party_history where treaty_id = 'inf' and state_id = 'USA' and reading = 'default' and {on}"
    );
    assert_eq!(env.text(&sql).await, ["party"]);
    let sql = format!(
        "select kind, reason from overlays where treaty_id = 'inf' and state_id = 'USA' and reading = 'default' and {on} order by kind"
    );
    let overlays = env.text(&sql).await;
    assert_eq!(overlays[0], "notice|notice of withdrawal by USA of 2019-02-02");
    assert!(overlays[1].starts_with("suspension|"), "{overlays:?}");
}

#[tokio::test]
async fn running_notices_and_suspensions_show_in_the_status_of_today() {
    let env = Tracker::empty().await;
    // Far enough in the future for this test to hold for long.
    let notice = Act {
        effective_on: Some(day("2999-01-01")),
        ..act("pact", "AAA", ActKind::NoticeOfWithdrawal, "2019-02-02")
    };
    let suspension = act("pact", "BBB", ActKind::Suspension, "2020-03-04");
    env.seed(&seeds(vec![pact(vec![notice, suspension])]), "a").await;
    assert_eq!(
        env.text("select status, notices, suspensions from treaty_status").await,
        ["in_force|AAA effective 2999-01-01|BBB since 2020-03-04"]
    );
    assert_eq!(
        env.text("select state_id, status, notice_effective_on, suspended from party_status order by 1")
            .await,
        ["AAA|party|2999-01-01|0", "BBB|party||1"]
    );
    let dates = env.text("select date_id, kind, on_date, days_left > 300000 from upcoming_dates").await;
    assert_eq!(dates, ["pact/AAA/withdrawal_effect/1|withdrawal_effect|2999-01-01|1"]);
}

#[tokio::test]
async fn a_date_of_which_only_the_month_or_year_is_known_has_its_first_and_last_day_in_every_view() {
    let env = Tracker::empty().await;
    let mut file = pact(vec![act("pact", "BBB", ActKind::Declaration, "2020-02")]);
    let meeting = |id: &str, on: &str| ScheduledDate {
        id: id.parse().unwrap(),
        kind: DateKind::Meeting,
        on: on.parse().unwrap(),
        known_on: day("2020-01-01"),
        certainty: Certainty::Scheduled,
        note: None,
        evidence: evidence(),
    };
    file.treaty.scheduled = vec![meeting("pact/meeting/1", "2999"), meeting("pact/meeting/2", "2999-02")];
    env.seed(&seeds(vec![file]), "a").await;
    let dates = "select first_day, last_day, precision, on_date,
        days_left = julianday(first_day) - julianday(date('now')) from upcoming_dates order by date_id";
    assert_eq!(
        env.text(dates).await,
        ["2999-01-01|2999-12-31|year|2999-12-31|1", "2999-02-01|2999-02-28|month|2999-02-28|1"]
    );
    let declared = "2020-02-01|2020-02-29|month|2020-02-01";
    for view in ["acts_current", "reservations"] {
        let query =
            format!("select first_day, last_day, precision, on_date from {view} where kind = 'declaration'");
        assert_eq!(env.text(&query).await, [declared], "{view}");
    }
    env.sound_check("2020-01-31").await;
    env.sound_check("2020-03-02").await;
    let alerts = "select first_day, last_day, precision, on_date from alert_log where kind = 'act.recorded'";
    assert_eq!(env.text(alerts).await, [declared]);
    // A month that has begun has no days left.
    env.execute(
        "update _treaty_date set from_date = date('now', 'start of month', '-2 month'),
            on_date = date('now', 'start of month', '+2 month') where date_id = 'pact/meeting/2'",
    )
    .await;
    let begun = "select days_left from upcoming_dates where date_id = 'pact/meeting/2'";
    assert_eq!(env.text(begun).await, ["0"]);
}

#[tokio::test]
async fn internal_tables_begin_with_an_underscore_and_public_views_do_not() {
    let env = Tracker::empty().await;
    let named = "select name from sqlite_schema where name not glob 'sqlite_*' and name glob '[_]*' = (type = 'view')";
    assert_eq!(env.text(named).await, Vec::<String>::new());
    assert!(10 < env.rows("select name from sqlite_schema where type = 'view'").await.len());
}

#[tokio::test]
async fn the_schema_spells_every_word_as_the_program_does() {
    let env = Tracker::empty().await;
    let tables = env.values("select name, sql from sqlite_schema where type = 'table'").await;
    let has = |table: &str, words: Vec<&str>| {
        let sql = tables.iter().find(|row| row[0] == table).unwrap()[1].as_str().unwrap();
        for word in words {
            assert!(sql.contains(&format!("'{word}'")), "{table} has no '{word}'");
        }
    };
    macro_rules! all {
        ($kind:ty) => {
            <$kind>::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()
        };
    }
    has("_act", all!(ActKind));
    has("_act", all!(Origin));
    for table in ["_act", "_scheduled_date", "_note", "_treaty_date"] {
        has(table, all!(Precision));
    }
    for table in ["_act", "_clause", "_reading", "_scheduled_date", "_note"] {
        has(table, all!(Basis));
        has(table, all!(Confidence));
    }
    // What follows from an act is not scheduled.
    has("_scheduled_date", all!(DateKind).into_iter().filter(|word| *word != "effect").collect());
    has("_treaty_date", all!(DateKind));
    has("_scheduled_date", all!(Certainty).into_iter().filter(|word| *word != "conditional").collect());
    has("_treaty_date", all!(Certainty));
    for table in ["_treaty_period", "_state_period", "_overlay", "_treaty_date"] {
        has(table, all!(Rule));
    }
    has("_state", all!(StateKind));
    has("_treaty", all!(InstrumentKind));
    has("_treaty", all!(Form));
    has("_link", all!(LinkKind));
    has("_statement_paragraph", all!(Overtaken));
    has("_treaty_period", all!(TreatyStatus));
    has("_state_period", all!(StateStatus));
    has("_overlay", all!(OverlayKind));
    has("_alert", all!(AlertKind));
    has("_alert", all!(Severity));
    has("_delivery", all!(DeliveryState));
    has("_delivery", all!(HeldFor));
    has("_acknowledgement", all!(AcknowledgementEnd));
    has("_snooze", all!(SnoozeEnd));
    has("_job_run", all!(RunOutcome));
    has("_source", all!(PollMark));
    for row in &tables {
        let ours =
            !row[0].as_str().unwrap().contains("sqlx") && !row[0].as_str().unwrap().starts_with("sqlite_");
        let sql = row[1].as_str().unwrap_or("");
        assert!(!ours || sql.contains(") strict"), "{} is not strict", row[0]);
    }
}

#[tokio::test]
async fn counts_of_an_incomplete_list_are_marked() {
    let env = seeded().await;
    let marked = env.text("select distinct treaty_id from party_count where incomplete = 1").await;
    assert!(marked.contains(&"outer-space-treaty".to_owned()), "{marked:?}");
    let complete = env.text("select distinct incomplete from party_count where treaty_id = 'npt'").await;
    assert_eq!(complete, ["0"]);
}
