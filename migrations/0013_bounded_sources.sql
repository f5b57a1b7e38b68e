-- What a poll of a source leaves behind is bounded, and a poll that ended the program is known.

-- `running`: the source is being polled. `interrupted`: the program ended during its last poll. NULL: neither.
alter table source add column poll text check (poll in ('running', 'interrupted'));
-- Since when polls are skipped because the host asked for a pause. NULL: the last poll was none of these.
alter table source add column paused_since text
    check (paused_since glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z');
-- How a page varies that has differed at each poll, in JSON. NULL: the last poll was the same as the one before.
alter table source add column variation text check (variation is null or json_valid(variation));

-- Earlier programs kept every byte of what a source sent in place of a date, up to 16 MiB each time.
update source set last_error = substr(last_error, 1, 500) where octet_length(last_error) > 2000;
update job_run set error = substr(error, 1, 2000) where octet_length(error) > 8000;
update job_run set report = null where octet_length(report) > 262144;
-- An alert with such a text is more than a small machine can send. It is made anew from its columns: nothing
-- reads the old text, which may not fit into memory several times.
update alert
set sentence = substr(sentence, 1, 2000),
    body = json_object(
        'key', key, 'kind', kind, 'also', json('[]'), 'treaty', treaty_id, 'about', about, 'state', null,
        'reading', reading_id, 'on', on_date, 'lead_days', null, 'late', json('false'), 'severity', severity,
        'sentence', substr(sentence, 1, 2000), 'date', null, 'acts', json('[]'), 'article', null,
        'source', null, 'changes', json('[]'))
where kind in ('source.changed', 'source.failing') and octet_length(body) > 262144;
