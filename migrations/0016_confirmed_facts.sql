-- Sources that list participants confirm the facts of their treaty for as long as they agree with the record.

-- The last day on which it answered, and its list and the record agreed: it had no open finding. NULL: never, or it lists
-- nobody, as feeds and pages do.
alter table source add column agreed_on text check (agreed_on is date(agreed_on));
update source set agreed_on = substr(good_at, 1, 10)
where kind in ('untc', 'unoda') and treaty_id is not null and seen is not null
  and not exists (select 1 from source_finding f where f.source = source.name and f.state = 'open');
create index source_agreed_on on source (agreed_on, treaty_id);
create index source_treaty on source (treaty_id, agreed_on);

-- As before, with the day up to which the facts were confirmed: by the catalogue, or by a source.
drop view treaty_status;
create view treaty_status as
select
    t.treaty_id,
    t.short_title_en as title,
    t.kind,
    p.status,
    p.starts_on,
    p.ends_before,
    p.reason,
    p.article,
    -- Notices that are running, as `USA effective 2019-08-02`.
    (select group_concat(one, '; ') from (
        select coalesce(o.state_id, 'treaty') || coalesce(' effective ' || o.ends_before, '') as one
        from overlay o
        where o.treaty_id = t.treaty_id and o.reading_id = 'default' and o.kind = 'notice'
          and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))
        order by o.starts_on, o.state_id)) as notices,
    -- Suspensions, as `RUS since 2023-02-28`; `treaty` stands for all parties together.
    (select group_concat(one, '; ') from (
        select coalesce(o.state_id, 'treaty') || ' since ' || o.starts_on as one
        from overlay o
        where o.treaty_id = t.treaty_id and o.reading_id = 'default' and o.kind = 'suspension'
          and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))
        order by o.starts_on, o.state_id)) as suspensions,
    -- Other readings today: those that compose a contested status, else those that differ.
    (select group_concat(one, '; ') from (
        select r.reading_id || ': ' || coalesce(q.status, 'none') as one
        from reading r
        left join treaty_period q
          on q.treaty_id = r.treaty_id and q.reading_id = r.reading_id
          and q.starts_on <= date('now') and (q.ends_before is null or q.ends_before > date('now'))
        where r.treaty_id = t.treaty_id and r.reading_id <> 'default'
          and q.status is not p.status
          and (p.status is not 'contested'
               or r.reading_id in (select value from json_each(t.contested_between)))
        order by r.ordinal)) as readings,
    max(t.facts_as_of, coalesce(
        (select max(s.agreed_on) from source s where s.treaty_id = t.treaty_id), t.facts_as_of)) as facts_as_of,
    t.title_en as full_title
from treaty t
left join treaty_period p
  on p.treaty_id = t.treaty_id and p.reading_id = 'default'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'));
