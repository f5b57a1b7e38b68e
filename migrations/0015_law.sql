-- Kinds of act for the end of provisional application and for reservations that are withdrawn or modified; the
-- first days of states; and lists of participants that are known to be incomplete.

-- The check of the kinds alone changes, and nothing in the rows: this is the way that SQLite's documentation of
-- ALTER TABLE gives for that.
pragma writable_schema = on;
update sqlite_schema
set sql = replace(replace(sql,
    '''provisional_application'',',
    '''provisional_application'', ''end_of_provisional_application'','),
    '''reservation'', ''objection'',',
    '''reservation'', ''withdrawal_of_reservation'', ''modification_of_reservation'', ''objection'',')
where type = 'table' and name = 'act';
-- Reads the schema anew.
pragma writable_schema = reset;

-- The first day on which a state existed; NULL: it is not known.
alter table state add column began_on text check (began_on is date(began_on));

-- 1 if the acts name only some of those that took part: who is not named may be a party.
alter table treaty add column participation_incomplete integer not null default 0
    check (participation_incomplete in (0, 1));

-- Files are read by other rules: they are read again.
update watch set seeds_digest = null;

-- Withdrawn and modified reservations stand beside those that were made.
drop view reservations;
create view reservations as
select
    a.treaty_id,
    a.state_id,
    s.name_en as state,
    a.kind,
    a.on_date,
    a.note,
    a.source_url,
    a.basis,
    a.confidence,
    a.precision,
    a.act_id
from acts_current a
join state s on s.state_id = a.state_id
where a.kind in
    ('declaration', 'reservation', 'withdrawal_of_reservation', 'modification_of_reservation', 'objection');

-- 1 if the facts lack acts, so that the true figures are higher.
alter table party_tally add column incomplete integer not null default 0 check (incomplete in (0, 1));
drop view party_count;
create view party_count as
select treaty_id, reading_id as reading, on_date, signed, consented, parties, incomplete
from party_tally;
