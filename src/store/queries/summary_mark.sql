-- One row, whether the endpoint is known or not.
select
    e.digested_to as "digested_to: Instant",
    e.reported_to as "reported_to: Instant",
    exists (
        select 1
        from _delivery d join _alert a on a.alert_id = d.alert_id
        where d.endpoint = ?1 and d.state = 'held'
          and not exists (select 1 from _snooze s where s.treaty_id = a.treaty_id and s.ended_at is null)
    ) as "has_held!: bool"
from (select 1) left join _endpoint e on e.name = ?1
