-- One statement, so that no transaction stays open while the network is slow.
update _delivery
set leased_until = ?2, attempts = attempts + 1
where delivery_id in (
    select d.delivery_id
    from _delivery d
    where d.endpoint = ?3 and d.state = 'pending' and d.next_attempt_at <= ?1
      and (d.leased_until is null or d.leased_until <= ?1)
      and not exists (
          select 1 from _endpoint e
          where e.name = ?3 and (e.stopped_at is not null or e.slowed_until > ?1)
      )
    order by d.next_attempt_at, d.delivery_id
    limit ?4
)
returning
    delivery_id as "delivery_id!",
    endpoint,
    attempts as "attempts: u32",
    failures as "failures: u32",
    next_attempt_at as "next_attempt_at: Instant",
    alert_id,
    (select a.raised_at from _alert a where a.alert_id = _delivery.alert_id) as "raised_at!: Instant",
    (select iif(octet_length(a.body) <= ?5, a.body, null) from _alert a where a.alert_id = _delivery.alert_id)
        as "body: Json<Alert>"
