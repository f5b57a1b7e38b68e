-- Of each source the latest answers stay, as many as their number and their size allow, and the latest one whatever
-- its size; so does the dataset that was taken last, which is read again at each start.
delete from _source_body
where rowid in (
    select kept.rowid
    from (
        select
            b.rowid, b.digest,
            row_number() over newest as place,
            sum(length(b.body)) over newest as size_bytes
        from _source_body b
        where ?1 is null or b.source = ?1
        window newest as (partition by b.source order by b.fetched_at desc, b.rowid desc)
    ) kept
    where kept.place > 1 and (kept.place > ?2 or kept.size_bytes > ?3)
      and kept.digest is not (select dataset from _watch)
    limit ?4
)
