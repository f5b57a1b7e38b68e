-- Every branch is a search in an index: the cost grows with what is due, not with what there is.
-- A status ends where the next one begins, so ends are looked up for overlays only.
-- ?3: pairs of days, one for each lead; a date is due if it lies after the first, up to the second.
select treaty_id as "treaty_id!: TreatyId"
from (
    select treaty_id from act where watched_on is null and known_on <= ?2
    union
    select treaty_id from act where retracted_at is not null and retraction_watched_on is null
    union
    select treaty_id from earlier_definition
    union
    -- In a simulated past the projection tables know more than one could know then.
    select treaty_id from act where known_on > ?2
    union
    select treaty_id from treaty_period where starts_on > ?1 and starts_on <= ?2
    union
    select treaty_id from state_period where starts_on > ?1 and starts_on <= ?2
    union
    select treaty_id from overlay where starts_on > ?1 and starts_on <= ?2
    union
    select treaty_id from overlay where ends_before > ?1 and ends_before <= ?2
    union
    select d.treaty_id
    from json_each(?3) as span
    cross join treaty_date as d
        on d.from_date > json_extract(span.value, '$[0]') and d.from_date <= json_extract(span.value, '$[1]')
)
order by 1
