-- What people have said about what they are told: that they know of a date, or want to hear of a treaty
-- later. And how far summaries have come.

-- The day of the check that told it. A database that is led through history tells on days long past.
alter table alert add column told_on text check (told_on is date(told_on));
update alert set told_on = substr(raised_at, 1, 10);
create index alert_told on alert (told_on);

-- The last occurrences up to which an endpoint has got its digest and its report; NULL: it has none yet.
alter table endpoint add column digested_to text
    check (digested_to glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z');
alter table endpoint add column reported_to text
    check (reported_to glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z');

-- The days that had a check of their own. What another day brought was told later.
create table checked_day (
    on_date text not null primary key check (on_date is date(on_date)),
    -- When the last one was made.
    checked_at text not null check (checked_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z')
) strict, without rowid;

-- Somebody knows that a day is coming, and is not reminded of it before it has come. Nothing is deleted:
-- what holds no more has an end. Dates are derived rows, so there is no foreign key to them.
create table acknowledgement (
    acknowledgement_id integer not null primary key,
    date_id text not null,
    treaty_id text not null references treaty (treaty_id),
    -- The day that is acknowledged. On another day the date is news.
    on_date text not null check (on_date is date(on_date)),
    author text not null check (author <> ''),
    note text,
    made_at text not null check (made_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    ended_at text check (ended_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- Who took it back; NULL: nobody had to.
    ended_by text,
    end_reason text check (end_reason in ('undone', 'moved', 'reached')),
    check ((ended_at is null) = (end_reason is null)),
    check ((end_reason is 'undone') = (ended_by is not null))
) strict;
create unique index acknowledgement_holds on acknowledgement (date_id, on_date) where ended_at is null;

-- Somebody wants to hear of a treaty later.
create table snooze (
    snooze_id integer not null primary key,
    treaty_id text not null references treaty (treaty_id),
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text not null check (ends_before is date(ends_before)),
    author text not null check (author <> ''),
    note text,
    made_at text not null check (made_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    ended_at text check (ended_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- Who ended it before its time; NULL: nobody did.
    ended_by text,
    end_reason text check (end_reason in ('ended', 'expired')),
    check (starts_on < ends_before),
    check ((ended_at is null) = (end_reason is null)),
    check ((end_reason is 'ended') = (ended_by is not null))
) strict;
create unique index snooze_holds on snooze (treaty_id) where ended_at is null;

-- Who knows of which date, and who has known.
create view acknowledgements as
select
    acknowledgement_id,
    date_id,
    treaty_id,
    on_date,
    author,
    note,
    made_at,
    ended_at,
    ended_by,
    end_reason
from acknowledgement;

-- Which treaties are heard of later, and which were.
create view snoozes as
select
    snooze_id,
    treaty_id,
    starts_on,
    ends_before,
    author,
    note,
    made_at,
    ended_at,
    ended_by,
    end_reason
from snooze;
