-- What became of attempts, for all that ended together. An attempt that is not the latest any more counts for nothing.
update _delivery
set state = ended.state,
    last_error = iif(ended.is_unsent, last_error, ended.error),
    next_attempt_at = coalesce(ended.again_at, next_attempt_at),
    finished_at = case when ended.state <> 'pending' then ?2 end,
    leased_until = null,
    attempts = attempts - ended.is_unsent,
    failures = failures + (ended.error is not null)
from (
    select
        value ->> 0 as id,
        value ->> 1 as attempt,
        value ->> 2 as state,
        value ->> 3 as error,
        value ->> 4 as again_at,
        value ->> 5 as is_unsent
    from json_each(?1)
) as ended
where delivery_id = ended.id and attempts = ended.attempt and leased_until is not null
returning delivery_id as "delivery_id!"
