-- Alerts that are about no treaty: a source or an endpoint that fails, a summary. And deliveries that
-- wait to be summed up. The tables are made anew around their rows, as the outbox refers to the alerts.
drop view delivery_log;
drop view alert_log;
create temp table delivery_rows as select * from delivery;
create temp table alert_rows as select rowid as place, * from alert;
drop table delivery;
drop table alert;

-- What was told. A log: it outlives what it speaks of, so it has no foreign keys.
create table alert (
    -- The id that receivers see, the same for every delivery and attempt.
    alert_id text not null primary key,
    -- What it is over all time: two alerts with one key are one alert.
    key text not null unique,
    kind text not null check (kind in
        ('act.corrected', 'threshold.progress', 'date.moved', 'date.cancelled', 'status.changed',
         'date.reached', 'date.approaching', 'act.recorded', 'facts.stale', 'source.changed', 'source.failing',
         'source.recovered', 'endpoint.failing', 'database.failing', 'digest', 'report')),
    -- Other kinds that it is as well.
    also text not null check (json_valid(also)),
    -- NULL: it is about no treaty.
    treaty_id text,
    -- The source or the endpoint that it is about, by its name.
    about text,
    state_id text,
    reading_id text not null,
    -- The day that it is about.
    on_date text not null check (on_date is date(on_date)),
    -- How many days before that day it was due, for an approaching date.
    lead_days integer check (lead_days >= 0),
    -- Told later than it should have been, or of something long past.
    late integer not null check (late in (0, 1)),
    severity text not null check (severity in ('info', 'notice', 'warning', 'critical')),
    sentence text not null,
    -- The whole alert.
    body text not null check (json_valid(body)),
    raised_at text not null check (raised_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z')
) strict;
create index alert_raised on alert (raised_at);
create index alert_treaty on alert (treaty_id, raised_at);
insert into alert (rowid, alert_id, key, kind, also, treaty_id, state_id, reading_id, on_date, lead_days, late, severity, sentence, body, raised_at)
select place, alert_id, key, kind, also, treaty_id, state_id, reading_id, on_date, lead_days, late, severity, sentence, body, raised_at from alert_rows;
drop table alert_rows;

-- The outbox: one row for each alert and endpoint.
create table delivery (
    delivery_id integer not null primary key,
    alert_id text not null references alert (alert_id),
    endpoint text not null references endpoint (name),
    -- `held` waits for the next summary, and is `digested` once it is in one. `acknowledged` is not sent:
    -- somebody knows of the date already.
    state text not null check (state in
        ('pending', 'delivered', 'dead', 'stopped', 'held', 'digested', 'acknowledged')),
    -- What it waits or waited for.
    held_for text check (held_for in ('digest', 'snooze')),
    -- Also the fence: a result counts only for the attempt that is the latest.
    attempts integer not null check (attempts >= 0),
    -- Attempts that failed since the delivery was last made due: how long the next wait is. An
    -- attempt that a crash cut short counts as none.
    failures integer not null default 0 check (failures between 0 and attempts),
    next_attempt_at text not null check (next_attempt_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- Until when the running attempt has it for itself; NULL: nobody has it.
    leased_until text check (leased_until glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    last_error text,
    -- The summary that it is in.
    digest_id text references alert (alert_id),
    finished_at text check (finished_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    unique (alert_id, endpoint),
    check ((state in ('pending', 'held')) = (finished_at is null)),
    check ((state = 'digested') = (digest_id is not null)),
    check ((state in ('held', 'digested')) = (held_for is not null)),
    check (state = 'pending' or leased_until is null)
) strict;
create index delivery_lane on delivery (endpoint, next_attempt_at, delivery_id) where state = 'pending';
create index delivery_held on delivery (endpoint) where state = 'held';
create index delivery_leased on delivery (leased_until) where leased_until is not null;
create index delivery_endpoint on delivery (endpoint, state);
insert into delivery (delivery_id, alert_id, endpoint, state, attempts, failures, next_attempt_at, leased_until, last_error, finished_at)
select delivery_id, alert_id, endpoint, state, attempts, failures, next_attempt_at, leased_until, last_error, finished_at from delivery_rows;
drop table delivery_rows;

-- What was told.
create view alert_log as
select
    alert_id,
    kind,
    treaty_id,
    raised_at,
    severity,
    sentence,
    state_id,
    reading_id as reading,
    on_date,
    lead_days,
    late,
    nullif(also, '[]') as also,
    about
from alert;

-- What became of it at each endpoint.
create view delivery_log as
select
    d.alert_id,
    d.endpoint,
    d.state,
    d.attempts,
    case when d.state = 'pending' then d.next_attempt_at end as next_attempt_at,
    d.last_error,
    d.finished_at,
    d.delivery_id,
    a.kind,
    a.treaty_id,
    a.raised_at,
    d.digest_id,
    d.held_for
from delivery d
join alert a on a.alert_id = d.alert_id;
