-- ?1: [alert_id, [endpoint, ...]] for each alert. They are numbered in this order. For a stopped endpoint
-- a delivery is recorded as stopped; ?2 says why.
insert into _delivery (alert_id, endpoint, state, attempts, next_attempt_at, last_error, finished_at)
select
    a.alert_id,
    e.name,
    iif(e.stopped_at is null, 'pending', 'stopped'),
    0,
    a.raised_at,
    iif(e.stopped_at is null, null, ?2),
    iif(e.stopped_at is null, null, a.raised_at)
from json_each(?1) as wanted
cross join _alert as a on a.alert_id = wanted.value ->> 0
cross join json_each(wanted.value, '$[1]') as name
cross join _endpoint as e on e.name = name.value
order by wanted.key, e.name
