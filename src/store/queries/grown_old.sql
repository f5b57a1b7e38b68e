-- ?1, ?2: facts that were confirmed on a day after the first and up to the second, and not since. ?3: the day that it is.
with old (treaty_id, day) as (
    select treaty_id, max(day)
    from (
        select t.treaty_id, t.facts_as_of as day from _treaty t where t.facts_as_of > ?1 and t.facts_as_of <= ?2
        union all
        select s.treaty_id, s.agreed_on from _source s where s.agreed_on > ?1 and s.agreed_on <= ?2
    )
    group by 1
)
select old.treaty_id as "treaty_id!: TreatyId", old.day as "day!: NaiveDate"
from old
join _treaty u on u.treaty_id = old.treaty_id and u.facts_as_of <= ?2
join _treaty_period p
  on p.treaty_id = old.treaty_id and p.reading_id = 'default'
  and p.starts_on <= ?3 and (p.ends_before is null or p.ends_before > ?3)
where p.status not in ('terminated', 'expired', 'superseded', 'abandoned', 'adopted', 'ended', 'concluded')
  and not exists (select 1 from _source s where s.treaty_id = old.treaty_id and s.agreed_on > ?2)
  and not exists (select 1 from _alert a where a.key = 'stale|' || old.treaty_id || '|' || old.day)
