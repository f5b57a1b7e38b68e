-- One statement, so that no transaction stays open while the network is slow.
update delivery
set leased_until = ?2, attempts = attempts + 1
where delivery_id in (
    select d.delivery_id
    from delivery d
    where d.state = 'pending' and d.next_attempt_at <= ?1
      and (d.leased_until is null or d.leased_until <= ?1)
      and d.endpoint not in (select name from endpoint where stopped_at is not null)
    order by d.next_attempt_at, d.delivery_id
    limit ?3
)
returning
    delivery_id as "delivery_id!",
    endpoint,
    attempts as "attempts: u32",
    failures as "failures: u32",
    next_attempt_at as "next_attempt_at: Instant",
    alert_id,
    (select a.raised_at from alert a where a.alert_id = delivery.alert_id) as "raised_at!: Instant",
    (select a.body from alert a where a.alert_id = delivery.alert_id) as "body!: Json<Alert>"
