-- Users record, correct and take back acts beside the seeds.

alter table act add column retracted_by text check (retracted_by in ('seed', 'user'));
-- Why a user took it back.
alter table act add column retraction_note text;
update act set retracted_by = 'seed' where retracted_at is not null;

-- What states declared, reserved and objected, in the version that counts.
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
where a.kind in ('declaration', 'reservation', 'objection');

-- How far treaties are that are not in force yet, and by which act they came there.
drop view entry_into_force_progress;
create view entry_into_force_progress as
select
    e.treaty_id,
    e.needed,
    e.reached,
    nullif(e.missing, '[]') as missing,
    e.on_date as last_change_on,
    e.act_id as last_act_id
from entry_progress e
join treaty_period p
  on p.treaty_id = e.treaty_id and p.reading_id = 'default' and p.status = 'pending'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'))
where e.ordinal = (
    select max(l.ordinal) from entry_progress l
    where l.treaty_id = e.treaty_id and (l.on_date is null or l.on_date <= date('now')));
