-- Where readings differ about a state, the default one says so; acts that take effect later than they
-- were done set a date; and a definition that was replaced is kept until a check has compared the two.

-- Derived tables are made anew around their rows. The views name them and stay as they are.
create temp table state_period_rows as select * from state_period;
drop table state_period;
create table state_period (
    treaty_id text not null references treaty (treaty_id),
    reading_id text not null,
    state_id text not null references state (state_id),
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text check (ends_before is date(ends_before)),
    status text not null check (status in
        ('signatory', 'contracting', 'party', 'withdrawn', 'former_party', 'non_party', 'participating',
         'ceased', 'contested')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, reading_id, state_id, starts_on),
    check (starts_on < ends_before)
) strict, without rowid;
insert into state_period select * from state_period_rows;
drop table state_period_rows;
create index state_period_starts on state_period (starts_on);
create index state_period_state on state_period (state_id);

create temp table treaty_date_rows as select * from treaty_date;
drop table treaty_date;
create table treaty_date (
    treaty_id text not null references treaty (treaty_id),
    ordinal integer not null,
    date_id text not null,
    reading_id text not null,
    state_id text references state (state_id),
    kind text not null check (kind in
        ('entry_into_force', 'state_entry_into_force', 'expiry', 'last_notice_day', 'renewal',
         'withdrawal_effect', 'effect', 'reinstatement', 'deadline', 'conference', 'meeting',
         'end_of_mandate', 'offer_ends', 'watch')),
    -- The last day that it can be: "in 2027" has not passed before the year has.
    on_date text not null check (on_date is date(on_date)),
    -- The first day that it can be: what is told then.
    from_date text not null check (from_date is date(from_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    certainty text not null check (certainty in
        ('computed', 'contested', 'scheduled', 'expected', 'nominal')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, ordinal)
) strict, without rowid;
insert into treaty_date select * from treaty_date_rows;
drop table treaty_date_rows;
create index treaty_date_due on treaty_date (from_date);
create index treaty_date_on on treaty_date (on_date);
create index treaty_date_name on treaty_date (date_id);

-- What a treaty's definition was at the last check, where newer seeds have replaced it since: the
-- next check tells which dates and statuses that moved.
create table earlier_definition (
    treaty_id text not null primary key references treaty (treaty_id),
    definition text not null check (json_valid(definition))
) strict, without rowid;
