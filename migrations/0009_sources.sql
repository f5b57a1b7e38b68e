-- Official sources that are watched: how each is doing, what it said last, and what somebody should look at.

create table source (
    name text not null primary key,
    kind text not null check (kind in ('untc', 'unoda', 'page', 'feed', 'dataset')),
    -- NULL: it is about no single treaty.
    treaty_id text,
    url text not null,
    policy text not null check (policy in ('auto', 'review')),
    -- Whether the configuration names it; one that it names no more keeps its history.
    configured integer not null check (configured in (0, 1)),
    -- When it was asked last, when it answered well, when it said something else than before, when it failed.
    asked_at text check (asked_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    good_at text check (good_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    changed_at text check (changed_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    failed_at text check (failed_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    next_at text check (next_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- Failures since it last answered well, and since when; that stays until people were told that it is back.
    failures integer not null default 0 check (failures >= 0),
    failing_since text check (failing_since glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    last_error text,
    -- Whether people were told that it fails, and not yet that it is back.
    told integer not null default 0 check (told in (0, 1)),
    -- What it gave to ask it by whether it has changed.
    etag text,
    last_modified text,
    -- What it said last and was believed.
    seen text check (json_valid(seen)),
    -- The digest of a page that differs, before a second look has confirmed it.
    unconfirmed text
) strict, without rowid;

-- Each answer that said something else than the one before, as it came, packed with gzip: a parser that
-- was mended can read it again.
create table source_body (
    source text not null references source (name),
    -- SHA-256 of the body, in hexadecimal.
    digest text not null,
    fetched_at text not null check (fetched_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    body blob not null,
    primary key (source, digest)
) strict;

-- What a source gave cause to look at, and what was decided. Nothing is ever deleted.
create table source_finding (
    finding_id integer not null primary key,
    source text not null references source (name),
    -- What it is about: said again, it is one finding.
    key text not null,
    finding text not null check (json_valid(finding)),
    found_at text not null check (found_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- `settled`: source and record agree again.
    state text not null check (state in ('open', 'accepted', 'rejected', 'settled')),
    decided_at text check (decided_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- Who decided: a person, or `auto` for the policy of the source.
    decided_by text,
    note text,
    -- The act that was recorded, corrected or taken back for it.
    act_id text references act (act_id),
    check ((state = 'open') = (decided_at is null)),
    check (state not in ('accepted', 'rejected') or decided_by is not null)
) strict;
-- What is open or was refused is not asked again.
create unique index source_finding_asked on source_finding (source, key) where state in ('open', 'rejected');
create index source_finding_state on source_finding (state, finding_id);

-- Names under which sources list states, besides those of the catalogue.
create table source_alias (
    name text not null primary key,
    state_id text not null references state (state_id),
    decided_at text not null check (decided_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    decided_by text not null
) strict, without rowid;

-- How the watched sources are doing. `failures` are those since the last success; `silent_days` how many
-- days (UTC) ago that was.
create view source_health as
select
    s.name,
    s.treaty_id,
    s.kind,
    s.url,
    s.policy,
    s.asked_at as last_asked_at,
    s.good_at as last_success_at,
    s.failed_at as last_failure_at,
    s.changed_at as last_change_at,
    s.failures,
    s.last_error,
    s.next_at,
    cast(julianday(date('now')) - julianday(substr(s.good_at, 1, 10)) as integer) as silent_days,
    (select count(*) from source_finding f where f.source = s.name and f.state = 'open') as open_findings
from source s
where s.configured = 1;

-- What sources gave cause to look at. `finding` says what, in JSON.
create view source_findings as
select
    f.finding_id,
    f.source,
    s.treaty_id,
    f.finding ->> '$.finding' as kind,
    f.state,
    f.found_at,
    f.decided_at,
    f.decided_by,
    f.note,
    f.act_id,
    f.finding
from source_finding f
join source s on s.name = f.source;
