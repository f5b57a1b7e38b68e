-- Every branch is a search in an index: the cost grows with what is due, not with what there is.
-- A status ends where the next one begins, so ends are looked up for overlays only.
-- ?3: pairs of days, one for each lead; a date is due if it lies after the first, up to the second.
select treaty_id as "treaty_id!: TreatyId", not max(is_more) as "only_dates!: bool"
from (
    select treaty_id, true as is_more from _act where watched_on is null and known_on <= ?2
    union
    select treaty_id, true from _act where retracted_at is not null and retraction_watched_on is null
    union
    select treaty_id, true from _earlier_definition
    union
    -- In a simulated past the projection tables know more than one could know then.
    select treaty_id, true from _act where known_on > ?2
    union
    select treaty_id, true from _treaty_period where starts_on > ?1 and starts_on <= ?2
    union
    select treaty_id, true from _state_period where starts_on > ?1 and starts_on <= ?2
    union
    select treaty_id, true from _overlay where starts_on > ?1 and starts_on <= ?2
    union
    select treaty_id, true from _overlay where ends_before > ?1 and ends_before <= ?2
    union
    -- A date that somebody has named since the last check is news.
    select d.treaty_id, d.known_on > ?1
    from json_each(?3) as span
    cross join _treaty_date as d
        on d.from_date > json_extract(span.value, '$[0]') and d.from_date <= json_extract(span.value, '$[1]')
)
group by 1
order by 1
