-- What was claimed when the process ended, and has been more often than it may. Attempts that have failed are counted
-- apart; after a retry by hand these are among them, and then less is left to be cut short.
select
    delivery_id as "delivery_id!",
    endpoint,
    attempts as "attempts: u32",
    failures as "failures: u32",
    next_attempt_at as "next_attempt_at: Instant",
    alert_id,
    a.raised_at as "raised_at: Instant",
    iif(octet_length(a.body) <= ?2, a.body, null) as "body: Json<Alert>"
from _delivery join _alert a using (alert_id)
where leased_until is not null and attempts - failures > ?1
order by endpoint, delivery_id
