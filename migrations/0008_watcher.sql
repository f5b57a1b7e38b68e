-- Who watches the watcher.

-- Since when an endpoint fails: its receiver wanted nothing more, or a message to it was given up; NULL: it
-- does not. It ends when a message arrives there again, or when what has failed is retried. People are told
-- once for each such time, through the other endpoints.
alter table endpoint add column failing_since text
    check (failing_since glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z');
-- Those that were stopped before are known to fail; nobody is told of them late.
update endpoint set failing_since = stopped_at where stopped_at is not null;
