-- The keys of what alerts stand for besides their own: a date that many states share is one alert, and the date of
-- each of them is told once.
create table alert_key (
    -- The key that the alert of one state alone would have. No alert has it as its own.
    key text not null primary key,
    -- The alert that stands for it. A log, as the alerts are.
    alert_id text not null references alert (alert_id)
) strict, without rowid;

create index alert_key_of on alert_key (alert_id);
