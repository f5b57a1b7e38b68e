-- json_valid(NULL) was 0 before SQLite 3.42: to an older sqlite3, such as Debian 12's, rows with NULL in these
-- columns break their checks, so that it calls a sound database damaged and refuses to update them. The checks
-- alone change, and nothing in the rows: this is the way that SQLite's documentation of ALTER TABLE gives for that.
pragma writable_schema = on;
update sqlite_schema
set sql = replace(sql, 'sources text check (json_valid(sources))',
    'sources text check (sources is null or json_valid(sources))')
where type = 'table' and name = 'reading';
update sqlite_schema
set sql = replace(sql, 'report text check (json_valid(report))',
    'report text check (report is null or json_valid(report))')
where type = 'table' and name = 'job_run';
update sqlite_schema
set sql = replace(sql, 'seen text check (json_valid(seen))', 'seen text check (seen is null or json_valid(seen))')
where type = 'table' and name = 'source';
-- Reads the schema anew.
pragma writable_schema = reset;

-- Changes each time somebody tries out whether the database can be written: an update that changes nothing would
-- write nothing. It also has every other connection read the schema anew.
alter table watch add column probe integer not null default 0 check (probe in (0, 1));
