-- One lane for each endpoint: a receiver that asks for a pause slows its own lane, and no other.

-- Until when a receiver asked that nothing be sent to it (429 or 503 with Retry-After); NULL or past:
-- it has asked for nothing.
alter table endpoint add column slowed_until text
    check (slowed_until glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z');

-- What is due is asked for by endpoint.
drop index delivery_due;
create index delivery_lane on delivery (endpoint, next_attempt_at, delivery_id) where state = 'pending';
