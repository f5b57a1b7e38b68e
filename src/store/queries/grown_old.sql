-- ?1, ?2: facts of a day after the first and up to the second. ?3: the day that it is.
select t.treaty_id as "treaty_id: TreatyId"
from treaty t
join treaty_period p
  on p.treaty_id = t.treaty_id and p.reading_id = 'default'
  and p.starts_on <= ?3 and (p.ends_before is null or p.ends_before > ?3)
where t.facts_as_of > ?1 and t.facts_as_of <= ?2
  and p.status not in ('terminated', 'expired', 'superseded', 'abandoned', 'adopted', 'ended', 'concluded')
  and not exists (select 1 from alert a where a.key = 'stale|' || t.treaty_id || '|' || t.facts_as_of)
